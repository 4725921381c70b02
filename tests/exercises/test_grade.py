"""Grading: good, half done, wrong, damaged and hostile files all end as a row or a line, and nothing else changes."""

import contextlib
import csv
import errno
import hashlib
import html.parser
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import nbformat
import numpy as np
import pytest

from helpers.exercises import class_list, grade, gradebook, merging, rerun, source, submission, worker
from helpers.exercises.judging import judge
from helpers.exercises.limits import TimeUp
from helpers.exercises.record import Attempts
from helpers.exercises.registry import EXERCISES, LESSONS, with_seed
from helpers.exercises.rerun import Cell

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {name: exercise for name, exercise in EXERCISES.items() if exercise.cases}
STEP = "def step_back(W, dZ, Z_before):\n    {}\ncheck('04.step', step_back)"
RIGHT_STEP = STEP.format("return W.T @ dZ * sigmoid_prime(Z_before)")


def good(name, seed=None):
    exercise = with_seed(seed)[name]
    if exercise.cases:
        return Attempts(1, True, source.of(name, exercise.solution), None, "")
    return Attempts(1, True, exercise.solution, source.value_of(exercise.right), "")


def hand_in(folder, file, name, answers, seed=None):
    path = folder / file
    path.write_text(submission.text_of(submission.Submission(name, seed, answers)), "utf-8")
    return path


def notebook(path, *cells):
    path.parent.mkdir(exist_ok=True)
    cells = [nbformat.v4.new_code_cell(text) for text in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def snapshot(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode) for path in files}


# --- running answers -----------------------------------------------------------------------------


def test_every_solution_is_right_when_it_is_run_again():
    cells = [Cell(source.of(name, exercise.solution)) for name, exercise in FUNCTIONS.items()]
    answers = rerun.run(cells, FUNCTIONS)
    assert answers.errors == {} and answers.found.keys() == FUNCTIONS.keys()
    for name, exercise in FUNCTIONS.items():
        assert rerun.verdict(exercise, answers.found[name][-1]).kind == "right", name


# Exercises whose cases contain no random numbers.
FIXED = set("01.slope 02.safe 02.tanh 05.distance 07.saturated 08.onehot 09.engine 10.deal 11.change".split())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_new_cases_differ_and_tell_right_from_wrong(name):
    known = FUNCTIONS[name]
    exercise, n = grade._with_new_cases(known), len(known.cases())
    right = exercise.key.right
    assert repr(right[:n]) == repr(known.key.right) and len(right) == 2 * n
    assert (repr(right[n:]) == repr(right[:n])) == (name in FIXED)
    assert judge(exercise, exercise.solution).kind == "right"
    for answer, *_ in exercise.wrong:
        assert judge(exercise, answer, search=False) == judge(known, answer, search=False)


def test_recorded_results_of_the_known_cases_earn_nothing(tmp_path):
    exercise = EXERCISES["04.step"]
    table = {float(W.sum()): exercise.solution(W, *others).tolist() for W, *others in exercise.cases()}
    code = f"table = {table}\n" + STEP.format("return np.array(table.get(W.sum(), W.T @ dZ))")
    hand_in(tmp_path, "ada.json", "Ada", {"04.step": Attempts(1, True, code, None, "")})
    (row,) = grade.grade(tmp_path).rows
    assert row.marks["04.step"].points == 0
    assert any("04.step is right in the cases that learners can see, but not in new ones" in one for one in row.notes)


BODIES = {
    "return W.T @ dZ": "That is dA. The factor σ′(Z) is still missing.",
    "return (W.T @ dZ * sigmoid_prime(Z_before)).tolist()": "Right.",
    "return None": "returns None",
    "return undefined": "`undefined` is not defined",
    "W *= 0; return W": "changes its argument `W` in place",
    "return object()": "is an object that does not contain numbers",
    "raise ValueError('<b>')": "failed with ValueError (`<b>`)",
    "raise KeyboardInterrupt": "failed with KeyboardInterrupt",
    "exit()": "calls exit()",
    "return step_back(W, dZ, Z_before)": "calls itself endlessly",
    "x = []; x.append(x); return x": "calls itself endlessly",
    "return 'x' * 10**7": "too large",
    "return np.ones(10**7)": "too large",
    "return {(1, 2): 3}": "could not be read",
    "yield 1": "generator",
    "raise UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')": "UnicodeDecodeError",
}


def test_what_is_said_about_answers_that_were_run_again():
    names = {f"step {i}": body for i, body in enumerate(BODIES)}
    cells = [Cell(STEP.format(body).replace("04.step", name)) for name, body in names.items()]
    answers = rerun.run(cells, dict.fromkeys(names, EXERCISES["04.step"]))
    for name, body in names.items():
        assert BODIES[body] in str(rerun.verdict(EXERCISES["04.step"], answers.found[name][-1])), body


