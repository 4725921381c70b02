"""Notebooks: what is taken from one, whose it is, and what the teacher learns about answers that cannot be run."""

import ast
import sys

import nbformat
import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import grade, replay, rerun, works
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
        ["v = []", "for x in (1, 2):\n    v.append(-3 * x)", "check('01.weights', v)"],
        ["v = np.zeros(2)", "for i in (0, 1):\n    v[i] = -3 * (i + 1)", "check('01.weights', v)"],
        ["v = np.array([-3, -6])\nv.sort()", "v = v[::-1]", "check('01.weights', v)"],
        ["if True:\n    k = 2\n" + SLOPE.format("k"), "check('01.slope', slope)"],
        ["try:\n    k = 2\nexcept OSError: pass\n" + SLOPE.format("k"), "check('01.slope', slope)"],
        ["with np.errstate():\n    k = 2\n" + SLOPE.format("k"), "check('01.slope', slope)"],
        ["(k := 2)", SLOPE.format("k"), "check('01.slope', slope)"],
        ["k = 1\nk += 1", SLOPE.format("k"), "check('01.slope', slope)"],
        ["from numpy import *", "np.testing.assert_allclose(1, 1)\ncheck('01.error', -3)"],
        ["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('x.png')", "check('01.error', -3)"],
        ["import torch\ncheck('01.error', -3)"],
        ["z, y = 2, 5\ncheck('01.error', z - y)", "check('01.weights', [(z - y) * 1, (z - y) * 2])"],
    ],
)
def test_answers_may_use_what_the_cells_above_define(tmp_path, cells):
    row = graded(tmp_path, *cells)
    assert set(kinds(row).values()) == {"right"} and row.notes == []


@pytest.mark.parametrize(
    "cells",
    [
        ["z = train()", "check('01.error', z)"],
        ["z = -3", "z = train()", "check('01.error', z)"],  # z is not -3 on the learner's machine
        ["z = [-3]", "z.append(train())", "check('01.error', z[0])"],
        ["z = np.array([-3.0])", "z[0] = train()", "check('01.error', z[0])"],
        ["z = y = [-3]", "y.sort(key=undefined)", "check('01.error', z[0])"],
        ["z = [-3]\ndef change(v):\n    v[0] = train()", "change(z)", "check('01.error', z[0])"],
        ["z = -3", "z = 0\nwhile True: z += 1", "check('01.error', z)"],
        ["z = -3\nclass V: pass\nv = V()\nv.z = z", "v.z = train()", "check('01.error', v.z)"],
        ["k = train()\n" + SLOPE.format("k"), "check('01.slope', slope)"],
        ["from helpers import datasets", "check('01.error', datasets.make_line())"],
    ],
)
def test_an_answer_that_needs_what_cannot_be_run_is_to_be_looked_at(tmp_path, monkeypatch, cells):
    monkeypatch.setattr(rerun, "SECONDS", 1.0)
    row = graded(tmp_path, *cells)
    (mark,) = row.marks.values()
    assert mark.kind == "wrong" and "could not be run here" in mark.words
    assert "could not be run here: check it by hand. (NotRunError: the code that sets" in " ".join(row.notes)


def test_an_outdated_value_is_not_judged_in_the_same_cell_either(tmp_path):
    row = graded(tmp_path, "answer = -3\ncheck('01.error', 9)", "answer = train()\ncheck('01.weights', answer)")
    assert row.marks["01.weights"].points == 0 and "01.weights could not be run here" in " ".join(row.notes)


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("v.sort(key=k)", "v w"),  # v and w are the same list
        ("v[0] = k", "v w"),
        ("t[0].append(k)", "t"),
        ("a += k", "a"),
        ("np.sort(a, k)", ""),
        ("print(a.sum(), v.index(3), k)", ""),
        ("np.copyto(a, k)", "a"),
        ("np.add.at(a, 0, k)", "a"),
        ("np.exp(k, out=a)", "a"),
        ("own(a, v)", "a v w"),
        ("own.x = k", "own"),
        ("thing.step(k)", "thing"),
        ("thing.x.y = k", "thing"),
        ("for i, a in k: pass", "a i"),
        ("with k as a: pass", "a"),
        ("del a", "a"),
        ("def a(): v.append(k)", "a"),
        ("import k as a", "a"),
        ("[a for a in k]", ""),
        ("[a := n + i for i in k]", "a"),
        ("match k:\n    case [a, *n]: pass", "a n"),
        ("match k:\n    case {'x': _, **a}: pass", "a"),
        ("match k:\n    case int() as a: pass", "a"),
        ("lambda: v.append(k)", ""),
    ],
)
def test_what_a_statement_may_change(statement, names):
    scope = {"np": np, "v": [], "t": ([],), "a": np.zeros(2), "thing": type("Thing", (), {})(), "n": 3}
    scope["w"] = scope["v"]
    exec("def own(*_): pass", scope)
    before, forgotten = set(scope), set()
    replay.forget(ast.parse(statement).body[0], scope, forgotten)
    assert forgotten == set(names.split()) and set(scope) == before - forgotten


