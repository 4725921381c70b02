"""The folder of the bundled data, and the error of a file in it that is not what it should be."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


class DataFileError(ValueError):
    """A bundled data file is missing or is not what it should be."""


def cure(name):
    """What to do about a bundled file (or folder) of this name, relative to the project, that is missing or damaged."""
    return f"restore it with `git checkout -- {name}`, or copy {name} from a fresh download of this project"
