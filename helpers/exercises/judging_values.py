"""How a typed answer is judged: a number, a list of numbers, or the letter of a choice."""

import re

import numpy as np

from helpers.exercises import typed, values
from helpers.exercises.core import Verdict


def judge_value(exercise, answer):
    """The verdict on a number, a list of numbers or a letter."""
    right = exercise.right
    if isinstance(right, str) and answer is not None:
        return _judge_letter(exercise, answer)
    said = _about_kind(answer)
    if said:
        return Verdict("wrong", said)
    try:
        mine = values.conform(answer, np.asarray(right))[""]
    except values.NothingError:
        return Verdict("open", "Put your answer in place of None and run the cell again.")
    except values.UnfitError as unfit:
        return Verdict("wrong", str(unfit))
    if typed_like(mine, right) or (mine.size == 1 and mine.item() in exercise.also):
        note = " (A plain number will do, without brackets.)" if mine.ndim and np.ndim(right) == 0 else ""
        return Verdict("right", exercise.reason + note)
    for (value,), hint in exercise.key.wrong[: len(exercise.wrong)]:
        if typed_like(mine, value):
            return Verdict("wrong", hint)
    known = exercise.key.wrong[len(exercise.wrong) :]
    return Verdict("wrong", _about_value(mine, np.asarray(right), known, re.search(r"\bshare\b", exercise.prompt)))


def _about_kind(answer):
    """Why something of this kind cannot be the answer; "" if it can."""
    if callable(answer):
        return "The answer is a function, but a value is wanted: call it, or write the number."
    if isinstance(answer, dict):
        return "The answer is a dictionary, but a single value or a list is wanted."
    if isinstance(answer, (bool, np.bool_)):
        return f"The answer is {answer}, the result of a comparison, but a number is wanted. Is there a `==` in it?"
    if isinstance(answer, (set, frozenset)):
        return "The answer is a set, which has no order: write a list, with square brackets. Which number comes first?"
    return ""


def _judge_letter(exercise, answer):
    """The verdict on the choice in a question; "b)" and " B." do for "b"."""
    letter = answer.strip(" ().\"'").lower() if isinstance(answer, str) else ""
    if letter == exercise.right:
        return Verdict("right", exercise.reason)
    hints = {wrong.answer: wrong.hint for wrong in exercise.wrong}
    return Verdict("wrong", hints.get(letter, 'The answer should be one of the letters, in quotes, such as "a".'))


def typed_like(mine, value):
    """Whether `mine` is what a person may type for `value`: counts exactly, other numbers in three digits."""
    value = np.asarray(value)
    if mine.dtype.kind == "U":
        return False
    if mine.squeeze().shape == value.shape:  # [4] for 4, and a row of weights for a list
        mine = mine.squeeze()
    whole = np.all(value == np.round(value))
    tolerance = 1e-9 if whole and mine.dtype != np.float32 else 1e-6 if whole else 5e-3
    return mine.shape == value.shape and np.allclose(mine, value, rtol=tolerance, atol=1e-6 if whole else 1e-9)


def _about_value(mine, right, slips, share):
    if mine.dtype.kind == "U":
        return "The answer is text, but a number is wanted: write it without quotes."
    if mine.squeeze().shape != right.shape:
        wanted = ("A single number is", f"{right.size} numbers in a row are")[right.ndim]
        own = ""
        if mine.size > 9:
            own = " Names of the notebook hold the lesson's values: have you put in the numbers of the question?"
        return f"{wanted} wanted, but the answer is {values.shape_in_words(mine)}.{own}"
    if not np.isfinite(mine).all():
        return "The answer holds NaN or an infinite value; look for a division by 0 or a log of 0."
    mine = mine.squeeze().astype(float)
    said = typed.look(mine, right, share)
    if said:
        return f"{_few(mine)}{said}"
    for (value,), hint in slips:
        if np.allclose(mine, value, rtol=2e-3, atol=0) and not (mine == 0).all():
            return f"{_few(mine)}{hint}"
    return values.about_numbers(mine, right)


def _few(mine):
    return f"{mine:.6g} is not right. " if mine.ndim == 0 else ""
