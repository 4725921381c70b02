"""Find the change that corrects the formula in a typed answer, and determine whether the mistake may be elsewhere."""

import ast
import re

import numpy as np

from helpers.exercises import assigned, catalogue, cell, coincidence, edits, expressions, formulas, repair, values

# Some kinds of change show what is wrong with the formula (STRONG), and others show only where it is wrong (WEAK).
STRONG = set(
    "rows floor extra extra_call extra_exponent extra_sum not_summed parentheses multiplied divided left_to_right "
    "power sign swapped index range axis complement product reduction square_inside accumulated in_loop "
    "out_of_loop flipped misplaced inside late swapped_functions other_slope applied_twice root_of_squares "
    "growing squared_share log_given power_of_e entries".split()
)
WEAK = set(
    "function name number operand operation no_two root square exp log order_of_arguments comparison "
    "overwritten doubled places".split()
)


def comparison(exercise, fits):
    """Return the test that `repair` applies: whether a function without arguments returns the right value."""
    right = np.asarray(exercise.right)

    def passed(function, i):
        return (["answer"] if fits(values.conform(function(), right)[""], right) else []), 1

    return passed


def _changes(code, exercise):
    """Return changes that undo common mistakes in a formula, starting with the likeliest."""
    known = [name for name in expressions.SLOPES if callable(code.scope.get(name))]
    found = [e for e in catalogue.of(code.tree, known, [], [], []) if e.kind in STRONG | WEAK]
    solution = exercise.solution if isinstance(exercise.solution, str) else ""
    given = numbers_of(solution)
    found += other_numbers(code, [*given, *(round(1 - share, 9) for share in given if 0 < share < 1)])
    found += [*formulas.operands(code, given), *formulas.others(code, exercise.prompt, solution)]
    found = [edit for edit in found if formulas.is_usual(edit, code, solution)]
    found = [e for e in found if e.kind != "swapped" or not isinstance(getattr(e.node, "ctx", None), ast.Store)]
    found = [e for e in found if e.kind != "swapped" or assigned.agrees(e, code, exercise.prompt)]
    return sorted(found, key=lambda edit: formulas.rank(edit, solution, edit.kind in WEAK))


def find(code, exercise, fits):
    """Return the likeliest correction of a formula (or None), and whether no change to another line corrects it too."""
    passed = comparison(exercise, fits)
    solution = exercise.solution if isinstance(exercise.solution, str) else ""
    given, found = numbers_of(solution), _changes(code, exercise)
    best = repair.find(code, [()], passed, found=found)
    while best and coincidence.is_one(best.edit, code, solution, numbers_of(exercise.prompt)):
        found = found[found.index(best.edit) + 1 :]
        best = repair.find(code, [()], passed, found=found)
    elsewhere = best and [
        edit for edit in found if edit.kind in STRONG - {best.kind} and code.line(edit.node) != best.line
    ]
    alone = best is not None and repair.find(code, [()], passed, found=elsewhere) is None
    best = _likelier_number(best, code, passed, found, given) if best and best.kind == "number" else best
    return best, alone and best is not None


def is_one_of_many(best, code, exercise, fits):
    """Return whether changes elsewhere would also correct a formula, which makes it unclear where the mistake is."""
    new, right = best.edit.changes[0][2], exercise.right
    given = numbers_of(exercise.solution if isinstance(exercise.solution, str) else "")
    if best.kind == "extra" and getattr(new, "value", None) != right:
        if np.ndim(right) == 0 and any(value == right for value, _ in cell.typed_numbers(code)):
            return True  # the right value itself is one of the numbers in the formula
        sums = [n for n in ast.walk(code.tree) if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Add, ast.Sub))]
        if not isinstance(best.node, ast.Constant) or not any(best.node in (n.left, n.right) for n in sums):
            return False
        others = [e for e in other_numbers(code, given) if e.changes[0][2].value in given]
    elif best.kind in WEAK - {"number"} | {"complement"}:
        others = _changes(code, exercise)
    else:
        return False
    here = {id(node) for node in ast.walk(best.node)}
    others = [e for e in others if id(e.node) not in here and best.node not in ast.walk(e.node)]
    return repair.find(code, [()], comparison(exercise, fits), found=others) is not None


def _likelier_number(best, code, passed, found, given):
    """Return the change to the number that is wrong, or None if it is unclear which number that is.

    If changing either of two numbers gives the right result, return the change whose new number is in `given`. If
    this is true of both changes or of neither, it is unclear which number is wrong.
    """
    others = [edit for edit in found if edit.kind == "number" and edit.node is not best.node]
    rival = repair.find(code, [()], passed, found=others)
    known = [one for one in (best, rival) if one and getattr(one.edit.changes[0][2], "value", None) in given]
    in_a_list = any(best.node in getattr(n, "elts", ()) for n in ast.walk(code.tree))
    if rival is None or (rival.piece == best.piece and not in_a_list):
        return best
    return known[0] if len(known) == 1 else None


def other_numbers(code, wanted):
    """Yield edits that replace a number with one of those in `wanted` or shift its decimal point."""
    for slot, node, _ in expressions.slots(code.tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            others = [*wanted, *(node.value * 10.0**k for k in (-3, -2, -1, 1, 2, 3))]
            for other in others:
                if other != node.value:
                    yield edits.of_slot("number", slot, ast.Constant(other), node)


def numbers_of(text):
    return sorted({abs(float(number)) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text)})
