"""All exercises, in the order of the lessons.

They come from the modules `lesson_00` to `lesson_11` or, in a handout, from a file without solutions.
"""

from importlib import import_module

from helpers.exercises import stripped

if stripped.FILE.is_file():
    LESSONS = stripped.read()
else:
    LESSONS = {f"{n:02d}": import_module(f"helpers.exercises.lesson_{n:02d}").EXERCISES for n in range(12)}

EXERCISES = {exercise.name: exercise for exercises in LESSONS.values() for exercise in exercises}
