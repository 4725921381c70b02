"""What lesson 09 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here.
The number of lines of the engine is counted in `tests/autograd/test_tape.py`, where PyTorch's output is compared too.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from helpers import widgets
from helpers.autograd import Variable, bug_zoo as tape_zoo, grad
from helpers.autograd.tape import history
from helpers.backprop import network, optimizers
from helpers.gradient_check import bug_zoo

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "09_autograd.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
CODE = {cell["id"]: "".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"}
HEIGHTS = np.array([[1.0, 1.5, 2.0, 2.5, 3.0], np.zeros(5)])


def landings(seeds):
    """The rocket of the lesson, with the lesson's own code, from other seeds: the last states of five flights each."""
    scope = {"np": np, "network": network, "optimizers": optimizers, "Variable": Variable, "grad": grad}
    exec(CODE["09-105"] + "\n\n" + CODE["09-107"], scope)  # our own text
    for seed in seeds:
        flight = scope["fly"](*({l: Variable(p[l]) for l in p} for p in scope["train"](seed)), HEIGHTS)
        yield flight[-1].value


def every_seed_lands():
    return all(np.abs(last).max() < 0.15 for last in landings(range(1, 5)))


def untrained_rockets_climb():
    scope = {"np": np}
    exec(CODE["09-105"], scope)
    W, b = network.initialize_parameters([2, 8, 1], random_state=0)
    flight = scope["fly"](*({l: Variable(p[l]) for l in p} for p in (W, b)), HEIGHTS)
    return (flight[-1].value[0] > HEIGHTS[0]).all()


def a_flight_meets_each_weight_twenty_times():
    scope = {"np": np}
    exec(CODE["09-105"], scope)
    W, b = ({l: Variable(p[l]) for l in p} for p in network.initialize_parameters([2, 8, 1], random_state=0))
    nodes = history(scope["regret"](scope["fly"](W, b, HEIGHTS)))
    return [sum(parent is p for node in nodes for parent, _ in node.parents) for p in (*W.values(), *b.values())] == [
        20
    ] * 4


def neuron():
    walk = widgets.tape.steps("softplus(z) − y z, z = w x + b", step=12)
    values = {
        node.name: (node.value.item(), walk.gradients[node].item())
        for node in history(walk.output)
        if node in walk.gradients
    }
    return [f"{v:.3g}" for v in (walk.output.value.item(), *values["+"], 1 / (1 + np.exp(0.75)))]


def says(i, *words):
    return all(word in str(bug_zoo.examine(tape_zoo.BUGS[i])) for word in words)


def every_db_is_wrong_and_every_dw_right():
    lines = str(bug_zoo.examine(tape_zoo.BUGS[5])).splitlines()[1:]
    return all(("right" in line) == line.startswith("dW") for line in lines) and len(lines) == 6


CLAIMS = {
    "1 at the loss and −0.679 at $z$": lambda: neuron() == ["1.14", "-0.75", "-0.679", "0.321"],
    "more than two million rows": lambda: 196 * 11272 > 2e6,
    "It should touch down *gently*": every_seed_lands,
    "Left, with an untrained network, all five climb away": untrained_rockets_climb,
    "twenty gradients arrive at each of them": a_flight_meets_each_weight_twenty_times,
    "every $db$ is wrong and every $dW$ right": every_db_is_wrong_and_every_dw_right,
    "so the target is lost": lambda: says(6, "the target is left out"),
    "so the prediction is lost": lambda: says(7, "the prediction is left out"),
    "with nine broken engines": lambda: len(tape_zoo.BUGS) == 9,
    "= 238510$": lambda: 784 * 300 + 300 + 300 * 10 + 10 == 238510,
    "That makes 0.24 MB": lambda: np.isclose(3 * 50 * 200 * 8 / 1e6, 0.24),
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
