"""Turn a committed notebook into a page of the book, without changing the file."""

import html
import os
import posixpath
import re
from urllib.parse import urlsplit

import nbformat

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# A link, or code or a formula that may look like one.
LINK = re.compile(
    r"(?P<not>`+[^`]*`+|\$\$.*?\$\$|\$[^$\n]*\$)|(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL,
)
NOTE = (
    '<p class="widget-note">In the lab there is an interactive figure here{title}: '
    '<a href="{address}">open this lesson in the lab</a>.</p>'
)


def lab_address(name):
    """The address of a notebook in the lab, relative to the root of the book."""
    return f"lab/lab/index.html?path=notebooks/{name}.ipynb"


def repository_address():
    """The web address of the repository, which GitHub's CI provides; "" elsewhere."""
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    return f"{server}/{name}" if server and name else ""


def redirect_links(text, folder, pages):
    """Redirect relative links to pages of the book or to the repository; a link to neither becomes plain text.

    Parameters
    ----------
    text : str, Markdown
    folder : str, folder of the file in the project, such as "notebooks"
    pages : dict of str to str, page for each path in the project, such as "data/README.md" to "data.md"
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
    """Prepare a notebook for the book: redirect links, describe figures, replace widgets by links to the lab.

    Parameters
    ----------
    notebook : nbformat.NotebookNode, changed in place and returned
    name : str, name of its file without the extension
    pages : as in `redirect_links`
    description : str, description of the page for search engines
    """
    if description:
        notebook.metadata["myst"] = {"html_meta": {"description": description}}
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = redirect_links(cell.source, "notebooks", pages)
        else:
            cell.outputs = [readable for output in cell.outputs for readable in _readable(output, name)]
            _name_figures(cell, following)
    return notebook


def _readable(output, name):
    """Replace the output of a widget, which needs a kernel, by its still, if it has one, and a note."""
    data = output.get("data", {})
    if WIDGET_VIEW not in data:
        return [output]
    named = re.match(r"Interactive figure: (.*?)\. Run", data.get("text/plain", ""))
    title = f", <b>{html.escape(named[1])}</b>" if named else ""
    note = nbformat.v4.new_output("display_data", {"text/html": NOTE.format(title=title, address=lab_address(name))})
    still = {kind: content for kind, content in data.items() if kind.startswith("image/")}
    return [nbformat.v4.new_output("display_data", still), note] if still else [note]


def _name_figures(cell, following):
    """Give figures an alternative text: it refers to the caption in the next cell, names the widget, or is a title."""
    drawn = [output["data"] for output in cell.outputs if {"image/png", "image/svg+xml"} & set(output.get("data", {}))]
    if drawn:
        caption = re.match(r"\*\*(Figure \d+)\.\*\*", following.source if following else "")
        title = re.search("<title>(.*?)</title>", str(drawn[0].get("image/svg+xml", "")))  # that of an animation
        alt = f"{caption[1]}, described in the text below it" if caption else title[1] if title else "A figure"
        if any("widget-note" in output.get("data", {}).get("text/html", "") for output in cell.outputs):
            alt = "A still of the interactive figure"
        cell.metadata["mystnb"] = {"image": {"alt": alt}}
