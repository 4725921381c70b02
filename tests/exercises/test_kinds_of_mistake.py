"""Each kind of mistake is named where the code or a run of it bears that out, and nothing else is blamed."""
# ruff: noqa: E501  # the answers stand as they were typed

import numpy as np
import pytest
from test_causes import BACKWARD, TRAIN, body, patience, written  # noqa: F401
from test_cell import said_of

from helpers.exercises import reading, repair, traps, typed, warrants
from helpers.exercises.explaining import _comparison
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

TANH = """d2 = (A2 - Y) / Y.shape[1]
d1 = (W[2].T @ d2) * (1 - A1 ** 2)
dW = {1: np.einsum('ji,ni->jn', d1, A0), 2: np.einsum('ki,ji->kj', d2, A1)}
db = {1: np.einsum('ji->i', d1)[:, None], 2: np.einsum('ki->i', d2)[:, None]}
return dW, db"""
FORWARD = """Z, A = {}, {0: X.T}
for l in sorted(W):
    z = np.zeros((W[l].shape[0], X.shape[0]))
    for i in range(X.shape[0]):
        z[:, i] = W[l] @ A[l - 1][:, i] + b[l][0]
    Z[l], A[l] = z, g(z) if l < len(W) else g_out(z)
return Z, A"""
JACOBIAN = """dZ = np.zeros(A.shape)
for i in range(A.shape[1]):
    for j in range(len(A)):
        for k in range(len(A)):
            dZ[j, i] += g[j, i] * A[k, i] * ((k == j) - A[j, i])
return dZ"""
RECURSION = """if steps == 0:
    return W, b
dW, db = gradients(A0, Y, W, b)
return train(A0, Y, W - learning_rate * dW, b - learning_rate * db, learning_rate, steps - 2)"""
THREE_LAYERS = """dZ3 = (A[3] - Y) / Y.shape[1]
dZ2 = (W[3].T @ dZ3) * sigmoid_prime(Z[2])
dZ1 = (W[2].T @ dZ3) * sigmoid_prime(Z[1])
deltas = {1: dZ1, 2: dZ2, 3: dZ3}
return {l: deltas[l] @ A[l - 1].T for l in deltas}, {l: deltas[l].sum(axis=1, keepdims=True) for l in deltas}"""
STEP = "for _ in range(steps):\n    W, b = gradients(A0, Y, W, b)\n    W, b = W - learning_rate * W, b - learning_rate * b\nreturn W, b"
SORTED = "order = np.argsort(sizes)\nweights = np.array(sizes)[order] / np.sum(sizes)\nreturn sum(w * g for w, g in zip(weights, gradients))"
LOOP = """dW, db = np.zeros(W.shape), np.zeros(b.shape)
for i in range(Y.shape[1]):
    a = sigmoid(W @ A0[:, [i]] + b)
    error = (a - Y[0, i]) * a * (1 - a) / Y.shape[1]
    dW, db = dW + error @ A0[:, [i]].T, db + error
return dW, db"""

NUDGED = """gradient = np.zeros(x.shape)
for i in np.ndindex(x.shape):
    up, down = x.copy(), x.copy()
    up[i] += epsilon
    down[i] -= epsilon
    gradient[i] = (f(up) - f(down)) / (2 * epsilon)
return gradient"""
NUDGED_IN_PLACE = """flat, slopes = x.reshape(-1), []
for k in range(x.size):
    flat[k] += epsilon
    plus = f(x)
    flat[k] -= 2 * epsilon
    slopes.append((plus - f(x)) / (2 * epsilon))
    flat[k] -= epsilon
return np.array(slopes).reshape(x.shape)"""
FIXED = """Z1 = W[1] @ X.T + b[1]
Z2 = W[2] @ g(Z1) + b[2]
return {1: Z1, 2: Z2}, {0: X.T, 1: g(Z1), 2: g_out(Z2)}"""

