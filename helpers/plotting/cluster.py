"""Figures for lesson 10: data-parallel training, hyperparameter sweeps, and the time per step on many workers."""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patheffects import withStroke

from helpers.plotting.names import head_legend, name_lines
from helpers.plotting.style import (
    BACKWARD,
    BACKWARD_SOFT,
    FORWARD,
    FORWARD_SOFT,
    HEAD,
    INK,
    LINE_COLORS,
    LINE_MARKERS,
    LINE_STYLES,
    MUTED,
    PANEL,
    PAPER,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    new_axes,
)


def data_parallel(sizes, ax=None):
    """Draw the exchange of parameters and gradients in data-parallel training.

    Each worker holds one shard of the data. Solid blue arrows show the parameters being sent to the workers, and dashed
    red arrows show the gradients being sent back.

    Parameters
    ----------
    sizes : sequence of int
        Number of examples in each shard.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.4))
    places = np.linspace(-3.6, 3.6, len(sizes)) if len(sizes) > 1 else [0.0]
    look = {"boxstyle": "round,pad=0.5", "facecolor": PANEL, "edgecolor": INK, "linewidth": 1}
    ax.text(
        0,
        1.15,
        "parameters $\\theta$\n$\\theta \\leftarrow \\theta - \\alpha\\,\\sum_k\\,(m_k/m)\\,g_k$",
        **_centred(),
        bbox=look,
    )
    for k, (x, size) in enumerate(zip(places, sizes, strict=True), 1):
        ax.text(x, -1.25, f"worker {k}\n{size} examples", **_centred(), bbox=look)
        start, stop = np.array([0.35 * x, 0.55]), np.array([x, -0.7])
        along = (stop - start) / np.linalg.norm(stop - start)
        aside = 0.14 * np.array([along[1], -along[0]])  # points to the right of the direction of travel
        arrow(ax, start + aside, stop + aside, FORWARD, "-")
        arrow(ax, stop - aside, start - aside, BACKWARD, "--")
        middle = (start + stop) / 2
        ax.text(*(middle + 2.4 * aside), "$\\theta$", **_centred(), color=FORWARD)
        ax.text(*(middle - 2.6 * aside), f"$g_{{{k}}}$", **_centred(), color=BACKWARD)
    bare(ax, (-4.7, 4.7), (-1.9, 1.8))
    return ax


def star_ring_tree(count=8, ax=None):
    """Draw three ways in which workers can combine their gradients.

    Filled discs are workers, the square is the process in the middle of the star, and open circles are sums. Dashed
    red arrows show gradients being added up. In the star, solid blue arrows show the sum being sent back. In the ring,
    the sum follows the same arrows as the gradients. In the tree, the return of the sum is not drawn.

    Parameters
    ----------
    count : int
        Number of workers, a power of two.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.0))
    angles = np.pi / 2 - 2 * np.pi * np.arange(count) / count
    circle = 1.15 * np.column_stack([np.cos(angles), np.sin(angles)])
    centre = np.array([-3.4, 0])
    star, ring = circle + centre, circle
    for place in star:
        near = centre + 0.18 * (place - centre)  # keeps the arrows apart where they meet
        _link(ax, place, near, BACKWARD, "--", 0.06)
        _link(ax, near, place, FORWARD, "-", 0.06)
    for place, following in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        _link(ax, place, following, BACKWARD, "--")
    _dots(ax, [*star, *ring], INK)
    _dots(ax, [centre], MUTED, marker="s")
    tree = _tree(ax, count, left=2.1, right=4.7, bottom=-1.15, height=2.3)
    _dots(ax, tree[:count], INK)
    _dots(ax, tree[count:], INK, markerfacecolor=PAPER)
    for x, name in ((-3.4, "star"), (0, "ring"), (3.4, "tree (one piece)")):
        ax.text(x, 1.75, name, **_centred())
    bare(ax, (-4.9, 4.9), (-1.45, 2.0))
    ax.set_aspect("equal")
    return ax


def _tree(ax, count, left, right, bottom, height):
    """Draw a binary tree that adds the gradients of its leaves in pairs, and return the positions of all nodes."""
    places = np.column_stack([np.linspace(left, right, count), np.full(count, bottom)])
    nodes, rise = [*places], height / np.log2(count)
    while len(places) > 1:
        sums = (places[::2] + places[1::2]) / 2 + [0, rise]
        for place, above in zip(places, np.repeat(sums, 2, axis=0), strict=True):
            _link(ax, place, above, BACKWARD, "--")
        nodes, places = [*nodes, *sums], sums
    return nodes


def _link(ax, start, stop, color, style, aside=0.0):
    """Draw an arrow between two nodes, shifted to its right by `aside`."""
    along = (stop - start) / np.linalg.norm(stop - start)
    right = aside * np.array([along[1], -along[0]])
    arrow(ax, start + 0.14 * along + right, stop - 0.14 * along + right, color, style, 1.1)


def _dots(ax, places, color, marker="o", **look):
    ax.plot(*np.transpose(places), marker, color=color, markersize=7, zorder=3, **look)


