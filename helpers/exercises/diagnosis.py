"""Describe the mistakes found in the reader's code.

A description says what is wrong and in which line, and it ends with a question.
"""

import ast
import inspect
import re

from helpers.exercises import repair, statements
from helpers.exercises.errors import quote, where
from helpers.exercises.phrases import WORDS


def describe(found, code):
    """Describe a mistake found in the reader's code, in a sentence and a question.

    Parameters
    ----------
    found : repair.Found
        The mistake.
    code : repair.Code
        The reader's code.

    Returns
    -------
    str
    """
    seen, question = WORDS[_key(found)]
    line, piece = quote(found.line), found.piece
    large = "\n" in piece or len(piece) > 0.6 * len(found.line) or len(piece) > 60
    there = "" if large or "{line}" in seen or not found.line else f". Look at the line {line}"
    seen = seen.format(piece=line if large else quote(piece), line=line, call=_call(found))
    if not found.whole:
        seen = f"There is more than one mistake. One of them is this: {seen[:1].lower()}{seen[1:]}"
    missing = found.kind in ("no_factor", "no_term", "hard_coded", "no_mean", "extra_statement")
    never = about_unused(code) if missing else ""
    return f"{seen}{there}. {never}{question}"


def about_unused(code):
    """Return a sentence that names the arguments the function never uses, or "" if it uses all of them."""
    names = repair.unused(code)
    listed = " and ".join(f"`{name}`" for name in names)
    return f"{listed} {'is' if len(names) == 1 else 'are'} never used. " if names else ""


def with_unused(words, code):
    """Insert what the code alone shows into a message, before its closing question."""
    never = about_unused(code) if code else ""
    hidden = repair.outside(code) if code else ()
    if hidden:
        never = f"`{hidden[0]}` is not an argument of the function but comes from elsewhere in the notebook. {never}"
    loose = (_diagonal(code, words) or loose_end(code)) if code else ""
    if not never and loose and len(words) + len(loose) < 480:
        return f"{re.sub(' [A-Z][^.?!]*[?]$', '', words)} {loose}"
    sentences = re.split(r"(?<=[.!]) (?=[A-Z])", words)
    return " ".join([*sentences[:-1], f"{never}{sentences[-1]}"]) if never else words


def evidence(code):
    """Return what the code alone shows, such as an unused argument or clipped values, or "" if it shows nothing."""
    hidden = repair.outside(code)
    if hidden:
        return (
            f"`{hidden[0]}`{_line_with(code, hidden[0])} is not an argument of the function but comes from elsewhere "
            f"in the notebook. Which argument, or which size of an argument, should you use instead?"
        )
    names = repair.unused(code)
    if names:
        return (
            f"{about_unused(code)}What is it needed for?"
            if len(names) == 1
            else f"{about_unused(code)}What are they needed for?"
        )
    return loose_end(code) or _values_cut_off(code)


