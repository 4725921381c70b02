"""Find out whether the answer is wrong because of a function that it calls."""

import ast
import inspect

import numpy as np

from helpers.backprop import activations
from helpers.exercises import repair


def _gradients(g):
    """Return the function `gradients` of lesson 01 or 02, for a single layer with the activation function g."""

    def gradients(A0, Y, W, b):
        dZ = (g(W @ A0 + b) - Y) / Y.shape[1]
        return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)

    return gradients


# The functions that the lessons define, by name. Two lessons have a function `gradients`.
RIGHT = {name: [getattr(activations, name)] for name in "sigmoid sigmoid_prime tanh tanh_prime relu relu_prime".split()}
RIGHT["gradients"] = [_gradients(activations.identity), _gradients(activations.sigmoid)]


def about_wrong(code, cases, passed, others):
    """Return a sentence and a question about a wrong function that the answer calls, or "" if there is none.

    Parameters
    ----------
    code, cases, passed
        See `repair.find`.
    others : dict
        Maps the names of other functions that the reader writes in this lesson to pairs: the name of the exercise and
        a callable that takes a function and returns whether it is a right answer to that exercise.
    """
    called = [
        n.func.id for f in code.functions for n in ast.walk(f) if isinstance(n, ast.Call) and hasattr(n.func, "id")
    ]
    for name in dict.fromkeys(called) if repair.is_safe(code) else ():
        mine = code.scope.get(name)
        if name == code.tree.name or not inspect.isfunction(mine) or str(mine.__module__).startswith("helpers."):
            continue
        if any(_is_right_with(code, name, right, cases, passed) for right in RIGHT.get(name, ())):
            return f"Your function `{name}` is wrong.{_example(name, mine)} Which line does not follow the formula?"
        if name in others and not others[name][1](mine):
            check = f'check("{others[name][0]}", {name})'
            return f"`{name}`, which your function calls, is not right yet. What does `{check}` say?"
    return ""


def _is_right_with(code, name, right, cases, passed):
    """Return whether the answer gives the right results in all cases if it calls `right` under this name."""
    functions = [function for function in code.functions if function.name != name]
    answer = repair.compiled(code._replace(functions=functions, scope=code.scope | {name: right}))
    return answer is not None and repair.is_right(answer, range(len(cases)), passed)


def _example(name, mine):
    """Return a sentence that compares a function of z with the right one at a point where they differ, or ""."""
    for z in (1.0, -2.0, 0.5) if name != "gradients" else ():
        right = RIGHT[name][0](np.array([[z]])).item()
        try:
            found = np.asarray(mine(np.array([[z]])), dtype=float).item()
        except Exception:
            return f" For z = {z:g}, it fails."
        if not np.isclose(found, right):
            return f" For z = {z:g}, it returns {found:.4g} instead of {right:.4g}."
    return ""
