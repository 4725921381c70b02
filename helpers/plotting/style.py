"""The look of every figure: colours and their meaning, line styles, and helpers shared by all drawing functions.

Colour-blind readers can tell the colours apart, and a marker or line style always repeats what a colour
says. In every network, forward is solid blue and backward is dashed red.
"""

import matplotlib.pyplot as plt

FORWARD, BACKWARD = "#0072B2", "#C62828"
LABEL_COLORS, LABEL_MARKERS = ("#56B4E9", "#E69F00"), ("o", "^")
LINE_STYLES = ("-", "--", ":", "-.")
LINE_COLORS = (FORWARD, BACKWARD, "#009E73", "#CC79A7")
INK, PAPER = "#222222", "#FFFFFF"
LIT, FAINT = "#FFF3C4", "#757575"  # the current step, and everything else

STYLE = {
    "figure.figsize": (7, 4.2),
    "figure.dpi": 110,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 2,
}


def use_style():
    """Set fonts, sizes and an opaque background for all figures of this session."""
    plt.rcParams.update(STYLE)


def new_axes(ax, **figure):
    """The given axes, or those of a new figure if `ax` is None."""
    if ax is not None:
        return ax
    return plt.subplots(layout="constrained", **figure)[1]


def arrow(ax, start, stop, color, style, width=2):
    """Draw an arrow between two points in data coordinates."""
    look = {"arrowstyle": "-|>", "color": color, "linestyle": style, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=stop, xytext=start, arrowprops=look)


def bare(ax, xlim, ylim):
    """Set the limits and hide the axes."""
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")
