"""Validation of the arguments of the gradient checks."""

import numpy as np

from helpers.backprop.losses import OUTPUTS
from helpers.gradient_check.derivatives import flatten
from helpers.gradient_check.rounding import SLOPE_ERROR
from helpers.system.arguments import check_layers, check_shapes
from helpers.system.validation import as_finite, as_numeric_array, known_name, not_negative


def as_task(X, Y, W, b, hidden_activation, output, l2):
    """Validate the arguments of a gradient check and convert them to a standard form.

    Returns
    -------
    arguments : tuple
        X, Y, W and b as arrays, with their types unchanged.
    task : tuple
        Arguments of `steps.Steps`, in float64.
    dtype : numpy.dtype
        float32 if any of the parameters is of this type, and float64 otherwise.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or inconsistent with the others.
    """
    known_name(hidden_activation, SLOPE_ERROR, "hidden_activation")
    known_name(output, OUTPUTS, "output")
    check_layers(W, b)
    l2 = not_negative(l2, "l2")
    X, Y = (_real(array, name) for array, name in ((X, "X"), (Y, "Y")))
    W, b = ({l: _real(p[l], f"{name}[{l}]", parameter=True) for l in p} for name, p in (("W", W), ("b", b)))
    check_shapes(X, Y, W, b)
    dtype = max((p.dtype for p in (*W.values(), *b.values())), key=lambda dtype: np.finfo(dtype).eps)
    exact = X.astype(float), Y.astype(float), *({l: p[l].astype(float) for l in sorted(p)} for p in (W, b))
    return (X, Y, W, b), (*exact, hidden_activation, output, l2), dtype


def _real(array, name, parameter=False):
    """Return an array after checking that it contains finite real numbers of a suitable type."""
    array = as_numeric_array(array, name)
    if not array.size:
        raise ValueError(f"{name} is empty, with shape {array.shape}")
    if parameter and array.dtype not in (np.float64, np.float32):
        cast = f"{name}.astype(float)"
        raise TypeError(f"{name} is of type {array.dtype}, but parameters must be float64 or float32: use {cast}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return array


def as_parameters(tree):
    """Return a dictionary of the arrays in `parameters`, keyed by path.

    Raises
    ------
    TypeError, ValueError
        If there are no arrays, or if one of them cannot be checked. The message says which one.
    """
    arrays = {}
    for path, leaf in flatten(tree):
        if path in arrays:
            raise ValueError(f"parameters has two arrays that are both called parameters{path}: rename one of the keys")
        arrays[path] = leaf
    if not arrays:
        raise ValueError("parameters is empty: provide at least one array")
    arrays = {f"parameters{path}": leaf for path, leaf in arrays.items()}
    for name, leaf in arrays.items():
        array = arrays[name] = as_numeric_array(leaf, name)
        if array.dtype not in (np.float64, np.float32):
            raise TypeError(f"{name} is of type {array.dtype}, but must be float64 or float32: use .astype(float)")
        if not array.size:
            raise ValueError(f"{name} is empty, with shape {array.shape}: leave it out")
        as_finite(array, name, array.dtype)
    return {name.removeprefix("parameters"): array for name, array in arrays.items()}
