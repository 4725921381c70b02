"""Rules that keep the book passive: nothing in a notebook or README runs in a reader's browser or on the build machine.

Each function returns the faults that it finds, as a list of sentences. The book is not built while there are any.
Content is judged by what is allowed, not by a list of known attacks: Markdown without HTML, without directives
or roles of MyST (some read files), and with links to https or to files of the project; outputs of a few kinds;
HTML in outputs with a few tags and attributes.
"""

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

# The metadata of a notebook or cell can change how it is built: myst-nb would even execute it.
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
CELL_METADATA = {"tags"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # replaced by a note, see lessons.py
OUTPUTS = {"text/plain", "text/markdown", "text/html", "image/png", "image/svg+xml", WIDGET_VIEW}
TAGS = set("b br code details div em i kbd li ol p pre span strong sub summary sup".split())
TAGS |= set("caption table tbody td th thead tr ul".split())
ATTRIBUTES = {"class", "colspan", "rowspan", "scope", "style"}
SVG_TAGS = set("circle clipPath defs ellipse g image line marker path pattern polygon polyline rect style".split())
SVG_TAGS |= set("svg symbol text title tspan use metadata RDF Work Agent creator date format type".split())

MARKDOWN = {
    r"<[a-zA-Z/!?]": "HTML",
    r"(?m)^[\s>*+\-\d.)]*(?:`{3,}|~{3,}|:{3,})\s*\{": "a directive",
    r"\{[^{}\s`]+\}`": "a role",
    r"(?m)^[\s>*+\-\d.)]*\[[^]^][^]]*\]:": "a link defined apart from its text",
    r"\A\s*---": "a header that sets options",
    r"!\[": "an image from a file",
}
# a link's scheme, also one written with an entity such as &#106;avascript:
SCHEME = re.compile(r"\]\(\s*(?!https://|mailto:)([^)\s/#?]*[:&\\][^)\s]*)")
LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|\\", re.IGNORECASE)


def faults_of_markdown(text, tags=(), images=False):
    """What Markdown holds that the book does not take.

    Parameters
    ----------
    text : str
    tags : names of HTML tags that may stand in it, without attributes
    images : bool, whether images from files may stand in it
    """
    if tags:
        text = re.sub(rf"</?(?:{'|'.join(tags)})>", "", text)
    rules = {pattern: name for pattern, name in MARKDOWN.items() if not (images and "image" in name)}
    found = [(name, re.search(pattern, text)) for pattern, name in rules.items()]
    found.append(("a link that is not to https or a file", SCHEME.search(text)))
    return [f"{name}: {text[match.start() : match.start() + 40].strip()!r}" for name, match in found if match]


class _Tags(HTMLParser):
    """Collects what is not among the allowed tags and attributes; comments too, which browsers read differently."""

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
    """What a piece of HTML holds that the book does not take."""
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.faults


def faults_of_svg(text):
    """What a drawing holds that the book does not take: it may refer to its own parts and hold PNG pictures."""
    try:
        elements = list(ElementTree.fromstring(text).iter())
    except ElementTree.ParseError as error:
        return [f"a drawing that is not XML ({error})"]
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
    """What an output of a code cell holds that the book does not take."""
    data, faults = output.get("data", {}), []
    for kind in data:
        text = data[kind] if isinstance(data[kind], str) else "".join(data[kind]) if kind != WIDGET_VIEW else ""
        if kind not in OUTPUTS:
            faults.append(f"an output of the kind {kind}")
        elif kind == "text/markdown":
            faults += faults_of_markdown(text)
        elif kind == "text/html":
            faults += faults_of_html(text)
        elif kind == "image/svg+xml":
            faults += faults_of_svg(text)
        elif kind == "image/png" and not base64.b64decode(text).startswith(b"\x89PNG\r\n\x1a\n"):
            faults.append("a picture that is not PNG")
    return faults


def faults_of_notebook(notebook):
    """What a notebook holds that the book does not take, each with the cell where it is.

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
            found.append(f"a cell of the kind {cell.cell_type}")
        faults += [f"cell {cell.get('id')} holds {fault}" for fault in found]
    return faults
