"""Run a function on the cases of an exercise, and check that it leaves its arguments unchanged."""

import copy
import inspect

import numpy as np


class ArgumentChangedError(Exception):
    """Raised when the reader's function has changed an argument (an array, a list or a dictionary) in place."""

    def __init__(self, name, left="it as it was"):
        super().__init__(name)
        self.left = left  # the words that follow "leave" in the feedback


class ArgumentRoundedError(ArgumentChangedError):
    """Raised when the function has changed an argument and restored it, but not exactly, because of rounding errors."""


def run(function, cases):
    """Return the function's results for each case.

    Raises
    ------
    ArgumentChangedError, ArgumentRoundedError
        If the function changes its arguments.
    Exception
        Anything that the function itself raises.
    """
    results = []
    for arguments in cases:
        before = copy.deepcopy(arguments)
        results.append(function(*arguments))
        for i, (now, then) in enumerate(zip(arguments, before, strict=True)):
            if not _unchanged(now, then):
                nearly = _unchanged(now, then, tolerance=1e-12)
                left = "the dictionary and its arrays as they were" if isinstance(then, dict) else "it as it was"
                raise (ArgumentRoundedError if nearly else ArgumentChangedError)(_argument_name(function, i), left)
    return results


def results_or_error(function, cases):
    """Return the results or, if the function fails, the fingerprint of the error."""
    try:
        with np.errstate(all="ignore"):
            return run(function, cases)
    except Exception as error:
        return fingerprint(error)


def fingerprint(error):
    """Return text that identifies an error."""
    return f"{type(error).__name__}: {text_of(error)}"


def text_of(error):
    """Return the text of an error as a single line, or "" if the error has no text or fails to produce it."""
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
