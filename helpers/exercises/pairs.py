"""Find two mistakes in a function that no single change to its code corrects."""

import ast
import time

from helpers.exercises import diagnosis, edits, repair

MOST_SECONDS = 0.8  # limit on the processor time for all pairs together
# Mistakes that often occur together with another one and that a change to the code identifies clearly.
COMMON = set(
    "sign extra extra_call extra_sum axis product transpose flipped doubled no_mean one_entry one_column "
    "square_inside index swapped parentheses not_summed".split()
)
MOST = 60  # number of changes of these kinds that are tried as the first of two


def find(code, cases, passed, partly=None):
    """Return two mistakes that together explain all wrong results, or None.

    Parameters
    ----------
    code, cases, passed
        See `repair.find`.
    partly : repair.Found, optional
        A mistake that explains some of the wrong results. It is tried first.

    Returns
    -------
    pair of repair.Found, or None
    """
    if not repair.is_safe(code):
        return None
    end = time.process_time() + MOST_SECONDS
    if partly and partly.edit:
        second = _second(code, cases, passed, partly.edit, None, end)
        if second:
            return partly, second
    firsts = [edit for edit in repair.all_edits(code, cases) if edit.kind in COMMON and len(edit.changes) == 1]
    for edit in firsts[:MOST]:
        second = _second(code, cases, passed, edit, COMMON, end)
        if second:
            return repair.as_found(code, edit, False, False), second
    return None


def _second(code, cases, passed, edit, kinds, end):
    """Return the mistake that remains once `edit` is applied, if a single change corrects it, or None."""
    seconds = end - time.process_time()
    if seconds <= 0:
        return None
    for _, _, new in edit.changes:
        _at_the_line_of(edit.node, new)
    with edits.applied(edit):
        others = repair.all_edits(code, cases)
        others = [other for other in others if kinds is None or other.kind in kinds]
        others.sort(key=lambda other: other.kind != edit.kind)  # people often make the same mistake twice
        second = repair.find(code, cases, passed, seconds, others)
    return second if second and second.whole and second.line else None


def _at_the_line_of(node, new):
    """Give the nodes of a change the line number of the node that they replace, so that the line can be quoted."""
    for one in new if isinstance(new, list) else [new]:
        for part in ast.walk(one) if isinstance(one, ast.AST) else ():
            if not hasattr(part, "lineno"):
                ast.copy_location(part, node)


def describe(pair, code):
    """Describe two mistakes, in two sentences and a question about the first."""
    text = " ".join(map(ast.unparse, code.functions))
    said = [diagnosis.describe(_quotable(found, text), code) for found in pair]
    if said[0].split("?")[0] == said[1].split("?")[0]:
        return said[0]
    first, second = (each.rpartition(". ")[0] + "." for each in said)
    question = said[0].rpartition(". ")[2]
    return f"Two things are wrong. {first} {second} {question}"


def _quotable(found, text):
    """Return a mistake that quotes the reader's own code, even if the first of two changes has altered this code."""
    return found._replace(whole=True, piece=found.piece if found.piece in text else found.line)
