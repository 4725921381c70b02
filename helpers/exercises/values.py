"""Results as a set of named arrays, and descriptions of those that are wrong."""

import numbers
from decimal import Decimal

import numpy as np

from helpers import gradient_check

MOST_ENTRIES = 10**7  # larger results are rejected: no exercise has so many


class UnfitError(Exception):
    """A result that cannot be compared; its text is the message for the reader."""


class NothingError(Exception):
    """The result is None, or all its parts are: the stub is unchanged."""


def conform(value, wanted, parts=()):
    """Convert `value` to {name: array}, arranged like `wanted`.

    Parameters
    ----------
    value : anything at all
    wanted : a number, str, array, dict of arrays, or tuple of such
    parts : names of the parts if `wanted` is a tuple, otherwise of the whole

    Raises
    ------
    NothingError, UnfitError
    """
    if value is None:
        raise NothingError
    if isinstance(wanted, tuple):
        value = _parts(value, len(wanted), parts)
        leaves = {}
        for name, piece, like in zip(parts, value, wanted, strict=True):
            leaves |= _leaves(name, piece, like)
        return leaves
    return _leaves(parts[0] if parts else "", value, wanted)


def _parts(value, count, names):
    listed = ", ".join(names)
    if not isinstance(value, (tuple, list)) or len(value) != count:
        got = len(value) if isinstance(value, (tuple, list)) else kind(value)
        raise UnfitError(f"{count} things are wanted, `return {listed}`, but {got} came back.")
    if all(piece is None for piece in value):
        raise NothingError
    return value


def _leaves(name, value, wanted):
    if isinstance(value, np.ndarray) and value.shape == (1,) and np.ndim(wanted) == 0 and not isinstance(wanted, dict):
        value = value[0]  # np.array([x]) counts as the number x
    if not isinstance(wanted, dict):
        return {name: as_array(value, name)}
    if not isinstance(value, dict):
        raise UnfitError(f"{_the(name)} is {kind(value)}, but a dictionary with the layers as keys is wanted.")
    if not value:
        raise UnfitError(f"{_the(name)} is an empty dictionary: one entry for each layer is wanted.")
    missing = [key for key in wanted if key not in value]
    if missing:
        there = ", ".join(repr(key) for key in value)[:200]
        others = [key for key in value if key not in wanted]
        advice = "Does the loop reach it?" if not others else "Which keys are asked for?"
        advice = (
            "These are texts, numbers are wanted. Which keys are asked for?" if str(missing[0]) in value else advice
        )
        raise UnfitError(f"{name}[{missing[0]}] is missing: the keys of {name} are {there}. {advice}")
    return {f"{name}[{key}]": as_array(value[key], f"{name}[{key}]") for key in wanted}


