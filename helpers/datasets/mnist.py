"""Functions that load the MNIST handwritten digits, which are bundled in `data/mnist`.

When the digits are loaded for the first time, the four IDX files are verified against their SHA-256
checksums, parsed with python-mnist, and saved as uint8 arrays in `data/cache`. From then on, loading them
takes only a moment.
"""

import gzip
import hashlib
import io
import numbers
import struct
import warnings
import zlib

import numpy as np

from helpers.datasets.folder import DATA, DataFileError, cure
from helpers.system.arguments import check_names
from helpers.system.browser import in_browser
from helpers.system.files import as_path, open_file, read_bytes, replace_atomically
from helpers.system.validation import as_generator, brief, floating_type, is_number

CURE = cure("data/mnist")

# The SHA-256 of each unpacked file and the shape of the array in it.
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


def load_mnist(folder=None, cache=None):
    """Load all 70000 handwritten digits.

    Parameters
    ----------
    folder : path-like, optional
        Folder that contains the four IDX files (`*.gz`). By default, this is `data/mnist` in this project.
    cache : path-like, optional
        Folder in which the parsed arrays are saved. It is created if it does not exist. By default, this is
        `data/cache`.

    Returns
    -------
    X_train : uint8 ndarray of shape (60000, 784)
        Training images, one per row, with pixel values from 0 to 255.
    y_train : uint8 ndarray of shape (60000,)
        Digits shown in the training images, from 0 to 9.
    X_test : uint8 ndarray of shape (10000, 784)
        Test images.
    y_test : uint8 ndarray of shape (10000,)
        Digits shown in the test images.

    Raises
    ------
    DataFileError
        If a file is missing, cut short, altered or swapped with another. The message names the file and
        explains how to restore it.
    OSError
        If a file cannot be read for another reason, such as missing permissions.

    Notes
    -----
    Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, CC BY-SA 3.0.
    """
    folder = DATA / "mnist" if folder is None else as_path(folder, "folder")
    cache = DATA / "cache" if cache is None else as_path(cache, "cache")
    arrays = []
    for images, labels in (list(MNIST_FILES)[:2], list(MNIST_FILES)[2:]):
        parts = _read_cache(cache, images), _read_cache(cache, labels)
        if parts[0] is None or parts[1] is None:
            parts = _parse(folder, images, labels)
            if not in_browser():  # storage in a browser is small and temporary
                _write_cache(cache, {images: parts[0], labels: parts[1]})
        arrays += parts
    return tuple(arrays)


def verify_mnist(folder=None):
    """Verify the SHA-256 checksums of the four bundled files.

    Parameters
    ----------
    folder : path-like, optional
        Folder that contains the files. By default, this is `data/mnist` in this project.

    Returns
    -------
    names : list of str
        Names of the four files.

    Raises
    ------
    DataFileError, OSError
        See `load_mnist`.
    """
    folder = DATA / "mnist" if folder is None else as_path(folder, "folder")
    for name in MNIST_FILES:
        _unpack(folder, name)
    return [f"{name}.gz" for name in MNIST_FILES]


def load_digit_pair(negative=5, positive=8, dtype=np.float64, random_state=0, **folders):
    """Load the images of two MNIST digits, in random order, as a binary classification task.

    The examples of the two digits are concatenated and then shuffled, first in the training set and then
    in the test set. With the digits 5 and 8 and ``numpy.random.RandomState(1)``, the order is the same as in
    A. Jana's tutorial.

    Parameters
    ----------
    negative, positive : int
        Digits labelled 0 and 1, respectively.
    dtype : numpy.float64 or numpy.float32
        Data type of the images.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Determines the order of the examples. If a generator is passed, its state advances.
    **folders
        Arguments `folder` and `cache`, which are passed to `load_mnist`.

    Returns
    -------
    X_train : ndarray of shape (m, 784)
        Training images with pixel values from 0 (background) to 1 (full ink).
    y_train : int ndarray of shape (m,)
        Labels, 0 or 1.
    X_test, y_test : ndarrays
        Images and labels of the test set.

    Raises
    ------
    ValueError
        If the digits are not two different integers from 0 to 9, or if `dtype` is not float32 or float64.
    DataFileError, OSError
        See `load_mnist`.
    """
    digits = (negative, positive)
    whole = all(is_number(digit, numbers.Integral) for digit in digits)
    if not whole or negative == positive or not all(0 <= digit <= 9 for digit in digits):
        pair = f"{brief(negative)} and {brief(positive)}"
        raise ValueError(f"negative and positive are {pair}, but they must be two different integers from 0 to 9")
    dtype, rng = floating_type(dtype), as_generator(random_state)
    check_names(folders, ("folder", "cache"), "load_digit_pair")
    X_train, y_train, X_test, y_test = load_mnist(**folders)
    pair = []
    for X, y in ((X_train, y_train), (X_test, y_test)):
        rows = np.concatenate([np.flatnonzero(y == digit) for digit in digits])
        rng.shuffle(rows)
        pair += [(X[rows] / 255.0).astype(dtype), (y[rows] == positive).astype(int)]
    return tuple(pair)


