"""Find out which parts of the arguments affect a wrong result, and compare them with those that affect the right one.

This needs neither the code nor a guess at the mistake. A result that depends only on the first column of an argument,
or an entry that should depend on a whole column but depends on a single number, shows what the code leaves out.
"""

import copy
import functools

import numpy as np

from helpers.exercises import limits, values

NUDGE = 0.37  # added to the entries that are changed, large enough to be visible after any number of operations
MOST_SECONDS = 0.5  # limit on the time for all runs of the function together
MOST = 12  # an argument is not probed along an axis that is longer than this
FACTOR = 2.0
WORDS = {1: ("entry",), 2: ("row", "column")}


def find(function, solution, case, names, parts, called="`{}`".format):
    """Return a sentence and a question about what the function leaves out or mixes up, or "" if nothing stands out.

    Parameters
    ----------
    function, solution : callable
        The reader's function and the right one.
    case : tuple
        The arguments of a case in which the reader's function is wrong.
    names, parts : sequences of str
        Names of the arguments and of the results.
    called : callable, optional
        Takes the name of a result and returns a phrase for it (see `diagnosis.called`).
    """
    try:
        with limits.time_limit(MOST_SECONDS), np.errstate(all="ignore"):
            both = [_Probe(each, case, parts) for each in (function, solution)]
            arrays = list(_arrays(case, names))
            for compare in (_left_out, functools.partial(_apart, called)):
                for name, path, array in arrays:
                    said = compare(name, path, array, *both)
                    if said:
                        return said
    except (Exception, limits.TimeUp):  # the function fails with other arguments, or takes too long
        pass
    return ""


class _Probe:
    """A function and its results for one case, as a reference for the results with changed arguments."""

    def __init__(self, function, case, parts):
        self.function, self.case, self.parts = function, case, parts
        self.like = function(*copy.deepcopy(case))
        self.before = values.conform(self.like, self.like, parts)

    def changed(self, path, index):
        """Return, by name of the result, which of its entries change if an entry or a slice of an argument changes."""
        case = copy.deepcopy(self.case)
        holder = case
        for key in path:
            holder = holder[key]
        holder[index] += NUDGE
        after = values.conform(self.function(*case), self.like, self.parts)
        return {name: ~np.isclose(old, after[name], rtol=1e-9, atol=1e-12) for name, old in self.before.items()}


def _arrays(case, names):
    """Yield the name, the path and the value of every array of floating-point numbers in the arguments."""
    for i, (name, value) in enumerate(zip(names, case, strict=False)):
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for key, array in parts:
            if isinstance(array, np.ndarray) and array.dtype.kind == "f" and 0 < array.ndim < 3:
                yield (f"{name}[{key}]", (i, key), array) if key != "" else (name, (i,), array)


def _left_out(name, path, array, mine, right):
    """Return a sentence about rows, columns or entries that should affect the result but do not, if any."""
    for axis, word in enumerate(WORDS[array.ndim]):
        if not 1 < array.shape[axis] <= MOST:
            continue
        places = [(slice(None),) * axis + (k,) for k in range(array.shape[axis])]
        affected = [[any(c.any() for c in each.changed(path, p).values()) for p in places] for each in (mine, right)]
        used, needed = ({k for k, does in enumerate(each) if does} for each in affected)
        missing = sorted(needed - used)
        if not used or not missing:
            continue
        if len(used) == 1:
            said = f"Only {word} {used.pop()} of `{name}` affects your result, but every {word} should"
        elif len(missing) == 1:
            said = f"{word.capitalize()} {missing[0]} of `{name}` does not affect your result, but it should"
        else:
            continue
        return f"{said} (counted from 0). Where does your code leave out the others?"
    return ""


def _apart(called, name, path, array, mine, right):
    """Return a sentence about results that depend on too few or too many entries of an argument, if any."""
    index = (0,) * array.ndim
    here, there = (each.changed(path, index) for each in (mine, right))
    for part in there:
        one, other = here.get(part), there[part]
        if one is None or one.shape != other.shape or other.ndim != 2 or 1 in other.shape:
            continue
        narrow, wide = _extent(one), _extent(other)
        if narrow and wide and narrow != wide:
            what = called(part) if part else "your result"
            what = f"{what[:1].lower()}{what[1:]}"
            return (
                f"A change in a single entry of `{name}` changes {narrow} of {what}, but it should change {wide}. "
                f"Which entries of `{name}` does each entry of the result depend on?"
            )
    return ""


def _extent(changed):
    """Return in words which entries have changed, or "" if they form no simple pattern."""
    rows, columns = (np.flatnonzero(changed.any(axis=axis)).size for axis in (1, 0))
    if changed.sum() != rows * columns or not rows:
        return ""
    if (rows, columns) == changed.shape:
        return "all entries"
    if (rows, columns) == (1, 1):
        return "only a single entry"
    if (rows, columns) == (changed.shape[0], 1):
        return "a whole column"
    return "a whole row" if (rows, columns) == (1, changed.shape[1]) else ""
