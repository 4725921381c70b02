"""The class `HDF5Rows`, which reads an HDF5 file in blocks when its examples do not fit into memory."""

import numbers

import h5py
import numpy as np

from helpers.system.arguments import as_places, as_range
from helpers.system.files import as_path, in_words, require_file
from helpers.system.validation import (
    as_finite,
    as_matrix,
    brief,
    floating_type,
    is_number,
    positive_number,
    positive_whole,
)


class HDF5Rows:
    """Table in an HDF5 file whose rows are read only when they are needed.

    It can be passed to `NeuralNetwork` instead of an array X. For example,
    ``HDF5Rows("digits.h5", "X", scale=1 / 255)[100:200]`` is an ndarray of shape (100, n_features).

    Parameters
    ----------
    path : str or path-like
        Name of the file. It is opened for each read and closed again, so you do not need to close it.
    name : str
        Name of the data set in the file. Its shape must be (m, n_features).
    scale : float
        Factor by which every number is multiplied, such as 1/255 for pixel values stored as bytes.
    dtype : numpy.float32 or numpy.float64
        Data type of the arrays that are returned.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    OSError
        If the file does not exist, is in use or cannot be read.
    ValueError
        If the file is not an HDF5 file or does not contain such a table of numbers. Reading rows later raises
        the same error if the file has been replaced or changed in the meantime.
    """

    def __init__(self, path, name="X", scale=1.0, dtype=np.float32):
        self.path, self.scale = as_path(path).resolve(), positive_number(scale, "scale")
        self.dtype = self._checked_type(dtype)
        if not isinstance(name, str) or not name or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in name):
            raise TypeError(f"name must be the name of a data set, such as 'X', not {brief(name)}")
        self.name, self._chosen, self._first, self._whole, self._stamp = name, None, 0, None, None
        self.shape = self._whole = self._read(lambda table: table.shape)
        if len(self.shape) != 2 or 0 in self.shape:
            raise ValueError(f"{name} in {self.path.name} has shape {self.shape}, but it must be (examples, features)")

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """Read the rows of a slice into an ndarray of shape (k, n_features), or one row of shape (n_features,)."""
        wanted = as_range(rows, len(self))
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        if not wanted:
            return np.empty((0, self.shape[1]), self.dtype)
        upwards = wanted if wanted.step > 0 else wanted[::-1]  # HDF5 cannot read rows in descending order
        step = min(upwards.step, len(self))
        here = slice(self._first + upwards.start, self._first + upwards.stop, step)
        by = f":{step}" if step > 1 else ""
        name = f"{self.name}[{here.start}:{here.stop}{by}] in {self.path.name}"
        block = as_matrix(self._read(lambda table: table[here]), name, self.dtype)
        if self.scale != 1:
            with np.errstate(over="ignore"):
                block = block * self.dtype(self.scale)
            as_finite(block, f"{name} times scale", self.dtype)
        block = block if self._chosen is None else np.take(block, self._chosen, axis=1)
        return block if wanted.step > 0 else block[::-1]

    def __iter__(self):
        for block in self.blocks():
            yield from block

    def with_dtype(self, dtype):
        """Return a table with the same rows, which are converted to the type `dtype` when they are read."""
        rows = self._copy()
        rows.dtype = self._checked_type(dtype)
        return rows

    def columns(self, chosen):
        """Return a table with the same rows, but only the features whose indices are in the int array `chosen`."""
        rows, before = self._copy(), np.arange(self._whole[1]) if self._chosen is None else self._chosen
        rows._chosen = before[as_places(chosen, self.shape[1], "chosen", "features")]
        rows.shape = (len(self), len(rows._chosen))
        return rows

    def part(self, start, stop):
        """Return a new table that contains rows `start` to `stop` − 1.

        Raises
        ------
        ValueError
            If the table does not have these rows.
        """
        if not all(is_number(i, numbers.Integral) for i in (start, stop)) or not 0 <= start < stop <= len(self):
            words = f"there are no rows {brief(start)} to {brief(stop)}: the table has {len(self)} rows"
            raise ValueError(words)
        rows = self._copy()
        rows._first = self._first + start
        rows.shape = (stop - start, self.shape[1])
        return rows

    def blocks(self, size=4096):
        """Return an iterator over all rows in order, as ndarrays of `size` rows. The last array may be smaller."""
        return (self[start : start + size] for start in range(0, len(self), positive_whole(size, "size")))

    def _copy(self):
        rows = object.__new__(type(self))
        vars(rows).update(vars(self))
        return rows

    def __getstate__(self):
        return vars(self) | {"_stamp": None}  # the same file may have a different timestamp on another machine

    def _checked_type(self, dtype):
        """Return the NumPy type that `dtype` denotes, or raise a ValueError if it cannot represent the scale."""
        dtype = floating_type(dtype)
        with np.errstate(all="ignore"):
            scale = dtype(self.scale)
        if not 0 < scale < np.inf:
            raise ValueError(
                f"scale is {self.scale:g}, which {dtype.__name__} cannot represent: it would become {scale}"
            )
        return dtype

    def _read(self, get):
        """Open the file and return `get(table)`, or raise an error that explains why the table cannot be read."""
        require_file(self.path)
        try:
            with h5py.File(self.path, "r") as file:
                table = file.get(self.name)
                fault = self._fault(file, table)
                if not fault:
                    return get(table)
        except OSError as error:
            if error.errno is not None:
                raise in_words(error, self.path) from error
            raise ValueError(f"{self.path.name} is not an HDF5 file, or is damaged: create it again") from error
        except MemoryError:
            raise
        except Exception as error:  # the HDF5 library raises many different exceptions for damaged files
            raise ValueError(f"{self.path.name} is damaged ({error}): create it again") from error
        raise ValueError(f"{self.path.name} {fault}")

    def _fault(self, file, table):
        """Describe what is wrong with an open file, or return an empty string if nothing is wrong."""
        if not isinstance(table, h5py.Dataset):
            return f"contains no data set {self.name!r}: it contains {', '.join(file) or 'nothing'}"
        if table.shape is None:
            return f"contains an empty data set {self.name!r}: choose another one"
        if table.dtype.kind not in "buif":
            words = f"contains a data set {self.name!r} of {table.dtype} values, not of real numbers"
            return f"{words}: choose another one"
        status = self.path.stat()
        stamp = (status.st_size, status.st_mtime_ns)
        self._stamp = self._stamp or stamp
        if stamp != self._stamp or (self._whole and table.shape != self._whole):
            return "has changed since this table was opened: open it again with HDF5Rows"
        return ""
