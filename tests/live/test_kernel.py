"""The Python side of the lessons' cells, run in a process of its own: what it sends to the page."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Runs cells, given as a JSON list, and prints what was sent: one list of messages for each cell. A cell that is a
# question mark and code asks whether the code needs earlier cells, and "next" begins another lesson.
PROGRAM = f"""
import asyncio, json, os, sys
sys.path[:0] = [{str(ROOT / "site/live/python")!r}, {str(ROOT)!r}]
import live_kernel
sent, out = [], sys.stdout
live_kernel.start(lambda text, buffers: sent.append(json.loads(text)), sys.argv[2])

async def main():
    for source in json.loads(sys.argv[1]):
        well = source.startswith("?") or (live_kernel.begin() if source == "next" else await live_kernel.run(source))
        if source.startswith("?"):
            sent.append(live_kernel.needs_earlier_cells(source[1:]))
        print(json.dumps([well, sent]), file=out)
        sent.clear()

asyncio.run(main())
"""


def sent_by(*cells):
    """Return for each cell whether it ran without an error, and the messages that it sent."""
    with tempfile.TemporaryDirectory() as folder:  # away from the record of whoever runs the tests
        command = [sys.executable, "-P", "-c", PROGRAM, json.dumps(cells), folder]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_printed_text_and_the_last_value_are_sent_in_order():
    ((well, messages),) = sent_by("print('a', 1)\nprint('b')\n{'x': [1, 2]}")
    assert well
    text = "".join(m["text"] for m in messages if m["type"] == "stream")
    assert text == "a 1\nb\n"
    assert messages[-1] == {"type": "display_data", "data": {"text/plain": "{'x': [1, 2]}"}, "metadata": {}}


def test_a_line_is_sent_before_the_next_one_is_printed():
    ((_, messages),) = sent_by("print('a')\nprint('b')")
    assert [m["text"] for m in messages] == ["a\n", "b\n"] or [m["text"] for m in messages] == ["a", "\n", "b\n"]


def test_the_middle_of_what_is_long_is_left_out():
    cells = (
        "print('x' * 500_000)",
        "for i in range(200_000):\n    print(i)",
        "'x' * 500_000",
        "raise ValueError('x' * 500_000)",
    )
    long_line, lines, value, error = (messages for _, messages in sent_by(*cells))
    for messages in (long_line, lines):
        assert len(json.dumps(messages)) < 30_000
    printed = ["".join(m["text"] for m in messages) for messages in (long_line, lines)]
    assert printed[0] == "x" * 10_000 + "\n… 480,001 characters left out …\n" + "x" * 9_999 + "\n"
    rows = printed[1].splitlines()
    assert rows[:500] == [str(i) for i in range(500)]
    assert rows[-499:] == [str(i) for i in range(199_501, 200_000)]
    assert sum("left out" in row for row in rows) == 1
    assert "480,002 characters left out" in value[0]["data"]["text/plain"]
    assert all(len(error[0][key]) < 21_000 for key in ("evalue", "traceback"))


def test_a_short_text_is_whole():
    text = "".join(f"{i}\n" for i in range(900))
    ((_, messages),) = sent_by(f"print({text!r}, end='')")
    assert "".join(m["text"] for m in messages) == text


def test_a_semicolon_or_a_statement_shows_nothing():
    assert [messages for _, messages in sent_by("1 + 1;", "x = 3", "None", "")] == [[], [], [], []]


def test_variables_stay_and_await_works():
    results = sent_by("import asyncio\nx = 2", "await asyncio.sleep(0)\nx + 1")
    assert results[1][1][0]["data"] == {"text/plain": "3"}


def test_another_lesson_begins_without_what_the_one_before_has_left():
    cells = (
        "import ipywidgets, matplotlib.pyplot as plt\nslider = ipywidgets.IntSlider(3)\nplt.rc('lines', linewidth=9)\n"
        "import os, numpy as np\nnp.set_printoptions(precision=2)\nnp.seterr(all='raise')\nos.chdir('..')",
        "next",
        "sorted(globals().keys() & {'ipywidgets', 'plt', 'slider'}), len(In)",
        "import matplotlib\nmatplotlib.rcParams['lines.linewidth']",
        "import os, numpy as np\nnp.array([1 / 3]), np.geterr()['divide'], os.path.basename(os.getcwd())",
    )
    (_, opened), (_, closed), *rest = sent_by(*cells)
    ids = [
        {m["comm_id"] for m in messages if m["type"] == kind}
        for kind, messages in (("comm_open", opened), ("comm_close", closed))
    ]
    assert ids[0] == ids[1] != set()
    assert [messages[0]["data"]["text/plain"] for _, messages in rest] == [
        "([], 2)",
        "1.5",
        "(array([0.33333333]), 'warn', 'notebooks')",
    ]


def test_functions_of_an_earlier_lesson_are_not_used_by_the_network():
    mine = """import numpy as np
