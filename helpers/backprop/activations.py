"""Activation functions and their derivatives, element by element (only softmax mixes the units of a layer).

Every derivative takes Z, the weighted input, never A = g(Z), so that there is only one convention to
remember. All functions preserve the shape and the floating-point type of Z.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


@np.errstate(under="ignore")  # e^(−1000) is 0 in floating point
def sigmoid(Z):
    """σ(z) = 1 / (1 + e⁻ᶻ), written as eᶻ / (1 + eᶻ), which keeps full precision however small the result.

    Above z = 40 the quotient is 1 to all 16 digits, so z is capped there and eᶻ cannot overflow.

    Parameters
    ----------
    Z : ndarray of any shape, or a number
        Weighted input (a logit: the logarithm of the odds).

    Returns
    -------
    ndarray of the same shape, values in [0, 1]
    """
    E = np.exp(np.minimum(Z, 40))
    E /= 1 + E
    return E


@np.errstate(under="ignore")
def sigmoid_prime(Z):
    """σ′(z) = σ(z) (1 − σ(z)); same shape as Z, values in [0, 1/4].

    Written as e / (1 + e)² with e = e^(−|z|): 1 − σ(z) would lose all precision where σ(z) is close to 1.
    """
    E = np.exp(-np.abs(Z))
    D = 1 + E
    D *= D
    E /= D
    return E


def tanh(Z):
    """tanh(z); same shape as Z, values in [−1, 1]."""
    return np.tanh(Z)


def tanh_prime(Z):
    """tanh′(z) = 1 − tanh²(z) = 4 σ′(2z), computed in the last form to avoid cancellation; same shape as Z."""
    return 4 * sigmoid_prime(np.multiply(2, Z))


def relu(Z):
    """max(0, z), the rectified linear unit; same shape as Z."""
    return np.maximum(Z, 0)


def relu_prime(Z):
    """1 where z > 0 and 0 elsewhere (at the kink z = 0 the convention is 0); same shape as Z."""
    Z = np.asarray(Z)
    return (Z > 0).astype(Z.dtype)


@np.errstate(under="ignore")
def softmax(Z):
    """eᶻᵏ / Σⱼ eᶻʲ in each column: positive numbers that add up to 1. For the output layer only.

    The largest z of each column is subtracted first. This leaves the result unchanged, because it
    multiplies numerator and denominator by the same factor, and no exponential can overflow.

    Parameters
    ----------
    Z : ndarray of shape (K, m)
        Logits. Columns are examples.

    Returns
    -------
    ndarray of the same shape, values in [0, 1]
    """
    E = np.exp(Z - Z.max(axis=0))  # (K, m)
    E /= E.sum(axis=0)
    return E


def identity(Z):
    """z itself: a linear unit."""
    return Z


def identity_prime(Z):
    """1 everywhere; same shape as Z."""
    return np.ones_like(Z)


class Activation(NamedTuple):
    """A function g and its derivative g′, both of Z."""

    g: Callable
    g_prime: Callable


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_prime),
    "tanh": Activation(tanh, tanh_prime),
    "relu": Activation(relu, relu_prime),
    "identity": Activation(identity, identity_prime),
}
