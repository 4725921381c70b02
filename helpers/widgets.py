"""Interactive figures: a pure function computes, `plotting` draws, and `Explorer` puts controls in front.

The functions that compute take plain values and can be called without any widget; the line of
code under each picture is such a call, and reproduces what is on the screen.
"""

import base64
import html
import io
import warnings
from functools import cache
from typing import NamedTuple

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from helpers import plotting
from helpers.activations import ACTIVATIONS
from helpers.bug_zoo import CREATURES, examine
from helpers.datasets import load_digit_pair, load_mnist, make_blobs, make_line
from helpers.losses import squared_error, squared_error_gradient
from helpers.network import INITIALIZATIONS, NeuralNetwork, backward, forward, initialize_parameters
from helpers.validation import as_layer_sizes, known_name, positive_number, positive_whole

SLOW = {"continuous_update": False}  # answer when the slider is let go, not at every step on its way


class Explorer(ipywidgets.VBox):
    """Controls, a picture, a sentence and the line of code that gives the same.

    Parameters
    ----------
    name, goal : str, what it is and what to try with it
    controls : dict of ipywidgets, by the name of the argument of `compute` that each one sets
    compute : callable, keyword arguments to a result; what it refuses becomes a sentence on the
        screen, and the last picture stays
    draw : callable, (result, ax)
    figsize : its size in inches, or a callable from the result to that
    describe : callable, result to a sentence, which is also the picture's alternative text
    code : str, how the line of code begins, such as "widgets.train("
    """

    def __init__(self, name, goal, controls, compute, draw, describe, code, figsize=(7, 4.2)):
        self.name, self.controls = name, controls
        self._compute, self._draw, self._describe, self._code = compute, draw, describe, code
        self._figsize = figsize
        self.picture, self.message, self.line = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        for control in controls.values():
            control.style.description_width = "10em"
            control.layout.width = "min(34em, 95%)"
            control.observe(self._refresh, names="value")
        title = ipywidgets.HTML(f"<b>{html.escape(name)}</b> · {html.escape(goal)}")
        super().__init__([title, *controls.values(), self.message, self.picture, self.line])
        self._refresh()

    def _refresh(self, change=None):
        state = {name: _tidy(control.value) for name, control in self.controls.items()}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a rising cost is on the screen, and is what some look for
                result = self._compute(**state)
            sentence = self._describe(result)
            figsize = self._figsize(result) if callable(self._figsize) else self._figsize
            picture = _picture(lambda ax: self._draw(result, ax), figsize, sentence)
        except (ValueError, TypeError, ArithmeticError, MemoryError) as error:
            self.message.value = f"<b>Not possible:</b> {html.escape(str(error))}."
            return
        self.picture.value = picture
        self.message.value = html.escape(sentence)
        arguments = ", ".join(f"{key}={value!r}" for key, value in state.items())
        self.line.value = f"<code>{html.escape(f'{self._code}{arguments})')}</code>"

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to move it."


