"""Comparison of one gradient with the numerical gradient.

The verdict is right, wrong or unjudged. A wrong gradient also gets a description of the difference, which
hints at the cause.
"""

import numpy as np

from helpers.gradient_check.nudge import unchecked_relative_error
from helpers.gradient_check.report import Finding
from helpers.system.validation import as_numeric_array

# In `compare`, where the rounding error is unknown, relative errors up to these limits count as right. In float32, each
# operation has a relative error of up to 6e-8, and a sum accumulates many of these errors.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
# A gradient cannot be judged if rounding could change it by more than this fraction of its size.
ROUGH = {"float64": 1e-10, "float32": 2e-4}
NO_BUG = 1e-12  # a relative deviation this small may come from a harmless guard, such as a / (b + 1e-15)
ALIKE = 1e-4  # relative error up to which a wrong gradient counts as a multiple or transpose of the correct one
NEARLY = 1e-3  # relative error up to which a wrong gradient counts as nearly right
TOO_SMALL = (
    "the gradient is too small to judge, because rounding in {dtype} could change it by {share}. "
    "Scale the weights or the inputs so that no unit is saturated and the signals do not vanish{or_double}"
)
ZERO = (
    "the gradient and the numerical gradient are both 0, which proves nothing. Use data for which some units are "
    "active, and weights that are not 0"
)
OVERFLOW = (
    "the gradient cannot be judged, because some intermediate results are too large for {dtype}. Scale down the data "
    "or the weights"
)
ON_KINKS = (
    "the gradient cannot be judged, because every example has a unit at its kink, z = 0. Use other data or nonzero "
    "biases"
)
ON_ONE_KINK = "is wrong only at a kink"
NOT_FINITE = "is not finite: it contains NaN or infinity, as happens after log(0), 0/0 or an overflow"
ALONE_FAILS = (
    "the gradient cannot be judged, because some examples have a unit at its kink, z = 0, and the function fails "
    "when called with a single example. Use other data or nonzero biases"
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
    if not (np.isfinite(exact).all() and np.isfinite(bound).all()):
        return Finding(name, np.nan, skipped, OVERFLOW.format(dtype=np.dtype(dtype).name), "unjudged")
    error = unchecked_relative_error(mine, exact)
    if (np.abs(mine - exact) > bound + NO_BUG * np.abs(exact)).any():
        return Finding(name, error, skipped, describe(mine, exact, m, bound), "wrong")
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

    Raises
    ------
    TypeError, ValueError
        If an array contains anything other than real numbers.
    """
    mine, exact = mine if mine is None else as_numeric_array(mine, "mine"), as_numeric_array(exact, "exact")
    words = _unfit(mine, exact, m)
    if words:
        return Finding(name, np.nan, 0, words, "wrong")
    error = unchecked_relative_error(mine, exact)
    threshold = THRESHOLDS["float32" if mine.dtype == np.float32 else "float64"]
    if error < threshold:
        return Finding(name, error, 0, "right", "right")
    mine, exact = np.asarray(mine, float), np.asarray(exact, float)
    room = threshold * (np.abs(exact) + 1e-3 * np.abs(exact).max(initial=0))
    return Finding(name, error, 0, describe(mine, exact, m, room), "wrong")


def describe(mine, exact, m, bound):
    """Describe how a wrong gradient of the right shape differs from the correct one.

    All arrays have the same shape. Entries of `exact` that are NaN are unknown. The entries of `bound` are the largest
    differences that rounding can cause.
    """
    known = ~np.isnan(exact)
    x, n, room = mine[known], exact[known], bound[known] + NO_BUG * np.abs(exact[known])
    if not x.any():
        return "is zero everywhere, but the numerical gradient is not"
    if not n.any():
        return "differs from the numerical gradient, which is zero everywhere"
    if (np.abs(n) <= room).all():
        return "differs from the numerical gradient, which is zero apart from rounding errors"
    size = np.abs(n).max()
    factor = float(np.sum((x / size) * (n / size)) / np.sum((n / size) ** 2))
    if n.size == 1:
        return _about_number(factor, m)
    share = min(ALIKE * abs(factor), 0.01 * abs(factor - 1))
    if abs(factor) < ALIKE and (np.abs(x) <= room).all():
        return "is zero, or nearly so, but the numerical gradient is not"
    if (np.abs(x - factor * n) <= share * np.abs(n) + abs(factor) * room).all():
        return _about_factor(factor, m)
    if mine.ndim == 2 and mine.shape[0] == mine.shape[1] and alike(mine.T, exact):
        return "matches the transpose of the numerical gradient"
    wrong = known & (np.abs(mine - exact) > bound + NO_BUG * np.abs(exact))
    if 0 < 2 * np.count_nonzero(wrong) <= n.size:
        return _about_entries(mine, exact, bound, wrong)
    if unchecked_relative_error(x, n) < NEARLY:
        return "differs slightly from the numerical gradient, but by more than a rounding error"
    return "differs from the numerical gradient, with no simple pattern in the differences"


def alike(mine, exact):
    """Return whether two arrays agree in the entries of `exact` that are known, of which there must be at least two."""
    known = ~np.isnan(exact)
    return np.count_nonzero(known) > 1 and unchecked_relative_error(mine[known], exact[known]) < ALIKE


def _about_entries(mine, exact, bound, wrong):
    """Describe a gradient that is wrong in some of its entries, and give the first of them."""
    places = np.argwhere(wrong)
    first = tuple(int(i) for i in places[0])
    is_, should = mine[first] + 0.0, exact[first] if abs(exact[first]) > bound[first] else 0.0  # no negative zero
    digits = next((d for d in (4, 8, 12) if f"{is_:.{d}g}" != f"{should:.{d}g}"), 17)
    should = f"{should:.{digits}g}"
    if bound[first] > ALIKE * np.nanmax(np.abs(exact)):  # as near a kink
        should = f"about {exact[first]:.2g}"
    numbers = f"[{', '.join(map(str, first))}], which is {is_:.{digits}g} but should be {should}"
    if len(places) == 1:
        return f"differs from the numerical gradient only in entry {numbers}"
    count = f"{len(places)} of {np.count_nonzero(~np.isnan(exact))} entries"
    for axis, line in enumerate(("row", "column") if wrong.ndim == 2 else ()):
        if wrong.shape[1 - axis] > 1 and (places[:, axis] == first[axis]).all():
            count += f", all in {line} {first[axis]}"
    return f"differs from the numerical gradient in {count}, such as {numbers}"


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
    if m > 1 and exact.ndim == 2 and exact.shape[1] == 1 and mine.size == m:
        return f"{has}: it is summed over the wrong axis (the units instead of the examples)"
    if m > 1 and exact.ndim and mine.shape == (exact.shape[0], m):
        return f"{has}: it is not summed over the examples"
    if mine.size == exact.size and mine.ndim < exact.ndim:
        return f"{has}: an axis is missing, as happens after a sum without keepdims"
    if mine.size == exact.size and mine.ndim > exact.ndim:
        return f"{has}: it has an extra axis"
    return has


KNOWN_FACTORS = {
    1: "it is nearly right, but the difference is larger than a rounding error",
    -1: "it has the wrong sign",
    2: "it has an extra factor of 2",
    0.5: "it has an extra factor of ½",
}


def _about_factor(factor, m):
    """Describe a gradient that is a multiple of the correct one."""
    seen = f"is {f'{factor:.3f}' if 0.001 <= abs(factor) < 1e6 else f'{factor:.1e}'} × the numerical gradient"
    means = {
        m: f"it is a sum over the {m} examples instead of a mean",
        1 / m: f"the mean over the {m} examples is taken twice",
        -m: f"it has the wrong sign, and it is a sum over the {m} examples instead of a mean",
    }
    for value, words in (KNOWN_FACTORS if m == 1 else KNOWN_FACTORS | means).items():
        if np.isclose(factor, value, rtol=NEARLY):
            return f"{seen}: {words}"
    return f"{seen}: it is wrong by a constant factor"


def _about_number(factor, m):
    """Describe a wrong gradient that is a single number.

    Any number is a multiple of the correct one, so the factor is mentioned only if it suggests a cause.
    """
    words = _about_factor(factor, m)
    return "differs from the numerical gradient" if words.endswith("a constant factor") else words
