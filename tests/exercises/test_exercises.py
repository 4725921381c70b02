"""Exercises: the stub, the solution, each usual mistake, and answers of every strange kind."""

import ast
import builtins
import functools
import json
import os
import re
import signal
import sys
import threading
import time
import warnings
import weakref
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from helpers import exercises
from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises import check, commands, limits, message, record, values, verdict
from helpers.exercises.core import Verdict
from helpers.exercises.judging import judge
from helpers.exercises.registry import EXERCISES, LESSONS

ROOT = Path(__file__).resolve().parents[2]
ALL = list(EXERCISES.values())
TASKS = [exercise for exercise in ALL if not exercise.is_question]
QUESTIONS = [exercise for exercise in ALL if exercise.is_question]
FUNCTIONS = [exercise for exercise in ALL if exercise.cases]
NAMED = {"ids": lambda item: getattr(item, "name", str(item))}


# --- the collection ------------------------------------------------------------------------------


def test_there_are_enough_of_them():
    assert len(TASKS) >= 36
    for lesson, of_it in LESSONS.items():
        questions = [exercise for exercise in of_it if exercise.is_question]
        assert 3 <= len(questions) <= 5, lesson
        assert len(of_it) - len(questions) >= (1 if lesson == "00" else 3), lesson
        assert all(exercise.lesson == lesson for exercise in of_it)
    assert len(EXERCISES) == sum(map(len, LESSONS.values()))


@pytest.mark.parametrize("exercise", TASKS, **NAMED)
def test_an_exercise_has_hints_and_known_mistakes(exercise):
    assert 2 <= len(exercise.hints) <= 3
    assert len(exercise.wrong) >= 3
    texts = [exercise.prompt, exercise.reason, *exercise.hints, *(wrong.hint for wrong in exercise.wrong)]
    assert all(len(text) > 8 and text.strip() == text for text in texts)
    assert len({wrong.hint for wrong in exercise.wrong}) > len(exercise.wrong) / 2


@pytest.mark.parametrize("exercise", QUESTIONS, **NAMED)
def test_a_question_has_a_reason_for_each_wrong_choice(exercise):
    choices = set(re.findall(r'"([a-d])"', exercise.prompt))
    if isinstance(exercise.right, str):
        assert choices == {exercise.right, *(wrong.answer for wrong in exercise.wrong)}
    else:
        assert len(exercise.wrong) >= 3 and not choices


# --- stub, solution, mistakes --------------------------------------------------------------------


def run_code(code, name):
    """What `name` is after running the code of a stub or a solution, as in a lesson's kernel."""
    scope = {"np": np}
    for name_of_other in ("04.train", "09.engine"):  # sigmoid, forward, …, and the engine
        scope |= EXERCISES[name_of_other].solution.__globals__
    exec(code, scope)
    return scope[name]


@pytest.mark.parametrize("exercise", ALL, **NAMED)
def test_the_stub_is_not_done_yet(exercise):
    answer = run_code(exercise.stub, exercise.answer_name)
    said = judge(exercise, answer)
    assert (said.kind, said.label) == ("open", "Not done yet.")
    assert judge(exercise, None).kind == "open"


@pytest.mark.parametrize("exercise", ALL, **NAMED)
def test_the_solution_passes(exercise):
    name = exercise.name[3:] if exercise.is_question else exercise.answer_name
    said = judge(exercise, run_code(exercise.solution_text, name))
    assert (said.kind, said.words) == ("right", exercise.reason)


@pytest.mark.parametrize("exercise", FUNCTIONS, **NAMED)
def test_the_solution_passes_in_single_precision(exercise):
    def single(*arguments):
        return to_float32(exercise.solution(*arguments))

    assert judge(exercise, single).kind == "right"


def to_float32(result):
    if isinstance(result, dict):
        return {key: to_float32(value) for key, value in result.items()}
    if isinstance(result, tuple):
        return tuple(to_float32(value) for value in result)
    return np.asarray(result, dtype=np.float32)


@pytest.mark.parametrize("name", ["03.layer", "03.backward", "04.step", "04.forward", "04.backward", "08.softmax"])
def test_the_rounding_of_single_precision_is_allowed(name):
    exercise = EXERCISES[name]

    def in_single(*arguments):
        return exercise.solution(*(argument if callable(argument) else to_float32(argument) for argument in arguments))

    assert judge(exercise, in_single).kind == "right"


@pytest.mark.parametrize("exercise", FUNCTIONS, **NAMED)
def test_lists_do_for_arrays(exercise):
    def as_lists(result):
        if isinstance(result, dict):
            return {key: value.tolist() for key, value in result.items()}
        if isinstance(result, tuple):
            return [as_lists(value) for value in result]
        return np.asarray(result).tolist()

    assert judge(exercise, lambda *arguments: as_lists(exercise.solution(*arguments))).kind == "right"


