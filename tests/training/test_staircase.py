"""Examples with many zeros: the order of features and examples, and training without the products with zeros."""

import itertools

import h5py
import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from helpers.backprop import network
from helpers.training import blocks, staircase
from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork
from helpers.training.staircase import Staircase, arrange
from helpers.training.streaming import HDF5Rows

RNG = np.random.default_rng(0)
# 90 examples with 30 features in random order. Some of them are mostly 0, and five always.
X = RNG.standard_normal((90, 30)) * (RNG.random((90, 30)) < np.linspace(1, -0.1, 30).clip(0) ** 2)
X = X[:, RNG.permutation(30)]
y = RNG.integers(0, 2, 90)
ZEROS = np.flatnonzero(~X.any(axis=0))


def reference(steps, sizes=(5, 1), l2=0.0, alpha=0.1):
    """Return the parameters after steps of gradient descent with the functions of lesson 04."""
    W, b = network.initialize_parameters((X.shape[1], *sizes), random_state=0)
    for _ in range(steps):
        dW, db = network.backward(y[np.newaxis].astype(float), W, *network.forward(X, W, b))
        W = {l: W[l] - alpha * (dW[l] + l2 * W[l]) for l in W}
        b = {l: b[l] - alpha * db[l] for l in b}
    return W, b


def assert_close(model, W, b):
    for l in W:
        np.testing.assert_allclose(model.W_[l], W[l], rtol=0, atol=1e-14)
        np.testing.assert_allclose(model.b_[l], b[l], rtol=0, atol=1e-14)


def test_the_data_of_these_tests_are_sorted():
    assert len(ZEROS) == 5
    assert arrange(X, y[np.newaxis])[2] is not None


@given(arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(-1, 1)))
def test_sorting_loses_nothing_but_zeros(X):
    sorted_X, Y, order = arrange(X, np.arange(len(X))[np.newaxis])
    if order is None:
        assert sorted_X is X
        return
    assert sorted(order) == np.flatnonzero(X.any(axis=0)).tolist()
    for i, row in enumerate(Y[0]):
        found, part = np.zeros(X.shape[1]), sorted_X[i : i + 1][0]
        found[order[: len(part)]] = part
        np.testing.assert_array_equal(found, X[row])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 5))
def test_blocks_are_not_empty_and_take_about_equally_long(widths, n_blocks):
    widths = np.sort(widths)[::-1]
    rows = Staircase(np.ones((len(widths), 9)), widths)
    n_blocks = min(n_blocks, len(widths))
    edges = rows.edges(n_blocks)
    assert edges[0] == 0 and edges[-1] == len(widths) and len(edges) == n_blocks + 1
    assert (np.diff(edges) > 0).all()
    work = [np.sum(widths[i:j] + staircase.ROW) for i, j in itertools.pairwise(edges)]
    assert max(work) <= np.sum(widths + staircase.ROW) / n_blocks + 2 * (9 + staircase.ROW)
    assert rows[edges[-2] : edges[-1]].shape == (edges[-1] - edges[-2], widths[edges[-2]])


def test_blocks_leave_out_columns_of_zeros():
    """The first row has the last nonzero feature, so the others need fewer."""
    rows, _, _ = arrange(X, y[np.newaxis])
    edges = rows.edges(3)
    parts = [rows[i:j] for i, j in itertools.pairwise(edges)]
    assert sum(part.size for part in parts) < 0.85 * 25 * 90
    assert sum(np.count_nonzero(part) for part in parts) == np.count_nonzero(X)


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("n_blocks", [1, 2, 7])
def test_the_full_batch_gives_the_gradients_of_lesson_04(n_blocks, l2, monkeypatch):
    monkeypatch.setattr(blocks, "count_blocks", lambda *arguments: n_blocks)
    assert_close(NeuralNetwork([5, 1], iterations=6, l2=l2).fit(X, y), *reference(6, l2=l2))


def test_weights_of_features_that_are_always_0_stay_as_they_were():
    model = NeuralNetwork([5, 1], iterations=6).fit(X, y)
    first, _ = network.initialize_parameters((30, 5, 1), random_state=0)
    np.testing.assert_array_equal(model.W_[1][:, ZEROS], first[1][:, ZEROS])


def test_momentum_and_held_out_examples_see_the_original_features():
    options = {"optimizer": "adam", "l2": 0.01, "iterations": 5, "patience": 3}
    first = NeuralNetwork([5, 1], **options).fit(X, y, held_out=(X[:30], y[:30]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staircase, "ENOUGH", 0)
        second = NeuralNetwork([5, 1], **options).fit(X, y, held_out=(X[:30], y[:30]))
    np.testing.assert_allclose(first.held_out_cost_history_, second.held_out_cost_history_, rtol=1e-12)
    for vector in ("best", "memory", "theta"):
        here, there = getattr(first._state, vector), getattr(second._state, vector)
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-11)


def test_a_training_that_is_resumed_ends_with_the_same_bits():
    through = NeuralNetwork([5, 1], optimizer="adam", iterations=6).fit(X, y)
    model = NeuralNetwork([5, 1], optimizer="adam", iterations=2).fit(X, y)
    model.iterations = 6
    model.resume(X, y)
    for l in model.W_:
        np.testing.assert_array_equal(model.W_[l], through.W_[l])


def test_divergence_leaves_the_weights_in_the_original_order():
    model = NeuralNetwork([1], output="identity", learning_rate=1e6, iterations=10**6)
    with pytest.raises(DivergedError):
        model.fit(X, y)
    W, b = network.initialize_parameters((30, 1), random_state=0)
    first = W[1].copy()
    with np.errstate(all="ignore"):
        for _ in range(len(model.cost_history_) - 1):
            dW, db = network.backward(
                y[np.newaxis].astype(float), W, *network.forward(X, W, b, output="identity"), output="identity"
            )
            W, b = {1: W[1] - 1e6 * dW[1]}, {1: b[1] - 1e6 * db[1]}
    np.testing.assert_array_equal(model.W_[1][:, ZEROS], first[:, ZEROS])
    np.testing.assert_allclose(model.W_[1], W[1], rtol=1e-9)


def test_a_file_gives_nearly_the_same_as_memory_on_the_full_batch(tmp_path):
    """Examples in a file are not sorted, so the terms are added in another order."""
    with h5py.File(tmp_path / "X.h5", "w") as file:
        file["X"] = X
    one, other = (
        NeuralNetwork([5, 1], iterations=6).fit(rows, y) for rows in (X, HDF5Rows(tmp_path / "X.h5", dtype=np.float64))
    )
    assert_close(other, one.W_, one.b_)


def test_a_feature_that_is_not_0_in_a_single_example_is_kept():
    X = np.zeros((9000, 12))
    X[:, 0], X[8999, 5] = 1, -1e-300
    rows, Y, order = arrange(X, np.arange(9000)[np.newaxis])
    assert rows.shape == (9000, 2) and order.tolist() == [0, 5] and Y[0, 0] == 8999
    assert rows[0:1].tolist() == [[1, -1e-300]]


def test_all_features_may_be_0():
    model = NeuralNetwork([1], iterations=2).fit(np.zeros((3, 4)), [0, 1, 1])
    assert model.predict([[0, 0, 0, 0]]).shape == (1,)


def test_examples_without_zeros_are_not_copied():
    dense, Y = np.ones((5, 4)), np.ones((1, 5))
    assert arrange(dense, Y)[0] is dense
