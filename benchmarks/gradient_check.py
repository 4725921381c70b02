"""Compare the time of a gradient check of a 12288 → 7 → 1 network with that of a naive implementation.

    make bench          or          python benchmarks/gradient_check.py

The naive implementation repeats the whole forward pass for each of the 2 · 86031 nudged parameters. Its time is
estimated from a sample. The data are the bundled images.
"""

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.backprop import network  # noqa: E402
from helpers.backprop.losses import binary_cross_entropy  # noqa: E402
from helpers.datasets.pictures import load_chelsea  # noqa: E402
from helpers.gradient_check import check_gradients  # noqa: E402

SAMPLE = 200


def main():
    """Measure and print both times and their ratio."""
    pictures = load_chelsea()
    X, Y = pictures.X_train.reshape(209, -1) / 255, pictures.y_train[np.newaxis].astype(float)
    W, b = network.initialize_parameters([12288, 7, 1], "small", random_state=0)
    P = sum(array.size for array in (*W.values(), *b.values()))
    start = time.perf_counter()
    report = check_gradients(X, Y, W, b, "relu")
    restarted = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(SAMPLE):
        binary_cross_entropy(network.forward(X, W, b, "relu")[0][2], Y)
    naive = (time.perf_counter() - start) / SAMPLE * 2 * P
    print(f"full check of {P} parameters on 209 examples: {restarted:.1f} s ({report.headline})")
    print(f"repeating every forward pass: {naive:.0f} s, {naive / restarted:.0f} times as long")


if __name__ == "__main__":
    main()
