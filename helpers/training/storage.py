"""Functions that write a network to an HDF5 file, and that read and verify such files.

The file begins with a user block of 512 bytes, which HDF5 reserves for applications. It contains one line
with the name of the format, its version and the SHA-256 checksum of everything that follows. The checksum
is verified before the HDF5 library opens the file, because the library can crash on damaged data. The rest
is ordinary HDF5. It has the attributes `options` (JSON) and `layer_sizes`, the data sets `W/1` … `W/L`,
`b/1` … `b/L`, `cost_history` and `held_out_cost_history`, and a group `state` with everything needed to
resume training. Reading a file never executes any code stored in it, and never opens other files.
"""

import hashlib
import io
import json
import re
import sys
from pathlib import Path

import h5py
import numpy as np

from helpers.system.files import read_bytes, replace_atomically
from helpers.training.engine import State, pack
from helpers.training.inputs import as_options, check_parameters

FORMAT, VERSION = "network of the backpropagation lessons", 1
BLOCK = 512
BIT_GENERATORS = {"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"}
HISTORIES = ("cost_history", "held_out_cost_history")


def write(path, options, layer_sizes, W, b, histories, state=None):
    """Write a network to the file `path`, completely or not at all.

    Parameters
    ----------
    path : str or path-like
    options : dict
        Keyword arguments of `NeuralNetwork`.
    layer_sizes : tuple of int
        Sizes of all layers, n[0], …, n[L].
    W, b : dicts of ndarrays
        Weights and biases.
    histories : dict of ndarrays
        Cost histories. The keys are those in `HISTORIES`.
    state : engine.State, optional
        State from which training can be resumed.

    Raises
    ------
    TypeError, ValueError
        If `read` would reject the file.
    FileExistsError
        If the file exists and contains anything other than a network.
    OSError
        See `replace_atomically`.
    """
    try:
        check(options, layer_sizes, W, b, histories, state)
        content = _hdf5(options, layer_sizes, W, b, histories, state)
    except ValueError as error:
        raise ValueError(f"this network cannot be saved, because {error}") from error

    def fill(file):
        _refuse_other_files(Path(path))
        file.write(_first_line(content) + content)

    replace_atomically(path, fill)


def read(path):
    """Read a file written by `write`.

    Returns
    -------
    tuple (options, layer_sizes, W, b, histories, state)
        The arguments that were passed to `write`. The state is None if the file does not contain one.

    Raises
    ------
    OSError
        See `files.open_file`.
    ValueError
        If the file was not written by `write`, or is damaged.
    """
    first, name = read_bytes(path, BLOCK), Path(path).name
    line = re.match(rf"{FORMAT}, version (\d{{1,9}}), sha256 ".encode(), first)
    if not line:
        raise ValueError(f"{name} was not written by NeuralNetwork.save: choose another file")
    if int(line[1]) != VERSION:
        raise ValueError(f"{name} was saved by another version of these lessons: update the lessons to read it")
    content = read_bytes(path, sys.maxsize)
    first, content = content[:BLOCK], content[BLOCK:]
    if first != _first_line(content):
        raise ValueError(f"{name} is damaged or cut short (its checksum does not match): save it again")
    try:
        return _parse(content)
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(f"{name} does not contain a valid network ({error}): save it again") from error


def check(options, n, W, b, histories, state):
    """Check that the arguments are valid and describe the same network.

    The arguments are the same as for `write`, except that `layer_sizes` is called `n` here.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid or inconsistent with the others.
    """
    layer_sizes = as_options(options)["layer_sizes"]
    if tuple(n[1:]) != layer_sizes:
        raise ValueError(f"layer_sizes is {list(layer_sizes)}, but the parameters fit layers of sizes {list(n[1:])}")
    check_parameters(n, W, b)
    if not all(np.isfinite(array).all() for array in (*W.values(), *b.values())):
        raise ValueError("W_ or b_ contains NaN or infinity")
    for name in HISTORIES:
        history = histories[name]
        if not isinstance(history, np.ndarray) or history.dtype != np.float64 or history.ndim != 1:
            raise ValueError(f"{name}_ is not a one-dimensional float64 array")
    if state:
        _check_state(state, pack(W, b))


