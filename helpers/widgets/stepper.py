"""Interactive figure for lesson 03 that goes through backpropagation and the update step by step.

It also counts the multiplications in the backward pass. The network is small enough to follow with pencil and
paper. The module `steps` lists the steps of a round for any layer sizes.
"""

from contextlib import suppress
from typing import NamedTuple

import numpy as np
import traitlets
from ipywidgets.widgets.trait_types import TypedTuple

from helpers import plotting
from helpers.backprop.activations import sigmoid_prime
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward, initialize_parameters
from helpers.plotting.stepper import FRAME_SIZE
from helpers.system.arguments import whole_between
from helpers.system.validation import as_float64_array, brief, positive_number
from helpers.widgets.explorer import as_sizes
from helpers.widgets.instrument import Instrument
from helpers.widgets.steps import Step, steps_of, working

MOST_LAYERS, MOST_UNITS, MOST_UPDATES = 4, 4, 60
SMALL, LARGE = 0.005, 0.1  # limits in the challenge: the sum must be below SMALL, and the errors above LARGE
# The network of the lesson, and a network with a second output, in which a hidden error is a sum over two units.
PENCIL = {
    (2, 2, 1): ([[0.5, -0.5], [1.0, 0.5]], [0.25, -1.0], [[1.0, -2.0]], [0.9]),
    (2, 2, 2): ([[0.5, -0.5], [1.0, 0.5]], [0.25, -1.0], [[1.0, -2.0], [0.5, 1.5]], [0.9, -0.5]),
}


STEPS = steps_of((2, 2, 1))
W, B = ({1: np.array(PENCIL[2, 2, 1][i]), 2: np.array(PENCIL[2, 2, 1][i + 2])} for i in (0, 1))
B = {l: b[:, np.newaxis] for l, b in B.items()}


class Frame(NamedTuple):
    """State of a round (forward pass, backward pass and update) after some of its steps."""

    step: Step
    number: int  # number of the step, starting at 1
    values: dict  # maps names to ndarrays, for the arrays known so far
    working: list  # lines of text with the arithmetic of this step
    target: np.ndarray  # shape: (n[L], 1)
    multiplications: int  # number of multiplications in the backward pass so far
    sizes: tuple
    W: dict  # weights at the beginning of the round
    b: dict  # biases at the beginning of the round
    costs: np.ndarray  # costs before each earlier update, before the update in this round, and after it
    everything: dict  # maps names to ndarrays, for all arrays of the round
    learning_rate: float
    x: np.ndarray  # shape: (1, n[0])

    @property
    def steps(self):
        """All steps of the round."""
        return steps_of(self.sizes)


