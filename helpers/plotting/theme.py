"""Widget without a view, which makes the figures in JupyterLab follow the theme and the width of the page.

JupyterLab shows an SVG as an image. The browser chooses the colours of such an image by the `color-scheme` of the page.
JupyterLab 4.6 sets it, but some earlier versions do not, and figures would then be light on a dark page.

If the page is narrower than a figure, JupyterLab cuts off an SVG, and shrinks a PNG until its text is illegible. Here,
both are shrunk only as far as their text is legible and, on a phone, scrolled sideways, as in the book.
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
    """Widget that is never displayed. Creating it adds `RULE` to the page, so it leaves no trace in the outputs."""

    _esm = SCRIPT
