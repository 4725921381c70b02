"""Read the work that learners have handed in, as files written by `hand_in()` or as notebooks, without running it.

A notebook is the work of one learner. Several notebooks in a subfolder are combined only if their names are the same up
to the lesson number, as in `01_fit_a_line.ipynb` and `02_classify.ipynb`, or `ada_01.ipynb` and `ada_02.ipynb`. Without
this rule, two learners with different numbers could be mistaken for one.
"""

import functools
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from helpers.exercises import rerun, seed as seeds, submission
from helpers.exercises.gradebook import Row
from helpers.exercises.registry import EXERCISES, LESSONS
from helpers.exercises.submission import SubmissionError, clean

LESSON_FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
LARGEST = 20_000_000  # bytes in a notebook, whose outputs may contain many figures
MOST_CODE = 1_000_000  # characters in all cells of a notebook
IGNORED = {"__macosx", "thumbs.db", "desktop.ini", "errata.ipynb", "notation.ipynb"}  # in lower case
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz"}
SEEDS = re.compile(r"^[^#\n]*\buse_seed\s*\(", re.MULTILINE)
ASKS = re.compile(r"\b(?:check|quiz|use_seed)\b")
ALIAS = re.compile(r"\b(?:check|quiz)\s+as\s+(\w+)|\b(\w+) *= *(?:\w+\.)*(?:check|quiz) *(?:[;#\n]|$)")
DEFINED = re.compile(r"^[ \t]*def +(\w+)([^\n]*(?:\n(?:[ \t][^\n]*)?)*)", re.MULTILINE)
CALL = re.compile(r"(?<!def )\b(\w+)\s*\(")
NAMED = re.compile(r"""(?:\b(hint|solution)\s*\(\s*(?:name\s*=\s*)?)?["'](\d\d\.\w+)["']""")
ANSWERED = re.compile(r"""\s*(?:lesson\s*=\s*)?["']?(\d\d?)\b""")
QUESTION = re.compile(r"\b(q\d)\s*=(?!\s*None\b)")
READABLE = re.compile(rf"""\s{{0,200}}[^\n]{{0,200}}?["']\d\d\.\w+["']|{ANSWERED.pattern}["']?\s*,\s*q\d""")
LONGEST_CALL = 2000  # number of characters in which to look for the questions in a call to quiz
LESSON = re.compile(r"(?<!\d)\d\d(?!\d)")
LONGEST_SHOWN = 100  # maximum number of characters of a folder or file name in messages


@dataclass
class Work:
    """The contents of one file, ready to be run."""

    row: Row
    cells: list
    names: list  # for each cell, the names of the exercises that its text mentions, apart from hints and solutions
    shared: bool = False  # whether it is a notebook, whose cells share their variables
    kept: dict = field(default_factory=dict)  # `record.Attempts` by name, from a file written by hand_in()
    seeds: bool = False  # whether a cell of the notebook calls use_seed()
    unread: set = field(default_factory=set)  # indices of cells with a call that does not name its exercise


def read(folder, out=None):
    """Read all files in a folder.

    Parameters
    ----------
    folder : Path
    out : path-like, optional
        A folder to ignore.

    Returns
    -------
    works : list of Work
    refused : list of (str, str)
        The files that cannot be graded, with the reasons.
    """
    opened = [(file, *_opened(path, file)) for path, file in _files(folder, out)]
    works = [work for _, work, _ in opened if work is not None]
    _put_together([work for work in works if work.shared])
    return works, [(file, reason) for file, work, reason in opened if work is None]


def seed(work, answers):
    """Return the seed in a notebook, or None. Add a note if the seed could not be determined.

    Parameters
    ----------
    work : Work
    answers : rerun.Answers
    """
    try:
        text = seeds.normal(answers.found["seed"][-1].get("value"))
        if text is not None or answers.found["seed"][-1].get("given") is False:
            return text
    except (KeyError, ValueError):
        pass
    if work.seeds:
        work.row.note(
            "The call to use_seed() could not be run here, so the answers were judged using the numbers in the "
            "lessons: check them by hand.",
            "\n\n".join(cell.text for cell in work.cells if SEEDS.search(cell.text)),
        )
    return None


def _put_together(notebooks):
    """Give all notebooks of the same learner, and no others, the same name and file."""
    folders = {}
    for work in notebooks:
        folders.setdefault(work.row.file.rpartition("/")[0], []).append(work)
    for folder, those in folders.items():
        rows = [work.row for work in those]
        files = [row.file.rpartition("/")[2] for row in rows]
        if folder and (len(rows) == 1 or _one_per_lesson(those, files)):
            for row in rows:
                row.name = row.file = folder
            if len(rows) > 1:
                rows[0].note(f"These notebooks were combined: {', '.join(files)}.")
        elif folder:
            for row in rows:
                row.note("Its folder contains other notebooks. Each was graded as the work of a different learner.")


def _one_per_lesson(works, files):
    """Return whether each name contains a different lesson number, and all names are the same up to that number.

    A number counts only if the notebook mentions an exercise of that lesson, as it could be the number of a learner.
    """
    found = []
    for work, file in zip(works, files, strict=True):
        named = {name[:2] for names in work.names for name in names}
        named = named or (set(LESSONS) if work.seeds else set())  # a notebook may contain only a call to use_seed()
        numbers = LESSON.finditer(file)
        found.append({file[: one.start()].casefold(): one[0] for one in numbers if one[0] in named})
    beginnings = set.intersection(*map(set, found))
    return any(len({one[beginning] for one in found}) == len(found) for beginning in beginnings)


