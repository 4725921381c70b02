"""Build what the pages of the lessons need to run their cells: scripts, the lessons' Python files, and a package list.

The scripts are in the folder `live`. They are bundled with the npm packages of `live/package.json`, which are
downloaded once and kept in `build/npm`. The pages use the Python of the lab, which is built first, so a reader
who visits both downloads it only once.
"""

import gzip
import hashlib
import importlib.metadata
import json
import os
import posixpath
import re
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import bytecode

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIVE = HERE / "live"
NPM = ROOT / "build" / "npm"
# The packages that lessons import, and the dependencies that no lesson uses: IPython is replaced by a stand-in (see
# `live/python`), fonttools is for PDF files, pytz is for time zones, and the last two are for Jupyter.
PACKAGES = ("numpy", "matplotlib", "ipywidgets", "anywidget", "h5py", "tqdm")
NOT_USED = {"ipython", "fonttools", "pytz", "jupyterlab-widgets", "widgetsnbextension"}
# Files in the packages and in the standard library that no lesson uses: tests, GUI backends, file formats, some
# fonts, servers and old encodings. Only a site with its own Pyodide can leave them out.
TRIMMED = re.compile(
    r"/tests/|\.pyi$|\.pxd$|\.data/|/include/|RECORD$|numpy/f2py/|libnpy|lapack_lite|dateutil/zoneinfo/|"
    r"labextension/|nbextension/|PIL/_avif|PIL/_webp|PIL/_imagingft|_qhull|"
    r"PIL/(ImageCms|ImageGrab|ImageQt|ImageShow|ImageTk|ImageWin|PSDraw|PdfParser)\.py|"
    r"PIL/(Tiff|Eps|Dds|Ico|Jpeg2K|Blp|Icns|Im|Spider|WebP|Avif|Pdf|Psd|Fpx|Mpo|Palm|Pcx|Sgi|Msp|Iptc|Tga)ImagePlugin|"
    r"matplotlib/testing/|backends/_?backend_(pdf|p[sg]|wx|qt|gtk|tk|cairo|macosx|nbagg|webagg)|_tkagg|web_backend/|"
    r"sphinxext/|axisartist/|/sample_data/|/mpl-data/images/|/fonts/afm/|/fonts/pdfcorefonts/|"
    r"/(DejaVuSerif|DejaVuSans-(Bold)?Oblique|DejaVuSansMono-|STIXGeneral(Bol|Ita)|STIXNonUni(Bol|Ita)|Humor)|"
    r"^(multiprocessing|xmlrpc|wsgiref)/|^_pyrepl/(?!__init__|pager)|"  # help() needs the pager
    r"^(imaplib|mailbox|smtplib|ftplib|poplib|pickletools|_pyio|_pydatetime)\.py|"
    r"^http/(server|cookiejar)|^logging/(handlers|config)|"
    r"^encodings/(big5|cp(?!437|1252)|euc|gb|hp|hz|iso2022|iso8859_(?!1\.)|johab|koi8|kz|mac_|palmos|ptcp|shift|tis)"
)
ANYWIDGET = {  # changes to its front end
    'define(["@jupyter-widgets/base"], widget_default);': "export default widget_default;",  # as an ES module
    "AbortSignal.timeout(2e3)": "AbortSignal.timeout(6e4)",  # two seconds are not enough on a slow machine
}
ENTRIES = ("page.js", "worker.js", "editor.js", "widgets.js", "live.css", "widgets.css")
# The parts of packages and the standard library that a lesson imports and calls up to its first figure.
IMPORTED = """
import ast, difflib, encodings.utf_16_be, os, secrets, symtable
os.environ["MPLBACKEND"] = "module://live_figures"
import anywidget, ipywidgets, matplotlib.patheffects, numpy.random
from matplotlib import pyplot
pyplot.subplots(layout="constrained")[1].set_title("$x$")
for kind in ("svg", "png"):
    pyplot.savefig(f"/tmp/figure.{kind}")
"""
SMALL = 64_000  # bytes; larger data files are downloaded when they are read
# Teachers' programs, which start processes, and the modules that only they use. Leaving them out makes the download on
# a first visit 42 kB smaller.
PROGRAMS = {f"helpers/exercises/{name}.py" for name in ("grade", "handout", "nbgrader_course", "class_list")}
PROGRAMS |= {f"helpers/exercises/{name}.py" for name in ("gradebook", "merging", "rerun", "worker", "works")}
PROGRAMS |= {f"helpers/system/{name}.py" for name in ("confinement", "system_calls")}


