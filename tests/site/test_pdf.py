"""The printed book: whole lessons in light colours, with the answers, and contents whose page numbers are right."""

import re
from pathlib import Path

import pytest
from chromium import launched

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["01_fit_a_line", "03_two_layers", "notation"]
# Print layout: what is wider than the text on paper would be cut.
CUT = """[...document.querySelectorAll('article pre, article img, article table, article mjx-container[display]')]
    .filter(box => box.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        || box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML.slice(0, 80))"""
CLOSED = """[...document.querySelectorAll('details .cell_output, .answer')]
    .filter(part => !part.checkVisibility({contentVisibilityAuto: true, opacityProperty: true})).length"""


@pytest.fixture(scope="module")
def pdf(site_module):
    """The module site/pdf.py."""
    pytest.importorskip("pypdf", reason="the book needs more: pip install -r site/requirements.txt")
    return site_module("pdf")


@pytest.fixture(scope="module")
def printed(pdf, book, tmp_path_factory):
    """Three chapters, each on its own and together, as dicts of pages of text; and the folder with the files."""
    with launched():  # skips these tests where there is no browser
        pass
    out = tmp_path_factory.mktemp("pdf")
    pdf.write(book, NAMES, out)
    return {path.stem: [page.extract_text() for page in pdf.PdfReader(path).pages] for path in out.iterdir()}, out


def test_each_lesson_is_a_file_and_the_book_another(pdf, book, printed):
    assert set(printed[0]) == {"01_fit_a_line", "03_two_layers", "whole_book"}
    names = pdf.chapters(book)
    assert names[0] == "00_start_here" and names.index("notation") > names.index("11_playground")


def test_a_lesson_is_printed_with_its_answers_and_without_what_only_works_on_a_screen(printed):
    text = " ".join(printed[0]["03_two_layers"])
    assert text.startswith("1\n03 Derive backpropagation for two layers")
    for words in ("sum digit: 51.5% right", "The carry gives no trouble", "sys.path.insert", "Your turn."):
        assert words in text, words
    for words in ("Show the answer", "On this page", "Open in the lab", "marks your answer immediately", "Search"):
        assert words not in text, words


def test_no_link_leads_to_the_machine_that_printed_the_file(pdf, printed):
    pages = [page for path in printed[1].iterdir() for page in pdf.PdfReader(path).pages]
    links = [link.get_object() for page in pages for link in page.get("/Annots") or []]
    assert len(links) > 10  # those of the contents
    assert [link for link in links if "127.0.0.1" in str(link.get("/A"))] == []


def test_the_contents_lead_to_the_pages_of_the_chapters_and_sections(pdf, printed):
    pages = printed[0]["whole_book"]
    contents = next(text for text in pages if "Contents" in text)
    numbers = pdf.page_numbers(printed[1] / "whole_book.pdf")
    for name, heading in (("03_two_layers", "03 Derive backpropagation"), ("03_two_layers--exercises", "Exercises")):
        number = numbers[name]
        assert heading in pages[number - 1]
        assert re.search(rf"{heading}[^\n]*\n?\s*{number}\b", contents), (heading, number)
        assert pages[number - 1].startswith(f"{number}\n")


def test_a_link_between_chapters_leads_to_the_chapter(pdf, book):
    text = pdf.whole(book, NAMES).partition("<article")[2]
    assert 'href="#notation"' in text and 'href="notation.html"' not in text.partition("</article")[0]
    assert 'href="02_classify.html"' not in text.partition("</article")[0]  # not in this book


@pytest.mark.parametrize("name", [*NAMES, "08_ten_digits", "errata"])
def test_nothing_is_cut_at_the_edge_of_the_paper_and_all_folds_are_open(pdf, address, name):
    with launched() as browser:
        page = browser.new_page(viewport={"width": pdf.TEXT_WIDTH, "height": 1000})
        page.emulate_media(media="print", color_scheme="dark")
        pdf.lay_out(page, f"{address}/{name}.html")
        assert page.evaluate(CUT) == []
        assert page.evaluate(CLOSED) == 0


def test_a_page_in_dark_colours_is_printed_in_light_ones(pdf, address):
    with launched() as browser:
        page = browser.new_page(color_scheme="dark")
        page.goto(f"{address}/notation.html")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_printing_leaves_the_site_alone_which_may_be_one_for_a_class():
    rule = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\npdf:")[2].partition("\n\n")[0]
    assert "site/book.py build/book" in rule and "build/site" not in rule


def test_a_folder_without_the_book_is_refused(pdf, tmp_path):
    with pytest.raises(ValueError, match="run make site first"):
        pdf.chapters(Path(tmp_path))
