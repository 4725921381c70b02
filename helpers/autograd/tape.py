"""Reverse-mode automatic differentiation: backpropagation through any program built from the operations below.

A `Variable` stores the operands from which it was computed and, for each operand, a function that
carries a gradient back to it. The function `grad` goes through this history from the newest Variable to the
oldest. Nothing in this module depends on layers or networks. The base class in `operations` provides
everything that a Variable has in common with an array, as well as some additional operations.

Values are float64 and read-only, so they cannot change between the forward pass and the backward pass.
In every backward function, g is ∂J/∂(result). The function returns ∂J/∂(operand), which may still have the broadcast
shape: for every operation, `backward_steps` sums over the repeated axes.

Normally, g is an array. If the backward pass is also to be recorded, so that its result can be differentiated again,
g is a Variable. Each backward function then computes with Variables, and the tape records these computations. If you
write a backward function for this case, use the operands themselves rather than their values, as `rules.like` does,
because `a.value` would be treated as a constant in the second derivative.
"""

import itertools
from functools import partial

import numpy as np

from helpers.autograd.operations import ArrayLike, apply, checked_getitem, checked_matmul, reduce_keepdims
from helpers.autograd.rules import add_at, broadcast, like, log, plain, same_kind, sigmoid, sigmoid_prime, tanh_prime
from helpers.backprop import activations
from helpers.system.validation import all_are, as_float64_array, as_seed

_clock = itertools.count()


def _elementwise(name, f, *slopes):
    """Return a method that computes y = f(a, …) elementwise.

    Each operand has a slope: a function of (y, a, …) that returns ∂y/∂(operand). This function is called with arrays
    or, if the backward pass is being recorded, with Variables.
    """

    def operation(self, *others):
        if len(others) + 1 != len(slopes):
            raise TypeError(f"{name} takes {len(slopes)} array{'s'[: len(slopes) - 1]}, not {len(others) + 1}")
        operands = [self, *map(self._lift, others)]
        values = [operand.value for operand in operands]
        y = apply(name, f, values)

        def back(g, slope):  # y is recomputed with Variables: a y that referred to itself would be freed only later
            return g * (slope(operation(*operands), *operands) if isinstance(g, Variable) else slope(y, *values))

        return self._record(name, y, *((a, partial(back, slope=s)) for a, s in zip(operands, slopes, strict=True)))

    return operation


def _swapped(operation):
    """Return the operation with its operands swapped, which Python needs for expressions such as 1 - x."""
    return lambda self, other: operation(self._lift(other), self)


class Variable(ArrayLike):
    """An array with a record of the operations that produced it.

    Parameters
    ----------
    value : array-like of real numbers
        The value, of any shape. It is copied.
    name : str
        Label to use in drawings.
    parents : sequence of (Variable, callable)
        Operands and their backward functions. This parameter is used only by operations.

    Attributes
    ----------
    value : ndarray
        The value, as a read-only float64 array.
    number : int
        Position in the order of recording. It is greater than that of any Variable on which this one depends.

    Raises
    ------
    TypeError, ValueError
        If the value does not consist of real numbers or is empty.
    """

    def __init__(self, value, name="", parents=()):
        self.value = np.asarray(value) if parents else as_float64_array(value, "value")
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
        "^",
        np.power,
        lambda y, a, b: b * a ** (b - (plain(b) != 0)),
        lambda y, a, b: y * log(a + (plain(a) == 0)),
    )
    __neg__ = _elementwise("−", np.negative, lambda y, a: -1)
    exp = _elementwise("exp", np.exp, lambda y, a: y)
    log = _elementwise("log", np.log, lambda y, a: 1 / a)
    sqrt = _elementwise("√", np.sqrt, lambda y, a: 1 / (2 * y))  # the slope at 0 is infinite
    tanh = _elementwise("tanh", np.tanh, lambda y, a: tanh_prime(a))
    sigmoid = _elementwise("σ", activations.sigmoid, lambda y, a: sigmoid_prime(a))
    relu = _elementwise("relu", lambda a: np.maximum(a, 0), lambda y, a: plain(a) > 0)  # the slope at the kink is 0
    softplus = _elementwise("softplus", lambda a: np.logaddexp(0, a), lambda y, a: sigmoid(a))  # log(1 + eᵃ)

    def __matmul__(self, other):
        a, b = self, self._lift(other)
        back_a, back_b = lambda g: g @ like(g, b).swapaxes(-1, -2), lambda g: like(g, a).swapaxes(-1, -2) @ g
        return a._record("@", checked_matmul(a.value, b.value), (a, back_a), (b, back_b))

    __rsub__, __rtruediv__, __rpow__, __rmatmul__ = map(_swapped, (__sub__, __truediv__, __pow__, __matmul__))

    def sum(self, axis=None, keepdims=False):
        """Return the sum over one axis, several axes (a tuple) or all axes (None)."""
        kept = reduce_keepdims(np.sum, self.value, axis, keepdims)
        y = kept if keepdims else np.squeeze(kept, axis)
        return self._record("sum", y, (self, lambda g: broadcast(g.reshape(kept.shape), self.value.shape)))

    def mean(self, axis=None, keepdims=False):
        """Return the mean over one axis, several axes (a tuple) or all axes (None)."""
        total = self.sum(axis, keepdims)
        return total / (self.value.size / total.value.size)

    def __getitem__(self, index):
        places = checked_getitem(np.arange(self.value.size).reshape(self.value.shape), index).ravel()
        return self._record("[ ]", self.value[index], (self, lambda g: add_at(g, places, self.shape)))

    T = property(lambda self: self._record("T", self.value.T, (self, lambda g: g.T)))


