"""Figure of the transformer in lesson 12: the whole network, and its attention in detail."""

from itertools import pairwise

from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from helpers.plotting.style import (
    BODY,
    FORWARD,
    FORWARD_SOFT,
    HAIRLINE,
    HEAD,
    INK,
    MUTED,
    PANEL,
    PAPER,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    new_axes,
)

_HEIGHT = 0.34  # height of a box; all lengths are in inches
_SPINE = 1.75  # x coordinate of the middle of the boxes in the network


def transformer(n_features, n_hidden, n_tokens, ax=None):
    """Draw a transformer with one block whose attention has two heads.

    The data flows upwards. The network is on the left, and the attention is drawn in detail on the right. Some
    arrows are labelled with the shapes of their arrays for an example of n tokens.

    Parameters
    ----------
    n_features : int
        Number of features of each token. It must be even.
    n_hidden : int
        Number of units in the hidden layer of the block.
    n_tokens : int
        Number of different tokens.
    """
    ax = new_axes(ax, figsize=(WIDTH, 5.1))
    _network(ax, n_features, n_hidden, n_tokens)
    _attention(ax, n_features)
    bare(ax, (0, WIDTH), (-0.1, 5.0))
    return ax


def _network(ax, n_features, n_hidden, n_tokens):
    ax.add_patch(Rectangle((0.3, 0.93), 2.9, 2.75, facecolor=PANEL, edgecolor="none"))
    ax.text(3.1, 3.6, "block", ha="right", va="top", fontsize=HEAD, color=MUTED)
    texts = {
        0.56: "letter: row of $E$,  plus place: row of $P$",
        1.28: "normalise",
        1.76: "attention, 2 heads",
        2.68: "normalise",
        3.16: f"hidden layer, {n_hidden} units",
        4.0: "normalise",
        4.48: "products with the rows of $E$",
    }
    for y, text in texts.items():
        _box(ax, _SPINE, y, 2.9 if y in (0.56, 4.48) else 1.9, text)
    stops = [0.56, 1.28, 1.76, 2.2, 2.68, 3.16, 3.52, 4.0, 4.48]
    edges = [(y - half, y + half) for y in stops for half in [0.09 if y in (2.2, 3.52) else _HEIGHT / 2]]
    for (_, top), (bottom, _) in pairwise(edges):
        _flow(ax, (_SPINE, top), (_SPINE, bottom))
    for start, stop in ((1.0, 2.2), (2.4, 3.52)):
        _residual(ax, start, stop)
    _flow(ax, (_SPINE, 0.2), (_SPINE, 0.56 - _HEIGHT / 2))
    _flow(ax, (_SPINE, 4.48 + _HEIGHT / 2), (_SPINE, 4.82))
    ax.text(_SPINE, 0.16, "$n$ tokens", ha="center", va="top", fontsize=BODY)
    ax.text(_SPINE, 4.84, f"logits, $n$ × {n_tokens}", ha="center", va="bottom", fontsize=BODY)
    for y in (0.83, 3.75):
        _shape(ax, _SPINE + 0.07, y, f"$n$ × {n_features}")


def _residual(ax, start, stop):
    """Draw a residual connection that bypasses the boxes between the heights `start` and `stop`, and ends in a sum."""
    ax.plot([_SPINE, 0.55, 0.55], [start, start, stop], color=FORWARD, linewidth=1.1, solid_joinstyle="round")
    _flow(ax, (0.55, stop), (_SPINE - 0.09, stop))
    ax.add_patch(Circle((_SPINE, stop), 0.09, facecolor=PAPER, edgecolor=INK, linewidth=1, zorder=3))
    ax.text(_SPINE, stop, "+", ha="center", va="center", fontsize=SMALL, zorder=4)


def _attention(ax, n_features):
    left, right, middle = 3.75, 8.3, 6.02
    ax.add_patch(Rectangle((left, 0.4), right - left, 4.2, facecolor="none", edgecolor=HAIRLINE, linewidth=THIN))
    ax.text(left + 0.1, 4.52, "attention, 2 heads", ha="left", va="top", fontsize=HEAD, color=MUTED)
    for y, corner in ((1.76 - _HEIGHT / 2, 0.4), (1.76 + _HEIGHT / 2, 4.6)):
        ax.plot([_SPINE + 0.95, left], [y, corner], color=HAIRLINE, linewidth=THIN)
    half = n_features // 2
    for x in (middle - 1.12, middle + 1.12):
        for step, name in ((-0.68, "$Q$"), (0, "$K$"), (0.68, "$V$")):
            _box(ax, x + step, 1.48, 0.5, name)
            _flow(ax, (middle + 0.3 * (x + step - middle), 0.92), (x + step, 1.48 - _HEIGHT / 2))
        _box(ax, x - 0.34, 2.3, 1.18, "weights $\\alpha_{ts}$")
        for step in (-0.68, 0):
            _flow(ax, (x + step, 1.48 + _HEIGHT / 2), (x + step, 2.3 - _HEIGHT / 2))
        _box(ax, x, 3.02, 1.86, "mixtures of values")
        _flow(ax, (x - 0.34, 2.3 + _HEIGHT / 2), (x - 0.34, 3.02 - _HEIGHT / 2))
        _flow(ax, (x + 0.68, 1.48 + _HEIGHT / 2), (x + 0.68, 3.02 - _HEIGHT / 2))
        _flow(ax, (x, 3.02 + _HEIGHT / 2), (middle + 0.4 * (x - middle), 3.72 - _HEIGHT / 2))
        _shape(ax, x - 0.27, 2.66, "$n$ × $n$")
        _shape(ax, x + 0.75, 2.3, f"$n$ × {half}", ha="left")
    _box(ax, middle, 0.75, 2.2, f"$n$ tokens, {n_features} features each")
    _box(ax, middle, 3.72, 2.2, "side by side, times $W_o$")
    _flow(ax, (middle, 3.72 + _HEIGHT / 2), (middle, 4.36))
    _shape(ax, middle + 0.07, 4.13, f"$n$ × {n_features}")


def _flow(ax, start, stop):
    arrow(ax, start, stop, FORWARD, "-", 1.1)


def _box(ax, x, y, width, text):
    """Draw a box with its centre at (x, y)."""
    look = {"boxstyle": "round,pad=0,rounding_size=0.06", "facecolor": FORWARD_SOFT, "edgecolor": INK}
    corner = (x - width / 2, y - _HEIGHT / 2)
    ax.add_patch(FancyBboxPatch(corner, width, _HEIGHT, linewidth=THIN, zorder=2, **look))
    ax.text(x, y, text, ha="center", va="center", fontsize=SMALL, zorder=4)


def _shape(ax, x, y, text, ha="left"):
    ax.text(x, y, text, ha=ha, va="center", fontsize=SMALL, color=MUTED)
