"""Grade what learners hand in: `python -m helpers.exercises.grade FOLDER`.

FOLDER contains files written by `hand_in()`, notebooks, or both, possibly in one folder for each learner as a learning
platform exports them. The answers are run again in other processes and judged by the solutions of this copy, and the
verdict in a file is not believed. Two files are written: `grades.csv`, which gradebooks import, and `report.html`,
which says who is stuck where and on which mistake.

An exercise is worth 2 points, or 1 point for a usual mistake. A quick question is worth 1 point.

How well the process is confined depends on the system; see `helpers.system.confinement`, and the last line of the
report. On Linux, the kernel denies the network and all files. On macOS and Windows, only Python does, so grade
strangers' files on Linux or in a virtual machine. In any case an answer is only run, not read: whoever returns the
recorded right results for the known cases gets the points, and the checksum of a file is no signature.

The exit status is 0 if every file was graded, 1 if some were not, each of which is one line in the report, and 2 if
nothing was graded.
"""

import argparse
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from helpers.exercises import gradebook, rerun, seed as seeds, submission
from helpers.exercises.gradebook import Mark, Row
from helpers.exercises.registry import EXERCISES, LESSONS, with_seed
from helpers.exercises.submission import SubmissionError, clean

OUT = Path("build") / "grades"
LARGEST = 20_000_000  # bytes in a notebook, whose outputs may contain many figures
MOST_CODE = 1_000_000  # characters in all cells of a notebook
NO_ANSWER = {"error": "NotRunError: The code in the file does not check this exercise."}
IGNORED = {"__MACOSX", ".ipynb_checkpoints"}
ASKS = re.compile(r"\b(?:check|quiz)\s*\(")
NAMED = re.compile(r"""check\s*\(\s*["'](\d\d\.\w+)["']""")
ANSWERED = re.compile(r"""quiz\s*\(\s*["']?(\d\d?)\b""")
QUESTION = re.compile(r"\b(q\d)\s*=(?!\s*None\b)")


@dataclass
class Work:
    """The contents of one file, ready to be run."""

    row: Row
    cells: list
    names: list  # for each cell, the names of the exercises that it answers
    shared: bool
    kept: dict = field(default_factory=dict)  # `record.Attempts` by name, from a file written by hand_in()


def grade(folder, out=None, lessons=None):
    """Grade all files in a folder.

    Parameters
    ----------
    folder : path-like
    out : path-like, optional
        A folder that is left out.
    lessons : list of str, optional
        The lessons that count. By default, those to which somebody has answered.

    Returns
    -------
    gradebook.Grades
    """
    refused, protection = [], []
    works = [(file, *_opened(path, file)) for path, file in _files(Path(folder), out)]
    refused += [(file, reason) for file, work, reason in works if work is None]
    works = [work for _, work, _ in works if work is not None]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # the threads only wait for other processes
        ran = list(zip(works, pool.map(_run, works), strict=True))
    for work, answers in ran:  # a seed in one notebook of a folder holds for all of them
        if work.shared:
            work.row.seed = _seed(answers.found.get("seed", {}).get("value"))
    seeds_of = {work.row.file: work.row.seed for work in works if work.row.seed is not None}
    for work, answers in ran:
        work.row.seed = seeds_of.get(work.row.file)
        _mark(work, answers)
        protection = answers.protection or protection
    rows = _merged([work.row for work in works])
    _compare(rows)
    counted = lessons or sorted({name[:2] for row in rows for name in row.marks})
    exercises = [one for lesson in counted for one in LESSONS[lesson]]
    return gradebook.Grades(rows, refused, exercises, protection)


def _files(folder, out):
    """Yield the path of each file, and its name relative to the folder. Links to folders are yielded, not followed."""
    skipped = os.path.abspath(out) if out is not None else None
    failed = []
    for place, folders, names in os.walk(folder, onerror=failed.append):
        folders[:] = sorted(f for f in folders if f not in IGNORED and os.path.abspath(Path(place, f)) != skipped)
        links = [name for name in folders if os.path.islink(Path(place, name))]
        for name in sorted([*names, *links]):
            if not name.startswith("."):
                yield Path(place, name), _shown(Path(place, name).relative_to(folder))
    for error in failed:
        yield Path(error.filename), _shown(os.path.relpath(error.filename, folder))


def _shown(path):
    return clean(Path(path).as_posix())[:150] or "a file without a name"


def _opened(path, file):
    """Return the contents of a file and "", or None and the reason why it cannot be graded."""
    try:
        if path.is_symlink():
            return None, "It is a link to another file or folder: hand in the file itself."
        if path.suffix.lower() == ".json":
            return _handed_in(path, file), ""
        if path.suffix.lower() == ".ipynb":
            return _notebook(path, file), ""
        return None, "It is neither a file written by hand_in() nor a notebook, or a folder that cannot be read."
    except (SubmissionError, OSError) as error:
        return None, str(error)


def _handed_in(path, file):
    given = submission.read(path)
    known = {name: one for name, one in given.answers.items() if name in EXERCISES}
    run = [name for name, one in known.items() if one.value is None and one.answer]
    row = Row(given.name, file, given.seed)
    if len(known) < len(given.answers):
        row.notes.append(f"{len(given.answers) - len(known)} answers belong to no exercise of this copy.")
    return Work(row, [rerun.Cell(known[name].answer) for name in run], [[name] for name in run], False, known)


