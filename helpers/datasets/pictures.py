"""Colour pictures from HDF5: the bundled ones of Chelsea, and the cat pictures of many courses.

Nothing is downloaded unless asked: ``python -m helpers.datasets fetch cats`` fetches the cat pictures.
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
    DataFileError, OSError
        If the file is missing, is not what it should be, or cannot be read.
    """
    content = read_bundled("chelsea.h5")
    return Pictures(*_unpack(content, "train")[:2], *_unpack(content, "test"))


def load_cats():
    """The cat pictures of many courses, if they are on this machine.

    They are looked for in the folder that the environment variable LESSONS_DATA names, in its
    subfolder `cats`, and in `data/cats`. If the variable is the null device, as in the tests, they
    are not looked for.

    Returns
    -------
    Pictures
        209 to train with, 72 of them cats; 50 to test with, 33 of them cats.

    Raises
    ------
    FileNotFoundError
        If they are not here; the sentence says how to get them.
    DataFileError, OSError
        If a file is not what it should be, or cannot be read.
    """
    train, test = (_read_cats(_find_cats(name)) for name in CATS_FILES)
    return Pictures(*_unpack(train, "train")[:2], *_unpack(test, "test"))


def fetch_cats(folder=None):
    """Download the cat pictures to `data/cats`; sound files that are there already are kept.

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
        If there is no connection, or the download broke off; nothing half-done is left.
    """
    import pooch  # here, because nothing else needs it

    folder = DATA / "cats" if folder is None else as_path(folder, "folder")
    for name, sha256 in CATS_FILES.items():
        try:
            pooch.retrieve(CATS_URL + name, known_hash=sha256, fname=name, path=folder, progressbar=False)
        except Exception as error:
            raise OSError(
                f"{name} could not be fetched ({type(error).__name__}). Without a connection, copy both files from "
                f"another machine into {folder.name}/, or name their folder in the variable {FOLDER_VARIABLE}"
            ) from error
    return folder


def _unpack(content, part):
    """One set of pictures from the bytes of a file whose checksum was compared: (X, y, classes)."""
    with h5py.File(io.BytesIO(content), "r") as file:
        X, y, classes = (file[name][()] for name in (f"{part}_set_x", f"{part}_set_y", "list_classes"))
    return X, y.astype(int), tuple(name.decode() for name in classes)


def _read_cats(path):
    """The bytes of a file of cat pictures, compared with its checksum before the HDF5 library sees them."""
    content = read_bytes(path, LARGEST)
    if hashlib.sha256(content).hexdigest() == CATS_FILES[path.name]:
        return content
    start = content[:200].lower()
    if b"<html" in start or b"<!doctype" in start:
        fault = "is a web page, not HDF5: it was saved from a link to a page about the file"
    else:
        fault = "is damaged or is another file, it does not match its checksum"
    raise DataFileError(f"{path.name} {fault}: remove it, then {CATS_CURE}")


def _find_cats(name):
    first = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(first), Path(first) / "cats", DATA / "cats"] if first else [DATA / "cats"]
    for folder in folders if first != os.devnull else []:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is not on this machine: {CATS_CURE}, or name its folder in {FOLDER_VARIABLE}")
