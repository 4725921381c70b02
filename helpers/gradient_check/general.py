"""Gradient check for any function of arrays, with automatic step sizes."""

from contextlib import suppress

import numpy as np

from helpers.gradient_check.nudge import relative_error
from helpers.gradient_check.report import Finding, GradientReport
from helpers.gradient_check.verdict import describe, judge
from helpers.system.arguments import check_function
from helpers.system.validation import as_finite, as_numeric_array, brief, positive_whole

LEVELS = 10  # number of step sizes, each of which is half the previous one
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
    agree best. This error and the rounding error of the cost determine how far a correct gradient may
    deviate from the estimated derivative.

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
    at = _Function(cost, parameters)
    value = at({})
    if not np.isfinite(value):
        raise ValueError(f"cost is {value} for these parameters: choose parameters for which it is finite")
    if at({}) != value:
        raise ValueError(
            "cost returns two different values for the same parameters: use a fixed seed for its random numbers"
        )
    given, problems = _call(gradients, parameters)
    rng, findings = np.random.default_rng(0), []
    for path, array in arrays.items():
        name = f"d{path.strip('.')}"
        places = rng.permutation(array.size)[:entries]
        slopes = np.array([at.slope(path, place) for place in places])  # (entries, 2): derivative and error
        findings.append(_finding(name, given.get(path), array, places, *slopes.T))
    return GradientReport(findings, None, problems)


def _as_parameters(tree):
    """Return a dictionary of the arrays in `parameters`, keyed by path.

    Raises
    ------
    TypeError, ValueError
        If there are no arrays, or if one of them cannot be checked. The message names that array.
    """
    arrays = {f"parameters{path}": leaf for path, leaf in _flatten(tree)}
    if not arrays:
        raise ValueError("parameters is empty: provide at least one array")
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
    share = relative_error(exact + bound, exact) * 2 if exact.any() else np.inf
    if not exact.any() and not mine.any():
        words = "the gradient and the numerical gradient are both 0, which proves nothing"
        return Finding(name, off, 0, words, "unjudged")
    if share > ROUGH:
        reason = f"the numerical gradient has a relative error of up to {min(share, 1):.0e}"
        return Finding(name, off, 0, TOO_ROUGH.format(reason=reason), "unjudged")
    some = [] if len(places) == array.size else [f"{len(places)} of {array.size} entries were checked"]
    entries = "entry was" if skipped == 1 else "entries were"
    some += [f"{skipped} {entries} left out, because the cost has a kink there or is too rough"] if skipped else []
    return Finding(name, off, 0, "right" + f" ({'; '.join(some)})" * bool(some), "right")


