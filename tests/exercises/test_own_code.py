"""The reader's own network in place of ours: checked first, then used everywhere, and given back."""

import os
import sys

import numpy as np
import pytest

from helpers.backprop import network, optimizers
from helpers.exercises import keep, lesson_04, own_code, use_my_code, use_our_code
from helpers.gradient_check import check_gradients
from helpers.training import NeuralNetwork, blocks

OURS = {"forward": blocks.forward, "backward": blocks.backward}
STEP = optimizers.OPTIMIZERS["gradient_descent"]
MINE = {"forward": lesson_04.forward, "backward": lesson_04.backward, "update": lesson_04.update}


@pytest.fixture(autouse=True)
def ours_again(monkeypatch):
    monkeypatch.setattr(own_code, "_kept", {})
    monkeypatch.setattr(own_code, "_source", {"modified": None})
    yield
    use_our_code()


def installed():
    return {name: getattr(blocks, name) for name in OURS} | {"update": optimizers.OPTIMIZERS["gradient_descent"]}


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
)
def test_the_network_gives_the_same_on_the_readers_code(options):
    X, y = task(options["layer_sizes"][-1])
    theirs = NeuralNetwork(iterations=15, **options).fit(X, y)
    keep(**MINE)
    use_my_code()
    assert all(installed()[name] is not OURS[name] for name in OURS)
    mine = NeuralNetwork(iterations=15, **options).fit(X, y)
    rtol = 1e-4 if options.get("dtype") else 1e-9
    np.testing.assert_allclose(mine.cost_history_, theirs.cost_history_, rtol=rtol)
    np.testing.assert_allclose(mine.predict(X), theirs.predict(X), rtol=rtol)


def test_examples_in_blocks_are_weighted_by_their_number(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 7)  # 40 examples in 6 blocks of different sizes
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
    NeuralNetwork([3, 1], iterations=2).fit(*task())
    assert not called  # kept is not yet used
    use_my_code()
    NeuralNetwork([3, 1], iterations=2).fit(*task())
    assert set(called) == set(MINE)
    use_our_code()
    called.clear()
    NeuralNetwork([3, 1], iterations=2).fit(*task())
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
    assert check_gradients.__globals__["forward"] is network.forward


def wrong_backward(Y, W, Z, A, g_prime):
    dW, db = lesson_04.backward(Y, W, Z, A, g_prime)
    return {l: 2 * dW[l] if l == 2 else dW[l] for l in dW}, db


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ({}, "Pass at least one function"),
        ({"forward": lambda *_: None}, "`forward` has not been written yet"),
        (
            {"update": lambda p, g, rate: p + rate * g},
            "`update`: Look at the line `lambda p, g, rate: p + rate * g`. Your step goes uphill",
        ),
        (MINE | {"backward": wrong_backward}, "dW[2]  relative error 3e-01  is 2.000 × the numerical gradient"),
        (MINE | {"backward": 3}, "The answer should be a function"),
        (MINE | {"update": lambda p, g: p}, "does not take the arguments"),
    ],
)
def test_wrong_code_is_refused_with_its_report(functions, words, capsys):
    keep(**functions)
    assert words in capsys.readouterr().out
    use_my_code()
    assert "there is no my_network.py" in capsys.readouterr().out
    assert installed() == OURS | {"update": STEP}


def test_a_backward_that_only_fits_the_exercise_is_refused(capsys):
    """It looks right in the exercise, where no network of three layers has several output units."""

    def backward(Y, W, Z, A, g_prime):
        dW, db = lesson_04.backward(Y, W, Z, A, g_prime)
        return dW, {l: db[l] * (2 if len(W) == 3 and len(Y) > 1 else 1) for l in db}

    keep(backward=backward)
    out = capsys.readouterr().out
    assert "`backward` fails the gradient check" in out and "2.000 ×" in out


