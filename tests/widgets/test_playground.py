"""The playground: the state without a widget, then every control and button."""

import asyncio
import gc
import json
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import widgets
from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import INITIALIZATIONS, backward, forward
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets import playground_picture
from helpers.widgets.live import AHEAD, Live
from helpers.widgets.playground import DATA_SETS, FEATURES, MOST_UPDATES, M
from helpers.widgets.playground_data import as_points, plane
from helpers.widgets.playground_network import MOST_LAYERS, MOST_WIDTH

SMALL = {"hidden_layers": 1, "width": 3}
FRONT = Path(widgets.__file__).parent / "front" / "playground.js"


def test_the_page_offers_everything_that_python_knows():
    text = FRONT.read_text(encoding="utf-8")
    lists = {"INITIALIZATIONS": INITIALIZATIONS, "OPTIMIZERS": OPTIMIZERS, "FEATURES": FEATURES}
    for name, known in lists.items():
        assert json.loads(re.search(rf"const {name} = (\[.*\])", text)[1]) == list(known), name
    offered = re.search(r"const ACTIVATIONS = \{(.*)\}", text)[1]
    assert set(re.findall(r"(\w+):", offered)) == set(ACTIVATIONS)
    assert f"MOST_LAYERS = {MOST_LAYERS}, MOST_WIDTH = {MOST_WIDTH}," in text


def test_gradients_that_vanish_are_not_shown_as_0():
    options = {"hidden_layers": 4, "activation": "sigmoid", "initialization": "small"}
    state = widgets.playground.play(data_set="XOR", updates=1, **options)
    shown = playground_picture.frame(state)["dW"]
    for l, dW in state.dW.items():
        np.testing.assert_allclose(shown[l - 1], dW, rtol=1e-6)
    assert 0 < np.abs(state.dW[1]).max() < 1e-6


# --- the state -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in DATA_SETS if name != "own points"])
def test_every_data_set_can_be_played(name):
    state = widgets.playground.play(data_set=name, updates=2, **SMALL)
    assert state.X.shape[0] == state.X_test.shape[0] == M
    assert set(state.y) == set(state.y_test) == {0, 1}
    assert not np.array_equal(state.X, state.X_test)
    assert state.updates == 2
    assert len(state.costs) == 3
    assert len(state.norms) == 2
    if name != "digits":
        assert np.abs(np.vstack([state.X, state.X_test])).max() < 2.5


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_with_the_whole_set_as_a_batch_it_is_what_fit_does(optimizer):
    options = {"initialization": "glorot", "optimizer": optimizer, "learning_rate": 0.02, "l2": 0.01}
    state = widgets.playground.play(**SMALL, activation="tanh", batch_size=M, updates=30, **options)
    fitted = NeuralNetwork([3, 1], hidden_activation="tanh", iterations=30, **options).fit(state.X, state.y)
    for l in (1, 2):
        np.testing.assert_allclose(state.W[l], fitted.W_[l], rtol=1e-9)
        np.testing.assert_allclose(state.b[l], fitted.b_[l], rtol=1e-9, atol=1e-12)


def test_a_step_at_a_time_is_the_same_as_many_and_as_once_more():
    one = widgets.playground.play(updates=0)
    for _ in range(25):
        one.step()
    many, again = widgets.playground.play(updates=25), widgets.playground.play(updates=25)
    assert one.costs == many.costs == again.costs
    assert one.norms == many.norms
    assert widgets.playground.play(updates=25, random_state=1).costs != many.costs


def test_an_epoch_sees_each_example_once():
    state = widgets.playground.play(batch_size=30)
    rows = []
    for _ in range(7):
        rows.append(state._next_batch())
        state.step()
    assert [len(batch) for batch in rows] == [30] * 6 + [20]
    assert sorted(np.concatenate(rows)) == list(range(M))


