"""Scores of several networks, or on several test sets, as a histogram of dots."""

import numpy as np

from helpers.plotting.style import INK, LINE_COLORS, SMALL, WIDTH, new_axes


def score_dots(scores, baseline, baseline_name="baseline", chosen=None, ax=None):
    """Draw a dot for each score, stacking equal scores, and a dashed line at the baseline.

    Parameters
    ----------
    scores : array-like of shape (n,)
        Fractions of correct answers, from 0 to 1.
    baseline : float
        Score to compare with, such as that of a trivial classifier. The line marks this score.
    baseline_name : str
        Label above that line.
    chosen : float, optional
        Score of one more network, drawn as a star on top of the dots with the same score.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.0))
    values, stacks = np.unique(np.round(scores, 6), return_counts=True)
    x = np.repeat(values, stacks)
    heights = np.concatenate([np.arange(1, count + 1) for count in stacks])
    ax.plot(x, heights, "o", color=LINE_COLORS[0], markersize=8)
    ax.axvline(baseline, color=INK, linestyle="--", linewidth=1.2)
    height = 0 if chosen is None else 1 + np.count_nonzero(np.isclose(x, chosen))  # height of the star
    top = max(*stacks, height) + 1
    above = ax.get_xaxis_transform()  # x in data coordinates, y as a fraction of the height
    ax.text(baseline, 1.02, baseline_name, transform=above, color=INK, fontsize=SMALL, ha="center", va="bottom")
    if chosen is not None:
        ax.plot(chosen, height, "*", color=INK, markersize=13)
        ax.annotate(
            "our network", (chosen, height), (10, 0), textcoords="offset points", color=INK, fontsize=SMALL, va="center"
        )
    ax.set(xlabel="score on the test set", ylabel="networks", xlim=(min(0.5, *values), 1.005), ylim=(0, top))
    ax.yaxis.get_major_locator().set_params(integer=True)
    return ax
