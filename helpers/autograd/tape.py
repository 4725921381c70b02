"""Reverse-mode automatic differentiation: backpropagation through any program built from the operations below.

A `Variable` remembers the operands it was computed from and, for each operand, how to carry a gradient
back. `grad` goes through that history, newest first. Nothing here knows what a layer is. What a
Variable has in common with an array, and a few more operations, come from `operations`.

Values are float64 and read-only, so that the backward pass finds the values that the forward pass saw. In
every backward function g is ∂J/∂(result), and the function returns ∂J/∂(that operand), which may still
have the broadcast shape: `backward_steps` sums over the repeated axes, in one place.
"""

import itertools

import numpy as np

from helpers.autograd.operations import ArrayLike, apply, reduce, take
from helpers.backprop.activations import sigmoid, sigmoid_prime, tanh_prime
from helpers.system.validation import all_are, as_real_array, as_seed

_clock = itertools.count()


def _elementwise(name, f, *slopes):
    """The method y = f(a, …), element by element; each slope takes (y, a, …) and returns ∂y/∂(one operand)."""

    def operation(self, *others):
        if len(others) + 1 != len(slopes):
            raise TypeError(f"{name} works on {len(slopes)} array{'s'[: len(slopes) - 1]}, not on {len(others) + 1}")
        operands = [self, *map(self._lift, others)]
        values = [operand.value for operand in operands]
        y = apply(name, f, values)
        backs = [lambda g, slope=slope: g * slope(y, *values) for slope in slopes]
        return self._record(name, y, *zip(operands, backs, strict=True))

    return operation


def _swapped(operation):
    """The same operation with its operands in the other order, as in 1 - x."""
    return lambda self, other: operation(self._lift(other), self)


class Variable(ArrayLike):
    """An array whose history is recorded.

    Parameters
    ----------
    value : array-like of real numbers, any shape; it is copied
    name : str, label used in drawings
    parents : sequence of (Variable, backward function); for operations only

    Attributes
    ----------
    value : float64 ndarray, read-only
    number : int, position in the order of recording; greater than that of any Variable it was computed from

    Raises
    ------
    TypeError, ValueError
        If the value is not made of real numbers, or is empty.
    """

    def __init__(self, value, name="", parents=()):
        self.value = np.asarray(value) if parents else as_real_array(value, "a Variable")
        self.value.flags.writeable = False
        self.name, self.parents, self.number = name, parents, next(_clock)

    def _record(self, name, value, *parents):
        return type(self)(value, name, parents)

    def _lift(self, other):
        return other if isinstance(other, Variable) else type(self)(other)

    __add__ = __radd__ = _elementwise("+", np.add, lambda y, a, b: 1, lambda y, a, b: 1)
    __sub__ = _elementwise("−", np.subtract, lambda y, a, b: 1, lambda y, a, b: -1)
    __mul__ = __rmul__ = _elementwise("×", np.multiply, lambda y, a, b: b, lambda y, a, b: a)
    __truediv__ = _elementwise("/", np.divide, lambda y, a, b: 1 / b, lambda y, a, b: -y / b)
    __pow__ = _elementwise(
        "^", np.power, lambda y, a, b: b * a ** np.where(b, b - 1, 0), lambda y, a, b: y * np.log(np.where(a, a, 1))
    )
    __neg__ = _elementwise("−", np.negative, lambda y, a: -1)
    exp = _elementwise("exp", np.exp, lambda y, a: y)
    log = _elementwise("log", np.log, lambda y, a: 1 / a)
    sqrt = _elementwise("√", np.sqrt, lambda y, a: 1 / (2 * y))  # slope ∞ at 0
    tanh = _elementwise("tanh", np.tanh, lambda y, a: tanh_prime(a))
    sigmoid = _elementwise("σ", sigmoid, lambda y, a: sigmoid_prime(a))
    relu = _elementwise("relu", lambda a: np.maximum(a, 0), lambda y, a: a > 0)  # slope 0 at the kink
    softplus = _elementwise("softplus", lambda a: np.logaddexp(0, a), lambda y, a: sigmoid(a))  # log(1 + eᵃ)

    def __matmul__(self, other):
        a, b = self, self._lift(other)
        A, B = a.value, b.value
        if A.ndim != 2 or B.ndim != 2 or A.shape[1] != B.shape[0]:
            raise ValueError(f"{A.shape} @ {B.shape} does not fit: only (k, n) @ (n, m) does")
        return a._record("@", A @ B, (a, lambda g: g @ B.T), (b, lambda g: A.T @ g))

    __rsub__, __rtruediv__, __rpow__, __rmatmul__ = map(_swapped, (__sub__, __truediv__, __pow__, __matmul__))

    def sum(self, axis=None, keepdims=False):
        """Sum over an axis, over several (a tuple), or over all (None)."""
        kept = reduce(np.sum, self.value, axis, keepdims)
        y = kept if keepdims else np.squeeze(kept, axis)
        return self._record("sum", y, (self, lambda g: np.broadcast_to(g.reshape(kept.shape), self.value.shape)))

    def mean(self, axis=None, keepdims=False):
        """Mean over an axis, over several (a tuple), or over all (None)."""
        total = self.sum(axis, keepdims)
        return total / (self.value.size / total.value.size)

    def logsumexp(self, axis=None, keepdims=False):
        """log Σ eᵃ over an axis, several or all; the largest a is factored out first, so nothing overflows."""
        highest = reduce(np.max, self.value, axis, keepdims)
        E = np.exp(self.value - highest)
        S = np.sum(E, axis=axis, keepdims=True)
        y = highest + np.log(S) if keepdims else np.squeeze(highest + np.log(S), axis)
        return self._record("logsumexp", y, (self, lambda g: g.reshape(S.shape) * E / S))

    def __getitem__(self, index):
        places = take(np.arange(self.value.size).reshape(self.value.shape), index).ravel()
        # bincount adds up gradients for the same entry, which may be taken twice; without any it returns integers
        back = (self, lambda g: np.bincount(places, g.ravel(), self.size).reshape(self.shape).astype(float))
        return self._record("[ ]", self.value[index], back)

    T = property(lambda self: self._record("T", self.value.T, (self, lambda g: g.T)))


