"""How much a lesson may compute where it runs: in full on a computer's own Python, less inside a web browser."""

import sys


def in_browser():
    """Say whether this Python runs inside a web browser.

    Returns
    -------
    bool
        There NumPy multiplies matrices about a hundred times more slowly, and there are no
        processes, threads or sockets (Pyodide reports the platform "emscripten").
    """
    return sys.platform == "emscripten"
