"""Distinguish names in the wrong order in `x, y = f()` from variables that are swapped wherever they are used."""

import ast
import inspect
import textwrap

from helpers.exercises.edits import RANKS, Edit
from helpers.exercises.expressions import slots


def arranged(code, found):
    """Replace the edits that swap the names in `x, y = f()`, unless f is known to return `y, x`.

    The replacement is an edit that exchanges the two variables wherever they are used. Return the new list of edits.
    """
    for function in code.functions:
        for node in ast.walk(function):
            target = node.targets[0] if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
            pair = names(target)
            if len(set(pair)) == 2:
                returned = _returned(code.scope.get(getattr(node.value.func, "id", "")))
                if returned == pair[::-1]:
                    continue
                found = [edit for edit in found if edit.node is not target]
                found += _exchanged(function, target, pair, returned == pair or _are_in_order(function, pair))
    return found


def names(node):
    """Return the names in a tuple or a list, or an empty list for anything else."""
    return [getattr(part, "id", "") for part in getattr(node, "elts", [])]


def _returned(function):
    """Return the names in the last `return` of a function, or an empty list if they are not known."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return []
    returns = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return names(returns[-1]) if returns else []


def _are_in_order(function, pair):
    """Return whether two names, such as dW and db, are in the order of the arguments W and b."""
    arguments = [argument.arg for argument in function.args.args]
    places = [arguments.index(name[1:]) for name in pair if name[:1] == "d" and name[1:] in arguments]
    return len(places) == 2 and places == sorted(places)


def _exchanged(function, target, pair, are_in_order):
    """Yield an edit that exchanges two variables wherever they are used.

    It points to the first use if the names are known to be in the right order, and otherwise to the line that
    assigns them.
    """
    uses = [(s, n) for s, n, _ in slots(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    uses = [(slot, node) for slot, node in uses if node.id in pair and node.lineno >= target.lineno]
    if uses:
        changes = [(*slot, ast.Name(pair[1 - pair.index(node.id)], ast.Load())) for slot, node in uses]
        first = min((node for _, node in uses), key=lambda node: (node.lineno, node.col_offset))
        piece = ", ".join(pair)
        yield Edit("exchanged", changes, first if are_in_order else target, piece, RANKS["exchanged"])
