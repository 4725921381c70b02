"""The class `Stop`, which interrupts a function before a given bytecode instruction.

It is used in tests and in `benchmarks/robustness.py`.
"""

import signal
import sys


class Stop:
    """Trace function that simulates the stop button before a given bytecode instruction.

    Parameters
    ----------
    names : iterable of str
        A file is traced if its path contains one of these strings.
    at : int
        Number of the instruction before which the program is interrupted, starting from 1. By default, the
        instructions are only counted.

    Attributes
    ----------
    count : int
        Number of instructions that have been traced so far.
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
        """Call `function()` and return its result, or None if it raises a KeyboardInterrupt."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return function()
        except KeyboardInterrupt:
            return None
        finally:
            sys.settrace(before)
