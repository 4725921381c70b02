"""Judge answers. A wrong answer is compared with the right one to find the cause of the mistake."""

import ast
import functools
import re
from typing import NamedTuple

import numpy as np

from helpers.exercises import clues, diagnosis, explaining, limits, loose_ends, questions, reading, results, values
from helpers.exercises.core import Verdict
from helpers.exercises.errors import about_error, quote
from helpers.exercises.judging_values import judge_value
from helpers.exercises.results import all_same, misfit, sets
from helpers.exercises.running import ArgumentChangedError, fingerprint, run, text_of
from helpers.system.browser import rerun_instruction

SECONDS = 4.0  # time limit for an answer
LONGEST_SEARCH = 12.0  # time limit in seconds for the search for a cause on a busy machine; see repair.MOST_SECONDS


class _Mistake(NamedTuple):
    """What is known about an incorrect function before the search for its mistake begins."""

    hint: str  # the hint for the known wrong answer with the same results or the same error, or ""
    generic: str  # the message to show if the cause is unknown
    earlier: str = ""  # text to put before the description of the cause
    failed: bool = False  # whether there are no results to compare, so that the hint may be for a different mistake
    part: str = ""  # the name of the wrong result, such as "dW[2]"


def judge(exercise, answer, seconds=SECONDS, code=None, search=True):
    """Judge an answer without ever raising an error or giving the solution away.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        The reader's answer, which may be anything.
    seconds : float
        The time in seconds after which a function is stopped.
    code : reading.Code, optional
        The code of a typed answer, if it is known (see `cell`).
    search : bool
        Whether to search the code of a function for the cause of a mistake.

    Returns
    -------
    Verdict
    """
    printed = limits.Printed()
    _ = exercise.key  # compute this first, so that it does not count against the time limit
    try:
        with limits.quarantine(seconds, printed):
            if exercise.cases is None:
                verdict = judge_value(exercise, answer, code)
            else:
                verdict = _judge_function(exercise, answer, printed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the reader's code can raise anything, including SystemExit
        if code is not None:  # the search in the code took too long, so judge the value alone
            return judge(exercise, answer, seconds)
        verdict = Verdict("wrong", about_error(exercise.answer_name, error, answer))
    if isinstance(verdict, _Mistake):
        known = Verdict("wrong", verdict.hint or verdict.generic)
        verdict = _traced(exercise, answer, verdict) if search else known
    if verdict.kind == "wrong":
        verdict = verdict._replace(words=questions.ending(verdict.words, questions.of(exercise)))
    return verdict._replace(printed=str(printed))


def _traced(exercise, answer, mistake):
    """Return the verdict on a wrong function, with the cause of the mistake if it can be found in time."""
    try:
        with limits.quarantine(LONGEST_SEARCH, limits.Printed()):
            return explaining.explain(exercise, answer, *mistake)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a changed version of the reader's code can also raise anything
        words = mistake.hint or mistake.generic
        return Verdict("wrong", diagnosis.pointed(words, None, reading.read(answer), exercise.parts, mistake.part))


# --- functions -----------------------------------------------------------------------------------


def _judge_function(exercise, answer, printed):
    if answer is None:
        return Verdict("open", "Write the function and pass its name to `check`.")
    if not callable(answer):
        how = "without quotes" if isinstance(answer, str) else "without parentheses"
        words = f"The answer should be a function, but it is {values.kind(answer)}. Pass the function's name {how}."
        return Verdict("wrong", words)
    key, parts = exercise.key, exercise.parts
    try:
        given = run(answer, exercise.cases())
    except (Exception, SystemExit) as error:
        return _about_failure(exercise, answer, error)
    try:
        mine, right = sets(given, key.right, parts), sets(key.right, key.right, parts)
    except values.NothingError:
        return _about_nothing(exercise, answer, given, printed)
    except values.UnfitError as unfit:
        known = {misfit(known, key.right, parts): hint for known, hint in key.wrong if isinstance(known, list)}
        return _Mistake(known.get(str(unfit), ""), str(unfit), failed=True)
    if all_same(mine, right):
        praise = exercise.reason + _note(exercise, given, key.right)
        avoided = _avoided(exercise, answer, right)
        return Verdict("wrong", avoided) if avoided else Verdict("right", praise)
    return _about_results(exercise, answer, key, mine, right)


def _avoided(exercise, answer, right):
    """Return the hint for code that gives the right results but sidesteps the point of the exercise, or ""."""
    needs = exercise.key.needs
    hints = [hint for known, hint in _known(exercise) if hint in needs and all_same(known, right)]
    return next((hint for hint in hints if reading.read(answer) and _is_about(hint, needs, answer)), "")


def _known(exercise):
    """Yield the results of the given function and of the known wrong answers, each with its hint."""
    key = exercise.key
    for known, hint in [(key.stub, None), *key.wrong]:
        try:
            if isinstance(known, list):
                yield sets(known, key.right, exercise.parts), hint
        except (values.UnfitError, values.NothingError):
            continue


def _note(exercise, given, right):
    """Return a note if a right result is a list although the exercise asks for an array, and "" otherwise."""
    if isinstance(right[0], np.ndarray) and isinstance(given[0], (list, tuple)) and " list" not in exercise.prompt:
        return f" (Your result is a {type(given[0]).__name__}, but the function in the lesson returns an array.)"
    return ""


def _about_failure(exercise, answer, error):
    known, needs = exercise.key.wrong, exercise.key.needs
    hint = next((hint for text, hint in known if text == fingerprint(error) and _is_about(hint, needs, answer)), "")
    generic = about_error(exercise.answer_name, error, answer)
    if isinstance(error, ArgumentChangedError):
        return _Mistake(generic, generic)
    if isinstance(error, (SystemExit, RecursionError, MemoryError, limits.AskedForInputError)):
        code = reading.read(answer) if isinstance(error, RecursionError) else None
        return Verdict("wrong", (loose_ends.endless(code) if code else "") or generic)
    if isinstance(error, NameError):
        name = getattr(error, "name", "") or text_of(error).partition("'")[2].partition("'")[0]
        return Verdict("wrong", clues.with_arguments(generic, name, clues.read(exercise, answer)))
    return _Mistake(hint, generic, failed=True)


def _about_nothing(exercise, answer, given, printed):
    name = exercise.answer_name
    if printed.length:
        said = f"`{name}` prints its result but returns None. How can the function pass the result on to its caller?"
        return _Mistake(said, said)
    if not all(map(values.is_nothing, given)):
        return Verdict("wrong", f"`{name}` returns None in some cases. Does every path through it end with `return`?")
    if given[0] is not None:
        return Verdict("wrong", f"All the values that `{name}` returns are None. What should they be?")
    code = reading.read(answer)
    if code and not all(ast.unparse(node) in ("return None", "return", "pass", "...") for node in code.tree.body):
        last = code.tree.body[-1]
        last = max((n for n in ast.walk(last) if isinstance(n, ast.stmt)), key=lambda n: n.lineno)
        return Verdict(
            "wrong",
            f"`{name}` returns None, because its last line is {quote(code.line(last))}. How can the caller get the "
            f"result?",
        )
    return Verdict(
        "open",
        f"`{name}` returns None. Write its body and {rerun_instruction()}. If you have already written it, "
        "is a `return` missing?",
    )


def _about_results(exercise, answer, key, mine, right):
    part = next(name for a, b in zip(mine, right, strict=True) for name in b if not _same(a, b, name))
    for hint in _hints(exercise, mine, right):
        if hint is None:
            return _about_the_given(exercise, answer)
        if _is_about(hint, key.needs, answer):
            return _Mistake(hint, hint, part=part)
    counts = exercise.m or [1] * len(right)
    cases = exercise.cases()
    for i, (arguments, mine_here, right_here, m) in enumerate(zip(cases, mine, right, counts, strict=True)):
        off = [name for name in right_here if not _same(mine_here, right_here, name)]
        if off:
            given = list(zip(exercise.arguments, arguments, strict=True))
            earlier = "Your function is right for one set of arguments but not for another. " if i else ""
            called = functools.partial(diagnosis.called, reading.read(answer), exercise.parts)
            generic = earlier + results.explain(off, mine_here, right_here, m, given, called)
            return _Mistake("", generic, earlier, part=part)
    raise AssertionError("no difference found")


def _hints(exercise, mine, right):
    """Yield the hints for known answers with the same results in all cases, or else in those that can be compared."""
    for cases in (range(len(mine)), _comparable(mine, right)):
        for known, hint in _known(exercise) if cases else ():
            whole = hint is not None or len(cases) == len(mine)  # the given function must agree in all cases
            if whole and all_same(_only(cases, mine), _only(cases, known)):
                yield hint


def _comparable(mine, right):
    """Return the indices of the cases with finite results if one of these is wrong, and [] otherwise.

    An overflow in the other cases may be a second mistake.
    """
    finite = lambda value: value.dtype.kind != "U" and np.isfinite(value).all()  # noqa: E731
    kept = [i for i, result in enumerate(mine) if all(map(finite, result.values()))]
    return [] if all_same(_only(kept, mine), _only(kept, right)) else kept


def _only(cases, results):
    return [results[i] for i in cases]


def _same(mine, right, name):
    return values.same({"": mine[name]}, {"": right[name]})


def _is_about(hint, needs, answer):
    """Return whether the hint may apply, because the code matches its pattern or cannot be read."""
    code = reading.read(answer) if hint in needs else None
    return code is None or re.search(needs[hint], "\n".join(map(ast.unparse, code.functions))) is not None


def _about_the_given(exercise, answer):
    """Judge a function that still gives the same results as the faulty one that the reader has to correct."""
    code = reading.read(answer)
    given = ast.parse(exercise.stub).body[0]
    if code is None or ast.dump(ast.Module(code.tree.body, [])) == ast.dump(ast.Module(given.body, [])):
        return Verdict(
            "open", f"The function is still the one that you were given. Correct it and {rerun_instruction()}."
        )
    said = "You have changed the function, but it still gives the same results as before."
    return _Mistake("", said)
