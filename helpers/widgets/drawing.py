"""Lesson 11: draw a digit, see what a network makes of it, and let the gradient change the drawing.

The drawing area is a grid of 784 cells in one HTML widget. Its mouse and keyboard handlers are the
few lines of `PEN`; they paint at once in the browser, and at the end of a stroke put all pixels into
a hidden text field, which ipywidgets sends to the kernel as it sends any text. So the area needs
nothing beyond ipywidgets. (784 buttons would be 784 widgets, with three models each.)

The ink belongs to the model of that field, not to the page: `PAINT` copies it into the grid, in every
view, when a view appears (a page that is loaded again, a second view) and whenever the ink changes.
"""

import base64
import binascii
import html
import numbers
import zlib
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward
from helpers.datasets.mnist import load_digit_pair
from helpers.datasets.recordings import load_run
from helpers.plotting import playground
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_real_array, brief, positive_number, positive_whole
from helpers.widgets.explorer import REFUSALS, SLOW, WIDGET, code_line, heading, image, refusal, set_width, stopped

SIDE = 28
DIGITS = (5, 8)  # labels 0 and 1 of the recorded network

# Runs in the browser for every event of the grid, given `event` and `grid`. A cell's opacity is its ink.
PEN = """
const cells = grid.children, pen = grid.dataset
const dab = (row, column, erase) => {
    for (const [r, c, ink] of [[0, 0, 1], [0, 1, .6], [1, 0, .6], [0, -1, .6], [-1, 0, .6]]) {
        if (row + r < 0 || row + r > 27 || column + c < 0 || column + c > 27) continue
        const cell = cells[(row + r) * 28 + column + c].style
        cell.opacity = erase ? 0 : Math.max(Number(cell.opacity), ink)
    }
}
const send = () => {
    const hex = cell => Math.round(Number(cell.style.opacity) * 255).toString(16).padStart(2, '0')
    const field = grid.closest('.lesson-widget').querySelector('.lesson-pixels textarea')
    field.value = [...cells].map(hex).join('')
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {bubbles: true}))
}
const place = (row, column) => {
    cells[pen.row * 28 + +pen.column].classList.remove('pen')
    pen.row = Math.min(27, Math.max(0, row))
    pen.column = Math.min(27, Math.max(0, column))
    cells[pen.row * 28 + +pen.column].classList.add('pen')
}
if (event.type === 'keydown') {
    const moves = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}
    const move = moves[event.key], draw = event.key === ' ', erase = event.key === 'Backspace'
    if (!move && !draw && !erase) return
    event.preventDefault()
    if (move) place(+pen.row + move[0], +pen.column + move[1])
    if (draw || erase || event.shiftKey) { dab(+pen.row, +pen.column, erase); send() }
    return
}
const lifted = event.type === 'pointermove' && !event.buttons
if (lifted || event.type === 'pointerup' || event.type === 'pointercancel') {
    if (pen.down) { pen.down = ''; send() }
    return
}
if (event.type === 'pointerdown') {
    if (event.button) return
    event.preventDefault()
    grid.focus({preventScroll: true})
    grid.setPointerCapture(event.pointerId)
    pen.down = 'yes'
} else if (!pen.down) return
const box = grid.getBoundingClientRect()
const row = Math.floor((event.clientY - box.top) / box.height * 28)
const column = Math.floor((event.clientX - box.left) / box.width * 28)
const fresh = event.type === 'pointerdown'
const [row0, column0] = fresh ? [row, column] : [+pen.row, +pen.column]
const steps = Math.max(1, Math.abs(row - row0), Math.abs(column - column0))
for (let i = 1; i <= steps; i++) {
    const part = i / steps
    dab(Math.round(row0 + (row - row0) * part), Math.round(column0 + (column - column0) * part), event.shiftKey)
}
place(row, column)
"""
# Runs in the browser when the invisible style element of `ink` appears, given that element. A stroke that
# is not finished stays: it will send all pixels. The text field of a new view may appear a little later.
PAINT = """
const paint = tries => {
    const widget = element.closest('.lesson-widget')
    const grid = widget?.querySelector('.lesson-grid'), ink = widget?.querySelector('.lesson-pixels textarea')?.value
    if (!grid || ink?.length !== 1568) { if (tries) setTimeout(paint, 50, tries - 1) }
    else if (!grid.dataset.down) [...grid.children].forEach((cell, i) => {
        cell.style.opacity = parseInt(ink.slice(2 * i, 2 * i + 2), 16) / 255
    })
}
paint(100)
"""
LOOK = """<style>
.lesson-grid {display: grid; grid-template-columns: repeat(28, 1fr); width: min(336px, 95%); aspect-ratio: 1;
    background: white; border: 2px solid #767676; cursor: crosshair; touch-action: none; user-select: none}
.lesson-grid i {background: black; opacity: 0}
.lesson-grid:focus {outline: 3px solid #0072B2}
.lesson-grid:focus .pen {opacity: 1 !important; background: #C62828}
</style>"""


