"""Every challenge can be met, not by the start nor at the end of a slider; the screen says so, and it is remembered."""

import json
from itertools import product

import ipywidgets
import numpy as np
import pytest

from helpers import exercises, widgets
from helpers.exercises.challenges import CHALLENGES
from helpers.gradient_check.bug_zoo import BUGS
from helpers.training.neural_network import NeuralNetwork

SOME = np.random.default_rng(0)
PICTURES, TRUTH = SOME.integers(0, 256, (12, 64, 64, 3), dtype=np.uint8), np.arange(12) % 2


def pictures():
    model = NeuralNetwork([1], iterations=1, learning_rate=1e-6).fit(PICTURES.reshape(12, -1) / 255, TRUTH)
    return widgets.pictures.explorer(model, PICTURES, TRUTH)


def surest_mistake():
    """The number of the mistake that the network of `pictures` is surest of, by a loop."""
    look = pictures()._compute
    seen = [
        (abs(p - 0.5), number) for number in range(1, 13) for _, p, label in [look(number=number)] if (p > 0.5) != label
    ]
    return max(seen)[1]


def make(name):
    return pictures() if name == "06.pictures" else getattr(widgets, name[3:]).explorer()


# What the controls are moved to, one after the other; the last move meets the challenge.
SOLVED = {
    "02.threshold": {"threshold": 0.05},
    "03.work": {"width": 4, "depth": 10},
    "05.nudge": {"method": "two-sided, float32", "log10_epsilon": -2.5},
    "06.pictures": {"number": surest_mistake()},
    "07.signals": {"hidden_activation": "relu", "initialization": "he", "depth": 14},
    "08.race": {"momentum": 0.00501187, "adam": 0.000630957},
    "09.tape": {"expression": "x x + w x + b", "step": 8, "x": 1.0},
    "10.step_time": {"workers": 64, "batch": 63095.7},
    "12.convolution": {"angle": 315},
    "12.attention": {"letter": 7.0, "steps_back": 3, "place": 5.5},
}


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(path))
    return path


def test_every_challenge_is_solved_here():
    # Those of the instruments are solved beside the other tests of each.
    instruments = {"01.line_and_valley", "03.stepper", "04.your_network", "11.playground", "11.drawing"}
    assert set(SOLVED) | {"03.ledger", "05.detective"} | instruments == set(CHALLENGES)


@pytest.mark.parametrize("name", SOLVED)
def test_a_challenge_that_is_met_is_acknowledged_at_once_and_remembered(name, file, capsys):
    explorer = make(name)
    for control, value in SOLVED[name].items():
        assert "Challenge met" not in explorer.title.value  # neither by the start nor on the way
        assert not file.exists()
        explorer.controls[control].value = value
    assert "✓ Challenge met" in explorer.title.value
    assert json.loads(file.read_text())["done"] == [name]
    exercises.progress()
    assert any(
        line.startswith(name[:2]) and line.endswith(("1 of 1", "1 of 2", "1 of 3"))
        for line in capsys.readouterr().out.split("\n")
    )
    control, value = next(iter(make(name).controls.items()))
    explorer.controls[control].value = value.value
    assert "✓ Challenge met" in explorer.title.value  # it stays met


@pytest.mark.parametrize("name", SOLVED)
def test_the_answer_is_not_the_end_of_a_slider(name):
    explorer = make(name)
    for control, value in SOLVED[name].items():
        slider = explorer.controls[control]
        if isinstance(slider, ipywidgets.FloatLogSlider):
            assert 10**slider.min * 1.2 < value < 10**slider.max / 1.2
        elif isinstance(slider, ipywidgets.IntSlider | ipywidgets.FloatSlider):
            assert slider.min < value < slider.max


def answers(name, **choices):
    """All combinations of these values of the controls that meet a challenge; the others stay at the start."""
    explorer = make(name)
    state = {control: widget.value for control, widget in explorer.controls.items()}
    found = []
    for values in product(*choices.values()):
        tried = state | dict(zip(choices, values, strict=True))
        if explorer._challenge._judge(explorer._compute(**tried), tried):
            found.append(values)
    return found


def test_which_threshold_is_best():
    thresholds = [round(0.01 * n, 2) for n in range(1, 100)]
    assert answers("02.threshold", separation=[2.5], threshold=thresholds) == [(2.5, 0.05)]
    assert answers("02.threshold", separation=[2.25, 6.0], threshold=[0.05, 0.5]) == []