FUNCTIONS = [  # exercise, body, words of the verdict, words that are not in it
    ("03.backward", TANH, "The letters after the arrow in `'ji->i'` are not correct", "`d1`"),
    ("04.forward", FORWARD, "The index in `b[l][0]` selects along the wrong axis", "`b[l]` has"),
    ("07.saturated", "return np.mean(sigmoid_prime(Z[1]) < 0.05)", "`Z[1]` selects only part of the array", "0.6"),
    ("10.weighted", SORTED, "`np.array(sizes)[order]` puts the entries in a different order", "1 minus"),
    ("09.softmax", JACOBIAN, "`j` in `g[j, i]` is not the right quantity", "`j` is"),
    ("01.train", STEP, "`W, b = gradients(A0, Y, W, b)` replaces values that are still needed", "entries"),
    ("01.train", RECURSION, "calls itself with `steps - 2` in the line", "Is there a case"),
    ("02.gradients", LOOP, "`a * (1 - a)` should be left out", "same results"),
    (
        "02.gradients",
        "dZ = (sigmoid(sigmoid(W @ A0 + b)) - Y) / Y.shape[1]\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
        "`sigmoid` is applied twice",
        "does not belong",
    ),
    ("06.error", "return (delta_after.T @ W_after) * (z > 0)", "has its rows and columns the wrong way round", "order"),
    ("06.error", "return z > 0 * (W_after.T @ delta_after)", "are done in the wrong order", "should be -"),
    ("05.bugs", THREE_LAYERS, "Here is one of them: `dZ3` is not the right quantity. Look at the line `dZ1 =", "sizes"),
    ("05.distance", "return np.linalg.norm(p - q) / np.hypot(np.linalg.norm(p), np.linalg.norm(q))", "is the root of a sum of squares", "0."),
    ("05.numerical", "return np.gradient(f(x), epsilon)", "It does not differentiate a function", "nudged"),
    ("02.tanh", "return (np.tanh(Z + 0.1) - np.tanh(Z)) / 0.1", "is a numerical derivative", "simplify"),
    ("01.slope", "return (cost(W + epsilon) - cost(W)) / epsilon", "but never its own arguments `f` and `w`", "`Y`"),
    ("07.saturated", "return len(np.nonzero(sigmoid_prime(Z) < 0.05)) / Z.size", "`len` counts the axes", "positive"),
    ("05.numerical", NUDGED.replace("gradient[i] =", "gradient +="), "changes the whole array in every iteration", "wrong."),
    ("01.train", TRAIN.replace("dZ =", "if np.abs(W).max() > 1:\n        break\n    dZ =", 1), "may end the loop too early", "left out"),
    ("05.distance", "return np.linalg.norm(p - q, axis=0) / (np.linalg.norm(p, axis=0) + np.linalg.norm(q, axis=0))", "runs along only one axis", "which one should"),
    ("04.forward", FIXED, "always uses the keys `1` and `2`", "Which keys"),
    ("06.flatten", "return pictures.reshape(pictures.shape[0], pictures.shape[1] * pictures.shape[2]) / 255", "uses axes `0`, `1` and `2` of `pictures`", "types"),
    ("10.deal", "sizes = [m // K] * K\nfor k in range(m % K):\n    sizes[k] += m % K\nreturn sizes", "each of the first shards all the examples that are left over", "replaced"),
    ("04.step", "a = 1 / (1 + np.exp(Z_before))\nreturn W.T @ dZ * a * a", "multiplies a value by itself", "1 minus"),
    ("04.step", "a = 1 / (1 + np.exp(-Z_before))\nreturn W.T @ dZ * a ** 2", "`a ** 2` multiplies a value by itself", "1 minus"),
    ("08.onehot", "Y = np.zeros((K, len(labels)))\nY[labels, np.arange(K)] = 1\nreturn Y", "`K` is not the right number", "shape mismatch"),
    ("10.weighted", "total = gradients[0]\nfor g in gradients[1:]:\n    total = (total + g) / 2\nreturn total", "also divides the sum from earlier iterations", "never used"),
    ("08.softmax", "E = np.exp(Z - Z.max(axis=0))\nP, total = np.zeros(Z.shape), 0\nfor k in range(len(E)):\n    total = total + E[k]\n    P[k] = E[k] / total\nreturn P", "`total = total + E[k]` is still adding to a sum", "should be"),
    ("03.layer", "dW = db = 0\nfor i in range(dZ.shape[1]):\n    db += dZ[:, [i]]\n    dW += db @ A_before[:, [i]].T\nreturn dW, db", "`db += dZ[:, [i]]` is still adding", "entries"),
    ("09.softmax", "return A * (g - g * A.sum(axis=0))", "The operations in `g * A.sum(axis=0)` are done in the wrong order", "entries"),
    ("08.onehot", "Y = np.zeros((K, len(labels)))\nfor i, k in enumerate(labels):\n    Y[i, k] = 1\nreturn Y", "The two entries of `(i, k)`", "`for"),
    ("10.deal", "r = m % K\nreturn [m // K + 1] * r + [m // K] * K - r", "are done in the wrong order", "list"),
    ("10.deal", "sizes = []\nfor k in range(K):\n    sizes.append(m // K)\n    m -= m // K\nreturn sizes", "are still waiting for their examples", "entries"),
    ("05.numerical", NUDGED.replace("x.copy(), x.copy()", "x, x.copy()"), "does not make a copy", "`return"),
    ("02.safe", "return sigmoid(Z)", "That is σ(z) itself", "-1000"),
    ("07.saturated", "return np.mean(np.abs(Z) > 4)", "at the limit that you use for |z|", "quarter"),
    ("05.numerical", NUDGED_IN_PLACE, "add up to -2 times `epsilon`, so it does not return to its original value. Look at the line `flat[k] -= epsilon`.", "`return"),
    ("02.tanh", "import math\nreturn 1 - math.tanh(Z) ** 2", "for single numbers is applied to a whole array", "types and"),
]  # fmt: skip


