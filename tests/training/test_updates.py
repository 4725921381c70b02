"""The fast form of Adam agrees with `backprop.optimizers`, and training uses it."""

import numpy as np
import pytest

from helpers.backprop import optimizers
from helpers.training import NeuralNetwork, updates


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_the_fast_form_of_adam_agrees_with_the_equations(dtype, rtol):
    rng = np.random.default_rng(0)
    plain, fast = ([np.ones(50, dtype), np.zeros((2, 50), dtype)] for _ in range(2))
    for t in range(1, 40):
        gradient = (rng.standard_normal(50) * 10.0 ** rng.integers(-10, 3, 50)).astype(dtype)
        gradient[:5] = 0  # a parameter whose gradient has always been 0 does not move
        before = gradient.copy()
        optimizers.adam(*plain[:1], gradient, plain[1], t, 0.01, 0.8, 0.99, 1e-7)
        updates.adam(*fast[:1], gradient, fast[1], t, 0.01, 0.8, 0.99, 1e-7)
        np.testing.assert_array_equal(gradient, before)
        assert fast[0].dtype == dtype
        np.testing.assert_allclose(fast[0], plain[0], rtol=rtol)
        scaled = fast[1] * np.array([[1 - 0.8], [1 - 0.99]], dtype)
        np.testing.assert_allclose(scaled, plain[1], rtol=10 * rtol, atol=rtol)
    assert (fast[0][:5] == 1).all()


def test_training_uses_it(monkeypatch):
    calls = []
    monkeypatch.setattr(updates, "adam", lambda *args: calls.append(args))
    NeuralNetwork([1], optimizer="adam", iterations=3).fit(np.ones((2, 1)), [0, 1])
    NeuralNetwork([1], optimizer="momentum", iterations=3).fit(np.ones((2, 1)), [0, 1])
    assert len(calls) == 3


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_an_optimizer_of_the_reader_is_used_instead(name, monkeypatch):
    calls = []
    theirs = optimizers.OPTIMIZERS[name]._replace(step=lambda *arguments: calls.append(arguments))
    monkeypatch.setitem(optimizers.OPTIMIZERS, name, theirs)
    NeuralNetwork([1], optimizer=name, iterations=3).fit(np.ones((2, 1)), [0, 1])
    assert len(calls) == 3
