"""Saved networks: exact to the bit, written completely or not at all, and nothing outside the file is read."""

import errno
import io
import json
import os
from fractions import Fraction

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
    assert_equal(model, loaded.fit(X, y))  # the options are restored too


def test_save_before_fit():
    with pytest.raises(NotFittedError, match="call fit"):
        NeuralNetwork([1]).save("never.h5")
    assert not os.path.exists("never.h5")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.h5 was not found"):
        NeuralNetwork.load(tmp_path / "nothing.h5")


def test_places_that_cannot_be_written(fitted, tmp_path):
    for place, error, cure in (
        ("nowhere/network.h5", FileNotFoundError, "create its folder first"),
        ("", IsADirectoryError, "choose a file in it"),
        ("n" * 300, OSError, "choose a shorter name"),
    ):
        with pytest.raises(error, match=rf"^cannot write .* \(.+\): {cure}"):
            fitted.save(tmp_path / place)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IsADirectoryError, match=rf"cannot read {tmp_path.name} \(it is a folder\): choose a file"):
        NeuralNetwork.load(tmp_path)


def test_files_that_are_not_networks(tmp_path):
    page, other, empty = tmp_path / "page.h5", tmp_path / "other.h5", tmp_path / "empty.h5"
    page.write_text("<!DOCTYPE html><html>")
    empty.write_bytes(b"")
    with h5py.File(other, "w") as file:
        file["x"] = 1
    for path in (page, other, empty):
        with pytest.raises(ValueError, match=f"{path.stem}\\.h5 was not written by NeuralNetwork"):
            NeuralNetwork.load(path)


def test_a_file_of_another_kind_is_not_replaced(fitted, saved, tmp_path):
    other, empty = tmp_path / "digits.h5", tmp_path / "empty.h5"
    with h5py.File(other, "w") as file:
        file["X"] = np.eye(3)
    before = other.read_bytes()
    with pytest.raises(FileExistsError, match=r"^digits\.h5 exists and is not a saved network: choose another name"):
        fitted.save(str(other))
    assert other.read_bytes() == before
    empty.write_bytes(b"")
    saved.write_bytes(saved.read_bytes()[:600])  # a network that is damaged
    for path in (empty, saved):
        fitted.save(path)
        assert_equal(NeuralNetwork.load(path), fitted)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_file_cut_short(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ValueError, match=r"network\.h5 is damaged or cut short"):
        NeuralNetwork.load(saved)


def test_every_changed_byte_is_noticed(saved):
    content = bytearray(saved.read_bytes())
    for i in (*range(storage.BLOCK), *range(storage.BLOCK, len(content), 97)):
        content[i] ^= 255
        saved.write_bytes(content)
        with pytest.raises(ValueError, match=r"^network\.h5 (is|was) "):
            NeuralNetwork.load(saved)
        content[i] ^= 255
    saved.write_bytes(content)
    NeuralNetwork.load(saved)


def test_a_network_that_does_not_fit_in_memory_is_not_called_invalid(saved, monkeypatch):
    def fail(content):
        raise MemoryError("unable to allocate 2 TiB")

    monkeypatch.setattr(storage, "_parse", fail)
    with pytest.raises(MemoryError, match="2 TiB"):
        NeuralNetwork.load(saved)


def test_a_file_of_any_size_is_read_and_what_is_no_network_only_up_to_its_first_line(saved, monkeypatch):
    read, lengths = storage.read_bytes, []

    def noted(path, *at_most):
        content = read(path, *(at_most or (1000,)))  # as if the file were larger than the default limit
        lengths.append(len(content))
        return content

    monkeypatch.setattr(storage, "read_bytes", noted)
    assert NeuralNetwork.load(saved).layer_sizes_ == (2, 3, 1)
    saved.write_bytes(b"something else" * 10**5)
    lengths.clear()
    with pytest.raises(ValueError, match="was not written by NeuralNetwork"):
        NeuralNetwork.load(saved)
    assert lengths == [storage.BLOCK]


def test_a_very_long_version_number_is_not_parsed(saved):
    saved.write_bytes(f"{storage.FORMAT}, version {'9' * 5000}, sha256 ".encode() + b"0" * 1000)
    with pytest.raises(ValueError, match=r"^network\.h5 was not written by NeuralNetwork\.save: choose another file$"):
        NeuralNetwork.load(saved)


def test_the_file_is_ordinary_hdf5(fitted, saved):
    with h5py.File(saved) as file:
        np.testing.assert_array_equal(file["W/1"][()], fitted.W_[1])
        assert json.loads(file.attrs["options"])["learning_rate"] == 0.5


