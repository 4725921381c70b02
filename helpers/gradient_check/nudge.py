"""Numerical gradients by central differences, and the relative error between two gradients."""

import math
from contextlib import suppress

import numpy as np

from helpers.system.arguments import check_function, is_plain
from helpers.system.validation import as_finite, as_numeric_array, brief, positive_number


def numerical_gradient(f, x, epsilon=1e-5):
    """Approximate the gradient of a function by central differences.

    Each partial derivative is computed as ∂f/∂xᵢ ≈ [f(x + ε eᵢ) − f(x − ε eᵢ)] / 2ε. The error of this
    formula shrinks as ε², while the rounding error grows as 1/ε. In float64, the two balance near ε = 1e-5,
    where both are about 1e-11 for a function whose values and derivatives are about 1.

    Parameters
    ----------
    f : callable
        Function without arguments that reads `x` and returns a number. Each entry of `x` is changed
        before a call and then restored.
    x : float64 ndarray of any shape
        Point at which to compute the gradient.
    epsilon : float
        Step size ε, in the units of x.

    Returns
    -------
    ndarray of the same shape as x

    Raises
    ------
    TypeError
        If x is not a float64 array, or if f is not a function without arguments that returns a single
        real number. Other types of x are rejected because the differences would be lost in rounding
        errors.
    ValueError
        If x is read-only or contains a value that is not finite, if f is not finite at a shifted x, or if
        epsilon is unsuitable. Epsilon must be positive and large enough that rounding does not change the
        steps of any entry by more than 1%. If it is larger than 1, at least one entry of x must be at least
        as large in absolute value.
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
    """Raise a TypeError or ValueError unless every entry of x can be shifted by epsilon."""
    if not is_plain(x) or x.dtype != np.float64:
        raise TypeError(f"x must be a float64 array, not {x.dtype if is_plain(x) else type(x).__name__}")
    if not x.flags.writeable:
        raise ValueError(
            "x is read-only, but its entries must be changed one at a time: pass a copy, and let f read the copy"
        )
    size = np.abs(as_finite(x, "x", float)).max(initial=1)
    if (np.abs((x + epsilon) - (x - epsilon) - 2 * epsilon) > 0.02 * epsilon).any():  # because of rounding
        raise ValueError(
            f"epsilon is {epsilon:g}, which is so small that rounding distorts the steps: use a larger value, such as "
            f"{1e-5 * size:.0e}"
        )
    if epsilon > size:
        raise ValueError(
            f"epsilon is {epsilon:g}, which is larger than both 1 and every entry of x: use a small value, such as 1e-5"
        )


def _number(value):
    """Convert a value returned by f to a finite float, or raise a TypeError or ValueError."""
    number = None
    if not isinstance(value, np.ma.MaskedArray):
        with suppress(Exception):  # raised for ragged lists, and for objects whose __array__ method fails
            array = np.asarray(value)
            if array.ndim == 0 and array.dtype.kind in "buif":
                number = float(array)
    if number is None:
        raise TypeError(f"f must return a single real number, but it returned {brief(value)}")
    if not math.isfinite(number):
        raise ValueError(f"f returned {number} when x was changed by epsilon: use a smaller epsilon or a different x")
    return number


def relative_error(x, y):
    """Return the relative error ‖x − y‖ / (‖x‖ + ‖y‖).

    It is 0 for equal arrays and 1 for opposite ones, and does not depend on their scale.

    Parameters
    ----------
    x, y : array-like
        Arrays of the same shape.

    Returns
    -------
    float
        Number between 0 and 1. It is 0 if both arrays are 0.

    Raises
    ------
    TypeError, ValueError
        If an array contains anything other than finite numbers, or if the shapes differ.
    """
    arrays = ((name, as_numeric_array(array, name, "buifc")) for name, array in (("x", x), ("y", y)))
    # Convert to float64 or a wider type, because uint8 would wrap around and float16 would overflow.
    x, y = (as_finite(array, name, np.result_type(array, float)) for name, array in arrays)
    if x.shape != y.shape:
        raise ValueError(f"the shapes {x.shape} and {y.shape} differ: a gradient must have the shape of its parameter")
    return unchecked_relative_error(x, y)


def unchecked_relative_error(x, y):
    """Return the relative error between two float arrays of the same shape, or NaN if an entry is not finite."""
    largest = np.maximum(np.abs(x).max(initial=0), np.abs(y).max(initial=0))  # NaN if an entry is
    if largest == 0:
        return 0.0
    x, y = x / largest, y / largest  # otherwise the square of 1e-170 would be 0, and the square of 1e200 infinite
    return float(np.linalg.norm(x - y) / (np.linalg.norm(x) + np.linalg.norm(y)))
