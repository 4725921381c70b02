"""The engine: resuming as if never stopped, examples from a file, held-out examples, regularisation."""

import copy
import errno
import signal
import tracemalloc
import weakref
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from helpers import datasets
from helpers.backprop import losses, network
from helpers.backprop.activations import softmax
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.system.interrupts import interrupts_wait
from helpers.training import batching, blocks, engine
from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork, NotFittedError
from helpers.training.streaming import HDF5Rows

X, Y_XOR = datasets.make_xor(64, random_state=0)
HELD_OUT = datasets.make_xor(40, random_state=1)


def assert_same(one, other):
    for l in one.W_:
        np.testing.assert_array_equal(one.W_[l], other.W_[l])
        np.testing.assert_array_equal(one.b_[l], other.b_[l])
    np.testing.assert_array_equal(one.cost_history_, other.cost_history_)
    np.testing.assert_array_equal(one.held_out_cost_history_, other.held_out_cost_history_)


def stopped_after(n_updates, monkeypatch, fit):
    """Run `fit`, and press the stop button in the middle of update `n_updates` + 1."""
    honest, calls = blocks.cost_and_gradients, []

    def button(*args):
        calls.append(1)
        if len(calls) == n_updates + 1:
            signal.raise_signal(signal.SIGINT)  # held back until the update is done
        return honest(*args)

    monkeypatch.setattr(blocks, "cost_and_gradients", button)
    try:
        with pytest.warns(UserWarning, match=f"training was interrupted after {n_updates + 1} iterations"):
            return fit()
    finally:
        monkeypatch.undo()


# --- resuming ------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [None, 10])
@pytest.mark.parametrize("random_state", [3, np.random.RandomState(3)], ids=["new", "legacy"])
@pytest.mark.parametrize("at", [0, 6, 13, 20])
def test_stopped_saved_and_resumed_is_never_stopped(tmp_path, monkeypatch, optimizer, batch_size, random_state, at):
    options = {"optimizer": optimizer, "learning_rate": 0.05, "batch_size": batch_size, "random_state": random_state}
    options |= {"epochs": 4 if batch_size else 28, "l2": 1e-3, "dtype": np.float32, "shuffle_buffer": 30}
    through = NeuralNetwork([5, 1], **options).fit(X, Y_XOR, held_out=HELD_OUT)
    stopped = stopped_after(at, monkeypatch, lambda: NeuralNetwork([5, 1], **options).fit(X, Y_XOR, held_out=HELD_OUT))
    assert len(stopped.cost_history_) == at + 1
    stopped.save(tmp_path / "stopped.h5")
    resumed = NeuralNetwork.load(tmp_path / "stopped.h5").resume(X, Y_XOR, held_out=HELD_OUT)
    assert_same(resumed, through)
    assert len(resumed.cost_history_) == 28
    assert_same(copy.deepcopy(stopped).resume(X, Y_XOR, held_out=HELD_OUT), through)  # without saving to a file


def test_resuming_with_more_epochs_is_one_longer_training():
    options = {"batch_size": 10, "optimizer": "adam"}
    longer = NeuralNetwork([4, 1], epochs=5, **options).fit(X, Y_XOR)
    model = NeuralNetwork([4, 1], epochs=2, **options).fit(X, Y_XOR)
    model.epochs = 5
    assert_same(model.resume(X, Y_XOR), longer)
    assert_same(model.resume(X, Y_XOR), longer)  # no iterations remain


@pytest.mark.parametrize("first", [None, 50])
def test_patience_may_be_set_at_any_time_and_the_network_keeps_the_best_parameters(first, monkeypatch):
    held_out_costs([5.0, 4.0, 3.0, 1.0, 2.0, 3.0, 2.0, 9.0], monkeypatch)
    model = NeuralNetwork([3, 1], epochs=2, batch_size=16, patience=first).fit(X, Y_XOR, held_out=HELD_OUT)
    model.patience, model.epochs = None, 8
    model.resume(X, Y_XOR, held_out=HELD_OUT)
    model.patience, model.epochs = 3, 20
    model.resume(X, Y_XOR, held_out=HELD_OUT)  # patience has run out: the network returns to the fourth epoch
    best = NeuralNetwork([3, 1], epochs=4, batch_size=16).fit(X, Y_XOR)
    np.testing.assert_array_equal(model.W_[1], best.W_[1])


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_memory_of_another_step_function_is_not_used(optimizer, monkeypatch):
    """The step functions of one optimizer may differ in what they remember."""
    theirs = OPTIMIZERS[optimizer]
    monkeypatch.setitem(OPTIMIZERS, optimizer, theirs._replace(step=lambda *arguments: theirs.step(*arguments)))
    model = NeuralNetwork([3, 1], optimizer=optimizer, iterations=5).fit(X, Y_XOR)
    model.iterations = 10
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"^optimizer is not the same as in the original training"):
        model.resume(X, Y_XOR)
    plain = NeuralNetwork([3, 1], iterations=5)  # has no memory
    longer = NeuralNetwork([3, 1], iterations=10).fit(X, Y_XOR)
    theirs = OPTIMIZERS["gradient_descent"]
    monkeypatch.setitem(OPTIMIZERS, "gradient_descent", theirs._replace(step=lambda *a: theirs.step(*a)))
    plain.fit(X, Y_XOR)
    monkeypatch.undo()
    plain.iterations = 10
    assert_same(plain.resume(X, Y_XOR), longer)