@pytest.mark.parametrize("exercise", [e for e in FUNCTIONS if not isinstance(e.key.right[0], (tuple, dict))], **NAMED)
def test_right_values_in_the_wrong_shape_are_told(exercise):
    said = judge(exercise, lambda *arguments: np.asarray(exercise.solution(*arguments))[np.newaxis, ..., np.newaxis])
    assert said.kind == "wrong"
    assert "the right values in the wrong shape" in said.words


SINGLE = {"01.slope", "05.distance", "07.sizes", "07.saturated"}  # their results are too few numbers to see a factor


@pytest.mark.parametrize("exercise", FUNCTIONS, **NAMED)
def test_a_factor_is_named(exercise):
    def tripled(*arguments):
        return times(3, exercise.solution(*arguments))

    said = judge(exercise, tripled)
    assert said.kind == "wrong"
    assert ("3.000 ×" in said.words) == (exercise.name not in SINGLE)


def times(factor, result):
    if isinstance(result, dict):
        return {key: factor * np.asarray(value) for key, value in result.items()}
    if isinstance(result, tuple):
        return tuple(times(factor, item) for item in result)
    return factor * np.asarray(result)


CHANGEABLE = [e for e in FUNCTIONS if any(isinstance(a, (np.ndarray, dict, list)) for a in e.cases()[0])]


@pytest.mark.parametrize("exercise", CHANGEABLE, **NAMED)
def test_changed_arguments_are_told(exercise):
    def careless(*arguments):
        result = exercise.solution(*arguments)
        for argument in arguments:
            if isinstance(argument, list):
                argument[-1] = argument[-1] * 2
            for array in argument.values() if isinstance(argument, dict) else [argument]:
                if isinstance(array, np.ndarray):
                    array += 1
        return result

    assert "changes its argument" in judge(exercise, careless).words


def test_the_report_of_the_gradient_check_is_in_the_verdict():
    def backward(Y, W, Z, A, g_prime):
        dW, db = EXERCISES["04.backward"].solution(Y, W, Z, A, g_prime)
        return {l: dW[l] * (2 if l == 2 else 1) for l in dW}, db

    assert judge(EXERCISES["04.backward"], backward).words.startswith(
        "Look at layer 2 first. `dW[2]` is 2.000 × the right one: it has an extra factor of 2."
    )


def test_among_several_wrong_layers_the_guilty_one_is_named():
    def backward(Y, W, Z, A, g_prime):
        dW, db = EXERCISES["04.backward"].solution(Y, W, Z, A, g_prime)
        return {l: 7 * dW[l] for l in dW}, {l: 7 * db[l] for l in db}

    said = judge(EXERCISES["04.backward"], backward).words
    assert said.startswith(
        "Look at layer 3 first. Earlier layers may be wrong only because of layer 3. `dW[3]` is 7.000 ×"
    )


def scaled(name, count, m):
    """The solution with the mean taken as if there were always `m` examples; `count` counts them."""

    def hard_coded(*arguments):
        return times(count(*arguments) / m, EXERCISES[name].solution(*arguments))

    return hard_coded


def three_layers(X, W, b, g, g_out):
    Z, A = {}, {0: X.T}
    for l in (1, 2, 3):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = g_out(Z[l]) if l == 3 else g(Z[l])
    return Z, A


def sigmoid_output(X, W, b, g, g_out):
    return EXERCISES["04.forward"].solution(X, W, b, g, sigmoid)


def naive_start(Z, Y):
    A = np.exp(Z) / np.exp(Z).sum(axis=0)
    return (A - Y) / Y.shape[1]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("01.gradients", scaled("01.gradients", lambda A0, Y, W, b: Y.shape[1], 6)),
        ("01.train", lambda A0, Y, *rest: EXERCISES["01.train"].solution(A0[:, :6], Y[:, :6] * len(Y.T) / 6, *rest)),
        ("02.gradients", scaled("02.gradients", lambda A0, Y, W, b: Y.shape[1], 7)),
        ("02.safe", lambda Z: np.array([-np.logaddexp(0, -z) for z in Z.ravel()])),
        ("03.backward", scaled("03.backward", lambda Y, *_: Y.shape[1], 6)),
        ("03.layer", lambda dZ, A: (dZ[:3, :5] @ A[:4, :5].T, dZ @ np.ones((5, 1)))),
        ("04.forward", three_layers),
        ("04.forward", sigmoid_output),
        ("04.backward", scaled("04.backward", lambda Y, *_: Y.shape[1], 6)),
        (
            "04.backward",
            lambda Y, W, Z, A, g: EXERCISES["04.backward"].solution(Y, {l: W[l] for l in (1, 2, 3)}, Z, A, g),
        ),
        ("04.update", lambda p, g, rate: p - 0.1 * g),
        ("04.train", lambda X, Y, W, b, rate, n: EXERCISES["04.train"].solution(X, Y, W, b, rate * len(X) / 6, n)),
        ("05.bugs", scaled("05.bugs", lambda Y, *_: Y.shape[1], 6)),
        ("06.flatten", lambda pictures: pictures.reshape(3, 12) / 255),
        ("06.mean", scaled("06.mean", lambda deltas, _: len(deltas), 4)),
        ("07.saturated", lambda Z: np.mean(np.abs(Z) > 2.85)),
        ("08.start", naive_start),
    ],
)
def test_what_is_right_for_one_set_of_arguments_only_is_not_right(name, answer):
    assert judge(EXERCISES[name], answer).kind == "wrong"


