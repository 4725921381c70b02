"""Right, wrong, or not to be judged: no wrong gradient acquitted, no right one accused, the line named."""

from functools import partial

import numpy as np
import pytest
from planted_bugs import BUGS, CONTROLS

from helpers.backprop import network
from helpers.gradient_check import check_gradients, numerical_gradients, relative_error

RNG = np.random.default_rng(0)


def task(sizes, m=6, seed=0, scale=1.0, dtype=float, output="sigmoid"):
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(sizes, random_state=rng)
    W, b = {l: scale * W[l] for l in W}, {l: scale * rng.standard_normal(b[l].shape) for l in b}
    Y = (
        np.eye(sizes[-1])[:, rng.integers(0, sizes[-1], m)]
        if output == "softmax"
        else rng.integers(0, 2, (sizes[-1], m))
    )
    cast = lambda p: {l: p[l].astype(dtype) for l in p}  # noqa: E731
    return rng.standard_normal((m, sizes[0])).astype(dtype), Y.astype(dtype), cast(W), cast(b)


def ours(hidden="sigmoid", output="sigmoid", change=lambda dW, db: None):
    """Right gradients, in which `change` may spoil something."""

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b, hidden, output), hidden, output)
        change(dW, db)
        return dW, db

    return gradients


# --- numbers -------------------------------------------------------------------------------------


def test_relative_error_of_tiny_huge_short_and_unsigned_numbers():
    assert relative_error([1e-170], [-1e-170]) == 1
    assert relative_error([3e200], [1e200]) == pytest.approx(0.5)
    assert relative_error(np.float16([100]), np.float16([101])) == pytest.approx(1 / 201)
    assert relative_error(np.uint8([1, 2]), np.uint8([2, 3])) == pytest.approx(np.sqrt(2) / (np.sqrt(5) + np.sqrt(13)))


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "identity"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "identity"])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 20.0])
def test_nudges_are_right_to_nearly_all_digits(hidden, output, scale):
    X, Y, W, b = task((4, 5, 3), scale=scale, output=output)
    truth = numerical_gradients(X, Y, W, b, hidden, output)
    dW, db = network.backward(Y, W, *network.forward(X, W, b, hidden, output), hidden, output)
    for l in W:
        assert relative_error(truth.dW[l], dW[l]) < 1e-12
        assert relative_error(truth.db[l], db[l]) < 1e-12


def test_derivatives_as_small_as_a_double_can_hold():
    X, Y, W, b = task((3, *[3] * 12, 1), scale=1e-8)
    dW, _ = network.backward(Y, W, *network.forward(X, W, b))
    assert 0 < np.abs(dW[1]).max() < 1e-90
    assert relative_error(numerical_gradients(X, Y, W, b).dW[1], dW[1]) < 1e-12


# --- acquits none --------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [4, 14, 20])
def test_a_wrong_first_layer_behind_many_sigmoids_is_found(layers):
    tripled = ours(change=lambda dW, db: dW.update({1: -3 * dW[1]}))
    report = check_gradients(*task((5, *[5] * (layers - 1), 1)), gradients=tripled)
    assert [f.name for f in report.findings if f.verdict == "wrong"] == ["dW[1]"]
    assert report.verdict == "wrong"


def test_what_rounding_hides_is_not_called_right():
    X, Y, W, b = task((3, 3, 1), dtype=np.float32)
    b[2] += 60  # so sure that a − y is a difference of two ones
    report = check_gradients(X, np.ones_like(Y), W, b)
    assert report.verdict == "unjudged"
    assert "too small to judge, because rounding in float32" in str(report)
    assert "or use float64" in report.headline
    dead = {1: -np.ones((3, 1)), 2: np.zeros((1, 1))}
    report = check_gradients(np.zeros((4, 3)), np.ones((1, 4)), {1: np.ones((3, 3)), 2: np.ones((1, 3))}, dead, "relu")
    assert report.verdict == "unjudged"
    assert "are both 0, which proves nothing" in str(report)


def test_a_gradient_known_to_a_few_percent_is_not_called_right():
    X, Y, W, b = task((3, 3, 1), dtype=np.float32)
    b[2][:] = 5  # a − y is about −7e-3, known to 6e-8 at best
    assert check_gradients(X, np.ones_like(Y), W, b).verdict == "unjudged"
    double = [{l: p[l].astype(float) for l in p} for p in (W, b)]
    assert check_gradients(X.astype(float), np.ones(Y.shape), *double).right


