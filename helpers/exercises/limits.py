"""Isolate the reader's code, which may loop forever, print endlessly, ask for input or exit.

`quarantine` stops the code after a given time. In the main thread on Linux and macOS, it uses an alarm, which can
interrupt the code between any two bytecodes. If the code catches every exception, the alarm is repeated. After some
repetitions, the alarms come so often that one arrives between an `except` and the next `try`. On Windows, in the
browser and in other threads, a trace function checks the clock at every line instead. This is slower, and it cannot
stop code that catches every exception. Neither method can interrupt a single long call inside NumPy. In that case, the
code is stopped only when the call returns.
"""

import builtins
import contextlib
import io
import signal
import sys
import threading
import time
import warnings
import weakref
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np
from IPython import get_ipython

from helpers.exercises.surroundings import restored

PATIENCE = 5  # number of alarms that the code may catch before they become frequent
OFTEN = 2e-5  # seconds between frequent alarms, about the time that a few bytecodes take
OWN_FILES = (__file__, contextlib.__file__)
WEAKREF_FILES = (weakref.__file__, weakref.WeakSet.__init__.__code__.co_filename)


class TimeUp(BaseException):
    """Raised when the time limit is exceeded. The error message is the limit in seconds.

    This class does not inherit from Exception, because the reader's code may catch exceptions.
    """


class AskedForInputError(Exception):
    """Raised when the reader's code calls `input`, which would wait forever."""


class Printed(io.TextIOBase):
    """A stream that keeps the first `most` characters and counts the rest."""

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
    """Run the body of a `with` statement for at most `seconds` seconds.

    The output is captured in `printed`. Warnings are suppressed, and `input` raises an error.

    Raises
    ------
    TimeUp
        Inside the body, when the time is up.
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
    """Prevent `exit` from shutting down the kernel, so that no work is lost.

    In a notebook, `exit` is IPython's own function. Inside the block it raises SystemExit, as in plain Python.
    """

    def leave(*_):
        raise SystemExit

    shell = get_ipython()
    if shell is None:
        yield
        return
    before = vars(shell).get("ask_exit")  # not None inside another quarantine
    shell.ask_exit = leave  # an instance attribute hides the method of the class
    try:
        yield
    finally:
        if before is None:
            del shell.ask_exit
        else:
            shell.ask_exit = before


def time_limit(seconds):
    """Return a context manager that raises TimeUp in its block after `seconds`, using an alarm or a trace function."""
    main = threading.current_thread() is threading.main_thread()
    return _alarm(seconds) if main and hasattr(signal, "setitimer") else _watched_lines(seconds)


@contextmanager
def _alarm(seconds):
    active, ignored, start = True, 0, time.monotonic()

    def stop(_, frame):
        nonlocal ignored
        if not active or frame.f_code.co_filename in OWN_FILES:  # the block has ended
            return
        ignored += 1
        if ignored < PATIENCE and _in_finalizer(frame):  # wait for the next alarm
            return
        if ignored == PATIENCE:
            signal.setitimer(signal.ITIMER_REAL, OFTEN, OFTEN)
        raise TimeUp(f"{seconds:g}")

    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # repeated because the code may catch an alarm
    try:
        yield
    finally:
        active = False
        if left:  # this time limit is nested in another one
            left = max(left - (time.monotonic() - start), 1e-3)
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)


def _in_finalizer(frame):
    """Return whether an object is being deleted, in which case Python would print an error but not pass it on."""
    while frame and frame.f_code.co_name != "__del__" and frame.f_code.co_filename not in WEAKREF_FILES:
        frame = frame.f_back
    return frame is not None


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
