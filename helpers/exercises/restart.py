"""After a restart of the kernel: an exercise whose answer uses a name of an earlier cell says what to run first."""

from IPython import get_ipython

from helpers.exercises.errors import about_error
from helpers.exercises.message import Message


def explain_missing_names():
    """From now on, a sentence follows Python's error where a cell with an exercise uses a name that is not defined.

    The answer fails before `check` is called, so the notebook is asked to call `_explain` after each
    cell; it does so once, however often it is asked. Outside of a notebook nothing happens.
    """
    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _explain)


def _explain(result):
    error = getattr(result, "error_in_exec", None)
    if isinstance(error, NameError) and __package__ in result.info.raw_cell:  # an exercise imports from here
        Message("?", "A name is missing.", about_error("answer", error)).show()
