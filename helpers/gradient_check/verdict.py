"""Comparison of one gradient with the numerical gradient.

The verdict is right, wrong or unjudged. A wrong gradient also gets a description of the difference, which
hints at the cause.
"""

import numpy as np

from helpers.gradient_check.nudge import unchecked_relative_error
from helpers.gradient_check.report import Finding

# In `compare`, where the rounding error is unknown, relative errors up to these limits count as right. In float32, each
# operation has a relative error of up to 6e-8, and a sum accumulates many of these errors.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
# A gradient cannot be judged if rounding could change it by more than this fraction of its size.
ROUGH = {"float64": 1e-10, "float32": 2e-4}
NO_BUG = 1e-12  # a relative deviation this small may come from a harmless guard, such as a / (b + 1e-15)
ALIKE = 1e-4  # relative error up to which a wrong gradient counts as a multiple or transpose of the correct one
TOO_SMALL = (
    "the gradient is too small to judge, because rounding in {dtype} could change it by {share}. "
    "Scale the weights or the inputs so that no unit is saturated and the signals do not vanish{or_double}"
)
ZERO = (
    "the gradient and the numerical gradient are both 0, which proves nothing. Use data or weights for which some "
    "units are active"
)
OVERFLOW = (
    "the gradient cannot be judged, because some intermediate results are too large for {dtype}. Scale down the inputs "
    "or the weights"
)
ON_KINKS = (
    "the gradient cannot be judged, because every example has a unit at its kink, z = 0. Use other data or nonzero "
    "biases"
)
ON_ONE_KINK = "is wrong only at a kink"
NOT_FINITE = "is not finite: it contains NaN or infinity, as happens after log(0), 0/0 or an overflow"
ALONE_FAILS = (
    "the gradient cannot be judged, because the function fails for an example with a unit at its kink, z = 0, on its "
    "own. Use other data or nonzero biases"
)
MIXED = (
    "the gradient cannot be judged. It is right if the examples with a unit at its kink, z = 0, are left out, "
    "but the gradient for all examples is not the mean over the examples. Use other data or nonzero biases"
)


def judge(name, mine, exact, bound, m, dtype, skipped=0):
    """Compare a gradient with the numerical gradient, allowing for rounding errors.

    Parameters
    ----------
    name : str
        Name of the gradient.
    mine : ndarray or None
        Gradient to judge.
    exact, bound : ndarray
        Correct gradient, and a bound on the rounding error of each entry. Both have the shape of the
        parameter.
    m : int
        Number of examples.
    dtype : numpy floating-point type
        Type in which the gradient was computed.
    skipped : int
        Number of examples that were left out.

    Returns
    -------
    Finding
    """
    words = _unfit(mine, exact, m)
    if words:
        return Finding(name, np.nan, skipped, words, "wrong")
    error = unchecked_relative_error(mine, exact)
    if (np.abs(mine - exact) > bound + NO_BUG * np.abs(exact)).any():
        return Finding(name, error, skipped, describe(mine, exact, m), "wrong")
    if not exact.any() and not mine.any():
        return Finding(name, error, skipped, ZERO, "unjudged")
    size, room = np.abs(exact).max(), np.abs(bound).max()
    share = np.linalg.norm(bound / room) / np.linalg.norm(exact / size) * (room / size) if size and room else np.inf
    if share > ROUGH[np.dtype(dtype).name]:
        double = "" if np.dtype(dtype) == np.float64 else ", or use float64"
        shown = f"up to {share:.1g} times its size" if share < 1 else "more than its size"
        words = TOO_SMALL.format(dtype=np.dtype(dtype).name, share=shown, or_double=double)
        return Finding(name, error, skipped, words, "unjudged")
    return Finding(name, error, skipped, "right", "right")


