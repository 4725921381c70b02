"""Lesson 10: a model of the time of a step on many workers, split into computing and communicating."""

from inspect import signature
from typing import NamedTuple

import ipywidgets
import numpy as np

from helpers.plotting import cluster
from helpers.system.validation import positive_number
from helpers.widgets.explorer import SLOW, Explorer, whole_between

MOST_WORKERS = 1024
NUMBER_BYTES, OPERATIONS = 4, 6  # size of a float32; multiplications and additions per weight and example


class StepTimes(NamedTuple):
    """Seconds per step on 1, 2, 4, … workers, and on the chosen number."""

    counts: np.ndarray  # 1, 2, 4, …, 1024
    compute: np.ndarray  # seconds for each count
    communicate: np.ndarray
    workers: int
    own: tuple  # (compute, communicate) for `workers`
    batch: float
    parameters: float

    @property
    def speed_up(self):
        """The speed-up over a single worker."""
        return float(self.compute[0] / sum(self.own))


def predict(workers=8, batch=11272, parameters=154057, gigaflops=50.0, gigabits=1.0, microseconds=50.0):
    """Predict the time of a data-parallel step with ring all-reduce, 6 P m / (K F) + 2 (K − 1) (4 P / (K B) + λ).

    Parameters and gradients are float32.

    Parameters
    ----------
    workers : int from 1 to 1024, K
    batch : float above 0, m, examples per step, split among the workers
    parameters : float above 0, P
    gigaflops : float above 0, F, operations per second of a worker, in 10⁹
    gigabits : float above 0, B, network bandwidth in 10⁹ bits per second
    microseconds : float above 0, λ, latency of each message

    Returns
    -------
    StepTimes
    """
    K = whole_between(workers, "workers", 1, MOST_WORKERS)
    names = ("batch", "parameters", "gigaflops", "gigabits", "microseconds")
    values = (batch, parameters, gigaflops, gigabits, microseconds)
    m, P, F, B, delay = (positive_number(value, name) for value, name in zip(values, names, strict=True))

    def seconds(K):
        compute = OPERATIONS * P * m / (K * F * 1e9)
        messages = 2 * (K - 1)  # around the ring, each with a K-th of the gradient
        return compute, messages * (NUMBER_BYTES * P / (K * B * 1e9 / 8) + delay * 1e-6)

    counts = 2 ** np.arange(11)
    return StepTimes(counts, *seconds(counts), K, seconds(K), m, P)


def draw(result, ax=None):
    """Draw `StepTimes` as shares of a step and as a speed-up."""
    return cluster.step_shares(result.counts, result.compute, result.communicate, result.workers, ax)


def describe(result):
    """Summarize the time of a step in a sentence."""
    compute, communicate = result.own
    alone = "" if result.workers > 1 else " (nobody to talk to)"
    totals = result.compute + result.communicate
    best = result.counts[np.argmin(totals)]
    return (
        f"{result.workers} worker{'s' * (result.workers > 1)}: {_time(compute)} computing and "
        f"{_time(communicate)} communicating{alone}, {_time(compute + communicate)} a step, {result.speed_up:.3g} "
        f"times as fast as one. Of 1, 2, 4, … {MOST_WORKERS} workers {best} are fastest"
    )


def explorer():
    """Lesson 10: computing and communicating on many workers."""
    controls = {
        "workers": ipywidgets.IntSlider(8, min=1, max=256, description="workers K", **SLOW),
        "batch": _log_slider(11272, 2, 7, "examples a step"),
        "parameters": _log_slider(154057, 3, 10, "parameters P"),
        "gigaflops": _log_slider(50.0, 0, 6, "worker, GFLOP/s"),
        "gigabits": _log_slider(1.0, -2, 3, "network, Gbit/s"),
        "microseconds": _log_slider(50.0, -1, 4, "delay, µs"),
    }
    args = (predict, draw, describe, "widgets.step_time.predict(")
    return Explorer("A step on many workers", "10.step_time", controls, *args, met=is_met)


def is_met(result, state):
    """Whether 64 workers at 1 Gbit/s compute half of the time, and would not with the next smaller batch."""
    start = {name: parameter.default for name, parameter in signature(predict).parameters.items()}
    changed = {name for name, value in state.items() if not np.isclose(value, start[name], rtol=1e-3)}
    compute, communicate = result.own
    smaller = compute * 10**-0.1  # the step of the slider
    return changed == {"workers", "batch"} and state["workers"] == 64 and smaller < communicate <= compute


def _log_slider(value, low, high, description):
    return ipywidgets.FloatLogSlider(value, min=low, max=high, step=0.1, description=description, **SLOW)


def _time(seconds):
    """Seconds as text, in a unit that suits their size."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
