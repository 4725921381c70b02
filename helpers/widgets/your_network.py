"""Interactive figure for lesson 04 that trains a network on a thousand digits, with layer sizes set by the reader."""

import warnings
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets

from helpers import plotting
from helpers.backprop.activations import ACTIVATIONS
from helpers.datasets.mnist import load_digit_pair
from helpers.system.validation import known_name, positive_whole
from helpers.training.neural_network import NeuralNetwork
from helpers.training.parallel import parallel_map
from helpers.widgets.explorer import REFUSALS, as_sizes, count_parameters, fit_whole, refusal
from helpers.widgets.live import Live
from helpers.widgets.playground_data import as_rates
from helpers.widgets.playground_picture import levels

MOST_LAYERS, MOST_PARAMETERS, MOST_ITERATIONS = 20, 100_000, 1000  # these limits keep training short
SHOWN, MOST_DRAWN = 16, 240  # largest number of units shown per layer, and of points per curve
DIGITS = 12  # largest number of correctly classified digits shown; the same limit applies to misclassified ones
LAYERS, RIGHT = 3, 0.95  # conditions of the challenge: number of layers, test accuracy


class Training(NamedTuple):
    """Network trained on a thousand digits, with its training and test accuracy."""

    network: NeuralNetwork
    train_accuracy: float
    test_accuracy: float


@cache
def some_digits():
    """Return 1000 training and 500 test images of the digits 5 and 8, with their labels."""
    X, y, X_test, y_test = load_digit_pair(5, 8, np.float32, random_state=0)
    return X[:1000], y[:1000], X_test[:500], y_test[:500]


@cache
def mean_digit():
    """Return the mean of the test images, an array of shape (784,)."""
    return some_digits()[2].mean(axis=0)


def train(layer_sizes="20, 1", hidden_activation="sigmoid", learning_rate=0.5, iterations=60):
    """Train a network on 1000 images of the digits 5 and 8, and test it on 500 others.

    Parameters
    ----------
    layer_sizes : sequence of int or str
        Layer sizes without the number of inputs, or text such as "20, 1". The last size must be 1.
    hidden_activation, iterations
        See `NeuralNetwork`.
    learning_rate : float or dict
        A dict such as {0: 0.5, 40: 0.1} maps numbers of completed iterations to the rate used from then on.

    Returns
    -------
    Training

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or if the network is too large to watch.
    """
    sizes, rates = _checked(layer_sizes, iterations), as_rates(learning_rate, MOST_ITERATIONS)
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    ends = [*(start for start in rates if 0 < start < iterations), iterations]
    network = NeuralNetwork(sizes, hidden_activation=hidden_activation, dtype=np.float32)
    for end, rate in zip(ends, rates.values(), strict=False):
        network.learning_rate, network.iterations = rate, end
        _train(network)
    return _scored(network)


def _checked(layer_sizes, iterations):
    sizes = as_sizes(layer_sizes)
    if sizes[-1] != 1:
        raise ValueError(
            f"the last layer size is {sizes[-1]}, but it must be 1, because a single unit decides between 5 and 8"
        )
    parameters = count_parameters((784, *sizes))
    if len(sizes) > MOST_LAYERS or parameters > MOST_PARAMETERS:
        raise ValueError(
            f"a network with {len(sizes)} layers and {parameters} parameters is too slow to watch: "
            f"use at most {MOST_LAYERS} layers and {MOST_PARAMETERS} parameters"
        )
    if positive_whole(iterations, "iterations") > MOST_ITERATIONS:
        raise ValueError(f"iterations is {iterations}, but it must be at most {MOST_ITERATIONS}")
    return sizes


def _train(network):
    """Start or resume training up to the requested number of iterations; raise KeyboardInterrupt if interrupted."""
    X, y, _, _ = some_digits()
    if not hasattr(network, "cost_history_"):
        fit_whole(network, X, y)
        return
    network.resume(X, y)
    done = len(network.cost_history_)
    if done < network.iterations:
        raise KeyboardInterrupt(f"after {done} of {network.iterations} iterations")