class _Function:
    """The cost as a function of shifts in individual entries."""

    def __init__(self, cost, parameters):
        self.cost, self.parameters = cost, parameters

    def __call__(self, nudges):
        """Return the cost after shifting some entries.

        The argument `nudges` maps the path of an array to a pair (place, step): the entry at `place` in the
        flattened array is shifted by `step`.
        """
        moved = _copy(self.parameters)
        for path, array in _flatten(moved):
            if path in nudges:
                place, step = nudges[path]
                array.flat[place] += step
        value = self.cost(moved)
        if not isinstance(value, (str, bytes)):
            with suppress(TypeError, ValueError, OverflowError):
                return float(value)
        raise TypeError(f"cost must return a number, not {brief(value)}")

    def slope(self, path, place):
        """Return the derivative with respect to one entry, and an estimate of its error.

        The derivative is NaN if the entry is at a kink, or if no estimate is possible.
        """
        array = np.asarray(dict(_flatten(self.parameters))[path])
        scale = max(abs(float(array.flat[place])), float(np.sqrt(np.mean(np.square(array, dtype=float))))) or 1.0
        here, eps = self({}), float(np.finfo(array.dtype).eps)
        best, table, bends = (np.nan, np.inf), [], []
        for level in range(LEVELS):
            above, below = (self._moved(array, path, place, sign * 0.1 * scale / 2**level) for sign in (1, -1))
            (up, f_up), (down, f_down) = above, below
            if up == down:  # the step is too small to change the entry
                return best
            row = [(f_up - f_down) / (up - down)]
            rounding = 4 * eps * max(abs(f_up), abs(f_down), abs(here)) / (up - down)
            bends.append((f_up - 2 * here + f_down) / (up - down))
            for k, earlier in enumerate(table[-1] if table else [], 1):
                row.append(row[-1] + (row[-1] - earlier) / (4**k - 1))
                error = max(abs(row[-1] - row[-2]), abs(row[-1] - earlier)) + rounding
                if error < best[1]:
                    best = row[-1], error
            table.append(row)
        sharp = all(abs(later) > 0.9 * abs(bend) for bend, later in zip(bends[-4:-1], bends[-3:], strict=True))
        on_kink = sharp and abs(bends[-1]) > 1e-3 * abs(table[-1][0]) and abs(bends[-1]) > 100 * rounding
        return (np.nan, np.inf) if on_kink or not np.isfinite(best[1]) else best

    def _moved(self, array, path, place, step):
        """Shift one entry, and return the actual step and the resulting cost.

        The actual step differs from `step` by the rounding error of the array's type.
        """
        start = array.flat[place]
        there = (start + array.dtype.type(step)) - start
        return float(there), self({path: (place, array.dtype.type(step))})


def _call(gradients, parameters):
    """Call the function under test.

    Returns
    -------
    gradients : dict of ndarray
        Gradients in float64, keyed by path.
    problems : list of str
        Problems with the function as a whole.
    """
    nearby = _copy(parameters)
    for _, array in _flatten(nearby):
        array *= array.dtype.type(1.1)
    gradients(nearby)
    given, untouched = _copy(parameters), _copy(parameters)
    result = gradients(given)
    now = dict(_flatten(given))
    changed = [path for path, was in _flatten(untouched) if path not in now or not np.array_equal(now[path], was)]
    problems = [f"The function changes its argument, parameters{changed[0]}: work on a copy."] if changed else []
    if result is None:
        return {}, [*problems, "The function returns None: is `return` missing?"]
    first = _arrays(result)
    second = _arrays(gradients(_copy(parameters)))
    if any(path in second and not np.allclose(first[path], second[path], rtol=1e-5, atol=0) for path in first):
        problems.append(
            "Look at what the function keeps between calls: two calls with the same arguments give different "
            "gradients. Typical causes are accumulated gradients, random numbers and counters."
        )
    return first, problems


def _arrays(tree):
    """Return copies of all leaves that can be converted to float64 arrays, in a dictionary keyed by path."""
    arrays = {}
    for path, leaf in _flatten(tree):
        with suppress(TypeError, ValueError):
            arrays[path] = np.array(as_numeric_array(leaf, path), float)
    return arrays


def _flatten(tree, path=""):
    """Yield a pair (path, leaf) for each array in a nested dict, list or tuple.

    List items and keys that are not strings have paths such as "[1]". The list items under the key "W" have
    paths such as ".W[1]".
    """
    if isinstance(tree, dict):
        items = ((f".{k}" if isinstance(k, str) else f"[{k}]", v) for k, v in tree.items())
    elif isinstance(tree, (list, tuple)):
        items = ((f"[{k}]", v) for k, v in enumerate(tree))
    else:
        yield path, tree
        return
    for step, value in items:
        yield from _flatten(value, path + step)


def _copy(tree):
    """Return a copy of the nested structure and its arrays."""
    if isinstance(tree, dict):
        return {k: _copy(v) for k, v in tree.items()}
    if isinstance(tree, list):
        return [_copy(v) for v in tree]
    if isinstance(tree, tuple):
        return tuple(_copy(v) for v in tree)
    return np.array(tree)
