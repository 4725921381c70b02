"""Find the code that an answer needs from other cells of the notebook.

Imported objects are written as imports, and functions as their source code. If an object comes from a file that
the learner wrote, such as `my_network.py`, the code in that file is used instead. Values made of numbers, text, lists,
dictionaries and arrays are written as literals. For anything else, the last statement that assigned it is used.
"""

import ast
import builtins
import importlib
import inspect
import symtable
import sys
import textwrap
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np

LONGEST_VALUE = 8_000  # maximum number of characters in a value; a longer one is data, which no answer needs
MOST_NUMBERS = 1_000  # maximum number of entries in an array
PROVIDED = ("get_ipython", "display")  # names that IPython provides
PUBLIC = "helpers.exercises"  # functions defined in a module of this package are imported from the package itself
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign)  # statements that read all names before they set any


def code_for(text, scope, cells):
    """Return the code that has to run before `text`, and the names whose values cannot be written as code.

    Parameters
    ----------
    text : str
        Code, such as a cell.
    scope : dict
        The variables of the notebook, by name.
    cells : list of str
        The cells that have been run, in order.

    Returns
    -------
    pieces : list of str
        Each piece comes after the pieces that it needs.
    missing : list of str
    """
    pieces, missing = {}, []

    def add(text):
        for name in _free(text):
            if name in pieces or name not in scope or scope[name] is getattr(builtins, name, pieces):
                continue
            put(name, _definition(name, scope[name], scope, cells))

    def put(name, definition):
        pieces[name] = ""  # a function may call itself
        if definition is None:
            missing.append(name)
            return
        add(definition)
        del pieces[name]  # move it after the pieces that it needs
        pieces[name] = definition

    for name in _changed(text):  # `scope` no longer has the value that the name had before the text ran
        put(name, _assigned(name, cells[:-1]))
    add(text)
    return list(dict.fromkeys(filter(None, pieces.values()))), missing


def _free(text):
    """Return the global names that code refers to without defining them, in alphabetical order."""
    tables = [symtable.symtable(text, "<answer>", "exec")]
    top = tables[0]
    for table in tables:  # the list grows during the iteration
        tables += table.get_children()
    used = {
        one.get_name()
        for table in tables
        for one in table.get_symbols()
        if one.is_referenced() and (table is top or one.is_global())
    }
    made = {one.get_name() for one in filter(_is_made, top.get_symbols())}
    return sorted(used - made - {*PROVIDED})


def _changed(text):
    """Return the global names that code reads before it sets them, in alphabetical order."""
    changed, made = set(), set()
    for statement in _statements(text):
        reads, sets = _names(statement)
        changed |= reads - made - (set() if isinstance(statement, SIMPLE) else sets)
        made |= sets
    return sorted(changed & made - {*dir(builtins), *PROVIDED})


def _names(statement):
    """Return the names that a top-level statement reads, and those that it assigns, defines or imports."""
    symbols = symtable.symtable(ast.unparse(statement), "<cell>", "exec").get_symbols()
    sets = {one.get_name() for one in symbols if _is_made(one)}
    added = {ast.unparse(one.target) for one in ast.walk(statement) if isinstance(one, ast.AugAssign)}
    return {one.get_name() for one in symbols if one.is_referenced()} | added & sets, sets


def _definition(name, value, scope, cells):
    """Return code that defines `name`, or None if no such code can be found."""
    if isinstance(value, ModuleType):
        return None if _is_own(value) else f"import {value.__name__} as {name}"
    try:
        return f"{name} = {literal(value)}"
    except (TypeError, ValueError, RecursionError):
        pass
    own = isinstance(value, FunctionType) and value.__globals__ is scope and not value.__closure__
    if own and value.__name__ == name:
        return textwrap.dedent(inspect.getsource(value)).strip()
    return _imported(name, value) or _assigned(name, cells)


def _is_own(module):
    """Return whether a module is a file in the current folder, which only the learner has."""
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve().parent == Path.cwd().resolve()


def _imported(name, value):
    """Return code that imports a function, class or other object, or None if it does not come from a module.

    If it comes from the learner's own file, the code in this file is returned.
    """
    kind = "numpy" if isinstance(value, np.ufunc) else getattr(value, "__module__", None)
    original = getattr(value, "__name__", None)
    if not isinstance(kind, str) or not isinstance(original, str) or kind in ("__main__", "builtins"):
        return None
    if getattr(importlib.import_module(kind), original, None) is not value:
        return None
    if _is_own(sys.modules[kind]):
        code = inspect.getsource(sys.modules[kind]).strip()
        return code if name == original else f"{code}\n\n{name} = {original}"
    if kind.startswith(f"{PUBLIC}.") and getattr(sys.modules[PUBLIC], original, None) is value:
        kind = PUBLIC
    return f"from {kind} import {original} as {name}"


def _assigned(name, cells):
    """Return the last top-level statement that assigned or defined a name in any cell, or None if there is none.

    If it refers to an earlier value of the name, as in `f = np.vectorize(f)`, the statements that computed that
    value are returned as well.
    """
    found = []
    for statement in reversed([one for cell in cells for one in _statements(cell)]):
        reads, sets = _names(statement)
        if name in sets:
            found.insert(0, ast.unparse(statement))
            if name not in reads:
                break
    return "\n".join(found) or None


def _statements(cell):
    try:
        return ast.parse(cell).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _is_made(symbol):
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def literal(value):
    """Return an expression for a value made of numbers, text, lists, tuples, sets, dictionaries and arrays.

    Raises
    ------
    TypeError, ValueError, RecursionError
        If the value contains anything else or is too long.
    """
    text = _literal(value)
    if len(text) > LONGEST_VALUE:
        raise ValueError("too long")
    return text


def _literal(value):
    kind = type(value)
    if value is None or kind in (bool, int, str, bytes, complex, range):
        return repr(value)
    if kind is float:
        return repr(value) if np.isfinite(value) else f"float({str(value)!r})"
    if kind in (list, tuple, set, frozenset):
        inner = "".join(f"{_literal(item)}, " for item in value)
        return f"[{inner}]" if kind is list else f"({inner})" if kind is tuple else f"{kind.__name__}([{inner}])"
    if kind is dict:
        return "{" + "".join(f"{_literal(key)}: {_literal(item)}, " for key, item in value.items()) + "}"
    if (
        isinstance(value, (np.ndarray, np.generic))
        and type(value).__module__ == "numpy"
        and value.dtype.kind in "biufcU"
    ):
        return _array(value)
    raise TypeError("not plain")


def _array(value):
    if value.size > MOST_NUMBERS or value.dtype.char == "g":
        raise ValueError("too large")
    text = f"np.array({_literal(value.tolist())}, dtype={value.dtype.str!r}).reshape({value.shape})"
    return text if isinstance(value, np.ndarray) else f"{text}[()]"
