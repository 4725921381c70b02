"""The check for any function: other people's code, in NumPy and in PyTorch, and the command."""

import sys
from typing import NamedTuple

import numpy as np
import pytest

from helpers.backprop import network
from helpers.backprop.losses import binary_cross_entropy
from helpers.gradient_check import check
from helpers.gradient_check.__main__ import main

GENERATOR = np.random.default_rng(0)


def softplus(x):
    return np.logaddexp(0, x)


def cost(p):
    return float(np.sum(softplus(p["w"] @ p["x"])) + np.sum(p["b"] ** 3))


def gradients(p):
    s = np.exp(-softplus(-(p["w"] @ p["x"])))
    return {"w": np.outer(s, p["x"]), "x": p["w"].T @ s, "b": 3 * p["b"] ** 2}


def parameters(scale=1.0, dtype=float):
    rng = np.random.default_rng(0)
    return {k: (scale * rng.standard_normal(s)).astype(dtype) for k, s in {"w": (3, 4), "x": 4, "b": (2, 1)}.items()}


@pytest.mark.parametrize("scale", [1e-3, 1.0, 10.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_gradients_of_any_scale_are_not_accused(scale, dtype):
    report = check(cost, gradients, parameters(scale, dtype))
    assert not report.wrong, report
    if dtype == np.float64 and scale >= 1:  # b³ of 1e-9 drowns in a cost of 2
        assert report.right, report


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: g | {"w": -g["w"]}, "dw is -1.000 × the numerical gradient: it has the wrong sign"),
        (lambda g: g | {"b": 1.001 * g["b"]}, "db is 1.001 × the numerical gradient"),
        (lambda g: g | {"x": g["x"][:, np.newaxis]}, "dx has shape (4, 1), but its parameter has shape (4,)"),
        (lambda g: {k: g[k] for k in "wb"}, "dx is missing"),
        (lambda g: g | {"x": g["x"] * np.nan}, "dx is not finite"),
        (lambda g: None, "returns None: is `return` missing?"),
        (lambda g: g | {"x": 0 * g["x"]}, "dx is zero everywhere"),
    ],
)
def test_a_wrong_gradient_is_named(change, words):
    report = check(cost, lambda p: change(gradients(p)), parameters())
    assert report.wrong
    assert words in report.headline


def test_lists_and_nested_parameters_keep_their_names():
    p = {"W": {1: np.array([[1.0, 2.0]])}, "b": {1: np.array([[3.0]])}}
    report = check(
        lambda p: float(np.sum(p["W"][1] ** 2) + np.sum(p["b"][1] ** 2)),
        lambda p: {"W": {1: 2 * p["W"][1]}, "b": {1: p["b"][1]}},
        p,
    )
    assert [finding.name for finding in report.findings] == ["dW[1]", "db[1]"]
    assert [finding.verdict for finding in report.findings] == ["right", "wrong"]
    assert check(lambda p: float(p[0] @ p[1]), lambda p: [p[1], p[0]], [np.arange(1.0, 4), np.ones(3)]).right


def test_a_function_that_changes_its_argument_is_named_and_the_callers_array_is_safe():
    p = parameters()

    def updates(p):
        g = gradients(p)
        p["w"] -= 0.1 * g["w"]
        return g

    report = check(cost, updates, p)
    assert report.wrong
    assert "changes its argument, parameters.w" in report.headline
    np.testing.assert_equal(p, parameters())


def test_a_function_that_empties_its_argument_is_named():
    def emptying(p):
        return {"w": 2 * p.pop("w")}

    report = check(lambda p: float((p["w"] ** 2).sum()), emptying, {"w": np.ones(2)})
    assert any("changes its argument, parameters.w" in problem for problem in report.problems)


def test_an_entry_too_small_for_a_step_is_not_judged():
    assert check(lambda p: 1.0, lambda p: [0 * p[0]], [np.full(2, 5e-324)]).verdict == "unjudged"


