"""Edits that rearrange larger parts of the code, such as an operation inside a call or a mean taken too early."""

import ast
import copy
import functools
import itertools
import re

from helpers.exercises.edits import RANKS, Edit, of_body, of_slot, parse
from helpers.exercises.expressions import slots

FRACTIONS = (ast.Mult, ast.Div)
SUMS = ("mean", "sum")
LENGTHS = ("norm", "sqrt", "abs")
CUTS = (1, 2, 3, -1, -2)  # columns at which a joint array of gradients may be cut


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
            yield from _covered(slot, node)
            yield from _all_pairs(slot, node, made)
        if isinstance(node, ast.BinOp):
            yield from _misplaced(slot, node, parent)
            yield from _spread(slot, node)
            yield from _square_outside(slot, node)
            yield from _other_slope(slot, node)
            yield from _wrong_term(slot, node)
            yield from _late_difference(slot, node)
            yield from _product_of_means(slot, node, made)
        if isinstance(parent, (ast.Assign, ast.Return)) and slot[1] == "value":
            yield from _without_slope(slot, node, [*arrays, *made])
        if isinstance(parent, ast.Return):
            yield of_slot("lengths", slot, parse(f"[len(part) for part in {ast.unparse(node)}]"), node)
            yield from _cut(slot, node)
    yield from _late(function, made)
    yield from _parts_of_the_data(function, arrays)
    yield from _two_functions(function)
    for owner in ast.walk(function):
        if isinstance(getattr(owner, "body", None), list):
            yield from _sums_of_lengths(owner)
            yield from _late_statements(owner)


def _definitions(function):
    """Return the value of every variable that is assigned exactly once, by name."""
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    single = [n for n in ast.walk(function) if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)]
    return {n.targets[0].id: n.value for n in single if stored.count(n.targets[0].id) == 1}


def _inside(slot, node):
    """Yield an edit from f(a - b) to f(a) - f(b)."""
    inner = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Add, ast.Sub)):
        each = [ast.Call(node.func, [side], []) for side in (inner.left, inner.right)]
        yield of_slot("inside", slot, ast.BinOp(each[0], inner.op, each[1]), node)


def _late(function, made):
    """Yield edits from `E = f(x)` followed by `E - y` to `E = f(x - y)` followed by `E`."""
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


def _misplaced(slot, node, parent):
    """Yield edits that move a factor to the other side of a fraction, or exchange two factors across it."""
    if isinstance(getattr(parent, "op", None), FRACTIONS):
        return
    above, below = _fraction(node)
    if not 2 < len(above) + len(below) < 7:
        return
    kind = "misplaced" if below else "upside_down"
    for i in range(len(above)):
        yield of_slot(kind, slot, _quotient(_without(above, i), [*below, above[i]]), node)
    for i in range(len(below)):
        yield of_slot(kind, slot, _quotient([*above, below[i]], _without(below, i)), node)
    for i, j in itertools.product(range(len(above)), range(len(below))):
        new = _quotient([*_without(above, i), below[j]], [*_without(below, j), above[i]])
        yield of_slot(kind, slot, new, node, 0.1)