def test_from_which_depth_on_a_million_is_saved():
    assert answers("03.work", width=range(1, 201), depth=range(1, 13)) == [(4, 10)]


def test_which_step_is_best_in_float32():
    offered = np.arange(-15, 0.5, 0.5)
    found = answers("05.nudge", method=widgets.nudge.METHODS, log10_epsilon=offered)
    assert [method for method, _ in found] == ["two-sided, float32"]
    assert -4 <= found[0][1] <= -1.5  # far from both ends, and from the 1e-5 of float64


def test_which_relu_network_is_the_deepest():
    depths = range(2, 41)
    kept = [d for d in depths if widgets.signals.keeps_a_quarter(widgets.signals.measure(d, "relu", "he"))]
    assert max(kept) == widgets.signals.DEEPEST_RELU
    deeper = [
        widgets.signals.measure(d, "relu", name)
        for d, name in product((15, 20, 40), ("lecun", "glorot", "small", "zero"))
    ]
    assert not any(map(widgets.signals.keeps_a_quarter, deeper))


def test_which_shares_cancel():
    grid = np.arange(-3, 3.25, 0.25)
    found = answers("09.tape", expression=widgets.tape.EXPRESSIONS, step=[8, 12], x=grid, w=[-2.0, 0.0])
    assert found == [("x x + w x + b", 8, 1.0, -2.0), ("x x + w x + b", 12, 1.0, -2.0)]
    assert answers("09.tape", expression=["x x + w x + b"], step=range(1, 8), x=[1.0], w=[-2.0]) == []


def test_how_many_examples_64_workers_need():
    sizes = [float(f"{10 ** (n / 10):.6g}") for n in range(20, 71)]
    assert answers("10.step_time", workers=[63, 64, 65, 256], batch=sizes) == [(64, 63095.7)]
    assert answers("10.step_time", workers=[64], batch=sizes, gigabits=[10.0]) == []
    assert answers("10.step_time", workers=[64], batch=sizes, pattern=["star", "tree"]) == []


def test_at_which_angle_the_7_responds_most():
    assert answers("12.convolution", digit=[1, 7], kind=["edge", "line", "spot"], angle=range(0, 360, 15)) == [
        (7, "edge", 315)
    ]


def test_how_strongly_a_letter_has_to_look():
    """Neither strength alone will do, nor both as large as they go."""
    grid = [float(strength) for strength in range(21)]
    found = answers("12.attention", steps_back=range(7), place=grid, letter=grid)
    assert {steps for steps, _, _ in found} == {2, 3}
    assert all(4 < place < 9 and 4 < letter < 9 for _, place, letter in found)
    assert answers("12.attention", causal=[False], steps_back=[3], place=[5.5], letter=[7.0]) == []


def test_the_ledger_wants_every_shape_at_the_first_attempt(file):
    for mistakes in (1, 0):
        game = widgets.ledger.Game()
        game.sizes.value = "100, 30, 20, 10"
        shapes = {name: shape for name, _, shape in widgets.ledger.shapes("100, 30, 20, 10", 11272).rows}
        for number, (name, (rows, columns)) in enumerate(shapes.items()):
            assert "Challenge met" not in game.title.value
            if number < mistakes:
                game.guesses[name].value = "1, 2"
            game.guesses[name].value = f"{rows}, {columns}"
        assert ("Challenge met" in game.title.value) is (mistakes == 0)
    assert json.loads(file.read_text())["done"] == ["03.ledger"]


def test_the_ledger_is_not_met_by_what_it_shows():
    game = widgets.ledger.Game()
    game.sizes.value = "100, 30, 20, 10"
    game.reveal.click()
    assert "Challenge met" not in game.title.value


def test_the_bug_zoo_wants_five_names(file):
    game = widgets.detective.Detective()
    for number, bug in enumerate(BUGS[:5], 1):
        assert "Challenge met" not in game.title.value
        game.number.value = number
        game.guess.value = bug.title
        game.guess.value = None
        game.guess.value = bug.title  # the same one twice counts once
    assert "✓ Challenge met" in game.title.value
    assert json.loads(file.read_text())["done"] == ["05.detective"]


def test_a_record_that_cannot_be_written_is_said_beside_the_praise(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "no" / "progress.json"))
    explorer = widgets.work.explorer()
    for control, value in SOLVED["03.work"].items():
        explorer.controls[control].value = value
    assert "✓ Challenge met" in explorer.title.value and "This answer was not saved" in explorer.title.value