def _notebook(path, file):
    """Read a notebook as data. It is only executed in another process."""
    try:
        cells = json.loads(submission.read_limited(path, LARGEST).decode("utf-8-sig"))["cells"]
        texts = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = [text if isinstance(text, str) else "".join(text) for text in texts]
    except SubmissionError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SubmissionError("It is not a notebook, or it is damaged: ask for a new one.") from None
    if sum(map(len, texts)) > MOST_CODE:
        raise SubmissionError(f"Its cells have more than {MOST_CODE} characters, so it is not run.")
    names = [_asked(text) for text in texts]
    if not any(names):
        raise SubmissionError("No cell in it answers an exercise.")
    folder, _, last = file.rpartition("/")
    row = Row(folder or last.removesuffix(".ipynb"), folder or file)
    return Work(row, [rerun.Cell(text, bool(ASKS.search(text))) for text in texts], names, True)


def _asked(text):
    """Return the names of the exercises that a cell answers."""
    found = NAMED.findall(text)
    for call in ANSWERED.finditer(text):
        found += [f"{call[1].zfill(2)}.{question}" for question in QUESTION.findall(text[call.end() :])]
    return list(dict.fromkeys(name for name in found if name in EXERCISES))


def _run(work):
    wanted = {name: EXERCISES[name] for names in work.names for name in names}
    return rerun.run(work.cells, wanted, work.shared)


# --- marking -------------------------------------------------------------------------------------


def _mark(work, answers):
    """Give marks for the answers of one file."""
    row, found, ended = work.row, {}, {}
    for i, names in enumerate(work.names):
        failed = {"error": answers.errors[i]} if i in answers.errors else {"value": None} if work.shared else NO_ANSWER
        found |= {name: answers.found.get(name, failed) for name in names}
        ended |= dict.fromkeys(names, answers.errors.get(i, ""))
    for name, one in work.kept.items():
        if name not in found:
            found[name] = {"value": one.value, "given": True}
    for name in [name for name in EXERCISES if name in found]:
        kept, error = work.kept.get(name), f"{found[name].get('error')} {ended.get(name, '')}"
        mark = _marked(with_seed(row.seed)[name], found[name], kept)
        if mark.kind != "open":
            row.marks[name] = mark
        if "not allowed here" in error or rerun.ENDED in error:
            said = clean(error.removeprefix("None "))[:150]
            row.notes.append(f"{name} tried something that an answer does not need: {said}")
        elif kept and kept.right and mark.kind != "right":
            row.notes.append(f"{name} was right on the learner's machine but not here: look at it by hand.")


def _seed(value):
    try:
        return seeds.normal(value)
    except ValueError:
        return None


def _marked(exercise, found, kept):
    said = rerun.verdict(exercise, found)
    attempts, earned = kept.attempts if kept else 1, exercise.points(said)
    if said.kind != "wrong":
        return Mark(said.kind, earned, "", attempts)
    words = exercise.usual_mistake(said) or (kept.mistake if kept and kept.mistake else said.words)
    return Mark("mistake" if earned else "wrong", earned, words, attempts)


def _merged(rows):
    """Return the rows with those of one folder made into one."""
    merged = {}
    for row in rows:
        first = merged.setdefault((row.name, row.file), row)
        if first is not row:
            first.seed = first.seed or row.seed
            first.notes += row.notes
            for name, mark in row.marks.items():
                first.marks[name] = max(mark, first.marks.get(name, mark), key=lambda one: one.points)
    return list(merged.values())


def _compare(rows):
    """Note names and seeds that occur twice."""
    for i, row in enumerate(rows):
        for other in rows[:i]:
            if clean(row.name).casefold() == clean(other.name).casefold():
                row.notes.append(f"The name is the same as in {other.file}.")
            if row.seed is not None and row.seed == other.seed:
                row.notes.append(f"The seed is the same as in {other.file}.")


# --- the program ---------------------------------------------------------------------------------


def main(arguments=None):
    """Run the command-line program and return its exit status."""
    options = _options(arguments)
    if not options.folder.is_dir():
        return _refuse(f"There is no folder {options.folder}.")
    unknown = [lesson for lesson in options.lessons or () if lesson not in LESSONS]
    if unknown:
        return _refuse(f"There is no lesson {unknown[0]}: choose from {', '.join(LESSONS)}.")
    print(f"Grading {options.folder} …", flush=True)
    grades = grade(options.folder, options.out, options.lessons)
    if not grades.rows and not grades.refused:
        return _refuse(f"{options.folder} contains no files.")
    try:
        paths = gradebook.write(grades, options.out)
    except OSError as error:
        return _refuse(f"The results were not written: {error}")
    for file, reason in grades.refused:
        print(f"{file}: {reason}", file=sys.stderr)
    print(f"Graded {len(grades.rows)} and refused {len(grades.refused)}. Wrote {' and '.join(map(str, paths))}.")
    return 2 if not grades.rows else 1 if grades.refused else 0


def _refuse(reason):
    print(reason, file=sys.stderr)
    return 2


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m helpers.exercises.grade",
        description="Run and judge the answers in files that learners handed in, and write grades and a report.",
    )
    parser.add_argument("folder", type=Path, help="folder with files written by hand_in() and notebooks")
    parser.add_argument("--out", type=Path, default=OUT, help=f"folder for the results (default: {OUT})")
    parser.add_argument("--lessons", nargs="+", metavar="NN", help="lessons that count (default: those answered)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
