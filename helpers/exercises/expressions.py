"""Edits to single expressions, such as a different name, sign, index, axis or function, or an added transpose."""

import ast
import copy
import re
from typing import NamedTuple

from helpers.exercises import calls, missing, operations
from helpers.exercises.edits import of_slot, parse

FAMILIES = [  # functions and methods that are easily confused
    {"sum", "mean", "max", "min", "std", "prod", "median", "var", "argmax", "cumsum", "amax", "average"},
    {"log", "log2", "log10", "log1p", "exp", "exp2", "expm1"},
    {"sqrt", "square", "abs", "exp", "cbrt"},
    {"dot", "multiply", "matmul", "outer", "inner", "divide", "add", "subtract"},
    {"maximum", "minimum", "logaddexp", "logaddexp2", "add"},
    {"tanh", "sinh", "cosh", "arctanh", "tan", "arctan", "sech"},
    {"zeros", "ones", "empty", "full"},
    {"zeros_like", "ones_like", "empty_like"},
]
NEVER_MISSING = ("cumsum", "argmax", "amax", "average")  # functions that no solution contains
INDICES = (ast.Name, ast.Constant, ast.BinOp, ast.Call)
SLOPES = ("sigmoid", "sigmoid_prime", "softmax", "tanh_prime", "forward", "backward", "gradients")


class Known(NamedTuple):
    """The possible replacements for an expression."""

    names: list  # names of variables
    stored: list  # those of the names that are not arguments
    scope: list  # names of functions
    counts: list  # expressions that give a number of rows, columns or entries
    outside: list  # names of notebook variables that the function uses
    loops: list  # names of loop variables
    entries: list  # entries of arrays and dictionaries that the function assigns


