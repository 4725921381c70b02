"""The gradient of a whole network's cost by complex steps, each restarted at the nudged layer."""

from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import forward
from helpers.gradient_check.inputs import as_task

STEP = 1e-100  # size of the imaginary nudge: its square vanishes next to 1, so there is no truncation error
COLUMNS = 4096  # nudged copies of the examples carried through the layers at once


class NumericalGradients(NamedTuple):
    """Derivatives of a network's cost, found by nudging."""

    dW: dict  # dW[l] of shape (n[l], n[l-1])
    db: dict  # db[l] of shape (n[l], 1)
    dZ: dict  # dZ[l] of shape (n[l], m): column i belongs to the loss of example i alone, without 1/m
    dA: dict  # dA[l] of shape (n[l], m) for l < L, per example as well


def numerical_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0):
    """Differentiate the cost with respect to every W[l], b[l] and Z[l], by complex steps.

    A step of size h along the imaginary axis gives f(z + ih) = f(z) + ih f′(z) − …, so f′(z) is the
    imaginary part divided by h. Nothing is subtracted, so with h = 1e-100 the result is accurate to nearly
    all digits of float64, whatever the size of z or of the derivative (Squire and Trapp, 1998). No
    formula for a derivative is used.

    A nudge in layer l changes nothing before it, so each pass restarts at Z[l], with a separate
    copy of each example. For so small a step everything is linear: moving W[l][k, j] by h moves
    Z[l][k] by h A[l−1][j], and moving b[l][k] moves it by h. So one pass per unit is
    enough for all parameters in its row.

    At the kink of a ReLU, exactly z = 0, the slope is that of the left side, 0.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays; all arithmetic is done in float64
    hidden_activation, output : str, as in `network.forward`
    l2 : float, λ of a penalty ½ λ Σ w² in the cost

    Returns
    -------
    NumericalGradients

    Raises
    ------
    TypeError, ValueError
        If the arguments are inconsistent; the message names the offending one.
    """
    X, Y, W, b, *_ = as_task(X, Y, W, b, hidden_activation, output, l2)[1]
    Z, A = forward(X, W, b, hidden_activation, output)
    g, loss_of_each, m = _COMPLEX[hidden_activation], OUTPUTS[output].loss_of_each, len(X)
    dW, db, dZ, dA = {}, {}, {}, {}

    def loss(l, A):
        """Losses of columns restarted just after the activation of layer l, of shape (number of columns,)."""
        for k in range(l + 1, len(W) + 1):
            z = W[k] @ A + b[k]
            A = g(z)
        return loss_of_each(z, np.tile(Y, z.shape[1] // m))

    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for l in W:
            if l < len(W):
                dA[l] = _slopes(lambda A, l=l: loss(l, A), A[l])
                dZ[l] = _slopes(lambda Z, l=l: loss(l, g(Z)), Z[l])
            else:
                dZ[l] = _slopes(lambda Z: loss_of_each(Z, np.tile(Y, Z.shape[1] // m)), Z[l])
            dW[l] = dZ[l] @ A[l - 1].T / m + l2 * W[l]  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
            db[l] = dZ[l].mean(axis=1, keepdims=True)  # (n[l], 1)
    return NumericalGradients(dW, db, dZ, dA)


def _slopes(losses, values):
    """Derivative of each example's loss with respect to each entry of `values`, (n, m), a few rows at a time."""
    n, m = values.shape
    slopes = np.empty((n, m))
    at_once = max(1, COLUMNS // m)
    for first in range(0, n, at_once):
        rows = range(first, min(first + at_once, n))
        nudged = np.tile(values.astype(complex), len(rows))  # (n, len(rows) * m): one copy for each row
        for place, k in enumerate(rows):
            nudged[k, place * m : (place + 1) * m] += 1j * STEP
        slopes[rows] = losses(nudged).imag.reshape(len(rows), m) / STEP
    return slopes


def _sigmoid(Z):
    """σ of complex numbers, in a form that keeps the precision of the imaginary part on both sides."""
    E = np.exp(np.where(Z.real > 0, -Z, Z))
    return np.where(Z.real > 0, 1, E) / (1 + E)


_COMPLEX = {name: g for name, (g, _) in ACTIVATIONS.items()} | {
    "sigmoid": _sigmoid,
    "relu": lambda Z: np.where(Z.real > 0, Z, 0),
}
