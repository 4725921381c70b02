"""Lesson 01: a line turning towards its points, beside its path through the valley of the cost.

With one input there are two parameters, w and b, so the cost is a surface over a plane in which every point stands
for a line.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets

from helpers.backprop.losses import squared_error, squared_error_gradient
from helpers.plotting.descent import line_and_valley
from helpers.plotting.style import WIDTH
from helpers.system.validation import as_real_array, brief, positive_number
from helpers.widgets.explorer import whole_between
from helpers.widgets.instrument import Instrument, Pair

START, RATE, MOST = (-1.0, 3.0), 0.1, 60
NEAR = 0.01  # distance from the lowest cost that counts as arrived
HIGH, FEW = 4.0, 5  # the challenge: minimum initial cost, maximum steps
# Axis limits of the valley: the same unit on both axes, so that steps are at right angles to the contour lines.
WINDOW = ((-2.5, 5.5), (-3.0, 5.0))
LEVELS = (0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 18.0, 26.0, 36.0, 50.0)  # of the cost above its lowest


class Valley(NamedTuple):
    """Points, and the cost of a line through them: J = least + ½ (p − best)ᵀ H (p − best) with p = (w, b)."""

    x: np.ndarray  # (m,)
    y: np.ndarray  # (m,)
    best: np.ndarray  # (2,), w and b of least squares
    least: float
    curvatures: np.ndarray  # (2,), eigenvalues of H, the smaller first
    axes: np.ndarray  # (2, 2), their directions, one per column


class Descent(NamedTuple):
    """Gradient descent in a `Valley`."""

    valley: Valley
    path: np.ndarray  # (steps + 1, 2): w, b
    costs: np.ndarray  # (steps + 1,)
    learning_rate: float


@cache
def valley():
    """Twenty-four points near the line y = 1 + 1.5 x, and the cost over w and b."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-0.5, 2.5, 24)
    y = 1 + 1.5 * x + 0.4 * rng.standard_normal(24)
    A0 = np.vstack([x, np.ones(24)])  # (2, m): the input, and a 1 for the bias
    best = np.linalg.lstsq(A0.T, y, rcond=None)[0]
    return Valley(x, y, best, squared_error(best[None] @ A0, y[None]), *np.linalg.eigh(A0 @ A0.T / 24))


def descend(start=START, learning_rate=RATE, steps=0):
    """Gradient descent for a line ŷ = w x + b.

    Parameters
    ----------
    start : (w, b), two numbers
    learning_rate : float above 0
    steps : int from 0 to 60
    """
    p = as_real_array(start, "start", finite=True).astype(float)
    if p.shape != (2,):
        raise ValueError(f"start is {brief(start)}, but it must be two numbers, w and b")
    rate, steps = positive_number(learning_rate, "learning_rate"), whole_between(steps, "steps", 0, MOST)
    x, Y = valley().x[None], valley().y[None]  # (1, m)
    path, costs = [p], [squared_error(p[0] * x + p[1], Y)]
    for _ in range(steps):
        dZ = squared_error_gradient(p[0] * x + p[1], Y)  # (1, m)
        p = p - rate * np.array([np.sum(dZ * x), np.sum(dZ)])
        path.append(p)
        costs.append(squared_error(p[0] * x + p[1], Y))
    return Descent(valley(), np.array(path), np.array(costs), rate)


def arrived(result):
    """The first step whose cost is less than `NEAR` above the lowest, or None."""
    near = np.flatnonzero(result.costs - result.valley.least < NEAR)
    return int(near[0]) if near.size else None


def describe(result):
    """Summarize the outcome of a `Descent` in a sentence."""
    (w, b), cost, steps = result.path[-1], result.costs[-1], len(result.costs) - 1
    first, least = result.costs[0], result.valley.least
    here = f"w = {_n(w)}, b = {_n(b)}, cost {_cost(cost)}"
    if steps == 0:
        return f"Start: {here}. The lowest cost is {least:.2f}."
    if result.costs[-1] > result.costs[-2]:
        return (
            f"Diverges: after {_count(steps)} the cost is {_cost(cost)}, against {_cost(first)} at the start. "
            "Each step overshoots the floor of the valley and lands higher on the other side."
        )
    if (found := arrived(result)) is not None:
        return f"Arrived after {_count(found)}: {here}, within {NEAR} of the lowest, {least:.2f}."
    return f"After {_count(steps)}: {here}, still {_cost(cost - least)} above the lowest."


def solved(result):
    """Whether the challenge is met: from a cost above 4 to the bottom in at most five steps."""
    found = arrived(result)
    return bool(result.costs[0] > HIGH and found is not None and found <= FEW)


def draw(result, ax=None):
    """Draw a `Descent`: the data with the line beside the path in the valley, in the given or new axes."""
    return line_and_valley(result, WINDOW, LEVELS, ax)


def _picture(result):
    """The data for the front end: a path of `MOST` steps, of which it shows those taken so far."""
    whole = descend(tuple(result.path[0]), result.learning_rate, MOST)
    gradients = np.diff(whole.path, axis=0) / -result.learning_rate
    parts = result.valley._asdict() | {"path": whole.path, "costs": whole.costs, "gradients": gradients}
    return parts | {"window": WINDOW, "levels": LEVELS, "high": HIGH, "near": NEAR, "reset": START}


class LineAndValley(Instrument):
    """The instrument: click a starting point, choose a learning rate, step or play."""

    title = "Line and valley"
    challenge = "01.line_and_valley"
    front = "line_and_valley.js"
    code = "widgets.line_and_valley.descend("
    figsize, example = (WIDTH, 3.9), {"learning_rate": 0.7, "steps": 12}
    arguments = ("start", "learning_rate", "steps")

    start = Pair(*START).tag(sync=True)
    learning_rate = traitlets.CFloat(RATE).tag(sync=True)
    steps = traitlets.CInt(0).tag(sync=True)

    compute, describe, solved = map(staticmethod, (descend, describe, solved))
    draw, picture_of = map(staticmethod, (draw, _picture))


def explorer():
    """Lesson 01: how the starting point and the learning rate affect gradient descent."""
    return LineAndValley()


def _n(number):
    """A number with two decimals, or in scientific notation if it is large."""
    return (f"{number:z.2f}" if abs(number) < 1e4 else f"{number:.1e}").replace("-", "−")


def _cost(cost):
    return f"{cost:.2f}" if 0.01 <= cost < 1e4 else f"{cost:.1e}".replace("-", "−")


def _count(steps):
    return f"{steps} step{'s' * (steps != 1)}"
