"""Return the code of an answer, with everything that is needed to run it again in another process.

An answer may use functions, constants and imports from other cells of the notebook. They are put in front of the cell
in which the answer was checked.
"""

import inspect
import json
import textwrap
from types import ModuleType

import numpy as np
from IPython import get_ipython

LONGEST = 20_000  # characters of code, and of a value as JSON; anything longer is not an answer to one of our questions
CONSTANTS = (int, float, bool, str)


def of(name, answer):
    """Return the code of an answer to the exercise `name`, or "" if it is not known or too long.

    Parameters
    ----------
    name : str
        The name of the exercise.
    answer : object
        The reader's answer, which may be anything.
    """
    try:
        cell = _cell()
        call = f'"{name}"' in cell or f"'{name}'" in cell or f"{name[3:]}=" in cell
        if inspect.isfunction(answer):
            pieces = _needed(answer, cell)
            pieces.append(cell if call else f'check("{name}", {answer.__name__})')
        else:
            pieces = [cell] if call else []
        text = "\n\n".join(pieces)
    except Exception:  # a strange answer, such as an object without a class, has no code that we could keep
        return ""
    return text if len(text) <= LONGEST else ""


def value_of(answer):
    """Return an answer as a number, text or list that JSON can represent, or None if it is nothing of the kind."""
    try:
        plain = answer.tolist() if isinstance(answer, (np.ndarray, np.generic)) else answer
        text = json.dumps(plain, allow_nan=False)
        kept = json.loads(text)
    except Exception:  # the answer may raise anything when it is converted
        return None
    return kept if len(text) <= LONGEST and isinstance(kept, (int, float, str, list)) else None


def _cell():
    shell = get_ipython()
    cells = shell.user_ns.get("In") if shell else None
    return str(cells[-1]).strip() if cells else ""


def _needed(function, cell):
    """Return the code that has to run before the cell, as a list of imports, constants and functions."""
    scope, names, functions = function.__globals__, {}, [function]
    for one in functions:  # the list grows during the iteration
        for name in _names(one.__code__):
            value = scope.get(name)
            if inspect.isfunction(value) and value.__globals__ is scope:
                functions += [value] if value not in functions else []
            elif name not in names and (line := _line(name, value)):
                names[name] = line
    sources = [textwrap.dedent(inspect.getsource(one)).strip() for one in functions]
    return [*(["\n".join(names.values())] if names else []), *(text for text in sources if text not in cell)]


def _names(code):
    """Return the global names that a function may use, including those used by the functions inside it."""
    inner = [name for constant in code.co_consts if hasattr(constant, "co_names") for name in _names(constant)]
    return [*code.co_names, *inner]


def _line(name, value):
    """Return a line of code that gives `name` the same value, or "" if there is none."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}"
    if type(value) in CONSTANTS:
        return f"{name} = {value!r}"
    module = "numpy" if isinstance(value, np.ufunc) else getattr(value, "__module__", None)
    if callable(value) and module not in (None, "__main__", "builtins") and hasattr(value, "__name__"):
        return f"from {module} import {value.__name__} as {name}"
    return ""
