"""A wrong function is traced to its cause and its line; what is right by chance only is not accepted."""

import itertools
import linecache
import re

import numpy as np
import pytest

from helpers.autograd import Variable, grad
from helpers.backprop import activations
from helpers.exercises import clues, edits, judging, phrases, reading, repair, verdict
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

numbers = itertools.count()
AT_HAND = {
    "np": np,
    "Variable": Variable,
    "grad": grad,
    **{name: getattr(activations, name) for name in ("sigmoid", "sigmoid_prime", "softmax")},
}
AT_HAND |= {name: EXERCISES["04.train"].solution.__globals__[name] for name in ("forward", "backward", "update")}


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """The search for a cause is limited in seconds of computing; a busy machine gets as long as that takes."""
    monkeypatch.setattr(judging, "LONGEST_SEARCH", 60.0)


def written(name, code, **notebook):
    """The function of an exercise as if `code` had been run in a cell."""
    file = f"<cell {next(numbers)}>"
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    scope = AT_HAND | notebook
    exec(compile(code, file, "exec"), scope)
    return scope[EXERCISES[name].answer_name]


def body(name, text):
    """A function with the first line of the stub and this body."""
    first = re.search(rf"^def {EXERCISES[name].answer_name}\(.*\):$", EXERCISES[name].stub, re.M)[0]
    return first + "\n" + "\n".join(f"    {line}" for line in text.split("\n"))


BACKWARD = """L, m = len(W), Y.shape[1]
dW, db = {}, {}
dZ = (A[L] - Y) / m
for l in range(L, 0, -1):
    dW[l] = dZ @ A[l - 1].T
    db[l] = dZ.sum(axis=1, keepdims=True)
    if l > 1:
        dZ = (W[l].T @ dZ) * g_prime(Z[l - 1])
return dW, db"""
TRAIN = """for _ in range(steps):
    dZ = (W @ A0 + b - Y) / Y.shape[1]
    dW, db = dZ @ A0.T, dZ.sum(axis=1, keepdims=True)
    W = W - learning_rate * dW
    b = b - learning_rate * db
return W, b"""

SOFTMAX = "E = np.exp(Z - Z.max(axis=0))\nreturn E / E.sum(axis=0)"
DEAL = "return [m // K + (k < m % K) for k in range(K)]"
FLATTEN = "return pictures.reshape(len(pictures), -1) / 255"

# Base, what is put in place of what, words of the verdict, the line that it quotes (None: that of the change).
MISTAKES = [
    ("04.backward", BACKWARD, "g_prime(Z[l - 1])", "g_prime(A[l - 1])", "You evaluated g_prime at A,", None),
    ("04.backward", BACKWARD, "A[l - 1].T", "A[l].T", "The index in `A[l]` is off", None),
    ("04.backward", BACKWARD, "A[l - 1].T", "Z[l - 1].T if l > 1 else dZ @ A[0].T", "is not the right quantity", None),
    ("04.backward", BACKWARD, "(A[L] - Y) / m", "A[L] - Y / m", "are done in the wrong order", None),
    ("04.backward", BACKWARD, "dZ) * g_prime", "dZ) @ g_prime", "`@` is the matrix product", None),
    ("04.backward", BACKWARD, "axis=1", "axis=0", "The axis in `axis=0` is wrong", None),
    ("04.backward", BACKWARD, "sum(axis=1, keepdims=True)", "sum()", "combines all entries of the array", None),
    ("04.backward", BACKWARD, "W[l].T", "W[l - 1].T", "The index in `W[l - 1]` is off", None),
    ("04.backward", BACKWARD, "range(L, 0, -1)", "range(L - 1, 0, -1)", "does not run through the right", None),
    ("04.backward", BACKWARD, "Y.shape[1]\n", "6\n", "`6` is a fixed number", "L, m = len(W), 6"),
    ("04.backward", BACKWARD, "Y.shape[1]\n", "len(Y)\n", "`len(Y)` is not the right number", "L, m = len(W), len(Y)"),
    ("04.backward", BACKWARD, "    if l > 1:\n        dZ", "    dZ", "must not run in every iteration", None),
    ("04.backward", BACKWARD, "\nreturn", "\n    return", "inside the loop", "return dW, db"),
    ("04.backward", BACKWARD, "return dW, db", "return db, dW", "two parts of", "return db, dW"),
    ("04.backward", BACKWARD, "A[l - 1].T", "A[l - 1].T / m", "`m` should be left out", None),
    ("01.train", TRAIN, "range(steps)", "range(steps - 1)", "does not run through the right numbers", None),
    ("01.train", TRAIN, "range(steps)", "range(1, steps)", "does not run through the right numbers", None),
    ("01.train", TRAIN, "range(steps)", "range(200)", "`200` is a fixed number", None),
    ("01.train", TRAIN, "W - learning_rate * dW", "W + learning_rate * dW", "The sign is wrong", None),
    ("01.train", TRAIN, "W - learning_rate * dW", "W - 0.3 * dW", "`0.3` is a fixed number", None),
    ("01.train", TRAIN, "W = W - ", "W -= -W + W + ", "changes its argument `W` in place", None),
    ("01.train", TRAIN, "return W, b", "return dW, db", "returns the wrong quantities", "return dW, db"),
    ("01.train", TRAIN, "\nreturn", "\n    return", "because it is inside the loop", "return W, b"),
    ("01.train", TRAIN, "@ A0.T, dZ", "@ A0, dZ", "has its rows and columns the wrong way round", None),
    ("08.softmax", SOFTMAX, "Z.max(axis=0)", "Z.max()", "the same maximum from all columns", None),
    ("02.tanh", "return 1 - np.tanh(Z) ** 2", "np.tanh(Z) ** 2", "np.tanh(Z ** 2)", "You squared z before", None),
    ("10.deal", DEAL, "m % K", "m // K", "The remainder of the division determines", None),
    ("06.flatten", FLATTEN, "len(pictures)", "209", "`209` is a fixed", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "old", "new", "words", "line"), MISTAKES)
