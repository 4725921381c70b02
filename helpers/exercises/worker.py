"""Run learners' answers in a separate process, as a program that `rerun` starts.

The process first gives up all permissions that it does not need for computing (see `helpers.system.confinement`). It
receives the arguments of an exercise's cases, but neither the solutions nor the correct results. The results of the
functions are returned as plain data and judged in the teacher's process, which never runs a learner's code.

The task is read from standard input as JSON, and each result is written as a line of JSON to standard output.
"""

import ast
import contextlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType

HELPERS = Path(__file__).resolve().parents[1]
ROOM = "helpers.exercises"
PARTS = ("commands", "handing_in", "own_code", "seed")  # the modules that define the functions of `helpers.exercises`
NEEDED = (
    "import numpy as np\nfrom helpers.autograd import Variable, grad\n"
    "from helpers.backprop.activations import sigmoid, sigmoid_prime"
)
UNREADABLE = "UnreadableError"  # the name of the error if an answer has no value that can be judged
MOST_ANSWERS = 50  # answers from one cell; if there are more, the last ones count
MOST_TEXT = 1_000_000  # characters in the results of one answer
TIMES = 2  # a function may take twice as long, because `grade` runs it on twice as many cases as `check` does


def main():
    """Run all cells of the task and write a line for each answer."""
    task = json.loads(sys.stdin.buffer.read())
    out = os.dup(1)
    with open(os.devnull, "wb") as nowhere:  # what the answers print is not part of the result
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    tools = _tools([cell["text"] for cell in task["cells"]])
    scope = _scope(tools)
    from helpers.system import confinement

    readable = [sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path[1:]), "/usr/lib", "/lib", "/lib64"]
    readable += [str(path) for path in HELPERS.iterdir() if path.name != "exercises"]
    readable += ["/dev/null", "/dev/urandom", "/etc/ld.so.cache"]
    running = [0]
    report = _reporter(out, running)
    kept = confinement.confine(readable, task["processor_seconds"], task["memory"], report)
    _write(out, {"protection": kept})
    for number, cell in enumerate(task["cells"]):
        running[0] = number
        known = (scope, tools["forgotten"]) if task["shared"] else (dict(scope), set())
        how = "leave_out" if cell["left_out"] else "execute" if cell["whole"] else "define"
        for said in _run(tools["texts"][number], how, task, *known, tools):
            _write(out, {"cell": number, **said})
        _write(out, {"cell": number, "done": True})


def _write(out, message):
    data = f"\n{json.dumps(message)}\n".encode()  # on a line of its own, whatever an answer has written
    while data:
        data = data[os.write(out, data) :]


def _reporter(out, running, dumps=json.dumps, write=os.write):
    """Return a function that reports a rejected action of a cell, immediately but only once for each cell.

    A later report might never be made, because the cell may catch the error or end the process.
    """
    known = set()

    def report(event, by_library):
        text = dumps({"cell": running[0], "tried": event[:40], "library": by_library})
        if text not in known:
            known.add(text)
            write(out, f"\n{text}\n".encode())

    return report


def _tools(texts):
    """Return the required parts of `helpers.exercises` without importing the package itself or its solutions.

    The package is then replaced with one whose functions collect answers.

    Parameters
    ----------
    texts : list of str
        Python code of the cells.
    """
    sys.path.insert(0, str(HELPERS.parent))
    package = ModuleType(ROOM)
    package.__path__ = [str(HELPERS / "exercises")]
    sys.modules[ROOM] = package
    tools = _replaying(texts)
    from helpers.exercises import limits, running, source, stripped, values

    tools |= {
        "quarantine": limits.quarantine,
        "Printed": limits.Printed,
        "run": running.run,
        "fingerprint": running.fingerprint,
        "value_of": source.value_of,
        "as_array": values.as_array,
        "encode": stripped.encode,
        "decode": stripped.decode,
        "answers": [],
        "forgotten": set(),
    }
    _replace_package(_collector(tools["answers"], tools["value_of"]))
    return tools


def _replace_package(module):
    """Replace `helpers.exercises`, and those of its modules that define its functions, with one module."""
    import helpers

    for name in [name for name in sys.modules if name.startswith((ROOM, "IPython"))]:
        del sys.modules[name]
    helpers.exercises = module
    for part in PARTS:
        setattr(module, part, module)
        sys.modules[f"{ROOM}.{part}"] = module
    sys.modules[ROOM] = module


def _replaying(texts):
    """Return the required parts of `replay`, and the texts as Python code.

    IPython is removed from the process, because it is slow and depends on many modules that answers do not need.
    """
    from helpers.exercises import replay
    from helpers.system.confinement import ALLOWED

    texts = replay.plain(texts)
    for name in [name for name in sys.modules if name.partition(".")[0] not in {*ALLOWED, "__main__"}]:
        del sys.modules[name]
    without = sys.modules["IPython"] = ModuleType("IPython")
    without.get_ipython = lambda: None
    if any("import *" in text for text in texts):
        exec("from numpy import *", {})  # this imports modules that cannot be imported later
    names = ("execute", "define", "leave_out")
    return {"texts": texts, "shell": replay.Shell} | {name: getattr(replay, name) for name in names}


