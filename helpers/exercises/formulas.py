"""Compare possible changes to a typed formula with the solution, so that the most likely change is reported."""

import ast
import itertools
import re

from helpers.exercises import edits, expressions

TWO = ast.Constant(2)
EXPONENTIALS = ("np.exp", "math.exp")
MOST_NUMBERS = 8  # at most this many numbers of a formula are considered for swaps
USUAL_TWICE = set("places log_given floor power name index function swapped_functions late".split())
SIGNS_OF = {"exp": "exp|sigmoid|softmax", "log": "log", "root": r"sqrt|\*\* *0\.5|\*\* *\(1 */ *2\)", "square": r"\*\*"}
SIGNS_OF["doubled"], SIGNS_OF["squared_share"] = SIGNS_OF["square"], "1 - "


def rank(edit, solution, weak):
    """Return the rank of an edit, which is lower for more likely mistakes.

    A wrong sign is more likely than a superfluous quantity. Weak kinds of change (see `corrections`) come later, and
    edits that add an operation or a function that the solution does not contain come last.
    """
    usual = edits.RANKS["extra"] - 0.5 if edit.kind == "sign" and isinstance(edit.node, ast.BinOp) else edit.rank
    return not _fits(edit, solution), weak, usual - 0.2 * (edit.kind == "flipped")


def _fits(edit, solution):
    """Return whether the solution contains what an edit adds to the code. If there is no solution, every edit fits."""
    if not solution:
        return True
    if edit.kind in SIGNS_OF:
        return re.search(SIGNS_OF[edit.kind], solution) is not None
    if edit.kind not in ("sign", "operation", "operand"):
        return True
    sides = [getattr(edit.node, "left", None), getattr(edit.node, "right", None)]
    if edit.kind == "sign" and not all(isinstance(side, (ast.Name, ast.Constant)) for side in sides):
        return True  # products are added or subtracted, but single numbers may have to be multiplied instead
    new = edit.changes[0][2]
    used = [n.op for n in ast.walk(ast.parse(solution)) if isinstance(n, (ast.BinOp, ast.UnaryOp))]
    kinds = [type(op) for op in used] + [ast.Sub] * any(isinstance(op, ast.USub) for op in used)
    return type(getattr(new, "op", None)) in [*kinds, *([ast.USub] if ast.Sub in kinds else [])]


def is_usual(edit, code, solution):
    """Return whether an edit corrects a common mistake and is therefore unlikely to give the right result by chance."""
    new = edit.changes[0][2]
    if len(edit.changes) > 1 and edit.kind not in USUAL_TWICE:
        return False  # people rarely make the same slip in two places
    if edit.kind in ("operation", "parentheses"):
        return (_is_usual_operation if edit.kind == "operation" else _is_usual_grouping)(edit, code, solution)
    if edit.kind == "sign" and isinstance(
        getattr(edit.node, "op", None), ast.Add
    ):  # a + b is written instead of a - b, but never instead of b - a
        return isinstance(new, ast.BinOp) and new.left is edit.node.left
    if edit.kind == "function" and solution:  # the right function must occur in the formula
        return getattr(new, "attr", getattr(new, "id", "")) in solution
    if (edit.kind in SIGNS_OF and not _fits(edit, solution)) or _is_a_call_of_a_number(edit):
        return False
    if edit.kind == "no_two" and solution and _count(code.tree, TWO) >= _count(ast.parse(solution), TWO):
        return False  # no 2 is missing
    if edit.kind == "extra" and _leaves_a_number(edit, code.tree.body[-1].value):
        return True  # computed by hand
    if edit.kind in ("extra", "number") and solution and _is_in_place(edit.node, code.tree, ast.parse(solution)):
        return False
    if edit.kind == "extra" and solution and _is_as_wrong_elsewhere(edit, code, solution):
        return False
    if edit.kind == "extra":  # what remains must be at least as large as the part left out
        return 2 * _leaves(edit.piece) <= _leaves(ast.unparse(code.tree.body[-1].value)) or _leaves(edit.piece) == 1
    return not isinstance(edit.node, ast.FunctionDef)


def _is_usual_operation(edit, code, solution):
    op = getattr(edit.changes[0][2], "op", None)
    if solution and _operations(code.tree, edit.node.op) <= _operations(ast.parse(solution), edit.node.op):
        return False  # the formula contains the operation that would be replaced
    return isinstance(op, (ast.Add, ast.Sub, ast.Mult, ast.Div)) or (isinstance(op, ast.Pow) and "**" in solution)