def test_right_without_the_examples_on_a_kink_is_not_right_with_them():
    W, b = {1: np.eye(2), 2: np.array([[1.0, -1.0]])}, {1: np.zeros((2, 1)), 2: np.zeros((1, 1))}
    X, Y = np.array([[1.0, 2.0], [0.0, 3.0], [2.0, 1.0]]), np.array([[1.0, 0.0, 1.0]])

    def one_slope_for_the_whole_unit(X, Y, W, b):
        Z, A = network.forward(X, W, b, "relu")
        dZ2 = (A[2] - Y) / len(X)
        dZ1 = (W[2].T @ dZ2) * (Z[1] > 0).all(axis=1, keepdims=True)
        return {1: dZ1 @ X, 2: dZ2 @ A[1].T}, {1: dZ1.sum(axis=1, keepdims=True), 2: dZ2.sum(axis=1, keepdims=True)}

    report = check_gradients(X, Y, W, b, "relu", gradients=one_slope_for_the_whole_unit)
    assert not report.right
    assert check_gradients(X, Y, W, b, "relu").right


def test_numbers_that_overflow_are_not_judged():
    X, Y, W, b = task((3, 4, 4, 4, 1), scale=1e13, dtype=np.float32)
    with np.errstate(all="ignore"):
        report = check_gradients(X, Y, W, b, "identity", "identity")
    assert report.verdict == "unjudged"
    assert "too large for float32" in report.headline
    X, Y, W, b = task((3, 4, 1))
    for factor in (1, 2):
        gradients = spoilt(lambda dW, db, f=factor: tuple({l: f * p[l] for l in p} for p in (dW, db)))
        with np.errstate(all="ignore"):
            report = check_gradients(X, 1e300 * Y, W, b, "sigmoid", "identity", gradients)
        assert report.verdict == "unjudged" and "too large for float64" in report.headline


# --- accuses none --------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1e-6, 255.0, 1e5])
def test_inputs_of_any_size(size, dtype):
    for seed in range(5):
        X, Y, W, b = task((6, 5, 4, 1), seed=seed, dtype=dtype)
        report = check_gradients((size * X).astype(dtype), Y, W, b, "tanh")
        assert not report.wrong, report


@pytest.mark.parametrize("bias", [-10, -16, 10])
def test_a_sure_answer_in_single_precision(bias):
    X, Y, W, b = task((4, 3, 1), dtype=np.float32)
    report = check_gradients(X, 0 * Y, W, {1: b[1], 2: np.full((1, 1), bias, np.float32)})
    assert report.right, report


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_ties_and_kinks_in_deep_networks(dtype):
    W = {l: np.full((3, 3), 0.5, dtype) for l in range(1, 25)} | {25: np.full((1, 3), 0.5, dtype)}
    b = {l: np.zeros((len(W[l]), 1), dtype) for l in W}
    X = np.array([[1, -1, 0], [2, 2, 2], [1, -1, 0], [0, 0, 0]], dtype)
    report = check_gradients(X, np.ones((1, 4), dtype), W, b, "relu", "identity")
    assert not report.wrong, report


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control["name"])
def test_correct_programs_of_other_people(control):
    for seed, (hidden, output) in enumerate([("sigmoid", "sigmoid"), ("tanh", "softmax"), ("relu", "identity")]):
        gradients = partial(control["fresh"](), hidden_activation=hidden, output=output)
        report = check_gradients(*task((3, 4, 4, 2), seed=seed, output=output), hidden, output, gradients)
        assert report.right, report


def test_a_penalty_that_the_cost_has():
    X, Y, W, b = task((3, 4, 2))

    def penalized(X, Y, W, b):
        dW, db = ours()(X, Y, W, b)
        return {l: dW[l] + 0.3 * W[l] for l in W}, db

    assert check_gradients(X, Y, W, b, gradients=penalized, l2=0.3).right
    report = check_gradients(X, Y, W, b, gradients=penalized)
    assert report.cause.line == "dW"
    assert "0.3 W[2] is added, as with a penalty" in report.headline


def of_products(product, penalty=lambda W: 0.3 * W):
    """Gradients of a network with sigmoids, with a mistake in the product or in the gradient of the penalty."""

    def gradients(X, Y, W, b):
        _, A = network.forward(X, W, b)
        dZ, dW, db = (A[len(W)] - Y) / len(X), {}, {}
        for l in sorted(W, reverse=True):
            dW[l], db[l] = product(dZ, A, l) + penalty(W[l]), dZ.sum(axis=1, keepdims=True)
            dZ = (W[l].T @ dZ) * A[l - 1] * (1 - A[l - 1])
        return dW, db

    return gradients


