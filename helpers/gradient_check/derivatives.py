"""Derivatives of any function of nested arrays, estimated by extrapolating central differences."""

from contextlib import suppress
from typing import NamedTuple

import numpy as np

from helpers.system.validation import brief

LEVELS = 10  # number of step sizes, each of which is half the previous one
COARSE = 1e-3  # largest acceptable noise of the cost, as a fraction of its changes
CONFIRMING = 20 * 5**0.5  # irrational, so that no oscillation of the cost has whole periods in all steps
FEWEST = 4  # minimum number of step sizes for an estimate


class Slope(NamedTuple):
    """Derivative with respect to one entry."""

    value: float = np.nan  # NaN if no estimate is possible
    error: float = np.inf  # estimate of its error
    share: float = 1.0  # scale of the entry relative to that of its array, or 1 if it needs no scale of its own
    steepness: float = 0.0  # size of the slope over the largest step
    finite: bool = True  # whether the cost is a finite number next to the entry


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
        value = self._value(moved) if nudges else self.cost(moved)
        if not isinstance(value, (str, bytes)) and not np.iscomplexobj(value):
            with suppress(TypeError, ValueError, OverflowError):
                return float(value)
        raise TypeError(f"cost must return a number, not {brief(value)}")

    def _value(self, moved):
        """Return the cost at shifted parameters, or NaN if they are outside its domain."""
        with np.errstate(all="ignore"):
            try:
                return self.cost(moved)
            except (ArithmeticError, ValueError, AssertionError):
                return np.nan

    def rounding(self):
        """Estimate the rounding error of the cost from its values at nearly equal parameters.

        For a smooth cost, the fourth differences of equally spaced values would be 0 in exact arithmetic. The median
        is not affected by a single kink. If the cost seems to be exact, larger steps are tried, because the rounding
        error may be as large as the changes for the smallest steps. If the steps leave the domain of the cost, smaller
        ones are tried.
        """
        changes = np.inf
        for bits in (20, 15, 10, 30, 40):
            rng, moves = np.random.default_rng(0), {}
            for path, array in flatten(self.parameters):
                moves[path] = rng.choice([-1, 1], np.shape(array)) * _small_steps(np.asarray(array), bits)
            values = [self({path: (..., k * move) for path, move in moves.items()}) for k in range(15)]
            if not np.isfinite(values).all():
                continue
            noise = float(np.median(np.abs(np.diff(values, 4)))) / 5  # for errors of size ε, the median is about 5.6 ε
            if 0 < noise <= changes:
                return noise
            changes = min(changes, np.median(np.abs(np.diff(values))) or np.inf)
        return 0.0

    def slope(self, path, place):
        """Return the derivative with respect to one entry, as a Slope.

        The first steps are a tenth of the entry or of the root mean square of its array, whichever is larger. If the
        cost is rough, has a kink or is not finite within these steps, smaller ones are tried. Their result is used if
        it is more accurate than that of the larger steps, or contradicts it, as happens next to a cusp. If it is less
        accurate and rounding does not explain why, as happens next to a point where the slope is infinite, there is no
        estimate.
        """
        array = np.asarray(dict(flatten(self.parameters))[path])
        own = abs(float(array.flat[place]))
        scale, best = max(own, typical(array)) or 1.0, Slope()
        smallest = scale / 4**LEVELS
        for size in sorted({scale, scale / 2**LEVELS, smallest, own or scale}, reverse=True):
            found, rounding = self._slope_at_scale(array, path, place, size, size == scale)
            if found is None:
                break
            better, contrary = found.error < best.error, abs(found.value - best.value) > 10 * (found.error + best.error)
            if np.isnan(best.value) or better or contrary:
                best = found._replace(share=size / scale if size < smallest else 1.0)
            elif np.isfinite(found.error) and found.error > 1.5 * best.error + 10 * rounding:
                return Slope()
            if found.error <= rounding:
                break
        return best if best.error <= best.steepness or not best.steepness else Slope()

    def _slope_at_scale(self, array, path, place, size, first):
        """Return the derivative from steps of up to a tenth of `size`, and the rounding error of the last difference.

        The derivative is None if some steps are too small to change the entry or, unless this is the first attempt, the
        cost. Steps that lead to a cost that is not finite are left out, together with all larger ones.
        """
        rows = []
        for step in 0.1 * size / 2.0 ** np.arange(LEVELS):
            row = self._difference(array, path, place, step)
            if row is None:
                return None, np.inf
            rows = [*rows, row] if np.isfinite(row).all() else []
        if len(rows) < FEWEST:
            return Slope(finite=bool(rows)), 0.0
        differences, bends, rounding, *costs = np.transpose(rows).tolist()
        if not first and (0, 0) in zip(differences, bends, strict=True):
            return None, np.inf
        best, error = _extrapolated(differences, bends, rounding)
        # If this is false, the cost varies within the smallest step.
        resolved = self.noise <= COARSE * np.ptp(costs) or not np.ptp(costs)
        last = self._difference(array, path, place, step / CONFIRMING)
        room = 10 * error + 0.1 * abs(differences[-1] - best)
        confirmed = last is None or abs(last[0] - best) <= room + 10 * last[2]
        if not (np.isfinite(error) and resolved and confirmed and _settles(differences, best, error, rounding)):
            return Slope(), rounding[-1]
        return Slope(best, error, steepness=abs(differences[0]) + abs(bends[0])), rounding[-1]

    def _difference(self, array, path, place, step):
        """Shift one entry up and down.

        Returns
        -------
        tuple of five floats, or None if the step is too small to change the entry
            The central difference, half the difference between the slopes on the two sides, the rounding error of the
            central difference, and the two costs.
        """
        (up, f_up), (down, f_down) = (self._moved(array, path, place, sign * step) for sign in (1, -1))
        if not (up and down):
            return None
        noise = max(float(np.finfo(array.dtype).eps) * max(abs(f_up), abs(f_down), abs(self.here)), self.noise)
        bend = ((f_up - self.here) / up - (f_down - self.here) / down) / 2
        return (f_up - f_down) / (up - down), bend, 4 * noise / (up - down), f_up, f_down

    def _moved(self, array, path, place, step):
        """Shift one entry, and return the actual step and the resulting cost.

        The actual step differs from `step` by the rounding error of the array's type.
        """
        start = array.flat[place]
        there = (start + array.dtype.type(step)) - start
        return float(there), self({path: (place, array.dtype.type(step))})


def _small_steps(array, bits):
    """Return a step for each entry of an array, smaller than the largest entry by a factor of about 2 ** bits.

    The steps are powers of 2, so that adding them is exact. Much smaller entries have smaller steps, and entries that
    are 0 are not shifted unless all entries are 0, because 0 may be a kink or the edge of the domain.
    """
    sizes, largest = np.abs(array), np.abs(array).max()
    steps = np.ldexp(1.0, np.frexp(np.where(sizes < largest / 2**10, sizes, largest))[1] - bits)
    return np.where((sizes > 0) | (largest == 0), steps, 0).astype(array.dtype)


def typical(array):
    """Return the root mean square of an array."""
    largest = float(np.abs(array).max()) or 1.0  # otherwise the square of 1e200 would be infinite
    return largest * float(np.sqrt(np.mean(np.square(array / largest, dtype=float))))


def _extrapolated(differences, bends, rounding):
    """Extrapolate central differences to a step size of 0, and return the best result and an estimate of its error.

    The argument `bends` contains half the differences between the slopes to the right and to the left. These halves are
    extrapolated as well. For a smooth cost they approach 0, but at a kink they are as large as the error.
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

    Halving the step divides the distance by about 4 if the cost is smooth, but not if there is a kink near the entry.
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
