"""What lesson 09 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here.
The number of lines of the engine is counted in `tests/autograd/test_tape.py`, where PyTorch's output is compared too.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from helpers import widgets
from helpers.autograd import Variable, bug_zoo as tape_zoo, grad
from helpers.autograd.tape import backward_steps, history
from helpers.backprop import activations, network, optimizers
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


def untrained_rockets_thrust():
    """The least and the greatest thrust of the untrained network of Figure 3, on its five flights."""
    scope = {"np": np}
    exec(CODE["09-105"], scope)
    W, b = network.initialize_parameters([2, 8, 1], random_state=0)
    flight = scope["fly"](*({l: Variable(p[l]) for l in p} for p in (W, b)), HEIGHTS)
    states = [HEIGHTS, *(state.value for state in flight[1:-1])]
    thrusts = [3 * activations.sigmoid(W[2] @ np.tanh(W[1] @ state + b[1]) + b[2]) for state in states]
    return [f"{np.min(thrusts):.1f}", f"{np.max(thrusts):.1f}"]


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


def engine(*changes):
    """The engine that the lesson builds, as a scope with `Node`, `backward` and so on; a change is a pair of texts."""
    cells = ["09-006", "09-008", "09-010", "09-014", "09-022", "09-024", "09-026", "09-028"]
    source = "\n\n".join(CODE[i].split("\n\n\ngradients = ")[0] for i in cells)
    for old, new in changes:
        source = source.replace(old, new)
    scope = {"np": np, "print": lambda *_: None}
    exec(source, scope)  # our own text
    return scope


def slope_at_two(swapped):
    """What `backward_1` says about x x + 3 x at x = 2, or about 3 x + x x."""
    scope = engine()
    Node, multiply = scope["Node"], scope["multiply"]
    x = Node(2.0)
    summands = [lambda: multiply(x, x), lambda: multiply(Node(3.0), x)]
    f = scope["add"](*(summand() for summand in summands[:: -1 if swapped else 1]))
    return float(scope["backward_1"](f)[x])


def the_other_factor_and_the_chain():
    """Whether `backward_1` gives for z tanh z what it gives for the chain tanh z, times z = −1."""
    scope = engine()
    w, x = scope["Node"](-2.0), scope["Node"](0.5)
    z = scope["multiply"](w, x)
    both = [scope["backward_1"](f)[w] for f in (scope["multiply"](z, scope["tanh"](z)), scope["tanh"](z))]
    return np.isclose(both[0], -both[1]) and f"{both[1]:.6f}" == "0.209987"


def pop_takes_the_older_one():
    """Whether `backward_1` reaches z before tanh z in tanh z · z, and keeps the first part at its parent."""
    scope = engine()
    w, x = scope["Node"](-2.0), scope["Node"](0.5)
    z = scope["multiply"](w, x)
    bent = scope["tanh"](z)
    turns = []
    z.parents = [(parent, lambda g, back=back: turns.append("z") or back(g)) for parent, back in z.parents]
    bent.parents = [(parent, lambda g, back=back: turns.append("tanh z") or back(g)) for parent, back in bent.parents]
    scope["backward_1"](scope["multiply"](bent, z))
    return z.number < bent.number and turns[0] == "z" and "tanh z" in turns


def each_lambda_keeps_its_own():
    scope = engine()
    slopes = [tanh.parents[0][1](1.0) for tanh in [scope["tanh"](scope["Node"](a)) for a in (0.0, 1.0, 2.0)]]
    return np.allclose(slopes, 1 - np.tanh([0.0, 1.0, 2.0]) ** 2, rtol=1e-12)


def in_vain():
    """Whether the lesson's `backward` has gradients for the inputs and the labels, and `grad` works out neither."""
    scope = engine() | {"network": network, "rng": np.random.default_rng(0)}
    exec(CODE["09-032"].replace("from helpers.backprop import network", ""), scope)
    found = scope["backward"](scope["J_nodes"])
    shapes = [node.value.shape for node in found if not node.parents]
    scope |= {"Variable": Variable, "grad": grad}
    exec(CODE["09-036"].split("theirs =")[0], scope)
    parameters = [*scope["W"].values(), *scope["b"].values()]
    *_, (_, named) = backward_steps(scope["J"], parameters, np.ones(()))
    given = [variable for variable in named if not variable.parents]
    return shapes.count((4, 6)) == 1 and shapes.count((1, 6)) == 1 and set(given) == set(parameters)


