"""What lesson 07 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here,
except where the sentence rounds it. Claims about networks before their first step are computed for the five starts of
the lesson and for three others. Claims about training are read from the recordings of the five starts, with which a
run of the lesson is compared.
"""

import json
from functools import cache
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest

from helpers import widgets
from helpers.backprop import losses, network
from helpers.backprop.activations import sigmoid_prime
from helpers.datasets import recordings

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "07_why_depth_is_hard.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
PRINTED = "\n".join("".join(o.get("text", "")) for cell in CELLS for o in cell.get("outputs", []))
SHALLOW, DEEP = (196, 1), (392, 196, 98, 1)
STARTS = range(1, 9)  # the lesson shows 1 to 5


def printed(*lines):
    return lambda: all(line in PRINTED for line in lines)


def size(array):
    return np.sqrt(np.mean(np.square(array)))


@cache
def digits():
    X, y, _, _ = recordings.tutorial_digits()
    return X[:300], y[np.newaxis, :300].astype(float)


def begin(sizes, start, initialization="lecun", factor=1.0):
    rng = np.random.RandomState(start)
    W, b = network.initialize_parameters([784, *sizes], initialization, rng)
    return {l: factor * W[l] for l in W}, b


@cache
def before_training(sizes, start):
    """W, A, dZ and dW of a network whose mean answer has been set to the mean label by bisection."""
    X, Y = digits()
    W, b = begin(sizes, start)
    L, (low, high) = len(W), (-5.0, 5.0)
    for _ in range(50):
        b[L][:] = (low + high) / 2
        Z, A = network.forward(X, W, b)
        low, high = (low, b[L].item()) if A[L].mean() > Y.mean() else (b[L].item(), high)
    dW, _ = network.backward(Y, W, Z, A)
    return W, A, widgets.signals.errors(Y, W, Z, "sigmoid"), dW


def differences(sizes, start):
    _, A, _, _ = before_training(sizes, start)
    return np.array([size(A[l] - A[l].mean(axis=1, keepdims=True)) for l in A])


def every_start(claim):
    return lambda: all(claim(start) for start in STARTS)


def the_offset_multiplies_the_common_part(start):
    """The gradient of layer 4 is that of the differences, plus the sum of the errors times activations of about ½."""
    (X, Y), (W, b) = digits(), begin(DEEP, start)
    Z, A = network.forward(X, W, b)
    dW, _ = network.backward(Y, W, Z, A)
    dZ, mean = (A[4] - Y) / len(X), A[3].mean(axis=1, keepdims=True)
    parts = dZ.sum() * mean.T, dZ @ (A[3] - mean).T
    near = np.abs(np.hstack([A[1].ravel(), A[2].ravel(), A[3].ravel()]) - 0.5)
    return np.allclose(dW[4], parts[0] + parts[1]) and near.mean() < 0.1


def steps(sizes, start):
    W, _, _, dW = before_training(sizes, start)
    return np.array([size(W[l]) / (0.1 * size(dW[l])) for l in W])


def sizes_of(sizes, start, which):
    return np.array([size(which(before_training(sizes, start))[l]) for l in range(1, len(sizes) + 1)])


def fall_per_step(sizes, start):
    """The expected fall of the cost in one step with α = 0.1, from the gradients of the weights."""
    return 0.1 * sum(np.sum(dW**2) for dW in before_training(sizes, start)[3].values())


def the_large_network_waits():
    costs = recordings.load_run("tutorial_392_196_98_1").cost_history_
    return 0.69 < costs[0] < 0.7 and costs[500] > 0.63 and costs[-1] < 0.15


def the_large_network_has_more_than_twice_the_weights():
    weights = [sum(a * b for a, b in zip((784, *n), n, strict=False)) for n in (SHALLOW, DEEP)]
    return weights[1] > 2 * weights[0]


def ratio_to_product(start):
    ratios = []
    for sizes in (SHALLOW, DEEP):
        error, gradient = sizes_of(sizes, start, lambda t: t[2]), sizes_of(sizes, start, lambda t: t[3])
        ratios += list(gradient / (300 * error * differences(sizes, start)[:-1]))
    return 0.2 < min(ratios) and max(ratios) < 0.3


