"""What lesson 12 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here.
Claims about training are computed with the lesson's own cells from starts that the lesson does not show, and read from
the recordings of those that it shows.
"""

import contextlib
import io
import json
import re
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import datasets, plotting, widgets
from helpers.autograd import Variable, grad, layers
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


def writes_better_than_the_table(seeds=(2, 3, 4, 5)):
    scope = names()
    exec(CODE["12-names"].split("\n\n\nlearned, costs")[0], scope)
    costs = []
    for seed in seeds:
        p, _ = scope["learn_names"](seed)
        costs.append(scope["name_cost"](layers.variables(p), scope["test_tokens"]).item())
    return max(costs) < scope["BASELINE"] - 0.1


def curve_of_the_names():
    """From the start of the lesson: the first mean of twenty costs, the batch at the table's cost, the last mean."""
    scope = names()
    exec(CODE["12-names"].split("\n\n\nlearned, costs")[0], scope)
    smooth = np.convolve(scope["learn_names"](1)[1], np.full(20, 1 / 20), mode="valid")
    below = 20 + np.argmax(smooth < scope["BASELINE"] - 0.005)
    return round(smooth[0], 1) == 2.8 and 70 <= below <= 80 and round(smooth[-1], 1) == 2.1


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
    "seventy times as many parameters": lambda: round(154254 / 2178) == 71,
    "to less than a hundred-thousandth of their original size": lambda: fades("")[0] < 1e-5,
    "neither signal fades": lambda: min(fades(way)[1] for way in ("r", "n", "nr")) > 0.9,
    "Normalisation alone leaves differences of 0.2, not of 1": lambda: (
        np.round(signals()["both_signals"](1, "n")[0], 1).tolist() == [0.2] * 10
    ),
    "both together learn fastest": both_learn_fastest,
    "the query of *i* and the key of *a* have the same direction": lambda: weights_of_the_three()[1].value[1, 2] > 0.8,
    "The shares of these are 0.422, 0.422 and 0.155": first_row_by_hand,
    "Every letter but the first gives its largest share to the letter before it": lambda: (
        widgets.attention.attend("hannah", 1, 8.0, 0.0).weights.argmax(axis=1).tolist() == [0, 0, 1, 2, 3, 4]
    ),
    "3000 first names": lambda: len(datasets.load_names()) == 3000,
    "57 billion for 784 → 300 → 10": lambda: round(238510**2 / 1e9) == 57,
    "2.8, the mean of the first twenty batches, falls below that of the table after about 75": curve_of_the_names,
    "and keli *is* one: it is in the list": keli_is_written_and_listed,
    "by 0.1 or more from every start that we tried": writes_better_than_the_table,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()


def test_pytorch_prints_what_was_recorded_and_so_do_we():
    program, expected = re.search(r"```python\n(import torch.*?)```.*?```text\n(.*?)```", PROSE, re.DOTALL).groups()
    assert SHOWN["12-torch"] == expected
    pytest.importorskip("torch", reason="PyTorch is not installed")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program, {})  # our own text, from the lesson
    assert out.getvalue() == expected
