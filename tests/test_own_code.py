"""The reader's own network in place of ours: checked first, then used everywhere, and given back."""

import numpy as np
import pytest

from helpers import network, optimizers
from helpers.exercises import keep, lesson_04, own_code, use_my_code, use_our_code
from helpers.gradient_check import check_gradients

OURS = {"forward": network.forward, "backward": network.backward}
STEP = optimizers.OPTIMIZERS["gradient_descent"]
MINE = {"forward": lesson_04.forward, "backward": lesson_04.backward, "update": lesson_04.update}


@pytest.fixture(autouse=True)
def ours_again(monkeypatch):
    monkeypatch.setattr(own_code, "_kept", {})
    yield
    use_our_code()


def installed():
    return {name: getattr(network, name) for name in OURS} | {"update": optimizers.OPTIMIZERS["gradient_descent"]}


def task(outputs=1, m=40):
    rng = np.random.default_rng(0)
    return rng.standard_normal((m, 5)), rng.integers(0, max(outputs, 2), m)


@pytest.mark.parametrize(
    "options",
    [
        {"layer_sizes": [4, 3, 1]},
        {"layer_sizes": [4, 1], "hidden_activation": "relu", "batch_size": 16},
        {"layer_sizes": [4, 3], "hidden_activation": "tanh", "output": "softmax", "optimizer": "adam"},
        {"layer_sizes": [1], "output": "identity", "l2": 0.1},
        {"layer_sizes": [3, 1], "dtype": np.float32},
    ],
    ids=str,
)
def test_the_network_gives_the_same_on_the_readers_code(options):
    X, y = task(options["layer_sizes"][-1])
    theirs = network.NeuralNetwork(iterations=15, **options).fit(X, y)
    keep(**MINE)
    use_my_code()
    assert all(installed()[name] is not OURS[name] for name in OURS)
    mine = network.NeuralNetwork(iterations=15, **options).fit(X, y)
    rtol = 1e-4 if options.get("dtype") else 1e-9
    np.testing.assert_allclose(mine.cost_history_, theirs.cost_history_, rtol=rtol)
    np.testing.assert_allclose(mine.predict(X), theirs.predict(X), rtol=rtol)


def test_examples_in_blocks_are_weighted_by_their_number(monkeypatch):
    monkeypatch.setattr(network, "BLOCK", 7)  # 40 examples in 6 blocks of different sizes
    test_the_network_gives_the_same_on_the_readers_code({"layer_sizes": [4, 3, 1]})


def test_their_functions_are_really_called():
    called = []

    def spying(name):
        def spy(*arguments):
            called.append(name)
            return MINE[name](*arguments)

        return spy

    keep(**{name: spying(name) for name in MINE})
    called.clear()
    network.NeuralNetwork([3, 1], iterations=2).fit(*task())
    assert not called  # kept is not yet used
    use_my_code()
    network.NeuralNetwork([3, 1], iterations=2).fit(*task())
    assert set(called) == set(MINE)
    use_our_code()
    called.clear()
    network.NeuralNetwork([3, 1], iterations=2).fit(*task())
    assert not called


def test_a_new_backward_is_not_judged_by_the_readers_forward():
    called = []

    def spying_forward(*arguments):
        called.append("forward")
        return lesson_04.forward(*arguments)

    keep(forward=spying_forward)
    use_my_code()
    called.clear()
    keep(backward=lesson_04.backward)
    assert not called


def test_the_judge_stays_independent():
    keep(**MINE)
    use_my_code()
    X, y = task()
    assert check_gradients(X, y[np.newaxis], *network.initialize_parameters([5, 3, 1])).right
    assert check_gradients.__globals__["forward"] is OURS["forward"]


def wrong_backward(Y, W, Z, A, g_prime):
    dW, db = lesson_04.backward(Y, W, Z, A, g_prime)
    return {l: 2 * dW[l] if l == 2 else dW[l] for l in dW}, db


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ({}, "Give at least one function"),
        ({"forward": lambda *_: None}, "`forward` is not written yet"),
        ({"update": lambda p, g, rate: p + rate * g}, "`update`: That climbs"),
        (MINE | {"backward": wrong_backward}, "dW[2]  relative error 3e-01  is 2.000 × the numerical one"),
        (MINE | {"backward": 3}, "A function is wanted"),
        (MINE | {"update": lambda p, g: p}, "does not take the arguments"),
    ],
    ids=str,
)
def test_wrong_code_is_refused_with_its_report(functions, words, capsys):
    keep(**functions)
    assert words in capsys.readouterr().out
    use_my_code()
    assert "there is no my_network.py" in capsys.readouterr().out
    assert installed() == OURS | {"update": STEP}


def test_a_backward_that_only_fits_the_exercise_is_refused(capsys):
    """It looks right in the exercise, whose networks have one output unit."""

    def backward(Y, W, Z, A, g_prime):
        dW, db = lesson_04.backward(Y, W, Z, A, g_prime)
        return dW, {l: db[l] * (1 if len(Y) == 1 else 2) for l in db}

    keep(backward=backward)
    out = capsys.readouterr().out
    assert "`backward` fails the gradient check" in out and "2.000 ×" in out


def test_one_function_alone_can_be_kept(capsys):
    keep(update=lesson_04.update)
    use_my_code()
    assert "now runs on your `update`" in capsys.readouterr().out
    assert installed()["forward"] is OURS["forward"] and installed()["update"] is not STEP


FILE = """
import numpy as np

def forward(X, W, b, g, g_out):
    Z, A = {}, {0: X.T}
    for l in range(1, len(W) + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = g_out(Z[l]) if l == len(W) else g(Z[l])
    return Z, A

def update(parameter, gradient, learning_rate):
    return parameter - learning_rate * gradient
"""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (FILE, "now runs on your `forward` and `update`"),
        (FILE.replace("parameter -", "parameter +"), "`update`: That climbs"),
        (FILE + "def backward(", "stopped with SyntaxError"),
        (FILE + "import sys; sys.exit()", "leaves Python by exit()"),
        (FILE + "1 / 0", "stopped with ZeroDivisionError"),
        ("x = 1", "defines none of `forward`, `backward` and `update`"),
        (None, "there is no my_network.py beside it"),
    ],
    ids=str,
)
def test_the_readers_file_is_read_when_asked_for(source, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if source is not None:
        (tmp_path / "my_network.py").write_text(source, encoding="utf-8")
    use_my_code()
    assert words in capsys.readouterr().out
    assert (installed() == OURS | {"update": STEP}) == ("now runs" not in words)
    assert not list(tmp_path.glob("*.json"))
