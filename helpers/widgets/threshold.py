"""Lesson 02: two clouds of points, the boundary between them and the decision threshold."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.datasets.toys import make_blobs
from helpers.system.validation import finite_number
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.explorer import SLOW, Explorer, fit_whole


class Classification(NamedTuple):
    """A one-layer network on two clouds, and its decisions at a threshold."""

    network: NeuralNetwork
    X: np.ndarray  # (m, 2)
    y: np.ndarray  # (m,)
    threshold: float
    accuracy: float
    missed: int  # label 1, predicted 0
    false_alarms: int  # label 0, predicted 1


def classify(separation=2.5, threshold=0.5):
    """Logistic regression on two clouds that lie `separation` standard deviations apart.

    Parameters
    ----------
    separation : float, at least 0
    threshold : float between 0 and 1; the prediction is 1 if the probability is above it
    """
    threshold = finite_number(threshold, "threshold", "between 0 and 1")
    if not 0 < threshold < 1:
        raise ValueError(f"the threshold is {threshold}, but it must lie between 0 and 1")
    X, y = make_blobs(200, separation, random_state=3)
    network = fit_whole(NeuralNetwork([1], learning_rate=1, iterations=200), X, y)
    answer = network.predict_proba(X) > threshold
    missed, false_alarms = int(np.sum(~answer & (y == 1))), int(np.sum(answer & (y == 0)))
    return Classification(network, X, y, threshold, float(np.mean(answer == y)), missed, false_alarms)


def draw(result, ax=None):
    """Draw a `Classification` as points on top of the predicted probability."""
    return plotting.boundary(result.network.predict_proba, result.X, result.y, ax, result.threshold)


def describe(result):
    """Summarize the accuracy of a `Classification` in a sentence."""
    return (
        f"{result.accuracy:.1%} of {len(result.y)} points are right; triangles missed: {result.missed}, "
        f"circles taken for triangles: {result.false_alarms}"
    )


def explorer():
    """Lesson 02: how the distance of the clouds and the threshold move the boundary."""
    controls = {
        "separation": ipywidgets.FloatSlider(2.5, min=0, max=6, step=0.25, description="separation (sd)", **SLOW),
        "threshold": ipywidgets.FloatSlider(0.5, min=0.01, max=0.99, step=0.01, description="threshold", **SLOW),
    }
    args = (classify, draw, describe, "widgets.threshold.classify(")
    return Explorer("Boundary and threshold", "02.threshold", controls, *args, met=is_met)


def is_met(result, state):
    """Whether no triangle is missed, but one would be if the threshold were one slider step higher."""
    if state["separation"] != 2.5 or result.missed:
        return False
    return bool(np.any(result.network.predict_proba(result.X[result.y == 1]) <= state["threshold"] + 0.01))
