"""Diagrams: networks, chains of operations, the training loop and the table of shapes."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import BACKWARD, FORWARD, INK, PAPER, arrow, bare, new_axes

MOST_NODES = 5


def chain(nodes, forward, backward, ax=None):
    """A chain of quantities, with an operation on each blue arrow and a derivative on each red one.

    Parameters
    ----------
    nodes : list of n str, from the input to the cost
    forward : list of n − 1 str, the operation that leads from each node to the next
    backward : list of n − 1 str, the derivative of each node with respect to the previous one
    """
    ax = new_axes(ax, figsize=(2.3 * len(nodes), 2.3))
    for i, text in enumerate(nodes):
        ax.text(2 * i, 0, text, ha="center", va="center", fontsize=15, bbox=_box())
    for i, (above, below) in enumerate(zip(forward, backward, strict=True)):
        arrow(ax, (2 * i + 0.42, 0.22), (2 * i + 1.58, 0.22), FORWARD, "-")
        arrow(ax, (2 * i + 1.58, -0.22), (2 * i + 0.42, -0.22), BACKWARD, "--")
        ax.text(2 * i + 1, 0.42, above, ha="center", va="bottom", color=FORWARD, fontsize=13)
        ax.text(2 * i + 1, -0.42, below, ha="center", va="top", color=BACKWARD, fontsize=17)
    bare(ax, (-0.6, 2 * len(nodes) - 1.4), (-1.25, 1.0))
    return ax


def network(layer_sizes, ax=None, names=None, backward=True, numbers=None):
    """A network with one column of units per layer and arrows between all units of adjacent layers.

    Parameters
    ----------
    layer_sizes : sequence of int, n[0] … n[L]; only four units are drawn of a layer with more than five
    names : list of str, optional, the heading of each column
    backward : bool, whether to draw the red arrows of backpropagation as well
    numbers : list of lists of str, optional, the text inside each unit
    """
    columns = [_heights(n) for n in layer_sizes]
    top, gap = max(column[0] for column in columns), 2.8
    ax = new_axes(ax, figsize=(2.1 * len(layer_sizes), 1.5 * top + 1.5))
    for l in range(1, len(columns)):
        for y0 in columns[l - 1]:
            for y1 in columns[l]:
                start, stop = np.array([gap * (l - 1), y0]), np.array([gap * l, y1])
                along = 0.32 * (stop - start) / np.linalg.norm(stop - start)
                aside = 0.2 * np.array([-along[1], along[0]]) if backward else 0
                arrow(ax, start + along + aside, stop - along + aside, FORWARD, "-", 1.2)
                if backward:
                    arrow(ax, stop - along - aside, start + along - aside, BACKWARD, "--", 1.2)
    names = names or [f"layer {l}\n{n} unit{'s' * (n > 1)}" for l, n in enumerate(layer_sizes)]
    for l, (n, column) in enumerate(zip(layer_sizes, columns, strict=True)):
        for i, y in enumerate(column):
            ax.add_patch(plt.Circle((gap * l, y), 0.26, facecolor=PAPER, edgecolor=INK, linewidth=1.5, zorder=3))
            text = numbers[l][i] if numbers else ""
            ax.text(gap * l, y, text, ha="center", va="center", fontsize=10, zorder=4)
        if n > MOST_NODES:
            ax.text(gap * l, 0, "⋮", ha="center", va="center", fontsize=16, zorder=4)
        ax.text(gap * l, top + 0.45, names[l], ha="center", va="bottom", fontsize=11)
    bare(ax, (-0.9, gap * (len(columns) - 1) + 0.9), (-top - 0.4, top + 1.2))
    ax.set_aspect("equal")
    return ax


def training_loop(ax=None):
    """The four steps of gradient descent, predict, cost, gradient and update, arranged in a circle."""
    ax = new_axes(ax, figsize=(7, 3.6))
    steps = {
        "predict": (0, 1, "$\\hat{Y} = W X^T + b$"),
        "cost": (2.4, 0, "$J$ compares $\\hat{Y}$ with $Y$"),
        "gradient": (0, -1, "$dW,\\ db$ by the chain rule"),
        "update": (-2.4, 0, "$W \\leftarrow W - \\alpha\\, dW$\n$b \\leftarrow b - \\alpha\\, db$"),
    }
    centres = []
    for name, (x, y, detail) in steps.items():
        ax.text(x, y, f"{name}\n{detail}", ha="center", va="center", fontsize=12, bbox=_box())
        centres.append((x, y))
    forward = {0: ((0.95, 0.85), (2.0, 0.35)), 3: ((-2.0, 0.35), (-0.95, 0.85))}
    backward = {1: ((2.1, -0.35), (1.3, -0.72)), 2: ((-1.3, -0.72), (-2.1, -0.35))}
    for start, stop in forward.values():
        arrow(ax, start, stop, FORWARD, "-", 2)
    for start, stop in backward.values():
        arrow(ax, start, stop, BACKWARD, "--", 2)
    bare(ax, (-3.9, 3.9), (-1.5, 1.5))
    return ax


def shape_table(rows, ax=None):
    """A table of arrays and their shapes: blue for the forward pass, red for the backward pass.

    Parameters
    ----------
    rows : list of (name, formula, (rows, columns)); a name that begins with d is a gradient
    """
    ax = new_axes(ax, figsize=(7.2, 0.3 * len(rows) + 0.2))
    for i, (name, origin, shape) in enumerate(rows):
        back = name.startswith("d")
        color = BACKWARD if back else FORWARD
        for x, text in ((0.0, "← " + name if back else "→ " + name), (0.2, origin), (0.72, f"{shape[0]} × {shape[1]}")):
            ax.text(x, -i, text, color=color, va="center", fontsize=11)
    bare(ax, (0, 1), (-len(rows) + 0.3, 0.7))
    return ax


def _box():
    return {"boxstyle": "round,pad=0.45", "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.5}


def _heights(n):
    """Vertical positions of the units of a layer; for a large layer, two at each end."""
    if n <= MOST_NODES:
        return np.linspace(1, -1, n) * 0.5 * (n - 1) if n > 1 else np.zeros(1)
    return np.array([1.7, 0.8, -0.8, -1.7])
