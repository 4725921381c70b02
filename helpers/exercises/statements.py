"""Edits to whole statements, such as moving one, replacing `=` with `+=`, or copying an argument before it changes."""

import ast
import copy

from helpers.exercises.edits import of_body, of_slot, parse
from helpers.exercises.operations import SIGNS


def _bodies(tree):
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            if isinstance(getattr(node, field, None), list):
                yield node, getattr(node, field)


def edits_of(function):
    """Yield edits to whole statements.

    They leave out or move a statement, replace `=` with `+=` or vice versa, or copy an argument before it is changed.
    """
    for argument in function.args.args:
        line = ast.parse(f"{argument.arg} = __import__('copy').deepcopy({argument.arg})").body[0]
        changed = first_change(function, argument.arg)
        if changed is not None:
            yield of_body("copy", function, function.body, [line, *function.body], changed)
    for owner, body in _bodies(function):
        for i, node in enumerate(body):
            yield from _moved(owner, body, i)
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                yield from _assigned(owner, body, i)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(owner, ast.For):
                entry = ast.Subscript(_read(node.target), _read(owner.target), ast.Store())
                yield of_slot("whole_target", (body, i), ast.Assign([entry], node.value), node)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                yield from _clobbered(owner, body, i)
            if isinstance(node, (ast.For, ast.While)):
                yield from _around_a_loop(owner, body, i)
            if isinstance(node, ast.If):
                yield from _conditions(owner, body, i)
            if isinstance(node, ast.Expr) and getattr(getattr(node.value, "func", None), "id", "") == "print":
                result = node.value.args[0] if len(node.value.args) == 1 else ast.Tuple(node.value.args, ast.Load())
                yield of_body("no_return", owner, body, [*body[:i], ast.Return(result), *body[i + 1 :]], node)
    yield from _without_return(function)


def _moved(owner, body, i):
    """Yield edits that leave out statement i, move it, or make it depend on the loop variable."""
    node, rest = body[i], [*body[:i], *body[i + 1 :]]
    if isinstance(node, ast.Return):
        return
    if rest:
        stops = isinstance(node, ast.If) and isinstance(owner, (ast.For, ast.While)) and not node.orelse
        stops = stops and isinstance(node.body[-1], (ast.Break, ast.Return))
        yield of_body("early_stop" if stops else "extra_statement", owner, body, rest, node)
    for j in (*range(i - 1, i), *range(i + 1, len(body))):
        if j >= 0:
            yield of_body("statement_order", owner, body, [*rest[:j], node, *rest[j:]], node)
    loop = getattr(getattr(owner, "target", None), "id", "")
    if _uses(node, loop) and not isinstance(node, ast.If):
        for bound in (1, 0):
            guarded = ast.If(parse(f"{loop} > {bound}"), [node], [])
            yield of_body("guard", owner, body, [*body[:i], guarded, *body[i + 1 :]], node)


def _conditions(owner, body, i):
    """Yield edits that remove or negate a condition, or turn `x if np.all(c) else y` into `np.where(c, x, y)`."""
    turned = ast.If(ast.UnaryOp(ast.Not(), body[i].test), body[i].body, body[i].orelse)
    yield of_body("unconditional", owner, body, [*body[:i], *body[i].body, *body[i + 1 :]], body[i])
    yield of_body("comparison", owner, body, [*body[:i], turned, *body[i + 1 :]], body[i])
    test, after = body[i].test, body[i].orelse or body[i + 1 : i + 2]
    if (
        getattr(getattr(test, "func", None), "attr", "") not in ("all", "any")
        or not len(body[i].body) == len(after) == 1
    ):
        return
    condition = ast.unparse(test.args[0] if test.args else test.func.value)
    one, other = body[i].body[0], after[0]
    if isinstance(one, ast.Return) and isinstance(other, ast.Return) and one.value and other.value:
        new = parse(f"np.where({condition}, {ast.unparse(one.value)}, {ast.unparse(other.value)})")
        yield of_body("one_condition", owner, body, [*body[:i], ast.Return(new)], body[i])


def _uses(node, name):
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _assigned(owner, body, i):
    """Yield edits that replace `+=` with `=`, or vice versa."""
    node = body[i]
    if isinstance(node, ast.AugAssign):
        plain = ast.Assign([node.target], ast.BinOp(_read(node.target), node.op, node.value))
        yield of_slot("copy", (body, i), plain, node, 0, "augmented")
        yield of_slot("accumulated", (body, i), ast.Assign([node.target], node.value), node)
        if type(node.op) in SIGNS:
            other = ast.AugAssign(node.target, SIGNS[type(node.op)](), node.value)
            yield of_slot("sign", (body, i), other, node, 0, "augmented")
    elif isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        pairs = list(zip(node.targets[0].elts, node.value.elts, strict=False))
        for op in (ast.Add(), ast.Sub()) if all(isinstance(name, ast.Name) for name, _ in pairs) else ():
            sums = [ast.BinOp(_read(target), op, value) for target, value in pairs]
            yield of_slot("overwritten", (node, "value"), ast.Tuple(sums, ast.Load()), node)
    elif len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        for op in (ast.Add(), ast.Sub()):
            yield of_slot("overwritten", (body, i), ast.AugAssign(node.targets[0], op, node.value), node)
        if isinstance(node.targets[0], ast.Name):
            append = ast.Attribute(ast.Name(node.targets[0].id, ast.Load()), "append", ast.Load())
            yield of_slot("overwritten", (body, i), ast.Expr(ast.Call(append, [node.value], [])), node, 0.1)


