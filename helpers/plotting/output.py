"""How a figure leaves Python: as SVG that is at home on a light page and on a dark one, and as a sharp PNG.

Colours of the palette become CSS custom properties, so that one file holds both looks: in an image the page's
`color-scheme` decides, inside a widget the widget's own style sheet. Glyphs are drawn as paths, because a page may
load no font into an image, and all readers see the same. The text itself stays in the file, as comments.
"""

import io
import re

import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib.figure import Figure
from PIL import Image

from helpers.plotting.style import PALETTE, STYLE, SURFACES

MOST_MARKS = 6000  # of a figure that is drawn as SVG: beyond, a PNG is smaller and faster
DENSITY = 2  # pixels of a PNG for each CSS pixel
STEADY = {"svg.hashsalt": "lessons", "svg.fonttype": "path"}  # the same figure gives the same bytes
COLORS = {pair[0].lower(): (name, pair) for name, pair in reversed((SURFACES | PALETTE).items())}
# What matplotlib writes around the drawing: a declaration, metadata, and a style sheet for the whole page.
PLACES = re.compile(r' (?:d|x|y)="[^"]*"')
WRAPPING = re.compile(r"\A.*?(?=<svg)|<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL)


def count_marks(figure):
    """About the number of vertices, markers, patches and texts that a figure draws."""
    marks = 0
    for ax in figure.axes:
        marks += len(ax.texts) + len(ax.patches)
        marks += sum(len(line.get_xdata(orig=False)) for line in ax.lines)
        for collection in ax.collections:
            vertices = sum(len(path.vertices) for path in collection.get_paths())
            marks += max(len(collection.get_offsets()), vertices)
    return marks


def as_svg(figure, alone=True):
    """A figure as the text of an SVG element, the same bytes for the same figure.

    Parameters
    ----------
    figure : matplotlib Figure
    alone : bool, whether it brings the palette with it, as an image must; within a page that declares
        `style.css_properties` it need not
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
    """Places to a hundredth of a point, which is enough, and on one line: a notebook stores each line apart."""
    return re.sub(r"(\.\d\d)\d+", r"\1", place[0]).replace("\n", "")


def _both_looks(used):
    """The style sheet of an SVG image: its colours on a light page, and on a dark one."""
    light, dark = (" ".join(f"--lesson-{name}: {pair[i]};" for name, pair in sorted(used.items())) for i in (0, 1))
    return f"<style>:root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}</style>"


def as_png(figure):
    """A figure as PNG, with `DENSITY` pixels for each CSS pixel, and its size on the page as metadata.

    Without pictures in it, 128 colours are enough, and the file is a third of the size.
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
    """Set type and colours for all figures of this session, and let a notebook show them sharp, on either kind of page.

    A figure becomes SVG if it has up to `MOST_MARKS` marks, and PNG as well, for what shows no SVG: JupyterLab
    before a notebook is trusted, and GitHub.
    """
    plt.rcParams.update(STYLE)
    shell = get_ipython()
    if shell is not None:
        import matplotlib_inline.backend_inline  # noqa: F401  sets formats of its own when it is first imported

        formatters = shell.display_formatter.formatters
        formatters["image/svg+xml"].for_type(Figure, _svg_of_few_marks)
        formatters["image/png"].for_type(Figure, as_png)


def _svg_of_few_marks(figure):
    return as_svg(figure) if count_marks(figure) <= MOST_MARKS else None
