"""Interactive figure for lesson 05, in which the reader identifies bugs in code that computes gradients."""

import html
import re
from functools import cache
from typing import NamedTuple

import ipywidgets

from helpers.gradient_check.bug_zoo import BUGS, examine
from helpers.gradient_check.report import marked
from helpers.system.arguments import whole_between
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import known_name
from helpers.widgets.explorer import WIDGET, Challenge, as_html, beside, code_line, stopped, style_sheet


class Investigation(NamedTuple):
    """Code with a bug, the gradient check's report on it, and the feedback on a guess."""

    source: str
    report: object
    verdict: str


def investigate(number=1, guess=None):
    """Check the gradients of one entry in the bug zoo, and give feedback on a guess about the bug.

    Parameters
    ----------
    number : int
        Number of the entry in `bug_zoo.BUGS`, starting at 1.
    guess : str, optional
        Title of an entry in the bug zoo. By default, there is no guess.

    Returns
    -------
    Investigation
        The source code (which does not reveal the name of the bug), the report, and the feedback.

    Raises
    ------
    ValueError
        If there is no entry with this number or title.
    """
    bug = BUGS[whole_between(number, "number", 1, len(BUGS)) - 1]
    if guess is not None:
        known_name(guess, [bug.title for bug in BUGS], "guess")
    source = re.sub(r'\n +"""[^"]*"""\n', "", bug.source)  # the docstring would give the bug away
    source = source.replace(bug.broken.__name__, "suspect")
    report = _report(bug)
    if guess is None:
        verdict = "Read the table first, and then the code. Which bug is it?"
    elif guess == bug.title:
        verdict = f"Right: {bug.title}. {bug.met} {bug.seen}"
    else:
        verdict = f"It is not “{guess}”. Where in the table does the trouble begin, and what is still right?"
    return Investigation(source, report, verdict)


@cache
def _report(bug):
    """Return the report on an entry. It is cached, because computing it may take half a second."""
    return examine(bug)


def _folded(report, shown):
    """Return a report as HTML. Its headline, which gives the bug away, comes last and is hidden unless `shown`."""
    headline, table = report._repr_html_().split("</p>", 1)
    return f"{table}<details{' open' * shown}><summary>what the report says</summary>{headline}</p></details>"


class Detective(ipywidgets.VBox):
    """Interactive figure in which the reader selects code, reads the report of its gradient check and names the bug."""

    def __init__(self):
        titles = sorted(bug.title for bug in BUGS)
        numbers = [(f"No. {i}", i) for i in range(1, len(BUGS) + 1)]
        self.number = ipywidgets.Dropdown(options=numbers, description="bug number")
        self.guess = ipywidgets.Dropdown(options=[("…", None), *((t, t) for t in titles)], description="the bug is")
        self.verdict, self.case, self.line = (ipywidgets.HTML() for _ in range(3))
        self.number.observe(self._new_case, names="value")
        self.guess.observe(self._refresh, names="value")
        self._named = set()
        self._challenge = Challenge("The bug zoo", "05.detective", lambda: len(self._named) >= 5)
        self.title = ipywidgets.HTML(self._challenge.heading())
        self.case.add_class("lesson-case")
        body = beside((self.number, self.guess, self.verdict), self.case)
        super().__init__([self.title, body, self.line, style_sheet()])
        self.add_class(WIDGET)
        self._refresh()

    def _new_case(self, change):
        self.guess.value = None
        self._refresh()

    def _refresh(self, change=None):
        state = {"number": self.number.value, "guess": self.guess.value}
        try:
            found = investigate(**state)
            named = found.verdict.startswith("Right")
            case = f"{_folded(found.report, named)}<pre>{html.escape(found.source)}</pre>"
            case = f'<div tabindex="0" role="region" aria-label="report and code">{case}</div>'
        except KeyboardInterrupt as stop:
            self.verdict.value = as_html(stopped(stop))
            raise
        with interrupts_wait():  # all outputs change together or not at all
            self.verdict.value, self.case.value = f"<b>{marked(found.verdict)}</b>", case
            self.line.value = code_line("widgets.detective.investigate(", **state)
            if named:
                self._named.add(state["number"])
        self._challenge.judge()
        self.title.value = self._challenge.heading()

    def __repr__(self):
        return "Interactive figure: The bug zoo. Run this cell to interact with it."