@pytest.mark.parametrize(
    ("product", "penalty", "words"),
    [
        (lambda D, A, l: -D @ A[l - 1].T, 0.3, "its sign is wrong"),
        (lambda D, A, l: D @ A[l].T, 0.3, "it uses A[3] instead of A[2]"),
        (lambda D, A, l: A[l - 1] @ D.T, 0.3, "the factors of the product are swapped"),
        (lambda D, A, l: 2 * D @ A[l - 1].T, 0.3, "the product has an extra factor of 2"),
        (lambda D, A, l: D[:, -1:] @ A[l - 1][:, -1:].T, 0.3, "only the last example counts"),
        (lambda D, A, l: D @ A[l - 1].T, 0, "the gradient of the penalty is left out"),
        (lambda D, A, l: D @ A[l - 1].T, -0.3, "the gradient of the penalty is -0.3 W[3] instead of 0.3 W[3]"),
        (lambda D, A, l: D @ A[l - 1].T, 0.6, "the gradient of the penalty is 0.6 W[3] instead of 0.3 W[3]"),
        (lambda D, A, l: D @ A[l - 1].T, 0.3 / 6, "the gradient of the penalty is 0.05 W[3] instead of 0.3 W[3]"),
    ],
)
def test_a_mistake_is_named_if_the_cost_has_a_penalty(product, penalty, words):
    gradients = of_products(product, lambda W: penalty * W)
    report = check_gradients(*task((3, 3, 3, 3)), gradients=gradients, l2=0.3)
    assert words in report.headline
    assert "`dW[l] = dZ[l] @ A[l - 1].T + l2 * W[l]`" in report.headline
    assert check_gradients(*task((3, 3, 3, 3)), gradients=of_products(lambda D, A, l: D @ A[l - 1].T), l2=0.3).right


def spoilt(change):
    """A function that applies `change(dW, db)`, which returns a new pair, to right gradients."""
    return lambda X, Y, W, b: change(*network.backward(Y, W, *network.forward(X, W, b)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dW, db: (dW, {l: np.float32(db[l]) for l in db}), "float32, although the parameters are float64"),
        (lambda dW, db: (dW | {1: dW[1] * [1, np.nan, 1]}, db), "in the line for dW[1]: it is not finite"),
        (lambda dW, db: ({l: dW[l] * (1 + 1e-7 * RNG.random()) for l in dW}, db), "as if there were random numbers"),
        (lambda dW, db: ({l: dW[l] * (1 + 1e-9) for l in dW}, db), "it has an extra factor of 1 + 1e-09"),
        (lambda dW, db: (dW | {0: dW[1]}, db), "dW has the keys 0, 1, 2, but the layers are 1, 2"),
        (lambda dW, db: ({str(l): dW[l] for l in dW}, db), "dW has the keys '1', '2', but the layers are 1, 2"),
    ],
)
def test_a_small_or_formal_mistake_is_named(change, words):
    report = check_gradients(*task((3, 4, 1)), gradients=spoilt(change))
    assert report.wrong and words in report.headline, report


def test_a_number_added_to_a_single_weight_is_not_called_a_penalty():
    X, Y, W, b = task((1, 1))
    report = check_gradients(X, Y, {1: np.abs(W[1])}, b, gradients=spoilt(lambda dW, db: ({1: dW[1] + 1e-6}, db)))
    assert "the same number is added" in report.headline


def test_a_function_that_ignores_its_arguments_is_named():
    X, Y, W, b = task((3, 4, 1))
    report = check_gradients(X, Y, W, b, gradients=lambda X, Y, *_: ours()(X, Y, W, b))
    assert report.wrong and "do not change with the parameters" in report.headline
    b = {l: 0 * b[l] for l in b}
    for name, gradients in (
        ("W", lambda X, Y, _, b: ours()(X, Y, W, b)),
        ("b", lambda X, Y, W, b: ours()(X, Y, W, {l: 0 * b[l] for l in b})),
    ):
        report = check_gradients(X, Y, W, b, gradients=gradients)
        assert f"Look at where the function uses {name}: the gradients do not change with {name}," in report.headline
        assert report.headline.endswith("Apart from this, the gradients are right here.")


