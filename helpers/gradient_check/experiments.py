"""Experiments that find the wrong line if no known mistake explains the gradients."""

from typing import NamedTuple

import numpy as np

from helpers.gradient_check.steps import Steps

EXPLAINS = 1e-3  # largest fraction of the error that a known mistake may fail to explain
# A smaller relative error suggests that the gradient is an approximation. The second limit applies to gradients that
# are wrong from the output layer on, as approximations are.
NEARLY = 1e-5, 5e-3
ALONE = "the gradient for each example on its own is right, but the gradient for all examples together is wrong"


class Trial(NamedTuple):
    """A call of the function under test that gives wrong gradients.

    Each key (place, l) stands for dW[l] if place is 0, and for db[l] if it is 1.
    """

    call: object  # takes X, Y, W and b, returns dW and db, and may raise exceptions
    task: tuple  # arguments of `steps.Steps`
    mine: tuple  # dW and db, as returned
    exact: tuple  # correct dW and db
    wrong: list  # keys of the wrong gradients

    @property
    def guilty(self):
        """The layer closest to the output whose gradients are wrong."""
        return max(l for _, l in self.wrong)

    @property
    def spares(self):
        """Whether a layer before the guilty one is right, so that dZ of the guilty layer is right as well."""
        return any(self.exact[1][l].any() and not {(0, l), (1, l)} & {*self.wrong} for l in range(1, self.guilty))

    @property
    def keys(self):
        """The keys of all gradients."""
        return [(place, l) for place in (0, 1) for l in self.exact[place]]


def get(gradients, key):
    """Return the gradient with the given key, or None if it is missing."""
    return gradients[key[0]].get(key[1])


def same(x, n):
    """Return whether a gradient equals the correct one to within rounding error."""
    if x is None or np.shape(x) != n.shape or not np.isfinite(x).all():
        return False
    return bool(np.linalg.norm(x - n) <= 1e-10 * np.linalg.norm(n))


def explained(x, theirs, n):
    """Return whether a mistake reproduces a gradient, including its shape, to within a small part of its error."""
    if x is None or np.shape(x) != np.shape(theirs):
        return False
    off, size = np.abs(x - theirs), np.abs(n).max(initial=0)
    error = np.linalg.norm(x - n) if np.shape(x) == n.shape else np.linalg.norm(x)
    return bool(np.isfinite(off).all() and np.linalg.norm(off) <= EXPLAINS * error + 1e-12 * max(size, 1e-290))


def all_zero(trial, l):
    """Return a sentence if both gradients of layer l are 0 and the cause is unknown, otherwise None."""
    found = [get(trial.mine, (place, l)) for place in (0, 1)]
    if l != trial.guilty or any(x is None or np.any(x) for x in found):
        return None
    if trial.spares:
        return f"dW[{l}] and db[{l}] are 0, although earlier layers are right, so dZ[{l}] is not 0"
    if l < len(trial.task[2]):
        return f"dW[{l}] and db[{l}] are 0, as if they were never computed or no error reached this layer"
    zero = len(trial.wrong) == len(trial.keys) and not any(np.any(get(trial.mine, key)) for key in trial.keys)
    return "all gradients are 0, as happens with the integer division 1 // m" if zero else None


def misplaced(trial):
    """Return a sentence if every wrong gradient is or includes the gradient of another parameter, otherwise None."""
    says = {}
    for key in trial.wrong:
        x, n = get(trial.mine, key), get(trial.exact, key)
        if same(x, trial.task[2 + key[0]][key[1]]):
            says[key] = "d{0}[{1}] is {0}[{1}] itself".format("Wb"[key[0]], key[1])
        for other in trial.keys:
            right, returned = get(trial.exact, other), get(trial.mine, other)
            this, that = (f"d{'Wb'[place]}[{l}]" for place, l in (key, other))
            if other == key or not right.any():
                continue
            if same(x, right):
                says[key] = f"{this} has the value that {that} should have: look for a wrong key"
            elif np.shape(x) == n.shape and (same(x - n, right) or (returned is not None and same(x - n, returned))):
                says[key] = f"{that} has been added to {this}"
    return says[max(says, key=lambda key: key[1])] if len(says) == len(trial.wrong) else None