def test_a_mistake_is_named_with_its_line(name, right, old, new, words, line):
    assert judge(EXERCISES[name], written(name, body(name, right))).kind == "right"
    assert right.count(old) == 1
    wrong = right.replace(old, new)
    said = judge(EXERCISES[name], written(name, body(name, wrong)))
    assert said.kind == "wrong"
    assert words in said.words
    changed = next((a for a, b in zip(wrong.split("\n"), right.split("\n"), strict=False) if a != b), "")
    assert f"`{line or changed.strip()}`" in said.words
    assert "?" in said.words
    assert len(said.words) < 500
    assert_only_the_readers_code_is_quoted(name, said.words, body(name, wrong))


def assert_only_the_readers_code_is_quoted(name, words, code):
    """Beyond a hint that was written by hand, every piece in backticks stands in the code."""
    hints = [wrong.hint for wrong in EXERCISES[name].wrong if wrong.hint in words]
    squeezed = re.sub(r"[\s()]", "", code) + "*@return"
    for piece in re.findall(r"`([^`]+)`", words.replace(hints[0], "") if hints else words):
        assert re.sub(r"[\s()]", "", piece) in squeezed


KINDS = [  # that no small change of one expression shows
    ("03.layer", "for i in range(dZ.shape[1]):\n    dW = np.outer(dZ[:, i], A_before[:, i])\n    db = dZ[:, [i]]\n"
     "return dW, db", "`dW = np.outer(dZ[:, i], A_before[:, i])` replaces the value in every iteration"),
    ("08.onehot", "Y = np.zeros((K, len(labels)))\nY[labels, np.arange(len(labels))] == 1\nreturn Y",
     "`Y[labels, np.arange(len(labels))] == 1` compares two values but assigns nothing"),
    ("04.train", "if steps == 0:\n    return W, b\nZ, A = forward(X, W, b, sigmoid, sigmoid)\n"
     "dW, db = backward(Y, W, Z, A, sigmoid_prime)\nW = {l: W[l] - learning_rate * dW[l] for l in W}\n"
     "b = {l: b[l] - learning_rate * db[l] for l in b}\ntrain(X, Y, W, b, learning_rate, steps - 1)\nreturn W, b",
     "The value that `train(X, Y, W, b, learning_rate, steps - 1)` returns is not used"),
    ("07.saturated", "return np.mean(sigmoid_prime(Z) < 0.2)", "The number `0.2` is not right"),
    ("08.softmax", "E = np.exp(Z)\nreturn np.nan_to_num(E / E.sum(axis=0))", "only hides an overflow"),
    ("02.gradients", "A = sigmoid(W @ A0 + b)\ndA = -(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / Y.shape[1]\n"
     "dZ = dA * A * (1 - A)\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)", "is part of the cost, but"),
    ("09.softmax", "jacobian = np.diag(A) - A @ A.T\nreturn jacobian @ g", "from a matrix it extracts the diagonal"),
    ("09.softmax", "return (g - A) / A.shape[1]", "holds for softmax followed by cross-entropy"),
    ("10.deal", "sizes = []\nfor k in range(K):\n    sizes.append(round(m / (K - k)))\nreturn sizes", "fewer examples"),
    ("10.deal", "sizes = [0] * K\nfor i in range(m):\n    sizes[-1 - i % K] += 1\nreturn sizes",
     "in the line `sizes[-1 - i % K] += 1`"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "words"), KINDS)
