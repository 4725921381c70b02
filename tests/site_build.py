"""The lab, built with a Pyodide of its own, and the book, each once for all tests and all processes of a run."""

import contextlib
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYODIDE = "LESSONS_PYODIDE"  # the environment variable that names the folder of a Pyodide


def lab_folder(tmp_path_factory):
    """Return the folder of the lab, which must not be changed.

    Without a Pyodide or JupyterLite, the test that calls this function is skipped.
    """
    pyodide = os.environ.get(PYODIDE)
    if not pyodide:
        pytest.skip(f"no Pyodide: name the folder of one in the variable {PYODIDE}")
    _need("the lab", "jupyterlite_core")
    return _once(tmp_path_factory, "lab", lambda out: _build("lab.py", out, "--pyodide", pyodide))


def book_folder(tmp_path_factory, with_lab):
    """Return the folder of the book, which must not be changed.

    If `with_lab` is true, it contains the lab, and its cells run; otherwise, it may contain the lab. Without the
    packages that are needed, the test that calls this function is skipped.
    """
    _need("the book", "sphinx", "myst_nb", "sphinx_book_theme")
    if with_lab and not shutil.which("npm"):
        pytest.skip("npm is not installed: it provides the editor of the cells")
    lab = lab_folder(tmp_path_factory) if with_lab or (os.environ.get(PYODIDE) and shutil.which("npm")) else None

    def build(out):
        out.mkdir()
        if lab:
            (out / "lab").symlink_to(lab)
        _build("book.py", out)

    return _once(tmp_path_factory, "book", build)


def run_program(name, *arguments):
    """Run a program of the folder `site`, and return the completed process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    command = [sys.executable, ROOT / "site" / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)


def _need(what, *packages):
    if not all(map(importlib.util.find_spec, packages)):
        pytest.skip(f"{what} needs more: pip install -r site/requirements.txt")


def _build(name, *arguments):
    done = run_program(name, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def _once(tmp_path_factory, name, build):
    """Return a folder that the first process to ask for it builds, while the others wait until it ends."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run  # the folder that all processes share
    folder, unfinished, begun = run / name, run / f"{name}-unfinished", run / f"{name}-begun"
    with contextlib.closing(sqlite3.connect(run / f"{name}-lock", timeout=3600, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")  # the lock of a database never outlives the process that holds it
        if not begun.exists():
            begun.touch()
            build(unfinished)
            unfinished.rename(folder)
    assert folder.is_dir(), f"another process could not build the {name}"
    return folder
