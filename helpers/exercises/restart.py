"""Tell readers what to run first if an answer uses a name that was lost when the kernel was restarted."""

import re

from IPython import get_ipython

from helpers.exercises.errors import about_error
from helpers.exercises.message import Message


def explain_missing_names():
    """Explain Python's error whenever a cell with an exercise uses an undefined name.

    Such a cell fails before it calls `check`, so `_explain` is registered to run after each cell. It runs only once per
    cell, however often it is registered. Outside a notebook, nothing happens.
    """
    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _explain)


def _explain(result):
    error = getattr(result, "error_in_exec", None)
    if (
        isinstance(error, NameError) and __package__ in result.info.raw_cell
    ):  # the cell of an exercise imports from this package
        if error.name in re.findall(r"\bq\d *= *([a-dA-D])\b", result.info.raw_cell):
            words = f'A letter given as an answer needs quotation marks: `"{error.name}"`.'
        else:
            words = about_error("answer", error)
        Message("?", "A name is missing.", words).show()
