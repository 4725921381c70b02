"""Record the reader's progress in a small JSON file that stays on this machine.

The file is `progress.json` in the project folder, or the file named by the environment variable `LESSONS_PROGRESS`. If
this variable is set to os.devnull, nothing is recorded. The file contains an object with the following entries, of
which only the first is always present:

- "done": the names of the exercises and challenges that have been done;
- "answers": for each exercise, its `Attempts` converted to a dictionary;
- "seed": the text that determines the numbers in the exercises (see `seed`);
- "earlier": for each other seed that has been used ("" for the numbers in the lessons), the answers with its numbers;
- "handed_in_as": the name under which answers were last handed in.

Files written by earlier versions contain only "done" and can still be read. Entries that this version does not know are
kept.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.system.files import in_words, replace_atomically

DEFAULT = Path(__file__).resolve().parent.parent.parent / "progress.json"


@dataclass
class Attempts:
    """Record of a reader's answers to one exercise.

    Attributes
    ----------
    attempts : int
        The number of answers up to and including the first right one. Running a cell again without changing it does
        not count.
    right : bool
        Whether the answer kept here is right.
    answer : str
        The code of the last answer or, once an answer has been right, of the last right one.
    value : number, str, list or None
        The value of this answer, or None if the answer is a function.
    mistake : str
        The feedback on this answer if it is wrong, otherwise "".
    """

    attempts: int = 0
    right: bool = False
    answer: str = ""
    value: object = None
    mistake: str = ""


NOTHING = {"done": [], "answers": {}, "seed": None}
DAMAGED = (ValueError, KeyError, TypeError, RecursionError)  # raised when a damaged file is read
TYPES = {"attempts": int, "right": bool, "answer": str, "mistake": str}
_seeds = {}  # the seed of each record that has been read, which a new record gets if the old one is damaged later


def path():
    """Return the path of the record, or None if recording is off."""
    named = os.environ.get("LESSONS_PROGRESS")
    return None if named == os.devnull else Path(named) if named else DEFAULT


def read():
    """Return the names of the exercises that have been done, and a message.

    If the file cannot be read or had to be set aside, the message says what is wrong. Otherwise, it is "".
    """
    entries, said = read_all()
    return set(entries["done"]), said


def read_all():
    """Return all entries of the record as a dictionary, and a message.

    The dictionary has at least the keys "done", "answers" and "seed". See `read` for the message.
    """
    file = path()
    if file is None or _special(file):
        return dict(NOTHING), _special(file)
    try:
        return _loaded(file), ""
    except OSError as error:
        said = f"{file.name} cannot be read ({error.strerror or error}), so your earlier progress is not shown."
        return dict(NOTHING), said
    except DAMAGED:
        entries = dict(NOTHING)
        said = _update(entries.update, "new record")
        return entries, said


def read_seed():
    """Return the seed in the record, or None if there is none.

    If the file is damaged, this is the seed that it had when it was last read. The file is left in place, so that
    the next function that reads all entries or changes the record can set it aside and report the damage.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    file = path()
    if file is None or _special(file):
        return None
    try:
        return _loaded(file)["seed"]
    except DAMAGED:
        return _seeds.get(file)


def _special(file):
    """Return a message if a path is a folder, a device or a pipe, otherwise "".

    Reading a pipe would block until a program writes to it.
    """
    if file is None or not os.path.exists(file) or os.path.isfile(file):
        return ""
    kind = "a folder" if os.path.isdir(file) else "a device or a pipe"
    return f"{file.name} is {kind}, so your progress is not saved. Set LESSONS_PROGRESS to the name of a file."


