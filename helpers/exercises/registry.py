"""All exercises, in the order of the lessons, from `lesson_00` … `lesson_10`, or without solutions in a handout.

Also the challenges of the instruments.
"""

from importlib import import_module

from helpers.exercises import stripped

if stripped.FILE.is_file():
    LESSONS = stripped.read()
else:
    LESSONS = {f"{n:02d}": import_module(f"helpers.exercises.lesson_{n:02d}").EXERCISES for n in range(11)}

EXERCISES = {exercise.name: exercise for exercises in LESSONS.values() for exercise in exercises}

# Challenges of instruments, by the name under which one that is met is remembered.
CHALLENGES = {
    "01.line_and_valley": "Line and valley",
    "03.stepper": "Stepper",
    "04.your_network": "Your network",
    "11.playground": "Playground",
    "11.drawing": "Draw a digit",
}
