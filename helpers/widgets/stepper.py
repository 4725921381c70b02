"""Lesson 03: backpropagation a step at a time, and what keeping the errors saves.

The network is the one of the lesson, 2 → 2 → 1 with one example, small enough to frame with a
pencil. `STEPS` lists the whole pass; everything else looks things up there.
"""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers import plotting
from helpers.backprop.activations import sigmoid_prime
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward
from helpers.plotting.stepper import FRAME_SIZE
from helpers.system.validation import as_matrix
from helpers.widgets.explorer import SLOW, Explorer, whole_between

W = {1: np.array([[0.5, -0.5], [1.0, 0.5]]), 2: np.array([[1.0, -2.0]])}
B = {1: np.array([[0.25], [-1.0]]), 2: np.array([[0.9]])}


class Step(NamedTuple):
    """One line of a pass: what it computes, and its cost in multiplications."""

    name: str
    symbol: str  # in mathtext
    shape: str
    code: str
    lit: tuple  # what lights up: ("edges", l) between layers l − 1 and l, ("units", l), or ("cost", 0)
    kept: int = 0  # multiplications of the backward pass if errors are kept and reused
    alone: int = 0  # and if each gradient is computed along its own paths, from dZ[2] on


STEPS = (
    Step("A[0]", "A^{[0]} = X^T", "(1, 2) turned: (2, 1)", "A0 = X.T", ("units", 0)),
    Step(
        "Z[1]",
        "Z^{[1]} = W^{[1]} A^{[0]} + b^{[1]}",
        "(2, 2) @ (2, 1) + (2, 1) = (2, 1)",
        "Z1 = W[1] @ A0 + b[1]",
        ("edges", 1),
    ),
    Step("A[1]", "A^{[1]} = g(Z^{[1]})", "(2, 1), element by element", "A1 = sigmoid(Z1)", ("units", 1)),
    Step(
        "Z[2]",
        "Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}",
        "(1, 2) @ (2, 1) + (1, 1) = (1, 1)",
        "Z2 = W[2] @ A1 + b[2]",
        ("edges", 2),
    ),
    Step(
        "A[2]", r"A^{[2]} = \sigma(Z^{[2]}) = \hat{Y}", "(1, 1), element by element", "A2 = sigmoid(Z2)", ("units", 2)
    ),
    Step(
        "J",
        r"J = -Y \log A^{[2]} - (1 - Y) \log(1 - A^{[2]})",
        "a number",
        "J = binary_cross_entropy(Z2, Y)",
        ("cost", 0),
    ),
    Step(
        "dZ[2]", r"dZ^{[2]} = \frac{1}{m} (A^{[2]} - Y)", "(1, 1) − (1, 1) = (1, 1)", "dZ2 = (A2 - Y) / m", ("cost", 0)
    ),
    Step(
        "dW[2]", "dW^{[2]} = dZ^{[2]} (A^{[1]})^T", "(1, 1) @ (1, 2) = (1, 2)", "dW2 = dZ2 @ A1.T", ("edges", 2), 2, 2
    ),
    Step(
        "db[2]",
        r"db^{[2]} = \Sigma_i\ dZ^{[2](i)}",
        "sum over 1 column: (1, 1)",
        "db2 = dZ2.sum(axis=1, keepdims=True)",
        ("units", 2),
    ),
    Step("dA[1]", "dA^{[1]} = (W^{[2]})^T dZ^{[2]}", "(2, 1) @ (1, 1) = (2, 1)", "dA1 = W[2].T @ dZ2", ("edges", 2), 2),
    Step(
        "dZ[1]",
        r"dZ^{[1]} = dA^{[1]} \odot g'(Z^{[1]})",
        "(2, 1) * (2, 1) = (2, 1)",
        "dZ1 = dA1 * sigmoid_prime(Z1)",
        ("units", 1),
        2,
    ),
    Step(
        "dW[1]", "dW^{[1]} = dZ^{[1]} (A^{[0]})^T", "(2, 1) @ (1, 2) = (2, 2)", "dW1 = dZ1 @ A0.T", ("edges", 1), 4, 12
    ),
    Step(
        "db[1]",
        r"db^{[1]} = \Sigma_i\ dZ^{[1](i)}",
        "sum over 1 column: (2, 1)",
        "db1 = dZ1.sum(axis=1, keepdims=True)",
        ("units", 1),
        0,
        4,
    ),
)


class Frame(NamedTuple):
    """The pass after some of its steps."""

    step: Step
    number: int  # of the step, from 1
    values: dict  # name to ndarray, what is known so far
    working: list  # of str, the arithmetic of this step
    label: int
    kept: int  # multiplications of the backward pass so far, errors kept
    alone: int  # and with only dZ[2] kept


