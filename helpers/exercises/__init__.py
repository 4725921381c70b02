"""Exercises and quick questions. Each answer gets an immediate verdict and, if it is wrong, an explanation.

In a lesson::

    check("04.step", step_back)    show whether the answer is right and, if not, what went wrong
    hint("04.step")                show a hint; each further call shows a stronger one
    solution("04.step")            show the solution and explain why it is correct
    quiz("04", q1=3, q2="b")       judge answers to the quick questions at the end of a lesson
    progress()                     show how many exercises have been done so far
    points("04.step", step_back)   return the points that an answer is worth, for use in automatic grading
    hand_in()                      write your answers to a file that you can give to your teacher
    use_seed("Ada")                get your own numbers in the exercises whose numbers vary

    keep(forward=…, backward=…, update=…), use_my_code(), use_our_code()
                                   run the network in `helpers` with your own functions, or with ours

Apart from `points`, these functions never raise an error, whatever the answer, and no verdict gives the solution away.

To read the code, start with `commands` (the functions above), `core` (what an exercise is) and the exercises for a
lesson, such as `lesson_04`. Then read `judging` and `judging_values` (how a function and a typed answer are judged),
`values` (how numbers are compared, and what is wrong with them), `explaining` (which explanation is chosen), `reading`
and `repair` (how a mistake is located in the reader's code) with `catalogue` (the mistakes that they try to undo),
`warrants` (when a description of a mistake is rejected), and `diagnosis` and `phrases` (how a mistake is described). If
no change corrects the code, `clues`, `traps`, `nudges` and `loose_ends` look at the code alone, `results` looks at the
numbers, and `ingredients` looks at what the formula contains. For a typed answer, `cell` reads the code, and `glances`,
`differences`, `assigned` and `typed_code` judge it. They use `corrections` to find the change that corrects it, and
`coincidence` to reject changes that work only by chance. `limits` and `surroundings` isolate the reader's code, and
`restart` tells the reader what to run first after a kernel restart. `record` stores the answers and their code on the
reader's machine. `source` returns this code, and `needed` finds what it needs from other cells. `variation` changes the
numbers in an exercise, and `seed` determines whose numbers are used. `submission` defines the file that `handing_in`
writes. For the teacher, `works` reads such files, and `rerun` runs the answers again in a separate process (`worker`),
in which `replay` executes the cells. Then `grade` marks the answers, `merging` combines the files of each learner,
`gradebook` writes the results, and `class_list` looks up IDs. `handout` writes a copy of the lessons for a class, and
`nbgrader_course` writes a course for nbgrader.
"""

from importlib import import_module

__all__ = [
    "check",
    "hand_in",
    "hint",
    "keep",
    "progress",
    "quiz",
    "solution",
    "use_my_code",
    "use_our_code",
    "use_seed",
    "verdict",
]


def __getattr__(name):
    """Import the functions only when one is used, because interactive figures need only the record of challenges."""
    if name in (*__all__, "points"):
        return getattr(import_module(f"{__name__}.commands"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
