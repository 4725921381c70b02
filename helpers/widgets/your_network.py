"""Lesson 04: a network of any size on a thousand digits."""

from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.datasets.mnist import load_digit_pair
from helpers.system.validation import positive_whole
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.explorer import SLOW, Explorer, as_sizes, count_parameters, fit_whole

MOST_LAYERS, MOST_WORK = 20, 4_500_000  # parameters × iterations: a quarter of a second or so


class Training(NamedTuple):
    """A network trained on a thousand digits."""

    network: NeuralNetwork
    train_accuracy: float
    test_accuracy: float


@cache
def some_digits():
    """1000 fives and eights to train with and 500 to test with."""
    X, y, X_test, y_test = load_digit_pair(5, 8, np.float32, random_state=0)
    return X[:1000], y[:1000], X_test[:500], y_test[:500]


def train(layer_sizes="20, 1", hidden_activation="sigmoid", learning_rate=0.5, iterations=60):
    """Train on 1000 digits, 5 against 8, and test on 500 others.

    Parameters
    ----------
    layer_sizes : sequence of int without the inputs, or text such as "20, 1"; it must end in 1
    hidden_activation, learning_rate, iterations : as in `NeuralNetwork`
    """
    sizes = as_sizes(layer_sizes)
    if sizes[-1] != 1:
        raise ValueError(f"the last size is {sizes[-1]}, but one unit must answer, 5 or 8: end with 1")
    parameters = count_parameters((784, *sizes))
    if len(sizes) > MOST_LAYERS or parameters * positive_whole(iterations, "iterations") > MOST_WORK:
        raise ValueError(
            f"that is too large to train while you wait: {len(sizes)} layers, {parameters} parameters × {iterations} "
            f"iterations; up to {MOST_LAYERS} layers and {MOST_WORK} in all"
        )
    X, y, X_test, y_test = some_digits()
    network = NeuralNetwork(
        sizes,
        hidden_activation=hidden_activation,
        learning_rate=learning_rate,
        iterations=iterations,
        dtype=np.float32,
    )
    fit_whole(network, X, y)
    return Training(network, network.score(X, y), network.score(X_test, y_test))


def draw(result, ax=None):
    """`Training` as its cost curve."""
    return plotting.accuracy_and_cost(result.network.cost_history_, result.train_accuracy, result.test_accuracy, ax)


def describe(result):
    """Shapes, number of parameters and outcome of a `Training`, in a sentence."""
    n = result.network.layer_sizes_
    shapes = ", ".join(f"W[{l}] {n[l]} × {n[l - 1]}" for l in range(1, len(n)))
    return (
        f"{count_parameters(n)} parameters ({shapes}); final cost {result.network.cost_history_[-1]:.4f}, "
        f"test accuracy {result.test_accuracy:.3f}"
    )


def explorer():
    """Lesson 04: layer sizes, activation, learning rate and iterations on real digits."""
    controls = {
        "layer_sizes": ipywidgets.Text("20, 1", description="layer sizes", **SLOW),
        "hidden_activation": ipywidgets.Dropdown(options=["sigmoid", "tanh", "relu"], description="hidden activation"),
        "learning_rate": ipywidgets.FloatLogSlider(0.5, min=-2, max=1, step=0.1, description="learning rate α", **SLOW),
        "iterations": ipywidgets.IntSlider(60, min=10, max=150, step=10, description="iterations", **SLOW),
    }
    goal = "get above 0.95 on the test digits with three layers."
    args = (train, draw, describe, "widgets.your_network.train(")
    return Explorer("Your network", goal, controls, *args)