def compare(name, mine, exact, m):
    """Compare an array with the correct one, and describe how it differs.

    If the shape is wrong, or if the array is a multiple or the transpose of the correct one, the description says so.

    Parameters
    ----------
    name : str
        Name to use in the finding.
    mine, exact : array-like
        The array to judge, or None, and the correct one, each with one or two axes.
    m : int
        Number of examples, which helps to tell a sum over the examples from a mean.

    Returns
    -------
    Finding
    """
    mine, exact = mine if mine is None else np.asarray(mine), np.asarray(exact)
    words = _unfit(mine, exact, m)
    if words:
        return Finding(name, np.nan, 0, words, "wrong")
    error = unchecked_relative_error(mine, exact)
    if error < THRESHOLDS["float32" if mine.dtype == np.float32 else "float64"]:
        return Finding(name, error, 0, "right", "right")
    return Finding(name, error, 0, describe(np.asarray(mine, float), exact, m), "wrong")


def describe(mine, exact, m):
    """Describe how a wrong gradient of the right shape differs from the correct one."""
    if not mine.any():
        return "is zero everywhere, but the numerical gradient is not"
    if not exact.any():
        return "differs from the numerical gradient, which is zero everywhere"
    size = np.abs(exact).max()
    x, n = mine / size, exact / size
    factor = np.sum(x * n) / np.sum(n * n)
    if exact.size > 1 and unchecked_relative_error(x, factor * n) < ALIKE:
        return _about_factor(factor, m)
    if exact.size == 1:
        return _about_number(factor, m)
    if x.ndim == 2 and x.shape[0] == x.shape[1] and unchecked_relative_error(x.T, n) < ALIKE:
        return "matches the transpose of the numerical gradient"
    return "differs from the numerical gradient, with no simple pattern in the differences"


def _unfit(mine, exact, m):
    """Return the reason why an array cannot be the gradient of a parameter, or None if it can."""
    if mine is None:
        return "is missing"
    if mine.shape != exact.shape:
        return _about_shape(mine, exact, m)
    if not np.isfinite(mine).all():
        return NOT_FINITE
    return None


def _about_shape(mine, exact, m):
    """Describe a gradient of the wrong shape."""
    has = f"has shape {mine.shape}, but its parameter has shape {exact.shape}"
    if exact.ndim == 2 and exact.shape == (1, 1) and mine.shape == (1, m):
        return f"{has}: it is not summed over the examples"  # with one unit, it could also be a sum over the units
    if mine.shape == exact.shape[::-1] and mine.ndim == 2:
        return f"{has}: it is transposed"
    if exact.ndim == 2 and exact.shape[1] == 1 and mine.size == m:
        return f"{has}: it is summed over the wrong axis (the units instead of the examples)"
    if mine.shape == (exact.shape[0], m):
        return f"{has}: it is not summed over the examples"
    if mine.size == exact.size:
        return f"{has}: an axis is missing, as happens after a sum without keepdims"
    return has


KNOWN_FACTORS = {
    1: "it is nearly right, but the difference is larger than a rounding error",
    -1: "it has the wrong sign",
    2: "it has an extra factor of 2, as if the ½ of the squared error were missing",
    0.5: "it has an extra factor of ½",
}


def _about_factor(factor, m):
    """Describe a gradient that is a multiple of the correct one."""
    seen = f"is {f'{factor:.3f}' if abs(factor) >= 0.001 else f'{factor:.1e}'} × the numerical gradient"
    means = {
        m: f"it is a sum over the {m} examples instead of a mean",
        1 / m: f"the mean over the {m} examples is taken twice",
        -m: f"it has the wrong sign, and it is a sum over the {m} examples instead of a mean",
    }
    for value, words in (KNOWN_FACTORS if m == 1 else KNOWN_FACTORS | means).items():
        if np.isclose(factor, value, rtol=1e-3):
            return f"{seen}: {words}"
    return f"{seen}: it is wrong by a constant factor"


def _about_number(factor, m):
    """Describe a wrong gradient that is a single number.

    Any number is a multiple of the correct one, so the factor is mentioned only if it suggests a cause.
    """
    words = _about_factor(factor, m)
    return "differs from the numerical gradient" if words.endswith("a constant factor") else words
