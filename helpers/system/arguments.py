"""Checks of arguments that are functions, layers, labels or switches; numbers and arrays: see `validation`."""

import inspect
import numbers
import sys

import numpy as np

from helpers.system.validation import brief, positive_whole, real_array


def as_layer_sizes(layer_sizes):
    """`layer_sizes` as a tuple of positive ints, a copy: the caller's list is never touched.

    Raises
    ------
    TypeError
        If it is not a list or tuple of whole numbers.
    ValueError
        If it is empty or a size is below 1.
    """
    if isinstance(layer_sizes, (str, bytes, dict, set, numbers.Number)) or not np.iterable(layer_sizes):
        raise TypeError(f"layer_sizes must be a list such as [196, 1], not {brief(layer_sizes)}")
    sizes = list(layer_sizes)
    if not sizes:
        raise ValueError("layer_sizes is empty: give the number of units of each layer, for example [196, 1]")
    for size in sizes:
        whole = isinstance(size, numbers.Integral) and not isinstance(size, (bool, np.bool_))
        if not whole:
            raise TypeError(f"layer_sizes holds {size!r}: every layer size must be a whole number, such as 196")
        if size < 1:
            raise ValueError(f"layer_sizes holds {size}: every layer needs at least 1 unit")
        if size > sys.maxsize:
            raise ValueError(f"layer_sizes holds {brief(size)}: a layer can have at most {sys.maxsize} units")
    return tuple(int(size) for size in sizes)


def as_labels(labels, n_classes):
    """`labels` as an int array of shape (m,) and `n_classes` as an int: the arguments of `losses.one_hot`.

    Raises
    ------
    TypeError, ValueError
        If a label is not a whole number from 0 to n_classes − 1, or there is no row of labels.
    """
    n_classes = positive_whole(n_classes, "n_classes")
    labels = real_array(labels, "labels")
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels has shape {labels.shape}, but one label for each example is needed, shape (m,)")
    wrong = labels[~((labels >= 0) & (labels < n_classes) & (labels == np.floor(labels)))]
    if wrong.size:
        raise ValueError(
            f"labels holds {wrong[0]:g}, but with n_classes = {n_classes} the classes are numbered "
            f"0 … {n_classes - 1}: recode the labels, or change n_classes"
        )
    return np.asarray(labels, int), n_classes


def check_layers(W, b):
    """Raise a TypeError or ValueError unless W and b are dicts whose keys are the layers 1, 2, …, L, of both the same.

    Parameters
    ----------
    W, b : dicts of arrays, one for each layer
    """
    for name, p in (("W", W), ("b", b)):
        whole = isinstance(p, dict) and all(isinstance(l, numbers.Integral) for l in p)
        if not whole or not p or {*p} != {*range(1, len(p) + 1)}:
            got = f"a dictionary with the keys {brief([*p])}" if isinstance(p, dict) else brief(p)
            raise TypeError(f"{name} must be a dictionary with the layers 1 to L as keys, as {name}[1], not {got}")
    if len(W) != len(b):
        raise ValueError(f"W has {len(W)} layers and b has {len(b)}: give one bias for each W[l]")


def check_function(function, name, *arguments):
    """Raise a TypeError unless `function` can be called, with as many arguments as there are names of `arguments`."""
    takes = f"of {', '.join(arguments)}" if arguments else "without arguments"
    if not callable(function):
        raise TypeError(f"{name} must be a function {takes}, not {brief(function)}")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # that of a function written in C may not be known
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(f"{name} must be a function {takes}, but its arguments are {signature}") from error


def true_or_false(value, name):
    """`value` as a bool, or a TypeError that names it."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {brief(value)}")
    return bool(value)
