"""The two passes of backpropagation in one figure, for any number of layers."""

import matplotlib.pyplot as plt

from helpers.plotting.style import BACKWARD, FAINT, FORWARD, INK, LIT, PAPER, arrow, bare, new_axes

TOP, BOTTOM = 1.5, -1.5  # heights of the forward and the backward pass; the store is between them, at 0
STEP = 2.5  # from layer to layer


def two_passes(L=3, ax=None):
    """The forward and the backward pass through L layers, and the store between them.

    Solid blue arrows carry A[0] … A[L] from left to right, and stored values drop into the store. Dashed red
    arrows carry dZ[L] … dZ[1] from right to left, each using the stored values above it.

    Parameters
    ----------
    L : int, number of layers
    """
    ax = new_axes(ax, figsize=(plt.rcParams["figure.figsize"][0], 3.4))
    end = STEP * L + 0.95  # left edge of the box of the cost
    for l in range(1, L + 1):
        _box(ax, STEP * (l - 0.5), TOP, f"layer {l}\n$W^{{[{l}]}},\\ b^{{[{l}]}}$")
        _box(ax, STEP * (l - 0.5), BOTTOM, f"$dW^{{[{l}]}}$\n$db^{{[{l}]}}$")
    _box(ax, end + 0.45, 0, "cost\n$J$", half_width=0.45, half_height=TOP + 0.45)
    for l in range(L + 1):
        _store(ax, l)
        middle = STEP * l
        left, right = middle - 0.5 - 0.3 * (l == 0), end if l == L else middle + 0.5
        arrow(ax, (left, TOP), (right, TOP), FORWARD, "-")
        name = "$A^{[0]} = X^T$" if l == 0 else f"$A^{{[{l}]}}$"
        ax.text(middle - 0.15 * (l == 0), TOP + 0.15, name, color=FORWARD, ha="center", va="bottom")
        if l:
            arrow(ax, (right, BOTTOM), (left, BOTTOM), BACKWARD, "--")
            ax.text(middle, BOTTOM - 0.15, f"$dZ^{{[{l}]}}$", color=BACKWARD, ha="center", va="top")
    for y, words in ((TOP, "forward →"), (0, "the store"), (BOTTOM, "← backward")):
        ax.text(-1.0, y, words, ha="right", va="center", color={TOP: FORWARD, BOTTOM: BACKWARD}.get(y, INK))
    bare(ax, (-2.75, end + 1.0), (BOTTOM - 0.75, TOP + 0.75))
    return ax


def _store(ax, l):
    """Draw the stored values of layer l, with the arrows into and out of the store."""
    text = f"$Z^{{[{l}]}},\\ A^{{[{l}]}}$" if l else "$A^{[0]}$"
    look = {"boxstyle": "round", "facecolor": LIT, "edgecolor": FAINT}
    ax.text(STEP * l, 0, text, ha="center", va="center", fontsize="small", bbox=look)
    arrow(ax, (STEP * l, TOP - 0.1), (STEP * l, 0.4), FORWARD, "-", 1)
    if l:
        arrow(ax, (STEP * l, -0.4), (STEP * l, BOTTOM + 0.1), BACKWARD, "--", 1)
    else:
        arrow(ax, (0.1, -0.4), (0.5, BOTTOM + 0.35), BACKWARD, "--", 1)  # to dW[1]: there is no dZ[0]


def _box(ax, x, y, text, half_width=0.75, half_height=0.45):
    corner, size = (x - half_width, y - half_height), (2 * half_width, 2 * half_height)
    ax.add_patch(plt.Rectangle(corner, *size, facecolor=PAPER, edgecolor=INK, linewidth=1.2))
    ax.text(x, y, text, ha="center", va="center", fontsize="small", linespacing=1.5)
