"""Edits that undo mistakes in code that handles one example at a time, such as using only a single column."""

import ast
import copy
import itertools
import re

from helpers.exercises.edits import RANKS, Edit, of_body, of_slot, parse
from helpers.exercises.expressions import slots

MOST_LETTERS = 4  # calls to einsum with more different index letters are skipped


def edits_of(function):
    """Yield edits that undo possible mistakes in code that handles one example at a time.

    Parameters
    ----------
    function : ast.FunctionDef
        The function.
    """
    for slot, node, _ in slots(function):
        if isinstance(node, ast.BinOp):
            yield from _one_column_of_two(slot, node)
            yield from _outer(slot, node)
            yield from _relative(slot, node)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from _one_column(slot, node)
        if isinstance(node, ast.Call):
            yield from _one_column_of_outer(slot, node)
        yield from _letters(slot, node)
    for owner in ast.walk(function):
        for i, loop in enumerate(owner.body if isinstance(getattr(owner, "body", None), list) else ()):
            if isinstance(loop, ast.For):
                yield from _not_replaced(owner, i)
                yield from _collected(owner, i, [argument.arg for argument in function.args.args])
                yield from _other_target(function, loop)


def _stored(nodes):
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _loop(loop, body):
    other = copy.copy(loop)
    other.body = body
    return other


def _not_replaced(owner, i):
    """If new values get new names, yield an edit that assigns them to the old names at the end of each iteration."""
    loop = owner.body[i]
    set_here = _stored(loop.body)
    read = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    replaced, lines = [], []
    for node in loop.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
        pairs = list(zip(target.elts, value.elts, strict=True)) if both else [(target, value)]
        for new, formula in pairs:
            old = formula.left if isinstance(formula, ast.BinOp) else None
            if isinstance(new, ast.Name) and isinstance(old, ast.Name) and new.id not in read | {old.id}:
                if old.id not in set_here:
                    replaced.append(ast.Assign([ast.Name(old.id, ast.Store())], ast.Name(new.id, ast.Load())))
                    lines.append(node)
    if replaced:
        body = [*owner.body[:i], _loop(loop, [*loop.body, *replaced]), *owner.body[i + 1 :]]
        yield of_body("not_replaced", owner, owner.body, body, lines[0])


def _other_target(function, loop):
    """If the name of a result is never used, yield edits that replace it with a name from the result's own formula."""
    read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") not in {"", *read}:
            for other in sorted(n.id for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id != "np"):
                yield of_slot("other_target", (node.targets, 0), ast.Name(other, ast.Store()), node)


def _collected(owner, i, arguments):
    """If each iteration overwrites the previous value, yield edits that return the values from all iterations."""
    loop, after = owner.body[i], owner.body[i + 1 :]
    name = getattr(getattr(after[-1], "value", None), "id", "") if after and isinstance(after[-1], ast.Return) else ""
    made = [n for n in loop.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == name]
    if len(after) != 1 or len(made) != 1 or len(made[0].targets) != 1:
        return
    code = "every_pass = []\nevery_pass.append({})"
    results = ["np.stack(every_pass, axis=-1)", "np.stack(every_pass)", "np.hstack(every_pass)", "every_pass"]
    results += [f"np.reshape(every_pass, {argument}.shape)" for argument in arguments]
    if isinstance(made[0].value, ast.Dict):
        code, results = "every_pass = {{}}\nevery_pass.update({})", ["every_pass"]
    start, keep = ast.parse(code.format(name)).body
    for result in results:
        new = [*owner.body[:i], start, _loop(loop, [*loop.body, keep]), ast.Return(parse(result))]
        yield of_body("collected", owner, owner.body, new, made[0])


