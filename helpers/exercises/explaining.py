"""Choose the best explanation of what is wrong with a function.

A change that corrects the code is the best explanation, a description of the results is the second best, and a remark
about the code alone is the last resort.
"""

import ast
import copy
import functools

from helpers.exercises import (
    callees,
    clues,
    corrections,
    diagnosis,
    differences,
    ingredients,
    registry,
    repair,
    values,
    variants,
    warrants,
)
from helpers.exercises.core import Verdict
from helpers.exercises.errors import about_not_finite
from helpers.exercises.results import sets
from helpers.exercises.running import run

# If one of these changes corrects the code, a hint such as "the inner sizes do not match" still describes the cause.
SAME_CAUSE = ("no_transpose", "transpose", "order_of_product", "wrong_factor", "order_of_arguments", "wrong_return")
# If one of these changes corrects the code, the cause is certain, even if another mistake gives the same results.
SURE = (
    "floor power uncalled whole_shape outside detached early_return not_replaced alias keys whole_slice "
    "rows_only not_derived one_condition"
).split()


def explain(exercise, answer, hint, generic, earlier, failed, part):
    """Return the verdict with the best explanation that can be found.

    An explanation based on a change to the code comes first, then one based on the numbers, and finally `generic`.
    """
    code = clues.read(exercise, answer)
    passed = _comparison(exercise)
    called = callees.about_wrong(code, exercise.cases(), passed, _others(exercise)) if code else ""
    if called:
        return Verdict("wrong", called)
    overflow = "" if failed or hint else variants.overflow(answer, exercise.cases(), exercise.arguments, passed)
    if overflow:
        return Verdict("wrong", diagnosis.pointed(overflow, None, code, exercise.parts, part))
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


def _others(exercise):
    """Return the functions that the reader writes in the other exercises of the lesson, for `callees`."""
    those = [one for one in registry.LESSONS[exercise.lesson] if one.cases and one.name != exercise.name]
    return {one.answer_name: (one.name, functools.partial(_is_right, one)) for one in those}


def _is_right(exercise, function):
    return repair.is_right(function, range(len(exercise.cases())), _comparison(exercise))


def _without_one_change(exercise, answer, code, passed, found, pointed, generic, earlier, failed):
    """Return the verdict on a wrong function that matches no known mistake and that no single change can correct."""
    other = _another_number(exercise, code, passed) if code and not failed else None
    if other:
        return Verdict("wrong", earlier + diagnosis.describe(other, code))
    seen = lambda node: warrants.values_of(node, code, exercise.cases(), repair.compiled)  # noqa: E731
    said = differences.of_function(code, seen) if code and not failed else ""
    if said:
        return Verdict("wrong", earlier + said)
    said = variants.find(answer, exercise.cases(), exercise.arguments, passed, exercise.m)
    if said:
        return pointed(said)
    if found and (not failed or found.complete):
        return Verdict("wrong", diagnosis.describe(found, code))
    return _without_repair(exercise, answer, code, generic, failed, pointed)


def _another_number(exercise, code, passed):
    """Return the mistake that can be corrected by using another of the numbers in the question, or None."""
    limits = {id(n.comparators[0]) for n in ast.walk(code.tree) if isinstance(n, ast.Compare)}
    others = corrections.other_numbers(code, corrections.numbers_of(exercise.prompt))
    others = [edit for edit in others if edit.node.value or id(edit.node) not in limits]  # `x > 0` asks for a sign
    other = repair.find(code, exercise.cases(), passed, found=others)
    return other if other and other.whole else None


def _without_repair(exercise, answer, code, generic, failed, pointed):
    """Return the verdict on a mistake that no change to the code explains: `generic` and a remark about the code."""
    if failed:
        return pointed(clues.with_unused(generic, code))
    if values.LOOK_FOR in generic:
        generic = generic.replace(values.LOOK_FOR, about_not_finite(answer, exercise.cases()) or values.LOOK_FOR)
    shown = clues.of(exercise, code, generic, _comparison(exercise, _same_size)) if code else ""
    if code and not shown and callable(exercise.solution) and " Of the tested" not in generic:
        shown = ingredients.about_missing(code, exercise.solution_text)
    if not shown:
        return pointed(generic)
    words = f"{generic} {shown}" if len(generic) < 200 else shown
    points = shown.startswith((diagnosis.about_unused(code) or "\n", "The formula contains"))
    return pointed(words) if points else Verdict("wrong", words)


def _same_size(mine, right):
    return all(mine[name].size == right[name].size for name in right)


def _comparison(exercise, same=values.same):
    """Return a function for `repair` and `variants` that lists the results of an answer that are right in a case."""
    cases, like = exercise.cases(), exercise.key.right
    rights = sets(like, like, exercise.parts)

    def passed(function, i):
        (result,) = run(function, copy.deepcopy(cases[i : i + 1]))
        mine, right = values.conform(result, like[i], exercise.parts), rights[i]
        return [name for name in right if same({"": mine[name]}, {"": right[name]})], len(right)

    return passed
