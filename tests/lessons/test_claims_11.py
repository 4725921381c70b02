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
from helpers.backprop.activations import sigmoid, sigmoid_prime
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


def small_weights_stay_on_a_plateau():
    """With four units, as in the playground: the first ten updates, and the norms of layers 1 and 2 in them."""
    for seed in range(10):
        usual, small = (
            widgets.playground.play(width=4, updates=60, random_state=seed, initialization=name)
            for name in ("glorot", "small")
        )
        first = np.median(small.norms[:10], axis=0)[:2]
        share = np.divide(small.norms[:10], usual.norms[:10])[:, :2].max()
        stays = {round(cost, 2) for cost, _ in small.costs[:11]} == {0.69}
        grow = np.median(small.norms[30:], axis=0)[:2] > 10 * first
        low = share < (1 / 50 if seed == 0 else 1 / 4)
        if not (stays and low and grow.all() and small.costs[-1][0] < 0.5):
            return False
    return True


@cache
def too_fast(seed):
    return widgets.playground.play(width=4, updates=100, random_state=seed, learning_rate=1.0)


def norms_fall_with_a_rate_of_1():
    ratios = [np.median(too_fast(seed).norms[20:], axis=0)[:2] / too_fast(seed).norms[0][:2] for seed in SEEDS]
    return np.max(ratios) < 1 / 20


def units_are_saturated_with_a_rate_of_1():
    activations = [too_fast(seed).forward(too_fast(seed).X)[1] for seed in SEEDS]
    return min(np.mean(np.abs(A[l]) > 0.95) for A in activations for l in (1, 2)) > 0.7


def a_smaller_rate_does_not_repair_it():
    """After 300 more updates with a rate of 0.01, every start is behind a fresh one."""
    late = {0: 1.0, 100: 0.01}
    return all(
        widgets.playground.play(width=4, updates=400, random_state=seed, learning_rate=late).costs[-1][0]
        > widgets.playground.play(width=4, updates=300, random_state=seed, learning_rate=0.01).costs[-1][0]
        for seed in SEEDS
    )


def the_test_cost_turns_and_rises():
    for seed in SEEDS:
        run = widgets.playground.play(noise=0.5, width=8, learning_rate=0.1, updates=1000, random_state=seed)
        costs = np.array(run.costs)
        best, end = costs[:, 1].argmin(), costs[-50:].mean(axis=0)
        if not (best < 800 and end[1] > costs[best, 1] + 0.03 and end[0] < costs[best, 0]):
            return False
    return True


def a_large_rate_kills_units():
    """From every start, a rate of 0.3 leaves a unit of layer 1 that is 0 at all training points; 0.01 hardly does."""

    def dead(rate, seed):
        run = widgets.playground.play(width=4, activation="relu", learning_rate=rate, updates=200, random_state=seed)
        return (run.forward(run.X)[1][1].max(axis=1) == 0).sum()

    return all(dead(0.3, seed) > dead(0.01, seed) for seed in SEEDS)


@cache
def walk(seed, rate):
    """Steps of layer 1 in units of α, costs, and net distance between updates 50 and 350."""
    run = widgets.playground.play(data_set="spirals", noise=0.05, learning_rate=rate, random_state=seed)
    weights = [run.W[1].copy()]
    for _ in range(400):
        run.run(1)
        weights.append(run.W[1].copy())
    steps = np.abs(np.diff(weights, axis=0)) / rate
    return steps, np.array(run.costs)[:, 0], np.abs(weights[350] - weights[50]).mean()


def steps_on_the_plateau_are_short():
    steps, costs, net = walk(0, 0.01)
    plateau = round(costs[50], 2) == 0.42 and round(costs[350], 2) == 0.39 and 0.11 < np.median(steps[50:350]) < 0.12
    return plateau and net < 0.6 * 0.01 * steps[50:350].sum(axis=0).mean()


