"""Typed numbers: the results of a formula with one common slip, and what a number alone reveals."""

import ast

import numpy as np

from helpers.exercises import catalogue, edits

FORMULA = {  # description of a slip in the formula, without giving away the right number
    "sign": "That comes out if a sign in the formula is wrong. Which terms count as negative?",
    "extra": "That comes out if a part of the formula is left out. Which of the given numbers have you not used yet?",
    "extra_exponent": "That comes out if a power in the formula is left out. What is squared in it?",
    "extra_sum": "That comes out if a sum in the formula is left out. What must be added up?",
    "upside_down": "That comes out if something multiplies in place of dividing, or the reverse. What stands below?",
    "parentheses": "That comes out if the operations are grouped in another way. Which one must come first?",
    "operation": "That comes out if two parts of the formula are joined in another way. Do they add up, or multiply?",
    "no_two": "That comes out if a 2 in the formula is left out or taken twice. Where does a 2 come from?",
    "complement": "That is the rest of 1. Which of the two shares is asked for?",
    "square": "That comes out if a square is taken too many, or a root left out. What is the unit of the result?",
    "root": "That comes out if a root is taken too many, or a square left out. What is the unit of the result?",
    "log": "That is a logarithm of something in the formula. Is a logarithm asked for?",
    "index": "That comes out if one of the numbers is taken from the wrong place. Which layer is each of?",
    "range": "That comes out if the first or the last one is left out. What has to be counted?",
}
CALLS = {
    "sqrt": "That is the result without its root. What is the unit of it?",
    "log": "That is the result without the logarithm. Where does the formula take one?",
    "exp": "That is the result without the exponentials. Where does the formula take them?",
    "abs": "A sign is wrong. Can the result be negative?",
}


def slips(code, name, right):
    """Wrong values and hints: the results of the solution's code after one small change.

    Parameters
    ----------
    code : str, the solution
    name : str, the variable that holds the value
    right : the right value
    """
    if not any(isinstance(node, (ast.BinOp, ast.Call)) for node in ast.walk(ast.parse(code))):
        return []  # not a formula, only a number
    tree = ast.parse(f"def answer():\n    {code.replace(chr(10), chr(10) + '    ')}\n    return {name}").body[0]
    found = {}
    with np.errstate(all="ignore"):
        for edit in catalogue.of(tree, [], [], [], []):
            hint = _hint(edit, code)
            value = _value(tree, edit) if hint else None
            if value is not None and value.shape == np.shape(right) and not np.allclose(value, right, rtol=2e-2):
                found.setdefault(tuple(np.round(np.ravel(value), 12)), (value.tolist(), hint))
    return list(found.values())


def _hint(edit, code):
    powers = "sqrt" in code or "**" in code
    if edit.kind in ("complement", "log", "square", "root") and edit.piece != code.split("=")[-1].strip():
        if edit.kind in ("complement", "log") or not powers:
            return None
    if edit.kind == "no_two" and "2" not in code:
        return None
    if edit.kind == "extra_call":
        function = getattr(edit.node, "func", None)
        return CALLS.get(getattr(function, "attr", getattr(function, "id", "")))
    return FORMULA.get(edit.kind)


def _value(tree, edit):
    scope = {"np": np}
    try:
        with edits.applied(edit):
            edits.define([tree], scope)
            value = np.asarray(scope["answer"](), dtype=float)
        return value if np.isfinite(value).all() else None
    except Exception:
        return None


def look(mine, right, share=False, computed=False):
    """What a typed number reveals without its formula, such as a slip of digits or coarse rounding; "" if nothing.

    Parameters
    ----------
    mine, right : ndarrays of the same shape
    share : bool, whether a share between 0 and 1 is asked for
    computed : bool, whether it is the result of a formula, and so not rounded by hand
    """
    if right.ndim:
        return _about_several(mine, right, computed)
    return _about_one(float(mine.ravel()[0]), float(right), share, computed)


def _about_one(mine, right, share, computed):
    if 0 < right < 1 and np.isclose(mine, 100 * right, rtol=5e-3):
        return f"A {'share' if share else 'number'} between 0 and 1 is asked for, not a percentage. What share is it?"
    if np.isclose(mine, -right):
        return "The size is right, the sign is not. In which direction does it count?"
    whole = right == round(right)
    if whole and mine == round(mine) and right >= 100:
        if sorted(f"{mine:.0f}") == sorted(f"{right:.0f}"):
            return "The right digits are all there, in another order. Are two of them swapped?"
        if mine in {float(f"{right:.{digits}g}") for digits in range(2, len(f"{right:.0f}"))}:
            return "That is rounded, but an exact count is asked for. What are its last digits?"
        if abs(mine - right) < 0.03 * right:
            return "Close, but this is a count, and not one may be missing. What is counted too often, or not at all?"
    power = np.log10(mine / right) if mine * right > 0 else 0.5
    if abs(power - round(power)) < 1e-3 and round(power):
        return "The digits are right, the decimal point is not. By which power of 10 is it off?"
    if not computed and not whole and mine and _rounded(np.array([mine]), np.array([right])):
        return "Rounded too coarsely: give three digits or more, or an expression. What is the next digit?"
    if right and np.isclose(mine, 2 * right, rtol=1e-3):
        return "It is twice as large as it should be. Where does a factor 2 come from?"
    if right and np.isclose(mine, right / 2, rtol=1e-3):
        return "It is half of what it should be. Where does a factor ½ come from?"
    return ""


def _rounded(mine, right):
    """Whether `mine` is `right` rounded to 1 to 3 decimals (or 0, for 1 and above), or to one significant digit."""
    for digits in range(0 if np.all(np.abs(right) >= 1) else 1, 4):
        if np.allclose(mine, np.round(mine, digits), atol=1e-12) and np.all(np.abs(mine - right) <= 0.51 * 0.1**digits):
            return True
    return all(np.isclose(a, float(f"{b:.1g}")) for a, b in zip(mine, right, strict=True))


def _about_several(mine, right, computed):
    if mine.shape != right.shape or not np.any(mine):
        return ""
    if np.allclose(mine, -right, rtol=5e-3):
        return "The sizes are right, the signs are not. In which direction do they count?"
    if np.allclose(np.sort(mine), np.sort(right), rtol=5e-3):
        return "The right numbers, in the wrong order. Which one belongs to what?"
    turned = np.isclose(mine, -right, rtol=5e-3) & (right != 0)
    if np.allclose(np.abs(mine), np.abs(right), rtol=5e-3):
        return (
            f"The sizes are right, {np.count_nonzero(turned)} of the signs {'is' if turned.sum() == 1 else 'are'} not. "
            f"Which of them counts as negative?"
        )
    if np.allclose(mine, 1 - right, rtol=5e-3):
        return "That is 1 minus each of them. Which of the two is asked for?"
    if not computed and np.any(right != np.round(right)) and _rounded(mine, right):
        return "Rounded too coarsely: give three digits or more, or an expression. What are the next digits?"
    factor = mine @ right / (right @ right)
    if np.allclose(mine, factor * right, rtol=1e-3) and np.all(right != 0):
        if factor < 0:
            return "The ratios are right, but all of them share a wrong factor, and its sign is wrong. Which one is it?"
        size = "large" if factor > 1 else "small"
        return f"The ratios are right, but all of them are too {size} by the same factor. Where does that come from?"
    return ""
