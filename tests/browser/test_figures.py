"""Figures in JupyterLab: at home on a light and on a dark page, from the first one on, and legible on a narrow one."""

import io
import time

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
    """No widget has been shown before it, and JupyterLab leaves the colour scheme to us."""
    notebook = nbformat.v4.new_notebook(metadata=KERNEL, cells=[nbformat.v4.new_code_cell(CODE)])
    nbformat.write(notebook, lab.folder / "notebooks" / "figure.ipynb")
    open_and_run(page, lab, "figure")
    page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
    page.evaluate("() => { document.body.style.colorScheme = '' }")  # not every version of JupyterLab sets it
    figure = page.locator(".jp-RenderedSVG img")
    SHOTS.mkdir(parents=True, exist_ok=True)
    paper, ink = (grey(PALETTE[name][theme == "Dark"]) for name in ("paper", "ink"))
    end = time.monotonic() + 30
    while time.monotonic() < end:  # the browser may paint the image in its new colours a moment later
        shown = figure.screenshot(path=SHOTS / f"figure-{theme.lower()}.png")
        pixels = np.asarray(Image.open(io.BytesIO(shown)).convert("L")).astype(int)
        shares = [(abs(pixels - color) < 25).mean() for color in (paper, ink)]
        if pixels[2, 2] == paper and min(shares) > 0.1 and sum(shares) > 0.95:
            return
    raise AssertionError(f"the corner is {pixels[2, 2]} and not {paper}; shares of paper and ink: {shares}")


# The widths of a figure, of the part of it that is seen, and of the page with all that sticks out.
SEEN = """image => [image.clientWidth, image.parentElement.clientWidth, document.documentElement.scrollWidth]"""


@pytest.mark.parametrize("form", ["SVG", "Image"])
def test_a_figure_fits_a_narrow_page_and_scrolls_on_a_phone(page, lab, form):
    code = CODE if form == "SVG" else "from helpers.plotting import output\noutput.MOST_MARKS = 0\n" + CODE
    notebook = nbformat.v4.new_notebook(metadata=KERNEL, cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, lab.folder / "notebooks" / "narrow.ipynb")
    open_and_run(page, lab, "narrow")
    figure = page.locator(f".jp-Rendered{form} img")
    figure.evaluate("image => image.decode()")
    assert figure.evaluate(SEEN)[0] == 806
    for width, whole in ((800, None), (390, 36 * 16)):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"document.querySelector('.jp-Rendered{form}').clientWidth < {width}")
        shown, seen, across = figure.evaluate(SEEN)
        assert shown == (whole or seen) and seen < across == width
    figure.evaluate("image => { image.parentElement.scrollLeft = 1000 }")
    assert figure.evaluate("image => image.parentElement.scrollLeft") == pytest.approx(shown - seen, abs=1)


def grey(color):
    """Return the level of a colour in a greyscale image."""
    return Image.new("RGB", (1, 1), color).convert("L").getpixel((0, 0))
