"""A second process that takes over half of the work in each step of mini-batch training.

Threads cannot share a step that takes a millisecond, because Python's global interpreter lock makes them wait for each
other after every operation. Two processes do not share this lock. The parameters, the gradient and the batch are in
memory that both of them use. To request work, the first process increases a counter in that memory, which the
second process watches. Each process computes the gradient for half of the examples, and then updates its share of the
parameters. A process that works alone computes both halves, and obtains exactly the same result. For a
784 → 300 → 10 network and batches of 128 examples, a step takes 0.7 times as long as in one process.

The second process starts only if the work would take one process longer than about a second, and training begins
without waiting for it. It needs Linux on x86-64, where the changes made by one process become visible to another in the
order in which they were made.
"""

import contextlib
import ctypes
import json
import mmap
import os
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from statistics import median

import numpy as np

from helpers.training import batching, blocks
from helpers.training.engine import update_strips, views
from helpers.training.parallel import TWO_PROCESSES, core_count, parallel_map
from helpers.training.updates import step_of

ROOT = Path(__file__).resolve().parents[2]
START = "from helpers.training.second_process import serve; serve()"
LONG = 1e11  # number of multiplications and additions that take about a second
SPINS = 20_000  # number of times to check a value, for about a millisecond in all, before sleeping between checks
NAP, LONGEST_NAP = 1e-4, 2e-3  # seconds
PATIENCE = 10  # seconds to wait for the second process, which another program may have halted
LAPS = 100  # number of steps that are timed to compare two processes with one
READY, ASKED, DONE, KIND, FIRST, LAST, STEP_NUMBER = range(0, 56, 8)  # places in `numbers`, each in its own cache line
GRADIENT, UPDATE = range(2)  # kinds of work
PR_SET_PDEATHSIG = 1  # from linux/prctl.h


class LostProcessError(RuntimeError):
    """Raised when the second process is lost in the middle of an update, which leaves the parameters incomplete."""


