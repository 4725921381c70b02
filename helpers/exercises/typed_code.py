"""What the code of a typed answer reveals: the one wrong part of its formula, or numbers that do not belong."""

import ast
import re

import numpy as np

from helpers.exercises import catalogue, cell, diagnosis, edits, expressions, repair, values
from helpers.exercises.errors import quote, where
from helpers.exercises.questions import ending, of as question_of

# Changes that show what is wrong, and those that only show where.
STRONG = set(
    "floor extra extra_call extra_exponent extra_sum not_summed parentheses upside_down power sign swapped index range "
    "axis complement product reduction square_inside accumulated in_loop out_of_loop".split()
)
WEAK = set(
    "function name number operation no_two root square exp log order_of_arguments comparison overwritten".split()
)
COMMON = {0, 0.5, 1, 2, 10, 100, 1000}  # numbers that may occur in any formula
MOST = 3  # numbers to name in a message


def explain(exercise, mine, code, hint, fits):
    """Describe a mistake in the formula of a typed answer; "" if none is found.

    Parameters
    ----------
    exercise : Exercise
    mine : ndarray, its value
    code : repair.Code, see `cell.read`
    hint : str, that of the known wrong answer with this value, or ""
    fits : callable, whether two values agree
    """
    right = np.asarray(exercise.right)
    other = repeated(code) or _no_power(code)
    if other:
        return other
    rare = mine.ndim > 0 or abs(mine) > 100 or mine != np.round(mine)  # many formulas give small whole numbers
    found = _find(code, right, exercise, fits) if cell.may_run_again(code) else None
    names = _about_names(code)
    line = look_at(code)
    if hint and rare and not (names and not found and mine.size > 4):
        return line + ending(hint, question_of(exercise))
    if found and found.kind in STRONG:
        return diagnosis.describe(found, code)
    if names:
        return names
    if hint and found is None:
        return line + ending(hint, question_of(exercise))
    alien = _about_numbers(exercise, code)
    if alien:
        return alien
    if hint:
        return line + ending(hint, question_of(exercise))
    return diagnosis.describe(found, code) if found else _about_unused(exercise, code)


def look_at(code):
    """ "Look at the line `…`. ", of the answer."""
    return f"Look at the line {quote(_line(code))}. "


def _find(code, right, exercise, fits):
    def passed(function, i):
        mine = values.conform(function(), right)[""]
        return (["answer"] if fits(mine, right) else []), 1

    known = [name for name in expressions.SLOPES if callable(code.scope.get(name))]
    found = [e for e in catalogue.of(code.tree, known, [], [], []) if e.kind in STRONG | WEAK]
    found += _other_numbers(code, _numbers_of(exercise.solution if isinstance(exercise.solution, str) else ""))
    found = [edit for edit in found if _is_usual(edit, code)]
    return repair.find(code, [()], passed, found=sorted(found, key=lambda e: (e.kind in WEAK, e.rank)))


def _is_usual(edit, code):
    """Whether this is a mistake people make, so that the change is unlikely to give the right value by chance."""
    new = edit.changes[0][2]
    if len(edit.changes) > 1 and edit.kind not in ("floor", "power", "number", "name", "index", "function"):
        return False  # the same slip in two places
    if edit.kind == "operation":
        return isinstance(getattr(new, "op", None), (ast.Add, ast.Sub, ast.Mult, ast.Div))
    if edit.kind == "sign" and isinstance(
        getattr(edit.node, "op", None), ast.Add
    ):  # nobody writes a + b instead of b - a
        return isinstance(new, ast.BinOp) and new.left is edit.node.left
    if edit.kind == "extra":  # the rest must be larger than the part left out
        return 2 * _leaves(edit.piece) <= _leaves(ast.unparse(code.tree.body[-1].value)) or _leaves(edit.piece) == 1
    return not isinstance(edit.node, ast.FunctionDef)


def _leaves(piece):
    """The number of names and numbers in a piece of code."""
    try:
        tree = ast.parse(piece)
    except SyntaxError:
        return 0
    return sum(isinstance(node, (ast.Name, ast.Constant)) for node in ast.walk(tree)) - piece.count("np.")


def _other_numbers(code, wanted):
    """Edits that replace a number by one from the formula, or shift its decimal point."""
    for slot, node, _ in expressions.slots(code.tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            others = [*wanted, *(node.value * 10.0**k for k in (-3, -2, -1, 1, 2, 3))]
            for other in others:
                if other != node.value:
                    yield edits.of_slot("number", slot, ast.Constant(other), node)


def _numbers_of(text):
    return sorted({abs(float(number)) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text)})