def slots(tree):
    """Yield the slot, the node and the parent node of every expression."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.arguments):
            continue
        for field, value in ast.iter_fields(parent):
            if field == "decorator_list":
                continue
            if isinstance(value, ast.expr):
                yield (parent, field), value, parent
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        yield (value, i), item, parent


def edits_of(function, scope, numbers, arrays, tables, outside):
    """Yield edits to single expressions. See `catalogue.of` for the parameters."""
    arguments = [argument.arg for argument in function.args.args]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = list(dict.fromkeys(arguments + stored))
    loops = [n.target.id for n in ast.walk(function) if isinstance(getattr(n, "target", None), ast.Name)]
    counts = [parse(f"{name}{end}") for name in arrays for end in (".shape[1]", ".shape[0]", ".shape[-1]")]
    counts += [parse(f"{end}({name})") for name in (*arrays, *tables) for end in ("len", "sum")]
    shapes = [n for n in ast.walk(function) if getattr(getattr(n, "func", None), "attr", "") in ("reshape", "zeros")]
    sizes = {id(n) for call in shapes for argument in call.args for n in ast.walk(argument)}  # sizes have no sign
    inputs = [parse(name) for name in arrays]
    inputs += [parse(f"{table}[{i}]") for table in tables for i in dict.fromkeys((*loops, "1", "2"))]
    assigned = [n for n in ast.walk(function) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)]
    targets = [n.slice for n in assigned]
    entries = [parse(text) for text in dict.fromkeys(map(ast.unparse, assigned))]
    known = Known(names, names[len(arguments) :], scope, counts, outside, loops, entries)
    stored = {id(n) for target in targets for n in ast.walk(target)}  # a wrong target is less likely than a wrong value
    for edit in _of_slots(function, known, numbers, inputs):
        if not (edit.kind == "sign" and id(edit.node) in sizes):
            yield edit._replace(rank=edit.rank + 0.3 * (id(edit.node) in stored))


def _of_slots(function, known, numbers, inputs):
    for slot, node, parent in slots(function):
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)) and not isinstance(node, ast.Tuple):
            continue
        yield from BY_TYPE.get(type(node), _nothing)(slot, node, parent, known)
        yield from _indices(slot, node, parent, known)
        rows = re.fullmatch(r"range\(len\((\w+)\)\)", ast.unparse(node)) if isinstance(parent, ast.For) else None
        if rows:
            yield of_slot("rows_only", slot, parse(f"np.ndindex({rows[1]}.shape)"), node)
        if isinstance(parent, ast.For) and slot[1] == "iter" and getattr(node, "id", "") in numbers:
            yield of_slot("range", slot, ast.Call(ast.Name("range", ast.Load()), [node], []), node)
        if (isinstance(parent, ast.Subscript) and slot[1] == "slice") or isinstance(parent, ast.keyword):
            continue
        if (isinstance(parent, ast.Call) and slot[1] == "func") or isinstance(node, (ast.Slice, ast.Starred)):
            continue
        if isinstance(parent, ast.Attribute) and ast.unparse(node) in ("np", "np.linalg"):
            continue
        if isinstance(node, (ast.Call, ast.BinOp)) and isinstance(parent, (ast.BinOp, ast.Call, ast.Attribute)):
            for name in known.stored:
                yield of_slot("name", slot, ast.Name(name, ast.Load()), node, 3)
        yield from missing.around(slot, node, parent, known.scope, numbers, known.counts, inputs)


def _calls(slot, node, parent, known):
    yield from calls.edits_of(slot, node)


def _lambdas(slot, node, parent, known):
    if isinstance(parent, ast.Return):
        yield of_slot("uncalled", slot, node.body, node)


def _subscripts(slot, node, parent, known):
    if isinstance(node.slice, ast.Compare):
        yield of_slot("selected", slot, node.slice, node)
    for entry in known.entries if isinstance(parent, ast.Call) else ():
        if isinstance(node.ctx, ast.Load) and ast.unparse(entry) != ast.unparse(node):
            yield of_slot("name", slot, entry, node)


def _nothing(slot, node, parent, known):
    return ()


def _operations(slot, node, parent, known):
    counted = isinstance(parent, ast.Subscript) or getattr(getattr(parent, "func", None), "id", "") == "range"
    yield from (edit for edit in operations.edits_of(slot, node) if not (counted and edit.kind == "extra"))
    if isinstance(parent, ast.Call) and not any(isinstance(n, ast.Name) for n in ast.walk(node)):
        for other in (*(ast.Name(name, ast.Load()) for name in known.names), *known.counts, parse("-1")):
            yield of_slot("hard_coded", slot, other, node, -0.1)


def _minuses(slot, node, parent, known):
    if not isinstance(node.op, ast.USub):
        return
    inner = node.operand
    yield of_slot("sign", slot, inner, node)
    if isinstance(inner, ast.Constant) and isinstance(inner.value, (int, float)):
        for other in (0, 1, 2):
            yield of_slot("number", slot, ast.Constant(other), node, -0.1)
    if isinstance(inner, ast.BinOp):
        first = ast.BinOp(ast.UnaryOp(ast.USub(), inner.left), inner.op, inner.right)
        yield of_slot("parentheses", slot, first, node)


def _comparisons(slot, node, parent, known):
    for op in (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq):
        if len(node.ops) == 1 and not isinstance(node.ops[0], op):
            yield of_slot("comparison", slot, ast.Compare(node.left, [op()], node.comparators), node)
    last = node.comparators[-1]
    if isinstance(last, ast.BinOp):  # a > b * c was written instead of (a > b) * c
        compared = ast.Compare(node.left, node.ops, [*node.comparators[:-1], last.left])
        yield of_slot("parentheses", slot, ast.BinOp(compared, last.op, last.right), node)


def _choices(slot, node, parent, known):
    yield of_slot("comparison", slot, ast.IfExp(node.test, node.orelse, node.body), node)


def _names(slot, node, parent, known):
    func = (isinstance(parent, ast.Call) and slot[1] == "func") or node.id in known.scope
    if not func and node.id in known.outside:
        for other in (*(ast.Name(name, ast.Load()) for name in known.names), *known.counts):
            yield of_slot("outside", slot, other, node)
    if getattr(parent, "args", None) == [node] and ast.unparse(parent.func) in ("range", "np.arange"):
        for other in known.counts:
            yield of_slot("count", slot, other, node)
    for other in known.scope if func else known.names:
        if _is_compared_with(parent, other):  # the condition would always be true or always be false
            continue
        if other != node.id and node.id not in ("np", "range", "len"):
            yield of_slot("function" if func else "name", slot, ast.Name(other, ast.Load()), node)
    if not func and isinstance(parent, ast.BinOp) and node.id != "np":
        yield of_slot("name", slot, ast.Constant(1), node, 6)
    if not func and isinstance(parent, ast.Call):
        yield of_slot("name", slot, ast.Constant(0), node, 6)


def _is_compared_with(parent, name):
    return isinstance(parent, ast.Compare) and name in map(ast.unparse, (parent.left, *parent.comparators))


def _pairs(slot, node, parent, known):
    if len(node.elts) != 2:
        return
    turned = type(node)([node.elts[1], node.elts[0]], node.ctx)
    kind = "swapped_index" if isinstance(parent, (ast.Subscript, ast.Call)) else "swapped"
    in_header = 4 if isinstance(parent, (ast.For, ast.comprehension)) else 0  # loop variables are rarely swapped
    yield of_slot(kind, slot, turned, node, in_header)
    if isinstance(parent, ast.Return):
        own = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for first in known.names:
            for second in known.names:
                pair = ast.Tuple([ast.Name(first, ast.Load()), ast.Name(second, ast.Load())], ast.Load())
                if first != second and own != {first, second}:
                    yield of_slot("wrong_return", slot, pair, node)


def _slices(slot, node, parent, known):
    if node.step is not None:
        yield of_slot("extra_call", (node, "step"), None, parent)
    for bound in ("lower", "upper"):
        old = getattr(node, bound)
        if old is not None and node.lower is not node.upper and None in (node.lower, node.upper):
            yield of_slot("whole_slice", slot, old, node)
        if old is not None:
            for new in (None, _plus(old, 1), _plus(old, -1)):
                yield of_slot("index", (node, bound), new, parent)
    if node.lower is not None and node.upper is not None:
        yield of_slot("index", (node, "upper"), ast.BinOp(node.lower, ast.Add(), node.upper), parent)


def _indices(slot, node, parent, known):
    counts = known.counts
    if isinstance(parent, ast.Subscript) and slot[1] == "slice" and isinstance(node, ast.Constant):
        for loop in known.loops:
            for step in (-1, 1):
                yield of_slot("hard_coded", slot, _plus(ast.Name(loop, ast.Load()), step), node, 0.1)
    if isinstance(parent, ast.Subscript) and slot[1] == "slice" and isinstance(node, INDICES):
        if not isinstance(node, ast.Constant) or isinstance(node.value, int):
            in_shape = isinstance(parent.value, ast.Attribute)
            for step in (1, -1):
                yield of_slot("count" if in_shape else "index", slot, _plus(node, step), parent)
    text = ast.unparse(node)
    if text in {ast.unparse(count) for count in counts} or text.endswith(".size") or text.startswith("len("):
        for count in counts:
            yield of_slot("count", slot, count, node, 0.2)


def _plus(node, step):
    if isinstance(node, ast.Constant):
        return ast.Constant(node.value + step)
    return ast.BinOp(copy.deepcopy(node), ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _attributes(slot, node, parent, known):
    if node.attr == "T":
        yield of_slot("transpose", slot, node.value, node, -0.1)
        return
    if node.attr == "shape" and not isinstance(parent, ast.Subscript):
        for i in (1, 0):
            yield of_slot("whole_shape", slot, ast.Subscript(node, ast.Constant(i), ast.Load()), node)
    if node.attr == "flatten" and isinstance(parent, ast.Call):
        yield of_slot("detached", slot, ast.Attribute(node.value, "ravel", ast.Load()), parent, 0, "flatten")
    for family in FAMILIES:
        if node.attr in family and isinstance(parent, ast.Call):
            kind = "reduction" if node.attr in calls.REDUCTIONS else "function"
            for other in sorted(family - {node.attr, *NEVER_MISSING}):
                new = ast.Attribute(node.value, other, ast.Load())
                yield of_slot(kind, slot, new, node, 0, f"{node.attr} {other}")
    if node.attr in ("tanh", "exp", "cosh"):
        for other in ("sigmoid_prime", "sigmoid", "tanh_prime"):
            yield of_slot("function", slot, ast.Name(other, ast.Load()), node, 0.3)


def _constants(slot, node, parent, known):
    value = node.value
    axis = (isinstance(parent, ast.keyword) and parent.arg == "axis") or (
        isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") in calls.REDUCTIONS and slot[1] in (0, 1)
    )
    if axis and value in (0, 1, None):
        for other in {0, 1, None} - {value}:
            kind = "needless_axis" if other is None else "axis"
            yield of_slot(kind, slot, ast.Constant(other), parent, 0, f"{value} {other}")
    elif isinstance(value, bool) and isinstance(parent, ast.keyword) and parent.arg == "keepdims":
        yield of_slot("keepdims", slot, ast.Constant(not value), parent)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        for other in dict.fromkeys((value + 1, value - 1, 2 * value, value / 2, -value, 0, 1, 2)):
            if other != value:
                yield of_slot("number", slot, ast.Constant(other), node)
        if isinstance(getattr(parent, "op", None), ast.Pow) and value not in (0, 1):
            yield of_slot("number", slot, ast.Constant(1 / value), node)
        others = [*(ast.Name(name, ast.Load()) for name in known.names), *known.counts]
        for other in () if isinstance(getattr(parent, "op", None), ast.Pow) and slot[1] == "right" else others:
            yield of_slot("hard_coded", slot, other, node)
        if getattr(getattr(parent, "func", None), "attr", "") == "reshape":
            yield of_slot("hard_coded", slot, ast.UnaryOp(ast.USub(), ast.Constant(1)), node)


# For each type of expression, the function that yields edits to it.
BY_TYPE = {
    ast.BinOp: _operations,
    ast.UnaryOp: _minuses,
    ast.Name: _names,
    ast.Attribute: _attributes,
    ast.Constant: _constants,
    ast.Compare: _comparisons,
    ast.Call: _calls,
    ast.Lambda: _lambdas,
    ast.Subscript: _subscripts,
    ast.Tuple: _pairs,
    ast.List: _pairs,
    ast.IfExp: _choices,
    ast.Slice: _slices,
}
