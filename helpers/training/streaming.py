"""Examples that stay in an HDF5 file and are read a block at a time, where they are too large for memory."""

import copy
from pathlib import Path

import h5py
import numpy as np

from helpers.system.validation import as_matrix, floating_type, positive_number


class HDF5Rows:
    """A table in an HDF5 file whose rows are read when they are asked for; takes the place of X in a network.

    ``HDF5Rows("digits.h5", "X", scale=1 / 255)[100:200]`` is an ndarray of shape (100, n_features).

    Parameters
    ----------
    path : str or path-like
        The file. It is opened anew for each read, so that nothing has to be closed.
    name : str
        Name of the data set, of shape (m, n_features).
    scale : float
        Every number is multiplied by it, such as 1/255 for grey values kept as bytes.
    dtype : numpy.float32 or numpy.float64
        Type of what is handed out.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, it is not HDF5, or holds no such table of numbers.
    """

    def __init__(self, path, name="X", scale=1.0, dtype=np.float32):
        self.path, self.name, self.dtype = Path(path), name, floating_type(dtype)
        self.scale, self._chosen, self._first = positive_number(scale, "scale"), None, 0
        self.shape = self._read(lambda table: table.shape)
        if len(self.shape) != 2 or 0 in self.shape:
            raise ValueError(f"{name} in {self.path.name} has shape {self.shape}, but it must be (examples, features)")

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """The rows of a slice, as an ndarray of shape (k, n_features)."""
        start, stop, step = rows.indices(len(self))
        here = slice(self._first + start, self._first + stop, step)
        block = as_matrix(self._read(lambda table: table[here]), f"{self.name} in {self.path.name}", self.dtype)
        if self.scale != 1:
            block = block * self.dtype(self.scale)
        return block if self._chosen is None else block[:, self._chosen]

    def with_dtype(self, dtype):
        """The same rows as numbers of another floating-point type."""
        rows = copy.copy(self)
        rows.dtype = floating_type(dtype)
        return rows

    def columns(self, chosen):
        """The same rows with these features alone; `chosen` are their indices."""
        rows = copy.copy(self)
        rows._chosen, rows.shape = chosen, (len(self), len(chosen))
        return rows

    def part(self, start, stop):
        """The rows from `start` to before `stop` as a table of their own, wherever the current folder is."""
        rows = copy.copy(self)
        rows.path, rows._first = self.path.resolve(), self._first + start
        rows.shape = (stop - start, self.shape[1])
        return rows

    def blocks(self, size=4096):
        """All rows in order, as ndarrays of `size` rows, the last perhaps smaller."""
        return (self[start : start + size] for start in range(0, len(self), size))

    def _read(self, get):
        if not self.path.is_file():
            raise FileNotFoundError(f"{self.path.name} is not there: check its name and folder")
        try:
            with h5py.File(self.path, "r") as file:
                if not isinstance(file.get(self.name), h5py.Dataset):
                    raise ValueError(f"{self.path.name} holds no data set {self.name!r}: it holds {', '.join(file)}")
                return get(file[self.name])
        except OSError as error:
            raise ValueError(f"{self.path.name} is not HDF5, or is damaged: make it again") from error
