"""Interactive figure for lesson 02 that shows two clusters of points, the boundary between them, and the threshold."""

from functools import lru_cache, partial
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.datasets.toys import make_blobs
from helpers.system.validation import finite_number
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.explorer import SLOW, Explorer, fit_whole


class Classification(NamedTuple):
    """One-layer network fitted to two clusters of points, and its decisions at a given threshold."""

    network: NeuralNetwork
    X: np.ndarray  # shape: (m, 2)
    y: np.ndarray  # shape: (m,)
    threshold: float
    accuracy: float
    missed: int  # number of false negatives
    false_alarms: int  # number of false positives


def classify(separation=2.5, threshold=0.5):
    """Fit a logistic regression to two clusters of points.

    Parameters
    ----------
    separation : float
        Distance between the centres of the clusters, in standard deviations. It must not be negative.
    threshold : float
        Number between 0 and 1. The prediction is 1 if the probability is above this number.

    Returns
    -------
    Classification

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    return _classify(_fit, separation, threshold)


def _classify(fit, separation, threshold):
    threshold = finite_number(threshold, "threshold", "between 0 and 1")
    if not 0 < threshold < 1:
        raise ValueError(f"threshold is {threshold}, but it must be between 0 and 1")
    network, X, y = fit(separation)
    answer = network.predict_proba(X) > threshold
    missed, false_alarms = int(np.sum(~answer & (y == 1))), int(np.sum(answer & (y == 0)))
    return Classification(network, X, y, threshold, float(np.mean(answer == y)), missed, false_alarms)


def _fit(separation):
    """Return a network fitted to two clusters, and the points and labels of the clusters."""
    X, y = make_blobs(200, separation, random_state=3)
    return fit_whole(NeuralNetwork([1], learning_rate=1, iterations=200), X, y), X, y


def draw(result, ax=None, key=True):
    """Plot the points of a `Classification` on top of the predicted probabilities, with an optional colour bar."""
    return plotting.boundary(result.network.predict_proba, result.X, result.y, ax, result.threshold, key)


def describe(result):
    """Return a sentence that states the accuracy of a `Classification` and counts both kinds of mistakes."""
    return (
        f"{result.accuracy:.1%} of {len(result.y)} points are classified correctly; triangles missed: {result.missed}, "
        f"circles taken for triangles: {result.false_alarms}"
    )


def explorer():
    """Return the interactive figure, with controls for the distance between the clusters and the threshold."""
    controls = {
        "separation": ipywidgets.FloatSlider(2.5, min=0, max=6, step=0.25, description="separation (sd)", **SLOW),
        "threshold": ipywidgets.FloatSlider(0.5, min=0.01, max=0.99, step=0.01, description="threshold", **SLOW),
    }
    compute = partial(_classify, lru_cache(1)(_fit))  # a new threshold does not require a new fit
    args = (compute, draw, describe, "widgets.threshold.classify(")
    return Explorer("Boundary and threshold", "02.threshold", controls, *args, met=is_met)


def is_met(result, state):
    """Return whether no triangle is missed, but at least one would be if the threshold were one slider step higher."""
    if state["separation"] != 2.5 or result.missed:
        return False
    return bool(np.any(result.network.predict_proba(result.X[result.y == 1]) <= state["threshold"] + 0.01))
