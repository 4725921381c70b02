"""What lesson 12 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here.
Claims about training are computed with the lesson's own cells from starts that the lesson does not show, and read from
the recordings of those that it shows.
"""

import contextlib
import io
import json
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import datasets, plotting, widgets
from helpers.autograd import Variable, grad, layer_zoo, layers
from helpers.datasets import recordings
from helpers.gradient_check import numerical_gradient

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "12_todays_networks.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = {cell["id"]: "".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"}
SHOWN = {cell["id"]: "".join("".join(o.get("text", "")) for o in cell.get("outputs", [])) for cell in CELLS}
COMMON = {
    "np": np,
    "plt": plt,
    "plotting": plotting,
    "widgets": widgets,
    "datasets": datasets,
    "recordings": recordings,
}
COMMON |= {"Variable": Variable, "grad": grad, "layers": layers, "numerical_gradient": numerical_gradient}


def run(*ids, **given):
    """Run cells of the lesson without what they would print, and return their names."""
    scope = COMMON | given
    with contextlib.redirect_stdout(io.StringIO()):
        for name in ids:
            exec(CODE[name], scope)  # our own text
    return scope


@cache
def digits():
    return run("12-convolve", "12-nets", "12-starts", "12-train", "12-pair", rng=np.random.default_rng(0))


def recorded(name):
    """Return a recording of the lesson, which a run of the lesson is compared with."""
    return recordings._read_arrays(name)


def convolutional_wins_the_pair():
    """On the three starts of the lesson, and on two others."""
    scores = np.vstack([recorded("12_pair")[recordings.LONE], [digits()["try_pair"](seed) for seed in (4, 5)]])
    return (scores[:, 0] > 0.97).all() and (scores[:, 0] > scores[:, 1]).all()


@cache
def dense_with_a_smaller_rate():
    """Scores of the dense network of the pair with a rate of 0.001, from the three starts of the lesson."""
    scope = digits() | {}
    exec(CODE["12-pair"].replace("0.005", "0.001"), scope)
    found = []
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        scope["start_convolutional"](rng, 2)  # as in the lesson, before the dense one
        found.append(scope["five_or_eight"](seed, scope["dense"], scope["start_dense"](rng, 196, 2)))
    return np.array(found)


def closer_but_still_less():
    convolutional, dense = recorded("12_pair")[recordings.LONE].T
    small = dense_with_a_smaller_rate()
    ends = (round(100 * small.min(), 1), round(100 * small.max(), 1)) == (96.4, 97.5)
    return ends and (dense < small).all() and (small < convolutional).all()


def products_of_a_picture():
    """Each weight of a filter is used in 24 × 24 or 10 × 10 windows."""
    return (24**2 * 25 * 8 + 10**2 * 72 * 16 + 400 * 10, 784 * 300 + 300 * 10) == (234400, 238200)


def convolutional_wins_at_equal_size():
    scores = recorded("12_digits")
    few, many, slow = (scores[name] for name in ("dense 7", "dense 300", "convolutional"))
    return min(slow) > max(few) + 0.03 and -0.005 < np.mean(many) - np.mean(slow) < 0.03


def signals():
    scope = run("12-deep")
    exec(CODE["12-signals"].split("\n\n\nfigure")[0], scope)
    return scope


def fades(way, seeds=range(1, 9)):
    """Return the largest and the smallest share of both signals that is kept over nine layers."""
    both = signals()["both_signals"]
    kept = [(forward[-1] / forward[0], back[0] / back[-1]) for forward, back in (both(s, way) for s in seeds)]
    return np.max(kept), np.min(kept)


def learned_depth():
    return {name: np.sort(costs[:, -1]) for name, costs in recorded("12_depth").items()}


def both_learn_fastest():
    last = learned_depth()
    as_it_was, residual, normalised, both = (last[name] for name in ("as it was", "residual", "normalised", "both"))
    return min(as_it_was) > 0.69 and max(*residual, *normalised) < 0.55 and max(both) < min(*residual, *normalised)


@cache
def names():
    cells = ("convolve", "train", "three", "attention-code", "data", "table", "block", "check-cost", "write")
    return run(*(f"12-{name}" for name in cells), count=len)


def only_itself(Q, K, V, mask):
    return layers.attention(Q, K, V, np.where(np.eye(Q.shape[-2]) == 1, 0, -np.inf))


