"""Around a check: what an answer changes is put back, what never ends is stopped, nothing runs as HTML or gets lost."""

import builtins
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from helpers.backprop import activations
from helpers.exercises import check, message, quiz, verdict
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

ROOT = Path(__file__).resolve().parents[2]


# --- what an answer changes ----------------------------------------------------------------------


def change_everything(*_):
    np.sum = np.mean
    np.linalg.norm = None
    builtins.len = lambda _: 0
    activations.sigmoid = None
    del np.exp
    sys.settrace(lambda *_: None)
    sys.setrecursionlimit(5000)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["CHANGED"] = "yes"
    sys.path.insert(0, "nowhere")
    os.chdir(os.path.sep)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    np.seterr(all="raise")


def and_fail(*_):
    change_everything()
    raise ValueError("after all that")


def and_never_end(*_):
    change_everything()
    while True:
        pass


def surroundings():
    return {
        "sum": np.sum,
        "norm": np.linalg.norm,
        "exp": np.exp,
        "len": builtins.len,
        "sigmoid": activations.sigmoid,
        "trace": sys.gettrace(),
        "depth": sys.getrecursionlimit(),
        "stop": signal.getsignal(signal.SIGINT),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "folder": os.getcwd(),
        "numpy's numbers": np.random.get_state()[1].tolist(),  # noqa: NPY002
        "numbers": random.getstate(),
        "errors": np.geterr(),
    }


@pytest.mark.parametrize("answer", [change_everything, and_fail, and_never_end])
def test_what_an_answer_changes_is_put_back(answer):
    before = surroundings()
    said = judge(EXERCISES["04.step"], answer, seconds=0.5)
    assert said.kind in ("wrong", "open")
    after = surroundings()
    assert [name for name in before if before[name] != after[name]] == []


def test_the_right_answer_leaves_no_trace_either():
    before = surroundings()
    assert verdict("04.step", EXERCISES["04.step"].solution).kind == "right"
    assert surroundings() == before


# --- what never ends -----------------------------------------------------------------------------


def sleeping(*_):
    while True:
        try:
            time.sleep(1)
        except:  # noqa: E722
            pass


def nested(*_):
    while True:
        try:
            sleeping()
        except:  # noqa: E722
            pass


def going_on(*_):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
@pytest.mark.parametrize("function", [sleeping, nested, going_on])
def test_code_that_catches_everything_is_stopped(function):
    handler = signal.getsignal(signal.SIGALRM)
    start = time.monotonic()
    said = judge(EXERCISES["04.step"], function, seconds=0.2)
    assert "was stopped after 0.2 seconds" in said.words
    assert time.monotonic() - start < 20
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


# --- nothing runs as HTML ------------------------------------------------------------------------

ATTACKS = [
    "`<img src=x onerror=alert(1)>",
    "` <img src=x onerror=alert(1)> ``",
    "``<img src=x onerror=alert(1)>`",
    "a ` b `` <b>c</b> ` d",
    "`a\n\n<script>alert(1)</script>`",
    "``` <script>alert(1)</script>",
    "\\`<b>x</b>\\`",
]


def outside_of_code(markdown):
    """What Markdown does not take for code: a run of backticks opens code if a run of the same length follows."""
    text, out, i = markdown, "", 0
    while i < len(text):
        if text[i] == "\\":
            out, i = out + text[i : i + 2], i + 2
            continue
        run = re.match("`+", text[i:])
        if run:
            closing = re.search(rf"(?<!`){run[0]}(?!`)", text[i + len(run[0]) :])
            if closing and "\n\n" not in text[i : i + len(run[0]) + closing.end()]:
                i += len(run[0]) + closing.end()
                continue
            out, i = out + run[0], i + len(run[0])
            continue
        out, i = out + text[i], i + 1
    return out


@pytest.mark.parametrize("attack", ATTACKS)
def test_backticks_open_no_door_for_html(attack):
    assert not re.search(r"(?<!\\)<", outside_of_code(message.escape(attack)))
    shown = message.Message("✗", attack, attack, attack)._repr_markdown_()
    assert not re.search(r"(?<!\\)<", outside_of_code(shown.split("\n\n```")[0]))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_block_stays_in_its_fence(attack):
    shown = message.Message("→", "Solution.", "", f"{attack}\n````\n<b>")._repr_markdown_()
    fence = re.search(r"\n\n(`{3,})", shown)[1]
    assert shown.count(fence) == 2 and shown.endswith(fence)


def test_names_and_labels_are_escaped(monkeypatch):
    shown = []
    monkeypatch.setattr(message, "display", lambda thing: shown.append(thing._repr_markdown_()))
    check("`<img src=x onerror=alert(1)>", 1)
    quiz("01", **{"<img src=x onerror=alert(1)>": 1})
    assert len(shown) == 2
    assert not any(re.search(r"(?<!\\)<", outside_of_code(text)) for text in shown)


# --- a console that cannot print everything ------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_any_console_can_show_a_verdict(encoding, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    check("01.error", 3)
    check("01.error", -3)
    quiz("01", q1=(1, 2), q2=3)
    out.flush()
    text = out.buffer.getvalue().decode(encoding)
    wrong, right = ("✗", "✓") if encoding == "utf-8" else ("x", "+")
    assert text.splitlines()[0].startswith(f"{wrong} Not yet. The sign is wrong")
    assert text.splitlines()[1].startswith(f"{right} Right.")
    assert f"{right} q1: Right." in text


# --- several programs at once --------------------------------------------------------------------

NOTING = """
import sys
from helpers.exercises import record
sys.stdin.readline()
for i in range(40):
    assert record.add(f"{sys.argv[1]}.{i}") == ""
"""


def test_two_programs_lose_nothing(tmp_path):
    file = tmp_path / "progress.json"
    environment = os.environ | {"LESSONS_PROGRESS": str(file), "PYTHONPATH": str(ROOT)}
    programs = [
        subprocess.Popen([sys.executable, "-c", NOTING, name], stdin=subprocess.PIPE, env=environment, text=True)
        for name in ("a", "b")
    ]
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.close()
    assert [program.wait(timeout=120) for program in programs] == [0, 0]
    done = json.loads(file.read_text())["done"]
    assert sorted(done) == sorted(f"{name}.{i}" for name in "ab" for i in range(40))
    assert os.listdir(tmp_path) == ["progress.json"]
