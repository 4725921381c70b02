"""Judge a typed answer: a number, a list of numbers or the letter of a multiple-choice answer."""

import ast
import re

import numpy as np

from helpers.exercises import cell, glances, typed, typed_code, values
from helpers.exercises.core import Verdict
from helpers.exercises.questions import ending, of as question_of
from helpers.system.browser import rerun_instruction
from helpers.system.validation import brief

OPERATIONS = {  # for each beginning of a hint, what the formula must contain for the hint to apply
    "You added": r"\+|sum|add",
    "You subtracted": "-|subtract|diff",
    "You multiplied": r"\*|prod|dot|@|multiply",
    "You divided": r"/|\*|mean|average|divide",
    "You squared": r"\*\*|square|pow|(\w+) \* \1",
    "You took the (square )?root": r"sqrt|\*\*|pow",
}


def judge_value(exercise, answer, code=None):
    """Judge a number, a list of numbers or a letter.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        The reader's answer, which may be anything.
    code : reading.Code, optional
        The code of the answer, if known (see `cell`).

    Returns
    -------
    Verdict
    """
    right = exercise.right
    if isinstance(right, str) and answer is not None:
        return _judge_letter(exercise, answer)
    said = _about_kind(answer)
    if said:
        return Verdict("wrong", said)
    try:
        mine = values.conform(answer, np.asarray(right))[""]
    except values.NothingError:
        nothing = f"Replace None with your answer and {rerun_instruction()}."
        return Verdict("open", typed_code.about_nothing(code, exercise.answer_name) or nothing)
    except values.UnfitError as unfit:
        said = typed_code.correction(exercise, code, _fits) if code is not None and cell.is_formula(code) else ""
        if said:
            return Verdict("wrong", said)
        return Verdict("wrong", ending(str(unfit), "What kind of value does the exercise ask for?"))
    if mine.dtype.kind == "b":
        return Verdict("wrong", _about_comparison(mine, right))
    if typed_like(mine, right) or (mine.size == 1 and mine.item() in exercise.also):
        note = " (A plain number without brackets is enough.)" if np.ndim(answer) and np.ndim(right) == 0 else ""
        return Verdict("right", exercise.reason + note)
    words = _about_value(exercise, mine, np.asarray(right), code)
    if exercise.in_lesson is not None and typed_like(mine, exercise.in_lesson):
        words = f"{_IN_LESSON} {exercise.usual_mistake(Verdict('wrong', words))}".rstrip()
    return Verdict("wrong", words)


_IN_LESSON = (
    "This is right for the numbers in the text of the lesson, but you have your own numbers. What do you get with them?"
)


def _about_kind(answer):
    """Return the reason why an answer of this type cannot be right, or "" if it can be."""
    if callable(answer):
        return (
            "The answer is a function, but it should be a value. Call the function or write the number. "
            "What does the function return?"
        )
    if isinstance(answer, dict):
        return (
            "The answer is a dictionary, but it should be a single value or a list. Which of its values is "
            "the answer, or in which order should they be listed?"
        )
    if isinstance(answer, (set, frozenset)):
        return (
            "The answer is a set, which has no order. Write a list with square brackets instead. Which "
            "number comes first?"
        )
    return ""


def _judge_letter(exercise, answer):
    """Return the verdict on a multiple-choice answer. "b)" and " B." count as "b"."""
    letter = answer.strip(" ().\"'").lower() if isinstance(answer, str) else ""
    if letter == exercise.right:
        return Verdict("right", exercise.reason)
    hints = {wrong.answer: wrong.hint for wrong in exercise.wrong}
    return Verdict("wrong", hints.get(letter, 'The answer should be one of the letters in quotes, such as "a".'))


def typed_like(mine, value):
    """Return whether `mine` is an acceptable way to type `value`.

    Integers must be exact, and other numbers must agree to three digits.
    """
    value = np.asarray(value)
    if mine.dtype.kind == "U":
        return False
    if mine.squeeze().shape == value.shape:  # [4] counts as 4, and a row of weights counts as a list
        mine = mine.squeeze()
    return mine.shape == value.shape and np.allclose(mine, value, rtol=values.tolerance(mine, value), atol=1e-9)


def _about_value(exercise, mine, right, code):
    """Describe what is wrong with a value, based on its code or, failing that, on the number alone."""
    formula = code is not None and mine.dtype.kind != "U" and cell.is_formula(code)
    hint = "" if mine.dtype.kind == "U" else _known(exercise, mine, code if formula else None)
    if formula:
        said = typed_code.explain(exercise, mine, code, hint, _fits)
        if said:
            return said
    notation = glances.about_notation(code, right) if code is not None and right.dtype.kind != "U" else ""
    if notation:
        return notation
    if hint:
        return ending(hint, question_of(exercise))
    if mine.dtype.kind == "U":
        return _about_text(mine, right, code)
    if mine.squeeze().shape != right.shape:
        return _about_shape(mine, right)
    line = typed_code.look_at(code) if formula else ""
    if not np.isfinite(mine).all():
        return line + _about_infinity(exercise, mine, code if formula else None)
    mine = mine.squeeze().astype(float)
    said = typed.look(mine, right, re.search(r"\bshare\b", exercise.prompt), formula)
    if said:
        return line + ending(f"{_few(mine)}{said}", question_of(exercise))
    return line + values.about_numbers(mine, right, question_of(exercise), formula)


