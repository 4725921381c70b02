"""Several processes: the same gradient, the same parameters, and nothing lost when one of them dies."""

import _thread
import contextlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import h5py
import nbformat
import numpy as np
import pytest
from fresh_kernel import run
from hypothesis import given, strategies as st

from helpers import widgets
from helpers.backprop import network
from helpers.backprop.activations import ACTIVATIONS
from helpers.cluster import sweep, workers as engine
from helpers.cluster.shards import Shards, as_shard_sizes, gradient_and_peak_memory, weighted_mean
from helpers.datasets import recordings
from helpers.system import browser
from helpers.training import blocks
from helpers.training.neural_network import NeuralNetwork
from helpers.training.streaming import HDF5Rows

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "notebooks" / "10_scale_out.ipynb"
RNG = np.random.default_rng(0)
X = RNG.standard_normal((100, 6))
y = (X[:, 0] * X[:, 1] > 0).astype(int)
Y = y[np.newaxis].astype(float)
needs_engine = pytest.mark.skipif(find_spec("distributed") is None, reason=engine.why_unavailable())


@pytest.fixture(scope="module")
def workers():
    pytest.importorskip("distributed", reason=f"Dask is not installed: {engine.INSTALL}")
    with engine.connect(2) as workers:
        yield workers


def assert_same(one, other, tolerance=0.0):
    np.testing.assert_allclose(one.cost_history_, other.cost_history_, rtol=0, atol=tolerance)
    for l in one.W_:
        np.testing.assert_allclose(one.W_[l], other.W_[l], rtol=0, atol=tolerance)
        np.testing.assert_allclose(one.b_[l], other.b_[l], rtol=0, atol=tolerance)


def pids(workers):
    return set(workers.client.run(os.getpid).values())


def alive(pid):
    """Whether the process is still running; a zombie has ended."""
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- the gradient of a mean ----------------------------------------------------------------------

SIZES = [1, 2, 3, 7, 100, (5, 1, 94), (0, 100), (50, 0, 0, 50)]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_weighted_mean_of_the_shards_is_the_gradient(sizes):
    W, b = network.initialize_parameters((6, 5, 1), random_state=1)
    cost, dW, db = blocks.cost_and_gradients(X, Y, W, b, "tanh")
    shard_cost, shard_dW, shard_db = blocks.cost_and_gradients(Shards(X, sizes), Y, W, b, "tanh")
    assert abs(cost - shard_cost) < 1e-12
    for l in W:
        np.testing.assert_allclose(shard_dW[l], dW[l], rtol=0, atol=1e-12)
        np.testing.assert_allclose(shard_db[l], db[l], rtol=0, atol=1e-12)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(sum), st.integers(0, 9))
def test_any_shards_give_the_same_gradient(sizes, seed):
    rng = np.random.default_rng(seed)
    A, B = rng.standard_normal((sum(sizes), 3)), rng.integers(0, 2, (1, sum(sizes))).astype(float)
    W, b = network.initialize_parameters((3, 2, 1), random_state=seed)
    mine = blocks.cost_and_gradients(Shards(A, sizes), B, W, b)[1][1]
    np.testing.assert_allclose(mine, blocks.cost_and_gradients(A, B, W, b)[1][1], rtol=0, atol=1e-12)


def test_the_weighted_mean_worked_by_hand():
    cost, gradient = weighted_mean([(1.0, np.array([4.0, 0.0])), (5.0, np.array([8.0, 2.0]))], [100, 300])
    assert (cost, gradient.tolist()) == (4.0, [7.0, 1.5])


@pytest.mark.parametrize(
    ("sizes", "error", "words"),
    [
        (101, ValueError, "there are 101 shards but only 100 examples: use at most 100 shards"),
        (0, ValueError, "must be at least 1"),
        (2.5, TypeError, "must be a whole number"),
        ((60, 50), ValueError, "add up to 110, but there are 100 examples"),
        ((-1, 101), ValueError, "the size of a shard is -1"),
        ((50.5, 49.5), TypeError, "the size of a shard must be a whole number"),
        ((False, 100), TypeError, "the size of a shard must be a whole number of at least 0, not False"),
        (np.zeros(2, [("a", float)]), TypeError, "the size of a shard must be a whole number"),
        ({40, 60}, TypeError, "sizes, the number of shards, must be a whole number"),  # a set has no order
    ],
)
def test_sizes_that_cannot_be_are_refused_in_a_sentence(sizes, error, words):
    with pytest.raises(error, match=re.escape(words)):
        Shards(X, sizes)


@pytest.mark.parametrize("chosen", [[6], [-1], [0.0], 0])
def test_columns_that_are_not_there(chosen):
    with pytest.raises(ValueError, match=r"^chosen must contain indices of the 6 features, 0 … 5, not"):
        Shards(X).columns(chosen)


@pytest.mark.parametrize("size", [-1, 0, "ten", 2.0, None])
def test_blocks_have_a_size(size):
    with pytest.raises((TypeError, ValueError), match=r"^size (must be a whole|is .*, but it must be at least 1)"):
        Shards(X).blocks(size)


@pytest.mark.parametrize("dtype", [int, bool, np.float16, "float33", None])
def test_shards_are_of_single_or_double_precision(dtype):
    with pytest.raises(ValueError, match=r"^dtype is .*, but it must be numpy.float32 or numpy.float64"):
        Shards(X).with_dtype(dtype)


def test_numbers_that_do_not_fit_into_single_precision_are_not_called_infinite():
    with pytest.raises(ValueError, match=r"^X contains 1e\+300 at index \(0, 0\), which is too large for float32"):
        Shards([[1e300, 1.0], [2.0, 3.0]]).with_dtype(np.float32)
    double = Shards(X.astype(float))
    assert double.with_dtype(float).rows is double.rows


def test_shards_are_as_equal_as_can_be():
    for m, k in ((11, 4), (100, 7), (3, 3)):
        sizes = as_shard_sizes(k, m)
        assert (sum(sizes), len(sizes)) == (m, k)
        assert max(sizes) - min(sizes) <= 1


