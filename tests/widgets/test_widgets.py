"""Interactive figures, driven by `.value` on real ipywidgets; and the pure functions behind them."""

import gc
import re
import weakref
from fractions import Fraction

import ipywidgets
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Annotation
from traitlets import TraitError

from helpers import gradient_check, plotting, widgets
from helpers.backprop import network
from helpers.gradient_check.bug_zoo import BUGS
from helpers.training import blocks
from helpers.training.neural_network import NeuralNetwork
from helpers.widgets.tape import EXPRESSIONS

SOME = np.random.default_rng(0)
PICTURES, TRUTH = SOME.integers(0, 256, (6, 64, 64, 3), dtype=np.uint8), np.array([0, 1, 0, 1, 0, 1])


def pictures():
    model = NeuralNetwork([1], iterations=1, learning_rate=1e-6).fit(PICTURES.reshape(6, -1) / 255, TRUTH)
    return widgets.pictures.explorer(model, PICTURES, TRUTH)


# For each: how it is made, what computes, and for each control a value that changes the picture.
EXPLORERS = {
    "threshold": (widgets.threshold.explorer, "threshold.classify", {"separation": 4.0, "threshold": 0.9}),
    "work": (widgets.work.explorer, "work.count", {"depth": 4, "width": 100}),
    "nudge": (widgets.nudge.explorer, "nudge.measure", {"log10_epsilon": -8.0, "method": "complex step"}),
    "signals": (
        widgets.signals.explorer,
        "signals.measure",
        {"depth": 5, "hidden_activation": "relu", "initialization": "he"},
    ),
    "race": (
        widgets.race.explorer,
        "race.run",
        {"gradient_descent": 0.01, "momentum": 0.2, "adam": 0.01, "batch_size": 50},
    ),
    "convolution": (
        widgets.convolution.explorer,
        "convolution.respond",
        {"digit": 3, "kind": "line", "angle": 45},
    ),
    "attention": (
        widgets.attention.explorer,
        "attention.attend",
        {"word": "barbara", "steps_back": 2, "place": 8.0, "letter": 3.0, "causal": False},
    ),
    "tape": (
        widgets.tape.explorer,
        "tape.steps",
        {"expression": "z σ(z), z = w x + b", "step": 5, "x": 1.5, "w": 1.0, "b": -1.0},
    ),
    "step": (
        widgets.step_time.explorer,
        "step_time.predict",
        {
            "workers": 100,
            "batch": 1000.0,
            "parameters": 1e6,
            "gigaflops": 1000.0,
            "gigabits": 100.0,
            "microseconds": 1000.0,
            "pattern": "tree",
        },
    ),
    "pictures": (pictures, "pictures.look", {"mistakes_only": True, "number": 2}),
}
BAD = {
    ipywidgets.FloatSlider: [-1e9, 1e9, float("nan"), float("inf")],
    ipywidgets.FloatLogSlider: [1e-30, 1e30, float("nan"), float("inf")],
    ipywidgets.IntSlider: [-(10**9), 0, 10**9],
    ipywidgets.Dropdown: ["none of these", -1, None],
    ipywidgets.Checkbox: [],
    ipywidgets.Text: ["", "12, 0", "a, b", "3.5, 1", "-1", "12,,1", "[3, [1]]", "1e3, 1", "7, 3", "9" * 400 + ", 1"],
}
CASES = [(name, control) for name, (_, _, values) in EXPLORERS.items() for control in values]


def screen(explorer):
    return explorer.picture.value, explorer.message.value, explorer.line.value


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_changes_the_picture_and_the_line_reproduces_it(name):
    make, computes, values = EXPLORERS[name]
    explorer = make()
    assert set(values) == set(explorer.controls)
    seen = [screen(explorer)]
    for control, value in values.items():
        explorer.controls[control].value = value
        seen.append(screen(explorer))
        assert seen[-1][0] != seen[-2][0]
        assert seen[-1][2] != seen[-2][2]
    assert seen[-1][0] != seen[0][0]
    line = re.search("<code[^>]*>(.*)</code>", explorer.line.value)[1].replace("&#x27;", "'")
    assert "  " not in line  # a page would show one space, and what is pasted would be another name
    assert line.startswith(f"widgets.{computes}(")
    if name != "pictures":  # its line names the network and the pictures of the lesson
        result = eval(line)  # our own text: the line that a reader would paste
        assert explorer._describe(result) in explorer.message.value.replace("&#x27;", "'")


