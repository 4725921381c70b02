"""Compare mini-batch training on MNIST with PyTorch and scikit-learn, and measure the memory it needs.

    make bench          or          python benchmarks/mini_batches.py

The benchmark measures the time until the accuracy on the test set reaches 98 %. All libraries train the same network
(784 → 300 → 10 with ReLU and softmax) with the same optimizer (Adam with α = 0.001) on all 60000 training images
in float32, in batches of 128. Each library initialises the weights itself. The accuracy is measured after each
epoch, and the time this takes is not counted. The libraries take turns after each epoch, so that a temporary
slowdown of the machine affects all of them.
"""

import gc
import os
import sys
import time
import tracemalloc
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["TQDM_DISABLE"] = "1"

from helpers.datasets.mnist import load_mnist  # noqa: E402
from helpers.training.neural_network import NeuralNetwork  # noqa: E402
from helpers.training.parallel import core_count  # noqa: E402
from helpers.training.streaming import HDF5Rows  # noqa: E402

try:
    import torch
except ImportError:
    torch = None
try:
    from sklearn.neural_network import MLPClassifier
except ImportError:
    MLPClassifier = None

HIDDEN, BATCH, ALPHA, GOAL, MOST_EPOCHS = 300, 128, 0.001, 0.98, 20
OPTIONS = {"hidden_activation": "relu", "output": "softmax", "initialization": "he", "optimizer": "adam"}
OPTIONS |= {"learning_rate": ALPHA, "batch_size": BATCH, "dtype": np.float32}


def ours(X, y, X_test, y_test):
    """Train a `NeuralNetwork`. After each epoch, first yield None, and then yield the test accuracy."""
    network = NeuralNetwork([HIDDEN, 10], epochs=1, **OPTIONS).fit(X, y)
    while True:
        yield
        yield network.score(X_test, y_test)
        network.epochs += 1
        network.resume(X, y)


def scikit_learn(X, y, X_test, y_test):
    """Train scikit-learn's MLPClassifier with one warm-started fit per epoch, and yield as `ours` does."""
    network = MLPClassifier(
        (HIDDEN,), alpha=0, batch_size=BATCH, learning_rate_init=ALPHA, max_iter=1, warm_start=True, random_state=0
    )
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn warns that one iteration is not enough to converge
            network.fit(X, y)
        yield
        yield network.score(X_test, y_test)


def pytorch(X, y, X_test, y_test):
    """Train a PyTorch model on the CPU with the usual training loop, and yield as `ours` does."""
    torch.set_num_threads(core_count())
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(784, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10))
    optimizer, loss = torch.optim.Adam(model.parameters(), lr=ALPHA), torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    while True:
        for rows in torch.randperm(len(X)).split(BATCH):
            optimizer.zero_grad()
            loss(model(inputs[rows]), labels[rows]).backward()
            optimizer.step()
        yield
        with torch.no_grad():
            yield float((model(torch.from_numpy(X_test)).argmax(1).numpy() == y_test).mean())


def time_to_goal(rivals):
    """Train the networks in turn until each reaches the goal, and print and return the seconds that each one takes."""
    seconds, epochs, reached = dict.fromkeys(rivals, 0.0), dict.fromkeys(rivals, 0), {}
    for _ in range(MOST_EPOCHS):
        for name in [name for name in rivals if name not in reached]:
            start = time.perf_counter()
            next(rivals[name])
            seconds[name] += time.perf_counter() - start
            epochs[name] += 1
            accuracy = next(rivals[name])
            if accuracy >= GOAL:
                reached[name] = seconds[name]
                print(f"{name:28s} {accuracy:.4f} after {epochs[name]:2d} epochs, {seconds[name]:5.1f} s")
    for name in rivals:
        ratio = seconds["ours"] / epochs["ours"] / (seconds[name] / epochs[name])
        print(f"{name:28s} {seconds[name] / epochs[name]:.2f} s per epoch; ours takes {ratio:.2f} times as long")
    return reached


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
    network = NeuralNetwork([HIDDEN, 10], epochs=1, shuffle_buffer=4096, **OPTIONS)
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
    rivals = {"ours": ours(X, y, X_test, y_test)}
    if MLPClassifier:
        rivals["scikit-learn MLPClassifier"] = scikit_learn(X, y, X_test, y_test)
    else:
        print("scikit-learn is not installed: pip install scikit-learn")
    if torch:
        rivals["PyTorch"] = pytorch(X, y, X_test, y_test)
    else:
        print("PyTorch is not installed: pip install torch")
    time_to_goal(rivals)
    memory(X, y)
