"""Run learners' answers again in a separate process, and judge their results in this one.

The process is described in `worker`. It is killed if it is silent for too long, and everything that it returns is
treated as untrusted data. A cell that has to be stopped in this way, or that ends the process, is left out when the
others are run again.
"""

import builtins
import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.exercises import stripped, worker
from helpers.exercises.core import Verdict
from helpers.exercises.judging import SECONDS, judge
from helpers.exercises.limits import TimeUp
from helpers.exercises.running import ArgumentChangedError, ArgumentRoundedError

WORKER = Path(worker.__file__)
LONGEST = 60.0  # seconds for all answers in one file
SILENCE = 5 * SECONDS  # the process is killed after this many seconds without an answer; it stops most answers itself
STARTING = 20.0  # seconds until a process has written its first line
ENOUGH = 2.0  # seconds for a process or a thread to end
MEMORY = 2**31  # bytes of address space, of which NumPy needs half
MOST_OUTPUT = 2**24  # bytes from one process
MOST_ANSWERS = 100  # answers to one exercise; if there are more, the last ones count
KEPT = ("SYSTEMROOT", "TEMP", "LD_LIBRARY_PATH")  # environment variables that Python may need
SET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LESSONS_PROGRESS": os.devnull}
DTYPES = {np.dtype(kind).name for kind in "?bhilqBHILQefd"}
ERRORS = {one.__name__: one for one in (TimeUp, SystemExit, ArgumentChangedError, ArgumentRoundedError)}
STOPPED = f"TimeUp: {SECONDS:g}"
ENDED = "ProcessEndedError: The code ended the process, made it crash, or used too much memory."
GIVEN_UP = "NotRunError: The time for all answers in this file ran out before this one could be run."


class Cell(NamedTuple):
    """Code to run: all of it, only what answers may need (if not `whole`), or only imports (if `left_out`)."""

    text: str
    whole: bool = True
    left_out: bool = False


@dataclass
class Answers:
    """The results of running the answers in some cells.

    Attributes
    ----------
    found : dict
        Maps the name of an exercise, or "seed", to a list of its answers, in order. Each answer has the form
        {"value": …, "given": …}, {"odd": …}, {"results": …} or {"error": …}.
    errors : dict
        Maps the index of a cell to the error that ended it.
    tried : dict
        Maps the index of a cell to a dict whose keys are the rejected actions that an answer has no reason to take,
        even if the cell caught the errors. Each key is a pair: an event, and whether a library seems to have caused it.
    kept : list of list of str
        The protections that applied to each process that ran cells (see `confinement.confine`).
    """

    found: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    tried: dict = field(default_factory=dict)
    kept: list = field(default_factory=list)
    done: set = field(default_factory=set)


def run(cells, exercises, shared=False, longest=LONGEST):
    """Run cells in a separate process.

    Parameters
    ----------
    cells : list of Cell
    exercises : dict
        Maps names to exercises. Answers to exercises that have cases are run on these cases.
    shared : bool
        Whether each cell sees the variables of the cells before it.
    longest : float
        The time in seconds after which no further cells are run.

    Returns
    -------
    Answers
    """
    answers, end = Answers(), time.monotonic() + longest
    task = {"cases": {name: stripped.encode(one.cases()) for name, one in exercises.items() if one.cases}}
    task |= {"shared": shared, "seconds": SECONDS, "processor_seconds": int(longest) + 1, "memory": MEMORY}
    while cells:
        again = set() if shared else answers.done  # cells that need not be run again
        left_out = again | {i for i, error in answers.errors.items() if error.startswith(("TimeUp", ENDED))}
        texts = [cell._replace(left_out=i in left_out)._asdict() for i, cell in enumerate(cells)]
        answers.done, started = left_out, len(answers.kept)
        silent = _talk(json.dumps(task | {"cells": texts}), answers, end)
        stopped = next((i for i in range(len(cells)) if i not in answers.done), None)
        if stopped is None:
            break
        if time.monotonic() > end or len(answers.kept) == started:
            error = GIVEN_UP if time.monotonic() > end else "NotRunError: No process could be started."
            answers.errors |= {i: error for i in range(len(cells)) if i not in answers.done | {*answers.errors}}
            break
        answers.errors[stopped] = STOPPED if silent else ENDED
    return answers