def history(output):
    """Return `output` and all Variables on which it depends.

    Parameters
    ----------
    output : Variable

    Returns
    -------
    list of Variable
        Variables from oldest to newest, so that each of them comes after its parents.
    """
    found, waiting = {output}, [output]
    while waiting:
        new = {parent for parent, _ in waiting.pop().parents} - found
        found |= new
        waiting += new
    return sorted(found, key=lambda variable: variable.number)


def unbroadcast(g, shape):
    """Undo broadcasting by summing over every axis along which an array of the given shape was repeated.

    Parameters
    ----------
    g : ndarray
        Array with the broadcast shape.
    shape : tuple of int
        Shape before broadcasting.

    Returns
    -------
    ndarray
        Array with the given shape.
    """
    added = g.ndim - len(shape)  # number of axes that broadcasting has inserted at the front
    repeated = tuple(i for i in range(g.ndim) if i < added or g.shape[i] != shape[i - added])
    return g.sum(axis=repeated).reshape(shape) if repeated else g


def backward_steps(output, inputs, seed):
    """Run the backward pass one step at a time, for use in `grad`.

    Parameters
    ----------
    output : Variable
        Result to differentiate.
    inputs : sequence of Variable
        Variables with respect to which to differentiate.
    seed : ndarray or Variable
        Gradient of the output, with the same shape as the output. If it is a Variable, the backward pass is
        recorded, and all gradients are Variables.

    Yields
    ------
    variable : Variable
        Variable whose complete gradient has just been passed on to its parents. Variables that do not
        depend on any input are skipped.
    gradients : dict
        Gradients computed so far.
    """
    past, wanted, gradients = history(output), set(inputs), {output: seed}
    for variable in past:  # parents come before their children, so one pass is enough
        if any(parent in wanted for parent, _ in variable.parents):
            wanted.add(variable)
    for variable in reversed([v for v in past if v in wanted]):
        for parent, back in variable.parents:
            if parent in wanted:
                g = unbroadcast(same_kind(back(gradients[variable]), seed, variable), parent.value.shape)
                gradients[parent] = gradients.get(parent, 0) + g  # creates a new array every time
        yield variable, gradients


def grad(output, inputs, seed=None, create_graph=False):
    """Return ∂output/∂input for each input, computed in a single backward pass.

    Parameters
    ----------
    output : Variable
        Result to differentiate. It must be a single number unless a seed is given.
    inputs : Variable or list of Variable
        Variables with respect to which to differentiate.
    seed : array-like, optional
        Gradient ∂J/∂output, if the output is an intermediate result in the computation of J. It must
        have the same shape as the output.
    create_graph : bool
        Whether to record the backward pass as well, so that the gradients can be differentiated again.

    Returns
    -------
    ndarray or list of ndarray (Variables instead of arrays if `create_graph` is True)
        Gradients with the same shapes as the inputs. Every call creates new arrays, so gradients do not
        accumulate.

    Raises
    ------
    TypeError
        If the output or an input is not a Variable, or if `create_graph` is True and a backward function returns an
        array.
    ValueError
        If there are no inputs, if there is an input on which the output does not depend, or if the seed has the
        wrong shape.
    """
    chosen = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    all_are(Variable, [output, *chosen], "grad")
    if not chosen:
        raise ValueError("no inputs were given: pass at least one Variable")
    if unused := set(chosen).difference(history(output)):
        raise ValueError(f"the output does not depend on {unused.pop().title}, so there is no gradient for it")
    seed = as_seed(seed, output.value.shape)
    *_, (_, gradients) = backward_steps(output, chosen, Variable(seed) if create_graph else seed)
    results = [gradients[variable] if create_graph else np.array(gradients[variable]) for variable in chosen]
    return results if chosen is inputs else results[0]