def _files(folder, out):
    """Yield the path of each file, and its name relative to the folder. Links to folders are yielded, not followed."""
    skipped = os.path.abspath(out) if out is not None else None
    failed, known = [], {}
    for place, folders, names in os.walk(folder, onerror=failed.append):
        folders[:] = sorted(f for f in folders if not _ignored(f) and os.path.abspath(Path(place, f)) != skipped)
        links = [name for name in folders if os.path.islink(Path(place, name))]
        for name in sorted([*names, *links]):
            if not _ignored(name):
                yield Path(place, name), _shown(Path(place, name).relative_to(folder), known)
    for error in failed:
        yield Path(error.filename), _shown(Path(os.path.relpath(error.filename, folder)), known)


def _ignored(name):
    """Return whether a file or folder was created by a file manager, or is a notebook without exercises."""
    return name.startswith(".") or name.lower() in IGNORED


def _shown(path, known):
    """Return a short text for a relative path, and store it in `known`, so that no other path gets the same text."""
    folder = "" if path.parent == Path() else f"{known.get(path.parent) or _shortened(path.parent, '', known)}/"
    return _shortened(path, folder, known)


def _shortened(path, folder, known):
    text = clean(path.name if folder else path.as_posix()) or "a file without a name"
    if len(text) > LONGEST_SHOWN:
        text = f"{text[: LONGEST_SHOWN // 2]}…{text[-LONGEST_SHOWN // 2 :]}"
    found, number = f"{folder}{text}", 1
    while found in known.values():
        number += 1
        found = f"{folder}({number}) {text}"
    known[path] = found
    return found


def _without_txt(path):
    """Return a path without the suffix .txt, which mail programs and Windows add to the names of files."""
    return path.with_suffix("") if path.suffix.lower() == ".txt" else path


def _opened(path, file):
    """Return the contents of a file and "", or None and the reason why it cannot be graded."""
    try:
        if path.is_symlink():
            return None, "It is a link to another file or folder: hand in the file itself."
        sort = _without_txt(path).suffix.lower()
        if sort == ".json":
            return _handed_in(path, file), ""
        if sort == ".ipynb":
            return _notebook(path, file), ""
        if sort in ARCHIVES and path.is_file():
            return None, "It is an archive: unpack it first, into a folder of its own."
        return None, "It is not a file written by hand_in(), a notebook or a folder that can be read."
    except (SubmissionError, OSError) as error:
        return None, str(error)


def _handed_in(path, file):
    given = submission.read(path)
    known = {name: one for name, one in given.answers.items() if name in EXERCISES}
    run = [name for name, one in known.items() if one.value is None and one.answer]
    row = Row(given.name, file, given.seed)
    if len(known) < len(given.answers):
        row.note(f"Answers to exercises that this copy does not contain: {len(given.answers) - len(known)}.")
    return Work(row, [rerun.Cell(known[name].answer) for name in run], [[name] for name in run], kept=known)


def _notebook(path, file):
    """Read a notebook as data. It is executed later, in another process."""
    try:
        cells = json.loads(submission.read_limited(path, LARGEST).decode("utf-8-sig"))["cells"]
        texts = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = [text if isinstance(text, str) else "".join(text) for text in texts]
    except SubmissionError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SubmissionError("It is not a notebook, or it is damaged: ask for a new file.") from None
    if sum(map(len, texts)) > MOST_CODE:
        raise SubmissionError(f"Its cells contain more than {MOST_CODE} characters, so it was not run.")
    if not any(map(ASKS.search, texts)):
        raise SubmissionError("None of its cells answers an exercise.")
    lessons, asking = _of_the_lessons(), _asking(texts)
    calls, seeds = [_calls(text, asking) for text in texts], [bool(SEEDS.search(text)) for text in texts]
    cells = [rerun.Cell(text, bool(text not in lessons or seeds[i] or calls[i])) for i, text in enumerate(texts)]
    return Work(
        Row(_without_txt(Path(file)).stem, file),
        cells,
        [_named(text, calls[i]) for i, text in enumerate(texts)],
        shared=True,
        seeds=any(seeds),
        unread={i for i, text in enumerate(texts) if not all(READABLE.match(text, end) for end in calls[i])},
    )


@functools.cache
def _of_the_lessons():
    """Return the text of every code cell in the lessons. These cells are slow to run, and answers rarely need them."""
    notebooks = [json.loads(path.read_text("utf-8")) for path in sorted(LESSON_FOLDER.glob("*.ipynb"))]
    return {"".join(cell["source"]) for one in notebooks for cell in one["cells"] if cell["cell_type"] == "code"}


def _asking(texts):
    """Return the names in a notebook that refer to `check` or `quiz`, or to functions that call them."""
    names = {"check", "quiz"}
    names |= {alias[1] or alias[2] for text in texts for alias in ALIAS.finditer(text)}
    return names | {one[1] for text in texts for one in DEFINED.finditer(text) if _calls(one[2], names)}


def _calls(text, names):
    """Return the positions at which the arguments begin in calls to these functions."""
    return [call.end() for call in CALL.finditer(text) if call[1] in names]


def _named(text, calls):
    """Return the names of the exercises that a cell seems to answer. Running it shows which ones it really answers."""
    found = [one[2] for one in NAMED.finditer(text) if not one[1]]
    for begin in calls:
        if lesson := ANSWERED.match(text, begin):
            asked = QUESTION.findall(text, lesson.end(), begin + LONGEST_CALL)
            found += [f"{lesson[1].zfill(2)}.{question}" for question in asked]
    return list(dict.fromkeys(name for name in found if name in EXERCISES))
