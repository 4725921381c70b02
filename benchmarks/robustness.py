"""Test how `helpers` copes with damaged files, killed processes, interrupts and bad input.

    python benchmarks/robustness.py                 runs all four tests, which takes about three minutes
    python benchmarks/robustness.py damage kills stops inputs

Each test prints one line of counts, whose last number should be 0. All faults are drawn at random with a fixed seed.
"""

import collections
import copy
import inspect
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stop_button import Stop  # noqa: E402

from helpers import datasets  # noqa: E402
from helpers.autograd import Variable, grad  # noqa: E402
from helpers.backprop.network import initialize_parameters  # noqa: E402
from helpers.cluster import Shards, gradient_and_peak_memory, sweep  # noqa: E402
from helpers.datasets import folder, mnist, pictures, recordings  # noqa: E402
from helpers.gradient_check import check, check_gradients, numerical_gradient, relative_error  # noqa: E402
from helpers.system.files import TEMPORARY, replace_atomically  # noqa: E402
from helpers.training import HDF5Rows, NeuralNetwork, blocks  # noqa: E402

X, y = datasets.make_xor(40)
HELD_OUT = datasets.make_xor(20, random_state=1)
OPTIONS = {"epochs": 3, "batch_size": 10, "optimizer": "momentum"}
REFUSALS = (TypeError, ValueError, OSError, IndexError)


# --- damaged files --------------------------------------------------------------------------------


def mutate(content, rng):
    """Return a copy of `content` that has been damaged in one of several ways, chosen at random."""
    content, i, n = bytearray(content), rng.randrange(len(content)), rng.choice((1, 7, 300, 5000))
    kind = rng.choice(("flip", "flip", "set", "set", "zeros", "cut", "insert", "delete", "append", "swap"))
    if kind in ("flip", "set"):
        content[i] = content[i] ^ (1 << rng.randrange(8)) if kind == "flip" else rng.randrange(256)
    elif kind == "zeros":
        content[i : i + n] = bytes(len(content[i : i + n]))
    elif kind == "cut":
        del content[i:]
    elif kind == "insert":
        content[i:i] = rng.randbytes(n)
    elif kind == "delete":
        del content[i : i + n]
    elif kind == "append":
        content += rng.randbytes(n)
    else:
        content[i : i + n], content[:n] = content[:n], content[i : i + n]
    return bytes(content)


def parameters(network):
    arrays = [*network.W_.values(), *network.b_.values(), network.cost_history_]
    return [repr(network), *(array.tobytes() for array in arrays)]


def file_kinds(place):
    """Create one file of each kind in the folder `place`.

    Returns
    -------
    kinds : dict
        Maps each kind to the path of its file, and a function that loads the file into values that can be compared.
    """
    folder.DATA = place  # `helpers` looks for bundled files in this folder
    shutil.copytree(ROOT / "data", place, ignore=shutil.ignore_patterns("cache", "*train*"), dirs_exist_ok=True)
    mine = place / "mine.h5"
    NeuralNetwork([3, 1], **OPTIONS).fit(X, y, held_out=HELD_OUT).save(mine)
    points = place / "points.txt"
    sweep.sweep(two_numbers, [{"i": i} for i in range(20)], points)
    labels = "t10k-labels-idx1-ubyte"
    cache = place / "cache"
    mnist._write_cache(cache, {labels: datasets.load_mnist()[3]})
    kinds = {
        "network": (mine, lambda: parameters(NeuralNetwork.load(mine))),
        "recorded network": (
            place / "runs/relu_he_196_1.h5",
            lambda: parameters(recordings.load_run("relu_he_196_1")),
        ),
        "recording of a lesson": (
            place / "runs/lessons/07_cures.h5",
            lambda: {key: array.tobytes() for key, array in recordings._read_arrays("07_cures").items()},
        ),
        "times": (place / "runs/scale_out.txt", recordings.load_scale_out),
        "sweep": (points, lambda: sweep.read(points)),
        "table of checksums": (place / "checksums.txt", lambda: datasets.load_chelsea().X_test.tobytes()),
        "bundled pictures": (place / "chelsea.h5", lambda: [np.asarray(p).tobytes() for p in datasets.load_chelsea()]),
        "digits": (place / f"mnist/{labels}.gz", lambda: mnist._unpack(place / "mnist", labels)),
        "digits in the cache": (cache / f"{labels}.npy", lambda: read_cache(place, labels)),
    }
    cats = Path(os.environ.get(pictures.FOLDER_VARIABLE, os.devnull)) / "cats"
    if cats.is_dir():
        shutil.copytree(cats, place / "cats")
        os.environ[pictures.FOLDER_VARIABLE] = str(place)
        for name in pictures.CATS_FILES:
            kinds[name] = (place / "cats" / name, lambda: [np.asarray(p).tobytes() for p in datasets.load_cats()])
    return kinds


