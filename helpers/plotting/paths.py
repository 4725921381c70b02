"""Figures of the paths along which a change in a unit or a weight reaches the cost of a small network.

In the forward direction, a change spreads along the blue arrows. In the backward direction, the errors from all paths
are added up along the dashed red arrows.
"""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import BACKWARD, FAINT, FORWARD, INK, LIT, PAPER, arrow, bare, decimals, new_axes

_WIDTH = 8.4  # inches
_RADIUS = 0.38  # radius of a unit, in data coordinates
_GAP = 1.5  # vertical distance between the units of a layer


def numbered_network(W, b, activations, outputs=(), ax=None):
    """Draw a small network with the weight on each arrow, the activation in each unit, and the bias below the unit.

    Parameters
    ----------
    W, b : dict of ndarrays
        Weights W[l] of shape (n[l], n[l−1]) and biases b[l] of shape (n[l], 1), as numbers or as text.
    activations : list of L + 1 array-likes
        Activations a[0], …, a[L] of one example, as numbers or as text.
    outputs : list of str, optional
        Text to write next to each output unit.
    """
    columns = [_heights(np.size(a)) for a in activations]
    highest, last = max(map(max, columns)), 3.4 * len(W)
    ax = _axes(ax, (last / 2 - 5.6, last / 2 + 5.6), (-highest - 0.9, highest + 1.0))
    for l, weights in W.items():
        for k, j in np.ndindex(weights.shape):
            start, stop = (3.4 * (l - 1), columns[l - 1][j]), (3.4 * l, columns[l][k])
            _connect(ax, start, stop, FORWARD, "-", decimals(weights[k, j], 1), part=0.27)
    for l, (heights, values) in enumerate(zip(columns, activations, strict=True)):
        for k, (y, value) in enumerate(zip(heights, np.ravel(values), strict=True)):
            _unit(ax, (3.4 * l, y), decimals(value, 2))
            if l:
                bias = b[l][k, 0] if isinstance(b[l][k, 0], str) else f"b {decimals(b[l][k, 0], 2)}"
                ax.text(3.4 * l, y - 0.46, bias, ha="center", va="top", fontsize=9)
        ax.text(3.4 * l, highest + 0.6, f"$a^{{[{l}]}}$" if l else "$x$", ha="center", fontsize=13)
    for y, text in zip(columns[-1], outputs, strict=False):
        ax.text(last + 0.55, y, text, va="center", fontsize=10)
    return ax


def named_network(sizes, outputs=(), ax=None):
    """Draw a small network as in `numbered_network`, but with symbols for the weights, activations and biases.

    Parameters
    ----------
    sizes : sequence of int
        Number of inputs and layer sizes, each below 10.
    outputs : list of str, optional
        Text to write next to each output unit.
    """
    inputs, *layers = [range(1, n + 1) for n in sizes]
    W, b, activations, before = {}, {}, [[f"$x_{j}$" for j in inputs]], inputs
    for l, units in enumerate(layers, 1):
        W[l] = np.array([[_named("w", l, f"{k}{j}") for j in before] for k in units])
        b[l] = np.array([[_named("b", l, k)] for k in units])
        activations.append([_named("a", l, k) for k in units])
        before = units
    return numbered_network(W, b, activations, outputs, ax)


def fan_out(weights, errors, step, ax=None):
    """Show how a change in one activation reaches the cost through all the units that it feeds.

    The figure shows the effect along each path, and the sum of these effects.

    Parameters
    ----------
    weights : array-like of shape (K,)
        Weights from the unit to each of the K units that it feeds.
    errors : array-like of shape (K,)
        Derivatives ∂J/∂z for these K units.
    step : float
        Change in the activation.
    """
    heights, effects = _heights(len(weights), 2.1), np.multiply(weights, errors) * step
    ax = _axes(ax, (-1.2, 12.6), (heights[-1] - 0.6, heights[0] + 0.9))
    unit, cost = (0, 0), (9.2, 0)
    for k, (y, w, error, effect) in enumerate(zip(heights, weights, errors, effects, strict=True), 1):
        fed = (4.6, y)
        outside = 0.48 if y >= 0 else -0.48
        _connect(ax, unit, fed, FORWARD, "-")
        _connect(ax, fed, cost, FORWARD, "-")
        _unit(ax, fed, _named("z", 2, k))
        _factor(ax, (2.3, y / 2 + outside), _named("w", 2, f"{k}1"), decimals(w, 1))
        _factor(ax, (6.5, 0.59 * y + outside), _named(r"\delta", 2, k), decimals(error, 4))
        ax.text(4.6, y + 0.52, rf"$\Delta z^{{[2]}}_{k}$ = {decimals(w * step, 4)}", ha="center", fontsize=11)
        text = rf"$\delta^{{[2]}}_{k}\, \Delta z^{{[2]}}_{k}$ = {decimals(effect, 6)}"
        ax.text(9.2, 1.5 * outside, text, ha="center", va="center", fontsize=11)
    _unit(ax, unit, _named("a", 1, 1))
    _unit(ax, cost, "$J$")
    ax.text(0, 0.52, rf"$\Delta a^{{[1]}}_1$ = {step:g}", ha="center", fontsize=11)
    ax.text(9.9, 0, rf"$\Delta J \approx$ {decimals(effects.sum(), 6)}", va="center", fontsize=11)
    return ax


