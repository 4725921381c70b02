"""The tape: every operation compared with nudges and the library autograd, networks, bad input, and PyTorch."""

import ast
import contextlib
import gc
import io
import operator
import re
import tokenize
import weakref
from pathlib import Path

import autograd
import autograd.numpy as anp
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from helpers import autograd as autograd_room
from helpers.autograd import bug_zoo as tape_zoo, network as tape_network, operations, tape
from helpers.autograd.tape import Variable, grad
from helpers.backprop import network
from helpers.backprop.losses import one_hot
from helpers.gradient_check import bug_zoo, check_gradients
from helpers.gradient_check.nudge import numerical_gradient, relative_error
from helpers.training import blocks

ROOT = Path(__file__).resolve().parents[2]

# --- operations ----------------------------------------------------------------------------------

# Each operation, written with Variables and with the library autograd.
UNARY = {
    "neg": (operator.neg, operator.neg),
    "exp": (Variable.exp, anp.exp),
    "log": (lambda a: (a * a + 1).log(), lambda a: anp.log(a * a + 1)),
    "tanh": (Variable.tanh, anp.tanh),
    "sigmoid": (Variable.sigmoid, lambda a: 1 / (1 + anp.exp(-a))),
    "relu": (Variable.relu, lambda a: anp.maximum(a, 0.0)),
    "softplus": (Variable.softplus, lambda a: anp.logaddexp(0.0, a)),
    "square": (lambda a: a**2, lambda a: a**2),
    "cube": (lambda a: a**3, lambda a: a**3),
    "zeroth power": (lambda a: a**0 * a, lambda a: a),
    "root": (lambda a: (a * a + 1) ** 0.5, lambda a: (a * a + 1) ** 0.5),
    "power of two": (lambda a: 2**a, lambda a: 2**a),
    "number minus": (lambda a: 1 - a, lambda a: 1 - a),
    "one over": (lambda a: 1 / (a * a + 1), lambda a: 1 / (a * a + 1)),
    "twice": (lambda a: a * a + 3 * a, lambda a: a * a + 3 * a),
    "transpose": (lambda a: a.T, lambda a: a.T),
    "itself": (lambda a: a, lambda a: a),
    "square root": (lambda a: (a * a + 1).sqrt(), lambda a: anp.sqrt(a * a + 1)),
    "absolute": (abs, anp.abs),
    "absolute, as a method": (Variable.abs, anp.abs),
    "reshape": (lambda a: a.reshape(-1), lambda a: anp.reshape(a, -1)),
    "reshape to a row": (lambda a: a.reshape(1, -1) * 2, lambda a: anp.reshape(a, (1, -1)) * 2),
    "reshape to a column": (lambda a: a.reshape((-1, 1)) * 2, lambda a: anp.reshape(a, (-1, 1)) * 2),
}
BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / (b * b + 1),
    "**": lambda a, b: (a * a + 1) ** b,
}
FLOATS = st.floats(-3, 3).map(lambda x: round(x, 3) or 0.5)  # away from the kink of relu, where nudges are meaningless


def arrays(shape):
    return hnp.arrays(np.float64, shape, elements=FLOATS)


def against_nudges_and_autograd(ours, theirs, values):
    """Check the gradient of Σ u ⊙ f(values) against both references; the seed u weights every entry differently."""
    values = [np.array(value, float) for value in values]
    variables = [Variable(value) for value in values]
    result = ours(*variables)
    assert isinstance(result, Variable)
    expected = theirs(*values)
    np.testing.assert_allclose(result.value, expected, rtol=1e-12, atol=1e-12)
    assert result.value.shape == np.shape(expected)
    seed = np.cos(np.arange(result.value.size)).reshape(result.value.shape)
    gradients = grad(result, variables, seed)
    by_library = autograd.grad(lambda *v: anp.sum(seed * theirs(*v)), list(range(len(values))))(*values)
    for value, gradient, exact in zip(values, gradients, by_library, strict=True):
        assert isinstance(gradient, np.ndarray) and gradient.shape == value.shape and gradient.dtype == np.float64
        np.testing.assert_allclose(gradient, exact, rtol=1e-9, atol=1e-9)
        nudged = numerical_gradient(lambda: np.sum(seed * ours(*map(Variable, values)).value), value)
        assert relative_error(gradient, nudged) < 1e-6 or np.abs(gradient - nudged).max() < 1e-7


@pytest.mark.parametrize("name", UNARY)
@settings(max_examples=25)
@given(value=hnp.array_shapes(min_dims=0, max_dims=3, max_side=3).flatmap(arrays))
def test_an_operation_on_one_array(name, value):
    against_nudges_and_autograd(*UNARY[name], [value])


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=50)
@given(
    values=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3).flatmap(
        lambda shapes: st.tuples(*map(arrays, shapes.input_shapes))
    )
)
def test_two_arrays_and_their_broadcasting(name, values):
    against_nudges_and_autograd(BINARY[name], BINARY[name], values)


@settings(max_examples=50)
@given(
    sizes=st.tuples(*3 * [st.integers(1, 4)]).flatmap(lambda n: st.tuples(arrays((n[0], n[1])), arrays((n[1], n[2]))))
)
def test_matrix_product(sizes):
    against_nudges_and_autograd(operator.matmul, operator.matmul, sizes)


AXES = st.sampled_from([None, 0, 1, -1, (0, 1), (2, 0), (0, 1, 2)])