def test_a_difference_in_the_second_case_is_told_as_such():
    said = judge(EXERCISES["06.mean"], scaled("06.mean", lambda deltas, _: len(deltas), 4))
    assert said.words.startswith(
        "Your function is right for one set of arguments but not for another. The result is 1.250 × "
    )
    said = judge(EXERCISES["01.train"], lambda A0, Y, W, b, *_: (W + 1, b))
    assert "another" not in said.words


# --- strange answers -----------------------------------------------------------------------------


class Hostile:
    """Everything that can be asked of it fails."""

    def _fail(self, *_, **__):
        raise RuntimeError("no")

    __array__ = __len__ = __iter__ = __bool__ = __eq__ = __hash__ = __float__ = __repr__ = __str__ = _fail
    __getitem__ = __add__ = __call__ = __getattr__ = keys = values = _fail


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError


def as_text(result):
    return {key: str(value) for key, value in result.items()} if isinstance(result, dict) else str(result)


def texts_of(name):
    return lambda *arguments: as_text(EXERCISES[name].solution(*arguments))


def with_text_keys(*arguments):
    return tuple({str(l): part[l] for l in part} for part in EXERCISES["03.backward"].solution(*arguments))


def put_back_by_adding(f, x, epsilon):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += epsilon
        above = f(x)
        x[i] -= 2 * epsilon
        gradient[i] = (above - f(x)) / (2 * epsilon)
        x[i] += epsilon
    return gradient


def step_back_then(change):
    """The solution of 04.step, changed afterwards; a closure, so that only its results can be looked at."""
    return lambda W, dZ, Z: change((W.T @ dZ) * sigmoid_prime(Z), Z)


def plus(extra):
    return step_back_then(lambda result, Z: result + extra(Z))


def negative_above(bound):
    return step_back_then(lambda result, Z: np.where(np.abs(Z) > bound, -result, result))


times_two = step_back_then(lambda result, Z: 2 * result)


def raising(error):
    def f(*_):
        raise error

    return f


def recursing(*arguments):
    return recursing(*arguments)


def printing(*_):
    for i in range(100000):
        print("line", i)


def warning(*_):
    warnings.warn("look out", stacklevel=1)
    return np.log(np.zeros(3))


def generating(*_):
    yield 1


STRANGE = [
    "text",
    "",
    [],
    (),
    {},
    {1: None},
    {1: 2, "x": {}},
    object(),
    Hostile(),
    np.nan,
    -np.inf,
    [[1], [2, 3]],
    [None, None],
    1 + 2j,
    np.array([1, 2j]),
    10**400,
    -(10**19),
    np.zeros((2, 2)),
    np.zeros((0, 3)),
    np.array("text"),
    np.array([object()]),
    np.ma.masked_array([7.25], [True]),
    np.datetime64("2020-01-01"),
    b"",
    7.5,
    int,
    print,
    np,
    range(3),
    lambda: 1,
    lambda *_: None,
    lambda *_: (None, {1: None}),
    lambda *_: Hostile(),
    lambda *_: {1: Hostile(), 2: 3},
    lambda *_: "text",
    lambda *_: np.full((3, 3), np.inf),
    lambda *_: np.broadcast_to(0.0, (10**6, 10**6)),
    lambda *_: sys.exit(),
    lambda *_: input("?"),
    lambda *a: np.add(a[0], 1, out=a[0]),
    raising(KeyError("`x`")),
    raising(Unspeakable()),
    raising(GeneratorExit()),
    raising(MemoryError()),
    raising(BaseException("odd")),
    recursing,
    printing,
    warning,
    generating,
    Hostile,
]


def surroundings():
    """What a check puts aside for a moment and must give back."""
    alarm = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
    return sys.stdout, sys.stderr, builtins.input, sys.gettrace(), alarm, np.geterr()


@functools.cache
def strange_verdicts(name):
    """Judge all strange answers, once for all tests, and check that everything has been given back."""
    before = surroundings()
    verdicts = [judge(EXERCISES[name], answer) for answer in STRANGE]
    assert surroundings() == before
    return verdicts


