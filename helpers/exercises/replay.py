"""Execute the cells of a notebook statement by statement, in the process described in `worker`.

An answer may use anything that the cells above it define. Cells that the learner wrote are executed unchanged. In the
lessons' own cells, only imports, definitions and quick assignments are executed, because the other statements draw
figures or train networks. If a statement fails, takes too long or is left out, all variables that it would have set or
changed are removed. An answer that needs one of these variables then fails, and the teacher can see this. If the
variables were kept, the answer would be judged on the basis of outdated values.
"""

import ast
import contextlib
import re
from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np

# Modules that answers do not need and that are slow to import or write files.
HEAVY = re.compile(r"matplotlib|ipywidgets|IPython|h5py|torch|helpers\.(plotting|widgets|datasets|cluster)")
# Calls in a lesson that take no time and do not depend on anything that was left out.
QUICK = set(
    "abs bool complex dict float int len list max min range round set sorted str sum tuple zip "
    "array asarray arange zeros ones exp log sqrt Fraction".split()
)
# Parts of a program that have their own variables: definitions, and comprehensions, which run immediately.
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
CONTAINERS = (list, dict, set, bytearray, np.ndarray)
# Methods that change a container.
CHANGING = set(
    "append extend insert remove pop clear sort reverse update popitem setdefault add discard difference_update "
    "intersection_update symmetric_difference_update fill resize put partition itemset setfield byteswap".split()
)
# Functions that change their first argument.
ON_FIRST = set("shuffle copyto fill_diagonal put put_along_axis place putmask at heappush heappop heapify".split())
STEADY = (ModuleType, FunctionType, BuiltinFunctionType, type, np.ufunc)  # no method changes these
PLAIN = (*CONTAINERS, np.generic, int, float, complex, str, tuple)  # only the methods above change these
TIMED = ("time", "timeit", "capture", "prun")  # magics that run their code as usual
OPTIONS = re.compile(r"(?:-\w+(?: *\d+)? +)*")
MAGIC_LINE = re.compile(r"^\s*([%!].*|\?.*|.*\?)$", re.MULTILINE)


def plain(texts):
    """Return the text of each cell as Python code.

    Text that is not valid Python is converted by IPython's own rules. Magics such as `%time` and `%%time` are removed,
    but the code that they run is kept.
    """
    texts = list(texts) if all(map(_is_python, texts)) else _transformed(texts)
    for i, text in enumerate(texts):
        with contextlib.suppress(Exception):  # for example if a magic is called with unexpected arguments
            texts[i] = _unwrapped(text)
    return texts


def _transformed(texts):
    try:
        from IPython.core.inputtransformer2 import TransformerManager  # not at the top, because this is slow
    except ImportError:
        return [text if _is_python(text) else MAGIC_LINE.sub("", text) for text in texts]
    found = []
    for text in texts:
        with contextlib.suppress(Exception):  # for example if the text cannot be divided into tokens
            text = text if _is_python(text) else TransformerManager().transform_cell(text)
        found.append(text)
    return found


def _unwrapped(text):
    """Return the text of a cell, with each magic removed or replaced by the code that it runs."""
    if "get_ipython().run_" not in text or not _is_python(text):
        return text
    pieces = []
    for node in ast.parse(text).body:
        for first in getattr(node, "decorator_list", [])[:1]:
            node.lineno, node.col_offset = first.lineno, 0  # the line with the @ belongs to the definition
        piece = ast.get_source_segment(text, node)
        if piece.startswith("get_ipython().run_") and isinstance(getattr(node, "value", None), ast.Call):
            name, *code = [one.value for one in node.value.args if isinstance(one, ast.Constant)]
            of_a_cell = node.value.func.attr == "run_cell_magic"
            run = "" if name not in TIMED else code[1] if of_a_cell else OPTIONS.sub("", code[0], count=1)
            (piece,) = plain([run])
        pieces.append(piece)
    return "\n".join(pieces)


