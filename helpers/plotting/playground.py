"""Figures of lesson 11, the playground and the drawing: several panels in one figure.

They are redrawn several times a second, so the panels have fixed positions: computing a layout would take
longer than the drawing itself.
"""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.images import SIGNED
from helpers.plotting.style import (
    HEAD,
    INK,
    LABEL_COLORS,
    LABEL_MARKERS,
    LINE_COLORS,
    LINE_STYLES,
    PAPER,
    SMALL,
    WIDTH,
    WRONG,
)

SIZE, READING_SIZE = (WIDTH, 6.2), (WIDTH, 3.2)
MOST_DRAWN = 300  # points per curve


def playground(state, figure=None):
    """The decision boundary, costs and gradient norms, with a picture of each hidden unit below.

    Parameters
    ----------
    state : `widgets.playground.Playground`
    figure : matplotlib Figure, optional

    Returns
    -------
    matplotlib Figure
    """
    figure = plt.figure(figsize=SIZE) if figure is None else figure
    left = figure.add_axes((0.08, 0.5, 0.4, 0.44))
    (answers_on_digits if state.is_digits else decision)(state, left)
    curves(state, figure.add_axes((0.58, 0.77, 0.4, 0.17)))
    gradient_norms(state.norms, len(state.W), figure.add_axes((0.58, 0.5, 0.4, 0.17)))
    unit_sheet(state.unit_pictures(), figure.add_axes((0.08, 0.01, 0.9, 0.35)), state.is_digits)
    return figure


def decision(state, ax):
    """Points on top of the predicted probability, with the decision boundary."""
    low, high = state.X.min(axis=0) - 0.2, state.X.max(axis=0) + 0.2
    side = 60
    x1, x2 = (np.linspace(low[i], high[i], side) for i in (0, 1))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    P = state.predict_proba(grid).reshape(side, side)
    extent = (low[0], high[0], low[1], high[1])
    ax.imshow(2 * P - 1, origin="lower", extent=extent, cmap=SIGNED, alpha=0.4, vmin=-1, vmax=1, aspect="auto")
    if P.min() < 0.5 < P.max():
        ax.contour(x1, x2, P, levels=[0.5], colors=INK, linewidths=1.7)
    for label, (color, marker) in enumerate(zip(LABEL_COLORS, LABEL_MARKERS, strict=True)):
        ax.plot(*state.X[state.y == label].T, marker, color=color, markersize=5, mec=PAPER, mew=0.6)
    _head(ax, "probability of y = 1, boundary")
    return ax


def answers_on_digits(state, ax, columns=6, rows=4):
    """The first test digits, each with the predicted probability of an 8; mistakes are marked."""
    probability = state.predict_proba(state.X_test)
    sheet = np.zeros((rows * 38, columns * 34))
    for i in range(columns * rows):
        top, left = divmod(i, columns)[0] * 38 + 9, i % columns * 34 + 3
        sheet[top : top + 28, left : left + 28] = np.clip(state.X_test[i], 0, 1).reshape(28, 28)
        wrong = (probability[i] > 0.5) != state.y_test[i]
        text = f"{probability[i]:.2f}" + (" ✗" if wrong else "")
        ax.text(left + 14, top - 5, text, ha="center", va="center", fontsize=SMALL - 1, color=WRONG if wrong else INK)
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1, aspect="auto")
    _head(ax, "test digits: probability of an 8, ✗ wrong")
    ax.axis("off")
    return ax


def curves(state, ax):
    """Training and test cost against the number of updates."""
    costs, at = _thinned(state.costs)
    for i, name in enumerate(("training", "test")):
        color = LINE_COLORS[i]
        ax.plot(at, [cost[i] for cost in costs], LINE_STYLES[i], color=color, linewidth=1.5, label=name)
    ax.set(ylim=(0, None), xlim=(0, max(10, len(state.costs) - 1)))
    _head(ax, "cost against updates")
    ax.legend(loc="upper right", ncols=2)
    return ax


