"""How far rounding alone can move a gradient: backpropagation with every intermediate result slightly perturbed."""

from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS

SAMPLES = 8  # perturbed passes; their root mean square estimates the size of a rounding error
SAFETY = 30  # an error larger than this many times that size is not rounding
SMALLEST = 1e-190  # below this, a complex step of 1e-100 leaves the range of float64


class Rounding(NamedTuple):
    """Absolute error bounds, and whether any number leaves the range of the floating-point type."""

    dW: dict  # of shape (n[l], n[l-1])
    db: dict  # of shape (n[l], 1)
    Z: dict  # of shape (n[l], m)
    overflows: bool


def rounding(X, Y, W, b, hidden_activation, output, l2=0.0, dtype=np.float64):
    """Bound the rounding errors of a correct forward and backward pass in the given precision.

    In floating point, a sum is accurate only to about ε Σ|terms|, and a function value r to about ε|r|. So the
    passes are repeated with every result shifted at random by that much. The scatter of the gradients shows
    how far rounding can move them, including any amplification or damping by the layers (Monte Carlo
    arithmetic; Parker, Pierce and Eggert, 2000).

    Parameters
    ----------
    X, Y, W, b, hidden_activation, output, l2 : as in `numerical_gradients`
    dtype : the floating-point type in which the gradients were computed

    Returns
    -------
    Rounding
    """
    shaken = _Shaken(dtype)
    with np.errstate(all="ignore"):
        Z, A = _forward(shaken, X, W, b, hidden_activation, output)
        answer = A[len(W)]
        likeliest = (answer > answer.max(axis=1, keepdims=True) / 2) & (
            output == "softmax"
        )  # 1 − Σ others, when nudged
        nudged = 8 * np.finfo(float).eps / shaken.eps * likeliest  # an error of the numerical gradient
        dZ = shaken((answer - Y) / len(X), (np.abs(answer) + np.abs(Y) + nudged) / len(X))
        dW, db = _backward(shaken, dZ, Z, A, W, hidden_activation, l2)
        return Rounding(dW, db, {l: _scatter(Z[l]) for l in Z}, shaken.overflows)


class _Shaken:
    """Perturb sums and function values as rounding would: every sample except the first gets its own random error."""

    def __init__(self, dtype):
        info = np.finfo(dtype)
        self.eps, self.tiny, self.limit = float(info.eps), float(info.smallest_subnormal), float(info.max) / 1e3
        self.largest, self.rng = 0.0, np.random.default_rng(0)
        self.first = (np.arange(SAMPLES + 1) > 0)[:, np.newaxis, np.newaxis]  # sample 0 is not perturbed

    def __call__(self, result, magnitude):
        """`result`, of shape (samples, rows, columns) or (rows, columns); `magnitude` is Σ|terms| for each entry."""
        self.largest = max(self.largest, np.max(np.abs(result), initial=0))
        noise, tiny = self.rng.standard_normal((2, SAMPLES + 1, *result.shape[-2:]))
        return result + self.first * (self.eps * magnitude * noise + 10 * self.tiny * tiny)

    @property
    def overflows(self):
        return not self.largest < self.limit


def _scatter(samples):
    """The error bound, from the distances of the samples to the first one, which is not perturbed."""
    off = np.abs(samples[1:] - samples[0])
    largest = np.maximum(off.max(axis=0), SMALLEST)
    return SAFETY * largest * np.sqrt(np.mean((off / largest) ** 2, axis=0)) + SMALLEST


def _forward(shaken, X, W, b, hidden_activation, output):
    """Samples of Z[l] and A[l], each of shape (samples, n[l], m)."""
    A, Z = {0: X.T[np.newaxis]}, {}
    for l in range(1, len(W) + 1):
        Z[l] = shaken(W[l] @ A[l - 1] + b[l], np.abs(W[l]) @ np.abs(A[l - 1]) + np.abs(b[l]))
        A[l] = _activation(Z[l], output) if l == len(W) else ACTIVATIONS[hidden_activation].g(Z[l])
        A[l] = shaken(A[l], np.abs(A[l]))
    return Z, A


def _backward(shaken, dZ, Z, A, W, hidden_activation, l2):
    """Bounds for dW and db, from samples of dZ[L] of shape (samples, n[L], m)."""
    bounds_W, bounds_b = {}, {}
    for l in range(len(W), 0, -1):
        size, before = np.abs(dZ), A[l - 1].swapaxes(1, 2)
        dW = shaken(dZ @ before + l2 * W[l], size @ np.abs(before) + l2 * abs(W[l]))
        db = shaken(dZ.sum(axis=2, keepdims=True), size.sum(axis=2, keepdims=True))
        bounds_W[l], bounds_b[l] = _scatter(dW), _scatter(db)
        if l > 1:
            dA = shaken(W[l].T @ dZ, np.abs(W[l]).T @ size)
            slope = ACTIVATIONS[hidden_activation].g_prime(Z[l - 1])
            slope = shaken(slope, _SLOPE_ERROR[hidden_activation](A[l - 1]))
            dZ = shaken(dA * slope, np.abs(dA * slope))
    return bounds_W, bounds_b


def _activation(Z, output):
    """The output activation, applied to each matrix in a stack of Z."""
    return np.stack([OUTPUTS[output].g(z) for z in Z])


# Rounding error of a slope, in units of ε: a(1 − a) and 1 − a² involve a difference from 1.
_SLOPE_ERROR = {
    "sigmoid": np.abs,
    "tanh": np.ones_like,
    "relu": np.zeros_like,
    "identity": np.zeros_like,
}
