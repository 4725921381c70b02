"""Edits that add what may be missing around an expression, such as a transpose, a sign, a function or a factor."""

import ast

from helpers.exercises.edits import of_slot, parse

SIGNED = ("exp", "logaddexp", "sigmoid", "array", "diag", "sum")  # functions whose argument may need a minus sign
NEVER_WRAPPED = ("Constant", "Dict", "DictComp", "ListComp", "GeneratorExp", "Tuple", "List", "Lambda", "JoinedStr")


def _numpy(name):
    return lambda node: ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [node], [])


WRAPS = {
    "root": _numpy("sqrt"),
    "square": lambda node: ast.BinOp(node, ast.Pow(), ast.Constant(2)),
    "exp": _numpy("exp"),
    "log": _numpy("log"),
    "complement": lambda node: ast.BinOp(ast.Constant(1), ast.Sub(), node),
}
SUMMED = [
    parse(f"x{end}") for end in (".sum(axis=1, keepdims=True)", ".sum(axis=0, keepdims=True)", ".sum()", ".mean()")
]


def around(slot, node, parent, scope, numbers, counts, inputs):
    """Yield edits that add what may be missing around an expression."""
    kind = type(node).__name__
    if (
        isinstance(parent, ast.BinOp)
        and isinstance(parent.op, (ast.Mult, ast.Div))
        and getattr(node, "value", 0) in (2, 3)
    ):
        yield of_slot("root", slot, WRAPS["root"](node), node)
    if kind in NEVER_WRAPPED:
        return
    if _may_be_turned(parent):
        yield of_slot("no_transpose", slot, ast.Attribute(node, "T", ast.Load()), node)
    if _may_have_a_sign(parent) and not isinstance(node, ast.UnaryOp):
        yield of_slot("sign", slot, ast.UnaryOp(ast.USub(), node), node, 0.2)
    is_a_count = ast.unparse(node) in map(ast.unparse, counts)
    if isinstance(parent, (ast.Attribute, ast.Compare)) or kind == "Compare" or is_a_count:
        return
    yield from _functions(slot, node, scope)
    yield from _factors(slot, node, numbers)
    if not isinstance(parent, (ast.BinOp, ast.Call, ast.Subscript)) or kind in ("BinOp", "Call"):
        yield from _means_and_terms(slot, node, counts, inputs)


def _may_be_turned(parent):
    """Return whether a transpose may be missing.

    In a subscript or a call to np.einsum, the indices are more likely to be wrong than the order of the axes.
    """
    in_einsum = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "np.einsum"
    return not (in_einsum or isinstance(parent, ast.Subscript) or getattr(parent, "attr", "") == "T")


def _may_have_a_sign(parent):
    called = getattr(parent, "func", None)
    name = getattr(called, "attr", getattr(called, "id", ""))
    return isinstance(parent, (ast.BinOp, ast.Return, ast.Assign)) or name in SIGNED


def _functions(slot, node, scope):
    for kind, wrap in WRAPS.items():
        yield of_slot(kind, slot, wrap(node), node)
    for name in scope:
        yield of_slot("no_function", slot, ast.Call(ast.Name(name, ast.Load()), [node], []), node)


def _factors(slot, node, numbers):
    """Yield edits that add a factor, a divisor or a sum, or multiply or divide by 2."""
    for number in numbers:
        yield of_slot("no_factor", slot, ast.BinOp(node, ast.Mult(), ast.Name(number, ast.Load())), node)
        yield of_slot("no_factor", slot, ast.BinOp(node, ast.Div(), ast.Name(number, ast.Load())), node, 0.1)
    for summed in SUMMED:
        method = ast.Attribute(node, summed.func.attr, ast.Load())
        yield of_slot("not_summed", slot, ast.Call(method, [], summed.keywords), node)
    yield of_slot("no_two", slot, ast.BinOp(node, ast.Mult(), ast.Constant(2)), node)
    yield of_slot("no_two", slot, ast.BinOp(node, ast.Div(), ast.Constant(2)), node)


def _means_and_terms(slot, node, counts, inputs):
    for count in counts:
        late = 0.1 if isinstance(node, ast.Name) else 0  # the expression that computes a value is tried before its name
        yield of_slot("no_mean", slot, ast.BinOp(node, ast.Div(), count), node, late)
    for other in inputs:
        for operator in (ast.Add(), ast.Sub(), ast.Mult()):
            yield of_slot("no_term", slot, ast.BinOp(node, operator, other), node, 0.1)
        yield of_slot("no_term", slot, ast.BinOp(other, ast.Sub(), node), node, 0.1)