@pytest.mark.parametrize("exercise", ALL, **NAMED)
def test_no_answer_breaks_it(exercise):
    for answer, said in zip(STRANGE, strange_verdicts(exercise.name), strict=True):
        assert said.kind in ("wrong", "open"), answer
        assert_fit_to_show(said, exercise)


def assert_fit_to_show(said, exercise):
    assert len(said.words) > 8 and len(said.words) < 500
    assert "\n" not in said.words
    assert exercise.reason not in said.words
    assert len(said.printed) < 1100
    assert not any(leak in said.words for leak in ("0x", "Traceback", "exercises/"))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | hnp.arrays(
        st.sampled_from(["f8", "f4", "i4", "?", "c16", "U3"]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.integers(0, 3), inner),
    max_leaves=6,
)


@given(exercise=st.sampled_from(ALL), answer=ANYTHING)
def test_any_value_gets_a_verdict(exercise, answer):
    for given_answer in (answer, lambda *_: answer):
        said = judge(exercise, given_answer)
        if said.kind == "right":
            assert exercise.cases is None or given_answer is not answer
        else:
            assert_fit_to_show(said, exercise)


@pytest.mark.parametrize("exercise", TASKS, **NAMED)
def test_no_verdict_gives_the_solution_away(exercise):
    """Its lines of code (other than ones that the stub shows) stand in no verdict."""
    lines = {line.split("#")[0].strip() for line in exercise.solution_text.splitlines()}
    lines -= {line.split("#")[0].strip() for line in exercise.stub.splitlines()} | {""}
    lines.discard(f"return {', '.join(exercise.parts)}")  # names, which the prompt tells
    said = [verdict.words for verdict in strange_verdicts(exercise.name)] + [wrong.hint for wrong in exercise.wrong]
    for line in lines:
        assert not any(line in words for words in said if len(line) > 6), line
    for hint in exercise.hints:
        assert exercise.solution_text not in hint


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("03.biases", [13]),
        ("03.biases", 13.0),
        ("03.biases", np.float32(13)),
        ("01.weights", [[-3, -6]]),
        ("02.loss", 2.13),
        ("02.loss", 2.127),
        ("02.loss", np.float32(np.log(1 + np.exp(2)))),
        ("01.q3", "A"),
        ("01.q3", " a "),
        ("01.q3", "a)"),
        ("01.q3", "'a'."),
        ("05.distance", lambda p, q: [EXERCISES["05.distance"].solution(p, q)]),
        ("03.weight", Fraction(-81, 125)),
        ("03.biases", Decimal(13)),
        ("08.error", [Fraction(1, 2), Decimal("-0.75"), 0.25]),
    ],
)
def test_how_an_answer_may_be_written(name, answer):
    assert verdict(name, answer).kind == "right"


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("04.parameters", "404153", "text"),
        ("03.shape", 8, "The answer should be a list of 2 numbers, but it is a single number"),
        ("03.biases", lambda: 13, "function"),
        ("03.biases", np.inf, "should be finite"),
        ("01.q3", 1, "one of the letters"),
        ("01.q3", ["a"], "one of the letters in quotes"),
        ("01.q3", {}, "one of the letters in quotes"),
        ("01.weights", [10**400, 1], "a value that is too large"),
        ("06.interval", 0.0582, "Close, but not right to three digits"),
        ("05.error", 0.33, "This is rounded too coarsely. Give at least three digits"),
        ("08.byhand", [0.13, 0.25, 0.63], "These numbers are rounded too coarsely. Give at least three digits"),
        ("04.parameters", 404000, "404000 is not right"),
        ("05.distance", texts_of("05.distance"), "The result is text, but it should contain numbers"),
        ("01.slope", texts_of("01.slope"), "The result is text, but it should contain numbers"),
        ("07.saturated", texts_of("07.saturated"), "The result is text, but it should contain numbers"),
        ("07.sizes", texts_of("07.sizes"), "`size[1]` is text, but it should contain numbers"),
        ("04.step", lambda *_: [[1], [2, 3]], "`dZ` is a list whose rows have different lengths"),
        ("06.error", lambda *_: [[1], [2, 3]], "`δ` is a list whose rows have different lengths"),
        ("06.mean", lambda *_: print, "`dW` is a function. Use the value that it computes"),
        ("04.step", printing, "prints its result but returns None. How can the function"),
        ("04.update", lambda p, g, rate: p - rate * g if rate < 0.5 else None, "returns None in some cases"),
        ("03.layer", lambda *_: (None, None), "All the values that `layer_gradients` returns are None"),
        ("04.step", lambda W, dZ, Z: np.dot(W, dZ), "is a transpose missing?"),
        ("02.safe", lambda Z: -np.logaddexp(0, -Z) - 1e-5 * (Z == 2), "`1e-05 * (Z == 2)` should be left out"),
        ("03.backward", with_text_keys, "The keys of dW are '1', '2'. These keys are text"),
        ("05.numerical", put_back_by_adding, "changed by rounding errors"),
        ("04.step", "step_back", "Pass the function's name without quotes"),
        ("04.step", 3, "The answer should be a function, but it is a number. Pass the function's name without parenth"),
        ("04.step", lambda W, dZ, Z: W @ dZ, "is a transpose missing?"),
        ("03.weight", 0.333, "0.333 is not right. Put the numbers from the question"),
        ("03.biases", -13, "The magnitude is right but the sign is wrong"),
        ("02.q1", 0.25, "This is the probability that must be left for the label 0"),
        ("05.q2", 1e-5, "That is the size of the nudge"),
        ("06.interval", 0.028, "That is one standard deviation"),
        (
            "10.deal",
            lambda m, K: map(int, np.diff(np.linspace(0, m, K + 1))),
            "computes its values only later: use a list",
        ),
        ("06.constant", 65, "The answer should be a share between 0 and 1, not a percentage"),
        ("01.weights", [-3, 6], "The magnitudes are right, but 1 of the signs is wrong"),
        ("01.weights", [-3, 8], "The second number is not right, but the other is"),
        ("03.q1", (196, 11273), "The second number is not right, but the other is"),
        ("03.q1", (196, 11300), "The second number is not right, but the other is"),
        ("03.q1", (-196, -11270), "These numbers are not right"),
        ("03.q1", [11300], "it is a list of one number, [11300]. What does each number represent?"),
        ("08.byhand", [-0.125, -0.25, -0.625], "The magnitudes are right but the signs are wrong"),
        ("01.error", [True, False], "The answer is [True, False], the result of a comparison"),
        ("01.weights", np.array([True, False]), "the result of a comparison, but it should be a list of numbers"),
        ("01.error", [], "The answer should be a single number, but it is empty. What should it contain?"),
        ("01.weights", (), "The answer should be a list of 2 numbers, but it is empty"),
        ("01.error", object(), "The answer is an object that does not contain numbers"),
        ("03.shape", (5, 7, 1), "but it is a list of 3 numbers, [5, 7, 1]"),
        ("01.slope", lambda f, w, e: 1.0, "The result is 1, but it should be 0.8775"),
        ("01.train", lambda A0, Y, W, b, rate, steps: (W, b), "`W` is the unchanged argument `W`"),
        ("04.forward", lambda X, W, b, g, g_out: ({}, {}), "`Z` is an empty dictionary"),
        ("04.step", lambda W, dZ, Z: np.abs((W.T @ dZ) * sigmoid_prime(Z)), "`np.abs` does not belong in"),
        (
            "04.step",
            lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(Z) + np.eye(*Z.shape),
            "`np.eye(*Z.shape)` should be left out",
        ),
        ("04.step", negative_above(1), "the sign is wrong in 2 of 15 entries"),
        ("04.step", plus(lambda Z: np.eye(*Z.shape)), "wrong. The first of them, [0, 0], is "),
        ("04.step", plus(lambda Z: np.arange(len(Z))[:, np.newaxis] == 1), "all in row 1"),
        ("04.step", lambda W: W, "does not take the arguments"),
        ("04.step", functools.partial(lambda W: W), "does not take the arguments"),
        ("04.step", functools.partial(lambda *_: np.dot()), "A function is called with the wrong arguments: dot() mis"),
        ("04.step", lambda W, dZ, Z: Z[:, 0], "has shape (3,), but"),
        ("04.step", lambda W, dZ, Z: Z.T, "has shape (5, 3), but the right one has shape (3, 5). `W`"),
        (
            "04.step",
            lambda W, dZ, Z: 2 * ((W.T @ dZ) * sigmoid_prime(Z)),
            "`2` should be left out. Look at the line `lambda W, dZ, Z: 2 * (",
        ),
        ("04.step", times_two, "Everything is twice as large as it should be"),
        ("04.step", lambda W, dZ, Z: np.full(Z.shape, np.nan), "NaN"),
        ("04.step", lambda W, dZ, Z: (W.T @ dZ)[:2] * Z, "do not fit together"),
        ("04.step", lambda W, dZ, Z: sys.exit(), "exit()"),
        ("04.step", lambda W, dZ, Z: input(), "input()"),
        ("04.step", warning, "has shape (3,), but the right one has shape (3, 5)"),
        ("04.step", recursing, "calls itself endlessly"),
        ("04.step", raising(KeyError("x")), "A dictionary has no entry 'x'"),
        (
            "03.layer",
            lambda dZ, A: dZ @ A.T,
            "The function should return 2 values, as in `return dW, db`, but it returned a single array",
        ),
        ("03.backward", lambda *_: ([1], [2]), "it should be a dictionary with the layers as keys"),
        ("03.backward", lambda *_: ({1: 1.0}, {1: 2.0}), "dW[2] is missing"),
        ("04.stepp", 1, "Did you mean 04.step"),
        (17, 1, "must be text"),
        ([], 1, "must be text"),
    ],
)
def test_what_is_said(name, answer, words):
    said = verdict(name, answer)
    assert said.kind == "wrong"
    assert words in said.words


