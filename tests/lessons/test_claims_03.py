"""What lesson 03 says in prose, computed again: a sentence that has outlived its number is found here.

What a cell of the lesson prints next to the sentence, or asserts, is compared by nbval and is not repeated.
"""

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets, widgets
from helpers.backprop.activations import sigmoid
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward, initialize_parameters
from helpers.training import NeuralNetwork

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "03_two_layers.ipynb"
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")

W = {1: np.array([[0.5, -0.5], [1.0, 0.5]]), 2: np.array([[1.0, -2.0], [0.5, 1.5]])}
b = {1: np.array([[0.25], [-1.0]]), 2: np.array([[0.9], [-0.5]])}
X, DIGIT = datasets.make_xor(m=200, random_state=0)
CORNER = np.arange(200) % 4  # of each point: (0, 0), (0, 1), (1, 0), (1, 1)
Y = np.array([CORNER == 3, DIGIT], dtype=float)


def says(*sentences):
    for sentence in sentences:
        assert sentence in PROSE


def trained(W, b, iterations=1000):
    """W, b and the last forward pass after full-batch gradient descent on the four clouds, with the lesson's rate."""
    W, b = ({l: p[l].copy() for l in p} for p in (W, b))
    for _ in range(iterations):
        Z, A = forward(X, W, b)
        dW, db = backward(Y, W, Z, A)
        for l in W:
            W[l], b[l] = W[l] - 2 * dW[l], b[l] - 2 * db[l]
    return W, b, A


@pytest.fixture(scope="module")
def learned():
    return trained(W, b)


# --- what one layer cannot do ----------------------------------------------------------------------