def test_a_mistake_of_more_than_one_expression_is_named(name, text, words):
    said = judge(EXERCISES[name], written(name, body(name, text)))
    assert said.kind == "wrong" and words in said.words and said.words.endswith("?")


def test_a_mistake_made_twice_is_one_mistake():
    twice = body("01.train", TRAIN.replace("learning_rate *", "0.3 *"))
    assert "`0.3` is a fixed number" in judge(EXERCISES["01.train"], written("01.train", twice)).words


def test_of_two_mistakes_one_is_named_as_one_of_several():
    wrong = BACKWARD.replace("axis=1", "axis=0").replace("A[l - 1].T", "Z[l].T")
    said = judge(EXERCISES["04.backward"], written("04.backward", body("04.backward", wrong))).words
    assert "All gradients" not in said and "fixed number" not in said


def test_a_name_of_the_notebook_is_named():
    wrong = body("01.train", TRAIN.replace("Y.shape[1]", "m"))
    said = judge(EXERCISES["01.train"], written("01.train", wrong, m=60)).words
    assert said.startswith("`m` is not an argument of the function but comes from elsewhere in the notebook. Look at ")


def test_a_helper_in_the_same_cell_is_looked_at_too():
    code = "def mean(x):\n    return x / x.shape[0]\n\n\n" + body(
        "02.gradients", "dZ = mean(sigmoid(W @ A0 + b) - Y)\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)"
    )
    said = judge(EXERCISES["02.gradients"], written("02.gradients", code)).words
    assert "Look at the line `return x / x.shape[0]`" in said


ERRORS = [
    (
        "01.train",
        TRAIN.replace("W @ A0 + b - Y", "gradients(A0, W)"),
        "A function is called with the wrong arguments in the line `dZ = (gradients(A0, W)",
    ),
    ("01.train", TRAIN.replace("range(steps)", "steps"), "for _ in steps:"),
    ("02.tanh", "return 1 - np.tanh(Z) ^ 2", "`^`, the exclusive-or operator in Python,"),
    (
        "05.distance",
        "return np.norm(p - q)",
        "A function that does not exist is used in the line `return np.norm(p - q)`",
    ),
    ("04.step", "return (W.T @ dZ) * sigmoidprime(Z_before)", "Did you mean `sigmoid_prime`?"),
    ("04.step", "return np.concatenate([dZ, Z_before, W])", "`step_back` failed with ValueError"),
    (
        "07.sizes",
        "return {l: np.sqrt(np.mean(dW ** 2)) for l in dW}",
        "A whole dictionary is used where one of its arrays is needed",
    ),
    (
        "04.forward",
        "return {1: W[5] @ X.T}, {}",
        "A dictionary has no entry 5 in the line `return {1: W[5] @ X.T}, {}`",
    ),
    (
        "06.error",
        "if z > 0:\n    return W_after.T @ delta_after\nreturn 0 * z",
        "A condition is applied to a whole array",
    ),
]


@pytest.mark.parametrize(("name", "text", "words"), ERRORS)
def test_an_error_is_explained_where_it_happens(name, text, words):
    said = judge(EXERCISES[name], written(name, body(name, text), gradients=lambda A0, Y, W, b: 0)).words
    assert words in said
    assert "Restore its first line" not in said


# --- accepted and refused ------------------------------------------------------------------------

WRONG = [
    ("04.update", lambda p, g, rate: np.round(p - rate * g, 2)),
    ("07.saturated", lambda Z: np.mean(Z < 0.05)),
    ("08.softmax", lambda Z: np.exp(Z - Z.mean(axis=0)) / np.exp(Z - Z.mean(axis=0)).sum(axis=0)),
    ("08.onehot", lambda labels, K: EXERCISES["08.onehot"].solution(labels, labels.max() + 1)),
    ("07.sizes", lambda dW: {l: np.sqrt(np.mean(dW[l] ** 2)) for l in (1, 2, 3)}),
]


@pytest.mark.parametrize(("name", "answer"), WRONG)
def test_what_holds_by_chance_only_is_refused(name, answer):
    assert verdict(name, answer).kind == "wrong"


def rows_and_columns(Z):
    n, m = Z.shape
    return np.sum(activations.sigmoid_prime(Z) < 0.05) / (n * m)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("06.interval", 0.057),
        ("06.interval", 0.06),
        ("06.interval", np.float64(0.06)),
        ("07.saturated", rows_and_columns),
        ("05.distance", lambda p, q: np.array([EXERCISES["05.distance"].solution(p, q)])),
    ],
)
def test_what_is_right_is_accepted(name, answer):
    assert verdict(name, answer).kind == "right"


