"""Lesson 11: a network that trains before your eyes, one batch at a time.

`Playground` is the state and knows nothing of widgets; `PlaygroundExplorer` puts controls in front.
"""

import asyncio
import html
import time
from functools import cache
from inspect import signature

import ipywidgets
import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import INITIALIZATIONS, backward, forward, initialize_parameters
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.datasets.mnist import load_digit_pair
from helpers.datasets.toys import make_blobs, make_circles, make_moons, make_spirals, make_xor
from helpers.plotting import playground
from helpers.system.arguments import check_names
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_generator, known_name, not_negative, positive_number, positive_whole
from helpers.training.engine import DivergedError
from helpers.training.parallel import parallel_map
from helpers.widgets.explorer import REFUSALS, SLOW, WIDGET, code_line, heading, image, refusal, stopped, whole_between

M = 200  # examples to train with, and as many to test with
MOST_UPDATES = 20_000  # where a forgotten training ends
SLICE = 0.1  # seconds of training between two pictures


@cache
def _digits():
    """400 pictures of a 5 (label 0) or an 8 (label 1), the first half of them to train with."""
    X, y, X_test, y_test = load_digit_pair(5, 8, random_state=0)
    return np.vstack([X[:M], X_test[:M]]), np.concatenate([y[:M], y_test[:M]])


def _noisy_digits(m, noise, random_state):
    X, y = _digits()
    return X + noise * np.random.default_rng(random_state).standard_normal(X.shape), y


def _blobs(m, noise, random_state):
    noise = max(noise, 1e-6)
    X, y = make_blobs(m, 2 / noise, random_state)
    return noise * X, y


def _xor(m, noise, random_state):
    X, y = make_xor(m, noise / 2, random_state)
    return 2 * X - 1, y


# Each gives (X, y); in all of them coordinates lie at about −1 … 1.
DATA_SETS = {
    "moons": make_moons,
    "circles": make_circles,
    "XOR": _xor,
    "spirals": lambda m, noise, random_state: make_spirals(m, noise, random_state=random_state),
    "blobs": _blobs,
    "digits": _noisy_digits,
}


