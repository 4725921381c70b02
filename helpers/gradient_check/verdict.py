"""One gradient against the numerical one: right, wrong, or not to be judged; and what is seen at a glance."""

import numpy as np

from helpers.gradient_check.nudge import distance
from helpers.gradient_check.report import Finding

# Relative errors that count as right where nothing is known of the rounding. float32: its arithmetic
# alone errs by 6e-8 an operation, and sums of many such.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
# A gradient that rounding may move by a larger share of its size cannot be judged.
ROUGH = {"float64": 1e-10, "float32": 2e-4}
NO_BUG = 1e-12  # relative deviation of an entry that is no bug, but a harmless guard such as a / (b + 1e-15)
ALIKE = 1e-4  # relative distance below which a wrong gradient counts as a multiple, a transpose, …
TOO_SMALL = (
    "too small to judge: rounding in {dtype} may move it by {share}. "
    "Use smaller weights or scaled inputs, so that no unit is saturated{or_double}"
)
ZERO = (
    "0, like the numerical one, which tells nothing: use data or weights for which the units are not all switched off"
)
OVERFLOW = "too large to judge: numbers on the way leave the range of {dtype}. Scale the inputs or the weights down"
ON_KINKS = "not to be judged: every example has a unit on its kink, at z = 0. Use other data, or biases other than 0"
MIXED = (
    "not to be judged: it is right without the examples that have a unit on its kink, at z = 0, but with them it is "
    "not the mean over the examples. Use other data, or biases other than 0"
)


def judge(name, mine, exact, bound, m, dtype, skipped=0):
    """Hold one gradient against the numerical one, with the rounding error that a right one may have.

    Parameters
    ----------
    name : str
    mine : ndarray or None
    exact, bound : ndarrays of the parameter's shape, the right gradient and its rounding error, entry by entry
    m : int, number of examples
    dtype : the type in which it was computed
    skipped : int, number of examples left out

    Returns
    -------
    Finding
    """
    words = _unfit(mine, exact, m)
    if words:
        return Finding(name, np.nan, skipped, words, "wrong")
    error = distance(mine, exact)
    if (np.abs(mine - exact) > bound + NO_BUG * np.abs(exact)).any():
        return Finding(name, error, skipped, describe(mine, exact, m), "wrong")
    if not exact.any() and not mine.any():
        return Finding(name, error, skipped, ZERO, "unjudged")
    size, room = np.abs(exact).max(), np.abs(bound).max()
    share = np.linalg.norm(bound / room) / np.linalg.norm(exact / size) * (room / size) if size and room else np.inf
    if share > ROUGH[np.dtype(dtype).name]:
        double = "" if np.dtype(dtype) == np.float64 else ", or float64"
        shown = f"up to {share:.1g} of its size" if share < 1 else "more than its size"
        return Finding(
            name,
            error,
            skipped,
            TOO_SMALL.format(dtype=np.dtype(dtype).name, share=shown, or_double=double),
            "unjudged",
        )
    return Finding(name, error, skipped, "right", "right")


def compare(name, mine, exact, m):
    """Hold one array against the right one and say what is seen: shape, factor, transpose, or neither.

    Parameters
    ----------
    name : str, what to call it
    mine, exact : ndarrays; what is to be judged, and what it should be (with one or two axes)
    m : int, number of examples that it sums up, to know a sum from a mean by

    Returns
    -------
    Finding
    """
    words = _unfit(mine, exact, m)
    if words:
        return Finding(name, np.nan, 0, words, "wrong")
    error = distance(mine, exact)
    if error < THRESHOLDS["float32" if mine.dtype == np.float32 else "float64"]:
        return Finding(name, error, 0, "right", "right")
    return Finding(name, error, 0, describe(np.asarray(mine, float), exact, m), "wrong")


def describe(mine, exact, m):
    """What a wrong gradient of the right shape looks like beside the right one."""
    if not mine.any():
        return "is zero everywhere, the numerical one is not"
    if not exact.any():
        return "differs from the numerical one, which is zero everywhere"
    size = np.abs(exact).max()
    x, n = mine / size, exact / size
    factor = np.sum(x * n) / np.sum(n * n)
    if exact.size > 1 and distance(x, factor * n) < ALIKE:
        return _about_factor(factor, m)
    if exact.size == 1:
        return _about_number(factor, m)
    if x.ndim == 2 and x.shape[0] == x.shape[1] and distance(x.T, n) < ALIKE:
        return "matches the transpose of the numerical one"
    return "differs from the numerical one in no simple way"


def _unfit(mine, exact, m):
    """Why an array is no gradient at all; None if it is one."""
    if mine is None:
        return "is missing"
    if mine.shape != exact.shape:
        return _about_shape(mine, exact, m)
    if not np.isfinite(mine).all():
        return "is not finite: it holds NaN or infinity, as after log(0), 0/0 or an overflow"
    return None


def _about_shape(mine, exact, m):
    has = f"has shape {mine.shape}, but its parameter has {exact.shape}"
    if exact.ndim == 2 and exact.shape == (1, 1) and mine.shape == (1, m):
        return f"{has}: not summed over the examples"  # one unit: a sum over the units would give the same
    if mine.shape == exact.shape[::-1] and mine.ndim == 2:
        return f"{has}: transposed"
    if exact.ndim == 2 and exact.shape[1] == 1 and mine.size == m:
        return f"{has}: summed over the wrong axis, over the units instead of the examples"
    if mine.shape == (exact.shape[0], m):
        return f"{has}: not summed over the examples"
    if mine.size == exact.size:
        return f"{has}: an axis is lost, as by sum without keepdims"
    return has


KNOWN_FACTORS = {
    1: "nearly right, but off by more than rounding",
    -1: "wrong sign",
    2: "a factor 2, as of a square without its ½",
    0.5: "a factor ½ too many",
}


def _about_factor(factor, m):
    seen = f"is {factor:.3f} × the numerical one"
    means = {
        m: f"a sum over the {m} examples, not a mean",
        1 / m: f"the mean over the {m} examples is taken twice",
        -m: f"wrong sign, and a sum over the {m} examples, not a mean",
    }
    for value, words in (KNOWN_FACTORS if m == 1 else means | KNOWN_FACTORS).items():
        if np.isclose(factor, value, rtol=1e-3):
            return f"{seen}: {words}"
    return f"{seen}: a constant factor"


def _about_number(factor, m):
    """A single number is always a multiple of another; only a factor that is known says something."""
    words = _about_factor(factor, m)
    return "differs from the numerical one" if words.endswith("a constant factor") else words
