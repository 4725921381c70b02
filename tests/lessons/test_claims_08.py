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

from helpers.backprop import losses, network, optimizers
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
def final_costs(optimizer, rate):
    """The final costs of the race with this rate, for each seed."""
    options = {"optimizer": optimizer, "learning_rate": rate, "iterations": 150, "batch_size": 32}
    return np.array([trained(2000, s, **options).cost_history_[-15:].mean() for s in SEEDS])


def most_of_its_lead_comes_from_the_rate():
    """At the same effective rate, plain gradient descent is nearly as good. Momentum stays ahead, for every seed."""
    slow, fast = (final_costs("gradient_descent", rate) for rate in (0.1, 0.2))
    momentum = final_costs("momentum", 0.02)
    return np.all((slow - fast) > 2 * (fast - momentum)) and np.all(momentum < fast) and np.all(fast < 1.1 * momentum)


def momentum_gains_at_higher_rates():
    """Plain gradient descent is best near 0.3. Momentum at 0.06 beats it at whichever rate is best for the seed."""
    plain = np.array([final_costs("gradient_descent", rate) for rate in (0.1, 0.2, 0.3, 0.4, 0.6, 0.8)])
    return (
        np.argmin(plain.mean(axis=1)) == 2
        and np.all(plain[4] > 1.15 * plain[2])
        and np.all(plain[5] > plain[4])
        and np.all(final_costs("momentum", 0.06) < 0.95 * plain.min(axis=0))
    )


def the_best_of_each():
    rates = {
        "gradient_descent": (0.2, 0.3, 0.4),
        "momentum": (0.04, 0.06, 0.08),
        "adam": (0.006, 0.01, 0.015),
    }
    best = [min((final_costs(o, rate) for rate in tried), key=np.mean) for o, tried in rates.items()]
    return [round(costs.mean(), 2) for costs in best] == [0.28, 0.22, 0.19]


@cache
def mean_cosines():
    """Before the first step and after one pass, for each seed: of one batch on average, and of the mean of all 50."""
    (X, y), *_ = ten_digits()
    Y, rows = losses.one_hot(y, 10, np.float32), [slice(128 * k, 128 * (k + 1)) for k in range(50)]

    def mean_cosine(W, b):
        whole, *parts = (
            blocks.cost_and_gradients(X[part], Y[:, part], W, b, "relu", "softmax")[1][1]
            for part in [slice(None), *rows]
        )
        parts.append(np.mean(parts, axis=0))
        *each, together = [np.sum(whole * g) / np.linalg.norm(whole) / np.linalg.norm(g) for g in parts]
        return np.mean(each), together

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


def a_longer_step_does_not_help():
    """Try one exact step with the rate of the lesson and larger ones."""
    for rate in (0.5, 1, 2):
        options = {"epochs": 1, "batch_size": 10000, "learning_rate": rate}
        if max(trained(10000, seed, **options).score(*a_thousand_held_out()) for seed in SEEDS) > 0.5:
            return False
    return True


def relu_and_he_save_looks():
    """With them, full steps need less than an eighth of the looks for the cost that lesson 04 reached in a thousand."""
    end = recordings.load_run("tutorial_196_1").cost_history_[-1]
    return min(recordings.load_run("relu_he_196_1").cost_history_[:125]) < end


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
    """Also when it is wrong."""
    X, y = a_thousand_held_out()
    sure = [[net.predict_proba(X).max(axis=1) for net in (ten, after)] for ten, after, _ in overfitted()]
    wrong = [[p[net.predict(X) != y].mean() for p, net in zip(*pair, strict=False)]
             for pair in zip(sure, overfitted(), strict=True)]  # fmt: skip
    return all(a.mean() < b.mean() - 0.01 for a, b in sure) and all(a < b - 0.03 for a, b in wrong)


def surer_than_it_should_be():
    """Right on 90 of 100 pictures, and 95% sure."""
    X, y = ten_digits()[1]
    right, sure = zip(
        *((net.score(X, y), net.predict_proba(X).max(1).mean()) for _, net, _ in overfitted()), strict=True
    )
    return np.allclose(right, 0.9, atol=0.015) and np.allclose(sure, 0.95, atol=0.01)


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


@cache
def noise_paths(seed):
    """Paths of 2000 parameters whose gradients are noise: plain gradient descent with 0.2, momentum with 0.02."""
    noise = np.random.default_rng(seed).standard_normal((400, 2000))
    velocities = [np.zeros(2000)]
    for g in noise:
        velocities.append(0.9 * velocities[-1] + g)
    return -0.2 * noise.cumsum(axis=0), -0.02 * np.cumsum(velocities[1:], axis=0)


