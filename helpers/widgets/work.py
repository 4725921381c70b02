"""Lesson 03: multiplications in the backward pass, with and without keeping the errors."""

from typing import NamedTuple

import ipywidgets

from helpers import plotting
from helpers.widgets.explorer import SLOW, Explorer, whole_between


class Work(NamedTuple):
    """Multiplications to find the error of one unit."""

    depth: int
    width: int
    with_reuse: list  # for 1 … depth layers
    without: list


def count(depth=9, width=3):
    """Count multiplications for the error of one unit, with `depth` layers of `width` units between it and the cost.

    If errors are kept and reused, it takes `width` for the unit itself and width² for each later layer except the
    last. If nothing is kept, every unit asks all units of the next layer again: w + w² + … + w^depth.

    Parameters
    ----------
    depth : int from 1 to 12
    width : int from 1 to 200
    """
    depth, width = whole_between(depth, "depth", 1, 12), whole_between(width, "width", 1, 200)
    depths = range(1, depth + 1)
    with_reuse = [width + (d - 1) * width**2 for d in depths]
    return Work(depth, width, with_reuse, [sum(width**k for k in range(1, d + 1)) for d in depths])


def draw(result, ax=None):
    """Draw `Work` as two curves over the number of layers."""
    return plotting.work_curves(result.with_reuse, result.without, ax)


def describe(result):
    """Summarize the totals of a `Work` in a sentence."""
    kept, alone = result.with_reuse[-1], result.without[-1]
    times = alone / kept
    more = "just as many" if alone == kept else f"{times:,.{0 if times >= 10 else 1}f} times as many"
    layers = f"{result.depth} layer{'s' if result.depth > 1 else ''} of {result.width}"
    return f"{layers}, multiplications: {kept} with the errors kept, {alone} without: {more}"


def explorer():
    """Lesson 03: how depth and width affect the work, with and without keeping the errors."""
    controls = {
        "depth": ipywidgets.IntSlider(9, min=1, max=12, description="layers to the cost", **SLOW),
        "width": ipywidgets.IntSlider(3, min=1, max=200, description="units in each layer", **SLOW),
    }
    args = (count, draw, describe, "widgets.work.count(")
    return Explorer("What keeping the errors saves", "03.work", controls, *args, met=is_met)


def is_met(result, state):
    """Whether the depth shown is the smallest at which a million multiplications are saved."""
    saved = [more - less for more, less in zip(result.without, result.with_reuse, strict=True)]
    return result.width == 4 and saved[-1] >= 1_000_000 > max(saved[:-1], default=0)
