"""Ten digits by mini-batches: time to 98 % on MNIST's test set, beside what a user would pick instead; memory.

    make bench          or          python benchmarks/mini_batches.py

Same network (784 → 300 → 10, ReLU, softmax), same optimizer (Adam, α = 0.001), same batches of 128,
float32, all 60000 training images; each library's own first weights. After each epoch the test set
is scored, outside the time. All take turns epoch by epoch, so that a slow moment of the machine hits
each of them.
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
    """One epoch of `NeuralNetwork` after the other; yield the test accuracy when asked."""
    network = NeuralNetwork([HIDDEN, 10], epochs=1, **OPTIONS).fit(X, y)
    while True:
        yield
        yield network.score(X_test, y_test)
        network.epochs += 1
        network.resume(X, y)


def scikit_learn(X, y, X_test, y_test):
    """The same by scikit-learn's MLPClassifier, an epoch being one `partial_fit`-sized fit with a warm start."""
    network = MLPClassifier(
        (HIDDEN,), alpha=0, batch_size=BATCH, learning_rate_init=ALPHA, max_iter=1, warm_start=True, random_state=0
    )
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one iteration does not converge, and need not
            network.fit(X, y)
        yield
        yield network.score(X_test, y_test)


def pytorch(X, y, X_test, y_test):
    """The same by PyTorch on the CPU, with the plain loop of its tutorials, batches taken by index."""
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
    """Train all, taking turns, until each has reached the goal; print and return the seconds."""
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
        print(f"{name:28s} {seconds[name] / epochs[name]:.2f} s an epoch; ours takes {ratio:.2f} of that")
    return reached


def peak(action):
    """Largest memory that `action` had in use at once, in MB."""
    gc.collect()
    tracemalloc.start()
    action()
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return megabytes


def memory(X, y):
    """Peak memory of one epoch beyond the data itself: from arrays, and from a file."""
    network = NeuralNetwork([HIDDEN, 10], epochs=1, shuffle_buffer=4096, **OPTIONS)
    print(f"data in memory: {X.nbytes / 1e6:.0f} MB; an epoch needs {peak(lambda: network.fit(X, y)):.0f} MB besides")
    with TemporaryDirectory() as folder:
        for m in (15000, 60000):
            with h5py.File(Path(folder) / f"{m}.h5", "w") as file:
                file["X"] = np.round(X[:m] * 255).astype(np.uint8)
            rows = HDF5Rows(Path(folder) / f"{m}.h5", "X", scale=1 / 255)
            needed = peak(lambda m=m, rows=rows: network.fit(rows, y[:m]))
            print(f"data in a file, {m} images: an epoch needs {needed:.0f} MB in all")


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
