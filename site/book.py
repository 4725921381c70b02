"""Write the book: `python site/book.py OUT` puts its pages into the folder OUT.

The book is the notebooks as they are committed, with a landing page, the notation and the credits
of the data. What is in OUT/lab is left alone: there `make site` puts the lab.
"""

import argparse
import base64
import hashlib
import importlib.metadata
import re
import shutil
import sys
import tempfile
from pathlib import Path

import folder
import lessons
import nbformat
import safety
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
# The scripts that stand in the pages themselves, all from Sphinx and its theme, with white space and the page's name
# taken out. A page may run these and files of the site, nothing else; `restrict` enforces it.
OWN_SCRIPTS = {
    'document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto"; '
    'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";',
    'window.MathJax = {"options": {"enableMenu": false, "enableAssistiveMml": true, '
    '"processHtmlClass": "tex2jax_process|mathjax_process|math|output_area"}}',
    "DOCUMENTATION_OPTIONS.pagename = '';",
    "DOCUMENTATION_OPTIONS.search_as_you_type = false;",
    "// Activate the search field on page load "
    'let searchInput = document.querySelector("form.bd-search input"); if (searchInput) { searchInput.focus(); '
    'searchInput.select(); console.log("[PST]: Set focus on search field."); }',
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
# MathJax, and tables in outputs, bring styles of their own.
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)


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
            restrict(pages)
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
    refuse_what_could_run(notebooks, promises, rows)
    for path, (title, name, about) in zip(notebooks, rows, strict=True):
        page = lessons.as_page(nbformat.read(path, as_version=4), name, pages, f"{title}: {about}")
        nbformat.write(page, source / path.name)
    _write_credits(source, pages)
    _write_landing(source, lessons.mend_links(promises, "", pages), rows)
    stepper.draw_steps(source / "_static" / "stepper")
    copy_mathjax(source / "_static" / "mathjax")


def refuse_what_could_run(notebooks, promises, rows):
    """Raise ValueError if anything that goes into the book could run in a browser or read this machine's files."""
    credits = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    texts = {"README.md": [promises, *map(" ".join, rows)], "data/README.md": [credits]}
    faults = [f"{name} holds {f}" for name, parts in texts.items() for t in parts for f in safety.faults_of_markdown(t)]
    for path in notebooks:
        faults += [f"{path.name}, {fault}" for fault in safety.faults_of_notebook(nbformat.read(path, as_version=4))]
    if faults:
        raise ValueError("these could run or read more than a book should; remove them:\n" + "\n".join(faults))


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
    """Drop what no page asks for: build records, source maps, the theme's templates, translations and icon scripts."""
    (pages / ".nojekyll").touch()  # hosts that hide folders beginning with "_" look for it
    for name in (".doctrees", "_sources", "_static/locales", "_static/images"):
        shutil.rmtree(pages / name, ignore_errors=True)
    for path in pages.rglob("*"):
        if path.name.startswith("fontawesome.js") or path.name.endswith((".map", ".buildinfo", "webpack-macros.html")):
            path.unlink()


def restrict(pages):
    """Give each page a content security policy that lets it run files of the site and `OWN_SCRIPTS` only.

    Raises
    ------
    ValueError
        If a page holds another script, or no place for its policy.
    """
    for path in sorted(pages.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        scripts = INLINE.findall(text)
        for script in scripts:
            if re.sub(r"pagename = '\w*'", "pagename = ''", " ".join(script.split())) not in OWN_SCRIPTS:
                raise ValueError(f"{path.name} holds a script that is not the book's own: {script.strip()[:80]!r}")
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
        policy = POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in sorted(hashes)))
        if text.count("POLICY-OF-THE-PAGE") != 1:
            raise ValueError(f"{path.name} has no place for its policy: see site/_templates/layout.html")
        path.write_text(text.replace("POLICY-OF-THE-PAGE", policy), encoding="utf-8")


if __name__ == "__main__":
    main()
