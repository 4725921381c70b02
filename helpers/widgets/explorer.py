"""Base class for interactive figures that consist of controls, a pure function, and a plot of its result."""

import html
import re
import warnings

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers import plotting
from helpers.exercises import record
from helpers.exercises.challenges import CHALLENGES
from helpers.plotting.output import NIGHT
from helpers.plotting.style import css_properties
from helpers.system.arguments import as_layer_sizes
from helpers.system.interrupts import interrupts_wait
from helpers.widgets.view import View, as_picture, described, garbage_waits, narrowed

SLOW = {"continuous_update": False}  # respond only when the slider is released
REFUSALS = (ValueError, TypeError, ArithmeticError, MemoryError)  # errors that are shown as messages
WIDGET = "lesson-widget"  # CSS class of the outermost box of a widget
SIZE = (6.0, 3.6)  # size in inches of a picture next to its controls

NOTE = ' <i role="status" class="lesson-wait">· computing; the last result is still shown</i>'
DARK = '[data-jp-theme-light="false"]'
# The controls are placed next to the picture or, on a narrow page, above it. Labels are placed above their sliders.
LAYOUT = f"""
.lesson-widget {{ max-width: 62rem; overflow: visible; forced-color-adjust: none; }}
.lesson-widget.widget-vbox {{
    padding: calc(2 * var(--lesson-space)) calc(3 * var(--lesson-space));
    border: 1px solid var(--lesson-hairline); border-radius: 8px; background: var(--lesson-paper); }}
.lesson-body {{ display: flex; flex-flow: row wrap; gap: calc(2 * var(--lesson-space)) calc(6 * var(--lesson-space)); }}
.lesson-controls {{ flex: 1 1 11rem; min-width: 11rem; max-width: 20rem; overflow: visible; }}
.lesson-view {{ flex: 4 1 24rem; min-width: min(24rem, 100%); overflow: visible; }}
.lesson-controls .jupyter-widgets {{ width: auto; min-width: 0; max-width: 100%; }}
.lesson-controls select {{
    min-width: 0; height: var(--jp-widgets-inline-height); appearance: auto; background-image: none; }}
{DARK} .lesson-controls select {{ color-scheme: dark; }}
.lesson-controls .widget-inline-hbox {{ flex-flow: row wrap; height: auto; margin-bottom: var(--lesson-space); }}
.lesson-controls .widget-inline-hbox > .widget-label {{
    flex: 0 0 100%; width: auto !important; text-align: left; line-height: 1.4; height: auto; }}
.lesson-controls .slider-container {{ flex: 1 1 4rem; min-width: 0; }}
.lesson-widget td code {{ white-space: nowrap; }}
.lesson-widget table {{ display: block; max-width: 100%; overflow-x: auto; }}
.lesson-picture svg, .lesson-picture img {{ display: block; width: 100%; height: auto; max-width: 38rem; }}
.lesson-widget .widget-html-content {{ line-height: 1.45; white-space: normal; }}
.lesson-widget code {{ overflow-wrap: anywhere; }}
.lesson-rows, .lesson-case {{ max-height: 32rem; overflow-y: auto; }}
.lesson-rows > .widget-hbox {{ flex-flow: row wrap; flex: 0 0 auto; margin: 0; }}
.lesson-rows > .widget-hbox > * {{ margin-top: 0; margin-bottom: 0; }}
@keyframes lessons-wait {{ from, to {{ visibility: hidden; }} }}
.lesson-wait {{ animation: lessons-wait 1ms 0.3s backwards; }}  /* seen only if the computation takes over 0.3 s */
.lesson-met {{ color: var(--lesson-right); font-weight: 600; }}
{DARK} .lesson-picture {NIGHT}
"""


def style_sheet():
    """Return an invisible widget that contains the CSS shared by all interactive figures."""
    css = css_properties(f".{WIDGET}", f"{DARK} .{WIDGET}") + LAYOUT
    return ipywidgets.HTML(f"<style>{css}</style>", layout={"display": "none"})


