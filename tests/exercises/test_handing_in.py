"""What is kept of the answers on the learner's machine, and the file that the learner hands in."""

import errno
import hashlib
import io
import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pretended import Notebook

from helpers import exercises
from helpers.exercises import grade, handing_in, record, rerun, source, submission
from helpers.exercises.registry import EXERCISES

STEP = "def step_back(W, dZ, Z_before):\n    return W.T @ dZ * sigmoid_prime(Z_before)"


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(path))
    return path


@pytest.fixture
def notebook(file, monkeypatch):
    return Notebook(monkeypatch)


def kept(file, name):
    return json.loads(file.read_text("utf-8"))["answers"][name]


# --- the record ----------------------------------------------------------------------------------


def test_the_attempts_the_last_answer_and_the_mistake_are_kept(file, notebook):
    cells = [f'from helpers.exercises import check\n\nanswer = {a}\ncheck("01.error", answer)' for a in ("3", "9")]
    for text in ("answer = None\nfrom helpers.exercises import check\ncheck('01.error', answer)", *cells, cells[1]):
        notebook.run(text)
    wrong = {wrong.answer: wrong.hint for wrong in EXERCISES["01.error"].wrong}
    assert kept(file, "01.error") == {
        "attempts": 2, "right": False, "answer": cells[1], "value": 9, "mistake": kept(file, "01.error")["mistake"]
    }  # fmt: skip
    assert wrong[9] in kept(file, "01.error")["mistake"]
    notebook.run(cells[0].replace("3", "2 - 5"))
    notebook.run(cells[0])
    assert kept(file, "01.error") == {
        "attempts": 3, "right": True, "answer": cells[0].replace("3", "2 - 5"), "value": -3, "mistake": ""
    }  # fmt: skip
    assert json.loads(file.read_text())["done"] == ["01.error"]


def test_a_file_of_an_earlier_version_is_read_without_loss(file):
    file.write_text('{"done": ["01.error", "99.later"], "notes": {"of": "a later version"}}')
    assert record.read() == ({"01.error", "99.later"}, "")
    record.add_answer("01.weights", False, "answer = 3", 3, "No.")
    entries = json.loads(file.read_text())
    assert entries["done"] == ["01.error", "99.later"] and entries["notes"] == {"of": "a later version"}
    record.add("05.widget")
    assert kept(file, "01.weights")["mistake"] == "No." and os.listdir(file.parent) == [file.name]


def test_entries_of_a_later_version_are_kept_whatever_their_value(file):
    one = {"attempts": 1, "right": False, "answer": "", "value": 3, "mistake": "", "new": 0}
    later = {"other": False, "n": 0, "x": 1, "list": []}
    file.write_text(json.dumps(later | {"done": [], "answers": {"01.error": one}}))
    record.add_answer("01.error", True, "", -3)
    entries = json.loads(file.read_text())
    assert {name: entries[name] for name in later} == later and "seed" not in entries
    assert entries["answers"]["01.error"]["new"] == 0 and entries["answers"]["01.error"]["attempts"] == 2


