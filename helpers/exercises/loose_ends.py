"""Find likely mistakes in the reader's code, such as a result that is not kept, endless recursion or clipped values."""

import ast
import inspect
import re
import textwrap

from helpers.exercises import repair
from helpers.exercises.edits import of_slot
from helpers.exercises.errors import quote, where
from helpers.exercises.expressions import slots

# Prefixes of NumPy functions that are called for their effect, and methods that are called for their result.
IN_PLACE = ("np.random", "np.add.at", "np.copyto", "np.fill_diagonal", "np.put", "np.set", "np.testing", "np.save")
NEW = set("reshape ravel flatten transpose astype copy sum mean clip round dot max min squeeze".split())
VALUES = (ast.BinOp, ast.Compare, ast.UnaryOp, ast.ListComp)


def lost(code):
    """Return the first statement that computes a result but does not keep it, or None if there is none.

    It is an operation, a comparison, a list comprehension, or a call to a function that returns something.
    """
    for node in ast.walk(code.tree):
        value = getattr(node, "value", None)
        if isinstance(node, ast.Expr) and node is not code.tree.body[-1]:
            if isinstance(value, VALUES) or (isinstance(value, ast.Call) and _returns_something(value, code)):
                return node
    return None


def about_lost(node, code, name=""):
    """Return a sentence and a question about a statement whose result is not kept.

    Parameters
    ----------
    node : ast.Expr
        The statement.
    code : reading.Code
        The reader's code.
    name : str
        The variable that the result should be assigned to, if known.
    """
    line, value = quote(code.line(node)), node.value
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        return f"{line} compares two values but assigns nothing. Which operator assigns a value?"
    if name:
        return f"{line} computes a value but does not assign it to `{name}`. What should you write in front of it?"
    if isinstance(value, ast.Call):
        return f"The value that {line} returns is not used. What should be done with it?"
    return f"{line} computes a value but does not keep it. Which name should it be assigned to?"


def _returns_something(call, code):
    """Return whether a call returns a result and leaves its arguments unchanged."""
    if any(keyword.arg == "out" for keyword in call.keywords):
        return False
    if isinstance(call.func, ast.Name):
        known = code.scope.get(call.func.id)
        return call.func.id == code.tree.name or (inspect.isfunction(known) and _has_a_result(known))
    name = ast.unparse(call.func)
    return (name.startswith("np.") and not name.startswith(IN_PLACE)) or getattr(call.func, "attr", "") in NEW


def _has_a_result(function):
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(tree))


def unused(code):
    """Return a sentence and a question about random numbers, an unused variable, or a loop that ends at once.

    Return "" if none of these is found.
    """
    read = {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    least = ""  # less likely to be the cause than anything else that is found here
    for node in ast.walk(code.tree):
        if isinstance(node, (ast.For, ast.While)) and any(isinstance(part, ast.Return) for part in node.body):
            line = code.line(next(part for part in node.body if isinstance(part, ast.Return)))
            return f"{quote(line)} ends the loop during its first iteration. How many iterations should the loop make?"
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np.random."):
            return (
                f"`{ast.unparse(node.func)}` draws random numbers{where(code.line(node))}. Which numbers are given in "
                f"the exercise?"
            )
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name not in read and not re.search(r"^len\(|\.shape|\.size$", ast.unparse(node.value)):
                least = (
                    least
                    or f"`{name}` is set in the line {quote(code.line(node))} but never used. Which name did you mean?"
                )
    return least


def endless(code):
    """Return a sentence and a question about a function that calls itself endlessly, or "" if the reason is unclear."""
    own, tests = code.tree, [n.test for n in ast.walk(code.tree) if isinstance(n, (ast.If, ast.IfExp))]
    tested = {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
    equal = any(isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) for test in tests)
    for call in (n for n in ast.walk(own) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == own.name):
        for argument, given in zip(own.args.args, call.args, strict=False):
            how = _how_it_changes(argument.arg, ast.unparse(given), equal) if argument.arg in tested else ""
            if how:
                return (
                    f"`{own.name}` calls itself with {quote(ast.unparse(given))}{where(code.line(call))}, so "
                    f"`{argument.arg}` {how} and may never reach the value at which the function returns. How should "
                    f"it change?"
                )
    return ""


def _how_it_changes(name, given, equal):
    """Return how an argument changes from call to call, or "" if it may reach the value that ends the recursion."""
    step = re.fullmatch(rf"{name} ([+-]) (\d+)", given)
    if given == name:
        return "never changes"
    if step and step[1] == "+":
        return "grows"
    return f"goes down by {step[2]}" if step and equal and int(step[2]) > 1 else ""


def cut_off(code, cases, right=None):
    """If clipping or shifting some values changes the results, return a sentence and a question about it.

    If the right results are given, clipping is mentioned only if leaving it out changes every wrong entry.
    """
    for slot, node, _ in slots(code.tree):
        call = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        arguments = getattr(node, "args", [])
        value = arguments[0] if call.startswith("np.") and arguments else getattr(getattr(node, "func", 0), "value", 0)
        name = call.split(".")[-1]
        edit = of_slot("extra_call", slot, value, node) if name in ("clip", "nan_to_num") else None
        if edit and repair.matters(code, edit, cases, right if name == "clip" else None):
            return (
                f"`{call}`{where(code.line(node))} replaces NaN and infinity with other numbers. This only hides an "
                f"overflow. Where does the overflow happen, and how can you avoid it?"
                if name == "nan_to_num"
                else f"`{call}` limits the values in the line {quote(code.line(node))}. Which results are wrong "
                f"because of that?"
            )
    for node in ast.walk(code.tree):
        for slot, tiny, _ in slots(node) if getattr(getattr(node, "func", None), "attr", "").startswith("log") else ():
            if _is_tiny(tiny) and repair.matters(code, of_slot("number", slot, ast.Constant(0), tiny), cases):
                return (
                    f"You use `{ast.unparse(tiny)}` inside a logarithm in the line {quote(code.line(node))}. Which "
                    f"results are wrong because of that?"
                )
    return ""


def _is_tiny(node):
    value = getattr(node, "value", None)
    return isinstance(node, ast.Constant) and isinstance(value, float) and 0 < abs(value) <= 1e-6
