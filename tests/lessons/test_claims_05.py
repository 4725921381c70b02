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
FUNCTIONS = {"05-044", "05-046", "05-054", "05-004", "05-065", "05-069"}  # cells that only define


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
    costs, score, _ = lesson["train"](lesson["suspect"], seed)
    assert costs[100] < 0.5 * costs[0] and 0.8 <= score <= 0.9
    costs, score, _ = lesson["train"](correct, seed)
    assert costs[-1] < 0.05 and score > 0.99


def test_both_curves_are_as_the_caption_says(lesson):
    assert "for some 25 steps the dashed curve is even lower. Then it levels off at about 0.26" in TEXT
    suspect, right = (lesson["train"](backward, 0)[0] for backward in (lesson["suspect"], correct))
    assert suspect[50] < 0.5 * suspect[0] and right[50] < 0.5 * right[0]
    lower = np.flatnonzero(np.array(suspect) < right)
    assert 24 <= len(lower) <= 27 and lower[-1] < 30
    assert np.abs(np.array(suspect[100:]) - 0.265).max() < 0.015
    assert right[-1] < 0.02 and (np.diff(right) < 0).all()


def nearest_line(points, chosen):
    """The share of the points that the best of many straight lines puts on the right side."""
    angles = np.linspace(0, np.pi, 181)
    heights = points @ np.array([np.cos(angles), np.sin(angles)])  # (k, 181)
    shares = [np.mean((heights > offset) == chosen[:, np.newaxis], axis=0) for offset in np.linspace(-3, 3, 121)]
    return max(np.max(shares), 1 - np.min(shares))


def test_one_boundary_is_almost_straight_and_the_other_winds(lesson):
    assert "is almost straight but for a small wiggle, and it cuts off a tip of each moon" in TEXT
    X, Y = moons()
    grid = np.stack(np.meshgrid(np.linspace(-2.1, 2.2, 40), np.linspace(-1.4, 1.5, 40)), axis=-1).reshape(-1, 2)
    for backward, low, high in ((lesson["suspect"], 0.97, 1.01), (correct, 0, 0.9)):
        W, b = lesson["train"](backward, 0)[2]
        assert low < nearest_line(grid, network.forward(grid, W, b, "relu")[1][3][0] > 0.5) < high
        wrong = (network.forward(X, W, b, "relu")[1][3] > 0.5) != Y
        assert (backward is correct and not wrong.any()) or min(np.sum(wrong[Y == label]) for label in (0, 1)) > 5


def descend(backward, W, b, steps, layers=(1, 2, 3)):
    """Take steps of the lesson's training; update the given layers only. Return the parameters and the last cost."""
    X, Y = moons()
    for _ in range(steps):
        dW, db = backward(Y, W, *network.forward(X, W, b, "relu"))
        W, b = ({**p, **{l: p[l] - 0.5 * dp[l] for l in layers}} for p, dp in ((W, dW), (b, db)))
    return W, b, losses.binary_cross_entropy(network.forward(X, W, b, "relu")[0][3], Y)


@pytest.mark.parametrize("seed", range(10))
def test_the_false_gradient_dies_away_where_logistic_regression_stops(lesson, seed):
    assert r"just $(W^{[3]} W^{[2]})^T\, dZ^{[3]} X$, a column of eight numbers times a row of two" in TEXT
    assert "Here layer 1 all but stops too, with about one point in eight still wrong. Layers 2 and 3 go on" in TEXT
    (X, Y), sizes, costs, rows, wrong = moons(), [], [], [], []
    start = network.initialize_parameters([2, 8, 8, 1], "he", seed)
    for W, b, cost in (descend(lesson["suspect"], *start, steps) for steps in (0, 50, 200, 400)):
        Z, A = network.forward(X, W, b, "relu")
        dW, _ = lesson["suspect"](Y, W, Z, A)
        column, row = (W[3] @ W[2]).T, (A[3] - Y) / 200 @ X
        assert (column.shape, row.shape) == ((8, 1), (1, 2))
        np.testing.assert_allclose(dW[1], column @ row, atol=1e-12)
        rows.append(np.linalg.norm(row))
        wrong.append(np.mean((A[3] > 0.5) != Y))
        sizes.append([np.linalg.norm(dW[l]) for l in W])
        costs.append(cost)
    assert sizes[2][0] < 0.1 * sizes[0][0] and all(0.003 < size < 0.03 for size in sizes[2][1:])
    assert costs[0] - costs[1] > 2 * abs(costs[1] - costs[3])
    assert max(rows[1:3]) < 0.06 * rows[0] and 0.09 < wrong[1] < 0.19
    assert "in our first network its length falls from 0.33 to 0.005 in 50 steps" in TEXT
    assert seed or ([round(rows[0], 2), round(rows[1], 3)] == [0.33, 0.005] and 1 / 8 <= wrong[1] < 1 / 7)


