"""Measure the time of a data-parallel step on 1, 2, … workers, its parts, and the memory that streaming needs.

    make bench          or          python benchmarks/scale_out.py

The results are saved in `data/runs/scale_out.txt` and shown in lesson 10. The benchmark needs Dask, which you can
install with ``pip install -r requirements-scale.txt``. It reports the fastest of several repetitions, and should
run on a machine that is not doing anything else.
"""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # limits this process to one core, so that it is comparable to a worker

import h5py  # noqa: E402
import numpy as np  # noqa: E402

from helpers.backprop.network import initialize_parameters  # noqa: E402
from helpers.cluster import workers as engine  # noqa: E402
from helpers.cluster.shards import Shard, Shards, gradient_and_peak_memory  # noqa: E402
from helpers.datasets import recordings  # noqa: E402
from helpers.datasets.folder import write_checksums  # noqa: E402
from helpers.system.files import replace_atomically  # noqa: E402
from helpers.training.blocks import cost_and_gradients  # noqa: E402
from helpers.training.engine import pack  # noqa: E402
from helpers.training.parallel import core_count  # noqa: E402
from helpers.training.streaming import HDF5Rows  # noqa: E402

BATCHES, HIDDEN, SECONDS = (1000, 11272, 60000), 196, 6.0


def fastest(*ways):
    """Call functions in turn for `SECONDS` seconds each, but at least three times, and return their shortest times.

    Because the functions take turns, they all run under the same conditions. The shortest time is the one that is least
    disturbed by other programs.

    Returns
    -------
    ndarray of shape (number of functions,)
        Times in seconds.
    """
    times = []
    for way in ways:
        way()  # the first call sends the examples to the workers
    while len(times) < 3 or np.sum(times) < SECONDS * len(ways):
        times.append([_clocked(way) for way in ways])
    return np.min(times, axis=0)


def _clocked(way):
    """Return the seconds that a call takes, or the seconds that it returns if it has measured its own share."""
    start = time.perf_counter()
    share = way()
    return share if isinstance(share, float) else time.perf_counter() - start


