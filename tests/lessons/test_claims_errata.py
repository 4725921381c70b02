"""What the errata say in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here.
"""

import json
import re
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest

from helpers.backprop import losses, network
from helpers.backprop.activations import relu, relu_prime, sigmoid, sigmoid_prime, tanh_prime
from helpers.gradient_check import numerical_gradients

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "errata.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")


def five_entries_come_first():
    """Each stops the program, fills it with NaN or trains another network; an error or a result is tested."""
    five = PROSE.split("## Five mistakes that stop the program or ruin its results")[1].split("\n## ")[0]
    return re.findall(r"^### (\d)\. ", five, re.MULTILINE) == list("12345")


def parameters():
    rng = np.random.default_rng(7)
    X, Y = rng.standard_normal((6, 3)), np.array([[0.0, 1, 1, 0, 1, 0]])
    W, b = network.initialize_parameters([3, 4, 1], random_state=1)
    return X, Y, W, b


def a_second_fit_is_silent():
    """The tutorial's `forward`, cost and `backward`, with the two layers that its loops run over."""
    X, Y, _, _ = parameters()
    y, n = Y[0], len(X)
    W, b = network.initialize_parameters([3, 3, 4, 1], random_state=1)  # the list after two fits
    Z, A = network.forward(X, {1: W[1], 2: W[2]}, {1: b[1], 2: b[2]})
    cost = np.squeeze(-(y.dot(np.log(A[2].T)) + (1 - y).dot(np.log(1 - A[2].T)))) / n
    dZ2 = (-np.divide(y, A[2]) + np.divide(1 - y, 1 - A[2])) * sigmoid_prime(Z[2])
    dZ1 = W[2].T.dot(dZ2) * sigmoid_prime(Z[1])
    shapes = [dZ1.dot(X).shape, dZ2.dot(A[1].T).shape]
    return shapes == [W[1].shape, W[2].shape] and cost.shape == (4,) and np.isfinite(cost).all()


def code_is_right(sizes, g):
    """The programs of both sources, in short: no 1/m until the end, and the long way through dA in the last layer."""
    rng = np.random.default_rng(8)
    X, Y = rng.standard_normal((6, 3)), np.array([[0.0, 1, 1, 0, 1, 0]])
    W, b = network.initialize_parameters(sizes, random_state=1)
    L, n, names = len(W), len(X), {"sigmoid": (sigmoid, sigmoid_prime), "relu": (relu, relu_prime)}
    A, Z = {0: X.T}, {}
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = (names[g][0] if l < L else sigmoid)(Z[l])
    cost = np.squeeze(-(Y @ np.log(A[L].T) + (1 - Y) @ np.log(1 - A[L].T)) / n)
    dZ = (-Y / A[L] + (1 - Y) / (1 - A[L])) * sigmoid_prime(Z[L])
    truth = numerical_gradients(X, Y, W, b, g)
    right = np.isclose(cost, losses.binary_cross_entropy(Z[L], Y))
    for l in range(L, 0, -1):
        right &= np.allclose(dZ @ A[l - 1].T / n, truth.dW[l]) and np.allclose(
            dZ.sum(axis=1, keepdims=True) / n, truth.db[l]
        )
        dZ = (W[l].T @ dZ) * names[g][1](Z[l - 1]) if l > 1 else dZ
    return right


def one_nan_spoils_every_weight():
    X, Y, W, b = parameters()
    Z, A = network.forward(X, W, b)
    A[2][0, 1] = 1.0  # rounded: the unit is certain
    with np.errstate(divide="ignore", invalid="ignore"):
        dZ2 = (-Y / A[2] + (1 - Y) / (1 - A[2])) * A[2] * (1 - A[2])
    dZ1 = (W[2].T @ dZ2) * sigmoid_prime(Z[1])
    return np.isnan(dZ2).sum() == 1 and np.isnan(dZ2 @ A[1].T).all() and np.isnan(dZ1 @ A[0].T).all()


def slopes_follow_from_activations():
    z = np.linspace(-4, 4, 9)
    a, t, r = sigmoid(z), np.tanh(z), relu(z)
    recovered = [(a * (1 - a), sigmoid_prime(z)), (1 - t**2, tanh_prime(z)), (r > 0, relu_prime(z))]
    return all(np.allclose(mine, exact) for mine, exact in recovered)


