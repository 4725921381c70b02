"""The MNIST digits, bundled in `data/mnist`.

The four IDX files in `data/mnist` are read once, verified against their SHA-256, parsed with
python-mnist, and cached as uint8 in `data/cache`, from which they load almost instantly.
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

# SHA-256 of each unpacked file, and the shape given in its header.
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
    """All 70000 handwritten digits.

    Parameters
    ----------
    folder : path-like, optional
        Folder with the four IDX files (`*.gz`). Default: `data/mnist` of this project.
    cache : path-like, optional
        Folder for the parsed copy, created if it does not exist. Default: `data/cache`.

    Returns
    -------
    X_train : uint8 ndarray of shape (60000, 784), pixel values 0 … 255, one image per row
    y_train : uint8 ndarray of shape (60000,), digits 0 … 9
    X_test : uint8 ndarray of shape (10000, 784)
    y_test : uint8 ndarray of shape (10000,)

    Raises
    ------
    DataFileError
        If a file is missing, cut short, altered or swapped with another; the message names it
        and the cure.
    OSError
        If a file cannot be read for another reason, such as missing permission.

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
            if not in_browser():  # a browser's storage is small and temporary
                _write_cache(cache, {images: parts[0], labels: parts[1]})
        arrays += parts
    return tuple(arrays)


def verify_mnist(folder=None):
    """Check the four bundled files against their SHA-256; return their names.

    Parameters
    ----------
    folder : path-like, optional
        Folder with the files. Default: `data/mnist` of this project.

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
    """Two MNIST digits as a binary classification task, in random order.

    With 5, 8 and ``numpy.random.RandomState(1)`` this reproduces the order in A. Jana's tutorial: all
    examples of one digit followed by all of the other, then shuffled, the training set before the test set.

    Parameters
    ----------
    negative, positive : int
        The digits with label 0 and label 1.
    dtype : floating-point type of the images
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Determines the order; if a generator is passed, its state advances.
    **folders : `folder` and `cache`, as in `load_mnist`

    Returns
    -------
    X_train : ndarray of shape (m, 784), pixel values divided by 255: 0 is paper, 1 is ink
    y_train : int ndarray of shape (m,), 0 or 1
    X_test, y_test : the same for the test set

    Raises
    ------
    ValueError
        If the digits are not two different integers from 0 to 9, or the type is not float32 or float64.
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


def _header(name):
    """The first bytes of an IDX file: type and number of dimensions, then the shape."""
    shape = MNIST_FILES[name][1]
    return struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)


def _unpack(folder, name):
    """The unpacked bytes of an MNIST file; raises an error if it is missing, cut short, altered or swapped."""
    path, expected = folder / f"{name}.gz", MNIST_FILES[name][0]
    largest = 16 + 60000 * 28 * 28
    try:
        with gzip.open(io.BytesIO(read_bytes(path, largest))) as file:
            content = file.read(largest + 1)  # limited, because a small file can unpack to many gigabytes
    except FileNotFoundError:
        raise DataFileError(f"{path.name} is missing: {CURE}") from None
    except EOFError:
        raise DataFileError(f"{path.name} is cut short: {CURE}") from None
    except (gzip.BadGzipFile, zlib.error):
        raise DataFileError(f"{path.name} is damaged or is not a gzip file: {CURE}") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        twin = [other for other, (sha256, _) in MNIST_FILES.items() if sha256 == digest]
        fault = f"holds the content of {twin[0]}.gz" if twin else "has been altered (its checksum does not match)"
        raise DataFileError(f"{path.name} {fault}: {CURE}")
    return content


def _parse(folder, images, labels, step=10000):
    """Parse one pair of files with python-mnist, in parts because the library builds Python lists."""
    contents = {name: _unpack(folder, name) for name in (images, labels)}
    if in_browser():  # where the lists would fill the memory
        X, y = (np.frombuffer(content, np.uint8, offset=len(_header(name))) for name, content in contents.items())
        return X.reshape(-1, 784), y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # from python-mnist's own source, on recent versions of Python
        try:
            from mnist import MNIST
        except ImportError as error:
            raise ImportError(
                "the module mnist is missing, or belongs to a package other than python-mnist: "
                "`pip uninstall mnist`, then `pip install --force-reinstall python-mnist`, and restart the kernel"
            ) from error

    parser = MNIST()
    parser.opener = lambda name, mode: io.BytesIO(contents[name])  # the verified bytes, not the file again
    m = MNIST_FILES[labels][1][0]
    X, y = np.empty((m, 784), np.uint8), np.empty(m, np.uint8)
    for start in range(0, m, step):
        rows = slice(start, start + step)
        X[rows], y[rows] = parser.load(images, labels, batch=[start, step])
    return X, y


def _read_cache(cache, name):
    """The cached array, or None if there is none or its content differs from that of the original file."""
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
    digest = hashlib.sha256(_header(name))
    digest.update(array)
    return array.reshape(shape) if digest.hexdigest() == sha256 else None


def _npy_header(shape):
    """The header that NumPy writes to a file for a uint8 array of this shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue()


def _write_cache(cache, arrays):
    """Save parsed arrays in the cache; if that is not possible, warn and continue without."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            replace_atomically(
                cache / f"{name}.npy", lambda file, array=array: np.save(file, array, allow_pickle=False)
            )
    except OSError as error:
        warnings.warn(f"the parsed digits could not be cached, so loading will stay slow ({error})", stacklevel=4)
