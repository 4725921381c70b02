"""Changes of single expressions: another name, sign, index, axis or function, a transpose more or less …"""

import ast
import copy

from helpers.exercises import missing, operations
from helpers.exercises.edits import of_slot, parse

FAMILIES = [  # functions and methods that are taken for each other
    {"sum", "mean", "max", "min", "std", "prod", "median", "var", "argmax", "cumsum", "amax", "average"},
    {"log", "log2", "log10", "log1p", "exp", "exp2", "expm1"},
    {"sqrt", "square", "abs", "exp", "cbrt"},
    {"dot", "multiply", "matmul", "outer", "inner", "divide", "add", "subtract"},
    {"maximum", "minimum", "logaddexp", "logaddexp2", "add"},
    {"tanh", "sinh", "cosh", "arctanh", "tan", "arctan", "sech"},
    {"zeros", "ones", "empty", "full"},
    {"zeros_like", "ones_like", "empty_like"},
    {"ravel", "flatten"},
]
INDICES = (ast.Name, ast.Constant, ast.BinOp, ast.Call)
SLOPES = ("sigmoid", "sigmoid_prime", "softmax", "tanh_prime", "forward", "backward", "gradients")
METHODS = (
    "copy",
    "round",
    "astype",
    "ravel",
    "flatten",
    "clip",
    "transpose",
    "swapaxes",
    "squeeze",
    "tolist",
    "all",
    "any",
)
REDUCTIONS = {"sum", "mean", "max", "min", "std", "amax", "prod", "norm", "cumsum", "logsumexp"}


def _slots(tree):
    """Every expression with its place and the node that holds it."""
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
    """Edits of single expressions; the parameters are those of `catalogue.of`."""
    arguments = [argument.arg for argument in function.args.args]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = list(dict.fromkeys(arguments + stored))
    loops = [n.target.id for n in ast.walk(function) if isinstance(getattr(n, "target", None), ast.Name)]
    counts = [parse(f"{name}{end}") for name in arrays for end in (".shape[1]", ".shape[0]", ".shape[-1]")]
    counts += [parse(f"{end}({name})") for name in (*arrays, *tables) for end in ("len", "sum")]
    shapes = [n for n in ast.walk(function) if getattr(getattr(n, "func", None), "attr", "") in ("reshape", "zeros")]
    sizes = {id(n) for call in shapes for argument in call.args for n in ast.walk(argument)}  # have no sign
    inputs = [parse(name) for name in arrays]
    inputs += [parse(f"{table}[{i}]") for table in tables for i in dict.fromkeys((*loops, "1", "2"))]
    for edit in _of_slots(function, names, scope, numbers, counts, inputs, outside):
        if not (edit.kind == "sign" and id(edit.node) in sizes):
            yield edit


def _of_slots(function, names, scope, numbers, counts, inputs, outside):
    for slot, node, parent in _slots(function):
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)) and not isinstance(node, ast.Tuple):
            continue
        yield from _by_type(slot, node, parent, names, scope, counts, outside)
        if isinstance(parent, ast.For) and slot[1] == "iter" and getattr(node, "id", "") in numbers:
            yield of_slot("range", slot, ast.Call(ast.Name("range", ast.Load()), [node], []), node)
        if (isinstance(parent, ast.Subscript) and slot[1] == "slice") or isinstance(parent, ast.keyword):
            continue
        if (isinstance(parent, ast.Call) and slot[1] == "func") or isinstance(node, (ast.Slice, ast.Starred)):
            continue
        if isinstance(parent, ast.Attribute) and ast.unparse(node) in ("np", "np.linalg"):
            continue
        yield from missing.around(slot, node, parent, scope, numbers, counts, inputs)