@pytest.mark.parametrize("name", ["sum", "mean", "logsumexp"])
@settings(max_examples=40)
@given(value=hnp.array_shapes(min_dims=3, max_dims=3, max_side=3).flatmap(arrays), axis=AXES, keepdims=st.booleans())
def test_what_takes_axes_together(name, value, axis, keepdims):
    theirs = {"sum": anp.sum, "mean": anp.mean, "logsumexp": lambda a, **k: anp.log(anp.sum(anp.exp(a), **k))}[name]
    against_nudges_and_autograd(
        lambda a: getattr(a, name)(axis=axis, keepdims=keepdims),
        lambda a: theirs(a, axis=axis, keepdims=keepdims),
        [value],
    )


INDICES = [
    0,
    (1, 2),
    (slice(None), 1),
    slice(0, 2),
    (..., None),
    ([0, 2, 2], [1, 1, 1]),  # the same entry twice
    [1, 1, 0, 1],
    (np.array([[0, 1], [1, 0]]), 2),
]


def test_places_that_change_after_their_use_do_not_change_the_gradient():
    x, places = Variable([1.0, 2.0, 3.0]), np.array([0, 0])
    f = (x[places] * 5).sum()
    places[:] = 2
    assert grad(f, x).tolist() == [10, 0, 0]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_entries_and_repeated_entries(index):
    value = np.random.default_rng(0).standard_normal((3, 4))
    against_nudges_and_autograd(lambda a: a[index] * 2, lambda a: a[index] * 2, [value])


def test_entries_by_a_mask():
    value = np.array([1.0, -2.0, 3.0])
    a = Variable(value)
    assert grad((a[value > 0] ** 2).sum(), a).tolist() == [2, 0, 6]


def test_an_array_in_front_of_a_variable():
    a = Variable(np.ones((2, 1)))
    for result in (np.ones((2, 3)) * a, np.ones((2, 3)) + a, np.ones((2, 3)) - a, np.ones((2, 3)) / a):
        assert isinstance(result, Variable) and result.value.shape == (2, 3)
        assert grad(result.sum(), a).shape == (2, 1)
    assert isinstance(np.ones((3, 2)) @ a, Variable)
    assert isinstance(np.float64(2) * a, Variable)


def test_nothing_overflows():
    a = Variable([-1000.0, 0.0, 1000.0])
    for operation in (Variable.softplus, Variable.sigmoid, Variable.tanh, Variable.logsumexp):
        result = operation(a)
        assert np.isfinite(result.value).all()
        assert np.isfinite(grad(result.sum(), a)).all()


@pytest.mark.parametrize(("exponent", "slope"), [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)])
def test_powers_at_zero(exponent, slope):
    a = Variable(0.0)
    assert grad(a**exponent, a) == slope


@pytest.mark.parametrize(("base", "exponent", "slope"), [(0, 2, 0), (0, 0.5, 0), (0, 0, 0), (2, 3, 8 * np.log(2))])
def test_the_slope_of_a_power_by_its_exponent(base, exponent, slope):
    p = Variable(exponent)
    assert grad(base**p, p) == pytest.approx(slope, rel=1e-15)
    a, p = Variable([0.0, 2.0, 0.0]), Variable(2.0)
    np.testing.assert_allclose(grad((a**p).sum(), p), 4 * np.log(2), rtol=1e-15)


def test_slopes_at_kinks_and_at_the_edge():
    a = Variable([-2.0, 0.0, 3.0])
    assert grad(abs(a).sum(), a).tolist() == [-1, 0, 1]
    with np.errstate(divide="ignore"):
        root = Variable(0.0)
        assert grad(root.sqrt(), root) == np.inf


def test_the_gradient_of_an_entry_is_float_even_where_none_was_taken():
    a = Variable([1, 2, 3])
    for index in (slice(0, 0), slice(0, 2), np.array([], int), np.zeros(3, bool)):
        gradient = grad(a[index].sum(), a)
        assert gradient.dtype == np.float64 and gradient.shape == (3,)


def test_the_slope_of_relu_at_its_kink_is_that_of_the_lessons():
    a = Variable([-1.0, 0.0, 2.0])
    assert grad(a.relu().sum(), a).tolist() == [0, 0, 1]


@given(
    value=hnp.array_shapes(min_dims=3, max_dims=3, max_side=3).flatmap(
        lambda shape: hnp.arrays(np.float64, shape, elements=FLOATS, unique=True)  # nudges are meaningless at a tie
    ),
    axis=AXES,
    keepdims=st.booleans(),
)
@settings(max_examples=60)
def test_the_largest_entry(value, axis, keepdims):
    against_nudges_and_autograd(
        lambda a: a.max(axis=axis, keepdims=keepdims), lambda a: anp.max(a, axis=axis, keepdims=keepdims), [value]
    )


