"""Interactive figures, driven by `.value` on real ipywidgets; and the pure functions behind them."""

import numpy as np
import pytest

from helpers import widgets
from helpers.bug_zoo import CREATURES
from helpers.network import NeuralNetwork

EXPLORERS = {
    "learning rate": (widgets.learning_rate_explorer, {"learning_rate": 0.1, "iterations": 3}),
    "threshold": (widgets.threshold_explorer, {"separation": 4.0, "threshold": 0.9}),
    "ledger": (widgets.ledger_explorer, {"layer_sizes": "12, 7, 5, 1", "m": 8}),
    "nudge": (widgets.nudge_explorer, {"log10_epsilon": -8.0, "method": "complex step"}),
    "training": (
        widgets.training_explorer,
        {"layer_sizes": "5, 1", "hidden_activation": "tanh", "learning_rate": 1.0, "iterations": 20},
    ),
    "signals": (widgets.signals_explorer, {"depth": 5, "hidden_activation": "relu", "initialization": "he"}),
    "race": (widgets.race_explorer, {"gradient_descent": 0.2, "momentum": 0.01, "adam": 0.01, "batch_size": 10}),
}
COMPUTED_BY = {
    "learning rate": "descend",
    "threshold": "classify",
    "ledger": "shape_ledger",
    "nudge": "nudge",
    "training": "train",
    "signals": "signals",
    "race": "race",
}


def screen(explorer):
    return explorer.picture.value, explorer.message.value, explorer.line.value


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_changes_the_picture_and_the_line_reproduces_it(name):
    make, values = EXPLORERS[name]
    explorer = make()
    assert set(values) == set(explorer.controls)
    seen = [screen(explorer)]
    for control, value in values.items():
        explorer.controls[control].value = value
        seen.append(screen(explorer))
        assert seen[-1][0] != seen[-2][0] or name == "training"
        assert seen[-1][2] != seen[-2][2]
    assert seen[-1][0] != seen[0][0]
    line = explorer.line.value.removeprefix("<code>").removesuffix("</code>").replace("&#x27;", "'")
    assert line.startswith(f"widgets.{COMPUTED_BY[name]}(")
    result = eval(line)  # our own text: the line that a reader would paste
    assert explorer._describe(result) in explorer.message.value.replace("&#x27;", "'")


@pytest.mark.parametrize("name", EXPLORERS)
def test_labels_alternative_text_and_a_sentence_for_readers_without_a_kernel(name):
    explorer = EXPLORERS[name][0]()
    assert all(control.description for control in explorer.controls.values())
    assert 'alt="' in explorer.picture.value
    assert repr(explorer).startswith("Interactive figure: ")
    assert "\n" not in repr(explorer)


@pytest.mark.parametrize("text", ["", "12, 0", "a, b", "3.5, 1", "-1", "12,,1", "[3, [1]]", "1e3, 1", "7"])
@pytest.mark.parametrize("name", ["ledger", "training"])
def test_an_impossible_value_gets_a_sentence_and_the_widget_lives_on(name, text):
    if (name, text) == ("training", "7"):
        text = "7, 3"  # seven inputs need a second number; seven outputs are three too many here
    explorer = EXPLORERS[name][0]()
    before = explorer.picture.value
    explorer.controls["layer_sizes"].value = text
    assert explorer.message.value.startswith("<b>Not possible:</b>")
    assert explorer.picture.value == before
    explorer.controls["layer_sizes"].value = "6, 1"
    assert not explorer.message.value.startswith("<b>Not possible:</b>")
    assert explorer.picture.value != before


@pytest.mark.parametrize("text", ["20, 3", "2000000000, 1", "1, " * 30 + "1"])
def test_networks_that_one_cannot_wait_for(text):
    explorer = widgets.training_explorer()
    explorer.controls["layer_sizes"].value = text
    assert "end with 1" in explorer.message.value or "too large to train while you wait" in explorer.message.value


def test_a_slider_shows_what_it_says():
    explorer = widgets.threshold_explorer()
    explorer.controls["threshold"].value = 0.7000000000000001
    assert "threshold=0.7)" in explorer.line.value


def test_impossible_numbers():
    explorer = widgets.ledger_explorer()
    for m in (0, -5):
        explorer.controls["m"].value = m
        assert f"m is {m}, but it must be at least 1" in explorer.message.value
    for call in (
        lambda: widgets.descend(learning_rate=0),
        lambda: widgets.descend(iterations=0),
        lambda: widgets.classify(threshold=1.5),
    ):
        with pytest.raises(ValueError, match=r"(is|must be)"):
            call()


def test_typed_text_is_shown_and_not_run():
    explorer = widgets.ledger_explorer()
    explorer.controls["layer_sizes"].value = "<img src=x onerror=alert(1)>"
    assert "<img" not in explorer.message.value


def test_descent_arrives_or_diverges_as_its_curvature_says():
    slow, right, wild = (widgets.descend(rate, 60) for rate in (0.02, 0.5, 1.3))
    assert np.linalg.norm(right.path[-1] - right.best) < 1e-3 < np.linalg.norm(slow.path[-1] - slow.best)
    assert right.path.shape == (61, 2)
    assert wild.costs[-1] > wild.costs[0]
    assert widgets.describe_descent(wild).startswith("Diverges")
    assert widgets.describe_descent(right).startswith("After 60 steps")


def test_a_higher_threshold_misses_more_and_alarms_less():
    low, high = widgets.classify(2.5, 0.1), widgets.classify(2.5, 0.9)
    assert high.missed > low.missed
    assert high.false_alarms < low.false_alarms
    assert low.accuracy == 1 - (low.missed + low.false_alarms) / 200