FORBIDDEN = {
    "import os; os.system('touch pwned')": "os.system",
    "import subprocess; subprocess.run(['touch', 'pwned'])": "importing _posixsubprocess",
    "import os; os.fork()": "os.fork",
    "import os, signal; os.kill(os.getppid(), 9)": "os.kill",
    "open({path!r}, 'w')": "writing",
    "open({path!r})": "reading",
    "import os; os.open({path!r}, os.O_RDONLY)": "reading",
    "import os; os.remove({path!r})": "os.remove",
    "import os; os.chmod({path!r}, 0)": "os.chmod",
    "import os; os.utime({path!r}, (0, 0))": "os.utime",
    "import os; os.mkdir('pwned')": "os.mkdir",
    "np.save('pwned', np.ones(3))": "writing",
    "import socket; socket.create_connection(('127.0.0.1', 1))": "socket",
    "import ctypes; ctypes.CDLL(None)": "ctypes",
    "import gc; gc.get_objects()": "gc",
    "import os; os.environ['X'] = 'y'": "os.putenv",
    f"open({str(ROOT / 'helpers/exercises/lesson_04.py')!r}).read()": "reading",
    "import sys; del sys.modules['helpers.exercises']; import helpers.exercises.lesson_04": "reading",
}


def test_what_an_answer_does_not_need_is_refused(tmp_path):
    path = tmp_path / "precious.txt"
    path.write_text("precious")
    codes = [code.format(path=str(path)) if "{path" in code else code for code in FORBIDDEN]
    answers = rerun.run([*map(Cell, codes), Cell(RIGHT_STEP)], FUNCTIONS)
    for i, word in enumerate(FORBIDDEN.values()):
        assert word in answers.errors[i] and "not allowed here" in answers.errors[i], codes[i]
    assert rerun.verdict(EXERCISES["04.step"], answers.found["04.step"][-1]).kind == "right"
    assert path.read_text() == "precious" and os.listdir(tmp_path) == ["precious.txt"]


def test_the_solutions_are_not_in_the_process():
    code = "import helpers.exercises as ex, sys\n"
    code += "raise ValueError([m for m in sys.modules if 'exercises.' in m and sys.modules[m] is not ex])"
    answers = rerun.run([Cell(code), Cell("from helpers.exercises.registry import EXERCISES")], {})
    assert answers.errors[0] == "ValueError: []" and answers.errors[1].startswith("ModuleNotFoundError")


def test_a_trial_with_variables_of_the_lesson_does_not_cost_the_answer():
    trial = RIGHT_STEP.replace("check(", "display(step_back(W, dZ, Z))\nundefined\ncheck(")
    answers = rerun.run([Cell(trial), Cell("answer = undefined\ncheck('01.error', answer)")], FUNCTIONS)
    assert rerun.verdict(EXERCISES["04.step"], answers.found["04.step"][-1]).kind == "right"
    assert "01.error" not in answers.found and answers.errors[1].startswith("NameError")


STUBBORN = "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass"
FLOOD = (
    "import os\nwhile True:\n  for fd in range(3, 64):\n    try: os.write(fd, b'x' * 10**5)\n    except OSError: pass"
)
LIE = "import os\nfor fd in range(3, 64):\n  try: os.write(fd, b'[]\\n7\\n{\"cell\": 0, \"name\": [], \"done\": 1}\\n')\n  except OSError: pass"  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("code", ["import os\nos._exit(0)", FLOOD, LIE, "while True: pass", STUBBORN])
def test_a_cell_that_ends_the_process_harms_only_itself(code, monkeypatch):
    monkeypatch.setattr(rerun, "SILENCE", 3.0)
    monkeypatch.setattr(rerun, "SECONDS", 0.5)
    answers = rerun.run([Cell(code), Cell(RIGHT_STEP)], FUNCTIONS)
    assert rerun.verdict(EXERCISES["04.step"], answers.found["04.step"][-1]).kind == "right"
    if code != LIE:
        assert 0 in answers.errors and 1 not in answers.errors


CHATTER = """
import os, signal
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    for fd in range(3, 9):
        try: os.write(fd, b"\\n")
        except OSError: pass
"""


def test_a_process_that_talks_all_the_time_is_stopped(monkeypatch):
    monkeypatch.setattr(rerun, "MOST_OUTPUT", 10**12)
    start = time.monotonic()
    answers = rerun.run([Cell(CHATTER)], FUNCTIONS, longest=2.0)
    assert answers.errors == {0: rerun.GIVEN_UP} and time.monotonic() - start < 20