@cache
def learned_names(seed, attention=layers.attention, place='p["P"]'):
    """Return the parameters after the lesson's training, the costs of its batches and the cost of the test names."""
    scope = names() | {"attention": attention}
    assert CODE["12-block"].count('p["P"]') == 1
    exec(CODE["12-block"].replace('p["P"]', place), scope)  # so that the functions of the block see this attention
    exec(CODE["12-check-cost"], scope)
    exec(CODE["12-names"].split("\n\n\nlearned, costs")[0], scope)
    p, costs = scope["learn_names"](seed)
    return p, costs, scope["name_cost"](layers.variables(p), scope["test_tokens"]).item()


def writes_better_than_the_table(seeds=(2, 3, 4, 5)):
    return max(learned_names(seed)[2] for seed in seeds) < names()["BASELINE"] - 0.1


def looking_back_helps_a_little():
    """From the three starts, and most of the gain over the table remains without looking back."""
    alone, back = ([learned_names(seed, a)[2] for seed in (1, 2, 3)] for a in (only_itself, layers.attention))
    ends = [round(end(costs), 2) for costs in (alone, back) for end in (min, max)]
    gains = names()["BASELINE"] - np.array([alone, back])
    return ends == [2.21, 2.22, 2.17, 2.20] and (gains[0] > 0.75 * gains[1]).all() and (gains[0] < gains[1]).all()


def without_the_place_it_is_nearly_as_good():
    ends = [learned_names(seed, place='(0 * p["P"])')[2] for seed in (1, 2, 3)]
    return [round(end(ends), 2) for end in (min, max)] == [2.18, 2.21] and max(ends) < names()["BASELINE"] - 0.15


def the_place_is_as_good_as_the_network():
    place, before = (float(words.split()[0]) for words in SHOWN["12-126"].split(": ")[1:])
    return abs(place - float(SHOWN["12-curve"].split()[2].strip(","))) < 0.015 and before < place


def where_the_first_head_looks():
    p = layers.variables(learned_names(1)[0])
    tokens = datasets.names.as_tokens(["marianne"])[:, :9]
    most = layers.transformer(p, tokens)[1].value[0, 0].argmax(axis=1)
    letters = "·marianne"
    r, n, e = (letters.rindex(letter) for letter in "rne")
    return most[[r, n, e]].tolist() == [r - 1, n - 1, e - 3] and letters[r - 1] + letters[e - 3] == "aa"


def curve_of_the_names():
    """From the start of the lesson: the first mean of twenty costs, the batch at the table's cost, the last mean."""
    smooth = np.convolve(learned_names(1)[1], np.full(20, 1 / 20), mode="valid")
    below = 20 + np.argmax(smooth < names()["BASELINE"] - 0.005)
    return round(smooth[0], 1) == 2.8 and 70 <= below <= 80 and round(smooth[-1], 1) == 2.1


@cache
def normalised_sizes():
    """Sizes of z, of the differences after the sigmoid and of its slope, in layers 2 to 10, from five starts."""
    found = []
    for seed in range(1, 6):
        W, b = ({l: Variable(p[l]) for l in p} for p in signals()["begin"](seed))
        Z, A = signals()["deep"](W, b, "n")
        for l in range(2, 11):
            a = A[l].value
            sizes = np.sqrt([Z[l].value.var(axis=1).mean(), a.var(axis=1).mean(), np.mean((a * (1 - a)) ** 2)])
            found.append(sizes.round(1).tolist())
    return found


def only_two_directions_are_removed():
    """The length of the error behind the normalisation, times the standard deviation, over its length before it."""
    kept = []
    for seed in range(1, 6):
        W, b = ({l: Variable(p[l]) for l in p} for p in signals()["begin"](seed))
        Z, A = signals()["deep"](W, b, "n")
        J = (Z[11].softplus() - signals()["Y"] * Z[11]).mean()
        for l in A:
            sd, a = np.sqrt(Z[l].value.var(axis=1, keepdims=True) + 1e-5), A[l].value
            before, behind = grad(J, A[l]) * a * (1 - a), grad(J, Z[l]) * sd
            kept.append(np.min(np.linalg.norm(behind, axis=1) / np.linalg.norm(before, axis=1)))  # of each unit
    g, z = np.random.default_rng(0).standard_normal((2, 300))
    z_hat = (z - z.mean()) / z.std()
    v = Variable(z[np.newaxis])
    found = grad(layers.normalize(v, axis=1), v, g[np.newaxis])[0] * z.std()
    two = np.allclose(found, g - g.mean() - z_hat * (g * z_hat).mean(), atol=1e-4)
    return two and min(kept) > 1 - 1 / 8


