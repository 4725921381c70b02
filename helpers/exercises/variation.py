"""Give each learner different numbers in the same exercise, determined by a seed.

An exercise that varies has `numbers`, and its texts contain the names of these numbers in angle brackets::

    numbers=Numbers("01.example", z=(2, 1, 3), y=(5, 6, 8)).also(error=lambda z, y: z - y)
    prompt="A prediction is $z = <z>$ and the target is $y = <y>$. …"
    solution="z, y = <z>, <y>\\nanswer = z - y"
    wrong=[Wrong(lambda z, y: y - z, "The sign is wrong. …"), …]

The first number in each list is the one in the lessons. For other numbers, the solution computes the right value, and
the function given for each wrong answer computes the wrong value, so no formula is written twice. Exercises in the same
group share their numbers.

The following do not vary: functions, which have to be right for any arguments; questions that ask for a letter; and
questions whose numbers are facts, such as the size of MNIST, or occur in the text of the lesson.
"""

import ast
import dataclasses
import hashlib
import inspect
import itertools
import numbers as kinds
import re
from typing import NamedTuple

import numpy as np

from helpers.exercises import edits

DIGITS = 12  # significant digits of computed values, so that 0.1 * 3 is 0.3


class Numbers:
    """The numbers in an exercise, or in several exercises that share them.

    Parameters
    ----------
    group : str
        The name that, together with the seed, determines the numbers. Exercises in the same group get the same numbers.
    where : callable, optional
        Function that takes some of the numbers and returns whether they are suitable. With unsuitable numbers, a wrong
        answer could be right by coincidence, or a text could be wrong.
    **choices : tuple
        The possible numbers for each name, starting with the one in the lesson.
    """

    def __init__(self, group, where=None, **choices):
        self.group, self.where, self.choices, self.derived = group, where, choices, {}

    def also(self, **derived):
        """Return a copy with further numbers or texts that the given functions compute from these numbers."""
        other = Numbers(self.group, self.where, **self.choices)
        other.derived = self.derived | derived
        return other

    def all(self):
        """Return every suitable combination as a dictionary, starting with the one in the lesson."""
        combinations = [dict(zip(self.choices, row, strict=True)) for row in itertools.product(*self.choices.values())]
        return [row | self._derived(row) for row in combinations if self.where is None or _call(self.where, row)]

    def _derived(self, row):
        for name, function in self.derived.items():
            row = row | {name: _call(function, row)}
        return row


class Variant(NamedTuple):
    """An exercise's numbers by name, its right value, and its wrong values in the order of its wrong answers.

    A wrong value is None if the mistake is impossible with these numbers.
    """

    values: dict
    right: object
    wrong: list


def variants(exercise):
    """Return all variants of an exercise, starting with the one in the lesson."""
    if not isinstance(exercise.numbers, Numbers):
        return exercise.numbers  # computed when the solution was removed (see `stripped`)
    rows = exercise.numbers.all()
    first = [_wrong(wrong, rows[0]) for wrong in exercise.wrong]
    name = exercise.name[3:] if exercise.is_question else "answer"
    found = [Variant(rows[0], exercise.right, first)]
    for row in rows[1:]:
        # A wrong answer without a formula only applies to the numbers in the lesson.
        wrong = [_wrong(one, row) if callable(one.answer) else None for one in exercise.wrong]
        found.append(Variant(row, computed(fill(exercise.solution, row), name), wrong))
    return found


def _wrong(wrong, row):
    return _round(_call(wrong.answer, row)) if callable(wrong.answer) else wrong.answer


def committed(exercise):
    """Return an exercise with the numbers in the lesson."""
    return exercise if exercise.numbers is None else _with(exercise, variants(exercise)[0], exercise.also)


def vary(exercise, seed):
    """Return an exercise with the numbers determined by a seed.

    Parameters
    ----------
    exercise : Exercise
        An exercise that varies, whose texts contain the names of its numbers.
    seed : str
    """
    known = variants(exercise)
    drawn = int.from_bytes(hashlib.sha256(f"{seed}\n{group(exercise)}".encode()).digest(), "big")
    mine = known[1 + drawn % (len(known) - 1)]
    return dataclasses.replace(_with(exercise, mine), in_lesson=known[0].right)  # never the numbers in the lesson


def group(exercise):
    """Return the name of the group with which an exercise shares its numbers."""
    return exercise.numbers.group if isinstance(exercise.numbers, Numbers) else exercise.group


def _with(exercise, variant, also=()):
    values = variant.values | {"right": variant.right}
    wrong = {}  # by value, because several mistakes may give the same one
    for one, answer in zip(exercise.wrong, variant.wrong, strict=True):
        if answer is not None:
            hint = fill(one.hint, values, "−")
            if same := wrong.get(repr(answer)):
                hint = f"{same.hint} Or: {hint}"
            wrong[repr(answer)] = one._replace(answer=answer, hint=hint)
    return dataclasses.replace(
        exercise,
        prompt=fill(exercise.prompt, values),
        solution=fill(exercise.solution, values),
        reason=fill(exercise.reason, values, "−"),
        hints=[fill(hint, values, "−") for hint in exercise.hints],
        right=variant.right,
        wrong=list(wrong.values()),
        also=also,
        numbers=None,
    )


def fill(text, values, minus="-"):
    """Return the text with the names in angle brackets replaced by numbers."""

    def shown(found):
        value = values.get(found[1], found[0])
        return value if isinstance(value, str) else _shown(value).replace("-", minus)

    return re.sub(r"<([A-Za-z_]\w*)>", shown, text)


def _shown(value):
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_shown, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return str(value) if isinstance(value, kinds.Integral) else f"{value:.6g}"


def computed(solution, name):
    """Return the value that the code of a solution assigns to the variable `name`."""
    body = solution.replace("\n", "\n    ")
    tree = ast.parse(f"def answer():\n    {body}\n    return {name}").body[0]
    scope = {"np": np}
    edits.define([tree], scope)
    return _round(scope["answer"]())


def _call(function, row):
    """Call a function with the numbers named by its parameters."""
    return function(**{name: row[name] for name in inspect.signature(function).parameters})


def _round(value):
    if isinstance(value, (list, tuple)):
        return type(value)(_round(one) for one in value)
    if isinstance(value, np.ndarray):
        return _round(value.tolist())
    if isinstance(value, (kinds.Integral, str)):
        return value
    short = float(f"{float(value):.{DIGITS}g}")
    return int(short) if short.is_integer() else short
