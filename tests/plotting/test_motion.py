"""The animations: computed values in them, no script, at rest where a reader prefers no motion."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from helpers import widgets
from helpers.plotting import motion
from helpers.plotting.descent import moving
from helpers.widgets.line_and_valley import LEVELS, WINDOW, descend

_SPEC = importlib.util.spec_from_file_location(
    "site_safety", Path(__file__).resolve().parents[2] / "site" / "safety.py"
)
safety = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(safety)

DESCENT = descend((-1.0, 3.0), 0.7, 14)
PASS = widgets.stepper.frame(15, y=(1, 0), sizes=(2, 2, 2))
LANES = {"fades & <ends>": ([0.2, 0.02, 0.002], [0.001, 0.01, 0.1, 1.0]), "stays": ([0.3, 0.3], [0.5, 0.4, 0.5])}
ALL = {
    "descent": lambda: moving(DESCENT, WINDOW, LEVELS),
    "one_pass": lambda: motion.one_pass(PASS),
    "fading": lambda: motion.fading(LANES),
}


def frames(svg, name):
    """The moments of a CSS animation: a list of (time, declarations)."""
    body = re.search(rf"@keyframes {name} {{ (.*?}}) }}", svg)[1]
    return [(float(time), what) for time, what in re.findall(r"([\d.]+)% { (.*?) }", body)]


@pytest.mark.parametrize("name", ALL)
def test_an_animation_is_an_image_that_the_book_accepts(name):
    svg = ALL[name]()._repr_svg_()
    assert safety.faults_of_svg(svg) == []
    assert svg == ALL[name]()._repr_svg_()  # the same values give the same text
    assert len(svg) < 30_000
    title = ElementTree.fromstring(svg).find("{*}title").text
    assert repr(ALL[name]()) == f"Animation: {title}" and len(title) > 80


@pytest.mark.parametrize("name", ALL)
def test_without_motion_it_stands_at_its_end(name):
    svg = ALL[name]()._repr_svg_()
    assert "@media (prefers-reduced-motion: reduce), print { * { animation: none !important } }" in svg
    rules = [rule for rule in re.findall(r"\.([\w-]+) { ([^{}]*?); animation: \1 ", svg) if rule[0] != "dots"]
    assert len(rules) >= 3
    for rule, at_rest in rules:
        moments = frames(svg, rule)
        assert moments[-1] == (100.0, at_rest)
        times = [time for time, _ in moments]
        assert times == sorted(times) and times[-2] < 100


def test_the_point_and_the_line_stand_where_descent_has_led():
    svg = ALL["descent"]()._repr_svg_()
    moves, turns = frames(svg, "move"), frames(svg, "turn")
    assert len(moves) == len(turns) == 16  # the start, 14 steps, and the rest at the end
    for (w, b), (_, move), (_, turn) in zip(DESCENT.path, moves, turns, strict=False):
        x, y = map(float, re.findall(r"(-?[\d.]+)px", move))
        assert x == pytest.approx(460 + 300 * (w + 2.5) / 8, abs=0.06)
        assert y == pytest.approx(330 - 300 * (b + 3) / 8, abs=0.06)
        angle = float(re.search(r"skewY\((-?[\d.]+)deg", turn)[1])
        assert np.tan(np.radians(-angle)) * 85 / 30 == pytest.approx(w, abs=0.01)  # 85 pixels along x, 30 along y


def test_the_rings_of_the_animation_stand_at_their_costs():
    rings = list(ElementTree.fromstring(ALL["descent"]()._repr_svg_()).iterfind(".//{*}ellipse"))
    radii = np.array([(float(ring.get("rx")), float(ring.get("ry"))) for ring in rings]) * 8 / 300  # 300 pixels for 8
    costs = DESCENT.valley.least + 0.5 * DESCENT.valley.curvatures * radii**2
    np.testing.assert_allclose(costs, np.column_stack([LEVELS[::-1]] * 2), rtol=5e-3)


def test_every_number_of_the_pass_is_in_it():
    texts = [element.text for element in ElementTree.fromstring(ALL["one_pass"]()._repr_svg_()).iterfind(".//{*}text")]
    for name in ("A[0]", "A[1]", "A[2]"):
        assert {f"{value:.2f}" for value in PASS.everything[name].flat} <= set(texts)
    for name in ("dZ[1]", "dZ[2]"):
        assert {f"δ {value:z.2f}".replace("-", "−") for value in PASS.everything[name].flat} <= set(texts)
    assert f"update {PASS.costs[-1]:.2f}" in texts


def test_a_disc_has_the_area_of_what_is_left():
    svg = ALL["fading"]()._repr_svg_()
    scales = [float(re.search(r"scale\(([\d.]+)\)", what)[1]) for _, what in frames(svg, "forward-0")]
    np.testing.assert_allclose(np.square(scales), [1, 0.1, 0.01, 0.01], atol=1e-4)
    assert "forward: 1% left" in svg and "backward: 1 part in 1,000 left" in svg and "backward: 100% left" in svg
