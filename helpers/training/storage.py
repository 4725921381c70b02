"""A network in an HDF5 file: written completely or not at all, and rejected on reading if it is invalid.

The file begins with a user block of 512 bytes, which HDF5 reserves for applications: one line with
the name of the format, its version and the SHA-256 of everything that follows. It is checked before the
HDF5 library sees a byte, because that library can crash on a damaged file. After it comes
ordinary HDF5: attributes `options` (JSON) and `layer_sizes`, data sets `W/1` … `W/L`, `b/1` … `b/L`,
`cost_history` and `held_out_cost_history`, and, in the group `state`, everything needed to resume training.
Nothing in the file is executed, and nothing outside it is read.
"""

import hashlib
import io
import json
import re
from pathlib import Path

import h5py
import numpy as np

from helpers.system.files import read_bytes, replace_atomically
from helpers.training.engine import State, pack
from helpers.training.inputs import check_parameters, check_values

FORMAT, VERSION = "network of the backpropagation lessons", 1
BLOCK = 512
BIT_GENERATORS = {"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"}
HISTORIES = ("cost_history", "held_out_cost_history")


def write(path, options, layer_sizes, W, b, histories, state=None):
    """Write a network to the file `path`.

    Parameters
    ----------
    path : str or path-like
    options : dict, keyword arguments of `NeuralNetwork`
    layer_sizes : tuple of int, n[0] … n[L]
    W, b : dicts of ndarrays
    histories : dict of ndarrays with the names in `HISTORIES`
    state : engine.State, optional

    Raises
    ------
    ValueError
        If `read` would reject the file.
    OSError
        See `replace_atomically`.
    """
    try:
        check(options, layer_sizes, W, b, histories, state)
    except ValueError as error:
        raise ValueError(f"this network cannot be saved, because {error}") from error
    content = _hdf5(options, layer_sizes, W, b, histories, state)
    replace_atomically(path, lambda file: file.write(_first_line(content) + content))


def read(path):
    """Read a file from `write`: (options, layer_sizes, W, b, histories, state); the state is None if there is none.

    Raises
    ------
    OSError
        See `files.open_file`.
    ValueError
        If it is not a valid file written by `write`.
    """
    content, name = read_bytes(path), Path(path).name
    line = re.match(rf"{FORMAT}, version (\d+), sha256 ".encode(), content)
    if not line:
        raise ValueError(f"{name} is not a file written by NeuralNetwork.save: choose one that is")
    if int(line[1]) != VERSION:
        raise ValueError(f"{name} was saved by another version of these lessons: update them to read it")
    first, content = content[:BLOCK], content[BLOCK:]
    if first != _first_line(content):
        raise ValueError(f"{name} is damaged or cut short (its checksum does not match): save it again")
    try:
        return _parse(content)
    except Exception as error:
        raise ValueError(f"{name} does not hold a consistent network ({error}): save it again") from error


def check(options, n, W, b, histories, state):
    """Raise a TypeError or ValueError unless these belong to one network.

    Parameters
    ----------
    options, n, W, b, histories, state : as in `write`, with `n` for layer_sizes
    """
    layer_sizes = check_values(options)["layer_sizes"]
    if tuple(n[1:]) != layer_sizes:
        raise ValueError(f"layer_sizes is {list(layer_sizes)}, but the parameters are those of layers {list(n[1:])}")
    check_parameters(n, W, b)
    if not all(np.isfinite(array).all() for array in (*W.values(), *b.values())):
        raise ValueError("W_ or b_ holds a number that is NaN or infinite")
    for name in HISTORIES:
        history = histories[name]
        if not isinstance(history, np.ndarray) or history.dtype != np.float64 or history.ndim != 1:
            raise ValueError(f"{name}_ is not a one-dimensional float64 array")
    if state:
        _check_state(state, pack(W, b))


