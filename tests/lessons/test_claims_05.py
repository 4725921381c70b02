"""What lesson 05 says in prose, computed, where no cell of the lesson prints or asserts it."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import datasets, gradient_check, widgets
from helpers.backprop import losses, network
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.gradient_check import mistakes, relative_error

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "05_check_gradients.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
CODE = {cell.id: cell.source for cell in CELLS if cell.cell_type == "code"}
FUNCTIONS = {"05-044", "05-046", "05-054", "05-065", "05-069"}  # cells that define a function and show nothing


@pytest.fixture(scope="module")
def lesson():
    """The functions that the lesson writes, from its own cells."""
    scope = {"np": np, "relative_error": relative_error, "losses": losses, "network": network}
    for cell in CELLS:
        if cell.id in FUNCTIONS:
            exec(cell.source, scope)
    return scope


def correct(Y, W, Z, A):
    return network.backward(Y, W, Z, A, "relu")


def moons():
    X, y = datasets.make_moons(m=200, random_state=0)
    return X, y[np.newaxis].astype(float)


@pytest.mark.parametrize("seed", range(5, 10))  # the lesson itself shows the seeds 0 to 4
def test_the_bug_learns_from_every_start_and_never_as_well(lesson, seed):
    assert "the network gets between eight and nine out of ten right" in TEXT
    costs, score = lesson["costs_and_score"](lesson["suspect"], seed)
    assert costs[100] < 0.5 * costs[0] and 0.8 <= score <= 0.9
    costs, score = lesson["costs_and_score"](correct, seed)
    assert costs[-1] < 0.05 and score > 0.99


def test_both_curves_are_as_the_caption_says(lesson):
    assert "for some twenty steps the dashed curve is even lower. Then it levels off at about 0.26" in TEXT
    suspect, right = (lesson["costs_and_score"](backward, 0)[0] for backward in (lesson["suspect"], correct))
    assert suspect[50] < 0.5 * suspect[0] and right[50] < 0.5 * right[0]
    lower = np.flatnonzero(np.array(suspect) < right)
    assert 18 <= len(lower) <= 26 and lower[-1] < 30
    assert np.abs(np.array(suspect[100:]) - 0.265).max() < 0.015
    assert right[-1] < 0.02 and (np.diff(right) < 0).all()


def descend(backward, W, b, steps, layers=(1, 2, 3)):
    """Take steps of the lesson's training; update the given layers only. Return the parameters and the last cost."""
    X, Y = moons()
    for _ in range(steps):
        dW, db = backward(Y, W, *network.forward(X, W, b, "relu"))
        W, b = ({**p, **{l: p[l] - 0.5 * dp[l] for l in layers}} for p, dp in ((W, dW), (b, db)))
    return W, b, losses.binary_cross_entropy(network.forward(X, W, b, "relu")[0][3], Y)


def test_the_false_gradient_vanishes_where_logistic_regression_stops(lesson):
    assert r"the false $dW^{[1]}$ is just $(W^{[3]} W^{[2]})^T\, dZ^{[3]} X$" in TEXT
    assert "By step 50 this sum has shrunk to about a sixtieth of what it was" in TEXT
    X, Y = moons()
    first, later = [], []
    for seed in range(100):
        start = network.initialize_parameters([2, 8, 8, 1], "he", seed)
        for sums, (W, b) in ((first, start), (later, descend(lesson["suspect"], *start, 50)[:2])):
            Z, A = network.forward(X, W, b, "relu")
            pull = (A[3] - Y) / 200 @ X
            sums.append(np.linalg.norm(pull))
            np.testing.assert_allclose(lesson["suspect"](Y, W, Z, A)[0][1], (W[3] @ W[2]).T @ pull, atol=1e-12)
    assert 50 < np.mean(first) / np.mean(later) < 70


