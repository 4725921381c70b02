"""The playground and the drawing: the state without a widget, then every control and button of both."""

import asyncio
import re
import signal
import sys
import time

import numpy as np
import pytest
from traitlets import TraitError

from helpers import widgets
from helpers.backprop.losses import binary_cross_entropy
from helpers.backprop.network import backward, forward
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.datasets.recordings import load_run
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.drawing import SIDE, pack, unpack
from helpers.widgets.playground import DATA_SETS, MOST_UPDATES, M

SMALL = {"hidden_layers": 1, "width": 3}


# --- the state -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATA_SETS)
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
    assert f"Update 40: cost {state.costs[-1][0]:.4f}" in widgets.playground.describe(state)


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
    ],
)
def test_what_cannot_be_played_is_said_in_a_sentence(options):
    with pytest.raises((ValueError, TypeError), match=r"( is | must be )"):
        widgets.playground.play(**options)


def test_a_misspelt_option_is_named():
    with pytest.raises(ValueError, match=r"^learning_rat is not an option of play: did you mean learning_rate\?"):
        widgets.playground.play(learning_rat=0.1)


def stop(*_, **__):
    raise KeyboardInterrupt


def state_of(state):
    arrays = [p[key] for p in (state.W, state.b, state._memory) for key in sorted(p)]
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

        sys.settrace(trace)
        try:
            state.step()
        except KeyboardInterrupt:
            stopped = True
        finally:
            sys.settrace(None)
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


def test_a_stop_while_it_is_shown_leaves_the_picture_with_its_own_line(monkeypatch):
    explorer = widgets.playground.PlaygroundExplorer()
    before = explorer.picture.value, explorer.line.value
    monkeypatch.setattr(widgets.playground, "draw", stop)
    for change in (explorer.buttons["step"].click, lambda: setattr(explorer.controls["width"], "value", 3)):
        with pytest.raises(KeyboardInterrupt):
            change()
        assert (explorer.picture.value, explorer.line.value) == before
        assert explorer.message.value.startswith("<b>Stopped.</b> What is shown is the last complete result")
    monkeypatch.undo()
    explorer.buttons["step"].click()
    assert "updates=1," in explorer.line.value and "width=3" in explorer.line.value


def test_a_stop_in_a_training_shows_how_far_it_came(monkeypatch):
    explorer = widgets.playground.PlaygroundExplorer()
    step = widgets.playground.Playground.step
    monkeypatch.setattr(widgets.playground.Playground, "step", lambda self: stop() if self.updates == 7 else step(self))
    with pytest.raises(KeyboardInterrupt):
        explorer._advance(60)
    assert "Update 7:" in explorer.message.value and "updates=7," in explorer.line.value


def test_a_training_that_runs_away_keeps_its_last_finite_state():
    state = widgets.playground.play(activation="relu", optimizer="gradient_descent", hidden_layers=4, batch_size=M)
    state.learning_rate = 1e200
    with pytest.raises(ArithmeticError, match="no longer a finite number"):
        state.run(50)
    assert np.isfinite(state.costs).all()
    assert state._cost(state.W, state.b) == state.costs[-1]
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


def test_the_legend_of_the_norms_lies_above_them():
    figure = widgets.playground.draw(widgets.playground.play(hidden_layers=4, width=1, updates=2))
    figure.canvas.draw()
    ax = figure.axes[2]
    legend, title = ax.get_legend().get_window_extent(), ax.texts[0].get_window_extent()
    assert legend.y0 >= ax.get_window_extent().y1 - 1
    assert legend.x0 > title.x1


# --- the widget of the playground ----------------------------------------------------------------

VALUES = {
    "data_set": "XOR",
    "noise": 0.3,
    "hidden_layers": 1,
    "width": 3,
    "activation": "relu",
    "initialization": "he",
    "optimizer": "momentum",
    "learning_rate": 0.1,
    "batch_size": 50,
    "l2": 0.01,
    "random_state": 2,
}