def test_gradients_that_accumulate_are_named():
    kept = {k: 0.0 for k in "wxb"}

    def accumulates(p):
        for k, g in gradients(p).items():
            kept[k] = kept[k] + g
        return dict(kept)

    assert "keeps between calls" in check(cost, accumulates, parameters()).headline


def test_gradients_that_grow_from_call_to_call_are_named():
    grown = []

    def growing(p):
        grown.append(2 * p["w"])
        return {"w": np.concatenate(grown)}

    report = check(lambda p: float(np.sum(p["w"] ** 2)), growing, {"w": np.array([1.0, 2.0])})
    assert report.wrong and "two calls with the same arguments give different gradients" in report.headline


def test_gradients_in_single_precision_are_named():
    w = np.random.default_rng(0).standard_normal(30)

    def checked(gradient, dtype=float):
        return check(lambda p: float(np.sum(p[0] ** 3)), lambda p: [gradient(p[0])], [w.astype(dtype)])

    report = checked(lambda w: np.float32(3 * w**2))
    assert report.wrong
    assert "d[0] is computed in float32, although the parameter is float64" in report.headline
    assert "has the wrong sign" in checked(lambda w: np.float32(-3 * w**2)).headline
    assert "float32" not in checked(lambda w: 3 * w**2 * (1 + 1e-7)).headline
    assert not checked(lambda w: 3 * w**2, np.float32).wrong


def test_the_cure_for_a_masked_gradient_can_be_run():
    report = check(lambda p: float(np.sum(p["w"] ** 2)), lambda p: {"w": np.ma.array(2 * p["w"])}, {"w": np.ones(2)})
    assert "dw is a masked array: fill or remove the masked entries, for example gradients.w.filled(0)" in str(report)


def test_a_kink_is_left_out_and_what_cannot_be_judged_is_not_called_right():
    p = [np.array([0.0, 1.0, -2.0])]
    for at_zero in (0.0, 1.0, -1.0):
        report = check(lambda p: np.abs(p[0]).sum(), lambda p, s=at_zero: [np.where(p[0] == 0, s, np.sign(p[0]))], p)
        assert report.right, report
        assert "1 entry was left out, because the cost has a kink there or is too rough" in str(report)
    assert check(lambda p: 1.0, lambda p: [0 * p[0]], p).verdict == "unjudged"
    assert check(lambda p: 1e12 + p[0].sum(), lambda p: [np.ones(3)], p).verdict == "unjudged"


@pytest.mark.parametrize("distance", np.geomspace(1e-5, 1e-3, 19))
def test_a_right_gradient_near_a_kink_is_not_accused(distance):
    p = [np.array([distance, 1.0, -2.0])]
    assert check(lambda p: np.abs(p[0]).sum(), lambda p: [np.sign(p[0])], p).right
    report = check(lambda p: np.abs(p[0]).sum(), lambda p: [np.sign(p[0]) * [1, 1.001, 1]], p)
    assert report.wrong


CUSPS = {
    "root": (lambda x: np.sqrt(np.abs(x)), lambda x: np.sign(x) / np.sqrt(np.abs(x)) / 2),
    "logarithm": (lambda x: np.log(np.abs(x)), lambda x: 1 / x),
    "pole": (lambda x: np.log(1e-12 + x**2), lambda x: 2 * x / (1e-12 + x**2)),
    "peak": (lambda x: 1 / (1 + (1e7 * x) ** 2), lambda x: -2e14 * x / (1 + (1e7 * x) ** 2) ** 2),
}


@pytest.mark.parametrize("distance", np.geomspace(1e-12, 1e-4, 9))
@pytest.mark.parametrize("cusp", CUSPS)
def test_a_right_gradient_next_to_a_symmetric_cusp_or_peak_is_not_accused(cusp, distance):
    f, slope = CUSPS[cusp]
    p = [np.array([1 + distance, 0.2, 3.0])]
    report = check(lambda p: f(p[0] - 1).sum() + p[0].sum(), lambda p: [slope(p[0] - 1) + 1], p)
    assert not report.wrong, report


