"""Edits that undo mistakes in dictionaries and lists, such as swapped keys, a reversed list or a missing copy."""

import ast

from helpers.exercises.edits import RANKS, Edit, of_slot, parse
from helpers.exercises.expressions import slots


def edits_of(function):
    """Yield edits to a function's dictionaries and lists, and to the way it uses their entries."""
    yield from _keys(function)
    yield from _reversed_lists(function)
    yield from _aliases(function)
    yield from _other_entries(function)


def _keys(function):
    """Yield edits that reverse the order of the values, but not of the keys, in all dictionaries or just one."""
    displays = [n for n in ast.walk(function) if isinstance(n, ast.Dict) and len(n.keys) > 1]
    changes = [(display, "values", display.values[::-1]) for display in displays]
    for some in (changes, *([change] for change in changes)):
        if some:
            node = some[0][0]
            yield Edit("keys", some, node, ast.unparse(node), RANKS["keys"])


def _reversed_lists(function):
    """Yield edits that reverse lists filled in a loop, either wherever they are used or in a single place."""
    filled = [n.func.value for n in ast.walk(function) if getattr(getattr(n, "func", None), "attr", "") == "append"]
    names = {getattr(name, "id", "") for name in filled} - {""}
    uses = [
        (slot, node)
        for slot, node, parent in slots(function)
        if getattr(node, "id", "") in names and isinstance(node.ctx, ast.Load)
        and isinstance(parent, (ast.Call, ast.Return, ast.Tuple, ast.comprehension, ast.For, ast.Starred))
    ]  # fmt: skip
    for some in (uses, *([use] for use in uses if len(uses) > 1)):
        if some:
            changes = [(*slot, parse(f"{node.id}[::-1]")) for slot, node in some]
            yield Edit("reversed", changes, some[0][1], some[0][1].id, RANKS["reversed"])


def _aliases(function):
    """Yield an edit that copies the arguments wherever the code merely gives them another name."""
    arguments = [argument.arg for argument in function.args.args]
    found = [
        (slot, node)
        for slot, node, parent in slots(function)
        if isinstance(node, ast.Name) and node.id in arguments and _gives_a_name(function, slot, parent)
    ]
    if found:
        changes = [(*slot, parse(f"{node.id}.copy()")) for slot, node in found]
        yield Edit("alias", changes, found[0][1], found[0][1].id, RANKS["alias"])


def _gives_a_name(function, slot, parent):
    if isinstance(parent, ast.Assign):
        return slot[1] == "value"
    assigned = [n.value for n in ast.walk(function) if isinstance(n, ast.Assign)]
    return isinstance(parent, ast.Tuple) and any(parent is value for value in assigned)


def _other_entries(function):
    """Yield edits that replace a value with a dictionary or list entry whose index depends on a loop variable."""
    loops = [n.target.id for n in ast.walk(function) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)]
    subscripts = [n for n in ast.walk(function) if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)]
    tables = dict.fromkeys(n.value.id for n in subscripts if _reads(n.slice, loops) or isinstance(n.slice, ast.Name))
    texts = [f"{table}[{loop}{step}]" for table in tables for loop in loops for step in ("", " - 1", " + 1")]
    for slot, node, parent in slots(function):
        entry = isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in tables
        operand = isinstance(parent, (ast.BinOp, ast.Attribute)) and isinstance(node, (ast.Name, ast.Attribute))
        if not (entry or operand) or not isinstance(node.ctx, ast.Load) or ast.unparse(node) in ("np", "np.linalg"):
            continue
        if isinstance(node, ast.Attribute) and node.attr != "T":
            continue
        for text in texts:
            if text != ast.unparse(node):
                same = entry and text.startswith(f"{node.value.id}[")
                yield of_slot("index" if same else "name", slot, parse(text), node, 2)


def _reads(index, loops):
    return any(getattr(part, "id", "") in loops for part in ast.walk(index))