def _hdf5(options, layer_sizes, W, b, histories, state=None):
    """The bytes of an HDF5 file that holds the arguments of `write`."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["options"] = json.dumps(options, default=_to_json)
        file.attrs["layer_sizes"] = layer_sizes
        for name, history in histories.items():
            file[name] = history
        for l in W:
            file[f"W/{l}"], file[f"b/{l}"] = W[l], b[l]
        if state:
            _write_state(file.create_group("state"), state)
    return memory.getvalue()


def _first_line(content):
    """The user block for a file with this `content`."""
    line = f"{FORMAT}, version {VERSION}, sha256 {hashlib.sha256(content).hexdigest()}\n"
    return line.encode().ljust(BLOCK, b"\0")


def _parse(content):
    with h5py.File(io.BytesIO(content), "r") as file:
        options = json.loads(_text(file, "options"), object_hook=_from_json)
        n = tuple(int(size) for size in file.attrs["layer_sizes"])
        W, b = ({l: _array(file, f"{name}/{l}", len(content)) for l in range(1, len(n))} for name in "Wb")
        histories = {name: _array(file, name, len(content)) if name in file else np.empty(0) for name in HISTORIES}
        state = _read_state(_member(file, "state", h5py.Group), len(content)) if "state" in file else None
    check(options, n, W, b, histories, state)
    return options, n, W, b, histories, state


def _member(group, name, kind):
    """The member of `group` called `name`; a link to another place or file is rejected."""
    for part in name.split("/"):
        if part not in group or _is_soft(group, part):
            raise ValueError(f"{name} is missing or is a link")
        group = group[part]
    if not isinstance(group, kind):
        raise ValueError(f"{name} is not a {kind.__name__.lower()}")
    return group


def _is_soft(group, part):
    """Whether `part` links to another place. In some browsers HDF5 does not support links, so there are none."""
    return hasattr(h5py, "HardLink") and not isinstance(group.get(part, getlink=True), h5py.HardLink)


def _array(group, name, at_most):
    """The numbers of a data set stored as `write` does: in this file itself, and no larger than the file."""
    dataset = _member(group, name, h5py.Dataset)
    elsewhere = getattr(dataset, "external", None) or getattr(dataset, "is_virtual", False)  # not in every browser
    if elsewhere or dataset.chunks or dataset.size * dataset.dtype.itemsize > at_most:
        raise ValueError(f"{name} is not stored in the file the way NeuralNetwork.save writes it")
    if dataset.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name} holds {dataset.dtype} values, but it must hold float32 or float64")
    return dataset[()]


def _text(group, name):
    text = group.attrs[name]
    if not isinstance(text, str):
        raise ValueError(f"{name} is not text")
    return text


def _write_state(group, state):
    group.attrs["mark"] = state.mark
    group.attrs["generator"] = json.dumps(state.generator, default=_to_json)
    group["costs"], group["held_out_costs"] = np.array(state.costs, float), np.array(state.held_out_costs, float)
    group["theta"], group["memory"] = state.theta, state.memory
    if state.best is not None:
        group["best"] = state.best


def _read_state(group, at_most):
    generator = json.loads(_text(group, "generator"), object_hook=_from_json)
    arrays = {name: _array(group, name, at_most) for name in ("theta", "memory", "costs", "held_out_costs")}
    costs, held_out_costs = arrays["costs"], arrays["held_out_costs"]
    best = _array(group, "best", at_most) if "best" in group else None
    if costs.ndim != 1 or held_out_costs.ndim != 1 or not np.isfinite(costs).all():
        raise ValueError("the costs in the training state are not lists of numbers")
    mark = _text(group, "mark")
    return State(arrays["theta"], arrays["memory"], generator, mark, costs.tolist(), held_out_costs.tolist(), best)


def _check_state(state, theta):
    """Raise a ValueError unless the arrays of a state fit `theta`, the vector of all parameters."""
    if not isinstance(state.generator, (np.random.Generator, np.random.RandomState)):
        raise ValueError("the state holds no random generator")
    for array in (state.theta, *state.memory, *([] if state.best is None else [state.best])):
        if array.shape != theta.shape or array.dtype != state.theta.dtype:
            raise ValueError("the training state differs from the parameters in size or type")
    finite = all(np.isfinite(array).all() for array in (state.theta, state.best) if array is not None)
    if state.memory.ndim != 2 or not finite:
        raise ValueError("the training state holds numbers that are NaN or infinite")


def _to_json(value):
    """Convert values that JSON does not support: a type, a NumPy number or array, a random generator."""
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
    kind = next(iter(pairs), None)
    if kind == "dtype":
        return {"float32": np.float32, "float64": np.float64}[pairs[kind]]
    if kind not in ("RandomState", "Generator"):
        return pairs
    state = pairs[kind]
    if state["bit_generator"] not in BIT_GENERATORS:
        raise KeyError(state["bit_generator"])
    _check_positions(state)
    bits = getattr(np.random, state["bit_generator"])()
    if kind == "Generator":
        bits.state = state
        return np.random.Generator(bits)
    generator = np.random.RandomState(bits)
    generator.set_state(state)
    return generator


# Positions in a generator's table: NumPy does not check them, and would crash if they were out of range.
_LAST_POSITIONS = {"pos": 624, "buffer_pos": 4, "has_uint32": 1, "has_gauss": 1, "uinteger": 2**32 - 1}
_LENGTHS = {"MT19937": {"key": 624}, "Philox": {"counter": 4, "key": 2}, "SFC64": {"state": 4}}


def _check_positions(state):
    """Raise a ValueError if the state of a random generator points beyond the end of its table."""
    for values in (state, state["state"]):
        for name, last in _LAST_POSITIONS.items():
            if name in values and not (isinstance(values[name], int) and 0 <= values[name] <= last):
                raise ValueError(f"the random generator's {name} is {values[name]!r:.30}, not from 0 to {last}")
    for name, length in _LENGTHS.get(state["bit_generator"], {}).items():
        if np.shape(state["state"][name]) != (length,):
            raise ValueError(f"the random generator's {name} does not have {length} numbers")
    if state["bit_generator"] == "Philox" and np.shape(state["buffer"]) != (4,):
        raise ValueError("the random generator's buffer does not have 4 numbers")
