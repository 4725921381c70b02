"""Locate the mistake in a wrong function by finding one small change to its code that makes all its results right.

A comparison of numbers can show that a result is wrong and suggest a reason. A change to the reader's own code that
makes the result right in every case *shows* both the reason and the line. `find` therefore tries to undo common
mistakes: it replaces `A` with `Z`, flips a sign, adds a transpose, moves `return` out of the loop, and so on. Several
hundred such small changes (see `edits`) are tried on copies of the cases. `find` reports where the mistake is and what
kind of mistake it is, but never shows the change itself.
"""

import ast
import builtins
import copy
import inspect
import time
from typing import NamedTuple

import numpy as np

from helpers.exercises import catalogue, edits, expressions, limits, reading, unpacking, warrants

MOST_SECONDS = 1.5  # limit on the processor time for all changes together
EACH = 0.25  # limit on the processor time for a single change, which may loop forever
# Code that uses one of these names may have side effects, which must not be repeated hundreds of times.
UNSAFE = {"open", "os", "sys", "subprocess", "shutil", "exec", "eval", "input", "exit", "quit", "compile", "Path"}
# These LAPACK routines may hang if a changed line produces NaN or infinity, and no alarm can interrupt them.
UNSAFE |= {"lstsq", "svd", "svdvals", "eig", "eigh", "eigvals", "eigvalsh", "pinv", "matrix_rank", "cond"}
UNSAFE |= {"__import__", "globals", "locals", "setattr", "delattr", "importlib", "signal", "threading", "time"}
UNSAFE |= {"seed", "set_state", "seterr", "chdir", "save", "savetxt", "tofile", "settrace", "sleep", "breakpoint"}


# Changes of these kinds often make one of several results right by chance.
LOOSE = {"name", "number", "function", "operation", "no_term", "no_two", "no_slope", "subset", "accumulated"}
# These changes may make a number larger.
GROWING = {"square", "exp", "root", "no_factor", "no_two", "no_mean", "doubled", "number", "operation"}
GROWING |= {"multiplied", "divided", "left_to_right", "flipped", "misplaced"}


class Found(NamedTuple):
    """A mistake that was found in the code.

    Attributes
    ----------
    kind : str
        The kind of mistake (see `edits`).
    piece, line : str
        The code that is wrong and the line that contains it.
    node : ast.AST
        The node that is wrong.
    whole : bool
        Whether correcting this mistake makes all the results right.
    places : int
        The number of places in which the same mistake has to be corrected.
    complete : bool
        Whether correcting this mistake makes all the results right in at least one case that was wrong before.
    edit : edits.Edit or None
        The edit that corrects the mistake.
    """

    kind: str
    piece: str
    line: str
    node: ast.AST
    whole: bool
    places: int = 1
    complete: bool = True
    edit: edits.Edit | None = None


def is_safe(code):
    for function in code.functions:
        for node in ast.walk(function):
            name = getattr(node, "id", getattr(node, "attr", ""))
            if name in UNSAFE or isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.While)):
                return False
    return True


def find(code, cases, passed, seconds=MOST_SECONDS, found=None):
    """Find the first edit that makes the function correct in all cases, trying likely mistakes first.

    Parameters
    ----------
    code : reading.Code
        The reader's code.
    cases : list of tuples
        The arguments of each case.
    passed : callable
        Takes a function and the index of a case. Returns the names of the right results and the total number of
        results, or raises whatever the function raises.
    seconds : float
        The processor time in seconds after which the search ends.
    found : list of edits.Edit, optional
        The edits to try. By default, all edits in `catalogue` that apply to the code.

    Returns
    -------
    Found or None
        The mistake that this edit undoes. If no single edit makes everything right, this is the mistake undone by an
        edit that makes more results right than before, or None if there is no such edit.
    """
    end = time.process_time() + seconds
    order, before = _first_wrong(code, cases, passed) if is_safe(code) else (None, None)
    if order is None:
        return None
    partly = None
    for edit in all_edits(code, cases) if found is None else found:
        if time.process_time() > end:
            break
        candidate = _changed(code, edit)
        if candidate is None:
            continue
        right, count = _score(candidate, order[0], passed)
        complete = len(right) == count
        if not right > before or not warrants.holds(edit, code, cases, compiled):
            continue
        if complete and is_right(candidate, order[1:], passed):
            cause = _cause(code, edit, order, passed)
            if cause:
                return as_found(code, cause, True, True)
            continue
        strong = edit.kind not in LOOSE or (complete and count > 1)
        better = partly is None or (complete and not partly.complete)
        if strong and better and _gains_everywhere(code, candidate, order, passed):
            partly = as_found(code, edit, False, complete)
    return partly


def _cause(code, edit, order, passed):
    """Return an edit that makes everything right, or None if the mistake that it undoes is not the cause.

    If ten times the corrected value is just as right, for example because it is clipped, a missing square or factor is
    not the cause, and a wrong number is merely too small.
    """
    container, key, new = edit.changes[0]
    grows = edit.kind != "number" or abs(getattr(new, "value", 0)) > abs(getattr(edit.node, "value", np.inf))
    if edit.kind not in GROWING or len(edit.changes) != 1 or not grows:
        return edit
    larger = ast.BinOp(new, ast.Mult(), ast.Constant(10))
    candidate = _changed(code, edit._replace(changes=[(container, key, larger)]))
    if candidate is None or not is_right(candidate, order, passed):
        return edit
    return edit._replace(kind="too_small") if edit.kind == "number" else None


