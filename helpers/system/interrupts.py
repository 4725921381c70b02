"""Handling of the stop button, and a progress bar for long computations."""

import os
import signal
from contextlib import contextmanager

from tqdm.auto import tqdm

from helpers.system.browser import in_browser


@contextmanager
def interrupts_wait():
    """Delay interrupts (Ctrl+C or the stop button) until the program is ready for them.

    An interrupt that is still waiting at the end of the block is raised there. Python delivers interrupts
    to the main thread only, so this context manager has no effect in other threads, or in programs that
    ignore interrupts.

    Yields
    ------
    callable
        Function to call whenever an interrupt would be safe. If an interrupt is waiting, the call
        raises it.
    """
    waiting = []
    try:
        before = signal.getsignal(signal.SIGINT)
        if callable(before):
            signal.signal(signal.SIGINT, lambda *arguments: waiting.append(arguments))
    except ValueError:  # raised by `signal.signal` outside the main thread
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
    """Return an iterator over `range(n)` that shows a progress bar after one second.

    There is no bar if the environment variable TQDM_DISABLE is 1. There is none in a web browser either,
    because a browser has no threads to update it.

    Parameters
    ----------
    n : int
        Number of steps.
    what : str
        Name of the task, shown beside the bar.
    unit : str
        Name of one step, such as "iteration".
    """
    if in_browser():
        tqdm.monitor_interval = 0  # otherwise tqdm would start a thread
    # Unlike the text version, the notebook version of tqdm ignores the environment variable.
    disable = in_browser() or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(n), desc=what, unit=unit, delay=1, leave=False, disable=disable)
