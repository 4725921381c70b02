"""Search the code for clues to a mistake, such as a difference that is always 0, skipped iterations or lost entries."""

import ast
import builtins
import re

import numpy as np

from helpers.exercises import calls, diagnosis, loose_ends, reading, repair, traps
from helpers.exercises.edits import of_slot
from helpers.exercises.errors import listed, quote, where
from helpers.exercises.expressions import slots

COMBINED = ("sum", "mean", "max", "min", "prod", "average", "median", "var", "std")
LOGARITHMIC = ("02", "03", "04", "08")  # lessons in which the cost contains a logarithm
PARTS = (ast.Name, ast.Attribute, ast.Subscript)


def unneeded(exercise):
    """Return the names of the arguments that a right answer need not use.

    These are the arguments that the exercise's own solution does not use, and Z1 if A1 can be used instead.
    """
    names = frozenset(exercise.arguments)
    spare = {name for name in names if name[0] == "Z" and name[1:].isdigit() and f"A{name[1:]}" in names}
    if not callable(exercise.solution):
        return frozenset(spare)
    used = {n.id for n in ast.walk(ast.parse(exercise.solution_text)) if isinstance(n, ast.Name)}
    return names - used | spare


def read(exercise, answer):
    """Return a function's code (see `reading.read`), including its unneeded arguments and the names of its results."""
    code = reading.read(answer)
    return code and code._replace(unneeded=unneeded(exercise), parts=exercise.parts)


def certain(code, hint, whole):
    """Return a sentence and a question about a mistake that can be seen without running the code.

    Return "" if there is no such mistake, or if a change to a different line corrects the code. If a known wrong answer
    has the same results, its hint takes precedence over a remark about a constant.
    """
    loose = loose_ends.lost(code)
    if loose is not None and not whole:
        return loose_ends.about_lost(loose, code)
    axes = "" if whole else traps.counted_axes(code)
    if axes:
        return axes
    said = "" if hint else constant(code)
    return said if not whole or whole.line in said else ""


def constant(code):
    """If a difference is always 0 or a quotient is always 1, return a sentence and a question about it."""
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Sub, ast.Div)):
            continue
        known = any(isinstance(part, PARTS) for part in ast.walk(node)) and "random" not in ast.unparse(node)
        if known and _ordered(node.left) == _ordered(node.right):
            value = 0 if isinstance(node.op, ast.Sub) else 1
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} is always {value}, because its two sides "
                f"are equal. Which of them is different in the formula?"
            )
    return ""


