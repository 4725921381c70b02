"""Find mistakes that can be seen at a glance in the code of a typed answer, without trying out any changes.

Examples are a repeated list, `^` used for a power, and a difference between two equal values.
"""

import ast
import re

import numpy as np

from helpers.exercises import cell, differences, loose_ends
from helpers.exercises.differences import SLOPE
from helpers.exercises.errors import quote, where


def at_a_glance(exercise, mine, code):
    """Return a sentence about a mistake that can be seen without changing the code, or "" if there is none."""
    lost = loose_ends.lost(code)
    said = (
        repeated(code, mine.ndim and np.ndim(exercise.right) == 0)
        or _no_power(code)
        or _repeated_in_a_set(code)
        or (lost and loose_ends.about_lost(lost, code))
    )
    said = said or _about_spread(exercise, mine, code) or _about_equal_values(exercise, mine, code)
    said = said or differences.about(exercise, mine, code) or _about_a_step(exercise, code)
    said = said or _about_an_angle(exercise, code) or _about_both_sides(code) or _about_a_shape(exercise, code)
    return said or _about_all_pairs(exercise, code)


def _about_an_angle(exercise, code):
    """Return a sentence about an angle given instead of a slope, or "" if there is none."""
    called = _first_call(code, r"np\.(degrees|rad2deg|arctan2?)")
    if called is None or not re.search(SLOPE, exercise.prompt) or re.search("arctan|degrees", exercise.solution_text):
        return ""
    return (
        f"`{ast.unparse(called.func)}`{where(code.line(called))} turns a slope into an angle. Does the question ask "
        f"for "
        f"an angle, or for the slope itself?"
    )


def about_a_cost(exercise, code):
    """Return a sentence about a logarithm given instead of a derivative, or "" if there is none."""
    called = cell.result(code)
    while isinstance(called, ast.UnaryOp):
        called = called.operand
    is_log = isinstance(called, ast.Call) and re.fullmatch(r"np\.log\w*", ast.unparse(called.func))
    if not is_log or not re.search(SLOPE, exercise.prompt) or "log" in exercise.solution_text:
        return ""
    return (
        f"`{ast.unparse(called)}`{where(code.line(called))} is part of the cost, but the question asks for a "
        f"derivative. What does the logarithm become when you differentiate it?"
    )


def _first_call(code, pattern):
    calls = (n for n in ast.walk(code.tree) if isinstance(n, ast.Call))
    return next((n for n in calls if re.fullmatch(pattern, ast.unparse(n.func))), None)


def _about_both_sides(code):
    """Return a sentence about a condition with the same term on both sides, or "" if there is none."""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            sides = (_operands(side, ast.Add) for side in (node.left, node.comparators[0]))
            left, right = (list(map(ast.unparse, side)) for side in sides)
            same = next((term for term in left if term in right), "")
            if same and len(left) + len(right) > 2:
                return (
                    f"In the condition `{ast.unparse(node)}`{where(code.line(node))}, `{same}` occurs on both sides, "
                    f"so it makes no difference. Which two quantities does the question compare?"
                )
    return ""


