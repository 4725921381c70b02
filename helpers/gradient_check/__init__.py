"""Gradients by finite differences, which are slow, simple and independent of backpropagation, and a report on them.

Read in this order: `nudge` (one function of one array), `numerical` (a whole network), `causes` (what a
wrong gradient looks like), `report` (how the result is shown), `check` (everything together), `bug_zoo`
(real bugs to try it on).
"""

from helpers.gradient_check.check import check_gradients, compare
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.gradient_check.numerical import NumericalGradients, numerical_gradients
from helpers.gradient_check.report import Finding, GradientReport

__all__ = [
    "Finding",
    "GradientReport",
    "NumericalGradients",
    "check_gradients",
    "compare",
    "numerical_gradient",
    "numerical_gradients",
    "relative_error",
]