def _values_cut_off(code):
    """Return a sentence and a question about clipped values or a tiny number in a logarithm, or "" for neither."""
    for node in ast.walk(code.tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        if isinstance(node, ast.Call) and name == "nan_to_num":
            return (
                f"`{ast.unparse(node.func)}`{where(code.line(node))} replaces NaN and infinity with other numbers. "
                f"This only hides an overflow. Where does the overflow happen, and how can you avoid it?"
            )
        if isinstance(node, ast.Call) and name == "clip":
            return (
                f"`{ast.unparse(node.func)}` limits the values in the line {quote(code.line(node))}. Which results are "
                f"wrong because of that?"
            )
    for node in ast.walk(code.tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        tiny = [part for part in ast.walk(node) if name.startswith("log") and _is_tiny(part)]
        if tiny:
            return (
                f"You use `{ast.unparse(tiny[0])}` inside a logarithm in the line {quote(code.line(node))}. Which "
                f"results are wrong because of that?"
            )
    return ""


def _diagonal(code, words):
    """Return a sentence and a question about np.diag in the line that raised an error, or "" if there is none."""
    called = [n for n in ast.walk(code.tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "np.diag"]
    arguments = [argument.arg for argument in code.tree.args.args]
    for call in called:
        given = ast.unparse(call.args[0]) if call.args else ""
        if given in arguments and "not fit together" in words and code.line(call)[:40] in words:
            return (
                f"`np.diag` turns a vector into a diagonal matrix, but from a matrix it extracts the diagonal. Is "
                f"`{given}` a vector?"
            )
    return ""


def lost(code):
    """Return the first statement whose result is computed but not kept, or None if there is none.

    Such a statement is a standalone expression or a call to the function itself.
    """
    for node in ast.walk(code.tree):
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Expr) or node is code.tree.body[-1]:
            continue
        again = isinstance(value, ast.Call) and getattr(value.func, "id", "") == code.tree.name
        if again or isinstance(value, (ast.BinOp, ast.Compare, ast.UnaryOp, ast.ListComp)):
            return node
    return None


def about_lost(node, code):
    """Return a sentence and a question about a statement whose result is not kept (see `lost`)."""
    line, value = quote(code.line(node)), node.value
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        return f"{line} compares two values but assigns nothing. Which operator assigns a value?"
    if isinstance(value, ast.Call):
        return f"The value that {line} returns is not used. What should be done with it?"
    return f"{line} computes a value but does not keep it. Which name should it be assigned to?"


def loose_end(code):
    """Return a sentence and a question about an unused result, a loop that ends at once or random numbers.

    Return "" if none of these occurs.
    """
    read = {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    unused = ""  # less likely to be the cause than anything else that is found here
    for node in ast.walk(code.tree):
        value = getattr(node, "value", None)
        if isinstance(node, (ast.For, ast.While)) and any(isinstance(part, ast.Return) for part in node.body):
            line = code.line(next(part for part in node.body if isinstance(part, ast.Return)))
            return f"{quote(line)} ends the loop in its first pass. How many passes should the loop make?"
        if isinstance(node, ast.Expr) and isinstance(value, ast.Call) and _returns_something(value, code):
            return f"The value that {quote(code.line(node))} returns is not used. Which name should it be assigned to?"
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name not in read and not re.search(r"^len\(|\.shape|\.size$", ast.unparse(value)):
                unused = (
                    unused
                    or f"`{name}` is set in the line {quote(code.line(node))} but never used. Which name did you mean?"
                )
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np.random."):
            return (
                f"`{ast.unparse(node.func)}` draws random numbers{where(code.line(node))}. Which numbers are given in "
                f"the exercise?"
            )
    return unused


def _returns_something(call, code):
    """Return whether a standalone call is to a function from the notebook or NumPy that returns a result."""
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
    """Begin a message with a pointer to a line of the code.

    The line is the one with the mistake that was found or, failing that, the one that computes the wrong result.

    Parameters
    ----------
    words : str
        The message.
    found : repair.Found or None
        The mistake.
    code : repair.Code or None
        The reader's code.
    parts : sequence of str
        Names of the function's results.
    part : str
        The name of the wrong result, such as "dW[2]"; "" if there is none.

    Returns
    -------
    str
    """
    if " the line `" in words:
        return words
    changed = re.search(r"changes its argument `(\w+)`", words)
    node = statements.first_change(code.tree, changed[1]) if changed and code else None
    if node is not None:
        part = ast.unparse(getattr(node, "target", node)).split("[")[0]
        view = (
            f"`{part}` is a part of `{changed[1]}` and not a copy. "
            if part.isidentifier() and part != changed[1]
            else ""
        )
        return f"Look at the line {quote(code.line(node))}. {view}{words}"
    if found and found.line:
        return f"Look at the line {quote(found.line)}. {words}"
    name, line = _made(code, parts, part) if code else ("", "")
    if not line:
        return words
    return (
        f"`{name}` is computed in the line {quote(line)}. {words}"
        if name
        else f"Look at the line {quote(line)}. {words}"
    )


def _made(code, parts, part):
    """Return the variable that holds a result and the last line that assigns it."""
    returns = [node for node in ast.walk(code.tree) if isinstance(node, ast.Return) and node.value is not None]
    if len(returns) != 1:
        return "", ""
    result = returns[0].value
    if not part:
        return "", code.line(returns[0])
    name, _, layer = part.rstrip("]").partition("[")
    if isinstance(result, ast.Tuple) and len(result.elts) == len(parts) and name in parts:
        result = result.elts[list(parts).index(name)]
    if isinstance(result, ast.Dict):
        result = dict(zip(map(ast.unparse, filter(None, result.keys)), result.values, strict=False)).get(layer, result)
    if not isinstance(result, ast.Name):
        return "", code.line(returns[0])
    made = [node for node in ast.walk(code.tree) if _sets(node, result.id)]
    inside = [node for node in made if not _is_empty(node)]
    last = max(inside or made, key=lambda node: node.lineno, default=None)
    return (result.id, code.line(last)) if last is not None else ("", code.line(returns[0]))


def _is_empty(node):
    """Return whether a statement only initialises a whole variable, for example to {}, 0 or [0] * n."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value.left if isinstance(node.value, ast.BinOp) else node.value
    return isinstance(value, (ast.Dict, ast.List, ast.Constant))


def _sets(node, name):
    """Return whether a statement assigns to the variable or to one of its entries."""
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