def test_a_function_that_refuses_other_weights_is_checked_without_them():
    X, Y, W, b = task((3, 4, 1))

    def gradients(X, Y, now, b):
        if any((now[l] != W[l]).any() for l in W):
            raise RuntimeError("other weights")
        return ours()(X, Y, now, b)

    assert check_gradients(X, Y, W, b, gradients=gradients).right


def test_gradients_that_vanish_in_rounding_are_not_said_to_ignore_the_parameters():
    X, Y, W, b = task((3, 4, 1), dtype=np.float32)
    b = {1: b[1], 2: np.full((1, 1), -300, np.float32)}
    assert not check_gradients(
        X, 0 * Y, W, b, gradients=lambda *_: ({l: 0 * W[l] for l in W}, {l: 0 * b[l] for l in b})
    ).wrong


def test_a_slope_that_is_wrong_just_below_0_is_not_blamed_on_the_line_before():
    def gradients(X, Y, W, b):
        Z, A = network.forward(X, W, b, "relu")
        dZ, dW, db = (A[len(W)] - Y) / len(X), {}, {}
        for l in sorted(W, reverse=True):
            dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = (W[l].T @ dZ) * (Z[l - 1] >= -0.1) if l > 1 else None
        return dW, db

    reports = [check_gradients(*task((4, 5, 3, 2), seed=seed), "relu", gradients=gradients) for seed in range(12)]
    assert {report.cause.line for report in reports if report.wrong} == {"dZ"}


# --- names the cause -----------------------------------------------------------------------------


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug["name"])
def test_a_planted_bug_is_found_and_its_line_named(bug):
    report = None
    for seed in range(24):
        hidden, output = ["sigmoid", "tanh", "relu"][seed % 3], ["sigmoid", "softmax", "identity"][seed // 3 % 3]
        sizes = [(3, 4, 3, 2), (3, 3, 3, 3)][seed % 2]
        if not bug["applies"](3, sizes, 6, hidden, output):
            continue
        X, Y, W, b = task(sizes, seed=seed, output=output)
        case = {"X": X, "Y": Y, "W": W, "b": b, "hidden_activation": hidden, "output": output}
        if bug["setup"]:
            case = bug["setup"](case, np.random.default_rng(seed))
        gradients = partial(bug["fresh"](), hidden_activation=hidden, output=output)
        with np.errstate(all="ignore"):
            report = check_gradients(*(case[k] for k in "XYWb"), hidden, output, gradients)
        if report.wrong and report.cause and report.cause.line in (bug["line"], *bug["also"]):
            return
    raise AssertionError(report or "it shows on other networks only")


def test_functions_that_return_something_else():
    X, Y, W, b = task((3, 2, 1))
    for result, words in (
        (None, "the function returns None: is `return` missing?"),
        ({1: 0}, "the function returns one dictionary, but it must return two dictionaries, dW and db"),
        ((1, 2, 3), "the function returns a tuple of length 3"),
        (([], []), "dW is a list, not a dictionary with the keys 1 to 2"),
        (({0: 1, 1: 2}, {}), "dW has the keys 0, 1, but the layers are 1, 2"),
    ):
        report = check_gradients(X, Y, W, b, gradients=lambda *_, r=result: r)
        assert report.wrong
        assert words in report.headline
        assert report.cause.line == "return"


def test_arguments_that_are_changed_are_named_and_the_callers_are_safe():
    X, Y, W, b = task((3, 2, 1))
    before = {l: W[l].copy() for l in W}

    def updates(X, Y, W, b):
        dW, db = ours()(X, Y, W, b)
        W[2] -= 0.1 * dW[2]
        return dW, db

    report = check_gradients(X, Y, W, b, gradients=updates)
    assert report.wrong
    assert report.headline.startswith("The function changes its argument W[2]:")
    np.testing.assert_equal(W, before)

    def updates_both(X, Y, W, b):
        b[1] += 1
        return updates(X, Y, W, b)

    report = check_gradients(X, Y, W, b, gradients=updates_both)
    assert report.headline.startswith("The function changes its arguments W[2], b[1]:")


def test_a_function_that_draws_random_numbers_or_counts_its_calls_is_named():
    rng, calls = np.random.default_rng(0), []

    def random(X, Y, W, b):
        dW, db = ours()(X, Y, W, b)
        return {l: dW[l] * (rng.random(dW[l].shape) > 0.5) for l in dW}, db

    def late(X, Y, W, b):
        calls.append(1)
        dW, db = ours()(X, Y, W, b)
        return {l: dW[l] * (len(calls) < 2) for l in dW}, db

    def unreadable(X, Y, W, b):
        dW, db = random(X, Y, W, b)
        return dW | {1: 1j * dW[1]}, db

    for function in (random, late, unreadable):
        report = check_gradients(*task((3, 2, 1)), gradients=function)
        assert report.cause.line == "state"
        assert "keeps between calls" in report.headline


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            lambda X, Y, W, b: (X, Y[0], W, b),
            ValueError,
            r"Y has shape \(6,\), but it must be \(2, 6\), .*: check X and Y",
        ),
        (lambda X, Y, W, b: (X[0], Y, W, b), ValueError, r"X has shape \(3,\)"),
        (lambda X, Y, W, b: (X, Y.T, W, b), ValueError, r"Y has shape \(6, 2\), but it must be \(2, 6\), .*: use Y.T"),
        (lambda X, Y, W, b: (X, Y, W | {1: W[1].T}, b), ValueError, r"W\[1\] has shape"),
        (
            lambda X, Y, W, b: (X, Y, W, b | {2: b[2].ravel()}),
            ValueError,
            r"b\[2\] has shape \(2,\), but it must be a",
        ),
        (lambda X, Y, W, b: (X, Y, W | {2: W[2].astype(int)}, b), TypeError, r"W\[2\] is of type int64"),
        (lambda X, Y, W, b: (X, Y, W | {2: W[2].astype(np.float16)}, b), TypeError, r"W\[2\] is of type float16"),
        (lambda X, Y, W, b: (X, Y, [*W.values()], b), TypeError, "W must be a dictionary with the layers 1 to L"),
        (lambda X, Y, W, b: (X, Y, W, {1: b[1]}), ValueError, "W has 2 layers and b has 1"),
        (lambda X, Y, W, b: (X * np.nan, Y, W, b), ValueError, "X contains NaN"),
        (lambda X, Y, W, b: (X.astype(str), Y, W, b), TypeError, "X contains <U"),
    ],
)
def test_arguments_that_do_not_fit_are_named(change, error, words):
    with pytest.raises(error, match=words):
        check_gradients(*change(*task((3, 4, 2))))


