"""Compare one gradient with the numerical one: right, wrong or unjudged, and what its pattern suggests."""

import numpy as np

from helpers.gradient_check.nudge import distance
from helpers.gradient_check.report import Finding

# Relative errors that count as right when the rounding error is unknown. In float32, each operation alone
# has a relative error of up to 6e-8, and sums accumulate many of them.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
# A gradient that rounding may change by more than this fraction of its size cannot be judged.
ROUGH = {"float64": 1e-10, "float32": 2e-4}
NO_BUG = 1e-12  # a relative deviation this small is not a bug but a harmless guard such as a / (b + 1e-15)
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
    """Compare one gradient with the numerical one, allowing for the rounding error of a correct gradient.

    Parameters
    ----------
    name : str
    mine : ndarray or None
    exact, bound : ndarrays of the parameter's shape, the correct gradient and a bound on its rounding error
    m : int, number of examples
    dtype : the floating-point type in which the gradient was computed
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
    """Compare one array with the correct one and describe the difference: shape, factor, transpose or none of these.

    Parameters
    ----------
    name : str, the name to report
    mine, exact : ndarrays with one or two axes, the array under test and the correct one
    m : int, number of examples, used to tell a sum over the examples from a mean

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
    """Describe how a wrong gradient of the right shape differs from the correct one."""
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
    """Why an array cannot be a gradient of this parameter, or None if it can."""
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
        return f"{has}: not summed over the examples"  # with one unit, a sum over the units would look the same
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
    """Describe a scalar: it is always a multiple of the correct one, so only a familiar factor is informative."""
    words = _about_factor(factor, m)
    return "differs from the numerical one" if words.endswith("a constant factor") else words
