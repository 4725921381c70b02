"""Undo global changes made by the reader's code, for example to functions, random states or signal handlers."""

import os
import random
import signal
import sys
import threading
from contextlib import contextmanager

import numpy as np

MODULES = ("builtins", "math", "random", "time", "numpy", "numpy.linalg", "numpy.random", "IPython.display")


@contextmanager
def restored():
    """Run the block, then restore everything that it replaced (names that it added to a module may remain)."""
    modules = {name: dict(vars(module)) for name, module in list(sys.modules.items()) if _is_watched(name, module)}
    folder, environment, path = _folder(), dict(os.environ), list(sys.path)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    trace, profile, depth = sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()
    handlers = _handlers()
    try:
        yield
    finally:
        sys.settrace(trace)
        sys.setprofile(profile)
        sys.setrecursionlimit(depth)
        for name, before in modules.items():
            _set_back(vars(sys.modules.get(name, np)) if name in sys.modules else {}, before)
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        sys.path[:] = path
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if folder is not None and _folder() != folder:
            os.chdir(folder)


def _is_watched(name, module):
    return (name in MODULES or name.startswith("helpers.")) and hasattr(module, "__dict__")


def _set_back(now, before):
    """Restore the values of names that were changed or removed."""
    for name, value in before.items():
        if name not in now or now[name] is not value:
            now[name] = value


def _folder():
    try:
        return os.getcwd()
    except OSError:  # the folder has been removed
        return None


def _handlers():
    """Return the handlers of SIGINT, SIGALRM and SIGTERM, or {} outside the main thread, where none can be set."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    known = [getattr(signal, name) for name in ("SIGINT", "SIGALRM", "SIGTERM") if hasattr(signal, name)]
    found = {number: signal.getsignal(number) for number in known}
    return {number: handler for number, handler in found.items() if handler is not None}
