"""The gradient check itself: does it find a right gradient right, and a wrong one wrong?"""

import copy

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from planted_bugs import PLAIN, compile_source, replaced

from helpers import gradient_check
from helpers.backprop import activations, network
from helpers.backprop.losses import binary_cross_entropy
from helpers.gradient_check import bug_zoo, check_gradients
from helpers.gradient_check.nudge import numerical_gradient, relative_error, unchecked_relative_error


def test_gradient_of_a_cubic_worked_by_hand():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    gradient = numerical_gradient(lambda: np.sum(x**3), x)
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-8)
    assert x.tolist() == [[1, -2], [0.5, 3]]


def test_parameters_are_put_back_even_if_the_cost_fails():
    x = np.array([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda: 1 / 0, x)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("x", [np.ones(2, np.float32), np.ones(2, int), [1.0, 2.0]])
def test_only_double_precision_is_precise_enough(x):
    with pytest.raises(TypeError, match="must be a float64 array"):
        numerical_gradient(lambda: 0.0, x)


def test_an_unchecked_relative_error_is_nan_if_an_entry_of_either_array_is():
    nan, zeros = np.array([np.nan, 0]), np.zeros(2)
    assert np.isnan([unchecked_relative_error(nan, zeros), unchecked_relative_error(zeros, nan)]).all()


def test_relative_error_worked_by_hand():
    assert relative_error([3, 4], [3, 4]) == 0
    assert relative_error([3, 4], [-3, -4]) == 1
    assert relative_error([2.0], [1.0]) == pytest.approx(1 / 3)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    with pytest.raises(ValueError, match=r"the shapes \(.*\) and \(.*\) differ"):
        relative_error(np.zeros((2, 1)), np.zeros(2))


# --- the report ----------------------------------------------------------------------------------


def task(sizes=(3, 4, 3, 2), m=5, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(sizes, random_state=rng, dtype=dtype)
    b = {l: rng.standard_normal(b[l].shape).astype(dtype) for l in b}
    Y = rng.integers(0, 2, (sizes[-1], m)).astype(dtype)
    return rng.standard_normal((m, sizes[0])).astype(dtype), Y, W, b


def planted(change, hidden="sigmoid"):
    """Right gradients that `change(dW, db, m)` has spoilt in place."""

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b, hidden), hidden)
        change(dW, db, len(X))
        return dW, db

    return gradients


def words(report, name):
    return next(finding.words for finding in report.findings if finding.name == name)


@settings(max_examples=150)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    m=st.integers(1, 6),
    hidden=st.sampled_from(["sigmoid", "tanh", "relu", "identity"]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
)
def test_correct_code_is_never_accused(sizes, m, hidden, dtype, seed):
    X, Y, W, b = task(sizes, m, seed, dtype)
    report = check_gradients(X, Y, W, b, hidden)
    assert not report.wrong, report
    assert report.first_guilty is None
    assert str(report).startswith("All gradients are right." if report.right else "No mistake was found, but ")


def test_restarting_gives_what_the_plain_nudge_gives():
    X, Y, W, b = task()
    truth = gradient_check.numerical_gradients(X, Y, W, b, "tanh")

    def cost():
        Z, _ = network.forward(X, W, b, "tanh")
        return binary_cross_entropy(Z[3], Y)

    for l in W:
        np.testing.assert_allclose(truth.dW[l], numerical_gradient(cost, W[l]), atol=1e-9)
        np.testing.assert_allclose(truth.db[l], numerical_gradient(cost, b[l]), atol=1e-9)


FAULTS = [
    (
        lambda dW, db, m: dW.update({2: 2 * dW[2]}),
        "dW[2]",
        "is 2.000 × the numerical gradient: it has an extra factor of 2",
    ),
    (
        lambda dW, db, m: dW.update({2: 0.5 * dW[2]}),
        "dW[2]",
        "is 0.500 × the numerical gradient: it has an extra factor of ½",
    ),
    (
        lambda dW, db, m: dW.update({2: 1.7 * dW[2]}),
        "dW[2]",
        "is 1.700 × the numerical gradient: it is wrong by a constant factor",
    ),
    (lambda dW, db, m: db.update({2: m * db[2]}), "db[2]", "it is a sum over the 5 examples instead of a mean"),
    (lambda dW, db, m: dW.update({1: dW[1] / m}), "dW[1]", "the mean over the 5 examples is taken twice"),
    (lambda dW, db, m: dW.update({3: -dW[3]}), "dW[3]", "is -1.000 × the numerical gradient: it has the wrong sign"),
    (lambda dW, db, m: dW.update({3: -m * dW[3]}), "dW[3]", "it has the wrong sign, and it is a sum over the 5"),
    (lambda dW, db, m: dW.update({2: dW[2].T}), "dW[2]", "its parameter has shape (3, 4): it is transposed"),
    (lambda dW, db, m: db.update({2: np.ones((1, m))}), "db[2]", "summed over the wrong axis"),
    (lambda dW, db, m: db.update({2: np.ones((3, m))}), "db[2]", "not summed over the examples"),
    (lambda dW, db, m: db.update({2: db[2].ravel()}), "db[2]", "an axis is missing, as happens after a sum"),
    (lambda dW, db, m: dW.update({2: 0 * dW[2]}), "dW[2]", "is zero everywhere"),
    (lambda dW, db, m: dW.update({2: dW[2] * np.nan}), "dW[2]", "is not finite"),
    (lambda dW, db, m: dW.pop(2), "dW[2]", "is missing"),
    (lambda dW, db, m: dW[2].__setitem__((0, 0), 9), "dW[2]", "look at the product with A[1]ᵀ"),
    (lambda dW, db, m: db[2].__setitem__((0, 0), 9), "db[2]", "look at how db[2] is computed from it"),
]


