"""Read a class list, which gives each learner's ID in the teacher's gradebook.

The list is a CSV file whose first line contains `name` and `id`, separated by a comma, a semicolon or a tab. Other
columns are ignored.
"""

import csv
import io
from collections import Counter
from pathlib import Path

from helpers.exercises.submission import clean


def read(path):
    """Return a list of pairs (name, ID) from a file.

    Raises
    ------
    ValueError
        If the file is not a class list. The message says what to do.
    OSError
        If the file cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8. Save it as “CSV UTF-8”.") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        headers, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator) if text.strip() else [[]]
    except csv.Error as error:
        raise ValueError(f"{path} is not a CSV file ({error}).") from None
    headers = [normal(one) for one in headers]
    if not {"name", "id"} <= {*headers}:
        raise ValueError(f"{path} does not have the columns name and id. Begin its first line with name,id.")
    rows = [dict(zip(headers, map(clean, line), strict=False)) for line in lines]
    return [(row["name"], row.get("id", "")) for row in rows if row.get("name")]


def assign(rows, listed):
    """Add the IDs to the learners' rows, and return the names on the list that have no row.

    A row gets an ID only if its name appears once in the rows and once on the list.
    """
    ids, present = {}, Counter(normal(row.name) for row in rows)
    for name, one in listed:
        ids.setdefault(normal(name), []).append(one)
    for row in rows:
        mine = ids.get(normal(row.name), [])
        if len(mine) == present[normal(row.name)] == 1:
            row.id = mine[0]
        elif len(mine) == 1:
            row.note("Several rows have this name, so there is no ID.")
        else:
            row.note(f"The name {'appears more than once' if mine else 'is not'} on the class list, so there is no ID.")
    return [name for name, _ in listed if normal(name) not in present]


def normal(name):
    """Return a name in lower case and without extra spaces, so that names can be compared."""
    return clean(name).casefold()
