"""Find in-place changes that should cancel out but do not, such as `x[i] += h`, `x[i] -= 2 * h` and `x[i] -= h`."""

import ast

from helpers.exercises.differences import definitions
from helpers.exercises.errors import quote

SIGNS = {ast.Add: 1, ast.Sub: -1}
VIEWS = ("reshape", "ravel", "view", "swapaxes", "transpose")  # methods that usually return a view of the array


def views(tree, name):
    """Return the name of an argument and the names of all variables that share memory with it."""
    found = [name]
    for variable, value in definitions(tree).items():
        called = getattr(value, "func", None)
        origin = called.value if getattr(called, "attr", "") in VIEWS else value
        origin = origin.value if isinstance(origin, ast.Attribute) and origin.attr == "T" else origin
        if getattr(origin, "id", "") in found:
            found.append(variable)
    return found


def not_undone(code, names):
    """If the changes to an entry in one iteration do not add up to 0, return a sentence and a question about them.

    Otherwise, return "".

    Parameters
    ----------
    code : reading.Code
        The reader's code.
    names : list of str
        The arrays in question.
    """
    for loop in (n for n in ast.walk(code.tree) if isinstance(n, ast.For)):
        changes = {}
        for node in loop.body:
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
                changes.setdefault(ast.unparse(node.target), []).append(node)
        for place, nodes in changes.items():
            steps = [_step(node) for node in nodes]
            units = {unit for _, unit in steps}
            total = sum(size for size, _ in steps)
            if place.split("[")[0] in names and len(nodes) > 1 and len(units) == 1 and None not in units and total:
                return (
                    f"The changes to `{place}` in one iteration add up to {total:g} times `{units.pop()}`, so it does "
                    f"not return to its original value. Look at the line {quote(code.line(nodes[-1]))}. What should "
                    f"the changes add up to?"
                )
    return ""


def _step(node):
    """Return the multiple of a variable that a statement adds, and the variable's name.

    Return 0 and None if these are unclear.
    """
    sign, value = SIGNS.get(type(node.op), 0), node.value
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        sizes = [side.value for side in (value.left, value.right) if isinstance(side, ast.Constant)]
        rest = [side for side in (value.left, value.right) if isinstance(side, ast.Name)]
        return (sign * sizes[0], rest[0].id) if len(sizes) == len(rest) == 1 and sign else (0, None)
    return (sign, value.id) if isinstance(value, ast.Name) and sign else (0, None)
