"""Grade what learners hand in: `python -m helpers.exercises.grade FOLDER`.

FOLDER contains files written by `hand_in()`, notebooks, or both. There may be one folder for each learner, as exported
by a learning platform. The answers are run again in separate processes and compared with the solutions in this copy.
The verdicts recorded in the files are ignored. Two files are written: `grades.csv`, which gradebooks can import, and
`report.html`, which shows where learners are stuck and which mistakes they make. A `grades.csv` from an earlier run is
kept under a different name.

An exercise is worth 2 points, or 1 point if the answer contains a common mistake. A quick question is worth 1 point.

How strictly the processes are confined depends on the operating system. See `helpers.system.confinement` and the last
line of the report, which lists the protections that applied to every file. On Linux, the kernel prevents answers from
reading and changing files and, on x86-64, also from using the network, reaching other processes, and changing
permissions and dates. On macOS and Windows, only Python prevents this, so grade strangers' files on Linux or in a
virtual machine. On every system, answers are run but not inspected, and the checksum of a file is not a signature.
Functions must also give the right results in new cases, which are drawn each time files are graded. Code that merely
returns known results therefore gets no points, except in exercises whose cases contain no random numbers.

The exit status is 0 if every file was graded, 1 if some were not (the report lists them), and 2 if nothing was graded.
"""

import argparse
import copy
import dataclasses
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np

from helpers.exercises import class_list, gradebook, merging, rerun, source, worker, works
from helpers.exercises.gradebook import Mark
from helpers.exercises.registry import EXERCISES, LESSONS, with_seed
from helpers.exercises.submission import clean
from helpers.system import confinement

OUT = Path("build") / "grades"
NOT_STARTED = (
    f"No process that runs answers could be started by {sys.executable}: install the requirements of the lessons in a "
    "virtual environment, not with pip install --user, and start the program from there."
)
NO_ANSWER = {"error": "NotRunError: The code in the file does not check this exercise."}
NEEDED = "needed something that is not available here: check it by hand."
NOT_WRITTEN = "could not be run here, because files cannot be written during grading: check it by hand."
NOT_IN_NEW_CASES = "is right in the cases that learners can see, but not in new ones: check it by hand."
GUESSED = "may be a guess, because its cell also checks several wrong answers: check it by hand."
MOST_WRONG = 2  # a note is added if a cell that scores points checks more wrong answers than this
NOT_JUDGED = ("NotRunError", worker.UNREADABLE)
# Parts of error messages that may come from an honest answer that cannot be run here.
UNAVAILABLE = ("not allowed here", "not available here", "MemoryError", "ModuleNotFoundError", rerun.ENDED)


def grade(folder, out=None, lessons=None, listed=None):
    """Grade all files in a folder.

    Parameters
    ----------
    folder : path-like
    out : path-like, optional
        A folder to ignore, such as the one for the results.
    lessons : list of str, optional
        The lessons that count. By default, all lessons in which somebody has answered an exercise.
    listed : list of (str, str), optional
        The names and IDs of the learners in a class (see `class_list`).

    Returns
    -------
    gradebook.Grades

    Raises
    ------
    OSError
        If no answer can be run in this environment.
    """
    read, refused = works.read(Path(folder), out)
    functions = {name: _with_new_cases(one) for name, one in EXERCISES.items() if one.cases and not one.recorded}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # the threads only wait for other processes
        ran = list(zip(read, pool.map(lambda work: _run(work, EXERCISES | functions), read), strict=True))
    kept = [kept for _, answers in ran for kept in answers.kept]
    if not kept and any(work.cells for work in read):
        raise ChildProcessError(NOT_STARTED)
    for work, answers in ran:
        if work.shared:
            work.row.seed = works.seed(work, answers)
    # A seed in one notebook also applies to the learner's other notebooks.
    seeds_of = {work.row.learner: work.row.seed for work in read if work.shared and work.row.seed is not None}
    for work, answers in ran:
        work.row.seed = work.row.seed or seeds_of.get(work.row.learner)
        _mark(work, answers, with_seed(work.row.seed) | functions)
    merging.put_together([work.row for work in read if not work.shared])
    rows = merging.merged([work.row for work in read])
    merging.compare(rows)
    missing = None if listed is None else class_list.assign(rows, listed)
    counted = list(dict.fromkeys(lessons or ())) or sorted({name[:2] for row in rows for name in row.marks})
    exercises = [one for lesson in counted for one in LESSONS[lesson]]
    return gradebook.Grades(rows, refused, exercises, rerun.weakest(kept), missing)