def test_costs_norms_and_accuracy_are_those_of_the_parameters():
    state = widgets.playground.play(updates=40, batch_size=M, **SMALL)
    Y = state.y[np.newaxis].astype(float)
    before = widgets.playground.play(updates=39, batch_size=M, **SMALL)
    Z, A = forward(before.X, before.W, before.b, "tanh")
    dW, _ = backward(Y, before.W, Z, A, "tanh")
    assert state.norms[-1] == pytest.approx([np.sqrt(np.sum(dW[l] ** 2)) for l in (1, 2)], rel=1e-12)
    Z, _ = forward(state.X_test, state.W, state.b, "tanh")
    assert state.costs[-1][1] == pytest.approx(binary_cross_entropy(Z[2], state.y_test[np.newaxis]), rel=1e-12)
    assert state.accuracy()[0] == np.mean((state.predict_proba(state.X) > 0.5) == state.y)
    assert f"Update 40: training cost {state.costs[-1][0]:.4f}" in widgets.playground.describe(state)


def test_it_learns_the_spirals():
    state = widgets.playground.play(data_set="spirals", noise=0.05, learning_rate=0.1, updates=400)
    assert state.accuracy() == (1.0, 1.0)


def test_without_a_hidden_layer_it_cannot_learn_xor():
    state = widgets.playground.play(data_set="XOR", hidden_layers=0, updates=400)
    assert max(state.accuracy()) < 0.8
    assert state.unit_pictures() == []
    widgets.playground.draw(state)


def test_pictures_of_units_on_digits_are_derivatives():
    state = widgets.playground.play(data_set="digits", hidden_layers=2, width=2, updates=5)
    first, second = state.unit_pictures()
    np.testing.assert_allclose(first, state.W[1].reshape(-1, 28, 28), rtol=1e-12)

    def mean_z(x):  # of unit 0 in layer 2, of fifty test pictures moved by x
        return forward(state.X_test[:50] + x, state.W, state.b, "tanh")[0][2][0].mean()

    nudge, i = np.zeros(784), 14 * 28 + 14
    nudge[i] = 1e-5
    assert second[0].ravel()[i] == pytest.approx((mean_z(nudge) - mean_z(-nudge)) / 2e-5, rel=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"data_set": "squares"},
        {"noise": -0.1},
        {"noise": float("nan")},
        {"noise": "a"},
        {"hidden_layers": 2.5},
        {"hidden_layers": 2.0},
        {"width": True},
        {"l2": "a"},
        {"hidden_layers": 5},
        {"width": 0},
        {"width": 9},
        {"activation": "step"},
        {"initialization": "none"},
        {"optimizer": "magic"},
        {"learning_rate": 0},
        {"learning_rate": float("inf")},
        {"batch_size": 0},
        {"l2": -1},
        {"random_state": -1},
        {"updates": -1},
        {"updates": MOST_UPDATES + 1},
        {"updates": 1.5},
        {"width": (3, 4, 5)},
        {"activation": ("tanh",)},
        {"activation": ("tanh", "step")},
        {"features": ()},
        {"features": "x1"},
        {"features": ("x1", "x3")},
        {"features": ("x1",), "data_set": "digits"},
        {"points": [(0, 0, 1)], "data_set": "digits"},
        {"data_set": "own points"},
        {"data_set": "own points", "points": [(0, 0, 1, 5)]},
        {"points": 5},
        {"points": [(0, 0)]},
        {"points": [(0, 0, 2)]},
        {"points": [(9, 0, 1)]},
        {"points": [(0, float("nan"), 1)]},
        {"points": [(0, 0, 1)] * 301},
        {"points": "no numbers"},
        {"points": "1, 2"},
        {"points": "1, 2, a\n3, 4, b\n5, 6, c"},
        {"learning_rate": {10: 0.1}},
        {"learning_rate": {0: 0.1, 5: -1}},
        {"learning_rate": {0: 0.1, -5: 1}},
        {"learning_rate": {0: 0.1, 2.5: 1}},
    ],
)
def test_what_cannot_be_played_is_said_in_a_sentence(options):
    with pytest.raises((ValueError, TypeError), match=r"( is | are no | must be )"):
        widgets.playground.play(**options)


def test_a_misspelt_option_is_named():
    with pytest.raises(ValueError, match=r"^learning_rat is not an option of play: did you mean learning_rate\?"):
        widgets.playground.play(learning_rat=0.1)
    with pytest.raises(ValueError, match=r"^qqq is not an option of play: choose from data_set, "):
        widgets.playground.play(qqq=3)


