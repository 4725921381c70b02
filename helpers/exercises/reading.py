"""Read the code of the reader's function and of the functions that it uses, and find names that come from elsewhere."""

import ast
import inspect
from typing import NamedTuple

import numpy as np


class Code(NamedTuple):
    """The code of the reader's function and of the functions that it uses, and the source lines."""

    functions: list  # ast.FunctionDef nodes, starting with the answer itself
    lines: list  # lines of the whole file or cell
    scope: dict  # global variables that the function can use, by name
    unneeded: frozenset = frozenset()  # names of arguments that a right answer need not use
    parts: tuple = ()  # names of the function's results

    @property
    def tree(self):
        return self.functions[0]

    def line(self, node):
        """Return the line that contains a node, without indentation or comments."""
        return plain(self.lines[node.lineno - 1]) if 0 < getattr(node, "lineno", 0) <= len(self.lines) else ""


def plain(line):
    return line.split("#")[0].strip()


def read(function):
    """Return the code of a function defined in a cell or a file, or None if it cannot be read."""
    if not inspect.isfunction(function) or function.__closure__ or function.__code__.co_flags & inspect.CO_VARARGS:
        return None
    try:
        lines, _ = inspect.findsource(function)
        module = ast.parse("".join(lines))
    except (OSError, TypeError, SyntaxError, AttributeError, IndexError, ValueError, RecursionError):
        return None
    first = function.__code__.co_firstlineno
    if function.__name__ == "<lambda>":
        own, lines = _lambda(module, lines, first)
    else:
        own = _definition(module, function.__name__, first)
    return own and Code(_with_those_used(own, module), lines, function.__globals__)


def _lambda(module, lines, first):
    """Return the only lambda on a line as a function, and the source lines with only the lambda left on that line.

    If the line does not contain exactly one lambda, None is returned instead of the function.
    """
    found = [n for n in ast.walk(module) if isinstance(n, ast.Lambda) and n.lineno == first]
    if len(found) != 1:
        return None, lines
    segment = ast.get_source_segment("".join(lines), found[0])
    if segment and "\n" not in segment:
        lines = [*lines[: first - 1], segment, *lines[first:]]
    body = ast.copy_location(ast.Return(found[0].body), found[0].body)
    own = ast.copy_location(ast.FunctionDef("answer", found[0].args, [body], []), found[0])
    return ast.fix_missing_locations(own), lines


def _definition(module, name, first):
    """Return the function with this name that begins on this line, or None if it is decorated or not found."""
    found = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == name]
    own = next((n for n in found if min([n.lineno, *(d.lineno for d in n.decorator_list)]) == first), None)
    return None if own is None or own.decorator_list else own


def _with_those_used(own, module):
    """Return the function and all functions in the module that it uses, directly or indirectly."""
    others = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef) and n is not own}
    functions = [own]
    for function in functions:  # the list grows during the iteration
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in others:
                functions.append(others.pop(node.id))
    return functions


def outside(code):
    """Return the names of numbers, arrays, lists, tuples and dictionaries that the function takes from the notebook."""
    own = {n.arg for n in ast.walk(code.tree) if isinstance(n, ast.arg)}  # including those of nested functions
    own |= {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    used = [n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and n.id not in own]
    kinds = (int, float, np.ndarray, np.generic, dict, list, tuple)
    return [name for name in dict.fromkeys(used) if isinstance(code.scope.get(name), kinds)]


def unused(code):
    """Return the names of arguments that the function never uses although a correct answer needs them."""
    used = {node.id for node in ast.walk(code.tree) if isinstance(node, ast.Name)}
    return [argument.arg for argument in code.tree.args.args if argument.arg not in used | code.unneeded]
