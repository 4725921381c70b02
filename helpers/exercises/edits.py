"""Small changes of a function's code, each the reverse of a usual mistake, for `repair` to try one after another."""

import ast
import copy
from typing import NamedTuple

PRODUCTS = (ast.Mult, ast.MatMult)
SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
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
SLOPES = ("sigmoid", "sigmoid_prime", "softmax", "tanh_prime", "forward", "backward", "gradients")
METHODS = ("copy", "round", "astype", "ravel", "flatten", "clip", "transpose", "swapaxes", "squeeze", "tolist")
REDUCTIONS = {"sum", "mean", "max", "min", "std", "amax", "prod", "norm", "cumsum", "logsumexp"}


def parse(code):
    return ast.parse(code, mode="eval").body


def _numpy(name):
    return lambda node: ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [node], [])


WRAPS = {
    "root": _numpy("sqrt"),
    "square": lambda node: ast.BinOp(node, ast.Pow(), ast.Constant(2)),
    "size": _numpy("abs"),
    "exp": _numpy("exp"),
    "log": _numpy("log"),
    "complement": lambda node: ast.BinOp(ast.Constant(1), ast.Sub(), node),
}
SUMMED = [
    parse(f"x{end}") for end in (".sum(axis=1, keepdims=True)", ".sum(axis=0, keepdims=True)", ".sum()", ".mean()")
]


class Edit(NamedTuple):
    """One change: `new` in `slot` (or a list of such pairs); `piece` is the code that it replaces."""

    kind: str
    changes: list  # (container, key, new) triples
    node: ast.AST  # of the learner's code, for its place
    piece: str
    rank: float
    tag: str = ""  # edits of one kind and tag may be made together


RANKS = {
    kind: rank
    for rank, kinds in enumerate(
        [
            "early_return no_return copy swapped wrong_return",
            "extra extra_call power",
            "sign index range axis keepdims no_axis order_of_arguments count guard",
            "name function product reduction upside_down order_of_product transpose no_transpose swapped_index",
            "wrong_factor comma hard_coded outside",
            "parentheses comparison extra_exponent extra_statement statement_order in_loop out_of_loop "
            "accumulated overwritten square_inside",
            "root square size exp log complement no_function extra_sum not_summed",
            "no_mean no_factor",
            "number operation no_term no_two",
        ]
    )
    for kind in kinds.split()
}


def of(function, scope, numbers, arrays, tables, outside=()):
    """All edits of a function's tree, the likelier ones first.

    Parameters
    ----------
    function : ast.FunctionDef
    scope : names of functions that can be called
    numbers, arrays, tables : names of the arguments that are numbers, arrays, dictionaries or lists
    outside : names of numbers and arrays of the notebook that the function uses though they are no arguments
    """
    found = [*_statements(function), *_expressions(function, scope, numbers, arrays, tables, outside)]
    return sorted(found + _everywhere(found), key=lambda edit: edit.rank)


def _everywhere(found):
    """The same edit in every place where the same code stands, or the same thing is too much or missing."""
    same = {}
    for edit in found:
        if len(edit.changes) == 1:
            new = edit.changes[0][2]
            tag = edit.tag or (ast.dump(new) + edit.piece if isinstance(new, ast.AST) else "")
            if tag:
                same.setdefault((edit.kind, tag), []).append(edit)
    together = [edits for edits in same.values() if 1 < len(edits) < 8]
    return [
        edits[0]._replace(changes=[edit.changes[0] for edit in edits], rank=edits[0].rank + 0.5) for edits in together
    ]


def _edit(kind, slot, new, node, rank=0.0, tag="", piece=""):
    return Edit(kind, [(*slot, new)], node, piece or ast.unparse(node), RANKS[kind] + rank, tag)


# --- expressions ---------------------------------------------------------------------------------


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


