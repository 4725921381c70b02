"""The base class that makes a Variable behave like an array, and some further operations.

The base class `ArrayLike` is separate from `tape.Variable` so that the tape can be read in one sitting. As in
`tape`, g denotes ∂J/∂(result), and each backward function returns ∂J/∂(operand).
"""

import contextlib
import operator

import numpy as np

from helpers.system.validation import brief

# The operators of the tape that are used when NumPy evaluates an expression such as `array + variable`
OPERATORS = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.matmul: operator.matmul,
}
COMPARISONS = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
# What to write instead of NumPy functions for which there is no method of the same name
INSTEAD = {
    "absolute": "abs(x)",
    "concatenate": "autograd.concatenate([x, y])",
    "dot": "x @ y",
    "maximum": "x.relu() for maximum(x, 0)",
    "negative": "-x",
    "square": "x**2",
    "transpose": "x.T",
}

_waiting = []  # parents of Variables that are being freed


def apply(name, f, values):
    """Return f(*values), or raise a ValueError that says which shapes the operation `name` cannot combine."""
    try:
        return f(*values)
    except ValueError:
        shapes = " and ".join(str(value.shape) for value in values)
        raise ValueError(
            f"{name} cannot combine arrays of shapes {shapes}: from the last axis backwards, "
            "sizes must be equal, or one of them must be 1"
        ) from None


def checked_matmul(A, B):
    """Return the product A @ B over the last two axes, or raise a ValueError that says which shapes are allowed."""
    if A.ndim >= 2 and B.ndim >= 2 and A.shape[-1] == B.shape[-2]:
        with contextlib.suppress(ValueError):
            return A @ B
    raise ValueError(
        f"{A.shape} @ {B.shape} is not possible: the shapes must be (k, n) and (n, m), and any leading axes "
        "must broadcast"
    )


def reduce_keepdims(f, values, axis, keepdims=False):
    """Return f(values, axis), keeping the reduced axes, or raise an error that names the invalid argument."""
    if not isinstance(keepdims, (bool, np.bool_)):
        raise TypeError(f"keepdims must be True or False, not {brief(keepdims)}")
    try:
        return f(values, axis=axis, keepdims=True)
    except (TypeError, ValueError, OverflowError):
        if f is np.max and not values.size:
            raise ValueError(f"a Variable of shape {values.shape} has no largest entry: select at least one") from None
        known = ", ".join(map(str, range(values.ndim))) or "none"
        raise ValueError(
            f"axis is {brief(axis)}, but a Variable of shape {values.shape} has the axes {known}: "
            "choose one of them, a tuple of several of them, or None for all"
        ) from None


def checked_getitem(values, index):
    """Return values[index], or raise an IndexError that explains which indices are allowed."""
    try:
        return values[index]
    except Exception:  # NumPy raises several types of errors, and an object used as an index may raise any other
        raise IndexError(
            f"index {brief(index)} is invalid for a Variable of shape {values.shape}: "
            "use whole numbers within its bounds, slices, or an array of whole numbers or booleans"
        ) from None


def _refuse(words):
    """Return a method that raises a TypeError with the given message."""

    def method(self, *_, **__):
        raise TypeError(words)

    return method


_NO_OPERATOR = "a Variable supports only +, −, *, /, ** and @: compute with x.value if you do not need a gradient"


