"""Functions that check that nothing in a notebook or README can run code in a browser or during the build.

Each function returns a list of the faults that it finds. If there are any, the book is not built. Only content that
is known to be safe is allowed. Markdown must not contain HTML, nor MyST directives or roles, some of which read files.
Its links must lead to https addresses, email addresses or files of the project. Only a few types of output are
allowed, and HTML outputs may contain only a few tags and attributes.
"""

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

# Other metadata of a notebook or a cell could affect the build, and could even make myst-nb execute the code.
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
CELL_METADATA = {"tags"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # lessons.py replaces it with a note
OUTPUTS = {"text/plain", "text/markdown", "text/html", "image/png", "image/svg+xml", WIDGET_VIEW}
TAGS = set("b br code details div em i kbd li ol p pre span strong sub summary sup".split())
TAGS |= set("caption table tbody td th thead tr ul".split())
ATTRIBUTES = {"class", "colspan", "rowspan", "scope", "style"}
SVG_TAGS = set("circle clipPath defs ellipse g image line marker path pattern polygon polyline rect style".split())
SVG_TAGS |= set("svg symbol text title tspan use metadata RDF Work Agent creator date format type".split())

MARKDOWN = {
    r"<[a-zA-Z/!?]": "HTML",
    r"(?:`{3,}|~{3,}|:{3,})\s*\{": "a directive",
    r"\{[^{}\s`]+\}`": "a role",
    r"(?m)^[\s>*+\-\d.)]*\[(?:\\.|[^]\\^])(?:\\.|[^]\\])*\]:": "a link definition",
    r"\A\s*---": "a header that sets options",
    r"\\(?:href|require)\b": "a formula with a link or an extension",
    r"!\[": "an image from a file",
    r"\]\((?![^()<>\s]+\))": "a link that does not have the form [text](target)",
    r"\]\((?:/|[^)\s]*\.\./[^)\s]*\.\./)": "a link that leads out of the project",
}
# Matches a link with a scheme other than https or mailto, even if it is spelt with an entity, as in &#106;avascript:
SCHEME = re.compile(r"\]\(\s*(?!https://|mailto:)([^)\s/#?]*[:&\\][^)\s]*)")
LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|\\", re.IGNORECASE)


def faults_of_markdown(text, tags=(), images=False):
    """List the parts of a Markdown text that are not allowed in the book.

    Parameters
    ----------
    text : str
        Markdown text.
    tags : sequence of str
        Names of HTML tags that are allowed, but only without attributes.
    images : bool
        Whether images from files are allowed.
    """
    if tags:
        text = re.sub(rf"</?(?:{'|'.join(tags)})>", "", text)
    rules = {pattern: name for pattern, name in MARKDOWN.items() if not (images and "image" in name)}
    found = [(name, re.search(pattern, text)) for pattern, name in rules.items()]
    found.append(("a link that does not lead to an https address, an email address or a file", SCHEME.search(text)))
    return [f"{name}: {text[match.start() : match.start() + 40].strip()!r}" for name, match in found if match]


class _Tags(HTMLParser):
    """HTML parser that collects the tags and attributes that are not allowed.

    Comments are not allowed either, because browsers may parse them differently from this class.
    """

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.faults.append(f"the tag <{tag}>")
        for name, value in attributes:
            if name not in ATTRIBUTES or (name == "style" and LOADS.search(value or "")):
                self.faults.append(f"the attribute {name}={(value or '')[:40]!r}")

    def _refuse(self, data):
        self.faults.append(f"a comment or instruction {data[:40]!r}")

    handle_comment = handle_decl = handle_pi = unknown_decl = _refuse


def faults_of_html(text):
    """List the parts of an HTML text that are not allowed in the book."""
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.faults


def faults_of_svg(text):
    """List the parts of an SVG image that are not allowed in the book.

    The only references allowed are those to parts of the same image and to embedded PNG images.
    """
    try:
        elements = list(ElementTree.fromstring(text).iter())
    except ElementTree.ParseError as error:
        return [f"SVG that is not valid XML ({error})"]
    faults = []
    for element in elements:
        tag = element.tag.rpartition("}")[2]
        if tag not in SVG_TAGS:
            faults.append(f"the tag <{tag}>")
        if tag == "style" and LOADS.search(element.text or ""):
            faults.append("a style sheet that loads files")
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2]
            leads_away = name in ("href", "src") and not value.startswith(("#", "data:image/png;"))
            if name.lower().startswith("on") or leads_away or (name == "style" and LOADS.search(value)):
                faults.append(f"the attribute {name}={value[:40]!r}")
    return faults


def faults_of_output(output):
    """List the parts of a code cell's output that are not allowed in the book."""
    data, faults = output.get("data", {}), []
    for kind in data:
        text = data[kind] if isinstance(data[kind], str) else "".join(data[kind]) if kind != WIDGET_VIEW else ""
        if kind not in OUTPUTS:
            faults.append(f"an output of type {kind}")
        elif kind == "text/markdown":
            faults += faults_of_markdown(text)
        elif kind == "text/html":
            faults += faults_of_html(text)
        elif kind == "image/svg+xml":
            faults += faults_of_svg(text)
        elif kind == "image/png" and not _is_png(text):
            faults.append("an invalid PNG image")
    return faults


def _is_png(text):
    """Return whether a base64 text decodes to data that begin like a PNG image."""
    try:
        return base64.b64decode(text).startswith(b"\x89PNG\r\n\x1a\n")
    except ValueError:
        return False


def faults_of_notebook(notebook):
    """List the parts of a notebook that are not allowed in the book, with the cells that contain them.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    """
    faults = [f"metadata {key!r}" for key in sorted(set(notebook.metadata) - NOTEBOOK_METADATA)]
    for cell in notebook.cells:
        found = [f"metadata {key!r}" for key in sorted(set(cell.metadata) - CELL_METADATA)]
        found += ["an attached file"] if cell.get("attachments") else []
        if cell.cell_type == "markdown":
            found += faults_of_markdown(cell.source)
        elif cell.cell_type == "code":
            found += [fault for output in cell.outputs for fault in faults_of_output(output)]
        else:
            found.append(f"content in a cell of type {cell.cell_type}")
        faults += [f"cell {cell.get('id')} contains {fault}" for fault in found]
    return faults
