"""Choose the best explanation for a wrong function.

A change that corrects its code is preferred to a description of its results, which is preferred to a remark on the code
alone.
"""

import copy
import functools

from helpers.exercises import clues, diagnosis, pairs, probing, repair, typed_code, values, variants
from helpers.exercises.core import Verdict
from helpers.exercises.results import sets
from helpers.exercises.running import run

# If one of these changes corrects the code, a hint such as "the inner sizes do not match" still names the cause.
SAME_CAUSE = ("no_transpose", "transpose", "order_of_product", "wrong_factor", "order_of_arguments", "wrong_return")
# If one of these changes corrects the code, the cause is certain, even if another mistake gives the same results.
SURE = ("floor", "power", "uncalled", "whole_shape", "outside", "detached", "early_return", "not_replaced")


def explain(exercise, answer, hint, generic, earlier, failed, part):
    """Return the verdict with the best explanation that can be found.

    An explanation based on a change to the code comes first, then one based on the numbers, and finally `generic`.
    """
    code = clues.read(exercise, answer)
    passed = _comparison(exercise)
    found = repair.find(code, exercise.cases(), passed) if code else None
    whole = found if found and found.whole else None
    pointed = lambda words: Verdict("wrong", diagnosis.pointed(words, whole, code, exercise.parts, part))  # noqa: E731
    certain = clues.certain(code, hint, whole) if code and not failed else ""
    if certain:
        return Verdict("wrong", earlier + certain)
    if whole and whole.kind in SURE and hint not in exercise.key.needs:
        return Verdict("wrong", earlier + diagnosis.describe(whole, code))
    if hint and not (failed and whole and whole.kind not in SAME_CAUSE):
        return pointed(hint if whole or not failed else diagnosis.at_the_error(hint, generic))
    if whole:
        return Verdict("wrong", earlier + diagnosis.describe(whole, code))
    return _without_one_change(exercise, answer, code, passed, found, pointed, generic, earlier, failed)


def _without_one_change(exercise, answer, code, passed, found, pointed, generic, earlier, failed):
    """Return the verdict on a function that no known mistake explains and no single change corrects."""
    other = _another_number(exercise, code, passed) if code and not failed else None
    if other:
        return Verdict("wrong", earlier + diagnosis.describe(other, code))
    said = variants.find(answer, exercise.cases(), exercise.arguments, passed, exercise.m)
    if said:
        return pointed(said)
    both = pairs.find(code, exercise.cases(), passed, found) if code else None
    if both:
        return Verdict("wrong", pairs.describe(both, code))
    if found and (not failed or found.complete):
        return Verdict("wrong", diagnosis.describe(found, code))
    return _without_repair(exercise, answer, code, generic, failed, pointed)


def _another_number(exercise, code, passed):
    """Return the mistake that is corrected by using a different number from the question, or None."""
    others = typed_code.other_numbers(code, typed_code.numbers_of(exercise.prompt))
    other = repair.find(code, exercise.cases(), passed, found=list(others))
    return other if other and other.whole else None


def _without_repair(exercise, answer, code, generic, failed, pointed):
    """Return the verdict if no change to the code explains the mistake: `generic` and a remark about the code."""
    if failed:
        return pointed(clues.with_unused(generic, code))
    shown = clues.of(exercise, code, generic, _comparison(exercise, _same_size)) if code else ""
    probed = "" if shown else _probed(exercise, answer, functools.partial(diagnosis.called, code, exercise.parts))
    if probed or not shown:
        first = "" if probed and "right shape" in generic else _short(generic) if probed else generic
        return pointed(f"{first} {probed}".strip())
    words = f"{_short(generic)} {shown}".strip()
    return pointed(words) if shown.startswith(diagnosis.about_unused(code) or "\n") else Verdict("wrong", words)


def _probed(exercise, answer, called):
    """Return what the first wrong case shows about the arguments that affect the result (see `probing`)."""
    passed = _comparison(exercise)
    for i, case in enumerate(exercise.cases() if callable(exercise.solution) else ()):
        right, count = passed(answer, i)
        if len(right) < count:
            return probing.find(answer, exercise.solution, case, exercise.arguments, exercise.parts, called)
    return ""


def _short(generic):
    """Return a general description, or "" if it is too long to be followed by a cause."""
    return generic if len(generic) < 200 else ""


def _same_size(mine, right):
    return all(mine[name].size == right[name].size for name in right)


def _comparison(exercise, same=values.same):
    """Return a function for `repair` and `variants` that determines which results of a function are right in a case."""
    cases, like = exercise.cases(), exercise.key.right
    rights = sets(like, like, exercise.parts)

    def passed(function, i):
        (result,) = run(function, copy.deepcopy(cases[i : i + 1]))
        mine, right = values.conform(result, like[i], exercise.parts), rights[i]
        return [name for name in right if same({"": mine[name]}, {"": right[name]})], len(right)

    return passed
