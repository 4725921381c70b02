"""The network: gradients for random shapes, lessons that differ by one argument, and everything `fit` promises."""

import _thread
import copy
import doctest
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from helpers import datasets
from helpers.backprop import losses, network, optimizers
from helpers.backprop.activations import ACTIVATIONS, sigmoid, sigmoid_prime
from helpers.gradient_check import check_gradients
from helpers.system import interrupts
from helpers.training import batching, blocks, engine, neural_network
from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork, NotFittedError
from helpers.training.parallel import core_count, parallel_map

X_SMALL = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y_SMALL = np.array([0, 1, 1, 0])


def random_task(sizes, m, seed, output="sigmoid"):
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(sizes, random_state=rng)
    b = {l: rng.standard_normal(b[l].shape) for l in b}
    Y = rng.integers(0, 2, (sizes[-1], m)).astype(float)
    return rng.standard_normal((m, sizes[0])), Y, W, b


# --- the equations -------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    m=st.integers(1, 6),
    hidden=st.sampled_from(list(ACTIVATIONS)),
    output=st.sampled_from(list(losses.OUTPUTS)),
    seed=st.integers(0, 10**6),
)
def test_gradients_against_central_differences(sizes, m, hidden, output, seed):
    X, Y, W, b = random_task(sizes, m, seed)
    report = check_gradients(X, Y, W, b, hidden, output)
    assert not report.wrong, report
    dW, db = network.backward(Y, W, *network.forward(X, W, b, hidden, output), hidden, output)
    for finding in report.findings:  # only a gradient of 0 goes unjudged: dead units or a single-unit softmax
        gradient = {"dW": dW, "db": db}[finding.name[:2]][int(finding.name[3:-1])]
        assert finding.right or not gradient.any(), report


def test_two_layers_worked_by_hand():
    W = {1: np.array([[0.5, -0.5], [1.0, 0.5]]), 2: np.array([[1.0, -2.0]])}
    b = {1: np.array([[0.25], [-1.0]]), 2: np.array([[0.9]])}
    X, Y = np.array([[1.0, 0.5]]), np.array([[1.0]])
    Z, A = network.forward(X, W, b)
    a1, a2 = 1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-0.25))
    answer = 1 / (1 + np.exp(-(a1 - 2 * a2 + 0.9)))
    assert Z[1].ravel() == pytest.approx([0.5, 0.25], abs=1e-15)
    assert A[2].item() == pytest.approx(answer, abs=1e-15)
    dW, db = network.backward(Y, W, Z, A)
    error = answer - 1
    assert dW[2].ravel() == pytest.approx([error * a1, error * a2], abs=1e-15)
    assert db[1].ravel() == pytest.approx([error * a1 * (1 - a1), -2 * error * a2 * (1 - a2)], abs=1e-15)
    assert dW[1] == pytest.approx(db[1] @ X, abs=1e-15)


def test_forward_and_backward_change_nothing_they_are_given():
    X, Y, W, b = random_task((3, 4, 1), 5, seed=0)
    before = copy.deepcopy((X, Y, W, b))
    Z, A = network.forward(X, W, b)
    store = copy.deepcopy((Z, A))
    network.backward(Y, W, Z, A)
    for mine, theirs in zip((X, Y, W, b, Z, A), (*before, *store), strict=True):
        np.testing.assert_equal(mine, theirs)


@pytest.mark.parametrize("m", [1, 7, blocks.BLOCK, blocks.BLOCK + 1, 3 * blocks.BLOCK - 1])
def test_blocks_and_threads_give_what_the_plain_equations_give(m):
    X, Y, W, b = random_task((3, 4, 2), m, seed=m)
    Z, A = network.forward(X, W, b)
    plain_cost = losses.binary_cross_entropy(Z[2], Y)
    plain = network.backward(Y, W, Z, A)
    cost, *serial = blocks.cost_and_gradients(X, Y, W, b)
    with parallel_map(blocks.count_blocks(m)) as run:
        _, *parallel = blocks.cost_and_gradients(X, Y, W, b, run=run)
    assert cost == pytest.approx(plain_cost, rel=1e-13)
    for l in (1, 2):
        for ours, threads, expected in zip(serial, parallel, plain, strict=True):
            np.testing.assert_allclose(ours[l], expected[l], rtol=1e-12, atol=1e-15)
            np.testing.assert_array_equal(ours[l], threads[l])  # the order of summation does not depend on threads


