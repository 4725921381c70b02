"""Measure how reliable the gradient check is, with planted bugs and correct programs on random networks.

    python benchmarks/judge.py accuses [--networks 20000]      count the false alarms on correct programs
    python benchmarks/judge.py acquits [--networks 40]         count the planted bugs that are missed
    python benchmarks/judge.py causes [--networks 10]          count how often the faulty line is identified

The option `--networks` is the number of correct programs, or the number of random networks on which each bug is tried.
With `--bugs FILE` you can use planted bugs other than the ones in the tests. FILE must be a Python file with lists BUGS
and CONTROLS in the same format. The networks have 1 to 20 layers, 1 to 40 units per layer and 1 to 50 examples. They
use all activation functions, outputs and initialisations, float32 and float64, weights from 1e-8 to 30 and inputs
from 1e-6 to 1e6. Some of them contain dead units, ties, kinks and saturated units.
"""

import argparse
import functools
import hashlib
import importlib.util
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.autograd import bug_zoo as tape_zoo  # noqa: E402
from helpers.backprop import network  # noqa: E402
from helpers.gradient_check import bug_zoo, check_gradients  # noqa: E402
from helpers.gradient_check.numerical import numerical_gradients  # noqa: E402

HIDDEN = ["sigmoid", "tanh", "relu", "identity"]
OUTPUTS = ["sigmoid", "softmax", "identity"]
OTHER = Path(__file__).resolve().parent.parent / "tests" / "gradient_check" / "planted_bugs.py"