def test_a_line_gets_at_most_three_corners_of_four():
    says("cut off one corner and get three of the four right", "$(\\frac12, \\frac12)$")
    corners, labels = np.array(list(product((0, 1), repeat=2))), np.array([0, 1, 1, 0])
    lines = np.random.default_rng(0).standard_normal((20000, 3))
    right = ((corners @ lines[:, :2].T + lines[:, 2] > 0) == labels[:, np.newaxis]).sum(axis=0)
    assert right.max() == 3
    np.testing.assert_array_equal((corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2)


def test_the_descent_of_one_layer_ends_where_it_says_a_half_everywhere():
    corners, labels = np.array(list(product((0, 1), repeat=2)), float), np.array([[0.0, 1, 1, 0]])
    errors = (0.5 - labels)[0]
    assert [f"({a:g}, {b:g})" for a, b in corners] == ["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"]
    names = ["½" if error > 0 else "−½" for error in errors]
    says("at $(0, 0)$, $(0, 1)$, $(1, 0)$ and $(1, 1)$ are {}, {}, {} and {}".format(*names), "Every answer is ½")
    assert np.abs(errors).tolist() == [0.5] * 4
    says("Their sum is 0, so $db = 0$", "Times $x_1$, they add up to −½ + ½ = 0, and times $x_2$ as well")
    assert errors.sum() == 0 and (errors @ corners).tolist() == [0, 0]
    assert (errors * corners[:, 0])[2:].tolist() == [-0.5, 0.5]
    says("The cost of a single layer has no other valley")
    half = binary_cross_entropy(np.zeros((1, 4)), labels)
    for w in np.random.default_rng(0).standard_normal((300, 3)) * np.repeat([[0.01], [1], [20]], 100, axis=0):
        assert binary_cross_entropy((w[:2] @ corners.T + w[2])[np.newaxis], labels) > half
    says("so for our noisy corners the descent ends near there, too", "all 200 answers lie within 0.03 of ½")
    for seed in range(5):
        options = {"learning_rate": 1, "iterations": 500, "random_state": seed}
        assert np.abs(NeuralNetwork([1], **options).fit(X, DIGIT).predict_proba(X) - 0.5).max() < 0.03


def test_layers_without_a_bend_amount_to_one():
    says("and the two layers would amount to one")
    both = W[2] @ (W[1] @ X.T + b[1]) + b[2]
    np.testing.assert_allclose(both, (W[2] @ W[1]) @ X.T + (W[2] @ b[1] + b[2]), atol=1e-12)


def test_where_one_layer_draws_its_line():
    says("the line cuts off the upper right corner", "the line runs through both of their clouds")
    carry, digit = (NeuralNetwork([1], learning_rate=1, iterations=500).fit(X, row) for row in Y)
    corners = np.array(list(product((0, 1), repeat=2)))
    assert carry.predict(corners).tolist() == [0, 0, 0, 1]
    for corner in (1, 2):
        share = digit.predict(X[corner == CORNER]).mean()
        assert 0.1 < share < 0.9


def test_the_sum_of_two_bits():
    says("$0 + 0 = 00$, $0 + 1 = 01$, $1 + 0 = 01$ and $1 + 1 = 10$", "Two bits make four cases")
    for first, second in product((0, 1), repeat=2):
        carry, digit = first & second, first ^ second
        assert f"{first + second:02b}" == f"{carry}{digit}"
    assert np.bincount(CORNER).tolist() == [50] * 4
    np.testing.assert_array_equal(DIGIT, np.isin(CORNER, (1, 2)))
    np.testing.assert_array_equal(X.round().clip(0, 1).sum(axis=1)[:4], [0, 1, 1, 2])  # the clouds take turns


# --- the pencil ------------------------------------------------------------------------------------


def by_pencil():
    """z and a of both layers with Python floats, one unit at a time."""
    a, z = [1.0, 0.5], {}
    for l in (1, 2):
        z[l] = [sum(w * v for w, v in zip(row, a, strict=True)) + c for row, c in zip(W[l], b[l].ravel(), strict=True)]
        a = [1 / (1 + math.exp(-v)) for v in z[l]]
        yield z[l], a


def test_the_forward_pass_and_the_cost():
    (z1, a1), (_, a2) = by_pencil()
    assert z1[0] == 0.5 * 1 - 0.5 * 0.5 + 0.25 == 0.5
    costs = -math.log(a2[0]), -math.log(1 - a2[1])
    says(f"The network gives a carry of 1 a probability of {a2[0]:.4f}, so it is right")
    says(f"it gives a sum digit of 1 a probability of {a2[1]:.4f}, so it is wrong")
    says(f"{costs[0]:.3f} + {costs[1]:.3f} = {sum(costs):.3f}")
    says(f"{a1[0]:.2f} and {a1[1]:.2f} to the answers {a2[0]:.2f} and {a2[1]:.2f}")
    says("eight weights and four biases")
    assert (sum(w.size for w in W.values()), sum(c.size for c in b.values())) == (8, 4)


def test_the_fan_out_and_the_row():
    (_, a1), (z2, a2) = by_pencil()
    deltas = a2[0] - 1, a2[1]
    effects = deltas[0] * 1 * 0.01, deltas[1] * 0.5 * 0.01
    says(f"${deltas[0]:.4f} \\cdot 0.01 = {effects[0]:.6f}$", f"${deltas[1]:.4f} \\cdot 0.005 = {effects[1]:.6f}$")
    says(f"together {sum(effects):.6f}".replace("-", "−"), f"\\partial a^{{[1]}}_1 = {sum(effects) / 0.01:.4f}$")
    says("with the errors {:.4f} and {:.4f}, to".format(*deltas).replace("-", "−"))
    says("framed: {:.4f} and {:.4f}".format(*(deltas[1] * a for a in a1)))
    says(f"between its error {deltas[1]:.4f} and the activations {a1[0]:.4f} and {a1[1]:.4f}")
    before, after = (
        math.log(1 + math.exp(-z2[0] - step)) + math.log(1 + math.exp(z2[1] + step / 2)) for step in (0, 0.01)
    )
    says("differ by two per cent")
    assert (after - before) / sum(effects) == pytest.approx(0.98, abs=0.005)


def test_the_slope_and_the_error_of_the_first_hidden_unit():
    (_, a1), (_, a2) = by_pencil()
    back, slope = (a2[0] - 1) * W[2][0, 0] + a2[1] * W[2][1, 0], a1[0] * (1 - a1[0])
    says(f"the slope ${a1[0]:.4f} \\cdot (1 - {a1[0]:.4f}) = {slope:.4f}$")
    says(f"the error $\\delta^{{[1]}}_1 = {back:.4f} \\cdot {slope:.4f} = {back * slope:.4f}$")


def test_the_gradient_of_a_weight_of_the_first_layer():
    (_, a1), (_, a2) = by_pencil()
    back = (a2[0] - 1) * W[2][0, 1] + a2[1] * W[2][1, 1]
    slope = a1[1] * (1 - a1[1])
    says(f"${back:.4f} \\cdot {slope:.4f} = {back * slope:.4f} = \\delta^{{[1]}}_2$")
    Z, A = forward(np.array([[1.0, 0.5]]), W, b)
    dW, db = backward(np.array([[1.0], [0.0]]), W, Z, A)
    assert db[1][1, 0] == pytest.approx(back * slope) and dW[1][1, 1] == pytest.approx(back * slope * 0.5)
    says("The product is positive, so this weight should become smaller")
    assert dW[1][1, 1] > 0


def test_the_update_at_the_end_of_the_animation():
    says("with a learning rate of 1, and the cost falls from 1.59 to 0.59")
    X_one, Y_one = np.array([[1.0, 0.5]]), np.array([[1.0], [0.0]])
    Z, A = forward(X_one, W, b)
    dW, db = backward(Y_one, W, Z, A)
    after = forward(X_one, {l: W[l] - dW[l] for l in W}, {l: b[l] - db[l] for l in b})[0]
    costs = (binary_cross_entropy(z[2], Y_one) for z in (Z, after))
    assert [f"{cost:.2f}" for cost in costs] == ["1.59", "0.59"]
    shown = widgets.stepper.frame(15, y=(1, 0), sizes=(2, 2, 2))
    np.testing.assert_allclose(shown.values["W[1]"], W[1] - dW[1])


def test_many_outer_products_add_up_to_one_matrix_product():
    says("we want the sum of the $m$ tables", "row $k$ of $dZ^{[l]}$ times row $j$ of $A^{[l-1]}$: the layer *before*")
    says("$\\sum_i dz^{[l](i)}_k\\, a^{[l-1](i)}_j$", "the matrix product $dW^{[l]} = dZ^{[l]} (A^{[l-1]})^T$")
    rng = np.random.default_rng(0)
    dZ, A = rng.standard_normal((3, 6)), rng.standard_normal((4, 6))
    tables = sum(np.outer(dZ[:, i], A[:, i]) for i in range(6))
    np.testing.assert_allclose(dZ @ A.T, tables)
    assert tables[2, 1] == pytest.approx(sum(dZ[2, i] * A[1, i] for i in range(6))) == pytest.approx(dZ[2] @ A[1])


def test_the_factor_of_the_mean_is_needed_only_once():
    says("Since the columns never mix, its column $i$ is $\\frac1m$ times the $\\delta^{[l]}$ of example $i$")
    says("work on each column separately", "an error that comes in with a factor $\\frac1m$ goes out with it")

    def errors(X, Y):
        Z, A = forward(X, W, b)
        dZ2 = (A[2] - Y) / len(X)
        return dZ2, W[2].T @ dZ2 * sigmoid(Z[1]) * (1 - sigmoid(Z[1]))

    for i in (0, 7, 199):
        for wide, single in zip(errors(X, Y), errors(X[[i]], Y[:, [i]]), strict=True):
            np.testing.assert_allclose(wide[:, [i]], single / 200, rtol=1e-12)


def test_the_digits_of_the_sum_are_never_both_1():
    says("they are never both 1")
    assert not (Y[0] * Y[1]).any()


def test_where_the_pulls_on_the_hidden_units_go_when_the_first_label_is_0():
    says("Six of them: in layer 2 only the first row", "in layer 1 every weight")
    A2 = list(by_pencil())[1][1]
    before, now = (W[2].T @ [[A2[0] - y], [A2[1]]] for y in (1, 0))
    assert (np.sign(before) != np.sign(now)).all()
    says(
        "Here both outputs pull the same way",
        "The first hidden unit was torn before, and now both outputs push it down",
    )
    torn, together = np.sign(W[2] * [[A2[0] - 1], [A2[1]]]).T  # the pulls on each hidden unit, from both outputs
    assert torn.tolist() == [-1, 1] and together.tolist() == [1, 1]
    first, second = (W[2] * [[A2[0]], [A2[1]]]).T
    assert (first > 0).all()
    says("The second was pushed down by both; now it is torn", "the carry's pull wins: the sum is negative")
    assert second.sum() < 0
    says(f"${second[0]:.3f} + {second[1]:.3f} = {second.sum():.3f}$")


# --- the work --------------------------------------------------------------------------------------


class Counted:
    """A number that counts the products it takes part in."""

    products = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Counted.products += 1
        return Counted(self.value * other.value)

    def __add__(self, other):
        return Counted(self.value + other.value)


def counted(array):
    return np.vectorize(Counted, otypes=[object])(array)


def products_of(action):
    Counted.products = 0
    action()
    return Counted.products


@pytest.mark.parametrize(("sizes", "there", "back"), [((2, 2, 2), 8, 14), ((3, 4, 2), 20, 32), ((4, 1, 3), 7, 11)])
def test_the_products_of_both_ways_are_counted_one_by_one(sizes, there, back):
    n0, n1, n2 = sizes
    W1, W2, x, a1 = (counted(np.ones(shape)) for shape in ((n1, n0), (n2, n1), (n0, 1), (n1, 1)))
    dz2, slopes = counted(np.ones((n2, 1))), counted(np.ones((n1, 1)))

    def lines_of_the_lesson():
        dz2 @ a1.T
        dz1 = (W2.T @ dz2) * slopes
        dz1 @ x.T

    assert products_of(lambda: (W1 @ x, W2 @ a1)) == there
    assert products_of(lines_of_the_lesson) == back
    connections, hidden = n0 * n1 + n1 * n2, n1
    assert back <= 2 * connections + hidden
    assert back == 2 * connections - n0 * n1 + hidden


def test_the_counts_of_our_network_and_of_the_digits():
    says("4 + 4 = 8", "Together 14", "which makes 308114 passes for the 154057 parameters", "with 154057 weights")
    parameters = 784 * 196 + 196 + 196 + 1
    assert (parameters, 2 * parameters) == (154057, 308114)
    says("it costs hardly more than the forward pass")
    forward, backward = 784 * 196 + 196, 784 * 196 + 2 * 196 + 196
    assert 1 < backward / forward < 1.01


def asked(depth, width):
    """Products for one error if every unit asks all units of the next layer again, gap by gap."""
    return [width**gap for gap in range(1, depth + 1)]


def walked(W, reuse):
    """The error of unit 0 of the first layer by asking unit after unit, and the products that it took."""
    kept, products = {}, 0

    def delta(layer, unit):
        nonlocal products
        if layer == len(W):
            return 1.0
        if reuse and (layer, unit) in kept:
            return kept[layer, unit]
        products += len(W[layer])
        kept[layer, unit] = sum(W[layer, k, unit] * delta(layer + 1, k) for k in range(len(W[layer])))
        return kept[layer, unit]

    return delta(0, 0), products


@pytest.mark.parametrize(("depth", "width"), [(1, 3), (3, 3), (5, 2), (4, 1)])
def test_the_lesson_counts_what_a_walk_through_the_network_takes(depth, width):
    (cell,) = (cell for cell in CELLS if "def multiplications(" in "".join(cell["source"]))
    exec("".join(cell["source"]), lesson := {})
    says("The two counts differ only in the last line of the loop")
    W = np.random.default_rng(0).standard_normal((depth, width, width))
    (anew, without), (once, with_reuse) = walked(W, reuse=False), walked(W, reuse=True)
    assert anew == pytest.approx(once, rel=1e-12)
    assert lesson["multiplications"](depth, width, reuse=False) == without
    assert lesson["multiplications"](depth, width, reuse=True) == with_reuse


def test_paths_and_their_products():
    says("$3 \\cdot 3 \\cdot 3 = 27$", "$3^{10} = 59049$", "3 + 9 + 27 = 39 multiplications", "3 + 9 + 9 = 21")
    paths = list(product(range(3), repeat=3))
    assert len(paths) == 27 and 3**10 == 59049
    says("With three weights on each, the 27 paths take $27 \\cdot 3 = 81$ multiplications", "fewer than 81")
    assert sum(map(len, paths)) == 81 and len({path[:n] for path in paths for n in (1, 2, 3)}) == 39
    assert (asked(3, 3), sum(asked(3, 3))) == ([3, 9, 27], 39)
    says("*adds* 9 multiplications", "by about 3")
    assert sum(asked(4, 3)) / sum(asked(3, 3)) == pytest.approx(3, abs=0.1)


# --- what it learns --------------------------------------------------------------------------------


def test_the_hidden_units_are_or_and_nand(learned):
    says('says "at least one bit is 1". The second says "not both are"', "*or* and *nand*")
    A1 = learned[2][1]
    for k, wanted in enumerate(([0, 1, 1, 1], [1, 1, 1, 0])):
        means = [A1[k, corner == CORNER].mean() for corner in range(4)]
        np.testing.assert_allclose(means, wanted, atol=0.2)
    says("laid on top of each other")
    first, second = (A1[:, corner == CORNER].mean(axis=1) for corner in (1, 2))
    assert np.abs(first - second).max() < 0.1


def test_in_the_hidden_plane_one_line_is_enough(learned):
    W, b, A = learned
    says("one mistake in two hundred")
    assert ((A[2] > 0.5) == Y).mean(axis=1).tolist() == [0.995, 0.995]
    on_line = W[2][1] @ A[1] + b[2][1] > 0  # a straight line in the plane (a1, a2)
    np.testing.assert_array_equal(on_line, A[2][1] > 0.5)
    says("*or* and *nand*, and the sum digit is 1 exactly when both hold")
    corners = W[2][1] @ [[0, 1, 1], [1, 1, 0]] + b[2][1]
    assert (corners > 0).tolist() == [False, True, False]


def test_the_captions_of_the_learned_network(learned):
    W, b, A = learned
    says("the line of the first unit runs below the two clouds of triangles, and its arrow points to the upper right")
    says("That of the second runs above them, except for one triangle, and its arrow points to the lower left")
    assert (W[1][0] > 0).all() and (W[1][1] < 0).all()
    triangles = DIGIT == 1
    assert (W[1] @ X[triangles].T + b[1] < 0).sum(axis=1).tolist() == [0, 1]
    assert np.sign(sigmoid(W[1] @ np.array([[0, 1], [0, 1]]) + b[1]) - 0.5).tolist() == [[-1, 1], [1, -1]]
    says("the triangles bend around the upper right corner", "cuts all of them off, along with a single stray circle")
    assert (A[1][:, triangles].max(axis=0) > 0.95).all() and (A[1][:, triangles].min(axis=0) > 0.4).all()
    across = A[2][1] > 0.5
    assert across[triangles].all() and across[~triangles].sum() == 1
    says("The line of the carry cuts off all of 1 + 1 except the stray circle")
    carry = A[2][0] > 0.5
    np.testing.assert_array_equal(carry, (CORNER == 3) & ~across)
    says("the cloud 0 + 0 is at the upper left, 1 + 1 at the lower right")
    means = [A[1][:, corner == CORNER].mean(axis=1) for corner in (0, 3)]
    assert means[0][0] < 0.5 < means[0][1] and means[1][1] < 0.5 < means[1][0]


def test_most_random_starts_reach_it():
    says(
        "for the seeds 0 to 19, eighteen, trained in the same way, get more than 99% of both digits",
        "still get only about 60% of the sum digits right",
    )
    right = [
        ((trained(*initialize_parameters([2, 2, 2], random_state=seed))[2][2] > 0.5) == Y).mean(axis=1)
        for seed in range(20)
    ]
    stuck = [share for share in right if share.min() < 0.9]
    assert len(stuck) == 2
    assert all(share.min() == pytest.approx(0.6, abs=0.015) == share[1] for share in stuck)
    assert all(share.min() > 0.99 for share in right if share.min() >= 0.9)


def test_a_learning_rate_of_2_does_not_overshoot():
    says("even a learning rate of 2 does not overshoot")
    at, costs = (W, b), []
    for _ in range(50):  # the largest steps are at the beginning
        *at, A = trained(*at, iterations=4)
        costs.append(binary_cross_entropy(np.log(A[2] / (1 - A[2])), Y))
    assert np.all(np.diff(costs) < 0)


def test_the_learned_cost_is_lower(learned):
    Z, _ = forward(X, learned[0], learned[1])
    assert binary_cross_entropy(Z[2], Y) < 0.06


def test_a_forgotten_transpose_shows_only_with_real_sizes():
    says("If you forgot to transpose our 2 × 2 matrix $W^{[2]}$, NumPy would not object")
    assert (W[2] @ np.ones((2, 1))).shape == (W[2].T @ np.ones((2, 1))).shape
    with pytest.raises(ValueError, match="matmul"):
        np.ones((1, 196)) @ np.ones((1, 11272))


def test_what_happens_without_keepdims():
    says("`b[1] = b[1] - db[1]` would run without complaint", "a 2 × 2 matrix")
    assert (b[1] - np.ones((2, 200)).sum(axis=1)).shape == (2, 2)
    says("in place, an array keeps its shape")
    with pytest.raises(ValueError, match="output operand"):
        in_place = b[1].copy()
        in_place -= np.ones((2, 200)).sum(axis=1)


def test_one_weight_and_two_examples():
    says("$0.2 \\cdot 1 + (-0.1) \\cdot 3 = -0.1$", "$db = 0.2 - 0.1 = 0.1$")
    dZ, A = np.array([[0.2, -0.1]]), np.array([[1.0, 3.0]])
    np.testing.assert_allclose([(dZ @ A.T).item(), dZ.sum()], [-0.1, 0.1])


def test_the_stepper_goes_backward_from_step_7():
    says("at step 7 the direction reverses", "step 10 goes back across the connections of layer 2")
    names = [widgets.stepper.frame(step).step.name for step in range(1, 11)]
    says("Together 14, as in the stepper")
    assert widgets.stepper.frame(13, y=(1, 0), sizes=(2, 2, 2)).multiplications == 14
    assert (names[6], names[9]) == ("dZ[2]", "dA[1]")
    assert not any(name.startswith("d") for name in names[:6])
    says("Here $m = 1$, so `dZ2` is our `dz2`, and the sum has a single term")
    shown = [widgets.stepper.frame(step, y=(1, 0), sizes=(2, 2, 2)) for step in (7, 9)]
    assert [frame.step.code for frame in shown] == ["dZ2 = (A2 - Y) / m", "db2 = dZ2.sum(axis=1, keepdims=True)"]
    dz2 = list(by_pencil())[1][1] - np.array([1, 0])
    for frame, name in zip(shown, ("dZ[2]", "db[2]"), strict=True):
        np.testing.assert_allclose(np.ravel(frame.values[name]), dz2)


def test_a_narrow_network_costs_more_than_twice():
    says("unless the layers are very narrow")
    connections, hidden = 4, 3  # 1 → 1 → 1 → 1 → 1
    assert (2 * connections - 1 + hidden) / connections == 2.5
    connections, hidden = 10 * 100**2, 9 * 100
    assert (2 * connections - 100**2 + hidden) / connections < 2
