"""Tests that no test is skipped without an accepted reason, and that none waits for a fixed time or for ever."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import site_build
import skips

ROOT = Path(__file__).resolve().parents[2]
# The number of sleeps in each file that are not used for waiting, but simulate work that takes time.
WORK = {"tests/cluster/test_cluster.py": 1, "tests/exercises/test_exercises.py": 1}


def sleeps(code):
    """Return the line numbers of all calls that wait for a fixed time.

    These are calls of `sleep` and of Playwright's `wait_for_timeout`. Such a call is allowed inside a `while` loop, or
    a `for` loop that can end early, because there it is a pause between two checks of a condition.
    """
    tree = ast.parse(code)
    looped = {
        id(inner)
        for loop in ast.walk(tree)
        if isinstance(loop, ast.While)
        or (isinstance(loop, ast.For) and any(isinstance(node, (ast.Return, ast.Break)) for node in ast.walk(loop)))
        for inner in ast.walk(loop)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {id(call): getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
    return sorted(c.lineno for c in calls if names[id(c)] in ("sleep", "wait_for_timeout") and id(c) not in looped)


def test_no_test_sleeps_for_a_fixed_time():
    found = {}
    for path in [ROOT / "conftest.py", *sorted((ROOT / "tests").rglob("*.py"))]:
        lines = sleeps(path.read_text(encoding="utf-8"))
        name = path.relative_to(ROOT).as_posix()
        if len(lines) != WORK.get(name, 0):
            found[name] = lines
    assert found == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("time.sleep(1)", [1]),
        ("from time import sleep\nsleep(1)", [2]),
        ("async def f():\n    await asyncio.sleep(0.5)", [2]),
        ("for width in widths:\n    page.wait_for_timeout(300)", [2]),
        ("for _ in range(9):\n    if there():\n        break\n    time.sleep(1)", []),
        ("while not there():\n    time.sleep(0.1)", []),
        ("sleeps(1)\npage.wait_for_function('true')", []),
    ],
)
def test_a_fixed_sleep_is_found(code, lines):
    assert sleeps(code) == lines


BUILDS = """
import sys
from pathlib import Path
from types import SimpleNamespace
import site_build
run = SimpleNamespace(getbasetemp=lambda: Path.cwd())
site_build._once(run, "book", lambda out: (print("begun", flush=True), sys.stdin.read()))
"""


def test_nobody_waits_for_a_process_that_was_killed_while_it_built_the_book(tmp_path):
    places = os.pathsep.join([str(ROOT / "tests"), *sys.path])
    options = {"cwd": tmp_path / "run", "env": os.environ | {"PYTHONPATH": places}}
    options["cwd"].mkdir()
    run = SimpleNamespace(getbasetemp=lambda: options["cwd"])
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", BUILDS], **options, **pipes) as builder:
        assert builder.stdout.readline().strip() == b"begun"
        builder.kill()
    with pytest.raises(AssertionError, match="another process could not build the book"):
        site_build._once(run, "book", Path.mkdir)


def test_the_files_that_take_long_are_there():
    spec = importlib.util.spec_from_file_location("root_conftest", ROOT / "conftest.py")
    conditions = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conditions)
    names = [*conditions.LONG, *conditions.SLOW, *conditions.APART, conditions.TOGETHER]
    assert [name for name in names if not (ROOT / name).exists()] == []


def reasons(code):
    """Return the first words of the reason for each skip, or "" if there is none.

    A reason that is computed is left out.
    """
    found = []
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        kind = getattr(call.func, "attr", "")
        if kind in ("importorskip", "skipif", "skip") and ast.unparse(call.func).startswith("pytest."):
            given = [*(k.value for k in call.keywords if k.arg == "reason"), *(call.args if kind == "skip" else ())]
            found += [reason.values[0] if isinstance(reason, ast.JoinedStr) else reason for reason in given] or [None]
    return [reason.value if reason else "" for reason in found if not reason or isinstance(reason, ast.Constant)]


def test_every_reason_for_a_skip_is_known():
    found = {
        path.relative_to(ROOT).as_posix(): reasons(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__)
    }
    assert {name: one for name, those in found.items() for one in those if skips.fault(one, {})} == {}
    assert sum(map(len, found.values())) > 30


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("pytest.importorskip('torch', reason='no torch')\npytest.importorskip('dask')", ["no torch", ""]),
        ("@pytest.mark.skipif(is_slow, reason='too slow')\ndef f(): pass", ["too slow"]),
        ("pytest.skip(f'no {name}')\npytest.skip(str(error))\npytest.mark.skip()", ["no ", ""]),
        ("words.skip('a line')", []),
    ],
)
def test_which_reasons_are_found(code, found):
    assert reasons(code) == found


NO_CHROMIUM = "no Chromium found: install chromium, or set the variable CHROMIUM to its path"


@pytest.mark.parametrize(
    ("reason", "environment", "platform", "words"),
    [
        (NO_CHROMIUM, {}, "linux", None),
        (NO_CHROMIUM, {"CI": "true", "LESSONS_MAY_SKIP": "pyodide chromium"}, "linux", None),
        (NO_CHROMIUM, {"CI": "true"}, "linux", "LESSONS_MAY_SKIP does not name chromium"),
        (NO_CHROMIUM, {"CI": "true", "LESSONS_MAY_SKIP": "cats"}, "linux", "does not name chromium"),
        ("no symbolic links here", {"CI": "true"}, "win32", None),
        ("no symbolic links here", {"CI": "true"}, "linux", "does not name windows"),
        ("not today", {}, "linux", "that tests/skips.py does not list: not today"),
    ],
)
def test_which_skips_are_in_order(reason, environment, platform, words):
    fault = skips.fault(reason, environment, platform)
    assert fault is words is None or words in fault


def test_a_skip_that_is_not_in_order_fails_the_run(tmp_path):
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "skips.py").write_text((ROOT / "tests" / "skips.py").read_text(encoding="utf-8"))
    code = "import pytest\n\ndef test_one():\n    pytest.importorskip('no_such', reason='PyTorch is not installed')\n"
    (tmp_path / "test_one.py").write_text(code, encoding="utf-8")
    for allowed, status in (("torch", 0), ("cats", 1)):
        environment = os.environ | {"CI": "true", "LESSONS_MAY_SKIP": allowed}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir=."]
        done = subprocess.run([*command, "test_one.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == status, done.stdout
        assert status == 0 or "LESSONS_MAY_SKIP does not name torch" in done.stdout
