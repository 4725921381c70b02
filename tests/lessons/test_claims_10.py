"""What lesson 10 says in prose, computed: a sentence and the value that it stands on go together.

What a cell prints or asserts right beside the sentence is compared when the notebook is run, and is not repeated here,
except where the sentence rounds it.
"""

import ast
import builtins
import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest

from helpers import widgets
from helpers.backprop import network
from helpers.cluster import Shards, gradient_and_peak_memory, sweep
from helpers.datasets import recordings
from helpers.training import HDF5Rows, NeuralNetwork, blocks
from helpers.training.engine import pack

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "10_scale_out.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
PRINTED = "\n".join("".join(o.get("text", "")) for cell in CELLS for o in cell.get("outputs", []))
PATTERNS, COUNTS = ("star", "ring", "tree"), 2 ** np.arange(11)
P, M = 154057, 11272
MEASURED = recordings.load_scale_out()


def printed(*lines):
    return lambda: all(line in PRINTED for line in lines)


@cache
def step_time():
    """The function that the lesson defines."""
    (source,) = ["".join(c["source"]) for c in CELLS if "".join(c["source"]).startswith("def step_time")]
    scope = {"np": np}
    exec(source, scope)
    return scope["step_time"]


def speed_up(K, pattern, gigabits=1.0, latency=50e-6):
    return 6 * P * M / 50e9 / step_time()(K, pattern, M, P, 50e9, gigabits * 1e9 / 8, latency)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("K", [1, 2, 64, 1024])
def test_the_lesson_and_the_widget_use_the_same_model(K, pattern):
    own = widgets.step_time.predict(K, 5000, 1e5, 20, 10, 30, pattern).own
    assert step_time()(K, pattern, 5000, 1e5, 20e9, 10e9 / 8, 30e-6) == pytest.approx(sum(own), rel=1e-12)


def peak(pattern):
    values = [speed_up(K, pattern) for K in COUNTS]
    return COUNTS[np.argmax(values)], max(values)


@cache
def digits():
    X, y, _, _ = recordings.tutorial_digits()
    return X[:3000], y[np.newaxis, :3000].astype(float)


def measured(K, pattern):
    """The speed-up with a core that takes 80 ms for the step."""
    return 0.08 / step_time()(K, pattern, M, P, 6 * P * M / 0.08, 125e6, 50e-6)


def with_the_core_of_the_measurement():
    eight = [f"{measured(8, pattern):.1f}" for pattern in PATTERNS]
    curves = np.array([[measured(K, pattern) for K in COUNTS] for pattern in PATTERNS])
    star, ring, tree = curves[:, 2:]  # with 1 and 2 workers, ring and tree are the same
    same_order = np.all(star < ring) and np.all(ring < tree)
    rise_and_fall = [COUNTS[row.argmax()] for row in curves[:2]] == [4, 32] and np.all(np.diff(curves[2, :10]) > 0)
    return eight == ["0.9", "4.1", "4.2"] and f"{speed_up(8, 'star'):.1f}" == "2.0" and same_order and rise_and_fall


def the_first_shard():
    """The answers of the untrained network of the lesson, and how much too high they are on the shard and the whole."""
    X, Y = digits()
    A = network.forward(X, *network.initialize_parameters([784, 30, 1], random_state=0))[1][2]
    return A, [f"{(A - Y)[0, :n].mean():.3f}" for n in (100, 3000)]


def with_their_share_of_eights():
    """How far the plain mean is off if fives and eights count in the first shard as in the whole, from five starts."""
    X, Y = digits()
    eights = Y[0, :100] == 1
    for seed in range(5):
        W, b = network.initialize_parameters([784, 30, 1], random_state=seed)
        rows = [np.arange(100)[eights], np.arange(100)[~eights], np.arange(100, 1000), np.arange(1000, 3000)]
        found = [pack(*blocks.cost_and_gradients(X[part], Y[:, part], W, b)[1:]) for part in (*rows, np.arange(3000))]
        first = Y.mean() * found[0] + (1 - Y.mean()) * found[1]
        plain = (first + found[2] + found[3]) / 3
        yield np.linalg.norm(plain - found[4]) / np.linalg.norm(found[4])


def the_share_of_eights_explains_most():
    mended = list(with_their_share_of_eights())
    shares = [after / before for after, before in zip(mended, five_starts(), strict=True)]
    return f"{mended[0]:.0%}" == "11%" and f"{next(five_starts()):.0%}" == "45%" and max(shares) < 1 / 3


