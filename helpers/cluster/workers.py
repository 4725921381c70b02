"""Functions that start and stop workers, which are processes managed by Dask on this or other machines.

Dask distributed is an optional dependency, which you can install with ``pip install -r requirements-scale.txt``.
Without it, or in a browser, you can still use `shards` and `sweep` with ``workers=None``. They then do the
same work in this process, one part at a time.

The processes exchange functions and data as pickles, and loading a pickle can execute any code. Anyone who
can connect to a worker or to its scheduler can therefore do anything that you can do. The processes started by
`connect` listen only on this machine and accept only connections that present a key. This key is generated for these
processes and never saved, so other users of the machine cannot connect. A scheduler on another machine is only as
safe as its owner has made it. On a shared network, start it with your own certificates (see "TLS" in Dask's
documentation) and set `distributed.comm.tls` in Dask's configuration on this machine.
"""

import atexit
import importlib
import logging
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from helpers.system.browser import in_browser
from helpers.system.validation import brief, positive_whole
from helpers.training.parallel import core_count

VARIABLE = "LESSONS_SCHEDULER"
INSTALL = "pip install -r requirements-scale.txt"
PATIENCE = 20  # time in seconds to wait for an answer from the scheduler, and for a worker


class MissingEngineError(ImportError):
    """Raised when Dask distributed cannot be used, because a package is missing or Python is running in a browser."""


class NoWorkersError(ConnectionError):
    """Raised when a scheduler does not answer or has no workers, or when the workers are closed or do not start."""


class WorkerLostError(RuntimeError):
    """Raised when a worker that holds examples is lost."""


def why_unavailable():
    """Explain in one sentence why several processes cannot be used, or return an empty string if they can."""
    if in_browser():
        return "A browser cannot start processes"
    for name, title in (("distributed", "Dask distributed"), ("cryptography", "The package cryptography")):
        if sys.modules.get(name, True) is None or find_spec(name) is None:
            return f"{title}, which is needed to run several processes, is not installed: {INSTALL}"
    return ""


def connect(workers=None):
    """Start workers on this machine, or connect to the workers of an existing scheduler.

    If the environment variable LESSONS_SCHEDULER contains a scheduler's address, that scheduler's workers are used.

    Parameters
    ----------
    workers : int, optional
        Number of processes to start, each with one thread. By default, there is one process per core. With
        an existing scheduler, all of its workers are used.

    Returns
    -------
    workers : Workers
        Close them with ``close()``, or use them in a ``with`` statement.

    Raises
    ------
    MissingEngineError
        In a browser, or if a package is missing, in which case the message explains how to install it.
    NoWorkersError
        If the processes do not start, or if the scheduler does not answer, has no workers, or has workers on
        which this package is not installed.
    TypeError, ValueError
        If `workers` is not a positive integer.
    """
    count = core_count() if workers is None else positive_whole(workers, "workers")
    if why_unavailable():
        raise MissingEngineError(why_unavailable())
    address = os.environ.get(VARIABLE)
    with ExitStack() as stack:
        loop = _event_loop(stack)
        client = _meet(address, loop, stack) if address else _start(count, loop, stack)
        return Workers(client, stack.pop_all())


def client_of(workers):
    """Return the Dask client of `workers`, or None if `workers` is None, in which case this process does the work.

    Raises
    ------
    TypeError
        If `workers` is neither None nor a `Workers`.
    NoWorkersError
        If the workers are closed.
    """
    if not isinstance(workers, (Workers, type(None))):
        raise TypeError(f"workers is {brief(workers)}, but it must be None or the result of cluster.connect()")
    return workers and workers.client


class Workers:
    """Worker processes that can be used for `shards` and `sweep`.

    After `close` has been called, reading an attribute or calling `wait` raises a NoWorkersError. The method
    `wait` also raises this error if no worker becomes available.

    Attributes
    ----------
    client : distributed.Client
        Dask client that is connected to the workers.
    addresses : list of str
        Addresses of the workers in alphabetical order.
    """

    def __init__(self, client, closing):
        self._client, self._closing = client, closing
        atexit.register(self.close)  # otherwise processes and a temporary folder would be left behind

    @property
    def client(self):
        if self._client.status != "running":
            raise NoWorkersError("these workers are closed: call cluster.connect() again")
        return self._client

    @property
    def addresses(self):
        identity = self.client.scheduler.identity  # the client's own copy of this list is sometimes empty
        return sorted(self.client.sync(identity, n_workers=-1)["workers"])

    def wait(self):
        """Wait until a worker is available, for example while workers that have died are being replaced.

        Returns
        -------
        addresses : list of str
            Addresses of the available workers. The list is never empty.
        """
        deadline = time.monotonic() + PATIENCE
        try:
            while True:
                self.client.wait_for_workers(1, timeout=max(deadline - time.monotonic(), 0.01))
                if addresses := self.addresses:  # the worker may have died in the meantime
                    return addresses
        except TimeoutError as error:
            raise NoWorkersError("no worker is available: wait a moment, or call cluster.connect() again") from error

    def __len__(self):
        return len(self.addresses)

    def __bool__(self):
        return True  # even while the only worker is being replaced, and after the workers have been closed

    def close(self):
        """Disconnect from the workers, and end those started by `connect`. A second call has no effect."""
        atexit.unregister(self.close)
        self._closing.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def _event_loop(stack):
    """Start an event loop in a separate thread for messages to and from the workers, and return it.

    Dask fails if the thread does not start within ten seconds, for example because the machine has gone to
    sleep, so this function makes up to three attempts.
    """
    from distributed.utils import LoopRunner

    for _ in range(3):
        runner = LoopRunner()
        with suppress(AssertionError):
            runner.start()
            stack.callback(runner.stop)
            return runner.loop
    raise NoWorkersError("this machine is too busy to start anything: close other programs and try again")