def _line(code):
    return code.line(cell.result(code))


def repeated(code):
    """A sentence about a list or a string multiplied by a number; "" if there is none."""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side in (node.left, node.right):
                text = isinstance(side, ast.Constant) and isinstance(side.value, str)
                if text or isinstance(side, (ast.List, ast.Tuple)):
                    kind = "text" if text else "list"
                    other = node.right if side is node.left else node.left
                    if not isinstance(other, (ast.Constant, ast.UnaryOp)):
                        continue
                    return (
                        f"In {quote(ast.unparse(node))}, `*` repeats the list and multiplies no entry"
                        f"{where(code.line(node))}. How is each entry multiplied?"
                        if kind == "list"
                        else f"In {quote(ast.unparse(node))}, `*` repeats a text, for it stands in quotes"
                        f"{where(code.line(node))}. How is the number written?"
                    )
    return ""


def _no_power(code):
    """A sentence about a `^`; "" if there is none."""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return (
                f"`^` is no power in Python, but the exclusive or of two whole numbers{where(code.line(node))}. "
                "How is a power written?"
            )
    return ""


def _about_names(code):
    """A sentence about a name that belongs to the lesson, not to the question; "" if there is none."""
    found = cell.foreign_names(code)
    if not found:
        return ""
    node = found[-1]
    value = code.scope[node.id]
    what = "holds values of the lesson"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        what = f"is {value:.6g}"
    elif isinstance(value, np.ndarray):
        what = f"is {values.shape_in_words(value)}"
    return (
        f"`{node.id}` {what}: it gets no value in this cell, but comes from elsewhere in the notebook"
        f"{where(code.line(node))}. Which numbers does the question give?"
    )


def _about_numbers(exercise, code):
    """A sentence about numbers in the code that occur neither in the question nor in the formula; "" if none."""
    texts = [exercise.prompt, exercise.reason, exercise.solution_text, *exercise.hints]
    known = {*_numbers_of(" ".join(texts)), *COMMON}
    alien = [node for value, node in cell.typed_numbers(code) if not (abs(value) in known or 0 < abs(value) < 1e-2)]
    if not alien:
        return ""
    pieces = list(dict.fromkeys(ast.unparse(node) for node in alien))[:MOST]
    quoted = [f"`{piece}`" for piece in pieces]
    listed = ", ".join(quoted[:-1]) + " and " * (len(quoted) > 1) + quoted[-1]
    one = len(pieces) == 1
    return (
        f"{listed} {'is' if one else 'are'} not among the numbers of the question{where(code.line(alien[0]))}. "
        f"{'Which number belongs there, if any' if one else 'Which numbers does the question give'}?"
    )


def _about_unused(exercise, code):
    """A sentence about a number in the question that the formula needs but the answer does not use; "" if none."""
    if not isinstance(exercise.solution, str) or cell.foreign_names(code):
        return ""
    used = {abs(value) for value, _ in cell.typed_numbers(code)}
    wanted = set(_numbers_of(exercise.solution.split("#")[0])) & set(_numbers_of(exercise.prompt))
    missing = sorted(wanted - used - {1.0})
    if not missing or any(isinstance(n, ast.Call) for n in ast.walk(cell.result(code))):
        return ""
    listed = " and ".join(f"{number:g}" for number in missing[:MOST])
    return (
        f"{listed} of the question {'takes' if len(missing) == 1 else 'take'} no part{where(_line(code))}. "
        f"What is {'it' if len(missing) == 1 else 'each'} for?"
    )


def about_nothing(code, name):
    """A sentence about an answer that is None although something was computed; "" if the reason is not visible."""
    if code is None:
        return ""
    last = cell.result(code)
    for node in code.tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, ast.Expr) and isinstance(value, ast.Compare) and getattr(value.left, "id", "") == name:
            return f"{quote(code.line(node))} compares and assigns nothing. Which sign gives a name its value?"
        targets = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        if any(t != name and t.lower() == name for t in targets):
            return f"{quote(code.line(node))} sets another name than `{name}`, for capitals count. How is it spelt?"
    if isinstance(last, ast.Call):
        return (
            f"`{ast.unparse(last.func)}` returns None{where(code.line(last))}. What should `{name}` be, if not what "
            f"that call returns?"
        )
    loose = [node for node in code.tree.body if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)]
    if loose:
        line = quote(code.line(loose[-1]))
        return f"{line} is computed, but `{name}` does not get its value. What must stand before it?"
    return ""
