"""The pictures of lesson 00 and of the two passes show the right numbers, in the right places."""

import numpy as np
import pytest
from figures import assert_axes_in_axes_out
from matplotlib.colors import same_color
from matplotlib.text import Annotation

from helpers.plotting import basics, passes
from helpers.plotting.style import BACKWARD, FORWARD, LIT

A, B = np.array([[1, 2, 0], [3, 1, 2]]), np.array([[4, 1], [0, 5], [2, 3]])
DRAWN = {
    "rectangle": lambda ax: basics.rectangle(ax=ax),
    "uphill": lambda ax: basics.uphill(ax=ax),
    "matrix_product": lambda ax: basics.matrix_product(A, B, 1, 0, ax=ax),
    "broadcasting": lambda ax: basics.broadcasting(A, [[10], [20]], ax=ax),
    "two_passes": lambda ax: passes.two_passes(ax=ax),
}


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def arrows(ax):
    return [text for text in ax.texts if isinstance(text, Annotation)]


@pytest.mark.parametrize("name", DRAWN)
def test_axes_in_axes_out(name):
    assert_axes_in_axes_out(DRAWN[name])


def test_every_figure_is_tested():
    public = {
        name
        for module in (basics, passes)
        for name, value in vars(module).items()
        if name[0] != "_" and getattr(value, "__module__", "") == module.__name__
    }
    assert public == set(DRAWN)


def test_the_areas_of_the_strips_are_those_drawn():
    ax = basics.rectangle(5, 2, 0.5, 0.3)
    whole, right, above, corner = (patch.get_width() * patch.get_height() for patch in ax.patches)
    assert np.allclose([whole, right, above, corner], [10, 2 * 0.5, 5 * 0.3, 0.5 * 0.3])
    assert {"area $xy = 10$", "$y\\, \\Delta x = 1$", "$x\\, \\Delta y = 1.5$"} <= set(texts(ax))


def test_the_steepest_arrow_is_the_gradient_and_each_has_its_rate():
    ax = basics.uphill((4, 3))
    tips = [np.array(arrow.xy) - (4, 3) for arrow in arrows(ax)]
    assert np.allclose([np.linalg.norm(tip) for tip in tips], 1)
    shown = [text for text in texts(ax) if not text.startswith("area")]
    rates = [float(text.replace("−", "-")) for text in shown]
    assert np.allclose(rates, [np.dot(tip, (3, 4)) for tip in tips])
    assert max(rates) == 5 and np.allclose(tips[int(np.argmax(rates))], [0.6, 0.8])


def test_the_line_of_equal_area_through_the_point_is_the_heaviest():
    (lines,) = [found for found in basics.uphill((4, 3)).collections if hasattr(found, "levels")]
    heavy = lines.levels[lines.get_linewidths() == np.max(lines.get_linewidths())]
    assert heavy.tolist() == [4 * 3]


@pytest.mark.parametrize(
    ("row", "column", "sum_"), [(1, 0, "3 · 4 + 1 · 0 + 2 · 2 = 16"), (0, 1, "1 · 1 + 2 · 5 + 0 · 3 = 11")]
)
def test_the_highlighted_row_and_column_give_the_highlighted_entry(row, column, sum_):
    ax = basics.matrix_product(A, B, row, column)
    lit = np.array([same_color(patch.get_facecolor(), LIT) for patch in ax.patches])
    assert [float(text) for text in texts(ax)[: A.size]] == A.ravel().tolist()
    left, right, product = lit[:6].reshape(2, 3), lit[6:12].reshape(3, 2), lit[12:].reshape(2, 2)
    assert left[row].all() and left.sum() == 3
    assert right[:, column].all() and right.sum() == 3
    assert product[row, column] and product.sum() == 1
    assert texts(ax)[-1] == sum_


def test_the_copies_of_a_column_are_pale():
    ax = basics.broadcasting(A, [[10], [20]])
    dotted = [patch.get_linestyle() == ":" for patch in ax.patches]
    assert dotted == [False] * 6 + [False, True, True] * 2 + [False] * 6
    assert [float(text) for text in texts(ax)[-6:]] == np.add(A, [[10], [20]]).ravel().tolist()


@pytest.mark.parametrize("L", [1, 3, 5])
def test_the_two_passes_run_against_each_other(L):
    ax = passes.two_passes(L)
    forward = [a for a in arrows(ax) if same_color(a.arrow_patch.get_edgecolor(), FORWARD)]
    backward = [a for a in arrows(ax) if same_color(a.arrow_patch.get_edgecolor(), BACKWARD)]
    assert len(forward) == 2 * (L + 1)  # along the top, and into the store
    assert len(backward) == 3 * L + L - 1  # along the bottom, out of the store, and from the weights
    assert all(a.xy[0] >= a.xyann[0] for a in forward) and all(a.arrow_patch.get_linestyle() == "--" for a in backward)
    assert sum(a.xy[0] < a.xyann[0] for a in backward) == L
    to_dW = [a for a in backward if a.xy[0] > a.xyann[0]]
    assert [(int(a.xyann[0] // passes.STEP), int(a.xy[0] // passes.STEP)) for a in to_dW] == [(l, l) for l in range(L)]
    for l in range(1, L + 1):
        assert {f"$A^{{[{l}]}}$", f"$dZ^{{[{l}]}}$", f"$Z^{{[{l}]}},\\ A^{{[{l}]}}$"} <= set(texts(ax))
    taken = [f"$A^{{[{l}]}}$" for l in range(1, L)] + [f"$Z^{{[{l}]}}$" for l in range(1, L)]
    taken += ["$A^{[0]}$", f"$A^{{[{L}]}}$"] + [f"$W^{{[{l}]}}$" for l in range(2, L + 1)]
    small = [text.get_text() for text in ax.texts if same_color(text.get_color(), BACKWARD)]
    assert sorted(small) == sorted([*taken, *(f"$dZ^{{[{l}]}}$" for l in range(1, L + 1)), "← backward"])