def _with_new_cases(exercise):
    """Return a copy of an exercise that also runs functions on cases that nobody has seen before.

    These are made in the same way as the known cases, but their random numbers come from a different seed.
    """
    generator, secret = np.random.default_rng, secrets.randbits(32)
    with mock.patch.object(np.random, "default_rng", lambda seed: generator([seed, secret])):
        new = exercise.cases()
    return dataclasses.replace(
        exercise, cases=lambda: [*exercise.cases(), *copy.deepcopy(new)], m=[*exercise.m, *exercise.m]
    )


def _run(work, exercises):
    wanted = exercises if work.shared else {name: exercises[name] for names in work.names for name in names}
    return rerun.run(work.cells, wanted, work.shared)


# --- marking -------------------------------------------------------------------------------------


def _mark(work, answers, exercises):
    """Mark the answers in one file. If an exercise has several answers, the best one counts, as in hand_in()."""
    row, asked = work.row, _asked(work, answers)
    (found, ended), codes = _given(work, answers, asked), _codes(work, asked)
    errors = {}
    for name in [name for name in EXERCISES if name in found]:
        marked = [(_marked(exercises[name], one, work.kept.get(name)), one) for one in found[name]]
        mark, one = max(reversed(marked), key=lambda pair: (pair[0].points, pair[0].kind != "open"))
        if mark.kind != "open":
            if work.shared and one.get("cell") in range(len(work.cells)):
                codes[name] = work.cells[one["cell"]].text
            row.marks[name] = mark._replace(code=codes[name])
            if mark.kind != "right" and one.get("results") and rerun.verdict(EXERCISES[name], one).kind == "right":
                row.note(f"{name} {NOT_IN_NEW_CASES}", codes[name])
            wrong = [other["cell"] for each, other in marked if not each.points and "cell" in other]
            if mark.points and wrong.count(one.get("cell")) > MOST_WRONG:
                row.note(f"{name} {GUESSED}", codes[name])
            errors[name] = str(one.get("error") or ended.get(name, ""))
    noted = _note_attempts(work, answers, asked)
    _note_unread(work, answers, asked)
    for name in [name for name in errors if name not in noted]:
        for note in _note(name, row.marks[name], errors[name], ended.get(name, ""), work):
            row.note(note, codes[name])


def _given(work, answers, asked):
    """Return the answers to each exercise, and the error raised by the last cell that tried to answer it.

    The error is "" if that cell did not fail.
    """
    found, ended = {}, {}
    for i, names in enumerate(asked):
        failed = {"error": answers.errors[i]} if i in answers.errors else {"value": None} if work.shared else NO_ANSWER
        for name in names:
            given = answers.found.get(name, [])
            if i in answers.errors or name not in found:
                found[name] = given or [failed]
            if i in {*answers.errors, *(one["cell"] for one in given)}:
                ended[name] = answers.errors.get(i, "")
    kept = {name: [{"value": one.value, "given": True}] for name, one in work.kept.items()}
    return kept | found, ended


def _asked(work, answers):
    """For each cell, return the names of the exercises that it answers, according to its text or its results."""
    asked = [list(names) for names in work.names]
    for name in [name for name in answers.found if work.shared and name in EXERCISES]:
        for i in {one["cell"] for one in answers.found[name]} & set(range(len(asked))):
            asked[i] += [name] if name not in asked[i] else []
    return asked


def _note_unread(work, answers, asked):
    """If the call to `check` or `quiz` in a failed cell could not be read, add a note about that cell."""
    failed = sorted(work.unread & set(answers.errors))
    for i in failed:
        said = "A cell that failed contains a call to check or quiz that could not be read: check it by hand."
        work.row.note(f"{said} ({clean(answers.errors[i])[:150]})", work.cells[i].text)
    if work.shared and not failed and not any(asked) and not work.seeds:
        work.row.note("No answer to an exercise was found in this notebook: check it by hand.")


def _codes(work, asked):
    """Return a dict that maps each exercise's name to the code of the answer or, if there is no code, to its value."""
    codes = {name: one.answer or repr(one.value) for name, one in work.kept.items()}
    return codes | {name: work.cells[i].text for i, names in enumerate(asked) for name in names}


