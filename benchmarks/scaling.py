"""Measure how the time of a training step depends on the examples, the width, the depth, the batch and the cores.

    make bench          or          python benchmarks/scaling.py

Backpropagation consists of a few matrix products per layer, so its time should be proportional to the number of
examples and to the number of weights. All hidden layers have the same width, so the number of weights grows with the
square of the width and linearly with the depth. For each sweep, the benchmark fits and prints the exponent p of
time ∝ workᵖ, which is 1 if the time is proportional to the work, and −1 if it is inversely proportional to the number
of cores. If PyTorch is installed, the same steps are measured with it, in turn with
NumPy. The results are plotted in `benchmarks/scaling.png`.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ticker import LogLocator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
matplotlib.use("Agg")

from helpers import plotting  # noqa: E402
from helpers.backprop import network  # noqa: E402
from helpers.training import blocks  # noqa: E402
from helpers.training.parallel import core_count, parallel_map  # noqa: E402

try:
    import torch
except ImportError:
    torch = None

NAMES = ["NumPy", "PyTorch"] if torch else ["NumPy"]
REPEATS, SECONDS = 15, 1.5  # each step is repeated at least this many times, for this many seconds
BASE = {"examples": 6000, "width": 256, "depth": 4, "cores": core_count()}
SWEEPS = {
    "examples": [1500, 3000, 6000, 12000, 24000],
    "batch": [16, 32, 64, 128, 256, 512],
    "width": [64, 128, 256, 384, 512],
    "depth": [2, 3, 4, 6, 8],
    "cores": list(range(1, core_count() + 1)),
}


def ours(X, Y, W, b, cores, stack):
    """Return a function that computes the cost and its gradient once."""
    run = stack.enter_context(
        parallel_map(min(blocks.count_parallel_blocks(len(X), sum(w.size for w in W.values())), cores))
    )
    out = tuple({l: np.empty_like(p[l]) for l in p} for p in (W, b))
    return lambda: blocks.cost_and_gradients(X, Y, W, b, "relu", run=run, out=out)


def pytorch(X, Y, W, cores):
    """Return a function that computes the same in PyTorch."""
    torch.set_num_threads(cores)
    layers = [torch.nn.Linear(W[l].shape[1], W[l].shape[0]) for l in W]
    between = [torch.nn.ReLU() for _ in layers]
    model = torch.nn.Sequential(*(module for pair in zip(layers, between, strict=True) for module in pair))[:-1]
    inputs, targets, loss = torch.from_numpy(X), torch.from_numpy(Y.T.copy()), torch.nn.BCEWithLogitsLoss()

    def step():
        model.zero_grad()
        loss(model(inputs), targets).backward()

    return step


def seconds(examples, width, depth, cores, batch=None):
    """Return the shortest time in seconds of a step in each library, and the number of weights.

    The network is in float32 and has `depth` layers of size `width`, including the inputs, followed by one output.
    A batch is a small number of examples. The shortest time is the one least disturbed by other programs.
    """
    rng = np.random.default_rng(0)
    m = batch or examples
    X, Y = rng.random((m, width), np.float32), rng.integers(0, 2, (1, m)).astype(np.float32)
    W, b = network.initialize_parameters([width] * depth + [1], "he", rng, np.float32)
    with ExitStack() as stack:
        steps = [ours(X, Y, W, b, cores, stack)] + ([pytorch(X, Y, W, cores)] if torch else [])
        for step in steps:
            step()  # a warm-up
        times = []
        while len(times) < REPEATS or np.sum(times) < SECONDS:
            times.append([_clocked(step) for step in steps])
    return np.min(times, axis=0), sum(w.size for w in W.values())


def _clocked(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def exponent(work, times):
    """Return the exponent p of time ∝ workᵖ, the slope of a straight line fitted to the logarithms."""
    return np.polyfit(np.log(work), np.log(times), 1)[0] if len(work) > 1 else np.nan


def measure(name, values):
    """Measure a sweep, print it, and return the work and the times in milliseconds, one column for each library."""
    measured = [seconds(**(BASE | {name: value})) for value in values]
    times = np.array([t for t, _ in measured]) * 1e3
    work = np.array([w for _, w in measured] if name in ("width", "depth") else values, float)
    for value, row in zip(values, times, strict=True):
        print(f"{name:8s} {value:6d}  " + "  ".join(f"{t:8.2f} ms" for t in row), flush=True)
    slopes = "  ".join(f"{exponent(work, column):8.2f}   " for column in times.T)
    print(f"{'':6s} exponent  {slopes}")
    return work, times


def plot(ax, name, values, work, times):
    """Plot a sweep with logarithmic axes, in which a power law is a straight line."""
    for column, label, colour in zip(times.T, NAMES, (plotting.FORWARD, plotting.BACKWARD), strict=False):
        ax.loglog(work, column, "o-", color=colour, label=f"{label}: {exponent(work, column):.2f}")
    unit = f"{name} (at its number of weights)" if name in ("width", "depth") else name
    ax.set(xlabel=unit, ylabel="one step (ms)")
    ax.set_xticks(work, values)
    ax.minorticks_off()
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(title="exponent")


def main():
    """Measure all sweeps in `SWEEPS`, print the times and the exponents, and plot them."""
    import matplotlib.pyplot as plt

    plotting.use_style()
    figure, axes = plt.subplots(2, 3, figsize=(12, 7), layout="constrained")
    print(f"{core_count()} cores, float32; the columns are {', '.join(NAMES)}")
    for ax, (name, values) in zip(axes.flat, SWEEPS.items(), strict=False):
        plot(ax, name, values, *measure(name, values))
    axes.flat[-1].set_axis_off()
    figure.suptitle(f"Time of one step, {core_count()} cores, float32", fontsize=13)
    figure.savefig(ROOT / "benchmarks" / "scaling.png", dpi=110)


if __name__ == "__main__":
    main()