def frame(step=1, x=(1.0, 0.5), y=1, sizes=(2, 2, 1), updates=0, learning_rate=1.0):
    """Send one example through a small network and back, up to the given step.

    By default, the network is the one in lesson 03, where a round consists of thirteen steps forward and back, followed
    by the updates of both layers.

    Parameters
    ----------
    step : int
        Number of the step, from 1 (the inputs) to the length of `steps_of(sizes)`.
    x : sequence of float
        Example with n[0] inputs.
    y : int or sequence of int
        A single label, or the labels of the n[L] outputs. Each label is 0 or 1.
    sizes : sequence of int or str
        Number of inputs and number of units in each layer, or text such as "2, 2, 1".
    updates : int
        Number of previous updates on the same example.
    learning_rate : float
        Learning rate, greater than 0.

    Returns
    -------
    Frame

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    sizes = _checked_sizes(sizes)
    x, y = _as_row(x, "x", sizes[0], "inputs"), _as_row(y, "y", sizes[-1], "outputs")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"y is {brief(y.ravel().tolist())}, but a label must be 0 or 1")
    rate, steps = positive_number(learning_rate, "learning_rate"), steps_of(sizes)
    number = whole_between(step, "step", 1, len(steps))
    updates = whole_between(updates, "updates", 0, MOST_UPDATES)
    (W, b), costs = _parameters(sizes), []
    for _ in range(updates):
        values, W, b = _round(x, y.T, W, b, rate)
        costs.append(values["J"].item())
    values, new_W, new_b = _round(x, y.T, W, b, rate)
    after = binary_cross_entropy(forward(x, new_W, new_b)[0][len(W)], y.T)
    done, now = steps[:number], steps[number - 1]
    known = {taken.name: values[taken.name] for taken in done}
    count = sum(taken.multiplications for taken in done)
    everything = values | {f"{name} before": p for name, p in _named(W, b).items()}
    costs = np.array([*costs, values["J"].item(), after])
    lines = working(now, everything, y.T, rate)
    return Frame(now, number, known, lines, y.T, count, sizes, W, b, costs, everything, rate, x)


def _checked_sizes(sizes):
    sizes = as_sizes(sizes)
    if not 2 <= len(sizes) <= MOST_LAYERS + 1:
        raise ValueError(
            f"sizes has {len(sizes)} entries: give the number of inputs and the sizes of 1 to {MOST_LAYERS} layers, "
            "as in 2, 2, 1"
        )
    if max(sizes) > MOST_UNITS:
        raise ValueError(f"sizes contains {max(sizes)}, but there is room for at most {MOST_UNITS} units in a layer")
    return sizes


def _as_row(values, name, n, what):
    """Convert a number or a sequence of n numbers to an array of shape (1, n)."""
    row = as_float64_array(values, name, finite=True).reshape(1, -1)
    if row.shape[1] != n:
        raise ValueError(f"{name} contains {row.shape[1]} numbers, but the network has {n} {what}: give {n}")
    if np.abs(row).max() > 1000:
        raise ValueError(
            f"{name} contains a number of magnitude {np.abs(row).max():g}, but 1000 is the largest allowed"
        )
    return row


def _parameters(sizes):
    """Return parameters that are simple enough for pencil and paper.

    These are the lesson's parameters if the sizes match, and otherwise random numbers with one decimal place.
    """
    if sizes in PENCIL:
        W1, b1, W2, b2 = map(np.array, PENCIL[sizes])
        return {1: W1, 2: W2}, {1: b1[:, np.newaxis], 2: b2[:, np.newaxis]}
    W, b = initialize_parameters(sizes, random_state=1)
    return {l: (2 * W[l]).round(1) + 0.0 for l in W}, b


def _round(X, Y, W, b, learning_rate):
    """Return a dict of all the arrays in one round, keyed by name, and the parameters after the round."""
    Z, A = forward(X, W, b)
    dW, db = backward(Y, W, Z, A)
    new_W, new_b = ({l: p[l] - learning_rate * d[l] for l in p} for p, d in ((W, dW), (b, db)))
    values = {f"{name}[{l}]": array[l] for name, array in (("A", A), ("Z", Z), ("dW", dW), ("db", db)) for l in array}
    values |= {f"dZ[{l}]": db[l] for l in db}  # db is the sum of dZ over the examples, of which there is only one
    values |= {f"dA[{l}]": W[l + 1].T @ db[l + 1] for l in range(1, len(W))}
    values |= {f"g′(Z[{l}])": sigmoid_prime(Z[l]) for l in range(1, len(W))}
    return values | {"J": np.array([[binary_cross_entropy(Z[len(W)], Y)]]), "Y": Y} | _named(new_W, new_b), new_W, new_b


def _named(W, b):
    return {f"W[{l}]": W[l] for l in W} | {f"b[{l}]": b[l] for l in b}


def draw(result, ax=None):
    """Draw a `Frame`: the network, the numbers of the current step, and the code with this step's line highlighted."""
    return plotting.stepper_frame(result, ax)