def more_pictures_make_no_larger_gradient():
    """Sixteen times as many: a little smaller, if anything, because less noise is left in it."""
    X, y, _, _ = recordings.tutorial_digits()
    for start in (1, 2, 3):
        W, _ = begin(DEEP, start)
        measured = []
        for m in (300, 4800):
            dZ, A = {}, network.forward(X[:m], W, {l: np.zeros((len(W[l]), 1)) for l in W})[1]
            dZ[4] = (A[4] - A[4].mean() + y[:m].mean() - y[:m]) / m
            for l in (4, 3, 2):
                dZ[l - 1] = W[l].T @ dZ[l] * A[l - 1] * (1 - A[l - 1])
            measured.append([size(dZ[l] @ (X[:m] if l == 1 else A[l - 1].T)) for l in W])
        if not (0.85 < np.divide(*measured[::-1]).min() and np.divide(*measured[::-1]).max() < 1.02):
            return False
    return True


def errors_at_layer_1(start):
    shallow, deep = (sizes_of(sizes, start, lambda t: t[2])[0] for sizes in (SHALLOW, DEEP))
    return 20 < shallow / deep < 35


def length_and_size_disagree(start):
    _, _, _, dW = before_training(DEEP, start)
    lengths, sizes = ([measure(dW[l]) for l in (1, 2, 3, 4)] for measure in (np.linalg.norm, size))
    return max(lengths) == lengths[0] and min(sizes) == sizes[0] and (dW[1].size, dW[4].size) == (307328, 98)


def the_error_shrinks_as_predicted(start):
    W, A, dZ, _ = before_training(DEEP, start)
    got = [size(dZ[l - 1]) / size(dZ[l]) for l in (4, 3, 2)]
    predicted = [np.mean(A[l - 1] * (1 - A[l - 1])) * np.sqrt(W[l].shape[0] / W[l].shape[1]) for l in (4, 3, 2)]
    return np.allclose(got, predicted, rtol=0.2) and 1 / 50 < got[0] < 1 / 35


def an_offset_enlarges_the_last_gradient():
    offset = []
    for start in STARTS:
        W, b = begin(DEEP, start)
        dW, _ = network.backward(digits()[1], W, *network.forward(digits()[0], W, b))
        offset.append(size(dW[4]) / size(before_training(DEEP, start)[3][4]))
    return max(offset) > 100


def the_cost_falls_by_the_squared_length():
    X, Y = digits()
    W, b = begin(DEEP, 1)
    Z, A = network.forward(X, W, b)
    dW, db = network.backward(Y, W, Z, A)
    expected = 0.001 * sum(np.sum(dW[l] ** 2) + np.sum(db[l] ** 2) for l in W)
    moved = [{l: p[l] - 0.001 * d[l] for l in p} for p, d in ((W, dW), (b, db))]
    cost = [np.mean(np.logaddexp(0, z) - Y * z) for z in (Z[4], network.forward(X, *moved)[0][4])]
    return np.isclose(cost[0] - cost[1], expected, rtol=0.02)


@cache
def kept(name):
    """The fraction of the differences left after ten hidden layers of 100 units, for each start."""
    activation, initialization, factor = {
        "sigmoid": ("sigmoid", "lecun", 1), "sigmoid, 4": ("sigmoid", "lecun", 4),
        "relu": ("relu", "he", 1), "tanh": ("tanh", "lecun", 1),
    }[name]  # fmt: skip
    fractions = []
    for start in STARTS:
        _, A = network.forward(digits()[0], *begin([100] * 10 + [1], start, initialization, factor), activation)
        first, last = (size(A[l] - A[l].mean(axis=1, keepdims=True)) for l in (1, 10))
        fractions.append(last / first)
    return np.array(fractions)


def mean_factor(sizes):
    """The factor per layer that takes the first of these sizes to the last."""
    return (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))


