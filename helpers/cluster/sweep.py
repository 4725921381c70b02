"""A sweep evaluates one function at many points, in several processes, and saves each result as soon as it is ready.

The file is text. Its first line names the format and holds the SHA-256 of the rest; the second names
the function; then comes a line of JSON for each result. Call again with the same file to resume.
Nothing in the file is executed.
"""

import copy
import hashlib
import json
import re
import warnings
from functools import partial
from pathlib import Path

import numpy as np

from helpers.cluster.workers import client_of
from helpers.system.files import as_path, read_bytes, replace_atomically
from helpers.system.interrupts import interrupts_wait, progress
from helpers.system.validation import brief, real_array

FORMAT, VERSION = "sweep of the backpropagation lessons", 2


def sweep(function, points, path, workers=None):
    """Call ``function(**point)`` for each point that has no result in the file `path` yet, and save the result there.

    Nothing is lost if a worker dies: the engine gives its point to another worker, and earlier results
    are in the file. Two sweeps may share a file; it then holds the results of both. A point at which the
    function raises an error, or that kills every worker, is recorded with an error message and tried
    again by the next call. Stopping by hand (the stop button, Ctrl+C) keeps the results so far, with a
    warning. The file identifies the function only by its name: if you change what it computes, use a
    different file.

    Parameters
    ----------
    function : callable that takes keyword arguments and returns a dict of numbers or strings
    points : iterable of dicts, the keyword arguments: numbers, strings, None, or lists and dicts of them
    path : str or path-like
        The file. If it exists, it must belong to this function.
    workers : workers.Workers, optional
        The processes that do the work. Default: this process, one point after another.

    Returns
    -------
    list of dicts, one for each finished point, in the order of `points`: the point's entries and
    those of its result, or "error" with a message

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, a point appears twice, or the file is damaged or belongs
        to a different function.
    OSError
        If the file cannot be read or written.
    """
    if not callable(function):
        raise TypeError(f"function must be a function of a point's entries, not {brief(function)}")
    if isinstance(points, (str, bytes, dict)) or not np.iterable(points):
        raise TypeError(f"points must be a list of dicts, such as [{{'units': 30}}], not {brief(points)}")
    path, points, client = as_path(path), list(points), client_of(workers)
    keys = [_key(point) for point in points]
    doubles = [key for i, key in enumerate(keys) if key in keys[:i]]
    if doubles:
        raise ValueError(f"the point {doubles[0]} appears twice: list each point once")
    done = _there(path, _name(function))
    todo = {key: copy.deepcopy(point) for key, point in zip(keys, points, strict=True) if not _is_done(done.get(key))}
    bar = progress(len(todo), "sweep", "point")
    try:
        for key, result in _results(function, todo, client):
            with interrupts_wait():  # so that a result is either in both the file and the table or in neither
                done = _add(path, _name(function), done | {key: result})
            bar.update()
    except KeyboardInterrupt:
        words = f"stopped by hand with {len(set(keys) & set(done))} of {len(points)} points; call again to resume"
        warnings.warn(words, stacklevel=2)
    finally:
        bar.close()
    return [{**point, **done[key]} for key, point in zip(keys, points, strict=True) if key in done]


def read(path, name=None):
    """The results in a file of `sweep`: a dict from a point, as JSON, to its result.

    Parameters
    ----------
    path : str or path-like
    name : str, optional
        Name of the function to which the results must belong.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If it is not a sweep file, is damaged, or holds the results of a function not called `name`.
    """
    content, shown = read_bytes(path), Path(path).name
    first, _, rest = content.partition(b"\n")
    line = re.fullmatch(rf"{FORMAT}, version (\d+), sha256 [0-9a-f]{{64}}".encode(), first)
    if line is None and not first.startswith(b'{"format": "sweep of the backpropagation lessons'):  # version 1
        raise ValueError(f"{shown} is not a sweep file: choose another name")
    if line is None or int(line[1]) != VERSION:
        raise ValueError(f"{shown} was written by another version of these lessons: choose another name")
    if content != _first_line(rest) + rest:
        raise ValueError(f"{shown} is damaged (its checksum does not match): remove it and sweep again")
    head, *entries = (json.loads(line) for line in rest.splitlines())
    if name not in (None, head["function"]):
        raise ValueError(f"{shown} holds results of {head['function']}, not of {name}: choose another name")
    return {_key(entry["point"]): entry["result"] for entry in entries}


def _is_done(result):
    return result is not None and not isinstance(result.get("error"), str)


def _results(function, points, client):
    """Yield (key, result) pairs as they become ready; `points` is a dict from keys to points."""
    if client is None:
        yield from ((key, attempt(function, point)) for key, point in points.items())
        return
    from distributed import KilledWorker, as_completed

    futures = {client.submit(attempt, function, point, pure=False): key for key, point in points.items()}
    try:
        for future in as_completed(list(futures)):
            try:
                result = future.result()
            except KilledWorker:
                result = {
                    "error": "every worker that took this point died: does it need more memory than is available?"
                }
            yield futures.pop(future), result
            future.release()  # otherwise the engine would recompute it if the worker that holds it dies
    finally:
        client.cancel(list(futures))


def attempt(function, point):
    """``function(**point)`` as a JSON-compatible dict, or a dict with its error message."""
    try:
        return json.loads(json.dumps(dict(function(**point)), default=_as_lists))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # including SystemExit and the like: only this point fails
        return {"error": f"{type(error).__name__}: {error}"}


def _key(point):
    if not isinstance(point, dict) or not all(isinstance(name, str) for name in point):
        raise TypeError(f"the point {brief(point)} is not a dict of keyword arguments, such as {{'units': 30}}")
    try:
        return json.dumps(point, sort_keys=True, allow_nan=False, default=_as_number)
    except (TypeError, ValueError, RecursionError) as error:
        words = f"the point {brief(point)} must hold numbers, strings, None, or lists and dicts of them"
        raise TypeError(words) from error


def _as_number(value):
    return real_array(value, "an entry").item()


def _as_lists(value):
    return real_array(value, "an entry", "buifU").tolist()


def _name(function):
    function = function.func if isinstance(function, partial) else function
    return getattr(function, "__name__", type(function).__name__)


def _there(path, name):
    """The results that `read` returns; an empty dict if there is no such file."""
    try:
        return read(path, name)
    except FileNotFoundError:
        return {}


def _add(path, name, results):
    """Merge `results` into the file with those that another sweep has saved in the meantime; return all of them."""
    together = {}

    def fill(file):  # programs take turns from here until the file has been replaced
        there = _there(path, name)
        together.update(there)
        together.update({key: result for key, result in results.items() if not _is_done(there.get(key))})
        lines = [{"function": name}]
        lines += [{"point": json.loads(key), "result": result} for key, result in together.items()]
        content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        file.write(_first_line(content) + content)

    replace_atomically(path, fill)
    return together


def _first_line(content):
    return f"{FORMAT}, version {VERSION}, sha256 {hashlib.sha256(content).hexdigest()}\n".encode()
