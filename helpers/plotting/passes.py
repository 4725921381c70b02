"""Figure of the forward and backward passes of backpropagation, for any number of layers."""

import matplotlib.pyplot as plt

from helpers.plotting.style import BACKWARD, FAINT, FORWARD, INK, LIT, PAPER, arrow, bare, new_axes

TOP, BOTTOM = (
    1.5,
    -1.5,
)  # heights of the forward and backward passes; the stored values are drawn between them, at height 0
STEP = 2.5  # horizontal distance between layers


def two_passes(L=3, ax=None):
    """Draw the forward and backward passes through L layers, with the stored values between them.

    Solid blue arrows lead from A[0] to A[L], and vertical arrows lead from the forward pass down to the stored values.
    Dashed red arrows lead back from dZ[L] to dZ[1]. Thin dashed arrows, each labelled with the name of an array, lead
    from the stored values of layer l to dZ[l], from A[l] to dW[l+1], and from W[l] to dA[l-1].

    Parameters
    ----------
    L : int
        Number of layers.
    """
    ax = new_axes(ax, figsize=(plt.rcParams["figure.figsize"][0], 3.4))
    end = STEP * L + 0.95  # left edge of the cost box
    for l in range(1, L + 1):
        _box(ax, STEP * (l - 0.5), TOP, f"layer {l}\n$W^{{[{l}]}},\\ b^{{[{l}]}}$")
        _box(ax, STEP * (l - 0.5), BOTTOM, f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$" + f"\n$dA^{{[{l - 1}]}}$" * (l > 1))
        if l > 1:
            _taken(ax, (STEP * (l - 0.5) + 0.3, TOP - 0.55), (STEP * (l - 0.5) + 0.3, BOTTOM + 0.5), f"W^{{[{l}]}}")
    _box(ax, end + 0.45, 0, "cost\n$J$", half_width=0.45, half_height=TOP + 0.45)
    for l in range(L + 1):
        _store(ax, l, L)
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


def _store(ax, l, L):
    """Draw the stored values of layer l, with arrows from the forward pass and to the backward pass."""
    text = f"$Z^{{[{l}]}},\\ A^{{[{l}]}}$" if l else "$A^{[0]}$"
    look = {"boxstyle": "round", "facecolor": LIT, "edgecolor": FAINT}
    ax.text(STEP * l, 0, text, ha="center", va="center", fontsize="small", bbox=look)
    arrow(ax, (STEP * l, TOP - 0.1), (STEP * l, 0.4), FORWARD, "-", 1)
    if l:  # leads to dZ[l]
        _taken(ax, (STEP * l, -0.4), (STEP * l, BOTTOM + 0.1), f"{'A' if l == L else 'Z'}^{{[{l}]}}")
    if l < L:  # leads to dW[l+1]
        _taken(ax, (STEP * l + 0.3, -0.3), (STEP * (l + 0.5) - 0.3, BOTTOM + 0.5), f"A^{{[{l}]}}")


def _taken(ax, start, stop, symbol):
    """Draw a thin arrow from where an array is kept to where the backward pass needs it."""
    arrow(ax, start, stop, BACKWARD, "--", 1)
    x, y = (0.55 * before + 0.45 * after for before, after in zip(start, stop, strict=True))
    aside = 0.2 if stop[0] > start[0] else 0.1
    ax.text(x + aside, y, f"${symbol}$", color=BACKWARD, fontsize="small", ha="left", va="center")


def _box(ax, x, y, text, half_width=0.75, half_height=0.45):
    corner, size = (x - half_width, y - half_height), (2 * half_width, 2 * half_height)
    ax.add_patch(plt.Rectangle(corner, *size, facecolor=PAPER, edgecolor=INK, linewidth=1.2))
    ax.text(x, y, text, ha="center", va="center", fontsize="small", linespacing=1.5)
