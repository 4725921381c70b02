"""The look of every figure: colours by meaning, line styles, and what all drawing functions share.

Colours are such that colour-blind readers can tell them apart; a marker or a line style always says
the same as the colour. In every network forward is blue and solid, backward is red and dashed.
"""

import matplotlib.pyplot as plt

FORWARD, BACKWARD = "#0072B2", "#C62828"
LABEL_COLORS, LABEL_MARKERS = ("#56B4E9", "#E69F00"), ("o", "^")
LINE_STYLES = ("-", "--", ":", "-.")
LINE_COLORS = (FORWARD, BACKWARD, "#009E73", "#CC79A7")
INK, PAPER = "#222222", "#FFFFFF"
LIT, FAINT = "#FFF3C4", "#757575"  # what is looked at now, and what is not

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
    """Set fonts, sizes and an opaque background for the figures of this session."""
    plt.rcParams.update(STYLE)


def new_axes(ax, **figure):
    if ax is not None:
        return ax
    return plt.subplots(layout="constrained", **figure)[1]


def arrow(ax, start, stop, color, style, width=2):
    look = {"arrowstyle": "-|>", "color": color, "linestyle": style, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=stop, xytext=start, arrowprops=look)


def bare(ax, xlim, ylim):
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")
