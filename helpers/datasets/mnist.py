"""Data for the lessons: MNIST's digits, pictures of cats, and small made-up sets.

Nothing is downloaded unless asked: ``python -m helpers.datasets fetch cats`` fetches the cat
pictures, all else is bundled. The four IDX files in `data/mnist` are checked against their SHA-256,
parsed with python-mnist, and kept as uint8 in `data/cache`, from where they load in an instant.
"""

import gzip
import hashlib
import os
import struct
import sys
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from helpers.budget import in_browser
from helpers.storage import replace_atomically
from helpers.validation import as_generator, floating_type, positive_whole

DATA = Path(__file__).resolve().parent.parent / "data"
CURE = "restore it with `git checkout -- data/mnist`, or copy data/mnist from a fresh download of this project"

# SHA-256 of the unpacked files, and the shape that their headers announce.
MNIST_FILES = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        (60000, 28, 28),
    ),
    "train-labels-idx1-ubyte": ("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", (60000,)),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        (10000, 28, 28),
    ),
    "t10k-labels-idx1-ubyte": ("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", (10000,)),
}


# The cat pictures of many courses. Their licence is not known, so they are not part of this project.
CATS_URL = (
    "https://raw.githubusercontent.com/ramakris/coursera-deeplearning/"
    "c79617ebb9ff38e765e821f80352adee93f19357/Improving-DeepNN/datasets/"
)
CATS_FILES = {
    "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
    "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
}
CATS_CURE = "fetch it with `python -m helpers.datasets fetch cats`"
FOLDER_VARIABLE = "LESSONS_DATA"  # names a folder to look in first, itself or its subfolder cats


class DataFileError(ValueError):
    """A bundled data file is missing or is not what it should be."""


def load_mnist(folder=None, cache=None):
    """All 70000 handwritten digits.

    Parameters
    ----------
    folder : path-like, optional
        Where the four IDX files (`*.gz`) lie. Default: `data/mnist` of this project.
    cache : path-like, optional
        Folder of the parsed copy, made if need be. Default: `data/cache`.

    Returns
    -------
    X_train : uint8 ndarray of shape (60000, 784), grey values 0 … 255, one row an image
    y_train : uint8 ndarray of shape (60000,), digits 0 … 9
    X_test : uint8 ndarray of shape (10000, 784)
    y_test : uint8 ndarray of shape (10000,)

    Raises
    ------
    DataFileError
        If a file is missing, cut short, altered or swapped with another; the sentence names it
        and the cure.

    Notes
    -----
    Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, CC BY-SA 3.0.
    """
    folder = DATA / "mnist" if folder is None else Path(folder)
    cache = DATA / "cache" if cache is None else Path(cache)
    arrays = []
    for images, labels in (list(MNIST_FILES)[:2], list(MNIST_FILES)[2:]):
        parts = _read_cache(cache, images), _read_cache(cache, labels)
        if parts[0] is None or parts[1] is None:
            parts = _parse(folder, images, labels)
            if not in_browser():  # whose disk is small, and forgets
                _write_cache(cache, {images: parts[0], labels: parts[1]})
        arrays += parts
    return tuple(arrays)


def verify_mnist(folder=None):
    """Check the four bundled files against their SHA-256; return their names.

    Parameters
    ----------
    folder : path-like, optional
        Where they lie. Default: `data/mnist` of this project.

    Raises
    ------
    DataFileError
        As `load_mnist`.
    """
    folder = DATA / "mnist" if folder is None else Path(folder)
    for name in MNIST_FILES:
        _unpack(folder, name)
    return [f"{name}.gz" for name in MNIST_FILES]


