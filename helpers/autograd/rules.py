"""Building blocks for backward functions, all of which accept both arrays and Variables.

Given arrays, they compute a gradient. Given Variables, they also record how it was computed, so that the gradient can
be differentiated again.
"""

import numpy as np

from helpers.autograd.operations import ArrayLike
from helpers.backprop import activations


def like(g, operand):
    """Return the operand if g is a Variable (so that the backward pass is recorded), and its value otherwise."""
    return operand if isinstance(g, ArrayLike) else operand.value


def same_kind(result, seed, variable):
    """Return the result of a backward function, or raise a TypeError if it should have been recorded but was not."""
    if isinstance(seed, ArrayLike) and not isinstance(result, ArrayLike):
        raise TypeError(
            f"the backward function of {variable.title} returned an array although g is a Variable, so its result "
            "cannot be differentiated again: compute with g and the operands, not with their values"
        )
    return result


def plain(a):
    """Return the value of a Variable, or an array unchanged. Use it for slopes that do not change with a."""
    return a.value if isinstance(a, ArrayLike) else a


def log(a):
    """Return the natural logarithm of each entry."""
    return a.log() if isinstance(a, ArrayLike) else np.log(a)


def sigmoid(a):
    """Return σ(a) for each entry."""
    return a.sigmoid() if isinstance(a, ArrayLike) else activations.sigmoid(a)


def sigmoid_prime(a):
    """Return σ′(a) = σ(a) σ(−a) for each entry."""
    return a.sigmoid() * (-a).sigmoid() if isinstance(a, ArrayLike) else activations.sigmoid_prime(a)


def tanh_prime(a):
    """Return tanh′(a) = 4 σ′(2a) for each entry."""
    return 4 * sigmoid_prime(2 * a) if isinstance(a, ArrayLike) else activations.tanh_prime(a)


def broadcast(g, shape):
    """Return g repeated along its axes of length 1, so that it has the given shape."""
    return g + np.zeros(shape) if isinstance(g, ArrayLike) else np.broadcast_to(g, shape)


def add_at(g, indices, shape):
    """Undo indexing: add the entries of g to an array of zeros at the given indices.

    Parameters
    ----------
    g : ndarray or Variable
        Gradient of the entries that were selected.
    indices : ndarray of int
        Indices of the entries of g in the flattened array, in order. An index may occur several times.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    ndarray or Variable
        Array of the given shape.
    """
    # For an empty selection, `bincount` returns integers.
    whole = np.bincount(indices, plain(g).ravel(), int(np.prod(shape))).reshape(shape).astype(float)
    if not isinstance(g, ArrayLike):
        return whole
    return g._record("add_at", whole, (g, lambda h: h.reshape(-1)[indices].reshape(g.shape)))
