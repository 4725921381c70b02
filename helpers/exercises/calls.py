"""Edits that undo mistakes in a call, such as swapped arguments, a wrong axis or wrong range bounds."""

import ast
import copy

from helpers.exercises.edits import RANKS, get, of_slot, parse, put

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
BUILTIN = ("sum", "max", "min")  # Python's built-in functions, which iterate over the rows of an array
REDUCTIONS = {"sum", "mean", "max", "min", "std", "amax", "prod", "norm", "cumsum", "logsumexp"}


def edits_of(slot, node):
    """Yield edits to a call.

    Parameters
    ----------
    slot : pair (container, key)
        The position of the call in the tree (see `edits`).
    node : ast.Call
        The call.
    """
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "len" and len(node.args) == 1:
        yield of_slot("rows", slot, ast.Attribute(node.args[0], "size", ast.Load()), node)
    if name == "range":
        yield from _ranges(slot, node)
    if name in BUILTIN and not node.keywords:
        yield from _of_entries(slot, node, name)
    kept = ("range", "len", "dict", "list", "tuple", "zip", *REDUCTIONS)
    if len(node.args) == 1 and not node.keywords and name not in kept:
        yield from _single_argument(slot, node, name)
    yield from _without_call(slot, node, name)
    for i in range(
        name == "where", len(node.args) - 1 if name != "einsum" else 0
    ):  # nobody swaps the condition of np.where with a value
        args = [*node.args]
        args[i], args[i + 1] = args[i + 1], args[i]
        yield of_slot("order_of_arguments", slot, ast.Call(node.func, args, node.keywords), node)
    if name in REDUCTIONS:
        yield from _reductions(slot, node)
    for i, keyword in enumerate(node.keywords):
        kind = keyword.arg if keyword.arg in ("axis", "keepdims") else "extra"
        new = ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
        yield of_slot(kind, slot, new, node, 0.4, piece=ast.unparse(keyword))


def _of_entries(slot, node, name):
    """Yield edits to calls of `np.max` and of built-in functions such as `sum`, which adds up rows, not all entries."""
    array = node.args[0] if node.args else node.func.value
    if name == "max" and isinstance(node.func, ast.Attribute):
        yield of_slot("over_all", slot, parse(f"np.maximum({ast.unparse(array)}, 0)"), node, -0.1)
    if isinstance(node.func, ast.Attribute) or len(node.args) > 1:
        return
    if not isinstance(array, (ast.GeneratorExp, ast.ListComp)):
        yield of_slot("rows_only", slot, parse(f"np.{name}({ast.unparse(array)})"), node)
    for other in (other for other in BUILTIN if other != name):
        yield of_slot("reduction", slot, ast.Call(ast.Name(other, ast.Load()), node.args, []), node)


def _without_call(slot, node, name):
    """Yield edits that remove an unnecessary call and keep only its object or one of its arguments."""
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("np", "np.linalg"):
        if name in REDUCTIONS or name in METHODS:
            kind = "extra_sum" if name in REDUCTIONS else "detached" if name == "copy" else "extra_call"
            yield of_slot(kind, slot, node.func.value, node, 0, name)
    elif name in ("max", "min") and isinstance(node.func, ast.Name) and len(node.args) > 1:
        for argument in node.args:  # max(x, 0) limits a value and does not combine entries
            yield of_slot("extra_call", slot, argument, node, -0.1)
    elif name in REDUCTIONS and node.args:
        yield of_slot("extra_sum", slot, node.args[0], node, 0, name)
    if name in ("clip", "round", "maximum", "minimum", "nan_to_num", "where") and len(node.args) > 1:
        late = (
            RANKS["number"] if name == "where" else 0
        )  # a wrong value in np.where is more likely than np.where itself
        for argument in node.args[name == "where" :]:
            yield of_slot("extra_call", slot, argument, node, late - 0.1)
    if ast.unparse(node.func) == "np.log" and len(node.args) == 1:
        for slope in ("1 / ({})", "1 / ({}) ** 2", "-1 / ({}) ** 2"):
            yield of_slot("function", slot, parse(slope.format(ast.unparse(node.args[0]))), node, 0.5)


def _single_argument(slot, node, name):
    inner = node.args[0]
    twice = isinstance(inner, ast.Call) and ast.unparse(inner.func) == ast.unparse(node.func)
    yield of_slot("applied_twice" if twice else "extra_call", slot, inner, node, 0, name)
    if name == "tanh":
        yield of_slot("function", slot, parse(f"1 - np.tanh({ast.unparse(inner)}) ** 2"), node, 0.4)
    if getattr(getattr(inner, "func", None), "attr", "") in REDUCTIONS:  # exp(x.sum()) was written, not exp(x).sum()
        inside = copy.deepcopy(inner)
        library = ast.unparse(inner.func.value) in ("np", "np.linalg")
        holder = (inside.args, 0) if library and inner.args else (inside.func, "value")
        put(*holder, ast.Call(node.func, [get(*holder)], []))
        yield of_slot("swapped_functions", slot, inside, node)
    if isinstance(inner, ast.BinOp):  # √(a/b) was written instead of √a/b
        kind = "square_inside" if isinstance(inner.op, ast.Pow) else "parentheses"
        yield of_slot(kind, slot, ast.BinOp(ast.Call(node.func, [inner.left], []), inner.op, inner.right), node)


def _reductions(slot, node):
    """Yield edits that change the `axis` or `keepdims` argument of a sum, mean, maximum or other reduction."""
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
