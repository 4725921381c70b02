"""Measure how the time of one full-batch iteration grows with the number of examples, the width and the depth.

    make bench          or          python benchmarks/scaling.py

Backpropagation consists of a few matrix products per layer, so its time should be proportional to the number of
examples and to the number of weights. All hidden layers have the same width, so the number of weights grows with the
square of the width and linearly with the depth. The results are plotted in `benchmarks/scaling.png`.
"""

import statistics
import sys
import time
from pathlib import Path

import matplotlib
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
matplotlib.use("Agg")

from helpers import plotting  # noqa: E402
from helpers.backprop import network  # noqa: E402
from helpers.training import blocks  # noqa: E402
from helpers.training.parallel import core_count, parallel_map  # noqa: E402

REPEATS = 9
BASE = {"examples": 6000, "width": 256, "depth": 4}
SWEEPS = {
    "examples": [1500, 3000, 6000, 12000, 24000],
    "width": [64, 128, 256, 384, 512],
    "depth": [2, 3, 4, 6, 8],
}


def seconds(examples, width, depth):
    """Return the median time in seconds of computing the cost and its gradient, and the number of weights.

    The network is in float32 and has `depth` layers of size `width`, including the inputs, followed by one output.
    """
    rng = np.random.default_rng(0)
    X = rng.random((examples, width), np.float32)
    Y = rng.integers(0, 2, (1, examples)).astype(np.float32)
    W, b = network.initialize_parameters([width] * depth + [1], "he", rng, np.float32)
    times = []
    with parallel_map(blocks.count_blocks(examples)) as run:
        for _ in range(REPEATS + 1):
            start = time.perf_counter()
            blocks.cost_and_gradients(X, Y, W, b, "relu", run=run)
            times.append(time.perf_counter() - start)
    weights = sum(w.size for w in W.values())
    return statistics.median(times[1:]), weights


def main():
    """Measure all combinations in `SWEEPS`, print the times and plot them."""
    import matplotlib.pyplot as plt

    plotting.use_style()
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    for ax, (name, values) in zip(axes, SWEEPS.items(), strict=True):
        measured = [seconds(**(BASE | {name: value})) for value in values]
        times = np.array([t for t, _ in measured]) * 1e3
        work = np.array(values if name == "examples" else [weights for _, weights in measured], float)
        slope = np.sum(work * times) / np.sum(work**2)
        plotting.line(slope * work, work, ax=ax, label="proportional", style=1)
        ax.plot(work, times, "o", color=plotting.FORWARD, label="measured")
        label = "examples" if name == "examples" else f"weights ({name} {values[0]} … {values[-1]})"
        ax.set(xlabel=label, ylabel="one iteration (ms)", xlim=(0, None), ylim=(0, None))
        ax.legend(loc="upper left")
        for value, t, w in zip(values, times, work, strict=True):
            print(f"{name:8s} {value:6d}  {t:7.1f} ms  {t / w * 1e6:8.2f} ns per {label.split()[0][:-1]}")
    figure.suptitle(f"Time of one iteration, {core_count()} cores, float32", fontsize=13)
    figure.savefig(ROOT / "benchmarks" / "scaling.png", dpi=110)


if __name__ == "__main__":
    main()
