"""Your network: trained a few iterations at a time, as in one go; and every control."""

import asyncio
import json

import ipywidgets
import numpy as np
import pytest
from tqdm.notebook import tqdm

from helpers import widgets
from helpers.system import interrupts
from helpers.training import parallel
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.live import Live
from helpers.widgets.your_network import MOST_ITERATIONS, some_digits, unit_pictures

SMALL = "5, 1"


def send(instrument, do):
    """What the front end sends at a click."""
    instrument._receive(instrument, {"do": do}, [])


def test_training_on_digits():
    result = widgets.your_network.train("20, 1", learning_rate=0.5, iterations=60)
    assert result.test_accuracy > 0.93
    assert result.network.layer_sizes_ == (784, 20, 1)
    assert "15721 parameters" in widgets.your_network.describe(result)


def test_one_rate_is_what_fit_does_and_two_are_a_training_that_goes_on():
    X, y, _, _ = some_digits()
    options = {"hidden_activation": "tanh", "dtype": np.float32}
    network = NeuralNetwork([5, 1], learning_rate=0.3, iterations=8, **options).fit(X, y)
    ours = widgets.your_network.train(SMALL, "tanh", 0.3, 8).network
    np.testing.assert_array_equal(ours.W_[1], network.W_[1])
    network.learning_rate, network.iterations = 0.1, 12
    network.resume(X, y)
    ours = widgets.your_network.train(SMALL, "tanh", {0: 0.3, 8: 0.1}, 12).network
    np.testing.assert_array_equal(ours.W_[1], network.W_[1])
    ours = widgets.your_network.train(SMALL, "tanh", {0: 0.3, 8: 0.1, 40: 7.0}, 8).network  # not that far yet
    assert len(ours.cost_history_) == 8


def test_a_training_of_another_network_begins_at_the_rate_that_is_set():
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    send(instrument, "step")
    instrument.learning_rate = 0.1
    send(instrument, "step")
    instrument.hidden_activation = "tanh"
    assert "learning_rate=0.1" in instrument.line and instrument.result.network.learning_rate == 0.1
    again = eval(instrument.line)  # our own text
    np.testing.assert_array_equal(again.network.cost_history_, instrument.result.network.cost_history_)


def test_the_line_reproduces_a_run_with_changes_on_the_way():
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    for rate in (0.5, 2.0, 0.1):
        instrument.learning_rate = rate
        for _ in range(3):
            send(instrument, "step")
    assert instrument.iterations == 10
    assert "learning_rate={0: 0.5, 4: 2.0, 7: 0.1}" in instrument.line
    again = eval(instrument.line)  # our own text: the line that a reader would paste
    np.testing.assert_array_equal(again.network.cost_history_, instrument.result.network.cost_history_)
    assert widgets.your_network.describe(again) in instrument.sentence
    send(instrument, "reset")
    assert instrument.iterations == 1 and "learning_rate=0.1" in instrument.line
    assert len(instrument.result.network.cost_history_) == 1


def test_what_goes_on_is_not_begun_again(monkeypatch):
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    fits = []
    fit = NeuralNetwork.fit
    monkeypatch.setattr(NeuralNetwork, "fit", lambda self, *data: fits.append(1) or fit(self, *data))
    for iterations in (5, 6, 20):
        instrument.iterations = iterations
    assert not fits and len(instrument.result.network.cost_history_) == 20
    instrument.iterations = 10  # back: from the beginning
    assert fits and len(instrument.result.network.cost_history_) == 10
    np.testing.assert_array_equal(eval(instrument.line).network.W_[1], instrument.result.network.W_[1])