class ArrayLike:
    """Base class of `tape.Variable` that provides the attributes and methods of an array.

    A subclass must define `value`, `name`, `_record` and `_lift`.
    """

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)

    def __del__(self):
        """Free a long history one Variable at a time.

        Otherwise, freeing a Variable would free its parents recursively, and a long history would overflow the stack in
        a browser. Here, the parents are put in a list and freed in turn. An entry of None marks the end of the list.
        """
        if _waiting:
            _waiting.append(vars(self).pop("parents", ()))  # there are no parents if the value was rejected
            return
        _waiting.extend([None, vars(self).pop("parents", ())])
        try:
            while _waiting.pop() is not None:
                pass
        finally:
            _waiting.clear()

    def __len__(self):
        if not self.shape:
            raise TypeError("this Variable is a single number and has no length")
        return len(self.value)

    def item(self):
        """Return the value as a float, or raise a ValueError if the Variable is not a single number."""
        if self.size != 1:
            raise ValueError(f"item() needs a single number, but this Variable has shape {self.shape}: use x.value")
        return self.value.item()

    def __format__(self, spec):
        if spec and self.size != 1:
            raise TypeError(
                f"{spec!r} can only format a single number, but this Variable has shape {self.shape}: use x.value"
            )
        return format(self.item(), spec) if spec else str(self)

    @property
    def title(self):
        """A description of the Variable that gives its name and shape."""
        return f"Variable{' ' * bool(self.name)}{self.name} of shape {self.shape}"

    def __repr__(self):
        values = np.array2string(self.value, precision=4, threshold=12, edgeitems=2, separator=", ")
        return f"{self.title}: {' '.join(values.split())}"

    def abs(self):
        """Return the absolute value of each entry; the slope at 0 is taken to be 0."""
        return self._record("abs", np.abs(self.value), (self, lambda g: g * np.sign(self.value)))

    __abs__ = abs

    def max(self, axis=None, keepdims=False):
        """Return the maximum over one axis, several axes (a tuple) or all axes (None).

        If several entries attain the maximum, the gradient is divided equally among them.
        """
        highest = reduce_keepdims(np.max, self.value, axis, keepdims)
        at_top = self.value == highest
        share = at_top / at_top.sum(axis=axis, keepdims=True)
        y = highest if keepdims else np.squeeze(highest, axis)
        return self._record("max", y, (self, lambda g: g.reshape(highest.shape) * share))

    def softmax(self, axis):
        """Return eᵃ / Σ eᵃ, where the sum runs over one axis or several axes (a tuple)."""
        E = np.exp(self.value - reduce_keepdims(np.max, self.value, axis))
        y = E / E.sum(axis=axis, keepdims=True)

        def back(g):  # the Jacobian of lesson 08, applied to g
            p = self.softmax(axis) if isinstance(g, ArrayLike) else y
            return p * (g - (g * p).sum(axis=axis, keepdims=True))

        return self._record("softmax", y, (self, back))

    def logsumexp(self, axis=None, keepdims=False):
        """Return log Σ eᵃ over one axis, several axes (a tuple) or all axes (None).

        The largest a is factored out first, so nothing can overflow.
        """
        highest = reduce_keepdims(np.max, self.value, axis, keepdims)
        E = np.exp(self.value - highest)
        S = np.sum(E, axis=axis, keepdims=True)
        y = highest + np.log(S) if keepdims else np.squeeze(highest + np.log(S), axis)

        def back(g):
            g = g.reshape(S.shape)
            return g * self.softmax(axis) if isinstance(g, ArrayLike) else g * E / S

        return self._record("logsumexp", y, (self, back))

    def swapaxes(self, first, second):
        """Return a Variable with two axes exchanged; `swapaxes(-1, -2)` transposes every matrix in a stack."""
        try:
            y = self.value.swapaxes(first, second)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(
                f"the axes are {brief(first)} and {brief(second)}, but a Variable of shape {self.shape} has only the "
                f"axes {', '.join(map(str, range(self.ndim))) or 'none'}"
            ) from None
        return self._record("swapaxes", y, (self, lambda g: g.swapaxes(first, second)))

    def reshape(self, *shape):
        """Return a Variable with the same entries in a different shape.

        The shape can be passed as separate numbers, as in `x.reshape(2, -1)`, or as a tuple.
        """
        try:
            y = self.value.reshape(*shape)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(
                f"shape is {', '.join(map(brief, shape))}, but a Variable of shape {self.shape} needs whole numbers "
                f"whose product is {self.size} (one of them can be -1, in which case it is computed from the others)"
            ) from None
        return self._record("reshape", y, (self, lambda g: g.reshape(self.shape)))

    def __array_ufunc__(self, function, method, *inputs, **options):
        if function in COMPARISONS:
            return self == inputs  # raises the same error as x == y
        if function in OPERATORS and method == "__call__" and not options:
            return OPERATORS[function](*map(self._lift, inputs))
        return self.__array_function__(function, (), inputs, options)

    def __array_function__(self, function, types, arguments, options):
        name, module = function.__name__, getattr(function, "__module__", "numpy").replace("numpy", "np", 1)
        cure = INSTEAD.get(name, f"x.{name}()" if hasattr(type(self), name) else "the tape's operations")
        words = f"would lose the history of a Variable: use {cure}, or x.value if you do not need a gradient"
        raise TypeError(f"{module}.{name} {words}")

    __array__ = _refuse("a Variable is not a plain array: use x.value (computations with it are not recorded)")
    __bool__ = _refuse("a Variable is neither true nor false: use x.value (computations with it are not recorded)")
    __float__ = __int__ = __complex__ = __index__ = _refuse(
        "a Variable is not a plain number: use x.item() (computations with it are not recorded)"
    )
    __iter__ = _refuse("a Variable cannot be looped over: use x[0], x[1], … or x.sum()")
    __contains__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse(
        "a Variable cannot be compared, because a comparison has no gradient: compare x.value, as in x[x.value > 0]"
    )
    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __divmod__ = __rdivmod__ = _refuse(_NO_OPERATOR)
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _refuse(_NO_OPERATOR)
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __round__ = __pos__ = _refuse(_NO_OPERATOR)
    __setitem__ = __delitem__ = _refuse("the entries of a Variable cannot be changed: compute a new Variable from it")
    __hash__ = object.__hash__  # by identity, so that Variables can be dictionary keys although they do not support ==

    def __getattr__(self, name):
        raise AttributeError(f"a Variable has no {name}: the tape supports {', '.join(_operations(type(self)))}")


