"""A network in an HDF5 file: written wholly or not at all, refused on reading if it is not sound.

Layout: attributes `format`, `version`, `options` (JSON), `layer_sizes`, `sha256`; data sets `W/1` …
`W/L`, `b/1` … `b/L` and `cost_history`. Nothing in the file is executed.
"""

import hashlib
import json
import os
import tempfile
from pathlib import Path

import h5py
import numpy as np

FORMAT = "neural network of the backpropagation lessons"
VERSION = 1
BIT_GENERATORS = {"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"}


def write(path, options, layer_sizes, W, b, cost_history):
    """Write through a temporary file and a rename, so that `path` is the old file or the new one.

    Parameters
    ----------
    path : str or path-like
    options : dict, keyword arguments of `NeuralNetwork`
    layer_sizes : tuple of int, n[0] … n[L]
    W, b : dicts of ndarrays; cost_history : ndarray

    Raises
    ------
    OSError
        If the folder is missing or not writable, or the disk is full.
    """
    path = Path(path)
    arrays = {"cost_history": cost_history}
    arrays |= {f"{name}/{l}": values[l] for name, values in (("W", W), ("b", b)) for l in values}

    def fill(temporary):
        with h5py.File(temporary, "w") as file:
            for name, array in arrays.items():
                file[name] = array
            file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
            file.attrs["options"] = json.dumps(options, default=_to_json)
            file.attrs["layer_sizes"] = layer_sizes
            file.attrs["sha256"] = _digest(arrays)

    replace_atomically(path, fill)


def read(path):
    """What `write` wrote: (options, layer_sizes, W, b, cost_history).

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is not a sound file of `write`.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is not there: save a network to it first, or mend the path")
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise ValueError(f"{path.name} is an HDF5 file, but not one that NeuralNetwork.save wrote")
            if file.attrs["version"] != VERSION:
                raise ValueError(f"{path.name} was saved by a newer version of these lessons: update them to read it")
            sizes = tuple(int(n) for n in file.attrs["layer_sizes"])
            layers = range(1, len(sizes))
            names = ["cost_history", *(f"{name}/{l}" for name in "Wb" for l in layers)]
            arrays = {name: file[name][()] for name in names}
            if file.attrs["sha256"] != _digest(arrays):
                raise ValueError(f"{path.name} is damaged, its numbers do not match their checksum: save it again")
            if any(arrays[f"W/{l}"].shape != (sizes[l], sizes[l - 1]) for l in layers):
                raise ValueError(f"{path.name} is damaged, its weights do not fit its layer sizes: save it again")
            options = json.loads(file.attrs["options"], object_hook=_from_json)
    except (OSError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name} is not a saved network, or is damaged or cut short: save it again") from error
    W, b = ({l: arrays[f"{name}/{l}"] for l in layers} for name in "Wb")
    return options, sizes, W, b, arrays["cost_history"]


def replace_atomically(path, fill):
    """Let `fill(temporary_path)` write a file, then put it in the place of `path` in one step.

    Raises
    ------
    OSError
        If it cannot be written; the temporary file is removed and `path` is as before.
    """
    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise OSError(
            f"cannot write {path.name}: the folder {path.parent.name!r} is missing or not writable"
        ) from error
    try:
        fill(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(f"cannot write {path.name} (is the disk full?); what was there before is untouched") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _digest(arrays):
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _to_json(value):
    """Options that JSON does not know: a type, a NumPy number or array, a random generator."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.random.RandomState):
        return {"RandomState": value.get_state(legacy=False)}
    if isinstance(value, np.random.Generator):
        return {"Generator": value.bit_generator.state}
    return {"dtype": np.dtype(value).name}


def _from_json(pairs):
    if "dtype" in pairs and len(pairs) == 1:
        return {"float32": np.float32, "float64": np.float64}[pairs["dtype"]]
    if "RandomState" in pairs:
        generator = np.random.RandomState()
        generator.set_state(pairs["RandomState"])
        return generator
    if "Generator" in pairs:
        state = pairs["Generator"]
        if state["bit_generator"] not in BIT_GENERATORS:
            raise KeyError(state["bit_generator"])
        generator = np.random.Generator(getattr(np.random, state["bit_generator"])())
        generator.bit_generator.state = state
        return generator
    return pairs
