"""Gradients by finite differences: slow, simple, independent of backpropagation; and a report that explains.

`numerical_gradient` is the plain nudge. `check_gradients` holds a whole network's gradients against it
and says in words what a wrong one looks like.
"""

import html
from typing import NamedTuple

import numpy as np

from helpers.activations import ACTIVATIONS
from helpers.losses import OUTPUTS
from helpers.network import backward, forward

# Relative errors that count as right. float64: the formula errs by about ε² = 1e-10 and rounding by
# 1e-16/ε = 1e-11, so 1e-7 leaves room for small gradients. float32: its arithmetic alone errs by 6e-8
# an operation, and sums of many such; the differences are still taken in float64.
THRESHOLDS = {"float64": 1e-7, "float32": 1e-4}
NOISE = 1e-9  # of a central difference in float64: gradients all below it cannot be judged
ALIKE = 1e-4  # relative distance below which a wrong gradient counts as a multiple, a transpose, …


def numerical_gradient(f, x, epsilon=1e-5):
    """Central differences: ∂f/∂xᵢ ≈ [f(x + ε eᵢ) − f(x − ε eᵢ)] / 2ε for every entry of x.

    The error of the formula shrinks as ε², round-off grows as 1/ε; in float64 they meet near
    ε = 1e-5, at about 1e-10 for a function of size 1.

    Parameters
    ----------
    f : callable without arguments
        Returns a number and reads `x`, which is changed one entry at a time and put back.
    x : float64 ndarray of any shape
    epsilon : float
        Step ε, in the unit of x.

    Returns
    -------
    ndarray with the shape of x

    Raises
    ------
    TypeError
        If x is not a float64 array: the differences would drown in round-off.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise TypeError(f"x must be a float64 array, not {getattr(x, 'dtype', type(x).__name__)}")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        try:
            x[i] = before + epsilon
            above = f()
            x[i] = before - epsilon
            below = f()
        finally:
            x[i] = before
        gradient[i] = (above - below) / (2 * epsilon)
    return gradient


def relative_error(x, y):
    """‖x − y‖ / (‖x‖ + ‖y‖): 0 for equal arrays, 1 for opposite ones, whatever their unit.

    Parameters
    ----------
    x, y : array-likes of the same shape

    Returns
    -------
    float in [0, 1]; 0 if both are 0

    Raises
    ------
    ValueError
        If the shapes differ: a gradient has the shape of its parameter.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.shape != y.shape:
        raise ValueError(f"the shapes differ, {x.shape} and {y.shape}: a gradient has the shape of its parameter")
    size = np.linalg.norm(x) + np.linalg.norm(y)
    return float(np.linalg.norm(x - y) / size) if size else 0.0


class NumericalGradients(NamedTuple):
    """Central differences of a network's cost; entries with a kink within ε are NaN."""

    dW: dict  # dW[l] of shape (n[l], n[l-1])
    db: dict  # db[l] of shape (n[l], 1)
    dZ: dict  # dZ[l] of shape (n[l], m): column i for example i alone, without 1/m
    sides: dict  # sides[l] of shape (2, n[l], m): the smaller and the larger one-sided difference for Z[l]


def numerical_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", epsilon=1e-5):
    """Central differences for every W[l], b[l] and Z[l], each restarted from its own layer.

    A nudge of W[l][k, j] by ε changes row k of Z[l] by ε A[l−1][j] and nothing before it, so the
    forward pass is repeated only from layer l on. For a first layer with many inputs, where almost
    all parameters are, that is nearly all of the work saved.

    Where a ReLU unit changes sides between the two nudges, its kink lies within ε and a difference
    says nothing about the derivative: such entries are NaN.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays; all arithmetic is done in float64
    hidden_activation, output : str, as in `network.forward`
    epsilon : float

    Returns
    -------
    NumericalGradients
    """
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    W, b = ({l: np.asarray(p[l], float) for l in p} for p in (W, b))
    Z, A = forward(X, W, b, hidden_activation, output)
    m, dW, db, dZ, sides = len(X), {}, {}, {}, {}
    for l in W:
        run = _Restart(l, W, b, Y, hidden_activation, output)

        def differences(k, step, l=l, run=run):
            """Derivative of each example's loss when row k of Z[l] moves along `step`; NaN across a kink."""
            above, sides_above = run(Z[l], k, epsilon * step)
            below, sides_below = run(Z[l], k, -epsilon * step)
            difference = (above - below) / (2 * epsilon)  # (m,)
            for one, other in zip(sides_above, sides_below, strict=True):
                difference[(one != other).any(axis=0)] = np.nan
            return difference

        def one_sided(k, l=l, run=run):
            """The two one-sided differences of each example's loss for row k of Z[l], the smaller first."""
            here, _ = run(Z[l], k, 0.0)
            steps = [(run(Z[l], k, step)[0] - here) / step for step in (epsilon, -epsilon)]
            return np.sort(steps, axis=0)  # (2, m)

        n_out, n_in = W[l].shape
        sides[l] = np.stack([one_sided(k) for k in range(n_out)], axis=1)  # (2, n[l], m)
        dZ[l] = np.array([differences(k, 1.0) for k in range(n_out)])  # (n[l], m)
        db[l] = dZ[l].mean(axis=1, keepdims=True)  # (n[l], 1)
        dW[l] = np.array([[differences(k, A[l - 1][j]).sum() / m for j in range(n_in)] for k in range(n_out)])
    return NumericalGradients(dW, db, dZ, sides)


