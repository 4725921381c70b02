"""A figure and an animation of gradient descent for a line, with the data next to the contours of the cost."""

import numpy as np
from matplotlib.patches import Ellipse

from helpers.plotting.motion import REST, Motion, keyframes, scale
from helpers.plotting.style import BACKWARD, FORWARD, INK, LINE, MUTED, PAPER, RIGHT, SMALL, THIN, WIDTH, new_axes

NAMED = (2, 4, 10, 20)  # costs to write on their contour lines


def line_and_valley(result, window, levels, ax=None):
    """Draw the data with the current line and, next to them, the path of gradient descent in the (w, b) plane.

    Both panels are drawn as insets of a single axes object.

    Parameters
    ----------
    result : widgets.line_and_valley.Descent
        The data and the path of the parameters.
    window : tuple
        Limits of the right panel, as ((lowest w, highest w), (lowest b, highest b)).
    levels : sequence of float
        Costs at which to draw contour lines.
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.0))
    ax.axis("off")
    _data(result, ax.inset_axes([0.05, 0.12, 0.42, 0.8]))
    _valley(result, window, levels, ax.inset_axes([0.56, 0.12, 0.42, 0.8]))
    return ax


def _data(result, ax):
    """Draw the points, the line, and the vertical distance from each point to the line."""
    (x, y), (w, b) = result.valley[:2], result.path[-1]
    ax.vlines(x, w * x + b, y, color=BACKWARD, linewidth=THIN, linestyle="--")
    ax.plot(x, y, "o", color=MUTED)
    ax.axline((0, b), slope=w, color=FORWARD, linewidth=LINE)
    ax.set(xlim=(-1, 3), ylim=(-2, 8), xlabel="$x$", ylabel="$y$")
    sign = "−" if b < 0 else "+"
    ax.set_title(f"$\\hat{{y}}$ = {w:.2f} x {sign} {abs(b):.2f}".replace("= -", "= −"), color=FORWARD)


def _valley(result, window, levels, ax):
    """Draw the elliptical contour lines of the cost, its minimum, and the path of gradient descent."""
    valley = result.valley
    angle = np.degrees(np.arctan2(valley.axes[1, 0], valley.axes[0, 0]))
    look = {"facecolor": "none", "edgecolor": FORWARD, "alpha": 0.6, "linewidth": THIN}
    for level in levels:
        width, height = 2 * np.sqrt(2 * (level - valley.least) / valley.curvatures)
        ax.add_patch(Ellipse(valley.best, width, height, angle=angle, **look))
        if level in NAMED:
            place = valley.best + height / 2 * valley.axes[:, 1] * np.sign(valley.axes[0, 1])
            ax.text(*place, f"{level}", color=MUTED, fontsize=SMALL, ha="center", va="center", bbox=_LABEL)
    ax.plot(*valley.best, "*", color=RIGHT, markersize=11, markeredgecolor=PAPER, zorder=4)
    ax.plot(*result.path.T, "o-", color=INK, linewidth=THIN + 0.5, markersize=3)
    ax.plot(*result.path[0], "o", color=PAPER, markeredgecolor=INK)
    ax.plot(*result.path[-1], "o", color=FORWARD, markersize=7, markeredgecolor=PAPER)
    ax.set(xlim=window[0], ylim=window[1], xlabel="$w$", ylabel="$b$", aspect="equal")
    ax.set_title(f"cost {result.costs[-1]:.4g}; minimum {valley.least:.4f} at the star")


_LABEL = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}


def moving(result, window, levels, seconds=10):
    """Animate a line being fitted to points, next to the path of gradient descent in the (w, b) plane.

    Parameters
    ----------
    result : widgets.line_and_valley.Descent
        A descent with at least one step.
    window, levels : as in `line_and_valley`
    """
    steps = len(result.path) - 1
    times = [(1 - REST) * k / steps for k in range(steps + 1)]
    left, left_style = _turning_line(result, times, seconds)
    right, right_style = _moving_point(result, window, levels, times, seconds)
    (w0, b0), (w, b) = result.path[0], result.path[-1]
    words = (
        f"Gradient descent in {steps} steps: the line turns from y = {w0:.2f} x + {b0:.2f} to y = {w:.2f} x + {b:.2f}, "
        f"while the point (w, b) moves down the valley of the cost, "
        f"from {result.costs[0]:.2f} to {result.costs[-1]:.2f}."
    )
    return Motion(left + right, left_style + right_style, (806, 356), words)


def _turning_line(result, times, seconds):
    x, y = result.valley.x, result.valley.y
    X, Y, axes = _panel((40, 380), ((-1, 3), (-2, 8)), "xy", "the line")
    unit, rise = float(X(1) - X(0)), float(Y(0) - Y(1))
    points = "".join(f'<circle cx="{X(a):.1f}" cy="{Y(c):.1f}" r="3.6"/>' for a, c in zip(x, y, strict=True))
    turns = []
    for time, (w, b) in zip(times, result.path, strict=True):
        angle = -np.degrees(np.arctan(w * rise / unit))
        turns.append((time, f"transform: translate({X(0):.1f}px, {Y(b):.1f}px) skewY({angle:.2f}deg)"))
    body = (
        f'{axes}<g class="points">{points}</g><g clip-path="url(#from40)"><g class="turn">'
        f'<path class="fit" d="M{-unit:.1f} 0H{3 * unit:.1f}"/></g></g>'
    )
    style = (
        ".axis { fill: none; stroke: var(--muted) } .points { fill: var(--muted) } .at { text-anchor: middle } "
        ".to { text-anchor: end } .fit { stroke: var(--forward); stroke-width: 3; vector-effect: non-scaling-stroke } "
    )
    return body, style + keyframes("turn", turns, seconds)


def _moving_point(result, window, levels, times, seconds):
    valley = result.valley
    X, Y, axes = _panel((460, 760), window, "wb", "the cost over w and b")
    unit, (cx, cy) = float(X(1) - X(0)), (float(X(valley.best[0])), float(Y(valley.best[1])))
    angle = -np.degrees(np.arctan2(valley.axes[1, 0], valley.axes[0, 0]))
    rings = ""
    for level in sorted(levels, reverse=True):
        rx, ry = unit * np.sqrt(2 * (level - valley.least) / valley.curvatures)
        rings += f'<ellipse rx="{rx:.1f}" ry="{ry:.1f}" transform="translate({cx:.1f} {cy:.1f}) rotate({angle:.2f})"/>'
    path = np.column_stack([X(result.path[:, 0]), Y(result.path[:, 1])])
    lengths = np.append(0, np.cumsum(np.hypot(*np.diff(path, axis=0).T)))
    trail = " ".join(f"{a:.1f},{c:.1f}" for a, c in path)
    moves = [(t, f"transform: translate({a:.1f}px, {c:.1f}px)") for t, (a, c) in zip(times, path, strict=True)]
    drawn = [(t, f"stroke-dashoffset: {lengths[-1] - s:.1f}px") for t, s in zip(times, lengths, strict=True)]
    dash = f"{lengths[-1]:.1f}px {lengths[-1] + 9:.1f}px"  # the gap hides the whole trail, including its end
    style = _VALLEY_STYLE + f".trail {{ stroke-dasharray: {dash} }} "
    body = (
        f'<g clip-path="url(#from460)"><g class="rings">{rings}</g><polyline class="trail" points="{trail}"/>'
        f'<g class="move"><circle class="now" r="7"/></g><text class="best" x="{cx:.1f}" y="{cy + 6:.1f}">★</text></g>'
        + axes
    )
    return body, style + keyframes("move", moves, seconds) + keyframes("trail", drawn, seconds)


def _panel(box, limits, names, title):
    """Draw axes with names, a title and ticks at even numbers, and return both scales and the SVG elements."""
    (left, right), X, Y = box, scale(limits[0], box), scale(limits[1], (330, 30))
    texts = f'<text x="{left}" y="18">{title}</text>'
    for tick in range(-2, 7, 2):
        number = f"{tick}".replace("-", "−")
        if left <= X(tick) < right - 20:
            texts += f'<text class="small at" x="{X(tick):.1f}" y="347">{number}</text>'
        if 50 < Y(tick) <= 330:
            texts += f'<text class="small to" x="{left - 6}" y="{Y(tick) + 4:.1f}">{number}</text>'
    texts += f'<text class="small to" x="{right}" y="347">{names[0]}</text>'
    texts += f'<text class="small to" x="{left - 6}" y="40">{names[1]}</text>'
    clip = f'<clipPath id="from{left}"><rect x="{left}" y="30" width="{right - left}" height="300"/></clipPath>'
    return X, Y, f'{clip}<path class="axis" d="M{left} 30V330H{right}"/>{texts}'


_VALLEY_STYLE = (
    ".rings { fill: none; stroke: var(--forward); stroke-opacity: 0.6 } "
    ".now { fill: var(--forward); stroke: var(--paper); stroke-width: 2 } "
    ".best { fill: var(--right); stroke: var(--paper); font-size: 18px; text-anchor: middle; paint-order: stroke } "
    ".trail { fill: none; stroke: var(--ink); stroke-width: 1.8 } "
)