def _talk(task, answers, end):
    """Run a process until it ends, is silent for too long or writes too much, and record what it writes.

    Return whether the process was silent for too long or the time ran out.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        file.write(task.encode())
        file.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(WORKER)],
            cwd=folder,
            env={key: os.environ[key] for key in KEPT if key in os.environ} | SET,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        lines = queue.SimpleQueue()
        listener = threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True)
        listener.start()
        try:
            return _take(lines, answers, end)
        except queue.Empty:
            return True
        finally:
            _kill(process)
            listener.join(ENOUGH)  # it ends with the process, unless an escaped process keeps the pipe open


def _take(lines, answers, end):
    """Record all lines from a queue until the process ends, and return whether the time is up.

    Raises
    ------
    queue.Empty
        If the process is silent for too long.
    """
    note, patience = _note_protection, max(SILENCE, STARTING)
    while line := lines.get(timeout=max(0.01, min(patience, end - time.monotonic()))):
        if time.monotonic() > end:  # a process that keeps writing is never silent
            return True
        if line.strip():
            note(line, answers)
            note, patience = _note, SILENCE  # only the first line is written before any answer has run
    return False


def _listen(stream, lines):
    """Put each line of a stream into a queue, close the stream when it ends or gets too long, and then add b""."""
    left = MOST_OUTPUT
    with stream:
        while left > 0 and (line := stream.readline(left)):
            left -= len(line)
            lines.put(line)
    lines.put(b"")


def _kill(process):
    """Stop a process and its children, as the process may only be waiting for a child (see `confinement.confine`)."""
    with contextlib.suppress(OSError):
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(ENOUGH)
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _note_protection(line, answers):
    """Record the protections named in a process's first line, the only line written before any answer runs."""
    try:
        answers.kept.append([str(one)[:30] for one in json.loads(line)["protection"]])
    except (ValueError, KeyError, TypeError):
        answers.kept.append([])


def weakest(kept):
    """Return the protections that applied to every process, in the order in which the first process lists them."""
    return [one for one in kept[0] if all(one in others for others in kept)] if kept else []


def _note(line, answers):
    """Record a line from the process, or ignore it if it is not in the format that `worker` writes."""
    try:
        said = json.loads(line)
        cell, name, error = said.get("cell"), said.get("name"), said.get("error")
    except (ValueError, RecursionError, AttributeError):
        return
    if type(cell) is not int:
        return
    if isinstance(said.get("tried"), str):
        event = said["tried"][:40], bool(said.get("library"))
        answers.tried.setdefault(cell, {})[event] = True
    elif said.get("done"):
        answers.done.add(cell)
    elif isinstance(name, str):
        given = answers.found.setdefault(name, [])
        given.append(said)
        del given[:-MOST_ANSWERS]
    elif isinstance(error, str):
        answers.errors.setdefault(cell, error)


# --- judging the results -------------------------------------------------------------------------


def verdict(exercise, found):
    """Return the verdict on what the process returned for an exercise, without running any of the learner's code.

    Parameters
    ----------
    exercise : Exercise
    found : dict
        One of the answers in `Answers.found`, or {"error": …}.
    """
    error = found.get("error")
    if isinstance(error, str) and error.startswith(worker.UNREADABLE):
        return Verdict("wrong", f"The answer is not a number, text or a list of numbers ({error[:100]}).")
    if isinstance(error, str) and (not exercise.cases or error.startswith("NotRunError")):
        return Verdict("wrong", f"The code could not be run here, so it gave no value ({error[:150]}).")
    if isinstance(error, str):
        return judge(exercise, _Replayed(error=error), search=False)
    text = found.get("results", found.get("odd"))  # the latter holds a single value, such as NaN or a dictionary
    if isinstance(text, str):
        try:
            results = [_decoded(one) for one in json.loads(text)]
            answer = _Replayed(results) if "results" in found else results[0]
        except (ValueError, TypeError, LookupError, RecursionError, OverflowError, MemoryError):
            return Verdict("wrong", "The answer or its result could not be read.")
        return judge(exercise, answer, search=False)
    if found.get("value") is None and found.get("given"):
        return Verdict("wrong", "The answer is not a number, text or a list of numbers.")
    return judge(exercise, found.get("value"), search=False)


class _Replayed:
    """A function that returns recorded results in order, or raises a recorded error."""

    def __init__(self, results=(), error=""):
        self.results, self.error = iter(results), error

    def __call__(self, *_):
        if self.error:
            kind, _, text = self.error.partition(": ")
            error = _error(kind, text)
            if isinstance(error, NameError):
                error.name = (re.findall(r"'(\w+)'", text) or [None])[0]
            raise error
        return next(self.results, None)


def _error(kind, text):
    """Return an error whose class has this name, even if no such class exists here."""
    known = ERRORS.get(kind, getattr(builtins, kind, None))
    if known in ERRORS.values() or (isinstance(known, type) and issubclass(known, Exception)):
        with contextlib.suppress(TypeError):  # some errors, such as UnicodeDecodeError, take more than a text
            return known(text)
    return type(kind[:40] if kind.isidentifier() else "Error", (Exception,), {})(text)


def _decoded(value):
    """Decode a result from JSON without trusting the data, unlike `stripped.decode`."""
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value and value.get("dtype") in DTYPES:
        return np.array(value["array"], dtype=value["dtype"])
    if "tuple" in value:
        return tuple(_decoded(item) for item in value["tuple"])
    if "dict" in value:
        return {_key(key): _decoded(item) for key, item in value["dict"]}
    kind = str(value.get("other"))
    return type(kind if kind.isidentifier() and len(kind) < 40 else "object", (), {})()  # stands for any other object


def _key(key):
    if not isinstance(key, (int, float, str)):
        raise TypeError("not a key")
    return key
