"""A fully connected network of any depth: initialise, forward, backward.

These are the equations of lesson 04 and nothing else. Each column is an example, as in the derivation:
A[0] = Xᵀ. W, b, Z, A, dW and db are dictionaries whose keys are the layers l = 1 … L, so `W[2]` in the
code is W[2] in the text.
"""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.system.arguments import as_layer_sizes, check_room
from helpers.system.validation import as_generator, floating_type, known_name

# Standard deviation of a layer's weights, given the size of the previous layer and its own.
INITIALIZATIONS = {
    "lecun": lambda n_in, n_out: 1 / np.sqrt(n_in),
    "glorot": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "small": lambda n_in, n_out: 0.01,
    "zero": lambda n_in, n_out: 0.0,
}


def initialize_parameters(layer_sizes, initialization="lecun", random_state=0, dtype=np.float64):
    """Random weights and zero biases for layers 1 … L.

    W[l] ~ N(0, 1) · s with s = 1/√n[l−1] for "lecun", √(2/(n[l−1] + n[l])) for "glorot",
    √(2/n[l−1]) for "he", 0.01 for "small" and 0 for "zero" (which keeps all units of a layer identical).

    Parameters
    ----------
    layer_sizes : sequence of int
        n[0], n[1], …, n[L]: the number of features, then the number of units in each layer.
    initialization : {"lecun", "glorot", "he", "small", "zero"}
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the random numbers. An int seeds a new generator; if a generator is passed, its state advances.
    dtype : numpy.float64 or numpy.float32
        Type of the result. The numbers are drawn in float64 and then rounded.

    Returns
    -------
    W : dict of ndarrays, W[l] of shape (n[l], n[l−1])
    b : dict of ndarrays, b[l] of shape (n[l], 1)

    Raises
    ------
    TypeError, ValueError
        If a layer size, the initialization, the random state or the dtype is not as described above.
    """
    n = as_layer_sizes(layer_sizes)
    check_room(sum(n[l] * n[l - 1] for l in range(1, len(n))), "layer_sizes")
    scale = INITIALIZATIONS[known_name(initialization, INITIALIZATIONS, "initialization")]
    dtype, rng = floating_type(dtype), as_generator(random_state)
    W, b = {}, {}
    for l in range(1, len(n)):
        W[l] = (rng.standard_normal((n[l], n[l - 1])) * scale(n[l - 1], n[l])).astype(dtype)  # (n[l], n[l-1])
        b[l] = np.zeros((n[l], 1), dtype)  # (n[l], 1)
    return W, b


def forward(X, W, b, hidden_activation="sigmoid", output="sigmoid"):
    """Forward propagation: Z[l] = W[l] A[l−1] + b[l] and A[l] = g(Z[l]) for l = 1 … L.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Each row is an example.
    W, b : dicts of ndarrays, as `initialize_parameters` returns them
    hidden_activation : str, key of `activations.ACTIVATIONS`: the g of layers 1 … L−1
    output : str, key of `losses.OUTPUTS`: the g of layer L

    Returns
    -------
    Z : dict of ndarrays, Z[l] of shape (n[l], m) for l = 1 … L
    A : dict of ndarrays, A[l] of shape (n[l], m) for l = 0 … L, with A[0] = X.T
    """
    L = len(W)
    Z, A = {}, {0: X.T}  # A[0]: (n[0], m)
    for l in range(1, L + 1):
        g = OUTPUTS[output].g if l == L else ACTIVATIONS[hidden_activation].g
        Z[l] = W[l] @ A[l - 1] + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
        A[l] = g(Z[l])  # (n[l], m)
    return Z, A


def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid"):
    """Backpropagation: the gradient of the cost with respect to every weight and bias.

    The loss gives dZ[L] = ∂J/∂Z[L], including the factor 1/m; then, for l = L … 1,
    dW[l] = dZ[l] A[l−1]ᵀ,  db[l] = Σ over examples of dZ[l],
    dA[l−1] = W[l]ᵀ dZ[l],  dZ[l−1] = dA[l−1] ⊙ g′(Z[l−1]).

    Parameters
    ----------
    Y : ndarray of shape (n[L], m)
        Targets. Each column is an example.
    W : dict of ndarrays, the weights passed to `forward`
    Z, A : dicts of ndarrays, as returned by `forward`
    hidden_activation, output : str, as passed to `forward`

    Returns
    -------
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    L = len(W)
    g_prime = ACTIVATIONS[hidden_activation].g_prime
    dW, db = {}, {}
    dZ = OUTPUTS[output].loss_gradient(Z[L], Y)  # (n[L], m)
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
        db[l] = np.sum(dZ, axis=1, keepdims=True)  # (n[l], 1)
        if l > 1:
            dA = W[l].T @ dZ  # (n[l-1], n[l]) @ (n[l], m) = (n[l-1], m)
            dZ = dA * g_prime(Z[l - 1])  # (n[l-1], m) * (n[l-1], m)
    return dW, db
