"""Descriptions of mistakes and of the lines that contain them."""

import re

import numpy as np

from helpers.gradient_check.mistakes import OF_RELU, PENALTY, RIGHT
from helpers.gradient_check.report import Cause

FACTOR = "it has an extra factor of {a1:.4g}"
EITHER = re.compile("its sign is wrong|extra factor")  # these have the same effect in dA[l] and in dZ[l]


def with_size(mistake, a, n):
    """Return the description of a mistake of size a, worded to suit that size and the network."""
    says = mistake.says if n.hidden_activation == "relu" else mistake.says.replace(OF_RELU, "")
    if mistake.amount and np.isclose(1 + a, -1):
        says = says.replace(FACTOR, "its sign is wrong")
    elif mistake.amount and np.isclose(1 + a, n.m):
        says = says.replace(FACTOR, "it is a sum over the {m} examples instead of a mean")
    elif mistake.amount and np.isclose((1 + a) * n.m, 1):
        says = says.replace(FACTOR, "the mean over the {m} examples is taken twice")
    if abs(a) < 5e-4:
        says = says.replace("{a1:.4g}", "1 {sign} {size:.1g}")
    if n.l2:
        says = says.replace(PENALTY, penalty_is(n.l2 + a, n.l2, "{l}"))
    return says


def penalty_is(penalty, l2, l):
    """Describe a wrong gradient of the penalty in layer l, which is `penalty` times W[l]."""
    size = "left out" if np.isclose(penalty, 0, atol=1e-6 * l2) else f"{penalty:.3g} W[{l}] instead of {l2:.3g} W[{l}]"
    return f"the gradient of the penalty is {size}"


def at(line, l, n, says):
    """Return a Cause that describes the given line in words."""
    where = {
        "forward": "in the forward pass",
        "dZ[L]": f"in the line for dZ[{n.L}], the error of the output",
        "mean": "where the mean over the examples is taken",
        "dW": f"in the line for dW[{l}]",
        "db": f"in the line for db[{l}]",
        "both": f"in the lines for dW[{l}] and db[{l}]",
        "dA": f"in the line for dA[{l}]",
        "dZ": f"in the line for dZ[{l}]",
        "return": "in the returned gradients",
        "examples": "where the examples are combined",
    }
    reads = RIGHT | {"dW": RIGHT["dW"] + " + l2 * W[l]" * bool(n.l2)}
    reads["both"] = f"{reads['dW']}; {reads['db']}"
    if line == "dA" and EITHER.search(says):
        where["dA"], reads["dA"] = f"{where['dA']} or dZ[{l}]", f"{reads['dA']}; {reads['dZ']}"
    return Cause("dW" if line == "both" else line, where[line], says, reads.get(line, ""))
