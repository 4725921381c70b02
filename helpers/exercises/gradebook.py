"""Write grades to a CSV file for a gradebook, and to a page that shows where and why learners are stuck.

Names, answers and feedback come from strangers' files, so they are never written in a form that a spreadsheet or a
browser would execute.
"""

import csv
import html
import io
import itertools
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from helpers.system.files import in_words, read_bytes, replace_atomically

CSV, PAGE = "grades.csv", "report.html"
KEPT = re.compile(r"grades_\d+\.csv")
MARKS = {"right": "✓", "mistake": "½", "wrong": "✗"}
LONGEST_REPLY = 400
LONGEST_CODE = 20_000
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; } th, td { padding: .15rem .5rem; text-align: left; vertical-align: top; }
tr { border-bottom: 1px solid #ddd; } td.number { text-align: right; } .right { color: #17703b; }
.mistake { color: #8a5a00; } .wrong { color: #b3261e; } .wide { overflow-x: auto; } li { margin: .3rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .3rem .6rem; margin: .2rem 0; }
li li details:not([open]) { display: inline-block; margin-right: 1rem; }
"""


class Mark(NamedTuple):
    """The mark for one answer.

    `kind` is "right", "mistake" (for a common mistake), "wrong" or "open". `words` is the feedback on a wrong
    answer, and `code` is the answer itself.
    """

    kind: str
    points: int
    words: str = ""
    attempts: int = 1
    code: str = ""


@dataclass
class Row:
    """The results of one learner.

    Attributes
    ----------
    name, file : str
        The learner's name, and the name of the learner's file, or of the folder if it contains several notebooks.
    seed : str or None
    marks : dict
        Maps the name of an exercise to a `Mark`.
    remarks : list of (str, str)
        Notes on answers that the teacher should check, each with the code that it is about, or "".
    id : str
        The ID in the teacher's gradebook (see `class_list`).
    """

    name: str
    file: str
    seed: str | None = None
    marks: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)
    id: str = ""

    def note(self, text, code=""):
        """Add a note and, optionally, the code that it is about."""
        self.remarks.append((text, code))

    @property
    def notes(self):
        return [text for text, _ in self.remarks]

    @property
    def learner(self):
        """Return the name and file that identify a learner. They are the same for all of the learner's notebooks."""
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
        The protections that applied to every file (see `confinement.confine`).
    missing : list of str or None
        The learners on the class list who have not handed in anything, or None if there is no class list.
    """

    rows: list
    refused: list
    exercises: list
    protection: list
    missing: list | None = None

    @property
    def most(self):
        return sum(exercise.most_points for exercise in self.exercises)

    def total(self, row):
        return sum(self.points(row, exercise) for exercise in self.exercises)

    def points(self, row, exercise):
        mark = row.marks.get(exercise.name)
        return mark.points if mark else 0


def prepare(folder):
    """Create the folder for the results.

    Raises
    ------
    OSError
        If the folder cannot be created or contains anything other than the results of an earlier run.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    others = [name for name in names if name not in (CSV, PAGE) and not KEPT.fullmatch(name)]
    if others:
        raise FileExistsError(f"{folder} already contains {others[0]}. Choose an empty folder with --out.")


def write(grades, folder):
    """Write both the CSV file and the page to a folder, or neither.

    A CSV file from an earlier run is kept under another name unless its contents are the same, because a teacher may
    have corrected marks in it.

    Returns
    -------
    paths : list of Path
        The files that were written.
    kept : Path or None
        The new path of the earlier CSV file, if it was kept.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    file, report = Path(folder) / CSV, Path(folder) / PAGE
    data = table(grades).encode("utf-8-sig", "replace")  # Excel needs the byte order mark
    kept, new = None, not file.exists()
    try:
        if file.exists() and read_bytes(file) != data:
            numbered = (file.with_name(f"{file.stem}_{n}{file.suffix}") for n in itertools.count(1))
            kept = file.rename(next(path for path in numbered if not path.exists()))
        replace_atomically(file, lambda opened: opened.write(data))
        replace_atomically(report, lambda opened: opened.write(page(grades).encode("utf-8", "replace")))
    except BaseException as error:
        if kept:
            kept.replace(file)
        elif new:
            file.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:  # on Windows, for example if a spreadsheet has the file open
            raise in_words(error, file, "write") from error
        raise
    return [file, report], kept


def table(grades):
    """Return the grades as CSV, with a row for each learner."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    headers = [f"{exercise.name} ({exercise.most_points})" for exercise in grades.exercises]
    listed = grades.missing is not None
    writer.writerow(["name", *(["id"] * listed), f"total ({grades.most})", *headers, "seed", "file", "note"])
    for row in grades.rows:
        marks = [grades.points(row, exercise) for exercise in grades.exercises]
        texts = [harmless(text) for text in (row.seed or "", row.file, " ".join(row.notes))]
        who = [harmless(row.name), *([harmless(row.id)] * listed)]
        writer.writerow([*who, grades.total(row), *marks, *texts])
    return stream.getvalue()


def harmless(text):
    """Return text in a form that no spreadsheet mistakes for a formula, adding an apostrophe in front if necessary.

    In countries that use a decimal comma, spreadsheets also start a new field at each semicolon, so each part of the
    text between semicolons is treated separately.
    """
    return ";".join(map(_no_formula, text.split(";")))


def _no_formula(text):
    first = unicodedata.normalize("NFKC", text.lstrip().lstrip('"').lstrip())[:1]
    return f"'{text}" if first in tuple("=+-@|%") or text[:1] in ("\t", "\r", "\n") else text


# --- the page ------------------------------------------------------------------------------------


def page(grades):
    """Return the report as an HTML page without scripts."""
    parts = [
        f"<p>{len(grades.rows)} learners. Maximum: {grades.most} points. A common mistake (½) earns 1 of 2 points; ask "
        "whether the learner can explain it. Click on a name to see the answer.</p>",
        "<h2>Where they are stuck</h2>",
        _stuck(grades),
        "<h2>Who has done what</h2>",
        _matrix(grades),
        "<h2>Look at these</h2>",
        _list([(row.name, note, code) for row in grades.rows for note, code in row.remarks], "Nothing."),
        "<h2>Not graded</h2>",
        _list([(*one, "") for one in grades.refused], "Every file was graded."),
        *([] if grades.missing is None else ["<h2>Nothing handed in</h2>", _missing(grades.missing)]),
        f"<p>The answers were run in processes confined by: {_text(', '.join(grades.protection) or 'nothing was run')}."
        " This list contains only the protections that applied to every file.</p>",
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Grades</title><style>{STYLE}</style></head>\n<body><h1>Grades</h1>\n" + "\n".join(parts) + "</body>"
        "</html>\n"
    )


def _text(text):
    """Return text as HTML, isolated so that its writing direction does not affect the surrounding text."""
    return f"<bdi>{html.escape(text[:LONGEST_REPLY])}</bdi>"


def _code(code, summary="the answer"):
    """Return code as a collapsed HTML element. Characters that are invisible or reverse the text are escaped."""
    shown = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else f"\\u{ord(c):04x}" for c in _cut(code))
    return f"<details><summary>{summary}</summary><pre>{html.escape(shown)}</pre></details>"


def _cut(code):
    code = code.expandtabs(4)
    return code if len(code) <= LONGEST_CODE else f"{code[:LONGEST_CODE]} …"


def _list(lines, nothing):
    """Return lines of (name, remark, code) as an HTML list. If there are none, return `nothing` as a paragraph."""
    items = [f"<li>{_text(one)}: {_text(other)}{_code(code) if code else ''}</li>" for one, other, code in lines]
    return f"<ul>{''.join(items)}</ul>" if items else f"<p>{nothing}</p>"


def _missing(names):
    return f"<p>{', '.join(map(_text, names)) or 'Everybody on the class list has handed in something.'}</p>"


def _stuck(grades):
    """Return a list of exercises, each with its mistakes and the learners who made them.

    The exercises on which the most learners are stuck come first.
    """
    stuck = defaultdict(lambda: defaultdict(list))
    for row in grades.rows:
        for name, mark in row.marks.items():
            if mark.kind != "right":
                tries = f" ({mark.attempts} attempts)" if mark.attempts > 1 else ""
                who = f"{_text(row.name)}{tries}"
                stuck[name][mark.kind, mark.words].append(_code(mark.code, who))
    items = []
    for name, mistakes in sorted(stuck.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0])):
        count = sum(map(len, mistakes.values()))
        lines = [
            f'<li><span class="{kind}">{MARKS[kind]}</span> {len(names)} × {_text(words)} {"".join(names)}</li>'
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