@pytest.mark.parametrize("optimizer", optimizers.OPTIMIZERS)
def test_updating_a_strip_at_a_time_changes_no_bit(optimizer, monkeypatch):
    X, y = np.random.default_rng(0).random((50, 7)), np.arange(50) % 2
    thetas = []
    for strip in (1, 5, 10_000):
        monkeypatch.setattr(engine, "STRIP", strip)
        thetas.append(NeuralNetwork([4, 1], optimizer=optimizer, iterations=7).fit(X, y)._state.theta)
    np.testing.assert_array_equal(thetas[0], thetas[2])
    np.testing.assert_array_equal(thetas[1], thetas[2])


def test_initialization_scales_and_repeats():
    scales = {"lecun": 0.05, "glorot": np.sqrt(2 / 500), "he": np.sqrt(2 / 400), "small": 0.01, "zero": 0}
    assert set(scales) == set(network.INITIALIZATIONS)
    for name, scale in scales.items():
        W, b = network.initialize_parameters([400, 100], name, random_state=0)
        assert W[1].shape == (100, 400)
        assert W[1].std() == pytest.approx(scale, rel=0.02)
        assert not b[1].any()
        np.testing.assert_array_equal(W[1], network.initialize_parameters([400, 100], name, random_state=0)[0][1])


def test_a_network_without_layers_is_refused():
    with pytest.raises(ValueError, match=r"^layer_sizes is \[3\]: put the number of features first"):
        network.initialize_parameters([3])


def test_legacy_seed_gives_the_tutorials_first_weights():
    W, _ = network.initialize_parameters([784, 196, 1], random_state=np.random.RandomState(1))
    assert W[1][0, 0] == pytest.approx(0.05801233, abs=5e-9)  # shown in the screenshot of its debugger
    assert W[1][0, 1] == pytest.approx(-0.02184844, abs=5e-9)
    assert W[2][0, 0] == pytest.approx(5.87599636e-02, abs=5e-11)
    assert (W[1].min(), W[1].max()) == pytest.approx((-0.15453168858417257, 0.14886134564125336), abs=1e-16)


# --- one argument makes the series ---------------------------------------------------------------


