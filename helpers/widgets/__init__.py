"""Interactive figures, each in its own module, such as `widgets.stepper`.

Each module contains a function that computes a result from plain values, such as `stepper.frame(12)`. In addition,
`draw` plots the result, `describe` summarises it in a sentence, and `explorer()` returns the interactive figure.
The exceptions are `ledger` and `detective`, whose interactive figures are the classes `Game` and `Detective`. The line
of code below an interactive figure calls the function that computes the result, so it reproduces the result on the
screen.

Most interactive figures are built from the code in `explorer`. A figure that shows parts of its result before the rest
is ready is built from the code in `gradual`, and figures that have their own front end, in the folder `front`, are
built from the code in `instrument`. A module is imported when it is first used.
"""

from importlib import import_module

__all__ = [
    "line_and_valley",  # lesson 01
    "threshold",  # 02
    "stepper",  # 03
    "work",
    "ledger",
    "your_network",  # 04
    "nudge",  # 05
    "detective",
    "pictures",  # 06
    "signals",  # 07
    "race",  # 08
    "tape",  # 09
    "step_time",  # 10
    "playground",  # 11
    "drawing",
    "convolution",  # 12
    "attention",
]


def __getattr__(name):
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"there is no widget named {name!r}: choose one of {', '.join(__all__)}")


def __dir__():
    return __all__