def the_error_of_both_grows():
    grown = [back[0] / back[-1] for _, back in (signals()["both_signals"](seed, "nr") for seed in range(1, 9))]
    return 7 < min(grown) and max(grown) < 11


def a_rotation_turns_the_hours_back():
    angle = 2 * np.pi * np.arange(12)[:, np.newaxis] / 12
    X, step = np.hstack([np.cos(angle), np.sin(angle)]), 2 * np.pi / 12
    Wq = np.array([[np.cos(step), -np.sin(step)], [np.sin(step), np.cos(step)]])
    return np.allclose(X @ Wq, np.roll(X, 1, axis=0))


def six_predictions_of_arden():
    _, follows, counts = (a[0] for a in names()["pairs"](names()["train_tokens"]))
    return follows[counts].tolist() == [1, 18, 4, 5, 14, 0] and counts.sum() == 6


def the_cost_is_the_cross_entropy():
    seen, follows, counts = names()["pairs"](names()["train_tokens"][:2])
    known = layers.variables(layers.initialize_parameters(27, 10, 24, random_state=0))
    Z, y = names()["writer"](known, seen).value[counts], follows[counts]
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    ours = -np.log(P[np.arange(len(y)), y]).mean()
    return np.isclose(names()["name_cost"](known, names()["train_tokens"][:2]).item(), ours, rtol=1e-12)


def the_hours_find_the_place():
    """The weights of the figure, from points on a circle; the first two letters have no choice or a small one."""
    angle = 2 * np.pi * (np.arange(6)[:, np.newaxis] - 1 - np.arange(6)) / 12
    scores = 8 * np.cos(angle) + layers.causal_mask(6)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return np.allclose(weights, widgets.attention.attend("hannah", 1, 8.0, 0.0).weights)


def each_mistake_fails_one_test():
    """The quantities that the lesson prints, for the lesson's head, which passes, and for the first four mistakes."""

    def faults(head):
        seen = run("12-124", attention=lambda Q, K, V, mask: (head(Q, K, V, mask), None))
        tests = [np.abs(seen["rows"] - 1).max(), seen["above"].max(), np.abs(seen["later"]).max()]
        return [*(value > 1e-12 for value in tests), not np.isclose(seen["scale"], 1 / np.sqrt(6))]

    broken = [faults(lambda Q, K, V, mask, bug=bug: bug.broken(Q, K, V)) for bug in layer_zoo.BUGS[:4]]
    return not any(faults(lambda *given: layers.attention(*given)[0])) and all(any(found) for found in broken)


def products_alone_find_the_curvature():
    """In the valley, and for the logistic regression, whose Hessian is multiplied by vectors only."""
    scope, p = run("12-086"), Variable(np.array([0.5, -0.5, 0.2]))
    slope = grad(scope["logistic_cost"](p), p, create_graph=True)
    v = np.random.default_rng(1).standard_normal(3)
    for _ in range(60):
        Hv = grad((slope * v).sum(), p)
        size, v = np.linalg.norm(Hv) / np.linalg.norm(v), Hv / np.linalg.norm(Hv)
    whole = np.array([grad(slope[i], p) for i in range(3)])
    return np.isclose(size, np.abs(np.linalg.eigvalsh(whole)).max(), rtol=1e-6)


def keli_is_written_and_listed():
    written = SHOWN["12-names"].splitlines()[-1].split(": ")[1].split(", ")
    return [name for name in written if name in datasets.load_names()] == ["keli"]


def weights_of_the_three(mask=0.0):
    scope = run("12-three")
    return layers.attention(*(Variable(scope[name]) for name in "QKV"), mask)


def first_row_by_hand():
    mixed, weights = weights_of_the_three()
    row = np.exp([1, 1, 0]) / np.exp([1, 1, 0]).sum()
    return (
        weights.value[0].round(3).tolist() == row.round(3).tolist() == [0.422, 0.422, 0.155]
        and round(mixed.value[0, 0], 1) == 17.3
    )


