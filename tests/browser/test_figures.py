"""Figures in JupyterLab: at home on a light and on a dark page, from the first one on."""

import io

import nbformat
import numpy as np
import pytest
from PIL import Image
from test_front_ends import KERNEL
from test_lessons import CHANGE_THEME, SHOTS, open_and_run

from helpers.plotting.style import PALETTE

CODE = """
import matplotlib.pyplot as plt
import numpy as np
from helpers import plotting
plotting.use_style()
plotting.images(np.ones((8, 784)), titles=8 * ["ink"])
plt.show()
"""


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_first_figure_has_the_colours_of_the_page(page, lab, theme):
    """No widget has been shown before it."""
    notebook = nbformat.v4.new_notebook(metadata=KERNEL, cells=[nbformat.v4.new_code_cell(CODE)])
    nbformat.write(notebook, lab.folder / "notebooks" / "figure.ipynb")
    open_and_run(page, lab, "figure")
    page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
    page.locator("#lesson-theme").wait_for(state="attached")
    figure = page.locator(".jp-RenderedSVG img")
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown = figure.screenshot(path=SHOTS / f"figure-{theme.lower()}.png")
    pixels = np.asarray(Image.open(io.BytesIO(shown)).convert("L")).astype(int)
    paper, ink = (Image.new("RGB", (1, 1), PALETTE[name][theme == "Dark"]).convert("L").getpixel((0, 0))
                  for name in ("paper", "ink"))  # fmt: skip
    assert pixels[2, 2] == paper
    assert (abs(pixels - paper) < 3).mean() > 0.1
    assert (abs(pixels - ink) < 25).mean() > 0.5  # eight images, all ink
