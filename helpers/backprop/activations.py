"""Activation functions and their derivatives.

Every derivative is a function of the weighted input Z, never of the activation A = g(Z), so that there is
only one convention to remember. Z should be float32 or float64. All functions preserve its shape and its type. They
act on each entry separately, except for `softmax`, which combines the entries of each column.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


@np.errstate(under="ignore")  # e^(−1000) underflows to 0, which is the value we want
def sigmoid(Z):
    """Return the sigmoid σ(z) = 1 / (1 + e⁻ᶻ) of each entry.

    The function is evaluated as eᶻ / (1 + eᶻ), which is accurate even when the result is very small. Values
    of z above 40 are replaced by 40, so that eᶻ cannot overflow. This does not change the result, because
    σ(40) already equals 1 to 16 digits.

    Parameters
    ----------
    Z : float or ndarray of any shape
        Weighted input. In the output layer of a classifier, this is the logit, that is, the logarithm of the odds.

    Returns
    -------
    float or ndarray of the same shape
        Values between 0 and 1.
    """
    E = np.exp(np.minimum(Z, 40))
    return E / (1 + E)


@np.errstate(under="ignore")
def sigmoid_prime(Z):
    """Return the derivative of the sigmoid, σ′(z) = σ(z) (1 − σ(z)), at each entry.

    The result has the shape of Z, and its values lie between 0 and 1/4. It is computed from e = e^(−|z|) as
    e / (1 + e)², because 1 − σ(z) would lose all precision where σ(z) is close to 1.
    """
    E = np.exp(-np.abs(Z))
    return E / (1 + E) ** 2


def tanh(Z):
    """Return the hyperbolic tangent of each entry; the values lie between −1 and 1."""
    return np.tanh(Z)


def tanh_prime(Z):
    """Return the derivative tanh′(z) = 1 − tanh²(z) at each entry.

    The result has the shape of Z. It is computed from the equivalent formula 4 σ′(2z), which avoids
    cancellation where tanh(z) is close to ±1.
    """
    return 4 * sigmoid_prime(np.multiply(2.0, Z))


def relu(Z):
    """Apply the rectified linear unit max(0, z) to each entry."""
    return np.maximum(Z, 0)


def relu_prime(Z):
    """Return the derivative of the ReLU, which is 1 where z > 0 and 0 elsewhere.

    The result has the shape of Z. The derivative does not exist at the kink z = 0, where it is set to 0 by
    convention.
    """
    Z = np.asarray(Z)
    return (Z > 0).astype(Z.dtype)


@np.errstate(under="ignore")
def softmax(Z):
    """Return the softmax eᶻᵏ / Σⱼ eᶻʲ of each column.

    The results in each column are positive and add up to 1. The softmax is meant for the output layer only.

    The largest logit of each column is subtracted first, so that no exponential can overflow. This does not
    change the result, because it multiplies the numerator and the denominator by the same factor.

    Parameters
    ----------
    Z : ndarray of shape (K, m)
        Logits of the K classes. Each column is an example.

    Returns
    -------
    ndarray of shape (K, m)
        Probabilities, between 0 and 1.
    """
    E = np.exp(Z - Z.max(axis=0))  # (K, m)
    return E / E.sum(axis=0)


def identity(Z):
    """Return Z unchanged, as in a linear unit."""
    return Z


def identity_prime(Z):
    """Return an array of ones with the shape of Z."""
    return np.ones_like(Z)


class Activation(NamedTuple):
    """Activation function g and its derivative g′, both as functions of Z."""

    g: Callable
    g_prime: Callable


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_prime),
    "tanh": Activation(tanh, tanh_prime),
    "relu": Activation(relu, relu_prime),
    "identity": Activation(identity, identity_prime),
}
