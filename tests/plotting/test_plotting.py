"""Figures have the right labels, lines and limits, draw into the given axes and leave no state behind."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import assert_axes_in_axes_out
from matplotlib.colors import same_color
from matplotlib.font_manager import findfont
from matplotlib.text import Annotation

from helpers import datasets, plotting, widgets
from helpers.autograd import tape
from helpers.plotting import playground, style
from helpers.plotting.names import LineNames

X, y = datasets.make_blobs(20)
W1 = np.linspace(-1, 1, 5)
ROWS = [{"units": units, "rate": rate, "score": units * rate} for units in (2, 8) for rate in (0.1, 1.0)]
DRAWN = {
    "line": lambda ax: plotting.line([3, 2, 1], ax=ax, label="a"),
    "cost_curve": lambda ax: plotting.cost_curve([3, 2, 1], ax=ax),
    "accuracy_and_cost": lambda ax: plotting.accuracy_and_cost([3, 2, 1], 0.5, 0.25, ax=ax),
    "chain": lambda ax: plotting.chain(["x", "z"], ["f"], ["g"], ax=ax),
    "network": lambda ax: plotting.network([2, 3, 1], ax=ax),
    "fitted_lines": lambda ax: plotting.fitted_lines(W1, W1, [(1, 0), (2, 1)], ["a", "b"], ax),
    "errors_of_line": lambda ax: plotting.errors_of_line(W1, W1, 2, 1, ax),
    "tangent": lambda ax: plotting.tangent(W1, W1**2, -0.5, -1, ax),
    "plane": lambda ax: plotting.plane(X, y, (1, 2), 3, ax),
    "numbered_network": lambda ax: plotting.numbered_network({1: W1[:, None]}, {1: W1[:, None]}, [[1], W1], ax=ax),
    "named_network": lambda ax: plotting.named_network([2, 3, 1], ["a"], ax),
    "fan_out": lambda ax: plotting.fan_out([1, 2], [0.5, -1], 0.1, ax),
    "lit_column": lambda ax: plotting.lit_column(np.ones((2, 3)), [0.5, -1], 0, ax),
    "lit_row": lambda ax: plotting.lit_row([0.5, -1], [1, 2, 3], 0, ax),
    "walked_paths": lambda ax: plotting.walked_paths(2, 2, ax),
    "unit_lines": lambda ax: plotting.unit_lines(np.eye(2), np.ones((2, 1)), X, y, ax=ax),
    "hidden_plane": lambda ax: plotting.hidden_plane(X.T, y, np.eye(2), np.ones((2, 1)), ["a", "b"], ax),
    "name_clouds": lambda ax: plotting.name_clouds(X, {"a": y == 0, "b": y == 1}, ax),
    "likelihood": lambda ax: plotting.likelihood(X[:, 0], y, 2, ax=ax),
    "points": lambda ax: plotting.points(X, y, ax),
    "boundary": lambda ax: plotting.boundary(lambda points: 1 / (1 + np.exp(-points[:, 0])), X, y, ax),
    "images": lambda ax: plotting.images(np.zeros((3, 784)), ["a", "b", "c"], ax),
    "weights": lambda ax: plotting.weights(np.arange(784.0), ax),
    "confusion_matrix": lambda ax: plotting.confusion_matrix(np.array([[3, 1], [0, 2]]), ax),
    "score_dots": lambda ax: plotting.score_dots([0.7, 0.7, 0.8], 0.66, chosen=0.8, ax=ax),
    "signals": lambda ax: plotting.signals([[1, 0.5], [2, 0.5]], [[0.1, 1], [0.2, 1]], ax),
    "starts": lambda ax: plotting.starts([[1, 2], [2, 3]], ax=ax, label="a"),
    "compared_costs": lambda ax: plotting.compared_costs({"a": [[0.1, 0.2]], "b": [[0.3, 0.4]]}, ax=ax),
    "race_curves": lambda ax: plotting.race_curves({"adam": [2, 1]}, 5, ax),
    "shape_table": lambda ax: plotting.shape_table([("A[0]", "Xᵀ", (2, 3)), ("dW[1]", "…", (1, 2))], ax),
    "error_curves": lambda ax: plotting.error_curves({"two-sided": (W1 + 2, W1 + 2)}, 1.0, 0.0, ax),
    "work_curves": lambda ax: plotting.work_curves([3, 12], [3, 12], ax),
    "graph": lambda ax: plotting.graph(tape.Variable([1.0, 2.0], "x").exp().sum(), ax=ax),
    "data_parallel": lambda ax: plotting.data_parallel([3, 3, 2], ax),
    "star_ring_tree": lambda ax: plotting.star_ring_tree(4, ax),
    "speed_ups": lambda ax: plotting.speed_ups({"star": W1 + 2}, np.arange(1, 6), ax),
    "sweep_points": lambda ax: plotting.sweep_points(ROWS, "units", "score", "rate", ax),
    "step_shares": lambda ax: widgets.step_time.draw(widgets.step_time.predict(), ax),
    "line_and_valley": lambda ax: widgets.line_and_valley.draw(widgets.line_and_valley.descend(steps=3), ax),
    "convolution": lambda ax: plotting.convolution(np.eye(5), np.eye(2), np.ones((4, 4)), (1, 2), ax),
    "windows_as_rows": lambda ax: plotting.windows_as_rows(np.eye(3, dtype=int), np.eye(2, dtype=int), 1, ax),
    "filters": lambda ax: plotting.filters(np.ones((3, 2, 2)), ["a", "b", "c"], ax),
    "attention_map": lambda ax: plotting.attention_map(np.eye(2), "ab", ax, "title"),
    "transformer": lambda ax: plotting.transformer(4, 6, 3, ax),
    "mixing": lambda ax: plotting.mixing(np.eye(2), "ab", [1, 2], ax),
    "stepper_frame": lambda ax: widgets.stepper.draw(widgets.stepper.frame(7), ax),
}


def test_a_picture_and_its_response_have_the_same_scale_and_centre():
    ax = plotting.convolution(np.eye(6), np.eye(3), np.ones((4, 4)))
    ax.figure.canvas.draw()
    (left, _, right), corners = ax.child_axes, [(0, 0), (3, 3)]
    of_windows = left.transData.transform([(column + 1, row + 1) for column, row in corners])
    of_responses = right.transData.transform(corners)
    np.testing.assert_allclose(np.diff(of_windows, axis=0), np.diff(of_responses, axis=0))
    np.testing.assert_allclose(of_windows[:, 1], of_responses[:, 1])  # a response is as high as the window's centre


def arrows(ax):
    return [text.arrow_patch for text in ax.texts if isinstance(text, Annotation)]


def test_every_public_figure_is_tested():
    assert {name for name in plotting.__all__ if name.islower()} - {"use_style", "motion"} == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_axes_in_axes_out(name):
    assert_axes_in_axes_out(DRAWN[name])


STATE = widgets.playground.play(hidden_layers=1, width=2, updates=3)
DIGITS = widgets.playground.play(data_set="digits", hidden_layers=1, width=2, updates=3)
PANELS = {
    "decision": lambda ax: playground.decision(STATE, ax),
    "answers_on_digits": lambda ax: playground.answers_on_digits(DIGITS, ax),
    "curves": lambda ax: playground.curves(STATE, ax),
    "gradient_norms": lambda ax: playground.gradient_norms(STATE.norms, 2, ax),
    "unit_sheet": lambda ax: playground.unit_sheet(STATE.unit_pictures(), ax),
}
SHEETS = {
    "playground": lambda figure: playground.playground(STATE, figure),
    "reading": lambda figure: playground.reading(widgets.drawing.read(np.zeros(784)), figure),
}


def test_every_panel_of_the_playground_is_tested():
    public = {
        name
        for name, value in vars(playground).items()
        if name[0] != "_" and getattr(value, "__module__", "") == playground.__name__
    }
    assert public - {"bounds"} == {*PANELS, *SHEETS}


@pytest.mark.parametrize("name", PANELS)
def test_panels_draw_into_the_given_axes(name):
    _, given = plt.subplots()
    assert PANELS[name](given) is given
    given.figure.canvas.draw()


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_draw_into_the_given_figure(name):
    style, given = dict(plt.rcParams), plt.figure()
    assert SHEETS[name](given) is given
    assert len(SHEETS[name](None).axes) >= 3
    given.canvas.draw()
    assert dict(plt.rcParams) == style


def test_the_pictures_of_units_have_the_orientation_of_the_plane():
    state = widgets.playground.play(hidden_layers=1, width=1, updates=0)
    state.W[1][:], state.b[1][:] = [[0.0, 1.0]], 0  # the unit responds to the sign of x2
    _, ax = plt.subplots()
    sheet = playground.unit_sheet(state.unit_pictures(), ax).images[0].get_array()
    assert sheet[0, 0] > 0.5  # above
    assert sheet[39, 0] < -0.5  # below


def test_equal_scores_are_stacked_beside_the_baseline():
    ax = plotting.score_dots([0.8, 0.7, 0.1 + 0.6, 0.8, 0.8], 0.66, "always a cat", chosen=0.8)
    dots, baseline, star = ax.lines
    assert sorted(zip(*dots.get_data(), strict=True)) == [(0.7, 1), (0.7, 2), (0.8, 1), (0.8, 2), (0.8, 3)]
    assert list(baseline.get_xdata()) == [0.66, 0.66] and (*star.get_xdata(), *star.get_ydata()) == (0.8, 4)
    assert [text.get_text() for text in ax.texts] == ["always a cat", "our network"]
    assert len(plotting.score_dots([0.5], 0.66).lines) == 2


def test_cost_curve():
    ax = plotting.cost_curve([3, 2, 1], label="one")
    plotting.cost_curve([2, 2, 2], ax=ax, label="other", style=1)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_ylim()[0]) == ("iteration", "cost J", 0)
    first, second = ax.get_lines()
    assert first.get_ydata().tolist() == [3, 2, 1]
    assert (first.get_label(), second.get_label()) == ("one", "other")
    assert len([artist for artist in ax.artists if isinstance(artist, LineNames)]) == 1  # writes both names
    assert first.get_linestyle() != second.get_linestyle()
    assert not same_color(first.get_color(), second.get_color())


@pytest.mark.parametrize(("backward", "count"), [(True, 18), (False, 9)])
def test_network_has_an_arrow_for_each_connection_and_direction(backward, count):
    ax = plotting.network([2, 3, 1], backward=backward)
    drawn = arrows(ax)
    assert len(drawn) == count
    assert len(ax.patches) == 6  # the units
    for arrow in drawn:
        forward = bool(same_color(arrow.get_edgecolor(), style.FORWARD))
        assert forward or same_color(arrow.get_edgecolor(), style.BACKWARD)
        assert (arrow.get_linestyle() == "-") is forward  # the line style repeats what the colour says


def test_a_large_layer_is_abridged():
    ax = plotting.network([784, 1])
    assert len(ax.patches) == 5
    assert "layer 0\n784 units" in [text.get_text() for text in ax.texts]
    assert "⋮" in [text.get_text() for text in ax.texts]


def test_chain_names_every_derivative():
    ax = plotting.chain(["x", "z", "J"], ["f", "h"], ["dz", "dJ"])
    assert len(arrows(ax)) == 4
    assert {"x", "z", "J", "f", "h", "dz", "dJ"} <= {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="zip"):
        plotting.chain(["x", "z"], ["f"], [])


def test_labels_differ_in_marker_and_colour():
    ax = plotting.points(X, y)
    circles, triangles = ax.collections
    assert len(circles.get_offsets()) == len(triangles.get_offsets()) == 10
    assert circles.get_paths()[0].vertices.shape != triangles.get_paths()[0].vertices.shape


@pytest.mark.parametrize("label", [2, -1, 0.5])
def test_no_label_is_left_out_silently(label):
    with pytest.raises(ValueError, match=f"^y contains the label {label}, but every label must be 0 or 1$"):
        plotting.points([[1, 2], [3, 4], [5, 6]], [0, 1, label])
    with pytest.raises(ValueError, match=f"the label {label}"):
        plotting.boundary(lambda points: points[:, 0], [[1, 2], [3, 4]], [0, label], ax=(ax := plt.figure().subplots()))
    assert not ax.collections and len(ax.figure.axes) == 1  # nothing was drawn


def test_boundary_draws_a_line_only_where_there_is_one():
    def black_lines(ax):
        return [
            c for c in ax.collections if len(c.get_edgecolor()) == 1 and same_color(c.get_edgecolor()[0], style.INK)
        ]

    crossing = plotting.boundary(lambda points: 1 / (1 + np.exp(-points[:, 0])), X, y)
    constant = plotting.boundary(lambda points: np.full(len(points), 0.3), X, y, key=False)
    assert len(crossing.collections) == len(constant.collections) + 1
    assert (len(crossing.figure.axes), len(constant.figure.axes)) == (2, 1)  # the colour bar has axes of its own


def test_images_are_placed_correctly():
    pictures = np.zeros((3, 28, 28))
    pictures[2, 0, 0] = 1
    ax = plotting.images(pictures, titles=["a", "b", "c"], columns=2)
    sheet = ax.images[0].get_array()
    above = 4  # pixels: two, and 0.22 inches of a picture 3.2 inches wide
    assert sheet.shape == (2 * (above + 28 + 1), 2 * (28 + 2))
    assert np.argwhere(sheet == 1).tolist() == [[above + 28 + 1 + above, 1]]
    inked = ax.images[0].to_rgba(np.array([0.0, 1.0]))
    assert inked[0, 3] == 0 and same_color(inked[1], style.INK)  # the page shows through what is blank
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("draw", "shape", "said"),
    [
        (plotting.images, (0, 784), "pixels contains no images"),
        (plotting.images, (0, 64, 64, 3), "pixels contains no images"),
        (plotting.filters, (0, 5, 5), "F contains no filters"),
    ],
)
def test_nothing_to_show_is_said(draw, shape, said):
    with pytest.raises(ValueError, match=f"^{said}: choose at least one$"):
        draw(np.zeros(shape))


@pytest.mark.parametrize("shape", [(784,), (3, 100), (2, 28, 20), (2, 8, 8, 4)])
def test_what_are_no_images_is_said(shape):
    with pytest.raises(ValueError, match=f"^pixels has the shape {re.escape(str(shape))}, but k images must have"):
        plotting.images(np.zeros(shape))


def test_images_in_colour():
    pictures = np.zeros((2, 64, 64, 3), np.uint8)
    pictures[1, 0, 0] = (255, 0, 0)
    sheet = plotting.images(pictures).images[0].get_array()
    assert sheet.shape == (68, 136, 4)
    assert sheet[2, 70].tolist() == [1, 0, 0, 1]
    assert sheet[2, 3].tolist() == [0, 0, 0, 1]
    assert sheet[0, 0, 3] == 0


def test_weights_are_blank_at_zero():
    picture = plotting.weights(np.arange(-300.0, 484.0)).images[0]
    assert picture.get_clim() == (-483, 483)
    below, zero, above = picture.to_rgba(np.array([-483.0, 0.0, 483.0]))
    assert same_color(below, style.NEGATIVE) and same_color(above, style.POSITIVE)
    assert zero[3] < 0.01
    tint = picture.to_rgba(np.array([-48.3, 48.3]))[:, 3]  # a tenth of the largest, in the first of seven tints
    assert tint == pytest.approx(1 / 7, abs=0.01)
    assert picture.colorbar is not None  # the key has the tints of the picture


def test_style_is_that_of_the_text():
    with plt.rc_context():
        plotting.use_style()
        assert plt.rcParams["figure.facecolor"] == style.PAPER
        assert plt.rcParams["font.size"] * 4 / 3 <= 14  # CSS pixels: no larger than JupyterLab's text
        assert plt.rcParams["font.family"][0] == "Inter"
        assert findfont("Inter").endswith("Inter-Regular.ttf")


def test_weights_are_written_beside_the_arrows_into_their_layer():
    ax = plotting.network([2, 1], weights={1: [["first", "second"]]})
    places = {text.get_text(): text.get_position() for text in ax.texts}
    units = sorted((patch.center for patch in ax.patches), key=lambda c: (c[0], -c[1]))
    for name, unit in zip(("first", "second"), units[:2], strict=True):
        middle = np.add(unit, units[2]) / 2
        assert 0.2 < np.linalg.norm(np.subtract(places[name], middle)) < 0.4 and places[name][1] > middle[1]


def test_derivatives_are_written_below_the_arrows_and_meet_no_weight():
    texts = {"weights": {1: [["w1", "w2"]]}, "derivatives": {1: [["dw1", "dw2"]], 2: [["dz"]]}}
    ax = plotting.network([2, 1, 1], **texts)
    places = {text.get_text(): np.array(text.get_position()) for text in ax.texts}
    colors = {text.get_text(): text.get_color() for text in ax.texts}
    for name in ("1", "2"):
        assert places[f"dw{name}"][1] < places[f"w{name}"][1] and places[f"dw{name}"][0] < places[f"w{name}"][0]
    assert {colors[name] for name in ("dw1", "dw2", "dz")} == {style.BACKWARD} and colors["w1"] == style.FORWARD
    assert min(np.linalg.norm(places["dw1"] - places[name]) for name in ("w1", "w2", "dw2")) > 0.4


@pytest.mark.parametrize(("sizes", "plain"), [([0.3, 0.2, 0.1], True), ([1.0, 0.1, 1e-4], False)])
def test_signals_of_few_powers_of_ten_have_plain_numbers(sizes, plain):
    ax = plotting.signals([sizes], [sizes])
    ax.figure.canvas.draw()
    numbers = [label.get_text() for label in ax.get_yticklabels() if label.get_text()]
    assert ({"0.1", "0.2"} <= set(numbers)) is plain


def test_signals():
    ax = plotting.signals([[0.1, 0.01, 0.0], [0.4, 0.01, 0.0]], [[0.5, 0.6, 0.7], [0.5, 0.6, 0.7]])
    lines = ax.get_lines()
    assert len(lines) == 6  # two starts and their mean, forward and back
    forward, backward = (line for line in lines if line.get_label()[0] != "_")
    np.testing.assert_allclose(forward.get_ydata(), [0.2, 0.01, 1e-16])
    np.testing.assert_allclose(backward.get_ydata(), [0.5, 0.6, 0.7])
    assert backward.get_xdata().tolist() == [1, 2, 3]
    assert same_color(forward.get_color(), style.FORWARD)
    assert same_color(backward.get_color(), style.BACKWARD)
    assert (forward.get_linestyle(), backward.get_linestyle()) == ("-", "--")
    assert ax.get_yscale() == "log"


@pytest.mark.parametrize(("layers", "ticks"), [(4, [1, 2, 3, 4]), (11, range(1, 12)), (39, range(1, 38, 4))])
def test_layers_are_numbered_from_the_first_with_room_for_every_number(layers, ticks):
    assert plotting.signals([np.ones(layers)], [np.ones(layers)]).get_xticks().tolist() == list(ticks)


def test_the_legend_of_a_sweep_shows_the_marks_of_each_group():
    ax = plotting.sweep_points(ROWS, "units", "score", "rate")
    handles = ax.get_legend().legend_handles
    assert [handle.get_label() for handle in handles] == ["rate 0.1", "rate 1"]
    for handle, points, means in zip(handles, ax.lines[::2], ax.lines[1::2], strict=True):
        assert handle.get_marker() == points.get_marker() and same_color(handle.get_color(), points.get_color())
        assert means.get_markevery() == []  # the means have no marks of their own


def test_curves_of_several_starts_look_alike_and_are_named_once():
    ax = plotting.starts([[1, 2, 3], [2, 3, 4]], x=[0, 5, 10], label="deep", style=1)
    first, second = ax.get_lines()
    assert second.get_xdata().tolist() == [0, 5, 10] and second.get_ydata().tolist() == [2, 3, 4]
    assert first.get_color() == second.get_color() and first.get_linestyle() == second.get_linestyle() == "--"
    assert first.get_label() == "deep" and second.get_label().startswith("_")


def test_compared_costs_have_a_row_for_each_condition():
    ax = plotting.compared_costs({"as it was": [[0.1, 0.6], [0.2, 0.7]], "cured": [[0.1, 0.01], [0.1, 0.02]]})
    marks = [line for line in ax.get_lines() if line.get_marker() not in ("None", "")]
    assert [line.get_xdata().tolist() for line in marks] == [[0.1, 0.2], [0.6, 0.7], [0.1, 0.1], [0.01, 0.02]]
    assert [round(line.get_ydata()[0]) for line in marks] == [0, 0, 1, 1]
    assert marks[0].get_marker() != marks[1].get_marker()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["as it was", "cured"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["shallow", "deep"]
    assert ax.yaxis_inverted() and ax.get_xscale() == "log"


def test_confusion_matrix_colours_only_mistakes():
    counts = [[50, 1, 0], [4, 60, 2], [0, 0, 70]]
    ax = plotting.confusion_matrix(counts)
    assert ax.get_images()[0].get_array().tolist() == [[0, 1, 0], [4, 0, 2], [0, 0, 0]]
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "50", (1, 0): "1", (0, 1): "4", (1, 1): "60", (2, 1): "2", (2, 2): "70"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    plotting.confusion_matrix(np.diag([1, 2])).figure.canvas.draw()  # no mistakes at all


def test_each_pattern_of_communication_has_its_arrows():
    ax = plotting.star_ring_tree(4)
    arrows = [text.arrow_patch for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    there_and_back, around, pairwise = 2 * 4, 4, 4 + 2
    assert len(arrows) == there_and_back + around + pairwise
    assert sum(same_color(arrow.get_edgecolor(), style.FORWARD) for arrow in arrows) == 4


def test_the_tenth_worker_has_a_subscript_of_two_digits():
    assert "$g_{10}$" in [text.get_text() for text in plotting.data_parallel([1] * 10).texts]


def test_speed_ups_are_drawn_as_they_are():
    counts = 2 ** np.arange(6)
    ax = plotting.speed_ups({"slow": counts / counts, "fast": counts**0.5}, counts)
    ideal, slow, fast = (line.get_ydata() for line in ax.lines)
    assert list(slow) == [1] * 6 and np.allclose(fast, counts**0.5)
    assert list(ideal) == [1, 2, 4, 8]  # up to twice the largest speed-up