def test_an_epoch_whose_held_out_examples_could_not_be_read_gets_its_cost_on_resuming(monkeypatch):
    options = {"epochs": 4, "batch_size": 10, "patience": 4, "random_state": 1}
    through = NeuralNetwork([5, 1], **options).fit(X, Y_XOR, held_out=HELD_OUT)
    honest, calls = blocks.mean_cost, []

    def flaky(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("cannot read the file")
        return honest(*arguments)

    monkeypatch.setattr(blocks, "mean_cost", flaky)
    model = NeuralNetwork([5, 1], **options)
    with pytest.raises(OSError, match="cannot read"):
        model.fit(X, Y_XOR, held_out=HELD_OUT)
    assert (len(model.cost_history_), len(model.held_out_cost_history_)) == (14, 1)
    assert_same(model.resume(X, Y_XOR, held_out=HELD_OUT), through)


def test_an_error_in_the_middle_of_an_update_leaves_the_network_unchanged(monkeypatch):
    model = NeuralNetwork([3, 1], iterations=2).fit(X, Y_XOR)
    before, longer = copy.deepcopy(model), NeuralNetwork([3, 1], iterations=5).fit(X, Y_XOR)

    def fails(theta, gradient, memory, t, learning_rate):
        theta[:3] = 0
        raise ValueError("a mistake of the reader")

    monkeypatch.setitem(OPTIMIZERS, "gradient_descent", OPTIMIZERS["gradient_descent"]._replace(step=fails))
    for train in (model.resume, model.fit):
        model.iterations = 5
        with pytest.raises(ValueError, match="a mistake of the reader"):
            train(X, Y_XOR)
        assert_same(model, before)
    monkeypatch.undo()
    assert_same(model.resume(X, Y_XOR), longer)


def test_a_divergence_says_which_parameters_are_kept(monkeypatch):
    def leap(theta, gradient, memory, t, learning_rate):
        theta += np.inf if t == 6 else 1

    monkeypatch.setitem(OPTIMIZERS, "gradient_descent", OPTIMIZERS["gradient_descent"]._replace(step=leap))
    options = {"epochs": 3, "batch_size": 16}
    for patience, words in ((None, "from the last iteration with a finite cost"), (3, "with the lowest cost on the")):
        model = NeuralNetwork([3, 1], patience=patience, **options)
        with pytest.raises(DivergedError, match=f"The network keeps the parameters {words}"):
            model.fit(X, Y_XOR, held_out=HELD_OUT)
        W, _ = network.initialize_parameters([2, 3, 1], random_state=0)
        updates = 4 if patience else 5
        np.testing.assert_allclose(model.W_[1], W[1] + updates, rtol=1e-12)


CHANGES = {"batch_size": 7, "optimizer": "adam", "hidden_activation": "tanh", "output": "identity", "l2": 0.1}
CHANGES |= {"dtype": np.float32, "layer_sizes": [4, 1]}


def test_resuming_what_cannot_go_on(tmp_path):
    model = NeuralNetwork([3, 1], iterations=2)
    with pytest.raises(NotFittedError, match=r"call fit\(X, y\)"):
        model.resume(X, Y_XOR)
    model.fit(X, Y_XOR)
    before = copy.deepcopy(model)
    for data, differing in ((X, 1 - Y_XOR), "y"), ((X[:, :1], Y_XOR), "X"), ((X * 255, Y_XOR), "X"):
        with pytest.raises(
            ValueError, match=f"^{differing} is not the same as in the original training run: undo the change"
        ):
            model.resume(*data)
    with pytest.raises(ValueError, match=r"^held_out is not the same as in"):
        model.resume(X, Y_XOR, held_out=HELD_OUT)
    for option, other in CHANGES.items():
        changed = copy.deepcopy(model)
        setattr(changed, option, other)
        with pytest.raises(ValueError, match=rf"^{option}\b.* (is|are) not the same as in the original training run"):
            changed.resume(X, Y_XOR)
        assert_same(changed, before)
    model.save(tmp_path / "slim.h5", resumable=False)
    with pytest.raises(ValueError, match="no training run to resume: call fit"):
        NeuralNetwork.load(tmp_path / "slim.h5").resume(X, Y_XOR)
    wild = NeuralNetwork([1], output="identity", learning_rate=1e3)
    with pytest.raises(DivergedError):
        wild.fit(X, Y_XOR)
    with pytest.raises(ValueError, match="no training run to resume"):
        wild.resume(X, Y_XOR)


def test_stop_button_is_given_back(monkeypatch):
    seen = []
    before = signal.signal(signal.SIGINT, lambda *arguments: seen.append(arguments))
    try:
        NeuralNetwork([3, 1], iterations=2).fit(X, Y_XOR)
        signal.raise_signal(signal.SIGINT)
        assert len(seen) == 1
    finally:
        signal.signal(signal.SIGINT, before)


# --- examples from a file ------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path):
    """100 images of 12 pixels as bytes in a file, the same numbers in memory, and labels of three classes."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (100, 12), np.uint8)
    pixels[:, [0, 3, 7]] = 0
    with h5py.File(tmp_path / "pixels.h5", "w") as file:
        file["X"] = pixels
        file["line"], file["nothing"] = np.arange(5), h5py.Empty("f8")
        file["holes"] = np.where(pixels > 250, np.nan, pixels)
    return tmp_path / "pixels.h5", pixels.astype(np.float32) * np.float32(1 / 255), rng.integers(0, 3, 100)


@pytest.mark.parametrize("options", [{"batch_size": 8}, {"batch_size": 8, "shuffle_buffer": 30}], ids=str)
def test_a_file_and_memory_give_the_same_bits(table, options):
    path, in_memory, y = table
    options = {"output": "softmax", "epochs": 3, "dtype": np.float32, "optimizer": "momentum", **options}
    rows = HDF5Rows(path, "X", scale=1 / 255)
    one = NeuralNetwork([6, 3], **options).fit(in_memory, y)
    other = NeuralNetwork([6, 3], **options).fit(rows, y, held_out=(rows, y))
    np.testing.assert_array_equal(one.cost_history_, other.cost_history_)
    for l in one.W_:
        np.testing.assert_array_equal(one.W_[l], other.W_[l])
    np.testing.assert_array_equal(one.predict_proba(in_memory), other.predict_proba(rows))
    assert one.score(in_memory, y) == other.score(rows, y)


def test_a_file_is_read_in_constant_memory(tmp_path):
    peaks = []
    for m in (20_000, 80_000):
        with h5py.File(tmp_path / f"{m}.h5", "w") as file:
            file.create_dataset("X", (m, 100), "u1", fillvalue=3)
        y = np.arange(m) % 2
        model = NeuralNetwork([2, 1], epochs=1, batch_size=100, shuffle_buffer=1000, dtype=np.float32)
        rows = HDF5Rows(tmp_path / f"{m}.h5", "X", scale=1 / 255)
        tracemalloc.start()
        model.fit(rows, y)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    growth = peaks[1] - peaks[0]
    assert growth < 0.25 * 60_000 * 100 * 4  # the labels grow; in memory X alone would grow by four times that


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda path: HDF5Rows(path.with_name("no.h5")), FileNotFoundError, r"no\.h5 was not found"),
        (lambda path: HDF5Rows(path, "Z"), ValueError, "contains no data set 'Z': it contains X, holes, line"),
        (lambda path: HDF5Rows(path, "\ud800"), TypeError, "name must be the name of a data set"),
        (lambda path: HDF5Rows(path, "nothing"), ValueError, "contains an empty data set 'nothing'"),
        (lambda path: HDF5Rows(path, "line"), ValueError, r"has shape \(5,\), but it must be \(examples, features\)"),
        (lambda path: HDF5Rows(path, "X\0"), TypeError, "name must be the name of a data set"),
        (lambda path: HDF5Rows(path, scale=0), ValueError, "scale is 0"),
        (lambda path: HDF5Rows(path, scale=1e39), ValueError, r"scale is 1e\+39, which float32 cannot represent"),
        (lambda path: HDF5Rows(path, scale=1e-60), ValueError, "scale is 1e-60, which float32 cannot represent"),
        (
            lambda path: HDF5Rows(path, scale=3e38)[:],
            ValueError,
            r"X\[.*\] in .* times scale contains .* NaN or infinite",
        ),
        (lambda path: HDF5Rows(path, dtype=int), ValueError, "must be numpy.float32 or numpy.float64"),
        (lambda path: HDF5Rows(__file__), ValueError, r"test_engine\.py is not an HDF5 file, or is damaged"),
    ],
)
def test_files_that_are_not_tables(table, make, error, sentence):
    with pytest.raises(error, match=sentence):
        make(table[0])


def test_numbers_that_are_none_are_noticed_before_training(table):
    path, in_memory, y = table
    model = NeuralNetwork([3], output="softmax", iterations=1).fit(in_memory, y)
    before = model.W_
    with pytest.raises(ValueError, match=r"holes\[0:\d+\] in pixels\.h5 contains \d+ values that are NaN"):
        model.fit(HDF5Rows(path, "holes"), y)
    assert model.W_ is before


# --- held-out examples and regularisation ---------------------------------------------------------


def test_patience_stops_and_keeps_the_best_parameters():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((30, 20)), rng.integers(0, 2, 30)
    other = rng.standard_normal((30, 20)), rng.integers(0, 2, 30)  # nothing can be learned
    options = {"batch_size": 10, "learning_rate": 0.5, "random_state": 1}
    model = NeuralNetwork([10, 1], epochs=500, patience=4, **options).fit(*noise, held_out=other)
    costs = model.held_out_cost_history_
    best = int(np.argmin(costs))
    assert len(costs) == best + 1 + 4 < 500
    short = NeuralNetwork([10, 1], epochs=best + 1, **options).fit(*noise)
    for l in (1, 2):
        np.testing.assert_array_equal(model.W_[l], short.W_[l])
    again = copy.deepcopy(model).resume(*noise, held_out=other)  # patience has run out: nothing happens
    assert_same(again, model)


def test_held_out_examples_teach_nothing():
    with_them = NeuralNetwork([4, 1], epochs=3, batch_size=9).fit(X, Y_XOR, held_out=HELD_OUT)
    without = NeuralNetwork([4, 1], epochs=3, batch_size=9).fit(X, Y_XOR)
    np.testing.assert_array_equal(with_them.W_[1], without.W_[1])
    assert with_them.held_out_cost_history_.shape == (3,)
    assert without.held_out_cost_history_.shape == (0,)
    probability = with_them.predict_proba(HELD_OUT[0])
    expected = -np.mean(np.log(np.where(HELD_OUT[1] == 1, probability, 1 - probability)))
    assert with_them.held_out_cost_history_[-1] == pytest.approx(expected, rel=1e-12)


def test_held_out_examples_must_fit():
    model = NeuralNetwork([4, 1], epochs=3)
    with pytest.raises(ValueError, match="X has 2 features, but X in held_out has 1"):
        model.fit(X, Y_XOR, held_out=(X[:, :1], Y_XOR))
    with pytest.raises(ValueError, match="X has 64 examples but y has shape"):
        model.fit(X, Y_XOR, held_out=(X, Y_XOR[:5]))


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_l2_against_nudges(l2):
    model = NeuralNetwork([3, 1], l2=l2, iterations=1, learning_rate=1, random_state=2).fit(X, Y_XOR)
    W, b = network.initialize_parameters((2, 3, 1), random_state=2)

    def cost():
        data = blocks.cost_and_gradients(X, Y_XOR[np.newaxis], W, b)[0]
        return data + 0.5 * l2 * sum((W[l] ** 2).sum() for l in W)

    assert model.cost_history_[0] == pytest.approx(cost(), rel=1e-14)
    for l in (1, 2):
        assert relative_error(W[l] - model.W_[l], numerical_gradient(cost, W[l])) < 1e-7
        assert relative_error(b[l] - model.b_[l], numerical_gradient(cost, b[l])) < 1e-7


def test_l2_reaches_weights_of_features_that_are_always_zero():
    X = np.zeros((4, 10))
    X[:, 0] = [1, 2, 3, 4]
    free, held = (NeuralNetwork([2, 1], l2=l2, iterations=50).fit(X, [0, 0, 1, 1]) for l2 in (0, 0.1))
    np.testing.assert_allclose(held.W_[1][:, 1:], free.W_[1][:, 1:] * (1 - 0.1 * 0.1) ** 50, rtol=1e-12)


# --- softmax -------------------------------------------------------------------------------------


def three_clouds(m=150):
    rng = np.random.default_rng(0)
    y = np.arange(m) % 3
    return np.array([[0, 0], [4, 0], [0, 4]])[y] + rng.standard_normal((m, 2)), y


def test_softmax_learns_three_classes():
    X, y = three_clouds()
    model = NeuralNetwork([8, 3], output="softmax", optimizer="adam", learning_rate=0.05, iterations=200).fit(X, y)
    assert model.score(X, y) > 0.95
    probability = model.predict_proba(X)
    assert probability.shape == (150, 3)
    assert probability.sum(axis=1) == pytest.approx(1)
    np.testing.assert_array_equal(model.predict(X), probability.argmax(axis=1))


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([0, 1, 2, 3], "y contains 3, but with 3 units in the last layer the classes are numbered 0 … 2"),
        ([0, 1, -1, 0], "y contains -1"),
        ([0, 0.5, 1, 2], "y contains 0.5"),
        (np.eye(4)[:, :3], r"it must have one class number per example: pass y.argmax\(axis=1\)"),
        (np.eye(4)[:, :2], r"^y has shape \(4, 2\), but .* one class number per example: pass y of shape \(4,\)$"),
        ([0, 1, 2, 1.0000001], r"^y contains 1\.0000001, but with 3 units"),
        ([0, 1, 2], r"X has 4 examples but y has shape \(3,\)"),
        ([0, 1, np.nan, 0], "y contains 1 value that is NaN"),
    ],
)
def test_bad_classes_get_a_sentence(y, sentence):
    with pytest.raises(ValueError, match=sentence):
        NeuralNetwork([3], output="softmax").fit(np.zeros((4, 2)), y)


def test_softmax_against_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    X, y = three_clouds(30)
    W, b = network.initialize_parameters((2, 5, 3), random_state=1)
    tensors = {f"{name}{l}": torch.tensor(p[l], requires_grad=True) for l in W for name, p in (("W", W), ("b", b))}
    A = torch.relu(tensors["W1"] @ torch.tensor(X.T) + tensors["b1"])
    loss = torch.nn.functional.cross_entropy((tensors["W2"] @ A + tensors["b2"]).T, torch.tensor(y))
    loss.backward()
    Y = (np.arange(3)[:, np.newaxis] == y).astype(float)
    cost, dW, db = blocks.cost_and_gradients(X, Y, W, b, "relu", "softmax")
    assert cost == pytest.approx(loss.item(), rel=1e-13)
    for l in (1, 2):
        np.testing.assert_allclose(dW[l], tensors[f"W{l}"].grad.numpy(), rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(db[l], tensors[f"b{l}"].grad.numpy(), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_a_training_against_pytorch(optimizer):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    X, y = three_clouds(60)
    model = NeuralNetwork([5, 3], output="softmax", optimizer=optimizer, learning_rate=0.05, l2=0.01, iterations=30)
    model.fit(X, y)
    W, b = network.initialize_parameters((2, 5, 3), random_state=0)
    Ws, bs = ([torch.tensor(p[l], requires_grad=True) for l in (1, 2)] for p in (W, b))
    groups = [{"params": Ws, "weight_decay": 0.01}, {"params": bs}]
    make = {
        "momentum": lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9),
        "adam": lambda g: torch.optim.Adam(g, 0.05),
    }
    theirs = make[optimizer](groups)
    for _ in range(30):
        theirs.zero_grad()
        A = torch.sigmoid(Ws[0] @ torch.tensor(X.T) + bs[0])
        torch.nn.functional.cross_entropy((Ws[1] @ A + bs[1]).T, torch.tensor(y)).backward()
        theirs.step()
    for l in (1, 2):
        np.testing.assert_allclose(model.W_[l], Ws[l - 1].detach().numpy(), rtol=1e-9, atol=1e-11)


def test_views_and_pack_are_inverse():
    sizes = (4, 3, 2)
    W, b = network.initialize_parameters(sizes, random_state=0)
    b = {l: np.full_like(b[l], l) for l in b}
    theta = engine.pack(W, b)
    again = engine.views(theta, sizes)
    for part, original in zip(again, (W, b), strict=True):
        for l in (1, 2):
            np.testing.assert_array_equal(part[l], original[l])
            assert np.shares_memory(part[l], theta)


def test_a_training_with_the_full_batch_copies_no_generator(monkeypatch):
    monkeypatch.setattr(engine, "copy", SimpleNamespace(deepcopy=lambda _: pytest.fail("copied")))
    X, y = datasets.make_xor(m=20)
    assert len(NeuralNetwork([3, 1], iterations=3).fit(X, y).cost_history_) == 3


def test_every_epoch_has_an_order_of_its_own():
    model = NeuralNetwork([3, 1], epochs=3, batch_size=8, learning_rate=1e-12).fit(X, Y_XOR)
    first, second, third = model.cost_history_.reshape(
        3, 8
    )  # the weights do not change, so each cost identifies its batch
    assert not np.allclose(first, second, rtol=1e-6)
    assert not np.allclose(second, third, rtol=1e-6)
    assert first.mean() == pytest.approx(second.mean(), rel=1e-9)


def test_one_group_is_in_memory_at_a_time():
    class Table:
        shape, living = (40, 1), []

        def __len__(self):
            return 40

        def __getitem__(self, rows):
            before = sum(group() is not None for group in self.living)
            assert before == 0, f"{before} groups are still in memory"
            group = np.arange(40.0)[rows, np.newaxis].copy()
            self.living.append(weakref.ref(group))
            return group

    seen = [x.copy() for x, _ in batching.batches(Table(), np.zeros((1, 40)), 5, 10, np.random.default_rng(0))]
    assert sorted(np.concatenate(seen)[:, 0]) == [*range(40)]


def test_groups_come_in_random_order_too():
    X, Y = np.arange(40.0).reshape(40, 1), np.zeros((1, 40))
    rng = np.random.default_rng(0)
    firsts = [[x.min() // 10 for x, _ in batching.batches(X, Y, 10, 10, rng)] for _ in range(5)]
    assert all(sorted(groups) == [0, 1, 2, 3] for groups in firsts)
    assert any(groups != [0, 1, 2, 3] for groups in firsts)


def test_an_interrupt_is_held_back_and_never_lost():
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_wait():
        signal.raise_signal(signal.SIGINT)
        reached.append(True)
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_many_blocks_give_the_gradient_and_the_held_out_cost_of_the_whole():
    m = 2 * blocks.BLOCK + 500
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((m, 4)), rng.integers(0, 2, m)
    model = NeuralNetwork([3, 1], iterations=1, learning_rate=1).fit(X, y, held_out=(X, y))
    W, b = network.initialize_parameters((4, 3, 1), random_state=0)
    dW, db = network.backward(y[np.newaxis].astype(float), W, *network.forward(X, W, b))
    for l in (1, 2):
        np.testing.assert_allclose(model.W_[l], W[l] - dW[l], rtol=0, atol=1e-13)
        np.testing.assert_allclose(model.b_[l], b[l] - db[l], rtol=0, atol=1e-13)
    probability = model.predict_proba(X)
    expected = -np.mean(np.log(np.where(y == 1, probability, 1 - probability)))
    assert model.held_out_cost_history_[0] == pytest.approx(expected, rel=1e-12)


def test_a_number_that_is_none_in_the_last_row_is_noticed_before_the_first_batch(tmp_path):
    pixels = np.ones((50, 3))
    pixels[49, 2] = np.nan
    with h5py.File(tmp_path / "late.h5", "w") as file:
        file["X"] = pixels
    model = NeuralNetwork([1], epochs=1, batch_size=5)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(HDF5Rows(tmp_path / "late.h5"), np.arange(50) % 2)
    assert not hasattr(model, "W_")


def test_the_best_parameters_survive_saving(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((30, 20)), rng.integers(0, 2, 30)
    other = rng.standard_normal((30, 20)), rng.integers(0, 2, 30)
    options = {"batch_size": 10, "learning_rate": 0.5, "random_state": 1, "epochs": 500, "patience": 4}
    through = NeuralNetwork([10, 1], **options).fit(*noise, held_out=other)
    last = len(through.cost_history_)
    model = stopped_after(last - 3, monkeypatch, lambda: NeuralNetwork([10, 1], **options).fit(*noise, held_out=other))
    model.save(tmp_path / "stopped.h5")
    loaded = NeuralNetwork.load(tmp_path / "stopped.h5")
    assert_same(loaded, model)
    assert_same(loaded.resume(*noise, held_out=other), through)


def test_the_likeliest_class_may_be_below_one_half():
    model = NeuralNetwork([3], output="softmax", iterations=1).fit(np.eye(3), [0, 1, 2])
    model.W_, model.b_ = {1: np.zeros((3, 3))}, {1: np.array([[0.0], [0.1], [0.2]])}
    assert model.predict(np.zeros((2, 3))).tolist() == [2, 2]


def test_softmax_and_its_cost_do_not_overflow():
    Z = np.array([[1000.0, -1000.0], [0.0, -1001.0], [-1000.0, -2000.0]])
    assert softmax(Z)[:, 0].tolist() == [1, 0, 0]
    assert softmax(Z).sum(axis=0) == pytest.approx(1)
    Y = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    assert losses.cross_entropy_per_example(Z, Y) == pytest.approx([1000, np.log(1 + np.exp(-1))], rel=1e-12)


def held_out_costs(costs, monkeypatch):
    """Make the cost on held-out examples follow `costs`, whatever the parameters."""
    given = iter(costs)
    monkeypatch.setattr(blocks, "mean_cost", lambda *arguments: next(given))


def test_patience_keeps_the_parameters_of_the_best_epoch_which_is_not_the_first(monkeypatch):
    held_out_costs([5.0, 3.0, 4.0, 2.0, 2.5, 2.0, 9.0], monkeypatch)
    model = NeuralNetwork([3, 1], epochs=50, batch_size=16, patience=3).fit(X, Y_XOR, held_out=HELD_OUT)
    assert model.held_out_cost_history_.tolist() == [5, 3, 4, 2, 2.5, 2, 9]  # three epochs after the fourth
    best = NeuralNetwork([3, 1], epochs=4, batch_size=16).fit(X, Y_XOR)
    for l in (1, 2):
        np.testing.assert_array_equal(model.W_[l], best.W_[l])
        np.testing.assert_array_equal(model.b_[l], best.b_[l])


def test_patience_does_not_take_a_cost_that_is_nan_for_the_lowest(monkeypatch):
    held_out_costs([np.nan, 3.0, np.nan, 2.0, 4.0, 4.0], monkeypatch)
    model = NeuralNetwork([3, 1], epochs=50, batch_size=16, patience=2).fit(X, Y_XOR, held_out=HELD_OUT)
    assert model.held_out_cost_history_.tolist() == [np.inf, 3, np.inf, 2, 4, 4]
    best = NeuralNetwork([3, 1], epochs=4, batch_size=16).fit(X, Y_XOR)
    np.testing.assert_array_equal(model.W_[1], best.W_[1])


def test_a_last_step_to_infinity_is_a_divergence_and_is_undone(monkeypatch):
    """The cost before the last update is finite, and no cost follows it."""

    def leap(theta, gradient, memory, t, learning_rate):
        theta += np.inf if t == 3 else 1

    monkeypatch.setitem(OPTIMIZERS, "gradient_descent", OPTIMIZERS["gradient_descent"]._replace(step=leap))
    model = NeuralNetwork([3, 1], iterations=3)
    with pytest.raises(DivergedError, match="at iteration 3 the cost is no longer a finite number"):
        model.fit(X, Y_XOR)
    W, _ = network.initialize_parameters([2, 3, 1], random_state=0)
    np.testing.assert_array_equal(model.W_[1], W[1] + 1 + 1)
    assert len(model.cost_history_) == 3


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "identity"])
def test_an_exploding_training_by_mini_batches_says_so(output):
    units = 2 if output == "softmax" else 1
    options = {"layer_sizes": [5, units], "output": output, "batch_size": 8, "hidden_activation": "relu"}
    if output == "identity":
        options["layer_sizes"] = [1]
    rate, scale = (5, 1) if output == "identity" else (1e5, 30)
    with pytest.warns(
        UserWarning, match=rf"the cost rose from \S+ to \S+: the learning rate {rate:g} is too large, so try"
    ):
        try:
            NeuralNetwork(**options, learning_rate=rate, epochs=3).fit(scale * X, Y_XOR)
        except DivergedError:
            pytest.fail("diverged before it could warn")
    NeuralNetwork(**options, learning_rate=1e-4, epochs=3).fit(
        X, Y_XOR
    )  # and a cost that does not rise causes no warning
    NeuralNetwork(**options | {"batch_size": 1}, learning_rate=1e-3, epochs=3).fit(X, Y_XOR)


def test_options_that_numpy_counts_in_few_bits_are_used_as_whole_numbers():
    plain = NeuralNetwork([3, 1], epochs=100, batch_size=4, shuffle_buffer=20).fit(X, Y_XOR)
    small = {"epochs": np.int8(100), "batch_size": np.uint64(4), "shuffle_buffer": np.int8(20)}
    assert_same(NeuralNetwork([3, 1], **small).fit(X, Y_XOR), plain)


@pytest.mark.parametrize(
    ("held_out", "sentence"),
    [
        (X, r"held_out must be a pair \(X, y\), but it is of type ndarray and has length 64: pass held_out=\(X, y\)"),
        (X[:2], "held_out must be a pair"),
        ((X,), "but it is of type tuple and has length 1"),
        ((X, Y_XOR, Y_XOR), "but it is of type tuple and has length 3"),
        ("ab", "but it is of type str and has length 2"),
        (3, "but it is 3"),
        ((Y_XOR, X), r"in held_out, X has shape \(64,\)"),
        ((X, None), "in held_out, y contains object values"),
    ],
)
def test_what_is_no_pair_of_examples(held_out, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        NeuralNetwork([3, 1]).fit(X, Y_XOR, held_out=held_out)


def test_settings_of_numpy_for_errors_of_arithmetic_change_nothing():
    options = {"optimizer": "adam", "dtype": np.float32, "iterations": 30, "learning_rate": 1.0}
    quiet = NeuralNetwork([3, 1], **options).fit(100 * X, Y_XOR)
    predicted = quiet.predict(1e4 * X)
    with np.errstate(all="raise"):
        assert_same(NeuralNetwork([3, 1], **options).fit(100 * X, Y_XOR), quiet)
        np.testing.assert_array_equal(quiet.predict(1e4 * X), predicted)


@pytest.mark.parametrize(
    "Y", [Y_XOR.astype(float), Y_XOR[:, np.newaxis], Y_XOR[np.newaxis, :-1], np.zeros((2, 64))], ids=np.shape
)
def test_targets_of_another_shape_are_not_broadcast(Y):
    W, b = network.initialize_parameters([2, 3, 1])
    for function in (blocks.cost_and_gradients, blocks.cost):
        with pytest.raises(ValueError, match=r"^Y has shape .* but it must be \(1, 64\), with a column for each"):
            function(X, Y, W, b)
    with pytest.raises(ValueError, match=r"^b\[1\] has shape \(3,\), but it must be a column, \(3, 1\)"):
        blocks.cost_and_gradients(X, Y_XOR[np.newaxis], W, b | {1: np.zeros(3)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"X": None}, "^X must be an array of real numbers, not a NoneType"),
        ({"X": np.ma.array(X, mask=True)}, "^X must be an array of real numbers, not a MaskedArray"),
        ({"X": X * np.nan}, "^X contains 128 values that are NaN or infinite"),
        ({"Y": Y_XOR[np.newaxis] + np.inf}, "^Y contains 64 values that are NaN or infinite"),
        ({"X": X[:, 0]}, r"^X has shape \(64,\), but it must have two axes, \(m, n\[0\]\)"),
        ({"X": np.zeros((64, 2, 2))}, r"must have two axes, \(m, n\[0\]\): use X\.reshape\(len\(X\), -1\)$"),
        ({"X": X + 0j}, "^X must be an array of real numbers, not an array of complex128"),
        ({"Y": 1.0}, "^Y must be an array of real numbers, not a float"),
        ({"b": {1: np.ones((3, 1)), 2: np.ones((1, 1)), 3: np.ones((1, 1))}}, "^W has 2 layers and b has 3"),
        (
            {"W": {1: np.ones((3, 2)), 2: np.ones((1, 1, 3))}},
            r"^W\[2\] has shape \(1, 1, 3\), but layer 2 has 3 inputs",
        ),
        ({"W": {1: np.ones((3, 2)), 2: np.ones((1, 3), complex)}}, r"^W\[2\] is of type complex128"),
        ({"W": {"1": np.ones((3, 2))}}, "^W must be a dictionary with the layers 1 to L as keys"),
        ({"b": [1, 2]}, "^b must be a dictionary"),
        ({"hidden_activation": "rely"}, "^hidden_activation is 'rely', which is not valid"),
        ({"output": None}, "^output is None, which is not valid"),
        ({"run": "map"}, "^run must be a function"),
        ({"out": "here"}, "^out must be None or a pair of dictionaries"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_gradient_of_all_examples_refuses_what_does_not_fit(change, words):
    W, b = network.initialize_parameters([2, 3, 1])
    with pytest.raises((TypeError, ValueError), match=words):
        blocks.cost_and_gradients(**{"X": X, "Y": Y_XOR[np.newaxis], "W": W, "b": b} | change)


# --- rows of a file, by number and by slice ---------------------------------------------------------


@pytest.mark.parametrize(
    "rows", [slice(None, None, -1), slice(90, 10, -7), slice(5, 5), slice(-3, None), 3, -1], ids=str
)
def test_rows_of_a_file_are_those_of_the_array(table, rows):
    path, in_memory, _ = table
    file = HDF5Rows(path, "X", scale=1 / 255)
    np.testing.assert_array_equal(file[rows], in_memory[rows])
    np.testing.assert_array_equal(file.columns([2, 5])[rows], in_memory[:, [2, 5]][rows])
    np.testing.assert_array_equal(file.columns([2, 5, 7]).columns([2, 0])[rows], in_memory[:, [7, 2]][rows])


def test_a_file_can_be_iterated_over(table):
    path, in_memory, _ = table
    np.testing.assert_array_equal(list(HDF5Rows(path, "X", scale=1 / 255)), in_memory)


@pytest.mark.parametrize(
    ("use", "error", "sentence"),
    [
        (lambda rows: rows[100], IndexError, "there is no row 100: the table has only 100 rows"),
        (lambda rows: rows["a"], TypeError, r"select rows by a number or a slice, such as X\[100:200\], not by 'a'"),
        (lambda rows: rows[[1, 2]], TypeError, r"not by \[1, 2\]: to select them in another way, load X\[:\] first"),
        (lambda rows: rows.part(90, 200), ValueError, "there are no rows 90 to 200: the table has 100 rows"),
        (lambda rows: rows.part(-1, 5), ValueError, "there are no rows -1 to 5"),
        (lambda rows: rows["a":], TypeError, r"not by slice\('a', None, None\): to select them in another way, load"),
        (lambda rows: rows[::0], TypeError, r"not by slice\(None, None, 0\): to select them in another way, load"),
        (lambda rows: rows[10**5000], IndexError, "there is no row an int: the table has only 100 rows"),
        (
            lambda rows: rows.columns([12]),
            ValueError,
            r"chosen must contain indices of the 12 features, 0 … 11, not \[12\]",
        ),
        (lambda rows: rows.columns({0, 1}), TypeError, "chosen contains object values"),
        (lambda rows: list(rows.blocks(0)), ValueError, "size is 0"),
    ],
)
def test_rows_that_are_not_there(table, use, error, sentence):
    with pytest.raises(error, match=sentence):
        use(HDF5Rows(table[0]))


@pytest.mark.parametrize("m", [50, 100, 150])
def test_a_file_that_was_replaced_is_noticed(table, m):
    path, _, y = table
    rows = HDF5Rows(path)
    with h5py.File(path, "w") as file:
        file["X"] = np.zeros((m, 12))
        file["more"] = np.arange(7)  # so that the size of the file differs, however coarse its time
    with pytest.raises(ValueError, match=r"pixels\.h5 has changed since this table was opened: open it again"):
        NeuralNetwork([3], output="softmax", batch_size=10, epochs=1).fit(rows, y)


def test_a_file_that_is_open_for_writing_is_in_use_and_not_damaged(table, monkeypatch):
    def locked(*_):
        raise BlockingIOError(errno.EAGAIN, "unable to lock file")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="in use by another program"):
        patch.setattr(h5py, "File", locked)
        HDF5Rows(table[0])
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        HDF5Rows(table[0].parent)