def _by_type(slot, node, parent, names, scope, counts, outside):
    """What may be wrong with an expression itself."""
    kind = type(node).__name__
    if kind == "BinOp":
        counted = isinstance(parent, ast.Subscript) or getattr(getattr(parent, "func", None), "id", "") == "range"
        yield from (edit for edit in operations.edits_of(slot, node) if not (counted and edit.kind == "extra"))
        if isinstance(parent, ast.Call) and not any(isinstance(n, ast.Name) for n in ast.walk(node)):
            for other in (*(ast.Name(name, ast.Load()) for name in names), *counts, parse("-1")):
                yield of_slot("hard_coded", slot, other, node, -0.1)
    elif kind == "UnaryOp" and isinstance(node.op, ast.USub):
        yield of_slot("sign", slot, node.operand, node)
        if isinstance(node.operand, ast.BinOp):
            inner = node.operand
            first = ast.BinOp(ast.UnaryOp(ast.USub(), inner.left), inner.op, inner.right)
            yield of_slot("parentheses", slot, first, node)
    elif kind == "Name":
        yield from _names(slot, node, parent, names, scope, counts, outside)
    elif kind == "Attribute":
        yield from _attributes(slot, node, parent)
    elif kind == "Constant":
        yield from _constants(slot, node, parent, names, counts)
    elif kind == "Compare":
        for op in (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq):
            if len(node.ops) == 1 and not isinstance(node.ops[0], op):
                yield of_slot("comparison", slot, ast.Compare(node.left, [op()], node.comparators), node)
    elif kind == "Call":
        yield from _calls(slot, node, parent)
    elif kind in ("Tuple", "List") and len(node.elts) == 2:
        yield from _pairs(slot, node, parent, names)
    elif kind == "IfExp":
        yield of_slot("comparison", slot, ast.IfExp(node.test, node.orelse, node.body), node)
    elif kind == "Slice":
        yield from _slices(node, parent)
    yield from _indices(slot, node, parent, counts)


def _names(slot, node, parent, names, scope, counts, outside):
    func = (isinstance(parent, ast.Call) and slot[1] == "func") or node.id in scope
    if not func and node.id in outside:
        for other in (*(ast.Name(name, ast.Load()) for name in names), *counts):
            yield of_slot("outside", slot, other, node)
    for other in scope if func else names:
        if other != node.id and node.id not in ("np", "range", "len"):
            yield of_slot("function" if func else "name", slot, ast.Name(other, ast.Load()), node)


def _pairs(slot, node, parent, names):
    turned = type(node)([node.elts[1], node.elts[0]], node.ctx)
    kind = "swapped_index" if isinstance(parent, (ast.Subscript, ast.Call)) else "swapped"
    yield of_slot(kind, slot, turned, node)
    if isinstance(parent, ast.Return):
        for first in names:
            for second in names:
                pair = ast.Tuple([ast.Name(first, ast.Load()), ast.Name(second, ast.Load())], ast.Load())
                if first != second:
                    yield of_slot("wrong_return", slot, pair, node)


def _slices(node, parent):
    if node.step is not None:
        yield of_slot("extra_call", (node, "step"), None, parent)
    for bound in ("lower", "upper"):
        old = getattr(node, bound)
        if old is not None:
            for new in (None, _plus(old, 1), _plus(old, -1)):
                yield of_slot("index", (node, bound), new, parent)


def _indices(slot, node, parent, counts):
    if isinstance(parent, ast.Subscript) and slot[1] == "slice" and isinstance(node, INDICES):
        if not isinstance(node, ast.Constant) or isinstance(node.value, int):
            in_shape = isinstance(parent.value, ast.Attribute)
            for step in (1, -1):
                yield of_slot("count" if in_shape else "index", slot, _plus(node, step), parent)
    text = ast.unparse(node)
    if text in {ast.unparse(count) for count in counts} or text.endswith(".size"):
        for count in counts:
            yield of_slot("count", slot, count, node, 0.2)


