"""What an exercise is, and how an answer to it is judged.

Everything about an exercise stands in one place, in `lesson_00` … `lesson_10`. An answer is either
a value or a function; a function is tried on `cases`, and its results are compared with those of
the solution, of the stub and of the wrong answers that are known.
"""

import copy
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from helpers.exercises import limits, values
from helpers.gradient_check.check import compare
from helpers.gradient_check.report import GradientReport

SECONDS = 4.0  # an answer may take


class Wrong(NamedTuple):
    """An answer that is known to go wrong, and what to say to it."""

    answer: Any  # a value, or a function with the arguments of the solution
    hint: str


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
        if self.cases is None:
            return Key([self.right], [([wrong.answer], wrong.hint) for wrong in self.wrong], None)
        return Key(
            _results_or_error(self.solution, self.cases()),
            [(_results_or_error(wrong.answer, self.cases()), wrong.hint) for wrong in self.wrong],
            _results_or_error(self.broken, self.cases()) if self.broken else None,
        )


class Key(NamedTuple):
    """Results to compare with, a list with one for each case; where a function fails, the text of its error."""

    right: list
    wrong: list  # (results, hint) pairs
    stub: Any  # results of a function in which a mistake is to be found, otherwise None


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


class _ArgumentChangedError(Exception):
    """The reader's function has written into an array that it was given."""


class _ArgumentRoundedError(Exception):
    """It has put back what it wrote, but by adding and subtracting."""