@pytest.mark.parametrize(("change", "name", "diagnosis"), FAULTS)
def test_a_planted_fault_is_named_and_nothing_else_is(change, name, diagnosis):
    report = check_gradients(*task(), gradients=planted(change))
    assert diagnosis in report.headline or diagnosis in words(report, name)
    assert [finding.name for finding in report.findings if finding.verdict == "wrong"] == [name]
    assert [finding.name for finding in report.findings if not finding.right] == [name]
    assert report.first_guilty == int(name[3])
    assert f"Look at layer {name[3]} first" in report.headline


def test_transposed_in_a_square_layer():
    report = check_gradients(*task((3, 3, 3, 2)), gradients=planted(lambda dW, db, m: dW.update({2: dW[2].T.copy()})))
    assert words(report, "dW[2]") == "matches the transpose of the numerical gradient"


@pytest.mark.parametrize(("side", "sign"), [("<", -1), (">", 1)])
def test_wrong_on_one_side_of_zero_only(side, sign):
    def gradients(X, Y, W, b):
        Z, A = network.forward(X, W, b, "relu")
        dZ2 = (activations.sigmoid(Z[2]) - Y) / len(X)
        slope = activations.relu_prime(Z[1]) + np.where(sign * Z[1] > 0, np.cos(3 * Z[1]), 0)
        dZ1 = (W[2].T @ dZ2) * slope
        return {1: dZ1 @ X, 2: dZ2 @ A[1].T}, {1: dZ1.sum(axis=1, keepdims=True), 2: dZ2.sum(axis=1, keepdims=True)}

    report = check_gradients(*task((4, 6, 1), m=8), "relu", gradients=gradients)
    assert report.first_guilty == 1
    assert report.cause.line == "dZ"
    assert f"the slope is wrong only where Z[1] {side} 0" in report.headline
    assert "Look at layer 1 first, at the step from dZ[2] to dZ[1]" in report.headline
    assert "The gradients of layer 2 are right." in report.headline


def test_the_first_guilty_layer_is_named_and_those_it_pollutes():
    def gradients(X, Y, W, b):
        broken = {**W, 3: W[3] * 1.3 + 0.1}
        return network.backward(Y, broken, *network.forward(X, W, b))

    report = check_gradients(*task(), gradients=gradients)
    assert report.first_guilty == 2
    assert report.cause.line == "dA"
    assert "The gradients of layer 3 are right. Earlier layers may be wrong only because of layer 2." in report.headline
    assert [f.right for f in report.findings] == [False] * 4 + [True] * 2


def test_a_kink_within_epsilon_is_skipped_and_nobody_accused():
    W, b = {1: np.eye(2), 2: np.array([[1.0, -1.0]])}, {1: np.zeros((2, 1)), 2: np.zeros((1, 1))}
    X, Y = np.array([[0.0, 1.0], [1.0, 2.0]]), np.array([[1.0, 0.0]])  # Z[1] is 0 at one place: on the kink
    report = check_gradients(X, Y, W, b, "relu")
    assert report.right, report
    assert sum(finding.skipped for finding in report.findings) > 0
    assert "1 example left out, because a unit is at its kink" in str(report)
    wrong = check_gradients(X, Y, W, b, "relu", gradients=planted(lambda dW, db, m: dW.update({1: 2 * dW[1]}), "relu"))
    assert not wrong.right


@pytest.mark.parametrize(
    ("slope_at_0", "right"), [(0, True), (1, True), (0.5, True), (2, False), (-1, False), (np.nan, False)]
)
@pytest.mark.parametrize("smallest", [1, 2])
def test_wrong_only_at_a_kink(slope_at_0, right, smallest):
    W, b = {1: np.eye(2), 2: np.array([[1.0, -1.0]])}, {1: np.zeros((2, 1)), 2: np.zeros((1, 1))}
    X, Y = np.array([[0.0, 1.0], [1.0, 2.0], [-1.0, 0.5]]), np.array([[1.0, 0.0, 1.0]])

    def gradients(X, Y, W, b):
        assert len(X) >= smallest
        Z, A = network.forward(X, W, b, "relu")
        dZ2 = (activations.sigmoid(Z[2]) - Y) / len(X)
        dZ1 = (W[2].T @ dZ2) * np.where(Z[1] == 0, slope_at_0, Z[1] > 0)
        return {1: dZ1 @ X, 2: dZ2 @ A[1].T}, {1: dZ1.sum(axis=1, keepdims=True), 2: dZ2.sum(axis=1, keepdims=True)}

    report = check_gradients(X, Y, W, b, "relu", gradients=gradients)
    assert report.right is right, report
    if not right:
        assert "is wrong only at a kink" in words(report, "db[1]")
        assert (
            "in the line for dZ[1]: " + ("it is not" if np.isnan(slope_at_0) else "where Z[1] is 0") in report.headline
        )


