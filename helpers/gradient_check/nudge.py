"""The plain nudge: the gradient of any function by central differences, and how far apart two gradients are."""

import numpy as np


def numerical_gradient(f, x, epsilon=1e-5):
    """Central differences: ∂f/∂xᵢ ≈ [f(x + ε eᵢ) − f(x − ε eᵢ)] / 2ε for every entry of x.

    The error of the formula shrinks as ε², round-off grows as 1/ε; in float64 they meet near
    ε = 1e-5, at about 1e-10 for a function of size 1.

    Parameters
    ----------
    f : callable without arguments
        Returns a number and reads `x`, which is changed one entry at a time and put back.
    x : float64 ndarray of any shape
    epsilon : float
        Step ε, in the unit of x.

    Returns
    -------
    ndarray with the shape of x

    Raises
    ------
    TypeError
        If x is not a float64 array: the differences would drown in round-off.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise TypeError(f"x must be a float64 array, not {getattr(x, 'dtype', type(x).__name__)}")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        try:
            x[i] = before + epsilon
            above = f()
            x[i] = before - epsilon
            below = f()
        finally:
            x[i] = before
        gradient[i] = (above - below) / (2 * epsilon)
    return gradient


def relative_error(x, y):
    """‖x − y‖ / (‖x‖ + ‖y‖): 0 for equal arrays, 1 for opposite ones, whatever their unit.

    Parameters
    ----------
    x, y : array-likes of the same shape

    Returns
    -------
    float in [0, 1]; 0 if both are 0

    Raises
    ------
    ValueError
        If the shapes differ: a gradient has the shape of its parameter.
    """
    x, y = np.asarray(x), np.asarray(y)
    x, y = (array.astype(np.result_type(array, float)) for array in (x, y))  # uint8 would wrap, float16 overflow
    if x.shape != y.shape:
        raise ValueError(f"the shapes differ, {x.shape} and {y.shape}: a gradient has the shape of its parameter")
    largest = max(np.abs(x).max(initial=0), np.abs(y).max(initial=0))
    if largest == 0:
        return 0.0
    x, y = x / largest, y / largest  # the square of 1e-170 would be 0, that of 1e200 infinite
    return float(np.linalg.norm(x - y) / (np.linalg.norm(x) + np.linalg.norm(y)))