def test_a_record_that_cannot_be_read_for_a_moment_is_not_replaced(file, monkeypatch):
    record.add_answer("01.error", True, "", -3)
    before = file.read_bytes()

    def read(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", read)
    for said in (record.add_answer("01.weights", False, ""), record.add("05.widget")):
        assert said.startswith("This answer was not saved: cannot read progress.json (Permission denied): ")
    assert file.read_bytes() == before and os.listdir(file.parent) == [file.name]


def test_a_record_that_another_notebook_has_just_mended_is_not_set_aside(file, monkeypatch):
    record.add_answer("01.error", True, "", -3)
    read_text, damaged = Path.read_text, iter(["{"])  # read just before
    monkeypatch.setattr(Path, "read_text", lambda *names, **options: next(damaged, read_text(*names, **options)))
    assert record.read() == ({"01.error"}, "")
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize(
    "answers",
    ['"x"', '{"01.error": 3}', '{"01.error": {"attempts": "3"}}', '{"01.error": {"right": 1}}', '{"x": {"answer": 1}}'],
)
def test_damaged_answers_are_set_aside(file, answers):
    damaged = f'{{"done": ["01.error"], "answers": {answers}}}'
    file.write_text(damaged)
    said = record.add_answer("01.weights", False, "")
    assert said.startswith("progress.json was damaged. It has been kept as progress-damaged-1.json") and said[-1] == "."
    assert (file.parent / "progress-damaged-1.json").read_text() == damaged
    assert list(json.loads(file.read_text())["answers"]) == ["01.weights"]


def test_the_code_of_a_function_comes_with_what_it_uses(notebook, file):
    notebook.run("import math\nfrom helpers.backprop.activations import sigmoid_prime\nSCALE, UNUSED = 1.0, 2.0")
    notebook.run("def scaled(x):\n    return SCALE * x * math.cos(0)")
    notebook.run(STEP.replace("W.T @ dZ", "scaled(W.T @ dZ)"))
    notebook.run('from helpers.exercises import check\ncheck("04.step", step_back)')
    code = kept(file, "04.step")["answer"]
    assert kept(file, "04.step")["right"] and "UNUSED" not in code
    again = {}
    exec(code.split("from helpers.exercises")[0], again)
    case = EXERCISES["04.step"].cases()[0]
    np.testing.assert_allclose(again["step_back"](*case), EXERCISES["04.step"].solution(*case))


def test_quick_questions_are_kept_too(notebook, file):
    notebook.run('from helpers.exercises import quiz\nquiz("01", q1=(1, 2), q2=None, q3="b", q9=3)')
    answers = json.loads(file.read_text())["answers"]
    assert {name: (one["value"], one["right"]) for name, one in answers.items()} == {
        "01.q1": ([1, 2], True), "01.q3": ("b", False)
    }  # fmt: skip


class Unfit:
    @property
    def __class__(self):
        raise RuntimeError

    tolist = None


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (np.float32(0.5), 0.5),
        (np.array([[1, 2]]), [[1, 2]]),
        ((1, 2.5), [1, 2.5]),
        ("a", "a"),
        (np.float32(2.9999998), 3),  # `check` accepts this rounding error of single precision
        ([np.int64(-3), np.float32(0.5)], [-3, 0.5]),
        ([np.array(1), np.array(2)], [1, 2]),
        ([np.array([1]), np.array([2])], [[1], [2]]),
        (Fraction(1, 4), 0.25),
        ([Decimal("0.5"), Fraction(1, 4), 1], [0.5, 0.25, 1]),
        (range(3), [0, 1, 2]),
        (np.longdouble(0.5), 0.5),
        (False, False),
        (np.bool_(True), True),
        (float("nan"), None),
        (np.ma.array([1, 2], mask=[0, 1]), None),
        ({1, 2}, None),
        (1j, None),
        (np.zeros(10**5), None),
        ("x" * 10**5, None),
        pytest.param(10**5000, None, id="5000 digits"),
        ({"a": 1}, None),
        pytest.param(Unfit, None, id="an object without a class"),
        (len, None),
    ],
)
def test_a_value_is_kept_if_it_is_plain(answer, value):
    answer = answer() if answer is Unfit else answer
    assert source.value_of(answer) == value and isinstance(source.value_of(answer), bool) == isinstance(value, bool)
    assert source.of("01.error", answer) == ""


HALF = "def slope(f, w, epsilon):\n    return (f(w + epsilon) - f(w - epsilon)) / ({} * epsilon)"
CHECK = 'from helpers.exercises import check\ncheck("01.slope", {})'


