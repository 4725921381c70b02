"""Lesson 11: draw a digit, see what a network makes of it, and let the gradient change the drawing.

The ink is part of the widget's state, as a string of hexadecimal levels, so a reloaded page or a second view shows it
too.
"""

import base64
import binascii
import numbers
import zlib
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import numpy as np
import traitlets
from matplotlib.figure import Figure

from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import backward, forward
from helpers.datasets.mnist import load_digit_pair, load_mnist
from helpers.datasets.recordings import load_run
from helpers.plotting import playground
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_real_array, brief, known_name, positive_number, positive_whole
from helpers.widgets.explorer import REFUSALS, as_call
from helpers.widgets.instrument import Instrument
from helpers.widgets.playground_picture import levels

SIDE = 28
# Each recorded network and the digits that it knows, in the order of its outputs or labels.
NETWORKS = {"5 or 8": ("tutorial_196_1", (5, 8)), "ten digits": ("ten_digits_seed_0", tuple(range(10)))}
TEST_DIGITS = 100  # from MNIST's test set, as starting points
SURE, STEPS, CHANGE = 0.9, 5, 0.25  # the challenge: minimum probability, maximum steps and change per pixel


class Reading(NamedTuple):
    """A drawing and a recorded network's answer to it."""

    pixels: np.ndarray  # (784,), 0 is paper and 1 is ink
    target: int  # the digit with which the cost is computed
    digits: tuple  # the digits that the network knows
    probabilities: np.ndarray  # one for each of `digits`
    cost: float
    activations: np.ndarray  # (196,) or (300,), of the hidden layer
    gradient: np.ndarray  # (784,), ∂J/∂pixel

    @property
    def probability(self):
        """The probability of an 8."""
        return float(self.probabilities[self.digits.index(8)])

    @property
    def answer(self):
        """The most probable digit."""
        return self.digits[int(np.argmax(self.probabilities))]


@cache
def _network(name):
    return load_run(NETWORKS[name][0])


@cache
def digits_to_start():
    """The 1866 fives and eights in MNIST's test set, in the order of the recorded training run."""
    return load_digit_pair(5, 8, random_state=np.random.RandomState(1))[2]


@cache
def test_digits():
    """The first hundred images of MNIST's test set, scaled to 0 … 1, and their labels."""
    _, _, X_test, y_test = load_mnist()
    return X_test[:TEST_DIGITS] / 255, y_test[:TEST_DIGITS]


def pack(pixels):
    """Encode pixels from 0 to 1, rounded to 255ths, as a short base64 string."""
    levels = np.round(255 * np.asarray(pixels)).astype(np.uint8)
    return base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode()


def unpack(text):
    """Decode the 784 pixels encoded by `pack`.

    Raises
    ------
    ValueError
        If the text does not encode a drawing.
    """
    unpacker, levels = zlib.decompressobj(), b""
    with suppress(binascii.Error, zlib.error, ValueError):
        levels = unpacker.decompress(base64.b64decode(text, validate=True), SIDE**2 + 1)
    if len(levels) != SIDE**2 or not unpacker.eof:
        raise ValueError("this text is not a drawing: copy the whole line from under the picture")
    return np.frombuffer(levels, np.uint8) / 255