def in_parts(cost, shares):
    """The gradient of a batch over the sum of the gradients of its halves, the cost of each multiplied by a share."""
    rng = np.random.default_rng(0)
    w, X = Variable(rng.standard_normal((1, 3))), rng.standard_normal((3, 8))
    whole = grad(cost((w @ X).tanh()), w)
    parts = [grad(cost((w @ half).tanh()) * s, w) for half, s in zip(np.hsplit(X, 2), shares, strict=True)]
    return sum(parts) / whole


def parts_add_up():
    means = [in_parts(Variable.mean, shares) for shares in ((1.0, 1.0), (0.5, 0.5))]
    return np.allclose(in_parts(Variable.sum, (1.0, 1.0)), 1) and np.allclose(means, [[[2.0]], [[1.0]]])


def at_the_place_where_two_paths_meet(i):
    """What the broken engine says about w of Figure 1, as a multiple of x: the part that is left at z."""
    walk = widgets.tape.steps("softplus(z) − y z, z = w x + b", step=12)
    (w,) = [variable for variable in history(walk.output) if variable.name == "w"]
    return f"{tape_zoo.BUGS[i].broken(walk.output, [w])[0] / 0.5:.3f}"


def the_product_is_newer():
    """The order of the two paths of Figure 1, and what arrives at them."""
    walk = widgets.tape.steps("softplus(z) − y z, z = w x + b", step=12)
    first, second = [parent for parent, _ in walk.output.parents]
    arrived = [float(walk.gradients[node]) for node in (first, second)]
    return first.name == "softplus" and first.number < second.number and arrived == [1, -1]


def the_comparison_passes(*changes):
    """Whether the cell that compares with `network.backward` raises nothing with this engine."""
    scope = engine(*changes) | {"network": network, "rng": np.random.default_rng(0)}
    try:
        for cell in ("09-032", "09-034"):
            exec(CODE[cell].replace("from helpers.backprop import network", ""), scope)
    except (AssertionError, ValueError):
        return False
    return True


def the_comparison_needs_every_part():
    """Whether the comparison finds a `backward` that overwrites, leaves broadcasting, or passes on too early."""
    loop = "    for node in reversed(history(output)):\n        for parent, back in node.parents:\n"
    early = "            if parent not in gradients:\n                waiting.append(parent)\n"
    mistakes = [
        ("gradients[parent] = gradients.get(parent, 0) + g", "gradients[parent] = g"),
        ("unbroadcast(back(gradients[node]), parent.value.shape)", "back(gradients[node])"),
        (loop, "    waiting = [output]\n    while waiting:\n        node = waiting.pop()\n" + loop[43:] + early),
    ]
    assert all(old in CODE["09-024"] for old, _ in mistakes)
    return the_comparison_passes() and not any(map(the_comparison_passes, mistakes))


def waiting_for_the_newest_is_enough():
    """Whether the eighth bug is gone as soon as `waiting.pop()` takes the variable that was recorded last."""
    bug = tape_zoo.BUGS[7]
    new = "waiting.pop(max(range(len(waiting)), key=lambda i: waiting[i].number))"
    scope = dict(vars(tape_zoo))
    exec(bug.source.replace("waiting.pop()", new), scope)
    mended = bug._replace(broken=scope[bug.broken.__name__])
    return bug_zoo.examine(mended).right and not bug_zoo.examine(bug).right


def only_the_branch_that_was_taken():
    def f(x):
        return x * x if x.item() > 0 else 3 * x

    return [float(grad(f(x), x)) for x in (Variable(2.0), Variable(-2.0))] == [4, 3]


def says(i, *words):
    return all(word in str(bug_zoo.examine(tape_zoo.BUGS[i])) for word in words)


def every_db_is_wrong_and_every_dw_right():
    lines = str(bug_zoo.examine(tape_zoo.BUGS[5])).splitlines()[1:]
    return all(("right" in line) == line.startswith("dW") for line in lines) and len(lines) == 6


