"""Gradient checking: slow, simple numerical gradients, independent of backpropagation, and a report that explains.

Read in this order: `nudge` (one function, one array), `numerical` (a whole network, by complex steps),
`rounding` (how far off a correct gradient may be), `verdict` (right, wrong or unjudged), `steps` and
`mistakes` (backpropagation with one line replaced), `causes` (which mistake it is), `inputs` (are the
arguments consistent?), `candidate` (the function under test, called with copies), `state` (what it keeps
between calls), `report`, `network` (the complete check of a network), `general` (the same for any function)
and `bug_zoo` (real mistakes to try it on).
"""

from helpers.gradient_check.general import check
from helpers.gradient_check.network import check_gradients
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.gradient_check.numerical import NumericalGradients, numerical_gradients
from helpers.gradient_check.report import Finding, GradientReport
from helpers.gradient_check.verdict import compare

__all__ = [
    "Finding",
    "GradientReport",
    "NumericalGradients",
    "check",
    "check_gradients",
    "compare",
    "numerical_gradient",
    "numerical_gradients",
    "relative_error",
]