# --- data-parallel training ----------------------------------------------------------------------

TRAININGS = {
    "gradient descent": {"learning_rate": 0.5},
    "adam, l2": {"optimizer": "adam", "learning_rate": 0.01, "l2": 0.01},
    "softmax": {"output": "softmax", "layer_sizes": [4, 2], "hidden_activation": "relu", "initialization": "he"},
    "deep": {"layer_sizes": [5, 4, 1], "optimizer": "momentum", "learning_rate": 0.05},
}


@pytest.mark.parametrize("name", TRAININGS)
@pytest.mark.parametrize("sizes", [2, 3, (5, 0, 95)], ids=str)
def test_parameters_equal_those_of_a_single_process(workers, name, sizes):
    options = {"layer_sizes": [4, 1], "iterations": 30} | TRAININGS[name]
    alone = NeuralNetwork(**options).fit(X, y)
    together = NeuralNetwork(**options).fit(Shards(X, sizes, workers), y)
    assert_same(together, alone, 1e-12)
    one_after_another = NeuralNetwork(**options).fit(Shards(X, sizes), y)
    assert_same(together, one_after_another)  # the same shards: the same bits


def test_single_precision_and_features_that_are_always_zero(workers):
    pixels = np.zeros((100, 40), np.float32)
    pixels[:, :6] = X
    options = {"iterations": 20, "dtype": np.float32, "learning_rate": 0.5}
    alone = NeuralNetwork([4, 1], **options).fit(pixels, y)
    together = NeuralNetwork([4, 1], **options).fit(Shards(pixels, 3, workers), y)
    assert together.W_[1].dtype == np.float32
    assert_same(together, alone, 2e-6)
    assert together.score(Shards(pixels, 3, workers), y) == alone.score(pixels, y)


def test_the_examples_are_sent_once(workers, monkeypatch):
    sent = []
    scatter = workers.client.scatter
    monkeypatch.setattr(workers.client, "scatter", lambda *args, **kwargs: sent.append(1) or scatter(*args, **kwargs))
    NeuralNetwork([4, 1], iterations=25).fit(Shards(X, 3, workers), y)
    assert len(sent) == 3


@needs_engine
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library has these settings")
def test_a_worker_keeps_the_memory_of_its_arrays_from_step_to_step(monkeypatch):
    import resource

    for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.delenv(name, raising=False)  # set for the tests, but not for readers

    def page_faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    labels, (W, b) = np.ones((1, 2000)), network.initialize_parameters([20, 200, 1])
    with engine.connect(1) as workers:
        shards, counts = Shards(np.ones((2000, 20)), 1, workers), []
        for _ in range(6):
            shards.cost_and_gradients(labels, W, b, "sigmoid", "sigmoid")
            counts += workers.client.run(page_faults).values()
    assert np.diff(counts).min() < 0.1 * 2000 * 200 * 8 / resource.getpagesize()  # of the pages of Z[1]


@pytest.mark.parametrize("batch_size", [10, 99, 100, 1000])
def test_mini_batches_are_refused_and_nothing_changes(batch_size):
    model = NeuralNetwork([4, 1], batch_size=batch_size, iterations=3)
    if batch_size >= len(X):  # a batch of all examples is not a mini-batch
        assert_same(model.fit(Shards(X, 2), y), NeuralNetwork([4, 1], iterations=3).fit(X, y), 1e-12)
        return
    with pytest.raises(ValueError, match="shards can be used only for full-batch training"):
        model.fit(Shards(X, 2), y)
    assert not hasattr(model, "W_")


def test_features_that_are_all_zero_change_nothing():
    models = [NeuralNetwork([2, 1], iterations=3).fit(rows, y) for rows in (Shards(0 * X, 3), 0 * X)]
    assert_same(*models, 1e-12)


def test_workers_are_refused_if_a_reader_has_replaced_a_function_that_they_would_need(workers, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "sigmoid", ACTIVATIONS["tanh"])
    model = NeuralNetwork([4, 1], iterations=3)
    W, b = network.initialize_parameters((6, 4, 1))
    shards = Shards(X, 2, workers)
    for use in (lambda: model.fit(shards, y), lambda: blocks.cost_and_gradients(shards, Y, W, b)):
        with pytest.raises(ValueError, match="only the original functions, but some of these have been"):
            use()
    assert not hasattr(model, "W_")
    assert_same(model.fit(Shards(X, 2), y), NeuralNetwork([4, 1], iterations=3).fit(X, y), 1e-12)


@pytest.mark.parametrize("bad", [X.tolist()[0], np.full((4, 2), np.nan), [["a"]]], ids=["1-D", "NaN", "text"])
def test_bad_examples_are_refused_before_anything_is_sent(bad):
    with pytest.raises((TypeError, ValueError), match="X "):
        Shards(bad, 1)


