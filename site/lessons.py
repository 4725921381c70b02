"""A committed notebook as a page of the book. The files on the disk are not changed."""

import html
import os
import posixpath
import re
from urllib.parse import urlsplit

import nbformat

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# A link, or what may look like one and is not: code and formulas.
LINK = re.compile(
    r"(?P<not>`+[^`]*`+|\$\$.*?\$\$|\$[^$\n]*\$)|(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL,
)
NOTE = (
    '<p class="widget-note">Here stands an interactive figure{title}. It moves in the lab: '
    '<a href="{address}">open this lesson there</a>.</p>'
)


def lab_address(name):
    """Where the lab opens a notebook, seen from the root of the book."""
    return f"lab/lab/index.html?path=notebooks/{name}.ipynb"


def repository_address():
    """Where the project's files can be read on the web, as CI of GitHub tells it; "" elsewhere."""
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    return f"{server}/{name}" if server and name else ""


def mend_links(text, folder, pages):
    """Make links of a file lead to pages of the book, or to the repository; a link to neither becomes its text.

    Parameters
    ----------
    text : str, Markdown
    folder : str, where the file lies in the project, such as "notebooks"
    pages : dict of str, path in the project to page, such as "data/README.md" to "data.md"
    """

    def mended(link):
        target = link["target"]
        if link["not"] or not target or urlsplit(target).scheme or target.startswith("#"):
            return link[0]
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path))
        if path in pages:
            return f"[{link['text']}]({pages[path]}{'#' * bool(anchor)}{anchor.lower()})"
        address = repository_address()
        return f"[{link['text']}]({address}/blob/HEAD/{path})" if address else link["text"]

    return LINK.sub(mended, text)


def as_page(notebook, name, pages, description=""):
    """A notebook as the book shows it: links mended, figures named, widgets replaced by a way to the lab.

    Parameters
    ----------
    notebook : nbformat.NotebookNode, changed in place and returned
    name : str, of its file, without the ending
    pages : as in `mend_links`
    description : str, for search engines
    """
    if description:
        notebook.metadata["myst"] = {"html_meta": {"description": description}}
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = mend_links(cell.source, "notebooks", pages)
        else:
            cell.outputs = [_readable(output, name) for output in cell.outputs]
            _name_figures(cell, following)
    return notebook


def _readable(output, name):
    """An output that needs no kernel: what stood for a widget becomes a note, all else stays."""
    data = output.get("data", {})
    if WIDGET_VIEW not in data:
        return output
    named = re.match(r"Interactive figure: (.*?)\. Run", data.get("text/plain", ""))
    title = f", <b>{html.escape(named[1])}</b>" if named else ""
    return nbformat.v4.new_output("display_data", {"text/html": NOTE.format(title=title, address=lab_address(name))})


def _name_figures(cell, following):
    """Give pictures an alternative text: the caption, which describes the figure, is the next cell."""
    if any("image/png" in output.get("data", {}) for output in cell.outputs):
        caption = re.match(r"\*\*(Figure \d+)\.\*\*", following.source if following else "")
        alt = f"{caption[1]}, described in the text below it" if caption else "A figure"
        cell.metadata["mystnb"] = {"image": {"alt": alt}}


def sections(notebook, *titles):
    """A notebook of only those cells that begin with these headings of the second level.

    Raises
    ------
    ValueError
        If one of them is missing.
    """
    cells = {cell.source.split("\n")[0]: cell for cell in notebook.cells if cell.source.startswith("## ")}
    missing = [title for title in titles if f"## {title}" not in cells]
    if missing:
        raise ValueError(f"the notebook has no section {missing[0]!r}: name one that begins a cell, or mend the list")
    return nbformat.v4.new_notebook(metadata=notebook.metadata, cells=[cells[f"## {title}"] for title in titles])
