"""What lesson 02 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here,
except where the sentence rounds it.
"""

import json
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets, widgets
from helpers.backprop import network
from helpers.training import NeuralNetwork

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02_classify.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
PRINTED = "\n".join("".join(o.get("text", "")) for cell in CELLS for o in cell.get("outputs", []))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def printed(*lines):
    return lambda: all(line in PRINTED for line in lines)


def a_hundred_of_each_kind_mostly_on_its_side():
    X, y = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    left = X[:, 0] < 0
    return [np.sum(y == 0), np.sum(y == 1)] == [100, 100] and min(left[y == 0].mean(), 1 - left[y == 1].mean()) > 0.8


def no_line_separates_the_clouds():
    """With a separating line the cost would go on falling; it has a lowest point, where the gradient vanishes."""
    X, y = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    rows, theta = np.column_stack([X, np.ones(200)]), np.zeros(3)
    for _ in range(20):  # Newton's method
        a = sigmoid(rows @ theta)
        gradient = rows.T @ (a - y)
        theta -= np.linalg.solve((rows.T * (a * (1 - a))) @ rows, gradient)
    return np.abs(gradient).max() < 1e-9 and np.mean((rows @ theta > 0) == y) < 1


def the_likelihoods():
    x, y = np.array([-2.5, -1.5, -0.5, 0.5, 1.0, 2.5]), np.array([0, 0, 1, 0, 1, 1])
    return [np.prod(np.where(y == 1, sigmoid(w * x), sigmoid(-w * x))) for w in (0.3, 1.5, 6.0)]


def the_pulls_of_both_losses():
    z = np.linspace(-40, 10, 5001)
    cross_entropy, squared = sigmoid(z) - 1, (sigmoid(z) - 1) * sigmoid(z) * sigmoid(-z)  # slopes for y = 1
    hardest = z[np.argmin(squared)]
    left = squared[z < hardest]
    falls_off = np.all(np.diff(left) < 0) and abs(left[0]) < 1e-15
    levels = np.isclose(cross_entropy[0], -1) and np.isclose(0.5 * (sigmoid(z[0]) - 1) ** 2, 0.5)
    return falls_off and levels and np.isclose(hardest, -np.log(2), atol=0.01) and np.all(np.diff(cross_entropy) >= 0)


def the_second_factor_vanishes_at_both_ends():
    a = np.array([1e-9, 0.5, 1 - 1e-9])
    return np.allclose(-1 / a * a * (1 - a), a - 1) and -1 / a[0] < -1e8 and np.isclose(-1 / a[2], -1)


def the_boundary_moves_to_the_right():
    predict = widgets.threshold.classify(separation=2.5).network.predict_proba
    grid = np.column_stack([np.linspace(-4, 4, 801), np.zeros(801)])
    share = predict(grid)
    return 0.5 < grid[np.argmax(share > 0.9), 0] - grid[np.argmax(share > 0.5), 0] < 3


@cache
def learned():
    """What 100 steps add to the weights, as a picture."""
    X, y, _, _ = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    trained = NeuralNetwork([1], learning_rate=0.1, iterations=100, random_state=0).fit(X, y)
    start, _ = network.initialize_parameters([784, 1], random_state=0)
    return (trained.W_[1] - start[1]).reshape(28, 28)


def a_square_is_white_below_a_fifteenth_of_the_largest_change():
    """The picture has 15 tints, of which the middle one is white and half of its width lies on either side of 0."""
    return 0.015 < np.abs(learned()).max() / 15 < 0.02


def many_white_squares_have_moved():
    white = np.abs(learned()) < np.abs(learned()).max() / 15
    return np.sum(white & (learned() != 0)) > np.sum(learned() == 0)


def zeros_reach_the_same_accuracy():
    X, y, X_test, y_test = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    w, b = np.zeros(784), 0.0
    for _ in range(100):
        dz = (sigmoid(X @ w + b) - y) / len(y)
        w, b = w - 0.1 * dz @ X, b - 0.1 * dz.sum()
    return abs(np.mean((X_test @ w + b > 0) == y_test) - 0.945) < 0.005


def costs_at(learning_rate):
    X, y, _, _ = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    with warnings.catch_warnings(action="ignore"):  # "the cost rose"
        trained = NeuralNetwork([1], learning_rate=learning_rate, iterations=100, random_state=0).fit(X, y)
    return np.array(trained.cost_history_)


