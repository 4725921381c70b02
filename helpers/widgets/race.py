"""Interactive figure for lesson 08, in which three optimizers train networks on the same batches of digits."""

from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.datasets.mnist import load_mnist
from helpers.system.validation import positive_number, positive_whole
from helpers.training.neural_network import NeuralNetwork
from helpers.training.parallel import parallel_map
from helpers.widgets.explorer import SLOW, fit_whole
from helpers.widgets.gradual import Gradual

RACE_STEPS, RACE_SMOOTHING = 150, 15
NAMES = {"gradient_descent": "gradient descent", "momentum": "momentum", "adam": "Adam"}
TRAINED = {}  # maps (optimizer, learning rate, batch size) to the result of `_train`, so no network is trained twice


class Race(NamedTuple):
    """Smoothed costs and final scores of networks trained on the same batches, keyed by the name of the optimizer.

    Networks that are still being trained are not included.
    """

    costs: dict
    scores: dict


@cache
def _ten_digits():
    X, y, _, _ = load_mnist()
    X = X[[*range(2000), *range(55000, 56000)]] / np.float32(255)
    return X[:2000], y[:2000], X[2000:], y[55000:56000]


def run(gradient_descent=0.1, momentum=0.02, adam=0.003, batch_size=32):
    """Train a 784 → 30 → 10 network on 2000 digits with each of three optimizers.

    All three start from the same weights and use the same batches.

    Parameters
    ----------
    gradient_descent, momentum, adam : float
        Learning rates of the optimizers, greater than 0.
    batch_size : int
        Number of examples per batch, from 1 to 64.

    Returns
    -------
    Race

    Raises
    ------
    TypeError, ValueError
        If a learning rate or the batch size is invalid.
    """
    if positive_whole(batch_size, "batch_size") > 64:
        raise ValueError(f"batch_size is {batch_size}, but it must be between 1 and 64")
    rates = {"gradient_descent": gradient_descent, "momentum": momentum, "adam": adam}
    rates = {name: positive_number(rate, f"the learning rate of {name}") for name, rate in rates.items()}
    return _race({name: _run(name, rate, batch_size) for name, rate in rates.items()})


def parts(batch_size, **rates):
    """Train the networks of `run` not yet trained, except the last, and yield a partial `Race` after each."""
    settings = {name: (name, rate, batch_size) for name, rate in rates.items()}
    for name in [name for name, key in settings.items() if key not in TRAINED][:-1]:
        _run(*settings[name])
        yield _race({name: TRAINED[key] for name, key in settings.items() if key in TRAINED})


def _race(results):
    return Race(*({name: pair[i] for name, pair in results.items()} for i in (0, 1)))


def _run(*settings):
    if settings not in TRAINED:
        TRAINED[settings] = _train(*settings)
    return TRAINED[settings]


@parallel_map(1)  # two BLAS threads would compete with the browser, and wait for each other
def _train(optimizer, learning_rate, batch_size):
    """Return the smoothed costs and the held-out accuracy of one optimizer."""
    X, y, X_held_out, y_held_out = _ten_digits()
    network = NeuralNetwork(
        [30, 10],
        hidden_activation="relu",
        output="softmax",
        initialization="he",
        optimizer=optimizer,
        learning_rate=learning_rate,
        iterations=RACE_STEPS,
        batch_size=batch_size,
        dtype=np.float32,
    )
    fit_whole(network, X, y)  # raises an error if interrupted, so an incomplete run is never stored
    window = np.ones(RACE_SMOOTHING) / RACE_SMOOTHING
    return np.convolve(network.cost_history_, window, mode="valid"), network.score(X_held_out, y_held_out)


def draw(result, ax=None):
    """Plot the costs of a `Race`."""
    return plotting.race_curves(
        {words: result.costs.get(name, ()) for name, words in NAMES.items()}, RACE_SMOOTHING, ax
    )


def describe(result):
    """Return a sentence that states the winner and the scores, or lists the networks that are still being trained."""
    scores = ", ".join(f"{NAMES[name]} {score:.3f}" for name, score in result.scores.items())
    missing = [words for name, words in NAMES.items() if name not in result.scores]
    if missing:
        return f"Still training: {', '.join(missing)}. Held-out accuracy so far: {scores}"
    winner = min(result.costs, key=lambda name: result.costs[name][-1])
    lost = [NAMES[name] for name, costs in result.costs.items() if costs[-1] >= np.log(10)]
    warning = f". No better than guessing: {', '.join(lost)}" if lost else ""
    return f"Lowest cost: {NAMES[winner]}. Held-out accuracy: {scores}{warning}"


def explorer():
    """Return the interactive figure, with controls for the learning rates and the batch size."""
    rates = {"gradient_descent": (0.1, -3, 1), "momentum": (0.02, -4, 0), "adam": (0.003, -5, -1)}
    controls = {
        name: ipywidgets.FloatLogSlider(rate, min=low, max=high, step=0.1, description=f"α of {NAMES[name]}", **SLOW)
        for name, (rate, low, high) in rates.items()
    }
    controls["batch_size"] = ipywidgets.IntSlider(32, min=1, max=64, description="batch size", **SLOW)
    args = (run, draw, describe, "widgets.race.run(")
    return Gradual("Optimizer race", "08.race", controls, *args, parts=parts, met=is_met)


def is_met(result, state):
    """Return whether plain gradient descent ends with the lowest cost and every optimizer scores at least 0.8."""
    winner = min(result.costs, key=lambda name: result.costs[name][-1])
    return winner == "gradient_descent" and min(result.scores.values()) >= 0.8
