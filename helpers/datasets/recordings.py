"""Recorded runs: results that take long to compute are kept in `data/runs` and can be reproduced.

``python -m helpers.datasets.recordings`` trains the networks and runs the sweep of lesson 10. Results of
individual lesson cells, for readers in a web browser, are in `data/runs/lessons`; the lessons write
them if the environment variable LESSONS_RECORD is "write". ``make reproduce`` does both. The tests repeat
these runs, in full or in part, and compare the results. `scale_out.txt` holds times measured by
`benchmarks/scale_out.py`. The checksums of all these files are in `data/checksums.txt`.
"""

import io
import json
import os
import tempfile
import warnings
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from helpers.datasets import folder
from helpers.datasets.folder import DATA, read_bundled, write_checksums
from helpers.datasets.mnist import load_digit_pair, load_mnist
from helpers.datasets.pictures import load_chelsea
from helpers.system.arguments import check_function
from helpers.system.browser import in_browser
from helpers.system.files import replace_atomically
from helpers.system.validation import brief, known_name
from helpers.training.neural_network import NeuralNetwork

# "write": save what a lesson computes; "compare": reject what differs from the recording; "read": show the recording
MODE, MODES = "LESSONS_RECORD", ("compute", "write", "compare", "read")
TOLD = "(Shown from a recording: computing this here would take too long.)"
LONE = "(lone array)"  # the key of a result that is not a dictionary

# The two networks of A. Jana's tutorial, trained on the digits 5 and 8.
TUTORIAL_RUNS = {"tutorial_196_1": [196, 1], "tutorial_392_196_98_1": [392, 196, 98, 1]}
# The same, with two options changed: ReLU instead of the sigmoid, and He's scale for the initial weights.
RELU_HE_RUNS = {"relu_he_196_1": [196, 1], "relu_he_392_196_98_1": [392, 196, 98, 1]}
# All ten digits, from three seeds.
TEN_DIGITS_RUNS = {f"ten_digits_seed_{seed}": seed for seed in range(3)}
# Lesson 06's network on the bundled images of a cat.
CHELSEA_RUN = "chelsea_7_1"
# A sweep over small networks: the file of `sweep`, and its points.
SWEEP = DATA / "runs" / "sweep.txt"  # a line of JSON for each point; JupyterLite cannot open a .jsonl
SWEEP_POINTS = [
    {"units": units, "learning_rate": learning_rate, "seed": seed}
    for units in (2, 8, 32)
    for learning_rate in (0.03, 0.3, 3.0)
    for seed in range(3)
]
NETWORKS = (*TUTORIAL_RUNS, *RELU_HE_RUNS, CHELSEA_RUN, *TEN_DIGITS_RUNS)
# Step times with several processes, and the memory that streaming needs.
SCALE_OUT = DATA / "runs" / "scale_out.txt"  # JSON; the in-browser lab would rewrite a file called .json


def tutorial_digits(dtype=np.float64):
    """The tutorial's data: 11272 training and 1866 test images of a 5 or an 8, in the order of its legacy seed 1."""
    return load_digit_pair(5, 8, dtype, np.random.RandomState(1))


def tutorial_network(layer_sizes, dtype=np.float64, **changes):
    """A network with the tutorial's options: all sigmoid, N(0, 1)/√n[l−1] from legacy seed 1, α = 0.1, 1000 iterations.

    `changes` are options of `NeuralNetwork` that override these.
    """
    options = {
        "hidden_activation": "sigmoid",
        "initialization": "lecun",
        "learning_rate": 0.1,
        "iterations": 1000,
        "dtype": dtype,
        "random_state": np.random.RandomState(1),
    }
    return NeuralNetwork(layer_sizes, **(options | changes))


def ten_digits():
    """All of MNIST in float32, pixel values from 0 to 1, as three pairs (X, y): training, held-out and test examples.

    They hold 55000, 5000 and 10000 images; the held-out images are the last 5000 of the MNIST training set.
    """
    X, y, X_test, y_test = load_mnist()
    X, X_test = X / np.float32(255), X_test / np.float32(255)
    return (X[:55000], y[:55000]), (X[55000:], y[55000:]), (X_test, y_test)


def train_ten_digits(learn, held_out, random_state=0):
    """Train 784 → 300 → 10 with Adam: seven epochs with α = 0.001, then three with a tenth of that.

    Parameters
    ----------
    learn, held_out : (X, y), as returned by `ten_digits`
    random_state : as in `NeuralNetwork`

    Returns
    -------
    NeuralNetwork, fitted
    """
    network = NeuralNetwork(
        [300, 10],
        hidden_activation="relu",
        output="softmax",
        initialization="he",
        optimizer="adam",
        learning_rate=0.001,
        epochs=7,
        batch_size=128,
        dtype=np.float32,
        random_state=random_state,
    ).fit(*learn, held_out=held_out)
    network.learning_rate, network.epochs = 0.0001, 10
    return network.resume(*learn, held_out=held_out)


def train_chelsea():
    """Train 12288 → 7 → 1 on the bundled images, as in lesson 06 and the notebook on which it is based."""
    pictures = load_chelsea()
    return NeuralNetwork(
        [7, 1],
        hidden_activation="relu",
        initialization="small",
        learning_rate=0.0077,
        iterations=2501,
        random_state=np.random.RandomState(1),
    ).fit(pictures.X_train.reshape(len(pictures.X_train), -1) / 255, pictures.y_train)


