"""Gradients by finite differences: slow, simple, and independent of backpropagation."""

import numpy as np

from helpers.losses import OUTPUTS
from helpers.network import backward, forward


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
    if x.shape != y.shape:
        raise ValueError(f"the shapes differ, {x.shape} and {y.shape}: a gradient has the shape of its parameter")
    size = np.linalg.norm(x) + np.linalg.norm(y)
    return float(np.linalg.norm(x - y) / size) if size else 0.0


def check_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", epsilon=1e-5):
    """Relative error of `network.backward` against central differences, for every W[l] and b[l].

    Parameters
    ----------
    X : float64 ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of float64 ndarrays
    hidden_activation, output : str, as in `network.forward`
    epsilon : float, as in `numerical_gradient`

    Returns
    -------
    dict with keys "W[1]", "b[1]", …, "b[L]" and floats as values. Below 1e-7 is right; a ReLU with
    its kink inside ε of some Z can spoil that.
    """
    L = len(W)

    def cost():
        Z, _ = forward(X, W, b, hidden_activation, output)
        return OUTPUTS[output].loss(Z[L], Y)

    dW, db = backward(Y, W, *forward(X, W, b, hidden_activation, output), hidden_activation, output)
    errors = {}
    for l in range(1, L + 1):
        errors[f"W[{l}]"] = relative_error(dW[l], numerical_gradient(cost, W[l], epsilon))
        errors[f"b[{l}]"] = relative_error(db[l], numerical_gradient(cost, b[l], epsilon))
    return errors