def test_where_everything_lies_on_a_kink_nothing_is_claimed():
    W, b = {1: np.ones((2, 1)), 2: np.ones((1, 2))}, {1: np.zeros((2, 1)), 2: np.zeros((1, 1))}
    report = check_gradients(np.zeros((3, 1)), np.ones((1, 3)), W, b, "relu")
    assert report.verdict == "unjudged"
    assert "every example has a unit at its kink" in words(report, "db[1]")
    assert "All gradients are right" not in str(report)


def zero_weights():
    """A task in which every unit of both hidden layers is at its kink."""
    rng = np.random.default_rng(0)
    W, b = {l: np.zeros((3, 3)) for l in (1, 2, 3)}, {l: np.zeros((3, 1)) for l in (1, 2, 3)}
    return rng.standard_normal((4, 3)), rng.standard_normal((3, 4)), W, b, "relu", "identity"


@pytest.mark.parametrize("factor", [-1, 100, 1 + 1e-6])
def test_the_layers_after_the_last_kink_are_judged(factor):
    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b, "relu", "identity"), "relu", "identity")
        return dW, {**db, 3: factor * db[3]}

    assert check_gradients(*zero_weights()).verdict == "unjudged"
    report = check_gradients(*zero_weights(), gradients)
    assert {f.name: f.verdict for f in report.findings if f.verdict != "unjudged"} == {"db[3]": "wrong"}


@pytest.mark.parametrize("explain", [True, False])
@pytest.mark.parametrize("on_kink", ["all", "one"])
def test_a_function_that_needs_two_examples_is_not_called_with_one(explain, on_kink):
    X, Y, W, b, hidden, output = zero_weights()
    if on_kink == "one":
        W, b = {l: np.full((3, 3), 0.3 * l) + np.eye(3) for l in W}, {l: b[l] + 0.1 for l in b}
        X, b[1] = np.abs(X), np.zeros((3, 1))
        X[0] = 0

    def gradients(X, Y, W, b):
        if len(X) < 2:
            raise ValueError("at least two examples, please")
        return network.backward(Y, W, *network.forward(X, W, b, hidden, output), hidden, output)

    report = check_gradients(X, Y, W, b, hidden, output, gradients, explain=explain)
    assert not report.wrong and report.verdict == ("unjudged" if on_kink == "all" else "right")


def test_labels_that_are_not_shuffled_are_looked_for_where_examples_are_combined():
    def gradients(X, Y, W, b):  # db[2] is right, because it is a sum over the examples
        order = np.random.default_rng(3).permutation(len(X))
        return network.backward(Y, W, *network.forward(X[order], W, b, "tanh", "identity"), "tanh", "identity")

    X, _, W, b = task((3, 4, 1), m=8)
    report = check_gradients(X, np.arange(8.0)[None] ** 2, W, b, "tanh", "identity", gradients)
    assert report.cause.line == "examples", report
    assert "each example on its own is right" in report.headline


def test_a_small_error_in_every_example_is_not_blamed_on_their_combination():
    def gradients(X, Y, W, b):
        Z, A = network.forward(X, W, b, "tanh", "identity")
        D = (A[2] - Y).astype(np.float32).astype(float)
        return network.backward(A[2] - D, W, Z, A, "tanh", "identity")

    report = check_gradients(*task((3, 4, 1), m=8), "tanh", "identity", gradients)
    assert report.wrong and report.cause.line == "dZ[L]", report


def test_single_precision_has_its_own_threshold():
    X, Y, W, b = task(dtype=np.float32)
    report = check_gradients(X, Y, W, b)
    assert report.right
    assert max(report.errors.values()) > 1e-8  # what float32 arithmetic leaves
    assert not check_gradients(X, Y, W, b, gradients=planted(lambda dW, db, m: dW.update({1: 1.01 * dW[1]}))).right


def test_parameters_are_left_alone():
    X, Y, W, b = task()
    before = copy.deepcopy((X, Y, W, b))
    check_gradients(X, Y, W, b)
    np.testing.assert_equal((X, Y, W, b), before)


