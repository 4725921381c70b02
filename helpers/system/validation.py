"""Argument checks: each reports bad input in one sentence that names the argument, the fault and the cure."""

import numbers
import sys

import numpy as np


def brief(value):
    """`value` as shown in an error message: on one line of at most 80 characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # repr may fail, as it does for an int of more than 4300 digits
        kind = type(value).__name__
        text = f"an {kind}" if kind[0].lower() in "aeiou" else f"a {kind}"
    return text if len(text) <= 80 else text[:79] + "…"


def as_matrix(X, name="X", dtype=np.float64):
    """`X` as a 2-D floating-point array with examples as rows; the caller's array is not changed.

    Parameters
    ----------
    X : array-like of shape (m, n)
        Numbers; m ≥ 1 examples of n ≥ 1 features.
    name : str
        Name used in error messages.
    dtype : numpy floating-point type
        Type of the result. An array that already has this type is returned without copying.

    Raises
    ------
    TypeError
        If the entries are not real numbers.
    ValueError
        If X has the wrong shape, is empty, or contains NaN or infinity.
    """
    X = real_array(X, name)
    if X.size == 0:
        raise ValueError(f"{name} is empty, with shape {X.shape}: give at least one example with one feature")
    if X.ndim > 2:
        raise ValueError(
            f"{name} has shape {X.shape}, but one example must be one row: "
            f"flatten each example first, {name}.reshape(len({name}), -1)"
        )
    if X.ndim < 2:
        raise ValueError(
            f"{name} has shape {X.shape}, but it must be (examples, features): for a single feature "
            f"use {name}.reshape(-1, 1), for a single example {name}.reshape(1, -1)"
        )
    return as_finite(X, name, dtype)


def as_targets(y, m, n_outputs, binary, dtype=np.float64):
    """`y` as the matrix Y of the equations, of shape (n_outputs, m): columns are examples.

    Parameters
    ----------
    y : array-like of shape (m,) or (m, n_outputs)
    m, n_outputs : int
        Number of examples in X, number of units in the last layer.
    binary : bool
        Whether the targets must be the labels 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As in `as_matrix`; also if the lengths differ or a label is neither 0 nor 1.
    """
    y = real_array(y, "y")
    if y.shape == (1, m) and m > 1:
        raise ValueError(f"y has shape {y.shape}, but rows are examples: pass y.ravel(), of shape ({m},)")
    if y.ndim == 0 or len(y) != m:
        raise ValueError(f"X has {m} examples but y has shape {y.shape}: give one target for each row of X")
    if y.shape not in {(m,), (m, n_outputs)} or (y.ndim == 1 and n_outputs > 1):
        raise ValueError(
            f"y has shape {y.shape}, but the last layer has {n_outputs} "
            f"unit{'s' if n_outputs > 1 else ''}: y must have shape ({m}, {n_outputs})"
        )
    y = as_finite(y, "y", dtype)
    if binary and not np.isin(y, (0, 1)).all():
        found = ", ".join(f"{value:g}" for value in np.unique(y)[:4])
        raise ValueError(
            f"y holds {found}, but labels must be 0 and 1: recode them, for example y = (y == {y.max():g})"
        )
    return np.ascontiguousarray(y.reshape(m, n_outputs).T)


def as_classes(y, m, n_classes):
    """`y` as an int array of shape (m,), class numbers from 0 to n_classes − 1.

    Parameters
    ----------
    y : array-like of shape (m,)
    m, n_classes : int
        Number of examples in X, number of units in the last layer.

    Raises
    ------
    TypeError, ValueError
        As in `as_targets`; also if an entry is not a class number.
    """
    if n_classes < 2:
        raise ValueError('the output "softmax" needs a unit for each class, so at least 2: for one unit use "sigmoid"')
    y = real_array(y, "y")
    if y.shape == (m, n_classes):
        raise ValueError(f"y has shape {y.shape}, but one class number per example is needed: pass y.argmax(axis=1)")
    y = as_targets(y, m, 1, False)[0]
    if not np.isin(y, np.arange(n_classes)).all():
        found = ", ".join(f"{value:g}" for value in np.setdiff1d(y, np.arange(n_classes))[:4])
        raise ValueError(
            f"y holds {found}, but with {n_classes} units in the last layer classes are "
            f"numbered 0 … {n_classes - 1}: recode them, or change the last layer size"
        )
    return y.astype(int)


def is_number(value, kind=numbers.Real):
    """Whether `value` is a single number of that kind; True, False and time spans do not count as numbers."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.timedelta64))


