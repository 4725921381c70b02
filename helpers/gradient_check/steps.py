"""Backpropagation as a program whose lines can be replaced one by one, to see what a mistake in each would produce."""

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS


class Steps:
    """The forward and backward pass of `network`, one method per line.

    Each mistake in `mistakes.MISTAKES` replaces one method. Values are float64.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays
    hidden_activation, output : str, as in `network.forward`
    l2 : float, λ of a penalty ½ λ Σ w² in the cost

    Attributes
    ----------
    Z, A, dZ, dA : dicts of ndarrays, filled by `run`
    """

    def __init__(self, X, Y, W, b, hidden_activation, output, l2=0.0):
        self.X, self.Y, self.W, self.b = X, Y, W, b
        self.L, self.m, self.l2 = len(W), len(X), l2
        self.hidden_activation, self.output = hidden_activation, output
        self.g, self.g_prime = ACTIVATIONS[hidden_activation]
        self.g_out = OUTPUTS[output].g

    def run(self):
        """Run both passes, line by line, and return the gradients dW, db."""
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
                self.dA[l - 1] = self.error_behind(l - 1)
                self.dZ[l - 1] = self.unit_error(l - 1)
        return self.result(self.dW, self.db)

    def features(self):
        """A[0]."""
        return self.X.T

    def weighted_input(self, l):
        """Z[l]."""
        return self.W[l] @ self.A[l - 1] + self.b[l]

    def activation(self, l):
        """A[l]."""
        return self.g_out(self.Z[l]) if l == self.L else self.g(self.Z[l])

    def output_error(self):
        """dZ[L]."""
        return (self.A[self.L] - self.Y) / self.m

    def weight_gradient(self, l):
        """dW[l]."""
        return self.dZ[l] @ self.A[l - 1].T + self.l2 * self.W[l]

    def bias_gradient(self, l):
        """db[l]."""
        return self.dZ[l].sum(axis=1, keepdims=True)

    def error_behind(self, l):
        """dA[l]."""
        return self.W[l + 1].T @ self.dZ[l + 1]

    def unit_error(self, l):
        """dZ[l]."""
        return self.dA[l] * self.g_prime(self.Z[l])

    def result(self, dW, db):
        """The returned gradients."""
        return dW, db


class MeanLast(Steps):
    """The same passes with the 1/m applied only at the end, to dW and db: every dZ and dA is m times larger."""

    def output_error(self):
        """dZ[L], without the 1/m."""
        return self.A[self.L] - self.Y

    def weight_gradient(self, l):
        """m times dW[l]."""
        return self.dZ[l] @ self.A[l - 1].T + self.m * self.l2 * self.W[l]

    def result(self, dW, db):
        """The returned gradients, divided by m."""
        return tuple({l: d[l] / self.m for l in d} for d in (dW, db))
