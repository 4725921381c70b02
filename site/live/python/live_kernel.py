"""The kernel of a page: runs cells and carries the messages of widgets.

The web worker calls `start` once, `begin` for each lesson, `run` for each cell and `receive` for each message of a
widget. Their output is passed to the function `post`, as JSON text and a list of bytes-like objects.
"""

import ast
import builtins
import errno
import inspect
import io
import json
import linecache
import os
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from live_needs import needs_earlier_cells as needs_earlier_cells  # for the web worker

AT_ONCE = 100  # lines that a cell may print before text is held back
OFTEN = 0.1  # seconds for which later text is held back
LONGEST, MOST = 10_000, 500  # characters and lines that are kept of the start and of the end of a long text
_post = _comms = _folder = _settings = None
_own = frozenset()  # names of variables that do not belong to a lesson
_streams = ()  # those of the page; a cell may put others in their place


def start(post, root):
    """Prepare Python for a lesson.

    Parameters
    ----------
    post : callable
        Takes the JSON text of a message and a list of bytes-like objects.
    root : str
        Folder with `helpers`, `data` and `notebooks`.
    """
    global _post, _own, _streams, _folder, _settings
    _post, _folder = post, Path(root, "notebooks")
    os.environ["MPLBACKEND"] = "module://live_figures"
    _folder.mkdir(exist_ok=True)
    os.chdir(_folder)
    import numpy as np
    from IPython import display, get_ipython

    _settings = {np.set_printoptions: np.get_printoptions(), np.seterr: np.geterr()}
    get_ipython().display_pub.post = send
    sys.stdout, sys.stderr = _streams = Stream("stdout"), Stream("stderr")
    builtins.input, builtins.display = _refuse_input, display
    _own = frozenset(get_ipython().user_ns)
    _finish.last = _record()
    _connect_widgets()


def begin():
    """Forget the variables, widgets, figures and settings of an earlier lesson; its imports stay loaded."""
    from IPython import get_ipython

    os.chdir(_folder)
    for put_back, values in _settings.items():
        put_back(**values)
    scope = get_ipython().user_ns
    for name in scope.keys() - _own:
        del scope[name]
    get_ipython().cells = scope["In"] = [""]
    if own_code := sys.modules.get("helpers.exercises.own_code"):
        own_code.forget()  # the reader's functions use variables that are gone
    if widgets := sys.modules.get("ipywidgets"):
        widgets.Widget.close_all()
    if plt := sys.modules.get("matplotlib.pyplot"):
        plt.close("all")
        plt.rcdefaults()


def _refuse_input(*_):
    raise RuntimeError("a cell in the book cannot ask for input: assign the value to a variable instead")


def send(message, buffers=()):
    """Send a message to the page, with plain text shortened, after any text that was printed before it."""
    for stream in _streams if message["type"] in ("display_data", "error", "clear_output") else ():
        stream.finish() if message["type"] == "clear_output" else stream.flush()
    if "text/plain" in message.get("data", ()):
        message["data"]["text/plain"] = shortened(message["data"]["text/plain"])
    if message["type"] == "error":
        message |= {key: shortened(message[key]) for key in ("evalue", "traceback")}
    try:
        text = json.dumps(message, default=str, allow_nan=False)
    except ValueError:  # JSON has neither NaN nor infinity
        text = json.dumps(json.loads(json.dumps(message, default=str), parse_constant=lambda _: None))
    _post(text, list(buffers))


def shortened(text):
    """Leave out the middle of a long text, and state how many characters are missing."""
    start = _start(text)
    end = _start(text[len(start) :][::-1])[::-1]
    return start + _gap(len(text) - len(start) - len(end)) + end


def _start(text, size=LONGEST, lines=MOST):
    """Return the start of a text, of at most `size` characters and `lines` lines."""
    text = text[:size]
    parts = text.split("\n", lines)
    return text[: len(text) - len(parts[-1])] if len(parts) > lines else text


def _gap(count):
    return f"\n… {count:,} characters left out …\n" if count else ""


