"""Saved networks: bit for bit, wholly or not at all, and nothing foreign is read."""

import errno
import json
import os

import h5py
import numpy as np
import pytest

from helpers import datasets
from helpers.system import files
from helpers.training import storage
from helpers.training.neural_network import NeuralNetwork, NotFittedError


@pytest.fixture
def fitted():
    return NeuralNetwork([3, 1], iterations=4, learning_rate=0.5).fit(*datasets.make_xor(20))


@pytest.fixture
def saved(fitted, tmp_path):
    path = tmp_path / "network.h5"
    fitted.save(path)
    return path


def assert_equal(one, other):
    for l in one.W_:
        for a, b in ((one.W_[l], other.W_[l]), (one.b_[l], other.b_[l])):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.cost_history_, other.cost_history_)
    assert one.layer_sizes_ == other.layer_sizes_


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "random_state",
    [3, np.int64(3), np.random.default_rng(3), np.random.RandomState(3), np.random.RandomState(np.random.PCG64(3))],
)
def test_round_trip_bit_for_bit_and_training_goes_on_alike(tmp_path, dtype, random_state):
    X, y = datasets.make_xor(20)
    model = NeuralNetwork((3, 2, 1), epochs=2, batch_size=6, dtype=dtype, random_state=random_state).fit(X, y)
    model.save(tmp_path / "network.h5")
    loaded = NeuralNetwork.load(tmp_path / "network.h5")
    assert_equal(model, loaded)
    np.testing.assert_array_equal(model.predict_proba(X), loaded.predict_proba(X))
    assert_equal(model, loaded.fit(X, y))  # the options came back too


def test_save_before_fit():
    with pytest.raises(NotFittedError, match="call fit"):
        NeuralNetwork([1]).save("never.h5")
    assert not os.path.exists("never.h5")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.h5 is not there"):
        NeuralNetwork.load(tmp_path / "nothing.h5")


def test_places_that_cannot_be_written(fitted, tmp_path):
    for place, error, cure in (
        ("nowhere/network.h5", FileNotFoundError, "make its folder first"),
        ("", IsADirectoryError, "name a file in it"),
        ("n" * 300, OSError, "choose a shorter name"),
    ):
        with pytest.raises(error, match=rf"^cannot write .* \(.+\): {cure}"):
            fitted.save(tmp_path / place)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IsADirectoryError, match=rf"cannot read {tmp_path.name} \(it is a folder\): name a file in it"):
        NeuralNetwork.load(tmp_path)


def test_files_that_are_not_networks(tmp_path):
    page, other, empty = tmp_path / "page.h5", tmp_path / "other.h5", tmp_path / "empty.h5"
    page.write_text("<!DOCTYPE html><html>")
    empty.write_bytes(b"")
    with h5py.File(other, "w") as file:
        file["x"] = 1
    for path in (page, other, empty):
        with pytest.raises(ValueError, match=f"{path.stem}\\.h5 is not a file that NeuralNetwork"):
            NeuralNetwork.load(path)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_file_cut_short(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ValueError, match=r"network\.h5 is damaged or cut short"):
        NeuralNetwork.load(saved)


def test_every_changed_byte_is_noticed(saved):
    content = bytearray(saved.read_bytes())
    for i in (0, 40, 60, 120, *range(storage.BLOCK, len(content), 97)):  # a damaged file can crash the HDF5 library
        content[i] ^= 255
        saved.write_bytes(content)
        with pytest.raises(ValueError, match=r"^network\.h5 (is|was) "):
            NeuralNetwork.load(saved)
        content[i] ^= 255
    saved.write_bytes(content)
    NeuralNetwork.load(saved)


def test_the_file_is_ordinary_hdf5(fitted, saved):
    with h5py.File(saved) as file:
        np.testing.assert_array_equal(file["W/1"][()], fitted.W_[1])
        assert json.loads(file.attrs["options"])["learning_rate"] == 0.5


def written_with(path, fitted, **changes):
    """A file with a true checksum whose content does not fit together."""
    content = {
        "options": fitted._options(),
        "layer_sizes": fitted.layer_sizes_,
        "W": fitted.W_,
        "b": fitted.b_,
        "histories": {name: getattr(fitted, f"{name}_") for name in storage.HISTORIES},
    }
    hdf5 = storage._hdf5(**{**content, **changes})
    path.write_bytes(storage._first_line(hdf5) + hdf5)


@pytest.mark.parametrize(
    "changes",
    [
        {"layer_sizes": (2, 4, 1)},
        {"layer_sizes": (2, 3)},
        {"W": {1: np.zeros((2, 3)), 2: np.zeros((1, 3))}},
        {"b": {1: np.zeros((3, 2)), 2: np.zeros((1, 1))}},
        {"options": {"layer_sizes": [5, 1]}},
        {"options": {"layer_sizes": [3, 1], "command": "rm"}},
        {"options": {"layer_sizes": [3, 1], "learning_rate": -1}},
        {"options": {"layer_sizes": [3, 1], "random_state": {"Generator": {"bit_generator": "os"}}}},
        {"options": []},
    ],
    ids=str,
)
def test_content_that_does_not_fit_together(fitted, tmp_path, changes):
    written_with(tmp_path / "network.h5", fitted, **changes)
    with pytest.raises(
        ValueError, match=r"network\.h5 does not hold a network that fits together \(.+\): save it again"
    ):
        NeuralNetwork.load(tmp_path / "network.h5")


def test_a_newer_version_is_named(fitted, saved, monkeypatch):
    monkeypatch.setattr(storage, "VERSION", 2)
    fitted.save(saved)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="another version of these lessons"):
        NeuralNetwork.load(saved)


def test_full_disk_leaves_the_old_file_and_no_rubbish(fitted, saved, monkeypatch):
    before = saved.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match=r"cannot write network\.h5 \(No space left on device\)"):
        fitted.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["network.h5"]


def test_interrupt_while_saving_leaves_the_old_file(fitted, saved, monkeypatch):
    before = saved.read_bytes()

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["network.h5"]


def test_a_link_keeps_leading_to_the_file(fitted, saved, tmp_path):
    link = tmp_path / "link.h5"
    try:
        link.symlink_to(saved)
    except OSError:
        pytest.skip("no symbolic links here")
    saved.write_bytes(b"")
    fitted.save(link)
    assert link.is_symlink()
    assert_equal(fitted, NeuralNetwork.load(saved))