def _note_attempts(work, answers, asked):
    """Add a note about each cell that tried to access files, the network or processes.

    Return the names of the exercises in those cells.
    """
    noted = set()
    for i, events in sorted(answers.tried.items()):
        names, code = (asked[i], work.cells[i].text) if 0 <= i < len(asked) else ([], "")
        noted.update(names)
        harmless = {one: one[1] or one[0] in (*confinement.WRITES, confinement.READING) for one in events}
        said = clean(", ".join(event for event, _ in sorted(events, key=harmless.get)[:5]))[:150]
        wrong = [name for name in names if name in work.row.marks and work.row.marks[name].kind != "right"]
        if not all(harmless.values()):
            who = ", ".join(names) or "A cell"
            work.row.note(f"{who} tried to do something that an answer does not need: {said}.", code)
        elif wrong and all(event in confinement.WRITES for event, _ in events):
            work.row.note(f"{', '.join(wrong)} {NOT_WRITTEN} ({said})", code)
        elif names and not all(event in confinement.WRITES for event, _ in events):
            work.row.note(f"{', '.join(names)} {NEEDED} ({said})", code)
    return noted


def _note(name, mark, error, ended, work):
    """Return notes on an answer for the teacher to check. `ended` is the error raised by the whole cell, or ""."""
    error, kept = clean(error)[:150], work.kept.get(name)
    if any(sign in error for sign in UNAVAILABLE):
        return [f"{name} {NEEDED} ({error})"]
    if mark.kind == "right":
        return []
    missing = source.left_out(kept.answer) if kept else ""
    if missing:
        return [f"{name} was handed in without code that it needs: check it by hand. ({clean(missing)[:150]})"]
    if kept and kept.right:
        return [f"{name} was right on the learner's machine but not here: check it by hand."]
    of_the_file = work.shared and error and (not EXERCISES[name].cases or error.startswith(("NameError", "TimeUp")))
    if of_the_file or error.startswith(NOT_JUDGED) or ended.startswith("TimeUp"):
        return [f"{name} could not be run here: check it by hand. ({error or ended})"]
    return []


def _marked(exercise, found, kept):
    said = rerun.verdict(exercise, found)
    attempts, earned = kept.attempts if kept else 1, exercise.points(said)
    if said.kind == "open" and kept:  # `check` does not record an answer that is still missing
        return Mark("wrong", 0, f"`{exercise.answer_name}` returns None.", attempts)
    if said.kind != "wrong":
        return Mark(said.kind, earned, "", attempts)
    return Mark("mistake" if earned else "wrong", earned, exercise.usual_mistake(said) or said.words, attempts)


# --- the program ---------------------------------------------------------------------------------


def main(arguments=None):
    """Run the command-line program and return its exit status."""
    options = _options(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may contain any character
    if not options.folder.is_dir():
        return _refuse(f"There is no folder {options.folder}.")
    unknown = [lesson for lesson in options.lessons or () if lesson not in LESSONS]
    if unknown:
        return _refuse(f"There is no lesson {unknown[0]}: choose from {', '.join(LESSONS)}.")
    try:
        listed = class_list.read(options.class_list) if options.class_list else None
        gradebook.prepare(options.out)
    except (OSError, ValueError) as error:
        return _refuse(f"Nothing was graded: {error}")
    print(f"Grading {options.folder} …", flush=True)
    try:
        grades = grade(options.folder, options.out, options.lessons, listed)
        if not grades.rows and not grades.refused:
            return _refuse(f"{options.folder} contains no files.")
        paths, kept = gradebook.write(grades, options.out)
    except OSError as error:
        return _refuse(f"The results were not written: {error}")
    _report(grades, paths, kept)
    return 2 if not grades.rows else 1 if grades.refused else 0


def _report(grades, paths, kept):
    for file, reason in grades.refused:
        print(f"{file}: {reason}", file=sys.stderr)
    counts = f"Learners graded: {len(grades.rows)}. Files refused: {len(grades.refused)}."
    print(f"{counts} Wrote {' and '.join(map(str, paths))}.")
    if kept:
        print(f"The earlier {paths[0].name}, in which you may have corrected marks, is now {kept}.")


def _refuse(reason):
    print(reason, file=sys.stderr)
    return 2


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m helpers.exercises.grade",
        description="Run and judge the answers in files that learners have handed in, and write grades and a report.",
    )
    parser.add_argument("folder", type=Path, help="folder with notebooks and files written by hand_in()")
    parser.add_argument("--out", type=Path, default=OUT, help=f"folder for the results (default: {OUT})")
    parser.add_argument("--lessons", nargs="+", metavar="NN", help="lessons that count (default: those with answers)")
    parser.add_argument("--class-list", type=Path, metavar="CSV", help="list of learners, with the columns name and id")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
