"""Checks for arguments such as functions, layer sizes, labels, indices and option names.

Numbers and arrays are checked by the functions in `validation`.
"""

import difflib
import inspect
import numbers
import sys

import numpy as np

from helpers.system.validation import (
    as_numeric_array,
    as_targets,
    brief,
    finite_number,
    is_number,
    positive_whole,
    shown,
)


def as_layer_sizes(layer_sizes):
    """Return the layer sizes as a tuple of positive ints.

    The list that was passed in is not modified.

    Raises
    ------
    TypeError
        If `layer_sizes` is not a list or tuple of whole numbers.
    ValueError
        If `layer_sizes` is empty or contains a size below 1.
    """
    if isinstance(layer_sizes, (str, bytes, dict, set, numbers.Number)) or not np.iterable(layer_sizes):
        raise TypeError(f"layer_sizes must be a list such as [196, 1], not {brief(layer_sizes)}")
    sizes = list(layer_sizes)
    if not sizes:
        raise ValueError("layer_sizes is empty: specify the number of units in each layer, for example [196, 1]")
    for size in sizes:
        if not is_number(size, numbers.Integral):
            raise TypeError(f"layer_sizes contains {brief(size)}: every layer size must be a whole number, such as 196")
        if size < 1:
            raise ValueError(f"layer_sizes contains {brief(size)}: every layer needs at least 1 unit")
        if size > sys.maxsize:
            raise ValueError(f"layer_sizes contains {brief(size)}: a layer can have at most {sys.maxsize} units")
    return tuple(int(size) for size in sizes)


def as_labels(labels, n_classes):
    """Check the arguments of `losses.one_hot` and return them as an int array of shape (m,) and an int.

    Raises
    ------
    TypeError, ValueError
        If a label is not a whole number from 0 to n_classes − 1, or if `labels` is empty or not one-dimensional.
    """
    n_classes = positive_whole(n_classes, "n_classes")
    labels = as_numeric_array(labels, "labels")
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels has shape {labels.shape}, but it must be (m,), with one label for each example")
    wrong = labels[~((labels >= 0) & (labels < n_classes) & (labels == np.floor(labels)))]
    if wrong.size:
        raise ValueError(
            f"labels contains {shown(wrong[0])}, but with n_classes = {n_classes} the classes are numbered "
            f"0 … {n_classes - 1}: recode the labels, or change n_classes"
        )
    check_room(n_classes * labels.size, "n_classes")
    return np.asarray(labels, int), n_classes


def as_classes(y, m, n_classes):
    """Return y, the class labels of m examples, as an int array of shape (m,).

    Raises
    ------
    TypeError, ValueError
        If y has the wrong shape, a label is not an integer from 0 to n_classes − 1, or n_classes is below 2.
    """
    if n_classes < 2:
        raise ValueError(
            'a "softmax" output needs at least 2 units, one for each class; for a single unit, use "sigmoid"'
        )
    y = as_numeric_array(y, "y")
    if y.ndim > 1 and len(y) == m and y.size != m:
        cure = "y.argmax(axis=1)" if y.shape == (m, n_classes) else f"y of shape ({m},)"
        raise ValueError(f"y has shape {y.shape}, but it must have one class number per example: pass {cure}")
    y = as_targets(y, m, 1, False)[0]
    if not np.isin(y, np.arange(n_classes)).all():
        found = ", ".join(map(shown, np.setdiff1d(y, np.arange(n_classes))[:4]))
        raise ValueError(
            f"y contains {found}, but with {n_classes} units in the last layer the classes are "
            f"numbered 0 … {n_classes - 1}: recode the labels, or change the size of the last layer"
        )
    return y.astype(int)


def check_layers(W, b):
    """Check that W and b are dictionaries whose keys are the layers 1, 2, …, L.

    Parameters
    ----------
    W, b : dict of ndarray
        Weights and biases, with one array per layer.

    Raises
    ------
    TypeError
        If W or b is not such a dictionary.
    ValueError
        If W and b have different numbers of layers.
    """
    for name, p in (("W", W), ("b", b)):
        whole = isinstance(p, dict) and all(isinstance(l, numbers.Integral) for l in p)
        if not whole or not p or {*p} != {*range(1, len(p) + 1)}:
            got = f"a dictionary with the keys {brief([*p])}" if isinstance(p, dict) else brief(p)
            raise TypeError(f"{name} must be a dictionary with the layers 1 to L as keys, as in {name}[1], not {got}")
    if len(W) != len(b):
        raise ValueError(f"W has {len(W)} layers and b has {len(b)}: provide one bias vector for each W[l]")