def other_penalty(trial):
    """Return the factor of W[l] in dW[l] if it is not λ, as for a wrong gradient of the penalty, or None.

    For a single example, dW[l] is the product of dZ[l] and a row, plus this factor times W[l]. The product vanishes
    in the directions orthogonal to dZ[l], of which there are none if the layer has one unit.
    """
    X, Y, W, b, *_, l2 = trial.task
    l, found = trial.guilty, []
    for i in range(len(X) if l2 else 0):
        try:
            dW, db = (gradient[l] for gradient in _alone(trial.call, X, Y, W, b, i))
            left, right = (V - db @ (db.T @ V) / (db.T @ db) for V in (dW, W[l]))
        except Exception:  # the function may require other data
            return None
        factor = np.sum(left * right) / np.sum(right * right)
        if not np.linalg.norm(left - factor * right) <= 1e-6 * np.linalg.norm(dW):
            return None
        found.append(factor)
    return found[0] if found and np.allclose(found, found[0]) and not np.isclose(found[0], l2) else None


def nearly_right(trial):
    """Return a sentence if all gradients are nearly right but most of their entries differ, otherwise None."""
    limit = NEARLY[trial.guilty == len(trial.task[2])]
    for key in trial.wrong:
        x, n = get(trial.mine, key), get(trial.exact, key)
        if x is None or np.shape(x) != n.shape or not np.linalg.norm(x - n) < limit * np.linalg.norm(n):
            return None
        if np.mean(np.abs(x - n) > 1e-13 * np.abs(n).max()) < 0.5:
            return None
    return (
        "they are nearly right, as happens with finite differences, with a lower precision such as float32 or float16, "
        "or if a small number is added to a denominator"
    )


def line_of(trial):
    """Find the wrong line by experiment.

    Returns
    -------
    tuple of str or None
        The name of the line ("both" for the lines of dW and db) and a description of what the experiments show, or
        None if they show nothing.
    """
    l, call, task = trial.guilty, trial.call, trial.task
    last = l == len(task[2])
    names = {place for place, k in trial.wrong if k == l}
    if any(get(trial.mine, (p, l)) is not None and not np.isfinite(get(trial.mine, (p, l))).all() for p in names):
        line = ("dW", "db")[min(names)] if len(names) == 1 else "dZ[L]" if last else "dZ"
        return line, "it is not finite, as happens after log(0), 0/0 or an overflow"
    try:
        if _right_alone(call, task, l):
            return "examples", ALONE
        if names == {0, 1} and not trial.spares and _from_one_error(call, task, l):
            return (_at_the_output if last else _between_layers)(call, task, l)
    except Exception:  # the function may not accept the data of the experiments
        if names == {0, 1} and not trial.spares:
            return None
    if names == {0, 1} and trial.spares:
        return "both", f"earlier layers are right, so dZ[{l}] is right as well: look at how both are computed from it"
    if names == {0, 1}:
        penalty = " without its penalty" if task[6] else ""
        return "both", f"even for a single example, dW[{l}]{penalty} is not the product of db[{l}] and a row"
    if names == {0}:
        penalty = " and at the penalty" if task[6] else ""
        return "dW", (
            f"db[{l}] is right, so dZ[{l}] is probably right as well: look at the product with A[{l - 1}]ᵀ{penalty}"
        )
    return "db", f"dW[{l}] is right, so dZ[{l}] must be right as well: look at how db[{l}] is computed from it"


def _alone(call, X, Y, W, b, i):
    """Return the gradients for example i alone, or for copies of it if the function refuses a single example."""
    try:
        return call(X[[i]], Y[:, [i]], W, b)
    except Exception:
        return call(X[[i] * len(X)], Y[:, [i] * len(X)], W, b)


def _right_alone(call, task, l):
    """Return whether dW[l] and db[l] are right for each example on its own."""
    X, Y, *others = task
    for i in range(len(X)):
        mine, exact = _alone(call, X, Y, *others[:2], i), Steps(X[[i]], Y[:, [i]], *others).run()
        if not all(same(mine[place][l], exact[place][l]) for place in (0, 1)):
            return False
    return True


