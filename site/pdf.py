"""Print the book: each lesson as a PDF file, and the whole book as one with contents and page numbers.

The command ``python site/pdf.py BOOK OUT`` prints the pages in the folder BOOK, which `book.py` has written, to the
folder OUT. The pages are laid out by Chromium and the style sheet `_static/print.css`.
"""

import argparse
import html
import re
import sys
import tempfile
from pathlib import Path

import chrome
import folder
from bs4 import BeautifulSoup

try:
    from pypdf import PdfReader
except ImportError:
    sys.exit("Printing the book needs more packages: python -m pip install -r site/requirements.txt")

WHOLE = "whole_book"
TEXT_WIDTH = 658  # width of the text on an A4 page with the margins of print.css, in pixels
TITLE = "Backpropagation, derived and checked"
# Formulas that are wider than the text are made smaller. The folds must be open while they are measured.
FIT = """() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true
    for (const box of document.querySelectorAll("mjx-container[display]")) {
        const share = box.clientWidth / box.scrollWidth
        if (share < 1) box.style.fontSize = `${0.98 * share * parseFloat(getComputedStyle(box).fontSize)}px`
    }
    for (const image of document.images) image.loading = "eager"
}"""
# The page is drawn once more before it is printed, because the contents of folds would otherwise be missing.
READY = """Promise.all([...document.images].map(image => image.decode().catch(() => null)))
    .then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"""
# Links to other pages of the book do not work in the PDF file of a single lesson.
UNLINK = """for (const link of document.querySelectorAll("a[href]"))
    if (link.origin === location.origin && link.pathname !== location.pathname) link.removeAttribute("href")"""
NUMBER = """pages => { for (const link of document.querySelectorAll(".contents a"))
    link.dataset.page = pages[link.getAttribute("href").slice(1)] }"""


def main():
    """Print the book from the first folder given on the command line to the second."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("book", type=Path, help="folder with the pages of the book")
    parser.add_argument("out", type=Path, help="folder for the PDF files; an earlier build in it is replaced")
    arguments = parser.parse_args()
    book, out = arguments.book.resolve(), arguments.out.resolve()
    try:
        names = chapters(book)
        folder.refuse_foreign_files(out)
        with tempfile.TemporaryDirectory() as scratch:
            write(book, names, Path(scratch))
            folder.replace(out, Path(scratch))
    except (OSError, ValueError) as error:
        sys.exit(f"The book was not printed: {error}")


def chapters(book):
    """List the names of all pages in the order of the table of contents, without the landing page.

    Raises
    ------
    ValueError
        If the folder does not contain the book.
    """
    if not (book / "index.html").is_file():
        raise ValueError(f"{book} does not contain the book: run make site first")
    links = _soup(book, "index").select(".bd-sidebar-primary nav a.reference.internal")
    return [link["href"].removesuffix(".html") for link in links if link["href"].endswith(".html")]


def write(book, names, out):
    """Print each lesson, and the whole book, to the folder `out`."""
    with chrome.served(book) as address, chrome.launched(chrome.NO_OTHER_HOST) as browser:
        page = browser.new_page(viewport={"width": TEXT_WIDTH, "height": 1000})
        page.set_default_timeout(300_000)
        page.emulate_media(media="print", color_scheme="light")
        for name in [name for name in names if name[:2].isdigit()]:
            lay_out(page, f"{address}/{name}.html")
            page.evaluate(UNLINK)
            page.pdf(path=out / f"{name}.pdf", prefer_css_page_size=True, outline=True, tagged=True)
        page.route(
            "**/index.html?whole", lambda route: route.fulfill(body=whole(book, names), content_type="text/html")
        )
        lay_out(page, f"{address}/index.html?whole")
        draft = out / f"{WHOLE}.pdf"
        for _ in range(2):  # the contents can be numbered once the pages are known
            page.pdf(path=draft, prefer_css_page_size=True, outline=True, tagged=True)
            page.evaluate(NUMBER, page_numbers(draft))


def lay_out(page, address):
    """Open a page, and wait until its formulas have been typeset and its figures have loaded."""
    page.goto(address)
    page.evaluate("window.MathJax?.startup?.promise ?? null")
    page.evaluate(FIT)
    page.evaluate(READY)


def page_numbers(path):
    """Return a dict that maps the names of the destinations in a PDF file to page numbers, starting at 1."""
    reader = PdfReader(path)
    places = reader.named_destinations
    return {name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in places.items()}


def whole(book, names):
    """Return one HTML page with a cover, the contents and all chapters.

    The ids in each chapter start with its name, so that they are unique and links between chapters lead to them.
    """
    page = _soup(book, "index")
    place = page.find("article")
    place.clear()
    entries, articles = [], []
    for name in names:
        article = _soup(book, name).find("article")
        _rename(article, name, names)
        entries.append(_entry(article))
        articles.append(f'<div class="chapter">{article.decode_contents()}</div>')
    cover = f'<div class="cover"><h1>{TITLE}</h1><p>{html.escape(_about(page))}</p></div>'
    contents = f'<div class="contents"><h1>Contents</h1><ol>{"".join(entries)}</ol></div>'
    return str(page).replace("</article>", f"{cover}{contents}{''.join(articles)}</article>", 1)


def _about(page):
    return page.select_one('meta[name="description"]')["content"]


def _rename(article, name, names):
    """Prefix the ids in a chapter with its name, and redirect its links to other chapters to their ids."""
    for tag in article.find_all(id=True):
        tag["id"] = f"{name}--{tag['id']}"
    for link in article.find_all("a", href=True):
        path, _, anchor = link["href"].partition("#")
        target = path.removesuffix(".html") or name
        if target in names:
            link["href"] = f"#{target}--{anchor}" if anchor else f"#{target}"
        elif not re.match("https?:|mailto:", path):
            del link["href"]
    article.find("section")["id"] = name


def _entry(article):
    """Return the entry of a chapter in the contents, with one line for each section."""
    line = '<a href="#{}"><span>{}</span><span class="dots"></span></a>'.format
    section = article.find("section")
    inner = [line(part["id"], _heading(part)) for part in section.find_all("section", recursive=False)]
    lines = "".join(f"<li>{text}</li>" for text in inner)
    return f"<li>{line(section['id'], _heading(section))}<ol>{lines}</ol></li>"


def _heading(section):
    heading = section.find(re.compile("^h[1-3]$"))
    for link in heading.select(".headerlink"):
        link.extract()
    return heading.decode_contents()


def _soup(book, name):
    return BeautifulSoup((book / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


if __name__ == "__main__":
    main()