class Reading(NamedTuple):
    """A drawing and the recorded network's answer to it."""

    pixels: np.ndarray  # (784,), 0 is paper and 1 is ink
    target: int  # the digit whose cost is taken
    probability: float  # of an 8
    cost: float
    activations: np.ndarray  # (196,), of the hidden layer
    gradient: np.ndarray  # (784,), ∂J/∂pixel


@cache
def _network():
    return load_run("tutorial_196_1")


@cache
def digits_to_start():
    """The 1866 fives and eights of MNIST's test set, in the order of the recorded training."""
    return load_digit_pair(*DIGITS, random_state=np.random.RandomState(1))[2]


def pack(pixels):
    """Pixels from 0 to 1 as a short text of letters and digits, rounded to 255ths."""
    levels = np.round(255 * np.asarray(pixels)).astype(np.uint8)
    return base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode()


def unpack(text):
    """The 784 pixels that `pack` wrote.

    Raises
    ------
    ValueError
        If the text is not such a drawing.
    """
    unpacker, levels = zlib.decompressobj(), b""
    with suppress(binascii.Error, zlib.error, ValueError):
        levels = unpacker.decompress(base64.b64decode(text, validate=True), SIDE**2 + 1)
    if len(levels) != SIDE**2 or not unpacker.eof:
        raise ValueError("this text is not a drawing: copy the whole line from under the picture")
    return np.frombuffer(levels, np.uint8) / 255


def read(drawing, target=8):
    """The answer of lesson 04's network 784 → 196 → 1 to a drawing, and the gradient of its cost.

    Parameters
    ----------
    drawing : ndarray of 784 pixels from 0 to 1, or the text of `pack`
    target : 5 or 8, the digit that the cost J wants

    Returns
    -------
    Reading
    """
    pixels = _pixels(drawing)
    if not isinstance(target, numbers.Number) or target not in DIGITS:
        raise ValueError(f"the target is {brief(target)}, but this network knows only 5 and 8")
    network, X = _network(), pixels[np.newaxis]
    Y = np.array([[float(DIGITS.index(target))]])
    Z, A = forward(X, network.W_, network.b_)
    _, db = backward(Y, network.W_, Z, A)
    dZ1 = db[1]  # of one example, the sum over examples is dZ[1] itself
    gradient = network.W_[1].T @ dZ1  # (784, 196) @ (196, 1) = (784, 1)
    cost = binary_cross_entropy(Z[2], Y)
    return Reading(pixels, target, A[2].item(), cost, A[1].ravel(), gradient.ravel())


def move(drawing, target=8, rate=0.2, steps=1):
    """Gradient descent on the pixels: x ← x − rate · ∂J/∂x, kept between 0 and 1.

    Parameters
    ----------
    drawing, target : as in `read`
    rate : float above 0, in ink² per unit of cost
    steps : int of at least 1

    Returns
    -------
    ndarray of shape (784,)
    """
    pixels = _pixels(drawing)
    rate = positive_number(rate, "rate")
    for _ in range(positive_whole(steps, "steps")):
        pixels = np.clip(pixels - rate * read(pixels, target).gradient, 0, 1)
    return pixels


def centre(pixels):
    """The drawing shifted by whole pixels so that its ink is in the middle, as that of all MNIST digits is."""
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
    """`Reading` as the drawing, the activations of the hidden units, and ∂J/∂pixel."""
    return playground.reading(result, figure)


def describe(result):
    """The answer of a `Reading`, in a sentence."""
    answer = DIGITS[result.probability > 0.5]
    who = "The network" if result.pixels.any() else "Nothing is drawn yet; even of empty paper the network"
    return (
        f"{who} says {answer}: probability of an 8 {result.probability:.4f}; "
        f"J = {result.cost:.4f} for a target of {result.target}"
    )


