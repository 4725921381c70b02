"""Parameter sweeps, which evaluate a function at many points in several processes and save each result immediately.

The results are saved in a text file. The first line contains the name of the format and the SHA-256 hash of
the rest, the second line contains the name of the function, and each of the other lines contains one result as
JSON. To resume an interrupted sweep, call `sweep` again with the same file. No code in the file is ever executed.
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
from helpers.system.interrupts import interrupts_wait, progress, uninterrupted
from helpers.system.validation import as_numeric_array, brief

FORMAT, VERSION = "sweep of the backpropagation lessons", 2


def sweep(function, points, path, workers=None):
    """Evaluate a function at each point whose result is not yet in the file, and save the results in the file.

    If a worker dies, no result is lost, because earlier results are in the file and another worker takes over
    its point. If the function raises an error at a point, or if the point kills every worker, an error message
    is saved instead of a result, and the next call tries that point again. If you interrupt the sweep with the
    stop button or Ctrl+C, the results so far are kept and a warning is issued. Two sweeps may use the same file,
    which then contains the results of both. The file identifies the function only by its name, which is the same for
    every lambda, so use a different file if you change what the function computes.

    Parameters
    ----------
    function : callable
        Called as ``function(**point)``. It must return a dict of numbers or strings. An entry with the same
        name as an argument must have the same value. A string with the name "error" marks a point as failed.
    points : iterable of dicts
        Keyword arguments for the function. Their values may be numbers, strings, None, or lists and dicts of these.
    path : str or path-like
        Name of the file. If the file exists, it must contain results of the same function.
    workers : workers.Workers, optional
        Processes that do the work. By default, the current process evaluates the points one after another.

    Returns
    -------
    rows : list of dicts
        One dict for each finished point, in the order of `points`. It contains the entries of the point and
        either those of its result or an entry "error" with a message.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, if a point appears twice, or if the file is damaged or contains results of
        a different function.
    OSError
        If the file cannot be read or written.
    """
    if not callable(function):
        raise TypeError(f"function must be a function that takes the entries of a point, not {brief(function)}")
    if isinstance(points, (str, bytes, dict)) or not np.iterable(points):
        raise TypeError(f"points must be a list of dicts, such as [{{'units': 30}}], not {brief(points)}")
    path, points, client = as_path(path), list(points), client_of(workers)
    keys = [_key(point) for point in points]
    doubles = [key for i, key in enumerate(keys) if key in keys[:i]]
    if doubles:
        raise ValueError(f"the point {doubles[0]} appears twice: list each point only once")
    done = _there(path, _name(function))
    todo = {key: copy.deepcopy(point) for key, point in zip(keys, points, strict=True) if not _is_done(done.get(key))}
    done = _add(path, _name(function), done) if todo else done  # fails now if the file cannot be written
    bar = progress(len(todo), "sweep", "point")
    try:
        next(bar, None)
        for key, result in _results(function, todo, client):
            with interrupts_wait():  # so that the file and the returned table always contain the same results
                done = _add(path, _name(function), done | {key: result})
            next(bar, None)
    except KeyboardInterrupt:
        words = f"interrupted after {len(set(keys) & set(done))} of {len(points)} points; call sweep again to resume"
        warnings.warn(words, stacklevel=2)
    finally:
        bar.close()
    return [{**point, **done[key]} for key, point in zip(keys, points, strict=True) if key in done]


def read(path, name=None):
    """Read the results from a file written by `sweep`.

    Parameters
    ----------
    path : str or path-like
        Name of the file.
    name : str, optional
        Name of the function whose results the file must contain.

    Returns
    -------
    results : dict
        Maps each point, as a JSON string, to its result.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If the file was not written by `sweep`, is damaged, or contains the results of another function.
    """
    content, shown = read_bytes(path), Path(path).name
    first, _, rest = content.partition(b"\n")
    line = re.fullmatch(rf"{FORMAT}, version (\d{{1,9}}), sha256 [0-9a-f]{{64}}".encode(), first)
    if line is None and not first.startswith(b'{"format": "sweep of the backpropagation lessons'):  # version 1
        raise ValueError(f"{shown} is not a sweep file: choose another name")
    if line is None or int(line[1]) != VERSION:
        raise ValueError(f"{shown} was written by another version of these lessons: choose another name")
    if content != _first_line(rest) + rest:
        raise ValueError(f"{shown} is damaged (its checksum does not match): delete it and run the sweep again")
    head, *entries = (json.loads(line) for line in rest.splitlines())
    if name not in (None, head["function"]):
        raise ValueError(f"{shown} contains results of {head['function']}, not of {name}: choose another name")
    return {_key(entry["point"]): entry["result"] for entry in entries}


def _is_done(result):
    return result is not None and not isinstance(result.get("error"), str)


def _results(function, points, client):
    """Evaluate the function at all points in a dict, and yield each pair (key, result) as soon as it is ready."""
    if client is None:
        yield from ((key, uninterrupted(attempt, function, point)) for key, point in points.items())
        return
    from distributed import KilledWorker, as_completed

    futures = {client.submit(attempt, function, point, pure=False): key for key, point in points.items()}
    try:
        for future in as_completed(list(futures)):
            try:
                result = future.result()
            except KilledWorker:
                words = "every worker that tried this point died: does the function need more memory than is available?"
                result = {"error": words}
            key = futures.pop(future)
            future.release()  # otherwise Dask would compute the result again if the worker that holds it dies
            yield key, result
    finally:
        client.cancel(list(futures))


def attempt(function, point):
    """Call ``function(**point)``, and return its result as a JSON-compatible dict, or a dict with an error message."""
    try:
        given = json.loads(_key(point))  # before the function can change it
        result = json.loads(json.dumps(dict(function(**point)), default=_as_lists))
        for name in given.keys() & result.keys():
            if given[name] != result[name]:
                raise ValueError(f"{name} is {given[name]} in the point, but {result[name]} in the result: rename one")
        return result
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # even a SystemExit must not end the whole sweep
        return {"error": f"{type(error).__name__}: {error}"}


def _key(point):
    if not isinstance(point, dict) or not all(isinstance(name, str) for name in point):
        raise TypeError(f"the point {brief(point)} is not a dict of keyword arguments, such as {{'units': 30}}")
    try:
        return json.dumps(point, sort_keys=True, allow_nan=False, default=_as_number)
    except (TypeError, ValueError, RecursionError) as error:
        words = f"the point {brief(point)} must contain only numbers, strings, None, or lists and dicts of these"
        raise TypeError(words) from error


def _as_number(value):
    return as_numeric_array(value, "an entry").item()


def _as_lists(value):
    return as_numeric_array(value, "an entry", "buifU").tolist()


def _name(function):
    function = function.func if isinstance(function, partial) else function
    return getattr(function, "__name__", type(function).__name__)


def _there(path, name):
    """Return the results that `read` finds in the file, or an empty dict if the file does not exist."""
    try:
        return read(path, name)
    except FileNotFoundError:
        return {}


def _add(path, name, results):
    """Add `results` to the file, and return all the results that it now contains, including those of other sweeps."""
    together = {}

    def fill(file):  # no other program can change the file until it has been replaced
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
