"""A lesson in the lab before and besides running it: what opening shows and leaves alone, links, saving, editions.

In most of these tests Python never gets to start, which is how long a reader with a slow connection waits for it.
"""

import json
import time
from pathlib import Path

import nbformat
import pytest
from chromium import wait_for
from moves import READY

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STARTING = (
    "Python is starting. This takes about 15 seconds, or longer on the first visit. "
    "You can start reading the lesson in the meantime."
)
LATE = "Python has not started yet. On a slow connection, this can take minutes; otherwise, reload the page."
NEW = "There is a newer edition of this lesson than the one in which you typed."
SECOND = "**/lab/notebooks/index.html?path=notebooks/02_classify.ipynb"
CONTENTS = "window.jupyterapp.serviceManager.contents"
COPY = f"""{CONTENTS}.copy('notebooks/01_fit_a_line.ipynb', 'notebooks')
    .then(file => {CONTENTS}.rename(file.path, 'notebooks/mine.ipynb'))"""
CHANGED = "window.jupyterapp.shell.currentWidget.context.model.dirty"
# All that the browser has stored of files, as pairs of the store's name and the path.
STORED = """async () => {
    const wait = request => new Promise(done => { request.onsuccess = () => done(request.result) })
    const found = []
    for (const {name} of await indexedDB.databases()) {
        const base = await wait(indexedDB.open(name))
        for (const store of ['files', 'checkpoints'].filter(store => base.objectStoreNames.contains(store)))
            for (const key of await wait(base.transaction(store).objectStore(store).getAllKeys()))
                found.push([store, key])
        base.close()
    }
    return found
}"""
ANSWER = """from helpers.exercises import check, hand_in, submission

check("01.error", 2 - 5)
hand_in("Ada")
print("Handed in:", submission.read("hand_in_ada.json").answers["01.error"].value)"""
PICTURES = """[...document.querySelectorAll('.jp-OutputArea-output :is(img, .jp-RenderedSVG svg)')]
    .filter(e => e.closest('.jp-RenderedImage, .jp-RenderedSVG')).length"""


def drawn(page):
    """Wait until the lesson is shown."""
    page.locator(".jp-NotebookPanel .jp-Cell h1").first.wait_for()
    wait_for(page, "window.jupyterapp?.shell.currentWidget?.context?.isReady", 240)
    page.locator("#lesson-book").wait_for()
    return page


def type_in(page, text):
    """Replace the first code cell."""
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    wait_for(page, CHANGED)


def saved(page):
    wait_for(page, f"!({CHANGED})", 60)


@pytest.mark.parametrize("name", LESSONS)
def test_opening_a_lesson_shows_its_outputs_and_changes_nothing(visit, without_python, name):
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    stills = sum(any(kind.startswith("image/") for kind in output.get("data", {})) for output in outputs)
    page = drawn(visit(name, without_python))
    wait_for(page, f"document.querySelectorAll('.jp-NotebookPanel .jp-Cell').length === {len(cells)}", 240)
    wait_for(page, f"{PICTURES} === {stills}", 240)
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
    assert not page.evaluate(CHANGED)
    assert page.evaluate(STORED) == []
    links = page.locator(".jp-RenderedMarkdown a[href*='.ipynb']")
    assert links.count() > 0 or name in ("errata", "notation")
    for link in links.all():
        link.dispatch_event("pointerover")
        target = link.get_attribute("href").partition("/lab/notebooks/index.html?path=notebooks/")[2]
        assert target.removesuffix(".ipynb") in LESSONS, link.get_attribute("href")
    page.close()


def test_what_is_loading_is_said_first(visit):
    page = visit("01_fit_a_line")
    page.get_by_text("Loading the lab. This takes about 5 seconds, or longer on the first visit.").wait_for()
    page.get_by_text(STARTING, exact=True).wait_for()
    page.wait_for_function(READY, polling=200)
    page.get_by_text(STARTING, exact=True).wait_for(state="detached")
    assert not page.evaluate(CHANGED)
    assert page.evaluate(STORED) == []


@pytest.mark.parametrize("app", ["notebooks", "lab"])
def test_a_way_back_to_the_book(visit, app):
    page = drawn(visit("01_fit_a_line", app=app, python=False))
    assert "path=notebooks/01_fit_a_line.ipynb" in page.url or app == "lab"
    type_in(page, "mine = 1")  # which is saved first
    page.get_by_role("link", name="Back to the book").click()
    page.wait_for_url("**/01_fit_a_line.html")
    assert page.title() == "The book"
    assert ["files", "notebooks/01_fit_a_line.ipynb"] in page.evaluate(STORED)


def test_a_link_to_another_lesson_opens_it_after_saving(visit):
    page = drawn(visit("01_fit_a_line", python=False))
    type_in(page, "mine = 1")
    page.locator(".jp-RenderedMarkdown").get_by_role("link", name="02 Classify").first.click()
    page.wait_for_url(SECOND)
    page.get_by_role("heading", name="02 Classify").first.wait_for()
    assert ["files", "notebooks/01_fit_a_line.ipynb"] in page.evaluate(STORED)


def test_a_notebook_of_the_readers_own_can_be_left(visit):
    page = drawn(visit("01_fit_a_line", python=False))
    page.evaluate(COPY)
    page.goto(page.url.replace("01_fit_a_line", "mine"))
    assert drawn(page).locator("#lesson-book a").get_attribute("href").endswith("/index.html")  # it has no page
    page.evaluate(f"() => {{ {CONTENTS}.save = () => Promise.reject(new Error('no storage left')) }}")
    type_in(page, "mine = 1")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".jp-RenderedMarkdown").get_by_role("link", name="02 Classify").first.dispatch_event("click")
    page.wait_for_url(SECOND)
    assert asked == ["beforeunload"]


