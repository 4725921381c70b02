"""Explain why a typed number is wrong, based on a slip in the formula or on what the number alone reveals."""

import functools

import numpy as np

from helpers.exercises.values import tolerance

SWAPPED = "All the digits are right, but in the wrong order. Did you swap two of them?"


def look(mine, right, share=False, computed=False):
    """Describe what a typed number on its own reveals, such as swapped digits, or return "" if it reveals nothing.

    Parameters
    ----------
    mine, right : ndarray
        The reader's numbers and the correct ones, of the same shape.
    share : bool
        Whether the exercise asks for a share between 0 and 1.
    computed : bool
        Whether the number is the result of a formula and has therefore not been rounded by hand.

    Returns
    -------
    str
    """
    if right.ndim:
        return _about_several(mine, right, computed)
    return _about_one(float(mine.ravel()[0]), float(right), share, computed)


def _about_one(mine, right, share, computed):
    if 0 < right < 1 and np.isclose(mine, 100 * right, rtol=5e-3):
        return (
            f"The answer should be a {'share' if share else 'number'} between 0 and 1, not a percentage. "
            "How do you convert a percentage?"
        )
    if np.isclose(mine, -right):
        return "The magnitude is right but the sign is wrong. Should the result be positive or negative?"
    whole = right == round(right)
    said = _about_a_count(mine, right, computed) if whole and mine == round(mine) else ""
    if said or (not computed and not whole and _digits_swapped(mine, right)):
        return said or SWAPPED
    power = np.log10(mine / right) if mine * right > 0 and not computed else 0.5
    if abs(power - round(power)) < 1e-3 and round(power) and (not whole or _same_digits(mine, right)):
        return "The digits are right, but the decimal point is in the wrong place. By what power of 10 is it off?"
    if whole and not computed and right >= 1000 and 0 < abs(mine) < right / 100:
        return "This is far too small. Which large number from the question have you not used?"
    if not computed and not whole and mine and _rounded(np.array([mine]), np.array([right])):
        return "This is rounded too coarsely. Give at least three digits, or an expression. What is the next digit?"
    if right and np.isclose(mine, 2 * right, rtol=1e-3):
        return "This is twice as large as it should be. Where does a factor of 2 come from?"
    if right and np.isclose(mine, right / 2, rtol=1e-3):
        return "This is half as large as it should be. Where does a factor of ½ come from?"
    return ""


def _about_a_count(mine, right, computed):
    if right < 100:
        slip = not computed and abs(mine - right) == 1 and mine and right
        return "Close. Did you make a slip, count something once too often, or leave something out?" if slip else ""
    if sorted(f"{mine:.0f}") == sorted(f"{right:.0f}"):
        return SWAPPED
    if mine in {float(f"{right:.{digits}g}") for digits in range(2, len(f"{right:.0f}"))}:
        return "This is rounded, but the question asks for the exact number. What are its last digits?"
    if abs(mine - right) < 0.05 * right:
        return "Close, but a count must be exact. Did you make a slip, or count something twice or not at all?"
    return ""


def _digits_swapped(mine, right):
    """Return whether a number with three or more digits has the digits of the correct one in a different order."""
    digits = _digits(mine, 15)
    if len(digits) < 3 or not 0.1 < mine / right < 10:
        return False
    expected = _digits(right, len(digits))
    return digits != expected and sorted(digits) == sorted(expected)


def _same_digits(mine, right):
    """Return whether a number has the digits of the correct one, ignoring the sign and the decimal point."""
    return _digits(right, len(_digits(mine, 15))) == _digits(mine, 15)


def _digits(number, count):
    """Return the digits of a number rounded to `count` significant digits, without the zeros at either end."""
    return f"{abs(number):.{count - 1}e}".split("e")[0].replace(".", "").strip("0")


def _rounded(mine, right):
    """Return whether `mine` is a rounded version of `right`.

    Rounding to 1, 2 or 3 decimals counts, and so does rounding to one significant digit. For numbers of 1 or more,
    rounding to an integer counts too.
    """
    for digits in range(0 if np.all(np.abs(right) >= 1) else 1, 4):
        if np.allclose(mine, np.round(mine, digits), atol=1e-12) and np.all(np.abs(mine - right) <= 0.51 * 0.1**digits):
            return True
    return all(np.isclose(a, float(f"{b:.1g}")) for a, b in zip(mine, right, strict=True))


def _about_several(mine, right, computed):
    if mine.shape != right.shape or not np.any(mine):
        return ""
    close = functools.partial(np.isclose, rtol=tolerance(mine, right))
    if np.all(close(mine, -right)):
        return "The magnitudes are right but the signs are wrong. Which of the numbers should be negative?"
    if np.all(close(np.sort(mine), np.sort(right))):
        return "The numbers are right, but they are in the wrong order. Which number belongs where?"
    turned = close(mine, -right) & (right != 0)
    if np.all(close(np.abs(mine), np.abs(right))):
        return (
            f"The magnitudes are right, but {np.count_nonzero(turned)} of the signs "
            f"{'is' if turned.sum() == 1 else 'are'} wrong. Which of the numbers should be negative?"
        )
    if np.all(close(mine, 1 - right)):
        return "Each number is 1 minus the correct one. What exactly does the question ask for?"
    if not computed and np.any(right != np.round(right)) and _rounded(mine, right):
        return "These numbers are rounded too coarsely. Give at least three digits. What are the next digits?"
    factor = mine @ right / (right @ right)
    if np.allclose(mine, factor * right, rtol=min(1e-3, tolerance(mine, right))) and np.all(right != 0):
        if factor < 0:
            return "The ratios are right, but all the numbers are off by the same negative factor. Which factor is it?"
        size = "large" if factor > 1 else "small"
        return f"The ratios are right, but all the numbers are too {size} by the same factor. Where does it come from?"
    return ""