class Stream(io.TextIOBase):
    """Printed text, sent to the page in pieces, without the middle part if it is long."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name, self._held, self._sent = name, [], 0.0
        self.begin()

    def begin(self):
        """Reset the counts of lines and characters that a cell prints."""
        self.lines, self._size, self._end, self._dropped = 0, 0, "", 0

    def write(self, text):
        """Send the first lines at once, and hold later ones back for a moment, because many messages would be slow."""
        start = "" if self._end else _start(text, max(LONGEST - self._size, 0), max(MOST - self.lines, 0))
        self._held.append(start)
        self._size += 0 if "\r" in start else len(start)  # a progress bar stays in its line
        self.lines += start.count("\n")
        self._keep_end(self._end + text[len(start) :])
        if ("\n" in start and self.lines <= AT_ONCE) or time.monotonic() - self._sent > OFTEN:
            self.flush()
        return len(text)

    def _keep_end(self, text, most=10 * LONGEST):
        end = text if len(text) <= most else _start(text[::-1])[::-1]
        self._dropped += len(text) - len(end)
        self._end = end

    def flush(self):
        """Send the text that has been held back."""
        self._sent = time.monotonic()
        if self._held:
            send({"type": "stream", "name": self.name, "text": "".join(self._held)})
            self._held = []

    def finish(self):
        """Send the remaining text, at the end of a cell or before its output is cleared."""
        if self._end:
            self._keep_end(self._end, 0)
            self._held.append(_gap(self._dropped) + self._end)
        self.flush()
        self.begin()

    def writable(self):
        """Return True."""
        return True


async def run(source, number=None):
    """Run a cell, and show the value of its last expression unless it ends with a semicolon.

    Parameters
    ----------
    source : str
        The code.
    number : int, optional
        The number of the cell on the page, for tracebacks. By default, the number of cells that have been run.

    Returns
    -------
    bool
        Whether it ran without an error.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell, error = get_ipython(), None
    shell.cells.append(source)  # also if the reader uses the name In for something else
    name = f"<cell {len(shell.cells) - 1 if number is None else number}>"
    sys.stdout, sys.stderr = _streams
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)  # for tracebacks and inspect
    try:
        before, last = _compile(source, name)
        await _execute(before, shell.user_ns)
        value = await _execute(last, shell.user_ns) if last else None
        if value is not None and not source.rstrip().endswith(";"):
            display(value)
    except BaseException as raised:
        error = raised
        for note in _advice(error):
            error.add_note(note)
        shell.showtraceback(error)
    shell.events.trigger("post_execute")  # also after an error, so that its figures are shown below it
    shell.events.trigger("post_run_cell", SimpleNamespace(error_in_exec=error, info=SimpleNamespace(raw_cell=source)))
    _finish()
    return error is None


def _advice(error):
    """Yield advice if an error is caused by something that a page cannot do: what that is and where it works."""
    line = (error.text or "").strip() if isinstance(error, SyntaxError) else ""
    if re.match(r"(\w+ *= *)?(!|%(pip|conda)\b)", line):
        yield "A page of the book has no command line and cannot install packages. Use Jupyter on your own machine."
    elif re.match(r"(\w+ *= *)?%", line):
        yield (
            "A page of the book runs only Python. Commands that begin with % work in the lab and in Jupyter on your "
            "own machine."
        )
    elif "?" in line and (asked := re.fullmatch(r"\?*([\w.]+)\?*", line)):
        yield f"A question mark works in the lab and in Jupyter. On a page of the book, write help({asked[1]})."
    if getattr(error.__cause__ or error, "errno", None) == errno.ENETUNREACH:  # see worker.js
        yield "The file could not be downloaded: run the cell again when there is a connection."
    if isinstance(error, ModuleNotFoundError) and error.name and "." not in error.name:
        yield (
            f"A page of the book has only the packages that its lessons use, and {error.name} is not one of them. "
            "If the name is right, run the code in Jupyter on your own machine."
        )


def _compile(source, name):
    """Return the code of a cell without its last expression, and that of the expression or None."""
    body, last = ast.parse(source, name).body, None
    if body and isinstance(body[-1], ast.Expr):
        last = ast.Expression(body.pop().value)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    first = compile(ast.Module(body, []), name, "exec", flags)
    return first, last and compile(last, name, "eval", flags)


async def _execute(code, scope):
    value = eval(code, scope)
    return await value if inspect.iscoroutine(value) and code.co_flags & inspect.CO_COROUTINE else value


def receive(text, buffers):
    """Pass a message from the page to a widget."""
    message = json.loads(text)
    if comm := _comms.get_comm(message["comm_id"]):
        comm.handle_msg({"content": message, "buffers": buffers})
    _finish()


def _finish():
    """Send the printed text, and the record of exercises if it has changed."""
    for stream in _streams:
        stream.finish()
    if (text := _record()) != _finish.last:
        send({"type": "progress", "text": text, "before": _finish.last})
        _finish.last = text


def _record():
    file = _folder.parent / "progress.json"
    return file.read_text(encoding="utf-8") if file.is_file() else "{}"


def _connect_widgets():
    """Let the package `comm`, which widgets use, send its messages to the page."""
    global _comms
    import comm
    from comm.base_comm import BaseComm, CommManager

    class PageComm(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            message = {"type": msg_type, "comm_id": self.comm_id, "data": data or {}, "metadata": metadata or {}}
            send(message | keys, buffers or ())

    _comms = CommManager()
    comm.create_comm, comm.get_comm_manager = PageComm, lambda: _comms