class Explorer(ipywidgets.VBox):
    """Interactive figure with controls next to a picture, and a summary sentence and a line of code below them.

    The line of code reproduces the result. While a new result is being computed, the previous one stays on the screen.
    Changes do not queue up, because ipywidgets sends only the latest value of a control once the kernel is ready. A
    state that is already on the screen is not computed again. If a computation is interrupted or fails, the last
    picture remains.

    Parameters
    ----------
    name : str
        Title of the figure.
    challenge : str
        Key of the challenge in `exercises.challenges.CHALLENGES`, or the text of a challenge that is not checked.
    controls : dict of str to ipywidget
        Maps each argument of `compute` to the control that sets it.
    compute : callable
        Takes keyword arguments and returns a result. Errors in `REFUSALS` are shown as messages.
    draw : callable
        Takes a result and the axes to draw it on.
    describe : callable
        Takes a result and returns a sentence, which is also the picture's alternative text.
    code : str
        Beginning of the line of code, such as "widgets.race.run(".
    figsize : tuple or callable
        Size of the picture in inches, or a function that returns the size for a result.
    met : callable, optional
        Takes a result and the values of the controls, and returns whether the challenge has been met.
    """

    def __init__(self, name, challenge, controls, compute, draw, describe, code, figsize=SIZE, met=None):
        self.name, self.controls = name, controls
        self._compute, self._draw, self._describe, self._code = compute, draw, describe, code
        self._figsize, self._shown, self._layout = figsize, None, {}
        self._challenge = Challenge(name, challenge, met)
        self.title, self.message, self.line = (ipywidgets.HTML() for _ in range(3))
        self.picture = View()
        self.picture.observe(self._redraw, names="narrow")
        for control in controls.values():
            control.observe(self._refresh, names="value")
        super().__init__([self.title, beside(controls.values(), self.picture), self.message, self.line, style_sheet()])
        self.add_class(WIDGET)
        self._refresh()

    def _refresh(self, change=None):
        state = self._state()
        if state != self._shown:
            self._begin(state)

    def _state(self):
        return {name: tidy(control.value) for name, control in self.controls.items()}

    @garbage_waits()
    def _begin(self, state):
        """Compute and show the result for a state, or show a message if that is not possible."""
        try:
            self._announce()
            self._shown = None
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a rising cost is visible anyway and may be intended
                self._show(self._compute(**state), state)
        except REFUSALS as error:
            self.message.value, self._shown = as_html(refusal(error)), state
        except KeyboardInterrupt as stop:
            if self._shown is None:
                self.message.value = as_html(stopped(stop))
            raise
        finally:
            self.title.value = self._challenge.heading()

    def _announce(self):
        """Show that a result is being computed, unless the description of an incomplete result already says so."""
        self.title.value = self._challenge.heading() + (NOTE if self._shown else "")

    def _redraw(self, change):
        """Draw the picture again after the page has become narrow or wide."""
        self._shown = None
        self._refresh()

    def _show(self, result, state, complete=True):
        sentence = self._describe(result)
        figsize = self._figsize(result) if callable(self._figsize) else self._figsize
        figsize = narrowed(figsize) if self.picture.narrow else figsize
        picture = described(self._picture(result, figsize), sentence)
        line = code_line(self._code, **state)
        with interrupts_wait():  # all outputs change together or not at all
            self.picture.value, self.message.value, self.line.value = picture, html.escape(sentence), line
            self._shown = state if complete else None
        if complete:
            self._challenge.judge(result, state)

    def _picture(self, result, figsize):
        """Draw a result, computing the layout only once per size, because that takes as long as the drawing itself."""
        with plt.rc_context(plotting.STYLE):
            known = self._layout.get(figsize)
            figure = Figure(figsize=figsize, layout="none" if known else "constrained")
            self._draw(result, figure.add_subplot())
            if known and len(known) == len(figure.axes):
                for ax, place in zip(figure.axes, known, strict=True):
                    ax.set_position(place)
            elif known:
                figure.set_layout_engine("constrained")
            picture = as_picture(figure)
            self._layout[figsize] = [ax.get_position(original=True) for ax in figure.axes]
        return picture

    def __repr__(self):
        return f"Interactive figure: {self.name}. Run this cell to interact with it."


