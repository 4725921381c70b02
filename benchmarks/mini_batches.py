"""Compare mini-batch training on MNIST with other libraries, and measure the memory it needs.

    make bench          or          python benchmarks/mini_batches.py

The benchmark measures the time until the accuracy on the test set reaches 98 %. Those libraries in
`benchmarks/peers.py` that are installed train the same network (784 → 300 → 10 with ReLU and softmax) with the same
optimizer (Adam with α = 0.001) on all 60000 training images in float32, in batches of 128. Each library initialises
the weights itself. The accuracy is measured after each epoch, and the time this takes is not counted. The libraries
take turns after each epoch, so that a temporary slowdown of the machine affects all of them. For comparison, the
matrix products of an epoch are also computed alone, because every library has to compute them.
"""

import gc
import os
import sys
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import peers
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["TQDM_DISABLE"] = "1"

from helpers.backprop.network import initialize_parameters  # noqa: E402
from helpers.datasets.mnist import load_mnist  # noqa: E402
from helpers.training import blocks, engine  # noqa: E402
from helpers.training.inputs import checked_options  # noqa: E402
from helpers.training.neural_network import NeuralNetwork  # noqa: E402
from helpers.training.parallel import core_count, parallel_map  # noqa: E402
from helpers.training.second_process import second_process  # noqa: E402
from helpers.training.streaming import HDF5Rows  # noqa: E402

GOAL, MOST_EPOCHS, OURS = 0.98, 20, "ours"
PRODUCTS = {"the products, one core": 1, "the products, all cores": core_count()}
OPTIONS = {"hidden_activation": "relu", "output": "softmax", "initialization": "he", "optimizer": "adam"}
OPTIONS |= {"learning_rate": peers.ALPHA, "batch_size": peers.BATCH, "dtype": np.float32}


def ours(X, y, X_test, y_test):
    """Run the iterations of `NeuralNetwork.fit`, and yield as the functions in `peers` do."""
    network = NeuralNetwork([peers.HIDDEN, 10], epochs=MOST_EPOCHS, **OPTIONS)
    yield
    options = checked_options(network)
    X, Y, sizes, _ = network._examples(options, X, y, None)
    theta = engine.pack(*initialize_parameters(sizes, "he", np.random.default_rng(0), np.float32))
    state = engine.State(theta, np.zeros((2, theta.size), np.float32), np.random.default_rng(1), "")
    with parallel_map(1), second_process(options, state, sizes, X) as second:
        for _ in network._training(options, state, sizes, X, Y, None, map, second).updates():
            if len(state.costs) % -(-len(X) // peers.BATCH) == 0:
                yield
                W, b = engine.views(state.theta, sizes)
                yield np.mean(blocks.outputs(X_test, W, b, "relu", "softmax").argmax(axis=1) == y_test)


def bare_products(X, threads):
    """Compute only the five matrix products of each step, and yield as the functions in `peers` do."""
    n, m = (X.shape[1], peers.HIDDEN, 10), peers.BATCH
    W = {l: np.ones((n[l], n[l - 1]), np.float32) for l in (1, 2)}
    A, dZ = ({l: np.ones((n[l], m), np.float32) for l in (1, 2)} for _ in range(2))
    yield
    while True:
        with threadpool_limits(threads, "blas"):
            for start in range(0, len(X), m):
                x = X[start : start + m]
                A[1][:, : len(x)] = W[1] @ x.T
                W[2] @ A[1], dZ[2] @ A[1].T, W[2].T @ dZ[2], dZ[1][:, : len(x)] @ x
        yield
        yield float("nan")


def time_to_goal(rivals):
    """Train the networks in turn until each reaches the goal, and print how long that takes and the fastest epoch."""
    seconds, reached = {name: [] for name in rivals}, set()
    for _ in range(MOST_EPOCHS):
        running = [name for name in rivals if name not in reached]
        if not set(running) - set(PRODUCTS):
            break
        for name in running:
            start = time.perf_counter()
            next(rivals[name])
            seconds[name].append(time.perf_counter() - start)
            accuracy = next(rivals[name])
            if accuracy >= GOAL:
                reached.add(name)
                total, epochs = sum(seconds[name]), len(seconds[name])
                print(f"{name:28s} {accuracy:.4f} after {epochs:2d} epochs, {total:5.1f} s", flush=True)
    fastest = {name: min(times) for name, times in seconds.items()}
    for name, least in fastest.items():
        print(f"{name:28s} {least:.2f} s for the fastest epoch; ours takes {fastest[OURS] / least:.2f} times as long")


def peak(action):
    """Call `action`, and return the peak memory allocated during the call in MB."""
    gc.collect()
    tracemalloc.start()
    action()
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return megabytes


def memory(X, y):
    """Print the peak memory that one epoch needs if the data are in memory, and if they are read from a file.

    Arrays that were in memory before the epoch are not included.
    """
    network = NeuralNetwork([peers.HIDDEN, 10], epochs=1, shuffle_buffer=4096, **OPTIONS)
    print(f"data in memory: {X.nbytes / 1e6:.0f} MB; an epoch needs another {peak(lambda: network.fit(X, y)):.0f} MB")
    with TemporaryDirectory() as folder:
        for m in (15000, 60000):
            with h5py.File(Path(folder) / f"{m}.h5", "w") as file:
                file["X"] = np.round(X[:m] * 255).astype(np.uint8)
            rows = HDF5Rows(Path(folder) / f"{m}.h5", "X", scale=1 / 255)
            needed = peak(lambda m=m, rows=rows: network.fit(rows, y[:m]))
            print(f"data in a file, {m} images: an epoch needs {needed:.0f} MB in total")


if __name__ == "__main__":
    X, y, X_test, y_test = load_mnist()
    X, X_test = X / np.float32(255), X_test / np.float32(255)
    data = X, y, X_test, y_test
    rivals = {OURS: ours(*data)} | {name: bare_products(X, threads) for name, threads in PRODUCTS.items()}
    for rival in rivals.values():
        next(rival)
    time_to_goal(rivals | peers.installed(*data))
    memory(X, y)
