"""A typed answer is judged with the code of its cell: what is said of a formula, of a number alone, of nothing."""

import ast
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.exercises import cell, check, typed_code, verdict
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES


def said_of(name, text, **notebook):
    """The verdict on the answer of a cell with this text."""
    scope = {"np": np} | notebook
    exec(text, scope)
    code = cell.read(f'from helpers.exercises import check\n\n{text}\n\ncheck("{name}", answer)', name, scope)
    return judge(EXERCISES[name], scope.get("answer"), code=code)


def test_the_code_of_an_answer_is_that_of_its_cell():
    code = cell.read(
        'import math\nx = 2\nanswer = x - 5\n\ncheck("01.error", answer)\n# hint("01.error")', "01.error", {}
    )
    assert ast.unparse(code.tree) == "def answer():\n    x = 2\n    return x - 5"
    assert code.line(cell.result(code)) == "answer = x - 5"
    assert cell.read('check("01.weights", answer)', "01.error", {}) is None
    assert cell.read("answer = = 3", "01.error", {}) is None
    quiz = cell.read('quiz("01", q2=2 / 8, q3="a")', "01.q2", {})
    assert ast.unparse(cell.result(quiz)) == "2 / 8"


def test_the_running_cell_of_a_notebook_is_read(monkeypatch, capsys):
    shell = SimpleNamespace(user_ns={"In": ["", 'answer = 2 * (2 - 5)\ncheck("01.error", answer)'], "answer": -6})
    monkeypatch.setattr(cell, "get_ipython", lambda: shell)
    assert "Look at the line `answer = 2 * (2 - 5)`" in verdict("01.error", -6).words
    check("01.error", -6)
    assert "`2` in `2 * (2 - 5)` should be left out" in capsys.readouterr().out
    assert "the line" not in verdict("01.weights", [3, 6]).words  # of another cell
    monkeypatch.setattr(cell, "get_ipython", lambda: None)
    assert "the line" not in verdict("01.error", -6).words


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("01.error", "answer = (2 - 5) / m", "so there is nothing to average over"),
        (
            "01.error",
            "answer = k + k",
            "`k` in the line `answer = k + k` is 7. This cell does not assign a value to it, so it comes "
            "from elsewhere in the notebook",
        ),
        (
            "01.error",
            "answer = X",
            "`X` in the line `answer = X` is an array of shape (2, 3). This cell does not assign a value to it, so it "
            "comes from elsewhere in the notebook",
        ),
        (
            "06.constant",
            "answer = 52 / 209",
            "`209` in the line `answer = 52 / 209` is not among the numbers in the question",
        ),
        (
            "10.equal",
            "answer = 0.02 * 3",
            "`3` in the line `answer = 0.02 * 3` is not among the numbers in the question",
        ),
        ("07.slopes", "answer = 4^10", "means the exclusive or of two integers, not a power"),
        ("06.constant", "answer = 52 // 80", "`//` in `52 // 80` cuts off"),
        ("09.twice", "x = 3\nanswer = 4 * x**2", "The exponent in `x ** 2` should be left out"),
        ("09.twice", "answer = (3 + 3 + 6) / 3", "`/ 3` should be left out"),
        ("01.weights", "answer = -3 * [1, 2]", "`*` repeats the list"),
        ("00.first", "answer = '2' * 2", "`*` repeats the text in quotes"),
        ("04.parameters", "n = [784, 392, 196, 98, 1]\nanswer = sum(n[l] * n[l - 1] for l in range(1, 5))", "weights"),
        ("10.equal", "answer = 0.8 / 0.02 - 1", "`- 1` should be left out"),
        (
            "07.slopes",
            "answer = 1\nfor l in range(10, 1, -1):\n    answer *= 4",
            "the line `for l in range(10, 1, -1):`",
        ),
        (
            "08.byhand",
            "e = np.exp(np.log10([1, 2, 5]))\nanswer = e / e.sum()",
            "the line `e = np.exp(np.log10([1, 2, 5]))`",
        ),
        ("05.error", "p, q = 1, 2\nanswer = abs(p + q) / (p + q)", "The sign is wrong in `p + q`"),
        ("05.units", "answer = 32 + 10\n2 * answer", "`2 * answer` computes a value but does not keep it"),
        (
            "05.units",
            "answer = 32 + 10\nanswer == 2 * answer",
            "`answer == 2 * answer` compares two values but assigns nothing",
        ),
        ("07.spread", "answer = np.std([0.1] * 400)", "nor several equal numbers have any spread"),
        ("07.slopes", "answer = 4e10", "means 4 times 10 to the power 10"),
        ("08.adam", "answer = abs(theta[0])", "`theta` in the line `answer = abs(theta[0])` is an array of shape (2,)"),
    ],
)
def test_a_formula_is_judged_by_its_parts(name, text, words):
    said = said_of(name, text, m=60, k=7, X=np.ones((2, 3)), theta=np.array([0.1, 0.1]))
    assert said.kind == "wrong"
    assert words in said.words and said.words.endswith("?")
    assert "ounded" not in said.words and "Close" not in said.words


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("09.twice", "x = 3\nanswer = (x + x) * x", "18 is f itself"),
        ("08.error", "answer = [0.5 - 1, 0.25 - 1, 0.25 - 1]", "y is 1 for the true class only"),
        ("08.error", "answer = [0.25, 0.25 * 2, 0.25 * 3]", None),
        ("07.spread", "a = rng.standard_normal((400, 500))\nanswer = np.var(0.1 * a.sum(axis=0))", "the variance"),
        ("07.spread", "answer = np.mean(rng.standard_normal(40))", None),
    ],
)
def test_what_a_formula_may_hold_is_not_blamed(name, text, words):
    said = said_of(name, text, rng=np.random.default_rng(1)).words
    assert words is None or words in said
    assert not any(blamed in said for blamed in ("`0.25` is", "wrong order", "`rng`", "have not used"))