def code_of(widget):
    return re.search("<code[^>]*>(.*)</code>", widget.line.value)[1].replace("&#x27;", "'")


def test_every_control_starts_anew_and_the_line_reproduces_the_screen():
    explorer = widgets.playground.PlaygroundExplorer()
    assert set(explorer.controls) == set(VALUES)
    for name, value in VALUES.items():
        before = explorer.line.value
        explorer.buttons["step"].click()
        assert explorer.state.updates == 1
        explorer.controls[name].value = value
        assert explorer.state.updates == 0
        assert explorer.line.value != before
        assert explorer.controls[name].description
    explorer.buttons["step"].click()
    explorer.buttons["step"].click()
    again = eval(code_of(explorer))  # our own text: the line that a reader would paste
    assert again.costs == explorer.state.costs
    assert widgets.playground.describe(again) in explorer.message.value
    explorer.buttons["reset"].click()
    assert explorer.state.updates == 0


BAD = [("noise", -1e9), ("noise", float("nan")), ("learning_rate", 1e9), ("learning_rate", float("nan"))]
BAD += [("hidden_layers", 99), ("width", 0), ("batch_size", -1), ("random_state", -5), ("l2", 7), ("data_set", "none")]
BAD += [("activation", None), ("initialization", ""), ("optimizer", "magic")]


@pytest.mark.parametrize(("name", "bad"), BAD)
def test_the_playground_lives_on_after_a_bad_value(name, bad):
    explorer = widgets.playground.PlaygroundExplorer()
    try:
        explorer.controls[name].value = bad
    except TraitError:
        pass  # ipywidgets itself refuses what no hand can enter
    explorer.controls[name].value = VALUES[name]
    explorer.buttons["step"].click()
    assert "Update 1:" in explorer.message.value


def test_a_value_that_is_refused_leaves_the_picture_and_a_sentence():
    explorer = widgets.playground.PlaygroundExplorer()
    before = explorer.picture.value
    explorer.controls["noise"].max = 5
    explorer.controls["noise"].value = 3
    assert explorer.message.value.startswith("<b>Not possible:</b> noise is 3.0")
    assert explorer.picture.value == before


def test_a_divergence_is_a_sentence_and_reset_mends_it():
    explorer = widgets.playground.PlaygroundExplorer()
    explorer.controls["activation"].value = "relu"
    explorer.state.learning_rate, explorer.state.optimizer = 1e150, OPTIMIZERS["gradient_descent"]
    for _ in range(3):
        explorer.buttons["step"].click()
    assert "no longer a finite number" in explorer.message.value
    explorer.buttons["reset"].click()
    assert "Update 0:" in explorer.message.value


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
        explorer = widgets.playground.PlaygroundExplorer()
        explorer.buttons["train"].click()
        explorer.buttons["train"].click()  # a second click starts no second training
        assert explorer.state.updates == 0  # nothing blocks
        await until(lambda: explorer.state.updates > 20)
        assert f"Update {explorer.state.updates}:" in explorer.message.value
        start, done = time.perf_counter(), explorer.state.updates
        explorer.buttons["pause"].click()
        assert time.perf_counter() - start < 0.1
        assert explorer.state.updates == done
        await rest()
        assert explorer.state.updates == done
        explorer.buttons["train"].click()
        await until(lambda: explorer.state.updates > done)
        other = widgets.playground.PlaygroundExplorer()  # as when the cell is run again
        done = explorer.state.updates
        await rest()
        assert (explorer.state.updates, other.state.updates) == (done, 0)

    asyncio.run(play())
    assert widgets.playground.PlaygroundExplorer.training is None


def test_a_kernel_without_an_event_loop_trains_for_a_moment():
    explorer = widgets.playground.PlaygroundExplorer()
    explorer.buttons["train"].click()
    assert explorer.state.updates > 10
    explorer.buttons["pause"].click()


