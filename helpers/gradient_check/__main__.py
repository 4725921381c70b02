"""Check the gradients in a Python file of your own: `python -m helpers.gradient_check FILE`.

The file is run as if by `python FILE`. It must define `cost` and `gradients`, two functions of the parameters,
and `parameters`, a dictionary or list of arrays; see `general.check`. The exit status is 0 if all
gradients are right, 1 if one is wrong, 2 if some could not be judged or the file could not be used.
"""

import argparse
import runpy
import sys
from pathlib import Path

from helpers.gradient_check.general import check

NEEDED = ("cost", "gradients", "parameters")


def main(arguments=None):
    """Read the command line, run the file, print the report and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.gradient_check",
        description="Run a Python file and check its `gradients` against nudges of its `cost` at its `parameters`.",
    )
    parser.add_argument("file", type=Path, help="a Python file, which is run: use only code that you trust")
    parser.add_argument("--entries", type=int, default=100, help="the most entries of each array to nudge")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        print(f"There is no file {options.file}.", file=sys.stderr)
        return 2
    print(f"Running {options.file} …")
    found = runpy.run_path(str(options.file), run_name="gradient_check")
    if missing := [name for name in NEEDED if name not in found]:
        print(f"{options.file} does not define {', '.join(missing)}: it needs {', '.join(NEEDED)}.", file=sys.stderr)
        return 2
    try:
        report = check(*(found[name] for name in NEEDED), entries=options.entries)
    except (TypeError, ValueError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    print(report)
    return {"right": 0, "wrong": 1, "unjudged": 2}[report.verdict]


if __name__ == "__main__":
    sys.exit(main())
