"""What is said of a wrong answer: one question at the end, the line before it, and nothing that is not there."""

import itertools
import re

import numpy as np
import pytest
from test_causes import AT_HAND, written
from wrong_answers import ANSWERS, RIGHT

from helpers.exercises import cell, judging, values
from helpers.exercises.judging import judge, sets
from helpers.exercises.judging_values import typed_like
from helpers.exercises.questions import QUESTIONS
from helpers.exercises.registry import EXERCISES

TASKS = [exercise for exercise in EXERCISES.values() if not exercise.is_question]
NAMED = {"ids": lambda item: getattr(item, "name", str(item)[:30])}
# Names that a message may quote though the reader has not written them: what a verdict always speaks of.
SPOKEN = {"return", "*", "@", "^", "==", "//", "None"}


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """The search for a cause is limited in seconds of computing; a busy machine gets as long as that takes."""
    monkeypatch.setattr(judging, "LONGEST_SEARCH", 60.0)


def assert_leads_on(words):
    """One question, at the end."""
    assert words.endswith("?"), words
    assert re.sub(r"`[^`]*`", "", words).count("?") == 1, words


@pytest.mark.parametrize("exercise", TASKS, **NAMED)
def test_every_exercise_has_a_question_that_leads_on(exercise):
    assert_leads_on(QUESTIONS[exercise.name])
    assert "`" not in QUESTIONS[exercise.name]  # it is put to code that may hold no such name
    assert exercise.solution_text.strip() not in QUESTIONS[exercise.name]


def test_no_question_is_left_over():
    assert set(QUESTIONS) == {exercise.name for exercise in TASKS}


# --- numbers and cases tell mistakes apart ----------------------------------------------------------


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if e.cases is None], **NAMED)
def test_no_two_wrong_values_are_alike(exercise):
    if isinstance(exercise.right, str):
        return
    known = [(np.asarray(wrong.answer, dtype=float), wrong.hint) for wrong in exercise.wrong]
    for value, _ in known:
        assert not typed_like(value, exercise.right)
    for (one, hint), (other, another) in itertools.combinations(known, 2):
        assert hint == another or in_three_digits(one) != in_three_digits(other), (hint, another)


def in_three_digits(value):
    return [f"{number:.0f}" if number == np.round(number) else f"{number:.3g}" for number in value.ravel()]


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if e.cases], **NAMED)
def test_the_cases_tell_any_two_mistakes_apart(exercise):
    right, arranged = exercise.key.right, []
    for results, hint in exercise.key.wrong:
        try:
            arranged.append((sets(results, right, exercise.parts), hint) if isinstance(results, list) else None)
        except (values.UnfitError, values.NothingError):
            continue
    arranged = [pair for pair in arranged if pair]
    for mine, hint in arranged:
        assert hint in exercise.key.needs or not _alike(mine, sets(right, right, exercise.parts)), hint
    for (one, hint), (other, another) in itertools.combinations(arranged, 2):
        told_by_code = hint in exercise.key.needs and another in exercise.key.needs
        assert hint == another or told_by_code or not _alike(one, other), (hint, another)


def _alike(one, other):
    return all(values.same(a, b) for a, b in zip(one, other, strict=True))


# --- answers of people --------------------------------------------------------------------------------


def said_of(name, code):
    """The verdict on an answer as it stands in a cell."""
    exercise = EXERCISES[name]
    if exercise.cases:
        return judge(exercise, written(name, code))
    scope = AT_HAND | {"m": 60, "X": np.zeros((60, 2))}
    exec(code, scope)
    text = f'{code}\n\ncheck("{name}", answer)\n'
    return judge(exercise, scope.get("answer"), code=cell.read(text, name, scope))


@pytest.mark.parametrize(("name", "code", "words"), ANSWERS)
def test_a_wrong_answer_is_refused_with_its_cause(name, code, words):
    said = said_of(name, code)
    assert said.kind == "wrong"
    assert words in said.words
    assert_leads_on(said.words)
    hints = [wrong.hint for wrong in EXERCISES[name].wrong if wrong.hint in said.words]
    own = re.sub(r"[\s()]", "", code.replace('"', "'"))
    rest = re.sub(r"\(`[^`]*`\)", "", said.words.replace(hints[0], "") if hints else said.words)  # Python's own words
    for piece in re.findall(r"`([^`]+)`", rest):
        there = re.sub(r"[\s()]", "", piece.replace('"', "'")).removesuffix("…")
        assert there in own or piece in SPOKEN or piece.split("[")[0] in EXERCISES[name].parts, piece


@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_an_unusual_right_answer_is_accepted(name, code):
    assert said_of(name, code).kind == "right"
