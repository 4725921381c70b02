"""Conversion of figures to SVG images that suit both light and dark pages, and to sharp PNG images.

The colours of the palette are replaced by CSS custom properties, so a single SVG file contains both the light
and the dark theme. If the SVG is shown as an image, the browser chooses the theme from the `color-scheme` of the page,
which `helpers.plotting.theme` sets in JupyterLab. Inside a widget, the widget's style sheet chooses the theme. Images
that encode numbers as colours, such as digits and weights, are inverted on a dark page. Text is drawn as paths because
an SVG image cannot load fonts. It therefore looks the same for all readers. The original text is kept in comments in
the file.
"""

import io
import re
from contextlib import contextmanager

import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
from IPython import get_ipython
from matplotlib.figure import Figure
from matplotlib.textpath import text_to_path
from PIL import Image

from helpers.plotting.style import PALETTE, STYLE, SURFACES

MOST_MARKS = 10_000  # with more marks than this, a PNG is smaller and faster to draw than an SVG
DENSITY = 2  # PNG pixels per CSS pixel
STEADY = {"svg.hashsalt": "lessons", "svg.fonttype": "path"}  # make the output reproducible
COLORS = {pair[0].lower(): (name, pair) for name, pair in reversed((SURFACES | PALETTE).items())}
# Turns the colours of light pages into those of dark pages: it inverts the lightness and keeps the hue.
NIGHT = '[id^="numbers-"] { filter: invert(1) hue-rotate(180deg); }'
# `WRAPPING` matches what matplotlib adds to the drawing: a declaration, metadata, and a style sheet for the whole page.
PLACES = re.compile(r' (?:d|x|y)="[^"]*"')
WRAPPING = re.compile(r"\A.*?(?=<svg)|<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL)


def count_marks(figure):
    """Estimate the number of vertices, markers, patches and texts in a figure."""
    marks = 0
    for ax in figure.axes:
        marks += len(ax.texts) + len(ax.patches)
        marks += sum(len(line.get_xdata(orig=False)) for line in ax.lines)
        for collection in ax.collections:
            vertices = sum(len(path.vertices) for path in collection.get_paths())
            marks += max(len(collection.get_offsets()), vertices)
    return marks


def as_svg(figure, alone=True):
    """Convert a figure to SVG. The same figure always produces the same bytes.

    Parameters
    ----------
    figure : matplotlib Figure
        The figure to convert.
    alone : bool
        Whether to include the palette. It is required if the SVG is shown as an image, but not if the SVG is part of a
        page that already declares the properties from `style.css_properties`.

    Returns
    -------
    str
        The SVG element.
    """
    file = io.StringIO()
    for number, image in enumerate(_images(figure.axes)):
        if np.ndim(image.get_array()) == 2:  # otherwise it contains colours, as a photograph does
            image.set_gid(f"numbers-{number}")  # becomes the id of its SVG element
    with plt.rc_context(STEADY), _formulas_parsed_once():
        figure.savefig(file, format="svg", metadata={"Date": None})
    text, used = WRAPPING.sub("", file.getvalue()).strip(), {}
    text = PLACES.sub(_shortened, text)

    def named(color):
        name, pair = COLORS.get(color[0].lower(), (None, None))
        if name is None:
            return color[0]
        used[name] = pair
        return f"var(--lesson-{name})"

    text = re.sub(r"#[0-9a-fA-F]{6}\b(?=[;\"])", named, text)
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    size = f'width="{width}" height="{height}" style="stroke-linejoin: round; stroke-linecap: butt"'
    text = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', size, text, count=1)
    night = NIGHT if 'id="numbers-' in text else ""
    return re.sub(r"(?<=>)", _both_looks(used, night), text, count=1) if alone else text


@contextmanager
def _formulas_parsed_once():
    """Let all drawings share one formula parser, which caches the last 50 formulas.

    Matplotlib creates a new parser for each drawing. Parsing ten tick labels such as 10⁻⁵ takes a third of
    the drawing time.
    """
    own = matplotlib.text.TextToPath
    matplotlib.text.TextToPath = lambda: text_to_path
    try:
        yield
    finally:
        matplotlib.text.TextToPath = own


def _images(axes):
    """Yield the images in the given axes. Unlike `Figure.findobj`, this does not create all the ticks of each axis."""
    for ax in axes:
        yield from ax.images
        yield from _images(ax.child_axes)


def _shortened(place):
    """Round coordinates to a hundredth of a point and remove line breaks.

    This precision is sufficient, and having fewer lines shortens notebook files, which store each line of an SVG
    separately.
    """
    return re.sub(r"(?<=\.\d\d)\d+", "", place[0]).replace("\n", "")


def _both_looks(used, night):
    """Return the style sheet of an SVG image, which defines its colours for light and dark pages."""
    light, dark = (" ".join(f"--lesson-{name}: {pair[i]};" for name, pair in sorted(used.items())) for i in (0, 1))
    dark += f" }} {night}" if night else " }"
    return f"<style>:root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }}</style>"


def as_png(figure):
    """Convert a figure to PNG with `DENSITY` pixels per CSS pixel.

    The background is opaque, because no text colour has enough contrast with both white and dark pages: a colour whose
    contrast with white is 4.5 to 1 has a contrast of at most 4.2 to 1 with the #111111 of JupyterLab's dark theme.

    For a figure that contains no images, 128 colours are sufficient. This reduces the file to a third of its size.

    Returns
    -------
    data : bytes
        The PNG file.
    metadata : dict
        Width and height of the figure on the page, in CSS pixels.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=96 * DENSITY)
    if not any(ax.images for ax in figure.axes):
        reduced = Image.open(file).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        file = io.BytesIO()
        reduced.save(file, format="png", optimize=True)
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return file.getvalue(), {"width": width, "height": height}


def use_style():
    """Set the fonts and colours of all figures in this session, and make notebooks show sharp figures in both themes.

    Every figure is output as PNG and, if it has at most `MOST_MARKS` marks, as SVG as well. The PNG is used by viewers
    that do not show SVG, such as GitHub and, until the notebook is trusted, JupyterLab.
    """
    plt.rcParams.update(STYLE)
    shell = get_ipython()
    if shell is not None:
        import matplotlib_inline.backend_inline  # noqa: F401  its first import would otherwise reset the formats later

        formatters = shell.display_formatter.formatters
        formatters["image/svg+xml"].for_type(Figure, _svg_of_few_marks)
        formatters["image/png"].for_type(Figure, as_png)
    if getattr(shell, "kernel", None) is not None:  # neither in a terminal nor on a page of the book
        from helpers.plotting.theme import Theme  # slow to import, and only needed here

        Theme()


def _svg_of_few_marks(figure):
    return as_svg(figure) if count_marks(figure) <= MOST_MARKS else None