def _expressions(function, scope, numbers, arrays, tables, outside):
    arguments = [argument.arg for argument in function.args.args]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = list(dict.fromkeys(arguments + stored))
    loops = [n.target.id for n in ast.walk(function) if isinstance(getattr(n, "target", None), ast.Name)]
    counts = [parse(f"{name}{end}") for name in arrays for end in (".shape[1]", ".shape[0]", ".shape[-1]")]
    counts += [parse(f"len({name})") for name in (*arrays, *tables)]
    inputs = [parse(name) for name in arrays]
    inputs += [parse(f"{table}[{i}]") for table in tables for i in dict.fromkeys((*loops, "1", "2"))]
    for slot, node, parent in _slots(function):
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)) and not isinstance(node, ast.Tuple):
            continue
        yield from _by_type(slot, node, parent, names, scope, counts, outside)
        if isinstance(parent, ast.For) and slot[1] == "iter" and getattr(node, "id", "") in numbers:
            yield _edit("range", slot, ast.Call(ast.Name("range", ast.Load()), [node], []), node)
        if (isinstance(parent, ast.Subscript) and slot[1] == "slice") or isinstance(parent, ast.keyword):
            continue
        if (isinstance(parent, ast.Call) and slot[1] == "func") or isinstance(node, (ast.Slice, ast.Starred)):
            continue
        if isinstance(parent, ast.Attribute) and ast.unparse(node) in ("np", "np.linalg"):
            continue
        yield from _wrapped(slot, node, parent, scope, names, numbers, counts, inputs)


def _by_type(slot, node, parent, names, scope, counts, outside):
    kind = type(node).__name__
    if kind == "BinOp":
        counted = isinstance(parent, ast.Subscript) or getattr(getattr(parent, "func", None), "id", "") == "range"
        yield from (edit for edit in _operations(slot, node) if not (counted and edit.kind == "extra"))
        if isinstance(parent, ast.Call) and not any(isinstance(n, ast.Name) for n in ast.walk(node)):
            for other in (*(ast.Name(name, ast.Load()) for name in names), *counts, parse("-1")):
                yield _edit("hard_coded", slot, other, node, -0.1)
    elif kind == "UnaryOp" and isinstance(node.op, ast.USub):
        yield _edit("sign", slot, node.operand, node)
        if isinstance(node.operand, ast.BinOp):
            inner = node.operand
            first = ast.BinOp(ast.UnaryOp(ast.USub(), inner.left), inner.op, inner.right)
            yield _edit("parentheses", slot, first, node)
    elif kind == "Name":
        func = (isinstance(parent, ast.Call) and slot[1] == "func") or node.id in scope
        if not func and node.id in outside:
            for other in (*(ast.Name(name, ast.Load()) for name in names), *counts):
                yield _edit("outside", slot, other, node)
        for other in scope if func else names:
            if other != node.id and node.id not in ("np", "range", "len"):
                yield _edit("function" if func else "name", slot, ast.Name(other, ast.Load()), node)
    elif kind == "Attribute":
        yield from _attributes(slot, node, parent)
    elif kind == "Constant":
        yield from _constants(slot, node, parent, names, counts)
    elif kind == "Compare":
        for op in (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq):
            if len(node.ops) == 1 and not isinstance(node.ops[0], op):
                yield _edit("comparison", slot, ast.Compare(node.left, [op()], node.comparators), node)
    elif kind == "Call":
        yield from _calls(slot, node, parent)
    elif kind in ("Tuple", "List") and len(node.elts) == 2:
        turned = type(node)([node.elts[1], node.elts[0]], node.ctx)
        index = isinstance(parent, ast.Subscript) or isinstance(parent, ast.Call)
        yield _edit("swapped_index" if index else "swapped", slot, turned, node)
        if isinstance(parent, ast.Return):
            for first in names:
                for second in names:
                    pair = ast.Tuple([ast.Name(first, ast.Load()), ast.Name(second, ast.Load())], ast.Load())
                    if first != second:
                        yield _edit("wrong_return", slot, pair, node)
    elif kind == "IfExp":
        yield _edit("comparison", slot, ast.IfExp(node.test, node.orelse, node.body), node)
    elif kind == "Slice":
        if node.step is not None:
            yield Edit("extra_call", [(node, "step", None)], parent, ast.unparse(parent), RANKS["extra_call"])
        for bound in ("lower", "upper"):
            old = getattr(node, bound)
            if old is not None:
                yield Edit("index", [(node, bound, None)], parent, ast.unparse(parent), RANKS["index"])
                for step in (1, -1):
                    yield Edit("index", [(node, bound, _plus(old, step))], parent, ast.unparse(parent), 1)
    if isinstance(parent, ast.Subscript) and slot[1] == "slice" and kind in ("Name", "Constant", "BinOp", "Call"):
        if kind != "Constant" or isinstance(node.value, int):
            in_shape = isinstance(parent.value, ast.Attribute)
            for step in (1, -1):
                yield _edit("count" if in_shape else "index", slot, _plus(node, step), parent)
    if ast.unparse(node) in {ast.unparse(count) for count in counts} or ast.unparse(node).endswith(".size"):
        for count in counts:
            yield _edit("count", slot, count, node, 0.2)


