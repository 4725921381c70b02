"""Images from HDF5: the bundled ones, every kind of damaged file, and the real cat images where they are available."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from helpers import datasets
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward, initialize_parameters
from helpers.datasets import pictures
from helpers.datasets.folder import DataFileError
from helpers.datasets.pictures import CATS_FILES
from helpers.gradient_check.nudge import relative_error
from helpers.gradient_check.numerical import numerical_gradients
from helpers.training.neural_network import NeuralNetwork

REAL = os.environ.get("LESSONS_DATA_FOR_TESTS", "")


def test_bundled_pictures():
    pictures = datasets.load_chelsea()
    assert pictures.X_train.shape == (209, 64, 64, 3)
    assert pictures.X_test.shape == (50, 64, 64, 3)
    assert (pictures.y_train.sum(), pictures.y_test.sum()) == (72, 33)
    assert pictures.classes == ("non-cat", "cat")
    assert pictures.X_train.dtype == np.uint8
    assert np.unique(pictures.X_train.reshape(209, -1), axis=0).shape[0] == 209


@pytest.fixture
def cats(tmp_path, monkeypatch):
    """A folder with two small files in place of the cat images, with the checksums adjusted to match."""
    folder = tmp_path / "mine" / "cats"
    folder.mkdir(parents=True)
    for name in CATS_FILES:
        part = name.split("_")[0]
        with h5py.File(folder / name, "w") as file:
            file[f"{part}_set_x"] = np.full((2, 64, 64, 3), len(part), np.uint8)
            file[f"{part}_set_y"] = np.array([0, 1])
            file["list_classes"] = np.array([b"non-cat", b"cat"])
        monkeypatch.setitem(CATS_FILES, name, hashlib.sha256((folder / name).read_bytes()).hexdigest())
    monkeypatch.setenv("LESSONS_DATA", str(folder))
    return folder


def test_where_the_cats_are_looked_for(cats, tmp_path, monkeypatch):
    monkeypatch.delenv("LESSONS_DATA")
    monkeypatch.setattr(pictures, "DATA", tmp_path / "data")
    with pytest.raises(FileNotFoundError, match=r"python -m helpers\.datasets fetch cats"):
        datasets.load_cats()
    monkeypatch.setattr(pictures, "DATA", tmp_path / "mine")  # as if fetched
    assert datasets.load_cats().y_train.tolist() == [0, 1]
    monkeypatch.setenv("LESSONS_DATA", os.devnull)
    with pytest.raises(FileNotFoundError):
        datasets.load_cats()
    monkeypatch.setattr(pictures, "DATA", tmp_path / "data")
    for folder in (tmp_path / "mine", cats):
        monkeypatch.setenv("LESSONS_DATA", str(folder))
        loaded = datasets.load_cats()
        assert loaded.X_test.shape == (2, 64, 64, 3) and loaded.X_test.max() == len("test")
        assert loaded.classes == ("non-cat", "cat")


def swap(path, other):
    path.write_bytes(other.read_bytes())


DAMAGES = {
    "web page": (
        lambda path, other: path.write_text("\n\n<!DOCTYPE html><html lang=en>"),
        "is a web page, not an HDF5 file",
    ),
    "cut short": (lambda path, other: path.write_bytes(path.read_bytes()[:-1]), "is damaged or is a different file"),
    "one byte": (
        lambda path, other: path.write_bytes(path.read_bytes()[:-9] + b"\1" + path.read_bytes()[-8:]),
        "is damaged",
    ),
    "the other file": (swap, "is damaged or is a different file"),
    "the bundled pictures": (lambda path, other: swap(path, datasets.DATA / "chelsea.h5"), "is a different file"),
    "text": (lambda path, other: path.write_text("not found"), "is damaged or is a different file"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_file_of_another_checksum_is_refused_before_hdf5_sees_it(cats, monkeypatch, damage, which):
    path, other = (cats / list(CATS_FILES)[i] for i in (which, 1 - which))
    change, fault = DAMAGES[damage]
    change(path, other)
    monkeypatch.setattr(pictures.h5py, "File", lambda *args: pytest.fail("HDF5 was given a damaged file"))
    with pytest.raises(DataFileError, match=rf"^{path.stem}\.h5 .*{fault}.*: remove it, then fetch it with `python -m"):
        datasets.load_cats()


def test_fetching_offline_says_what_to_do_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "CATS_URL", "http://127.0.0.1:9/")  # nothing listens there
    with pytest.raises(OSError, match=r"could not be downloaded .* copy both files from another machine"):
        datasets.fetch_cats(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("place", [".", ".."])
def test_fetching_offline_names_the_folder_even_if_it_is_the_current_one(tmp_path, monkeypatch, place):
    monkeypatch.setattr(pictures, "CATS_URL", "http://127.0.0.1:9/")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(OSError, match=rf"from another machine into the folder {re.escape(place)}, or set"):
        datasets.fetch_cats(place)


def test_fetching_into_a_folder_that_cannot_be_written_to_says_so(tmp_path):
    (tmp_path / "cats").write_text("a file, not a folder")
    with pytest.raises(OSError, match=r"^cannot write train_catvnoncat\.h5 \(.+\): create its folder first"):
        datasets.fetch_cats(tmp_path / "cats")


def test_fetching_refuses_what_has_another_checksum(tmp_path, monkeypatch):
    (tmp_path / "served").mkdir()
    for name in CATS_FILES:
        (tmp_path / "served" / name).write_text("<html>")
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path / "served")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        port = server.stdout.readline().split(" port ")[1].split()[0]
        monkeypatch.setattr(pictures, "CATS_URL", f"http://127.0.0.1:{port}/")
        with pytest.raises(OSError, match=r"could not be downloaded \(ValueError\)"):
            datasets.fetch_cats(tmp_path / "cats")
    finally:
        server.terminate()
        server.wait(60)
        server.stdout.close()
    assert [path for path in (tmp_path / "cats").rglob("*") if path.is_file()] == []


def rotated(X, X_test):
    """Return an orthonormal basis Q of all pictures, and the pictures in its coordinates.

    As in lesson 06, no product of a weight vector and a picture changes if both are expressed in this basis. A step of
    gradient descent then needs 259 numbers of each picture instead of 12288, and takes a tenth of the time.
    """
    Q, _ = np.linalg.qr(np.vstack([X, X_test]).T)  # (12288, 259)
    return Q, X @ Q, X_test @ Q


def trained(R, Y, Q, seed):
    """Return the costs of each step, and the parameters, of the network of lesson 06 in the coordinates of Q."""
    W, b = initialize_parameters([len(Q), 7, 1], "small", np.random.RandomState(seed))
    W[1], costs = W[1] @ Q, []  # (7, 12288) @ (12288, 259) = (7, 259)
    for _ in range(2501):
        Z, A = forward(R, W, b, "relu")
        costs.append(binary_cross_entropy(Z[2], Y))
        dW, db = backward(Y, W, Z, A, "relu")
        W, b = {l: W[l] - 0.0077 * dW[l] for l in W}, {l: b[l] - 0.0077 * db[l] for l in b}
    return np.array(costs), W, b


@pytest.mark.skipif(not (Path(REAL) / "cats").is_dir(), reason="the cat pictures are not on this machine")
def test_the_real_cats_over_five_seeds(monkeypatch):
    """One run by `NeuralNetwork` on the pictures themselves, and all five in fewer coordinates, which is the same."""
    monkeypatch.setenv("LESSONS_DATA", REAL)
    cats = datasets.load_cats()
    X, X_test = cats.X_train.reshape(209, -1) / 255, cats.X_test.reshape(50, -1) / 255
    Y = cats.y_train[np.newaxis].astype(float)
    Q, R, R_test = rotated(X, X_test)
    costs, scores = [], []
    for seed in range(5):
        history, W, b = trained(R, Y, Q, seed)
        costs.append(history)
        scores.append(np.mean((forward(R_test, W, b, "relu")[1][2][0] > 0.5) == cats.y_test))
    assert all(0.02 < history[-1] < 0.06 for history in costs), costs
    assert 0.68 <= np.median(scores) <= 0.74, scores
    model = NeuralNetwork(
        [7, 1],
        hidden_activation="relu",
        initialization="small",
        learning_rate=0.0077,
        iterations=2501,
        random_state=np.random.RandomState(4),
    ).fit(X, cats.y_train)
    np.testing.assert_allclose(model.cost_history_, costs[4], rtol=1e-9)
    assert model.score(X_test, cats.y_test) == pytest.approx(scores[4], abs=1e-12)
    dW, _ = backward(Y, model.W_, *forward(X, model.W_, model.b_, "relu"), "relu")
    hidden = np.maximum(model.W_[1] @ X.T + model.b_[1], 0).T  # the inputs of layer 2 alone
    truth = numerical_gradients(hidden, Y, {1: model.W_[2]}, {1: model.b_[2]})
    assert relative_error(dW[2], truth.dW[1]) < 1e-7
