"""Lesson 05: how large a nudge should be, and the bug zoo as a riddle."""

import html
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting_live
from helpers.bug_zoo import CREATURES, examine
from helpers.widgets.explorer import SLOW, WIDGET, Explorer, code_line, heading, set_width

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
    return plotting_live.error_curves(result.curves, result.epsilon, result.error, ax)


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
        numbers = [(f"No. {i}", i) for i in range(1, len(CREATURES) + 1)]
        self.number = ipywidgets.Dropdown(options=numbers, description="creature number")
        self.guess = ipywidgets.Dropdown(options=[("…", None), *((t, t) for t in titles)], description="the bug is")
        self.verdict, self.case, self.line = (ipywidgets.HTML() for _ in range(3))
        set_width(self.number)
        set_width(self.guess)
        self.number.observe(self._new_case, names="value")
        self.guess.observe(self._refresh, names="value")
        title = ipywidgets.HTML(heading("The bug zoo", "name five creatures from report and code."))
        super().__init__([title, self.number, self.guess, self.verdict, self.case, self.line])
        self.add_class(WIDGET)
        self._refresh()

    def _new_case(self, change):
        self.guess.value = None
        self._refresh()

    def _refresh(self, change=None):
        found = investigate(self.number.value, self.guess.value)
        self.verdict.value = f"<b>{html.escape(found.verdict)}</b>"
        self.case.value = f"{found.report._repr_html_()}<pre>{html.escape(found.source)}</pre>"
        self.line.value = code_line("widgets.investigate(", number=self.number.value, guess=self.guess.value)

    def __repr__(self):
        return "Interactive figure: The bug zoo. Run this cell to play."
