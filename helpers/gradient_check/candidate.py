"""The function under test: called with copies, its result converted to a standard form, its side effects recorded."""

import numpy as np

from helpers.gradient_check.report import Cause
from helpers.system.validation import real_array


class Candidate:
    """A function from (X, Y, W, b) to (dW, db), under observation.

    Attributes
    ----------
    changed : list of str, names of the arguments that some call has changed
    complaint : Cause or None, what is wrong with the form of the result
    unreadable : dict from the name of a gradient, such as "dW[1]", to the reason why it holds no real numbers
    raw : the latest result, unconverted
    opening : the arguments and gradients of the first call
    """

    def __init__(self, function):
        self.function, self.changed, self.complaint = function, [], None
        self.unreadable = {}
        self.raw = self.opening = None

    def __call__(self, X, Y, W, b):
        """Gradients as two dictionaries of float64 arrays; missing ones are left out."""
        given = {"X": np.array(X), "Y": np.array(Y), "W": _copy(W), "b": _copy(b)}
        before = {"X": np.array(X), "Y": np.array(Y), "W": _copy(W), "b": _copy(b)}
        self.raw = self.function(*given.values())
        self.changed += [name for name in _differences(before, given) if name not in self.changed]
        return self._as_dictionaries(self.raw, sorted(W))

    def _as_dictionaries(self, result, layers):
        if result is None:
            return self._complain("the function returns None: is `return` missing?")
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            kind = "one dictionary" if isinstance(result, dict) else f"a {type(result).__name__}"
            kind += f" of {len(result)}" if isinstance(result, (tuple, list)) else ""
            return self._complain(f"the function returns {kind}, but two dictionaries are needed, dW and db")
        gradients, whole = [], []
        for name, part in zip(("dW", "db"), result, strict=True):
            if not isinstance(part, dict):
                keys = f"{layers[0]} to {layers[-1]}"
                return self._complain(f"{name} is a {type(part).__name__}, not a dictionary with the layers {keys}")
            if set(part) != set(layers):
                self._complain(f"{name} has the keys {_listed(part)}, but the layers are {_listed(layers)}")
            gradients.append({l: self._as_array(part[l], f"{name}[{l}]", whole) for l in layers if l in part})
        if whole and not self.complaint:
            self._complain(
                f"{whole[0]} holds whole numbers: its array was made with an integer type, which cuts fractions off"
            )
        return tuple(gradients)

    def _as_array(self, value, name, whole):
        """A gradient in float64, or None with a complaint; integer gradients have their names added to `whole`."""
        try:
            array = real_array(value, name)
        except (TypeError, ValueError) as error:
            self.unreadable[name] = str(error).removeprefix(f"{name} ")
            self._complain(str(error))
            return None
        if array.dtype.kind in "iu":
            whole.append(name)
        return np.array(array, float)

    def _complain(self, words):
        self.complaint = self.complaint or Cause("return", "at what is returned", words, "return dW, db")
        return {}, {}


def _copy(p):
    return {l: np.array(p[l]) for l in p}


def _differences(before, after):
    """Names of the arrays that have changed."""
    for name in before:
        if isinstance(before[name], dict):
            keys = {*before[name], *after[name]}
            pairs = ((f"{name}[{l}]", before[name].get(l), after[name].get(l)) for l in sorted(keys, key=str))
        else:
            pairs = ((name, before[name], after[name]),)
        for label, x, y in pairs:
            if x is None or y is None or np.shape(x) != np.shape(y) or not np.array_equal(x, y):
                yield label


def _listed(keys):
    return ", ".join(str(key) for key in keys) or "none"
