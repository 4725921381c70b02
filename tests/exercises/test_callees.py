"""A mistake in a function that the answer calls is not blamed on the answer."""

import numpy as np
import pytest
from test_causes import AT_HAND, BACKWARD, body, patience, written  # noqa: F401

from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES

TRAIN = "for _ in range(steps):\n    dW, db = gradients(A0, Y, W, b)\n    W, b = W - learning_rate * dW, b - learning_rate * db\nreturn W, b"  # noqa: E501
LOGISTIC = "dZ = (sigmoid(W @ A0 + b) - Y) / Y.shape[1]\nreturn dZ @ A0.T, dZ.sum(axis=1, keepdims=True)"
DEEP = """for _ in range(steps):
    Z, A = forward(X, W, b, sigmoid, sigmoid)
    dW, db = backward(Y, W, Z, A, sigmoid_prime)
    W = {l: update(W[l], dW[l], learning_rate) for l in W}
    b = {l: update(b[l], db[l], learning_rate) for l in b}
return W, b"""
HELPERS = {
    "sigmoid": "def sigmoid(Z):\n    return 1 / (1 + np.exp(Z))",
    "tanh": "def tanh(Z):\n    return (np.exp(Z) - np.exp(-Z)) / (2 * np.exp(Z))",
    "gradients": "def gradients(A0, Y, W, b):\n    dZ = W @ A0 + b - Y\n    return dZ @ A0.T / Y.shape[1], dZ.sum(axis=1, keepdims=True)",  # noqa: E501
    "backward": body("04.backward", BACKWARD.replace("Z[l - 1]", "A[l - 1]")),
}
CASES = [
    ("02.gradients", LOGISTIC, "sigmoid", "For z = 1, it returns 0.2689 instead of 0.7311."),
    ("02.tanh", "return 1 - tanh(Z) ** 2", "tanh", "For z = 1, it returns 0.4323 instead of 0.7616."),
    ("01.train", TRAIN, "gradients", "Your function `gradients` is wrong."),
    (
        "04.train",
        DEEP,
        "backward",
        '`backward`, which your function calls, is not right yet. What does `check("04.backward"',
    ),
]


def function(name):
    scope = dict(AT_HAND)
    exec(HELPERS[name], scope)  # our own text
    return scope[name]


@pytest.mark.parametrize("name, text, helper, words", CASES)
@pytest.mark.parametrize("same_cell", [False, True])
def test_the_function_that_is_called_is_named(name, text, helper, words, same_cell):
    text = body(name, text)
    answer = (
        written(name, f"{HELPERS[helper]}\n\n\n{text}")
        if same_cell
        else written(name, text, **{helper: function(helper)})
    )
    said = judge(EXERCISES[name], answer)
    assert said.kind == "wrong" and words in said.words and said.words.endswith("?")


@pytest.mark.parametrize("name, text, helper", [case[:3] for case in CASES])
def test_a_mistake_in_the_answer_is_not_blamed_on_a_right_function(name, text, helper):
    right = AT_HAND.get(helper) or {"tanh": np.tanh, "gradients": EXERCISES["01.gradients"].solution}[helper]
    copy = {helper: lambda *arguments: right(*arguments)}
    assert judge(EXERCISES[name], written(name, body(name, text), **copy)).kind == "right"
    said = judge(
        EXERCISES[name],
        written(name, body(name, text.replace("return ", "return 0, " if "," in text else "return -")), **copy),
    )
    assert said.kind == "wrong" and f"`{helper}`" not in said.words


def test_a_function_of_another_form_is_not_blamed():
    """The slope of tanh may be written as a function of a = tanh z, if the answer calls it in this way."""
    scope = {"tanh_prime": eval("lambda A: 1 - A**2", {})}  # our own text
    text = "dZ2 = (A2 - Y) / Y.shape[1]\ndZ1 = W[2].T @ dZ2 * tanh_prime({})\nreturn ({{1: dZ1 @ A0.T, 2: dZ2 @ A1.T}}, {{1: dZ1.sum(axis=1, keepdims=True), 2: dZ2.sum(axis=1, keepdims=True)}})"  # noqa: E501
    answer = written("03.backward", body("03.backward", text.format("A1")), **scope)
    assert judge(EXERCISES["03.backward"], answer).kind == "right"
    answer = written("03.backward", body("03.backward", text.format("A1").replace("A2 - Y", "Y - A2")), **scope)
    assert "`tanh_prime`" not in judge(EXERCISES["03.backward"], answer).words


def test_the_last_line_is_not_pointed_to_if_the_mistake_may_be_above_it():
    text = "S = np.tril(Q @ K.T / np.sqrt(Q.shape[1]))\nE = np.exp(S - S.max(axis=1, keepdims=True))\nreturn {} @ V"
    for end in ("E / E.sum(axis=1, keepdims=True)", "(E / E.sum(axis=1, keepdims=True))"):
        said = judge(EXERCISES["12.attention"], written("12.attention", body("12.attention", text.format(end))))
        assert "the exponential of 0 is 1" in said.words and "`return" not in said.words
