"""Detection of functions that keep values between calls or modify their arguments."""

from contextlib import suppress
from typing import NamedTuple

import numpy as np

from helpers.gradient_check.report import Cause
from helpers.gradient_check.steps import Steps


class Observation(NamedTuple):
    """Results of three calls: one with other parameters, and then two with the given ones."""

    nearby: tuple  # W and b in the first call
    first: tuple  # gradients at the given parameters
    second: tuple  # gradients at the given parameters, computed again
    overwritten: bool  # whether a later call changed the result of the first one
    shared: str  # names of two gradients that share memory, or ""


def observe(candidate, arguments):
    """Call the function once with different parameters, and then twice with the given ones.

    Parameters
    ----------
    candidate : Candidate
        Function under test.
    arguments : tuple
        X, Y, W and b, with their types unchanged.

    Returns
    -------
    Observation
    """
    rng = np.random.default_rng(0)
    X, Y, W, b = arguments
    nearby = tuple({l: _moved(p[l], rng) for l in p} for p in (W, b))
    before = None
    with suppress(Exception):  # the function may refuse these parameters
        before = candidate(X, Y, *nearby)
    if before is None:
        nearby = (W, b)
        before = candidate(X, Y, W, b)
    candidate.opening, held = ((X, Y, *nearby), before), candidate.raw
    first = candidate(X, Y, W, b)
    overwritten = _overwritten(held, before)
    return Observation(nearby, first, candidate(X, Y, W, b), overwritten, _shared(candidate.raw))


def explain_state(candidate, seen, task, wrong):
    """Find out whether the function keeps values between calls or modifies its arguments.

    Parameters
    ----------
    candidate : Candidate
        Function under test.
    seen : Observation
        Results of the first calls.
    task : tuple
        Arguments of `steps.Steps`.
    wrong : bool
        Whether any gradient was found to be wrong.

    Returns
    -------
    cause : Cause or None
        Cause of a wrong gradient, if it is something that the function keeps or modifies.
    problems : list of str
        Descriptions of all problems, one sentence each.
    """
    problems = [_change(candidate.changed)] if candidate.changed else []
    repeats = _alike(seen.first, seen.second, _noise(seen.nearby) if wrong else 1e-5)
    before = candidate.opening[1]
    cause = _ignores_parameters(before, seen, task) if repeats and not wrong else _kept(seen, repeats, task)
    if cause:
        problems.append(f"Look {cause.where}: {cause.says}.")
    elif seen.overwritten:
        problems.append(
            "A later call overwrites the result of an earlier one: look for an array that is reused, and create a new "
            "array for every result of every call."
        )
    elif seen.shared and wrong:
        says = f"{seen.shared} share memory, so create a separate array for each of them"
        return Cause("return", "in the returned gradients", says), problems
    if problems and cause is None:
        cause = Cause("state", "at what the function keeps or changes", problems[0].rstrip("."))
    return cause, problems


def _change(names):
    advice = "work on a copy"
    if any(name[0] in "Wb" for name in names):
        advice = (
            "look for a line such as `W[l] -= …` or `W[l] = …`, and either work on a copy or update the parameters "
            "after the gradients have been returned"
        )
    changed = f"argument{'s' * (len(names) > 1)} {', '.join(names[:3])}{', …' * (len(names) > 3)}"
    return f"The function changes its {changed}: {advice}."


def _noise(nearby):
    """Return a relative difference that is too large to be caused by threads adding numbers in a different order."""
    return 1e-10 if all(array.dtype == np.float64 for p in nearby for array in p.values()) else 1e-5


def _ignores_parameters(before, seen, task):
    """Return a Cause if the first call used the given W or b instead of the nearby ones, and None otherwise."""
    X, Y, W, b, *options = task
    near_W, near_b = ({l: p[l].astype(float) for l in p} for p in seen.nearby)
    with np.errstate(all="ignore"):
        exact = Steps(X, Y, near_W, near_b, *options).run()
        for name, used in (("the parameters", (W, b)), ("W", (W, near_b)), ("b", (near_W, b))):
            outdated = Steps(X, Y, *used, *options).run()
            here, there = (np.concatenate([p[l].ravel() for p in pair for l in p]) for pair in (outdated, exact))
            if np.linalg.norm(there - here) > 0.01 * np.linalg.norm(here) and _alike(before, outdated):
                return _ignored(name)
    return None