def the_cost_jumps_at_a_rate_of_1_and_falls_at_a_tenth():
    quick, slow = costs_at(1.0), costs_at(0.1)
    jumps = 6.5 < quick[:8].max() < 7 and quick[20:].max() < quick[0]
    return jumps and quick[-1] < slow[-1] and (np.diff(slow) < 0).all()


@cache
def trained_on_the_blobs(steps, start=(0.0, 0.0, 0.0)):
    """The cost, and both weights and the bias."""
    X, y = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    rows, theta = np.column_stack([X, np.ones(200)]), np.array(start)
    for _ in range(steps):
        theta = theta - rows.T @ (sigmoid(rows @ theta) - y) / 200
    a = sigmoid(rows @ theta)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), theta


def longer_training_and_other_starts_end_at_the_same_cost():
    starts = ((0.0, 0.0, 0.0), (3.0, -3.0, 2.0), (-4.0, 2.0, -1.0))
    costs = [trained_on_the_blobs(200)[0], *(trained_on_the_blobs(2000, start)[0] for start in starts)]
    return all(f"{cost:.4f}" == "0.2385" for cost in costs) and np.ptp(costs[1:]) < 1e-9


def the_weight_and_what_it_does_to_the_odds():
    weight = trained_on_the_blobs(200)[1][0]
    return f"{weight:.2f}" == "2.61" and round(np.exp(weight)) == 14 and "$e^{2.61} \\approx 14$" in PROSE


def the_squares_of_the_inputs():
    points, _ = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    pictures = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))[0]
    in_the_plane, of_a_picture = (1 + np.mean(np.sum(X**2, axis=1)) for X in (points, pictures))  # 1 for the bias
    often = round(of_a_picture / in_the_plane) == 20 and "moves $z$ some 20 times as far" in PROSE
    return often and (round(in_the_plane), round(of_a_picture)) == (5, 94)


def a_rate_of_1_is_safe_with_the_sigmoid_only():
    """The steepest curvature is that of the squared error, or at most a quarter of it."""
    X, _ = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    rows = np.column_stack([X, np.ones(200)])
    steepest = np.linalg.eigvalsh(rows.T @ rows / 200)[-1]
    z = np.linspace(-9, 9, 181)
    return 2 / steepest < 1 < 2 / (steepest / 4) and (sigmoid(z) * sigmoid(-z)).max() == 0.25


def no_loss_curves_downward_along_a_straight_line():
    X, y = datasets.make_blobs(m=200, separation=2.5, random_state=3)
    rows, rng = np.column_stack([X, np.ones(200)]), np.random.default_rng(0)
    for _ in range(20):
        z = rows @ rng.normal(0, 3, 3)[:, np.newaxis] + np.outer(rows @ rng.standard_normal(3), np.linspace(-3, 3, 61))
        losses = np.logaddexp(0, z) - y[:, np.newaxis] * z
        if min(np.diff(losses, 2).min(), np.diff(losses.mean(axis=0), 2).min()) < -1e-12:
            return False
    return True


def the_cost_has_no_lowest_point_at_a_separation_of_6():
    shown = widgets.threshold.classify(separation=6)
    W, b = shown.network.W_[1], shown.network.b_[1]
    z = [factor * (W @ shown.X.T + b)[0] for factor in 2.0 ** np.arange(6)]
    costs = [np.mean(np.logaddexp(0, row) - shown.y * row) for row in z]
    return shown.accuracy == 1 and all(np.diff(costs) < 0) and costs[-1] < 1e-12


def the_weights_favour_what_the_caption_says():
    """Mean weights of patches of 4 × 4 pixels at the places that the caption names."""
    patches = {"centre": (14, 14), "lower left": (17, 11), "upper right": (11, 18), "top": (5, 15), "left": (9, 7)}
    against = {"stroke": (13, 10), "bar": (9, 23), "bowl": (17, 19), "tail": (18, 6)}
    mean = {name: learned()[r - 2 : r + 2, c - 2 : c + 2].mean() for name, (r, c) in (patches | against).items()}
    return all(mean[name] > 0 for name in patches) and all(mean[name] < 0 for name in against)


