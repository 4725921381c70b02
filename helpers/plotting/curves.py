"""Curves: costs, accuracies, errors, work and signals."""

import numpy as np

from helpers.plotting.names import name_lines
from helpers.plotting.style import (
    BACKWARD,
    FORWARD,
    INK,
    LINE_COLORS,
    LINE_STYLES,
    WIDTH,
    new_axes,
)


def line(y, x=None, ax=None, label=None, style=0, **options):
    """A single line; `style`, from 0 to 3, selects colour and line style together; `label` is written at its end."""
    ax = new_axes(ax)
    x = np.arange(len(y)) if x is None else x
    ax.plot(x, y, label=label, color=LINE_COLORS[style % 4], linestyle=LINE_STYLES[style % 4], **options)
    if label:
        name_lines(ax)
    return ax


def cost_curve(costs, ax=None, label=None, style=0):
    """The cost as a function of the iteration.

    Parameters
    ----------
    costs : array-like of shape (iterations,)
    label : str, optional, written at the end of the curve
    style : int, selects colour and line style
    """
    ax = line(costs, ax=ax, label=label, style=style)
    ax.set(xlabel="iteration", ylabel="cost J")
    ax.set_ylim(bottom=0)
    ax.margins(x=0.01)
    return ax


def accuracy_and_cost(costs, train, test, ax=None):
    """The cost as a function of the iteration, with the training and test accuracy in the title."""
    ax = cost_curve(costs, ax=ax)
    ax.set_title(f"accuracy: training {train:.3f}, test {test:.3f}")
    return ax


def signals(spread, gradient, ax=None):
    """The size of the activations in the forward pass and of the gradients in the backward pass, layer by layer.

    Parameters
    ----------
    spread : sequence of L floats, standard deviation of A[l] over the examples, for l = 1 … L
    gradient : sequence of L floats, norm of dW[l]
    """
    ax = new_axes(ax)
    layers = np.arange(1, len(spread) + 1)
    least = 1e-16  # a zero is drawn as a point at the bottom
    ax.plot(layers, np.fmax(spread, least), "o-", color=FORWARD, label="spread of A,\nforward →")
    ax.plot(layers, np.fmax(gradient, least), "^--", color=BACKWARD, label="norm of dW,\n← backward")
    ax.set(yscale="log", xlabel="layer", ylabel="size")
    ax.xaxis.get_major_locator().set_params(integer=True)
    name_lines(ax)
    return ax


def error_curves(curves, epsilon, error, ax=None):
    """The error of a numerical derivative against the size of the nudge, with a star at the chosen nudge.

    Parameters
    ----------
    curves : dict of str to (epsilons, relative errors), one entry per method
    epsilon, error : float, position of the star
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    for style, (method, (epsilons, errors)) in enumerate(curves.items()):
        shown = np.where((errors > 0) & np.isfinite(errors), errors, np.nan)
        line(np.fmax(shown, 1e-17), epsilons, ax=ax, label=method, style=style)
    ax.plot(epsilon, max(error, 1e-16), "*", color=INK, markersize=13, clip_on=False, zorder=6)
    ax.set(xscale="log", yscale="log", ylim=(1e-17, 10), xlabel="step ε", ylabel="relative error of the derivative")
    ax.minorticks_off()
    return ax


def work_curves(with_reuse, without, ax=None):
    """The number of multiplications for one error against the number of layers, with and without reuse."""
    depths = range(1, len(without) + 1)
    ax = line(without, depths, ax=ax, label="nothing reused", style=1, marker="s")
    line(with_reuse, depths, ax=ax, label="errors reused", marker="o")
    ax.set(yscale="log", xlabel="layers between the unit and the cost", ylabel="multiplications")
    ax.minorticks_off()
    ax.xaxis.get_major_locator().set_params(integer=True)
    return ax


def race_curves(costs, first_step, ax=None):
    """The cost of the batches as a function of the step, one curve per optimizer.

    Parameters
    ----------
    costs : dict of str to array-like, smoothed costs by optimizer name
    first_step : int, the step that the first cost belongs to
    """
    ax = new_axes(ax)
    for style, (name, values) in enumerate(costs.items()):
        steps = np.arange(len(values)) + first_step
        line(values, steps, ax=ax, label=name.replace("_", " "), style=style)
    ax.set(xlabel="step", ylabel="cost J of the batches", ylim=(0, 2.6))
    return ax