def one_of(rng, low, high):
    """Draw a random integer from `low` to `high`, with small numbers being more likely than large ones."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def random_network(rng, ordinary=False):
    """Generate a random network with examples.

    Returns
    -------
    case : dict
        Its keys are X, Y, W, b, hidden_activation, output, sizes, m and L. If `ordinary` is true, the network is
        small, in float64, and without extreme values.
    """
    L, m = one_of(rng, 1, 4 if ordinary else 20), one_of(rng, 1, 10 if ordinary else 50)
    top = 6 if ordinary else 40
    sizes = [one_of(rng, 1, top)] * (L + 1) if rng.random() < 0.4 else [one_of(rng, 1, top) for _ in range(L + 1)]
    hidden, output = str(rng.choice(HIDDEN)), str(rng.choice(OUTPUTS))
    sizes[-1] = max(sizes[-1], 2) if output == "softmax" else sizes[-1]
    dtype = np.float64 if ordinary or rng.random() < 0.6 else np.float32
    start = str(rng.choice(["lecun", "glorot", "he", "small", "zero"], p=[0.35, 0.25, 0.25, 0.1, 0.05]))
    W, b = network.initialize_parameters(sizes, "lecun" if ordinary else start, rng)
    extreme = not ordinary and rng.random() < 0.5
    scale = 10 ** rng.uniform(-8, np.log10(30)) if extreme else 1.0
    W = {l: np.clip(W[l] * scale * (np.sqrt(sizes[l - 1]) if extreme else 1), -30, 30) for l in W}
    if ordinary or rng.random() < 0.8:
        b = {l: rng.standard_normal(b[l].shape) * (0.5 if not extreme else scale) for l in b}
    X = rng.standard_normal((m, sizes[0])) * (10 ** rng.uniform(-6, 6) if not ordinary and rng.random() < 0.4 else 1.0)
    if not ordinary and rng.random() < 0.2:  # integers and repeated or zero examples lead to ties and kinks
        X, b = np.round(X), {l: np.round(b[l]) for l in b}
        X[rng.random(m) < 0.3] = 0
        X[:] = X[rng.integers(0, m, m)]
    if output == "softmax":
        Y = np.eye(sizes[-1])[:, rng.integers(0, sizes[-1], m)]
    elif output == "sigmoid":
        Y = (rng.random((sizes[-1], m)) < 0.5).astype(float)
    else:
        Y = 2 * rng.standard_normal((sizes[-1], m))
    cast = lambda p: {l: p[l].astype(dtype) for l in p}  # noqa: E731
    arrays = {"X": X.astype(dtype), "Y": Y.astype(dtype), "W": cast(W), "b": cast(b)}
    return arrays | {"hidden_activation": hidden, "output": output, "sizes": sizes, "m": m, "L": L}


def check(case, function=None, explain=True):
    """Check the gradients of `function`, or those of `helpers` if it is None, on a case, and return the report."""
    options = case["hidden_activation"], case["output"]
    gradients = function and (lambda X, Y, W, b: function(X, Y, W, b, *options))
    with np.errstate(all="ignore"):
        return check_gradients(case["X"], case["Y"], case["W"], case["b"], *options, gradients, explain=explain)


def double(case):
    """Return a copy of a case with all arrays converted to float64."""
    cast = lambda p: {l: p[l].astype(float) for l in p}  # noqa: E731
    return case | {
        "X": case["X"].astype(float),
        "Y": case["Y"].astype(float),
        "W": cast(case["W"]),
        "b": cast(case["b"]),
    }


def copied(case):
    return [np.array(case["X"]), np.array(case["Y"]), *({l: np.array(p[l]) for l in p} for p in (case["W"], case["b"]))]


def far_from_right(function, case):
    """Return the largest relative error of the gradients of a function in float64, or infinity if it has side effects.

    Examples for which a unit is exactly at the kink of a ReLU are left out, because any slope from 0 to 1 is correct
    there.
    """
    case = double(case)
    if case["hidden_activation"] == "relu":
        Z, _ = network.forward(case["X"], case["W"], case["b"], "relu", case["output"])
        keep = np.all([(Z[l] != 0).all(axis=0) for l in range(1, case["L"])] or [np.ones(case["m"], bool)], axis=0)
        if not keep.any():
            return 0.0
        case = case | {"X": case["X"][keep], "Y": case["Y"][:, keep]}
    options, arguments = (case["hidden_activation"], case["output"]), copied(case)
    with np.errstate(all="ignore"):
        first = function(*arguments, *options)
        X, Y, W, b = copied(case)
        second = function(X, Y, W, b, *options)
        held = [{l: np.array(p[l]) for l in p} for p in first]
        function(X, Y, {l: 2 * W[l] for l in W}, {l: b[l] + 1 for l in b}, *options)
        truth = numerical_gradients(*copied(case), *options)
    if repr(arguments) != repr(copied(case)) or any(
        not np.array_equal(p[l], q[l]) or not np.array_equal(q[l], r[l])
        for p, q, r in zip(first, held, second, strict=True)
        for l in p
    ):
        return np.inf
    pairs = [(first[place][l], (truth.dW, truth.db)[place][l]) for place in (0, 1) for l in truth.dW]
    return max(np.linalg.norm(x - n) / np.linalg.norm(n) if n.any() else float(np.any(x)) for x, n in pairs)


@functools.cache
def planted(path):
    """Load the planted bugs, as a dict by name, and the list of correct programs from a Python file."""
    spec = importlib.util.spec_from_file_location("planted", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = module
    spec.loader.exec_module(module)
    return {bug["name"]: bug for bug in module.BUGS}, module.CONTROLS


def cases_for(bug, number, ordinary):
    """Yield `number` random networks on which a bug can have an effect."""
    rng = np.random.default_rng(int(hashlib.sha256(bug["name"].encode()).hexdigest()[:8], 16))
    found = 0
    for _ in range(200 * number):
        case = random_network(rng, ordinary)
        if not bug["applies"](case["L"], case["sizes"], case["m"], case["hidden_activation"], case["output"]):
            continue
        if bug["setup"] and rng.random() < 0.7:
            changed = bug["setup"](case, rng)
            dtype = case["W"][1].dtype
            case = changed | {
                "Y": changed["Y"].astype(dtype),
                "W": {l: w.astype(dtype) for l, w in changed["W"].items()},
            }
        yield case
        found += 1
        if found == number:
            return


def half(name):
    """Return "held out" for one half of the bugs, and "developed on" for the other half.

    Only the first half gives an unbiased estimate, because it was not used to develop the gradient check.
    """
    return "held out" if hashlib.sha256(name.encode()).digest()[0] % 2 else "developed on"


def acquit(task):
    """Check one planted bug on several networks, and return its name, the counts of the verdicts, and examples.

    A bug is "found", "too small" to judge, "equal" to a correct program up to rounding, or wrongly "acquitted".
    """
    path, name, number = task
    bug, counts, examples = planted(path)[0][name], Counter(), []
    for case in cases_for(bug, number, ordinary=False):
        try:
            report = check(case, bug["fresh"](), explain=False)
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, FloatingPointError) as error:
            counts["raises"] += 1
            examples.append(repr(error)[:80])
            continue
        if not report.right:
            counts["found" if report.wrong else "too small"] += 1
            continue
        off = far_from_right(bug["fresh"](), case)
        same = off < {"float64": 1e-12, "float32": 1.2e-5}[case["W"][1].dtype.name]
        counts["equal" if same else "acquitted"] += 1
        if not same:
            examples.append(f"{off:.1e} {case['W'][1].dtype} {case['sizes']} m {case['m']} {case['hidden_activation']}")
    return name, counts, examples


def name_cause(task):
    """Count how often the line of one planted bug is identified, and which other lines are named instead."""
    path, name, number = task
    bug, counts, others = planted(path)[0][name], Counter(), Counter()
    for case in cases_for(bug, number, ordinary=True):
        try:
            report = check(case, bug["fresh"]())
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, FloatingPointError):
            counts["raises"] += 1
            continue
        if not report.wrong:
            counts["not found"] += 1
            continue
        line = report.cause.line if report.cause else "none"
        counts["named" if line in (bug["line"], *bug["also"]) else "other"] += 1
        if line not in (bug["line"], *bug["also"]):
            others[f"{line}: {report.cause.says if report.cause else report.headline}"] += 1
    return name, counts, others


def accuse(task):
    """Check correct programs on random networks for a range of seeds, and count the verdicts."""
    path, first, last = task
    _, controls = planted(path)
    counts, examples = Counter(), []
    for seed in range(first, last):
        rng = np.random.default_rng(seed)
        case = random_network(rng)
        control = controls[seed % len(controls)] if seed % 2 else None
        report = check(case, control and control["fresh"](), explain=False)
        kind = "float32" if case["W"][1].dtype == np.float32 else "float64"
        counts[kind, report.verdict] += 1
        if report.wrong:
            examples.append((seed, control and control["name"], str(report)))
    return counts, examples


def spread(function, tasks):
    """Call `function` for each task in two processes, and yield the results as soon as they are available."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        yield from pool.imap_unordered(function, tasks, chunksize=1)


