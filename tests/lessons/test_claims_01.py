"""What lesson 01 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here,
except where the sentence rounds it.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets
from helpers.backprop import network
from helpers.gradient_check import relative_error
from helpers.plotting import fitting
from helpers.widgets import line_and_valley

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "01_fit_a_line.ipynb"
PROSE = "\n".join(
    "".join(cell["source"])
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "markdown"
)
RNG = np.random.default_rng(0)
x = RNG.uniform(-0.5, 2.5, 24)
y = 1 + 1.5 * x + 0.4 * RNG.standard_normal(24)
LIMIT = 2 / np.linalg.eigvalsh([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])[1]


def cost(w, b):
    return np.mean((w * x + b - y) ** 2) / 2


def walk(rate, steps, w=-1.0, b=3.0):
    """Parameters of gradient descent, (steps + 1, 2), and their costs."""
    path = [(w, b)]
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - rate * np.mean(error * x), b - rate * np.mean(error)
        path.append((w, b))
    return np.array(path), np.array([cost(*place) for place in path])


def costs_along_and_across(path):
    """The cost above its lowest of each point, (n, 2): the part along the floor of the valley, and the part across."""
    curvatures, axes = np.linalg.eigh([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])
    return 0.5 * curvatures * ((path - np.polyfit(x, y, 1)) @ axes) ** 2


def the_instrument_has_the_points_of_the_lesson():
    valley = line_and_valley.valley()
    return np.array_equal(valley.x, x) and np.array_equal(valley.y, y)


def the_first_line_is_high_on_the_left_and_low_on_the_right():
    errors = (3 - x) - y
    return errors[x < 0.4].min() > 0.3 and errors[x > 1.5].max() < -1.5


def twenty_steps_of(rate):
    return walk(rate, 20)[1][-1]


def the_costs_of_two_rates_near_the_limit():
    near, beyond = walk(0.8, 2)[1], walk(0.83, 200)[1]
    return 0.8 * near[1] < near[2] < near[1] and beyond[0] > beyond[1] > beyond[2] < beyond[3] and beyond[-1] > 100


def every_rate_below_the_limit_arrives():
    least = cost(*np.polyfit(x, y, 1))
    return all(walk(rate, 1500)[1][-1] < least + 1e-6 for rate in (0.05, 0.3, 0.8))


def the_first_steps_are_the_longest():
    lengths = np.linalg.norm(np.diff(walk(0.1, 60)[0], axis=0), axis=1)
    return all(np.diff(lengths) < 0)


def a_steeper_and_lower_line_costs_little():
    w, b = np.polyfit(x, y, 1)
    least = cost(w, b)
    return 4 * (cost(w + 0.54, b - 0.84) - least) < min(cost(w + 0.54, b + 0.84) - least, cost(w + 1, b) - least)


def a_start_across_the_valley_meets_the_challenge():
    (w, b), (_, steep) = np.polyfit(x, y, 1), np.linalg.eigh([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])[1].T
    result = line_and_valley.descend(tuple(np.array([w, b]) + 2 * steep), learning_rate=0.4, steps=5)
    return line_and_valley.solved(result)


def each_step_at_08_lands_as_far_up_the_opposite_wall():
    across = costs_along_and_across(walk(0.8, 20)[0])[:, 1]
    return np.all((across[1:] / across[:-1] > 0.96) & (across[1:] < across[:-1]))


def at_08_the_way_along_the_valley_is_soon_done():
    along, across = costs_along_and_across(walk(0.8, 20)[0]).T
    early = (along[0] - along[6]) / (along[0] - along[6] + across[0] - across[6])
    late = (across[6] - across[20]) / (along[6] - along[20] + across[6] - across[20])
    return early > 0.9 and late > 0.9 and along[6] < 0.02 * along[0]


def the_bias_grows_at_first():
    b, best = walk(0.1, 60)[0][:, 1], np.polyfit(x, y, 1)[1]
    return f"{b.max():.2f} {best:.2f}" == "3.07 1.09" and b[0] == 3 and np.mean(3 - x - y) < 0 and b[-1] < 1.4


def the_first_five_steps_win_more_than_is_left():
    costs, least = walk(0.1, 60)[1], cost(*np.polyfit(x, y, 1))
    return [f"{c:.2f}" for c in (costs[0] - costs[5], costs[5] - least)] == ["1.86", "1.21"] and costs[60] > least


def a_trial_of_three_rates_finds_a_good_one():
    costs = {rate: walk(rate, 20)[1] for rate in (0.1, 0.3, 0.9)}
    rises = costs[0.9][1] < costs[0.9][0] and all(np.diff(costs[0.9][1:]) > 0)
    return min(costs, key=twenty_steps_of) == 0.3 and f"{costs[0.1][-1]:.2f}" == "0.42" and rises


def the_other_slope_changes_when_one_parameter_has_moved():
    return not np.isclose(np.mean(-1 * x + 3 - y), np.mean((-1 + 0.1 * 2.83) * x + 3 - y), rtol=0.1)


def small_slopes_mean_that_further_steps_gain_nothing():
    path, costs = walk(0.5, 200)
    slopes = (path[:-1] - path[1:]) / 0.5
    return np.abs(slopes[-1]).max() < 1e-6 and costs[-1] - cost(*np.polyfit(x, y, 1)) < 1e-12


def half_the_limit_lands_on_the_star():
    (w, b), (_, steep) = np.polyfit(x, y, 1), np.linalg.eigh([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])[1].T
    across = [costs_along_and_across(walk(rate, 1, *([w, b] + 2 * steep))[0])[:, 1] for rate in (LIMIT, LIMIT / 2)]
    return np.isclose(*across[0]) and across[1][1] < 1e-12 * across[1][0]


def the_land_is_a_single_bowl():
    return np.linalg.eigvalsh([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]]).min() > 0


def the_way_back_costs_one_or_two_predictions():
    for sizes in ([784, 1], [784, 196, 1], [784, 392, 196, 98, 1], [50] * 20):
        forward = sum(before * after for before, after in pairwise(sizes))  # a product for each connection
        back = forward + sum(before * after for before, after in pairwise(sizes[1:]))  # dW, then dA but for the data
        if not forward <= back <= 2 * forward:
            return False
    return True


def the_first_point_looks_higher_than_it_is():
    """Which number of the axis at the front left edge is level with the first point of the plane."""
    X, targets = datasets.make_line()
    low, heights = np.floor(X.min(axis=0, keepdims=True)), np.arange(-19, 20)
    level = fitting._on_page(np.repeat(low, len(heights), axis=0), heights)[:, 1]
    return round(np.interp(fitting._on_page(X, targets)[0, 1], level, heights)) == 8 and f"{targets[0]:.1f}" == "3.3"


def the_rings_go_up_by_one_and_fill_the_map():
    (west, east), (south, north) = line_and_valley.WINDOW
    highest = max(cost(w, b) for w in (west, east) for b in (south, north))
    return set(np.diff(line_and_valley.LEVELS)) == {1} and abs(highest - line_and_valley.LEVELS[-1]) < 1


def helpers_has_the_same_gradients():
    X, targets = datasets.make_line()
    W, b, Y = np.array([[1.0, 1.0]]), np.array([[0.0]]), targets[np.newaxis]
    dZ = (W @ X.T + b - Y) / len(X)
    dW, db = network.backward(Y, {1: W}, *network.forward(X, {1: W}, {1: b}, output="identity"), output="identity")
    return np.allclose(dW[1], dZ @ X, rtol=1e-12) and np.allclose(db[1], dZ.sum(), rtol=1e-12)


def second_derivatives_are(means, h=1e-3):
    """Whether second differences of the cost with respect to (w, b) are the matrix `means`."""
    steps = h * np.eye(2)
    differences = [[cost(*(s + t)) - cost(*(s - t)) - cost(*(t - s)) + cost(*(-s - t)) for t in steps] for s in steps]
    return np.allclose(np.array(differences) / (4 * h * h), means)


CLAIMS = {
    "Those are the mean of $x^2$ (twice with respect to $w$)": lambda: second_derivatives_are(
        [[np.mean(x * x), np.mean(x)], [np.mean(x), 1]]
    ),
    "Press **Step** a few times": the_instrument_has_the_points_of_the_lesson,
    "It drops from 3.12 to 0.08": lambda: [f"{c:.2f}" for c in walk(0.1, 60)[1][[0, -1]]] == ["3.12", "0.08"],
    "improves it sixty times": lambda: all(np.diff(walk(0.1, 60)[1]) < 0),
    "far too high for the points on the left": the_first_line_is_high_on_the_left_and_low_on_the_right,
    "A flat line at the mean height": lambda: cost(-1, 3) > 2 * cost(0, y.mean()) > 10 * cost(1.5, 1),
    "at a rate of about 2.8 per unit": lambda: round(np.mean((3 - x - y) * x), 1) == -2.8,
    "The bottom lies near $w = 0.5$": lambda: round(np.sum(x * (y - 3)) / np.sum(x * x), 1) == 0.5,
    "154057 parameters": lambda: 784 * 196 + 196 + 196 * 1 + 1 == 154057,
    "more than 300000 runs": lambda: 2 * 154057 > 300000,
    "The first point lies above the line": lambda: y[0] > 3 - x[0] and (3 - x[0] - y[0]) * x[0] < 0,
    "$dw = 0.2 \\cdot 1 - 0.1 \\cdot 3 = -0.1$": lambda: np.isclose(0.2 * 1 - 0.1 * 3, -0.1),
    "errors of $0.4$ and $-0.2$, so that $dz = (0.2, -0.1)$": lambda: np.allclose(
        np.array([0.4, -0.2]) / 2, [0.2, -0.1]
    ),
    "once $w$ has moved, $db$ is out of date": the_other_slope_changes_when_one_parameter_has_moved,
    "the first five steps lower it by 1.86, and the other 55 do not quite manage the remaining 1.21": (
        the_first_five_steps_win_more_than_is_left
    ),
    "at 0.1 the cost is still 0.42, and at 0.9 it rises from the second": a_trial_of_three_rates_finds_a_good_one,
    "0.7 ends at 0.061 instead of 0.075": lambda: (
        [f"{twenty_steps_of(rate):.3f}" for rate in (0.7, 0.3)] == ["0.061", "0.075"]
    ),
    "so small that further steps hardly lower the cost": small_slopes_mean_that_further_steps_gain_nothing,
    "The way back costs about as much as one or two predictions": the_way_back_costs_one_or_two_predictions,
    "they shrink by themselves": the_first_steps_are_the_longest,
    "At first $b$ even grows, from 3 to 3.07, although the star lies at 1.09": the_bias_grows_at_first,
    "a little steeper *and* a little lower": a_steeper_and_lower_line_costs_little,
    "Of the four, 0.3 wins": lambda: min((0.05, 0.3, 0.8, 0.83), key=twenty_steps_of) == 0.3,
    "0.8, sixteen times as large, ends higher": lambda: (
        twenty_steps_of(0.8) > twenty_steps_of(0.05) and 0.8 / 0.05 == 16
    ),
    "With 0.83 it falls for two steps": the_costs_of_two_rates_near_the_limit,
    "lands on the opposite wall, nearly as far up": each_step_at_08_lands_as_far_up_the_opposite_wall,
    "because the path also moves along the valley; once that is done": at_08_the_way_along_the_valley_is_soon_done,
    "start at a cost above 4, and be within 0.01 of the lowest cost after at most five": lambda: (
        (line_and_valley.HIGH, line_and_valley.NEAR, line_and_valley.FEW) == (4, 0.01, 5)
    ),
    "The map has the same scale in both directions": lambda: (
        np.ptp(line_and_valley.WINDOW[0]) == np.ptp(line_and_valley.WINDOW[1])
    ),
    "From ring to ring the cost rises by 1": the_rings_go_up_by_one_and_fill_the_map,
    "here a little above 0.8": lambda: 0.8 < LIMIT < 0.81,
    "every rate reaches the bottom in the end": every_rate_below_the_limit_arrives,
    "the path run straight down the steep side to the star": a_start_across_the_valley_meets_the_challenge,
    "if a rate at the limit lands just as far up on the other side": half_the_limit_lands_on_the_star,
    "where both slopes are zero, the line is the best one": the_land_is_a_single_bowl,
    "The first point seems to stand at 8, but its height is 3.3": the_first_point_looks_higher_than_it_is,
    "That one costs 0.0659, and the fitted one even less": lambda: (
        f"{cost(1.5, 1):.4f}" == "0.0659" and cost(*np.polyfit(x, y, 1)) < cost(1.5, 1)
    ),
    "Later lessons import the same gradients": helpers_has_the_same_gradients,
    "A forgotten factor of 2 would show up as ⅓": lambda: np.isclose(relative_error(2 * x, x), 1 / 3),
    "1 if one is the negative of the other": lambda: np.isclose(relative_error(-x, x), 1),
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
