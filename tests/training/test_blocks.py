"""The fast form of the equations agrees with `backprop.network` on random networks, for any division into blocks."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from helpers.backprop.activations import ACTIVATIONS, sigmoid
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import backward, forward, initialize_parameters
from helpers.training import blocks

SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=5)


def task(sizes, m, output, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    W, b = initialize_parameters(sizes, random_state=rng, dtype=dtype)
    b = {l: rng.standard_normal(b[l].shape).astype(dtype) for l in b}
    X, Y = rng.standard_normal((m, sizes[0])).astype(dtype), rng.random((sizes[-1], m)).astype(dtype)
    return X, Y / Y.sum(axis=0) if output == "softmax" else Y, W, b


@given(
    SIZES,
    st.integers(1, 40),
    st.sampled_from(list(ACTIVATIONS)),
    st.sampled_from(list(OUTPUTS)),
    st.integers(0, 999),
    st.booleans(),
)
def test_the_fast_form_agrees_with_the_equations(sizes, m, hidden, output, seed, in_browser):
    X, Y, W, b = task(sizes, m, output, seed)
    Z, A = forward(X, W, b, hidden, output)
    dW, db = backward(Y, W, Z, A, hidden, output)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", 7)
        patch.setattr(blocks, "SMALL", 20)
        patch.setattr(blocks, "in_browser", lambda: in_browser)
        cost, fast_dW, fast_db = blocks.cost_and_gradients(X, Y, W, b, hidden, output)
        np.testing.assert_allclose(blocks.cost(X, Y, W, b, hidden, output), cost, rtol=1e-12)
        np.testing.assert_allclose(blocks.outputs(X, W, b, hidden, output), A[len(W)].T, rtol=1e-12)
    assert cost == pytest.approx(OUTPUTS[output].cost(Z[len(W)], Y), rel=1e-12)
    for l in W:
        np.testing.assert_allclose(fast_dW[l], dW[l], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(fast_db[l], db[l], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_a_slope_of_the_reader_is_used(name, monkeypatch):
    X, Y, W, b = task((3, 4, 2), 5, "sigmoid", 0)
    monkeypatch.setitem(ACTIVATIONS, name, ACTIVATIONS[name]._replace(g_prime=lambda Z: 0 * Z))
    assert not blocks.cost_and_gradients(X, Y, W, b, name)[1][1].any()


@pytest.mark.parametrize("out", [({}, {}), ({1: 0}, {1: 0}), {}, 3])
def test_arrays_for_the_gradients_that_do_not_fit_are_refused(out):
    X, Y, W, b = task((3, 4, 2), 5, "sigmoid", 0)
    with pytest.raises(TypeError, match=r"^out must be None or a pair of dictionaries \(dW, db\) with one array"):
        blocks.cost_and_gradients(X, Y, W, b, out=out)


def test_layers_may_be_in_any_order():
    X, Y, W, b = task((3, 4, 2), 5, "sigmoid", 0)
    backwards = {l: W[l] for l in (2, 1)}  # as `backward` returns the gradients
    assert blocks.cost_and_gradients(X, Y, backwards, b)[0] == blocks.cost_and_gradients(X, Y, W, b)[0]


@pytest.mark.parametrize("dtype, smallest", [(np.float64, -700), (np.float32, -80)])
def test_the_sigmoid_and_its_slope_from_one_exponential(dtype, smallest):
    z = np.concatenate([np.linspace(smallest, 40, 999), [40.1, 88, 1000, np.inf, -np.inf]]).astype(dtype)
    A, slope = blocks._sigmoid_and_slope(z)
    assert A.dtype == slope.dtype == dtype
    np.testing.assert_array_equal(A, sigmoid(z))
    exact = np.exp(-np.abs(z.astype(np.longdouble)))
    exact /= (1 + exact) ** 2
    np.testing.assert_allclose(slope[:999], exact[:999].astype(float), rtol=8 * np.finfo(dtype).eps)
    assert np.all(slope[999:] <= np.exp(-39.9)) and np.all(slope >= 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gradients_are_written_where_they_are_wanted(dtype):
    X, Y, W, b = task([4, 3, 2], 20, "sigmoid", 0, dtype)
    out = tuple({l: np.full_like(p[l], np.nan) for l in p} for p in (W, b))
    expected = backward(Y, W, *forward(X, W, b))
    _, *got = blocks.cost_and_gradients(X, Y, W, b, out=out)
    for theirs, mine, place in zip(expected, got, out, strict=True):
        for l in W:
            assert mine[l] is place[l]
            assert mine[l].dtype == dtype
            np.testing.assert_allclose(mine[l], theirs[l], rtol=1e-5 if dtype == np.float32 else 1e-12)


def test_the_number_of_blocks(monkeypatch):
    assert [blocks.count_blocks(m) for m in (1, 511, 512, 1536, 1537, 3072, 3073, 11272)] == [1, 1, 2, 2, 2, 2, 3, 8]
    monkeypatch.setattr(blocks, "TWO_PROCESSES", True)
    assert [blocks.count_blocks(m, 784 * 300) for m in (1, 64, 72, 128, 512, 3073)] == [1, 1, 2, 2, 2, 3]
    assert [blocks.count_blocks(m, 2**24) for m in (1, 2)] == [1, 2]
    monkeypatch.setattr(blocks, "TWO_PROCESSES", False)
    assert [blocks.count_blocks(m, 784 * 300) for m in (128, 512)] == [1, 2]


def test_only_blocks_with_enough_work_are_worth_a_thread():
    wide, narrow = 784 * 196, 16 * 16
    assert [blocks.count_parallel_blocks(m, wide) for m in (511, 512, 11272)] == [1, 2, 8]
    assert [blocks.count_parallel_blocks(m, narrow) for m in (512, 2000, 60000)] == [1, 1, 1]