def as_found(code, edit, whole, complete):
    """Return the mistake that an edit undoes. For `whole` and `complete`, see `Found`."""
    places = len(edit.changes) if edit.tag == edits.EVERYWHERE else 1
    return Found(edit.kind, edit.piece, code.line(edit.node), edit.node, whole, places, complete, edit)


def _first_wrong(code, cases, passed):
    """Return the order in which to try the cases, and the names of the results that are right in the first of them.

    The first case to try is one in which at least one result is wrong.
    """
    own = compiled(code)
    if own is None:
        return None, None
    for i in range(len(cases)):
        right, count = _score(own, i, passed)
        if len(right) < count:
            return [i, *(j for j in range(len(cases)) if j != i)], right
    return None, None


def _score(function, i, passed):
    for seconds in (EACH, 8 * EACH):
        start = time.process_time()
        try:
            with limits.time_limit(seconds):
                right, count = passed(function, i)
            return frozenset(right), count
        except Exception:
            break
        except limits.TimeUp:  # try again if other programs used up the time
            if time.process_time() - start > EACH / 2:
                break
    return frozenset(), 1


def is_right(function, indices, passed):
    """Return whether a function gives the right results in these cases within the time limit (see `find`)."""
    scores = (_score(function, i, passed) for i in indices)
    return all(len(right) == count for right, count in scores)


def _gains_everywhere(code, candidate, order, passed):
    """Return whether a changed function with several results still gets right everything that it got right before."""
    own, most = compiled(code), 0
    for i in order:
        (before, _), (after, count) = _score(own, i, passed), _score(candidate, i, passed)
        if not after >= before:
            return False
        most = max(most, count)
    return most > 1


def all_edits(code, cases):
    """Return all changes to the code that may undo a mistake, starting with the most likely mistakes."""
    numbers, arrays, tables = [], [], []
    own = code.tree
    arguments = [argument.arg for argument in own.args.args]
    for name, value in zip(arguments, cases[0], strict=False):
        if isinstance(value, np.ndarray):
            arrays.append(name)
        elif isinstance(value, (dict, list, tuple)):
            tables.append(name)
        elif isinstance(value, (int, float)):
            numbers.append(name)
    known = [name for name in expressions.SLOPES if callable(code.scope.get(name)) and name != own.name]
    known += [name for name, value in zip(arguments, cases[0], strict=False) if callable(value)]
    found = catalogue.of(own, known, numbers, arrays, tables, reading.outside(code))
    for other in code.functions[1:]:
        found += catalogue.of(other, known, [], [argument.arg for argument in other.args.args], [])
    found += _calls_in_order(code)
    found = [edit for edit in found if edit.kind != "swapped" or _may_be_swapped(edit.node, code)]
    return sorted(unpacking.arranged(code, found), key=lambda edit: edit.rank)


def _may_be_swapped(node, code):
    """Return whether a pair may be in the wrong order, judging by the names of the function's results.

    If the function returns its two results in the wrong order, only that pair can be the mistake. A pair in which the
    names of the two results are in the right order cannot be the mistake.
    """
    returns = [unpacking.names(n.value) for n in ast.walk(code.tree) if isinstance(n, ast.Return)]
    mine, right = unpacking.names(node), list(code.parts)
    if len(right) == 2 and right[::-1] in returns:
        return mine == right[::-1]
    return not right or mine != right


def matters(code, edit, cases, right=None):
    """Return whether an edit changes what the function returns, or the error that it raises, in any of the cases.

    If the right results are given, the edit must also change every wrong entry.
    """
    if not is_safe(code):
        return False
    with np.errstate(all="ignore"), limits.time_limit(2 * EACH * len(cases)):
        mine, other = (
            [_outcome(function, case) for case in cases] for function in (compiled(code), _changed(code, edit))
        )
    if right is not None and not all(map(_changes_all_that_is_wrong, mine, other, right)):
        return False
    try:
        np.testing.assert_equal(other, mine)  # treats NaN as equal to NaN
    except (AssertionError, TypeError, ValueError):
        return True
    return False


def _changes_all_that_is_wrong(mine, other, right):
    arrays = all(isinstance(value, np.ndarray) for value in (mine, other, right))
    if not arrays or not mine.shape == other.shape == right.shape:
        return True  # this cannot be determined
    return not np.any(~np.isclose(mine, right) & np.isclose(mine, other, equal_nan=True))


def _outcome(function, case):
    try:
        return function(*copy.deepcopy(case))
    except Exception as error:
        return type(error).__name__


def _calls_in_order(code):
    """Yield edits that reorder the arguments of a call to match the parameter names of the called function."""
    for function in code.functions:
        for slot, node, _ in expressions.slots(function):
            called = (
                code.scope.get(getattr(getattr(node, "func", None), "id", "")) if isinstance(node, ast.Call) else None
            )
            if not inspect.isfunction(called) or node.keywords:
                continue
            names = list(called.__code__.co_varnames[: called.__code__.co_argcount])
            given = {ast.unparse(argument): argument for argument in node.args}
            if set(names) == set(given) and names != list(given):
                new = ast.Call(node.func, [given[name] for name in names], [])
                yield edits.of_slot("order_of_arguments", slot, new, node)


def _changed(code, edit):
    """Return the function with the edit applied, leaving the tree itself unchanged."""
    with edits.applied(edit):
        return compiled(code)


def compiled(code):
    scope = dict(code.scope)
    scope.setdefault("__builtins__", builtins)
    try:
        edits.define(code.functions, scope)
    except (SyntaxError, ValueError, TypeError, RecursionError, AttributeError):
        return None
    return scope.get(code.tree.name)
