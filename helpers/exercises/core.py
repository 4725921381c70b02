"""What an exercise is, and how an answer to it is judged.

Everything about an exercise is in one place, in `lesson_00` … `lesson_10`. An answer is either a value or a function.
A function is run on `cases`, and its results are compared with those of the solution, of the stub and of known wrong
answers.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from helpers.exercises import typed
from helpers.exercises.running import results_or_error


class Wrong(NamedTuple):
    """A known wrong answer and the feedback on it."""

    answer: Any  # a value, or a function with the arguments of the solution
    hint: str
    code: str = ""  # a pattern that the reader's code, if it can be read, must contain for the hint to apply


@dataclass(frozen=True)
class Exercise:
    """One exercise, or a quick question, which is an exercise without hints.

    Attributes
    ----------
    name : str, the lesson, a dot and a word, such as "04.step"; questions are "04.q1", "04.q2", …
    prompt : str, Markdown, the task
    reason : str, why the right answer is right, shown with the verdict
    right : the right value; None if the answer is a function
    solution : str, code that computes `answer`, or the function itself
    wrong : list of Wrong, at least three
    hints : list of str, each revealing more than the one before
    given : str, the code that the reader starts from; by default `answer = None`, or a function that returns None
    broken : callable, if the task is to find a mistake: the given function, under its own name
    cases : callable, if the answer is a function: returns a new list of tuples of arguments at each call
    parts : names of the function's results, as used in the lesson
    m : list of int, number of examples in each case, used to tell a sum from a mean
    recorded : Key, optional, replaces the solution and the wrong answers in a copy without them
    also : numbers accepted as well as `right`, such as a value rounded as in the lesson
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

    @property
    def lesson(self):
        return self.name[:2]

    @property
    def is_question(self):
        return re.fullmatch(r"\d\d\.q\d", self.name) is not None

    @property
    def stub(self):
        """The code that the reader starts from."""
        if self.given or self.cases is None:
            return self.given or "answer = None"
        name = self.solution.__name__
        if self.broken:
            return inspect.getsource(self.broken).strip().replace(f"def {self.broken.__name__}(", f"def {name}(")
        return f"def {name}{inspect.signature(self.solution)}:\n    return None"

    @property
    def answer_name(self):
        """The name of the reader's answer in the stub: `answer`, or that of the last function."""
        return (["answer", *re.findall(r"^def (\w+)", self.stub, re.MULTILINE)])[-1]

    @property
    def arguments(self):
        """Names of the arguments of the reader's function."""
        return re.search(rf"def {self.answer_name}\((.*?)\)", self.stub)[1].split(", ")

    @property
    def cell(self):
        """The code cell in the lesson; after a restart it runs without the cells above it."""
        before, after = ("\n\n\n", "\n\n\n") if self.cases else ("\n\n", "\n")
        call = f'check("{self.name}", {self.answer_name})\n# hint("{self.name}")\n# solution("{self.name}")'
        return f"from helpers.exercises import check, hint, solution{before}{self.stub}{after}{call}"

    @property
    def solution_text(self):
        """The solution as code."""
        return self.solution if isinstance(self.solution, str) else inspect.getsource(self.solution).strip()

    @cached_property
    def key(self):
        """The results with which answers are compared."""
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

    @cached_property
    def slips(self):
        """Wrong values of a typed answer that result from one slip in the formula, with hints."""
        if self.cases is not None or isinstance(self.right, str) or not self.solution:
            return []
        return typed.slips(self.solution, self.name[3:] if self.is_question else "answer", self.right)


class Key(NamedTuple):
    """Results for comparison, as lists with one entry per case; if a function fails, the text of its error."""

    right: list
    wrong: list  # (results, hint) pairs
    stub: Any  # results of the function in which to find a mistake, if any
    needs: Any = MappingProxyType({})  # by hint: the pattern that the reader's code must contain


class Verdict(NamedTuple):
    """The verdict that `check` shows. `kind` is "right", "wrong" or "open"."""

    kind: str
    words: str
    printed: str = ""

    @property
    def label(self):
        return {"right": "Right.", "wrong": "Not yet.", "open": "Not done yet."}[self.kind]

    def __str__(self):
        return f"{self.label} {self.words}"
