"""Base class for interactive figures that have their own front end.

Python computes the results, and the front end draws them and handles the input. A front end is an ES module in the
folder `front`, and its code is appended to the shared file `front/instrument.js`. The styles are in
`front/instrument.css`, and a front end may add its own style sheet. The state is stored in the model of the widget, so
it is preserved when the page is reloaded, and all views show the same state.
"""

from contextlib import suppress
from functools import cache
from pathlib import Path

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from helpers.exercises import record
from helpers.exercises.challenges import CHALLENGES
from helpers.plotting import STYLE, output
from helpers.plotting.style import css_properties
from helpers.system.browser import in_browser
from helpers.system.interrupts import interrupts_wait
from helpers.widgets.explorer import REFUSALS, WIDGET, as_call, refusal, stopped, tidy

FRONT = Path(__file__).with_name("front")
DARK = '[data-jp-theme-light="false"] .instrument, .vscode-dark .instrument, [data-theme="dark"] .instrument'
# Pages that do not declare a theme follow the operating system.
UNSAID = ':root:not([data-theme]) body:not([data-jp-theme-light], [class*="vscode-"]) .instrument'


class Instrument(anywidget.AnyWidget):
    """Interactive figure with its own front end, a summary sentence, and a line of code that reproduces the result.

    A subclass has a trait with the tag `sync` for each argument of `compute`, and lists the names of these traits in
    `arguments`. It also defines the following methods.

    - ``compute(**arguments)`` returns the result. If it raises an error in `explorer.REFUSALS`, the error message is
      shown and the last picture remains visible.
    - ``describe(result)`` returns a sentence that summarises the result. It is also the picture's alternative text.
    - ``picture_of(result)`` returns the data that the front end draws. The data are converted by `plain`.
    - ``draw(result, ax)`` draws a static figure for readers without a kernel. Its size in inches is `figsize`.
    - ``solved(result)`` returns whether the challenge has been met.

    Attributes
    ----------
    title : str
        Title of the interactive figure.
    challenge : str
        Key of the challenge in `exercises.challenges.CHALLENGES`. If it has no key, `goal` contains its text.
    front : str
        Names of the files that follow `instrument.js` in the ES module, separated by spaces. The style sheet is named
        after the last one.
    code : str
        Beginning of the line of code, such as "widgets.stepper.frame(".
    example : dict
        Arguments for the static figure if it should show a more instructive state than the initial one.
    result : object
        The result on the screen.
    """

    title = goal = challenge = front = code = ""
    arguments, example = (), {}
    figsize = (9, 4)

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)
    task = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    line = traitlets.Unicode().tag(sync=True)
    refusal = traitlets.Unicode().tag(sync=True)
    met = traitlets.Unicode().tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)

    def __init__(self, **state):
        self.result = self._shown = None
        task = self.goal or CHALLENGES[self.challenge]
        super().__init__(heading=self.title, task=task, _esm=_script(self.front), _css=_look(self.front), **state)
        self.add_class(WIDGET)
        self.observe(self._refresh, names=[*self.arguments])
        self._refresh()

    def describe(self, result):
        """Return a sentence that summarises the result."""
        raise NotImplementedError

    def line_of(self, state):
        """Return the line of code that reproduces this state."""
        return as_call(self.code, **state)

    def solved(self, result):
        """Return whether the challenge has been met."""
        return False

    def state(self):
        """Return the current arguments of `compute`."""
        return {name: tidy(getattr(self, name)) for name in self.arguments}

    def _refresh(self, change=None):
        state = self.state()
        if state == self._shown:
            self.refusal = ""
        else:
            self._begin(state)

    def _begin(self, state):
        """Compute and display the result for a state, or display a message if that is not possible."""
        try:
            self._show(self.compute(**state), state)
        except REFUSALS as error:
            self.refusal = refusal(error)
        except KeyboardInterrupt as stop:
            self.refusal = stopped(stop)
            raise

    def _show(self, result, state):
        """Display a result, or leave the screen unchanged if interrupted."""
        sentence, picture = self.describe(result), plain(self.picture_of(result))
        with interrupts_wait(), self.hold_sync():
            self.result, self._shown = result, state
            self.sentence, self.picture, self.line = sentence, picture, self.line_of(state)
            self.refusal = ""
            self._judge(result)

    def _judge(self, result):
        """Display a message and record the success as soon as the challenge has been met."""
        if not self.met and self.solved(result):
            self.met = f"Challenge met. {record.add(self.challenge)}".strip()

    def example_result(self):
        """Return the result for the static figure: the one on the screen, updated with `example` if possible."""
        with suppress(*REFUSALS):
            return self.compute(**self._shown | self.example)
        return self.result

    def still(self):
        """Return the interactive figure as a static matplotlib figure."""
        with plt.rc_context(STYLE):
            figure = Figure(figsize=self.figsize, layout="constrained")
            self.draw(self.example_result(), figure.add_subplot())
        return figure

    def __repr__(self):
        return f"Interactive figure: {self.title}. Run this cell to interact with it."

    def _repr_mimebundle_(self, **kwargs):
        """Return the view, together with a static figure for pages without a kernel.

        The static figure is omitted if the kernel runs in the browser, because the page then always has one.
        """
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if not in_browser() and self.result is not None:
            with plt.rc_context(STYLE):
                figure = self.still()
                data["image/svg+xml"] = output.as_svg(figure)
                data["image/png"], metadata["image/png"] = output.as_png(figure)
        return data, metadata


class Pair(traitlets.Tuple):
    """Trait for a pair of numbers, such as the coordinates of a point."""

    def __init__(self, *default):
        super().__init__(traitlets.CFloat(), traitlets.CFloat(), default_value=default)


def plain(value):
    """Convert the arrays and numbers in a value to types that JSON can represent.

    Floats are rounded to seven significant digits, and NaN and infinity are replaced by None.
    """
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.7g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


@cache
def _script(front):
    return "".join((FRONT / part).read_text(encoding="utf-8") for part in ("instrument.js", *front.split()))


@cache
def _look(front):
    colors = css_properties(".instrument", DARK) + css_properties(UNSAID, "@media (prefers-color-scheme: dark)")
    files = FRONT / "instrument.css", (FRONT / front.split()[-1]).with_suffix(".css")
    return colors + "".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