def test_a_worker_that_dies_in_a_training_costs_no_step(workers):
    options = {"iterations": 60, "optimizer": "adam", "learning_rate": 0.01}
    through = NeuralNetwork([4, 1], **options).fit(Shards(X, 3), y)
    model, victim = NeuralNetwork([4, 1], **options), min(pids(workers))
    shards, asked = Shards(X, 3, workers), []

    class Murderous(Shards):
        def _ask(self, *question):
            asked.append(1)
            if len(asked) == 20:
                os.kill(victim, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
            return super()._ask(*question)

    shards.__class__ = Murderous
    shards.with_dtype = lambda dtype: shards
    with pytest.raises(engine.WorkerLostError, match=r"Progress so far is kept.*resume"):
        model.fit(shards, y)
    assert len(asked) - 1 == len(model.cost_history_) >= 19
    np.testing.assert_array_equal(model.cost_history_, through.cost_history_[: len(model.cost_history_)])
    workers.client.wait_for_workers(2, timeout=60)
    model.resume(Shards(X, 3, workers), y)
    assert_same(model, through)


def test_a_worker_lost_while_the_examples_are_sent_is_told_as_well(workers, monkeypatch):
    from distributed.client import FutureCancelledError

    class Lost:
        def result(self):
            raise FutureCancelledError("Shard-1", "lost dependencies")

    monkeypatch.setattr(workers.client, "submit", lambda *arguments, **options: Lost())
    with pytest.raises(engine.WorkerLostError, match=r"a worker was lost.*distribute the examples again"):
        NeuralNetwork([4, 1]).fit(Shards(X, 2, workers), y)


class Elsewhere(Shards):
    """Shards that hold copies of the targets, as those on workers do."""

    def _deal(self, Y):
        return super()._deal(Y.copy())


def test_targets_that_are_changed_in_place_are_used():
    shards, targets = Elsewhere(X, 3), Y.copy()
    W, b = network.initialize_parameters((6, 5, 1), random_state=1)
    for _ in range(2):
        cost = blocks.cost_and_gradients(shards, targets, W, b)[0]
        assert cost == pytest.approx(blocks.cost_and_gradients(X, targets, W, b)[0], rel=1e-12)
        targets[:] = 1 - targets


def kill_all(workers):
    for pid in pids(workers):
        os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def until(true, seconds=60):
    """Wait until a condition holds, even on a busy machine."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@needs_engine
def test_a_death_between_two_steps_is_told_as_well_and_examples_wait_for_the_next_worker():
    with engine.connect(1) as workers:
        W, b = network.initialize_parameters((6, 5, 1), random_state=1)
        shards = Shards(X, 2, workers)
        cost = blocks.cost_and_gradients(shards, Y, W, b)[0]
        kill_all(workers)
        until(lambda: all(shard._future.status != "finished" for shard in shards._dealt[1]))  # the client has noticed
        with pytest.raises(engine.WorkerLostError, match="a worker was lost, along with its examples"):
            blocks.cost_and_gradients(shards, Y, W, b)
        assert blocks.cost_and_gradients(Shards(X, 2, workers), Y, W, b)[0] == cost
        workers.client.wait_for_workers(1, timeout=60)
        kill_all(workers)
        with contextlib.suppress(engine.WorkerLostError):  # if they are sent before the scheduler notices
            blocks.cost_and_gradients(Shards(X, 2, workers), Y, W, b)
        assert blocks.cost_and_gradients(Shards(X, 2, workers), Y, W, b)[0] == cost


# --- data larger than memory ---------------------------------------------------------------------


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A file of 1000 rows of bytes, given by a path relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    with h5py.File("pixels.h5", "w") as file:
        file["X"] = np.random.default_rng(1).integers(0, 256, (1000, 12), dtype=np.uint8)
    return HDF5Rows("pixels.h5", "X", scale=1 / 255, dtype=np.float64)


def test_a_part_of_a_file_is_its_rows(table):
    whole = table[:]
    for start, stop in ((0, 1000), (10, 20), (990, 1000)):
        part = table.part(start, stop)
        assert (len(part), part.shape) == (stop - start, (stop - start, 12))
        np.testing.assert_array_equal(part[:], whole[start:stop])
        np.testing.assert_array_equal(part[2:5], whole[start:stop][2:5])
        np.testing.assert_array_equal(part[5:10_000], whole[start:stop][5:])
        np.testing.assert_array_equal(
            part.part(3, 7).columns(np.array([1, 4]))[:], whole[start + 3 : start + 7, [1, 4]]
        )
        assert part.with_dtype(np.float32)[:].dtype == np.float32
        np.testing.assert_array_equal(np.concatenate(list(part.blocks(7))), whole[start:stop])


def test_a_file_streamed_by_workers_and_memory_give_the_same_bits(workers, table):
    labels = np.arange(1000) % 2
    options = {"iterations": 5, "learning_rate": 0.5}
    from_file = NeuralNetwork([4, 1], **options).fit(Shards(table, [300, 0, 700], workers), labels)
    in_memory = NeuralNetwork([4, 1], **options).fit(Shards(table[:], [300, 0, 700], workers), labels)
    assert_same(from_file, in_memory)
    assert_same(from_file, NeuralNetwork([4, 1], **options).fit(table[:], labels), 1e-12)


PEAK = """
    import resource, sys
    import numpy as np
    from helpers.backprop.network import initialize_parameters
    from helpers.cluster import Shards
    from helpers.training import HDF5Rows
    rows = HDF5Rows(sys.argv[1], "X", scale=1 / 255, dtype=np.float64)
    W, b = initialize_parameters((784, 20, 1))
    Shards(rows, 2).cost_and_gradients(np.zeros((1, len(rows))), W, b, "sigmoid", "sigmoid")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


def test_nothing_of_the_engine_allocates_while_a_worker_is_measured(workers):
    """The engine's profiler would use a few megabytes now and then, which would disturb a test of memory."""
    import dask

    told = workers.client.run(dask.config.get, "distributed.worker.profile.enabled")
    assert list(told.values()) == [False, False]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no `resource` to ask for the peak of a process")
def test_streaming_takes_constant_memory(tmp_path):
    peaks = []
    for m in (6144, 36864):  # as float64 in memory 39 and 231 MB
        with h5py.File(tmp_path / f"{m}.h5", "w") as file:
            file.create_dataset("X", (m, 784), np.uint8)
        command = [sys.executable, "-c", textwrap.dedent(PEAK), str(tmp_path / f"{m}.h5")]
        peaks.append(int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout))
    assert abs(peaks[1] - peaks[0]) < 20_000, peaks  # KiB


def test_the_traced_peak_is_that_of_the_blocks_and_not_of_the_file(table):
    W, b = network.initialize_parameters((12, 4, 1))
    (cost, dW, _), peak = gradient_and_peak_memory(table, np.zeros((1, 1000)), W, b)
    right = blocks.cost_and_gradients(table[:], np.zeros((1, 1000)), W, b)
    assert cost == right[0] and np.array_equal(dW[1], right[1][1])
    assert 500 * 12 * 8 < peak < 10**6


