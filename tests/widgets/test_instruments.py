"""The shell of the instruments, and Line and valley: state, sentence, line of code, challenge and still."""

import re

import numpy as np
import pytest
import traitlets

from helpers import widgets
from helpers.exercises import record
from helpers.exercises.challenges import CHALLENGES
from helpers.widgets.drawing import Drawing
from helpers.widgets.instrument import FRONT, Instrument, plain
from helpers.widgets.line_and_valley import (
    FEW,
    HIGH,
    LEVELS,
    MOST,
    NEAR,
    START,
    WINDOW,
    LineAndValley,
    descend,
    draw,
    solved,
    valley,
)
from helpers.widgets.playground import PlaygroundExplorer
from helpers.widgets.stepper import Stepper
from helpers.widgets.your_network import YourNetwork

# For each: values that change what is seen, one after the other.
MOVES = {
    LineAndValley: {"start": (3.0, 0.5), "learning_rate": 0.6, "steps": 5},
    Stepper: {"step": 12, "x": (0.5, -1.0), "y": (0, 1), "updates": 3, "learning_rate": 2.0, "sizes": "2, 3, 1"},
}


@pytest.fixture
def progress(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "progress.json"))
    return lambda: record.read()[0]


@pytest.mark.parametrize("kind", MOVES)
def test_every_argument_changes_what_is_seen_and_the_line_reproduces_it(kind):
    view = kind()
    assert set(MOVES[kind]) == set(view.arguments)
    for name, value in MOVES[kind].items():
        before = view.sentence, view.line
        setattr(view, name, value)
        assert view.line != before[1] and not view.refusal
        result = eval(view.line)  # our own text: the line that a reader would paste
        assert view.describe(result) == view.sentence
        assert plain(view.picture_of(result)) == view.picture
    assert ("steps=5" if kind is LineAndValley else "y=(0,), sizes=(2, 3, 1), updates=0") in view.line


@pytest.mark.parametrize("kind", MOVES)
def test_all_of_the_state_is_in_the_model(kind):
    """A second page, or the same one after a reload, gets what the model sends and shows the same."""
    view = kind()
    for name, value in MOVES[kind].items():
        setattr(view, name, value)
    sent = view.get_state()
    assert {*view.arguments, "picture", "sentence", "line", "met", "playing", "_esm", "_css"} <= set(sent)
    again = kind(**{name: getattr(view, name) for name in view.arguments})
    assert (again.sentence, again.line, again.picture) == (view.sentence, view.line, view.picture)


@pytest.mark.parametrize("kind", MOVES)
def test_what_is_not_possible_becomes_a_sentence_and_the_last_picture_stays(kind):
    view = kind()
    before = view.sentence, view.line, view.picture
    view.learning_rate = -1.0
    assert view.refusal.startswith("Not possible: learning_rate is -1, but it must be")
    assert (view.sentence, view.line, view.picture) == before
    view.learning_rate = 0.5
    assert not view.refusal and view.line != before[1]


def test_a_stop_leaves_the_last_picture_with_its_own_line(monkeypatch):
    view = LineAndValley()
    before = view.sentence, view.line, view.picture

    def stop(result):
        raise KeyboardInterrupt

    monkeypatch.setattr(view, "picture_of", stop)
    with pytest.raises(KeyboardInterrupt):
        view.steps = 3
    assert (view.sentence, view.line, view.picture) == before
    assert view.refusal.startswith("Stopped. You still see the last complete result")
    monkeypatch.undo()
    view.steps = 4
    assert not view.refusal and "steps=4" in view.line


@pytest.mark.parametrize("kind", MOVES)
def test_a_page_without_a_kernel_gets_a_still(kind):
    data, metadata = kind()._repr_mimebundle_()
    assert data["text/plain"] == f"Interactive figure: {kind.title}. Run this cell to interact with it."
    assert data["image/png"].startswith(b"\x89PNG") and metadata["image/png"]["width"] > 600
    assert data["image/svg+xml"].startswith("<svg")
    assert "application/vnd.jupyter.widget-view+json" in data


# A value of each that is refused, and one for which the example of the still does not exist.
AWKWARD = [(LineAndValley, "learning_rate", -1.0), (Stepper, "sizes", "2, 9, 1"), (Stepper, "sizes", "2, 1")]
AWKWARD += [(YourNetwork, "layer_sizes", "5, 2"), (PlaygroundExplorer, "noise", 7.0), (Drawing, "target", 12)]


@pytest.mark.parametrize(("kind", "name", "value"), AWKWARD)
def test_a_view_is_shown_again_whatever_its_controls_say(kind, name, value):
    view = kind()
    setattr(view, name, value)
    for result in (view.result, None):  # None if even the first state was refused
        view.result = result
        data, _ = view._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert ("image/png" in data) == (result is not None)


