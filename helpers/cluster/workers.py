"""Workers: processes on this machine or on others, started and managed by the library Dask distributed (the engine).

The engine is optional: ``pip install -r requirements-scale.txt``. The code that runs on it, `shards` and
`sweep`, also takes ``workers=None`` and then does the same work in this process, one part after
another, so without the engine (as in every browser) it is only slower.

The processes exchange functions and data as pickles, and unpickling can run any code. So anyone who can
connect to a worker or its scheduler can do whatever you can. Processes started by `connect` listen only
on this machine and accept only connections that present a key, which is generated for them and never
stored: other users of the machine cannot connect to them. A scheduler elsewhere is only as safe as its owner
has made it: on a shared network, start it with certificates of your own (see "TLS" in Dask's
documentation), and set `distributed.comm.tls` in Dask's configuration here.
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
PATIENCE = 20  # seconds within which a scheduler must answer and a worker must be available


class MissingEngineError(ImportError):
    """Dask distributed is not installed, or cannot be used: a browser has no processes."""


class NoWorkersError(ConnectionError):
    """No scheduler answers at the address, or it has no worker."""


class WorkerLostError(RuntimeError):
    """A worker that held examples was lost."""


def missing():
    """Why several processes cannot be used, in one sentence; an empty string if they can."""
    if in_browser():
        return "A browser cannot start processes"
    needed = ("distributed", "cryptography")
    if any(sys.modules.get(name, True) is None or find_spec(name) is None for name in needed):
        return f"The engine for several processes, Dask distributed, is not installed: {INSTALL}"
    return ""


def connect(workers=None):
    """Start workers on this machine, or use those of the scheduler whose address is in LESSONS_SCHEDULER.

    Parameters
    ----------
    workers : int, optional
        Number of processes to start, each with one thread. Default: one per core. With a scheduler
        elsewhere, all of its workers are used.

    Returns
    -------
    Workers
        Close them with ``close()``, or use them in a ``with`` statement.

    Raises
    ------
    MissingEngineError
        If the engine is not installed; the message says how to install it.
    NoWorkersError
        If the processes do not start; if no scheduler answers at that address, it has no worker, or its
        workers lack this package.
    TypeError, ValueError
        If `workers` is not a whole number of at least 1.
    """
    count = core_count() if workers is None else positive_whole(workers, "workers")
    if missing():
        raise MissingEngineError(missing())
    address = os.environ.get(VARIABLE)
    with ExitStack() as stack:
        loop = _event_loop(stack)
        client = _meet(address, loop, stack) if address else _start(count, loop, stack)
        return Workers(client, stack.pop_all())


def client_of(workers):
    """The client of `workers`; None, which means this process, is returned unchanged.

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
    """Processes that wait for work.

    Attributes
    ----------
    client : distributed.Client
    addresses : list of str, one for each worker, in a fixed order

    Raises
    ------
    NoWorkersError
        By both attributes and by `wait`, after `close` or if no worker is available.
    """

    def __init__(self, client, closing):
        self._client, self._closing = client, closing
        atexit.register(self.close)  # otherwise processes and a folder would be left behind

    @property
    def client(self):
        if self._client.status != "running":
            raise NoWorkersError("these workers are closed: call cluster.connect() again")
        return self._client

    @property
    def addresses(self):
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def wait(self):
        """Wait until a worker is available, for example while workers that died are being replaced.

        Returns
        -------
        list of str
            The addresses of the available workers, at least one.
        """
        deadline = time.monotonic() + PATIENCE
        try:
            while True:
                self.client.wait_for_workers(1, timeout=max(deadline - time.monotonic(), 0.01))
                if addresses := self.addresses:  # the worker may have died since
                    return addresses
        except TimeoutError as error:
            raise NoWorkersError("no worker is available: wait a moment, or call cluster.connect() again") from error

    def __len__(self):
        return len(self.addresses)

    def __bool__(self):
        return True  # even while the last worker is being replaced, and after they are closed

    def close(self):
        """Disconnect from the workers and end those that were started here; a second call does nothing."""
        atexit.unregister(self.close)
        self._closing.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def _event_loop(stack):
    """The event loop for messages to the workers, in a separate thread.

    The engine fails if that thread does not start within ten seconds, for example if the machine goes
    to sleep at that moment, so several attempts are made.
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
    """A client for new processes on this machine, to which only this process can connect."""
    import dask
    from distributed import Client, LocalCluster

    folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    stack.enter_context(dask.config.set(_settings(folder)))
    stack.enter_context(_workers_without_main())
    try:
        cluster = LocalCluster(n_workers=count, local_directory=folder, loop=loop, **_cluster_options())
        stack.enter_context(cluster)
        return stack.enter_context(Client(cluster))
    except (OSError, RuntimeError) as error:
        words = f"{count} processes could not be started: close other programs and try again, or ask for fewer"
        raise NoWorkersError(words) from error


def _settings(folder):
    """The engine's configuration while these processes run."""
    # This omits the engine's own setting for malloc, which returns the memory of every large array to the system
    # at once: allocating it again for each step took as long as the step itself.
    environment = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
    return {
        "temporary-directory": folder,
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.worker.profile.enabled": False,  # it reads source files while a worker's memory is measured
    }


def _cluster_options():
    """How the processes are started and reached; independent of their number."""
    from distributed import Security

    return {
        "threads_per_worker": 1,
        "processes": True,
        "host": "127.0.0.1",
        "security": Security.temporary(),  # a new key, known only to these processes
        "dashboard_address": "127.0.0.1:0",  # a free port; nothing is shown there
        "scheduler_kwargs": {"dashboard": False},
        "silence_logs": logging.CRITICAL,
        "env": {"PYTHONPATH": _path_for_workers()},
        "preload": [__name__],
    }


def dask_setup(worker):
    """Called by the engine in each process that `connect` starts, including those that replace dead ones.

    The stop button (Ctrl+C) reaches all processes of a program. It is meant only for the program itself:
    workers that it ended could not be given other work.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _meet(address, loop, stack):
    """A client of the scheduler at `address`, once a worker is available; checks that both have this package."""
    from distributed import Client

    cure = f"Start `dask scheduler` and `dask worker --nworkers -1 --nthreads 1 {address}` there, or unset {VARIABLE}"
    try:
        client = stack.enter_context(Client(address, timeout=PATIENCE, loop=loop))
    except (OSError, ValueError) as error:
        raise NoWorkersError(f"no scheduler answers at {address}. {cure}") from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        client.run_on_scheduler(importlib.import_module, __name__)
        client.run(importlib.import_module, __name__)
    except TimeoutError as error:
        raise NoWorkersError(f"there is no worker at {address}. {cure}") from error
    except ImportError as error:
        words = f"the scheduler or a worker at {address} lacks this package: install it on all machines"
        raise NoWorkersError(words) from error
    return client


def _path_for_workers():
    """The search path for workers, so that they find this package wherever they are started."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


@contextmanager
def _workers_without_main():
    """Prevent new processes from importing the program that started them.

    By default they would run it again from the top, up to a guard ``if __name__ == "__main__"``; in a
    script without the guard, workers would start more workers. They need nothing from the program: its
    functions are sent to them by value.
    """
    from multiprocessing import spawn  # imported here, because a browser has no processes

    original = spawn.get_preparation_data

    def without_main(name):
        return {key: value for key, value in original(name).items() if not key.startswith("init_main")}

    spawn.get_preparation_data = without_main
    try:
        yield
    finally:
        spawn.get_preparation_data = original
