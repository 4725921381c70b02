"""Choose which numbers the exercises use: those in the lessons, or a learner's own.

The seed is any text, such as a name. It is stored in the record, so it applies to all lessons.
"""

import contextlib

from helpers.exercises import record
from helpers.exercises.message import Message
from helpers.exercises.registry import EXERCISES, with_seed
from helpers.exercises.submission import LONGEST_NAME, clean

_seed = {}  # the last known seed, which is used while the record is off or cannot be read


def use_seed(seed):
    """Use the numbers determined by `seed` in all exercises whose numbers vary.

    When you run the cell of an exercise, the question is shown with these numbers. The same seed always gives the same
    numbers. `use_seed(None)` restores the numbers in the lessons.

    Parameters
    ----------
    seed : str, int or None
        Your name, or a number from your teacher. Capital letters and extra spaces make no difference.
    """
    try:
        text = normal(seed)
    except ValueError as error:
        Message("?", "The numbers have not changed.", f"{error}").show()
        return
    note, before = "", _current()
    if text != before:
        note = record.set_seed(text, _changed(with_seed(before), with_seed(text)))
        if record.path() is None:
            _seed["text"] = text
        if _current() != text:
            Message("?", "The numbers have not changed.", note).show()
            return
    if text is None:
        Message("✓", "Original numbers.", f"All exercises use the numbers in the lessons. {note}".rstrip()).show()
        return
    count = sum(with_seed(text)[name] is not EXERCISES[name] for name in EXERCISES)
    words = f"{count} exercises and questions now use the numbers for {text!r}. Run their cells to see the questions. "
    words += "Answers that you gave with other numbers are kept, but they count only with those numbers."
    Message("✓", "Your own numbers.", f"{words} {note}".rstrip()).show()


def normal(seed):
    """Return a seed as normalised text.

    Raises
    ------
    ValueError
        If the seed is neither text nor a whole number, or if it is empty or too long.
    """
    if seed is None:
        return None
    if type(seed) is not int and not isinstance(seed, str):
        raise ValueError("The seed must be text, such as your name, or a whole number.")
    if isinstance(seed, int) and abs(seed) > 10**LONGEST_NAME:
        raise ValueError(f"The seed must have at most {LONGEST_NAME} digits.")
    text = clean(clean(seed).casefold())
    if not 0 < len(text) <= LONGEST_NAME:
        raise ValueError(f"The seed must have 1 to {LONGEST_NAME} characters.")
    return text


def current(name):
    """Return an exercise with the numbers that are currently in use."""
    return with_seed(_current())[name]


def _changed(before, after):
    """Return the names of the exercises whose numbers differ."""
    shown = [{name: (one.prompt, repr(one.right)) for name, one in those.items()} for those in (before, after)]
    return [name for name in EXERCISES if shown[0][name] != shown[1][name]]


def _current():
    """Return the seed in the record, which another notebook may have changed."""
    if record.path() is not None:
        with contextlib.suppress(OSError):
            _seed["text"] = record.read_seed()
    return _seed.get("text")
