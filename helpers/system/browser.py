"""Support for running the lessons inside a web browser, where computations are much slower."""

import sys
from contextlib import contextmanager

RECORDED = "(Shown from a recording, because Python cannot write the file in this web browser.)"
LEFT_OUT = "(Skipped, because Python cannot write the file in this web browser. This works outside a browser.)"


def in_browser():
    """Return whether Python is running inside a web browser.

    In a browser, NumPy multiplies matrices about a hundred times more slowly, and there are no processes,
    threads or sockets. Lessons therefore show recordings of long computations there; see
    `datasets.recordings.recorded`.

    Returns
    -------
    bool
        True if the platform is "emscripten", which is how Pyodide identifies itself.
    """
    return sys.platform == "emscripten"


def in_page():
    """Return whether the lesson is running on a page of the book, with its own buttons, rather than in JupyterLab."""
    return "live_kernel" in sys.modules  # see site/live


def download(name, text):
    """On a page of the book, have the browser save some text as a file.

    Parameters
    ----------
    name, text : str
        The name of the file and its contents.
    """
    sys.modules["live_kernel"].send({"type": "file", "name": name, "text": text})


def rerun_instruction():
    """Return the words that tell the reader how to have an answer judged again, in the book or in JupyterLab."""
    return "press Check" if in_page() else "run the cell again"


@contextmanager
def where_files_can_be_written():
    """Run a block of code that writes a file, and skip the rest of the block if a web browser does not allow this.

    Inside a browser, an OSError ends the block, a notice is printed, and the program continues after the
    block. All other errors are raised as usual, and so is every error outside a browser.
    """
    try:
        yield
    except OSError:
        if not in_browser():
            raise
        print(LEFT_OUT)