@pytest.mark.parametrize(
    ("before", "two"),
    [
        ("K = [1, 2]", "K[1]"),
        ("K = (1, 2)\nJ = {'a': K}", "J['a'][1]"),
        ("K = {1: 2.0}", "K[1]"),
        ("K = np.array([[1.0, 2.0]])", "K[0, 1]"),
        ("K = np.zeros((2, 0), np.float32)", "len(K)"),
        ("K = np.sqrt(np.float32(4))", "K"),
        ("K = None", "(K or 2)"),
        ("K = float('-inf')", "(2 if K < 0 else 1)"),
        ("class C:\n    k = 2", "C.k"),
        ("class B:\n    k = 2\nclass C(B):\n    pass\nc = C()", "c.k"),
        ("from functools import partial\ndef times(a, b):\n    return a * b\ntwo = partial(times, 2)", "two(1)"),
        ("from functools import lru_cache as cached\n@cached\ndef two():\n    return 2", "two()"),
        ("two = lambda: 2", "two()"),
        ("def make(k):\n    return lambda: k\ntwo = make(2)", "two()"),
        ("def two(n=0):\n    return 2 if n else two(1)", "two()"),
        ("class C:\n    def two(self):\n        return 2\nc = C()\nc2 = c.two", "c2()"),
        ("def two(x):\n    return 2 * x\ntwo = np.vectorize(two)", "two(1)"),
        ("@np.vectorize\ndef two(x):\n    return 2 * x", "two(1)"),
        ("from fractions import Fraction\nK = Fraction(2)", "float(K)"),
        ("import math as m\nfrom math import sqrt as root", "root(m.floor(4.5))"),
        ("first = 1\ndef one():\n    return first\ndef two():\n    return one() + one()", "two()"),
        ("x = 5", "[x for x in (1, 2)][1]"),
        ("K = 3\nK = 2", "K"),
    ],
)
def test_what_a_function_needs_is_handed_in(notebook, file, before, two):
    notebook.run("import numpy as np\nUNUSED = 7")
    notebook.run(before)
    notebook.run(HALF.format(two))
    notebook.run(CHECK.format("slope"))
    one = kept(file, "01.slope")
    assert one["right"] and source.left_out(one["answer"]) == "" and "UNUSED" not in one["answer"]
    answers = rerun.run([rerun.Cell(one["answer"])], {"01.slope": EXERCISES["01.slope"]})
    assert answers.errors == {}
    assert rerun.verdict(EXERCISES["01.slope"], answers.found["01.slope"][-1]).kind == "right"


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (
            "from functools import partial\ndef f(k, g, w, h):\n    return (g(w + h) - g(w - h)) / (k * h)",
            "partial(f, 2)",
        ),
        ("class C:\n    def slope(self, f, w, h):\n        return (f(w + h) - f(w - h)) / (2 * h)\nc = C()", "c.slope"),
        ("class C:\n    def __call__(self, f, w, h):\n        return (f(w + h) - f(w - h)) / (2 * h)", "C()"),
        ("def make(k):\n    return lambda f, w, h: (f(w + h) - f(w - h)) / (k * h)", "make(2)"),
    ],
)
def test_an_answer_need_not_be_a_plain_function(notebook, file, before, answer):
    notebook.run(before)
    notebook.run(CHECK.format(answer))
    answers = rerun.run([rerun.Cell(kept(file, "01.slope")["answer"])], {"01.slope": EXERCISES["01.slope"]})
    assert rerun.verdict(EXERCISES["01.slope"], answers.found["01.slope"][-1]).kind == "right"


IMPORTED = "from helpers.exercises import check"
SLOPE = HALF.format(2)
CHECKED = 'check("01.slope", slope)'