@pytest.mark.parametrize("name", ["03.biases", "04.parameters", "03.shape"])
def test_a_count_is_right_or_wrong(name):
    right = np.array(EXERCISES[name].right)
    for off in (-100, -1, 1, 0.1):
        assert verdict(name, right + off).kind == "wrong"


# --- limits --------------------------------------------------------------------------------------


def endless(*_):
    while True:
        pass


def stubborn(*_):
    try:
        endless()
    except BaseException:  # catches the first alarm
        endless()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
@pytest.mark.parametrize("function", [endless, stubborn, lambda *_: time.sleep(30)])
def test_an_endless_answer_is_stopped_by_an_alarm(function):
    start = time.monotonic()
    said = judge(EXERCISES["04.step"], function, seconds=0.3)
    assert time.monotonic() - start < 20  # on a busy machine
    assert said.kind == "wrong" and "was stopped after 0.3 seconds" in said.words
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)  # the alarm is off: nothing comes later


def test_an_endless_answer_is_stopped_where_there_is_no_alarm():
    said = []

    def work():
        said.append(judge(EXERCISES["04.step"], endless, seconds=0.3))

    thread = threading.Thread(target=work, daemon=True)  # an alarm works in the main thread only
    thread.start()
    thread.join(timeout=20)
    assert said and "was stopped after 0.3 seconds" in said[0].words


