"""Write a copy of the lessons for a class, without outputs or solutions, and an answer book for the teacher.

``make handout`` writes both to `build/handout`. The folder `lessons` is self-contained. The notebook
`answer_book.ipynb` contains every solution with an explanation, as well as advice on marking.
"""

import argparse
import hashlib
import itertools
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from helpers.exercises import nbgrader_course, stripped
from helpers.exercises.registry import LESSONS, SOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
BOOK = "answer_book.ipynb"
WRITTEN = ".written.json"  # contains the checksums of the files in a handout
LEFT = re.compile(r"(^|/)(\.|__pycache__/|[^/]+\.egg-info/)")
FILES = ("LICENSE", "pyproject.toml", "requirements.txt", "requirements-scale.txt", ".gitignore")
NOTEBOOKS = (  # only these are copied, because the teacher's own notebooks are kept in the same folder
    "00_start_here",
    "01_fit_a_line",
    "02_classify",
    "03_two_layers",
    "04_n_layers",
    "05_check_gradients",
    "06_recognise_cats",
    "07_why_depth_is_hard",
    "08_ten_digits",
    "09_autograd",
    "10_scale_out",
    "11_playground",
    "12_todays_networks",
    "errata",
    "notation",
)
HIDDEN = (  # files of helpers/exercises that are left out
    "lesson_*.py",
    "handout.py",
    "nbgrader_course.py",
    "grade.py",
    "gradebook.py",
    "class_list.py",
    "works.py",
    "rerun.py",
    "worker.py",
)

README = """# Backpropagation, derived and checked

These are the lessons for your course. They need Python 3.11 to 3.14. To open them in the browser, run

    make lab

On Windows, or without make, run

    py -m venv .venv                     (elsewhere: python3 -m venv .venv; if Python is newer than 3.14: py -3.13 …)
    .venv\\Scripts\\python -m pip install -r requirements.txt -e .         (elsewhere: .venv/bin/python …)
    .venv\\Scripts\\jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

Begin with `notebooks/00_start_here.ipynb`. Every exercise gives you immediate feedback and has hints. Your teacher
has the solutions. Your progress is saved in `progress.json`, on your machine only.

To hand in your answers, run `from helpers.exercises import hand_in` and `hand_in()` in any lesson. This writes a file
next to the lesson and shows you what it contains. If your teacher asks you to use your own numbers, run
`from helpers.exercises import use_seed` and `use_seed("your name")` before you begin.
"""

RUBRIC = """# Answer book

This book contains the solution to every exercise, an explanation of why it is correct, and a list of common mistakes.
It is not meant for the class.

**Marking.** An exercise is worth 2 points if the check says "Right", and 1 point if the answer is one of the common
mistakes listed below it and the learner can explain the mistake. A quick question is worth 1 point. Hints are free, but
a learner who needed all of them should be able to explain the solution.

**Grading.** `python -m helpers.exercises.grade FOLDER` runs the answers of a class and grades them by the same rubric,
except that it cannot ask anybody to explain a mistake. If a learner has numbers of their own, run `use_seed("…")` with
the seed from the report. Then `solution("01.error")` shows the solution with these numbers.
"""

SETUP = """import os
import sys

import numpy as np

os.environ["LESSONS_PROGRESS"] = os.devnull  # do not record these answers as yours
sys.path[:0] = ["../..", "lessons"]  # find helpers/ next to this book or above it
from helpers.autograd import Variable, grad
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises import check, quiz"""


def write(folder=ROOT / "build" / "handout"):
    """Write the handout and the answer book to a folder, completely replacing any existing handout.

    If files have been changed in the existing handout or added to it, that handout is kept under another name.

    Parameters
    ----------
    folder : str or path-like
        The folder to write to.

    Returns
    -------
    kept : Path or None
        The new path of the existing handout, if it was kept.

    Raises
    ------
    FileExistsError
        If the folder contains something other than a handout.
    OSError
        If the handout cannot be written. An existing handout is left in place.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / BOOK).is_file():
        raise FileExistsError(f"{folder.name} contains something other than a handout. Move it elsewhere first.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        new = Path(place) / "new"
        _write_lessons(new / "lessons")
        nbformat.write(answer_book(), new / BOOK)
        (new / WRITTEN).write_text(json.dumps(_checksums(new)), encoding="utf-8")
        return _put_in_place(new, folder)


def _put_in_place(new, folder):
    """Rename the folder `new` to `folder`. Return the new path of an existing handout if it was changed, or None."""
    numbered = (folder.with_name(f"{folder.name}_{n}") for n in itertools.count(1))
    old = next(path for path in numbered if not path.exists())
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    if not old.exists() or _is_as_written(old):
        shutil.rmtree(old, ignore_errors=True)
        return None
    return old


def _is_as_written(folder):
    try:
        return json.loads((folder / WRITTEN).read_text(encoding="utf-8")) == _checksums(folder)
    except (OSError, ValueError):  # the handout was written before checksums were kept
        return not any(folder.iterdir())


def _checksums(folder):
    """Return the checksum of each file, apart from hidden files and those left behind by running the lessons."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names if not LEFT.search(name)}