@pytest.mark.parametrize(
    "cells",
    [
        [IMPORTED, f"{SLOPE}\n{CHECKED}"],
        ["from helpers.exercises import *", SLOPE, CHECKED],
        ["from helpers.exercises.commands import check", SLOPE, CHECKED],
        ["from helpers.exercises import check as c", SLOPE, "c('01.slope', slope)"],
        ["import helpers.exercises as ex", SLOPE, "ex.check('01.slope', slope)"],
        [
            "from helpers.exercises import check, hint, quiz",
            f"{SLOPE}\nhint('01.slope')\nquiz('01', q3='b')\n{CHECKED}",
        ],
        [IMPORTED, SLOPE, "answers = {'01.slope': slope}", "for name, one in answers.items(): check(name, one)"],
        [
            "import helpers.exercises as ex",
            "def check(x): return x",
            SLOPE,
            "name = '01.slope'",
            "ex.check(name, slope)",
        ],
    ],
)
def test_a_right_function_is_graded_as_right_however_check_is_imported(notebook, file, tmp_path, cells):
    for cell in cells:
        notebook.run(cell)
    assert "exercises.commands" not in kept(file, "01.slope")["answer"] or "exercises.commands" in cells[-1]
    assert graded(tmp_path) == ("right", [])


def graded(folder):
    handed(folder, "Ada")
    (row,) = grade.grade(folder).rows
    return row.marks["01.slope"].kind, row.notes


@pytest.mark.parametrize(
    "cells",
    [
        ["scale = 4.0", "scale = scale / 2\n" + HALF.format("scale")],
        ["scale = 1.0", "print(scale)\nscale *= 2\n" + HALF.format("scale")],
        ["scale = 1.0", "scale += 1", "print(scale)\nscale = 3\n" + SLOPE],
        ["from fractions import Fraction\nscale = Fraction(1)", "scale += 1", HALF.format("float(scale)")],
        [SLOPE, "import numpy as np\nslope = np.vectorize(slope)"],
        ["for i in range(2):\n    n = i\nscale = n + 1\n" + HALF.format("scale")],
    ],
)
def test_what_the_cell_of_an_answer_changes_is_handed_in_as_it_was_before(notebook, tmp_path, cells):
    notebook.run(IMPORTED)
    for cell in cells[:-1]:
        notebook.run(cell)
    notebook.run(f"{cells[-1]}\n{CHECKED}")
    assert graded(tmp_path) == ("right", [])


