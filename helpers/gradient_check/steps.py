"""Backpropagation as a program whose lines can be replaced one at a time.

Replacing a line with a wrong one shows which gradients a mistake on that line produces.
"""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS


class Steps:
    """The forward and backward passes of `backprop.network`, with one method for each line.

    Each mistake in `mistakes.MISTAKES` replaces one of these methods. All computations are done in float64.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Input data. Each row is an example.
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W, b : dict of ndarray
        Parameters.
    hidden_activation, output : str
        Activation functions; see `backprop.network.forward`.
    l2 : float
        Factor λ of a penalty ½ λ Σ w² in the cost.

    Attributes
    ----------
    Z, A, dZ, dA : dict of ndarray
        Intermediate results of `run`.
    """

    def __init__(self, X, Y, W, b, hidden_activation, output, l2=0.0):
        self.X, self.Y, self.W, self.b = X, Y, W, b
        self.L, self.m, self.l2 = len(W), len(X), l2
        self.hidden_activation, self.output = hidden_activation, output
        self.g, self.g_prime = ACTIVATIONS[hidden_activation]
        self.g_out = OUTPUTS[output].g

    def run(self):
        """Run both passes and return the gradients dW and db."""
        self.Z, self.A, self.dZ, self.dA, self.dW, self.db = {}, {}, {}, {}, {}, {}
        self.A[0] = self.features()
        for l in range(1, self.L + 1):
            self.Z[l] = self.weighted_input(l)
            self.A[l] = self.activation(l)
        self.dZ[self.L] = self.output_error()
        for l in range(self.L, 0, -1):
            self.dW[l] = self.weight_gradient(l)
            self.db[l] = self.bias_gradient(l)
            if l > 1:
                self.dA[l - 1] = self.activation_gradient(l - 1)
                self.dZ[l - 1] = self.weighted_input_gradient(l - 1)
        return self.result(self.dW, self.db)

    def features(self):
        """Return A[0], the input of the first layer, with one example per column."""
        return self.X.T

    def weighted_input(self, l):
        """Return Z[l], the weighted input of layer l."""
        return self.W[l] @ self.A[l - 1] + self.b[l]

    def activation(self, l):
        """Return A[l], the activation of layer l."""
        return self.g_out(self.Z[l]) if l == self.L else self.g(self.Z[l])

    def output_error(self):
        """Return dZ[L], the gradient with respect to the weighted input of the output layer."""
        return (self.A[self.L] - self.Y) / self.m

    def weight_gradient(self, l):
        """Return dW[l], the gradient with respect to the weights of layer l."""
        return self.dZ[l] @ self.A[l - 1].T + self.penalty_gradient(l)

    def penalty_gradient(self, l):
        """Return the contribution of the penalty to dW[l], which is the number 0 if there is no penalty."""
        return self.l2 * self.W[l] if self.l2 else 0

    def bias_gradient(self, l):
        """Return db[l], the gradient with respect to the biases of layer l."""
        return self.dZ[l].sum(axis=1, keepdims=True)

    def activation_gradient(self, l):
        """Return dA[l], the gradient with respect to the activation of layer l."""
        return self.W[l + 1].T @ self.dZ[l + 1]

    def weighted_input_gradient(self, l):
        """Return dZ[l], the gradient with respect to the weighted input of layer l."""
        return self.dA[l] * self.g_prime(self.Z[l])

    def result(self, dW, db):
        """Return the gradients of all layers."""
        return dW, db


class MeanLast(Steps):
    """Forward and backward passes in which the division by m comes last.

    The factor 1/m is applied only to dW and db, so every dZ and dA is m times larger than in `Steps`.
    """

    def output_error(self):
        """Return m times dZ[L], the gradient with respect to the weighted input of the output layer."""
        return self.A[self.L] - self.Y

    def penalty_gradient(self, l):
        """Return m times the contribution of the penalty to dW[l]."""
        return self.m * super().penalty_gradient(l)

    def result(self, dW, db):
        """Return the gradients of all layers, divided by m."""
        return tuple({l: d[l] / self.m for l in d} for d in (dW, db))


def probe(task, seed=1):
    """Return a random network with the same layer sizes as `task`, and examples that distinguish all known mistakes."""
    X, Y, W, b, hidden_activation, output, l2 = task
    rng = np.random.default_rng(seed)
    sizes = [X.shape[1], *(len(W[l]) for l in sorted(W))]
    m = next(m for m in range(7, 100) if m not in sizes)
    W = {l: rng.standard_normal(W[l].shape) * 1.4 / np.sqrt(W[l].shape[1]) for l in W}
    b = {l: 0.5 * rng.standard_normal(b[l].shape) for l in b}
    if output == "softmax":
        Y = np.eye(len(Y))[:, rng.permutation(np.arange(m) % len(Y))]
    elif output == "sigmoid":
        Y = rng.permuted(np.tile(np.arange(m) % 2, (len(Y), 1)), axis=1).astype(float)
    else:
        Y = 2 * rng.standard_normal((len(Y), m))
    return rng.standard_normal((m, X.shape[1])), Y, W, b, hidden_activation, output, l2
