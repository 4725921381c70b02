"""Mistakes with dictionaries, lists, copies and whole arrays are named, and so is what a formula lacks altogether."""
# ruff: noqa: E501  # the answers stand as they were typed

import pytest
from test_causes import BACKWARD, body, patience, written  # noqa: F401
from test_cell import said_of

from helpers.exercises import ingredients, reading
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

TANH = """dZ2 = (A2 - Y) / Y.shape[1]
dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)
dZ1 = (W[2].T @ dZ2) * (1 - A1 ** 2)
dW1, db1 = dZ1 @ A0.T, dZ1.sum(axis=1, keepdims=True)
return {1: dW1, 2: dW2}, {1: db1, 2: db2}"""
LISTS = """gW, gb, dZ = [], [], (A[len(W)] - Y) / Y.shape[1]
for l in range(len(W), 0, -1):
    gW.append(dZ @ A[l - 1].T)
    gb.append(dZ.sum(axis=1, keepdims=True))
    if l > 1:
        dZ = W[l].T @ dZ * g_prime(Z[l - 1])
return dict(enumerate(gW, start=1)), dict(enumerate(gb, start=1))"""
FORWARD = """Z, A = {}, {0: X.T}
for l in range(1, len(W) + 1):
    Z[l] = W[l] @ X.T + b[l]
    A[l] = g_out(Z[l]) if l == len(W) else g(Z[l])
return Z, A"""
NUDGED = """gradient = np.zeros(x.shape)
for i in np.ndindex(x.shape):
    up = x
    down = x
    up[i] += epsilon
    down[i] -= epsilon
    gradient[i] = (f(up) - f(down)) / (2 * epsilon)
return gradient"""

FUNCTIONS = [  # exercise, body, words of the verdict, words that are not in it
    ("03.backward", TANH.replace("{1: dW1, 2: dW2}, {1: db1, 2: db2}", "{1: dW2, 2: dW1}, {1: db2, 2: db1}"), "In `{1: dW2, 2: dW1}`, the keys do not match the values", "transposed"),
    ("03.backward", TANH.replace("1: db1, 2: db2", "1: db2, 2: db1"), "In `{1: db2, 2: db1}`, the keys", "summed"),
    ("03.backward", TANH.replace("(W[2].T @ dZ2) * (1 - A1 ** 2)", "W[2].T @ dZ2 * A1 * (1 - A1)"), "`A1 * (1 - A1)` is the slope of a different activation function", "entries"),
    ("04.backward", LISTS, "The entries of `gW` are in reverse order", "shape"),
    ("04.backward", BACKWARD.replace("W[l].T @ dZ", "W[L].T @ dZ"), "Look at the line `dZ = (W[L].T @ dZ)", "inner sizes"),
    ("04.forward", FORWARD, "`X.T` is not the right quantity", "inner sizes"),
    ("05.numerical", NUDGED, "`up = x` does not make a copy", "only a copy"),
    ("01.slope", "step = 2 * epsilon\nreturn (f(w + step) - f(w - step)) / step", "compares two points that are 0.004 apart, but divides by 0.002", "twice"),
    ("01.gradients", "dZ = 0.5 * (W @ A0 + b - Y) ** 2 / Y.shape[1]\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)", "is the square in the loss, not its derivative", "operation"),
    ("06.error", "if np.all(z > 0):\n    return W_after.T @ delta_after\nreturn np.zeros(z.shape)", "`if np.all(z > 0):` makes one decision for all entries", "zero everywhere"),
    ("07.saturated", "slopes = sigmoid_prime(Z)\nreturn slopes[slopes < 0.05].mean()", "`slopes[slopes < 0.05]` selects the values themselves", "should be 0."),
    ("07.saturated", "return sum(sigmoid_prime(Z) < 0.05) / Z.size", "goes through only the rows of the array", "not summed"),
    ("08.onehot", "Y = np.zeros((K, len(labels)))\nfor i, k in enumerate(labels):\n    Y[:k, i] = 1\nreturn Y", "selects a whole range of entries", "should be"),
    ("08.softmax", "top = np.exp(Z - Z.max(axis=0))\nreturn top / np.exp(Z).sum(axis=0)", "`np.exp(Z)` is not the right quantity", "entries"),
    ("09.divide", "return g / b, -g @ a.T / b**2", "multiplies every row or column of one array by every row or column of the other", "shape (3, 3)"),
    ("02.safe", "largest = np.max(-Z)\nreturn -(largest + np.log(np.exp(-largest) + np.exp(-Z - largest)))", "is a single value for all the entries", "combine"),
    ("02.safe", "out = np.zeros(Z.shape)\nout[Z < 0] = Z[Z < 0] - np.log1p(np.exp(Z[Z < 0]))\nreturn out", "only those from 0 to 2 give a wrong result", "The number `0`"),
    ("05.numerical", "for j in range(x.shape[1]):\n    pass\nreturn x", "has fewer entries than the code uses in the line `for j in range(x.shape[1]):`", "first and last"),
    ("08.softmax", "Z = Z - np.abs(Z).max(axis=0)\nreturn np.exp(Z) / np.exp(Z).sum(axis=0)", "`np.abs` does not belong", "same maximum"),
    ("09.divide", "return (g / b).T, (-g * a / b**2).sum(axis=1, keepdims=True).T", "The result is transposed", "quantities"),
    ("10.weighted", "m = max(sizes)\nreturn sum(s / m * g for g, s in zip(gradients, sizes))", "is not the right way to combine the entries", "left out"),
    ("09.divide", "return g / b, np.sum(g * a, axis=1, keepdims=True)", "The formula contains a square and a minus sign, but your code does not", "product"),
    ("08.softmax", "E = np.exp(np.minimum(Z, 40))\nreturn E / E.sum(axis=0)", "Capping makes different large logits equal", "Of the tested values"),
    ("08.softmax", "Z = Z - Z.max(axis=0)\nreturn np.exp(Z) / np.exp(Z.sum(axis=0))", "Two functions in `np.exp(Z.sum(axis=0))` are in the wrong order", "entries"),
    ("08.softmax", "Z = Z - Z.max(axis=0)\nreturn np.exp(Z) / np.exp(np.sum(Z, axis=0))", "Two functions in `np.exp(np.sum(Z, axis=0))` are in the wrong order", "entries"),
    ("07.saturated", "slope = Z * (1 - Z)\nreturn np.mean(slope < 0.05)", "A function is missing around `Z`", "0.05 and"),
    ("03.backward", TANH.replace("1 - A1 ** 2", "np.tanh(Z1)"), "`np.tanh(Z1)` is not the right function", "entries"),
    ("01.slope", "return lambda: (f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)", "Use the value that it computes, not the function", "parentheses"),
    ("02.safe", "return Z - np.log(1 + np.exp(Z))", "The first such value comes from the line `return Z - np.log(1 + np.exp(Z))`, which takes the exponential", "Look for"),
]  # fmt: skip