def test_a_move_computes_with_one_blas_thread(monkeypatch):
    """Two would compete with the browser: on a machine with two cores, a move took up to four times as long."""
    network, limited = widgets.your_network.YourNetwork(layer_sizes=SMALL), []
    for name in ("fit", "score", "predict_proba"):
        whole = getattr(NeuralNetwork, name)

        def watched(self, *data, whole=whole, name=name):
            limited.append((name, bool(parallel._SINGLE_THREADED_BLAS.users)))
            return whole(self, *data)

        monkeypatch.setattr(NeuralNetwork, name, watched)
    network.hidden_activation = "tanh"
    assert set(limited) == {("fit", True), ("score", True), ("predict_proba", True)}
    del limited[:]
    widgets.race._train("momentum", 0.05, 3)
    assert set(limited) == {("fit", True), ("score", True)}
    assert not parallel._SINGLE_THREADED_BLAS.users


VALUES = {"layer_sizes": "4, 3, 1", "hidden_activation": "tanh", "learning_rate": 1.0, "iterations": 7}


def test_an_iteration_creates_no_widgets(monkeypatch):
    """In a notebook, a progress bar would create a dozen for each picture, and the page would keep them all."""
    monkeypatch.setenv("TQDM_DISABLE", "0")
    monkeypatch.setattr(interrupts, "tqdm", tqdm)
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    before = set(ipywidgets.widgets.widget._instances)
    send(instrument, "step")
    assert instrument.iterations == 2
    assert set(ipywidgets.widgets.widget._instances) == before


def test_every_control_changes_the_picture_and_the_line():
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    for name, value in VALUES.items():
        before = instrument.picture, instrument.line
        setattr(instrument, name, value)
        assert instrument.picture != before[0] and instrument.line != before[1] and not instrument.refusal
    again = eval(instrument.line)
    np.testing.assert_array_equal(again.network.W_[1], instrument.result.network.W_[1])


BAD = [
    ("layer_sizes", text) for text in ("", "12, 0", "a, b", "3.5, 1", "7, 3", "[3, [1]]", "9" * 400 + ", 1", "900, 1")
]
BAD += [("hidden_activation", "step"), ("iterations", 0), ("iterations", MOST_ITERATIONS + 1)]
BAD += [("learning_rate", 0), ("learning_rate", float("nan")), ("learning_rate", -1)]


@pytest.mark.parametrize(("name", "bad"), BAD, ids=lambda value: str(value)[:20])
def test_a_bad_value_gets_a_sentence_and_the_picture_stays(name, bad):
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL)
    before = instrument.picture, instrument.line
    setattr(instrument, name, bad)
    assert instrument.refusal.startswith("Not possible: ")
    assert (instrument.picture, instrument.line) == before
    if name == "learning_rate":  # the next iteration uses the last valid rate, as the line says
        send(instrument, "step")
        assert instrument.iterations == 2 and instrument.result.network.learning_rate == 0.5
    setattr(instrument, name, VALUES[name])
    assert not instrument.refusal and instrument.picture != before[0]


def test_what_the_front_end_draws_is_what_the_network_computes():
    instrument = widgets.your_network.YourNetwork(layer_sizes="4, 3, 1", iterations=5)
    network, picture = instrument.result.network, instrument.picture
    _, _, X, y = some_digits()
    np.testing.assert_allclose(picture["W"][1], network.W_[2], rtol=1e-6)
    np.testing.assert_allclose(picture["norms"], np.linalg.norm(network.W_[1], axis=1), rtol=1e-5)
    units = (np.frombuffer(picture["units"], np.uint8).reshape(7, 784) - 127.5) / 127.5
    for unit, w in zip(units, network.W_[1], strict=False):
        np.testing.assert_allclose(unit, w / np.abs(w).max(), atol=0.005)
    p = network.predict_proba(X)
    assert picture["right_n"] == np.sum((p > 0.5) == y) and picture["wrong_n"] == 500 - picture["right_n"]
    assert len(picture["wrong"]) == 784 * len(picture["wrong_p"]) <= 784 * 12