def history(output):
    """`output` and every Variable it was computed from, oldest first, so that each comes after its parents.

    Parameters
    ----------
    output : Variable

    Returns
    -------
    list of Variable
    """
    found, waiting = {output}, [output]
    while waiting:
        new = {parent for parent, _ in waiting.pop().parents} - found
        found |= new
        waiting += new
    return sorted(found, key=lambda variable: variable.number)


def unbroadcast(g, shape):
    """Undo broadcasting: sum over every axis along which an array of `shape` was repeated.

    Parameters
    ----------
    g : ndarray; shape : tuple of int, which NumPy's broadcasting rules expand to the shape of g

    Returns
    -------
    ndarray of that shape
    """
    added = g.ndim - len(shape)  # axes that broadcasting put in front
    repeated = tuple(i for i in range(g.ndim) if i < added or g.shape[i] != shape[i - added])
    return g.sum(axis=repeated).reshape(shape) if repeated else g


def backward_steps(output, inputs, seed):
    """Reverse mode, a step at a time: the body of `grad`.

    Parameters
    ----------
    output : Variable; inputs : sequence of Variable; seed : ndarray with the shape of the output

    Yields
    ------
    Variable, dict
        The Variable whose complete gradient has just been passed on to its parents, and all
        gradients so far. Variables that do not depend on an input are skipped.
    """
    past, wanted, gradients = history(output), set(inputs), {output: seed}
    for variable in past:  # a parent comes before its children, so one pass is enough
        if any(parent in wanted for parent, _ in variable.parents):
            wanted.add(variable)
    for variable in reversed([v for v in past if v in wanted]):
        for parent, back in variable.parents:
            if parent in wanted:
                g = unbroadcast(back(gradients[variable]), parent.value.shape)
                gradients[parent] = gradients.get(parent, 0) + g  # adds up; a new array each time
        yield variable, gradients


def grad(output, inputs, seed=None):
    """∂output/∂input for each input, in one backward pass through the history.

    Parameters
    ----------
    output : Variable, a single number unless a seed is given
    inputs : Variable, or list of them
    seed : array-like with the shape of the output, optional
        ∂J/∂output, if the output is an intermediate result in the computation of some J.

    Returns
    -------
    ndarray with the shape of the input, or list of them; new arrays each time, so calls do not accumulate

    Raises
    ------
    TypeError, ValueError
        If the output or an input is not a Variable, there is no input, the output does not depend on an input, or
        shapes differ.
    """
    chosen = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    all_are(Variable, [output, *chosen], "grad")
    if not chosen:
        raise ValueError("no inputs were given: name at least one Variable")
    if unused := set(chosen).difference(history(output)):
        raise ValueError(f"{unused.pop().title} did not lead to the output, so there is no gradient for it")
    *_, (_, gradients) = backward_steps(output, chosen, as_seed(seed, output.value.shape))
    results = [np.array(gradients[variable]) for variable in chosen]
    return results if chosen is inputs else results[0]