def speed_ups(curves, counts, ax=None):
    """Plot speed-ups against the number of workers on logarithmic scales.

    A dash-dotted line shows the ideal speed-up.

    Parameters
    ----------
    curves : dict of str to ndarray of shape (k,)
        Maps the name of each curve to its speed-ups.
    counts : ndarray of shape (k,)
        Numbers of workers, in ascending order.
    """
    ax = new_axes(ax)
    least, most = min(map(np.min, curves.values())), max(map(np.max, curves.values()))
    reached = counts[counts <= 2 * most]
    ax.plot(reached, reached, "-.", color=MUTED, linewidth=1.2)
    ax.annotate("ideal", (reached[-1], reached[-1]), (6, 0), textcoords="offset points", color=MUTED, va="center")
    for i, (name, values) in enumerate(curves.items()):
        look = {"color": LINE_COLORS[i % 4], "linestyle": LINE_STYLES[i % 4], "marker": LINE_MARKERS[i % 4]}
        ax.plot(counts, values, label=name, **look)
    ax.set(xscale="log", yscale="log", xlabel="workers", ylabel="speed-up", ylim=(least / 1.5, 3 * most))
    ax.set_xticks(counts[::2], [str(count) for count in counts[::2]])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    name_lines(ax)
    return ax


def sweep_points(rows, x, y, group, ax=None):
    """Plot the results of a hyperparameter sweep, with one point per row and one colour per group.

    For each group, a line connects the mean values.

    Parameters
    ----------
    rows : list of dict
        Results of the sweep.
    x, y, group : str
        Keys of the values to plot and of the value that defines the groups. The x axis is logarithmic.
    """
    ax = new_axes(ax)
    values, groups = sorted({row[x] for row in rows}), sorted({row[group] for row in rows})
    for number, name in enumerate(groups):
        color, style, marker = LINE_COLORS[number % 4], LINE_STYLES[number % 4], LINE_MARKERS[number % 4]
        chosen = [row for row in rows if row[group] == name]
        aside = 1 + 0.1 * (number - (len(groups) - 1) / 2)  # keeps points with equal values from hiding each other
        ax.plot([row[x] * aside for row in chosen], [row[y] for row in chosen], marker, color=color, alpha=0.6)
        there = sorted({row[x] for row in chosen})
        means = [np.mean([row[y] for row in chosen if row[x] == value]) for value in there]
        label, look = f"{group.replace('_', ' ')} {name:g}", {"marker": marker, "markevery": []}  # legend only
        ax.plot(np.array(there) * aside, means, linestyle=style, color=color, label=label, **look)
    ax.set(xscale="log", xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.minorticks_off()
    head_legend(ax)
    return ax


def step_shares(counts, compute, communicate, chosen=None, ax=None):
    """Plot the speed-up, and the shares of the time per step spent on computation and on communication.

    The speed-up is relative to the computation time of a step on the smallest number of workers.

    Parameters
    ----------
    counts : ndarray of shape (k,)
        Numbers of workers, each twice the one before.
    compute, communicate : ndarray of shape (k,)
        Seconds per step spent on computation and on communication.
    chosen : int, optional
        Number of workers to mark with a vertical line.
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.0))
    places, total = np.arange(len(counts)), compute + communicate
    edge = {"linewidth": THIN}
    _bars(ax, np.zeros(len(counts)), compute / total, facecolor=FORWARD_SOFT, edgecolor=FORWARD, **edge)
    hatched = edge | {"hatch": "//", "hatch_linewidth": THIN}
    _bars(ax, compute / total, np.ones(len(counts)), facecolor=BACKWARD_SOFT, edgecolor=BACKWARD, **hatched)
    _name_share(ax, compute / total, "computing", FORWARD, from_below=True)
    _name_share(ax, communicate / total, "communicating", BACKWARD, from_below=False)
    every = 1 if ax.figure.get_figwidth() > 5 else 2  # leaves room between the labels in a narrow figure
    ax.set_xticks(places[::every], [str(count) for count in counts[::every]])
    ax.set(xlabel="workers", ylabel="share of a step", ylim=(0, 1))
    if chosen:
        ax.axvline(np.log2(chosen / counts[0]), color=INK, linewidth=THIN, linestyle=":")
    _draw_speed_up(ax.twinx(), counts / counts[0], compute[0] / total)
    return ax


def _bars(ax, bottom, top, **look):
    """Draw bars at 0, 1, … as a single artist, which is faster than the separate patches of `Axes.bar`."""
    left, right = np.arange(len(top)) - 0.43, np.arange(len(top)) + 0.43
    corners = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])  # (corner, x or y, bar)
    ax.add_collection(PolyCollection(corners.transpose(2, 0, 1), **look))


def _name_share(ax, share, name, color, from_below):
    """Label a share where its bars are tallest, unless all of them are too short for a label."""
    if share.max() > 0.15:
        at = int(np.argmax(share))
        left = at < len(share) / 2
        place = at + (-0.3 if left else 0.3), share[at] / 2 if from_below else 1 - share[at] / 2
        ax.text(*place, name, ha="left" if left else "right", color=color, path_effects=_HALO)


def _draw_speed_up(ax, ideal, reached):
    """Draw the ideal speed-up and the actual speed-up, and label both curves."""
    places, last, peak = np.arange(len(ideal)), len(ideal) - 2, int(np.argmax(reached))
    ax.plot(places, ideal, "-.", color=MUTED, linewidth=1.2, label="ideal speed-up")
    ax.plot(places, reached, "o-", color=INK, label="speed-up")
    ax.set(yscale="log", ylabel="speed-up", ylim=(min(0.5, reached.min() / 1.5), 1.3 * ideal[-1]))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.spines["right"].set_visible(True)
    beside = {"fontsize": SMALL, "textcoords": "offset points", "ha": "center", "path_effects": _HALO}
    ax.annotate("speed-up", (peak, reached[peak]), (0, 10), color=INK, **beside)
    ax.annotate("ideal", (last, ideal[last]), (0, 0), color=MUTED, va="center", **beside)


_HALO = [withStroke(linewidth=4, foreground=PAPER)]  # keeps labels readable on top of bars and lines


def _centred():
    return {"ha": "center", "va": "center", "fontsize": HEAD, "linespacing": 1.4}
