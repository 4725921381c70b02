"""What the lab is built from, and what stops the build."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab():
    """The program `site/lab.py` as a module."""
    spec = importlib.util.spec_from_file_location("lab", ROOT / "site" / "lab.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pyodide(lab, tmp_path):
    """A folder with the list of packages of a Pyodide, and none of its files."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    (folder / "pyodide-lock.json").write_text(lab.CDN_LOCK.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def change(pyodide, edit):
    path = pyodide / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    edit(lock)
    path.write_text(json.dumps(lock), encoding="utf-8")


def test_all_that_is_needed_is_in_the_cdns_list_or_brought_along(lab):
    packages = lab.read_lock(lab.CDN_LOCK)
    assert {"numpy", "matplotlib", "h5py", "ipython", "contourpy"} <= packages.keys()
    assert set(json.loads(lab.CDN_LOCK.read_text(encoding="utf-8"))["packages"]) == packages.keys()
    assert set(lab.PACKAGES) <= packages.keys() | lab.FETCHED.keys() | lab.BROUGHT.keys()


def test_a_pyodide_that_does_not_do_is_refused_and_nothing_is_lost(lab, pyodide, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "before.txt").write_text("here before", encoding="utf-8")

    def refused(what):
        with pytest.raises(ValueError, match=what):
            lab.build(out, pyodide)
        assert [path.name for path in out.iterdir()] == ["before.txt"]

    if importlib.util.find_spec("jupyterlite_core"):
        refused("has no file pyodide.mjs: take the full Pyodide")
    change(pyodide, lambda lock: lock["packages"].pop("numpy"))
    refused("has no package numpy: take the full Pyodide")
    change(pyodide, lambda lock: lock["info"].update(python="3.12.1"))
    refused(f"is not that of Pyodide {lab.PYODIDE}: take that version")
    (pyodide / "pyodide-lock.json").unlink()
    refused("cannot be read: name the folder of an unpacked Pyodide")


def test_the_lab_holds_what_lessons_use_and_no_more(lab, tmp_path):
    lab._configure(tmp_path, lab.CDN)
    files = {path.relative_to(tmp_path / "contents").as_posix() for path in (tmp_path / "contents").rglob("*.*")}
    assert {
        "notebooks/04_n_layers.ipynb",
        "helpers/network.py",
        "data/runs/lessons/07_cures.h5",
        "data/runs/sweep.txt",
    } <= files
    assert {f"data/mnist/{name}-ubyte.gz" for name in ("train-images-idx3", "t10k-labels-idx1")} <= files
    assert not [
        name for name in files if "data/cache" in name or "data/cats" in name or name.endswith((".npy", ".pyc"))
    ]
    page = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = page["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] and kernel["pyodideUrl"] == lab.CDN + "pyodide.mjs"
