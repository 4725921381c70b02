"""Return the code of an answer, with everything that is needed to run it again in another process.

An answer may use names that other cells of the notebook define (see `needed`). Their definitions are put before the
cell in which the answer was checked. Names that cannot be written as code are listed in a comment on the first line,
which tells the learner and the teacher that the answer is incomplete.
"""

import inspect
import json

import numpy as np
from IPython import get_ipython

from helpers.exercises import needed
from helpers.exercises.replay import plain
from helpers.exercises.values import as_array

LONGEST = 20_000  # maximum number of characters of code, and of a value as JSON; no sensible answer is longer
LEFT_OUT = "# Left out, because it cannot be written as code: "
CALL = 'from helpers.exercises import check\n\ncheck("{}", {})'
TOO_LONG = f"all the code (more than {LONGEST} characters)"


def of(name, answer):
    """Return the code of an answer to the exercise `name`, or "" if the code is not known.

    Parameters
    ----------
    name : str
        The name of the exercise.
    answer : object
        The reader's answer, which may be anything.
    """
    try:
        cells, scope = _notebook()
        cell = cells[-1].strip() if cells else ""
        if not (f'"{name}"' in cell or f"'{name}'" in cell or f"{name[3:]}=" in cell):
            if not inspect.isfunction(answer):
                return ""
            cell, scope = CALL.format(name, answer.__name__), scope or answer.__globals__
        if not callable(answer):  # its value is recorded too, which is enough
            return cell if len(cell) <= LONGEST else ""
        pieces, missing = needed.code_for(*plain([cell]), scope, plain(cells))
    except Exception:  # there is no code to keep for a strange answer, such as an object that hides its class
        return ""
    text = "\n\n".join([*([LEFT_OUT + ", ".join(missing)] if missing else []), *pieces, cell])
    return text if len(text) <= LONGEST else LEFT_OUT + TOO_LONG


def left_out(code):
    """Return the part of an answer that could not be written as code, such as "K, data", or "" if there is none."""
    return code.partition("\n")[0].removeprefix(LEFT_OUT) if code.startswith(LEFT_OUT) else ""


def value_of(answer):
    """Return an answer as a number, text or list that JSON can represent, or None if it is none of these.

    Everything that `check` accepts as numbers is converted, including fractions, decimals, ranges, and lists of these
    or of arrays.
    """
    try:
        if isinstance(answer, (str, bool, np.bool_)):
            plain = str(answer) if isinstance(answer, str) else bool(answer)
        elif answer is None or callable(answer) or isinstance(answer, (dict, set, frozenset)):
            return None
        else:
            plain = _plain(as_array(answer))
        text = json.dumps(plain, allow_nan=False)
        kept = json.loads(text)
    except Exception:  # the answer may raise anything when it is converted
        return None
    return kept if len(text) <= LONGEST else None


def _plain(array):
    """Return the number or the list of numbers in an array as Python objects.

    `check` accepts whole numbers in single precision that are off by a rounding error, so they are rounded here.
    """
    if array.size > LONGEST:
        raise ValueError("too many numbers")
    if array.dtype == np.float32:
        array = np.where(np.isclose(array, np.rint(array), rtol=1e-6, atol=0), np.rint(array), array)
    plain = (array.astype(float) if array.dtype.kind == "f" else array).tolist()
    return int(plain) if isinstance(plain, bool) else plain  # `check` treats np.array(True), but not True, as 1


def _notebook():
    """Return the cells that have been run in this notebook, and its variables, or [] and {} outside a notebook."""
    shell = get_ipython()
    scope = shell.user_ns if shell else {}
    cells = scope.get("In")
    return [str(cell) for cell in cells] if isinstance(cells, list) else [], scope
