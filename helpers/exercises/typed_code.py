"""Find the wrong part of a formula typed as an answer, or the numbers that do not belong in it."""

import ast
import re
from textwrap import indent

import numpy as np

from helpers.exercises import (
    assigned,
    cell,
    clues,
    corrections,
    diagnosis,
    edits,
    glances,
    loose_ends,
    values,
)
from helpers.exercises.errors import listed, quote, where
from helpers.exercises.questions import ending, of as question_of

FIRST = ("growing", "entries")  # changes of these kinds explain a wrong formula better than the hint for its value
# Changes of these kinds are weak (see `corrections`), but they show which line is wrong.
IN_A_LINE = set("function order_of_arguments comparison overwritten doubled root square exp log".split())
COMMON = {0, 0.5, 1, 2, 10, 100, 1000}  # numbers that may occur in any formula
FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
MOST = 3  # maximum number of values listed in a message


def explain(exercise, mine, code, hint, fits):
    """Describe a mistake in a formula typed as an answer, or return "" if no mistake is found.

    Parameters
    ----------
    exercise : Exercise
    mine : ndarray
        The value of the reader's answer.
    code : reading.Code
        The code of the reader's answer (see `cell.read`).
    hint : str
        The hint for the known wrong answer that has this value, or "" if there is none.
    fits : callable
        Function that takes two values and returns whether they agree.
    """
    other = glances.at_a_glance(exercise, mine, code)
    if other:
        return other
    rare = mine.ndim > 0 or abs(mine) > 100 or mine != np.round(mine)  # many different formulas give small integers
    found, alone = corrections.find(code, exercise, fits) if cell.may_run_again(code) else (None, False)
    names = _about_names(code)
    kinds = corrections.STRONG | (IN_A_LINE if rare else set())
    line = look_at(code, found if alone and found.kind in kinds else None)
    found = None if found and corrections.is_one_of_many(found, code, exercise, fits) else found
    if names and not _uses_the_question(exercise, code):
        extra = found and found.kind == "extra" and found.piece in {node.id for node in cell.foreign_names(code)}
        return diagnosis.describe(found, code) if extra else names
    first = _before_a_hint(exercise, code, found, hint, fits)
    if first or (hint and rare and not (names and not found and mine.size > 4)):
        return first or line + ending(hint, question_of(exercise))
    if found and found.kind in corrections.STRONG:
        return diagnosis.describe(found, code)
    if names or (hint and found is None):
        return names or line + ending(hint, question_of(exercise))
    least = 1 + (mine.squeeze().shape != np.shape(exercise.right))
    strange = (not hint and glances.about_a_cost(exercise, code)) or _about_numbers(exercise, code, least, found)
    if strange or hint:
        return strange or line + ending(hint, question_of(exercise))
    return diagnosis.describe(found, code) if found else _about_unused(exercise, code)


def _before_a_hint(exercise, code, found, hint, fits):
    """Return an explanation that takes precedence over a hint, or "" if there is none.

    The answer may match the value for which the hint was written, but only by coincidence.
    """
    may_run = cell.may_run_again(code)
    said = assigned.exchanged(exercise, code, corrections.comparison(exercise, fits), found, hint) if may_run else ""
    whole = not np.any(np.asarray(exercise.right) % 1)  # two numbers in a formula often give a whole number by chance
    first = found and (found.kind in FIRST or (found.kind == "places" and not whole))
    if found and found.kind == "parentheses":  # a factor of a sum may be wrong for another reason
        first = not hint or isinstance(getattr(found.edit.changes[0][2], "op", None), (ast.Pow, ast.Div))
    return said or (diagnosis.describe(found, code) if first else "")


def correction(exercise, code, fits):
    """Describe the single mistake in a formula whose value cannot be compared, or return "" if none is found."""
    found = corrections.find(code, exercise, fits)[0] if cell.may_run_again(code) else None
    return diagnosis.describe(found, code) if found else ""


def look_at(code, found=None):
    """Return a sentence that points to the line with the mistake or, if `found` is None, to the line with the answer.

    Return "" if the mistake may be on a different line.
    """
    if found:
        return f"Look at the line {quote(found.line)}. "
    computed = any(not _only_gives_numbers(node) for node in code.tree.body[:-1])
    return "" if computed or isinstance(cell.result(code), ast.Name) else f"Look at the line {quote(_line(code))}. "


def _only_gives_numbers(node):
    """Return whether a statement merely assigns a literal number or list of numbers to a name."""
    made = (ast.BinOp, ast.Call, ast.Subscript, ast.Attribute, ast.Compare, ast.ListComp)
    return isinstance(node, ast.Assign) and not any(isinstance(part, made) for part in ast.walk(node))


def _uses_the_question(exercise, code):
    """Return whether the code contains a number from the question, other than as an index."""
    indices = {id(part) for n in ast.walk(code.tree) if isinstance(n, ast.Subscript) for part in ast.walk(n.slice)}
    given = set(corrections.numbers_of(exercise.prompt)) | {abs(float(v)) for v in np.ravel(exercise.right)}
    return any(abs(value) in given for value, node in cell.typed_numbers(code) if id(node) not in indices)


def _line(code):
    return code.line(cell.result(code))


