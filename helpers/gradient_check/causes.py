"""Search for the known mistake that reproduces a wrong gradient or, failing that, for the line with the mistake."""

import re
from typing import NamedTuple

import numpy as np

from helpers.gradient_check.experiments import (
    Trial,
    all_zero,
    explained,
    get,
    line_of,
    misplaced,
    nearly_right,
    other_penalty,
    same,
)
from helpers.gradient_check.mistakes import MISTAKES, Mistake
from helpers.gradient_check.steps import MeanLast, Steps, probe
from helpers.gradient_check.wording import at, penalty_is, with_size

LATER = ("dW", "db", "dA", "dZ")  # lines whose results depend on whether the mean has already been taken
BACKWARD = ("weight_gradient", "bias_gradient", "activation_gradient", "weighted_input_gradient")
FORWARD = ("weighted_input", "activation")
# Words that limit the description of a mistake to certain layers
SCOPE = re.compile(r" (in the (last )?(hidden|output) layers?|in layer 1|at every layer)\b")
NAMES = re.compile(r"\[|layer|,")  # "in layer l" cannot follow a text that mentions a layer or a consequence
IMPOSSIBLE = ValueError, IndexError, KeyError, TypeError, ZeroDivisionError  # raised if a mistake is impossible


class Known(NamedTuple):
    """A known mistake that explains wrong gradients."""

    mistake: Mistake
    amount: float | None
    complete: bool  # whether it explains every gradient
    only: int | None  # the layer that contains it, or None if it is in every layer


def find_cause(call, task, l):
    """Find the line that makes the gradients wrong, and the mistake in it if it is a known one.

    Every known mistake is tried on a random network with the same layer sizes, for which no two mistakes give
    the same gradients. If the function is correct for that network, the original data are used instead.

    The function `call` takes X, Y, W and b, returns dW and db, and may raise exceptions. The tuple `task` contains
    the arguments of `steps.Steps`, and l is the layer closest to the output whose gradients are wrong. The result is
    a Cause, or None.
    """
    with np.errstate(all="ignore"):
        for place in (probe(task), task):
            try:
                mine = call(*place[:4])
            except Exception:  # the function may require the original number of examples
                continue
            trial = Trial(call, place, mine, Steps(*place).run(), [])
            wrong = [key for key in trial.keys if not same(get(mine, key), get(trial.exact, key))]
            if wrong:
                return _explain(trial._replace(wrong=wrong), task, l)
    return None


def _explain(trial, task, l):
    """Return the simplest Cause that fits the wrong gradients, or None."""
    n, both = Steps(*task), {place for place, k in trial.wrong if k == trial.guilty} == {0, 1}
    if says := all_zero(trial, l):
        return at("return" if trial.spares or l == n.L else "dZ", l, n, says)._replace(
            where="in the returned gradients", reads=""
        )
    found = _known(trial)
    if found and found.complete:
        return _of_known(found, trial, task, l)
    if says := misplaced(trial):
        return at("return", l, n, says)._replace(reads="")
    if both and (pair := _independent(trial)):
        says = (_of_known(one, trial, task, l, (place,)).says for place, one in enumerate(pair))
        return at("both", l, n, "for dW[{l}], {}; for db[{l}], {}".format(*says, l=l))
    if found:
        return _of_known(found, trial, task, l)
    penalty = other_penalty(trial) if both else None
    if penalty is not None and (cause := _explain(_with_penalty(trial, penalty), task, l)):
        return cause._replace(says=f"{cause.says}; and in dW[{l}], {penalty_is(penalty, n.l2, l)}")
    if says := nearly_right(trial):
        return at("return", l, n, says)._replace(reads="")
    line = line_of(trial)
    return line and at(line[0], l, n, line[1])


def _with_penalty(trial, penalty):
    """Return a trial of the function with its penalty replaced by the one in the cost."""

    def corrected(X, Y, W, b):
        dW, db = trial.call(X, Y, W, b)
        return {k: dW[k] + (trial.task[6] - penalty) * W[k] for k in dW}, db

    return trial._replace(call=corrected, mine=corrected(*trial.task[:4]))


