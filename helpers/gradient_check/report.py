"""Report on a gradient check, which can be shown as text or as a coloured table."""

import html
import re
from typing import NamedTuple

import numpy as np

SIGNS = {"right": "✓", "wrong": "✗", "unjudged": "?"}
# Row backgrounds. They are translucent, so that the page's text stays readable on light and dark pages.
COLOURS = {"right": "rgb(0 114 178 / 15%)", "wrong": "rgb(198 40 40 / 18%)", "unjudged": "rgb(128 128 128 / 12%)"}


class Finding(NamedTuple):
    """Verdict on one gradient."""

    name: str  # "dW[1]", "db[1]", …
    error: float  # relative error, or NaN if it cannot be computed
    skipped: int  # number of examples left out because one of their units is at its kink
    words: str  # "right", or a description of the symptom and what it suggests
    verdict: str  # "right", "wrong", or "unjudged" if the gradient is too small or too rough to judge

    @property
    def right(self):
        """Whether the gradient was judged and found to be right."""
        return self.verdict == "right"


class Cause(NamedTuple):
    """A line that contains a mistake, and a description of the mistake."""

    line: str  # "forward", "dZ[L]", "mean", "dW", "db", "dA", "dZ", "return", "state" or "examples"
    where: str  # description of the line, such as "in the line for dW[2]"
    says: str  # description of what is wrong
    reads: str = ""  # correct version of the line, if it is known


class GradientReport:
    """Findings for all gradients, and the cause of the mistake if it is known.

    Parameters
    ----------
    findings : list of Finding
        Verdicts on the gradients, in the order of the layers.
    cause : Cause, optional
        Cause of the wrong gradients.
    problems : list of str
        Problems with the function as a whole, such as modified arguments or state kept between calls.

    Attributes
    ----------
    findings, cause, problems
        The parameters with the same names.
    errors : dict
        Relative error of each gradient, by name.
    verdict : {"right", "wrong", "unjudged"}
        "right" if every gradient was judged and found to be right, "wrong" if there is any problem or
        any wrong gradient, and "unjudged" otherwise.
    right, wrong : bool
        Whether the verdict is "right" or "wrong", respectively.
    first_guilty : int or None
        Layer to look at first: of the layers with a wrong gradient, the one closest to the output. It is None if
        no gradient is wrong, and 0 if the wrong gradients do not belong to layers.
    """

    def __init__(self, findings, cause=None, problems=()):
        self.findings, self.cause, self.problems = findings, cause, list(problems)
        self.errors = {finding.name: finding.error for finding in findings}
        verdicts = {finding.verdict for finding in findings}
        self.verdict = "wrong" if problems or "wrong" in verdicts else "unjudged" if "unjudged" in verdicts else "right"
        self.right, self.wrong = self.verdict == "right", self.verdict == "wrong"
        layers = [_layer(finding.name) for finding in findings if finding.verdict == "wrong"]
        self.first_guilty = max(layers, default=None)

    @property
    def headline(self):
        """Summary in one or more sentences.

        If a gradient is wrong, the summary says where to look first. If some gradients could not be judged,
        it says why.
        """
        if self.right:
            some = any(part in finding.words for finding in self.findings for part in ("left out", "were checked"))
            return f"All gradients are right{' in the entries that were checked' if some else ''}."
        if self.wrong:
            return " ".join([*self.problems, *self._where_to_look()])
        names = [finding.name for finding in self.findings if finding.verdict == "unjudged"]
        which = "no gradient" if len(names) == len(self.findings) else ", ".join(names[:4]) + ", …" * (len(names) > 4)
        judged = "could be judged" if which == "no gradient" else "could not be judged"
        advice = next(finding.words for finding in self.findings if finding.verdict == "unjudged")
        return f"No mistake was found, but {which} {judged} here: {advice}."

    def _where_to_look(self):
        """Yield sentences that say which line to look at, what is wrong there, and what is known about other layers."""
        wrong = [finding for finding in self.findings if finding.verdict == "wrong"]
        l, names = self.first_guilty, {finding.name for finding in wrong}
        if not wrong:
            right = all(finding.right for finding in self.findings)
            yield f"Apart from this, {'the gradients are right here' if right else 'no mistake was found'}."
        if not wrong or (self.problems and self.cause and self.cause.line == "state"):
            return
        if not l:
            yield f"Wrong gradients: {', '.join(finding.name for finding in wrong)}. {wrong[0].name} {wrong[0].words}."
            return
        line = self.cause.line if self.cause else ""
        spreads = line not in ("dW", "db", "return", "forward")  # to earlier layers only
        step = {f"dW[{l}]", f"db[{l}]"} <= names and any(_layer(finding.name) == l + 1 for finding in self.findings)
        look = f"Look at layer {l} first" + f", at the step from dZ[{l + 1}] to dZ[{l}]" * (step and spreads)
        look = "Look " if line == "forward" else f"{look}, " if line else f"{look}."
        yield f"{look}{self.cause.where}: {self.cause.says}." if line else look
        if self.cause and self.cause.reads:
            lines = [f"`{line}`" for line in self.cause.reads.split("; ")]
            yield f"The correct line{'s are' if len(lines) > 1 else ' is'} {' and '.join(lines)}."
        if step:
            yield f"The gradients of layer {l + 1} are right."
        if any(0 < _layer(name) < l for name in names) and spreads:
            yield f"Earlier layers may be wrong only because of layer {l}."

    def __str__(self):
        errors = [_number(f.error) for f in self.findings]
        errors = [f"relative error {error:6s}" if error != "none" else "no relative error    " for error in errors]
        rows = [f"{f.name:6s} {error} {f.words}{_skipped(f)}" for f, error in zip(self.findings, errors, strict=True)]
        return "\n".join([self.headline, *rows])

    __repr__ = __str__

    def _repr_html_(self):
        style = "text-align:left;padding:2px 10px;white-space:normal"
        head = "".join(f"<th style='{style}'>{title}</th>" for title in ("gradient", "relative error", "finding"))
        rows = "".join(
            f"<tr style='background:{COLOURS[f.verdict]}'>"
            f"<td style='{style}'><code>{html.escape(f.name)}</code></td>"
            f"<td style='{style};white-space:nowrap'>{SIGNS[f.verdict]} {html.escape(_number(f.error))}</td>"
            f"<td style='{style}'>{marked(f.words + _skipped(f))}</td></tr>"
            for f in self.findings
        )
        return f"<p><b>{marked(self.headline)}</b></p><table><tr>{head}</tr>{rows}</table>"


def marked(text):
    """Convert text to HTML. The parts between backticks become code in the colour of the surrounding text."""
    return re.sub("`([^`]+)`", r"<code style='color:inherit;background:none'>\1</code>", html.escape(text))


def _layer(name):
    """Return the layer l from a name such as "dW[l]", or 0 if there is none."""
    found = re.fullmatch(r"d[Wb]\[(\d+)\]", name)
    return int(found[1]) if found else 0


def _number(error):
    """Format a relative error to one significant digit, or as "none" if it cannot be computed.

    Errors below 1e-12 are caused by rounding, which differs between machines, so they are not shown.
    """
    if np.isnan(error):
        return "none"
    return "<1e-12" if error < 1e-12 else f"{error:.0e}"


def _skipped(finding):
    """Return a note on the number of examples that were left out."""
    examples = "1 example" if finding.skipped == 1 else f"{finding.skipped} examples"
    return f" ({examples} left out, because a unit is at its kink)" if finding.skipped else ""
