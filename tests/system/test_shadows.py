"""A file beside the notebook that hides a module the lessons need is reported by name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET_UP = "import sys; sys.path.insert(0, {root!r}); from helpers import datasets; from helpers.exercises import check"


def set_up(folder, code=SET_UP, *options):
    """The last line printed by a lesson's set-up cell in this folder; `python -c` looks for modules there first too."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *options, "-c", code.format(root=str(ROOT))]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return (result.stderr.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize("name", ["helpers.py", "mnist.py", "code.py", "h5py.py"])
def test_a_file_that_hides_a_module_is_named(tmp_path, name):
    (tmp_path / name).write_text("raise RuntimeError('the wrong file was run')")
    words = f"ImportError: {name} in this folder has the same name as a module that the lessons need"
    assert set_up(tmp_path).startswith(words)
    assert set_up(tmp_path).endswith(f"rename {name} and restart the kernel")


def test_other_files_do_no_harm(tmp_path):
    for name in ("my_network.py", "mnist.txt", "ddp.py", "numpy.ipynb", "time.py", "os.py"):
        (tmp_path / name).write_text("raise RuntimeError('this file was run')")
    assert set_up(tmp_path) == ""


def test_a_folder_where_python_does_not_look_is_left_alone(tmp_path):
    (tmp_path / "mnist.py").write_text("")
    assert set_up(tmp_path, SET_UP, "-P") == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that a process works in")
def test_a_folder_that_is_gone_does_no_harm(tmp_path):
    assert (
        set_up(tmp_path, "import os; os.rmdir(os.getcwd()); import sys; sys.path.append({root!r}); import helpers")
        == ""
    )
