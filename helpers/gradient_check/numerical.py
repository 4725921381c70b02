"""Numerical gradients of a whole network by the complex-step method."""

from functools import partial
from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import forward
from helpers.gradient_check.inputs import as_task

STEP = 1e-100  # imaginary step size; its square is so small that there is no truncation error in float64
COLUMNS = 4096  # maximum number of shifted copies of examples that pass through the layers at once


class NumericalGradients(NamedTuple):
    """Derivatives of the cost of a network, computed numerically."""

    dW: dict  # dW[l] has shape (n[l], n[l-1])
    db: dict  # db[l] has shape (n[l], 1)
    dZ: dict  # dZ[l] has shape (n[l], m); column i is the derivative of the loss of example i, without 1/m
    dA: dict  # dA[l] has shape (n[l], m) for l < L; column i is again the derivative of the loss of example i


def numerical_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0):
    """Compute the derivatives of the cost with respect to every W[l], b[l], Z[l] and A[l] by complex steps.

    A step of size h along the imaginary axis gives f(z + ih) = f(z) + ih f′(z) − …, so f′(z) is the
    imaginary part divided by h. Because nothing is subtracted, the result for h = 1e-100 is accurate to
    nearly the full precision of float64, whatever the size of z or of the derivative (Squire and Trapp,
    1998). The method uses no formula for a derivative.

    A change in layer l does not affect the layers before it, so each pass starts at Z[l], with separate
    copies of the examples. Since the step is so small, its effects are linear: shifting W[l][k, j] by h
    shifts Z[l][k] by h A[l−1][j], and shifting b[l][k] by h shifts Z[l][k] by h. One pass per unit is
    therefore enough to find the derivatives with respect to all of its weights and its bias.

    At the kink of a ReLU, z = 0, the slope is taken to be 0, as it is to the left of the kink.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Input data. Each row is an example.
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W, b : dict of ndarray
        Parameters. All computations are done in float64.
    hidden_activation, output : str
        Activation functions; see `backprop.network.forward`.
    l2 : float
        Factor λ of a penalty ½ λ Σ w² in the cost.

    Returns
    -------
    NumericalGradients

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or inconsistent with the others. The message says which one.
    """
    X, Y, W, b, *_ = as_task(X, Y, W, b, hidden_activation, output, l2)[1]
    Z, A = forward(X, W, b, hidden_activation, output)
    g, loss_per_example, m = _COMPLEX[hidden_activation], OUTPUTS[output].loss_per_example, len(X)
    dW, db, dZ, dA = {}, {}, {}, {}

    def loss(l, z):
        """Return the loss for each column of z, the weighted inputs of layer l."""
        for k in range(l + 1, len(W) + 1):
            z = W[k] @ g(z) + b[k]
        return loss_per_example(z, np.tile(Y, z.shape[1] // m))

    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for l in W:
            if l < len(W):
                dA[l] = _slopes(lambda a, l=l: loss(l + 1, W[l + 1] @ a + b[l + 1]), A[l])
            dZ[l] = _slopes(partial(loss, l), Z[l])
            dW[l] = dZ[l] @ A[l - 1].T / m + l2 * W[l]  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
            db[l] = dZ[l].mean(axis=1, keepdims=True)  # (n[l], 1)
    return NumericalGradients(dW, db, dZ, dA)


def _slopes(losses, values):
    """Return the derivatives of the losses with respect to the entries of `values`.

    Both `values` and the result have shape (n, m), with one example per column. A few rows are processed at
    a time.
    """
    n, m = values.shape
    slopes = np.empty((n, m))
    at_once = max(1, COLUMNS // m)
    for first in range(0, n, at_once):
        rows = range(first, min(first + at_once, n))
        nudged = np.tile(values.astype(complex), len(rows))  # shape: (n, len(rows) * m), with one copy for each row
        for place, k in enumerate(rows):
            nudged[k, place * m : (place + 1) * m] += 1j * STEP
        slopes[rows] = losses(nudged).imag.reshape(len(rows), m) / STEP
    return slopes


def _sigmoid(Z):
    """Return the sigmoid of complex numbers without losing precision in the imaginary part."""
    E = np.exp(np.where(Z.real > 0, -Z, Z))
    return np.where(Z.real > 0, 1, E) / (1 + E)


_COMPLEX = {name: g for name, (g, _) in ACTIVATIONS.items()} | {
    "sigmoid": _sigmoid,
    "relu": lambda Z: np.where(Z.real > 0, Z, 0),
}
