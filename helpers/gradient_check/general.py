"""Gradient check for any function of arrays, with automatic step sizes."""

from contextlib import suppress
from typing import NamedTuple

import numpy as np

from helpers.gradient_check.derivatives import Function, copied, flatten, typical
from helpers.gradient_check.inputs import as_parameters
from helpers.gradient_check.nudge import relative_error
from helpers.gradient_check.report import Cause, Finding, GradientReport
from helpers.gradient_check.verdict import alike, describe, judge
from helpers.system.arguments import check_function
from helpers.system.validation import as_numeric_array, positive_whole

ROUGH = 1e-4  # a gradient is judged only if its relative uncertainty is at most this large
ROOM = 10  # allowed deviation, in multiples of the estimated error of a derivative
TOO_ROUGH = (
    "the gradient is too small or too rough to judge, because {reason}. "
    "Use float64, data scaled to about 1, or parameters away from kinks and saturation"
)
BOTH_ZERO = "the gradient and the numerical gradient are both 0, which proves nothing"
ZERO = (
    "the gradient and the numerical gradient are both 0 up to rounding errors, as at a minimum, which proves nothing. "
    "Use other parameters"
)
NOT_REPEATED = (
    "two calls with the same arguments give different gradients. Typical causes are accumulated gradients, random "
    "numbers and counters"
)
UNCHANGED = (
    "{name} is the same for other parameters, although it should differ. Typical causes are a missing term or case, "
    "a global variable used instead of the argument, and a result kept from an earlier call"
)


class _Calls(NamedTuple):
    """Results of the calls to the function under test."""

    given: dict  # gradients at the given parameters, keyed by path
    unreadable: dict  # reasons why other gradients cannot be read, keyed by path
    problems: list  # problems with the function as a whole
    kept: str  # description of how the result depends on previous calls, or ""
    earlier: dict  # gradients at other parameters, from the first call
    nearby: object  # those parameters