def _column(node):
    """Return the array and the column number of `x[…, 0]`, `x[…, [0]]` or `x[…, :1]`, and (None, None) otherwise."""
    index = node.slice.elts[-1] if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) else None
    index = index.elts[0] if isinstance(index, ast.List) and len(index.elts) == 1 else index
    index = ast.Constant(0) if isinstance(index, ast.Slice) and ast.unparse(index) in (":1", "0:1") else index
    if not isinstance(index, ast.Constant) or type(index.value) is not int:
        return None, None
    rows = node.slice.elts[:-1]
    kept = rows[0] if len(rows) == 1 else ast.Tuple(rows, ast.Load())
    return ast.Subscript(node.value, kept, ast.Load()), index.value


def _one_column_of_two(slot, node):
    """Yield edits that replace x[k, 0] * y[j, 0] with the sum of these products over all columns."""
    (left, one), (right, other) = _column(node.left), _column(node.right)
    if left and right and one == other and isinstance(node.op, (ast.Mult, ast.MatMult)):
        x, y = ast.unparse(left), ast.unparse(right)
        sums = [f"({x} * {y}).sum(axis=-1{end})" for end in ("", ", keepdims=True")]
        for new in (f"{x} @ {y}", f"{x} @ ({y}).T", *sums):
            yield of_slot("one_column", slot, parse(new), node)


def _one_column(slot, node):
    """Yield edits that replace x[k, 0] with the sum or the mean over all columns."""
    array, _ = _column(node)
    for end in ("sum()", "mean()", "sum(axis=-1)", "sum(axis=-1, keepdims=True)") if array else ():
        yield of_slot("one_column", slot, parse(f"{ast.unparse(array)}.{end}"), node)


def _one_column_of_outer(slot, node):
    """Yield an edit that replaces np.outer(x[:, 0], y[:, 0]) with the sum of these products over all columns."""
    if ast.unparse(node.func) == "np.outer" and len(node.args) == 2:
        (x, one), (y, other) = map(_column, node.args)
        if x and y and one == other:
            yield of_slot("one_column", slot, parse(f"{ast.unparse(x)} @ ({ast.unparse(y)}).T"), node)


def _outer(slot, node):
    """Yield an edit that replaces a * b or a @ b with the outer product of the two vectors."""
    if isinstance(node.op, (ast.Mult, ast.MatMult)):
        yield of_slot("outer", slot, parse(f"np.outer({ast.unparse(node.left)}, {ast.unparse(node.right)})"), node)


def _relative(slot, node):
    """Yield an edit that changes x * (1 + h) to x + h. All edits of this kind are also applied together."""
    for value, share in ((node.left, node.right), (node.right, node.left)):
        if isinstance(node.op, ast.Mult) and isinstance(share, ast.BinOp) and isinstance(share.op, (ast.Add, ast.Sub)):
            if getattr(share.left, "value", None) == 1:
                yield of_slot("relative", slot, ast.BinOp(value, share.op, share.right), node, 0, "relative")


def _letters(slot, node):
    """Yield edits to the index letters of the result in a call to np.einsum, with or without added axes."""
    added = isinstance(node, ast.Subscript) and re.search("newaxis|None", ast.unparse(node.slice))
    call = node.value if added else node
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "np.einsum" or not call.args:
        return
    given, arrow, result = str(getattr(call.args[0], "value", "")).replace(" ", "").partition("->")
    letters = sorted(set(given) - {",", "."})
    if not arrow or len(letters) > MOST_LETTERS:
        return
    for count in range(3):
        for other in map("".join, itertools.permutations(letters, count)):
            if other != result or call is not node:
                new = ast.Call(call.func, [ast.Constant(f"{given}->{other}"), *call.args[1:]], call.keywords)
                tag = _renamed(f"{given}->{result} {other}") + str(call is node)
                yield Edit("letters", [(*slot, new)], call.args[0], ast.unparse(call.args[0]), RANKS["letters"], tag)


def _renamed(letters):
    """Rename index letters in order of appearance, so that equivalent patterns become identical."""
    order = list(dict.fromkeys(re.findall("[a-zA-Z]", letters)))
    return re.sub("[a-zA-Z]", lambda letter: chr(ord("a") + order.index(letter[0])), letters)