@cache
def _thousand_digits():
    X, y, X_test, y_test = load_digit_pair(5, 8, random_state=0)
    return X[:1000], y[:1000], X_test[:500], y_test[:500]


def score_digits(units, learning_rate, seed):
    """One point of the sweep: 784 → units → 1, trained on 1000 fives and eights for 100 full-batch steps.

    Parameters
    ----------
    units : int
    learning_rate : float
    seed : int, for the initial weights

    Returns
    -------
    dict : "accuracy" on 500 other digits, and the final "cost"
    """
    X, y, X_other, y_other = _thousand_digits()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a rising cost is one of the things the sweep should reveal
        network = NeuralNetwork([units, 1], learning_rate=learning_rate, iterations=100, random_state=seed).fit(X, y)
    return {"accuracy": network.score(X_other, y_other), "cost": float(network.cost_history_[-1])}


def load_scale_out():
    """The measurements of `benchmarks/scale_out.py`, as a dict; errors are those of `folder.read_bundled`."""
    return json.loads(read_bundled(f"runs/{SCALE_OUT.name}"))


def load_run(name):
    """The trained network recorded as `name`, with its `cost_history_`.

    Parameters
    ----------
    name : one of `NETWORKS`

    Raises
    ------
    ValueError
        If there is no recording of that name.
    DataFileError, OSError
        See `folder.read_bundled`.
    """
    known_name(name, NETWORKS, "name")
    read_bundled(f"runs/{name}.h5")
    return NeuralNetwork.load(folder.DATA / "runs" / f"{name}.h5")


def recorded(name, compute):
    """The result of `compute()`; in a web browser its recording, with a notice that says so.

    The recording is also used if the environment variable LESSONS_RECORD is "read", for slow computers.

    Parameters
    ----------
    name : str
        Name of a network, as in `load_run`, or of a file in `data/runs/lessons`, without ".h5".
    compute : function without arguments
        Returns that network, an array, or a dictionary of arrays.

    Returns
    -------
    NeuralNetwork, ndarray or dict of ndarrays

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described; if LESSONS_RECORD is "compare", as in the tests, and there is
        no recording or an array differs from it by more than 2 % plus 0.01; or if its value is unknown.
    DataFileError, OSError
        See `folder.read_bundled`.
    """
    if not isinstance(name, str) or not name.replace("_", "a").isalnum():
        raise ValueError(f"name is {brief(name)}, but a recording has a name such as '07_relu' or 'tutorial_196_1'")
    check_function(compute, "compute")
    mode = known_name(os.environ.get(MODE) or "compute", MODES, f"the environment variable {MODE}")
    if in_browser() or mode == "read":
        print(TOLD)
        result = load_run(name) if name in NETWORKS else _read_arrays(name)
    else:
        result = compute()
    if isinstance(result, NeuralNetwork):
        return result
    arrays = result if isinstance(result, dict) else {LONE: result}
    arrays = {key: np.asarray(array) for key, array in arrays.items()}
    if mode == "write":
        _write_arrays(name, arrays)
    elif mode == "compare":
        _compare(name, arrays)
    return arrays[LONE] if arrays.keys() == {LONE} else arrays


def _file(name):
    """The name of a recording of a lesson, relative to `data`."""
    return f"runs/lessons/{name}.h5"


def _write_arrays(name, arrays):
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for key, array in arrays.items():
            file[key] = array
    path = folder.DATA / _file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_atomically(path, lambda file: file.write(memory.getvalue()))
    write_checksums(_file(name))


def _read_arrays(name):
    with h5py.File(io.BytesIO(read_bundled(_file(name))), "r") as file:
        return {key: file[key][()] for key in file}


def _compare(name, arrays):
    if not (folder.DATA / _file(name)).exists():
        raise ValueError(f"{name} has no recording: create it with `python tests/execute_notebooks.py --record`")
    kept = _read_arrays(name)
    for key in kept | arrays:
        old, new = (those.get(key, np.nan) for those in (kept, arrays))
        if np.shape(old) != np.shape(new) or not np.allclose(new, old, rtol=0.02, atol=0.01):
            raise ValueError(f"{name}, {key}, differs from its recording: run `make reproduce` if that is intended")


def _record():
    """Train every recorded network; yield each name and network."""
    X, y, _, _ = tutorial_digits()
    for name, layer_sizes in TUTORIAL_RUNS.items():
        yield name, tutorial_network(layer_sizes).fit(X, y)
    changes = {"dtype": np.float32, "hidden_activation": "relu", "initialization": "he"}
    for name, layer_sizes in RELU_HE_RUNS.items():
        yield name, tutorial_network(layer_sizes, **changes).fit(X.astype(np.float32), y)
    yield CHELSEA_RUN, train_chelsea()
    learn, held_out, _ = ten_digits()
    for name, seed in TEN_DIGITS_RUNS.items():
        yield name, train_ten_digits(learn, held_out, seed)


if __name__ == "__main__":
    from helpers.cluster.sweep import sweep

    (DATA / "runs").mkdir(exist_ok=True)
    for name, network in _record():
        network.save(DATA / "runs" / f"{name}.h5", resumable=False)
        write_checksums(f"runs/{name}.h5")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / SWEEP.name
        sweep(score_digits, SWEEP_POINTS, path)
        replace_atomically(SWEEP, lambda file: file.write(path.read_bytes()))
    write_checksums(f"runs/{SWEEP.name}")
