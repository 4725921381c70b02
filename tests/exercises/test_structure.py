"""Mistakes in the arrangement of the code are named, each with its line, and nothing less likely is blamed."""
# ruff: noqa: E501  # the answers stand as they were typed

import ast

import pytest
from test_causes import assert_only_the_readers_code_is_quoted, body, patience, written  # noqa: F401
from test_messages import assert_leads_on, said_of

from helpers.exercises import catalogue, clues, formulas, reading
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

LAYER = "\ndb = dZ.sum(axis=1, keepdims=True)\nreturn dW, db"
OUTPUT = "dZ2 = (A2 - Y) / Y.shape[1]\ndW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)\n"
FIRST = "\ndW1, db1 = dZ1 @ A0.T, dZ1.sum(axis=1, keepdims=True)\nreturn {1: dW1, 2: dW2}, {1: db1, 2: db2}"
JOINED = (
    "theta, E = np.hstack([b, W]), np.vstack([np.ones((1, Y.shape[1])), A0])\ng = (theta @ E - Y) @ E.T / Y.shape[1]\n"
)

# Exercise, body of the function, words of the verdict, the line that it quotes.
ARRANGED = [
    ("01.slope", "return f((w + epsilon) - (w - epsilon)) / (2 * epsilon)", "two values are combined first", None),
    ("01.slope", "return 2 * epsilon / (f(w + epsilon) - f(w - epsilon))", "is upside down", None),
    ("01.gradients", JOINED + "return g[:, :2], g[:, 2:]", "splits the array in the wrong place", "return g[:, :2], g[:, 2:]"),
    ("01.gradients", "dZ = (W @ A0 + b - Y) ** 2 / Y.shape[1]\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
     "The exponent in", "dZ = (W @ A0 + b - Y) ** 2 / Y.shape[1]"),
    ("01.train", "for i in range(steps):\n    j = i % Y.shape[1]\n    dW, db = gradients(A0[:, [j]], Y[:, [j]], W, b)\n"
     "    W, b = W - learning_rate * dW, b - learning_rate * db\nreturn W, b", "`A0[:, [j]]` selects only part of the data",
     "dW, db = gradients(A0[:, [j]], Y[:, [j]], W, b)"),
    ("02.gradients", "dZ = np.mean(sigmoid(W @ A0 + b) - Y, axis=1, keepdims=True)\n"
     "return dZ @ A0.mean(axis=1, keepdims=True).T, dZ", "is the product of two means",
     "return dZ @ A0.mean(axis=1, keepdims=True).T, dZ"),
    ("02.tanh", "s, c = np.sinh(Z), np.cosh(Z)\nreturn (c * s - s * c) / c**2", "is always 0", "return (c * s - s * c) / c**2"),
    ("02.tanh", "p, q = np.exp(Z), np.exp(-Z)\nreturn 1 - ((p + q) / (p - q)) ** 2", "The fraction `(p + q) / (p - q)` is",
     "return 1 - ((p + q) / (p - q)) ** 2"),
    ("03.layer", "dW = np.tensordot(dZ, A_before, axes=0).sum(axis=(1, 3))" + LAYER, "multiplies every example by every other",
     "dW = np.tensordot(dZ, A_before, axes=0).sum(axis=(1, 3))"),
    ("03.layer", "dW = np.einsum('ki,jn->kj', dZ, A_before)" + LAYER, "multiplies every example by every other",
     "dW = np.einsum('ki,jn->kj', dZ, A_before)"),
    ("03.layer", "dW = np.outer(dZ.sum(axis=1), A_before.sum(axis=1))" + LAYER, "is the product of two means or two sums",
     "dW = np.outer(dZ.sum(axis=1), A_before.sum(axis=1))"),
    ("03.backward", OUTPUT.replace("(A2 - Y)", "((1 - Y) / (1 - A2) - Y / A2)")
     + "dZ1 = (W[2].T @ dZ2) * (1 - A1**2)" + FIRST, "slope of the activation function is missing",
     "dZ2 = ((1 - Y) / (1 - A2) - Y / A2) / Y.shape[1]"),
    ("03.backward", OUTPUT + "dZ1 = (W[2].T @ dZ2) @ (1 - A1**2).T" + FIRST, "`@` is the matrix product",
     "dZ1 = (W[2].T @ dZ2) @ (1 - A1**2).T"),
    ("04.step", "A = sigmoid(Z_before)\nreturn (W.T @ dZ) * (1 - A**2)", "is the slope of a different activation function",
     "return (W.T @ dZ) * (1 - A**2)"),
    ("04.update", "return learning_rate * (parameter - gradient)", "a factor applies to both terms", None),
    ("05.distance", "total = 0\nfor a, b in zip(p, q):\n    total += np.linalg.norm(a - b)\n"
     "return total / (np.linalg.norm(p) + np.linalg.norm(q))", "adds up the lengths", "total += np.linalg.norm(a - b)"),
    ("06.error", "slope = np.where(z > 0, 1, -1)\nreturn slope * (W_after.T @ delta_after)", "The number `-1` is not right",
     "slope = np.where(z > 0, 1, -1)"),
    ("07.start", "return N * np.sqrt(1 / (2 * N.shape[1]))", "a factor is on the wrong side of the fraction", None),
    ("07.start", "return np.sqrt(N * 2 / N.shape[1])", "`np.sqrt` is also applied to a factor", None),
    ("07.start", "return N * 2 / np.sqrt(N.shape[1])", "A square root is missing from `2`", None),
    ("07.sizes", "return {l: np.sqrt(np.mean(dW[l])) ** 2 for l in dW}", "the square is taken after the functions", None),
    ("08.softmax", "E = np.exp(Z)\nreturn (E - Z.max(axis=0)) / (E - Z.max(axis=0)).sum(axis=0)", "is applied too early",
     "return (E - Z.max(axis=0)) / (E - Z.max(axis=0)).sum(axis=0)"),
    ("08.softmax", "E = np.exp(Z)\nE = E - Z.max(axis=0)\nreturn E / E.sum(axis=0)", "is applied too early",
     "E = E - Z.max(axis=0)"),
    ("08.softmax", "E = np.exp(Z) - np.exp(Z.max(axis=0))\nreturn E / E.sum(axis=0)", "is applied too early",
     "E = np.exp(Z) - np.exp(Z.max(axis=0))"),
    ("04.update", "new = learning_rate * parameter - gradient\nreturn new", "a factor is applied to the wrong term",
     "new = learning_rate * parameter - gradient"),
    ("09.divide", "return g / b, -np.sum(g * b**2 / a, axis=1, keepdims=True)", "on the wrong side of the fraction", None),
    ("09.divide", "db = g * np.log(b) * a\nreturn g / b, db.sum(axis=1, keepdims=True)", "`np.log(b)` is not the right function",
     "db = g * np.log(b) * a"),
    ("10.deal", "return np.array_split(np.arange(m), K)", "is a list of the parts themselves", None),
]  # fmt: skip

