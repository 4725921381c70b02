"""Running a function on copies of the cases of an exercise, and checking that it leaves its arguments unchanged."""

import copy
import inspect

import numpy as np


class ArgumentChangedError(Exception):
    """The reader's function has written into one of its arguments."""


class ArgumentRoundedError(Exception):
    """The function has restored its argument only up to rounding, by adding and subtracting."""


def run(function, cases):
    """The function's results on each case.

    Raises
    ------
    Whatever the function raises; ArgumentChangedError or ArgumentRoundedError if it writes into its arguments.
    """
    results = []
    for arguments in cases:
        before = copy.deepcopy(arguments)
        results.append(function(*arguments))
        for i, (now, then) in enumerate(zip(arguments, before, strict=True)):
            if not _unchanged(now, then):
                nearly = _unchanged(now, then, tolerance=1e-12)
                raise (ArgumentRoundedError if nearly else ArgumentChangedError)(_argument_name(function, i))
    return results


def results_or_error(function, cases):
    """The results, or the fingerprint of the error if the function fails."""
    try:
        with np.errstate(all="ignore"):
            return run(function, cases)
    except Exception as error:
        return fingerprint(error)


def fingerprint(error):
    """An error as text, by which to recognize it."""
    return f"{type(error).__name__}: {text_of(error)}"


def text_of(error):
    """The text of an error in one line; "" if it has none or fails to produce it."""
    try:
        return " ".join(str(error).replace("`", "'").split())[:160]
    except BaseException:
        return ""


def _unchanged(now, then, tolerance=0.0):
    if isinstance(then, dict):
        same = isinstance(now, dict) and now.keys() == then.keys()
        return same and all(_unchanged(now[key], then[key], tolerance) for key in then)
    if isinstance(then, np.ndarray) and tolerance:
        return np.shape(now) == then.shape and np.allclose(now, then, rtol=tolerance, atol=tolerance)
    if isinstance(then, np.ndarray):
        return np.array_equal(now, then)
    if isinstance(then, (list, tuple)):
        same = isinstance(now, (list, tuple)) and len(now) == len(then)
        return same and all(_unchanged(a, b, tolerance) for a, b in zip(now, then, strict=True))
    return not isinstance(then, (int, float)) or np.array_equal(now, then)


def _argument_name(function, i):
    try:
        return list(inspect.signature(function).parameters)[i]
    except (ValueError, TypeError, IndexError):
        return f"number {i + 1}"