@pytest.mark.parametrize(
    ("factor", "layers", "words"),
    [
        (lambda m: m, (2,), "in the line for dW[2]: it is a sum over the 6 examples instead of a mean in layer 2. The"),
        (lambda m: m, (1, 2), "it is a sum over the 6 examples instead of a mean in the hidden layers. The"),
        (lambda m: 1 / m, (2,), "the mean over the 6 examples is taken twice in layer 2. The"),
        (lambda m: 2, (2,), "it has an extra factor of 2 in layer 2. The"),
        (lambda m: 1 / (3 * m), (2,), "it has an extra factor of 0.05556 in layer 2. The"),
        (lambda m: -1, (2,), "its sign is wrong in layer 2. The"),
    ],
)
def test_a_factor_is_said_of_the_layers_that_have_it(factor, layers, words):
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((6, 4)), rng.integers(0, 2, (1, 6)).astype(float)

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        return {l: factor(len(X)) * dW[l] if l in layers else dW[l] for l in dW}, db

    report = check_gradients(X, Y, *network.initialize_parameters([4, 3, 3, 1]), gradients=gradients)
    assert words in report.headline
    assert "Earlier layers" not in report.headline  # nothing else is computed from a dW


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda p, X: 1.7 * p, "in the line for db[2]: it has an extra factor of 1.7"),
        (lambda p, X: p + 0.3 * np.mean(X), "in the line for db[2]: dW[2] is right"),
        (lambda p, X: np.abs(p) ** 1.5, "in the line for db[2]: dW[2] is right"),
    ],
)
def test_a_factor_is_said_of_a_single_number_only_if_it_is_the_same_on_other_data(mistake, words):
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((6, 4)), rng.integers(0, 2, (1, 6)).astype(float)

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        return dW, db | {2: mistake(db[2], X)}

    assert words in check_gradients(X, Y, *network.initialize_parameters([4, 3, 1]), gradients=gradients).headline


@pytest.mark.parametrize(("guard", "verdict"), [(1e-15, "right"), (1e-9, "wrong")])
def test_a_guard_in_a_denominator_is_no_bug_while_it_changes_no_digit(guard, verdict):
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((6, 4)), rng.integers(0, 2, (1, 6)).astype(float)

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        return tuple({l: p[l] / (1 + guard) for l in p} for p in (dW, db))

    assert check_gradients(X, Y, *network.initialize_parameters([4, 3, 1]), gradients=gradients).verdict == verdict
