"""First names for lesson 12, and functions that convert them to numbers and back."""

import numpy as np

from helpers.datasets.folder import read_bundled
from helpers.system.validation import brief

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the number of a letter is its index; 0 marks the beginning and the end
LONGEST = 9  # number of letters in the longest name


def load_names():
    """Return 3000 common first names of three to nine letters, in lower case and in alphabetical order.

    Returns
    -------
    list of str

    Raises
    ------
    DataFileError, OSError
        See `folder.read_bundled`.
    """
    return read_bundled("names.txt").decode("ascii").split()


def as_tokens(names):
    """Convert names to rows of numbers, with a 0 before each name and zeros after it.

    Parameters
    ----------
    names : sequence of str
        Names of at most nine letters from a to z.

    Returns
    -------
    tokens : ndarray of int, of shape (len(names), 11)

    Raises
    ------
    TypeError
        If `names` is a string or is not a sequence.
    ValueError
        If a name is too long or contains anything other than the letters a to z.
    """
    if isinstance(names, str) or not np.iterable(names):
        raise TypeError(f"names must be a list of names, such as ['anna'], not {brief(names)}")
    tokens = np.zeros((len(names), LONGEST + 2), int)
    for row, name in zip(tokens, names, strict=True):
        if not (isinstance(name, str) and len(name) <= LONGEST and all(letter in LETTERS[1:] for letter in name)):
            raise ValueError(f"{brief(name)} is not a name of at most {LONGEST} lower-case letters from a to z")
        row[1 : len(name) + 1] = [LETTERS.index(letter) for letter in name]
    return tokens


def as_text(tokens):
    """Convert rows of numbers back to names. Each name begins after the initial 0 and ends before the next 0.

    Raises
    ------
    ValueError
        If a number is not the index of a character in `LETTERS`.
    """
    letters = dict(enumerate(LETTERS))  # unlike LETTERS, it has no letter −1
    try:
        return ["".join(letters[number] for number in row[1:]).split(".")[0] for row in tokens]
    except KeyError as error:
        wrong, last = error.args[0], len(LETTERS) - 1
        raise ValueError(f"tokens contains {wrong}, but it must consist of whole numbers from 0 to {last}") from None
