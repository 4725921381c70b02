"""MNIST from the bundled files: exact content and clear errors; small synthetic data sets."""

import gzip
import inspect
import shutil
import sys
import tracemalloc
import types

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import mnist, names
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


def test_the_credits_give_the_checksums_of_the_digits():
    credits = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}.gz` | `{known[0]}` |" in credits for name, known in mnist.MNIST_FILES.items())


def test_five_against_eight_in_the_order_of_the_legacy_seed():
    X, y, X_test, y_test = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    assert (X.shape, X_test.shape) == ((11272, 784), (1866, 784))
    assert (X.min(), X.max(), X.dtype) == (0, 1, np.float64)
    raw, digits, raw_test, digits_test = datasets.load_mnist()
    rng = np.random.RandomState(1)  # the same steps as in the source
    for pixels, labels, source, source_digits in ((X, y, raw, digits), (X_test, y_test, raw_test, digits_test)):
        index = np.concatenate([np.where(source_digits == 5)[0], np.where(source_digits == 8)[0]])
        rng.shuffle(index)
        np.testing.assert_array_equal(pixels, source[index] / 255.0)
        np.testing.assert_array_equal(labels, source_digits[index] == 8)


def test_single_precision_pair():
    X, y, _, _ = datasets.load_digit_pair(0, 1, np.float32, random_state=3)
    assert X.dtype == np.float32
    assert set(y) == {0, 1}


@pytest.mark.parametrize(
    "pair", [(5, 5), (5, 10), (-1, 3), ("5", 8), (1.5, 2), (None, 1), (5.0, 8), (True, 8), ([5], 8), (np.arange(2), 8)]
)
def test_a_pair_that_is_none(pair):
    with pytest.raises(ValueError, match="must be two different integers from 0 to 9"):
        datasets.load_digit_pair(*pair)


def test_a_misspelt_folder_is_named():
    with pytest.raises(ValueError, match=r"^foldr is not an option of load_digit_pair: did you mean folder"):
        datasets.load_digit_pair(foldr="here")


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


def bomb(folder, name):
    """A few kilobytes that unpack to 400 megabytes."""
    with gzip.open(folder / f"{name}.gz", "wb") as file:
        for _ in range(400):
            file.write(bytes(10**6))


FAULTS = {
    missing: "is missing",
    cut_short: "is cut short",
    altered: "has been altered",
    swapped: "holds the contents of",
    not_gzip: "is damaged or is not a gzip file",
    flipped_inside: r"(is damaged|has been altered)",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", FAULTS)
def test_each_fault_of_each_file_is_named_with_its_cure(folder, tmp_path, damage, name):
    damage(folder, name)
    sentence = rf"^{name}\.gz {FAULTS[damage]}.*: restore it with `git checkout -- data/mnist`"
    with pytest.raises(DataFileError, match=sentence):
        datasets.verify_mnist(folder)
    if name.startswith("t10k"):  # a full load parses the training set first, which takes seconds
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


def one_more_byte(path):
    path.write_bytes(path.read_bytes() + b"0")


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
        one_more_byte,
        lambda path: path.write_bytes(path.read_bytes()[:70] + b"~" + path.read_bytes()[71:]),  # in the header's margin
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
    with pytest.warns(UserWarning, match="could not be cached, so loading will stay slow"):
        uncached = datasets.load_mnist(cache=tmp_path / "file" / "cache")
    for arrays in (cold, mended, uncached):
        for ours, theirs in zip(arrays, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_gzip_bomb_takes_no_more_memory_than_the_digits(folder):
    bomb(folder, "t10k-labels-idx1-ubyte")
    tracemalloc.start()
    try:
        with pytest.raises(DataFileError, match="has been altered"):
            mnist._unpack(folder, "t10k-labels-idx1-ubyte")
        assert tracemalloc.get_traced_memory()[1] < 150e6
    finally:
        tracemalloc.stop()


def test_what_is_parsed_is_what_was_checked(folder, monkeypatch):
    """The file is replaced between the check and the parsing."""
    unpack = mnist._unpack

    def and_replace(place, name):
        content = unpack(place, name)
        (place / f"{name}.gz").write_bytes(gzip.compress(bytes(len(content)), 1))
        return content

    monkeypatch.setattr(mnist, "_unpack", and_replace)
    X, y = mnist._parse(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    expected = datasets.load_mnist()[2:]
    np.testing.assert_array_equal(X, expected[0])
    np.testing.assert_array_equal(y, expected[1])


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


def test_a_refused_argument_leaves_the_generator_as_it_was():
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    for make, bad in ((datasets.make_blobs, {"separation": "x"}), (datasets.make_spirals, {"turns": -1})):
        with pytest.raises((TypeError, ValueError), match=f"^{next(iter(bad))} "):
            make(5, **bad, random_state=rng)
        assert rng.bit_generator.state == before


# --- data sets in the plane ---------------------------------------------------------------------------


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


TOYS = [getattr(datasets, name) for name in dir(datasets) if name.startswith("make_")]
BAD_TOYS = [("m", 10**15), ("m", 0), ("m", 2.5), ("m", "9"), ("m", None), ("random_state", None), ("random_state", -1)]
BAD_TOYS += [("noise", np.nan), ("noise", -1), ("noise", np.inf), ("noise", "0.1"), ("noise", None), ("noise", [0.1])]
BAD_TOYS += [("turns", np.nan), ("turns", 0), ("separation", np.inf), ("separation", "2"), ("separation", 1j)]


CALLS = [(make, *bad) for make in TOYS for bad in BAD_TOYS if bad[0] in inspect.signature(make).parameters]


@pytest.mark.parametrize(("make", "argument", "value"), CALLS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_arguments_that_make_no_set_are_named(make, argument, value):
    with pytest.raises((TypeError, ValueError), match=rf"^{argument} (is|must be|requires) "):
        make(**{argument: value})


def test_each_argument_is_one_of_some_set():
    assert {argument for _, argument, _ in CALLS} == {argument for argument, _ in BAD_TOYS}


def test_defaults_and_the_sign_and_size_of_what_is_added():
    """Each expected value follows from the documentation alone, averaged over many points."""
    for make in TOYS:
        X, y = make()
        assert len(X) == len(y) == (60 if make is datasets.make_line else 200)
        np.testing.assert_array_equal(X, make()[0])
    X, y = datasets.make_line(10**5)  # y = 2 + 3 x₁ − 1.5 x₂ + noise of ½
    rest = y - (2 + X @ [3, -1.5])
    assert (rest.mean(), rest.std()) == pytest.approx((0, 0.5), abs=0.01)
    assert X.std(axis=0) == pytest.approx([1.5, 0.8], rel=0.02)
    X, y = datasets.make_blobs(10**5)  # two standard deviations apart, label 1 to the right
    assert X[y == 1].mean(axis=0) == pytest.approx([1, 0], abs=0.02)
    assert X[y == 0].mean(axis=0) == pytest.approx([-1, 0], abs=0.02)
    assert X[y == 0].std(axis=0) == pytest.approx([1, 1], abs=0.02)
    X, y = datasets.make_xor(10**5)
    assert (X - np.round(X)).std() == pytest.approx(0.15, rel=0.02)
    for make, noise in ((datasets.make_moons, 0.1), (datasets.make_circles, 0.1), (datasets.make_spirals, 0.05)):
        added = make(10**5)[0] - make(10**5, noise=0)[0]
        assert (added.mean(), added.std()) == pytest.approx((0, noise), abs=0.01 * noise + 0.001)
    np.testing.assert_array_equal(datasets.make_spirals(50)[0], datasets.make_spirals(50, turns=1.0)[0])


def test_the_default_pair_is_5_and_8_and_8_is_labelled_1():
    for mine, theirs in zip(datasets.load_digit_pair(), datasets.load_digit_pair(5, 8, np.float64, 0), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    X, y, *_ = datasets.load_mnist()
    mine, labels, _, _ = datasets.load_digit_pair()
    for digit, label in ((5, 0), (8, 1)):
        assert mine[labels == label].sum() == pytest.approx(X[y == digit].sum(dtype=float) / 255)


def test_another_package_named_mnist_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "mnist", types.ModuleType("mnist"))
    with pytest.raises(ImportError, match="a package other than python-mnist: run `pip uninstall mnist`, then"):
        mnist._parse(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def test_the_names_and_their_letters():
    from_file = datasets.load_names()
    assert len(from_file) == len(set(from_file)) == 3000 and sorted(from_file) == from_file
    tokens = names.as_tokens(from_file)
    assert tokens.shape == (3000, 11) and (tokens[:, 0] == 0).all() and (tokens[:, -1] == 0).all()
    assert names.as_text(tokens) == from_file
    assert names.as_tokens(["abz"])[0, :5].tolist() == [0, 1, 2, 26, 0]
    for name in ("Anna", "wilhelmina", "o.k", 3):
        with pytest.raises(ValueError, match="is not a name of at most 9 lower-case letters"):
            names.as_tokens([name])
    for wrong in ("anna", None):
        with pytest.raises(TypeError, match=r"^names must be a list of names, such as \['anna'\], not "):
            names.as_tokens(wrong)
    for wrong in (-1, 27, 0.5):
        with pytest.raises(ValueError, match=f"^tokens contains {wrong}, but it must consist of whole numbers from"):
            names.as_text([[0, 1, 0], [0, wrong, 0]])