def stop(*_, **__):
    raise KeyboardInterrupt


def state_of(state):
    arrays = state._theta, state._memory
    return [a.tobytes() for a in arrays], state.updates, list(state.costs), list(state.norms), len(state._batches)


def test_a_stop_at_any_line_of_a_step_leaves_no_half_step():
    def stepped(at):
        """A state, its content before a step, and after one that is stopped at that line; whether it was stopped."""
        state, lines, stopped = widgets.playground.play(updates=3, **SMALL), 0, False
        before = state_of(state)

        def trace(frame, event, _):
            nonlocal lines
            if "helpers" not in frame.f_code.co_filename:
                return None
            lines += event == "line"
            if lines == at:
                lines += 1
                signal.raise_signal(signal.SIGINT)
            return trace

        gc.disable()  # Python ignores an error in a finalizer, also this one
        sys.settrace(trace)
        try:
            state.step()
        except KeyboardInterrupt:
            stopped = True
        finally:
            sys.settrace(None)
            gc.enable()
        return state, before, stopped

    whole = state_of(widgets.playground.play(updates=4, **SMALL))
    further = widgets.playground.play(updates=6, **SMALL)
    at, ends = 1, []
    while True:
        state, before, stopped = stepped(at)
        if not stopped:
            break
        now = state_of(state)
        assert now in (before, whole), at
        ends.append(now == whole)
        state.run(6 - state.updates)  # and it goes on as if never stopped
        assert state_of(state)[:2] == state_of(further)[:2], at
        at += 1
    assert at > 50 and any(ends) and not all(ends)


def test_a_training_that_runs_away_keeps_its_last_finite_state():
    state = widgets.playground.play(activation="relu", optimizer="gradient_descent", hidden_layers=4, batch_size=M)
    state.learning_rate = 1e200
    with pytest.raises(ArithmeticError, match="no longer a finite number"):
        state.run(50)
    assert np.isfinite(state.costs).all()
    assert state._cost(state._theta, state.updates) == state.costs[-1]
    assert all(np.isfinite(state.W[l]).all() for l in state.W)
    assert len(state.costs) == state.updates + 1


@pytest.mark.parametrize("updates", [10, 13])  # after a whole epoch, and within one
def test_a_step_that_runs_away_has_changed_nothing(updates):
    state = widgets.playground.play(activation="relu", optimizer="momentum", updates=updates)
    rate, state.learning_rate = state.learning_rate, 1e200
    with pytest.raises(ArithmeticError, match="no longer a finite number"):
        state.step()
    state.learning_rate = rate
    assert (
        state.run(15).costs
        == widgets.playground.play(activation="relu", optimizer="momentum", updates=updates + 15).costs
    )


def test_the_fifth_layer_is_not_drawn_as_the_first():
    lines = widgets.playground.draw(widgets.playground.play(hidden_layers=4, width=1, updates=2)).axes[2].get_lines()
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 5


MIXED = {"hidden_layers": 3, "width": (4, 2, 3), "activation": ("tanh", "relu", "sigmoid")}


def test_with_one_activation_it_is_the_network_of_the_lessons():
    state = widgets.playground.play(**SMALL, activation="relu", updates=3)
    Z, A = forward(state.X, state.W, state.b, "relu")
    Y = state.y[np.newaxis].astype(float)
    theirs, ours = backward(Y, state.W, Z, A, "relu"), state.backward(Y, state.W, *state.forward(state.X))
    for mine, right in zip(ours, theirs, strict=True):
        for l in right:
            np.testing.assert_allclose(mine[l], right[l], rtol=1e-12)


def test_the_gradient_of_mixed_layers_is_that_of_a_nudge():
    state = widgets.playground.play(**MIXED, features=("x1", "x1 x2", "sin πx2"), updates=20)
    assert [state.W[l].shape for l in state.W] == [(4, 3), (2, 4), (3, 2), (1, 3)]
    W, b, Y = state.W, state.b, state.y[np.newaxis].astype(float)
    inputs = state.features_of(state.X)

    def cost():
        return binary_cross_entropy(state.forward(inputs, W, b)[0][4], Y)

    dW, db = state.backward(Y, W, *state.forward(inputs, W, b))
    for l in W:
        assert relative_error(dW[l], numerical_gradient(cost, W[l])) < 1e-6
        assert relative_error(db[l], numerical_gradient(cost, b[l])) < 1e-6