def test_memory_is_measured_alone_even_if_it_is_already_traced():
    W, b = network.initialize_parameters((6, 5, 1))
    alone = gradient_and_peak_memory(X, Y, W, b)[1]
    tracemalloc.start()
    try:
        np.ones(10**6)  # a larger peak than that of the gradient
        kept = np.ones(10**5)
        peak = gradient_and_peak_memory(X, Y, W, b)[1]
        assert tracemalloc.is_tracing() and tracemalloc.get_traced_memory()[0] > kept.nbytes
    finally:
        tracemalloc.stop()
    assert abs(peak - alone) < 20_000
    gradient_and_peak_memory(X, Y, W, b)
    assert not tracemalloc.is_tracing()


# --- a sweep -------------------------------------------------------------------------------------


def noted(folder, i, wait=0.0):
    """A point that leaves a note whenever it is started."""
    Path(folder, f"{i}-{time.time_ns()}-{os.getpid()}").touch()
    time.sleep(wait)
    if i == 13:
        raise ValueError("thirteen")
    return {"square": i * i, "numpy": np.float64(i), "pid": os.getpid()}


def notes(folder):
    begun = [int(path.name.split("-")[0]) for path in Path(folder).iterdir()]
    return {i: begun.count(i) for i in begun}


@pytest.fixture
def notebook(tmp_path):
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.mark.parametrize("who", ["workers", "this process"])
def test_a_sweep_in_order_and_resumed(who, workers, notebook, tmp_path):
    who = workers if who == "workers" else None
    points = [{"i": i} for i in range(16)]
    function, path = partial(noted, str(notebook)), tmp_path / "sweep.jsonl"
    some = sweep.sweep(function, points[10:14], path, who)
    assert [row["i"] for row in some] == [10, 11, 12, 13]
    assert some[3] == {"i": 13, "error": "ValueError: thirteen"}
    rows = sweep.sweep(function, (point for point in points), path, who)
    assert [row["i"] for row in rows] == list(range(16))
    assert all(row["square"] == row["i"] ** 2 and row["numpy"] == row["i"] for row in rows if row["i"] != 13)
    begun = notes(notebook)
    assert begun.pop(13) == 2  # the failed point is tried again
    assert set(begun.values()) == {1}  # nothing else was started twice
    assert sweep.sweep(function, points, path, who) == rows
    assert len(sweep.read(path)) == 16


def test_a_killed_worker_loses_nothing_and_no_point_counts_twice(workers, notebook, tmp_path):
    workers.client.wait_for_workers(2, timeout=60)
    victim, path, points = max(pids(workers)), tmp_path / "sweep.jsonl", [{"i": i, "wait": 0.1} for i in range(20, 50)]

    def kill():
        until(lambda: len(notes(notebook)) >= 8)
        os.kill(victim, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    murder = threading.Thread(target=kill, daemon=True)
    murder.start()
    rows = sweep.sweep(partial(noted, str(notebook)), points, path, workers)
    murder.join(60)
    assert not alive(victim)
    assert [row["i"] for row in rows] == list(range(20, 50))
    assert all(row["square"] == row["i"] ** 2 for row in rows)
    entries = [json.loads(line)["point"]["i"] for line in path.read_text("utf-8").splitlines()[2:]]
    assert sorted(entries) == list(range(20, 50))
    begun = notes(notebook)
    assert set(begun) == set(range(20, 50))
    assert victim in {int(note.name.split("-")[2]) for note in notebook.iterdir()}  # it had been working
    kept = {row["i"] for row in rows if row["pid"] == victim}
    assert all(begun[i] == 1 for i in kept)  # points already in the file were not started again


def deadly(path, i):
    """A point that ends its process once the results of the other two are in the file."""
    if i == 1:
        until(lambda: path.exists() and len(sweep.read(path)) >= 2)
        os._exit(1)
    return {"i2": i * i}


@needs_engine
def test_a_point_that_kills_every_worker_is_told_and_tried_again_by_the_next_call(tmp_path):
    import dask

    path, points = tmp_path / "sweep.jsonl", [{"i": 0}, {"i": 1}, {"i": 2}]
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), engine.connect(2) as workers:
        rows = sweep.sweep(partial(deadly, path), points, path, workers)
    assert [row.get("i2") for row in rows] == [0, None, 4]
    assert rows[1]["error"].startswith("every worker that tried this point died")
    assert ["error" in result for result in sweep.read(path).values()].count(True) == 1


def interrupt_after_some(path):
    until(lambda: path.exists() and len(sweep.read(path)) >= 3)
    _thread.interrupt_main()


@pytest.mark.parametrize("who", ["workers", "this process"])
def test_a_stop_by_hand_keeps_what_came(who, workers, notebook, tmp_path):
    who = workers if who == "workers" else None
    function, path = partial(noted, str(notebook)), tmp_path / "sweep.jsonl"
    points = [{"i": i, "wait": 0.1} for i in range(100, 160)]
    threading.Thread(target=interrupt_after_some, args=(path,), daemon=True).start()
    with pytest.warns(UserWarning, match=r"interrupted after \d+ of 60 points; call sweep again to resume"):
        rows = sweep.sweep(function, points, path, who)
    assert 0 < len(rows) < 60
    assert len(sweep.read(path)) == len(rows)
    if who:  # points start in order of submission: once this one is done, any that was not cancelled has started
        who.client.submit(noted, str(notebook), 200, pure=False).result(timeout=60)
    assert len(notes(notebook)) < 60  # the rest are cancelled


def test_a_point_whose_function_catches_the_interrupt_is_not_saved_and_ends_the_sweep(tmp_path):
    started, path = [], tmp_path / "sweep.txt"

    def score(units):
        started.append(units)
        with contextlib.suppress(KeyboardInterrupt):  # as `fit` does
            if started == [1, 2]:
                signal.raise_signal(signal.SIGINT)
        return {"units": units}

    points = [{"units": units} for units in (1, 2, 3)]
    with pytest.warns(UserWarning, match="interrupted after 1 of 3 points"):
        assert sweep.sweep(score, points, path) == [{"units": 1}]
    assert started == [1, 2]
    assert len(sweep.sweep(score, points, path)) == 3
    assert started == [1, 2, 2, 3]


