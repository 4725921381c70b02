"""The course for nbgrader: its metadata, and that nothing is given away when the solutions are taken out."""

import ast
import re

import jsonschema
import nbformat
import pytest

from helpers import exercises
from helpers.exercises import handout, nbgrader_course
from helpers.exercises.registry import EXERCISES, LESSONS

BOOLEAN = {"type": "boolean"}
# The schema of cell metadata in nbgrader 0.9.6, from nbgrader/nbgraderformat/v3.json.
SCHEMA = {
    "type": "object",
    "properties": {
        "schema_version": {"type": "integer", "minimum": 3, "maximum": 3},
        **dict.fromkeys(("grade", "locked", "solution", "task"), BOOLEAN),
        "grade_id": {"type": "string", "pattern": r"^[a-zA-Z0-9_\-]*$"},
        "points": {"type": "number", "minimum": 0},
        "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
        "cell_type": {"type": "string", "enum": ["raw", "code", "markdown"]},
    },
    "required": ["schema_version", "grade", "locked", "solution"],
    "additionalProperties": False,
}
REGION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module", params=LESSONS)
def notebook(request):
    return nbgrader_course.notebook(request.param)


def test_the_metadata_follow_the_schema(notebook):
    nbformat.validate(notebook)
    ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        data = dict(cell.metadata.nbgrader)
        jsonschema.validate(data, SCHEMA)
        assert data["grade_id"] and ("points" in data) == data["grade"]
        # nbgrader: a Markdown cell is graded by hand if it has points, and a test is locked and no solution.
        assert not (data["grade"] and (data["solution"] or cell.cell_type == "markdown"))
        assert data["locked"] != data["solution"]


def test_every_exercise_has_its_points(notebook):
    (lesson,) = {cell.metadata.nbgrader.grade_id[5:7] for cell in notebook.cells if cell.metadata.nbgrader.grade}
    tests = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in notebook.cells if "points(" in c.source}
    assert tests == {
        f"test-{exercise.name.replace('.', '-')}": 1 if exercise.is_question else 2 for exercise in LESSONS[lesson]
    }


def without_solutions(text):
    return REGION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError()", text)


def test_the_solutions_are_taken_out_and_run_before(notebook, monkeypatch):
    """Answers that hold the solutions earn all points in a fresh namespace, and without them nothing is left."""
    scope, earned = {}, {}
    for cell in notebook.cells:
        data = cell.metadata.nbgrader
        if data.solution:
            name = data.grade_id.removeprefix("answer-").replace("-", ".", 1)
            cleared = without_solutions(cell.source)
            assert cleared.count("raise NotImplementedError()") == 1 and "SOLUTION" not in cleared
            ast.parse(cleared)
            body = EXERCISES[name].solution_text.splitlines()[-1].strip()
            assert body in cell.source and body not in cleared
        if cell.cell_type == "code" and data.grade:
            earned[data.grade_id] = eval(cell.source, scope)
        elif cell.cell_type == "code":
            exec(cell.source, scope)
    assert earned == {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in notebook.cells if c.metadata.nbgrader.grade}  # fmt: skip  # noqa: E501


def test_a_task_to_find_a_mistake_shows_the_given_function():
    prompt = next(
        c for c in nbgrader_course.notebook("01").cells if c.metadata.nbgrader.grade_id == "prompt-01-gradients"
    )
    assert EXERCISES["01.gradients"].stub in prompt.source


def test_points():
    assert exercises.points("01.error", -3) == 2 and exercises.points("01.error", 9) == 1
    assert exercises.points("01.q1", (1, 2)) == 1
    for name, answer, words in (
        ("01.error", 17, "Not yet"), ("01.q1", (2, 1), "transposed"), ("01.error", None, "Not done yet"),
        ("nothing", 1, "There is no exercise"),
    ):  # fmt: skip
        with pytest.raises(AssertionError, match=words):
            exercises.points(name, answer)


def test_the_program_writes_the_course_and_replaces_nothing(tmp_path, capsys):
    assert handout.main(["--nbgrader", str(tmp_path / "course")]) == 0
    names = sorted(path.name for path in (tmp_path / "course" / "source").iterdir())
    assert names == [f"lesson_{lesson}" for lesson in LESSONS] and (tmp_path / "course/nbgrader_config.py").is_file()
    assert handout.main(["--nbgrader", str(tmp_path / "course")]) == 2
    assert "is not an empty folder. Choose another one." in capsys.readouterr().err