def _header(shape):
    """Return the header of an IDX file, which encodes the data type, the number of dimensions and the shape."""
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)


def _unpack(folder, name):
    """Unpack an MNIST file, and raise a DataFileError if it is missing, cut short, altered or swapped."""
    path, expected = folder / f"{name}.gz", MNIST_FILES[name][0]
    largest = 16 + 60000 * 28 * 28
    try:
        with gzip.open(io.BytesIO(read_bytes(path, largest))) as file:
            content = file.read(largest + 1)  # limited because even a small file can unpack to many gigabytes
    except FileNotFoundError:
        raise DataFileError(f"{path.name} is missing: {CURE}") from None
    except EOFError:
        raise DataFileError(f"{path.name} is cut short: {CURE}") from None
    except (gzip.BadGzipFile, zlib.error):
        raise DataFileError(f"{path.name} is damaged or is not a gzip file: {CURE}") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        twin = [other for other, (sha256, _) in MNIST_FILES.items() if sha256 == digest]
        fault = f"holds the contents of {twin[0]}.gz" if twin else "has been altered (its checksum does not match)"
        raise DataFileError(f"{path.name} {fault}: {CURE}")
    return content


def _parse(folder, images, labels, step=100):
    """Parse a file of images and the matching file of labels with python-mnist, `step` examples at a time.

    The library returns Python lists. The lists for a hundred images stay in the processor's cache, and `bytes` converts
    them faster than NumPy does. This takes 0.4 times as long as parsing ten thousand images at a time and converting
    their lists with NumPy.
    """
    contents = {name: _unpack(folder, name) for name in (images, labels)}
    if in_browser():  # there is not enough memory for the lists
        X, y = (
            np.frombuffer(bytearray(contents.pop(name)), np.uint8, offset=len(_header(MNIST_FILES[name][1])))
            for name in (images, labels)  # a bytearray, because arrays that share the memory of bytes are read-only
        )
        return X.reshape(-1, 784), y
    parser, m = _parser(), MNIST_FILES[labels][1][0]
    X, y = np.empty((m, 784), np.uint8), np.empty(m, np.uint8)
    for start in range(0, m, step):
        rows = slice(start, start + step)
        files = {name: _excerpt(name, content, start, step) for name, content in contents.items()}
        parser.opener = lambda name, mode, files=files: io.BytesIO(files[name])  # nothing is read from disk again
        pictures, y[rows] = parser.load(images, labels)
        X[rows] = np.frombuffer(b"".join(map(bytes, pictures)), np.uint8).reshape(-1, 784)
    return X, y


def _parser():
    """Return python-mnist's parser."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # recent versions of Python warn about python-mnist's code
        try:
            from mnist import MNIST
        except ImportError as error:
            raise ImportError(
                "the module mnist is missing or comes from a package other than python-mnist: run "
                "`pip uninstall mnist`, then `pip install --force-reinstall python-mnist`, and restart the kernel"
            ) from error
    return MNIST()


def _excerpt(name, content, start, step):
    """Return an IDX file that contains `step` examples from `content`, beginning at index `start`."""
    m, *pixels = MNIST_FILES[name][1]
    size, first = int(np.prod(pixels)), len(_header((m, *pixels)))
    return _header((step, *pixels)) + content[first + start * size : first + (start + step) * size]


def _read_cache(cache, name):
    """Return the cached array, or None if it does not exist or differs from the original file."""
    sha256, (m, *pixels) = MNIST_FILES[name]
    shape = (m, 784) if pixels else (m,)
    start = _npy_header(shape)
    try:
        with open_file(cache / f"{name}.npy") as file:
            if file.read(len(start)) != start:
                return None
            array = np.fromfile(file, np.uint8, int(np.prod(shape)))
            if file.read(1) or array.size != np.prod(shape):
                return None
    except OSError:
        return None
    digest = hashlib.sha256(_header((m, *pixels)))
    digest.update(array)
    return array.reshape(shape) if digest.hexdigest() == sha256 else None


def _npy_header(shape):
    """Return the header of a .npy file that contains a uint8 array of this shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue()


def _write_cache(cache, arrays):
    """Save the parsed arrays in the cache folder, or issue a warning if that is not possible."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            replace_atomically(
                cache / f"{name}.npy", lambda file, array=array: np.save(file, array, allow_pickle=False)
            )
    except OSError as error:
        warnings.warn(f"the parsed digits could not be cached, so loading will stay slow ({error})", stacklevel=4)
