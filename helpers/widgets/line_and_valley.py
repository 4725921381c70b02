"""Interactive figure for lesson 01 that shows a line being fitted and the path of its parameters down a cost valley.

A line with one input has two parameters, w and b. The cost is therefore a surface over a plane, and every point of
the plane represents a line.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets

from helpers.backprop.losses import squared_error, squared_error_gradient
from helpers.plotting.descent import line_and_valley
from helpers.plotting.style import WIDTH
from helpers.system.arguments import whole_between
from helpers.system.validation import as_float64_array, brief, positive_number
from helpers.widgets.instrument import Instrument, Pair

START, RATE, MOST = (-1.0, 3.0), 0.1, 60
NEAR = 0.01  # the descent has arrived when the cost is this close to the minimum
HIGH, FEW = 4.0, 5  # limits in the challenge: initial cost, number of steps
# Both axes span the same length, because steps are perpendicular to the contour lines only if the scales are equal.
WINDOW = ((-2.5, 5.5), (-3.0, 5.0))
LEVELS = tuple(range(1, 41))  # costs of the contour lines, which are closer together where the surface is steeper


class Valley(NamedTuple):
    """Data points, and the cost of a line through them as a function of its parameters p = (w, b).

    The cost is J = least + ½ (p − best)ᵀ H (p − best).
    """

    x: np.ndarray  # shape: (m,)
    y: np.ndarray  # shape: (m,)
    best: np.ndarray  # least-squares solution (w, b)
    least: float  # minimum cost
    curvatures: np.ndarray  # eigenvalues of H in ascending order, of shape (2,)
    axes: np.ndarray  # eigenvectors of H, one per column, of shape (2, 2)


class Descent(NamedTuple):
    """Path of gradient descent through a `Valley`."""

    valley: Valley
    path: np.ndarray  # parameters (w, b) at the start and after each step, of shape (steps + 1, 2)
    costs: np.ndarray  # shape: (steps + 1,)
    learning_rate: float


@cache
def valley():
    """Generate 24 points near the line y = 1 + 1.5 x, and compute the cost as a function of w and b."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-0.5, 2.5, 24)
    y = 1 + 1.5 * x + 0.4 * rng.standard_normal(24)
    A0 = np.vstack([x, np.ones(24)])  # shape: (2, m); the row of ones is for the bias
    best = np.linalg.lstsq(A0.T, y, rcond=None)[0]
    return Valley(x, y, best, squared_error(best[None] @ A0, y[None]), *np.linalg.eigh(A0 @ A0.T / 24))


def descend(start=START, learning_rate=RATE, steps=0):
    """Fit a line ŷ = w x + b by gradient descent.

    Parameters
    ----------
    start : tuple of (float, float)
        Initial parameters w and b.
    learning_rate : float
        Learning rate, greater than 0.
    steps : int
        Number of steps, from 0 to 60.

    Returns
    -------
    Descent

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    p = as_float64_array(start, "start", finite=True).astype(float)
    if p.shape != (2,):
        raise ValueError(f"start is {brief(start)}, but it must be two numbers, w and b")
    rate, steps = positive_number(learning_rate, "learning_rate"), whole_between(steps, "steps", 0, MOST)
    x, Y = valley().x[None], valley().y[None]  # shape: (1, m)
    path, costs = [p], [squared_error(p[0] * x + p[1], Y)]
    for _ in range(steps):
        dZ = squared_error_gradient(p[0] * x + p[1], Y)  # shape: (1, m)
        p = p - rate * np.array([np.sum(dZ * x), np.sum(dZ)])
        path.append(p)
        costs.append(squared_error(p[0] * x + p[1], Y))
    return Descent(valley(), np.array(path), np.array(costs), rate)


def arrived(result):
    """Return the first step at which the cost is less than `NEAR` above the minimum, or None if there is none."""
    near = np.flatnonzero(result.costs - result.valley.least < NEAR)
    return int(near[0]) if near.size else None


def describe(result):
    """Return a sentence that states the outcome of a `Descent`."""
    (w, b), cost, steps = result.path[-1], result.costs[-1], len(result.costs) - 1
    first, least = result.costs[0], result.valley.least
    here = f"w = {_n(w)}, b = {_n(b)}, cost {_cost(cost)}"
    if steps == 0:
        return f"Start: {here}. The minimum cost is {least:.4f}."
    if result.costs[-1] > result.costs[-2]:
        before, when = (first, "at the start") if cost > first else (result.costs[-2], "one step earlier")
        return (
            f"Gradient descent diverges: after {_count(steps)}, the cost is {_cost(cost)}, up from {_cost(before)} "
            f"{when}. Each step overshoots the floor of the valley and lands farther up the other wall."
        )
    if (found := arrived(result)) is not None:
        return f"Arrived after {_count(found)}: {here}, within {NEAR} of the minimum, {least:.4f}."
    return f"After {_count(steps)}: {here}, still {_cost(cost - least)} above the minimum."


def solved(result):
    """Return whether the path starts at a cost above 4 and reaches the bottom within five steps."""
    found = arrived(result)
    return bool(result.costs[0] > HIGH and found is not None and found <= FEW)


def draw(result, ax=None):
    """Draw a `Descent`, with the data and the line on the left and the path through the valley on the right."""
    return line_and_valley(result, WINDOW, LEVELS, ax)


def _picture(result):
    """Return the data for the front end.

    They contain a path of `MOST` steps, of which the front end shows only the steps taken so far.
    """
    whole = descend(tuple(result.path[0]), result.learning_rate, MOST)
    gradients = np.diff(whole.path, axis=0) / -result.learning_rate
    parts = result.valley._asdict() | {"path": whole.path, "costs": whole.costs, "gradients": gradients}
    return parts | {"window": WINDOW, "levels": LEVELS, "high": HIGH}


class LineAndValley(Instrument):
    """Interactive figure in which the reader chooses a starting point and a learning rate for gradient descent."""

    title = "Line and valley"
    challenge = "01.line_and_valley"
    front = "line_and_valley.js"
    code = "widgets.line_and_valley.descend("
    figsize, example = (WIDTH, 3.9), {"steps": 10}
    arguments = ("start", "learning_rate", "steps")

    start = Pair(*START).tag(sync=True)
    learning_rate = traitlets.CFloat(RATE).tag(sync=True)
    steps = traitlets.CInt(0).tag(sync=True)

    compute, describe, solved = map(staticmethod, (descend, describe, solved))
    draw, picture_of = map(staticmethod, (draw, _picture))


def explorer():
    """Return the interactive figure."""
    return LineAndValley()


def _n(number):
    """Format a number with two decimals, or in scientific notation if it is large."""
    return (f"{number:z.2f}" if abs(number) < 1e4 else f"{number:.1e}").replace("-", "−")


def _cost(cost):
    return f"{cost:.2f}" if 0.01 <= cost < 1e4 else f"{cost:.1e}".replace("-", "−")


def _count(steps):
    return f"{steps} step{'s' * (steps != 1)}"
