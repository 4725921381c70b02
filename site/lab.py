"""Build the lab, which runs JupyterLab, Python and the lessons inside a web page.

    python site/lab.py OUT [--pyodide FOLDER]

If the environment variable ``LESSONS_SOURCE`` is set to the folder of a handout, the lab is built from that folder.

The lab consists of JupyterLite, the notebooks, the package `helpers` and the data. Its Python is Pyodide, which
the page normally loads from Pyodide's CDN. With the option ``--pyodide``, Pyodide is copied into the lab instead,
and the page does not contact any other host. FOLDER must contain an unpacked Pyodide of the version given below,
or at least the packages listed in this file.
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

import contents
import folder

PYODIDE = "314.0.3"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CDN_LOCK = Path(__file__).with_name("pyodide-lock.json")  # the CDN's package list, reduced to what the lab needs
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# These are the packages that the kernel and `helpers` import. They are loaded when the kernel starts, because Pyodide
# only detects imports in the code of a cell, and not those inside `helpers`.
PACKAGES = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
PACKAGES += ["numpy", "matplotlib", "ipywidgets", "anywidget", "h5py", "tqdm"]
# These packages, listed with their dependencies, are not on Pyodide's CDN. The wheels in `FETCHED` are downloaded in
# the versions installed here, and those in `BROUGHT` come with the kernel.
FETCHED = {
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "comm": [],
    "ipywidgets": ["comm", "ipython", "traitlets", "widgetsnbextension"],
    "psygnal": [],
}
BROUGHT = {
    "piplite": ["micropip"],
    "pyodide-kernel": ["comm", "ipython"],
    "ipykernel": ["pyodide-kernel"],
    "widgetsnbextension": [],
}
# A lesson opens in the first of these applications, which shows a single document. Its menus lead to the others.
APPS = ("notebooks", "edit", "tree", "lab")
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager", "anywidget")
OWN_EXTENSION = Path(__file__).with_name("lab_extension")
# These plug-ins look for icons that do not exist, report checkpoints that are not made (see `lab_extension`), and show
# whether outputs may run scripts, in an indicator for which there is no room on a phone.
DISABLED = [f"@jupyter-notebook/notebook-extension:{name}" for name in ("tab-icon", "checkpoints", "trusted")]
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"},  # keeps invisible cells in the page
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},  # seconds
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # light or dark, like the system
}
# Replacements in the pages of JupyterLite, which change what they show until their scripts have loaded.
LOADING = {
    '<div id="jupyterlite-loading-indicator" class="hidden">': '<div id="jupyterlite-loading-indicator">',
    "Loading JupyterLite...": "Loading the lab. This takes about 5 seconds, or longer on the first visit.",
    "</head>": """<link rel="icon" href="./favicon.ico">
    <style>
      .jupyterlite-loading-indicator-text { width: 80%; text-align: center; }
      @media (prefers-color-scheme: dark) {
        #jupyterlite-loading-indicator { background: #111 !important; }
        .jupyterlite-loading-indicator-text { color: #ddd !important; }
      }
    </style>
  </head>""",
}


def build(out, pyodide=None):
    """Build the lab in the folder `out`, and replace an earlier build if there is one.

    Parameters
    ----------
    out : path-like
        Output folder.
    pyodide : path-like, optional
        Folder that contains Pyodide, which is copied into the lab. By default, the page loads Pyodide from its CDN.

    Raises
    ------
    ValueError, OSError
        If `out` contains other files, JupyterLite is missing or fails, a file of Pyodide is missing, or the lab cannot
        be written. `out` is then left unchanged.
    """
    out, base = Path(out).resolve(), "../pyodide/" if pyodide else CDN
    folder.refuse_foreign_files(out)
    packages = read_lock(Path(pyodide) / "pyodide-lock.json" if pyodide else CDN_LOCK)
    parts = [*CORE, *(entry["file_name"] for entry in packages.values())] if pyodide else []
    if absent := [name for name in parts if not (Path(pyodide) / name).is_file()]:
        raise ValueError(f"{pyodide} has no file {absent[0]}: use the full Pyodide {PYODIDE}")
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
    """Read the entries of the packages that the lab needs from `pyodide-lock.json`, Pyodide's package list.

    Returns
    -------
    packages : dict
        Maps the name of each package to its entry, which is a dict.

    Raises
    ------
    ValueError
        If the list cannot be read, belongs to another version, or lacks a package that the lab cannot supply itself.
    """
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ValueError(f"{path} cannot be read: give the folder of an unpacked Pyodide {PYODIDE}") from None
    if not isinstance(lock, dict) or lock.get("info") != _info():
        raise ValueError(f"{path} does not belong to Pyodide {PYODIDE}: use that version")
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
            raise ValueError(f"{path} has no package {name}: use the full Pyodide {PYODIDE}")
    return packages


def _normal(name):
    """Return a package name in the normalised spelling that package indexes use."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _info():
    return json.loads(CDN_LOCK.read_text(encoding="utf-8"))["info"]


def _configure(work, pyodide):
    """Write the input for JupyterLite, which consists of the files and the settings of the lab."""
    editions = contents.write(work / "contents")
    kernel = {
        "pyodideUrl": f"{pyodide}pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": "./static/lock/pyodide-lock.json", "packages": PACKAGES},
    }
    page = {
        "appName": "Backpropagation, derived and checked",
        "exposeAppInBrowser": True,  # the tests need access to the application
        "showLoadingIndicator": True,
        "disabledExtensions": DISABLED,
        "lessonEditions": editions,  # for `lab_extension`
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    shared = Path(sys.prefix) / "share/jupyter/labextensions"
    extensions = [*(shared / name for name in EXTENSIONS), OWN_EXTENSION]
    options = {"ignore_sys_prefix": True, "federated_extensions": [str(path) for path in extensions]}
    for name, content in {
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "jupyter_lite_config.json": {"LiteBuildConfig": options},
        "overrides.json": SETTINGS,
    }.items():
        (work / name).write_text(json.dumps(content), encoding="utf-8")


def _jupyterlite(work, lab):
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", work, "--output-dir", lab]
    command += ["--contents", work / "contents", "--no-sourcemaps", "--no-unused-shared-packages"]
    command += [part for app in APPS for part in ("--apps", app)]
    done = subprocess.run(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise ValueError(f"JupyterLite could not build the lab:\n{done.stdout}")
    for app in APPS:
        page = lab / app / "index.html"
        text = page.read_text(encoding="utf-8")
        for old, new in LOADING.items():
            text = text.replace(old, new)
        page.write_text(text, encoding="utf-8")


def _own_wheels(work, lab):
    """Copy the wheels that Pyodide does not provide into the lab, and return their entries for the package list."""
    wanted = [f"{name}=={version(name)}" for name in FETCHED]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--only-binary=:all:", "--platform=any", "--dest", work / "wheels", *wanted]
    )  # pip reports its own errors
    if done.returncode:
        raise ValueError(f"pip could not download {' and '.join(wanted)}: check the internet connection")
    brought = lab / "extensions" / EXTENSIONS[0] / "static/pypi"
    entries = {}
    for wheel in sorted([*(work / "wheels").glob("*.whl"), *brought.glob("*.whl")]):
        name, entry = _entry(wheel)
        if wheel.parent == brought:
            entry["file_name"] = f"../../{wheel.relative_to(lab).as_posix()}"
        else:
            shutil.copyfile(wheel, lab / "static/lock" / wheel.name)
        entries[name] = entry  # if there are two versions, the later one is used
    return entries


def _entry(wheel):
    """Return the name of the package in a wheel, and its entry for Pyodide's package list."""
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
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER", help="folder of the Pyodide to copy into the lab")
    arguments = parser.parse_args()
    try:
        build(arguments.out, arguments.pyodide)
    except (OSError, ValueError) as error:
        sys.exit(f"The lab was not built: {error}")