def test_the_picture_of_a_deep_unit_is_its_derivative_at_the_mean_digit():
    network = widgets.your_network.train("4, 3, 1", "tanh", 0.5, 5).network
    W, b = ({l: p.astype(float) for l, p in these.items()} for these in (network.W_, network.b_))
    at = some_digits()[2].mean(axis=0).astype(float) + 1e-4 * np.vstack([np.eye(784), -np.eye(784)])
    z = W[2] @ np.tanh(W[1] @ at.T + b[1])  # (3, 2 · 784), each pixel up, then down
    slopes = (z[:, :784] - z[:, 784:]) / 2e-4
    units = (np.frombuffer(list(unit_pictures(network))[1], np.uint8).reshape(3, 784) - 127.5) / 127.5
    np.testing.assert_allclose(units, slopes / np.abs(slopes).max(axis=1, keepdims=True), atol=0.006)


def test_a_divergence_keeps_the_last_good_state():
    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL, hidden_activation="relu")
    instrument.learning_rate = 1e30
    for _ in range(4):
        send(instrument, "step")
    assert instrument.refusal.startswith("Not possible: ")
    assert "image/svg+xml" in instrument._repr_mimebundle_()[0]
    instrument.learning_rate = 0.5
    send(instrument, "reset")
    send(instrument, "step")
    assert not instrument.refusal and instrument.iterations == 2


def test_a_stop_leaves_the_last_picture_with_its_own_line(monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL, speed=5)
    before = instrument.picture, instrument.line, instrument.iterations
    monkeypatch.setattr(widgets.your_network, "_digits", stop)
    with pytest.raises(KeyboardInterrupt):
        send(instrument, "step")
    assert (instrument.picture, instrument.line, instrument.iterations) == before
    assert instrument.refusal.startswith("Stopped") and instrument.speed == 5
    monkeypatch.undo()
    send(instrument, "step")
    assert not instrument.refusal
    assert len(instrument.result.network.cost_history_) == instrument.iterations
    np.testing.assert_array_equal(eval(instrument.line).network.W_[1], instrument.result.network.W_[1])


def test_it_trains_while_one_looks_and_ends(monkeypatch):
    monkeypatch.setattr("helpers.widgets.your_network.MOST_ITERATIONS", 9)

    async def play():
        instrument = widgets.your_network.YourNetwork(layer_sizes=SMALL, speed=2)
        instrument.playing = True
        assert instrument.iterations == 1
        for _ in range(600):
            if not instrument.playing:
                break
            await asyncio.sleep(0.05)
        assert instrument.iterations == 9 == len(instrument.result.network.cost_history_)

    asyncio.run(play())
    assert Live.training is None


def test_the_challenge_is_met_remembered_and_not_at_the_start(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(file))
    instrument = widgets.your_network.YourNetwork()
    assert not instrument.met
    instrument.iterations = 200  # two layers are enough for the digits, but not for the challenge
    assert instrument.result.test_accuracy > 0.95 and not instrument.met
    instrument = widgets.your_network.YourNetwork(layer_sizes="20, 10, 1", hidden_activation="tanh")
    assert not instrument.met
    instrument.iterations = 60
    assert instrument.met.startswith("Challenge met.")
    assert json.loads(file.read_text())["done"] == ["04.your_network"]
    for rate in (0.01, 10):  # neither end of the slider
        instrument = widgets.your_network.YourNetwork(
            layer_sizes="20, 10, 1", hidden_activation="tanh", learning_rate=rate
        )
        instrument.iterations = 60
        assert not instrument.met


def test_the_still_is_an_ordinary_figure():
    instrument = widgets.your_network.explorer()
    (ax,) = instrument.still().axes
    assert len(ax.lines[0].get_xdata()) >= 60  # a curve, though the instrument itself is at its start
    assert instrument.iterations == len(instrument.result.network.cost_history_) == 1
    data, _ = instrument._repr_mimebundle_()
    assert data["image/png"] and data["text/plain"].startswith("Interactive figure: Your network")
