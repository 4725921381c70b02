"""Settings for Sphinx, which reads this file from the folder that `book.py` creates."""

import re
from pathlib import Path

from lessons import lab_address, repository_address

HERE = Path(__file__).parent
LESSONS = sorted(path.stem for path in HERE.glob("*.ipynb"))
START = LESSONS[0]
ICONS = "scripts/fontawesome.js"  # not loaded because it is 1.5 MB, and a font of 115 kB contains the same icons
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")

project = html_title = "Backpropagation, derived and checked"
author = ""
language = "en"
extensions = ["myst_nb"]

# The pages show the committed outputs. No code is executed, and no scripts for widgets are loaded.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_render_markdown_format = "myst"  # needed for Markdown tables in outputs
myst_enable_extensions = ["dollarmath", "attrs_block", "attrs_inline"]
myst_heading_anchors = 3
mathjax_path = "mathjax/tex-chtml.js"
# The menu is disabled because it would load files that are not included. MathML is for screen readers.
mathjax3_config = {"options": {"enableMenu": False, "enableAssistiveMml": True}}

html_theme = "sphinx_book_theme"
html_sidebars = {"**": ["navbar-logo", "search-field-button", "sbt-sidebar-nav"]}
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = [
    "palette.css",
    "book.css",
    "print.css",
]  # palette.css is generated from the colour palette of the figures
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
    "enable_search_shortcuts": False,  # otherwise, typing a slash in a cell would open the search
    "use_download_button": False,
    "use_fullscreen_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": ["colophon"],
}


def without_scripts(html, names):
    """Remove the script elements that load files with the given names from a piece of HTML."""
    return re.sub(rf'<script[^>]*src="[^"]*(?:{"|".join(map(re.escape, names))})[^"]*"[^>]*></script>', "", html)


def add_to_context(app, page, template, context, doctree):
    """Define the variables that are used by the templates in the folder `_templates`."""
    context["lab_address"] = context["pathto"](lab_address(page if page in LESSONS else START), 1)
    not_needed = [ICONS] if page == "search" else [ICONS, *SEARCH]
    context["is_search"] = page == "search"
    context["without_scripts"] = lambda html: without_scripts(html, not_needed)
    context["repository"] = repository_address()
    runs = page in LESSONS and (HERE / "_static" / "live").is_dir()  # see bundle.py
    context["live"] = " ".join(LESSONS) if runs else ""


def setup(app):
    """Register `add_to_context` as an event handler; Sphinx calls this function before it builds the pages."""
    app.connect("html-page-context", add_to_context)