def test_the_table_says_in_words_and_signs_what_its_colours_say():
    report = check_gradients(*task(), gradients=planted(lambda dW, db, m: dW.update({2: -dW[2]})))
    table = report._repr_html_()
    assert table.count("<tr") == 7  # the heading, and a row for each gradient
    assert table.count("✗") == 1
    assert table.count("✓") == 5
    assert "wrong sign" in table
    assert "&lt;1e-12" in table and "<1e" not in table
    assert "`" not in table and "<code>dW[2]</code>" in table
    assert table.count("background:rgb(") == table.count("<tr style") > 0 and "%)" in table  # the page shows through


# --- the cause of several wrong gradients ---------------------------------------------------------

LINES = {
    "z": "Z[l] = W[l] @ A[l - 1] + b[l]",
    "a": "A[l] = activate(Z[l], hidden_activation if l < L else output)",
    "dW": "dW[l] = dZ @ A[l - 1].T",
    "db": "db[l] = dZ.sum(axis=1, keepdims=True)",
    "dA": "dA = W[l].T @ dZ",
    "error": "dZ = (A[L] - Y) / m",
    "end": "return dW, db",
}
PENALISED = "dW[l] = dZ @ A[l - 1].T + 0.1 * W[l]"
BOTH = "in the lines for dW[3] and db[3]: for dW[3], "
NOT_ZERO = "are 0, although earlier layers are right, so dZ[{}] is not 0"
NEVER = "are 0, as if they were never computed or no error reached this layer"
SKIPS = "dZ = dZ * (Y[0] == 0)\n    return {**dW, 1: dZ @ A[0].T}, {**db, 1: dZ.sum(axis=1, keepdims=True)}"


def cause_of(changes, hidden="tanh", output="softmax", sizes=(4, 5, 5, 3), l2=0.0, m=7):
    """The report on the program PLAIN with some of its lines replaced."""
    function = compile_source(replaced(PLAIN, [(LINES[name], new) for name, new in changes.items()]))
    X, Y, W, b = task(sizes, m)
    Y = np.eye(sizes[-1])[:, np.arange(m) % sizes[-1]] if output == "softmax" else Y
    return check_gradients(X, Y, W, b, hidden, output, lambda *a: function(*a, hidden, output), l2=l2)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "identity"])
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_layer_whose_gradients_are_0_is_not_explained_by_lines_that_other_layers_use(hidden, output, layer):
    frozen = f"return {{**dW, {layer}: 0 * dW[{layer}]}}, {{**db, {layer}: 0 * db[{layer}]}}"
    cause = cause_of({"end": frozen}, hidden, output).cause
    assert cause.where == "in the returned gradients"
    words = NOT_ZERO.format(layer) if layer > 1 else NEVER
    assert cause.says == f"dW[{layer}] and db[{layer}] {words}"