def check_shapes(X, Y, W, b):
    """Check that the examples and the parameters of a network have shapes that fit together.

    Only the attribute `shape` is used, so the examples may also be stored in a file, and the parameters may be
    variables on a tape.

    Parameters
    ----------
    X : array of shape (m, n[0])
        Input data. Each row is an example.
    Y : array of shape (n[L], m)
        Targets. Each column is an example.
    W, b : dict of array
        Parameters that `check_layers` accepts, with W[l] of shape (n[l], n[l−1]) and b[l] of shape (n[l], 1).

    Raises
    ------
    ValueError
        If a shape is wrong. The message names the first such array. Shapes that NumPy would broadcast, such as
        (n[l],) for b[l], are also rejected.
    """
    if len(X.shape) != 2:
        cure = "use X[:, np.newaxis]" if len(X.shape) == 1 else "use X.reshape(len(X), -1)"
        raise ValueError(f"X has shape {X.shape}, but it must have two axes, (m, n[0]): {cure}")
    m, n = X.shape
    for l in sorted(W):
        rows = W[l].shape[0] if W[l].shape else 1
        if W[l].shape != (rows, n):
            raise ValueError(
                f"W[{l}] has shape {W[l].shape}, but layer {l} has {n} inputs: W[{l}] must be (n[{l}], {n})"
            )
        if b[l].shape != (rows, 1):
            cure = f": use b[{l}].reshape({rows}, 1)" if b[l].shape in [(rows,), (1, rows)] else ""
            raise ValueError(f"b[{l}] has shape {b[l].shape}, but it must be a column, ({rows}, 1){cure}")
        n = rows
    if Y.shape != (n, m):
        cures = {(m, n): "use Y.T", (n * m,): f"use Y.reshape({n}, {m})"}
        cure = cures.get(Y.shape, "check X and Y")
        raise ValueError(f"Y has shape {Y.shape}, but it must be ({n}, {m}), with a column for each example: {cure}")


def check_function(function, name, *arguments):
    """Raise a TypeError unless `function` can be called with the given arguments.

    Parameters
    ----------
    function : object
        Object to check.
    name : str
        Name of the function in the error message.
    *arguments : str
        Names of the positional arguments that the function must accept.
    """
    takes = f"of {', '.join(arguments)}" if arguments else "without arguments"
    if not callable(function):
        raise TypeError(f"{name} must be a function {takes}, not {brief(function)}")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # raised for some functions that are written in C
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(f"{name} must be a function {takes}, but its arguments are {signature}") from error


def true_or_false(value, name):
    """Return `value` as a bool, or raise a TypeError if it is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {brief(value)}")
    return bool(value)


def is_plain(array):
    """Return whether `array` is an ordinary NumPy array.

    Subclasses such as masked arrays and matrices do not count, because their operations may behave differently.
    """
    return type(array) in (np.ndarray, np.memmap)


def check_room(count, name):
    """Raise a ValueError unless `count` float64 numbers fit in memory.

    The error message names the argument `name`, which determines the count.
    """
    try:
        np.empty(count)
    except (MemoryError, ValueError, OverflowError):
        raise ValueError(
            f"{name} requires {count:.1e} numbers, which do not fit in memory: choose a smaller value"
        ) from None


def as_places(chosen, n, name, what):
    """Return an array of indices as an int array of shape (k,).

    Parameters
    ----------
    chosen : array-like of shape (k,)
        Indices to check.
    n : int
        Number of items that can be chosen.
    name : str
        Name of the argument in the error message.
    what : str
        Plural noun for the items in the error message, such as "features".

    Raises
    ------
    TypeError, ValueError
        If `chosen` is not a one-dimensional array of whole numbers from 0 to n − 1.
    """
    places = as_numeric_array(chosen, name)
    if places.dtype.kind not in "iu" or places.ndim != 1 or not np.isin(places, np.arange(n)).all():
        raise ValueError(f"{name} must contain indices of the {n} {what}, 0 … {n - 1}, not {brief(chosen)}")
    return places


def as_range(rows, m):
    """Return the row numbers that an index selects from a table with `m` rows.

    A slice selects a range, and a whole number selects a single row, which is returned as an int.

    Raises
    ------
    TypeError
        If `rows` is neither a slice nor a whole number.
    IndexError
        If the table has no such row.
    """
    try:
        return range(m)[rows]
    except (TypeError, ValueError) as error:  # a slice with a step of 0 raises a ValueError
        words = (
            f"select rows by a number or a slice, such as X[100:200], not by {brief(rows)}: "
            "to select them in another way, load X[:] first"
        )
        raise TypeError(words) from error
    except IndexError as error:
        raise IndexError(f"there is no row {brief(rows)}: the table has only {m} rows") from error


def check_names(options, known, owner, cure=""):
    """Raise a ValueError if any of `options` is not a known option.

    The message names the first unknown option and suggests the known option whose name is most similar.

    Parameters
    ----------
    options, known : iterable of str
        Names to check, and names that are allowed.
    owner : str
        Name of the function or class that has these options.
    cure : str
        Advice to give if no known option has a similar name. By default, the known options are listed.
    """
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            cure = f"did you mean {near[0]}?" if near else cure or f"choose from {', '.join(known)}"
            raise ValueError(f"{brief(name)[1:-1]} is not an option of {owner}: {cure}")


def whole_between(value, name, low, high):
    """Return `value` as an int from `low` to `high`, or raise a ValueError that names the argument."""
    if not is_number(value, numbers.Integral) or not low <= value <= high:
        raise ValueError(f"{name} is {brief(value)}, but it must be a whole number from {low} to {high}")
    return int(value)


def number_between(value, name, low, high):
    """Return `value` as a float from `low` to `high`, or raise a TypeError or ValueError that names the argument."""
    number = finite_number(value, name, f"from {low} to {high}")
    if not low <= number <= high:
        raise ValueError(f"{name} is {brief(value)}, but it must be between {low} and {high}")
    return number
