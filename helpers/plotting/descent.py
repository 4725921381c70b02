"""Figure of gradient descent for a line with one input, showing the data next to the contours of the cost."""

import numpy as np
from matplotlib.patches import Ellipse

from helpers.plotting.style import BACKWARD, FORWARD, INK, LINE, MUTED, PAPER, RIGHT, THIN, WIDTH, new_axes


def line_and_valley(result, window, levels, ax=None):
    """Draw the data with the current line, and next to it the path of gradient descent in the plane of w and b.

    Both panels are drawn as insets of one axes.

    Parameters
    ----------
    result : widgets.line_and_valley.Descent
        The data and the path of the parameters.
    window : tuple
        Limits of the right panel, as ((lowest w, highest w), (lowest b, highest b)).
    levels : sequence of float
        Costs at which to draw contour lines, measured from the minimum cost.
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.0))
    ax.axis("off")
    _data(result, ax.inset_axes([0.05, 0.12, 0.42, 0.8]))
    _valley(result, window, levels, ax.inset_axes([0.56, 0.12, 0.42, 0.8]))
    return ax


def _data(result, ax):
    """Draw the points, the line, and the vertical distance from each point to the line."""
    (x, y), (w, b) = result.valley[:2], result.path[-1]
    ax.vlines(x, y, w * x + b, color=BACKWARD, linewidth=THIN, linestyle="--")
    ax.plot(x, y, "o", color=MUTED)
    ax.axline((0, b), slope=w, color=FORWARD, linewidth=LINE)
    ax.set(xlim=(-1, 3), ylim=(-2, 8), xlabel="$x$", ylabel="$y$")
    sign = "−" if b < 0 else "+"
    ax.set_title(f"$\\hat{{y}}$ = {w:.2f} x {sign} {abs(b):.2f}".replace("= -", "= −"), color=FORWARD)


def _valley(result, window, levels, ax):
    """Draw the elliptical contour lines of the cost, its minimum, and the path of gradient descent."""
    valley = result.valley
    angle = np.degrees(np.arctan2(valley.axes[1, 0], valley.axes[0, 0]))
    for level in levels:
        width, height = 2 * np.sqrt(2 * level / valley.curvatures)
        look = {"facecolor": FORWARD, "edgecolor": FORWARD, "linewidth": THIN}
        ax.add_patch(Ellipse(valley.best, width, height, angle=angle, alpha=0.08, **look))
    ax.plot(*valley.best, "*", color=RIGHT, markersize=10, markeredgecolor=PAPER)
    ax.plot(*result.path.T, "o-", color=INK, linewidth=THIN + 0.5, markersize=3)
    ax.plot(*result.path[0], "o", color=PAPER, markeredgecolor=INK)
    ax.plot(*result.path[-1], "o", color=FORWARD, markersize=7, markeredgecolor=PAPER)
    ax.set(xlim=window[0], ylim=window[1], xlabel="$w$", ylabel="$b$", aspect="equal")
    ax.set_title(f"cost {result.costs[-1]:.4g}; minimum {valley.least:.2f} at the star")
