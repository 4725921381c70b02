"""Arrange and compare the results of a function in all cases, and describe what is wrong with them in one case."""

import re

import numpy as np

from helpers.exercises import values
from helpers.exercises.errors import listed
from helpers.gradient_check import compare
from helpers.gradient_check.report import GradientReport


def explain(off, mine, right, m, given, called):
    """Describe the array that the reader should look at first.

    If the results are the gradients of several layers, this is the incorrect gradient of the layer nearest the output.

    Parameters
    ----------
    off : list of str
        The names of the wrong results.
    mine, right : dict of str to ndarray
        The reader's results and the correct ones.
    m : int
        The number of examples.
    given : list of (str, object) pairs
        The names and values of the arguments.
    called : callable
        Takes the name of a result and returns a phrase for it.

    Returns
    -------
    str
    """
    headline, first = "", off[0]
    gradients = all(re.fullmatch(r"d[Wb]\[\d+\]", name) and right[name].shape == mine[name].shape for name in right)
    if gradients and len(right) > 2:
        report = GradientReport([compare(name, mine[name], right[name], m) for name in right])
        headline = f"{report.headline} "
        first = next((name for name in off if name.endswith(f"[{report.first_guilty}]")), first)
    said = _equal(first, mine, right) or _zeros_and_ones(first, mine[first], right[first])
    said = said or values.describe(first, mine[first], right[first], m, given) + _limited(mine, right, given)
    return headline + (called(first) + said.removeprefix(f"`{first}`") if said.startswith(f"`{first}` ") else said)


def _equal(first, mine, right):
    """If any results are equal when the correct ones are not, return a sentence and a question about them."""
    same = [
        name
        for name in mine
        if np.array_equal(mine[name], mine[first])
        and (name == first or not values.same({"": right[name]}, {"": right[first]}))
    ]
    if len(same) < 2 or not mine[first].any():
        return ""
    return (
        f"The results {listed(same)} are equal, but they should be different. What should each of them be computed "
        f"from?"
    )


def _zeros_and_ones(name, mine, right):
    if mine.shape != right.shape or {*mine.ravel().tolist()} != {0, 1} or not np.all((right > 0) & (right < 1)):
        return ""
    return (
        f"`{name}` contains only zeros and ones, but all the correct values lie in between. Which step makes every "
        f"entry either 0 or 1?"
    )


def _limited(mine, right, given):
    """If the result is wrong (or right) only in one range of the argument, return a sentence about that range."""
    if len(given) != 1 or len(mine) != 1:
        return ""
    ((name, x),), (a,), (b,) = given, mine.values(), right.values()
    if not np.shape(x) == a.shape == b.shape or a.ndim != 1 or not np.isfinite(a).all():
        return ""
    order = np.argsort(x, axis=None)
    x, good = np.ravel(x)[order], np.isclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True).ravel()[order]
    for part, what in ((~good, "wrong"), (good, "right")):
        places = np.flatnonzero(part)
        if 0 < len(places) < len(x) and np.ptp(places) == len(places) - 1:
            low, high = (values.number(x[places[i]]) for i in (0, -1))
            which = f"`{name}` = {low} gives" if low == high else f"those from {low} to {high} give"
            inside = what == "wrong" and 0 < places[0] and places[-1] < len(x) - 1
            question = " What does the exact formula contain that your code neglects there?" if inside else ""
            return f" Of the tested values of `{name}`, only {which} a {what} result.{question}"
    return ""


def sets(given, like, parts):
    return [values.conform(result, wanted, parts) for result, wanted in zip(given, like, strict=True)]


def misfit(given, like, parts):
    """Return why the results of a known wrong answer cannot be arranged like the correct ones, or None if they can."""
    try:
        sets(given, like, parts)
    except values.UnfitError as unfit:
        return str(unfit)
    except values.NothingError:
        return None


def all_same(mine, right):
    return all(values.same(one, other) for one, other in zip(mine, right, strict=True))