def _write_lessons(folder):
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=_left_out)
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("cache", "cats", ".*"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    (folder / "README.md").write_text(README, encoding="utf-8")
    (folder / "Makefile").write_text(_makefile(), encoding="utf-8")
    stripped.write(folder / "helpers" / "exercises" / stripped.FILE.name, SOURCES)
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS:
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / f"{name}.ipynb")


def _makefile():
    """Return the project's Makefile without the targets that need files missing from the handout."""
    _, *paragraphs = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    kept = [
        text
        for text in paragraphs
        if not re.match(r"(#.*\n)*(test|check|site|pdf|slides|bench|reproduce|handout|\.venv/site|\.venv/scale):", text)
    ]
    text = "\n\n".join(["# `make lab` installs what the lessons need and opens them.", *kept])
    return re.sub(r"^\.PHONY:.*$", ".PHONY: lab setup", text, flags=re.MULTILINE)


def _left_out(at, names):
    """Return the names in a folder of `helpers` that are not copied.

    Backups and checkpoints of the exercises contain solutions too, so only Python files are copied from their folder.
    """
    left_out = shutil.ignore_patterns(".*", "__pycache__")(at, names)
    if Path(at).name == "exercises":
        left_out |= {name for name in names if not name.endswith(".py")} | shutil.ignore_patterns(*HIDDEN)(at, names)
    return left_out


def answer_book():
    """Return a notebook with all exercises.

    Each exercise comes with an explanation, a list of common mistakes, and a cell that contains its solution
    and checks it.
    """
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [markdown(RUBRIC), code(SETUP)]
    for lesson, exercises in LESSONS.items():
        cells.append(markdown(f"## Lesson {lesson}"))
        for exercise in exercises:
            cells += [markdown(f"### {exercise.name}\n\n{exercise.prompt}"), code(_solved(exercise))]
            cells.append(markdown(_rubric(exercise)))
    for i, cell in enumerate(cells):
        cell.id = f"answer-{i:03d}"
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={"kernelspec": nbgrader_course.KERNEL, "language_info": {"name": "python"}},
        nbformat_minor=5,
    )


def _solved(exercise):
    if exercise.is_question:
        name = exercise.name[3:]
        return f'{exercise.solution_text}\nquiz("{exercise.lesson}", {name}={name})'
    space = "\n\n\n" if exercise.cases else "\n"
    return f'{exercise.solution_text}{space}check("{exercise.name}", {exercise.answer_name})'


def _rubric(exercise):
    lines = [f"**Why:** {exercise.reason}", ""]
    for number, text in enumerate(exercise.hints, 1):
        lines.append(f"- Hint {number}: {text}")
    for wrong in exercise.wrong:
        answer = "" if exercise.cases else f" `{wrong.answer}`"
        lines.append(f"- Common mistake{answer}: {wrong.hint}")
    return "\n".join(lines)


def main(arguments=None):
    """Run the command-line program and return its exit status, which is 2 if nothing was written."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.exercises.handout",
        description="Write a copy of the lessons, without solutions, and an answer book to build/handout.",
    )
    parser.add_argument("--nbgrader", metavar="FOLDER", help="write a course for nbgrader to this folder instead")
    options = parser.parse_args(arguments)
    try:
        if options.nbgrader:
            nbgrader_course.write(options.nbgrader)
            print(f"Wrote a course for nbgrader to {options.nbgrader}. It contains solutions.")
        else:
            kept = write()
            print("Wrote build/handout/lessons for the class and build/handout/answer_book.ipynb for you.")
            if kept:
                print(f"The earlier handout, in which you may have changed or added files, is now {kept}.")
    except OSError as error:
        print(f"Nothing was written: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