def cost_from_z_is_finite():
    z = np.array([-1e308, -800.0, 0.0, 800.0, 1e308])
    return all(np.isfinite(np.logaddexp(0, z) - y * z).all() for y in (0, 1))


def neither_logarithm_overflows():
    z = np.array([-1e308, -800.0, 0.0, 800.0, 1e308])
    return all(np.isfinite(np.logaddexp(0, signed)).all() for signed in (z, -z))


def exists(product):
    try:
        product()
    except ValueError:
        return False
    return True


def each_arrangement_allows_one_product():
    X, Y, W, b = parameters()
    Z, A = network.forward(X, W, b)
    dW, _ = network.backward(Y, W, Z, A)
    dZ1 = (W[2].T @ (A[2] - Y)) * sigmoid_prime(Z[1]) / len(X)
    columns = exists(lambda: W[1] @ X.T), exists(lambda: dZ1 @ X.T)
    rows = exists(lambda: W[1] @ X), exists(lambda: dZ1 @ X)
    return columns == (True, False) and rows == (False, True) and np.allclose(dZ1 @ X, dW[1], atol=0)


def ones_do_so_elementwise():
    delta, ones = np.array([[0.3], [-0.2]]), np.ones((2, 1))
    return np.array_equal(ones * delta, delta) and not exists(lambda: ones @ delta)


def bias_gradient_of_one_example():
    X, Y, W, b = parameters()
    Z, A = network.forward(X[:1], W, b)
    _, db = network.backward(Y[:, :1], W, Z, A)
    dZ2 = A[2] - Y[:, :1]
    return np.array_equal(db[2], dZ2) and np.allclose(db[1], (W[2].T @ dZ2) * sigmoid_prime(Z[1]))


def a_shifted_copy_is_another_network():
    X, Y, W, b = parameters()
    shifted = W | {2: W[2] - np.array([[0, 0, 0, 1e-7]])}
    costs = [losses.binary_cross_entropy(network.forward(X, these, b)[0][2], Y) for these in (W, shifted)]
    return costs[0] != costs[1]


def the_minus_rewards_confidence():
    printed = np.log(1 - np.linspace(0.01, 0.99, 99))  # for the label 0
    return (printed < 0).all() and (np.diff(printed) < 0).all()


def windows_takes_both_slashes():
    return PureWindowsPath("../data\\images.gz") == PureWindowsPath("../data/images.gz")


def the_outer_product_is_transposed():
    b = np.arange(4.0).reshape(4, 1)
    return np.array_equal((np.ones((6, 1)) @ b.T).T, b @ np.ones((1, 6)))


CLAIMS = {
    "That makes 33 entries": lambda: len(re.findall(r"^### \d+\. ", PROSE, re.MULTILINE)) == 33,
    "First come the five that can stop a program or ruin its results even after it has loaded": five_entries_come_first,
    "neither stops the training": a_second_fit_is_silent,
    "the cost becomes an array of four numbers": a_second_fit_is_silent,
    "computes the correct cost and the correct gradients": lambda: code_is_right([3, 4, 3, 1], "sigmoid"),
    "a formula is wrong, but the code beside it is right": lambda: code_is_right([3, 4, 1], "relu"),
    "a hundredth of that": lambda: round((196 + 196**2 + 196**3) / (196 + 196**2 + 196**2), -1) == 100,
    "one such number spoils all the weights": one_nan_spoils_every_weight,
    "which is finite for every $z$": cost_from_z_is_finite,
    "`np.logaddexp` computes both logarithms without overflow": neither_logarithm_overflows,
    "becomes lower the more confident the network is of the wrong label": the_minus_rewards_confidence,
    "either can be right, but not both": each_arrangement_allows_one_product,
    "Ones do so only in an elementwise product": ones_do_so_elementwise,
    "the slope can be recovered from $A$": slopes_follow_from_activations,
    "Only for a single example is $db = dZ$": bias_gradient_of_one_example,
    "since Windows accepts both": windows_takes_both_slashes,
    "would start from a slightly different network": a_shifted_copy_is_another_network,
    "The notebook's product gives the transpose": the_outer_product_is_transposed,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
