"""The drawing: the reading and its gradient, then every control and what the front end sends."""

import json

import numpy as np
import pytest

from helpers import widgets
from helpers.backprop.losses import binary_cross_entropy, cross_entropy
from helpers.backprop.network import forward
from helpers.datasets.recordings import load_run
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.widgets.drawing import SIDE, pack, test_digits, unpack

test_digits.__test__ = False  # not a test, whatever its name


def test_the_derivative_to_the_pixels_is_that_of_a_nudge():
    x = widgets.drawing.digits_to_start()[0].copy()
    model = load_run("tutorial_196_1")
    for target, label in ((5, 0.0), (8, 1.0)):

        def cost(label=label):
            return binary_cross_entropy(forward(x[np.newaxis], model.W_, model.b_)[0][2], np.array([[label]]))

        result = widgets.drawing.read(x, target)
        assert result.cost == cost()
        assert relative_error(result.gradient, numerical_gradient(cost, x)) < 1e-7
        assert result.probability == model.predict_proba(x[np.newaxis])[0]


@pytest.mark.parametrize(("target", "sign"), [(8, 1), (5, -1)])
def test_moving_goes_towards_the_target_and_stays_ink(target, sign):
    x = widgets.drawing.digits_to_start()[1]
    probabilities = [widgets.drawing.read(x).probability]
    for _ in range(5):
        x = widgets.drawing.move(x, target, rate=0.2)
        probabilities.append(widgets.drawing.read(x).probability)
    assert (sign * np.diff(probabilities) > 0).all()
    assert 0 <= x.min() <= x.max() <= 1
    several = widgets.drawing.move(widgets.drawing.digits_to_start()[1], target, 0.2, steps=5)
    np.testing.assert_array_equal(several, x)


def test_a_drawing_is_packed_without_loss():
    levels = np.random.default_rng(0).integers(0, 256, SIDE**2) / 255
    np.testing.assert_allclose(unpack(pack(levels)), levels, rtol=0, atol=1e-15)
    assert len(pack(np.zeros(SIDE**2))) < 40


BROKEN = ["", "not a drawing", "QUJD", pack(np.zeros(10)), pack(np.zeros(2000)), pack(np.zeros(784))[:-8], "ä"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_text_that_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError, match="does not encode a drawing"):
        widgets.drawing.read(text)


@pytest.mark.parametrize(
    "call",
    [
        lambda: widgets.drawing.read(np.zeros(783)),
        lambda: widgets.drawing.read(np.full(784, 1.5)),
        lambda: widgets.drawing.read(np.zeros(784), target=3),
        lambda: widgets.drawing.move(np.zeros(784), rate=0),
        lambda: widgets.drawing.move(np.zeros(784), steps=0),
    ],
)
def test_impossible_drawings(call):
    with pytest.raises(ValueError, match=r"\bis\b"):
        call()


@pytest.mark.parametrize("ink", [1.5, -0.5, np.nan])
def test_a_pixel_that_is_no_ink_is_named(ink):
    pixels = np.zeros(784)
    pixels[5] = ink
    with pytest.raises(ValueError, match=f"a pixel of the drawing is {ink:g}, but it must be between 0"):
        widgets.drawing.read(pixels)


def test_centring_keeps_all_ink():
    picture = np.zeros((SIDE, SIDE))
    picture[0:4, 1:3] = 0.5
    moved = widgets.drawing.centre(picture.ravel()).reshape(SIDE, SIDE)
    assert moved.sum() == picture.sum()
    assert np.argwhere(moved).mean(axis=0) == pytest.approx([13.5, 13.5], abs=0.5)
    picture[27, 27] = 0.01  # reaches the far corner: it can go nowhere
    np.testing.assert_array_equal(widgets.drawing.centre(picture.ravel()), picture.ravel())
    assert not widgets.drawing.centre(np.zeros(784)).any()