def _ordered(node):
    """Return the code of an expression with the operands of its sums and products in alphabetical order."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add)):
        sides = sorted((_ordered(node.left), _ordered(node.right)))
        return f"({type(node.op).__name__} {sides[0]} {sides[1]})"
    return ast.unparse(node)


def of(exercise, code, words, sized):
    """Return a sentence and a question about what the code alone reveals, or "" if it reveals nothing.

    Parameters
    ----------
    exercise : Exercise
    code : reading.Code
        The reader's code.
    words : str
        A description of the wrong result, which may mention two shapes.
    sized : callable
        Takes a function and the index of a case, and returns which results have the right size (see `repair.find`).
    """
    cases = exercise.cases()
    shapes = re.findall(r"shape \(([\d, ]*)\)", words)
    if len(shapes) == 2 and "right shape" not in words:
        mine, right = (np.array([int(n) for n in re.findall(r"\d+", shape)] or [1]) for shape in shapes)
        found = _of_differences(code, mine, right) or _of_lost_entries(code, cases, sized)
    else:
        found = _skipped(code)
    found = traps.of(code, cases[0]) or found
    in_cost = exercise.lesson in LOGARITHMIC
    found = found or _outside(code) or _never(code) or loose_ends.unused(code)
    if "clip" not in exercise.solution_text:
        found = found or loose_ends.cut_off(code, cases, exercise.key.right)
    return found or (in_cost and _about_logarithm(code, exercise.parts, cases)) or ""


def _outside(code):
    hidden, never = reading.outside(code), reading.unused(code)
    node = next((n for n in ast.walk(code.tree) if isinstance(n, ast.Name) and n.id in hidden[:1]), None)
    if node and never:
        one, alone = len(hidden) == 1, len(never) == 1
        return (
            f"The function uses {listed(hidden)} from elsewhere in the notebook, but never its own "
            f"{'argument' if alone else 'arguments'} {listed(never)}. Which of its arguments should take the place of "
            f"{'this variable' if one else 'these variables'}?"
        )
    return node and (
        f"`{node.id}`{where(code.line(node))} is not an argument of the function but comes from elsewhere in the "
        f"notebook. Which argument, or which size of an argument, should you use instead?"
    )


def _never(code):
    names = reading.unused(code)
    question = "What is it needed for?" if len(names) == 1 else "What are they needed for?"
    return names and f"{diagnosis.about_unused(code)}{question}"


def with_unused(words, code):
    """Insert a sentence about the code into a message, before its closing question."""
    if not code:
        return words
    never, hidden, lost = diagnosis.about_unused(code), reading.outside(code), loose_ends.lost(code)
    if hidden:
        never = f"`{hidden[0]}` is not an argument of the function but comes from elsewhere in the notebook. {never}"
    loose = (
        _diagonal(code, words)
        or _fixed_keys(code, words)
        or _axis_left_out(code, words)
        or _lost_axis(code, words)
        or (lost and loose_ends.about_lost(lost, code))
        or loose_ends.unused(code)
    )
    if not never and loose and len(words) + len(loose) < 480:
        return f"{re.sub(' [A-Z][^.?!]*[?]$', '', words)} {loose}"
    sentences = re.split(r"(?<=[.!]) (?=[A-Z])", words)
    return " ".join([*sentences[:-1], f"{never}{sentences[-1]}"]) if never else words


def with_arguments(words, missing, code):
    """Extend a message about an undefined name by naming the unused arguments that may have been meant."""
    names = reading.unused(code) if code else []
    if not names:
        return words
    known = {*vars(builtins), *code.scope, code.tree.name}
    known |= {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    known |= {argument.arg for n in ast.walk(code.tree) if isinstance(n, ast.arguments) for argument in n.args}
    used = [n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name)]
    others = [name for name in dict.fromkeys(used) if name not in known and name != missing]
    also = f"{listed(others)} {'is' if len(others) == 1 else 'are'} not defined either. " if others else ""
    words = re.sub(r" (Did you|Is it misspelt|Which line).*$", "", words)
    which = "Is it what you meant" if len(names) == 1 else "Which of them did you mean"
    return f"{words} {also}{diagnosis.about_unused(code)}{which} by {listed([missing, *others], 'or')}?"


def _diagonal(code, words):
    """Return a sentence and a question about np.diag, or "" if the line that raised an error does not call it."""
    called = [n for n in ast.walk(code.tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "np.diag"]
    arguments = [argument.arg for argument in code.tree.args.args]
    for call in called:
        given = ast.unparse(call.args[0]) if call.args else ""
        if given in arguments and "not fit together" in words and code.line(call)[:40] in words:
            return (
                f"`np.diag` turns a vector into a diagonal matrix, but from a matrix it extracts the diagonal. Is "
                f"`{given}` a vector?"
            )
    return ""


def _fixed_keys(code, words):
    """Return a sentence and a question if the code only works for a fixed number of layers, otherwise ""."""
    loops = (ast.For, ast.While, ast.ListComp, ast.DictComp)
    arguments = [argument.arg for argument in code.tree.args.args]
    keys = {n.slice.value for n in ast.walk(code.tree) if isinstance(n, ast.Subscript)
            and getattr(n.value, "id", "") in arguments and isinstance(n.slice, ast.Constant)}  # fmt: skip
    if "has no entry" not in words or len(keys) < 2 or any(isinstance(n, loops) for n in ast.walk(code.tree)):
        return ""
    return f"Your code always uses the keys {listed(sorted(keys))}. How can you make it work for any number of layers?"


def _axis_left_out(code, words):
    """If a new shape leaves out an axis of an argument, return a sentence and a question about it."""
    line = re.search(r"in the line `([^`]+)`", words) if "cannot reshape" in words else None
    for argument in code.tree.args.args if line else ():
        axes = sorted({int(axis) for axis in re.findall(rf"\b{argument.arg}\.shape\[(\d)\]", line[1])})
        if len(axes) > 1:
            name = argument.arg
            return f"The new shape uses axes {listed(axes)} of `{name}`. Which other axes does `{name}` have?"
    return ""


def _lost_axis(code, words):
    """If a reduction has removed an axis that is still needed, return a sentence and a question about it."""
    shapes = re.findall(r"shapes \(([\d,]*)\) \(([\d,]*)\)", words)
    for first, second in shapes:
        longer, shorter = sorted((first.strip(",").split(","), second.strip(",").split(",")), key=len, reverse=True)
        lost = [longer[:i] + longer[i + 1 :] for i in range(len(longer))]
        calls_here = (n for n in ast.walk(code.tree) if isinstance(n, ast.Call) and code.line(n)[:40] in words)
        for call in calls_here if shorter in lost else ():
            named = {keyword.arg for keyword in call.keywords}
            if getattr(call.func, "attr", "") in COMBINED and "axis" in named and "keepdims" not in named:
                return f"`{ast.unparse(call)}` removes the axis that it runs along. How can the result keep this axis?"
    return ""


def _of_differences(code, mine, right):
    calls_of_diff = [n for n in ast.walk(code.tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "np.diff"]
    if not calls_of_diff or mine.size != right.size or mine.sum() + 1 != right.sum():
        return ""
    node = calls_of_diff[0]
    return (
        f"`np.diff` returns one fewer number than it is given{where(code.line(node))}. How many numbers must "
        f"{quote(ast.unparse(node.args[0]))} contain?"
    )


def _of_lost_entries(code, cases, sized):
    """If removing a sum or mean gives a result of the right size, return a sentence and a question about it."""
    found = [
        edit._replace(node=node, piece=ast.unparse(node))
        for slot, node, _ in slots(code.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in COMBINED
        for edit in calls.edits_of(slot, node)
        if edit.kind in ("extra_sum", "no_axis")
    ]
    guilty = repair.find(code, cases, sized, found=found)
    return guilty and (
        f"{quote(guilty.piece)}{where(guilty.line)} combines several entries into one. Should they stay separate?"
    )


def _skipped(code):
    for node in ast.walk(code.tree):
        test = node.test if isinstance(node, ast.If) and not node.orelse else None
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq):
            if all(isinstance(side, ast.Name) for side in (test.left, test.comparators[0])):
                return (
                    f"{quote(code.line(node))} skips the iterations in which `{ast.unparse(test.left)}` and "
                    f"`{ast.unparse(test.comparators[0])}` are equal. What would these iterations contribute?"
                )
    return ""


def _about_logarithm(code, parts, cases):
    """Return a sentence and a question about a logarithm that affects the gradients, or "" if there is none.

    Logarithms are part of the cost, so a logarithm in a gradient usually means that the cost was not differentiated.
    """
    if not parts or not all(re.match(r"d[A-Za-z]", part) for part in parts):
        return ""
    for slot, node, _ in slots(code.tree):
        is_log = isinstance(node, ast.Call) and ast.unparse(node.func) == "np.log" and node.args
        if is_log and repair.matters(code, of_slot("function", slot, node.args[0], node), cases):
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} is part of the cost, but a gradient contains the "
                f"derivative of the cost. What is the derivative of a logarithm?"
            )
    return ""


def counted(node, value, code):
    """Return a sentence and a question about the size of a notebook array that the code uses, or "" if it uses none."""
    if not isinstance(value, np.ndarray):
        return ""
    text, name = ast.unparse(code.tree), node.id
    size = re.search(rf"\blen\({name}\)|\b{name}\.shape\[-?\d\]", text)
    if not size:
        return ""
    axis = int(size[0][:-1].split("[")[1]) % max(value.ndim, 2) if "[" in size[0] else 0
    if axis >= value.ndim:
        return ""
    found = f"`{size[0]}`{where(code.line(node))} is {value.shape[axis]}, the number of "
    if value.ndim == 1:
        return f"{found}entries of `{name}`. Which number does the question ask about?"
    kind = ("row", "column")[axis] if value.ndim == 2 else "part"
    return (
        f"{found}{kind}s of `{name}`{' along this axis' if kind == 'part' else ''}. What does each {kind} contain, and "
        "which axis does the question ask about?"
    )