def _start(count, loop, stack):
    """Start processes on this machine that only this process can connect to, and return a client."""
    import dask
    from distributed import Client, LocalCluster

    folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    stack.enter_context(dask.config.set(_settings(folder)))
    stack.enter_context(_workers_without_main())
    try:
        cluster = LocalCluster(n_workers=count, local_directory=folder, loop=loop, **_cluster_options())
        stack.enter_context(cluster)

        # Dask raises a KeyError when a worker unknown to the cluster ends.
        def update_known(op, msg, update=cluster._update_worker_status):
            return update(op, msg) if op == "add" or msg in cluster.scheduler_info["workers"] else None

        cluster._update_worker_status = update_known
        return stack.enter_context(Client(cluster))
    except (OSError, RuntimeError) as error:
        words = f"{count} processes could not be started: close other programs and try again, or ask for fewer"
        raise NoWorkersError(words) from error


def _settings(folder):
    """Return the configuration that Dask uses while the processes are running."""
    # Otherwise malloc returns large arrays to the system after each use, and 1000 examples take a third longer.
    environment = {"MALLOC_MMAP_THRESHOLD_": 2**25, "MALLOC_TRIM_THRESHOLD_": 2**26}
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
    return {
        "temporary-directory": folder,
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.worker.profile.enabled": False,  # it reads source files, which would distort memory measurements
        "distributed.deploy.lost-worker-timeout": "5 minutes",  # on a busy machine, replacing a worker takes a while
    }


def _cluster_options():
    """Return the arguments of `LocalCluster` that do not depend on the number of processes."""
    from distributed import Security

    return {
        "threads_per_worker": 1,
        "processes": True,
        "host": "127.0.0.1",
        "security": Security.temporary(),  # a new key that only these processes know
        "dashboard_address": "127.0.0.1:0",  # any free port, because the dashboard is switched off
        "scheduler_kwargs": {"dashboard": False},
        "silence_logs": logging.CRITICAL,
        "env": {"PYTHONPATH": _path_for_workers()},
        "preload": [__name__],
    }


def dask_setup(worker):
    """Ignore interrupts in a worker process. Dask calls this function in each process that `connect` starts.

    The stop button or Ctrl+C sends an interrupt to all processes of a program, but only the main process should
    react to it. A worker terminated by the interrupt could do no further work.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _meet(address, loop, stack):
    """Connect to a scheduler, wait for a worker, check that this package is installed there, and return a client."""
    from distributed import Client

    cure = f"Start `dask scheduler` and `dask worker --nworkers -1 --nthreads 1 {address}` there, or unset {VARIABLE}"
    try:
        client = stack.enter_context(Client(address, timeout=PATIENCE, loop=loop))
    except (OSError, ValueError) as error:
        raise NoWorkersError(f"no scheduler answers at {address}. {cure}") from error
    except (TypeError, RuntimeError) as error:
        words = f"{VARIABLE} is {address}, which Dask's settings in `distributed.comm` do not allow ({error})"
        raise NoWorkersError(f"{words}: set the certificates in `distributed.comm.tls`, or use tls://") from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        client.run_on_scheduler(importlib.import_module, __name__)
        client.run(importlib.import_module, __name__)
    except TimeoutError as error:
        raise NoWorkersError(f"there is no worker at {address}. {cure}") from error
    except ImportError as error:
        raise NoWorkersError(f"a process at {address} lacks this package: install it on all machines") from error
    return client


def _path_for_workers():
    """Return a value for PYTHONPATH that lets the workers find this package, whatever their working directory."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


@contextmanager
def _workers_without_main():
    """Prevent new processes from importing the program that started them.

    By default, each new process would run that program from the top, except for code guarded by
    ``if __name__ == "__main__"``. In a script without this guard, workers would start more workers. The
    workers do not need anything from the program, because its functions are sent to them by value.
    """
    from multiprocessing import spawn  # imported here because it is not available in a browser

    original = spawn.get_preparation_data

    def without_main(name):
        return {key: value for key, value in original(name).items() if not key.startswith("init_main")}

    spawn.get_preparation_data = without_main
    try:
        yield
    finally:
        spawn.get_preparation_data = original
