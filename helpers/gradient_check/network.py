"""Complete check of the gradients of a network, with an explanation of what is wrong."""

from contextlib import suppress

import numpy as np

from helpers.backprop.network import backward, forward
from helpers.gradient_check.candidate import Candidate
from helpers.gradient_check.causes import find_cause
from helpers.gradient_check.inputs import as_task
from helpers.gradient_check.mistakes import RIGHT
from helpers.gradient_check.nudge import unchecked_relative_error
from helpers.gradient_check.numerical import numerical_gradients
from helpers.gradient_check.report import Cause, Finding, GradientReport
from helpers.gradient_check.rounding import rounding_bounds
from helpers.gradient_check.state import changes_later, explain_state, observe
from helpers.gradient_check.verdict import ALONE_FAILS, MIXED, NOT_FINITE, ON_KINKS, ON_ONE_KINK, OVERFLOW, ROUGH, judge
from helpers.system.arguments import check_function, true_or_false


def check_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", gradients=None, l2=0.0, explain=True):
    """Check the gradient of every W[l] and b[l], and explain what is wrong.

    Each gradient is compared with a numerical gradient that is accurate to nearly full precision. A gradient counts
    as right if rounding at its precision can explain the difference in every entry. It is not judged if rounding alone
    could change it by more than a small fraction of its size (see `verdict.ROUGH`), if it is 0 everywhere, if an
    intermediate result overflows, or if every example has a unit at its kink.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Input data. Each row is an example.
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W, b : dict of ndarray
        Parameters, in float64 or float32.
    hidden_activation, output : str
        Activation functions; see `backprop.network.forward`.
    gradients : callable, optional
        Function to check, which takes X, Y, W and b and returns dW and db. It is called several times with
        copies of the arguments, with slightly different parameters, and with other examples in place of those that
        have a unit at its kink. By default, `backprop.network.backward` is checked.
    l2 : float
        Factor λ of a penalty ½ λ Σ w² in the cost, which contributes λ W to dW.
    explain : bool
        Whether to search for the cause of a wrong gradient, which takes longer than detecting that it is
        wrong.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or inconsistent with the others. The message says which one.
    Exception
        Anything that `gradients` itself raises.
    """

    def ours(X, Y, W, b):
        dW, db = backward(Y, W, *forward(X, W, b, hidden_activation, output), hidden_activation, output)
        return {l: dW[l] + l2 * W[l] if l2 else dW[l] for l in W}, db

    explain = true_or_false(explain, "explain")
    arguments, task, dtype = as_task(X, Y, W, b, hidden_activation, output, l2)
    if gradients is not None:
        check_function(gradients, "gradients", "X", "Y", "W", "b")
    candidate = Candidate(ours if gradients is None else gradients)
    seen = observe(candidate, arguments)
    findings = _judge_all(candidate, arguments, task, dtype)
    wrong = [finding for finding in findings if finding.verdict == "wrong"]
    cause, problems = explain_state(candidate, seen, task, bool(wrong))
    if wrong and cause is None and explain:
        layer = max(int(finding.name[3:-1]) for finding in wrong)
        cause = (
            candidate.complaint
            or _of_kink_or_type(wrong, candidate, dtype, layer)
            or find_cause(candidate, task, layer)
        )
    if candidate.extra and not wrong:
        problems.append(f"Look at the returned gradients: {candidate.extra}.")
    if not problems and (later := changes_later(candidate)):
        cause, problems = later, [f"Look at what the function keeps between calls: {later.says}."]
    return GradientReport(findings, cause, problems)


def _of_kink_or_type(wrong, candidate, dtype, l):
    """Return a Cause if the gradients are wrong only at a kink or only because of low precision, and None otherwise."""
    if all(finding.words.startswith(ON_ONE_KINK) for finding in wrong):
        says = f"where Z[{l}] is 0, the slope is not between 0 and 1"
        return Cause("dZ", f"in the line for dZ[{l}]", says, RIGHT["dZ"])
    eps = float(np.finfo(candidate.narrowest or dtype).eps)
    if eps > np.finfo(dtype).eps and all(finding.error < 100 * eps for finding in wrong):
        says = f"they are computed in {candidate.narrowest}, although the parameters are {dtype}"
        return Cause("return", "in the returned gradients", says)
    return None


def _judge_all(candidate, arguments, task, dtype):
    """Return a finding for each gradient, based on the examples in which no unit is at its kink.

    If every example has a unit at its kink, only the layers after the last layer with such a unit are judged, because
    the slopes at the kinks do not affect their gradients.
    """
    X, Y, W, b, *options = task
    on_kink, last, overflows = _examples_on_kinks(task, dtype)
    names = [(place, l, f"d{'Wb'[place]}[{l}]") for l in sorted(W) for place in (0, 1)]
    everywhere = on_kink.all() and not overflows
    keep, skipped = np.full(len(X), True) if everywhere or overflows else ~on_kink, int(on_kink.sum())
    rows = np.resize(np.flatnonzero(keep), len(X))  # other examples in place of those at a kink
    kept = (X[rows], Y[:, rows], W, b, *options)
    mine = candidate(arguments[0][rows], arguments[1][:, rows], *arguments[2:])
    truth, bounds = numerical_gradients(*kept), rounding_bounds(*kept, dtype=dtype)
    findings = []
    for place, l, name in names:
        exact, bound = (truth.dW, truth.db)[place][l], (bounds.dW, bounds.db)[place][l]
        if name in candidate.unreadable:
            findings.append(Finding(name, np.nan, skipped, candidate.unreadable[name], "wrong"))
        elif bounds.overflows or (everywhere and l <= last):
            words = OVERFLOW.format(dtype=np.dtype(dtype).name) if bounds.overflows else ON_KINKS
            findings.append(Finding(name, np.nan, skipped, words, "unjudged"))
        else:
            findings.append(judge(name, mine[place].get(l), exact, bound, len(X), dtype, skipped * (not everywhere)))
    if not skipped or bounds.overflows:
        return findings
    whole = candidate(*arguments)
    if all(f.right for f in findings) and (words := _not_adding_up(candidate, arguments, rows, mine, whole, dtype)):
        findings = [f._replace(words=words, verdict="unjudged") for f in findings]
    return [_also_finite(finding, whole) for finding in _at_kinks(findings, candidate, task)]


