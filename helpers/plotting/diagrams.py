"""Diagrams of networks, chains of operations, and array shapes."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import (
    BACKWARD,
    BODY,
    FORWARD,
    HAIRLINE,
    HEAD,
    INK,
    LINE,
    MATH,
    MUTED,
    PANEL,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    new_axes,
)

MOST_NODES = 5


def chain(nodes, forward, backward, ax=None):
    """Draw a chain of quantities, with an operation on each blue arrow and a derivative on each red arrow.

    Parameters
    ----------
    nodes : list of n str
        Names of the quantities, from the input to the cost.
    forward : list of n − 1 str
        Operation that leads from each quantity to the next.
    backward : list of n − 1 str
        Derivative of each quantity, starting with the second, with respect to the one before it.
    """
    ax = new_axes(ax, figsize=(WIDTH, 1.75))
    step = max(1.0, 5 / len(nodes))  # keeps a short chain from being stretched over the full width
    for i, text in enumerate(nodes):
        ax.text(step * i, 0, text, ha="center", va="center", fontsize=MATH, bbox=_box())
    for i, (above, below) in enumerate(zip(forward, backward, strict=True)):
        left, right, middle = step * i + 0.27, step * (i + 1) - 0.27, step * (i + 0.5)
        arrow(ax, (left, 0.1), (right, 0.1), FORWARD, "-", LINE - 0.4)
        arrow(ax, (right, -0.1), (left, -0.1), BACKWARD, "--", LINE - 0.4)
        ax.text(middle, 0.22, above, ha="center", va="bottom", color=FORWARD, fontsize=HEAD)
        ax.text(middle, -0.24, below, ha="center", va="top", color=BACKWARD, fontsize=MATH + 2)
    middle = step * (len(nodes) - 1) / 2
    bare(ax, (middle - 2.85, middle + 2.85), (-0.75, 0.55))
    return ax


def network(layer_sizes, ax=None, names=None, backward=True, numbers=None, weights=None, derivatives=None):
    """Draw a network with one column of units per layer, and arrows between all units of adjacent layers.

    Parameters
    ----------
    layer_sizes : sequence of int
        Number of units in each layer, n[0], …, n[L]. A layer with more than five units is drawn with four.
    names : list of str, optional
        Heading of each column. A cost can be drawn as an additional layer of size 1.
    backward : bool
        Whether to draw the red arrows of backpropagation as well.
    numbers : list of list of str, optional
        Text to write inside each unit.
    weights : dict of int to ndarray of str, optional
        Text to write next to the arrows into layer l. Like W[l], each array has one row for each unit of that layer.
    derivatives : dict of int to ndarray of str, optional
        Text to write in red next to the red arrows that come from layer l, in the same order.
    """
    columns = [_heights(n) for n in layer_sizes]
    top, gap = max(column[0] for column in columns), 2.8
    names = names or [f"layer {l}\n{n} unit{'s' * (n > 1)}" for l, n in enumerate(layer_sizes)]
    middle = gap * (len(columns) - 1) / 2
    half, above = max(5.5, middle + 0.9), 1.2 if any("\n" in name for name in names) else 0.9
    ax = new_axes(ax, figsize=(WIDTH, WIDTH * (2 * top + 0.5 + above) / (2 * half)))
    _connect(ax, columns, gap, backward, weights or {}, derivatives or {})
    for l, (n, column) in enumerate(zip(layer_sizes, columns, strict=True)):
        for i, y in enumerate(column):
            ax.add_patch(plt.Circle((gap * l, y), 0.27, facecolor=PANEL, edgecolor=INK, linewidth=1.2, zorder=3))
            text = numbers[l][i] if numbers else ""
            ax.text(gap * l, y, text, ha="center", va="center", fontsize=SMALL, zorder=4)
        if n > MOST_NODES:
            ax.text(gap * l, 0, "⋮", ha="center", va="center", fontsize=MATH, zorder=4)
        ax.text(gap * l, top + 0.45, names[l], ha="center", va="bottom", fontsize=BODY)
    bare(ax, (middle - half, middle + half), (-top - 0.5, top + above))
    ax.set_aspect("equal")
    return ax


def _connect(ax, columns, gap, backward, weights, derivatives):
    """Draw forward arrows between all units of adjacent layers and, optionally, backward arrows next to them."""
    for l in range(1, len(columns)):
        for j, y0 in enumerate(columns[l - 1]):
            for k, y1 in enumerate(columns[l]):
                start, stop = np.array([gap * (l - 1), y0]), np.array([gap * l, y1])
                along = 0.4 * (stop - start) / np.linalg.norm(stop - start)
                aside = 0.1 * np.array([-along[1], along[0]]) if backward else 0
                arrow(ax, start + along + aside, stop - along + aside, FORWARD, "-", 1.1)
                if backward:
                    arrow(ax, stop - along - aside, start + along - aside, BACKWARD, "--", 1.1)
                above = 0.75 * np.array([-along[1], along[0]])
                look = {"ha": "center", "va": "center"}
                if l in weights:
                    ax.text(*((start + stop) / 2 + above), weights[l][k][j], color=FORWARD, **look)
                if l in derivatives:  # near the tip of the red arrow, clear of the weight on the next arrow
                    ax.text(*(start + 0.27 * (stop - start) - above), derivatives[l][k][j], color=BACKWARD, **look)


def shape_table(rows, ax=None):
    """Draw a table of arrays and their shapes, in blue for the forward pass and in red for the backward pass.

    Parameters
    ----------
    rows : list of tuple
        Tuples (name, formula, (number of rows, number of columns)). A name that begins with "d" denotes a gradient.
    """
    ax = new_axes(ax, figsize=(WIDTH, 0.235 * (len(rows) + 1) + 0.1))
    columns = ("array", "computed as", "shape")
    for x, head in zip(_COLUMNS, columns, strict=True):
        ax.text(x, 1, head, color=MUTED, va="center", fontsize=SMALL)
    for i, (name, origin, shape) in enumerate(rows):
        back = name.startswith("d")
        color = BACKWARD if back else FORWARD
        ax.axhline(0.5 - i, color=HAIRLINE, linewidth=THIN)
        texts = ("← " + name if back else "→ " + name, origin, f"{shape[0]} × {shape[1]}")
        for x, text in zip(_COLUMNS, texts, strict=True):
            ax.text(x, -i, text, color=color, va="center", fontsize=BODY)
    bare(ax, (0, 1), (-len(rows) + 0.4, 1.5))
    return ax


_COLUMNS = (0.01, 0.2, 0.62)  # x coordinates of the table's columns


def _box():
    return {"boxstyle": "round,pad=0.5", "facecolor": PANEL, "edgecolor": INK, "linewidth": 1}


def _heights(n):
    """Return the vertical positions of the units of a layer. A large layer is drawn with two units at each end."""
    if n <= MOST_NODES:
        return np.linspace(1, -1, n) * 0.5 * (n - 1) if n > 1 else np.zeros(1)
    return np.array([1.7, 0.8, -0.8, -1.7])
