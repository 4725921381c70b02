"""Build the book as a folder of HTML pages.

The command ``python site/book.py OUT`` writes the pages to the folder OUT. The book consists of the notebooks
with their committed outputs, a landing page, the credits for the data, a page for teachers, a page about checking your
own gradients, and a page about the visual style. The folder OUT/lab, in which ``make site`` saves the lab, is not
changed.
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

import bundle
import cards
import folder
import lessons
import look
import nbformat
import safety
import stepper
import stills
import teachers

from helpers.exercises.registry import LESSONS

try:
    from sphinx.cmd.build import build_main
except ImportError:
    sys.exit("Building the book needs more packages: python -m pip install -r site/requirements.txt")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LAB = "lab"  # the folder that lab.py writes
FIRST, LIVE = "01_fit_a_line", "11_playground"  # the lessons to which the main buttons of the landing page lead
DATA_ABOUT = "Sources, licences and checksums of the data used in the lessons."
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2/")  # the pages need only these files, not all 30 MB
# These are the inline scripts of the pages, with white space normalised and page names removed. They all come from
# Sphinx and its theme. The function `restrict` ensures that the pages run no other inline scripts.
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
# The accessible name that myst-nb gives to every fold.
FOLD_NAME = ' aria-label="Toggle hidden content"'
FORMULA = re.compile(r'\(?<span class="math notranslate nohighlight">[^<]*</span>[.,;:?!)]+')  # with its punctuation
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
# Inline styles are allowed because MathJax and the tables in outputs need them. The scripts of interactive figures
# arrive from Python as text, which only the scripts of the book can turn into blobs.
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; worker-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)


def main():
    """Build the book in the folder given on the command line."""
    parser = argparse.ArgumentParser(description="Build the book as a folder of HTML pages.")
    parser.add_argument("out", type=Path, help="folder for the pages; an earlier build in it is replaced")
    out = parser.parse_args().out.resolve()
    try:
        folder.refuse_foreign_files(out, keep=(LAB,))
        with tempfile.TemporaryDirectory() as scratch:
            source, pages = Path(scratch) / "source", Path(scratch) / "pages"
            assemble(source)
            if (out / LAB / "static").is_dir():  # the cells of the pages run with the lab's Python
                bundle.build(source / "_static" / "live", out / LAB)
            write(source, pages)
            prune(pages)
            stills.offer_stills(pages)
            restrict(pages)
            folder.replace(out, pages, keep=(LAB,))
    except (OSError, ValueError) as error:
        sys.exit(f"The book was not built: {error}")


def read_readme(notebooks):
    """Read the learning goals and the table of lessons from the README.

    Parameters
    ----------
    notebooks : list of Path
        Notebooks of the lessons, in order.

    Returns
    -------
    promises : str
        What readers will be able to do after the lessons, in Markdown.
    rows : list of tuples (title, name, description)
        One entry for each notebook, in order.

    Raises
    ------
    ValueError
        If the README does not list the learning goals, or if its table does not match the notebooks.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    promises = re.search(r"^After the lessons.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    if promises is None:
        raise ValueError("README.md has no paragraph that starts with 'After the lessons' and ends before a heading")
    rows = re.findall(r"^\| \[([^]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \|$", text, re.MULTILINE)
    if [name for _, name, _ in rows] != [path.stem for path in notebooks]:
        raise ValueError("the table of lessons in README.md does not match the files in notebooks/")
    return promises[0], rows


def assemble(source):
    """Create the folder `source` with the input for Sphinx.

    It contains a copy of this folder, and pages made from the notebooks and Markdown files of the project.
    """
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    promises, rows = read_readme(notebooks)
    shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("__pycache__", "*.txt", "live", "lab_extension"))
    pages = {f"notebooks/{path.name}": path.name for path in notebooks} | {"data/README.md": "data.md"}
    refuse_active_content(notebooks, promises, rows)
    for path, (title, name, about) in zip(notebooks, rows, strict=True):
        page = lessons.as_page(nbformat.read(path, as_version=4), name, pages, f"{title}: {about}")
        nbformat.write(page, source / path.name)
    _write_credits(source, pages)
    stepper.draw_steps(source / "_static" / "stepper")
    _write_landing(source, lessons.redirect_links(promises, "", pages), rows)
    look.write(source)
    _write_teachers(source, notebooks, lambda text: lessons.redirect_links(text, "notebooks", pages))
    copy_mathjax(source / "_static" / "mathjax")


def refuse_active_content(notebooks, promises, rows):
    """Raise a ValueError if any content could run scripts in a browser or read files on this machine."""
    credits = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    texts = {"README.md": [promises, *map(" ".join, rows)], "data/README.md": [credits]}
    faults = [
        f"{name} contains {f}" for name, parts in texts.items() for t in parts for f in safety.faults_of_markdown(t)
    ]
    for path in notebooks:
        faults += [f"{path.name}, {fault}" for fault in safety.faults_of_notebook(nbformat.read(path, as_version=4))]
    if faults:
        raise ValueError("some content could run scripts or read files; remove it:\n" + "\n".join(faults))