def read(drawing, target=8, network="5 or 8"):
    """The answer of a recorded network to a drawing, and the gradient of its cost with respect to the pixels.

    Parameters
    ----------
    drawing : ndarray of 784 pixels from 0 to 1, or a string from `pack`
    target : int, the label with which the cost J is computed
    network : "5 or 8", lesson 04's 784 → 196 → 1; or "ten digits", lesson 08's 784 → 300 → 10

    Returns
    -------
    Reading

    Raises
    ------
    ValueError, TypeError
        If the drawing is invalid, the network is unknown, or the network does not know the target digit.
    """
    pixels, digits = _pixels(drawing), NETWORKS[known_name(network, NETWORKS, "network")][1]
    if not isinstance(target, numbers.Number) or target not in digits:
        known = "only 5 and 8" if len(digits) == 2 else "the digits from 0 to 9"
        raise ValueError(f"the target is {brief(target)}, but this network knows {known}")
    net, i = _network(network), digits.index(target)
    kinds = net.hidden_activation, net.output
    Y = np.array([[float(i)]]) if len(digits) == 2 else np.eye(len(digits))[:, [i]]
    Z, A = forward(pixels[np.newaxis], net.W_, net.b_, *kinds)
    _, db = backward(Y, net.W_, Z, A, *kinds)
    dZ1 = db[1]  # for a single example, the sum over examples is dZ[1] itself
    gradient = net.W_[1].T @ dZ1  # (784, n[1]) @ (n[1], 1) = (784, 1)
    a = A[2].ravel()
    probabilities = np.array([1 - a[0], a[0]]) if len(digits) == 2 else a
    cost = OUTPUTS[net.output].loss(Z[2], Y)
    return Reading(pixels, int(target), digits, probabilities, cost, A[1].ravel(), gradient.ravel())


def move(drawing, target=8, rate=0.2, steps=1, network="5 or 8"):
    """Gradient descent on the pixels: x ← x − rate · ∂J/∂x, kept between 0 and 1.

    Parameters
    ----------
    drawing, target, network : as in `read`
    rate : float above 0, in ink² per unit of cost
    steps : int of at least 1

    Returns
    -------
    ndarray of shape (784,)
    """
    pixels = _pixels(drawing)
    rate = positive_number(rate, "rate")
    for _ in range(positive_whole(steps, "steps")):
        pixels = np.clip(pixels - rate * read(pixels, target, network).gradient, 0, 1)
    return pixels


def centre(pixels):
    """Shift a drawing by whole pixels to centre its ink, as in all MNIST digits."""
    picture = _pixels(pixels).reshape(SIDE, SIDE)
    ink = picture.sum()
    if ink == 0:
        return picture.ravel()
    for axis in (0, 1):
        middle = picture.sum(axis=1 - axis) @ np.arange(SIDE) / ink
        used = np.flatnonzero(picture.any(axis=1 - axis))
        shift = np.clip(round(SIDE / 2 - 0.5 - middle), -used[0], SIDE - 1 - used[-1])  # nothing is cut off
        picture = np.roll(picture, shift, axis)
    return picture.ravel()


def _pixels(drawing):
    if isinstance(drawing, str):
        return unpack(drawing)
    pixels = as_real_array(drawing, "drawing")
    if pixels.shape != (SIDE**2,):
        raise ValueError(f"a drawing is an array of {SIDE**2} numbers from 0 to 1, but this has shape {pixels.shape}")
    wrong = pixels[~((pixels >= 0) & (pixels <= 1))]
    if wrong.size:
        raise ValueError(f"each pixel of a drawing is from 0 (paper) to 1 (ink), but this one holds {wrong[0]:g}")
    return pixels


def draw(result, figure=None):
    """Plot a `Reading`: the drawing, the hidden activations and ∂J/∂pixel."""
    return playground.reading(result, figure)


def describe(result):
    """Summarize the answer of a `Reading` in a sentence."""
    who = "The network" if result.pixels.any() else "Nothing is drawn yet; even of empty paper the network"
    of = f"of an 8 {result.probability:.4f}" if len(result.digits) == 2 else f"{result.probabilities.max():.4f}"
    return f"{who} says {result.answer}: probability {of}; J = {result.cost:.4f} for a target of {result.target}"


