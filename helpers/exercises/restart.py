"""After a restart of the kernel, tell readers what to run first if an answer uses a name from an earlier cell."""

from IPython import get_ipython

from helpers.exercises.errors import about_error
from helpers.exercises.message import Message


def explain_missing_names():
    """Explain Python's error from now on if a cell with an exercise uses an undefined name.

    The answer fails before `check` is called, so `_explain` is registered to run after each cell, once however often
    it is registered. Outside a notebook nothing happens.
    """
    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _explain)


def _explain(result):
    error = getattr(result, "error_in_exec", None)
    if isinstance(error, NameError) and __package__ in result.info.raw_cell:  # an exercise imports from here
        Message("?", "A name is missing.", about_error("answer", error)).show()
