"""Conversion of figures to SVG that suits both light and dark pages, and to sharp PNG.

Colours of the palette become CSS custom properties, so that one file holds both themes: for an image, the page's
`color-scheme` decides; inside a widget, the widget's style sheet. Glyphs are drawn as paths, because an image on a
page cannot load fonts, so all readers see the same. The text itself stays in the file, as comments.
"""

import io
import re

import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib.figure import Figure
from PIL import Image

from helpers.plotting.style import PALETTE, STYLE, SURFACES

MOST_MARKS = 6000  # in a figure drawn as SVG: above this, a PNG is smaller and faster
DENSITY = 2  # PNG pixels per CSS pixel
STEADY = {"svg.hashsalt": "lessons", "svg.fonttype": "path"}  # the same figure gives the same bytes
COLORS = {pair[0].lower(): (name, pair) for name, pair in reversed((SURFACES | PALETTE).items())}
# What matplotlib adds around the drawing: a declaration, metadata, and a style sheet for the whole page.
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
    """Convert a figure to the text of an SVG element, reproducible byte for byte.

    Parameters
    ----------
    figure : matplotlib Figure
    alone : bool, whether to include the palette, as an image must; on a page that declares
        `style.css_properties` it is not needed
    """
    file = io.StringIO()
    with plt.rc_context(STEADY):
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
    return re.sub(r"(?<=>)", _both_looks(used), text, count=1) if alone else text


def _shortened(place):
    """Coordinates to a hundredth of a point, which is enough, and on one line: notebooks store each line separately."""
    return re.sub(r"(\.\d\d)\d+", r"\1", place[0]).replace("\n", "")


def _both_looks(used):
    """The style sheet of an SVG image, with its colours on light and on dark pages."""
    light, dark = (" ".join(f"--lesson-{name}: {pair[i]};" for name, pair in sorted(used.items())) for i in (0, 1))
    return f"<style>:root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}</style>"


def as_png(figure):
    """Convert a figure to PNG, with `DENSITY` pixels per CSS pixel and its size on the page as metadata.

    Without images in it, 128 colours are enough and reduce the file to a third of its size.
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
    """Set fonts and colours for all figures of this session, and make notebooks show them sharply in both themes.

    Every figure is shown as PNG and, if it has at most `MOST_MARKS` marks, also as SVG. The PNG is for viewers that
    show no SVG: GitHub, and JupyterLab before a notebook is trusted.
    """
    plt.rcParams.update(STYLE)
    shell = get_ipython()
    if shell is not None:
        import matplotlib_inline.backend_inline  # noqa: F401  sets its own formats on first import

        formatters = shell.display_formatter.formatters
        formatters["image/svg+xml"].for_type(Figure, _svg_of_few_marks)
        formatters["image/png"].for_type(Figure, as_png)


def _svg_of_few_marks(figure):
    return as_svg(figure) if count_marks(figure) <= MOST_MARKS else None
