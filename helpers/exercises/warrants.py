"""Reject descriptions of mistakes that are inconsistent with the values that occur when the reader's code runs."""

import ast
import copy

import numpy as np

from helpers.exercises import edits, expressions, limits

SEEN = "values_seen_here"


def holds(edit, code, cases, compiled):
    """Return whether the values in the code are consistent with the description of the mistake that an edit undoes.

    Parameters
    ----------
    edit : edits.Edit
    code : reading.Code
        The reader's code.
    cases : list of tuples
        The arguments of each case.
    compiled : callable
        Takes code and returns the function that it defines, or None.
    """
    fitted = isinstance(edit.changes[0][2], ast.UnaryOp)  # the size -1, which NumPy replaces with the size that fits
    if edit.kind == "hard_coded" and len(cases) > 1 and not fitted:
        with edits.applied(edit):
            return len(set(map(repr, values_of(edit.changes[0][2], code, cases, compiled)))) != 1
    test = TESTS.get(edit.kind)
    seen = [value for node in _nodes(edit) for value in values_of(node, code, cases, compiled)] if test else []
    return all(map(test, seen))


def _nodes(edit):
    """Return the expressions whose values are tested: those in `PARTS`, or the wrong expression itself."""
    return PARTS[edit.kind](edit) if edit.kind in PARTS else [edit.node]


def values_of(node, code, cases, compiled):
    """Return the values that an expression takes while the function runs on the cases, or [] if it is not evaluated."""
    slot = next((slot for slot, other, _ in expressions.slots(code.tree) if other is node), None)
    if slot is None:
        return []
    seen = []

    def keep(value):
        seen.append(copy.copy(value))
        return value

    watched = edits.of_slot("name", slot, ast.Call(ast.Name(SEEN, ast.Load()), [node], []), node)
    try:
        with edits.applied(watched), limits.time_limit(1):
            function = compiled(code._replace(scope={**code.scope, SEEN: keep}))
            for case in cases:
                function(*copy.deepcopy(case))
    except (Exception, limits.TimeUp):  # the values up to the error are enough
        pass
    return seen


def _is_a_share(value):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return False
    whole = np.asarray(value).dtype.kind in "iu" or array.size == 0
    return not whole and bool(np.all((array >= 0) & (array <= 1)))


def _is_a_matrix(value):
    return np.ndim(value) == 2


def _has_entries(value):
    return np.size(value) > 1


TESTS = {
    "complement": _is_a_share,
    "no_transpose": _is_a_matrix,
    "transpose": _is_a_matrix,
    "squared_share": _is_a_share,
    "outer": _has_entries,
}
PARTS = {
    "squared_share": lambda edit: [edit.changes[0][2].right.right],  # a in a * (1 - a)
    "outer": lambda edit: [edit.node.left, edit.node.right],
}