class Playground:
    """A network, its data, and its history since it was initialised.

    Parameters
    ----------
    data_set : a key of `DATA_SETS`
    noise : float from 0 to 1, standard deviation of the noise added to each coordinate or pixel
    hidden_layers, width : int, number of hidden layers (0 … 4) and of units in each (1 … 8)
    activation, initialization, optimizer : names as in `NeuralNetwork`
    learning_rate : float
    batch_size : int, examples of one update
    l2 : float, λ in the penalty ½ λ Σ w², as in `NeuralNetwork`
    random_state : int, from which the first weights and the order of the batches come

    Attributes
    ----------
    X, y, X_test, y_test : the examples
    W, b : dicts of ndarrays, the parameters
    updates : int, their number so far
    costs : list of (training, test), the mean cross-entropy (without the penalty) before each
        update and after the last
    norms : list of lists, ‖dW[l]‖ of each layer at each update

    Raises
    ------
    TypeError, ValueError
        If an option is not as described.
    """

    def __init__(
        self,
        data_set="moons",
        noise=0.1,
        hidden_layers=2,
        width=6,
        activation="tanh",
        initialization="glorot",
        optimizer="adam",
        learning_rate=0.01,
        batch_size=20,
        l2=0.0,
        random_state=0,
    ):
        known_name(data_set, DATA_SETS, "data_set")
        self.activation = known_name(activation, ACTIVATIONS, "activation")
        known_name(initialization, INITIALIZATIONS, "initialization")
        self.optimizer = OPTIMIZERS[known_name(optimizer, OPTIMIZERS, "optimizer")]
        self.learning_rate = positive_number(learning_rate, "learning_rate")
        self.batch_size, self.l2 = min(positive_whole(batch_size, "batch_size"), M), not_negative(l2, "l2")
        hidden_layers, width = whole_between(hidden_layers, "hidden_layers", 0, 4), whole_between(width, "width", 1, 8)
        for value, name, most in ((noise, "noise", 1), (l2, "l2", 10)):
            if not_negative(value, name) > most:
                raise ValueError(f"{name} is {value}, but it must lie between 0 and {most}")
        X, y = DATA_SETS[data_set](2 * M, noise, random_state=0)
        self.X, self.y, self.X_test, self.y_test = X[:M], y[:M], X[M:], y[M:]
        self.is_digits = data_set == "digits"
        self._rng = as_generator(random_state)
        sizes = (X.shape[1], *[width] * hidden_layers, 1)
        self.W, self.b = initialize_parameters(sizes, initialization, self._rng)
        shapes = {(name, l): p[l].shape for name, p in (("W", self.W), ("b", self.b)) for l in p}
        self._memory = {key: np.zeros((self.optimizer.slots, *shape)) for key, shape in shapes.items()}
        self.updates, self.norms, self._batches = 0, [], []
        self.costs = [self._cost(self.W, self.b)]

    def step(self):
        """One batch: forward, backward, one step of the optimizer; all of it, or nothing if it is stopped or fails.

        Raises
        ------
        DivergedError
            If a cost is no longer a finite number.
        """
        rows = self._next_batch()
        Y = self.y[np.newaxis, rows].astype(float)
        Z, A = forward(self.X[rows], self.W, self.b, self.activation)
        dW, db = backward(Y, self.W, Z, A, self.activation)
        dW = {l: dW[l] + self.l2 * self.W[l] for l in dW}
        W, b, memory = ({key: p[key].copy() for key in p} for p in (self.W, self.b, self._memory))
        with np.errstate(over="ignore", invalid="ignore"):  # seen in the cost
            for name, p, gradient in (("W", W, dW), ("b", b, db)):
                for l in p:
                    self.optimizer.step(p[l], gradient[l], memory[name, l], self.updates + 1, self.learning_rate)
            cost = self._cost(W, b)
        if not np.isfinite(cost).all():
            raise DivergedError(
                f"after {self.updates} updates the cost is no longer a finite number: reset, and try a smaller "
                f"learning rate than {self.learning_rate:g}"
            )
        norms = [float(np.linalg.norm(dW[l])) for l in sorted(dW)]
        with interrupts_wait():
            self.W, self.b, self._memory = W, b, memory
            self.updates += 1
            self.costs.append(cost)
            self.norms.append(norms)
            self._batches.pop(0)

    def run(self, updates):
        """Make this many updates; return self."""
        with parallel_map(1):  # BLAS on one thread: these products are small
            for _ in range(updates):
                self.step()
        return self

    def predict_proba(self, X):
        """Probability of label 1 for each row of X: shape (m,)."""
        return forward(X, self.W, self.b, self.activation)[1][len(self.W)][0]

    def accuracy(self):
        """Share of right answers on the examples to train and to test with."""
        pairs = (self.X, self.y), (self.X_test, self.y_test)
        return tuple(float(np.mean((self.predict_proba(X) > 0.5) == y)) for X, y in pairs)

    def unit_pictures(self, side=40):
        """For each hidden layer a list of pictures, one of each unit.

        In the plane: the unit's activation at each place. On digits: how its weighted input
        changes with each pixel, ∂z/∂x, averaged over fifty test pictures; in the first layer these
        are its weights.
        """
        hidden = range(1, len(self.W))
        if not self.is_digits:
            A = forward(plane(self.X, side), self.W, self.b, self.activation)[1]
            return [[picture.reshape(side, side) for picture in A[l]] for l in hidden]
        Z, _ = forward(self.X_test[:50], self.W, self.b, self.activation)
        slopes, pictures = None, []
        for l in hidden:
            if l == 1:
                slopes = np.broadcast_to(self.W[1], (50, *self.W[1].shape))  # (m, n[1], 784)
            else:
                g_prime = ACTIVATIONS[self.activation].g_prime(Z[l - 1]).T[:, :, np.newaxis]  # (m, n[l-1], 1)
                slopes = self.W[l] @ (g_prime * slopes)  # (n[l], n[l-1]) @ (m, n[l-1], 784)
            pictures.append(list(slopes.mean(axis=0).reshape(-1, 28, 28)))
        return pictures

    def _next_batch(self):
        """Rows of the next batch, in a new random order once all examples have been used."""
        with interrupts_wait():
            if not self._batches:
                order = self._rng.permutation(M)
                self._batches = [order[i : i + self.batch_size] for i in range(0, M, self.batch_size)]
        return self._batches[0]

    def _cost(self, W, b):
        costs = []
        for X, y in ((self.X, self.y), (self.X_test, self.y_test)):
            Z, _ = forward(X, W, b, self.activation)
            costs.append(OUTPUTS["sigmoid"].loss(Z[len(Z)], y[np.newaxis]))
        return tuple(costs)


