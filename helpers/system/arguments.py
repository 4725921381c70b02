"""Checks of arguments that are functions, layers, labels, indices or names; see `validation` for numbers and arrays."""

import difflib
import inspect
import numbers
import sys

import numpy as np

from helpers.system.validation import brief, is_number, positive_whole, real_array


def as_layer_sizes(layer_sizes):
    """`layer_sizes` as a tuple of positive ints; the caller's list is copied, never modified.

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
        raise ValueError("layer_sizes is empty: give the number of units in each layer, for example [196, 1]")
    for size in sizes:
        if not is_number(size, numbers.Integral):
            raise TypeError(f"layer_sizes holds {brief(size)}: every layer size must be a whole number, such as 196")
        if size < 1:
            raise ValueError(f"layer_sizes holds {brief(size)}: every layer needs at least 1 unit")
        if size > sys.maxsize:
            raise ValueError(f"layer_sizes holds {brief(size)}: a layer can have at most {sys.maxsize} units")
    return tuple(int(size) for size in sizes)


def as_labels(labels, n_classes):
    """`labels` as an int array of shape (m,) and `n_classes` as an int: the arguments of `losses.one_hot`.

    Raises
    ------
    TypeError, ValueError
        If a label is not a whole number from 0 to n_classes − 1, or `labels` is empty or not one-dimensional.
    """
    n_classes = positive_whole(n_classes, "n_classes")
    labels = real_array(labels, "labels")
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels has shape {labels.shape}, but it must be (m,), with one label for each example")
    wrong = labels[~((labels >= 0) & (labels < n_classes) & (labels == np.floor(labels)))]
    if wrong.size:
        raise ValueError(
            f"labels holds {wrong[0]:g}, but with n_classes = {n_classes} the classes are numbered "
            f"0 … {n_classes - 1}: recode the labels, or change n_classes"
        )
    check_room(n_classes * labels.size, "n_classes")
    return np.asarray(labels, int), n_classes


def check_layers(W, b):
    """Raise a TypeError or ValueError unless W and b are dicts that both have the layers 1, 2, …, L as keys.

    Parameters
    ----------
    W, b : dicts of arrays, one per layer
    """
    for name, p in (("W", W), ("b", b)):
        whole = isinstance(p, dict) and all(isinstance(l, numbers.Integral) for l in p)
        if not whole or not p or {*p} != {*range(1, len(p) + 1)}:
            got = f"a dictionary with the keys {brief([*p])}" if isinstance(p, dict) else brief(p)
            raise TypeError(f"{name} must be a dictionary with the layers 1 to L as keys, such as {name}[1], not {got}")
    if len(W) != len(b):
        raise ValueError(f"W has {len(W)} layers and b has {len(b)}: give one bias for each W[l]")


def check_function(function, name, *arguments):
    """Raise a TypeError unless `function` is callable with one positional argument for each name in `arguments`."""
    takes = f"of {', '.join(arguments)}" if arguments else "without arguments"
    if not callable(function):
        raise TypeError(f"{name} must be a function {takes}, not {brief(function)}")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C have no known signature
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(f"{name} must be a function {takes}, but its arguments are {signature}") from error


def true_or_false(value, name):
    """`value` as a bool, or raise a TypeError that names the argument."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {brief(value)}")
    return bool(value)


def is_plain(array):
    """Whether it is a plain NumPy array; subclasses such as masked arrays and matrices may compute differently."""
    return type(array) in (np.ndarray, np.memmap)


def check_room(count, name):
    """Raise a ValueError unless the `count` float64 numbers required by the argument `name` fit in memory."""
    try:
        np.empty(count)
    except (MemoryError, ValueError, OverflowError):
        raise ValueError(
            f"{name} asks for {count:.1e} numbers, more than fit in memory: choose a smaller value"
        ) from None


def as_places(chosen, n, name, what):
    """`chosen` as an int array of shape (k,), indices into `n` things called `what` in the error message.

    Raises
    ------
    TypeError, ValueError
        If it is not a one-dimensional array of whole numbers from 0 to n − 1.
    """
    places = real_array(chosen, name)
    if places.dtype.kind not in "iu" or places.ndim != 1 or not np.isin(places, np.arange(n)).all():
        raise ValueError(f"{name} must be indices of the {n} {what}, 0 … {n - 1}, not {brief(chosen)}")
    return places


def as_range(rows, m):
    """The rows that `rows` selects from a table of `m` rows: a range for a slice, an int for a single row.

    Raises
    ------
    TypeError, IndexError
        If it is neither a slice nor a whole number, or there is no such row.
    """
    try:
        return range(m)[rows]
    except (TypeError, ValueError) as error:  # a ValueError for a step of 0
        words = (
            f"index rows by a number or a slice, such as X[100:200], not by {brief(rows)}: for others use X[:] first"
        )
        raise TypeError(words) from error
    except IndexError as error:
        raise IndexError(f"there is no row {brief(rows)}: the length of the table is {m}") from error


def check_names(options, known, owner, cure=""):
    """Raise a ValueError that names the first of `options` that is not in `known`, and the closest match.

    Parameters
    ----------
    options, known : iterables of str
    owner : str, name of the function or class that has the known options
    cure : str, what to do about an option that resembles none of them; by default the known options are listed
    """
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            cure = f"did you mean {near[0]}?" if near else cure or f"choose from {', '.join(known)}"
            raise ValueError(f"{brief(name)[1:-1]} is not an option of {owner}: {cure}")