def load_digit_pair(negative=5, positive=8, dtype=np.float64, random_state=0, **folders):
    """Two digits of MNIST as a task for binary classification, in random order.

    With 5, 8 and ``numpy.random.RandomState(1)`` the order is that of the tutorial by A. Jana:
    both digits one after the other, the training set shuffled first, then the test set.

    Parameters
    ----------
    negative, positive : int
        The digits that get label 0 and label 1.
    dtype : floating-point type of the images
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the order; a generator is advanced.
    **folders : `folder` and `cache`, as in `load_mnist`

    Returns
    -------
    X_train : ndarray of shape (m, 784), grey values divided by 255: 0 is paper, 1 is ink
    y_train : int ndarray of shape (m,), 0 or 1
    X_test, y_test : the same for the test set

    Raises
    ------
    ValueError
        If the digits are not two different ones of 0 … 9, or the type is not float32 or float64.
    DataFileError
        As `load_mnist`.
    """
    digits = (negative, positive)
    if negative == positive or not all(digit in range(10) for digit in digits):
        raise ValueError(f"the pair is {negative!r} and {positive!r}, but it must be two different digits of 0 … 9")
    floating_type(dtype)
    rng = as_generator(random_state)
    X_train, y_train, X_test, y_test = load_mnist(**folders)
    pair = []
    for X, y in ((X_train, y_train), (X_test, y_test)):
        rows = np.concatenate([np.flatnonzero(y == digit) for digit in digits])
        rng.shuffle(rows)
        pair += [(X[rows] / 255.0).astype(dtype), (y[rows] == positive).astype(int)]
    return tuple(pair)


class Pictures(NamedTuple):
    """Pictures in colour with labels, for training and for testing."""

    X_train: np.ndarray  # uint8, (m, 64, 64, 3)
    y_train: np.ndarray  # int, (m,), 0 or 1
    X_test: np.ndarray
    y_test: np.ndarray
    classes: tuple  # the names of labels 0 and 1


def load_chelsea():
    """The bundled pictures: patches of Chelsea the cat (1) and of other photographs (0).

    Returns
    -------
    Pictures
        209 to train with, 72 of them cats; 50 to test with, 33 of them cats.

    Raises
    ------
    DataFileError
        If the file is missing or is not what it should be.
    """
    cure = CURE.replace("data/mnist", "data/chelsea.h5")
    path = DATA / "chelsea.h5"
    return Pictures(*read_pictures(path, "train", cure)[:2], *read_pictures(path, "test", cure))


def load_cats():
    """The cat pictures of many courses, if they are on this machine.

    Looked for in the folder that the environment variable LESSONS_DATA names, in its subfolder
    `cats`, and in `data/cats`. If the variable is the null device, as in the tests, they are not
    looked for.

    Returns
    -------
    Pictures
        209 to train with, 72 of them cats; 50 to test with, 33 of them cats.

    Raises
    ------
    FileNotFoundError
        If they are not here; the sentence says how to get them.
    DataFileError
        If a file is not what it should be.
    """
    train, test = (_find_cats(name) for name in CATS_FILES)
    return Pictures(*read_pictures(train, "train")[:2], *read_pictures(test, "test"))


def read_pictures(path, part, cure=CATS_CURE):
    """One set of pictures from an HDF5 file, with its schema, shapes, types and ranges checked.

    Parameters
    ----------
    path : path-like
    part : {"train", "test"}
        The file holds `{part}_set_x`, `{part}_set_y` and `list_classes`.
    cure : str, what the error tells to do

    Returns
    -------
    X : uint8 ndarray of shape (m, 64, 64, 3)
    y : int ndarray of shape (m,), 0 or 1
    classes : tuple of two str

    Raises
    ------
    DataFileError
        If it is missing, not HDF5 (often a web page under that name), cut short, or holds
        something else.
    """
    path = Path(path)

    def refuse(fault):
        return DataFileError(f"{path.name} {fault}: {cure}")

    try:
        with open(path, "rb") as file:
            start = file.read(200)
    except OSError:
        raise refuse("is missing or cannot be read") from None
    if b"<html" in start.lower() or b"<!doctype" in start.lower():
        raise refuse("is a web page, not HDF5: it was saved from a link to a page about the file")
    try:
        with h5py.File(path, "r") as file:
            names = (f"{part}_set_x", f"{part}_set_y", "list_classes")
            missing = [name for name in names if name not in file]
            if missing:
                raise refuse(f"holds no {' and no '.join(missing)}")
            X, y, classes = (file[name][()] for name in names)
    except OSError:
        raise refuse("is not HDF5, or is cut short") from None
    if X.dtype != np.uint8 or X.ndim != 4 or X.shape[1:] != (64, 64, 3) or len(X) == 0:
        raise refuse(f"holds pictures of shape {X.shape} and type {X.dtype} instead of uint8 (m, 64, 64, 3)")
    if y.shape != (len(X),) or y.dtype.kind not in "iu" or not np.isin(y, (0, 1)).all():
        raise refuse(f"holds labels that are not 0 or 1 for each of its {len(X)} pictures")
    if classes.shape != (2,):
        raise refuse("does not name two classes")
    return X, y.astype(int), tuple(name.decode() if isinstance(name, bytes) else str(name) for name in classes)