def test_the_gradient_that_is_shown_is_that_of_the_last_batch():
    before = widgets.playground.play(**SMALL, l2=0.1, updates=4)
    W, rows = before.W, before._next_batch()
    dW, db = before.backward(before.y[np.newaxis, rows].astype(float), W, *before.forward(before.X[rows]))
    after = widgets.playground.play(**SMALL, l2=0.1, updates=5)
    np.testing.assert_allclose(after.dW[2], dW[2] + 0.1 * W[2], rtol=1e-12)
    np.testing.assert_allclose(after.db[1], db[1], rtol=1e-12)


def test_features_are_what_they_are_called():
    x1, x2 = 0.5, -0.25
    values = {name: feature(np.array([[x1, x2]]))[0] for name, feature in FEATURES.items()}
    right = [0.5, -0.25, 0.25, 0.0625, -0.125, 1.0, -np.sqrt(0.5)]
    assert list(values.values()) == pytest.approx(right)
    state = widgets.playground.play(features=["sin πx2", "x1"], updates=1)  # in any order
    assert state.features == ("x1", "sin πx2")
    np.testing.assert_allclose(state.features_of(np.array([[0.3, 0.5]])), [[0.3, 1.0]])


def test_a_circle_needs_no_hidden_layer_with_squares_as_inputs():
    options = {"data_set": "circles", "hidden_layers": 0, "learning_rate": 0.1, "updates": 300}
    assert widgets.playground.play(features=("x1²", "x2²"), **options).accuracy()[1] > 0.98
    assert widgets.playground.play(**options).accuracy()[1] < 0.7


def test_a_learning_rate_that_changes_is_that_of_the_dict():
    state = widgets.playground.play(updates=10)
    state.learning_rate = 0.3
    state.run(5)
    state.learning_rate = 0.05
    state.run(5)
    assert state.rates == {0: 0.01, 10: 0.3, 15: 0.05}
    again = widgets.playground.play(learning_rate=state.rates, updates=20)
    assert again.costs == state.costs
    assert again.costs[:11] == widgets.playground.play(updates=10).costs
    assert again.costs[11] != widgets.playground.play(updates=11).costs[11]
    state.learning_rate = 0.05  # the same: nothing to remember
    assert state.rates == {0: 0.01, 10: 0.3, 15: 0.05}


@pytest.mark.parametrize("updates", [0, 10, 13, 20])  # in the middle of an epoch, and between two
def test_points_that_are_added_on_the_way_are_reproduced(updates):
    state = widgets.playground.play(updates=updates)
    state.add_point(0.5, 0.25, 1)
    state.run(9)
    state.add_point(-0.5, 0.25, 0)
    state.run(15)
    again = widgets.playground.play(updates=updates + 24, points=state.points)
    assert again.costs == state.costs
    assert len(again.X) == M + 2
    assert again.costs != widgets.playground.play(updates=updates + 24).costs


def test_a_point_that_is_added_is_learned():
    state = widgets.playground.play(data_set="own points", points=[(-0.5, 0, 0), (0.5, 0, 1)], updates=300)
    assert state.accuracy()[0] == 1.0 and np.isnan(state.accuracy()[1]) and np.isnan(state.costs[-1][1])
    assert state.predict_proba(np.array([[0.0, 0.9]]))[0] > 0.1
    state.add_point(0, 0.9, 0)
    state.run(300)
    assert state.predict_proba(np.array([[0.0, 0.9]]))[0] < 0.1
    assert widgets.playground.describe(state).endswith("100.0% of your points are classified correctly")
    widgets.playground.draw(state)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0.5, -0.25, 1\n0.1,0.2,0", [(0.5, -0.25, 1, 0), (0.1, 0.2, 0, 0)]),
        ("x1;x2;label\n0.5;-0.25;1\n\n", [(0.5, -0.25, 1, 0)]),
        ("0.5\t-0.25\t-1\n0.1\t0.2\t1", [(0.5, -0.25, 0, 0), (0.1, 0.2, 1, 0)]),
        ("0.5 0.5 cat\n0.1 0.2 dog", [(0.5, 0.5, 0, 0), (0.1, 0.2, 1, 0)]),
        ("0 100 0\n10 300 1\n5 200 1", [(-1, -1, 0, 0), (1, 1, 1, 0), (0, 0, 1, 0)]),
        ("0.5 0.5 1.0", [(0.5, 0.5, 1, 0)]),
        ("0.5 0.5 1\n0.1 0.2 1.0\n0.1 0.2 0", [(0.5, 0.5, 1, 0), (0.1, 0.2, 1, 0), (0.1, 0.2, 0, 0)]),
        ("2 7 0", [(0, 0, 0, 0)]),
    ],
)
def test_a_pasted_table_is_read(text, points):
    assert as_points(text) == tuple(points)