def plane(X, side):
    """The points of a grid over the points X, with a margin: shape (side², 2), row by row from below."""
    low, high = X.min(axis=0) - 0.2, X.max(axis=0) + 0.2
    x1, x2 = (np.linspace(low[i], high[i], side) for i in (0, 1))
    return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def play(updates=0, **options):
    """A `Playground` with these options after this many updates; the same call gives the same numbers.

    Parameters
    ----------
    updates : int from 0 to 20000
    **options : as in `Playground`
    """
    check_names(options, signature(Playground).parameters, "play")
    return Playground(**options).run(whole_between(updates, "updates", 0, MOST_UPDATES))


def draw(state, figure=None):
    """`Playground` as boundary, costs, gradient norms and a picture of each hidden unit."""
    return playground.playground(state, figure)


def describe(state):
    """Where a `Playground` stands, in a sentence."""
    train, test = state.accuracy()
    costs = [f"{cost:.4f}" if cost < 1e4 else f"{cost:.3g}" for cost in state.costs[-1]]
    return (
        f"Update {state.updates}: cost {costs[0]} in training, {costs[1]} in the test; right {train:.1%} and {test:.1%}"
    )


class PlaygroundExplorer(ipywidgets.VBox):
    """Lesson 11: controls, buttons, and the pictures of a `Playground` while it trains.

    The training is a task of the kernel's event loop, not a thread: it trains for a tenth of a
    second, shows the result, and lets the kernel look for clicks. So it also runs in a kernel
    inside the browser, and *Pause* takes effect before the next picture. Moving a control starts
    from the beginning, so that the line of code reproduces everything on the screen.
    """

    name = "Playground"
    training = None  # the one that is training; a new one, or running a cell again, pauses it

    def __init__(self):
        self.controls = _controls()
        self.message, self.picture, self.line = (ipywidgets.HTML() for _ in range(3))
        self.buttons = {
            name: ipywidgets.Button(description=text, tooltip=tip, layout={"width": "auto"})
            for name, text, tip in (
                ("train", "Train", "train until you press Pause"),
                ("pause", "Pause", "stop training"),
                ("step", "Step one batch", "one update"),
                ("reset", "Reset", "new first weights, update 0"),
            )
        }
        for name, button in self.buttons.items():
            button.on_click(getattr(self, f"_{name}"))
        for control in self.controls.values():
            control.observe(self._reset, names="value")
        _digits()  # read now, so that choosing them responds at once
        goal = "separate the spirals with as few units as you can."
        rows = (list(widgets.values()) for widgets in (self.controls, self.buttons))
        boxes, buttons = (ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in rows)
        head = ipywidgets.HTML(heading(self.name, goal))
        super().__init__([head, boxes, buttons, self.message, self.picture, self.line])
        self.add_class(WIDGET)
        self._task = None
        self._pause_any()
        self._reset()

    def _options(self):
        return {
            name: float(f"{control.value:.4g}") if isinstance(control.value, float) else control.value
            for name, control in self.controls.items()
        }

    def _reset(self, change=None):
        try:
            state, options = Playground(**self._options()), self._options()
        except REFUSALS as error:
            self.message.value = refusal(error)
            return
        self.state, self._made_with = state, options
        self._show()

    def _show(self):
        """Show the state, all of it; if that is stopped, the last picture stays with its own line of code."""
        try:
            sentence = describe(self.state)
            picture = image(lambda figure: draw(self.state, figure), playground.SIZE, sentence, layout=None)
        except KeyboardInterrupt as stop:
            self.message.value = stopped(stop)
            raise
        ended = f". The training ends here, at {MOST_UPDATES} updates: Reset starts again"
        with interrupts_wait():
            self.picture.value = picture
            self.message.value = html.escape(sentence + (ended if self._at_end() else ""))
            self.line.value = code_line("widgets.playground.play(", updates=self.state.updates, **self._made_with)

    def _at_end(self):
        return self.state.updates >= MOST_UPDATES

    def _step(self, button=None):
        self._advance(0)

    def _advance(self, seconds):
        """Train for that long, at least one batch, and show the result; say whether it may go on."""
        end = time.perf_counter() + seconds
        try:
            self.state.run(0 if self._at_end() else 1)
            while time.perf_counter() < end and not self._at_end():
                self.state.run(min(5, MOST_UPDATES - self.state.updates))
        except REFUSALS as error:
            self._show()
            self.message.value = refusal(error)
            return False
        except KeyboardInterrupt:
            self._show()  # as far as it came
            raise
        self._show()
        return not self._at_end()

    def _train(self, button=None):
        if PlaygroundExplorer.training is self:
            return
        self._pause_any()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a kernel without an event loop
            self._advance(1)
            return
        PlaygroundExplorer.training = self
        self._task = loop.create_task(self._keep_training())

    async def _keep_training(self):
        task = asyncio.current_task()
        try:
            while self._advance(SLICE):
                await asyncio.sleep(0.05)
        finally:
            if PlaygroundExplorer.training is self and self._task is task:  # not paused and started again since
                PlaygroundExplorer.training = None

    def _pause(self, button=None):
        if PlaygroundExplorer.training is self:
            self._pause_any()

    def close(self):
        """Pause, and remove the widget from the page."""
        self._pause()
        super().close()

    @staticmethod
    def _pause_any():
        if PlaygroundExplorer.training is not None:
            PlaygroundExplorer.training._task.cancel()
            PlaygroundExplorer.training = None

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to play."