@pytest.mark.parametrize("answer", [0.05, 0.055, 0.058, 0.059, 0.061, [0.06, 0.06]])
def test_another_rounding_is_not(answer):
    assert verdict("06.interval", answer).kind == "wrong"


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if e.cases], ids=lambda e: e.name)
def test_cases_do_not_differ_in_kind(exercise):
    kinds = {
        tuple((type(a).__name__, getattr(a, "ndim", 0), getattr(a, "dtype", None)) for a in case)
        for case in exercise.cases()
    }
    assert len({tuple(kind for kind, *_ in case) for case in kinds}) == 1
    if exercise.name not in ("02.tanh", "02.safe", "05.distance", "05.numerical", "10.weighted"):  # of any shape
        assert len(kinds) == 1
    assert len(exercise.cases()) >= 2


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if e.cases], ids=lambda e: e.name)
def test_known_mistakes_differ_in_their_results(exercise):
    """Two with other hints never give the same results, unless both fail or the code tells them apart."""
    seen = {}
    for results, hint in exercise.key.wrong:
        if isinstance(results, list) and hint not in exercise.key.needs:
            seen.setdefault(repr(results), set()).add(hint)
    assert all(len(hints) == 1 for hints in seen.values()), [h for h in seen.values() if len(h) > 1]


# --- the parts -----------------------------------------------------------------------------------


def test_every_kind_of_edit_has_words():
    needed = {kind for kind in edits.RANKS if kind != "product"} | {"product_*", "product_@"}
    assert needed == set(phrases.WORDS)
    for seen, question in phrases.WORDS.values():
        assert question.endswith(("?", ".")) and "?" in question
        assert not seen.endswith(".")


def test_the_code_is_as_it_was_after_a_search():
    import ast

    function = written("01.train", body("01.train", TRAIN.replace("range(steps)", "range(steps - 2)")))
    code = reading.read(function)
    before = ast.dump(code.tree)
    assert repair.find(code, EXERCISES["01.train"].cases(), lambda f, i: ([], 2)) is None
    assert ast.dump(code.tree) == before


@pytest.mark.parametrize(
    "text",
    [
        "open('x', 'w')\nreturn W, b",
        "import os\nreturn W, b",
        "while steps:\n    steps -= 1\nreturn W, b",
        "return np.linalg.lstsq(A0.T, Y.T)[0].T, b",  # may never return from NaN or infinity
    ],
)
def test_code_that_may_do_harm_is_not_run_again_and_again(text):
    code = reading.read(written("01.train", body("01.train", text)))
    assert not repair.is_safe(code)


def test_a_search_ends_in_time():
    slow = "import_me = 1\n" + body("01.train", "for i in range(10**5):\n    W = W + 0 * W\nreturn W, b + steps")
    function = written("01.train", slow)
    code = reading.read(function)
    assert repair.find(code, EXERCISES["01.train"].cases(), lambda f, i: ([], 2 + bool(f)), seconds=0.0) is None


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("10.equal", 4000, "the decimal point is in the wrong place"),
        ("04.parameters", 404135, "Did you swap two of them?"),
        ("04.parameters", 404100, "a count must be exact"),
        ("04.parameters", 404000, "This is rounded, but the question asks"),
        ("02.loss", 2.1, "rounded too coarsely"),
        ("08.byhand", [0.25, 0.125, 0.625], "in the wrong order"),
        ("08.byhand", [0.875, 0.75, 0.375], "Each number is 1 minus the correct one"),
        ("00.first", True, "the result of a comparison"),
        ("01.weights", {-3, -6}, "a set, which has no order"),
        ("01.error", np.zeros(60), "Have you used the numbers in the question?"),
    ],
)
def test_what_is_said_of_a_typed_number(name, answer, words):
    said = verdict(name, answer)
    assert said.kind == "wrong" and words in said.words


def test_evidence_names_only_what_is_there():
    code = reading.read(written("02.safe", body("02.safe", "return np.log(np.clip(sigmoid(Z), 1e-12, 1))")))
    assert clues.of(EXERCISES["02.safe"], code, "", None).startswith(
        "`np.clip` limits the values in the line `return np.log(np.clip("
    )
    code = reading.read(written("04.update", body("04.update", "return parameter - gradient")))
    assert clues.of(EXERCISES["04.update"], code, "", None) == "`learning_rate` is never used. What is it needed for?"


def test_a_slope_that_forgets_the_sign_is_not_right():
    slope = written("01.slope", body("01.slope", "return abs(f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)"))
    said = verdict("01.slope", slope)
    assert said.kind == "wrong" and "`abs`" in said.words
