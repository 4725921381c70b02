"""Define the format of the file that a learner hands in, and convert submissions to and from it.

The file contains a JSON object with the learner's name, the seed of their numbers, their answers and a checksum::

    {"format": "backpropagation lessons, answers", "version": 1, "name": "Ada", "seed": null,
     "answers": {"01.error": {"attempts": 2, "right": true, "answer": "…", "value": -3, "mistake": ""}},
     "checksum": "…"}

The checksum is the SHA-256 hash of everything else as canonical JSON, with sorted keys and no optional whitespace.
A program written in JavaScript, which does not distinguish 4.0 from 4, may read the file and write it again in its own
way. The checksum remains the same, because whole numbers are written without a decimal point.

The checksum reveals whether a file has been damaged or carelessly edited. It is not a signature: anybody who can read
this module can write a file with a valid checksum. The answers are therefore judged again by `grade`, which ignores
"right".
"""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.exercises import record, source
from helpers.system.files import open_file

FORMAT, VERSION = "backpropagation lessons, answers", 1
LARGEST = 30_000_000  # bytes in a file; one with long answers to all exercises has about 200 000
LONGEST_NAME = 100
EXACT = 2**53  # whole numbers below this are exact in every program; larger ones are written like 1e+16
MOST_ANSWERS = 500
INVISIBLE = ("Cc", "Cf", "Cs", "Co")  # Unicode categories of characters that `clean` removes
UNREADABLE = record.Attempts(mistake="The answer could not be read.")
KEYS = {"format", "version", "name", "seed", "answers"}


class SubmissionError(ValueError):
    """Raised when a file was not written by hand_in() or has been changed. The message is one sentence."""


@dataclass
class Submission:
    """The answers that a learner hands in.

    Attributes
    ----------
    name : str
        The name that the learner chose.
    seed : str or None
        See `seed`.
    answers : dict
        Maps the name of an exercise to `record.Attempts`.
    """

    name: str
    seed: str | None
    answers: dict


def text_of(submission):
    """Return a submission as the text of its file."""
    answers = {name: asdict(_readable(asdict(one))) for name, one in sorted(submission.answers.items())}
    content = {"format": FORMAT, "version": VERSION, "name": submission.name, "seed": submission.seed}
    content = _portable(content | {"answers": answers})
    return json.dumps(content | {"checksum": checksum(content)}, indent=1, ensure_ascii=False) + "\n"


def checksum(content):
    """Return the hexadecimal SHA-256 hash of a file's content (without its checksum), written as canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def read(path):
    """Read a file that was handed in.

    Raises
    ------
    SubmissionError
        If the file is too large, damaged, changed or not a submission. The message does not contain the name of the
        file.
    OSError
        If the file cannot be read.
    """
    content = _parsed(read_limited(path, LARGEST))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SubmissionError("It is not a file written by hand_in().")
    if content.get("version") != VERSION:
        raise SubmissionError("It was written by another version of the lessons: grade it with that version.")
    stated = content.pop("checksum", None)
    try:
        same = stated in (checksum(content), checksum(_portable(content)))
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise SubmissionError("Its checksum is wrong, so it has been changed or damaged: ask for a new file.")
    if content.keys() != KEYS:
        raise SubmissionError("It contains entries that hand_in() does not write: ask for a new file.")
    return Submission(_name(content["name"]), _seed(content["seed"]), _answers(content["answers"]))


def read_limited(path, largest):
    """Return the bytes of an ordinary file.

    Raises
    ------
    SubmissionError
        If the file has more than `largest` bytes, or is a symbolic link, which could point anywhere.
    OSError
        If the file cannot be read.
    """
    if Path(path).is_symlink():
        raise SubmissionError("It is a link to another file: hand in the file itself.")
    with open_file(path) as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise SubmissionError(f"It is larger than {largest / 1e6:g} MB, so it was not read.")
    return data


def _parsed(data):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError):  # ValueError includes text that is not UTF-8 and numbers of 5000 digits
        raise SubmissionError("It is not JSON, so it is damaged or not a submission: ask for a new file.") from None


def clean(text):
    """Return text as a single line, without characters that are invisible or change the direction of the text.

    Characters that this version of Python does not know yet, such as new emoji, are kept.
    """
    kept = "".join(" " * c.isspace() if unicodedata.category(c) in INVISIBLE else c for c in str(text))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _name(name):
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or clean(name) != name:
        raise SubmissionError("It contains a name that hand_in() does not accept: ask for a new file.")
    return name


def _seed(seed):
    if seed is not None and (not isinstance(seed, str) or not 0 < len(seed) <= LONGEST_NAME or clean(seed) != seed):
        raise SubmissionError("It contains a seed that use_seed() does not accept: ask for a new file.")
    return seed


def _answers(answers):
    """Return the answers as a dictionary of `record.Attempts`."""
    if not isinstance(answers, dict) or len(answers) > MOST_ANSWERS:
        raise SubmissionError("Its answers are not in the form that hand_in() writes: ask for a new file.")
    return {name: _readable(given) for name, given in answers.items()}


def _readable(given):
    """Return an answer as `record.Attempts`, or `UNREADABLE` if it is not valid, so that the other answers still count.

    This is used for writing as well as for reading, so that everything that is written can be read back.
    """
    if not isinstance(given, dict) or given.keys() != record.Attempts.__dataclass_fields__.keys():
        return UNREADABLE
    one = record.Attempts(**given)
    if any(type(getattr(one, key)) is not kind for key, kind in record.TYPES.items()):
        return UNREADABLE
    try:
        sizes = (len(one.answer), len(one.mistake), len(json.dumps(one.value, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        return UNREADABLE
    plain = one.value is None or isinstance(one.value, (int, float, str, list))
    return one if plain and max(sizes) <= source.LONGEST and 0 <= one.attempts < 10**6 else UNREADABLE


def _portable(value):
    """Return a value in a form that stays the same when any program reads it from JSON and writes it again.

    Whole numbers become int, or float if they are large. Lone surrogates are replaced with question marks, because they
    cannot be written to a file.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_portable(item) for item in value]
    if isinstance(value, dict):
        return {_portable(key): _portable(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return float(value) if isinstance(value, int) and EXACT <= abs(value) < 10**300 else value