def lit_column(W, errors, j, ax=None):
    """Highlight all paths from one unit to the units that it feeds, and the corresponding column of the weight matrix.

    Parameters
    ----------
    W : ndarray of shape (K, n)
        Weights from n units to K units.
    errors : array-like of shape (K,)
        Errors δ of the K units.
    j : int
        Index of the unit, starting at 0.
    """
    errors, column = np.ravel(errors), [(k, j) for k in range(len(W))]
    ax, before, after = _two_layers(ax, W, column, [decimals(w, 1) for w in W[:, j]], part=0.25)
    for i, place in enumerate(before):
        _unit(ax, place, _named("a", 1, i + 1), edge=BACKWARD if i == j else INK)
    for k, place in enumerate(after):
        _unit(ax, place, _named("z", 2, k + 1), edge=BACKWARD)
        _error(ax, place, k, errors)
    heads = [f"from {_named('a', 1, i + 1)}" for i in range(W.shape[1])]
    _matrix(ax, "$W^{[2]}$", W, column, heads, [f"to {_named('z', 2, k + 1)}" for k in range(len(W))], 1)
    return ax


def lit_row(errors, inputs, k, ax=None):
    """Highlight all connections into one unit, and the row of dW that contains the gradients of their weights.

    Each gradient is the error δ at one end of the connection times the activation at the other. Nothing is passed on,
    so the connections have no arrowheads.

    Parameters
    ----------
    errors : array-like of shape (K,)
        Errors δ of the K units of a layer.
    inputs : array-like of shape (n,)
        Activations that are the inputs to the layer.
    k : int
        Index of the unit, starting at 0.
    """
    dW, errors, inputs = np.outer(errors, inputs), np.ravel(errors), np.ravel(inputs)
    row = [(k, j) for j in range(len(inputs))]
    ax, before, after = _two_layers(ax, dW, row, [_named("dw", 2, f"{k + 1}{j + 1}") for _, j in row], 0.6, head="-")
    for j, place in enumerate(before):
        _unit(ax, place, _named("a", 1, j + 1), edge=BACKWARD)
        ax.text(place[0] - 0.5, place[1], decimals(inputs[j], 4), ha="right", va="center", fontsize=11)
    for i, place in enumerate(after):
        _unit(ax, place, _named("z", 2, i + 1), edge=BACKWARD if i == k else INK)
        _error(ax, place, i, errors)
    heads = [rf"$\times\ a^{{[1]}}_{j + 1}$" for j in range(len(inputs))]
    _matrix(ax, "$dW^{[2]}$", dW, row, heads, [_named(r"\delta", 2, i + 1) for i in range(len(errors))], 4)
    return ax


