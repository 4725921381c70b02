"""Line plots of costs, errors and amounts of work."""

import numpy as np

from helpers.plotting.names import name_lines
from helpers.plotting.style import (
    INK,
    LINE_COLORS,
    LINE_STYLES,
    WIDTH,
    new_axes,
)


def line(y, x=None, ax=None, label=None, style=0, **options):
    """Plot a single line.

    Parameters
    ----------
    y : array-like of shape (n,)
        Values to plot.
    x : array-like of shape (n,), optional
        Positions of the values. The default is 0, 1, …, n − 1.
    label : str, optional
        Text to write at the end of the line.
    style : int
        Number from 0 to 3 that selects the colour and the line style.
    **options
        Further keyword arguments for `Axes.plot`.
    """
    ax = new_axes(ax)
    x = np.arange(len(y)) if x is None else x
    ax.plot(x, y, label=label, color=LINE_COLORS[style % 4], linestyle=LINE_STYLES[style % 4], **options)
    if label:
        name_lines(ax)
    return ax


def cost_curve(costs, ax=None, label=None, style=0):
    """Plot the cost against the iteration.

    Parameters
    ----------
    costs : array-like of shape (iterations,)
        Cost at each iteration.
    label : str, optional
        Text to write at the end of the curve.
    style : int
        Number from 0 to 3 that selects the colour and the line style.
    """
    ax = line(costs, ax=ax, label=label, style=style)
    ax.set(xlabel="iteration", ylabel="cost J")
    ax.set_ylim(bottom=0)
    ax.margins(x=0.01)
    return ax


def accuracy_and_cost(costs, train, test, ax=None):
    """Plot the cost against the iteration, and show the training and test accuracies in the title."""
    ax = cost_curve(costs, ax=ax)
    ax.set_title(f"accuracy: training {train:.3f}, test {test:.3f}")
    return ax


def error_curves(curves, epsilon, error, ax=None):
    """Plot the error of numerical derivatives against the step size, and mark one step size with a star.

    Parameters
    ----------
    curves : dict of str to tuple
        Maps the name of each method to a pair (step sizes, relative errors).
    epsilon, error : float
        Step size and relative error at which to draw the star.
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    for style, (method, (epsilons, errors)) in enumerate(curves.items()):
        shown = np.where((errors > 0) & np.isfinite(errors), errors, np.nan)
        # Curves may coincide over long stretches, so the earlier ones, which have longer dashes, are drawn on top.
        line(np.fmax(shown, 1e-17), epsilons, ax=ax, label=method, style=style, zorder=3 - style / 10)
    ax.plot(epsilon, max(error, 1e-16), "*", color=INK, markersize=13, clip_on=False, zorder=6)
    ax.set(xscale="log", yscale="log", ylim=(1e-17, 10), xlabel="step ε", ylabel="relative error of the derivative")
    ax.minorticks_off()
    return ax


def work_curves(with_reuse, without, ax=None):
    """Plot the number of multiplications needed to compute one error against the number of layers.

    Parameters
    ----------
    with_reuse, without : sequence of int
        Numbers of multiplications for 1, 2, … layers when errors are reused and when they are not.
    """
    depths = range(1, len(without) + 1)
    ax = line(without, depths, ax=ax, label="nothing reused", style=1, marker="s")
    line(with_reuse, depths, ax=ax, label="errors reused", marker="o")
    ax.set(yscale="log", xlabel="layers between the unit and the cost", ylabel="multiplications")
    ax.minorticks_off()
    ax.xaxis.get_major_locator().set_params(integer=True)
    return ax


def race_curves(costs, first_step, ax=None):
    """Plot the mini-batch cost against the step, with one curve per optimizer.

    Parameters
    ----------
    costs : dict of str to array-like
        Maps the name of each optimizer to its smoothed costs. Optimizers without any costs are left out.
    first_step : int
        Number of the step to which the first cost belongs.
    """
    ax = new_axes(ax)
    for style, (name, values) in enumerate(costs.items()):
        if len(values):
            steps = np.arange(len(values)) + first_step
            line(values, steps, ax=ax, label=name, style=style)
    ax.set(xlabel="step", ylabel="mini-batch cost J", ylim=(0, 2.6))
    return ax