def build(out, lab):
    """Write the scripts, the lessons' Python files and the package list for the pages to the folder `out`.

    Parameters
    ----------
    out : Path
        New folder, `_static/live` of the book.
    lab : Path
        The lab, `lab` in the folder of the site.

    Raises
    ------
    ValueError
        If npm or one of its packages is missing, or the scripts cannot be bundled.
    """
    out.mkdir(parents=True)
    _bundle(out, _packages())
    large = _archive(out / "lessons.zip", lab / "files")
    (out / "files.json").write_text(json.dumps(large), encoding="utf-8")
    _write_lock(out, lab / "static" / "lock" / "pyodide-lock.json")


def _packages():
    """Install the npm packages, unless they are already installed for this system, and return their folder."""
    lock = (LIVE / "package-lock.json").read_bytes()
    system = sysconfig.get_platform().encode()  # a container shares this folder with its host
    folder = NPM / hashlib.sha256(lock + system).hexdigest()[:12]
    if not (folder / "ready").is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise ValueError("npm, which provides the editor of the lessons' cells, is missing: install Node.js")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LIVE / name, folder / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
        if done.returncode:
            raise ValueError(
                f"npm could not download the packages that the lessons' cells need: {done.stderr[-400:].strip()}"
            )
        (folder / "ready").touch()
    return folder / "node_modules"


def _bundle(out, modules):
    """Bundle the scripts with esbuild."""
    front = next(f for f in importlib.metadata.files("anywidget") if f.as_posix().endswith("nbextension/index.js"))
    text = Path(front.locate()).read_text(encoding="utf-8")
    for known, new in ANYWIDGET.items():
        if known not in text:
            raise ValueError(f"the front end of anywidget does not contain {known}: see site/bundle.py")
        text = text.replace(known, new)
    shared = modules.parent / "anywidget.js"
    shared.write_text(text, encoding="utf-8")
    command = ["node", modules / "esbuild" / "bin" / "esbuild", *(LIVE / name for name in ENTRIES), f"--outdir={out}"]
    command += ["--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022", f"--alias:anywidget={shared}"]
    command += ["--chunk-names=part-[hash]", "--legal-comments=linked", "--log-level=warning"]
    command += [f"--loader:{kind}=dataurl" for kind in (".svg", ".png")]
    environment = os.environ | {"NODE_PATH": str(modules)}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise ValueError(f"the scripts of the lessons' cells could not be bundled:\n{done.stderr}")
    licences = sorted(path for path in modules.rglob("LICENSE*") if "esbuild" not in path.parts and path.is_file())
    texts = [f"{p.parent.relative_to(modules)}\n\n{p.read_text(encoding='utf-8', errors='replace')}" for p in licences]
    (out / "LICENCES.txt").write_text("\n\n".join(texts), encoding="utf-8")


def _archive(path, files):
    """Write the Python files and the small data files to a zip file, and return a list of the other data files.

    Parameters
    ----------
    path : Path
        The zip file.
    files : Path
        The files of the lab, which for a handout contain no solutions.

    Returns
    -------
    list of str
        Paths relative to `files`.
    """
    large = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bytecode.STAND_INS.rglob("*.py")):
            _add(archive, file, file.relative_to(bytecode.STAND_INS))
        for file in sorted(
            file for part in ("helpers", "data") for file in (files / part).rglob("*") if file.is_file()
        ):
            name = file.relative_to(files)
            if name.as_posix() in PROGRAMS:
                continue
            if name.parts[0] == "data" and file.stat().st_size > SMALL:
                large.append(name.as_posix())
            else:
                _add(archive, file, name)
    return large


