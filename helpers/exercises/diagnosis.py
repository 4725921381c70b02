"""Describe the mistakes found in the reader's code.

A description says what is wrong and in which line, and ends with a question.
"""

import ast
import re

from helpers.exercises import nudges, reading, statements
from helpers.exercises.errors import listed, quote
from helpers.exercises.phrases import WORDS

CHANGING = ("np.add.at", "np.subtract.at", "np.put", "np.place", "np.copyto", "np.fill_diagonal", "np.put_along_axis")


def describe(found, code):
    """Describe a mistake found in the reader's code, in a sentence and a question.

    Parameters
    ----------
    found : repair.Found
        The mistake.
    code : reading.Code
        The reader's code.

    Returns
    -------
    str
    """
    seen, question = WORDS[_key(found, code)]
    line, piece = quote(found.line), found.piece
    large = "\n" in piece or len(piece) > 0.6 * len(found.line) or len(piece) > 60
    there = "" if large or "{line}" in seen or not found.line else f". Look at the line {line}"
    seen = seen.format(piece=line if large else _in_context(found, code), line=line, call=_call(found))
    if not found.whole:
        seen = f"There may be more than one mistake. Here is one of them: {seen[:1].lower()}{seen[1:]}"
    missing = found.kind in ("name", "no_factor", "no_term", "hard_coded", "no_mean", "extra_statement")
    never = about_unused(code) if missing else ""
    places = f"The same mistake occurs in {found.places} places. " if found.places > 1 else ""
    return f"{seen}{there}. {places}{never}{question}"


def _in_context(found, code):
    """Return the wrong piece of code, and the expression around it if only one of several occurrences is wrong."""
    piece, same = quote(found.piece), rf"(?<![\w.]){re.escape(found.piece)}(?![\w.])"
    around, repeated = found.node, found.places == 1 and len(re.findall(same, found.line)) > 1
    while repeated and around is not None and (around is found.node or isinstance(around, ast.Tuple)):
        inner = around
        parents = (n for f in code.functions for n in ast.walk(f) if inner in ast.iter_child_nodes(n))
        around = next((n for n in parents if isinstance(n, ast.expr) and not isinstance(n, ast.Slice)), None)
    text = "" if around is None or not repeated else ast.unparse(around)
    return f"{piece} in {quote(text)}" if found.piece in text and len(text) > len(found.piece) else piece


def about_unused(code):
    """Return a sentence that names the arguments the function never uses, or "" if it uses all of them."""
    names = reading.unused(code)
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} never used. " if names else ""


def pointed(words, found, code, parts, part):
    """Begin a message with a pointer to a line of the code.

    The line is the one with the mistake that was found or, failing that, the one that computes the wrong result.

    Parameters
    ----------
    words : str
        The message.
    found : repair.Found or None
        The mistake.
    code : reading.Code or None
        The reader's code.
    parts : sequence of str
        Names of the function's results.
    part : str
        The name of the wrong result, such as "dW[2]", or "" if there is none.

    Returns
    -------
    str
    """
    if " the line `" in words:
        return words
    changed = re.search(r"changes its argument `(\w+)`", words)
    in_place = _in_place(words, changed[1], code) if changed and code else ""
    if in_place:
        return in_place
    if found and found.line:
        return f"Look at the line {quote(found.line)}. {words}"
    if changed:
        return words
    name, line = _made(code, parts, part) if code else ("", "")
    if not line:
        return words
    return (
        f"`{name}` is computed in the line {quote(line)}. {words}"
        if name
        else f"Look at the line {quote(line)}. {words}"
    )


def _in_place(words, argument, code):
    """Return a message with the line that changes an argument in place, or "" if it is unclear which line that is."""
    shared = nudges.views(code.tree, argument)
    node = next(filter(None, (statements.first_change(code.tree, name) for name in shared)), None)
    if nudges.not_undone(code, shared) or node is None:
        return nudges.not_undone(code, shared)
    part = ast.unparse(getattr(node, "target", node)).split("[")[0]
    view = f"`{part}` shares its entries with `{argument}`. " if part.isidentifier() and part != argument else ""
    return f"Look at the line {quote(code.line(node))}. {view}{words}"


