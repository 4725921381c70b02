"""Run notebooks from top to bottom, each in a fresh kernel, and save their outputs.

    python tests/execute_notebooks.py                                  runs all notebooks
    python tests/execute_notebooks.py notebooks/01_fit_a_line.ipynb    runs one notebook
    python tests/execute_notebooks.py --record                         also records results for readers in a browser

The notebooks run under the same conditions as in the tests, which `conftest.py` defines. The tests will compare their
outputs with the saved ones.
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
    """Execute a notebook and save it with its outputs. If a cell fails, the file is left unchanged."""
    notebook = nbformat.read(path, as_version=4)
    run(notebook, path.parent, timeout=300)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="FILE", help="notebook to run (default: all)")
    parser.add_argument("--record", action="store_true", help="write the recordings in data/runs/lessons")
    arguments = parser.parse_args()
    if arguments.record:
        os.environ["LESSONS_RECORD"] = "write"
    for path in [path.resolve() for path in arguments.notebooks] or sorted((ROOT / "notebooks").glob("*.ipynb")):
        start = time.perf_counter()
        execute(path)
        print(f"{path.name}: {time.perf_counter() - start:.1f} s")
