"""Optimizers: each published step worked out by hand, and compared with PyTorch where it is installed."""

import numpy as np
import pytest

from helpers.backprop.optimizers import OPTIMIZERS, adam, gradient_descent, momentum


def test_gradient_descent_by_hand():
    theta = np.array([1.0, -2.0])
    gradient_descent(theta, np.array([0.5, -1.0]), np.empty((0, 2)), 1, 0.1)
    assert theta == pytest.approx([0.95, -1.9], abs=1e-15)


def test_momentum_by_hand():
    theta, memory = np.array([1.0]), np.zeros((1, 1))
    momentum(theta, np.array([2.0]), memory, 1, 0.1)  # v = 2, θ = 1 − 0.2
    assert (memory[0, 0], theta[0]) == pytest.approx((2.0, 0.8), abs=1e-15)
    momentum(theta, np.array([1.0]), memory, 2, 0.1)  # v = 0.9 · 2 + 1 = 2.8, θ = 0.8 − 0.28
    assert (memory[0, 0], theta[0]) == pytest.approx((2.8, 0.52), abs=1e-15)
    momentum(theta, np.array([-1.0]), memory, 3, 0.1, beta=0.5)  # v = 1.4 − 1 = 0.4
    assert (memory[0, 0], theta[0]) == pytest.approx((0.4, 0.48), abs=1e-15)


def test_momentum_grows_tenfold_along_a_constant_slope():
    theta, memory = np.zeros(1), np.zeros((1, 1))
    for t in range(1, 300):
        momentum(theta, np.ones(1), memory, t, 0.1)
    assert memory[0, 0] == pytest.approx(10, rel=1e-9)


def test_adam_by_hand():
    theta, memory = np.array([1.0]), np.zeros((2, 1))
    adam(theta, np.array([4.0]), memory, 1, 0.1)
    # m = 0.4, v = 0.016, so m̂ = 4 and v̂ = 16: a step of α · 4/4
    assert memory.ravel() == pytest.approx([0.4, 0.016], rel=1e-14)
    assert theta[0] == pytest.approx(0.9, abs=1e-9)
    adam(theta, np.array([-2.0]), memory, 2, 0.1)
    # m = 0.36 − 0.2 = 0.16, m̂ = 0.16/0.19; v = 0.015984 + 0.004 = 0.019984, v̂ = 0.019984/0.001999
    assert memory.ravel() == pytest.approx([0.16, 0.019984], rel=1e-13)
    step = 0.1 * (0.16 / 0.19) / (np.sqrt(0.019984 / 0.001999) + 1e-8)
    assert theta[0] == pytest.approx(0.9 - step, abs=1e-9)


def test_first_step_of_adam_has_the_size_of_the_learning_rate_whatever_the_gradient():
    gradient = np.array([1e-3, -5.0, 2e4])
    theta = np.zeros(3)
    adam(theta, gradient, np.zeros((2, 3)), 1, 0.01)
    assert theta == pytest.approx(-0.01 * np.sign(gradient), rel=1e-4)


def test_adam_stays_where_all_gradients_are_zero():
    theta = np.ones(2)
    adam(theta, np.zeros(2), np.zeros((2, 2)), 1, 0.1)
    assert theta.tolist() == [1, 1]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_is_left_alone_and_types_are_kept(name, dtype):
    step, slots = OPTIMIZERS[name]
    theta, gradient = np.ones((3, 2), dtype), np.full((3, 2), 0.5, dtype)
    memory = np.zeros((slots, 3, 2), dtype)
    before = gradient.copy()
    step(theta, gradient, memory, 1, 0.1)
    assert (theta < 1).all()
    assert theta.dtype == memory.dtype == dtype
    np.testing.assert_array_equal(gradient, before)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("gradient_descent", lambda torch, p: torch.optim.SGD(p, lr=0.03)),
        ("momentum", lambda torch, p: torch.optim.SGD(p, lr=0.03, momentum=0.9)),
        ("adam", lambda torch, p: torch.optim.Adam(p, lr=0.03)),
    ],
)
def test_twenty_steps_against_pytorch(name, make):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = np.random.default_rng(0)
    theta, gradients = rng.standard_normal(7), rng.standard_normal((20, 7)) * 10.0 ** rng.integers(-3, 3, 7)
    parameter = torch.tensor(theta, requires_grad=True)
    optimizer = make(torch, [parameter])
    step, slots = OPTIMIZERS[name]
    memory = np.zeros((slots, 7))
    for t, gradient in enumerate(gradients, 1):
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        step(theta, gradient, memory, t, 0.03)
        np.testing.assert_allclose(theta, parameter.detach().numpy(), rtol=1e-12, atol=1e-13)