class _Restart:
    """The forward pass from Z[l] on: each example's loss, and which ReLU units are switched on."""

    def __init__(self, l, W, b, Y, hidden_activation, output):
        self.l, self.L, self.W, self.b, self.Y = l, len(W), W, b, Y
        self.g, self.kinks = ACTIVATIONS[hidden_activation].g, hidden_activation == "relu"
        self.loss_of_each = OUTPUTS[output].loss_of_each

    def __call__(self, Z, k, change):
        Z, sides = Z.copy(), []  # (n[l], m)
        Z[k] += change
        for l in range(self.l, self.L):
            if self.kinks:
                sides.append(Z > 0)
            Z = self.W[l + 1] @ self.g(Z) + self.b[l + 1]  # (n[l+1], m)
        return self.loss_of_each(Z, self.Y), sides


class Finding(NamedTuple):
    """What the check says of one gradient."""

    name: str  # "dW[1]", "db[1]", …
    error: float  # relative error; NaN where there is none to give
    skipped: int  # entries left out because a kink lies within ε
    words: str  # "right", or what is seen and what it suggests
    right: bool


class GradientReport:
    """Findings for every dW[l] and db[l], as text and as a coloured table.

    Attributes
    ----------
    findings : list of Finding, from layer 1 to L
    errors : dict from name to relative error
    right : bool, whether every gradient is
    first_guilty : int or None, the layer to look at first: the wrong one nearest to the output
    """

    def __init__(self, findings):
        self.findings = findings
        self.errors = {finding.name: finding.error for finding in findings}
        self.right = all(finding.right for finding in findings)
        wrong = [_layer(finding.name) for finding in findings if not finding.right]
        self.first_guilty = max(wrong, default=None)

    @property
    def headline(self):
        """One sentence: all is right, or where to begin."""
        if self.right:
            return "All gradients are right."
        l, wrong = self.first_guilty, [f for f in self.findings if not f.right]
        where = f"Look at layer {l} first"
        if f"dW[{l + 1}]" in self.errors and {f"dW[{l}]", f"db[{l}]"} <= {f.name for f in wrong}:
            where += f", at the step from dZ[{l + 1}] to dZ[{l}]: layer {l + 1} is right"
        if any(_layer(f.name) < l for f in wrong):
            where += "; the layers before it may only inherit its error"
        return f"{where}."

    def __str__(self):
        rows = [f"{f.name:6s} {_number(f.error)}  {f.words}{_skipped(f)}" for f in self.findings]
        return "\n".join([self.headline, *rows])

    __repr__ = __str__

    def _repr_html_(self):
        cells = "<td style='text-align:left;padding:2px 10px'>"
        rows = "".join(
            f"<tr style='color:#111;background:{'#D9EAF7' if f.right else '#FBE3D6'}'>{cells}<code>{f.name}</code></td>"
            f"{cells}<span style='white-space:nowrap'>{'✓' if f.right else '✗'} {_number(f.error).strip()}</span></td>"
            f"{cells}{html.escape(f.words + _skipped(f))}</td></tr>"
            for f in self.findings
        )
        return f"<p><b>{html.escape(self.headline)}</b></p><table>{rows}</table>"


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


def _judge(name, mine, earlier, exact, m, dtype):
    """Compare one gradient with the numerical one; the words say what the numbers alone tell."""
    sound = np.isfinite(exact)
    skipped = exact.size - np.count_nonzero(sound)

    def finding(words, error=np.nan, right=False):
        return Finding(name, error, skipped, words, right)

    if mine is None:
        return finding("is missing")
    if mine.shape != exact.shape:
        return finding(_about_shape(mine, exact, m))
    if not np.isfinite(mine).all():
        return finding("is not finite: it holds NaN or infinity, as after log(0), 0/0 or an overflow")
    if skipped == exact.size:
        return finding("cannot be judged here, try other data", right=True)
    x, n = mine[sound].astype(float), exact[sound]
    error = relative_error(x, n)
    if error < THRESHOLDS[np.dtype(dtype).name] or np.abs(x - n).max(initial=0) < NOISE:
        return finding("right", error, True)
    if not x.any():
        return finding("is zero everywhere, the numerical one is not", error)
    factor = x @ n / (n @ n)
    if relative_error(x, factor * n) < ALIKE:
        return finding(_about_factor(factor, m), error)
    if mine.ndim == 2 and mine.shape[0] == mine.shape[1] > 1 and skipped == 0 and relative_error(mine.T, exact) < ALIKE:
        return finding("matches the transpose of the numerical one", error)
    if earlier is not None and earlier.shape == mine.shape:
        if relative_error(x, earlier[sound]) < ALIKE:
            return finding("is stale: it equals the gradient of the call before, at other parameters", error)
        if relative_error(x - earlier[sound], n) < ALIKE:
            return finding("is accumulated: the gradient of the call before is still in it", error)
    return finding("differs from the numerical one in no simple way", error)


