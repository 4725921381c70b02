"""Isolation of the reader's code, which may loop forever, print endlessly, ask for input or exit.

`quarantine` stops it after some seconds. In the main thread on Linux and macOS, an alarm can interrupt between any
two bytecodes; if the code catches everything, the alarm is repeated, eventually so often that one arrives between an
`except` and the next `try`. On Windows, in the browser and in other threads, a trace function checks the clock at
every line: this is slower, and powerless against code that catches everything. Neither can interrupt a single long
call inside NumPy, which is noticed only when it returns.
"""

import builtins
import contextlib
import io
import signal
import sys
import threading
import time
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np
from IPython import get_ipython

from helpers.exercises.surroundings import restored

PATIENCE = 5  # alarms that code may catch before they become frequent
OFTEN = 2e-5  # seconds between frequent alarms: a few bytecodes
OWN_FILES = (__file__, contextlib.__file__)


class TimeUp(BaseException):
    """Time limit exceeded; the text is the number of seconds. Not an Exception, which a reader's code may catch."""


class AskedForInputError(Exception):
    """The reader's code called `input`, which would wait forever."""


class Printed(io.TextIOBase):
    """A stream that keeps the first `most` characters and only counts the rest."""

    def __init__(self, most=1000):
        self.most, self.kept, self.length = most, "", 0

    def writable(self):
        return True

    def write(self, text):
        self.length += len(text)
        self.kept += text[: self.most - len(self.kept)]
        return len(text)

    def __str__(self):
        left_out = self.length - len(self.kept)
        return self.kept + (f"\n… and {left_out} more characters" if left_out else "")


@contextmanager
def quarantine(seconds, printed):
    """Run the block for at most `seconds`, with its output captured in `printed` and without warnings or input.

    Raises
    ------
    TimeUp
        In the block, when time is up.
    """
    with (
        redirect_stdout(printed),
        redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        _no_input(),
        _no_exit(),
        restored(),
        time_limit(seconds),
    ):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _no_input():
    def refuse(*_):
        raise AskedForInputError

    before, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = before


@contextmanager
def _no_exit():
    """In a notebook, `exit` is not Python's own: it would shut down the kernel, and all work would be lost."""

    def leave(*_):
        raise SystemExit

    shell = get_ipython()
    if shell is None:
        yield
        return
    shell.ask_exit = leave  # hides the method of its class
    try:
        yield
    finally:
        del shell.ask_exit


def time_limit(seconds):
    """A context manager that raises TimeUp in its block after some seconds, repeatedly until the block is left."""
    main = threading.current_thread() is threading.main_thread()
    return _alarm(seconds) if main and hasattr(signal, "setitimer") else _watched_lines(seconds)


@contextmanager
def _alarm(seconds):
    active, ignored, start = True, 0, time.monotonic()

    def stop(_, frame):
        nonlocal ignored
        if not active or frame.f_code.co_filename in OWN_FILES:  # the block is being left
            return
        ignored += 1
        if ignored == PATIENCE:
            signal.setitimer(signal.ITIMER_REAL, OFTEN, OFTEN)
        raise TimeUp(f"{seconds:g}")

    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # repeated, because an except may catch one
    try:
        yield
    finally:
        active = False
        if left:  # another limit around this one
            left = max(left - (time.monotonic() - start), 1e-3)
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)


@contextmanager
def _watched_lines(seconds):
    end = time.monotonic() + seconds

    def trace(frame, event, argument):
        if time.monotonic() > end:
            raise TimeUp(f"{seconds:g}")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
