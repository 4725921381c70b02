"""Sheets with every figure of the lessons in a browser: both themes, three widths, the widest at double density.

They are kept in build/screenshots/figures, to be looked at.
"""

import base64
import html
import io
import itertools
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
PAGE = """<html style="font: 14px sans-serif"><body style="display: grid; gap: 30px; align-items: end">{figures}"""
# Arranges the figures of a page in columns of this width, and gives it the colours of a theme.
ARRANGE = """([columns, width, scheme, paper, ink]) => {
    document.body.style.gridTemplateColumns = `repeat(${columns}, ${width}px)`
    Object.assign(document.documentElement.style, {colorScheme: scheme, background: paper, color: ink})
    return Promise.all([...document.images].map(image => image.decode()))
}"""


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
    images = "".join(
        f'<figure style="margin: 0"><img style="width: 100%" src="{address}">{html.escape(name)}</figure>'
        for name, address in figures()
    )
    found, widest = {}, max(WIDTHS)
    with launched(NO_OTHER_HOST) as browser:
        for scale, widths in ((2, {widest}), (1, WIDTHS.keys() - {widest})):
            page = browser.new_page(device_scale_factor=scale)
            page.set_content(PAGE.format(figures=images))
            for width, (number, theme) in itertools.product(widths, enumerate(THEMES)):
                inner, colors = WIDTHS[width], [PALETTE[name][number] for name in ("paper", "ink")]
                columns = ACROSS // (inner + 30)
                page.set_viewport_size({"width": columns * (inner + 30) + 30, "height": 900})
                page.evaluate(ARRANGE, [columns, inner, theme, *colors])
                sheet = SHOTS / f"{theme}-{width}.jpg"
                page.screenshot(path=sheet, full_page=True, quality=90, timeout=PATIENCE, type="jpeg")
                first = page.locator("img").first.screenshot(timeout=PATIENCE)
                found[theme, width] = np.asarray(Image.open(io.BytesIO(first)).convert("L"))
            page.close()
    return found


def test_figures_are_dark_on_a_dark_page_and_light_on_a_white_one(sheets):
    assert set(sheets) == {(theme, width) for theme in THEMES for width in WIDTHS}
    assert {path.stem for path in SHOTS.glob("*.jpg")} >= {f"{theme}-{width}" for theme, width in sheets}
    for width in WIDTHS:
        light, dark = (sheets[theme, width] for theme in THEMES)
        assert light.shape == dark.shape
        assert (light > 240).mean() > 0.7 and (dark < 25).mean() > 0.7
        assert (light < 160).any() and (dark > 130).any()