def describe(result):
    """Return a sentence that states the result of the step in a `Frame`."""
    step, numbers = result.step, result.values[result.step.name].ravel()
    shown = ", ".join(f"{number:z.3f}".replace("-", "−") for number in numbers[:8]) + ", …" * (len(numbers) > 8)
    again = f" in round {len(result.costs) - 1}" if len(result.costs) > 2 else ""
    said = f"Step {result.number} of {len(result.steps)}{again}, {step.way}: {step.name} = {shown}"
    if step.way == "update":
        return f"{said}; the update changes the cost from {result.costs[-2]:.3f} to {result.costs[-1]:.3f}"
    count = f"; multiplications in the backward pass so far: {result.multiplications}"
    return said + count * (step.way == "backward")


def solved(result):
    """Return whether two large errors nearly cancel at the first hidden unit, as the challenge requires."""
    last, hidden = result.values.get(f"dZ[{len(result.W)}]"), result.values.get("dA[1]")
    if hidden is None or last.size < 2 or len(result.W) != 2:
        return False
    return bool(abs(hidden[0, 0]) < SMALL and np.abs(last).min() > LARGE)


def _picture(result):
    """Return the data for the front end: every array of the round, and the operands and arithmetic of each step."""
    steps = [
        {
            **{name: getattr(step, name) for name in ("name", "shape", "code", "lit", "operands", "way")},
            "working": working(step, result.everything, result.target, result.learning_rate),
        }
        for step in result.steps
    ]
    shared = {"sizes": result.sizes, "x": result.x[0], "y": result.target[:, 0], "alpha": result.learning_rate}
    return shared | {
        "steps": steps,
        "arrays": result.everything,
        "costs": result.costs,
        "updates": len(result.costs) - 2,
    }


class Stepper(Instrument):
    """Interactive figure that goes through the steps of a round in a network whose layer sizes the reader chooses."""

    title = "Stepper"
    challenge = "03.stepper"
    front = "stepper.js"
    code = "widgets.stepper.frame("
    arguments = ("step", "x", "y", "sizes", "updates", "learning_rate")
    figsize, example = FRAME_SIZE, {"step": 10}

    step = traitlets.CInt(1).tag(sync=True)
    x = TypedTuple(traitlets.CFloat(), (1.0, 0.5)).tag(sync=True)
    y = TypedTuple(traitlets.CFloat(), (1.0, 0.0)).tag(sync=True)
    sizes = traitlets.Unicode("2, 2, 2").tag(sync=True)
    updates = traitlets.CInt(0).tag(sync=True)
    learning_rate = traitlets.CFloat(1.0).tag(sync=True)

    compute, describe, solved = map(staticmethod, (frame, describe, solved))
    draw, picture_of = map(staticmethod, (draw, _picture))

    def state(self):
        """Return the arguments of `frame` as they would be written in code."""
        state = super().state()
        with suppress(TypeError, ValueError):  # `frame` reports invalid sizes
            state["sizes"] = _checked_sizes(self.sizes)
        return state | {"y": tuple(int(label) if label in (0, 1) else label for label in self.y)}

    def _refresh(self, change=None):
        """Show the current result, after adapting the example and the step if the layer sizes have changed."""
        if change is not None and change["name"] == "sizes":
            with suppress(TypeError, ValueError):  # `frame` reports invalid sizes
                sizes = _checked_sizes(self.sizes)
                with self.hold_trait_notifications():
                    self.x = (*self.x, *[0.5] * sizes[0])[: sizes[0]]
                    self.y = (*self.y, *[0.0] * sizes[-1])[: sizes[-1]]
                    self.step, self.updates = 1, 0
        super()._refresh(change)
        if self.refusal and self._shown and change is not None and change["name"] in ("step", "updates"):
            said = self.refusal  # the other arguments on the screen remain until the refused one has been corrected
            self._begin(self._shown | {"step": self.step, "updates": self.updates})
            self.refusal = self.refusal or said


def explorer():
    """Return the interactive figure."""
    return Stepper()
