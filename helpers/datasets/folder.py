"""The folder of bundled data, the checksums of its files, and the error for a file that is not as expected.

``python -m helpers.datasets checksums`` rewrites `data/checksums.txt` after files have been regenerated
deliberately. Each line holds a SHA-256 and a name, as ``sha256sum --check`` reads them; `make reproduce`
keeps the table up to date.
"""

import hashlib
from pathlib import Path

from helpers.system.files import read_bytes, replace_atomically

DATA = Path(__file__).resolve().parents[2] / "data"
TABLE = "checksums.txt"
LISTED = ("chelsea.h5", "runs/*.*", "runs/lessons/*.h5")  # the checksums of the digits are in `mnist`
LARGEST = 2**28  # bytes; far larger than any bundled file


class DataFileError(ValueError):
    """A data file is missing or does not match its checksum."""


def cure(name):
    """What to do if the bundled file or folder `name`, relative to the project, is missing or damaged."""
    return f"restore it with `git checkout -- {name}`, or copy {name} from a fresh download of this project"


def read_bundled(name):
    """The content of a bundled file, verified against its checksum.

    Parameters
    ----------
    name : str, relative to `data`, such as "runs/sweep.txt"

    Returns
    -------
    bytes

    Raises
    ------
    DataFileError
        If the file or the table of checksums is missing, or the content does not match.
    OSError
        If the file cannot be read for another reason, such as missing permission; the message says why.
    """
    content = _read(name)
    if checksums().get(name) != hashlib.sha256(content).hexdigest():
        fault = "is damaged or is a different file (its checksum does not match)"
        raise DataFileError(f"{Path(name).name} {fault}: {cure(f'data/{name}')}")
    return content


def checksums():
    """The table of checksums as a dict from names to SHA-256 in hexadecimal digits.

    Raises
    ------
    DataFileError, OSError
        See `read_bundled`.
    """
    first, _, lines = _read(TABLE).partition(b"\n")
    if first != _first_line(lines):
        raise DataFileError(f"{TABLE} is damaged: {cure(f'data/{TABLE}')}")
    return {name: digest for digest, name in (line.split() for line in lines.decode().splitlines())}


def write_checksums(*names):
    """Bring the table of checksums up to date.

    Parameters
    ----------
    *names : str, relative to `data`
        Files that have been regenerated. Default: rewrite the table for all files that it should list.
    """
    folder = DATA

    def fill(file):  # programs that write in the folder take turns, so no line is lost
        kept = checksums() if names and (folder / TABLE).exists() else {}
        listed = names or [path.relative_to(folder).as_posix() for glob in LISTED for path in folder.glob(glob)]
        kept |= {name: hashlib.sha256(_read(name)).hexdigest() for name in listed}
        lines = "".join(f"{kept[name]}  {name}\n" for name in sorted(kept)).encode()
        file.write(_first_line(lines) + b"\n" + lines)

    replace_atomically(folder / TABLE, fill)


def _first_line(lines):
    return f"# SHA-256 of the lines below: {hashlib.sha256(lines).hexdigest()}".encode()


def _read(name):
    try:
        return read_bytes(DATA / name, LARGEST)
    except FileNotFoundError:
        raise DataFileError(f"{Path(name).name} is missing: {cure(f'data/{name}')}") from None
