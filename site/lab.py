"""Build the in-browser lab: JupyterLab and Python inside a web page, with the lessons, `helpers` and the data.

    python site/lab.py OUT [--pyodide FOLDER]

The lab is JupyterLite; its Python is Pyodide, which the page takes from Pyodide's CDN. With ``--pyodide``
it is copied into the lab instead, and the page asks nothing of any other host: FOLDER is an unpacked
Pyodide of the version below, or a part of it that holds the packages named here.
"""

import argparse
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from importlib.metadata import version
from pathlib import Path

import folder
import nbformat

ROOT = Path(__file__).resolve().parent.parent
PYODIDE = "314.0.3"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CDN_LOCK = Path(__file__).with_name("pyodide-lock.json")  # its list of packages, as far as the lab needs them
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# What the kernel and `helpers` import, all loaded at the start: Pyodide itself looks for imports in the
# text of a cell only, and would miss those of `helpers`.
PACKAGES = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
PACKAGES += ["numpy", "matplotlib", "ipywidgets", "h5py", "tqdm"]
# What Pyodide's CDN does not hold, and what it depends on: two wheels of this environment's versions,
# and four that the kernel brings along.
FETCHED = {"comm": [], "ipywidgets": ["comm", "ipython", "traitlets", "widgetsnbextension"]}
BROUGHT = {
    "piplite": ["micropip"],
    "pyodide-kernel": ["comm", "ipython"],
    "ipykernel": ["pyodide-kernel"],
    "widgetsnbextension": [],
}
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager")
CONTENTS = (
    "notebooks/*.ipynb",
    "helpers/**/*.py",
    "data/README.md",
    "data/*.h5",
    "data/*.txt",
    "data/mnist/*.gz",
    "data/runs/**/*.h5",
    "data/runs/*.json",
    "data/runs/*.txt",
)
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"}}  # the whole lesson in the page