def test_the_plane_stays_as_it_is_while_a_few_points_are_added():
    points = [(0.01 * i, 0.01 * i, i % 2) for i in range(9)]
    ranges = [
        playground_picture.scene(widgets.playground.play(data_set="own points", points=points[:n])) for n in (4, 9)
    ]
    assert all((*scene["low"], *scene["high"]) == (-1.2, -1.2, 1.2, 1.2) for scene in ranges)


# --- the instrument ------------------------------------------------------------------------------

VALUES = {
    "data_set": "XOR",
    "noise": 0.3,
    "width": [3, 2, 4],
    "activation": ["relu", "tanh", "relu"],
    "initialization": "he",
    "optimizer": "momentum",
    "learning_rate": 0.1,
    "batch_size": 50,
    "l2": 0.01,
    "random_state": 2,
    "features": ["x1", "x1 x2"],
    "points": [[0.5, 0.5, 0]],
}


def send(instrument, do, **content):
    """What the front end sends at a click."""
    instrument._receive(instrument, {"do": do} | content, [])


def test_every_control_starts_anew_and_the_line_reproduces_the_screen():
    instrument = widgets.playground.PlaygroundExplorer()
    for name, value in VALUES.items():
        send(instrument, "reset")
        send(instrument, "step")
        before = instrument.line
        assert instrument.result.updates == 1
        setattr(instrument, name, value)
        assert instrument.result.updates == (1 if name == "learning_rate" else 0)
        assert instrument.line != before
        assert not instrument.refusal
    send(instrument, "step")
    send(instrument, "step")
    again = eval(instrument.line)  # our own text: the line that a reader would paste
    assert again.costs == instrument.result.costs
    assert again.sizes == (2, 3, 2, 4, 1)
    assert widgets.playground.describe(again) == instrument.sentence
    send(instrument, "reset")
    assert instrument.result.updates == 0


def test_the_line_of_a_run_with_changes_on_the_way_reproduces_it():
    instrument = widgets.playground.PlaygroundExplorer(data_set="spirals")
    for change in ("learning_rate", "point", "learning_rate"):
        instrument._train(7)
        if change == "point":
            send(instrument, "add", x1=0.1, x2=0.2, label=1)
            send(instrument, "add", x1=0.3, x2=0.2, label=0)
        else:
            instrument.learning_rate *= 3
    instrument._train(7)
    assert len(instrument.points) == 2 and "learning_rate={0: 0.01, 7: 0.03, 21: 0.09}" in instrument.line
    assert eval(instrument.line).costs == instrument.result.costs  # our own text
    send(instrument, "reset")
    assert instrument.result.updates == 0 and "learning_rate=0.09" in instrument.line
    assert eval(instrument.line).costs == instrument.result.costs


BAD = [("noise", -1e9), ("noise", float("nan")), ("learning_rate", -1), ("learning_rate", float("nan"))]
BAD += [("width", [99]), ("width", [0]), ("batch_size", -1), ("random_state", -5), ("l2", 70), ("data_set", "none")]
BAD += [("activation", ["none"]), ("initialization", ""), ("optimizer", "magic"), ("features", []), ("points", [[1]])]


