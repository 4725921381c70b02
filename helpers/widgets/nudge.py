"""Interactive figure for lesson 05 that shows how the step size affects the error of a numerical derivative."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.system.validation import brief, finite_number
from helpers.widgets.explorer import SLOW, Explorer

METHODS = ("one-sided, float64", "two-sided, float64", "two-sided, float32", "complex step")


class Nudge(NamedTuple):
    """Numerical derivative for one step size, with the errors of all methods for a range of step sizes."""

    epsilon: float
    method: str
    error: float  # relative error of the derivative
    curves: dict  # maps each method to a tuple (step sizes, relative errors)


def cost_of_weight(w):
    """Compute the cost of one example in a tiny 1 → 1 → 1 network as a function of the weight in its first layer.

    The example is x = 0.8 with the label y = 1. The function accepts float32, float64 and complex arrays of any shape.
    """
    a = np.tanh(0.8 * w - 0.3)
    z = 1.5 * a + 0.2
    return np.log(1 + np.exp(z)) - z


def slope_of_weight(w):
    """Compute the derivative of `cost_of_weight` with the chain rule."""
    a = np.tanh(0.8 * w - 0.3)
    return (1 / (1 + np.exp(-(1.5 * a + 0.2))) - 1) * 1.5 * (1 - a**2) * 0.8


def nudged_slope(w, epsilon, method):
    """Estimate the derivative of `cost_of_weight` at `w` with a step of size `epsilon`, using one of `METHODS`."""
    f = cost_of_weight
    if method == "complex step":
        return f(w + 1j * epsilon).imag / epsilon
    if method == "one-sided, float64":
        return (f(w + epsilon) - f(w)) / epsilon
    if method.endswith("float32"):
        w, epsilon = np.float32(w), np.asarray(epsilon, np.float32)
    return (f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)


def measure(log10_epsilon=-5.0, method="two-sided, float64"):
    """Measure the error of a numerical derivative for one step size, and for all methods over a range of step sizes.

    Parameters
    ----------
    log10_epsilon : float
        Base-10 logarithm of the step size, from −15 to 0.
    method : str
        One of `METHODS`.

    Returns
    -------
    Nudge

    Raises
    ------
    TypeError, ValueError
        If the step size or the method is invalid.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"method is {brief(method)}, but it must be one of {'; '.join(METHODS)}")
    log10_epsilon = finite_number(log10_epsilon, "log10_epsilon", "from −15 to 0")
    if not -15 <= log10_epsilon <= 0:
        raise ValueError(f"log10_epsilon is {log10_epsilon}, but it must be between −15 and 0")
    w, exact = 0.7, slope_of_weight(0.7)
    epsilons = 10.0 ** np.linspace(-15, 0, 151)
    with np.errstate(divide="ignore", invalid="ignore"):
        curves = {m: (epsilons, _error(nudged_slope(w, epsilons, m), exact)) for m in METHODS}
        error = float(_error(nudged_slope(w, 10.0**log10_epsilon, method), exact))
    return Nudge(10.0**log10_epsilon, method, error, curves)


def _error(slope, exact):
    """Return the relative error of each slope as defined in lesson 05, |p − q| / (|p| + |q|)."""
    return np.abs(slope - exact) / (np.abs(slope) + np.abs(exact))


def draw(result, ax=None):
    """Plot the errors of a `Nudge` against the step size, with a star at the chosen step size."""
    return plotting.error_curves(result.curves, result.epsilon, result.error, ax)


def describe(result):
    """Return a sentence that states the error of a `Nudge`."""
    return f"{result.method}, ε = {result.epsilon:.1e}: relative error {result.error:.0e}"


def explorer():
    """Return the interactive figure, with controls for the step size and the method."""
    controls = {
        "log10_epsilon": ipywidgets.FloatSlider(-5, min=-15, max=0, step=0.5, description="log₁₀ of step ε", **SLOW),
        "method": ipywidgets.Dropdown(options=METHODS, value=METHODS[1], description="method"),
    }
    args = (measure, draw, describe, "widgets.nudge.measure(")
    return Explorer("Size of the nudge", "05.nudge", controls, *args, met=is_met)


def is_met(result, state):
    """Return whether the method is the two-sided difference in float32 and the step size is the best on the slider."""
    method = "two-sided, float32"
    offered = 10.0 ** np.arange(-15, 0.5, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = _error(nudged_slope(0.7, offered, method), slope_of_weight(0.7))
    return result.method == method and result.error <= np.nanmin(errors)
