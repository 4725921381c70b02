"""Saved networks: bit for bit, wholly or not at all, and nothing foreign is read."""

import errno
import os

import h5py
import numpy as np
import pytest

from helpers import datasets, storage
from helpers.network import NeuralNetwork, NotFittedError


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
@pytest.mark.parametrize("random_state", [3, np.int64(3), np.random.default_rng(3), np.random.RandomState(3)])
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


def test_a_folder_that_is_not_there(fitted, tmp_path):
    with pytest.raises(OSError, match="the folder 'nowhere' is missing"):
        fitted.save(tmp_path / "nowhere" / "network.h5")


def test_files_that_are_not_networks(tmp_path):
    page, other = tmp_path / "page.h5", tmp_path / "other.h5"
    page.write_text("<!DOCTYPE html><html>")
    with pytest.raises(ValueError, match=r"page\.h5 is not a saved network"):
        NeuralNetwork.load(page)
    with h5py.File(other, "w") as file:
        file["x"] = 1
    with pytest.raises(ValueError, match=r"other\.h5 is an HDF5 file, but not one that"):
        NeuralNetwork.load(other)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ValueError, match=r"network\.h5 is not a saved network, or is damaged or cut short"):
        NeuralNetwork.load(saved)


def alter_weight(file):
    file["W/1"][0, 0] += 1e-9


def remove_bias(file):
    del file["b/2"]


def swap_shape(file):
    turned = file["W/1"][()].T
    del file["W/1"]
    file["W/1"] = turned


def other_sizes(file):
    file.attrs["layer_sizes"] = (2, 4, 1)


def newer(file):
    file.attrs["version"] = 2


def strange_options(file):
    file.attrs["options"] = "{"


@pytest.mark.parametrize("damage", [alter_weight, remove_bias, swap_shape, other_sizes, newer, strange_options])
def test_a_file_whose_content_is_not_sound(saved, damage):
    with h5py.File(saved, "r+") as file:
        damage(file)
    with pytest.raises(ValueError, match=r"network\.h5 (is damaged|is not a saved network|was saved by a newer)"):
        NeuralNetwork.load(saved)


def test_options_of_another_class_are_refused(saved):
    with h5py.File(saved, "r+") as file:
        file.attrs["options"] = '{"layer_sizes": [3, 1], "command": "rm"}'
    with pytest.raises(ValueError, match="is not a saved network"):
        NeuralNetwork.load(saved)


def test_full_disk_leaves_the_old_file_and_no_rubbish(fitted, saved, monkeypatch):
    before = saved.read_bytes()

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.h5py, "File", full)
    with pytest.raises(OSError, match=r"cannot write network\.h5 \(is the disk full\?\)"):
        fitted.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["network.h5"]


def test_interrupt_while_saving_leaves_the_old_file(fitted, saved, monkeypatch):
    before = saved.read_bytes()

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "_digest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["network.h5"]
