"""The lessons run in their own pages, in Chromium and with no other host: outputs, figures, exercises, what is kept.

Each visit starts its own Python, as a reader's does. These tests need a Pyodide, like those of the lab, and npm.
"""

import ast
import contextlib
import hashlib
import html
import json
import os
import re
import shutil
import time
from pathlib import Path

import nbformat
import pytest
from chromium import NO_OTHER_HOST, SETTLED, collect_errors, is_local, is_still, launched, served, wait_for
from moves import CHANGED, MOVES, WIDGET, seen
from printed import NOT_HERE, NOTICES, without_noise
from site_build import book_folder

from helpers.exercises import submission

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 240  # seconds until Python has started and a cell has run, on a busy machine
SOON = 90  # seconds for anything else
UNFINISHED = "document.querySelectorAll('.live-waiting, .live-running').length"
TEXTS = """[...document.querySelectorAll('.live-cell')].map(cell =>
    [...cell.querySelectorAll('.cell_output > .output')].map(output => output.textContent).join('\\n'))"""
LARGE = "data/mnist/t10k-images-idx3-ubyte.gz"  # downloaded when it is read
READS = "from pathlib import Path\nprint('begun')\nPath('../{}').read_bytes()"
FAILED = "[...document.querySelectorAll('.live-failed')].map(cell => cell.innerText)"
FOCUS = "document.activeElement.getAttribute('aria-label')"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = "[...document.querySelectorAll('.live-bar button')].filter(b => b.offsetHeight && b.offsetHeight < 24).length"
AUDIT = """axe.run(document, {resultTypes: ['violations']}).then(result => result.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.html.slice(0, 120)}`)))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the whole site, built with its own Pyodide."""
    return book_folder(tmp_path_factory, with_lab=True)


@pytest.fixture(scope="module")
def address(site):
    """The address of the site, served on this machine."""
    with served(site) as root:
        yield root


@pytest.fixture(scope="module")
def browser():
    with launched(NO_OTHER_HOST) as browser:
        yield browser


@pytest.fixture
def visit(browser, address):
    """Function that opens a lesson as a reader who has never been here. Anything that goes wrong fails the test."""
    contexts, faults = [], []

    def open_lesson(name, context=None, **options):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
            context.set_default_timeout(1000 * SOON)
            context.on("request", lambda request: None if is_local(request.url) else faults.append(request.url))
            contexts.append(context)
        page = context.new_page()
        collect_errors(page, faults)
        page.on("console", lambda line: faults.append(f"console: {line.text}") if line.type == "error" else None)
        page.goto(f"{address}/{name}.html")
        return page

    open_lesson.faults = faults
    yield open_lesson
    for context in contexts:
        context.close()
    assert faults == []


def cell(page, identifier):
    return page.locator(f".tag_cell-{identifier}")


def press(page, where, name):
    where.get_by_role("button", name=name).first.click()


def finish(page):
    """Wait until every cell that was asked for has run."""
    wait_for(page, f"!{UNFINISHED}", PATIENCE)


def late(locator):
    """Wait for what a page shows while Python starts or a cell runs. After that, `finish` fails sooner."""
    locator.wait_for(timeout=1000 * PATIENCE)


def type_in(page, where, text):
    """Replace the text of a cell with the keyboard."""
    if not where.locator(".cm-content").count():
        where.get_by_role("button", name="Edit").press("Enter")  # a click can miss while outputs above it grow
    where.locator(".cm-content").focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def as_text(output):
    """Return the text of a committed output, or "" for figures and widgets."""
    data = output.get("data", {})
    if output["output_type"] == "stream":
        return output["text"]
    if any(kind.startswith(("image/", "application/vnd.jupyter.widget")) for kind in data):
        return ""
    if "text/html" in data:
        return html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", "", data["text/html"], flags=re.DOTALL))
    return data.get("text/plain", "")


def essence(text):
    """Return a text without noise, notices, white space and marks of Markdown, which a page does not show."""
    lines = [line for line in without_noise(text).splitlines() if line.strip() not in NOTICES]
    return re.sub(r"[\s`]+", "", "".join(lines))


def differing(page, committed):
    """Return the cells whose outputs differ from the committed ones, as (identifier, here, there)."""
    found = []
    for here, there in zip(page.evaluate(TEXTS), committed, strict=True):
        skipped = "nbval-ignore-output" in there.metadata.get("tags", []) or "widget-view" in str(there.outputs)
        text = "\n".join(map(as_text, there.outputs)).replace("run the cell again", "press Check")
        if not skipped and not any(line.startswith(NOT_HERE) for line in here.splitlines()):
            if essence(here) != essence(text):
                found.append((there.id, here, text))
    return found


def move(page, widget):
    """Operate a widget, and wait until its text and its picture have changed."""
    title, before = widget.locator("b").first.inner_text(), seen(widget)
    widget.scroll_into_view_if_needed()
    MOVES[title](widget)
    end = time.monotonic() + PATIENCE
    while not page.evaluate(CHANGED, [widget.element_handle(), *before]):
        assert time.monotonic() < end, f"nothing changed: {before[0][:300]}"
        page.wait_for_timeout(50)


