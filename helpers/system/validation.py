"""Checks for numbers and arrays, with error messages that say what is wrong and how to fix it."""

import numbers
import sys

import numpy as np


def brief(value):
    """Return the repr of `value` on one line, shortened to at most 80 characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # repr fails for some objects, such as ints with more than 4300 digits
        kind = type(value).__name__
        text = f"an {kind}" if kind[0].lower() in "aeiou" else f"a {kind}"
    return text if len(text) <= 80 else text[:79] + "…"


def shown(number):
    """Return a number as text, with up to six significant digits if these are exact, and otherwise with all digits."""
    return f"{number:g}" if float(f"{number:g}") == number else repr(float(number))


def as_matrix(X, name="X", dtype=np.float64):
    """Return X as a two-dimensional floating-point array with one example per row.

    The array that was passed in is not modified, and is not copied if it already has the right type.

    Parameters
    ----------
    X : array-like of shape (m, n)
        Data with at least one example and one feature.
    name : str
        Name of the argument in error messages.
    dtype : numpy floating-point type
        Type of the result.

    Raises
    ------
    TypeError, ValueError
        If X has the wrong shape, is empty, or contains anything other than finite real numbers.
    """
    X = as_numeric_array(X, name)
    if X.size == 0:
        raise ValueError(f"{name} is empty, with shape {X.shape}: provide at least one example and one feature")
    if X.ndim > 2:
        raise ValueError(
            f"{name} has shape {X.shape}, but each example must be a single row: "
            f"flatten each example first with {name}.reshape(len({name}), -1)"
        )
    if X.ndim < 2:
        raise ValueError(
            f"{name} has shape {X.shape}, but it must be (examples, features): for a single feature "
            f"use {name}.reshape(-1, 1), and for a single example use {name}.reshape(1, -1)"
        )
    return as_finite(X, name, dtype)


def as_targets(y, m, n_outputs, binary, dtype=np.float64):
    """Return y as the matrix Y used in the equations, with shape (n_outputs, m) and one example per column.

    Parameters
    ----------
    y : array-like of shape (m,) or (m, n_outputs)
        Targets, with one example per row.
    m, n_outputs : int
        Number of examples in X, and number of units in the last layer.
    binary : bool
        Whether the targets must be the labels 0 and 1.
    dtype : numpy floating-point type
        Type of the result.

    Raises
    ------
    TypeError, ValueError
        If y has the wrong shape or contains anything other than finite real numbers, or if `binary` is
        True and an entry is neither 0 nor 1.
    """
    y = as_numeric_array(y, "y")
    if y.shape == (1, m) and m > 1:
        raise ValueError(f"y has shape {y.shape}, but each row must be one example: pass y.ravel(), of shape ({m},)")
    if y.ndim == 0 or len(y) != m:
        raise ValueError(f"X has {m} examples but y has shape {y.shape}: provide one target for each row of X")
    if y.shape not in {(m,), (m, n_outputs)} or (y.ndim == 1 and n_outputs > 1):
        raise ValueError(
            f"y has shape {y.shape}, but the last layer has {n_outputs} "
            f"unit{'s' if n_outputs > 1 else ''}: y must have shape ({m}, {n_outputs})"
        )
    y = as_finite(y, "y", dtype)
    if binary and not np.isin(y, (0, 1)).all():
        found = ", ".join(map(shown, np.unique(y)[:4]))
        raise ValueError(
            f"y contains {found}, but labels must be 0 or 1: recode them, for example with y = (y == {shown(y.max())})"
        )
    return np.ascontiguousarray(y.reshape(m, n_outputs).T)


def is_number(value, kind=numbers.Real):
    """Return whether `value` is a single number of the given kind; booleans and time spans do not count."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.timedelta64))