def test_a_sweep_that_cannot_be_saved_fails_before_its_first_point(tmp_path):
    evaluated = []
    with pytest.raises(FileNotFoundError, match=r"^cannot write sweep\.txt \(.+\): create its folder first"):
        sweep.sweep(lambda i: evaluated.append(i) or {}, [{"i": 1}], tmp_path / "nowhere" / "sweep.txt")
    assert evaluated == []


def test_a_sweep_file_with_a_very_long_version_number_is_not_parsed(tmp_path):
    path = tmp_path / "sweep.txt"
    path.write_text(f"{sweep.FORMAT}, version {'9' * 5000}, sha256 {'0' * 64}\n")
    with pytest.raises(ValueError, match=r"^sweep\.txt is not a sweep file: choose another name$"):
        sweep.read(path)


@pytest.mark.parametrize(
    ("points", "error", "words"),
    [
        ([{"i": 1}, {"i": 2}, {"i": 1}], ValueError, "appears twice"),
        ([3], TypeError, "is not a dict of keyword arguments"),
        ([{"i": np.ones(2)}], TypeError, "must contain only numbers, strings, None, or lists"),
        ([{"i": float("nan")}], TypeError, "must contain only numbers, strings, None, or lists"),
        ([{"i": np.ma.masked}], TypeError, "must contain only numbers, strings, None, or lists"),
    ],
)
def test_points_that_cannot_be_are_refused(points, error, words, tmp_path):
    with pytest.raises(error, match=words):
        sweep.sweep(deadly, points, tmp_path / "sweep.jsonl")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "hello\n", "[1]\n", '{"format": "x"}\n', "\udcff", '{"a": 1}\n{"point": 3}\n'])
def test_a_file_that_is_not_a_sweeps_is_refused_and_left_alone(content, tmp_path):
    path = tmp_path / "other.txt"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"other.txt is not a sweep file: choose another name"):
        sweep.sweep(deadly, [{"i": 0}], path)
    assert path.read_bytes() == before


def test_a_file_of_another_function_is_refused(tmp_path):
    sweep.sweep(deadly, [{"i": 0}], tmp_path / "s.jsonl")
    with pytest.raises(ValueError, match="contains results of deadly, not of noted"):
        sweep.sweep(noted, [{"i": 0}], tmp_path / "s.jsonl")


def test_an_error_that_is_a_number_is_a_result(notebook, tmp_path):
    def wrong_answers(i):
        Path(notebook, f"{i}-{time.time_ns()}").touch()
        return {"error": 0.5 * i}

    for _ in range(2):
        rows = sweep.sweep(wrong_answers, [{"i": 3}], tmp_path / "s.jsonl")
        assert rows == [{"i": 3, "error": 1.5}]
    assert notes(notebook) == {3: 1}


def squared(i):
    return {"i2": i * i}


def test_points_may_hold_numpys_numbers(tmp_path):
    rows = sweep.sweep(squared, [{"i": i} for i in np.arange(2, 4)], tmp_path / "s.jsonl")
    assert rows == [{"i": 2, "i2": 4}, {"i": 3, "i2": 9}]


def test_a_result_does_not_replace_an_entry_of_the_point(tmp_path):
    points = [{"i": 1, "n": [1, (2,)]}, {"i": 2, "n": [1, (2,)]}]
    rows = sweep.sweep(lambda i, n: {"i": 2, "n": n, "answer": 5}, points, tmp_path / "s.jsonl")
    assert rows[0]["error"] == "ValueError: i is 1 in the point, but 2 in the result: rename one"
    assert rows[1] == {"i": 2, "n": [1, [2]], "answer": 5}


def test_what_are_no_workers_and_what_is_no_file_are_refused(tmp_path):
    words = r"workers is 2, but it must be None or the result of cluster.connect\(\)"
    with pytest.raises(TypeError, match=words):
        sweep.sweep(deadly, [{"i": 0}], tmp_path / "s.jsonl", 2)
    with pytest.raises(TypeError, match=words):
        Shards(X, 2, 2)
    with pytest.raises(IsADirectoryError, match=rf"cannot read {tmp_path.name} \(it is a folder\): choose a file"):
        sweep.sweep(deadly, [{"i": 0}], tmp_path)


def greedy(units, rates):
    rates.append(0.5)
    return {"sum": units + sum(rates)}


@pytest.mark.parametrize("who", ["workers", "this process"])
def test_a_function_may_change_its_argument(who, workers, tmp_path):
    points = [{"units": 1, "rates": [0.25]}, {"units": 2, "rates": []}]
    who = workers if who == "workers" else None
    for _ in range(2):  # the second time, from the file
        rows = sweep.sweep(greedy, points, tmp_path / "s.jsonl", who)
        assert rows == [{"units": 1, "rates": [0.25], "sum": 1.75}, {"units": 2, "rates": [], "sum": 2.5}]
    assert points == [{"units": 1, "rates": [0.25]}, {"units": 2, "rates": []}]


def test_two_sweeps_on_one_file_keep_all_points(tmp_path):
    path, rows = tmp_path / "s.jsonl", {}

    def half(first):
        rows[first] = sweep.sweep(partial(dict, half=first), [{"i": i} for i in range(first, 60, 2)], path)

    threads = [threading.Thread(target=half, args=(first,)) for first in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(rows[first]) for first in range(2)] == [30, 30]
    kept = sweep.read(path, "dict")
    assert {json.loads(key)["i"]: result["half"] for key, result in kept.items()} == {i: i % 2 for i in range(60)}


