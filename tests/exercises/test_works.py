"""Notebooks: what is taken from one, whose it is, and what the teacher learns about answers that cannot be run."""

import nbformat
import pytest

from helpers.exercises import grade
from helpers.exercises.registry import with_seed

WEIGHTS = f"check('01.weights', {with_seed('ada')['01.weights'].right})"
SLOPE = "def slope(f, w, epsilon):\n    return (f(w + epsilon) - f(w - epsilon)) / ({} * epsilon)\n"


def notebook(path, *cells):
    path.parent.mkdir(exist_ok=True)
    cells = [nbformat.v4.new_code_cell(text) for text in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def graded(folder, *cells):
    """Return the row of one notebook with these cells."""
    notebook(folder / "a.ipynb", *cells)
    return grade.grade(folder).rows[0]


def kinds(row):
    return {name: mark.kind for name, mark in row.marks.items()}


@pytest.mark.parametrize(
    "cells",
    [
        ["from helpers.exercises import use_seed", "use_seed('Ada')"],
        ["name = 'Ada'", "use_seed(name)"],
        ["import helpers.exercises", "helpers.exercises.use_seed('Ada')"],
        ["from helpers import exercises as ex\nif True:\n    ex.use_seed('Ada')"],
        ["use_seed('Ben')\nuse_seed('ADA ')"],
    ],
)
def test_a_seed_in_a_cell_of_its_own_applies(tmp_path, cells):
    row = graded(tmp_path, *cells, WEIGHTS)
    assert (row.seed, kinds(row), row.notes) == ("ada", {"01.weights": "right"}, [])


@pytest.mark.parametrize("call", ["use_seed(undefined)", "use_seed([1])", "use_seed(open('x').read())", "use_seed("])
def test_a_seed_that_cannot_be_found_out_is_noted(tmp_path, call):
    row = graded(tmp_path, call, WEIGHTS)
    assert row.seed is None and "use_seed() could not be run here" in " ".join(row.notes)


@pytest.mark.parametrize("call", ["# use_seed('Ada')", "use_seed(None)", "x = 1"])
def test_no_seed_is_nothing_to_look_at(tmp_path, call):
    assert graded(tmp_path, call, "check('01.error', -3)").notes == []


@pytest.mark.parametrize(
    "cells",
    [
        ["prediction, target = 2, 5", "check('01.error', prediction - target)"],
        ["answer1 = 2 - 5", "check('01.error', answer1)"],
        ["x = np.array([2, 5])\nz: float = x[0]\nz -= x.sum() - 2", "check('01.error', z)"],
        ["from fractions import Fraction\nx = float(Fraction(-6, 2))", "check('01.error', x)"],
        ["half = 2*1\n" + SLOPE.format("half"), "check('01.slope', slope)"],
        ["z, y = 2, 5\ncheck('01.error', z - y)", "check('01.weights', [(z - y) * 1, (z - y) * 2])"],
    ],
)
def test_answers_may_use_what_the_cells_above_define(tmp_path, cells):
    row = graded(tmp_path, *cells)
    assert set(kinds(row).values()) == {"right"} and row.notes == []


@pytest.mark.parametrize(
    "cells",
    [
        ["check('01.error', zz - 5)"],
        ["z = train()", "check('01.error', z)"],
        ["z = -4", "z = train()", "check('01.error', z)"],  # z is not -4 on the learner's machine
        ["z = -4", "for _ in range(9):\n    z = z + 1", "check('01.error', z)"],
        ["k = train()\n" + SLOPE.format("k"), "check('01.slope', slope)"],
    ],
)
def test_an_answer_that_cannot_be_run_is_to_be_looked_at(tmp_path, cells):
    row = graded(tmp_path, *cells)
    (mark,) = row.marks.values()
    assert mark.kind == "wrong" and "should be a value" not in mark.words
    assert "could not be run here: look at it by hand. (NameError" in " ".join(row.notes)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["s/ada_01.ipynb", "s/ben_01.ipynb"], {"ada_01", "ben_01"}),
        (["s/ada_01.ipynb", "s/ben_02.ipynb"], {"ada_01", "ben_02"}),
        (["ada_01.ipynb", "ada_02.ipynb"], {"ada_01", "ada_02"}),
        (["Ada/ada_01.ipynb", "Ada/ada_02.ipynb"], {"Ada"}),
        (["Ada/01_fit_a_line.ipynb", "Ada/02_classify.ipynb"], {"Ada"}),
        (["Ada/01_fit.ipynb", "Ben/01_fit.ipynb"], {"Ada", "Ben"}),
        (["Ada/01_fit.ipynb", "Ada/01_fit (1).ipynb"], {"01_fit", "01_fit (1)"}),
    ],
)
def test_whose_notebooks_belong_together(tmp_path, files, names):
    notebook(tmp_path / files[0], "use_seed('Ada')", WEIGHTS)
    notebook(tmp_path / files[1], "check('01.error', -3)")
    rows = {row.name: row for row in grade.grade(tmp_path).rows}
    assert rows.keys() == names
    if len(names) == 2:  # the seed of one learner does not reach the other
        others = [row for row in rows.values() if "01.error" in row.marks]
        assert [(row.seed, kinds(row)) for row in others] == [(None, {"01.error": "right"})]
    else:
        assert "These notebooks were put together: " in " ".join(rows["Ada"].notes)
        assert rows["Ada"].marks["01.weights"].kind == "right"
        assert rows["Ada"].marks["01.error"].kind != "right"  # by Ada's own numbers


MILD, TRIED = (
    "needed something that is not available here: look at it by hand",
    "tried something that an answer does not",
)


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("import ctypes", MILD),
        ("import torch", MILD),
        ("from matplotlib import pyplot as plt\nplt.plot([1, 2])", MILD),
        ("x = bytearray(2**40)", MILD),
        ("import os\nos._exit(3)", MILD),
        ("import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass A:\n    x: int\nA(1)", ""),
        ("def f(): pass\nf.x = 1\ndel f.x", ""),
        ("import os\ntry: os.remove('x')\nexcept OSError: pass", TRIED),
        ("try: open('x', 'w')\nexcept OSError: pass", TRIED),
        ("import socket\ntry: socket.create_connection(('127.0.0.1', 1))\nexcept OSError: pass", TRIED),
        ("import os\ntry: os.fork()\nexcept OSError: pass", TRIED),
        ("import os\ntry: os.remove('x')\nexcept OSError: os._exit(0)", TRIED),
        ("try: open('/etc/passwd')\nexcept OSError: pass", MILD),
    ],
)
def test_what_is_said_about_code_that_is_refused(tmp_path, code, note):
    row = graded(tmp_path, f"{code}\ncheck('01.error', -3)")
    said = " ".join(row.notes)
    assert (note in said) if note else not row.notes
    assert (TRIED in said) == (note == TRIED) and (MILD in said) == (note == MILD)