def walked_paths(depth=3, width=3, ax=None):
    """Compare how many multiplications the error of one unit takes with and without keeping the errors of later layers.

    Parameters
    ----------
    depth : int
        Number of layers after the unit.
    width : int
        Number of units in each of these layers, at least 2.
    """
    right = 1.5 * depth + 1.6
    ax = _axes(ax, (-0.55, right + 1.5 * depth + 0.5), (-1.85, 2.25))
    anew = [width**d for d in range(depth)]  # number of errors computed in layer d, with repetitions, if none is kept
    once = [min(asks, width) for asks in anew]
    for x, title, asks in ((0, "no error kept", anew), (right, "every error kept", once)):
        _fan(ax, x, depth, width, [a // min(a, width) for a in asks])
        for d, a in enumerate(asks):
            ax.text(x + 1.5 * (d + 0.5), -1.75, str(width * a), ha="center", color=BACKWARD, fontsize=12)
        ax.text(x - 0.45, 1.95, f"{title}: {width * sum(asks)} multiplications", fontsize=12)
        for d in range(depth + 1):
            ax.text(x + 1.5 * d, 1.5, f"layer {d}" if d else "our unit", ha="center", fontsize=9)
    return ax


def _fan(ax, x, depth, width, times):
    """Draw one unit and the `depth` layers after it.

    Each connection from layer d to layer d + 1 is drawn as `times[d]` parallel lines.
    """
    columns = [np.zeros(1), *[_heights(width, 2.4 / (width - 1)) for _ in range(depth)]]
    for d in range(depth):
        for start, stop in np.array(np.meshgrid(columns[d], columns[d + 1])).reshape(2, -1).T:
            for i in range(times[d]):
                aside = 0.035 * (i - (times[d] - 1) / 2)
                xs, ys = (x + 1.5 * d, x + 1.5 * (d + 1)), (start + aside, stop + aside)
                ax.plot(xs, ys, color=BACKWARD, linewidth=0.9, linestyle="--")
    for d, heights in enumerate(columns):
        for y in heights:
            _unit(ax, (x + 1.5 * d, y), "", radius=0.16)


def _axes(ax, xlim, ylim):
    """Return empty axes with the given limits and the same scale in both directions.

    If `ax` is None, a new figure of suitable height is created.
    """
    ax = new_axes(ax, figsize=(_WIDTH, _WIDTH * (ylim[1] - ylim[0]) / (xlim[1] - xlim[0])))
    bare(ax, xlim, ylim)
    ax.set_aspect("equal")
    return ax


def _two_layers(ax, W, lit, texts, part, head="-|>"):
    """Draw arrows from each unit of a layer back to the units that feed it, with labels on the highlighted arrows.

    The arrowheads have the style `head`; "-" means that there are none.

    Returns
    -------
    ax : matplotlib Axes
        The axes, with room for a matrix on the right.
    before, after : list of tuple
        Positions of the units in the two layers.
    """
    before, after = ([(x, y) for y in _heights(n)] for x, n in ((1.2, W.shape[1]), (4.2, W.shape[0])))
    highest = max(y for _, y in [*before, *after])
    ax = _axes(ax, (-0.4, 8.3 + 1.5 * W.shape[1]), (-highest - 0.55, highest + 0.75))
    on = dict(zip(lit, texts, strict=True))
    for k, j in np.ndindex(W.shape):
        look = (BACKWARD, "--", on[k, j]) if (k, j) in on else (FAINT, "-", "")
        _connect(ax, after[k], before[j], *look, part, head)
    return ax, before, after


def _error(ax, place, k, errors):
    """Write the error of a unit to the right of the unit."""
    text = _named(r"\delta", 2, k + 1) + f" = {decimals(errors[k], 4)}"
    ax.text(place[0] + 0.5, place[1], text, va="center", color=BACKWARD, fontsize=11)


def _matrix(ax, name, numbers, lit, heads, sides, digits):
    """Draw a matrix with row and column headings to the right of two layers, and highlight the entries in `lit`."""
    left, heights = 8.6, _heights(len(numbers), 0.9) - 0.2
    for j, head in enumerate(heads):
        ax.text(left + 1.5 * j, heights[0] + 0.7, head, ha="center", fontsize=11)
    for i, side in enumerate(sides):
        ax.text(left - 1.0, heights[i], side, ha="right", va="center", fontsize=11)
    for i, j in np.ndindex(numbers.shape):
        box = {"facecolor": LIT, "edgecolor": BACKWARD, "boxstyle": "round,pad=0.3"} if (i, j) in lit else None
        text = decimals(numbers[i, j], digits)
        ax.text(left + 1.5 * j, heights[i], text, ha="center", va="center", fontsize=11, bbox=box)
    ax.text(left - 1.0, heights[0] + 0.7, name, ha="right", fontsize=13)


def _named(letter, layer, index):
    """Format a symbol with its layer as a superscript in brackets and its unit, or pair of units, as a subscript."""
    return f"${letter}^{{[{layer}]}}_{{{index}}}$"


def _heights(n, gap=_GAP):
    """Return the vertical positions of n units, starting at the top."""
    return gap * ((n - 1) / 2 - np.arange(n))


def _factor(ax, place, symbol, value):
    """Write, next to an arrow, the factor by which a change is multiplied."""
    ax.text(*place, rf"$\times$ {symbol} = {value}", ha="center", va="center", color=FORWARD, fontsize=11)


def _connect(ax, start, stop, color, style, text="", part=0.5, head="-|>"):
    """Draw an arrow between the rims of two units, with text at the fraction `part` of its length.

    The text interrupts a solid line. It is written above a dashed line, so that the line is not broken into fragments.
    """
    start, stop = np.array(start, float), np.array(stop, float)
    rim = (_RADIUS + 0.05) * (stop - start) / np.linalg.norm(stop - start)
    arrow(ax, start + rim, stop - rim, color, style, 1 if color == FAINT else 1.8, arrowstyle=head)
    place, look = start + part * (stop - start), {"ha": "center", "va": "center", "fontsize": 11, "color": color}
    if text and style == "--":
        up = np.array([start[1] - stop[1], stop[0] - start[0]]) / np.linalg.norm(stop - start)
        ax.annotate(text, place, 11 * up * np.sign(up[1]), textcoords="offset points", **look)
    elif text:
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2}
        ax.text(*place, text, bbox=box, **look)


def _unit(ax, place, text, edge=INK, radius=_RADIUS):
    """Draw a unit as a circle with text inside."""
    ax.add_patch(plt.Circle(place, radius, facecolor=PAPER, edgecolor=edge, linewidth=1.5, zorder=3))
    ax.text(*place, text, ha="center", va="center", fontsize=11, zorder=4)