class Drawing(Instrument):
    """Lesson 11: draw with mouse, finger or keyboard, read the answer, and move the drawing towards a digit."""

    title = "Draw a digit"
    challenge = "11.drawing"
    front = "maps.js drawing.js"
    code = "widgets.drawing.read("
    figsize = playground.READING_SIZE
    arguments = ("ink", "target")

    ink = traitlets.Unicode("00" * SIDE**2).tag(sync=True)  # two hexadecimal digits for each pixel
    target = traitlets.CInt(8).tag(sync=True)
    start = traitlets.CInt(0).tag(sync=True)  # number of the test digit to start from; 0 is a blank canvas
    rate = traitlets.CFloat(0.2).tag(sync=True)
    steps = traitlets.CInt(0).tag(sync=True)  # of gradient descent since then
    overlay = traitlets.Bool(True).tag(sync=True)  # ∂J/∂pixel over the drawing

    def __init__(self, **state):
        self._exact = None  # the result of the last step, before rounding to levels
        super().__init__(**state)
        self.observe(self._load, names="start")
        self.on_msg(self._receive)

    def compute(self, ink, target):
        """The network's `Reading` of the ink."""
        return read(_unhex(ink), target, "ten digits")

    describe = staticmethod(describe)

    def picture_of(self, result):
        """Probabilities, activations, and the gradient as levels around 127.5."""
        picture = {"probabilities": result.probabilities, "answer": result.answer, "cost": result.cost}
        picture |= {"gradient": levels([result.gradient]), "most": float(np.abs(result.gradient).max())}
        return picture | {"activations": levels([result.activations])}

    def line_of(self, state):
        """The line of code that reads this drawing."""
        return as_call(self.code, drawing=pack(_unhex(state["ink"])), target=state["target"], network="ten digits")

    def solved(self, result):
        """Whether a test digit, changed slightly and in few steps, is now confidently taken for another digit."""
        if not 0 < self.start <= TEST_DIGITS or not 0 < self.steps <= STEPS:
            return False
        X, y = test_digits()
        near = np.abs(result.pixels - X[self.start - 1]).max() <= CHANGE + 1e-9
        return near and result.answer != y[self.start - 1] and result.probabilities.max() > SURE

    def still(self):
        """The current state as an ordinary figure."""
        return draw(self.result, Figure(figsize=self.figsize))

    def _put(self, pixels, steps=0):
        """Show these pixels; if reading them is interrupted, keep the previous ones."""
        ink, before = _hex(pixels), (self.ink, self.steps)
        try:
            with self.hold_sync():
                self.steps, self.ink, self._exact = steps, ink, (ink, pixels)
        except KeyboardInterrupt:
            with interrupts_wait():
                said, (self.ink, self.steps) = self.refusal, before
                self.refusal = said
            raise

    def _load(self, change=None):
        """Load test digit number `start`, or a blank canvas."""
        if not 0 <= self.start <= TEST_DIGITS:
            self.refusal = f"Not possible: the test digits have numbers from 1 to {TEST_DIGITS}, and 0 is empty paper."
            return
        self._put(test_digits()[0][self.start - 1] if self.start else np.zeros(SIDE**2))

    def _receive(self, widget, content, buffers):
        """Handle a click in the front end: {"do": …}."""
        actions = {"move": self._move, "reload": self._load, "centre": self._centre, "clear": self._clear}
        actions.get(content.get("do") if isinstance(content, dict) else None, lambda: None)()

    def _clear(self):
        self.start = 0
        self._load()

    def _centre(self):
        self._put(centre(self.result.pixels), self.steps)

    def _move(self):
        """One step of gradient descent, from the unrounded result of the last step if the ink has not changed since."""
        here = self._exact[1] if self._exact and self._exact[0] == self.ink else self.result.pixels
        try:
            self._put(move(here, self.target, self.rate, network="ten digits"), self.steps + 1)
        except REFUSALS as error:
            self.refusal, self.playing = f"Not possible: {error}.", False


def explorer():
    """Lesson 11: draw a digit and let the gradient change it."""
    return Drawing()


def _hex(pixels):
    return np.round(255 * np.asarray(pixels)).astype(np.uint8).tobytes().hex()


def _unhex(ink):
    try:
        pixels = np.frombuffer(bytes.fromhex(ink), np.uint8) / 255
    except ValueError:
        pixels = np.zeros(0)
    if len(pixels) != SIDE**2:
        raise ValueError("that is not a drawing: clear the area and draw again")
    return pixels
