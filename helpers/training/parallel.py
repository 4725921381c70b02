"""Run one function on many blocks of examples, on all cores; the result does not depend on their number.

NumPy releases Python's global lock while it computes, so plain threads use all cores. Meanwhile BLAS (the
library behind `@`) is limited to one thread of its own: two schedulers that each claim every core
slow each other down, and for small products BLAS threads spend more time waiting for each other than
computing, up to twenty times as much if another program also needs a core.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from helpers.system.browser import in_browser
from helpers.system.interrupts import interrupts_wait


def core_count():
    """Cores that this process may use; 1 in the browser, where Python has no threads."""
    if in_browser():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def parallel_map(n_blocks):
    """Yield a function like `map` that keeps the order and makes up to `n_blocks` calls at once.

    Use it as ``with parallel_map(8) as run: results = run(function, blocks)``. With one block or
    one core it is `map` itself, and no thread is started. On leaving the context, even through an error
    or the stop button, BLAS gets its threads back.
    """
    workers = min(n_blocks, core_count())
    with _single_threaded_blas():
        if workers < 2:
            yield map
        else:
            with ThreadPoolExecutor(workers) as pool:
                yield pool.map


@contextmanager
def _single_threaded_blas():
    user = object()
    try:
        try:
            with interrupts_wait():
                _SINGLE_THREADED_BLAS.begin(user)
            yield
        finally:
            with interrupts_wait():
                _SINGLE_THREADED_BLAS.end(user)
    finally:  # again, in case the stop button was pressed just before interrupts had to wait
        with interrupts_wait():
            _SINGLE_THREADED_BLAS.end(user)


class _SingleThreadedBlas:
    """Limits BLAS to one thread while anyone uses this; the setting applies to the whole process."""

    def __init__(self):
        self.lock, self.users, self.limit = threading.Lock(), set(), None

    def begin(self, user):
        """Limit BLAS for `user`, any object."""
        with self.lock:
            self.users.add(user)
            if self.limit is None and not in_browser():
                from threadpoolctl import threadpool_limits  # imported here, because a browser does not need it

                self.limit = threadpool_limits(limits=1, user_api="blas")

    def end(self, user):
        """Restore BLAS if `user` is the last; a second call does nothing."""
        with self.lock:
            self.users.discard(user)
            if self.limit and not self.users:
                self.limit.restore_original_limits()
                self.limit = None


_SINGLE_THREADED_BLAS = _SingleThreadedBlas()
