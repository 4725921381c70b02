"""Sheets with every figure of the lessons, as it looks in a browser: both themes, three widths, two pixels for one.

They are kept in build/screenshots/figures, to be looked at.
"""

import base64
import html
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from chromium import NO_OTHER_HOST, launched
from PIL import Image

from helpers.plotting.style import PALETTE

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots" / "figures"
THEMES = ("light", "dark")
COLUMNS = {1280: 3, 800: 4, 390: 6}  # figures side by side, each as in a page of that width
WIDEST = 806
PAGE = """<html style="color-scheme: {theme}; background: {paper}; color: {ink}; font: 14px sans-serif"><body
    style="display: grid; grid-template-columns: repeat({columns}, {width}px); gap: 30px; align-items: end">{figures}"""


def figures():
    """Every figure in the outputs of the lessons: its name, and its address as data."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        for cell, output in [(owner, output) for owner in cells for output in owner.outputs]:
            data = output.get("data", {})
            if "image/svg+xml" in data:
                text = base64.b64encode(data["image/svg+xml"].encode()).decode()
                yield cell.id, f"data:image/svg+xml;base64,{text}"
            elif "image/png" in data:
                yield cell.id, "data:image/png;base64," + data["image/png"].replace("\n", "")


@pytest.fixture(scope="module")
def sheets():
    """The sheets as arrays of pixels, by theme and width."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown, found = list(figures()), {}
    with launched(NO_OTHER_HOST) as browser:
        for width, columns in COLUMNS.items():
            inner = min(width - 20, WIDEST)
            images = "".join(
                f'<figure style="margin: 0"><img style="width: 100%" src="{address}">{html.escape(name)}</figure>'
                for name, address in shown
            )
            for number, theme in enumerate(THEMES):
                page = browser.new_page(
                    viewport={"width": columns * (inner + 30) + 30, "height": 900}, device_scale_factor=2
                )
                paper, ink = PALETTE["paper"][number], PALETTE["ink"][number]
                page.set_content(
                    PAGE.format(theme=theme, paper=paper, ink=ink, columns=columns, width=inner, figures=images)
                )
                page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
                data = page.screenshot(path=SHOTS / f"figures-{theme}-{width}.png", full_page=True)
                found[theme, width] = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
                page.close()
    return found


def test_figures_are_dark_on_a_dark_page_and_light_on_a_white_one(sheets):
    assert set(sheets) == {(theme, width) for theme in THEMES for width in COLUMNS}
    for width in COLUMNS:
        light, dark = (sheets[theme, width] for theme in THEMES)
        assert light.shape == dark.shape
        assert (light > 200).mean() > 0.7
        assert (dark < 55).mean() > 0.5  # pictures of digits and cats keep their own paper