def test_entries_that_tie_for_the_largest_share_the_gradient():
    a = Variable([[1.0, 3.0], [3.0, 3.0]])
    np.testing.assert_allclose(grad(a.max(), a), [[0, 1 / 3], [1 / 3, 1 / 3]], rtol=1e-15)
    np.testing.assert_allclose(grad(a.max(axis=1).sum(), a), [[0, 1], [0.5, 0.5]], rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_joining_along_an_axis(axis):
    values = [np.random.default_rng(i).standard_normal((2, 2)) for i in range(2)]
    constant = np.full((2, 2), 7.0)
    against_nudges_and_autograd(
        lambda a, b: autograd_room.concatenate([a, constant, b * b, a], axis=axis),
        lambda a, b: anp.concatenate([a, constant, b * b, a], axis=axis),
        values,
    )
    against_nudges_and_autograd(
        lambda a, b: autograd_room.concatenate([a, b[:1]]), lambda a, b: anp.concatenate([a, b[:1]]), values
    )


@pytest.mark.parametrize("name", ["sum", "mean", "logsumexp", "max"])
def test_axes_are_dropped_unless_they_are_kept(name):
    a = Variable(np.arange(6.0).reshape(2, 3))
    assert getattr(a, name)(axis=0).shape == getattr(a, name)(0).shape == (3,)
    assert getattr(a, name)(axis=0, keepdims=True).shape == (1, 3)
    assert getattr(a, name)().shape == ()


@settings(max_examples=100)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 3, 2), max_dims=3))
def test_unbroadcast_counts_how_often_an_entry_was_used(shapes):
    (shape,) = shapes.input_shapes
    whole = np.broadcast_shapes(shape, (2, 3, 2))
    counts = tape.unbroadcast(np.ones(whole), shape)
    assert counts.shape == shape
    assert (counts == np.prod(whole) / np.prod(shape)).all()


def softmax_of_autograd(a, axis):
    E = anp.exp(a - anp.max(a, axis=axis, keepdims=True))
    return E / anp.sum(E, axis=axis, keepdims=True)


@settings(max_examples=40)
@given(
    value=hnp.array_shapes(min_dims=3, max_dims=3, max_side=3).flatmap(arrays),
    axis=st.sampled_from([0, 1, -1, (0, 2)]),
)
def test_softmax_over_an_axis(value, axis):
    against_nudges_and_autograd(lambda a: a.softmax(axis), lambda a: softmax_of_autograd(a, axis), [value])


def test_softmax_of_large_and_of_masked_entries():
    a = Variable([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]])
    masked = (a + np.array([0.0, 0.0, -np.inf])).softmax(-1)
    np.testing.assert_allclose(masked.value, [[1, 0, 0], [1 / (1 + np.e), np.e / (1 + np.e), 0]], atol=1e-15)
    assert (grad(masked[:, 1].sum(), a)[:, 2] == 0).all()


@pytest.mark.parametrize(("first", "second"), [(0, 1), (-1, -2), (2, 0), (1, 1)])
def test_exchanged_axes(first, second):
    value = np.random.default_rng(0).standard_normal((2, 3, 4))
    against_nudges_and_autograd(
        lambda a: a.swapaxes(first, second) * 2, lambda a: anp.swapaxes(a, first, second) * 2, [value]
    )


