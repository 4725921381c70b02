"""How far rounding alone can move a gradient: backpropagation with every intermediate result shaken a little."""

from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS

SAMPLES = 8  # shaken passes; their root mean square is the size of a rounding error
SAFETY = 30  # an error of so many times that size is not rounding
SMALLEST = 1e-190  # below that a complex step of 1e-100 has left the range of float64


class Rounding(NamedTuple):
    """Error bounds in the unit of what they belong to, and whether the numbers leave the range of the type."""

    dW: dict  # of shape (n[l], n[l-1])
    db: dict  # of shape (n[l], 1)
    Z: dict  # of shape (n[l], m)
    overflows: bool


def rounding(X, Y, W, b, hidden_activation, output, l2=0.0, dtype=np.float64):
    """Bounds on the rounding errors of a right forward and backward pass in the given precision.

    A float keeps each result r of a sum only to about ε Σ|terms|, and each value of a function to ε|r|.
    So the passes are repeated with every result shifted at random by that much; how far the
    gradients scatter is what rounding can do to them, with all that the layers do to amplify or damp
    it (a Monte Carlo arithmetic; Parker, Pierce and Eggert, 2000).

    Parameters
    ----------
    X, Y, W, b, hidden_activation, output, l2 : as in `numerical_gradients`
    dtype : the floating-point type in which the gradients were computed

    Returns
    -------
    Rounding
    """
    info, rng = np.finfo(dtype), np.random.default_rng(0)
    first = (np.arange(SAMPLES + 1) > 0)[:, np.newaxis, np.newaxis]  # sample 0 is not shaken
    largest = 0.0

    def shaken(result, magnitude):
        nonlocal largest
        largest = max(largest, np.max(np.abs(result), initial=0))
        noise, tiny = rng.standard_normal((2, SAMPLES + 1, *result.shape[-2:]))
        return result + first * (float(info.eps) * magnitude * noise + 10 * float(info.smallest_subnormal) * tiny)

    def scatter(samples):
        off = np.abs(samples[1:] - samples[0])
        largest = np.maximum(off.max(axis=0), SMALLEST)
        return SAFETY * largest * np.sqrt(np.mean((off / largest) ** 2, axis=0)) + SMALLEST

    L, m = len(W), len(X)
    g_prime, A, Z, bounds = (
        ACTIVATIONS[hidden_activation].g_prime,
        {0: X.T[np.newaxis]},
        {},
        Rounding({}, {}, {}, False),
    )
    with np.errstate(all="ignore"):
        for l in range(1, L + 1):
            Z[l] = shaken(W[l] @ A[l - 1] + b[l], np.abs(W[l]) @ np.abs(A[l - 1]) + np.abs(b[l]))  # (samples, n[l], m)
            bounds.Z[l] = scatter(Z[l])
            A[l] = _activation(Z[l], output) if l == L else ACTIVATIONS[hidden_activation].g(Z[l])
            A[l] = shaken(A[l], np.abs(A[l]))
        likeliest = (A[L] > A[L].max(axis=1, keepdims=True) / 2) & (output == "softmax")  # 1 − Σ others, when nudged
        nudged = 8 * np.finfo(float).eps / info.eps * likeliest  # an error of the numerical gradient
        dZ = shaken((A[L] - Y) / m, (np.abs(A[L]) + np.abs(Y) + nudged) / m)
        for l in range(L, 0, -1):
            size = np.abs(dZ)
            dW = shaken(
                dZ @ A[l - 1].swapaxes(1, 2) + l2 * W[l], size @ np.abs(A[l - 1]).swapaxes(1, 2) + l2 * abs(W[l])
            )
            db = shaken(dZ.sum(axis=2, keepdims=True), size.sum(axis=2, keepdims=True))
            bounds.dW[l], bounds.db[l] = scatter(dW), scatter(db)
            if l > 1:
                dA = shaken(W[l].T @ dZ, np.abs(W[l]).T @ size)
                slope = g_prime(Z[l - 1])
                slope = shaken(slope, _SLOPE_ERROR[hidden_activation](A[l - 1]))
                dZ = shaken(dA * slope, np.abs(dA * slope))
    return bounds._replace(overflows=not largest < float(info.max) / 1e3)


def _activation(Z, output):
    """The output's activation of a stack of Z."""
    return np.stack([OUTPUTS[output].g(z) for z in Z])


# What a slope is rounded to, in units of ε: a(1 − a) and 1 − a² come from a difference from 1.
_SLOPE_ERROR = {
    "sigmoid": np.abs,
    "tanh": np.ones_like,
    "relu": np.zeros_like,
    "identity": np.zeros_like,
}