def momentum_wanders_as_far():
    """It ends at nearly the same place, with single steps that are less than a quarter as long."""
    for seed in SEEDS:
        plain, momentum = noise_paths(seed)
        steps = np.diff(momentum, axis=0)[200:].std() / np.diff(plain, axis=0)[200:].std()
        same = np.corrcoef(plain[-1], momentum[-1])[0, 1]
        if not (0.95 < momentum[-1].std() / plain[-1].std() < 1.02 and steps < 0.25 and same > 0.99):
            return False
    return True


def a_few_steps_late():
    """The path of momentum is most like the other path as it was several steps before."""
    plain, momentum = noise_paths(0)
    gaps = [np.mean((momentum[300:] - plain[300 - late : 400 - late]) ** 2) for late in range(20)]
    return 3 <= np.argmin(gaps) <= 10


def a_gradient_moves_by_ten_times_its_rate():
    velocity, position = 1.0, -0.02  # after one gradient of 1
    for _ in range(400):
        velocity *= 0.9
        position -= 0.02 * velocity
    return np.isclose(position, -10 * 0.02)


def noise_grows_like_a_root():
    """The sum of 100 gradients of pure noise is about ten times as large as one of them."""
    grown = [plain[99].std() / plain[0].std() for plain, _ in map(noise_paths, SEEDS)]
    return 9.5 < min(grown) and max(grown) < 10.5


def the_first_step_is_two_thirds():
    theta, memory = np.zeros(1), np.zeros((2, 1))
    for t in range(1, 11):
        optimizers.adam(theta, np.array([-200.0 * (-1) ** t]), memory, t, 0.01)
        if t == 1 and not np.isclose(theta[0], -0.01):
            return False
    return round(theta[0], 3) in (-0.015, -0.016)


def a_fainter_pixel_has_a_smaller_gradient():
    """Ten times the weight on a tenth of x gives the same z, and a tenth of the gradient."""
    z, dW = [], []
    for scale in (1, 0.1):
        W, b, X = {1: np.array([[0.7 / scale]])}, {1: np.zeros((1, 1))}, np.array([[0.8 * scale]])
        Z, A = network.forward(X, W, b)
        z.append(Z[1].item())
        dW.append(network.backward(np.ones((1, 1)), W, Z, A)[0][1].item())
    return np.isclose(z[0], z[1]) and np.isclose(dW[0], 10 * dW[1])


def doubling_the_last_layer_makes_it_surer():
    X = a_thousand_held_out()[0]
    for _, net, _ in overfitted():
        Z, A = network.forward(X, net.W_, net.b_, "relu", "softmax")
        Z2, A2 = network.forward(X, *({1: p[1], 2: 2 * p[2]} for p in (net.W_, net.b_)), "relu", "softmax")
        if not (np.allclose(Z2[2], 2 * Z[2], rtol=1e-4) and np.array_equal(A[2].argmax(0), A2[2].argmax(0))):
            return False
        if not A2[2].max(axis=0).mean() > A[2].max(axis=0).mean() + 0.01:
            return False
    return True


def an_alternating_mean_is_a_quarter():
    """With independent signs, s is 1 after the correction, and u typically has the size 0.23."""
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (400, 20_000))
    u = np.zeros(20_000)
    for g in signs:
        u = 0.9 * u + 0.1 * g
    return (
        np.isclose(np.mean(u**2), 0.01 / 0.19, rtol=0.02) and round(0.01 / 0.19, 3) == 0.053 and 0.2 < 0.053**0.5 < 0.25
    )


def the_first_form_gives_the_error():
    """Nudge the logits in log Σ exp(z) − z of the true class."""
    z, k = np.array([2.0, 1.0, -1.0]), 1
    by_nudges = [(np.log(np.exp(z + n).sum()) - (z + n)[k] - np.log(np.exp(z - n).sum()) + (z - n)[k]) / 2e-5
                 for n in 1e-5 * np.eye(3)]  # fmt: skip
    return np.allclose(by_nudges, np.exp(z) / np.exp(z).sum() - np.eye(3)[k], atol=1e-8)


def the_held_out_cost_stays_low():
    costs = [one.held_out_cost_history_ for one in recorded()]
    return all(cost[-1] < 1.03 * cost.min() for cost in costs)