@pytest.mark.parametrize(("name", "bad"), BAD)
def test_a_bad_value_gets_a_sentence_and_the_picture_stays(name, bad):
    instrument = widgets.playground.PlaygroundExplorer()
    before = instrument.picture, instrument.line
    setattr(instrument, name, bad)
    assert instrument.refusal.startswith("Not possible: ")
    assert (instrument.picture, instrument.line) == before
    setattr(instrument, name, VALUES[name])
    send(instrument, "step")
    assert not instrument.refusal and "Update 1:" in instrument.sentence


@pytest.mark.parametrize(("name", "value"), [*VALUES.items(), ("data_set", "own points")])
def test_points_added_during_training_count_from_the_beginning_of_the_next(name, value):
    instrument = widgets.playground.PlaygroundExplorer()
    instrument._train(3)
    send(instrument, "add", x1=0.1, x2=0.2, label=1)
    assert instrument.points == [[0.1, 0.2, 1, 4]]
    setattr(instrument, name, value)
    assert not instrument.refusal
    if name not in ("learning_rate", "points"):
        assert instrument.points == [[0.1, 0.2, 1]]
        assert instrument.result.updates == 0 and instrument.result.points == ((0.1, 0.2, 1, 0),)


def test_a_pasted_table_becomes_the_data_set():
    instrument = widgets.playground.PlaygroundExplorer()
    send(instrument, "paste", text="0.5, 0.5, 1\n-0.5, -0.5, 0")
    assert instrument.data_set == "own points" and len(instrument.result.X) == 2
    assert eval(instrument.line).costs == instrument.result.costs  # our own text
    before = instrument.picture
    send(instrument, "paste", text="<b>no</b>")
    assert (
        instrument.refusal.startswith("Not possible: one pasted line is")
        or "there are no points in" in instrument.refusal
    )
    assert instrument.picture == before


@pytest.mark.parametrize("content", [None, 5, {}, {"do": "close"}, {"do": "_show"}, {"do": "add"}, {"do": "paste"}])
def test_a_message_that_is_none_changes_nothing(content):
    instrument = widgets.playground.PlaygroundExplorer()
    before = instrument.picture
    instrument._receive(instrument, content, [])
    assert instrument.picture == before


def test_what_the_front_end_draws_is_what_the_network_computes():
    instrument = widgets.playground.PlaygroundExplorer(width=[3], activation=["tanh"], points=[[0.5, 0.5, 0]])
    instrument._train(30)
    state, picture, scene = instrument.result, instrument.picture, instrument.scene
    side, area = picture["side"], picture["side"] ** 2
    corners = {0: (scene["low"][0], scene["low"][1]), side - 1: (scene["high"][0], scene["low"][1])}
    corners[area - 1] = tuple(scene["high"])
    maps = np.frombuffer(picture["maps"], np.uint8).reshape(4, area)
    most = np.abs(state.forward(plane(state.X, side))[1][1]).max()
    for at, corner in corners.items():
        A = state.forward(np.array([corner]))[1]
        assert maps[3, at] / 255 == pytest.approx(A[2].item(), abs=0.003)
        assert (maps[:3, at] - 127.5) / 127.5 == pytest.approx(A[1][:, 0] / most, abs=0.005)
    np.testing.assert_allclose(picture["W"][0], state.W[1], atol=1e-5)
    np.testing.assert_allclose(picture["db"][1], state.db[2], atol=1e-5)
    costs = np.frombuffer(picture["costs"], np.float32).reshape(2, -1)
    np.testing.assert_allclose(costs[:, -1], state.costs[-1], rtol=1e-6)
    points = np.frombuffer(scene["train"], np.float32).reshape(-1, 3)
    assert points[-1] == pytest.approx([0.5, 0.5, 0]) and scene["own"] == 1


def test_the_curves_of_a_long_training_are_thinned():
    instrument = widgets.playground.PlaygroundExplorer()
    instrument.result.run(1500)
    instrument._train(1)
    costs = np.frombuffer(instrument.picture["costs"], np.float32).reshape(2, -1)
    assert 200 < costs.shape[1] <= 242
    assert costs[0, -1] == pytest.approx(instrument.result.costs[-1][0])


