"""Gradient check for any function of arrays, with automatic step sizes."""

import numpy as np

from helpers.gradient_check.derivatives import Function, copied, flatten
from helpers.gradient_check.nudge import relative_error
from helpers.gradient_check.report import Finding, GradientReport
from helpers.gradient_check.verdict import describe, judge
from helpers.system.arguments import check_function
from helpers.system.validation import as_finite, as_numeric_array, positive_whole

ROUGH = 1e-4  # a gradient is judged only if its relative uncertainty is at most this large
ROOM = 10  # allowed deviation, in multiples of the estimated error of a derivative
TOO_ROUGH = (
    "the gradient is too small or too rough to judge, because {reason}. "
    "Use float64, data scaled to about 1, or parameters away from kinks and saturation"
)


def check(cost, gradients, parameters, entries=100):
    """Check the gradients of any function, no matter which library computes them.

    Each entry is shifted first by a tenth of its scale and then by successively smaller steps, each half as
    large as the one before. The resulting central differences are extrapolated to a step size of 0
    (Ridders, 1982). The error of the derivative is estimated from the distances between the extrapolations that
    agree best, from the difference between the slopes to the right and to the left, and from the rounding error of
    the cost. This error determines how far a correct gradient may deviate from the estimated derivative. An entry is
    left out if the differences for the smallest steps do not approach the estimate, as happens near a kink.

    Parameters
    ----------
    cost : callable
        Function that takes the parameters and returns a number.
    gradients : callable
        Function that takes the parameters and returns gradients with the same structure. It is called three
        times, first with parameters that are a tenth larger.
    parameters : dict, list or tuple of float arrays, possibly nested
        Point at which to check the gradients. The functions receive copies with the same structure.
    entries : int
        Maximum number of entries to check in each array. The entries are chosen at random.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError, ValueError
        If the parameters are not arrays of finite floats, if `cost` or `gradients` is not a function, if
        `entries` is not a positive whole number, if the cost is not a finite number, or if two calls with the
        same parameters return different costs.

    Examples
    --------
    >>> x = {"w": np.array([1.0, 2.0])}
    >>> print(check(lambda p: (p["w"] ** 2).sum(), lambda p: {"w": 2 * p["w"]}, x).headline)
    All gradients are right.
    """
    check_function(cost, "cost", "parameters")
    check_function(gradients, "gradients", "parameters")
    arrays, entries = _as_parameters(parameters), positive_whole(entries, "entries")
    at = Function(cost, parameters)
    if not np.isfinite(at.here):
        raise ValueError(f"cost is {at.here} for these parameters: choose parameters for which it is finite")
    if at({}) != at.here:
        raise ValueError(
            "cost returns two different values for the same parameters: use a fixed seed for its random numbers"
        )
    at.noise = at.rounding()
    given, unreadable, problems = _call(gradients, parameters, arrays)
    rng, findings = np.random.default_rng(0), []
    for path, array in arrays.items():
        name = f"d{path.strip('.')}"
        places = rng.permutation(array.size)[:entries]
        slopes = np.array([at.slope(path, place) for place in places])  # (entries, 2): derivative and error
        findings.append(_finding(name, given.get(path), array, places, *slopes.T))
        if path in unreadable:
            findings[-1] = findings[-1]._replace(words=unreadable[path])
    return GradientReport(findings, None, problems)


def _as_parameters(tree):
    """Return a dictionary of the arrays in `parameters`, keyed by path.

    Raises
    ------
    TypeError, ValueError
        If there are no arrays, or if one of them cannot be checked. The message names that array.
    """
    arrays = {}
    for path, leaf in flatten(tree):
        if path in arrays:
            raise ValueError(f"parameters has two arrays that are both called parameters{path}: rename a key")
        arrays[path] = leaf
    if not arrays:
        raise ValueError("parameters is empty: provide at least one array")
    arrays = {f"parameters{path}": leaf for path, leaf in arrays.items()}
    for name, leaf in arrays.items():
        array = arrays[name] = as_numeric_array(leaf, name)
        if array.dtype not in (np.float64, np.float32):
            raise TypeError(f"{name} is of type {array.dtype}, but must be float64 or float32: use .astype(float)")
        if not array.size:
            raise ValueError(f"{name} is empty, with shape {array.shape}: leave it out")
        as_finite(array, name, array.dtype)
    return {name.removeprefix("parameters"): array for name, array in arrays.items()}