@pytest.mark.parametrize(
    ("name", "how", "call", "kind"),
    [
        ("own_a", "from own_a import slope", "slope", "right"),
        ("own_b", "from own_b import slope as f", "f", "right"),
        ("own_c", "import own_c", "own_c.slope", "wrong"),
    ],
)
def test_the_learners_own_file_is_handed_in_or_said_to_be_missing(
    notebook, tmp_path, monkeypatch, capsys, name, how, call, kind
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{name}.py").write_text(f"TWO = 2\n\n{HALF.format('TWO')}\n", encoding="utf-8")
    notebook.run(f"{IMPORTED}\n{how}")
    notebook.run(f'check("01.slope", {call})')
    assert graded(tmp_path)[0] == kind
    said = f"01.slope is incomplete: {name} could not be written as code."
    assert (said in capsys.readouterr().out) == (kind == "wrong")


@pytest.mark.parametrize(
    ("secret", "said"), [("object()", "K could not be written"), ("'x' * 30_000", "K could not be written")]
)
def test_what_cannot_be_written_is_said_to_learner_and_teacher(notebook, file, tmp_path, capsys, secret, said):
    notebook.variables["K"] = eval(secret)  # no cell has defined it
    notebook.run(HALF.format("(2 if K else 1)"))
    notebook.run(CHECK.format("slope"))
    assert source.left_out(kept(file, "01.slope")["answer"]) == "K"
    handed(tmp_path, "Ada")
    assert f"01.slope is incomplete: {said} as code." in capsys.readouterr().out
    (row,) = grade.grade(tmp_path).rows
    assert row.notes == ["01.slope was handed in without code that it needs: check it by hand. (K)"]


def test_code_that_is_too_long_is_said(notebook, file, tmp_path, capsys):
    notebook.run(HALF.format("2") + "\n" + "# x\n" * 10_000 + CHECK.format("slope"))
    handed(tmp_path, "Ada")
    assert "01.slope is incomplete: all the code (more than 20000 characters)" in capsys.readouterr().out


# --- the file that is handed in ------------------------------------------------------------------


@pytest.fixture
def answered(notebook):
    notebook.run('from helpers.exercises import check, quiz\ncheck("01.error", 2 - 5)\nquiz("02", q3="a")')
    return notebook


def handed(folder, *arguments, **options):
    before = set(os.listdir(folder))
    exercises.hand_in(*arguments, folder=folder, **options)
    return [folder / name for name in sorted(set(os.listdir(folder)) - before)]


def test_what_is_shown_is_what_is_written(answered, tmp_path, capsys):
    capsys.readouterr()
    (path,) = handed(tmp_path, "  Ada   Lovelace ")
    out = capsys.readouterr().out
    assert path.name == "hand_in_ada_lovelace.json" and path.read_text("utf-8") in out
    assert "The file contains 2 answers, of which 1 is right." in out
    content = json.loads(path.read_text("utf-8"))
    stated = content.pop("checksum")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert stated == hashlib.sha256(canonical.encode()).hexdigest()
    given = submission.read(path)
    assert (given.name, given.seed, sorted(given.answers)) == ("Ada Lovelace", None, ["01.error", "02.q3"])
    assert given.answers["02.q3"].value == "a" and "fewer" not in given.answers["02.q3"].answer


def test_no_file_is_replaced(answered, tmp_path, capsys):
    (first,) = handed(tmp_path, "Ada")
    assert handed(tmp_path, "Ada") == [] and "contains exactly these answers" in capsys.readouterr().out
    first.write_text("precious")
    (second,) = handed(tmp_path, "Ada")
    assert second.name == "hand_in_ada_2.json" and first.read_text() == "precious"


def as_javascript(value):
    """What is left of a value from JSON after `JSON.stringify(JSON.parse(…))`, which knows only one kind of number."""
    if isinstance(value, dict):
        return {key: as_javascript(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_javascript(one) for one in value]
    is_number = type(value) in (int, float)
    return int(Decimal(repr(float(value)))) if is_number and value == int(value) and abs(value) < 1e21 else value


@pytest.mark.parametrize(
    "value", [4, 4.0, -0.0, [[1.0, 0.5], [3, 1e-7]], 2.0**60, 1e16, 10**17 + 1, 1e21, 10**30, True, "4.0", None]
)
def test_a_file_that_another_program_has_stored_in_its_own_way_is_read(notebook, tmp_path, value):
    record.add_answer("01.error", False, "", value)
    (path,) = handed(tmp_path, "Ada")
    stored = as_javascript(json.loads(path.read_text("utf-8")))
    path.write_text(json.dumps(stored, separators=(",", ":")), "utf-8")
    read = submission.read(path).answers["01.error"].value
    assert read == value or read == pytest.approx(value, rel=1e-15)


def test_a_file_that_another_program_has_stored_in_its_own_way_is_not_written_again(answered, tmp_path, capsys):
    (path,) = handed(tmp_path, "Ada")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))), "utf-8")
    assert handed(tmp_path, "Ada") == [] and "contains exactly these answers" in capsys.readouterr().out


def test_a_file_with_whole_numbers_of_an_earlier_version_is_read(path):
    path.write_text(one_changed(value=[4.0, 1e300])(path.read_text("utf-8")), "utf-8")
    assert "4.0" in path.read_text("utf-8") and submission.read(path).answers["01.error"].value == [4, 1e300]


def test_it_is_said_that_answers_were_handed_in_under_another_name(answered, tmp_path, capsys):
    for name, said in (("Ada", False), ("ADA", False), ("Bob", True), ("Bob", False)):
        capsys.readouterr()
        exercises.hand_in(name, folder=tmp_path)
        assert ("progress.json were last handed in as 'ADA'" in capsys.readouterr().out) == said


