"""How an answer is judged: run on the cases, compared and, if it is wrong, traced to its cause."""

import ast
import copy
import re
from typing import NamedTuple

import numpy as np

from helpers.exercises import diagnosis, limits, questions, repair, typed_code, values, variants
from helpers.exercises.core import Verdict
from helpers.exercises.errors import about_error, quote
from helpers.exercises.judging_values import judge_value
from helpers.exercises.running import ArgumentChangedError, ArgumentRoundedError, fingerprint, run
from helpers.gradient_check import compare
from helpers.gradient_check.report import GradientReport

SECONDS = 4.0  # time limit for an answer
LONGEST_SEARCH = 12.0  # seconds to search for the cause on a busy machine; see repair.MOST_SECONDS
# Changes after which the hint for "the inner sizes do not match" or "an entry is missing" still names the cause.
SAME_CAUSE = ("no_transpose", "transpose", "order_of_product", "wrong_factor", "order_of_arguments", "wrong_return")
# Changes that leave no doubt about the cause, even if another mistake gives the same results.
SURE = ("floor", "power", "uncalled", "whole_shape", "outside")


class _Mistake(NamedTuple):
    """What is known about a wrong function before the search for its cause."""

    hint: str  # of the known wrong answer with the same results or the same error; or ""
    generic: str  # the message if the cause is unknown
    earlier: str = ""  # put before the description of a cause
    failed: bool = False  # no results to compare, so the hint may belong to another mistake
    part: str = ""  # the wrong result, such as "dW[2]"