def _finding(name, mine, array, places, exact, error):
    """Judge one gradient based on the entries that were checked."""
    skipped = int(np.isnan(exact).sum())
    if mine is None or mine.shape != array.shape or not np.isfinite(mine).all():
        return judge(name, mine, np.zeros(array.shape), np.zeros(array.shape), 1, array.dtype)
    known = ~np.isnan(exact)
    mine, exact, error = mine.ravel()[places][known], exact[known], error[known]
    if not exact.size:
        return Finding(name, np.nan, 0, TOO_ROUGH.format(reason="none of its entries could be estimated"), "unjudged")
    bound = ROOM * error + 100 * np.finfo(array.dtype).eps * np.abs(exact).max()
    off = relative_error(mine, exact)
    if (np.abs(mine - exact) > bound).any():
        return Finding(name, off, 0, describe(mine, exact, 1), "wrong")
    sure, estimated = (bound <= share * np.abs(exact).max() for share in (ROUGH, 1))
    if sure.any():
        exact, bound, skipped = exact[sure], bound[sure], skipped + int((~sure).sum())
    share = relative_error(exact + bound, exact) * 2 if exact.any() else np.inf
    if not exact.any() and not mine.any():
        words = "the gradient and the numerical gradient are both 0, which proves nothing"
        return Finding(name, off, 0, words, "unjudged")
    reason = f"the numerical gradient has a relative error of up to {min(share, 1):.0e}" if share > ROUGH else ""
    if 2 * (n := estimated.sum()) <= len(places):
        reason = f"only {n} of {len(places)} entries could be estimated"
    if reason:
        return Finding(name, off, 0, TOO_ROUGH.format(reason=reason), "unjudged")
    return Finding(name, off, 0, _right(len(places), array.size, skipped), "right")


def _right(checked, size, skipped):
    """Return the words for a gradient that is right, with the numbers of entries that were checked and left out."""
    some = [] if checked == size else [f"{checked} of {size} entries were checked"]
    entries = "entry was" if skipped == 1 else "entries were"
    some += [f"{skipped} {entries} left out, because the cost has a kink there or is too rough"] if skipped else []
    return "right" + f" ({'; '.join(some)})" * bool(some)


def _call(gradients, parameters, paths):
    """Call the function under test.

    Returns
    -------
    gradients : dict of ndarray
        Gradients in float64, keyed by path.
    unreadable : dict of str
        Reasons why other gradients cannot be read, keyed by path.
    problems : list of str
        Problems with the function as a whole.
    """
    nearby = copied(parameters)
    for _, array in flatten(nearby):
        array *= array.dtype.type(1.1)
    gradients(nearby)
    given, untouched = copied(parameters), copied(parameters)
    result = gradients(given)
    now = dict(flatten(given))
    changed = [path for path, was in flatten(untouched) if path not in now or not np.array_equal(now[path], was)]
    problems = [f"The function changes its argument, parameters{changed[0]}: work on a copy."] if changed else []
    if result is None:
        return {}, {}, [*problems, "The function returns None: is `return` missing?"]
    first, unreadable = _arrays(result, paths)
    second, _ = _arrays(gradients(copied(parameters)), paths)
    if any(
        path in second and not np.allclose(first[path], second[path], rtol=1e-5, atol=0, equal_nan=True)
        for path in first
    ):
        problems.append(
            "Look at what the function keeps between calls: two calls with the same arguments give different "
            "gradients. Typical causes are accumulated gradients, random numbers and counters."
        )
    return first, unreadable, problems


def _arrays(tree, paths):
    """Convert the leaves of a result to float64 arrays, and say why the gradients with other paths cannot be read."""
    arrays, unreadable = {}, {}
    for path, leaf in flatten(tree):
        try:
            arrays[path] = np.array(as_numeric_array(leaf, path), float)
        except (TypeError, ValueError) as error:
            unreadable[path] = str(error).removeprefix(f"{path} ")
    for path in paths:
        if path not in arrays and any(found.startswith((f"{path}[", f"{path}.")) for found in (*arrays, *unreadable)):
            unreadable[path] = "is a list, tuple or dictionary, but it must be an array"
        elif path not in arrays and "" in arrays:
            unreadable[path] = "is missing, because the function returns a single array instead of a list or dictionary"
    return arrays, unreadable
