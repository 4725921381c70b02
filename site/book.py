"""Write the book: `python site/book.py OUT` puts its pages into the folder OUT.

The book is the notebooks as they are committed, with a landing page, the notation and the credits
of the data. What is in OUT/lab is left alone: there `make site` puts the lab.
"""

import argparse
import importlib.metadata
import re
import shutil
import sys
import tempfile
from pathlib import Path

import folder
import lessons
import nbformat
import stepper

try:
    from sphinx.cmd.build import build_main
except ImportError:
    sys.exit("The book needs more than the lessons: python -m pip install -r site/requirements.txt")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LAB = "lab"  # folder of the lab, made by lab.py
NOTATION = ("The symbols", "The same things in other books")
NOTATION_ABOUT = "The symbols of the lessons, and what other books call them."
DATA_ABOUT = "Sources, licences and checksums of the data of the lessons."
NOTATION_HEAD = "# Notation\n\nTwo tables of [lesson 00](00_start_here.ipynb), to look things up in."
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2/")  # of 30 MB what the pages use


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write the book into a folder.")
    parser.add_argument("out", type=Path, help="folder for the pages; what an earlier build left in it is replaced")
    out = parser.parse_args().out.resolve()
    try:
        folder.refuse_what_is_not_ours(out, keep=(LAB,))
        with tempfile.TemporaryDirectory() as scratch:
            source, pages = Path(scratch) / "source", Path(scratch) / "pages"
            assemble(source)
            write(source, pages)
            prune(pages)
            folder.replace(out, pages, keep=(LAB,))
    except (OSError, ValueError) as error:
        sys.exit(f"The book was not written: {error}")


def read_readme(notebooks):
    """What the README promises, and its map of the lessons.

    Parameters
    ----------
    notebooks : list of Path

    Returns
    -------
    promises : str, Markdown
    rows : list of (title, name, what it is about), one for each notebook, in their order

    Raises
    ------
    ValueError
        If the README has no such paragraph, or its map is not that of the notebooks.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    promises = re.search(r"^After the lessons.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    if promises is None:
        raise ValueError("README.md has no paragraph that begins with 'After the lessons' and ends before a heading")
    rows = re.findall(r"^\| \[([^]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \|$", text, re.MULTILINE)
    if [name for _, name, _ in rows] != [path.stem for path in notebooks]:
        raise ValueError("the table of lessons in README.md is not the list of files in notebooks/")
    return promises[0], rows


def assemble(source):
    """Put together what Sphinx reads: this folder, and pages made from notebooks and Markdown of the project."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    promises, rows = read_readme(notebooks)
    shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("__pycache__", "*.txt"))
    pages = {f"notebooks/{path.name}": path.name for path in notebooks} | {"data/README.md": "data.md"}
    _write_notation(nbformat.read(notebooks[0], as_version=4), source, pages)
    for path, (title, name, about) in zip(notebooks, rows, strict=True):
        page = lessons.as_page(nbformat.read(path, as_version=4), name, pages, f"{title}: {about}")
        nbformat.write(page, source / path.name)
    _write_credits(source, pages)
    _write_landing(source, lessons.mend_links(promises, "", pages), rows)
    stepper.draw_steps(source / "_static" / "stepper")
    copy_mathjax(source / "_static" / "mathjax")


def _write_notation(notebook, source, pages):
    """The tables of symbols from the first lesson, as a page of their own."""
    page = lessons.sections(notebook, *NOTATION)
    page.cells.insert(0, nbformat.v4.new_markdown_cell(NOTATION_HEAD))
    nbformat.write(lessons.as_page(page, "00_start_here", pages, NOTATION_ABOUT), source / "notation.ipynb")


def _write_credits(source, pages):
    """Where the data comes from, as the folder of the data says it."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8").replace("# Data\n", "# Data and credits\n", 1)
    front = f"---\nmyst:\n  html_meta:\n    description: {DATA_ABOUT}\n---\n"
    (source / "data.md").write_text(front + lessons.mend_links(text, "data", pages), encoding="utf-8")


def _write_landing(source, promises, rows):
    """Fill the landing page: what the README promises, its map of the lessons, the stepper."""
    first = rows[0][1]
    parts = {
        "promises": promises,
        "map": "\n".join(f"- [{title}]({name}.ipynb) {about}" for title, name, about in rows),
        "stepper": stepper.as_html("_static/stepper"),
        "series": "\n".join(f"{title} <{name}>" for title, name, _ in rows),
        "start": f"{first}.html",
        "lab": lessons.lab_address(first),
    }
    text = (HERE / "index.md").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    (source / "index.md").write_text(text, encoding="utf-8")


def copy_mathjax(target):
    """Copy the script that sets formulas, and its fonts, from the package that carries them.

    Raises
    ------
    ValueError
        If the package is not installed or does not hold them.
    """
    try:
        files = importlib.metadata.files("sphinx-mathjax-offline") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        name = file.as_posix().partition("static/mathjax/")[2]
        if name.startswith(MATHJAX):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target / name)
    if not (target / MATHJAX[0]).is_file():
        raise ValueError("MathJax, which sets the formulas, is missing: python -m pip install -r site/requirements.txt")


def write(source, pages):
    """Let Sphinx write the pages; a warning, such as a link that leads nowhere, is an error.

    Raises
    ------
    ValueError
        If Sphinx found something wrong; it has said what.
    """
    if build_main(["-b", "html", "-W", "--keep-going", "-q", str(source), str(pages)]):
        raise ValueError("Sphinx found the faults named above")


def prune(pages):
    """Drop what no page asks for: build records, source maps, scripts of icons, translations of the theme."""
    (pages / ".nojekyll").touch()  # hosts that hide folders beginning with "_" look for it
    for name in (".doctrees", "_sources", "_static/locales", "_static/images"):
        shutil.rmtree(pages / name, ignore_errors=True)
    for path in pages.rglob("*"):
        if path.name.startswith("fontawesome.js") or path.suffix == ".map" or path.name == ".buildinfo":
            path.unlink()


if __name__ == "__main__":
    main()