def _operands(node, operator):
    """Return the terms of a sum if `operator` is `ast.Add`, or the factors of a product if it is `ast.Mult`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        return [*_operands(node.left, operator), *_operands(node.right, operator)]
    return [node]


def _about_a_shape(exercise, code):
    """Return a sentence about the shape of an array given instead of a single number, or "" if there is none."""
    node = cell.result(code)
    if getattr(node, "attr", "") == "ndim" and "ndim" not in exercise.solution_text:
        return f"`{ast.unparse(node)}`{where(code.line(node))} counts the axes of the array. What should be counted?"
    shape = np.shape(code.scope.get(getattr(getattr(node, "value", None), "id", "")))
    if getattr(node, "attr", "") != "shape" or np.ndim(exercise.right) or len(shape) < 2:
        return ""
    return (
        f"`{ast.unparse(node)}`{where(code.line(node))} contains the sizes of all axes of the array, {shape}, but the "
        f"answer is a single number. What does each number in the shape count?"
    )


def _about_spread(exercise, mine, code):
    """Return a sentence about a spread of 0 or a variance used as a standard deviation, or "" if there is neither."""
    called, line = getattr(cell.result(code), "func", None), where(code.line(cell.result(code)))
    if getattr(called, "attr", "") in ("std", "var") and mine.ndim == 0 and mine == 0:
        return (
            f"Neither a single number nor several equal numbers have any spread, so `{ast.unparse(called)}`{line} "
            f"gives 0. Which quantity's spread does the question ask for?"
        )
    if getattr(called, "attr", "") != "var" or "standard deviation of" not in exercise.prompt:
        return ""
    return f"`{ast.unparse(called)}`{line} gives the variance. How do you get the standard deviation from it?"


def _about_equal_values(exercise, mine, code):
    """Return a sentence about an answer that is 0 because two variables are equal, or "" if there is none."""
    if mine.ndim or mine != 0 or not np.all(exercise.right):
        return ""
    own = cell.own_names(code)
    for node in ast.walk(code.tree):
        sides = [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else []
        names = [side.id for side in sides if isinstance(side, ast.Name) and side.id in own]
        known = [code.scope.get(name) for name in names]
        if len(set(names)) == 2 and all(type(v) in (int, float) for v in known) and known[0] == known[1]:
            return (
                f"`{ast.unparse(node)}`{where(code.line(node))} is 0, because both `{names[0]}` and `{names[1]}` are "
                f"{known[0]:g}. What does the question say about these two?"
            )
    return ""


def _about_a_step(exercise, code):
    """Return a sentence about a gradient descent step given instead of a gradient, or "" if there is none."""
    if re.search(r"learning rate|\bstep|after|\\alpha", exercise.prompt) or not re.search(
        r"dw|dW|dZ|gradient|\\partial", exercise.prompt
    ):
        return ""
    given = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", exercise.prompt)}
    for node in ast.walk(code.tree):
        product = node.right if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else None
        if isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult):
            rates = [side.value for side in _operands(product, ast.Mult) if isinstance(side, ast.Constant)]
            rates = [rate for rate in rates if type(rate) is float]
            if rates and 0 < rates[0] < 1 and rates[0] not in {*given, 0.5}:
                return (
                    f"`{ast.unparse(node)}`{where(code.line(node))} looks like a step of gradient descent with "
                    f"a learning rate of {rates[0]:g}. Does the question ask for a parameter after a step, or for a "
                    f"derivative?"
                )
    return ""


def about_notation(code, right):
    """Return a sentence about misused notation (such as `4e10` for 4 to the power 10), or "" if there is none."""
    answer = cell.result(code)
    comma = re.fullmatch(r"(\d+),(\d+)", ast.get_source_segment("".join(code.lines), answer) or "")
    if comma and np.ndim(right) == 0 and isinstance(answer, ast.Tuple):
        return (
            f"In `{comma[0]}`{where(code.line(answer))}, the comma makes this a pair of numbers. In Python, "
            f"the decimal point is `.`, and thousands are not separated. How should you write your number?"
        )
    for _, node in cell.typed_numbers(code):
        text = ast.get_source_segment("".join(code.lines), node) or ""
        parts = re.fullmatch(r"(\d+(?:\.\d+)?)[eE](\d+)", text)
        if parts and np.ndim(right) == 0 and np.isclose(float(parts[1]) ** int(parts[2]), float(right)):
            return (
                f"`{text}`{where(code.line(node))} means {parts[1]} times 10 to the power {parts[2]}. How is a power "
                f"of {parts[1]} written in Python?"
            )
        parts = re.fullmatch(r"(\d+)\.(\d+)", text)
        if parts and np.ndim(right) == 0 and int(parts[1]) * int(parts[2]) == float(right):
            return (
                f"In `{text}`{where(code.line(node))}, the point is a decimal point, so this is a single number. Which "
                f"operator multiplies two numbers in Python?"
            )
    return ""


def repeated(code, single=False):
    """Return a sentence about a list or a string multiplied by a number, or "" if there is none.

    A list with a single entry is reported only if the answer should be a single number, because `[x] * n` is the usual
    way to repeat a number.
    """
    for node in ast.walk(code.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side in (node.left, node.right):
                text = isinstance(side, ast.Constant) and isinstance(side.value, str)
                if text or isinstance(side, (ast.List, ast.Tuple)):
                    kind = "text" if text else "list"
                    other = node.right if side is node.left else node.left
                    if not isinstance(other, (ast.Constant, ast.UnaryOp)) or (
                        not text and len(side.elts) == 1 and not single
                    ):
                        continue
                    return (
                        f"In {quote(ast.unparse(node))}, `*` repeats the list instead of multiplying its entries"
                        f"{where(code.line(node))}. {_without_brackets(side)}"
                        if kind == "list"
                        else f"In {quote(ast.unparse(node))}, `*` repeats the text in quotes"
                        f"{where(code.line(node))}. How do you write a number?"
                    )
    return ""


def _without_brackets(side):
    """Return the question to ask about a list that is repeated by `*`."""
    single = len(getattr(side, "elts", ())) == 1
    return "What do the square brackets turn the number into?" if single else "How can you multiply each entry?"


def _repeated_in_a_set(code):
    """Return a sentence about a set written with two equal entries, or "" if there is none."""
    for node in ast.walk(code.tree):
        entries = [ast.unparse(entry) for entry in node.elts] if isinstance(node, ast.Set) else []
        if len(set(entries)) < len(entries):
            return (
                f"{quote(ast.unparse(node))}{where(code.line(node))} is a set, which keeps each value only once. "
                "Which brackets make a list?"
            )
    return ""


def _no_power(code):
    """Return a sentence about a wrongly written power or root, such as `^` or `** 1 / n`, or "" if there is none."""
    for node in ast.walk(code.tree):
        quotient = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        power = _operands(node.left, ast.Mult)[-1] if quotient else None
        if isinstance(getattr(power, "op", None), ast.Pow) and getattr(power.right, "value", None) == 1:
            return (
                f"In {quote(ast.unparse(node))}{where(code.line(node))}, only the 1 is the exponent, because powers "
                f"are computed before quotients. Where are parentheses needed?"
            )
        if isinstance(getattr(node, "op", None), ast.Pow) and isinstance(getattr(node.right, "op", None), ast.Pow):
            return (
                f"In {quote(ast.unparse(node))}{where(code.line(node))}, {quote(ast.unparse(node.right))} is computed "
                f"first, because Python computes powers from right to left. Where are parentheses needed?"
            )
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return (
                f"In Python, `^`{where(code.line(node))} means the exclusive or of two integers, not a power. "
                "How is a power written?"
            )
    return ""


def _about_all_pairs(exercise, code):
    """Return a sentence about two nested loops over the same numbers, or "" if there are none."""
    if exercise.solution_text.count("for ") > 1:
        return ""
    for node in ast.walk(code.tree):
        loops = getattr(node, "generators", [])
        loops = loops or [n for n in ast.walk(node) if isinstance(node, ast.For) and isinstance(n, ast.For)]
        over = [ast.unparse(loop.iter) for loop in loops]
        later = len(over) == 2 and re.sub(r"^range\(\w+ \+ 1, ", "range(", over[1])
        if later and later == over[0] and not any(getattr(loop, "ifs", []) for loop in loops):
            others = "every other one and with itself" if over[0] == over[1] else "every later one"
            return (
                f"The loops run over all of {quote(over[0])}{where(code.line(node))}, so every entry is combined with "
                f"{others}. Which pairs does the question ask for?"
            )
    return ""