def test_a_wrong_gradient_next_to_a_cusp_is_found():
    f, slope = CUSPS["root"]
    p = [np.array([1 + 1e-6, 0.2, 3.0])]  # the slope is 502 in the first entry, and 2 without the root
    report = check(
        lambda p: f(p[0] - 1).sum() + 2 * p[0].sum(),
        lambda p: [2 + np.where(np.abs(p[0] - 1) < 1e-5, 0, slope(p[0] - 1))],
        p,
    )
    assert report.wrong and "only in entry [0], which is 2 but should be about 5e+02" in report.headline


@pytest.mark.parametrize("smallest", [1e-300, 1e-18, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3])
def test_the_gradient_of_an_entropy_is_not_accused_next_to_0(smallest):
    def cost(p):
        return -np.where(p[0] > 0, p[0] * np.log(np.where(p[0] > 0, p[0], 1)), 0).sum()

    p = [np.array([smallest, 0.2, 0.8])]
    assert check(cost, lambda p: [-np.log(p[0]) - 1], p).right
    assert check(cost, lambda p: [-np.log(p[0]) - [1, 1, 1.001]], p).wrong


def test_a_gradient_that_is_nearly_zero_is_not_called_a_multiple_of_a_rough_one():
    p = [np.array([0.3, 1.0])]
    report = check(lambda p: (np.sin(1e5 * p[0]) + p[0]).sum(), lambda p: [np.ones(2)], p)
    assert "constant factor" not in str(report)


def relu_network(seed, m=100):
    """A cost with many kinks, its gradients, and parameters."""
    rng = np.random.default_rng(seed)
    W, b = network.initialize_parameters([8, 20, 1], "he", rng)
    X, Y = rng.standard_normal((m, 8)), rng.integers(0, 2, (1, m)).astype(float)

    def cost(p):
        return binary_cross_entropy(network.forward(X, p["W"], p["b"], "relu")[0][2], Y)

    def gradients(p):
        dW, db = network.backward(Y, p["W"], *network.forward(X, p["W"], p["b"], "relu"), "relu")
        return {"W": dW, "b": db}

    return cost, gradients, {"W": W, "b": b}


@pytest.mark.parametrize("seed", range(12))
def test_right_gradients_of_a_relu_network_are_not_accused_and_wrong_ones_are_found(seed):
    cost, gradients, p = relu_network(seed)
    assert check(cost, gradients, p, entries=8).right
    assert check(
        cost, lambda p: gradients(p) | {"b": {1: 1.01 * gradients(p)["b"][1], 2: gradients(p)["b"][2]}}, p
    ).wrong


@pytest.mark.parametrize(("frequency", "verdict"), [(1e3, "right"), (1e5, "unjudged"), (1e7, "unjudged")])
def test_a_cost_that_changes_within_the_smallest_step_is_not_judged(frequency, verdict):
    report = check(
        lambda p: np.sin(frequency * p[0]).sum(),
        lambda p: [frequency * np.cos(frequency * p[0])],
        [np.array([1.0, 2.0, -0.5])],
    )
    assert report.verdict == verdict, report


@pytest.mark.parametrize("seed", range(6))
def test_a_right_gradient_is_not_accused_if_the_cost_has_large_rounding_errors(seed):
    w = [np.random.default_rng(seed).standard_normal(5)]
    rounded = check(lambda p: np.float32(np.sum(np.float32(p[0]) ** 4)), lambda p: [4 * p[0] ** 3], w)
    cancelling = check(lambda p: np.sum((p[0] + 1e6) ** 2 - 1e12 - 2e6 * p[0]), lambda p: [2 * p[0]], w)
    assert not rounded.wrong and not cancelling.wrong, (rounded, cancelling)
    assert check(lambda p: np.float32(np.sum(np.float32(p[0]) ** 4)), lambda p: [4.1 * p[0] ** 3], w).wrong


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ([[2.0, 4.0]], "d[0] is a list, tuple or dictionary, but it must be an array"),
        ([np.array([2.0 + 0j, 4.0])], "d[0] contains complex128 values, but it must contain real numbers"),
        (np.array([2.0, 4.0]), "d[0] is missing, because the function returns a single array instead of a list or"),
        ([], "d[0] is missing."),
    ],
)
def test_a_gradient_that_cannot_be_read_is_not_called_missing(result, words):
    assert words in check(lambda p: (p[0] ** 2).sum(), lambda p: result, [np.array([1.0, 2.0])]).headline