def run_with(mistake, task, amount=None, steps=Steps, only=None):
    """Return the gradients dW and db that a mistake produces, or None if the mistake is impossible for these shapes.

    If `only` is given, the mistake is limited to that layer.
    """
    n = steps(*task)
    more = () if amount is None else (amount,)
    right = getattr(n, mistake.replaces)

    def replacement(*arguments):
        if only and mistake.replaces == "result":
            pairs = zip(arguments, mistake.function(n, *arguments, *more), strict=True)
            return tuple({**good, only: bad[only]} for good, bad in pairs)
        return right(*arguments) if only and arguments != (only,) else mistake.function(n, *arguments, *more)

    setattr(n, mistake.replaces, replacement)
    try:
        return n.run()
    except IMPOSSIBLE:
        return None


def _known(trial, places=(0, 1)):
    """Return a known mistake that explains the wrong gradients, or None if there is none.

    If no mistake explains them all, one that explains the layers from the faulty one to the output is enough, as long
    as it does not affect a layer that is right. The argument `places` limits the search to dW or db and its line.
    """
    keys = [key for key in trial.keys if key[0] in places]
    needed = {key for key in keys if key[1] >= trial.guilty or key not in trial.wrong}
    partly = None
    for mistake, steps, only in _programs(trial, places):
        amount = _amount(mistake, trial, places, only) if mistake.amount else None
        possible = amount is not None or not mistake.amount
        theirs = run_with(mistake, trial.task, amount, steps, only) if possible else None
        if theirs is None:
            continue
        fitting = {key for key in keys if explained(*(get(d, key) for d in (trial.mine, theirs, trial.exact)))}
        found = Known(mistake, amount, len(fitting) == len(keys), only)
        if not needed <= fitting or not _holds_again(found, trial, places, steps):
            continue
        if found.complete:
            return found
        partly = partly or found
    return partly


def _programs(trial, places):
    """Yield each known mistake, the class of program in which to try it, and its layer if it is in only one layer.

    Mistakes in every layer come first. Mistakes in only one layer are tried only if they are likely.
    """
    wrong = {place for place, l in trial.wrong if l == trial.guilty and place in places}
    suspects = _suspects(wrong, trial.guilty, trial.task)
    likely = sorted(MISTAKES, key=lambda mistake: mistake.replaces not in suspects)
    if len(places) == 1:
        likely = [one for one in likely if one.line == ("dW", "db")[places[0]]]
    elif len(wrong) == 2:  # no mistake in one of these lines makes both wrong
        likely = [one for one in likely if one.replaces not in ("weight_gradient", "bias_gradient")]
    programs = [(one, Steps) for one in likely] + [(one, MeanLast) for one in likely if one.line in LATER]
    yield from ((*one, None) for one in programs)
    for mistake, steps in programs:
        if mistake.replaces in suspects and mistake.replaces in BACKWARD:
            yield mistake, steps, trial.guilty
        elif mistake.line == "return" and "layer" not in mistake.says:
            yield mistake, steps, trial.guilty
        elif mistake.replaces in suspects and mistake.replaces in FORWARD and "layer" not in mistake.says:
            yield from ((mistake, steps, l) for l in trial.task[2])


def _suspects(places, l, task):
    """Return the names of the `Steps` methods to try first.

    The argument `places` contains 0 if dW[l] is wrong and 1 if db[l] is wrong.
    """
    if len(places) == 1:
        return (("weight_gradient", "bias_gradient")[min(places)],)
    if l < len(task[2]):
        return "activation_gradient", "weighted_input_gradient"
    return "output_error", "features", "weighted_input", "activation"


def _independent(trial):
    """Return known mistakes in the line for dW and in the line for db that explain the gradients together, or None."""
    pair = [_known(trial, (place,)) for place in (0, 1)]
    return pair if all(pair) and (trial.spares or all(one.complete for one in pair)) else None


def _refitted(found, trial, task, l, places):
    """Return the size of the mistake fitted to layer l on the original data, or the size found before if this fails.

    The two sizes can differ, because a factor may depend on the number of examples.
    """
    if found.amount is None:
        return None
    try:
        mine = trial.call(*task[:4])
    except Exception:  # the function fails on the original data
        return found.amount
    here = trial._replace(task=task, mine=mine, exact=Steps(*task).run(), wrong=[(p, l) for p in places])
    return _amount(found.mistake, here, places, found.only) or found.amount