def _operations(kind):
    """Return the names of the operations that a Variable supports."""
    names = {name for parent in kind.__mro__[:-1] for name in vars(parent) if not name.startswith("_")}
    return sorted(names - {"item", "ndim", "shape", "size", "title"}, key=str.lower)


def concatenate(variables, axis=0):
    """Join Variables along an axis.

    Parameters
    ----------
    variables : list of Variable or array-like
        Variables to join. Arrays are treated as constants. All shapes must be equal except along `axis`.
    axis : int
        Axis along which to join the Variables.

    Returns
    -------
    Variable

    Raises
    ------
    TypeError
        If none of the items is a Variable.
    ValueError
        If the shapes do not match.
    """
    if not np.iterable(variables):
        raise TypeError(f"variables must be a list of Variables, not {brief(variables)}")
    variables = list(variables)
    lift = next((variable._lift for variable in variables if isinstance(variable, ArrayLike)), None)
    if lift is None:
        raise TypeError("concatenate needs at least one Variable: for plain arrays, use np.concatenate")
    joined = [lift(variable) for variable in variables]
    try:
        y = np.concatenate([variable.value for variable in joined], axis)
        edges = np.cumsum([variable.shape[axis] for variable in joined])[:-1]
    except (TypeError, ValueError, OverflowError):
        shapes = ", ".join(str(variable.shape) for variable in joined)
        raise ValueError(
            f"arrays of shapes {shapes} cannot be joined along axis {brief(axis)}: they must all have that axis, "
            "and their sizes along the other axes must be equal"
        ) from None
    starts = [0, *edges]
    before = (slice(None),) * (axis % joined[0].ndim)
    backs = [lambda g, part=(*before, slice(*ends)): g[part] for ends in zip(starts, [*edges, None], strict=True)]
    return joined[0]._record("concat", y, *zip(joined, backs, strict=True))
