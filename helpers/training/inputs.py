"""Functions that check and convert the options, the examples and the parameters of a `NeuralNetwork`.

`NeuralNetwork` calls them before it computes anything, so that bad input leads to a clear error message.
"""

import numbers
from functools import partial
from types import SimpleNamespace

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS, one_hot
from helpers.backprop.network import INITIALIZATIONS
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.arguments import as_classes, as_layer_sizes, check_layers, check_names, check_shapes, is_plain
from helpers.system.validation import (
    as_finite,
    as_generator,
    as_matrix,
    as_targets,
    floating_type,
    known_name,
    not_negative,
    positive_number,
    positive_whole,
)


def _optional_whole(value, name):
    return None if value is None else positive_whole(value, name)


def _random_state(value):
    as_generator(value)
    return value


# Maps each option of `NeuralNetwork` to a function that checks the given value and returns the value to use.
OPTIONS = {
    "layer_sizes": as_layer_sizes,
    "hidden_activation": partial(known_name, known=ACTIVATIONS, name="hidden_activation"),
    "output": partial(known_name, known=OUTPUTS, name="output"),
    "initialization": partial(known_name, known=INITIALIZATIONS, name="initialization"),
    "optimizer": partial(known_name, known=OPTIMIZERS, name="optimizer"),
    "learning_rate": partial(positive_number, name="learning_rate"),
    "l2": partial(not_negative, name="l2"),
    "iterations": partial(positive_whole, name="iterations"),
    "epochs": partial(_optional_whole, name="epochs"),
    "batch_size": partial(_optional_whole, name="batch_size"),
    "shuffle_buffer": partial(_optional_whole, name="shuffle_buffer"),
    "patience": partial(_optional_whole, name="patience"),
    "dtype": floating_type,
    "random_state": _random_state,
}


def checked_options(network):
    """Check the options of a `NeuralNetwork` and convert them to the types used in training.

    Returns
    -------
    SimpleNamespace
        Namespace with one attribute for each option in `OPTIONS`.

    Raises
    ------
    TypeError, ValueError
        If an option has an invalid value, or if the network has an attribute that is not an option, for
        example because its name is misspelt.
    """
    set_by_user = {name: value for name, value in vars(network).items() if "_" not in (name[0], name[-1])}
    return SimpleNamespace(**as_options(set_by_user))


def as_options(options):
    """Check a dict of option names and values, and return a dict with the values converted for training.

    Raises
    ------
    TypeError, ValueError
        See `checked_options`.
    """
    check_names(options, OPTIONS, "NeuralNetwork", "remove it, or add _ to the end of its name")
    return {name: OPTIONS[name](value) for name, value in options.items()}


def as_examples(options, X, y):
    """Convert the arguments of `NeuralNetwork.fit` to the arrays used in the equations.

    Parameters
    ----------
    options : SimpleNamespace
        The return value of `checked_options`.
    X, y
        See `NeuralNetwork.fit`.

    Returns
    -------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` or `Shards` of that shape
    Y : ndarray of shape (n[L], m)

    Raises
    ------
    TypeError, ValueError
        See `as_matrix`, `as_targets` and `as_classes`. Numbers stored in a file are checked later, when they
        are read.
    """
    X, n_units = as_rows(X, options.dtype), options.layer_sizes[-1]
    if options.output == "softmax":
        return X, one_hot(as_classes(y, len(X), n_units), n_units, options.dtype)
    return X, as_targets(y, len(X), n_units, options.output == "sigmoid", options.dtype)


def as_held_out(options, held_out, n_features):
    """Convert the held-out examples to the form that `as_examples` returns, or return None if there are none.

    Raises
    ------
    TypeError, ValueError
        If `held_out` is not a pair (X, y) or is incompatible with the network, or if the option `patience` is
        set but there are no held-out examples.
    """
    if held_out is None:
        if options.patience is not None:
            raise ValueError("patience needs held-out examples: pass held_out=(X, y), with examples that are not in X")
        return None
    if not isinstance(held_out, (tuple, list)) or len(held_out) != 2:
        got = repr(held_out)
        if hasattr(held_out, "__len__"):
            got = f"of type {type(held_out).__name__} and has length {len(held_out)}"
        raise TypeError(f"held_out must be a pair (X, y), but it is {got:.60}: pass held_out=(X, y)")
    try:
        X, Y = as_examples(options, *held_out)
    except (TypeError, ValueError) as error:
        raise type(error)(f"in held_out, {error}") from error
    if X.shape[1] != n_features:
        raise ValueError(
            f"X has {n_features} features, but X in held_out has {X.shape[1]}: use the same features in both"
        )
    return X, Y


def as_rows(X, dtype):
    """Return X as a matrix of type `dtype`, without loading it if its rows are stored in a file."""
    return X.with_dtype(dtype) if _is_read_later(X) else as_matrix(X, dtype=dtype)


def _is_read_later(X):
    """Return whether X is an `HDF5Rows` or `Shards` object, whose rows are read when they are needed.

    The method `with_dtype` is looked up on the class, because some objects claim to have every attribute.
    """
    return hasattr(type(X), "with_dtype")


def check_task(X, Y, W, b, hidden_activation, output):
    """Check that the arguments of `blocks.cost_and_gradients` are valid and consistent with each other.

    The check for NaN takes about 5% of the time needed for the gradient, or 50% if the network has a
    single unit.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid. The message names the argument.
    """
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    known_name(output, OUTPUTS, "output")
    check_layers(W, b)
    if not _is_read_later(X):
        _check_plain(X, "X")
    _check_plain(Y, "Y")
    for name, p in (("W", W), ("b", b)):
        for l in p:
            _check_type(p[l], f"{name}[{l}]")
    check_shapes(X, Y, W, b)
    if not len(X):
        raise ValueError(f"X has shape {X.shape}, but it must contain at least one example")


def _check_plain(array, name):
    if not is_plain(array) or array.dtype.kind not in "buif":
        kind = f"an array of {array.dtype}" if is_plain(array) else f"a {type(array).__name__}"
        raise TypeError(f"{name} must be an array of real numbers, not {kind}: use numpy.array({name}, float)")
    as_finite(array, name, array.dtype)


def check_parameters(n, W, b):
    """Check that the attributes W_ and b_ of a network contain an array of the right type and shape for each layer.

    Parameters
    ----------
    n : tuple of int
        Sizes of all layers, n[0], …, n[L].
    W, b : dicts of float32 or float64 ndarrays
        W[l] must have the shape (n[l], n[l−1]), and b[l] the shape (n[l], 1).

    Raises
    ------
    ValueError
        If an array is missing or has the wrong type or shape. The message names the first such array.
    """
    for name, p in (("W_", W), ("b_", b)):
        keys = [*p] if isinstance(p, dict) and all(isinstance(l, numbers.Integral) for l in p) else None
        if keys is None or sorted(keys) != [*range(1, len(n))]:
            raise ValueError(f"{name} must be a dict with an array for each layer from 1 to {len(n) - 1}")
        for l, array in p.items():
            shape = (n[l], n[l - 1] if name == "W_" else 1)
            _check_type(array, f"{name}[{l}]")
            if array.shape != shape:
                raise ValueError(f"{name}[{l}] has shape {array.shape}, but layer {l} needs {shape}")


def _check_type(array, name):
    if isinstance(array, np.ndarray) and not is_plain(array):
        kind = type(array).__name__
        raise ValueError(f"{name} is a {kind}, but it must be a plain array: use numpy.array(…, float)")
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        kind = getattr(array, "dtype", type(array).__name__)
        raise ValueError(f"{name} is of type {kind}, but it must be a float32 or float64 array")
