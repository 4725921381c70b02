"""The look: colours that can be told from the page, drawings that are the same each time and at home on both pages."""

import base64
import io
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import matplotlib.text
import numpy as np
import pytest
from matplotlib._mathtext import Parser
from matplotlib.colors import to_rgb
from matplotlib.textpath import TextToPath
from nbval.plugin import get_sanitize_patterns
from PIL import Image

from helpers import plotting
from helpers.plotting import names, output, style

ROOT = Path(__file__).resolve().parents[2]
TEXT = {"ink", "muted", "faint", "forward", "backward", "label-0", "label-1", "right", "wrong"}
TEXT |= {name for name in style.PALETTE if name.startswith("series")}  # lines are named in their colour
SURFACES = {"paper", "panel", "lit", "forward-soft", "backward-soft"}


def luminance(color):
    """Relative luminance, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_definition():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well-known grey that just fails


@pytest.mark.parametrize("page", [0, 1], ids=["white", "dark"])
def test_text_and_marks_stand_out_from_the_page(page):
    paper = style.PALETTE["paper"][page]
    ratios = {name: contrast(pair[page], paper) for name, pair in style.PALETTE.items()}
    assert {name: ratio for name, ratio in ratios.items() if name in TEXT and ratio < 4.5} == {}
    assert set(ratios) == TEXT | SURFACES | {"hairline"}  # a new colour is text or a surface


@pytest.mark.parametrize("page", [0, 1], ids=["white", "dark"])
def test_text_stands_out_from_what_may_lie_behind_it(page):
    for name in ("paper", "panel", "lit", "forward-soft", "backward-soft"):
        assert contrast(style.PALETTE["ink"][page], style.PALETTE[name][page]) >= 4.5
    for _, pair in style.SURFACES.items():
        assert contrast(style.PALETTE["ink"][page], pair[page]) >= 3  # a boundary, a mark


@pytest.mark.parametrize("page", [0, 1], ids=["white", "dark"])
def test_marks_of_either_label_stand_out_from_their_surface(page):
    """A point lies on the surface of its own label at worst; its rim of paper sets it off as well."""
    for label, surface in (("label-0", style.DIVERGING[0]), ("label-1", style.DIVERGING[-1])):
        assert contrast(style.PALETTE[label][page], style.PALETTE["paper"][page]) >= 3
        assert contrast(style.PALETTE[label][page], surface[page]) >= 1.5


def test_surfaces_get_darker_on_a_white_page_and_lighter_on_a_dark_one():
    for page, sign in ((0, -1), (1, 1)):
        lights = [luminance(pair[page]) for pair in style.SEQUENTIAL]
        assert all(sign * (b - a) > 0 for a, b in pairwise(lights))


def test_every_colour_is_a_css_property_in_both_looks():
    css = style.css_properties(".a", ".b")
    light, dark = re.findall(r"(\.[ab]) \{([^}]*)\}", css)
    assert (light[0], dark[0]) == (".a", ".b")
    for name, pair in (style.PALETTE | style.SURFACES).items():
        assert f"--lesson-{name}: {pair[0]};" in light[1] and f"--lesson-{name}: {pair[1]};" in dark[1]
    query = style.css_properties(":root", "@media (prefers-color-scheme: dark)")
    assert "@media (prefers-color-scheme: dark) { :root { --lesson-ink: #E6E9EC;" in query


def drawn():
    with plt.rc_context(style.STYLE):
        ax = plotting.line([3, 2, 1], label="first")
        plotting.line([1, 2, 3], ax=ax, label="second", style=1)
        ax.set(xlabel="iteration α → ∂", ylabel="$w_1$")
    return ax.figure


def test_a_drawing_is_the_same_each_time():
    first, second = output.as_svg(drawn()), output.as_svg(drawn())
    assert first == second
    assert output.as_png(drawn())[0] == output.as_png(drawn())[0]


def test_a_formula_is_parsed_for_the_first_drawing_only(monkeypatch):
    def formulas(size):
        with plt.rc_context(style.STYLE):
            figure = plt.figure(figsize=(2, 1))
            figure.text(0.1, 0.5, r"$\epsilon^{-5} \to 10^{-17}$", fontsize=size)
        return output.as_svg(figure)

    with monkeypatch.context() as change:
        change.setattr(output, "_formulas_parsed_once", nullcontext)
        parsed_anew = [formulas(size) for size in (9, 12, 9)]
    formulas(9), formulas(12)
    monkeypatch.setattr(Parser, "parse", lambda *_: pytest.fail("parsed again"))
    assert [formulas(size) for size in (9, 12, 9)] == parsed_anew
    assert parsed_anew[0] != parsed_anew[1]
    assert matplotlib.text.TextToPath is TextToPath


TWICE = """
import sys; sys.path.insert(0, {root!r})
import matplotlib; matplotlib.use("Agg")
from helpers import plotting
from helpers.plotting import output
plotting.use_style()
print(hash("salt of this process"), file=sys.stderr)
print(output.as_svg(plotting.network([2, 3, 1]).figure))
"""


def test_a_drawing_is_the_same_in_another_process():
    command = [sys.executable, "-c", TWICE.format(root=str(ROOT))]
    runs = [
        subprocess.run(command, capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout and b"<svg" in runs[0].stdout
    assert runs[0].stderr != runs[1].stderr  # or nothing was put to the test


def test_a_drawing_holds_both_looks_and_no_colour_of_its_own():
    text = output.as_svg(drawn())
    assert text.startswith("<svg") and text.endswith("</svg>")
    assert "--lesson-series-1: #00707A;" in text and "--lesson-series-1: #4CC3CC;" in text
    assert "<metadata>" not in text and "20" not in re.findall(r"<dc:date>.*", text)
    styles = re.findall(r'style="([^"]*)"', text)
    assert {color for one in styles for color in re.findall(r"#\w+", one)} == set()
    assert output.as_svg(drawn(), alone=False).count("<style") == 0  # the page has the palette
    assert 'width="806" height="374"' in text


def test_text_is_kept_as_comments_and_compared_while_places_are_not():
    rules = get_sanitize_patterns((ROOT / "tests" / "nbval_sanitize.cfg").read_text(encoding="utf-8"))

    def compared(text):
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        return text

    figure = drawn()
    before = output.as_svg(figure)
    for name in ("first", "second", "iteration α → ∂", "$w_1$"):
        assert f"<!-- {name} -->" in compared(before)
    figure.set_layout_engine("none")
    figure.axes[0].set_position(figure.axes[0].get_position().translated(0.0013, 0.0017))
    moved = output.as_svg(figure)
    assert moved != before and compared(moved) == compared(before)
    figure.axes[0].lines[0].set_linestyle(":")
    assert compared(output.as_svg(figure)) != compared(before)
    figure.axes[0].lines[0].set_linestyle("-")
    figure.axes[0].set_xlabel("iteration")
    assert compared(output.as_svg(figure)) != compared(before)
    figure.axes[0].set_xlabel("iteration α → ∂")
    figure.axes[0].plot([0, 1], [1, 1])
    assert compared(output.as_svg(figure)) != compared(before)


def test_a_png_has_two_pixels_for_each_of_the_page():
    data, metadata = output.as_png(drawn())
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (2 * metadata["width"], 2 * metadata["height"]) == (1612, 748)
        assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_many_marks_are_not_drawn_as_svg():
    _, ax = plt.subplots()
    ax.scatter(np.arange(8000), np.arange(8000))
    assert 8000 <= output.count_marks(ax.figure) <= output.MOST_MARKS
    assert output._svg_of_few_marks(ax.figure).startswith("<svg")
    ax.plot(np.arange(2001))
    assert output.count_marks(ax.figure) > output.MOST_MARKS
    assert output._svg_of_few_marks(ax.figure) is None


def test_a_picture_in_a_drawing_keeps_its_own_pixels():
    """It is embedded as it is, small, and enlarged by the page without blur."""
    text = output.as_svg(plotting.images(np.zeros((2, 784))).figure)
    (data,) = re.findall(r'href="data:image/png;base64,([^"]*)"', text)
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.size == (60, 30)
    assert "pixelated" in text or "crisp-edges" in text


def test_images_of_numbers_are_turned_on_a_dark_page_and_photographs_are_not():
    digits, photographs = np.zeros((2, 28, 28)), np.zeros((2, 28, 28, 3))
    for pictures, turned in ((digits, 1), (photographs, 0)):
        text = output.as_svg(plotting.images(pictures).figure)
        assert len(re.findall('<image [^>]*id="numbers-', text)) == turned
        assert text.count(output.NIGHT) == turned


def test_images_inside_a_panel_are_turned_too():
    _, ax = plt.subplots()
    ax.imshow(np.eye(3))
    ax.inset_axes([0, 0, 0.5, 0.5]).imshow(np.eye(2))
    assert re.findall('id="(numbers-.)"', output.as_svg(ax.figure)) == ["numbers-0", "numbers-1"]


def test_a_drawing_does_not_create_ticks_that_are_not_drawn():
    _, ax = plt.subplots()
    ax.axis("off")
    output.as_svg(ax.figure)
    assert len(ax.xaxis.majorTicks) <= 1  # matplotlib always has one, from which it copies the others


def test_an_image_that_is_turned_has_the_colours_of_a_dark_page():
    """The filter of CSS: invert each channel, then turn the hue by half a circle, as the W3C's matrix does."""
    turn = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])
    for name in ("label-0", "label-1", "ink", "wrong"):
        light, dark = (255 * np.array(to_rgb(color)) for color in style.PALETTE[name])
        np.testing.assert_allclose(np.clip(turn @ (255 - light), 0, 255), dark, atol=31)


