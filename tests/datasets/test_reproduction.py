"""Recorded runs: the tutorial's two tables, reproduced in full (a few minutes), and the other runs."""

import numpy as np
import pytest

from helpers.datasets import recordings

PUBLISHED = {
    "tutorial_196_1": (
        "0.7043777294167167 0.3094035971595143 0.19106252272122817 0.15772416612846746 0.14255528419489316 "
        "0.1336554279807337 0.12762011948747812 0.12313725638495653 0.11959735842488138 0.11667822494436252",
        0.9599893541518808,
        0.9598070739549842,
    ),
    "tutorial_392_196_98_1": (
        "0.6941917096801075 0.689779337934555 0.6864347273157968 0.680851445965145 0.6693297859482221 "
        "0.6392888056143693 0.5391389182596976 0.30972952941407295 0.1900953225522053 0.15499153620779857",
        0.9491660752306601,
        0.9555198285101825,
    ),
}


# Wrong answers on the 11272 and the 1866 images and the final cost, as stated in lesson 07; and the number of steps
# that are the same on every machine, and in whatever order the examples are summed. The deep network's cost jumps to
# three times its value at step 16, which amplifies rounding differences too.
RELU_HE = {"relu_he_196_1": (110, 28, 0.0318, 40), "relu_he_392_196_98_1": (1, 16, 0.0035, 12)}


def test_every_recorded_run_is_tested():
    assert set(PUBLISHED) == set(recordings.TUTORIAL_RUNS)
    assert set(RELU_HE) == set(recordings.RELU_HE_RUNS)
    recorded = {path.stem for path in (recordings.DATA / "runs").glob("*.h5")}
    assert recorded == {*PUBLISHED, *RELU_HE, *recordings.TEN_DIGITS_RUNS, recordings.CHELSEA_RUN}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_tutorials_table(name):
    printed, train_accuracy, test_accuracy = PUBLISHED[name]
    costs = np.array(printed.split(), float)
    X, y, X_test, y_test = recordings.tutorial_digits()
    network = recordings.tutorial_network(recordings.TUTORIAL_RUNS[name]).fit(X, y)
    np.testing.assert_allclose(network.cost_history_[::100], costs, rtol=0, atol=1e-10)
    # the accuracies are counts; their last printed digit depends on how the mean is summed
    assert round(network.score(X, y) * 11272) == round(train_accuracy * 11272)
    assert round(network.score(X_test, y_test) * 1866) == round(test_accuracy * 1866)
    assert network.score(X, y) == pytest.approx(train_accuracy, abs=1e-15)
    assert network.score(X_test, y_test) == pytest.approx(test_accuracy, abs=1e-15)

    recorded = recordings.load_run(name)
    np.testing.assert_allclose(recorded.cost_history_, network.cost_history_, rtol=0, atol=1e-10)
    for l in network.W_:
        np.testing.assert_allclose(recorded.W_[l], network.W_[l], rtol=0, atol=1e-8)
        np.testing.assert_allclose(recorded.b_[l], network.b_[l], rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", RELU_HE)
def test_the_same_with_relu_and_he(name):
    wrong_train, wrong_test, last_cost, steps = RELU_HE[name]
    X, y, X_test, y_test = recordings.tutorial_digits(np.float32)
    recorded = recordings.load_run(name)
    assert np.sum(recorded.predict(X) != y) == wrong_train
    assert np.sum(recorded.predict(X_test) != y_test) == wrong_test
    assert recorded.cost_history_[-1] == pytest.approx(last_cost, abs=5e-5)
    assert len(recorded.cost_history_) == 1000
    changes = {"hidden_activation": "relu", "initialization": "he", "iterations": steps}
    beginning = recordings.tutorial_network(recordings.RELU_HE_RUNS[name], np.float32, **changes).fit(X, y)
    np.testing.assert_allclose(recorded.cost_history_[:steps], beginning.cost_history_, rtol=1e-4)


@pytest.mark.parametrize("name", recordings.TEN_DIGITS_RUNS)
def test_ten_digits_reach_98_percent(name):
    """For each seed; the last digits of a long training run differ between machines, hence the tolerance."""
    learn, held_out, test = recordings.ten_digits()
    network = recordings.train_ten_digits(learn, held_out, recordings.TEN_DIGITS_RUNS[name])
    assert network.score(*test) >= 0.98
    recorded = recordings.load_run(name)
    assert recorded.score(*test) >= 0.98
    np.testing.assert_allclose(recorded.cost_history_[:20], network.cost_history_[:20], rtol=1e-3)
    np.testing.assert_allclose(recorded.held_out_cost_history_, network.held_out_cost_history_, atol=0.01)


def test_chelsea():
    """The first steps, before ReLU has amplified rounding differences, and the final result."""
    recorded, network = recordings.load_run(recordings.CHELSEA_RUN), recordings.train_chelsea()
    np.testing.assert_allclose(recorded.cost_history_[:200], network.cost_history_[:200], rtol=1e-6)
    assert len(recorded.cost_history_) == len(network.cost_history_) == 2501
    assert max(recorded.cost_history_[-1], network.cost_history_[-1]) < 0.1
