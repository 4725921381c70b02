"""What the pages download: the list of packages, the archive of the lessons, and what stops the build."""

import ast
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bundle(site_module):
    """The program `site/bundle.py` as a module."""
    return site_module("bundle")


@pytest.fixture
def lab(tmp_path):
    """The list of packages of a lab whose Python comes from another host, and that list's folder."""

    def entry(*depends, at="https://cdn.example/full/"):
        return {"file_name": f"{at}x.whl", "depends": list(depends), "sha256": ""}

    packages = {
        "numpy": entry(),
        "matplotlib": entry("numpy", "fonttools", "pillow"),
        "pillow": entry(),
        "fonttools": entry(),
        "h5py": entry("numpy"),
        "tqdm": entry(),
        "ipywidgets": entry("comm", "ipython", at=""),
        "ipython": entry(),
        "comm": entry(at="../pyodide/"),
        "anywidget": entry("ipywidgets", at=""),
    }
    folder = tmp_path / "static" / "lock"
    folder.mkdir(parents=True)
    path = folder / "pyodide-lock.json"
    path.write_text(json.dumps({"info": {"python": "3.14.0"}, "packages": packages}), encoding="utf-8")
    (tmp_path / "static" / "pyodide").mkdir()
    for wheel in (folder / "x.whl", folder / "../pyodide/x.whl"):
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("x/__init__.py", "")
            archive.writestr("x/tests/test_x.py", "")
    return path


def test_the_list_has_what_lessons_import_and_nothing_else(bundle, lab, tmp_path):
    bundle._write_lock(tmp_path, lab)
    lock = json.loads((tmp_path / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert lock.keys() == {*bundle.PACKAGES, "pillow", "comm"}
    assert lock["matplotlib"] == {
        "file_name": "https://cdn.example/full/x.whl",
        "depends": ["numpy", "pillow"],
        "sha256": "",
    }
    assert json.loads((tmp_path / "pyodide.json").read_text(encoding="utf-8"))["core"] == "https://cdn.example/full"


def test_packages_of_the_site_are_copied_without_what_is_not_used(bundle, lab, tmp_path):
    bundle._write_lock(tmp_path, lab)
    entry = json.loads((tmp_path / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]["comm"]
    assert entry["file_name"] == "x.whl" and entry["sha256"]
    with zipfile.ZipFile(tmp_path / "x.whl") as archive:
        assert archive.namelist() == ["x/__init__.py"]


def test_matplotlib_lists_only_the_fonts_that_are_left(bundle, tmp_path):
    names = ["ttf/DejaVuSans.ttf", "ttf/DejaVuSans-Oblique.ttf", "ttf/STIXGeneral.ttf"]
    fonts = {"afmlist": [{"fname": "fonts/afm/cmr10.afm"}], "ttflist": [{"fname": f"fonts/{name}"} for name in names]}
    with zipfile.ZipFile(tmp_path / "full.whl", "w") as archive:
        archive.writestr("matplotlib/fontlist.json", json.dumps(fonts))
        for font in fonts["afmlist"] + fonts["ttflist"]:
            archive.writestr(f"matplotlib/mpl-data/{font['fname']}", "")
    (tmp_path / "out").mkdir()
    bundle._trim(tmp_path / "full.whl", tmp_path / "out" / "full.whl")
    with zipfile.ZipFile(tmp_path / "out" / "full.whl") as archive:
        left = json.loads(archive.read("matplotlib/fontlist.json"))
        files = {name.removeprefix("matplotlib/mpl-data/") for name in archive.namelist()}
    assert left["afmlist"] == []
    assert [font["fname"] for font in left["ttflist"]] == ["fonts/ttf/DejaVuSans.ttf", "fonts/ttf/STIXGeneral.ttf"]
    assert files == {"matplotlib/fontlist.json"} | {font["fname"] for font in left["ttflist"]}


def test_the_archive_is_reproducible_and_leaves_large_files_to_be_fetched(bundle, tmp_path):
    large = bundle._archive(tmp_path / "a.zip", bundle.ROOT)
    bundle._archive(tmp_path / "b.zip", bundle.ROOT)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "data/mnist/train-images-idx3-ubyte.gz" in large
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
    assert {"live_kernel.py", "IPython/__init__.py", "helpers/backprop/network.py", "data/checksums.txt"} <= names
    assert not names & set(large)


def imported_by(path):
    """Return the modules that a file may import, as paths in the project."""
    nodes = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ImportFrom)]
    names = {name for n in nodes for name in (n.module, *(f"{n.module}.{alias.name}" for alias in n.names))}
    return {f"{name.replace('.', '/')}.py" for name in names}


def test_what_the_archive_lacks_is_imported_by_nothing_that_it_has(bundle):
    files = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "helpers").rglob("*.py")}
    assert bundle.PROGRAMS < files.keys()
    needed = {name: imported_by(path) & bundle.PROGRAMS for name, path in files.items() if name not in bundle.PROGRAMS}
    assert {name: lacking for name, lacking in needed.items() if lacking} == {}
    assert "helpers/system/confinement.py" in imported_by(files["helpers/exercises/worker.py"])


