"""Bounds on the rounding error of a correct gradient.

The bounds are found by running backpropagation with small random perturbations of every intermediate
result.
"""

from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS

SAMPLES = 8  # number of perturbed passes; the RMS of their deviations estimates the rounding error
SAFETY = 30  # a deviation that exceeds this multiple of the estimate is not due to rounding
SMALLEST = 1e-190  # for smaller derivatives, a complex step of 1e-100 would underflow in float64


class RoundingBounds(NamedTuple):
    """Bounds on absolute errors, and whether any number exceeds the range of the floating-point type."""

    dW: dict  # dW[l] has shape (n[l], n[l-1])
    db: dict  # db[l] has shape (n[l], 1)
    Z: dict  # Z[l] has shape (n[l], m)
    overflows: bool


def rounding_bounds(X, Y, W, b, hidden_activation, output, l2=0.0, dtype=np.float64):
    """Estimate how large the rounding errors of a correct forward and backward pass can be.

    In floating point, a sum is accurate only to about ε Σ|terms|, and a function value r only to about
    ε|r|. The passes are therefore repeated with random perturbations of that size in every result. The
    scatter of the gradients shows how far rounding can move them, including any amplification or damping
    by the layers. This technique is known as Monte Carlo arithmetic (Parker, Pierce and Eggert, 2000).

    Parameters
    ----------
    X, Y, W, b, hidden_activation, output, l2
        See `numerical.numerical_gradients`.
    dtype : numpy floating-point type
        Type in which the gradients were computed.

    Returns
    -------
    RoundingBounds
    """
    shaken = _Shaken(dtype)
    with np.errstate(all="ignore"):
        Z, A = _forward(shaken, X, W, b, hidden_activation, output)
        answer = A[len(W)]
        # The complex-step method computes the largest entries of a softmax as 1 − Σ others, with a rounding error.
        likeliest = (answer > answer.max(axis=1, keepdims=True) / 2) & (output == "softmax")
        nudged = 8 * np.finfo(float).eps / shaken.eps * likeliest
        dZ = shaken((answer - Y) / len(X), (np.abs(answer) + np.abs(Y) + nudged) / len(X))
        dW, db = _backward(shaken, dZ, Z, A, W, hidden_activation, l2)
        return RoundingBounds(dW, db, {l: _scatter(Z[l]) for l in Z}, shaken.overflows)


class _Shaken:
    """Random perturbation of sums and function values by amounts typical of rounding errors.

    The first sample is not perturbed. All other samples have independent errors.
    """

    def __init__(self, dtype):
        info = np.finfo(dtype)
        self.eps, self.tiny, self.limit = float(info.eps), float(info.smallest_subnormal), float(info.max) / 1e3
        self.largest, self.rng = 0.0, np.random.default_rng(0)
        self.perturbed = (np.arange(SAMPLES + 1) > 0).reshape(-1, 1, 1)  # all samples except the first

    def __call__(self, result, magnitude):
        """Return a perturbed copy of `result`, with shape (samples, rows, columns).

        The argument `result` may have that shape or just the shape (rows, columns). The array `magnitude`
        contains Σ|terms| for each entry.
        """
        self.largest = max(self.largest, np.max(np.abs(result), initial=0))
        noise, tiny = self.rng.standard_normal((2, SAMPLES + 1, *result.shape[-2:]))
        return result + self.perturbed * (self.eps * magnitude * noise + 10 * self.tiny * tiny)

    @property
    def overflows(self):
        return not self.largest < self.limit


def _scatter(samples):
    """Return an error bound based on how far the perturbed samples are from the unperturbed one."""
    off = np.abs(samples[1:] - samples[0])
    largest = np.maximum(off.max(axis=0), SMALLEST)
    return SAFETY * largest * np.sqrt(np.mean((off / largest) ** 2, axis=0)) + SMALLEST


def _forward(shaken, X, W, b, hidden_activation, output):
    """Return samples of Z[l] and A[l], each of shape (samples, n[l], m)."""
    A, Z = {0: X.T[np.newaxis]}, {}
    for l in range(1, len(W) + 1):
        Z[l] = shaken(W[l] @ A[l - 1] + b[l], np.abs(W[l]) @ np.abs(A[l - 1]) + np.abs(b[l]))
        A[l] = _activation(Z[l], output) if l == len(W) else ACTIVATIONS[hidden_activation].g(Z[l])
        A[l] = shaken(A[l], np.abs(A[l]))
    return Z, A


def _backward(shaken, dZ, Z, A, W, hidden_activation, l2):
    """Return error bounds for dW and db, given samples of dZ[L] of shape (samples, n[L], m)."""
    bounds_W, bounds_b = {}, {}
    for l in range(len(W), 0, -1):
        size, before = np.abs(dZ), A[l - 1].swapaxes(1, 2)
        dW = shaken(dZ @ before + l2 * W[l], size @ np.abs(before) + l2 * np.abs(W[l]))
        db = shaken(dZ.sum(axis=2, keepdims=True), size.sum(axis=2, keepdims=True))
        bounds_W[l], bounds_b[l] = _scatter(dW), _scatter(db)
        if l > 1:
            dA = shaken(W[l].T @ dZ, np.abs(W[l]).T @ size)
            slope = ACTIVATIONS[hidden_activation].g_prime(Z[l - 1])
            slope = shaken(slope, SLOPE_ERROR[hidden_activation](A[l - 1]))
            dZ = shaken(dA * slope, np.abs(dA * slope))
    return bounds_W, bounds_b


def _activation(Z, output):
    """Apply the output activation to each matrix in a stack."""
    return np.stack([OUTPUTS[output].g(z) for z in Z])


# Rounding error of each slope as a function of a, in units of ε. Computing a(1 − a) or 1 − a² involves
# a subtraction from 1.
SLOPE_ERROR = {
    "sigmoid": np.abs,
    "tanh": np.ones_like,
    "relu": np.zeros_like,
    "identity": np.zeros_like,
}
