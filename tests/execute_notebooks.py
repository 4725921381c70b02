"""Run notebooks from top to bottom in a fresh kernel each, and keep the outputs in the file.

    python tests/execute_notebooks.py                          all of them
    python tests/execute_notebooks.py notebooks/01_fit_a_line.ipynb
    python tests/execute_notebooks.py --record                 all, and keep what they compute for readers in a browser

Conditions are those of the tests (see conftest.py), so what is kept is what they will compare.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import nbformat
from fresh_kernel import run

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import conftest  # noqa: E402, F401  (sets the environment that kernels inherit)


def execute(path):
    """Execute one notebook in place; leave it as it was if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    run(notebook, path.parent, timeout=300)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="FILE", help="default: all of them")
    parser.add_argument("--record", action="store_true", help="write data/runs/lessons, not compare with it")
    arguments = parser.parse_args()
    if arguments.record:
        os.environ["LESSONS_RECORD"] = "write"
    for path in [path.resolve() for path in arguments.notebooks] or sorted((ROOT / "notebooks").glob("*.ipynb")):
        start = time.perf_counter()
        execute(path)
        print(f"{path.name}: {time.perf_counter() - start:.1f} s")