def test_every_changed_byte_of_a_sweeps_file_is_noticed(tmp_path):
    path = tmp_path / "s.jsonl"
    sweep.sweep(dict, [{"i": i} for i in range(3)], path)
    content = bytearray(path.read_bytes())
    for i in range(len(content)):
        for bit in (1, 128):
            content[i] ^= bit
            path.write_bytes(content)
            with pytest.raises(ValueError, match=r"^s\.jsonl (is|was) "):
                sweep.read(path)
            content[i] ^= bit


def test_a_file_of_the_first_version_is_told_apart(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_text('{"format": "sweep of the backpropagation lessons, version 1", "function": "deadly"}\n')
    with pytest.raises(ValueError, match=r"s\.jsonl was written by another version of these lessons"):
        sweep.read(path)


def test_arguments_of_a_sweep_that_cannot_be_used(tmp_path):
    for function, points, words in (
        (3, [], "function must be"),
        (dict, 3, "points must be"),
        (dict, {"i": 1}, "points must"),
    ):
        with pytest.raises(TypeError, match=words):
            sweep.sweep(function, points, tmp_path / "s.jsonl")


def test_a_result_that_is_no_dict_and_a_diverging_training_are_sentences(tmp_path):
    def odd(i):
        return 3

    def leaving(i):
        sys.exit("leaving")

    def wild(i):
        model = NeuralNetwork([1], output="identity", learning_rate=1e300, iterations=9)
        return {"cost": model.fit(X, y).cost_history_[-1]}

    (row,) = sweep.sweep(odd, [{"i": 0}], tmp_path / "a.jsonl")
    assert row["error"].startswith("TypeError: ")
    (row,) = sweep.sweep(leaving, [{"i": 0}], tmp_path / "c.jsonl")
    assert row["error"] == "SystemExit: leaving"
    (row,) = sweep.sweep(wild, [{"i": 0}], tmp_path / "b.jsonl")
    assert row["error"].startswith("DivergedError: training diverged: ")


def test_the_recorded_sweep_is_made_again():
    recorded = sweep.read(recordings.SWEEP, "score_digits")
    assert [json.loads(key) for key in recorded] == recordings.SWEEP_POINTS
    for point in recordings.SWEEP_POINTS[::7]:
        result = recorded[json.dumps(point, sort_keys=True)]
        again = recordings.score_digits(**point)
        assert again["cost"] == pytest.approx(result["cost"], abs=1e-4)
        assert again["accuracy"] == pytest.approx(result["accuracy"], abs=0.005)


def test_the_recorded_times_are_whole():
    measured = recordings.load_scale_out()
    steps, memory = measured["steps"], measured["memory"]
    assert steps["counts"][0] == 1 and steps["counts"][-1] == measured["cores"]
    assert np.array(steps["on_workers"]).shape == (len(steps["batches"]), len(steps["counts"]))
    assert min(steps["alone"]) > 0 and memory["same_bits"] is True
    assert max(memory["peak_bytes"]) < 1.2 * min(memory["peak_bytes"]) < memory["file_bytes"][-1]


# --- the engine: started here, running elsewhere, missing --------------------------------------------


@needs_engine
def test_a_scheduler_elsewhere_by_one_variable(tmp_path, monkeypatch):
    cli = [sys.executable, "-m", "distributed.cli.dask_"]
    place = tmp_path / "scheduler.json"
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}

    def start(name, *arguments):
        return subprocess.Popen([*cli[:2], cli[2] + name, *arguments], **silent)

    scheduler = start(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place)
    )
    worker = None
    try:
        until(lambda: place.exists() and place.read_text())
        address = json.loads(place.read_text())["address"]
        monkeypatch.setenv(engine.VARIABLE, address)
        monkeypatch.setattr(engine, "PATIENCE", 5)
        with pytest.raises(engine.NoWorkersError, match="there is no worker at tcp"):
            engine.connect()
        monkeypatch.setattr(engine, "PATIENCE", 30)
        worker = start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(engine, "__name__", "no_such_module")
            with pytest.raises(engine.NoWorkersError, match="lacks this package: install it on all machines"):
                engine.connect()
        with engine.connect(5) as workers:
            assert len(workers) == 1 and pids(workers) == {worker.pid}
            model = NeuralNetwork([4, 1], iterations=5).fit(Shards(X, 2, workers), y)
            assert_same(model, NeuralNetwork([4, 1], iterations=5).fit(Shards(X, 2), y))
            rows = sweep.sweep(dict, [{"i": 3}, {"i": 4}], tmp_path / "s.jsonl", workers)
            assert rows == [{"i": 3}, {"i": 4}]
        assert scheduler.poll() is None and worker.poll() is None  # they are not ours to end
    finally:
        for process in (worker, scheduler):
            if process:
                process.kill()
                process.wait(60)


def test_nobody_without_the_key_reaches_the_processes(workers):
    """The scheduler, the workers and their nannies reject clients that have no key or a different one."""
    from distributed import Client, Security

    workers.client.wait_for_workers(2, timeout=60)
    info = workers.client.sync(workers.client.scheduler.identity, n_workers=-1)
    addresses = [info["address"], *info["workers"], *(worker["nanny"] for worker in info["workers"].values())]
    assert len(addresses) == 5 and all(address.startswith("tls://127.0.0.1:") for address in addresses)
    for address in addresses:
        for security, place in ((None, address.replace("tls", "tcp")), (Security.temporary(), address)):
            with pytest.raises((OSError, ValueError)):
                Client(place, security=security, timeout=1, set_as_default=False)


@needs_engine
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "here"])
def test_nobody_at_the_address(address, monkeypatch):
    monkeypatch.setenv(engine.VARIABLE, address)
    monkeypatch.setattr(engine, "PATIENCE", 1)
    with pytest.raises(engine.NoWorkersError, match=re.escape(f"at {address}. Start `dask scheduler`")) as refused:
        engine.connect()
    assert str(refused.value).endswith(f"or unset {engine.VARIABLE}")