def test_a_pipe_that_stays_open_does_not_stop_the_grading(monkeypatch, tmp_path):
    # Something that has escaped holds the pipe: here, a process of another group that waits for the test to end.
    code = "import os, subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'], stdin=%d, start_new_session=True)\n"  # fmt: skip  # noqa: E501
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    program = tmp_path / "worker.py"
    program.write_text(code % reading)
    monkeypatch.setattr(rerun, "WORKER", program)
    monkeypatch.setattr(rerun, "SILENCE", 0.5)
    monkeypatch.setattr(rerun, "ENOUGH", 0.5)
    opened = subprocess.Popen
    monkeypatch.setattr(rerun.subprocess, "Popen", lambda *one, **more: opened(*one, pass_fds=[reading], **more))
    start = time.monotonic()
    answers = rerun.run([Cell(RIGHT_STEP)], FUNCTIONS, longest=1.0)
    os.close(writing)
    os.close(reading)
    assert 0 in answers.errors and time.monotonic() - start < 20


def test_an_alarm_at_the_end_of_a_cell_leaves_an_error():
    def late(*_):
        raise TimeUp

    tools = {"answers": [], "quarantine": lambda *_: contextlib.nullcontext(), "Printed": str, "fingerprint": late}
    said = list(worker._run("", "execute", {"seconds": 4}, {}, set(), tools | {"execute": late}))
    assert said == [{"error": "TimeUp: 4"}]


@pytest.mark.parametrize("name", ["01.error", "01.slope"])
@pytest.mark.parametrize("end", ["import os\nos._exit(0)", "while True: pass", STUBBORN])
def test_an_answer_whose_process_ended_is_noted(tmp_path, monkeypatch, name, end):
    monkeypatch.setattr(rerun, "SILENCE", 3.0)
    monkeypatch.setattr(rerun, "SECONDS", 0.5)
    notebook(tmp_path / "a.ipynb", f"{end}\ncheck({name!r}, answer)")
    (row,) = grade.grade(tmp_path).rows
    assert row.marks[name].points == 0 and f"{name} " in " ".join(row.notes)


def test_a_function_gets_twice_the_time_for_twice_the_cases_and_is_noted_if_that_is_too_little(tmp_path, monkeypatch):
    monkeypatch.setattr(rerun, "SECONDS", 0.5)
    notebook(tmp_path / "a.ipynb", "def slope(*_):\n    while True: pass\ncheck('01.slope', slope)")
    (row,) = grade.grade(tmp_path).rows
    assert "was stopped after 1 second" in row.marks["01.slope"].words
    assert row.notes == ["01.slope could not be run here: check it by hand. (TimeUp: 1)"]


def test_only_the_first_line_says_how_a_process_is_protected():
    lie = LIE.replace(LIE[LIE.index("b'") + 2 : LIE.index("')")], '\\n{"protection": ["all"]}\\n')
    answers = rerun.run([Cell(lie), Cell(RIGHT_STEP)], FUNCTIONS)
    assert len(answers.kept) == 1 and "audit hook" in answers.kept[0] and "all" not in answers.kept[0]
    assert (
        rerun.weakest([["a", "b", "c"], ["c", "a"]]) == ["a", "c"]
        and rerun.weakest([["a"], []]) == rerun.weakest([]) == []
    )


def test_the_time_for_a_file_is_limited(monkeypatch):
    monkeypatch.setattr(rerun, "SECONDS", 0.5)
    answers = rerun.run([Cell("while True: pass")] * 3 + [Cell(RIGHT_STEP)], FUNCTIONS, longest=0.1)
    assert set(answers.errors.values()) <= {rerun.GIVEN_UP} and len(answers.errors) == 4


@pytest.mark.parametrize(
    "line",
    [b"", b"7", b"[]", b"\xff", b"[" * 10**5, b'{"cell": "0"}', b'{"cell": 0, "name": {}}', b'{"protection": 3}'],
)
def test_a_line_from_a_stranger_is_data(line):
    answers = rerun.Answers()
    rerun._note(line, answers)
    assert (answers.found, answers.errors) == ({}, {})


@pytest.mark.parametrize(
    "results",
    [
        "",
        "7",
        "[" * 10**5,
        '[{"array": [1], "dtype": "U1000000000"}]',
        '[{"array": [[1], [1, 2]], "dtype": "float64"}]',
        '[{"dict": [[[], 1]]}]',
        '[{"dict": 3}]',
        '[{"tuple": 3}]',
        '[{"other": "os.system"}]',
        '[{"array": {"a": 1}, "dtype": "float64"}]',
    ],
)
def test_results_from_a_stranger_are_data(results):
    assert rerun.verdict(EXERCISES["04.step"], {"results": results}).kind == "wrong"
    assert rerun.verdict(EXERCISES["01.error"], {"odd": results}).kind == "wrong"


