"""The reader's progress, in a small JSON file that stays on this machine.

The file is `progress.json` in the project folder, or the one named by the environment variable
`LESSONS_PROGRESS`; os.devnull turns recording off.
"""

import json
import os
from pathlib import Path

from helpers.system.files import replace_atomically

DEFAULT = Path(__file__).resolve().parent.parent.parent / "progress.json"


def path():
    """The path of the record, or None if recording is off."""
    named = os.environ.get("LESSONS_PROGRESS")
    return None if named == os.devnull else Path(named) if named else DEFAULT


def read():
    """The names of what has been done, and a message if the file cannot be read or had to be set aside."""
    file = path()
    if file is None:
        return set(), ""
    if os.path.exists(file) and not os.path.isfile(file):  # reading a pipe would block until some program writes to it
        kind = "a folder" if os.path.isdir(file) else "a device or a pipe"
        return set(), f"{file.name} is {kind}, so what is done is not remembered. Let LESSONS_PROGRESS name a file."
    try:
        names = json.loads(file.read_text(encoding="utf-8-sig"))["done"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("not a list of names")
        return set(names), ""
    except FileNotFoundError:
        return set(), ""
    except OSError as error:
        return set(), f"{file.name} cannot be read ({error.strerror or error}), so nothing done before is shown."
    except (ValueError, KeyError, TypeError, RecursionError):
        return set(), _set_aside(file)


def add(name):
    """Record that `name` has been done.

    Returns
    -------
    str
        A message if the record was damaged or cannot be written, otherwise "".
    """
    file = path()
    if file is None:
        return ""
    done, said = read()
    if name in done or (said and os.path.exists(file)):  # an unreadable file is not overwritten
        return said

    def fill(opened):  # one notebook at a time: another may have added something meanwhile
        together = done | read()[0] | {name}
        opened.write(f"{json.dumps({'done': sorted(together)}, indent=1)}\n".encode())

    try:
        replace_atomically(file, fill)
    except OSError as error:
        return f"This is not remembered: {error}."
    return said


def _set_aside(file):
    other = next(
        other for n in range(1, 1000) if not (other := file.with_name(f"{file.stem}-damaged-{n}{file.suffix}")).exists()
    )
    try:
        os.replace(file, other)
    except OSError as error:
        return f"{file.name} is damaged and cannot be moved ({error.strerror or error}): remove it by hand."
    return f"{file.name} was damaged; it is kept as {other.name}, and a new record begins."
