"""Write what the pages of the book share with the figures: colours and fonts, and the page that explains them."""

import html
import shutil
from pathlib import Path

from helpers.plotting import style


def write(source):
    """Write the style sheet and the fonts that the pages share with the figures, and the page that explains them.

    The page has a table of the colours. It always shows the colours for light and dark pages side by side.
    """
    dark = 'html[data-theme="dark"]'
    (source / "_static" / "palette.css").write_text(style.css_properties(":root", dark), encoding="utf-8")
    shutil.copytree(Path(style.__file__).parent / "fonts", source / "_static" / "fonts")
    rows = [
        f"<tr><th scope='row'><code>{name}</code></th>{''.join(_swatch(pair[i], i) for i in (0, 1))}"
        f"<td>{html.escape(style.MEANINGS[name])}</td></tr>"
        for name, pair in style.PALETTE.items()
    ]
    page = Path(__file__).with_name("look.md").read_text(encoding="utf-8").replace("<!-- palette -->", "\n".join(rows))
    (source / "look.md").write_text(page, encoding="utf-8")


def _swatch(color, page):
    """Return a table cell that shows a colour and its code on a white page (`page` is 0) or a dark page (1)."""
    ink, paper = (style.PALETTE[name][page] for name in ("ink", "paper"))
    patch = f"<span style='background: {color}; padding: 0.2em 1.2em; border: 1px solid {ink}'></span>"
    return f"<td style='color: {ink}; background: {paper}'>{patch} {color}</td>"
