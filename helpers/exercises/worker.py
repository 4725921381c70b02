"""Run learners' answers in a process of its own. `rerun` starts this file as a program.

The process first gives up every right that computing does not need (see `helpers.system.confinement`). It knows the
arguments of an exercise's cases, but neither the solutions nor the right results, and it returns data only: what the
functions returned. Whether that is right is judged in the process of the teacher, which never runs a learner's code.

The task comes from standard input as JSON, and each result is a line of JSON on standard output.
"""

import ast
import contextlib
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType

HELPERS = Path(__file__).resolve().parents[1]
ROOM = "helpers.exercises"
# Modules that take long to import and are not needed for an answer.
HEAVY = re.compile(r"matplotlib|ipywidgets|IPython|h5py|torch|helpers\.(plotting|widgets|datasets|cluster)")
# Calls in a lesson that take no time and do not depend on anything that was left out.
QUICK = {
    "abs",
    "bool",
    "complex",
    "dict",
    "float",
    "int",
    "len",
    "list",
    "max",
    "min",
    "range",
    "round",
    "set",
    "sorted",
}
QUICK |= {"str", "sum", "tuple", "zip", "array", "asarray", "arange", "zeros", "ones", "exp", "log", "sqrt", "Fraction"}
NEEDED = (
    "import numpy as np\nfrom helpers.autograd import Variable, grad\n"
    "from helpers.backprop.activations import sigmoid, sigmoid_prime"
)
# Parts of a program whose variables are their own.
INNER = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MOST_TEXT = 1_000_000  # characters in the results of one answer


def main():
    """Run all cells of the task and write a line for each answer."""
    task = json.loads(sys.stdin.buffer.read())
    out = os.dup(1)
    with open(os.devnull, "wb") as nowhere:  # what the answers print is not part of the result
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    tools = _tools()
    scope = _scope()
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
        for said in _run(cell, task, scope if task["shared"] else dict(scope), tools):
            _write(out, {"cell": number, **said})
        _write(out, {"cell": number, "done": True})


def _write(out, message):
    data = f"\n{json.dumps(message)}\n".encode()  # on a line of its own, whatever an answer has written
    while data:
        data = data[os.write(out, data) :]


def _reporter(out, running, dumps=json.dumps, write=os.write, most=100):
    """Return a function that writes at once what a cell tried, which may catch the error or end the process."""

    def report(event, by_library):
        nonlocal most
        most -= 1
        if most >= 0:
            write(out, f"\n{dumps({'cell': running[0], 'tried': event[:40], 'library': by_library})}\n".encode())

    return report


def _tools():
    """Return the functions of `helpers.exercises` that are used here, without importing that package and its solutions.

    The package is then replaced by one with functions that collect answers.
    """
    sys.path.insert(0, str(HELPERS.parent))
    import helpers

    package = ModuleType(ROOM)
    package.__path__ = [str(HELPERS / "exercises")]
    sys.modules[ROOM] = package
    from helpers.exercises import limits, running, source, stripped

    tools = {
        "quarantine": limits.quarantine,
        "Printed": limits.Printed,
        "run": running.run,
        "fingerprint": running.fingerprint,
        "value_of": source.value_of,
        "encode": stripped.encode,
        "decode": stripped.decode,
        "answers": {},
    }
    for name in [name for name in sys.modules if name.startswith(ROOM)]:
        del sys.modules[name]
    sys.modules[ROOM] = helpers.exercises = _collector(tools["answers"])
    return tools


