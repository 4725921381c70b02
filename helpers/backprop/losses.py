"""Loss functions, and the gradients from which backpropagation starts.

Every loss is a function of Z, the weighted input of the output layer, rather than of A = g(Z). In this
form, the cross-entropies never involve log(0) and cannot overflow.

The mean over the examples is taken only in this module. The factor 1/m in the gradients defined here
carries over to every gradient that is computed from them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import identity, sigmoid, softmax
from helpers.system.arguments import as_labels
from helpers.system.validation import floating_type


def squared_error_per_example(Z, Y):
    """Return half the squared error, ½ (ŷ − y)², for each example.

    Both Z and Y have shape (n[L], m). The result has shape (m,), because the errors are summed over the
    output units.
    """
    return 0.5 * np.sum((Z - Y) ** 2, axis=0)


def squared_error(Z, Y):
    """Return the cost of linear regression, J = (1/m) Σ ½ (ŷ − y)² with ŷ = z.

    Parameters
    ----------
    Z : ndarray of shape (n[L], m)
        Weighted input of the output layer, which is also the prediction. Each column is an example.
    Y : ndarray of shape (n[L], m)
        Targets, in the same units as Z.

    Returns
    -------
    float
        Cost, in the units of Y squared.
    """
    return float(np.sum(squared_error_per_example(Z, Y), dtype=float)) / Y.shape[1]


def squared_error_gradient(Z, Y):
    """Return the gradient of `squared_error`, dZ = ∂J/∂Z = (Z − Y) / m."""
    return (Z - Y) / Y.shape[1]


@np.errstate(under="ignore")  # e^(−1000) underflows to 0, which is the value we want
def binary_cross_entropy_per_example(Z, Y):
    """Return the binary cross-entropy log(1 + eᶻ) − y z for each example.

    Both Z and Y have shape (n[L], m). The result has shape (m,), because the losses are summed over the
    output units.

    The logarithm is computed as log(1 + eᶻ) = max(z, 0) + log(1 + e^(−|z|)). For y = 1 and a large z, the
    first term and y z then cancel exactly.
    """
    minus_abs = np.minimum(Z, -Z)  # not np.abs, because the complex-step method passes complex Z
    return np.sum(np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(minus_abs)), axis=0)


def binary_cross_entropy(Z, Y):
    """Return the cost J = −(1/m) Σ [y log a + (1 − y) log(1 − a)] with a = σ(z).

    Substituting σ and simplifying gives log(1 + eᶻ) − y z for each example. In this form eᶻ cannot overflow, so the
    cost is accurate however confident the network is.

    Parameters
    ----------
    Z : ndarray of shape (n[L], m)
        Logits of the output layer. Each column is an example.
    Y : ndarray of shape (n[L], m)
        Labels, 0 or 1.

    Returns
    -------
    float
        Cost, in nats per example. A network that always predicts ½ has a cost of log 2 ≈ 0.693.
    """
    return float(np.sum(binary_cross_entropy_per_example(Z, Y), dtype=float)) / Y.shape[1]


def binary_cross_entropy_gradient(Z, Y):
    """Return the gradient of `binary_cross_entropy`, dZ = ∂J/∂Z = (σ(Z) − Y) / m.

    It is evaluated as [(1 − y) σ(z) − y σ(−z)] / m, which avoids cancellation where σ(z) is close to 1.
    """
    return ((1 - Y) * sigmoid(Z) - Y * sigmoid(-Z)) / Y.shape[1]


def one_hot(labels, n_classes, dtype=np.float64):
    """Return the one-hot encoding of class labels, with one column per example.

    Y[k, i] is 1 if example i belongs to class k, and 0 otherwise.

    Parameters
    ----------
    labels : ndarray of int, of shape (m,)
        Class of each example, from 0 to n_classes − 1.
    n_classes : int
        Number of classes.
    dtype : numpy.float64 or numpy.float32
        Type of the result.

    Returns
    -------
    ndarray of shape (n_classes, m)

    Raises
    ------
    TypeError, ValueError
        If an argument does not match its description.
    """
    labels, n_classes = as_labels(labels, n_classes)
    dtype = floating_type(dtype)
    return (np.arange(n_classes)[:, np.newaxis] == labels).astype(dtype)


@np.errstate(under="ignore")
def cross_entropy_per_example(Z, Y):
    """Return the cross-entropy log Σⱼ eᶻʲ − Σₖ yₖ zₖ for each example.

    Both Z and Y have shape (K, m), and each column of Y adds up to 1. The result has shape (m,).

    The largest logit is factored out first: log Σⱼ eᶻʲ = max z + log(1 + Σ′ e^(zⱼ − max z)), where Σ′ omits
    the largest term. In this form nothing can overflow and no precision is lost. If the true class has the
    largest logit, max z and Σₖ yₖ zₖ cancel exactly.
    """
    highest = Z.max(axis=0)  # (m,)
    E = np.exp(Z - highest)  # (K, m)
    E[Z.argmax(axis=0), np.arange(Z.shape[1])] = 0
    return highest - np.sum(Y * Z, axis=0) + np.log1p(np.sum(E, axis=0))


def cross_entropy(Z, Y):
    """Return the cost J = −(1/m) Σ Σₖ yₖ log aₖ with a = softmax(z).

    Parameters
    ----------
    Z : ndarray of shape (K, m)
        Logits of the K classes. Each column is an example.
    Y : ndarray of shape (K, m)
        Targets. Each column is 1 for the true class and 0 elsewhere. Any other probability distribution
        over the classes is also accepted.

    Returns
    -------
    float
        Cost, in nats per example. A network that always predicts 1/K has a cost of log K.
    """
    return float(np.sum(cross_entropy_per_example(Z, Y), dtype=float)) / Y.shape[1]


def cross_entropy_gradient(Z, Y):
    """Return the gradient of `cross_entropy`, dZ = ∂J/∂Z = (softmax(Z) − Y) / m.

    It is evaluated as [(1 − y) a − y (1 − a)] / m, where 1 − a is computed as the sum of the other
    probabilities. This avoids cancellation where a is close to 1.
    """
    A = softmax(Z)  # (K, m)
    others = (1 - np.eye(len(A), dtype=A.dtype)) @ A  # (K, K) @ (K, m) = (K, m)
    return ((1 - Y) * A - Y * others) / Y.shape[1]


class Output(NamedTuple):
    """Activation function g of the output layer, and the cost that goes with it."""

    g: Callable
    cost: Callable
    cost_gradient: Callable
    loss_per_example: Callable


OUTPUTS = {
    "sigmoid": Output(sigmoid, binary_cross_entropy, binary_cross_entropy_gradient, binary_cross_entropy_per_example),
    "softmax": Output(softmax, cross_entropy, cross_entropy_gradient, cross_entropy_per_example),
    "identity": Output(identity, squared_error, squared_error_gradient, squared_error_per_example),
}
