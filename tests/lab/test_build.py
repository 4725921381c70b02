"""What the lab is built from, and what stops the build."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest


@pytest.fixture(scope="module")
def lab(site_module):
    """The program `site/lab.py` as a module."""
    return site_module("lab")


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
    (out / lab.folder.MARK).write_text("here before", encoding="utf-8")

    def refused(what):
        with pytest.raises(ValueError, match=what):
            lab.build(out, pyodide)
        assert [path.name for path in out.iterdir()] == [lab.folder.MARK]

    refused("has no file pyodide.mjs: use the full Pyodide")
    change(pyodide, lambda lock: lock["packages"].pop("numpy"))
    refused("has no package numpy: use the full Pyodide")
    change(pyodide, lambda lock: lock["info"].update(python="3.12.1"))
    refused(f"does not belong to Pyodide {lab.PYODIDE}: use that version")
    for content in (b"[]", b"{", b"\xff"):
        (pyodide / "pyodide-lock.json").write_bytes(content)
        refused("use that version" if content == b"[]" else "cannot be read: give the folder of an unpacked Pyodide")
    (pyodide / "pyodide-lock.json").unlink()
    refused("cannot be read: give the folder of an unpacked Pyodide")


def test_a_folder_of_others_is_not_replaced(lab, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="contains other files"):
        lab.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_without_jupyterlite_it_says_what_to_install(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"JupyterLite is missing: python -m pip install -r site/requirements.txt"):
        lab.build(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_helpers_is_found_before_the_set_up_cell_has_run(lab, tmp_path):
    lab._configure(tmp_path, lab.CDN)
    code = "from helpers.exercises import check; import helpers; print(helpers.__file__)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path[1:]!r}; {code}"]
    folder = tmp_path / "contents" / "notebooks"
    found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout
    assert Path(folder, found.strip()).resolve() == tmp_path / "contents" / "helpers" / "__init__.py"


def test_lessons_carry_the_edition_of_their_page_and_what_the_kernel_would_add(lab, site_module, tmp_path):
    lab._configure(tmp_path, lab.CDN)
    page = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    lessons, paths = site_module("lessons"), sorted(tmp_path.glob("contents/notebooks/*.ipynb"))
    assert len(page["lessonEditions"]) == len(paths) > 10
    for path in paths:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        assert metadata["kernelspec"]["name"] == "python" and metadata["language_info"]["version"]
        assert metadata["lesson"]["edition"] == page["lessonEditions"][f"notebooks/{path.name}"]
        notebook = nbformat.read(lab.folder.SOURCE / "notebooks" / path.name, as_version=4)
        book = lessons.as_page(notebook, path.stem, {}).metadata["myst"]["html_meta"]
        assert metadata["lesson"]["edition"] == book["lesson-edition"]


def test_the_lab_holds_what_lessons_use_and_no_more(lab, tmp_path):
    lab._configure(tmp_path, lab.CDN)
    files = {path.relative_to(tmp_path / "contents").as_posix() for path in (tmp_path / "contents").rglob("*.*")}
    assert {
        "notebooks/04_n_layers.ipynb",
        "helpers/backprop/network.py",
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
