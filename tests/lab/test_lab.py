"""Lessons in the in-browser lab, with no other host to be had: run all cells, compare, move every widget.

Each lesson runs from top to bottom in its page of the book, with the same Python and the same packages (tests/live).
So only those run here that use most of what the lab alone has; with LESSONS_LAB=all, all of them do. That every lesson
opens in the lab is tested in test_opening.py.
"""

import contextlib
import os
from pathlib import Path

import nbformat
import psutil
import pytest
from moves import MOVES, READY, WIDGET, pictures_a_second, seen, wait_for_change
from printed import NOT_HERE, NOTICES, without_noise

ROOT = Path(__file__).resolve().parents[2]
PROVEN = {
    "06_recognise_cats": "HDF5 read from the drive, recordings of long trainings, exercises, widgets of ipywidgets",
    "11_playground": "instruments with their own front ends, which train while the reader watches and send arrays",
}
ALL = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 120  # of one core, in which a lesson must have run, from when its kernel is up
PATIENCE = 240  # seconds of waiting for it on a busy machine
TRAINING = ("Playground", "Your network")  # instruments that train while the reader watches
RUN = """() => {
    window.ran = false
    window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')
        .then(() => window.jupyterapp.commands.execute('notebook:run-all-cells')).then(() => { window.ran = true })
}"""
NOTEBOOK = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"


def processor_seconds():
    """What the browser has used of processors so far; unlike a clock it does not see what else runs here."""
    used = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
            used.append(process.cpu_times())
    return sum(times.user + times.system for times in used)


def errors(notebook):
    """The errors and warnings that a reader would see, each with the beginning of its cell."""
    return [
        (cell["source"][:60], output.get("evalue", output.get("text")))
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
        or (output.get("name") == "stderr" and without_noise("".join(output["text"])).strip())
    ]


def _move(page, widget):
    title = widget.locator("b").first.inner_text()
    widget.scroll_into_view_if_needed()
    before = seen(widget)
    MOVES[title](widget)
    wait_for_change(page, widget, before, patience=60_000)
    if title in TRAINING:
        widget.get_by_role("button", name="Train", exact=True).click()
        print(f"{title}: {pictures_a_second(page, widget):.1f} pictures a second")
        widget.get_by_role("button", name="Pause", exact=True).click()


def figures(cell):
    """All that a cell has printed or returned, without pictures and widgets, line by line."""
    texts = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            texts.append(output["text"])
        elif not any(kind.startswith(("image/", "application/vnd.jupyter.widget")) for kind in data):
            texts.append(data.get("text/plain", ""))
    return without_noise("".join(part if isinstance(part, str) else "".join(part) for part in texts)).splitlines()


@pytest.mark.parametrize("name", ALL if os.environ.get("LESSONS_LAB") == "all" else PROVEN)
def test_a_lesson_runs_in_the_lab(visit, name):
    committed = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    page = visit(name)
    page.wait_for_function(READY, polling=200)
    start = processor_seconds()
    page.evaluate(RUN)
    page.wait_for_function("window.ran", timeout=1000 * PATIENCE, polling=200)
    seconds, notebook = processor_seconds() - start, page.evaluate(NOTEBOOK)
    print(f"{name}: {seconds:.0f} s")
    assert errors(notebook) == []  # a lesson stops at its first error, before its widgets are there
    assert seconds < SECONDS
    assert len(notebook["cells"]) == len(committed)
    for here, there in zip(notebook["cells"], committed, strict=True):
        if here["cell_type"] == "code" and "nbval-ignore-output" not in there.metadata.get("tags", []):
            lines = figures(here)
            if not any(line.startswith(NOT_HERE) for line in lines):
                assert [line for line in lines if line not in NOTICES] == figures(there)
    widgets = sum("Interactive figure" in str(cell.get("outputs")) for cell in committed)
    page.wait_for_function(f"document.querySelectorAll('{WIDGET}').length === {widgets}")
    for widget in page.locator(WIDGET).all():
        _move(page, widget)
