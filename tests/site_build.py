"""The lab, built with a Pyodide of its own, once for all tests and all processes of a run."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def lab_folder(tmp_path_factory):
    """Return the folder of the lab, which must not be changed.

    The environment variable LESSONS_PYODIDE names the folder of a Pyodide. Without it, or without JupyterLite, the test
    that calls this function is skipped.
    """
    pyodide = os.environ.get("LESSONS_PYODIDE")
    if not pyodide:
        pytest.skip("no Pyodide: name the folder of one in the variable LESSONS_PYODIDE")
    if not importlib.util.find_spec("jupyterlite_core"):
        pytest.skip("the lab needs more: pip install -r site/requirements.txt")
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run  # the folder that all processes share
    folder, ended = run / "lab", run / "lab-is-built"
    try:
        (run / "lab-is-being-built").mkdir()
    except FileExistsError:
        while not ended.exists():  # another process builds it
            time.sleep(0.1)
    else:
        try:
            subprocess.run([sys.executable, ROOT / "site" / "lab.py", folder, "--pyodide", pyodide], check=True)
        finally:
            ended.touch()
    assert folder.is_dir(), "another process could not build the lab"
    return folder
