"""The gradient check itself: does it find a right gradient right, and a wrong one wrong?"""

import numpy as np
import pytest

from helpers import gradient_check, network
from helpers.gradient_check import check_gradients, numerical_gradient, relative_error


def test_gradient_of_a_cubic_worked_by_hand():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    gradient = numerical_gradient(lambda: np.sum(x**3), x)
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-8)
    assert x.tolist() == [[1, -2], [0.5, 3]]


def test_parameters_are_put_back_even_if_the_cost_fails():
    x = np.array([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda: 1 / 0, x)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("x", [np.ones(2, np.float32), np.ones(2, int), [1.0, 2.0]])
def test_only_double_precision_is_precise_enough(x):
    with pytest.raises(TypeError, match="must be a float64 array"):
        numerical_gradient(lambda: 0.0, x)


def test_relative_error_worked_by_hand():
    assert relative_error([3, 4], [3, 4]) == 0
    assert relative_error([3, 4], [-3, -4]) == 1
    assert relative_error([2.0], [1.0]) == pytest.approx(1 / 3)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    with pytest.raises(ValueError, match="the shapes differ"):
        relative_error(np.zeros((2, 1)), np.zeros(2))


FAULTS = {
    "twice as large": lambda dW, db: (2 * dW, 2 * db),
    "wrong sign": lambda dW, db: (-dW, -db),
    "one entry off by a thousandth": lambda dW, db: (dW * (1 + 1e-3 * (np.arange(dW.size) == 0).reshape(dW.shape)), db),
    "bias forgotten": lambda dW, db: (dW, 0 * db),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_fault_in_one_layer_is_found_in_that_layer_only(monkeypatch, fault, layer):
    rng = np.random.default_rng(0)
    W, b = network.initialize_parameters([3, 4, 3, 2], random_state=0)
    X, Y = rng.standard_normal((5, 3)), rng.integers(0, 2, (2, 5)).astype(float)
    assert max(check_gradients(X, Y, W, b).values()) < 1e-7

    def broken(*args, **kwargs):
        dW, db = network.backward(*args, **kwargs)
        dW[layer], db[layer] = FAULTS[fault](dW[layer], db[layer])
        return dW, db

    monkeypatch.setattr(gradient_check, "backward", broken)
    errors = check_gradients(X, Y, W, b)
    guilty = {name for name, error in errors.items() if error > 1e-5}
    assert guilty
    assert all(name[2] == str(layer) for name in guilty)
