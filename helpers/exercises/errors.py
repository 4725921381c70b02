"""The meaning of an error in the reader's code, and the line in which it happened."""

import difflib
import linecache
import re
from types import FunctionType

from helpers.exercises import limits
from helpers.exercises.running import ArgumentChangedError, ArgumentRoundedError, text_of

TYPES = {  # the meaning of a TypeError, by a word in its text
    "bitwise_xor": "`^` is no power in Python, but the exclusive or of whole numbers",
    "'tuple'": "A whole tuple takes part where a single number is meant",
    "'NoneType'": "Something is None: a function that was called returns nothing",
    "'builtin_function_or_method'": "A function takes part that has not been called",
    "'function'": "A function takes part that has not been called",
    "'numpy.ufunc'": "A function takes part that has not been called",
    "'method'": "A method takes part that has not been called",
    "'str'": "A text takes part where a number is meant",
    "'dict'": "A whole dictionary takes part where one of its arrays is meant",
    "'list'": "A list takes part where an array is meant; np.array makes one",
    "not iterable": "A single number is not something to loop over",
    "not subscriptable": "Square brackets stand behind something that has no entries",
    "not callable": "Parentheses stand behind something that is no function",
    "as a data type": "The sizes of an array are one argument, a pair in parentheses of its own",
}
ARGUMENTS = "positional argument|keyword argument"
# Errors in a line: the type of error, a pattern in its text, and the message. The first matching row applies.
IN_A_LINE = [
    (TypeError, ARGUMENTS, "A call does not fit the function that it calls{there}: {text}. Which arguments does that "
     "one take?"),
    (UnboundLocalError, "", "A name is used before it has a value (`{text}`){there}. Which line should give it one "
     "first?"),
    (BaseException, "matmul|not aligned", "In a product @ the inner sizes do not match{sizes}{there}. What is the "
     "shape of each factor, and which product does the formula ask for?"),  # np.dot says "not aligned"
    (BaseException, "could not be broadcast|non-broadcastable", "Two arrays do not fit together, entry by entry "
     "(`{text}`){there}. What is the shape of each?"),
    (ImportError, "", "A module is imported that is not there ({text}){there}. Which function that is at hand does the "
     "same?"),
    (KeyError, "", "A dictionary has no entry {text}{there}. Which keys does it have, and which are asked for?"),
    (IndexError, "", "An index points beyond the end (`{text}`){there}. What are its first and its last value?"),
    (AttributeError, "^module", "There is no such function{there}: {text}. In which part of the module is it?"),
    *((TypeError, re.escape(word), about + " (`{text}`){there}. What should stand there?")
      for word, about in TYPES.items()),
    (BaseException, "truth value of an array", "A condition is given an array{there}, but it can only decide about a "
     "single value. Which one is meant?"),
]  # fmt: skip
# Errors that do not concern a single line.
ABOUT_THE_WHOLE = {
    ArgumentChangedError: "`{name}` changes its argument `{text}` in place, and the caller still needs it: make a new "
    "array.",
    ArgumentRoundedError: "`{name}` leaves its argument `{text}` changed by rounding: adding ε and subtracting it "
    "again does not give quite the same number. Save the entry and restore it, or work on a copy.",
    limits.TimeUp: "`{name}` was stopped after {text} seconds. Is there a loop that never ends?",
    limits.AskedForInputError: "`{name}` calls input(), which would wait for ever; its arguments are all that it "
    "needs.",
    SystemExit: "`{name}` leaves Python by exit(). End it with return instead.",
    RecursionError: "`{name}` calls itself without end. Is there a case in which it returns?",
    MemoryError: "`{name}` wants more memory than there is. Compare the shapes: does a product grow too large?",
}
LONGEST = 90  # characters of a quoted line


def quote(line):
    """Quote a line of the reader's code: in backticks, and shortened if it is long."""
    line = line.strip().replace("`", "'")
    return f"`{line if len(line) <= LONGEST else line[: LONGEST - 2] + ' …'}`"


def where(line):
    """ ", in the line `…`", if there is one."""
    return f", in the line {quote(line)}" if line else ""


def about_error(name, error, function=None):
    """Describe an error.

    Parameters
    ----------
    name : str, the name of the reader's function
    error : BaseException
    function : the reader's function, to tell its lines from those of other functions; by default no line is quoted
    """
    text = text_of(error)
    for kind, words in ABOUT_THE_WHOLE.items():
        if isinstance(error, kind):
            return words.format(name=name, text=text)
    line = own_line(error, function)
    there = where(line)
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return _about_a_name(error, text, there, function)
    if isinstance(error, TypeError) and re.search(ARGUMENTS, text) and not line:
        return f"`{name}` does not take the arguments of the exercise: keep its first line as it was given."
    for kind, pattern, words in IN_A_LINE:
        if isinstance(error, kind) and re.search(pattern, text):
            return words.format(text=text, there=there, sizes=_sizes(text))
    said = f" (`{text}`)" if text else ""
    question = " What are the types and shapes of what stands in it?" if line else ""
    return f"`{name}` stopped with {type(error).__name__}{said}{there}.{question}"


def _sizes(text):
    """The inner sizes of a product that do not match, in the order of its factors; "" if NumPy did not report them."""
    sizes = re.search(r"size (\d+) is different from (\d+)", text)
    return f", {sizes[2]} and {sizes[1]}" if sizes else ""


def _about_a_name(error, text, there, function):
    missing = getattr(error, "name", None) or ""
    code = _code(function)
    known = [*getattr(code, "co_varnames", ()), *(function.__globals__ if code else ())]
    near = difflib.get_close_matches(missing, [name for name in known if not name.startswith("_")], 1, 0.75)
    restart = "After a restart of the kernel, first run the cells above: Run > Run All Above Selected Cell."
    meant = f"Did you mean `{near[0]}`?" if near else f"Is it misspelt? {restart}"
    return f"`{missing or text}` is not defined{there}. {meant}"


def _code(function):
    return function.__code__ if type(function) is FunctionType else None  # isinstance would access __class__


def own_line(error, function):
    """The last line of the reader's own code (its file or cell) that the error passed through; "" if none did."""
    code = _code(function)
    line, step = "", error.__traceback__
    while code is not None and step is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            line = linecache.getline(code.co_filename, step.tb_lineno).split("#")[0].strip()
        step = step.tb_next
    return line