class Slow:
    """An object that takes 0.3 seconds to delete, in which the alarm strikes."""

    deleted = 0

    def __del__(self):
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.1)
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            pass
        Slow.deleted += 1


class Watched:
    """An object that takes as long, because of a weak reference to it."""

    def __init__(self):
        weakref.finalize(self, Slow.__del__, None)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
@pytest.mark.parametrize("kind", [Slow, Watched])
def test_an_alarm_waits_until_an_object_is_deleted(kind):
    before = Slow.deleted
    with pytest.raises(limits.TimeUp), limits.time_limit(60):
        kind()
        endless()
    assert Slow.deleted == before + 1  # and Python has printed no error that it ignored, as pytest checks


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
def test_a_timer_that_was_set_before_goes_on():
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        verdict("04.step", lambda *_: None)
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_the_stop_button_goes_through():
    with pytest.raises(KeyboardInterrupt):
        verdict("04.step", raising(KeyboardInterrupt()))


class Endless:
    def __array__(self, *_, **__):
        while True:
            pass


def test_converting_an_answer_for_the_record_ends(monkeypatch, capsys):
    monkeypatch.setattr(commands, "verdict", lambda *_: Verdict("wrong", "No."))  # on an answer that was quicker then
    monkeypatch.setattr(commands, "SECONDS", 0.2)
    check("01.error", Endless())
    assert capsys.readouterr().out == "✗ Not yet. No.\n"


def test_exit_in_a_notebook_does_not_end_the_kernel(monkeypatch):
    class Shell:
        ended = False

        def ask_exit(self):
            self.ended = True

    shell = Shell()
    monkeypatch.setattr(limits, "get_ipython", lambda: shell)
    assert "calls exit(), which would end Python" in verdict("04.step", lambda *_: shell.ask_exit()).words
    assert not shell.ended and vars(shell) == {}
    nested = verdict("04.step", lambda *_: verdict("04.step", lambda *_: 0) and shell.ask_exit())
    assert "calls exit(), which would end Python" in nested.words
    assert not shell.ended and vars(shell) == {}
    shell.ask_exit()
    assert shell.ended


def test_what_a_function_prints_is_shown_in_part(capsys):
    check("04.step", printing)
    out = capsys.readouterr().out
    assert "line 0\nline 1\n" in out and "more characters" in out and len(out) < 1500


def test_printed_keeps_the_beginning():
    printed = limits.Printed(most=5)
    print("abc", "defg", file=printed)
    assert str(printed) == "abc d\n… and 4 more characters"


def test_a_huge_array_is_not_looked_at():
    with pytest.raises(values.UnfitError, match="1000000000000 entries"):
        values.as_array(np.broadcast_to(0.0, (10**6, 10**6)))


# --- what is shown -------------------------------------------------------------------------------


