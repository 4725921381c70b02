"""What a function keeps between calls, and whether it modifies its arguments."""

from typing import NamedTuple

import numpy as np

from helpers.gradient_check.report import Cause
from helpers.gradient_check.steps import Steps


class Observation(NamedTuple):
    """The results of three calls: one at other parameters, then two at the given ones."""

    nearby: tuple  # the other W and b
    first: tuple
    second: tuple
    overwritten: bool  # whether a later call changed the result of the first
    shared: str  # names of gradients that share their memory


def observe(candidate, arguments):
    """Call the function at other parameters, then twice at the given ones.

    Parameters
    ----------
    candidate : Candidate
    arguments : X, Y, W, b, as given

    Returns
    -------
    Observation
    """
    rng = np.random.default_rng(0)
    X, Y, W, b = arguments
    nearby = tuple({l: _moved(p[l], rng) for l in p} for p in (W, b))
    before = candidate(X, Y, *nearby)
    candidate.opening, held = ((X, Y, *nearby), before), candidate.raw
    first = candidate(X, Y, W, b)
    overwritten = _overwritten(held, before)
    return Observation(nearby, first, candidate(X, Y, W, b), overwritten, _shared(candidate.raw))


def explain_state(candidate, seen, task, wrong):
    """Find out whether the function keeps something between calls or modifies its arguments.

    Parameters
    ----------
    candidate : Candidate; seen : Observation; task : the arguments of `Steps`
    wrong : bool, whether any gradient was found wrong

    Returns
    -------
    cause : Cause, or None if no state explains a wrong gradient
    problems : list of str, one sentence each
    """
    problems = []
    if candidate.changed:
        names = ", ".join(candidate.changed[:3]) + ", …" * (len(candidate.changed) > 3)
        problems.append(
            f"The function changes its argument {names}: look for a line such as `W[l] -= …` or `W[l] = …`, "
            f"and work on a copy, or update after the gradients are returned."
        )
    repeats = _alike(seen.first, seen.second)
    cause = None if repeats and not wrong else _kept(seen, repeats, task)
    if cause:
        problems.append(f"Look at what the function keeps between calls: {cause.says}.")
    elif seen.overwritten:
        problems.append(
            "A later call overwrites the result of an earlier one: look for an array that is kept and handed out "
            "again, and make a new one in each call."
        )
    elif seen.shared and wrong:
        says = f"{seen.shared} share their memory: make a new array for each"
        return Cause("return", "at what is returned", says), problems
    if problems and cause is None:
        cause = Cause("state", "at what the function keeps or changes", problems[0].rstrip("."))
    return cause, problems


def changes_later(candidate):
    """A Cause if, after all the calls of a check, the function no longer gives the gradient of its first call."""
    arguments, result = candidate.opening
    if _alike(result, candidate(*arguments)):
        return None
    return _keeps("after some calls with the same arguments it gives another gradient, as with a counter or a schedule")


def _kept(seen, repeats, task):
    """The Cause if two calls with the same arguments differ, or a call returns the gradient of an earlier one."""
    exact, earlier, stale = _fresh_and_stale(seen.nearby, task)
    first, second = seen.first, seen.second
    if not _alike(exact, earlier) and _alike(first, earlier):
        return _keeps("the gradient is stale: it equals that of the call before, at other parameters")
    if not _alike(exact, stale) and not _alike(first, exact) and _alike(first, stale):
        return _keeps("the activations are stale: they are those of the call before, at other parameters")
    if repeats:
        return None
    difference = tuple(
        {l: s[l] - f[l] for l in s if l in f and s[l] is not None} for f, s in zip(first, second, strict=True)
    )
    if _alike(difference, exact):
        return _keeps("the gradients are accumulated: those of the calls before are still in them")
    return _keeps("two calls with the same arguments give different gradients, as with random numbers or a counter")


def _keeps(says):
    return Cause("state", "at what the function keeps between calls", says)


def _fresh_and_stale(nearby, task):
    """The correct gradients, those at the nearby parameters, and those computed with the activations from there."""
    X, Y, _, _, *options = task
    nearby = tuple({l: p[l].astype(float) for l in p} for p in nearby)
    with np.errstate(all="ignore"):
        here, there = Steps(*task), Steps(X, Y, *nearby, *options)
        exact, earlier = here.run(), there.run()
        mixed = Steps(*task)
        mixed.weighted_input, mixed.activation = lambda l: there.Z[l], lambda l: there.A[l]
        return exact, earlier, mixed.run()


def _moved(parameter, rng):
    size = np.std(parameter) or np.max(np.abs(parameter)) or 1.0
    return (parameter + 0.1 * size * rng.standard_normal(parameter.shape)).astype(parameter.dtype)


def _alike(one, other):
    """Whether two results agree to within rounding."""
    for x, y in zip(one, other, strict=True):
        for l in {*x, *y}:
            a, b = x.get(l), y.get(l)
            if a is None or b is None or np.shape(a) != np.shape(b):
                return False if (a is None) != (b is None) or a is not None else True
            size = np.abs(b[np.isfinite(b)]).max(initial=0)
            if not np.allclose(a, b, rtol=1e-5, atol=1e-5 * size, equal_nan=True):
                return False
    return True


def _arrays(result):
    if isinstance(result, (tuple, list)) and len(result) == 2 and all(isinstance(p, dict) for p in result):
        for place, part in zip("Wb", result, strict=True):
            yield from ((f"d{place}[{l}]", value) for l, value in part.items() if isinstance(value, np.ndarray))


def _overwritten(held, before):
    """Whether a result returned earlier has changed since."""
    for name, array in _arrays(held):
        was = before["Wb".index(name[1])].get(int(name[3:-1])) if name[3:-1].isdigit() else None
        if was is not None and was.shape == array.shape and not np.array_equal(was, array, equal_nan=True):
            return True
    return False


def _shared(held):
    """Names of two arrays in one result that overlap in memory, or "" if there are none."""
    arrays = list(_arrays(held))
    for i, (name, array) in enumerate(arrays):
        for other, second in arrays[:i]:
            if np.shares_memory(array, second):
                return f"{other} and {name}"
    return ""
