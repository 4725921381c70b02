"""Interactive figure for lesson 07 that shows how signals and errors fade in a deep network before its first update."""

import copy
from functools import lru_cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import binary_cross_entropy_gradient
from helpers.backprop.network import INITIALIZATIONS, forward, initialize_parameters
from helpers.system.validation import known_name, positive_whole
from helpers.training.parallel import parallel_map
from helpers.widgets.explorer import SLOW, Explorer
from helpers.widgets.your_network import some_digits

DEEPEST_RELU = 14  # greatest depth at which a quarter of both signals is left from every start, as a test verifies
STARTS = range(1, 6)  # seeds of the initial weights
EXAMPLES, WIDTH = 300, 50  # number of digits, and of units in each hidden layer


class Signals(NamedTuple):
    """Sizes of the forward and backward signals in the hidden layers before any update, for several random starts.

    Both arrays have a row for each start and a column for each of the hidden layers 1 to L − 1. The size of an array
    is the root mean square of its entries.
    """

    forward: np.ndarray  # size of the differences between examples: A[l] minus its mean over the examples
    backward: np.ndarray  # size of dZ[l], multiplied by the number of examples

    def typical(self):
        """Return the geometric means of `forward` and `backward` over the starts, each of shape (L − 1,)."""
        return tuple(np.exp(np.log(np.fmax(sizes, 1e-300)).mean(axis=0)) for sizes in self)

    def kept(self):
        """For each start, return the fraction of each signal that remains, as two arrays of shape (starts,).

        The signal goes from the first hidden layer to the last, and the error from the last to the first. If there is
        no signal to begin with, the fraction is 0.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            fractions = self.forward[:, -1] / self.forward[:, 0], self.backward[:, 0] / self.backward[:, -1]
        return tuple(np.nan_to_num(fraction, nan=0.0, posinf=0.0) for fraction in fractions)


def measure(depth=12, hidden_activation="tanh", initialization="glorot"):
    """Measure both signals for 300 digits in networks with hidden layers of 50 units, from five random starts.

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
        raise ValueError(f"depth is {depth}, but it must be between 2 and 40")
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    known_name(initialization, INITIALIZATIONS, "initialization")
    with parallel_map(1):  # one BLAS thread is fastest for such small products
        starts = [_one_start(depth, hidden_activation, initialization, seed) for seed in STARTS]
    return Signals(*(np.array(signal) for signal in zip(*starts, strict=True)))


def _one_start(depth, hidden_activation, initialization, seed):
    """Return the sizes of both signals in the hidden layers 1 to L − 1 for one random start."""
    Y = some_digits()[1][np.newaxis, :EXAMPLES]  # (1, m)
    W1, Z1, rng = _first_layer(initialization, seed)
    A1 = ACTIVATIONS[hidden_activation].g(Z1)  # (50, m)
    # The layers after the first form a network with the inputs A[1], in which they are numbered from 1 again.
    W, b = initialize_parameters([*[WIDTH] * (depth - 1), 1], initialization, copy.deepcopy(rng))
    Z, A = forward(A1.T, W, b, hidden_activation)
    W, Z = ({1: first} | {l + 1: p for l, p in later.items()} for first, later in ((W1, W), (Z1, Z)))
    dZ = errors(Y, W, Z, hidden_activation)
    differences = [root_mean_square(A[l] - A[l].mean(axis=1, keepdims=True)) for l in range(depth - 1)]
    return differences, [EXAMPLES * root_mean_square(dZ[l]) for l in range(1, depth)]


@lru_cache(len(STARTS))  # neither the depth nor the activation changes the first layer, which takes a third of the time
def _first_layer(initialization, seed):
    """Return W[1] and Z[1], and the random number generator with which the other layers are to be initialised."""
    X, rng = some_digits()[0][:EXAMPLES], np.random.default_rng(seed)
    W, b = initialize_parameters([X.shape[1], WIDTH], initialization, rng)
    return W[1], W[1] @ X.T + b[1], rng  # (50, 784), (50, m)


def root_mean_square(array):
    """Return the root mean square of the entries."""
    return float(np.sqrt(np.mean(np.square(array))))


def errors(Y, W, Z, hidden_activation):
    """Return a dict of the errors dZ[1], …, dZ[L] of a network with a sigmoid output unit.

    `backward` computes the same errors but does not return them.
    """
    L = len(W)
    dZ = {L: binary_cross_entropy_gradient(Z[L], Y)}  # (n[L], m)
    for l in range(L, 1, -1):
        dZ[l - 1] = (W[l].T @ dZ[l]) * ACTIVATIONS[hidden_activation].g_prime(Z[l - 1])  # (n[l-1], m)
    return dZ


def draw(result, ax=None):
    """Plot `Signals`, with a thin line for each start and a thick line for their mean."""
    return plotting.signals(result.forward, result.backward, ax)


def describe(result):
    """Return a sentence that states the smallest fraction of each signal that is left at the end of its path."""
    forward, backward = (min(fractions) for fractions in result.kept())
    if not forward and not backward:
        return "No signal reaches the last hidden layer, and no error reaches the first"
    if not backward:
        return "No error reaches the first hidden layer"
    return (
        f"Worst cases among five starts: the differences in the last hidden layer are {_share(forward)} those in the "
        f"first, and the error in the first hidden layer is {_share(backward)} that in the last"
    )


def _share(x):
    """Describe a ratio in words, without tiny numbers such as 1.1e-15."""
    return "less than a billionth of" if x < 1e-9 else f"{x:.1e} times" if x < 1e-3 else f"{x:.2g} times"


def explorer():
    """Return the interactive figure, with controls for the depth, the activation and the initialisation."""
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


def keeps_a_quarter(result):
    """Return whether, from every start, both signals keep at least a quarter of their size."""
    return min(map(min, result.kept())) >= 0.25


def is_met(result, state):
    """Return whether this is the deepest ReLU network that keeps a quarter of each signal from every start."""
    return (state["hidden_activation"], state["depth"]) == ("relu", DEEPEST_RELU) and keeps_a_quarter(result)
