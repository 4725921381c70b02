"""What lesson 00 says in prose, where no cell of the lesson prints it."""

from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import widgets

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "00_start_here.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")


@pytest.mark.parametrize("sizes", [[784, 1], [784, 196, 1], [784, 392, 196, 98, 1], [50] * 20])
def test_all_derivatives_for_the_price_of_about_three_answers(sizes):
    assert "in about the time that the network takes to give three answers" in TEXT
    forward = sum(before * after for before, after in pairwise(sizes))  # a product for each connection
    backward = forward + sum(before * after for before, after in pairwise(sizes[1:]))  # dW, then dA but for the data
    assert forward + backward <= 3 * forward


def test_a_network_of_the_lessons_holds_a_hundred_thousand_numbers():
    assert "may hold a hundred thousand numbers" in TEXT
    assert 100_000 < 784 * 196 + 196 + 196 + 1 < 200_000


def test_the_test_accuracy_is_higher_by_less_than_chance_explains():
    assert "That the second is higher here is chance" in TEXT
    result = widgets.your_network.train(layer_sizes="20, 1", learning_rate=0.5, iterations=60)
    train, test = result.train_accuracy, result.test_accuracy
    assert 0 < test - train < np.sqrt(test * (1 - test) / 500)  # one standard deviation of 500 draws


def test_the_corner_shrinks_to_a_hundredth_when_the_strips_shrink_to_a_tenth():
    assert "the strips shrink to a tenth, the corner to a hundredth" in TEXT
    strips, corners = zip(*((3 * step + 4 * step, step * step) for step in (0.1, 0.01)), strict=True)
    assert np.isclose(strips[1] / strips[0], 0.1) and np.isclose(corners[1] / corners[0], 0.01)


def test_no_direction_beats_the_gradient():
    assert "No other can do better" in TEXT and "= 5 \\cos(\\alpha - \\beta)" in TEXT
    angles = np.linspace(0, 2 * np.pi, 3601)
    rates = np.array([3, 4]) @ np.array([np.cos(angles), np.sin(angles)])
    best = angles[rates.argmax()]
    assert rates.max() <= 5 and np.allclose([np.cos(best), np.sin(best)], [0.6, 0.8], atol=1e-3)
    assert np.allclose(rates, 5 * np.cos(angles - np.arctan2(4, 3)))
    assert "$\\cos\\alpha = 0.6$ and $\\sin\\alpha = 0.8$" in TEXT
    assert np.allclose(5 * np.array([0.6, 0.8]), [3, 4])


def test_the_numbers_beside_the_arrows_are_rates_where_the_step_begins():
    assert "to the right the rate is 3 and upward it is 4; along the heavy line it is 0" in TEXT.lower()
    steps = 1e-6 * np.array([[0.6, 0.8], [1, 0], [0, 1], [0.8, -0.6], [-0.6, -0.8]])
    rates = ((4 + steps[:, 0]) * (3 + steps[:, 1]) - 12) / 1e-6
    assert np.allclose(rates, [5, 3, 4, 0, -5], atol=1e-5)


def test_the_figures_show_the_numbers_of_their_captions():
    assert "strip of area $y\\,\\Delta x = 1.5$" in TEXT and 3 * 0.5 == 1.5
    assert "strip of area $x\\,\\Delta y = 1.6$" in TEXT and 4 * 0.4 == 1.6
    assert "the entry 16 of the product: $3 \\cdot 4 + 1 \\cdot 0 + 2 \\cdot 2$" in TEXT
    product = np.array([[1, 2, 0], [3, 1, 2]]) @ np.array([[4, 1], [0, 5], [2, 3]])
    assert product[1, 0] == 3 * 4 + 1 * 0 + 2 * 2 == 16
