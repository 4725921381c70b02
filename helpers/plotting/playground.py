"""Figures for the playground in lesson 11 and for the drawing widget, each with several panels.

Every panel has a fixed position and title, because matplotlib's automatic layout would take longer than the drawing
itself.
"""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.images import GREY, SIGNED
from helpers.plotting.style import (
    DIVERGING,
    FORWARD,
    HAIRLINE,
    HEAD,
    INK,
    LABEL_COLORS,
    LABEL_MARKERS,
    LINE_COLORS,
    LINE_STYLES,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    WRONG,
)

SIZE, READING_SIZE = (WIDTH, 6.2), (WIDTH, 3.2)
MOST_DRAWN = 300  # largest number of points per curve


def playground(state, figure=None):
    """Draw the decision boundary, the costs and the gradient norms, with an image of each hidden unit below them.

    Parameters
    ----------
    state : widgets.playground.Playground
        The playground to draw.
    figure : matplotlib Figure, optional
        The figure to draw into. By default, a new figure is created.

    Returns
    -------
    matplotlib Figure
    """
    figure = plt.figure(figsize=SIZE) if figure is None else figure
    left = figure.add_axes((0.08, 0.5, 0.4, 0.44))
    (answers_on_digits if state.is_digits else decision)(state, left)
    curves(state, figure.add_axes((0.57, 0.77, 0.36, 0.17)))
    gradient_norms(state.norms, len(state.W), figure.add_axes((0.57, 0.5, 0.36, 0.17)))
    unit_sheet(state.unit_pictures(), figure.add_axes((0.08, 0.01, 0.9, 0.35)), state.is_digits)
    return figure


def decision(state, ax):
    """Plot the data points on top of the predicted probabilities, together with the decision boundary."""
    low, high = bounds(state.X)
    side = 60
    x1, x2 = (np.linspace(low[i], high[i], side) for i in (0, 1))
    grid = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    P = state.predict_proba(grid).reshape(side, side)
    ax.contourf(x1, x2, P, levels=np.linspace(0, 1, 11), colors=[color for color, _ in DIVERGING])
    if P.min() < 0.5 < P.max():
        ax.contour(x1, x2, P, levels=[0.5], colors=INK, linewidths=1.7)
    for label, (color, marker) in enumerate(zip(LABEL_COLORS, LABEL_MARKERS, strict=True)):
        ax.plot(*state.X[state.y == label].T, marker, color=color, markersize=5, mec=PAPER, mew=0.6)
    _head(ax, "probability of y = 1 and decision boundary")
    return ax


def answers_on_digits(state, ax, columns=6, rows=4):
    """Show the first test digits, each with the predicted probability that it is an 8, and mark the mistakes."""
    probability = state.predict_proba(state.X_test)
    sheet = np.zeros((rows * 38, columns * 34))
    for i in range(columns * rows):
        top, left = divmod(i, columns)[0] * 38 + 9, i % columns * 34 + 3
        sheet[top : top + 28, left : left + 28] = np.clip(state.X_test[i], 0, 1).reshape(28, 28)
        wrong = (probability[i] > 0.5) != state.y_test[i]
        text = f"{probability[i]:.2f}" + (" ✗" if wrong else "")
        ax.text(left + 14, top - 5, text, ha="center", va="center", fontsize=SMALL, color=WRONG if wrong else INK)
    ax.imshow(sheet, cmap=GREY, vmin=0, vmax=1, aspect="auto", interpolation="none")
    _head(ax, "test digits: probability of an 8 (✗ = wrong)")
    ax.axis("off")
    return ax


def curves(state, ax):
    """Plot the training cost and the test cost against the number of updates."""
    costs, at = _thinned(state.costs)
    ends = []
    for i, name in enumerate(("train", "test")):
        color = (FORWARD, LINE_COLORS[1])[i]
        values = [cost[i] for cost in costs]
        if np.isfinite(values).any():
            ax.plot(at, values, LINE_STYLES[i], color=color, linewidth=1.5, label=name)
            ends.append((values[-1], name, color))
    highest = max(max(line.get_ydata()) for line in ax.lines)
    ax.set(ylim=(0, 1.05 * highest), xlim=(0, max(10, len(state.costs) - 1)))
    _name_ends(ax, ends if len(at) > 1 else [])  # before the first update, there is no curve to label
    _head(ax, "cost against updates")
    return ax