from helpers.exercises import keep, use_my_code
def update(parameter, gradient, learning_rate):
    return parameter - np.multiply(learning_rate, gradient)
keep(update=update)
use_my_code()"""
    trains = """import numpy
from helpers.training import NeuralNetwork
NeuralNetwork([1], iterations=2).fit(numpy.eye(4), numpy.array([0, 1, 0, 1]));"""
    (_, kept), _, (well, _) = sent_by(mine, "next", trains)
    assert "now uses your `update`" in str(kept) and well


@pytest.mark.parametrize("value", ["np.eye(3)", "3", "{'a': 1}", "[]", "None"])
def test_a_variable_may_be_called_in(value):
    cells = sent_by(
        f"import numpy as np\nIn = {value}",
        'from helpers.exercises import check\nanswer = 2 - 5\ncheck("01.error", answer)',
        "print(In is not None)",
    )
    assert [well for well, _ in cells] == [True] * 3
    assert "Right." in str(cells[1][1])
    assert cells[2][1][0]["text"] == f"{value != 'None'}\n"


def test_numbers_that_json_does_not_have_reach_a_widget_as_nothing():
    ((well, messages),) = sent_by("import ipywidgets\nipywidgets.FloatText(float('nan'))")
    assert well
    assert [m["data"]["state"]["value"] for m in messages if "value" in m.get("data", {}).get("state", {})] == [None]


def test_an_error_is_shown_from_the_cell_on():
    results = sent_by("def f():\n    return 1 / 0\n\n\nf()", "f(", "raise SystemExit", "2")
    assert [well for well, _ in results] == [False, False, False, True]
    error = results[0][1][0]
    assert (error["type"], error["ename"], error["evalue"]) == ("error", "ZeroDivisionError", "division by zero")
    assert error["traceback"].splitlines()[1] == '  File "<cell 1>", line 5, in <module>'
    assert "return 1 / 0" in error["traceback"]
    assert "ast.py" not in results[1][1][0]["traceback"]
    assert results[1][1][0]["ename"] == "SyntaxError"


def test_text_that_went_elsewhere_is_shown_again_in_the_next_cell():
    """A cell that fails cannot put the stream back."""
    replaced = "import io, sys\nsys.stdout = io.StringIO()\nprint('a')\n1 / 0"
    results = sent_by(replaced, "sys.stdout = None", "print('b')")
    assert [[m.get("text", m["type"]) for m in messages] for _, messages in results] == [["error"], [], ["b\n"]]


def test_an_error_without_words_of_its_own_is_shown():
    cell = "class Mute(Exception):\n    def __str__(self):\n        return 1 / 0\n\n\nraise Mute"
    (well, messages), (after, _) = sent_by(cell, "2")
    assert not well and after and messages[0]["ename"] == "Mute"


def test_a_file_that_cannot_be_downloaded_is_explained():
    lost = "import errno\ntry:\n    raise OSError(errno.ENETUNREACH, 'no')\nexcept OSError as error:\n    raise {}"
    words = "The file could not be downloaded: run the cell again when there is a connection."
    results = sent_by(lost.format("error"), lost.format("OSError('cannot read x') from error"), "open('none')")
    assert [messages[0]["traceback"].endswith(words) for _, messages in results] == [True, True, False]


def test_what_is_cleared_is_counted_anew():
    loop = "from IPython.display import clear_output\nfor i in range(1000):\n    {}\n    {}"
    steps = ["clear_output(wait=True)", "print(i)"]
    for first, second in (steps, steps[::-1]):
        ((_, messages),) = sent_by(loop.format(first, second))
        last = max(i for i, m in enumerate(messages) if m["type"] == "stream")
        start = max((i for i, m in enumerate(messages[:last]) if m["type"] == "clear_output"), default=-1) + 1
        assert "".join(m["text"] for m in messages[start : last + 1]) == "999\n"


RECORD = "from pathlib import Path\nPath('../progress.json').write_text('{}')"


def test_a_changed_record_is_sent_with_the_one_before():
    before, after = '{"done": []}', '{"done": ["01.error"]}'
    results = sent_by(RECORD.format(before), "1;", "import os\nos.chdir('..')", RECORD.format(after).replace("../", ""))
    sent = [[(m["text"], m["before"]) for m in messages if m["type"] == "progress"] for _, messages in results]
    assert sent == [[(before, "{}")], [], [], [(after, before)]]


def test_a_figure_is_one_svg_and_is_closed():
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nlen(plt.get_fignums())"
    plain, styled = sent_by(draw, "from helpers import plotting\nplotting.use_style()\n" + draw)
    assert [list(m["data"]) for m in plain[1]] == [["text/plain", "image/png"], ["text/plain"]]
    assert [list(m["data"]) for m in styled[1]] == [["text/plain", "image/svg+xml"], ["text/plain"]]
    assert styled[1][1]["data"]["text/plain"] == "0"


@pytest.mark.parametrize("error", ["1 / 0", "import asyncio\nraise asyncio.CancelledError('no')"])
def test_a_figure_of_a_cell_that_fails_is_shown_below_it(error):
    """CancelledError is not an Exception."""
    (well, messages), (_, later) = sent_by(f"import matplotlib.pyplot as plt\nplt.plot([1, 2])\n{error}", "x = 1")
    assert not well and [m["type"] for m in messages] == ["error", "display_data"]
    assert later == []


def test_a_figure_that_is_not_shown_appears_after_its_cell():
    ((_, messages),) = sent_by("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    assert [list(m["data"]) for m in messages] == [["text/plain", "image/png"]]


def test_a_typed_answer_is_judged_by_its_code():
    cell = 'from helpers.exercises import check\n\nanswer = 2.5 * (1 - 3)\ncheck("01.error", answer)'
    ((well, messages),) = sent_by(cell)
    assert well
    assert "Look at the line `answer = 2.5 * (1 - 3)`" in messages[0]["data"]["text/markdown"]


def test_a_name_from_a_cell_above_is_explained():
    cell = 'from helpers.exercises import check\n\nanswer = dW\ncheck("01.error", answer)'
    ((well, messages),) = sent_by(cell)
    assert not well
    assert [m["type"] for m in messages] == ["error", "display_data"]
    words = "Is it misspelt? If a cell above defines it, choose Restart Python in the menu ⋯ and press Check again."
    assert messages[1]["data"]["text/plain"] == f"? A name is missing. `dW` is not defined. {words}"


def test_a_letter_without_quotation_marks_is_explained():
    ((_, messages),) = sent_by('from helpers.exercises import quiz\nb = 0\nquiz("01", q1=b, q2=c, q3=None)')
    words = '? A name is missing. A letter given as an answer needs quotation marks: `"c"`.'
    assert messages[1]["data"]["text/plain"] == words


def test_an_unanswered_exercise_names_the_button_of_the_page():
    ((_, messages),) = sent_by('from helpers.exercises import check\ncheck("01.error", None)')
    words = "○ Not done yet. Replace None with your answer and press Check."
    assert messages[0]["data"]["text/plain"] == words


def test_a_widget_opens_its_model_and_shows_its_view():
    ((_, messages),) = sent_by("import ipywidgets\nipywidgets.IntSlider(3)")
    opened = [m for m in messages if m["type"] == "comm_open"]
    assert {m["target_name"] for m in opened} == {"jupyter.widget"}
    view = messages[-1]["data"]["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] in {m["comm_id"] for m in opened}


def test_what_needs_the_cells_above():
    results = sent_by(
        "x = 1", "?x + y", "?x + abs(x)", "?def f(a):\n    b = a\n    return b + x", "?import os\nos.name", "?("
    )
    assert [messages[-1] for _, messages in results[1:]] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("W = W - 0.1", True),
        ("total += 1", True),
        ("total = 0\ntotal += 1", False),
        ("for i in range(3):\n    n = i\nn = n + 1", False),
        ("import re\nre = re.compile('a')", False),
        ("x = [x for x in range(3)]", False),
        ("a[0] += 1", True),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e)", False),
        ("match 1:\n    case [*rest] | int() as n:\n        rest, n\n", False),
        ("async def f():\n    pass\nf", False),
        ("answer = " + "-" * 3000 + "1", False),
        ("'\ud800'", False),
    ],
)
def test_a_name_that_is_used_before_it_is_assigned_comes_from_above(code, needs):
    assert sent_by(f"?{code}")[0][1] == [needs]


def test_input_is_refused_with_a_reason():
    ((well, messages),) = sent_by("input()")
    assert not well and "assign the value to a variable instead" in messages[0]["evalue"]


def test_display_needs_no_import():
    ((well, messages),) = sent_by("display(6 * 7)")
    assert well and messages[0]["data"] == {"text/plain": "42"}


@pytest.mark.parametrize("last", ["input()", "display(Broken())"])
def test_a_traceback_has_no_files_of_the_page(last):
    ((_, messages),) = sent_by(f"class Broken:\n    def __repr__(self):\n        return 1 / 0\n\n\n{last}")
    files = re.findall('File "([^"]*)"', messages[0]["traceback"])
    assert files and set(files) == {"<cell 1>"}


ELSEWHERE = {
    "x = 1\n%timeit x": "Commands that begin with % work in the lab and in Jupyter on your own machine.",
    "%%time\nx = 1": "Commands that begin with %",
    "times = %timeit -o 1": "Commands that begin with %",
    "!pip install pandas": "no command line and cannot install packages. Use Jupyter on your own machine.",
    "files = !ls": "no command line",
    "%pip install pandas": "cannot install packages",
    "import numpy as np\nnp.sum?": "works in the lab and in Jupyter. On a page of the book, write help(np.sum).",
    "x = 1\n?abs": "write help(abs).",
    "import nopackage": "the packages that its lessons use, and nopackage is not one of them. If the name is right,",
    "import nopackage.part as part": "nopackage is not one of them",
}


def test_what_a_page_cannot_do_is_said_with_the_place_where_it_can_be_done():
    for (well, messages), words in zip(sent_by(*ELSEWHERE), ELSEWHERE.values(), strict=True):
        assert not well and words in messages[0]["traceback"].splitlines()[-1]


def test_other_errors_are_left_as_they_are():
    for _, messages in sent_by("1 +", "else", "x = 5 % * 3", "print('Why?'", "import helpers.nothing", "1 / 0"):
        assert messages[0]["traceback"].splitlines()[-1].startswith((messages[0]["ename"], "SyntaxError"))


def test_the_last_hint_names_the_button_of_the_page():
    *_, (_, messages) = sent_by(*['from helpers.exercises import hint\nhint("01.error")'] * 5)
    assert messages[0]["data"]["text/plain"].endswith("This is the last hint. Press Solution to see the solution.")