def build(out, pyodide=None):
    """Write the lab into the folder `out`, in place of what is there.

    Parameters
    ----------
    out : path-like
    pyodide : path-like, optional
        A Pyodide to copy into the lab. Default: the page takes it from the CDN.

    Raises
    ------
    ValueError, OSError
        If `out` holds files of others, JupyterLite is missing or fails, the folder `pyodide` lacks a file,
        or the lab cannot be written. `out` is then as before.
    """
    out, base = Path(out).resolve(), "../pyodide/" if pyodide else CDN
    folder.refuse_what_is_not_ours(out)
    packages = read_lock(Path(pyodide) / "pyodide-lock.json" if pyodide else CDN_LOCK)
    parts = [*CORE, *(entry["file_name"] for entry in packages.values())] if pyodide else []
    if absent := [name for name in parts if not (Path(pyodide) / name).is_file()]:
        raise ValueError(f"{pyodide} has no file {absent[0]}: take the full Pyodide {PYODIDE}")
    if not all(map(importlib.util.find_spec, ("jupyterlite_core", "jupyterlite_pyodide_kernel"))):
        raise ValueError("JupyterLite is missing: python -m pip install -r site/requirements.txt")
    with tempfile.TemporaryDirectory() as scratch:
        work, lab = Path(scratch), Path(scratch) / "lab"
        _configure(work, "./static/pyodide/" if pyodide else CDN)
        _jupyterlite(work, lab)
        (lab / "static/lock").mkdir(parents=True)
        for name in parts:
            target = lab / "static/pyodide" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(pyodide) / name, target)
        entries = _own_wheels(work, lab)
        entries |= {name: entry | {"file_name": base + entry["file_name"]} for name, entry in packages.items()}
        lock = {"info": _info(), "packages": entries}
        (lab / "static/lock/pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
        folder.replace(out, lab)


def read_lock(path):
    """The packages of a Pyodide that the lab needs, from its list `pyodide-lock.json`: a dict by name.

    Raises
    ------
    ValueError
        If it cannot be read, is another version's, or lacks a package that the lab cannot bring along.
    """
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ValueError(f"{path} cannot be read: name the folder of an unpacked Pyodide {PYODIDE}") from None
    if not isinstance(lock, dict) or lock.get("info") != _info():
        raise ValueError(f"{path} is not that of Pyodide {PYODIDE}: take that version")
    packages, todo = {}, list(PACKAGES)
    while todo:
        name = _normal(todo.pop())
        if name in packages:
            continue
        if name in lock["packages"]:
            packages[name] = lock["packages"][name]
            todo += packages[name]["depends"]
        elif name in FETCHED or name in BROUGHT:
            todo += (FETCHED | BROUGHT)[name]
        else:
            raise ValueError(f"{path} has no package {name}: take the full Pyodide {PYODIDE}")
    return packages


def _normal(name):
    """A package's name as lists of packages spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _info():
    return json.loads(CDN_LOCK.read_text(encoding="utf-8"))["info"]


def _configure(work, pyodide):
    """What JupyterLite reads: the files of the lab, and its settings."""
    for pattern in CONTENTS:
        for path in ROOT.glob(pattern):
            target = work / "contents" / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":  # JupyterLite expects text in one piece, files have a list of lines
                target.write_text(json.dumps(nbformat.read(path, as_version=4)), encoding="utf-8")
            else:
                shutil.copyfile(path, target)
    kernel = {
        "pyodideUrl": f"{pyodide}pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": "./static/lock/pyodide-lock.json", "packages": PACKAGES},
    }
    page = {
        "appName": "Backpropagation, derived and checked",
        "exposeAppInBrowser": True,  # for the tests
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    shared = Path(sys.prefix) / "share/jupyter/labextensions"
    options = {"ignore_sys_prefix": True, "federated_extensions": [str(shared / name) for name in EXTENSIONS]}
    for name, content in {
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "jupyter_lite_config.json": {"LiteBuildConfig": options},
        "overrides.json": SETTINGS,
    }.items():
        (work / name).write_text(json.dumps(content), encoding="utf-8")


def _jupyterlite(work, lab):
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", work, "--output-dir", lab]
    command += ["--contents", work / "contents", "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages"]
    done = subprocess.run(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise ValueError(f"JupyterLite could not build the lab; it said:\n{done.stdout}")


def _own_wheels(work, lab):
    """Put the wheels that Pyodide lacks into the lab; return their entries for the list of packages."""
    wanted = [f"{name}=={version(name)}" for name in FETCHED]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*pip, "--only-binary=:all:", "--dest", work / "wheels", *wanted])  # says what went wrong
    if done.returncode:
        raise ValueError(f"pip could not fetch {' and '.join(wanted)}: is there a connection?")
    brought = lab / "extensions" / EXTENSIONS[0] / "static/pypi"
    entries = {}
    for wheel in sorted([*(work / "wheels").glob("*.whl"), *brought.glob("*.whl")]):
        name, entry = _entry(wheel)
        if wheel.parent == brought:
            entry["file_name"] = f"../../{wheel.relative_to(lab).as_posix()}"
        else:
            shutil.copyfile(wheel, lab / "static/lock" / wheel.name)
        entries[name] = entry  # of two versions the later one
    return entries


def _entry(wheel):
    """The name of a wheel, and what Pyodide's list of packages says of it."""
    with zipfile.ZipFile(wheel) as file:
        metadata = next(name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        head = HeaderParser().parsestr(file.read(metadata).decode())
    name = _normal(head["Name"])
    entry = {
        "name": name,
        "version": head["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [name.replace("-", "_")],
        "depends": (FETCHED | BROUGHT)[name],
        "unvendored_tests": False,
    }
    return name, entry


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER", help="copy this Pyodide into the lab")
    arguments = parser.parse_args()
    try:
        build(arguments.out, arguments.pyodide)
    except (OSError, ValueError) as error:
        sys.exit(f"The lab was not written: {error}")
