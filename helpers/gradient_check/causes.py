"""Search for the known mistake that reproduces a wrong gradient or, failing that, for the line with the mistake."""

import re

import numpy as np

from helpers.gradient_check.mistakes import MISTAKES, PENALTY, RIGHT
from helpers.gradient_check.report import Cause
from helpers.gradient_check.steps import MeanLast, Steps, probe

EXPLAINS = 1e-3  # largest fraction of the error that a known mistake may fail to explain
LATER = ("dW", "db", "dA", "dZ")  # lines whose results depend on whether the mean has already been taken
FACTOR = "it has an extra factor of {a1:.4g}"
# The layers to which a mistake is limited
SCOPE = re.compile(r" (in the (last )?(hidden|output) layers?|in layer 1|at every layer)\b")
ALONE = "the gradient for each example on its own is right, but the gradient for all examples together is wrong"
IMPOSSIBLE = ValueError, IndexError, KeyError, TypeError, ZeroDivisionError  # if a mistake is impossible


def find_cause(call, task, l):
    """Find the line that makes the gradients wrong, and the mistake in it if it is a known one.

    Every known mistake is tried on a random network with the same layer sizes, for which no two mistakes give
    the same gradients. If the function is correct for that network, the original data are used instead.

    The function `call` takes X, Y, W and b, returns dW and db, and may raise exceptions. The tuple `task` contains
    the arguments of `steps.Steps`, and l is the layer closest to the output whose gradients are wrong. The result is
    a Cause, or None.
    """
    n = Steps(*task)  # provides the layer sizes for the message
    with np.errstate(all="ignore"):
        for place in (probe(task), task):
            try:
                mine = call(*place[:4])
            except Exception:  # the function may require the original number of examples
                continue
            right = Steps(*place)
            exact = right.run()
            wrong = [key for key in _keys(exact) if not _same(_get(mine, key), _get(exact, key))]
            if wrong:
                if found := _known(call, mine, exact, place, wrong):
                    mistake, amount, whole = found
                    if mistake.line == "return" and amount and _depends_on_m(call, place, amount):
                        fixed = right.m / (1 + amount)
                        says = f"it divides by a fixed number, {fixed:.4g}, instead of the number of examples"
                        return _at("mean", l, n, says)
                    return _cause(mistake, _refitted(mistake, amount, call, task, l), whole, l, n)
                guilty = max(k for _, k in wrong)
                line, says = _line_of(call, place, right, mine, wrong, guilty)
                return _at(line, l, n, says)
    return None


def run_with(mistake, task, amount=None, steps=Steps):
    """Return the gradients dW and db that a mistake produces, or None if the mistake is impossible for these shapes."""
    n = steps(*task)
    more = () if amount is None else (amount,)
    setattr(n, mistake.replaces, lambda *arguments: mistake.function(n, *arguments, *more))
    try:
        return n.run()
    except IMPOSSIBLE:
        return None


def _known(call, mine, exact, task, wrong):
    """Return a known mistake that explains the wrong gradients, or None if there is none.

    The result is a tuple of the mistake, its size, and whether it explains every gradient. If no mistake
    explains them all, one that explains the layers from the faulty one to the output is enough.
    """
    guilty = max(l for _, l in wrong)
    there = [key for key in wrong if key[1] == guilty]
    beside = [key for key in _keys(exact) if key[1] >= guilty]
    partly = None
    suspects = _suspects({place for place, _ in there}, guilty, task)
    likely = sorted(MISTAKES, key=lambda mistake: mistake.replaces not in suspects)
    for steps, mistake in [(Steps, one) for one in likely] + [(MeanLast, one) for one in likely if one.line in LATER]:
        amount = _amount(mistake, mine, exact, task, there) if mistake.amount else None
        theirs = run_with(mistake, task, amount, steps) if amount is not None or not mistake.amount else None
        if theirs is None:
            continue
        explained = [key for key in _keys(exact) if _explained(*(_get(d, key) for d in (mine, theirs, exact)))]
        if not set(beside) <= set(explained) or (amount and not _fits_again(call, mistake, amount, task, there)):
            continue
        if len(explained) == len(_keys(exact)):
            return mistake, amount, True
        partly = partly or (mistake, amount, False)
    return partly


def _suspects(places, l, task):
    """Return the names of the `Steps` methods to try first. `places` contains 0 if dW[l] is wrong, 1 if db[l] is."""
    if len(places) == 1:
        return (("weight_gradient", "bias_gradient")[min(places)],)
    if l < len(task[2]):
        return "activation_gradient", "weighted_input_gradient"
    return "output_error", "features", "weighted_input", "activation"


def _refitted(mistake, amount, call, task, l):
    """Return the size of the mistake that best accounts for layer l on the original data, or `amount` if there is none.

    The two can differ, because a factor may depend on the number of examples.
    """
    if amount is None:
        return None
    exact = Steps(*task).run()
    try:
        return _amount(mistake, call(*task[:4]), exact, task, [key for key in _keys(exact) if key[1] == l]) or amount
    except Exception:  # the function fails on the original data
        return amount