def test_hints_grow_and_stop_at_the_last(capsys, monkeypatch):
    monkeypatch.setattr(commands, "_hints_given", {})
    hints = EXERCISES["04.step"].hints
    for number, text in [*enumerate(hints, 1), (len(hints), hints[-1])]:
        exercises.hint("04.step")
        out = capsys.readouterr().out
        assert f"Hint {number} of 3. {text}" in out
        assert ('solution("04.step")' in out) == (number == 3)
    exercises.hint("01.q1")
    assert "No hint" in capsys.readouterr().out
    exercises.hint("nothing")
    assert "There is no exercise 'nothing'" in capsys.readouterr().out


def test_the_solution_is_shown_with_its_reason(capsys):
    exercises.solution("04.step")
    out = capsys.readouterr().out
    assert EXERCISES["04.step"].solution_text in out and EXERCISES["04.step"].reason in out
    exercises.solution("04")
    assert "There is no exercise '04'" in capsys.readouterr().out


def test_a_quiz_answers_each_question(capsys):
    exercises.quiz("01", q1=None, q2=1.6, q3="a", q9=1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "○ q1: Not done yet."
    assert lines[1].startswith("✗ q2: Not yet. The gradient is negative")
    assert lines[2].startswith("✓ q3: Right. ")
    assert lines[3] == "✗ q9: Not yet. The questions in lesson 01 are q1 … q3."


@pytest.mark.parametrize(
    ("arguments", "answers", "words"),
    [
        (("04", 2, "a"), {}, 'The questions in lesson 04 are q1 … q4. Name each answer: `quiz("04", q1=…, q2=…)`'),
        (("04",), {}, "Name each answer"),
        ((4,), {"q1": 2}, "✓ q1: Right."),
        (("4",), {"q1": 2}, "✓ q1: Right."),
        (("40",), {"q1": 2}, "The lesson must be one of 00, 01"),
        (([],), {"q1": 2}, "The lesson must be one of 00, 01"),
        (("04",), {"step": EXERCISES["04.step"].solution}, "✗ step: Not yet. The questions in lesson 04 are q1 … q4."),
    ],
)
def test_how_a_quiz_may_be_called(arguments, answers, words, capsys):
    exercises.quiz(*arguments, **answers)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("words", ["a * b * c", "[1](2)", "<b>x</b>", "$x$ and $y$", "a_b_c ~~d~~ | e", "\\frac"])
def test_words_are_no_markdown(words):
    escaped = message.escape(words)
    for sign in "*_<[$~|":
        assert escaped.count(sign) == escaped.count(f"\\{sign}") == words.count(sign)
    assert re.sub(r"\\([\\*_<\[$~|])", r"\1", escaped) == words
    assert message.escape(f"`{words}`") == f"`{words}`"


# --- the lessons ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lesson_shows_what_the_source_says(lesson):
    (path,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code" and re.search(r"^(check|quiz)\(", cell.source, re.M)]
    tasks = [exercise for exercise in LESSONS[lesson] if not exercise.is_question]
    questions = [exercise for exercise in LESSONS[lesson] if exercise.is_question]
    quiz = f'quiz("{lesson}", {", ".join(f"{question.name[3:]}=None" for question in questions)})'
    quiz = f"from helpers.exercises import quiz\n\n{quiz}"
    assert [cell.source for cell in code] == [*(exercise.cell for exercise in tasks), quiz]
    for cell, exercise in zip(code, tasks, strict=False):
        assert exercise.prompt in cells[cells.index(cell) - 1].source
    before = cells[cells.index(code[-1]) - 1].source
    for question in questions:
        assert f"**{question.name[3:]}.** {question.prompt}" in before


def bound_names(cells):
    """Names that the code of a lesson defines at its top level."""
    names = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_solution_needs_is_at_hand_in_the_lesson(lesson):
    (path,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    there = bound_names(cells) | set(dir(builtins)) | {"q1", "q2", "q3", "q4", "q5", "answer"}
    for exercise in LESSONS[lesson]:
        for code in (exercise.solution_text, exercise.stub):
            tree = ast.parse(code)
            arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
            assert used - arguments - bound_names([exercise_cell(code)]) <= there, exercise.name


def exercise_cell(code):
    return nbformat.v4.new_code_cell(code)


# --- progress ------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("LESSONS_PROGRESS", str(path))
    return path


def shown(capsys):
    exercises.progress()
    return capsys.readouterr().out


def test_progress_counts_what_is_right(file, capsys):
    assert re.search(r"^01 +0 of \d+ +0 of \d+ +0 of 1$", shown(capsys), re.M)
    assert re.search(r"^11 +0 of 4 +0 of 4 +0 of 2$", shown(capsys), re.M)
    check("01.error", -3)
    check("01.error", -3)
    check("01.error", 3)
    check("01.weights", 3)
    exercises.quiz("01", q1=(1, 2), q2=3)
    assert json.loads(file.read_text())["done"] == ["01.error", "01.q1"]
    capsys.readouterr()
    assert re.search(r"^01 +1 of \d+ +1 of \d+ +0 of 1$", shown(capsys), re.M)
    assert os.listdir(file.parent) == ["progress.json"]


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"done": 3}', '{"done": [3]}', "null", "[" * 100000, "\x00", '{"x": "y"}']
)
def test_a_damaged_record_is_set_aside(file, capsys, damage):
    file.write_text(damage)
    (file.parent / "progress-damaged-1.json").write_text("older")
    check("01.error", -3)
    out = capsys.readouterr().out
    assert out.startswith("✓ Right.") and "It has been kept as progress-damaged-2.json" in out
    assert "If you had numbers of your own, call use_seed() again." in out
    assert json.loads(file.read_text())["done"] == ["01.error"]
    assert (file.parent / "progress-damaged-2.json").read_text() == damage
    assert (file.parent / "progress-damaged-1.json").read_text() == "older"


def test_a_record_that_is_not_text_is_set_aside(file, capsys):
    file.write_bytes(b"\xff\xfe\x00")
    assert "was damaged" in shown(capsys)
    assert "was damaged" not in shown(capsys)


def test_names_of_another_version_are_kept(file, capsys):
    file.write_text('{"done": ["99.later"]}')
    check("01.error", -3)
    assert json.loads(file.read_text())["done"] == ["01.error", "99.later"]


def test_a_record_that_cannot_be_written_is_no_crash(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "no" / "progress.json"))
    check("01.error", -3)
    out = capsys.readouterr().out
    assert out.startswith("✓ Right.") and "This answer was not saved: cannot write progress.json" in out


def test_a_record_that_cannot_be_read_is_not_overwritten(file, monkeypatch, capsys):
    file.write_text('{"done": ["01.weights"]}')

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)
        check("01.error", -3)
        exercises.progress()
    out = capsys.readouterr().out
    assert "This answer was not saved: cannot read progress.json (Permission denied): ask its owner" in out
    assert "progress.json cannot be read (Permission denied), so your earlier progress is not shown." in out
    assert json.loads(file.read_text()) == {"done": ["01.weights"]}


