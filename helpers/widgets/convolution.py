"""Interactive figure for lesson 12, in which the reader rotates a filter and sees its response to a digit."""

from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.autograd.layers import windows
from helpers.datasets.mnist import load_mnist
from helpers.plotting import layers
from helpers.system.arguments import whole_between
from helpers.system.validation import finite_number, known_name
from helpers.widgets.explorer import SLOW, Explorer

KINDS = ("edge", "line", "spot")
STEP = 15  # degrees between neighbouring positions of the slider
SIZE = 5  # number of rows and of columns in the filter


class Response(NamedTuple):
    """A digit, a filter, and the response of the filter."""

    digit: int
    picture: np.ndarray  # shape: (28, 28), from 0 to 1
    F: np.ndarray  # shape: (5, 5)
    response: np.ndarray  # shape: (24, 24), after ReLU
    mean: float


@cache
def pictures():
    """Return the first training picture of each digit, as an array of shape (10, 28, 28) with values from 0 to 1."""
    X, y, _, _ = load_mnist()
    return np.array([X[np.argmax(y == digit)].reshape(28, 28) / 255 for digit in range(10)])


def make_filter(kind, angle):
    """Return a filter of shape (5, 5). Its entries add up to 0, and their absolute values add up to 2.

    Parameters
    ----------
    kind : str
        One of `KINDS`. An edge filter is positive on one side, a line filter is positive along its middle, and a spot
        filter is positive in its centre.
    angle : float
        For an edge, the direction in which it gets darker; for a line, the direction perpendicular to it. The angle is
        measured in degrees, anticlockwise from the right.
    """
    y, x = np.mgrid[2:-3:-1, -2:3].astype(float)
    turn = np.deg2rad(angle)
    across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    if kind == "edge":
        F = across * np.exp(-(across**2 + along**2) / 3)
    elif kind == "line":
        F = (1 - across**2) * np.exp(-(across**2) / 2 - along**2 / 6)
    else:
        F = (2 - x**2 - y**2) * np.exp(-(x**2 + y**2) / 2)
    F = F - F.mean()
    return 2 * F / np.abs(F).sum()


def respond(digit=7, kind="edge", angle=0):
    """Compare every window of a digit with a filter.

    Parameters
    ----------
    digit : int
        The digit, from 0 to 9.
    kind : str
        "edge", "line" or "spot".
    angle : float
        Direction of the filter in degrees.

    Returns
    -------
    Response

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    picture = pictures()[whole_between(digit, "digit", 0, 9)]
    F = make_filter(known_name(kind, KINDS, "kind"), finite_number(angle, "angle"))
    V = windows(picture[np.newaxis, ..., np.newaxis], SIZE).reshape(24, 24, SIZE * SIZE)
    response = np.maximum(V @ F.ravel(), 0)
    return Response(digit, picture, F, response, float(response.mean()))


def draw(result, ax=None):
    """Draw a `Response`, with a frame around the window that gives the largest response."""
    place = np.unravel_index(result.response.argmax(), result.response.shape)
    return layers.convolution(result.picture, result.F, result.response, place, ax)


def describe(result):
    """Return a sentence about a `Response`."""
    row, column = np.unravel_index(result.response.argmax(), result.response.shape)
    return (
        f"Mean response to the {result.digit}: {result.mean:.4f}. "
        f"The largest response, {result.response.max():.2f}, comes from the window in row {row}, column {column}"
    )


def explorer():
    """Return the interactive figure, with controls for the digit, the kind of filter and its direction."""
    controls = {
        "digit": ipywidgets.IntSlider(7, min=0, max=9, description="digit"),
        "kind": ipywidgets.Dropdown(options=KINDS, description="kind of filter"),
        "angle": ipywidgets.IntSlider(0, min=0, max=360 - STEP, step=STEP, description="angle in degrees", **SLOW),
    }
    args = (respond, draw, describe, "widgets.convolution.respond(")
    return Explorer("A filter on a digit", "12.convolution", controls, *args, figsize=(6.0, 2.6), met=is_met)


def is_met(result, state):
    """Return whether an edge filter is turned to the direction in which its mean response to the 7 is largest."""
    if (state["digit"], state["kind"]) != (7, "edge"):
        return False
    return result.mean >= max(respond(7, "edge", angle).mean for angle in range(0, 360, STEP))
