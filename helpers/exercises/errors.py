"""Explain errors raised by the reader's code, and quote the lines in which they occurred."""

import copy
import difflib
import linecache
import re
import traceback
from pathlib import Path
from types import FunctionType

import numpy as np

from helpers.exercises import limits
from helpers.exercises.running import ArgumentChangedError, ArgumentRoundedError, text_of
from helpers.system.browser import in_page

TYPES = {  # explanations of TypeErrors; each key is a phrase that occurs in the text of the error
    "bitwise_xor": "`^`, the exclusive-or operator in Python, is used where a power is needed",
    "'tuple'": "A whole tuple is used where a single number is needed",
    "'NoneType'": "A value of None, probably from a function that returns nothing, is used",
    "'builtin_function_or_method'": "A function is used as a value without being called",
    "'function'": "A function is used as a value without being called",
    "'numpy.ufunc'": "A function is used as a value without being called",
    "'method'": "A method is used as a value without being called",
    "'str'": "Text is used where a number is needed",
    "'dict'": "A whole dictionary is used where one of its arrays is needed",
    "'list'": "A list that should first be converted with np.array is used",
    "not iterable": "A single number is used where a sequence to loop over is needed",
    "not subscriptable": "Square brackets follow something that cannot be indexed",
    "not callable": "Parentheses follow something that is not a function",
    "'float' object cannot be interpreted": "A number with a decimal point, such as the result of `/`, is used where a "
    "whole number is needed",
    "as a data type": "The sizes of a new array must be passed as one argument, a tuple in its own parentheses",
}
ARGUMENTS = "positional argument|keyword argument"
# Errors that concern a single line, each with its type, a pattern in its text and the message. The first match applies.
IN_A_LINE = [
    (TypeError, ARGUMENTS, "A function is called with the wrong arguments{there}: {text}. Which arguments does it "
     "take?"),
    (UnboundLocalError, "", "A name is used before it has a value{there} (`{text}`). Which line should give it "
     "a value first?"),
    (BaseException, "matmul|not aligned", "The inner sizes of a matrix product do not match{sizes}{there}. What is the "
     "shape of each factor, and which product does the formula ask for?"),  # np.dot says "not aligned"
    (ValueError, "could not broadcast input array", "An array does not fit the part of another array to which "
     "it is assigned{there} (`{text}`). Which axes do the two sides of the assignment have?"),
    (BaseException, "could not be broadcast|non-broadcastable", "The shapes of two arrays do not fit "
     "together{there} (`{text}`). What is the shape of each?"),
    (ImportError, "", "An import fails{there} ({text}). Which available function does the "
     "same?"),
    (KeyError, "", "A dictionary has no entry {text}{there}. Which keys does it have, and which do you need?"),
    (IndexError, "tuple index", "A tuple, such as the shape of an array, has fewer entries than the code uses{there}. "
     "How many axes can the array have?"),
    (IndexError, "", "An index is out of range{there} (`{text}`). What are its first and last values?"),
    (AttributeError, "^module", "A function that does not exist is used{there}: {text}. Which part of the module "
     "contains the right one?"),
    (TypeError, "float\\w*' object is not iterable", "A single number is used instead of a sequence{there} "
     "(`{text}`). How many axes can the argument have, and does the result have the same shape?"),
    *((TypeError, re.escape(word), about + "{there} (`{text}`). What should be there instead?")
      for word, about in TYPES.items()),
    (TypeError, "0-dimensional|only length-1|only size-1", "A function or method for single numbers is applied to a "
     "whole array{there} (`{text}`). Which NumPy function does the same for every entry?"),
    (BaseException, "truth value of an array", "A condition is applied to a whole array{there}, but it can only test a "
     "single value. Which value do you mean?"),
]  # fmt: skip
# Errors that do not concern a single line.
ABOUT_THE_WHOLE = {
    ArgumentRoundedError: (
        "`{name}` leaves its argument `{text}` changed by rounding errors, because adding ε and "
        "then subtracting it does not give back exactly the same number. Save the entry and restore it, or "
        "work on a copy."
    ),
    ArgumentChangedError: "`{name}` changes its argument `{text}` in place, but the caller still needs the original. "
    "How can you leave {left}?",
    limits.TimeUp: "`{name}` was stopped after {text} seconds. Is there a loop that never ends?",
    limits.AskedForInputError: "`{name}` calls input(), which would wait forever. Use the function's arguments "
    "instead.",
    SystemExit: "`{name}` calls exit(), which would end Python. Use return to end the function instead.",
    RecursionError: "`{name}` calls itself endlessly. Is there a case in which it returns?",
    MemoryError: "`{name}` needs more memory than is available. Does one of its arrays become too large?",
}
LONGEST = 90  # maximum number of characters in a quoted line


