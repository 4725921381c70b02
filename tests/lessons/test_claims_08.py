"""What lesson 08 says in prose, computed: a sentence and the value that it stands on go together.

Stories told by training are tried with five seeds. What a cell prints or asserts right beside the sentence is compared
when the notebook is run, and is not repeated here.
"""

import json
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from helpers.backprop import losses, network
from helpers.datasets import load_digit_pair, recordings
from helpers.training import NeuralNetwork, blocks

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "08_ten_digits.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
PRINTED = "\n".join("".join(o.get("text", "")) for cell in CELLS for o in cell.get("outputs", []))
OPTIONS = {"hidden_activation": "relu", "output": "softmax", "initialization": "he", "dtype": np.float32}
SEEDS = range(5)

ten_digits = cache(recordings.ten_digits)


def printed(*lines):
    return lambda: all(line in PRINTED for line in lines)


def trained(m, seed, units=30, held_out=None, **options):
    (X, y), *_ = ten_digits()
    return NeuralNetwork([units, 10], random_state=seed, **OPTIONS, **options).fit(X[:m], y[:m], held_out)


def a_thousand_held_out():
    X, y = ten_digits()[1]
    return X[:1000], y[:1000]


@cache
def races():
    """Costs of the last 15 batches and held-out accuracies: arrays of shape (seed, optimizer)."""
    rates = {"gradient_descent": 0.1, "momentum": 0.02, "adam": 0.003}
    runs = [
        [trained(2000, s, optimizer=o, learning_rate=rate, iterations=150, batch_size=32) for o, rate in rates.items()]
        for s in SEEDS
    ]
    costs = [
        [run.cost_history_[[slice(15), slice(-15, None)][late]].mean() for run in row]
        for row in runs
        for late in (0, 1)
    ]
    return np.reshape(costs, (5, 2, 3)), np.array([[run.score(*a_thousand_held_out()) for run in row] for row in runs])


def the_curves_fall_and_two_end_lower():
    first, last = races()[0].transpose(1, 0, 2)
    return 1.6 < first.min() <= first.max() < 2.3 and last.max() < 0.5 and (last[:, 0] > last[:, 1:].max(axis=1)).all()


@cache
def mean_cosines():
    """Before the first step and after one pass, for each seed."""
    (X, y), *_ = ten_digits()
    Y, rows = losses.one_hot(y, 10, np.float32), [slice(128 * k, 128 * (k + 1)) for k in range(50)]

    def mean_cosine(W, b):
        whole, *parts = (
            blocks.cost_and_gradients(X[part], Y[:, part], W, b, "relu", "softmax")[1][1]
            for part in [slice(None), *rows]
        )
        return np.mean([np.sum(whole * g) / np.linalg.norm(whole) / np.linalg.norm(g) for g in parts])

    later = [trained(55000, seed, epochs=1, batch_size=128) for seed in SEEDS]
    first = [network.initialize_parameters([784, 30, 10], "he", seed, np.float32) for seed in SEEDS]
    return np.array([[mean_cosine(*p), mean_cosine(net.W_, net.b_)] for p, net in zip(first, later, strict=True)])


def one_pass_in_few_and_in_many_steps():
    for seed in SEEDS:
        nets = [trained(10000, seed, epochs=1, batch_size=size) for size in (10000, 1000, 100, 10)]
        scores = [net.score(*a_thousand_held_out()) for net in nets]
        if not (scores[0] < 0.25 < 0.4 < scores[1] < 0.8 < min(scores[2:])):
            return False
    return True


def ten_looks_are_enough_in_lesson_04():
    """Its network 784 → 196 → 1 with sigmoids, in batches of 128: as good as after a thousand full steps, or better."""
    X, y, X_test, y_test = load_digit_pair(5, 8, random_state=np.random.RandomState(1))
    nets = [NeuralNetwork([196, 1], epochs=10, batch_size=128, learning_rate=0.5, random_state=s) for s in (0, 1)]
    return min(net.fit(X, y).score(X_test, y_test) for net in nets) > 0.96


