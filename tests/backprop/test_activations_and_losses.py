"""Activations and losses: values worked out by hand, derivatives compared with nudges, extreme inputs."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from helpers.backprop import losses
from helpers.backprop.activations import ACTIVATIONS, relu_prime, sigmoid, sigmoid_prime, tanh_prime

numbers = st.floats(-30, 30).filter(lambda z: abs(z) > 1e-3)  # ReLU has a kink at 0


def test_values_worked_by_hand():
    assert sigmoid(0.0) == 0.5
    assert sigmoid(np.log(3.0)) == pytest.approx(0.75, abs=1e-15)
    assert sigmoid_prime(np.log(3.0)) == pytest.approx(0.1875, abs=1e-15)
    assert tanh_prime(np.log(2.0)) == pytest.approx(0.64, abs=1e-15)
    assert tanh_prime(np.array([200], np.uint8)) == tanh_prime(200.0)
    assert relu_prime(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 1]


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(z=numbers)
def test_derivative_is_that_of_z(name, z):
    g, g_prime = ACTIVATIONS[name]
    nudged = (g(np.array([z + 1e-5])) - g(np.array([z - 1e-5]))) / 2e-5
    assert g_prime(np.array([z])) == pytest.approx(nudged, abs=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_type_are_kept_even_at_extremes(name, dtype):
    Z = np.array([[-1e30, -100, 0], [3, 100, 1e30]], dtype)
    for function in ACTIVATIONS[name]:
        result = function(Z)  # an overflow would warn, and a warning fails the test
        assert result.shape == Z.shape
        assert result.dtype == dtype
        assert np.isfinite(result).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_lists_are_taken_as_arrays(name):
    for function in ACTIVATIONS[name]:
        np.testing.assert_array_equal(function([0.5, -2.0]), function(np.array([0.5, -2.0])))


def test_activations_leave_their_argument_alone():
    for g, g_prime in ACTIVATIONS.values():
        Z = np.array([-1.0, 2.0])
        g(Z), g_prime(Z)
        assert Z.tolist() == [-1, 2]


def test_cross_entropy_worked_by_hand():
    Z = np.array([[0.0, np.log(3.0)]])  # answers 1/2 and 3/4
    Y = np.array([[1.0, 0.0]])
    assert losses.binary_cross_entropy(Z, Y) == pytest.approx((np.log(2) + np.log(4)) / 2, abs=1e-15)
    assert losses.binary_cross_entropy_gradient(Z, Y) == pytest.approx(np.array([[-0.25, 0.375]]), abs=1e-15)


def test_cross_entropy_of_a_sure_and_wrong_answer_is_its_logit():
    Z = np.array([[1000.0, -1000.0, 37.0]])
    Y = np.array([[0.0, 1.0, 0.0]])
    assert losses.binary_cross_entropy(Z, Y) == pytest.approx(2037 / 3, rel=1e-12)
    assert losses.binary_cross_entropy(Z, 1 - Y) == pytest.approx(0, abs=1e-12)


def test_squared_error_worked_by_hand():
    Z, Y = np.array([[3.0, 1.0]]), np.array([[5.0, 1.0]])
    assert losses.squared_error(Z, Y) == 1.0
    assert losses.squared_error_gradient(Z, Y).tolist() == [[-1.0, 0.0]]


@pytest.mark.parametrize("name", losses.OUTPUTS)
@given(seed=st.integers(0, 10**6), shape=st.tuples(st.integers(1, 3), st.integers(1, 6)))
def test_gradient_of_each_loss(name, seed, shape):
    rng = np.random.default_rng(seed)
    Z, Y = rng.standard_normal(shape), rng.integers(0, 2, shape).astype(float)
    output = losses.OUTPUTS[name]
    gradient = output.cost_gradient(Z, Y)
    for i in np.ndindex(shape):
        step = np.zeros(shape)
        step[i] = 1e-5
        nudged = (output.cost(Z + step, Y) - output.cost(Z - step, Y)) / 2e-5
        assert gradient[i] == pytest.approx(nudged, abs=1e-9)


@pytest.mark.parametrize("name", losses.OUTPUTS)
def test_means_of_blocks_weighted_by_their_sizes_add_up(name):
    rng = np.random.default_rng(0)
    Z, Y = rng.standard_normal((2, 7)), rng.integers(0, 2, (2, 7)).astype(float)
    output = losses.OUTPUTS[name]
    parts = [(k.stop - k.start) / 7 * output.cost(Z[:, k], Y[:, k]) for k in (slice(0, 3), slice(3, 7))]
    assert sum(parts) == pytest.approx(output.cost(Z, Y), rel=1e-14)


def test_one_hot_worked_by_hand():
    Y = losses.one_hot([0, 2, 1.0], 3, np.float32)
    assert Y.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]] and Y.dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "K", "dtype", "words"),
    [
        ([1, 2, 3], 3, float, "^labels contains 3, but with n_classes = 3 the classes are numbered 0 … 2"),
        ([0, -1], 3, float, "^labels contains -1"),
        ([0, 0.5], 3, float, "^labels contains 0.5"),
        ([0, 1.0000001], 3, float, r"^labels contains 1\.0000001"),
        ([0, np.nan], 3, float, "^labels contains nan"),
        (np.array([0, 255], np.uint8), 3, float, "^labels contains 255"),
        (["0", "1"], 3, float, "^labels contains <U1 values"),
        (None, 3, float, "^labels contains object values"),
        ([[0], [1]], 3, float, r"^labels has shape \(2, 1\), but it must be \(m,\), with one label for each example"),
        ([], 3, float, r"^labels has shape \(0,\)"),
        ([0], 0, float, "^n_classes is 0, but it must be at least 1"),
        ([0], 1.5, float, "^n_classes must be a whole number"),
        ([0], 3, int, "^dtype is <class 'int'>, but it must be numpy.float32 or numpy.float64"),
        ([0], 3, "float33", "^dtype is 'float33'"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, K, dtype, words):
    with pytest.raises((TypeError, ValueError), match=words):
        losses.one_hot(labels, K, dtype)