def _plus(node, step):
    if isinstance(node, ast.Constant):
        return ast.Constant(node.value + step)
    return ast.BinOp(copy.deepcopy(node), ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))


def _operations(slot, node):
    left, op, right = node.left, node.op, node.right
    if type(op) in SIGNS:
        yield _edit("sign", slot, ast.BinOp(left, SIGNS[type(op)](), right), node)
        yield _edit("sign", slot, ast.BinOp(right, ast.Sub(), left), node, 0.1)
    if isinstance(op, PRODUCTS):
        other = ast.Mult() if isinstance(op, ast.MatMult) else ast.MatMult()
        yield _edit("product", slot, ast.BinOp(left, other, right), node)
        yield _edit("upside_down", slot, ast.BinOp(left, ast.Div(), right), node)
        if isinstance(op, ast.Mult):
            yield _edit("product", slot, ast.BinOp(left, other, ast.Attribute(right, "T", ast.Load())), node, 0.2)
            yield _edit("product", slot, ast.BinOp(ast.Attribute(left, "T", ast.Load()), other, right), node, 0.2)
        if isinstance(op, ast.MatMult):
            plain = [n.value if isinstance(n, ast.Attribute) and n.attr == "T" else None for n in (left, right)]
            if plain[0] is not None and plain[1] is None:
                turned = ast.BinOp(plain[0], op, ast.Attribute(right, "T", ast.Load()))
                yield _edit("wrong_factor", slot, turned, node)
            if plain[1] is not None and plain[0] is None:
                turned = ast.BinOp(ast.Attribute(left, "T", ast.Load()), op, plain[1])
                yield _edit("wrong_factor", slot, turned, node)
            yield _edit("order_of_product", slot, ast.BinOp(right, op, left), node)
            crossed = ast.BinOp(ast.Attribute(right, "T", ast.Load()), op, ast.Attribute(left, "T", ast.Load()))
            yield _edit("order_of_product", slot, crossed, node)
    if isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod)):
        yield _edit("upside_down", slot, ast.BinOp(right, op, left), node)
        yield _edit("upside_down", slot, ast.BinOp(left, ast.Mult(), right), node)
    for other in (ast.Add, ast.Mult, ast.Div, ast.Sub, ast.FloorDiv, ast.Mod, ast.Pow):
        if not isinstance(op, other):
            tag = f"{type(op).__name__} {other.__name__}" if isinstance(op, ast.FloorDiv) else ""
            yield _edit("operation", slot, ast.BinOp(left, other(), right), node, 0, tag)
    if isinstance(op, ast.BitXor):
        yield _edit("power", slot, ast.BinOp(left, ast.Pow(), right), node, 0, "^")
    if isinstance(op, ast.Pow):
        yield _edit("extra_exponent", slot, left, node)
    else:
        yield _edit("extra", slot, left, right, 0, ast.unparse(right))
        yield _edit("extra", slot, right, left)
        if isinstance(op, (ast.Mult, ast.Div)) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult):
            rest = ast.BinOp(left.right, op, right)
            yield _edit("extra", slot, left.left, right, 0.1, piece=ast.unparse(rest))
    if isinstance(right, ast.BinOp):
        inner = ast.BinOp(left, op, right.left)
        yield _edit("parentheses", slot, ast.BinOp(inner, right.op, right.right), node)
    if isinstance(left, ast.BinOp):
        inner = ast.BinOp(left.right, op, right)
        yield _edit("parentheses", slot, ast.BinOp(left.left, left.op, inner), node)
    if isinstance(left, ast.Call) and len(left.args) == 1 and not left.keywords:
        whole = ast.Call(left.func, [ast.BinOp(left.args[0], op, right)], [])
        yield _edit("parentheses", slot, whole, node)
    if isinstance(left, ast.UnaryOp):
        yield _edit("parentheses", slot, ast.UnaryOp(left.op, ast.BinOp(left.operand, op, right)), node)


