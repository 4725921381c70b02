"""What lesson 00 says in prose, where no cell of the lesson prints it."""

from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "00_start_here.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")


@pytest.mark.parametrize("sizes", [[784, 1], [784, 196, 1], [784, 392, 196, 98, 1], [50] * 20])
def test_all_derivatives_for_the_price_of_about_three_answers(sizes):
    assert "in the time that the network needs for about three answers" in TEXT
    forward = sum(before * after for before, after in pairwise(sizes))  # a product for each connection
    backward = forward + sum(before * after for before, after in pairwise(sizes[1:]))  # dW, then dA but for the data
    assert forward + backward <= 3 * forward


def test_a_network_of_the_lessons_holds_a_hundred_thousand_numbers():
    assert "may hold a hundred thousand numbers" in TEXT
    assert 100_000 < 784 * 196 + 196 + 196 + 1 < 200_000


def test_the_corner_shrinks_to_a_hundredth_when_the_strips_shrink_to_a_tenth():
    assert "the strips shrink to a tenth, the corner to a hundredth" in TEXT
    strips, corners = zip(*((3 * step + 4 * step, step * step) for step in (0.1, 0.01)), strict=True)
    assert np.isclose(strips[1] / strips[0], 0.1) and np.isclose(corners[1] / corners[0], 0.01)


def test_no_direction_beats_the_gradient():
    assert "No other can do better" in TEXT and "5 \\cos\\theta" in TEXT
    angles = np.linspace(0, 2 * np.pi, 3601)
    rates = np.array([3, 4]) @ np.array([np.cos(angles), np.sin(angles)])
    best = angles[rates.argmax()]
    assert rates.max() <= 5 and np.allclose([np.cos(best), np.sin(best)], [0.6, 0.8], atol=1e-3)
    assert np.allclose(rates, 5 * np.cos(angles - np.arctan2(4, 3)))


def test_the_figures_show_the_numbers_of_their_captions():
    assert "strip of area $y\\,\\Delta x = 1.5$" in TEXT and 3 * 0.5 == 1.5
    assert "strip of area $x\\,\\Delta y = 1.6$" in TEXT and 4 * 0.4 == 1.6
    assert "the entry 16 of the product: $3 \\cdot 4 + 1 \\cdot 0 + 2 \\cdot 2$" in TEXT
    product = np.array([[1, 2, 0], [3, 1, 2]]) @ np.array([[4, 1], [0, 5], [2, 3]])
    assert product[1, 0] == 3 * 4 + 1 * 0 + 2 * 2 == 16