def test_a_misspelt_name_is_the_learners_mistake(tmp_path):
    row = graded(tmp_path, SLOPE.format("kk") + "check('01.slope', slope)")
    assert "`kk` is not defined. Is it misspelt?" in row.marks["01.slope"].words and "NameError" in row.notes[0]


def test_of_a_cell_of_the_lessons_only_what_is_quick_is_executed(tmp_path, monkeypatch):
    lesson = ["z = [0]\nz = [-3]", "y = [-3]", "y.append(4)", "def f(x):\n    return x"]
    monkeypatch.setattr(works, "_of_the_lessons", lambda: set(lesson))
    row = graded(tmp_path, *lesson, "check('01.error', f(z[0]))", "check('01.weights', y)")
    assert kinds(row) == {"01.error": "right", "01.weights": "wrong"}
    assert row.notes == ["01.weights could not be run here: check it by hand. (NotRunError: the code that sets y could not be run)"]  # fmt: skip  # noqa: E501


def test_the_cells_of_the_lessons_are_known():
    assert any("numerical_gradient" in text for text in works._of_the_lessons())


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
    notebook(tmp_path / files[1], "check('01.error', -3)", "check('02.steep', 0.16)")
    rows = {row.name: row for row in grade.grade(tmp_path).rows}
    assert rows.keys() == names
    if len(names) == 2:  # the seed of one learner does not reach the other
        others = [row for row in rows.values() if "01.error" in row.marks]
        assert [(row.seed, kinds(row)) for row in others] == [(None, {"01.error": "right", "02.steep": "right"})]
    else:
        assert "These notebooks were combined: " in " ".join(rows["Ada"].notes)
        assert rows["Ada"].marks["01.weights"].kind == "right"
        assert rows["Ada"].marks["01.error"].kind != "right"  # by Ada's own numbers


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({"student01": "01", "student02": "01", "student03": "01"}, 3),
        ({"student_10_lesson_01": "01", "student_11_lesson_01": "01"}, 2),
        ({"student_10_lesson_01": "01", "student_10_lesson_02": "02"}, 1),
        ({"01_fit_a_line_11": "01", "02_classify_11": "02"}, 1),
    ],
)
def test_the_number_of_a_learner_is_not_the_number_of_a_lesson(tmp_path, files, count):
    for file, lesson in files.items():
        call = {"01": "check('01.error', -3)", "02": "check('02.steep', 0.16)"}[lesson]
        notebook(tmp_path / "handed in" / f"{file}.ipynb", call)
    assert len(grade.grade(tmp_path).rows) == count


@pytest.mark.parametrize("suffix", [".IPYNB", ".ipynb.txt"])  # mail programs and Windows add .txt
def test_the_name_of_a_notebook_is_without_its_suffix(tmp_path, suffix):
    notebook(tmp_path / f"ADA{suffix}", "check('01.error', -3)")
    assert [work.row.name for work in works.read(tmp_path)[0]] == ["ADA"]