@needs_engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # from Dask's half-made client
@pytest.mark.parametrize(
    ("address", "required"), [("tls://127.0.0.1:1", False), ("tcp://127.0.0.1:1", True)], ids=["tls", "tcp"]
)
def test_an_address_that_does_not_fit_the_certificates(address, required, monkeypatch):
    from distributed.config import dask  # with the settings of distributed

    monkeypatch.setenv(engine.VARIABLE, address)
    monkeypatch.setattr(engine, "PATIENCE", 1)
    words = rf"^{engine.VARIABLE} is {address}, .*: set the certificates in `distributed\.comm\.tls`, or use tls://$"
    with dask.config.set({"distributed.comm.require-encryption": required}):
        with pytest.raises(engine.NoWorkersError, match=words):
            engine.connect()


@pytest.mark.parametrize(
    ("module", "title"), [("distributed", "Dask distributed"), ("cryptography", "The package cryptography")]
)
def test_without_the_engine_a_sentence_says_what_to_install(module, title, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    said = f"{title}, which is needed to run several processes, is not installed: {engine.INSTALL}"
    assert engine.why_unavailable() == said and engine.INSTALL == "pip install -r requirements-scale.txt"
    with pytest.raises(engine.MissingEngineError, match=re.escape(engine.INSTALL)):
        engine.connect()
    assert_same(NeuralNetwork([4, 1]).fit(Shards(X, 2), y), NeuralNetwork([4, 1]).fit(X, y), 1e-10)


def test_a_browser_has_no_processes(monkeypatch):
    monkeypatch.setattr(engine, "in_browser", lambda: True)
    with pytest.raises(engine.MissingEngineError, match="A browser cannot start processes"):
        engine.connect()


@needs_engine
def test_workers_that_do_not_start(monkeypatch):
    from distributed.utils import LoopRunner

    before = set(LoopRunner._all_loops)
    monkeypatch.setattr(engine, "__name__", "no_such_module")  # the first module that they load
    with pytest.raises(engine.NoWorkersError, match=r"^1 processes could not be started: close other programs"):
        engine.connect(1)
    assert set(LoopRunner._all_loops) <= before  # no event loop is left over; when its thread ends is Dask's concern


@needs_engine
@pytest.mark.parametrize("times", [2, 3])
def test_an_engine_that_is_slow_to_start(times, monkeypatch):
    from distributed.utils import LoopRunner

    start, failing = LoopRunner.start, iter(range(times))

    def asleep(runner):
        assert next(failing, None) is None  # as the engine itself does when its ten seconds are over
        start(runner)

    monkeypatch.setattr(LoopRunner, "start", asleep)
    if times == 3:
        with pytest.raises(engine.NoWorkersError, match="too busy to start anything: close other programs"):
            engine.connect(1)
    else:
        with engine.connect(1) as workers:
            assert workers.client.submit(abs, -3).result() == 3


@needs_engine
def test_examples_for_nobody_wait_with_patience(monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    with engine.connect(1) as workers:
        workers.client.retire_workers()
        with pytest.raises(
            engine.NoWorkersError, match=r"no worker is available: wait a moment, or call cluster.connect"
        ):
            NeuralNetwork([4, 1]).fit(Shards(X, 2, workers), y)


@needs_engine
def test_closed_workers_say_so(tmp_path):
    workers = engine.connect(1)
    workers.close()
    workers.close()
    assert workers  # there was an engine
    for use in (
        lambda: len(workers),
        lambda: NeuralNetwork([4, 1]).fit(Shards(X, 2, workers), y),
        lambda: sweep.sweep(dict, [{"i": 1}], tmp_path / "s.jsonl", workers),
    ):
        with pytest.raises(engine.NoWorkersError, match="these workers are closed: call"):
            use()


@pytest.mark.parametrize("count", [0, -1, 2.5, "2", True])
def test_impossible_numbers_of_workers(count):
    with pytest.raises((TypeError, ValueError), match="workers"):
        engine.connect(count)


# A program without the guard `if __name__ == "__main__"`, in a folder that does not contain the package.
PROGRAM = """
    import os, signal, sys, time, warnings
    from pathlib import Path
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where tests run in the background
    sys.path.append({root!r})
    from helpers.cluster import connect, sweep
    print("from the top")
    def slow(i):
        time.sleep(0.2)
        return {{"i2": i * i}}
    workers = connect(2)
    print(*workers.client.run(os.getpid).values(), workers.client.run(os.getcwd) is None, flush=True)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        rows = sweep.sweep(slow, [{{"i": i}} for i in range(40)], "sweep.jsonl", workers)
    print(len(rows), len(sweep.read("sweep.jsonl")), "interrupted after" in str(said[0].message), flush=True)
    print(*workers.client.gather(workers.client.map(slow, [1, 2])), flush=True)
    {end}
"""


@needs_engine
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a console, not to a process group")
@pytest.mark.parametrize("end", ["pass", "os._exit(0)"])
def test_a_plain_program_interrupted_goes_on_and_leaves_nothing_behind(end, tmp_path):
    (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM).format(root=str(ROOT), end=end))
    environment = os.environ | {"TMPDIR": str(tmp_path / "scratch"), "PYTHONWARNINGS": "default"}
    (tmp_path / "scratch").mkdir()
    process = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout.readline() == "from the top\n"
    children = [int(word) for word in process.stdout.readline().split()[:2]]
    try:
        until(lambda: sweep._there(tmp_path / "sweep.jsonl", "slow"))
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does: to the program and to its workers
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()  # do not leave a hanging process behind
    assert process.returncode == 0, errors
    assert errors == "" or "_exit" in end
    counts, results = out.splitlines()  # the program ran once from the top, not once for each worker
    rows, kept, told = counts.split()
    assert (rows, told) == (kept, "True") and 0 < int(rows) < 40
    assert results == "{'i2': 1} {'i2': 4}"  # the workers live on
    until(lambda: not any(map(alive, children)))
    if "_exit" not in end:  # os._exit skips all clean-up
        assert not [path for path in (tmp_path / "scratch").iterdir()]


@pytest.mark.parametrize("waits", [False, True])
def test_the_end_of_a_worker_that_the_cluster_does_not_know_is_no_error(workers, monkeypatch, waits):
    workers.client.wait_for_workers(2, timeout=60)
    cluster, address = workers.client.cluster, "tls://127.0.0.1:1"
    if waits:  # waiting for workers gives the cluster a new object, in which a worker that has ended is missing
        monkeypatch.setitem(cluster.scheduler_info["workers"], address, {"name": 7})
        monkeypatch.setattr(cluster, "scheduler_info", {"workers": {}})
    cluster._update_worker_status("remove", address)
    assert len(workers) == 2


@needs_engine
def test_nothing_of_the_engine_is_printed_and_the_program_is_as_before(capfd):
    from multiprocessing import spawn

    before, folders = spawn.get_preparation_data, set(Path().iterdir())
    with engine.connect(1) as workers:
        os.kill(min(pids(workers)), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        workers.client.wait_for_workers(1, timeout=60)
        assert workers.client.submit(abs, -3).result() == 3
        workers.close()
    assert capfd.readouterr() == ("", "")
    assert spawn.get_preparation_data is before
    assert set(Path().iterdir()) == folders


# --- the lesson ----------------------------------------------------------------------------------


def texts(cells):
    """The lines that the cells print, except cells whose output is never compared."""
    code = [cell for cell in cells if cell.cell_type == "code" and not cell.metadata.get("tags")]
    return [line for cell in code for output in cell.outputs for line in output.get("text", "").splitlines()]


BLOCKED = {
    "not installed": "import sys; sys.modules['distributed'] = None",
    "a browser": "import sys; sys.path.append('..'); import helpers.system.browser as b; b.in_browser = lambda: True",
}


@pytest.mark.parametrize("why", BLOCKED)
def test_the_lesson_without_the_engine_shows_the_same(why):
    notebook = nbformat.read(LESSON, as_version=4)
    committed = texts(notebook.cells)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BLOCKED[why]))
    run(notebook, LESSON.parent)
    here = [line for line in texts(notebook.cells) if line != browser.RECORDED]
    assert (len(texts(notebook.cells)) - len(here) == 2) == (why == "a browser")
    assert len(here) == len(committed) > 30
    small = partial(re.sub, r"relative error \S+", "relative error SMALL")
    different = [(mine, theirs) for mine, theirs in zip(here, committed, strict=True) if small(mine) != small(theirs)]
    ((said, _),) = different  # only the notice differs
    assert "pip install -r requirements-scale.txt" in said or "A browser cannot start processes" in said


