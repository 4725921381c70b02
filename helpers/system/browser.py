"""Where this Python runs: on a computer, or inside a web browser, where a lesson can compute less."""

import sys
from contextlib import contextmanager

RECORDED = "(Shown from a recording: in this web browser Python cannot write the file.)"
LEFT_OUT = "(Left out: in this web browser Python cannot write the file. On a computer it can.)"


def in_browser():
    """Say whether this Python runs inside a web browser.

    Returns
    -------
    bool
        There NumPy multiplies matrices about a hundred times more slowly, and there are no
        processes, threads or sockets (Pyodide reports the platform "emscripten"). What a lesson
        then takes from a recording is told by `helpers.runs.recorded`.
    """
    return sys.platform == "emscripten"


@contextmanager
def where_files_can_be_written():
    """In a web browser whose Python cannot write a file, say so in a sentence and go on behind the block.

    Elsewhere, and for any other error, nothing is caught.
    """
    try:
        yield
    except OSError:
        if not in_browser():
            raise
        print(LEFT_OUT)