# --- a folder ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    names = [exercise.name for exercise in (*LESSONS["01"], *LESSONS["04"])]
    hand_in(folder, "ada.json", "Ada", {name: good(name, "ada") for name in names}, "ada")
    hand_in(folder, "ben.json", "Ben", {name: good(name) for name in names[::2]})
    wrong = {"01.error": Attempts(5, False, "answer = 3", 3, "…"), "01.q1": Attempts(2, False, "", [2, 1], "…")}
    wrong["04.step"] = Attempts(4, True, STEP.format("return W.T @ dZ"), None, "")
    wrong["04.forward"] = Attempts(2, False, "import os\nos.remove('x')\n" + good("04.forward").answer, None, "")
    wrong["04.update"] = Attempts(2, False, "import os\nos.system('x')", None, "Their own machine said this.")
    hand_in(folder, "cy.json", "=cmd|' /C calc'!A0", wrong, "@SUM(1)")
    hand_in(folder, "dee.json", "<script>alert(1)</script>", {"01.error": Attempts(1, False, "x", 9, "<img src=x>")})
    hand_in(folder, "ada again.json", "ADA", {"01.error": good("01.error"), "99.no": good("01.error")}, "ada")
    text = (folder / "ada.json").read_text("utf-8")
    (folder / "edited.json").write_text(text.replace('"attempts": 1', '"attempts": 0', 1), "utf-8")
    (folder / "cut.json").write_text(text[:5000], "utf-8")
    (folder / "deep.json").write_text("[" * 10**5)
    (folder / "huge.json").write_bytes(b"0" * 3 * 10**6)
    (folder / "=1+1.zip").write_bytes(b"PK")
    (folder / "a\u202eb.json").write_text("{}")
    (folder / "link.json").symlink_to(folder / "ada.json")
    (folder / "loop").symlink_to(folder)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "errata.ipynb", "notation.ipynb"):
        (folder / name).write_text("{}")
    (folder / "bad.ipynb").write_text('{"cells": [{"cell_type": "code", "source": 5}]}')
    (folder / "folder.json").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.json")
    notebook(folder / "Eve" / "03.ipynb", "from helpers.exercises import use_seed", "use_seed('eve')")
    cells = [
        "import numpy as np\nfrom helpers import plotting, widgets",
        "x = undefined",
        "%matplotlib inline\nR = 0.1",
    ]
    slope = "def slope(f, w, epsilon):\n    return (f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)"
    check = 'from helpers.exercises import check, hint\n\n!rm -rf /\ncheck("01.slope", slope)\n# hint("01.slope")'
    quiz = 'quiz("01", q1=(1, 2), q2=None, q3="a")'
    own = f"check('01.weights', {with_seed('eve')['01.weights'].right})"
    notebook(folder / "Eve" / "01.ipynb", *cells, slope, check, 'answer = None\ncheck("01.error", answer)', quiz, own)
    notebook(folder / "Finn.ipynb", "while True: pass\ncheck('01.error', 3)", "check('01.error', -3)")
    return folder


