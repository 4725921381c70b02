"""Tables in HDF5 files: what is wrong with a file is told truly, and before any row is used."""

import h5py
import numpy as np
import pytest

from helpers.training.streaming import HDF5Rows


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.h5"


def test_a_table_larger_than_memory_is_not_called_damaged(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("X", (2**24, 2**24), "f8", chunks=(1, 2**10))  # takes no space until it is written
    with pytest.raises(MemoryError):
        HDF5Rows(path)[:]


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda rows: list(rows.blocks()), r"X[4096:6000] in table.h5 contains 2 values that are NaN or infinite"),
        (lambda rows: list(rows.blocks()), r"the first at index (904, 1)"),
        (lambda rows: rows[5000], "X[5000:5001] in table.h5 contains 1 value"),
        (lambda rows: rows[::100], "X[0:6000:100] in table.h5 contains 1 value that is NaN or infinite, the first"),
        (lambda rows: rows[::-100], "X[99:6099:100] in table.h5 contains 1 value"),
        (lambda rows: rows.part(4000, 6000)[500:], "X[4500:6000] in table.h5 contains 2 values"),
    ],
)
def test_the_index_of_a_nan_is_that_in_the_rows_that_are_named(path, read, words):
    X = np.ones((6000, 3))
    X[5000, 1] = X[5999, 0] = np.nan
    with h5py.File(path, "w") as file:
        file["X"] = X
    with pytest.raises(ValueError) as refused:
        read(HDF5Rows(path))
    assert words in str(refused.value)


def test_a_scale_that_is_too_large_names_the_rows(path):
    with h5py.File(path, "w") as file:
        file["X"] = np.diag([1.0, 1e9, 1.0])
    with pytest.raises(ValueError, match=r"^X\[1:3\] in table\.h5 times scale contains 1 value .* index \(0, 1\)"):
        HDF5Rows(path, scale=1e30)[1:]


def test_a_table_is_found_after_the_working_directory_has_changed(path, monkeypatch):
    with h5py.File(path, "w") as file:
        file["X"] = np.eye(3)
    monkeypatch.chdir(path.parent)
    rows = HDF5Rows(path.name)
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(rows[:], np.eye(3))


def test_numbers_that_float32_cannot_hold_are_not_called_infinite(path):
    with h5py.File(path, "w") as file:
        file["X"] = np.diag([1.0, 1e300, np.inf])
    words = r"^X\[0:2\] in table\.h5 contains 1e\+300 at index \(1, 1\), which is too large for float32: scale the"
    with pytest.raises(ValueError, match=words):
        HDF5Rows(path)[:2]
    with pytest.raises(ValueError, match=r"^X\[2:3\] in table\.h5 contains 1 value that is NaN or infinite"):
        HDF5Rows(path)[2:]
    np.testing.assert_array_equal(HDF5Rows(path, dtype=np.float64)[:2], np.diag([1.0, 1e300, np.inf])[:2])


@pytest.mark.parametrize("kind", ["S3", h5py.string_dtype(), [("a", "f8"), ("b", "i4")], "c16"], ids=str)
def test_a_table_without_numbers_is_refused_at_once(path, kind):
    with h5py.File(path, "w") as file:
        file.create_dataset("X", (4, 2), kind)
    with pytest.raises(ValueError, match=r"^table\.h5 contains a data set 'X' of .+, not of real numbers: choose"):
        HDF5Rows(path)


@pytest.mark.parametrize("kind", ["?", "u1", "i8", "f2", "f8"])
def test_every_kind_of_real_number_is_accepted(path, kind):
    with h5py.File(path, "w") as file:
        file["X"] = np.ones((4, 2), kind)
    assert HDF5Rows(path)[:].tolist() == np.ones((4, 2)).tolist()