def _about_shape(mine, exact, m):
    has = f"has shape {mine.shape}, but its parameter has {exact.shape}"
    if mine.shape == exact.shape[::-1]:
        return f"{has}: transposed"
    if exact.shape[1] == 1 and mine.size == m:
        return f"{has}: summed over the wrong axis, over the units instead of the examples"
    if mine.shape == (exact.shape[0], m):
        return f"{has}: not summed over the examples"
    if mine.size == exact.size:
        return f"{has}: an axis is lost, as by sum without keepdims"
    return has


def _about_factor(factor, m):
    seen = f"is {factor:.3f} × the numerical one"
    known = {
        1: "nearly right, but off by more than rounding",
        -1: "wrong sign",
        2: "a factor 2, as of a square without its ½",
        0.5: "a factor ½ too many",
    }
    means = {
        m: f"a sum over the {m} examples, not a mean",
        1 / m: f"the mean over the {m} examples is taken twice",
        -m: f"wrong sign, and a sum over the {m} examples, not a mean",
    }
    for value, words in (known if m == 1 else means | known).items():
        if np.isclose(factor, value, rtol=1e-3):
            return f"{seen}: {words}"
    return f"{seen}: a constant factor"


def _look_closer(finding, right, gradients, X, Y, W, b, Z, truth):
    """Is a gradient wrong only in its product with A, or only where some Z is negative, or positive?

    For one example alone db[l] is dZ[l], so the candidate can be compared unit by unit.
    """
    l = _layer(finding.name)
    if finding.name.startswith("dW") and f"db[{l}]" in right and "differs" in finding.words:
        return finding._replace(
            words=f"differs, but db[{l}] is right, so dZ[{l}] is: look at the product with A[{l - 1}]ᵀ"
        )
    if finding.name.startswith("db") and f"dW[{l}]" in right and "differs" in finding.words:
        return finding._replace(words=f"differs, but dW[{l}] is right, so dZ[{l}] is: look at how it becomes db[{l}]")
    if "differs" not in finding.words or l == len(W):
        return finding
    mine, exact = _errors_of_each(l, gradients, X, Y, W, b), truth.dZ[l]  # (n[l], m)
    if mine is None:
        return finding
    sound = np.isfinite(exact)
    with np.errstate(invalid="ignore"):
        wrong = sound & ~np.isclose(mine, exact, rtol=1e-3, atol=1e-6)
    for side, words in ((Z[l] < 0, "< 0"), (Z[l] > 0, "> 0")):
        if wrong.any() and not (wrong & ~side).any():
            return finding._replace(
                words=f"is wrong only where Z[{l}] {words}: look at the derivative of the activation"
            )
    if not wrong.any():
        return finding._replace(
            words="is right for each example alone, wrong for all together: look at how examples mix"
        )
    return finding


def _look_at_kinks(finding, gradients, X, Y, W, b, truth):
    """On a kink any slope between those of both sides is allowed, and no other."""
    l = _layer(finding.name)
    mine = _errors_of_each(l, gradients, X, Y, W, b) if finding.right and finding.name.startswith("db") else None
    if mine is None:
        return finding
    low, high = truth.sides[l]
    room = 1e-3 * (np.abs(low) + np.abs(high)) + 1e-6
    if (np.isnan(truth.dZ[l]) & ((mine < low - room) | (mine > high + room))).any():
        words = f"is wrong only at a kink, where a unit lies on its 0: outside the slopes of both sides of Z[{l}]"
        return finding._replace(words=words, right=False)
    return finding


def _errors_of_each(l, gradients, X, Y, W, b):
    """The candidate's dZ[l] for each example alone, (n[l], m), which is its db[l]; None if it has no such shape."""
    singles = [gradients(X[[i]], Y[:, [i]], W, b)[1].get(l) for i in range(len(X))]
    return np.hstack(singles) if all(np.shape(single) == (len(W[l]), 1) for single in singles) else None


def _layer(name):
    return int(name[3:-1])


def _number(error):
    return "no relative error   " if np.isnan(error) else f"relative error {error:.0e}"


def _skipped(finding):
    return f" ({finding.skipped} entries skipped: a kink within ε)" if finding.skipped else ""