def both_rates_use_a_small_share():
    """Of 300 steps of α: in the run of the lesson, and compared from nine starts."""
    slow, fast = ([walk(seed, rate)[2] for seed in SEEDS] for rate in (0.01, 0.1))
    shown = (round(slow[0], 2), round(fast[0], 2)) == (0.24, 1.97)
    shares = (round(slow[0] / 3, 2), round(fast[0] / 30, 2)) == (0.08, 0.07)
    nine = [10 * walk(seed, 0.01)[2] > walk(seed, 0.1)[2] for seed in range(9)]
    return shown and shares and sum(nine) == 8 and all(f > 2 * s for s, f in zip(slow, fast, strict=True))


def growing_gradients_cause_longer_steps():
    """With the larger rates, at most one step in twenty is longer than α; with the smallest, more of them are."""
    long = [np.mean(walk(seed, rate)[0] > 1.01) for seed in SEEDS for rate in (0.01, 0.1)]
    longest = max(walk(seed, rate)[0].max() for seed in range(9) for rate in (0.001, 0.01, 0.1))
    return adam_after(range(1, 100)) > 1.2 and max(long) < 0.06 and 1.9 < longest < 2.2


def larger_is_not_always_better():
    options = {"data_set": "spirals", "noise": 0.05, "updates": 400}
    ends = [
        [widgets.playground.play(**options, learning_rate=rate, random_state=seed).costs[-1][0] for rate in (0.1, 1.0)]
        for seed in SEEDS
    ]
    return all(wild > 5 * best for best, wild in ends)


def never_inked():
    X, _, _, _ = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    return X.max(axis=0) == 0


def pixels_without_ink_keep_their_start():
    """Their weights are those of the start, because all their gradients were exactly 0."""
    start, _ = network.initialize_parameters([784, 196, 1], "lecun", np.random.RandomState(1))
    same = np.abs(recordings.load_run(SHALLOW).W_[1] - start[1]).max(axis=0) < 1e-6
    return never_inked().sum() == 187 and (same == never_inked()).mean() > 0.99


def the_speckle_counts():
    net = recordings.load_run(SHALLOW)
    fives, signs = signs_of(SHALLOW)
    changed = np.where(never_inked(), fives, np.clip(fives - 0.15 * signs, 0, 1))
    return round(np.mean(network.forward(changed, net.W_, net.b_)[1][2] > 0.5), 2) == 0.82


def all_patterns_are_alike():
    pictures = [*widgets.drawing.digits_to_start()[:100], np.zeros(784)]
    gradients = np.array([widgets.drawing.read(x, target=8).gradient for x in pictures])
    gradients /= np.linalg.norm(gradients, axis=1, keepdims=True)
    return (gradients @ gradients.T).min() > 0.99


def the_map_is_that_of_blank_paper():
    x = widgets.drawing.digits_to_start()[1]
    maps = [widgets.drawing.read(picture, target=8).gradient for picture in (x, np.zeros(784))]
    return np.corrcoef(*maps)[0, 1] > 0.999


def relu_maps_differ_more():
    """Cosines between the derivatives of 200 fives: nearly 1 with sigmoids, clearly less with ReLU."""

    def median(name):
        net = recordings.load_run(name)
        W, b, relu = net.W_, net.b_, name.startswith("relu")
        A, slopes = digits()[0][:200].T, {}
        for l in range(1, len(W)):
            Z = W[l] @ A + b[l]
            slopes[l] = (Z > 0) if relu else sigmoid_prime(Z)
            A = np.maximum(Z, 0) if relu else sigmoid(Z)
        dA = W[len(W)].T
        for l in range(len(W) - 1, 0, -1):
            dA = W[l].T @ (dA * slopes[l])
        dA /= np.linalg.norm(dA, axis=0)
        return np.median(dA.T @ dA)

    return all(median(f"tutorial_{layers}") > 0.99 and median(f"relu_he_{layers}") < 0.95 for layers in LAYERS)


@cache
def descent():
    """Readings of the 5 before and after 20 steps."""
    x = widgets.drawing.digits_to_start()[1]
    return [widgets.drawing.read(p, target=8) for p in (x, widgets.drawing.move(x, target=8, rate=0.2, steps=20))]


def the_error_has_shrunk():
    first, last = (reading.probability - 1 for reading in descent())
    return (round(first, 3), round(last, 3), round(first / last)) == (-0.998, -0.036, 28)