# Exercise, body, words: what the code alone shows if no change makes it right.
SEEN = [
    ("04.train", "L = len(W)\nW = {l: np.random.default_rng(0).standard_normal(W[l].shape) for l in W}\n"
     "b = {l: 0 * b[l] for l in b}\nfor _ in range(steps):\n    Z, A = forward(X, W, b, sigmoid, sigmoid)\n"
     "    dW, db = backward(Y, W, Z, A, sigmoid_prime)\n    W = {l: update(W[l], dW[l], learning_rate) for l in W}\n"
     "    b = {l: update(b[l], db[l], learning_rate) for l in b}\nreturn W, b", "draws random numbers in the line `W = {"),
    ("04.update", "new = list(parameter)\nfor row, slope in zip(new, gradient):\n    row -= learning_rate * slope\n"
     "return np.array(new)", "Look at the line `row -= learning_rate * slope`. `row` shares its entries with `parameter`"),
    ("06.flatten", "return np.array([[sum(pixel) / 765 for line in picture for pixel in line] for picture in pictures])",
     "`sum(pixel)` in the line"),
    ("09.softmax", "dZ = 0 * A\nfor i in range(A.shape[1]):\n    for j in range(len(A)):\n        for k in range(len(A)):\n"
     "            if k != j:\n                dZ[j, i] -= g[k, i] * A[k, i] * A[j, i]\nreturn dZ",
     "`if k != j:` skips the iterations in which `k` and `j` are equal"),
    ("10.deal", "edges = np.linspace(0, m, K).astype(int)\nreturn np.diff(edges)", "`np.diff` returns one fewer number"),
]  # fmt: skip