@pytest.mark.parametrize("name, text, words, never", FUNCTIONS)
def test_a_kind_of_mistake_is_named(name, text, words, never):
    notebook = {"gradients": EXERCISES["01.gradients"].solution, "cost": np.sum, "W": np.ones(2)}
    said = judge(EXERCISES[name], written(name, body(name, text), **notebook))
    assert said.kind == "wrong"
    assert words in said.words and never not in said.words
    assert said.words.endswith("?")


@pytest.mark.parametrize(
    "values, is_share", [([0.2, 0.9], True), ([0.2, 1.5], False), ([0, 1], False), (["a"], False), ([-0.1], False)]
)
def test_only_a_share_is_subtracted_from_one(values, is_share):
    assert warrants.TESTS["complement"](values) == is_share


def test_the_values_of_an_expression_are_those_of_the_run():
    code = reading.read(
        written("04.update", body("04.update", "step = learning_rate * gradient\nreturn parameter - step"))
    )
    cases = EXERCISES["04.update"].cases()
    node = code.tree.body[0].value
    seen = warrants.values_of(node, code, cases, repair.compiled)
    np.testing.assert_equal(seen, [rate * gradient for _, gradient, rate in cases])
    assert code.tree.body[0].value is node


TYPED = [  # exercise, code, words of the verdict, words that are not in it
    ("05.error", "p, q = 2, 1\nanswer = (p - q) / np.sqrt(p**2 + q**2)", "is the root of a sum of squares", "order"),
    ("02.steep", "answer = np.degrees(np.arctan(0.16))", "turns a slope into an angle", "one at a time"),
    ("02.steep", "answer = 0.8 * (1 + 0.8)", "The sign in the second factor is wrong", "tanh"),
    ("08.error", "answer = np.log(4)", "is part of the cost", "list of 3"),
    ("00.first", "answer = [2] * 2", "repeats the list", "combine"),
    ("06.constant", "labels = [1] * 28 + [0] * 80\nanswer = sum(labels) / len(labels)", "the 80 already include them", "repeats"),
    ("10.equal", "K = 1\nwhile 0.8 / K + 0.02 > 0.02:\n    K *= 2\n    if K > 1000:\n        break\nanswer = K", "`0.02` occurs on both sides", "one at"),
    ("04.parameters", "answer = 404,153", "the comma makes this a pair of numbers", "combine"),
    ("09.twice", "answer = 4 * 2", "the sum passes it on twice", "`4`"),
    ("07.slopes", "answer = 1 / (0.25 * 10)", "The operation in `0.25 * 10` is not the right one", "not among"),
    ("05.units", "answer = 2 ** (32 + 10)", "The operation in `answer = 2 ** (32 + 10)` is not the right one", "What kind"),
    ("03.shape", "answer = '5, 7, 1'", "Without the quotes, it would contain 3", "Write it"),
    ("12.shared", "answer = sum({0.2, 0.2, -0.5})", "keeps each value only once", "exactly once"),
    ("08.byhand", "answer = [0.125, 0.625]", "list of 3 numbers, but these are only 2 of them", "list of 2"),
    ("02.steep", "z = np.log(4)\nanswer = np.exp(z) / (1 + np.exp(z) ** 2)", "are done in the wrong order", "This is σ"),
    ("06.interval", "answer = 2 * (0.8 * 0.2 / 200) ** 1 / 2", "only the 1 is the exponent", "one at a time"),
    ("07.slopes", "answer = np.exp(10 / 4)", "e is raised to a power", "one at a time"),
    ("08.byhand", "answer, total = [], 0\nfor e in (1, 2, 5):\n    total += e\n    answer.append(e / total)", "`total += e` is still adding", "of the 3"),
    ("08.byhand", "e = np.exp([0, 2, 5])\nanswer = e / e.sum()", "In the question, `2` occurs only inside a logarithm", "one at a time"),
    ("08.byhand", "answer = [1 / 8, 2 / 8, 4 / 8]", "Which of the three exponentials is too small", "of the 3"),
    ("09.passes", "n = [784, 30, 10]\nanswer = sum((a + 1) * b for a in n for b in n)", "The loops run over all of `n`", "one at a time"),
    ("09.passes", "answer = 784 * 30 * 10", "the sizes of all three layers", "parameter counts"),
    ("08.error", "a = np.array([0.5, 0.25, 0.25])\nanswer = (np.diag(a) - np.outer(a, a))[1].tolist()", "a row of the Jacobian", "ratios"),
    ("10.patterns", "answer = [51, 49, 112]", "Those are milliseconds", "250000"),
    ("12.weights", "answer = (16 * 3 * 3 + 8) * 16", "2432 is not right", "order"),
    ("00.first", "answer = sum([2, 2, 2])", "6 is 2 + 2 + 2", "The number"),
    ("12.shared", "answer = sum([-0.5, 0.2, 0.2, 0.2])", "0.2, 0.2, 0.2]` has one entry too many", "The number"),
    ("01.error", "answer = -2", "Did you make a slip", "one at a time"),
    ("01.error", "prediction = 5\ntarget = 2\nanswer = prediction - target", "In your code, `prediction` is 5 and `target` is 2. Which value does the question", "sign"),
    ("01.error", "first = 5\nsecond = 2\nanswer = first - second", "What does each name stand for", "sign"),
    ("01.error", "z, y = 2, 5\nanswer = y - z", "sign is wrong", "in the wrong order"),
    ("00.partial", "x, y = 2, 5\nanswer = 2 * x ** 3 * y", "Two numbers in `answer = 2 * x ** 3 * y`", "operation"),
    ("00.uphill", "answer = 0.1 * (2 * 0.8 - 0.6)", "Two numbers in", "wrong order"),
    ("00.product", "answer = [1 * 2 + 2 * 1 + 0 * 4, 0 * 2 + 1 * 1 + 3 * 3]", "The number `3` in `3 * 3`", "Two numbers"),
    ("00.copy", "answer = 2 * 10 + 3", "multiplies w[1], not w[0]", "Two numbers"),
    ("00.uphill", "answer = 0.1 * 2 * 0.6 - 0.8", "are done in the wrong order", "one at a time"),
    ("00.partial", "f = lambda x, y: x**3 * y\nh = 1e-6\nanswer = (f(2 + h, 5) - f(2 - h, 5)) / h", "are 2e-06 apart, but divides by 1e-06", "left out"),
    ("00.partial", "answer = (3 * 2) ** 2 * 5", "`(3 * 2) ** 2` are done in the wrong order", "The operation in"),
    ("01.error", "z, y = 2, 5\nJ = 0.5 * (z - y) ** 2\nanswer = J / z", "2.25 is not right", "by itself"),
    ("01.error", "z, y, m = 2, 5, 1\nanswer = (z - y) ** 2 / (2 * m)", "This is the loss itself", "wrong order"),
    ("02.loss", "a = 1 / (1 + np.exp(-2))\nanswer = -np.log(1 - a) / 2", "no factor of ½", "`a = "),
    ("03.weight", "answer = -0.648 * 0.24", "`* 0.24` should be left out", "0.8"),
    ("07.spread", "answer = 400 * 0.1 ** 2 ** 0.5", "`2 ** 0.5` is computed first", "one at a time"),
    ("08.adam", "u, s = 0.9 * 3e-4, 0.999 * 9e-8\nanswer = 0.01 * (u / 0.1) / np.sqrt(s / 0.001)", "weights β₁ and β₂", "left out"),
    ("09.twice", "x = 3\nanswer = 2 * x + x", "too small by 3", "wrong order"),
    ("09.twice", "answer = 2 * 3 ** 2", "18 is f itself", "Two numbers"),
    ("11.sum", "answer = 28 * 0.03 * 0.2", "`28` in the line", "random"),
    ("01.error", "J = lambda z: 0.5 * (z - 5) ** 2\nh = 1e-5\nup, down = J(2 + h), J(2 - h)\nanswer = (up - down) / h", "compares two points that are 2e-05 apart, but divides by 1e-05", "½"),
    ("04.parameters", "answer = 8", "This is far too small", "one at a time"),
    ("03.biases", "answer = [7, 5, 1]", "The right numbers are there", "not right"),
    ("03.biases", "answer = [7, 5]", "How can you combine them", "right numbers"),
]  # fmt: skip