def test_what_was_typed_is_saved_within_ten_seconds_and_can_be_taken_back(visit):
    page = drawn(visit("01_fit_a_line", python=False))
    start = time.monotonic()
    type_in(page, "mine = 1")
    saved(page)
    assert time.monotonic() - start < 60  # on a busy machine; JupyterLab itself saves every 120 seconds
    stored = [[store, "notebooks/01_fit_a_line.ipynb"] for store in ("files", "checkpoints")]
    assert sorted(page.evaluate(STORED)) == sorted(stored)
    page.reload()
    drawn(page).locator(".jp-CodeCell .cm-content", has_text="mine = 1").wait_for()
    assert not page.evaluate(CHANGED)
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.restoreCheckpoint()"
        ".then(() => window.jupyterapp.shell.currentWidget.context.revert())"
    )
    page.locator(".jp-CodeCell .cm-content", has_text="sys.path.insert").first.wait_for()


@pytest.mark.parametrize(("scheme", "is_light", "width"), [("light", "true", 1280), ("dark", "false", 800)])
def test_the_theme_is_that_of_the_system_and_a_narrow_window_is_filled(visit, scheme, is_light, width):
    page = drawn(visit("01_fit_a_line", python=False, color_scheme=scheme, viewport={"width": width, "height": 900}))
    wait_for(page, f"document.body.dataset.jpThemeLight === '{is_light}'")
    assert page.locator(".jp-NotebookPanel").bounding_box()["width"] == width
    assert page.locator(".jp-Cell").first.bounding_box()["width"] > 750


def test_on_a_phone_an_exercise_is_solved_by_touch_and_recorded_on_the_drive(visit):
    page = drawn(visit("01_fit_a_line", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True))
    assert page.evaluate(WIDE) <= 0
    box = page.get_by_role("link", name="Back to the book").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.wait_for_function(READY, polling=200)
    type_in(page, ANSWER)  # without the set-up cell
    page.locator("[data-command='notebook:run-cell-and-select-next']").tap()
    page.locator(".jp-OutputArea-output", has_text="Right.").first.wait_for()
    page.locator(".jp-OutputArea-output", has_text="Handed in: -3").first.wait_for()
    wait_for(page, f"({STORED})().then(found => found.some(([, path]) => path.endsWith('progress.json')))")


def publish_new_edition(page):
    """From now on the site has another edition of lesson 01."""

    def other(route):
        settings = route.fetch().json()
        settings["jupyter-config-data"]["lessonEditions"]["notebooks/01_fit_a_line.ipynb"] = "later"
        route.fulfill(json=settings)

    def lesson(route):
        notebook = route.fetch().json()
        notebook["metadata"]["lesson"]["edition"] = "later"
        notebook["cells"][1]["source"] = "later = 1"
        route.fulfill(json=notebook)

    page.context.route("**/lab/jupyter-lite.json", other)
    page.context.route("**/files/notebooks/01_fit_a_line.ipynb*", lesson)


def first_code(page, text):
    drawn(page).locator(".jp-CodeCell .cm-content", has_text=text).first.wait_for()


def test_a_reader_who_typed_nothing_gets_the_new_edition(visit):
    page = drawn(visit("01_fit_a_line", python=False))
    publish_new_edition(page)
    page.clock.install()
    page.reload()
    first_code(page, "later = 1")
    page.get_by_text(STARTING, exact=True).wait_for()
    page.clock.fast_forward(90_000)
    page.get_by_text(LATE, exact=True).wait_for()
    assert page.get_by_text(STARTING).count() == 0
    assert page.get_by_text(NEW).count() == 0


@pytest.mark.parametrize("choice, text", [("Keep what I typed", "mine = 1"), ("Use the new edition", "later = 1")])
def test_in_a_new_edition_of_a_changed_lesson_the_reader_chooses(visit, choice, text):
    page = drawn(visit("01_fit_a_line", python=False))
    edition = page.evaluate("window.jupyterapp.shell.currentWidget.context.model.getMetadata('lesson').edition")
    type_in(page, "mine = 1")
    saved(page)
    publish_new_edition(page)
    page.reload()
    first_code(page, "mine = 1")
    page.get_by_text(NEW).wait_for()
    if choice == "Use the new edition":  # which does not arrive at first
        page.context.route("**/files/notebooks/01_fit_a_line.ipynb*", lambda route: route.abort(), times=1)
        page.get_by_role("button", name=choice).click()
        page.get_by_text("This failed: Failed to fetch. Nothing is lost.").wait_for()
        assert ["files", "notebooks/01_fit_a_line.ipynb"] in page.evaluate(STORED)
    page.get_by_role("button", name=choice).click()
    page.get_by_text(NEW).wait_for(state="detached")
    first_code(page, text)
    page.reload()
    first_code(page, text)
    page.get_by_text(STARTING, exact=True).wait_for()
    assert page.get_by_text(NEW).count() == 0
    kept = f"notebooks/01_fit_a_line-{edition}.ipynb" if text == "later = 1" else "notebooks/01_fit_a_line.ipynb"
    source = """async path => {
        const file = await window.jupyterapp.serviceManager.contents.get(path, {content: true})
        return JSON.stringify(file.content.cells)
    }"""
    assert "mine = 1" in json.loads(page.evaluate(source, kept))[1]["source"]  # nothing is lost in either case
