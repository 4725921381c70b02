"""Functions that record and load results that take a long time to compute.

The recordings are files in `data/runs`. To reproduce the trained networks and the sweep of lesson 10, run
``python -m helpers.datasets.recordings``. The folder `data/runs/lessons` contains the results of individual lesson
cells, for readers working through the lessons in a web browser. The lessons write these files if the environment
variable LESSONS_RECORD is "write". The command ``make reproduce`` creates all these recordings. The tests repeat the
runs and compare the results. The file `scale_out.txt` contains the times measured by `benchmarks/scale_out.py`.
"""

import io
import json
import os
import tempfile
import warnings
from functools import cache
from itertools import product
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
from helpers.system.interrupts import uninterrupted
from helpers.system.validation import brief, known_name
from helpers.training.neural_network import NeuralNetwork

# "compute" only computes each result, "write" also records it, "compare" raises an error if it differs from its
# recording, and "read" loads the recording instead of computing anything.
MODE, MODES = "LESSONS_RECORD", ("compute", "write", "compare", "read")
TOLD = "(This result was recorded in advance, because computing it here would take too long.)"
LONE = "(lone array)"  # the key under which an array is stored if the result is not a dictionary

# The two networks from A. Jana's tutorial (for the digits 5 and 8), and the same two with ReLU and He initialisation.
TUTORIAL_RUNS = {"tutorial_196_1": [196, 1], "tutorial_392_196_98_1": [392, 196, 98, 1]}
RELU_HE_RUNS = {"relu_he_196_1": [196, 1], "relu_he_392_196_98_1": [392, 196, 98, 1]}
# Networks trained on all ten digits with three different seeds.
TEN_DIGITS_RUNS = {f"ten_digits_seed_{seed}": seed for seed in range(3)}
# The network of lesson 06, trained on the bundled images of a cat.
CHELSEA_RUN = "chelsea_7_1"
# The results of a sweep over small networks, and the points at which they are evaluated.
SWEEP = DATA / "runs" / "sweep.txt"  # each line is JSON, but JupyterLite cannot open files called .jsonl
SWEEP_POINTS = [
    {"units": units, "learning_rate": learning_rate, "seed": seed}
    for units, learning_rate, seed in product((2, 8, 32), (0.03, 0.3, 3.0), range(3))
]
NETWORKS = (*TUTORIAL_RUNS, *RELU_HE_RUNS, CHELSEA_RUN, *TEN_DIGITS_RUNS)
# The times of training steps with several processes, and the memory that streaming needs.
SCALE_OUT = DATA / "runs" / "scale_out.txt"  # contains JSON, but the in-browser lab would rewrite a .json file


def tutorial_digits(dtype=np.float64):
    """Load the data from A. Jana's tutorial: 11272 training and 1866 test images of the digits 5 and 8.

    The images are in the tutorial's order, which is determined by NumPy's legacy generator with seed 1.
    """
    return load_digit_pair(5, 8, dtype, np.random.RandomState(1))


def tutorial_network(layer_sizes, dtype=np.float64, **changes):
    """Create a network with the options used in A. Jana's tutorial.

    All activation functions are sigmoids, the initial weights are drawn from N(0, 1) by NumPy's legacy
    generator with seed 1 and divided by √n[l−1], and the network is trained for 1000 iterations with α = 0.1. The
    keyword arguments `changes` override these options.
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
    """Load all of MNIST as three pairs (X, y) of training, held-out and test examples.

    They contain 55000, 5000 and 10000 images in float32, with pixel values from 0 to 1. The held-out images are
    the last 5000 of the MNIST training set.
    """
    X, y, X_test, y_test = load_mnist()
    X, X_test = X / np.float32(255), X_test / np.float32(255)
    return (X[:55000], y[:55000]), (X[55000:], y[55000:]), (X_test, y_test)


def train_ten_digits(learn, held_out, random_state=0):
    """Train a 784 → 300 → 10 network with Adam, for seven epochs with α = 0.001 and three with α = 0.0001.

    Parameters
    ----------
    learn, held_out : tuples (X, y)
        Training and held-out examples, as returned by `ten_digits`.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
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
    """Train a 12288 → 7 → 1 network on the bundled images, as in lesson 06 and the notebook it is based on."""
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
    """Train a small network on 1000 fives and eights, and evaluate it on 500 other images.

    The network has 784 inputs, `units` hidden units and one output, and is trained for 100 full-batch steps.
    This is the function that the sweep evaluates at each point.

    Parameters
    ----------
    units : int
        Number of hidden units.
    learning_rate : float
    seed : int
        Seed of the initial weights.

    Returns
    -------
    dict
        The "accuracy" on the 500 other images, and the final training "cost".
    """
    X, y, X_other, y_other = _thousand_digits()
    with warnings.catch_warnings(action="ignore"):  # at some points the cost is expected to rise
        network = NeuralNetwork([units, 1], learning_rate=learning_rate, iterations=100, random_state=seed).fit(X, y)
    return {"accuracy": network.score(X_other, y_other), "cost": float(network.cost_history_[-1])}


