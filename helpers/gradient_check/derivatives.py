"""Derivatives of any function of nested arrays by extrapolated central differences."""

from contextlib import suppress

import numpy as np

from helpers.system.validation import brief

LEVELS = 10  # number of step sizes, each of which is half the previous one
COARSE = 1e-3  # largest noise of the cost at nearly equal parameters, as a fraction of its changes


class Function:
    """The cost as a function of shifts in individual entries."""

    def __init__(self, cost, parameters):
        self.cost, self.parameters = cost, parameters
        self.here, self.noise = self({}), 0.0

    def __call__(self, nudges):
        """Return the cost after shifting some entries.

        The argument `nudges` maps the path of an array to a pair (place, step): the entry at `place` in the
        flattened array is shifted by `step`. If `place` is `...`, `step` is an array of the same shape.
        """
        moved = copied(self.parameters)
        for path, array in flatten(moved):
            if path in nudges:
                place, step = nudges[path]
                array[... if place is ... else np.unravel_index(place, array.shape)] += step
        value = self.cost(moved)
        if not isinstance(value, (str, bytes)) and not np.iscomplexobj(value):
            with suppress(TypeError, ValueError, OverflowError):
                return float(value)
        raise TypeError(f"cost must return a number, not {brief(value)}")

    def rounding(self):
        """Estimate the rounding error of the cost from its values at nearly equal parameters.

        For a smooth cost, the fourth differences of equally spaced values would be 0 in exact arithmetic. The median
        is not affected by a single kink.
        """
        rng, moves = np.random.default_rng(0), {}
        for path, array in flatten(self.parameters):
            step = np.ldexp(1.0, np.frexp(np.abs(array).max())[1] - 20)  # a power of 2, so that adding it is exact
            moves[path] = rng.choice([-step, step], np.shape(array)).astype(np.asarray(array).dtype)
        values = [self({path: (..., k * move) for path, move in moves.items()}) for k in range(15)]
        return float(np.median(np.abs(np.diff(values, 4)))) / 5  # for errors of size ε, the median is about 5.6 ε

    def slope(self, path, place):
        """Return the derivative with respect to one entry, and an estimate of its error.

        The derivative is NaN if the entry is at or near a kink, or if no estimate is possible.
        """
        array = np.asarray(dict(flatten(self.parameters))[path])
        scale = max(abs(float(array.flat[place])), float(np.sqrt(np.mean(np.square(array, dtype=float))))) or 1.0
        eps, differences, bends, rounding, costs = float(np.finfo(array.dtype).eps), [], [], [], []
        for level in range(LEVELS):
            above, below = (self._moved(array, path, place, sign * 0.1 * scale / 2**level) for sign in (1, -1))
            (up, f_up), (down, f_down) = above, below
            if up == down:  # the step is too small to change the entry
                return np.nan, np.inf
            costs += [f_up, f_down]
            differences.append((f_up - f_down) / (up - down))
            bends.append(((f_up - self.here) / up - (f_down - self.here) / down) / 2)
            size = max(abs(f_up), abs(f_down), abs(self.here))
            rounding.append(4 * max(eps * size, self.noise) / (up - down))
        best, error = _extrapolated(differences, bends, rounding)
        settles = np.isfinite(error) and _settles(differences, best, error, rounding)
        # Otherwise, the cost varies within the smallest step.
        resolved = self.noise <= COARSE * np.ptp(costs) or not np.ptp(costs)
        return (best, error) if settles and resolved else (np.nan, np.inf)

    def _moved(self, array, path, place, step):
        """Shift one entry, and return the actual step and the resulting cost.

        The actual step differs from `step` by the rounding error of the array's type.
        """
        start = array.flat[place]
        there = (start + array.dtype.type(step)) - start
        return float(there), self({path: (place, array.dtype.type(step))})


def _extrapolated(differences, bends, rounding):
    """Extrapolate central differences to a step size of 0, and return the best result and an estimate of its error.

    The argument `bends` contains half the differences between the slopes to the right and to the left. They are
    extrapolated as well. For a smooth cost, they approach 0, and at a kink, they are as large as the error.
    """
    best, slopes, jumps = (np.nan, np.inf), [], []
    for difference, bend, noise in zip(differences, bends, rounding, strict=True):
        before, slopes, jumps = slopes, _refined(slopes, difference, 4), _refined(jumps, bend, 2)
        for k, earlier in enumerate(before, 1):
            error = max(abs(slopes[k] - slopes[k - 1]), abs(slopes[k] - earlier), abs(jumps[k])) + noise
            if error < best[1]:
                best = slopes[k], error
    return best


def _refined(before, value, factor):
    """Return the next row of an extrapolation table, which begins with `value`.

    Halving the step divides the largest part of the error by `factor`, the next part by 4 times as much, and so on.
    """
    row = [value]
    for k, earlier in enumerate(before):
        row.append(row[-1] + (row[-1] - earlier) / (factor * 4**k - 1))
    return row


def _settles(differences, best, error, rounding):
    """Return whether the differences for the smallest steps still approach the derivative.

    For a smooth cost, halving the step divides the distance by about 4. It does not if there is a kink near the entry.
    """
    off = np.abs(np.subtract(differences, best))
    return bool((off[-3:] <= 0.5 * off[-4:-1] + 2 * error + 10 * np.array(rounding[-3:])).all())


def flatten(tree, path=""):
    """Yield a pair (path, leaf) for each array in a nested dict, list or tuple.

    List items and keys that are not strings have paths such as "[1]". The list items under the key "W" have
    paths such as ".W[1]".
    """
    if isinstance(tree, dict):
        items = ((f".{k}" if isinstance(k, str) else f"[{k}]", v) for k, v in tree.items())
    elif isinstance(tree, (list, tuple)):
        items = ((f"[{k}]", v) for k, v in enumerate(tree))
    else:
        yield path, tree
        return
    for step, value in items:
        yield from flatten(value, path + step)


def copied(tree):
    """Return a copy of the nested structure and its arrays."""
    if isinstance(tree, dict):
        return {k: copied(v) for k, v in tree.items()}
    if isinstance(tree, list):
        return [copied(v) for v in tree]
    if isinstance(tree, tuple):
        items = (copied(v) for v in tree)
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    return np.array(tree)