def written_with(path, fitted, **changes):
    """A file with a true checksum whose content is inconsistent."""
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
    with pytest.raises(ValueError, match=r"network\.h5 does not contain a valid network \(.+\): save it again"):
        NeuralNetwork.load(tmp_path / "network.h5")


def crafted(path, fitted, change):
    """A file with a true checksum, after `change(file)` was applied to its HDF5."""
    written_with(path, fitted)
    memory = io.BytesIO(path.read_bytes()[storage.BLOCK :])
    with h5py.File(memory, "r+") as file:
        change(file)
    hdf5 = memory.getvalue()
    path.write_bytes(storage._first_line(hdf5) + hdf5)


def replaced(name, value):
    def change(file):
        del file[name]
        file[name] = value

    return change


def linked(file, link):
    """The same weights, but reached through a link."""
    file["copy"] = file["W/1"][()]
    with h5py.File(os.environ["SECRET"] + ".h5", "w") as other:
        other["W/1"] = file["W/1"][()]
    del file["W/1"]
    file["W/1"] = link


def outside(file):
    """b[2] is stored in another file, which every later `save` would copy."""
    del file["b/2"]
    file.create_dataset("b/2", (1, 1), "f8", external=[(os.environ["SECRET"], 0, 8)])


def generator(name, **state):
    bits = getattr(np.random, name)(0).state
    for place in (bits["state"], bits):
        place.update({key: value for key, value in state.items() if key in place and key != "state"})
    if "state" in state:
        bits["state"]["state"] = state["state"]
    kind = {"RandomState": bits} if name == "MT19937" else {"Generator": bits}

    def change(file):
        options = json.loads(file.attrs["options"]) | {"random_state": kind}
        file.attrs["options"] = json.dumps(options, default=storage._to_json)

    return change


