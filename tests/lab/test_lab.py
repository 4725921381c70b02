"""Every lesson in the in-browser lab, with no other host to be had: run all, compare, move every widget.

The lab needs a Pyodide: the environment variable LESSONS_PYODIDE names the folder of one. Without it, or
without JupyterLite or a Chromium, these tests are skipped, with the reason.
"""

import configparser
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from chromium import NO_OTHER_HOST, is_local, launched, served
from moves import MOVES, READY, WIDGET, seen, wait_for_change

from helpers.datasets import recordings
from helpers.system import browser

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 120  # in which a lesson must have run, from when its kernel is up
NOISE = configparser.RawConfigParser()  # what may differ: rounding, as for nbval, and Pyodide's versions
NOISE.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
NOISE["versions"] = {"regex": r"(?m)^(numpy|matplotlib|h5py|ipywidgets) [\d.+a-z]+$", "replace": r"\1"}
NOT_HERE = ("(Left out: in ", "A browser starts no processes")  # how a lesson says that it goes on without
RUN = """() => {
    window.ran = false
    window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')
        .then(() => window.jupyterapp.commands.execute('notebook:run-all-cells')).then(() => { window.ran = true })
}"""
NOTEBOOK = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The lab, built with a Pyodide of its own, and served on this machine."""
    pyodide = os.environ.get("LESSONS_PYODIDE")
    if not pyodide:
        pytest.skip("no Pyodide: name the folder of one in the variable LESSONS_PYODIDE")
    if not importlib.util.find_spec("jupyterlite_core"):
        pytest.skip("the lab needs more: pip install -r site/requirements.txt")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, ROOT / "site" / "lab.py", folder / "lab", "--pyodide", pyodide]
    subprocess.run(command, check=True)
    with served(folder) as root:
        yield f"{root}/lab/lab/index.html"


def visit(address, name):
    """Open one lesson in a browser that has never been here, run it, and move its widgets.

    Returns
    -------
    notebook : dict, the lesson as it stands in the page then
    seconds : float, in which it ran
    faults : list of str, what a reader would not see: errors in the page, files that are missing or elsewhere
    moved : list of str, the names of the widgets
    """
    faults = []
    with launched(NO_OTHER_HOST) as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        context.on("request", lambda request: None if is_local(request.url) else faults.append(request.url))
        context.on("response", lambda answer: _is_answered(answer) or faults.append(f"{answer.status} {answer.url}"))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        page.goto(f"{address}?path=notebooks/{name}.ipynb")
        page.wait_for_function(READY)
        start = time.monotonic()
        page.evaluate(RUN)
        page.wait_for_function("window.ran", timeout=1000 * SECONDS, polling=200)
        seconds, notebook = time.monotonic() - start, page.evaluate(NOTEBOOK)
        moved = [_move(page, widget) for widget in page.locator(WIDGET).all()]
    return notebook, seconds, faults, moved


def _move(page, widget):
    title = widget.locator("b").first.inner_text()
    widget.scroll_into_view_if_needed()
    before = seen(widget)
    MOVES[title](widget)
    wait_for_change(page, widget, before, patience=60_000)
    return title


def _is_answered(answer):
    """JupyterLab asks its server whether a word in an output, such as a lone /, is a file; here is no server."""
    return answer.status < 400 or "/api/resolvePath?" in answer.url


def figures(cell):
    """All that a cell has printed or returned, without pictures and widgets, line by line."""
    texts = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            texts.append(output["text"])
        elif not any(kind.startswith(("image/", "application/vnd.jupyter.widget")) for kind in data):
            texts.append(data.get("text/plain", ""))
    text = "".join(part if isinstance(part, str) else "".join(part) for part in texts)
    for name in NOISE.sections():
        text = re.sub(NOISE[name]["regex"], NOISE[name]["replace"], text)
    return text.splitlines()


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_in_the_lab(address, name):
    notebook, seconds, faults, moved = visit(address, name)
    assert faults == []
    print(f"{name}: {seconds:.0f} s")
    committed = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    assert len(notebook["cells"]) == len(committed)
    for here, there in zip(notebook["cells"], committed, strict=True):
        if here["cell_type"] != "code":
            continue
        assert [o for o in here["outputs"] if o["output_type"] == "error" or o.get("name") == "stderr"] == []
        if "nbval-ignore-output" in there.metadata.get("tags", []):
            continue
        lines = figures(here)
        if not any(line.startswith(NOT_HERE) for line in lines):
            assert [line for line in lines if line not in (recordings.TOLD, browser.RECORDED)] == figures(there)
    assert len(moved) == sum("Interactive figure" in str(cell.get("outputs")) for cell in committed)
