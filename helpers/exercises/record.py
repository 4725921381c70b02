"""Record the reader's progress in a small JSON file that stays on this machine.

The file is `progress.json` in the project folder, or the file named by the environment variable `LESSONS_PROGRESS`. If
this variable is set to os.devnull, nothing is recorded. The file contains an object with the following entries, of
which only the first is always present:

- "done": the names of the exercises and challenges that have been done;
- "answers": for each exercise, its `Attempts` converted to a dictionary;
- "seed": the text that determines the numbers in the exercises (see `seed`).

Files written by earlier versions contain only "done" and can still be read. Entries that this version does not know are
kept.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.system.files import replace_atomically

DEFAULT = Path(__file__).resolve().parent.parent.parent / "progress.json"


@dataclass
class Attempts:
    """What is known about a reader's answers to one exercise.

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


DAMAGED = (ValueError, KeyError, TypeError, RecursionError)  # raised when a damaged file is read
TYPES = {"attempts": int, "right": bool, "answer": str, "mistake": str}


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
    """Return a dictionary of all entries of the record, and a message.

    The dictionary has at least the keys "done", "answers" and "seed". See `read` for the message.
    """
    nothing, file = {"done": [], "answers": {}, "seed": None}, path()
    if file is None:
        return nothing, ""
    if _is_special(file):
        kind = "a folder" if os.path.isdir(file) else "a device or a pipe"
        said = f"{file.name} is {kind}, so your progress is not saved. Set LESSONS_PROGRESS to the name of a file."
        return nothing, said
    try:
        return nothing | _loaded(file), ""
    except FileNotFoundError:
        return nothing, ""
    except OSError as error:
        said = f"{file.name} cannot be read ({error.strerror or error}), so your earlier progress is not shown."
        return nothing, said
    except DAMAGED:
        return nothing, _set_aside(file)


def read_seed():
    """Return the seed in the record, or None if there is none.

    A damaged file is left in place, so that whoever reads it next sets it aside and says so.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    file = path()
    if file is None or _is_special(file):
        return None
    try:
        return _loaded(file).get("seed")
    except (FileNotFoundError, *DAMAGED):
        return None


def _is_special(file):
    """Return whether a path is a folder, a device or a pipe. Reading a pipe blocks until a program writes to it."""
    return os.path.exists(file) and not os.path.isfile(file)


def _loaded(file):
    """Read the entries of a record, check them and return them.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError, KeyError, TypeError, RecursionError
        If the entries do not form a valid record.
    """
    entries = json.loads(file.read_text(encoding="utf-8-sig"))
    names, answers = entries["done"], entries.get("answers", {})
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of names")
    if not isinstance(answers, dict) or not isinstance(entries.get("seed"), str | None):
        raise ValueError("not a record of answers")
    for given in answers.values():
        if not isinstance(given, dict) or any(type(given.get(key, kind())) is not kind for key, kind in TYPES.items()):
            raise ValueError("not the attempts at an exercise")
    return entries


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

    return _update(change, said)


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

    return _update(change, read_all()[1])


def set_seed(seed, changed):
    """Record the seed that determines the reader's numbers.

    Parameters
    ----------
    seed : str or None
        The seed, or None for the numbers in the lessons.
    changed : list of str
        The exercises whose numbers change. The answers to them are deleted, because they no longer apply.

    Returns
    -------
    str
        See `add`.
    """

    def change(entries):
        entries["seed"] = seed
        entries["done"] = [name for name in entries["done"] if name not in changed]
        entries["answers"] = {name: one for name, one in entries["answers"].items() if name not in changed}

    return _update(change, read_all()[1], "seed")


def _update(change, said, what="answer"):
    """Let the function `change` modify the entries of the record, and return a message.

    `said` is the message that was returned when the record was last read, and `what` is what the change records.
    """
    file = path()
    if file is None or (said and os.path.exists(file)):  # recording is off, or the file cannot be read: keep it
        return said

    def fill(opened):  # read the file again, because another notebook may have changed it
        nonlocal said
        entries, problem = read_all()
        if problem and os.path.exists(file):
            raise RuntimeError(problem.rstrip("."))
        said = problem or said
        change(entries)
        kept = {key: value for key, value in entries.items() if key not in ("answers", "seed") or value}
        opened.write(f"{json.dumps(kept, indent=1)}\n".encode())

    try:
        replace_atomically(file, fill)
    except (OSError, RuntimeError) as error:
        return f"This {what} was not saved: {error}."
    return said


def _set_aside(file):
    other = next(
        other for n in range(1, 1000) if not (other := file.with_name(f"{file.stem}-damaged-{n}{file.suffix}")).exists()
    )
    try:
        os.replace(file, other)
    except OSError as error:
        return f"{file.name} is damaged and cannot be moved ({error.strerror or error}). Remove it by hand."
    return f"{file.name} was damaged. It has been kept as {other.name}, and a new record has been started."
