"""Check the gradients in a Python file: `python -m helpers.gradient_check FILE`.

The file is executed as with `python FILE`, except that `__name__` is "gradient_check", so code that is guarded by
`if __name__ == "__main__":` does not run. It must define two functions, `cost` and `gradients`, and a dictionary or
list of arrays called `parameters`; see `general.check`. The exit status is 0 if all gradients are correct and 1 if any
of them are wrong. It is 2 if some gradients could not be judged, or if the file could not be used.
"""

import argparse
import runpy
import sys
import traceback
from pathlib import Path

from helpers.gradient_check.general import check

HELPERS = Path(__file__).parents[1]
NEEDED = ("cost", "gradients", "parameters")


def main(arguments=None):
    """Run the command-line program and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.gradient_check",
        description="Run a Python file that defines `cost`, `gradients` and `parameters`, and check the gradients.",
    )
    parser.add_argument("file", type=Path, help="Python file to check; it is executed, so use only code that you trust")
    parser.add_argument("--entries", type=int, default=100, help="maximum number of entries to check in each array")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        print(f"There is no file {options.file}.", file=sys.stderr)
        return 2
    print(f"Running {options.file} …")
    before = sys.argv, sys.path
    # as with `python FILE`, so that the file can import its neighbours and does not see this program's arguments
    sys.argv, sys.path = [str(options.file)], [str(options.file.resolve().parent), *sys.path]
    try:
        return _check_file(options.file, options.entries)
    except (Exception, SystemExit):
        traceback.print_exc()
        print(f"{options.file} failed or ended the program, so nothing was checked.", file=sys.stderr)
        return 2
    finally:
        sys.argv, sys.path = before


def _check_file(file, entries):
    """Run a file, check its gradients, print the report and return the exit status."""
    found = runpy.run_path(str(file), run_name="gradient_check")
    if missing := [name for name in NEEDED if name not in found]:
        print(f"{file} does not define {', '.join(missing)}. It must define {', '.join(NEEDED)}.", file=sys.stderr)
        return 2
    try:
        report = check(*(found[name] for name in NEEDED), entries=entries)
    except (TypeError, ValueError) as error:
        if not all(Path(frame.filename).is_relative_to(HELPERS) for frame in traceback.extract_tb(error.__traceback__)):
            raise  # a mistake in the file, or in one that it imports
        print(f"{file}: {error}", file=sys.stderr)
        return 2
    print(report)
    return {"right": 0, "wrong": 1, "unjudged": 2}[report.verdict]


if __name__ == "__main__":
    sys.exit(main())