def _scored(network):
    X, y, X_test, y_test = some_digits()
    return Training(network, network.score(X, y), network.score(X_test, y_test))


def draw(result, ax=None):
    """Plot the cost curve of a `Training`."""
    return plotting.accuracy_and_cost(result.network.cost_history_, result.train_accuracy, result.test_accuracy, ax)


def describe(result):
    """Return a sentence that states the number of parameters, the final cost and the test accuracy of a `Training`."""
    n = result.network.layer_sizes_
    shapes = ", ".join(f"W[{l}] {n[l]} × {n[l - 1]}" for l in range(1, len(n)))
    return (
        f"{count_parameters(n)} parameters ({shapes}); final cost {result.network.cost_history_[-1]:.4f}, "
        f"test accuracy {result.test_accuracy:.3f}"
    )


class YourNetwork(Live):
    """Interactive figure that trains a network on digits, with controls for its size, activation and learning rate.

    Changing the layer sizes or the activation restarts the training. A change to the learning rate takes effect without
    a restart, and the line of code records the iteration at which it was made.
    """

    title = "Your network"
    challenge = "04.your_network"
    front = "maps.js your_network.js"
    code = "widgets.your_network.train("
    figsize = (7, 3.4)
    arguments = ("layer_sizes", "hidden_activation", "iterations")

    layer_sizes = traitlets.Unicode("20, 1").tag(sync=True)
    hidden_activation = traitlets.Unicode("sigmoid").tag(sync=True)
    learning_rate = traitlets.CFloat(0.5).tag(sync=True)
    iterations = traitlets.CInt(1).tag(sync=True)
    speed = traitlets.CInt(1).tag(sync=True)  # number of iterations per picture

    def __init__(self, **state):
        self._rates = None
        super().__init__(**state)
        self.observe(self._change_rate, names="learning_rate")

    def _refresh(self, change=None):
        if change and change["name"] != "iterations":  # training restarts with the current learning rate
            self._rates = None
        super()._refresh(change)

    def state(self):
        """Return the arguments of `train`."""
        self._rates = self._rates or {0: self.learning_rate}
        rates = dict(self._rates) if len(self._rates) > 1 else self._rates[0]
        return super().state() | {"learning_rate": rates}

    @parallel_map(1)  # two BLAS threads would compete with the browser, and wait for each other
    def compute(self, layer_sizes, hidden_activation, iterations, learning_rate):
        """Return the requested `Training`, continuing from the current one if possible."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a rising cost is visible anyway and may be intended
            rates = as_rates(learning_rate, MOST_ITERATIONS)
            if not self._goes_on(layer_sizes, hidden_activation, iterations, rates):
                return train(layer_sizes, hidden_activation, learning_rate, iterations)
            _checked(layer_sizes, iterations)
            network = self.result.network
            network.learning_rate, network.iterations = rates[max(rates)], iterations
            _train(network)
            return _scored(network)

    def _goes_on(self, layer_sizes, hidden_activation, iterations, rates):
        """Return whether the requested training continues the current one."""
        if not self.result or (layer_sizes, hidden_activation) != tuple(
            self._shown[name] for name in self.arguments[:2]
        ):
            return False
        done, before = len(self.result.network.cost_history_), as_rates(self._shown["learning_rate"], MOST_ITERATIONS)
        new = {start: rate for start, rate in rates.items() if start < done}
        return done <= iterations and max(rates) <= done and new == {k: v for k, v in before.items() if k < done}

    def describe(self, result):
        """Return a sentence that states the number of iterations and the outcome of the training."""
        done = self.iterations
        return f"After {done} iteration{'s' if done > 1 else ''}: {describe(result)}"

    def solved(self, result):
        """Return whether the network has three layers and classifies enough of the test digits correctly."""
        return len(result.network.layer_sizes_) == LAYERS + 1 and result.test_accuracy > RIGHT

    def draw(self, result, ax):
        """Plot the cost curve."""
        return draw(result, ax)

    def example_result(self):
        """Return the result of a separate short training run, because at the start there is little to show.

        The network on the screen does not change.
        """
        with suppress(*REFUSALS):
            return train(**self._shown | {"iterations": max(self._shown["iterations"], 60)})
        return self.result

    @parallel_map(1)
    def picture_of(self, result):
        """Return the weights, the unit images, some correctly and incorrectly classified digits, and the cost curve."""
        network, costs = result.network, result.network.cost_history_
        every = -(-len(costs) // MOST_DRAWN)
        W, b = (list(p.values()) for p in (network.W_, network.b_))
        picture = {"number": self._next_number(), "sizes": list(network.layer_sizes_)}
        picture |= {
            "norms": np.linalg.norm(W[0][:SHOWN].astype(float), axis=1),
            "shares": [result.train_accuracy, result.test_accuracy],
        }
        picture |= {"W": [np.zeros((0, 0)), *(w[:SHOWN, :SHOWN].astype(float) for w in W[1:])]}
        picture |= {"b": [p[:SHOWN, 0].astype(float) for p in b], "units": b"".join(unit_pictures(network))}
        picture |= {"extremes": np.array([W[0][:SHOWN].min(axis=1), W[0][:SHOWN].max(axis=1)], float)}
        return picture | {"costs": np.array([*costs[:-1:every], costs[-1]], np.float32).tobytes()} | _digits(network)

    def _change_rate(self, change):
        """Change the learning rate from the current iteration onwards.

        A change before the second iteration takes effect from the beginning.
        """
        before = self._rates
        try:
            as_rates(self.learning_rate, MOST_ITERATIONS)
            done = self.iterations if self.iterations > 1 else 0
            self._rates = {k: v for k, v in self._rates.items() if k < done} | {done: self.learning_rate}
            self._refresh()
        except REFUSALS as error:
            self._rates, self.refusal = before, refusal(error)

    def _advance(self):
        return self._iterate(max(1, self.speed))

    def _iterate(self, iterations):
        """Train for a few more iterations, and return whether training can continue."""
        before = self.iterations
        try:
            self.iterations = min(before + iterations, MOST_ITERATIONS)
        finally:
            said = self.refusal
            if said:  # training diverged or was interrupted, so the previous state is still shown
                self.iterations, self.refusal = before, said
        return before < self.iterations < MOST_ITERATIONS

    def _step(self, content=None):
        """Perform one iteration."""
        self.playing = False
        self._iterate(1)

    def _reset(self, content=None):
        """Return to the first iteration."""
        self._rates = None
        self.iterations = 1
        self._refresh()


def unit_pictures(network):
    """Yield ∂z/∂pixel at the mean digit for the first units of each hidden layer, encoded as levels of 28 × 28 pixels.

    In the first layer, these derivatives are the weights.
    """
    W, b = network.W_, network.b_
    a, slopes = mean_digit()[:, np.newaxis], None  # (784, 1)
    g, g_prime = ACTIVATIONS[network.hidden_activation]
    for l in range(1, len(W)):
        slopes = W[1] if l == 1 else W[l] @ slopes  # (n[l], 784)
        yield levels(slopes[:SHOWN])
        z = W[l] @ a + b[l]  # (n[l], 1)
        a, slopes = g(z), g_prime(z) * slopes


def _digits(network):
    """Return some correctly and incorrectly classified test digits, with the predicted probabilities of an 8.

    The mistakes are sorted so that the most confident ones come first.
    """
    _, _, X, y = some_digits()
    p = network.predict_proba(X)
    sure, picture = np.abs(p - 0.5), {"mean": np.round(255 * mean_digit()).astype(np.uint8).tobytes()}
    for name, these in (("right", (p > 0.5) == y), ("wrong", (p > 0.5) != y)):
        chosen = np.flatnonzero(these)
        chosen = chosen[np.argsort(-sure[chosen], kind="stable")][:DIGITS] if name == "wrong" else chosen[:DIGITS]
        pixels = np.round(255 * X[chosen]).astype(np.uint8).tobytes()
        picture |= {name: pixels, f"{name}_p": p[chosen].astype(float), f"{name}_n": int(these.sum())}
    return picture


def explorer():
    """Return the interactive figure."""
    return YourNetwork()