def finite_number(value, name, wanted="", least=-np.inf):
    """`value` as a finite float above `least`, or raise a ValueError or TypeError that names the argument.

    Parameters
    ----------
    value : object
    name : str
        Name used in error messages.
    wanted : str
        What the number must satisfy, in words, such as "above 0".
    least : float
        The value must be strictly greater.
    """
    wanted = f"number {wanted}".strip()
    if not is_number(value):
        raise TypeError(f"{name} must be a {wanted}, not {brief(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not (np.isfinite(number) and number > least):
        raise ValueError(f"{name} is {number:g}, but it must be a finite {wanted}")
    return number


def positive_number(value, name):
    """`value` as a finite float above 0, or raise a ValueError or TypeError that names the argument."""
    return finite_number(value, name, "above 0", 0.0)


def not_negative(value, name):
    """`value` as a finite float of at least 0, or raise a ValueError or TypeError that names the argument."""
    return finite_number(value, name, "0 or above", -np.finfo(float).smallest_subnormal) + 0.0  # -0.0 becomes 0.0


def whole_number(value, name, least=1):
    """`value` as an int of at least `least`, or raise a ValueError or TypeError that names the argument."""
    if not is_number(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number of at least {least}, not {brief(value)}")
    if value < least:
        raise ValueError(f"{name} is {brief(value)}, but it must be at least {least}")
    if value > sys.maxsize:
        raise ValueError(f"{name} is {brief(value)}, but it must be at most {sys.maxsize}")
    return int(value)


def positive_whole(value, name):
    """`value` as an int of at least 1, or raise a ValueError or TypeError that names the argument."""
    return whole_number(value, name)


def floating_type(dtype):
    """numpy.float32 or numpy.float64, whichever `dtype` denotes, or raise a ValueError that names both."""
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):  # NumPy parses a string such as "01" as code
        kind = None
    if dtype is None or kind not in (np.float32, np.float64):
        raise ValueError(f"dtype is {brief(dtype)}, but it must be numpy.float32 or numpy.float64")
    return kind.type


def known_name(value, known, name):
    """`value` if it is a key of `known`; otherwise raise a ValueError that lists the keys."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is {brief(value)}, which is unknown: choose one of {', '.join(known)}")
    return value


def as_generator(random_state):
    """The random generator for a seed (an int), a Generator or a legacy RandomState.

    Raises
    ------
    TypeError
        If it is none of the three: without a seed, results could not be reproduced.
    """
    if isinstance(random_state, (np.random.Generator, np.random.RandomState)):
        return random_state
    if is_number(random_state, numbers.Integral) and random_state >= 0:
        return np.random.default_rng(int(random_state))
    raise TypeError(
        f"random_state must be a whole number of at least 0, a numpy Generator or a RandomState, "
        f"not {brief(random_state)}"
    )


def as_real_array(values, name, finite=False):
    """`values` copied to a float64 array of the same shape; with `finite`, NaN and infinity are rejected.

    Raises
    ------
    TypeError, ValueError
        If the entries are not real numbers, there are none, or `finite` is set and one is not finite.
    """
    array = np.array(real_array(values, name), np.float64)
    if array.size == 0:
        raise ValueError(f"{name} is empty, with shape {array.shape}: give at least one number")
    return as_finite(array, name, np.float64) if finite else array


def as_seed(seed, shape):
    """The gradient that starts a backward pass: `seed` as an array of `shape`; None stands for the number 1.

    Raises
    ------
    TypeError, ValueError
        If it is not made of real numbers, has a different shape, or is None although the output is not a single number.
    """
    if seed is None and int(np.prod(shape)) > 1:
        raise ValueError(f"the output has shape {shape}: take its sum or mean, or give a seed of that shape")
    seed = np.ones(shape) if seed is None else as_real_array(seed, "seed")
    if seed.shape != shape:
        raise ValueError(
            f"seed has shape {seed.shape}, but the output has shape {shape}: give one number for each entry"
        )
    return seed


def all_are(kind, values, function):
    """Raise a TypeError, which names `function`, unless all `values` are instances of `kind`."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{function} needs a {kind.__name__} but was given a {type(value).__name__}")


def real_array(values, name, kinds="buif"):
    """`values` as an array that keeps their type.

    Parameters
    ----------
    values : array-like
    name : str
        Name used in error messages.
    kinds : str
        The NumPy type kinds that are allowed; include "c" to allow complex numbers.

    Raises
    ------
    TypeError, ValueError
        If `values` is not a plain array or nested list of numbers.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: fill or remove the masked entries, for example {name}.filled(0)")
    try:
        sparse, array = hasattr(type(values), "toarray"), np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is not a table of numbers: its rows have different lengths") from error
    except Exception as error:  # for example, for a tensor that is still attached to a graph
        kind = type(values).__name__
        raise TypeError(f"{name} is a {kind} that NumPy cannot read ({error}): convert it to an array") from error
    if sparse:
        raise TypeError(f"{name} is a sparse {type(values).__name__}: pass the full array, {name}.toarray()")
    if array.dtype.kind not in kinds:
        cure = ""
        if array.dtype.kind in "OSU" and array.ndim:
            convert = ".astype(float)" if hasattr(values, "astype") else "numpy.array(…, float)"
            cure = f"; if they are numbers stored as {array.dtype}, convert them with {convert}"
        elif array.dtype.kind == "O":
            cure = f", in an array or a list, not a {type(values).__name__}"
        raise TypeError(f"{name} holds {array.dtype} values, but it must hold real numbers{cure}")
    return array


def as_finite(array, name, dtype):
    """`array` converted to `dtype`, or raise a ValueError that locates the first NaN or infinity in the result."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    step = 4096  # rows at a time: a mask of the whole array could take a quarter of its memory
    rows = np.atleast_1d(array)
    bad = sum(np.count_nonzero(~np.isfinite(rows[i : i + step])) for i in range(0, len(rows), step))
    if bad:
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} holds {bad} value{'s' if bad > 1 else ''} that {'are' if bad > 1 else 'is'} NaN or "
            f"infinite, the first at index {where}: remove or replace them"
        )
    return array
