"""Functions that load colour images from HDF5 files.

The images of Chelsea the cat are bundled with this project. The cat images used in many courses are not
included, but you can download them with ``python -m helpers.datasets fetch cats``. Nothing else in this module
needs an internet connection.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from helpers.datasets.folder import DATA, LARGEST, DataFileError, read_bundled
from helpers.system.files import as_path, in_words, read_bytes

# The licence of these images is unknown, so they are not part of this project.
CATS_URL = (
    "https://raw.githubusercontent.com/ramakris/coursera-deeplearning/"
    "c79617ebb9ff38e765e821f80352adee93f19357/Improving-DeepNN/datasets/"
)
CATS_FILES = {
    "train_catvnoncat.h5": "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
    "test_catvnoncat.h5": "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
}
CATS_CURE = "fetch it with `python -m helpers.datasets fetch cats`"
FOLDER_VARIABLE = "LESSONS_DATA"  # names a folder to search first, along with its subfolder cats


class Pictures(NamedTuple):
    """Labelled colour images, split into a training set and a test set."""

    X_train: np.ndarray  # uint8 array of shape (m, 64, 64, 3)
    y_train: np.ndarray  # int array of shape (m,) with the labels 0 and 1
    X_test: np.ndarray
    y_test: np.ndarray
    classes: tuple  # the names of the labels 0 and 1


def load_chelsea():
    """Load the bundled images, which are patches cut from photographs.

    Patches of a photograph of Chelsea the cat have the label 1, and patches of other photographs have the label 0.

    Returns
    -------
    Pictures
        209 training images, 72 of them cats, and 50 test images, 33 of them cats.

    Raises
    ------
    DataFileError, OSError
        If the file is missing, does not match its checksum, or cannot be read.
    """
    content = read_bundled("chelsea.h5")
    return Pictures(*_unpack(content, "train")[:2], *_unpack(content, "test"))


def load_cats():
    """Load the cat images used in many courses, if they are on this machine.

    The function searches the folder named by the environment variable LESSONS_DATA, then its subfolder
    `cats`, and then `data/cats`. If the variable is set to the null device, as it is in the tests, no folder
    is searched.

    Returns
    -------
    Pictures
        209 training images, 72 of them cats, and 50 test images, 33 of them cats.

    Raises
    ------
    FileNotFoundError
        If the images are not on this machine. The message explains how to get them.
    DataFileError, OSError
        If a file does not match its checksum, or cannot be read.
    """
    train, test = (_read_cats(_find_cats(name)) for name in CATS_FILES)
    return Pictures(*_unpack(train, "train")[:2], *_unpack(test, "test"))


def fetch_cats(folder=None):
    """Download the cat images, unless intact copies are already in the folder.

    Parameters
    ----------
    folder : path-like, optional
        Folder in which the files are saved. By default, this is `data/cats` in this project.

    Returns
    -------
    folder : Path
        The folder that contains the files.

    Raises
    ------
    OSError
        If there is no connection, if the download fails, or if the folder cannot be written to. No incomplete file is
        left behind.
    """
    import pooch  # imported here because no other function needs it

    folder = DATA / "cats" if folder is None else as_path(folder, "folder")
    for name, sha256 in CATS_FILES.items():
        try:
            pooch.retrieve(CATS_URL + name, known_hash=sha256, fname=name, path=folder, progressbar=False)
        except Exception as error:
            cause = error.__cause__ or error  # pooch rewords some of the operating system's errors
            if isinstance(cause, OSError) and cause.errno:  # connection errors have no errno
                raise in_words(cause, folder / name, "write") from error
            raise OSError(
                f"{name} could not be downloaded ({type(error).__name__}). If you have no connection, copy both files "
                f"from another machine into the folder {folder}, or set the environment variable "
                f"{FOLDER_VARIABLE} to the folder that contains them"
            ) from error
    return folder


def _unpack(content, part):
    """Extract (X, y, classes) from the bytes of a verified HDF5 file, where `part` is "train" or "test"."""
    with h5py.File(io.BytesIO(content), "r") as file:
        X, y, classes = (file[name][()] for name in (f"{part}_set_x", f"{part}_set_y", "list_classes"))
    return X, y.astype(int), tuple(name.decode() for name in classes)


def _read_cats(path):
    """Read a file of cat images and verify its checksum, because the HDF5 library can crash on damaged files."""
    content = read_bytes(path, LARGEST)
    if hashlib.sha256(content).hexdigest() == CATS_FILES[path.name]:
        return content
    start = content[:200].lower()
    if b"<html" in start or b"<!doctype" in start:
        fault = "is a web page, not an HDF5 file (perhaps a page about the file was saved instead of the file itself)"
    else:
        fault = "is damaged or is a different file (its checksum does not match)"
    raise DataFileError(f"{path.name} {fault}: remove it, then {CATS_CURE}")


def _find_cats(name):
    first = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(first), Path(first) / "cats", DATA / "cats"] if first else [DATA / "cats"]
    for folder in folders if first != os.devnull else []:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"{name} is not on this machine: {CATS_CURE}, or set {FOLDER_VARIABLE} to the folder that contains it"
    )
