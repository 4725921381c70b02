"""A collection of real mistakes in backpropagation, each in a broken copy of one function.

Most copies contain the code of `network.forward` or `network.backward` for one activation function, with one bug.
Mistakes in what is kept between calls are classes that call these functions. The list `BUGS` records where each
bug was found, what effect it has on training, and what the gradient check reports. The module is meant for teaching and
tests only.
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


def transposed_product(Y, W, Z, A):
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


def weights_not_transposed(Y, W, Z, A):
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
    """Function that uses the activations stored by its previous call."""

    def __init__(self):
        self.store = None

    def __call__(self, X, Y, W, b):
        old, self.store = self.store, network.forward(X, W, b)
        Z, A = old or self.store
        return network.backward(Y, W, Z, A)


class AccumulatedGradients:
    """Function that adds to the gradients of its previous calls instead of starting from zero."""

    def __init__(self):
        self.dW, self.db = {}, {}

    def __call__(self, X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        for l in W:
            self.dW[l] = self.dW.get(l, 0) + dW[l]
            self.db[l] = self.db.get(l, 0) + db[l]
        return self.dW, self.db


class GradientsOfTheLastCall:
    """Function that returns the gradients computed by its previous call."""

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


class Bug(NamedTuple):
    """An entry in the collection: a broken function and a description of its bug."""

    title: str
    broken: Callable  # replaces backward(Y, W, Z, A) or forward(X, W, b), or computes (dW, db) from (X, Y, W, b)
    met: str  # where the bug was found, in a sentence
    seen: str  # symptoms of the bug in training, in a sentence
    says: str  # part of the gradient check's report
    hidden_activation: str = "sigmoid"
    layer_sizes: tuple = (4, 3, 3, 2)  # layer sizes of a network that exposes the bug
    output_bias: float = 0.0  # number added to the biases of the last layer of that network

    @property
    def source(self):
        """Source code of the broken function."""
        return inspect.getsource(self.broken)

    def gradient_function(self):
        """Return a new function for `check_gradients` that has this bug, takes (X, Y, W, b) and returns (dW, db)."""
        arguments = list(inspect.signature(self.broken).parameters)
        if inspect.isclass(self.broken):
            return self.broken()
        if arguments[0] == "Y":
            return lambda X, Y, W, b: self.broken(Y, W, *network.forward(X, W, b, self.hidden_activation))
        return lambda X, Y, W, b: network.backward(Y, W, *self.broken(X, W, b), self.hidden_activation)


BUGS = [
    Bug(
        "σ′ computed from the output",
        slope_of_the_output,
        "Many homework solutions have this bug in the last layer, as does a correction in the comments on a tutorial.",
        "The network learns, but more slowly and less well.",
        "the slope is taken at A[2] instead of Z[2]",
    ),
    Bug(
        "σ′ computed from the error",
        slope_of_the_error,
        "A tutorial gives the algorithm as dZ = dA σ′(dA).",
        "The network learns anyway, because σ′(dA) is close to ¼ everywhere.",
        "the slope is taken at dA[2] instead of Z[2]",
    ),
    Bug(
        "a sum instead of a mean",
        forgotten_mean,
        "This happens if you copy the error term from a notebook that divides by m only in dW and db, and leave out "
        "that division.",
        "Every step is m times too long, so training may diverge.",
        "a sum over the",
    ),
    Bug(
        "the mean taken twice",
        mean_taken_twice,
        "This happens if you copy from two books and end up with 1/m in the loss and again in dW and db.",
        "The cost hardly changes.",
        "is taken twice",
    ),
    Bug(
        "a product in the wrong order",
        transposed_product,
        "This mistake turns up in homework forums every year.",
        "There is usually a shape error. In a square layer there is none, and the network learns badly. With one "
        "output unit, W becomes a square matrix.",
        "transpose",
    ),
    Bug(
        "W not transposed in the backward pass",
        weights_not_transposed,
        "A tutorial has dA = dZ W in its derivation and in its algorithm, without a transpose.",
        "There is a shape error unless the layers have equal sizes. If they do, the network learns badly.",
        "W[3] is not transposed",
        layer_sizes=(4, 3, 3, 3),
    ),
    Bug(
        "db summed over the wrong axis",
        bias_over_the_wrong_axis,
        "This happens if you adapt code from a book in which the examples are rows.",
        "Broadcasting turns the bias into a matrix, and a shape error occurs much later.",
        "wrong axis",
    ),
    Bug(
        "db without the sum over the examples",
        bias_not_summed,
        "A tutorial has db = dZ in its derivation and in its algorithm.",
        "The bias becomes a matrix with a column for each training example, so predictions for a test set fail.",
        "not summed",
    ),
    Bug(
        "a sum without keepdims",
        lost_axis,
        "It is common on question-and-answer sites. NumPy adds the result, of shape (n,), to an array of shape (n, 1).",
        "The bias becomes an n × n matrix without any warning.",
        "keepdims",
    ),
    Bug(
        "wrong sign of one term in the cross-entropy",
        sign_of_one_term,
        "A tutorial gives the cost with a minus sign between its two terms.",
        "The network predicts 1 for every example.",
        "the second term of the cross-entropy is subtracted",
    ),
    Bug(
        "target minus prediction",
        truth_minus_answer,
        "Everybody makes this mistake at least once.",
        "The cost rises from the first step.",
        "wrong sign",
    ),
    Bug(
        "A[l] instead of A[l−1]",
        input_of_the_wrong_layer,
        "In a tutorial, the first line for dW[2] ends with A[2].",
        "There is a shape error unless the layers have equal sizes.",
        "it uses A[3] instead of A[2]",
    ),
    Bug(
        "a product with dA instead of A",
        product_with_the_error,
        "A tutorial gives the algorithm as dW = dZ · dA[l−1].",
        "The network learns almost nothing.",
        "it uses dA[2] instead of A[2]",
    ),
    Bug(
        "the ReLU's slope computed from its output",
        always_switched_on,
        "A widely read MNIST tutorial tests whether the output is >= 0, which is always true.",
        "The network learns, but less well, and nobody noticed for years.",
        "the slope is left out or always 1",
        "relu",
    ),
    Bug(
        "integer division",
        whole_number_mean,
        "This happens in Python 2 code, where 1/m is 0 for an integer m above 1.",
        "The parameters do not change at all.",
        "all gradients are 0",
    ),
    Bug(
        "a scale factor in the backward pass only",
        lost_scale,
        "This happens if dropout scales by 1/0.8 in the backward pass but not in the forward pass.",
        "The layers near the input learn too fast, and the effect grows with the depth of the network.",
        "an extra factor of 1.25",
    ),
    Bug(
        "division by zero in ∂J/∂A",
        division_by_zero,
        "Both of the sources that these lessons are based on compute −Y/A + (1−Y)/(1−A), which fails when A is exactly "
        "0 or 1.",
        "All goes well for an hour, and then everything is NaN.",
        "not finite",
        output_bias=50.0,  # large enough to make A exactly 1
    ),
    Bug(
        "a second sigmoid",
        double_sigmoid,
        "This happens if the loss applies a sigmoid to the output of a sigmoid, as in σ(A) − Y.",
        "In the loss, all predictions lie between 0.5 and 0.73, so the cost stops falling.",
        "a second sigmoid is applied to A[L]",
    ),
    Bug(
        "labels in a column instead of a row",
        column_of_labels,
        "NumPy subtracts labels of shape (m, 1) from predictions of shape (1, m) without complaint, and the result has "
        "shape (m, m).",
        "There is a shape error much later, or none at all. In the latter case, every prediction is compared with "
        "every label.",
        "broadcasts to (m, m)",
        layer_sizes=(4, 1),
    ),
    Bug(
        "weights updated too early",
        weights_changed_too_early,
        "This happens if you update the weights inside the backward loop to save memory.",
        "The network learns a little less well, especially with a large learning rate.",
        "W[3] has already been updated",
    ),
    Bug(
        "arrays that share memory",
        shared_memory,
        "This happens if you use one buffer for all layers, so that db[1] and db[2] are the same array.",
        "The biases of different layers change in the same way.",
        "share memory",
    ),
    Bug(
        "stale activations",
        StaleActivations,
        "This happens if the stored activations are not updated between two passes.",
        "The gradient is always one step behind, so training diverges at learning rates that used to work.",
        "the activations are stale",
    ),
    Bug(
        "accumulated gradients",
        AccumulatedGradients,
        "This happens if you forget zero_grad() in PyTorch, or in a small autograd engine that adds gradients with +=.",
        "Past gradients never fade, so the cost swings up and down.",
        "accumulated",
    ),
    Bug(
        "the gradient of the previous call",
        GradientsOfTheLastCall,
        "This happens if the new gradients are computed only after the update that should use them.",
        "The gradient is always one step behind, as with stale activations.",
        "the gradient is stale",
    ),
    Bug(
        "Z overwritten by A",
        overwritten_input,
        "This happens if you write A = Z without making a copy, and then A[:] = …. One notebook has z = g(z).",
        "σ′ is taken at the output, and a sigmoid is applied twice. The network learns less well, and its cost stops "
        "falling.",
        "a second sigmoid is applied to A[L]",
    ),
    Bug(
        "an activation function applied to the bias alone",
        activation_of_the_bias,
        "A tutorial gives the algorithm with A = g(b) in the hidden layers.",
        "The network gives the same answer for every example.",
        "the activation function is applied to b[l]",
    ),
]


def sample_task(bug, seed=0):
    """Return X, Y, W and b for a small network and six examples that expose a bug."""
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(bug.layer_sizes, random_state=rng)
    b, L = {l: 0.5 * rng.standard_normal(b[l].shape) for l in b}, len(W)
    X, Y = rng.standard_normal((6, bug.layer_sizes[0])), rng.integers(0, 2, (len(W[L]), 6)).astype(float)
    b[L] += bug.output_bias
    return X, Y, W, b


def examine(bug, seed=0):
    """Run the gradient check on a bug and return the report."""
    X, Y, W, b = sample_task(bug, seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # `division_by_zero` divides by zero
        return check_gradients(X, Y, W, b, bug.hidden_activation, gradients=bug.gradient_function())
