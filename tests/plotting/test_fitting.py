"""Pictures of fits show the errors, slopes and probabilities that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.markers import TICKLEFT

from helpers import plotting

x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.0, 4.0])


def test_errors_reach_from_the_line_to_the_points():
    ax = plotting.errors_of_line(x, y, w=2.0, b=0.5)
    (errors,) = ax.collections
    drawn = [(*segment[0], *segment[1]) for segment in errors.get_segments()]
    assert drawn == [(0, 0.5, 0, 1), (1, 2.5, 1, 0), (2, 4.5, 2, 4)]
    assert same_color(errors.get_color()[0], plotting.BACKWARD)


def test_lines_run_from_end_to_end_and_only_the_last_is_bold():
    ax = plotting.fitted_lines(x, y, [(1, 0), (0, 3)], ["first", "last"])
    points, first, last = ax.lines
    assert list(points.get_ydata()) == [1, 0, 4]
    assert np.allclose(first.get_ydata(), first.get_xdata()) and np.allclose(last.get_ydata(), 3)
    assert first.get_linewidth() < last.get_linewidth()
    assert same_color(last.get_color(), plotting.FORWARD) and not same_color(first.get_color(), plotting.FORWARD)
    assert [(text.get_text(), text.xy[1]) for text in ax.texts] == [("first", first.get_ydata()[1]), ("last", 3)]


@pytest.mark.parametrize(("at", "slope", "downhill"), [(-1.0, -2.0, 1), (2.0, 4.0, -1)])
def test_the_tangent_has_the_slope_and_the_arrow_points_downhill(at, slope, downhill):
    weights = np.linspace(-3, 3, 7)
    ax = plotting.tangent(weights, weights**2, at=at, slope=slope)
    _, tangent, point = ax.lines
    rise, run = np.diff(tangent.get_ydata()), np.diff(tangent.get_xdata())
    assert np.isclose(rise / run, slope)
    assert point.get_ydata() == [at**2]
    (arrow,) = [text for text in ax.texts if text.arrow_patch]
    assert np.sign(arrow.xy[0] - arrow.xyann[0]) == downhill
    (word,) = [text for text in ax.texts if text.get_text() == "downhill"]
    assert word.xy == arrow.xy and np.sign(word.xyann[0]) == downhill  # it does not lie on the arrow


def test_a_plane_is_as_far_from_each_point_as_the_error():
    X = np.array([[0.0, 0.0], [1.0, 2.0]])
    ax = plotting.plane(X, np.array([1.0, 1.0]), w=(3.0, -1.0), b=0.5)
    errors, points = ax.lines[:2], ax.lines[2]
    lengths = [float(np.diff(line.get_ydata())[0]) for line in errors]
    assert np.allclose(lengths, [0.5, -0.5])  # truth minus prediction: 1 − 0.5, 1 − 1.5
    assert np.allclose([line.get_ydata()[1] for line in errors], points.get_ydata())
    assert np.allclose(points.get_xdata()[1] - points.get_xdata()[0], 1 + 2 * 0.9)  # x₂ leads back and to the right
    drop, floor = ax.lines[3], ax.patches[0].get_xy()
    assert np.allclose(drop.get_xdata(), 0) and drop.get_ydata()[0] == 1  # from the first point, at x = (0, 0),
    assert np.isclose(drop.get_ydata()[1], floor[0, 1])  # straight down to the floor, whose first corner is (0, 0)


def test_the_height_axis_of_a_plane_has_numbers_all_the_way_up():
    X = np.array([[0.0, 0.0], [1.0, 2.0]])
    ax = plotting.plane(X, np.array([1.0, 1.0]), w=(3.0, -1.0), b=0.5)
    (ticks,) = [line for line in ax.lines if line.get_marker() == TICKLEFT]
    floor = ax.patches[0].get_xy()[0, 1]  # at the height of −5: three below the lowest corner, rounded down
    numbers = (ticks.get_ydata() - floor - 5).tolist()
    assert len(numbers) >= 4 and min(numbers) <= -3 and max(numbers) >= 2
    written = {text.get_text(): text.xy[1] for text in ax.texts if hasattr(text, "xy")}
    for number, y in zip(numbers, ticks.get_ydata(), strict=True):
        assert np.isclose(written[f"{number:g}".replace("-", "−")], y)


def test_bars_show_the_probability_of_each_true_label():
    _, ax = plt.subplots()
    assert plotting.likelihood(np.array([-2.0, 0.0]), np.array([0, 1]), w=np.log(3), b=np.log(3), ax=ax) is ax
    lines = [list(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) == 2]
    rests, bars = lines[::2], lines[1::2]
    assert np.allclose(bars, [[1, 0.25], [0, 0.75]])  # odds of 3^(x + 1): 1 to 3, and 3 to 1
    assert np.allclose(rests, [[0.25, 0], [0.75, 1]])  # from the end of the bar to the marker
    assert [text.get_text() for text in ax.texts] == ["0.75", "0.75"]
