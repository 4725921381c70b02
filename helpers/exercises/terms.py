"""Edits that move a factor, a square or a slope to a different place in a formula."""

import ast
import copy
import functools
import itertools
import re

from helpers.exercises.edits import of_slot, parse

FRACTIONS = (ast.Mult, ast.Div)
SUMS = (ast.Add, ast.Sub)


def edits_of(slot, node, parent):
    """Yield edits to an operation. `parent` is the node that contains it."""
    yield from _misplaced(slot, node, parent)
    yield from _spread(slot, node)
    yield from _wrong_term(slot, node)
    yield from _square_outside(slot, node)
    yield from _other_slope(slot, node)
    yield from _not_derived(slot, node)
    yield from _cancelling(slot, node)
    yield from _brackets(slot, node, parent)


def _misplaced(slot, node, parent):
    """Yield edits that move a factor between numerator and denominator, or swap two factors between them."""
    if isinstance(getattr(parent, "op", None), FRACTIONS):
        return
    above, below = _fraction(node)
    if not 2 < len(above) + len(below) < 7:
        return
    kind = "misplaced" if below else "multiplied"
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


def of_call(slot, node):
    """Yield edits that change f(a * b) to a * f(b), and edits to roots (see `_of_a_root`)."""
    yield from _of_a_root(slot, node)
    above, below = _fraction(node.args[0]) if len(node.args) == 1 and not node.keywords else ([], [])
    for i in range(len(above)) if len(above) + len(below) > 1 else ():
        rest = ast.Call(node.func, [_quotient(_without(above, i), below)], [])
        yield of_slot("covered", slot, ast.BinOp(above[i], ast.Mult(), rest), node)


