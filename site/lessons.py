"""Functions that convert a committed notebook to a page of the book."""

import hashlib
import html
import os
import posixpath
import re
from urllib.parse import urlsplit

import nbformat
import reading

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# Matches a Markdown link, and also code and formulas, which are not links even if they look like links.
LINK = re.compile(
    r"(?P<not>`+[^`]*`+|\$\$.*?\$\$|\$[^$\n]*\$)|(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL,
)
NOTE = (
    '<p class="widget-note">In the lab, an interactive figure appears here{title}<span class="on-screen">: '
    '<a href="{address}">open this lesson in the lab</a></span>.</p>'
)


def lab_address(name):
    """Return the address of a notebook in the lab, relative to the root of the book."""
    return f"lab/notebooks/index.html?path=notebooks/{name}.ipynb"


def edition(cells):
    """Return a short string that identifies an edition of a lesson, regardless of the outputs of its cells."""
    return hashlib.sha256("".join(cell.id + cell.source for cell in cells).encode()).hexdigest()[:12]


def repository_address():
    """Return the web address of the repository, or an empty string if this is not running in GitHub Actions.

    The site of a handout does not link to the repository, which contains the solutions.
    """
    if os.environ.get("LESSONS_SOURCE"):
        return ""
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    return f"{server}/{name}" if server and name else ""


def redirect_links(text, folder, pages):
    """Redirect the relative links in a Markdown text to pages of the book or to files in the repository.

    If the address of the repository is unknown, a link to one of its files is replaced by the text of the link.

    Parameters
    ----------
    text : str
        Markdown text.
    folder : str
        Folder in the project that contains the text, such as "notebooks".
    pages : dict
        Maps the paths of files in the project to pages of the book, for example "data/README.md" to "data.md".

    Returns
    -------
    text : str
    """

    def redirect(link):
        target = link["target"]
        if link["not"] or not target or urlsplit(target).scheme or target.startswith("#"):
            return link[0]
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path))
        if path in pages:
            return f"[{link['text']}]({pages[path]}{'#' * bool(anchor)}{anchor.lower()})"
        address = repository_address()
        return f"[{link['text']}]({address}/blob/HEAD/{path})" if address else link["text"]

    return LINK.sub(redirect, text)


def as_page(notebook, name, pages, description=""):
    """Convert a notebook to a page of the book.

    Links are redirected, figures get alternative text, widgets are replaced by links to the lab, and answers are
    folded, as described in `reading`.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook, which is modified in place.
    name : str
        Name of the notebook's file without its extension.
    pages : dict
        See `redirect_links`.
    description : str
        Description of the page for search engines.

    Returns
    -------
    notebook : nbformat.NotebookNode
    """
    meta = {"description": description, "lesson-edition": edition(notebook.cells)}
    notebook.metadata["myst"] = {"html_meta": meta}
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = redirect_links(cell.source, "notebooks", pages)
        else:
            cell.metadata["tags"] = [
                *cell.metadata.get("tags", []),
                f"cell-{cell.id}",
            ]  # becomes a class of the cell's element
            cell.outputs = [readable for output in cell.outputs for readable in _readable(output, name)]
            _name_figures(cell, following)
    reading.prepare(notebook.cells, lab_address(name))
    return notebook


def _readable(output, name):
    """Return a list of outputs that can be shown without a kernel in place of the given output.

    The output of a widget is replaced by its static image, if it has one, and a note that links to the lab.
    """
    data = output.get("data", {})
    if WIDGET_VIEW not in data:
        return [output]
    named = re.match(r"Interactive figure: (.*?)\. Run", data.get("text/plain", ""))
    title = f", <b>{html.escape(named[1])}</b>" if named else ""
    note = nbformat.v4.new_output("display_data", {"text/html": NOTE.format(title=title, address=lab_address(name))})
    still = {kind: content for kind, content in data.items() if kind.startswith("image/")}
    return [nbformat.v4.new_output("display_data", still), note] if still else [note]


def _name_figures(cell, following):
    """Give the figures of a cell alternative text that refers to the caption in the following cell.

    If there is no caption, the text is the title of an animation, or "A figure". If the figure is the static image of a
    widget, the text always says so.
    """
    drawn = [output["data"] for output in cell.outputs if {"image/png", "image/svg+xml"} & set(output.get("data", {}))]
    if drawn:
        caption = re.match(r"\*\*(Figure \d+)\.\*\*", following.source if following else "")
        title = re.search("<title>(.*?)</title>", str(drawn[0].get("image/svg+xml", "")))  # only animations have one
        alt = f"{caption[1]}, described in the text below it" if caption else title[1] if title else "A figure"
        if any("widget-note" in output.get("data", {}).get("text/html", "") for output in cell.outputs):
            alt = "A still of the interactive figure"
        cell.metadata.setdefault("mystnb", {})["image"] = {"alt": alt}
