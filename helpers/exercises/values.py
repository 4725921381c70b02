"""Arrange results as a set of named arrays, compare them with the correct ones, and describe any that are wrong."""

import numbers
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from helpers import gradient_check

ORDINALS = ("first", "second", "third", "fourth", "fifth")
LOOK_FOR = "Look for a division by 0, a log of 0 or an overflow in exp."
MOST_ENTRIES = 10**7  # results with more entries are rejected, because no exercise needs so many


class UnfitError(Exception):
    """Raised when a result cannot be compared. The text of the error is shown to the reader."""


class NothingError(Exception):
    """Raised when the result, or every part of it, is None, which means that the stub has not been changed."""


def conform(value, wanted, parts=()):
    """Convert a result to a dictionary of named arrays, arranged like the correct result.

    Parameters
    ----------
    value : object
        The result, which may be anything.
    wanted : number, str, ndarray, dict of ndarrays, or tuple of these
        The correct result.
    parts : sequence of str
        Names of the parts if `wanted` is a tuple, otherwise the name of the whole.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    NothingError
        If the result, or every part of it, is None.
    UnfitError
        If the result cannot be arranged like the correct one.
    """
    if is_nothing(value):
        raise NothingError
    if isinstance(wanted, tuple):
        value = _parts(value, len(wanted), parts)
        leaves = {}
        for name, piece, like in zip(parts, value, wanted, strict=True):
            leaves |= _leaves(name, piece, like)
        return leaves
    return _leaves(parts[0] if parts else "", value, wanted)


def is_nothing(value):
    """Return whether a result is None, or a tuple or list that contains only None."""
    return value is None or (isinstance(value, (tuple, list)) and {*map(type, value)} == {type(None)})


def _parts(value, count, names):
    listed = ", ".join(names)
    if not isinstance(value, (tuple, list)) or len(value) != count:
        got = len(value) if isinstance(value, (tuple, list)) else kind(value)
        raise UnfitError(f"The function should return {count} values, as in `return {listed}`, but it returned {got}.")
    return value


def _leaves(name, value, wanted):
    if not isinstance(wanted, dict):
        array = as_array(value, name)
        return {name: array.reshape(()) if array.shape == (1,) and np.ndim(wanted) == 0 else array}  # [x] counts as x
    if not isinstance(value, dict):
        raise UnfitError(f"{_the(name)} is {kind(value)}, but it should be a dictionary with the layers as keys.")
    if not value:
        raise UnfitError(f"{_the(name)} is an empty dictionary, but it should have one entry for each layer.")
    missing = [key for key in wanted if key not in value]
    if missing:
        there = ", ".join(repr(key) for key in value)[:200]
        others = [key for key in value if key not in wanted]
        advice = "Does your loop reach this key?" if not others else "Which keys does the exercise ask for?"
        advice = (
            "These keys are text, but they should be numbers. Which keys does the exercise ask for?"
            if str(missing[0]) in value
            else advice
        )
        raise UnfitError(f"{name}[{missing[0]}] is missing. The keys of {name} are {there}. {advice}")
    return {f"{name}[{key}]": as_array(value[key], f"{name}[{key}]") for key in wanted}