def _collector(answers, value_of):
    """Return a module that looks like `helpers.exercises` and puts names, answers and their values into a list."""
    module = ModuleType(ROOM)

    def check(name, answer):
        answers.append((str(name)[:50], answer, value_of(answer)))  # take the value now, as it may be changed later
        del answers[:-MOST_ANSWERS]

    def quiz(lesson, *_, **given):
        for name, answer in given.items():
            check(f"{str(lesson).zfill(2)}.{name}", answer)

    def use_seed(seed=None):
        with contextlib.suppress(ValueError):  # a number that is far too long cannot be converted
            if seed is None or type(seed) is int or isinstance(seed, str):  # `seed.normal` refuses everything else
                check("seed", str(seed) if type(seed) is int else seed)

    module.check, module.quiz, module.use_seed = check, quiz, use_seed

    def others(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    module.__getattr__ = others  # hint, solution, progress, …
    return module


def _scope(tools):
    """Return the variables that every answer may use."""
    scope = {"__name__": "__main__", "display": print, "get_ipython": tools["shell"]}
    exec(f"{NEEDED}\nfrom helpers.exercises import check, hint, progress, quiz, solution, use_seed", scope)
    return scope


def _run(text, how, task, scope, forgotten, tools):
    """Run a cell with the function `how` of `replay`, and yield what is known about each answer that it checks."""
    tools["answers"].clear()
    error = f"TimeUp: {task['seconds']:g}"  # the error to report if an alarm arrives at the end of the block
    with contextlib.suppress(BaseException):
        try:
            with tools["quarantine"](task["seconds"], tools["Printed"]()):
                tools[how](text, scope, forgotten, _run_statement)
            error = ""
        except BaseException as raised:
            error = _fingerprint(raised, forgotten, tools)
    for name, answer, value in list(tools["answers"]):
        yield {"name": name, **_result(name, answer, value, task, forgotten, tools)}
    if error:
        yield {"error": error}


def _run_statement(node, scope):
    exec(compile(ast.Module([node], []), "<answer>", "exec"), scope)


def _fingerprint(error, forgotten, tools):
    """Return text that identifies an error.

    If a name is missing because `replay` removed it, the learner is not to blame.
    """
    said = tools["fingerprint"](error)
    name = getattr(error, "name", None)
    if isinstance(error, NameError) and name in forgotten:
        return f"NotRunError: the code that sets {name} could not be run"
    return said


def _result(name, answer, value, task, forgotten, tools):
    """Return the results of a function in each case, or the value of an answer that is not a function, or the error.

    Whatever is returned can be written as JSON.
    """
    seconds = TIMES * task["seconds"]
    said = {"error": f"TimeUp: {seconds:g}"}
    with contextlib.suppress(BaseException):
        try:
            with tools["quarantine"](seconds, tools["Printed"]()):
                if name not in task["cases"] or not callable(answer):
                    if answer is None or value is not None:
                        return {"value": value, "given": answer is not None}
                    return _odd(answer, tools)
                results = tools["run"](answer, tools["decode"](task["cases"][name]))
                text = json.dumps([_encoded(result, tools) for result in results])
            said = {"results": text} if len(text) <= MOST_TEXT else {"error": "OverflowError: the result is too large"}
        except BaseException as raised:
            said = {"error": _fingerprint(raised, forgotten, tools)}
    return said


def _odd(answer, tools):
    """Encode an answer that JSON cannot represent directly, such as NaN or a dictionary, or return an error."""
    text = json.dumps([] if callable(answer) else [_encoded(answer, tools)])
    if callable(answer) or '{"other": ' in text or len(text) > MOST_TEXT:
        return {"error": f"{UNREADABLE}: {type(answer).__name__[:40]}"}
    return {"odd": text}


def _encoded(result, tools):
    """Return a result in a form that JSON can represent, replacing each unsuitable object with the name of its type."""
    try:
        if isinstance(result, dict):
            return {"dict": [[tools["encode"](key), _encoded(value, tools)] for key, value in result.items()]}
        if isinstance(result, (list, tuple)):
            items = [_encoded(item, tools) for item in result]
            return {"tuple": items} if isinstance(result, tuple) else items
        if getattr(result, "size", 0) > MOST_TEXT / 10:
            raise OverflowError("the result is too large")
        if result is not None and type(result) not in (bool, int, float, str):
            result = tools["as_array"](result)  # as `check` does; the type matters for the accuracy
            result = result.astype(float) if result.dtype.char == "g" else result
        plain = tools["encode"](result)
        json.dumps(plain)
    except (OverflowError, RecursionError, MemoryError):
        raise
    except Exception:  # for example values.UnfitError
        return {"other": type(result).__name__}
    return plain


if __name__ == "__main__":
    main()
