"""The stop button and the progress bar of a long computation."""

import os
import signal
from contextlib import contextmanager

from tqdm.auto import tqdm

from helpers.system.browser import in_browser


@contextmanager
def interrupts_wait():
    """Hold back the stop button (Ctrl+C) and yield a function that lets it through.

    Nothing is interrupted between two calls of that function. An interrupt still pending at the end of
    the block is raised there. Only the main thread is ever interrupted; in other threads, and where
    interrupts are ignored, this has no effect.
    """
    waiting = []
    try:
        before = signal.getsignal(signal.SIGINT)
        if callable(before):
            signal.signal(signal.SIGINT, lambda *arguments: waiting.append(arguments))
    except ValueError:  # not the main thread
        before = None

    def let_interrupt():
        if waiting:
            before(*waiting.pop())

    try:
        yield let_interrupt
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)
        let_interrupt()


def progress(n, what, unit):
    """An iterator over `n` steps with a progress bar, which appears after one second.

    The bar is omitted if the environment variable TQDM_DISABLE is 1, and in a web browser, where there
    are no threads to update it.

    Parameters
    ----------
    n : int
    what, unit : str
        Names of the work and of one step.
    """
    if in_browser():
        tqdm.monitor_interval = 0  # prevents tqdm from starting a thread
    # the notebook's bar does not read the variable itself
    disable = in_browser() or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(n), desc=what, unit=unit, delay=1, leave=False, disable=disable)