def as_array(value, name=""):
    """Convert a value to an array of real numbers, or to an array of text if it is a string.

    Raises
    ------
    UnfitError
        If the value is neither. The text of the error is shown to the reader.
    """
    if isinstance(value, str):
        return np.asarray(value)
    if value is None:
        raise UnfitError(f"{_the(name)} is None, but it should contain numbers.")
    if callable(value):
        raise UnfitError(f"{_the(name)} is a function. Use the value that it computes, not the function itself.")
    if isinstance(value, numbers.Integral) and abs(int(value)) > 2**62:
        raise UnfitError(f"{_the(name)} is a number with more than 18 digits, which is far too large.")
    if isinstance(value, np.ma.MaskedArray):
        raise UnfitError(f"{_the(name)} is a masked array, but it should be a plain array.")
    size = getattr(value, "size", None)
    if isinstance(size, int) and size > MOST_ENTRIES:
        raise UnfitError(f"{_the(name)} has {size} entries, which is far too many.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise UnfitError(f"{_the(name)} is a list whose rows have different lengths.") from None
    if array.dtype.kind == "O" and all(isinstance(entry, (numbers.Real, Decimal)) for entry in array.flat):
        array = _as_floats(array, name)
    if array.dtype.kind == "c":
        raise UnfitError(f"{_the(name)} has an imaginary part, but it should be real.")
    if array.dtype.kind not in "buif":
        later = ", which computes its values only later: use a list instead" if isinstance(value, Iterator) else ""
        raise UnfitError(f"{_the(name)} is {kind(value)}{later or ' that does not contain numbers'}.")
    return array


def _as_floats(array, name):
    """Convert an array of fractions, decimals or very large integers to floats."""
    try:
        return array.astype(float)
    except (OverflowError, ValueError):
        raise UnfitError(f"{_the(name)} contains a value that is too large or not a number.") from None


def same(mine, right):
    """Return whether two sets of named arrays agree up to rounding errors in the data type of `mine`."""
    return mine.keys() == right.keys() and all(_close(mine[name], right[name]) for name in right)


def _close(mine, right):
    if mine.shape != right.shape or mine.dtype.kind == "U":
        return False
    tolerance = 1e-4 if mine.dtype == np.float32 else 1e-7
    scale = np.abs(right[np.isfinite(right)]).max(initial=0)
    return np.allclose(mine, right, rtol=tolerance, atol=tolerance * min(scale, 1), equal_nan=True)


def describe(name, mine, right, m=1, given=()):
    """Describe what is wrong with an array, giving its value, the correct value and a likely cause.

    Parameters
    ----------
    name : str
        The name to use in the message.
    mine, right : ndarray
        The reader's array and the correct one.
    m : int
        The number of examples, used to tell a sum from a mean.
    given : iterable of (str, object) pairs
        The names and values of the arguments, used to recognise an argument that was returned unchanged.

    Returns
    -------
    str
    """
    the = _the(name)
    if mine.dtype.kind == "U":
        return f"{the} is text, but it should contain numbers. Write it without quotes."
    for other, value in given:
        if isinstance(value, np.ndarray) and mine.shape == value.shape and np.array_equal(mine, value):
            return (
                f"{the} is the unchanged argument `{other}`, but it should be {shape_in_words(right)} that also "
                f"depends on the other arguments."
            )
    if mine.shape != right.shape:
        return _describe_shape(the, mine, right, m)
    if not np.isfinite(mine).all() and np.isfinite(right).all():
        return f"{the} contains NaN or an infinite value. {LOOK_FOR}"
    if right.ndim == 0:
        return f"{the} is {number(mine)}, but it should be {number(right)}."
    finding = gradient_check.compare(name, mine, right, m)
    if (
        not finding.right and "differs" not in finding.words and " 1.000 ×" not in f" {finding.words}"
    ):  # the small entries are wrong although the large ones are right
        return f"{the} {finding.words.replace('the numerical gradient', 'the right one')}."
    return f"{the} has the right shape, {right.shape}, but {_where(mine, right)}."


def shape_in_words(array):
    """Describe the shape of an array in words."""
    return "a single number" if array.ndim == 0 else f"an array of shape {array.shape}"


def number(value):
    """Format a number with six significant digits, or exactly if it is whole or has few digits."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    exact = repr(float(value))
    return exact if len(exact) <= 10 else f"{value:.6g}"


def about_numbers(mine, right, question="", computed=False):
    """Describe what is wrong with typed numbers, without giving away the correct ones.

    Parameters
    ----------
    mine, right : ndarray
        The reader's numbers and the correct ones, of the same shape.
    question : str
        The question that ends the description.
    computed : bool
        Whether the numbers were computed by a formula and therefore not rounded by hand.

    Returns
    -------
    str
    """
    good = np.isclose(mine, right, rtol=tolerance(mine, right))
    if not computed and np.any(right != np.round(right)) and np.allclose(mine, right, rtol=0.05, atol=0):
        if mine.ndim and good.any():
            return _some_right(good)
        return "Close, but not right to three digits. Did you round something, or use a different formula?"
    how = f"Put the numbers from the question into the formula one at a time. {question}".rstrip()
    if mine.ndim and mine.size > 1:
        if good.any():
            return _some_right(good)
        return f"These numbers are not right. {how}"
    return f"{number(mine.ravel()[0])} is not right. {how}"


def tolerance(mine, right):
    """Return the relative tolerance for typed numbers: integers must be exact, others must agree to three digits."""
    if np.any(right != np.round(right)):
        return 5e-3
    return 1e-6 if mine.dtype == np.float32 else 1e-9


def _some_right(good):
    """List which of several typed numbers are wrong or, if more than two of them are, how many are right."""
    wrong = [ORDINALS[i] for i in np.flatnonzero(~good) if good.size <= len(ORDINALS)]
    if 0 < len(wrong) < 3:
        these = f"The {wrong[0]} number is" if len(wrong) == 1 else f"The {wrong[0]} and {wrong[1]} numbers are"
        rest = "the other is" if len(good) - len(wrong) == 1 else "the others are"
        return f"{these} not right, but {rest}. How is each of them computed?"
    are = "is" if good.sum() == 1 else "are"
    return f"{np.count_nonzero(good)} of the {good.size} numbers {are} right. What is different about the others?"


def _describe_shape(the, mine, right, m):
    if mine.size == right.size and _close(mine.reshape(right.shape), right):
        return (
            f"{the} contains the right values in the wrong shape. Its shape is {mine.shape}, but it should be "
            f"{shape_in_words(right)}. The cause may be a sum without keepdims, a call to ravel or a transpose."
        )
    if mine.ndim == right.ndim + 1 and mine.shape[1:] == right.shape and right.ndim:
        return (
            f"{the} contains {len(mine)} arrays of the right shape, but there should be only one. Should "
            "they be added, or is one of them the result?"
        )
    if right.ndim == 2 and 0 < mine.ndim <= 2:
        words = gradient_check.compare("", mine, right, m).words
        if "transposed" in words and not _close(mine.T, right):
            words = words.partition(":")[0]
        return f"{the} {words.replace('but its parameter has', 'but the right one has')}."
    return f"{the} is {shape_in_words(mine)}, but it should be {shape_in_words(right)}."


def _where(mine, right):
    """Describe which entries are wrong, and give the correct value of the first of them."""
    off = ~np.isclose(mine, right, rtol=1e-4, atol=1e-7)
    off = off if off.any() else mine != right
    turned = off & (mine * right < 0)
    if turned.any() and np.allclose(np.abs(mine), np.abs(right)):
        return f"the sign is wrong in {np.count_nonzero(turned)} of {off.size} entries"
    first = tuple(int(i) for i in np.argwhere(off)[0])
    line = ""
    for axis, word in ((1, "row"), (0, "column")):
        if off.ndim == 2 and off.shape[1 - axis] > 1 and off.sum() > 1:
            lines = np.flatnonzero(off.any(axis=axis))
            line = line or (f", all in {word} {lines[0]}" if len(lines) == 1 else "")
    count = f"{np.count_nonzero(off)} of {off.size} entries {'is' if off.sum() == 1 else 'are'} wrong{line}"
    index = ", ".join(map(str, first))
    digits = 4 if f"{mine[first]:.4g}" != f"{right[first]:.4g}" else 12
    which = "This entry" if off.sum() == 1 else "The first of them"
    return f"{count}. {which}, [{index}], is {mine[first]:.{digits}g} but should be {right[first]:.{digits}g}"


def _the(name):
    return f"`{name}`" if name else "The answer"


def kind(value):
    """Return the name of a value's type, with an article."""
    name = type(value).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    known = {"ndarray": "a single array", "dict": "a dictionary", "str": "text", "NoneType": "None"}
    return "a number" if isinstance(value, numbers.Number) else known.get(name, f"{article} {name}")
