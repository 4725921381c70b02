"""Descriptions of mistakes found in the reader's code: what is wrong, in which line, and a question."""

import ast
import inspect
import re

from helpers.exercises import repair, statements
from helpers.exercises.errors import quote, where
from helpers.exercises.phrases import WORDS


def describe(found, code):
    """Describe the mistake.

    Parameters
    ----------
    found : repair.Found
    code : repair.Code
    """
    seen, question = WORDS[_key(found)]
    line, piece = quote(found.line), found.piece
    large = "\n" in piece or len(piece) > 0.6 * len(found.line) or len(piece) > 60
    there = "" if large or "{line}" in seen or not found.line else f", in the line {line}"
    seen = seen.format(piece=line if large else quote(piece), line=line, call=_call(found))
    if not found.whole:
        seen = f"There is more than one thing to find. One of them: {seen[:1].lower()}{seen[1:]}"
    missing = found.kind in ("no_factor", "no_term", "hard_coded", "no_mean", "extra_statement")
    never = about_unused(code) if missing else ""
    return f"{seen}{there}. {never}{question}"


def about_unused(code):
    """A sentence on the arguments that the function never uses."""
    names = repair.unused(code)
    listed = " and ".join(f"`{name}`" for name in names)
    return f"{listed} {'is' if len(names) == 1 else 'are'} never used. " if names else ""


def with_unused(words, code):
    """Add to a message what the code alone shows, before the question at its end."""
    never = about_unused(code) if code else ""
    hidden = repair.outside(code) if code else ()
    if hidden:
        never = f"`{hidden[0]}` is no argument of the function, but comes from elsewhere in the notebook. {never}"
    loose = (_diagonal(code, words) or loose_end(code)) if code else ""
    if not never and loose and len(words) + len(loose) < 480:
        return f"{re.sub(' [A-Z][^.?!]*[?]$', '', words)} {loose}"
    sentences = re.split(r"(?<=[.!]) (?=[A-Z])", words)
    return " ".join([*sentences[:-1], f"{never}{sentences[-1]}"]) if never else words


def evidence(code):
    """What the code alone shows: an unused argument, a name from the notebook, clipped values; or ""."""
    hidden = repair.outside(code)
    if hidden:
        return (
            f"`{hidden[0]}` is no argument of the function: it comes from elsewhere in the notebook"
            f"{_line_with(code, hidden[0])}. Which of the arguments should take its place, or what can be counted "
            f"in them?"
        )
    names = repair.unused(code)
    if names:
        return f"{about_unused(code)}What is it for?" if len(names) == 1 else f"{about_unused(code)}What are they for?"
    return loose_end(code) or _values_cut_off(code)