def go_to(page, link, name):
    """Follow a link, and wait until the page shows the lesson."""
    link.click()
    page.wait_for_url(f"**/{name}.html")
    wait_for(page, f"document.title.startsWith('{name[:2]} ')")


def until_python_has_ended(page):
    end = time.monotonic() + SOON
    while page.workers:  # Playwright hears of it a little later
        assert time.monotonic() < end, "Python has not ended"
        page.evaluate("new Promise(requestAnimationFrame)")


def run_all(page, name):
    """Run all cells of a lesson, and compare their outputs with the committed ones."""
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    committed = [cell for cell in cells if cell.cell_type == "code"]
    page.locator(".live-run:visible").first.click()
    press(page, page, "More")
    press(page, page, "Run all cells")
    finish(page)
    assert page.evaluate(FAILED) == []
    assert page.locator(".live-done").count() == len(committed)
    assert differing(page, committed) == []
    count = sum("widget-view" in str(cell.outputs) for cell in committed)
    wait_for(page, f"document.querySelectorAll('{WIDGET}').length === {count}")


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_in_its_page(visit, name):
    page = visit(name)
    run_all(page, name)
    for widget in page.locator(WIDGET).all():
        move(page, widget)
    assert page.locator(f"{WIDGET} .noUi-handle:not([aria-label])").count() == 0  # sliders have names


def test_the_next_lesson_of_a_visit_finds_python_ready_and_nothing_else(visit):
    page = visit("01_fit_a_line")
    press(page, cell(page, "01-043"), "Start")
    finish(page)
    cell(page, "01-043").locator(".instrument").wait_for()
    (worker,) = page.workers
    go_to(page, page.locator("a.right-next"), "02_classify")
    assert page.evaluate("scrollY") == 0
    assert page.locator(".bd-docs-nav .current.active").inner_text() == "02 Classify"
    page.get_by_role("status").get_by_text("Python is ready").wait_for()
    type_in(page, cell(page, "02-004"), "sorted(globals().keys() & {'datasets', 'np', 'X'})")
    press(page, cell(page, "02-004"), "Run")
    finish(page)
    cell(page, "02-004").get_by_text("['datasets']", exact=True).wait_for()  # from this lesson's cell above
    press(page, cell(page, "02-004"), "Undo edits")
    run_all(page, "02_classify")
    move(page, page.locator(WIDGET).first)
    assert page.workers == [worker]


def test_back_and_forward_between_the_lessons_of_a_visit(visit):
    page = visit("01_fit_a_line")
    type_in(page, cell(page, "01-004"), "mine = 1")
    press(page, cell(page, "01-004"), "Run")
    finish(page)
    (worker,) = page.workers
    go_to(page, page.locator(".bd-docs-nav").get_by_text("02 Classify"), "02_classify")
    section = page.locator("#pst-page-toc-nav").get_by_text("Where to draw the line")
    section.click()
    wait_for(
        page, "document.querySelector('#pst-page-toc-nav a[aria-current]')?.innerText === 'Where to draw the line'"
    )
    wait_for(page, "document.querySelector('mjx-container[display]')")
    for _ in range(2):
        page.go_back()
    wait_for(page, "document.title.startsWith('01 ')")
    assert cell(page, "01-004").locator(".cm-content").inner_text() == "mine = 1"
    page.go_forward()
    wait_for(page, "document.title.startsWith('02 ')")
    assert page.workers == [worker]
    page.locator(".bd-docs-nav").get_by_text("For teachers").click()  # a page without cells is loaded as usual
    page.get_by_role("heading", name="For teachers").wait_for()
    until_python_has_ended(page)
    page.go_back()
    wait_for(page, "document.title.startsWith('02 ') && document.querySelector('.live-cell')")