CLAIMS = {
    "100 circles (label 0), most on the left": a_hundred_of_each_kind_mostly_on_its_side,
    "The derivative is at most ¼": lambda: sigmoid(0) * (1 - sigmoid(0)) == 0.25,
    "raising $x_1$ by 1 doubles the odds, since $e^{0.69} \\approx 2$": lambda: abs(np.exp(0.69) - 2) < 0.01,
    "the odds are multiplied by $e$": lambda: np.allclose(
        [sigmoid(z + 1) / sigmoid(-z - 1) / (sigmoid(z) / sigmoid(-z)) for z in (-3, 0, 2)], np.e
    ),
    "The one in the middle wins": lambda: np.argsort(the_likelihoods()).tolist() == [2, 0, 1],
    "a confident, wrong answer 4.6": printed("y = 1, answer 0.01: loss 4.6052", "y = 1, answer 0.99: loss 0.0101"),
    "at least 95% sure of every answer": lambda: sigmoid(6 * 0.5) > 0.95,
    "at $z = -10$ its slope is $-0.000045$": lambda: (
        f"{(sigmoid(-10) - 1) * sigmoid(-10) * sigmoid(10):.6f}" == "-0.000045"
    ),
    "It pulls hardest near $z = -0.7$, and further to the left its pull fades": the_pulls_of_both_losses,
    "The second factor vanishes at both ends": the_second_factor_vanishes_at_both_ends,
    "nine points in ten are on the correct side": printed("90.0% classified correctly"),
    "no straight line gets them all": no_line_separates_the_clouds,
    "it has moved to the right, into the triangles": the_boundary_moves_to_the_right,
    "only one circle instead of 10": printed(
        "missed: 10, circles taken for triangles: 10.", "missed: 36, circles taken"
    ),
    "from 11272 pictures and set 1866 others aside": printed("training (11272, 784)  test (1866, 784)"),
    "Where it has raised a weight (orange), ink favours an 8 more than at the start": (
        the_weights_favour_what_the_caption_says
    ),
    "A probability of 0.9 means odds of 9 to 1": lambda: np.isclose(sigmoid(np.log(9)), 0.9),
    "zeros would do here": zeros_reach_the_same_accuracy,
    "at a rate of 1, the cost would jump to almost 7": the_cost_jumps_at_a_rate_of_1_and_falls_at_a_tenth,
    "by chance: a few pictures out of 1866": printed("training: cost 0.2019, 94.1%", "test: cost 0.1955, 94.5%"),
    "In the white squares, the change is less than 0.02": a_square_is_white_below_a_fifteenth_of_the_largest_change,
    "The weights of the other white squares have moved too": many_white_squares_have_moved,
    "$1/a$ is large in the same proportion": lambda: np.allclose([a * (1 - a) / a for a in (1e-3, 1e-6)], 1, atol=2e-3),
    "2000 steps lead to the same 0.2385": longer_training_and_other_starts_end_at_the_same_cost,
    "The weight of $x_1$ is now 2.61": the_weight_and_what_it_does_to_the_odds,
    "on average about 5; for a picture, about 94": the_squares_of_the_inputs,
    "For the line of lesson 01 it would have been too much": a_rate_of_1_is_safe_with_the_sigmoid_only,
    "no loss curves downward on the way, and neither does their mean": no_loss_curves_downward_along_a_straight_line,
    "as in the live figure at a separation of 6": the_cost_has_no_lowest_point_at_a_separation_of_6,
    "even a tiny $e^z$ is not lost when 1 is added": lambda: (
        np.isclose(np.logaddexp(0, -40.0), np.exp(-40.0), rtol=1e-12, atol=0) and np.log(1 + np.exp(-40.0)) == 0
    ),
    "A badly wrong answer costs very nearly $|z|$": lambda: np.allclose(np.logaddexp(0, [37, 1000]), [37, 1000]),
    "the losses are now 37 and 0": printed("0.6931   37.0000 1000.0000", "37.0000    0.6931    0.0000    0.0000"),
    "At 36 it is already off by 0.04": lambda: abs(-np.log(1 - sigmoid(36.0)) - 36.04) < 0.005,
    "From $z = 37$ on, $1 - a$ is 0": printed("z = 37: 1 − a = 0.0e+00, cost for y = 0: inf", "1 − a = 2.2e-16"),
    "where $\\sigma$ is 1 to all 16 digits anyway": lambda: sigmoid(40.0) == 1,
    "because $1 - 10^{-20}$ is rounded to 1": lambda: 1 - 1e-20 == 1,
    "fives from eights more than nine times in ten": printed("94.5% classified correctly"),
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
