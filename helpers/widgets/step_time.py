"""Interactive figure for lesson 10 that models how long a training step takes on many workers.

The time is divided into computation and communication.
"""

from inspect import signature
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.plotting import cluster
from helpers.system.arguments import whole_between
from helpers.system.validation import known_name, positive_number
from helpers.widgets.explorer import SLOW, Explorer

MOST_WORKERS = 1024
NUMBER_BYTES, OPERATIONS = 4, 6  # bytes per float32; multiplications and additions per weight and example
# For each pattern of communication on K workers, the number of consecutive messages in a step, and the number of arrays
# as large as the gradient that pass through the busiest connection.
PATTERNS = {
    "star": lambda K: (2, 2 * K),
    "ring": lambda K: (2 * (K - 1), 2 * (K - 1) / K),
    "tree": lambda K: (2 * np.log2(K), 2 * (K - 1) / K),
}


class StepTimes(NamedTuple):
    """Time per step on 1, 2, 4, … workers, and on a chosen number of workers."""

    counts: np.ndarray  # numbers of workers 1, 2, 4, …, 1024
    compute: np.ndarray  # computation time in seconds for each of `counts`
    communicate: np.ndarray  # communication time in seconds for each of `counts`
    workers: int  # chosen number of workers
    own: tuple  # computation and communication time in seconds for `workers`
    batch: float
    parameters: float

    @property
    def speed_up(self):
        """Speed-up over a single worker that exchanges no messages."""
        return float(self.compute[0] / sum(self.own))


def predict(workers=8, batch=11272, parameters=154057, gigaflops=50.0, gigabits=1.0, microseconds=50.0, pattern="ring"):
    """Predict how long a data-parallel step takes.

    Computation takes 6 P m / (K F). Communication takes 2 K 4 P / B + 2 λ in a star, where one process sends the
    parameters to every worker and receives every gradient; 2 (K − 1) (4 P / (K B) + λ) in a ring; and
    2 (1 − 1/K) 4 P / B + 2 λ log₂ K in a tree, by recursive halving and doubling. Parameters and gradients are stored
    as float32. If K is not a power of two, the time for a tree is interpolated.

    Parameters
    ----------
    workers : int
        Number of workers K, from 1 to 1024.
    batch : float
        Number of examples m per step, which are divided among the workers.
    parameters : float
        Number of parameters P.
    gigaflops : float
        Number of operations F that each worker performs per second, in units of 10⁹.
    gigabits : float
        Network bandwidth in units of 10⁹ bits per second. In the formulas above, B is in bytes per second.
    microseconds : float
        Latency λ of each message, in microseconds.
    pattern : "star", "ring" or "tree"
        How the workers combine their gradients.

    Returns
    -------
    StepTimes

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number greater than 0, `workers` is not an integer from 1 to 1024, or `pattern` is not
        one of the three patterns.
    """
    messages_and_gradients = PATTERNS[known_name(pattern, PATTERNS, "pattern")]
    K = whole_between(workers, "workers", 1, MOST_WORKERS)
    names = ("batch", "parameters", "gigaflops", "gigabits", "microseconds")
    values = (batch, parameters, gigaflops, gigabits, microseconds)
    m, P, F, B, delay = (positive_number(value, name) for value, name in zip(values, names, strict=True))

    def seconds(K):
        compute = OPERATIONS * P * m / (K * F * 1e9)
        messages, gradients = messages_and_gradients(K)
        return compute, gradients * NUMBER_BYTES * P / (B * 1e9 / 8) + messages * delay * 1e-6

    counts = 2 ** np.arange(11)
    return StepTimes(counts, *seconds(counts), K, seconds(K), m, P)


def draw(result, ax=None):
    """Plot the shares of computation and communication in each step, and the speed-up."""
    return cluster.step_shares(result.counts, result.compute, result.communicate, result.workers, ax)


def describe(result):
    """Return a sentence that says how long a step takes."""
    compute, communicate = result.own
    alone = "" if communicate else " (a single worker needs none)"
    totals = result.compute + result.communicate
    best = result.counts[np.argmin(totals)]
    return (
        f"{result.workers} worker{'s' * (result.workers > 1)}: {_time(compute)} for computation and "
        f"{_time(communicate)} for communication{alone}, {_time(compute + communicate)} per step, "
        f"{result.speed_up:.3g} times as fast as one worker that exchanges no messages. "
        f"Among 1, 2, 4, …, {MOST_WORKERS} workers, the fastest choice is {best}"
    )


def explorer():
    """Return the interactive figure, with controls for the workers, the batch, the network and the hardware."""
    controls = {
        "workers": ipywidgets.IntSlider(8, min=1, max=256, description="workers K", **SLOW),
        "batch": _log_slider(11272, 2, 7, "examples per step"),
        "parameters": _log_slider(154057, 3, 10, "parameters P"),
        "gigaflops": _log_slider(50.0, 0, 6, "worker, GFLOP/s"),
        "gigabits": _log_slider(1.0, -2, 3, "network, Gbit/s"),
        "microseconds": _log_slider(50.0, -1, 4, "latency, µs"),
        "pattern": ipywidgets.Dropdown(options=list(PATTERNS), value="ring", description="pattern"),
    }
    args = (predict, draw, describe, "widgets.step_time.predict(")
    return Explorer("A step on many workers", "10.step_time", controls, *args, met=is_met)


def is_met(result, state):
    """Return whether this is the smallest batch for which 64 workers in a ring compute for at least half the time."""
    start = {name: parameter.default for name, parameter in signature(predict).parameters.items()}
    if state["pattern"] != start["pattern"]:
        return False
    changed = {name for name in start.keys() - {"pattern"} if not np.isclose(state[name], start[name], rtol=1e-3)}
    compute, communicate = result.own
    smaller = compute * 10**-0.1  # computation time if the batch were one slider step smaller
    return changed == {"workers", "batch"} and state["workers"] == 64 and smaller < communicate <= compute


def _log_slider(value, low, high, description):
    return ipywidgets.FloatLogSlider(value, min=low, max=high, step=0.1, description=description, **SLOW)


def _time(seconds):
    """Format seconds in a unit that suits their magnitude."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
