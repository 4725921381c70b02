"""Edits that undo mistakes in an operation, such as a wrong sign, operator, grouping or order of operands."""

import ast

from helpers.exercises.edits import of_slot, parse

PRODUCTS = (ast.Mult, ast.MatMult)
SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
SYMBOLS = {ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Add: "+", ast.Sub: "-"}


def edits_of(slot, node):
    """Yield edits that undo possible mistakes in an operation.

    Parameters
    ----------
    slot : pair (container, key)
        The position of the operation in the tree (see `edits`).
    node : ast.BinOp
        The operation.
    """
    left, op, right = node.left, node.op, node.right
    if type(op) in SIGNS:
        yield of_slot("sign", slot, ast.BinOp(left, SIGNS[type(op)](), right), node)
        yield of_slot("sign", slot, ast.BinOp(right, ast.Sub(), left), node, 0.1)
    if isinstance(op, PRODUCTS):
        yield from _products(slot, node)
    if isinstance(op, (ast.Div, ast.FloorDiv, ast.Mod)):
        yield of_slot("flipped", slot, ast.BinOp(right, op, left), node)
        yield of_slot("divided", slot, ast.BinOp(left, ast.Mult(), right), node)
    for other in (ast.Add, ast.Mult, ast.Div, ast.Sub, ast.FloorDiv, ast.Mod, ast.Pow):
        by_chance = other in (ast.FloorDiv, ast.Mod, ast.Pow) and "inf" in ast.unparse(node)  # 1 % -inf is -inf
        if not isinstance(op, other) and not by_chance:
            tag = f"{type(op).__name__} {other.__name__}" if isinstance(op, ast.FloorDiv) else ""
            floor = isinstance(op, ast.FloorDiv) and other is ast.Div
            yield of_slot("floor" if floor else "operation", slot, ast.BinOp(left, other(), right), node, 0, tag)
    if isinstance(op, ast.Mult):
        yield from _doubled(slot, node)
    if isinstance(op, ast.BitXor):
        yield of_slot("power", slot, ast.BinOp(left, ast.Pow(), right), node, 0, "^")
    yield from _too_much(slot, node)
    yield from _grouped(slot, node)


def _doubled(slot, node):
    """Yield edits that change 2 * x or x * 2 to x ** 2, and y / x * 2 to y / x ** 2."""
    for number, other in ((node.left, node.right), (node.right, node.left)):
        if getattr(number, "value", None) == 2:
            yield of_slot("doubled", slot, ast.BinOp(other, ast.Pow(), number), node)
    if getattr(node.right, "value", None) == 2 and isinstance(getattr(node.left, "op", None), (ast.Mult, ast.Div)):
        squared = ast.BinOp(node.left.right, ast.Pow(), node.right)
        yield of_slot("doubled", slot, ast.BinOp(node.left.left, node.left.op, squared), node)


def _products(slot, node):
    left, op, right = node.left, node.op, node.right
    other = ast.Mult() if isinstance(op, ast.MatMult) else ast.MatMult()
    yield of_slot("product", slot, ast.BinOp(left, other, right), node)
    kind = "left_to_right" if isinstance(getattr(left, "op", None), ast.Div) else "multiplied"
    yield of_slot(kind, slot, ast.BinOp(left, ast.Div(), right), node)
    if isinstance(op, ast.Mult):
        yield of_slot("product", slot, ast.BinOp(left, other, _transposed(right)), node, 0.2)
        yield of_slot("product", slot, ast.BinOp(_transposed(left), other, right), node, 0.2)
        return
    turned = [isinstance(factor, ast.Attribute) and factor.attr == "T" for factor in (left, right)]
    for i, side in enumerate((left, right)):  # the transpose may have been added only for the matrix product
        if turned[i]:
            sides = (side.value, right) if i == 0 else (left, side.value)
            yield of_slot("product", slot, ast.BinOp(sides[0], other, sides[1]), node, 0.2)
    if turned == [True, False]:
        yield of_slot("wrong_factor", slot, ast.BinOp(left.value, op, _transposed(right)), node)
    if turned == [False, True]:
        yield of_slot("wrong_factor", slot, ast.BinOp(_transposed(left), op, right.value), node)
    yield from _row_products(slot, node, turned)
    yield of_slot("order_of_product", slot, ast.BinOp(right, op, left), node)
    yield of_slot("transposed_product", slot, ast.BinOp(_transposed(right), op, _transposed(left)), node)