def read_cache(place, name):
    """Return the labels from the cache, or from the original file if the cache is damaged, as `load_mnist` does."""
    array = mnist._read_cache(place / "cache", name)
    return mnist._unpack(place / "mnist", name)[8:] if array is None else array.tobytes()


def two_numbers(i):
    return {"square": i * i, "half": i / 2}


def damage(count=650):
    """Damage each kind of file in `count` ways, and count how often loading it fails, crashes or goes unnoticed.

    Each kind of file is loaded in a separate process, so that a crash does not end the test.
    """
    total = collections.Counter()
    with tempfile.TemporaryDirectory() as place:
        for path, load in file_kinds(Path(place)).values():
            sound, truth = path.read_bytes(), load()
            reader, writer = os.pipe()
            if not (child := os.fork()):
                os.write(writer, " ".join(map(str, damages(path, load, sound, truth, count))).encode())
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            os.close(writer)
            counts = [int(word) for word in os.read(reader, 100).split()] or [0, 0, 0, 0]
            os.close(reader)
            path.write_bytes(sound)
            total.update(dict(zip(("tried", "refused", "same", "unclear"), counts, strict=True)))
            total["crashed"] += status != 0
            total["wrong"] += counts[0] - sum(counts[1:])
    print(
        f"damaged files: {total['tried']} tried, {total['refused']} refused clearly, {total['same']} loaded as before, "
        f"{total['unclear']} refused unclearly, {total['crashed']} crashes, {total['wrong']} loaded wrongly"
    )


def damages(path, load, sound, truth, count):
    rng, tried, refused, same, unclear = random.Random(path.name), 0, 0, 0, 0
    while tried < count:
        changed = mutate(sound, rng)
        if changed == sound:
            continue
        tried += 1
        path.write_bytes(changed)
        try:
            same += load() == truth
        except Exception as error:
            clear = is_sentence(error, path.stem)
            refused, unclear = refused + clear, unclear + (not clear)
    return tried, refused, same, unclear


def is_sentence(error, *names):
    """Return whether an error was raised by `helpers`, with a message of one line that contains one of `names`."""
    raised_by = traceback.extract_tb(error.__traceback__)[-1].filename
    return (
        isinstance(error, REFUSALS)
        and "helpers" in Path(raised_by).parts
        and "\n" not in str(error)
        and any(name.lower() in str(error).lower() for name in names)
    )


# --- killed processes -----------------------------------------------------------------------------