def gradient_norms(norms, layers, ax):
    """Plot the gradient norm of each layer's weights against the number of updates, on a logarithmic scale."""
    kept, at = _thinned(norms)
    ends = []
    for l in range(layers):
        values = [max(norm[l], 1e-12) for norm in kept]
        color = LINE_COLORS[(l + l // 4) % 4]  # keeps the fifth layer from looking like the first
        ax.plot(at, values, LINE_STYLES[l % 4], color=color, linewidth=1, label=str(l + 1))
        ends += [(values[-1], f"l = {l + 1}", color)] if values else []
    ax.set(yscale="log", xlim=(0, max(10, len(norms))))
    _name_ends(ax, ends)
    _head(ax, "‖dW[l]‖")
    ax.minorticks_off()
    return ax


def _name_ends(ax, ends):
    """Write names next to the ends of curves, and keep the names at least one line of text apart.

    Each element of `ends` is a tuple (height, name, colour).
    """
    to_axes = ax.transData + ax.transAxes.inverted()
    free = -1.0
    for value, name, color in sorted(ends):  # starting from below keeps every name above the axis
        free = max(float(to_axes.transform((0, value))[1]), free + 0.19)
        ax.text(1.02, free, name, color=color, transform=ax.transAxes, fontsize=SMALL, va="center")


def unit_sheet(pictures, ax, is_digits=False):
    """Show an image of each hidden unit, with one row per layer.

    Negative values are purple and positive values are orange.
    """
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
            shown = picture if is_digits else picture[::-1]  # row 0 is at the bottom of the plane
            sheet[l * step : l * step + side, j * step : j * step + side] = shown / most
        ax.text(-4, l * step + side / 2, f"l = {l + 1}", ha="right", va="center", fontsize=SMALL)
        for j in range(len(row)):
            corner = (j * step - 0.5, l * step - 0.5)
            ax.add_patch(plt.Rectangle(corner, side, side, fill=False, edgecolor=HAIRLINE, linewidth=0.7))
    ax.imshow(sheet, cmap=SIGNED, vmin=-1, vmax=1, interpolation="none")
    ax.set_anchor("NW")
    return ax


def bounds(X):
    """Return the lowest and the highest coordinates of a plot that shows the points with a margin around them.

    Parameters
    ----------
    X : ndarray of shape (m, 2)
        Coordinates of the points, one point per row.

    Returns
    -------
    low, high : ndarray of shape (2,)
    """
    if len(X) < 200:  # points that the reader is still adding: the range must not shrink to fit only these
        X = np.vstack([X, [[-1, -1], [1, 1]]])
    return X.min(axis=0) - 0.2, X.max(axis=0) + 0.2


def _head(ax, text):
    """Write a title at a fixed position.

    To find a free position for a title, matplotlib would first have to lay out all labels, which is slow.
    """
    ax.annotate(text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", fontsize=HEAD, va="bottom")


def _thinned(values):
    """Return at most about `MOST_DRAWN` of the values, including the last one, and their indices."""
    every = -(-len(values) // MOST_DRAWN) or 1
    at = sorted({*range(0, len(values), every), *([len(values) - 1] if values else [])})
    return [values[i] for i in at], at


def reading(result, figure=None):
    """Show a drawing, the network's prediction, and the derivative of the cost with respect to each pixel.

    The middle panel shows the activations of the hidden layer. For a network that distinguishes ten digits, it shows
    the probability of each digit instead.

    Parameters
    ----------
    result : widgets.drawing.Reading
        The drawing and what the network computed from it.
    figure : matplotlib Figure, optional
        The figure to draw into. By default, a new figure is created.

    Returns
    -------
    matplotlib Figure
    """
    figure = plt.figure(figsize=READING_SIZE) if figure is None else figure
    drawing, middle, gradient = (figure.add_axes((0.01 + 0.335 * i, 0.02, 0.31, 0.84)) for i in range(3))
    pixels = result.pixels.reshape(28, 28)
    drawing.imshow(pixels, cmap=GREY, vmin=0, vmax=1, interpolation="none")
    if len(result.digits) == 2:
        _head(drawing, f"probability of an 8: {result.probability:.3f}")
        middle.imshow(result.activations.reshape(14, 14), cmap=GREY, vmin=0, vmax=1, interpolation="none")
        _head(middle, "196 hidden activations")
    else:
        _head(drawing, f"drawing: the network says {result.answer}")
        _bars(result, middle)
    most = np.abs(result.gradient).max() or 1
    gradient.imshow(0.35 * pixels, cmap=GREY, vmin=0, vmax=1, interpolation="none")
    gradient.imshow(result.gradient.reshape(28, 28), cmap=SIGNED, vmin=-most, vmax=most, interpolation="none")
    _head(gradient, f"∂J/∂pixel, up to ±{most:.2g}")
    for ax in (drawing, middle, gradient):
        ax.set(xticks=[], yticks=[] if len(result.digits) == 2 or ax is not middle else range(10))
        for spine in ax.spines.values():
            spine.set_visible(ax is not middle or len(result.digits) == 2)
    return figure


def _bars(result, ax):
    """Draw the probability of each digit as a bar, and mark the target."""
    colors = [FORWARD if digit == result.answer else MUTED for digit in result.digits]
    ax.barh(result.digits, result.probabilities, color=colors, height=0.6)
    for digit, p in zip(result.digits, result.probabilities, strict=True):
        target = " target" if digit == result.target else ""
        ax.text(max(p, 0) + 0.02, digit, f"{p:.3f}{target}", va="center", fontsize=SMALL)
    ax.set(xlim=(0, 1.35), ylim=(9.6, -0.6))
    height = 0.31 * READING_SIZE[0] / READING_SIZE[1]  # height of the square pictures on both sides
    ax.set_position((0.39, 0.44 - height / 2, 0.27, height))
    ax.tick_params(length=0)
    _head(ax, "probability of each digit")
