"""Activations and losses against exact values at both saturated ends, even if NumPy raises on every underflow."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from helpers.autograd.tape import Variable, grad
from helpers.backprop import losses
from helpers.backprop.activations import sigmoid, sigmoid_prime, softmax, tanh_prime

LOGITS = sorted({*np.linspace(-700, 700, 15), *np.linspace(-110, 110, 23), *np.linspace(-40, 40, 17), 0.3, 1e-9, -17.0})
CLOSE = {np.float64: 8, np.float32: 8}  # in units of the last digit


@pytest.fixture(autouse=True)
def _every_warning_raises():
    with np.errstate(all="raise"):
        yield


def exactly(f, z):
    """f(e, z) with e = eᶻ to more than 300 digits."""
    with localcontext() as context:
        context.prec = 340  # 1 + e^(-700) needs 304 digits
        z = Decimal(float(z))
        return f(z.exp(), z)


def assert_right(found, exact, dtype):
    """Equal to within a few units in the last place of the type, including subnormal numbers."""
    for x, right in zip(np.ravel(found), exact, strict=True):
        assert x.dtype == dtype
        room = CLOSE[dtype] * max(
            Decimal(float(np.finfo(dtype).eps)) * abs(right), Decimal(float(np.finfo(dtype).tiny) * 1e-6)
        )
        assert abs(Decimal(float(x)) - right) <= max(room, Decimal(float(np.finfo(dtype).smallest_subnormal))), (
            x,
            right,
        )


FUNCTIONS = {
    "sigmoid": (sigmoid, lambda e, z: e / (1 + e)),
    "sigmoid_prime": (sigmoid_prime, lambda e, z: e / (1 + e) ** 2),
    "tanh_prime": (tanh_prime, lambda e, z: 4 * e * e / (1 + e * e) ** 2),
    "loss of label 0": (lambda z: losses.binary_cross_entropy_per_example(z, 0 * z), lambda e, z: (1 + e).ln()),
    "loss of label 1": (lambda z: losses.binary_cross_entropy_per_example(z, 0 * z + 1), lambda e, z: (1 + 1 / e).ln()),
    "gradient for label 0": (lambda z: losses.binary_cross_entropy_gradient(z, 0 * z), lambda e, z: e / (1 + e)),
    "gradient for label 1": (lambda z: losses.binary_cross_entropy_gradient(z, 0 * z + 1), lambda e, z: -1 / (1 + e)),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_to_the_last_digits_from_minus_700_to_700(name, dtype):
    f, exact = FUNCTIONS[name]
    Z = np.array(LOGITS, dtype)
    found = [f(np.array([[z]])) for z in Z]
    assert_right(found, [exactly(exact, z) for z in Z], dtype)


def test_no_probability_is_zero_that_is_not():
    assert (sigmoid(np.linspace(-700, 700, 1401)) > 0).all()
    assert (sigmoid(np.linspace(-103, 0, 1001, dtype=np.float32)) > 0).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("gap", [0.0, 1.0, 30.0, 60.0, 600.0])
def test_softmax_and_its_loss_for_a_sure_answer(gap, dtype):
    Z, Y = np.array([[gap], [0.0], [-1.0]], dtype), np.eye(3, dtype=dtype)
    with localcontext() as context:
        context.prec = 340
        E = [Decimal(float(z)).exp() for z in Z[:, 0]]
        P = [e / sum(E) for e in E]
        assert_right(softmax(Z), P, dtype)
        for k in range(3):
            y = Y[:, [k]]
            assert_right(losses.cross_entropy_per_example(Z, y), [(sum(E) / E[k]).ln()], dtype)
            right = [-sum(P[:j] + P[j + 1 :]) if j == k else P[j] for j in range(3)]
            assert_right(losses.cross_entropy_gradient(Z, y), right, dtype)


@pytest.mark.parametrize("z", [800.0, -800.0, 1e30, -1e30])
def test_extremes_raise_nothing(z):
    Z, Y = np.array([[z], [0.0]]), np.array([[1.0], [0.0]])
    assert sigmoid(np.array(z)) == (z > 0)
    assert softmax(Z).sum() == 1
    for output in losses.OUTPUTS.values():
        assert np.isfinite(output.cost(Z, Y))
        assert np.isfinite(output.cost_gradient(Z, Y)).all()


def test_losses_of_soft_labels_have_the_gradient_that_is_said():
    Z, Y = np.array([[0.3, -2.0], [1.2, 0.4]]), np.array([[0.3, 0.9], [0.7, 0.1]])
    np.testing.assert_allclose(losses.binary_cross_entropy_gradient(Z, Y), (1 / (1 + np.exp(-Z)) - Y) / 2, rtol=1e-14)
    np.testing.assert_allclose(
        losses.cross_entropy_gradient(Z, Y), (np.exp(Z) / np.exp(Z).sum(axis=0) - Y) / 2, rtol=1e-14
    )


@pytest.mark.parametrize("z", [-40.0, -700.0, 40.0])
def test_the_slope_of_a_log_probability_on_the_tape(z):
    x = Variable(z)
    slope = grad(x.sigmoid().log(), x)
    assert_right(np.asarray(slope), [exactly(lambda e, z: 1 / (1 + e), z)], np.float64)