def _attributes(slot, node, parent):
    if node.attr == "T":
        yield _edit("transpose", slot, node.value, node)
        return
    for family in FAMILIES:
        if node.attr in family and isinstance(parent, ast.Call):
            kind = "reduction" if node.attr in REDUCTIONS else "function"
            for other in sorted(family - {node.attr}):
                new = ast.Attribute(node.value, other, ast.Load())
                yield _edit(kind, slot, new, node, 0, f"{node.attr} {other}")
    if node.attr in ("tanh", "exp", "cosh"):
        for other in ("sigmoid_prime", "sigmoid", "tanh_prime"):
            yield _edit("function", slot, ast.Name(other, ast.Load()), node, 0.3)


def _constants(slot, node, parent, names, counts):
    value = node.value
    axis = (isinstance(parent, ast.keyword) and parent.arg == "axis") or (
        isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") in REDUCTIONS and slot[1] in (0, 1)
    )
    if axis and value in (0, 1, None):
        for other in {0, 1, None} - {value}:
            yield _edit("axis", slot, ast.Constant(other), parent, 0, f"{value} {other}")
    elif isinstance(value, bool) and isinstance(parent, ast.keyword) and parent.arg == "keepdims":
        yield _edit("keepdims", slot, ast.Constant(not value), parent)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        for other in dict.fromkeys((value + 1, value - 1, 2 * value, value / 2, -value, 0, 1, 2)):
            if other != value:
                yield _edit("number", slot, ast.Constant(other), node)
        for other in names:
            yield _edit("hard_coded", slot, ast.Name(other, ast.Load()), node)
        for other in counts:
            yield _edit("hard_coded", slot, other, node)
        if getattr(getattr(parent, "func", None), "attr", "") == "reshape":
            yield _edit("hard_coded", slot, ast.UnaryOp(ast.USub(), ast.Constant(1)), node)


def _calls(slot, node, parent):
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "range":
        yield from _ranges(slot, node)
    kept = ("range", "len", "dict", "list", "tuple", "zip", *REDUCTIONS)
    if len(node.args) == 1 and not node.keywords and name not in kept:
        yield _edit("extra_call", slot, node.args[0], node, 0, name)
        inner = node.args[0]
        if isinstance(inner, ast.BinOp):  # √(a/b) for √a/b
            first = ast.BinOp(ast.Call(node.func, [inner.left], []), inner.op, inner.right)
            yield _edit("parentheses", slot, first, node)
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
            outside = ast.BinOp(ast.Call(node.func, [inner.left], []), inner.op, inner.right)
            yield _edit("square_inside", slot, outside, node)
    if len(node.args) == 2:
        yield _edit("comma", slot, ast.Call(node.func, [ast.BinOp(node.args[0], ast.Sub(), node.args[1])], []), node)
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("np", "np.linalg"):
        if name in REDUCTIONS or name in METHODS:
            kind = "extra_sum" if name in REDUCTIONS else "extra_call"
            yield _edit(kind, slot, node.func.value, node, 0, name)
    elif name in REDUCTIONS and node.args:
        yield _edit("extra_sum", slot, node.args[0], node, 0, name)
    if name in ("clip", "round", "maximum", "minimum", "nan_to_num", "where") and len(node.args) > 1:
        for argument in node.args:
            yield _edit("extra_call", slot, argument, node, -0.1)
    for i in range(len(node.args) - 1):
        args = [*node.args]
        args[i], args[i + 1] = args[i + 1], args[i]
        yield _edit("order_of_arguments", slot, ast.Call(node.func, args, node.keywords), node)
    if name in REDUCTIONS:
        has = {keyword.arg for keyword in node.keywords}
        keepdims = ast.keyword("keepdims", ast.Constant(True))
        if "axis" not in has and len(node.args) < 2:
            for value in (0, 1):
                axis = [ast.keyword("axis", ast.Constant(value))]
                for extra in ([], [keepdims]):
                    yield _edit("no_axis", slot, ast.Call(node.func, node.args, node.keywords + axis + extra), node)
        elif "keepdims" not in has:
            new = ast.Call(node.func, node.args, [*node.keywords, keepdims])
            yield _edit("keepdims", slot, new, node, 0, "missing")
            for value in (0, 1):
                kept = [keyword for keyword in node.keywords if keyword.arg != "axis"]
                both = [*kept, ast.keyword("axis", ast.Constant(value)), keepdims]
                yield _edit("axis", slot, ast.Call(node.func, node.args[:1], both), node, 0.3)
    for i, keyword in enumerate(node.keywords):
        kind = "axis" if keyword.arg == "axis" else "keepdims" if keyword.arg == "keepdims" else "extra"
        without = node.keywords[:i] + node.keywords[i + 1 :]
        new = ast.Call(node.func, node.args, without)
        yield _edit(kind, slot, new, node, 0.4, piece=ast.unparse(keyword))


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
        yield _edit("range", slot, parse(new), node)


