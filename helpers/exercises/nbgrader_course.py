"""Write the exercises as a course for nbgrader: `python -m helpers.exercises.handout --nbgrader FOLDER`.

The folder will contain `source/lesson_NN/exercises_NN.ipynb` for each lesson and an `nbgrader_config.py`. Each exercise
consists of three cells: a locked prompt; the answer, from which nbgrader removes the solution; and a locked test, which
calls `helpers.exercises.points`. Learners need the copy of the lessons that `make handout` writes, and nbgrader needs
the teacher's copy. The metadata follow version 3 of nbgrader's schema.

nbgrader runs all notebooks in the teacher's copy, each in its own kernel. Nothing is recorded there, so the seeds of
the teacher and of other learners have no effect, and no answer is recorded as the teacher's. The only seed is the one
set by calling `use_seed` in the notebook. The configuration also turns off recording, because a learner may insert a
cell above the set-up.
"""

import ast
import shutil
import textwrap
from pathlib import Path

import nbformat

from helpers.exercises.registry import LESSONS

SCHEMA = 3
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SETUP = """import os

import numpy as np

os.environ["LESSONS_PROGRESS"] = os.devnull  # the grades depend on this notebook alone
from helpers.autograd import Variable, grad
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises import check, hint, use_seed"""
INTRODUCTION = """# Lesson {lesson}: exercises

Work through the lesson first. Replace `raise NotImplementedError()` with your answers, and run each cell to see \
whether your answer is right. `hint("{first}")` gives a hint.

If your teacher asks you to use your own numbers, insert a cell below the next one, call `use_seed("your name")` in \
it, and leave it in the notebook. `check("{first}", None)` then shows the question with your numbers if it has \
numbers that vary."""
TEST = """from helpers.exercises import points

points("{name}", {variable})"""  # imported here, because an answer may have redefined the name
CONFIGURATION = """import os

os.environ["LESSONS_PROGRESS"] = os.devnull  # do not record learners' seeds and answers as yours

c = get_config()

c.CourseDirectory.course_id = "backpropagation"
c.ExecutePreprocessor.timeout = 60
"""


def write(folder):
    """Write the source notebooks and the configuration to a new or empty folder, or leave it empty if this fails.

    Raises
    ------
    FileExistsError
        If the folder contains anything, such as a course with its grades.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not an empty folder. Choose another one.")
    try:
        for lesson in LESSONS:
            place = folder / "source" / f"lesson_{lesson}"
            place.mkdir(parents=True)
            nbformat.write(notebook(lesson), place / f"exercises_{lesson}.ipynb")
        (folder / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder / "source", ignore_errors=True)
        (folder / "nbgrader_config.py").unlink(missing_ok=True)
        raise


def notebook(lesson):
    """Return the source notebook with the exercises and quick questions of a lesson."""
    exercises = LESSONS[lesson]
    cells = [
        _cell("markdown", INTRODUCTION.format(lesson=lesson, first=exercises[0].name), f"introduction-{lesson}"),
        _cell("code", SETUP, f"setup-{lesson}"),
    ]
    for number, exercise in enumerate(exercises, 1):
        cells += _cells(number, exercise)
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)


def _cells(number, exercise):
    """Return the three cells of an exercise: the prompt, the answer and the test."""
    name = exercise.name.replace(".", "-")
    variable = exercise.answer_name
    prompt = f"**{number}.** {exercise.prompt}"
    if exercise.broken:
        prompt += f"\n\n```python\n{exercise.stub}\n```"
    call = f'check("{exercise.name}", {variable})'
    return [
        _cell("markdown", prompt, f"prompt-{name}"),
        _cell("code", f"{_answer(exercise, variable)}\n\n{call}", f"answer-{name}", locked=False, solution=True),
        _cell("code", TEST.format(name=exercise.name, variable=variable), f"test-{name}", points=exercise.most_points),
    ]


def _answer(exercise, variable):
    """Return the solution, marked so that nbgrader replaces it."""
    if not exercise.cases:
        code = exercise.solution_text
        if exercise.is_question:
            code += f"\n{variable} = {exercise.name[3:]}"
        return f"{variable} = None\n{BEGIN}\n{code}\n{END}"
    lines = exercise.solution_text.splitlines()
    first = ast.parse(exercise.solution_text).body[0].body[0].lineno - 1
    body = textwrap.dedent("\n".join(lines[first:]))
    return "\n".join([*lines[:first], textwrap.indent(f"{BEGIN}\n{body}\n{END}", "    ")])


def _cell(kind, text, grade_id, locked=True, solution=False, points=None):
    """Return a cell with nbgrader metadata. A cell with points is a test."""
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    metadata = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": SCHEMA,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        metadata["points"] = points
    return make(text, id=grade_id, metadata={"nbgrader": metadata})
