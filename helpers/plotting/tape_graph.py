"""Figure of the computational graph recorded on a tape, with values and gradients.

Each variable is drawn as a box. Blue arrows show how values are computed, and dashed red arrows show how gradients
are passed back.
"""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from helpers.autograd.tape import history
from helpers.plotting.style import (
    BACKWARD,
    BODY,
    FAINT,
    FORWARD,
    INK,
    LIT,
    PANEL,
    PAPER,
    SMALL,
    WIDTH,
    arrow,
    bare,
    new_axes,
)

_STEP, _ROW, _GAP = 1.95, 1.45, 0.75  # distances between columns, between boxes in a column, and to a passing line
_WIDTH, _HEIGHT = 0.68, 0.44  # half the width and half the height of a box
_PORT, _ASIDE = 0.2, 0.13  # from the middle of a side to its outermost connection; from a connection to its lines
_INCH = 0.56  # largest scale of the drawing, in inches per data unit
_ROOMY = 0.38  # smallest scale at which texts of the usual sizes fit into the boxes


def graph(output, gradients=None, ax=None, known=None, lit=None):
    """Draw the computational graph of a Variable from left to right.

    Each box contains a value or the shape of an array, and the gradient is written below it.

    Parameters
    ----------
    output : tape.Variable
        The variable whose history is drawn.
    gradients : dict of Variable to ndarray, optional
        Gradients of the output. Dashed red arrows lead back to the variables that have a gradient.
    known : collection of Variable, optional
        Variables whose values are shown. Other variables show a question mark. By default, all values are shown.
    lit : Variable, optional
        Variable whose box is highlighted.
    """
    places, ways = _layout(output)
    gradients, known = gradients or {}, set(history(output)) if known is None else known
    ax = new_axes(ax, figsize=graph_size(output))
    (left, right), (low, high) = _edges(places)
    page = ax.figure.get_figwidth()
    inch = _inch(places, page)
    for (start, stop), corners in ways.items():
        _lead(ax, corners, FORWARD if stop in known else FAINT, "-")
        if start in gradients and stop in gradients:
            _lead(ax, corners[::-1], BACKWARD, "--")
        if sum(parent is start for parent, _ in stop.parents) > 1:
            look = {"ha": "center", "fontsize": SMALL - 1.5, "textcoords": "offset points"}
            ax.annotate("twice", np.mean(corners[-2:], axis=0), (0, 9), **look)  # above the line
    for variable in history(output):
        texts = min(1, inch / _ROOMY)  # the texts in small boxes are smaller
        _box(ax, places[variable], variable, variable in known, gradients.get(variable), variable is lit, texts)
    aside = max(0, (page / inch - (right - left)) / 2)
    bare(ax, (left - aside, right + aside), (low, high))
    return ax


def graph_size(output):
    """Return the width and the height, in inches, of the graph of a Variable."""
    places = _layout(output)[0]
    _, (low, high) = _edges(places)
    return WIDTH, _inch(places, WIDTH) * (high - low)


def _inch(places, page):
    """Return the scale, in inches per data unit, at which a drawing fits on a page that is `page` inches wide.

    Small drawings are not enlarged.
    """
    (left, right), _ = _edges(places)
    return min(_INCH, page / (right - left))


def _edges(places):
    x, y = zip(*places.values(), strict=True)
    return (min(x) - 0.8, max(x) + 0.8), (min(y) - 0.93, max(y) + 0.5)


def _layout(output):
    """Return the position of each box and the points at which each connection bends around other boxes."""
    column, ways = _columns(output), {}
    layers = [
        [] for _ in range(column[output] + 1)
    ]  # each contains variables, and a tuple (start, stop, column) for each passing line
    for stop in reversed(history(output)):
        layers[column[stop]].append(stop)
        for start, _ in stop.parents:
            passing = [(start, stop, c) for c in range(column[start] + 1, column[stop])]
            ways[start, stop] = [start, *passing, stop]
            for key in passing:
                layers[key[2]].append(key)
    rows = {output: 0.0}
    for c in reversed(range(column[output])):
        after = {key: [] for key in layers[c]}
        for way in ways.values():
            for here, there in pairwise(way):
                if here in after:
                    after[here].append(rows[there])
        rows |= _apart({key: float(np.mean(wish)) for key, wish in after.items()})
    place = {key: (_STEP * (key[2] if isinstance(key, tuple) else column[key]), -row) for key, row in rows.items()}
    boxes = {key: where for key, where in place.items() if not isinstance(key, tuple)}
    return boxes, _spread({ends: [place[key] for key in way] for ends, way in ways.items()})