def test_only_some_lessons(answered, tmp_path):
    (path,) = handed(tmp_path, "Ada", lesson=2)
    assert list(submission.read(path).answers) == ["02.q3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None,), "Enter your name"),
        (("  ",), "Enter your name"),
        ((3,), "Enter your name"),
        (("x" * 101,), "The name has 101 characters. Choose one with at most 100."),
        (("Ada", "44"), "lesson is '44', but it must be one of 00, 01"),
        (("Ada", ["03"]), "There are no answers from lesson 03 to hand in yet"),
        (("Ada", [3, "4"]), "There are no answers from lesson 03 or 04 to hand in yet"),
        (("Ada", []), "lesson is '[]', but it must be one of 00, 01"),
    ],
)
def test_what_cannot_be_handed_in(answered, tmp_path, capsys, arguments, words):
    assert handed(tmp_path, *arguments) == []
    assert f"? Nothing was written. {words}" in capsys.readouterr().out


def test_on_a_page_of_the_book_the_browser_saves_the_file(answered, tmp_path, capsys, monkeypatch):
    given = []
    monkeypatch.setattr(handing_in, "in_page", lambda: True)
    monkeypatch.setattr(handing_in, "download", lambda *file: given.append(file))
    assert handed(tmp_path, "Ada Lovelace") == []
    out = capsys.readouterr().out
    assert "Your browser has downloaded a file with your answers." in out
    ((name, text),) = given
    assert name == "hand_in_ada_lovelace.json" and text in out


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Ada Lovelace", "ada_lovelace"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\nul", "c_nul"),
        ("Ünï Çødé", "ünï_çødé"),
        ("\u202egnp.exe", "gnp_exe"),
        ("李小龍", "李小龍"),
        ("…", "learner"),
        ("a" * 300, "a" * 40),
        ("-rf", "-rf"),
    ],
)
def test_file_names_are_harmless(name, part):
    assert handing_in.file_name(name) == part