def newton_costs(start, steps):
    """Return the costs of the lesson's logistic regression at the start and after each step of Newton's method."""
    scope, p, costs = run("12-086"), np.array(start), []
    for _ in range(steps + 1):
        J = scope["logistic_cost"](v := Variable(p))
        costs.append(J.item())
        slope = grad(J, v, create_graph=True)
        p = p - np.linalg.solve([grad(slope[i], v) for i in range(3)], slope.value)
    return costs


def filters_are_edges():
    """Filters 2, 3 and 8: the means above and below, and on the left and on the right."""
    F = recorded("12_digits")["filters"]
    above, below = F[:, :2].mean(axis=(1, 2)), F[:, 3:].mean(axis=(1, 2))
    left, right = F[2, :, :2].mean(), F[2, :, 3:].mean()
    return above[1] > 0 > below[1] and above[7] < 0 < below[7] and left < 0 < right


def bar_and_stem():
    """The largest response is in the bar, and from row 10 on, where the stem begins, all are at most two thirds."""
    response = widgets.convolution.respond(7, "edge", 270).response
    return response[:10].max() > 1.5 * response[10:].max() > 0


def a_tie_is_shared_and_nearly_all_are_of_zeros():
    tied = Variable(np.array([2.0, 1.0, 2.0]))
    shared = grad(tied.max(), tied).tolist() == [0.5, 0, 0.5]
    lesson = run("12-convolve", "12-nets", "12-starts")
    p = layers.variables(lesson["start_convolutional"](np.random.default_rng(0), 10))
    X, *_ = datasets.load_mnist()
    A = lesson["convolve"](Variable(X[:100].reshape(-1, 28, 28, 1) / 255), p["F1"], p["b1"]).relu().value
    windows = A.reshape(100, 12, 2, 12, 2, 8)
    most = windows.max(axis=(2, 4), keepdims=True)
    tied = (windows == most).sum(axis=(2, 4)) > 1
    return shared and tied.mean() > 0.3 and (most[:, :, 0, :, 0] == 0)[tied].mean() > 0.9


