"""Widget without a view, which makes the figures in JupyterLab follow the theme of the page.

JupyterLab shows an SVG as an image. The browser chooses the colours of such an image by the `color-scheme` of the page.
JupyterLab 4.6 sets it, but some earlier versions do not, and figures would then be light on a dark page.
"""

import anywidget

RULE = '[data-jp-theme-light="false"] .jp-RenderedSVG img { color-scheme: dark; }'
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
