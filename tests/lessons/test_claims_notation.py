"""What the page of notation says, compared with the code and with the lessons that use the symbols."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import widgets
from helpers.backprop import network
from helpers.backprop.activations import sigmoid_prime
from helpers.training import NeuralNetwork

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def text_of(name):
    (path,) = NOTEBOOKS.glob(f"{name}*.ipynb")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


TEXT = text_of("notation")


def test_the_way_back_is_the_one_of_the_code():
    lines = (
        r"dW^{[l]} &= dZ^{[l]} (A^{[l-1]})^T, & db^{[l]} &= \text{the sum of the columns of } dZ^{[l]}",
        r"dA^{[l-1]} &= (W^{[l]})^T dZ^{[l]}, & dZ^{[l-1]} &= dA^{[l-1]} \odot g'(Z^{[l-1]})",
        r"begins with $dZ^{[L]} = \frac1m (A^{[L]} - Y)$, for sigmoids with cross-entropy",
    )
    assert all(line in TEXT for line in lines)
    X, Y = np.random.default_rng(0).standard_normal((5, 3)), np.array([[0.0, 1, 1, 0, 1]])
    W, b = network.initialize_parameters([3, 4, 2, 1])
    Z, A = network.forward(X, W, b)
    dW, db = network.backward(Y, W, Z, A)
    dZ = (A[3] - Y) / 5
    for l in (3, 2, 1):
        np.testing.assert_allclose(dW[l], dZ @ A[l - 1].T)
        np.testing.assert_allclose(db[l], dZ.sum(axis=1, keepdims=True))
        dZ = W[l].T @ dZ * sigmoid_prime(Z[l - 1]) if l > 1 else None


def test_the_first_index_of_a_weight_is_where_it_leads():
    assert "*to* comes first: $w^{[l]}_{kj}$, in row $k$ and column $j$ of $W^{[l]}$" in TEXT
    assert "row $k$ holds those into unit $k$" in TEXT
    W, b = {1: np.zeros((3, 2))}, {1: np.zeros((3, 1))}
    W[1][2, 0] = 1
    np.testing.assert_array_equal(network.forward(np.array([[5.0, 7.0]]), W, b)[0][1].ravel(), [0, 0, 5])


def test_who_wants_the_inputs_in_the_list_of_sizes():
    assert "the shape ledger and the stepper want the inputs first, `[784, 196, 1]`; `Network` and" in TEXT
    W, _ = network.initialize_parameters([784, 196, 1])
    learned = NeuralNetwork([196, 1], iterations=1).fit(np.zeros((2, 784)), [0, 1]).W_
    assert [W[l].shape for l in W] == [learned[l].shape for l in learned]
    shapes = {name: shape for name, _, shape in widgets.ledger.shapes([784, 196, 1], m=3).rows}
    assert shapes["W[1]"] == (196, 784) == W[1].shape
    assert widgets.stepper.frame(1, sizes=(2, 3, 1)).W[1].shape == (3, 2)
    assert "`Network([196, 1])`" in text_of("04")


@pytest.mark.parametrize(
    ("letter", "sentence", "uses"),
    [
        ("P", "(lessons 05, 09, 10 and 12) and a matrix of positions (lesson 12)", ("05", "09", "10", "12")),
        ("B", "(lessons 00 and 09), and $B$ is the number of bytes", ("00", "09", "10")),
        ("v", "is a velocity (lessons 07 to 09)", ("07", "08", "09")),
        ("p", "is also a probability (lessons 02, 06 and 07)", ("02", "06")),
    ],
)
def test_a_letter_is_used_in_the_lessons_that_the_list_names(letter, sentence, uses):
    assert sentence in TEXT
    for lesson in uses:
        formulas = re.findall(r"\$[^$]+\$", text_of(lesson))
        assert any(re.search(rf"(?<![\\\w]){letter}(?![\w'])", formula) for formula in formulas), lesson
