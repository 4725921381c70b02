"""Convert a cell that contains an answer into a function without arguments, which `repair` can change.

The value of an answer does not reveal whether it was computed as `2 / 3` or `1 - 1 / 3`, but the code in the cell does.
"""

import ast
import numbers
from types import FunctionType, ModuleType

import numpy as np
from IPython import get_ipython

from helpers.exercises.reading import Code
from helpers.exercises.repair import UNSAFE

OWN = {"check", "hint", "solution", "quiz", "progress"}
IMPORTS = (ast.Import, ast.ImportFrom)
METHODS = {"sum", "mean", "std", "var", "max", "min", "prod", "T", "shape", "size", "ndim", "item", "tolist", "round"}
METHODS |= {"dot", "astype", "reshape", "ravel", "values", "items", "keys", "nbytes", "copy", "deriv"}


def current(name):
    """Return the code of the answer in the cell that is running.

    Parameters
    ----------
    name : str
        The name of the exercise that the cell checks.

    Returns
    -------
    reading.Code or None
        None outside a notebook, or if the code cannot be read.
    """
    shell = get_ipython()
    cells = shell.user_ns.get("In") if shell else None
    if not isinstance(cells, list) or not cells:  # a reader may use this name for something else
        return None
    try:
        return read(str(cells[-1]), name, shell.user_ns)
    except RecursionError:  # for example, in a sum of a thousand terms
        return None


def read(text, name, scope):
    """Find an answer in the text of a cell and return its code.

    Parameters
    ----------
    text : str
        The text of the cell.
    name : str
        The name of the exercise that the cell checks.
    scope : dict
        The variables of the notebook, by name.

    Returns
    -------
    reading.Code or None
        None if the cell is not valid code or contains no answer to this exercise.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    answer = next(filter(None, (_answer(node, name) for node in ast.walk(module))), None)
    if answer is None:
        return None
    body = [node for node in module.body if not isinstance(node, IMPORTS) and not _calls_us(node)]
    last = body[-1] if body else None
    if isinstance(last, ast.Assign) and [ast.unparse(target) for target in last.targets] == [ast.unparse(answer)]:
        body, answer = body[:-1], last.value  # treat the assignment as the line with the answer
    result = ast.copy_location(ast.Return(answer), answer)
    nothing = ast.arguments([], [], None, [], [], None, [])
    function = ast.copy_location(ast.FunctionDef("answer", nothing, [*body, result], []), answer)
    return Code([ast.fix_missing_locations(function)], text.splitlines(True), scope)


def _answer(node, name):
    """Return the answer if the node is a call to `check` or `quiz` for this exercise, and None if it is not."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("check", "quiz"):
        return None
    if node.func.id == "quiz":
        return next((keyword.value for keyword in node.keywords if keyword.arg == name[3:]), None)
    first = node.args[0] if len(node.args) == 2 else None
    return node.args[1] if isinstance(first, ast.Constant) and first.value == name else None


def _calls_us(node):
    value = getattr(node, "value", None)
    return isinstance(node, ast.Expr) and isinstance(value, ast.Call) and getattr(value.func, "id", "") in OWN


def result(code):
    """Return the expression whose value is the answer."""
    return code.tree.body[-1].value


def is_formula(code):
    """Return whether the answer is computed, rather than typed as a number or a list of numbers."""
    value = result(code)
    if isinstance(value, ast.Name) and value.id == "answer" and "answer" not in own_names(code):
        return False  # the answer was computed in a different cell
    made = (ast.BinOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Compare, ast.ListComp, ast.GeneratorExp)
    return any(isinstance(node, made) for node in ast.walk(value))


def may_run_again(code):
    """Return whether the code has no obvious side effects, so that it can be run any number of times."""
    stored = own_names(code)
    for node in ast.walk(code.tree):
        name = getattr(node, "id", getattr(node, "attr", ""))
        if name in UNSAFE or isinstance(node, (*IMPORTS, ast.Global, ast.Nonlocal, ast.While, ast.Delete)):
            return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            root = node.func.value
            known = code.scope.get(getattr(root, "id", "")) if getattr(root, "id", "") not in stored else np
            if isinstance(root, ast.Name) and not isinstance(known, ModuleType) and node.func.attr not in METHODS:
                return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in stored:
            known = code.scope.get(node.func.id)
            if known is not None and not isinstance(known, (FunctionType, type)):
                return False
    return True


def own_names(code):
    """Return the names that are defined in the cell itself."""
    return {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | {
        n.name for n in ast.walk(code.tree) if isinstance(n, ast.FunctionDef)
    }


def foreign_names(code):
    """Return the nodes that refer to numbers, arrays or other data from elsewhere in the notebook."""
    own = own_names(code) | {n.arg for n in ast.walk(code.tree) if isinstance(n, ast.arg)}
    used = [n for n in ast.walk(code.tree) if isinstance(n, ast.Name) and n.id not in own]
    used = [n for n in used if n.id in code.scope]
    tools = (ModuleType, np.random.Generator, np.random.RandomState)  # these contain no data from the lesson
    return [n for n in used if not callable(code.scope[n.id]) and not isinstance(code.scope[n.id], tools)]


def typed_numbers(code):
    """Return the numbers written in the code of the answer, as pairs (value, node)."""
    found = []
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, numbers.Real) and type(node.value) is not bool:
            found.append((node.value, node))
    return found
