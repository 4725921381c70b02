"""Colour images from HDF5: the bundled ones of Chelsea, and the cat images used in many courses.

Nothing is downloaded unless requested: ``python -m helpers.datasets fetch cats`` fetches the cat images.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from helpers.datasets.folder import DATA, LARGEST, DataFileError, read_bundled
from helpers.system.files import as_path, read_bytes

# The cat images used in many courses. Their licence is unknown, so they are not part of this project.
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

    X_train: np.ndarray  # uint8, (m, 64, 64, 3)
    y_train: np.ndarray  # int, (m,), 0 or 1
    X_test: np.ndarray
    y_test: np.ndarray
    classes: tuple  # the names of labels 0 and 1


def load_chelsea():
    """The bundled images: patches of a photograph of Chelsea the cat (1) and of other photographs (0).

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
    """The cat images used in many courses, if they are on this machine.

    The function searches the folder named by the environment variable LESSONS_DATA, its subfolder
    `cats`, and `data/cats`. If the variable is set to the null device, as in the tests, it does not
    search at all.

    Returns
    -------
    Pictures
        209 training images, 72 of them cats, and 50 test images, 33 of them cats.

    Raises
    ------
    FileNotFoundError
        If they are not on this machine; the message says how to get them.
    DataFileError, OSError
        If a file does not match its checksum, or cannot be read.
    """
    train, test = (_read_cats(_find_cats(name)) for name in CATS_FILES)
    return Pictures(*_unpack(train, "train")[:2], *_unpack(test, "test"))


def fetch_cats(folder=None):
    """Download the cat images to `data/cats`; intact files that are already there are kept.

    Parameters
    ----------
    folder : path-like, optional
        Where to put them. Default: `data/cats` of this project.

    Returns
    -------
    Path, that folder

    Raises
    ------
    OSError
        If there is no connection, or the download fails; no partial file is left behind.
    """
    import pooch  # imported here, because nothing else needs it

    folder = DATA / "cats" if folder is None else as_path(folder, "folder")
    for name, sha256 in CATS_FILES.items():
        try:
            pooch.retrieve(CATS_URL + name, known_hash=sha256, fname=name, path=folder, progressbar=False)
        except Exception as error:
            raise OSError(
                f"{name} could not be downloaded ({type(error).__name__}). Without a connection, copy both files from "
                f"another machine into {folder.name}/, or set the variable {FOLDER_VARIABLE} "
                f"to their folder"
            ) from error
    return folder


def _unpack(content, part):
    """One set of images, (X, y, classes), from the bytes of a file whose checksum has been verified."""
    with h5py.File(io.BytesIO(content), "r") as file:
        X, y, classes = (file[name][()] for name in (f"{part}_set_x", f"{part}_set_y", "list_classes"))
    return X, y.astype(int), tuple(name.decode() for name in classes)


def _read_cats(path):
    """The bytes of a file of cat images, verified against its checksum before the HDF5 library sees them."""
    content = read_bytes(path, LARGEST)
    if hashlib.sha256(content).hexdigest() == CATS_FILES[path.name]:
        return content
    start = content[:200].lower()
    if b"<html" in start or b"<!doctype" in start:
        fault = "is a web page, not HDF5 (perhaps saved from a link to a page about the file)"
    else:
        fault = "is damaged or is a different file (its checksum does not match)"
    raise DataFileError(f"{path.name} {fault}: remove it, then {CATS_CURE}")


def _find_cats(name):
    first = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(first), Path(first) / "cats", DATA / "cats"] if first else [DATA / "cats"]
    for folder in folders if first != os.devnull else []:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is not on this machine: {CATS_CURE}, or set {FOLDER_VARIABLE} to its folder")
