"""A reader's code at arm's length: it may loop for ever, print without end, ask for input or leave.

`quarantine` stops it after some seconds. In the main thread of Linux and macOS an alarm does so,
between any two bytecodes; code that catches everything gets it again and again, in the end so
often that one comes between its `except` and its next `try`. On Windows, in the browser and in
other threads a trace function looks at the clock at every line: slower, and powerless if the code
catches everything that is raised. A single long call inside NumPy cannot be stopped by either; it
is noticed when it returns.
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

PATIENCE = 5  # alarms that code may catch before they come often
OFTEN = 2e-5  # seconds between them then: some bytecodes
OWN_FILES = (__file__, contextlib.__file__)


class TimeUp(BaseException):
    """The time is over; its text is the number of seconds. Not an Exception: a reader's code may catch those."""


class AskedForInputError(Exception):
    """The reader's code called `input`, which would wait for ever."""


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
    """Run the block for at most `seconds`, what it prints kept in `printed`, no warnings, no input.

    Raises
    ------
    TimeUp
        In the block, when the time is over.
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
    """In a notebook `exit` is not Python's: it asks the kernel to end, and all work would be lost."""

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
    """A block that TimeUp is raised in after some seconds, and then again until it is left."""
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
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # again and again: an except may catch one
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