@pytest.fixture(scope="module")
def graded(folder, tmp_path_factory):
    out, before = tmp_path_factory.mktemp("out") / "grades", snapshot(folder)
    command = [sys.executable, "-m", "helpers.exercises.grade", str(folder), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300)
    assert snapshot(folder) == before
    with open(out / "grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    return done, rows, (out / "report.html").read_text("utf-8")


def test_the_points(graded):
    _, rows, _ = graded
    most = sum(1 if exercise.is_question else 2 for lesson in ("01", "04") for exercise in LESSONS[lesson])
    total = f"total ({most})"
    assert list(rows["ada.json"])[:3] == ["name", total, "01.error (2)"]
    assert rows["ada.json"][total] == str(most) and rows["ben.json"]["note"] == ""
    assert 0.3 * most < int(rows["ben.json"][total]) < 0.7 * most
    cy = rows["cy.json"]
    assert [cy[name] for name in ("01.error (2)", "01.q1 (1)", "04.step (2)", "04.update (2)")] == ["1", "0", "1", "0"]
    assert cy[total] == "4" and cy["04.forward (2)"] == "2"
    assert EXERCISES["01.weights"].right != with_seed("eve")["01.weights"].right
    assert rows["Eve"]["seed"] == "eve" and rows["Eve"]["01.weights (2)"] == "2"
    assert "These notebooks were combined: 01.ipynb, 03.ipynb." in rows["Eve"]["note"]
    assert [rows["Eve"][name] for name in ("01.slope (2)", "01.error (2)", "01.q1 (1)", "01.q2 (1)", "01.q3 (1)")] == [
        "2", "0", "1", "0", "1"
    ]  # fmt: skip
    assert rows["Finn.ipynb"]["01.error (2)"] == "2"


def test_what_the_teacher_should_look_at(graded):
    _, rows, page = graded
    notes = rows["cy.json"]["note"]
    assert "04.step was right on the learner's machine but not here" in notes
    assert "04.update tried to do something that an answer does not need: os.system" in notes
    assert "04.forward tried to do something that an answer does not need: os.remove" in notes
    assert "Answers to exercises that this copy does not contain: 1." in rows["ada again.json"]["note"]
    both = rows["ada.json"]["note"] + rows["ada again.json"]["note"]
    assert "The name is the same as in ada" in both and "The seed is the same as in ada" in both
    assert "Their own machine said this." not in page and "(5 attempts)" in page  # not the words of this program


def test_what_cannot_be_graded_is_a_line(graded):
    done, rows, page = graded
    assert done.returncode == 1 and "Traceback" not in done.stderr
    lines = dict(line.split(": ", 1) for line in done.stderr.splitlines())
    names = {
        "edited.json",
        "cut.json",
        "deep.json",
        "huge.json",
        "=1+1.zip",
        "ab.json",
        "link.json",
        "bad.ipynb",
        "loop",
    }
    assert set(lines) - {"pipe.json"} == names
    assert len(rows) == 7 and f"Learners graded: 7. Files refused: {len(lines)}." in done.stdout
    assert (
        "checksum is wrong" in lines["edited.json"] and "not JSON" in lines["cut.json"] and "link" in lines["link.json"]
    )
    assert all(f"<bdi>{name}</bdi>" in page for name in lines)
    assert "unpack it first" in lines["=1+1.zip"]


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_neither_a_spreadsheet_nor_a_browser_executes_anything(graded):
    _, rows, page = graded
    for row in rows.values():
        assert not any(str(text).lstrip().startswith(("=", "+", "-", "@")) for text in row.values())
    assert rows["cy.json"]["name"] == "'=cmd|' /C calc'!A0" and rows["cy.json"]["seed"] == "'@SUM(1)"
    tags = Tags()
    tags.feed(page)
    assert tags.tags <= {
        *"html head meta title style body h1 h2 p ul li b span bdi div details summary pre table tr th td".split()
    }
    assert tags.attributes <= {"lang", "charset", "http-equiv", "content", "class"}
    assert "default-src 'none'" in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r1", "|x", "%x", '"=1'])
def test_a_formula_gets_an_apostrophe(text):
    assert gradebook.harmless(text) == f"'{text}"
    assert gradebook.harmless(f"x{text}") == f"x{text}" and gradebook.harmless("") == ""
    assert gradebook.harmless(f"x;{text};y") == f"x;'{text};y"  # the separator where the comma is the decimal sign


def test_every_field_is_in_quotes():
    row = gradebook.Row('A "B", C', "a.json", remarks=[("x\ny", "")])
    text = gradebook.table(gradebook.Grades([row], [], LESSONS["01"][:1], []))
    assert text.startswith('"name","total (2)","01.error (2)","seed"') and '"A ""B"", C","0","0","","a.json"' in text


def run_main(*arguments):
    return grade.main([str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing"], "There is no folder"),
        (["empty", "--out", "new"], "contains no files"),
        (["one", "--out", "one"], "already contains ada.json. Choose an empty folder with --out."),
        (["one", "--lessons", "44"], "There is no lesson 44: choose from 00, 01"),
        (["one", "--out", "one/ada.json"], "Nothing was graded"),
        (["one", "--class-list", "missing.csv"], "Nothing was graded"),
        (
            ["one", "--class-list", "one/ada.json"],
            "does not have the columns name and id. Begin its first line with name,id.",
        ),
    ],
)
def test_how_the_program_is_called(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rerun, "run", None)  # nothing has been graded when it refuses
    (tmp_path / "empty").mkdir()
    (tmp_path / "one").mkdir()
    hand_in(tmp_path / "one", "ada.json", "Ada", {"01.error": good("01.error")})
    before = snapshot(tmp_path)
    assert run_main(*arguments) == 2
    assert words in capsys.readouterr().err and snapshot(tmp_path) == before


def test_the_results_may_be_in_the_folder(tmp_path, capsys):
    hand_in(tmp_path, "ada.json", "Ada", {"01.error": good("01.error")})
    for _ in range(2):
        assert run_main(tmp_path, "--out", tmp_path / "grades", "--lessons", "01") == 0
    assert sorted(os.listdir(tmp_path / "grades")) == ["grades.csv", "report.html"]
    assert "Learners graded: 1. Files refused: 0." in capsys.readouterr().out


def test_grades_that_differ_are_not_lost(tmp_path, capsys):
    hand_in(tmp_path, "ada.json", "Ada", {"01.error": good("01.error")})
    out = tmp_path / "grades"
    for n in range(3):
        assert run_main(tmp_path, "--out", out) == 0
        assert (f"is now {out / f'grades_{n}.csv'}." in capsys.readouterr().out) == (n > 0)
        (out / "grades.csv").write_text(f"corrected by hand {n}")
    assert [(out / f"grades_{n}.csv").read_text() for n in (1, 2)] == ["corrected by hand 0", "corrected by hand 1"]


# --- several files, and the names in a class -----------------------------------------------------

ERROR, STEEP_02 = {"01.error": good("01.error")}, {"02.steep": good("02.steep")}


def rows_of(folder, *files):
    """Grade files, each a tuple of its name, the learner's name, the answers and the seed."""
    for file, name, answers, seed in files:
        (folder / file).parent.mkdir(exist_ok=True)
        hand_in(folder, file, name, answers, seed)
    return grade.grade(folder).rows


def test_files_of_several_weeks_are_put_together(tmp_path):
    files = (
        ("week 1/a.json", "Ada", ERROR, None),
        ("week 2/a.json", "ADA", STEEP_02, "ada"),
        ("b.json", "Ben", {}, None),
    )
    rows = {row.name: row for row in rows_of(tmp_path, *files)}
    assert rows.keys() == {"Ada", "Ben"} and rows["Ben"].notes == []
    assert {name: mark.kind for name, mark in rows["Ada"].marks.items()} == {"01.error": "right", "02.steep": "right"}
    assert rows["Ada"].seed == "ada" and rows["Ada"].file == "week 1/a.json"
    assert rows["Ada"].notes == ["These files contain the same name and were combined: week 1/a.json, week 2/a.json."]


@pytest.mark.parametrize(
    "other",
    [("Ada", ERROR, None), ("ada", {"01.q1": good("01.q1")}, None), ("Ada", STEEP_02, "x")],
    ids=["twice", "the same lesson", "another seed"],
)
def test_two_learners_of_one_name_stay_two(tmp_path, other):
    seed = "y" if other[2] else None
    rows = rows_of(tmp_path, ("a.json", "Ada", {"01.error": good("01.error", seed)}, seed), ("b.json", *other))
    assert [row.notes for row in rows] == [[f"The name is the same as in {file}.json."] for file in "ba"]


@pytest.mark.parametrize(
    ("first", "second", "later"),
    [
        ({"01.error": 1}, {"01.error": 1, "01.q1": 1}, "b"),
        ({"01.error": 3}, {"01.error": 2}, "a"),
        ({"01.error": 3, "01.q1": 1}, {"01.error": 2, "01.q1": 2}, ""),  # two learners
        ({"01.error": 1}, {"01.error": 1}, ""),
    ],
)
def test_of_two_files_for_one_lesson_the_later_is_named(tmp_path, first, second, later):
    answers = [{name: good(name) for name in one} for one in (first, second)]
    for given, attempts in zip(answers, (first, second), strict=True):
        for name, one in given.items():
            one.attempts = attempts[name]
    rows = rows_of(tmp_path, ("a.json", "Ada", answers[0], None), ("b.json", "Ada", answers[1], None))
    for row, other in zip(rows, "ba", strict=True):
        said = f" If both are from the same learner, {later}.json is the later file: it has more attempts."
        assert row.notes == [f"The name is the same as in {other}.json.{said if later else ''}"]


def test_each_copy_gets_one_short_note(tmp_path):
    answers = {"01.error": good("01.error", "s")}
    rows = rows_of(tmp_path, *((f"{n:02d}.json", "Ada", answers, "s") for n in range(30)))
    assert all(len(row.notes) == 2 and len(" ".join(row.notes)) < 120 for row in rows)
    assert rows[0].notes[0] == "The name is the same as in 01.json and 28 others."
    assert {row.notes[1] for row in rows[1:]} == {"The seed is the same as in 00.json and 28 others."}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_class_list_gives_each_row_its_id(tmp_path, capsys, separator):
    lines = [
        "Group,Name,ID",
        "x,ADA  Lovelace,0017",
        'x,"Ben, B.",b2',
        "x,Cy,c3",
        "x,Dee,d4",
        "x,dee,d5",
        "x,Fay,f6",
        "x,,",
    ]
    if separator != ",":
        lines = [line.replace('"Ben, B."', "Ben_B.").replace(",", separator).replace("_", ", ") for line in lines]
    (tmp_path / "class.csv").write_bytes("\ufeff".encode() + "\r\n".join(lines).encode())
    (tmp_path / "files").mkdir()
    names = {"a": "Ada Lovelace", "b": "Ben, B.", "d": "Dee", "e": "Eve", "f": "Fay", "g": "FAY"}
    for file, name in names.items():
        hand_in(tmp_path / "files", f"{file}.json", name, ERROR)
    assert run_main(tmp_path / "files", "--out", tmp_path / "out", "--class-list", tmp_path / "class.csv") == 0
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:2] == ["name", "id"] and [row["id"] for row in rows] == ["0017", "b2", "", "", "", ""]
    notes = ["", "", "The name appears more than once on the class list", "The name is not on the class list"]
    notes += [f"The name is the same as in {file}.json. Several rows have this name" for file in "gf"]
    assert [row["note"] for row in rows] == [note and f"{note}, so there is no ID." for note in notes]
    assert "<h2>Nothing handed in</h2>\n<p><bdi>Cy</bdi></p>" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not have the columns name and id"),
        (b"name,student\nAda,1", "does not have the columns name and id"),
        ("name,id\nZo\u00eb,1".encode("latin-1"), "is not UTF-8. Save it as"),
        (b'name,id\n"' + b"x" * 200_000, "is not a CSV file"),
    ],
)
def test_what_is_no_class_list(tmp_path, data, words):
    (tmp_path / "class.csv").write_bytes(data)
    with pytest.raises(ValueError, match=words):
        class_list.read(tmp_path / "class.csv")