CLAIMS = {
    "the tape shares the gradient equally. It matters little here": a_tie_is_shared_and_nearly_all_are_of_zeros,
    "strongest along the upper edge of the bar, and weaker along the left edge of the stem": bar_and_stem,
    "Filter 2 is positive above and negative below, filter 8 mostly the other way round": filters_are_edges,
    "the first step lowers the cost from 1.5 to 1.2, but the second raises it to 71": lambda: (
        [f"{J:.2g}" for J in newton_costs([0, 0, 3.0], 2)] == ["1.5", "1.2", "71"]
    ),
    "all 11272 training pictures a thousand times": lambda: int((digits()["pair"]).sum()) == 11272,
    "150 batches of 20 pictures, 3000 in all": lambda: 150 * 20 == 3000 and "150, 20, 0.005" in CODE["12-pair"],
    "From each of the three starts": convolutional_wins_the_pair,
    "the same number of parameters, the dense network is several points behind": convolutional_wins_at_equal_size,
    "with 0.001 it reads 96.4 to 97.5% from the same starts, closer but still less": closer_but_still_less,
    "Both dense networks now have a smaller learning rate, 0.002": lambda: (
        '0.005 if name == "convolutional" else 0.002' in CODE["12-digits"]
    ),
    "a picture costs 234,400 products forward, against 238,200 in the large dense network": products_of_a_picture,
    "With both, the error even grows, about tenfold over nine layers": the_error_of_both_grows,
    "two of the error's 300 directions, and, with normalisation alone, less than an eighth of its length": (
        only_two_directions_are_removed
    ),
    "$W_k$ copies them, and $W_q$ turns them back by one hour. A rotation is a matrix": a_rotation_turns_the_hours_back,
    "For arden, six predictions count: a, r, d, e, n and the end": six_predictions_of_arden,
    "with one row of logits for each prediction that counts, and then the mean": the_cost_is_the_cross_entropy,
    "seventy times as many parameters": lambda: round(154254 / 2178) == 71,
    "to less than a hundred-thousandth of their original size": lambda: fades("")[0] < 1e-5,
    "neither signal fades": lambda: min(fades(way)[1] for way in ("r", "n", "nr")) > 0.9,
    "Normalisation alone leaves differences of 0.2, not of 1": lambda: (
        np.round(signals()["both_signals"](1, "n")[0], 1).tolist() == [0.2] * 10
    ),
    "turn differences of size 1 into differences of about 0.2, and with these weights the next $z$ has them, too": (
        lambda: all(sizes[:2] == [0.2, 0.2] for sizes in normalised_sizes())
    ),
    "the slope of the sigmoid, which is about 0.2": lambda: all(sizes[2] == 0.2 for sizes in normalised_sizes()),
    "with both it learns fastest": both_learn_fastest,
    "It is largest if they are the same point, that is, if $s = t - 1$": the_hours_find_the_place,
    "points on a circle of twelve hours": lambda: widgets.attention.CIRCLE == 12,
    "Each of the first four mistakes below fails one of these tests": each_mistake_fails_one_test,
    "A table that knows the place is as good as our network": the_place_is_as_good_as_the_network,
    "reaches 2.21 to 2.22, instead of 2.17 to 2.20": looking_back_helps_a_little,
    "without the place (all place vectors 0), the network still reaches 2.18 to 2.21": (
        without_the_place_it_is_nearly_as_good
    ),
    "r looks mainly at the a before it, the second n at the first, and e at the a three places back": (
        where_the_first_head_looks
    ),
    "soon the factor by which $v$ grows *is* that size": products_alone_find_the_curvature,
    "because the query of *i* fits the key of *a* best, with a dot product of 8": lambda: (
        (run("12-three")["Q"] @ run("12-three")["K"].T)[1].tolist() == [4, 0, 8]
    ),
    "Their shares are 0.422, 0.422 and 0.155": first_row_by_hand,
    "Every letter but the first gives its largest share to the letter before it": lambda: (
        widgets.attention.attend("hannah", 1, 8.0, 0.0).weights.argmax(axis=1).tolist() == [0, 0, 1, 2, 3, 4]
    ),
    "3000 first names": lambda: len(datasets.load_names()) == 3000,
    "57 billion for 784 → 300 → 10": lambda: round(238510**2 / 1e9) == 57,
    "2.8 (the mean of the first twenty batches), falls below that of the table after about 75": curve_of_the_names,
    "and keli *is* one: it is in the list": keli_is_written_and_listed,
    "by 0.1 or more from every start that we tried": writes_better_than_the_table,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()


PROGRAM = """
import torch

A = torch.arange(32, dtype=torch.float64).reshape(2, 4, 4, 1).sin().requires_grad_()
F = torch.arange(18, dtype=torch.float64).reshape(3, 3, 1, 2).cos().requires_grad_()
Z = torch.nn.functional.conv2d(A.permute(0, 3, 1, 2), F.permute(3, 2, 0, 1)).permute(0, 2, 3, 1)
dA, dF = torch.autograd.grad((Z**2).sum(), [A, F])
for values in Z[0, 0], dA[1, 2], dF[0, :2]:
    print(*(f"{value:.8f}" for value in values.ravel()))
"""
RECORDED = """\
0.11499467 0.46119973 0.17052315 0.19146036
-0.50890150 -0.43037008 0.84113776 0.25343997
1.48170809 0.39354716 1.67665270 2.61150616
"""  # printed with PyTorch 2.13


def test_the_convolution_computes_the_same_numbers_as_pytorch():
    assert "(PyTorch's `conv2d`, which keeps the channels before the rows and columns, computes the same" in PROSE
    A = Variable(np.sin(np.arange(32.0)).reshape(2, 4, 4, 1))
    F = Variable(np.cos(np.arange(18.0)).reshape(3, 3, 1, 2))
    Z = run("12-convolve")["convolve"](A, F, 0.0)
    dA, dF = grad((Z**2).sum(), [A, F])
    ours = (Z.value[0, 0], dA[1, 2], dF[0, :2])
    assert "".join(" ".join(f"{v:.8f}" for v in values.ravel()) + "\n" for values in ours) == RECORDED
    pytest.importorskip("torch", reason="PyTorch is not installed")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(PROGRAM, {})  # our own text
    assert out.getvalue() == RECORDED