CLAIMS = {
    "1 at the loss and −0.679 at $z$": lambda: neuron() == ["1.14", "-0.75", "-0.679", "0.321"],
    "sends $1 \\cdot \\sigma(-0.75) = 0.321$ to $z$": lambda: f"{1 / (1 + np.exp(0.75)):.3f}" == "0.321",
    "more than two million in lesson 04's network": lambda: 196 * 11272 > 2e6,
    "$3x$ has its turn before $x \\cdot x$ and leaves 3 at $x$": lambda: (
        slope_at_two(False) == 2 and slope_at_two(True) == 3
    ),
    "for $\\tanh z \\cdot z$, in this order, it takes the older $z$ before $\\tanh z$": pop_takes_the_older_one,
    "But each call of `tanh` has a `y` of its own, and its `lambda` keeps that one": each_lambda_keeps_its_own,
    "Our `backward` also works out $dA^{[0]}$ and a gradient for the labels, in vain": in_vain,
    "multiply the cost of each part by the part's share of the batch: ½ for each of two halves": parts_add_up,
    "There the product with $y$ has its turn before softplus": the_product_is_newer,
    "hence 1 at softplus and −1 at the product": the_product_is_newer,
    "softplus then replaces what the product has left at $z$": lambda: at_the_place_where_two_paths_meet(6) == "0.321",
    "What softplus sends later stays at $z$": lambda: at_the_place_where_two_paths_meet(7) == "-1.000",
    "Softplus has the slope $e^z/(1 + e^z) = \\sigma(z)$": lambda: np.allclose(
        [grad(z.softplus(), z) for z in map(Variable, (-2.0, 0.0, 3.0))], activations.sigmoid(np.array([-2.0, 0, 3]))
    ),
    "Hence the same digits with a minus": the_other_factor_and_the_chain,
    "If no assertion fails, you have built the engine": the_comparison_needs_every_part,
    "`Z[[0, 2], [0, 1]]` is `Z[0, 0]` and `Z[2, 1]`": lambda: (
        np.arange(6).reshape(3, 2)[[0, 2], [0, 1]].tolist() == [0, 5]
    ),
    "the same number as our $1 - y^2$": lambda: np.allclose(
        activations.tanh_prime(np.linspace(-3, 3, 9)), 1 - np.tanh(np.linspace(-3, 3, 9)) ** 2, rtol=1e-12
    ),
    "the gradient would be that of the branch that was taken": only_the_branch_that_was_taken,
    "its thrust stays between 1.3 and 1.6": lambda: untrained_rockets_thrust() == ["1.3", "1.6"],
    "It is the line with `waiting.pop()`": waiting_for_the_newest_is_enough,
    "as if $Y$ were 1": lambda: says(1, "every label is treated as 1"),
    "hands each of them only $g/12$": lambda: says(4, f"an extra factor of {1 / 12:.4g}"),
    "so the loss moves at $0.16 - 0.5 = -0.34$": lambda: (
        f"{0.5 / (1 + np.exp(0.75)):.2f}" == "0.16" and f"{0.5 / (1 + np.exp(0.75)) - 0.5:.2f}" == "-0.34"
    ),
    "The rocket should touch down *gently*": every_seed_lands,
    "Left, with an untrained network, all five climb away": untrained_rockets_climb,
    "twenty gradients arrive at each of them": a_flight_meets_each_weight_twenty_times,
    "every $db$ is wrong and every $dW$ right": every_db_is_wrong_and_every_dw_right,
    "so the target is lost": lambda: says(6, "the target is left out"),
    "so the prediction is lost": lambda: says(7, "the prediction is left out"),
    "with nine broken engines": lambda: len(tape_zoo.BUGS) == 9,
    "$P = 238510$": lambda: 784 * 300 + 300 + 300 * 10 + 10 == 238510,
    "That makes 0.24 MB": lambda: np.isclose(3 * 50 * 200 * 8 / 1e6, 0.24),
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()


def test_the_training_program_for_pytorch_runs_and_forgets_in_every_step():
    """The gradients after its last step are those of the last batch alone."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    (listing,) = [text for text in re.findall(r"```python\n(.*?)```", PROSE, re.DOTALL) if "optimizer" in text]
    torch.manual_seed(0)
    batches = [(torch.randn(8, 784), torch.randint(0, 10, (8,))) for _ in range(3)]
    fresh = "    fresh = torch.autograd.grad(cross_entropy(model(X), labels), [*model.parameters()])"
    last_step, scope = "    optimizer.step()", {"torch": torch, "batches": batches}
    assert listing.count(last_step) == 1
    exec(listing.replace(last_step, f"{fresh}\n{last_step}"), scope)
    assert all(torch.allclose(p.grad, g) for p, g in zip(scope["model"].parameters(), scope["fresh"], strict=True))
    Z, labels = scope["model"](batches[-1][0]).detach(), batches[-1][1]
    by_hand = (Z.logsumexp(dim=1) - Z[torch.arange(8), labels]).mean()
    assert torch.allclose(scope["cross_entropy"](Z, labels), by_hand)
