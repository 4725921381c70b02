"""All small changes of a function's code that `repair` tries, the likelier ones first."""

import ast

from helpers.exercises import expressions, statements


def of(function, scope, numbers, arrays, tables, outside=()):
    """All edits of a function's tree, the likelier ones first.

    Parameters
    ----------
    function : ast.FunctionDef
    scope : names of functions that can be called
    numbers, arrays, tables : names of the arguments that are numbers, arrays, dictionaries or lists
    outside : names of numbers and arrays of the notebook that the function uses though they are no arguments
    """
    found = [*statements.edits_of(function), *expressions.edits_of(function, scope, numbers, arrays, tables, outside)]
    return sorted(found + _everywhere(found), key=lambda edit: edit.rank)


def _everywhere(found):
    """The same edit in every place where the same code stands, or the same thing is too much or missing."""
    same = {}
    for edit in found:
        if len(edit.changes) == 1:
            new = edit.changes[0][2]
            tag = edit.tag or (ast.dump(new) + edit.piece if isinstance(new, ast.AST) else "")
            if tag:
                same.setdefault((edit.kind, tag), []).append(edit)
    together = [edits for edits in same.values() if 1 < len(edits) < 8]
    return [
        edits[0]._replace(changes=[edit.changes[0] for edit in edits], rank=edits[0].rank + 0.5) for edits in together
    ]