@cache
def factors(activation, initialization, factor=1.0):
    """The mean factors per layer of the activations, the differences and the error, a row for each start."""
    rows = []
    for start in STARTS:
        (X, Y), (W, b) = digits(), begin([100] * 10 + [1], start, initialization, factor)
        Z, A = network.forward(X, W, b, activation)
        dZ, layers = widgets.signals.errors(Y, W, Z, activation), range(1, 11)
        differences = [size(A[l] - A[l].mean(axis=1, keepdims=True)) for l in layers]
        back = [size(dZ[l]) for l in reversed(layers)]
        rows.append([mean_factor([size(A[l]) for l in layers]), mean_factor(differences), mean_factor(back)])
    return np.array(rows)


def relu_keeps_all_but_the_differences():
    """In single starts the factors scatter, but the differences always lose more than the activations."""
    activations, differences, error = factors("relu", "he").T
    return (
        np.allclose([activations.mean(), error.mean()], 1, atol=0.02)
        and 0.92 < differences.mean() < 0.96
        and np.all(differences < activations)
    )


def half_of_the_mean_square_is_left():
    """Of z that is normal, of the error, and at most half of a difference, whatever the two pictures have in common."""
    rng = np.random.default_rng(0)
    for common in (0, 1, 3):
        z = common * rng.standard_normal(100_000) + rng.standard_normal((2, 100_000))
        a, dz = np.maximum(z, 0), rng.standard_normal(100_000)
        left = [np.mean(after**2) / np.mean(before**2) for after, before in ((a, z), (dz * (z[0] > 0), dz))]
        if not (np.allclose(left, 0.5, atol=0.01) and np.mean((a[0] - a[1]) ** 2) < 0.5 * np.mean((z[0] - z[1]) ** 2)):
            return False
    return True


@cache
def slopes(factor):
    """The mean size of the slopes in layers 2 to 10, and the fraction below a fifth of the largest, for each start."""
    rows = []
    for start in STARTS:
        Z, _ = network.forward(digits()[0], *begin([100] * 10 + [1], start, factor=factor))
        every = [sigmoid_prime(Z[l]) for l in range(2, 11)]
        rows.append([np.mean([size(slope) for slope in every]), np.mean(np.array(every) < 0.05)])
    return np.array(rows).T


@cache
def deep_z(activation, factor, start):
    return network.forward(digits()[0], *begin([100] * 10 + [1], start, factor=factor), activation)


def sizes_of_z(activation, factor):
    """In layers 2 to 10, for every start."""
    return np.array([size(deep_z(activation, factor, start)[0][l]) for start in STARTS for l in range(2, 11)])


def most_of_z_is_common():
    """At least 85% of the mean square, already in layer 2."""
    every = [deep_z("sigmoid", 4, start)[0][l] for start in STARTS for l in range(2, 11)]
    return min(np.mean(z.mean(axis=1) ** 2) / np.mean(z**2) for z in every) > 0.85


def without_the_half_a_sigmoid_is_tanh():
    """Take ½ from every activation, and weights four times as large do with u = 2z what tanh does with z."""
    (z, A), (W, _) = deep_z("tanh", 1, 1), begin([100] * 10 + [1], 1, factor=4)
    u = 2 * z[1]
    for l in range(2, 11):
        u = W[l] @ (1 / (1 + np.exp(-u)) - 0.5)
    means = [A[l].mean() for l in range(1, 11)]
    return np.allclose(u, 2 * z[10]) and np.abs(means).max() < 0.1


def all_weights_of_a_unit_must_be_alike():
    """Two units that begin alike stay alike beside others. With equal rows of W[1] alone they part."""
    X, Y = digits()
    for start in STARTS:
        W, b = begin((5, 1), start)
        W[1][1], W[1][2] = W[1][0], W[1][0]
        W[2][0, 1] = W[2][0, 0]
        for _ in range(200):
            dW, db = network.backward(Y, W, *network.forward(X, W, b))
            W, b = ({l: p[l] - 0.5 * d[l] for l in p} for p, d in ((W, dW), (b, db)))
        if not (np.allclose(W[1][0], W[1][1], atol=1e-9) and np.abs(W[1][0] - W[1][2]).max() > 0.02):
            return False
    return True


