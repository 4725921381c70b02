"""Small changes to a function's code that undo common mistakes; `catalogue` lists all those for a function."""

import ast
import types
from contextlib import contextmanager
from typing import NamedTuple


class Edit(NamedTuple):
    """One change: `new` in `slot` (or a list of such pairs); `piece` is the code that it replaces."""

    kind: str
    changes: list  # (container, key, new) triples
    node: ast.AST  # in the reader's code, for its position
    piece: str
    rank: float
    tag: str = ""  # edits of the same kind and tag may be applied together


# Kinds of mistake that are likelier, and harder to confuse with others, are tried earlier.
RANKS = {
    kind: rank
    for rank, kinds in enumerate(
        [
            "early_return no_return copy swapped wrong_return uncalled",
            "extra extra_call power floor",
            "sign index range axis keepdims no_axis order_of_arguments count guard whole_shape",
            "name function product reduction upside_down order_of_product transpose no_transpose swapped_index",
            "wrong_factor comma hard_coded outside",
            "parentheses comparison extra_exponent extra_statement statement_order in_loop out_of_loop carried masked "
            "rows_only accumulated overwritten square_inside",
            "root square size exp log complement no_function extra_sum not_summed",
            "no_mean no_factor early_mean",
            "number operation no_term no_two",
        ]
    )
    for kind in kinds.split()
}


def of_slot(kind, slot, new, node, rank=0.0, tag="", piece=""):
    """The edit that puts the expression `new` in `slot`, a pair (container, key); `node` is at fault."""
    return Edit(kind, [(*slot, new)], node, piece or ast.unparse(node), RANKS[kind] + rank, tag)


def of_body(kind, owner, body, new, node):
    """The edit that replaces the statements `body` of `owner` with `new`; `node` is at fault."""
    field = "body" if body is getattr(owner, "body", None) else "orelse"
    return Edit(kind, [(owner, field, new)], node, ast.unparse(node), RANKS[kind])


def parse(code):
    """An expression as a tree."""
    return ast.parse(code, mode="eval").body


def get(holder, key):
    """Return an entry of a list or a field of a node."""
    return holder[key] if isinstance(holder, list) else getattr(holder, key)


def put(holder, key, value):
    """Set an entry of a list or a field of a node."""
    if isinstance(holder, list):
        holder[key] = value
    else:
        setattr(holder, key, value)


def place(new):
    """Give new nodes the line and column numbers that `compile` needs."""
    for node in new if isinstance(new, list) else [new] if new is not None else []:
        for part in ast.walk(node):
            if not hasattr(part, "lineno"):
                part.lineno = part.end_lineno = 1
                part.col_offset = part.end_col_offset = 0


@contextmanager
def applied(edit):
    """Apply an edit while the block runs, then restore the tree."""
    before = [(holder, key, get(holder, key)) for holder, key, _ in edit.changes]
    try:
        for holder, key, new in edit.changes:
            put(holder, key, new)
            place(new)
        yield
    finally:
        for holder, key, old in reversed(before):
            put(holder, key, old)


def define(trees, scope):
    """Define the functions in these trees in `scope` by name, without running any code.

    Raises
    ------
    SyntaxError, ValueError, TypeError
        If a tree is not valid code.
    """
    module = compile(ast.Module(body=trees, type_ignores=[]), "<changed code>", "exec")
    for code in module.co_consts:
        if isinstance(code, types.CodeType):
            defaults = getattr(scope.get(code.co_name), "__defaults__", None)
            scope[code.co_name] = types.FunctionType(code, scope, code.co_name, defaults)
