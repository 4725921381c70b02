"""What a reader has done, in a small JSON file on this machine. It is sent nowhere.

The file is `progress.json` in the folder of the project, or what the environment variable
`LESSONS_PROGRESS` names; os.devnull means: remember nothing.
"""

import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.system.files import replace_atomically

LONGEST = 10.0  # seconds that a program holds the record; after that it must have died
DEFAULT = Path(__file__).resolve().parent.parent.parent / "progress.json"


def path():
    """Where the record is kept; None for nowhere."""
    named = os.environ.get("LESSONS_PROGRESS")
    return None if named == os.devnull else Path(named) if named else DEFAULT


def read():
    """The names of what is done, and a sentence if the file was damaged and had to be set aside."""
    file = path()
    if file is None:
        return set(), ""
    if os.path.exists(file) and not os.path.isfile(file):  # reading a pipe would wait for a program that writes
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
    """Note that `name` is done.

    Returns
    -------
    str
        A sentence if the record was damaged or cannot be written, otherwise "".
    """
    file = path()
    if file is None:
        return ""
    with _alone_with(file):  # several notebooks may be open
        done, said = read()
        if name in done:
            return said
        if said and os.path.exists(file):  # what cannot be read is not overwritten
            return said
        content = json.dumps({"done": sorted(done | {name})}, indent=1) + "\n"
        try:
            replace_atomically(file, lambda opened: opened.write(content.encode()))
        except OSError as error:
            return f"This is not remembered: {error.strerror or error}."
        return said


@contextmanager
def _alone_with(file):
    """Keep other programs from changing the record meanwhile: a file beside it says that somebody is at work.

    Where it cannot be made, the block runs without; writing the record then says why.
    """
    lock, mine = file.with_name(f".{file.name[:40]}.lock"), False
    end = time.monotonic() + 2 * LONGEST
    while not mine and time.monotonic() < end:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            mine = True
        except FileExistsError:
            with suppress(OSError):
                if time.time() - lock.stat().st_mtime > LONGEST:
                    lock.unlink()
            time.sleep(0.005)
        except OSError as error:
            if os.name != "nt" or not isinstance(error, PermissionError):  # Windows says so while a file is removed
                break
            time.sleep(0.005)
    try:
        yield
    finally:
        if mine:
            with suppress(OSError):
                lock.unlink()


def _set_aside(file):
    other = next(
        other for n in range(1, 1000) if not (other := file.with_name(f"{file.stem}-damaged-{n}{file.suffix}")).exists()
    )
    try:
        os.replace(file, other)
    except OSError as error:
        return f"{file.name} is damaged and cannot be moved ({error.strerror or error}): remove it by hand."
    return f"{file.name} was damaged; it is kept as {other.name}, and a new record begins."