@pytest.mark.parametrize(("name", "control"), CASES)
def test_a_widget_lives_on_after_a_bad_value(name, control):
    make, _, values = EXPLORERS[name]
    explorer = make()
    kind = type(explorer.controls[control])
    for bad in BAD[kind]:
        before = explorer.picture.value
        try:
            explorer.controls[control].value = bad
        except (TraitError, ValueError, OverflowError):
            pass  # ipywidgets itself refuses what no hand can enter
        refused = explorer.message.value.startswith("<b>Not possible:</b> ")
        assert not refused or explorer.picture.value == before  # a sentence, and the last result stays
        assert refused or kind is not ipywidgets.Text
        assert "Traceback" not in explorer.message.value
        assert "computing; the last" not in explorer.title.value
    before = explorer.picture.value
    explorer.controls[control].value = values[control]
    assert not explorer.message.value.startswith("<b>Not possible:</b>")
    assert explorer.picture.value != before


def test_what_is_on_the_screen_is_not_computed_again():
    explorer = widgets.threshold.explorer()
    asked = []
    compute, explorer._compute = explorer._compute, lambda **state: asked.append(state) or compute(**state)
    explorer.controls["threshold"].value = 0.7
    explorer._refresh()
    explorer.controls["threshold"].value = 0.7000000000000001
    assert len(asked) == 1
    explorer.controls["threshold"].value = 0.5
    assert len(asked) == 2


def test_a_new_threshold_trains_no_network(monkeypatch):
    explorer, reference = widgets.threshold.explorer(), widgets.threshold.classify(threshold=0.7)
    monkeypatch.setattr(widgets.threshold, "fit_whole", lambda *_: pytest.fail("trained again"))
    explorer.controls["threshold"].value = 0.7
    assert explorer.message.value == widgets.threshold.describe(reference)


def test_a_move_does_not_wait_for_the_garbage_collector_and_leaves_no_figure_behind():
    explorer = widgets.work.explorer()
    draw, drawn = explorer._draw, []

    def watched(result, ax):
        drawn.append((weakref.ref(ax.figure), gc.isenabled()))
        return draw(result, ax)

    explorer._draw = watched
    explorer.controls["depth"].value = 4
    ((figure, enabled),) = drawn
    assert figure() is None and not enabled and gc.isenabled()


def test_while_a_result_is_computed_the_last_one_stays_with_a_note():
    explorer = widgets.threshold.explorer()
    seen, before = [], screen(explorer)
    compute = explorer._compute
    explorer._compute = lambda **state: seen.append((explorer.title.value, screen(explorer))) or compute(**state)
    explorer.controls["threshold"].value = 0.7
    assert "computing; the last" in seen[0][0]
    assert seen[0][1] == before
    assert "computing; the last" not in explorer.title.value


@pytest.mark.parametrize("part", ["_compute", "_draw", "_describe"])
def test_a_stop_leaves_the_last_picture_with_its_own_line(part, monkeypatch):
    explorer = widgets.threshold.explorer()
    before = explorer.picture.value, explorer.line.value

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(explorer, part, stop)
    with pytest.raises(KeyboardInterrupt):
        explorer.controls["threshold"].value = 0.7
    assert (explorer.picture.value, explorer.line.value) == before
    assert explorer.message.value.startswith("<b>Stopped.</b> You still see the last complete result")
    assert "computing; the last" not in explorer.title.value
    monkeypatch.undo()
    explorer._refresh()  # the same state once more: nothing of it was on the screen
    assert "threshold=0.7)" in explorer.line.value and "Stopped" not in explorer.message.value
    monkeypatch.setattr(explorer, part, stop)
    with pytest.raises(KeyboardInterrupt):
        explorer.controls["threshold"].value = 0.6
    monkeypatch.undo()
    explorer.controls["threshold"].value = 0.7  # back to what is on the screen: the message goes
    assert "Stopped" not in explorer.message.value


def stop_after(n, monkeypatch):
    """The stop button at the n-th gradient of a training."""
    calls, whole = [], blocks.cost_and_gradients

    def cost_and_gradients(*arguments):
        calls.append(None)
        if len(calls) == n:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(blocks, "cost_and_gradients", cost_and_gradients)