@pytest.mark.parametrize(
    ("left", "right"), [((2, 3, 4), (2, 4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (5, 4, 1))]
)
def test_products_of_stacks_of_matrices(left, right):
    rng = np.random.default_rng(0)
    values = [rng.standard_normal(left), rng.standard_normal(right)]
    against_nudges_and_autograd(operator.matmul, anp.matmul, values)


def test_the_library_has_our_gradients_of_long_selections():
    """Indices of the form that a convolution uses, in which most entries are selected several times."""
    rows = np.arange(3)[:, None] + np.arange(2)
    value = np.random.default_rng(0).standard_normal((2, 4, 4))
    index = (slice(None), rows[:, None, :, None], rows[None, :, None, :])
    against_nudges_and_autograd(lambda a: a[index] * 2, lambda a: a[index] * 2, [value])


# --- the backward pass ------------------------------------------------------------------------------------


def test_worked_by_hand():
    x, w, b = Variable(0.5, "x"), Variable(-2.0, "w"), Variable(0.25, "b")
    z = w * x + b
    loss = z.softplus() - z  # the label is 1
    error = 1 / (1 + np.exp(0.75)) - 1
    np.testing.assert_allclose(grad(loss, [x, w, b, z]), [error * -2, error * 0.5, error, error], rtol=1e-14)


def test_ways_of_different_length_that_meet():
    x = Variable(1.5)
    y = x.tanh()
    result = y * y.exp() * x + y
    t = np.tanh(1.5)
    slope = (1 - t**2) * (np.exp(t) * (1 + t) * 1.5 + 1) + t * np.exp(t)
    np.testing.assert_allclose(grad(result, x), slope, rtol=1e-13)


def test_many_uses_take_no_longer_than_their_number():
    x = y = Variable(1.0)
    for _ in range(200):
        y = y + y  # 2²⁰⁰ paths lead back
    assert grad(y, x) == 2.0**200


def test_a_second_pass_gives_the_same():
    x = Variable([1.0, 2.0])
    f = (x * x).sum() + x.sum()
    first = grad(f, x)
    first *= 100  # the caller owns the returned array
    assert grad(f, x).tolist() == [3, 5]
    a, b = Variable(np.ones(2)), Variable(np.ones(2))
    da, db = grad((a + b).sum(), [a, b])
    da += 1
    assert db.tolist() == [1, 1]
    seed = np.ones(2)
    grad(a, a, seed)[:] = 7
    assert seed.tolist() == [1, 1]


def test_ten_thousand_operations_in_a_row():
    x = y = Variable(0.5)
    for _ in range(10_000):
        y = y * 1.0 + 0.0
    assert grad(y, x) == 1
    assert len(tape.history(y)) == 40_001
    del y  # the chain is freed without a crash


def test_inputs_on_the_way_and_the_output_itself():
    x = Variable(3.0)
    y = x * x
    z = y * y
    assert grad(z, [x, y, z]) == [108, 18, 1]
    assert isinstance(grad(z, y), np.ndarray)
    assert len(grad(z, (x, x))) == 2


def test_what_no_input_led_to_is_left_out():
    x, other = Variable(2.0), Variable(3.0)
    steps = list(tape.backward_steps(x * (other * other), [x], np.ones(())))
    assert other not in steps[-1][1]
    assert len(steps) == 2  # the product and x


def test_history_is_in_the_order_of_recording():
    x = Variable(1.0)
    y = (x + 1) * x.exp()
    past = tape.history(y)
    assert past[0] is x and past[-1] is y
    place = {variable: i for i, variable in enumerate(past)}
    for variable in past:
        assert all(place[parent] < place[variable] for parent, _ in variable.parents)


def test_the_engine_has_fewer_than_a_hundred_lines():
    text = Path(tape.__file__).read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = [n.body[0] for n in ast.walk(ast.parse(text)) if isinstance(n, documented) and ast.get_docstring(n)]
    lines = set()
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for docstring in docstrings:
        lines -= set(range(docstring.lineno, docstring.end_lineno + 1))
    assert len(lines) < 100
    for path in ("README.md", "notebooks/09_autograd.ipynb"):
        assert f" {len(lines)} lines" in (ROOT / path).read_text(encoding="utf-8"), path


def test_a_long_history_is_freed_one_variable_at_a_time():
    """Nested freeing overflows the stack of a browser after about 1200 operations."""
    freed = []

    class Witness:
        def __init__(self, number):
            self.number = number

        def __del__(self):
            freed.append(self.number)

    y = Variable(0.5)
    for number in range(30):
        y = y * 1.0
        y.witness = Witness(number)
    kept = y.parents[0][0]
    del y
    assert freed == [29] and grad(kept, kept) == 1  # what is still in use is not freed
    del kept
    assert freed[1:] == [*range(27, -1, -1), 28]  # nested freeing would begin with the oldest


# --- gradients of gradients ------------------------------------------------------------------------------

SHAPE = (2, 3)
TWICE = {
    **{name: (ours, [SHAPE]) for name, (ours, _) in UNARY.items()},
    **{name: (operation, [SHAPE, (2, 1)]) for name, operation in BINARY.items()},
    "@": (operator.matmul, [(2, 3, 4), (4, 2)]),
    "max": (lambda a: a.max(axis=1) ** 2, [SHAPE]),
    "sum": (lambda a: a.sum(axis=0) ** 3, [SHAPE]),
    "mean": (lambda a: a.mean(axis=1, keepdims=True) * a * a, [SHAPE]),
    "softmax": (lambda a: a.softmax(-1), [SHAPE]),
    "logsumexp": (lambda a: a.logsumexp(axis=(0, 1)), [SHAPE]),
    "logsumexp, axes kept": (lambda a: a.logsumexp(axis=1, keepdims=True), [SHAPE]),
    "index": (lambda a: a[[0, 1, 1], [2, 0, 0]] ** 3, [SHAPE]),
    "index of one entry": (lambda a: a[1, 2] ** 3 * a[0, 1], [SHAPE]),
    "swapaxes": (lambda a: a.swapaxes(0, 1) ** 3, [SHAPE]),
    "concatenate": (lambda a, b: autograd_room.concatenate([a, b * b * a], axis=-1) ** 2, [SHAPE, (2, 1)]),
}


@pytest.mark.parametrize("name", TWICE)
def test_the_gradient_of_a_gradient_is_that_of_nudges(name):
    operation, shapes = TWICE[name]
    rng = np.random.default_rng(1)
    values = [rng.uniform(0.3, 2, shape) * rng.choice([-1, 1], shape) for shape in shapes]

    def slope():
        """Return a weighted sum of the gradients of a weighted sum of the results, and the inputs."""
        variables = [Variable(value) for value in values]
        result = operation(*variables)
        seed = np.cos(np.arange(result.size)).reshape(result.shape)
        recorded = grad(result, variables, seed, create_graph=True)
        assert all(isinstance(gradient, Variable) for gradient in recorded)
        for gradient, usual in zip(recorded, grad(result, variables, seed), strict=True):
            np.testing.assert_allclose(gradient.value, usual, rtol=1e-12, atol=1e-14)
        terms = [(g * np.sin(1 + np.arange(g.size)).reshape(g.shape)).sum() for g in recorded]
        return sum(terms) + 0 * sum((variable**2).sum() for variable in variables), variables

    for value, second in zip(values, grad(*slope()), strict=True):
        nudged = numerical_gradient(lambda: slope()[0].item(), value)
        np.testing.assert_allclose(second, nudged, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("f", "derivatives"), [(lambda x: x**4, [32, 48, 48, 24]), (Variable.exp, [np.exp(2)] * 4)])
def test_derivatives_of_every_order(f, derivatives):
    x = Variable(2.0)
    y = f(x)
    for derivative in derivatives:
        y = grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(derivative, rel=1e-14)


def test_recorded_gradients_leave_no_cycles():
    """The garbage collector, which comes late, must have nothing to do, or the memory of a training would grow."""
    gc.collect()
    gc.disable()
    try:
        x = Variable(np.ones((3, 3)))
        y = ((x @ x).tanh().exp() / x.sqrt()).softmax(0).logsumexp()
        known = weakref.ref(y)
        slope = grad((grad(y, x, create_graph=True) ** 2).sum(), x)
        del y
        assert known() is None and slope.shape == (3, 3)
    finally:
        gc.enable()


def test_pytorch_has_our_product_of_hessian_and_vector():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = np.random.default_rng(0)
    values = [rng.standard_normal(shape) for shape in ((4, 3), (4, 1), (2, 4), (2, 1))]
    moves = [rng.standard_normal(value.shape) for value in values]
    X = rng.standard_normal((3, 5))

    def product(W1, b1, W2, b2, gradients, total):
        J = ((W2 @ (W1 @ X_of[total] + b1).tanh() + b2) ** 2).mean()
        along = sum((g * moves_of[total][i]).sum() for i, g in enumerate(gradients(J, [W1, b1, W2, b2])))
        return along

    X_of = {"ours": X, "theirs": torch.tensor(X)}
    moves_of = {"ours": moves, "theirs": [torch.tensor(move) for move in moves]}
    ours = [Variable(value) for value in values]
    theirs = [torch.tensor(value, requires_grad=True) for value in values]
    mine = grad(product(*ours, lambda J, p: grad(J, p, create_graph=True), "ours"), ours)
    other = torch.autograd.grad(
        product(*theirs, lambda J, p: torch.autograd.grad(J, p, create_graph=True), "theirs"), theirs
    )
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=0, atol=1e-12)