def test_one_example_hides_a_forgotten_mean_and_active_units_hide_the_suspect(lesson):
    assert "if every unit were active, neither would a mistake about inactive ones" in TEXT
    (X, Y), (W, b) = moons(), network.initialize_parameters([2, 8, 8, 1], "he", 0)
    b = {1: b[1] + 50, 2: b[2] + 500, 3: b[3]}
    passes = network.forward(X, W, b, "relu")
    assert min(passes[0][l].min() for l in (1, 2)) > 0
    for p, q in zip(lesson["suspect"](Y, W, *passes), correct(Y, W, *passes), strict=True):
        assert all(np.array_equal(p[l], q[l]) for l in q)


@pytest.mark.parametrize("seed", range(10))
def test_the_wrong_gradient_first_helps_the_hidden_layers_and_then_holds_them_up(lesson, seed):
    suspect, start = lesson["suspect"], network.initialize_parameters([2, 8, 8, 1], "he", seed)
    assert descend(suspect, *start, 20)[2] < descend(suspect, *start, 20, layers=(3,))[2]
    W, b, stalled = descend(suspect, *start, 50)
    further, right = (descend(backward, W, b, 200)[2] for backward in (suspect, correct))
    assert stalled - further < 0.25 * (stalled - right)  # a correct gradient still finds the way down from there


def test_a_straight_line_does_as_well():
    assert "logistic regression, as in lesson 02, scores 87.5% on these points" in TEXT
    X, Y = moons()
    rows, theta = np.column_stack([X, np.ones(200)]), np.zeros(3)
    for _ in range(25):  # Newton's method
        a = 1 / (1 + np.exp(-rows @ theta))
        theta -= np.linalg.solve((rows.T * (a * (1 - a))) @ rows, rows.T @ (a - Y[0]))
    assert np.abs(rows.T @ (a - Y[0])).max() < 1e-9
    assert np.mean((rows @ theta > 0) == Y[0]) == 0.875


def test_the_gradients_written_on_the_page_are_those_of_helpers(lesson):
    X, Y = (part[..., :20] if part.ndim == 2 and len(part) == 1 else part[:20] for part in moons())
    W, b = network.initialize_parameters([2, 8, 8, 1], "he", 3)
    truth = gradient_check.numerical_gradients(X, Y, W, b, "relu")
    for l in W:
        dW, db = lesson["restarted_gradient"](l, X, Y, W, b)
        assert max(relative_error(dW, truth.dW[l]), relative_error(db, truth.db[l])) < 1e-8
    x = np.array([[0.3, -1.2], [2.0, 0.0]])
    before = x.copy()
    np.testing.assert_allclose(lesson["numerical_gradient"](lambda: np.sum(x**3), x), 3 * x**2, atol=1e-8)
    assert (x == before).all()


def slope_at_the_output(Y, W, Z, A):
    dW, db, dZ = {}, {}, (A[len(W)] - Y) / Y.shape[1]
    for l in range(len(W), 0, -1):
        dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
        dZ = W[l].T @ dZ * sigmoid_prime(A[l - 1])
    return dW, db


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_a_slope_at_the_output_has_the_right_sign_and_may_lead_uphill_all_the_same(seed):
    assert "Its sign is always correct, though" in TEXT and (sigmoid_prime(sigmoid(np.linspace(-9, 9))) > 0).all()
    assert "usually still learns, only less well. (Nothing guarantees it: the sums" in TEXT
    X, Y = moons()
    ends, angles = {}, []
    for backward in (slope_at_the_output, network.backward):
        W, b = network.initialize_parameters([2, 8, 8, 1], "lecun", seed)
        for _ in range(1000):
            Z, A = network.forward(X, W, b)
            dW, db = backward(Y, W, Z, A)
            if backward is slope_at_the_output:
                both = (dW, db), network.backward(Y, W, Z, A)
                p, q = (np.concatenate([part[l].ravel() for part in gradient for l in W]) for gradient in both)
                angles.append(np.degrees(np.arccos(p @ q / np.linalg.norm(p) / np.linalg.norm(q))))
            W, b = {l: W[l] - 2 * dW[l] for l in W}, {l: b[l] - 2 * db[l] for l in b}
        ends[backward.__name__] = losses.binary_cross_entropy(network.forward(X, W, b)[0][3], Y)
    assert ends["backward"] < 0.1 < ends["slope_at_the_output"] < 0.5 < np.log(2)
    assert angles[0] < 10 and max(angles) > 92