def test_the_output_of_a_relu_will_do_for_one_comparison_only():
    assert "the output of a ReLU is positive exactly where its $z$ is. With `>=` the test would have to look at" in TEXT
    z = np.array([-2.0, -1e-300, 0.0, 1e-300, 3.0])
    assert np.array_equal(np.maximum(0, z) > 0, z > 0) and not np.array_equal(np.maximum(0, z) >= 0, z >= 0)


def nudged_errors(lesson, backward, X, Y, W, b, epsilon):
    """The relative errors of dW and db in each layer, as `compare` prints them."""
    mine = backward(Y, W, *network.forward(X, W, b, "relu"))
    nudged = lesson["nudged_gradients"](X, Y, W, b, epsilon)
    return np.array([[relative_error(mine[i][l], nudged[i][l]) for l in W] for i in (0, 1)])


def test_a_mistake_does_not_care_about_epsilon_and_a_kink_does(lesson):
    assert "the suspect's error in `dW[1]` is 0.7 for every step from $10^{-3}$ to $10^{-6}$" in TEXT
    X, Y = (part[..., :6] if len(part) == 1 else part[:6] for part in moons())
    W, b = network.initialize_parameters([2, 8, 8, 1], "he", 0)
    for epsilon in (1e-3, 1e-4, 1e-5, 1e-6):
        assert round(nudged_errors(lesson, lesson["suspect"], X, Y, W, b, epsilon)[0, 0], 1) == 0.7
        assert nudged_errors(lesson, correct, X, Y, W, b, epsilon).max() < 1e-6
    assert "(An error that grows roughly tenfold, as in the suspect's `dW[3]`, is round-off; one that shrinks" in TEXT
    large, small = (nudged_errors(lesson, lesson["suspect"], X, Y, W, b, epsilon)[0, 2] for epsilon in (1e-5, 1e-6))
    assert 5 < small / large < 20
    large, small = (nudged_errors(lesson, correct, X, Y, W, b, epsilon)[:, 2] for epsilon in (1e-3, 1e-4))
    assert np.abs(large / small - 100).max() < 20  # a hundredfold: truncation
    assert "A kink is left behind as soon as the step is too short to reach it" in TEXT
    W, b = {1: np.eye(2), 2: np.array([[1.0, -1.0]])}, {1: np.zeros((2, 1)), 2: np.zeros((1, 1))}
    X, Y = np.array([[3e-6, 1.0], [1.0, 2.0]]), np.array([[1.0, 0.0]])
    errors = [nudged_errors(lesson, correct, X, Y, W, b, epsilon)[:, 0].min() for epsilon in (1e-5, 3.1e-6, 2.9e-6)]
    assert min(errors[:2]) > 1e-3 > 1e-8 > errors[2]


