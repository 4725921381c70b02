"""Functions that read bundled data files and verify their checksums.

The checksums are listed in `data/checksums.txt`, where each line after the first gives a SHA-256
checksum and a file name, in the format that ``sha256sum --check`` expects. If you have deliberately regenerated
some of the files, update the table with ``python -m helpers.datasets checksums``. The command ``make reproduce``
updates it automatically.
"""

import hashlib
from pathlib import Path

from helpers.system.files import read_bytes, replace_atomically

DATA = Path(__file__).resolve().parents[2] / "data"
TABLE = "checksums.txt"
# The files in the table. The checksums of the digits are in the module `mnist`.
LISTED = ("chelsea.h5", "names.txt", "runs/[!.]*.*", "runs/lessons/[!.]*.h5")  # no hidden files
LARGEST = 2**28  # bytes; far larger than any bundled file


class DataFileError(ValueError):
    """Raised when a data file is missing or does not match its checksum."""


def cure(name):
    """Explain how to restore the bundled file or folder at the path `name`, relative to the project's top folder."""
    return f"restore it with `git checkout -- {name}`, or copy {name} from a fresh download of this project"


def read_bundled(name):
    """Read a bundled file and verify its checksum.

    Parameters
    ----------
    name : str
        Path of the file relative to the folder `data`, such as "runs/sweep.txt".

    Returns
    -------
    content : bytes

    Raises
    ------
    DataFileError
        If the file or the table of checksums is missing, or if the table does not list the file or gives
        a different checksum for it.
    OSError
        If the file cannot be read for another reason, such as missing permissions. The message gives the reason.
    """
    content, digest = _read(name), checksums().get(name)
    if digest is None:
        raise DataFileError(
            f"{name} is not in {TABLE}: add it to LISTED in helpers/datasets/folder.py, and run "
            "`python -m helpers.datasets checksums`"
        )
    if digest != hashlib.sha256(content).hexdigest():
        fault = "is damaged or is a different file (its checksum does not match)"
        raise DataFileError(f"{Path(name).name} {fault}: {cure(f'data/{name}')}")
    return content


def checksums():
    """Read the table of checksums into a dict that maps each file name to its hexadecimal SHA-256.

    Raises
    ------
    DataFileError, OSError
        See `read_bundled`.
    """
    first, _, lines = _read(TABLE).partition(b"\n")
    if first != _first_line(lines):
        raise DataFileError(f"{TABLE} is damaged: {cure(f'data/{TABLE}')}")
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines.decode().splitlines())}


def write_checksums(*names):
    """Update the table of checksums.

    Parameters
    ----------
    *names : str
        Paths, relative to the folder `data`, of the files whose checksums have changed. By default, the whole
        table is rewritten.
    """
    folder = DATA

    def fill(file):  # only one program at a time can run this function, so no line is lost
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