def test_the_derivative_of_ten_digits_is_that_of_a_nudge():
    x, model = test_digits()[0][0].copy(), load_run("ten_digits_seed_0")
    result = widgets.drawing.read(x, 3, "ten digits")

    def cost():
        Z, _ = forward(x[np.newaxis], model.W_, model.b_, "relu", "softmax")
        return cross_entropy(Z[2], np.eye(10)[:, [3]])

    assert result.cost == pytest.approx(cost(), rel=1e-12)
    assert relative_error(result.gradient, numerical_gradient(cost, x)) < 1e-6
    np.testing.assert_allclose(
        result.probabilities, model.predict_proba(x[np.newaxis].astype(np.float32))[0], atol=1e-6
    )
    assert result.answer == 7 == test_digits()[1][0]
    assert widgets.drawing.describe(result).startswith("The network says 7: probability 0.99")
    assert result.probability == result.probabilities[8]


def test_two_digits_have_two_probabilities():
    result = widgets.drawing.read(widgets.drawing.digits_to_start()[1])
    assert result.digits == (5, 8) and result.answer == 5
    assert result.probabilities.sum() == pytest.approx(1)
    assert result.probability == result.probabilities[1] < 0.5


def test_most_test_digits_are_read_right():
    X, y = test_digits()
    assert (
        np.mean([widgets.drawing.read(x, 0, "ten digits").answer == label for x, label in zip(X, y, strict=True)])
        > 0.95
    )


@pytest.mark.parametrize("target", range(10))
def test_ten_digits_move_towards_any_target(target):
    x = test_digits()[0][1]
    costs = []
    for _ in range(6):
        costs.append(widgets.drawing.read(x, target, "ten digits").cost)
        x = widgets.drawing.move(x, target, 0.2, network="ten digits")
    assert (np.diff(costs) < 0).all() or costs[0] < 1e-3
    assert 0 <= x.min() <= x.max() <= 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: widgets.drawing.read(np.zeros(784), 3, "three digits"),
        lambda: widgets.drawing.read(np.zeros(784), 10, "ten digits"),
        lambda: widgets.drawing.read(np.zeros(784), "3", "ten digits"),
    ],
)
def test_impossible_readings_of_ten_digits(call):
    with pytest.raises(ValueError, match=r"\bis\b"):
        call()


def send(instrument, do):
    """What the front end sends at a click."""
    instrument._receive(instrument, {"do": do}, [])


def ink(pixels):
    """What the front end sends during a stroke."""
    return np.round(255 * np.asarray(pixels)).astype(np.uint8).tobytes().hex()


def pixels_of(instrument):
    return np.frombuffer(bytes.fromhex(instrument.ink), np.uint8) / 255


STROKE = np.zeros((SIDE, SIDE))
STROKE[5:20, 10:12] = 1
STROKE = STROKE.ravel()


def test_every_control_of_the_drawing():
    instrument = widgets.drawing.Drawing()
    assert instrument.sentence.startswith("You have not drawn anything yet")
    empty = instrument.picture
    instrument.ink = ink(STROKE)
    assert instrument.picture != empty
    again = eval(instrument.line)  # our own text: the line that a reader would paste
    np.testing.assert_array_equal(again.pixels, STROKE)
    assert widgets.drawing.describe(again) == instrument.sentence
    np.testing.assert_allclose(instrument.picture["probabilities"], again.probabilities, rtol=1e-6)
    gradient = (np.frombuffer(instrument.picture["gradient"], np.uint8) - 127.5) / 127.5 * instrument.picture["most"]
    np.testing.assert_allclose(gradient, again.gradient, atol=0.005 * instrument.picture["most"])
    for target in range(10):
        instrument.target = target
        assert f"for the target {target}" in instrument.sentence
        assert f"target={target}," in instrument.line
    instrument.start = 2
    np.testing.assert_allclose(pixels_of(instrument), test_digits()[0][1], atol=1e-12)
    costs = [instrument.result.cost]
    for _ in range(3):
        send(instrument, "move")
        costs.append(instrument.result.cost)
    assert (np.diff(costs) < 0).all() and instrument.steps == 3
    send(instrument, "reload")
    np.testing.assert_allclose(pixels_of(instrument), test_digits()[0][1], atol=1e-12)
    assert instrument.steps == 0
    send(instrument, "centre")
    send(instrument, "clear")
    assert not pixels_of(instrument).any() and instrument.start == 0
    instrument.ink = ink(STROKE)
    assert "The network says" in instrument.sentence


