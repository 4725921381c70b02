"""What a gradient check found, as text and as a coloured table."""

import html
from typing import NamedTuple

import numpy as np


class Finding(NamedTuple):
    """What the check says of one gradient."""

    name: str  # "dW[1]", "db[1]", …
    error: float  # relative error; NaN where there is none to give
    skipped: int  # entries left out because a kink lies within ε
    words: str  # "right", or what is seen and what it suggests
    right: bool


class GradientReport:
    """Findings for every dW[l] and db[l], as text and as a coloured table.

    Attributes
    ----------
    findings : list of Finding, from layer 1 to L
    errors : dict from name to relative error
    right : bool, whether every gradient is
    first_guilty : int or None, the layer to look at first: the wrong one nearest to the output
    """

    def __init__(self, findings):
        self.findings = findings
        self.errors = {finding.name: finding.error for finding in findings}
        self.right = all(finding.right for finding in findings)
        wrong = [_layer(finding.name) for finding in findings if not finding.right]
        self.first_guilty = max(wrong, default=None)

    @property
    def headline(self):
        """One sentence: all is right, or where to begin."""
        if self.right:
            return "All gradients are right."
        l, wrong = self.first_guilty, [f for f in self.findings if not f.right]
        where = f"Look at layer {l} first"
        if f"dW[{l + 1}]" in self.errors and {f"dW[{l}]", f"db[{l}]"} <= {f.name for f in wrong}:
            where += f", at the step from dZ[{l + 1}] to dZ[{l}]: layer {l + 1} is right"
        if any(_layer(f.name) < l for f in wrong):
            where += "; the layers before it may only inherit its error"
        return f"{where}."

    def __str__(self):
        rows = [f"{f.name:6s} {_number(f.error)}  {f.words}{_skipped(f)}" for f in self.findings]
        return "\n".join([self.headline, *rows])

    __repr__ = __str__

    def _repr_html_(self):
        cells = "<td style='text-align:left;padding:2px 10px'>"
        rows = "".join(
            f"<tr style='color:#111;background:{'#D9EAF7' if f.right else '#FBE3D6'}'>{cells}<code>{f.name}</code></td>"
            f"{cells}<span style='white-space:nowrap'>{'✓' if f.right else '✗'} {_number(f.error).strip()}</span></td>"
            f"{cells}{html.escape(f.words + _skipped(f))}</td></tr>"
            for f in self.findings
        )
        return f"<p><b>{html.escape(self.headline)}</b></p><table>{rows}</table>"


def _layer(name):
    return int(name[3:-1])


def _number(error):
    return "no relative error   " if np.isnan(error) else f"relative error {error:.0e}"


def _skipped(finding):
    return f" ({finding.skipped} entries skipped: a kink within ε)" if finding.skipped else ""
