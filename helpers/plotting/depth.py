"""Figures for deep networks trained from several random starts: signals, training curves and final costs."""

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from helpers.plotting.curves import line
from helpers.plotting.names import head_legend, name_lines
from helpers.plotting.style import BACKWARD, FORWARD, HAIRLINE, LINE_COLORS, LINE_MARKERS, THIN, WIDTH, new_axes

LEAST = 1e-16  # a logarithmic axis cannot show 0, so zeros are drawn at this value


def signals(forward, backward, ax=None):
    """Plot the size of a signal on its way forward and of the error on its way back, layer by layer.

    Parameters
    ----------
    forward : array-like of shape (starts, layers)
        Size of the differences between examples in layers 1, 2, …, drawn as a thin line for each start and a thick
        line for their geometric mean.
    backward : array-like of shape (starts, layers)
        Size of the error in the same layers.
    """
    ax = new_axes(ax)
    both = np.fmax(np.concatenate([np.ravel(forward), np.ravel(backward)]), LEAST)
    ax.set(yscale="log", ylim=(both.min() / 1.5, 1.5 * both.max()))  # set first, in case all lines are at one height
    for sizes, look, color, label in (
        (forward, "o-", FORWARD, "differences,\nforward →"),
        (backward, "^--", BACKWARD, "error,\n← backward"),
    ):
        sizes = np.fmax(np.atleast_2d(sizes), LEAST)
        layers = np.arange(1, sizes.shape[1] + 1)
        ax.plot(layers, sizes.T, look[1:], color=color, linewidth=THIN, alpha=0.6)
        ax.plot(layers, np.exp(np.log(sizes).mean(axis=0)), look, color=color, label=label)
    if both.max() < 100 * both.min():  # too few powers of ten to label only those
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="layer", ylabel="size of an entry (RMS)")
    ax.set_xticks(layers[:: -(-len(layers) // 12)])  # at most 12 numbers
    name_lines(ax)
    return ax


def starts(curves, x=None, ax=None, label=None, style=0):
    """Plot a curve for each random start, all with the same colour and line style.

    Parameters
    ----------
    curves : array-like of shape (starts, points)
    x : sequence of float, optional
        Positions of the points; 0, 1, … by default.
    label : str, optional
        Text to write at the end of the first curve.
    style : int
        See `plotting.line`.
    """
    for i, curve in enumerate(np.asarray(curves)):
        ax = line(curve, x, ax, label if i == 0 else None, style, linewidth=1.2)
    return ax


def compared_costs(results, names=("shallow", "deep"), ax=None):
    """Plot the final costs of two networks, with a row for each condition and a mark for each start.

    Parameters
    ----------
    results : dict of str to array-like of shape (starts, 2)
        Maps each condition to the costs of the first and the second network.
    names : pair of str
        Names of the networks.
    """
    ax = new_axes(ax, figsize=(WIDTH, 0.6 + 0.42 * len(results)))
    for row, costs in enumerate(results.values()):
        ax.axhline(row, color=HAIRLINE, linewidth=THIN, zorder=0)
        for i, shift in enumerate((-0.12, 0.12)):
            reached = np.asarray(costs)[:, i]
            ax.plot(
                reached, np.full(len(reached), row + shift), LINE_MARKERS[i], color=LINE_COLORS[i], markersize=5,
                markerfacecolor="none", label=names[i] if row == 0 else None,
            )  # fmt: skip
    ax.set(xscale="log", xlabel="cost after training", yticks=range(len(results)), yticklabels=list(results))
    ax.invert_yaxis()
    head_legend(ax)
    return ax
