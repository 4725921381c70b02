"""Record the reader's progress in a small JSON file that stays on this machine.

The file is `progress.json` in the project folder, or the file named by the environment variable `LESSONS_PROGRESS`. If
this is os.devnull, nothing is recorded.
"""

import json
import os
from pathlib import Path

from helpers.system.files import replace_atomically

DEFAULT = Path(__file__).resolve().parent.parent.parent / "progress.json"


def path():
    """Return the path of the record, or None if recording is off."""
    named = os.environ.get("LESSONS_PROGRESS")
    return None if named == os.devnull else Path(named) if named else DEFAULT


def read():
    """Return the names of the exercises that have been done, and a message.

    The message says what is wrong if the file cannot be read or had to be set aside. Otherwise it is "".
    """
    file = path()
    if file is None:
        return set(), ""
    if os.path.exists(file) and not os.path.isfile(file):  # reading a pipe blocks until a program writes to it
        kind = "a folder" if os.path.isdir(file) else "a device or a pipe"
        return (
            set(),
            f"{file.name} is {kind}, so your progress is not saved. Set LESSONS_PROGRESS to the name of a file.",
        )
    try:
        names = json.loads(file.read_text(encoding="utf-8-sig"))["done"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("not a list of names")
        return set(names), ""
    except FileNotFoundError:
        return set(), ""
    except OSError as error:
        return set(), f"{file.name} cannot be read ({error.strerror or error}), so your earlier progress is not shown."
    except (ValueError, KeyError, TypeError, RecursionError):
        return set(), _set_aside(file)


def add(name):
    """Record that the exercise `name` has been done.

    Returns
    -------
    str
        A message if the record was damaged or cannot be written, otherwise "".
    """
    file = path()
    if file is None:
        return ""
    done, said = read()
    if name in done or (said and os.path.exists(file)):  # do not overwrite a file that cannot be read
        return said

    def fill(opened):  # read the file again, because another notebook may have changed it
        together = done | read()[0] | {name}
        opened.write(f"{json.dumps({'done': sorted(together)}, indent=1)}\n".encode())

    try:
        replace_atomically(file, fill)
    except OSError as error:
        return f"This answer was not saved: {error}."
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