def _from_one_error(call, task, l):
    """Return whether every row of dW[l] is a multiple of the same row for each example, with db[l] as the factors."""
    X, Y, W, b, *_, l2 = task
    for i in range(len(X)):
        dW, db = (gradient[l] for gradient in _alone(call, X, Y, W, b, i))
        product = dW - l2 * W[l]
        rest = product - db @ (db.T @ product) / np.maximum(db.T @ db, 1e-300)
        if np.linalg.norm(rest) > 1e-6 * np.linalg.norm(product):
            return False
    return True


def _errors_of_each(call, X, Y, W, b, l):
    """Compute dZ[l], of shape (n[l], m), from the function's db[l] for one example at a time."""
    return np.hstack([_alone(call, X, Y, W, b, i)[1][l] for i in range(len(X))])


def _at_the_output(call, task, l):
    """Find out whether dZ[L] is wrong because of the prediction or because of the way it uses the target."""
    X, Y, W, b = task[:4]
    each = _errors_of_each(call, X, Y, W, b, l)
    other = np.roll(1 - Y, 1, axis=1) if task[5] == "sigmoid" else np.roll(Y, 1, axis=0) + 0.5 * (task[5] != "softmax")
    again = _errors_of_each(call, X, other, W, b, l)
    if np.allclose(each + Y, again + other, rtol=1e-10, atol=1e-12):
        return "forward", "the target is subtracted correctly, but the prediction differs from the one in the cost"
    return "dZ[L]", "its dependence on the target differs from that of A[L] − Y"


def _between_layers(call, task, l):
    """Find out whether dA[l] or the slope is wrong.

    The slope is dZ[l] / dA[l]. If it does not change with W[l + 1], then dA[l] is correct except for a factor that does
    not depend on W[l + 1]. Examples for which dZ[l + 1] is wrong with either value of W[l + 1] are left out.
    """
    n = Steps(*task)
    n.run()
    (errors, slopes, clean), (others, again, also) = (_slopes(call, task, l, scale) for scale in (0.0, 1.0))
    if np.array_equal(errors, others):
        return "dZ", f"the result does not depend on W[{l + 1}], as if dA[{l}] were not used or not computed from it"
    usable = np.isfinite(slopes) & np.isfinite(again)
    usable = usable & clean & also if (usable & clean & also).any() else usable
    if not np.allclose(slopes[usable], again[usable], rtol=1e-5, atol=1e-9):
        return "dA", f"its dependence on W[{l + 1}] or dZ[{l + 1}] differs from that of W[{l + 1}]ᵀ dZ[{l + 1}]"
    correct = n.g_prime(n.Z[l])
    off = usable & ~np.isclose(slopes, correct, rtol=1e-5, atol=1e-9)
    factor = np.median(slopes[off] / correct[off]) if off.any() else 1.0
    if factor != 1 and np.allclose(slopes[usable], factor * correct[usable], rtol=1e-5, atol=1e-9):
        return "dA", "its sign is wrong" if np.isclose(factor, -1) else f"it has an extra factor of {factor:.4g}"
    for side, sign in ((n.Z[l] < 0, "<"), (n.Z[l] > 0, ">")):
        if off.any() and not (off & ~side).any() and (usable & ~side).any():
            return "dZ", f"the slope is wrong only where Z[{l}] {sign} 0: look at the activation's derivative"
    return "dZ", f"dA[{l}] is right: look at the slope by which it is multiplied, and at what follows"


def _slopes(call, task, l, scale):
    """Compute dZ[l] and the slope dZ[l] / dA[l], with different weights W[l + 1] if `scale` is not 0.

    Returns
    -------
    errors, slopes : ndarray of shape (n[l], m)
    clean : ndarray of bool of shape (m,)
        Whether dZ[l + 1] is right.
    """
    X, Y, W, b = task[:4]
    W = {**W, l + 1: W[l + 1] + scale * np.random.default_rng(2).standard_normal(W[l + 1].shape)}
    n = Steps(X, Y, W, *task[3:])
    n.run()
    errors, behind = _errors_of_each(call, X, Y, W, b, l), _errors_of_each(call, X, Y, W, b, l + 1)
    return errors, errors / (n.dA[l] * n.m), np.isclose(behind, n.dZ[l + 1] * n.m, rtol=1e-8).all(axis=0)
