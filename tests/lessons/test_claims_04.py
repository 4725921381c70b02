"""What lesson 04 says in prose, where no cell of the lesson prints or asserts it."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import datasets, widgets
from helpers.backprop import network
from helpers.backprop.activations import sigmoid_prime
from helpers.datasets import recordings
from helpers.training import NeuralNetwork

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "04_n_layers.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
PRINTED = "".join(o.get("text", "") for cell in CELLS for o in cell.get("outputs", []))
BEGINNING = ("import numpy", "def initialize", "from helpers.backprop", "def cost", "def backward_pass")


@pytest.fixture(scope="module")
def own():
    """The class of the lesson, from its own cells."""
    scope = {}
    for cell in CELLS:
        if cell.source.startswith((*BEGINNING, "def update_parameters")):
            exec(cell.source, scope)
    scope["Network"].update, scope["Network"].fit = scope["update_parameters"], scope["fit"]
    return scope["Network"]


@pytest.fixture(scope="module")
def runs():
    """The costs of the two recorded trainings, and the answers of the small one on the test digits."""
    small, large = (recordings.load_run(name) for name in recordings.TUTORIAL_RUNS)
    _, _, X_test, y_test = recordings.tutorial_digits()
    return small.cost_history_, large.cost_history_, small.predict_proba(X_test), y_test


def test_equal_weights_stay_equal(own):
    assert "the same error would come back to each, and with the same inputs the same gradient" in TEXT
    assert "They would remain identical forever" in TEXT
    rng = np.random.default_rng(0)
    same = own([3, 1])
    same.initialize = lambda n_inputs, rng: vars(same).update(
        W={1: np.full((3, 2), 0.4), 2: np.full((1, 3), 0.4)}, b={1: np.zeros((3, 1)), 2: np.zeros((1, 1))}
    )
    same.fit(rng.standard_normal((8, 2)), rng.integers(0, 2, 8), 1.0, 50, None)
    assert np.ptp(same.W[1], axis=0).max() < 1e-12 and np.ptp(same.W[2]) < 1e-12
    assert abs(same.W[1] - 0.4).max() > 0.1  # they have moved, together


def test_a_saturated_sigmoid_lets_next_to_nothing_through():
    assert "a $z$ of 8 is nothing unusual" in TEXT and "its slope is 0.0003 instead of ¼" in TEXT
    assert f"{sigmoid_prime(np.array(8.0)):.4f}" == "0.0003" and sigmoid_prime(np.array(0.0)) == 0.25
    assert "sums of 64 random terms: standard deviation 8.0" in PRINTED


def test_an_update_inside_the_loop_spoils_the_gradients_of_the_layers_before(own):
    assert "every shape would still fit, but the gradients of all layers before it would be wrong" in TEXT
    (source,) = [cell.source for cell in CELLS if cell.source.startswith("def backward_pass")]
    line = "        dW[l] = dZ @ A[l - 1].T"
    hasty = source.partition("\n\n\n")[0].replace(
        "        if l > 1:", "        self.W[l] -= 2.0 * dW[l]\n        if l > 1:"
    )
    assert line in source and hasty != source
    scope = {"sigmoid_prime": sigmoid_prime}
    exec(hasty, scope)
    rng = np.random.default_rng(0)
    X, Y, net = rng.standard_normal((5, 4)), np.array([[0.0, 1, 1, 0, 1]]), own([3, 2, 1])
    net.initialize(4, rng)
    Z, A = net.forward(X)
    right, wrong = net.backward(Z, A, Y)[0], scope["backward_pass"](net, Z, A, Y)[0]
    assert np.array_equal(right[3], wrong[3]) and all(right[l].shape == wrong[l].shape for l in right)
    assert all(np.linalg.norm(right[l] - wrong[l]) > 0.1 * np.linalg.norm(right[l]) for l in (1, 2))


def test_the_gradients_by_hand_come_out_again():
    assert "These are the eight numbers of lesson 03" in TEXT
    cells = nbformat.read(PATH.with_name("03_two_layers.ipynb"), as_version=4).cells
    by_hand = [o.text for c in cells for o in c.get("outputs", []) if o.get("text", "").startswith("dW2 ")]
    assert [said for said in PRINTED.splitlines() if said.startswith("dW2 ")] == by_hand[0].splitlines()
    weights = "W = {1: np.array([[0.5, -0.5], [1.0, 0.5]]), 2: np.array([[1.0, -2.0], [0.5, 1.5]])}"
    biases = "b = {1: np.array([[0.25], [-1.0]]), 2: np.array([[0.9], [-0.5]])}"
    for line in (weights, biases):
        assert all(any(line in c.source for c in book) for book in (cells, CELLS))


def test_fit_takes_a_single_output_and_the_other_methods_any_number(own):
    assert "written for a single output; `forward`, `cost` and `backward` take any number" in TEXT
    X, Y = np.random.default_rng(0).standard_normal((5, 4)), np.array([[0.0, 1, 1, 0, 1], [1.0, 1, 0, 0, 0]])
    net = own([3, 2])
    net.initialize(4, np.random.default_rng(0))
    Z, A = net.forward(X)
    assert net.cost(Z, Y) == pytest.approx(-np.sum(Y * np.log(A[2]) + (1 - Y) * np.log(1 - A[2])) / 5)
    assert net.backward(Z, A, Y)[0][2].shape == (2, 3)
    assert own([1]).fit(X, Y[0], 1.0, 1, np.random.default_rng(0)).L == 1  # returns the network


@pytest.mark.parametrize("n", [4, 100, 2500])
def test_the_spread_of_z_does_not_depend_on_the_number_of_inputs(own, n):
    assert "the spread of $Z$ no longer depends on the number of inputs" in TEXT
    layer, rng = own([200]), np.random.default_rng(1)
    layer.initialize(n, rng)
    assert layer.forward(rng.standard_normal((50, n)))[0][1].std() == pytest.approx(1, abs=0.1)


def test_with_smaller_weights_only_the_deepest_network_misses_the_limit(own):
    assert "the deepest network would be too small for a nudge to measure, and it would miss the limit of" in TEXT
    scope = {"np": np, "Network": own}
    (source,) = [cell.source for cell in CELLS if "def worst_error" in cell.source]
    exec(source.replace("*= 3", "*= 1"), scope)
    for sizes, misses in (([2, 6, 3, 5, 1], False), ([6, 5, 4, 3, 2, 1], True)):
        assert (scope["worst_error"](sizes, np.random.default_rng(0)) > 1e-7) == misses


def test_the_gradients_are_right_for_two_outputs(own):
    scope = {"np": np, "Network": own}
    (source,) = [cell.source for cell in CELLS if "def worst_error" in cell.source]
    exec(source, scope)
    assert scope["worst_error"]([3, 2], np.random.default_rng(0)) < 1e-7


def test_a_new_network_pays_about_log_2(own):
    assert "$\\log 2 = 0.6931$. Ours knows nothing yet, and pays about as much" in TEXT
    assert f"{np.log(2):.4f}" == "0.6931"
    (said,) = [o.text for c in CELLS for o in c.get("outputs", []) if o.get("text", "").startswith("J = ")]
    assert abs(float(said[4:]) - np.log(2)) < 0.05


def test_the_flat_stretch_and_the_fall_on_exclusive_or():
    assert "After a small drop in the first steps, it stays near 0.69 for some 200 iterations" in TEXT
    assert "falls to a shoulder near 0.5, and at about 500 drops steeply" in TEXT
    X, y = datasets.make_xor(m=200, random_state=0)
    options = {"learning_rate": 2.0, "iterations": 700, "random_state": np.random.default_rng(2)}
    costs = np.array(NeuralNetwork([4, 3, 1], **options).fit(X, y).cost_history_)
    assert 0.01 < costs[0] - costs[10] < 0.05
    assert np.abs(costs[10:180] - 0.69).max() < 0.02 and costs[250] < 0.66
    assert 450 < np.argmax(costs < 0.25) < 550
    steepness = -np.diff(costs)
    shoulder = 300 + np.argmin(steepness[300:480])
    assert costs[shoulder] == pytest.approx(0.5, abs=0.05)
    assert costs[600] < 0.1 < costs[500]


def test_the_flat_stretch_on_exclusive_or_has_a_reason_that_the_digits_do_not_have(runs):
    assert "on exclusive or, the cost of a straight line is lowest where it says about ½ everywhere (lesson 03)" in TEXT
    X, y = datasets.make_xor(m=200, random_state=0)
    assert min(NeuralNetwork([1], learning_rate=1.0, iterations=500).fit(X, y).cost_history_) > 0.68
    assert "a single layer gets 94% right, as lesson 02 showed" in TEXT
    cells = nbformat.read(PATH.with_name("02_classify.ipynb"), as_version=4).cells
    assert any("94.1% classified correctly" in o.get("text", "") for c in cells for o in c.get("outputs", []))
    assert "That of the two-layer network (solid) falls at once" in TEXT and runs[0][100] < 0.35


@pytest.mark.parametrize("seed", range(5))
def test_at_first_the_whole_network_is_hardly_more_than_one_line(seed):
    assert "at first, while its weights are small, the whole network is hardly more than one straight line" in TEXT
    X, y = datasets.make_xor(m=200, random_state=0)
    options = {"learning_rate": 2.0, "iterations": 50, "random_state": np.random.default_rng(seed)}
    net = NeuralNetwork([4, 3, 1], **options).fit(X, y)
    z = network.forward(X, net.W_, net.b_)[0][3][0]
    plane = np.column_stack([X, np.ones(200)])
    rest = z - plane @ np.linalg.lstsq(plane, z, rcond=None)[0]
    assert rest.var() < 0.05 * z.var()


def test_the_shoulder_is_the_first_line():
    X, y = datasets.make_xor(m=200, random_state=0)
    options = {"learning_rate": 2.0, "iterations": 420, "random_state": np.random.default_rng(2)}
    net = NeuralNetwork([4, 3, 1], **options).fit(X, y)
    means = [f"{net.predict_proba(X)[np.arange(200) % 4 == cloud].mean():.2f}" for cloud in range(4)]
    assert "After 420 iterations its mean answers for 0 + 0, 0 + 1, 1 + 0 and 1 + 1 are" in TEXT
    assert "{}, {}, {} and {}: one cloud is cut off".format(*means) in TEXT
    costs = [-0.75 * (2 / 3 * np.log(p) + 1 / 3 * np.log(1 - p)) for p in np.linspace(0.01, 0.99, 99)]
    assert np.argmin(costs) + 1 == 67  # ⅔ is the best single answer
    assert "with it the errors ⅔, −⅓ and −⅓ add up to 0" in TEXT and sum(2 / 3 - y for y in (0, 1, 1)) < 1e-12
    assert "\\approx 0.48$. Then the network finds its second line" in TEXT and f"{min(costs):.2f}" == "0.48"
    assert net.cost_history_[-1] == pytest.approx(min(costs), abs=0.03)


def test_three_fives_are_flattened(runs):
    *_, probability, y_test = runs
    _, _, X_test, _ = recordings.tutorial_digits()
    worst = np.argsort(-np.abs(probability - 0.5) * ((probability > 0.5) != y_test))[:16]
    pictures = X_test.reshape(-1, 28, 28)
    heights = pictures.any(axis=2).sum(axis=1)
    assert "Three of the nine fives, the second, the fourth and the last picture, are flattened most: 12 or 13" in TEXT
    assert (y_test[worst] == 0).sum() == 9
    assert [i for i in range(16) if y_test[worst[i]] == 0 and heights[worst[i]] < 14] == [1, 3, 15]
    assert heights[worst[[1, 3, 15]]].tolist() == [13, 12, 12]
    assert "while most fives are 19 or 20" in TEXT and np.isin(heights[y_test == 0], (19, 20)).mean() > 0.5
    assert "in the upright stroke at the upper left, where these three have little" in TEXT
    stroke = pictures[:, 7:13, 9:13].mean(axis=(1, 2))
    assert (stroke[worst[[1, 3, 15]]] < 0.5 * stroke[y_test == 0].mean()).all()
    assert "All three are fives again" in TEXT
    now = [float(line.split()[-1]) for line in PRINTED.splitlines() if "stretched to 20 rows: " in line]
    assert len(now) == 3 and max(now) < 0.5


def at_rows(picture, height=None):
    """The inked rows of a picture from row 4 on, stretched to a number of rows if one is given."""
    top, *_, bottom = np.flatnonzero(picture.any(axis=1))
    rows = np.linspace(top, bottom, height or bottom - top + 1).round().astype(int)
    moved = np.zeros((28, 28))
    moved[4 : 4 + len(rows)] = picture[rows]
    return moved, top - 4


def test_low_fives_are_misread_and_it_is_a_matter_of_place(runs):
    *_, probability, y_test = runs
    net = recordings.load_run("tutorial_196_1")
    pictures = recordings.tutorial_digits()[2].reshape(-1, 28, 28)
    worst = np.argsort(-np.abs(probability - 0.5) * ((probability > 0.5) != y_test))[:16]

    def answers(chosen, height=None):
        moved, ups = zip(*(at_rows(pictures[i], height) for i in chosen), strict=True)
        return net.predict_proba(np.reshape(moved, (-1, 784))), ups

    heights = pictures.any(axis=2).sum(axis=1)
    assert "The sixth picture, 16 rows high, stays an 8 when stretched, at 0.69" in TEXT
    assert y_test[worst[5]] == 0 and heights[worst[5]] == 16 and f"{answers(worst[[5]], 20)[0][0]:.2f}" == "0.69"
    low, others = (np.flatnonzero((y_test == 0) & of) for of in (heights <= 13, heights > 13))
    assert f"Of all {len(low) + len(others)} fives in the test set, {len(low)} are at most 13 rows high" in TEXT
    wrong = [(probability[i] > 0.5).sum() for i in (low, others)]
    assert f"misreads {wrong[0]} of them, and none once they are stretched" in TEXT
    assert f"of the other {len(others)}, it misreads {wrong[1]}." in TEXT
    assert not (answers(low, 20)[0] > 0.5).any()
    assert "our three become fives, too, if they are only moved up by 4 or 5 rows" in TEXT
    moved, ups = answers(worst[[1, 3, 15]])
    assert max(moved) < 0.1 and sorted(ups) == [4, 4, 5]


def test_the_first_answers_of_the_wide_network_are_all_alike():
    assert "It starts higher, at 0.847, because its first answers are all near 0.78, not ½" in TEXT
    X, *_ = widgets.your_network.some_digits()
    result = widgets.your_network.train(layer_sizes="100, 1", learning_rate=0.5, iterations=1)
    assert f"{result.network.cost_history_[0]:.3f}" == "0.847"
    before = network.forward(X, *network.initialize_parameters([784, 100, 1], random_state=0))[1][2]
    assert f"{before.mean():.2f}" == "0.78" and np.abs(before - 0.78).max() < 0.05


@pytest.mark.parametrize("seed", range(5))
def test_in_every_layer_the_errors_say_what_small_changes_of_z_do_to_the_cost(own, seed):
    assert "$\\Delta J \\approx \\sum_k \\delta_k\\, \\Delta z_k$. However many layers follow" in TEXT
    rng = np.random.default_rng(seed)
    X, Y, net = rng.standard_normal((1, 4)), np.array([[1.0], [0.0]]), own([5, 3, 4, 2])
    net.initialize(4, rng)
    Z, A = net.forward(X)
    cost, errors = net.cost(Z, Y), net.backward(Z, A, Y)[1]  # of one example, the gradients of the biases
    for l in net.b:
        step = 1e-6 * rng.standard_normal(net.b[l].shape)
        net.b[l] += step  # moves z of layer l and nothing before it
        change = net.cost(net.forward(X)[0], Y) - cost
        net.b[l] -= step
        assert change == pytest.approx(np.sum(errors[l] * step), rel=1e-3, abs=1e-14)


def test_a_step_has_154057_derivatives():
    assert "each with 154057 derivatives" in TEXT
    W, b = network.initialize_parameters([784, 196, 1])
    assert sum(W[l].size + b[l].size for l in W) == 154057


def test_square_pictures_fail_on_the_way_back(own):
    assert "it fails only on the way back, with a message that does not name the cause" in TEXT
    with pytest.raises(ValueError, match="core dimension") as failure:
        own([196, 1]).fit(np.zeros((9, 28, 28)), np.zeros(9), 0.1, 1, np.random.default_rng(0))
    assert "backward_pass" in [entry.name for entry in failure.traceback]


def test_the_curves_of_both_networks(runs):
    small, large, _, _ = runs
    assert "creeps from 0.69 to 0.64 in the first five hundred iterations" in TEXT
    assert round(large[0], 2) == 0.69 and round(large[500], 2) == 0.64
    assert large[500] - large[700] > 5 * (large[0] - large[500])  # then falls steeply
    assert "at the end is still the higher of the two" in TEXT and large[-1] > small[-1]
    assert "down from 0.190 to 0.155, the other only from 0.120 to 0.117" in TEXT
    assert [
        f"{costs[step]:.3f}" for costs in (large, small) for step in (800, 900)
    ] == "0.190 0.155 0.120 0.117".split()
    assert large[-50] - large[-1] > 5 * (small[-50] - small[-1])
    assert "falls at once, and ever more slowly after the first hundred iterations" in TEXT
    assert (np.diff(small) < 0).all() and (np.diff(small[100:], 2) > 0).all()


def test_the_most_confident_mistakes(runs):
    *_, probability, y_test = runs
    wrong = (probability > 0.5) != y_test
    assert "75 of 1866" in TEXT and (wrong.sum(), len(y_test)) == (75, 1866)
    worst = np.argsort(-np.abs(probability - 0.5) * wrong)[:16]
    assert "near 0 for eights that it took for fives, near 1 for fives that it took for eights" in TEXT
    assert (probability[worst][y_test[worst] == 1] < 0.1).all() and (probability[worst][y_test[worst] == 0] > 0.9).all()
    assert 0 < y_test[worst].sum() < 16


def test_the_deeper_of_the_quick_networks_has_hardly_learned_after_45_steps():
    assert "after 45 steps the cost of the deeper network has only come down from 0.695 to 0.614" in TEXT
    result = widgets.your_network.train(layer_sizes="20, 20, 1", learning_rate=0.5, iterations=60)
    assert [f"{result.network.cost_history_[step]:.3f}" for step in (0, 45)] == ["0.695", "0.614"]


@pytest.mark.parametrize("seed", range(3))
def test_what_slows_a_network_down_is_the_layers_and_not_the_weights(seed):
    assert "With 100 units and five times as many weights, the network learns about as fast as with 20" in TEXT
    X, y, _, _ = widgets.your_network.some_digits()
    options = {"learning_rate": 0.5, "iterations": 60, "dtype": np.float32, "random_state": seed}
    nets = [NeuralNetwork(sizes, **options).fit(X, y) for sizes in ([20, 1], [100, 1], [20, 20, 1])]
    narrow, wide, deep = (net.cost_history_[-1] for net in nets)
    assert abs(wide - narrow) < 0.03 and deep > narrow + 0.25
    weights = [sum(W.size for W in net.W_.values()) for net in nets]
    assert weights[1] == 5 * weights[0] and weights[2] < 1.03 * weights[0]


def test_the_challenge_can_be_met():
    assert "get *three* layers above 0.95 on the test digits" in TEXT
    answer = widgets.your_network.train("20, 20, 1", hidden_activation="relu", learning_rate=0.5, iterations=150)
    assert answer.test_accuracy > 0.95
