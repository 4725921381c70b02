"""Lessons can be worked in, not only run: any cell runs again after Run All, twice in a row, and so does an exercise.

One process for each lesson runs it from top to bottom; each cell is then run again in a copy of that
process (a fork), so that every cell meets the state that Run All leaves.
"""

import ast
import contextlib
import gc
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Long trainings are taken from their recordings, and pictures are not rendered: neither is the point here.
SETTINGS = {"LESSONS_RECORD": "read", "LESSONS_PROGRESS": os.devnull, "LESSONS_DATA": os.devnull}
SETTINGS |= {"MPLBACKEND": "agg", "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
QUICK = 0.2  # seconds of a cell that is also run after the one before it was run again


def code_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def is_exercise(source):
    return re.search(r"^(check|quiz)\(", source, re.MULTILINE) is not None


# --- in a process of its own ---------------------------------------------------------------------


def run(shell, source):
    """What a cell raises, in words, or an empty text."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    return f"{type(error).__name__}: {str(error)[:300]}" if error else ""


def in_a_copy(work):
    """The text that `work` returns in a fork of this process; what it does to the state is lost."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        text = "the copy ended early"
        try:
            text = work()
        finally:
            os.write(write, text.encode()[:1000])
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    os.waitpid(child, 0)
    return text


def again(shell, sources, i, following):
    """What goes wrong when cell i is run twice more, and then the cells of these numbers."""
    try:
        for source in (sources[i], sources[i], *(sources[k] for k in following)):
            if error := run(shell, source):
                return f"cell {i}, then {source.splitlines()[0][:50]!r}: {error}"
        return ""
    finally:
        if workers := shell.user_ns.get("workers"):  # processes that one of these cells has started
            workers.close()


def faults(sources):
    """Run the cells in order; yield what goes wrong then, and when each is run again."""
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib.figure import Figure

    Figure.savefig = lambda self, file, **options: file.write(b"a picture")
    shell, quick = InteractiveShell(), set()
    for i, source in enumerate(sources):
        start = time.process_time()
        if error := run(shell, source):
            yield f"cell {i}, at the first run: {error}"
            return
        if time.process_time() - start < QUICK:
            quick.add(i)
    if any("cluster.connect(" in source for source in sources):
        # Threads do not survive a fork: the lesson with workers is gone through in one process, from its end, where
        # they are closed, to its beginning.
        errors = (again(shell, sources, i, []) for i in reversed(range(len(sources))))
    else:
        gc.freeze()  # so that a copy shares its memory
        errors = (
            in_a_copy(lambda i=i: again(shell, sources, i, quick & {i + 1})) for i in reversed(range(len(sources)))
        )
    yield from filter(None, errors)


def alone(sources):
    """Run each cell as the first one after a restart; yield what it shows."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    for source in sources:
        shell.reset()
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            shell.run_cell(source, store_history=False)
        yield shown.getvalue()


def main(folder, work):
    os.chdir(folder)
    for text in {"faults": faults, "alone": alone}[work](json.load(sys.stdin)):
        print(json.dumps(text), flush=True)
    os._exit(0)  # whatever a lesson has left running


# --- the tests -----------------------------------------------------------------------------------


def examine(sources, work="faults"):
    """The faults of a lesson with these cells, or what each shows alone."""
    result = subprocess.run(
        [sys.executable, __file__, str(ROOT / "notebooks"), work],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        env=os.environ | SETTINGS | {"PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a running process")


@needs_fork
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_cell_runs_again_and_twice_in_a_row(path):
    assert examine(code_of(path)) == []


@needs_fork
def test_a_cell_that_runs_only_once_is_found():
    rebound, used, reused, counted = "x = x[0]", "print(y + 1)", "y = 'one'", "z += 1; assert z < 4"
    found = examine(["x = [1]", rebound, "y = 1", used, reused, "z = 1", counted, "print(x)"])
    assert [fault[:6] for fault in found] == ["cell 6", "cell 3", "cell 1"]
    assert "AssertionError" in found[0]  # the second time in a row
    assert "'print(y + 1)': TypeError" in found[1] and "'x = x[0]': TypeError" in found[2]
    assert examine(["1 / 0"]) == ["cell 0, at the first run: ZeroDivisionError: division by zero"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_exercise_after_a_restart_says_what_to_do(path, capsys):
    for source in filter(is_exercise, code_of(path)):
        exec(source, {})  # our own text; no cell before it has run
        said = capsys.readouterr().out
        assert "Not done yet" in said or "run the cells above first" in said, source


RESTART = "If you have restarted the kernel, run the cells above first: Run > Run All Above Selected Cell."


def test_a_right_answer_after_a_restart_is_accepted_or_says_what_to_do():
    from helpers.exercises.registry import LESSONS  # here, because a process without it runs this file, too

    exercises = [e for es in LESSONS.values() for e in es if not e.is_question]
    cells = [e.cell.replace(e.stub, e.solution_text) for e in exercises]
    said = dict(zip([e.name for e in exercises], examine(cells, "alone"), strict=True))
    assert {name: text for name, text in said.items() if "✓" not in text and RESTART not in text} == {}
    # the answers that fail before they are checked; Python's own error stays
    missing = {name: text for name, text in said.items() if "? A name is missing." in text}
    assert len(missing) > 3 and all("NameError" in text for text in missing.values())


def test_a_missing_name_is_explained_once_and_in_cells_with_an_exercise_alone(tmp_path):
    """In a real kernel, where each cell comes with its outputs."""
    import nbformat
    from fresh_kernel import run as run_notebook

    start = "from helpers.exercises import check, hint, solution\n\n"
    sources = [start + "answer = z - y[0]", start + "answer = z - y[0]", "z - y[0]", start + "answer = 1 / 0"]
    sources.insert(0, f"import sys\nsys.path.insert(0, {str(ROOT)!r})")
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"]}) for source in sources]
    run_notebook(nbformat.v4.new_notebook(cells=cells), tmp_path)
    outputs = [[output.get("ename") or output["data"]["text/plain"] for output in cell.outputs] for cell in cells[1:]]
    explained = ["NameError", f"? A name is missing. `z` is not defined. Is it misspelt? {RESTART}"]
    assert outputs == [explained, explained, ["NameError"], ["ZeroDivisionError"]]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_exercise_replaces_a_function_of_its_lesson(path):
    assert replaced(code_of(path)) == set()


def replaced(sources):
    """Functions of exercises that other cells of the lesson define or use, but for `keep`, which takes them."""
    others = [source for source in sources if not re.search(r"^keep\(", source, re.MULTILINE)]
    trees = [(ast.parse(source), is_exercise(source)) for source in others]
    stubs = {
        node.name for tree, exercise in trees if exercise for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    nodes = [node for tree, exercise in trees if not exercise for node in ast.walk(tree)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return stubs & (names | {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))})


def test_a_replaced_function_is_found():
    stub = 'def f(x):\n    return None\n\n\ncheck("01.f", f)'
    assert replaced(["def g(x):\n    return x", stub, "import g\n\nkeep(f=f)"]) == set()
    assert replaced(["def f(x):\n    return x", stub]) == {"f"}
    assert replaced(["y = f(1)", stub]) == {"f"}


if __name__ == "__main__":
    main(*sys.argv[1:])