@pytest.mark.parametrize("name, text, words, never", TYPED)
def test_a_kind_of_typed_mistake_is_named(name, text, words, never):
    said = said_of(name, text)
    assert said.kind == "wrong"
    assert words in said.words and never not in said.words


def test_traps_are_explained_only_where_they_occur():
    f = lambda x: x  # noqa: E731
    for text, arguments, found in (
        ("return np.median(Z)", (1,), True),
        ("return np.mean(Z)", (1,), False),
        ("return (np.tanh(Z + 1) - np.tanh(Z)) / 2", (1,), True),
        ("return (np.tanh(Z + 1) - np.tanh(Z)) / 2", (f,), False),  # a derivative of an argument must be numerical
        ("return (np.tanh(Z) - np.exp(Z)) / 2", (1,), False),
    ):
        code = reading.read(written("02.tanh", body("02.tanh", text)))
        assert bool(traps.of(code, arguments)) == found, text


def test_a_number_is_called_too_small_only_far_from_the_right_one():
    far, near = (typed.look(np.asarray(v), np.asarray(172062), False) for v in (8, 172000.5))
    assert "too small" in far and "too small" not in near


def test_a_complete_mistake_is_right_in_one_case_at_least():
    code = reading.read(written("05.bugs", body("05.bugs", THREE_LAYERS)))
    found = repair.find(code, EXERCISES["05.bugs"].cases(), _comparison(EXERCISES["05.bugs"]), 20)
    assert found.complete and not found.whole and found.edit.kind == found.kind == "name"