def load_scale_out():
    """Load the measurements made by `benchmarks/scale_out.py` as a dict. See `read_bundled` for the errors raised."""
    return json.loads(read_bundled(f"runs/{SCALE_OUT.name}"))


def load_run(name):
    """Load a recorded network, including its `cost_history_`.

    Parameters
    ----------
    name : str
        Name of the recording, one of `NETWORKS`.

    Returns
    -------
    network : NeuralNetwork

    Raises
    ------
    ValueError
        If there is no recording with this name.
    DataFileError, OSError
        See `folder.read_bundled`.
    """
    known_name(name, NETWORKS, "name")
    read_bundled(f"runs/{name}.h5")
    return NeuralNetwork.load(folder.DATA / "runs" / f"{name}.h5")


def recorded(name, compute):
    """Return the result of `compute()`. In a web browser, where that would be too slow, load a recording instead.

    If a recording is loaded, a notice is printed. To load recordings on a slow computer as well, set the environment
    variable LESSONS_RECORD to "read".

    Parameters
    ----------
    name : str
        Name of a network, as in `load_run`, or of a file in `data/runs/lessons`, without the extension ".h5".
    compute : callable
        Function that takes no arguments and returns the network, an array, or a dict of arrays.

    Returns
    -------
    result : NeuralNetwork, ndarray or dict of ndarrays

    Raises
    ------
    TypeError, ValueError
        If an argument or the value of LESSONS_RECORD is invalid. If LESSONS_RECORD is "compare", as it is in
        the tests, a ValueError is also raised if there is no recording, or if an array differs from its
        recording by more than 2 % plus 0.01.
    DataFileError, OSError
        See `folder.read_bundled`.
    """
    if not isinstance(name, str) or not name.replace("_", "a").isalnum():
        raise ValueError(f"name is {brief(name)}, but it must be a name such as '07_relu' or 'tutorial_196_1'")
    check_function(compute, "compute")
    mode = known_name(os.environ.get(MODE) or "compute", MODES, f"the environment variable {MODE}")
    if in_browser() or mode == "read":
        print(TOLD)
        result = load_run(name) if name in NETWORKS else _read_arrays(name)
    else:
        result = uninterrupted(compute) if mode == "write" else compute()
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
    """Return the path of a lesson's recording, relative to the folder `data`."""
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
        raise ValueError(f"{name} has no recording: create one with `python tests/execute_notebooks.py --record`")
    kept = _read_arrays(name)
    for key in kept | arrays:
        old, new = (those.get(key, np.nan) for those in (kept, arrays))
        if np.shape(old) != np.shape(new) or not np.allclose(new, old, rtol=0.02, atol=0.01):
            raise ValueError(f"{key} in {name} differs from its recording: run `make reproduce` if this is intended")


def _record():
    """Train every network that has a recording, and yield pairs (name, network)."""
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


def reproduce():
    """Retrain the networks and rerun the sweep. An interrupt raises a UserWarning, and nothing incomplete is saved."""
    from helpers.cluster.sweep import sweep

    (DATA / "runs").mkdir(exist_ok=True)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as scratch:
        warnings.filterwarnings("error", "(training was )?interrupted after")
        for name, network in _record():
            network.save(DATA / "runs" / f"{name}.h5", resumable=False)
            write_checksums(f"runs/{name}.h5")
        path = Path(scratch) / SWEEP.name
        sweep(score_digits, SWEEP_POINTS, path)
        replace_atomically(SWEEP, lambda file: file.write(path.read_bytes()))
    write_checksums(f"runs/{SWEEP.name}")


if __name__ == "__main__":
    reproduce()