def frame(step=1, x1=1.0, x2=0.5, label=1):
    """One example through a network 2 → 2 → 1 and back, up to one of the thirteen `STEPS`.

    Parameters
    ----------
    step : int from 1 (the inputs) to 13 (db[1])
    x1, x2 : float, the example
    label : int, 0 or 1
    """
    step = whole_between(step, "step", 1, len(STEPS))
    if not np.isscalar(label) or label not in (0, 1):
        raise ValueError(f"the label is {label}, but it must be 0 or 1")
    X, label = as_matrix([[x1, x2]], "the example"), int(label)
    values = _pass(X, np.array([[float(label)]]))
    known = {name: values[name] for name in [taken.name for taken in STEPS[:step]]}
    kept, alone = (sum(getattr(taken, way) for taken in STEPS[:step]) for way in ("kept", "alone"))
    return Frame(STEPS[step - 1], step, known, _working(STEPS[step - 1].name, values, label), label, kept, alone)


def _pass(X, Y):
    """All arrays of one pass by name, computed by `helpers.network`."""
    Z, A = forward(X, W, B)
    dW, db = backward(Y, W, Z, A)
    values = {f"{name}[{l}]": array[l] for name, array in (("A", A), ("Z", Z), ("dW", dW), ("db", db)) for l in array}
    values |= {"J": np.array([[binary_cross_entropy(Z[2], Y)]]), "dA[1]": W[2].T @ db[2]}
    return values | {"dZ[2]": db[2], "dZ[1]": db[1]}  # with one example the sum over examples is dZ itself


def _working(name, v, label):
    """The arithmetic of a step with its numbers, a line for each entry of the result."""
    if name[0] == "Z":
        l = int(name[2])
        a = v[f"A[{l - 1}]"].ravel()
        sums = [" + ".join(f"{_n(w)} · {_n(x)}" for w, x in zip(row, a, strict=True)) for row in W[l]]
        return [f"{s} + {_n(c)} = {_n(z)}" for s, c, z in zip(sums, B[l].ravel(), v[name].ravel(), strict=True)]
    if name in ("A[1]", "A[2]"):
        return [f"σ({_n(z)}) = {_n(a)}" for z, a in zip(v[f"Z{name[1:]}"].ravel(), v[name].ravel(), strict=True)]
    if name == "J":
        a = v["A[2]"].item()
        return [f"−log {_n(a)} = {_n(v['J'])}" if label else f"−log(1 − {_n(a)}) = {_n(v['J'])}"]
    if name == "dZ[2]":
        return [f"({_n(v['A[2]'])} − {label}) / 1 = {_n(v[name])}"]
    if name.startswith("dW"):
        l = int(name[3])
        deltas, inputs = v[f"dZ[{l}]"].ravel(), v[f"A[{l - 1}]"].ravel()
        return [f"{_n(d)} · {_n(a)} = {_n(d * a)}" for d in deltas for a in inputs]
    if name == "dA[1]":
        return [f"{_n(w)} · {_n(v['dZ[2]'])} = {_n(d)}" for w, d in zip(W[2].ravel(), v[name].ravel(), strict=True)]
    if name == "dZ[1]":
        slopes, rows = sigmoid_prime(v["Z[1]"]).ravel(), zip(v["dA[1]"].ravel(), v["Z[1]"].ravel(), strict=True)
        return [
            f"{_n(d)} · g′({_n(z)}) = {_n(d)} · {_n(s)} = {_n(d * s)}" for (d, z), s in zip(rows, slopes, strict=True)
        ]
    return [_n(number) for number in v[name].ravel()]


def _n(number):
    """A number with three decimals, in parentheses if it is negative."""
    text = f"{float(np.squeeze(number)):z.3f}".replace("-", "−")
    return f"({text})" if text[0] == "−" else text


def draw(result, ax=None):
    """`Frame` as the drawn network, the step's symbol, numbers and shape, and the lit line of code."""
    return plotting.stepper_frame(result, W, B, [step.code for step in STEPS], ax)


def describe(result):
    """The step of a `Frame`, in a sentence."""
    numbers = ", ".join(f"{number:z.3f}".replace("-", "−") for number in result.values[result.step.name].ravel())
    way = "back" if result.step.name[0] == "d" else "forward"
    return (
        f"Step {result.number} of {len(STEPS)}, {way}: {result.step.name} = {numbers}; "
        f"multiplications on the way back so far: {result.kept}, if only dZ[2] were kept: {result.alone}"
    )


def explorer():
    """Lesson 03: symbol, number, shape and line of code of every step, forward and then backward."""
    controls = {
        "step": ipywidgets.IntSlider(1, min=1, max=len(STEPS), description="step (1 to 13)"),
        "x1": ipywidgets.FloatSlider(1.0, min=-2, max=2, step=0.25, description="input x₁", **SLOW),
        "x2": ipywidgets.FloatSlider(0.5, min=-2, max=2, step=0.25, description="input x₂", **SLOW),
        "label": ipywidgets.Dropdown(options=[0, 1], value=1, description="label y"),
    }
    goal = "say each number before you take the step; then make the label 0 and predict which signs turn."
    args = (frame, draw, describe, "widgets.stepper.frame(")
    return Explorer("Stepper", goal, controls, *args, figsize=FRAME_SIZE)