def _plus(node, step):
    if isinstance(node, ast.Constant):
        return ast.Constant(node.value + step)
    return ast.BinOp(copy.deepcopy(node), ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _attributes(slot, node, parent):
    if node.attr == "T":
        yield of_slot("transpose", slot, node.value, node)
        return
    for family in FAMILIES:
        if node.attr in family and isinstance(parent, ast.Call):
            kind = "reduction" if node.attr in REDUCTIONS else "function"
            for other in sorted(family - {node.attr}):
                new = ast.Attribute(node.value, other, ast.Load())
                yield of_slot(kind, slot, new, node, 0, f"{node.attr} {other}")
    if node.attr in ("tanh", "exp", "cosh"):
        for other in ("sigmoid_prime", "sigmoid", "tanh_prime"):
            yield of_slot("function", slot, ast.Name(other, ast.Load()), node, 0.3)


def _constants(slot, node, parent, names, counts):
    value = node.value
    axis = (isinstance(parent, ast.keyword) and parent.arg == "axis") or (
        isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") in REDUCTIONS and slot[1] in (0, 1)
    )
    if axis and value in (0, 1, None):
        for other in {0, 1, None} - {value}:
            yield of_slot("axis", slot, ast.Constant(other), parent, 0, f"{value} {other}")
    elif isinstance(value, bool) and isinstance(parent, ast.keyword) and parent.arg == "keepdims":
        yield of_slot("keepdims", slot, ast.Constant(not value), parent)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        for other in dict.fromkeys((value + 1, value - 1, 2 * value, value / 2, -value, 0, 1, 2)):
            if other != value:
                yield of_slot("number", slot, ast.Constant(other), node)
        for other in names:
            yield of_slot("hard_coded", slot, ast.Name(other, ast.Load()), node)
        for other in counts:
            yield of_slot("hard_coded", slot, other, node)
        if getattr(getattr(parent, "func", None), "attr", "") == "reshape":
            yield of_slot("hard_coded", slot, ast.UnaryOp(ast.USub(), ast.Constant(1)), node)


def _calls(slot, node, parent):
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "range":
        yield from _ranges(slot, node)
    kept = ("range", "len", "dict", "list", "tuple", "zip", *REDUCTIONS)
    if len(node.args) == 1 and not node.keywords and name not in kept:
        yield from _single_argument(slot, node, name)
    if len(node.args) == 2:
        yield of_slot("comma", slot, ast.Call(node.func, [ast.BinOp(node.args[0], ast.Sub(), node.args[1])], []), node)
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("np", "np.linalg"):
        if name in REDUCTIONS or name in METHODS:
            kind = "extra_sum" if name in REDUCTIONS else "extra_call"
            yield of_slot(kind, slot, node.func.value, node, 0, name)
    elif name in REDUCTIONS and node.args:
        yield of_slot("extra_sum", slot, node.args[0], node, 0, name)
    if name in ("clip", "round", "maximum", "minimum", "nan_to_num", "where") and len(node.args) > 1:
        for argument in node.args:
            yield of_slot("extra_call", slot, argument, node, -0.1)
    for i in range(len(node.args) - 1):
        args = [*node.args]
        args[i], args[i + 1] = args[i + 1], args[i]
        yield of_slot("order_of_arguments", slot, ast.Call(node.func, args, node.keywords), node)
    if name in REDUCTIONS:
        yield from _reductions(slot, node)
    for i, keyword in enumerate(node.keywords):
        kind = keyword.arg if keyword.arg in ("axis", "keepdims") else "extra"
        new = ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
        yield of_slot(kind, slot, new, node, 0.4, piece=ast.unparse(keyword))


def _single_argument(slot, node, name):
    inner = node.args[0]
    yield of_slot("extra_call", slot, inner, node, 0, name)
    if isinstance(inner, ast.BinOp):  # √(a/b) for √a/b
        kind = "square_inside" if isinstance(inner.op, ast.Pow) else "parentheses"
        yield of_slot(kind, slot, ast.BinOp(ast.Call(node.func, [inner.left], []), inner.op, inner.right), node)


def _reductions(slot, node):
    """A sum, a mean, a largest value: with another axis, and with or without keepdims."""
    has = {keyword.arg for keyword in node.keywords}
    keepdims = ast.keyword("keepdims", ast.Constant(True))
    axes = [ast.keyword("axis", ast.Constant(value)) for value in (0, 1)]
    if "axis" not in has and len(node.args) < 2:
        for axis in axes:
            for extra in ([axis], [axis, keepdims]):
                yield of_slot("no_axis", slot, ast.Call(node.func, node.args, node.keywords + extra), node)
    elif "keepdims" not in has:
        new = ast.Call(node.func, node.args, [*node.keywords, keepdims])
        yield of_slot("keepdims", slot, new, node, 0, "missing")
        kept = [keyword for keyword in node.keywords if keyword.arg != "axis"]
        for axis in axes:
            yield of_slot("axis", slot, ast.Call(node.func, node.args[:1], [*kept, axis, keepdims]), node, 0.3)


def _ranges(slot, node):
    first = ast.Constant(0) if len(node.args) == 1 else node.args[0]
    last = node.args[0] if len(node.args) == 1 else node.args[1]
    low, high = ast.unparse(first), ast.unparse(last)
    for new in (
        f"range({low}, ({high}) + 1)", f"range({low}, ({high}) - 1)", f"range(({low}) + 1, ({high}) + 1)",
        f"range(({low}) + 1, {high})", f"range(({low}) - 1, {high})", f"reversed(range({low}, {high}))",
        f"range(({high}) - 1, ({low}) - 1, -1)", f"range({high}, {low}, -1)", f"range({low}, ({high}) - 1, -1)",
        f"range({low}, ({high}) + 1, -1)", f"range(({low}) - 1, {high}, -1)", f"range(({low}) + 1, {high}, -1)",
    ):  # fmt: skip
        yield of_slot("range", slot, parse(new), node)