def test_a_nudge_a_thousand_times_too_large_gains_a_factor_of_100():
    assert "small, but a thousand times as large as the one at the tip" in TEXT
    J, slope = widgets.nudge.cost_of_weight, widgets.nudge.slope_of_weight(0.7)
    before, after = (abs((J(0.7 + e) - J(0.7 - e)) / (2 * e) - slope) for e in (1e-2, 1e-3))
    assert before / after == pytest.approx(100, abs=1)


def test_the_tip_of_each_v():
    curves = widgets.nudge.measure().curves

    def tip(method):
        epsilons, errors = curves[method]
        smooth = np.convolve(np.log10(np.fmax(errors, 1e-17)), np.ones(5) / 5, mode="valid")
        return np.log10(epsilons[2:-2][np.nanargmin(smooth)]), np.nanmin(smooth)

    assert "turns at about $10^{-8}$" in TEXT and tip("one-sided, float64")[0] == pytest.approx(-8, abs=1)
    assert "turns at about $10^{-5}$" in TEXT and tip("two-sided, float64")[0] == pytest.approx(-5, abs=1)
    assert "there ten to twelve digits are correct" in TEXT and -12.5 < tip("two-sided, float64")[1] < -10
    assert "In float32 we get about five digits at best" in TEXT
    assert -6 < tip("two-sided, float32")[1] < -5
    assert "reaches a much lower point" in TEXT
    assert tip("two-sided, float64")[1] < tip("one-sided, float64")[1] < tip("two-sided, float32")[1]
    J, slope = widgets.nudge.cost_of_weight, widgets.nudge.slope_of_weight(0.7)
    assert "The dip near 0.4 is where this error changes sign" in TEXT
    signed = [(J(0.7 + epsilon) - J(0.7 - epsilon)) / (2 * epsilon) - slope for epsilon in (0.38, 0.42)]
    assert signed[0] < 0 < signed[1]
    epsilons, errors = curves["two-sided, float32"]
    assert "below about $3 \\cdot 10^{-8}$ the nudge is lost altogether" in TEXT
    assert (errors[epsilons < 2.9e-8] == 1).all() and (errors[epsilons > 3.2e-8] < 1).all()


def test_the_function_of_the_figure_is_the_one_on_the_page():
    scope = {"np": np}
    exec(CODE["05-061"], scope)
    assert scope["J"](0.7) == pytest.approx(widgets.nudge.cost_of_weight(0.7), rel=1e-14)
    assert scope["exact"] == pytest.approx(widgets.nudge.slope_of_weight(0.7), rel=1e-14)


def test_counts():
    assert "its eleven lines" in TEXT and len(CODE["05-044"].splitlines()) == 11
    assert "several hundred mistakes" in TEXT and 300 < len(mistakes.MISTAKES) < 600
    W, b = network.initialize_parameters([2, 8, 8, 1])
    assert "16 passes instead of 48" in TEXT and (2 * len(b[1]), 2 * (W[1].size + b[1].size)) == (16, 48)
    W, b = network.initialize_parameters([12288, 7, 1])
    assert "86031 parameters but only eight units" in TEXT
    assert (sum(W[l].size + b[l].size for l in W), sum(len(b[l]) for l in b)) == (86031, 8)
    assert "almost fifteenfold" in TEXT and 14.5 < (4 * 400 + 9) / (4 * 25 + 9) < 15


def test_a_symmetric_nudge_across_the_kink():
    assert "The slope of the dashed line through them is 0.625" in TEXT
    assert (max(0, 0.5) - max(0, -0.3)) / 0.8 == 0.625


def test_the_wrong_slope_of_a_saturated_sigmoid_is_too_large_and_of_the_right_sign():
    assert "more than ten times too large" in TEXT
    shown = [o.text for c in CELLS if c.id == "05-074" for o in c.outputs]
    rows = [line.split() for line in shown[0].splitlines()[-3:]]
    slopes = [(float(row[5].strip(",")), float(row[-1])) for row in rows]
    assert all(wrong > 10 * right > 0 for right, wrong in (slopes[0], slopes[2]))