@pytest.mark.parametrize(
    ("changes", "words", "options"),
    [
        (
            {"end": "return {**dW, 2: np.sin(dW[2])}, {**db, 2: np.cos(db[2])}"},
            "in the lines for dW[2] and db[2]: earlier layers are right, so dZ[2] is right as well",
            {},
        ),
        (
            {"end": "return {**dW, 3: 2 * dW[3]}, {**db, 3: 3 * db[3]}"},
            BOTH
            + "it has an extra factor of 2 in the output layer; for db[3], it has an extra factor of 3 in the output",
            {},
        ),
        (
            {"end": "return {**dW, 3: 2 * dW[3]}, {**db, 3: 2 * db[3]}"},
            "in the returned gradients: all gradients have an extra factor of 2 in layer 3.",
            {},
        ),
        (
            {"end": "return {**dW, 3: dW[3].round(2)}, {**db, 3: db[3].round(2)}"},
            "in the returned gradients: the gradients are rounded to two decimals in layer 3.",
            {},
        ),
        (
            {"end": "return {l: 0 * dW[l] for l in dW}, {l: 0 * db[l] for l in db}"},
            "in the returned gradients: all gradients are 0, as happens with the integer division 1 // m.",
            {},
        ),
        (
            {"dW": "dW[l] = m * dZ @ A[l - 1].T", "db": "db[l] = -dZ.sum(axis=1, keepdims=True)"},
            BOTH + "it is a sum over the 7 examples instead of a mean; for db[3], its sign is wrong.",
            {},
        ),
        (
            {"dW": "dW[l] = dZ @ A[l].T", "db": "db[l] = dZ.mean(axis=1, keepdims=True)"},
            BOTH + "it uses A[3] instead of A[2]; for db[3], the mean over the 6 examples is taken twice.",
            {"sizes": (4, 4, 4, 4), "m": 6},
        ),
        (
            {"db": "db[l] = dZ.sum(axis=1, keepdims=True) + 0.1 * b[l]"},
            BOTH
            + "the gradient of the penalty is left out; for db[3], 0.1 b[3] is added, as with a penalty on the biases",
            {"l2": 0.1},
        ),
        (
            {"dW": "dW[l] = np.sin(dZ) @ A[l - 1].T", "db": "db[l] = np.cos(dZ).sum(axis=1, keepdims=True)"},
            "in the lines for dW[3] and db[3]: even for a single example, dW[3] is not the product of db[3] and a row",
            {},
        ),
        (
            {"dW": PENALISED + " * (l > 1)"},
            "in the line for dW[1]: the gradient of the penalty is left out in layer 1.",
            {"l2": 0.1},
        ),
        (
            {"dW": PENALISED + " * (l < 3)"},
            "in the line for dW[3]: the gradient of the penalty is left out in layer 3.",
            {"l2": 0.1},
        ),
        (
            {"dW": "dW[l] = dZ @ A[l - 1].T + 0.1 * np.sign(W[l])"},
            "in the line for dW[3]: the gradient of the penalty is λ sign(W[3]) instead of λ W[3].",
            {"l2": 0.1},
        ),
        ({"dW": PENALISED + " * (l == 2)"}, "in the line for dW[2]: 0.1 W[2] is added in layer 2.", {}),
        (
            {"dW": "dW[l] = dZ @ A[l - 1].T + np.cos(W[l])"},
            "look at the product with A[2]ᵀ and at the penalty",
            {"l2": 0.1},
        ),
        (
            {"z": "Z[l] = W[l] @ A[l - 1] + b[l] * (l != 2)"},
            "in the forward pass of layer 2: b[2] is not added to W[2] A[1].",
            {},
        ),
        (
            {"z": "Z[l] = W[l] @ A[l - 1] + b[l] * (1 + (l == 1))"},
            "in the forward pass of layer 1: b[1] is added twice.",
            {},
        ),
        (
            {"z": "Z[l] = (W[l].T if l == 2 else W[l]) @ A[l - 1] + b[l]"},
            "in the forward pass of layer 2: W[2] is transposed.",
            {},
        ),
        (
            {"z": "Z[l] = W[l] @ A[l - 1] + b[l] + (A[1] if l == 2 else 0)"},
            "in the forward pass of layer 2: A[1] is also added to Z[2]",
            {},
        ),
        (
            {"a": "A[l] = activate(Z[l], output if l == L else 'sigmoid' if l == 1 else hidden_activation)"},
            "in the forward pass of layer 1: the hidden activation is sigmoid here, but the cost uses a different one.",
            {},
        ),
        (
            {"z": "Z[l] = W[l] @ A[l - 1] + b[l].T"},
            "in the forward pass: b[l] is added as a row instead of a column.",
            {"sizes": (4, 4, 4), "m": 4, "output": "sigmoid"},
        ),
        (
            {"end": "return dW, {**db, 1: db[2], 2: db[1]}"},
            "in the returned gradients: db[2] has the value that db[1] should have: look for a wrong key.",
            {},
        ),
        (
            {"end": "return {**dW, 2: dW[2] + dW[3], 1: dW[1] + dW[2] + dW[3]}, db"},
            "in the returned gradients: dW[3] has been added to dW[2].",
            {"sizes": (4, 4, 4, 4)},
        ),
        (
            {"error": "dZ = ((A[L] - Y) / m).astype(np.float16).astype(float)"},
            "the error of the output: it is rounded to float16.",
            {},
        ),
        (
            {"end": SKIPS},
            "in the line for dZ[1]: dA[1] is right: look at the slope by which it is multiplied, and at what follows.",
            {},
        ),
        ({"dA": "dA = W[l].T @ dZ; Z[l - 1] = 0 * Z[l - 1]"}, "the slope is left out or always 1.", {}),
        (
            {"dA": "dA = W[l].T @ dZ; Z[l - 1] = 1 + 0 * Z[l - 1]"},
            "the slope is left out or always 1, as happens when a ReLU's output is tested with >=.",
            {"hidden": "relu"},
        ),
        (
            {"dA": "dA = (W[l] if l == 2 else W[l].T) @ dZ"},
            "in the line for dA[1]: W[2] is not transposed.",
            {"sizes": (4, 4, 4, 4)},
        ),
        (
            {"error": "dZ = (Y - A[L]) / m", "dW": "dW[l] = dZ @ A[l - 1].T"},
            "the error of the output: it has the wrong sign: Y − A[L]; and in dW[3], the gradient of the penalty is "
            "left out. The correct line is `dZ[L] = (A[L] - Y) / m`",
            {"l2": 0.1, "sizes": (3, 4, 4, 2)},
        ),
        (
            {"error": "dZ = A[L] - Y", "dW": "dW[l] = dZ @ A[l - 1].T + 0.2 * W[l]"},
            "it is a sum over the 6 examples instead of a mean; and in dW[3], the gradient of the penalty is 0.2 W[3] "
            "instead of 0.1 W[3].",
            {"l2": 0.1, "sizes": (3, 4, 4, 2), "m": 6},
        ),
        (
            {"dA": "dA = -W[l].T @ dZ"},
            "in the line for dA[2] or dZ[2]: its sign is wrong. The correct lines are `dA[l] = W[l + 1].T @ dZ[l + 1]` "
            "and `dZ[l] = dA[l] * g_prime(Z[l])`",
            {},
        ),
        (
            {"dA": "dA = (A[l - 1] - Y) / m if l == 3 else W[l].T @ dZ"},
            "in the line for dZ[2]: the result does not depend on W[3], as if dA[2] were not used",
            {"sizes": (4, 4, 4, 4)},
        ),
        ({"end": "return {**dW, 2: W[2].copy()}, db"}, "in the returned gradients: dW[2] is W[2] itself.", {}),
        (
            {"error": "dZ = (A[L] - Y) / 8"},
            "it divides by a fixed number, 8, instead of the number of examples.",
            {"m": 6},
        ),
    ],
)
def test_the_simplest_cause_that_fits_every_layer_is_named(changes, words, options):
    assert words in cause_of(changes, **options).headline


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_mistake_in_the_forward_pass_is_not_said_to_be_in_the_last_layer(layer):
    headline = cause_of({"z": f"Z[l] = W[l] @ A[l - 1] + b[l] * (l != {layer})"}).headline
    assert headline.startswith("Look in the forward pass") and "Earlier layers" not in headline