def test_an_array_of_a_lesson_is_named_before_a_number_that_is_its_by_chance():
    assert "divide α by 1" not in said_of("08.adam", "answer = theta[0]", theta=np.array([0.1, 0.2])).words


def test_a_line_is_quoted_only_if_the_fault_must_be_in_it():
    assert "the line" not in said_of("10.equal", "K = 1\nwhile 0.8 / K > 0.02 * K:\n    K += 1\nanswer = K").words


def test_of_a_number_alone_only_what_is_certain_is_said():
    assert "Close" in said_of("06.interval", "answer = 0.0582").words
    assert "Close" not in said_of("06.interval", "answer = 0.275 / 5").words
    assert said_of("09.twice", "answer = 53").words.startswith(
        "53 is not right. Put the numbers from the question into"
    )
    assert said_of("06.constant", "answer = 0.55").words.startswith("0.55 is not right")


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if e.cases is None])
def test_any_number_gets_a_sentence_of_its_own(name):
    for value in [np.inf, -np.inf, np.nan, 0.0, -0.37, 1e-9, 12.0, 1e7, [1.5, np.inf]]:
        said = verdict(name, value)
        assert "stopped" not in said.words and "condition" not in said.words, value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("answer = print(2 - 5)", "`print` in the line `answer = print(2 - 5)` returns None"),
        ("answer = None\nanswer == 2 - 5", "compares two values but assigns nothing"),
        ("answer = None\nAnswer = 2 - 5", "does not assign to `answer`"),
        ("answer = None\n2 - 5", "computes a value but does not assign it to `answer`"),
        ("answer = None", "Replace None with your answer"),
    ],
)
def test_an_answer_that_is_none_is_explained(text, words):
    said = said_of("01.error", text)
    assert said.kind == "open" and words in said.words


@pytest.mark.parametrize(
    "text",
    [
        "costs.append(3)\nanswer = 5",
        "net.fit(X)\nanswer = 5",
        "while True:\n    answer = 5",
        "answer = open('x').read()",
    ],
)
def test_code_that_may_leave_traces_is_not_run_again(text):
    code = cell.read(f'{text}\ncheck("01.error", answer)', "01.error", {"costs": [], "net": object(), "X": np.ones(2)})
    assert not cell.may_run_again(code)


def test_a_search_changes_nothing_in_the_notebook():
    scope = {"np": np, "z": 1.0}
    text = "z, y = 2, 5\nanswer = 2 * (z - y)"
    code = cell.read(f'{text}\ncheck("01.error", answer)', "01.error", scope)
    assert typed_code.explain(EXERCISES["01.error"], np.array(-6.0), code, "", np.isclose)
    assert scope["z"] == 1.0 and "y" not in scope
