"""Whether a cell of a page can run alone."""

import ast
import builtins
import sys

NAMING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar


def needs_earlier_cells(source):
    """Return whether a cell uses names that are not yet defined, as far as can be seen without running it.

    A statement such as ``W = W - 1`` uses the name that it assigns to.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # running it will show the error
        return False
    known = {*vars(sys.modules["__main__"]), *vars(builtins)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AugAssign):
            read = _names(statement.value if isinstance(statement, ast.Assign) else statement)
            if {node.id for node in read} - known - _defined(statement.value):
                return True
        known |= _defined(statement)
    return any(node.id not in known for node in _names(tree))


def _names(tree):
    return {node for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _defined(tree):
    """Return the names that a piece of code assigns, imports or defines, wherever that may be."""
    names = {node.id for node in _names(tree) if isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, NAMING) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names