def test_a_forgotten_training_ends(monkeypatch):
    monkeypatch.setattr("helpers.widgets.playground.MOST_UPDATES", 7)

    async def play():
        explorer = widgets.playground.PlaygroundExplorer()
        explorer.buttons["train"].click()
        await until(lambda: widgets.playground.PlaygroundExplorer.training is None)
        assert explorer.state.updates == 7
        assert "The training ends here" in explorer.message.value
        explorer.buttons["step"].click()
        assert eval(code_of(explorer)).updates == explorer.state.updates == 7  # our own text
        explorer.buttons["reset"].click()
        explorer.buttons["step"].click()  # from 1 on, five more and five more do not make 7
        explorer.buttons["train"].click()
        await until(lambda: widgets.playground.PlaygroundExplorer.training is None)
        assert explorer.state.updates == 7

    asyncio.run(play())


def test_pause_and_train_at_once_leaves_a_training_that_can_be_paused():
    async def play():
        explorer = widgets.playground.PlaygroundExplorer()
        explorer.buttons["train"].click()
        await until(lambda: explorer.state.updates > 0)
        first = explorer._task
        explorer.buttons["pause"].click()
        explorer.buttons["train"].click()
        await until(first.done)
        assert widgets.playground.PlaygroundExplorer.training is explorer
        explorer.close()
        done = explorer.state.updates
        await rest()
        assert explorer.state.updates == done

    asyncio.run(play())
    assert widgets.playground.PlaygroundExplorer.training is None


# --- the drawing ---------------------------------------------------------------------------------


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
    with pytest.raises(ValueError, match="not a drawing"):
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
    with pytest.raises(ValueError, match=f"each pixel .* but this one holds {ink:g}"):
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


def draw(widget, picture):
    """What the browser sends at the end of a stroke."""
    widget.field.value = np.round(255 * np.asarray(picture)).astype(np.uint8).tobytes().hex()


def test_every_control_of_the_drawing():
    widget = widgets.drawing.Drawing()
    empty = widget.picture.value, widget.line.value
    stroke = np.zeros((SIDE, SIDE))
    stroke[5:20, 10:12] = 1
    area = widget.grid.value
    draw(widget, stroke.ravel())
    assert (widget.picture.value, widget.line.value) != empty
    assert widget.grid.value == area  # the browser has painted it: painting again would cut a stroke short
    again = eval(code_of(widget))  # our own text: the line that a reader would paste
    np.testing.assert_array_equal(again.pixels, stroke.ravel())
    assert widgets.drawing.describe(again) == widget.message.value
    for name, value in (("target", 5), ("start", 2), ("rate", 1.0)):
        before = widget.message.value
        widget.controls[name].value = value
        assert widget.message.value != before or name == "rate"
        assert widget.controls[name].description
    np.testing.assert_allclose(widget.pixels, widgets.drawing.digits_to_start()[1], atol=1e-12)
    widget.controls["target"].value = 8
    before = widgets.drawing.read(widget.pixels).cost
    widget.buttons["1 step"].click()
    after = widgets.drawing.read(widget.pixels).cost
    widget.buttons["10 steps"].click()
    assert widgets.drawing.read(widget.pixels).cost < after < before
    assert widget.grid.value.count("<i></i>") == SIDE**2
    widget.buttons["Centre"].click()
    widget.buttons["Clear"].click()
    assert not widget.pixels.any()
    assert 'role="application"' in widget.grid.value
    assert "onpointercancel=" in widget.grid.value
    assert repr(widget).startswith("Interactive figure: ")


def test_the_same_stroke_counts_again_after_clear():
    widget, stroke = widgets.drawing.Drawing(), np.zeros(SIDE**2)
    stroke[300:310] = 1
    for _ in range(2):
        draw(widget, stroke)
        np.testing.assert_array_equal(widget.pixels, stroke)
        widget.buttons["Clear"].click()
        assert not widget.pixels.any()
        assert widget.message.value.startswith("Nothing is drawn yet")


