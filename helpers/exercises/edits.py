"""Small changes to a function's code that undo common mistakes.

`catalogue` lists all changes that apply to a given function.
"""

import ast
import types
from contextlib import contextmanager
from typing import NamedTuple


class Edit(NamedTuple):
    """One change to the code, which may affect several places.

    Attributes
    ----------
    kind : str
        The kind of mistake that the change undoes, a key of `phrases.WORDS` (or "product").
    changes : list of triples (container, key, new)
        The new nodes and the places where they belong.
    node : ast.AST
        The wrong node in the reader's code, which gives the position of the mistake.
    piece : str
        The code that is wrong.
    rank : float
        The lower the rank, the earlier the change is tried.
    tag : str
        Edits that have the same kind and the same tag may be applied together.
    """

    kind: str
    changes: list
    node: ast.AST
    piece: str
    rank: float
    tag: str = ""


# Kinds of mistake that are more likely, or harder to confuse with others, are tried earlier.
RANKS = {
    kind: rank
    for rank, kinds in enumerate(
        [
            "early_return early_stop no_return whole_target not_replaced other_target copy swapped exchanged "
            "wrong_return uncalled",
            "detached extra extra_call applied_twice power floor",
            "sign index range axis needless_axis keepdims no_axis order_of_arguments count rows guard whole_shape",
            "root_of_squares other_slope not_derived over_all squared_share keys reversed alias whole_slice selected "
            "one_condition name as_is doubled function product reduction multiplied divided left_to_right flipped "
            "order_of_product transposed_product transpose no_transpose swapped_index",
            "wrong_factor hard_coded outside",
            "parentheses comparison unconditional relative letters collected one_column extra_exponent "
            "extra_statement statement_order in_loop out_of_loop carried one_entry other_axis reordered "
            "rows_only growing accumulated overwritten square_inside square_outside misplaced wrong_term spread "
            "covered inside late product_of_means all_pairs subset cut swapped_functions sum_of_lengths lengths "
            "clobbered row_products cancelling",
            "root square exp log complement no_function extra_sum not_summed outer",
            "no_mean no_factor no_slope",
            "places log_given power_of_e entries number too_small operand operation no_term no_two",
        ]
    )
    for kind in kinds.split()
}


EVERYWHERE = "everywhere"  # the tag of an edit that makes the same change in several places


def of_slot(kind, slot, new, node, rank=0.0, tag="", piece=""):
    """Return the edit that puts the expression `new` in `slot`, a pair (container, key). The wrong node is `node`."""
    return Edit(kind, [(*slot, new)], node, piece or ast.unparse(node), RANKS[kind] + rank, tag)


def of_body(kind, owner, body, new, node):
    """Return the edit that replaces the statements `body` of `owner` with `new`. The wrong node is `node`."""
    field = "body" if body is getattr(owner, "body", None) else "orelse"
    return Edit(kind, [(owner, field, new)], node, ast.unparse(node), RANKS[kind])


def parse(code):
    """Return the syntax tree of an expression."""
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
    """Apply an edit while the block runs, and restore the tree afterwards."""
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
    """Add the functions defined by these trees to `scope`, without running any code.

    Raises
    ------
    SyntaxError, ValueError, TypeError
        If a tree does not represent valid code.
    """
    module = compile(ast.Module(body=trees, type_ignores=[]), "<changed code>", "exec")
    for code in module.co_consts:
        if isinstance(code, types.CodeType):
            defaults = getattr(scope.get(code.co_name), "__defaults__", None)
            scope[code.co_name] = types.FunctionType(code, scope, code.co_name, defaults)
