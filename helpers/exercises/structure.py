"""Edits that rearrange larger parts of the code, for example to take a mean later or to move code out of a call."""

import ast
import copy
import itertools

from helpers.exercises import subscripts, terms
from helpers.exercises.edits import RANKS, Edit, of_body, of_slot, parse
from helpers.exercises.expressions import slots

SUMS = ("mean", "sum")
LENGTHS = ("norm", "sqrt", "abs")
CUTS = (1, 2, 3, -1, -2)  # columns at which an array with several gradients may be split


def edits_of(function, arrays):
    """Yield edits that rearrange the code.

    Parameters
    ----------
    function : ast.FunctionDef
        The function.
    arrays : list of str
        Names of the arguments that are arrays.
    """
    made = _definitions(function)
    for slot, node, parent in slots(function):
        if isinstance(node, ast.Call):
            yield from _inside(slot, node)
            yield from _unsquared(node)
            yield from terms.of_call(slot, node)
            yield from _all_pairs(slot, node, made)
        if isinstance(node, ast.Subscript):
            yield from subscripts.edits_of(slot, node, made)
        if isinstance(node, ast.BinOp):
            yield from terms.edits_of(slot, node, parent)
            yield from _late_difference(slot, node)
            yield from _product_of_means(slot, node, made)
        if isinstance(parent, (ast.Assign, ast.Return)) and slot[1] == "value":
            yield from _without_slope(slot, node, [*arrays, *made])
            yield from _as_is(slot, node, made, arrays)
        if isinstance(parent, ast.Return):
            yield of_slot("lengths", slot, parse(f"[len(part) for part in {ast.unparse(node)}]"), node)
            yield from _cut(slot, node)
    yield from _late(function, made)
    yield from _parts_of_the_data(function, arrays)
    yield from _two_functions(function)
    owners = [n for n in ast.walk(function) if isinstance(getattr(n, "body", None), list)]
    for owner, edits in itertools.product(owners, (_sums_of_lengths, _late_statements, _growing)):
        yield from edits(owner)


def _definitions(function):
    """Return a dictionary with the value of every variable that is assigned exactly once."""
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    single = [n for n in ast.walk(function) if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)]
    return {n.targets[0].id: n.value for n in single if stored.count(n.targets[0].id) == 1}


def _unsquared(node):
    """Yield an edit that changes a.mean() to (a ** 2).mean()."""
    array = node.func.value if getattr(node.func, "attr", "") in SUMS else None
    if array is not None and ast.unparse(array) != "np":
        yield of_slot("square", (node.func, "value"), ast.BinOp(array, ast.Pow(), ast.Constant(2)), array)


def _inside(slot, node):
    """Yield an edit that changes f(a - b) to f(a) - f(b)."""
    inner = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Add, ast.Sub)):
        each = [ast.Call(node.func, [side], []) for side in (inner.left, inner.right)]
        yield of_slot("inside", slot, ast.BinOp(each[0], inner.op, each[1]), node)


def _late(function, made):
    """Yield edits that change `E = f(x)`, followed by `E - y`, to `E = f(x - y)`, followed by `E`."""
    found = {}
    for slot, node, _ in slots(function):
        call = made.get(getattr(node.left, "id", "")) if isinstance(node, ast.BinOp) else None
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
            found.setdefault(ast.dump(node), []).append((slot, node, call))
    for same in found.values():
        _, node, call = same[0]
        inner = (call.args, 0, ast.BinOp(call.args[0], node.op, node.right))
        changes = [inner, *((*slot, each.left) for slot, each, _ in same)]
        yield Edit("late", changes, node, ast.unparse(node), RANKS["late"])


def _late_difference(slot, node):
    """Yield an edit that changes f(a) - f(b) to f(a - b)."""
    sides = [node.left, node.right]
    if isinstance(node.op, (ast.Add, ast.Sub)) and all(isinstance(n, ast.Call) and len(n.args) == 1 for n in sides):
        if ast.unparse(node.left.func) == ast.unparse(node.right.func):
            inner = ast.BinOp(node.left.args[0], node.op, node.right.args[0])
            yield of_slot("late", slot, ast.Call(node.left.func, [inner], []), node)


