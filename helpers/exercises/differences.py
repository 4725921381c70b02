"""Check difference quotients in a typed answer: the distance between the two points, and the divisor."""

import ast
import re

import numpy as np

from helpers.exercises import edits
from helpers.exercises.errors import where

SLOPE = r"slope|derivative|\\partial|dZ"  # words that occur in questions about derivatives
WIDE = 0.1  # a difference quotient over a wider interval is not meant as a numerical derivative
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub)
PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Load, *OPERATORS)
LARGEST_POWER = 20


def about(exercise, mine, code):
    """Return a sentence and a question about a difference between two function values, or "" if nothing is wrong."""
    made = definitions(code.tree)
    for node in ast.walk(code.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and mine.ndim == np.ndim(exercise.right) == 0:
            width, below = _width(node.left, code, made), abs(value(node.right, code.scope))
            mended = width and mine * below / width
            if width and not np.isclose(width, below) and np.isclose(mended, exercise.right, rtol=5e-3):
                return _about_width(node, code, width, below)
    for node in ast.walk(code.tree) if re.search(SLOPE, exercise.prompt) else ():
        width = _width(node, code, made) if isinstance(node, ast.BinOp) else 0
        if width > WIDE:
            return (
                f"`{ast.unparse(node)}`{where(code.line(node))} compares two points that are {width:g} apart, which "
                f"gives the mean slope between them. At which single point does the question ask for the slope?"
            )
    return ""


def definitions(tree):
    """Return a dictionary that maps each variable's name to the expression assigned to it."""
    made = {}
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = zip(target.elts, node.value.elts, strict=False) if both else [(target, node.value)]
            made |= {name.id: value for name, value in pairs if isinstance(name, ast.Name)}
    return made


def of_function(code, seen):
    """Return a sentence and a question about a difference quotient in a function, or "" if nothing is wrong with it.

    Parameters
    ----------
    code : reading.Code
        The code of the function.
    seen : callable
        Takes an expression from the code and returns its values while the function runs (see `warrants.values_of`).
    """
    made = definitions(code.tree)
    for node in ast.walk(code.tree):
        points = _points(node.left, made) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else ()
        ones, others, below = (seen(part) for part in (*points, node.right)) if points else ((), (), ())
        if not below or np.ndim(below[0]) or not len(ones) == len(others) == len(below):
            continue
        widths = [np.abs(np.subtract(one, other)).max() for one, other in zip(ones, others, strict=True)]
        if np.all(widths) and not np.isclose(widths, np.abs(below), rtol=1e-4).any():
            return _about_width(node, code, widths[0], abs(below[0]))
    return ""


def _about_width(node, code, width, below):
    return (
        f"`{ast.unparse(node)}`{where(code.line(node))} compares two points that are {width:g} apart, but divides by "
        f"{below:g}. What must the difference between two values be divided by to give a slope?"
    )


def _width(node, code, made):
    """Return how far apart the two points returned by `_points` are, or 0 if there are none."""
    points = _points(node, made)
    return abs(value(ast.BinOp(points[0], ast.Sub(), points[1]), code.scope)) if points else 0


def _points(node, made):
    """If an expression is the difference between two values of a function, return the two points, otherwise ()."""
    node = made.get(getattr(node, "id", ""), node)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return ()
    sides = [made.get(getattr(side, "id", ""), side) for side in (node.left, node.right)]
    if not all(isinstance(side, ast.Call) and not side.keywords for side in sides):
        return ()
    points = list(zip(*([side.func, *side.args] for side in sides), strict=False))
    different = [pair for pair in points if ast.unparse(pair[0]) != ast.unparse(pair[1])]
    if len(different) != 1 or different[0] == points[0]:
        return ()
    return different[0]


def value(node, variables):
    """Return the value of a simple expression, or 0 if the value is unknown."""
    known = {n.id: variables.get(n.id) for n in ast.walk(node) if isinstance(n, ast.Name)}
    plain = all(isinstance(n, PLAIN) for n in ast.walk(node))
    powers = [n.right for n in ast.walk(node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
    plain = plain and all(getattr(power, "value", LARGEST_POWER) < LARGEST_POWER for power in powers)
    if not plain or not all(type(number) in (int, float) for number in known.values()):
        return 0
    scope = {**known, "__builtins__": {}}
    edits.define(ast.parse(f"def value():\n    return {ast.unparse(node)}").body, scope)
    try:
        return scope["value"]()
    except (ArithmeticError, TypeError):
        return 0