def test_a_wrong_forward_pass_agrees_with_its_own_nudge(lesson, monkeypatch):
    assert "If your forward pass is wrong, and you nudge that same forward pass, as `compare` does" in TEXT
    assert "(`check_gradients` notices, because it has a forward pass of its own.)" in TEXT
    X, Y = (part[..., :6] if len(part) == 1 else part[:6] for part in moons())
    W, b = network.initialize_parameters([2, 8, 8, 1], "he", 0)
    b = {l: b[l] + 0.1 for l in b}
    forward = network.forward

    def wrong_forward(X, W, b, activation):
        return forward(X, W, b | {2: np.zeros_like(b[2])}, activation)  # the bias of layer 2 is forgotten

    def gradients(X, Y, W, b):
        return correct(Y, W, *wrong_forward(X, W, b, "relu"))

    assert gradient_check.check_gradients(X, Y, W, b, "relu", gradients=gradients).wrong
    monkeypatch.setattr(network, "forward", wrong_forward)
    assert nudged_errors(lesson, correct, X, Y, W, b, 1e-5)[0].max() < 1e-8


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
    assert "a network with this bug usually still learns, only less well" in TEXT
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
    assert "To the left of their tips both curves climb along much the same ragged line, of slope −1" in TEXT
    (epsilons, one), (_, two) = (curves[f"{sides}-sided, float64"] for sides in ("one", "two"))
    left = epsilons < 1e-9
    for errors in (one, two):
        assert np.polyfit(np.log10(epsilons[left]), np.log10(errors[left]), 1)[0] == pytest.approx(-1, abs=0.07)
    assert abs(np.median(np.log10(one[left] / two[left]))) < 0.3  # on a scale of many powers of ten
    assert "there ten to twelve digits are correct" in TEXT and -12.5 < tip("two-sided, float64")[1] < -10
    assert "The balance gives $10^{-8}$, and $\\sqrt[3]{10^{-7}} \\approx 5 \\cdot 10^{-3}$ in float32" in TEXT
    assert tip("two-sided, float32")[0] == pytest.approx(np.log10(np.cbrt(1e-7)), abs=0.5)
    assert "There we get about six digits at best" in TEXT and round(np.cbrt(1e-7), 3) == 0.005
    assert -6.5 < tip("two-sided, float32")[1] < -5.5
    assert "from right to left it falls with slope 2, and at the bottom it stays" in TEXT
    epsilons, errors = curves["complex step"]
    logs = np.log10(np.interp([1e-5, 1e-3], epsilons, errors))
    assert (logs[1] - logs[0]) / 2 == pytest.approx(2, abs=0.1) and errors[epsilons < 1e-8].max() < 1e-15
    assert "reaches a much lower point" in TEXT
    assert tip("two-sided, float64")[1] < tip("one-sided, float64")[1] < tip("two-sided, float32")[1]
    J, slope = widgets.nudge.cost_of_weight, widgets.nudge.slope_of_weight(0.7)
    assert "The dip near 0.4 is where this error changes sign" in TEXT
    signed = [(J(0.7 + epsilon) - J(0.7 - epsilon)) / (2 * epsilon) - slope for epsilon in (0.38, 0.42)]
    assert signed[0] < 0 < signed[1]
    epsilons, errors = curves["two-sided, float32"]
    assert "below about $3 \\cdot 10^{-8}$ the nudge is lost altogether" in TEXT
    assert (errors[epsilons < 2.9e-8] == 1).all() and (errors[epsilons > 3.2e-8] < 1).all()


def test_the_first_complex_step_is_exact():
    assert (
        r"(3 + 0.1\,i)^2 = 9 + 0.6\,i - 0.01 = 8.99 + 0.6\,i" in TEXT and "you have 6. That is exactly $f'(3)$" in TEXT
    )
    assert (3 + 0.1j) ** 2 == pytest.approx(8.99 + 0.6j) and ((3 + 0.1j) ** 2).imag / 0.1 == pytest.approx(6, rel=1e-14)


