"""Recorded training runs: what takes minutes to train is kept in `data/runs` and can be made again.

``python -m helpers.runs`` makes every file again. The tests make them again too, and compare.
"""

import numpy as np

from helpers.datasets import DATA, load_digit_pair
from helpers.network import NeuralNetwork

# The two networks of the tutorial by A. Jana, trained on the digits 5 and 8.
TUTORIAL_RUNS = {"tutorial_196_1": [196, 1], "tutorial_392_196_98_1": [392, 196, 98, 1]}


def tutorial_digits(dtype=np.float64):
    """The tutorial's data: 11272 and 1866 images of a 5 or an 8, in the order of its legacy seed 1."""
    return load_digit_pair(5, 8, dtype, np.random.RandomState(1))


def tutorial_network(layer_sizes, dtype=np.float64):
    """The tutorial's options: sigmoid everywhere, N(0, 1)/√n[l−1] from legacy seed 1, α = 0.1, 1000 iterations."""
    return NeuralNetwork(
        layer_sizes,
        hidden_activation="sigmoid",
        initialization="lecun",
        learning_rate=0.1,
        iterations=1000,
        dtype=dtype,
        random_state=np.random.RandomState(1),
    )


def load_run(name):
    """The trained network recorded as `name`, with its `cost_history_`.

    Parameters
    ----------
    name : a key of `TUTORIAL_RUNS`

    Raises
    ------
    FileNotFoundError, ValueError
        As `NeuralNetwork.load`.
    """
    return NeuralNetwork.load(DATA / "runs" / f"{name}.h5")


if __name__ == "__main__":
    X, y, _, _ = tutorial_digits()
    (DATA / "runs").mkdir(exist_ok=True)
    for name, layer_sizes in TUTORIAL_RUNS.items():
        tutorial_network(layer_sizes).fit(X, y).save(DATA / "runs" / f"{name}.h5")
