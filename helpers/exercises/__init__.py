"""Exercises and quick questions: every answer gets an immediate verdict and, if it is wrong, an explanation.

In a lesson::

    check("04.step", step_back)    says whether the answer is right and, if not, what went wrong
    hint("04.step")                a hint; each further call gives a stronger one
    solution("04.step")            the solution, and why it is right
    quiz("04", q1=3, q2="b")       the quick questions at the end of a lesson
    progress()                     what has been done so far

    keep(forward=…, backward=…, update=…), use_my_code(), use_our_code()
                                   run the network in `helpers` on the reader's own functions

Nothing here raises an error, whatever the answer, and no verdict gives the solution away.

Reading order: `core` (what an exercise is), the exercises of a lesson such as `lesson_04`, `judging` (how an answer
is judged), `repair` (how a mistake is located in the reader's code) with `catalogue` (the mistakes that it tries),
`diagnosis` and `phrases` (how a mistake is described). For a typed answer, `cell` reads the code and `typed_code`
judges it. `limits` and `surroundings` isolate the reader's code, and `restart` says what to run first after a restart
of the kernel.
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

explain_missing_names()  # here, because every exercise cell begins by importing from this package


def verdict(name, answer):
    """Return the verdict on an answer, as shown by `check`.

    Parameters
    ----------
    name : a key of `registry.EXERCISES`
    answer : a number, a shape, an array, text or, if the exercise asks for one, a function; None if not done yet

    Returns
    -------
    Verdict
    """
    unknown = _unknown(name)
    if unknown:
        return Verdict("wrong", unknown)
    return judge(EXERCISES[name], answer, code=None if EXERCISES[name].cases else cell.current(name))


def check(name, answer):
    """Say whether `answer` is right and, if not, what went wrong; right answers are recorded (see `progress`)."""
    said = verdict(name, answer)
    note = record.add(name) if said.kind == "right" else ""
    Message(MARKS[said.kind], said.label, " ".join([said.words, note]).strip(), said.printed).show()


def hint(name):
    """Show a hint; each further call for the same exercise shows a stronger one."""
    unknown = _unknown(name)
    if unknown or not EXERCISES[name].hints:
        Message("?", "No hint.", unknown or "The verdict on a wrong answer says what to look at.").show()
        return
    hints = EXERCISES[name].hints
    number = _hints_given[name] = min(_hints_given.get(name, 0) + 1, len(hints))
    last = f' This is the last one; `solution("{name}")` shows the solution.' if number == len(hints) else ""
    Message("?", f"Hint {number} of {len(hints)}.", hints[number - 1] + last).show()


def solution(name):
    """Show the solution and why it is right."""
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
    **answers : q1, q2, …; None if not done yet
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
    """Show what has been done in each lesson, from a file that stays on this machine."""
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
    """A sentence if there is no exercise with that name, otherwise ""."""
    if not _is_text(name):
        return "An exercise's name is text, such as '01.error'."
    if name in EXERCISES:
        return ""
    near = difflib.get_close_matches(name, EXERCISES, 3, 0.3)
    meant = f"; did you mean {' or '.join(near)}?" if near else "."
    return f"There is no exercise {str(name)[:40]!r}{meant}"


def _is_text(value):
    return issubclass(type(value), str)  # isinstance would access __class__, which may fail
