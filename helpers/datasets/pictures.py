"""Colour pictures from HDF5: the bundled ones of Chelsea, and the cat pictures of many courses.

Nothing is downloaded unless asked: ``python -m helpers.datasets fetch cats`` fetches the cat pictures.
"""

import os
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from helpers.datasets.folder import DATA, DataFileError, cure

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
    DataFileError
        If the file is missing or is not what it should be.
    """
    path, what_to_do = DATA / "chelsea.h5", cure("data/chelsea.h5")
    return Pictures(*read_pictures(path, "train", what_to_do)[:2], *read_pictures(path, "test", what_to_do))


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


def read_pictures(path, part, what_to_do=CATS_CURE):
    """One set of pictures from an HDF5 file, with its schema, shapes, types and ranges checked.

    Parameters
    ----------
    path : path-like
    part : {"train", "test"}
        The file holds `{part}_set_x`, `{part}_set_y` and `list_classes`.
    what_to_do : str, what the error tells to do

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
        return DataFileError(f"{path.name} {fault}: {what_to_do}")

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
