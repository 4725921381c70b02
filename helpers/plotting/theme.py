"""Invisible widget that adapts the figures in JupyterLab to the theme and the width of the page.

JupyterLab shows an SVG as an image, and the browser chooses its colours according to the `color-scheme` of the page.
JupyterLab 4.6 sets this property. Some earlier versions do not, so figures would appear light on a dark page.

If the page is narrower than a figure, JupyterLab cuts off an SVG and shrinks a PNG until its text is illegible. This
widget shrinks both, but never so far that their text becomes illegible. On a phone, figures can be scrolled sideways,
as in the book.
"""

import anywidget

RULE = """
[data-jp-theme-light="false"] .jp-RenderedSVG img { color-scheme: dark; }
.jp-OutputArea .jp-OutputArea-output:is(.jp-RenderedSVG, .jp-RenderedImage) { overflow-x: auto; }
.jp-OutputArea .jp-OutputArea-output:is(.jp-RenderedSVG, .jp-RenderedImage) > img { max-width: max(100%, 36rem); }
"""
SCRIPT = f"""
function initialize() {{
    if (document.getElementById("lesson-theme")) return
    const style = document.createElement("style")
    style.id = "lesson-theme"
    style.textContent = `{RULE}`
    document.head.append(style)
}}
export default {{ initialize }}
"""


class Theme(anywidget.AnyWidget):
    """Widget that adds `RULE` to the page when it is created.

    It is never displayed, so it leaves no trace in the outputs.
    """

    _esm = SCRIPT