def _depends_on_m(call, task, amount):
    """Return whether the constant factor 1 + `amount` doubles when every example appears twice."""
    X, Y, *others = task
    twice = np.vstack([X, X]), np.hstack([Y, Y])
    try:
        db, exact = call(*twice, *others[:2])[1], Steps(*twice, *others).run()[1]
    except Exception:  # the function may require the original number of examples
        return False
    return all(np.allclose(db[l], 2 * (1 + amount) * exact[l], rtol=1e-6, atol=0) for l in exact)


def _amount(mistake, mine, exact, task, there):
    """Return the size of the mistake that best accounts for the gradients of the faulty layer, or None if none does.

    The gradients are linear in this size, so a least-squares fit needs only one trial run.
    """
    one = run_with(mistake, task, 1.0)
    if one is None:
        return None
    error, direction = [], []
    for key in there:
        x, y, n = _get(mine, key), _get(one, key), _get(exact, key)
        if x is None or np.shape(x) != n.shape or np.shape(y) != n.shape:
            return None
        error.append(np.ravel(x - n))
        direction.append(np.ravel(y - n))
    error, direction = np.concatenate(error), np.concatenate(direction)
    size = direction @ direction
    amount = error @ direction / size if size > 0 else np.nan
    nothing = abs(amount) < 1e-12 or abs(amount + 1) < 1e-6  # reject amounts that mean "no change" or "all zero"
    return amount if np.isfinite(amount) and not nothing else None


def _fits_again(call, mistake, amount, task, there):
    """Return whether the size found by `_amount` can be trusted.

    A single number can always be fitted exactly, so a size fitted to just one must come out the same for other data.
    """
    W, b = task[2:4]
    if sum((W, b)[place][l].size for place, l in there) > 1:
        return True
    X, Y, _, b, *options = probe(task, seed=2)
    other = X, Y, {l: -1.5 * W[l] for l in W}, b, *options
    try:
        again = _amount(mistake, call(*other[:4]), Steps(*other).run(), other, there)
    except Exception:  # the function may require the original number of examples
        return False
    return again is not None and np.isclose(again, amount, rtol=1e-5)


def _explained(x, theirs, n):
    """Return whether a mistake reproduces a gradient, including its shape, to within a thousandth of its error."""
    if x is None or np.shape(x) != np.shape(theirs):
        return False
    off, size = np.abs(x - theirs), np.abs(n).max(initial=0)
    error = np.linalg.norm(x - n) if np.shape(x) == n.shape else np.linalg.norm(x)
    return bool(np.isfinite(off).all() and np.linalg.norm(off) <= EXPLAINS * error + 1e-12 * max(size, 1e-290))


def _same(x, n):
    """Return whether a gradient equals the correct one to within rounding error."""
    if x is None or np.shape(x) != n.shape or not np.isfinite(x).all():
        return False
    return bool(np.linalg.norm(x - n) <= 1e-10 * np.linalg.norm(n))


def _keys(gradients):
    """Return a key (place, l) for each gradient, where place is 0 for dW and 1 for db."""
    return [(place, l) for place in (0, 1) for l in gradients[place]]


def _get(gradients, key):
    """Return the gradient with the given key, or None if it is missing."""
    return gradients[key[0]].get(key[1])


# --- if no known mistake fits, find the line by experiments --------------------------------------


def _line_of(call, task, right, mine, wrong, l):
    """Find the wrong line by experiment, and return its name and a description of what the experiments show."""
    names = {place for place, k in wrong if k == l}
    if any(_get(mine, key) is not None and not np.isfinite(_get(mine, key)).all() for key in wrong if key[1] == l):
        line = ("dW", "db")[min(names)] if len(names) == 1 else "dZ[L]" if l == right.L else "dZ"
        return line, "it is not finite, as happens after log(0), 0/0 or an overflow"
    try:
        if _right_alone(call, task, l):
            return "examples", ALONE
        if names == {0, 1}:
            return (_at_the_output if l == right.L else _between_layers)(call, task, right, l)
    except Exception:  # the function may not accept the data of the experiments
        if names == {0, 1}:
            return (
                ("dZ[L]", "dW and db of the last layer are wrong") if l == right.L else ("dA", "the error starts here")
            )
    if names == {0}:
        return "dW", f"db[{l}] is right, so dZ[{l}] is probably right as well: look at the product with A[{l - 1}]ᵀ"
    return "db", f"dW[{l}] is right, so dZ[{l}] must be right as well: look at how db[{l}] is computed from it"


def _right_alone(call, task, l):
    """Return whether dW[l] and db[l] are right for each example on its own."""
    ones = [(task[0][[i]], task[1][:, [i]], *task[2:]) for i in range(len(task[0]))]
    pairs = [(call(*one[:4]), Steps(*one).run()) for one in ones]
    return all(_same(mine[place][l], exact[place][l]) for mine, exact in pairs for place in (0, 1))