def _fraction(node):
    """Return the factors in the numerator and those in the denominator."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, FRACTIONS):
        return [node], []
    (above, below), (more, less) = _fraction(node.left), _fraction(node.right)
    return (above + more, below + less) if isinstance(node.op, ast.Mult) else (above + less, below + more)


def _quotient(above, below):
    numerator = functools.reduce(lambda a, b: ast.BinOp(a, ast.Mult(), b), above or [ast.Constant(1)])
    return functools.reduce(lambda a, b: ast.BinOp(a, ast.Div(), b), below, numerator)


def _without(items, i):
    return items[:i] + items[i + 1 :]


def _covered(slot, node):
    """Yield edits from f(a * b) to a * f(b)."""
    above, below = _fraction(node.args[0]) if len(node.args) == 1 and not node.keywords else ([], [])
    for i in range(len(above)) if len(above) + len(below) > 1 else ():
        rest = ast.Call(node.func, [_quotient(_without(above, i), below)], [])
        yield of_slot("covered", slot, ast.BinOp(above[i], ast.Mult(), rest), node)


def _spread(slot, node):
    """Yield edits from a * (b - c) to b - a * c or a * b - c."""
    for factor, terms in ((node.left, node.right), (node.right, node.left)):
        product = isinstance(node.op, ast.Mult) or (isinstance(node.op, ast.Div) and terms is node.left)
        if product and isinstance(terms, ast.BinOp) and isinstance(terms.op, (ast.Add, ast.Sub)):
            one, other = (ast.BinOp(term, node.op, factor) for term in (terms.left, terms.right))
            yield of_slot("spread", slot, ast.BinOp(terms.left, terms.op, other), node)
            yield of_slot("spread", slot, ast.BinOp(one, terms.op, terms.right), node)


def _wrong_term(slot, node):
    """Yield edits from a + c * b to c * a + b, and the other way round."""
    if not isinstance(node.op, (ast.Add, ast.Sub)):
        return
    for i, side in enumerate((node.right, node.left)):
        if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult):
            for factor, rest in ((side.left, side.right), (side.right, side.left)):
                other = ast.BinOp(factor, ast.Mult(), (node.left, node.right)[i])
                new = ast.BinOp(*((other, node.op, rest) if i == 0 else (rest, node.op, other)))
                yield of_slot("wrong_term", slot, new, node)


def _other_slope(slot, node):
    """Yield edits that exchange the slopes 1 - a ** 2 of tanh and a * (1 - a) of the sigmoid."""
    text = ast.unparse(node)
    tanh = re.fullmatch(r"1 - (.+) \*\* 2", text)
    sigmoid = re.fullmatch(r"(.+) \* \(1 - (.+)\)", text)
    if tanh:
        yield of_slot("other_slope", slot, parse(f"{tanh[1]} * (1 - {tanh[1]})"), node)
    if sigmoid and sigmoid[1] == sigmoid[2]:
        yield of_slot("other_slope", slot, parse(f"1 - ({sigmoid[1]}) ** 2"), node)


def _square_outside(slot, node):
    """Yield edits from f(g(x)) ** 2 to f(g(x) ** 2) and f(g(x ** 2))."""
    calls, inner = [], node.left
    while isinstance(node.op, ast.Pow) and isinstance(inner, ast.Call) and len(inner.args) == 1 and len(calls) < 4:
        calls, inner = [*calls, inner], inner.args[0]
        new = ast.BinOp(inner, ast.Pow(), node.right)
        for call in reversed(calls):
            new = ast.Call(call.func, [new], call.keywords)
        yield of_slot("square_outside", slot, new, node)


def _late_difference(slot, node):
    """Yield an edit from f(a) - f(b) to f(a - b)."""
    sides = [node.left, node.right]
    if isinstance(node.op, (ast.Add, ast.Sub)) and all(isinstance(n, ast.Call) and len(n.args) == 1 for n in sides):
        if ast.unparse(node.left.func) == ast.unparse(node.right.func):
            inner = ast.BinOp(node.left.args[0], node.op, node.right.args[0])
            yield of_slot("late", slot, ast.Call(node.left.func, [inner], []), node)


def _late_statements(owner):
    """Yield edits from `x = f(y)` and then `x = x - …` to `x = y`, then `x = x - …` and finally `x = f(x)`."""
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
    """Yield edits from a product of two means, or of two sums, to the mean or the sum of the products."""
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
    """Return "mean" or "sum" and the code of its argument if the node is one or stands for one, otherwise ("", "")."""
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
    """Yield an edit from a sum over all pairs of examples to the sum over the examples."""
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
    for name in names:
        for slope in (f"{name} * (1 - {name})", f"1 - {name} ** 2"):
            late = 0 if isinstance(node, ast.Name) else 0.1  # dZ = dA shows the mistake better than the line above it
            yield of_slot("no_slope", slot, ast.BinOp(node, ast.Mult(), parse(slope)), node, late)


def _cut(slot, node):
    """Yield edits that cut the columns of an array at a different place."""
    parts = node.elts if isinstance(node, ast.Tuple) and len(node.elts) == 2 else []
    if not parts or not all(isinstance(part, ast.Subscript) for part in parts):
        return
    first, second = (ast.unparse(part.value) for part in parts)
    for k in CUTS if first == second else ():
        halves = f"{first}[:, :{k}]", f"{first}[:, {k}:]"
        for one, other in (halves, halves[::-1]):
            yield of_slot("cut", slot, parse(f"({one}, {other})"), node)


def _parts_of_the_data(function, arrays):
    """Yield an edit that uses whole arguments where the code selects some of their entries in every pass."""
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