def the_table_of_the_ring():
    """Whether each worker sends only what it has, and everybody has everything after the last row."""
    rows = re.findall(r"^\| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PROSE, re.MULTILINE)
    own = [{piece: {k} for piece in "abc"} for k in (1, 2, 3)]  # whose numbers each worker's pieces contain
    for _, *sent in rows:
        before = [{piece: set(who) for piece, who in pieces.items()} for pieces in own]
        for k, text in enumerate(sent):
            piece = re.search(r"\$([abc])", text)[1]
            whose = {1, 2, 3} if "all of" in text else set(map(int, re.findall(r"_(\d)", text)))
            if before[k][piece] != whose:
                return False
            own[(k + 1) % 3][piece] = before[(k + 1) % 3][piece] | whose
    return len(rows) == 4 and all(who == {1, 2, 3} for pieces in own for who in pieces.values())


def the_table_of_the_tree():
    """Whether each worker sends on a sum that it has, and the last row completes a for 1, b for 3, c for 2, d for 4."""
    rows = re.findall(r"^\| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PROSE, re.MULTILINE)
    own = {k: {piece: {k} for piece in "abcd"} for k in (1, 2, 3, 4)}  # whose numbers each worker's pieces contain
    numbers = 0  # how many quarters a worker sends
    for _, *sent in rows:
        before = {k: dict(pieces) for k, pieces in own.items()}
        for k, text in enumerate(sent, 1):
            to = int(text[-1])
            sums = [set(re.findall(r"([abcd])_(\d)", math)) for math in re.findall(r"\$(.+?)\$", text)]
            numbers += len(sums)
            for terms in sums:
                ((piece,), whose) = {p for p, _ in terms}, {int(j) for _, j in terms}
                if before[k][piece] != whose:
                    return False
                own[to][piece] = own[to][piece] | whose
    complete = {piece: [k for k in own if own[k][piece] == {1, 2, 3, 4}] for piece in "abcd"}
    return numbers == 4 * 3 and complete == {"a": [1], "b": [3], "c": [2], "d": [4]}


def small_batches_are_slower():
    """The time of a ring of eight over that of one core, for a batch of lesson 08 and its largest network."""
    P_08 = 784 * 300 + 300 + 300 * 10 + 10
    return step_time()(8, "ring", 128, P_08, 50e9, 125e6, 50e-6) / (6 * P_08 * 128 / 50e9)


def shards_refuse_batches():
    with pytest.raises(ValueError, match="full-batch"):
        NeuralNetwork([3, 1], batch_size=50, epochs=1).fit(Shards(digits()[0], [1000, 2000]), digits()[1][0])
    return 128 / 8 == 16


def only_the_tree_gains_up_to_1024():
    """Whether star and ring have turned before 1024 workers, and the tree turns only after that."""
    star, ring, tree = ([speed_up(K, name) for K in COUNTS] for name in PATTERNS)
    turned = max(star) > star[-1] and max(ring) > ring[-1]
    return turned and np.all(np.diff(tree) > 0) and speed_up(4096, "tree") < speed_up(2048, "tree") < tree[-1]


def overlapping_at_most_halves():
    own = [widgets.step_time.predict(int(K), pattern=name).own for K in COUNTS for name in PATTERNS]
    return all(2 * max(times) >= sum(times) for times in own)


def further_workers_gain_less():
    """With a fixed number of examples per worker: twice the workers save time if steps fall by less than half."""
    times = [step_time()(K, "tree", 100 * K, P, 50e9, 125e6, 50e-6) for K in (64, 128)]
    saved = [1 - fewer * times[1] / times[0] for fewer in (0.5, 0.7, 1.0)]  # the steps that are left
    return saved[0] > saved[1] > 0 >= saved[2]


def plain_mean(W, b):
    """The plain mean of the gradients of three unequal shards, as dicts (dW, db)."""
    X, Y = digits()
    parts = [slice(0, 100), slice(100, 1000), slice(1000, 3000)]
    found = [blocks.cost_and_gradients(X[part], Y[:, part], W, b)[1:] for part in parts]
    return [{l: sum(g[i][l] for g in found) / 3 for l in W} for i in (0, 1)]


def five_starts():
    """How far the plain mean is off, from five random starts."""
    for seed in range(5):
        W, b = network.initialize_parameters([784, 30, 1], random_state=seed)
        whole = pack(*blocks.cost_and_gradients(*digits(), W, b)[1:])
        yield np.linalg.norm(pack(*plain_mean(W, b)) - whole) / np.linalg.norm(whole)


def astray_by_a_sixth_to_a_half():
    off = list(five_starts())
    return f"{min(off):.0%}" == "17%" and f"{max(off):.0%}" == "45%"


def the_cost_falls_with_the_plain_mean():
    for seed in range(5):
        W, b = network.initialize_parameters([784, 30, 1], random_state=seed)
        costs = []
        for _ in range(8):
            costs.append(blocks.cost(*digits(), W, b))
            for theta, gradient in zip((W, b), plain_mean(W, b), strict=True):
                for l in theta:
                    theta[l] -= 0.5 * gradient[l]
        if np.any(np.diff(costs) > 0):
            return False
    return True


def the_last_bits_differ():
    """Whether training on three shards and on one gives parameters that differ, but only by rounding."""
    X, Y = digits()
    networks = [
        NeuralNetwork([30, 1], learning_rate=0.5, iterations=20, random_state=0).fit(rows, Y[0])
        for rows in (X, Shards(X, [100, 900, 2000]))
    ]
    return 0 < np.abs(networks[0].W_[1] - networks[1].W_[1]).max() < 1e-12


def communicating_takes_more_from(K):
    result = widgets.step_time.predict()
    more = COUNTS[result.communicate > result.compute]
    return more[0] == K and len(more) == len(COUNTS) - np.flatnonzero(COUNTS == K)[0]


def recorded_steps():
    steps = MEASURED["steps"]
    return np.array(steps["alone"]), np.array(steps["on_workers"])


def milliseconds(name):
    return 1e3 * MEASURED["profile"][name]


def accuracies(rate, *units):
    rows = [json.loads(key) | result for key, result in sweep.read(recordings.SWEEP).items()]
    return np.array([r["accuracy"] for r in rows if r["learning_rate"] == rate and r["units"] in (units or (2, 8, 32))])


def the_rate_3_in_the_sweep():
    two, more = accuracies(3.0, 2) - accuracies(0.3, 2), accuracies(3.0, 8, 32)
    return (
        np.abs(two).max() < 0.006
        and np.sum(more > accuracies(0.3).max()) >= len(more) / 2
        and np.isclose(accuracies(3.0, 32).min(), 0.906)
    )


def a_block_held_twice_is_nearly_all():
    """Whether a gradient over a file takes little more memory than reading one block, which is then multiplied."""
    W, b = network.initialize_parameters([784, 30, 1], random_state=0)
    block = blocks.BLOCK * 784 * 8
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.h5"
        with h5py.File(path, "w") as file:
            file["X"] = np.zeros((4 * blocks.BLOCK, 784), np.uint8)
        peaks = []
        for scale in (1, 1 / 255):  # the first time, the block is held once
            rows = HDF5Rows(path, "X", scale=scale, dtype=np.float64)
            gradient_and_peak_memory(rows, np.zeros((1, len(rows))), W, b)  # loads what is loaded on first use
            peaks.append(gradient_and_peak_memory(rows, np.zeros((1, len(rows))), W, b)[1])
    return round(peaks[1] / 1e7) == 2 and 0.95 < 2 * block / peaks[1] < 1 and peaks[0] < 1.5 * block


def names(source):
    """The names that a cell reads, and those that it defines."""
    nodes = list(ast.walk(ast.parse(source)))
    used = [node for node in nodes if isinstance(node, ast.Name)]
    defined = {node.id for node in used if not isinstance(node.ctx, ast.Load)}
    defined |= {node.asname or node.name.split(".")[0] for node in nodes if isinstance(node, ast.alias)}
    defined |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    defined |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {node.id for node in used} - defined, defined


def no_section_needs_another():
    """Whether a section of the second half uses only names from the main part, from the start, or of its own."""
    known, section, second_half = set(dir(builtins)), set(), False
    for cell in CELLS:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            needed, defined = names(source)
            if not needed <= known | section:
                return False
            section |= defined
        elif "\n### " in f"\n{source}" and second_half:
            known |= section if "workers" not in known else set()
            section = set()
        elif source.startswith("## The second half"):
            known, section, second_half = known | section, set(), True
    return second_half and "workers" in known


CLAIMS = {
    "takes about a tenth of a second": lambda: 0.05 < recorded_steps()[0][1] < 0.15,
    "for five random starts, it was off by 17% to 45%": astray_by_a_sixth_to_a_half,
    "the cost would go on falling": the_cost_falls_with_the_plain_mean,
    "as if each of them were ten": lambda: np.isclose((1 / 3) / (100 / 3000), 10),
    "They do, but not to the last bit": the_last_bits_differ,
    "Our length and these two agree to all ten decimal places": printed(
        "length of W[2] after 20 shared steps: 1.6672886908",
        "length of W[2]: 1.6672886908 alone, 1.6672886908 together",
    ),
    "ring and tree are about six times as fast as one core, and the star only twice": lambda: (
        np.round([speed_up(8, name) for name in PATTERNS]).tolist() == [2, 6, 6]
    ),
    "at a third of its speed": lambda: 0.3 < speed_up(64, "star") < 0.35,
    "The ring gets to 10.8, the tree to 15.4": printed("     64     0.33  10.82  15.37"),
    "more than a thousand messages follow one another and their latencies alone add up to 51 ms": lambda: (
        2 * 511 > 1000 and round(2 * 511 * 50e-6 * 1e3) == 51
    ),
    "In the tree, 512 are still a fifth faster than 64": lambda: (
        1.15 < speed_up(512, "tree") / speed_up(64, "tree") < 1.25
    ),
    "With too many workers, the star and the ring get slower": only_the_tree_gains_up_to_1024,
    "it begins to lose only beyond 1024 workers": only_the_tree_gains_up_to_1024,
    "take *four times as long* as one core": lambda: 3.9 < small_batches_are_slower() < 4.1,
    "128 examples are 16 for each, far below 533": shards_refuse_batches,
    "`Shards` accepts only steps over all examples": shards_refuse_batches,
    "three workers compute only 1.5 times as fast as one": lambda: 3000 / max(100, 900, 2000) == 1.5,
    "so it at most halves a step": overlapping_at_most_halves,
    "Take four workers and the quarters $a$, $b$, $c$ and $d$": the_table_of_the_tree,
    "in a tree they are three times as fast as the eight (not quite twice with that core), in a ring they are slower": (
        lambda: (
            round(speed_up(512, "tree") / speed_up(8, "tree")) == 3
            and 1.6 < measured(512, "tree") / measured(8, "tree") < 2
            and all(faster(512, "ring") < faster(8, "ring") for faster in (speed_up, measured))
        )
    ),
    "about four times with the core that we measured": lambda: (
        [round(measured(8, name)) for name in ("ring", "tree")] == [4, 4]
    ),
    "twice as fast at best, and with that core slower than one": lambda: (
        round(speed_up(8, "star")) == 2 and measured(8, "star") < 1
    ),
    "the ring is now 4.1 times as fast as one core, and the tree 4.2 times. The star falls from 2.0 to 0.9": (
        with_the_core_of_the_measurement
    ),
    "so 4 operations would be closer than 6. That takes a third off": lambda: 6 - 6 / 3 == 4,
    "the 533 would be 1440": lambda: round(4 / 3 * 50e9 / 125e6) == 533 and 2 * 90e9 / 125e6 == 1440,
    "A single worker in a star reaches only 0.95": printed("      1     0.95   1.00   1.00"),
    "there are 43 eights among these hundred, against 51 in every hundred of the whole": lambda: (
        (digits()[1][0, :100].sum(), round(100 * digits()[1].mean())) == (43, 51)
    ),
    "An untrained network gives nearly the same answer to all pictures, here about 0.57": lambda: (
        f"{the_first_shard()[0].mean():.2f}" == "0.57" and the_first_shard()[0].std() < 0.02
    ),
    "by 0.143 on the first shard, but only by 0.059 on the whole": lambda: the_first_shard()[1] == ["0.143", "0.059"],
    "the plain mean would be off by 11% and not by 45%": the_share_of_eights_explains_most,
    "With three workers and the pieces $a$, $b$ and $c$": the_table_of_the_ring,
    "in a star they are far slower than a single core": lambda: speed_up(512, "star") < 0.1,
    "512 workers in a ring are slower than 64": lambda: speed_up(512, "ring") < speed_up(64, "ring"),
    "peaks at a little more than 2 with 4 workers": lambda: peak("star")[0] == 4 and 2 < peak("star")[1] < 2.5,
    "is below 1 from 32 on": lambda: speed_up(16, "star") > 1 > speed_up(32, "star"),
    "peaks at about 11 with 32 to 64 workers and falls to less than 2": lambda: (
        min(speed_up(32, "ring"), speed_up(64, "ring")) > 10.5 and 1.5 < speed_up(1024, "ring") < 2
    ),
    "rises ever more slowly, to almost 19": lambda: 18.5 < speed_up(1024, "tree") < 19,
    "that takes about 10 ms, as long as the computing takes on 21 workers": lambda: (
        round(8 * P / 125e6 * 1e3) == 10 and round(6 * P * M / 50e9 / (8 * P / 125e6)) == 21
    ),
    "From there on, more workers can at most halve the time of a step": lambda: (
        1.7 < speed_up(1376, "tree") / speed_up(21, "tree") < 2
    ),
    "37 times as fast as one if they form a ring, and 350 times as fast if they form a tree": lambda: (
        [round(speed_up(512, name, 100, 5e-6)) for name in ("ring", "tree")] == [37, 350]
    ),
    "takes one core about 80 ms, where the model says 208": lambda: (
        all(75 < 1e3 * t < 85 for t in (recorded_steps()[0][1], MEASURED["profile"]["alone"]))
        and round(6 * P * M / 50e9 * 1e3) == 208
    ),
    "Nearly all of $P$ belongs to the first layer": lambda: 784 * 196 / P > 0.99,
    "nearly $90 \\cdot 10^9$ operations": lambda: 85e9 < 4 * P * M / recorded_steps()[0][1] < 90e9,
    "needs a thousand times as many examples": printed(
        "core and 100 Gbit/s: about    5 examples", "GPU  and 100 Gbit/s: about 5333 examples"
    ),
    "from 32 workers on, communicating takes the larger share": lambda: communicating_takes_more_from(32),
    "follows the ideal (dash-dotted) up to about 4 workers": lambda: (
        speed_up(4, "ring") > 0.85 * 4 and speed_up(8, "ring") < 0.75 * 8
    ),
    "less than $1/s$ for any $K$": lambda: all(1 / (0.01 + 0.99 / K) < 100 for K in 10.0 ** np.arange(9)),
    "the time grows roughly in proportion to the examples": lambda: (
        np.ptp(recorded_steps()[0] / MEASURED["steps"]["batches"] * 1e6) < 1.5
    ),
    "On one worker (dashed, triangles) a step takes longer at every size": lambda: np.all(
        recorded_steps()[1][:, 0] > recorded_steps()[0]
    ),
    "gain nothing on the smallest step": lambda: recorded_steps()[1][0, 1] > recorded_steps()[0][0],
    "on the largest they are about one and a half times as fast": lambda: (
        1.4 < recorded_steps()[0][2] / recorded_steps()[1][2, 1] < 1.6
    ),
    "The worker of Figure 5 lost more, 30 ms": lambda: (
        round(1e3 * (recorded_steps()[1][1, 0] - recorded_steps()[0][1])) == 30
    ),
    "the worker computes as fast as the notebook does": lambda: (
        0.9 < milliseconds("inside") / milliseconds("alone") < 1.1
    ),
    "616 kB each": lambda: round(4 * P / 1e3) == 616,
    "An empty message and its answer take 2 ms": lambda: round(milliseconds("empty")) == 2,
    "The numbers add another 4 ms": lambda: round(milliseconds("numbers") - milliseconds("empty")) == 4,
    "takes 2 ms longer still": lambda: round(milliseconds("slept") - milliseconds("numbers")) == 2,
    "The 7.4 ms of the step lie between the last two rows": lambda: (
        milliseconds("numbers") < milliseconds("outside") < milliseconds("slept")
        and f"{milliseconds('outside'):.1f}" == "7.4"
    ),
    "from 0.52 to 0.93": lambda: [accuracies(0.03).min(), accuracies(0.03).max()] == [0.52, 0.93],
    "At 0.3 all are near 0.96": lambda: np.abs(accuracies(0.3) - 0.96).max() < 0.0065,
    "Beyond that point, each further worker gains less, and in the end nothing": further_workers_gain_less,
    "one of those with 32 is far below": the_rate_3_in_the_sweep,
    "Two of the seeds say yes and one says no, and the mean of only three, which one failure pulls down": lambda: (
        (accuracies(0.03, 8) < accuracies(0.03, 2)).tolist() == [True, False, True]
        and np.delete(accuracies(0.03, 8), 2).mean() > accuracies(0.03, 2).mean() > accuracies(0.03, 8).mean()
    ),
    "the larger file would take 154 MB": printed("24576 rows: 19.3 MB in the file, 154.1 MB as float64"),
    "a gradient is computed over blocks of 1536 rows": lambda: blocks.BLOCK == 1536,
    "Nearly all of this is one block of 1536 rows, held twice: in float64, and multiplied by": (
        a_block_held_twice_is_nearly_all
    ),
    "each section can be read and run by itself": no_section_needs_another,
}


@pytest.mark.parametrize("sentence", CLAIMS)
def test_the_sentence_is_there_and_true(sentence):
    assert sentence in PROSE
    assert CLAIMS[sentence]()
