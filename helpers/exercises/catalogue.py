"""List all the small changes to a function's code that `repair` tries, most likely first."""

import ast

from helpers.exercises import containers, expressions, per_example, statements, structure
from helpers.exercises.edits import EVERYWHERE


def of(function, scope, numbers, arrays, tables, outside=()):
    """Return all edits to a function's tree, most likely first.

    Parameters
    ----------
    function : ast.FunctionDef
        The function.
    scope : list of str
        Names of functions that can be called.
    numbers, arrays, tables : list of str
        Names of the arguments that are numbers, arrays, and dictionaries or lists, respectively.
    outside : list of str
        Names of numbers and arrays in the notebook that the function uses although they are not among its arguments.

    Returns
    -------
    list of edits.Edit
    """
    found = [*statements.edits_of(function), *expressions.edits_of(function, scope, numbers, arrays, tables, outside)]
    found += [*structure.edits_of(function, arrays), *per_example.edits_of(function), *containers.edits_of(function)]
    return sorted(found + _everywhere(found), key=lambda edit: edit.rank)


def _everywhere(found):
    """Return edits that make the same change wherever a mistake occurs, either throughout the code or in one line."""
    same = {}
    for edit in found:
        if len(edit.changes) == 1:
            new = edit.changes[0][2]
            minus = edit.kind == "sign" and isinstance(new, ast.UnaryOp)  # nobody forgets a minus sign in two places
            tag = edit.tag or (ast.dump(new) + edit.piece if isinstance(new, ast.AST) and not minus else "")
            if tag:
                same.setdefault((edit.kind, tag), []).append(edit)
                same.setdefault((edit.kind, tag, getattr(edit.node, "lineno", 0)), []).append(edit)
    together = [edits for key, edits in same.items() if 1 < len(edits) < 8 and not _is_all(key, edits, same)]
    return [
        edits[0]._replace(changes=[edit.changes[0] for edit in edits], rank=edits[0].rank + 0.5, tag=EVERYWHERE)
        for edits in together
    ]


def _is_all(key, edits, same):
    """Return whether all the edits of a kind are on the same line. If so, they are already listed."""
    return len(key) == 3 and len(edits) == len(same[key[:2]])