def the_slopes_have_changed_little():
    first, last = (reading.activations * (1 - reading.activations) for reading in descent())
    return round(np.mean(np.abs(last / first - 1)), 2) == 0.09


def the_contrast_has_doubled():
    first, last = (reading.activations.std() for reading in descent())
    return round(last / first, 1) == 2.1


def signs_beat_chance():
    g = descent()[0].gradient
    return round(np.abs(g).sum() / np.linalg.norm(g)) == 17


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
def digits():
    _, _, X, y = datasets.load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    return X[y == 0], X[y == 1]


def one_pattern_does_as_well():
    net, (fives, _) = recordings.load_run(SHALLOW), signs_of(SHALLOW)
    Z, A = network.forward(fives, net.W_, net.b_)
    dA0 = net.W_[1].T @ ((net.W_[2].T @ (A[2] - 1)) * sigmoid_prime(Z[1]))
    common = np.sign(dA0.mean(axis=1))
    shares = [
        np.mean(network.forward(np.clip(fives - e * common, 0, 1), net.W_, net.b_)[1][2] > 0.5)
        for e in (0.05, 0.10, 0.15)
    ]
    return np.round(shares, 2).tolist() == [0.09, 0.43, 0.86]


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
LAYERS = ("196_1", "392_196_98_1")


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
    "For the first ten updates the cost stays at 0.69": small_weights_stay_on_a_plateau,
    "soon fall to less than a twentieth of what they were": norms_fall_with_a_rate_of_1,
    "At most points the hidden units answer almost −1 or 1": units_are_saturated_with_a_rate_of_1,
    "A smaller rate rarely repairs this": a_smaller_rate_does_not_repair_it,
    "The training cost keeps falling, but the test cost turns and rises": the_test_cost_turns_and_rises,
    "(A large learning rate helps.)": a_large_rate_kills_units,
    "growing gradients can cause longer steps, of about $2\\alpha$ in some runs": growing_gradients_cause_longer_steps,
    "the cost of the slower run, 0.42 after 50 updates, still stands at 0.39 after 350": steps_on_the_plateau_are_short,
    "moved by 0.24 on average, 8% of the 3 that Adam would have allowed": both_rates_use_a_small_share,
    "the winner used no larger share of its 30, from eight of the nine starts that we tried: here 7%, or 1.97": (
        both_rates_use_a_small_share
    ),
    "half of the steps are shorter than $0.12\\,\\alpha$, and many undo one another": steps_on_the_plateau_are_short,
    "the cost ends far above the winner's, from every start": larger_is_not_always_better,
    "187 pixels have no ink in any of those pictures": pixels_without_ink_keep_their_start,
    "the contrast has doubled": the_contrast_has_doubled,
    "from −0.998 to −0.036, to about a twenty-eighth": the_error_has_shrunk,
    "by only 9% on average": the_slopes_have_changed_little,
    "seventeen times as large as with random signs": signs_beat_chance,
    "the derivatives of any two pictures have nearly the same pattern, even those of a 5 and of blank paper": (
        all_patterns_are_alike
    ),
    "for a blank sheet of paper it would look the same": the_map_is_that_of_blank_paper,
    "(With ReLU, whose slopes switch between 0 and 1, it depends more on the picture.)": relu_maps_differ_more,
    "a *single* pattern of signs, that of the mean derivatives of all fives, does just as well, with 9%, 43% and 86%": (
        one_pattern_does_as_well
    ),
    "82% of the fives would become eights, instead of 86%": the_speckle_counts,
    "a step of this run is hardly ever longer than $\\alpha$, and most steps are much shorter": printed(
        "half of them below 0.05 α, 99 in 100 below 0.79 α"
    ),
    "a weight travels hardly further than $400 \\cdot 0.001 = 0.4$": a_slow_weight_hardly_leaves_its_start,
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
    "Changes of at most 0.15 turn more than eight out of ten fives": lambda: abs(flipped(SHALLOW, 0.15) - 0.86) < 0.005,
    "the network hardly notices random changes": lambda: (
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