@pytest.mark.parametrize("folder", ["{0}/{1}/ada {1}{1}", "a{2}", "{1}ada{1}"])
def test_two_learners_in_folders_that_look_alike_stay_two(tmp_path, folder):
    long, half, invisible = "x" * 100, "y" * 60, "\u200b"
    for i, place in enumerate((folder, folder.replace("a", "b") if "{2}" not in folder else "a")):
        path = tmp_path / place.format(long, half, invisible) / "01_fit.ipynb"
        path.parent.mkdir(parents=True)
        notebook(path, f"check('01.error', {-3 * i})")
    rows = grade.grade(tmp_path).rows
    assert sorted(mark.kind for row in rows for mark in row.marks.values()) == ["right", "wrong"]
    assert len({row.file for row in rows}) == 2 and all(len(row.file) < 150 for row in rows)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["import not_installed\ndef half(x):\n    return x / 2", "{}", "check('01.error', half(-6))"], "right"),
        (["z = 102", "z = undefined", "{}", "check('01.error', z - 105)"], "wrong"),
        (["from helpers.exercises import check\nimport math as m\n{}", "check('01.error', m.floor(-2.5))"], "right"),
        (["z = -3", "z = 9\n{}", "check('01.error', z)"], "wrong"),
        (["z = -3", "z = 9\nwhile True: pass", "{}", "check('01.error', z)"], "wrong"),
    ],
)
def test_a_crash_changes_nothing_about_the_other_cells(tmp_path, monkeypatch, cells, kind):
    monkeypatch.setattr(rerun, "SECONDS", 1.0)
    row = graded(tmp_path, *(text.format("import os\nos._exit(1)") for text in cells))
    assert kinds(row) == {"01.error": kind}
    assert [one for one in row.notes if "NotRunError: the code that sets z" in one] == row.notes[: kind == "wrong"]


@pytest.mark.parametrize(
    ("calls", "right"),
    [
        (["use_seed(np.int64(5))"], None),
        (["use_seed('Ada')", "use_seed(np.int64(5))"], "ada"),
        (["use_seed(True)"], None),
        ([f"use_seed({2**63 + 5})"], str(2**63 + 5)),
        (["use_seed(5)"], "5"),
        (["use_seed(10**5000)"], None),
    ],
)
def test_a_seed_is_accepted_and_refused_as_on_the_learners_machine(tmp_path, calls, right):
    row = graded(tmp_path, *calls, f"check('01.weights', {with_seed(right)['01.weights'].right})")
    assert (row.seed, kinds(row)) == (right, {"01.weights": "right"})
    assert ("use_seed() could not be run here" in " ".join(row.notes)) == (right is None)


# Magics, and Python that looks like magics: formatters put operators at the beginning of a line.
@pytest.mark.parametrize(
    "cell",
    [
        "answer = (\n    97\n    % 100\n    - 100\n)\ncheck('01.error', answer)",
        "answer = -3 * (\n    1\n    != 2\n)\ncheck('01.error', answer)",
        "np.clip?\nanswer = -3\ncheck('01.error', answer)",
        "?np.clip\ncheck('01.error', -3)",
        "f = !ls\ncheck('01.error', -3)",
        "!ls\n%matplotlib inline\ncheck('01.error', -3)",
        "%pwd\n@np.vectorize\ndef f(x):\n    return -3 if x else 0\ncheck('01.error', f([1])[0])",
        "%pwd\nfrom dataclasses import*\n@dataclass(\n  order=True\n)\nclass P:\n  x: int\ncheck('01.error', P(-3).x)",
        "%time answer = -3\ncheck('01.error', answer)",
        "%timeit -n1 -r 1 answer = -3\nanswer = -3\ncheck('01.error', answer)",
        "%%time\nanswer = -3\ncheck('01.error', answer)",
        "%%capture\n%matplotlib inline\nanswer = -3\ncheck('01.error', answer)",
        "get_ipython().run_cell_magic('time', '', \"check('01.error', -3)\")",  # what IPython itself keeps of a cell
        "text = '''\n% of\n! careful\n'''\ncheck('01.error', -3 if len(text) == 16 else 0)",
    ],
)
def test_magics_do_not_cost_the_answer(tmp_path, cell):
    row = graded(tmp_path, cell)
    assert (kinds(row), row.notes) == ({"01.error": "right"}, [])


@pytest.mark.parametrize("without", [False, True])
def test_magics_are_understood_without_ipython_too(monkeypatch, without):
    if without:
        monkeypatch.setitem(sys.modules, "IPython.core.inputtransformer2", None)
    (text,) = replay.plain(["%matplotlib inline\n!ls\nnp.clip?\nx = 1"])
    found = {"get_ipython": replay.Shell}
    exec(text, found)
    assert found["x"] == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (["-3", "None"], "right"),
        (["-3", "3"], "right"),
        (["9", "None"], "mistake"),
        (["100", "None"], "wrong"),
        (["None"], None),
        (["100", "-3"], "right"),
    ],
)
@pytest.mark.parametrize("between", ["\n", None])
def test_the_best_answer_counts(tmp_path, answers, kind, between):
    calls = [f"check('01.error', {answer})" for answer in answers]
    row = graded(tmp_path, *(calls if between is None else [between.join(calls)]))
    assert kinds(row) == ({"01.error": kind} if kind else {}) and row.notes == []