def test_the_ink_is_in_the_models_that_a_new_view_reads():
    widget, stroke, paints = widgets.drawing.Drawing(), np.zeros(SIDE**2), []
    stroke[300:310] = 1

    def ink():
        """What `PAINT` would put into the grid of a new view, from the state that the page gets."""
        paints.append(widget.ink.get_state()["value"])
        return np.frombuffer(bytes.fromhex(widget.field.get_state()["value"]), np.uint8) / 255

    assert not ink().any()
    draw(widget, stroke)
    np.testing.assert_array_equal(ink(), stroke)
    widget.buttons["10 steps"].click()
    np.testing.assert_array_equal(ink(), widget.pixels)
    assert 0 < widget.pixels.sum() != stroke.sum()
    widget.controls["start"].value = 2
    np.testing.assert_array_equal(ink(), widget.pixels)
    widget.buttons["Clear"].click()
    assert not ink().any()
    assert len(set(paints[:-1])) == 4 and paints[0] == paints[-1]  # each change of ink paints every view again
    assert "opacity:" not in widget.grid.value.split("</style>")[1].replace("cell.opacity", "")


@pytest.mark.parametrize("control", ["10 steps", "stroke", "target"])
def test_a_stop_while_a_drawing_is_read_leaves_the_last_reading(control, monkeypatch):
    widget, stroke = widgets.drawing.Drawing(), np.zeros(SIDE**2)
    widget.controls["start"].value = 2
    before = widget.picture.value, widget.line.value
    monkeypatch.setattr(widgets.drawing, "draw", stop)
    stroke[300:310] = 1
    with pytest.raises(KeyboardInterrupt):
        if control == "stroke":
            draw(widget, stroke)
        elif control == "target":
            widget.controls["target"].value = 5
        else:
            widget.buttons["10 steps"].click()
    assert (widget.picture.value, widget.line.value) == before
    assert widget.message.value.startswith("<b>Stopped.</b>")
    assert widget.steps == 0
    monkeypatch.undo()
    widget.buttons["1 step"].click()
    assert widget.steps == 1 and widget.message.value.startswith("The network says")
    if control == "target":  # a 5 that is to be one: nothing to see
        return
    changed = widget.pixels - (stroke if control == "stroke" else widgets.drawing.digits_to_start()[1])
    assert 0 < np.abs(changed).max() < 0.5  # one step from what is in the area


def test_a_test_digit_can_be_loaded_again_and_steps_are_counted():
    widget, digit = widgets.drawing.Drawing(), widgets.drawing.digits_to_start()[1]
    widget.controls["start"].value = 2
    widget.buttons["10 steps"].click()
    widget.buttons["1 step"].click()
    assert widget.message.value.endswith("; steps taken: 11")
    widget.buttons["Reload"].click()
    np.testing.assert_allclose(widget.pixels, digit, atol=1e-12)
    assert "steps" not in widget.message.value
    widget.buttons["Clear"].click()
    assert widget.controls["start"].value == 0
    widget.controls["start"].value = 2
    np.testing.assert_allclose(widget.pixels, digit, atol=1e-12)


@pytest.mark.parametrize("text", ["x", "00", "zz" * 784, "00" * 785, "<b>"])
def test_what_is_sent_but_is_no_drawing_is_refused(text):
    widget = widgets.drawing.Drawing()
    before = widget.picture.value
    widget.field.value = text
    assert widget.message.value.startswith("<b>Not possible:</b> that is not a drawing")
    assert widget.picture.value == before
    draw(widget, np.full(784, 0.5))
    assert widget.message.value.startswith("The network says")


def test_the_sliders_of_the_drawing_stay_within_their_ends():
    widget = widgets.drawing.Drawing()
    for value in (-5, 10**9):
        widget.controls["start"].value = value
        assert "the network says" in widget.message.value.lower()
    for value in (1e-30, 1e30, float("nan")):
        widget.controls["rate"].value = value
        widget.buttons["1 step"].click()
    assert widget.message.value
    widget.controls["rate"].value = 0.5
    widget.buttons["1 step"].click()
    assert widget.message.value.startswith("The network says")