def _loaded(file):
    """Read, check and return the entries of a record, or those of an empty one if the file does not exist.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError, KeyError, TypeError, RecursionError
        If the entries do not form a valid record.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        entries = NOTHING
    names, earlier = entries["done"], entries.get("earlier", {})
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of names")
    if not isinstance(earlier, dict) or not isinstance(entries.get("seed"), str | None):
        raise ValueError("not a record of answers")
    for answers in (entries.get("answers", {}), *earlier.values()):
        _require_answers(answers)
    _seeds[file] = entries.get("seed")
    return NOTHING | entries


def _require_answers(answers):
    """Raise a ValueError unless `answers` is a dictionary of attempts."""
    if not isinstance(answers, dict):
        raise ValueError("not a record of answers")
    for given in answers.values():
        if not isinstance(given, dict) or any(type(given.get(key, kind())) is not kind for key, kind in TYPES.items()):
            raise ValueError("not the attempts at an exercise")


def attempts(entries, name):
    """Return the `Attempts` at the exercise `name`, as stored in the entries of a record."""
    known = entries["answers"].get(name, {})
    return Attempts(**{key: value for key, value in known.items() if key in Attempts.__dataclass_fields__})


def add(name):
    """Record that the exercise or challenge `name` has been done.

    Returns
    -------
    str
        A message if the record was damaged or cannot be written, otherwise "".
    """
    done, said = read()
    if name in done:
        return said

    def change(entries):
        entries["done"] = sorted({*entries["done"], name})

    return _update(change) or said


def add_answer(name, right, answer, value=None, mistake=""):
    """Record an answer to the exercise `name`.

    Parameters
    ----------
    name : str
    right : bool
    answer : str
        The code of the answer, or "" if it is not known.
    value : number, str, list or None
        The value of the answer, or None if it is a function.
    mistake : str
        The feedback if the answer is wrong.

    Returns
    -------
    str
        See `add`.
    """

    def change(entries):
        before = attempts(entries, name)
        if before.right and not right:  # keep the right answer if the reader tries out a wrong one
            return
        if right:
            entries["done"] = sorted({*entries["done"], name})
        again = before.right or (before.attempts and (answer, value) == (before.answer, before.value))
        now = Attempts(before.attempts + (not again), right, answer, value, "" if right else mistake)
        entries["answers"] = entries["answers"] | {name: entries["answers"].get(name, {}) | asdict(now)}

    return _update(change)


def set_seed(seed, changed):
    """Record the seed that determines the reader's numbers.

    Parameters
    ----------
    seed : str or None
        The seed, or None for the numbers in the lessons.
    changed : list of str
        The exercises whose numbers change. Earlier answers to them do not count until their seed is used again.

    Returns
    -------
    str
        See `add`.
    """

    def change(entries):
        answers, earlier, before = entries["answers"], dict(entries.get("earlier", {})), entries["seed"] or ""
        again = earlier.pop(seed or "", {})
        earlier[before] = earlier.get(before, {}) | {name: answers[name] for name in answers if name in changed}
        done = {name for name in entries["done"] if name not in changed}
        entries["seed"] = seed
        entries["done"] = sorted(done | {name for name, one in again.items() if one.get("right")})
        entries["answers"] = again | {name: answers[name] for name in answers if name not in changed}
        entries["earlier"] = {seed: those for seed, those in earlier.items() if those}

    return _update(change, "seed")


def set_name(name):
    """Record the name under which the answers have been handed in, and return a message as `add` does."""
    return _update(lambda entries: entries.update(handed_in_as=name), "name")


def _update(change, what="answer"):
    """Let the function `change` modify the entries of the record, and return a message.

    The argument `what` says what is being recorded, for use in the message. A damaged file is set aside.
    """
    file, said = path(), ""
    if file is None or _special(file):
        return _special(file)

    def fill(opened):  # no other notebook can change the record in the meantime, because its folder is locked
        nonlocal said
        try:
            entries = _loaded(file)
        except OSError as error:
            raise in_words(error, file) from error
        except DAMAGED:
            entries, said = NOTHING | {"seed": _seeds.get(file)}, _set_aside(file)
        change(entries)
        optional = ("answers", "seed", "earlier")
        kept = {key: value for key, value in entries.items() if key not in optional or value}
        opened.write(f"{json.dumps(kept, indent=1)}\n".encode())

    try:
        replace_atomically(file, fill)
    except OSError as error:
        return f"{said} This {what} was not saved: {error}.".lstrip()
    return said


def _set_aside(file):
    """Rename a damaged file, and return a message.

    Raises
    ------
    OSError
        If the file cannot be renamed. The message says what to do.
    """
    other = next(
        other for n in range(1, 1000) if not (other := file.with_name(f"{file.stem}-damaged-{n}{file.suffix}")).exists()
    )
    try:
        os.replace(file, other)
    except OSError as error:
        reason = error.strerror or error
        raise type(error)(f"{file.name} is damaged and cannot be moved ({reason}): remove it by hand") from error
    again = "" if file in _seeds else " If you had numbers of your own, call use_seed() again."
    return f"{file.name} was damaged. It has been kept as {other.name}, and a new record has been started.{again}"
