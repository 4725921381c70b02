"""A sweep: one function at many points, by several processes, each result kept in a file as soon as it is there.

The file is text, a line of JSON for each result below a first line that names the function. Who
calls again with the same file goes on where it stopped. Nothing in the file is executed.
"""

import json
import warnings
from functools import partial
from pathlib import Path

from helpers.cluster.workers import client_of
from helpers.system.files import replace_atomically
from helpers.system.interrupts import interrupts_wait, progress

FORMAT = "sweep of the backpropagation lessons, version 1"


def sweep(function, points, path, workers=None):
    """Call ``function(**point)`` for each point that has no result in the file `path` yet, and keep it there.

    A worker that dies loses nothing: the engine gives its point to another, and what was done is in
    the file. A point at which the function raises an error, or that kills each worker, is recorded
    with a sentence, and tried again by the next call. Stopping by hand (the stop button, Ctrl+C)
    keeps what came, with a warning. The file knows the function by its name only: whoever changes
    what it computes takes another file.

    Parameters
    ----------
    function : callable, keyword arguments to a dict of numbers or texts
    points : iterable of dicts, the keyword arguments: numbers, texts or lists of such
    path : str or path-like
        The file. If it is there, it must be of this function.
    workers : scale.Workers, optional
        Who does the work. Default: this process, one point after another.

    Returns
    -------
    list of dicts, one for each point that is done, in the order of `points`: the point's entries and
    those of its result, or "error", a sentence

    Raises
    ------
    TypeError, ValueError
        If a point is not as described or there twice, the file is another's, or `workers` are none.
    OSError
        If the file cannot be written.
    """
    path, points, client = Path(path), list(points), client_of(workers)
    keys = [_key(point) for point in points]
    doubles = [key for i, key in enumerate(keys) if key in keys[:i]]
    if doubles:
        raise ValueError(f"the point {doubles[0]} is there twice: list each point once")
    done = read(path, _name(function)) if path.exists() else {}
    kept = {key for key, result in done.items() if not isinstance(result.get("error"), str)}
    todo = [point for key, point in zip(keys, points, strict=True) if key not in kept]
    bar = progress(len(todo), "sweep", "point")
    try:
        for point, result in _results(function, todo, client):
            with interrupts_wait():  # a result is in the file and in the table, or in neither
                done[_key(point)] = result
                _write(path, _name(function), done)
            bar.update()
    except KeyboardInterrupt:
        words = f"stopped by hand with {len(set(keys) & set(done))} of {len(points)} points; call again to go on"
        warnings.warn(words, stacklevel=2)
    finally:
        bar.close()
    return [{**point, **done[key]} for key, point in zip(keys, points, strict=True) if key in done]


def read(path, name=None):
    """The results in a file of `sweep`: dict of a point, as JSON, to its result.

    Raises
    ------
    ValueError
        If it is no such file, or holds the results of a function that is not called `name`.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path.name} is a folder: name a file")
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        head, entries = json.loads(first), [json.loads(line) for line in lines]
        results = {_key(entry["point"]): dict(entry["result"]) for entry in entries}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a sweep's file: choose another name") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a sweep's file: choose another name")
    if name not in (None, head.get("function")):
        raise ValueError(f"{path.name} holds results of {head.get('function')}, not of {name}: choose another name")
    return results


def _results(function, points, client):
    """(point, result) in the order in which they come."""
    if client is None:
        yield from ((point, attempt(function, point)) for point in points)
        return
    from distributed import KilledWorker, as_completed

    futures = {client.submit(attempt, function, point, pure=False): point for point in points}
    try:
        for future in as_completed(list(futures)):
            try:
                result = future.result()
            except KilledWorker:
                result = {"error": "each worker that took this point died: does it need more memory than there is?"}
            yield futures.pop(future), result
            future.release()  # or the engine would make it again if the worker that has it dies
    finally:
        client.cancel(list(futures))


def attempt(function, point):
    """``function(**point)`` as a dict that JSON can hold, or its error in words."""
    try:
        return json.loads(json.dumps(dict(function(**point)), default=lambda value: value.tolist()))
    except (Exception, SystemExit) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _key(point):
    if not isinstance(point, dict):
        raise TypeError(f"the point {point!r} is not a dict of keyword arguments, such as {{'units': 30}}")
    try:
        return json.dumps(point, sort_keys=True, allow_nan=False, default=lambda value: value.item())
    except (AttributeError, TypeError, ValueError) as error:
        raise TypeError(f"the point {point!r} must hold numbers, texts or lists of such") from error


def _name(function):
    function = function.func if isinstance(function, partial) else function
    return getattr(function, "__name__", type(function).__name__)


def _write(path, name, results):
    """All results so far, in place of the file that was there, in one step."""
    lines = [json.dumps({"format": FORMAT, "function": name})]
    lines += [json.dumps({"point": json.loads(key), "result": result}) for key, result in results.items()]
    text = "\n".join(lines) + "\n"
    replace_atomically(path, lambda file: file.write(text.encode()))
