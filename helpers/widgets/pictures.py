"""Interactive figure for lesson 06 that shows a network's predictions, one image at a time."""

from functools import partial
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.system.validation import positive_whole
from helpers.widgets.explorer import SLOW, Explorer


class Look(NamedTuple):
    """An image and a network's prediction for it."""

    picture: np.ndarray  # shape: (64, 64, 3)
    probability: float
    label: int


def look(network, X, y, number=1, mistakes_only=False):
    """Select an image from a data set, or from the images that a network classifies incorrectly.

    Parameters
    ----------
    network : NeuralNetwork
        Network that was fitted to flattened images with pixel values divided by 255.
    X : uint8 ndarray of shape (m, 64, 64, 3)
        Images.
    y : ndarray of shape (m,)
        Labels, 0 or 1.
    number : int
        Number of the image, starting at 1.
    mistakes_only : bool
        Whether `number` counts only the images that the network classifies incorrectly.

    Returns
    -------
    Look

    Raises
    ------
    TypeError, ValueError
        If there is no image with this number.
    """
    probability = network.predict_proba(X.reshape(len(X), -1) / 255)
    chosen = np.flatnonzero((probability > 0.5) != y) if mistakes_only else np.arange(len(X))
    if not len(chosen):
        raise ValueError("the network makes no mistakes on these images" if mistakes_only else "X contains no images")
    if positive_whole(number, "number") > len(chosen):
        raise ValueError(f"there is no image number {number}: the images are numbered from 1 to {len(chosen)}")
    i = chosen[number - 1]
    return Look(X[i], float(probability[i]), int(y[i]))


def draw(result, ax=None):
    """Show the image of a `Look`."""
    return plotting.images(result.picture[np.newaxis], ax=ax)


def describe(result):
    """Return a sentence that states the label and the network's prediction."""
    right = (result.probability > 0.5) == result.label
    truth = "a cat" if result.label else "not a cat"
    return (
        f"This is {truth}. The predicted probability of a cat is {result.probability:.2f}, "
        f"so the prediction is {'right' if right else 'wrong'}"
    )


def explorer(network, X, y):
    """Return the interactive figure, with controls for browsing through all images or only the mistakes."""
    controls = {
        "number": ipywidgets.IntSlider(1, min=1, max=len(X), description="image number", **SLOW),
        "mistakes_only": ipywidgets.Checkbox(False, description="mistakes only", indent=False),
    }
    probability = network.predict_proba(X.reshape(len(X), -1) / 255)
    wrong = np.abs(probability - 0.5)[(probability > 0.5) != y]

    def is_met(result, state):
        sure = abs(result.probability - 0.5)
        return (result.probability > 0.5) != result.label and sure >= wrong.max(initial=0)

    args = (draw, describe, "widgets.pictures.look(network, X, y, ")
    compute = partial(look, network, X, y)
    return Explorer("Pictures", "06.pictures", controls, compute, *args, figsize=(6.0, 4.4), met=is_met)
