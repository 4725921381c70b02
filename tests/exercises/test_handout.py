"""The handout for a class holds no solution and works; the answer book runs whole."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from fresh_kernel import run

from helpers.exercises import handout, judging, repair, stripped
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES, LESSONS
from helpers.exercises.variation import committed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "handout"
    handout.write(folder)
    return folder


def execute(path, **environment):
    """Run a notebook in its own folder, and give it back with outputs."""
    notebook = nbformat.read(path, as_version=4)
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        run(notebook, path.parent)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return notebook


def test_every_lesson_of_the_readme_is_in_a_handout():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[[^]]+\]\(notebooks/(\w+)\.ipynb\) ", text, re.MULTILINE) == list(handout.NOTEBOOKS)


def test_the_lessons_are_whole_and_without_outputs(folder):
    originals = sorted((ROOT / "notebooks").glob("*.ipynb"))
    copies = sorted((folder / "lessons" / "notebooks").iterdir())
    assert [path.name for path in copies] == [path.name for path in originals]
    for original, path in zip(originals, copies, strict=True):
        cells = nbformat.read(path, as_version=4).cells
        assert [cell.source for cell in cells] == [c.source for c in nbformat.read(original, as_version=4).cells]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    for name in ("README.md", "Makefile", "requirements.txt", "data/chelsea.h5", "helpers/backprop/network.py"):
        assert (folder / "lessons" / name).is_file()
    assert not list(folder.rglob("__pycache__")) and not (folder / "lessons" / "data" / "cache").exists()


def test_no_file_holds_a_solution(folder):
    texts = {path: path.read_text("utf-8") for path in (folder / "lessons").rglob("*") if path.suffix in TEXT}
    assert len(texts) > 25
    refuse_secrets(texts)


def refuse_secrets(texts):
    for path, text in texts.items():
        if path.parent.name == "exercises":
            assert not path.name.startswith("lesson_") and path.name != "handout.py"
        for exercise in EXERCISES.values():
            hints = [wrong.hint for wrong in exercise.wrong if path.name != "typed.py"]  # it has some for any exercise
            for secret in (exercise.reason, exercise.solution_text, *hints):
                escaped = secret.replace('"', '\\"').replace("\n", "\\n")  # as JSON has it
                assert secret not in text and escaped not in text, (path.name, exercise.name)


def test_the_makefile_of_the_copy_has_what_works_there(folder):
    text = (folder / "lessons" / "Makefile").read_text("utf-8")
    assert set(re.findall(r"^([\w./]+):(?!=)", text, re.MULTILINE)) == {".PHONY", "lab", "setup", ".venv/ready"}
    if shutil.which("make"):
        plan = subprocess.run(["make", "-n", "lab"], cwd=folder / "lessons", capture_output=True, text=True, check=True)
        assert "jupyter lab" in plan.stdout


TEXT = {".py", ".json", ".md", ".ipynb", ".toml", ".txt"}


def test_a_solution_that_is_put_there_would_be_found():
    with pytest.raises(AssertionError, match="planted"):
        refuse_secrets({Path("planted.json"): json.dumps([EXERCISES["04.step"].solution_text])})


@pytest.fixture(scope="module")
def restored(folder):
    lessons = stripped.read(folder / "lessons" / "helpers" / "exercises" / "exercises.json")
    assert list(lessons) == list(LESSONS)
    return {exercise.name: committed(exercise) for exercises in lessons.values() for exercise in exercises}


def is_hint(said, wrong, exercise):
    """Return whether a verdict is the hint of a usual mistake, perhaps with the line and a question."""
    line, question = r"((Look at|`\w+` is computed in) the line `.*?`\. )?", r"( .*\?)?"
    pattern = re.escape(wrong.hint) if exercise.is_question else f"{line}{re.escape(wrong.hint)}{question}"
    return said.kind == "wrong" and re.fullmatch(pattern, said.words) is not None


@pytest.mark.parametrize("name", EXERCISES)
def test_each_usual_mistake_gets_its_own_hint_and_the_copy_judges_as_the_source_does(restored, name, monkeypatch):
    monkeypatch.setattr(judging, "LONGEST_SEARCH", 120.0)  # so that a busy machine finds for both what there is
    monkeypatch.setattr(repair.find, "__defaults__", (30.0, None))
    exercise, copy = EXERCISES[name], restored[name]
    assert (copy.solution, copy.reason) == ("", "") and copy.cell == exercise.cell
    right = exercise.solution if exercise.cases else exercise.right
    assert judge(copy, right) == judge(exercise, right)._replace(words="")
    for answer in (None, exercise.broken, 1717, lambda *_: None, np.zeros(3)):
        assert judge(copy, answer) == judge(exercise, answer)
    for wrong in exercise.wrong:
        said = judge(exercise, wrong.answer)
        assert is_hint(said, wrong, exercise), said
        assert judge(copy, wrong.answer) == said
    assert judge(copy, right).kind == "right"  # arguments of the cases are new ones each time


def test_sealed_data_comes_back_and_shows_nothing():
    data = {"right": [1.25], "words": "Did you forget the factor?"}
    assert stripped.unseal(stripped.seal(data)) == data
    assert "factor" not in stripped.seal(data) and "1.25" not in stripped.seal(data)


@pytest.mark.parametrize("value", [np.arange(3.0), {1: np.ones((2, 1), np.uint8)}, (1, [2.5, None]), "a", np.sin])
def test_a_value_comes_back_from_json(value):
    again = stripped.decode(stripped.encode(value))
    np.testing.assert_equal(again, value)
    assert type(again) is type(value)


def test_the_copy_says_that_the_teacher_has_the_solution(folder):
    code = "import helpers.exercises as e; print(e.__file__)\n"
    code += "e.solution('04.step'); e.hint('04.step'); e.hint('04.step'); e.hint('04.step'); e.check('01.error', -3)"
    lessons = folder / "lessons"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=lessons,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    where, teacher, hint, _, last, right = done.stdout.splitlines()
    assert Path(where).is_relative_to(lessons)
    assert teacher == "? Your teacher has the solution. This copy of the lessons contains no solutions."
    assert hint.startswith("? Hint 1 of 3.") and right == "✓ Right."
    assert last.endswith("This is the last hint.")  # no solution can be shown


@pytest.mark.parametrize("name", ["00_start_here", "01_fit_a_line", "05_check_gradients"])
def test_a_lesson_of_the_copy_executes(folder, name):
    lessons = folder / "lessons"
    notebook = execute(lessons / "notebooks" / f"{name}.ipynb", PYTHONPATH=str(lessons))
    said = [str(cell.outputs) for cell in notebook.cells if cell.cell_type == "code" and "check(" in cell.source]
    assert any("Not done yet" in text for text in said)


def test_the_answer_book_executes_and_every_answer_is_right(folder):
    notebook = execute(folder / handout.BOOK)
    shown = [o.data["text/plain"] for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "data" in o]
    assert len(shown) == len(EXERCISES)
    assert all(text.startswith("✓") for text in shown)
    text = "\n".join(cell.source for cell in notebook.cells)
    for exercise in EXERCISES.values():
        assert exercise.solution_text in text and exercise.reason in text and exercise.prompt in text
        assert all(wrong.hint in text for wrong in exercise.wrong)


@pytest.fixture
def quick(monkeypatch):
    """Leave out the lessons, which take a while to copy."""
    monkeypatch.setattr(handout, "_write_lessons", lambda folder: folder.mkdir(parents=True))


def test_a_handout_is_replaced_and_nothing_else_is(tmp_path, quick):
    assert handout.write(tmp_path / "handout") is None
    (tmp_path / "handout" / "lessons" / "__pycache__").mkdir()
    (tmp_path / "handout" / "lessons" / "__pycache__" / "core.pyc").write_text("left by running a lesson")
    assert handout.write(tmp_path / "handout") is None
    assert sorted(os.listdir(tmp_path / "handout")) == [".written.json", "answer_book.ipynb", "lessons"]
    assert os.listdir(tmp_path) == ["handout"] and os.listdir(tmp_path / "handout" / "lessons") == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="something other than a handout"):
        handout.write(tmp_path / "other")
    assert os.listdir(tmp_path / "other") == ["thesis.txt"]


@pytest.mark.parametrize("file", ["marks.txt", "lessons/progress.json", handout.BOOK])
def test_a_handout_in_which_something_was_changed_or_added_is_kept(tmp_path, quick, monkeypatch, capsys, file):
    monkeypatch.setattr(handout.write, "__defaults__", (tmp_path / "handout",))
    for n in range(3):
        assert handout.main([]) == 0
        said = f"files, is now {tmp_path / f'handout_{n}'}.\n"
        assert capsys.readouterr().out.endswith(said) == (n > 0)
        (tmp_path / "handout" / file).write_text(f"mine {n}")
    assert [(tmp_path / f"handout_{n}" / file).read_text() for n in (1, 2)] == ["mine 0", "mine 1"]


def test_a_handout_that_cannot_be_replaced_is_left_in_place(tmp_path, quick, monkeypatch):
    handout.write(tmp_path / "handout")
    rename = Path.rename

    def refuse(path, target):
        if path.name == "new":
            raise PermissionError("a virus scanner has a file open")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError, match="virus scanner"):
        handout.write(tmp_path / "handout")
    assert os.listdir(tmp_path) == ["handout"] and (tmp_path / "handout" / handout.BOOK).is_file()


BACKUPS = ["lesson_04.py~", "lesson_04.py.bak", ".lesson_04.py.swp", ".#lesson_04.py", "old/lesson_04.py"]
BACKUPS += [".ipynb_checkpoints/lesson_04-checkpoint.py", "../.ipynb_checkpoints/notes.py", "lesson_04-Copy1.py"]


def test_backups_and_notebooks_of_the_teacher_are_not_copied(tmp_path, monkeypatch):
    root, lessons = tmp_path / "project", tmp_path / "lessons"
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "helpers" / "exercises", root / "helpers" / "exercises", ignore=caches)
    for name in ("data", "notebooks"):
        (root / name).mkdir()
    for name in (*handout.FILES, "Makefile"):
        shutil.copy(ROOT / name, root / name)
    of_the_lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    for name in of_the_lessons | {"my_answers.ipynb", "Untitled.ipynb", "04_n_layers-Copy1.ipynb", "04_answers.ipynb"}:
        nbformat.write(nbformat.v4.new_notebook(), root / "notebooks" / name)
    for name in BACKUPS:
        path = root / "helpers" / "exercises" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("secret")
    monkeypatch.setattr(handout, "ROOT", root)
    handout._write_lessons(lessons)
    assert {path.name for path in (lessons / "notebooks").iterdir()} == of_the_lessons
    assert [path for path in (lessons / "helpers").rglob("*") if path.is_file() and path.read_text() == "secret"] == []
    assert (lessons / "helpers" / "exercises" / "core.py").is_file()
