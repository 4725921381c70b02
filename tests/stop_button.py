"""The stop button, pressed before a chosen bytecode: for tests, and for `benchmarks/robustness.py`."""

import signal
import sys


class Stop:
    """A tracer that presses the stop button before one bytecode of chosen files.

    Parameters
    ----------
    names : iterable of str; a file is traced if one of them is part of its path
    at : int, number of the bytecode, from 1; by default the bytecodes are only counted

    Attributes
    ----------
    count : int, number of bytecodes so far
    """

    def __init__(self, names, at=-1):
        self.names, self.at, self.count = tuple(names), at, 0

    def __call__(self, frame, event, argument):
        if not any(name in frame.f_code.co_filename for name in self.names):
            return None
        frame.f_trace_opcodes = True
        self.count += event == "opcode"
        if event == "opcode" and self.count == self.at:
            sys.settrace(None)
            signal.raise_signal(signal.SIGINT)
        return self

    def run(self, function):
        """What `function()` returns; None if it lets the stop through."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return function()
        except KeyboardInterrupt:
            return None
        finally:
            sys.settrace(before)