def gradient_norms(norms, layers, ax):
    """The gradient norm of each layer's weights against the number of updates, on a logarithmic scale."""
    kept, at = _thinned(norms)
    for l in range(layers):
        values = [max(norm[l], 1e-12) for norm in kept]
        color = LINE_COLORS[(l + l // 4) % 4]  # a fifth layer must not look like the first
        ax.plot(at, values, LINE_STYLES[l % 4], color=color, linewidth=1, label=str(l + 1))
    ax.set(yscale="log", xlim=(0, max(10, len(norms))))
    _head(ax, "‖dW[l]‖, l =")
    ax.minorticks_off()
    beside_title = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0, "frameon": False}
    ax.legend(ncols=layers, handlelength=1.4, handletextpad=0.3, columnspacing=0.5, **beside_title)
    return ax


def unit_sheet(pictures, ax, is_digits=False):
    """Pictures of the hidden units, one row per layer; purple is below 0, orange above."""
    title = "∂z/∂pixel of each hidden unit" if is_digits else "activation of each hidden unit"
    _head(ax, title)
    ax.axis("off")
    if not pictures:
        ax.text(0, 0.9, "There is no hidden layer.", va="top", transform=ax.transAxes)
        return ax
    side = pictures[0][0].shape[0]
    step = side + 3
    sheet = np.full((len(pictures) * step, max(len(row) for row in pictures) * step), np.nan)
    for l, row in enumerate(pictures):
        most = max(np.abs(picture).max() for picture in row) or 1
        for j, picture in enumerate(row):
            shown = picture if is_digits else picture[::-1]  # row 0 of the plane is at the bottom
            sheet[l * step : l * step + side, j * step : j * step + side] = shown / most
        ax.text(-4, l * step + side / 2, f"l = {l + 1}", ha="right", va="center", fontsize=SMALL)
    ax.imshow(sheet, cmap=SIGNED, vmin=-1, vmax=1, interpolation="none")
    ax.set_anchor("NW")
    return ax


def _head(ax, text):
    """Write a title at a fixed position: to find a free one, matplotlib would first lay out all labels."""
    ax.text(0, 1.04, text, transform=ax.transAxes, fontsize=HEAD, va="bottom")


def _thinned(values):
    """At most about `MOST_DRAWN` values of a list, including the last, and their indices."""
    every = -(-len(values) // MOST_DRAWN) or 1
    at = sorted({*range(0, len(values), every), *([len(values) - 1] if values else [])})
    return [values[i] for i in at], at


def reading(result, figure=None):
    """A drawing, the activations of the hidden units, and the derivative of the cost with respect to each pixel.

    Parameters
    ----------
    result : `widgets.drawing.Reading`
    figure : matplotlib Figure, optional

    Returns
    -------
    matplotlib Figure
    """
    figure = plt.figure(figsize=READING_SIZE) if figure is None else figure
    drawing, hidden, gradient = (figure.add_axes((0.01 + 0.335 * i, 0.02, 0.31, 0.82)) for i in range(3))
    drawing.imshow(result.pixels.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1, interpolation="none")
    _head(drawing, f"drawing: {result.probability:.3f} for an 8")
    hidden.imshow(result.activations.reshape(14, 14), cmap=SIGNED, vmin=-1, vmax=1, interpolation="none")
    _head(hidden, "196 hidden activations")
    most = np.abs(result.gradient).max() or 1
    gradient.imshow(result.gradient.reshape(28, 28), cmap=SIGNED, vmin=-most, vmax=most, interpolation="none")
    _head(gradient, f"∂J/∂pixel, up to ±{most:.2g}")
    for ax in (drawing, hidden, gradient):
        ax.set(xticks=[], yticks=[])
        for spine in ax.spines.values():
            spine.set_visible(True)
    return figure
