"""Recognise how wrong results are related to the correct ones, for example when all of them are twice as large."""

import numpy as np

# Each pair describes how a wrong array is related to the right one and gives the function that corrects it. In these
# functions, n is the number of examples.
SIGN = ("All signs are wrong. What is subtracted from what?", lambda a, n: -a)
IN_SEVERAL_CASES = [  # only for several cases, because a single case may match by chance
    ("The result is transposed. What should its rows represent?", lambda a, n: a.T),
    ("Everything is twice as large as it should be. Where does a factor of 2 come from?", lambda a, n: a / 2),
    ("Everything is half as large as it should be. Where does a factor of ½ come from?", lambda a, n: a * 2),
    ("This is the square of the correct result. Which step is missing?", lambda a, n: np.sqrt(a)),
    ("This is the square root of the correct result. Which step should you leave out?", lambda a, n: np.square(a)),
    ("This is 1 minus the correct result. What exactly does the question ask for?", lambda a, n: 1 - a),
    ("This is 1 divided by the correct result. What should be in the numerator?", lambda a, n: 1 / a),
]
IN_A_MEAN = [
    (
        "This is a sum over the examples, but it should be a mean. Where should you divide by the number of examples?",
        lambda a, n: a / n,
    ),
    (
        "This has been divided by the number of examples once too often. Where do you already take the mean?",
        lambda a, n: a * n,
    ),
]


def find(function, cases, arguments, passed, m=()):
    """If a simple change to the results or arguments makes every result correct, return a sentence about it.

    Parameters
    ----------
    function : callable
        The reader's function.
    cases : list of tuples
        The arguments of each case.
    arguments : list of str
        Names of the arguments.
    passed : callable
        See `repair.find`.
    m : sequence of int
        The number of examples in each case, if the result is a mean over examples.

    Returns
    -------
    str
    """
    for words, changed in [*_of_results(cases, m), *_of_arguments(cases, arguments)]:
        if all(_right(changed(function, i), i, passed) for i in range(len(cases))):
            return words
    return ""


def overflow(function, cases, names, passed):
    """If every result is correct when 8-bit arguments are converted to float, return a sentence about the overflow."""
    small = [type(value) is np.ndarray and value.dtype.kind in "iu" and value.itemsize == 1 for value in cases[0]]
    if True not in small:
        return ""

    def converted(*arguments):
        return function(*(a.astype(float) if is_small else a for a, is_small in zip(arguments, small, strict=True)))

    if not all(_right(converted, i, passed) for i in range(len(cases))):
        return ""
    which = small.index(True)
    limits = np.iinfo(cases[0][which].dtype)
    return (
        f"The entries of `{names[which]}` are stored as 8-bit whole numbers, from {limits.min} to {limits.max}, so "
        "your calculation overflows. Where can you convert them to float?"
    )


def _right(function, i, passed):
    try:
        right, count = passed(function, i)
    except Exception:
        return False
    return len(right) == count


def _of_results(cases, m):
    def swapped(function, i):
        return lambda *arguments: _two_swapped(function(*arguments))

    def after(change):
        return lambda function, i: lambda *arguments: _each(change, function(*arguments), m[i] if m else 1)

    known = [SIGN, *(IN_SEVERAL_CASES if len(cases) > 1 else []), *(IN_A_MEAN if len(set(m)) > 1 else [])]
    return [
        ("The two results are swapped. In which order should you return them?", swapped),
        *((words, after(change)) for words, change in known),
    ]


def _two_swapped(result):
    return result[1], result[0]


def _each(change, result, n):
    """Apply a change to every array in a result.

    A string raises a TypeError, because NumPy might read it as numbers.
    """
    if isinstance(result, dict):
        return {key: _each(change, value, n) for key, value in result.items()}
    if isinstance(result, tuple):
        return tuple(_each(change, part, n) for part in result)
    array = np.asarray(result)
    if array.dtype.kind not in "buif":
        raise TypeError("no numbers")
    return change(array.astype(float), n)


def _of_arguments(cases, names):
    found = []

    def given(change):
        return lambda function, i: lambda *arguments: function(*change(list(arguments)))

    for i, name in enumerate(names):
        value = cases[0][i] if i < len(cases[0]) else None
        if isinstance(value, int) and len({case[i] for case in cases}) > 1:
            for step, words in ((-1, "larger"), (1, "smaller")):
                said = f"This would be right if `{name}` were {words} by 1. How many times does the loop run?"
                found.append((said, given(lambda a, i=i, step=step: [*a[:i], a[i] + step, *a[i + 1 :]])))
        if isinstance(value, float):
            said = f"This would be right if `{name}` had the opposite sign. In which direction should it act?"
            found.append((said, given(lambda a, i=i: [*a[:i], -a[i], *a[i + 1 :]])))
        for j in range(i + 1, len(cases[0])):
            if type(value) is type(cases[0][j]) and not callable(value):
                said = f"This would be right if `{name}` and `{names[j]}` were swapped. Which is which?"
                found.append((said, given(lambda a, i=i, j=j: _swapped(a, i, j))))
    return found


def _swapped(arguments, i, j):
    arguments[i], arguments[j] = arguments[j], arguments[i]
    return arguments
