"""What lesson 06 says in prose, computed, where no cell of the lesson prints or asserts it."""

from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import datasets
from helpers.backprop import network
from helpers.datasets import recordings

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "06_recognise_cats.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
PRINTED = "".join(o.get("text", "") for cell in CELLS for o in cell.get("outputs", []))

# Right answers on the fifty test pictures of the networks that `train` returns for the seeds 0 to 99, with the
# coordinates of `test_the_score_on_single_colours_is_the_same_and_from_other_starts_nearly`. That takes a minute.
HUNDRED = np.array(
    """
    44 45 33 40 44 45 39 41 38 40 35 38 48 45 44 41 45 34 35 44 34 44 47 40 43
    45 36 36 37 45 36 38 48 46 49 45 47 47 36 45 36 45 47 40 48 38 44 36 38 46
    44 45 39 49 35 46 44 38 37 36 45 45 40 34 45 43 33 44 39 41 47 36 50 36 39
    32 44 35 35 40 35 41 35 38 39 35 43 39 38 40 34 38 34 47 40 44 36 47 45 42
    """.split(),
    dtype=int,
)


@cache
def task():
    """The pictures as rows, X and X_test, their labels, and the test pictures each in its average colour."""
    pictures = datasets.load_chelsea()
    average = np.broadcast_to(pictures.X_test.mean(axis=(1, 2), keepdims=True), pictures.X_test.shape)
    X, X_test, one_colour = (x.reshape(len(x), -1) / 255 for x in (pictures.X_train, pictures.X_test, average))
    return X, pictures.y_train, X_test, pictures.y_test, one_colour


@cache
def trained():
    return recordings.load_run("chelsea_7_1")


def coordinates(*arrays):
    """These rows in as many perpendicular coordinates as there are rows; all products between them stay the same."""
    rows = np.vstack(arrays)
    values, vectors = np.linalg.eigh(rows @ rows.T)
    return np.split(vectors * np.sqrt(np.fmax(values, 0)), np.cumsum([len(array) for array in arrays])[:-1])


def train(R, y, seed, steps=2501):
    W, b = network.initialize_parameters([R.shape[1], 7, 1], "small", seed)
    return descend(R, y, W, b, steps)


def descend(R, y, W, b, steps):
    for _ in range(steps):
        dW, db = network.backward(y[np.newaxis], W, *network.forward(R, W, b, "relu"), "relu")
        W, b = {l: W[l] - 0.0077 * dW[l] for l in W}, {l: b[l] - 0.0077 * db[l] for l in b}
    return lambda data: network.forward(data, W, b, "relu")[1][2][0] > 0.5


def test_the_recorded_network_has_the_scores_that_are_told():
    X, y, X_test, y_test, _ = task()
    assert "It is right on 41 of them: a score of 0.82" in TEXT
    assert np.sum(trained().predict(X_test) == y_test) == 41 and 41 / 50 == 0.82
    assert "right on all but one of the training pictures" in TEXT
    assert np.sum(trained().predict(X) != y) == 1


def test_the_curve_is_as_the_caption_says():
    costs = np.array(trained().cost_history_)
    assert "falls from 0.69 to 0.04. Between about step 600 and step 2200 the curve is jagged" in TEXT
    assert (round(costs[0], 2), round(costs[-1], 2)) == (0.69, 0.04)
    rises = np.flatnonzero(np.diff(costs) > 0)
    assert 590 < rises[0] < 630 and len(rises) > 500
    jumps = np.diff(costs)[rises]
    assert jumps[rises < 2200].max() > 10 * jumps[rises >= 2200].max()


def largest_curvature(gradient, at, shift):
    """The largest second derivative of a cost at a point, in any direction, by the power method with a shift."""
    u = np.random.default_rng(0).standard_normal(at.size)
    for _ in range(60):
        u /= np.linalg.norm(u)
        bent = (gradient(at + 1e-7 * u) - gradient(at - 1e-7 * u)) / 2e-7
        curvature, u = u @ bent, bent + shift * u
    return curvature


