"""Find clues to a mistake that the code alone shows: a difference that is always 0, skipped passes, lost entries."""

import ast
import re

import numpy as np

from helpers.exercises import diagnosis, repair
from helpers.exercises.errors import quote, where

COMBINED = ("sum", "mean", "max", "min", "prod", "average", "median")
LOGARITHMIC = ("02", "03", "04", "08")  # lessons in which the cost contains a logarithm
PARTS = (ast.Name, ast.Attribute, ast.Subscript)


def unneeded(exercise):
    """Return the names of arguments that a right answer need not use.

    These are the arguments that the exercise's own solution does not use, and Z1 if A1 can be used instead.
    """
    names = frozenset(exercise.arguments)
    spare = {name for name in names if name[0] == "Z" and name[1:].isdigit() and f"A{name[1:]}" in names}
    if not callable(exercise.solution):
        return frozenset(spare)
    used = {n.id for n in ast.walk(ast.parse(exercise.solution_text)) if isinstance(n, ast.Name)}
    return names - used | spare


def read(exercise, answer):
    """Return the code of a function (see `repair.read`), with the arguments that a right answer need not use."""
    code = repair.read(answer)
    return code and code._replace(unneeded=unneeded(exercise))


def certain(code, hint):
    """Return a sentence and a question about a mistake that can be seen without running the code, or "".

    A hint for the known wrong answer with the same results is better than a remark about a constant.
    """
    loose = diagnosis.lost(code)
    if loose is not None:
        return diagnosis.about_lost(loose, code)
    return "" if hint else constant(code)


def constant(code):
    """Return a sentence and a question about a difference that is always 0, or a quotient that is always 1, or ""."""
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Sub, ast.Div)):
            continue
        known = any(isinstance(part, PARTS) for part in ast.walk(node)) and "random" not in ast.unparse(node)
        if known and _ordered(node.left) == _ordered(node.right):
            value = 0 if isinstance(node.op, ast.Sub) else 1
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} is always {value}, because both sides are equal. "
                f"Which of them is different in the formula?"
            )
    return ""


def _ordered(node):
    """Return the code of an expression with the factors of its products in alphabetical order."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add)):
        sides = sorted((_ordered(node.left), _ordered(node.right)))
        return f"({type(node.op).__name__} {sides[0]} {sides[1]})"
    return ast.unparse(node)


def of(exercise, code, words):
    """Return a sentence and a question about what the code alone shows, or "" if it shows nothing.

    Parameters
    ----------
    exercise : Exercise
    code : repair.Code
        The reader's code.
    words : str
        What is known about the wrong result, which may give two shapes.
    """
    shapes = re.findall(r"shape \(([\d, ]*)\)", words)
    if len(shapes) == 2 and "right shape" not in words:
        mine, right = (np.array([int(n) for n in re.findall(r"\d+", shape)] or [1]) for shape in shapes)
        found = _of_lost_entries(code, mine, right)
    else:
        found = _skipped(code)
    in_cost = exercise.lesson in LOGARITHMIC
    return found or diagnosis.evidence(code) or (in_cost and _about_logarithm(code, exercise.parts)) or ""


def _of_lost_entries(code, mine, right):
    calls = [node for node in ast.walk(code.tree) if isinstance(node, ast.Call)]
    differences = [node for node in calls if ast.unparse(node.func) == "np.diff" and node.args]
    if differences and mine.size == right.size and (mine.sum() + 1 == right.sum()):
        node = differences[0]
        return (
            f"`np.diff` returns one number less than it is given{where(code.line(node))}. How many numbers must "
            f"{quote(ast.unparse(node.args[0]))} contain?"
        )
    for node in calls if mine.prod() < right.prod() else ():
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in COMBINED:
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} combines several entries into one. Should they "
                f"stay separate?"
            )
    return ""


def _skipped(code):
    for node in ast.walk(code.tree):
        test = node.test if isinstance(node, ast.If) and not node.orelse else None
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq):
            if all(isinstance(side, ast.Name) for side in (test.left, test.comparators[0])):
                return (
                    f"{quote(code.line(node))} skips the passes in which `{ast.unparse(test.left)}` and "
                    f"`{ast.unparse(test.comparators[0])}` are equal. What do these passes contribute?"
                )
    return ""


def _about_logarithm(code, parts):
    """Return a sentence and a question about a logarithm in code that computes gradients, or "" if there is none.

    A logarithm belongs to the cost, so it usually means that the cost was not differentiated.
    """
    if not parts or not all(re.match(r"d[A-Za-z]", part) for part in parts):
        return ""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.log":
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} belongs to the cost, but a gradient contains the "
                f"derivative of the cost. What is the derivative of a logarithm?"
            )
    return ""


def counted(node, value, code):
    """Return a sentence and a question about the length of an array of the notebook, or "" if it is not used."""
    if not isinstance(value, np.ndarray) or f"len({node.id})" not in ast.unparse(code.tree):
        return ""
    return (
        f"`len({node.id})`{where(code.line(node))} is {len(value)}, the number of rows of `{node.id}`. What does each "
        f"row contain, and which axis does the question ask about?"
    )