def _write_credits(source, pages):
    """Write the page of data credits, whose text is the README in the folder `data`."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8").replace("# Data\n", "# Data and credits\n", 1)
    front = f"---\nmyst:\n  html_meta:\n    description: {DATA_ABOUT}\n---\n"
    (source / "data.md").write_text(front + lessons.redirect_links(text, "data", pages), encoding="utf-8")


def _write_landing(source, promises, rows):
    """Write the landing page with the learning goals and the list of lessons from the README, and the stepper."""
    motion = stepper.draw_motion(source / "_static" / "one_pass.svg")
    parts = {
        "promises": promises,
        "map": "\n".join(f"- [{title}]({name}.ipynb) {_about(name, about)}" for title, name, about in rows),
        "stepper": stepper.as_html("_static/stepper"),
        "series": "\n".join(f"{title} <{name}>" for title, name, _ in rows),
        "start": f"{FIRST}.html",
        "live": f"{LIVE}.html",
        **motion,
    }
    _fill(source / "index.md", parts)


def _about(name, words):
    """Return the description of a lesson, with an element in which `solved.js` shows how many exercises are solved."""
    names = " ".join(exercise.name for exercise in LESSONS.get(name[:2], ()))
    solved = f' <span class="solved" data-exercises="{names}" hidden></span>' if names else ""
    return f"<span>{words}{solved}</span>"


def _write_teachers(source, notebooks, redirect):
    """Write the page for teachers and the deck of flashcards, which has no questions if the site is for a class."""
    notation = nbformat.read(ROOT / "notebooks" / "notation.ipynb", as_version=4).cells
    notation = "\n\n".join(cell.source for cell in notation if cell.cell_type == "markdown")
    text, questions, symbols = cards.deck(LESSONS, notation, with_answers=folder.SOURCE == ROOT)
    (source / "_static" / "cards.txt").write_text(text, encoding="utf-8")
    asked = f"the {questions} quick questions, with answers and reasons on the back, and " if questions else ""
    parts = teachers.parts(notebooks, LESSONS, redirect) | {"cards": f"{asked}the {symbols} symbols"}
    _fill(source / "teachers.md", parts)


def _fill(path, parts):
    """Replace the placeholders in a file."""
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    path.write_text(text, encoding="utf-8")


def copy_mathjax(target):
    """Copy MathJax and its fonts from the package `sphinx-mathjax-offline` to the folder `target`.

    Raises
    ------
    ValueError
        If the package is not installed or does not contain MathJax.
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
        raise ValueError("MathJax, which typesets formulas, is missing: python -m pip install -r site/requirements.txt")


def write(source, pages):
    """Build the pages with Sphinx.

    Raises
    ------
    ValueError
        If Sphinx reports an error or a warning, for example about a broken link.
    """
    if build_main(["-b", "html", "-W", "--keep-going", "-q", str(source), str(pages)]):
        raise ValueError("Sphinx reported the problems above")


def prune(pages):
    """Delete files that no page uses, such as build records, source maps and the translations of the theme."""
    (pages / ".nojekyll").touch()  # without this file, GitHub Pages would not serve folders whose names start with "_"
    for name in (".doctrees", "_sources", "_static/locales", "_static/images"):
        shutil.rmtree(pages / name, ignore_errors=True)
    for path in pages.rglob("*"):
        if path.name.startswith("fontawesome.js") or path.name.endswith((".map", ".buildinfo", "webpack-macros.html")):
            path.unlink()


def _tidy(page):
    """Make the visible text of each fold its name, and prevent line breaks within names in code and next to formulas.

    Long lines of code may break at brackets and dots, and a formula stays with the punctuation after it.
    """
    page = FORMULA.sub(r'<span class="together">\g<0></span>', page)
    page = re.sub(r'(<span class="p">[^<]*[(\[]</span>)', r"\1<wbr>", page.replace(FOLD_NAME, ""))
    return page.replace('<span class="o">.</span>', '<wbr><span class="o">.</span>')


def restrict(pages):
    """Add a content security policy to each page, so that it can only run scripts that belong to the book.

    These are the script files of the site and the inline scripts in `OWN_SCRIPTS`.

    Raises
    ------
    ValueError
        If a page contains another inline script, or if it has no placeholder for the policy.
    """
    for path in sorted(pages.rglob("*.html")):
        text = _tidy(path.read_text(encoding="utf-8"))
        scripts = INLINE.findall(text)
        for script in scripts:
            if re.sub(r"pagename = '\w*'", "pagename = ''", " ".join(script.split())) not in OWN_SCRIPTS:
                raise ValueError(
                    f"{path.name} contains an inline script that does not belong to the book: {script.strip()[:80]!r}"
                )
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
        allowed = [f"'sha256-{digest}'" for digest in sorted(hashes)] + ["blob:"] * ("_static/live/page.js" in text)
        policy = POLICY.format(scripts=" ".join(allowed))
        if text.count("POLICY-OF-THE-PAGE") != 1:
            raise ValueError(f"{path.name} has no placeholder for its policy: see site/_templates/layout.html")
        path.write_text(text.replace("POLICY-OF-THE-PAGE", policy), encoding="utf-8")


if __name__ == "__main__":
    main()
