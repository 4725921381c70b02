"""Lesson 01: gradient descent for a line, as a path on the cost surface."""

from typing import NamedTuple

import numpy as np

from helpers import plotting
from helpers.backprop.losses import squared_error, squared_error_gradient
from helpers.datasets.toys import make_line
from helpers.system.validation import positive_number, positive_whole


class Descent(NamedTuple):
    """Gradient descent on a cost over two weights."""

    path: np.ndarray  # (iterations + 1, 2)
    costs: np.ndarray  # (iterations + 1,)
    best: np.ndarray  # (2,)
    surface: tuple  # J, w1, w2 for plotting.cost_surface


def descend(learning_rate=0.3, iterations=20):
    """Gradient descent for lesson 01's line from w = (−2, 2), with the bias kept at its true value 2.

    Parameters
    ----------
    learning_rate : float above 0
    iterations : int of at least 1
    """
    positive_number(learning_rate, "learning_rate")
    positive_whole(iterations, "iterations")
    X, y = make_line()
    A0, Y = X.T, (y - 2)[np.newaxis]
    w = np.array([[-2.0, 2.0]])
    path, costs = [w[0]], [squared_error(w @ A0, Y)]
    for _ in range(iterations):
        w = w - learning_rate * squared_error_gradient(w @ A0, Y) @ A0.T
        path.append(w[0])
        costs.append(squared_error(w @ A0, Y))
    w1, w2 = np.linspace(-3, 8, 60), np.linspace(-6, 4, 60)
    grid = np.stack(np.meshgrid(w1, w2), axis=-1).reshape(-1, 2)
    J = (0.5 * (grid @ A0 - Y) ** 2).mean(axis=1).reshape(60, 60)
    best = np.linalg.lstsq(X, y - 2, rcond=None)[0]
    return Descent(np.array(path), np.array(costs), best, (J, w1, w2))


def draw(result, ax=None):
    """`Descent` as a path on the cost surface."""
    return plotting.cost_surface(*result.surface, path=result.path, best=result.best, ax=ax)


def describe(result):
    """The outcome of a `Descent`, in a sentence."""
    first, last, steps = result.costs[0], result.costs[-1], len(result.costs) - 1
    if not last < first:
        return f"Diverges: after {steps} steps the cost is {last:.3g}, above the {first:.3g} of the start"
    distance = np.linalg.norm(result.path[-1] - result.best)
    return f"After {steps} steps the cost is {last:.4f} and the weights are {distance:.4f} from the best ones"