def _tidy(value):
    """A slider's 0.7000000000000001 as 0.7; everything else as it is."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _picture(draw, figsize, alt):
    """What `draw(ax)` draws, as an HTML image; no state of pyplot is touched."""
    with plt.rc_context(plotting.STYLE):
        figure = Figure(figsize=figsize, layout="constrained")
        draw(figure.add_subplot())
        png = io.BytesIO()
        figure.savefig(png, format="png")
    data = base64.b64encode(png.getvalue()).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}" style="max-width: 100%">'


def parse_layer_sizes(text):
    """The list of layer sizes that a person typed, such as "30, 1".

    Raises
    ------
    ValueError
        If it is not a list of whole numbers from 1 on.
    """
    parts = text.replace("→", ",").replace(";", ",").strip(" [](),").split(",")
    try:
        return list(as_layer_sizes([int(part) for part in parts]))
    except ValueError:
        raise ValueError(
            f"{text!r} is not a list of layer sizes: type whole numbers from 1 on, such as 30, 1"
        ) from None


# --- lesson 01 -----------------------------------------------------------------------------------


class Descent(NamedTuple):
    """Gradient descent on a cost over two weights."""

    path: np.ndarray  # (iterations + 1, 2)
    costs: np.ndarray  # (iterations + 1,)
    best: np.ndarray  # (2,)
    surface: tuple  # J, w1, w2 for plotting.cost_surface


def descend(learning_rate=0.3, iterations=20):
    """Gradient descent for lesson 01's line from w = (−2, 2), with the bias kept at its true value 2.

    Parameters
    ----------
    learning_rate : float above 0
    iterations : int of at least 1
    """
    positive_number(learning_rate, "learning_rate")
    positive_whole(iterations, "iterations")
    X, y = make_line()
    A0, Y = X.T, (y - 2)[np.newaxis]
    w = np.array([[-2.0, 2.0]])
    path, costs = [w[0]], [squared_error(w @ A0, Y)]
    for _ in range(iterations):
        w = w - learning_rate * squared_error_gradient(w @ A0, Y) @ A0.T
        path.append(w[0])
        costs.append(squared_error(w @ A0, Y))
    w1, w2 = np.linspace(-3, 8, 60), np.linspace(-6, 4, 60)
    grid = np.stack(np.meshgrid(w1, w2), axis=-1).reshape(-1, 2)
    J = (0.5 * (grid @ A0 - Y) ** 2).mean(axis=1).reshape(60, 60)
    best = np.linalg.lstsq(X, y - 2, rcond=None)[0]
    return Descent(np.array(path), np.array(costs), best, (J, w1, w2))


def draw_descent(result, ax=None):
    """`Descent` as a way over the cost surface."""
    return plotting.cost_surface(*result.surface, path=result.path, best=result.best, ax=ax)


def describe_descent(result):
    """What a `Descent` did, in a sentence."""
    first, last, steps = result.costs[0], result.costs[-1], len(result.costs) - 1
    if not last < first:
        return f"Diverges: after {steps} steps the cost is {last:.3g}, above the {first:.3g} of the start"
    distance = np.linalg.norm(result.path[-1] - result.best)
    return f"After {steps} steps the cost is {last:.4f} and the weights are {distance:.4f} from the best ones"


def learning_rate_explorer():
    """Lesson 01: learning rate and number of steps over the cost surface."""
    controls = {
        "learning_rate": ipywidgets.FloatSlider(
            0.3, min=0.02, max=1.5, step=0.02, description="learning rate α", **SLOW
        ),
        "iterations": ipywidgets.IntSlider(20, min=1, max=100, description="steps", **SLOW),
    }
    goal = "find the largest learning rate that still arrives."
    args = (descend, draw_descent, describe_descent, "widgets.descend(")
    return Explorer("Learning rate", goal, controls, *args, figsize=(6.4, 4.8))


# --- lesson 02 -----------------------------------------------------------------------------------


class Classification(NamedTuple):
    """A one-layer network on two clouds, and how it decides at a threshold."""

    network: NeuralNetwork
    X: np.ndarray  # (m, 2)
    y: np.ndarray  # (m,)
    threshold: float
    accuracy: float
    missed: int  # label 1, answered 0
    false_alarms: int  # label 0, answered 1


def classify(separation=2.5, threshold=0.5):
    """Logistic regression on two clouds that lie `separation` standard deviations apart.

    Parameters
    ----------
    separation : float, from 0 on
    threshold : float between 0 and 1; the answer is 1 where the probability is above it
    """
    if not 0 < threshold < 1:
        raise ValueError(f"the threshold is {threshold}, but it must lie between 0 and 1")
    X, y = make_blobs(200, separation, random_state=3)
    network = NeuralNetwork([1], learning_rate=1, iterations=200).fit(X, y)
    answer = network.predict_proba(X) > threshold
    missed, false_alarms = int(np.sum(~answer & (y == 1))), int(np.sum(answer & (y == 0)))
    return Classification(network, X, y, threshold, float(np.mean(answer == y)), missed, false_alarms)


def draw_classification(result, ax=None):
    """`Classification` as points over the probability."""
    return plotting.boundary(result.network.predict_proba, result.X, result.y, ax, result.threshold)


def describe_classification(result):
    """How well a `Classification` answers, in a sentence."""
    return (
        f"{result.accuracy:.1%} of {len(result.y)} points are right; triangles missed: {result.missed}, "
        f"circles taken for triangles: {result.false_alarms}"
    )


def threshold_explorer():
    """Lesson 02: distance of the clouds and threshold against the boundary."""
    controls = {
        "separation": ipywidgets.FloatSlider(2.5, min=0, max=6, step=0.25, description="separation (sd)", **SLOW),
        "threshold": ipywidgets.FloatSlider(0.5, min=0.05, max=0.95, step=0.05, description="threshold", **SLOW),
    }
    goal = "at separation 2.5, miss no triangle at the price of as few circles as possible."
    args = (classify, draw_classification, describe_classification, "widgets.classify(")
    return Explorer("Boundary and threshold", goal, controls, *args, figsize=(6.4, 4.8))


# --- lesson 03 -----------------------------------------------------------------------------------


class Ledger(NamedTuple):
    """Every array of one forward and backward pass: (name, how it arises, shape) in order."""

    layer_sizes: tuple
    rows: list
    parameters: int


def shape_ledger(layer_sizes=(784, 196, 1), m=11272):
    """The shape of every array in one pass, forward and then backward.

    Parameters
    ----------
    layer_sizes : sequence of int n[0] … n[L], or text such as "784, 196, 1"
    m : int, number of examples
    """
    n = parse_layer_sizes(layer_sizes) if isinstance(layer_sizes, str) else as_layer_sizes(layer_sizes)
    if len(n) < 2:
        raise ValueError("a network needs at least two sizes, its inputs and one layer: for example 784, 1")
    m, L = positive_whole(m, "m"), len(n) - 1
    rows = [("A[0]", "Xᵀ", (n[0], m))]
    for l in range(1, L + 1):
        rows += [(f"W[{l}]", "weights", (n[l], n[l - 1])), (f"b[{l}]", "bias, added to every column", (n[l], 1))]
        rows += [(f"Z[{l}]", f"W[{l}] A[{l - 1}] + b[{l}]", (n[l], m)), (f"A[{l}]", f"g(Z[{l}])", (n[l], m))]
    for l in range(L, 0, -1):
        origin = f"(A[{L}] − Y) / m" if l == L else f"dA[{l}] ⊙ g′(Z[{l}])"
        rows += [(f"dZ[{l}]", origin, (n[l], m)), (f"dW[{l}]", f"dZ[{l}] A[{l - 1}]ᵀ", (n[l], n[l - 1]))]
        rows += [(f"db[{l}]", f"sum of the columns of dZ[{l}]", (n[l], 1))]
        if l > 1:
            rows += [(f"dA[{l - 1}]", f"W[{l}]ᵀ dZ[{l}]", (n[l - 1], m))]
    parameters = sum(n[l] * n[l - 1] + n[l] for l in range(1, L + 1))
    return Ledger(tuple(n), rows, parameters)


def ledger_size(result):
    """Width and height in inches that a `Ledger` needs to be legible."""
    return 7.2, 0.3 * len(result.rows) + 0.2


def draw_ledger(result, ax=None):
    """`Ledger` as a table: blue for the way forward, red for the way back."""
    ax = plotting.new_axes(ax, figsize=ledger_size(result))
    for i, (name, origin, shape) in enumerate(result.rows):
        back = name.startswith("d")
        color = plotting.BACKWARD if back else plotting.FORWARD
        for x, text in ((0.0, "← " + name if back else "→ " + name), (0.2, origin), (0.72, f"{shape[0]} × {shape[1]}")):
            ax.text(x, -i, text, color=color, va="center", fontsize=11)
    ax.set(xlim=(0, 1), ylim=(-len(result.rows) + 0.3, 0.7))
    ax.axis("off")
    return ax


def describe_ledger(result):
    """The size of the network of a `Ledger`, in a sentence."""
    chain = " → ".join(str(n) for n in result.layer_sizes)
    biases = sum(result.layer_sizes[1:])
    return f"{chain}: {len(result.rows)} arrays, {result.parameters} parameters, {biases} of them biases, one per unit"


def ledger_explorer():
    """Lesson 03: type the layer sizes and the number of examples, and see every shape."""
    controls = {
        "layer_sizes": ipywidgets.Text("784, 196, 1", description="layer sizes", **SLOW),
        "m": ipywidgets.IntText(11272, description="examples m", **SLOW),
    }
    goal = "predict the shape of dA[2] before you type 100, 30, 20, 10."
    args = (shape_ledger, draw_ledger, describe_ledger, "widgets.shape_ledger(")
    return Explorer("Shape ledger", goal, controls, *args, figsize=ledger_size)


# --- lesson 04 -----------------------------------------------------------------------------------


class Training(NamedTuple):
    """A network trained on a thousand digits."""

    network: NeuralNetwork
    train_accuracy: float
    test_accuracy: float


@cache
def _some_digits():
    X, y, X_test, y_test = load_digit_pair(5, 8, np.float32, random_state=0)
    return X[:1000], y[:1000], X_test[:500], y_test[:500]


def train(layer_sizes="20, 1", hidden_activation="sigmoid", learning_rate=0.5, iterations=60):
    """Train on 1000 digits, 5 against 8, and test on 500 others.

    Parameters
    ----------
    layer_sizes : sequence of int without the inputs, or text such as "20, 1"; it must end in 1
    hidden_activation, learning_rate, iterations : as in `NeuralNetwork`
    """
    sizes = parse_layer_sizes(layer_sizes) if isinstance(layer_sizes, str) else as_layer_sizes(layer_sizes)
    if sizes[-1] != 1:
        raise ValueError(f"the last size is {sizes[-1]}, but one unit must answer, 5 or 8: end with 1")
    if len(sizes) > 20 or max(sizes) > 1000:
        raise ValueError("that network is too large to train while you wait: up to 20 layers of up to 1000 units")
    X, y, X_test, y_test = _some_digits()
    network = NeuralNetwork(
        sizes,
        hidden_activation=hidden_activation,
        learning_rate=learning_rate,
        iterations=iterations,
        dtype=np.float32,
    ).fit(X, y)
    return Training(network, network.score(X, y), network.score(X_test, y_test))


def draw_training(result, ax=None):
    """`Training` as its cost curve."""
    return plotting.accuracy_and_cost(result.network.cost_history_, result.train_accuracy, result.test_accuracy, ax)


def describe_training(result):
    """Shapes, number of parameters and outcome of a `Training`, in a sentence."""
    n = result.network.layer_sizes_
    shapes = ", ".join(f"W[{l}] {n[l]} × {n[l - 1]}" for l in range(1, len(n)))
    parameters = sum(n[l] * n[l - 1] + n[l] for l in range(1, len(n)))
    return (
        f"{parameters} parameters ({shapes}); final cost {result.network.cost_history_[-1]:.4f}, "
        f"test accuracy {result.test_accuracy:.3f}"
    )


def training_explorer():
    """Lesson 04: layer sizes, activation, learning rate and iterations on real digits."""
    controls = {
        "layer_sizes": ipywidgets.Text("20, 1", description="layer sizes", **SLOW),
        "hidden_activation": ipywidgets.Dropdown(options=["sigmoid", "tanh", "relu"], description="hidden activation"),
        "learning_rate": ipywidgets.FloatLogSlider(0.5, min=-2, max=1, step=0.1, description="learning rate α", **SLOW),
        "iterations": ipywidgets.IntSlider(60, min=10, max=200, step=10, description="iterations", **SLOW),
    }
    goal = "get above 0.95 on the test digits with three layers."
    args = (train, draw_training, describe_training, "widgets.train(")
    return Explorer("Your network", goal, controls, *args)


# --- lesson 05 -----------------------------------------------------------------------------------

METHODS = ("one-sided, float64", "two-sided, float64", "two-sided, float32", "complex step")


class Nudge(NamedTuple):
    """A derivative by a nudge of one size, beside all sizes and methods."""

    epsilon: float
    method: str
    error: float  # relative error of the derivative
    curves: dict  # method to (epsilons, errors)


def cost_of_weight(w):
    """The cost of one example (x = 0.8, y = 1) in a tiny network 1 → 1 → 1, as a function of its first weight.

    Works for float32, float64 and complex w, of any shape.
    """
    a = np.tanh(0.8 * w - 0.3)
    z = 1.5 * a + 0.2
    return np.log(1 + np.exp(z)) - z


def slope_of_weight(w):
    """The derivative of `cost_of_weight`, by the chain rule."""
    a = np.tanh(0.8 * w - 0.3)
    return (1 / (1 + np.exp(-(1.5 * a + 0.2))) - 1) * 1.5 * (1 - a**2) * 0.8


def nudged_slope(w, epsilon, method):
    """The derivative of `cost_of_weight` at w by one of `METHODS`, with steps of size `epsilon`."""
    f = cost_of_weight
    if method == "complex step":
        return f(w + 1j * epsilon).imag / epsilon
    if method == "one-sided, float64":
        return (f(w + epsilon) - f(w)) / epsilon
    if method.endswith("float32"):
        w, epsilon = np.float32(w), np.asarray(epsilon, np.float32)
    return (f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)


def nudge(log10_epsilon=-5.0, method="two-sided, float64"):
    """How wrong a derivative by a nudge is, for one step size and for all.

    Parameters
    ----------
    log10_epsilon : float from −15 to 0
    method : one of `METHODS`
    """
    if method not in METHODS:
        raise ValueError(f"the method is {method!r}, but it must be one of {'; '.join(METHODS)}")
    if not -15 <= log10_epsilon <= 0:
        raise ValueError(f"log10 ε is {log10_epsilon}, but it must lie between −15 and 0")
    w, exact = 0.7, slope_of_weight(0.7)
    epsilons = 10.0 ** np.linspace(-15, 0, 151)
    with np.errstate(divide="ignore", invalid="ignore"):
        curves = {m: (epsilons, abs(nudged_slope(w, epsilons, m) / exact - 1)) for m in METHODS}
        error = float(abs(nudged_slope(w, 10.0**log10_epsilon, method) / exact - 1))
    return Nudge(10.0**log10_epsilon, method, error, curves)


def draw_nudge(result, ax=None):
    """`Nudge` as curves of error over step size, with a star where the nudge is."""
    ax = plotting.new_axes(ax)
    for style, (method, (epsilons, errors)) in enumerate(result.curves.items()):
        shown = np.where((errors > 0) & np.isfinite(errors), errors, np.nan)
        plotting.line(np.fmax(shown, 1e-17), epsilons, ax=ax, label=method, style=style)
    ax.plot(result.epsilon, max(result.error, 1e-16), "*", color=plotting.INK, markersize=15, clip_on=False)
    ax.set(xscale="log", yscale="log", ylim=(1e-17, 10), xlabel="step ε", ylabel="relative error of the derivative")
    return ax


def describe_nudge(result):
    """The error of a `Nudge`, in a sentence."""
    return f"{result.method}, ε = {result.epsilon:.1e}: relative error {result.error:.0e}"


def nudge_explorer():
    """Lesson 05: step size and method against the error of a derivative."""
    controls = {
        "log10_epsilon": ipywidgets.FloatSlider(-5, min=-15, max=0, step=0.5, description="log₁₀ of step ε", **SLOW),
        "method": ipywidgets.Dropdown(options=METHODS, value=METHODS[1], description="method"),
    }
    goal = "find the best step for each method."
    args = (nudge, draw_nudge, describe_nudge, "widgets.nudge(")
    return Explorer("Size of the nudge", goal, controls, *args)


class Investigation(NamedTuple):
    """A broken function, what the gradient check says of it, and what to say to a guess."""

    source: str
    report: object
    verdict: str


def investigate(number=1, guess=None):
    """Look at creature `number` of the bug zoo without its name, and guess which bug it is.

    Parameters
    ----------
    number : int from 1 to the number of `bug_zoo.CREATURES`
    guess : the title of a creature, or None for no guess yet
    """
    if not 1 <= number <= len(CREATURES):
        raise ValueError(f"there is no creature {number}: choose 1 to {len(CREATURES)}")
    creature = CREATURES[number - 1]
    source = creature.source.replace(creature.broken.__name__, "suspect")
    report = examine(creature)
    if guess is None:
        verdict = "Read the report, then the code. Which bug is it?"
    elif guess == creature.title:
        verdict = f"Right: {creature.title}. Met: {creature.met}. What one sees: {creature.seen}."
    else:
        verdict = f"Not {guess}. The report says: {report.headline}"
    return Investigation(source, report, verdict)


class Detective(ipywidgets.VBox):
    """Lesson 05: pick a creature, read what the gradient check says of it, name the bug, get an answer."""

    def __init__(self):
        titles = sorted(creature.title for creature in CREATURES)
        style = {"style": {"description_width": "10em"}, "layout": {"width": "min(34em, 95%)"}}
        numbers = [(f"No. {i}", i) for i in range(1, len(CREATURES) + 1)]
        self.number = ipywidgets.Dropdown(options=numbers, description="creature", **style)
        self.guess = ipywidgets.Dropdown(
            options=[("…", None), *((t, t) for t in titles)], description="the bug is", **style
        )
        self.verdict, self.case = ipywidgets.HTML(), ipywidgets.HTML()
        self.number.observe(self._new_case, names="value")
        self.guess.observe(self._refresh, names="value")
        title = ipywidgets.HTML("<b>The bug zoo</b> · name five creatures from report and code.")
        super().__init__([title, self.number, self.guess, self.verdict, self.case])
        self._refresh()

    def _new_case(self, change):
        self.guess.value = None
        self._refresh()

    def _refresh(self, change=None):
        found = investigate(self.number.value, self.guess.value)
        self.verdict.value = f"<b>{html.escape(found.verdict)}</b>"
        self.case.value = f"{found.report._repr_html_()}<pre>{html.escape(found.source)}</pre>"

    def __repr__(self):
        return "Interactive figure: The bug zoo. Run this cell to play."


# --- lesson 06 -----------------------------------------------------------------------------------


class Look(NamedTuple):
    """One picture and what a network says of it."""

    picture: np.ndarray  # (64, 64, 3)
    probability: float
    label: int


def look(network, X, y, number=1, mistakes_only=False):
    """Picture `number`, counted from 1, of a set, or of those that the network gets wrong.

    Parameters
    ----------
    network : NeuralNetwork fitted on flat pictures divided by 255
    X : uint8 ndarray of shape (m, 64, 64, 3); y : ndarray of shape (m,), 0 or 1
    number : int from 1; beyond the last picture it is an error
    mistakes_only : bool
    """
    probability = network.predict_proba(X.reshape(len(X), -1) / 255)
    chosen = np.flatnonzero((probability > 0.5) != y) if mistakes_only else np.arange(len(X))
    if not 1 <= number <= len(chosen):
        raise ValueError(f"there is no picture {number}: there are {len(chosen)}")
    i = chosen[number - 1]
    return Look(X[i], float(probability[i]), int(y[i]))


def draw_look(result, ax=None):
    """`Look` as the picture."""
    ax = plotting.new_axes(ax, figsize=(3.2, 3.2))
    ax.imshow(result.picture)
    ax.axis("off")
    return ax


def describe_look(result):
    """What the network says of a picture, in a sentence."""
    right = (result.probability > 0.5) == result.label
    truth = "a cat" if result.label else "no cat"
    return f"It is {truth}; probability of a cat {result.probability:.2f}: {'right' if right else 'wrong'}"


def picture_explorer(network, X, y):
    """Lesson 06: leaf through the pictures, or through the mistakes."""
    controls = {
        "number": ipywidgets.IntSlider(1, min=1, max=len(X), description="picture number", **SLOW),
        "mistakes_only": ipywidgets.Checkbox(False, description="only the mistakes", indent=False),
    }
    goal = "find a mistake that you can explain."
    args = (draw_look, describe_look, "widgets.look(network, X, y, ")
    return Explorer("Pictures", goal, controls, lambda **state: look(network, X, y, **state), *args, figsize=(3.2, 3.2))


# --- lesson 07 -----------------------------------------------------------------------------------


class Signals(NamedTuple):
    """What passes through a network before its first step, for layers 1 … L."""

    spread: list  # standard deviation of A[l] over the examples, mean over the units
    gradient: list  # length of dW[l]


def signals(depth=12, hidden_activation="tanh", initialization="glorot"):
    """Send 500 digits through a network with hidden layers of 50 units, forward and back, once.

    Parameters
    ----------
    depth : int from 2 to 40, the number of layers with the output
    hidden_activation, initialization : as in `NeuralNetwork`
    """
    if not 2 <= positive_whole(depth, "depth") <= 40:
        raise ValueError(f"depth is {depth}: choose 2 to 40 layers")
    known_name(hidden_activation, ACTIVATIONS, "hidden_activation")
    X, y, _, _ = _some_digits()
    X, Y = X[:500], y[np.newaxis, :500]
    W, b = initialize_parameters([784, *[50] * (depth - 1), 1], initialization, random_state=0)
    Z, A = forward(X, W, b, hidden_activation)
    dW, _ = backward(Y, W, Z, A, hidden_activation)
    return Signals([float(A[l].std(axis=1).mean()) for l in W], [float(np.linalg.norm(dW[l])) for l in W])


def draw_signals(result, ax=None):
    """`Signals` as two lines over the layers."""
    return plotting.signals(result.spread, result.gradient, ax)


def describe_signals(result):
    """What is left of both at their far ends, in a sentence."""
    first, last = result.gradient[0], result.gradient[-1]
    if not last:
        return "No signal reaches the last layer, and no gradient any weight"
    if not first:
        return "No gradient reaches the first layer"
    return (
        f"Spread in the last hidden layer: {_share(result.spread[-2] / result.spread[0])} that in the first. "
        f"Gradient of the first layer: {_share(first / last)} that of the last"
    )


def _share(x):
    """A quotient in words that need no knowledge of 1.1e-15."""
    return "less than a billionth of" if x < 1e-9 else f"{x:.1e} times" if x < 1e-3 else f"{x:.2g} times"


def signals_explorer():
    """Lesson 07: depth, activation and initialisation against what passes through the network."""
    controls = {
        "depth": ipywidgets.IntSlider(12, min=2, max=40, description="layers", **SLOW),
        "hidden_activation": ipywidgets.Dropdown(
            options=["sigmoid", "tanh", "relu"], value="tanh", description="hidden activation"
        ),
        "initialization": ipywidgets.Dropdown(
            options=list(INITIALIZATIONS), value="glorot", description="initialisation"
        ),
    }
    goal = "for each activation, find the deepest network in which both keep a tenth of their size."
    args = (signals, draw_signals, describe_signals, "widgets.signals(")
    return Explorer("Signals through depth", goal, controls, *args)


# --- lesson 08 -----------------------------------------------------------------------------------

RACE_STEPS, RACE_SMOOTHING = 150, 15


class Race(NamedTuple):
    """Optimizers that learn from the same batches: by name, the smoothed costs and the score at the end."""

    costs: dict
    scores: dict


@cache
def _ten_digits():
    X, y, _, _ = load_mnist()
    X = X[[*range(2000), *range(55000, 56000)]] / np.float32(255)
    return X[:2000], y[:2000], X[2000:], y[55000:56000]


def race(gradient_descent=0.1, momentum=0.02, adam=0.003, batch_size=32):
    """Train 784 → 30 → 10 on 2000 digits by three optimizers, from the same weights on the same batches.

    Parameters
    ----------
    gradient_descent, momentum, adam : float above 0, the learning rate of each
    batch_size : int from 1 to 64
    """
    if positive_whole(batch_size, "batch_size") > 64:
        raise ValueError(f"batch_size is {batch_size}: choose 1 to 64")
    X, y, X_held_out, y_held_out = _ten_digits()
    costs, scores = {}, {}
    for name, rate in (("gradient_descent", gradient_descent), ("momentum", momentum), ("adam", adam)):
        network = NeuralNetwork(
            [30, 10],
            hidden_activation="relu",
            output="softmax",
            initialization="he",
            optimizer=name,
            learning_rate=positive_number(rate, f"the learning rate of {name}"),
            iterations=RACE_STEPS,
            batch_size=batch_size,
            dtype=np.float32,
        ).fit(X, y)
        window = np.ones(RACE_SMOOTHING) / RACE_SMOOTHING
        costs[name] = np.convolve(network.cost_history_, window, mode="valid")
        scores[name] = network.score(X_held_out, y_held_out)
    return Race(costs, scores)


def draw_race(result, ax=None):
    """`Race` as cost curves."""
    ax = plotting.new_axes(ax)
    for style, (name, costs) in enumerate(result.costs.items()):
        steps = np.arange(len(costs)) + RACE_SMOOTHING
        plotting.line(costs, steps, ax=ax, label=name.replace("_", " "), style=style)
    ax.set(xlabel="step", ylabel="cost of the batches J", ylim=(0, 2.6))
    return ax


def describe_race(result):
    """The score of each optimizer of a `Race`, in a sentence."""
    scores = ", ".join(f"{name.replace('_', ' ')} {score:.3f}" for name, score in result.scores.items())
    winner = min(result.costs, key=lambda name: result.costs[name][-1])
    lost = [name.replace("_", " ") for name, costs in result.costs.items() if costs[-1] >= np.log(10)]
    warning = f". No better than guessing: {', '.join(lost)}" if lost else ""
    return f"Lowest cost: {winner.replace('_', ' ')}. Held-out accuracy: {scores}{warning}"


def race_explorer():
    """Lesson 08: three optimizers on the same batches."""
    rates = {"gradient_descent": (0.1, -3, 1), "momentum": (0.02, -4, 0), "adam": (0.003, -5, -1)}
    controls = {
        name: ipywidgets.FloatLogSlider(
            rate, min=low, max=high, step=0.1, description=f"α of {name.replace('_', ' ')}", **SLOW
        )
        for name, (rate, low, high) in rates.items()
    }
    controls["batch_size"] = ipywidgets.IntSlider(32, min=1, max=64, description="batch (pictures)", **SLOW)
    goal = "with each at its own best rate, who wins?"
    return Explorer("Race of the optimizers", goal, controls, race, draw_race, describe_race, "widgets.race(")
