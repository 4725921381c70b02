"""Wrapper around the function whose gradients are checked."""

import numpy as np

from helpers.gradient_check.report import Cause
from helpers.system.validation import as_numeric_array


class Candidate:
    """Wrapper that calls the function under test and records what it does.

    The function computes (dW, db) from (X, Y, W, b). It receives copies of its arguments, and its results
    are converted to a standard form.

    Attributes
    ----------
    changed : list of str
        Names of the arguments that the function has modified in any call.
    complaint : Cause or None
        Description of what is wrong with the form of the result.
    unreadable : dict
        Maps names such as "dW[1]" to the reason why that gradient does not consist of real numbers.
    raw : object
        Latest result, before conversion.
    narrowest : numpy.dtype or None
        Floating-point type with the fewest digits in the latest result.
    extra : str
        Description of keys that do not belong to a layer, or "".
    opening : tuple
        Arguments and gradients of the first call.
    """

    def __init__(self, function):
        self.function, self.changed, self.complaint = function, [], None
        self.unreadable, self.narrowest, self.extra = {}, None, ""
        self.raw = self.opening = None

    def __call__(self, X, Y, W, b):
        """Return the gradients as two dictionaries of float64 arrays, omitting any that are missing."""
        given, before = ({"X": np.array(X), "Y": np.array(Y), "W": _copy(W), "b": _copy(b)} for _ in range(2))
        self.raw = self.function(*given.values())
        self.changed += [name for name in _differences(before, given) if name not in self.changed]
        return self._as_dictionaries(self.raw, sorted(W))

    def _as_dictionaries(self, result, layers):
        """Convert the result of a call to two dictionaries of arrays."""
        if result is None:
            return self._complain("the function returns None: is `return` missing?")
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            kind = "one dictionary" if isinstance(result, dict) else f"a {type(result).__name__}"
            kind += f" of length {len(result)}" if isinstance(result, (tuple, list)) else ""
            return self._complain(f"the function returns {kind}, but it must return two dictionaries, dW and db")
        gradients, whole, self.narrowest = [], [], None
        for name, part in zip(("dW", "db"), result, strict=True):
            if not isinstance(part, dict):
                keys = f"{layers[0]} to {layers[-1]}"
                return self._complain(f"{name} is a {type(part).__name__}, not a dictionary with the keys {keys}")
            if set(part) != set(layers):
                words = f"{name} has the keys {_listed(part)}, but the layers are {_listed(layers)}"
                self.extra = words if set(part) > set(layers) else self.extra
                self._complain(words)
            gradients.append({l: self._as_array(part[l], f"{name}[{l}]", whole) for l in layers if l in part})
        if whole and not self.complaint:
            self._complain(
                f"{whole[0]} contains integers: its array was created with an integer type, which discards fractions"
            )
        return tuple(gradients)

    def _as_array(self, value, name, whole):
        """Return a gradient as a float64 array, or record a complaint and return None.

        If the gradient has an integer type, its name is appended to the list `whole`.
        """
        try:
            array = as_numeric_array(value, name)
        except (TypeError, ValueError) as error:
            self.unreadable[name] = str(error).removeprefix(f"{name} ")
            self._complain(str(error))
            return None
        if array.dtype.kind in "iu":
            whole.append(name)
        elif array.dtype.kind == "f":
            self.narrowest = max(self.narrowest or array.dtype, array.dtype, key=lambda dtype: np.finfo(dtype).eps)
        return np.array(array, float)

    def _complain(self, words):
        """Record a complaint if it is the first, and return empty dictionaries, as if all gradients were missing."""
        self.complaint = self.complaint or Cause("return", "in the returned gradients", words, "return dW, db")
        return {}, {}


def _copy(p):
    return {l: np.array(p[l]) for l in p}


def _differences(before, after):
    """Yield the names of the arrays that differ between two dictionaries of arguments."""
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
    return ", ".join(repr(key) for key in sorted(keys, key=str)) or "none"