def test_ledger_worked_by_hand():
    ledger = widgets.shape_ledger("4, 3, 2", m=5)
    shapes = {name: shape for name, _, shape in ledger.rows}
    assert shapes == {
        "A[0]": (4, 5),
        **{"W[1]": (3, 4), "b[1]": (3, 1), "Z[1]": (3, 5), "A[1]": (3, 5)},
        **{"W[2]": (2, 3), "b[2]": (2, 1), "Z[2]": (2, 5), "A[2]": (2, 5)},
        **{"dZ[2]": (2, 5), "dW[2]": (2, 3), "db[2]": (2, 1), "dA[1]": (3, 5)},
        **{"dZ[1]": (3, 5), "dW[1]": (3, 4), "db[1]": (3, 1)},
    }
    assert ledger.parameters == 23
    assert "5 of them biases" in widgets.describe_ledger(ledger)


def test_training_on_digits():
    result = widgets.train("20, 1", learning_rate=0.5, iterations=60)
    assert result.test_accuracy > 0.93
    assert result.network.layer_sizes_ == (784, 20, 1)
    assert "15721 parameters" in widgets.describe_training(result)


def test_the_chain_rule_of_the_nudged_cost():
    for w in (-1.0, 0.7, 2.0):
        exact = widgets.slope_of_weight(w)
        assert widgets.nudged_slope(w, 1e-5, "two-sided, float64") == pytest.approx(exact, rel=1e-9)
        assert widgets.nudged_slope(w, 1e-20, "complex step") == pytest.approx(exact, rel=1e-14)


def test_each_method_has_its_best_step_where_theory_says():
    curves = widgets.nudge().curves
    best = {method: np.log10(epsilons[np.argmin(errors)]) for method, (epsilons, errors) in curves.items()}
    assert best["one-sided, float64"] == pytest.approx(-8, abs=1.5)
    assert best["two-sided, float64"] == pytest.approx(-5, abs=1.5)
    assert best["two-sided, float32"] == pytest.approx(-2, abs=1.5)
    assert widgets.nudge(-14, "complex step").error < 1e-14
    for bad in ({"log10_epsilon": 1}, {"log10_epsilon": -16}, {"method": "guess"}):
        with pytest.raises(ValueError, match="must"):
            widgets.nudge(**bad)


def test_detective_answers_every_guess():
    game = widgets.Detective()
    seen = set()
    for number, creature in enumerate(CREATURES, 1):
        game.number.value = number
        assert game.guess.value is None
        seen.add(game.case.value)
        assert "suspect" in game.case.value
        assert creature.broken.__name__ not in game.case.value  # its name is not given away
        game.guess.value = creature.title
        assert game.verdict.value.startswith("<b>Right: ")
        game.guess.value = CREATURES[number - 2].title
        assert game.verdict.value.startswith("<b>Not ")
    assert len(seen) == len(CREATURES)
    with pytest.raises(ValueError, match="there is no creature 0"):
        widgets.investigate(0)
    assert repr(game).startswith("Interactive figure: ")


def test_leafing_through_pictures():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (6, 64, 64, 3), dtype=np.uint8), np.array([0, 1, 0, 1, 0, 1])
    model = NeuralNetwork([1], iterations=1, learning_rate=1e-6).fit(X.reshape(6, -1) / 255, y)
    explorer = widgets.picture_explorer(model, X, y)
    first = explorer.picture.value
    explorer.controls["number"].value = 3
    assert explorer.picture.value != first
    assert explorer.line.value == "<code>widgets.look(network, X, y, number=3, mistakes_only=False)</code>"
    mistakes = int(np.sum(model.predict(X.reshape(6, -1) / 255) != y))
    assert 0 < mistakes < 6
    explorer.controls["number"].value = 1
    explorer.controls["mistakes_only"].value = True
    assert explorer.message.value.endswith("wrong")
    explorer.controls["number"].value = 6
    assert f"there is no picture 6: there are {mistakes}" in explorer.message.value


def test_signals_fade_with_the_sigmoid_and_stay_with_he():
    faded, kept = widgets.signals(8, "sigmoid", "lecun"), widgets.signals(8, "relu", "he")
    assert len(faded.spread) == len(faded.gradient) == 8
    assert faded.spread[6] < 1e-3 * faded.spread[0]
    assert faded.gradient[0] < 1e-3 * faded.gradient[-1]
    assert 0.3 < kept.spread[6] / kept.spread[0] < 3
    assert widgets.describe_signals(widgets.signals(3, "sigmoid", "zero")) == "No gradient reaches the first layer"
    nothing = widgets.signals(3, "relu", "zero")
    assert widgets.describe_signals(nothing).startswith("No signal reaches the last layer")
    widgets.draw_signals(nothing).figure.canvas.draw()
    for depth in (1, 41):
        with pytest.raises(ValueError, match="choose 2 to 40 layers"):
            widgets.signals(depth)
    with pytest.raises(ValueError, match="hidden_activation is 'swish'"):
        widgets.signals(3, "swish")


def test_a_race_is_on_the_same_batches_from_the_same_weights():
    result = widgets.race(0.05, 0.05, 0.001)
    costs = result.costs
    assert costs["gradient_descent"][0] != costs["momentum"][0]
    again = widgets.race(0.05, 0.2, 0.02)
    np.testing.assert_array_equal(costs["gradient_descent"], again.costs["gradient_descent"])
    assert widgets.describe_race(result).startswith("Lowest cost: ")
    with pytest.raises(ValueError, match="the learning rate of adam is 0"):
        widgets.race(adam=0)
    with pytest.raises(ValueError, match="choose 1 to 64"):
        widgets.race(batch_size=65)