def _wrapped(slot, node, parent, scope, names, numbers, counts, inputs):
    """What may be missing around an expression: a transpose, a function, a factor, a term."""
    text = ast.unparse(node)
    kind = type(node).__name__
    if kind in ("Constant", "Dict", "DictComp", "ListComp", "GeneratorExp", "Tuple", "List", "Lambda", "JoinedStr"):
        return
    if not (isinstance(parent, ast.Attribute) and parent.attr == "T"):
        yield _edit("no_transpose", slot, ast.Attribute(node, "T", ast.Load()), node)
    called = getattr(parent, "func", None)
    turned = getattr(called, "attr", getattr(called, "id", "")) in (
        "exp",
        "logaddexp",
        "sigmoid",
        "array",
        "diag",
        "sum",
    )
    if isinstance(parent, (ast.BinOp, ast.Return, ast.Assign)) or turned:
        if not isinstance(node, ast.UnaryOp):
            yield _edit("sign", slot, ast.UnaryOp(ast.USub(), node), node, 0.2)
    if isinstance(parent, (ast.Attribute, ast.Compare)) or kind == "Compare" or text in map(ast.unparse, counts):
        return
    for missing, wrap in WRAPS.items():
        yield _edit(missing, slot, wrap(node), node)
    for name in scope:
        yield _edit("no_function", slot, ast.Call(ast.Name(name, ast.Load()), [node], []), node)
    for number in numbers:
        yield _edit("no_factor", slot, ast.BinOp(node, ast.Mult(), ast.Name(number, ast.Load())), node)
        yield _edit("no_factor", slot, ast.BinOp(node, ast.Div(), ast.Name(number, ast.Load())), node, 0.1)
    for summed in SUMMED:
        method = ast.Attribute(node, summed.func.attr, ast.Load())
        yield _edit("not_summed", slot, ast.Call(method, [], summed.keywords), node)
    yield _edit("no_two", slot, ast.BinOp(node, ast.Mult(), ast.Constant(2)), node)
    yield _edit("no_two", slot, ast.BinOp(node, ast.Div(), ast.Constant(2)), node)
    if not isinstance(parent, (ast.BinOp, ast.Call, ast.Subscript)) or kind in ("BinOp", "Call"):
        for count in counts:
            yield _edit("no_mean", slot, ast.BinOp(node, ast.Div(), count), node)
        for other in inputs:
            for operator in (ast.Add(), ast.Sub(), ast.Mult()):
                yield _edit("no_term", slot, ast.BinOp(node, operator, other), node, 0.1)


# --- statements ----------------------------------------------------------------------------------


def _bodies(tree):
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            if isinstance(getattr(node, field, None), list):
                yield node, getattr(node, field)


