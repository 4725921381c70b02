// Compiles Python files in zip files: node bytecode.mjs FOLDER JOB, where FOLDER has Pyodide, its packages and the zip
// files, and JOB is described in bytecode.py.

import { loadPyodide } from "./pyodide.mjs"

process.on("uncaughtException", error => { // without the line of Pyodide's script, which has a million characters
    console.error(error.message)
    process.exit(1)
})
const [, , folder, job] = process.argv
const { packages } = JSON.parse(job)
const python = await loadPyodide({ packages, packageBaseUrl: folder })
python.mountNodeFS("/work", folder)
python.globals.set("job", job)
python.runPython(`
import importlib.util, json, re, sys
from importlib._bootstrap_external import _code_to_hash_pyc
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

job = json.loads(job)
sys.path.insert(0, "/work/python")
exec(job["program"], {})
imported = {getattr(module, "__file__", None) for module in sys.modules.values()}
for archive, place in job["places"].items():
    with ZipFile(f"/work/{archive}") as old, ZipFile(f"/work/new/{archive}", "w") as new:
        for item in old.infolist():
            name, data = item.filename, old.read(item)
            if name.endswith(".py") and f"{place}/{name}" in imported:
                optimize = 0 if re.search(job["documented"], name) else 2
                code = compile(data, f"{place}/{name}", "exec", dont_inherit=True, optimize=optimize)
                name, data = name + "c", _code_to_hash_pyc(code, importlib.util.source_hash(data), False)
            new.writestr(ZipInfo(name), data, ZIP_DEFLATED, 9)
`)