def test_one_layer_is_logistic_regression():
    X, y = datasets.make_blobs(300, random_state=0)
    fitted = NeuralNetwork([1], learning_rate=0.5, iterations=50).fit(X, y)
    W, b = network.initialize_parameters([2, 1], random_state=0)
    w, c, costs = W[1], b[1], []
    for _ in range(50):
        Z = w @ X.T + c
        A = 1 / (1 + np.exp(-Z))
        costs.append(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))
        dZ = (A - y) / len(X)
        w, c = w - 0.5 * dZ @ X, c - 0.5 * dZ.sum()
    np.testing.assert_allclose(fitted.cost_history_, costs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(fitted.W_[1], w, rtol=0, atol=1e-12)


def test_two_layers_are_the_derivation_by_hand():
    X, Y, W, b = random_task((5, 4, 1), 9, seed=3)
    Z1 = W[1] @ X.T + b[1]
    A1 = sigmoid(Z1)
    dZ2 = (sigmoid(W[2] @ A1 + b[2]) - Y) / 9
    dZ1 = (W[2].T @ dZ2) * sigmoid_prime(Z1)
    dW, db = network.backward(Y, W, *network.forward(X, W, b))
    for ours, by_hand in ((dW[2], dZ2 @ A1.T), (db[2], dZ2.sum(axis=1, keepdims=True)), (dW[1], dZ1 @ X)):
        np.testing.assert_allclose(ours, by_hand, rtol=0, atol=1e-12)
    np.testing.assert_allclose(db[1], dZ1.sum(axis=1, keepdims=True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
def test_gradients_against_pytorch(hidden):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    X, Y, W, b = random_task((6, 5, 4, 2), 8, seed=1)
    tensors = {
        name: torch.tensor(value, requires_grad=True) for l in W for name, value in ((f"W{l}", W[l]), (f"b{l}", b[l]))
    }
    A = torch.tensor(X.T)
    for l in (1, 2, 3):
        Z = tensors[f"W{l}"] @ A + tensors[f"b{l}"]
        A = getattr(torch, hidden)(Z)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(Z, torch.tensor(Y), reduction="sum") / 8
    loss.backward()
    cost, dW, db = blocks.cost_and_gradients(X, Y, W, b, hidden)
    assert cost == pytest.approx(loss.item(), rel=1e-13)
    for l in (1, 2, 3):
        np.testing.assert_allclose(dW[l], tensors[f"W{l}"].grad.numpy(), rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(db[l], tensors[f"b{l}"].grad.numpy(), rtol=1e-11, atol=1e-15)


# --- fit and predict -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "random_state", [5, np.random.default_rng(5), np.random.RandomState(5)], ids=["int", "new", "legacy"]
)
@pytest.mark.parametrize("batch_size", [None, 3])
def test_fit_twice_is_the_same_and_touches_nothing_of_the_callers(random_state, batch_size):
    sizes, X, y = [3, 1], X_SMALL.copy(), Y_SMALL.copy()
    model = NeuralNetwork(sizes, iterations=7, batch_size=batch_size, random_state=random_state)
    first = copy.deepcopy(model.fit(X, y))
    second = model.fit(X, y)
    np.testing.assert_array_equal(first.cost_history_, second.cost_history_)
    for l in (1, 2):
        np.testing.assert_array_equal(first.W_[l], second.W_[l])
    assert sizes == [3, 1]
    np.testing.assert_array_equal(X, X_SMALL)
    np.testing.assert_array_equal(y, Y_SMALL)


def test_float32_is_kept_and_close_to_float64():
    X, y = datasets.make_xor(100)
    exact, single = (NeuralNetwork([4, 1], iterations=30, dtype=dtype).fit(X, y) for dtype in (np.float64, np.float32))
    assert all(array.dtype == np.float32 for array in (*single.W_.values(), *single.b_.values()))
    np.testing.assert_allclose(single.cost_history_, exact.cost_history_, atol=1e-6)
    assert single.predict_proba(X).dtype == np.float32


def test_global_random_state_is_neither_used_nor_changed():
    before = np.random.get_state()  # noqa: NPY002
    NeuralNetwork([3, 1], iterations=3, batch_size=2).fit(X_SMALL, Y_SMALL)
    np.testing.assert_equal(np.random.get_state(), before)  # noqa: NPY002


@pytest.mark.parametrize("shuffle_buffer", [10, 4])
def test_mini_batches_see_every_example_once_an_epoch(shuffle_buffer):
    X, Y = np.arange(10.0).reshape(10, 1), np.arange(10.0).reshape(1, 10)
    rng = np.random.default_rng(0)
    epochs = [[(x.copy(), y) for x, y in batching.batches(X, Y, 4, shuffle_buffer, rng)] for _ in range(2)]
    for epoch in epochs:
        assert sorted(len(x) for x, _ in epoch) == [2, 4, 4]
        assert sorted(np.concatenate([x.ravel() for x, _ in epoch])) == list(range(10))
        assert all((x.ravel() == y.ravel()).all() for x, y in epoch)
    assert not np.array_equal(epochs[0][0][0], epochs[1][0][0])
    model = NeuralNetwork([1], epochs=3, batch_size=3).fit(X_SMALL, Y_SMALL)
    assert len(model.cost_history_) == 3 * 2


@pytest.mark.parametrize("shuffle_buffer", [10, 4])
def test_batches_that_were_seen_already_are_not_read(shuffle_buffer):
    X, Y = np.arange(10.0).reshape(10, 1), np.arange(10.0).reshape(1, 10)
    every = [y for _, y in batching.batches(X, Y, 4, shuffle_buffer, np.random.default_rng(0))]
    for skip in range(4):
        rest = [y for _, y in batching.batches(X, Y, 4, shuffle_buffer, np.random.default_rng(0), skip)]
        assert [y.tolist() for y in rest] == [y.tolist() for y in every[skip:]]


def test_mini_batches_learn():
    X, y = datasets.make_xor(400)
    assert NeuralNetwork([8, 1], learning_rate=1, epochs=200, batch_size=20).fit(X, y).score(X, y) > 0.97


def test_linear_regression_finds_least_squares():
    X, y = datasets.make_line()
    model = NeuralNetwork([1], output="identity", learning_rate=0.3, iterations=500).fit(X, y)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(60)]), y, rcond=None)[0]
    np.testing.assert_allclose([*model.W_[1][0], model.b_[1].item()], best, atol=1e-9)
    assert model.score(X, y) == pytest.approx(1 - np.var(y - model.predict(X)) / np.var(y), abs=1e-9)
    with pytest.raises(ValueError, match="does not give probabilities"):
        model.predict_proba(X)
    with pytest.raises(ValueError, match="R² is not defined"):
        model.score(X[:3], [0.1, 0.1, 0.1])