class Shared:
    """Arrays in memory that both processes use.

    Parameters
    ----------
    buffer : mmap.mmap, or None
        Memory in which the arrays are placed. If it is None, only `size` is computed.
    task : dict
        The `sizes` of all layers, the `batch_size`, the `dtype`, the number of `slots` in the optimizer's memory, and
        the names of the functions `hidden_activation`, `output` and `optimizer`.
    """

    def __init__(self, buffer, task):
        self.buffer, self.size = buffer, 0
        n, m, dtype = task["sizes"], task["batch_size"], np.dtype(task["dtype"])
        P = sum(n[l] * (n[l - 1] + 1) for l in range(1, len(n)))
        self.numbers, self.reals = self._array((56,), np.dtype(np.int64)), self._array((2,), np.dtype(float))
        if buffer is not None:
            self.numbers = memoryview(self.numbers)  # reads a number in a third of the time
        self.theta, self.gradient, self.other = (self._array((P,), dtype) for _ in range(3))
        self.before, self.memory = self._array((P,), dtype), self._array((task["slots"], P), dtype)
        self.X, self.Y = self._array((m, n[0]), dtype), self._array((n[-1], m), dtype)

    def _array(self, shape, dtype):
        start, n_entries = self.size, int(np.prod(shape))
        self.size += -(-n_entries * dtype.itemsize // 64) * 64  # two arrays never share a cache line
        return None if self.buffer is None else np.frombuffer(self.buffer, dtype, n_entries, start).reshape(shape)


@contextlib.contextmanager
def second_process(options, state, sizes, X):
    """Provide a `SecondProcess` for a training run, or None if it would not help or cannot be started.

    When the ``with`` block ends, the second process is ended and the state is copied back to the first process's own
    memory.

    Parameters
    ----------
    options : SimpleNamespace
        The return value of `inputs.checked_options`.
    state : engine.State
        State of the training run. Its arrays are moved to the shared memory.
    sizes : tuple of int
        Sizes of all layers, n[0], …, n[L].
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` of that shape
    """
    second = None
    if _is_worthwhile(options, state, X):
        with contextlib.suppress(OSError):  # for example, there may be too little memory; one process is enough
            second = SecondProcess(options, state, sizes, batching.batch_size(X, options))
    try:
        yield second
    finally:
        if second:
            second.end()
            state.theta, state.memory = state.theta.copy(), state.memory.copy()


def _is_worthwhile(options, state, X):
    """Return whether two processes would train faster than one.

    The second process has only our own functions. It cannot help if a reader has replaced one of them, such as an
    activation function, a loss or the optimizer.
    """
    size, (_, n_updates) = batching.batch_size(X, options), batching.count_updates(X, options)
    return (
        TWO_PROCESSES
        and hasattr(os, "memfd_create")  # missing from some builds of Python for Linux
        and core_count() > 1
        and sys.executable is not None
        and size < min(len(X), blocks.THREADED)
        and blocks.count_blocks(size, state.theta.size) == 2
        and 6 * size * state.theta.size * (n_updates - len(state.costs)) > LONG
        and blocks.functions_are_ours()
        and blocks.is_ours(step_of(options.optimizer))
    )


class SecondProcess:
    """The second process, as seen from the first one. It must be ended with `end`.

    Parameters
    ----------
    options, state, sizes
        See `second_process`.
    batch_size : int

    Raises
    ------
    OSError
        If there is not enough memory, or if no process can be started.
    """

    def __init__(self, options, state, sizes, batch_size):
        names = ("hidden_activation", "output", "optimizer")
        task = {name: getattr(options, name) for name in names} | {"sizes": sizes, "batch_size": batch_size}
        task |= {"dtype": state.theta.dtype.name, "slots": len(state.memory)}
        size = Shared(None, task).size
        file = os.memfd_create("training")
        try:
            os.posix_fallocate(file, 0, size)  # otherwise, a lack of memory would end the program later
            self.shared = Shared(mmap.mmap(file, size), task)
            command = [sys.executable, "-c", START, str(file), json.dumps(task), str(os.getpid())]
            pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=[file], start_new_session=True, **pipes)
        finally:
            os.close(file)
        self.shared.theta[:], self.shared.memory[:] = state.theta, state.memory
        state.theta, state.memory = self.shared.theta, self.shared.memory
        self.sizes, self.helps, self.asked = sizes, False, 0
        self.laps, self.last = {False: deque(maxlen=LAPS), True: deque(maxlen=LAPS)}, None

    def begin_step(self, Y):
        """Prepare for a step on a batch whose inputs are in `shared.X` and whose targets are Y.

        The process starts to help when it is ready and more than ten steps have been timed without it. It is ended if
        it turns out that its help does not make the steps shorter, for example because another program is using the
        second core.
        """
        now = time.perf_counter()
        if self.last is not None:
            self.laps[self.helps].append(now - self.last)
        self.last = now
        alone, together = self.laps[False], self.laps[True]
        if not self.helps and self.process and len(alone) > 10:
            self.helps = bool(self.shared.numbers[READY])
        if self.helps and len(together) == LAPS:
            if median(together) > 0.9 * median(alone):
                self.end()
            together.clear()
        self.shared.Y[:, : Y.shape[1]] = Y

    def map(self, one_block, starts, stops):
        """Apply a function to both halves of the batch and return the results, like the built-in `map`.

        Parameters
        ----------
        one_block : callable
            Called as ``one_block(start, stop)``. It returns the cost of these examples, and their gradients dW and db.
        starts, stops : lists of int
        """
        if not self.helps or len(starts) != 2:
            return map(one_block, starts, stops)
        self._ask(GRADIENT, starts[1], stops[1])
        first = one_block(starts[0], stops[0])
        if self._is_done():
            return [first, (float(self.shared.reals[1]), *views(self.shared.other, self.sizes))]
        return [first, one_block(starts[1], stops[1])]

    def begin_update(self, t, alpha):
        """Let the second process update the last parameters of θ, and return the number left for the caller."""
        P = self.shared.theta.size
        if not self.helps:
            return P
        self.shared.numbers[STEP_NUMBER], self.shared.reals[0] = t, alpha
        self._ask(UPDATE, P * 2 // 5, P)  # the first process has less to update, because it also draws the next batch
        return P * 2 // 5

    def end_update(self):
        """Wait until the last parameters have been updated.

        Raises
        ------
        LostProcessError
            If the process ended or was halted before it had finished.
        """
        if self.helps and not self._is_done():
            raise LostProcessError(
                "training stopped because another program ended or halted the process that was doing half of the work: "
                "call fit again"
            )

    def end(self):
        """End the process. Training can go on without it."""
        self.helps = False
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _ask(self, kind, first, last):
        numbers, self.asked = self.shared.numbers, self.asked + 1
        numbers[KIND], numbers[FIRST], numbers[LAST] = kind, first, last
        numbers[ASKED] = self.asked  # set last, because the other process then starts

    def _is_done(self):
        """Wait until the process has finished its task. Return False if it has ended or been halted instead."""
        end = time.monotonic() + PATIENCE

        def is_possible():
            return self.process.poll() is None and time.monotonic() < end

        if _reached(self.shared.numbers, DONE, self.asked, is_possible):
            return True
        self.end()
        return False


def _reached(numbers, place, value, is_possible=lambda: True):
    """Wait until a number reaches a value. Return False if that is no longer possible."""
    for _ in range(SPINS):
        if numbers[place] == value:
            return True
    nap = NAP
    while is_possible():
        if numbers[place] == value:
            return True
        time.sleep(nap)
        nap = min(2 * nap, LONGEST_NAP)
    return numbers[place] == value


def serve():
    """Run the second process until the first process stops it or ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the system kills this process when the first one ends
    if os.getppid() != int(sys.argv[3]):  # the first one has already ended
        return
    task = json.loads(sys.argv[2])
    shared = Shared(mmap.mmap(int(sys.argv[1]), 0), task)
    functions, step = (task["hidden_activation"], task["output"]), step_of(task["optimizer"])
    (W, b), out = views(shared.theta, task["sizes"]), views(shared.other, task["sizes"])
    arrays = shared.theta, shared.gradient, shared.memory, shared.before
    numbers, asked = shared.numbers, 0
    numbers[READY] = 1
    with parallel_map(1):  # limits BLAS to one thread
        while _reached(numbers, ASKED, asked := asked + 1):
            first, last = numbers[FIRST], numbers[LAST]
            if numbers[KIND] == GRADIENT:
                # this half is the end of the batch, which therefore has `last` examples
                X, Y, share = shared.X[first:last], shared.Y[:, first:last], (last - first) / last
                shared.reals[1] = blocks.one_block(X, Y, W, b, *functions, share, out)[0]
            else:
                update_strips(step, arrays, range(first, last), numbers[STEP_NUMBER], float(shared.reals[0]))
            numbers[DONE] = asked
