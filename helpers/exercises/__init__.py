"""Exercises and quick questions of the lessons: every answer gets an immediate verdict and, if wrong, the reason.

In a lesson::

    check("04.step", step_back)    says whether the answer is right, and if not, what went wrong
    hint("04.step")                a hint; each further call gives a stronger one
    solution("04.step")            the solution, and why it is right
    quiz("04", q1=3, q2="b")       the quick questions at the end of a lesson
    progress()                     what is done so far

    keep(forward=…, backward=…, update=…), use_my_code(), use_our_code()
                                   let the network of `helpers` run on the reader's own functions

Nothing here fails, whatever the answer is, and no verdict gives the solution away.

To read: `core` (what an exercise is), a lesson's exercises such as `lesson_04`, `judging` (how an answer is
judged), `repair` (how a mistake is found in the reader's code) with `catalogue` (the mistakes that it tries),
`diagnosis` and `phrases` (what is said of it). Of a typed answer `cell` reads the code and `typed_code` judges
it. `limits` and `surroundings` keep the reader's code at arm's length, and `restart` says what to run first if the
kernel was restarted.
"""

import difflib

from helpers.exercises import cell, record
from helpers.exercises.challenges import CHALLENGES
from helpers.exercises.core import Verdict
from helpers.exercises.judging import judge
from helpers.exercises.message import Message
from helpers.exercises.own_code import keep, use_my_code, use_our_code
from helpers.exercises.registry import EXERCISES, LESSONS
from helpers.exercises.restart import explain_missing_names

__all__ = ["check", "hint", "keep", "progress", "quiz", "solution", "use_my_code", "use_our_code", "verdict"]

MARKS = {"right": "✓", "wrong": "✗", "open": "○"}
_hints_given = {}

explain_missing_names()  # here, because every cell with an exercise begins by importing from this package


def verdict(name, answer):
    """The verdict on an answer, as `check` shows it.

    Parameters
    ----------
    name : a key of `registry.EXERCISES`
    answer : a number, a shape, an array, text, or a function where one is asked for; None: not done yet

    Returns
    -------
    Verdict
    """
    unknown = _unknown(name)
    if unknown:
        return Verdict("wrong", unknown)
    return judge(EXERCISES[name], answer, code=None if EXERCISES[name].cases else cell.current(name))


def check(name, answer):
    """Say whether `answer` is right, and if not, what went wrong; remember what is right (see `progress`)."""
    said = verdict(name, answer)
    note = record.add(name) if said.kind == "right" else ""
    Message(MARKS[said.kind], said.label, " ".join([said.words, note]).strip(), said.printed).show()


def hint(name):
    """Show a hint; each further call for the same exercise shows the next stronger one."""
    unknown = _unknown(name)
    if unknown or not EXERCISES[name].hints:
        Message("?", "No hint.", unknown or "The verdict on a wrong answer says what to look at.").show()
        return
    hints = EXERCISES[name].hints
    number = _hints_given[name] = min(_hints_given.get(name, 0) + 1, len(hints))
    last = f' This is the last one; `solution("{name}")` shows the solution.' if number == len(hints) else ""
    Message("?", f"Hint {number} of {len(hints)}.", hints[number - 1] + last).show()


def solution(name):
    """Show the solution, and why it is right."""
    unknown = _unknown(name)
    if unknown:
        Message("?", "No solution.", unknown).show()
    elif not EXERCISES[name].solution:
        Message("?", "Your teacher has it.", "This copy of the lessons holds no solutions.").show()
    else:
        exercise = EXERCISES[name]
        Message("→", "Solution.", exercise.reason, exercise.solution_text, language="python").show()


def quiz(lesson, *unnamed, **answers):
    """Judge the quick questions of a lesson: ``quiz("04", q1=3, q2="b", q3=(2, 5))``.

    Parameters
    ----------
    lesson : str, two digits; or int
    **answers : q1, q2, …; None: not done yet
    """
    if type(lesson) is int and 0 <= lesson < 100:
        lesson = str(lesson)
    lesson = lesson.zfill(2) if _is_text(lesson) else ""
    if lesson not in LESSONS:
        Message("?", "No questions.", f"A lesson is one of {', '.join(LESSONS)}, in quotes.").show()
        return
    questions = [exercise.name[3:] for exercise in LESSONS[lesson] if exercise.is_question]
    has = f"Lesson {lesson} has {questions[0]} … {questions[-1]}."
    if unnamed or not answers:
        Message("?", "No answers.", f'{has} Name each answer: `quiz("{lesson}", q1=…, q2=…)`.').show()
        return
    lines = []
    for question, answer in answers.items():
        said = verdict(f"{lesson}.{question}", answer) if question in questions else Verdict("wrong", has)
        note = record.add(f"{lesson}.{question}") if said.kind == "right" else ""
        words = "" if said.kind == "open" else f" {said.words} {note}".rstrip()
        lines.append(Message(MARKS[said.kind], f"{question}: {said.label}", words.strip()))
    Message.show_all(lines)


def progress():
    """Show what is done in each lesson. It is read from a file on this machine and sent nowhere."""
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


def _unknown(name):
    """A sentence if there is no exercise of that name, otherwise ""."""
    if not _is_text(name):
        return "An exercise's name is text, such as '01.error'."
    if name in EXERCISES:
        return ""
    near = difflib.get_close_matches(name, EXERCISES, 3, 0.3)
    meant = f"; did you mean {' or '.join(near)}?" if near else "."
    return f"There is no exercise {str(name)[:40]!r}{meant}"


def _is_text(value):
    return issubclass(type(value), str)  # isinstance would ask its __class__, which may fail