def _clobbered(owner, body, i):
    """Yield an edit that turns `x = f(x)` followed by `x = x - r * x` into `y = f(x)` followed by `x = x - r * y`."""
    node = body[i]
    targets = {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    if not targets & {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}:
        return
    renamed = _Renamed(targets)
    first = ast.Assign([renamed.visit(copy.deepcopy(target)) for target in node.targets], node.value)
    after = copy.deepcopy(body[i + 1 :])
    for part in (part for statement in after for part in ast.walk(statement)):
        if isinstance(part, ast.BinOp) and getattr(part.left, "id", "") in targets and type(part.op) in SIGNS:
            part.right = renamed.visit(part.right)
        elif isinstance(part, ast.AugAssign) and getattr(part.target, "id", "") in targets:
            part.value = renamed.visit(part.value)
    yield of_body("clobbered", owner, body, [*body[:i], first, *after], node)


class _Renamed(ast.NodeTransformer):
    """Transformer that gives variables new names."""

    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        return ast.Name(f"new_{node.id}", node.ctx) if node.id in self.names else node


def _read(target):
    """Return the target of an assignment as an expression that reads its value."""
    copied = copy.deepcopy(target)
    for part in ast.walk(copied):
        if hasattr(part, "ctx"):
            part.ctx = ast.Load()
    return copied


def _without_return(function):
    """Yield an edit that returns the value of the last line."""
    last = function.body[-1]
    if isinstance(last, ast.Assign):
        yield of_body("no_return", function, function.body, [*function.body, ast.Return(_read(last.targets[0]))], last)
    elif isinstance(last, ast.Expr):
        yield of_body("no_return", function, function.body, [*function.body[:-1], ast.Return(last.value)], last)


def _around_a_loop(owner, body, i):
    """Yield edits that move a statement out of a loop, or move an adjacent statement into it."""
    loop, before, after = body[i], body[:i], body[i + 1 :]
    if len(loop.body) > 1:
        first, last = loop.body[0], loop.body[-1]
        kind = "early_return" if isinstance(last, ast.Return) else "out_of_loop"
        yield of_body(kind, owner, body, [*before, _loop(loop, loop.body[:-1]), last, *after], last)
        yield of_body("out_of_loop", owner, body, [*before, first, _loop(loop, loop.body[1:]), *after], first)
    if after and not isinstance(after[0], ast.Return):
        yield of_body("in_loop", owner, body, [*before, _loop(loop, [*loop.body, after[0]]), *after[1:]], after[0])
    yield from _added_up(owner, body, i)
    for j in range(i):
        yield of_body("carried", owner, body, [*body[:j], _loop(loop, [*body[j:i], *loop.body]), *after], body[j])


def _added_up(owner, body, i):
    """Yield an edit that adds up the values that a loop currently overwrites in each iteration."""
    loop = body[i]
    read = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    plain = [n for n in loop.body if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)]
    plain = [n for n in plain if len(n.targets) == 1 and n.targets[0].id not in read]
    if not plain:
        return
    zeros = ast.Assign([n.targets[0] for n in plain], ast.Constant(0))
    added = [ast.AugAssign(n.targets[0], ast.Add(), n.value) if n in plain else n for n in loop.body]
    yield of_body("overwritten", owner, body, [*body[:i], zeros, _loop(loop, added), *body[i + 1 :]], plain[0])


def _loop(loop, body):
    other = copy.copy(loop)
    other.body = body
    return other


def first_change(function, name):
    """Return the first statement that may change all or part of the argument in place, or None."""
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and ast.unparse(node.target).split("[")[0] == name:
            return node
        if isinstance(node, ast.Assign) and any(ast.unparse(t).startswith(f"{name}[") for t in node.targets):
            return node
        rows = {n.id for n in ast.walk(getattr(node, "target", ast.Pass())) if isinstance(n, ast.Name)}
        for part in ast.walk(node) if isinstance(node, ast.For) else ():  # a row of an array is not a copy
            if isinstance(part, ast.AugAssign) and getattr(part.target, "id", "") in rows:
                return part
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if ast.unparse(node.func.value) == name and node.func.attr in ("sort", "reverse", "fill", "pop", "append"):
                return node
        if isinstance(node, ast.Call) and any(k.arg == "out" and ast.unparse(k.value) == name for k in node.keywords):
            return node
    return None
