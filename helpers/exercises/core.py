"""Exercises, known wrong answers and verdicts.

All the data for an exercise is in one place, in one of the modules `lesson_00`, `lesson_01`, …. An answer is either a
value or a function. A function is run on `cases`, and its results are compared with those of the solution, the stub and
known wrong answers.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from helpers.exercises.running import results_or_error


class Wrong(NamedTuple):
    """A known wrong answer and the feedback on it."""

    answer: Any  # a value, or a function with the same arguments as the solution
    hint: str
    code: str = ""  # a pattern that the reader's code must match for the hint to apply, if the code can be read


@dataclass(frozen=True)
class Exercise:
    """An exercise or a quick question. A quick question is an exercise without hints.

    Attributes
    ----------
    name : str
        The lesson, a dot and a word, such as "04.step". Quick questions are named "04.q1", "04.q2", …
    prompt : str
        The task, in Markdown.
    reason : str
        An explanation of why the right answer is right, shown with the verdict.
    wrong : list of Wrong
        Known wrong answers: at least three, or all the other choices of a multiple-choice question.
    right : object
        The right value, or None if the answer is a function.
    solution : str or callable
        Code that computes `answer`, or the function itself.
    hints : list of str
        Hints, each of which reveals more than the one before.
    given : str
        The code that the reader starts from. The default is `answer = None`, `broken` or a function that returns None.
    broken : callable, optional
        The faulty function that the reader is given, under the solution's name, if the task is to find a mistake.
    cases : callable, optional
        Returns a new list of argument tuples each time it is called. Given only if the answer is a function.
    parts : tuple of str
        Names of the function's results, as used in the lesson.
    m : list of int
        The number of examples in each case, used to tell a sum from a mean.
    recorded : Key, optional
        Replaces the solution and the wrong answers in a copy of the lessons that omits the solutions.
    also : list of numbers
        Numbers that are accepted in addition to `right`, such as a value rounded as in the lesson.
    numbers : variation.Numbers or list of variation.Variant, optional
        The numbers that vary from learner to learner. Their names appear in angle brackets in the texts.
    in_lesson : object, optional
        The answer that would be right with the lesson's numbers. Given only if this exercise uses other numbers.
    group : str
        Name of a group of exercises that use the same numbers.
    """

    name: str
    prompt: str
    reason: str
    wrong: list
    right: Any = None
    solution: Any = ""
    hints: tuple | list = ()
    given: str = ""
    broken: Callable | None = None
    cases: Callable | None = None
    parts: tuple = ()
    m: tuple | list = ()
    recorded: Any = None
    also: tuple | list = ()
    numbers: Any = None
    in_lesson: Any = None
    group: str = ""

    @property
    def lesson(self):
        return self.name[:2]

    @property
    def is_question(self):
        return re.fullmatch(r"\d\d\.q\d", self.name) is not None

    @property
    def most_points(self):
        """Return the number of points that a right answer is worth."""
        return 1 if self.is_question else 2

    def usual_mistake(self, said):
        """Return the feedback on the common mistake that a verdict describes, or "" if it describes none."""
        return next((wrong.hint for wrong in self.wrong if said.kind == "wrong" and wrong.hint in said.words), "")

    def points(self, said):
        """Return the points for an answer with this verdict. A common mistake in an exercise is worth one point."""
        if said.kind == "right":
            return self.most_points
        return int(bool(self.usual_mistake(said)) and not self.is_question)

    @property
    def stub(self):
        """Return the code that the reader starts from."""
        if self.given or self.cases is None:
            return self.given or "answer = None"
        name = self.solution.__name__
        if self.broken:
            return inspect.getsource(self.broken).strip().replace(f"def {self.broken.__name__}(", f"def {name}(")
        return f"def {name}{inspect.signature(self.solution)}:\n    return None"

    @property
    def answer_name(self):
        """Return the name of the reader's answer in the stub, which is `answer` or the name of the last function."""
        return (["answer", *re.findall(r"^def (\w+)", self.stub, re.MULTILINE)])[-1]

    @property
    def arguments(self):
        """Return the names of the arguments of the reader's function."""
        return re.search(rf"def {self.answer_name}\((.*?)\)", self.stub)[1].split(", ")

    @property
    def cell(self):
        """Return the exercise's code cell, which can be run on its own after the kernel has been restarted."""
        before, after = ("\n\n\n", "\n\n\n") if self.cases else ("\n\n", "\n")
        call = f'check("{self.name}", {self.answer_name})\n# hint("{self.name}")\n# solution("{self.name}")'
        return f"from helpers.exercises import check, hint, solution{before}{self.stub}{after}{call}"

    @property
    def solution_text(self):
        """Return the solution as code."""
        return self.solution if isinstance(self.solution, str) else inspect.getsource(self.solution).strip()

    @cached_property
    def key(self):
        """Return the results that answers are compared with."""
        if self.recorded:
            return self.recorded
        needs = {wrong.hint: wrong.code for wrong in self.wrong if wrong.code}
        if self.cases is None:
            return Key([self.right], [([wrong.answer], wrong.hint) for wrong in self.wrong], None, needs)
        return Key(
            results_or_error(self.solution, self.cases()),
            [(results_or_error(wrong.answer, self.cases()), wrong.hint) for wrong in self.wrong],
            results_or_error(self.broken, self.cases()) if self.broken else None,
            needs,
        )


class Key(NamedTuple):
    """The results that answers are compared with.

    The results of a function are a list with one entry per case or, if the function fails, the text of its error.
    """

    right: list
    wrong: list  # pairs (results, hint)
    stub: Any  # results of the given function if the task is to find a mistake, otherwise None
    needs: Any = MappingProxyType({})  # maps a hint to the pattern that the reader's code must contain


class Verdict(NamedTuple):
    """The verdict that `check` shows. Its `kind` is "right", "wrong" or "open"."""

    kind: str
    words: str
    printed: str = ""

    @property
    def label(self):
        return {"right": "Right.", "wrong": "Not yet.", "open": "Not done yet."}[self.kind]

    def __str__(self):
        return f"{self.label} {self.words}"