def test_the_report_shows_the_answers_to_look_at(tmp_path):
    code = "import scipy\n\tanswer = '</pre><script>x</script>\u202e'"
    answers = {"01.error": Attempts(1, True, "", 77, ""), "04.step": Attempts(1, True, code, None, "")}
    (row,) = rows_of(tmp_path, ("a.json", "Ada", answers | {"02.steep": good("02.steep")}, None))
    page = gradebook.page(gradebook.Grades([row], [], LESSONS["01"], []))
    shown = (
        "<pre>import scipy\n    answer = &#x27;&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;\\u202e&#x27;</pre></details>"
    )
    assert page.count(f"<summary>the answer</summary>{shown}") == 1  # with the note
    assert page.count(f"<summary><bdi>Ada</bdi></summary>{shown}") == 1  # with the mistake
    assert page.count("<pre>77</pre>") == 2 and EXERCISES["02.steep"].solution not in page
    notebook(tmp_path / "b.ipynb", "x = 1", "import scipy\nanswer = -3\ncheck('01.error', answer)")
    row = next(row for row in grade.grade(tmp_path).rows if row.name == "b")
    assert [code for _, code in row.remarks if code] == ["import scipy\nanswer = -3\ncheck('01.error', answer)"]
    long = gradebook._code("x" * 10**6)
    assert len(long) < 1.1 * gradebook.LONGEST_CODE