def test_the_step_to_a_layer_is_not_blamed_for_lines_after_it():
    report = cause_of({"end": "return {**dW, 2: 0 * dW[2]}, {**db, 2: 0 * db[2]}"})
    assert report.headline.startswith("Look at layer 2 first, in the returned gradients: ")
    assert report.headline.endswith("The gradients of layer 3 are right.")


@pytest.mark.parametrize(("step", "sides"), [(1e-4, 2), (1e-5, 2), (1e-5, 1), (1e-7, 1)])
def test_finite_differences_are_not_explained_by_a_wrong_line(step, sides):
    def gradients(X, Y, W, b):
        def cost():
            return binary_cross_entropy(network.forward(X, W, b, "tanh")[0][2], Y)

        def slope(x, i):
            x[i] += step
            above, x[i] = cost(), x[i] - sides * step
            below, x[i] = cost() if sides == 2 else start, x[i] + (sides - 1) * step
            return (above - below) / (sides * step)

        W, b = ({l: p[l].copy() for l in p} for p in (W, b))
        start = cost()
        return tuple(
            {l: np.array([[slope(p[l], (i, j)) for j in range(len(row))] for i, row in enumerate(p[l])]) for l in p}
            for p in (W, b)
        )

    X, Y, W, b = task((3, 3, 1), m=4)
    report = check_gradients(X, Y, W, b, "tanh", gradients=gradients)
    assert report.wrong and report.cause.line == "return"
    assert "they are nearly right, as happens with finite differences" in report.headline


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
def test_a_lower_precision_is_not_explained_by_a_wrong_line(hidden, dtype):
    def gradients(*arguments):
        X, Y, W, b = (
            a.astype(dtype) if hasattr(a, "astype") else {l: a[l].astype(dtype) for l in a} for a in arguments
        )
        exact = network.backward(Y, W, *network.forward(X, W, b, hidden), hidden)
        return tuple({l: p[l].astype(dtype).astype(float) for l in p} for p in exact)

    report = check_gradients(*task((4, 5, 3)), hidden, gradients=gradients)
    assert report.wrong and "with a lower precision such as float32 or float16" in report.headline


def test_one_wrong_entry_is_not_called_an_approximation():
    report = check_gradients(
        *task((40, 30, 2)), gradients=planted(lambda dW, db, m: dW[1].__setitem__((0, 0), dW[1][0, 0] * 1.0001))
    )
    assert report.wrong and report.cause.line == "dW"


@pytest.mark.parametrize("on_kinks", [0, 1, 3, 5])
@pytest.mark.parametrize(("divisor", "verdict"), [(8, "right"), (9, "wrong")])
def test_a_number_of_examples_that_is_written_out_may_be_right(on_kinks, divisor, verdict):
    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b, "relu"), "relu")
        return tuple({l: len(X) / divisor * p[l] for l in p} for p in (dW, db))

    X, Y, W, b = task((4, 5, 2), m=8)
    X[:on_kinks] = 0
    b = {l: 0 * b[l] for l in b}
    report = check_gradients(X, Y, W, b, "relu", gradients=gradients)
    assert report.verdict == verdict, report
    assert {finding.skipped for finding in report.findings} == {on_kinks}
    assert report.right or f"it divides by a fixed number, {divisor}, instead of the number" in report.headline


# --- the zoo -------------------------------------------------------------------------------------


def test_the_zoo_is_large_and_each_inhabitant_is_described():
    assert len(bug_zoo.BUGS) >= 15
    assert len({bug.title for bug in bug_zoo.BUGS}) == len(bug_zoo.BUGS)
    for bug in bug_zoo.BUGS:
        assert bug.met and bug.seen
        assert len(bug.source.splitlines()) <= 20


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("bug", bug_zoo.BUGS, ids=lambda bug: bug.title)
def test_each_bug_is_caught_with_the_diagnosis_meant_for_it(bug, seed):
    report = bug_zoo.examine(bug, seed)
    assert not report.right
    assert bug.says in str(report), report