def test_the_zoo_does_not_tell_and_its_last_five_are_of_another_kind():
    assert "it says what is wrong, and in most cases in which line" in TEXT
    cases = [widgets.detective.investigate(number) for number in range(1, 27)]
    assert sum("in the line for" in case.report.headline for case in cases) > 13
    assert not any('"""' in case.source for case in cases)
    assert "In Nos. 22 to 24, look at what is kept from one call to the next, even if the table finds nothing" in TEXT
    assert all("what the function keeps between calls" in case.report.headline for case in cases[21:24])
    assert [all(finding.right for finding in case.report.findings) for case in cases[21:24]] == [True, False, True]
    assert "Nos. 25 and 26 are forward passes." in TEXT
    starts = [case.source.split(":")[0].split("(")[-1] for case in cases]
    assert [number for number, start in enumerate(starts, 1) if start == "X, W, b)"] == [25, 26]
    assert "to it, No. 25 looks like a second sigmoid" in TEXT and "a second sigmoid" in cases[24].report.headline


def test_the_factor_is_the_one_that_comes_closest():
    assert "has the derivative $-2 \\sum q\\,(p - cq)$ with respect to $c$" in TEXT
    p, q = np.random.default_rng(0).standard_normal((2, 7))
    factor = np.sum(p * q) / np.sum(q * q)
    assert np.sum(q * (p - factor * q)) == pytest.approx(0, abs=1e-14)
    assert all(np.sum((p - factor * q) ** 2) < np.sum((p - (factor + d) * q) ** 2) for d in (-1e-3, 1e-3))


def test_the_function_of_the_figure_is_the_one_on_the_page():
    scope = {"np": np}
    exec(CODE["05-061"], scope)
    assert scope["J"](0.7) == pytest.approx(widgets.nudge.cost_of_weight(0.7), rel=1e-14)
    assert scope["exact"] == pytest.approx(widgets.nudge.slope_of_weight(0.7), rel=1e-14)


def test_counts():
    assert "its eleven lines" in TEXT and len(CODE["05-044"].splitlines()) == 11
    assert "several hundred mistakes" in TEXT and 300 < len(mistakes.MISTAKES) < 600
    W, b = network.initialize_parameters([2, 8, 8, 1])
    assert "16 nudged passes instead of 48" in TEXT and (2 * len(b[1]), 2 * (W[1].size + b[1].size)) == (16, 48)
    W, b = network.initialize_parameters([12288, 7, 1])
    assert "86031 parameters but only eight units" in TEXT
    assert (sum(W[l].size + b[l].size for l in W), sum(len(b[l]) for l in b)) == (86031, 8)
    assert "almost fifteenfold" in TEXT and 14.5 < (4 * 400 + 9) / (4 * 25 + 9) < 15


def test_a_symmetric_nudge_across_the_kink(lesson):
    assert "The slope of the dashed line through them is 0.625" in TEXT
    assert (max(0, 0.5) - max(0, -0.3)) / 0.8 == 0.625
    assert r"becomes $1.3 \cdot 10^{-5}$. Subtract it, and $z$ becomes $-0.7 \cdot 10^{-5}$, where ReLU is 0" in TEXT
    assert r"The central difference of its output is $1.3/2 = 0.65$, although the slope is 1" in TEXT
    b, w = np.zeros(1), np.array([1.0, 0.0])  # of the unit with z = 3e-6
    for x, factor in ((b, 1), (w, np.array([3e-6, 1.0]))):
        slope = lesson["numerical_gradient"](lambda: np.maximum(0, w @ [3e-6, 1.0] + b[0]), x) / factor
        assert slope[-1] == pytest.approx(0.65) and (slope[0] == pytest.approx(1, abs=1e-4) or x is b)


def test_the_wrong_slope_of_a_saturated_sigmoid_is_too_large_and_of_the_right_sign():
    assert "more than ten times too large" in TEXT
    shown = [o.text for c in CELLS if c.id == "05-074" for o in c.outputs]
    rows = [line.split() for line in shown[0].splitlines()[-3:]]
    slopes = [(float(row[5].strip(",")), float(row[-1])) for row in rows]
    assert all(wrong > 10 * right > 0 for right, wrong in (slopes[0], slopes[2]))
