"""A second process changes no bit of the result, is never needed, and never outlives the training."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
from test_engine import assert_same

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.training import DivergedError, HDF5Rows, NeuralNetwork, blocks, second_process as module
from helpers.training.parallel import TWO_PROCESSES

pytestmark = pytest.mark.skipif(not TWO_PROCESSES, reason="two processes share memory only on Linux on x86-64")
X = np.random.default_rng(0).standard_normal((230, 12))
Y = np.random.default_rng(1).integers(0, 3, 230)
OPTIONS = {"output": "softmax", "learning_rate": 0.01, "batch_size": 32, "epochs": 12}


@pytest.fixture
def second(monkeypatch):
    """List of all second processes that are started, even for little work. Each of them helps from step 12 on."""
    started = []

    class Patient(module.SecondProcess):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            started.append(self)
            self.pid = self.process.pid
            assert os.getsid(self.pid) == self.pid  # so that it does not receive Ctrl+C
            assert module._reached(self.shared.numbers, module.READY, 1, lambda: self.process.poll() is None)

    monkeypatch.setattr(module, "SecondProcess", Patient)
    monkeypatch.setattr(module, "core_count", lambda: 2)
    monkeypatch.setattr(module, "LONG", 0)
    monkeypatch.setattr(module, "LAPS", 10**9)  # nobody compares
    monkeypatch.setattr(blocks, "SHARED", 2000)  # the last batch of an epoch, of six examples, is not divided
    return started


def trained(alone=False, data=X, held_out=None, **options):
    """Train a network, and return everything that training changes."""
    with pytest.MonkeyPatch.context() as patch:
        if alone:
            patch.setattr(module, "core_count", lambda: 1)
        network = NeuralNetwork([9, 7, 3], **OPTIONS | options).fit(data, Y, held_out)
    return network


def has_ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adam"},
        {"optimizer": "momentum", "dtype": np.float32, "hidden_activation": "tanh"},
        {"optimizer": "gradient_descent", "hidden_activation": "relu", "l2": 0.01},
        {"optimizer": "adam", "held_out": (X[:50], Y[:50]), "patience": 3, "learning_rate": 0.1},
        {"optimizer": "adam", "batch_size": 33, "shuffle_buffer": 70, "epochs": None, "iterations": 40},
        {"output": "identity", "layer_sizes": [40, 1]},
    ],
)
def test_no_bit_depends_on_the_second_process(second, options):
    sizes = options.pop("layer_sizes", None)
    if sizes:
        both = [NeuralNetwork(sizes, **OPTIONS | options) for _ in range(2)]
        both[0].fit(X, X[:, 0])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "core_count", lambda: 1)
            both[1].fit(X, X[:, 0])
    else:
        both = trained(**options), trained(alone=True, **options)
    assert_same(*both)
    np.testing.assert_array_equal(both[0]._state.memory, both[1]._state.memory)
    assert len(second) == 1
    assert second[0].asked > 30  # it did help


def test_rows_of_a_file(second, tmp_path):
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        file["X"] = X
    assert_same(trained(data=HDF5Rows(tmp_path / "rows.h5", "X")), trained(alone=True))
    assert second[0].asked > 30


def test_the_result_is_in_ordinary_memory_and_training_can_be_resumed(second):
    network = trained(optimizer="adam", epochs=5)
    assert network._state.theta.base is None and network._state.memory.base is None
    network.epochs = 12
    assert_same(network.resume(X, Y), trained(alone=True, optimizer="adam"))
    assert len(second) == 2
    assert all(has_ended(one.pid) for one in second)


@pytest.mark.parametrize("signal_sent", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_ends_or_halts_before_its_half_is_done_is_not_needed(second, monkeypatch, signal_sent):
    ask = module.SecondProcess._ask

    def kill_first(self, kind, first, last):
        if self.asked >= 20 and kind == module.GRADIENT:
            self.process.send_signal(signal_sent)
            if signal_sent == signal.SIGSTOP:
                monkeypatch.setattr(module, "PATIENCE", 0.2)
        ask(self, kind, first, last)

    monkeypatch.setattr(module.SecondProcess, "_ask", kill_first)
    assert_same(trained(optimizer="adam"), trained(alone=True, optimizer="adam"))
    assert second[0].asked in (21, 22)


def test_a_process_that_ends_in_an_update_leaves_the_network_as_it_was(second, monkeypatch):
    network = trained(optimizer="adam", epochs=2)
    before = {l: W.copy() for l, W in network.W_.items()}
    ask = module.SecondProcess._ask

    def kill_first(self, kind, first, last):
        if self.asked > 20 and kind == module.UPDATE:
            self.process.kill()
        ask(self, kind, first, last)

    monkeypatch.setattr(module.SecondProcess, "_ask", kill_first)
    network.epochs = 12
    with pytest.raises(module.LostProcessError, match=r"^training stopped because another program"):
        network.resume(X, Y)
    assert len(network.cost_history_) == 16
    assert all(np.array_equal(network.W_[l], before[l]) for l in before)
    monkeypatch.undo()
    assert np.isfinite(network.resume(X, Y).cost_history_).all()


def test_stopping_is_safe(second, monkeypatch):
    begin = module.SecondProcess.begin_step

    def stop(self, Y):
        if self.asked >= 40:
            signal.raise_signal(signal.SIGINT)
        begin(self, Y)

    monkeypatch.setattr(module.SecondProcess, "begin_step", stop)
    with pytest.warns(UserWarning, match="training was interrupted after"):
        network = trained(optimizer="adam")
    assert 20 < len(network.cost_history_) < 40
    monkeypatch.setattr(module.SecondProcess, "begin_step", begin)
    assert_same(network.resume(X, Y), trained(alone=True, optimizer="adam"))
    assert all(has_ended(one.pid) for one in second)


def test_diverging_ends_it_too_and_keeps_the_last_finite_parameters(second):
    histories = []
    for alone in (False, True):
        network = NeuralNetwork([9, 1], output="identity", learning_rate=40.0, batch_size=32, epochs=90)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(DivergedError):
            if alone:
                patch.setattr(module, "core_count", lambda: 1)
            network.fit(1e3 * X, 1e3 * X[:, 0])
        histories.append((network.cost_history_, network.W_[1]))
    np.testing.assert_array_equal(*[costs for costs, _ in histories])
    np.testing.assert_array_equal(*[W for _, W in histories])
    assert has_ended(second[0].pid)


@pytest.mark.parametrize("together, helps", [(0.95, False), (0.8, True)])
def test_it_is_sent_away_if_it_does_not_help(second, monkeypatch, together, helps):
    now = [0.0]

    def perf_counter():
        now[0] += together if second[0].helps else 1.0
        return now[0]

    monkeypatch.setattr(module, "time", SimpleNamespace(**vars(time) | {"perf_counter": perf_counter}))
    monkeypatch.setattr(module, "LAPS", 25)
    asked, end = [], module.SecondProcess.end
    monkeypatch.setattr(module.SecondProcess, "end", lambda self: (asked.append(self.asked), end(self))[1])
    assert_same(trained(optimizer="adam"), trained(alone=True, optimizer="adam"))
    assert (asked[0] > 2 * 50) is helps
    assert has_ended(second[0].pid)


def test_it_starts_only_where_it_can_help(second, monkeypatch):
    for changes in ({"batch_size": None, "epochs": None, "iterations": 3}, {"batch_size": 230}):
        trained(**changes)
    monkeypatch.setattr(blocks, "SHARED", 10**9)
    trained()
    monkeypatch.setattr(blocks, "SHARED", 2000)
    monkeypatch.setattr(blocks, "THREADED", 32)
    trained()
    monkeypatch.setattr(blocks, "THREADED", 512)
    monkeypatch.setattr(module, "LONG", 1e9)
    trained()
    monkeypatch.setattr(module, "LONG", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", None)  # which is possible where Python is part of another program
        trained()
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(os, "memfd_create")  # as in some builds of Python for Linux
        trained()
    monkeypatch.setattr(module, "TWO_PROCESSES", False)
    trained()
    assert second == []


def replaced(table, name, **functions):
    return lambda patch: patch.setitem(table, name, table[name]._replace(**functions))


@pytest.mark.parametrize(
    "replace",
    [
        lambda patch: patch.setattr(blocks, "backward", partial(blocks.backward)),
        lambda patch: patch.setattr(blocks, "forward", partial(blocks.forward)),
        replaced(ACTIVATIONS, "sigmoid", g=np.tanh),
        replaced(ACTIVATIONS, "sigmoid", **ACTIVATIONS["tanh"]._asdict()),
        replaced(OUTPUTS, "softmax", cost=lambda Z, Y: 0.0),
        replaced(OPTIMIZERS, "momentum", step=partial(OPTIMIZERS["momentum"].step, beta=0.5)),
    ],
)
def test_it_does_not_start_if_a_reader_has_replaced_a_function(second, monkeypatch, replace):
    with pytest.MonkeyPatch.context() as patch:
        replace(patch)
        trained(optimizer="momentum")
    assert second == []
    trained(optimizer="momentum")
    assert len(second) == 1


def test_a_function_replaced_before_the_first_import_is_noticed():
    program = """