def test_the_listing_for_pytorch_prints_the_length_that_the_lesson_shows(tmp_path):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    cells = nbformat.read(LESSON, as_version=4).cells
    (listing,) = [text for cell in cells for text in re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)]
    (tmp_path / "ddp.py").write_text(listing, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "ddp.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (shown,) = [line for line in texts(cells) if line.startswith("length of W[2]: ")]
    assert shown.startswith(done.stdout.strip() + " alone")


# --- the model of a step -------------------------------------------------------------------------


def test_a_step_worked_by_hand():
    result = widgets.step_time.predict(4, batch=1000, parameters=1e6, gigaflops=100, gigabits=8, microseconds=10)
    assert result.own == pytest.approx((6e9 / 4e11, 6 * (1e6 / 1e9 + 1e-5)))
    assert result.speed_up == pytest.approx(0.06 / sum(result.own))
    assert widgets.step_time.predict(1).own[1] == 0


@pytest.mark.parametrize(
    ("pattern", "milliseconds"),
    [("star", 8 * 4 + 2 * 0.01), ("ring", 6 * (1 + 0.01)), ("tree", 2 * (2 + 0.01) + 2 * (1 + 0.01))],
)
def test_communication_of_four_workers_worked_by_hand(pattern, milliseconds):
    """A gradient of a million numbers takes 4 ms: a tree sends a half, then a quarter, and the same back."""
    own = widgets.step_time.predict(4, 1000, 1e6, 100, 8, 10, pattern).own
    assert own[1] == pytest.approx(milliseconds / 1e3)


def test_only_a_star_costs_a_single_worker_something():
    assert widgets.step_time.predict(1, pattern="star").own[1] > 0
    assert widgets.step_time.predict(1, pattern="tree").own[1] == 0
    with pytest.raises(ValueError, match="pattern"):
        widgets.step_time.predict(pattern="square")


def test_examples_for_each_worker_at_which_both_terms_are_equal_do_not_depend_on_the_parameters():
    for parameters in (1e4, 1e9):
        K = 512
        m = K * 4 / 3 * 50e9 / (1e9 / 8)
        compute, communicate = widgets.step_time.predict(K, m, parameters, 50, 1, 1e-9).own
        assert communicate == pytest.approx(compute, rel=0.01)


def test_describe_step_says_who_is_fastest():
    said = widgets.step_time.describe(widgets.step_time.predict())
    assert said.startswith(
        "8 workers: 26 ms for computation and 9.33 ms for communication, 35.4 ms per step, 5.89 times"
    )
    assert said.endswith("the fastest choice is 32")
    assert widgets.step_time.describe(widgets.step_time.predict(1)).startswith("1 worker: ")


# --- the extra ------------------------------------------------------------------------------------


def test_make_test_installs_the_engine_and_make_lab_does_not():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    rules = dict(re.findall(r"^([\w./]+):(?!=) ?(.*)$", makefile, re.MULTILINE))
    assert ".venv/scale" in rules["test"].split() and ".venv/scale" not in rules["lab"]
    assert "requirements-scale.txt" in rules[".venv/scale"]
    lines = (ROOT / "requirements-scale.txt").read_text("utf-8").splitlines()
    pinned = {i: line for i, line in enumerate(lines) if line and not line.startswith("#")}
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) and lines[i - 1].startswith("# ") for i, line in pinned.items())
    versions = dict(line.split("==") for line in pinned.values())
    assert versions["dask"] == versions["distributed"]  # both parts of one version
