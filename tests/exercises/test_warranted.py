"""A verdict blames a line or a number only if it is wrong. Each mistake has a look-alike for which less can be said."""

import numpy as np
import pytest
from test_causes import AT_HAND, body, written

from helpers.exercises import cell, clues, judging, loose_ends, reading, values
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES
from helpers.exercises.typed_code import explain


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    monkeypatch.setattr(judging, "LONGEST_SEARCH", 60.0)


TRAIN = """for _ in range(steps):
    Z, A = forward(X, W, b, sigmoid, sigmoid)
    {0} = backward(Y, W, Z, A, sigmoid_prime)
    W = {{l: update(W[l], {1}[l], learning_rate) for l in W}}
    b = {{l: update(b[l], {2}[l], learning_rate) for l in b}}
return W, b"""
BACKWARD = """dZ2 = (A2 - Y) / Y.shape[1]
dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)
dZ1 = (W[2].T @ dZ2) * (1 - np.tanh(Z1) ** 2)
dW1, db1 = dZ1 @ A0.T, dZ1.sum(axis=1, keepdims=True)
return {1: dW1, 2: dW2}, {1: db1, 2: db2}"""
NUMERICAL = """gradient = np.zeros(x.shape)
flat, slopes = x.{}, gradient.reshape(-1)
for k in range(flat.size):
    old = flat[k]
    flat[k] = old + epsilon
    plus = f(x)
    flat[k] = old - epsilon
    minus = f(x)
    flat[k] = old
    slopes[k] = (plus - minus) / (2 * epsilon)
return gradient"""

CASES = [  # name, code, words that are in the verdict, words that are not
    ("04.train", TRAIN.format("db, dW", "dW", "db"), "The two parts of `(db, dW)` are in the wrong order", "place"),
    ("04.train", TRAIN.format("dW, db", "db", "dW"), "Look at the line `W = {l: update(W[l], db[l]", "wrong order"),
    ("04.train", TRAIN.format("one, two", "two", "one"), "in `one, two` have been swapped", "wrong order"),
    ("03.layer", "dW, db = dZ @ A_before.T, dZ.sum(axis=1, keepdims=True)\nreturn db, dW", "`return db, dW`",
     "`dW, db"),
    ("03.backward", BACKWARD.replace(", dZ1.sum(axis=1, keepdims=True)", ", db2"), "`db[1]` and `db[2]` are equal",
     "combines"),
    ("03.backward", BACKWARD.replace("(Z1) ** 2", "(Z1) * 2"), "doubles a value that should be squared",
     "fixed number"),
    ("04.step", "dW = dZ @ sigmoid(Z_before).T\nreturn dW", "The result has shape (4, 3)", "`dZ` has"),
    ("04.step", "dA = W @ dZ\nreturn dA", "Look at the line `dA = W @ dZ`", "`return dA`"),
    ("05.numerical", NUMERICAL.format("flatten()"), "`x.flatten()` makes a copy", "never reach"),
    ("05.numerical", NUMERICAL.format("copy().reshape(-1)"), "`x.copy()` makes a copy", "never reach"),
    ("06.flatten", "pictures.reshape(len(pictures), -1)\nreturn pictures / 255", "returns is not used", "You scaled"),
    ("09.softmax", "E = np.exp(A - A.max(axis=0))\nS = E / E.sum(axis=0)\nreturn S * (g - (g * S).sum(axis=0))",
     "`A` is needed unchanged, but `E = ", "quantity"),
    ("09.divide", "return g / b, -np.sum(g * a, axis=1, keepdims=True) / b * 2", "should be squared", "should be 0."),
    ("02.safe", "return np.where(abs(Z) > 9, np.minimum(Z, 0), 0)", "only those from -1 to 2 give a wrong",
     "huge exponential"),
    ("02.safe", "return -np.logaddexp(Z, -Z)", "`Z` in `np.logaddexp(Z, -Z)` is not", "huge exponential"),
    ("07.sizes", "size = np.sqrt(np.mean(dW[2] ** 2))\nreturn {l: size + 0 for l in dW}", "are equal", "should be 0."),
    ("04.update", "return p - lr * gradient",
     "`parameter` and `learning_rate` are never used. Which of them did you mean by `p` or `lr`?",
     "assign"),
    ("04.update", "return np.clip(parameter - 100 * learning_rate * gradient, -1, 1)", "6 of 6",
     "`np.clip` limits"),
    ("11.change", "return np.clip(x - 100 * dA0 * epsilon, 0, 1) - x", "should be 0.1", "`np.clip` limits"),
    ("11.change", "return np.clip(x - epsilon * np.tanh(50 * dA0), 0, 1) - x", "1 of 6 entries", "divide"),
    ("11.change", "return np.clip(np.clip(x - dA0, 0, 1) - x, -epsilon, epsilon)", "limited a step", "factor"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "words", "never"), CASES)
