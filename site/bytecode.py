"""Compile the Python files in archives with the Python that will import them, which then starts in half the time.

The compiler is Pyodide itself, run by Node.js. The compiled files are kept in `build/bytecode`.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

SCRIPT = Path(__file__).with_name("bytecode.mjs")
STAND_INS = Path(__file__).parent / "live" / "python"
KEPT = Path(__file__).resolve().parent.parent / "build" / "bytecode"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# Files whose docstrings readers may look up, as with help(plt.plot). The bytecode of other files omits docstrings.
DOCUMENTED = (
    r"^numpy/(_core/(fromnumeric|numeric|shape_base)|linalg/_linalg|lib/_(function_base|shape_base|twodim_base|"
    r"arraysetops|nanfunctions|polynomial)_impl)\.py|^matplotlib/(axes/_axes|pyplot)\.py"
)


def replace_imported(places, pyodide, lock, packages, program):
    """Compile those files in archives that a program imports; the others stay as source, which is smaller.

    Parameters
    ----------
    places : dict
        Maps the path of each zip file to the folder in which Python will find its content, for tracebacks.
    pyodide : Path
        Folder of Pyodide.
    lock : Path
        Pyodide's list of packages, which are among the zip files.
    packages : list of str
        The packages that the program needs.
    program : str
        Python code.

    Raises
    ------
    ValueError
        If a file cannot be compiled, or the program fails.
    """
    job = {"packages": packages, "program": program, "documented": DOCUMENTED}
    job["places"] = {path.name: place for path, place in places.items()}
    core = [pyodide / name for name in CORE]
    used = [SCRIPT, lock, *core, *sorted(STAND_INS.rglob("*.py")), *places]
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in used]
    kept = KEPT / hashlib.sha256(json.dumps([job, hashes]).encode()).hexdigest()
    if not kept.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as scratch:
            work = Path(scratch)
            for path in (SCRIPT, *core, *places):
                shutil.copyfile(path, work / path.name)
            shutil.copyfile(lock, work / "pyodide-lock.json")
            shutil.copytree(STAND_INS, work / "python")
            _run(work, job)
            if not kept.is_dir():  # another process may have been faster
                (work / "new").rename(kept)
    for path in places:
        shutil.copyfile(kept / path.name, path)


def _run(work, job):
    """Run the compiler in a folder that contains everything it needs."""
    (work / "new").mkdir()
    command = ["node", work / SCRIPT.name, work, json.dumps(job)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise ValueError(f"the Python files of the pages could not be compiled:\n{done.stderr[-1000:]}")
