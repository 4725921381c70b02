"""Sphinx settings of the book, read in the folder that `book.py` assembles."""

import re
from pathlib import Path

from lessons import lab_address, repository_address

HERE = Path(__file__).parent
LESSONS = sorted(path.stem for path in HERE.glob("*.ipynb"))
START = LESSONS[0]
ICONS = "scripts/fontawesome.js"  # 1.5 MB; a font of 115 kB has the same icons
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")

project = html_title = "Backpropagation, derived and checked"
author = ""
language = "en"
extensions = ["myst_nb"]

# Pages show the committed outputs; nothing is executed, and no widget scripts are loaded.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_render_markdown_format = "myst"  # tables in outputs too
myst_enable_extensions = ["dollarmath", "attrs_block", "attrs_inline"]
myst_heading_anchors = 3
mathjax_path = "mathjax/tex-chtml.js"
# No menu, because it would load files that are not included; MathML serves screen readers.
mathjax3_config = {"options": {"enableMenu": False, "enableAssistiveMml": True}}

html_theme = "sphinx_book_theme"
html_sidebars = {"**": ["navbar-logo", "search-field-button", "sbt-sidebar-nav"]}
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["palette.css", "book.css"]  # palette.css is made of the palette of the figures
html_js_files = [("formulas.js", {"defer": "defer"})]
html_favicon = "_static/favicon.svg"
html_copy_source = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
html_context = {"default_mode": "auto"}
html_theme_options = {
    "article_header_end": ["lab-button", "article-header-buttons"],
    "logo": {"text": project},
    "navbar_persistent": [],
    "show_toc_level": 2,
    "toc_title": "On this page",
    "search_bar_text": "Search the book",
    "use_download_button": False,
    "use_fullscreen_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": ["colophon"],
}


def without_scripts(html, names):
    """Remove the scripts with these names from a piece of a page's head."""
    return re.sub(rf'<script[^>]*src="[^"]*(?:{"|".join(map(re.escape, names))})[^"]*"[^>]*></script>', "", html)


def add_to_context(app, page, template, context, doctree):
    """Provide the variables that the templates in _templates use."""
    context["lab_address"] = context["pathto"](lab_address(page if page in LESSONS else START), 1)
    not_needed = [ICONS] if page == "search" else [ICONS, *SEARCH]
    context["without_scripts"] = lambda html: without_scripts(html, not_needed)
    context["repository"] = repository_address()


def setup(app):
    """Register the event handler; Sphinx calls this function."""
    app.connect("html-page-context", add_to_context)