@pytest.mark.parametrize("lab", [True, False])
def test_in_the_lab_learners_are_told_how_to_get_the_file(lab, answered, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(handing_in, "in_browser", lambda: lab)
    handing_in.hand_in("Ada", folder=tmp_path)
    assert ("To download it, choose File > Open…" in capsys.readouterr().out) is lab


def test_a_folder_that_cannot_be_written_to_is_one_sentence(answered, tmp_path, capsys):
    exercises.hand_in("Ada", folder=tmp_path / "missing")
    assert "✗ Not written. cannot write hand_in_ada.json" in capsys.readouterr().out


def test_the_form_writes_what_it_shows(answered, tmp_path):
    form = handing_in.form(folder=tmp_path)
    (name, button), said, shown = form.children[0].children, *form.children[1:]
    assert button.disabled and "Enter your name" in said.value
    name.value = "<b>Ada</b>"
    assert not button.disabled and "&lt;b&gt;Ada" in shown.value and "<b>" not in shown.value
    button.click()
    assert "Written." in said.value
    assert submission.read(tmp_path / "hand_in_b_ada_b.json").name == "<b>Ada</b>"


def test_the_form_writes_the_answers_of_the_moment(answered, tmp_path):
    form = handing_in.form(folder=tmp_path)
    (name, button), said, shown = form.children[0].children, *form.children[1:]
    name.value = "Ada"
    for value, file in (("-8", "hand_in_ada.json"), ("2 - 5", "hand_in_ada_2.json")):
        answered.run(f'from helpers.exercises import check\ncheck("01.weights", {value})')
        button.click()
        assert submission.read(tmp_path / file).answers["01.weights"].value == eval(value)
        assert f"✓ Written. {file}" in said.value and value in shown.value
    record.path().unlink()
    button.click()
    assert button.disabled and "There are no answers to hand in yet" in said.value


class Full(io.FileIO):
    """A file on a disk that is soon full."""

    def write(self, data):
        super().write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_cannot_be_written_completely_is_removed(answered, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(handing_in, "open", Full, raising=False)
    assert handed(tmp_path, "Ada") == []
    assert "✗ Not written. cannot write hand_in_ada.json" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["a\0b", None, 3])
def test_what_is_no_folder_is_one_sentence(answered, capsys, folder):
    exercises.hand_in("Ada", folder=folder)
    assert f"✗ Not written. folder is {folder!r}, which cannot be a folder: choose" in capsys.readouterr().out


def test_nothing_can_be_handed_in_while_recording_is_off(answered, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONS_PROGRESS", os.devnull)
    assert handed(tmp_path, "Ada") == []
    assert f"? Nothing was written. LESSONS_PROGRESS is {os.devnull!r}, so your answers" in capsys.readouterr().out


# --- files that were not written by hand_in ------------------------------------------------------


@pytest.fixture
def path(answered, tmp_path):
    return handed(tmp_path, "Ada")[0]


def signed(content):
    content.pop("checksum", None)
    return json.dumps(content | {"checksum": submission.checksum(content)})


def changed(**entries):
    return lambda text: signed(json.loads(text) | entries)


def one_changed(**entries):
    def change(text):
        content = json.loads(text)
        content["answers"]["01.error"] |= entries
        return signed(content)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"right": false', '"right": true'), "checksum is wrong"),
        (lambda text: text[:-200], "not JSON"),
        (lambda text: "[" * 10**5, "not JSON"),
        (lambda text: "[" * 10**4 + "]" * 10**4, "not"),
        (lambda text: '{"a": ' + "9" * 5000 + "}", "not JSON"),
        (lambda text: '{"a": NaN}', "not JSON"),
        (lambda text: "", "not JSON"),
        (lambda text: '{"done": []}', "not a file written by hand_in()"),
        (lambda text: " " * (submission.LARGEST + 1), "larger than 30 MB"),
        (changed(version=99), "another version"),
        (changed(more=1), "entries that hand_in() does not write"),
        (changed(name="\u202eAda"), "a name that hand_in() does not accept"),
        (changed(name=" "), "a name that hand_in() does not accept"),
        (changed(name=["Ada"]), "a name that hand_in() does not accept"),
        (changed(seed=3), "a seed that use_seed() does not accept"),
        (changed(answers=[]), "Its answers are not in the form"),
    ],
)
def test_a_changed_file_is_one_sentence(path, change, words):
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(submission.SubmissionError) as said:
        submission.read(path)
    assert words in str(said.value) and str(said.value).count("\n") == 0 and len(str(said.value)) < 120


@pytest.mark.parametrize(
    "entries",
    [{"attempts": "many"}, {"attempts": -1}, {"answer": "x" * 20_001}, {"value": {"a": 1}}, {"more": 1}, {"right": 1}],
)
def test_one_strange_answer_does_not_cost_the_others(path, entries):
    path.write_text(one_changed(**entries)(path.read_text("utf-8")), "utf-8")
    given = submission.read(path).answers
    assert given["01.error"] == submission.UNREADABLE and given["02.q3"].value == "a"
    (row,) = grade.grade(path.parent).rows
    assert row.marks["01.error"].kind == "wrong"


VALUES = [2 == 4, True, np.bool_(True), np.array(True), 3, -3, 2.5, 10**30, "b", "", "\ud800", None, [], [[]], [True]]
VALUES += [(-3, -6), [np.int64(-3), -6], np.array([-3.0, -6]), np.float32(-3), np.float16(-3), np.longdouble(-3)]
VALUES += [Fraction(-3), Decimal(-3), [Fraction(-3), Decimal(-6)], range(-3, -9, -3), [np.array(-3), np.array([-6])]]
VALUES += [
    [np.array([-3]), np.array([-6])],
    {"a": 1},
    {1, 2},
    object(),
    1j,
    len,
    np.nan,
    np.inf,
    [1, "a"],
    [[1], [1, 2]],
]
VALUES += [
    np.array([[-3, -6]]),
    np.zeros(10**5),
    b"x",
    np.datetime64("2020"),
    np.ma.array([-3, -6]),
    np.str_("b"),
    Ellipsis,
]


