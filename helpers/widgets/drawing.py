"""Interactive figure for lesson 11, in which the reader draws a digit for a network to recognise.

The gradient of the cost can then be used to change the drawing. The pixels are stored in the state of the widget as
a string of hexadecimal digits, so the drawing survives a reload of the page and is the same in all views.
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
from helpers.system.validation import as_float64_array, brief, known_name, positive_number, positive_whole
from helpers.widgets.explorer import REFUSALS, as_call, refusal
from helpers.widgets.instrument import Instrument
from helpers.widgets.playground_picture import levels

SIDE = 28
# Maps the name of each network to the name of its recording and to its digits, in the order of its outputs or labels.
NETWORKS = {"5 or 8": ("tutorial_196_1", (5, 8)), "ten digits": ("ten_digits_seed_0", tuple(range(10)))}
TEST_DIGITS = 100  # number of images from the MNIST test set that the reader can start from
SURE, STEPS, CHANGE = 0.9, 5, 0.25  # limits in the challenge: probability, number of steps, change in a pixel


class Reading(NamedTuple):
    """A drawing, and what a network from a recorded training run predicts for it."""

    pixels: np.ndarray  # shape: (784,), from 0 for paper to 1 for ink
    target: int  # label used to compute the cost
    digits: tuple  # the digits between which the network distinguishes
    probabilities: np.ndarray  # probability of each of `digits`
    cost: float
    activations: np.ndarray  # activations of the hidden layer, of shape (196,) or (300,)
    gradient: np.ndarray  # ∂J/∂pixel, of shape (784,)

    @property
    def probability(self):
        """Predicted probability that the drawing is an 8."""
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
    """Return the 1866 fives and eights in the MNIST test set, in the order used in the recorded training run."""
    return load_digit_pair(5, 8, random_state=np.random.RandomState(1))[2]


@cache
def test_digits():
    """Return the first 100 images of the MNIST test set, scaled to values from 0 to 1, and their labels."""
    _, _, X_test, y_test = load_mnist()
    return X_test[:TEST_DIGITS] / 255, y_test[:TEST_DIGITS]


def pack(pixels):
    """Encode pixel values from 0 to 1 as a short base64 string, after rounding them to multiples of 1/255."""
    levels = np.round(255 * np.asarray(pixels)).astype(np.uint8)
    return base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode()


def unpack(text):
    """Decode 784 pixels that were encoded by `pack`, or raise a ValueError if the text does not encode a drawing."""
    unpacker, levels = zlib.decompressobj(), b""
    with suppress(binascii.Error, zlib.error, ValueError):
        levels = unpacker.decompress(base64.b64decode(text, validate=True), SIDE**2 + 1)
    if len(levels) != SIDE**2 or not unpacker.eof:
        raise ValueError("this text does not encode a drawing: copy the entire line of code below the picture")
    return np.frombuffer(levels, np.uint8) / 255


def read(drawing, target=8, network="5 or 8"):
    """Return a trained network's prediction for a drawing, and the gradient of the cost with respect to the pixels.

    Raise a ValueError or TypeError if the drawing, the network or the target is invalid.

    Parameters
    ----------
    drawing : ndarray of shape (784,) or str
        Pixel values from 0 to 1, or a string returned by `pack`.
    target : int
        Label used to compute the cost J.
    network : str
        "5 or 8" for lesson 04's 784 → 196 → 1 network, or "ten digits" for lesson 08's 784 → 300 → 10 network.

    Returns
    -------
    Reading
    """
    pixels, digits = _pixels(drawing), NETWORKS[known_name(network, NETWORKS, "network")][1]
    if not isinstance(target, numbers.Number) or target not in digits:
        known = "5 or 8" if len(digits) == 2 else "a digit from 0 to 9"
        raise ValueError(f"target is {brief(target)}, but for this network it must be {known}")
    net, i = _network(network), digits.index(target)
    kinds = net.hidden_activation, net.output
    Y = np.array([[float(i)]]) if len(digits) == 2 else np.eye(len(digits))[:, [i]]
    Z, A = forward(pixels[np.newaxis], net.W_, net.b_, *kinds)
    _, db = backward(Y, net.W_, Z, A, *kinds)
    dZ1 = db[1]  # db[1] is the sum of dZ[1] over the examples, of which there is only one
    gradient = net.W_[1].T @ dZ1  # (784, n[1]) @ (n[1], 1) = (784, 1)
    a = A[2].ravel()
    probabilities = np.array([1 - a[0], a[0]]) if len(digits) == 2 else a
    cost = OUTPUTS[net.output].cost(Z[2], Y)
    return Reading(pixels, int(target), digits, probabilities, cost, A[1].ravel(), gradient.ravel())


def move(drawing, target=8, rate=0.2, steps=1, network="5 or 8"):
    """Take steps of gradient descent on the pixels, x ← x − rate · ∂J/∂x, and return the new pixels.

    After each step, the pixels are clipped to values from 0 to 1.

    Parameters
    ----------
    drawing, target, network
        See `read`.
    rate : float
        Step size in ink² per unit of cost, greater than 0.
    steps : int
        Number of steps, at least 1.
    """
    pixels = _pixels(drawing)
    rate = positive_number(rate, "rate")
    for _ in range(positive_whole(steps, "steps")):
        pixels = np.clip(pixels - rate * read(pixels, target, network).gradient, 0, 1)
    return pixels


def centre(pixels):
    """Shift a drawing by whole pixels so that its ink is centred, as it is in all MNIST images."""
    picture = _pixels(pixels).reshape(SIDE, SIDE)
    ink = picture.sum()
    if ink == 0:
        return picture.ravel()
    for axis in (0, 1):
        middle = picture.sum(axis=1 - axis) @ np.arange(SIDE) / ink
        used = np.flatnonzero(picture.any(axis=1 - axis))
        shift = np.clip(round(SIDE / 2 - 0.5 - middle), -used[0], SIDE - 1 - used[-1])  # keeps all ink inside
        picture = np.roll(picture, shift, axis)
    return picture.ravel()


def _pixels(drawing):
    if isinstance(drawing, str):
        return unpack(drawing)
    pixels = as_float64_array(drawing, "drawing")
    if pixels.shape != (SIDE**2,):
        raise ValueError(
            f"drawing is an array of shape {pixels.shape}, but it must contain {SIDE**2} numbers from 0 to 1"
        )
    wrong = pixels[~((pixels >= 0) & (pixels <= 1))]
    if wrong.size:
        raise ValueError(f"a pixel of the drawing is {wrong[0]:g}, but it must be between 0 (paper) and 1 (ink)")
    return pixels


def draw(result, figure=None):
    """Plot a `Reading`: the drawing, the hidden activations and the derivatives ∂J/∂pixel."""
    return playground.reading(result, figure)


def describe(result):
    """Return a sentence that states the network's answer in a `Reading`."""
    who = "The network" if result.pixels.any() else "You have not drawn anything yet. For empty paper, the network"
    of = f"of an 8 = {result.probability:.4f}" if len(result.digits) == 2 else f"{result.probabilities.max():.4f}"
    return f"{who} says {result.answer}: probability {of}; J = {result.cost:.4f} for the target {result.target}"


