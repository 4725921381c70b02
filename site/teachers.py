"""Functions that compute the texts of the page for teachers: minutes, prerequisites and exercises of each lesson."""

import re

import nbformat

EXERCISE, QUESTION = 5, 2  # minutes
SHORT = ("01", "02", "03", "04", "05")
NEEDS = re.compile(r"^- \*\*You need\*\* (.*)$", re.MULTILINE)
MAP_ROW = re.compile(r"^\| \[(\d\d) [^]]*\]\(\w+\.ipynb\) \|.*\| (\d+) \|$", re.MULTILINE)


def parts(notebooks, lessons, redirect):
    """Return the texts that replace the placeholders of `teachers.md`.

    Parameters
    ----------
    notebooks : list of Path
    lessons : dict
        Maps the number of each lesson, such as "01", to its list of exercises.
    redirect : callable
        Redirects the links in a Markdown text to pages of the book.

    Raises
    ------
    ValueError
        If the map in notebook 00 does not give the reading time of each lesson.
    """
    first = {path.name[:2]: _text(path) for path in notebooks if path.name[:2] in lessons}
    reading = minutes(first["00"])
    if reading.keys() != lessons.keys():
        raise ValueError("the map in notebook 00 does not give the reading time of every lesson")
    whole = {number: reading[number] + _exercise_minutes(lessons[number]) for number in lessons}
    rows = ["| lesson | minutes | reading | exercises | questions | needs |", "|---|---|---|---|---|---|"]
    for path in notebooks:
        number = path.name[:2]
        if number in lessons:
            title = re.search(r"^# (.*)", first[number])[1].partition(":")[0]
            title = title if title.startswith(number) else f"{number} {title}"
            questions = sum(exercise.is_question for exercise in lessons[number])
            needs = redirect(NEEDS.search(first[number])[1])
            counts = (whole[number], reading[number], len(lessons[number]) - questions, questions)
            rows.append(f"| [{title}]({path.name}) | {' | '.join(map(str, counts))} | {needs} |")
    return {
        "timetable": "\n".join(rows),
        "exercise": str(EXERCISE),
        "question": str(QUESTION),
        "short": hours(short_path(reading, lessons)),
        "term": hours(sum(whole.values())),
        "weeks": str(len(whole)),
    }


def minutes(text):
    """Return a dict that maps the number of each lesson to its reading time in minutes, as stated in notebook 00."""
    return {"00": int(re.search(r"Reading time (\d+) minutes", text)[1])} | {
        n: int(m) for n, m in MAP_ROW.findall(text)
    }


def short_path(reading, lessons):
    """Return how many minutes the short path takes without its quick questions."""
    return sum(reading[n] + EXERCISE * sum(not e.is_question for e in lessons[n]) for n in SHORT)


def hours(total):
    """Express a number of minutes in hours, rounded to the nearest quarter of an hour."""
    whole, quarters = divmod(round(total / 15), 4)
    return f"{whole}{('', '¼', '½', '¾')[quarters]} hours"


def _exercise_minutes(exercises):
    return sum(QUESTION if exercise.is_question else EXERCISE for exercise in exercises)


def _text(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