def _of_a_root(slot, node):
    """Yield an edit that changes np.sqrt(a ** 2 + b ** 2) or np.hypot(a, b) to a + b."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    parts = node.args
    if name == "sqrt" and len(parts) == 1 and isinstance(getattr(parts[0], "op", None), ast.Add):
        squares = [parts[0].left, parts[0].right]
        is_square = [
            isinstance(getattr(n, "op", None), ast.Pow) and n.right.__dict__.get("value") == 2 for n in squares
        ]
        parts = [square.left for square in squares] if all(is_square) else []
    elif name != "hypot":
        parts = []
    if len(parts) == 2:
        yield of_slot("root_of_squares", slot, ast.BinOp(parts[0], ast.Add(), parts[1]), node)


def _spread(slot, node):
    """Yield edits that change a * (b - c) to b - a * c or a * b - c."""
    for factor, terms in ((node.left, node.right), (node.right, node.left)):
        product = isinstance(node.op, ast.Mult) or (isinstance(node.op, ast.Div) and terms is node.left)
        if product and isinstance(terms, ast.BinOp) and isinstance(terms.op, (ast.Add, ast.Sub)):
            one, other = (ast.BinOp(term, node.op, factor) for term in (terms.left, terms.right))
            yield of_slot("spread", slot, ast.BinOp(terms.left, terms.op, other), node)
            yield of_slot("spread", slot, ast.BinOp(one, terms.op, terms.right), node)


def _wrong_term(slot, node):
    """Yield edits that change a + c * b to c * a + b, or vice versa."""
    if not isinstance(node.op, (ast.Add, ast.Sub)):
        return
    for i, side in enumerate((node.right, node.left)):
        if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult):
            for factor, rest in ((side.left, side.right), (side.right, side.left)):
                other = ast.BinOp(factor, ast.Mult(), (node.left, node.right)[i])
                new = ast.BinOp(*((other, node.op, rest) if i == 0 else (rest, node.op, other)))
                yield of_slot("wrong_term", slot, new, node)


def _other_slope(slot, node):
    """Yield edits that swap the slopes of tanh and the sigmoid, compute a from z, or turn a² into a (1 − a).

    The slopes are 1 - a ** 2 for tanh and a * (1 - a) for the sigmoid.
    """
    text = ast.unparse(node)
    tanh = re.fullmatch(r"1 - (.+) \*\* 2", text)
    sigmoid = re.fullmatch(r"(.+) \* \(1 - (.+)\)", text)
    if tanh:
        yield of_slot("other_slope", slot, parse(f"{tanh[1]} * (1 - {tanh[1]})"), node)
        yield of_slot("no_function", slot, parse(f"1 - np.tanh({tanh[1]}) ** 2"), node, piece=tanh[1])
    if sigmoid and sigmoid[1] == sigmoid[2]:
        a = f"(1 / (1 + np.exp(-({sigmoid[1]}))))"
        yield of_slot("other_slope", slot, parse(f"1 - ({sigmoid[1]}) ** 2"), node)
        yield of_slot("no_function", slot, parse(f"{a} * (1 - {a})"), node, piece=sigmoid[1])
    above, below = _fraction(node)
    for i, factor in enumerate(above) if len(above) > 2 else ():
        share = f"1 - {ast.unparse(factor)}"
        rest = [other for other in _without(above, i) if ast.unparse(other) != share]
        if len(rest) == len(above) - 2:
            new = _quotient([*rest, parse(f"1 - ({ast.unparse(factor)}) ** 2")], below)
            yield of_slot("other_slope", slot, new, node, piece=f"{ast.unparse(factor)} * ({share})")
    squared = isinstance(node.op, ast.Pow) and getattr(node.right, "value", None) == 2
    twice = isinstance(node.op, ast.Mult) and ast.unparse(_fraction(node.left)[0][-1]) == ast.unparse(node.right)
    if squared or twice:
        share = node.left if squared else node.right
        other = ast.BinOp(ast.Constant(1), ast.Sub(), share)
        yield of_slot("squared_share", slot, ast.BinOp(node.left, ast.Mult(), other), node)


def _not_derived(slot, node):
    """Yield an edit that changes 0.5 * x ** 2 or x ** 2 / 2 to x."""
    above, below = _fraction(node)
    for i, factor in enumerate(above):
        halves = [n for n in above if getattr(n, "value", 0) == 0.5], [n for n in below if getattr(n, "value", 0) == 2]
        if isinstance(getattr(factor, "op", None), ast.Pow) and getattr(factor.right, "value", 0) == 2 and any(halves):
            rest = [n for n in _without(above, i) if n not in halves[0]], [n for n in below if n not in halves[1]]
            new = _quotient([factor.left, *rest[0]], rest[1])
            yield of_slot("not_derived", slot, new, node, piece=ast.unparse(factor))


def _cancelling(slot, node):
    """Yield an edit that changes a mean of squares minus a square to a variance."""
    text = re.sub(r"\b(\w+) \* \1\b", r"\1 ** 2", ast.unparse(node.left))
    mean = re.fullmatch(r"(np\.mean\()?\(?(.+?) \*\* 2\)?(\.mean\()?(.*)\)", text)
    if mean and isinstance(node.op, ast.Sub) and bool(mean[1]) != bool(mean[3]):
        call = f"np.var({mean[2]}{mean[4]})" if mean[1] else f"({mean[2]}).var({mean[4]})"
        yield of_slot("cancelling", slot, parse(call), node)


def _brackets(slot, node, parent):
    """Yield edits that change c * a + b + … to c * (a + b + …), and a + b + … / c to (a + b + …) / c."""
    if not isinstance(node.op, SUMS) or isinstance(getattr(parent, "op", None), SUMS):
        return
    whole = holder = copy.deepcopy(node)
    while isinstance(getattr(holder.left, "op", None), SUMS):
        holder = holder.left
    if holder is whole:
        return  # two terms
    (first, *others), below = _fraction(holder.left)
    if others:
        holder.left = _quotient(others, below)
        yield of_slot("parentheses", slot, ast.BinOp(first, ast.Mult(), whole), node)
    above, below = _fraction(node.right)
    if below:
        total = ast.BinOp(node.left, node.op, _quotient(above, below[:-1]))
        yield of_slot("parentheses", slot, ast.BinOp(total, ast.Div(), below[-1]), node)


def _square_outside(slot, node):
    """Yield edits that change f(g(x)) ** 2 to f(g(x) ** 2) or f(g(x ** 2))."""
    calls, inner = [], node.left
    while isinstance(node.op, ast.Pow) and isinstance(inner, ast.Call) and len(inner.args) == 1 and len(calls) < 4:
        calls, inner = [*calls, inner], inner.args[0]
        new = ast.BinOp(inner, ast.Pow(), node.right)
        for call in reversed(calls):
            new = ast.Call(call.func, [new], call.keywords)
        yield of_slot("square_outside", slot, new, node)
