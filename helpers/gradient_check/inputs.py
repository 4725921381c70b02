"""Validation of the arguments of a check, once and for all; each error message is one sentence."""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.system.arguments import check_layers
from helpers.system.validation import known_name, not_negative, real_array


def as_task(X, Y, W, b, hidden_activation, output, l2):
    """Validate the arguments; return them unchanged, in float64, and with the precision of the parameters.

    Returns
    -------
    arguments : X, Y, W, b as arrays, in their own types
    task : the arguments of `steps.Steps`, in float64
    dtype : np.dtype, float32 if any parameter is of that type

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or inconsistent with the others.
    """
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    known_name(output, OUTPUTS, "output")
    check_layers(W, b)
    l2 = not_negative(l2, "l2")
    X, Y = (_real(array, name) for array, name in ((X, "X"), (Y, "Y")))
    W, b = ({l: _real(p[l], f"{name}[{l}]", parameter=True) for l in p} for name, p in (("W", W), ("b", b)))
    _check_shapes(X, Y, W, b)
    dtype = max((p.dtype for p in (*W.values(), *b.values())), key=lambda dtype: np.finfo(dtype).eps)
    exact = X.astype(float), Y.astype(float), *({l: p[l].astype(float) for l in sorted(p)} for p in (W, b))
    return (X, Y, W, b), (*exact, hidden_activation, output, l2), dtype


def _check_shapes(X, Y, W, b):
    for array, name, axes in ((X, "X", "(m, n[0])"), (Y, "Y", "(n[L], m)")):
        if array.ndim != 2:
            hint = "Y[np.newaxis]" if name == "Y" else "X[:, np.newaxis]"
            raise ValueError(f"{name} has shape {array.shape}, but two axes are needed, {axes}: as by {hint}")
    before = X.shape[1]
    for l in sorted(W):
        if W[l].ndim != 2:
            raise ValueError(f"W[{l}] has shape {W[l].shape}, but two axes are needed, (n[{l}], {before})")
        if W[l].shape[1] != before:
            raise ValueError(f"W[{l}] has shape {W[l].shape}, but ({len(W[l])}, {before}) fits the layer before it")
        if b[l].shape != (len(W[l]), 1):
            raise ValueError(f"b[{l}] has shape {b[l].shape}, but ({len(W[l])}, 1) fits W[{l}]: one column")
        before = len(W[l])
    if Y.shape != (before, len(X)):
        raise ValueError(
            f"Y has shape {Y.shape}, but ({before}, {len(X)}) fits W[{len(W)}] and X: columns are examples"
        )


def _real(array, name, parameter=False):
    array = real_array(array, name)
    if not array.size:
        raise ValueError(f"{name} is empty, of shape {array.shape}")
    if parameter and array.dtype not in (np.float64, np.float32):
        cast = f"{name}.astype(float)"
        raise TypeError(f"{name} is of type {array.dtype}, but a gradient needs float64 or float32 parameters: {cast}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return array