def test_without_npm_it_says_what_to_install(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "NPM", tmp_path)
    monkeypatch.setattr(bundle.shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"^npm, .* is missing: install Node\.js$"):
        bundle._packages()


def test_the_bundler_is_started_on_systems_that_do_not_know_what_runs_a_script(bundle, tmp_path):
    if not shutil.which("node"):
        pytest.skip("npm is not installed: Node.js runs the bundler")
    program = tmp_path / "node_modules" / "esbuild" / "bin" / "esbuild"
    program.parent.mkdir(parents=True)
    program.write_text("#!/usr/bin/env node\nconsole.error('it runs')\nprocess.exit(1)\n", encoding="utf-8")
    program.chmod(0o644)  # like Windows, other systems cannot start it now
    with pytest.raises(ValueError, match=r"could not be bundled:\nit runs"):
        bundle._bundle(tmp_path, tmp_path / "node_modules")


def test_each_system_that_sees_the_folder_has_packages_of_its_own(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "NPM", tmp_path)
    monkeypatch.setattr(bundle.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0))
    monkeypatch.setattr(bundle.shutil, "which", lambda name: name)
    folders = {bundle._packages(), bundle._packages()}
    monkeypatch.setattr("sysconfig.get_platform", lambda: "another")
    assert len(folders) == 1 and bundle._packages() not in folders


@pytest.fixture
def replace_imported(site_module, tmp_path, monkeypatch):
    """Function that compiles those files of an archive that a program imports from the standard library."""
    if not os.environ.get("LESSONS_PYODIDE"):
        pytest.skip("no Pyodide: name the folder of one in the variable LESSONS_PYODIDE")
    if not shutil.which("node"):
        pytest.skip("npm is not installed: Node.js compiles the Python files")
    bytecode = site_module("bytecode")
    monkeypatch.setattr(bytecode, "KEPT", tmp_path / "kept")
    pyodide, lock = Path(os.environ["LESSONS_PYODIDE"]), site_module("lab").CDN_LOCK
    return lambda path, program: bytecode.replace_imported({path: "/lib/python314.zip"}, pyodide, lock, [], program)


def test_bytecode_names_the_folders_of_its_version_of_python(bundle, tmp_path, monkeypatch):
    (tmp_path / "core").mkdir()
    for path in (tmp_path / "core" / "python_stdlib.zip", tmp_path / "a.whl"):
        write_archive(path)
    asked = []
    monkeypatch.setattr(bundle.bytecode, "replace_imported", lambda places, *_: asked.append(places))
    bundle._compile(tmp_path, tmp_path / "core", ["a.whl"], {"info": {"python": "3.15.2"}})
    folders = {"a.whl": "/lib/python3.15/site-packages", "python_stdlib.zip": "/lib/python315.zip"}
    assert asked == [{tmp_path / name: folder for name, folder in folders.items()}]


def write_archive(path, source="def f():\n    return 1 / 0\n"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("colorsys.py", "wave.py", "notes.txt"):
            archive.writestr(zipfile.ZipInfo(name), source)  # with a fixed date
    return path


def test_bytecode_replaces_the_files_that_a_program_imports(replace_imported, tmp_path, monkeypatch):
    for again in (False, True):
        path = write_archive(tmp_path / "a.zip")
        if again:
            monkeypatch.setenv("PATH", "")  # what has been compiled once is not compiled again
        replace_imported(path, "import colorsys")
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == ["colorsys.pyc", "wave.py", "notes.txt"]
            assert b"/lib/python314.zip/colorsys.py" in archive.read("colorsys.pyc")  # for tracebacks


def test_a_file_that_cannot_be_compiled_stops_the_build(replace_imported, tmp_path):
    with pytest.raises(ValueError, match=r"(?s)could not be compiled.*SyntaxError"):
        replace_imported(write_archive(tmp_path / "a.zip", "def"), "import colorsys")


def test_the_modules_that_help_needs_are_kept(bundle):
    needed = ("pydoc.py", "pydoc_data/topics.py", "_pyrepl/__init__.py", "_pyrepl/pager.py", "platform.py", "tty.py")
    assert all(map(bundle._is_kept, needed))
    assert not bundle._is_kept("_pyrepl/reader.py")