def test_what_is_no_file_is_never_replaced(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path))
    check("01.error", -3)
    exercises.progress()
    assert capsys.readouterr().out.count(f"{tmp_path.name} is a folder, so your progress is not saved") == 2
    assert tmp_path.is_dir() and os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in a folder")
def test_a_record_that_is_a_pipe_is_not_waited_for(tmp_path, monkeypatch, capsys):
    os.mkfifo(tmp_path / "progress.json")
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "progress.json"))
    writer = os.open(tmp_path / "progress.json", os.O_RDWR)  # with a writer that says nothing, reading never ends
    try:
        with limits.quarantine(5, limits.Printed()):
            note, (done, said) = record.add("01.error"), record.read()
    finally:
        os.close(writer)
    assert (
        not done
        and note == said
        and said.startswith("progress.json is a device or a pipe, so your progress is not saved")
    )


class NoClass:
    @property
    def __class__(self):
        raise RuntimeError("no class")


def test_an_answer_that_fails_when_it_is_asked_for_its_class_is_no_crash(capsys):
    for name in ("01.error", "04.forward", "03.q2"):
        check(name, NoClass())
    exercises.quiz("07", q1=NoClass())
    assert capsys.readouterr().out.count("Not yet.") == 4
    check(NoClass(), 3)
    exercises.hint(NoClass())
    exercises.solution(NoClass())
    assert capsys.readouterr().out.count("The name of an exercise must be text") == 3
    exercises.keep(forward=NoClass())
    assert "Not kept." in capsys.readouterr().out
    for lesson in (NoClass(), 10**5000, -1):
        exercises.quiz(lesson, q1=3)
    assert capsys.readouterr().out.count("The lesson must be one of 00") == 3


@pytest.mark.parametrize("place", ["x" * 300, "file/progress.json"], ids=["too long", "below a file"])
def test_a_place_that_cannot_be_is_no_crash(place, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / place))
    check("01.error", -3)
    exercises.progress()
    out = capsys.readouterr().out
    assert "✓ Right." in out and "This answer was not saved: " in out and "lesson  exercises" in out
    assert ".progress.json." not in out  # the name of a temporary file


def test_a_record_that_an_editor_has_marked_as_utf8_is_read(file, capsys):
    file.write_text('{"done": ["01.error"]}', encoding="utf-8-sig")
    assert re.search(r"^01 +1 of", shown(capsys), re.M)


def test_nothing_is_remembered_in_tests(capsys):
    assert os.environ["LESSONS_PROGRESS"] == os.devnull and record.path() is None
    check("01.error", -3)
    assert not record.read()[0]


def test_git_ignores_what_is_the_readers():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"progress*.json", "my_network.py", "build/"} <= set(ignored)
    assert record.DEFAULT == ROOT / "progress.json"
