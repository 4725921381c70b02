"""Find functions that do not do what their names suggest, and numerical shortcuts used instead of a formula."""

import ast

from helpers.exercises.errors import quote, where

TRAPS = {  # functions that learners mistake for something else
    "np.gradient": (
        "takes differences between neighbouring entries of an array and treats the entries as values at neighbouring "
        "points. It does not differentiate a function",
        "Which two values of the function do you have to compare?",
    ),
    "np.median": ("picks the middle value", "Which kind of average does the exercise ask for?"),
}
STEPS = (ast.Add, ast.Sub)


def of(code, arguments):
    """Return a sentence and a question about a function in TRAPS or a numerical shortcut, or "" if there is none.

    Parameters
    ----------
    code : reading.Code
        The reader's code.
    arguments : sequence of objects
        The arguments of one case.
    """
    for node in ast.walk(code.tree):
        said = TRAPS.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
        if said:
            return f"`{ast.unparse(node.func)}`{where(code.line(node))} {said[0]}. {said[1]}"
    return _divided_in_every_pass(code) or ("" if any(map(callable, arguments)) else _difference_quotient(code))


def counted_axes(code):
    """Return a sentence and a question about code such as `len(np.nonzero(…))`, or "" if there is none."""
    for node in ast.walk(code.tree):
        inside = node.args[0] if isinstance(node, ast.Call) and ast.unparse(node.func) == "len" and node.args else None
        called = ast.unparse(inside.func) if isinstance(inside, ast.Call) and len(inside.args) == 1 else ""
        if called in ("np.nonzero", "np.where"):
            return (
                f"`{called}` returns a tuple with one array for each axis, so `len` counts the axes"
                f"{where(code.line(node))}. How can you count the entries instead?"
            )
    return ""


def _difference_quotient(code):
    """Return a sentence about a numerical derivative, (f(x + h) - f(x)) / h, or "" if there is none."""
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
            continue
        difference = node.left
        sides = [difference.left, difference.right] if isinstance(getattr(difference, "op", None), ast.Sub) else []
        if len(sides) == 2 and all(isinstance(side, ast.Call) and len(side.args) == 1 for side in sides):
            same = ast.unparse(sides[0].func) == ast.unparse(sides[1].func)
            if same and isinstance(getattr(sides[0].args[0], "op", None), STEPS):
                return (
                    f"{quote(ast.unparse(node))}{where(code.line(node))} is a numerical derivative, which is only "
                    f"approximately right. Which formula do you get if you differentiate on paper?"
                )
    return ""


def _divided_in_every_pass(code):
    """Return a sentence about a loop that divides or multiplies a sum while adding to it, or "" if there is none."""
    for node in (part for n in ast.walk(code.tree) if isinstance(n, ast.For) for part in n.body):
        value = node.value if isinstance(node, ast.Assign) else None
        if not isinstance(getattr(value, "op", None), (ast.Div, ast.Mult)):
            continue
        sums = [n for n in (value.left, value.right) if isinstance(getattr(n, "op", None), ast.Add)]
        if ast.unparse(node.targets[0]) in (ast.unparse(side) for n in sums for side in (n.left, n.right)):
            does = "divides" if isinstance(value.op, ast.Div) else "multiplies"
            return (
                f"In every iteration, {quote(code.line(node))} also {does} the sum from earlier iterations, so the "
                "iterations do not count equally. How much should each of them count?"
            )
    return ""
