"""Measure the time of a data-parallel training step on 1, 2, … workers, and the memory used when streaming data.

    make bench          or          python benchmarks/scale_out.py

The results are saved in `data/runs/scale_out.txt` and shown in lesson 10. The benchmark needs Dask, which you can
install with ``pip install -r requirements-scale.txt``. It reports the fastest of several repetitions, and should
run on a machine that is not doing anything else.
"""

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # limits this process to one core, so that it is comparable to a worker

import h5py  # noqa: E402
import numpy as np  # noqa: E402

from helpers.backprop.network import initialize_parameters  # noqa: E402
from helpers.cluster import workers as engine  # noqa: E402
from helpers.cluster.shards import Shards, traced_gradient  # noqa: E402
from helpers.datasets import recordings  # noqa: E402
from helpers.datasets.folder import write_checksums  # noqa: E402
from helpers.system.files import replace_atomically  # noqa: E402
from helpers.training.blocks import cost_and_gradients  # noqa: E402
from helpers.training.parallel import core_count  # noqa: E402
from helpers.training.streaming import HDF5Rows  # noqa: E402

BATCHES, HIDDEN, SECONDS = (1000, 11272, 60000), 196, 6.0


def fastest(step):
    """Call `step` repeatedly for about `SECONDS` seconds, but at least three times, and return the shortest time."""
    step()  # the first call sends the examples to the workers
    times = []
    while len(times) < 3 or sum(times) < SECONDS:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)


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
        alone.append(fastest(lambda X=X, Y=Y: cost_and_gradients(X, Y, W, b)))
        row = []
        for count in counts:
            with engine.connect(count) as workers:
                shards = Shards(X, count, workers)
                row.append(fastest(lambda s=shards, Y=Y: s.cost_and_gradients(Y, W, b, "sigmoid", "sigmoid")))
        on_workers.append(row)
        print(f"{m:6d} examples: alone {alone[-1] * 1e3:7.1f} ms, on {counts} workers {np.array(row) * 1e3} ms")
    return {"batches": BATCHES, "counts": counts, "alone": alone, "on_workers": on_workers}


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
            peaks.append(workers.client.submit(traced_gradient, rows, Y, W, b, pure=False).result()[1])
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
    measured |= {"steps": measure_steps(counts), "memory": measure_memory()}
    text = json.dumps(measured, indent=1) + "\n"
    replace_atomically(recordings.SCALE_OUT, lambda file: file.write(text.encode()))
    write_checksums(f"runs/{recordings.SCALE_OUT.name}")
