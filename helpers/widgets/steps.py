"""The steps of one round through a small network, with the arithmetic of each step as it would be written on paper.

A round consists of a forward pass, a backward pass and an update. `steps_of` lists its steps for any layer sizes.
"""

from functools import cache
from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """One step of a round: what it computes, and how many multiplications it requires in the backward pass."""

    name: str
    symbol: str  # formula in mathtext
    shape: str
    code: str
    lit: tuple  # elements to highlight: ("edges", l) between layers l − 1 and l, ("units", l), or ("cost", 0)
    operands: tuple  # names of arrays, with the operators between them
    multiplications: int = 0  # number of multiplications, counted in the backward pass only

    @property
    def way(self):
        """Part of the round in which the step takes place: "forward", "backward" or "update"."""
        return "backward" if self.name[0] == "d" else "update" if self.name[0] == "W" else "forward"


@cache
def steps_of(sizes):
    """Return the steps of one round through a network: the forward pass, the backward pass and the update.

    Parameters
    ----------
    sizes : tuple of int
        Layer sizes n[0], …, n[L].

    Returns
    -------
    tuple of Step
    """
    n, L = sizes, len(sizes) - 1
    steps = [Step("A[0]", "A^{[0]} = X^T", f"(1, {n[0]}) transposed: ({n[0]}, 1)", "A0 = X.T", ("units", 0), ("Xᵀ",))]
    for l in range(1, L + 1):
        steps += _forward_steps(n, l, L)
    steps += _cost_steps(n[L], L)
    for l in range(L, 0, -1):
        steps += _backward_steps(n, l)
    return (*steps, *(_update_step(n, l) for l in range(1, L + 1)))


def _forward_steps(n, l, L):
    """Return the steps that compute Z[l] and A[l]."""
    column, g = f"({n[l]}, 1)", "\\sigma" if l == L else "g"
    prediction = " = \\hat{Y}" if l == L else ""
    return [
        Step(
            f"Z[{l}]",
            f"Z^{{[{l}]}} = W^{{[{l}]}} A^{{[{l - 1}]}} + b^{{[{l}]}}",
            f"({n[l]}, {n[l - 1]}) @ ({n[l - 1]}, 1) + {column} = {column}",
            f"Z{l} = W[{l}] @ A{l - 1} + b[{l}]",
            ("edges", l),
            (f"W[{l}]", "@", f"A[{l - 1}]", "+", f"b[{l}]"),
        ),
        Step(
            f"A[{l}]",
            f"A^{{[{l}]}} = {g}(Z^{{[{l}]}}){prediction}",
            f"{column}, element by element",
            f"A{l} = sigmoid(Z{l})",
            ("units", l),
            ("σ", f"Z[{l}]"),
        ),
    ]


def _cost_steps(n, L):
    """Return the steps that compute J and dZ[L] for n outputs."""
    column, total = f"({n}, 1)", "\\Sigma_k\\ " if n > 1 else ""
    a = f"A^{{[{L}]}}"
    cost = f"-{total}[Y \\log {a} + (1 - Y) \\log(1 - {a})]" if n > 1 else f"-Y \\log {a} - (1 - Y) \\log(1 - {a})"
    return [
        Step(
            "J", f"J = {cost}", "a number", f"J = binary_cross_entropy(Z{L}, Y)", ("cost", 0), ("loss", f"A[{L}]", "Y")
        ),
        Step(
            f"dZ[{L}]",
            f"dZ^{{[{L}]}} = \\frac{{1}}{{m}} ({a} - Y)",
            f"{column} − {column} = {column}",
            f"dZ{L} = (A{L} - Y) / m",
            ("cost", 0),
            (f"A[{L}]", "−", "Y"),
        ),
    ]


def _backward_steps(n, l):
    """Return the steps that compute dW[l] and db[l] and, if l > 1, also dA[l − 1] and dZ[l − 1]."""
    return [*_gradient_steps(n, l), *(_error_steps(n, l) if l > 1 else [])]


def _gradient_steps(n, l):
    """Return the steps that compute dW[l] and db[l] from dZ[l]."""
    column = f"({n[l]}, 1)"
    return [
        Step(
            f"dW[{l}]",
            f"dW^{{[{l}]}} = dZ^{{[{l}]}} (A^{{[{l - 1}]}})^T",
            f"{column} @ (1, {n[l - 1]}) = ({n[l]}, {n[l - 1]})",
            f"dW{l} = dZ{l} @ A{l - 1}.T",
            ("edges", l),
            (f"dZ[{l}]", "@", f"A[{l - 1}]ᵀ"),
            n[l] * n[l - 1],
        ),
        Step(
            f"db[{l}]",
            f"db^{{[{l}]}} = \\Sigma_i\\ dZ^{{[{l}](i)}}",
            f"sum over 1 column: {column}",
            f"db{l} = dZ{l}.sum(axis=1, keepdims=True)",
            ("units", l),
            ("Σ", f"dZ[{l}]"),
        ),
    ]