# --- networks ------------------------------------------------------------------------------------


def task(sizes, m, output, seed):
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters(sizes, random_state=rng)
    b = {l: rng.standard_normal(b[l].shape) for l in b}
    Y = {
        "sigmoid": lambda: rng.integers(0, 2, (sizes[-1], m)).astype(float),
        "softmax": lambda: one_hot(rng.integers(0, sizes[-1], m), sizes[-1]),
        "identity": lambda: rng.standard_normal((sizes[-1], m)),
    }[output]()
    return rng.standard_normal((m, sizes[0])), Y, W, b


@settings(max_examples=150)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    m=st.integers(1, 7),
    hidden=st.sampled_from(["sigmoid", "tanh", "relu", "identity"]),
    output=st.sampled_from(["sigmoid", "softmax", "identity"]),
    l2=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 10**6),
)
def test_the_gradients_of_lesson_04_to_1e_12(sizes, m, hidden, output, l2, seed):
    X, Y, W, b = task(sizes, m, output, seed)
    cost, dW, db = blocks.cost_and_gradients(X, Y, W, b, hidden, output)
    mine = tape_network.gradients(X, Y, W, b, hidden, output, l2)
    variables = ({l: Variable(p[l]) for l in p} for p in (W, b))
    penalty = 0.5 * l2 * sum(np.sum(W[l] ** 2) for l in W)
    value = tape_network.cost(X, Y, *variables, hidden, output, l2).value
    np.testing.assert_allclose(value, cost + penalty, rtol=1e-12, atol=1e-12)
    size = max(np.abs(p[l]).max() for p in (dW, db) for l in p)
    for l in W:
        np.testing.assert_allclose(mine[0][l], dW[l] + l2 * W[l], rtol=1e-12, atol=1e-12 * max(1, size))
        np.testing.assert_allclose(mine[1][l], db[l], rtol=1e-12, atol=1e-12 * max(1, size))


def test_activations_and_outputs_are_those_of_the_network():
    assert set(tape_network.ACTIVATIONS) == set(network.ACTIVATIONS)
    assert set(tape_network.LOSSES) == set(network.OUTPUTS)


@pytest.mark.parametrize("output", ["sigmoid", "softmax", "identity"])
def test_the_library_autograd_agrees_on_a_network(output):
    X, Y, W, b = task((4, 5, 3), 8, output, 1)

    def cost(W1, b1, W2, b2):
        Z = W2 @ anp.tanh(W1 @ X.T + b1) + b2
        if output == "identity":
            return anp.sum((Z - Y) ** 2) / 16
        normalizer = anp.logaddexp(0.0, Z) if output == "sigmoid" else anp.log(anp.sum(anp.exp(Z), axis=0)) / 3
        return anp.sum(normalizer - Y * Z) / 8

    theirs = autograd.grad(cost, (0, 1, 2, 3))(W[1], b[1], W[2], b[2])
    dW, db = tape_network.gradients(X, Y, W, b, "tanh", output)
    for mine, other in zip((dW[1], db[1], dW[2], db[2]), theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "identity"])
def test_the_gradient_check_finds_nothing(hidden):
    for seed in range(5):
        X, Y, W, b = task((4, 3, 3, 2), 6, "sigmoid", seed)
        report = check_gradients(
            X, Y, W, b, hidden, gradients=lambda *a: tape_network.gradients(*a, hidden_activation=hidden)
        )
        assert report.right, report


@pytest.mark.parametrize("bug", bug_zoo.BUGS, ids=lambda bug: bug.title)
def test_each_broken_part_is_found_with_its_words(bug):
    for seed in range(4):
        report = bug_zoo.examine(bug, seed)
        assert not report.right
        assert bug.says in str(report)
    assert bug.source.startswith(("class ", "def "))
    assert bug.title and bug.met and bug.seen


def test_every_broken_part_is_in_the_zoo():
    broken = {
        name
        for name, value in vars(tape_zoo).items()
        if getattr(value, "__module__", "") == tape_zoo.__name__ and name != "TapeBug"
    }
    assert broken == {bug.broken.__name__ for bug in tape_zoo.BUGS}


# --- what is rejected -----------------------------------------------------------------------------