def a_small_difference_grows():
    """By the product of scale and slope in each layer, until it is as large as the difference of any two pictures."""
    for start in STARTS:
        X, parameters = digits()[0], begin([100] * 10 + [1], start, factor=28)
        near = X + 1e-6 * np.random.default_rng(start).standard_normal(X.shape)
        A, other = (network.forward(inputs, *parameters)[1] for inputs in (X, near))
        growth = mean_factor([size(other[l] - A[l]) for l in range(1, 11)])
        far = X + 0.1 * np.random.default_rng(start).standard_normal(X.shape)
        moved = network.forward(far, *parameters)[1][10] - A[10]
        apart = np.sqrt(2) * size(A[10] - A[10].mean(axis=1, keepdims=True))  # of two pictures of the 300
        if not (1.5 < growth < 1.9 and size(moved) > 0.7 * apart):
            return False
    return True


def learned_and_new():
    return recordings._read_arrays("07_scale_28")[recordings.LONE]  # (factors, starts, training and new digits)


def the_still_keeps_half():
    result = widgets.signals.measure(depth=12, hidden_activation="tanh", initialization="glorot")
    forward, backward = result.typical()
    return len(forward) == 11 and np.allclose([forward[-1] / forward[0], backward[0] / backward[-1]], 0.48, atol=0.03)


def relu_loses_the_differences_first_and_tanh_the_error():
    signals = [
        [widgets.signals.measure(n, *way).kept() for n in (20, 40)] for way in (("relu", "he"), ("tanh", "lecun"))
    ]
    relu, tanh = ([np.subtract(*map(min, kept)) for kept in depths] for depths in signals)  # differences minus error
    return max(relu) < -0.1 and min(tanh) > 0.1


def the_animation_fades_after_four_or_five_layers():
    """The radius of a disc, 26 pixels at first, is below 3 in the fifth layer; with ReLU it stays above half."""
    forward, backward = widgets.signals.measure(11, "sigmoid", "lecun").typical()
    radii = 26 * np.sqrt([forward / forward[0], backward[::-1] / backward[-1]])
    stays = [s[-1] for s in map(np.asarray, widgets.signals.measure(11, "relu", "he").kept())]
    return np.all(radii[:, 4] < 3) and np.all(radii[:, 2] > 3) and min(stays) > 0.25


@cache
def watched():
    return recordings._read_arrays("07_sigmoid")[recordings.LONE]  # (starts, every tenth step, 3)


def plateaus_of_600_to_850():
    left = [10 * int(np.argmax(costs < 0.6)) for costs in watched()[:, :, 0]]
    return len(left) == 5 and 600 <= min(left) and max(left) <= 850 and watched()[:, -1, 0].max() < 0.35


def the_gradient_grows_exponentially():
    """From iteration 200 to 600, the factor per hundred iterations hardly changes, and it is never below 1.4."""
    logs = np.log(watched()[:, 20:61:10, 2])
    growth = np.diff(logs, axis=1)
    assert np.all(np.diff(watched()[:, 10:61:10, 1:], axis=1) > 0)  # both grow after the first hundred iterations
    return growth.min() > np.log(1.4) and np.all(growth.max(axis=1) / growth.min(axis=1) < 1.4)


def both_gradients_peak_where_the_cost_falls():
    cost, first, last = np.moveaxis(watched(), 2, 0)
    peaks = (first.argmax(axis=1), last.argmax(axis=1))
    return all(0.2 < cost[i, peak[i]] < 0.55 for peak in peaks for i in range(5))


@cache
def cures():
    return recordings._read_arrays("07_cures")  # each (starts, 2)


def shallow_stays_ahead(*names):
    return lambda: all(cures()[name][:, 0].max() < cures()[name][:, 1].min() for name in names)


def deep_gets_ahead(*names):
    return lambda: all(cures()[name][:, 1].max() < cures()[name][:, 0].min() for name in names)


def level_or_a_little_behind():
    shallow, deep = cures()["weights × 4"].T
    return np.all(deep / shallow > 0.98) and np.all(deep / shallow < 1.35) and shallow.max() > deep.min()


def ten_times_the_rate_does_what_momentum_does():
    return np.allclose(cures()["learning rate 1.0"], cures()["momentum 0.9"], rtol=0.2, atol=0)


