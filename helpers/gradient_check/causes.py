"""What a wrong gradient looks like, in words: a factor, a transpose, a stale value, the wrong side of a kink."""

import numpy as np

from helpers.gradient_check.nudge import relative_error
from helpers.gradient_check.report import Finding, _layer

# Relative errors that count as right. float64: the formula errs by about ε² = 1e-10 and rounding by
# 1e-16/ε = 1e-11, so 1e-7 leaves room for small gradients. float32: its arithmetic alone errs by 6e-8
# an operation, and sums of many such; the differences are still taken in float64.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
NOISE = 1e-9  # of a central difference in float64: gradients all below it cannot be judged
ALIKE = 1e-4  # relative distance below which a wrong gradient counts as a multiple, a transpose, …


def _judge(name, mine, earlier, exact, m, dtype):
    """Compare one gradient with the numerical one; the words say what the numbers alone tell."""
    sound = np.isfinite(exact)
    skipped = exact.size - np.count_nonzero(sound)

    def finding(words, error=np.nan, right=False):
        return Finding(name, error, skipped, words, right)

    if mine is None:
        return finding("is missing")
    if mine.shape != exact.shape:
        return finding(_about_shape(mine, exact, m))
    if not np.isfinite(mine).all():
        return finding("is not finite: it holds NaN or infinity, as after log(0), 0/0 or an overflow")
    if skipped == exact.size:
        return finding("cannot be judged here, try other data", right=True)
    x, n = mine[sound].astype(float), exact[sound]
    error = relative_error(x, n)
    if error < THRESHOLDS[np.dtype(dtype).name] or np.abs(x - n).max(initial=0) < NOISE:
        return finding("right", error, True)
    if not x.any():
        return finding("is zero everywhere, the numerical one is not", error)
    factor = x @ n / (n @ n)
    if relative_error(x, factor * n) < ALIKE:
        return finding(_about_factor(factor, m), error)
    if mine.ndim == 2 and mine.shape[0] == mine.shape[1] > 1 and skipped == 0 and relative_error(mine.T, exact) < ALIKE:
        return finding("matches the transpose of the numerical one", error)
    if earlier is not None and earlier.shape == mine.shape:
        if relative_error(x, earlier[sound]) < ALIKE:
            return finding("is stale: it equals the gradient of the call before, at other parameters", error)
        if relative_error(x - earlier[sound], n) < ALIKE:
            return finding("is accumulated: the gradient of the call before is still in it", error)
    return finding("differs from the numerical one in no simple way", error)


def _about_shape(mine, exact, m):
    has = f"has shape {mine.shape}, but its parameter has {exact.shape}"
    if mine.shape == exact.shape[::-1]:
        return f"{has}: transposed"
    if exact.shape[1] == 1 and mine.size == m:
        return f"{has}: summed over the wrong axis, over the units instead of the examples"
    if mine.shape == (exact.shape[0], m):
        return f"{has}: not summed over the examples"
    if mine.size == exact.size:
        return f"{has}: an axis is lost, as by sum without keepdims"
    return has


def _about_factor(factor, m):
    seen = f"is {factor:.3f} × the numerical one"
    known = {
        1: "nearly right, but off by more than rounding",
        -1: "wrong sign",
        2: "a factor 2, as of a square without its ½",
        0.5: "a factor ½ too many",
    }
    means = {
        m: f"a sum over the {m} examples, not a mean",
        1 / m: f"the mean over the {m} examples is taken twice",
        -m: f"wrong sign, and a sum over the {m} examples, not a mean",
    }
    for value, words in (known if m == 1 else means | known).items():
        if np.isclose(factor, value, rtol=1e-3):
            return f"{seen}: {words}"
    return f"{seen}: a constant factor"


def _look_closer(finding, right, gradients, X, Y, W, b, Z, truth):
    """Is a gradient wrong only in its product with A, or only where some Z is negative, or positive?

    For one example alone db[l] is dZ[l], so the candidate can be compared unit by unit.
    """
    l = _layer(finding.name)
    if finding.name.startswith("dW") and f"db[{l}]" in right and "differs" in finding.words:
        return finding._replace(
            words=f"differs, but db[{l}] is right, so dZ[{l}] is: look at the product with A[{l - 1}]ᵀ"
        )
    if finding.name.startswith("db") and f"dW[{l}]" in right and "differs" in finding.words:
        return finding._replace(words=f"differs, but dW[{l}] is right, so dZ[{l}] is: look at how it becomes db[{l}]")
    if "differs" not in finding.words or l == len(W):
        return finding
    mine, exact = _errors_of_each(l, gradients, X, Y, W, b), truth.dZ[l]  # (n[l], m)
    if mine is None:
        return finding
    sound = np.isfinite(exact)
    with np.errstate(invalid="ignore"):
        wrong = sound & ~np.isclose(mine, exact, rtol=1e-3, atol=1e-6)
    for side, words in ((Z[l] < 0, "< 0"), (Z[l] > 0, "> 0")):
        if wrong.any() and not (wrong & ~side).any():
            return finding._replace(
                words=f"is wrong only where Z[{l}] {words}: look at the derivative of the activation"
            )
    if not wrong.any():
        return finding._replace(
            words="is right for each example alone, wrong for all together: look at how examples mix"
        )
    return finding


def _look_at_kinks(finding, gradients, X, Y, W, b, truth):
    """On a kink any slope between those of both sides is allowed, and no other."""
    l = _layer(finding.name)
    mine = _errors_of_each(l, gradients, X, Y, W, b) if finding.right and finding.name.startswith("db") else None
    if mine is None:
        return finding
    low, high = truth.sides[l]
    room = 1e-3 * (np.abs(low) + np.abs(high)) + 1e-6
    if (np.isnan(truth.dZ[l]) & ((mine < low - room) | (mine > high + room))).any():
        words = f"is wrong only at a kink, where a unit lies on its 0: outside the slopes of both sides of Z[{l}]"
        return finding._replace(words=words, right=False)
    return finding


def _errors_of_each(l, gradients, X, Y, W, b):
    """The candidate's dZ[l] for each example alone, (n[l], m), which is its db[l]; None if it has no such shape."""
    singles = [gradients(X[[i]], Y[:, [i]], W, b)[1].get(l) for i in range(len(X))]
    return np.hstack(singles) if all(np.shape(single) == (len(W[l]), 1) for single in singles) else None
