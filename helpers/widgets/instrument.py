"""The shell of an instrument: Python computes, and a dedicated front end draws and handles input.

The front end of an instrument is one ES module in the folder `front`, appended to the shared `front/instrument.js`,
with `front/instrument.css` and an optional style sheet of its own. Its state lives in the model, so it survives a
reload of the page and is the same in all views.
"""

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
from helpers.widgets.explorer import REFUSALS, WIDGET, as_call, stopped, tidy

FRONT = Path(__file__).with_name("front")
DARK = '[data-jp-theme-light="false"] .instrument, .vscode-dark .instrument, [data-theme="dark"] .instrument'
# A page that does not declare its theme follows the system.
UNSAID = ':root:not([data-theme]) body:not([data-jp-theme-light], [class*="vscode-"]) .instrument'


class Instrument(anywidget.AnyWidget):
    """A figure drawn by its own front end, a sentence, and a line of code that reproduces the result.

    A subclass lists its `arguments`, each a trait of that name with the tag `sync`, and defines

    - ``compute(**arguments)``: the result; an error in `explorer.REFUSALS` is shown as a message, and the last
      picture stays;
    - ``describe(result)``: a sentence, which also serves as the alternative text of the picture;
    - ``picture_of(result)``: the data that the front end draws, passed through `plain`;
    - ``draw(result, ax)``: an ordinary figure of the result, for readers without a kernel, of size `figsize` in inches;
    - ``solved(result)``: whether the challenge is met.

    Attributes
    ----------
    title : str, the name of the instrument
    challenge : str, a key of `exercises.challenges.CHALLENGES`; if it is not there, `goal` holds its text
    front : str, the files of its ES module, separated by spaces; the last one also names its style sheet
    code : str, the beginning of the line of code, such as "widgets.stepper.frame("
    example : dict, arguments for the still image, to show a more instructive state than the initial one
    result : the result on the screen
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
        """The result in a sentence."""
        raise NotImplementedError

    def line_of(self, state):
        """The line of code that reproduces this state."""
        return as_call(self.code, **state)

    def solved(self, result):
        """Whether the challenge is met."""
        return False

    def state(self):
        """The current arguments of `compute`."""
        return {name: tidy(getattr(self, name)) for name in self.arguments}

    def _refresh(self, change=None):
        state = self.state()
        if state == self._shown:
            self.refusal = ""
            return
        try:
            self._show(self.compute(**state), state)
        except REFUSALS as error:
            self.refusal = f"Not possible: {error}."
        except KeyboardInterrupt as stop:
            self.refusal = stopped(stop, "", "")
            raise

    def _show(self, result, state):
        """Put a result on the screen, completely or not at all."""
        sentence, picture = self.describe(result), plain(self.picture_of(result))
        with interrupts_wait(), self.hold_sync():
            self.result, self._shown = result, state
            self.sentence, self.picture, self.line = sentence, picture, self.line_of(state)
            self.refusal = ""
            self._judge(result)

    def _judge(self, result):
        """Say so once the challenge is met, and record it."""
        if not self.met and self.solved(result):
            self.met = f"Challenge met. {record.add(self.challenge)}".strip()

    def example_result(self):
        """The result that the still shows: that of the current arguments, with those of `example`."""
        return self.compute(**self.state() | self.example)

    def still(self):
        """The instrument as an ordinary matplotlib figure."""
        with plt.rc_context(STYLE):
            figure = Figure(figsize=self.figsize, layout="constrained")
            self.draw(self.example_result(), figure.add_subplot())
        return figure

    def __repr__(self):
        return f"Interactive figure: {self.title}. Run this cell to move it."

    def _repr_mimebundle_(self, **kwargs):
        """The view, plus a still image for pages without a kernel; not needed if the kernel runs in the browser."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if not in_browser():
            with plt.rc_context(STYLE):
                figure = self.still()
                data["image/svg+xml"] = output.as_svg(figure)
                data["image/png"], metadata["image/png"] = output.as_png(figure)
        return data, metadata


class Pair(traitlets.Tuple):
    """A trait of two numbers, a point of the plane."""

    def __init__(self, *default):
        super().__init__(traitlets.CFloat(), traitlets.CFloat(), default_value=default)


def plain(value):
    """Convert to JSON types: floats get seven significant digits, and None stands for those that are not finite."""
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