def _row_products(slot, node, turned):
    """Yield an edit that changes x @ y.T or x.T @ y to the sum of x * y within each row or column."""
    if turned in ([False, True], [True, False]):
        sides = zip((node.left, node.right), turned, strict=True)
        x, y = (ast.unparse(side.value if is_turned else side) for side, is_turned in sides)
        new = parse(f"(({x}) * ({y})).sum(axis={int(turned[1])}, keepdims=True)")
        yield of_slot("row_products", slot, new, node)


def _transposed(node):
    return ast.Attribute(node, "T", ast.Load())


def _too_much(slot, node):
    """Yield edits that leave out one operand, or the last two of three factors."""
    left, op, right = node.left, node.op, node.right
    if isinstance(op, ast.Pow):
        yield of_slot("extra_exponent", slot, left, node)
        return
    symbol = SYMBOLS.get(type(op), "")
    tag = f"{symbol} {ast.unparse(right)}".strip()
    yield of_slot("extra", slot, left, right, 0, tag, tag if isinstance(right, ast.Constant) else ast.unparse(right))
    if isinstance(op, (ast.Add, *PRODUCTS)):
        yield of_slot("extra", slot, right, left, 0, f"{ast.unparse(left)} on the left")
    if isinstance(op, (ast.Mult, ast.Div)) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult):
        yield of_slot("extra", slot, left.left, right, 0.1, piece=ast.unparse(ast.BinOp(left.right, op, right)))


def _grouped(slot, node):
    """Yield edits that change the grouping, for example from a - b / c to (a - b) / c."""
    left, op, right = node.left, node.op, node.right
    groups = []
    if isinstance(right, ast.BinOp):
        groups.append(ast.BinOp(ast.BinOp(left, op, right.left), right.op, right.right))
        if isinstance(op, ast.MatMult) and isinstance(right.op, ast.Mult):
            groups.append(ast.BinOp(right.left, right.op, ast.BinOp(left, op, right.right)))
    if isinstance(left, ast.BinOp):
        groups.append(ast.BinOp(left.left, left.op, ast.BinOp(left.right, op, right)))
    if isinstance(getattr(left, "right", None), ast.BinOp):  # a + b * c - d was written instead of a + b * (c - d)
        inner = ast.BinOp(left.right.left, left.right.op, ast.BinOp(left.right.right, op, right))
        groups.append(ast.BinOp(left.left, left.op, inner))
    groups += _taken_out(node) if type(op) in SIGNS else []
    if isinstance(left, ast.Call) and len(left.args) == 1 and not left.keywords:
        inside = ast.Call(left.func, [ast.BinOp(left.args[0], op, right)], [])
        yield of_slot("parentheses", slot, inside, node, 0, f"inside {ast.unparse(left.func)}")
    method = right.func if isinstance(right, ast.Call) and isinstance(right.func, ast.Attribute) else None
    if method is not None and not isinstance(method.value, ast.Call) and ast.unparse(method.value) != "np":
        whole = ast.Attribute(ast.BinOp(left, op, method.value), method.attr, ast.Load())
        groups.append(ast.Call(whole, right.args, right.keywords))
    if isinstance(left, ast.UnaryOp):
        groups.append(ast.UnaryOp(left.op, ast.BinOp(left.operand, op, right)))
    for group in groups:
        yield of_slot("parentheses", slot, group, node)


def _taken_out(node):
    """For a * b * c + d, yield a * b * (c + d) and a * (b * c + d)."""
    factor, inner = node.left, None
    while isinstance(getattr(factor, "op", None), ast.Mult):
        inner = ast.BinOp(factor.right, ast.Mult(), inner) if inner else factor.right
        factor = factor.left
        yield ast.BinOp(factor, ast.Mult(), ast.BinOp(inner, node.op, node.right))
