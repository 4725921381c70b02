"""Handling of the stop button, and a progress bar for long computations."""

import os
import signal
import time
from contextlib import contextmanager, suppress

from tqdm.auto import tqdm

from helpers.system.browser import in_browser

DELAY = 1  # seconds before a progress bar appears


@contextmanager
def interrupts_wait():
    """Delay interrupts (Ctrl+C or the stop button) until the program is ready for them.

    If an interrupt is still pending at the end of the block, it is raised there. Python delivers interrupts
    only to the main thread, so this context manager has no effect in other threads. Nor does it have any
    effect in programs that ignore interrupts.

    Yields
    ------
    callable
        Function to call whenever an interrupt would be safe. If an interrupt is pending, the call
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
            arguments = waiting.pop()
            waiting.clear()  # several presses count as one
            before(*arguments)

    try:
        yield let_interrupt
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)
        let_interrupt()


def uninterrupted(function, *arguments):
    """Return ``function(*arguments)``, or raise KeyboardInterrupt if an interrupt occurred, even if it was caught.

    `NeuralNetwork.fit`, for example, catches an interrupt and returns a network that is only partly trained. Use this
    function where such a result must not be mistaken for a complete one. It has no effect outside the main thread.

    Parameters
    ----------
    function : callable
    *arguments : objects

    Returns
    -------
    object
        Result of the function.
    """
    presses, before = [], None

    def note(*details):
        presses.append(details)
        before(*details)

    try:
        with suppress(ValueError):  # raised by `signal.signal` outside the main thread
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                signal.signal(signal.SIGINT, note)
        result = function(*arguments)
    finally:
        with suppress(ValueError):
            if callable(before):
                signal.signal(signal.SIGINT, before)
    if presses:
        raise KeyboardInterrupt
    return result


def progress(n, what, unit):
    """Iterate over `range(n)`, and show a progress bar after one second.

    No bar is shown if the environment variable TQDM_DISABLE is 1, or in a web browser, where there are no threads
    to update it. The bar is not created until it is needed, because in a notebook it consists of a dozen widgets.

    Parameters
    ----------
    n : int
        Number of steps.
    what : str
        Name of the task, shown beside the bar.
    unit : str
        Name of one step, such as "iteration".
    """
    # Unlike the text version, the notebook version of tqdm ignores the environment variable.
    disabled = in_browser() or os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    start = time.monotonic()
    for i in range(n):
        if not disabled and time.monotonic() >= start + DELAY:
            yield from tqdm(range(i, n), desc=what, total=n, initial=i, unit=unit, leave=False, disable=False)
            return
        yield i