TYPED = [
    ("00.first", "answer = 2 * 2 % 2", "`% 2` should be left out"),
    ("00.first", "answer = 2 - 2", "How is multiplication written?"),
    ("01.weights", "dz = 2 - 5\nanswer = [dz * 1, dz * dz]", "One of the two values in `dz * dz` is not the right one"),
    ("06.enough", "answer = len(X)", "`len(X)` in the line `answer = len(X)` is 60, the number of rows"),
    (
        "02.steep",
        "a = 1 / (1 + np.exp(-np.log(4)))\nanswer = 1 - a ** 2",
        "`1 - a ** 2` is the slope of a different activation",
    ),
    ("06.interval", "answer = 2 * np.sqrt(0.8 * 0.8 / 200)", "`0.8 * 0.8` multiplies a value by itself"),
    ("06.interval", "answer = 2 * np.sqrt(200 / (0.8 * 0.2))", "The fraction `200 / (0.8 * 0.2)` is upside down"),
    ("07.slopes", "steps = 11 - 1\nanswer = 4 ** (steps / 2)", "`/ 2` should be left out"),
    ("09.passes", "answer = 23860 * m", "`m` should be left out"),
]


def gradients(A0, Y, W, b):
    """The gradients of lesson 01, which the exercise on training calls."""
    dZ = (W @ A0 + b - Y) / Y.shape[1]
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("name", "text", "words", "line"), ARRANGED)
def test_a_wrong_arrangement_is_named_with_its_line(name, text, words, line):
    said = judge(EXERCISES[name], written(name, body(name, text), gradients=gradients))
    assert said.kind == "wrong" and words in said.words
    assert f"`{line or text}`" in said.words
    assert_leads_on(said.words)
    assert_only_the_readers_code_is_quoted(name, said.words, body(name, text))


@pytest.mark.parametrize(("name", "text", "words"), SEEN)
def test_what_the_code_alone_shows_is_said(name, text, words):
    said = judge(EXERCISES[name], written(name, body(name, text)))
    assert said.kind == "wrong" and words in said.words
    assert_leads_on(said.words)


@pytest.mark.parametrize(("name", "code", "words"), TYPED)
def test_the_likeliest_change_of_a_formula_is_reported(name, code, words):
    said = said_of(name, code)
    assert said.kind == "wrong" and words in said.words
    assert_leads_on(said.words)


def test_an_argument_that_the_solution_does_not_use_is_not_blamed():
    assert "Z1" in clues.unneeded(EXERCISES["03.backward"])
    code = reading.read(written("03.backward", body("03.backward", OUTPUT + "return {2: dW2}, {2: db2}")))
    assert {"A0", "Z1"} <= set(reading.unused(code))
    needed = reading.unused(code._replace(unneeded=clues.unneeded(EXERCISES["03.backward"])))
    assert "A0" in needed and "Z1" not in needed


@pytest.mark.parametrize(
    ("text", "constant"), [("a * b - b * a", 0), ("a / a", 1), ("a * b - a", None), ("2 - 2", None)]
)
def test_a_difference_is_constant_only_if_both_sides_are_equal(text, constant):
    code = reading.Code([ast.parse(f"def answer(a, b):\n    return {text}").body[0]], [text] * 2, {})
    assert (f"is always {constant}," in clues.constant(code)) == (constant is not None)


def test_an_operation_outside_the_formula_is_unlikely():
    code = reading.Code([ast.parse("def answer():\n    return 2 - 2").body[0]], ["2 - 2"] * 2, {})
    found = {
        e.kind: e for e in catalogue.of(code.tree, [], [], [], []) if ast.unparse(e.changes[0][2]) in ("2 * 2", "2 + 2")
    }
    assert formulas.rank(found["operation"], "answer = 2 * 2", True) < formulas.rank(
        found["sign"], "answer = 2 * 2", False
    )
    assert formulas.rank(found["sign"], "", False) < formulas.rank(found["operation"], "", True)
