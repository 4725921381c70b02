"""The shell of an interactive figure: controls in front of a pure function and a drawing of its result."""

import base64
import html
import io
import numbers
import warnings

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plotting
from helpers.system.arguments import as_layer_sizes
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import brief

SLOW = {"continuous_update": False}  # respond when the slider is released, not at every step on its way
REFUSALS = (ValueError, TypeError, ArithmeticError, MemoryError)  # errors of a compute that become a sentence

WIDGET = "lesson-widget"  # CSS class of the outermost box of a widget

# Visible only if computing takes longer than a third of a second: until then the animation hides it.
NOTE = (
    "<style>@keyframes lessons-wait {from {visibility: hidden}}</style>"
    '<i role="status" style="animation: lessons-wait 0.3s step-end"> · computing, the last result is still shown</i>'
)


class Explorer(ipywidgets.VBox):
    """Controls, a picture, a sentence and the line of code that gives the same.

    While a slow result is computed the last one stays on the screen. Moves do not queue up: a
    control of ipywidgets sends its newest value once the kernel has answered the one before, and a
    state that is already on the screen is not computed again. The stop button leaves the last
    picture with its own line of code, and the message says so.

    Parameters
    ----------
    name, goal : str, the title and the challenge
    controls : dict of ipywidgets, by the name of the argument of `compute` that each one sets
    compute : callable, keyword arguments to a result; an error in `REFUSALS` becomes a sentence on
        the screen, and the last picture stays
    draw : callable, (result, ax)
    describe : callable, result to a sentence, which is also the picture's alternative text
    code : str, how the line of code begins, such as "widgets.train("
    figsize : size of the picture in inches, or a callable from the result to that
    """

    def __init__(self, name, goal, controls, compute, draw, describe, code, figsize=(7, 4.2)):
        self.name, self.controls = name, controls
        self._compute, self._draw, self._describe, self._code = compute, draw, describe, code
        self._figsize, self._shown, self._heading = figsize, None, heading(name, goal)
        self.title, self.picture, self.message, self.line = (ipywidgets.HTML() for _ in range(4))
        for control in controls.values():
            set_width(control)
            control.observe(self._refresh, names="value")
        super().__init__([self.title, *controls.values(), self.message, self.picture, self.line])
        self.add_class(WIDGET)
        self._refresh()

    def _refresh(self, change=None):
        state = {name: _tidy(control.value) for name, control in self.controls.items()}
        if state == self._shown:
            return
        try:
            self._shown, self.title.value = None, self._heading + NOTE
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a rising cost is visible in the picture, and some look for it
                self._show(self._compute(**state), state)
        except REFUSALS as error:
            self.message.value, self._shown = refusal(error), state
        except KeyboardInterrupt as stop:
            if self._shown is None:
                self.message.value = stopped(stop)
            raise
        finally:
            self.title.value = self._heading

    def _show(self, result, state):
        sentence = self._describe(result)
        figsize = self._figsize(result) if callable(self._figsize) else self._figsize
        picture = image(lambda figure: self._draw(result, figure.add_subplot()), figsize, sentence)
        line = code_line(self._code, **state)
        with interrupts_wait():  # all or nothing
            self.picture.value, self.message.value, self.line.value = picture, html.escape(sentence), line
            self._shown = state

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to move it."


def heading(name, goal):
    """Name and challenge of a widget, as HTML."""
    return f"<b>{html.escape(name)}</b> · Challenge: {html.escape(goal)}"


def refusal(error):
    """An error as HTML; markup in it is shown as text and never run."""
    return f"<b>Not possible:</b> {html.escape(str(error))}."


def stopped(stop):
    """The message after the stop button, as HTML."""
    first, rest = stopped_text(stop).split(". ", 1)
    return f"<b>{html.escape(first)}.</b> {rest}"


def stopped_text(stop):
    """The message after the stop button: how far the work came, if known, and what is on the screen."""
    how_far = f" {stop}" if str(stop) else ""
    return f"Stopped{how_far}. What is shown is the last complete result; the line of code below it reproduces it."


def fit_whole(network, X, y):
    """Fit a network, and accept nothing less: `fit` itself keeps what the stop button cut short, with a warning.

    Raises
    ------
    KeyboardInterrupt
        If the training was stopped. The message says after how many iterations.
    """
    network.fit(X, y)
    done = len(network.cost_history_)
    if done < network.iterations:
        raise KeyboardInterrupt(f"after {done} of {network.iterations} iterations")
    return network


def code_line(code, **arguments):
    """The call that reproduces the screen, as HTML: "widgets.train(" and its arguments."""
    return f'<code style="white-space: normal">{html.escape(as_call(code, **arguments))}</code>'


def as_call(code, **arguments):
    """The call that reproduces the screen: "widgets.train(" and its arguments."""
    return f"{code}{', '.join(f'{name}={value!r}' for name, value in arguments.items())})"


def set_width(control):
    """Make room for a control's label, and let the control shrink on a narrow page."""
    control.style.description_width = "11em"
    control.layout.width = "min(34em, 95%)"


def image(draw, figsize, alt, layout="constrained"):
    """What `draw(figure)` draws, as an HTML image; pyplot's state is not touched.

    Parameters
    ----------
    draw : callable, given a `matplotlib.figure.Figure`
    figsize : width and height in inches
    alt : str, the alternative text
    layout : as of a matplotlib figure
    """
    return png_image(png(draw, figsize, layout, compress_level=1), alt)  # faster to write


def png(draw, figsize, layout="constrained", **options):
    """What `draw(figure)` draws, as the bytes of a PNG file, written with these options; see `image`."""
    with plt.rc_context(plotting.STYLE):
        figure, file = Figure(figsize=figsize, layout=layout), io.BytesIO()
        draw(figure)
        figure.savefig(file, format="png", pil_kwargs=options)
    return file.getvalue()


def png_image(content, alt):
    """Bytes of a PNG file as an HTML image."""
    data = base64.b64encode(content).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}" style="max-width: 100%">'


def as_sizes(layer_sizes):
    """Layer sizes from a sequence or from typed text such as "30, 1".

    Raises
    ------
    TypeError, ValueError
        If they are not whole numbers of at least 1.
    """
    if not isinstance(layer_sizes, str):
        return as_layer_sizes(layer_sizes)
    parts = layer_sizes.replace("→", ",").replace(";", ",").strip(" [](),").split(",")
    try:
        return as_layer_sizes([int(part) for part in parts])
    except ValueError:
        raise ValueError(
            f"{layer_sizes!r} is not a list of layer sizes: type whole numbers from 1 on, such as 30, 1"
        ) from None


def whole_between(value, name, low, high):
    """`value` as an int from `low` to `high`, or a ValueError that names it."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ValueError(f"{name} is {brief(value)}, but it must be a whole number from {low} to {high}")
    return int(value)


def count_parameters(n):
    """Weights and biases of a network of the sizes n[0], …, n[L]."""
    return sum(n[l] * n[l - 1] + n[l] for l in range(1, len(n)))


def _tidy(value):
    """A slider's 0.7000000000000001 as 0.7; everything else as it is."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
