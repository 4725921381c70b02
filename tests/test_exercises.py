"""Exercises: untouched, right, each usual mistake, and answers of every strange kind."""

import numpy as np
import pytest

from helpers.activations import sigmoid, sigmoid_prime
from helpers.exercises import EXERCISES, check, verdict

VALUES = [name for name, exercise in EXERCISES.items() if exercise.arguments is None]


@pytest.mark.parametrize("name", EXERCISES)
def test_untouched_is_not_done_yet(name):
    assert verdict(name, None).startswith("Not done yet")


@pytest.mark.parametrize("name", VALUES)
def test_the_right_answer_in_any_clothes(name):
    right = EXERCISES[name].right
    for answer in (right, np.array(right), np.array(right, np.float32)):
        assert verdict(name, answer) == f"Right. {EXERCISES[name].reason}"


@pytest.mark.parametrize("name", VALUES)
def test_each_usual_mistake_gets_its_own_hint(name):
    for wrong, hint in EXERCISES[name].wrong:
        assert verdict(name, wrong) == f"Not yet. {hint}"


def test_the_function_exercise():
    name = "04.step"
    assert verdict(name, lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(Z)).startswith("Right.")
    assert verdict(name, lambda W, dZ, Z: None).startswith("Not done yet")
    assert "factor σ′(Z) is missing" in verdict(name, lambda W, dZ, Z: W.T @ dZ)
    assert "asks for its derivative" in verdict(name, lambda W, dZ, Z: (W.T @ dZ) * sigmoid(Z))
    assert "σ′ wants Z" in verdict(name, lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(sigmoid(Z)))
    assert "is a transpose missing?" in verdict(name, lambda W, dZ, Z: W @ dZ)
    assert "σ′(dA)" in verdict(name, lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(W.T @ dZ))
    assert "SystemExit came up" in verdict(name, lambda W, dZ, Z: exit())
    assert "TypeError came up" in verdict(name, lambda W: W)
    assert "an array of shape (3, 5) is wanted" in verdict(name, lambda W, dZ, Z: Z[:, 0])
    assert "wants a function" in verdict(name, np.zeros((3, 5)))


STRANGE = [
    "text",
    [],
    {},
    object(),
    np.nan,
    np.inf,
    [[1], [2, 3]],
    1 + 2j,
    lambda: 1,
    10**400,
    np.zeros((2, 2)),
    b"",
    7.5,
]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("answer", STRANGE, ids=lambda answer: type(answer).__name__)
def test_no_answer_breaks_it(name, answer, capsys):
    check(name, answer)
    said = capsys.readouterr().out
    assert said.startswith("Not yet")
    assert EXERCISES[name].reason not in said  # the solution is not given away


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("03.biases", [13]),
        ("01.weights", [[-3, -6]]),
        ("02.cost", 0.69),
        ("02.cost", 0.693),
        ("04.parameters", "404153"),
    ],
)
def test_how_an_answer_may_be_written(name, answer):
    assert verdict(name, answer).startswith("Not yet: the answer is text" if isinstance(answer, str) else "Right.")


@pytest.mark.parametrize("name", ["03.biases", "04.parameters", "03.shape"])
def test_a_count_is_right_or_wrong(name):
    right = np.array(EXERCISES[name].right)
    for off in (-100, -1, 1, 0.1):
        assert verdict(name, right + off).startswith("Not yet")


def test_an_unknown_name_lists_the_known_ones():
    assert "01.error" in verdict("01.eror", 1)
