"""The stop button and the progress bar of a long computation."""

import os
import signal
from contextlib import contextmanager

from tqdm.auto import tqdm

from helpers.system.browser import in_browser


@contextmanager
def interrupts_wait():
    """Hold back the stop button (Ctrl+C) and yield a function that lets it through.

    Between two calls of that function nothing is cut short. An interrupt that is still waiting at the
    end of the block is raised there. Only the main thread is ever interrupted; in other threads, and
    where interrupts are ignored, nothing is changed.
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

    There is none where the environment variable TQDM_DISABLE is 1, nor in a web browser, which has no
    threads to move it.

    Parameters
    ----------
    n : int
    what, unit : str
        Names of the work and of one step.
    """
    if in_browser():
        tqdm.monitor_interval = 0  # starts no thread
    # the notebook's bar does not read the variable itself
    disable = in_browser() or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(n), desc=what, unit=unit, delay=1, leave=False, disable=disable)
