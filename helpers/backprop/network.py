"""Fully connected network of any depth: initialisation, forward pass and backward pass.

The functions follow the equations from lesson 04 line by line, except that dZ[L] is computed in `losses`, in a form
that avoids cancellation. As in the derivation, each column is an example, so A[0] = Xᵀ. The variables W, b, Z, A, dW
and db are dictionaries whose keys are the layers 1 … L, and A also has the key 0. `W[2]` in the code corresponds to
W[2] in the text.
"""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.system.arguments import as_layer_sizes, check_room
from helpers.system.validation import as_generator, floating_type, known_name

# Standard deviation of the weights of a layer with n_in inputs and n_out units.
INITIALIZATIONS = {
    "lecun": lambda n_in, n_out: 1 / np.sqrt(n_in),
    "glorot": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "small": lambda n_in, n_out: 0.01,
    "zero": lambda n_in, n_out: 0.0,
}


def initialize_parameters(layer_sizes, initialization="lecun", random_state=0, dtype=np.float64):
    """Return random weights and zero biases for layers 1 … L.

    The weights are drawn from a normal distribution with mean 0. Its standard deviation is 1/√n[l−1] for
    "lecun", √(2/(n[l−1] + n[l])) for "glorot", √(2/n[l−1]) for "he", 0.01 for "small" and 0 for "zero".
    With "zero", all units in a hidden layer remain identical throughout training.

    Parameters
    ----------
    layer_sizes : sequence of int
        n[0], n[1], …, n[L]: the number of features, followed by the number of units in each layer.
    initialization : {"lecun", "glorot", "he", "small", "zero"}
        Rule for the standard deviation of the weights.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the random numbers. An int is used as the seed of a new generator. A generator is used directly, and
        its state advances.
    dtype : numpy.float64 or numpy.float32
        Type of the result. The numbers are drawn in float64 and then rounded.

    Returns
    -------
    W : dict of ndarray
        Weights, with W[l] of shape (n[l], n[l−1]).
    b : dict of ndarray
        Biases, with b[l] of shape (n[l], 1).

    Raises
    ------
    TypeError, ValueError
        If an argument does not match its description.
    """
    n = as_layer_sizes(layer_sizes)
    if len(n) < 2:
        raise ValueError(f"layer_sizes is {[*n]}: put the number of features first, and then the size of each layer")
    check_room(sum(n[l] * n[l - 1] for l in range(1, len(n))), "layer_sizes")
    scale = INITIALIZATIONS[known_name(initialization, INITIALIZATIONS, "initialization")]
    dtype, rng = floating_type(dtype), as_generator(random_state)
    W, b = {}, {}
    for l in range(1, len(n)):
        W[l] = (rng.standard_normal((n[l], n[l - 1])) * scale(n[l - 1], n[l])).astype(dtype)  # (n[l], n[l-1])
        b[l] = np.zeros((n[l], 1), dtype)  # (n[l], 1)
    return W, b


def forward(X, W, b, hidden_activation="sigmoid", output="sigmoid"):
    """Compute the forward pass, Z[l] = W[l] A[l−1] + b[l] and A[l] = g(Z[l]) for l = 1 … L.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Input data. Each row is an example.
    W, b : dict of ndarray
        Parameters, as returned by `initialize_parameters`.
    hidden_activation : str
        Activation function of layers 1 … L−1, a key of `activations.ACTIVATIONS`.
    output : str
        Activation function of layer L, a key of `losses.OUTPUTS`.

    Returns
    -------
    Z : dict of ndarray
        Weighted inputs, with Z[l] of shape (n[l], m) for l = 1 … L.
    A : dict of ndarray
        Activations, with A[l] of shape (n[l], m) for l = 0 … L and A[0] = X.T.
    """
    L = len(W)
    Z, A = {}, {0: X.T}  # A[0]: (n[0], m)
    for l in range(1, L + 1):
        g = OUTPUTS[output].g if l == L else ACTIVATIONS[hidden_activation].g
        Z[l] = W[l] @ A[l - 1] + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
        A[l] = g(Z[l])  # (n[l], m)
    return Z, A


def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid"):
    """Compute the gradient of the cost with respect to every weight and bias.

    The cost provides dZ[L] = ∂J/∂Z[L] = (A[L] − Y) / m. For l = L … 1, the gradients are then

        dW[l] = dZ[l] A[l−1]ᵀ
        db[l] = Σ dZ[l], summed over the examples
        dA[l−1] = W[l]ᵀ dZ[l]
        dZ[l−1] = dA[l−1] ⊙ g′(Z[l−1])

    Parameters
    ----------
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W : dict of ndarray
        Weights that were passed to `forward`.
    Z, A : dict of ndarray
        Weighted inputs and activations returned by `forward`.
    hidden_activation, output : str
        Activation functions that were passed to `forward`.

    Returns
    -------
    dW, db : dict of ndarray
        Gradients, with the shapes of W and b.
    """
    L = len(W)
    g_prime = ACTIVATIONS[hidden_activation].g_prime
    dW, db = {}, {}
    dZ = OUTPUTS[output].cost_gradient(Z[L], Y)  # (n[L], m)
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
        db[l] = np.sum(dZ, axis=1, keepdims=True)  # (n[l], 1)
        if l > 1:
            dA = W[l].T @ dZ  # (n[l-1], n[l]) @ (n[l], m) = (n[l-1], m)
            dZ = dA * g_prime(Z[l - 1])  # (n[l-1], m) * (n[l-1], m)
    return dW, db
