"""What lesson 11 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here,
except where the sentence rounds it.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets, widgets
from helpers.backprop import network, optimizers
from helpers.backprop.activations import sigmoid_prime
from helpers.datasets import recordings

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "11_playground.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
PRINTED = "\n".join("".join(o.get("text", "")) for cell in CELLS for o in cell.get("outputs", []))
SEEDS = range(5)


def printed(*lines):
    return lambda: all(line in PRINTED for line in lines)


def the_moons_are_separated_from_any_start():
    """The figure shows one start; the others tell the same story."""
    runs = [widgets.playground.play(learning_rate=0.05, updates=300, random_state=seed) for seed in SEEDS]
    return all(run.costs[0][0] > 0.5 > 0.1 > max(run.costs[-1]) and min(run.accuracy()) > 0.95 for run in runs)


def the_gradients_shrink_in_the_end():
    """In every layer, comparing the medians of the first and the last 50 updates of the run in the figure."""
    norms = np.array(widgets.playground.play(learning_rate=0.05, updates=300).norms)
    return (np.median(norms[-50:], axis=0) < 0.1 * np.median(norms[:50], axis=0)).all()


@cache
def race(seed):
    """Costs after 400 updates for the three learning rates, and how far the weights moved."""
    costs, ways = [], []
    for rate in (0.001, 0.01, 0.1):
        spirals = widgets.playground.play(data_set="spirals", noise=0.05, learning_rate=rate, random_state=seed)
        start = [W.copy() for W in spirals.W.values()]
        spirals.run(400)
        costs.append(spirals.costs[-1][0])
        ends = zip(start, spirals.W.values(), strict=True)
        ways.append(np.concatenate([np.abs(end - begin).ravel() for begin, end in ends]))
    return costs, ways


def the_largest_rate_always_wins():
    return all(np.argmin(race(seed)[0]) == 2 for seed in SEEDS)


def a_slow_weight_hardly_leaves_its_start():
    slow, fast = zip(*((race(seed)[1][0], race(seed)[1][2]) for seed in SEEDS), strict=True)
    return all(np.quantile(way, 0.9) < 0.4 and way.max() < 0.55 for way in slow) and all(w.mean() > 1.5 for w in fast)


def adam_after(gradients):
    """The last step of Adam, in units of α, for a sequence of gradients of one parameter."""
    theta, memory = np.zeros(1), np.zeros((2, 1))
    for t, gradient in enumerate(gradients, 1):
        before = theta.copy()
        optimizers.adam(theta, np.array([gradient]), memory, t, learning_rate=1.0)
    return abs(theta - before).item()


def a_step_measures_agreement():
    equal, alternating = adam_after([0.3] * 500), adam_after([0.3, -0.3] * 250)
    return np.isclose(equal, 1, rtol=1e-6) and alternating < 0.06 and np.isclose(adam_after([7.0]), 1)


def the_first_step_after_a_silence_is_long():
    return np.isclose(adam_after([0.0] * 20000 + [5.0]), 0.1 / np.sqrt(0.001), rtol=1e-3)


def the_next_ones_are_twice_as_long():
    """Whatever the gradients, no step is longer than √(0.1² / (0.001 (1 − 0.9² / 0.999))) α = 7.3 α."""
    equal = max(adam_after([0.0] * 20000 + [5.0] * n) for n in (5, 10, 15))
    growing = adam_after([0.0] * 20000 + [1.11**n for n in range(100)])
    return 2 < equal / (0.1 / np.sqrt(0.001)) < 2.1 and equal < growing < 7.3


def the_patches_lie_where_the_stroke_would_be():
    """Most pixels of the slanted stroke become darker in each of the first eight fives, and nearly all signs agree."""
    signs = signs_of(SHALLOW)[1][:8]
    x = widgets.drawing.digits_to_start()[1]
    stroke = np.argsort(widgets.drawing.read(x, target=8).gradient)[:40]
    alike = np.abs(signs.sum(axis=0)) == 8
    return (signs[:, stroke] < 0).mean(axis=1).min() > 0.9 and alike.mean() > 0.9


@cache
def signs_of(name):
    """The fives that a network reads correctly, and the signs of their derivatives with respect to the pixels."""
    net = recordings.load_run(name)
    W, b, L = net.W_, net.b_, len(net.W_)
    _, _, X, y = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    fives = X[(y == 0) & (network.forward(X, W, b)[1][L][0] < 0.5)]
    Z, A = network.forward(fives, W, b)
    dZ = A[L] - 1
    for l in range(L, 1, -1):
        dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])
    return fives, np.sign(W[1].T @ dZ).T


@cache
def flipped(name, epsilon, by_chance=False):
    """Share of the fives that a network reads correctly and that a sign step turns into eights."""
    net = recordings.load_run(name)
    W, b, L = net.W_, net.b_, len(net.W_)
    fives, signs = signs_of(name)
    signs = np.random.default_rng(1).choice([-1, 1], signs.shape) if by_chance else signs
    return np.mean(network.forward(np.clip(fives - epsilon * signs, 0, 1), W, b)[1][L] > 0.5)


def fives_are_counted():
    _, _, _, y = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    return (np.sum(y == 0), np.sum(accuracy()[y == 0])) == (892, 857)


SHALLOW, DEEP = "tutorial_196_1", "tutorial_392_196_98_1"


def the_gradient_keeps_its_pattern():
    x = widgets.drawing.digits_to_start()[1]
    first = widgets.drawing.read(x, target=8).gradient
    last = widgets.drawing.read(widgets.drawing.move(x, target=8, rate=0.2, steps=20), target=8).gradient
    ratio = np.linalg.norm(first) / np.linalg.norm(last)
    return np.corrcoef(first, last)[0, 1] > 0.99 and 28 < ratio < 33


def the_stroke_runs_from_lower_left_to_upper_right():
    """Rows are counted from the top. The most negative derivatives lie in the middle and rise to the right."""
    x = widgets.drawing.digits_to_start()[1]
    g = widgets.drawing.read(x, target=8).gradient
    rows, columns = np.divmod(np.argsort(g)[:40], 28)
    return np.corrcoef(rows, columns)[0, 1] < -0.5 and 9 < np.median(rows) < 19 and 8 < np.median(columns) < 20


def the_picture_still_has_its_ink():
    x = widgets.drawing.digits_to_start()[1]
    moved = widgets.drawing.move(x, target=8, rate=0.2, steps=20)
    return moved[x > 0.9].mean() > 0.75 and 0.45 < np.abs(moved - x).max() < 0.5


def a_third_is_lost():
    x = widgets.drawing.digits_to_start()[1]
    g = widgets.drawing.read(x, target=8).gradient
    wanted, possible = -0.15 * np.sign(g), np.clip(x - 0.15 * np.sign(g), 0, 1) - x
    lost = 1 - (g @ possible) / (g @ wanted)
    blocked = (possible == 0) & (x == 0)
    at_ink = (g * (possible - wanted))[wanted > 0].sum() / np.abs(g @ wanted)
    return 0.3 < lost < 0.37 and np.abs(g[blocked]).sum() > 0.8 * lost * np.abs(g).sum() and 0.1 < at_ink / lost < 0.2


CLAIMS = {
    "gets 96 out of 100 right": lambda: round(float(np.mean(accuracy())), 2) == 0.96,
    "until the boundary bends around the moons": the_moons_are_separated_from_any_start,
    "typically a tenth of their original size or less": the_gradients_shrink_in_the_end,
    "it also wins with other random starts": the_largest_rate_always_wins,
    "If they are all equal (and not 0), it is 1 or −1; if they keep changing sign, they cancel, and it is close to 0": (
        a_step_measures_agreement
    ),
    "every weight whose gradient is not 0 moves by $\\alpha$": printed("first step: 1.000 to 1.000 α"),
    "That step is $0.1/\\sqrt{0.001} = 3.2$ times $\\alpha$": the_first_step_after_a_silence_is_long,
    "the next ones can be twice as long": the_next_ones_are_twice_as_long,
    "most steps are much shorter": printed("half of them below 0.05 α, 99 in 100 below 0.79 α"),
    "a weight can hardly travel further than $400 \\cdot 0.001 = 0.4$": a_slow_weight_hardly_leaves_its_start,
    "by 2 on average": printed("a weight has moved by 2.04 on average"),
    "a slanted stroke through the middle": the_stroke_runs_from_lower_left_to_upper_right,
    "The network changes its mind at the fourth step": printed("an 8 0.438", "step  4: probability of an 8 0.686"),
    "by up to half the distance from paper to ink": the_picture_still_has_its_ink,
    "the same pattern as before, but are thirty times smaller": the_gradient_keeps_its_pattern,
    "About a third of it is lost, because white paper cannot become whiter, nor full ink blacker": a_third_is_lost,
    "Of the remaining 6.27 the step achieves 5.50": printed("there is room: -6.27", "approximation: -5.50"),
    "The cost falls from 6.05 to 0.55": printed("cost of calling it one: 6.0539", "without approximation: -5.50"),
    "in much the same places in all eight": the_patches_lie_where_the_stroke_would_be,
    "contains 892 of them, and the network reads 857 correctly": fives_are_counted,
    "at most 0.10 turns four out of ten fives": lambda: abs(flipped(SHALLOW, 0.10) - 0.43) < 0.005,
    "0.15 more than eight out of ten": lambda: abs(flipped(SHALLOW, 0.15) - 0.86) < 0.005,
    "The network hardly notices random changes": lambda: (
        max(flipped(SHALLOW, e, True) for e in (0.05, 0.10, 0.15)) < 0.01
    ),
    "in more than seven cases in ten": lambda: 0.7 < flipped(DEEP, 0.15) < 0.8,
}


def accuracy():
    net = recordings.load_run(SHALLOW)
    _, _, X, y = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    return (network.forward(X, net.W_, net.b_)[1][2][0] > 0.5) == y


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
