"""Figures about model fitting: a line through points, its errors, the slope of a cost, a plane, and likelihoods."""

import numpy as np
from matplotlib.markers import TICKLEFT
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from helpers.backprop.activations import sigmoid
from helpers.plotting.style import (
    BACKWARD,
    BOLD,
    FORWARD,
    FORWARD_SOFT,
    INK,
    LABEL_COLORS,
    LABEL_MARKERS,
    LINE,
    MUTED,
    PANEL,
    PAPER,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    mix,
    new_axes,
)

DEPTH = np.array([0.9, 1.8])  # shift on the page caused by one unit of x₂ in an oblique projection


def fitted_lines(x, y, lines, labels, ax=None):
    """Draw data points and a sequence of lines, each labelled at its right end.

    The lines become darker from the first to the last, and the last one is bold.

    Parameters
    ----------
    x, y : ndarray of shape (m,)
        Coordinates of the points.
    lines : sequence of k tuples
        Slope and intercept (w, b) of each line.
    labels : list of k str
        Label of each line.
    """
    ax = new_axes(ax)
    ax.plot(x, y, "o", color=MUTED)
    ends = _ends(x)
    for i, ((w, b), label) in enumerate(zip(lines, labels, strict=True)):
        last = i == len(labels) - 1
        color = FORWARD if last else mix(FORWARD, PAPER, 0.6 - 0.5 * i / len(labels))
        ax.plot(ends, w * ends + b, color=color, linewidth=BOLD if last else LINE)
        ax.annotate(label, (ends[1], w * ends[1] + b), (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    ax.set(xlabel="$x$", ylabel="$y$")
    return ax


def errors_of_line(x, y, w, b, ax=None):
    """Draw data points, a line, and the vertical distance from each point to the line.

    Parameters
    ----------
    x, y : ndarray of shape (m,)
        Coordinates of the points.
    w, b : float
        Slope and intercept of the line y = w x + b.
    """
    ax = new_axes(ax)
    ends = _ends(x)
    ax.vlines(x, w * x + b, y, color=BACKWARD, linestyle="--", linewidth=1)  # thin, because they are close together
    ax.plot(ends, w * ends + b, color=FORWARD, linewidth=BOLD)
    ax.plot(x, y, "o", color=INK)
    ax.set(xlabel="$x$", ylabel="$y$")
    return ax


def tangent(weights, costs, at, slope, ax=None):
    """Plot a cost as a function of one weight, with the tangent at one point and an arrow that points downhill.

    Parameters
    ----------
    weights, costs : array-like of shape (n,)
        Points of the curve.
    at : float
        Weight at which the tangent touches the curve.
    slope : float
        Derivative of the cost at this weight.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.6))
    height = np.interp(at, weights, costs)
    reach = np.array([-0.7, 0.7])
    ax.plot(weights, costs, color=FORWARD)
    ax.plot(at + reach, height + slope * reach, "--", color=BACKWARD)
    ax.plot(at, height, "o", color=INK)
    ax.annotate(f"slope {slope:.2f}".replace("-", "−"), (at, height), (12, 8), textcoords="offset points")
    start = 0.03 * max(costs)
    stop = at - np.sign(slope) * 0.8
    arrow(ax, (at, start), (stop, start), INK, "-")
    ax.annotate(
        "downhill", (stop, start), (-6 * np.sign(slope), 0), textcoords="offset points", va="center",
        ha="left" if slope < 0 else "right",
    )  # fmt: skip
    ax.set(xlabel="$w$", ylabel="cost $J$", xlim=(weights[0], weights[-1]), ylim=(0, 1.05 * max(costs)))
    return ax


def plane(X, y, w, b, ax=None):
    """Draw data points with two inputs, a plane, and the vertical distance from each point to the plane.

    The three dimensions are shown in an oblique projection. A dotted line leads from the first point to its projection
    onto the floor.

    Parameters
    ----------
    X : ndarray of shape (m, 2)
        Inputs, one example per row.
    y : ndarray of shape (m,)
        Targets.
    w : sequence of two floats
        Weights of the plane y = w₁ x₁ + w₂ x₂ + b.
    b : float
        Bias of the plane.
    """
    ax = new_axes(ax, figsize=(0.8 * WIDTH, 4.8))
    low, high = np.floor(X.min(axis=0)), np.ceil(X.max(axis=0))
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    heights = corners @ w + b
    bottom = np.floor(heights.min() - 3)
    floor, sheet = _on_page(corners, np.full(4, bottom)), _on_page(corners, heights)
    ends = np.stack([_on_page(X, X @ w + b), _on_page(X, y)])  # (2, m, 2): on the plane, and the point
    ax.add_patch(Polygon(floor, facecolor=PANEL, edgecolor=MUTED, linewidth=THIN, zorder=0))
    ax.add_patch(Polygon(sheet, facecolor=FORWARD_SOFT, edgecolor=FORWARD, linewidth=THIN, alpha=0.8, zorder=1))
    ax.plot(ends[..., 0], ends[..., 1], linestyle=(0, (2, 1)), color=BACKWARD, linewidth=1, zorder=2)  # short dashes
    ax.plot(*ends[1].T, "o", color=INK, markersize=2.5, zorder=3)
    drop = np.vstack([ends[1, 0], _on_page(X[:1], np.array([bottom]))])
    ax.plot(*drop.T, ":", color=MUTED, marker="o", markersize=2.5, linewidth=1, zorder=2)
    _scale(ax, floor[0], floor[1], "$x_1$", (low[0], high[0]), (0, -9))
    _scale(ax, floor[1], floor[2], "$x_2$", (low[1], high[1]), (20, 0))
    _upright(ax, floor[0], bottom, max(heights[1], y.max()))
    every = np.vstack([floor, sheet, ends[1]])
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    bare(ax, (west - 0.3, east + 0.3), (south - 1, north + 1))
    return ax


def likelihood(x, y, w, b=0.0, ax=None):
    """Plot the predicted probability of label 1, and mark the probability assigned to the true label of each point.

    The probability of label 1 is σ(w x + b). Each point is at the height of its label, and a thin line joins it to the
    bar that shows the probability of this label.

    Parameters
    ----------
    x : ndarray of shape (m,)
        Inputs.
    y : ndarray of shape (m,)
        Labels, 0 or 1.
    w, b : float
        Weight and bias of the model.
    """
    ax = new_axes(ax)
    grid = np.linspace(x.min() - 1, x.max() + 1, 200)
    ax.plot(grid, sigmoid(w * grid + b), color=FORWARD)
    given = np.where(y == 1, sigmoid(w * x + b), sigmoid(-w * x - b))
    for place, label, share in zip(x, y, given, strict=True):
        start, stop = (0, share) if label == 1 else (1, 1 - share)
        ax.plot([place, place], [stop, label], color=LABEL_COLORS[label], linewidth=THIN)
        ax.plot([place, place], [start, stop], color=LABEL_COLORS[label], linewidth=BOLD)
        ax.plot(place, label, LABEL_MARKERS[label], color=LABEL_COLORS[label], markeredgecolor=INK, markersize=7)
        side = {"va": "bottom", "xytext": (0, 9)} if label == 1 else {"va": "top", "xytext": (0, -9)}
        ax.annotate(f"{share:.2f}", (place, label), ha="center", textcoords="offset points", fontsize=SMALL, **side)
    ax.set(xlabel="$x$", ylabel="probability of label 1", ylim=(-0.2, 1.2), yticks=[0, 0.5, 1])
    return ax


def _scale(ax, start, stop, name, numbers, aside):
    """Label the middle of an edge in an oblique view, and write numbers next to its ends, shifted by `aside` points."""
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
    ax.text(*(start + stop) / 2, name, ha="center", va="center", bbox=box)
    look = {"textcoords": "offset points", "ha": "center", "va": "center", "color": MUTED, "fontsize": SMALL}
    for place, number in zip((start, stop), numbers, strict=True):
        ax.annotate(f"{number:g}".replace("-", "−"), place, aside, **look)


def _upright(ax, foot, bottom, top):
    """Draw the vertical axis of an oblique view. The axis starts at `foot`, where its value is `bottom`."""
    ticks = [tick for tick in MaxNLocator(5).tick_values(bottom, top) if bottom <= tick <= top]
    x, base = foot[0], foot[1] - bottom
    ax.plot([x, x], [foot[1], base + top], color=MUTED, linewidth=THIN, zorder=0)
    ax.plot(np.full(len(ticks), x), base + np.array(ticks), linestyle="", marker=TICKLEFT, color=MUTED, markersize=4)
    look = {"textcoords": "offset points", "color": MUTED, "fontsize": SMALL, "ha": "right", "va": "center"}
    for tick in ticks:
        ax.annotate(f"{tick:g}".replace("-", "−"), (x, base + tick), (-7, 0), **look)
    ax.annotate("$y$", (x, base + top), (0, 6), textcoords="offset points", ha="center")


def _ends(x):
    return np.array([x.min() - 0.2, x.max() + 0.2])


def _on_page(X, y):
    """Project three-dimensional points onto the page, and return their coordinates as an array of shape (m, 2).

    On the page, x₁ points to the right, y points up, and x₂ points backward.
    """
    return np.column_stack([X[:, 0], y]) + np.outer(X[:, 1], DEPTH)