@pytest.mark.parametrize("name, text, words, never", FUNCTIONS)
def test_a_kind_of_mistake_is_named(name, text, words, never):
    said = judge(EXERCISES[name], written(name, body(name, text), gradients=EXERCISES["01.gradients"].solution))
    assert said.kind == "wrong"
    assert words in said.words and never not in said.words
    assert said.words.endswith("?")


TYPED = [  # exercise, code, words of the verdict, words that are not in it
    ("00.first", "answer = [4, 22]", "Which of these numbers does the question ask for", "combine"),
    ("02.loss", "answer = 2.172", "All the digits are right, but in the wrong order", "one at a time"),
    ("05.units", "answer = np.zeros((32, 10)).ndim", "counts the axes of the array", "single unit"),
    (
        "04.parameters",
        "n, answer = [784, 392, 196, 98, 1], 0\nfor i in range(5):\n    for j in range(i + 1, 5):\n        answer += n[i] * n[j]",
        "so every entry is combined with every later one",
        "one at a time",
    ),
    ("06.constant", "share = 28 / 80\nanswer = share ** 2 + (1 - share) ** 2", "0.545 is not right", "by itself"),
    ("06.interval", "answer = 0.13", "belongs to a score of 0.72", "1 − p is missing"),
    ("08.adam", "g = 3e-4\nm = 0.9 * g / (1 - 0.9)\nanswer = 0.01 * m / np.sqrt(g**2)", "0.09 is not right", "share"),
    ("09.twice", "answer = 3 + 6 + 9", "18 is f itself", "left out"),
    ("10.equal", "answer = 0.8 / (0.8 / 40 + 0.02)", "With 20 workers", "left out"),
    ("07.slopes", "answer = 1 - 0.25**10", "The operation in", "tanh"),
    ("11.adam", "answer = 3.5 - 0.5 / 0.02", "are done in the wrong order", "slip"),
    ("12.weights", "answer = 3 * 3 * 8 + 1 * 16", "are done in the wrong order", "slip"),
    ("08.adam", "answer = 0.01 * (1 - 0.999)", "1e-05 is not right", "0.0003"),
    ("08.adam", "answer = 0.01 * (1 - 0.999)", "one at a time", "decimal point"),
    (
        "07.spread",
        "rng = np.random.default_rng(0)\nz = 0.1 * rng.standard_normal((2000, 400)) @ rng.uniform(0, 1, 400)\nanswer = z.std()",
        "is not right",
        "2000",
    ),
    (
        "03.biases",
        "answer = 0\nfor before, after in [(12, 7), (7, 5), (5, 1)]:\n    answer += before",
        "inputs have no biases",
        "order",
    ),
    ("00.product", "row1 = 2 + 2 + 4\nrow2 = 2 + 1 + 12\nanswer = [row1, row2]", "are not right", "places"),
    ("09.passes", "answer = 784 * 30 + 30 + 30", "You have not used 10 from the question", "slip"),
]


@pytest.mark.parametrize("name, text, words, never", TYPED)
def test_a_kind_of_typed_mistake_is_named(name, text, words, never):
    said = said_of(name, text)
    assert said.kind == "wrong"
    assert words in said.words and never not in said.words


def test_arguments_of_inner_functions_do_not_come_from_the_notebook():
    text = body("02.safe", "def square(a):\n    return a * a\nreturn square(Z) + (lambda c: c)(b)")
    assert reading.outside(reading.read(written("02.safe", text, a=3.0, b=2.0, c=1.0))) == ["b"]


@pytest.mark.parametrize(
    "text, missing",
    [
        ("return Z", "a logarithm"),
        ("return -np.log1p(np.exp(-Z))", ""),
        ("return -np.logaddexp(0, Z)", ""),
        ("return lesson(Z)", ""),  # a function of the notebook may contain anything
    ],
)
def test_only_an_operation_that_the_code_has_in_no_form_is_missed(text, missing):
    function = written("02.safe", body("02.safe", text), lesson=lambda Z: Z)
    said = ingredients.about_missing(reading.read(function), EXERCISES["02.safe"].solution_text)
    assert missing in said and bool(said) == bool(missing)
