"""Numbers of one's own: right values, wrong values and texts belong together, for every choice of numbers."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import grade, record, seed, source, stripped, submission, variation
from helpers.exercises.judging import judge
from helpers.exercises.judging_values import typed_like
from helpers.exercises.record import Attempts
from helpers.exercises.registry import EXERCISES, SOURCES, with_seed
from helpers.exercises.variation import Numbers

PAGE = Path(__file__).resolve().parents[2] / "site" / "teachers.md"
VARYING = {one.name: one for those in SOURCES.values() for one in those if one.numbers}


@pytest.fixture(autouse=True)
def no_seed(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(seed, "_seed", {})


def all_variants(exercise):
    return [variation._with(exercise, variant) for variant in variation.variants(exercise)]


def test_there_are_enough_of_them():
    assert len(VARYING) >= 32
    assert f"{len(VARYING)} exercises and questions have numbers of their own" in PAGE.read_text("utf-8")
    assert {name[:2] for name in VARYING} == set(SOURCES) - {"04", "06", "12"}  # as the page says
    assert all(len(variation.variants(one)) >= 7 for one in VARYING.values())


@pytest.mark.parametrize("name", VARYING)
def test_right_and_wrong_values_belong_to_the_numbers(name):
    """With every choice of numbers, the right value is accepted and each mistake gets the reply meant for it."""
    for exercise in all_variants(VARYING[name]):
        assert judge(exercise, exercise.right).kind == "right"
        assert len(exercise.wrong) >= 2
        for wrong in exercise.wrong:
            said = judge(exercise, wrong.answer)
            assert said.kind == "wrong" and wrong.hint in said.words, (exercise.prompt, wrong)
        texts = [exercise.prompt, exercise.reason, exercise.solution, *exercise.hints]
        assert not any(re.search(r"<\w+>", text) for text in [*texts, *(wrong.hint for wrong in exercise.wrong)])


@pytest.mark.parametrize("name", VARYING)
def test_the_solution_gives_the_value_in_the_lesson(name):
    """The right value for other numbers is computed by the solution, which is compared here with the written value."""
    exercise = EXERCISES[name]
    variable = name[3:] if exercise.is_question else "answer"
    assert typed_like(np.asarray(variation.computed(exercise.solution, variable)), exercise.right)


@pytest.mark.parametrize("name", VARYING)
def test_no_number_of_the_lesson_remains_in_a_text(name):
    """A text that is the same for all choices contains none of the numbers that vary."""
    texts = [[one.prompt, one.reason, one.solution, *one.hints] for one in all_variants(VARYING[name])]
    first = variation.variants(VARYING[name])[0].values
    changing = {str(first[key]) for key in VARYING[name].numbers.choices if len(str(first[key])) > 1}
    for versions in zip(*texts, strict=True):
        if len(set(versions)) == 1:
            assert not changing & set(re.findall(r"\d+(?:\.\d+)?", versions[0])), versions[0]


def test_values_by_hand():
    """Two exercises with other numbers, calculated by hand."""
    line = next(
        one for one in all_variants(VARYING["01.weights"]) if "(1, 4)" in one.prompt and "3 - 7" in one.solution
    )
    assert line.right == [-4, -16]
    adam = next(
        one for one in all_variants(VARYING["11.adam"]) if "from 1 to 4.5" in one.prompt and "0.05" in one.prompt
    )
    assert adam.right == 70 and "That would be the number of steps from 0, but the weight starts at 1." in [
        wrong.hint for wrong in adam.wrong if wrong.answer == 90
    ]  # fmt: skip


def test_nothing_changes_without_a_seed():
    assert with_seed(None) is EXERCISES
    assert EXERCISES["01.error"].right == -3 and "$z = 2$" in EXERCISES["01.error"].prompt
    assert "2 − 5 = −3" in EXERCISES["01.error"].reason


def test_a_seed_always_gives_the_same_numbers_and_another_one_others():
    with_seed.cache_clear()
    ada = {name: with_seed("ada")[name].prompt for name in VARYING}
    with_seed.cache_clear()
    assert ada == {name: with_seed("ada")[name].prompt for name in VARYING}
    bob = {name: with_seed("bob")[name].prompt for name in VARYING}
    assert sum(ada[name] == bob[name] for name in VARYING) < len(VARYING) / 2
    assert all(with_seed("ada")[name].right is not None for name in VARYING)
    assert not any(ada[name] == EXERCISES[name].prompt for name in VARYING)
    assert all(with_seed("ada")[name] is EXERCISES[name] for name in EXERCISES if name not in VARYING)


@pytest.mark.parametrize("name", VARYING)
def test_whoever_uses_the_numbers_of_the_lesson_is_told(name):
    for name_of_learner in ("ada", "bob", "cy"):
        exercise, lesson = with_seed(name_of_learner)[name], EXERCISES[name].right
        said = judge(exercise, lesson)
        if typed_like(np.asarray(lesson), exercise.right):
            assert said.kind == "right"  # by coincidence
        else:
            assert said.kind == "wrong" and said.words.startswith("This is right for the numbers in the text")
            hints = [wrong.hint for wrong in exercise.wrong if typed_like(np.asarray(lesson), wrong.answer)]
            assert all(hint in said.words for hint in hints)
    assert "numbers in the text" not in judge(EXERCISES[name], lesson).words


def test_a_question_with_other_numbers_can_be_answered_alone():
    assert "$z = 2$ and $y = 10$" in with_seed("ada")["01.weights"].prompt
    assert "12 → 9 → 4 → 1" in with_seed("ada")["03.biases"].prompt


def test_the_numbers_of_a_seed_never_change():
    """Files that were handed in are graded with these numbers, also by a later version."""
    one = with_seed("ada")["01.error"]
    assert one.solution == "z, y = 2, 10\nanswer = z - y" and one.right == -8


def test_learners_differ():
    """Of thirty learners, hardly two have the same numbers in all the exercises of a lesson that vary."""
    names = [name for name in VARYING if name < "02"]
    drawn = [tuple(with_seed(f"learner {i}")[name].prompt for name in names) for i in range(30)]
    assert len(set(drawn)) == 30


def test_exercises_that_belong_together_share_their_numbers():
    for text in ("ada", "bob", "cy"):
        error, weights = with_seed(text)["01.error"], with_seed(text)["01.weights"]
        assert weights.right[0] == error.right


def test_the_question_is_shown_with_its_numbers(capsys):
    exercises.use_seed("  ADA ")
    out = capsys.readouterr().out
    assert f"{len(VARYING)} exercises and questions now use the numbers for 'ada'" in out
    exercises.check("01.error", None)
    assert "Your question: A prediction is $z = 2$ and the target is $y = 10$." in capsys.readouterr().out
    exercises.quiz("01", q1=None, q2=None)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "○ q1: Not done yet." and "Your question: A weight is" in lines[1]
    exercises.check("01.error", -3)
    assert "Not yet" in capsys.readouterr().out
    exercises.check("01.error", -8)
    assert "Your question" not in capsys.readouterr().out
    exercises.use_seed(None)
    exercises.check("01.error", -3)
    assert "✓ Right." in capsys.readouterr().out


def test_the_seed_is_remembered_and_answers_with_other_numbers_are_not(monkeypatch, capsys):
    exercises.check("01.error", -3)
    exercises.check("02.steep", 0.16)
    exercises.use_seed("ada")
    assert record.read()[0] == {"02.steep"} and list(record.read_all()[0]["answers"]) == ["02.steep"]
    monkeypatch.setattr(seed, "_seed", {})  # as in another notebook
    assert seed.current("01.error").right == -8
    exercises.check("01.error", -8)
    exercises.use_seed("Ada")
    assert record.read()[0] == {"01.error", "02.steep"}


@pytest.mark.parametrize("value", [3.5, [], "", "  ", "x" * 101, b"ada", True, 10**101])
def test_what_is_no_seed(value, capsys):
    exercises.use_seed(value)
    assert capsys.readouterr().out.startswith("? The numbers have not changed. The seed must")
    assert seed.current("01.error") is EXERCISES["01.error"]


def test_the_grader_uses_the_numbers_of_the_file(tmp_path):
    answers = {name: Attempts(1, True, "", source.value_of(with_seed("ada")[name].right), "") for name in VARYING}
    for file, text in (("ada", "ada"), ("none", None), ("bob", "bob")):
        data = submission.text_of(submission.Submission(file, text, answers))
        (tmp_path / f"{file}.json").write_text(data, "utf-8")
    totals = {row.name: sum(mark.kind == "right" for mark in row.marks.values()) for row in grade.grade(tmp_path).rows}
    assert totals["ada"] == len(VARYING) and totals["none"] <= 1 and totals["bob"] < len(VARYING) / 2


def test_a_copy_without_solutions_has_the_same_numbers(tmp_path):
    stripped.write(tmp_path / "exercises.json", SOURCES)
    copies = {one.name: one for those in stripped.read(tmp_path / "exercises.json").values() for one in those}
    sealed = json.loads((tmp_path / "exercises.json").read_text("utf-8"))["sealed"]
    text = json.dumps(stripped.unseal(sealed), ensure_ascii=False)
    for name, exercise in VARYING.items():
        assert exercise.reason not in text and json.dumps(exercise.solution, ensure_ascii=False) not in text
        for learner in ("ada", "bob"):
            mine, its = with_seed(learner)[name], variation.vary(copies[name], learner)
            assert (its.prompt, its.hints, its.wrong) == (mine.prompt, mine.hints, mine.wrong)
            assert judge(its, mine.right) == judge(mine, mine.right)._replace(words="")


def test_two_mistakes_with_the_same_number_are_both_named():
    """At x = 2 and y = 3, the number 12 comes from 3x² without the y and from x² y without the 3."""
    (exercise,) = [one for one in all_variants(VARYING["00.partial"]) if "$x = 2$, $y = 3$" in one.prompt]
    assert exercise.right == 36 and len({repr(wrong.answer) for wrong in exercise.wrong}) == len(exercise.wrong)
    said = judge(exercise, 12).words
    assert "The factor y is missing." in said and " Or: " in said and "the exponent 3 comes down" in said


def test_numbers_that_are_not_suitable_are_left_out():
    numbers = Numbers("x", lambda a, b: a != b, a=(1, 2), b=(2, 1, 3)).also(total=lambda a, b: a + b)
    assert numbers.all() == [
        {"a": 1, "b": 2, "total": 3}, {"a": 1, "b": 3, "total": 4}, {"a": 2, "b": 1, "total": 3},
        {"a": 2, "b": 3, "total": 5},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(-3, "−3"), (0.1, "0.1"), ((4, -1), "(4, −1)"), ([1.5], "[1.5]"), ("a-b", "a-b"), (403153, "403153")],
)
def test_how_a_number_is_shown(value, text):
    assert variation.fill("<a> <other>", {"a": value}, "−") == f"{text} <other>"


def test_a_notebook_that_is_already_open_uses_the_seed_in_the_record():
    assert seed.current("01.error").right == -3
    record.set_seed("ada", ["01.error"])  # as in another notebook
    assert seed.current("01.error").right == -8
    record.path().unlink()
    assert seed.current("01.error").right == -3
    exercises.use_seed("ada")
    assert record.read_all()[0]["seed"] == "ada"


def test_a_seed_that_cannot_be_stored_changes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    exercises.use_seed("ada")
    assert capsys.readouterr().out.startswith("? The numbers have not changed. This seed was not saved: cannot write")
    assert seed.current("01.error") is EXERCISES["01.error"]
    monkeypatch.setenv("LESSONS_PROGRESS", os.devnull)  # recording is off, so nothing has to be stored
    exercises.use_seed("ada")
    assert seed.current("01.error").right == -8


def test_the_seed_is_kept_while_the_record_cannot_be_read(monkeypatch):
    exercises.use_seed("ada")

    def locked(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", locked)
    assert seed.current("01.error").right == -8


def test_a_damaged_record_is_set_aside_with_a_message(capsys):
    record.path().write_text('{"done": ["01.er')
    exercises.check("01.error", -3)
    assert "progress.json was damaged. It has been kept as progress-damaged-1.json" in capsys.readouterr().out


def test_a_record_that_is_damaged_while_a_notebook_is_open_keeps_its_seed(capsys):
    exercises.use_seed("ada")
    for show in (lambda: exercises.check("01.error", -8), exercises.progress):
        record.path().write_text('{"done": ["01.er')
        capsys.readouterr()
        show()
        out = capsys.readouterr().out
        assert "progress.json was damaged." in out and "use_seed()" not in out and "Not yet" not in out
        assert record.read_all()[0]["seed"] == "ada" and seed.current("01.error").right == -8


def test_answers_come_back_with_their_seed(capsys):
    exercises.use_seed("ada")
    exercises.check("01.error", -8)
    exercises.check("02.steep", 0.16)
    mine = record.read_all()[0]["answers"]
    exercises.use_seed("bob")
    exercises.check("01.error", 0)
    exercises.use_seed(None)
    assert record.read()[0] == {"02.steep"}
    exercises.hand_in("Ada", lesson="01")
    assert "All your answers were given with different numbers: call use_seed('" in capsys.readouterr().out
    exercises.use_seed("Ada")
    assert record.read()[0] == {"01.error", "02.steep"} and record.read_all()[0]["answers"] == mine
    assert list(record.read_all()[0]["earlier"]) == ["bob"]


def test_damaged_answers_with_another_seed_are_set_aside():
    record.path().write_text('{"done": [], "earlier": {"bob": 3}}')
    assert record.read_all()[1].startswith("progress.json was damaged.")


def test_answers_whose_numbers_stay_the_same_still_count():
    prompts = {name: with_seed("ada")[name].prompt for name in VARYING}
    other = next(
        text for text in map(str, range(100)) if any(with_seed(text)[name].prompt == prompts[name] for name in VARYING)
    )
    same = {name for name in VARYING if with_seed(other)[name].prompt == prompts[name]}
    exercises.use_seed("ada")
    for name in VARYING:
        exercises.check(name, with_seed("ada")[name].right)
    exercises.use_seed(other)
    assert record.read()[0] == set(record.read_all()[0]["answers"]) == same