def finite_number(value, name, wanted="", above=-np.inf, least=-np.inf):
    """Return `value` as a finite float in the allowed range, or raise an error that names the argument.

    Parameters
    ----------
    value : object
        Object to check.
    name : str
        Name of the argument in error messages.
    wanted : str
        Description of the allowed range for error messages, such as "above 0".
    above, least : float
        Exclusive and inclusive lower bounds.
    """
    wanted = f"number {wanted}".strip()
    if not is_number(value):
        raise TypeError(f"{name} must be a {wanted}, not {brief(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not (np.isfinite(number) and number > above and number >= least):
        raise ValueError(f"{name} is {number:g}, but it must be a finite {wanted}")
    return number


def positive_number(value, name):
    """Return `value` as a finite float above 0, or raise an error that names the argument."""
    return finite_number(value, name, "above 0", 0.0)


def not_negative(value, name):
    """Return `value` as a finite float that is at least 0, or raise an error that names the argument."""
    return finite_number(value, name, "of at least 0", least=0.0) + 0.0  # -0.0 becomes 0.0


def whole_number(value, name, least=1):
    """Return `value` as an int that is at least `least`, or raise an error that names the argument."""
    if not is_number(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number of at least {least}, not {brief(value)}")
    if value < least:
        raise ValueError(f"{name} is {brief(value)}, but it must be at least {least}")
    if value > sys.maxsize:
        raise ValueError(f"{name} is {brief(value)}, but it must be at most {sys.maxsize}")
    return int(value)


def positive_whole(value, name):
    """Return `value` as an int that is at least 1, or raise an error that names the argument."""
    return whole_number(value, name)


def floating_type(dtype):
    """Return numpy.float32 or numpy.float64, or raise a ValueError if `dtype` denotes neither of them."""
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):  # NumPy parses strings as code, and "01" is not valid code
        kind = None
    if dtype is None or kind not in (np.float32, np.float64):
        raise ValueError(f"dtype is {brief(dtype)}, but it must be numpy.float32 or numpy.float64")
    return kind.type


def known_name(value, known, name):
    """Return `value` if it is a key of `known`. Otherwise, raise a ValueError that lists the keys."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is {brief(value)}, which is not valid: choose one of {', '.join(known)}")
    return value


def as_generator(random_state):
    """Return the random number generator for a seed, or the generator that was passed in.

    Anything else raises a TypeError. So does None, because results obtained without a seed cannot be reproduced.
    """
    if isinstance(random_state, (np.random.Generator, np.random.RandomState)):
        return random_state
    if is_number(random_state, numbers.Integral) and random_state >= 0:
        return np.random.default_rng(int(random_state))
    wanted = "a whole number of at least 0, a numpy Generator or a RandomState"
    raise TypeError(f"random_state must be {wanted}, not {brief(random_state)}")


def as_float64_array(values, name, finite=False):
    """Return a copy of `values` as a float64 array.

    Raises
    ------
    TypeError, ValueError
        If `values` is empty, contains anything other than real numbers or, if `finite` is True, contains
        NaN or infinity.
    """
    array = np.array(as_numeric_array(values, name), np.float64)
    if array.size == 0:
        raise ValueError(f"{name} is empty, with shape {array.shape}: provide at least one number")
    return as_finite(array, name, np.float64) if finite else array


def as_seed(seed, shape):
    """Return the gradient that starts a backward pass, as an array with the shape of the output.

    If `seed` is None, the output must be a single number, and the result is 1. Otherwise, a TypeError or
    ValueError is raised unless `seed` consists of real numbers and has the right shape.
    """
    if seed is None and int(np.prod(shape)) > 1:
        raise ValueError(f"the output has shape {shape}: take its sum or mean, or pass a seed of that shape")
    seed = np.ones(shape) if seed is None else as_float64_array(seed, "seed")
    if seed.shape != shape:
        raise ValueError(
            f"seed has shape {seed.shape}, but the output has shape {shape}: provide one number for each entry"
        )
    return seed


def all_are(kind, values, function):
    """Raise a TypeError that mentions `function` unless all `values` are instances of `kind`."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{function} needs a {kind.__name__} but was given a {type(value).__name__}")


def as_numeric_array(values, name, kinds="buif"):
    """Return `values` as an array without changing their type.

    Parameters
    ----------
    values : array-like
        Numbers to convert.
    name : str
        Name of the argument in error messages.
    kinds : str
        Codes of the allowed kinds of NumPy types. Include "c" to allow complex numbers.

    Raises
    ------
    TypeError, ValueError
        If `values` is not an ordinary array or nested list of numbers.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: fill or remove the masked entries, for example {name}.filled(0)")
    try:
        sparse, array = hasattr(type(values), "toarray"), np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is not a table of numbers: its rows have different lengths") from error
    except MemoryError:
        raise
    except Exception as error:  # raised, for example, by tensors that are attached to a graph
        kind = type(values).__name__
        raise TypeError(f"{name} is a {kind} that NumPy cannot read ({error}): convert it to an array") from error
    if sparse:
        raise TypeError(f"{name} is a sparse {type(values).__name__}: pass a dense array, {name}.toarray()")
    if array.dtype.kind not in kinds:
        cure = ""
        if array.dtype.kind in "OSU" and array.ndim:
            convert = ".astype(float)" if hasattr(values, "astype") else "numpy.array(…, float)"
            cure = f"; if they are numbers stored as {array.dtype}, convert them with {convert}"
        elif array.dtype.kind == "O":
            cure = f" in an array or a list, not a {type(values).__name__}"
        raise TypeError(f"{name} contains {array.dtype} values, but it must contain real numbers{cure}")
    return array


def as_finite(array, name, dtype):
    """Return `array` converted to `dtype`, or raise a ValueError that says where the first NaN or infinity is."""
    given = array
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    step = 4096  # rows to check at a time; a mask for the whole array could need a quarter of its memory
    rows = np.atleast_1d(array)
    bad = sum(np.count_nonzero(~np.isfinite(rows[i : i + step])) for i in range(0, len(rows), step))
    if bad:
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        if np.isfinite(given[where]):
            raise ValueError(
                f"{name} contains {given[where]:g} at index {where}, which is too large for {np.dtype(dtype).name}: "
                "scale the values, or use float64"
            )
        raise ValueError(
            f"{name} contains {bad} value{'s' if bad > 1 else ''} that {'are' if bad > 1 else 'is'} NaN or "
            f"infinite, the first at index {where}: remove or replace them"
        )
    return array