def _statements(function):
    for argument in function.args.args:
        line = ast.parse(f"{argument.arg} = __import__('copy').deepcopy({argument.arg})").body[0]
        changed = _first_change(function, argument.arg)
        if changed is not None:
            yield Edit("copy", [(function, "body", [line, *function.body])], changed, argument.arg, 0)
    for owner, body in _bodies(function):
        field = "body" if body is getattr(owner, "body", None) else "orelse"

        def edit(kind, new, node, owner=owner, field=field):
            return Edit(kind, [(owner, field, new)], node, ast.unparse(node), RANKS[kind])

        for i, node in enumerate(body):
            rest = [*body[:i], *body[i + 1 :]]
            if rest and not isinstance(node, ast.Return):
                yield edit("extra_statement", rest, node)
            if i and not isinstance(node, ast.Return):
                swapped = [*body[: i - 1], node, body[i - 1], *body[i + 1 :]]
                yield edit("statement_order", swapped, node)
            loop = getattr(getattr(owner, "target", None), "id", "")
            if loop and not isinstance(node, (ast.Return, ast.If)):
                for test in (f"{loop} > 1", f"{loop} > 0"):
                    guarded = ast.If(parse(test), [node], [])
                    yield edit("guard", [*body[:i], guarded, *body[i + 1 :]], node)
            for j in range(i + 2, len(body)):  # further down
                yield edit("statement_order", [*body[:i], *body[i + 1 : j + 1], node, *body[j + 1 :]], node)
            if isinstance(node, ast.AugAssign):
                target = copy.deepcopy(node.target)
                target.ctx = ast.Load()
                plain = ast.Assign([node.target], ast.BinOp(target, node.op, node.value))
                yield Edit("copy", [(body, i, plain)], node, ast.unparse(node), RANKS["copy"], "augmented")
                anew = ast.Assign([node.target], node.value)
                yield Edit("accumulated", [(body, i, anew)], node, ast.unparse(node), RANKS["accumulated"])
                if type(node.op) in SIGNS:
                    other = ast.AugAssign(node.target, SIGNS[type(node.op)](), node.value)
                    yield Edit("sign", [(body, i, other)], node, ast.unparse(node), RANKS["sign"], "augmented")
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
                for op in (ast.Add(), ast.Sub()):
                    plus = ast.AugAssign(node.targets[0], op, node.value)
                    yield edit("overwritten", [*body[:i], plus, *body[i + 1 :]], node)
            if isinstance(node, (ast.For, ast.While)):
                yield from _around_a_loop(edit, body, i, node)
            if isinstance(node, ast.If):
                yield edit("comparison", [*body[:i], *node.body, *body[i + 1 :]], node)
                turned = ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
                yield edit("comparison", [*body[:i], turned, *body[i + 1 :]], node)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                if called == "print" and node.value.args:
                    result = node.value.args[0] if len(node.value.args) == 1 else ast.Tuple(node.value.args, ast.Load())
                    yield edit("no_return", [*body[:i], ast.Return(result), *body[i + 1 :]], node)
    last = function.body[-1]
    if isinstance(last, ast.Assign):
        target = copy.deepcopy(last.targets[0])
        for part in ast.walk(target):
            if hasattr(part, "ctx"):
                part.ctx = ast.Load()
        yield Edit("no_return", [(function, "body", [*function.body, ast.Return(target)])], last, ast.unparse(last), 0)
    elif isinstance(last, ast.Expr):
        yield Edit(
            "no_return",
            [(function, "body", [*function.body[:-1], ast.Return(last.value)])],
            last,
            ast.unparse(last),
            0,
        )


def _around_a_loop(edit, body, i, loop):
    """A statement of the loop belongs behind it or before it, or one beside it into it."""
    inner = loop.body
    if len(inner) > 1:
        without = copy.copy(loop)
        without.body = inner[:-1]
        kind = "early_return" if isinstance(inner[-1], ast.Return) else "out_of_loop"
        yield edit(kind, [*body[:i], without, inner[-1], *body[i + 1 :]], inner[-1])
        without = copy.copy(loop)
        without.body = inner[1:]
        yield edit("out_of_loop", [*body[:i], inner[0], without, *body[i + 1 :]], inner[0])
    if i + 1 < len(body) and not isinstance(body[i + 1], ast.Return):
        longer = copy.copy(loop)
        longer.body = [*inner, body[i + 1]]
        yield edit("in_loop", [*body[:i], longer, *body[i + 2 :]], body[i + 1])
    for j in range(i):
        longer = copy.copy(loop)
        longer.body = [*body[j:i], *inner]
        yield edit("in_loop", [*body[:j], longer, *body[i + 1 :]], body[j])


def _first_change(function, name):
    """The statement that writes into the argument, or into a part of it; the first one that may."""
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and ast.unparse(node.target).split("[")[0] == name:
            return node
        if isinstance(node, ast.Assign) and any(ast.unparse(t).startswith(f"{name}[") for t in node.targets):
            return node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if ast.unparse(node.func.value) == name and node.func.attr in ("sort", "reverse", "fill", "pop", "append"):
                return node
        if isinstance(node, ast.Call) and any(k.arg == "out" and ast.unparse(k.value) == name for k in node.keywords):
            return node
    return None


# --- making a change -----------------------------------------------------------------------------


def get(holder, key):
    return holder[key] if isinstance(holder, list) else getattr(holder, key)


def put(holder, key, value):
    if isinstance(holder, list):
        holder[key] = value
    else:
        setattr(holder, key, value)


def place(new):
    """Give new nodes a place in the code, as `compile` wants it."""
    for node in new if isinstance(new, list) else [new] if new is not None else []:
        for part in ast.walk(node):
            if not hasattr(part, "lineno"):
                part.lineno = part.end_lineno = 1
                part.col_offset = part.end_col_offset = 0
