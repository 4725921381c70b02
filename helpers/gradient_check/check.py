"""Check a whole network's gradients against central differences, and say what a wrong one looks like."""

import numpy as np

from helpers.backprop.network import backward, forward
from helpers.gradient_check.causes import _judge, _look_at_kinks, _look_closer
from helpers.gradient_check.numerical import numerical_gradients
from helpers.gradient_check.report import GradientReport


def check_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", gradients=None, epsilon=1e-5):
    """Hold gradients against central differences, for every W[l] and b[l], and say what is wrong.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays, float64 or float32
    hidden_activation, output : str, as in `network.forward`
    gradients : callable, (X, Y, W, b) to (dW, db), optional
        What is to be checked. Default: `network.forward` and `network.backward`.
    epsilon : float, as in `numerical_gradient`

    Returns
    -------
    GradientReport
    """

    def ours(X, Y, W, b):
        return backward(Y, W, *forward(X, W, b, hidden_activation, output), hidden_activation, output)

    gradients = gradients or ours
    rng = np.random.default_rng(0)
    elsewhere = ({l: p[l] + 0.1 * rng.standard_normal(p[l].shape).astype(p[l].dtype) for l in p} for p in (W, b))
    before = _copy(gradients(X, Y, *elsewhere))  # a first call, to see whether it leaves traces
    candidate = _copy(gradients(X, Y, W, b))
    truth = numerical_gradients(X, Y, W, b, hidden_activation, output, epsilon)
    Z, _ = forward(X, W, b, hidden_activation, output)
    findings = []
    for l in sorted(W):
        for name, mine, earlier, exact in (
            (f"dW[{l}]", candidate[0].get(l), before[0].get(l), truth.dW[l]),
            (f"db[{l}]", candidate[1].get(l), before[1].get(l), truth.db[l]),
        ):
            findings.append(_judge(name, mine, earlier, exact, len(X), W[l].dtype))
    right = {f.name for f in findings if f.right}
    findings = [f if f.right else _look_closer(f, right, gradients, X, Y, W, b, Z, truth) for f in findings]
    if any(finding.skipped for finding in findings):
        findings = [_look_at_kinks(f, gradients, X, Y, W, b, truth) for f in findings]
    return GradientReport(findings)


def compare(name, mine, exact, m):
    """Hold one array against the right one and say what is seen: shape, factor, transpose, or neither.

    Parameters
    ----------
    name : str, what to call it
    mine, exact : ndarrays; what is to be judged, and what it should be (with one or two axes)
    m : int, number of examples that it sums up, to know a sum from a mean by

    Returns
    -------
    Finding
    """
    return _judge(name, mine, None, exact, m, "float32" if mine.dtype == np.float32 else "float64")


def _copy(gradients):
    return tuple({l: np.array(p[l]) for l in p} for p in gradients)