def fetch_cats(folder=None):
    """Download the cat pictures to `data/cats`; files that are there and sound are kept.

    Raises
    ------
    OSError
        If there is no connection, or the download broke off; nothing half-done is left.
    """
    import pooch  # here, because nothing else needs it

    folder = DATA / "cats" if folder is None else Path(folder)
    for name, sha256 in CATS_FILES.items():
        try:
            pooch.retrieve(CATS_URL + name, known_hash=sha256, fname=name, path=folder, progressbar=False)
        except Exception as error:
            raise OSError(
                f"{name} could not be fetched ({type(error).__name__}). Without a connection, copy both files from "
                f"another machine into {folder.name}/, or name their folder in the variable {FOLDER_VARIABLE}"
            ) from error
    return folder


def _find_cats(name):
    first = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(first), Path(first) / "cats", DATA / "cats"] if first else [DATA / "cats"]
    for folder in folders if first != os.devnull else []:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is not on this machine: {CATS_CURE}, or name its folder in {FOLDER_VARIABLE}")


def make_line(m=60, noise=0.5, random_state=1):
    """Points near a plane, for linear regression: y = 2 + 3 x₁ − 1.5 x₂ + noise.

    Parameters
    ----------
    m : int
        Number of examples.
    noise : float
        Standard deviation of what is added to y.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2); x₁ spreads about twice as far as x₂
    y : ndarray of shape (m,)
    """
    rng = as_generator(random_state)
    X = rng.standard_normal((positive_whole(m, "m"), 2)) * [1.5, 0.8]
    return X, 2 + X @ [3, -1.5] + noise * rng.standard_normal(m)


def make_blobs(m=200, separation=2.0, random_state=0):
    """Two round clouds of points, one for each label, half of the examples each.

    Parameters
    ----------
    m : int
        Number of examples.
    separation : float
        Distance between the two centres, in standard deviations of a cloud.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
    y : int ndarray of shape (m,), 0 or 1
    """
    rng = as_generator(random_state)
    y = np.arange(positive_whole(m, "m")) % 2
    X = rng.standard_normal((m, 2))
    X[:, 0] += separation * (y - 0.5)
    return X, y