def at_the_error(hint, generic):
    """Begin a hint with a pointer to the line in which an error occurred, if the general description quotes it."""
    line = re.search(r"in the line (`[^`]+`)", generic)
    return f"Look at the line {line[1]}. {hint}" if line else hint


def called(code, parts, part):
    """Return a phrase for referring to a result in a sentence.

    The exercise's name for the result may mean something else in the reader's code, such as an argument, or not occur
    there.
    """
    name = part.split("[")[0]
    own = {n.id for n in ast.walk(code.tree) if isinstance(n, ast.Name)} if code else {}
    if name in own and getattr(_returned(code, parts, part)[1], "id", "") == name:
        return f"`{part}`"
    if (name,) == tuple(parts) == (part,):
        return "The result"
    return f"The returned `{part}`" if name in own else f"`{part}`"


def _returned(code, parts, part):
    """Return the function's `return` statement, and the expression in it that gives one of the results.

    Return (None, None) unless exactly one `return` has a value.
    """
    returns = [node for node in ast.walk(code.tree) if isinstance(node, ast.Return) and node.value is not None]
    if len(returns) != 1:
        return None, None
    result = returns[0].value
    name, _, layer = part.rstrip("]").partition("[")
    if isinstance(result, ast.Tuple) and len(result.elts) == len(parts) and name in parts:
        result = result.elts[list(parts).index(name)]
    if isinstance(result, ast.Dict):
        result = dict(zip(map(ast.unparse, filter(None, result.keys)), result.values, strict=False)).get(layer, result)
    return returns[0], result


def _made(code, parts, part):
    """Return the variable that holds a result, and the last line that assigns to it."""
    returned, result = _returned(code, parts, part)
    if returned is None:
        return "", ""
    if not part or not isinstance(result, ast.Name):
        alone = not any(isinstance(node, (ast.Assign, ast.AugAssign)) for node in ast.walk(code.tree))
        return "", code.line(returned) if alone else ""  # otherwise, the mistake may be in an earlier line
    made = [node for node in ast.walk(code.tree) if _sets(node, result.id)]
    inside = [node for node in made if not _is_empty(node)]
    last = max(inside or made, key=lambda node: node.lineno, default=None)
    return (result.id, code.line(last)) if last is not None else ("", code.line(returned))


def _is_empty(node):
    """Return whether a statement only initialises a whole variable, for example to {}, 0 or [0] * n."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value.left if isinstance(node.value, ast.BinOp) else node.value
    return isinstance(value, (ast.Dict, ast.List, ast.Constant))


def _sets(node, name):
    """Return whether a statement assigns to the variable or to one of its entries."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called, first = ast.unparse(node.value.func), ast.unparse(node.value.args[0]) if node.value.args else ""
        return called in (f"{name}.append", f"{name}.extend") or (called in CHANGING and first == name)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    parts = [part for target in targets for part in ast.walk(target)]
    return any(isinstance(part, ast.Name) and part.id == name for part in parts)


def _key(found, code):
    if found.kind == "name" and _is_a_condition(found.node, code):
        return "comparison"
    if found.kind == "flipped" and isinstance(getattr(found.node, "op", None), ast.Mod):
        return "swapped"
    if found.kind != "product":
        return found.kind
    return "product_@" if isinstance(getattr(found.node, "op", None), ast.MatMult) else "product_*"


def _is_a_condition(node, code):
    nodes = [n for function in code.functions for n in ast.walk(function)]
    return any(node is getattr(n, "test", None) or node in getattr(n, "ifs", ()) for n in nodes)


def _call(found):
    function = getattr(found.node, "func", None)
    if function is None:
        return quote(found.piece)
    if isinstance(function, ast.Attribute) and not ast.unparse(function.value).startswith("np"):
        return f"`.{function.attr}`"
    return f"`{ast.unparse(function)}`"
