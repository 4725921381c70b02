"""The stop button and the progress bar of a long computation."""

import os
import signal
from contextlib import contextmanager

from tqdm.auto import tqdm

from helpers.system.browser import in_browser


@contextmanager
def interrupts_wait():
    """Hold back the stop button (Ctrl+C) and yield a function that lets it through.

    Between two calls of that function nothing is cut short, whatever the moment. Only the main
    thread is ever interrupted; in others, and where interrupts are ignored, nothing is changed.
    """
    came = []
    try:
        before = signal.getsignal(signal.SIGINT)
        if callable(before):
            signal.signal(signal.SIGINT, lambda *arguments: came.append(arguments))
    except ValueError:  # not the main thread
        before = None

    def let_interrupt():
        if came:
            before(*came.pop())

    try:
        yield let_interrupt
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)
        let_interrupt()


def progress(n, what, unit):
    """So many steps, with a progress bar from the second second on; set TQDM_DISABLE=1 to have none.

    There is none in a web browser either, which has no threads to let it move.
    """
    if in_browser():
        tqdm.monitor_interval = 0  # starts no thread
    # the notebook's bar does not look at the variable itself
    disable = in_browser() or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(n), desc=what, unit=unit, delay=1, leave=False, disable=disable)