def _depends_on_m(call, task, amount):
    """Return whether the constant factor 1 + `amount` doubles when every example appears twice."""
    twice = _twice(task)
    try:
        db, exact = call(*twice[:4])[1], Steps(*twice).run()[1]
    except Exception:  # the function may require the original number of examples
        return False
    return all(np.allclose(db[l], 2 * (1 + amount) * exact[l], rtol=1e-6, atol=0) for l in exact)


def _twice(task):
    """Return a task with every example appearing twice."""
    X, Y, *others = task
    return np.vstack([X, X]), np.hstack([Y, Y]), *others


def _amount(mistake, trial, places=(0, 1), only=None):
    """Return the size of the mistake that best accounts for the gradients of the faulty layer, or None if none does.

    The gradients are linear in this size, so a least-squares fit needs only one trial run.
    """
    one = run_with(mistake, trial.task, 1.0, only=only)
    if one is None:
        return None
    error, direction = [], []
    for key in trial.wrong:
        if key[1] != trial.guilty or key[0] not in places:
            continue
        x, y, n = get(trial.mine, key), get(one, key), get(trial.exact, key)
        if x is None or np.shape(x) != n.shape or np.shape(y) != n.shape:
            return None
        error.append(np.ravel(x - n))
        direction.append(np.ravel(y - n))
    error, direction = np.concatenate(error), np.concatenate(direction)
    size = direction @ direction
    amount = error @ direction / size if size > 0 else np.nan
    nothing = abs(amount) < 1e-12 or abs(amount + 1) < 1e-6  # reject amounts that mean "no change" or "all zero"
    return amount if np.isfinite(amount) and not nothing else None


def _holds_again(found, trial, places, steps):
    """Return whether a mistake also explains other data.

    A size can always be fitted exactly to a single number, so a size found in this way must come out the same for other
    data, and so must a size fitted to dW or db alone. A mistake without a size must also explain the gradients if every
    example appears twice.
    """
    W, b = trial.task[2:4]
    there = [(place, l) for place, l in trial.wrong if l == trial.guilty and place in places]
    if found.amount is not None and len(places) == 2 and sum((W, b)[place][l].size for place, l in there) > 1:
        return True
    X, Y, _, b, *options = probe(trial.task, seed=2)
    task = _twice(trial.task) if found.amount is None else (X, Y, {l: -1.5 * W[l] for l in W}, b, *options)
    try:
        other = trial._replace(task=task, mine=trial.call(*task[:4]), exact=Steps(*task).run())
    except Exception:  # the function may require the original number of examples
        return found.amount is None
    if found.amount is not None:
        again = _amount(found.mistake, other, places, found.only)
        return again is not None and np.isclose(again, found.amount, rtol=1e-5)
    theirs = run_with(found.mistake, task, None, steps, found.only)
    return all(explained(*(get(d, key) for d in (other.mine, theirs, other.exact))) for key in there)


# --- description of the cause --------------------------------------------------------------------


def _of_known(found, trial, task, l, places=(0, 1)):
    """Return the Cause for a known mistake."""
    n, mistake, only = Steps(*task), found.mistake, found.only
    if mistake.line == "return" and found.amount and _depends_on_m(trial.call, trial.task, found.amount):
        fixed = len(trial.task[0]) / (1 + found.amount)
        return at("mean", l, n, f"it divides by a fixed number, {fixed:.4g}, instead of the number of examples")
    a = _refitted(found, trial, task, l, places) or 0.0
    says = with_size(mistake, a, n)
    if mistake.line == "forward":
        says = says.replace("[l−1]", f"[{only - 1}]").replace("[l]", f"[{only}]") if only else says
    elif (only and not NAMES.search(says)) or (
        (only or not found.complete) and (mistake.amount or SCOPE.search(says))
    ):  # the message must mention only layer l
        says = re.split(", (?:such )?as", SCOPE.sub("", says))[0] + " in layer {l}"
    values = {"l": l, "prev": l - 1, "next": l + 1, "L": n.L, "m": n.m, "K": len(n.Y), "a": a, "a1": 1 + a}
    values |= {"sign": "+" if a > 0 else "−", "size": abs(a), "l2": n.l2, "penalty": n.l2 + a}
    cause = at(mistake.line, l, n, says.format(**values))
    return cause._replace(where=f"{cause.where} of layer {only}") if only and mistake.line == "forward" else cause
