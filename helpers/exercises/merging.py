"""Combine the files of each learner, and compare the names and seeds in all files."""

from helpers.exercises import class_list


def put_together(rows):
    """Combine the rows of a learner who has handed in several files, for example one each week.

    Two files may also contain the same name because two learners share it. Files are therefore combined only if they
    have no lesson in common and their seeds do not differ. `compare` adds notes to the rest. Combined rows get the same
    name and file, so that `merged` can merge them.
    """
    for those in _alike(rows, lambda row: class_list.normal(row.name)):
        lessons = [{name[:2] for name in row.marks} for row in those]
        once = sum(map(len, lessons)) == len(set().union(*lessons))
        if once and len({row.seed for row in those} - {None}) <= 1:
            those[0].note(f"These files contain the same name and were combined: {', '.join(r.file for r in those)}.")
            for row in those:
                row.name, row.file = those[0].learner


def merged(rows):
    """Return the rows, with all rows of the same learner merged into one."""
    merged = {}
    for row in rows:
        first = merged.setdefault(row.learner, row)
        if first is not row:
            first.seed = first.seed or row.seed
            first.remarks += row.remarks
            for name, mark in row.marks.items():
                first.marks[name] = max(mark, first.marks.get(name, mark), key=lambda one: one.points)
    return list(merged.values())


def compare(rows):
    """Add a note to every row whose name or seed also occurs in another row."""
    for what, of in (("name", lambda row: class_list.normal(row.name)), ("seed", lambda row: row.seed)):
        for those in _alike(rows, of):
            count = len(those) - 2
            more = f" and {count} other{'s' * (count > 1)}" if count else ""
            for row in those:
                other = those[1] if row is those[0] else those[0]
                later = _later(*those) if what == "name" and not count else ""
                row.note(f"The {what} is the same as in {other.file}{more}.{later}")


def _later(one, other):
    """Return a sentence that says which of two files is the later one, or "" if this cannot be determined.

    The numbers of attempts show which file is newer, because they are never reset while the seed stays the same, and
    each file contains all the answers that had been given in its lessons by then.
    """
    if not all(row.file.lower().endswith(".json") for row in (one, other)) or one.seed != other.seed:
        return ""
    for first, later in ((one, other), (other, one)):
        if first.marks.keys() <= later.marks.keys():
            more = [later.marks[name].attempts - mark.attempts for name, mark in first.marks.items()]
            if min(more, default=0) >= 0 and (sum(more) or len(later.marks) > len(more)):
                return f" If both are from the same learner, {later.file} is the later file: it has more attempts."
    return ""


def _alike(rows, of):
    """Return lists of rows for which `of` returns the same value. Rows whose value is unique or None are left out."""
    groups = {}
    for row in rows:
        groups.setdefault(of(row), []).append(row)
    return [those for key, those in groups.items() if key is not None and len(those) > 1]
