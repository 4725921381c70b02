"""Lesson 06: a network's answers, one image at a time."""

from functools import partial
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.widgets.explorer import SLOW, Explorer


class Look(NamedTuple):
    """One image and a network's answer to it."""

    picture: np.ndarray  # (64, 64, 3)
    probability: float
    label: int


def look(network, X, y, number=1, mistakes_only=False):
    """Select image `number`, counted from 1, of a set, or of the images that the network gets wrong.

    Parameters
    ----------
    network : NeuralNetwork fitted on flattened images divided by 255
    X : uint8 ndarray of shape (m, 64, 64, 3); y : ndarray of shape (m,), 0 or 1
    number : int, from 1 to the number of images
    mistakes_only : bool
    """
    probability = network.predict_proba(X.reshape(len(X), -1) / 255)
    chosen = np.flatnonzero((probability > 0.5) != y) if mistakes_only else np.arange(len(X))
    if not 1 <= number <= len(chosen):
        raise ValueError(f"there is no picture {number}: there are {len(chosen)}")
    i = chosen[number - 1]
    return Look(X[i], float(probability[i]), int(y[i]))


def draw(result, ax=None):
    """Draw the image of a `Look`."""
    return plotting.images(result.picture[np.newaxis], ax=ax)


def describe(result):
    """Summarize the network's answer to an image in a sentence."""
    right = (result.probability > 0.5) == result.label
    truth = "a cat" if result.label else "no cat"
    return f"It is {truth}; probability of a cat {result.probability:.2f}: {'right' if right else 'wrong'}"


def explorer(network, X, y):
    """Lesson 06: page through all images, or only through the mistakes."""
    controls = {
        "number": ipywidgets.IntSlider(1, min=1, max=len(X), description="picture number", **SLOW),
        "mistakes_only": ipywidgets.Checkbox(False, description="only the mistakes", indent=False),
    }
    probability = network.predict_proba(X.reshape(len(X), -1) / 255)
    wrong = np.abs(probability - 0.5)[(probability > 0.5) != y]

    def is_met(result, state):
        sure = abs(result.probability - 0.5)
        return (result.probability > 0.5) != result.label and sure >= wrong.max(initial=0)

    args = (draw, describe, "widgets.pictures.look(network, X, y, ")
    compute = partial(look, network, X, y)
    return Explorer("Pictures", "06.pictures", controls, compute, *args, figsize=(6.0, 4.4), met=is_met)
