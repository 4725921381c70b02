"""Interactive figures, one module each, reached as `widgets.stepper.frame(12)`.

In each module, one function computes a result from plain values (such as `stepper.frame`), `draw` plots it,
`describe` summarizes it in a sentence, and `explorer()` adds controls. The line of code below a picture
calls the first function and reproduces what is on the screen. Most widgets share the code in `explorer`;
those with their own front end, in the folder `front`, share `instrument`. Each module is imported on first
use.
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
]


def __getattr__(name):
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"there is no widget {name!r}: choose one of {', '.join(__all__)}")


def __dir__():
    return __all__