def test_a_named_tuple_stays_one():
    class Line(NamedTuple):
        w: np.ndarray
        b: np.ndarray

    p = Line(np.ones(2), np.array(3.0))
    assert check(lambda p: p.w.sum() * p.b, lambda p: Line(p.b * np.ones(2), p.w.sum()), p).right


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((cost, gradients, {"a.b": np.ones(1), "a": {"b": np.ones(1)}}), ValueError, "both called parameters.a.b"),
        ((lambda p: np.complex128(1), gradients, parameters()), TypeError, "cost must return a number, not"),
        ((cost, gradients, {}), ValueError, "parameters is empty"),
        ((cost, gradients, {"w": np.arange(3)}), TypeError, "parameters.w is of type int64"),
        ((lambda p: None, gradients, parameters()), TypeError, "cost must return a number, not None"),
        ((cost, gradients, [np.zeros(0)]), ValueError, r"^parameters\[0\] is empty, with shape \(0,\): leave it out"),
        ((cost, gradients, {"w": np.array([np.inf])}), ValueError, "^parameters.w contains 1 value that is NaN or inf"),
        ((cost, gradients, {"w": np.ma.array([1.0])}), TypeError, "^parameters.w is a masked array"),
        ((cost, gradients, {"w": object()}), TypeError, "^parameters.w contains object values"),
        ((3.0, gradients, parameters()), TypeError, "^cost must be a function of parameters, not 3.0"),
        ((cost, lambda: 1, parameters()), TypeError, "^gradients must be a function of parameters, but its"),
        ((cost, gradients, parameters(), 0), ValueError, "^entries is 0"),
        ((lambda p: "1.0", gradients, parameters()), TypeError, "cost must return a number, not '1.0'"),
        ((lambda p: np.nan, gradients, parameters()), ValueError, "^cost is nan for these parameters"),
        ((lambda p: GENERATOR.random(), gradients, parameters()), ValueError, "two different values"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(arguments, error, words):
    with pytest.raises(error, match=words):
        check(*arguments)


def test_gradients_that_cannot_be_read_are_wrong_and_no_crash():
    for odd in ([[1], [1, 2]], "text", None, object(), np.ma.array([1.0, 2.0])):
        assert check(lambda p: float((p[0] ** 2).sum()), lambda p, odd=odd: [odd], [np.ones(2)]).verdict == "wrong"


def test_large_arrays_are_sampled():
    report = check(lambda p: float((p[0] ** 2).sum()), lambda p: [2 * p[0]], [np.ones((100, 100))], entries=10)
    assert report.headline == "All gradients are right in the entries that were checked."
    assert "10 of 10000 entries were checked" in str(report)


def test_pytorch_in_two_lines():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = torch.Generator().manual_seed(0)
    p = [torch.randn(*shape, dtype=torch.float64, generator=rng).numpy() for shape in ((3, 4), (4, 2))]

    def loss(a, b):
        return torch.tanh(a @ b).square().mean()

    def value(p):
        return loss(*map(torch.from_numpy, p)).item()

    def slopes(p):
        tensors = [torch.from_numpy(a).requires_grad_() for a in p]
        return torch.autograd.grad(loss(*tensors), tensors)

    assert check(value, slopes, p).right
    wrong = check(value, lambda p: [2 * g for g in slopes(p)], p)
    assert "is 2.000 × the numerical gradient" in wrong.headline


FILE = """
import numpy as np
parameters = {{"w": np.array([1.0, 2.0])}}
cost = lambda p: float(np.sum(p["w"] ** 2))
gradients = lambda p: {{"w": {factor} * p["w"]}}
"""


@pytest.mark.parametrize(("factor", "status", "words"), [(2, 0, "All gradients are right."), (1, 1, "0.500 ×")])
def test_the_command(tmp_path, capsys, factor, status, words):
    file = tmp_path / "mine.py"
    (tmp_path / "its_neighbour.py").write_text("")
    file.write_text("import its_neighbour" + FILE.format(factor=factor))
    assert main([str(file)]) == status
    printed = capsys.readouterr().out
    assert printed.startswith(f"Running {file}")
    assert words in printed


@pytest.mark.parametrize("change", ["sys.path = sys.path[1:]", "sys.path.clear()", "assert len(sys.argv) == 1"])
def test_the_checked_file_has_its_own_path_and_arguments(tmp_path, change):
    file = tmp_path / "mine.py"
    file.write_text(f"import sys; {change}{FILE.format(factor=2)}")
    before = list(sys.path), list(sys.argv)
    assert main([str(file), "--entries", "10"]) == 0
    assert (sys.path, sys.argv) == before


@pytest.mark.parametrize("neighbour", [False, True])
def test_a_mistake_in_the_checked_file_is_shown_with_its_line(tmp_path, capsys, neighbour):
    code = FILE.format(factor=2) + "def gradients(p):\n    return {'w': p['w'] @ np.ones(7)}\n"
    file = tmp_path / "mine.py"
    file.write_text(code)
    if neighbour:
        file.write_text("from its_functions import cost, gradients, parameters")
        (tmp_path / "its_functions.py").write_text(code)
    assert main([str(file)]) == 2
    shown = capsys.readouterr().err
    assert "line 7, in gradients" in shown and "ValueError: matmul" in shown
    file.write_text(FILE.format(factor=2) + "cost = lambda p: 'text'")
    assert main([str(file)]) == 2
    assert capsys.readouterr().err == f"{file}: cost must return a number, not 'text'\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no file"),
        ("cost = 1", "does not define gradients, parameters"),
        ("parameters = []", "cost"),
        ("import sys; sys.exit(0)", "failed or ended the program, so nothing was checked."),
        ("1 / 0", "ZeroDivisionError"),
        ("parameters = [", "SyntaxError"),
        (FILE.format(factor=2) + "gradients = lambda p: {}['w']", "KeyError"),
    ],
)
def test_the_command_says_what_it_needs(tmp_path, capsys, text, words):
    file = tmp_path / "mine.py"
    if text:
        file.write_text(text)
    assert main([str(file)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scales", [[1e-6, 1e-3, 1, 1e3, 1e6], [1e-8, 1, 1e8], [1e-3, 1, 1e3]], ids=str)
def test_each_entry_has_its_own_scale(scales, seed):
    scales = np.array(scales)
    x = np.random.default_rng(seed).uniform(0.5, 1.5, len(scales)) * scales
    for i in range(len(x)):
        factor = np.where(np.arange(len(x)) == i, 1.0001, 1)
        for f, words in ((1, "All gradients are right."), (factor, f"only in entry [{i}]")):
            report = check(
                lambda p: np.sin(p[0] / scales).sum(), lambda p, f=f: [f * np.cos(p[0] / scales) / scales], [x]
            )
            assert words in report.headline
    report = check(lambda p: np.cos(1e7 * p[0]).sum(), lambda p: [-1e7 * np.sin(1e7 * p[0])], [scales])
    assert not report.wrong


@pytest.mark.parametrize("seed", range(20))
def test_a_cost_that_only_looks_smooth_for_the_first_steps_is_not_trusted(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(6) * 10.0 ** rng.uniform(-6, 6, 6)
    scales = np.abs(x)
    assert not check(lambda p: np.sin(p[0] / scales).sum(), lambda p: [np.cos(p[0] / scales) / scales], [x]).wrong


def refuses_others(p):
    if (p[0] > 1).any():
        raise ValueError("a probability is above 1")
    return float(-np.log(p[0]).sum())


@pytest.mark.parametrize("cost", [lambda p: float(-np.log(p[0]).sum()), refuses_others])
@pytest.mark.parametrize("x", [[1e-12, 1.0 - 1e-6, 0.5], [1e-3, 0.9, 0.5], [0.02, 0.99, 0.5]])
@pytest.mark.filterwarnings("error")
def test_an_entry_next_to_the_edge_of_the_domain_is_checked_with_smaller_steps(cost, x):
    assert check(cost, lambda p: [-1 / p[0]], [np.array(x)]).headline == "All gradients are right."
    report = check(cost, lambda p: [-np.array([2, 1, 1]) / p[0]], [np.array(x)])
    assert f"only in entry [0], which is {-2 / x[0]:.4g} but should be {-1 / x[0]:.4g}" in report.headline


def test_an_entry_at_the_edge_of_the_domain_is_not_called_a_kink():
    p = [np.array([0.0, 1.0, 4.0])]
    report = check(lambda p: np.sqrt(p[0]).sum(), lambda p: [0.5 / np.sqrt(np.maximum(p[0], 1e-300))], p)
    assert "right (1 entry was left out, because the cost is NaN or infinite next to it)" in str(report)
    report = check(lambda p: np.sqrt(p[0]).sum(), lambda p: [0 * p[0]], [np.zeros(2)])
    assert "none of its entries could be estimated, and the cost is NaN or infinite next to 2 of them" in str(report)


@pytest.mark.parametrize("seed", range(8))
def test_rounding_that_is_larger_than_the_smallest_changes_of_the_cost_is_noticed(seed):
    rng = np.random.default_rng(seed)
    w = [rng.standard_normal(5) * 10.0 ** rng.uniform(-3, 3)]
    assert not check(lambda p: np.float32((p[0] ** 2).sum()), lambda p: [2 * p[0]], w).wrong
    w = [np.where(rng.random(5) < 0.4, 0, w[0])]
    report = check(lambda p: np.float32((np.abs(p[0]) + p[0] ** 2).sum()), lambda p: [np.sign(p[0]) + 2 * p[0]], w)
    assert not report.wrong, report


X, T = np.random.default_rng(0).standard_normal((20, 3)), np.arange(20) % 2


def logistic_cost(p):
    return np.logaddexp(0, X @ p["w"]).sum() - T @ (X @ p["w"])


def logistic(w):
    return X.T @ (1 / (1 + np.exp(-X @ w)) - T)


@pytest.mark.parametrize("w", [np.zeros(3), np.ones(3), np.array([0.0, 2.0, 0.0])])
def test_a_function_that_ignores_its_argument_or_keeps_its_result_is_named(w):
    kept = []

    def keeps(p):
        kept.append(logistic(p["w"]))
        return {"w": kept[0]}

    def lags(p):
        kept.append(logistic(p["w"]))
        return {"w": kept[-2] if len(kept) > 1 else kept[-1]}

    report = check(logistic_cost, keeps, {"w": w})
    assert "dw is the same for other parameters, although it should differ" in report.headline
    report = check(logistic_cost, lambda p: {"w": logistic(w)}, {"w": w})
    assert "dw is the same for other parameters, although it should differ" in report.headline
    assert report.headline.endswith("Apart from this, the gradients are right here.")
    kept.clear()
    assert check(logistic_cost, lags, {"w": w}).headline.endswith("it returns the gradients of the previous call.")
    assert check(logistic_cost, lambda p: {"w": logistic(p["w"])}, {"w": w}).right


def test_gradients_that_do_not_depend_on_the_parameters_are_not_accused():
    for w in (np.zeros(3), np.ones(3), np.array([1.0, -1, 0.5])):
        assert check(lambda p: float(p[0].sum()), lambda p: [np.ones(3)], [w]).right
        report = check(lambda p: float(p[0].sum()), lambda p: [np.array([1.0, 1, 0])], [w])
        assert report.headline.startswith("Wrong gradients: d[0]. d[0] differs from the numerical gradient only in ent")


def test_a_function_that_refuses_other_parameters_is_checked_without_them():
    def gradients(p):
        refuses_others(p)
        return [-1 / p[0]]

    assert check(refuses_others, gradients, [np.array([0.95, 0.05])]).right


def test_a_problem_without_a_wrong_gradient_is_told_apart():
    def updates(p):
        g = {"w": 2 * p["w"]}
        p["w"] -= 1
        return g

    report = check(lambda p: (p["w"] ** 2).sum(), updates, {"w": np.ones(2)})
    assert report.headline.endswith("work on a copy. Apart from this, the gradients are right here.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda g: g | {"b": g["a"], "a": g["b"]},
            "da is the numerical gradient of b, as if two results had been exch",
        ),
        (lambda g: g | {"a": g["a"].T}, "da matches the transpose of the numerical gradient"),
        (lambda g: g | {"a": 2 * g["a"]}, "it has an extra factor of 2."),
        (lambda g: g | {"a": g["a"][..., np.newaxis]}, "but its parameter has shape (3, 3): it has an extra axis"),
        (lambda g: g | {"a": g["a"].reshape(9, 1)}, "has shape (9, 1), but its parameter has shape (3, 3)."),
        (
            lambda g: (1.0, g),
            "da is missing, because the function returns a tuple of length 2 instead of a dict of len",
        ),
        (
            lambda g: g | {"a": g["a"] + 1e-4 * np.sin(g["a"])},
            "da differs slightly from the numerical gradient, but by",
        ),
    ],
)
def test_a_simple_pattern_is_recognised(change, words):
    rng = np.random.default_rng(0)
    p = {"a": rng.standard_normal((3, 3)), "b": rng.standard_normal((3, 3))}
    report = check(
        lambda p: np.exp(p["a"]).sum() + np.sin(p["b"]).sum(),
        lambda p: change({"a": np.exp(p["a"]), "b": np.cos(p["b"])}),
        p,
    )
    assert words in report.headline


@pytest.mark.parametrize("size", [1e-9, 1.0])
def test_one_wrong_entry_is_named(size):
    weights = np.array([1.0, size, 1, 1])
    for mine in (0.0, 2.0):
        factor = np.array([1, mine, 1, 1])
        report = check(lambda p: weights @ p[0] ** 2, lambda p, f=factor: [2 * f * weights * p[0]], [np.ones(4)])
        assert (
            f"d[0] differs from the numerical gradient only in entry [1], which is {2 * mine * size:.4g} but should be"
        )
        assert f"only in entry [1], which is {2 * mine * size:.4g} but should be {2 * size:.4g}." in report.headline


def test_a_gradient_of_0_is_not_called_rough():
    def at_the_minimum(factor, shift):
        return check(lambda p: ((p[0] - 1) ** 2).sum(), lambda p: [factor * (p[0] - 1) + shift], [np.ones(3)])

    assert "are both 0 up to rounding errors, as at a minimum, which proves nothing" in at_the_minimum(4, 0).headline
    assert "differs from the numerical gradient, which is zero" in at_the_minimum(2, 1e-3).headline


def test_entries_that_are_left_out_are_mentioned_and_most_must_be_judged():
    def at(*x):
        return check(lambda p: np.abs(p[0]).sum(), lambda p: [np.where(p[0], np.sign(p[0]), 5)], [np.array(x)])

    report = at(1.0, 2.0, 0.0)
    assert report.headline == "All gradients are right in the entries that were checked."
    assert report.errors["d[0]"] < 1e-12  # not that of the entry that was left out
    assert at(1.0, 0.0).verdict == "unjudged" and "only 1 of 2 entries could be estimated" in str(at(1.0, 0.0))


def test_nan_is_not_taken_for_a_random_number():
    report = check(lambda p: (p[0] ** 2).sum(), lambda p: [np.array([2.0, np.nan])], [np.array([1.0, 2.0])])
    assert report.wrong and "keeps between calls" not in str(report)