@pytest.mark.parametrize(
    ("name", "control", "words"),
    [
        ("threshold", "separation", "after 7 of 200 iterations"),
        ("race", "adam", "after 7 of 150 iterations"),
    ],
)
def test_a_training_that_is_stopped_is_not_shown_as_a_whole_one(name, control, words, monkeypatch):
    make, _, values = EXPLORERS[name]
    widgets.race.TRAINED.clear()
    explorer = make()
    before = explorer.picture.value, explorer.line.value
    stop_after(8, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        explorer.controls[control].value = values[control]
    assert (explorer.picture.value, explorer.line.value) == before
    assert explorer.message.value.startswith(f"<b>Stopped {words}.</b>")
    monkeypatch.undo()
    explorer._refresh()
    assert "Stopped" not in explorer.message.value
    assert f"{control}={values[control]}" in explorer.line.value
    again = make()  # and nothing half was remembered
    again.controls[control].value = values[control]
    assert screen(again) == screen(explorer)


def test_a_stop_in_the_bug_zoo_leaves_the_case_with_its_line(monkeypatch):
    game = widgets.detective.Detective()
    before = game.case.value, game.line.value

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(widgets.detective, "_report", stop)
    with pytest.raises(KeyboardInterrupt):
        game.number.value = 3
    assert (game.case.value, game.line.value) == before
    assert game.verdict.value.startswith("<b>Stopped")


def test_a_new_network_in_the_ledger_closes_the_widgets_of_the_old_one():
    game = widgets.ledger.Game()
    before = set(ipywidgets.widgets.widget._instances)
    for sizes in ("100, 30, 20, 10", "3, 1", "0", "784, 196, 1"):
        game.sizes.value = sizes
    after = set(ipywidgets.widgets.widget._instances)
    assert len(after) == len(before)
    assert len(after - before) > 33  # they were replaced
    assert all(child.comm is not None for row in game.rows.children for child in row.children)
    game.guesses["A[0]"].value = "784, 11272"
    assert "1 of 16 shapes" in game.message.value


@pytest.mark.parametrize("name", EXPLORERS)
def test_labels_alternative_text_and_a_sentence_for_readers_without_a_kernel(name):
    explorer = EXPLORERS[name][0]()
    assert all(control.description for control in explorer.controls.values())
    assert re.search('role="img" tabindex="0" aria-label="[^"]{20}', explorer.picture.value)
    assert "Challenge: " in explorer.title.value
    assert repr(explorer).startswith("Interactive figure: ")
    assert "\n" not in repr(explorer)


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_narrow_page_gets_a_picture_of_its_own(name):
    explorer = EXPLORERS[name][0]()
    wide = screen(explorer)
    explorer.picture.narrow = True
    narrow = screen(explorer)
    assert narrow[0] != wide[0] and narrow[1:] == wide[1:]
    if "<svg" in narrow[0]:
        assert float(re.search(r'viewBox="0 0 ([\d.]+)', narrow[0])[1]) == pytest.approx(3.5 * 72, abs=1)
    explorer.picture.narrow = False
    assert screen(explorer) == wide


def test_a_slider_shows_what_it_says():
    explorer = widgets.threshold.explorer()
    explorer.controls["threshold"].value = 0.7000000000000001
    assert "threshold=0.7)" in explorer.line.value


@pytest.mark.parametrize(
    "call",
    [
        lambda: widgets.line_and_valley.descend(learning_rate=0),
        lambda: widgets.line_and_valley.descend(steps=-1),
        lambda: widgets.threshold.classify(threshold=1.5),
        lambda: widgets.ledger.shapes([3]),
        lambda: widgets.ledger.shapes([3, 1], m=0),
        lambda: widgets.work.count(2.5),
        lambda: widgets.work.count("3"),
        lambda: widgets.work.count(3, 2.5),
        lambda: widgets.work.count(True),
        lambda: widgets.work.count(0, 3),
        lambda: widgets.work.count(3, 201),
        lambda: widgets.your_network.train(iterations=0),
        lambda: widgets.your_network.train("20, 3"),
        lambda: widgets.your_network.train("2000000000, 1"),
        lambda: widgets.your_network.train("1, " * 30 + "1"),
        lambda: widgets.signals.measure(hidden_activation="step"),
        lambda: widgets.tape.steps("x"),
        lambda: widgets.tape.steps(step=0),
        lambda: widgets.tape.steps(step=13),
        lambda: widgets.tape.steps(step=1.5),
        lambda: widgets.step_time.predict(workers=0),
        lambda: widgets.step_time.predict(workers=1025),
        lambda: widgets.step_time.predict(gigabits=0),
        lambda: widgets.step_time.predict(batch=float("inf")),
        lambda: widgets.ledger.judge("3, 1", 5, {"W[2]": "1, 1"}),
    ],
)
def test_impossible_numbers(call):
    with pytest.raises(ValueError, match=r"( is | must be | must contain |there is no |needs )"):
        call()


PAPER = np.zeros(784)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: widgets.threshold.classify(threshold="0.5"), "^threshold must be a number between 0 and 1, not '0.5'"),
        (lambda: widgets.threshold.classify(threshold=[0.5]), "^threshold must be a number"),
        (lambda: widgets.nudge.measure(None), "^log10_epsilon must be a number from −15 to 0, not None"),
        (lambda: widgets.nudge.measure(-5, np.array(["complex step"])), "^method is array"),
        (lambda: widgets.detective.investigate(2.0), "^number is 2.0, but it must be a whole number from 1 to"),
        (lambda: widgets.detective.investigate("2"), "^number is '2'"),
        (lambda: widgets.detective.investigate(10**5000), "^number is an int, but"),
        (lambda: widgets.detective.investigate(2, {}), "^guess is {}, which is not valid: choose one of"),
        (lambda: widgets.detective.investigate(2, np.ones(2)), "^guess is array"),
        (lambda: widgets.drawing.read({}), "^drawing contains object values"),
        (lambda: widgets.drawing.read(object()), "^drawing contains object values"),
        (lambda: widgets.drawing.read(PAPER + 0j), "^drawing contains complex128 values"),
        (lambda: widgets.drawing.read(np.ma.array(PAPER, mask=True)), "^drawing is a masked array"),
        (lambda: widgets.drawing.move([10**400] * 784), "^drawing contains object values"),
        (lambda: widgets.drawing.move(PAPER, np.array([5, 8])), "^target is array"),
    ],
)
def test_what_is_no_number_and_no_drawing_is_named(call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call()


def test_fractions_are_numbers_too():
    moved = widgets.drawing.move(PAPER, rate=Fraction(1, 5))
    assert moved.dtype == float and np.array_equal(moved, widgets.drawing.move(PAPER, rate=0.2))
    one, other = (widgets.playground.play(l2=l2, updates=2).costs for l2 in (Fraction(1, 4), 0.25))
    assert one == other


def test_a_point_that_is_no_number_is_named():
    with pytest.raises(TypeError, match=r"the point x, w, b contains .* real numbers"):
        widgets.tape.steps(x="a")
    with pytest.raises(ValueError, match=r"the point x, w, b contains 1 value that is NaN"):
        widgets.tape.steps(b=float("nan"))


def test_typed_text_is_shown_and_not_run():
    game = widgets.ledger.Game()
    game.sizes.value = "<img src=x onerror=alert(1)>"
    game.guesses["A[0]"].value = "<img src=x onerror=alert(2)>"
    assert "<img" not in game.message.value + game.line.value + game.verdicts["A[0]"].value


def test_a_higher_threshold_misses_more_and_alarms_less():
    low, high = widgets.threshold.classify(2.5, 0.1), widgets.threshold.classify(2.5, 0.9)
    assert high.missed > low.missed
    assert high.false_alarms < low.false_alarms
    assert low.accuracy == 1 - (low.missed + low.false_alarms) / 200


def test_ledger_worked_by_hand():
    ledger = widgets.ledger.shapes("4, 3, 2", m=5)
    shapes = {name: shape for name, _, shape in ledger.rows}
    assert shapes == {
        "A[0]": (4, 5),
        **{"W[1]": (3, 4), "b[1]": (3, 1), "Z[1]": (3, 5), "A[1]": (3, 5)},
        **{"W[2]": (2, 3), "b[2]": (2, 1), "Z[2]": (2, 5), "A[2]": (2, 5)},
        **{"dZ[2]": (2, 5), "dW[2]": (2, 3), "db[2]": (2, 1), "dA[1]": (3, 5)},
        **{"dZ[1]": (3, 5), "dW[1]": (3, 4), "db[1]": (3, 1)},
    }
    assert ledger.parameters == 23
    assert "5 of them biases" in widgets.ledger.describe(ledger)


def test_the_chain_rule_of_the_nudged_cost():
    for w in (-1.0, 0.7, 2.0):
        exact = widgets.nudge.slope_of_weight(w)
        assert widgets.nudge.nudged_slope(w, 1e-5, "two-sided, float64") == pytest.approx(exact, rel=1e-9)
        assert widgets.nudge.nudged_slope(w, 1e-20, "complex step") == pytest.approx(exact, rel=1e-14)


def test_each_method_has_its_best_step_where_theory_says():
    curves = widgets.nudge.measure().curves
    best = {method: np.log10(epsilons[np.argmin(errors)]) for method, (epsilons, errors) in curves.items()}
    assert best["one-sided, float64"] == pytest.approx(-8, abs=1.5)
    assert best["two-sided, float64"] == pytest.approx(-5, abs=1.5)
    assert best["two-sided, float32"] == pytest.approx(-2, abs=1.5)
    assert widgets.nudge.measure(-14, "complex step").error < 1e-14
    for bad in ({"log10_epsilon": 1}, {"log10_epsilon": -16}, {"method": "guess"}):
        with pytest.raises(ValueError, match="must"):
            widgets.nudge.measure(**bad)


def test_detective_answers_every_guess():
    game = widgets.detective.Detective()
    seen = set()
    for number, bug in enumerate(BUGS, 1):
        game.number.value = number
        assert game.guess.value is None
        seen.add(game.case.value)
        assert "suspect" in game.case.value
        assert bug.broken.__name__ not in game.case.value  # its name is not given away
        table, headline = game.case.value.split("<details>")  # which is closed
        assert "<table>" in table and "Look " not in table and "Look " in headline
        game.guess.value = bug.title
        assert game.verdict.value.startswith("<b>Right: ") and "<details open>" in game.case.value
        game.guess.value = BUGS[number - 2].title
        assert game.verdict.value.startswith("<b>It is not “") and "Look " not in game.verdict.value
        assert "<details>" in game.case.value
    assert len(seen) == len(BUGS)
    with pytest.raises(ValueError, match="number is 0, but it must be a whole number from 1 to"):
        widgets.detective.investigate(0)
    assert repr(game).startswith("Interactive figure: ")


def test_leafing_through_pictures():
    explorer = pictures()
    first = explorer.picture.value
    explorer.controls["number"].value = 3
    assert explorer.picture.value != first
    assert "widgets.pictures.look(network, X, y, number=3, mistakes_only=False)<" in explorer.line.value
    model = NeuralNetwork([1], iterations=1, learning_rate=1e-6).fit(PICTURES.reshape(6, -1) / 255, TRUTH)
    mistakes = int(np.sum(model.predict(PICTURES.reshape(6, -1) / 255) != TRUTH))
    assert 0 < mistakes < 6
    explorer.controls["number"].value = 1
    explorer.controls["mistakes_only"].value = True
    assert explorer.message.value.endswith("wrong")
    explorer.controls["number"].value = 6
    assert f"there is no image number 6: the images are numbered from 1 to {mistakes}" in explorer.message.value
    for number in (0, 1.5, "a"):
        with pytest.raises((TypeError, ValueError), match=r"^number "):
            widgets.pictures.look(model, PICTURES, TRUTH, number)
    with pytest.raises(ValueError, match=r"^the network makes no mistakes on these images$"):
        widgets.pictures.look(model, PICTURES, model.predict(PICTURES.reshape(6, -1) / 255), mistakes_only=True)


# --- lesson 03: the count of the work, the ledger ------------------------------------


def test_the_work_is_what_asking_unit_by_unit_takes():
    def asked(depth, width, memory):
        count = 0

        def error(layer, unit):
            nonlocal count
            if layer == depth or (memory is not None and (layer, unit) in memory):
                return
            count += width
            for k in range(width):
                error(layer + 1, k)
            if memory is not None:
                memory.add((layer, unit))

        error(0, 0)
        return count

    for width in (1, 2, 4):
        work = widgets.work.count(5, width)
        assert work.without == [asked(depth, width, None) for depth in range(1, 6)]
        assert work.with_reuse == [asked(depth, width, set()) for depth in range(1, 6)]
    assert "4 layers of 196 units" in widgets.work.describe(widgets.work.count(4, 196))
    assert widgets.work.describe(widgets.work.count(1, 1)).startswith("1 layer of 1 unit: ")
    assert widgets.work.describe(widgets.work.count(2, 5)).endswith("which is just as many")
    assert widgets.work.describe(widgets.work.count(3, 2)).endswith(
        "10 multiplications if the errors are kept, 14 if not, which is 1.4 times as many"
    )


def test_the_challenge_of_the_work_has_one_answer():
    assert "with 4 units in each layer, find the smallest number of layers" in widgets.work.explorer().title.value
    saved = [work.without[-1] - work.with_reuse[-1] for work in (widgets.work.count(d, 4) for d in range(1, 13))]
    assert [d for d, more in enumerate(saved, 1) if more >= 1_000_000] == [10, 11, 12]


@pytest.mark.parametrize(
    ("name", "text", "right", "says"),
    [
        ("dW[2]", "2, 3", True, "right, 2 × 3"),
        ("dW[2]", "(2, 3)", True, "right"),
        ("dW[2]", "2 × 3", True, "right"),
        ("dW[2]", "3, 2", False, "in the wrong order"),
        ("dW[2]", "2, 5", False, "what is the shape of W[2]?"),
        ("Z[1]", "3, 4", False, "there are 5"),
        ("W[1]", "3, 5", False, "m does not appear in its shape"),
        ("b[1]", "3", False, "a shape needs two numbers"),
        ("W[1]", "3, 3", False, "inner dimensions of a matrix product must match"),
        ("W[1]", "three", False, "type two whole numbers"),
        ("W[1]", "3, -4", False, "type two whole numbers"),
        ("dW[2]", "2 X 3", True, "right"),
        ("dW[2]", "2; 3", True, "right"),
        ("dW[2]", (2, 3), True, "right"),
        ("dW[2]", None, False, "type two whole numbers"),
        ("dW[2]", "9" * 5000, False, "type two whole numbers"),
        ("dW[2]", "2, " + "9" * 13, False, "type two whole numbers"),
        ("dW[2]", "٢, ٣", False, "type two whole numbers"),
    ],
)
def test_the_ledger_answers_a_prediction(name, text, right, says):
    judged = widgets.ledger.judge("4, 3, 2", 5, {name: text})
    assert judged[name][0] is right
    assert says in judged[name][1]


def test_an_m_that_is_also_a_size_is_not_held_against_a_guess():
    assert (
        "inner dimensions of a matrix product must match"
        in widgets.ledger.judge("4, 3, 2", 3, {"W[1]": "3, 3"})["W[1]"][1]
    )


def test_the_game_of_shapes():
    game = widgets.ledger.Game()
    assert len(game.guesses) == 16
    assert "0 of 16" in game.message.value
    game.sizes.value, game.m.value = "4, 3, 2", 5
    game.guesses["dA[1]"].value = "3, 5"
    assert game.verdicts["dA[1]"].value.startswith("✓")
    game.guesses["W[1]"].value = "4, 3"
    assert game.verdicts["W[1]"].value.startswith("✗")
    assert "1 of 16" in game.message.value
    line = re.search("<code[^>]*>(.*)</code>", game.line.value)[1].replace("&#x27;", "'")
    assert eval(line)["dA[1]"] == (True, "right, 3 × 5")
    game.guesses["W[1]"].value = ""
    game.reveal.click()
    assert all(verdict.value.startswith("✓") for verdict in game.verdicts.values())
    assert "1 of 16 shapes correctly, 1 on the first attempt; 15 revealed" in game.message.value
    game.guesses["W[1]"].value = "(3, 4)"  # typed after it was shown
    assert "1 of 16" in game.message.value


def test_the_game_counts_first_attempts_apart():
    game = widgets.ledger.Game()
    game.guesses["W[2]"].value = "1, 196"
    for text in ("196, 1", "", "1, 1"):
        game.guesses["b[1]"].value = text
    game.guesses["W[1]"].value = "784, 196"
    game.guesses["W[1]"].value = "196, 784"
    assert "2 of 16 shapes correctly, 1 on the first attempt; 0 revealed" in game.message.value
    game.guesses["W[2]"].value = "1 x 196"  # the same again
    assert "2 of 16 shapes correctly, 1 on the first attempt; 0 revealed" in game.message.value


def test_the_game_goes_on_when_a_refused_number_is_corrected():
    game = widgets.ledger.Game()
    game.guesses["W[2]"].value = "1, 196"
    for m in (0, 11272):
        game.m.value = m
    assert game.guesses["W[2]"].value == "1, 196"
    assert game.message.value.startswith("784, 196, 1 with m = 11272: you predicted 1 of 16")


def test_a_refused_network_stays_refused_while_one_guesses():
    game = widgets.ledger.Game()
    game.sizes.value = "3, 0"
    game.guesses["W[2]"].value = "1, 196"
    assert game.message.value.startswith("<b>Not possible:</b> ")
    assert "784, 196, 1 with m = 11272: you predicted 1 of 16" in game.message.value  # whose rows these are
    game.sizes.value = "3, 1"
    assert game.message.value.startswith("3, 1 with m = 11272: you predicted 0 of 8")


@pytest.mark.parametrize(("control", "bad"), [("sizes", text) for text in BAD[ipywidgets.Text][:-2]])
def test_the_game_lives_on_after_bad_sizes(control, bad):
    game = widgets.ledger.Game()
    rows = game.rows.children
    game.sizes.value = bad
    assert game.message.value.startswith("<b>Not possible:</b>")
    assert game.rows.children == rows
    game.sizes.value = "6, 1"
    assert len(game.guesses) == 8


def test_the_game_refuses_what_does_not_fit_a_page_or_has_no_examples():
    game = widgets.ledger.Game()
    for sizes, m, says in (
        ("2, 2, 2, 2, 2, 2, 1", 5, "at most 5 layers"),
        ("2, 1", 0, "m is 0"),
        ("2, 1", -3, "m is -3"),
    ):
        game.sizes.value, game.m.value = sizes, m
        assert says in game.message.value
    game.m.value = 4
    assert len(game.guesses) == 8


def test_signals_fade_with_the_sigmoid_and_stay_with_he():
    faded, kept = widgets.signals.measure(8, "sigmoid", "lecun"), widgets.signals.measure(8, "relu", "he")
    assert faded.forward.shape == faded.backward.shape == (5, 7)  # starts, hidden layers
    assert max(map(max, faded.kept())) < 1e-3
    assert 0.3 < min(map(min, kept.kept())) and max(map(max, kept.kept())) < 3
    np.testing.assert_allclose(kept.typical()[0] ** 5, kept.forward.prod(axis=0), rtol=1e-9)
    assert (
        widgets.signals.describe(widgets.signals.measure(3, "sigmoid", "zero"))
        == "No signal reaches the last hidden layer, and no error reaches the first"
    )
    nothing = widgets.signals.measure(3, "relu", "zero")
    assert not widgets.signals.keeps_a_quarter(nothing)
    widgets.signals.draw(nothing).figure.canvas.draw()
    made_up = widgets.signals.Signals(np.array([[1.0, 0.5], [1.0, 0.25]]), np.array([[0.0, 1.0], [1.0, 1.0]]))
    assert widgets.signals.describe(made_up) == "No error reaches the first hidden layer"
    assert [share.tolist() for share in made_up.kept()] == [[0.5, 0.25], [0.0, 1.0]]
    made_up.backward[0, 0] = 0.5
    assert widgets.signals.describe(made_up) == (
        "Worst cases among five starts: the differences in the last hidden layer are 0.25 times those in the first, "
        "and the error in the first hidden layer is 0.5 times that in the last"
    )
    assert widgets.signals.keeps_a_quarter(made_up)


@pytest.mark.parametrize(
    ("depth", "activation", "initialization"),
    [(4, "tanh", "lecun"), (4, "tanh", "he"), (4, "relu", "he"), (3, "relu", "he"), (2, "sigmoid", "small")],
)
def test_the_sizes_of_signals_are_those_of_the_gradient(depth, activation, initialization):
    """dW[l] of `backward` is dZ[l] times A[l−1]ᵀ; two starts are repeated here, with the sizes from the definition.

    The first layer is remembered from one case to the next, and each case changes one of the arguments.
    """
    result = widgets.signals.measure(depth, activation, initialization)
    X, y, _, _ = widgets.your_network.some_digits()
    X, Y = X[:300], y[np.newaxis, :300]
    for seed in (3, 5):
        sizes = [784, *[50] * (depth - 1), 1]
        W, b = network.initialize_parameters(sizes, initialization, random_state=seed)
        Z, A = network.forward(X, W, b, activation)
        dW, _ = network.backward(Y, W, Z, A, activation)
        dZ = widgets.signals.errors(Y, W, Z, activation)
        forward, backward = result.forward[seed - 1], result.backward[seed - 1]
        assert len(forward) == len(backward) == depth - 1
        for l in range(1, depth):
            np.testing.assert_allclose(dZ[l] @ A[l - 1].T, dW[l], rtol=1e-9, atol=1e-15)
            np.testing.assert_allclose(forward[l - 1] ** 2, A[l].var(axis=1).mean(), rtol=1e-9)
            np.testing.assert_allclose(backward[l - 1], 300 * np.linalg.norm(dZ[l]) / np.sqrt(dZ[l].size))


def test_measure_of_signals_refuses():
    for depth in (1, 41):
        with pytest.raises(ValueError, match="must be between 2 and 40"):
            widgets.signals.measure(depth)
    with pytest.raises(ValueError, match="hidden_activation is 'swish'"):
        widgets.signals.measure(3, "swish")
    with pytest.raises(ValueError, match="initialization is 'large'"):
        widgets.signals.measure(3, "relu", "large")


def test_a_race_is_on_the_same_batches_from_the_same_weights():
    result = widgets.race.run(0.05, 0.05, 0.001)
    costs = result.costs
    assert costs["gradient_descent"][0] != costs["momentum"][0]
    again = widgets.race.run(0.05, 0.2, 0.02)
    np.testing.assert_array_equal(costs["gradient_descent"], again.costs["gradient_descent"])
    assert widgets.race.describe(result).startswith("Lowest cost: ")
    with pytest.raises(ValueError, match="the learning rate of adam is 0"):
        widgets.race.run(adam=0)
    with pytest.raises(ValueError, match="must be between 1 and 64"):
        widgets.race.run(batch_size=65)


# --- the tape of lesson 09 -----------------------------------------------------------------------


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_walk_ends_with_the_gradients_of_the_tape(expression):
    at = np.array([0.5, -2.0, 0.25])
    end = widgets.tape.steps(expression, 12, *at)
    assert end.number == end.total == widgets.tape.steps(expression, end.total, *at).number <= 12
    inputs = sorted((v for v in end.gradients if not v.parents), key=lambda v: "xwb".index(v.name))
    assert [variable.name for variable in inputs] == list("xwb")

    def value():
        return widgets.tape.steps(expression, 1, *at).output.value.item()

    nudged = gradient_check.numerical_gradient(value, at)
    np.testing.assert_allclose([end.gradients[variable] for variable in inputs], nudged, rtol=1e-8, atol=1e-9)


def test_the_walk_goes_forward_and_then_back():
    expression = "x x + w x + b"
    walks = [widgets.tape.steps(expression, step) for step in range(1, 9)]
    assert [widgets.tape.describe(walk).split(":")[0] for walk in walks] == [
        f"Step {n} of 8, {'forward' if n < 5 else 'backward'}" for n in range(1, 9)
    ]
    assert [len(walk.known) for walk in walks] == [4, 5, 6, 7, 7, 7, 7, 7]
    assert [len(walk.gradients) for walk in walks] == [0, 0, 0, 0, 3, 5, 7, 7]
    assert "passes 0.5 to w, −2 to x" in walks[6].words
    assert walks[7].words.endswith("passes 1 to x (total −1)")


def test_the_graph_of_the_walk_shows_values_and_gradients():
    walk = widgets.tape.steps("x x + w x + b", 12)
    ax = widgets.tape.draw(walk)
    written = [text.get_text() for text in ax.texts if text.get_text()]
    assert written.count("×") == 2 and "twice" in written and "?" not in written
    red = [text.get_text() for text in ax.texts if text.get_text() and text.get_color() == plotting.BACKWARD]
    assert sorted(red) == ["0.5", "1", "1", "1", "1", "1", "−1"]
    arrows = [text.arrow_patch for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    styles = {(to_rgba(patch.get_edgecolor()), patch.get_linestyle()) for patch in arrows}
    assert styles == {(to_rgba(plotting.FORWARD), "-"), (to_rgba(plotting.BACKWARD), "--")}
    assert len(arrows) == 2 * 7
    assert "?" in [text.get_text() for text in widgets.tape.draw(widgets.tape.steps(step=1)).texts]


def test_no_boxes_of_a_graph_overlap():
    for expression in EXPRESSIONS:
        boxes = [patch.get_bbox() for patch in widgets.tape.draw(widgets.tape.steps(expression)).patches]
        for i, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:i])