def _about_names(code):
    """Return a sentence about a variable that comes from the lesson, not from the question, or "" if there is none."""
    found = cell.foreign_names(code)
    if not found:
        return ""
    node = found[-1]
    value = code.scope[node.id]
    what = "contains values from the lesson"
    if clues.counted(node, value, code):
        return clues.counted(node, value, code)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        what = f"is {values.number(value)}"
    elif isinstance(value, np.ndarray):
        what = f"is {values.shape_in_words(value)}"
    return (
        f"`{node.id}`{where(code.line(node))} {what}. This cell does not assign a value to it, so it comes "
        f"from elsewhere in the notebook. Which numbers does the question give?"
    )


def _in_digits(text):
    """Find the numbers that are spelt out in a text, and return them as digits separated by spaces."""
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    counted = r"(?! (?:digits|numbers|decimal|classes|gradients|standard))"  # such numbers are not part of a formula
    found = [str(words.index(word) + 1) for word in re.findall(rf"\b[a-z]+\b{counted}", text.lower()) if word in words]
    return " ".join(found + [FRACTIONS[sign] for sign in text if sign in FRACTIONS])


def _about_numbers(exercise, code, least, found=None):
    """Return a sentence about numbers in the code that appear neither in the question nor in the formula.

    Return "" if there are fewer than `least` of them, or if the mistake `found` is in a different part of the code.
    """
    texts = [exercise.prompt, exercise.reason, exercise.solution_text, *exercise.hints]
    texts += [_in_digits(exercise.prompt), *(FRACTIONS[sign] for text in texts for sign in text if sign in FRACTIONS)]
    known = {*corrections.numbers_of(" ".join(texts)), *COMMON, *(abs(float(v)) for v in np.ravel(exercise.right))}
    given = [n for n in corrections.numbers_of(exercise.prompt) if n] + [1.0]
    known |= {
        x
        for x in (*(a / b for a in given for b in given if a % 1 == b % 1 == 0), *(1 - n for n in given))
        if x != round(x)
    }
    known |= {a * b for a in given for b in given}
    known |= {round(value, 9) for value, _ in assigned.intermediate(exercise.solution_text)}
    counters = _counters(code)
    typed = [(value, node) for value, node in cell.typed_numbers(code) if id(node) not in counters]
    alien = [node for value, node in typed if not ({abs(value), round(abs(value), 9)} & known or 0 < abs(value) < 1e-2)]
    elsewhere = found and not any(part in alien for part in ast.walk(found.node))
    if len(alien) < least or elsewhere:
        return ""
    pieces = list(dict.fromkeys(ast.unparse(node) for node in alien))[:MOST]
    one = len(pieces) == 1
    return (
        f"{listed(pieces)}{where(code.line(alien[0]))} {'is' if one else 'are'} not among the numbers in the question. "
        f"{'Which number, if any, belongs there' if one else 'Which numbers does the question give'}?"
    )


def _counters(code):
    """Return the ids of the nodes in indices and in the arguments of range and of functions that draw random numbers.

    Numbers in these places count iterations or positions, or describe a simulation, which need not use the numbers in
    the question.
    """
    inside = [n.slice for n in ast.walk(code.tree) if isinstance(n, ast.Subscript)]
    calls = [n for n in ast.walk(code.tree) if isinstance(n, ast.Call)]
    ranges = [n for n in calls if getattr(n.func, "id", "") == "range"]
    draws = [n for n in calls if hasattr(np.random.Generator, getattr(n.func, "attr", ""))]
    return {id(part) for node in (*inside, *ranges, *draws) for part in ast.walk(node)}


def _about_unused(exercise, code):
    """If the answer should use certain numbers from the question but does not, return a sentence about them."""
    if not isinstance(exercise.solution, str) or cell.foreign_names(code):
        return ""
    used = {abs(value) for value, _ in cell.typed_numbers(code)}
    for value, text in assigned.intermediate(exercise.solution):
        if any(np.isclose(value, number) for number in used):
            used |= set(corrections.numbers_of(text))
    wanted = set(corrections.numbers_of(exercise.solution.split("#")[0])) & set(corrections.numbers_of(exercise.prompt))
    missing = sorted(n for n in wanted - used - {0, 0.5, 1, 2} if _matters(n, exercise.solution))
    if not missing or any(isinstance(n, ast.Call) for n in ast.walk(cell.result(code))):
        return ""
    numbers = " or ".join(f"{number:g}" for number in missing[:MOST])
    return (
        f"You have not used {numbers} from the question{where(_line(code))}. "
        f"What {'is it' if len(missing) == 1 else 'is each of them'} needed for?"
    )


def _matters(number, solution):
    """Return whether the value of a solution depends on a number that it contains."""
    results = []
    for factor in (1, 1.5):
        trees = ast.parse(f"def solve():\n{indent(solution, '    ')}\n    return answer").body
        for node in ast.walk(trees[0]):
            if isinstance(node, ast.Constant) and node.value == number:
                node.value *= factor
        scope = {"np": np}
        edits.define(trees, scope)
        try:
            results.append(scope["solve"]())
        except (NameError, TypeError):  # the solution needs other cells or whole numbers
            return True
    return not np.allclose(*results)


def about_nothing(code, name):
    """If an answer is None although a value was computed, and the reason is clear, return a sentence about it."""
    if code is None:
        return ""
    last, loose = cell.result(code), None
    for node in code.tree.body:
        targets = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        if any(t != name and t.lower() == name for t in targets):
            return (
                f"{quote(code.line(node))} does not assign to `{name}`, because Python is case-sensitive. "
                "How is the name spelt?"
            )
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            loose = node
    if isinstance(last, ast.Call):
        return f"`{ast.unparse(last.func)}`{where(code.line(last))} returns None. What should `{name}` be instead?"
    return loose_ends.about_lost(loose, code, name) if loose else ""
