"""Checks of arguments that are functions, layers, labels, places or names; numbers and arrays: see `validation`."""

import difflib
import inspect
import numbers
import sys

import numpy as np

from helpers.system.validation import brief, is_number, positive_whole, real_array


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
    check_room(n_classes * labels.size, "n_classes")
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


def is_plain(array):
    """Whether it is an array that computes as NumPy's own do: other classes may not, as masked arrays and matrices."""
    return type(array) in (np.ndarray, np.memmap)


def check_room(count, name):
    """Raise a ValueError unless memory has room for the `count` float64 numbers that the argument `name` asks for."""
    try:
        np.empty(count)
    except (MemoryError, ValueError, OverflowError):
        raise ValueError(f"{name} asks for {count:.1e} numbers, more than fit into memory: choose less") from None


def as_places(chosen, n, name, what):
    """`chosen` as an int array of shape (k,), places among `n` things that are called `what`.

    Raises
    ------
    TypeError, ValueError
        If it is not a row of whole numbers from 0 to n − 1.
    """
    places = real_array(chosen, name)
    if places.dtype.kind not in "iu" or places.ndim != 1 or not np.isin(places, np.arange(n)).all():
        raise ValueError(f"{name} must be indices of the {n} {what}, 0 … {n - 1}, not {brief(chosen)}")
    return places


def as_range(rows, m):
    """The rows of a slice of a table of `m` rows, as a range, or the number of one row.

    Raises
    ------
    TypeError, IndexError
        If it is neither a slice nor a whole number, or there is no such row.
    """
    try:
        return range(m)[rows]
    except (TypeError, ValueError) as error:  # a ValueError for a step of 0
        words = f"rows are read by number or slice, such as X[100:200], not by {brief(rows)}: for others use X[:] first"
        raise TypeError(words) from error
    except IndexError as error:
        raise IndexError(f"there is no row {brief(rows)}: the table has {m}") from error


def check_names(options, known, owner, cure=""):
    """Raise a ValueError that names the first of `options` that is not `known`, and the one that may be meant.

    Parameters
    ----------
    options, known : iterables of str
    owner : str, what has the known options
    cure : str, what to do about one that is like none of them; by default they are listed
    """
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            cure = f"did you mean {near[0]}?" if near else cure or f"choose from {', '.join(known)}"
            raise ValueError(f"{brief(name)[1:-1]} is not an option of {owner}: {cure}")