def _ignored(name):
    """Return a Cause for a function whose result should depend on the parameters with this name, but does not."""
    if name == "the parameters":
        used = "global variables instead of its arguments"
        return _keeps(f"the gradients do not change with {name}, as if the function used {used}")
    says = f"the gradients do not change with {name}, as if {name} were left out or global"
    return Cause("state", f"at where the function uses {name}", says)


def changes_later(candidate):
    """Return a Cause if the function no longer returns the same gradient as in its first call.

    The first call is repeated with the same arguments after all other calls in a check.
    """
    arguments, result = candidate.opening
    if _alike(result, candidate(*arguments)):
        return None
    return _keeps(
        "after several calls, the same arguments give a different gradient, as if there were a counter or a schedule"
    )


def _kept(seen, repeats, task):
    """Return a Cause if the result depends on previous calls, and None otherwise.

    This is the case if two calls with the same arguments give different gradients, or if a call returns the gradient
    or uses the activations of the previous call.
    """
    exact, earlier, stale = _fresh_and_stale(seen.nearby, task)
    first, second = seen.first, seen.second
    if not _alike(exact, earlier) and _alike(first, earlier):
        return _keeps("the gradient is stale, because it comes from the previous call, which had different parameters")
    if not _alike(exact, stale) and not _alike(first, exact) and _alike(first, stale):
        return _keeps(
            "the activations are stale, because they come from the previous call, which had different parameters"
        )
    if repeats:
        return None
    both = zip(first, second, strict=True)
    difference = tuple({l: s[l] - f[l] for l in s if s[l] is not None and f.get(l) is not None} for f, s in both)
    if _alike(difference, exact):
        return _keeps("the gradients are accumulated: they still include the gradients of previous calls")
    return _keeps(
        "two calls with the same arguments give different gradients, as if there were random numbers, a counter or a "
        "running average"
    )


def _keeps(says):
    """Return a Cause for a function that keeps values between calls."""
    return Cause("state", "at what the function keeps between calls", says)


def _fresh_and_stale(nearby, task):
    """Return the correct gradients, and two kinds of outdated gradients for comparison.

    The first result is correct. The second is correct for the parameters of the previous call. The third
    combines the current parameters with the activations of the previous call.
    """
    X, Y, _, _, *options = task
    nearby = tuple({l: p[l].astype(float) for l in p} for p in nearby)
    with np.errstate(all="ignore"):
        here, there = Steps(*task), Steps(X, Y, *nearby, *options)
        exact, earlier = here.run(), there.run()
        mixed = Steps(*task)
        mixed.weighted_input, mixed.activation = lambda l: there.Z[l], lambda l: there.A[l]
        return exact, earlier, mixed.run()


def _moved(parameter, rng):
    """Return a copy of a parameter, shifted at random by about a tenth of its size."""
    size = np.std(parameter) or np.max(np.abs(parameter)) or 1.0
    return (parameter + 0.1 * size * rng.standard_normal(parameter.shape)).astype(parameter.dtype)


def _alike(one, other, tolerance=1e-5):
    """Return whether two pairs (dW, db) agree to within rounding error."""
    for x, y in zip(one, other, strict=True):
        for l in {*x, *y}:
            a, b = x.get(l), y.get(l)
            if a is None and b is None:
                continue
            if a is None or b is None or np.shape(a) != np.shape(b):
                return False
            size = np.abs(b[np.isfinite(b)]).max(initial=0)
            if not np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True):
                return False
    return True


def _arrays(result):
    """Yield the name and the array of each gradient in a result that has the right form."""
    if isinstance(result, (tuple, list)) and len(result) == 2 and all(isinstance(p, dict) for p in result):
        for place, part in zip("Wb", result, strict=True):
            yield from ((f"d{place}[{l}]", value) for l, value in part.items() if isinstance(value, np.ndarray))


def _overwritten(held, before):
    """Return whether a result that was returned earlier has changed since then."""
    for name, array in _arrays(held):
        was = before["Wb".index(name[1])].get(int(name[3:-1])) if name[3:-1].isdigit() else None
        if was is not None and was.shape == array.shape:
            if not np.array_equal(was, array.astype(was.dtype), equal_nan=True):
                return True
    return False


def _shared(held):
    """Return the names of two arrays in a result that overlap in memory, or "" if no two arrays do."""
    arrays = list(_arrays(held))
    for i, (name, array) in enumerate(arrays):
        for other, second in arrays[:i]:
            if np.shares_memory(array, second):
                return f"{other} and {name}"
    return ""
