"""The bug zoo of the tape: real mistakes in automatic differentiation, each a broken copy of one part of `tape`.

A creature is either a Variable class with one faulty operation or a faulty `grad`. They are examined as
in `gradient_check.bug_zoo`: `examine` runs a network on the faulty tape and compares its gradients
with nudges.
"""

import inspect
from functools import partial

import numpy as np

from helpers.autograd.network import gradients
from helpers.autograd.tape import Variable, backward_steps, history, unbroadcast
from helpers.gradient_check.bug_zoo import Creature


class MatrixNotTurned(Variable):
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
    """Adds each gradient to the one left in `kept` by the previous call for the input at the same position."""

    def __init__(self):
        self.kept = {}

    def __call__(self, output, inputs):
        *_, (_, found) = backward_steps(output, inputs, np.ones(output.value.shape))
        for place, variable in enumerate(inputs):
            self.kept[place] = self.kept.get(place, 0) + found[variable]
        return list(self.kept.values())


class TapeCreature(Creature):
    """A creature whose `broken` is a subclass of Variable, a function like `tape.grad`, or a class of those."""

    def gradients(self):
        """A new callable (X, Y, W, b) → (dW, db) with this fault, for `check_gradients`."""
        on_tape = partial(gradients, hidden_activation=self.hidden_activation)
        if not inspect.isclass(self.broken):
            return partial(on_tape, grad=self.broken)
        if issubclass(self.broken, Variable):
            return partial(on_tape, variable=self.broken)
        return partial(on_tape, grad=self.broken())


CREATURES = [
    TapeCreature(
        "W not transposed in the backward of @",
        MatrixNotTurned,
        "a typical first attempt: ∂J/∂B of A @ B is Aᵀ g",
        "a shape error, unless layers have equal sizes; then it learns badly",
        "W[3] is not transposed",
        layer_sizes=(4, 3, 3, 3),
    ),
    TapeCreature(
        "a factor of the product rule forgotten",
        FactorForgotten,
        "the derivative of a × b for a is b, not 1",
        "the labels drop out of the gradient, as if all were 1; the network answers 1 to everything",
        "every label is taken for 1",
    ),
    TapeCreature(
        "tanh′ from its input",
        SlopeOfTheInput,
        "1 − y² is the slope in terms of the output y; with the input instead of y it can even be negative",
        "it learns while the weights are small, since then tanh z ≈ z",
        "the slope is 1 − z²",
        "tanh",
    ),
    TapeCreature(
        "ReLU's slope from its output, with >=",
        AlwaysOn,
        "a widely read tutorial's MNIST lesson, see lesson 05",
        "it learns, but less well",
        "the slope is left out, or always 1",
        "relu",
    ),
    TapeCreature(
        "the backward of a sum divides",
        SumNotSpread,
        "mistaking the sum for the mean: each term of a sum receives the full gradient",
        "learning is m n[L] times too slow",
        "too many",
    ),
    TapeCreature(
        "broadcasting not undone",
        grad_with_broadcasting_left,
        "the first version of nearly every array engine",
        "the bias becomes a matrix with a column for each example",
        "not summed over the examples",
    ),
    TapeCreature(
        "overwritten instead of added",
        grad_that_overwrites,
        "`=` instead of `+=` where a variable is used twice",
        "right for every chain, wrong at the first variable with two uses",
        "the target is left out",
    ),
    TapeCreature(
        "handed on too early",
        grad_that_does_not_wait,
        "a stack of variables still to be visited instead of a topological order",
        "right for every chain, wrong where two paths of different lengths meet",
        "the prediction is left out",
    ),
    TapeCreature(
        "gradients left from the previous call",
        GradThatKeeps,
        "a second backward() in PyTorch or in a scalar engine, without zero_grad()",
        "steps keep growing until training diverges",
        "accumulated",
    ),
]