def kills(count=300):
    """Kill a process while it is repeatedly saving one of two networks, then load the file and save it again."""
    rng, whole, left, after = random.Random(0), 0, 0, 0
    networks = [NeuralNetwork([80, 1], iterations=2, random_state=seed).fit(X, y) for seed in range(2)]
    known = [parameters(network) for network in networks]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "network.h5"
        networks[0].save(path)
        for _ in range(count):
            if not (child := os.fork()):
                while True:
                    for network in networks:
                        network.save(path)
            time.sleep(rng.uniform(0.005, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            left += sum(TEMPORARY.fullmatch(name) is not None for name in os.listdir(place))
            whole += parameters(NeuralNetwork.load(path)) in known
            networks[0].save(path)
            after += len(os.listdir(place)) - 1
    print(f"kills during save: {count}, intact files {whole}, temporary files {left}, after the next save {after}")


# --- interrupts -----------------------------------------------------------------------------------


TRACED = ("helpers", "contextlib", "threadpoolctl")


def fit_and_stop(stop, before):
    """Fit a copy of the network `before` with different options while `stop` interrupts it, and return the copy."""
    network = copy.deepcopy(before)
    vars(network).update(OPTIONS, layer_sizes=(3, 1))
    stop.run(lambda: network.fit(X, y, held_out=HELD_OUT))
    return network


def is_whole(network, before, through):
    """Return whether an interrupted network is in a consistent state.

    Either it is the same as the network `before`, or resuming it gives the same result as `through`, a network that was
    trained without an interruption.
    """
    if network.layer_sizes_ == before.layer_sizes_:
        return parameters(network)[1:] == parameters(before)[1:] and network._state.costs == before._state.costs
    return parameters(network.resume(X, y, held_out=HELD_OUT))[1:] == parameters(through)[1:]


def stops(count=2000):
    """Interrupt training before a random bytecode instruction, and count how often this leaves an inconsistent state.

    The network must be consistent, and the BLAS threads and the signal handler must be restored.
    """
    from threadpoolctl import threadpool_info, threadpool_limits

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = NeuralNetwork([2, 1], iterations=2).fit(X, y)
    counter = Stop(TRACED)
    through = fit_and_stop(counter, before)
    rng, half = random.Random(0), 0
    with threadpool_limits(2, user_api="blas"):
        for _ in range(count):
            network = fit_and_stop(Stop(TRACED, rng.randint(1, counter.count)), before)
            threads = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
            restored = threads <= {2} and signal.getsignal(signal.SIGINT) is signal.default_int_handler
            half += not (restored and is_whole(network, before, through))
    print(f"interrupts: {count} before one of {counter.count} bytecode instructions, inconsistent states {half}")


# --- bad input --------------------------------------------------------------------------------------

NOTHING = [None, "", "abc", b"abc", {}, object(), 1j, [None], {1, 2}, print, np.array("a"), np.datetime64("2020")]
NUMBER = [*NOTHING, np.nan, np.inf, -np.inf, [0.1], np.ones(2), 10**400, True]
POSITIVE = [*NUMBER, 0, -1, -0.5]
WHOLE = [*POSITIVE, 2.5, "3", np.float64(3)]
NAME = [*NOTHING[1:], None, 3, "Relu", ["relu"], "sigmoid ", np.nan]
PATH = [None, 3, 2.5, b"network.h5", ["a"], {}, object(), "a\0b", "no/such/folder/x.h5", str(ROOT)]
TYPE = [None, int, "int8", np.float16, "single precision", complex, 3, object, [np.float32], np.longdouble]
TABLE = [
    *NOTHING,
    [],
    [[]],
    3,
    [1, 2],
    np.zeros((40, 2, 2)),
    np.zeros((0, 2)),
    np.full((40, 2), np.nan),
    np.full((40, 2), np.inf),
    np.zeros((40, 2), complex),
    np.full((40, 2), "a", object),
    np.ma.masked_equal(X, 0),
    [[1, 2], [3]],
    [["1", "2"]] * 40,
    np.zeros(40),
    np.zeros((40, 2), "M8[s]"),
]
LABELS = [
    *NOTHING,
    [],
    3,
    y[:-1],
    y[np.newaxis],
    np.stack([y, y], axis=1),
    y + 1,
    y - 0.5,
    np.where(y, np.nan, 0.0),
    y * 1j,
    y.astype(str),
    np.full(40, "a", object),
    np.ma.masked_equal(y, 0),
]
PAIR = [
    X,
    (X,),
    (X, y, y),
    {"X": X, "y": y},
    "ab",
    3,
    X[:2],
    (X, y[:-1]),
    (X[:, :1], y),
    (y, X),
    (None, y),
    (X, None),
    {1},
]
COLUMN = [y.astype(float), y[:, np.newaxis].astype(float), y[np.newaxis, :-1].astype(float), 1.0, np.zeros((2, 40))]
SIZES = [*NOTHING, [], [0, 1], [2.5, 1], ["3", 1], [True, 1], 3, [[3], [1]], [-1], [np.nan], {3: 1}]
SEED = [*NOTHING, -1, 2.5, np.nan, [1], np.random, True]
ROWS = [*NOTHING, 40, -41, 1.5, [1, 2], (slice(None), 0), np.arange(3), np.ones(40, bool), ...]
OPTION_POOLS = {
    "layer_sizes": SIZES,
    **dict.fromkeys(("hidden_activation", "output", "initialization", "optimizer"), NAME),
    "learning_rate": POSITIVE,
    "l2": [*NUMBER, -1],
    "iterations": WHOLE,
    **{name: [value for value in WHOLE if value is not None] for name in ("epochs", "batch_size", "shuffle_buffer")},
    "patience": [3, *(value for value in WHOLE if value is not None)],
    "dtype": TYPE,
    "random_state": SEED,
}


def network_of(**options):
    return NeuralNetwork(**{"layer_sizes": [3, 1], "iterations": 2} | options)


def doors(place):
    """Yield a tuple (function name, argument, bad values, callable) for the arguments of every public function.

    The callable calls the public function with a bad value for this argument.
    """
    fitted, table = network_of().fit(X, y), place / "table.h5"
    W, b = initialize_parameters([2, 3, 1])
    with h5py.File(table, "w") as file:
        file["X"] = X
    rows = HDF5Rows(table)
    for name, pool in OPTION_POOLS.items():
        yield "fit", name, pool, lambda value, name=name: network_of(**{name: value}).fit(X, y)
        if name not in ("layer_sizes", "patience"):  # these may be changed before the next call of `fit`
            yield "save", name, pool, lambda value, name=name: edited(fitted, name, value).save(place / "network.h5")
            yield "predict", name, pool, lambda value, name=name: edited(fitted, name, value).predict(X)
    for door in ("fit", "resume", "score"):
        yield door, "X", TABLE, lambda value, door=door: getattr(copy.copy(fitted), door)(value, y)
        yield door, "y", LABELS, lambda value, door=door: getattr(copy.copy(fitted), door)(X, value)
    for door in ("fit", "resume"):
        yield door, "held_out", PAIR, lambda value, door=door: getattr(copy.copy(fitted), door)(X, y, held_out=value)
    for door in ("predict", "predict_proba"):
        yield door, "X", [*TABLE, X[:, :1]], getattr(fitted, door)
    yield "save", "path", PATH, fitted.save
    yield "load", "path", [*PATH, place / "no.h5", table, __file__], NeuralNetwork.load
    yield "HDF5Rows", "path", [*PATH, place / "no.h5", __file__], HDF5Rows
    yield "HDF5Rows", "data set", [*NOTHING, 3, "Y", "X/Y"], lambda value: HDF5Rows(table, value)
    yield "HDF5Rows", "scale", POSITIVE, lambda value: HDF5Rows(table, scale=value)
    yield "HDF5Rows", "dtype", TYPE, lambda value: HDF5Rows(table, dtype=value)
    yield "rows", "row", ROWS, rows.__getitem__
    yield "part", "row", [*NUMBER, -1, 41], lambda value: rows.part(value, 50)
    yield "columns", "chosen", [*NUMBER, [2], [-1], [[0]], []], rows.columns
    yield "blocks", "size", WHOLE, lambda value: list(rows.blocks(value))
    yield "cost_and_gradients", "Y", COLUMN, lambda value: blocks.cost_and_gradients(X, value, W, b)
    yield "cost", "Y", COLUMN, lambda value: blocks.cost(X, value, W, b)
    yield "gradient_and_peak_memory", "Y", COLUMN, lambda value: gradient_and_peak_memory(X, value, W, b)
    yield "Shards", "X", TABLE, lambda value: Shards(value, 1)
    yield "Shards", "size", [*NOTHING, 0, -1, 2.5, (20, 21), (-1, 41), (20.0, 20.0)], lambda value: Shards(X, value)
    yield "Shards", "workers", [*NOTHING[1:], 2, ["a"]], lambda value: Shards(X, 2, value)
    yield "Shards", "Y", COLUMN, lambda value: Shards(X, 2).cost_and_gradients(value, W, b, "sigmoid", "sigmoid")
    yield from checks_and_tape(W, b)
    yield "initialize", "layer_sizes", [*SIZES, [2, 10**15]], initialize_parameters
    yield "initialize", "initialization", NAME, lambda value: initialize_parameters([2, 1], value)
    yield "initialize", "random_state", SEED, lambda value: initialize_parameters([2, 1], random_state=value)
    yield "initialize", "dtype", TYPE, lambda value: initialize_parameters([2, 1], dtype=value)
    for make in [getattr(datasets, name) for name in dir(datasets) if name.startswith("make_")]:
        pools = {"m": WHOLE, "noise": [*NUMBER, -1], "separation": NUMBER, "turns": POSITIVE, "random_state": SEED}
        for name in inspect.signature(make).parameters:
            yield make.__name__, name, pools[name], lambda value, make=make, name=name: make(**{name: value})
    for name in ("negative", "positive"):
        yield (
            "digit_pair",
            name,
            [*NUMBER, -1, 10, 2.5, "3"],
            lambda value, name=name: datasets.load_digit_pair(**{name: value}),
        )
    yield "digit_pair", "dtype", TYPE, lambda value: datasets.load_digit_pair(dtype=value)
    yield "digit_pair", "random_state", SEED, lambda value: datasets.load_digit_pair(random_state=value)
    for load in (datasets.load_mnist, datasets.verify_mnist):
        yield load.__name__, "folder", [3, b"a", ["a"], {}, "a\0b"], load
    yield "load_run", "name", [*NAME, "../x", "07_relu"], recordings.load_run
    yield "recorded", "name", [*NOTHING[3:], "", "../x", "a b"], lambda value: recordings.recorded(value, dict)
    yield "recorded", "compute", [*NOTHING[:9], 3], lambda value: recordings.recorded("some", value)
    yield "sweep", "function", [*NOTHING[:9], 3], lambda value: sweep.sweep(value, [{"i": 1}], place / "sweep.txt")
    yield (
        "sweep",
        "point",
        [
            *NOTHING[:9],
            3,
            [3],
            [{1: 2}],
            [{"i": np.nan}],
            [{"i": 1}] * 2,
            [{"i": X}],
            {"i": [1]},
        ],
        lambda value: sweep.sweep(two_numbers, value, place / "sweep.txt"),
    )
    yield "sweep", "path", PATH, lambda value: sweep.sweep(two_numbers, [{"i": 1}], value)
    yield "sweep", "workers", [*NOTHING[1:], 2], lambda value: sweep.sweep(two_numbers, [{"i": 1}], place / "a", value)
    yield "read", "path", [*PATH, place / "no.txt", table, __file__], sweep.read
    yield "replace_atomically", "path", PATH, lambda value: replace_atomically(value, lambda file: None)


def checks_and_tape(W, b):
    """Yield tuples like those of `doors` for the gradient check and for automatic differentiation."""
    Y, x, v = y[np.newaxis].astype(float), np.array([1.0, 2.0]), Variable([[1.0, 2.0], [3.0, 4.0]])
    numbers = [*NOTHING[:6], *NOTHING[7:]]  # without the complex number, for which the relative error is defined
    yield "numerical_gradient", "epsilon", [*POSITIVE, 1e-300, 1e200], lambda value: numerical_gradient(x.sum, x, value)
    yield (
        "numerical_gradient",
        "x",
        [*NOTHING, [1.0], x > 1, x.astype("f4")],
        lambda value: numerical_gradient(x.sum, value),
    )
    yield "numerical_gradient", "f", [*NOTHING[:9], np.nan, x], lambda value: numerical_gradient(lambda: value, x)
    yield "relative_error", "x", [*numbers, [np.nan], [[1], [1, 2]], 10**400], lambda value: relative_error(value, x)
    yield "check_gradients", "X", TABLE, lambda value: check_gradients(value, Y, W, b)
    yield "check_gradients", "Y", COLUMN, lambda value: check_gradients(X, value, W, b)
    yield "check_gradients", "l2", [*NUMBER, -1], lambda value: check_gradients(X, Y, W, b, l2=value)
    yield (
        "check_gradients",
        "gradients",
        [*NOTHING[1:9], 3, len],
        lambda value: check_gradients(X, Y, W, b, gradients=value),
    )
    yield "check", "entries", WHOLE, lambda value: check(lambda p: p[0].sum(), np.ones_like, [x], value)
    yield (
        "check",
        "parameters",
        [*NOTHING, [], {}, 3, [x * np.nan], [x[:0]], [[1, "a"]]],
        lambda value: check(len, len, value),
    )
    yield "check", "cost", [*NOTHING[:9], np.nan, np.inf], lambda value: check(lambda p: value, len, [x])
    yield "Variable", "Variable", [*NOTHING, [], [[1], [1, 2]], ["1"], [None], 10**400], Variable
    for name in (
        "__add__",
        "__radd__",
        "__sub__",
        "__mul__",
        "__truediv__",
        "__pow__",
        "__matmul__",
        "__mod__",
        "__lt__",
    ):
        yield name, "Variable", [*NOTHING, [], ["1"], [None], 10**400], getattr(v, name)
    yield (
        "index",
        "index",
        [3, -3, 1.5, "a", (0, 0, 0), [5], {}, np.nan, slice("a"), np.ones(3, bool), 10**400],
        v.__getitem__,
    )
    yield "axis", "axis", [2, -3, 1.5, "a", [0.5], np.nan, 10**400, (0, 0), {}], v.sum
    yield "grad", "seed", [*NOTHING[1:], x, np.ones((3, 2))], lambda value: grad(v, v, value)
    yield "grad", "Variable", [*NOTHING, 3, x, [x], v.value], lambda value: grad(v.sum(), value)


def edited(network, name, value):
    network = copy.copy(network)
    setattr(network, name, value)
    return network


def inputs():
    """Call every public function with bad values, and count how often the error message is clear.

    A message is clear if the error is raised by `helpers`, and the message is one line long and names the argument.
    """
    warnings.simplefilter("ignore")
    counts, shown = collections.Counter(), []
    with tempfile.TemporaryDirectory() as place:
        for door, argument, values, call in doors(Path(place)):
            for value in values:
                try:
                    call(value)
                    kind = "silent"
                except Exception as error:
                    named = [
                        argument,
                        *([Path(value).name] if argument == "path" and isinstance(value, (str, Path)) else []),
                    ]
                    kind = "sentence" if is_sentence(error, *named) else f"{type(error).__name__}: {error}"
                counts["tried"] += 1
                counts[kind if kind in ("silent", "sentence") else "raw"] += 1
                if kind != "sentence":
                    shown.append(f"  {door}({argument}={value!r:.50}): {kind:.150}")
    print(*shown, sep="\n", end="\n" if shown else "")
    clear, raw, silent = (counts[kind] for kind in ("sentence", "raw", "silent"))
    print(
        f"bad input: {counts['tried']} tried, {clear} clear messages, {raw} unclear errors, {silent} silently accepted"
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or ["damage", "kills", "stops", "inputs"]:
        start = time.perf_counter()
        {"damage": damage, "kills": kills, "stops": stops, "inputs": inputs}[name]()
        print(f"  ({time.perf_counter() - start:.0f} s)")