def _late_statements(owner):
    """Yield edits that change the lines `x = f(y); x = x - …` to `x = y; x = x - …; x = f(x)`."""
    body = owner.body
    for i, (first, then) in enumerate(itertools.pairwise(body)):
        call = first.value if isinstance(first, ast.Assign) else None
        if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
            continue
        if isinstance(then, (ast.Assign, ast.AugAssign)):
            target = first.targets[0]
            if isinstance(target, ast.Name) and ast.unparse(getattr(then, "targets", [then])[0]).startswith(target.id):
                last = ast.Assign([target], ast.Call(call.func, [ast.Name(target.id, ast.Load())], []))
                new = [ast.Assign([target], call.args[0]), then, last]
                yield of_body("late", owner, body, [*body[:i], *new, *body[i + 2 :]], then)


def _product_of_means(slot, node, made):
    """Yield edits that replace a product of two means, or of two sums, with the mean or the sum of the products."""
    if not isinstance(node.op, (ast.Mult, ast.MatMult)):
        return
    (kind, left), (other, right) = (_combined(side, made) for side in (node.left, node.right))
    if not kind or not other:
        return
    product = f"(({left}) @ ({right}).T)"
    for end in (f" / ({right}).shape[1]", ""):
        yield of_slot("product_of_means", slot, parse(product + end), node)
    yield of_slot("product_of_means", slot, parse(f"(({left}) * ({right})).{kind}()"), node)


def _combined(node, made):
    """Return "mean" or "sum" and the code of the argument if a node is a mean or a sum, or the name of one.

    Return ("", "") for any other node.
    """
    if isinstance(node, ast.Attribute) and node.attr == "T":
        node = node.value
    node = made.get(node.id) if isinstance(node, ast.Name) else node
    name = getattr(getattr(node, "func", None), "attr", "")
    if not isinstance(node, ast.Call) or name not in SUMS:
        return "", ""
    of_numpy = ast.unparse(node.func.value) == "np"
    if of_numpy and not node.args:
        return "", ""
    return name, ast.unparse(node.args[0] if of_numpy else node.func.value)


def _all_pairs(slot, node, made):
    """Yield an edit that replaces a sum over all pairs of examples with a sum over the examples."""
    if ast.unparse(node.func) == "np.outer" and len(node.args) == 2:
        (kind, left), (other, right) = (_combined(argument, made) for argument in node.args)
        if kind and other:
            yield of_slot("product_of_means", slot, parse(f"({left}) @ ({right}).T"), node)
    inner = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "sum" else node
    called = ast.unparse(getattr(inner, "func", inner))
    if called == "np.tensordot" and inner is not node and len(inner.args) >= 2:
        yield of_slot("all_pairs", slot, parse("({}) @ ({}).T".format(*map(ast.unparse, inner.args[:2]))), node)
    if called == "np.einsum" and len(inner.args) == 3 and isinstance(getattr(inner.args[0], "value", None), str):
        first, _, second = inner.args[0].value.split("->")[0].partition(",")
        if not set(first.split()) & set(second.split()) and not set(first) & set(second):
            yield of_slot("all_pairs", slot, parse("({}) @ ({}).T".format(*map(ast.unparse, inner.args[1:]))), node)


def _without_slope(slot, node, names):
    entries = [ast.unparse(n) for n in ast.walk(node) if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)]
    for name in dict.fromkeys([*names, *entries]):
        for slope in (f"{name} * (1 - {name})", f"1 - {name} ** 2"):
            late = 0 if isinstance(node, ast.Name) else 0.1  # dZ = dA shows the mistake better than the line above it
            yield of_slot("no_slope", slot, ast.BinOp(node, ast.Mult(), parse(slope)), node, late)


def _as_is(slot, node, made, arrays):
    """Yield an edit that replaces a value computed from a single array with the array itself."""
    own = {part.id for target in getattr(slot[0], "targets", []) for part in ast.walk(target) if hasattr(part, "id")}
    origins, names = set(), [node]
    while names:
        for part in ast.walk(names.pop()):
            if isinstance(part, ast.Name) and part.id != "np" and part.id not in origins:
                origins.add(part.id)
                names += [made[part.id]] if part.id in made and part.id not in arrays else []
    origins -= set(made) - set(arrays)
    if len(origins) == 1 and origins <= set(arrays) - own and not isinstance(node, ast.Name):
        (name,) = origins
        yield of_slot("as_is", slot, ast.Name(name, ast.Load()), node, 0.3, piece=name)