def test_r2_with_one_constant_target_of_two():
    """R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)², both sums over all outputs, worked out by hand."""
    model = NeuralNetwork([2], output="identity", iterations=1).fit([[0.0], [1.0]], [[0, 3], [2, 3]])
    model.W_, model.b_ = {1: np.array([[1.0], [0.0]])}, {1: np.array([[0.5], [3.5]])}
    # answers (0.5, 3.5) and (1.5, 3.5); errors ±0.5 four times, so 1; about the means 1 + 1 + 0 + 0
    assert model.score([[0.0], [1.0]], [[0, 3], [2, 3]]) == pytest.approx(1 - 1 / 2, rel=1e-15)


def test_several_outputs():
    y = np.column_stack([Y_SMALL, 1 - Y_SMALL])
    model = NeuralNetwork([4, 2], learning_rate=5, iterations=1500).fit(X_SMALL, y)
    assert model.predict(X_SMALL).tolist() == y.tolist()
    assert model.score(X_SMALL, y) == 1.0


def test_the_answer_is_1_above_one_half_and_at_no_other_place():
    model = NeuralNetwork([1], iterations=1).fit([[0.0], [1.0]], [0, 1])
    model.W_, model.b_ = {1: np.array([[1.0]])}, {1: np.array([[0.0]])}
    assert model.predict([[-1e-9], [0.0], [1e-9], [-0.3], [0.3]]).tolist() == [0, 0, 1, 0, 1]


@pytest.mark.parametrize(("value", "shown"), [("1", False), ("0", True), ("", True), (None, True)])
def test_the_progress_bar_can_be_turned_off(monkeypatch, capsys, value, shown):
    if value is None:
        monkeypatch.delenv("TQDM_DISABLE")
    else:
        monkeypatch.setenv("TQDM_DISABLE", value)
    monkeypatch.setattr(interrupts, "DELAY", 0)
    assert list(engine.progress(3, "fit", "iteration")) == [0, 1, 2]
    assert ("fit:   0%" in "".join(capsys.readouterr())) is shown


def test_a_short_fit_shows_no_progress_bar(monkeypatch, capsys):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    NeuralNetwork([1], iterations=3).fit(X_SMALL, Y_SMALL)
    assert "iteration" not in "".join(capsys.readouterr())


def test_score_counts_right_answers():
    model = NeuralNetwork([1], iterations=1).fit(X_SMALL, Y_SMALL)
    answer = model.predict(X_SMALL)
    assert model.score(X_SMALL, answer) == 1.0
    wrong = answer.copy()
    wrong[0] = 1 - wrong[0]
    assert model.score(X_SMALL, wrong) == 0.75


def test_a_fraction_is_a_learning_rate_too():
    exact, other = (
        NeuralNetwork([1], iterations=3, learning_rate=a).fit(X_SMALL, Y_SMALL) for a in (0.5, Fraction(1, 2))
    )
    np.testing.assert_array_equal(exact.W_[1], other.W_[1])


def test_pixels_as_whole_numbers_and_lists_are_welcome():
    exact = NeuralNetwork([1], iterations=3).fit(X_SMALL, Y_SMALL)
    for X, y in ((X_SMALL.astype(np.uint8), Y_SMALL.astype(bool)), (X_SMALL.tolist(), Y_SMALL.reshape(-1, 1).tolist())):
        np.testing.assert_array_equal(NeuralNetwork([1], iterations=3).fit(X, y).W_[1], exact.W_[1])


# --- what goes wrong -----------------------------------------------------------------------------


def test_interrupt_keeps_parameters_and_history(monkeypatch):
    honest, calls = blocks.cost_and_gradients, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return honest(*args)

    reference = NeuralNetwork([3, 1], iterations=5).fit(X_SMALL, Y_SMALL)
    monkeypatch.setattr(blocks, "cost_and_gradients", interrupted)
    with pytest.warns(UserWarning, match="training was interrupted after 5 iterations; progress so far is kept"):
        model = NeuralNetwork([3, 1], iterations=1000).fit(X_SMALL, Y_SMALL)
    np.testing.assert_array_equal(model.cost_history_, reference.cost_history_)
    for l in (1, 2):
        np.testing.assert_array_equal(model.W_[l], reference.W_[l])
        np.testing.assert_array_equal(model.b_[l], reference.b_[l])