def _is_usual_grouping(edit, code, solution):
    """Return whether an edit adds missing parentheses, or removes some from a power, and keeps exponents simple."""
    new = edit.changes[0][2]
    exponents = [n.right for n in ast.walk(new) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
    if isinstance(getattr(new, "op", None), ast.Mult) and not _operations(ast.parse(solution or "a * b"), new.op):
        return False  # the formula contains no product
    power = isinstance(getattr(edit.node, "op", None), ast.Pow)
    more = power or ast.unparse(new).count("(") >= ast.unparse(edit.node).count("(")
    return more and not any(isinstance(exponent, ast.BinOp) for exponent in exponents)


def _leaves_a_number(edit, answer):
    """Return whether an edit turns an answer that combines two numbers into just one of these numbers."""
    sides = [vars(answer).get("left"), vars(answer).get("right")]
    numbers = [getattr(side, "operand", side) for side in sides]
    return edit.node in sides and all(isinstance(number, ast.Constant) for number in numbers)


def _operations(tree, op):
    return sum(isinstance(node, ast.BinOp) and type(node.op) is type(op) for node in ast.walk(tree))


def _is_a_call_of_a_number(edit):
    """Return whether an edit removes a call such as exp(1). A wrong argument is a more likely mistake."""
    name = getattr(getattr(edit.node, "func", None), "attr", "")
    return edit.kind == "extra_call" and name in ("exp", "log") and isinstance(edit.node.args[0], ast.Constant)


def _count(tree, number):
    return sum(isinstance(node, ast.Constant) and node.value == number.value for node in ast.walk(tree))


def _is_in_place(number, tree, solution):
    """Return whether a number occurs at least as often in the solution as in the code, in the same kind of operation.

    If the number is not part of an operation (for example, if it is in a list), all its occurrences count.
    """
    inside = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and number in (n.left, n.right)]
    if not isinstance(number, ast.Constant) or _count(tree, number) > _count(solution, number):
        return False
    if not inside:
        return _count(solution, number) > 0
    mine, right = (_count_in(tree, number, inside[0].op), _count_in(solution, number, inside[0].op))
    return mine <= right


def _count_in(tree, number, op):
    inside = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and type(n.op) is type(op)]
    return sum(getattr(side, "value", None) == number.value for n in inside for side in (n.left, n.right))


def _is_as_wrong_elsewhere(edit, code, solution):
    """Return whether the number that an edit removes also occurs, wrongly, in another operation of the same kind."""
    number = edit.node
    inside = [n for n in ast.walk(code.tree) if isinstance(n, ast.BinOp) and number in (n.left, n.right)]
    if not isinstance(number, ast.Constant) or not inside or _count(ast.parse(solution), number):
        return False
    return _count_in(code.tree, number, inside[0].op) > 1


def _leaves(piece):
    """Return the number of names and numbers in a piece of code."""
    try:
        tree = ast.parse(piece)
    except SyntaxError:
        return 0
    return sum(isinstance(node, (ast.Name, ast.Constant)) for node in ast.walk(tree)) - piece.count("np.")


def operands(code, wanted):
    """Yield edits that replace a name in an operation with a number from the formula."""
    for slot, node, parent in expressions.slots(code.tree):
        if isinstance(parent, ast.BinOp) and isinstance(node, ast.Name):
            for number in wanted:
                new = ast.BinOp(parent.left, parent.op, parent.right)
                setattr(new, slot[1], ast.Constant(number))
                place = next(((s, n) for s, n, _ in expressions.slots(code.tree) if n is parent), None)
                if place is not None and number not in (0, 1):
                    yield edits.of_slot("operand", place[0], new, parent, -0.5)


def others(code, prompt, solution):
    """Yield edits for mistakes that only typed answers contain.

    The edits take the logarithm of a number, replace a power of e with another power, or remove an entry from a list.
    """
    inside = {f"{float(number):g}" for number in re.findall(r"log[ (]*(\d+(?:\.\d+)?)", prompt)}
    logarithms = []
    for slot, node, parent in expressions.slots(code.tree):
        if isinstance(node, ast.Constant) and str(node.value).removesuffix(".0") in inside:
            if "log" not in ast.unparse(getattr(parent, "func", parent)):
                new = expressions.parse(f"np.log({node.value})")
                logarithms.append(edits.of_slot("log_given", slot, new, node))
        power = node.args[0] if isinstance(node, ast.Call) and ast.unparse(node.func) in EXPONENTIALS else None
        if isinstance(power, ast.BinOp) and isinstance(power.op, (ast.Mult, ast.Div)):
            a, b = ast.unparse(power.left), ast.unparse(power.right)
            for text in (f"({a}) ** ({b})", f"({b}) ** ({a})", f"(1 / ({a})) ** ({b})", f"(1 / ({b})) ** ({a})"):
                yield edits.of_slot("power_of_e", slot, expressions.parse(text), node)
        entries = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
        texts = [ast.unparse(entry) for entry in entries]
        if len(texts) > 1 and texts[-1] in texts[:-1]:
            yield edits.of_slot("entries", slot, type(node)(entries[:-1], node.ctx), node)
    yield from _places(code, solution)
    yield from logarithms
    if len(logarithms) > 1:
        yield logarithms[0]._replace(changes=[edit.changes[0] for edit in logarithms])


def _places(code, solution):
    """For a formula with a single value, yield edits that swap two of its numbers if both occur in the solution."""
    if isinstance(code.tree.body[-1].value, (ast.List, ast.Tuple)):
        return
    known = {n.value for n in ast.walk(ast.parse(solution)) if isinstance(n, ast.Constant)}
    numbers = [(slot, n) for slot, n, _ in expressions.slots(code.tree.body[-1].value) if isinstance(n, ast.Constant)]
    for (one, a), (other, b) in itertools.combinations(numbers[:MOST_NUMBERS], 2):
        if a.value != b.value and {a.value, b.value} <= known:
            changes = [(*one, b), (*other, a)]
            yield edits.Edit("places", changes, code.tree.body[-1].value, ast.unparse(a), edits.RANKS["places"] - 0.5)