CLAIMS = {
    "more than eleven million looks": lambda: 11e6 < 1000 * 11272 < 12e6,
    "fewer than two and a half for each picture": lambda: 150 * 32 / 2000 < 2.5,
    "momentum and Adam end lower than gradient descent": the_curves_fall_and_two_end_lower,
    "almost nine out of ten new pictures": lambda: 0.86 < races()[1].min() < races()[1].mean() < 0.91,
    "a cosine of 0.8 means an angle of 37°": lambda: round(np.degrees(np.arccos(0.8))) == 37,
    "the cosine falls well below a half": lambda: (
        mean_cosines()[:, 0, 0].min() > 0.7 and mean_cosines()[:, 1, 0].max() < 0.47
    ),
    "fifty batches together say nearly the same as all pictures": lambda: mean_cosines()[:, :, 1].min() > 0.9,
    "costs 1/430 of a full gradient": lambda: -(-55000 // 128) == 430,
    "One exact step hardly beats guessing": one_pass_in_few_and_in_many_steps,
    "With five, ten or twenty times the rate, one step still gets fewer than half": a_longer_step_does_not_help,
    "take longer than a hundred steps with 100": small_batches_take_longer,
    "one answer for every picture: nine": a_sorted_epoch_ends_with_nines,
    "What persists is amplified tenfold, and what alternates is halved": printed("velocity is  9.98", "is -0.53"),
    "With alternating signs, $1 - \\beta + \\beta^2 - \\dots = \\frac{1}{1 + \\beta} \\approx 0.53$": lambda: (
        round(sum((-0.9) ** k for k in range(400)), 2) == round(1 / 1.9, 2) == 0.53
    ),
    "once more $a_j - y_j$, and this time without a Jacobian": the_first_form_gives_the_error,
    "is smoother and a few steps late": a_few_steps_late,
    "it wanders to the same places": momentum_wanders_as_far,
    "Only the single steps are smoother": momentum_wanders_as_far,
    "the noise has grown tenfold, the true part a hundredfold": noise_grows_like_a_root,
    "$\\alpha (1 + \\beta + \\beta^2 + \\dots) = 10\\,\\alpha$ times itself": a_gradient_moves_by_ten_times_its_rate,
    "the effective rate of momentum was 0.2": lambda: np.isclose(0.02 / (1 - 0.9), 0.2),
    "set gradient descent to 0.2 in the race, and it nearly catches up": most_of_its_lead_comes_from_the_rate,
    "at an effective rate of 0.6 ended lower than gradient descent at any rate": momentum_gains_at_higher_rates,
    "gradient descent did best at about 0.3, and at 0.6 it overshot and ended higher": momentum_gains_at_higher_rates,
    "0.28 for gradient descent, 0.22 for momentum and 0.19 for Adam": the_best_of_each,
    "\\approx 0.053\\, g^2$. So $\\hat u$ is soon only about $\\sqrt{0.053} \\approx$ a quarter": (
        an_alternating_mean_is_a_quarter
    ),
    "with 0.9 the mean reaches back about ten steps, with 0.999 about a thousand": lambda: np.allclose(
        [1 / (1 - 0.9), 1 / (1 - 0.999)], [10, 1000]
    ),
    "its weight must be ten times *larger* for the same effect": a_fainter_pixel_has_a_smaller_gradient,
    "and 0.01 of that is the first step": the_first_step_is_two_thirds,
    "With a penalty on large weights (dotted) it ends much lower": the_held_out_cost_rises_without_a_penalty,
    "because it is averaged *during* each epoch": the_solid_curves_start_above,
    "again averaged during the epoch, starts higher": the_solid_curves_start_above,
    "that hardly changes after the first ten epochs": it_is_not_the_number_of_mistakes,
    "the network becomes more and more *sure*, on new pictures too": it_becomes_surer,
    "it should be right on 95 of 100 pictures. It is right on 90.": surer_than_it_should_be,
    "A network that is very sure has large weights": it_has_large_weights,
    "and all logits double: the same answer, with twice the lead": doubling_the_last_layer_makes_it_surer,
    "4300 noisy steps": lambda: 10 * 430 == 4300,
    "between 98.2% and 98.3% each time": printed("accuracy 0.9821", "accuracy 0.9825"),
    "$2\\sqrt{0.982 \\cdot 0.018 / 10000} = 0.0027$": lambda: round(2 * np.sqrt(0.982 * 0.018 / 10000), 4) == 0.0027,
    "expect between 97.9% and 98.5%": lambda: [f"{0.982 + d:.1%}" for d in (-0.0027, 0.0027)] == ["97.9%", "98.5%"],
    "about 0.07 after seven epochs": the_smaller_steps_lower_both_costs,
    "the held-out cost ends close to its lowest value": the_held_out_cost_stays_low,
    "Over all three networks, eights, sevens and nines are misread most often": the_same_digits_are_hard_in_all_three,
    "about 6 in a million": lambda: round(0.018**3 * 1e6) == 6,
    "All three fail on the same 125 pictures": printed("[ 64  47 125]"),
    "ReLU with better initial weights saves many looks by itself (lesson 07)": relu_and_he_save_looks,
    "So does *when* we take a step": ten_looks_are_enough_in_lesson_04,
    "550000 looks instead of eleven million, twenty times fewer": lambda: 20 < 1000 * 11272 / (10 * 55000) < 21,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
