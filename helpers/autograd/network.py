"""A network's cost as a program for the tape: the forward pass of lesson 04, and nothing about a way back."""

import numpy as np

from helpers.autograd import tape
from helpers.system.validation import known_name

ACTIVATIONS = {
    "sigmoid": lambda Z: Z.sigmoid(),
    "tanh": lambda Z: Z.tanh(),
    "relu": lambda Z: Z.relu(),
    "identity": lambda Z: Z,
}
# Loss of all examples together, of the logits Z and the targets Y, both of shape (n[L], m).
LOSSES = {
    "sigmoid": lambda Z, Y: (Z.softplus() - Z * Y).sum(),  # binary cross-entropy
    "softmax": lambda Z, Y: (Z.logsumexp(axis=0) - (Z * Y).sum(axis=0)).sum(),  # cross-entropy
    "identity": lambda Z, Y: ((Z - Y) ** 2).sum() / 2,  # half the squared error
}


def cost(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0):
    """The cost of `network.NeuralNetwork` with its penalty ½ λ Σ w².

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of Variables, W[l] of shape (n[l], n[l−1]), b[l] of shape (n[l], 1)
    hidden_activation, output : str, as in `network.forward`
    l2 : float, λ

    Returns
    -------
    Variable, a single number

    Raises
    ------
    ValueError
        If the activation or the output is not one of those above.
    """
    activation = ACTIVATIONS[known_name(hidden_activation, ACTIVATIONS, "hidden_activation")]
    loss = LOSSES[known_name(output, LOSSES, "output")]
    A = X.T  # (n[0], m)
    for l in sorted(W):
        Z = W[l] @ A + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
        A = activation(Z) if l < len(W) else Z
    J = loss(A, Y) / len(X)
    return J + 0.5 * l2 * sum((W[l] ** 2).sum() for l in W) if l2 else J


def gradients(
    X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0, variable=tape.Variable, grad=tape.grad
):
    """The gradients of `cost`, by the tape; what `gradient_check.check_gradients` can hold against nudges.

    Parameters
    ----------
    X, Y, hidden_activation, output, l2 : as in `cost`
    W, b : dicts of ndarrays
    variable, grad : what stands in for `tape.Variable` and `tape.grad`, such as the broken ones of `tape_zoo`

    Returns
    -------
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    W, b = ({l: variable(np.asarray(p[l], float), f"{name}{l}") for l in p} for name, p in (("W", W), ("b", b)))
    found = grad(cost(X, Y, W, b, hidden_activation, output, l2), [*W.values(), *b.values()])
    return dict(zip(W, found, strict=False)), dict(zip(b, found[len(W) :], strict=True))