def relu_goes_further():
    return np.all(cures()["ReLU"][:, 1] < cures()["tanh"][:, 1])


def he_helps_from_four_of_five():
    plain, he = cures()["ReLU"][:, 1], cures()["ReLU and He"][:, 1]
    return np.sum(he < 0.8 * plain) == 4 and np.sum(abs(he / plain - 1) < 0.1) == 1


def given_more_time_the_sigmoid_wins():
    """With the learning rate 0.5 and 600 steps."""
    for start in STARTS[:5]:
        X, Y = (array.astype(np.float32) for array in digits())
        ends = []
        for sizes in ((49, 1), (98, 49, 24, 1)):
            W, b = ({l: p.astype(np.float32) for l, p in of.items()} for of in begin(sizes, start))
            for _ in range(600):
                dW, db = network.backward(Y, W, *network.forward(X, W, b))
                W, b = ({l: p[l] - np.float32(0.5) * d[l] for l in p} for p, d in ((W, dW), (b, db)))
            ends.append(losses.binary_cross_entropy(network.forward(X, W, b)[0][len(W)], Y))
        if not ends[1] < 0.8 * ends[0]:
            return False
    return True


def it_has_learned_next_to_nothing():
    return cures()["as it was"][:, 1].min() > 0.68


def the_last_cost_is_a_ninth():
    shallow, deep = (recordings.load_run(name).cost_history_[-1] for name in recordings.RELU_HE_RUNS)
    return 1 / 9.5 < deep / shallow < 1 / 8.5


def a_moment_near_iteration_20():
    costs = recordings.load_run("relu_he_392_196_98_1").cost_history_
    return 15 <= np.argmax(costs) <= 25 and 1.35 < costs.max() < 1.45 and costs[50] < 0.3


def final_cost(sizes, start):
    """The cost after the 200 iterations of Figure 6, with ReLU and He."""
    (X, Y), (W, b) = digits(), begin(sizes, start, "he")
    for _ in range(200):
        dW, db = network.backward(Y, W, *network.forward(X, W, b, "relu"), "relu")
        W, b = ({l: p[l] - 0.1 * dp[l] for l in p} for p, dp in ((W, dW), (b, db)))
    return losses.binary_cross_entropy(network.forward(X, W, b, "relu")[0][len(W)], Y)


def depth_wins_with_as_many_weights():
    wide, narrow, deep = ([784, 106, 1], [784, 49, 1], [784, 98, 49, 24, 1])
    weights = [sum(n * m for n, m in pairwise(sizes)) for sizes in (wide, narrow, deep)]
    assert np.isclose(weights[0], weights[2], rtol=0.01) and 2 < weights[2] / weights[1] < 2.5
    shallow, deeper = ([final_cost(sizes[1:], start) for start in STARTS] for sizes in (wide, deep))
    return min(shallow) > 0.03 and min(shallow) > 5 * max(deeper)