def _error_steps(n, l):
    """Return the steps that compute dA[l − 1] and dZ[l − 1] from dZ[l]."""
    before = f"({n[l - 1]}, 1)"
    return [
        Step(
            f"dA[{l - 1}]",
            f"dA^{{[{l - 1}]}} = (W^{{[{l}]}})^T dZ^{{[{l}]}}",
            f"({n[l - 1]}, {n[l]}) @ ({n[l]}, 1) = {before}",
            f"dA{l - 1} = W[{l}].T @ dZ{l}",
            ("edges", l),
            (f"W[{l}]ᵀ", "@", f"dZ[{l}]"),
            n[l] * n[l - 1],
        ),
        Step(
            f"dZ[{l - 1}]",
            f"dZ^{{[{l - 1}]}} = dA^{{[{l - 1}]}} \\odot g'(Z^{{[{l - 1}]}})",
            f"{before} * {before} = {before}",
            f"dZ{l - 1} = dA{l - 1} * sigmoid_prime(Z{l - 1})",
            ("units", l - 1),
            (f"dA[{l - 1}]", "⊙", f"g′(Z[{l - 1}])"),
            n[l - 1],
        ),
    ]


def _update_step(n, l):
    """Return the step that updates W[l] and b[l]."""
    return Step(
        f"W[{l}]",
        f"W^{{[{l}]}} \\leftarrow W^{{[{l}]}} - \\alpha\\, dW^{{[{l}]}}",
        f"({n[l]}, {n[l - 1]}), element by element",
        f"W[{l}] -= alpha * dW{l}; b[{l}] -= alpha * db{l}",
        ("edges", l),
        (f"W[{l}]", "−", "α", "·", f"dW[{l}]"),
    )


def working(step, v, target, learning_rate):
    """Return the arithmetic of a step, written out with numbers, as one line of text for each entry of the result.

    Parameters
    ----------
    step : Step
        The step to write out.
    v : dict of str to ndarray
        All arrays of the round, by name. For example, "W[1] before" is W[1] before the update.
    target : ndarray of shape (n[L], 1)
        Labels of the example.
    learning_rate : float
        Learning rate of the update.

    Returns
    -------
    list of str
    """
    name, array = step.name, v[step.name]
    kind, l = name[:-3], int(name[-2]) if name != "J" else 0
    rules = {"Z": _weighted, "A": _activation, "dW": _outer, "dA": _sum_over_units, "dZ": _slope, "W": _update}
    if name == "J":
        return _cost(v[step.operands[1]].ravel(), target.ravel(), array.item())
    if kind == "dZ" and f"dA[{l}]" not in v:
        return [
            f"({decimals(a)} − {y:g}) / 1 = {plain(a - y)}" for a, y in zip(v[f"A[{l}]"].flat, target.flat, strict=True)
        ]
    if kind in rules and name != "A[0]":
        return rules[kind](v, l, learning_rate)
    return [plain(number) for number in array.flat]


def _weighted(v, l, _):
    W, b, a = v[f"W[{l}] before"], v[f"b[{l}] before"].ravel(), v[f"A[{l - 1}]"].ravel()
    sums = [" + ".join(f"{decimals(w)} · {decimals(x)}" for w, x in zip(row, a, strict=True)) for row in W]
    return [f"{total} + {decimals(c)} = {plain(z)}" for total, c, z in zip(sums, b, v[f"Z[{l}]"].flat, strict=True)]


def _activation(v, l, _):
    return [f"σ({plain(z)}) = {plain(a)}" for z, a in zip(v[f"Z[{l}]"].flat, v[f"A[{l}]"].flat, strict=True)]


def _cost(a, y, cost):
    parts = [f"−log {plain(p)}" if label else f"−log(1 − {plain(p)})" for p, label in zip(a, y, strict=True)]
    return [f"{' '.join(parts).replace(' −log', ' − log')} = {plain(cost)}"]


def _outer(v, l, _):
    return [
        f"{decimals(d)} · {decimals(a)} = {plain(d * a)}" for d in v[f"dZ[{l}]"].flat for a in v[f"A[{l - 1}]"].flat
    ]


def _sum_over_units(v, l, _):
    """Write the error of each unit as a sum over the units that it feeds, which is a sum down a column of W."""
    W, deltas = v[f"W[{l + 1}] before"], v[f"dZ[{l + 1}]"].ravel()
    sums = [" + ".join(f"{decimals(w)} · {decimals(d)}" for w, d in zip(column, deltas, strict=True)) for column in W.T]
    return [f"{total} = {plain(d)}" for total, d in zip(sums, v[f"dA[{l}]"].flat, strict=True)]


def _slope(v, l, _):
    rows = zip(v[f"dA[{l}]"].flat, v[f"Z[{l}]"].flat, v[f"g′(Z[{l}])"].flat, strict=True)
    return [f"{decimals(d)} · g′({plain(z)}) = {decimals(d)} · {decimals(s)} = {plain(d * s)}" for d, z, s in rows]


def _update(v, l, learning_rate):
    rows = zip(v[f"W[{l}] before"].flat, v[f"dW[{l}]"].flat, v[f"W[{l}]"].flat, strict=True)
    return [f"{decimals(w)} − {learning_rate:g} · {decimals(d)} = {plain(new)}" for w, d, new in rows]


def plain(number):
    """Format a number with three decimals and a true minus sign."""
    return f"{float(np.squeeze(number)):z.3f}".replace("-", "−")


def decimals(number):
    """Format a number with three decimals, in parentheses if it is negative."""
    text = plain(number)
    return f"({text})" if text[0] == "−" else text
