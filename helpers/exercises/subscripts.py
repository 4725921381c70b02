"""Edits that undo mistakes in an index, such as a wrong axis, a missing part of an array or reordered entries."""

import ast

from helpers.exercises.edits import of_slot, parse

ORDERS = ("argsort", "permutation", "shuffle")  # functions whose result reorders the entries of an array


def edits_of(slot, node, made):
    """Yield edits to a subscript that is read rather than assigned to.

    Parameters
    ----------
    slot : pair (container, key)
        The position of the subscript in the tree (see `edits`).
    node : ast.Subscript
        The subscript.
    made : dict of str to ast.expr
        The values of variables that are assigned exactly once.
    """
    if not isinstance(node.ctx, ast.Load) or getattr(node.value, "attr", "") == "shape":
        return
    number = _number(node.slice)
    if number is not None:
        yield of_slot("one_entry", slot, node.value, node, 0, f"one entry {number}")
        for other in (f"[:, {number}]", f"[:, [{number}]]"):
            yield of_slot("other_axis", slot, parse(f"({ast.unparse(node.value)}){other}"), node, 0, f"axis {other}")
    if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2 and _is_all(node.slice.elts[0]):
        number = _number(node.slice.elts[1])
        if number is not None:
            row = ast.Subscript(node.value, ast.Constant(number), ast.Load())
            yield of_slot("other_axis", slot, row, node, 0, f"axis {number}")
    if _is_an_order(node.slice, made):
        yield of_slot("reordered", slot, node.value, node, 0, "reordered")


def _number(index):
    """Return the value of an index that is a literal integer, or None for any other index."""
    try:
        value = ast.literal_eval(index)
    except (ValueError, TypeError):
        return None
    return value if type(value) is int else None


def _is_all(index):
    return isinstance(index, ast.Slice) and index.lower is index.upper is index.step is None


def _is_an_order(index, made):
    index = made.get(index.id) if isinstance(index, ast.Name) else index
    backwards = isinstance(index, ast.Slice) and _number(index.step or ast.Constant(1)) == -1
    return backwards or getattr(getattr(index, "func", None), "attr", "") in ORDERS
