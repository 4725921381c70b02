"""Write grades to a CSV file for a gradebook, and a page that says who is stuck where and on which mistake.

Names, answers and replies come from strangers' files, so they are never written in a form that a spreadsheet or a
browser would execute.
"""

import csv
import html
import io
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from helpers.system.files import replace_atomically

CSV, PAGE = "grades.csv", "report.html"
MARKS = {"right": "✓", "mistake": "½", "wrong": "✗"}
LONGEST_REPLY = 400
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; } th, td { padding: .15rem .5rem; text-align: left; vertical-align: top; }
tr { border-bottom: 1px solid #ddd; } td.number { text-align: right; } .right { color: #17703b; }
.mistake { color: #8a5a00; } .wrong { color: #b3261e; } .wide { overflow-x: auto; } li { margin: .3rem 0; }
"""


class Mark(NamedTuple):
    """What one answer is worth.

    `kind` is "right", "mistake" (a usual one), "wrong" or "open", and `words` is the reply to a wrong answer.
    """

    kind: str
    points: int
    words: str = ""
    attempts: int = 1


@dataclass
class Row:
    """One learner.

    Attributes
    ----------
    name, file : str
        The learner's name and the file, or the folder if there are several notebooks in it.
    seed : str or None
    marks : dict
        Maps the name of an exercise to a `Mark`.
    notes : list of str
        What the teacher should look at.
    """

    name: str
    file: str
    seed: str | None = None
    marks: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def learner(self):
        """Return what identifies a learner, which is the same for several notebooks of one learner."""
        return self.name, self.file


@dataclass
class Grades:
    """The result of grading a folder.

    Attributes
    ----------
    rows : list of Row
    refused : list of (str, str)
        The files that could not be graded, with the reasons.
    exercises : list of Exercise
        The exercises that count.
    protection : list of str
        See `confinement.confine`.
    """

    rows: list
    refused: list
    exercises: list
    protection: list

    @property
    def most(self):
        return sum(exercise.most_points for exercise in self.exercises)

    def total(self, row):
        return sum(self.points(row, exercise) for exercise in self.exercises)

    def points(self, row, exercise):
        mark = row.marks.get(exercise.name)
        return mark.points if mark else 0


def write(grades, folder):
    """Write the CSV file and the page to a folder, replacing those of an earlier run, and return their paths.

    Raises
    ------
    OSError
        If the folder contains anything else, or cannot be written to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    others = sorted(path.name for path in folder.iterdir() if path.name not in (CSV, PAGE))
    if others:
        raise FileExistsError(f"{folder} also contains {others[0]}. Choose an empty folder with --out.")
    paths = folder / CSV, folder / PAGE
    for path, text in zip(paths, (table(grades), page(grades)), strict=True):
        data = text.encode("utf-8-sig" if path.name == CSV else "utf-8", "replace")  # Excel needs the mark
        replace_atomically(path, lambda file, data=data: file.write(data))
    return paths


def table(grades):
    """Return the grades as CSV, with a row for each learner."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    headers = [f"{exercise.name} ({exercise.most_points})" for exercise in grades.exercises]
    writer.writerow(["name", f"total ({grades.most})", *headers, "seed", "file", "note"])
    for row in grades.rows:
        marks = [grades.points(row, exercise) for exercise in grades.exercises]
        texts = [harmless(text) for text in (row.seed or "", row.file, " ".join(row.notes))]
        writer.writerow([harmless(row.name), grades.total(row), *marks, *texts])
    return stream.getvalue()


def harmless(text):
    """Return text that no spreadsheet takes for a formula, by putting an apostrophe in front of it if necessary.

    In countries with a decimal comma, spreadsheets also start a new field at each semicolon.
    """
    return ";".join(map(_no_formula, text.split(";")))


def _no_formula(text):
    first = unicodedata.normalize("NFKC", text.lstrip().lstrip('"').lstrip())[:1]
    return f"'{text}" if first in tuple("=+-@|%") or text[:1] in ("\t", "\r", "\n") else text


# --- the page ------------------------------------------------------------------------------------


def page(grades):
    """Return the report as a page of HTML without scripts."""
    parts = [
        f"<p>{len(grades.rows)} learners. Most points: {grades.most}. A usual mistake (½) counts 1 point of 2; ask "
        "whether its author can explain it.</p>",
        "<h2>Where they are stuck</h2>",
        _stuck(grades),
        "<h2>Who has done what</h2>",
        _matrix(grades),
        "<h2>Look at these</h2>",
        _list([(row.name, note) for row in grades.rows for note in row.notes], "Nothing."),
        "<h2>Not graded</h2>",
        _list(grades.refused, "Every file was graded."),
        f"<p>The answers were run in processes confined by: {_text(', '.join(grades.protection) or 'nothing was run')}."
        " This list is what held for every file.</p>",
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Grades</title><style>{STYLE}</style></head>\n<body><h1>Grades</h1>\n" + "\n".join(parts) + "</body>"
        "</html>\n"
    )


def _text(text):
    """Return text as HTML. Its direction of writing has no effect on the text around it."""
    return f"<bdi>{html.escape(text[:LONGEST_REPLY])}</bdi>"


def _list(pairs, nothing):
    items = [f"<li>{_text(one)}: {_text(other)}</li>" for one, other in pairs]
    return f"<ul>{''.join(items)}</ul>" if items else f"<p>{nothing}</p>"


def _stuck(grades):
    """Return a list of exercises, those with the most learners who are stuck first, with their mistakes and names."""
    stuck = defaultdict(lambda: defaultdict(list))
    for row in grades.rows:
        for name, mark in row.marks.items():
            if mark.kind != "right":
                tries = f" ({mark.attempts} attempts)" if mark.attempts > 1 else ""
                stuck[name][mark.kind, mark.words].append(f"{_text(row.name)}{tries}")
    items = []
    for name, mistakes in sorted(stuck.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0])):
        count = sum(map(len, mistakes.values()))
        lines = [
            f'<li><span class="{kind}">{MARKS[kind]}</span> {len(names)} × {_text(words)} '
            f"<em>{', '.join(names)}</em></li>"
            for (kind, words), names in sorted(mistakes.items(), key=lambda item: -len(item[1]))
        ]
        items.append(f"<li><b>{_text(name)}</b>: {count} of {len(grades.rows)}<ul>{''.join(lines)}</ul></li>")
    return f"<ul>{''.join(items)}</ul>" if items else "<p>Nobody is stuck.</p>"


def _matrix(grades):
    """Return a table with a row for each learner and a column for each exercise."""
    head = "".join(f"<th>{_text(exercise.name)}</th>" for exercise in grades.exercises)
    rows = []
    for row in sorted(grades.rows, key=grades.total):
        cells = []
        for exercise in grades.exercises:
            mark = row.marks.get(exercise.name)
            cells.append(f'<td class="{mark.kind}">{MARKS[mark.kind]}</td>' if mark else "<td></td>")
        rows.append(
            f'<tr><th>{_text(row.name)}</th><td class="number">{grades.total(row)}</td>{"".join(cells)}'
            f"<td>{_text(row.file)}</td></tr>"
        )
    return (
        f'<div class="wide"><table><tr><th>name</th><th>total</th>{head}<th>file</th></tr>{"".join(rows)}</table></div>'
    )
