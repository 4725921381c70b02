"""The shell that holds the variables of a lesson, formats results and calls the functions registered for events."""

import base64
import pprint
import re
import sys
import traceback
from collections import defaultdict

# Methods that return the representation of an object as one type of data.
METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "text/latex": "_repr_latex_",
}

# The files of this stand-in and of the page's kernel, which do not help to understand an error in a cell.
INTERNAL = re.compile(r"[/\\](IPython[/\\](core[/\\])?|live_)\w+\.py$")


def get_ipython():
    """Return the shell."""
    return InteractiveShell.instance()


class Formatter:
    """Functions that convert objects to one type of data, by the class of the object."""

    def __init__(self, method):
        self.method, self.functions = method, {}

    def for_type(self, kind, function):
        """Use a function for a class and its subclasses."""
        self.functions[kind] = function

    def __call__(self, thing):
        """Return the data, or a pair of data and metadata, or None."""
        function = next((self.functions[kind] for kind in type(thing).__mro__ if kind in self.functions), None)
        if function:
            return function(thing)
        method = None if isinstance(thing, type) else getattr(thing, self.method, None)
        return method() if callable(method) else None


class DisplayFormatter:
    """Converts an object to all types of data that it offers."""

    def __init__(self):
        self.formatters = {mime: Formatter(method) for mime, method in METHODS.items()}

    def format(self, thing):
        """Return the data and the metadata by type, with bytes encoded in base 64."""
        data, metadata = {"text/plain": as_text(thing)}, {}
        bundle = None if isinstance(thing, type) else getattr(thing, "_repr_mimebundle_", None)
        found = bundle(include=None, exclude=None) if callable(bundle) else None
        if found is not None:
            made, about = found if isinstance(found, tuple) else (found, {})
            data, metadata = data | made, dict(about)
        else:
            for mime, formatter in self.formatters.items():
                if mime == "image/png" and "image/svg+xml" in data:  # a page shows the SVG; drawing both is slow
                    continue
                made = formatter(thing)
                if isinstance(made, tuple):
                    made, metadata[mime] = made
                if made is not None:
                    data[mime] = made
        encoded = {m: base64.b64encode(d).decode() if isinstance(d, bytes) else d for m, d in data.items()}
        return encoded, metadata


def as_text(thing):
    """Return the representation of an object, with long containers broken into lines."""
    plain = type(thing) in (dict, list, tuple, set)
    return pprint.pformat(thing, width=79, sort_dicts=False) if plain else repr(thing)


class Publisher:
    """Passes messages to `post`, which the kernel defines."""

    post = staticmethod(lambda message: None)

    def publish(self, data, metadata=None, **_):
        """Show data below the cell that is running."""
        self.post({"type": "display_data", "data": data, "metadata": metadata or {}})

    def clear_output(self, wait=False):
        """Remove the output of the cell that is running."""
        self.post({"type": "clear_output", "wait": wait})


class Events:
    """Functions that are called before and after a cell runs."""

    def __init__(self):
        self.registered = defaultdict(list)

    def register(self, event, function):
        """Call the function at each such event; registering it again has no effect."""
        if function not in self.registered[event]:
            self.registered[event].append(function)

    def unregister(self, event, function):
        """Stop calling the function."""
        self.registered[event].remove(function)

    def trigger(self, event, *arguments):
        """Call the functions, and show the error of one that fails."""
        for function in list(self.registered[event]):
            try:
                function(*arguments)
            except Exception:  # as in IPython, the cell itself has not failed
                get_ipython().showtraceback()


class InteractiveShell:
    """The variables of the lesson, in `user_ns`, and the objects that display values."""

    _instance = None

    def __init__(self):
        self.user_ns = sys.modules["__main__"].__dict__
        self.cells = self.user_ns["In"] = [""]  # those that have run
        self.events, self.display_formatter, self.display_pub = Events(), DisplayFormatter(), Publisher()

    @classmethod
    def instance(cls):
        """Return the only shell."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    @classmethod
    def initialized(cls):
        """Return whether there is a shell."""
        return cls._instance is not None

    def ask_exit(self):
        """Do nothing, because a page has no program to exit."""

    def showtraceback(self, error=None, **_):
        """Show an error below the cell that is running."""
        error = error[1] if isinstance(error, tuple) else error or sys.exception()
        report = traceback.TracebackException(type(error), error, _within_cell(error.__traceback__))
        report.stack[:] = [frame for frame in report.stack if not INTERNAL.search(frame.filename)]
        lines = "".join(report.format()).rstrip()
        self.display_pub.post(
            {"type": "error", "ename": type(error).__name__, "evalue": str(report), "traceback": lines}
        )


def _within_cell(frames):
    """Return the traceback without what precedes the cell, or None if the error is not in a cell, as in its syntax."""
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith("<cell "):
        frames = frames.tb_next
    return frames