def test_whatever_is_handed_in_is_read_and_judged_as_in_the_lesson(notebook, file, tmp_path):
    names = ["01.error", "01.weights", "01.q3"]
    (tmp_path / "class").mkdir()
    for i, value in enumerate(VALUES):
        file.unlink(missing_ok=True)
        notebook.variables["value"] = value
        for name in names:
            notebook.run(f"from helpers.exercises import check\ncheck({name!r}, value)")
        exercises.hand_in(f"Learner {i}", folder=tmp_path / "class")
    grades = grade.grade(tmp_path / "class")
    assert grades.refused == []
    rows = {row.name: row for row in grades.rows}
    assert len(rows) == len(VALUES) - 1  # there is nothing to hand in if all answers are None
    for i, value in enumerate(VALUES):
        for name in names:
            mark = rows[f"Learner {i}"].marks.get(name) if value is not None else None
            right = mark is not None and mark.kind == "right"
            assert right == (exercises.verdict(name, value).kind == "right"), (value, name)


NUMBERS = "float np.float32 np.longdouble np.array Fraction Decimal str bool np.matrix".split()
NUMBERS += [f"lambda v: {one}" for one in ("[v]", "(v,)", "{v}", "object()", "np.array([v])", "v + 0j")]
ARRAYS = "np.float32 np.longdouble np.matrix list tuple set np.ma.array memoryview np.vectorize(Fraction)".split()
ARRAYS += [
    "lambda v: v.tolist()",
    "lambda v: [list(map(Fraction, row)) for row in v]",
    "lambda v: tuple(tuple(map(Decimal, row)) for row in v)",
    "lambda v: [[np.float32(x) for x in row] for row in v]",
    "lambda v: v.astype(complex)",
    "lambda v: v.astype(str)",
]


@pytest.mark.parametrize(
    ("name", "arguments", "right", "wraps"),
    [
        ("01.slope", "f, w, h", "(f(w + h) - f(w - h)) / (2 * h)", NUMBERS),
        ("02.tanh", "Z", "1 - np.tanh(Z) ** 2", ARRAYS),
    ],
)
def test_the_results_of_functions_are_judged_as_in_the_lesson(name, arguments, right, wraps):
    head = "from fractions import Fraction\nfrom decimal import Decimal\nimport numpy as np\n"
    texts = [f"{head}def answer({arguments}):\n    return ({wrap})({right})" for wrap in wraps]
    cells = [rerun.Cell(f"{text}\ncheck({name!r}, answer)") for text in texts]
    answers = rerun.run(cells, {name: EXERCISES[name]})
    assert answers.errors == {} and len(answers.found[name]) == len(texts)
    for text, found in zip(texts, answers.found[name], strict=True):
        scope = {}
        exec(text, scope)
        here = exercises.verdict(name, scope["answer"]).kind
        assert rerun.verdict(EXERCISES[name], found).kind == here, text


def test_a_name_with_characters_that_this_python_does_not_know(answered, tmp_path):
    new = "\U0001fbfa"  # no version of Unicode has assigned this character yet
    (path,) = handed(tmp_path, f"Ada {new}\u202e")
    assert submission.read(path).name == f"Ada {new}"


def test_links_are_not_followed(path, tmp_path):
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(submission.SubmissionError, match="link"):
        submission.read(tmp_path / "link.json")


def test_text_that_cannot_be_encoded_does_not_stop_the_hand_in(notebook, file, tmp_path):
    record.add_answer("01.error", False, "answer = '\ud800'", "\ud800", "\udfff")
    (path,) = handed(tmp_path, "Ada")
    assert submission.read(path).answers["01.error"].answer == "answer = '?'"