CRAFTED = {
    "text": replaced("W/2", np.full((1, 3), b"abc")),
    "complex": replaced("W/2", np.full((1, 3), 1j)),
    "integers": replaced("W/2", np.ones((1, 3), int)),
    "NaN": replaced("W/2", np.full((1, 3), np.nan)),
    "infinite": replaced("b/1", np.full((3, 1), np.inf)),
    "missing": lambda file: file.__delitem__("b/1"),
    "a group": lambda file: (file.__delitem__("b/1"), file.create_group("b/1")),
    "outside the file": outside,
    "a link to another file": lambda file: linked(file, h5py.ExternalLink(os.environ["SECRET"] + ".h5", "W/1")),
    "a link within": lambda file: linked(file, h5py.SoftLink("/copy")),
    "a bomb": lambda file: (file.__delitem__("W"), file.create_dataset("W/1", (10**5, 10**5), "f8")),
    "text costs": replaced("cost_history", np.array([b"a"])),
    "complex costs": replaced("cost_history", np.ones(3, complex)),
    "options that are bytes": lambda file: file.attrs.__setitem__("options", np.void(b"{}")),
    "MT19937 beyond its table": generator("MT19937", pos=10**9),
    "MT19937 before its table": generator("MT19937", pos=-1),
    "MT19937 with a short table": generator("MT19937", key=[1] * 623),
    "Philox beyond its buffer": generator("Philox", buffer_pos=10**6),
    "Philox with a short buffer": generator("Philox", buffer=[1]),
    "SFC64 with a short state": generator("SFC64", state=[1, 2]),
    "PCG64 with text": generator("PCG64", inc="a"),
    "PCG64 that claims a half": generator("PCG64", has_uint32=7),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_file_is_refused(fitted, tmp_path, monkeypatch, name):
    (tmp_path / "secret").write_bytes(np.array([42.0]).tobytes())
    monkeypatch.setenv("SECRET", str(tmp_path / "secret"))
    crafted(tmp_path / "network.h5", fitted, CRAFTED[name])
    with pytest.raises(ValueError, match=r"network\.h5 does not contain a valid network \(.+\): save it again"):
        NeuralNetwork.load(tmp_path / "network.h5")


@pytest.mark.parametrize("name", ["MT19937", "Philox", "PCG64", "SFC64", "PCG64DXSM"])
def test_the_same_file_with_a_sound_generator_is_read(fitted, tmp_path, name):
    crafted(tmp_path / "network.h5", fitted, generator(name))
    assert NeuralNetwork.load(tmp_path / "network.h5").fit(*datasets.make_xor(20)).layer_sizes_ == (2, 3, 1)


# --- save rejects what load would reject ------------------------------------------------------------


def with_state(network):
    network._state.theta = network._state.theta[:-1]


EDITS = {
    "learning_rate is 0": lambda n: setattr(n, "learning_rate", 0),
    "learing_rate is not an option of NeuralNetwork: did you mean learning_rate": lambda n: setattr(
        n, "learing_rate", 1
    ),
    "epochs is 0": lambda n: setattr(n, "epochs", 0),
    "hidden_activation is 'Relu'": lambda n: setattr(n, "hidden_activation", "Relu"),
    "dtype is ": lambda n: setattr(n, "dtype", np.float16),
    "random_state must be": lambda n: setattr(n, "random_state", None),
    r"layer_sizes is \[5, 1\], but the parameters fit layers of sizes \[3, 1\]": lambda n: setattr(
        n, "layer_sizes", [5, 1]
    ),
    r"W_\[1\] has shape \(2, 2\), but layer 1 needs \(3, 2\)": lambda n: n.W_.update({1: n.W_[1][:2]}),
    r"b_\[1\] has shape \(3,\), but layer 1 needs \(3, 1\)": lambda n: n.b_.update({1: n.b_[1][:, 0]}),
    r"W_\[2\] is of type float16": lambda n: n.W_.update({2: n.W_[2].astype(np.float16)}),
    r"W_\[2\] is of type list": lambda n: n.W_.update({2: n.W_[2].tolist()}),
    "W_ must be a dict with an array for each layer from 1 to 2": lambda n: n.W_.pop(2),
    "b_ must be a dict": lambda n: setattr(n, "b_", list(n.b_.values())),
    "W_ or b_ contains NaN": lambda n: n.W_[1].fill(np.nan),
    "cost_history_ is not a one-dimensional float64 array": lambda n: setattr(n, "cost_history_", [1, 2]),
    "training state differs from the parameters in size": with_state,
}


class Mine(np.random.PCG64):
    """A bit generator that does not come with NumPy."""


@pytest.mark.parametrize("kind", [np.random.Generator, np.random.RandomState])
def test_a_network_with_a_generator_of_another_package_is_not_saved(fitted, saved, kind):
    before = saved.read_bytes()
    fitted.random_state = kind(Mine(3))
    with pytest.raises(ValueError, match=r"cannot be saved, because .* bit generator Mine.* use .*PCG64"):
        fitted.save(saved)
    assert saved.read_bytes() == before
    own = NeuralNetwork([3, 1], iterations=4, random_state=kind(Mine(3))).fit(*datasets.make_xor(20))
    with pytest.raises(ValueError, match="bit generator Mine"):
        own.save(saved)


@pytest.mark.parametrize("sentence", EDITS)
def test_what_load_would_refuse_is_not_saved(fitted, saved, sentence):
    before = saved.read_bytes()
    EDITS[sentence](fitted)
    with pytest.raises((TypeError, ValueError), match=sentence):
        fitted.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["network.h5"]


def test_whatever_fit_accepts_can_be_saved(tmp_path):
    X, y = datasets.make_xor(20)
    options = {"learning_rate": Fraction(1, 3), "l2": np.float32(0), "epochs": np.int8(100), "batch_size": np.uint64(4)}
    model = NeuralNetwork(
        np.array([3, 1]), dtype="float32", random_state=np.uint8(3), shuffle_buffer=np.int16(20), **options
    )
    model.fit(X, y)
    assert len(model.cost_history_) == 500  # in int8 the number of updates would be wrong
    model.save(tmp_path / "network.h5")
    loaded = NeuralNetwork.load(tmp_path / "network.h5")
    assert_equal(model, loaded)
    assert loaded.learning_rate == 1 / 3
    assert_equal(model, loaded.fit(X, y))


def test_own_attributes_with_an_underscore_are_left_alone(fitted, saved):
    fitted.feature_names_, fitted._note = ["a", "b"], "mine"
    fitted.save(saved)
    assert not hasattr(NeuralNetwork.load(saved), "feature_names_")


# --- places and versions --------------------------------------------------------------------------


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


@pytest.mark.parametrize("path", [None, 3, b"network.h5", ["network.h5"], "a\0b", "\ud800"], ids=repr)
def test_what_is_no_name_of_a_file(fitted, path):
    for use in (fitted.save, NeuralNetwork.load):
        with pytest.raises((TypeError, ValueError), match=r"^path (must be the name of a file|is ')"):
            use(path)