def small_batches_take_longer():
    def seconds(size):
        start = time.process_time()
        trained(10000, 0, epochs=1, batch_size=size)
        return time.process_time() - start

    return min(seconds(10) for _ in range(3)) > min(seconds(100) for _ in range(3))


def a_sorted_epoch_ends_with_nines():
    (X, y), *_ = ten_digits()
    order, Y = np.argsort(y[:10000], kind="stable"), losses.one_hot(y[:10000], 10, np.float32)
    for seed in SEEDS:
        W, b = network.initialize_parameters([784, 30, 10], "he", seed, np.float32)
        for start in range(0, 10000, 100):
            rows = order[start : start + 100]
            dW, db = network.backward(
                Y[:, rows], W, *network.forward(X[rows], W, b, "relu", "softmax"), "relu", "softmax"
            )
            W, b = ({l: p[l] - 0.1 * dp[l] for l in p} for p, dp in ((W, dW), (b, db)))
        answers = network.forward(a_thousand_held_out()[0], W, b, "relu", "softmax")[1][2].argmax(axis=0)
        if np.mean(answers == 9) < 0.99:
            return False
    return True


@cache
def overfitted():
    """For each seed: a network after 10 epochs, after 40, and after 40 with the penalty."""
    few = {"units": 100, "batch_size": 50, "optimizer": "adam", "learning_rate": 0.003}
    few["held_out"] = a_thousand_held_out()
    return [
        [
            trained(1000, s, epochs=10, **few),
            trained(1000, s, epochs=40, **few),
            trained(1000, s, epochs=40, l2=0.003, **few),
        ]
        for s in SEEDS
    ]


def the_held_out_cost_rises_without_a_penalty():
    costs = [[net.held_out_cost_history_ for net in row] for row in overfitted()]
    return all(
        2 < np.argmin(free) < 10 and free[-1] > 1.2 * free.min() and penalised[-1] < 0.9 * free[-1]
        for _, free, penalised in costs
    )


def it_is_not_the_number_of_mistakes():
    changes = [
        after.score(*a_thousand_held_out()) - ten.score(*a_thousand_held_out()) for ten, after, _ in overfitted()
    ]
    return np.abs(changes).max() < 0.02


def it_becomes_surer():
    X, _ = a_thousand_held_out()
    return all(
        ten.predict_proba(X).max(axis=1).mean() < after.predict_proba(X).max(axis=1).mean() - 0.01
        for ten, after, _ in overfitted()
    )


def it_has_large_weights():
    def size(net):
        return sum(np.sum(W**2) for W in net.W_.values())

    return all(
        size(ten) < size(after) and size(penalised) < 0.5 * size(after) for ten, after, penalised in overfitted()
    )


@cache
def recorded():
    return [recordings.load_run(name) for name in recordings.TEN_DIGITS_RUNS]


def the_solid_curves_start_above():
    """Averaged during the first epoch, the cost is higher than after it, on pictures new and old."""
    learned = [one.cost_history_.reshape(10, 430).mean(axis=1) for one in recorded()]
    few = [free.cost_history_.reshape(-1, 20).mean(axis=1) for _, free, _ in overfitted()]
    return all(c[0] > 2 * one.held_out_cost_history_[0] for c, one in zip(learned, recorded(), strict=True)) and all(
        c[0] > 0.8 > free.held_out_cost_history_[0] for c, (_, free, _) in zip(few, overfitted(), strict=True)
    )


def the_smaller_steps_lower_both_costs():
    held_out = [one.held_out_cost_history_ for one in recorded()]
    learned = [one.cost_history_.reshape(10, 430).mean(axis=1) for one in recorded()]
    return all(0.065 < h[6] < 0.08 and h[7] < h[6] - 0.005 for h in held_out) and all(
        (np.diff(c) < 0).all() and c[7] < 0.7 * c[6] for c in learned
    )


