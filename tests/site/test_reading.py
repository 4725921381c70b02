"""The page as reading: answers are hidden until asked for, set-up cells folded, and exercises inviting."""

from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from chromium import NO_OTHER_HOST, launched, wait_for
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CUT = """[...document.querySelectorAll('.cell_input pre')].filter(box => box.scrollWidth > box.clientWidth)
    .map(box => box.textContent.slice(0, 60))"""
# Formulas outside tables, which scroll, that go beyond the screen and do not scroll.
CLIPPED = """[...document.querySelectorAll('article mjx-container')].filter(one => !one.closest('table')
    && getComputedStyle(one).overflowX !== 'auto' && one.getBoundingClientRect().right > innerWidth)
    .map(one => one.textContent)"""
# Names that take two lines, although they are narrower than their box.
BROKEN = """[...document.querySelectorAll('.cell_input .n, .cell_input .nn, .bd-article p code span.pre')]
    .filter(name => !/\\s/.test(name.textContent) && name.getClientRects().length > 1
        && name.textContent.length < 30).map(name => name.textContent)"""


@pytest.fixture(scope="module")
def reading(site_module):
    """The module site/reading.py."""
    return site_module("reading")


def page_of(book, name):
    return BeautifulSoup((book / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize(
    ("source", "is_setup"),
    [
        ('import sys\n\nsys.path.insert(0, "..")\nfrom helpers import plotting\n\nplotting.use_style()', True),
        ("import numpy as np", True),
        ("import numpy as np\n\nx = np.ones(3)", False),
        ("plotting.use_style()", False),
        ("import numpy as np\n\nprint(np.pi)", False),
    ],
)
def test_cells_that_only_prepare_are_setup(reading, source, is_setup):
    assert reading.is_setup(new_code_cell(source)) is is_setup


def test_a_setup_cell_with_output_is_not_folded(reading):
    cell = new_code_cell("import numpy", outputs=[new_output("stream", text="a warning")])
    assert not reading.is_setup(cell)


@pytest.mark.parametrize(
    ("text", "hidden", "shown"),
    [
        ("It rises.\n\nNow the next.", "It rises.", "Now the next."),
        ("**Figure 1.** Two lines.\n\nIt rises.\n\nNow.", "**Figure 1.** Two lines.\n\nIt rises.", "Now."),
        ("**Figure 1.** Two lines.\n\n## Next\n\nNow.", "**Figure 1.** Two lines.", "## Next\n\nNow."),
    ],
)
def test_the_caption_and_the_sentence_that_reads_the_answer_are_hidden(reading, text, hidden, shown):
    assert reading.mark_answer(text) == f'<div class="answer">\n\n{hidden}\n\n</div>\n\n{shown}'
    assert reading.mark_answer("## Next\n\nNow.") == "## Next\n\nNow."


def test_only_the_first_output_after_a_prediction_is_hidden(reading):
    output = [new_output("stream", text="1\n")]
    cells = [new_markdown_cell("**Predict, then run:** which?"), new_code_cell("def f(): pass")]
    cells += [new_code_cell("print(f())", outputs=output), new_code_cell("print(2)", outputs=output)]
    reading.prepare(cells, "lab")
    assert [cell.metadata.get("tags", []) for cell in cells[1:]] == [[], ["hide-output"], []]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_folds_and_exercises_of_a_lesson(book, path):
    page, cells = page_of(book, path.stem), nbformat.read(path, 4).cells
    asked = sum("**Predict, then run:**" in cell.source for cell in cells if cell.cell_type == "markdown")
    folds = page.select("details.below-input")
    assert len(folds) == asked
    for fold in folds:
        assert not fold.has_attr("open") and fold.select_one(".cell_output")
        assert fold.summary.get_text(" ", strip=True) == "Show the answer Hide the answer"
        assert not fold.summary.has_attr("aria-label")
    setups = [cell for cell in cells if cell.cell_type == "code" and "plotting.use_style()" in cell.source]
    assert len(page.select("details.above-input")) >= len(setups)
    exercises = [c for c in cells if c.cell_type == "code" and ("\ncheck(" in c.source or "\nquiz(" in c.source)]
    assert len(page.select(".tag_exercise .cell_input")) == len(exercises)
    invitations = page.select(".tag_exercise .cell_output .invite a")
    assert [link["href"] for link in invitations] == [f"lab/notebooks/index.html?path=notebooks/{path.name}"] * len(
        exercises
    )
    assert "Not done yet" not in "".join(output.get_text() for output in page.select(".tag_exercise .cell_output"))


@pytest.fixture(scope="module")
def browser():
    with launched(NO_OTHER_HOST) as browser:
        yield browser


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def test_the_answer_appears_when_asked_for(page, address):
    page.goto(f"{address}/03_two_layers.html")
    answer, caption = page.get_by_text("sum digit: 51.5% right"), page.get_by_text("the line cuts off the upper right")
    assert not answer.is_visible() and not caption.is_visible()
    page.get_by_text("Show the answer").first.click()
    assert answer.is_visible() and caption.is_visible()


def test_no_line_of_code_is_cut_and_no_name_is_broken(page, address, book):
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for name in [path.stem for path in NOTEBOOKS]:
            page.goto(f"{address}/{name}.html")
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            assert page.evaluate(CUT) == [], (name, width)
            assert page.evaluate(BROKEN) == [], (name, width)


def test_a_formula_wider_than_a_phone_can_be_scrolled_by_finger_and_key(page, address, book):
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for path in sorted(book.glob("[0-9]*.html")):
        page.goto(f"{address}/{path.name}")
        page.evaluate("window.MathJax.startup.promise")
        wait_for(page, "[...document.querySelectorAll('mjx-container.wide')].every(one => one.tabIndex === 0)")
        wide += page.evaluate("[...document.querySelectorAll('mjx-container.wide')].map(one => one.scrollWidth)")
        assert page.evaluate(CLIPPED) == [], path.name
    assert wide and min(wide) > 300
    page.set_viewport_size({"width": 1280, "height": 844})
    wait_for(page, "!document.querySelector('mjx-container.wide')")


def test_the_stepper_is_legible_on_a_phone(page, address):
    """The smallest type of the images is 9 points, or 12 pixels at full size."""
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}/index.html")
    image = page.locator(".stepper li:visible img")
    assert image.evaluate("image => image.decode().then(() => image.clientWidth / image.naturalWidth)") * 12 > 9
    assert "-narrow.svg" in image.evaluate("image => image.currentSrc")


def test_search_leads_to_sections_and_shows_no_text_of_the_theme(page, address):
    page.goto(f"{address}/search.html?q=jacobian")
    page.locator("#search-results .sections a", has_text="The derivative, through the Jacobian").click()
    page.wait_for_url("**/08_ten_digits.html*#the-derivative-through-the-jacobian")
    page.goto(f"{address}/search.html?q=tutorial")
    page.locator("#search-results .context").nth(3).wait_for()
    excerpts = page.locator("#search-results .context").all_inner_texts()
    assert not [e for e in excerpts if "Show the answer" in e or "On this page" in e or "Set-up" in e]


def test_the_focus_is_visible_on_every_kind_of_control(page, address):
    page.goto(f"{address}/03_two_layers.html")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", 3]
    page.locator("summary").first.focus()
    wait_for(page, "getComputedStyle(document.activeElement).outlineStyle === 'solid'")
