"""Table of known mistakes in backpropagation.

Each mistake replaces one line of `steps.Steps`. To test whether it is the cause of a wrong gradient, the module
`causes` runs `Steps` with that line replaced, and checks whether the result equals the wrong gradient.

In the replacements, `n` is the running instance of `Steps`. Its attributes n.W, n.b, n.X, n.Y, n.m and n.L are always
available, and n.Z[l], n.A[l], n.dZ[l] and n.dA[l] are available if they have already been computed. Some mistakes
involve an unknown amount `a`, such as a learning rate, a penalty λ, or the amount by which a factor differs from 1.
This amount is estimated from the wrong gradient, which must be a linear function of it.

The file is long because it is a table. Each entry can be read on its own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.backprop.activations import ACTIVATIONS, sigmoid, softmax
from helpers.gradient_check.steps import Steps

# Correct version of each line, by name
RIGHT = {
    "forward": "Z[l] = W[l] @ A[l - 1] + b[l]; A[l] = g(Z[l])",
    "dZ[L]": "dZ[L] = (A[L] - Y) / m",
    "mean": "dZ[L] = (A[L] - Y) / m  # the only division by m",
    "dW": "dW[l] = dZ[l] @ A[l - 1].T",
    "db": "db[l] = np.sum(dZ[l], axis=1, keepdims=True)",
    "dA": "dA[l] = W[l + 1].T @ dZ[l + 1]",
    "dZ": "dZ[l] = dA[l] * g_prime(Z[l])",
    "return": "return dW, db",
}
PENALTY = "{a:.3g} W[{l}] is added, as with a penalty (if the cost includes ½ λ Σ w², pass l2=λ)"
OF_RELU = ", as happens when a ReLU's output is tested with >="


class Mistake(NamedTuple):
    """A mistake in backpropagation, which replaces one correct line."""

    line: str  # a key of RIGHT
    replaces: str  # name of the method of Steps that is replaced
    function: Callable  # takes (n), (n, l) or (n, dW, db), like that method, and the amount if there is one
    says: str  # description, with placeholders {l}, {prev}, {next}, {L}, {m}, {K}, {a} and {a1}
    amount: bool = False  # whether the mistake involves an unknown amount


def _forward():
    """Yield mistakes in the forward pass."""
    line = "forward"

    def z(n, l):
        return n.W[l] @ n.A[l - 1] + n.b[l]

    def elsewhere(test, one):
        """Return an activation step that calls `one(n, Z)` in the layers that pass the test."""
        return lambda n, l: one(n, n.Z[l]) if test(n, l) else (n.g_out if l == n.L else n.g)(n.Z[l])

    def hidden(n, l):
        return l < n.L

    def last(n, l):
        return l == n.L

    features = {
        "X is reshaped to (n[0], m) instead of transposed, which mixes up features and examples": lambda n: n.X.reshape(
            -1, n.m
        ),
        "X is standardised here, but not in the cost": lambda n: ((n.X - n.X.mean(0)) / (n.X.std(0) + 1e-8)).T,
        "X is centred here, but not in the cost": lambda n: (n.X - n.X.mean(0)).T,
        "X is divided by 255 here, but not in the cost": lambda n: n.X.T / 255,
        "X is rounded to float32 here, but not in the cost": lambda n: n.X.T.astype(np.float32).astype(float),
        "every example is replaced by the first one": lambda n: n.X.T[:, :1] + 0 * n.X.T,
        "every example is replaced by the last one": lambda n: n.X.T[:, -1:] + 0 * n.X.T,
        "every example is replaced by the mean of the examples": lambda n: (
            n.X.T.mean(axis=1, keepdims=True) + 0 * n.X.T
        ),
        "each example is scaled to length 1 here, but not in the cost": lambda n: n.X.T / np.linalg.norm(n.X, axis=1),
    }
    inputs = {
        "b[l] is not added to W[l] A[l−1]": lambda n, l: n.W[l] @ n.A[l - 1],
        "b[l] is not added in the hidden layers": lambda n, l: z(n, l) - n.b[l] * hidden(n, l),
        "b[L] is not added in the output layer": lambda n, l: z(n, l) - n.b[l] * last(n, l),
        "b[l] is subtracted instead of added": lambda n, l: z(n, l) - 2 * n.b[l],
        "b[l] is added twice": lambda n, l: z(n, l) + n.b[l],
        "b[l] is added as a row instead of a column": lambda n, l: n.W[l] @ n.A[l - 1] + n.b[l].T,
        "A[l−1] is also added to Z[l], as in a network with skip connections": lambda n, l: z(n, l) + n.A[l - 1],
        "b[1] is added in every layer": lambda n, l: z(n, l) - n.b[l] + n.b[1],
        "W[l] is transposed": lambda n, l: n.W[l].T @ n.A[l - 1] + n.b[l],
        "W[1] is used in every hidden layer": lambda n, l: n.W[1 if l < n.L else l] @ n.A[l - 1] + n.b[l],
        "the mean of Z[l] over the examples is subtracted from Z[l]": lambda n, l: (
            z(n, l) - z(n, l).mean(1, keepdims=True)
        ),
        "every layer uses X as its input instead of the output of the layer before it": lambda n, l: (
            n.W[l] @ n.A[0] + n.b[l]
        ),
    }
    activations = {
        "A[l] is rounded to float32": lambda n, l: Steps.activation(n, l).astype(np.float32).astype(float),
        "A[l] is rounded to float16": lambda n, l: Steps.activation(n, l).astype(np.float16).astype(float),
        "A[L] of the first example is used for all examples": lambda n, l: (
            Steps.activation(n, l)[:, :1] + 0 * n.Z[l] if l == n.L else Steps.activation(n, l)
        ),
        "A[L] of the last example is used for all examples": lambda n, l: (
            Steps.activation(n, l)[:, -1:] + 0 * n.Z[l] if l == n.L else Steps.activation(n, l)
        ),
        "the hidden layers have no activation function": elsewhere(hidden, lambda n, Z: Z),
        "the first hidden layer has no activation function": elsewhere(lambda n, l: l == 1 < n.L, lambda n, Z: Z),
        "the last hidden layer has no activation function": elsewhere(lambda n, l: l == n.L - 1 > 0, lambda n, Z: Z),
        "the hidden activation function is also applied to the output layer": elsewhere(last, lambda n, Z: n.g(Z)),
        "the activation function of the output layer is applied to all layers": lambda n, l: n.g_out(n.Z[l]),
        "the softmax is normalised over the examples (axis 1) instead of the classes": elsewhere(
            last, lambda n, Z: softmax(Z.T).T
        ),
        "the softmax is normalised over the whole matrix instead of each column": elsewhere(
            last, lambda n, Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum()
        ),
        "the output activation is a sigmoid, but the cost expects a different function": elsewhere(
            last, lambda n, Z: sigmoid(Z)
        ),
        "the output activation is a softmax, but the cost expects a different function": elsewhere(
            last, lambda n, Z: softmax(Z)
        ),
        "the activation function of the output layer is applied twice": elsewhere(
            last, lambda n, Z: n.g_out(n.g_out(Z))
        ),
        "the activation function of the hidden layers is applied twice": elsewhere(hidden, lambda n, Z: n.g(n.g(Z))),
        "the activation function is applied to b[l] instead of Z[l]": lambda n, l: (
            n.g_out(n.Z[l]) if l == n.L else n.g(n.b[l] + 0 * n.Z[l])
        ),
        "the ReLU is leaky here, with a slope of 0.01 below 0, but not in the cost": elsewhere(
            lambda n, l: l < n.L and n.hidden_activation == "relu", lambda n, Z: np.where(Z > 0, Z, 0.01 * Z)
        ),
        "the ReLU is leaky here, with a slope of 0.1 below 0, but not in the cost": elsewhere(
            lambda n, l: l < n.L and n.hidden_activation == "relu", lambda n, Z: np.where(Z > 0, Z, 0.1 * Z)
        ),
        "the tanh is replaced by LeCun's scaled version here, but not in the cost": elsewhere(
            lambda n, l: l < n.L and n.hidden_activation == "tanh", lambda n, Z: 1.7159 * np.tanh(2 / 3 * Z)
        ),
        "the sigmoid is replaced by the hard sigmoid 0.2 z + 0.5 here, but not in the cost": lambda n, l: (
            np.clip(0.2 * n.Z[l] + 0.5, 0, 1)
            if (n.output if l == n.L else n.hidden_activation) == "sigmoid"
            else (n.g_out if l == n.L else n.g)(n.Z[l])
        ),
    }
    for name, (g, _) in ACTIVATIONS.items():
        activations[f"the hidden activation is {name} here, but the cost uses a different one"] = elsewhere(
            hidden, lambda n, Z, g=g: g(Z)
        )
    yield from (Mistake(line, "features", f, says) for says, f in features.items())
    yield from (Mistake(line, "weighted_input", f, says) for says, f in inputs.items())
    yield from (Mistake(line, "activation", f, says) for says, f in activations.items())


def _output_error():
    """Yield mistakes in the error of the output layer, dZ[L]."""
    lines = {
        "it has the wrong sign: Y − A[L]": lambda n, A, Y: Y - A,
        "it has an extra factor of 2, as if the ½ of the squared error were missing": lambda n, A, Y: 2 * (A - Y),
        "it has an extra factor of ½": lambda n, A, Y: (A - Y) / 2,
        "every label is treated as 1": lambda n, A, Y: A - 1,
        "the target is left out, so that only A[L] remains": lambda n, A, Y: A,
        "the target is added instead of subtracted": lambda n, A, Y: A + Y,
        "the prediction is left out, so that only −Y remains": lambda n, A, Y: -Y,
        "it uses Z[L] instead of A[L]": lambda n, A, Y: n.Z[n.L] - Y,
        "a second sigmoid is applied to A[L]": lambda n, A, Y: sigmoid(A) - Y,
        "a second softmax is applied to A[L]": lambda n, A, Y: softmax(A) - Y,
        "it is multiplied by the slope a (1 − a), which cancels in the derivative of the cost": lambda n, A, Y: (
            (A - Y) * A * (1 - A)
        ),
        "it has the wrong sign and is multiplied by the slope a (1 − a), which should cancel": lambda n, A, Y: (
            (Y - A) * A * (1 - A)
        ),
        "it is multiplied by the slope of the hidden activation at Z[L]": lambda n, A, Y: (A - Y) * n.g_prime(n.Z[n.L]),
        "it is multiplied by the slope of the hidden activation at A[L]": lambda n, A, Y: (A - Y) * n.g_prime(A),
        "it is ∂J/∂A[L] instead of dZ[L], because the slope of the sigmoid is left out": lambda n, A, Y: (
            -Y / A + (1 - Y) / (1 - A)
        ),
        "it is −Y / A[L] instead of dZ[L], because the derivative of the softmax is left out": lambda n, A, Y: -Y / A,
        "it includes only the term for the true class, −y (1 − a)": lambda n, A, Y: -Y * (1 - A),
        "the second term of the cross-entropy is subtracted instead of added": lambda n, A, Y: (
            -Y * (1 - A) - (1 - Y) * A
        ),
        "it is the derivative of the squared error of a softmax, but the cost is different": lambda n, A, Y: (
            A * (A - Y - np.sum(A * (A - Y), axis=0))
        ),
        "it uses only the sign of the error": lambda n, A, Y: np.sign(A - Y),
        "it is multiplied by its own absolute value": lambda n, A, Y: (A - Y) * np.abs(A - Y),
        "the prediction is rounded to 0 or 1": lambda n, A, Y: (A > 0.5) - Y,
        "the prediction is replaced by 1 for the most likely class and 0 for the others": lambda n, A, Y: (
            (A == A.max(axis=0)) - Y
        ),
        "the prediction is rounded to two decimals": lambda n, A, Y: np.round(A, 2) - Y,
        "the labels are unsigned (uint8), so −Y wraps around to 255": lambda n, A, Y: A + (-Y.astype(np.uint8)),
        "the labels are truncated to integers": lambda n, A, Y: A - Y.astype(int),
        "the labels 0 and 1 are converted to −1 and 1": lambda n, A, Y: A - (2 * Y - 1),
        "the rows of Y are shifted by one class": lambda n, A, Y: A - np.roll(Y, 1, axis=0),
        "the rows of Y are shifted back by one class": lambda n, A, Y: A - np.roll(Y, -1, axis=0),
        "the rows of Y are in reverse order": lambda n, A, Y: A - Y[::-1],
        "each target is compared with the prediction for the next example": lambda n, A, Y: A - np.roll(Y, 1, axis=1),
        "each target is compared with the prediction for the previous example": lambda n, A, Y: (
            A - np.roll(Y, -1, axis=1)
        ),
        "the targets are in reverse order": lambda n, A, Y: A - Y[:, ::-1],
        "Y is reshaped instead of transposed": lambda n, A, Y: A - Y.T.reshape(Y.shape),
        "Y is reshaped to (m, n[L]) instead of transposed": lambda n, A, Y: A - Y.reshape(Y.T.shape).T,
        "the labels are inverted, as in 1 − Y": lambda n, A, Y: A - (1 - Y),
        "an array of shape (1, m) minus an array of shape (m, 1) broadcasts to (m, m)": lambda n, A, Y: (
            A - Y.reshape(-1, 1)
        ),
        "(1, m) minus (m, 1) broadcasts to (m, m), and the result is averaged": lambda n, A, Y: (
            A - Y.reshape(-1, 1)
        ).mean(axis=0, keepdims=True),
        "(1, m) minus (m, 1) broadcasts to (m, m), and the result is summed": lambda n, A, Y: (
            A - Y.reshape(-1, 1)
        ).sum(axis=0, keepdims=True),
        "every output unit is compared with the first row of Y": lambda n, A, Y: A - Y[0],
        "every output unit receives the sum of all errors": lambda n, A, Y: np.sum(A - Y, axis=0) + 0 * A,
        "every output unit receives the mean of all errors": lambda n, A, Y: np.mean(A - Y, axis=0) + 0 * A,
        "only the first output unit receives an error": lambda n, A, Y: (
            (A - Y) * (np.arange(len(A)) == 0)[:, np.newaxis]
        ),
        "only units whose label is 1 receive an error": lambda n, A, Y: (A - Y) * (Y == 1),
        "only units whose label is 0 receive an error": lambda n, A, Y: (A - Y) * (Y == 0),
        "1 is subtracted from whole rows instead of from one entry in each column": lambda n, A, Y: (
            A - np.isin(np.arange(len(A)), Y.argmax(axis=0))[:, np.newaxis]
        ),
        "the softmax is normalised over the examples (axis 1) instead of the classes": lambda n, A, Y: (
            softmax(n.Z[n.L].T).T - Y
        ),
        "it uses e^Z[L] instead of A[L], so the exponentials are not divided by their sum": lambda n, A, Y: (
            np.exp(n.Z[n.L]) - Y
        ),
        "the softmax has a temperature of 2 here, but not in the cost": lambda n, A, Y: softmax(n.Z[n.L] / 2) - Y,
        "the prediction is clipped to [0.05, 0.95]": lambda n, A, Y: np.clip(A, 0.05, 0.95) - Y,
        "the error is clipped to [−1, 1]": lambda n, A, Y: np.clip(A - Y, -1, 1),
        "the errors of all examples together are scaled to length 1": lambda n, A, Y: (
            (A - Y) / np.linalg.norm(A - Y) * n.m
        ),
        "the mean error over the examples is subtracted": lambda n, A, Y: (A - Y) - (A - Y).mean(axis=1, keepdims=True),
        "the errors are averaged over the examples too early": lambda n, A, Y: (
            (A - Y).mean(axis=1, keepdims=True) + 0 * A
        ),
        "the last example is left out": lambda n, A, Y: (A - Y) * (np.arange(n.m) < n.m - 1),
        "the first example is left out": lambda n, A, Y: (A - Y) * (np.arange(n.m) > 0),
        "only the last example counts": lambda n, A, Y: (A - Y) * (np.arange(n.m) == n.m - 1),
        "only the first example counts": lambda n, A, Y: (A - Y) * (np.arange(n.m) == 0),
        "the error is squared": lambda n, A, Y: (A - Y) ** 2,
        "the absolute value of the error is used": lambda n, A, Y: np.abs(A - Y),
    }
    for says, f in lines.items():
        yield Mistake("dZ[L]", "output_error", lambda n, f=f: f(n, n.A[n.L], n.Y) / n.m, says)
    for dtype in (np.float32, np.float16):
        says = f"it is rounded to {dtype.__name__}"
        yield Mistake("dZ[L]", "output_error", lambda n, t=dtype: (n.A[n.L] - n.Y).astype(t).astype(float) / n.m, says)
        yield Mistake("dZ[L]", "output_error", lambda n, t=dtype: Steps.output_error(n).astype(t).astype(float), says)
    amounts = {
        "the labels are smoothed by {a:.3g} here, but not in the cost": lambda n, A, Y, a: (
            A - ((1 - a) * Y + a / len(Y))
        ),
        "the labels are smoothed by {a:.3g} towards ½ here, but not in the cost": lambda n, A, Y, a: (
            A - ((1 - a) * Y + a / 2)
        ),
        "units with label 1 have a weight that is larger by {a:.3g} here, but not in the cost": lambda n, A, Y, a: (
            (A - Y) * (1 + a * (Y == 1))
        ),
        "the number {a:.3g} is added to it": lambda n, A, Y, a: A - Y + a,
    }
    for says, f in amounts.items():
        yield Mistake("dZ[L]", "output_error", lambda n, a, f=f: f(n, n.A[n.L], n.Y, a) / n.m, says, True)


def _mean():
    """Yield mistakes in taking the mean over the examples, which must be done exactly once."""
    factors = {
        "it is a sum over the {m} examples instead of a mean": lambda n: n.m,
        "it is a sum over the {m} examples instead of a mean, and its sign is wrong": lambda n: -n.m,
        "the mean over the {m} examples is taken twice": lambda n: 1 / n.m,
        "it divides by the number of entries, m·K, instead of the number of examples, {m}": lambda n: 1 / len(n.Y),
        "it divides by the number of outputs, {K}, instead of the number of examples, {m}": lambda n: n.m / len(n.Y),
        "it divides by the number of features instead of the number of examples, {m}": lambda n: n.m / n.X.shape[1],
        "it divides by m − 1 instead of m": lambda n: n.m / max(n.m - 1, 1),
        "it divides by m + 1 instead of m": lambda n: n.m / (n.m + 1),
        "it divides by the square root of m instead of m": lambda n: np.sqrt(n.m),
        "it divides by 2 m instead of m": lambda n: 0.5,
    }
    for says, factor in factors.items():
        yield Mistake("mean", "output_error", lambda n, f=factor: f(n) * (n.A[n.L] - n.Y) / n.m, says)
        for line, method in (("dW", "weight_gradient"), ("db", "bias_gradient")):
            yield Mistake(line, method, lambda n, l, f=factor, method=method: f(n) * _right(n, method, l), says)
    for says, factor in factors.items():
        for line, place in (("dW", 0), ("db", 1)):
            yield Mistake(
                line,
                "result",
                lambda n, *d, f=factor, place=place: _each(
                    d, lambda n_, w, g, l, p: g * (f(n) if p == place and l == n.L else 1), n
                ),
                f"in the output layer only, {says}",
            )
    yield Mistake(
        "mean",
        "activation_gradient",
        lambda n, l: _right(n, "activation_gradient", l) / n.m,
        "the mean over the {m} examples is taken again at every layer",
    )


def _weight_gradient():
    """Yield mistakes in the computation of dW[l] from dZ[l], A[l−1] and the penalty."""
    zero = "it is 0, as if it were never computed"
    yield Mistake("dW", "weight_gradient", lambda n, l: 0 * n.W[l], zero)
    products = {
        "it uses A[{l}] instead of A[{prev}]": lambda n, l, D: D @ n.A[l].T,
        "it uses A from two layers back instead of A[{prev}]": lambda n, l, D: D @ n.A[max(l - 2, 0)].T,
        "it uses A[0] in every layer": lambda n, l, D: D @ n.A[0].T,
        "it uses Z[{prev}] instead of A[{prev}]": lambda n, l, D: D @ (n.Z[l - 1] if l > 1 else n.A[0]).T,
        "it uses dA[{prev}] instead of A[{prev}]": lambda n, l, D: D @ (n.W[l].T @ D).T,
        "the factors of the product are swapped, which gives the transpose": lambda n, l, D: n.A[l - 1] @ D.T,
        "the transpose of the product is used wherever it has the right shape": lambda n, l, D: (
            n.A[l - 1] @ D.T if len(D) == len(n.A[l - 1]) else D @ n.A[l - 1].T
        ),
        "the transpose of the product is reshaped to the shape of W[{l}]": lambda n, l, D: (n.A[l - 1] @ D.T).reshape(
            n.W[l].shape
        ),
        "it uses dA[{l}] instead of dZ[{l}], so the slope is left out": lambda n, l, D: (
            (D if l == n.L else n.dA[l]) @ n.A[l - 1].T
        ),
        "it uses dZ[{next}] instead of dZ[{l}]": lambda n, l, D: n.dZ[min(l + 1, n.L)] @ n.A[l - 1].T,
        "it uses dZ[{L}] in every layer": lambda n, l, D: n.dZ[n.L] @ n.A[l - 1].T,
        "only the last example counts, as happens when a loop uses = instead of +=": lambda n, l, D: (
            D[:, -1:] @ n.A[l - 1][:, -1:].T
        ),
        "only the first example counts": lambda n, l, D: D[:, :1] @ n.A[l - 1][:, :1].T,
        "the last example is left out": lambda n, l, D: D[:, :-1] @ n.A[l - 1][:, :-1].T,
        "the first example is left out": lambda n, l, D: D[:, 1:] @ n.A[l - 1][:, 1:].T,
        "the first example counts twice": lambda n, l, D: D @ n.A[l - 1].T + D[:, :1] @ n.A[l - 1][:, :1].T,
        "the last example counts twice": lambda n, l, D: D @ n.A[l - 1].T + D[:, -1:] @ n.A[l - 1][:, -1:].T,
        "each activation is multiplied by the error of the previous example": lambda n, l, D: (
            np.roll(D, 1, axis=1) @ n.A[l - 1].T
        ),
        "each activation is multiplied by the error of the next example": lambda n, l, D: (
            np.roll(D, -1, axis=1) @ n.A[l - 1].T
        ),
        "the errors are in reverse order": lambda n, l, D: D[:, ::-1] @ n.A[l - 1].T,
        "both factors are summed over the examples before they are multiplied": lambda n, l, D: np.outer(
            D.sum(1), n.A[l - 1].sum(1)
        ),
        "both factors are averaged over the examples before they are multiplied": lambda n, l, D: np.outer(
            D.sum(1), n.A[l - 1].mean(1)
        ),
        "it is the largest term instead of the sum over the examples": lambda n, l, D: (
            D[:, np.newaxis] * n.A[l - 1][np.newaxis]
        ).max(axis=2),
        "it uses |dZ[{l}]| instead of dZ[{l}]": lambda n, l, D: np.abs(D) @ n.A[l - 1].T,
        "it uses |A[{prev}]| instead of A[{prev}]": lambda n, l, D: D @ np.abs(n.A[l - 1]).T,
        "the mean of A[{prev}] over the examples is subtracted before the product is computed": lambda n, l, D: (
            D @ (n.A[l - 1] - n.A[l - 1].mean(1, keepdims=True)).T
        ),
        "the units of A[{prev}] are shifted by one": lambda n, l, D: D @ np.roll(n.A[l - 1], 1, axis=0).T,
        "the units of A[{prev}] are shifted back by one": lambda n, l, D: D @ np.roll(n.A[l - 1], -1, axis=0).T,
        "the units of A[{prev}] are in reverse order": lambda n, l, D: D @ n.A[l - 1][::-1].T,
        "A[{prev}] is left out": lambda n, l, D: D @ np.ones_like(n.A[l - 1]).T,
        "dZ[{l}] is left out": lambda n, l, D: np.ones_like(D) @ n.A[l - 1].T / n.m,
        "it uses the slope at Z[{prev}] instead of A[{prev}]": lambda n, l, D: (
            D @ (n.g_prime(n.Z[l - 1]) if l > 1 else n.A[0]).T
        ),
        "it is multiplied by the slope at Z[{l}] a second time": lambda n, l, D: (
            (D * n.g_prime(n.Z[l]) if l < n.L else D) @ n.A[l - 1].T
        ),
        "A[{prev}] is squared": lambda n, l, D: D @ (n.A[l - 1] ** 2).T,
        "it is multiplied by W[{l}]": lambda n, l, D: (D @ n.A[l - 1].T) * n.W[l],
        "the activation function is applied to A[{prev}] a second time": lambda n, l, D: (
            D @ (n.g(n.A[l - 1]) if l > 1 else n.A[0]).T
        ),
        "its sign is wrong": lambda n, l, D: -D @ n.A[l - 1].T,
        "its sign is wrong in the output layer": lambda n, l, D: (-1 if l == n.L else 1) * D @ n.A[l - 1].T,
        "its sign is wrong in layer 1": lambda n, l, D: (-1 if l == 1 else 1) * D @ n.A[l - 1].T,
        "its sign is wrong in the hidden layers": lambda n, l, D: (-1 if l < n.L else 1) * D @ n.A[l - 1].T,
        "it is truncated to integers": lambda n, l, D: np.trunc(D @ n.A[l - 1].T),
    }
    for says, f in products.items():
        yield Mistake("dW", "weight_gradient", lambda n, l, f=f: f(n, l, n.dZ[l]) + n.penalty_gradient(l), says)
    yield Mistake(
        "dW",
        "weight_gradient",
        lambda n, l: n.dZ[l] @ n.A[l - 1].T + n.penalty_gradient(l) / np.abs(n.W[l]),
        "the gradient of the penalty is λ sign(W[{l}]) instead of λ W[{l}]",
    )

    def right(n, l):
        return _right(n, "weight_gradient", l)

    amounts = {
        PENALTY: lambda n, l, a: right(n, l) + a * n.W[l],
        "{a:.3g} sign(W[{l}]) is added, as with a penalty on |w|, but the cost has no such penalty": lambda n, l, a: (
            right(n, l) + a * np.sign(n.W[l])
        ),
        "it has an extra factor of {a1:.4g}": lambda n, l, a: (1 + a) * right(n, l),
        "it has an extra factor of {a1:.4g} in the hidden layers": lambda n, l, a: (1 + a * (l < n.L)) * right(n, l),
        "it has an extra factor of {a1:.4g} in the output layer": lambda n, l, a: (1 + a * (l == n.L)) * right(n, l),
        "it has an extra factor of {a1:.4g} in layer 1": lambda n, l, a: (1 + a * (l == 1)) * right(n, l),
        "the product has an extra factor of {a1:.4g}": lambda n, l, a: (
            (1 + a) * n.dZ[l] @ n.A[l - 1].T + n.penalty_gradient(l)
        ),
        "the same number is added to every entry": lambda n, l, a: right(n, l) + a,
    }
    for says, f in amounts.items():
        yield Mistake("dW", "weight_gradient", f, says, True)


def _bias_gradient():
    """Yield mistakes in the computation of db[l] from dZ[l]."""

    def total(D):
        return D.sum(axis=1, keepdims=True)

    lines = {
        "it is 0, as if it were never computed": lambda n, l, D: 0 * n.b[l],
        "it is summed over the wrong axis (the units instead of the examples)": lambda n, l, D: D.sum(0, keepdims=True),
        "it is summed over both the units and the examples": lambda n, l, D: D.sum() + 0 * n.b[l],
        "it is averaged over the units": lambda n, l, D: total(D).mean() + 0 * n.b[l],
        "it is not summed over the examples": lambda n, l, D: D,
        "an axis is missing, as happens after a sum without keepdims": lambda n, l, D: D.sum(axis=1),
        "only the last example counts, as happens when a loop uses = instead of +=": lambda n, l, D: D[:, -1:],
        "only the first example counts": lambda n, l, D: D[:, :1],
        "the last example is left out": lambda n, l, D: total(D[:, :-1]),
        "the first example is left out": lambda n, l, D: total(D[:, 1:]),
        "the first example counts twice": lambda n, l, D: total(D) + D[:, :1],
        "the last example counts twice": lambda n, l, D: total(D) + D[:, -1:],
        "it is the largest entry instead of the sum over the examples": lambda n, l, D: D.max(1, keepdims=True),
        "it is the sum of |dZ[{l}]| instead of dZ[{l}]": lambda n, l, D: total(np.abs(D)),
        "it is the sum of dZ[{l}]² instead of dZ[{l}]": lambda n, l, D: total(D**2),
        "it is the sum of dA[{l}] instead of dZ[{l}], so the slope is left out": lambda n, l, D: total(
            D if l == n.L else n.dA[l]
        ),
        "it is the mean of A[{l}] instead of the sum of dZ[{l}]": lambda n, l, D: n.A[l].mean(1, keepdims=True),
        "it is the mean of Z[{l}] instead of the sum of dZ[{l}]": lambda n, l, D: n.Z[l].mean(1, keepdims=True),
        "it is the sum of A[{l}] instead of dZ[{l}]": lambda n, l, D: total(n.A[l]),
        "it sums the rows of dW[{l}] instead of those of dZ[{l}]": lambda n, l, D: total(D @ n.A[l - 1].T),
        "it averages the rows of dW[{l}] instead of summing those of dZ[{l}]": lambda n, l, D: (D @ n.A[l - 1].T).mean(
            1, keepdims=True
        ),
        "it is the sum of dZ[{next}] instead of dZ[{l}]": lambda n, l, D: total(n.dZ[min(l + 1, n.L)]),
        "it is the sum of dZ[{L}] in every layer": lambda n, l, D: total(n.dZ[n.L]),
        "it is the sum of dZ[{prev}], because dZ has already been updated for layer {prev}": lambda n, l, D: total(
            (n.W[l].T @ D) * n.g_prime(n.Z[l - 1]) if l > 1 else D
        ),
        "it is the sum of dA[{prev}] instead of dZ[{l}]": lambda n, l, D: total(n.W[l].T @ D if l > 1 else D),
        "it is multiplied by b[{l}]": lambda n, l, D: total(D) * n.b[l],
        "it is multiplied by the slope at Z[{l}] a second time": lambda n, l, D: total(
            D * n.g_prime(n.Z[l]) if l < n.L else D
        ),
        "it also includes db from later layers": lambda n, l, D: total(D) + (0 if l == n.L else n.db[l + 1].sum()),
        "the units are in reverse order": lambda n, l, D: total(D)[::-1],
        "the units are shifted by one": lambda n, l, D: np.roll(total(D), 1, axis=0),
        "its sign is wrong": lambda n, l, D: -total(D),
        "its sign is wrong in the hidden layers": lambda n, l, D: total(D) * (1 if l == n.L else -1),
        "its sign is wrong in the output layer": lambda n, l, D: total(D) * (-1 if l == n.L else 1),
        "its sign is wrong in layer 1": lambda n, l, D: total(D) * (-1 if l == 1 else 1),
        "it is truncated to integers": lambda n, l, D: np.trunc(total(D)),
    }
    for says, f in lines.items():
        yield Mistake("db", "bias_gradient", lambda n, l, f=f: f(n, l, n.dZ[l]), says)
    amounts = {
        "{a:.3g} b[{l}] is added, as with a penalty on the biases, but the cost has no such penalty": lambda n, l, a: (
            total(n.dZ[l]) + a * n.b[l]
        ),
        "it has an extra factor of {a1:.4g}": lambda n, l, a: (1 + a) * total(n.dZ[l]),
        "it has an extra factor of {a1:.4g} in the hidden layers": lambda n, l, a: (1 + a * (l < n.L)) * total(n.dZ[l]),
        "it has an extra factor of {a1:.4g} in the output layer": lambda n, l, a: (1 + a * (l == n.L)) * total(n.dZ[l]),
        "it has an extra factor of {a1:.4g} in layer 1": lambda n, l, a: (1 + a * (l == 1)) * total(n.dZ[l]),
        "the same number is added to every entry": lambda n, l, a: total(n.dZ[l]) + a,
    }
    for says, f in amounts.items():
        yield Mistake("db", "bias_gradient", f, says, True)


def _error_behind():
    """Yield mistakes in the computation of dA[l] from W[l+1] and dZ[l+1]."""
    lines = {
        "W[{next}] is not transposed": lambda n, V, D, l: V @ D,
        "W[{next}] is not transposed if it is square": lambda n, V, D, l: (V if V.shape[0] == V.shape[1] else V.T) @ D,
        "W[{next}] is reshaped instead of transposed": lambda n, V, D, l: V.reshape(V.shape[::-1]) @ D,
        "it uses W[{l}] instead of W[{next}]": lambda n, V, D, l: n.W[l].T @ D,
        "it uses W[{l}] instead of W[{next}], without transposing it": lambda n, V, D, l: n.W[l] @ D,
        "it uses W[{L}] in every layer": lambda n, V, D, l: n.W[n.L].T @ D,
        "it uses W from two layers ahead instead of W[{next}]": lambda n, V, D, l: n.W[min(l + 2, n.L)].T @ D,
        "it uses dZ[{L}] in every layer": lambda n, V, D, l: V.T @ n.dZ[n.L],
        "it uses dZ from two layers ahead instead of dZ[{next}]": lambda n, V, D, l: V.T @ n.dZ[min(l + 2, n.L)],
        "it uses dA[{next}] instead of dZ[{next}]": lambda n, V, D, l: V.T @ (n.dA[l + 1] if l + 1 < n.L else D),
        "it uses dW[{next}] instead of W[{next}]": lambda n, V, D, l: n.dW[l + 1].T @ D,
        "W[{next}] is left out, so the errors are added up without weights": lambda n, V, D, l: np.ones_like(V).T @ D,
        "W[{next}] is left out": lambda n, V, D, l: D + 0 * n.A[l],
        "it uses |W[{next}]| instead of W[{next}]": lambda n, V, D, l: np.abs(V).T @ D,
        "it uses the sign of W[{next}] instead of W[{next}]": lambda n, V, D, l: np.sign(V).T @ D,
        "it uses W[{next}]² instead of W[{next}]": lambda n, V, D, l: (V**2).T @ D,
        "it uses |dZ[{next}]| instead of dZ[{next}]": lambda n, V, D, l: V.T @ np.abs(D),
        "its sign is wrong": lambda n, V, D, l: -V.T @ D,
        "it is a mean over the units of layer {next} instead of a sum": lambda n, V, D, l: V.T @ D / len(V),
        "it is the largest term instead of the sum over the units": lambda n, V, D, l: (
            V.T[:, :, np.newaxis] * D[np.newaxis]
        ).max(axis=1),
        "only the first unit of layer {next} counts": lambda n, V, D, l: V[:1].T @ D[:1],
        "only the last unit of layer {next} counts": lambda n, V, D, l: V[-1:].T @ D[-1:],
        "the first unit of layer {next} is left out": lambda n, V, D, l: V[1:].T @ D[1:],
        "the last unit of layer {next} is left out": lambda n, V, D, l: V[:-1].T @ D[:-1],
        "the units of layer {next} are in reverse order": lambda n, V, D, l: V.T @ D[::-1],
        "the units of layer {next} are shifted by one": lambda n, V, D, l: V.T @ np.roll(D, 1, axis=0),
        "the units of layer {l} are in reverse order": lambda n, V, D, l: (V.T @ D)[::-1],
        "the units of layer {l} are shifted by one": lambda n, V, D, l: np.roll(V.T @ D, 1, axis=0),
        "the examples are shifted by one": lambda n, V, D, l: V.T @ np.roll(D, 1, axis=1),
        "the errors are averaged over the examples too early": lambda n, V, D, l: (
            V.T @ D.mean(1, keepdims=True) + 0 * n.A[l]
        ),
        "the errors are added up over the examples too early": lambda n, V, D, l: (
            V.T @ D.sum(1, keepdims=True) + 0 * n.A[l]
        ),
        "every unit receives the mean over all units": lambda n, V, D, l: (V.T @ D).mean(0, keepdims=True) + 0 * n.A[l],
        "every unit receives the sum over all units": lambda n, V, D, l: (V.T @ D).sum(0, keepdims=True) + 0 * n.A[l],
        "b[{next}] is added to W[{next}] before the product is computed": lambda n, V, D, l: (V + n.b[l + 1]).T @ D,
        "each column is scaled to length 1": lambda n, V, D, l: (
            V.T @ D / np.maximum(np.linalg.norm(V.T @ D, axis=0), 1e-300)
        ),
        "the sum of dZ[{next}] over the units is added to it": lambda n, V, D, l: V.T @ D + D.sum(0),
    }
    for says, f in lines.items():
        yield Mistake("dA", "activation_gradient", lambda n, l, f=f: f(n, n.W[l + 1], n.dZ[l + 1], l), says)
    amounts = {
        "W[{next}] has already been updated, with a learning rate of {a:.3g}": lambda n, l, a: (
            (n.W[l + 1] - a * n.dW[l + 1]).T @ n.dZ[l + 1]
        ),
        "it has an extra factor of {a1:.4g} at every layer": lambda n, l, a: (
            (1 + a) * _right(n, "activation_gradient", l)
        ),
        "it has an extra factor of {a1:.4g} in the last hidden layer": lambda n, l, a: (
            (1 + a * (l == n.L - 1)) * _right(n, "activation_gradient", l)
        ),
        "it has an extra factor of {a1:.4g} in layer 1": lambda n, l, a: (
            (1 + a * (l == 1)) * _right(n, "activation_gradient", l)
        ),
        "dA[{next}] is added to it, as in a network with skip connections": lambda n, l, a: (
            _right(n, "activation_gradient", l) + a * (n.dA[l + 1] if l + 1 < n.L else 0)
        ),
        "the same number is added to every entry of W[{next}]": lambda n, l, a: (n.W[l + 1] + a).T @ n.dZ[l + 1],
    }
    for says, f in amounts.items():
        yield Mistake("dA", "activation_gradient", f, says, True)


def _unit_error():
    """Yield mistakes in the computation of dZ[l] from dA[l] and the slope at Z[l]."""
    slopes = {
        "the slope is left out or always 1" + OF_RELU: lambda n, l, Z, A: 1,
        "the slope is always 0, so no error reaches the layers before layer {l}": lambda n, l, Z, A: 0 * Z,
        "it is multiplied by A[{l}] as well as by the slope": lambda n, l, Z, A: A * n.g_prime(Z),
        "it is multiplied by Z[{l}] as well as by the slope": lambda n, l, Z, A: Z * n.g_prime(Z),
        "the slope is taken at A[{l}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(A),
        "the slope is taken at dA[{l}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(n.dA[l]),
        "the slope is taken at Z[{next}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(n.Z[l + 1]),
        "the slope is taken at Z[{prev}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(
            n.Z[l - 1] if l > 1 else n.A[0]
        ),
        "the slope is taken at A[{prev}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(n.A[l - 1]),
        "the slope is taken at −Z[{l}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(-Z),
        "the slope is taken at Z[{l}] without b[{l}]": lambda n, l, Z, A: n.g_prime(Z - n.b[l]),
        "the slope is taken at b[{l}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(n.b[l]),
        "the slope is taken at 2 Z[{l}] instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(2 * Z),
        "the slope is taken at Z[{l}] / 2 instead of Z[{l}]": lambda n, l, Z, A: n.g_prime(Z / 2),
        "the slope is taken at the mean of Z[{l}] over the examples": lambda n, l, Z, A: n.g_prime(
            Z.mean(1, keepdims=True)
        ),
        "the slope is taken at the mean of Z[{l}] over the units": lambda n, l, Z, A: n.g_prime(
            Z.mean(0, keepdims=True)
        ),
        "the slope is averaged over the examples": lambda n, l, Z, A: n.g_prime(Z).mean(1, keepdims=True),
        "the slope is averaged over the units": lambda n, l, Z, A: n.g_prime(Z).mean(0, keepdims=True),
        "the slope is summed over the examples": lambda n, l, Z, A: n.g_prime(Z).sum(1, keepdims=True),
        "the slope is summed over the units": lambda n, l, Z, A: n.g_prime(Z).sum(0, keepdims=True),
        "the slope for the first example is used for all examples": lambda n, l, Z, A: n.g_prime(Z)[:, :1],
        "the slope for the last example is used for all examples": lambda n, l, Z, A: n.g_prime(Z)[:, -1:],
        "the slope for the first unit is used for all units": lambda n, l, Z, A: n.g_prime(Z)[:1],
        "the slopes are shifted by one example": lambda n, l, Z, A: np.roll(n.g_prime(Z), 1, axis=1),
        "the slopes are shifted by one unit": lambda n, l, Z, A: np.roll(n.g_prime(Z), 1, axis=0),
        "the slopes of the units are in reverse order": lambda n, l, Z, A: n.g_prime(Z)[::-1],
        "it is multiplied by the slope twice": lambda n, l, Z, A: n.g_prime(Z) ** 2,
        "it is multiplied by the square root of the slope": lambda n, l, Z, A: np.sqrt(n.g_prime(Z)),
        "it is divided by the slope instead of multiplied by it": lambda n, l, Z, A: 1 / n.g_prime(Z),
        "A[{l}] is used as the slope": lambda n, l, Z, A: A,
        "Z[{l}] is used as the slope": lambda n, l, Z, A: Z,
        "the slope has the wrong sign": lambda n, l, Z, A: -n.g_prime(Z),
        "the slope is a (1 − a), which is right only for a sigmoid": lambda n, l, Z, A: A * (1 - A),
        "the slope is 1 − a², which is right only for tanh": lambda n, l, Z, A: 1 - A**2,
        "the slope is 1 − z², with Z[{l}] in place of A[{l}]": lambda n, l, Z, A: 1 - Z**2,
        "the slope is z (1 − z), with Z[{l}] in place of A[{l}]": lambda n, l, Z, A: Z * (1 - Z),
        "the slope is 1 − a, so a factor is missing": lambda n, l, Z, A: 1 - A,
        "the slope is a (1 + a), so a sign is wrong": lambda n, l, Z, A: A * (1 + A),
        "the slope is 1 + a², so a sign is wrong": lambda n, l, Z, A: 1 + A**2,
        "the slope is 1 − |a|": lambda n, l, Z, A: 1 - np.abs(A),
        "the slope is 1 − 2a²": lambda n, l, Z, A: 1 - 2 * A**2,
        "the slope is (1 − a)²": lambda n, l, Z, A: (1 - A) ** 2,
        "the slope is a² (1 − a)": lambda n, l, Z, A: A**2 * (1 - A),
        "the slope is a (1 − a)²": lambda n, l, Z, A: A * (1 - A) ** 2,
        "the slope is a (1 − a²)": lambda n, l, Z, A: A * (1 - A**2),
        "the slope is a − 1": lambda n, l, Z, A: A - 1,
        "the slope is 1/cosh z, but it should be 1/cosh² z": lambda n, l, Z, A: 1 / np.cosh(Z),
        "the slope is e^(−z)": lambda n, l, Z, A: np.exp(-Z),
        "the slope is 1 / (1 + e^(−z))²": lambda n, l, Z, A: sigmoid(Z) ** 2,
        "the slope is 1 where z < 0, which is the wrong side": lambda n, l, Z, A: Z < 0,
        "the slope is −1 where z < 0": lambda n, l, Z, A: np.sign(Z),
        "the slope is z where z > 0": lambda n, l, Z, A: Z * (Z > 0),
        "the slope is 1 only where z > 1": lambda n, l, Z, A: Z > 1,
        "the slope is 1 where dA[{l}] > 0 instead of where Z[{l}] > 0": lambda n, l, Z, A: n.dA[l] > 0,
        "the slope is 1 where W[{l}] A[{prev}] > 0, so b[{l}] is left out": lambda n, l, Z, A: n.W[l] @ n.A[l - 1] > 0,
        "the slope is left out in layer 1": lambda n, l, Z, A: 1 if l == 1 else n.g_prime(Z),
        "the slope is left out in the last hidden layer": lambda n, l, Z, A: 1 if l == n.L - 1 else n.g_prime(Z),
        "the slope is left out in the layers before the last hidden one": lambda n, l, Z, A: (
            1 if l < n.L - 1 else n.g_prime(Z)
        ),
        "the slope is that of the activation function of the output layer": lambda n, l, Z, A: (
            n.g_out(Z) * (1 - n.g_out(Z))
        ),
        "the slope of layer 1 is used in every layer": lambda n, l, Z, A: n.g_prime(n.Z[1]),
        "the slope of layer {L} is used in every layer": lambda n, l, Z, A: n.g_prime(n.Z[n.L]),
    }
    for name, (_, g_prime) in ACTIVATIONS.items():
        slopes[f"the slope is that of {name}, which is not the hidden activation"] = lambda n, l, Z, A, s=g_prime: s(Z)
    for says, f in slopes.items():
        yield Mistake("dZ", "weighted_input_gradient", lambda n, l, f=f: n.dA[l] * f(n, l, n.Z[l], n.A[l]), says)
    amounts = {
        "the slope has an extra factor of {a1:.4g} at every layer": lambda n, l, Z, A, a: (1 + a) * n.g_prime(Z),
        "{a:.3g} is added to the slope": lambda n, l, Z, A, a: n.g_prime(Z) + a,
        "the slope is {a:.3g} where z < 0, as in a leaky ReLU": lambda n, l, Z, A, a: n.g_prime(Z) + a * (Z <= 0),
        "the slope is larger by {a:.3g} where z > 0": lambda n, l, Z, A, a: n.g_prime(Z) + a * (Z > 0),
        "the slope is always {a:.3g}": lambda n, l, Z, A, a: a,
    }
    for says, f in amounts.items():
        yield Mistake(
            "dZ", "weighted_input_gradient", lambda n, l, a, f=f: n.dA[l] * f(n, l, n.Z[l], n.A[l], a), says, True
        )
    others = {
        "A[{l}] is subtracted from dA[{l}], which should be multiplied by the slope": lambda n, l: n.dA[l] - n.A[l],
        "it is only the slope, without the factor dA[{l}]": lambda n, l: n.g_prime(n.Z[l]),
        "it is only the slope at dA[{l}] instead of dA[{l}] times the slope at Z[{l}]": lambda n, l: n.g_prime(n.dA[l]),
        "the slope is added to dA[{l}] instead of being multiplied by it": lambda n, l: n.dA[l] + n.g_prime(n.Z[l]),
        "it uses |dA[{l}]| instead of dA[{l}]": lambda n, l: np.abs(n.dA[l]) * n.g_prime(n.Z[l]),
        "negative entries are replaced by 0": lambda n, l: np.maximum(n.dA[l] * n.g_prime(n.Z[l]), 0),
        "only positive errors are passed on": lambda n, l: np.maximum(n.dA[l], 0) * n.g_prime(n.Z[l]),
        "the activation function is applied to dA[{l}]": lambda n, l: n.g(n.dA[l]),
        "dZ[{next}] is multiplied by a slope before it is multiplied by W[{next}]": lambda n, l: (
            n.W[l + 1].T @ (n.dZ[l + 1] * n.g_prime(n.Z[l + 1]))
        ),
        "dZ[{l}] is averaged over the units": lambda n, l: (n.dA[l] * n.g_prime(n.Z[l])).mean(0) + 0 * n.A[l],
        "dZ[{l}] is averaged over the examples": lambda n, l: (
            (n.dA[l] * n.g_prime(n.Z[l])).mean(1, keepdims=True) + 0 * n.A[l]
        ),
    }
    for says, f in others.items():
        yield Mistake("dZ", "weighted_input_gradient", f, says)


def _result():
    """Yield mistakes that are made after all gradients have been computed."""

    def of_both(f):
        """Return a replacement that applies f(g, p, l, n) to each gradient g of a parameter p."""
        return lambda n, dW, db: _each((dW, db), lambda n, p, g, l, place: f(g, p, l, n), n)

    def layers(order):
        return lambda n, dW, db: tuple({l: d[order(n, l)] for l in d} for d in (dW, db))

    def normalized(n, dW, db):
        size = np.sqrt(sum(np.sum(g**2) for d in (dW, db) for g in d.values()))
        return _each((dW, db), lambda n, p, g, l, place: g / size, n)

    def split(order, end):
        """Return a replacement that joins dW and db into one array and splits it in the wrong place."""

        def at_the_wrong_end(n, dW, db):
            whole = {l: np.hstack([dW[l], db[l]][::order]) for l in dW}
            inner, outer = (slice(None, -1), slice(-1, None)) if end else (slice(1, None), slice(0, 1))
            return {l: whole[l][:, inner] for l in whole}, {l: whole[l][:, outer] for l in whole}

        return at_the_wrong_end

    lines = {
        "db is the last column of an array in which the biases come first": split(-1, True),
        "db is the first column of an array in which the biases come last": split(1, False),
        "all gradients are 0, as happens with the integer division 1 // m": of_both(lambda g, p, l, n: 0 * g),
        "every gradient is scaled to length 1": of_both(lambda g, p, l, n: g / np.linalg.norm(g)),
        "every gradient is divided by its largest absolute value": of_both(lambda g, p, l, n: g / np.abs(g).max()),
        "all gradients together are scaled to length 1": normalized,
        "only the signs of the gradients are returned": of_both(lambda g, p, l, n: np.sign(g)),
        "the absolute values of the gradients are returned": of_both(lambda g, p, l, n: np.abs(g)),
        "the squares of the gradients are returned": of_both(lambda g, p, l, n: g**2),
        "the gradients are rounded to two decimals": of_both(lambda g, p, l, n: np.round(g, 2)),
        "the gradients are rounded to three decimals": of_both(lambda g, p, l, n: np.round(g, 3)),
        "the gradients are rounded to four decimals": of_both(lambda g, p, l, n: np.round(g, 4)),
        "the gradients are rounded to five decimals": of_both(lambda g, p, l, n: np.round(g, 5)),
        "the gradients are rounded to six decimals": of_both(lambda g, p, l, n: np.round(g, 6)),
        "the gradients are truncated to integers": of_both(lambda g, p, l, n: np.trunc(g)),
        "the gradients are rounded to float32": of_both(lambda g, p, l, n: g.astype(np.float32).astype(float)),
        "the gradients are rounded to float16": of_both(lambda g, p, l, n: g.astype(np.float16).astype(float)),
        "the layers are in reverse order": layers(lambda n, l: n.L + 1 - l),
        "each layer receives the gradient of the layer after it": layers(lambda n, l: l % n.L + 1),
        "each layer receives the gradient of the layer before it": layers(lambda n, l: (l - 2) % n.L + 1),
        "every layer receives the gradient of layer 1": layers(lambda n, l: 1),
        "every layer receives the gradient of layer {L}": layers(lambda n, l: n.L),
        "dW and db are swapped": lambda n, dW, db: (db, dW),
        "dW is transposed": lambda n, dW, db: ({l: dW[l].T for l in dW}, db),
        "the parameters are returned instead of their gradients": lambda n, dW, db: (n.W, n.b),
        "negative entries of the gradients are replaced by 0": of_both(lambda g, p, l, n: np.maximum(g, 0)),
        "the mean of each gradient is subtracted from it": of_both(lambda g, p, l, n: g - g.mean()),
        "the mean of each row of a gradient is subtracted from that row": of_both(
            lambda g, p, l, n: g - g.mean(axis=1, keepdims=True)
        ),
        "the gradients are multiplied by the parameters": of_both(lambda g, p, l, n: g * p),
    }
    for says, f in lines.items():
        yield Mistake("return", "result", f, says)
    for limit in (10.0, 5.0, 1.0, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001):
        clip = of_both(lambda g, p, l, n, limit=limit: np.clip(g, -limit, limit))
        yield Mistake("return", "result", clip, f"the gradients are clipped to [−{limit:g}, {limit:g}]")
    amounts = {
        "all gradients have an extra factor of {a1:.4g}, such as a learning rate or a different mean": lambda g, p, a: (
            (1 + a) * g
        ),
        "the parameters are added to the gradients": lambda g, p, a: g + a * p,
    }
    for says, f in amounts.items():
        yield Mistake(
            "return",
            "result",
            lambda n, dW, db, a, f=f: _each((dW, db), lambda n, p, g, l, place: f(g, p, a), n),
            says,
            True,
        )
    for rate in (1, 0.5, 0.1, 0.05, 0.01, 0.001):
        step = of_both(lambda g, p, l, n, rate=rate: p - rate * g)
        yield Mistake(
            "return",
            "result",
            step,
            f"the updated parameters (learning rate {rate}) are returned instead of the gradients",
        )


def _right(n, method, l):
    """Return the result of the correct version of a line, given the method of `Steps` that contains it."""
    return getattr(Steps, method)(n, l)


def _each(gradients, f, n):
    """Apply f(n, parameter, gradient, l, place) to every gradient, and return the results as a pair (dW, db)."""
    return tuple(
        {l: f(n, p[l], d[l], l, place) for l in d}
        for place, (d, p) in enumerate(zip(gradients, (n.W, n.b), strict=True))
    )


MISTAKES = [
    *(mistake for group in (_output_error, _mean, _weight_gradient, _bias_gradient) for mistake in group()),
    *(mistake for group in (_error_behind, _unit_error, _forward, _result) for mistake in group()),
]