def _add(archive, file, name):
    """Add a file with a fixed date, so that the same files always give the same archive."""
    archive.writestr(zipfile.ZipInfo(name.as_posix()), file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _write_lock(out, path):
    """Write the list of packages for the pages, and trimmed copies of the packages that do not come from a CDN."""
    lab = json.loads(path.read_text(encoding="utf-8"))
    found = _needed(lab["packages"])
    names = {name: entry["file_name"] for name, entry in found.items()}
    ours = {name: file.split("/")[-1] for name, file in names.items() if ":" not in file}  # not the CDN's
    for name, wheel in ours.items():
        _trim(path.parent / found[name]["file_name"], out / wheel)
    core = posixpath.dirname(lab["packages"]["numpy"]["file_name"])
    start = {"core": core, "library": f"{core}/python_stdlib.zip", "packages": list(PACKAGES), "size": None}
    if ":" not in core:
        start["core"] = posixpath.normpath(f"../../lab/static/lock/{core}")
        start["library"] = "python_stdlib.zip"
        lock = {"info": lab["info"], "packages": {n: found[n] | {"file_name": wheel} for n, wheel in ours.items()}}
        _compile(out, path.parent / core, ours.values(), lock)
        start["size"] = _size([path.parent / core / "pyodide.asm.wasm", *out.glob("*.zip"), *out.glob("*.whl")])
    for name, wheel in ours.items():
        found[name] |= {"file_name": wheel, "sha256": hashlib.sha256((out / wheel).read_bytes()).hexdigest()}
    (out / "pyodide-lock.json").write_text(json.dumps({"info": lab["info"], "packages": found}), encoding="utf-8")
    (out / "pyodide.json").write_text(json.dumps(start), encoding="utf-8")


def _needed(packages):
    """Return the entries of the packages that the pages need, with only the dependencies that they use."""
    found, todo = {}, list(PACKAGES)
    while todo:
        name = todo.pop()
        if name not in found:
            depends = [other for other in packages[name]["depends"] if other not in NOT_USED]
            found[name] = packages[name] | {"depends": depends}
            todo += depends
    return found


def _compile(out, pyodide, wheels, lock):
    """Compile those files of the packages and the standard library that a lesson imports up to its first figure."""
    _trim(pyodide / "python_stdlib.zip", out / "python_stdlib.zip")
    (out / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    major, minor, *_ = lock["info"]["python"].split(".")
    places = {out / wheel: f"/lib/python{major}.{minor}/site-packages" for wheel in wheels}
    places[out / "python_stdlib.zip"] = f"/lib/python{major}{minor}.zip"
    bytecode.replace_imported(places, pyodide, out / "pyodide-lock.json", PACKAGES, IMPORTED)


def _size(files):
    """Return the total size of files in bytes, and their compressed size in megabytes."""
    contents = [file.read_bytes() for file in files]
    return {"bytes": sum(map(len, contents)), "megabytes": round(sum(len(gzip.compress(c, 6)) for c in contents) / 1e6)}


def _trim(wheel, target):
    """Copy a wheel without the files in `TRIMMED`."""
    with zipfile.ZipFile(wheel) as full, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as small:
        for item in full.infolist():
            if _is_kept(item.filename):
                data = full.read(item)
                data = _kept_fonts(data) if item.filename == "matplotlib/fontlist.json" else data
                small.writestr(zipfile.ZipInfo(item.filename), data, zipfile.ZIP_DEFLATED, 9)


def _is_kept(name):
    return not TRIMMED.search(name)


def _kept_fonts(data):
    """Remove missing fonts from matplotlib's list of fonts, because matplotlib would otherwise create a new list."""
    fonts = json.loads(data)
    for kind in ("afmlist", "ttflist"):
        fonts[kind] = [font for font in fonts[kind] if _is_kept(f"/mpl-data/{font['fname']}")]
    return json.dumps(fonts)