from helpers.backprop import activations, losses
{table}["{name}"] = {table}["{name}"]._replace({field}=lambda *arguments: 0)
from helpers.training import blocks
print(blocks.functions_are_ours())
"""
    for table, name, field in (("activations.ACTIVATIONS", "tanh", "g"), ("losses.OUTPUTS", "softmax", "cost")):
        code = program.format(table=table, name=name, field=field)
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout == "False\n"


@pytest.mark.parametrize("function", ["posix_fallocate", "memfd_create"])
def test_without_enough_memory_one_process_trains(second, monkeypatch, function):
    def fail(*arguments):
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(os, function, fail)
    assert_same(trained(optimizer="adam"), trained(alone=True, optimizer="adam"))
    assert second == []


@pytest.mark.parametrize("halted", [False, True])
def test_it_ends_with_a_first_process_that_is_killed(halted):
    program = """
import sys, time, numpy as np
from types import SimpleNamespace
from helpers.training import engine, second_process
options = SimpleNamespace(hidden_activation="relu", output="softmax", optimizer="adam")
state = engine.State(np.zeros(15), np.zeros((2, 15)), None, "")
second = second_process.SecondProcess(options, state, (4, 3), 8)
while not second.shared.numbers[second_process.READY] and second.process.poll() is None:
    time.sleep(0.01)
print(second.process.pid, flush=True)
sys.stdin.read()
"""
    first = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = int(first.stdout.readline())
    assert not has_ended(pid)
    if halted:
        os.kill(pid, signal.SIGSTOP)
    first.kill()
    first.communicate()
    end = time.monotonic() + 60
    while not has_ended(pid) and not _is_zombie(pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):  # it has been removed in the meantime
        return True


def test_arrays_in_shared_memory_do_not_overlap():
    task = {"sizes": [5, 3, 2], "batch_size": 7, "dtype": "float32", "slots": 2}
    size = module.Shared(None, task).size
    shared = module.Shared(bytearray(size), task)
    arrays = [getattr(shared, name) for name in ("theta", "gradient", "other", "before", "memory", "X", "Y", "reals")]
    arrays.append(np.asarray(shared.numbers))
    for number, array in enumerate(arrays):
        array[...] = number
    assert all((array == number).all() for number, array in enumerate(arrays))
    assert all(array.ctypes.data % 64 == arrays[0].ctypes.data % 64 for array in arrays)
    assert shared.theta.shape == (26,) and shared.memory.shape == (2, 26)
    assert shared.X.shape == (7, 5) and shared.Y.shape == (2, 7)