def the_same_digits_are_hard_in_all_three():
    X, y = ten_digits()[2]
    for one in recorded():
        wrong = one.predict(X) != y
        order = np.argsort([-wrong[y == digit].mean() for digit in range(10)])
        if {*order[:3]} != {7, 8, 9} or {*order[-2:]} != {0, 1}:
            return False
    return True


def noise_grows_less():
    noise, constant = np.random.default_rng(0).standard_normal((20_000, 200)), np.ones(200)
    v, w = np.zeros(20_000), 0
    for g, one in zip(noise.T, constant, strict=True):
        v, w = g + 0.9 * v, one + 0.9 * w
    return np.isclose(v.std(), 2.3, rtol=0.02) and np.isclose(w, 10) and np.isclose(0.19**-0.5, 2.3, rtol=0.01)


CLAIMS = {
    "more than eleven million looks": lambda: 11e6 < 1000 * 11272 < 12e6,
    "fewer than two and a half for each picture": lambda: 150 * 32 / 2000 < 2.5,
    "momentum and Adam end lower than gradient descent": the_curves_fall_and_two_end_lower,
    "almost nine out of ten new pictures": lambda: 0.86 < races()[1].min() < races()[1].mean() < 0.91,
    "a cosine of 0.8 means an angle of 37°": lambda: round(np.degrees(np.arccos(0.8))) == 37,
    "the cosine falls well below a half": lambda: (
        mean_cosines()[:, 0].min() > 0.7 and mean_cosines()[:, 1].max() < 0.47
    ),
    "costs 1/430 of a full gradient": lambda: -(-55000 // 128) == 430,
    "One exact step hardly beats guessing": one_pass_in_few_and_in_many_steps,
    "take longer than a hundred steps with 100": small_batches_take_longer,
    "one answer for every picture: nine": a_sorted_epoch_ends_with_nines,
    "What persists is amplified tenfold, and what alternates is halved": printed("velocity is  9.98", "is -0.53"),
    "noise grows only by a factor of $1/\\sqrt{0.19} \\approx 2.3$, while": noise_grows_less,
    "the effective rate of momentum was 0.2": lambda: np.isclose(0.02 / (1 - 0.9), 0.2),
    "which is $\\alpha \\cdot 0.1/\\sqrt{0.001}$": lambda: f"{0.1 / np.sqrt(0.001):.1f}" == "3.2",
    "the steps grow to $6.6\\,\\alpha$": printed("3.2 α, largest step: 6.6 α"),
    "With a penalty on large weights (dotted) it ends much lower": the_held_out_cost_rises_without_a_penalty,
    "because it is averaged *during* each epoch": the_solid_curves_start_above,
    "again averaged during the epoch, starts higher": the_solid_curves_start_above,
    "that hardly changes after the first ten epochs": it_is_not_the_number_of_mistakes,
    "The network becomes more and more *sure*, on new pictures too": it_becomes_surer,
    "A network that is very sure has large weights": it_has_large_weights,
    "4300 noisy steps": lambda: 10 * 430 == 4300,
    "between 98.2% and 98.3% each time": printed("accuracy 0.9821", "accuracy 0.9825"),
    "$2\\sqrt{0.982 \\cdot 0.018 / 10000} = 0.0027$": lambda: round(2 * np.sqrt(0.982 * 0.018 / 10000), 4) == 0.0027,
    "the seeds differ by far less than that": lambda: (179 - 175) / 10000 < 0.0027 / 4,
    "about 0.07 after seven epochs": the_smaller_steps_lower_both_costs,
    "Over all three networks, eights, sevens and nines are misread most often": the_same_digits_are_hard_in_all_three,
    "about 6 in a million": lambda: round(0.018**3 * 1e6) == 6,
    "All three fail on the same 125 pictures": printed("[ 64  47 125]"),
    "what saves the looks is *when* we take a step": ten_looks_are_enough_in_lesson_04,
    "550000 looks instead of eleven million, twenty times fewer": lambda: 20 < 1000 * 11272 / (10 * 55000) < 21,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