def _collector(answers):
    """Return a module that looks like `helpers.exercises` and puts the answers into a dictionary."""
    module = ModuleType(ROOM)

    def quiz(lesson, *_, **given):
        answers.update({f"{str(lesson).zfill(2)}.{name}": answer for name, answer in given.items()})

    module.check = answers.__setitem__
    module.quiz = quiz
    module.use_seed = lambda seed=None: answers.update({"seed": seed})

    def others(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    module.__getattr__ = others  # hint, solution, progress, …
    return module


def _scope():
    """Return the variables that every answer may use."""
    scope = {"__name__": "__main__", "display": print}
    exec(f"{NEEDED}\nfrom helpers.exercises import check, hint, progress, quiz, solution, use_seed", scope)
    return scope


def _run(cell, task, scope, tools):
    """Run a cell, and yield what is known about each answer that it checks."""
    tools["answers"].clear()
    error = None
    with contextlib.suppress(BaseException):  # an alarm can also arrive at the end of the block
        try:
            with tools["quarantine"](task["seconds"], tools["Printed"]()):
                if cell["whole"]:
                    _execute(cell["text"], scope)
                else:
                    _define(cell["text"], scope)
        except BaseException as raised:
            error = tools["fingerprint"](raised)
    for name, answer in dict(tools["answers"]).items():
        yield {"name": str(name)[:50], **_result(str(name), answer, task, tools)}
    if error:
        yield {"error": error}


def _execute(text, scope):
    """Execute a cell, including the statements after one that fails.

    Such a statement is often a trial with variables of the lesson, which do not exist here, and the answer follows.

    Raises
    ------
    Exception
        The first error, at the end of the cell.
    """
    first = None
    for node in ast.parse(_plain(text)).body:
        try:
            exec(compile(ast.Module([node], []), "<answer>", "exec"), scope)
        except Exception as error:
            first = first or error
    if first is not None:
        raise first


def _plain(text):
    """Return the text of a cell without the lines that only IPython understands."""
    return re.sub(r"^\s*[%!].*$", "", text, flags=re.MULTILINE)


def _define(text, scope):
    """Execute what answers may need from a cell that is not one: imports, definitions and quick assignments.

    A name that anything else in the cell assigns to, such as a loop, is removed, so that no answer can use an outdated
    value: it then fails because the name is not defined, which the teacher sees.
    """
    for node in ast.parse(_plain(text)).body:
        for one in _single(node):
            try:
                exec(compile(ast.Module([one], []), "<lesson>", "exec"), scope)
            except Exception:
                _forget(one, scope)
        if not _single(node):
            _forget(node, scope)


def _single(node):
    """Return the statements to execute in place of a statement of a lesson."""
    if isinstance(node, ast.Import):
        return [ast.copy_location(ast.Import([a]), node) for a in node.names if not HEAVY.match(a.name)]
    if isinstance(node, ast.ImportFrom):
        names = [a for a in node.names if not HEAVY.match(f"{node.module}.{a.name}")]
        return [ast.copy_location(ast.ImportFrom(node.module, [a], node.level), node) for a in names]
    quick = isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and all(map(_is_quick, ast.walk(node)))
    return [node] if quick or isinstance(node, (ast.FunctionDef, ast.ClassDef)) else []


def _is_quick(node):
    """Return whether a part of an assignment is anything but a call, or is a call of a quick function."""
    function = getattr(node, "func", None)
    return not isinstance(node, ast.Call) or getattr(function, "attr", getattr(function, "id", "")) in QUICK


def _forget(node, scope):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        scope.pop(node.id, None)
    if not isinstance(node, INNER):
        for child in ast.iter_child_nodes(node):
            _forget(child, scope)


def _result(name, answer, task, tools):
    """Return the results of a function in all cases, the value of another answer, or the error, as JSON can have it."""
    said = {"error": "TimeUp: "}
    with contextlib.suppress(BaseException):
        try:
            with tools["quarantine"](task["seconds"], tools["Printed"]()):
                if name == "seed" or name not in task["cases"]:
                    return {"value": tools["value_of"](answer), "given": answer is not None}
                if not callable(answer):
                    return {"value": tools["value_of"](answer), "given": answer is not None}
                results = tools["run"](answer, tools["decode"](task["cases"][name]))
                text = json.dumps([_encoded(result, tools["encode"]) for result in results])
            said = {"results": text} if len(text) <= MOST_TEXT else {"error": "OverflowError: the result is too large"}
        except BaseException as raised:
            said = {"error": tools["fingerprint"](raised)}
    return said


def _encoded(result, encode):
    """Return a result as JSON can have it. Other objects become the name of their type."""
    try:
        if isinstance(result, dict):
            return {"dict": [[encode(key), _encoded(value, encode)] for key, value in result.items()]}
        if isinstance(result, (list, tuple)):
            items = [_encoded(item, encode) for item in result]
            return {"tuple": items} if isinstance(result, tuple) else items
        if getattr(result, "size", 0) > MOST_TEXT / 10:
            raise OverflowError("the result is too large")
        plain = encode(result)
        json.dumps(plain)
    except (TypeError, ValueError, KeyError):  # not OverflowError
        return {"other": type(result).__name__}
    return plain


if __name__ == "__main__":
    main()