def test_functions_that_return_lists_work(capsys):
    def lists(results):
        return [{l: array.tolist() for l, array in part.items()} for part in results]

    X, y = task()
    theirs = NeuralNetwork([4, 3, 1], iterations=5).fit(X, y)
    keep(
        forward=lambda *arguments: lists(lesson_04.forward(*arguments)),
        backward=lambda *arguments: lists(lesson_04.backward(*map(arrays, arguments))),
        update=lambda *arguments: lesson_04.update(*arguments).tolist(),
    )
    use_my_code()
    assert "Kept." in capsys.readouterr().out
    mine = NeuralNetwork([4, 3, 1], iterations=5).fit(X, y)
    np.testing.assert_allclose(mine.cost_history_, theirs.cost_history_)


def arrays(argument):
    return {l: np.asarray(argument[l]) for l in argument} if isinstance(argument, dict) else argument


def test_what_was_kept_before_stays_when_something_is_refused(capsys):
    keep(update=lesson_04.update)
    assert "stays kept" not in capsys.readouterr().out
    keep(update=lambda p, g, rate: p + rate * g)
    assert "The functions that you kept earlier are still available." in capsys.readouterr().out
    use_my_code()
    assert "now uses your `update` (for gradient_descent)" in capsys.readouterr().out


def test_one_function_alone_can_be_kept(capsys):
    keep(update=lesson_04.update)
    use_my_code()
    assert "now uses your `update`" in capsys.readouterr().out
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
        (FILE, "now uses your `forward` and `update`"),
        (
            FILE.replace("parameter -", "parameter +"),
            "`update`: Look at the line `return parameter + learning_rate * gradient`. Your step goes uphill",
        ),
        (FILE + "def backward(", "failed with SyntaxError"),
        (FILE + "import sys; sys.exit()", "calls exit(), which would end Python"),
        (FILE + "1 / 0", "failed with ZeroDivisionError"),
        (FILE + "while True: pass", "`my_network.py` was stopped after 0.5 seconds. Is there a loop that never ends?"),
        ("x = 1", "defines none of `forward`, `backward` and `update`"),
        (None, "there is no my_network.py in its folder"),
    ],
)
def test_the_readers_file_is_read_when_asked_for(source, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(own_code, "SECONDS", 0.5)
    if source is not None:
        (tmp_path / "my_network.py").write_text(source, encoding="utf-8")
    use_my_code()
    assert words in capsys.readouterr().out
    assert (installed() == OURS | {"update": STEP}) == ("now uses" not in words)
    assert not list(tmp_path.glob("*.json"))


def test_a_file_that_is_edited_within_a_second_is_read_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for source in (
        FILE.replace("parameter -", "parameter +"),
        FILE,
    ):  # bytecode knows only whole seconds and the length
        (tmp_path / "my_network.py").write_text(source, encoding="utf-8")
        os.utime(tmp_path / "my_network.py", (10, 10))
        use_my_code()
    assert "now uses your `forward` and `update`" in capsys.readouterr().out
    assert os.listdir(tmp_path) == ["my_network.py"]


def test_a_file_that_has_been_edited_is_read_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def edit(source, second):
        (tmp_path / "my_network.py").write_text(source, encoding="utf-8")
        os.utime(tmp_path / "my_network.py", (second, second))
        use_my_code()
        return capsys.readouterr().out

    assert "your `forward` and `update` (for gradient_descent)." in edit(FILE, 10)
    first = own_code._kept["forward"]
    assert "your `forward`." in edit(FILE.split("def update")[0], 20)
    assert own_code._kept["forward"] is not first and installed()["update"] is STEP
    said = edit(FILE.replace(" + b[l]", ""), 30)
    assert "`forward`: Look at the line `Z[l] = W[l] @ A[l - 1]`. The bias is missing from Z." in said
    assert "The functions that you kept earlier are still available." in said
    (tmp_path / "my_network.py").unlink()
    use_my_code()
    assert "now uses your `forward`." in capsys.readouterr().out