def test_answers_that_a_loop_may_have_guessed_are_noted(tmp_path):
    loops = ["for i in range(9): check('01.error', -i)", "for c in 'abcd': quiz('01', q3=c)"]
    row = graded(tmp_path, *loops, "for _ in range(9): check('01.weights', [-3, -6])")
    assert set(kinds(row).values()) == {"right"}
    words = "may be a guess, because its cell also checks several wrong answers: check it by hand."
    assert row.notes == [f"{name} {words}" for name in ("01.error", "01.q3")]


def test_an_answer_is_judged_as_it_was_when_it_was_checked(tmp_path):
    row = graded(tmp_path, "v = [-3, -6]\ncheck('01.weights', v)\nv.append(0)")
    assert kinds(row) == {"01.weights": "right"}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("01.error", "float('nan')"),
        ("01.error", "-np.inf"),
        ("01.error", "{'a': -3}"),
        ("01.weights", "[np.nan, -6]"),
        ("01.weights", "np.array([np.inf, -6])"),
        ("02.q3", "['a', 'b']"),
    ],
)
def test_a_value_that_json_does_not_have_gets_the_reply_of_check(tmp_path, name, answer):
    row = graded(tmp_path, f"check('{name}', {answer})")
    said = exercises.verdict(name, eval(answer))
    assert (row.marks[name].kind, row.marks[name].words, row.notes) == ("wrong", said.words, [])


@pytest.mark.parametrize("answer", ["{'a': object()}", "{-3}", "object()", "np.ma.array([-3], mask=[True])", "np.sin"])
def test_an_answer_without_a_value_is_noted(tmp_path, answer):
    row = graded(tmp_path, f"check('01.error', {answer})")
    assert kinds(row) == {"01.error": "wrong"} and "check it by hand. (UnreadableError: " in row.notes[0]


# The modules that define the functions: editors import from these, and so does code that hand_in() once wrote.
BY_PARTS = "from helpers.exercises.commands import check as check\nfrom helpers.exercises.seed import use_seed"
HOWEVER_CALLED = [
    (["check(name='01.error', answer=-3)"], "01.error"),
    (["check(answer=-3, name='01.error')"], "01.error"),
    (["quiz(lesson='01', q2=2.4)"], "01.q2"),
    (["d = {'q2': 2.4}", "quiz(1, **d)"], "01.q2"),
    (["from helpers.exercises import check as c", "c('01.error', -3)"], "01.error"),
    ([BY_PARTS, "check('01.error', -3)"], "01.error"),
    (["import helpers.exercises.commands as ex", "ex.quiz('01', q2=2.4)"], "01.q2"),
    (["import helpers.exercises as ex\nask = ex.quiz", "ask('01', q2=2.4)"], "01.q2"),
    (["ex = '01.error'", "check(ex, -3)"], "01.error"),
    (["lesson = '01'", "check(f'{lesson}.error', -3)"], "01.error"),
    (["answers = {'01.error': -3}", "for k, v in answers.items(): check(k, v)"], "01.error"),
    (["def show(k, v):\n    print(k)\n\n    check(k, v)", "k = '01.error'", "show(k, -3)"], "01.error"),
    (["k = '01.slope'", SLOPE.format(2) + "check(k, slope)"], "01.slope"),
]


@pytest.mark.parametrize(("cells", "name"), HOWEVER_CALLED)
def test_an_answer_counts_however_check_is_called(tmp_path, cells, name):
    row = graded(tmp_path, *cells)
    assert (kinds(row), row.notes) == ({name: "right"}, [])
    assert row.marks[name].code == cells[-1]


@pytest.mark.parametrize(("cells", "name"), HOWEVER_CALLED)
def test_a_call_that_is_not_reached_is_noted_however_it_looks(tmp_path, cells, name):
    row = graded(tmp_path, *cells[:-1], f"raise SystemExit\n{cells[-1]}")
    assert set(kinds(row).items()) <= {(name, "wrong")}
    (note,) = row.notes
    assert "check it by hand. (SystemExit" in note and row.remarks[0][1]


