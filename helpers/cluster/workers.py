"""Workers: processes on this machine or on others, started and given work by an existing engine, Dask distributed.

The engine is an extra: ``pip install -r requirements-scale.txt``. What runs on it, `shards` and
`sweep`, also takes ``workers=None`` and then does the same work in this process, one part after
another, so that without the engine (as in every browser) only time is lost.

The processes exchange functions and data as pickles, and unpickling can run any code. So whoever can
connect to a worker or its scheduler can do whatever you can. Processes that `connect` starts listen on
this machine alone, and let in only those who hold a key that is made for them and never stored: other
users of the machine cannot reach them. A scheduler elsewhere is as safe as whoever started it made it:
in a network that others share, start it with certificates of your own (Dask's documentation, "TLS"),
and set `distributed.comm.tls` in Dask's configuration here.
"""

import atexit
import importlib
import logging
import os
import signal
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from helpers.system.browser import in_browser
from helpers.system.validation import brief, positive_whole
from helpers.training.parallel import core_count

VARIABLE = "LESSONS_SCHEDULER"
INSTALL = "pip install -r requirements-scale.txt"
PATIENCE = 20  # seconds in which a scheduler must answer and a worker must be there


class MissingEngineError(ImportError):
    """Dask distributed is not installed, or cannot be: in a browser there are no processes."""


class NoWorkersError(ConnectionError):
    """No scheduler answers at the address, or it has no worker."""


class WorkerLostError(RuntimeError):
    """A worker that held examples is gone."""


def missing():
    """Why several processes cannot be used, in a sentence; an empty text if they can."""
    if in_browser():
        return "A browser starts no processes"
    needed = ("distributed", "cryptography")
    if any(sys.modules.get(name, True) is None or find_spec(name) is None for name in needed):
        return f"The engine for several processes, Dask distributed, is not installed: {INSTALL}"
    return ""


def connect(workers=None):
    """Start workers on this machine, or use those of the scheduler that LESSONS_SCHEDULER names.

    Parameters
    ----------
    workers : int, optional
        How many processes to start, each with one thread. Default: one for each core. With a
        scheduler elsewhere, all workers that it has.

    Returns
    -------
    Workers
        To be closed, by ``close()`` or by using it in ``with``.

    Raises
    ------
    MissingEngineError
        Without the engine; the sentence says how to install it.
    NoWorkersError
        If the processes do not start; if no scheduler answers at that address, it has no worker, or its
        workers lack this package.
    TypeError, ValueError
        If `workers` is not a whole number from 1 on.
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
    """The client of `workers`, or None for None, which means this process.

    Raises
    ------
    TypeError
        If it is neither.
    NoWorkersError
        If they are closed.
    """
    if not isinstance(workers, (Workers, type(None))):
        raise TypeError(f"workers is {brief(workers)}, but it must be None or what cluster.connect() returns")
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
        By both and by `wait`, after `close` or if no worker is there.
    """

    def __init__(self, client, closing):
        self._client, self._closing = client, closing
        atexit.register(self.close)  # without it processes and a folder would stay behind

    @property
    def client(self):
        if self._client.status != "running":
            raise NoWorkersError("these workers are closed: call cluster.connect() again")
        return self._client

    @property
    def addresses(self):
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def wait(self):
        """Wait until there is one, as when those that died are being replaced."""
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise NoWorkersError("no worker is there: wait a moment, or call cluster.connect() again") from error

    def __len__(self):
        return len(self.addresses)

    def __bool__(self):
        return True  # also while the last of them is replaced, and when they are closed

    def close(self):
        """Disconnect from the workers, and end those that were started here; a second call does nothing."""
        atexit.unregister(self.close)
        self._closing.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def _event_loop(stack):
    """The event loop for messages to the workers, in a thread of its own.

    The engine fails if that thread does not start within ten seconds, as on a machine that goes to
    sleep just then; so there are several tries.
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
    """A client of new processes on this machine, which only this process can reach."""
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
    # Without the engine's own setting of malloc, which returns the memory of every large array to the system
    # at once: to get it back for each step took as long as the step itself.
    environment = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
    return {
        "temporary-directory": folder,
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.worker.profile.enabled": False,  # it reads source files while a worker's memory is measured
    }


def _cluster_options():
    """How the processes are reached and started, however many there are."""
    from distributed import Security

    return {
        "threads_per_worker": 1,
        "processes": True,
        "host": "127.0.0.1",
        "security": Security.temporary(),  # a new key, known to these processes alone
        "dashboard_address": "127.0.0.1:0",  # a free port; nothing is shown there
        "scheduler_kwargs": {"dashboard": False},
        "silence_logs": logging.CRITICAL,
        "env": {"PYTHONPATH": _path_for_workers()},
        "preload": [__name__],
    }


def dask_setup(worker):
    """Called by the engine in each process that `connect` starts, also in one that takes a dead one's place.

    The stop button (Ctrl+C) reaches all processes of a program. It is meant for the program: workers
    that it ended could not be given other work.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _meet(address, loop, stack):
    """A client of the scheduler at `address`, once a worker is there; both have this package."""
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
    """Where workers look for modules first: this package, wherever they are started."""
    root = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


@contextmanager
def _workers_without_main():
    """New processes do not import the program that started them.

    By default they would run it again from the top, up to a guard ``if __name__ == "__main__"``; a
    script without the guard would start workers that start workers. They need nothing from it:
    functions of the program are sent to them whole.
    """
    from multiprocessing import spawn  # here, because a browser has no processes

    original = spawn.get_preparation_data

    def without_main(name):
        return {key: value for key, value in original(name).items() if not key.startswith("init_main")}

    spawn.get_preparation_data = without_main
    try:
        yield
    finally:
        spawn.get_preparation_data = original