def _is_python(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class Shell:
    """A replacement for IPython's shell that ignores all magics and shell commands."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None


def execute(text, scope, forgotten, run):
    """Execute all statements of a cell, even after one of them fails.

    A statement often fails because it tries something out with the lesson's variables, which do not exist here. The
    answer may come after such a statement.

    Parameters
    ----------
    text : str
    scope : dict
        The variables, by name.
    forgotten : set
        The names that are removed from the scope are added to this set.
    run : callable
        Called with each statement (a node of a syntax tree) and the scope.

    Raises
    ------
    Exception
        The first error in the cell, raised after the whole cell has been executed.
    BaseException
        Any other error, such as `limits.TimeUp`, raised immediately.
    """
    first = None
    nodes = ast.parse(text).body
    for i, node in enumerate(nodes):
        for one in _light(node, scope, forgotten):
            try:
                run(one, scope)
            except Exception as error:
                first = first or error
                forget(one, scope, forgotten)
            except BaseException:
                for left in nodes[i:]:
                    forget(left, scope, forgotten)
                raise
    if first is not None:
        raise first


def define(text, scope, forgotten, run):
    """Execute the parts of a lesson's cell that answers may need: imports, definitions and quick assignments.

    See `execute` for the parameters.
    """
    for node in ast.parse(text).body:
        quick = isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and all(map(_is_quick, ast.walk(node)))
        if not quick and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            forget(node, scope, forgotten)
            continue
        for one in _light(node, scope, forgotten):
            try:
                run(one, scope)
            except Exception:
                forget(one, scope, forgotten)


def _light(node, scope, forgotten):
    """Return a list with the statement or, if it is an import, one import for each name that does not match HEAVY."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return [node]
    light = []
    for alias in node.names:
        if isinstance(node, ast.Import):
            one, full = ast.Import([alias]), alias.name
        else:
            one, full = ast.ImportFrom(node.module, [alias], node.level), f"{node.module}.{alias.name}"
        ast.copy_location(one, node)
        if HEAVY.match(full):
            forget(one, scope, forgotten)
        else:
            light.append(one)
    return light


def _is_quick(node):
    """Return whether a part of an assignment is either a call to a quick function or not a call at all."""
    function = getattr(node, "func", None)
    return not isinstance(node, ast.Call) or getattr(function, "attr", getattr(function, "id", "")) in QUICK


def leave_out(text, scope, forgotten, run):
    """Execute only the imports of a cell, and forget everything else that it would have set or changed.

    See `execute` for the parameters.
    """
    for node in ast.parse(text).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            define(ast.unparse(node), scope, forgotten, run)
        else:
            forget(node, scope, forgotten)


# --- what a statement sets or changes ------------------------------------------------------------


def forget(node, scope, forgotten):
    """Remove from the scope the names that a statement sets and all names of the objects that it may change."""
    names = set(_set(node)) | {name for name in _changed(node, scope) if name in scope}
    objects = {id(scope[name]) for name in names if isinstance(scope.get(name), CONTAINERS)}
    names |= {name for name, value in scope.items() if id(value) in objects}
    for name in names:
        scope.pop(name, None)
    forgotten |= names


def _set(node):
    """Yield the names that a statement assigns to, defines or imports."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar)):
        yield from filter(None, [node.name])
    if isinstance(node, ast.MatchMapping):
        yield from filter(None, [node.rest])
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    if isinstance(node, COMPREHENSIONS):
        yield from (one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
    if not isinstance(node, (*INNER, *COMPREHENSIONS)):
        for child in ast.iter_child_nodes(node):
            yield from _set(child)


def _changed(node, scope):
    """Yield the names of objects that a statement may change in place."""
    if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield _base(node)
    if isinstance(node, ast.Call):
        yield from _changed_by_call(node, scope)
    if not isinstance(node, INNER):
        for child in ast.iter_child_nodes(node):
            yield from _changed(child, scope)


def _changed_by_call(call, scope):
    base, called = _base(call.func), getattr(call.func, "attr", getattr(call.func, "id", ""))
    if isinstance(call.func, ast.Attribute) and not isinstance(scope.get(base), STEADY):
        if called in CHANGING or not isinstance(scope.get(base), PLAIN):
            yield base
    yield from (_base(one.value) for one in call.keywords if one.arg == "out")
    yield from (_base(one) for one in call.args[: called in ON_FIRST])
    function = scope.get(base)
    if isinstance(function, FunctionType) and function.__globals__ is scope:
        given = (_base(one) for one in (*call.args, *(keyword.value for keyword in call.keywords)))
        yield from (name for name in given if isinstance(scope.get(name), CONTAINERS))


def _base(node):
    """Return the name at the beginning of an expression such as `v[0].x`, or "" if it does not begin with a name."""
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        node = node.value
    return getattr(node, "id", "")