def listed(names, word="and"):
    """List names in backticks, with `word` before the last one."""
    quoted = [f"`{name}`" for name in names]
    return f" {word} ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def quote(line):
    """Quote a line of the reader's code in backticks, and shorten it if it is long."""
    line = line.strip().replace("`", "'")
    return f"`{line if len(line) <= LONGEST else line[: LONGEST - 2] + ' …'}`"


def where(line):
    """Return " in the line `…`" for a line of code, or "" if the line is empty."""
    return f" in the line {quote(line)}" if line else ""


def about_error(name, error, function=None):
    """Explain an error raised by the reader's function.

    Parameters
    ----------
    name : str
        The name of the reader's function.
    error : BaseException
        The error.
    function : callable, optional
        The reader's function, used to quote the line in which the error occurred. Without it, no line is quoted.

    Returns
    -------
    str
    """
    text = text_of(error)
    for kind, words in ABOUT_THE_WHOLE.items():
        if isinstance(error, kind):
            return words.format(name=name, text=text, left=getattr(error, "left", ""))
    line = own_line(error, function)
    there = where(line)
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return _about_a_name(error, text, there, function)
    if isinstance(error, TypeError) and re.search(ARGUMENTS, text) and not line and _at_the_call(error):
        return f"`{name}` does not take the arguments given in the exercise. Restore its original first line."
    builtin = re.search(r"(?<![\w.])(max|min|sorted|any|all)\(", line) if "truth value of an array" in text else None
    if builtin:
        return (
            f"Python's own `{builtin[1]}` treats each row of an array as a single value{there}. Which NumPy function "
            "or method takes an axis instead?"
        )
    for kind, pattern, words in IN_A_LINE:
        if isinstance(error, kind) and re.search(pattern, text):
            return words.format(text=text, there=there, sizes=_sizes(text))
    said = f" (`{text}`)" if text else ""
    question = " What are the types and shapes of the values in that line?" if line else ""
    return f"`{name}` failed with {type(error).__name__}{said}{there}.{question}"


def _at_the_call(error):
    """Return whether the error was raised by the call itself rather than by a line inside the function."""
    return Path(traceback.extract_tb(error.__traceback__)[-1].filename).parent == Path(__file__).parent


NOT_FINITE = {  # what NumPy reports when a line gives NaN or an infinite value, and what the line does
    "overflow encountered in exp": "takes the exponential of a number that is too large",
    "divide by zero encountered in log": "takes the logarithm of 0",
    "divide by zero": "divides by 0",
    "invalid value encountered in log": "takes the logarithm of a negative number",
    "invalid value encountered in multiply": "multiplies 0 by infinity",
    "invalid value encountered in (true_)?divide": "divides 0 by 0 or infinity by infinity",
}


def about_not_finite(function, cases):
    """Return a sentence about the first line that gives NaN or an infinite value, or "" if it cannot be found."""
    for case in cases:
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                function(*copy.deepcopy(case))
        except FloatingPointError as error:
            line, text = own_line(error, function), text_of(error)
            does = next((words for pattern, words in NOT_FINITE.items() if re.search(pattern, text)), "")
            return f"The first such value comes from the line {quote(line)}, which {does}." if line and does else ""
    return ""


def _sizes(text):
    """Return the inner sizes that do not match, in the order of the factors, or "" if NumPy did not report them."""
    sizes = re.search(r"size (\d+) is different from (\d+)", text)
    return f" ({sizes[2]} and {sizes[1]})" if sizes else ""


# What to do if a cell above defines the name. The key says whether the lesson is running on a page of the book.
_RESTART = {
    False: "If you have restarted the kernel, run the cells above first: Run > Run All Above Selected Cell.",
    True: "If a cell above defines it, choose Restart Python in the menu ⋯ and press Check again.",
}


def _about_a_name(error, text, there, function):
    missing = getattr(error, "name", None) or ""
    code = _code(function)
    known = [*getattr(code, "co_varnames", ()), *(function.__globals__ if code else ())]
    near = difflib.get_close_matches(missing, [name for name in known if not name.startswith("_")], 1, 0.75)
    meant = f"Did you mean `{near[0]}`?" if near else f"Is it misspelt? {_RESTART[in_page()]}"
    return f"`{missing or text}` is not defined{there}. {meant}"


def _code(function):
    return function.__code__ if type(function) is FunctionType else None  # isinstance would access __class__


def own_line(error, function):
    """Return the last line of the reader's own file or cell that the error passed through, or "" if there is none."""
    code = _code(function)
    line, step = "", error.__traceback__
    while code is not None and step is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            line = linecache.getline(code.co_filename, step.tb_lineno).split("#")[0].strip()
        step = step.tb_next
    return line