class Drawing(Instrument):
    """Interactive figure in which a network recognises a hand-drawn digit and gradient descent can change it."""

    title = "Draw a digit"
    challenge = "11.drawing"
    front = "maps.js drawing.js"
    code = "widgets.drawing.read("
    figsize = playground.READING_SIZE
    arguments = ("ink", "target")

    ink = traitlets.Unicode("00" * SIDE**2).tag(sync=True)  # two hexadecimal digits per pixel
    target = traitlets.CInt(8).tag(sync=True)
    start = traitlets.CInt(0).tag(sync=True)  # number of the initial test digit, or 0 for a blank canvas
    rate = traitlets.CFloat(0.2).tag(sync=True)
    steps = traitlets.CInt(0).tag(sync=True)  # number of gradient descent steps taken since the start
    overlay = traitlets.Bool(True).tag(sync=True)  # whether to show ∂J/∂pixel on top of the drawing

    def __init__(self, **state):
        self._exact = None  # the ink that `_put` set last, and its pixels before they were rounded
        super().__init__(**state)
        self.observe(self._load, names="start")
        self.on_msg(self._receive)

    def compute(self, ink, target):
        """Return the network's `Reading` of the ink."""
        return read(_unhex(ink), target, "ten digits")

    describe = staticmethod(describe)

    def picture_of(self, result):
        """Return the data for the front end, with the gradient and the activations encoded by `levels`."""
        picture = {"probabilities": result.probabilities, "answer": result.answer, "cost": result.cost}
        picture |= {"gradient": levels([result.gradient]), "most": float(np.abs(result.gradient).max())}
        return picture | {"activations": levels([result.activations])}

    def line_of(self, state):
        """Return the line of code that reproduces the prediction for this drawing."""
        return as_call(self.code, drawing=pack(_unhex(state["ink"])), target=state["target"], network="ten digits")

    def solved(self, result):
        """Return whether a test digit, slightly changed in a few steps, is confidently mistaken for another digit."""
        if not 0 < self.start <= TEST_DIGITS or not 0 < self.steps <= STEPS:
            return False
        X, y = test_digits()
        near = np.abs(result.pixels - X[self.start - 1]).max() <= CHANGE + 1e-9
        return near and result.answer != y[self.start - 1] and result.probabilities.max() > SURE

    def still(self):
        """Return a static figure of the current state or, if nothing has been drawn, of a test digit."""
        result, figure = self.result, Figure(figsize=self.figsize)
        return draw(result if result.pixels.any() else read(test_digits()[0][0], result.target, "ten digits"), figure)

    def _put(self, pixels, steps=0):
        """Show these pixels, or restore the previous ones if the computation of the answer is interrupted."""
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
        """Load test digit number `start`, or a blank canvas if `start` is 0."""
        if not 0 <= self.start <= TEST_DIGITS:
            self.refusal = refusal(f"choose a test digit from 1 to {TEST_DIGITS}, or 0 for empty paper")
            return
        self._put(test_digits()[0][self.start - 1] if self.start else np.zeros(SIDE**2))

    def _receive(self, widget, content, buffers):
        """Handle a message {"do": …} that the front end sends when a button is clicked."""
        actions = {"move": self._move, "reload": self._load, "centre": self._centre, "clear": self._clear}
        actions.get(content.get("do") if isinstance(content, dict) else None, lambda: None)()

    def _clear(self):
        self.start = 0
        self._load()

    def _centre(self):
        self._put(centre(self.result.pixels), self.steps)

    def _move(self):
        """Take one step of gradient descent.

        The step starts from the unrounded result of the previous step, unless the ink has changed since then.
        """
        here = self._exact[1] if self._exact and self._exact[0] == self.ink else self.result.pixels
        try:
            self._put(move(here, self.target, self.rate, network="ten digits"), self.steps + 1)
        except REFUSALS as error:
            self.refusal, self.playing = refusal(error), False


def explorer():
    """Return the interactive figure."""
    return Drawing()


def _hex(pixels):
    return np.round(255 * np.asarray(pixels)).astype(np.uint8).tobytes().hex()


def _unhex(ink):
    try:
        pixels = np.frombuffer(bytes.fromhex(ink), np.uint8) / 255
    except ValueError:
        pixels = np.zeros(0)
    if len(pixels) != SIDE**2:
        raise ValueError("ink does not encode a drawing: clear the area and draw again")
    return pixels
