"""The visual style of all figures, widgets and web pages: colours with their meanings, fonts, lines and spacing.

Each meaning has two colours, one for light pages and one for dark pages. The constants below contain the light colours.
`helpers.plotting.output` adds the dark colours when a figure is displayed, and `css_properties` provides both as CSS
custom properties. Colour-blind readers can tell the colours apart, and a marker or a line style always repeats the
information that a colour carries. In every network, the forward pass is drawn in solid blue and the backward pass in
dashed red.
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex, to_rgb
from matplotlib.font_manager import fontManager

# Maps each name to a colour for light pages, a colour for dark pages, and a description of the meaning.
_MEANINGS = {
    "ink": ("#1F2933", "#E6E9EC", "text and edges of units"),
    "muted": ("#5B6573", "#A7B0BB", "axes, tick labels and remarks"),
    "faint": ("#6E7681", "#8B949E", "elements that play no part in the current step"),
    "hairline": ("#D5DAE0", "#3A4149", "grids and frames"),
    "paper": ("#FFFFFF", "#111111", "the page"),
    "panel": ("#F3F5F7", "#1E2328", "background of boxes and units"),
    "lit": ("#FFF1B8", "#4D3F00", "background of the current step"),
    "forward": ("#0072B2", "#5DB4F0", "values in the forward pass; always drawn as a solid line"),
    "forward-soft": ("#D3E8F6", "#143C57", "filled areas in the forward pass"),
    "backward": ("#C62828", "#FF8A80", "derivatives in the backward pass; always drawn as a dashed line"),
    "backward-soft": ("#FADAD7", "#5A211E", "filled areas in the backward pass"),
    "label-0": ("#7B4FA3", "#BE9BE3", "label 0, marked by circles, and negative weights, activations and derivatives"),
    "label-1": (
        "#AD5A00",
        "#F2A33C",
        "label 1, marked by triangles, and positive weights, activations and derivatives",
    ),
    "right": ("#1A7F37", "#56C271", "a correct answer, marked by ✓"),
    "wrong": ("#B3261E", "#FF8F85", "a mistake, marked by ✗"),
    "series-1": ("#00707A", "#4CC3CC", "first curve whose colour has no special meaning; solid line"),
    "series-2": ("#A13D7A", "#EE8CC4", "second such curve; dashed line"),
    "series-3": ("#8A5A00", "#DDAA4E", "third such curve; dotted line"),
    "series-4": ("#4F5BA6", "#A3AEF5", "fourth such curve; dash-dotted line"),
}
PALETTE = {name: (light, dark) for name, (light, dark, _) in _MEANINGS.items()}
MEANINGS = {name: words for name, (_, _, words) in _MEANINGS.items()}
LIGHT = {name: pair[0] for name, pair in PALETTE.items()}

INK, MUTED, FAINT, HAIRLINE = (LIGHT[name] for name in ("ink", "muted", "faint", "hairline"))
PAPER, PANEL, LIT = (LIGHT[name] for name in ("paper", "panel", "lit"))
FORWARD, FORWARD_SOFT = LIGHT["forward"], LIGHT["forward-soft"]
BACKWARD, BACKWARD_SOFT = LIGHT["backward"], LIGHT["backward-soft"]
RIGHT, WRONG = LIGHT["right"], LIGHT["wrong"]
LABEL_COLORS, LABEL_MARKERS = (LIGHT["label-0"], LIGHT["label-1"]), ("o", "^")
NEGATIVE, POSITIVE = LABEL_COLORS
LINE_COLORS = tuple(LIGHT[f"series-{n}"] for n in range(1, 5))
LINE_STYLES, LINE_MARKERS = ("-", "--", ":", "-."), ("o", "^", "s", "D")

# One point is 4/3 of a CSS pixel, so body text in figures is about as large as the text in JupyterLab.
WIDTH = 8.4  # inches, or 806 CSS pixels; equals the width of the text
SMALL, BODY, HEAD, MATH = 9.0, 10.0, 10.5, 12.0  # font sizes in points
THIN, LINE, BOLD = 0.7, 1.7, 2.6  # line widths in points: axes and frames; curves and arrows; highlights
SPACE = 4  # CSS pixels; all distances are multiples of this value


def mix(color, other, share):
    """Blend two colours and return the result as "#RRGGBB".

    Parameters
    ----------
    color, other : matplotlib color
        The two colours.
    share : float
        Fraction of `other` in the result, from 0 to 1.
    """
    parts = zip(to_rgb(color), to_rgb(other), strict=True)
    return to_hex([(1 - share) * a + share * b for a, b in parts]).upper()


def _ramp(start, stop, steps, most):
    """Return `steps` pairs of light and dark colours that lead from one palette colour towards another.

    The last pair lies a fraction `most` of the way from `start` to `stop`.
    """
    shares = [most * (i + 1) / steps for i in range(steps)]
    return [tuple(mix(a, b, t) for a, b in zip(PALETTE[start], PALETTE[stop], strict=True)) for t in shares]


# Colour maps with discrete steps. The first runs from label 0 through the page colour to label 1, and the second from
# low to high values.
DIVERGING = [*_ramp("paper", "label-0", 5, 0.4)[::-1], *_ramp("paper", "label-1", 5, 0.4)]
SEQUENTIAL = _ramp("paper", "muted", 12, 0.4)
SURFACES = {
    f"{kind}-{i}": pair
    for kind, ramp in (("two-sided", DIVERGING), ("one-sided", SEQUENTIAL))
    for i, pair in enumerate(ramp, 1)
}

# The folder `fonts` contains this open typeface. Glyphs that it lacks, such as →, are taken from DejaVu Sans.
TYPEFACE = "Inter"
for _file in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
    fontManager.addfont(_file)

STYLE = {
    "font.family": [TYPEFACE, "DejaVu Sans"],
    "figure.figsize": (WIDTH, 3.9),
    "figure.dpi": 96,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "axes.facecolor": "none",
    "font.size": BODY,
    "axes.titlesize": HEAD,
    "axes.titleweight": "normal",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": BODY,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": THIN,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.width": THIN,
    "ytick.major.width": THIN,
    "xtick.minor.width": THIN,
    "ytick.minor.width": THIN,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "lines.linewidth": LINE,
    "lines.markersize": 4.5,
    "mathtext.fontset": "cm",  # matches the formulas in the text
}


def css_properties(light=":root", dark='[data-jp-theme-light="false"]'):
    """Return all colours, font sizes, line widths and spacing as CSS custom properties, such as --lesson-forward.

    Parameters
    ----------
    light, dark : str
        CSS selectors of the elements on light pages and on dark pages. `dark` may also be a media query, such as
        "@media (prefers-color-scheme: dark)".

    Returns
    -------
    str
        CSS rules that declare the properties.
    """
    sizes = {"small": SMALL, "body": BODY, "head": HEAD, "math": MATH, "thin": THIN, "line": LINE, "bold": BOLD}
    rest = {name: f"{round(points * 4 / 3, 2):g}px" for name, points in sizes.items()} | {"space": f"{SPACE}px"}
    first, second = ({name: pair[i] for name, pair in (PALETTE | SURFACES).items()} for i in (0, 1))
    night = f"{dark} {{ {light} {{ {_declared(second)} }} }}" if dark[0] == "@" else f"{dark} {{ {_declared(second)} }}"
    return f"{light} {{ {_declared(first | rest)} }}\n{night}"


def _declared(values):
    return " ".join(f"--lesson-{name}: {value};" for name, value in values.items())


def new_axes(ax, **figure):
    """Return `ax`, or the axes of a new figure if `ax` is None. The keyword arguments are passed to `plt.subplots`."""
    if ax is not None:
        return ax
    return plt.subplots(**{"layout": "constrained", **figure})[1]


def arrow(ax, start, stop, color, style, width=LINE, **options):
    """Draw an arrow between two points in data coordinates.

    Further keyword arguments are passed to matplotlib's `FancyArrowPatch`.
    """
    look = {"arrowstyle": "-|>", "color": color, "linestyle": style, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=stop, xytext=start, arrowprops=look | {"mutation_scale": 5 + 4 * width, **options})


def decimals(number, digits=2):
    """Format a number with `digits` decimals and a true minus sign, never as negative zero. Return text unchanged."""
    return number if isinstance(number, str) else f"{float(number):z.{digits}f}".replace("-", "−")


def bare(ax, xlim, ylim):
    """Set the limits of the axes and hide the axis lines, ticks and labels."""
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")
