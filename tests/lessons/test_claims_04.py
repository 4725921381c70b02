"""What lesson 04 says in prose, where no cell of the lesson prints or asserts it."""

import itertools
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import datasets, widgets
from helpers.backprop import network
from helpers.datasets import recordings
from helpers.training import NeuralNetwork, blocks, staircase

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "04_n_layers.ipynb"
CELLS = nbformat.read(PATH, as_version=4).cells
TEXT = " ".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
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
    assert "remain identical forever" in TEXT
    rng = np.random.default_rng(0)
    same = own([3, 1])
    same.initialize = lambda n_inputs, rng: vars(same).update(
        W={1: np.full((3, 2), 0.4), 2: np.full((1, 3), 0.4)}, b={1: np.zeros((3, 1)), 2: np.zeros((1, 1))}
    )
    same.fit(rng.standard_normal((8, 2)), rng.integers(0, 2, 8), 1.0, 50, None)
    assert np.ptp(same.W[1], axis=0).max() < 1e-12 and np.ptp(same.W[2]) < 1e-12
    assert abs(same.W[1] - 0.4).max() > 0.1  # they have moved, together


@pytest.mark.parametrize("n", [4, 100, 2500])
def test_the_spread_of_z_does_not_depend_on_the_number_of_inputs(own, n):
    assert "the spread of $Z$ no longer depends on the number of inputs" in TEXT
    layer, rng = own([200]), np.random.default_rng(1)
    layer.initialize(n, rng)
    assert layer.forward(rng.standard_normal((50, n)))[0][1].std() == pytest.approx(1, abs=0.1)


def test_with_smaller_weights_only_the_deepest_network_misses_the_limit(own):
    assert "the deepest of our networks would miss the limit of $10^{-7}$" in TEXT
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
    assert "the lowest cost that a straight line can reach is that of saying about ½ everywhere" in TEXT
    X, y = datasets.make_xor(m=200, random_state=0)
    assert min(NeuralNetwork([1], learning_rate=1.0, iterations=500).fit(X, y).cost_history_) > 0.68
    assert "a single layer gets 94% right, as lesson 02 showed" in TEXT
    cells = nbformat.read(PATH.with_name("02_classify.ipynb"), as_version=4).cells
    assert any("94.1% classified correctly" in o.get("text", "") for c in cells for o in c.get("outputs", []))
    assert "That of the two-layer network (solid) falls at once" in TEXT and runs[0][100] < 0.35


def test_blank_pixels_add_nothing_and_most_products_with_them_are_left_out(own):
    assert "leaves out most products with blank pixels: a pixel that is 0 adds nothing to $Z^{[1]}$, nor to the" in TEXT
    X, y, _, _ = recordings.tutorial_digits()
    rows, _, _ = staircase.arrange(X, y[np.newaxis])
    computed = sum(rows[i:j].size for i, j in itertools.pairwise(rows.edges(blocks.count_blocks(len(X)))))
    assert X.size - computed > 0.6 * np.sum(X == 0)
    X, Y = X[:1], y[np.newaxis, :1].astype(float)
    net = own([5, 1])
    net.initialize(784, np.random.default_rng(0))
    dW, _ = net.backward(*net.forward(X), Y)
    blank = X[0] == 0
    assert blank.sum() > 100 and not dW[1][:, blank].any() and dW[1][:, ~blank].all()
    before = net.forward(X)[0][1].copy()
    net.W[1][:, blank] += 1
    np.testing.assert_array_equal(net.forward(X)[0][1], before)


def test_a_step_has_154057_derivatives():
    assert "each with 154057 derivatives" in TEXT
    W, b = network.initialize_parameters([784, 196, 1])
    assert sum(W[l].size + b[l].size for l in W) == 154057


def test_square_pictures_fail_on_the_way_back(own):
    assert 'all goes well until a product on the way back fails, with a message about a "core dimension"' in TEXT
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


def test_the_challenge_can_be_met():
    assert "get *three* layers above 0.95 on the test digits" in TEXT
    answer = widgets.your_network.train("20, 20, 1", hidden_activation="relu", learning_rate=0.5, iterations=150)
    assert answer.test_accuracy > 0.95