# The answers of this bug's task are so sure that no gradient is left to judge.
JUDGED = [bug for bug in bug_zoo.BUGS if bug.broken is not bug_zoo.division_by_zero]


@pytest.mark.parametrize("bug", JUDGED, ids=lambda bug: bug.title)
def test_the_correct_code_passes_on_every_bugs_task(bug):
    X, Y, W, b = bug_zoo.sample_task(bug)
    assert check_gradients(X, Y, W, b, bug.hidden_activation).right


NEARLY = "it is nearly right, but the difference is larger than a rounding error"
SUM = "it is a sum over the 6 examples instead of a mean"


@pytest.mark.parametrize(
    ("factor", "m", "words"),
    [
        (1.0001, 1, f"is 1.000 × the numerical gradient: {NEARLY}"),
        (1.0001, 6, f"is 1.000 × the numerical gradient: {NEARLY}"),
        (-1.0, 1, "is -1.000 × the numerical gradient: it has the wrong sign"),
        (3.0, 1, "is 3.000 × the numerical gradient: it is wrong by a constant factor"),
        (6.0, 6, f"is 6.000 × the numerical gradient: {SUM}"),
        (-6.0, 6, f"is -6.000 × the numerical gradient: it has the wrong sign, and {SUM}"),
        (2.0, 2, "is 2.000 × the numerical gradient: it is a sum over the 2 examples instead of a mean"),
        (1 / 6, 6, "is 0.167 × the numerical gradient: the mean over the 6 examples is taken twice"),
    ],
)
def test_a_factor_is_explained(factor, m, words):
    exact = np.array([[1.0, -2.0], [0.5, 3.0]])
    assert gradient_check.compare("dW[1]", factor * exact, exact, m).words == words
    assert gradient_check.compare("dW[1]", (factor * exact).tolist(), exact.tolist(), m).words == words


@pytest.mark.parametrize("bad", [["a"], np.array([1.0], object), [[1], [1, 2]], np.ma.array([1.0], mask=True), [1j]])
@pytest.mark.parametrize("name", ["mine", "exact"])
def test_a_comparison_is_between_numbers(name, bad):
    with pytest.raises((TypeError, ValueError), match=f"^{name} (contains|is) "):
        gradient_check.compare(**{"name": "dW", "mine": [1.0], "exact": [1.0], "m": 2} | {name: bad})
    assert gradient_check.compare("dW", None, [1.0], 2).words == "is missing"


def test_right_gradients_in_extended_precision_are_not_accused():
    def wide(X, Y, W, b):
        return network.backward(Y, W, *network.forward(X.astype(np.longdouble), W, b))

    X, Y, W, b = task((3, 4, 1))
    assert check_gradients(X, Y, W, b, gradients=wide).right
    assert check_gradients(X.astype(np.longdouble), Y.astype(np.longdouble), W, b).right


def test_an_activation_function_of_the_reader_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(activations.ACTIVATIONS, "softplus", activations.ACTIVATIONS["sigmoid"])
    for function in (check_gradients, gradient_check.numerical_gradients):
        with pytest.raises(ValueError, match=r"^hidden_activation is 'softplus', .* one of sigmoid, tanh, relu"):
            function(*task((3, 4, 1)), "softplus")


# --- bad input: one sentence that names the argument ------------------------------------------------

RECORD = np.zeros(2, [("a", float)])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epsilon": 0}, "^epsilon is 0, but it must be a finite number above 0"),
        ({"epsilon": -1e-5}, "^epsilon is -1e-05"),
        ({"epsilon": np.nan}, "^epsilon is nan"),
        ({"epsilon": np.inf}, "^epsilon is inf"),
        ({"epsilon": "small"}, "^epsilon must be a number above 0, not 'small'"),
        ({"epsilon": 1e-30}, "^epsilon is 1e-30, which is so small that rounding distorts the steps"),
        (
            {"epsilon": 1e-5, "x": np.array([1e11, 1])},
            r"^epsilon is 1e-05, .* rounding distorts the steps: use a larger value, such as 1e\+06",
        ),
        ({"x": np.array([np.inf, 1])}, "^x contains 1 value that is NaN or infinite"),
        ({"epsilon": 1e200}, r"^epsilon is 1e\+200, which is larger than both 1 and every entry"),
        ({"f": lambda: np.nan}, "^f returned nan when x was changed by epsilon"),
        ({"f": lambda: -np.inf}, "^f returned -inf when x was changed"),
        ({"f": 3.0}, "^f must be a function without arguments, not 3.0"),
        ({"f": lambda x: 1.0}, r"^f must be a function without arguments, but its arguments are \(x\)"),
        ({"f": lambda: None}, "^f must return a single real number, but it returned None"),
        ({"f": lambda: 1j}, "^f must return a single real number, but it returned 1j"),
        ({"f": lambda: np.ones(1)}, r"^f must return a single real number, but it returned array\(\[1.\]\)"),
        ({"f": lambda: 10**5000}, "^f must return a single real number, but it returned an int"),
        ({"x": np.broadcast_to(1.0, 2)}, "^x is read-only"),
        ({"x": np.ma.array([1.0, 2.0], mask=[0, 1])}, "^x must be a float64 array, not MaskedArray"),
    ],
)
def test_a_plain_nudge_refuses_what_gives_no_derivative(change, words):
    with pytest.raises((TypeError, ValueError), match=words):
        numerical_gradient(**{"f": lambda: 1.0, "x": np.ones(2), "epsilon": 1e-5} | change)