def _spread(ways):
    """Return the connections with their ends spread out on each side of a box, so that arrowheads do not overlap."""
    for end, beside in ((0, 1), (-1, -2)):
        sides = {}
        for ends, corners in ways.items():
            sides.setdefault(ends[end], []).append(corners)
        for meeting in sides.values():
            meeting.sort(key=lambda corners: corners[beside][1])
            ports = _PORT * np.linspace(-1, 1, len(meeting)) if len(meeting) > 1 else [0]
            for corners, port in zip(meeting, ports, strict=True):
                corners[end] = corners[end][0], corners[end][1] + port
    return ways


def _columns(output):
    """Return the column of each Variable, which is the length of the longest path that leads to it.

    A leaf is placed in the column just before its first use.
    """
    past, column = history(output), {}
    for variable in past:
        column[variable] = 1 + max((column[parent] for parent, _ in variable.parents), default=-1)
    for leaf in [variable for variable in past if not variable.parents and variable is not output]:
        column[leaf] = min(column[v] for v in past if any(parent is leaf for parent, _ in v.parents)) - 1
    return column


def _apart(wishes):
    """Return rows that are as close to the preferred ones as the sizes of the boxes allow.

    Leaves are moved more readily than other variables.
    """
    keys, rows = sorted(wishes, key=wishes.get), {}
    for before, key in zip([None, *keys], keys, strict=False):
        distance = _GAP if isinstance(key, tuple) or isinstance(before, tuple) else _ROW
        rows[key] = wishes[key] if before is None else max(wishes[key], rows[before] + distance)
    weights = [1.0 if isinstance(key, tuple) or key.parents else 1e-3 for key in keys]
    shift = np.average([wishes[key] - rows[key] for key in keys], weights=weights)
    return {key: rows[key] + shift for key in keys}


def _lead(ax, corners, color, style):
    """Draw a line through the corners with an arrowhead at its end.

    The line is shifted slightly to its left, so that lines in opposite directions do not overlap.
    """
    corners, last = np.array(corners, float), len(corners) - 2
    rim = np.sign(corners[-1, 0] - corners[0, 0]) * np.array([_WIDTH, 0])
    corners[0] += rim
    corners[-1] -= rim
    for i, (start, stop) in enumerate(pairwise(corners)):
        along = (stop - start)[0]
        aside = np.array([0, np.sign(along) * min(0.1 * np.linalg.norm(stop - start) / abs(along), _ASIDE)])
        if i == last:
            arrow(ax, start + aside, stop + aside, color, style, 1.4)
        else:
            ax.plot(*np.transpose([start + aside, stop + aside]), color=color, linestyle=style, linewidth=1.4)


def _box(ax, place, variable, known, gradient, lit, scale):
    """Draw the box of a variable with its name and value, and write its gradient in red below the box.

    The box of a leaf is grey. `scale` multiplies the font sizes.
    """
    x, y = place
    face = LIT if lit else PAPER if variable.parents else PANEL
    look = {"facecolor": face, "edgecolor": INK, "linewidth": 2.4 if lit else 1, "zorder": 3}
    ax.add_patch(Rectangle((x - _WIDTH, y - _HEIGHT), 2 * _WIDTH, 2 * _HEIGHT, **look))
    text = number_or_shape(variable.value) if known else "?"
    if variable.name:
        size = scale * (BODY if len(variable.name) < 8 else SMALL - 1)
        ax.text(x, y + 0.19, variable.name, ha="center", va="center", fontsize=size, weight="bold", zorder=4)
    ax.text(x, y - 0.19 if variable.name else y, text, ha="center", va="center", fontsize=scale * SMALL, zorder=4)
    if gradient is not None:
        below = {"ha": "center", "va": "top", "fontsize": scale * SMALL, "color": BACKWARD, "zorder": 4}
        ax.text(x, y - _HEIGHT - 0.06, number_or_shape(gradient), **below)


def number_or_shape(value):
    """Format a single number with three significant digits, or return the shape of a larger array as text."""
    value = np.asarray(value)
    return f"{float(value.squeeze()):z.3g}".replace("-", "−") if value.size == 1 else " × ".join(map(str, value.shape))