def test_a_real_interrupt_in_the_middle_of_parallel_work(monkeypatch):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((4 * blocks.BLOCK, 50)), rng.integers(0, 2, 4 * blocks.BLOCK)

    assert blocks.count_parallel_blocks(len(X), 50 * 60) == 4

    def progress(n_updates, *_):
        threading.Timer(0.3, _thread.interrupt_main).start()
        return range(n_updates)

    monkeypatch.setattr(engine, "progress", progress)
    with pytest.warns(UserWarning, match="training was interrupted"):
        model = NeuralNetwork([60, 1], iterations=10**5).fit(X, y)
    monkeypatch.undo()
    done = len(model.cost_history_)
    assert 0 < done < 10**5
    again = NeuralNetwork([60, 1], iterations=done).fit(X, y)
    np.testing.assert_array_equal(again.W_[1], model.W_[1])


def test_divergence_names_iteration_and_cure_and_keeps_the_last_finite_parameters():
    X, y = datasets.make_line()
    model = NeuralNetwork([1], output="identity", learning_rate=30, iterations=1000)
    with pytest.raises(DivergedError, match=r"at iteration \d+ .* learning rate, such as 3 instead of 30"):
        model.fit(X, y)
    done = len(model.cost_history_)
    assert 10 < done < 1000
    assert np.isfinite(model.cost_history_).all()
    shorter = NeuralNetwork([1], output="identity", learning_rate=30, iterations=done - 1)
    with pytest.warns(UserWarning, match="the cost rose"):
        shorter.fit(X, y)
    np.testing.assert_array_equal(model.W_[1], shorter.W_[1])
    assert losses.squared_error((model.predict(X))[np.newaxis], y[np.newaxis]) == pytest.approx(model.cost_history_[-1])


def test_a_cost_that_is_infinite_from_the_beginning_blames_no_learning_rate():
    model = NeuralNetwork([3, 1], output="identity", iterations=3)
    with pytest.raises(DivergedError, match=r"^training cannot begin: .* Scale the features and the targets") as caught:
        model.fit(X_SMALL, 1e200 * Y_SMALL)
    assert "learning rate" not in str(caught.value)
    assert np.isfinite(model.W_[1]).all()


def test_a_rising_cost_warns_with_a_cure():
    X, y = datasets.make_blobs(50, random_state=0)
    with pytest.warns(UserWarning, match="the learning rate 1000 is too large, so try 100"):
        NeuralNetwork([3, 3, 1], learning_rate=1000, iterations=4, random_state=1).fit(X, 1 - y)


def test_the_warning_is_about_the_iterations_of_this_call():
    X, y = datasets.make_line()
    options = {"output": "identity", "learning_rate": 1.5, "iterations": 5}
    with pytest.warns(UserWarning, match=r"the cost rose from \S+ to (\S+): the learning rate 1.5 is too large"):
        model = NeuralNetwork([1], **options).fit(X, y)
    high = model.cost_history_[-1]
    model.learning_rate, model.iterations = 0.15, 8
    with warnings.catch_warnings(action="error"):
        model.resume(X, y)  # the cost falls, but is still above that of the first iteration
        assert model.cost_history_[0] < model.cost_history_[-1] < high
        model.resume(X, y)  # no iterations remain
    model.learning_rate, model.iterations = 1.5, 20
    start = model.cost_history_[-1]
    with pytest.warns(UserWarning, match=r"the cost rose from \S+ to \S+: the learning rate 1.5 is") as caught:
        model.resume(X, y)
    assert float(str(caught[0].message).split()[4]) < start  # that of the first update of this call


def test_a_cost_that_wavers_near_its_minimum_after_resuming_causes_no_warning():
    X, y = datasets.make_line(noise=0)
    model = NeuralNetwork([1], output="identity", optimizer="adam", learning_rate=0.3, iterations=400).fit(X, y)
    with warnings.catch_warnings(action="error"):
        for _ in range(20):
            model.iterations += 5
            model.resume(X, y)
    first, last = model.cost_history_[400::5], model.cost_history_[404::5]
    assert (last > first).any()


