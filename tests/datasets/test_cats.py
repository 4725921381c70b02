"""Pictures from HDF5: the bundled ones, every kind of broken file, and the real cats where they are."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from helpers import datasets
from helpers.backprop.network import backward, forward
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


def picture_file(path, **changes):
    content = {
        "train_set_x": np.zeros((3, 64, 64, 3), np.uint8),
        "train_set_y": np.array([0, 1, 1]),
        "list_classes": np.array([b"non-cat", b"cat"]),
    }
    with h5py.File(path, "w") as file:
        for name, value in {**content, **changes}.items():
            if value is not None:
                file[name] = value
    return path


def test_a_sound_file(tmp_path):
    X, y, classes = datasets.read_pictures(picture_file(tmp_path / "a.h5"), "train")
    assert (X.shape, y.tolist(), classes) == ((3, 64, 64, 3), [0, 1, 1], ("non-cat", "cat"))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"train_set_x": None}, "holds no train_set_x"),
        ({"train_set_x": None, "list_classes": None}, "holds no train_set_x and no list_classes"),
        ({"train_set_x": np.zeros((3, 32, 32, 3), np.uint8)}, r"pictures of shape \(3, 32, 32, 3\)"),
        ({"train_set_x": np.zeros((3, 64, 64), np.uint8)}, r"pictures of shape \(3, 64, 64\)"),
        ({"train_set_x": np.zeros((0, 64, 64, 3), np.uint8)}, r"pictures of shape \(0,"),
        ({"train_set_x": np.zeros((3, 64, 64, 3))}, "type float64 instead of uint8"),
        ({"train_set_y": np.array([0, 1])}, "not 0 or 1 for each of its 3"),
        ({"train_set_y": np.array([0, 1, 2])}, "not 0 or 1 for each of its 3"),
        ({"train_set_y": np.array([0, 1, 0.5])}, "not 0 or 1 for each of its 3"),
        ({"list_classes": np.array([b"cat"])}, "does not name two classes"),
    ],
)
def test_a_file_that_holds_something_else(tmp_path, changes, fault):
    path = picture_file(tmp_path / "train_catvnoncat.h5", **changes)
    with pytest.raises(DataFileError, match=rf"^train_catvnoncat\.h5 .*{fault}.*: fetch it with"):
        datasets.read_pictures(path, "train")


def test_files_that_are_not_hdf5(tmp_path):
    page, short, text = tmp_path / "page.h5", tmp_path / "short.h5", tmp_path / "text.h5"
    page.write_text("\n\n<!DOCTYPE html><html lang=en>" + " " * 8000)
    short.write_bytes(picture_file(tmp_path / "whole.h5").read_bytes()[:9000])
    text.write_text("not found")
    for path, fault in (
        (page, "is a web page"),
        (short, "cut short"),
        (text, "is not HDF5"),
        (tmp_path / "no", "missing"),
    ):
        with pytest.raises(DataFileError, match=fault):
            datasets.read_pictures(path, "train")


def test_where_the_cats_are_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "DATA", tmp_path / "data")
    monkeypatch.delenv("LESSONS_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match=r"python -m helpers\.datasets fetch cats"):
        datasets.load_cats()
    (tmp_path / "mine" / "cats").mkdir(parents=True)
    for name in CATS_FILES:
        part = name.split("_")[0]
        source = {f"{part}_set_x": np.ones((2, 64, 64, 3), np.uint8), f"{part}_set_y": np.array([0, 1])}
        picture_file(tmp_path / "mine" / "cats" / name, **{"train_set_x": None, "train_set_y": None, **source})
    monkeypatch.setattr(pictures, "DATA", tmp_path / "mine")  # as if fetched
    assert datasets.load_cats().y_train.tolist() == [0, 1]
    monkeypatch.setenv("LESSONS_DATA", os.devnull)
    with pytest.raises(FileNotFoundError):
        datasets.load_cats()
    monkeypatch.setattr(pictures, "DATA", tmp_path / "data")
    for folder in ("mine", "mine/cats"):
        monkeypatch.setenv("LESSONS_DATA", str(tmp_path / folder))
        assert datasets.load_cats().X_test.shape == (2, 64, 64, 3)


def test_fetching_offline_says_what_to_do_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "CATS_URL", "http://127.0.0.1:9/")  # nobody listens there
    with pytest.raises(OSError, match=r"could not be fetched .* copy both files from another machine"):
        datasets.fetch_cats(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


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
        with pytest.raises(OSError, match=r"could not be fetched \(ValueError\)"):
            datasets.fetch_cats(tmp_path / "cats")
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    assert [path for path in (tmp_path / "cats").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(not (Path(REAL) / "cats").is_dir(), reason="the cat pictures are not on this machine")
def test_the_real_cats_over_five_seeds(monkeypatch):
    monkeypatch.setenv("LESSONS_DATA", REAL)
    cats = datasets.load_cats()
    X, X_test = cats.X_train.reshape(209, -1) / 255, cats.X_test.reshape(50, -1) / 255
    costs, scores = [], []
    for seed in range(5):
        model = NeuralNetwork(
            [7, 1],
            hidden_activation="relu",
            initialization="small",
            learning_rate=0.0077,
            iterations=2501,
            random_state=np.random.RandomState(seed),
        ).fit(X, cats.y_train)
        costs.append(model.cost_history_[-1])
        scores.append(model.score(X_test, cats.y_test))
    assert all(0.02 < cost < 0.06 for cost in costs), costs
    assert 0.68 <= np.median(scores) <= 0.74, scores
    Y = cats.y_train[np.newaxis].astype(float)
    dW, _ = backward(Y, model.W_, *forward(X, model.W_, model.b_, "relu"), "relu")
    hidden = np.maximum(model.W_[1] @ X.T + model.b_[1], 0).T  # layer 2 alone: its inputs are the hidden units
    truth = numerical_gradients(hidden, Y, {1: model.W_[2]}, {1: model.b_[2]})
    assert relative_error(dW[2], truth.dW[1]) < 1e-7