def test_digits_are_shown_with_their_answers():
    instrument = widgets.playground.PlaygroundExplorer(data_set="digits", width=[3, 2])
    send(instrument, "step")
    picture, scene = instrument.picture, instrument.scene
    assert len(scene["sheet"]) == 24 * 784 and len(picture["maps"]) == 5 * 784
    np.testing.assert_allclose(
        picture["answers"], instrument.result.predict_proba(instrument.result.X_test[:24]), rtol=1e-6
    )
    instrument.data_set = "moons"  # and back
    assert not instrument.scene["digits"]


def test_a_divergence_is_a_sentence_and_reset_repairs_it():
    instrument = widgets.playground.PlaygroundExplorer(activation=["relu", "relu"], optimizer="gradient_descent")
    instrument.learning_rate = 1e150
    for _ in range(3):
        send(instrument, "step")
    assert "no longer a finite number" in instrument.refusal
    instrument.learning_rate = 0.1
    send(instrument, "reset")
    assert "Update 0:" in instrument.sentence and not instrument.refusal


def test_a_stop_while_it_is_shown_leaves_the_picture_with_its_own_line(monkeypatch):
    instrument = widgets.playground.PlaygroundExplorer()
    before = instrument.picture, instrument.line
    monkeypatch.setattr(widgets.playground, "frame", stop)
    for change in (lambda: send(instrument, "step"), lambda: setattr(instrument, "width", [3])):
        with pytest.raises(KeyboardInterrupt):
            change()
        assert (instrument.picture, instrument.line) == before
    assert instrument.refusal.startswith("Stopped. You still see the last complete result")
    monkeypatch.undo()
    send(instrument, "reset")
    send(instrument, "step")
    assert "updates=1," in instrument.line and "width=3" in instrument.line


def test_a_stop_in_a_training_shows_how_far_it_came(monkeypatch):
    instrument = widgets.playground.PlaygroundExplorer()
    step = widgets.playground.Playground.step
    monkeypatch.setattr(widgets.playground.Playground, "step", lambda self: stop() if self.updates == 7 else step(self))
    with pytest.raises(KeyboardInterrupt):
        instrument._train(60)
    assert "Update 7:" in instrument.sentence and "updates=7," in instrument.line


async def until(true):
    """Wait while other work goes on, on a busy machine too."""
    for _ in range(600):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


async def rest():
    """Wait until no other task is left: from then on nothing trains."""
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})


def test_training_runs_beside_other_work_and_pause_ends_it_at_once():
    async def play():
        instrument = widgets.playground.PlaygroundExplorer()
        instrument.playing = True
        assert instrument.result.updates == 0  # nothing blocks
        await until(lambda: instrument.result.updates > 3)
        assert f"Update {instrument.result.updates}:" in instrument.sentence
        done = instrument.result.updates
        instrument.playing = False
        assert instrument.result.updates == done
        await rest()
        assert instrument.result.updates == done
        instrument.playing = True
        await until(lambda: instrument.result.updates > done)
        instrument.width = [3]  # starts anew, and goes on
        await until(lambda: instrument.result.sizes == (2, 3, 1) and instrument.result.updates > 1)
        other = widgets.playground.PlaygroundExplorer()  # as when the cell is run again
        done = instrument.result.updates
        await rest()
        assert (instrument.result.updates, other.result.updates, instrument.playing) == (done, 0, False)

    asyncio.run(play())
    assert Live.training is None


@pytest.mark.parametrize("refused", [{"do": "paste", "text": "a b c d"}, {"do": "add", "x1": "far"}])
def test_a_message_pauses_the_training_and_stays(refused):
    async def play():
        instrument = widgets.playground.PlaygroundExplorer()
        instrument.playing = True
        await until(lambda: instrument.result.updates > 0)
        send(instrument, **refused)
        said = instrument.refusal
        assert said.startswith("Not possible: ") and not instrument.playing
        await rest()
        assert instrument.refusal == said
        instrument.playing = True
        await until(lambda: not instrument.refusal)
        instrument.playing = False

    asyncio.run(play())