NOTEBOOK = """
import matplotlib.pyplot as plt
from helpers import plotting
plotting.use_style()
plotting.cost_curve([3, 2, 1])
plt.show()
"""


def test_a_notebook_gets_svg_and_png(fresh_kernel_outputs):
    (shown,) = fresh_kernel_outputs(NOTEBOOK)
    assert set(shown.data) == {"image/svg+xml", "image/png", "text/plain"}
    assert shown.data["image/svg+xml"].startswith("<svg")
    assert shown.metadata["image/png"] == {"width": 806, "height": 374}


@pytest.fixture
def fresh_kernel_outputs():
    """What a cell shows in a kernel of its own."""
    import nbformat
    from fresh_kernel import run

    def outputs(source):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        run(notebook, ROOT)
        return notebook.cells[0].outputs

    return outputs


# --- names beside lines --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([5, 50], [5, 50]),
        ([10, 10], [5, 15]),
        ([15, 5], [15, 5]),
        ([10, 12, 11], [1, 21, 11]),
        ([10, 10, 20], [13.333 - 10, 13.333, 13.333 + 10]),
        ([], []),
    ],
)
def test_names_keep_apart_and_stay_in_order(wanted, placed):
    np.testing.assert_allclose(names.apart(wanted, 10), placed, atol=0.01)


