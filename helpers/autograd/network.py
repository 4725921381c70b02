"""Cost of a network, computed on the tape by the forward pass from lesson 04.

No backward pass is needed here, because the tape derives it.
"""

from helpers.autograd import tape
from helpers.system.arguments import check_function, check_layers, check_shapes
from helpers.system.validation import all_are, as_float64_array, as_matrix, known_name, not_negative

ACTIVATIONS = {
    "sigmoid": lambda Z: Z.sigmoid(),
    "tanh": lambda Z: Z.tanh(),
    "relu": lambda Z: Z.relu(),
    "identity": lambda Z: Z,
}
# Sum of the losses of all examples, as a function of the logits Z and the targets Y, both of shape (n[L], m)
LOSSES = {
    "sigmoid": lambda Z, Y: (Z.softplus() - Z * Y).sum(),  # binary cross-entropy
    "softmax": lambda Z, Y: (Z.logsumexp(axis=0) - (Z * Y).sum(axis=0)).sum(),  # cross-entropy
    "identity": lambda Z, Y: ((Z - Y) ** 2).sum() / 2,  # half the squared error
}


def cost(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0):
    """Compute the cost of `training.NeuralNetwork` on the tape, including its penalty ½ λ Σ w².

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Input data. Each row is an example.
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W, b : dict of Variable
        Parameters, with W[l] of shape (n[l], n[l−1]) and b[l] of shape (n[l], 1).
    hidden_activation, output : str
        Activation functions; see `backprop.network.forward`.
    l2 : float
        Factor λ of the penalty.

    Returns
    -------
    Variable
        Cost, a single number.

    Raises
    ------
    TypeError, ValueError
        If an activation function is unknown, or if an array has the wrong shape or type. Arrays that
        NumPy would broadcast, such as Y of shape (m,), are also rejected.
    """
    activation = ACTIVATIONS[known_name(hidden_activation, ACTIVATIONS, "hidden_activation")]
    loss = LOSSES[known_name(output, LOSSES, "output")]
    l2, X, Y = not_negative(l2, "l2"), as_matrix(X), as_float64_array(Y, "Y", finite=True)
    check_layers(W, b)
    all_are(tape.Variable, [*W.values(), *b.values()], "cost")
    check_shapes(X, Y, W, b)
    A = X.T  # (n[0], m)
    for l in sorted(W):
        Z = W[l] @ A + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
        A = activation(Z) if l < len(W) else Z
    J = loss(A, Y) / len(X)
    return J + 0.5 * l2 * sum((W[l] ** 2).sum() for l in W) if l2 else J


def gradients(
    X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", l2=0.0, variable=tape.Variable, grad=tape.grad
):
    """Compute the gradients of `cost` with the tape, in a form that `check_gradients` can test.

    Parameters
    ----------
    X, Y, hidden_activation, output, l2
        See `cost`.
    W, b : dict of ndarray
        Parameters.
    variable, grad : callable
        Replacements for `tape.Variable` and `tape.grad`, such as the broken ones in `bug_zoo`.

    Returns
    -------
    dW, db : dict of ndarray
        Gradients, with the shapes of W and b.

    Raises
    ------
    TypeError, ValueError
        See `cost`.
    """
    check_layers(W, b)
    check_function(variable, "variable", "value", "name")
    check_function(grad, "grad", "output", "inputs")
    arrays = ({l: as_float64_array(p[l], f"{name}[{l}]") for l in p} for name, p in (("W", W), ("b", b)))
    W, b = ({l: variable(p[l], f"{name}{l}") for l in p} for name, p in zip("Wb", arrays, strict=True))
    found = grad(cost(X, Y, W, b, hidden_activation, output, l2), [*W.values(), *b.values()])
    return dict(zip(W, found, strict=False)), dict(zip(b, found[len(W) :], strict=True))