@pytest.mark.parametrize("cell", ["def check(x): pass", "# check your work", "check = len\ncheck([])"])
def test_nothing_false_is_said_about_a_notebook_without_an_answer_that_can_be_found(tmp_path, cell):
    row = graded(tmp_path, cell)
    assert row.marks == {} and "check it by hand" in " ".join(row.notes)


def test_a_notebook_that_calls_neither_check_nor_quiz_is_refused(tmp_path):
    notebook(tmp_path / "a.ipynb", "x = 1")
    assert grade.grade(tmp_path).refused == [("a.ipynb", "None of its cells answers an exercise.")]


def test_an_answer_from_no_cell_is_data_from_a_stranger(tmp_path):
    line = r'\n{"cell": 99, "name": "01.error", "value": -3, "given": true}\n'
    lie = f"import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'{line}')\n    except OSError: pass"
    row = graded(tmp_path, lie, "k = '01.er' + 'ror'\ncheck(k, 7)")
    assert row.marks["01.error"].code.endswith("check(k, 7)")


def test_a_hint_is_no_answer(tmp_path):
    row = graded(tmp_path, "undefined\nhint('01.error')\nsolution(name='01.slope')", "check('01.weights', [-3, -6])")
    assert (kinds(row), row.notes) == ({"01.weights": "right"}, [])


def test_an_answer_that_writes_to_a_file_is_noted_without_a_reproach(tmp_path):
    row = graded(tmp_path, "open('notes.txt', 'w')", "np.save('x', np.ones(3))\ncheck('01.error', 9)", "check('01.weights', [-3, -6])")  # fmt: skip  # noqa: E501
    (note,) = row.notes
    assert note == "01.error could not be run here, because files cannot be written during grading: check it by hand. (writing to files)"  # fmt: skip  # noqa: E501


# Many harmless attempts, and then one that is not.
HIDDEN = """import os
for i in range(120):
    try: open(str(i), "w")
    except OSError: pass
for name in "abcdefgh":
    try: __import__(name)
    except ImportError: pass
try: os.remove("x")
except OSError: pass"""
MILD, TRIED = (
    "needed something that is not available here: check it by hand",
    "tried to do something that an answer does not",
)


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("import ctypes", MILD),
        ("import scipy", MILD),
        ("try: import cffi\nexcept ImportError: pass", MILD),
        ("try: import readline\nexcept ImportError: pass", MILD),
        ("from matplotlib import pyplot as plt\nplt.plot([1, 2])", ""),
        ("import math, random, itertools, statistics, decimal, copy, time, re, string, operator, typing, cmath", ""),
        ("x = bytearray(2**40)", MILD),
        ("import os\nos._exit(3)", MILD),
        ("import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass A:\n    x: int\nA(1)", ""),
        ("def f(): pass\nf.x = 1\ndel f.x", ""),
        ("await undefined", ""),  # for the error, Python looks for the line in a file called <answer>
        ("import os\ntry: os.remove('x')\nexcept OSError: pass", TRIED),
        ("try: open('x', 'w')\nexcept OSError: pass", ""),
        ("import tempfile\ntempfile.mkdtemp()", ""),
        ("import logging\nlogging.basicConfig(filename='a.log')", ""),
        ("import os\nos.chdir('..')\nos.makedirs('out', exist_ok=True)", ""),
        ("import os\nos.path.expanduser('~')", ""),
        ("import socket\ntry: socket.create_connection(('127.0.0.1', 1))\nexcept OSError: pass", TRIED),
        ("import os\ntry: os.fork()\nexcept OSError: pass", TRIED),
        ("import os\ntry: os.remove('x')\nexcept OSError: os._exit(0)", TRIED),
        ("try: open('/etc/passwd')\nexcept OSError: pass", MILD),
        (HIDDEN, TRIED),
    ],
)
def test_what_is_said_about_code_that_is_refused(tmp_path, code, note):
    row = graded(tmp_path, f"{code}\ncheck('01.error', -3)")
    said = " ".join(row.notes)
    assert (note in said) if note else not row.notes
    assert (TRIED in said) == (note == TRIED) and (MILD in said) == (note == MILD)