def test_the_curvature_climbs_to_the_limit_and_stays_around_it():
    assert "the largest curvature is only 4 at the start; from step 1000 on it is between 220 and 300" in TEXT
    assert r"$2/0.0077 \approx 260$" in TEXT and 2 / 0.0077 == pytest.approx(260, abs=0.5)
    X, y, X_test, *_ = task()
    Q = np.linalg.qr(np.vstack([X, X_test]).T)[0]
    R, shapes = X @ Q, [(7, 259), (1, 7), (7, 1), (1, 1)]
    W, b = network.initialize_parameters([12288, 7, 1], "small", np.random.RandomState(1))  # our network
    at = np.concatenate([part.ravel() for part in (W[1] @ Q, W[2], b[1], b[2])])

    def gradient(at):
        parts = np.split(at, np.cumsum([np.prod(shape) for shape in shapes])[:-1])
        W1, W2, b1, b2 = (part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
        W, b = {1: W1, 2: W2}, {1: b1, 2: b2}
        dW, db = network.backward(y[np.newaxis], W, *network.forward(R, W, b, "relu"), "relu")
        return np.concatenate([part.ravel() for part in (dW[1], dW[2], db[1], db[2])])

    def along(at, length):
        """The second derivative along the next step, measured over a distance."""
        g, far = gradient(at), length * gradient(at)
        return (gradient(at + far) - gradient(at - far)) @ g / (2 * length * g @ g)

    found, kinks = {}, "The kinks of ReLU act like additional curvature, so the first bounces come earlier"
    for step in range(2001):
        if step in (600, 613, 627, 640):
            assert kinks in TEXT and along(at, 0.0077) > 1.2 * along(at, 1e-6)
        if step in (0, 1000, 1500, 2000):
            found[step] = largest_curvature(gradient, at, shift=100 if step else 5)
        at = at - 0.0077 * gradient(at)
    assert 3 < found.pop(0) < 5 and all(215 < curvature < 305 for curvature in found.values())
    assert min(found.values()) < 2 / 0.0077 < max(found.values())


def test_the_notebook_starts_close_to_one_rule_and_far_from_the_other():
    assert r"$1/\sqrt{12288} \approx 0.009$" in TEXT and round(1 / np.sqrt(12288), 3) == 0.009
    assert r"$1/\sqrt7 \approx 0.38$" in TEXT and round(1 / np.sqrt(7), 2) == 0.38


def test_two_pictures_of_three_numbers():
    two = np.array([[1, 2, 3], [4, 5, 6]])
    assert "out to two columns like cards, `[[1, 2], [3, 4], [5, 6]]`" in TEXT and "`[[1, 3, 5], [2, 4, 6]]`" in TEXT
    assert two.reshape(2, -1).tolist() == two.tolist() and two.reshape(-1, 2).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert two.reshape(-1, 2).T.tolist() == [[1, 3, 5], [2, 4, 6]]


def test_a_hundred_imaginary_test_sets():
    assert "The network is right with probability 0.82" in TEXT and "Yet its scores range from 0.66 to 0.96" in TEXT
    scores = np.random.default_rng(0).binomial(50, 0.82, size=10000)[:100] / 50  # as in the lesson
    assert (scores.min(), scores.max()) == (0.66, 0.96)
    ranges = [np.ptp(np.random.default_rng(seed).binomial(50, 0.82, size=100)) / 50 for seed in range(1, 10)]
    assert min(ranges) > 0.19 and np.median(ranges) > 0.2  # as wide from other seeds


def test_twice_the_deviation_holds_95_percent():
    assert "About 95% of the scores lie within two standard deviations" in TEXT
    p, n = 0.82, 50
    k = np.arange(n + 1)
    chances = np.array([1.0])
    for _ in range(n):  # of k right answers among n
        chances = np.convolve(chances, [1 - p, p])
    assert "About 95 of the hundred intervals contain $p$" in TEXT
    reach = [2 * np.sqrt(score * (1 - score) / n) for score in k / n]  # each from its own score
    assert chances[np.abs(k / n - p) < reach].sum() == pytest.approx(0.95, abs=0.015)
    assert chances[np.abs(k / n - p) < 2 * np.sqrt(p * (1 - p) / n)].sum() == pytest.approx(0.95, abs=0.015)


def test_the_spread_over_starts_is_as_told():
    scores = recordings._read_arrays("06_starts")[recordings.LONE][:, 1]
    assert "They range from 0.66, exactly on the dashed baseline, to 0.96. The tallest stack is at 0.70" in TEXT
    assert (len(scores), scores.min().round(2), scores.max().round(2)) == (20, 0.66, 0.96)
    values, counts = np.unique(scores.round(2), return_counts=True)
    assert values[counts.argmax()] == 0.7 and np.sort(counts)[-2] < counts.max()
    assert "mean 0.76" in PRINTED and round(scores.mean(), 2) == 0.76
    assert "with 0.82, lies a little above their average of 0.76, and that average is itself uncertain" in TEXT
    assert 0.04 < 0.82 - scores.mean() < 0.07
    deviation = scores.std(ddof=1)
    assert "of the twenty scores is 0.08, so their mean is uncertain by about" in TEXT and round(deviation, 2) == 0.08
    assert "$2 \\cdot 0.08/\\sqrt{20}$, or 0.04" in TEXT and round(2 * deviation / np.sqrt(20), 2) == 0.04
    hundred = HUNDRED / 50
    assert "*Their* average is 0.82. Unrounded, the two averages are 0.765 and 0.817, more than 0.04 apart" in TEXT
    assert (len(hundred), round(hundred.mean(), 3), round(scores.mean(), 3)) == (100, 0.817, 0.765)
    apart = np.hypot(deviation / np.sqrt(20), hundred.std(ddof=1) / 10)
    assert hundred.mean() - scores.mean() > 2 * max(apart, deviation / np.sqrt(20))
    known = np.append(scores, hundred)
    assert "about two draws in a hundred miss the mean of the 120 by as much as ours did" in TEXT
    rng, missed = np.random.default_rng(0), known.mean() - scores.mean() - 1e-9
    draws = np.array([rng.choice(known, 20, replace=False).mean() for _ in range(20000)])
    assert round(100 * np.mean(np.abs(draws - known.mean()) >= missed)) == 2
    assert "With our first network it would be 121, and the same numbers" in TEXT
    known_121 = np.append(known, 0.82)
    assert (round(known_121.mean(), 2), round(known_121.std(ddof=1), 2)) == (0.81, 0.09)
    assert "0.81 on average over 120 random starts, with a standard deviation of 0.09" in TEXT
    assert (len(known), round(known.mean(), 2), round(known.std(ddof=1), 2)) == (120, 0.81, 0.09)
    assert r"$2 \cdot 0.09/\sqrt{120} \approx 0.02$" in TEXT and round(2 * known.std(ddof=1) / np.sqrt(120), 2) == 0.02
    assert r"$2\sqrt{0.81 \cdot 0.19/50} \approx 0.11$" in TEXT and round(2 * np.sqrt(0.81 * 0.19 / 50), 2) == 0.11


def test_averaging_over_starts_leaves_most_of_what_the_pictures_add():
    assert "No number of starts makes it go away: all of them were tested on the same fifty pictures" in TEXT
    X, y, X_test, y_test, _ = task()
    R, R_test = coordinates(X, X_test)
    right = np.array([train(R, y, seed)(R_test) == y_test for seed in range(6)])
    share = right.mean(axis=0)  # of the networks that get each picture right
    between = right.mean() * (1 - right.mean()) - np.mean(share * (1 - share)) * 6 / 5
    assert 0.05 < 2 * np.sqrt(between / 50) < 0.1  # with twelve networks: 0.07


def test_the_coordinates_are_fewer_by_a_factor_of_about_fifty():
    assert "takes about a fiftieth of the work" in TEXT and 12288 / 259 == pytest.approx(50, abs=3)
    X, _, X_test, *_ = task()
    R, R_test = coordinates(X, X_test)
    assert R.shape == (209, 259) and np.allclose(R @ R_test.T, X @ X_test.T)
    assert "drop the other 12029 coordinates" in TEXT and 12288 - 259 == 12029


def test_the_mistakes_are_as_the_caption_says():
    _, _, X_test, y_test, _ = task()
    wrong = trained().predict(X_test) != y_test
    assert "The nine test pictures that the network gets wrong" in TEXT and wrong.sum() == 9
    assert "Seven are cats that it missed" in TEXT and y_test[wrong].sum() == 7
    missed = X_test[wrong & (y_test == 1)].reshape(-1, 64, 64, 3)
    saturation = (missed.max(axis=3) - missed.min(axis=3)).mean(axis=(1, 2))
    assert "Six of these show the same part of the photograph" in TEXT and "greyish background" in TEXT
    cats = X_test[y_test == 1].reshape(-1, 64, 64, 3)
    assert "In six of the seven there is little brown fur" in TEXT
    assert np.sum(saturation < np.median((cats.max(axis=3) - cats.min(axis=3)).mean(axis=(1, 2)))) == 6


def test_the_score_on_single_colours_is_the_same_and_from_other_starts_nearly():
    X, y, X_test, y_test, one_colour = task()
    assert "It does not drop at all" in TEXT and "score on pictures of a single colour: 0.82" in PRINTED
    before, after = (trained().predict(pictures) == y_test for pictures in (X_test, one_colour))
    assert "ten of the answers change, five for the worse and five for the better" in TEXT
    assert (np.sum(before & ~after), np.sum(~before & after)) == (5, 5)
    assert "It finds 24 of the 33 cats (26 before) and recognises all 17 of the others (15 before)" in TEXT
    counts = [[np.sum(right[y_test == label]) for right in (after, before)] for label in (1, 0)]
    assert counts == [[24, 26], [17, 15]] and np.bincount(y_test).tolist() == [17, 33]
    assert "over the constant answer, 0.16, can be had from colour" in TEXT and round(after.mean() - 33 / 50, 2) == 0.16
    assert (
        "in the hundred further networks" in TEXT and "the score fell by 0.02 on average, and by 0.14 at most" in TEXT
    )
    R, R_test, R_colour = coordinates(X, X_test, one_colour)
    scores, falls = [], []
    for seed in range(8):  # of the HUNDRED, which scored 0.817 on average, and fell by 0.019 on average, 0.14 at most
        answers = train(R, y, seed)
        scores.append(np.mean(answers(R_test) == y_test))
        falls.append(scores[-1] - np.mean(answers(R_colour) == y_test))
    assert np.mean(scores) == pytest.approx(HUNDRED.mean() / 50, abs=0.06)
    assert max(falls) < 0.1 and abs(np.mean(falls)) < 0.04


def test_gray_cats_are_hardly_found():
    X, y, X_test, y_test, _ = task()
    gray = np.repeat(X_test.reshape(-1, 3).mean(axis=1), 3).reshape(50, -1)
    assert "It drops below the score for always saying" in TEXT and "score on grey pictures: 0.60, 13 of 33" in PRINTED
    assert "the network misses twenty of the 33 cats" in TEXT and (y_test.sum(), np.mean(y_test)) == (33, 0.66)
    assert np.sum(trained().predict(gray) & (y_test == 1)) == 13
    assert "Most networks from other starts find not a single one" in TEXT
    R, R_gray = coordinates(X, gray)
    found = [np.sum(train(R, y, seed)(R_gray) & (y_test == 1)) for seed in range(6)]
    assert np.sum(np.array(found) == 0) > 3  # 18 of the 20 with the seeds 0 to 19; the two others find 2 and 9


def test_the_network_is_not_sure_of_cats_with_little_brown():
    assert "are there any with hardly a patch of brown? How sure of them is it?" in TEXT
    _, _, X_test, y_test, _ = task()
    pictures = X_test.reshape(-1, 64, 64, 3)
    pale = (pictures.max(axis=3) - pictures.min(axis=3)).mean(axis=(1, 2)) < 0.17
    assert "greyish patches of almost the same place are only just recognised, with 0.54 and 0.64. Two others" in TEXT
    probability = trained().predict_proba(X_test)
    found = probability[pale & (y_test == 1)]
    assert np.round(np.sort(found[found > 0.5]), 2) == pytest.approx([0.54, 0.64], abs=0.011)
    assert "a single brown stripe, have about 0.8" in TEXT and probability[[8, 26]] == pytest.approx(0.8, abs=0.05)
    assert "So brown is not all that counts. Yet painted in their average colour, all four are missed." in TEXT
    four = [*np.flatnonzero(pale & (y_test == 1) & (probability > 0.5)), 8, 26]
    assert len(four) == 4 and np.all(trained().predict_proba(task()[4][four]) < 0.5)


def test_three_times_as_many_steps_are_no_cure():
    X, y, X_test, y_test, _ = task()
    Q = np.linalg.qr(np.vstack([X, X_test]).T)[0]  # as in the lesson
    R, R_test = X @ Q, X_test @ Q
    W, b = network.initialize_parameters([12288, 7, 1], "small", np.random.RandomState(1))  # our network
    answers = descend(R, y, W | {1: W[1] @ Q}, b, 7503)
    assert "right on every training picture, but on only 35 of the test pictures" in TEXT
    assert np.sum(answers(R) == y) == 209 and np.sum(answers(R_test) == y_test) == pytest.approx(35, abs=2)
    assert "The twenty others gain 0.03 on average, far less than the gap" in TEXT
    starts = recordings._read_arrays("06_starts")[recordings.LONE]
    gains = [np.mean(train(R, y, seed, 7503)(R_test) == y_test) - starts[seed, 1] for seed in (0, 1, 2, 5)]
    assert np.mean(gains) == pytest.approx(0.03, abs=0.02)  # the twenty: 0.034, from −0.02 to 0.10
    assert (starts[:, 0] - starts[:, 1]).mean() > 0.2


def test_the_baseline_of_no_cat():
    *_, y_test, _ = task()
    assert 'would say "no cat", and score 0.34 on the test set' in TEXT and np.mean(y_test == 0) == 0.34
    assert "its interval contains 0.66" in TEXT and "score 0.72 on 50 pictures: from 0.59 to 0.85" in PRINTED
    assert "Our interval reaches from 0.71 to 0.93" in TEXT and "from 0.71 to 0.93" in PRINTED