def make_xor(m=200, noise=0.15, random_state=0):
    """Exclusive or: four clouds round the corners of a square; equal corners 0, unequal ones 1.

    Parameters
    ----------
    m : int
        Number of examples, a quarter of them at each corner.
    noise : float
        Standard deviation of a cloud; the square has sides of length 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2), corners at (0, 0), (0, 1), (1, 0), (1, 1)
    y : int ndarray of shape (m,), 0 or 1
    """
    rng = as_generator(random_state)
    corner = np.arange(positive_whole(m, "m")) % 4
    corners = np.column_stack([corner // 2, corner % 2])
    return corners + noise * rng.standard_normal((m, 2)), corners.sum(axis=1) % 2


def make_moons(m=200, noise=0.1, random_state=0):
    """Two half circles that reach into each other, the upper one labelled 0, the lower one 1.

    Parameters
    ----------
    m : int
        Number of examples, half of them for each label.
    noise : float
        Standard deviation of what is added to both coordinates; the radius is 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2), centred at (0, 0)
    y : int ndarray of shape (m,), 0 or 1
    """
    rng = as_generator(random_state)
    y = np.arange(positive_whole(m, "m")) % 2
    angle = np.pi * (rng.random(m) - y)  # the lower half for label 1
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + np.outer(y - 0.5, [1, 0.5])
    return X + noise * rng.standard_normal((m, 2)), y


def make_circles(m=200, noise=0.1, random_state=0):
    """A circle of radius 1, labelled 0, round one of radius ½, labelled 1.

    Parameters, shapes and the meaning of `noise` are those of `make_moons`.
    """
    rng = as_generator(random_state)
    y = np.arange(positive_whole(m, "m")) % 2
    angle = 2 * np.pi * rng.random(m)
    X = (1 - 0.5 * y[:, np.newaxis]) * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def make_spirals(m=200, noise=0.05, turns=1.0, random_state=0):
    """Two spirals round each other, each the other one turned by half a turn.

    Parameters, shapes and the meaning of `noise` are those of `make_moons`; the outermost radius is
    1, and `turns` says how often each spiral goes round.
    """
    rng = as_generator(random_state)
    y = np.arange(positive_whole(m, "m")) % 2
    radius = np.sqrt(rng.uniform(0.01, 1, m))  # as dense outside as inside
    angle = 2 * np.pi * turns * radius + np.pi * y
    X = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def _header(name):
    """The first bytes of an IDX file: type and number of dimensions, then the shape."""
    shape = MNIST_FILES[name][1]
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)


def _unpack(folder, name):
    """The bytes of a file of MNIST that is neither missing nor cut short, altered or swapped."""
    path = folder / f"{name}.gz"
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataFileError(f"{path.name} is missing: {CURE}") from None
    except EOFError:
        raise DataFileError(f"{path.name} is cut short: {CURE}") from None
    except (OSError, zlib.error):
        raise DataFileError(f"{path.name} is damaged or is not a gzip file: {CURE}") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != MNIST_FILES[name][0]:
        twin = [other for other, (sha256, _) in MNIST_FILES.items() if sha256 == digest]
        fault = f"holds the content of {twin[0]}.gz" if twin else "is altered, its checksum is not MNIST's"
        raise DataFileError(f"{path.name} {fault}: {CURE}")
    return content


def _parse(folder, images, labels, step=10000):
    """Parse one pair of files with python-mnist, in parts: the library goes through Python lists."""
    contents = [_unpack(folder, name) for name in (images, labels)]
    if in_browser():  # whose memory the lists would fill
        X, y = (
            np.frombuffer(content, np.uint8, offset=len(_header(name)))
            for name, content in zip((images, labels), contents, strict=True)
        )
        return X.reshape(-1, 784), y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of python-mnist's own source, on a new Python
        from mnist import MNIST

    parser = MNIST(gz=True)
    m = MNIST_FILES[labels][1][0]
    X, y = np.empty((m, 784), np.uint8), np.empty(m, np.uint8)
    for start in range(0, m, step):
        rows = slice(start, start + step)
        X[rows], y[rows] = parser.load(str(folder / images), str(folder / labels), batch=[start, step])
    return X, y


def _read_cache(cache, name):
    """The cached array, or None if there is none or its bytes are not the original file's."""
    try:
        array = np.load(cache / f"{name}.npy", allow_pickle=False)
    except Exception:  # NumPy's reader raises errors of many kinds on a damaged header
        return None
    sha256, shape = MNIST_FILES[name]
    if array.dtype != np.uint8 or array.shape != (shape[0], 784)[: array.ndim] or not array.flags.c_contiguous:
        return None
    digest = hashlib.sha256(_header(name))
    digest.update(array)
    return array if digest.hexdigest() == sha256 else None


def _write_cache(cache, arrays):
    """Keep parsed arrays; where that is not possible, say so and go on without."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            replace_atomically(
                cache / f"{name}.npy", lambda file, array=array: np.save(file, array, allow_pickle=False)
            )
    except OSError as error:
        warnings.warn(f"the parsed digits could not be kept, so loading stays slow ({error})", stacklevel=4)


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch", "cats"]:
        sys.exit("usage: python -m helpers.datasets fetch cats")
    try:
        print(f"the cat pictures are in {fetch_cats().name}/")
    except OSError as error:
        sys.exit(str(error))
