"""MNIST from the bundled files: exact content, clear errors; small made-up sets."""

import gzip
import shutil
import tracemalloc

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import mnist
from helpers.datasets.folder import DataFileError

NAMES = list(mnist.MNIST_FILES)
BUNDLED = datasets.DATA / "mnist"


@pytest.fixture
def folder(tmp_path):
    """A copy of the bundled files that a test may damage."""
    copy = tmp_path / "mnist"
    shutil.copytree(BUNDLED, copy)
    return copy


def test_all_digits():
    X, y, X_test, y_test = datasets.load_mnist()
    assert (X.shape, y.shape, X_test.shape, y_test.shape) == ((60000, 784), (60000,), (10000, 784), (10000,))
    assert all(array.dtype == np.uint8 for array in (X, y, X_test, y_test))
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    with gzip.open(BUNDLED / "t10k-images-idx3-ubyte.gz") as file:
        assert file.read()[16:] == X_test.tobytes()


def test_five_against_eight_in_the_order_of_the_legacy_seed():
    X, y, X_test, y_test = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    assert (X.shape, X_test.shape) == ((11272, 784), (1866, 784))
    assert (X.min(), X.max(), X.dtype) == (0, 1, np.float64)
    raw, digits, raw_test, digits_test = datasets.load_mnist()
    rng = np.random.RandomState(1)  # the source's own steps
    for pixels, labels, source, source_digits in ((X, y, raw, digits), (X_test, y_test, raw_test, digits_test)):
        index = np.concatenate([np.where(source_digits == 5)[0], np.where(source_digits == 8)[0]])
        rng.shuffle(index)
        np.testing.assert_array_equal(pixels, source[index] / 255.0)
        np.testing.assert_array_equal(labels, source_digits[index] == 8)


def test_single_precision_pair():
    X, y, _, _ = datasets.load_digit_pair(0, 1, np.float32, random_state=3)
    assert X.dtype == np.float32
    assert set(y) == {0, 1}


@pytest.mark.parametrize("pair", [(5, 5), (5, 10), (-1, 3), ("5", 8), (1.5, 2), (None, 1)])
def test_a_pair_that_is_none(pair):
    with pytest.raises(ValueError, match="must be two different digits"):
        datasets.load_digit_pair(*pair)


def test_a_type_that_would_cut_the_greys_off():
    with pytest.raises(ValueError, match=r"must be numpy\.float32 or numpy\.float64"):
        datasets.load_digit_pair(5, 8, np.uint8)


def missing(folder, name):
    (folder / f"{name}.gz").unlink()


def cut_short(folder, name):
    path = folder / f"{name}.gz"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def altered(folder, name):
    path = folder / f"{name}.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(bytes(content), 1))


def swapped(folder, name):
    other = NAMES[(NAMES.index(name) + 2) % 4]
    shutil.copy(BUNDLED / f"{other}.gz", folder / f"{name}.gz")


def not_gzip(folder, name):
    (folder / f"{name}.gz").write_text("<!DOCTYPE html>")


def flipped_inside(folder, name):
    path = folder / f"{name}.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(bytes(content))


