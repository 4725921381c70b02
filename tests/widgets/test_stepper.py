"""The stepper: every step's numbers, shapes and line of code, for any small network, and the rounds after the first."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Annotation

from helpers import plotting, widgets
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import forward
from helpers.gradient_check import numerical_gradient
from helpers.widgets.stepper import LARGE, SMALL, STEPS, B, Stepper, W, frame, solved, steps_of

CASES = [
    ((2, 2, 1), (1.0, 0.5), 1),
    ((2, 2, 1), (-1.25, 2.0), 0),
    ((2, 2, 2), (1.0, 0.5), (1, 0)),
    ((3, 4, 2, 2), (0.5, -1.0, 2.0), (0, 1)),
    ((1, 1), (2.0,), 1),
]


@pytest.mark.parametrize(("sizes", "x", "y"), CASES)
def test_the_lines_of_the_stepper_compute_its_numbers(sizes, x, y):
    first, steps = frame(1, x, y, sizes), steps_of(sizes)
    names = {"X": np.array([x]), "Y": np.array(y, float).reshape(-1, 1), "m": 1, "alpha": 0.5}
    names |= {kind: {l: p.copy() for l, p in getattr(first, kind).items()} for kind in "Wb"}
    names |= {"sigmoid": sigmoid, "sigmoid_prime": sigmoid_prime, "binary_cross_entropy": binary_cross_entropy}
    for number, step in enumerate(steps, 1):
        exec(step.code, names)  # our own text: the line that lights up
        shown = frame(number, x, y, sizes, learning_rate=0.5)
        there = names["W"][int(step.name[2])] if step.way == "update" else names[step.code.split(" = ")[0]]
        np.testing.assert_allclose(shown.values[step.name], there, rtol=1e-12)
        assert list(shown.values) == [taken.name for taken in steps[:number]]
        shape = shown.values[step.name].shape
        assert step.name == "J" or step.shape.replace(", element by element", "").endswith(str(shape))
    (Z, _), L = forward(names["X"], names["W"], names["b"]), len(sizes) - 1
    assert shown.costs[-1] == pytest.approx(binary_cross_entropy(Z[L], names["Y"]), rel=1e-12)


def test_the_gradients_are_those_of_the_cost():
    shown, Y = frame(13, (1.0, 0.5), (1, 0), (2, 2, 2)), np.array([[1.0], [0.0]])

    def cost():
        return binary_cross_entropy(forward(shown.x, shown.W, shown.b)[0][2], Y)

    for name, p in (("dW[1]", shown.W[1]), ("dW[2]", shown.W[2]), ("db[1]", shown.b[1]), ("db[2]", shown.b[2])):
        np.testing.assert_allclose(shown.values[name], numerical_gradient(cost, p), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize(("sizes", "x", "y"), CASES)
def test_the_working_ends_in_the_numbers_of_its_step(sizes, x, y):
    for number in range(1, len(steps_of(sizes)) + 1):
        shown = frame(number, x, y, sizes)
        results = [float(line.split("= ")[-1].replace("−", "-")) for line in shown.working]
        np.testing.assert_allclose(results, shown.values[shown.step.name].ravel(), atol=5.1e-4)


def test_an_error_is_a_sum_over_the_units_that_it_comes_from():
    shown = frame(10, sizes=(2, 2, 2), y=(1, 0))
    assert shown.step.name == "dA[1]"
    d1, d2 = shown.values["dZ[2]"].ravel()
    np.testing.assert_allclose(shown.values["dA[1]"].ravel(), [d1 + 0.5 * d2, -2 * d1 + 1.5 * d2])  # by hand
    assert shown.working[0].count("+") == 1 and shown.working[0].startswith("1.000 · (")


def test_labels_and_zeros_are_written_as_numbers():
    assert frame(7, y=True).working == frame(7, y=1).working == ["(0.598 − 1) / 1 = −0.402"]
    assert frame(12, x=(1.0, 0.0)).working[1] == "(−0.078) · 0.000 = 0.000"  # −0.0 in floating point
    assert "−0.000" not in widgets.stepper.describe(frame(12, x=(1.0, 0.0)))


def test_a_later_round_goes_on_from_the_last_one():
    rounds = [frame(1, sizes=(2, 2, 2), y=(1, 0), updates=n) for n in range(4)]
    for one, other in pairwise(rounds):
        np.testing.assert_array_equal(other.W[1], one.everything["W[1]"])
        np.testing.assert_array_equal(other.b[2], one.everything["b[2]"])
        np.testing.assert_array_equal(other.costs[:-1], one.costs)
    assert np.all(np.diff(rounds[-1].costs) < 0)  # the cost falls
    assert "in round 4" in widgets.stepper.describe(rounds[-1])
    assert "the update changes the cost from 0.514 to 0.233" in widgets.stepper.describe(frame(15))


def test_the_picture_shows_biases_at_once_and_z_when_it_is_known():
    def notes(number):
        texts = [text.get_text() for text in widgets.stepper.draw(frame(number)).texts]
        return {text for text in texts if re.fullmatch("[bzδ] −?[0-9.]+", text)}

    biases = {"b 0.25", "b −1.00", "b 0.90"}
    assert notes(1) == biases
    assert notes(2) == biases | {"z 0.50", "z 0.25"}
    assert notes(7) == biases | {"z 0.50", "z 0.25", "z 0.40", "δ −0.40"}


@pytest.mark.parametrize(("sizes", "y", "weights"), [((2, 2, 1), 1, 6), ((2, 2, 2), (1, 0), 8), ((1, 2, 2), (1, 0), 6)])
def test_no_two_weights_stand_over_each_other(sizes, y, weights):
    ax = widgets.stepper.draw(frame(8 if sizes[0] == 1 else 13, (1.0, 0.5)[: sizes[0]], y, sizes))
    ax.figure.canvas.draw()
    numbers = [text for text in ax.texts if re.fullmatch(r"−?\d\.\d| ?\n?dw −?\d\.\d{3}", text.get_text())]
    boxes = [text.get_window_extent() for text in numbers]  # a weight above its gradient shares the box of that
    assert len(numbers) >= weights
    for i, box in enumerate(boxes):
        assert not any(box.shrunk(0.9, 0.8).overlaps(other.shrunk(0.9, 0.8)) for other in boxes[:i])


def test_multiplications_of_the_backward_pass_counted_by_hand():
    shown = frame(13)
    two_layers = {"dW2": 1 * 2, "dA1": 2 * 1, "dZ1": 2, "dW1": 2 * 2}
    assert shown.multiplications == sum(two_layers.values())
    counts = [frame(step, sizes=(2, 2, 2), y=(1, 0)).multiplications for step in range(6, 16)]
    assert counts == [0, 0, 4, 4, 8, 10, 14, 14, 14, 14]
    assert "multiplications" in widgets.stepper.describe(shown)
    assert "multiplications" not in widgets.stepper.describe(frame(2))


def test_a_gradient_is_named_and_leaves_the_connection_while_an_error_crosses_it():
    def gradients(number):
        ax = widgets.stepper.draw(frame(number, sizes=(2, 2, 2), y=(1, 0)))
        return {text.get_text().strip() for text in ax.texts if "dw" in text.get_text()}

    assert gradients(7) == gradients(10) == set()
    assert gradients(8) == gradients(11) == {"dw −0.250", "dw −0.226", "dw 0.410", "dw 0.370"}


def test_a_step_forward_is_blue_and_one_back_is_red():
    def lit(number):
        texts = widgets.stepper.draw(frame(number)).texts
        arrows = [text.arrow_patch for text in texts if isinstance(text, Annotation)]
        return [(arrow.get_edgecolor(), arrow.get_linestyle()) for arrow in arrows if arrow.get_linewidth() > 2]

    assert lit(2) == [(to_rgba(plotting.FORWARD), "-")] * 4
    assert lit(12) == [(to_rgba(plotting.BACKWARD), "--")] * 4
    assert lit(3) == []


def test_the_network_of_the_lesson_is_the_default():
    assert frame().sizes == (2, 2, 1) and len(STEPS) == 15
    for l in (1, 2):
        np.testing.assert_array_equal(frame().W[l], W[l])
        np.testing.assert_array_equal(frame().b[l], B[l])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"step": 0}, "^step is 0, but it must be a whole number from 1 to 15$"),
        ({"step": 16}, "from 1 to 15"),
        ({"step": 1.5}, "^step is 1.5"),
        ({"x": (1, "a")}, "^x contains .* real numbers"),
        ({"x": (1, float("nan"))}, "^x contains 1 value that is NaN"),
        ({"x": (1, 2, 3)}, "^x contains 3 numbers, but the network has 2 inputs: give 2$"),
        ({"x": (1, 1e9)}, "^x contains a number of magnitude 1e[+]09, but 1000 is the largest allowed$"),
        ({"y": 2}, "^y is .*2.0.*, but a label must be 0 or 1$"),
        ({"y": (1, 0)}, "^y contains 2 numbers, but the network has 1 outputs"),
        ({"sizes": "2"}, "^sizes has 1 entries"),
        ({"sizes": "2, 2, 2, 2, 2, 1"}, "^sizes has 6 entries"),
        ({"sizes": "2, 5, 1"}, "^sizes contains 5, but there is room for at most 4 units in a layer$"),
        ({"sizes": "two"}, "is not a list of layer sizes"),
        ({"updates": 61}, "^updates is 61, but it must be a whole number from 0 to 60$"),
        ({"learning_rate": 0}, "^learning_rate is 0, but it must be a finite number above 0$"),
    ],
)
def test_what_is_not_possible_is_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        frame(**arguments)


def test_a_network_that_is_typed_gets_an_example_of_its_size():
    view = Stepper(step=7, updates=2)
    view.sizes = "3, 2, 1"
    assert (len(view.x), len(view.y), view.step, view.updates) == (3, 1, 1, 0)
    assert view.picture["sizes"] == [3, 2, 1] and not view.refusal
    view.sizes = "3, 2, 7"
    assert view.refusal == "Not possible: sizes contains 7, but there is room for at most 4 units in a layer."
    assert view.picture["sizes"] == [3, 2, 1] and "y=(1,), sizes=(3, 2, 1)," in view.line  # the last one stays
    view.sizes = "2, 2, 2"
    assert not view.refusal and view.picture["sizes"] == [2, 2, 2]


@pytest.mark.parametrize(("name", "bad"), [("learning_rate", 0), ("x", (5000.0, 1.0)), ("sizes", "2, 9, 1")])
def test_a_refused_value_leaves_the_steps_with_their_own_words(name, bad):
    view = Stepper()
    before = getattr(view, name)
    setattr(view, name, bad)
    said = view.refusal
    for step, updates in ((4, 0), (1, 1), (15, 1)):
        view.set_state({"step": step, "updates": updates})
        assert view.sentence == view.describe(eval(view.line))  # our own text
        assert view.picture["updates"] == updates and f"Step {step} of 15" in view.sentence
        assert view.refusal == said
    setattr(view, name, before)
    assert not view.refusal


def test_the_challenge_has_answers_inside_the_range_and_none_at_the_start_or_its_ends():
    assert not any(solved(frame(step, y=(1, 0), sizes=(2, 2, 2))) for step in range(1, 16))
    ends = [(a, b) for a in (-5, 5) for b in (-5, 5)]
    assert not any(solved(frame(13, x, y, (2, 2, 2))) for x in ends for y in ((0, 0), (0, 1), (1, 0), (1, 1)))
    answer = frame(10, (-2.0, -0.9), (1, 0), (2, 2, 2))
    assert solved(answer) and not solved(answer._replace(values={}))  # only once it is seen
    d1, d2 = answer.values["dZ[2]"].ravel()
    assert abs(d1 + 0.5 * d2) < SMALL and min(abs(d1), abs(d2)) > LARGE
    assert not solved(frame(10, (-2.0, 0.0), (1, 0), (2, 2, 2)))
