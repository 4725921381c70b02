"""The list of a class, which says which ID in the teacher's gradebook belongs to which name.

It is a CSV file whose first line contains `name` and `id`, separated by a comma, a semicolon or a tab. Other columns
are ignored.
"""

import csv
import io
from pathlib import Path

from helpers.exercises.submission import clean


def read(path):
    """Return a list of (name, ID) from a file.

    Raises
    ------
    ValueError
        If the file is not a class list. The sentence says what to do.
    OSError
        If it cannot be read.
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
        raise ValueError(f"{path} has no columns name and id. Begin its first line with name,id.")
    rows = [dict(zip(headers, map(clean, line), strict=False)) for line in lines]
    return [(row["name"], row.get("id", "")) for row in rows if row.get("name")]


def assign(rows, listed):
    """Give the learners their IDs, and return the names in the list of those who have no row."""
    ids = {}
    for name, one in listed:
        ids.setdefault(normal(name), []).append(one)
    for row in rows:
        mine = ids.get(normal(row.name), [])
        if len(mine) == 1:
            row.id = mine[0]
        else:
            row.note(f"The name is {'twice or more' if mine else 'not'} in the class list, so there is no ID.")
    present = {normal(row.name) for row in rows}
    return [name for name, _ in listed if normal(name) not in present]


def normal(name):
    """Return a name without the differences that do not matter: capital letters and additional spaces."""
    return clean(name).casefold()
