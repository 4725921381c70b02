"""A network in an HDF5 file: written wholly or not at all, refused on reading if it is not sound.

The file begins with a user block of 512 bytes, a place that HDF5 leaves to its users: one line with
the name of the format, its version and the SHA-256 of all that follows. It is checked before the
HDF5 library sees a byte, because that library can crash on a damaged file. Behind it comes
ordinary HDF5: attributes `options` (JSON) and `layer_sizes`, data sets `W/1` … `W/L`, `b/1` … `b/L`
and `cost_history`, and in the group `state` what a training needs to go on. Nothing in the file is
executed.
"""

import hashlib
import io
import json
import re
from pathlib import Path

import h5py
import numpy as np

from helpers.system.files import replace_atomically
from helpers.training.engine import State

FORMAT, VERSION = "network of the backpropagation lessons", 1
BLOCK = 512
BIT_GENERATORS = {"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"}


def write(path, options, layer_sizes, W, b, histories, state=None):
    """Put a network into the file `path`.

    Parameters
    ----------
    path : str or path-like
    options : dict, keyword arguments of `NeuralNetwork`
    layer_sizes : tuple of int, n[0] … n[L]
    W, b : dicts of ndarrays
    histories : dict of ndarrays, "cost_history" among them
    state : training.State, optional

    Raises
    ------
    OSError
        As `replace_atomically`.
    """
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
    content = memory.getvalue()
    line = f"{FORMAT}, version {VERSION}, sha256 {hashlib.sha256(content).hexdigest()}\n"
    replace_atomically(path, lambda file: file.write(line.encode().ljust(BLOCK, b"\0") + content))


def read(path):
    """What `write` wrote: (options, layer_sizes, W, b, histories, state); the state is None if there is none.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it is not a sound file of `write`.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is not there, or is a folder: save a network to it first")
    content = path.read_bytes()
    line = re.match(rf"{FORMAT}, version (\d+), sha256 ([0-9a-f]{{64}})\n".encode(), content)
    if not line:
        raise ValueError(f"{path.name} is not a file that NeuralNetwork.save wrote")
    if int(line[1]) != VERSION:
        raise ValueError(f"{path.name} was saved by another version of these lessons: update them to read it")
    if hashlib.sha256(content[BLOCK:]).hexdigest().encode() != line[2]:
        raise ValueError(f"{path.name} is damaged or cut short, it does not match its checksum: save it again")
    try:
        return _parse(content[BLOCK:])
    except Exception as error:
        raise ValueError(f"{path.name} does not hold a network that fits together: save it again") from error


def _parse(content):
    with h5py.File(io.BytesIO(content), "r") as file:
        options = json.loads(file.attrs["options"], object_hook=_from_json)
        n = tuple(int(size) for size in file.attrs["layer_sizes"])
        W, b = ({l: file[f"{name}/{l}"][()] for l in range(1, len(n))} for name in "Wb")
        histories = {name: file[name][()] for name in file if name.endswith("cost_history")}
        state = _read_state(file["state"]) if "state" in file else None
    if list(n[1:]) != list(options["layer_sizes"]) or histories["cost_history"].ndim != 1:
        raise ValueError("the sizes differ")
    for l in W:
        if W[l].shape != (n[l], n[l - 1]) or b[l].shape != (n[l], 1):
            raise ValueError(f"the shapes of layer {l} differ")
    if state and state.theta.shape != (sum(W[l].size + b[l].size for l in W),):
        raise ValueError("the state has another size")
    return options, n, W, b, histories, state


def _write_state(group, state):
    group.attrs["mark"] = state.mark
    group.attrs["generator"] = json.dumps(state.generator, default=_to_json)
    group["costs"], group["held_out_costs"] = state.costs, state.held_out_costs
    group["theta"], group["memory"] = state.theta, state.memory
    if state.best is not None:
        group["best"] = state.best


def _read_state(group):
    generator = json.loads(group.attrs["generator"], object_hook=_from_json)
    costs, held_out_costs = group["costs"][()].tolist(), group["held_out_costs"][()].tolist()
    theta, memory, best = (group[name][()] if name in group else None for name in ("theta", "memory", "best"))
    if theta.ndim != 1 or memory.shape[1:] != theta.shape or (best is not None and best.shape != theta.shape):
        raise ValueError("the shapes of the state differ")
    return State(theta, memory, generator, str(group.attrs["mark"]), costs, held_out_costs, best)


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
    kind = next(iter(pairs), None)
    if kind == "dtype":
        return {"float32": np.float32, "float64": np.float64}[pairs[kind]]
    if kind not in ("RandomState", "Generator"):
        return pairs
    state = pairs[kind]
    if state["bit_generator"] not in BIT_GENERATORS:
        raise KeyError(state["bit_generator"])
    bits = getattr(np.random, state["bit_generator"])()
    if kind == "Generator":
        bits.state = state
        return np.random.Generator(bits)
    generator = np.random.RandomState(bits)
    generator.set_state(state)
    return generator