def _also_finite(finding, whole):
    """Return the finding, marked as wrong if the gradient over all examples is not finite."""
    gradient = whole["Wb".index(finding.name[1])].get(int(finding.name[3:-1]))
    if finding.verdict == "wrong" or gradient is None or np.isfinite(gradient).all():
        return finding
    return finding._replace(words=NOT_FINITE, verdict="wrong")


def _not_adding_up(candidate, arguments, rows, mine, whole, dtype):
    """Return None if the gradient over all examples is the mean over the examples, and a description otherwise.

    The gradients `mine` are those over the examples in `rows`. For the comparison, the gradients of the missing
    examples are added to them, and those of the repeated examples are subtracted, each computed separately.
    """
    X, Y, W, b = arguments
    total = [{l: len(X) * p[l] for l in p} for p in mine]
    times = 1 - np.bincount(rows, minlength=len(X))
    for i in np.flatnonzero(times):
        alone = _alone(candidate, X, Y, W, b, i)
        if alone is None:
            return ALONE_FAILS
        total = [{l: p[l] + times[i] * q.get(l, np.nan) for l in p} for p, q in zip(total, alone, strict=True)]
    adds_up = all(
        np.shape(p.get(l)) == np.shape(q[l])
        and unchecked_relative_error(len(X) * p[l], q[l]) < ROUGH[np.dtype(dtype).name]
        for p, q in zip(whole, total, strict=True)
        for l in q
    )
    return None if adds_up else MIXED


def _alone(candidate, X, Y, W, b, i):
    """Return the gradients for example i alone, or None if the function fails.

    The function is called with as many copies of example i as X has rows. If that fails, it is called with one copy.
    """
    for copies in (len(X), 1):
        with suppress(Exception):
            return candidate(X[[i] * copies], Y[:, [i] * copies], W, b)
    return None


def _examples_on_kinks(task, dtype):
    """Find the examples for which the input of a ReLU is so close to 0 that rounding could change its sign.

    Returns
    -------
    on_kink : ndarray of bool of shape (m,)
    last : int
        The last layer with such a ReLU, or 0 if no layer has one.
    overflows : bool
        Whether a number exceeds the range of the floating-point type.
    """
    X, _, W, b, hidden_activation, output, _ = task
    on_kink, last = np.zeros(len(X), bool), 0
    if hidden_activation != "relu":
        return on_kink, last, False
    bounds = rounding_bounds(*task, dtype=dtype)
    with np.errstate(all="ignore"):
        Z, _ = forward(X, W, b, hidden_activation, output)
    for l in range(1, len(W)):
        here = (np.abs(Z[l]) <= bounds.Z[l]).any(axis=0)
        on_kink, last = on_kink | here, l if here.any() else last
    return on_kink, last, bounds.overflows


def _at_kinks(findings, candidate, task):
    """Check the gradients of the examples that have a unit exactly at its kink.

    At the kink of a ReLU, any slope from 0 to 1 is allowed, because 0 and 1 are the slopes on either side.
    For a single example, db[l] equals dZ[l]. In the layer closest to the output that has a unit at its
    kink, db[l] must therefore lie between 0 and dA[l].
    """
    X, Y, W, b, hidden_activation, output, l2 = task
    Z, _ = forward(X, W, b, hidden_activation, output)
    for i in range(len(X)):
        l = max((l for l in range(1, len(W)) if (Z[l][:, i] == 0).any()), default=0)
        if not l:
            continue
        alone = _alone(candidate, X, Y, W, b, i)
        mine = alone and alone[1].get(l)
        truth = numerical_gradients(X[[i]], Y[:, [i]], W, b, hidden_activation, output, l2)
        dA, room = truth.dA[l], 1e-3 * np.abs(W[l + 1]).T @ np.abs(truth.dZ[l + 1])
        if mine is None or mine.shape != dA.shape:
            continue
        outside = ~((mine >= np.minimum(dA, 0) - room) & (mine <= np.maximum(dA, 0) + room))  # also if it is NaN
        if (outside & (Z[l][:, [i]] == 0)).any():
            words = f"{ON_ONE_KINK}: where Z[{l}] is 0, the slope is not between the slopes on either side"
            name = f"db[{l}]"
            return [
                f._replace(words=words, verdict="wrong") if f.name == name and f.verdict != "wrong" else f
                for f in findings
            ]
    return findings
