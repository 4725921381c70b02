"""Interactive figure for lesson 07 that shows activations and gradients in a deep network before its first update."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import binary_cross_entropy_gradient
from helpers.backprop.network import INITIALIZATIONS, backward, forward, initialize_parameters
from helpers.system.validation import known_name, positive_whole
from helpers.training.parallel import parallel_map
from helpers.widgets.explorer import SLOW, Explorer
from helpers.widgets.your_network import some_digits

DEEPEST_RELU = 24  # largest depth at which both signals keep a tenth of their size, which a test verifies


class Signals(NamedTuple):
    """Sizes of the activations and gradients in the layers 1 to L of a network before its first update."""

    spread: list  # standard deviation of A[l] over the examples, averaged over the units
    gradient: list  # norm of dW[l]
    error: list  # norm of dZ[l]


def measure(depth=12, hidden_activation="tanh", initialization="glorot"):
    """Compute one forward and one backward pass of 500 digits through a network with hidden layers of 50 units.

    Parameters
    ----------
    depth : int
        Number of layers including the output layer, from 2 to 40.
    hidden_activation, initialization : str
        See `NeuralNetwork`.

    Returns
    -------
    Signals

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    if not 2 <= positive_whole(depth, "depth") <= 40:
        raise ValueError(f"depth is {depth}, but it must be between 2 and 40 layers")
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    X, y, _, _ = some_digits()
    X, Y = X[:500], y[np.newaxis, :500]
    W, b = initialize_parameters([784, *[50] * (depth - 1), 1], initialization, random_state=0)
    with parallel_map(1):  # one BLAS thread is fastest for such small products
        Z, A = forward(X, W, b, hidden_activation)
        dW, _ = backward(Y, W, Z, A, hidden_activation)
        dZ = errors(Y, W, Z, hidden_activation)
    lengths = ([float(np.linalg.norm(array[l])) for l in W] for array in (dW, dZ))
    return Signals([float(A[l].std(axis=1).mean()) for l in W], *lengths)


def errors(Y, W, Z, hidden_activation):
    """Return the errors dZ[1], …, dZ[L] of a network with a sigmoid output unit as a dict.

    `backward` computes the same errors but does not return them.
    """
    L = len(W)
    dZ = {L: binary_cross_entropy_gradient(Z[L], Y)}  # (n[L], m)
    for l in range(L, 1, -1):
        dZ[l - 1] = (W[l].T @ dZ[l]) * ACTIVATIONS[hidden_activation].g_prime(Z[l - 1])  # (n[l-1], m)
    return dZ


def draw(result, ax=None):
    """Plot `Signals` as two lines over the layers."""
    return plotting.signals(result.spread, result.gradient, ax)


def describe(result):
    """Return a sentence that states how much of each signal is left at its far end."""
    first, last = result.gradient[0], result.gradient[-1]
    if not last:
        return "No signal reaches the last layer, so no gradient reaches any weight"
    if not first:
        return "No gradient reaches the first layer"
    return (
        f"The spread in the last hidden layer is {_share(result.spread[-2] / result.spread[0])} that in the first. "
        f"The gradient of the first layer is {_share(first / last)} that of the last"
    )


def _share(x):
    """Describe a ratio in words, without tiny numbers such as 1.1e-15."""
    return "less than a billionth of" if x < 1e-9 else f"{x:.1e} times" if x < 1e-3 else f"{x:.2g} times"


def explorer():
    """Return the interactive figure, with controls for the depth, the activation and the initialization."""
    controls = {
        "depth": ipywidgets.IntSlider(12, min=2, max=40, description="layers", **SLOW),
        "hidden_activation": ipywidgets.Dropdown(
            options=["sigmoid", "tanh", "relu"], value="tanh", description="hidden activation"
        ),
        "initialization": ipywidgets.Dropdown(
            options=list(INITIALIZATIONS), value="glorot", description="initialisation"
        ),
    }
    args = (measure, draw, describe, "widgets.signals.measure(")
    return Explorer("Signals through depth", "07.signals", controls, *args, met=is_met)


def keeps_a_tenth(result):
    """Return whether both signals keep at least a tenth of their size from one end of the network to the other."""
    spread, gradient = result.spread, result.gradient
    return spread[-2] >= 0.1 * spread[0] and gradient[0] >= 0.1 * gradient[-1] > 0


def is_met(result, state):
    """Return whether this is the deepest ReLU network in which both signals keep at least a tenth of their size."""
    return (state["hidden_activation"], state["depth"]) == ("relu", DEEPEST_RELU) and keeps_a_tenth(result)
