"""Recognise changes to a typed formula that give the right number only by coincidence.

With a change that really undoes the mistake, the formula would agree with the solution even if the question gave other
numbers.
"""

import ast
import copy

import numpy as np

from helpers.exercises import edits

IN_FORMULAS = (0.5, 2)  # these belong to a formula unless the question gives them; 0 and 1 always do


def is_one(edit, code, solution, given):
    """Return whether an edited formula agrees with the solution only for the numbers in the question.

    Parameters
    ----------
    edit : edits.Edit
    code : reading.Code
        The code of the typed answer.
    solution : str
        The code of the solution.
    given : list of float
        The numbers in the question.

    Returns
    -------
    bool
        False if this cannot be determined, for example because the code and the solution use different numbers.
    """
    body = [*ast.parse(solution).body, ast.Return(ast.Name("answer", ast.Load()))]
    with edits.applied(edit):
        mine = copy.deepcopy(code.tree)
    kept = {0, 1} | {number for number in IN_FORMULAS if number not in given}
    numbers = [[n for n in _numbers(tree) if n.value not in kept] for tree in (mine, ast.Module(body, []))]
    if {node.value for node in numbers[0]} != {node.value for node in numbers[1]}:
        return False
    for node in (node for nodes in numbers for node in nodes):
        node.value *= float(1.05 + 0.1 * np.sin(7 * node.value))
    right = ast.FunctionDef("answer", mine.args, body, [])
    try:
        values = [np.asarray(_run(tree, code.scope), dtype=float) for tree in (mine, ast.fix_missing_locations(right))]
        return values[0].shape == values[1].shape and not np.allclose(*values, rtol=1e-4, equal_nan=True)
    except Exception:  # for example, because the formula needs a whole number
        return False


def _numbers(tree):
    """Return the nodes of all numbers in the code except exponents, which are part of the formula."""
    exponents = {id(n.right) for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)}
    numbers = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    return list({id(n): n for n in numbers if id(n) not in exponents}.values())  # an edit may duplicate a statement


def _run(tree, scope):
    scope = dict(scope)
    edits.define([tree], scope)
    return scope["answer"]()