def judge(exercise, answer, seconds=SECONDS):
    """The verdict on an answer. It never fails and never gives the solution away.

    Parameters
    ----------
    exercise : Exercise
    answer : anything
    seconds : float, after which a function is stopped

    Returns
    -------
    Verdict
    """
    printed = limits.Printed()
    _ = exercise.key  # worked out first, on our own time
    try:
        with limits.quarantine(seconds, printed):
            if exercise.cases is None:
                verdict = _judge_value(exercise, answer)
            else:
                verdict = _judge_function(exercise, answer, printed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a reader's code can raise, SystemExit too
        verdict = Verdict("wrong", about_error(exercise.answer_name, error))
    return verdict._replace(printed=str(printed))


def _judge_value(exercise, answer):
    right = exercise.right
    if isinstance(right, str) and answer is not None:
        return _judge_letter(exercise, answer)
    if callable(answer):
        return Verdict("wrong", "The answer is a function, but a value is wanted: call it, or write the number.")
    if isinstance(answer, dict):
        return Verdict("wrong", "The answer is a dictionary, but a single value or a list is wanted.")
    try:
        mine = values.conform(answer, np.asarray(right))[""]
    except values.NothingError:
        return Verdict("open", "Put your answer in place of None and run the cell again.")
    except values.UnfitError as unfit:
        return Verdict("wrong", str(unfit))
    for wrong in exercise.wrong:
        if _typed_like(mine, wrong.answer):
            return Verdict("wrong", wrong.hint)
    if _typed_like(mine, right):
        return Verdict("right", exercise.reason)
    return Verdict("wrong", _about_value(mine, np.asarray(right)))


def _judge_letter(exercise, answer):
    """The verdict on the choice in a question; "b)" and " B." do for "b"."""
    letter = answer.strip(" ().\"'").lower() if isinstance(answer, str) else ""
    if letter == exercise.right:
        return Verdict("right", exercise.reason)
    hints = {wrong.answer: wrong.hint for wrong in exercise.wrong}
    return Verdict("wrong", hints.get(letter, 'The answer should be one of the letters, in quotes, such as "a".'))


def _typed_like(mine, value):
    """Whether `mine` is what a person may type for `value`: counts exactly, other numbers in three digits."""
    value = np.asarray(value)
    if mine.dtype.kind == "U":
        return False
    if mine.squeeze().shape == value.shape:  # [4] for 4, and a row of weights for a list
        mine = mine.squeeze()
    whole = np.all(value == np.round(value))
    tolerance = 1e-9 if whole and mine.dtype != np.float32 else 1e-6 if whole else 5e-3
    return mine.shape == value.shape and np.allclose(mine, value, rtol=tolerance, atol=1e-6 if whole else 1e-9)


def _about_value(mine, right):
    if mine.dtype.kind == "U":
        return "The answer is text, but a number is wanted: write it without quotes."
    if mine.shape != right.shape:
        wanted = ("A single number is", f"{right.size} numbers in a row are")[right.ndim]
        return f"{wanted} wanted, but the answer is {values.shape_in_words(mine)}."
    if not np.isfinite(mine).all():
        return "The answer holds NaN or an infinite value; look for a division by 0 or a log of 0."
    return values.about_numbers(mine, right)


def _judge_function(exercise, answer, printed):
    if answer is None:
        return Verdict("open", "Write the function, and pass its name to `check`.")
    if not callable(answer):
        how = "without quotes" if isinstance(answer, str) else "without parentheses"
        words = f"A function is wanted, but the answer is {values.kind(answer)}: pass the function's name {how}."
        return Verdict("wrong", words)
    key = exercise.key
    try:
        results = run(answer, exercise.cases())
    except (Exception, SystemExit) as error:
        for known, hint in key.wrong:
            if known == _fingerprint(error):
                return Verdict("wrong", hint)
        raise
    try:
        mine, right = _sets(results, key.right, exercise.parts), _sets(key.right, key.right, exercise.parts)
    except values.NothingError:
        return _about_nothing(exercise.answer_name, results, printed)
    except values.UnfitError as unfit:
        known = {
            _misfit(known, key.right, exercise.parts): hint for known, hint in key.wrong if isinstance(known, list)
        }
        return Verdict("wrong", known.get(str(unfit), str(unfit)))
    if _all_same(mine, right):
        return Verdict("right", exercise.reason)
    return _about_results(exercise, key, mine, right)


def _about_nothing(name, results, printed):
    if printed.length:
        return Verdict("wrong", f"`{name}` prints, but returns None: end it with `return` and the result.")
    if any(result is not None for result in results):
        return Verdict("wrong", f"`{name}` returns None in some cases, not in all: does every path end with `return`?")
    return Verdict("open", f"`{name}` returns None. Write its body and run the cell again; or is `return` missing?")


def _about_results(exercise, key, mine, right):
    for known, hint in [(key.stub, None), *key.wrong]:
        try:
            same = isinstance(known, list) and _all_same(mine, _sets(known, key.right, exercise.parts))
        except (values.UnfitError, values.NothingError):
            continue
        if same and hint is None:
            return Verdict("open", "This is still the function as it was given. Find the mistake, and run it again.")
        if same:
            return Verdict("wrong", hint)
    counts = exercise.m or [1] * len(right)
    for i, (arguments, mine_here, right_here, m) in enumerate(zip(exercise.cases(), mine, right, counts, strict=True)):
        off = [name for name in right_here if not values.same({"": mine_here[name]}, {"": right_here[name]})]
        if off:
            given = list(zip(exercise.arguments, arguments, strict=True))
            earlier = "It is right for one set of arguments, but not for another. " if i else ""
            return Verdict("wrong", earlier + _explain(off, mine_here, right_here, m, given))
    raise AssertionError("no difference found")


def _explain(off, mine, right, m, given):
    """Sentences on the array to look at first: among gradients of several layers, one of that nearest to the output."""
    headline, first = "", off[0]
    gradients = all(re.fullmatch(r"d[Wb]\[\d+\]", name) and right[name].shape == mine[name].shape for name in right)
    if gradients and len(right) > 2:
        report = GradientReport([compare(name, mine[name], right[name], m) for name in right])
        headline = f"{report.headline} "
        first = next((name for name in off if name.endswith(f"[{report.first_guilty}]")), first)
    return headline + values.describe(first, mine[first], right[first], m, given)


def run(function, cases):
    """The function's results on each case.

    Raises
    ------
    Whatever the function raises; _ArgumentChangedError or _ArgumentRoundedError if it writes into its arguments.
    """
    results = []
    for arguments in cases:
        before = copy.deepcopy(arguments)
        results.append(function(*arguments))
        for i, (now, then) in enumerate(zip(arguments, before, strict=True)):
            if not _unchanged(now, then):
                nearly = _unchanged(now, then, tolerance=1e-12)
                raise (_ArgumentRoundedError if nearly else _ArgumentChangedError)(_argument_name(function, i))
    return results


def _unchanged(now, then, tolerance=0.0):
    if isinstance(then, dict):
        return now.keys() == then.keys() and all(_unchanged(now[key], then[key], tolerance) for key in then)
    if isinstance(then, np.ndarray) and tolerance:
        return np.shape(now) == then.shape and np.allclose(now, then, rtol=tolerance, atol=tolerance)
    if isinstance(then, np.ndarray):
        return np.array_equal(now, then)
    if isinstance(then, (list, tuple)):
        same = isinstance(now, (list, tuple)) and len(now) == len(then)
        return same and all(_unchanged(a, b, tolerance) for a, b in zip(now, then, strict=True))
    return not isinstance(then, (int, float)) or np.array_equal(now, then)


def _argument_name(function, i):
    try:
        return list(inspect.signature(function).parameters)[i]
    except (ValueError, TypeError, IndexError):
        return f"number {i + 1}"


def _results_or_error(function, cases):
    try:
        with np.errstate(all="ignore"):
            return run(function, cases)
    except Exception as error:
        return _fingerprint(error)


def _fingerprint(error):
    return f"{type(error).__name__}: {_text(error)}"


def _sets(results, like, parts):
    return [values.conform(result, wanted, parts) for result, wanted in zip(results, like, strict=True)]


def _misfit(results, like, parts):
    """Why known wrong results can't be arranged like the right ones; None if they can."""
    try:
        _sets(results, like, parts)
    except values.UnfitError as unfit:
        return str(unfit)
    except values.NothingError:
        return None


def _all_same(mine, right):
    return all(values.same(one, other) for one, other in zip(mine, right, strict=True))


def about_error(name, error):
    text = _text(error)
    if isinstance(error, _ArgumentChangedError):
        return (
            f"`{name}` changes its argument `{text}` in place, and whoever called it still needs it: make a new array."
        )
    if isinstance(error, _ArgumentRoundedError):
        return (
            f"`{name}` leaves its argument `{text}` changed by rounding: adding ε and taking it away again does not "
            f"give quite the same number. Note the entry before and put it back, or work on a copy."
        )
    if isinstance(error, limits.TimeUp):
        return f"`{name}` was stopped after {text} seconds. Is there a loop that never ends?"
    if isinstance(error, limits.AskedForInputError):
        return f"`{name}` calls input(), which would wait for ever; all that it needs are its arguments."
    if isinstance(error, SystemExit):
        return f"`{name}` leaves Python by exit(). End it with return instead."
    if isinstance(error, RecursionError):
        return f"`{name}` calls itself without end. Is there a case in which it returns?"
    if isinstance(error, MemoryError):
        return f"`{name}` wants more memory than there is. Compare the shapes: does a product grow too large?"
    if type(error) is NameError:
        return (
            f"`{name}` uses the name `{error.name}`, which nothing defines. Is it misspelt? After a restart of the "
            f"kernel, first run the cells above: *Run > Run All Above Selected Cell*."
        )
    if "matmul" in text or "not aligned" in text:  # the latter is said by np.dot
        return "In a product @ the inner sizes do not match. Compare the shapes: is a transpose missing?"
    if isinstance(error, TypeError) and "positional argument" in text:
        return f"`{name}` does not take the arguments of the exercise: keep its first line as it was given."
    if "could not be broadcast" in text:
        return f"Two arrays do not fit together, element by element (`{text}`). Print their shapes."
    said = f" (`{text}`)" if text else ""
    return f"`{name}` stopped with {type(error).__name__}{said}."


def _text(error):
    """The error's own words in one line; nothing if it has none or cannot say them."""
    try:
        return " ".join(str(error).replace("`", "'").split())[:160]
    except BaseException:
        return ""
