"""Losses: what a prediction costs, and the gradient with which backpropagation starts.

Every loss takes Z, the weighted input of the output layer, instead of A = g(Z): in this form log(0)
and overflow cannot occur. The mean over the examples is taken here and nowhere else; every gradient
computed from these inherits its factor 1/m.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import identity, sigmoid, softmax
from helpers.system.arguments import as_labels
from helpers.system.validation import floating_type


def squared_error_of_each(Z, Y):
    """½ (ŷ − y)² of each example, summed over the output units: shape (m,) for Z and Y of shape (n[L], m)."""
    return 0.5 * np.sum((Z - Y) ** 2, axis=0)


def squared_error(Z, Y):
    """J = (1/m) Σ ½ (ŷ − y)² with ŷ = z, the cost of linear regression.

    Parameters
    ----------
    Z : ndarray of shape (n[L], m)
        Weighted input of the output layer, which is also the prediction. Columns are examples.
    Y : ndarray of shape (n[L], m)
        Targets, in the same unit as Z.

    Returns
    -------
    float
        In the squared unit of Y.
    """
    return float(np.sum(squared_error_of_each(Z, Y), dtype=float)) / Y.shape[1]


def squared_error_gradient(Z, Y):
    """dZ = ∂J/∂Z = (Z − Y) / m for `squared_error`; shape of Z."""
    return (Z - Y) / Y.shape[1]


@np.errstate(under="ignore")  # e^(−1000) is 0 in floating point
def binary_cross_entropy_of_each(Z, Y):
    """log(1 + eᶻ) − y z of each example, summed over the output units: shape (m,).

    Since log(1 + eᶻ) = max(z, 0) + log(1 + e^(−|z|)), the large terms z and y z cancel exactly for y = 1.
    """
    minus_abs = np.minimum(Z, -Z)
    return np.sum(np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(minus_abs)), axis=0)


def binary_cross_entropy(Z, Y):
    """J = −(1/m) Σ [y log a + (1 − y) log(1 − a)] with a = σ(z), computed from z.

    Inserting σ and simplifying gives log(1 + eᶻ) − y z for one example, which is evaluated without
    overflow: the cost stays finite and accurate however confident the network is.

    Parameters
    ----------
    Z : ndarray of shape (n[L], m)
        Logits of the output layer. Columns are examples.
    Y : ndarray of shape (n[L], m)
        Labels, 0 or 1.

    Returns
    -------
    float
        In nats per example; log 2 ≈ 0.693 is the cost of always answering ½.
    """
    return float(np.sum(binary_cross_entropy_of_each(Z, Y), dtype=float)) / Y.shape[1]


def binary_cross_entropy_gradient(Z, Y):
    """dZ = ∂J/∂Z = (σ(Z) − Y) / m for `binary_cross_entropy`; shape of Z.

    Written as (1 − y) σ(z) − y σ(−z), which avoids cancellation where σ(z) is close to 1.
    """
    return ((1 - Y) * sigmoid(Z) - Y * sigmoid(-Z)) / Y.shape[1]


def one_hot(labels, n_classes, dtype=np.float64):
    """Labels as columns with a single 1: Y[k, i] = 1 where example i is of class k.

    Parameters
    ----------
    labels : int ndarray of shape (m,), from 0 to n_classes − 1
    n_classes : int, K
    dtype : numpy.float64 or numpy.float32, type of Y

    Returns
    -------
    ndarray of shape (n_classes, m)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """
    labels, n_classes = as_labels(labels, n_classes)
    dtype = floating_type(dtype)
    return (np.arange(n_classes)[:, np.newaxis] == labels).astype(dtype)


@np.errstate(under="ignore")
def cross_entropy_of_each(Z, Y):
    """log Σⱼ eᶻʲ − Σₖ yₖ zₖ of each example: shape (m,), for Y with columns that add up to 1.

    With the largest z factored out, log Σⱼ eᶻʲ = max z + log(1 + Σ′ e^(zⱼ − max z)), where Σ′ omits the
    largest term. Nothing overflows, adding 1 costs no precision, and max z − Σₖ yₖ zₖ is exactly 0 if the largest
    z is that of the true class.
    """
    highest = Z.max(axis=0)  # (m,)
    E = np.exp(Z - highest)  # (K, m)
    E[Z.argmax(axis=0), np.arange(Z.shape[1])] = 0
    return highest - np.sum(Y * Z, axis=0) + np.log1p(np.sum(E, axis=0))


def cross_entropy(Z, Y):
    """J = −(1/m) Σ Σₖ yₖ log aₖ with a = softmax(z), computed from z.

    Parameters
    ----------
    Z : ndarray of shape (K, m)
        Logits of the K classes. Columns are examples.
    Y : ndarray of shape (K, m)
        Each column is 1 for the true class and 0 elsewhere (or any distribution: entries that add up to 1).

    Returns
    -------
    float
        In nats per example; log K is the cost of always answering 1/K.
    """
    return float(np.sum(cross_entropy_of_each(Z, Y), dtype=float)) / Y.shape[1]


def cross_entropy_gradient(Z, Y):
    """dZ = ∂J/∂Z = (softmax(Z) − Y) / m for `cross_entropy`; shape of Z.

    Written as (1 − y) a − y (1 − a), with 1 − a computed as the sum of the other probabilities, which
    avoids cancellation where a is close to 1.
    """
    A = softmax(Z)  # (K, m)
    others = (1 - np.eye(len(A), dtype=A.dtype)) @ A  # (K, K) @ (K, m) = (K, m)
    return ((1 - Y) * A - Y * others) / Y.shape[1]


class Output(NamedTuple):
    """The function g of the output layer, and the loss that goes with it."""

    g: Callable
    loss: Callable
    loss_gradient: Callable
    loss_of_each: Callable


OUTPUTS = {
    "sigmoid": Output(sigmoid, binary_cross_entropy, binary_cross_entropy_gradient, binary_cross_entropy_of_each),
    "softmax": Output(softmax, cross_entropy, cross_entropy_gradient, cross_entropy_of_each),
    "identity": Output(identity, squared_error, squared_error_gradient, squared_error_of_each),
}