x = Variable([[1.0, 2.0]], "x")
REFUSED = [
    (lambda: np.exp(x), TypeError, r"np.exp would lose the history of a Variable: use x.exp\(\), or x.value"),
    (lambda: np.linalg.norm(x), TypeError, r"^np\.linalg\.norm would lose"),
    (lambda: np.sum(x), TypeError, r"np.sum would lose .*: use x.sum\(\)"),
    (lambda: np.sum([1.0, 2.0], out=x), TypeError, "np.sum would lose"),
    (lambda: np.dot(np.ones((3, 1)), x), TypeError, "np.dot would lose .*: use x @ y"),
    (lambda: np.maximum(x, 0), TypeError, r"np.maximum .* use x.relu\(\)"),
    (lambda: np.concatenate([x, x]), TypeError, r"use autograd.concatenate\(\[x, y\]\)"),
    (lambda: np.abs(x), TypeError, r"np.absolute .* use abs\(x\)"),
    (lambda: np.sin(x), TypeError, "np.sin would lose .* use the tape's operations, or x.value"),
    (lambda: np.add.outer(np.ones(2), x), TypeError, "np.add would lose"),
    (lambda: operator.iadd(np.ones((1, 2)), x), TypeError, "np.add would lose"),
    (lambda: np.array(x), TypeError, "a Variable is not a plain array"),
    (lambda: np.array([x, x]), TypeError, "a Variable is not a plain array"),
    (lambda: bool(x), TypeError, "a Variable is neither true nor false"),
    (lambda: float(x), TypeError, r"a Variable is not a plain number: use x.item\(\)"),
    (lambda: int(x), TypeError, r"a Variable is not a plain number: use x.item\(\)"),
    (lambda: list(x), TypeError, "a Variable cannot be looped over"),
    (lambda: x == 0, TypeError, "a Variable cannot be compared"),
    (lambda: x != 0, TypeError, "a Variable cannot be compared"),
    (lambda: x == x, TypeError, "a Variable cannot be compared"),
    (lambda: x < 0, TypeError, "a Variable cannot be compared"),
    (lambda: x <= 0, TypeError, "a Variable cannot be compared"),
    (lambda: x > 0, TypeError, "a Variable cannot be compared"),
    (lambda: x >= 0, TypeError, r"compare x.value, as in x\[x.value > 0\]"),
    (lambda: np.ones(2) == x, TypeError, "a Variable cannot be compared"),
    (lambda: np.ones(2) > x, TypeError, "a Variable cannot be compared"),
    (lambda: x[x == 1], TypeError, "a Variable cannot be compared"),
    (lambda: x.exp(x), TypeError, "exp takes 1 array, not 2"),
    (lambda: x.relu(0, 1), TypeError, "relu takes 1 array, not 3"),
    (lambda: x.__add__(), TypeError, r"\+ takes 2 arrays, not 1"),
    (
        lambda: x.cumsum(),
        AttributeError,
        "a Variable has no cumsum: the tape supports abs, exp, .*, softplus, sqrt, sum, swapaxes, T",
    ),
    (lambda: x.item(), ValueError, r"item\(\) needs a single number, but this Variable has shape \(1, 2\)"),
    (lambda: f"{x:.3f}", TypeError, r"'.3f' can only format a single number, but this Variable has shape \(1, 2\)"),
    (lambda: len(Variable(1.0)), TypeError, "a single number and has no length"),
    (lambda: x.reshape(3), ValueError, r"^shape is 3, but a Variable of shape \(1, 2\) .* whose product is 2"),
    (lambda: x.reshape("a"), ValueError, "^shape is 'a', but a Variable"),
    (lambda: x.reshape(2.0, 1), ValueError, "^shape is 2.0, 1, but a Variable"),
    *(
        (lambda index=index: x[index], IndexError, r"^index .* is invalid for a Variable of shape \(1, 2\): use whole")
        for index in (1, -2, "a", 0.0, (0, 0, 0), [5], np.ones(3, bool), slice("a"), slice(None, None, 0), 10**5000)
    ),
    *(
        (lambda f=f: f(x, 2), TypeError, r"^a Variable supports only \+, −, \*, /, \*\* and @:")
        for f in (operator.mod, operator.floordiv, divmod, operator.and_, operator.xor, operator.lshift, round)
    ),
    (lambda: 2 % x, TypeError, "^a Variable supports only"),
    (lambda: np.ones(2) // x, TypeError, "^np.floor_divide would lose the history"),
    (lambda: ~x, TypeError, "^a Variable supports only"),
    (lambda: operator.setitem(x, 0, 1), TypeError, "^the entries of a Variable cannot be changed"),
    (lambda: operator.delitem(x, 0), TypeError, "^the entries of a Variable cannot be changed"),
    (lambda: [1, 2][Variable(0.0)], TypeError, "^a Variable is not a plain number"),
    (lambda: autograd_room.concatenate(x), TypeError, "^variables must be a list of Variables, not Variable"),
    (
        lambda: autograd_room.concatenate([x, np.ones((3, 3))]),
        ValueError,
        r"^arrays of shapes \(1, 2\), \(3, 3\) cannot be joined along axis 0",
    ),
    (lambda: autograd_room.concatenate([x, x], None), ValueError, "cannot be joined along axis None"),
    (lambda: autograd_room.concatenate([x, x], 2), ValueError, "cannot be joined along axis 2"),
    (lambda: autograd_room.concatenate([np.ones(2)]), TypeError, "concatenate needs at least one Variable"),
    (lambda: Variable(x), TypeError, "a Variable is not a plain array"),
    (lambda: Variable("a"), TypeError, "^value contains .* must contain real numbers"),
    (lambda: Variable(1j), TypeError, "^value contains complex128 values, but it must contain real numbers"),
    (lambda: Variable(None), TypeError, "must contain real numbers"),
    (lambda: Variable([[1], [2, 3]]), ValueError, "^value is not a table of numbers"),
    (lambda: Variable([]), ValueError, "^value is empty"),
    (lambda: Variable(np.ma.array([1.0])), TypeError, r"^value is a masked array: .*, for example value\.filled\(0\)"),
    *(
        (lambda use=use: use(x[x.value > 5]), ValueError, r"^a Variable of shape \(0,\) has no largest entry: select")
        for use in (lambda y: y.max(), lambda y: y.softmax(0), lambda y: y.logsumexp())
    ),
    (lambda: x[x.value > 5].sum(1), ValueError, r"^axis is 1, but a Variable of shape \(0,\) has the axes 0"),
    (lambda: x + "a", TypeError, "must contain real numbers"),
    (lambda: x @ x, ValueError, r"\(1, 2\) @ \(1, 2\) is not possible: the shapes must be"),
    (
        lambda: Variable(np.ones((2, 1, 2))) @ np.ones((3, 2, 1)),
        ValueError,
        r"^\(2, 1, 2\) @ \(3, 2, 1\) is not possible",
    ),
    (lambda: x.swapaxes(0, 2), ValueError, "^the axes are 0 and 2, but a Variable of shape .* has only the axes 0, 1"),
    (lambda: x.softmax(2), ValueError, "^axis is 2, but a Variable"),
    (lambda: x @ np.ones(2), ValueError, r"the shapes must be \(k, n\) and \(n, m\)"),
    (
        lambda: x + np.ones((3, 3)),
        ValueError,
        r"^\+ cannot combine arrays of shapes \(1, 2\) and \(3, 3\): from the last axis",
    ),
    *(
        (
            lambda name=name, axis=axis: getattr(x, name)(axis),
            ValueError,
            r"^axis is .*\(1, 2\) has the axes 0, 1: choose",
        )
        for name in ("sum", "mean", "logsumexp", "max")
        for axis in (2, -3, (0, 0), 1.0, "rows", [0], 10**400, (0, None))
    ),
    *(
        (
            lambda name=name: getattr(x, name)(keepdims=np.ones(2)),
            TypeError,
            "^keepdims must be True or False, not array",
        )
        for name in ("sum", "mean", "logsumexp", "max")
    ),
    (
        lambda: tape_network.cost([[1.0]], [[1.0]], {1: np.ones((1, 1))}, {1: Variable([[0.0]])}),
        TypeError,
        "cost needs a Variable but was given a ndarray",
    ),
    (lambda: grad(x, x), ValueError, r"the output has shape \(1, 2\): take its sum or mean, or pass a seed"),
    (lambda: grad(x, x, [1, 2]), ValueError, r"seed has shape \(2,\), but the output has shape \(1, 2\)"),
    (lambda: grad(x, x, [["a", "b"]]), TypeError, "seed contains"),
    (lambda: grad(x.sum(), Variable(1.0, "w")), ValueError, r"the output does not depend on Variable w of shape \(\)"),
    (lambda: grad(x.sum(), Variable(1.0)), ValueError, r"^the output does not depend on Variable of shape \(\)"),
    (lambda: grad(x.sum(), []), ValueError, "no inputs were given: pass at least one Variable"),
    (lambda: grad(x.sum(), x.value), TypeError, "grad needs a Variable but was given a ndarray"),
    (lambda: grad(1.0, x), TypeError, "grad needs a Variable but was given a float"),
    (
        lambda: grad(
            Variable(x.value**2, "square", [(x, lambda g: 2 * g.value * x.value)]), x, [[1, 1]], create_graph=True
        ),
        TypeError,
        r"^the backward function of Variable square of shape \(1, 2\) returned an array although g is a Variable",
    ),
    (lambda: operator.iadd(x.value, 1), ValueError, "read-only"),
    (lambda: operator.iadd((x * 2).value, 1), ValueError, "read-only"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_bad_input_gets_one_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_variable_reads_like_an_array():
    number, table = Variable(2.0, "J"), Variable(np.arange(6.0).reshape(3, 2))
    assert (table.shape, table.ndim, table.size, len(table)) == ((3, 2), 2, 6, 3)
    assert f"{number:.3f}" == f"{Variable([[2.0]]):.3f}" == "2.000"
    assert number.item() == 2.0 and type(number.item()) is float
    assert repr(number) == f"{number}" == "Variable J of shape (): 2."
    assert repr(table) == "Variable of shape (3, 2): [[0., 1.], [2., 3.], [4., 5.]]"
    large = repr(Variable(np.arange(1e6)))
    assert large == "Variable of shape (1000000,): [0.e+00, 1.e+00, ..., 1.e+06, 1.e+06]"
    assert not hasattr(table, "_repr_html_")


def test_variables_are_keys_by_identity():
    a, b = Variable(1.0), Variable(1.0)
    assert {a: "a", b: "b"}[b] == "b"
    assert len({a, b, a}) == 2
    assert a in {a} and b not in {a}


def test_every_operation_is_named_by_the_refusal_of_another():
    named = set(operations._operations(Variable))
    arithmetic = {"abs", "exp", "log", "logsumexp", "max", "mean", "relu", "reshape", "sigmoid", "softmax", "softplus"}
    assert named == arithmetic | {"sqrt", "sum", "swapaxes", "T", "tanh"}


BROADCASTING = [
    (
        {"Y": np.ones(6)},
        r"Y has shape \(6,\), but it must be \(1, 6\), with a column for each example: use Y.reshape\(1, 6\)",
    ),
    ({"Y": np.ones((6, 1))}, r"Y has shape \(6, 1\), but it must be \(1, 6\), .*: use Y.T"),
    ({"Y": np.ones((1, 1))}, r"Y has shape \(1, 1\)"),
    ({"Y": np.ones((1, 12))}, r"Y has shape \(1, 12\)"),
    ({"b": {1: np.ones(3), 2: np.ones((1, 1))}}, r"b\[1\] has shape \(3,\), but .* use b\[1\].reshape\(3, 1\)"),
    ({"b": {1: np.ones((3, 1)), 2: np.ones((1, 6))}}, r"b\[2\] has shape \(1, 6\)"),
    ({"b": {1: np.ones((3, 1))}}, "W has 2 layers and b has 1"),
    ({"W": None}, "^W must be a dictionary with the layers 1 to L as keys, .* not None"),
    ({"b": 3}, "^b must be a dictionary"),
    ({"b": [np.ones((3, 1)), np.ones((1, 1))]}, "^b must be a dictionary"),
    ({"W": {1: 1.0, 2: np.ones((1, 3))}}, r"^W\[1\] has shape \(\)"),
    ({"W": {1: np.ones((3, 4)), 2: np.ones((1, 3)) + 0j}}, r"^W\[2\] contains complex128 values"),
    ({"b": {1: np.full((3, 1), "0.1"), 2: np.ones((1, 1))}}, r"^b\[1\] contains <U3 values"),
    ({"variable": None}, "^variable must be a function of value, name, not None"),
    ({"grad": "grad"}, "^grad must be a function of output, inputs, not 'grad'"),
    ({"l2": ""}, "^l2 must be a number of at least 0, not ''"),
    ({"l2": []}, "^l2 must be a number"),
    ({"l2": None}, "^l2 must be a number"),
    ({"l2": {}}, "^l2 must be a number"),
    ({"l2": -1e-9}, "^l2 is -1e-09"),
    ({"l2": np.nan}, "^l2 is nan"),
    ({"l2": np.inf}, "^l2 is inf"),
    ({"Y": np.full((1, 6), np.nan)}, "^Y contains 6 values that are NaN"),
    ({"W": {1: np.ones((3, 2)), 2: np.ones((1, 3))}}, r"W\[1\] has shape \(3, 2\), but layer 1 has 4 inputs"),
    ({"W": {1: np.ones((3, 4)), 2: np.ones((1, 1))}}, r"W\[2\] has shape \(1, 1\), but layer 2 has 3 inputs"),
    ({"X": np.ones(4)}, "X has shape"),
    ({"X": np.full((6, 4), np.nan)}, "X contains 24 values that are NaN"),
    ({"Y": [["a"] * 6]}, "Y contains"),
]


@pytest.mark.parametrize(("change", "words"), BROADCASTING)
@pytest.mark.parametrize("output", ["sigmoid", "identity", "softmax"])
def test_what_would_broadcast_by_accident_is_refused(change, words, output):
    X, Y, W, b = task((4, 3, 1), 6, "sigmoid", 0)
    task_ = {"X": X, "Y": Y, "W": W, "b": b}
    tape_network.gradients(**task_, output=output)
    with pytest.raises((ValueError, TypeError), match=words):
        tape_network.gradients(**task_ | change, output=output)


def test_what_the_caller_does_to_his_array_does_not_reach_the_tape():
    values = np.array([1.0, 2.0])
    a = Variable(values)
    square = (a * a).sum()
    values += 10
    assert grad(square, a).tolist() == [2, 4]
    b = a
    b += 1  # a new Variable; the old one is unchanged
    assert b is not a and a.value.tolist() == [1, 2]


def test_whole_numbers_become_floats():
    a = Variable([1, 2])
    assert a.value.dtype == np.float64
    assert grad((a**2).sum(), a).tolist() == [2, 4]


# --- PyTorch -------------------------------------------------------------------------------------


def side_by_side():
    """Lesson 09's two programs as text, PyTorch's recorded output, and the lesson's own cell."""
    cells = nbformat.read(ROOT / "notebooks" / "09_autograd.ipynb", as_version=4).cells
    place = next(i for i, cell in enumerate(cells) if "| ours | PyTorch |" in cell.source)
    rows = re.findall(r"^\| `(.*)` \| `(.*)` \|$", cells[place].source, re.MULTILINE)
    ours, theirs = ("\n".join(column) for column in zip(*rows, strict=True))
    recorded = re.search(r"```text\n(.*?)```", cells[place].source, re.DOTALL)[1]
    return ours, theirs, recorded, cells[place + 1]


def printed(code, scope):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, scope)  # trusted: it is our own text, from the lesson
    return out.getvalue()


def test_our_column_is_the_cell_below_and_prints_what_pytorch_printed():
    ours, theirs, recorded, cell = side_by_side()
    assert cell.source == ours
    assert len(theirs.splitlines()) == len(ours.splitlines()) >= 12
    shown = cell.outputs[0]["text"]
    assert printed(ours, {"np": np, "Variable": Variable, "grad": grad}) == shown
    assert shown.splitlines()[:-1] == recorded.splitlines()[:-1]
    assert (shown.splitlines()[-1], recorded.splitlines()[-1]) == (
        "asked twice: 1.0 times dW1",
        "asked twice: 2.0 times dW1",
    )


def test_pytorch_prints_what_was_recorded_and_has_our_gradients():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    ours, theirs, recorded, _ = side_by_side()
    mine, other = {"np": np, "Variable": Variable, "grad": grad}, {"np": np, "torch": torch}
    printed(ours, mine)
    assert printed(theirs, other) == recorded
    for name in ("dW1", "db1", "dW2", "db2"):
        np.testing.assert_allclose(mine[name], other[name].numpy(), rtol=0, atol=1e-12)