def check(cost, gradients, parameters, entries=100):
    """Check the gradients of any function, no matter which library computes them.

    Each entry is shifted first by a tenth of its scale and then by successively smaller steps, each half as
    large as the one before. The resulting central differences are extrapolated to a step size of 0
    (Ridders, 1982). The error of the derivative is estimated from the distances between the extrapolations that
    agree best, from the difference between the slopes to the right and to the left, and from the rounding error of
    the cost. This error determines how far a correct gradient may deviate from the estimated derivative. If the
    differences do not approach the estimate, or if the cost is not finite, much smaller steps are tried. If these do
    not help either, as happens at a kink, the entry is left out.

    Parameters
    ----------
    cost : callable
        Function that takes the parameters and returns a number.
    gradients : callable
        Function that takes the parameters and returns gradients with the same structure. It is called three
        times, first with parameters that are a tenth larger, or a small number instead of 0. If this first call fails,
        the check continues without it.
    parameters : dict, list or tuple of float arrays, possibly nested
        Point at which to check the gradients. The functions receive copies with the same structure.
    entries : int
        Maximum number of entries to check in each array. If there are more, they are chosen at random, but every
        call chooses the same ones.

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
    arrays, entries = as_parameters(parameters), positive_whole(entries, "entries")
    at = Function(cost, parameters)
    if not np.isfinite(at.here):
        raise ValueError(f"cost is {at.here} for these parameters: choose parameters for which it is finite")
    if at({}) != at.here:
        raise ValueError(
            "cost returns two different values for the same parameters: use a fixed seed for its random numbers"
        )
    at.noise = at.rounding()
    calls = _call(gradients, parameters, arrays)
    rng, findings, numerical, chosen = np.random.default_rng(0), {}, {}, {}
    for path, array in arrays.items():
        places = chosen[path] = rng.permutation(array.size)[:entries]
        slopes = np.array([at.slope(path, place) for place in places], float)  # (entries, 5)
        findings[path] = _finding(f"d{path.strip('.')}", calls.given.get(path), array, places, slopes)
        numerical[path] = _spread(array.shape, places, slopes[:, 0])
        findings[path] = findings[path]._replace(words=calls.unreadable.get(path, findings[path].words))
    kept = calls.kept or _unchanged(cost, calls, findings, chosen)
    if not kept:
        return GradientReport(_exchanged(findings, calls.given, numerical), None, calls.problems)
    cause = Cause("state", "at what the function keeps between calls", kept)
    findings = [_without_pattern(finding) for finding in findings.values()]
    return GradientReport(findings, cause, [*calls.problems, f"Look {cause.where}: {kept}."])


def _finding(name, mine, array, places, slopes):
    """Judge one gradient based on the entries that were checked.

    The rows of `slopes` contain the fields of a Slope for each of the `places` in the flattened array.
    """
    if mine is None or mine.shape != array.shape or not np.isfinite(mine).all():
        return judge(name, mine, np.zeros(array.shape), np.zeros(array.shape), 1, array.dtype)
    exact, error, share, steepness, finite = slopes.T
    mine, known, dtype = mine.ravel()[places].astype(float), ~np.isnan(exact), mine.dtype
    size = np.abs(exact * share)[known].max(initial=0)
    bound = ROOM * error + 100 * np.finfo(array.dtype).eps * size / share
    wrong = known & (np.abs(mine - exact) > bound)
    # The bound of an entry that needs a scale of its own is compared with that entry, others with the largest entry.
    sure, estimated = (known & (bound <= part * np.where(share < 1, np.abs(exact), size)) for part in (ROUGH, 1))
    shown = sure | wrong if (sure | wrong).any() else known
    off = relative_error(mine[shown], exact[shown]) if known.any() else np.nan
    if wrong.any():
        mine, exact, bound = (_spread(array.shape, places, values) for values in (mine, exact, bound))
        words = _too_narrow(dtype, array.dtype, off) or describe(mine, exact, 1, bound)
        return Finding(name, off, 0, words, "wrong")
    if (
        known.any()
        and (np.abs(exact) <= bound)[known].all()
        and (bound <= ROUGH * steepness)[known & (steepness > 0)].all()
    ):
        return Finding(name, np.nan, 0, ZERO if exact[known].any() or mine.any() else BOTH_ZERO, "unjudged")
    outside = int((finite == 0).sum())
    if reason := _too_rough((exact * share)[shown], (bound * share)[shown], estimated, outside):
        return Finding(name, off, 0, TOO_ROUGH.format(reason=reason), "unjudged")
    return Finding(name, off, 0, _right(len(places), array.size, outside, int((~sure).sum()) - outside), "right")


def _spread(shape, places, values):
    """Return an array with the given values at `places`, and NaN in all other entries."""
    spread = np.full(shape, np.nan)
    spread.flat[places] = values
    return spread


def _too_rough(exact, bound, estimated, outside):
    """Return the reason why a gradient cannot be judged, or "" if it can."""
    n = estimated.sum()
    next_to = (
        f", and the cost is NaN or infinite next to {outside} of {'the others' if n else 'them'}" if outside else ""
    )
    if 2 * n <= len(estimated):
        return f"{f'only {n} of {len(estimated)}' if n else 'none of its'} entries could be estimated{next_to}"
    share = relative_error(exact + bound, exact) * 2 if exact.any() else np.inf
    return f"the numerical gradient has a relative error of up to {min(share, 1):.0e}" if share > ROUGH else ""


def _too_narrow(dtype, needed, error):
    """Return the words for a gradient whose error is explained by a type with too few digits, or "" for any other."""
    eps = np.finfo(dtype).eps
    narrow = np.finfo(needed).eps < eps and error < 100 * eps
    return f"is computed in {dtype}, although the parameter is {needed}: use {needed} throughout" if narrow else ""


def _right(checked, size, outside, rough):
    """Return the words for a gradient that is right, with the numbers of entries that were checked and left out."""
    words = [] if checked == size else [f"{checked} of {size} entries were checked"]
    reasons = ((rough, "has a kink there or is too rough"), (outside, "is NaN or infinite next to {it}"))
    for count, reason in reasons:
        entries, it = ("entry was", "it") if count == 1 else ("entries were", "them")
        words += [f"{count} {entries} left out, because the cost {reason.format(it=it)}"] if count else []
    return "right" + f" ({'; '.join(words)})" * bool(words)


def _call(gradients, parameters, paths):
    """Call the function under test with other parameters, and then twice with the given ones."""
    nearby, earlier = _moved(parameters), {}
    with suppress(Exception), np.errstate(all="ignore"):  # it may refuse these parameters
        earlier, _ = _arrays(gradients(copied(nearby)), paths, parameters)
    given, untouched = copied(parameters), copied(parameters)
    result = gradients(given)
    now = dict(flatten(given))
    changed = [path for path, was in flatten(untouched) if path not in now or not np.array_equal(now[path], was)]
    problems = [f"The function changes its argument, parameters{changed[0]}: work on a copy."] if changed else []
    if result is None:
        return _Calls({}, {}, [*problems, "The function returns None: is `return` missing?"], "", {}, nearby)
    first, unreadable = _arrays(result, paths, parameters)
    second, _ = _arrays(gradients(copied(parameters)), paths, parameters)
    repeats = all(_same(first[path], second[path]) for path in first if path in second)
    stale = earlier.keys() == first.keys() and all(np.array_equal(first[path], earlier[path]) for path in first)
    kept = "" if repeats else "it returns the gradients of the previous call" if stale else NOT_REPEATED
    return _Calls(first, unreadable, problems, kept, earlier, nearby)


def _same(one, other):
    """Return whether two gradients are equal up to rounding errors."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-5, atol=0, equal_nan=True)