def test_every_front_end_asks_nobody_and_has_its_file():
    sources = {path.name: path.read_text(encoding="utf-8") for path in FRONT.iterdir()}
    assert {"instrument.js", "instrument.css", *(kind.front for kind in MOVES)} <= set(sources)
    for text in sources.values():
        text = text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|@import|url\((?!#)|\bfetch\(|XMLHttpRequest|innerHTML|\beval\(", text)


def test_every_front_end_uses_what_it_defines():
    sources = {path.name: path.read_text(encoding="utf-8") for path in FRONT.glob("*.js")}
    for file, text in sources.items():
        whole = "".join(sources.values()) if file in ("instrument.js", "maps.js") else text  # these two are shared
        for line in re.findall("^(?:const|function) .*", text, re.MULTILINE):
            for name in re.findall(r"(?:^const|^function|,) (\w+)(?: = |\()", line):
                assert len(re.findall(rf"\b{name}\b", whole)) > 1, f"{file}: {name}"


def test_a_challenge_is_acknowledged_once_and_remembered(progress):
    class Tiny(Instrument):
        title, challenge, front, code, arguments = "Tiny", "01.line_and_valley", "instrument.js", "f(", ("n",)
        n = traitlets.CInt(0).tag(sync=True)

        def compute(self, n):
            return n

        def describe(self, result):
            return f"n is {result}"

        def picture_of(self, result):
            return {"n": result}

        def solved(self, result):
            return result == 3

    view = Tiny()
    assert view.task == CHALLENGES["01.line_and_valley"]
    assert not view.met and progress() == set()
    view.n = 3
    assert view.met == "Challenge met." and progress() == {"01.line_and_valley"}
    view.n = 4
    assert view.met == "Challenge met."  # it stays


def test_numbers_are_sent_as_json_knows_them():
    sent = plain({"a": np.array([[1, np.nan], [np.inf, 1 / 3]]), 1: (np.int64(2), True, "x", np.bool_(False))})
    assert sent == {"a": [[1.0, None], [None, 0.3333333]], "1": [2, True, "x", False]}


# --- Line and valley -------------------------------------------------------------------------------


def test_descent_worked_by_hand():
    x, y = valley().x, valley().y
    result = descend((0.0, 0.0), 0.5, 1)
    np.testing.assert_allclose(result.path[1], [0.5 * np.mean(x * y), 0.5 * np.mean(y)])  # −α times −mean(y x)
    assert result.costs[0] == pytest.approx(np.mean(y**2) / 2)


def test_the_valley_is_the_cost():
    v, rng = valley(), np.random.default_rng(0)
    np.testing.assert_allclose(v.best, np.polyfit(v.x, v.y, 1))
    for p in rng.uniform(-3, 5, (5, 2)):
        along = v.axes.T @ (p - v.best)
        assert descend(p).costs[0] == pytest.approx(v.least + 0.5 * np.sum(v.curvatures * along**2))


def test_each_ring_joins_lines_of_one_cost():
    _, right = draw(descend(steps=3)).child_axes
    assert len(right.patches) == len(LEVELS)
    for level, ring in zip(LEVELS, right.patches, strict=True):
        ends = ring.get_patch_transform().transform([(1, 0), (0, 1), (-0.6, 0.8)])
        np.testing.assert_allclose([descend(end).costs[0] for end in ends], level)


def test_a_cost_that_rises_again_is_compared_with_one_that_was_lower():
    result = descend((-2.5, 3), 0.81, 4)
    assert result.costs[3] < result.costs[4] < result.costs[0]
    said = widgets.line_and_valley.describe(result)
    before, now = (f"{result.costs[i]:.2f}" for i in (3, 4))
    assert f"after 4 steps, the cost is {now}, up from {before} one step earlier" in said


def test_descent_arrives_or_diverges_as_the_curvature_says():
    limit = 2 / valley().curvatures[1]
    below, above = descend(START, 0.99 * limit, MOST), descend(START, 1.05 * limit, MOST)
    assert np.all(np.diff(below.costs) < 0) and above.costs[-1] > above.costs[0]
    assert widgets.line_and_valley.describe(above).startswith("Gradient descent diverges: after 60 steps")
    assert widgets.line_and_valley.describe(descend(START, 0.7, 30)).startswith("Arrived after ")
    assert widgets.line_and_valley.describe(descend(START, 0.02, 30)).startswith("After 30 steps")
    assert widgets.line_and_valley.describe(descend()).startswith("Start: w = −1.00, b = 3.00")
    assert LineAndValley(learning_rate=1.2, start=(5.5, 5.0)).picture["costs"][-1] > 1e15  # and is sent all the same


def test_the_challenge_of_line_and_valley(progress):
    rates = LineAndValley.learning_rate.default_value, 0.02, 1.2  # the start, and the ends of the slider
    starts = [(w, b) for w in np.arange(*WINDOW[0], 0.5) for b in np.arange(*WINDOW[1], 0.5)]
    high = [start for start in starts if descend(start).costs[0] > HIGH]
    assert len(high) > 100 and descend(START).costs[0] < HIGH
    assert not any(solved(descend(start, rate, FEW)) for start in high for rate in rates)
    view = LineAndValley(start=(3.5, 2.5), learning_rate=0.45)
    assert descend((3.5, 2.5)).costs[0] > HIGH and not view.met
    view.steps = FEW
    assert view.met and progress() == {"01.line_and_valley"}
    assert view.result.costs[-1] - valley().least < NEAR


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"start": (1, 2, 3)}, "^start is .*, but it must be two numbers, w and b$"),
        ({"start": (1, float("inf"))}, "^start contains"),
        ({"start": "here"}, "^start contains"),
        ({"steps": -1}, "^steps is -1, but it must be a whole number from 0 to 60$"),
        ({"learning_rate": 0}, "^learning_rate is 0, but it must be"),
    ],
)
def test_what_is_not_possible_in_the_valley_is_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        descend(**arguments)