def test_small_steps_are_not_lost_to_rounding():
    instrument = widgets.drawing.Drawing(rate=0.01)
    instrument.start = 2
    for _ in range(20):
        send(instrument, "move")
    right = widgets.drawing.move(test_digits()[0][1], 8, 0.01, 20, "ten digits")
    np.testing.assert_allclose(pixels_of(instrument), right, atol=0.5 / 255 + 1e-9)


@pytest.mark.parametrize("text", ["x", "00", "zz" * 784, "00" * 785, "<b>"])
def test_what_is_sent_but_is_no_drawing_is_refused(text):
    instrument = widgets.drawing.Drawing()
    before = instrument.picture
    instrument.ink = text
    assert instrument.refusal.startswith("Not possible: ink does not encode a drawing")
    assert instrument.picture == before
    instrument.ink = ink(np.full(784, 0.5))
    assert instrument.sentence.startswith("The network says") and not instrument.refusal


@pytest.mark.parametrize(
    ("name", "bad", "good"), [("target", 10, 3), ("target", -1, 3), ("start", 101, 5), ("start", -1, 5)]
)
def test_a_bad_value_gets_a_sentence_and_the_picture_stays(name, bad, good):
    instrument = widgets.drawing.Drawing()
    before = instrument.picture
    setattr(instrument, name, bad)
    assert instrument.refusal.startswith("Not possible: ") and instrument.picture == before
    setattr(instrument, name, good)
    assert not instrument.refusal


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_bad_rate_moves_nothing(rate):
    instrument = widgets.drawing.Drawing(start=0)
    instrument.start, instrument.rate = 3, rate
    before = instrument.ink
    send(instrument, "move")
    assert instrument.refusal.startswith("Not possible: rate") and instrument.ink == before


@pytest.mark.parametrize("control", ["move", "stroke", "target"])
def test_a_stop_while_a_drawing_is_read_leaves_the_last_reading(control, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    instrument = widgets.drawing.Drawing()
    instrument.start = 2
    before = instrument.picture, instrument.line, instrument.ink
    monkeypatch.setattr(widgets.drawing, "levels", stop)
    with pytest.raises(KeyboardInterrupt):
        if control == "stroke":
            instrument.ink = ink(STROKE)
        elif control == "target":
            instrument.target = 5
        else:
            send(instrument, "move")
    assert (instrument.picture, instrument.line) == before[:2]
    assert instrument.refusal.startswith("Stopped.") and instrument.steps == 0
    assert instrument.ink == (ink(STROKE) if control == "stroke" else before[2])  # a stroke stays in the area
    monkeypatch.undo()
    send(instrument, "move")
    assert instrument.steps == 1 and not instrument.refusal


SOLUTION = {"start": 1, "target": 3, "rate": 0.1}


def test_the_challenge_is_met_remembered_and_not_at_the_start(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(file))

    def play(rate, start=SOLUTION["start"], target=SOLUTION["target"]):
        instrument = widgets.drawing.Drawing(rate=rate)
        instrument.target, instrument.start = target, start
        assert not instrument.met and instrument.result.answer != target
        for _ in range(5):
            send(instrument, "move")
        return instrument

    assert play(SOLUTION["rate"]).met.startswith("Challenge met.")
    assert json.loads(file.read_text())["done"] == ["11.drawing"]
    assert not play(0.01).met and not play(10).met  # neither end of the slider


def test_the_still_is_an_ordinary_figure():
    instrument = widgets.drawing.Drawing(ink=ink(STROKE))
    assert len(instrument.still().axes) == 3


def test_the_still_of_an_empty_pad_shows_a_digit_and_that_of_a_drawing_the_drawing():
    instrument = widgets.drawing.explorer()
    (example,) = instrument.still().axes[0].images
    np.testing.assert_array_equal(np.ravel(example.get_array()), widgets.drawing.test_digits()[0][0])
    assert not instrument.result.pixels.any()  # what is on the screen stays
    instrument.start = 2
    (drawn,) = instrument.still().axes[0].images
    np.testing.assert_array_equal(np.ravel(drawn.get_array()), instrument.result.pixels)
    data, _ = instrument._repr_mimebundle_()
    assert data["image/png"] and data["text/plain"].startswith("Interactive figure: Draw a digit")
