"""All exercises, in the order of the lessons.

They come from the modules `lesson_00`, `lesson_01`, … or, in a handout, from a file without solutions.
"""

from functools import lru_cache
from importlib import import_module

from helpers.exercises import stripped, variation

if stripped.FILE.is_file():
    SOURCES = stripped.read()
else:
    SOURCES = {f"{n:02d}": import_module(f"helpers.exercises.lesson_{n:02d}").EXERCISES for n in range(13)}

LESSONS = {lesson: [variation.committed(exercise) for exercise in those] for lesson, those in SOURCES.items()}
EXERCISES = {exercise.name: exercise for exercises in LESSONS.values() for exercise in exercises}


@lru_cache(maxsize=200)
def with_seed(seed):
    """Return all exercises by name, with the numbers for a seed or, if the seed is None, those in the lessons."""
    if seed is None:
        return EXERCISES
    return EXERCISES | {
        exercise.name: variation.vary(exercise, seed)
        for exercises in SOURCES.values()
        for exercise in exercises
        if exercise.numbers
    }
