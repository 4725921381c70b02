"""The functions that the lessons call, and `points`, which grading programs call."""

import difflib

from helpers.exercises import cell, limits, record, source
from helpers.exercises.challenges import CHALLENGES
from helpers.exercises.core import Verdict
from helpers.exercises.handing_in import hand_in as hand_in
from helpers.exercises.judging import SECONDS, judge
from helpers.exercises.message import Message
from helpers.exercises.own_code import keep as keep, use_my_code as use_my_code, use_our_code as use_our_code
from helpers.exercises.registry import EXERCISES, LESSONS
from helpers.exercises.restart import explain_missing_names
from helpers.exercises.seed import current, use_seed as use_seed
from helpers.system.browser import in_page

MARKS = {"right": "✓", "wrong": "✗", "open": "○"}
_hints_given = {}

explain_missing_names()  # called here because every exercise cell begins by importing from this package


def verdict(name, answer):
    """Return the verdict on an answer, as shown by `check`.

    Parameters
    ----------
    name : str
        A key of `registry.EXERCISES`.
    answer : object
        A number, a shape, an array, text or, if the exercise asks for one, a function. None means that the exercise has
        not been answered yet.

    Returns
    -------
    Verdict
    """
    unknown = _unknown(name)
    if unknown:
        return Verdict("wrong", unknown)
    exercise = current(name)
    return judge(exercise, answer, code=None if exercise.cases else cell.current(name))


def check(name, answer):
    """Show whether `answer` is right and, if not, what went wrong.

    The answer is recorded on this machine (see `progress` and `hand_in`).
    """
    said = verdict(name, answer)
    note = _record(name, answer, said)
    words = " ".join([said.words, note]).strip()
    Message(MARKS[said.kind], said.label, words, said.printed, question=_question(name, said)).show()


def points(name, answer):
    """Return the points that an answer earns: 2 if it is right and 1 if it is a common mistake. Nothing is recorded.

    A right answer to a quick question earns 1 point.

    Raises
    ------
    AssertionError
        If the answer earns no points. The message is the feedback on the answer.
    """
    said = verdict(name, answer)
    earned = 0 if _unknown(name) else current(name).points(said)
    if not earned:
        raise AssertionError(str(said))
    return earned


def hint(name):
    """Show a hint. Each further call for the same exercise shows a stronger one."""
    unknown = _unknown(name)
    if unknown or not current(name).hints:
        Message(
            "?",
            "No hint.",
            unknown or "This question has no hints, but the verdict on a wrong answer tells you what to look at.",
        ).show()
        return
    hints = current(name).hints
    number = _hints_given[name] = min(_hints_given.get(name, 0) + 1, len(hints))
    see = "Press Solution" if in_page() else f'Call `solution("{name}")`'
    where = f" {see} to see the solution." if current(name).solution else ""
    last = f" This is the last hint.{where}" if number == len(hints) else ""
    Message("?", f"Hint {number} of {len(hints)}.", hints[number - 1] + last).show()


def solution(name):
    """Show the solution and explain why it is correct."""
    unknown = _unknown(name)
    if unknown:
        Message("?", "No solution.", unknown).show()
    elif not current(name).solution:
        Message("?", "Your teacher has the solution.", "This copy of the lessons contains no solutions.").show()
    else:
        exercise = current(name)
        Message("→", "Solution.", exercise.reason, exercise.solution_text, language="python").show()


def quiz(lesson, *unnamed, **answers):
    """Judge answers to the quick questions of a lesson, as in ``quiz("04", q1=3, q2="b", q3=(2, 5))``.

    Parameters
    ----------
    lesson : str or int
        The number of the lesson.
    **answers
        The answers, named q1, q2 and so on. None means that a question has not been answered yet.
    """
    if type(lesson) is int and 0 <= lesson < 100:
        lesson = str(lesson)
    lesson = lesson.zfill(2) if _is_text(lesson) else ""
    if lesson not in LESSONS:
        Message("?", "No questions.", f"The lesson must be one of {', '.join(LESSONS)}, in quotes.").show()
        return
    questions = [exercise.name[3:] for exercise in LESSONS[lesson] if exercise.is_question]
    has = f"The questions in lesson {lesson} are {questions[0]} … {questions[-1]}."
    if unnamed or not answers:
        Message("?", "No answers.", f'{has} Name each answer: `quiz("{lesson}", q1=…, q2=…)`.').show()
        return
    lines = []
    for question, answer in answers.items():
        said = verdict(f"{lesson}.{question}", answer) if question in questions else Verdict("wrong", has)
        note = _record(f"{lesson}.{question}", answer, said)
        words = "" if said.kind == "open" else f" {said.words} {note}".rstrip()
        asked = _question(f"{lesson}.{question}", said) if question in questions else ""
        lines.append(Message(MARKS[said.kind], f"{question}: {said.label}", words.strip(), question=asked))
    Message.show_all(lines)


def progress():
    """Show how many exercises in each lesson have been done, according to a file that stays on this machine."""
    done, said = record.read()
    rows = []
    for lesson in sorted({*LESSONS, *(name[:2] for name in CHALLENGES)}):
        exercises = LESSONS.get(lesson, ())
        names = [exercise.name for exercise in exercises if not exercise.is_question]
        questions = [exercise.name for exercise in exercises if exercise.is_question]
        challenges = [name for name in CHALLENGES if name.startswith(f"{lesson}.")]
        rows.append((lesson, *(_count(of, done) for of in (names, questions, challenges))))
    Message.show_table(("lesson", "exercises", "quick questions", "challenges"), rows, said)


def _count(names, done):
    return f"{len(done.intersection(names))} of {len(names)}" if names else "–"


def _record(name, answer, said):
    """Record an answer, unless it is missing or there is no such exercise. Return a message if recording fails."""
    if said.kind == "open" or _unknown(name):
        return ""
    return record.add_answer(name, said.kind == "right", source.of(name, answer), _value_of(answer), said.words)


def _value_of(answer):
    """Return the answer's value in a recordable form, or None if there is none or conversion takes too long."""
    try:
        with limits.quarantine(SECONDS, limits.Printed()):
            return source.value_of(answer)
    except KeyboardInterrupt:
        raise
    except BaseException:  # for example limits.TimeUp
        return None


def _question(name, said):
    """Return the question with the reader's own numbers, or "" if they have none or the answer is right."""
    if said.kind == "right" or _unknown(name) or current(name) is EXERCISES[name]:
        return ""
    return current(name).prompt


def _unknown(name):
    """Return a message saying that no exercise has this name, or "" if one does."""
    if not _is_text(name):
        return "The name of an exercise must be text, such as '01.error'."
    if name in EXERCISES:
        return ""
    near = difflib.get_close_matches(name, EXERCISES, 3, 0.3)
    meant = f". Did you mean {' or '.join(near)}?" if near else "."
    return f"There is no exercise {str(name)[:40]!r}{meant}"


def _is_text(value):
    return issubclass(type(value), str)  # isinstance would access value.__class__, which may fail