def _values_cut_off(code):
    """A sentence and a question about clipped values; or ""."""
    for node in ast.walk(code.tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        if isinstance(node, ast.Call) and name == "nan_to_num":
            return (
                f"`{ast.unparse(node.func)}` puts other numbers in place of nan and infinity and so hides that "
                f"something overflows{where(code.line(node))}. Where does it overflow, and how is that avoided?"
            )
        if isinstance(node, ast.Call) and name == "clip":
            return (
                f"`{ast.unparse(node.func)}` cuts values off, in the line {quote(code.line(node))}. Which values come "
                f"out wrong because of that?"
            )
    for node in ast.walk(code.tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        tiny = [part for part in ast.walk(node) if name.startswith("log") and _is_tiny(part)]
        if tiny:
            return (
                f"`{ast.unparse(tiny[0])}` is put inside a logarithm, in the line {quote(code.line(node))}. Which "
                f"values come out wrong because of it?"
            )
    return ""


def _diagonal(code, words):
    """A sentence and a question on np.diag in the line where an error happened; "" if it is not there."""
    called = [n for n in ast.walk(code.tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "np.diag"]
    arguments = [argument.arg for argument in code.tree.args.args]
    for call in called:
        given = ast.unparse(call.args[0]) if call.args else ""
        if given in arguments and "not fit together" in words and code.line(call)[:40] in words:
            return (
                f"`np.diag` makes a diagonal matrix of a vector, but of a matrix it takes the diagonal; is `{given}` "
                f"a vector?"
            )
    return ""


def about_logarithm(code, parts):
    """A sentence and a question on a logarithm among gradients, which belongs to a cost; "" if there is none."""
    if not parts or not all(re.match(r"d[A-Za-z]", part) for part in parts):
        return ""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.log":
            return (
                f"{quote(ast.unparse(node))} belongs to the cost; a gradient takes its derivative"
                f"{where(code.line(node))}. What is the derivative of a logarithm?"
            )
    return ""


def lost(code):
    """The first statement that computes something, or calls the function itself, and keeps no result; or None."""
    for node in ast.walk(code.tree):
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Expr) or node is code.tree.body[-1]:
            continue
        again = isinstance(value, ast.Call) and getattr(value.func, "id", "") == code.tree.name
        if again or isinstance(value, (ast.BinOp, ast.Compare, ast.UnaryOp, ast.ListComp)):
            return node
    return None


def about_lost(node, code):
    """A sentence and a question on a statement of which nothing is kept, see `lost`."""
    line, value = quote(code.line(node)), node.value
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        return f"{line} compares and assigns nothing. Which sign sets a value?"
    if isinstance(value, ast.Call):
        return f"What {line} returns is thrown away. What should be done with it?"
    return f"{line} computes something, but nothing keeps its value. Which name should take it?"


def loose_end(code):
    """A sentence and a question about an unused result, a loop that ends at once, or random numbers; or ""."""
    read = {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for node in ast.walk(code.tree):
        value = getattr(node, "value", None)
        if isinstance(node, (ast.For, ast.While)) and any(isinstance(part, ast.Return) for part in node.body):
            line = code.line(next(part for part in node.body if isinstance(part, ast.Return)))
            return f"{quote(line)} ends the loop in its first pass. How many passes should it make?"
        if isinstance(node, ast.Expr) and isinstance(value, ast.Call) and _returns_something(value, code):
            return f"What {quote(code.line(node))} returns is thrown away. Which name should take it?"
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name not in read:
                return f"`{name}` is set in the line {quote(code.line(node))}, but never used. Which name was meant?"
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np.random."):
            return (
                f"`{ast.unparse(node.func)}` draws numbers by chance{where(code.line(node))}. Which numbers are given?"
            )
    return ""


def _returns_something(call, code):
    """Whether a bare call is to a function from the notebook or NumPy that returns a result."""
    if isinstance(call.func, ast.Name):
        known = code.scope.get(call.func.id)
        return inspect.isfunction(known)
    return ast.unparse(call.func).startswith("np.") and not ast.unparse(call.func).startswith(
        ("np.random", "np.add.at")
    )


def _is_tiny(node):
    value = getattr(node, "value", None)
    return isinstance(node, ast.Constant) and isinstance(value, float) and 0 < abs(value) <= 1e-6


def _line_with(code, name):
    node = next(n for n in ast.walk(code.tree) if isinstance(n, ast.Name) and n.id == name)
    return where(code.line(node))


def pointed(words, found, code, parts, part):
    """Put before a message the line to look at: that of the mistake found, or else the one that computes `part`.

    Parameters
    ----------
    words : str
    found : repair.Found, or None
    code : repair.Code, or None
    parts : names of the function's results
    part : str, the wrong result, such as "dW[2]"; "" if there is none
    """
    if " the line `" in words:
        return words
    changed = re.search(r"changes its argument `(\w+)`", words)
    node = statements.first_change(code.tree, changed[1]) if changed and code else None
    if node is not None:
        return f"Look at the line {quote(code.line(node))}. {words}"
    if found and found.line:
        return f"Look at the line {quote(found.line)}. {words}"
    name, line = _made(code, parts, part.split("[")[0]) if code else ("", "")
    if not line:
        return words
    return (
        f"`{name}` is made in the line {quote(line)}. {words}" if name else f"Look at the line {quote(line)}. {words}"
    )


def _made(code, parts, part):
    """The variable that holds a result on return, and the last line that assigns it."""
    returns = [node for node in ast.walk(code.tree) if isinstance(node, ast.Return) and node.value is not None]
    if len(returns) != 1:
        return "", ""
    result = returns[0].value
    if not part:
        return "", code.line(returns[0])
    if isinstance(result, ast.Tuple) and len(result.elts) == len(parts) and part in parts:
        result = result.elts[list(parts).index(part)]
    if not isinstance(result, ast.Name):
        return "", code.line(returns[0])
    made = [node for node in ast.walk(code.tree) if _sets(node, result.id)]
    inside = [node for node in made if not _is_empty(node)]
    last = max(inside or made, key=lambda node: node.lineno, default=None)
    return (result.id, code.line(last)) if last is not None else ("", code.line(returns[0]))


def _is_empty(node):
    """Whether a statement only gives a whole variable what it begins with, such as {}, 0 or [0] * n."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value.left if isinstance(node.value, ast.BinOp) else node.value
    return isinstance(value, (ast.Dict, ast.List, ast.Constant))


def _sets(node, name):
    """Whether a statement assigns the variable or one of its entries."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func) in (f"{name}.append", f"{name}.extend")
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    parts = [part for target in targets for part in ast.walk(target)]
    return any(isinstance(part, ast.Name) and part.id == name for part in parts)


def _key(found):
    if found.kind != "product":
        return found.kind
    return "product_@" if isinstance(getattr(found.node, "op", None), ast.MatMult) else "product_*"


def _call(found):
    function = getattr(found.node, "func", None)
    if function is None:
        return quote(found.piece)
    if isinstance(function, ast.Attribute) and not ast.unparse(function.value).startswith("np"):
        return f"`.{function.attr}`"
    return f"`{ast.unparse(function)}`"
