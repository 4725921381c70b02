"""Mistakes in code that works example by example are named, and so are those that the code shows at a glance."""
# ruff: noqa: E501  # the answers stand as they were typed

import pytest
from test_causes import body, patience, written  # noqa: F401
from test_cell import said_of

from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

BIAS = "\nreturn dW, dZ.sum(axis=1, keepdims=True)"
STEP = "for _ in range(steps):\n    dW, db = gradients(A0, Y, W, b)\n    "
FORWARD = "Z, A = {}, {0: X.T}\nfor l in range(1, len(W) + 1):\n    Z[l] = W[l] @ A[l - 1] + b[l]\n    "
NUDGED = "return (f(w * (1 + epsilon)) - f(w * (1 - epsilon))) / (2 * epsilon)"
JACOBIAN = "dZ = np.zeros(A.shape)\nfor i in range(A.shape[1]):\n    a = A[:, i]\n    dZ[:, i] = (np.diag(a) - {}) @ g[:, i]\nreturn dZ"
BACK = """L, dW, db = len(W), {}, {}
dZ = (A[L] - Y) / Y.shape[1]
for l in range(L, 0, -1):
    dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
    if l > 1:
        dA = (W[l].T @ dZ) * g_prime(Z[l - 1])
return dW, db"""

FUNCTIONS = [  # exercise, body, words of the verdict
    (
        "01.train",
        STEP + "V, c = W - learning_rate * dW, b - learning_rate * db\nreturn V, c",
        "Every iteration starts from the same values",
    ),
    (
        "01.train",
        STEP + "V = W - learning_rate * dW\n    c = b - learning_rate * db\nreturn V, c",
        "Every iteration starts from the same values",
    ),
    (
        "01.train",
        STEP + "W, b = -learning_rate * dW, -learning_rate * db\nreturn W, b",
        "replaces the value in every iteration",
    ),
    ("01.slope", NUDGED, "changes the value by a fraction of itself"),
    (
        "01.gradients",
        "dZ = (W @ A0 + b - Y) / Y.shape[1]\ndW = np.einsum('ji,ki->j', dZ, A0)[:, np.newaxis]" + BIAS,
        "letters after the arrow in `'ji,ki->j'`",
    ),
    (
        "03.layer",
        "dW = np.zeros((len(dZ), len(A_before)))\nfor k in range(len(dZ)):\n    for j in range(len(A_before)):\n"
        "        dW[k, j] = dZ[k, 0] * A_before[j, 0]" + BIAS,
        "always uses the same single column",
    ),
    (
        "03.layer",
        "m = dZ.shape[1]\ndW = m * dZ @ A_before.T\ndb = m * dZ.sum(axis=1, keepdims=True)\nreturn dW, db",
        "`m` should be left out. Look at the line `db = m * dZ.sum(axis=1, keepdims=True)`. The same mistake occurs in 2 places",
    ),
    ("04.backward", BACK, "under a name that is never used"),
    (
        "04.forward",
        FORWARD + "A[l] = g(b[l]) if l < len(W) else g_out(b[l])\nreturn Z, A",
        "`b[l]` is not the right quantity. Look at the line `A[l] = g(b[l])",
    ),
    ("04.update", "return max(parameter - learning_rate * gradient, 0)", "`max` does not belong in"),
    (
        "07.sizes",
        "for l in dW:\n    sizes = {l: np.sqrt(np.mean(dW[l] ** 2))}\nreturn sizes",
        "only the last one is returned",
    ),
    (
        "08.softmax",
        "for i in range(Z.shape[1]):\n    e = np.exp(Z[:, i] - Z[:, i].max())\n    A = e / e.sum()\nreturn A",
        "only the last one is returned",
    ),
    ("09.softmax", JACOBIAN.format("a * a"), "`a * a` does not give a matrix"),
    ("09.softmax", JACOBIAN.format("a @ a"), "`a @ a` does not give a matrix"),
]


@pytest.mark.parametrize("name, text, words", FUNCTIONS)
def test_a_mistake_from_pass_to_pass_is_named(name, text, words):
    said = judge(EXERCISES[name], written(name, body(name, text), gradients=EXERCISES["01.gradients"].solution))
    assert said.kind == "wrong" and words in said.words


def test_a_condition_is_not_mended_by_comparing_a_name_with_itself():
    text = BACK.replace("dA = ", "dZ = ").replace("g_prime", "sigmoid_prime")
    text = text.replace(
        "    if l > 1",
        "    dW[l] = dW[l] / Y.shape[1]\n    if l == L:\n        dW[l] = dW[l] * Y.shape[1]\n    if l > 1",
    )
    said = judge(EXERCISES["05.bugs"], written("05.bugs", body("05.bugs", text)))
    assert "The code under `if l == L:` should run every time" in said.words


TYPED = [  # exercise, code, words of the verdict, words that are not in it
    ("01.error", "J = lambda z: 0.5 * (z - 5) ** 2\nanswer = J(3) - J(2)", "two points that are 1 apart", "formula"),
    (
        "00.partial",
        "h = 1\nf = lambda x: x**3 * 5\nanswer = (f(2 + h) - f(2)) / h",
        "two points that are 1 apart",
        "formula",
    ),
    (
        "01.weights",
        "answer = [w - 0.3 * g for w, g in zip((1, 1), (-3, -6))]",
        "looks like a step of gradient descent",
        "among",
    ),
    ("05.error", "q = 1\np = q**2\nanswer = abs(p - q) / (p + q)", "both `p` and `q` are 1", "//"),
    ("06.interval", "answer = (0.743, 0.857)", "the two ends of an interval", "combine"),
    ("00.first", "answer = 2.2", "a decimal point", "formula"),
    ("03.biases", "answer = 0\nfor size in [7, 5, 1]:\n    answer += size + 1", "`+ 1` should be left out", "`5`"),
    (
        "04.parameters",
        "n = (784, 392, 196, 98, 1)\nW = [np.zeros((n[l], n[l - 1])) for l in range(1, 5)]\nb = [np.zeros((k, 1)) for k in n[1:]]\n"
        "answer = sum(len(p) for p in W + b)",
        "`len(p)` counts only the rows",
        "`5`",
    ),
    (
        "02.loss",
        "answer = np.log(2 + np.exp(2))",
        "The number `2` in `2 + np.exp(2)`",
        "changes the result",
    ),
]


@pytest.mark.parametrize("name, text, words, others", TYPED)
def test_a_typed_mistake_is_seen_at_a_glance(name, text, words, others):
    said = said_of(name, text).words
    assert words in said and others not in said
