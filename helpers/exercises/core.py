"""What an exercise is, and how an answer to it is judged.

Everything about an exercise stands in one place, in `lesson_00` … `lesson_10`. An answer is either
a value or a function; a function is tried on `cases`, and its results are compared with those of
the solution, of the stub and of the wrong answers that are known.
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
    """An answer that is known to go wrong, and what to say to it."""

    answer: Any  # a value, or a function with the arguments of the solution
    hint: str
    code: str = ""  # a pattern that the reader's code must contain for the hint to be true, where the code can be read


@dataclass(frozen=True)
class Exercise:
    """One exercise; a quick question is one too, without hints.

    Attributes
    ----------
    name : str, the lesson, a dot and a word, such as "04.step"; questions are "04.q1", "04.q2", …
    prompt : str, Markdown, what is asked
    reason : str, why the right answer is right; said with it
    right : the right value; for a function, None
    solution : str, code that makes `answer`, or the function itself
    wrong : list of Wrong, at least three
    hints : list of str, each says more than the one before
    given : str, the code that the reader begins with; by default `answer = None`, or a function that returns None
    broken : callable, where a mistake is to be found: the function that is given, under a name of its own
    cases : callable, for a function: gives a list of tuples of arguments, new ones each time
    parts : names of what the function returns, in the words of the lesson
    m : list of int, number of examples in each case, to know a sum from a mean by
    recorded : Key, optional, in place of the solution and the wrong answers, in a copy without them
    also : numbers that will do as well as `right`, such as it rounded as in the lesson
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
        """The code that the reader begins with."""
        if self.given or self.cases is None:
            return self.given or "answer = None"
        name = self.solution.__name__
        if self.broken:
            return inspect.getsource(self.broken).strip().replace(f"def {self.broken.__name__}(", f"def {name}(")
        return f"def {name}{inspect.signature(self.solution)}:\n    return None"

    @property
    def answer_name(self):
        """What the reader's answer is called in the stub: `answer`, or the name of the last function."""
        return (["answer", *re.findall(r"^def (\w+)", self.stub, re.MULTILINE)])[-1]

    @property
    def arguments(self):
        """Names of the arguments of the reader's function."""
        return re.search(rf"def {self.answer_name}\((.*?)\)", self.stub)[1].split(", ")

    @property
    def cell(self):
        """The code cell that stands in the lesson; after a restart it runs without the cells above it."""
        before, after = ("\n\n\n", "\n\n\n") if self.cases else ("\n\n", "\n")
        call = f'check("{self.name}", {self.answer_name})\n# hint("{self.name}")\n# solution("{self.name}")'
        return f"from helpers.exercises import check, hint, solution{before}{self.stub}{after}{call}"

    @property
    def solution_text(self):
        """The solution as code."""
        return self.solution if isinstance(self.solution, str) else inspect.getsource(self.solution).strip()

    @cached_property
    def key(self):
        """What answers are compared with."""
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
        """Wrong values of a typed answer that one slip in the solution's formula gives, with hints."""
        if self.cases is not None or isinstance(self.right, str) or not self.solution:
            return []
        return typed.slips(self.solution, self.name[3:] if self.is_question else "answer", self.right)


class Key(NamedTuple):
    """Results to compare with, a list with one for each case; where a function fails, the text of its error."""

    right: list
    wrong: list  # (results, hint) pairs
    stub: Any  # results of a function in which a mistake is to be found, otherwise None
    needs: Any = MappingProxyType({})  # by hint: the pattern that the reader's code must contain


class Verdict(NamedTuple):
    """What `check` says. `kind` is "right", "wrong" or "open"."""

    kind: str
    words: str
    printed: str = ""

    @property
    def label(self):
        return {"right": "Right.", "wrong": "Not yet.", "open": "Not done yet."}[self.kind]

    def __str__(self):
        return f"{self.label} {self.words}"
