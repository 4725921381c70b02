"""Numerical gradients, and a check that finds and explains mistakes in backpropagation.

Numerical gradients are slow but simple, and they do not depend on backpropagation. The modules are best
read in this order:

    `nudge`        gradient of any function with respect to one array
    `numerical`    gradients of a whole network, by complex steps
    `rounding`     bounds on the rounding error of a correct gradient
    `verdict`      verdict on one gradient: right, wrong or not judged
    `steps`        backpropagation as a program with replaceable lines
    `mistakes`     known mistakes, each of which replaces one line
    `experiments`  search for the wrong line if no known mistake explains the gradients
    `wording`      descriptions of mistakes and lines
    `causes`       search for the mistake that explains a wrong gradient
    `inputs`       checks on the arguments
    `candidate`    wrapper around the function under test
    `state`        detection of values that a function keeps between calls
    `report`       the report that is shown to the user
    `network`      complete check of the gradients of a network
    `derivatives`  derivatives of any function, with automatic step sizes
    `general`      check of the gradients of any other function
    `bug_zoo`      collection of real mistakes to try the check on
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