def test_only_what_is_wrong_is_blamed(name, text, words, never):
    said = judge(EXERCISES[name], written(name, body(name, text)))
    assert said.kind == "wrong"
    assert words in said.words and never not in said.words


def typed(name, text):
    with np.errstate(divide="ignore"):
        answer = eval(text.removeprefix("answer = "), {"np": np, "inf": np.inf})
    code = cell.read(f'{text}\n\ncheck("{name}", answer)', name, {"np": np})
    return judge(EXERCISES[name], answer, code=code).words


@pytest.mark.parametrize(
    ("name", "text", "words", "never"),
    [
        ("04.parameters", "answer = [307720, 77028, 19306, 99]", "[307720, 77028, 19306, 99]", "307700"),
        ("04.parameters", "answer = 404", "decimal point", "one at a time"),
        ("04.parameters", "answer = 4041351234", "4041351234 is not right", "digits are right"),
        ("07.back", "answer = 0.25 * (100 / 400) ** 1 / 2", "only the 1 is the exponent", "counted"),
        ("07.spread", "answer = np.sqrt(400 * 0.1)", "The variance of the weights is 0.1²", "wrong order"),
        ("07.slopes", "answer = np.sqrt(2) ** 10", "shrank the error by a factor of √2", "not the right function"),
        ("09.twice", "answer = 6 + 6 + 6", "18 is f itself", "left out"),
        ("09.twice", "answer = (3 + 3 + 6) / 3", "`/ 3` should be left out", "coefficient"),
        ("02.loss", "answer = np.inf", "The answer is inf, but it should be finite", "divide"),
        ("02.loss", "answer = -np.log(0)", "logarithm of 0", "be finite"),
    ],
)
def test_only_what_is_wrong_with_a_typed_answer_is_blamed(name, text, words, never):
    said = typed(name, text)
    assert words in said and never not in said


@pytest.mark.parametrize(
    ("shape", "text", "words"),
    [
        ((209, 12288), "X.shape[0]", "is 209, the number of rows of `X`. What does each row contain, and which axis"),
        ((209, 12288), "len(X)", "is 209, the number of rows of `X`"),
        ((209,), "len(X)", "is 209, the number of entries of `X`. Which number does the question ask about?"),
        ((209, 8, 8), "len(X)", "is 209, the number of parts of `X` along this axis. What does each part contain"),
    ],
)
def test_sizes_of_an_array_are_explained(shape, text, words):
    code = cell.read(f'answer = {text}\n\ncheck("06.enough", answer)', "06.enough", {"X": np.zeros(shape)})
    assert words in explain(EXERCISES["06.enough"], np.asarray(209), code, "", lambda a, b: False)


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("return np.log(np.clip(sigmoid(Z), 1e-12, 1))", "`np.clip` limits"),
        ("return np.log(sigmoid(np.clip(Z, -1e9, 1e9)))", ""),  # clips nothing
        ("return np.log(sigmoid(Z) + 1e-12)", "You use `1e-12` inside a logarithm"),
        ("return np.log(sigmoid(Z) + 1e-300 * 0)", ""),
        ("return np.nan_to_num(np.log(sigmoid(Z)))", "hides an overflow"),
        ("return np.nan_to_num(Z)", ""),
    ],
)
def test_values_are_cut_off_only_if_the_results_change(text, blamed):
    code = reading.read(written("02.safe", body("02.safe", text)))
    said = loose_ends.cut_off(code, EXERCISES["02.safe"].cases())
    assert blamed in said and bool(said) == bool(blamed)


def test_a_logarithm_is_blamed_only_if_the_gradient_depends_on_it():
    cost = "J = -np.log(sigmoid(W @ A0 + b)).sum()\n"
    for end, blamed in (("return W * 0, b * 0", False), ("return W * J, b * 0", True)):
        code = reading.read(written("02.gradients", body("02.gradients", cost + end)))
        said = clues._about_logarithm(code, ("dW", "db"), EXERCISES["02.gradients"].cases())
        assert bool(said) == blamed


def test_numbers_are_written_exactly():
    assert [values.number(v) for v in (307720, 2.0, 0.1, 0.30000000000000004, 1 / 3, 1e20)] == [
        "307720", "2", "0.1", "0.3", "0.333333", "1e+20"]  # fmt: skip


def test_a_result_that_is_thrown_away_is_found():
    at_hand = {"change": lambda x: None, "new": AT_HAND["sigmoid"]}
    for line, lost in (("new(Z)", True), ("change(Z)", False), ("Z.sort()", False), ("np.exp(Z, out=Z)", False),
                       ("Z.reshape(-1)", True), ("print(Z)", False), ("Z + 1", True)):  # fmt: skip
        function = written("02.safe", body("02.safe", f"{line}\nreturn Z"), **at_hand)
        assert (loose_ends.lost(reading.read(function)) is not None) == lost, line
