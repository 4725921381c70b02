"""Interactive figure for lesson 09 that replays a recorded expression step by step, forward and then backward."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.autograd.tape import Variable, backward_steps, history
from helpers.plotting import tape_graph
from helpers.plotting.tape_graph import graph_size, number_or_shape
from helpers.system.arguments import whole_between
from helpers.system.validation import as_matrix, known_name
from helpers.widgets.explorer import SIZE, SLOW, Explorer

MOST_STEPS = 12  # number of steps of the longest expression


def _loss_of_a_neuron(x, w, b):
    z = w * x + b
    return z.softplus() - z * Variable(1.0, "y")


def _neuron(x, w, b):
    return (w * x + b).sigmoid()


def _square_of_an_error(x, w, b):
    return (w * x + b - Variable(1.0, "y")) ** 2


def _squares(x, w, b):
    return x * x + w * x + b


def _swish(x, w, b):
    z = w * x + b
    return z * z.sigmoid()


def _log_of_a_sum(x, w, b):
    return (x.exp() + w.exp() + b.exp()).log()


EXPRESSIONS = {
    "softplus(z) − y z, z = w x + b": _loss_of_a_neuron,
    "σ(w x + b)": _neuron,
    "(w x + b − y)²": _square_of_an_error,
    "x x + w x + b": _squares,
    "z σ(z), z = w x + b": _swish,
    "log(eˣ + eʷ + eᵇ)": _log_of_a_sum,
}


class Walk(NamedTuple):
    """Recorded expression after a given number of steps."""

    output: Variable
    number: int  # number of the step, starting at 1
    total: int  # number of steps of this expression, half of them forward and half backward
    now: Variable  # variable that is computed in this step, or that passes its gradient to its parents
    known: set  # variables whose value has been computed
    gradients: dict  # maps each Variable to its gradient so far, which may still be incomplete
    words: str  # description of the step


def steps(expression="softplus(z) − y z, z = w x + b", step=1, x=0.5, w=-2.0, b=0.25):
    """Record an expression and differentiate it, up to the given step.

    Each operation takes one step in the forward pass and one step in the backward pass.

    Parameters
    ----------
    expression : str
        Key of `EXPRESSIONS`.
    step : int
        Number of the step, starting at 1. If the expression has fewer steps, the last one is used.
    x, w, b : float
        Values of the inputs.

    Returns
    -------
    Walk

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """
    program = EXPRESSIONS[known_name(expression, EXPRESSIONS, "expression")]
    step = whole_between(step, "step", 1, MOST_STEPS)
    point = as_matrix([[x, w, b]], "the point x, w, b")[0]
    inputs = [Variable(value, name) for value, name in zip(point, "xwb", strict=True)]
    output = program(*inputs)
    computed = [variable for variable in history(output) if variable.parents]
    given, n = {variable for variable in history(output) if not variable.parents}, len(computed)
    step = min(step, 2 * n)
    if step <= n:
        now = computed[step - 1]
        words = f"forward: {now.name} = {number_or_shape(now.value)}"
        return Walk(output, step, 2 * n, now, given | set(computed[:step]), {}, words)
    before = {output: np.ones(())}
    for number, (now, gradients) in enumerate(backward_steps(output, inputs, before[output]), n + 1):
        if number == step:
            return Walk(output, step, 2 * n, now, set(history(output)), gradients, _handed_on(now, before, gradients))
        before = dict(gradients)


def _handed_on(now, before, after):
    """Describe the contribution to each parent and, unless it is that parent's first, the total gradient so far."""
    shares = []
    for parent in dict.fromkeys(parent for parent, _ in now.parents if parent in after):
        share, name = after[parent] - before.get(parent, 0), parent.name
        total = f" (total {number_or_shape(after[parent])})" if parent in before else ""
        shares.append(f"{number_or_shape(share)} to {name}{total}")
    return f"backward: {now.name} has the gradient {number_or_shape(after[now])} and passes {', '.join(shares)}"


def draw(result, ax=None):
    """Draw a `Walk` as a graph that shows the values and gradients known so far."""
    return tape_graph.graph(result.output, result.gradients, ax, result.known, result.now)


def describe(result):
    """Return a sentence that describes the current step of a `Walk`."""
    return f"Step {result.number} of {result.total}, {result.words}"


def explorer():
    """Return the interactive figure, with controls for the expression, the step and the inputs."""
    controls = {
        "expression": ipywidgets.Dropdown(options=list(EXPRESSIONS), description="expression"),
        "step": ipywidgets.IntSlider(1, min=1, max=MOST_STEPS, description="step"),
        "x": ipywidgets.FloatSlider(0.5, min=-3, max=3, step=0.25, description="x", **SLOW),
        "w": ipywidgets.FloatSlider(-2.0, min=-3, max=3, step=0.25, description="w", **SLOW),
        "b": ipywidgets.FloatSlider(0.25, min=-3, max=3, step=0.25, description="b", **SLOW),
    }
    args = (steps, draw, describe, "widgets.tape.steps(")
    return Explorer("The tape", "09.tape", controls, *args, figsize=_size_of_picture, met=is_met)


def is_met(result, state):
    """Return whether all steps are done and the two contributions to the gradient of a nonzero x cancel."""
    if state["expression"] != "x x + w x + b" or result.number < result.total or state["x"] == 0:
        return False
    return any(v.name == "x" and float(gradient.squeeze()) == 0 for v, gradient in result.gradients.items())


def _size_of_picture(result):
    """Return the width and height of the graph in inches, scaled to the width available next to the controls."""
    width, height = graph_size(result.output)
    return SIZE[0], height * SIZE[0] / width
