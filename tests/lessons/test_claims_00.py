"""What lesson 00 says in prose, where no cell of the lesson prints it."""

from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import widgets
from helpers.gradient_check import numerical_gradient

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "00_start_here.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
CODE = "\n".join(cell.source for cell in CELLS if cell.cell_type == "code")


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
    assert "(After the 60 iterations shown, the second is slightly higher, by chance.)" in TEXT
    result = widgets.your_network.train()  # with the settings that the figure begins with
    train, test = result.train_accuracy, result.test_accuracy
    assert 0 < test - train < np.sqrt(test * (1 - test) / 500)  # one standard deviation of 500 draws


def test_a_unit_adds_up_products_and_a_bias():
    assert "the sum is $0.5 \\cdot 2 - 1 \\cdot 5 + 3 = -1$" in TEXT
    assert 0.5 * 2 - 1 * 5 + 3 == -1


def test_the_corner_shrinks_to_a_hundredth_when_the_strips_shrink_to_a_tenth():
    assert "the strips shrink to a tenth, the corner to a hundredth" in TEXT
    strips, corners = zip(*((3 * step + 4 * step, step * step) for step in (0.1, 0.01)), strict=True)
    assert np.isclose(strips[1] / strips[0], 0.1) and np.isclose(corners[1] / corners[0], 0.01)


def test_along_a_path_rates_multiply_and_paths_add():
    assert "= 11\\,\\Delta t" in TEXT and "$x = 4 + t$ and $y = 3 + 2t$, starting from $t = 0$" in TEXT
    assert "at $t = 0.001$ the area is $4.001 \\cdot 3.002 = 12 + 11.002 \\cdot 0.001$" in TEXT
    assert np.isclose((4 + 0.001) * (3 + 2 * 0.001), 12 + 11.002 * 0.001, rtol=0, atol=1e-12)
    step = 1e-6
    assert np.isclose(((4 + step) * (3 + 2 * step) - 12) / step, 11, atol=1e-4)
    assert 3 * 1 + 4 * 2 == 11


def test_a_function_notices_only_what_is_done_to_the_array_that_it_reads():
    assert "Hand over a copy, and the function would notice nothing: all slopes would come out as 0." in TEXT
    assert "after `v = sides`, whatever is done to `v[0]` is done to `sides[0]`" in TEXT
    sides = np.array([4.0, 3.0])
    v, u = sides, sides.copy()
    slopes = [numerical_gradient(lambda: sides[0] * sides[1], array) for array in (sides, v, u)]
    assert np.allclose(slopes, [[3, 4], [3, 4], [0, 0]])


def test_a_calculation_makes_a_new_array_and_an_update_in_place_does_not():
    assert "`v = v - 1` makes a new array and gives it the name `v`" in TEXT
    assert "whereas `v -= 1` writes into the old one and so changes `sides`" in TEXT
    sides = np.array([4.0, 3.0])
    v = sides
    v = v - 1
    assert sides.tolist() == [4, 3] and v.tolist() == [3, 2]
    v = sides
    v -= 1
    assert v is sides and sides.tolist() == [3, 2]


def test_the_unit_that_answers_counts_as_a_layer_and_the_inputs_do_not():
    assert "the layers of Figure 1 would be `3, 2, 1`" in TEXT
    assert "plotting.network([2, 3, 2, 1, 1], names=columns" in CODE  # with the inputs and the circle for the cost
    assert [len(b) for _, b in sorted(widgets.your_network.train((3, 2, 1)).network.b_.items())] == [3, 2, 1]


def test_the_shapes_of_a_product_and_of_a_sum():
    assert "weights $(3, 2)$ times inputs $(2, 60)$ gives $(3, 60)$" in TEXT
    assert (np.ones((3, 2)) @ np.ones((2, 60))).shape == (3, 60)
    assert "$(2, 3)$ plus $(2,)$ fails" in TEXT and "you need the shape $(2, 1)$" in TEXT
    with pytest.raises(ValueError, match="broadcast"):
        np.ones((2, 3)) + np.ones(2)
    assert ((np.zeros((2, 3)) + np.array([[10], [20]])) == [[10] * 3, [20] * 3]).all()


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