class Drawing(ipywidgets.VBox):
    """Lesson 11: draw with mouse or keyboard, read the answer, and move the drawing towards a digit."""

    name = "Draw a digit"

    def __init__(self):
        self.pixels, self.steps = np.zeros(SIDE**2), 0
        self.grid, self.ink, self.message, self.picture, self.line = (ipywidgets.HTML() for _ in range(5))
        self.field = ipywidgets.Textarea(description="pixels", layout={"display": "none"}, **SLOW)
        self.field.add_class("lesson-pixels")
        self.controls = {
            "start": ipywidgets.IntSlider(0, min=0, max=1866, description="test digit no.", **SLOW),
            "target": ipywidgets.Dropdown(options=[8, 5], description="target (digit)"),
            "rate": ipywidgets.FloatLogSlider(0.2, min=-2, max=1, step=0.1, description="rate (ink² / cost)", **SLOW),
        }
        for control in self.controls.values():
            set_width(control)
        actions = {"Clear": self._clear, "Reload": self._load, "Centre": self._centre}
        actions |= {"1 step": self._move, "10 steps": self._move}
        self.buttons = {name: ipywidgets.Button(description=name, layout={"width": "auto"}) for name in actions}
        for name, action in actions.items():
            self.buttons[name].on_click(action)
        self.controls["start"].observe(self._load, names="value")
        self.controls["target"].observe(self._read, names="value")
        self.field.observe(self._receive, names="value")
        self.grid.value = _grid()
        super().__init__(self._layout())
        self.add_class(WIDGET)
        self._show(self.pixels)

    def _layout(self):
        goal = "draw a 5 that the network takes for an 8; then turn test digit 2 into an 8 in as few steps as you can."
        hint = (
            "Draw with the mouse, or focus the area with Tab: arrows move the pen, Space draws, Backspace erases. "
            "With Shift, the mouse erases and the arrows draw. <b>1 step</b> and <b>10 steps</b> move the drawing "
            "towards the target; <b>Reload</b> restores the test digit."
        )
        buttons = ipywidgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        head = ipywidgets.HTML(f"{heading(self.name, goal)}<br>{hint}")
        area = [self.field, self.grid, self.ink]
        return [head, *self.controls.values(), buttons, *area, self.message, self.picture, self.line]

    def _show(self, pixels, steps=0):
        """Read these pixels and show them with their reading; if that is stopped, the last reading stays."""
        levels = np.round(255 * pixels).astype(np.uint8)
        pixels, target = levels / 255, self.controls["target"].value
        try:
            result = read(pixels, target)
            sentence = describe(result)
            picture = image(lambda figure: draw(result, figure), playground.READING_SIZE, sentence, layout=None)
        except KeyboardInterrupt as stop:
            self.message.value = stopped(stop)
            raise
        with interrupts_wait():
            self.pixels, self.steps, self._levels = pixels, steps, levels.tobytes().hex()
            self.field.value = self._levels
            self.ink.value = _paint(self._levels)
            self.picture.value = picture
            self.message.value = html.escape(sentence) + (f"; steps taken: {steps}" if steps else "")
            self.line.value = code_line("widgets.drawing.read(", drawing=pack(pixels), target=target)

    def _receive(self, change):
        """Read a drawing sent by the browser, or refuse anything else."""
        if self.field.value == self._levels:  # the kernel's own change
            return
        try:
            levels = bytes.fromhex(self.field.value)
            if len(levels) != SIDE**2:
                raise ValueError
        except ValueError:
            self.message.value = refusal("that is not a drawing: clear the area and draw again")
            return
        self.pixels = np.frombuffer(levels, np.uint8) / 255  # also if reading it is stopped: it is in the area
        self._show(self.pixels, self.steps)

    def _read(self, change):
        self._show(self.pixels, self.steps)

    def _load(self, change=None):
        number = self.controls["start"].value
        self._show(digits_to_start()[number - 1] if number else np.zeros(SIDE**2))

    def _clear(self, button):
        if self.controls["start"].value:
            self.controls["start"].value = 0  # a change, which loads an empty drawing
        else:
            self._load()

    def _centre(self, button):
        self._show(centre(self.pixels), self.steps)

    def _move(self, button):
        steps = int(button.description.split()[0])
        try:
            moved = move(self.pixels, self.controls["target"].value, self.controls["rate"].value, steps)
        except REFUSALS as error:
            self.message.value = refusal(error)
            return
        self._show(moved, self.steps + steps)

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to draw."


def _grid():
    """The empty drawing area, as HTML."""
    pen = html.escape(f"((event, grid) => {{{PEN}}})(event, this)")
    names = ("pointerdown", "pointermove", "pointerup", "pointercancel", "keydown")
    events = " ".join(f'on{name}="{pen}"' for name in names)
    label = "Drawing area of 28 by 28 pixels. Arrows move the pen, Space draws, Backspace erases."
    return (
        f'{LOOK}<div class="lesson-grid" tabindex="0" role="application" aria-label="{label}" data-row="14" '
        f'data-column="14" data-lm-suppress-shortcuts="true" {events}>{"<i></i>" * SIDE**2}</div>'
    )


def _paint(levels):
    """An invisible element, new for each drawing, that copies the ink of the text field into the grid."""
    paint = html.escape(f"(element => {{{PAINT}}})(this)")
    return f'<style data-ink="{zlib.crc32(levels.encode()):08x}" onload="{paint}"></style>'