def test_on_a_phone_the_list_of_pages_closes_behind_the_reader(visit):
    page = visit("01_fit_a_line", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    cell(page, "01-004").get_by_role("button", name="Run").tap()
    finish(page)
    page.locator(".primary-toggle").tap()
    go_to(page, page.locator(".bd-docs-nav").get_by_text("02 Classify"), "02_classify")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate(WIDE) <= 0
    cell(page, "02-004").get_by_role("button", name="Run").tap()
    finish(page)
    assert page.evaluate(FAILED) == []


def test_a_lesson_that_is_left_while_python_starts_runs_nothing(visit):
    page = visit("01_fit_a_line")
    press(page, cell(page, "01-004"), "Run")
    go_to(page, page.locator("a.right-next"), "02_classify")
    late(page.get_by_role("status").get_by_text("Python is ready", exact=True))
    press(page, cell(page, "02-004"), "Run")
    finish(page)
    assert page.evaluate(FAILED) == []
    page.get_by_role("status").get_by_text("Python is ready", exact=True).wait_for()


def test_a_lesson_that_is_left_while_a_cell_runs_ends_python(visit):
    page = visit("01_fit_a_line")
    type_in(page, cell(page, "01-004"), "print('begun')\nwhile True:\n    pass")
    press(page, cell(page, "01-004"), "Run")
    late(cell(page, "01-004").get_by_text("begun", exact=True))
    go_to(page, page.locator("a.right-next"), "02_classify")
    until_python_has_ended(page)
    press(page, cell(page, "02-004"), "Run")
    finish(page)
    assert page.evaluate(FAILED) == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_an_animation_that_a_cell_has_made_moves_unless_readers_want_less_motion(visit, motion):
    page = visit("03_two_layers", reduced_motion=motion)
    where = cell(page, "03-150")
    press(page, where, "Run")
    finish(page)
    assert is_still(where.locator("img[src^='data:image/svg']")) is (motion == "reduce")


def test_an_exercise_is_judged_in_place_and_stays_solved(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-050")
    answer = 'from helpers.exercises import check, hint, solution\n\nanswer = {}\ncheck("01.error", answer)\n'
    type_in(page, where, answer.format("3"))
    ground = "node => getComputedStyle(node).backgroundColor"
    assert where.locator(".cm-editor").evaluate(ground) == "rgba(0, 0, 0, 0)"  # that of the cell, also below the code
    press(page, where, "Check")
    finish(page)
    where.get_by_text("Not yet.").wait_for()
    finish(page)
    assert page.locator(".live-done").count() == 1  # no other cell was needed
    press(page, where, "Hint")
    finish(page)
    where.get_by_text("Hint 1 of").wait_for()
    press(page, where, "Solution")
    finish(page)
    where.locator(".cell_output .highlight .mi").first.wait_for()
    type_in(page, where, answer.format("2 - 5"))
    page.keyboard.press("Shift+Enter")
    finish(page)
    where.get_by_text("Right.").wait_for()
    kept = json.loads(page.evaluate("localStorage['live:progress']"))
    assert kept["done"] == ["01.error"] and kept["answers"]["01.error"]["attempts"] == 2
    page.reload()
    where.get_by_text("✓ solved").wait_for()
    assert "2 - 5" in where.locator(".cm-content").inner_text()
    type_in(page, where, "from helpers.exercises import progress\nprogress()")
    press(page, where, "Check")
    finish(page)
    where.get_by_role("row", name=re.compile("^01 1 of")).wait_for()
    type_in(page, where, "from helpers.exercises import hand_in\nhand_in()")
    press(page, where, "Check")
    where.get_by_role("textbox", name="Your name").fill("Ada")
    where.get_by_text("The file contains 1 answer, of which 1 is right.").wait_for()
    with page.expect_download() as download:
        press(page, where, "Write the file")
    assert download.value.suggested_filename == "hand_in_ada.json"
    assert submission.read(download.value.path()).answers["01.error"].value == -3
    assert visit.faults == []


def test_numbers_of_ones_own_stay_and_what_was_solved_with_others_does_not(visit):
    page = visit("01_fit_a_line")
    page.evaluate("""localStorage.setItem('live:progress', '{"done": ["01.error", "01.q1"]}')""")
    page.reload()
    where = cell(page, "01-105")
    type_in(page, where, 'from helpers.exercises import use_seed\nuse_seed("Ada")')
    press(page, where, "Run")
    finish(page)
    where.get_by_text("Your own numbers.").wait_for()
    kept = json.loads(page.evaluate("localStorage['live:progress']"))
    assert kept["seed"] == "ada" and "01.error" not in kept["done"]
    page.reload()
    where.locator(".cm-content").wait_for()
    type_in(page, where, 'from helpers.exercises import seed\nprint(f"seed {seed._current()}", end="\\r")')
    press(page, where, "Run")
    finish(page)
    where.get_by_text("seed ada").wait_for()  # also without a line break, because nothing has overwritten it


def test_an_endless_cell_is_stopped_and_python_starts_again(visit):
    page = visit("01_fit_a_line")
    setup, where = cell(page, "01-002"), cell(page, "01-004")
    type_in(page, where, "print('begun')\nwhile True:\n    pass")
    press(page, where, "Run")
    late(where.get_by_text("begun", exact=True))
    press(page, page, "Stop")
    page.get_by_text("Python was stopped. Its variables are lost").wait_for()
    assert page.evaluate(UNFINISHED) == 0
    assert not setup.evaluate("cell => cell.classList.contains('live-done')")
    where.get_by_text("This cell was stopped before it finished.").wait_for()
    press(page, cell(page, "01-006"), "Run")
    page.get_by_text("Cell 2 was stopped, so cell 3 did not run", exact=True).wait_for()
    page.reload()
    where.get_by_text("This cell was stopped before it finished.").wait_for()
    press(page, page, "More")
    press(page, page, "Run all cells")
    page.get_by_text(re.compile(r"^Cell 2 was stopped, so cell \d\d did not run$")).wait_for()
    assert page.evaluate(UNFINISHED) == 0 and page.workers == []
    page.context.route("**/pyodide.asm.wasm", lambda route: None)
    press(page, where, "Run")  # its own button runs it
    page.get_by_role("status").get_by_text("Loading Python").wait_for()
    press(page, page, "Stop")
    page.get_by_text("Python was stopped. Press Run to start it again.", exact=True).wait_for()
    page.context.unroute("**/pyodide.asm.wasm")
    assert page.evaluate(UNFINISHED) == 0 and not page.get_by_role("button", name="Try again").is_visible()
    press(page, where, "Undo edits")
    press(page, where, "Run")
    finish(page)
    assert setup.evaluate("cell => cell.classList.contains('live-done')")  # it has run again
    where.get_by_text("24 points, the first at x = 1.411").wait_for()


READING = f"""from pathlib import Path
from IPython.display import clear_output
print(len(Path("../{LARGE}").read_bytes()))
clear_output(wait=True)  # nothing else is shown afterwards, so the number stays"""


def test_an_error_above_is_named_and_so_is_a_failure_of_python_itself(visit):
    page = visit("01_fit_a_line")
    type_in(page, cell(page, "01-004"), "1 / 0")
    press(page, cell(page, "01-006"), "Run")
    finish(page)
    page.get_by_text("Cell 2 failed, so cell 3 did not run").wait_for()
    where = cell(page, "01-004")
    where.get_by_text("ZeroDivisionError: division by zero").wait_for()
    page.context.route("**/files/data/**", lambda route: route.abort())
    type_in(page, where, READING)
    press(page, where, "Run")
    finish(page)
    where.get_by_text("The file could not be downloaded: run the cell again when there is a connection.").wait_for()
    page.context.unroute("**/files/data/**")
    press(page, where, "Run")
    finish(page)
    where.get_by_text(str((ROOT / LARGE).stat().st_size), exact=True).wait_for()
    type_in(page, where, "import live_kernel\nlive_kernel._finish = None")
    press(page, where, "Run")
    page.get_by_text("Python has failed. Press Run to start it again.", exact=True).wait_for()
    assert page.evaluate(UNFINISHED) == 0
    until_python_has_ended(page)
    assert all("ERR_FAILED" in fault or "/page.js" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()


def test_a_reload_keeps_what_was_typed_until_the_reader_resets_it(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-004")
    type_in(page, where, "mine = 1")
    page.reload()
    assert where.locator(".cm-content").inner_text() == "mine = 1"
    press(page, where, "Run")  # shows the status, which has the menu
    press(page, page, "More")
    press(page, page, "Reset this lesson …")
    with page.expect_navigation():
        page.get_by_role("button", name="Reset this lesson", exact=True).click()
    where.get_by_text("standard_normal").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('live:01'))") == []


def test_a_second_tab_is_told_in_both(visit):
    first = visit("01_fit_a_line")
    second = visit("01_fit_a_line", first.context)
    for page in (first, second):
        page.get_by_text("This lesson is also open in another tab.").wait_for()
    other = visit("02_classify", first.context)
    assert other.locator(".live-notice").count() == 0
    third = visit("01_fit_a_line", first.context)
    first.evaluate("""() => {
        const channel = new BroadcastChannel('live:01_fit_a_line')
        channel.onmessage = ({ data }) => document.body.classList.toggle('answered', data === 'here')
    }""")
    second.goto(other.url)  # fires the same event as closing the tab, which a busy browser may cut short
    first.locator("body.answered").wait_for(state="attached")
    assert first.locator(".live-notice").count() == 1  # there is still the third tab
    third.goto(other.url)
    first.locator(".live-notice").wait_for(state="detached")
    # The browser keeps the first page while its reader is elsewhere, and writes in another one, which is closed.
    second.go_back()
    first.locator(".live-notice").wait_for()
    first.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    type_in(second, cell(second, "01-004"), "mine = 1")
    second.evaluate("""localStorage.setItem('live:progress', '{"done": ["01.error"]}')""")
    second.goto(other.url)
    first.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    cell(first, "01-004").locator(".cm-content").get_by_text("mine = 1").wait_for()
    cell(first, "01-050").get_by_text("✓ solved").wait_for()
    assert first.locator(".live-notice").count() == 0


@pytest.mark.parametrize("choice, text", [("Keep what I typed", "mine"), ("Use the new edition", "standard_normal")])
def test_in_a_new_edition_the_reader_chooses(visit, choice, text):
    page = visit("01_fit_a_line")
    older = {"saved": 1, "cells": {"01-004": "mine = 1", "01-gone": "mine, too"}}
    page.evaluate("older => localStorage.setItem('live:01_fit_a_line:older', JSON.stringify(older))", older)
    page.reload()
    page.get_by_text("There is a newer edition of this lesson than the one in which you typed.").wait_for()
    press(page, page, choice)
    notice = page.locator(".live-notice pre")
    assert notice.inner_text() == ("mine, too" if text == "mine" else "mine = 1\n\nmine, too")
    page.reload()  # nothing is settled before the reader has closed the notice
    page.get_by_text("There is a newer edition of this lesson than the one in which you typed.").wait_for()
    press(page, page, choice)
    press(page, page, "Close")
    for _ in range(2):
        cell(page, "01-004").get_by_text(text).first.wait_for()
        assert page.locator(".live-notice").count() == 0
        page.reload()
    kept = page.evaluate("localStorage['live:01_fit_a_line:older']")
    assert json.loads(kept)["cells"] == older["cells"]  # nothing is lost in either case


def test_a_failure_to_load_is_one_sentence(visit):
    page = visit("01_fit_a_line")
    page.context.route("**/lessons.zip", lambda route: route.abort())
    press(page, cell(page, "01-004"), "Run")
    words = "Python could not be started: the file lessons.zip could not be downloaded."
    late(page.get_by_text(words, exact=True))
    assert page.evaluate(UNFINISHED) == 0
    page.context.unroute("**/lessons.zip")
    press(page, page, "Try again")
    assert page.evaluate(FOCUS) == "More"
    finish(page)
    cell(page, "01-004").get_by_text("24 points, the first at x = 1.411").wait_for()
    assert page.get_by_role("button", name="Try again").count() == 0
    wait_for(page, "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/editor.js')).length > 1")
    page.context.set_offline(True)  # the editor has been loaded in the meantime
    cell(page, "01-004").get_by_role("button", name="Edit").press("Enter")
    cell(page, "01-004").locator(".cm-content").wait_for()
    assert page.evaluate(FAILED) == []
    assert all("ERR_FAILED" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()


def test_a_restart_without_a_connection_fails_and_the_next_run_tries_again(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-004")
    press(page, where, "Run")
    finish(page)
    page.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    press(page, page, "More")
    press(page, page, "Restart Python")
    late(page.get_by_text("Python could not be started: the file pyodide.asm.wasm could not be downloaded."))
    page.context.unroute("**/pyodide.asm.wasm")
    type_in(page, where, "1 / 0")
    press(page, where, "Run")
    finish(page)
    where.get_by_text('File "<cell 2>", line 1').wait_for()
    assert all("ERR_FAILED" in fault or "wasm" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()


def test_the_menu_closes_on_a_click_elsewhere_and_on_escape(visit):
    page = visit("01_fit_a_line")
    type_in(page, cell(page, "01-004"), "mine = 1")
    page.reload()
    entry = page.get_by_role("button", name="Run all cells")
    assert page.locator(".live-undo:visible, .live-mark:visible").count() == 2  # marked, also without a mouse above it
    assert cell(page, "01-004").locator(".live-undo").evaluate("node => getComputedStyle(node).opacity") == "1"
    for leave in (lambda: page.get_by_role("heading", level=1).click(), lambda: page.keyboard.press("Escape")):
        press(page, page, "More")
        entry.wait_for()
        page.evaluate("document.activeElement.blur()")
        leave()
        entry.wait_for(state="hidden")


def test_who_has_only_solved_exercises_finds_the_menu(visit):
    page = visit("02_classify")
    assert page.get_by_role("button", name="More").count() == 0
    page.evaluate("""localStorage.setItem('live:progress', '{"done": ["02.q1"]}')""")
    page.reload()
    page.get_by_text("The exercises that you solved are still marked as solved. Press Run to start Python.").wait_for()
    press(page, page, "More")
    page.get_by_role("button", name="Reset this lesson …").wait_for()
    mark = cell(page, "02-065").get_by_text("✓ solved")
    assert not mark.is_visible()  # one question of several
    page.evaluate("""localStorage.setItem('live:progress', '{"done": ["02.q1", "02.q2", "02.q3"]}')""")
    page.reload()
    mark.wait_for()
    page.goto(page.url.replace("02_classify", "01_fit_a_line"))
    assert page.locator(".live-cell").count() and page.get_by_role("button", name="More").count() == 0


def test_how_much_is_loaded_and_that_the_connection_has_broken(visit):
    page = visit("01_fit_a_line")
    page.context.route("**/matplotlib-*.whl", lambda route: None)  # nothing arrives
    press(page, cell(page, "01-004"), "Run")
    late(page.get_by_role("status").get_by_text(re.compile(r"^Loading Python, about 1\d MB$")))
    late(page.locator(".live-time").get_by_text(re.compile(r"^[4-9]\d % · \d+ s$")))
    late(page.get_by_text("Python could not be started: no data has arrived for 10 seconds.", exact=True))
    page.context.unroute("**/matplotlib-*.whl")
    press(page, page, "Try again")
    finish(page)
    cell(page, "01-004").get_by_text("24 points, the first at x = 1.411").wait_for()


def test_an_editor_that_cannot_be_loaded_is_announced(visit):
    page = visit("01_fit_a_line")
    kinds = []
    page.context.route("**/editor.js", lambda route: (kinds.append(route.request.resource_type), route.abort()))
    where = cell(page, "01-004")
    where.get_by_role("button", name="Edit").press("Enter")
    page.get_by_text("The editor could not be loaded. Press Edit again when there is a connection.").wait_for()
    page.context.unroute("**/editor.js")
    assert kinds == ["fetch"]  # not a script, because some browsers remember that importing one has failed
    where.get_by_role("button", name="Edit").press("Enter")
    where.locator(".cm-content").wait_for()
    assert all("ERR_FAILED" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()


OUTPUTS = r"""from IPython.display import HTML, Markdown, Math
display(Markdown(r'$\cancel{x}$'))  # the pages do not have this part of MathJax
print('\x1b[31mred\x1b[0m')
display(Math('x^2'), Markdown('The *sum* is $a_1 < b_1 + c_1$, or `$5`.'))
HTML('<b>Part</b> <button onclick="play()">Play</button><img onload="play()"><script>play()</script>')"""


def test_outputs_of_many_kinds_and_what_is_left_of_one_with_a_script(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-004")
    type_in(page, where, OUTPUTS)
    press(page, where, "Run")
    finish(page)
    assert where.locator(".stream pre").inner_text() == "red\n"
    where.locator(".text_latex mjx-container").wait_for()
    where.locator(".text_markdown").nth(1).locator("mjx-container").wait_for()
    assert [node.inner_text() for node in where.locator(".text_markdown :is(em, code)").all()] == ["sum", "$5"]
    html, notice = where.locator(".text_html"), where.locator(".text_markdown").last
    assert html.inner_text().strip() == "Part"
    assert "This output contains a script, which a page of the book does not run." in notice.inner_text()
    assert notice.locator("a").get_attribute("href").endswith("01_fit_a_line.ipynb")
    assert html.locator("button, img, script").count() == 0
    # The policy blocks onclick and onload.
    assert all(re.search("violates|404|Can't load", fault) for fault in visit.faults), visit.faults
    visit.faults.clear()


SOURCES = """import sys
import matplotlib.pyplot, helpers.plotting, numpy as np
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
files = [file for file in files if file.endswith(".py") and "/home/lessons/" not in file]
frozen = [file for file in files if not file.startswith(("/lib/python314.zip/", "/lib/python3.14/site-packages/"))]
print({*files} - {*frozen})
print(np.mean.__doc__.splitlines()[1].strip(), plt.plot.__doc__.splitlines()[0])"""


def test_until_the_first_figure_is_there_python_reads_bytecode(visit):
    page = visit("01_fit_a_line")
    press(page, cell(page, "01-043"), "Start")
    finish(page)
    where = cell(page, "01-103")
    type_in(page, where, SOURCES)
    press(page, where, "Run")
    finish(page)
    sources, documentation = where.locator(".stream pre").inner_text().splitlines()
    left = {file.split("/site-packages/")[-1].split("/")[0] for file in ast.literal_eval(sources)}
    assert left == {"h5py.py", "pyfive", "tqdm"}  # the first two are other packages outside these tests
    assert documentation.startswith("Compute the arithmetic mean") and "Plot y versus x" in documentation


@pytest.mark.parametrize("storage", ["full", "forbidden"])
def test_a_browser_that_keeps_nothing_is_announced_where_the_reader_is(visit, storage):
    page = visit("01_fit_a_line")
    fail = "() => { throw new DOMException('', 'QuotaExceededError') }"
    page.context.add_init_script(
        f"Storage.prototype.setItem = {fail}" if storage == "full" else
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )  # fmt: skip
    page.reload()
    where = cell(page, "01-105")
    type_in(page, where, "mine = 1")
    notice = page.get_by_text("This browser is not saving what you type here")
    notice.wait_for()
    assert notice.evaluate("node => node.getBoundingClientRect().top") > 0
    assert [fault for fault in visit.faults if "/live/" in fault] == []
    visit.faults.clear()  # the theme has some


@pytest.mark.parametrize("progress", ['{"broken', '{"done": [7]}'])
def test_damaged_entries_of_the_storage_are_left_out(visit, progress):
    page = visit("01_fit_a_line")
    type_in(page, cell(page, "01-105"), "mine = 1")
    page.evaluate(
        """progress => {
        const key = Object.keys(localStorage).find(key => key.startsWith("live:01_fit_a_line:"))
        const kept = JSON.parse(localStorage[key])
        localStorage[key] = JSON.stringify({ ...kept, cells: { ...kept.cells, "01-004": 7 } })
        localStorage["live:progress"] = progress
    }""",
        progress,
    )
    page.reload()
    cell(page, "01-105").locator(".cm-content").get_by_text("mine = 1").wait_for()
    type_in(page, cell(page, "01-004"), "print('here')")
    press(page, cell(page, "01-004"), "Run")
    finish(page)
    cell(page, "01-004").get_by_text("here", exact=True).wait_for()


@contextlib.contextmanager
def held_up(page):
    """Within this context, a cell that reads a large file does not finish."""
    page.context.route("**/files/data/**", lambda route: None)
    yield
    assert page.evaluate(UNFINISHED) > 0
    page.context.unroute("**/files/data/**")  # which lets the waiting requests go on


def test_what_is_edited_while_it_runs_is_not_marked_as_run(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-004")
    type_in(page, where, READS.format(LARGE))
    with held_up(page):
        press(page, where, "Run")
        late(where.get_by_text("begun", exact=True))
        page.keyboard.press("Control+End")
        where.locator(".cm-content").focus()
        page.keyboard.insert_text(" ")
    finish(page)
    assert page.locator(".live-done").count() == 1  # the cell above
    exercise = cell(page, "01-050")
    type_in(page, exercise, READS.format("data/chelsea.h5"))
    with held_up(page):
        press(page, exercise, "Check")
        late(exercise.get_by_text("begun", exact=True))
        press(page, exercise, "Hint")
    finish(page)
    exercise.get_by_text("Hint 1 of").wait_for()
    assert "live-done" in exercise.get_attribute("class")  # a hint does not change what has run
    assert exercise.locator(".cell_output").get_attribute("aria-live") == "polite"
    type_in(page, where, "print('hint' in globals())")
    press(page, where, "Run")
    finish(page)
    where.get_by_text("False", exact=True).wait_for()  # nor any variable


def test_on_a_phone_by_touch(visit):
    page = visit("01_fit_a_line", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    where = cell(page, "01-004")
    where.get_by_role("button", name="Edit").tap()
    where.locator(".cm-content").tap()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("print(6 * 7)")
    where.get_by_role("button", name="Run").tap()
    finish(page)
    where.get_by_text("42", exact=True).wait_for()
    press(page, where, "Undo edits")
    figure = cell(page, "01-043")
    figure.get_by_role("button", name="Start").tap()
    finish(page)
    figure.locator(".instrument").wait_for()
    move(page, figure.locator(WIDGET))
    exercise = cell(page, "01-050")
    type_in(page, exercise, 'from helpers.exercises import check\nanswer = 2 - 5\ncheck("01.error", answer)')
    exercise.get_by_role("button", name="Check").tap()
    exercise.get_by_text("✓ solved").wait_for()
    assert page.evaluate(WIDE) <= 0
    assert page.evaluate(SMALL) == 0


def test_by_keyboard_alone(visit):
    page = visit("01_fit_a_line")
    page.get_by_role("button", name="Search").first.focus()
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS) == "Edit cell 2":
            break
    page.keyboard.press("Enter")
    wait_for(page, "document.activeElement.classList.contains('cm-content')")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("for i in range(1):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i + 84 / 2)  # or ?")  # the editor has indented the line, and no key is a shortcut
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUS) == "Run cell 2"
    page.keyboard.press("Enter")
    where = cell(page, "01-004")
    finish(page)
    where.get_by_text("42.0", exact=True).wait_for()
    where.get_by_role("button", name="Undo edits").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "Run cell 2"


def test_the_focus_stays_where_a_button_disappears(visit):
    page = visit("01_fit_a_line")
    figure = cell(page, "01-043")
    figure.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    finish(page)
    figure.locator(".instrument").wait_for()
    assert figure.locator(".live-widget").evaluate("node => node === document.activeElement")
    page.keyboard.press("Tab")
    assert figure.locator(".live-widget").evaluate("node => node.contains(document.activeElement)")
    type_in(page, cell(page, "01-004"), "while True:\n    pass")
    page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "More"
    assert figure.locator(".live-widget").get_attribute("inert") is not None
    figure.get_by_text("This figure no longer responds, because Python was stopped.").wait_for()
    figure.get_by_role("button", name="Start again").press("Enter")
    page.get_by_text(re.compile("^Cell 2 was stopped, so cell .* did not run$")).wait_for()
    page.evaluate("new BroadcastChannel('live:01_fit_a_line').postMessage('hello')")  # as another tab does
    page.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "ARTICLE"


def test_no_serious_accessibility_violations_while_it_runs(visit, axe):
    page = visit("01_fit_a_line")
    press(page, cell(page, "01-043"), "Start")
    finish(page)
    press(page, cell(page, "01-050"), "Hint")
    finish(page)
    cell(page, "01-050").get_by_text("Hint 1 of").wait_for()
    type_in(page, cell(page, "01-004"), "1 / 0")
    page.keyboard.press("Shift+Enter")
    finish(page)
    press(page, page, "More")
    page.evaluate(axe)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        wait_for(page, f"document.documentElement.dataset.theme === '{theme}'")
        wait_for(page, SETTLED)
        assert page.evaluate(AUDIT) == []


LATE = """import anywidget, traitlets
class Late(anywidget.AnyWidget):
    _esm = '''await new Promise(done => setTimeout(done, 2500))
        export default { render: ({ model, el }) => {
            el.append("n = " + model.get("n"))
            el.onclick = () => { model.set("n", model.get("n") + 1); model.save_changes() }
        } }'''
    n = traitlets.Int().tag(sync=True)
figure = Late()
figure.n = 1
def answer(change):
    print("answer", change.new)
    while change.new == 3:
        pass
figure.observe(answer, "n")
figure"""


def test_a_figure_shows_the_state_that_python_has_given_it_and_what_its_callbacks_print(visit):
    page = visit("01_fit_a_line")
    where = cell(page, "01-004")
    type_in(page, where, LATE)
    page.context.route("**/widgets.js", lambda route: route.abort())
    press(page, where, "Run")
    finish(page)
    where.get_by_text("This figure cannot be shown: the file widgets.js could not be downloaded.").wait_for()
    page.context.unroute("**/widgets.js")
    assert all("ERR_FAILED" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()
    for _ in range(2):  # the second one finds the front end loaded
        press(page, where, "Run")
        finish(page)
    view = where.locator(".live-widget").get_by_text(re.compile("^n = "))
    assert view.inner_text() == "n = 1"
    view.click()
    where.get_by_text("answer 2", exact=True).wait_for()
    view.click()  # does not end
    press(page, cell(page, "01-050"), "Hint")
    page.get_by_role("status").get_by_text("Waiting for Python", exact=True).wait_for()
    press(page, page, "Stop")
    page.get_by_text("Python was stopped. Its variables are lost").wait_for()


@pytest.fixture(scope="module")
def far_site(site, site_module, tmp_path_factory):
    """The folder of the site when its Python comes from Pyodide's CDN, and the files that the CDN has to have.

    The CDN cannot be reached in tests. The files of a Pyodide on this machine take the place of its own, and where they
    differ, their checksums that of the original in the list of packages.
    """
    lab, far = site_module("lab"), tmp_path_factory.mktemp("far") / "site"
    shutil.copytree(site, far, ignore=shutil.ignore_patterns("lab", "live"))
    lab.build(far / "lab")
    site_module("bundle").build(far / "_static" / "live", far / "lab")
    near = Path(os.environ["LESSONS_PYODIDE"])
    near_list = json.loads((near / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    originals = json.loads(lab.CDN_LOCK.read_text(encoding="utf-8"))["packages"]
    lock_file = far / "_static" / "live" / "pyodide-lock.json"
    lock = json.loads(lock_file.read_text(encoding="utf-8"))
    listed = lock["packages"]
    assert listed.keys() - originals.keys() == {"anywidget", "comm", "ipywidgets", "psygnal"}
    from_cdn = {name: (listed[name]["file_name"], listed[name]["sha256"]) for name in listed.keys() & originals.keys()}
    assert from_cdn == {name: (lab.CDN + originals[name]["file_name"], originals[name]["sha256"]) for name in from_cdn}
    # h5py of this machine, another package of the same name, depends on pyfive in place of pkgconfig.
    del listed["pkgconfig"]
    listed["h5py"]["depends"] = near_list["h5py"]["depends"]
    listed["pyfive"] = near_list["pyfive"] | {"file_name": f"{lab.CDN}pyfive.whl"}
    files = {lab.CDN + name: (near / name).read_bytes() for name in lab.CORE}
    for name in ("pyfive", *from_cdn.keys() - {"pkgconfig"}):
        data = (near / near_list[name]["file_name"]).read_bytes()
        files[listed[name]["file_name"]], listed[name]["sha256"] = data, hashlib.sha256(data).hexdigest()
    assert all(listed[name]["sha256"] == originals[name]["sha256"] for name in ("numpy", "matplotlib", "pillow"))
    lock_file.write_text(json.dumps(lock), encoding="utf-8")
    return far, files


@contextlib.contextmanager
def visit_far(browser, folder, files):
    """Open lesson 01 of a site whose other files are at other addresses, and list the addresses that it asks for."""
    kinds, asked, context = {".mjs": "text/javascript", ".wasm": "application/wasm"}, [], browser.new_context()
    context.set_default_timeout(1000 * SOON)

    def answer(route):
        asked.append(route.request.url)
        kind = kinds.get(Path(route.request.url).suffix, "application/octet-stream")
        headers = {"access-control-allow-origin": "*", "content-type": kind}
        route.fulfill(body=files[route.request.url], headers=headers)

    context.route(lambda url: not is_local(url), answer)
    with served(folder) as root:
        page = context.new_page()
        page.goto(f"{root}/01_fit_a_line.html")
        yield page, asked
    context.close()


def test_python_from_the_cdn(browser, far_site):
    folder, files = far_site
    with visit_far(browser, folder, files) as (page, asked):
        press(page, cell(page, "01-043"), "Start")
        finish(page)
        cell(page, "01-043").locator(".instrument").wait_for()
        assert page.evaluate(FAILED) == []
    assert sorted(asked) == sorted(files)


def test_a_file_of_the_cdn_with_another_checksum_is_refused(browser, far_site):
    folder, files = far_site
    (numpy,) = (url for url in files if "/numpy-" in url)
    with visit_far(browser, folder, files | {numpy: files[numpy] + b"\0"}) as (page, _):
        press(page, cell(page, "01-004"), "Run")
        late(page.get_by_text("Python could not be started: the file numpy could not be downloaded."))
        assert page.evaluate(UNFINISHED) == 0
