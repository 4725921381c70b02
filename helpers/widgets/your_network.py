"""Lesson 04: a network of any size on a thousand digits, watched while it trains."""

import warnings
from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets

from helpers import plotting
from helpers.backprop.activations import ACTIVATIONS
from helpers.datasets.mnist import load_digit_pair
from helpers.system.validation import known_name, positive_whole
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.explorer import REFUSALS, as_sizes, count_parameters, fit_whole
from helpers.widgets.live import Live
from helpers.widgets.playground_data import as_rates
from helpers.widgets.playground_picture import levels

MOST_LAYERS, MOST_PARAMETERS, MOST_ITERATIONS = 20, 100_000, 1000  # at most some ten milliseconds per iteration
SHOWN, MOST_DRAWN = 16, 240  # units per layer, points per curve
DIGITS = 12  # on the screen, each of those that are right and of those that are wrong
LAYERS, RIGHT = 3, 0.95  # the challenge


class Training(NamedTuple):
    """A network trained on a thousand digits."""

    network: NeuralNetwork
    train_accuracy: float
    test_accuracy: float


@cache
def some_digits():
    """1000 fives and eights for training and 500 for testing."""
    X, y, X_test, y_test = load_digit_pair(5, 8, np.float32, random_state=0)
    return X[:1000], y[:1000], X_test[:500], y_test[:500]


@cache
def mean_digit():
    """The mean of the test images, of shape (784,)."""
    return some_digits()[2].mean(axis=0)


def train(layer_sizes="20, 1", hidden_activation="sigmoid", learning_rate=0.5, iterations=60):
    """Train on 1000 digits, 5 against 8, and test on 500 others.

    Parameters
    ----------
    layer_sizes : sequence of int without the inputs, or text such as "20, 1"; it must end in 1
    hidden_activation, iterations : as in `NeuralNetwork`
    learning_rate : float; or a dict such as {0: 0.5, 40: 0.1}, from the iteration after which each rate begins

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or the network is too large to watch.
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
        raise ValueError(f"the last size is {sizes[-1]}, but one unit must answer, 5 or 8: end with 1")
    parameters = count_parameters((784, *sizes))
    if len(sizes) > MOST_LAYERS or parameters > MOST_PARAMETERS:
        raise ValueError(
            f"that is too large to watch: {len(sizes)} layers, {parameters} parameters; "
            f"up to {MOST_LAYERS} layers and {MOST_PARAMETERS} parameters"
        )
    if positive_whole(iterations, "iterations") > MOST_ITERATIONS:
        raise ValueError(f"iterations is {iterations}, but it must be at most {MOST_ITERATIONS}")
    return sizes


def _train(network):
    """Start or resume training up to the number of iterations; an interrupted run raises KeyboardInterrupt."""
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
    """Draw the cost curve of a `Training`."""
    return plotting.accuracy_and_cost(result.network.cost_history_, result.train_accuracy, result.test_accuracy, ax)


def describe(result):
    """Summarize the shapes, number of parameters and outcome of a `Training` in a sentence."""
    n = result.network.layer_sizes_
    shapes = ", ".join(f"W[{l}] {n[l]} × {n[l - 1]}" for l in range(1, len(n)))
    return (
        f"{count_parameters(n)} parameters ({shapes}); final cost {result.network.cost_history_[-1]:.4f}, "
        f"test accuracy {result.test_accuracy:.3f}"
    )


class YourNetwork(Live):
    """Lesson 04: layer sizes, activation and learning rate on real digits, and the network while it trains.

    Changing a size or the activation restarts the training; changing the learning rate does not, and the line of
    code records after how many iterations it changed.
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
    speed = traitlets.CInt(1).tag(sync=True)  # iterations per picture

    def __init__(self, **state):
        self._rates = None
        super().__init__(**state)
        self.observe(self._change_rate, names="learning_rate")

    def state(self):
        """The arguments of `train`."""
        self._rates = self._rates or {0: self.learning_rate}
        rates = dict(self._rates) if len(self._rates) > 1 else self._rates[0]
        return super().state() | {"learning_rate": rates}

    def compute(self, layer_sizes, hidden_activation, iterations, learning_rate):
        """The `Training`, continued from the current one if possible."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a rising cost is visible, and may be intended
            if not self._goes_on(layer_sizes, hidden_activation, iterations, as_rates(learning_rate, MOST_ITERATIONS)):
                return train(layer_sizes, hidden_activation, learning_rate, iterations)
            _checked(layer_sizes, iterations)
            network = self.result.network
            network.learning_rate, network.iterations = self.learning_rate, iterations
            _train(network)
            return _scored(network)

    def _goes_on(self, layer_sizes, hidden_activation, iterations, rates):
        """Whether the requested training is a continuation of the current one."""
        if not self.result or (layer_sizes, hidden_activation) != tuple(
            self._shown[name] for name in self.arguments[:2]
        ):
            return False
        done, before = len(self.result.network.cost_history_), as_rates(self._shown["learning_rate"], MOST_ITERATIONS)
        new = {start: rate for start, rate in rates.items() if start < done}
        return done <= iterations and max(rates) <= done and new == {k: v for k, v in before.items() if k < done}

    def describe(self, result):
        """Summarize the outcome in a sentence."""
        done = self.iterations
        return f"After {done} iteration{'s' if done > 1 else ''}: {describe(result)}"

    def solved(self, result):
        """Whether a network of three layers is right on enough of the test digits."""
        return len(result.network.layer_sizes_) == LAYERS + 1 and result.test_accuracy > RIGHT

    def draw(self, result, ax):
        """The cost curve."""
        return draw(result, ax)

    def example_result(self):
        """A short training run of its own, which leaves the network on the screen alone; at the start there is none."""
        return train(**self.state() | {"iterations": max(self.iterations, 60)})

    def picture_of(self, result):
        """Weights, images of the units, digits answered right and wrong, and the cost curve."""
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
        """Change the learning rate from this iteration on; before the second iteration, from the beginning."""
        before = self._rates, self.refusal
        try:
            as_rates(self.learning_rate, MOST_ITERATIONS)
            done = self.iterations if self.iterations > 1 else 0
            self._rates = {k: v for k, v in self._rates.items() if k < done} | {done: self.learning_rate}
            self._refresh()
        except REFUSALS as error:
            self._rates, self.refusal = before[0], f"Not possible: {error}."

    def _advance(self):
        """Train for some more iterations; return whether training can continue."""
        before = self.iterations
        try:
            self.iterations = min(before + max(1, self.speed), MOST_ITERATIONS)
        finally:
            said = self.refusal
            if said:  # it diverged or was interrupted: the previous state is still shown
                self.iterations, self.refusal = before, said
        return before < self.iterations < MOST_ITERATIONS

    def _step(self, content=None):
        """One iteration."""
        self.playing = False
        self.speed, speed = 1, self.speed
        self._advance()
        self.speed = speed

    def _reset(self, content=None):
        """Back to the first iteration."""
        self._rates = None
        self.iterations = 1
        self._refresh()


def unit_pictures(network):
    """Levels of 28 × 28 pixels for the first units of each hidden layer: ∂z/∂pixel at the mean digit.

    In the first layer these are the weights.
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
    """Test digits answered right and wrong, most confident mistakes first, with the probability of an 8."""
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
    """Lesson 04: train a network of your own on real digits."""
    return YourNetwork()