BAD_OPTIONS = [
    ({"layer_sizes": []}, ValueError, "layer_sizes is empty"),
    ({"layer_sizes": [0, 1]}, ValueError, "layer_sizes contains 0"),
    ({"layer_sizes": [-3, 1]}, ValueError, "layer_sizes contains -3"),
    ({"layer_sizes": [2.5, 1]}, TypeError, "layer_sizes contains 2.5"),
    ({"layer_sizes": [True, 1]}, TypeError, "layer_sizes contains True"),
    ({"layer_sizes": ["3", 1]}, TypeError, "layer_sizes contains '3'"),
    ({"layer_sizes": "31"}, TypeError, "must be a list such as"),
    ({"layer_sizes": 3}, TypeError, "must be a list such as"),
    ({"layer_sizes": None}, TypeError, "must be a list such as"),
    ({"layer_sizes": b"31"}, TypeError, "must be a list such as"),
    ({"layer_sizes": {3: 1}}, TypeError, "must be a list such as"),
    ({"iterations": 10**50}, ValueError, "iterations is 1000.*, but it must be at most"),
    ({"layer_sizes": [3, 2]}, ValueError, "the last layer has 2 units"),
    ({"learning_rate": 0}, ValueError, "learning_rate is 0"),
    ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1"),
    ({"learning_rate": np.nan}, ValueError, "learning_rate is nan"),
    ({"learning_rate": np.inf}, ValueError, "learning_rate is inf"),
    ({"learning_rate": "fast"}, TypeError, "learning_rate must be a number above 0, not 'fast'"),
    ({"iterations": 0}, ValueError, "iterations is 0"),
    ({"iterations": 1.5}, TypeError, "iterations must be a whole number"),
    ({"epochs": -1}, ValueError, "epochs is -1"),
    ({"batch_size": 0}, ValueError, "batch_size is 0"),
    ({"shuffle_buffer": 0}, ValueError, "shuffle_buffer is 0"),
    ({"patience": 0}, ValueError, "patience is 0"),
    ({"patience": 3}, ValueError, r"patience needs held-out examples: pass held_out=\(X, y\)"),
    ({"l2": -1}, ValueError, "l2 is -1, but it must be a finite number of at least 0"),
    ({"l2": "much"}, TypeError, "l2 must be a number of at least 0"),
    ({"optimizer": "sgd"}, ValueError, "optimizer is 'sgd', which is not valid: choose one of gradient_descent, mom"),
    ({"layer_sizes": [3, 1], "output": "softmax"}, ValueError, "needs at least 2 units, one for each class"),
    (
        {"hidden_activation": "swish"},
        ValueError,
        "hidden_activation is 'swish', which is not valid: choose one of sigmoid",
    ),
    (
        {"output": "softmin"},
        ValueError,
        "output is 'softmin', which is not valid: choose one of sigmoid, softmax, identity",
    ),
    ({"initialization": "xavier!"}, ValueError, "initialization is 'xavier!'"),
    ({"hidden_activation": None}, ValueError, "hidden_activation is None"),
    ({"learning_rate": 10**400}, ValueError, "learning_rate is inf"),
    ({"dtype": np.int64}, ValueError, "must be numpy.float32 or numpy.float64"),
    ({"dtype": "single precision"}, ValueError, "must be numpy.float32 or numpy.float64"),
    ({"random_state": None}, TypeError, "random_state must be a whole number"),
    ({"random_state": -1}, TypeError, "random_state must be a whole number"),
]


class Table:
    """Like a pandas DataFrame of type Float64, which NumPy reads as objects."""

    def __array__(self, dtype=None, copy=None):
        return np.array([[0.5, None]] * 4, object)

    def astype(self, dtype):
        raise AssertionError("the reader is to call it")


class Sparse:
    """Like a SciPy sparse matrix."""

    def toarray(self):
        raise AssertionError("the reader is to call it")


class Anything:
    """An object that claims to have every public attribute, as those of lazy libraries do."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("compute me first")


class Graph:
    """Like a PyTorch tensor that is attached to a graph."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