def beside(controls, view):
    """Place controls next to a view or, on a narrow page, above it."""
    column, view = ipywidgets.VBox([*controls]), ipywidgets.VBox([view])
    column.add_class("lesson-controls")
    view.add_class("lesson-view")
    body = ipywidgets.Box([column, view])
    body.add_class("lesson-body")
    return body


class Challenge:
    """Task for the reader of an interactive figure, and whether it has been completed.

    Parameters
    ----------
    name : str
        Title of the figure.
    challenge : str
        Key of the challenge in `CHALLENGES`, or the text of a challenge that is not checked.
    met : callable, optional
        Takes the arguments of `judge` and returns whether the challenge has been met.
    """

    def __init__(self, name, challenge, met=None):
        self.name, self.met, self._note = name, False, ""
        self._key, self._goal, self._judge = challenge, CHALLENGES.get(challenge, challenge), met

    def judge(self, *arguments):
        """Check whether the challenge has been met, and record the first success, after which it remains met."""
        if not self.met and self._judge is not None and self._judge(*arguments):
            self.met, self._note = True, record.add(self._key)

    def heading(self):
        """Return the name and the challenge as HTML, with a note if the challenge has been met."""
        if not self.met:
            return heading(self.name, self._goal)
        note = f" {html.escape(self._note)}" if self._note else ""
        return f'{heading(self.name, self._goal)} <span class="lesson-met" role="status">✓ Challenge met.</span>{note}'


def heading(name, goal):
    """Return the name and the challenge of an interactive figure as HTML."""
    return f"<b>{html.escape(name)}</b> · Challenge: {html.escape(goal)}"


def refusal(error):
    """Return a message that says why a result cannot be computed."""
    return f"Not possible: {error}."


def stopped(stop):
    """Return the message shown after an interruption, which says how far the computation got if that is known."""
    first = f"Stopped {stop}".strip()
    return f"{first}. You still see the last complete result, which the line of code below it reproduces."


def as_html(message):
    """Return a message as HTML, with everything up to the first colon or full stop in bold."""
    return re.sub("^[^:.]*[:.]", r"<b>\g<0></b>", html.escape(message))


def fit_whole(network, X, y):
    """Fit a network, and raise KeyboardInterrupt if the training is interrupted.

    In contrast, `fit` issues a warning and keeps the partially trained network. The error message states the number of
    completed iterations.
    """
    network.fit(X, y)
    done = len(network.cost_history_)
    if done < network.iterations:
        raise KeyboardInterrupt(f"after {done} of {network.iterations} iterations")
    return network


def code_line(code, **arguments):
    """Return, as HTML, the call that reproduces the result on the screen."""
    return f'<code style="white-space: normal">{html.escape(as_call(code, **arguments))}</code>'


def as_call(code, **arguments):
    """Return the call that reproduces the result on the screen, such as "widgets.work.count(depth=9, width=3)"."""
    return f"{code}{', '.join(f'{name}={value!r}' for name, value in arguments.items())})"


def as_sizes(layer_sizes):
    """Convert a sequence of layer sizes, or text such as "30, 1", to a tuple of ints.

    Raise a TypeError or ValueError if the sizes are not positive integers.
    """
    if not isinstance(layer_sizes, str):
        return as_layer_sizes(layer_sizes)
    parts = layer_sizes.replace("→", ",").replace(";", ",").strip(" [](),").split(",")
    try:
        return as_layer_sizes([int(part) for part in parts])
    except ValueError:
        raise ValueError(
            f"{layer_sizes!r} is not a list of layer sizes: type positive integers such as 30, 1"
        ) from None


def count_parameters(n):
    """Return the number of weights and biases of a network with layer sizes n[0], …, n[L]."""
    return sum(n[l] * n[l - 1] + n[l] for l in range(1, len(n)))


def tidy(value):
    """Round floats such as 0.7000000000000001 to six significant digits, including those inside tuples and lists."""
    if isinstance(value, tuple | list):
        return type(value)(map(tidy, value))
    return float(f"{value:.6g}") if isinstance(value, float) else value