def judge(exercise, answer, seconds=SECONDS, code=None):
    """Judge an answer, without ever failing or giving the solution away.

    Parameters
    ----------
    exercise : Exercise
    answer : anything
    seconds : float, after which a function is stopped
    code : repair.Code, the code of a typed answer (see `cell`), if known

    Returns
    -------
    Verdict
    """
    printed = limits.Printed()
    _ = exercise.key  # computed first, so that it does not count against the time limit
    try:
        with limits.quarantine(seconds, printed):
            if exercise.cases is None:
                verdict = judge_value(exercise, answer, code)
            else:
                verdict = _judge_function(exercise, answer, printed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a reader's code can raise, including SystemExit
        if code is not None:  # the search in the code took too long
            return judge(exercise, answer, seconds)
        verdict = Verdict("wrong", about_error(exercise.answer_name, error, answer))
    if isinstance(verdict, _Mistake):
        verdict = _traced(exercise, answer, verdict)
    if verdict.kind == "wrong":
        verdict = verdict._replace(words=questions.ending(verdict.words, questions.of(exercise)))
    return verdict._replace(printed=str(printed))


def _traced(exercise, answer, mistake):
    """The verdict on a wrong function; if the cause is not found in time, the message does without it."""
    try:
        with limits.quarantine(LONGEST_SEARCH, limits.Printed()):
            return _explained(exercise, answer, *mistake)
    except KeyboardInterrupt:
        raise
    except BaseException:  # changed code can raise whatever the reader's own code can
        words = mistake.hint or mistake.generic
        return Verdict("wrong", diagnosis.pointed(words, None, repair.read(answer), exercise.parts, mistake.part))


# --- functions -----------------------------------------------------------------------------------


def _judge_function(exercise, answer, printed):
    if answer is None:
        return Verdict("open", "Write the function, and pass its name to `check`.")
    if not callable(answer):
        how = "without quotes" if isinstance(answer, str) else "without parentheses"
        words = f"A function is wanted, but the answer is {values.kind(answer)}: pass the function's name {how}."
        return Verdict("wrong", words)
    key, parts = exercise.key, exercise.parts
    try:
        results = run(answer, exercise.cases())
    except (Exception, SystemExit) as error:
        return _about_failure(exercise, answer, error)
    try:
        mine, right = sets(results, key.right, parts), sets(key.right, key.right, parts)
    except values.NothingError:
        return _about_nothing(exercise, answer, results, printed)
    except values.UnfitError as unfit:
        known = {misfit(known, key.right, parts): hint for known, hint in key.wrong if isinstance(known, list)}
        return _Mistake(known.get(str(unfit), ""), str(unfit), failed=True)
    if all_same(mine, right):
        return Verdict("right", exercise.reason + _note(results, key.right))
    return _about_results(exercise, answer, key, mine, right)


def _note(results, right):
    """A note if a right result is of a different type than the lesson's."""
    if isinstance(right[0], np.ndarray) and isinstance(results[0], (list, tuple)):
        return " (It is a list; the lesson's own function returns an array.)"
    return ""


def _about_failure(exercise, answer, error):
    hint = next((hint for known, hint in exercise.key.wrong if known == fingerprint(error)), "")
    generic = about_error(exercise.answer_name, error, answer)
    if isinstance(error, (ArgumentChangedError, ArgumentRoundedError)):
        return _Mistake(generic, generic)
    if isinstance(error, (SystemExit, RecursionError, MemoryError, limits.AskedForInputError)):
        return Verdict("wrong", generic)
    if isinstance(error, NameError):
        return Verdict("wrong", generic)
    return _Mistake(hint, generic, failed=True)


def _about_nothing(exercise, answer, results, printed):
    name = exercise.answer_name
    if printed.length:
        said = f"`{name}` prints, but returns None: end it with `return` and the result. How does a caller get it?"
        return _Mistake(said, said)
    if any(result is not None for result in results):
        return Verdict("wrong", f"`{name}` returns None in some cases, not in all: does every path end with `return`?")
    code = repair.read(answer)
    if code and not all(ast.unparse(node) in ("return None", "return", "pass", "...") for node in code.tree.body):
        last = quote(code.line(code.tree.body[-1]))
        return Verdict("wrong", f"`{name}` returns None: its last line is {last}. How does the caller get the result?")
    return Verdict("open", f"`{name}` returns None. Write its body and run the cell again; or is `return` missing?")


def _about_results(exercise, answer, key, mine, right):
    part = next(name for a, b in zip(mine, right, strict=True) for name in b if not _same(a, b, name))
    for known, hint in [(key.stub, None), *key.wrong]:
        try:
            same = isinstance(known, list) and all_same(mine, sets(known, key.right, exercise.parts))
        except (values.UnfitError, values.NothingError):
            continue
        if same and hint is None:
            return _about_the_given(exercise, answer)
        if same and _is_about(hint, key.needs, answer):
            return _Mistake(hint, hint, part=part)
    counts = exercise.m or [1] * len(right)
    cases = exercise.cases()
    for i, (arguments, mine_here, right_here, m) in enumerate(zip(cases, mine, right, counts, strict=True)):
        off = [name for name in right_here if not _same(mine_here, right_here, name)]
        if off:
            given = list(zip(exercise.arguments, arguments, strict=True))
            earlier = "It is right for one set of arguments, but not for another. " if i else ""
            generic = earlier + _explain(off, mine_here, right_here, m, given)
            return _Mistake("", generic, earlier, part=part)
    raise AssertionError("no difference found")


def _same(mine, right, name):
    return values.same({"": mine[name]}, {"": right[name]})


def _is_about(hint, needs, answer):
    """Whether a hint may apply to this code: it contains what the hint is about, or cannot be read."""
    code = repair.read(answer) if hint in needs else None
    return code is None or re.search(needs[hint], "\n".join(map(ast.unparse, code.functions))) is not None


def _about_the_given(exercise, answer):
    """A function in which a mistake is to be found, and which still gives the same results."""
    code = repair.read(answer)
    given = ast.parse(exercise.stub).body[0]
    if code is None or ast.dump(ast.Module(code.tree.body, [])) == ast.dump(ast.Module(given.body, [])):
        return Verdict("open", "This is still the function as it was given. Find the mistake, and run it again.")
    said = "You have changed the function, but its results are still those of the one that you were given."
    return _Mistake(said, said)


def _explained(exercise, answer, hint, generic, earlier, failed, part):
    """The verdict with the mistake that a change of the code shows; else what the numbers show; else `generic`."""
    code = repair.read(answer)
    passed = _comparison(exercise)
    found = repair.find(code, exercise.cases(), passed) if code else None
    whole = found if found and found.whole else None
    pointed = lambda words: Verdict("wrong", diagnosis.pointed(words, whole, code, exercise.parts, part))  # noqa: E731
    loose = diagnosis.lost(code) if code else None
    if loose is not None and not failed:
        return Verdict("wrong", earlier + diagnosis.about_lost(loose, code))
    if whole and whole.kind in SURE and hint not in exercise.key.needs:
        return Verdict("wrong", earlier + diagnosis.describe(whole, code))
    if hint and not (failed and whole and whole.kind not in SAME_CAUSE):
        return pointed(hint)
    if whole:
        return Verdict("wrong", earlier + diagnosis.describe(whole, code))
    other = _another_number(exercise, code, passed) if code and not failed else None
    if other:
        return Verdict("wrong", earlier + diagnosis.describe(other, code))
    said = variants.find(answer, exercise.cases(), exercise.arguments, passed, exercise.m)
    if said:
        return pointed(said)
    if found and not failed:
        return Verdict("wrong", diagnosis.describe(found, code))
    return _without_repair(exercise, code, generic, failed, pointed)


def _another_number(exercise, code, passed):
    """The repair that puts a number of the question in place of another one, or None."""
    others = typed_code.other_numbers(code, typed_code.numbers_of(exercise.prompt))
    other = repair.find(code, exercise.cases(), passed, found=list(others))
    return other if other and other.whole else None


def _without_repair(exercise, code, generic, failed, pointed):
    """The verdict where no change of the code explains the mistake: what the code shows, beside `generic`."""
    if failed:
        return pointed(diagnosis.with_unused(generic, code))
    shown = (diagnosis.evidence(code) or diagnosis.about_logarithm(code, exercise.parts)) if code else ""
    if not shown:
        return pointed(generic)
    words = f"{_short(generic)} {shown}".strip()
    return pointed(words) if shown.startswith(diagnosis.about_unused(code) or "\n") else Verdict("wrong", words)


def _short(generic):
    """A general description, or "" if it is too long to be followed by a cause."""
    return generic if len(generic) < 200 else ""


def _comparison(exercise):
    """A function, for `repair` and `variants`, that tells which results of a function are right on a case."""
    cases, like = exercise.cases(), exercise.key.right
    rights = sets(like, like, exercise.parts)

    def passed(function, i):
        (result,) = run(function, copy.deepcopy(cases[i : i + 1]))
        mine, right = values.conform(result, like[i], exercise.parts), rights[i]
        return [name for name in right if values.same({"": mine[name]}, {"": right[name]})], len(right)

    return passed


def _explain(off, mine, right, m, given):
    """Describe the array to look at first; among gradients of several layers, one in the layer nearest the output."""
    headline, first = "", off[0]
    gradients = all(re.fullmatch(r"d[Wb]\[\d+\]", name) and right[name].shape == mine[name].shape for name in right)
    if gradients and len(right) > 2:
        report = GradientReport([compare(name, mine[name], right[name], m) for name in right])
        headline = f"{report.headline} "
        first = next((name for name in off if name.endswith(f"[{report.first_guilty}]")), first)
    return headline + values.describe(first, mine[first], right[first], m, given)


def sets(results, like, parts):
    return [values.conform(result, wanted, parts) for result, wanted in zip(results, like, strict=True)]


def misfit(results, like, parts):
    """Why known wrong results cannot be arranged like the right ones; None if they can."""
    try:
        sets(results, like, parts)
    except values.UnfitError as unfit:
        return str(unfit)
    except values.NothingError:
        return None


def all_same(mine, right):
    return all(values.same(one, other) for one, other in zip(mine, right, strict=True))