def test_a_picture_waits_until_the_last_but_one_is_drawn(monkeypatch):
    monkeypatch.setattr("helpers.widgets.live.UNSEEN", 60)

    async def play():
        instrument = widgets.playground.PlaygroundExplorer()
        first = instrument.picture["number"]
        send(instrument, "drawn", number=first)
        instrument.playing = True
        await until(lambda: instrument.picture["number"] == first + AHEAD + 1)
        for _ in range(40):  # it waits for the page
            await asyncio.sleep(0.005)
            if instrument.picture["number"] != first + AHEAD + 1:
                break
        assert instrument.picture["number"] == first + AHEAD + 1
        send(instrument, "drawn", number=instrument.picture["number"])
        await until(lambda: instrument.picture["number"] == first + 2 * (AHEAD + 1))
        instrument.playing = False

    asyncio.run(play())


def test_a_kernel_without_an_event_loop_trains_for_a_moment():
    instrument = widgets.playground.PlaygroundExplorer()
    instrument.playing = True
    assert instrument.result.updates > 3 and not instrument.playing


def test_a_forgotten_training_ends(monkeypatch):
    monkeypatch.setattr("helpers.widgets.playground.MOST_UPDATES", 7)

    async def play():
        instrument = widgets.playground.PlaygroundExplorer()
        instrument.playing = True
        await until(lambda: not instrument.playing)
        assert instrument.result.updates == 7
        assert "Training stops after 7 updates" in instrument.sentence
        send(instrument, "step")
        assert eval(instrument.line).updates == instrument.result.updates == 7  # our own text
        send(instrument, "reset")
        instrument.speed = 5  # five and five more do not make 7
        instrument.playing = True
        await until(lambda: not instrument.playing)
        assert instrument.result.updates == 7

    asyncio.run(play())


def test_pause_and_train_at_once_leaves_a_training_that_can_be_paused():
    async def play():
        instrument = widgets.playground.PlaygroundExplorer()
        instrument.playing = True
        await until(lambda: instrument.result.updates > 0)
        first = instrument._task
        instrument.playing = False
        instrument.playing = True
        await until(first.done)
        assert Live.training is instrument and instrument.playing
        instrument.close()
        done = instrument.result.updates
        await rest()
        assert instrument.result.updates == done

    asyncio.run(play())
    assert Live.training is None


SOLUTION = {"data_set": "spirals", "width": [5, 3], "learning_rate": 0.1, "random_state": 0}


def test_the_challenge_is_met_remembered_and_not_at_the_start(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(file))
    instrument = widgets.playground.PlaygroundExplorer()
    assert not instrument.met
    instrument.result.run(300)  # the moons, learned perfectly
    instrument._train(1)
    assert instrument.result.accuracy()[1] > 0.95 and not instrument.met
    for options in ({"width": [8, 8]}, {"features": list(FEATURES)}):  # too many units, other inputs
        instrument = widgets.playground.PlaygroundExplorer(**SOLUTION | options)
        instrument.result.run(800)
        instrument._train(1)
        assert instrument.result.accuracy()[1] > 0.95 and not instrument.met
    instrument = widgets.playground.PlaygroundExplorer(**SOLUTION)
    assert not instrument.met
    instrument.result.run(1500)
    instrument._train(1)
    assert instrument.met.startswith("Challenge met.")
    assert json.loads(file.read_text())["done"] == ["11.playground"]


def test_the_still_is_an_ordinary_figure():
    instrument = widgets.playground.PlaygroundExplorer()
    assert len(instrument.still().axes) == 4


def test_the_still_before_the_first_update_shows_a_training_of_its_own():
    instrument = widgets.playground.explorer()
    costs = instrument.still().axes[1].lines[0]
    assert len(costs.get_xdata()) > 100 and costs.get_ydata()[-1] < costs.get_ydata()[0]
    assert instrument.result.updates == 0  # what is on the screen stays
    data, _ = instrument._repr_mimebundle_()
    assert data["image/png"] and "<svg" in data["image/svg+xml"]
    assert data["text/plain"].startswith("Interactive figure: Playground")


def test_the_cost_curves_are_named_once_there_are_any():
    def names(updates):
        return [text.get_text() for text in widgets.playground.draw(state(updates)).axes[1].texts]

    def state(updates):
        return widgets.playground.play(updates=updates, **SMALL)

    assert {"train", "test"} <= {*names(2)} and not {"train", "test"} & {*names(0)}