def data(m):
    """Generate m random images in float32 and random labels. Their contents do not affect the time of a step."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (m, 784), dtype=np.uint8).astype(np.float32) / np.float32(255)
    return X, rng.integers(0, 2, (1, m)).astype(np.float32)


def measure_steps(counts):
    """Measure the seconds per step of a 784 → 196 → 1 network for each batch size and each number of workers.

    For comparison, each step is also measured without workers.
    """
    W, b = initialize_parameters((784, HIDDEN, 1), dtype=np.float32)
    alone, on_workers = [], []
    for m in BATCHES:
        X, Y = data(m)
        own, row = [], []
        for count in counts:
            with engine.connect(count) as workers:
                steps = [partial(cost_and_gradients, each, Y, W, b) for each in (X, Shards(X, count, workers))]
                mine, theirs = fastest(*steps).tolist()
                own.append(mine)
                row.append(theirs)
        alone.append(min(own))
        on_workers.append(row)
        print(
            f"{m:6d} examples: alone {alone[-1] * 1e3:7.1f} ms, on {counts} workers {np.array(row) * 1e3} ms",
            flush=True,
        )
    return {"batches": BATCHES, "counts": counts, "alone": alone, "on_workers": on_workers}


class Answering:
    """A shard that measures how long it computes, and that can answer without computing."""

    def __init__(self, X, Y):
        self.shard = Shard(X, Y)

    def step(self, theta, n):
        """Return the cost and the gradient, and the seconds spent on computing them."""
        start = time.perf_counter()
        answer = self.shard.cost_and_gradient(theta, n, "sigmoid", "sigmoid")
        return answer, time.perf_counter() - start

    def after(self, theta, seconds):
        """Sleep, and return as many numbers as a step does, and the seconds slept."""
        start = time.perf_counter()
        time.sleep(seconds)
        return (0.0, theta), time.perf_counter() - start

    def nothing(self):
        """Return a message that is as small as possible."""
        return None, 0.0


def measure_profile(m=11272):
    """Measure how the time of a step on a single worker is spent.

    Returns
    -------
    dict
        The seconds for a step without workers ("alone") and on one worker ("step"); the part of the latter in which
        the worker computes ("inside") and the rest ("outside"); and the seconds for messages alone: "empty" ones, ones
        with the "numbers" of a step, and the same after the worker has "slept" for as long as a step takes.
    """
    (X, Y), (W, b) = data(m), initialize_parameters((784, HIDDEN, 1), dtype=np.float32)
    theta, n = pack(W, b), (784, HIDDEN, 1)
    with engine.connect(1) as workers:
        sent = workers.client.scatter((X, Y), hash=False)
        worker = workers.client.submit(Answering, *sent, actor=True).result()
        own = fastest(lambda: cost_and_gradients(X, Y, W, b))[0]

        def outside(ask, *question):
            start = time.perf_counter()
            _, share = ask(*question).result()
            return time.perf_counter() - start - share

        ways = {
            "alone": lambda: cost_and_gradients(X, Y, W, b),
            "step": lambda: worker.step(theta, n).result() and None,
            "inside": lambda: worker.step(theta, n).result()[1],
            "outside": lambda: outside(worker.step, theta, n),
            "empty": lambda: outside(worker.nothing),
            "numbers": lambda: outside(worker.after, theta, 0.0),
            "slept": lambda: outside(worker.after, theta, own),
        }
        times = dict(zip(ways, fastest(*ways.values()).tolist(), strict=True))
    print({name: f"{seconds * 1e3:.1f} ms" for name, seconds in times.items()})
    return {"examples": m, **times}


def measure_memory(sizes=(6144, 24576)):
    """Measure the peak memory of a worker that computes a gradient from a file, for files of several sizes.

    Also check that the gradient is the same as for examples in memory. All sizes are in bytes.
    """
    files, peaks = [], []
    W, b = initialize_parameters((784, 30, 1), dtype=np.float32)
    with TemporaryDirectory() as folder, engine.connect(1) as workers:
        for m in (1536, *sizes):  # the first measurement is a warm-up and is not returned
            path = Path(folder) / f"{m}.h5"
            with h5py.File(path, "w") as file:
                file["X"] = np.random.default_rng(0).integers(0, 256, (m, 784), dtype=np.uint8)
            rows, Y = HDF5Rows(path, "X", scale=1 / 255), np.zeros((1, m), np.float32)
            peaks.append(workers.client.submit(gradient_and_peak_memory, rows, Y, W, b, pure=False).result()[1])
            files.append(path.stat().st_size)
        in_memory = Shards(rows[:], 2, workers).cost_and_gradients(Y, W, b, "sigmoid", "sigmoid")[1][1]
        streamed = Shards(rows, 2, workers).cost_and_gradients(Y, W, b, "sigmoid", "sigmoid")[1][1]
    same_bits = bool(np.array_equal(in_memory, streamed))
    print("files", files, "peaks", peaks, "same bits", same_bits)
    return {"same_bits": same_bits, "rows": sizes, "file_bytes": files[1:], "peak_bytes": peaks[1:]}


if __name__ == "__main__":
    cores = core_count()
    counts = sorted({*(2**k for k in range(10) if 2**k <= cores), cores})
    measured = {"cores": cores, "parameters": 784 * HIDDEN + HIDDEN + HIDDEN + 1}
    measured |= {"steps": measure_steps(counts), "profile": measure_profile(), "memory": measure_memory()}
    text = json.dumps(measured, indent=1) + "\n"
    replace_atomically(recordings.SCALE_OUT, lambda file: file.write(text.encode()))
    write_checksums(f"runs/{recordings.SCALE_OUT.name}")