BAD_DATA = [
    (Table(), Y_SMALL, TypeError, r"X contains object values, .* convert them with \.astype\(float\)"),
    (Sparse(), Y_SMALL, TypeError, r"X is a sparse Sparse: pass a dense array, X\.toarray\(\)"),
    (Anything(), Y_SMALL, TypeError, r"X is a Anything that NumPy cannot read \(compute me first\)"),
    (Graph(), Y_SMALL, TypeError, r"X is a Graph that NumPy cannot read \(Can't call numpy"),
    ({"a": 1}, Y_SMALL, TypeError, "X contains object values, .* in an array or a list, not a dict"),
    (np.zeros((4, 28, 28)), Y_SMALL, ValueError, "flatten each example first"),
    (np.zeros(4), Y_SMALL, ValueError, r"X.reshape\(-1, 1\)"),
    (np.zeros((0, 2)), [], ValueError, "X is empty"),
    ([], [], ValueError, "X is empty"),
    ([[np.nan, 0], [0, 0], [0, 0], [0, 0]], Y_SMALL, ValueError, r"X contains 1 value that is NaN .* index \(0, 0\)"),
    ([[0, 0], [0, np.inf], [0, 0], [0, 0]], Y_SMALL, ValueError, r"infinite, the first at index \(1, 1\)"),
    ([["a", "b"]] * 4, Y_SMALL, TypeError, "X contains <U1 values"),
    ([[None, 1]] * 4, Y_SMALL, TypeError, "X contains object values"),
    ([[1j, 1]] * 4, Y_SMALL, TypeError, "X contains complex128 values"),
    ([[1, 2], [3]], [0, 1], ValueError, "rows have different lengths"),
    (np.ma.masked_less(X_SMALL, 1), Y_SMALL, TypeError, "X is a masked array"),
    (X_SMALL, [5, 8, 8, 5], ValueError, r"y contains 5, 8, but labels must be 0 or 1: .*y == 8"),
    (X_SMALL, [0, 1, 2, 1], ValueError, "labels must be 0 or 1"),
    (X_SMALL, [0, 1, 0.5, 1], ValueError, "labels must be 0 or 1"),
    (X_SMALL, [-1, 1, 1, -1], ValueError, "labels must be 0 or 1"),
    (X_SMALL, [0, 1, 0.9999999999, 1], ValueError, r"^y contains 0, 0\.9999999999, 1, but labels must be 0 or 1"),
    (X_SMALL, [0, 1, np.nan, 0], ValueError, "y contains 1 value that is NaN"),
    (X_SMALL, ["a", "b", "a", "b"], TypeError, "y contains <U1 values"),
    (X_SMALL, [0, 1, 1], ValueError, r"X has 4 examples but y has shape \(3,\)"),
    (X_SMALL, Y_SMALL[np.newaxis], ValueError, r"each row must be one example: pass y.ravel\(\)"),
    (X_SMALL, np.zeros((4, 2)), ValueError, r"y must have shape \(4, 1\)"),
    (X_SMALL, 1, ValueError, "provide one target for each row"),
]


@pytest.mark.parametrize(("options", "error", "sentence"), BAD_OPTIONS)
def test_bad_options_get_a_sentence(options, error, sentence):
    with pytest.raises(error, match=sentence):
        NeuralNetwork(**{"layer_sizes": [3, 1], **options}).fit(X_SMALL, Y_SMALL)


@pytest.mark.parametrize(("X", "y", "error", "sentence"), BAD_DATA)
def test_bad_data_gets_a_sentence_and_leaves_the_network_as_it_was(X, y, error, sentence):
    model = NeuralNetwork([3, 1], iterations=2).fit(X_SMALL, Y_SMALL)
    before = model.W_
    with pytest.raises(error, match=sentence):
        model.fit(X, y)
    assert model.W_ is before


def test_predict_before_fit_and_on_the_wrong_width():
    model = NeuralNetwork([3, 1])
    for call in (model.predict, model.predict_proba, lambda X: model.score(X, Y_SMALL)):
        with pytest.raises(NotFittedError, match=r"call fit\(X, y\)"):
            call(X_SMALL)
    model.fit(X_SMALL, Y_SMALL)
    with pytest.raises(ValueError, match="X has 3 features, but the network was fitted on 2"):
        model.predict(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="flatten"):
        model.predict(np.zeros((1, 2, 1)))


def test_a_misspelt_option_and_parameters_that_do_not_fit_are_named():
    model = NeuralNetwork([3, 1], iterations=2).fit(X_SMALL, Y_SMALL)
    model.learing_rate = 0.01
    for use in (
        lambda: model.fit(X_SMALL, Y_SMALL),
        lambda: model.resume(X_SMALL, Y_SMALL),
        lambda: model.predict(X_SMALL),
    ):
        with pytest.raises(ValueError, match=r"learing_rate is not an option .*: did you mean learning_rate"):
            use()
    del model.learing_rate
    model.b_[1] = model.b_[1][:, 0]  # would be broadcast along the examples
    with pytest.raises(ValueError, match=r"b_\[1\] has shape \(3,\), but layer 1 needs \(3, 1\)"):
        model.predict(X_SMALL[:3])