def test_no_name_is_below_the_floor():
    np.testing.assert_allclose(names.apart([3, 2, 40], 10, floor=4), [14, 4, 40])
    np.testing.assert_allclose(names.apart([3, 15, 24], 10, floor=5), [5, 15, 25])


def test_names_of_lines_that_end_low_stand_above_the_axis():
    ax = plotting.line([3, 0], label="first")
    plotting.line([2, 0], ax=ax, label="second", style=1).set_ylim(0, 3)
    ax.figure.canvas.draw()
    (artist,) = [a for a in ax.artists if isinstance(a, names.LineNames)]
    assert artist.get_tightbbox().y0 > ax.bbox.y0


def test_names_stand_at_the_ends_of_their_lines_in_their_colours():
    figure = drawn()
    figure.canvas.draw()
    (artist,) = [a for a in figure.axes[0].artists if isinstance(a, names.LineNames)]
    texts = artist._texts(figure.canvas.get_renderer())
    assert [text.get_text() for text in texts] == ["first", "second"]
    assert [text.get_color() for text in texts] == list(style.LINE_COLORS[:2])
    for text, y in zip(texts, (1, 3), strict=True):
        end = figure.axes[0].transData.transform((2, y))
        assert text.get_position()[0] > end[0] and text.get_position()[1] == pytest.approx(end[1])
    inside = artist.get_tightbbox()
    assert inside.x1 <= figure.bbox.x1 and inside.y0 >= 0  # the layout has left room


def test_the_name_of_a_line_that_leaves_the_axes_stays_beside_them():
    ax = plotting.line([1.0, 2.0, np.nan], label="lost")
    plotting.line([1.0, 1e9], ax=ax, label="far", style=1)
    ax.set(ylim=(0, 3), xlim=(0, 2))
    ax.figure.canvas.draw()
    lost, far = ax.artists[0]._texts(ax.figure.canvas.get_renderer())
    assert lost.get_position()[0] > ax.transData.transform((1, 2))[0]
    assert ax.bbox.y0 <= far.get_position()[1] <= ax.bbox.y1
