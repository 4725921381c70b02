"""For teachers: the lessons without outputs and solutions, for a class, and an answer book.

``make handout`` writes both to `build/handout`: the self-contained folder `lessons`, and `answer_book.ipynb`, one
notebook with every solution, its explanation and how to mark it.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from helpers.exercises import stripped
from helpers.exercises.registry import LESSONS

ROOT = Path(__file__).resolve().parent.parent.parent
BOOK = "answer_book.ipynb"
FILES = ("LICENSE", "pyproject.toml", "requirements.txt", "requirements-scale.txt", ".gitignore")
HIDDEN = ("lesson_*.py", "handout.py", "__pycache__", "*.pyc")  # of helpers/exercises
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

README = """# Backpropagation, derived and checked

The lessons for your course. With Python 3.11 to 3.14:

    make lab

opens them in the browser. On Windows, or without make:

    py -m venv .venv                                                    (elsewhere: python3 -m venv .venv)
    .venv\\Scripts\\python -m pip install -r requirements.txt -e .         (elsewhere: .venv/bin/python …)
    .venv\\Scripts\\jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

Begin with `notebooks/00_start_here.ipynb`. Every exercise answers at once and has hints; your teacher
has the solutions. What you have done is remembered in `progress.json`, on your machine only.
"""

RUBRIC = """# Answer book

Solutions to all exercises, the reason of each, and the mistakes that are usual. Not for the class.

**Marking.** An exercise gives 2 points if the check says "Right", 1 point if the answer is one of the usual
mistakes listed under it and the learner can say why it is one, and 0 points otherwise. A quick question gives 1 point.
Hints cost nothing; whoever needed all of them should be able to explain the solution.
"""

SETUP = """import os
import sys

import numpy as np

os.environ["LESSONS_PROGRESS"] = os.devnull  # these are no answers of yours
sys.path[:0] = ["../..", "lessons"]  # finds helpers/ beside this book or above it
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises import check, quiz"""


def write(folder=ROOT / "build" / "handout"):
    """Write the handout and the answer book to `folder`; an existing handout is replaced completely.

    Raises
    ------
    FileExistsError
        If the folder holds something other than a handout.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / BOOK).is_file():
        raise FileExistsError(f"{folder.name} holds something else than a handout: move it away first")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        new = Path(place) / "new"
        _write_lessons(new / "lessons")
        nbformat.write(answer_book(), new / BOOK)
        if folder.exists():
            folder.rename(Path(place) / "old")  # removed with the temporary folder
        new.rename(folder)


def _write_lessons(folder):
    shutil.copytree(
        ROOT / "helpers", folder / "helpers", ignore=lambda at, names: _hidden(at, names) | _caches(at, names)
    )
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("cache", "cats", ".*"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    (folder / "README.md").write_text(README, encoding="utf-8")
    (folder / "Makefile").write_text(_makefile(), encoding="utf-8")
    stripped.write(folder / "helpers" / "exercises" / stripped.FILE.name, LESSONS)
    (folder / "notebooks").mkdir()
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / path.name)


def _makefile():
    """The project's Makefile without the targets whose files are not in the handout."""
    _, *paragraphs = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    kept = [
        text
        for text in paragraphs
        if not re.match(r"(#.*\n)*(test|check|site|bench|reproduce|handout|\.venv/site|\.venv/scale):", text)
    ]
    text = "\n\n".join(["# `make lab` sets up what it needs and opens the lessons.", *kept])
    return re.sub(r"^\.PHONY:.*$", ".PHONY: lab setup", text, flags=re.MULTILINE)


def _hidden(at, names):
    return shutil.ignore_patterns(*HIDDEN)(at, names) if Path(at).name == "exercises" else set()


def _caches(at, names):
    return shutil.ignore_patterns("__pycache__")(at, names)


def answer_book():
    """One notebook with every prompt, its solution in a self-checking cell, the explanation and common mistakes."""
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
        cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}}, nbformat_minor=5
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
        lines.append(f"- Usual mistake{answer}: {wrong.hint}")
    return "\n".join(lines)


if __name__ == "__main__":
    write()
    print(
        "Written: build/handout/lessons, for the class, and build/handout/answer_book.ipynb, for you.", file=sys.stdout
    )
