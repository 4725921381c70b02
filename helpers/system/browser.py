"""Detect whether Python runs on a computer or inside a web browser, where a lesson can compute less."""

import sys
from contextlib import contextmanager

RECORDED = "(Shown from a recording: in this web browser Python cannot write the file.)"
LEFT_OUT = "(Left out: in this web browser Python cannot write the file. On a computer it can.)"


def in_browser():
    """Whether this Python runs inside a web browser.

    Returns
    -------
    bool
        In a browser NumPy multiplies matrices about a hundred times more slowly, and there are no
        processes, threads or sockets (Pyodide reports the platform "emscripten"). Lessons then show
        recordings of long computations; see `datasets.recordings.recorded`.
    """
    return sys.platform == "emscripten"


@contextmanager
def where_files_can_be_written():
    """If the block cannot write a file in a web browser, print a notice and continue after the block.

    Outside a browser no error is caught; inside one, only an OSError is.
    """
    try:
        yield
    except OSError:
        if not in_browser():
            raise
        print(LEFT_OUT)