def as_array(value, name=""):
    """Convert `value` to an array of real numbers, or of text if it is a str.

    Raises
    ------
    UnfitError
        In a sentence, if it is neither.
    """
    if isinstance(value, str):
        return np.asarray(value)
    if value is None:
        raise UnfitError(f"{_the(name)} is None, but numbers are wanted.")
    if callable(value):
        raise UnfitError(f"{_the(name)} is a function, but numbers are wanted: call it, with parentheses.")
    if isinstance(value, numbers.Integral) and abs(int(value)) > 2**62:
        raise UnfitError(f"{_the(name)} is a number of more than 18 digits, far too large.")
    if isinstance(value, np.ma.MaskedArray):
        raise UnfitError(f"{_the(name)} is a masked array; a plain one is wanted.")
    size = getattr(value, "size", None)
    if isinstance(size, int) and size > MOST_ENTRIES:
        raise UnfitError(f"{_the(name)} has {size} entries, far more than are wanted.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise UnfitError(f"{_the(name)} is a list whose rows have different lengths.") from None
    if array.dtype.kind == "O" and all(isinstance(entry, (numbers.Real, Decimal)) for entry in array.flat):
        array = _as_floats(array, name)
    if array.dtype.kind == "c":
        raise UnfitError(f"{_the(name)} has an imaginary part; real numbers are wanted.")
    if array.dtype.kind not in "buif":
        raise UnfitError(f"{_the(name)} is {kind(value)} that does not hold numbers.")
    return array


def _as_floats(array, name):
    """Convert an array of fractions, decimals or very large integers to floats."""
    try:
        return array.astype(float)
    except (OverflowError, ValueError):
        raise UnfitError(f"{_the(name)} holds a number that is too large, or none at all.") from None


def same(mine, right):
    """Whether two sets of named arrays agree, up to rounding in the type of `mine`."""
    return mine.keys() == right.keys() and all(_close(mine[name], right[name]) for name in right)


def _close(mine, right):
    if mine.shape != right.shape or mine.dtype.kind == "U":
        return False
    tolerance = 1e-4 if mine.dtype == np.float32 else 1e-7
    scale = np.abs(right[np.isfinite(right)]).max(initial=0)
    return np.allclose(mine, right, rtol=tolerance, atol=tolerance * min(scale, 1), equal_nan=True)


def describe(name, mine, right, m=1, given=()):
    """Describe what is wrong with one array: what was expected, what it is and a likely cause.

    Parameters
    ----------
    name : str, the name to use in the message
    mine, right : ndarrays
    m : int, number of examples, used to tell a sum from a mean
    given : (name, value) pairs of the arguments, in case one was returned unchanged
    """
    the = _the(name)
    if mine.dtype.kind == "U":
        return f"{the} is text, but numbers are wanted: write it without quotes."
    for other, value in given:
        if isinstance(value, np.ndarray) and mine.shape == value.shape and np.array_equal(mine, value):
            return (
                f"{the} is just `{other}` as it was given, and {shape_in_words(right)} is wanted that depends on more."
            )
    if mine.shape != right.shape:
        return _describe_shape(the, mine, right, m)
    if not np.isfinite(mine).all() and np.isfinite(right).all():
        return f"{the} holds NaN or an infinite value: look for a division by 0, a log of 0 or an overflow of exp."
    if right.ndim == 0:
        return f"{the} is {mine:.6g} where {right:.6g} is wanted."
    finding = gradient_check.compare(name, mine, right, m)
    if (
        not finding.right and "differs" not in finding.words and " 1.000 ×" not in f" {finding.words}"
    ):  # small entries are wrong although large ones are right
        words = finding.words.replace("the numerical gradient", "the right one")
        # The factor 2 may have a different origin in the answer.
        return f"{the} {words.removesuffix(', as if the ½ of the squared error were missing')}."
    return f"{the} has the right shape, {right.shape}, but {_where(mine, right)}."


def shape_in_words(array):
    """Describe the shape of an array in words."""
    return "a single number" if array.ndim == 0 else f"an array of shape {array.shape}"


def about_numbers(mine, right, question="", computed=False):
    """Describe what is wrong with typed numbers, without giving away the right ones.

    Parameters
    ----------
    mine, right : ndarrays of the same shape
    question : str, the last sentence
    computed : bool, whether they are the result of a formula, and so not rounded by hand
    """
    if not computed and np.any(right != np.round(right)) and np.allclose(mine, right, rtol=0.05, atol=0):
        return "Close, but not right to three digits. Was something rounded, or is the formula another one?"
    how = f"Put the numbers of the question into the formula one at a time. {question}".rstrip()
    if mine.ndim and mine.size > 1:
        good = np.isclose(mine, right, rtol=5e-3)
        if good.any():
            are = "is" if good.sum() == 1 else "are"
            return f"{np.count_nonzero(good)} of the {good.size} numbers {are} right. How do the others differ?"
        return f"These numbers are not right. {how}"
    return f"{mine.ravel()[0]:.6g} is not right. {how}"


def _describe_shape(the, mine, right, m):
    if mine.size == right.size and _close(mine.reshape(right.shape), right):
        return (
            f"{the} holds the right values in the wrong shape: {mine.shape}, where {shape_in_words(right)} is wanted. "
            f"An axis got lost or was added, as by sum without keepdims, by ravel, or by a transpose."
        )
    if mine.ndim == right.ndim + 1 and mine.shape[1:] == right.shape and right.ndim:
        return (
            f"{the} holds {len(mine)} arrays of the right shape, and one is wanted. Should they be added up, or is one "
            f"of them the result?"
        )
    if right.ndim == 2 and 0 < mine.ndim <= 2:
        words = gradient_check.compare("", mine, right, m).words
        return f"{the} {words.replace('but its parameter has', 'but the right one has')}."
    return f"{the} is {shape_in_words(mine)}, but {shape_in_words(right)} is wanted."


def _where(mine, right):
    """Which entries are wrong, and the expected value of the first of them."""
    off = ~np.isclose(mine, right, rtol=1e-4, atol=1e-7)
    off = off if off.any() else mine != right
    turned = off & (mine * right < 0)
    if turned.any() and np.allclose(np.abs(mine), np.abs(right)):
        return f"in {np.count_nonzero(turned)} of {off.size} entries the sign is wrong"
    first = tuple(int(i) for i in np.argwhere(off)[0])
    line = ""
    for axis, word in ((1, "row"), (0, "column")):
        if off.ndim == 2 and off.shape[1 - axis] > 1:
            lines = np.flatnonzero(off.any(axis=axis))
            line = line or (f", all in {word} {lines[0]}" if len(lines) == 1 else "")
    count = f"{np.count_nonzero(off)} of {off.size} entries {'is' if off.sum() == 1 else 'are'} wrong{line}"
    index = ", ".join(map(str, first))
    digits = 4 if f"{mine[first]:.4g}" != f"{right[first]:.4g}" else 12
    return f"{count}; the first, [{index}], is {mine[first]:.{digits}g} where {right[first]:.{digits}g} is wanted"


def _the(name):
    return f"`{name}`" if name else "The answer"


def kind(value):
    """The name of a value's type, with an article."""
    name = type(value).__name__
    known = {"ndarray": "a single array", "dict": "a dictionary", "str": "text", "NoneType": "None"}
    return "a number" if isinstance(value, numbers.Number) else known.get(name, f"a {name}")