def _cut(slot, node):
    """Yield edits that split the columns of an array at a different place."""
    parts = node.elts if isinstance(node, ast.Tuple) and len(node.elts) == 2 else []
    if not parts or not all(isinstance(part, ast.Subscript) for part in parts):
        return
    first, second = (ast.unparse(part.value) for part in parts)
    for k in CUTS if first == second else ():
        halves = f"{first}[:, :{k}]", f"{first}[:, {k}:]"
        for one, other in (halves, halves[::-1]):
            yield of_slot("cut", slot, parse(f"({one}, {other})"), node)


def _parts_of_the_data(function, arrays):
    """Yield an edit that uses whole arguments instead of the entries that each iteration selects from them."""
    found = [
        (slot, node)
        for slot, node, _ in slots(function)
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in arrays
        if isinstance(node.ctx, ast.Load) and any(isinstance(part, ast.Name) for part in ast.walk(node.slice))
    ]
    if found:
        node = found[0][1]
        yield Edit("subset", [(*slot, n.value) for slot, n in found], node, ast.unparse(node), RANKS["subset"])


def _two_functions(function):
    """Yield edits that swap two functions wherever they are called."""
    calls = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in ("range", "len"):
            calls.setdefault(node.func.id, []).append(node)
    for one, other in list(itertools.combinations(calls, 2))[:6]:
        changes = [(node, "func", ast.Name(other, ast.Load())) for node in calls[one]]
        changes += [(node, "func", ast.Name(one, ast.Load())) for node in calls[other]]
        outer = min(calls[one] + calls[other], key=lambda node: (node.lineno, node.col_offset))
        yield Edit("swapped_functions", changes, outer, ast.unparse(outer), RANKS["swapped_functions"])


def _sums_of_lengths(owner):
    """Yield edits that add up the squares of lengths in a loop and take the root afterwards."""
    body = owner.body
    for i, loop in enumerate(body):
        for j, node in enumerate(loop.body if isinstance(loop, ast.For) else ()):
            called = getattr(getattr(node, "value", None), "func", None)
            if not isinstance(node, ast.AugAssign) or getattr(called, "attr", getattr(called, "id", "")) not in LENGTHS:
                continue
            squared = ast.AugAssign(node.target, node.op, ast.BinOp(node.value, ast.Pow(), ast.Constant(2)))
            other = copy.copy(loop)
            other.body = [*loop.body[:j], squared, *loop.body[j + 1 :]]
            root = ast.parse(f"{ast.unparse(node.target)} = {ast.unparse(node.target)} ** 0.5").body[0]
            yield of_body("sum_of_lengths", owner, body, [*body[:i], other, root, *body[i + 1 :]], node)


def _growing(owner):
    """Yield edits to a loop that uses a sum while still adding to it.

    The edited code either completes the sum in a separate loop first, or uses only the term added in each iteration.
    """
    for i, loop in enumerate(owner.body):
        for j, node in enumerate(loop.body if isinstance(loop, ast.For) else ()):
            name = _added_to(node)
            used = [slot for other in loop.body[j + 1 :] for slot, n, _ in slots(other) if getattr(n, "id", "") == name]
            if name and used:
                added = node.value if isinstance(node, ast.AugAssign) else node.value.right
                changes = [(*slot, added) for slot in used]
                yield Edit("growing", changes, node, ast.unparse(node), RANKS["growing"])
                first, second = copy.copy(loop), copy.copy(loop)
                first.body, second.body = loop.body[: j + 1], [*loop.body[:j], *loop.body[j + 1 :]]
                yield of_body(
                    "growing", owner, owner.body, [*owner.body[:i], first, second, *owner.body[i + 1 :]], node
                )


def _added_to(node):
    """Return the variable that a statement such as `x += y` or `x = x + y` adds to, or "" for other statements."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add):
        return node.target.id
    value = node.value if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    name = getattr(node.targets[0], "id", "") if value is not None else ""
    return name if isinstance(getattr(value, "op", None), ast.Add) and getattr(value.left, "id", None) == name else ""
