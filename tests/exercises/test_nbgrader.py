"""The course for nbgrader: its metadata, and that nothing is given away when the solutions are taken out."""

import ast
import re
from unittest import mock

import jsonschema
import nbformat
import pytest

from helpers import exercises
from helpers.exercises import handout, nbgrader_course, record, seed
from helpers.exercises.registry import EXERCISES, LESSONS, with_seed

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


def exercise_of(cell):
    return cell.metadata.nbgrader.grade_id.partition("-")[2].replace("-", ".", 1)


def test_the_solutions_are_taken_out(notebook):
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cleared = without_solutions(cell.source)
            assert cleared.count("raise NotImplementedError()") == 1 and "SOLUTION" not in cleared
            ast.parse(cleared)
            body = EXERCISES[exercise_of(cell)].solution_text.splitlines()[-1].strip()
            assert body in cell.source and body not in cleared


@pytest.fixture
def teacher(tmp_path, monkeypatch):
    """Return the teacher's record, which has a seed."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(path))
    record.set_seed("teacher", [])
    return path


@pytest.fixture
def autograde(teacher, monkeypatch):
    """Return a function that runs notebooks as nbgrader does, each in a kernel of its own, and returns its points."""

    def run(notebook, answers=None, first=""):
        monkeypatch.setenv("LESSONS_PROGRESS", str(teacher))
        monkeypatch.setattr(seed, "_seed", {})
        scope, earned = {}, {}
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            data, text = cell.metadata.nbgrader, cell.source
            try:
                if data.grade:
                    *lines, last = ast.parse(text).body
                    exec(compile(ast.Module(lines, []), "test", "exec"), scope)
                    earned[exercise_of(cell)] = eval(compile(ast.Expression(last.value), "test", "eval"), scope)
                else:
                    exec(answers(exercise_of(cell)) if data.solution and answers else text, scope)
                    exec("" if data.solution else first, scope)  # a cell that the learner has put below the set-up
            except AssertionError:
                earned[exercise_of(cell)] = 0
        return earned

    return run


def test_the_solutions_earn_all_points(notebook, autograde):
    most = {exercise_of(cell): cell.metadata.nbgrader.points for cell in notebook.cells if "points(" in cell.source}
    assert autograde(notebook) == most


@pytest.mark.parametrize("lesson", ["01", "03"])
def test_a_seed_counts_for_its_own_notebook_only(lesson, autograde, teacher):
    course, before = nbgrader_course.notebook(lesson), teacher.read_bytes()
    most = {exercise.name: exercise.most_points for exercise in LESSONS[lesson]}

    def own(name):
        exercise = with_seed("aaron")[name]
        text = exercise.solution_text.replace(f"{name[3:]} =", "answer =")
        return f'{text}\ncheck("{name}", {exercise.answer_name})'

    assert autograde(course, own, 'use_seed("Aaron")') == most  # with Aaron's numbers, which he asked for
    assert autograde(course) == most  # after him, somebody with the numbers of the lesson
    assert sum(autograde(course, own).values()) < sum(most.values())  # his answers are right for nobody else
    assert teacher.read_bytes() == before


def test_the_configuration_protects_the_record_from_cells_above_the_set_up(teacher, monkeypatch):
    before = teacher.read_bytes()
    exec(nbgrader_course.CONFIGURATION, {"get_config": mock.MagicMock})
    monkeypatch.setattr(seed, "_seed", {})
    exercises.use_seed("Aaron")
    assert teacher.read_bytes() == before and seed.current("01.error") is with_seed("aaron")["01.error"]


def test_names_that_an_answer_redefines_do_not_matter(autograde):
    def answer(name):
        right = EXERCISES[name].right if name == "01.q2" else None
        return f"points = check = quiz = np = EXERCISES = lambda *_: 2\n{EXERCISES[name].answer_name} = {right}"

    earned = autograde(nbgrader_course.notebook("01"), answer)
    assert earned == {exercise.name: int(exercise.name == "01.q2") for exercise in LESSONS["01"]}


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


def test_the_program_writes_the_course_and_replaces_nothing(tmp_path, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_course.Path, "write_text", mock.Mock(side_effect=OSError("the disk is full")))
        assert handout.main(["--nbgrader", str(tmp_path / "course")]) == 2
    assert capsys.readouterr().err == "Nothing was written: the disk is full\n"
    assert handout.main(["--nbgrader", str(tmp_path / "course")]) == 0
    names = sorted(path.name for path in (tmp_path / "course" / "source").iterdir())
    assert names == [f"lesson_{lesson}" for lesson in LESSONS] and (tmp_path / "course/nbgrader_config.py").is_file()
    assert handout.main(["--nbgrader", str(tmp_path / "course")]) == 2
    assert "is not an empty folder. Choose another one." in capsys.readouterr().err