CLAIMS = {
    "with more than twice as many weights in all": the_large_network_has_more_than_twice_the_weights,
    "both are mere dots after four or five layers": the_animation_fades_after_four_or_five_layers,
    "is still above 0.63 after five hundred iterations": the_large_network_waits,
    'but one start of the shallow network says "an 8 with probability 0.61" on average, and another 0.34': printed(
        "[196, 1]           0.61 0.34"
    ),
    "in some starts of the deep network more than a hundredfold": an_offset_enlarges_the_last_gradient,
    "their sum is multiplied by activations that are all near ½": every_start(the_offset_multiplies_the_common_part),
    "in Figure 1 the cost of the shallow one is at 0.31 after a hundred steps": lambda: (
        round(recordings.load_run("tutorial_196_1").cost_history_[100], 2) == 0.31
    ),
    "Layer 1 of the deep network moves twenty to thirty times more slowly": every_start(
        lambda s: 20 < steps(DEEP, s)[0] / steps(SHALLOW, s)[0] < 31
    ),
    "In the shallow network a thousand steps are enough": every_start(lambda s: steps(SHALLOW, s).max() < 1000),
    "between fifteen and twenty-three thousand": every_start(
        lambda s: 15000 < steps(DEEP, s)[:3].min() and steps(DEEP, s)[:3].max() < 23000
    ),
    "Each hidden layer leaves about a quarter of the differences": every_start(
        lambda s: np.allclose(differences(DEEP, s)[1:4] / differences(DEEP, s)[:3], 0.24, atol=0.02)
    ),
    "differ by only about a thousandth": every_start(lambda s: 0.0005 < differences(DEEP, s)[4] < 0.0015),
    "the slope of the sigmoid is nowhere more than $\\frac14$": lambda: (
        sigmoid_prime(np.linspace(-9, 9, 9001)).max() == 0.25
    ),
    "From the single unit of layer 4 to the 98 units of layer 3 it shrinks to a fortieth": every_start(
        the_error_shrinks_as_predicted
    ),
    "The ratio is between 0.2 and 0.3 in every layer of both networks": every_start(ratio_to_product),
    "More of them make it less noisy, but not larger": more_pictures_make_no_larger_gradient,
    "is twenty to thirty times smaller, from every start": every_start(errors_at_layer_1),
    "By length, the gradient of layer 1 is the largest of the four": every_start(length_and_size_disagree),
    "lowers it by about $\\alpha \\lVert dW \\rVert^2$": the_cost_falls_by_the_squared_length,
    "a thousand steps would lower the cost by less than 0.03": every_start(
        lambda s: 1.5e-5 < fall_per_step(DEEP, s) < 3e-5
    ),
    "For the shallow network it is about 0.005 per step, and in Figure 1 its cost does fall by about 0.4": every_start(
        lambda s: (
            0.004 < fall_per_step(SHALLOW, s) < 0.0055
            and np.isclose(np.subtract(*recordings.load_run("tutorial_196_1").cost_history_[[0, 100]]), 0.4, atol=0.01)
        )
    ),
    "(0.0124^2 + 0.0084^2 + 0.0052^2 + 0.0035^2) \\approx 0.00003$": lambda: (
        round(0.1 * (0.0124**2 + 0.0084**2 + 0.0052**2 + 0.0035**2), 5) == 0.00003
        and "start 1, lengths of dW[1] to dW[4]: 0.0124 0.0084 0.0052 0.0035" in PRINTED
    ),
    "$\\tanh z = 2\\sigma(2z) - 1$": lambda: np.allclose(
        np.tanh(np.linspace(-4, 4)), 2 / (1 + np.exp(-2 * np.linspace(-4, 4))) - 1
    ),
    "half of the mean square of the error is lost too": half_of_the_mean_square_is_left,
    "So expect the differences to lose a little in each layer": relu_keeps_all_but_the_differences,
    "two millionths are left": lambda: 1.5e-6 < kept("sigmoid").min() and kept("sigmoid").max() < 2.6e-6,
    "one or two hundredths are left": lambda: 0.005 < kept("sigmoid, 4").min() and kept("sigmoid, 4").max() < 0.025,
    "keep about half or more": lambda: min(kept("relu").min(), kept("tanh").min()) > 0.44,
    "With $1/\\sqrt n$ the slopes are nearly $\\frac14$": lambda: np.allclose(slopes(1)[0], 0.236, atol=0.005),
    "that of $z$ is then about $4 \\cdot \\frac12 = 2$ or more, and $\\sigma'(2)$ is only 0.1": lambda: (
        len(sizes_of_z("sigmoid", 4)) == 72
        and 1.9 < sizes_of_z("sigmoid", 4).min() < sizes_of_z("sigmoid", 4).max() < 3
        and round(float(sigmoid_prime(2.0)), 1) == 0.1
    ),
    "Most of this $z$ is the same for all pictures": most_of_z_is_common,
    "The activations of tanh lie around 0, and $z$ stays small": lambda: sizes_of_z("tanh", 1).max() < 0.35,
    "$\\tanh z = 2\\,(\\sigma(2z) - \\frac12)$, and the factors 2 and 2 make the 4": without_the_half_a_sigmoid_is_tanh,
    "about $4 \\cdot 0.16 \\approx 0.6$ of the differences, and $0.6^9$ is one hundredth": lambda: (
        np.allclose(slopes(4)[0], 0.16, atol=0.01)
        and np.allclose(factors("sigmoid", "lecun", 4)[:, 1], 4 * slopes(4)[0], rtol=0.05)
        and round(0.6**9, 3) == 0.01
    ),
    "Most units have become mere switches, on or off": lambda: slopes(28)[1].min() > 0.8,
    "the error *grows* on its way back, by about two thirds in each layer": lambda: (
        np.allclose(factors("sigmoid", "lecun", 28)[:, 2], 1.67, atol=0.08)
        and np.allclose(28 * slopes(28)[0], 1.64, atol=0.08)
    ),
    "on average they keep about 0.95 of their size per layer": lambda: np.allclose(
        factors("sigmoid", "lecun", 28)[:, 1], 0.96, atol=0.02
    ),
    "in each layer of switches a *small* difference between two pictures grows, until": a_small_difference_grows,
    "with weights × 28, most of the training digits are right": lambda: (
        learned_and_new()[1, :, 0].min() > 0.85 and learned_and_new()[1, :, 1].max() < 0.7
    ),
    "Over the whole depth, both means fall by about half": the_still_keeps_half,
    "Which of the two signals fades first?": relu_loses_the_differences_first_and_tanh_the_error,
    "which for $\\beta = 0.9$ is ten times the gradient": lambda: np.isclose(sum(0.9**k for k in range(400)), 10),
    "at more than five times the cost of the deep one": depth_wins_with_as_many_weights,
    "So they receive the same gradients, and stay alike forever": all_weights_of_a_unit_must_be_alike,
    "all five random starts reach a lower cost than any of the others": printed(
        "alike, sigmoid:           cost 0.09", "zero, sigmoid:            cost 0.12", "start 5, sigmoid: cost 0.06"
    ),
    "a plateau of 600 to 850 iterations": plateaus_of_600_to_850,
    "that of layer 4 nearly in a straight line": the_gradient_grows_exponentially,
    "They are largest where the cost falls": both_gradients_peak_where_the_cost_falls,
    "the deep network has learned next to nothing, from any start": it_has_learned_next_to_nothing,
    "from every start the deep sigmoid network ends at a lower cost than the shallow one": (
        given_more_time_the_sigmoid_wins
    ),
    "In the upper three rows all triangles lie to the right": shallow_stays_ahead(
        "as it was", "learning rate 1.0", "momentum 0.9"
    ),
    "the two rows differ by less than a fifth, from every start": ten_times_the_rate_does_what_momentum_does,
    "level with the shallow one, or nearly so": level_or_a_little_behind,
    "From tanh downwards all triangles lie to the left": deep_gets_ahead("tanh", "ReLU", "ReLU and He"),
    "*ReLU* goes further than tanh, from every start": relu_goes_further,
    "goes further still from four of the five starts": he_helps_from_four_of_five,
    "Guessing would give about 50%": lambda: abs(np.mean(recordings.tutorial_digits()[3]) - 0.5) < 0.03,
    "573 training digits and 83 test digits wrong": printed(
        "wrong: 573 training, 83 test", "wrong: 451 training, 75 test"
    ),
    "**1** and **16** wrong, against 110 and 28": printed(
        "wrong:   1 training, 16 test", "wrong: 110 training, 28 test"
    ),
    "its last cost is a ninth of the shallow network's": the_last_cost_is_a_ninth,
    "at least 15 of 18 tosses come up the same way is 0.0075": lambda: (
        f"{2 * sum(comb(18, k) for k in range(4)) / 2**18:.4f}" == "0.0075"
        and "network: 15, only by the deep one: 3" in PRINTED
    ),
    "jumps to 1.4 for a moment near iteration 20": a_moment_near_iteration_20,
    "which leaves twice the root of their number $mq$: 8 and 11": lambda: (
        [round(2 * (n * (1 - n / 1866)) ** 0.5) for n in (16, 28)] == [8, 11]
        and [round(2 * n**0.5) for n in (16, 28)] == [8, 11]
    ),
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
