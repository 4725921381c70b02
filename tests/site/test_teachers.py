"""The page for teachers, and the deck of cards: every number is computed, and ids of cards stay the same."""

import csv
import dataclasses
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from helpers.exercises.registry import EXERCISES, LESSONS

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def teachers(site_module):
    """The module site/teachers.py."""
    return site_module("teachers")


@pytest.fixture(scope="module")
def cards(site_module):
    """The module site/cards.py."""
    return site_module("cards")


def test_the_minutes_are_those_that_each_lesson_gives(teachers):
    known = teachers.minutes(teachers._text(NOTEBOOKS[0]))
    for path in NOTEBOOKS[: len(LESSONS)]:
        said = re.search(r"Reading time (\d+) minutes", nbformat.read(path, 4).cells[0].source)
        assert known[path.name[:2]] == int(said[1]), path.name


def test_the_short_path_fits_into_six_hours(teachers):
    reading = teachers.minutes(teachers._text(NOTEBOOKS[0]))
    assert 300 < teachers.short_path(reading, LESSONS) <= 360
    for number in teachers.SHORT:  # one evening of 75 minutes each
        assert reading[number] + teachers.EXERCISE * sum(not one.is_question for one in LESSONS[number]) <= 75


@pytest.mark.parametrize(
    ("total", "words"), [(60, "1 hours"), (335, "5½ hours"), (340, "5¾ hours"), (885, "14¾ hours")]
)
def test_minutes_in_words(teachers, total, words):
    assert teachers.hours(total) == words


def test_the_timetable_adds_up(book):
    page = BeautifulSoup((book / "teachers.html").read_text(encoding="utf-8"), "html.parser").find("article")
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select("tbody tr")]
    assert [row[0][:2] for row in rows] == list(LESSONS)
    for row in rows:
        whole, reading, exercises, questions = map(int, row[1:5])
        assert exercises + questions == len(LESSONS[row[0][:2]]) and whole == reading + 5 * exercises + 2 * questions
    assert all(len(row[5]) > 20 for row in rows) and "<!--" not in str(page)


def test_without_the_map_the_page_is_not_made(teachers, tmp_path):
    with pytest.raises(ValueError, match="does not give the reading time of every lesson"):
        teachers.parts(NOTEBOOKS[: len(LESSONS)], LESSONS | {"99": []}, str)


def rows_of(text):
    return list(csv.reader((line for line in text.splitlines() if line[0] != "#"), delimiter="\t", quoting=3))


def test_the_deck_has_every_question_and_every_symbol(book):
    rows = rows_of((book / "_static" / "cards.txt").read_text(encoding="utf-8"))
    assert all(len(row) == 4 and all(row) for row in rows)
    ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids))
    questions = [name for name, exercise in EXERCISES.items() if exercise.is_question]
    assert [name for name in ids if re.search(r"\.q\d$", name)] == [f"backpropagation {name}" for name in questions]
    source = "".join(cell.source for cell in nbformat.read(ROOT / "notebooks" / "notation.ipynb", 4).cells)
    table = source.partition("## The symbols")[2].partition("\n\nA lone")[0]
    assert len(ids) - len(questions) == table.count("\n| $")
    by_id = {row[0]: row for row in rows}
    assert by_id["backpropagation 01.q2"][2].startswith("<b>2.4.</b> ")
    assert by_id["backpropagation symbol learning_rate"][1] == r"What is \(\alpha\)?"


def test_the_id_of_a_card_does_not_depend_on_its_text(cards):
    question = EXERCISES["01.q1"]
    changed = dataclasses.replace(question, prompt="Another text.", reason="Another reason.")
    first, second = (rows_of(cards.deck({"01": [one]}, "")[0])[0] for one in (question, changed))
    assert first[0] == second[0] and first[1:3] != second[1:3]


def test_the_deck_of_a_class_has_no_answers(cards):
    text, questions, symbols = cards.deck(LESSONS, "| $m$ | `m` | | number |", with_answers=False)
    assert (questions, symbols) == (0, 1) and EXERCISES["01.q1"].reason not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$a < b$ and `x`", r"\(a &lt; b\) and <code>x</code>"),
        ("**Now**\n$$z$$", r"<b>Now</b><br>\[z\]"),
    ],
)
def test_markdown_becomes_html(cards, text, shown):
    assert cards.as_html(text) == shown
