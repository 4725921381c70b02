"""Figures of paths and of hidden units show the numbers of the derivation, and lines where the units are undecided."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.text import Annotation

from helpers import plotting
from helpers.plotting import style

W = {1: np.array([[0.5, -0.5], [1.0, 0.5]]), 2: np.array([[1.0, -2.0], [0.5, 1.5]])}
b = {1: np.array([[0.25], [-1.0]]), 2: np.array([[0.9], [-0.5]])}


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def arrow_of(text):
    return isinstance(text, Annotation) and text.arrow_patch


def arrows(ax, color):
    """Places of the arrows of a colour, as (start, stop)."""
    drawn = [text for text in ax.texts if arrow_of(text)]
    return [(text.xyann, text.xy) for text in drawn if same_color(text.arrow_patch.get_edgecolor(), color)]


def test_words_stand_above_dashed_arrows_and_leave_them_whole():
    ax = plotting.lit_column(np.array([[1.0, -2.0], [0.5, 1.5]]), [0.1, 0.2], j=0)
    words = {text.get_text(): text for text in ax.texts if isinstance(text, Annotation) and not text.arrow_patch}
    for name, (start, stop) in zip(("1.0", "0.5"), arrows(ax, style.BACKWARD), strict=True):
        along, offset = np.subtract(stop, start), np.array(words[name].xyann)
        assert np.isclose(along @ offset, 0) and offset[1] > 0 and np.isclose(np.linalg.norm(offset), 11)
        assert words[name].get_bbox_patch() is None


def framed(ax):
    return [text.get_text() for text in ax.texts if text.get_bbox_patch() and same_color(_face(text), style.LIT)]


def _face(text):
    return text.get_bbox_patch().get_facecolor()


def test_a_numbered_network_has_each_weight_on_its_own_arrow():
    ax = plotting.numbered_network(W, b, [[1, 0.5], [0.62, 0.56], [0.6, 0.66]], ["carry", "sum digit"])
    assert len(arrows(ax, style.FORWARD)) == 8
    shown = {text.get_text(): text.get_position() for text in ax.texts}
    assert {"−2.0", "1.5", "b −1.00", "0.56", "0.66"} <= set(shown)
    assert shown["carry"][1] == shown["0.60"][1] > shown["sum digit"][1] == shown["0.66"][1]
    (x, y), (below_x, below_y) = shown["−2.0"], shown["1.5"]  # to the upper output, to the lower one
    assert 3.4 < x == below_x < 6.8 and below_y < y < 0  # both from the lower hidden unit


def test_a_named_network_has_each_symbol_where_the_other_has_its_number():
    named = plotting.named_network([2, 2, 2], ["carry", "sum digit"])
    other = plotting.numbered_network(W, b, [[1, 0.5], [0.62, 0.56], [0.6, 0.66]], ["carry", "sum digit"])
    assert arrows(named, style.FORWARD) == arrows(other, style.FORWARD)
    symbols = {text.get_position(): text.get_text() for text in named.texts}
    numbers = {text.get_position(): text.get_text() for text in other.texts}
    assert symbols.keys() == numbers.keys()
    shown = {numbers[place]: symbols[place] for place in symbols}
    assert (shown["−2.0"], shown["1.5"], shown["b −1.00"]) == ("$w^{[2]}_{12}$", "$w^{[2]}_{22}$", "$b^{[1]}_{2}$")
    assert (shown["1.00"], shown["0.56"], shown["carry"]) == ("$x_1$", "$a^{[1]}_{2}$", "carry")


def test_the_parts_of_a_fan_out_add_up():
    ax = plotting.fan_out([1, 0.5], [-0.4018, 0.658], 0.01)
    assert {r"$\Delta z^{[2]}_1$ = 0.0100", r"$\Delta z^{[2]}_2$ = 0.0050"} <= set(texts(ax))
    assert r"$\delta^{[2]}_1\, \Delta z^{[2]}_1$ = −0.004018" in texts(ax)
    assert r"$\delta^{[2]}_2\, \Delta z^{[2]}_2$ = 0.003290" in texts(ax)
    assert r"$\Delta J \approx$ −0.000728" in texts(ax)
    assert len(arrows(ax, style.FORWARD)) == 4
    assert len(arrows(plotting.fan_out([1, 2, 3], [1, 1, 1], 1), style.FORWARD)) == 6


@pytest.mark.parametrize("j", [0, 1])
def test_a_lit_column_is_that_of_the_unit_and_leads_back_to_it(j):
    ax = plotting.lit_column(W[2], [0.1, 0.2], j)
    assert framed(ax) == [["1.0", "0.5"], ["−2.0", "1.5"]][j]
    lit = arrows(ax, style.BACKWARD)
    assert len(lit) == 2
    assert all(start[0] > stop[0] for start, stop in lit)
    heights = [stop[1] for _, stop in lit]
    assert all((height > 0) == (j == 0) for height in heights)


@pytest.mark.parametrize("k", [0, 1])
def test_a_lit_row_holds_the_error_times_each_input(k):
    ax = plotting.lit_row([2, -3], [0.5, 0.25, 4], k)
    assert framed(ax) == [["1.0000", "0.5000", "8.0000"], ["−1.5000", "−0.7500", "−12.0000"]][k]
    lit = arrows(ax, style.BACKWARD)
    assert len(lit) == 3 and len({round(start[0] - stop[0], 6) > 0 for start, stop in lit}) == 1
    assert all((start[1] > 0) == (k == 0) for start, _ in lit)
    heads = {type(text.arrow_patch.get_arrowstyle()).__name__ for text in ax.texts if arrow_of(text)}
    assert heads == {"Curve"}  # nothing is passed on
    assert {rf"$dw^{{[2]}}_{{{k + 1}{j}}}$" for j in (1, 2, 3)} <= set(texts(ax))
    assert {r"$\delta^{[2]}_{1}$ = 2.0000", r"$\delta^{[2]}_{2}$ = −3.0000"} <= set(texts(ax))


def test_walked_paths_are_counted_and_drawn_as_often_as_they_are_walked():
    ax = plotting.walked_paths(3, 3)
    assert [text for text in texts(ax) if text.isdigit()] == ["3", "9", "27", "3", "9", "9"]
    assert {"no error kept: 39 multiplications", "every error kept: 21 multiplications"} <= set(texts(ax))
    assert sum(text == "our unit" for text in texts(ax)) == sum(text == "layer 3" for text in texts(ax)) == 2
    walks = [line for line in ax.lines if same_color(line.get_color(), style.BACKWARD)]
    assert len(walks) == 39 + 21


def test_a_unit_is_undecided_on_its_line_and_larger_where_the_arrow_points():
    X, y = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([0, 0, 1])
    w, bias = np.array([[2.0, 1.0]]), np.array([[-1.0]])
    _, given = plt.subplots()
    ax = plotting.unit_lines(w, bias, X, y, ax=given)
    assert texts(ax)[-1] == "$a^{[1]}_1$" and texts(plotting.unit_lines(w, bias, X, y, ["yes"]))[-1] == "yes"
    (line,) = (line for line in ax.lines if type(line).__name__ == "AxLine" or len(line.get_xdata()) == 2)
    (start, stop) = next((text.xyann, text.xy) for text in ax.texts if isinstance(text, Annotation))
    assert w[0] @ start + bias.item() == pytest.approx(0)
    assert w[0] @ stop + bias.item() > 0
    first, second = line.get_xy1(), line.get_xy2()
    assert w[0] @ first + bias.item() == pytest.approx(0) and w[0] @ second + bias.item() == pytest.approx(0)


def test_the_hidden_plane_shows_activations_and_the_line_of_each_output():
    A, y = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]]), np.array([0, 1, 0])
    ax = plotting.hidden_plane(A, y, W[2], b[2], ["carry", "sum digit"])
    assert {"carry", "sum digit"} <= set(texts(ax))
    drawn = np.vstack([collection.get_offsets() for collection in ax.collections])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, A.T))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$a^{[1]}_1$", "$a^{[1]}_2$")


def test_an_arrow_begins_where_no_point_is_in_its_way():
    rng = np.random.default_rng(0)
    X = np.vstack([corner + 0.1 * rng.standard_normal((50, 2)) for corner in ((0, 0), (0, 1), (1, 0), (1, 1))])
    ax = plotting.unit_lines(np.array([[1.0, 1.0]]), np.array([[-1.5]]), X, np.zeros(200))
    (start, stop) = next((text.xyann, text.xy) for text in ax.texts if isinstance(text, Annotation))
    assert np.linalg.norm(X - (np.array(start) + stop) / 2, axis=1).min() > 0.2


def test_clouds_are_named_on_their_outer_side_and_share_a_name_where_they_coincide():
    places = np.array([[0.0, 0.0], [0.2, 0.0], [1.0, 1.0], [1.0, 0.9]])
    clouds = {name: np.arange(4) == i for i, name in enumerate("abcd")} | {"a": np.arange(4) < 2}
    del clouds["b"]
    _, ax = plt.subplots()
    plotting.name_clouds(places, clouds, ax)
    assert {text.get_text(): tuple(text.xy) for text in ax.texts} == {"a": (0.0, 0.0), "c, d": (1.0, 1.0)}
    assert [(text.get_ha(), text.get_va()) for text in ax.texts] == [("left", "top"), ("right", "bottom")]
