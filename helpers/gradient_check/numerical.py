"""Central differences of a whole network's cost, each restarted from the layer that it nudges."""

from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import forward


class NumericalGradients(NamedTuple):
    """Central differences of a network's cost; entries with a kink within ε are NaN."""

    dW: dict  # dW[l] of shape (n[l], n[l-1])
    db: dict  # db[l] of shape (n[l], 1)
    dZ: dict  # dZ[l] of shape (n[l], m): column i for example i alone, without 1/m
    sides: dict  # sides[l] of shape (2, n[l], m): the smaller and the larger one-sided difference for Z[l]


def numerical_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", epsilon=1e-5):
    """Central differences for every W[l], b[l] and Z[l], each restarted from its own layer.

    A nudge of W[l][k, j] by ε changes row k of Z[l] by ε A[l−1][j] and nothing before it, so the
    forward pass is repeated only from layer l on. For a first layer with many inputs, where almost
    all parameters are, that is nearly all of the work saved.

    Where a ReLU unit changes sides between the two nudges, its kink lies within ε and a difference
    says nothing about the derivative: such entries are NaN.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays; all arithmetic is done in float64
    hidden_activation, output : str, as in `network.forward`
    epsilon : float

    Returns
    -------
    NumericalGradients
    """
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    W, b = ({l: np.asarray(p[l], float) for l in p} for p in (W, b))
    Z, A = forward(X, W, b, hidden_activation, output)
    m, dW, db, dZ, sides = len(X), {}, {}, {}, {}
    for l in W:
        run = _Restart(l, W, b, Y, hidden_activation, output)

        def differences(k, step, l=l, run=run):
            """Derivative of each example's loss when row k of Z[l] moves along `step`; NaN across a kink."""
            above, sides_above = run(Z[l], k, epsilon * step)
            below, sides_below = run(Z[l], k, -epsilon * step)
            difference = (above - below) / (2 * epsilon)  # (m,)
            for one, other in zip(sides_above, sides_below, strict=True):
                difference[(one != other).any(axis=0)] = np.nan
            return difference

        def one_sided(k, l=l, run=run):
            """The two one-sided differences of each example's loss for row k of Z[l], the smaller first."""
            here, _ = run(Z[l], k, 0.0)
            steps = [(run(Z[l], k, step)[0] - here) / step for step in (epsilon, -epsilon)]
            return np.sort(steps, axis=0)  # (2, m)

        n_out, n_in = W[l].shape
        sides[l] = np.stack([one_sided(k) for k in range(n_out)], axis=1)  # (2, n[l], m)
        dZ[l] = np.array([differences(k, 1.0) for k in range(n_out)])  # (n[l], m)
        db[l] = dZ[l].mean(axis=1, keepdims=True)  # (n[l], 1)
        dW[l] = np.array([[differences(k, A[l - 1][j]).sum() / m for j in range(n_in)] for k in range(n_out)])
    return NumericalGradients(dW, db, dZ, sides)


class _Restart:
    """The forward pass from Z[l] on: each example's loss, and which ReLU units are switched on."""

    def __init__(self, l, W, b, Y, hidden_activation, output):
        self.l, self.L, self.W, self.b, self.Y = l, len(W), W, b, Y
        self.g, self.kinks = ACTIVATIONS[hidden_activation].g, hidden_activation == "relu"
        self.loss_of_each = OUTPUTS[output].loss_of_each

    def __call__(self, Z, k, change):
        Z, sides = Z.copy(), []  # (n[l], m)
        Z[k] += change
        for l in range(self.l, self.L):
            if self.kinks:
                sides.append(Z > 0)
            Z = self.W[l + 1] @ self.g(Z) + self.b[l + 1]  # (n[l+1], m)
        return self.loss_of_each(Z, self.Y), sides