def _controls():
    """The controls of the playground, by the option that each one sets."""
    drop, whole = ipywidgets.Dropdown, ipywidgets.IntSlider
    controls = {
        "data_set": drop(options=list(DATA_SETS), description="data set"),
        "noise": ipywidgets.FloatSlider(0.1, min=0, max=0.6, step=0.05, description="noise (sd)", **SLOW),
        "hidden_layers": whole(2, min=0, max=4, description="hidden layers", **SLOW),
        "width": whole(6, min=1, max=8, description="units in each", **SLOW),
        "activation": drop(options=list(ACTIVATIONS), value="tanh", description="activation"),
        "initialization": drop(options=list(INITIALIZATIONS), value="glorot", description="initialisation"),
        "optimizer": drop(options=list(OPTIMIZERS), value="adam", description="optimizer"),
        "learning_rate": ipywidgets.FloatLogSlider(
            0.01, min=-4, max=1, step=0.1, readout_format=".3g", description="learning rate α", **SLOW
        ),
        "batch_size": whole(20, min=1, max=M, description="batch (examples)", **SLOW),
        "l2": drop(options=[0.0, 0.0001, 0.001, 0.01, 0.1], description="L2 penalty λ"),
        "random_state": whole(0, min=0, max=20, description="random start no.", **SLOW),
    }
    for control in controls.values():
        control.style.description_width = "9.5em"
        control.layout.width = "min(28em, 95%)"  # room for a track that a hand can aim at
    return controls
