"""The bug zoo: real mistakes in backpropagation, each a broken copy of one function.

Every copy is the code of `network.forward` or `network.backward` for one activation, with one bug.
`CREATURES` records where each was found, its symptoms in training and what the gradient check reports.
This module is for teaching and tests only.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.backprop import network
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.gradient_check import check_gradients


def slope_of_the_output(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(A[l - 1])
    return dW, db


def slope_of_the_error(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(dA)
    return dW, db


def forgotten_mean(Y, W, Z, A):
    L = len(W)
    dW, db = {}, {}
    dZ = A[L] - Y
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def mean_taken_twice(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T / m
        db[l] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def turned_product(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = A[l - 1] @ dZ.T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def weights_not_turned(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l] @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def bias_over_the_wrong_axis(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=0, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def bias_not_summed(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def lost_axis(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def sign_of_one_term(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (-Y / A[L] - (1 - Y) / (1 - A[L])) / m * sigmoid_prime(Z[L])
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def truth_minus_answer(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (Y - A[L]) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def input_of_the_wrong_layer(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def product_with_the_error(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ (W[l].T @ dZ).T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def always_switched_on(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * (A[l - 1] >= 0)
    return dW, db


def whole_number_mean(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) * (1 // m)
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def lost_scale(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ / 0.8
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def division_by_zero(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (-Y / A[L] + (1 - Y) / (1 - A[L])) / m * sigmoid_prime(Z[L])
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def double_sigmoid(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (sigmoid(A[L]) - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def column_of_labels(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y.reshape(-1, 1)) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def weights_changed_too_early(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    W, dW, db = dict(W), {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        W[l] = W[l] - 0.5 * dW[l]
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


def shared_memory(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    buffer = np.zeros((max(len(W[l]) for l in W), 1))
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = buffer[: len(W[l])]
        db[l][:] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * sigmoid_prime(Z[l - 1])
    return dW, db


class StaleActivations:
    """Each call uses the activations stored by the previous one."""

    def __init__(self):
        self.store = None

    def __call__(self, X, Y, W, b):
        old, self.store = self.store, network.forward(X, W, b)
        Z, A = old or self.store
        return network.backward(Y, W, Z, A)


class AccumulatedGradients:
    """Each call adds to the previous gradients instead of starting from zero."""

    def __init__(self):
        self.dW, self.db = {}, {}

    def __call__(self, X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        for l in W:
            self.dW[l] = self.dW.get(l, 0) + dW[l]
            self.db[l] = self.db.get(l, 0) + db[l]
        return self.dW, self.db


class GradientsOfTheLastCall:
    """Each call returns the gradients computed by the previous one."""

    def __init__(self):
        self.kept = None

    def __call__(self, X, Y, W, b):
        new = network.backward(Y, W, *network.forward(X, W, b))
        old, self.kept = self.kept or new, new
        return old


def overwritten_input(X, W, b):
    L = len(W)
    Z, A = {}, {0: X.T}
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = Z[l]
        A[l][:] = sigmoid(Z[l])
    return Z, A


def activation_of_the_bias(X, W, b):
    L = len(W)
    Z, A = {}, {0: X.T}
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = sigmoid(Z[l]) if l == L else sigmoid(b[l] + 0 * Z[l])
    return Z, A


class Creature(NamedTuple):
    """One creature in the zoo: a broken function and its record."""

    title: str
    broken: Callable  # replaces backward (Y, W, Z, A) or forward (X, W, b), or takes (X, Y, W, b)
    met: str  # where it was found
    seen: str  # its symptoms in training
    says: str  # part of what the gradient check reports
    hidden_activation: str = "sigmoid"
    layer_sizes: tuple = (4, 3, 3, 2)  # of a network that exposes it
    output_bias: float = 0.0  # added to the biases of the last layer of that network

    @property
    def source(self):
        """The broken code as text."""
        return inspect.getsource(self.broken)

    def gradients(self):
        """A new callable (X, Y, W, b) → (dW, db) with this bug, for `check_gradients`."""
        arguments = list(inspect.signature(self.broken).parameters)
        if inspect.isclass(self.broken):
            return self.broken()
        if arguments[0] == "Y":
            return lambda X, Y, W, b: self.broken(Y, W, *network.forward(X, W, b, self.hidden_activation))
        return lambda X, Y, W, b: network.backward(Y, W, *self.broken(X, W, b), self.hidden_activation)


CREATURES = [
    Creature(
        "σ′ of the output",
        slope_of_the_output,
        "many homework solutions; the corrected algorithm in a tutorial's comments has it at the last layer",
        "it learns, only more slowly and to a worse end",
        "the slope is taken at A[2], not at Z[2]",
    ),
    Creature(
        "σ′ of the error",
        slope_of_the_error,
        "a tutorial's printed algorithm: dZ = dA σ′(dA)",
        "it learns, since σ′(dA) is nearly ¼ everywhere",
        "the slope is taken at dA[2], not at Z[2]",
    ),
    Creature(
        "the mean forgotten",
        forgotten_mean,
        "taking a notebook's error, which is without 1/m, for ∂J/∂Z, and leaving out the 1/m at dW and db",
        "it diverges, unless the learning rate is made m times smaller",
        "a sum over the",
    ),
    Creature(
        "the mean taken twice",
        mean_taken_twice,
        "1/m in the loss and once more at dW and db, after copying from two books",
        "the cost hardly moves",
        "is taken twice",
    ),
    Creature(
        "the product the wrong way round",
        turned_product,
        "homework forums, every year",
        "mostly a shape error; in a square layer none, and it learns badly; with one output unit W grows to a square",
        "transpose",
    ),
    Creature(
        "W not transposed on the way back",
        weights_not_turned,
        "a tutorial's derivation and algorithm, dA = dZ W, without any transpose",
        "a shape error, unless layers have equal sizes; then it learns badly",
        "W[3] is not transposed",
        layer_sizes=(4, 3, 3, 3),
    ),
    Creature(
        "bias summed over the wrong axis",
        bias_over_the_wrong_axis,
        "code carried over from a book where examples are rows",
        "the bias grows into a matrix by broadcasting, a shape error comes much later",
        "wrong axis",
    ),
    Creature(
        "the sum in db forgotten",
        bias_not_summed,
        "a tutorial's derivation and algorithm: db = dZ",
        "the bias becomes a matrix with a column for each training example; predicting on a test set fails",
        "not summed",
    ),
    Creature(
        "keepdims forgotten",
        lost_axis,
        "question-and-answer sites; NumPy then adds (n,) to (n, 1)",
        "b silently becomes n × n",
        "keepdims",
    ),
    Creature(
        "the sign of one term of the cross-entropy",
        sign_of_one_term,
        "a tutorial's printed cost has a minus between its terms",
        "the network answers 1 to everything",
        "the two terms of the cross-entropy are subtracted",
    ),
    Creature(
        "truth minus answer", truth_minus_answer, "anybody, once", "the cost rises from the first step", "wrong sign"
    ),
    Creature(
        "A[l] for A[l−1]",
        input_of_the_wrong_layer,
        "a tutorial's first line for dW[2] ends in A[2]",
        "a shape error, unless layers have equal sizes",
        "it takes A[3] where A[2] belongs",
    ),
    Creature(
        "a product with dA for A",
        product_with_the_error,
        "a tutorial's printed algorithm: dW = dZ · dA[l−1]",
        "almost nothing is learned",
        "it takes dA[2] where A[2] belongs",
    ),
    Creature(
        "ReLU's slope from its output",
        always_switched_on,
        "a widely read tutorial's MNIST lesson tests the output with >= 0, which is always true",
        "it learns, only worse; nobody noticed for years",
        "the slope is left out, or always 1",
        "relu",
    ),
    Creature(
        "integer division",
        whole_number_mean,
        "code from the days when 1/m was 0 for a whole m",
        "nothing moves at all",
        "all gradients are 0",
    ),
    Creature(
        "a scale on one way only",
        lost_scale,
        "dropout that scales by 1/0.8 backward, but not forward",
        "layers near the input learn too fast, the more so the deeper the network",
        "a factor of 1.25 too many",
    ),
    Creature(
        "the long way through ∂J/∂A",
        division_by_zero,
        "both sources: −Y/A + (1−Y)/(1−A), once A is exactly 0 or 1",
        "all is well for an hour, then everything is NaN",
        "not finite",
        output_bias=50.0,  # so sure that A is exactly 1
    ),
    Creature(
        "a second sigmoid",
        double_sigmoid,
        "a loss that applies a sigmoid to an output that already had one, as in σ(A) − Y",
        "answers lie between 0.5 and 0.73, and the cost stops falling",
        "a sigmoid is applied to A[L] once more",
    ),
    Creature(
        "labels as a column",
        column_of_labels,
        "(1, m) minus (m, 1) is (m, m), and NumPy does not complain",
        "a shape error much later, or none: the cost of all pairs is learned",
        "broadcasts to (m, m)",
        layer_sizes=(4, 1),
    ),
    Creature(
        "weights changed too early",
        weights_changed_too_early,
        "updates inside the backward loop, to save memory",
        "it learns a little worse, the more so the larger the learning rate",
        "W[3] has already been updated",
    ),
    Creature(
        "arrays that share their memory",
        shared_memory,
        "one buffer handed out for every layer: db[1] and db[2] are the same array",
        "biases of different layers move alike",
        "share their memory",
    ),
    Creature(
        "stale activations",
        StaleActivations,
        "a store that is not refreshed between two passes",
        "the gradient lags a step behind; it diverges at rates that used to work",
        "the activations are stale",
    ),
    Creature(
        "accumulated gradients",
        AccumulatedGradients,
        "zero_grad() forgotten in PyTorch, or += in a scalar engine",
        "steps grow and grow until it diverges",
        "accumulated",
    ),
    Creature(
        "the gradient of the call before",
        GradientsOfTheLastCall,
        "new gradients computed after the update that should use them",
        "like stale activations: it lags a step behind",
        "the gradient is stale",
    ),
    Creature(
        "Z overwritten by A",
        overwritten_input,
        "A = Z without a copy, then A[:] = …; a notebook writes z = g(z)",
        "σ′ of the output and a second sigmoid at once: it learns worse, and the cost stops falling",
        "a sigmoid is applied to A[L] once more",
    ),
    Creature(
        "the activation of the bias",
        activation_of_the_bias,
        "a tutorial's printed algorithm, for the hidden layers: A = g(b)",
        "every example gets the same answer",
        "the activation is applied to b[l]",
    ),
]


def sample_task(creature, seed=0):
    """A small network and six examples that expose a creature: X, Y, W, b."""
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(creature.layer_sizes, random_state=rng)
    b, L = {l: 0.5 * rng.standard_normal(b[l].shape) for l in b}, len(W)
    X, Y = rng.standard_normal((6, creature.layer_sizes[0])), rng.integers(0, 2, (len(W[L]), 6)).astype(float)
    b[L] += creature.output_bias
    return X, Y, W, b


def examine(creature, seed=0):
    """The gradient check's report on a creature."""
    X, Y, W, b = sample_task(creature, seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # division_by_zero does divide by zero
        return check_gradients(X, Y, W, b, creature.hidden_activation, gradients=creature.gradients())
