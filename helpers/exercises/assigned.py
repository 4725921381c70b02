"""Compare the numbers that a typed answer assigns to names with what the question says about them."""

import ast
import itertools
import re

from helpers.exercises import differences, edits, repair
from helpers.exercises.errors import quote

ORDERED = ("sign", "flipped", "swapped", "operand", "order_of_arguments")  # mistakes also explained by swapped numbers


def literals(tree):
    """Return the slot and the node of each number that is assigned to a name, as a dict with the names as keys."""
    found = {}
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(target, ast.Name):
            found[target.id] = ((node, "value"), node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, (ast.Tuple, ast.List)):
            names = [getattr(name, "id", "") for name in target.elts]
            found |= {
                name: ((node.value.elts, i), node.value.elts[i]) for i, name in enumerate(names[: len(node.value.elts)])
            }
    numbers = {name: (slot, value) for name, (slot, value) in found.items() if isinstance(value, ast.Constant)}
    return {name: pair for name, pair in numbers.items() if type(pair[1].value) in (int, float)}


def intermediate(solution):
    """Return the magnitude and code of each intermediate result in a solution. Readers may compute these by hand."""
    tree = ast.parse(solution)
    numbers = {name: node.value for name, (_, node) in literals(tree).items()}
    found = [(abs(differences.value(n, numbers)), ast.unparse(n)) for n in ast.walk(tree) if isinstance(n, ast.BinOp)]
    return [(value, text) for value, text in found if value]


def stated(name, prompt):
    """Return the number that a question gives for a name, or None if there is none.

    The question may say "$z = 2$" or "the target is 5", for example.
    """
    between = r"[^\d.,;()]{0,25}?" if len(name) > 3 else r"\s*=\s*"
    found = re.search(rf"\b{re.escape(name)}\b{between}(-?\d+(?:\.\d+)?)(?![\w.]*\w)", prompt, re.IGNORECASE)
    return float(found[1]) if found else None


def agrees(edit, code, prompt):
    """Return whether an edit changes none of the numbers that agree with the question."""
    for name, (_, value) in literals(code.tree).items():
        touched = any(part is value or _assigns(part, name) for part in ast.walk(edit.node))
        if touched and stated(name, prompt) == value.value:
            return False
    return True


def _assigns(node, name):
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def exchanged(exercise, code, passed, found, hint):
    """Return a sentence and a question about two numbers that may have been assigned to the wrong names.

    If there are no such numbers, return "".

    Parameters
    ----------
    exercise : Exercise
    code : reading.Code
        The code of the typed answer.
    passed : callable
        See `repair.find`.
    found : repair.Found or None
        The best correction of the formula, if one was found.
    hint : str
        The hint for the known wrong answer that has this value, or "" if there is none.
    """
    known = literals(code.tree)
    for one, other in itertools.combinations(known, 2):
        (slot, value), (place, number) = known[one], known[other]
        changes = [(*slot, number), (*place, value)]
        edit = edits.Edit("exchanged", changes, value, ast.unparse(value), 0.0)
        if value.value == number.value or not repair.find(code, [()], passed, found=[edit]):
            continue
        given = stated(one, exercise.prompt), stated(other, exercise.prompt)
        these = f"In your code, `{one}` is {value.value:g} and `{other}` is {number.value:g}"
        if given[0] == number.value or given[1] == value.value:
            return f"Look at the line {quote(code.line(value))}. {these}. Which value does the question give for each?"
        others = hint and getattr(found, "kind", "") != "sign"  # a hint takes precedence unless only a sign is wrong
        if given == (None, None) and not others and (found is None or found.kind in ORDERED):
            there = f" Look at the line {quote(found.line)}." if found else ""
            return f"{these}.{there} What does each name stand for, and in which order does the formula use them?"
    return ""