def accuses(path, networks):
    """Print a table of the verdicts on correct programs, and some of the false alarms."""
    counts, examples = Counter(), []
    for some, more in spread(accuse, [(path, i, min(i + 100, networks)) for i in range(0, networks, 100)]):
        counts += some
        examples += more
    print(f"{networks} correct networks     right   too small or rough to judge   accused")
    for kind in ("float64", "float32"):
        right, unjudged, wrong = (counts[kind, verdict] for verdict in ("right", "unjudged", "wrong"))
        print(f"{kind:24s} {right:6d} {unjudged:29d} {wrong:9d}")
    for seed, name, report in examples[:5]:
        print("accused:", seed, name, report[:600])


def acquits(path, networks, verbose):
    """Print a table of the verdicts on planted bugs."""
    total, bad = defaultdict(Counter), []
    for name, counts, examples in spread(acquit, [(path, name, networks) for name in planted(path)[0]]):
        total[half(name)] += counts
        if counts["acquitted"] or not counts["found"] or counts["raises"]:
            bad.append((name, counts, examples))
    kinds = ["found", "too small", "equal", "raises", "acquitted"]
    print(f"{'planted bugs':14s} {'checks':>9s}", *(f"{kind:>10s}" for kind in kinds))
    for which, counts in total.items():
        print(f"{which:14s} {sum(counts.values()):9d}", *(f"{counts[kind]:10d}" for kind in kinds))
    for name, counts, examples in bad:
        if verbose and half(name) == "developed on":
            print(f"  {name:40s} {dict(counts)} {examples[:3]}")


def causes(path, networks, verbose):
    """Print how often the gradient check identifies the line of a planted bug."""
    total, bugs, bad = defaultdict(Counter), defaultdict(list), []
    for name, counts, others in spread(name_cause, [(path, name, networks) for name in planted(path)[0]]):
        total[half(name)] += counts
        if counts["named"] + counts["other"]:
            bugs[half(name)].append(counts["named"] > counts["other"])
        if counts["other"] or not counts["named"]:
            bad.append((name, counts, others))
    for which, counts in total.items():
        checks, named = counts["named"] + counts["other"], counts["named"]
        print(
            f"{which:14s} line named in {named} of {checks} checks ({named / checks:.1%}); "
            f"for {sum(bugs[which])} of {len(bugs[which])} bugs in most networks ({np.mean(bugs[which]):.1%})"
        )
    for name, counts, others in sorted(bad, key=lambda one: -one[1]["other"]):
        if verbose and half(name) == "developed on":
            print(f"  {name:36s} {planted(path)[0][name]['line']:8s} {dict(counts)} {others.most_common(2)}")


def zoos():
    """Print how often the bugs in both bug zoos are found, with forty seeds for each bug."""
    for which, zoo in (("bug zoo", bug_zoo), ("zoo of the tape", tape_zoo)):
        reports = [bug_zoo.examine(bug, seed) for bug in zoo.BUGS for seed in range(40)]
        named = sum(c.says in str(bug_zoo.examine(c, 0)) for c in zoo.BUGS)
        wrong = sum(report.wrong for report in reports)
        print(f"{which}: {wrong} of {len(reports)} checks found, {named} of {len(zoo.BUGS)} explained correctly")


def main():
    """Print the table named on the command line."""
    parser = argparse.ArgumentParser(description="Measure how reliable the gradient check is.")
    parser.add_argument("table", choices=["accuses", "acquits", "causes", "zoos"])
    parser.add_argument("--networks", type=int, default=None)
    parser.add_argument("--bugs", type=Path, default=OTHER)
    parser.add_argument("--verbose", action="store_true", help="list the failures among the bugs that are not held out")
    options = parser.parse_args()
    start = time.perf_counter()
    if options.table == "accuses":
        accuses(options.bugs, options.networks or 20000)
    elif options.table == "acquits":
        acquits(options.bugs, options.networks or 40, options.verbose)
    elif options.table == "causes":
        causes(options.bugs, options.networks or 10, options.verbose)
    else:
        zoos()
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