@pytest.mark.parametrize(
    "change", [{"hidden_activation": "relu"}, {"output": "softmax"}, {"dtype": np.float32}, {"layer_sizes": (9, 1)}]
)
@pytest.mark.parametrize("loaded", [False, True])
def test_parameters_are_not_used_in_another_way_than_they_were_fitted(change, loaded, tmp_path):
    path = tmp_path / "network.h5"
    model = NeuralNetwork([3, 1], iterations=2).fit(X_SMALL, Y_SMALL)
    model.save(path)
    model = NeuralNetwork.load(path) if loaded else model
    vars(model).update(change, learning_rate=0.5, batch_size=2)  # the last two make no difference to the parameters
    uses = model.predict, model.predict_proba, lambda X: model.score(X, Y_SMALL), lambda X: model.save(path)
    for use in uses:
        with pytest.raises(ValueError, match=f"{next(iter(change))} is"):
            use(X_SMALL)
    vars(model).update({name: vars(NeuralNetwork([3, 1]))[name] for name in change})
    assert model.predict_proba(X_SMALL).shape == Y_SMALL.shape


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda model: vars(model).pop("b_"), "this network no longer has b_: call fit"),
        (lambda model: vars(model).pop("layer_sizes_"), "this network no longer has layer_sizes_: call fit"),
        (lambda model: vars(model).pop("cost_history_"), "this network no longer has cost_history_: call fit"),
        (lambda model: vars(model).update(W_={float(l): p for l, p in model.W_.items()}), "W_ must be a dict"),
        (lambda model: model.b_.update({1: np.ma.array(model.b_[1])}), r"b_\[1\] is a MaskedArray"),
    ],
    ids=["no b_", "no layer_sizes_", "no history", "float keys", "masked"],
)
@pytest.mark.parametrize("use", ["predict", "predict_proba", "score", "resume", "save"])
def test_parameters_that_were_damaged_are_named_at_every_door(damage, words, use, tmp_path):
    model = NeuralNetwork([3, 1], iterations=2).fit(X_SMALL, Y_SMALL)
    damage(model)
    model.iterations = 3
    arguments = {"score": (X_SMALL, Y_SMALL), "resume": (X_SMALL, Y_SMALL), "save": (tmp_path / "network.h5",)}
    with pytest.raises(ValueError, match=words):
        getattr(model, use)(*arguments.get(use, (X_SMALL,)))
    assert not any(tmp_path.iterdir())


def test_whether_to_keep_the_training_is_true_or_false(tmp_path):
    model = NeuralNetwork([1], iterations=1).fit(X_SMALL, Y_SMALL)
    with pytest.raises(TypeError, match=r"^resumable must be True or False, not array"):
        model.save(tmp_path / "network.h5", resumable=np.ones(2))


@pytest.mark.parametrize("dtype", [int, np.float16, complex, "single precision", None])
def test_first_weights_of_another_type_are_refused(dtype):
    with pytest.raises(ValueError, match=r"must be numpy\.float32 or numpy\.float64"):
        network.initialize_parameters([3, 2], dtype=dtype)


def test_too_large_for_single_precision_is_named():
    for data in (([[1e300], [0]], [0, 1]), ([[0], [0]], [1e300, 1])):
        with pytest.raises(ValueError, match=r"^[Xy] contains 1e\+300 at index .* which is too large for float32"):
            NeuralNetwork([1], output="identity", dtype=np.float32).fit(*data)


def test_description_is_the_call_that_makes_it():
    model = NeuralNetwork([3, 1], learning_rate=0.5)
    assert repr(model).startswith("NeuralNetwork([3, 1], hidden_activation='sigmoid'")
    assert "learning_rate=0.5" in repr(model)
    again = eval(repr(NeuralNetwork(range(1, 4), dtype=np.float32)))  # trusted: it is our own text
    assert repr(again) == repr(NeuralNetwork([1, 2, 3], dtype="float32"))
    assert again.fit(X_SMALL, np.eye(4)[:, :3]).W_[1].dtype == np.float32
    assert repr(NeuralNetwork(None)).startswith("NeuralNetwork(None, ")


def test_the_callers_list_may_change_afterwards():
    sizes = [3, 1]
    model = NeuralNetwork(sizes, iterations=1)
    sizes.insert(0, 784)
    assert model.fit(X_SMALL, Y_SMALL).layer_sizes_ == (2, 3, 1)
    assert NeuralNetwork(map(int, "31"), iterations=1).fit(X_SMALL, Y_SMALL).layer_sizes_ == (2, 3, 1)


def test_blas_gets_its_threads_back_when_the_last_fit_ends():
    def blas_threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        first, second = parallel_map(2), parallel_map(2)
        first.__enter__(), second.__enter__()
        if core_count() > 1:
            assert blas_threads() <= {1}
        first.__exit__(None, None, None)
        second.__exit__(None, None, None)
        assert 1 not in blas_threads()


def test_examples_in_the_documentation():
    assert doctest.testmod(neural_network).failed == 0
    assert doctest.testmod(neural_network).attempted > 0