def test_strange_values_are_wrong_and_not_a_crash(tmp_path):
    deep = json.loads("[" * 200 + "]" * 200)
    values = [deep, 10**4000, 1e308, "x" * 10**4, [1, "a", None], [[1], [1, 2]], [[]] * 1000, "", -(10**30), "\u202e"]
    for i, value in enumerate(values):
        hand_in(tmp_path, f"{i}.json", f"Learner {i}", {name: Attempts(1, True, "", value, "") for name in ("01.error", "01.q1", "01.q3", "04.step")})  # fmt: skip  # noqa: E501
    grades = grade.grade(tmp_path)
    assert grades.refused == [] and [grades.total(row) for row in grades.rows] == [0] * len(values)
    assert list(csv.reader(io.StringIO(gradebook.table(grades))))[1][1] == "0"
    assert np.all([mark.kind == "wrong" for row in grades.rows for mark in row.marks.values()])


def test_each_note_is_shown_with_its_own_code():
    rows = [gradebook.Row("Ada", "Ada") for _ in range(2)]
    for i, code in enumerate(("first", "second", "third")):
        rows[i // 2].note("Look at this.", code)
    (row,) = merging.merged(rows)
    page = gradebook.page(gradebook.Grades([row], [], [], []))
    assert row.notes == ["Look at this."] * 3 and all(f"<pre>{one}</pre>" in page for one in ("first", "second"))


@pytest.mark.parametrize("suffix", ["json", "JSON"])
def test_after_another_seed_the_number_of_attempts_says_nothing(tmp_path, suffix):
    for seed, later in ((None, True), ("ada", False)):
        answers = {"01.error": good("01.error", seed)}, {"01.error": good("01.error")}
        answers[1]["01.error"].attempts = 5
        names = [f"{file} {seed}.{suffix}" for file in "ab"]
        (tmp_path / str(seed)).mkdir()
        rows = rows_of(tmp_path / str(seed), (names[0], "Ada", answers[0], seed), (names[1], "Ada", answers[1], None))
        assert all((f"{names[1]} is the later file" in " ".join(row.notes)) == later for row in rows)


def test_a_function_that_returns_nothing_was_attempted(tmp_path):
    code = "def slope(f, w, epsilon):\n    print(f(w))\ncheck('01.slope', slope)"
    hand_in(tmp_path, "a.json", "Ada", {"01.slope": Attempts(6, False, code, None, "…")})
    grades = grade.grade(tmp_path)
    mark = grades.rows[0].marks["01.slope"]
    assert (mark.kind, mark.points, mark.attempts, mark.words) == ("wrong", 0, 6, "`slope` returns None.")
    assert "01.slope" in [exercise.name for exercise in grades.exercises]


def test_a_process_that_does_not_start_is_tried_once(tmp_path, monkeypatch, capsys):
    (tmp_path / "class").mkdir()
    hand_in(tmp_path / "class", "ada.json", "Ada", {"04.step": good("04.step")})
    notebook(tmp_path / "class" / "ben.ipynb", "check('01.error', -3)", "check('01.weights', [-3, -6])")
    program, started = tmp_path / "worker.py", []
    program.write_text("import numpy_that_is_not_installed")
    monkeypatch.setattr(rerun, "WORKER", program)
    opened = subprocess.Popen
    monkeypatch.setattr(rerun.subprocess, "Popen", lambda *one, **more: started.append(1) or opened(*one, **more))
    assert run_main(tmp_path / "class", "--out", tmp_path / "out") == 2
    assert "No process that runs answers could be started by" in capsys.readouterr().err
    assert len(started) == 2 and os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("name", [gradebook.CSV, gradebook.PAGE])
@pytest.mark.parametrize("names", [(), (gradebook.CSV, gradebook.PAGE)])
def test_what_cannot_be_written_leaves_the_folder_as_it_was(tmp_path, monkeypatch, capsys, names, name):
    hand_in(tmp_path, "ada.json", "Ada", {"01.error": good("01.error")})
    out, replace = tmp_path / "grades", gradebook.replace_atomically
    out.mkdir()
    for file in names:
        (out / file).write_text("from an earlier run")

    def full(path, fill):
        if path.name == name:
            raise OSError("the disk is full")
        replace(path, fill)

    monkeypatch.setattr(gradebook, "replace_atomically", full)
    before = snapshot(out)
    assert run_main(tmp_path, "--out", out) == 2
    assert "The results were not written: the disk is full" in capsys.readouterr().err
    assert snapshot(out) == before


def test_earlier_grades_that_cannot_be_kept_stay_in_place(tmp_path, monkeypatch, capsys):
    hand_in(tmp_path, "ada.json", "Ada", {"01.error": good("01.error")})
    out = tmp_path / "grades"
    out.mkdir()
    (out / gradebook.CSV).write_text("from an earlier run")
    before = snapshot(out)
    monkeypatch.setattr(gradebook.Path, "rename", mock.Mock(side_effect=PermissionError(errno.EACCES, "denied")))
    assert run_main(tmp_path, "--out", out) == 2
    words = "The results were not written: cannot write grades.csv (denied): choose a folder that you can write to"
    assert words in capsys.readouterr().err and snapshot(out) == before


def test_a_lesson_that_is_named_twice_counts_once(tmp_path):
    hand_in(tmp_path, "ada.json", "Ada", {"01.error": good("01.error")})
    once, twice = (grade.grade(tmp_path, lessons=lessons) for lessons in (["02", "01"], ["02", "01", "02", "01"]))
    assert (twice.most, twice.exercises) == (once.most, once.exercises) and twice.total(twice.rows[0]) == 2


def test_a_name_that_the_console_cannot_show_stops_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "class é"
    folder.mkdir()
    hand_in(folder, "ada.json", "Ada", {"01.error": good("01.error")})
    console = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", console)
    assert run_main(folder, "--out", tmp_path / "out") == 0
    assert b"class \\xe9" in console.buffer.getvalue()