def _errors_of_each(call, X, Y, W, b, l):
    """Compute dZ[l], of shape (n[l], m), from the function's db[l] for one example at a time."""
    return np.hstack([call(X[[i]], Y[:, [i]], W, b)[1][l] for i in range(len(X))])


def _at_the_output(call, task, right, l):
    """Find out whether dZ[L] is wrong because of the prediction, the formula, or the way examples are combined."""
    X, Y, W, b = task[:4]
    each = _errors_of_each(call, X, Y, W, b, l)
    other = np.roll(1 - Y, 1, axis=1) if task[5] == "sigmoid" else np.roll(Y, 1, axis=0) + 0.5 * (task[5] != "softmax")
    again = _errors_of_each(call, X, other, W, b, l)
    if np.allclose(each + Y, again + other, rtol=1e-10, atol=1e-12):
        return "forward", "the target is subtracted correctly, but the prediction differs from the one in the cost"
    return "dZ[L]", "its dependence on the target differs from that of A[L] − Y"


def _between_layers(call, task, right, l):
    """Find out whether dA[l] or the slope is wrong.

    The slope is dZ[l] / dA[l]. If it does not change with W[l + 1], then dA[l] is right. Examples in which dZ[l + 1]
    is wrong with either value of W[l + 1] are left out.
    """
    X, Y, W, b = task[:4]
    slopes, clean = [], True
    for scale in (0.0, 1.0):
        there = {**W, l + 1: W[l + 1] + scale * np.random.default_rng(2).standard_normal(W[l + 1].shape)}
        n = Steps(X, Y, there, *task[3:])
        n.run()
        slopes.append(_errors_of_each(call, X, Y, there, b, l) / (n.dA[l] * n.m))
        behind = _errors_of_each(call, X, Y, there, b, l + 1)
        clean = clean & np.isclose(behind, n.dZ[l + 1] * n.m, rtol=1e-8).all(axis=0)
    usable = np.isfinite(slopes[0]) & np.isfinite(slopes[1])
    usable = usable & clean if (usable & clean).any() else usable
    if np.allclose(slopes[0][usable], slopes[1][usable], rtol=1e-5, atol=1e-9):
        off = usable & ~np.isclose(slopes[0], right.g_prime(right.Z[l]), rtol=1e-5, atol=1e-9)
        for side, sign in ((right.Z[l] < 0, "<"), (right.Z[l] > 0, ">")):
            if off.any() and not (off & ~side).any() and (usable & ~side).any():
                return "dZ", f"the slope is wrong only where Z[{l}] {sign} 0: look at the activation's derivative"
        return "dZ", f"dA[{l}] is right, so the slope by which it is multiplied must be wrong"
    return "dA", f"its dependence on W[{l + 1}] or dZ[{l + 1}] differs from that of W[{l + 1}]ᵀ dZ[{l + 1}]"


# --- description of the cause --------------------------------------------------------------------


def _cause(mistake, amount, whole, l, n):
    """Return the Cause for a known mistake."""
    a = 0.0 if amount is None else amount
    says = mistake.says
    if mistake.amount and np.isclose(1 + a, n.m):
        says = says.replace(FACTOR, "it is a sum over the {m} examples instead of a mean")
    elif mistake.amount and np.isclose((1 + a) * n.m, 1):
        says = says.replace(FACTOR, "the mean over the {m} examples is taken twice")
    if abs(a) < 5e-4:
        says = says.replace("{a1:.4g}", "1 {sign} {size:.1g}")
    if n.l2:
        words = "left out" if np.isclose(a, -n.l2) else "{penalty:.3g} W[{l}] instead of {l2:.3g} W[{l}]"
        says = says.replace(PENALTY, f"the gradient of the penalty is {words}")
    if not whole and (mistake.amount or SCOPE.search(says)):  # the message must name layer l only
        says = SCOPE.sub("", says) + " in layer {l}"
    values = {"l": l, "prev": l - 1, "next": l + 1, "L": n.L, "m": n.m, "K": len(n.Y), "a": a, "a1": 1 + a}
    values |= {"sign": "+" if a > 0 else "−", "size": abs(a), "l2": n.l2, "penalty": n.l2 + a}
    return _at(mistake.line, l, n, says.format(**values))


def _at(line, l, n, says):
    """Return a Cause that describes the given line in words."""
    where = {
        "forward": "in the forward pass",
        "dZ[L]": f"in the line for dZ[{n.L}], the error of the output",
        "mean": "where the mean over the examples is taken",
        "dW": f"in the line for dW[{l}]",
        "db": f"in the line for db[{l}]",
        "dA": f"in the line for dA[{l}]",
        "dZ": f"in the line for dZ[{l}]",
        "return": "in the returned gradients",
        "examples": "where the examples are combined",
    }
    penalty = " + l2 * W[l]" if line == "dW" and n.l2 else ""
    return Cause(line, where[line], says, RIGHT.get(line, "") + penalty)
