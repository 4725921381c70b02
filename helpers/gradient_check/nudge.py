"""The plain nudge: the gradient of any function by central differences, and the distance between two gradients."""

import math
from contextlib import suppress

import numpy as np

from helpers.system.arguments import check_function, is_plain
from helpers.system.validation import as_finite, brief, positive_number, real_array


def numerical_gradient(f, x, epsilon=1e-5):
    """Central differences: ∂f/∂xᵢ ≈ [f(x + ε eᵢ) − f(x − ε eᵢ)] / 2ε for every entry of x.

    The error of the formula shrinks as ε² while round-off grows as 1/ε; in float64 the two balance near
    ε = 1e-5, at about 1e-10 for a function of size 1.

    Parameters
    ----------
    f : callable without arguments
        Reads `x` and returns a number. Entries of `x` are changed one at a time and then restored.
    x : float64 ndarray of any shape
    epsilon : float
        Step ε, in the unit of x.

    Returns
    -------
    ndarray with the shape of x

    Raises
    ------
    TypeError
        If x is not a float64 array (the differences would drown in round-off), or f is not
        a function without arguments that returns a single real number.
    ValueError
        If x is read-only; if epsilon is not above 0, is lost to rounding next to an entry of x, or is larger than
        both 1 and every entry of x; or if f is not finite at a nudged x.
    """
    epsilon = positive_number(epsilon, "epsilon")
    check_function(f, "f")
    _check_nudged(x, epsilon)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        try:
            x[i] = before + epsilon
            above = _number(f())
            x[i] = before - epsilon
            below = _number(f())
        finally:
            x[i] = before
        gradient[i] = (above - below) / (2 * epsilon)
    return gradient


def _check_nudged(x, epsilon):
    if not is_plain(x) or x.dtype != np.float64:
        raise TypeError(f"x must be a float64 array, not {x.dtype if is_plain(x) else type(x).__name__}")
    if not x.flags.writeable:
        raise ValueError("x is read-only, but it is changed one entry at a time: pass x.copy(), and let f read that")
    if (x + epsilon == x - epsilon).any():
        raise ValueError(f"epsilon is {epsilon:g}, which is lost beside an entry of x: take a larger one, such as 1e-5")
    if epsilon > np.abs(x).max(initial=1):
        raise ValueError(f"epsilon is {epsilon:g}, larger than 1 and than x: a nudge must be small, such as 1e-5")


def _number(value):
    """Convert what f returned to a finite float, or raise a TypeError or ValueError."""
    number = None
    if not isinstance(value, np.ma.MaskedArray):
        with suppress(Exception):  # from a ragged list, or an object whose __array__ fails
            array = np.asarray(value)
            if array.ndim == 0 and array.dtype.kind in "buif":
                number = float(array)
    if number is None:
        raise TypeError(f"f must return a single real number, but it returned {brief(value)}")
    if not math.isfinite(number):
        raise ValueError(f"f returned {number} at a step of epsilon from x: take a smaller one, or another x")
    return number


def relative_error(x, y):
    """‖x − y‖ / (‖x‖ + ‖y‖): 0 for equal arrays, 1 for opposite ones, whatever their scale.

    Parameters
    ----------
    x, y : array-likes of the same shape

    Returns
    -------
    float in [0, 1]; 0 if both are 0

    Raises
    ------
    TypeError, ValueError
        If they do not hold finite numbers, or the shapes differ: a gradient has the shape of its parameter.
    """
    arrays = ((name, real_array(array, name, "buifc")) for name, array in (("x", x), ("y", y)))
    # at least in float64: uint8 would wrap around, float16 overflow
    x, y = (as_finite(array, name, np.result_type(array, float)) for name, array in arrays)
    if x.shape != y.shape:
        raise ValueError(f"the shapes differ, {x.shape} and {y.shape}: a gradient has the shape of its parameter")
    return distance(x, y)


def distance(x, y):
    """`relative_error` of two float arrays of the same shape; NaN if an entry is NaN or infinite."""
    largest = max(np.abs(x).max(initial=0), np.abs(y).max(initial=0))
    if largest == 0:
        return 0.0
    x, y = x / largest, y / largest  # the square of 1e-170 would be 0, that of 1e200 infinite
    return float(np.linalg.norm(x - y) / (np.linalg.norm(x) + np.linalg.norm(y)))
