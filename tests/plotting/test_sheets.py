"""Sheets with every figure of the lessons in a browser: both themes, three widths, the widest at double density.

They are kept in build/screenshots/figures, to be looked at.
"""

import base64
import html
import io
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from chromium import NO_OTHER_HOST, launched
from PIL import Image

from helpers import plotting
from helpers.plotting.output import as_svg
from helpers.plotting.style import PALETTE, STYLE

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots" / "figures"
THEMES = ("light", "dark")
WIDTHS = {1280: 806, 800: 620, 390: 350}  # of a page, and of a figure in it
ACROSS = 3400  # CSS pixels of a sheet
PATIENCE = 120_000  # milliseconds for a sheet: a second, but machines are busy
PAGE = """<html style="color-scheme: {theme}; background: {paper}; color: {ink}; font: 14px sans-serif"><body
    style="display: grid; grid-template-columns: repeat({columns}, {width}px); gap: 30px; align-items: end">{figures}"""


def figures():
    """A network as it is drawn now, then every figure in the outputs of the lessons: name, and address as data."""
    with plt.rc_context(STYLE):
        yield "now", _address(as_svg(plotting.network([3, 4, 2, 1]).figure))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        for cell, output in [(owner, output) for owner in cells for output in owner.outputs]:
            data = output.get("data", {})
            if "image/svg+xml" in data:
                yield cell.id, _address(data["image/svg+xml"])
            elif "image/png" in data:
                yield cell.id, "data:image/png;base64," + data["image/png"].replace("\n", "")


def _address(svg):
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@pytest.fixture(scope="module")
def sheets():
    """Draw the sheets; the first figure on each as an array of pixels by theme and width."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown, found = list(figures()), {}
    with launched(NO_OTHER_HOST) as browser:
        for width, inner in WIDTHS.items():
            columns = ACROSS // (inner + 30)
            images = "".join(
                f'<figure style="margin: 0"><img style="width: 100%" src="{address}">{html.escape(name)}</figure>'
                for name, address in shown
            )
            for number, theme in enumerate(THEMES):
                page = browser.new_page(
                    viewport={"width": columns * (inner + 30) + 30, "height": 900},
                    device_scale_factor=2 if width == 1280 else 1,
                )
                paper, ink = PALETTE["paper"][number], PALETTE["ink"][number]
                page.set_content(
                    PAGE.format(theme=theme, paper=paper, ink=ink, columns=columns, width=inner, figures=images)
                )
                page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
                sheet = SHOTS / f"{theme}-{width}.jpg"
                page.screenshot(path=sheet, full_page=True, quality=90, timeout=PATIENCE, type="jpeg")
                first = page.locator("img").first.screenshot(timeout=PATIENCE)
                found[theme, width] = np.asarray(Image.open(io.BytesIO(first)).convert("L"))
                page.close()
    return found


def test_figures_are_dark_on_a_dark_page_and_light_on_a_white_one(sheets):
    assert set(sheets) == {(theme, width) for theme in THEMES for width in WIDTHS}
    assert {path.stem for path in SHOTS.glob("*.jpg")} == {f"{theme}-{width}" for theme, width in sheets}
    for width in WIDTHS:
        light, dark = (sheets[theme, width] for theme in THEMES)
        assert light.shape == dark.shape
        assert (light > 240).mean() > 0.7 and (dark < 25).mean() > 0.7
        assert (light < 160).any() and (dark > 130).any()
