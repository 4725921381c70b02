"""Find operations, such as a logarithm or a division, that a formula contains but the reader's code does not."""

import ast
import re

# For each operation, a pattern for how it is written in the solutions and one for all other ways of writing it.
OPERATIONS = {
    "a logarithm": (r"\blog", r"logsumexp"),
    "an exponential": (r"\bexp\(", r"exp|sigmoid|softmax|tanh|cosh|sinh|\be\b|\*\* ?[-(A-Za-z]"),
    "a hyperbolic tangent": ("tanh", "exp|cosh|sinh|sigmoid"),
    "a square root": (r"sqrt|\bnorm", r"hypot|std|\*\* ?\(?(0?\.5|1 / 2)"),
    "a square": (r"\*\* 2|\bnorm", r"\*\*|square|hypot|var|std|pow|dot|outer|einsum|prime|(\b[\w.\[\]]+) \* \1(?!\w)"),
    "a division": (r" / |mean\(", r"/|average|divide|var|std|norm|softmax|sigmoid|prime|\*\* ?\(?-|0\.\d|e-\d|split"),
    "a minus sign": (r" - |-\w", r"-|subtract|negative|diff|var|std|prime|softmax|sigmoid|not |~"),
    "a sum": (r"sum\(|mean\(|@", r"add|average|dot|einsum|\bfor\b|norm|trace|var|std|softmax|matmul|split|\+"),
    "a maximum": (r"\bmax\(|maximum", "max|sort|clip|log|where|if |[<>]"),
}
CERTAIN = ("a logarithm", "an exponential")  # an equivalent formula can often do without the other operations
KNOWN = {"sigmoid", "sigmoid_prime", "softmax", "safe_softmax", "tanh_prime", "relu"}  # may be called by any answer


def about_missing(code, solution):
    """Return a sentence and a question about operations that the formula contains but the code does not.

    Return "" if the code contains all of them, or if it is unclear whether an operation is missing.

    Parameters
    ----------
    code : reading.Code
        The reader's code.
    solution : str
        The code of the solution.
    """
    called = {getattr(n.func, "id", "") for f in code.functions for n in ast.walk(f) if isinstance(n, ast.Call)}
    own = {function.name for function in code.functions} | {argument.arg for argument in code.tree.args.args}
    if any(callable(code.scope.get(name)) for name in called - own - KNOWN):
        return ""  # a function of the notebook, which may contain the operation
    text, right = "\n".join(map(_text, code.functions)), _text(_Formula().visit(ast.parse(solution)))
    absent = [
        what for what, (here, ways) in OPERATIONS.items()
        if re.search(here, right) and not re.search(f"{here}|{ways}", text)
    ][:2]  # fmt: skip
    if not absent or (len(absent) == 1 and absent[0] not in CERTAIN):
        return ""
    belongs = "it belong" if len(absent) == 1 else "each of them belong"
    return f"The formula contains {' and '.join(absent)}, but your code does not. Where does {belongs}?"


def _text(tree):
    """Return the body of a function as code, or the whole code of a module that does not begin with a function."""
    tree = tree.body[0] if isinstance(tree, ast.Module) and isinstance(tree.body[0], ast.FunctionDef) else tree
    return "\n".join(map(ast.unparse, tree.body))


class _Formula(ast.NodeTransformer):
    """Remove everything that is not part of the formula itself: indices, ranges, keyword arguments and docstrings."""

    def visit_Subscript(self, node):
        return self.visit(node.value)

    def visit_Call(self, node):
        node = ast.Call(node.func, node.args, [])
        return ast.Name("range", ast.Load()) if ast.unparse(node.func) == "range" else self.generic_visit(node)

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)
