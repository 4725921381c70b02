"""Interactive figure for lesson 03 that counts the multiplications saved by keeping errors in the backward pass."""

from typing import NamedTuple

import ipywidgets

from helpers import plotting
from helpers.system.arguments import whole_between
from helpers.widgets.explorer import SLOW, Explorer


class Work(NamedTuple):
    """Numbers of multiplications needed to compute the error of one unit, with and without keeping later errors."""

    depth: int
    width: int
    with_reuse: list  # counts for 1, …, depth layers if the errors are kept
    without: list  # the same counts if nothing is kept


def count(depth=9, width=3):
    """Count the multiplications needed for the error of a unit followed by `depth` layers of `width` units and a cost.

    If the errors are kept and reused, the unit itself requires w = `width` multiplications, and each later layer except
    the last requires w². If nothing is kept, every unit recomputes the errors of all units in the next layer, which
    requires w + w² + … + w^depth multiplications.

    Parameters
    ----------
    depth : int
        Number of layers after the unit, from 1 to 12.
    width : int
        Number of units in each of these layers, from 1 to 200.

    Returns
    -------
    Work

    Raises
    ------
    ValueError
        If an argument is not an integer in the given range.
    """
    depth, width = whole_between(depth, "depth", 1, 12), whole_between(width, "width", 1, 200)
    depths = range(1, depth + 1)
    with_reuse = [width + (d - 1) * width**2 for d in depths]
    return Work(depth, width, with_reuse, [sum(width**k for k in range(1, d + 1)) for d in depths])


def draw(result, ax=None):
    """Plot the counts of a `Work` against the number of layers."""
    return plotting.work_curves(result.with_reuse, result.without, ax)


def describe(result):
    """Return a sentence that compares the two counts of a `Work`."""
    kept, alone = result.with_reuse[-1], result.without[-1]
    times = alone / kept
    more = "just as many" if alone == kept else f"{times:,.{0 if times >= 10 else 1}f} times as many"
    units = f"{result.width} unit{'s' if result.width > 1 else ''}"
    layers = f"{result.depth} layer{'s' if result.depth > 1 else ''} of {units}"
    return f"{layers}: {kept} multiplications if the errors are kept, {alone} if not, which is {more}"


def explorer():
    """Return the interactive figure, with controls for the depth and the width."""
    controls = {
        "depth": ipywidgets.IntSlider(9, min=1, max=12, description="layers before the cost", **SLOW),
        "width": ipywidgets.IntSlider(3, min=1, max=200, description="units in each layer", **SLOW),
    }
    args = (count, draw, describe, "widgets.work.count(")
    return Explorer("What keeping the errors saves", "03.work", controls, *args, met=is_met)


def is_met(result, state):
    """Return whether, at width 4, this is the least depth at which keeping errors saves a million multiplications."""
    saved = [more - less for more, less in zip(result.without, result.with_reuse, strict=True)]
    return result.width == 4 and saved[-1] >= 1_000_000 > max(saved[:-1], default=0)
