"""A collection of real mistakes in automatic differentiation, each shown in a broken copy of part of `tape`.

Each bug is either a subclass of Variable with one incorrect operation or an incorrect version of `grad`.
The function `gradient_check.bug_zoo.examine` runs a network that has the bug and compares its gradients
with numerical gradients.
"""

import inspect
from functools import partial

import numpy as np

from helpers.autograd.network import gradients
from helpers.autograd.tape import Variable, backward_steps, history, unbroadcast
from helpers.gradient_check.bug_zoo import Bug


class MatrixNotTransposed(Variable):
    def __matmul__(self, other):
        a, b = self, self._lift(other)
        return a._record("@", a.value @ b.value, (a, lambda g: g @ b.value.T), (b, lambda g: a.value @ g))


class FactorForgotten(Variable):
    def __mul__(self, other):
        a, b = self, self._lift(other)
        return a._record("×", a.value * b.value, (a, lambda g: g), (b, lambda g: g * a.value))


class SlopeOfTheInput(Variable):
    def tanh(self):
        return self._record("tanh", np.tanh(self.value), (self, lambda g: g * (1 - self.value**2)))


class AlwaysOn(Variable):
    def relu(self):
        y = np.maximum(self.value, 0)
        return self._record("relu", y, (self, lambda g: g * (y >= 0)))


class SumNotSpread(Variable):
    def sum(self, axis=None, keepdims=False):
        y = self.value.sum(axis=axis, keepdims=keepdims)
        n = self.value.size / y.size
        return self._record("sum", y, (self, lambda g: np.broadcast_to(g / n, self.value.shape)))


def grad_with_broadcasting_left(output, inputs):
    found = {output: np.ones(output.value.shape)}
    for variable in reversed(history(output)):
        for parent, back in variable.parents:
            found[parent] = found.get(parent, 0) + back(found[variable])
    return [found[variable] for variable in inputs]


def grad_that_overwrites(output, inputs):
    found = {output: np.ones(output.value.shape)}
    for variable in reversed(history(output)):
        for parent, back in variable.parents:
            found[parent] = unbroadcast(back(found[variable]), parent.value.shape)
    return [found[variable] for variable in inputs]


def grad_that_does_not_wait(output, inputs):
    found, waiting = {output: np.ones(output.value.shape)}, [output]
    while waiting:
        variable = waiting.pop()
        for parent, back in variable.parents:
            if parent not in found:
                waiting.append(parent)
            found[parent] = found.get(parent, 0) + unbroadcast(back(found[variable]), parent.value.shape)
    return [found[variable] for variable in inputs]


class GradThatKeeps:
    """A version of `grad` that adds its gradients to those from previous calls.

    Gradients from different calls are added together if their inputs have the same position in the list.
    """

    def __init__(self):
        self.kept = {}

    def __call__(self, output, inputs):
        *_, (_, found) = backward_steps(output, inputs, np.ones(output.value.shape))
        for place, variable in enumerate(inputs):
            self.kept[place] = self.kept.get(place, 0) + found[variable]
        return list(self.kept.values())


class TapeBug(Bug):
    """An entry in the collection of automatic-differentiation bugs.

    The attribute `broken` is a subclass of Variable, a function like `tape.grad`, or a class whose
    instances are such functions.
    """

    def gradient_function(self):
        """Return a new function (X, Y, W, b) ↦ (dW, db) with this bug, as an argument for `check_gradients`."""
        on_tape = partial(gradients, hidden_activation=self.hidden_activation)
        if not inspect.isclass(self.broken):
            return partial(on_tape, grad=self.broken)
        if issubclass(self.broken, Variable):
            return partial(on_tape, variable=self.broken)
        return partial(on_tape, grad=self.broken())


BUGS = [
    TapeBug(
        "W not transposed in the backward pass of @",
        MatrixNotTransposed,
        "This bug is typical of a first attempt. For A @ B, ∂J/∂B should be Aᵀ g.",
        "If the layers have different sizes, there is a shape error. If all sizes are equal, the network learns badly.",
        "W[3] is not transposed",
        layer_sizes=(4, 3, 3, 3),
    ),
    TapeBug(
        "a missing factor in the product rule",
        FactorForgotten,
        "The derivative of a × b with respect to a is b, but the code uses 1.",
        "The labels drop out of the gradient, as if all of them were 1, and the network predicts 1 for every example.",
        "every label is treated as 1",
    ),
    TapeBug(
        "1 − z² for the slope of tanh, with the input z in place of the output",
        SlopeOfTheInput,
        "The slope of tanh is 1 − y² for the output y. With the input instead of y, the result can even be negative.",
        "The network learns as long as the weights are small, because tanh z ≈ z in that case.",
        "the slope is 1 − z²",
        "tanh",
    ),
    TapeBug(
        "the slope of ReLU computed from its output, with >=",
        AlwaysOn,
        "A widely read MNIST tutorial has this bug (see lesson 05).",
        "The network learns, but less well.",
        "the slope is left out or always 1",
        "relu",
    ),
    TapeBug(
        "a sum with the gradient of a mean",
        SumNotSpread,
        "The code mistakes the sum for a mean. Each term of a sum should receive the full gradient.",
        "Learning is slower by a factor of m n[L].",
        "an extra factor of",
    ),
    TapeBug(
        "broadcasting not undone",
        grad_with_broadcasting_left,
        "The first version of nearly every autograd engine for arrays has this bug.",
        "The bias becomes a matrix with one column for each example.",
        "not summed over the examples",
    ),
    TapeBug(
        "gradients overwritten instead of added",
        grad_that_overwrites,
        "The code has `=` instead of `+=` where it combines the gradients of a variable that is used twice.",
        "The gradient is correct if the operations form a chain, but wrong whenever a variable is used twice.",
        "the target is left out",
    ),
    TapeBug(
        "gradients passed on too early",
        grad_that_does_not_wait,
        "The code visits the variables in stack order instead of topological order.",
        "The gradient is correct if the operations form a chain, but wrong where two paths of different lengths meet.",
        "the prediction is left out",
    ),
    TapeBug(
        "gradients left over from the previous call",
        GradThatKeeps,
        "In PyTorch and similar engines, this happens if you call backward() twice without zero_grad() in between.",
        "Past gradients never fade, so the cost swings up and down.",
        "accumulated",
    ),
]
