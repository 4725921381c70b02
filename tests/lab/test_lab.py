"""Every lesson in the in-browser lab, with no other host to be had: run all, compare, move every widget.

Pyodide takes longer to start than most lessons take to run. So only the first lesson comes by its address
to a browser that has never been here; the others are opened beside it in the same page and get its kernel,
emptied. (That each lesson runs in a kernel of its own, nbval shows.) A lesson with an instrument, which has a
front end of its own, is opened as a reader would, in a browser of its own.

The lab needs a Pyodide: the environment variable LESSONS_PYODIDE names the folder of one. Without it, or
without JupyterLite or a Chromium, these tests are skipped, with the reason.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from chromium import NO_OTHER_HOST, is_local, launched, served
from moves import MOVES, READY, WIDGET, pictures_a_second, seen, wait_for_change
from printed import NOT_HERE, NOTICES, without_noise

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 120  # of one core, in which a lesson must have run, from when its kernel is up
PATIENCE = 240  # seconds of waiting for it on a busy machine
TRAINING = ("Playground", "Your network")  # instruments that train while the reader watches
# No variable, figure or module of the project is left to the lesson that comes next.
EMPTY = """
import matplotlib.pyplot, sys
matplotlib.pyplot.close("all")
for name in [name for name in sys.modules if name.split(".")[0] == "helpers"]:
    del sys.modules[name]
get_ipython().run_line_magic("reset", "-f")
"""
HERE = f".jp-NotebookPanel:not(.lm-mod-hidden) {WIDGET}"
OPEN = """async ([name, code]) => {
    const app = window.jupyterapp, old = app.shell.currentWidget, {id} = old.sessionContext.session.kernel
    const {content} = await old.sessionContext.session.kernel.requestExecute({code}).done
    const panel = await app.commands.execute(
        'docmanager:open', {path: `notebooks/${name}.ipynb`, factory: 'Notebook', kernel: {id}})
    await panel.context.ready
    await panel.sessionContext.ready
    if (window.first) old.dispose()  // the first panel's connection to the kernel is the one that widgets use
    window.first ??= old
    return [content.status, panel.context.path, panel.sessionContext.session.kernel.id === id]
}"""
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


class Visitor:
    """A browser that has never been in the lab, then its page there.

    After a failure the next lesson gets another one.
    """

    def __init__(self, address):
        self.address, self.page, self.faults = address, None, []
        self.stack = contextlib.ExitStack()

    def open(self, name):
        """Show a lesson, its kernel ready."""
        if self.page is None:
            self.page = self._enter()
            self.page.goto(f"{self.address}?path=notebooks/{name}.ipynb")
        else:
            opened = self.page.evaluate(OPEN, [name, EMPTY])
            assert opened == ["ok", f"notebooks/{name}.ipynb", True]
        self.page.wait_for_function(READY)

    def _enter(self):
        browser = self.stack.enter_context(launched(NO_OTHER_HOST))
        context, faults = browser.new_context(viewport={"width": 1280, "height": 900}), self.faults
        context.set_default_timeout(300_000)  # a busy machine
        context.on("request", lambda request: None if is_local(request.url) else faults.append(request.url))
        context.on("response", lambda answer: _is_answered(answer) or faults.append(f"{answer.status} {answer.url}"))
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        return page

    def leave(self):
        """Close the browser."""
        self.page = None
        self.faults.clear()
        self.stack.close()


@pytest.fixture(scope="module")
def visitor(address):
    visitor = Visitor(address)
    yield visitor
    visitor.leave()


def processor_seconds():
    """What the browser has used of processors so far; unlike a clock it does not see what else runs here."""
    used = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return sum(times.user + times.system for times in used)


def visit(visitor, name, count):
    """Open one lesson, run it, and move its widgets, of which there are `count`.

    Returns
    -------
    notebook : dict, the lesson as it stands in the page then
    seconds : float, of one core, in which it ran
    faults : list of str, what a reader would not see: errors in the page, files that are missing or elsewhere
    """
    try:
        visitor.open(name)
        page, start = visitor.page, processor_seconds()
        page.evaluate(RUN)
        page.wait_for_function("window.ran", timeout=1000 * PATIENCE, polling=200)
        seconds, notebook = processor_seconds() - start, page.evaluate(NOTEBOOK)
        assert errors(notebook) == []  # a lesson stops at its first error, before its widgets are there
        page.wait_for_function(f"document.querySelectorAll('{HERE}').length === {count}")
        for widget in page.locator(HERE).all():
            _move(page, widget)
        faults = list(visitor.faults)
    except BaseException:
        visitor.leave()
        raise
    if faults:
        visitor.leave()
    return notebook, seconds, faults


def errors(notebook):
    """The errors and warnings that a reader would see, each with the beginning of its cell."""
    return [
        (cell["source"][:60], output.get("evalue", output.get("text")))
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error" or output.get("name") == "stderr"
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
    return without_noise("".join(part if isinstance(part, str) else "".join(part) for part in texts)).splitlines()


def has_instrument(cells):
    """Whether a widget among the outputs brings a still, as those with a front end of their own do."""
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return any("image/png" in data and any("widget-view" in kind for kind in data) for data in outputs)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_in_the_lab(visitor, name):
    committed = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    widgets = sum("Interactive figure" in str(cell.get("outputs")) for cell in committed)
    if has_instrument(committed):
        visitor.leave()
    notebook, seconds, faults = visit(visitor, name, widgets)
    if has_instrument(committed):
        visitor.leave()
    assert faults == []
    print(f"{name}: {seconds:.0f} s")
    assert seconds < SECONDS
    assert len(notebook["cells"]) == len(committed)
    for here, there in zip(notebook["cells"], committed, strict=True):
        if here["cell_type"] != "code":
            continue
        if "nbval-ignore-output" in there.metadata.get("tags", []):
            continue
        lines = figures(here)
        if not any(line.startswith(NOT_HERE) for line in lines):
            assert [line for line in lines if line not in NOTICES] == figures(there)