@pytest.mark.parametrize(
    "bad",
    [
        *(None, "text", RECORD, np.array(["2020"], "M8[Y]"), 10**400, np.ma.array([1.0], mask=[1]), [[1], [1, 2]]),
        *([np.nan], [-np.inf], [complex(np.nan, 0)]),
    ],
)
@pytest.mark.parametrize("name", ["x", "y"])
def test_a_distance_is_between_numbers(name, bad):
    with pytest.raises((TypeError, ValueError), match=f"^{name} (contains|is)"):
        relative_error(**{"x": np.ones(1), "y": np.ones(1)} | {name: bad})


@pytest.mark.parametrize("bad", ["", [], 0, "text", ({}, {}), lambda: None])
def test_only_none_stands_for_our_own_gradients(bad):
    with pytest.raises(TypeError, match=r"^gradients must be a function of X, Y, W, b"):
        check_gradients(*_task_of((2, 2, 1), 3), gradients=bad)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"X": np.ma.array(np.ones((3, 2)), mask=True)}, "^X is a masked array"),
        ({"X": [[1.0], [1.0, 2.0]]}, "^X is not a table of numbers"),
        ({"W": {1: 1.0, 2: np.ones((1, 2))}}, r"^W\[1\] has shape \(\), but layer 1 has 2 inputs"),
        ({"W": {"1": np.ones((2, 2))}}, r"^W must be a dictionary with the layers 1 to L as keys, .* keys \['1'\]"),
        ({"l2": -1.0}, "^l2 is -1"),
        ({"explain": "no"}, "^explain must be True or False, not 'no'"),
        ({"l2": None}, "^l2 must be a number"),
    ],
)
def test_a_check_refuses_arguments_that_do_not_fit(change, words):
    task = dict(zip("XYWb", _task_of((2, 2, 1), 3), strict=True))
    with pytest.raises((TypeError, ValueError), match=words):
        check_gradients(**task | change)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.full((2, 2), "0.1"), "contains <U3 values, but it must contain real numbers"),
        (np.full((2, 2), 0.1 + 0j), "contains complex128 values, but it must contain real numbers"),
        (np.full((2, 2), None), "contains object values, but it must contain real numbers"),
        (None, "contains object values, but it must contain real numbers"),
        ([[1.0], [1.0, 2.0]], "is not a table of numbers: its rows have different lengths"),
        (RECORD, "but it must contain real numbers"),
    ],
    ids=["text", "complex", "None inside", "None", "ragged", "structured"],
)
def test_a_gradient_that_holds_no_real_numbers_is_reported_in_a_sentence(bad, words):
    X, Y, W, b = _task_of((2, 2, 1), 3)

    def gradients(X, Y, W, b):
        dW, db = network.backward(Y, W, *network.forward(X, W, b))
        return dW | {1: bad}, db

    report = check_gradients(X, Y, W, b, gradients=gradients)
    assert [f.name for f in report.findings if f.verdict == "wrong"] == ["dW[1]"]
    assert words in next(f.words for f in report.findings if f.name == "dW[1]")
    assert report.cause.says.startswith("dW[1] ") and words in report.cause.says
    assert not report.problems


def _task_of(sizes, m):
    rng = np.random.default_rng(0)
    W, b = network.initialize_parameters(sizes, random_state=0)
    return rng.standard_normal((m, sizes[0])), rng.integers(0, 2, (sizes[-1], m)), W, b


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"X": np.ones((4, 2))}, r"^Y has shape \(1, 3\), but it must be \(1, 4\), .*: check X and Y"),
        ({"X": np.full((3, 2), np.nan)}, "^X contains NaN or infinity"),
        ({"Y": np.ones(3)}, r"^Y has shape \(3,\), but it must be \(1, 3\), .*: use Y.reshape\(1, 3\)"),
        ({"b": {1: np.ones(2), 2: np.ones((1, 1))}}, r"^b\[1\] has shape \(2,\), but it must be a column, \(2, 1\)"),
        ({"W": [1, 2]}, "^W must be a dictionary"),
        ({"output": "softmin"}, "^output is 'softmin', which is not valid"),
        ({"l2": -1}, "^l2 is -1"),
    ],
)
def test_nudges_of_a_whole_network_refuse_what_does_not_fit(change, words):
    X, Y, W, b = _task_of((2, 2, 1), 3)
    with pytest.raises((TypeError, ValueError), match=words):
        gradient_check.numerical_gradients(**{"X": X, "Y": Y, "W": W, "b": b} | change)