def _moved(parameters):
    """Return a copy of the parameters in which every entry is a tenth larger, or a small number instead of 0."""
    moved = copied(parameters)
    for _, array in flatten(moved):
        array[...] = np.where(array, 1.1 * array, 0.1 * typical(array) or 0.1)
    return moved


def _unchanged(cost, calls, findings, chosen):
    """Return a description of a gradient that is the same for other parameters but should differ, or "" if none is.

    At the entries that were checked, such a gradient is right for one of the two sets of parameters and wrong for the
    other.
    """
    given, earlier, nearby, at = calls.given, calls.earlier, dict(flatten(calls.nearby)), None
    same = [path for path in findings if path in given and np.array_equal(given[path], earlier.get(path))]
    same = [path for path in same if given[path].shape == nearby[path].shape]
    if not same:
        return ""
    with suppress(Exception), np.errstate(all="ignore"):  # the cost may refuse these parameters as well
        at = Function(cost, calls.nearby)
        at.noise = at.rounding()
    for path in same if at is not None and np.isfinite(at.here) else ():
        finding = findings[path]
        slopes = np.array([at.slope(path, place) for place in chosen[path]], float)
        there = _finding(finding.name, given[path], nearby[path], chosen[path], slopes)
        only_there = there.verdict == "wrong" and finding.verdict != "wrong"
        only_here = there.right and "left out" not in there.words and finding.verdict == "wrong"
        if only_there or only_here:
            return UNCHANGED.format(name=finding.name)
    return ""


def _without_pattern(finding):
    """Return a finding without its description of the differences, which mean nothing if they depend on other calls."""
    described = finding.verdict == "wrong" and not np.isnan(finding.error)
    return finding._replace(words="differs from the numerical gradient") if described else finding


def _exchanged(findings, given, numerical):
    """Return the findings as a list, and say which gradients are those of another array."""
    for path, finding in findings.items():
        if finding.verdict != "wrong" or not finding.words.startswith("differs"):
            continue
        for other, exact in numerical.items():
            if other != path and exact.shape == given[path].shape and alike(given[path], exact):
                says = f"is the numerical gradient of {other.strip('.')}, as if two results had been exchanged"
                findings[path] = finding._replace(words=f"{says} or shared one array")
    return [*findings.values()]


def _arrays(tree, paths, like):
    """Convert the leaves of a result to arrays of floats, and return the reasons why other gradients are unreadable.

    The argument `like` contains the parameters, whose structure the result should have.
    """
    arrays, unreadable = {}, {}
    for path, leaf in flatten(tree):
        try:
            array = as_numeric_array(leaf, f"gradients{path}")
            arrays[path] = np.array(array, array.dtype if array.dtype in (np.float16, np.float32) else float)
        except (TypeError, ValueError) as error:
            unreadable[path] = str(error).removeprefix(f"gradients{path} ")
    nested = all(isinstance(kind, (dict, list, tuple)) for kind in (tree, like))
    other = nested and isinstance(tree, dict) != isinstance(like, dict)
    for path in paths:
        if path not in arrays and any(found.startswith((f"{path}[", f"{path}.")) for found in (*arrays, *unreadable)):
            unreadable[path] = "is a list, tuple or dictionary, but it must be an array"
        elif path not in arrays and "" in arrays:
            unreadable[path] = "is missing, because the function returns a single array instead of a list or dictionary"
        elif path not in arrays and other:
            returned, needed = (f"a {type(kind).__name__} of length {len(kind)}" for kind in (tree, like))
            unreadable[path] = f"is missing, because the function returns {returned} instead of {needed}"
    return arrays, unreadable