def _refuse_other_files(path):
    """Raise a FileExistsError if a file exists and is neither empty nor a (possibly damaged) saved network."""
    start = read_bytes(path, BLOCK) if path.exists() else b""
    if start and not start.startswith(FORMAT.encode()):
        raise FileExistsError(f"{path.name} exists and is not a saved network: choose another name, or delete it first")


def _hdf5(options, layer_sizes, W, b, histories, state=None):
    """Return the bytes of an HDF5 file that contains the given arguments of `write`."""
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
    """Return the user block of a file whose remaining bytes are `content`."""
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
    """Return the member `name` of an HDF5 group, or raise a ValueError if it is missing or is a link."""
    for part in name.split("/"):
        if part not in group or _is_soft(group, part):
            raise ValueError(f"{name} is missing or is a link")
        group = group[part]
    if not isinstance(group, kind):
        raise ValueError(f"{name} is not a {kind.__name__.lower()}")
    return group


def _is_soft(group, part):
    """Return whether `part` is a soft or external link, which is never the case if the browser's HDF5 lacks links."""
    return hasattr(h5py, "HardLink") and not isinstance(group.get(part, getlink=True), h5py.HardLink)


def _array(group, name, at_most):
    """Read the array in a data set, or raise a ValueError if it is not stored as `write` would store it.

    The data must be in this file and take up no more than `at_most` bytes.
    """
    dataset = _member(group, name, h5py.Dataset)
    # In some browsers, h5py lacks these attributes.
    elsewhere = getattr(dataset, "external", None) or getattr(dataset, "is_virtual", False)
    if elsewhere or dataset.chunks or dataset.size * dataset.dtype.itemsize > at_most:
        raise ValueError(f"{name} is not stored as NeuralNetwork.save would store it")
    if dataset.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name} contains {dataset.dtype} values, but it must contain float32 or float64")
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
    """Raise a ValueError if the arrays in a state do not match `theta`, the vector of all parameters."""
    if not isinstance(state.generator, (np.random.Generator, np.random.RandomState)):
        raise ValueError("the training state does not contain a random generator")
    for array in (state.theta, *state.memory, *([] if state.best is None else [state.best])):
        if array.shape != theta.shape or array.dtype != state.theta.dtype:
            raise ValueError("the training state differs from the parameters in size or type")
    finite = all(np.isfinite(array).all() for array in (state.theta, state.best) if array is not None)
    if state.memory.ndim != 2 or not finite:
        raise ValueError("the training state contains NaN or infinity")


def _to_json(value):
    """Convert a data type, a NumPy number or array, or a random generator to a value that JSON supports."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.random.RandomState):
        return {"RandomState": _known_state(value.get_state(legacy=False))}
    if isinstance(value, np.random.Generator):
        return {"Generator": _known_state(value.bit_generator.state)}
    return {"dtype": np.dtype(value).name}


def _known_state(state):
    """Return the state of a random generator, or raise a ValueError if `_from_json` could not restore it."""
    if state["bit_generator"] not in BIT_GENERATORS:
        known = ", ".join(sorted(BIT_GENERATORS))
        raise ValueError(f"random_state uses the bit generator {state['bit_generator']}: use one of {known}")
    return state


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


# Largest valid positions in a generator's table. NumPy does not check them, and would crash on larger ones.
_LAST_POSITIONS = {"pos": 624, "buffer_pos": 4, "has_uint32": 1, "has_gauss": 1, "uinteger": 2**32 - 1}
_LENGTHS = {"MT19937": {"key": 624}, "Philox": {"counter": 4, "key": 2}, "SFC64": {"state": 4}}


def _check_positions(state):
    """Raise a ValueError if the state of a random generator contains a position outside its table."""
    for values in (state, state["state"]):
        for name, last in _LAST_POSITIONS.items():
            if name in values and not (isinstance(values[name], int) and 0 <= values[name] <= last):
                raise ValueError(
                    f"the random generator's {name} is {values[name]!r:.30}, but it must be between 0 and {last}"
                )
    for name, length in _LENGTHS.get(state["bit_generator"], {}).items():
        if np.shape(state["state"][name]) != (length,):
            raise ValueError(f"the random generator's {name} does not have {length} numbers")
    if state["bit_generator"] == "Philox" and np.shape(state["buffer"]) != (4,):
        raise ValueError("the random generator's buffer does not have 4 numbers")