def _about_comparison(mine, right):
    wanted = "a list of numbers" if np.ndim(right) else "a number"
    return (
        f"The answer is {brief(mine.tolist())}, the result of a comparison, but it should be {wanted}. "
        "Did you write `==`?"
    )


def _about_infinity(exercise, mine, code):
    computed = code is not None and re.search(r"/|log|exp|\*\*", ast.unparse(code.tree))
    if not computed:
        return f"The answer is {mine}, but it should be finite. {question_of(exercise)}"
    said = "The answer contains NaN or an infinite value. Where do you divide by 0 or take the logarithm of 0?"
    return f"{said} {question_of(exercise)}".rstrip()


def _about_text(mine, right, code):
    written = re.findall(r"-?\d+(?:\.\d+)?", str(mine))
    if right.ndim and len(written) not in (0, right.size):
        return (
            f"The answer is text, but it should be a list of {right.size} numbers. Without the quotes, it would "
            f"contain {len(written)}. What does each number represent?"
        )
    wanted = "a list of numbers" if right.ndim else "a number"
    said = f"The answer is text, but it should be {wanted}. Write it without quotes. What is its value?"
    return (glances.repeated(code) if code else "") or said


def _about_shape(mine, right):
    wanted = ("a single number", f"a list of {right.size} numbers")[right.ndim]
    if not mine.size:
        return f"The answer should be {wanted}, but it is empty. What should it contain?"
    if mine.size > 9:
        return (
            f"The answer should be {wanted}, but it is {values.shape_in_words(mine)}. Variables in the notebook hold "
            f"values from the lesson. Have you used the numbers in the question?"
        )
    if right.ndim == 0 and mine.size == 2 and np.isclose(np.ptp(mine) / 2, right, rtol=0.02):
        return "These are the two ends of an interval. How far is each end from the middle?"
    entries = np.ravel(mine).astype(float)
    rtol = values.tolerance(mine, right)
    if mine.size < right.size and all(np.isclose(right, entry, rtol=rtol).any() for entry in entries):
        are = "this is only one" if mine.size == 1 else f"these are only {mine.size}"
        return f"The answer should be {wanted}, but {are} of them. What are the others?"
    count = "one number" if mine.size == 1 else f"{mine.size} numbers"
    shown = ", ".join(map(values.number, mine)) if mine.ndim == 1 else ""
    listed = f"a list of {count}, [{shown}]" if mine.ndim == 1 else values.shape_in_words(mine)
    question = _about_several(entries, right) if mine.ndim and right.ndim == 0 else "What does each number represent?"
    return f"The answer should be {wanted}, but it is {listed}. {question}"


def _about_several(entries, right):
    """Return the question to ask about a list that should be a single number."""
    if np.isclose(entries, right).any():
        return "Which of these numbers does the question ask for?"
    parts = np.isclose([entries.sum(), entries.prod()], right, rtol=values.tolerance(entries, right)).any()
    return f"{'The right numbers are there. ' if parts else ''}How can you combine them?"


def _known(exercise, mine, code):
    """Return the hint shared by all known wrong values that equal this one, or "" if there is no such hint."""
    known = exercise.key.wrong
    found = {hint for (value,), hint in known if _fits(mine, value)}
    if not found and not code:  # the result of a formula has not been rounded by hand
        found = {hint for (value,), hint in known if typed_like(mine, value)}
        found = found or {hint for (value,), hint in known if _is_rounded(mine, value)}
    found = {hint for hint in found if not code or _may_be_about(hint, exercise.key.needs.get(hint, ""), code)}
    return found.pop() if len(found) == 1 else ""


def _may_be_about(hint, pattern, code):
    """Return whether a formula matches the pattern that a hint requires and contains the operation that it mentions."""
    text = ast.unparse(code.tree)
    said = all(re.search(operation, text) for words, operation in OPERATIONS.items() if re.match(words, hint))
    return said and re.search(pattern, "".join(code.lines)) is not None


def _fits(mine, value):
    """Return whether the result of a formula equals a known value, which may be given to only a few digits."""
    value = np.asarray(value)
    if mine.squeeze().shape != value.shape:
        return False
    pairs = list(zip(np.ravel(mine).astype(float), np.ravel(value).astype(float), strict=True))
    return all(np.isclose(a, b, rtol=1e-6 if b % 1 else 1e-9, atol=1e-12)
               or (_is_short(b) and float(f"{a:.{_digits(b)}g}") == b) for a, b in pairs)  # fmt: skip


def _is_rounded(mine, value):
    """Return whether a number has been typed with fewer digits than a known value, as in 0.01 for 0.01005."""
    if mine.size != 1 or np.size(value) != 1 or not mine.item() or not np.isfinite(mine.item()):
        return False
    decimals = len(f"{mine.item():.12f}".rstrip("0").split(".")[1])
    return (
        decimals > 1
        and np.isclose(mine.item(), np.round(value, decimals), rtol=1e-9)
        and np.isclose(mine.item(), value, rtol=0.1)
    )


def _is_short(number):
    return number != np.round(number) and float(f"{number:.4g}") == number


def _digits(number):
    return max(3, len(f"{abs(number):.4g}".replace("0.", "").lstrip("0").replace(".", "")))


def _few(mine):
    return f"{values.number(mine)} is not right. " if mine.ndim == 0 else ""