FAULTS = {
    missing: "is missing",
    cut_short: "is cut short",
    altered: "is altered",
    swapped: "holds the content of",
    not_gzip: "is damaged or is not a gzip file",
    flipped_inside: r"is (damaged|altered)",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", FAULTS)
def test_each_fault_of_each_file_is_named_with_its_cure(folder, tmp_path, damage, name):
    damage(folder, name)
    sentence = rf"^{name}\.gz {FAULTS[damage]}.*: restore it with `git checkout -- data/mnist`"
    with pytest.raises(DataFileError, match=sentence):
        datasets.verify_mnist(folder)
    if name.startswith("t10k"):  # a whole load parses the training set first, which takes seconds
        return
    with pytest.raises(DataFileError, match=sentence):
        datasets.load_mnist(folder, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_verify_names_the_four_files():
    assert datasets.verify_mnist() == [f"{name}.gz" for name in NAMES]


def damage_pixel(path):
    array = np.load(path)
    array[0, 0] ^= 1
    np.save(path, array)


def damage_header(path):
    content = bytearray(path.read_bytes())
    content[8] = 32
    path.write_bytes(content)


def other_shape(path):
    np.save(path, np.load(path).reshape(10000, 28, 28))


def make_pickle(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def test_cold_cache_damaged_cache_and_no_cache(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    expected = datasets.load_mnist()
    cold = datasets.load_mnist(cache=cache)  # parses
    assert sorted(path.name for path in cache.iterdir()) == sorted(f"{name}.npy" for name in NAMES)
    sound = (cache / "t10k-images-idx3-ubyte.npy").read_bytes()
    for damage in (
        damage_pixel,
        damage_header,
        other_shape,
        make_pickle,
        lambda path: path.write_bytes(b"rubbish"),
        lambda path: path.unlink(),
    ):
        (cache / "t10k-images-idx3-ubyte.npy").write_bytes(sound)
        damage(cache / "t10k-images-idx3-ubyte.npy")
        assert mnist._read_cache(cache, "t10k-images-idx3-ubyte") is None
    mended = datasets.load_mnist(cache=cache)
    assert mnist._read_cache(cache, "t10k-images-idx3-ubyte") is not None
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(
        mnist, "_parse", lambda folder, images, labels: expected[:2] if "train" in images else expected[2:]
    )
    with pytest.warns(UserWarning, match="could not be kept, so loading stays slow"):
        uncached = datasets.load_mnist(cache=tmp_path / "file" / "cache")
    for arrays in (cold, mended, uncached):
        for ours, theirs in zip(arrays, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_warm_load_needs_little_memory():
    datasets.load_mnist()
    tracemalloc.start()
    try:
        digits = datasets.load_mnist()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(digits) == 4
    assert 50e6 < peak < 200e6


def test_points():
    X, y = datasets.make_blobs(100, separation=6, random_state=0)
    assert (X.shape, y.sum()) == ((100, 2), 50)
    assert X[y == 1, 0].mean() - X[y == 0, 0].mean() == pytest.approx(6, abs=0.5)
    X, y = datasets.make_xor(40, noise=0)
    assert {(*map(float, x), int(t)) for x, t in zip(X, y, strict=True)} == {(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)}
    X, y = datasets.make_line(50, noise=0)
    np.testing.assert_allclose(y, 2 + 3 * X[:, 0] - 1.5 * X[:, 1], atol=1e-12)
    for make in (datasets.make_blobs, datasets.make_xor, datasets.make_line):
        np.testing.assert_array_equal(make(10, random_state=4)[0], make(10, random_state=4)[0])
        with pytest.raises(ValueError, match="m is 0"):
            make(0)


# --- sets in the plane ---------------------------------------------------------------------------


@pytest.mark.parametrize("make", [datasets.make_moons, datasets.make_circles, datasets.make_spirals])
def test_sets_in_the_plane(make):
    X, y = make(101, noise=0.3, random_state=4)
    assert X.shape == (101, 2)
    assert np.bincount(y).tolist() == [51, 50]
    np.testing.assert_array_equal(make(101, noise=0.3, random_state=4)[0], X)
    assert not np.array_equal(make(101, noise=0.3, random_state=5)[0], X)
    exact, labels = make(101, noise=0, random_state=4)
    np.testing.assert_array_equal(labels, y)
    assert (X - exact).std() == pytest.approx(0.3, rel=0.15)
    for m in (0, -1, 2.5):
        with pytest.raises((ValueError, TypeError), match="m "):
            make(m)


def test_moons_are_half_circles():
    X, y = datasets.make_moons(400, noise=0)
    for label, centre, upwards in ((0, (-0.5, -0.25), 1), (1, (0.5, 0.25), -1)):
        from_centre = X[y == label] - centre
        np.testing.assert_allclose(np.linalg.norm(from_centre, axis=1), 1, rtol=1e-12)
        assert (upwards * from_centre[:, 1] > -1e-12).all()
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.1)


def test_circles_have_their_radii():
    X, y = datasets.make_circles(100, noise=0)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), np.where(y == 1, 0.5, 1), rtol=1e-12)


def test_spirals_are_each_other_turned():
    X, y = datasets.make_spirals(400, noise=0, turns=1.0)
    radius = np.linalg.norm(X, axis=1)
    assert 0.1 <= radius.min() <= radius.max() <= 1
    angle = np.arctan2(X[:, 1], X[:, 0])
    expected = 2 * np.pi * radius + np.pi * y
    np.testing.assert_allclose(np.cos(angle), np.cos(expected), atol=1e-9)
    np.testing.assert_allclose(np.sin(angle), np.sin(expected), atol=1e-9)
