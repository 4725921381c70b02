"""Apply a function to many blocks of examples in parallel, using all cores.

NumPy releases Python's global interpreter lock while it computes, so ordinary threads can use all cores.
While the function runs, BLAS, the library that computes matrix products, is limited to a single thread. Otherwise
its threads and ours would compete for the same cores. For small products, BLAS threads also spend more time
waiting for each other than computing, up to twenty times as much if another program is using a core.
"""

import os
import platform
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from helpers.system.browser import in_browser
from helpers.system.interrupts import interrupts_wait

# Whether two processes can share the work of a mini-batch on a machine of this kind; see `second_process`.
TWO_PROCESSES = sys.platform == "linux" and platform.machine() == "x86_64"


def core_count():
    """Return the number of cores that this process may use. In a browser, this is 1, because there are no threads."""
    if in_browser():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def parallel_map(n_blocks):
    """Provide a parallel version of `map` that returns the results in order.

    Use it as ``with parallel_map(8) as run: results = run(function, blocks)``. Up to `n_blocks` calls
    run in parallel. If there is only one block or one core, `run` is the built-in `map`, and no thread is
    started. After the ``with`` block, BLAS may use several threads again, even if an error or the stop
    button ended the block.
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
    finally:  # repeated in case the stop button was pressed just before `interrupts_wait` took effect
        with interrupts_wait():
            _SINGLE_THREADED_BLAS.end(user)


class _SingleThreadedBlas:
    """Limit on the number of BLAS threads in this process, in force as long as it has at least one user."""

    def __init__(self):
        self.lock, self.users, self.limit = threading.Lock(), set(), None

    def begin(self, user):
        """Add `user`, which can be any object, and limit BLAS to one thread."""
        with self.lock:
            self.users.add(user)
            if self.limit is None and not in_browser():
                from threadpoolctl import threadpool_limits  # imported here because it is not needed in a browser

                self.limit = threadpool_limits(limits=1, user_api="blas")

    def end(self, user):
        """Remove `user`, and lift the limit if there are no other users. A second call has no effect."""
        with self.lock:
            self.users.discard(user)
            if self.limit and not self.users:
                self.limit.restore_original_limits()
                self.limit = None


_SINGLE_THREADED_BLAS = _SingleThreadedBlas()
