"""Planted bugs in backpropagation: programs with one plain change, by somebody who had not seen the check.

Four correct programs by four imaginary people, and copies of them with a line replaced:
  PLAIN  1/m in the output error, one dZ carried back    NG    dZ, dA in dictionaries, 1/m in dW and db
  LOOP   one example after the other, += over them       ROWS  rows are examples all the way

A bug has the keys
  name, cause
  line       where it sits: "forward", "dZ[L]", "dW", "db", "dA", "dZ", "mean", "state" or "return"
  also       other names of that line which nobody could call wrong, since the results are the same
  applies    (L, sizes, m, hidden_activation, output) to bool: whether it shows on such a network
  setup      (case, rng) to a case on which it shows, or None
  fresh      call it for a new copy of the function gradients(X, Y, W, b, hidden_activation, output)
"""

from typing import NamedTuple

HELPERS = """
import numpy as np


def sigmoid(Z):
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1.0, E) / (1 + E)


def softmax(Z, axis=0):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def activate(Z, name):
    if name == "sigmoid":
        return sigmoid(Z)
    if name == "tanh":
        return np.tanh(Z)
    if name == "relu":
        return np.maximum(Z, 0)
    if name == "softmax":
        return softmax(Z)
    return Z


def slope(Z, name):
    if name == "sigmoid":
        S = sigmoid(Z)
        return S * (1 - S)
    if name == "tanh":
        return 1 - np.tanh(Z) ** 2
    if name == "relu":
        return (Z > 0) * 1.0
    return np.ones_like(Z)

"""


PLAIN = (
    HELPERS
    + """
def gradients(X, Y, W, b, hidden_activation, output):
    L = len(W)
    m = X.shape[0]
    A, Z = {0: X.T}, {}
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = activate(Z[l], hidden_activation if l < L else output)
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = W[l].T @ dZ
            dZ = dA * slope(Z[l - 1], hidden_activation)
    return dW, db
"""
)


NG = (
    HELPERS
    + """
def gradients(X, Y, W, b, hidden_activation, output):
    L, m = len(W), Y.shape[1]
    Z, A = {}, {0: X.T}
    for l in range(1, L):
        Z[l] = np.dot(W[l], A[l - 1]) + b[l]
        A[l] = activate(Z[l], hidden_activation)
    Z[L] = np.dot(W[L], A[L - 1]) + b[L]
    A[L] = activate(Z[L], output)
    dW, db, dA = {}, {}, {}
    dZ = {L: A[L] - Y}
    for l in reversed(range(1, L + 1)):
        dW[l] = 1 / m * np.dot(dZ[l], A[l - 1].T)
        db[l] = 1 / m * np.sum(dZ[l], axis=1, keepdims=True)
        if l > 1:
            dA[l - 1] = np.dot(W[l].T, dZ[l])
            dZ[l - 1] = dA[l - 1] * slope(Z[l - 1], hidden_activation)
    return dW, db
"""
)


LOOP = (
    HELPERS
    + """
def gradients(X, Y, W, b, hidden_activation, output):
    L, m = len(W), len(X)
    dW = {l: np.zeros_like(W[l]) for l in W}
    db = {l: np.zeros_like(b[l]) for l in b}
    for i in range(m):
        a, z = {0: X[i][:, np.newaxis]}, {}
        for l in range(1, L + 1):
            z[l] = W[l] @ a[l - 1] + b[l]
            a[l] = activate(z[l], output if l == L else hidden_activation)
        delta = (a[L] - Y[:, i : i + 1]) / m
        for l in range(L, 0, -1):
            dW[l] += delta @ a[l - 1].T
            db[l] += delta
            if l > 1:
                error = W[l].T @ delta
                delta = error * slope(z[l - 1], hidden_activation)
    return dW, db
"""
)


ROWS = (
    HELPERS
    + """
def gradients(X, Y, W, b, hidden_activation, output):
    L = len(W)
    H, S = {0: X}, {}
    for l in range(1, L + 1):
        S[l] = H[l - 1] @ W[l].T + b[l].T
        if l < L:
            H[l] = activate(S[l], hidden_activation)
        elif output == "softmax":
            H[l] = softmax(S[l], axis=1)
        else:
            H[l] = activate(S[l], output)
    dS = (H[L] - Y.T) / len(X)
    dW, db = {}, {}
    for l in range(L, 0, -1):
        dW[l] = dS.T @ H[l - 1]
        db[l] = dS.sum(axis=0)[:, np.newaxis]
        if l > 1:
            dH = dS @ W[l]
            dS = dH * slope(S[l - 1], hidden_activation)
    return dW, db
"""
)


class C(NamedTuple):
    """What `applies` is asked about."""

    L: int
    n: tuple
    m: int
    h: str
    o: str

    @property
    def K(self):
        return self.n[-1]

    def equal(self, first, last):
        return len(set(self.n[first : last + 1])) <= 1


def always(c):
    return True


def deep(c):
    return c.L >= 2


def curved(c):
    return c.L >= 2 and c.h != "identity"


def smooth(c):
    return c.L >= 2 and c.h in ("sigmoid", "tanh")


def many(c):
    return c.m > 1


def classes(c):
    return c.o != "identity"


def hidden(name):
    return lambda c: c.L >= 2 and c.h == name


def out(name):
    return lambda c: c.o == name


def several(c):
    return c.K > 1


def both(*conditions):
    return lambda c: all(f(c) for f in conditions)


def compile_source(source):
    """The function `gradients` of a program."""
    namespace = {}
    exec(source, namespace)
    return namespace["gradients"]


BUGS, CONTROLS = [], []


def replaced(template, changes):
    """A program with pieces of its text replaced, each of which it holds once."""
    for old, new in changes:
        assert template.count(old) == 1, old
        template = template.replace(old, new)
    return template


def bug(
    name,
    template,
    old,
    new,
    line,
    cause,
    when=always,
    also=(),
    observe="gradient",
    setup=None,
    more=(),
):
    """Enter a bug that changes the gradients of the networks for which `when` is true."""
    source = replaced(template, [(old, new), *more])

    def applies(L, sizes, m, hidden_activation, output):
        if output == "softmax" and sizes[-1] < 2:
            return False  # a softmax of one unit is 1 whatever happens: the gradient is zero
        return bool(when(C(L, tuple(sizes), m, hidden_activation, output)))

    BUGS.append(
        dict(
            name=name,
            line=line,
            cause=cause,
            source=source,
            applies=applies,
            also=tuple(also),
            setup=setup,
            observe=observe,
            fresh=lambda: compile_source(source),
        )
    )


def control(name, template, *changes):
    """Enter a correct program."""
    source = replaced(template, changes)
    CONTROLS.append(dict(name=name, source=source, fresh=lambda: compile_source(source)))


def scaled(factor):
    """The same case with larger weights: logits grow."""
    return lambda case, rng: {**case, "W": {l: factor * w for l, w in case["W"].items()}}


def large_targets(case, rng):
    return {**case, "Y": 20 * case["Y"]} if case["output"] == "identity" else case


control("plain", PLAIN)
control("ng", NG)
control("loop", LOOP)
control("rows", ROWS)
control("relu_slope_one_at_zero", PLAIN, ("(Z > 0) * 1.0", "(Z >= 0) * 1.0"))
control("einsum", PLAIN, ("dZ @ A[l - 1].T", 'np.einsum("im,jm->ij", dZ, A[l - 1])'))
control("output_error_in_place", PLAIN, ("dZ = (A[L] - Y) / m", "dZ = A[L].copy()\n    dZ -= Y\n    dZ /= m"))
control("outer_by_broadcasting", LOOP, ("delta @ a[l - 1].T", "delta * a[l - 1].T"))
control(
    "gradient_in_new_order_of_keys",
    PLAIN,
    ("return dW, db", "return dict(sorted(dW.items())), dict(sorted(db.items()))"),
)
control(
    "nan_to_num",
    PLAIN,
    ("return dW, db", "return {l: np.nan_to_num(dW[l]) for l in dW}, {l: np.nan_to_num(db[l]) for l in db}"),
)
control(
    "updates_own_copy_after_use",
    PLAIN,
    ("    return dW, db", "    new = {l: W[l] - 0.1 * dW[l] for l in W}\n    return dW, db"),
)
control(
    "mean_last",
    PLAIN,
    ("(A[L] - Y) / m", "A[L] - Y"),
    ("return dW, db", "return {l: dW[l] / m for l in dW}, {l: db[l] / m for l in db}"),
)
control(
    "sign_twice",
    PLAIN,
    ("(A[L] - Y) / m", "(Y - A[L]) / m"),
    ("dZ @ A[l - 1].T", "-dZ @ A[l - 1].T"),
    ("dZ.sum(", "-dZ.sum("),
)


ZL, AL = "Z[l] = W[l] @ A[l - 1] + b[l]", "A[l] = activate(Z[l], hidden_activation if l < L else output)"


D = "dZ = (A[L] - Y) / m"


P = "dW[l] = dZ @ A[l - 1].T"


S = "db[l] = dZ.sum(axis=1, keepdims=True)"


Q = "dA = W[l].T @ dZ"


G = "dZ = dA * slope(Z[l - 1], hidden_activation)"


R = "    return dW, db\n"


def ret(dW, db):
    return f"    return {{l: {dW} for l in dW}}, {{l: {db} for l in db}}\n"


W_, B_ = "dW[l]", "db[l]"


bug(
    "bias_forgotten",
    PLAIN,
    ZL,
    "Z[l] = W[l] @ A[l - 1]",
    "forward",
    "The bias is not added in the forward pass.",
)
bug(
    "bias_forgotten_in_output_layer",
    NG,
    "np.dot(W[L], A[L - 1]) + b[L]",
    "np.dot(W[L], A[L - 1])",
    "forward",
    "The output layer leaves its bias out.",
    also=("dZ[L]",),
)
bug(
    "bias_forgotten_in_hidden_layers",
    NG,
    "np.dot(W[l], A[l - 1]) + b[l]",
    "np.dot(W[l], A[l - 1])",
    "forward",
    "Hidden layers leave their bias out.",
    deep,
)
bug(
    "dropout_left_on_random",
    PLAIN,
    AL,
    AL + "\n        if l < L:\n            A[l] = A[l] * (np.random.rand(*A[l].shape) < 0.8) / 0.8",
    "forward",
    "Dropout draws a new mask in every call.",
    deep,
    also=("state",),
)
bug(
    "softmax_over_examples",
    PLAIN,
    "def softmax(Z, axis=0)",
    "def softmax(Z, axis=1)",
    "forward",
    "The softmax normalises over the examples, not over the classes.",
    out("softmax"),
    also=("dZ[L]",),
)
bug(
    "softmax_over_everything",
    ROWS,
    "softmax(S[l], axis=1)",
    "softmax(S[l], axis=None)",
    "forward",
    "The softmax normalises over the whole matrix: all examples together add up to 1.",
    both(out("softmax"), many),
    also=("dZ[L]",),
)
bug(
    "logits_clipped",
    PLAIN,
    ZL,
    "Z[l] = np.clip(W[l] @ A[l - 1] + b[l], -5, 5)",
    "forward",
    "Weighted inputs are clipped to [-5, 5] to avoid overflow.",
    setup=scaled(8),
)
bug(
    "softmax_overflow",
    PLAIN,
    "np.exp(Z - Z.max(axis=axis, keepdims=True))",
    "np.exp(Z)",
    "forward",
    "The softmax does not subtract the maximum: overflow to nan for large logits.",
    out("softmax"),
    setup=scaled(10000.0),
    also=("dZ[L]",),
)
bug(
    "standardised_inside",
    PLAIN,
    "A, Z = {0: X.T}, {}",
    "A, Z = {0: ((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)).T}, {}",
    "forward",
    "The features are standardised inside the gradient, the cost has them raw.",
)
bug(
    "batch_norm_left",
    PLAIN,
    ZL,
    ZL + "\n        Z[l] = Z[l] - Z[l].mean(axis=1, keepdims=True)",
    "forward",
    "The mean over the batch is subtracted from Z (leftover batch norm).",
)
bug(
    "pixels_scaled_again",
    ROWS,
    "H, S = {0: X}, {}",
    "H, S = {0: X / 255}, {}",
    "forward",
    "Inputs are divided by 255 although they are already scaled.",
)
bug(
    "cross_entropy_slope_without_softmax",
    PLAIN,
    D,
    'dZ = (A[L] - Y) / m\n    if output == "softmax":\n        dZ = -Y / A[L] / m',
    "dZ[L]",
    "-y/a is taken for dJ/dZ: the Jacobian of the softmax is missing.",
    out("softmax"),
)
bug(
    "softmax_diagonal_jacobian",
    PLAIN,
    D,
    'dZ = (A[L] - Y) / m\n    if output == "softmax":\n        dZ = -Y / A[L] * A[L] * (1 - A[L]) / m',
    "dZ[L]",
    "Only the diagonal of the softmax Jacobian is used: the wrong classes get no gradient.",
    out("softmax"),
)
bug(
    "label_smoothing",
    PLAIN,
    D,
    "dZ = (A[L] - (0.9 * Y + 0.1 / Y.shape[0])) / m",
    "dZ[L]",
    "Smoothed labels in the gradient, hard ones in the cost.",
)
bug(
    "class_weight",
    PLAIN,
    D,
    "dZ = (A[L] - Y) * np.where(Y == 1, 2, 1) / m",
    "dZ[L]",
    "The positive class has weight 2, in the gradient only.",
    classes,
)
bug(
    "targets_reversed",
    PLAIN,
    D,
    "dZ = (A[L] - Y[:, ::-1]) / m",
    "dZ[L]",
    "Targets in reverse order.",
    many,
)
bug(
    "targets_reshaped",
    PLAIN,
    D,
    "dZ = (A[L] - Y.T.reshape(Y.shape)) / m",
    "dZ[L]",
    "Y is reshaped where it should be transposed.",
    both(many, several),
)
bug(
    "huber",
    PLAIN,
    D,
    'dZ = (A[L] - Y) / m\n    if output == "identity":\n        dZ = np.clip(A[L] - Y, -1, 1) / m',
    "dZ[L]",
    "Gradient of the Huber loss.",
    out("identity"),
    setup=large_targets,
)
bug(
    "focal",
    PLAIN,
    D,
    "dZ = (A[L] - Y) * np.abs(A[L] - Y) / m",
    "dZ[L]",
    "Errors are weighted by their own size (focal loss).",
)
bug("dW_two_layers_below", PLAIN, P, "dW[l] = dZ @ A[max(l - 2, 0)].T", "dW", "A[l-2] instead of A[l-1].", deep)
bug(
    "dW_largest",
    NG,
    "1 / m * np.dot(dZ[l], A[l - 1].T)",
    "1 / m * np.max(dZ[l][:, np.newaxis] * A[l - 1][np.newaxis], axis=2)",
    "dW",
    "Maximum over the examples instead of sum.",
    many,
)
bug("dW_last_example", PLAIN, P, "dW[l] = dZ[:, -1:] @ A[l - 1][:, -1:].T", "dW", "Only the last example counts.", many)
bug(
    "dW_loop_overwrites",
    LOOP,
    "dW[l] += delta @",
    "dW[l] = delta @",
    "dW",
    "= instead of += over the examples: the last one wins.",
    many,
)
bug(
    "dW_last_example_lost",
    PLAIN,
    P,
    "dW[l] = dZ[:, :-1] @ A[l - 1][:, :-1].T",
    "dW",
    "The slice loses the last example.",
)
bug("dW_first_example_twice", PLAIN, P, P + " + dZ[:, :1] @ A[l - 1][:, :1].T", "dW", "The first example counts twice.")
bug(
    "dW_examples_misaligned",
    PLAIN,
    P,
    "dW[l] = np.roll(dZ, 1, axis=1) @ A[l - 1].T",
    "dW",
    "Each error meets the activation of its neighbour.",
    many,
)
bug("dW_sign_of_first_layer", PLAIN, P, P + " * (-1 if l == 1 else 1)", "dW", "Sign of dW[1] wrong.")
bug("dW_sign_of_output_layer", PLAIN, P, P + " * (-1 if l == L else 1)", "dW", "Sign of dW[L] wrong.")
bug(
    "dW_integer_buffer",
    PLAIN,
    P,
    "dW[l] = np.zeros(W[l].shape, dtype=int)\n        dW[l][:] = dZ @ A[l - 1].T",
    "dW",
    "The array for dW is of integers: truncated.",
    also=("return",),
)
bug(
    "dW_double_for_hidden",
    NG,
    "1 / m * np.dot(dZ[l], A[l - 1].T)",
    "(2 if l < L else 1) / m * np.dot(dZ[l], A[l - 1].T)",
    "dW",
    "A factor 2 in the hidden layers only.",
    deep,
)
bug(
    "db_over_everything",
    PLAIN,
    S,
    "db[l] = np.full_like(b[l], dZ.sum())",
    "db",
    "Summed over units and examples.",
    lambda c: any(k > 1 for k in c.n[1:]),
)
bug(
    "db_loop_overwrites", LOOP, "db[l] += delta", "db[l] = delta", "db", "= instead of +=: the last example wins.", many
)
bug(
    "db_first_example_lost",
    PLAIN,
    S,
    "db[l] = dZ[:, 1:].sum(axis=1, keepdims=True)",
    "db",
    "The slice loses the first example.",
)
bug(
    "db_from_dA",
    PLAIN,
    S,
    "db[l] = (dZ if l == L else dA).sum(axis=1, keepdims=True)",
    "db",
    "dA is summed: the slope is missing in db.",
    curved,
)
bug(
    "db_times_bias",
    PLAIN,
    S,
    "db[l] = dZ.sum(axis=1, keepdims=True) * b[l]",
    "db",
    "Multiplied by b, as if the bias had an input.",
)
bug(
    "db_largest",
    NG,
    "np.sum(dZ[l], axis=1, keepdims=True)",
    "np.max(dZ[l], axis=1, keepdims=True)",
    "db",
    "max instead of sum.",
    many,
)
bug(
    "dA_not_transposed",
    PLAIN,
    Q,
    "dA = W[l] @ dZ",
    "dA",
    "W instead of its transpose.",
    lambda c: c.L >= 2 and c.equal(1, c.L) and (c.n[1] > 1),
)
bug(
    "dA_reshaped",
    PLAIN,
    Q,
    "dA = W[l].reshape(W[l].shape[::-1]) @ dZ",
    "dA",
    "reshape for transpose.",
    lambda c: any(c.n[l] > 1 and c.n[l - 1] > 1 for l in range(2, c.L + 1)),
)
bug(
    "dA_first_weights_everywhere",
    PLAIN,
    Q,
    "dA = W[1].T @ dZ",
    "dA",
    "W[1] instead of W[l].",
    lambda c: c.L >= 2 and all(c.n[l] == c.n[1] and c.n[0] in (1, c.n[l - 1]) for l in range(2, c.L + 1)),
)
bug(
    "dA_last_weights_everywhere",
    PLAIN,
    Q,
    "dA = W[L].T @ dZ",
    "dA",
    "W[L] instead of W[l].",
    lambda c: c.L >= 3 and all(c.n[l] == c.n[c.L] and c.n[c.L - 1] in (1, c.n[l - 1]) for l in range(2, c.L)),
)
bug("dA_sign_of_weights", PLAIN, Q, "dA = np.sign(W[l]).T @ dZ", "dA", "Signs of the weights only.", deep)
bug(
    "dA_normalised",
    PLAIN,
    Q,
    Q + "\n            dA = dA / np.linalg.norm(dA, axis=0)",
    "dA",
    "Error of each example is scaled to length 1.",
    deep,
)
bug(
    "dA_clipped",
    PLAIN,
    Q,
    "dA = np.clip(W[l].T @ dZ, -0.01, 0.01)",
    "dA",
    "Error is clipped to 0.01.",
    deep,
)
bug(
    "dA_mean_over_fan_in",
    ROWS,
    "dH = dS @ W[l]",
    "dH = dS @ W[l] / W[l].shape[1]",
    "dA",
    "Divided by the number of units of the layer below.",
    lambda c: any(k > 1 for k in c.n[1:-1]),
    also=("dZ",),
)
bug(
    "dA_mean_over_examples",
    PLAIN,
    Q,
    "dA = np.repeat((W[l].T @ dZ).mean(axis=1, keepdims=True), m, axis=1)",
    "dA",
    "Error is averaged over the examples before the slope.",
    both(deep, many),
)
bug(
    "dA_detached",
    PLAIN,
    Q,
    "dA = W[l].T @ dZ * (l == L)",
    "dA",
    "No gradient below the last hidden layer (detach).",
    lambda c: c.L >= 3,
    also=("dZ",),
)
bug(
    "dA_dropout_mask",
    NG,
    "np.dot(W[l].T, dZ[l])",
    "np.dot(W[l].T, dZ[l]) / 0.8",
    "dA",
    "Inverse keep probability left in the backward pass.",
    deep,
    also=("dZ",),
)
bug(
    "slope_at_A",
    PLAIN,
    G,
    "dZ = dA * slope(A[l - 1], hidden_activation)",
    "dZ",
    "g'(A) instead of g'(Z): activated twice.",
    smooth,
)
bug("slope_of_dA", PLAIN, G, "dZ = slope(dA, hidden_activation)", "dZ", "g'(dA) instead of dA g'(Z).", deep)
bug(
    "slope_tanh_sech",
    PLAIN,
    "return 1 - np.tanh(Z) ** 2",
    "return 1 / np.cosh(Z)",
    "dZ",
    "1/cosh without the square.",
    hidden("tanh"),
)
bug(
    "slope_sigmoid_square_forgotten",
    PLAIN,
    "return S * (1 - S)",
    "return 1 - S",
    "dZ",
    "e⁻ᶻ/(1+e⁻ᶻ) without the square in the denominator.",
    hidden("sigmoid"),
)
bug(
    "slope_sigmoid_floor",
    PLAIN,
    "return S * (1 - S)",
    "return np.maximum(S * (1 - S), 0.1)",
    "dZ",
    "Slope is at least 0.1, against vanishing gradients.",
    hidden("sigmoid"),
    setup=scaled(8),
)
bug(
    "relu_slope_sign",
    PLAIN,
    "(Z > 0) * 1.0",
    "np.sign(Z)",
    "dZ",
    "sign(z) gives -1 on the negative side.",
    hidden("relu"),
)
bug("slope_added", PLAIN, G, "dZ = dA + slope(Z[l - 1], hidden_activation)", "dZ", "+ instead of *.", deep)
bug(
    "slope_divided",
    NG,
    "dA[l - 1] * slope(",
    "dA[l - 1] / slope(",
    "dZ",
    "Divided by the slope.",
    curved,
)
bug(
    "slope_only_in_first_layer",
    PLAIN,
    G,
    "dZ = dA * (slope(Z[l - 1], hidden_activation) if l == 2 else 1)",
    "dZ",
    "Slope in layer 1 only.",
    lambda c: c.L >= 3 and c.h != "identity",
)
bug(
    "slope_rounded",
    PLAIN,
    G,
    "dZ = dA * np.round(slope(Z[l - 1], hidden_activation), 2)",
    "dZ",
    "Slope from a table with two places.",
    smooth,
)
bug("slope_sign", PLAIN, G, "dZ = -dA * slope(Z[l - 1], hidden_activation)", "dZ", "Sign.", deep, also=("dA",))
bug(
    "mean_number_of_layers",
    LOOP,
    "L, m = len(W), len(X)",
    "L, m = len(W), len(X)\n    n = len(W)",
    "mean",
    "Divided by the number of layers.",
    lambda c: c.L != c.m,
    also=("dZ[L]",),
    more=[("i : i + 1]) / m", "i : i + 1]) / n")],
)
bug("mean_integer_division", NG, "1 / m * np.dot(", "1 // m * np.dot(", "mean", "1 // m is 0.", many, also=("dW",))
bug(
    "mean_over_positives",
    PLAIN,
    D,
    "dZ = (A[L] - Y) / max((Y == 1).sum(), 1)",
    "mean",
    "Divided by the number of positive labels.",
    lambda c: c.o == "sigmoid" or (c.o == "identity" and c.m > 1),
    also=("dZ[L]",),
)
bug(
    "dW_a_sum_and_db_negative",
    PLAIN,
    P,
    "dW[l] = m * dZ @ A[l - 1].T",
    "dW",
    "dW is a sum over the examples, and the sign of db is wrong.",
    both(many, several),
    more=[(S, "db[l] = -dZ.sum(axis=1, keepdims=True)")],
    also=("db",),
)
bug(
    "mean_last_example_lost",
    LOOP,
    "for i in range(m):",
    "for i in range(m - 1):",
    "mean",
    "The loop ends one example early.",
    also=("dW", "db", "dZ[L]", "forward"),
)
bug("mean_square_root", ROWS, "/ len(X)", "/ np.sqrt(len(X))", "mean", "√m.", many, also=("dZ[L]",))
bug(
    "state_updates_W_after",
    PLAIN,
    R,
    "    for l in W:\n        W[l] -= 0.1 * dW[l]\n" + R,
    "state",
    "The caller's W is changed by a training step.",
    observe="inputs",
    also=("return",),
)
bug(
    "state_updates_b",
    PLAIN,
    R,
    "    for l in b:\n        b[l] -= 0.1 * db[l]\n" + R,
    "state",
    "The caller's b is changed by a training step.",
    observe="inputs",
    also=("return",),
)
bug(
    "state_centres_X",
    PLAIN,
    "    m = X.shape[0]\n",
    "    m = X.shape[0]\n    X -= X.mean(axis=0)\n",
    "state",
    "X is centred in place.",
    also=("forward",),
)
bug(
    "state_changes_Y",
    PLAIN,
    D,
    "dZ = Y\n    dZ -= A[L]\n    dZ /= -m",
    "state",
    "dZ is Y itself: the targets are overwritten.",
    observe="inputs",
    also=("dZ[L]",),
)
bug(
    "state_dW_over_W",
    PLAIN,
    P,
    "dW[l] = np.matmul(dZ, A[l - 1].T, out=W[l])",
    "state",
    "dW is written into the memory of W.",
    also=("dW", "dA"),
    observe="inputs",
)
bug(
    "state_db_over_b",
    PLAIN,
    S,
    "db[l] = np.sum(dZ, axis=1, keepdims=True, out=b[l])",
    "state",
    "db is written into the memory of b.",
    also=("db",),
    observe="inputs",
)
bug(
    "penalty_tiny",
    PLAIN,
    R,
    ret("dW[l] + 1e-4 * W[l]", B_),
    "return",
    "Weight decay 1e-4 in dW, not in the cost.",
    also=("dW",),
)
bug(
    "clipped_at_one",
    PLAIN,
    R,
    ret("np.clip(dW[l], -1, 1)", "np.clip(db[l], -1, 1)"),
    "return",
    "Every entry is clipped to 1.",
    always,
    setup=large_targets,
)
bug(
    "norm_clipped",
    PLAIN,
    R,
    "    norm = np.sqrt(sum((dW[l] ** 2).sum() + (db[l] ** 2).sum() for l in dW))\n"
    + ret("dW[l] * min(1, 0.05 / norm)", "db[l] * min(1, 0.05 / norm)"),
    "return",
    "Whole gradient is scaled down to norm 0.05.",
    also=("mean", "dZ[L]"),
)
bug(
    "normalised",
    PLAIN,
    R,
    ret("dW[l] / (np.linalg.norm(dW[l]) + 1e-12)", "db[l] / (np.linalg.norm(db[l]) + 1e-12)"),
    "return",
    "Every array has norm 1.",
)
bug("sign_only", PLAIN, R, ret("np.sign(dW[l])", "np.sign(db[l])"), "return", "Sign of the gradient only (Rprop).")
bug(
    "layers_one_and_two_swapped",
    PLAIN,
    R,
    "    dW[1], dW[2] = dW[2], dW[1]\n" + R,
    "return",
    "dW[1] and dW[2] are swapped.",
    deep,
    also=("dW",),
)
bug(
    "biases_reversed",
    PLAIN,
    R,
    "    return dW, {l: db[L + 1 - l] for l in db}\n",
    "return",
    "Biases are in reverse order.",
    deep,
    also=("db",),
)
bug(
    "last_layer_frozen",
    PLAIN,
    R,
    "    return {**dW, L: 0 * dW[L]}, {**db, L: 0 * db[L]}\n",
    "return",
    "dW and db of the last layer are 0.",
    deep,
)
bug(
    "layer_two_frozen",
    PLAIN,
    R,
    "    return {**dW, 2: 0 * dW[2]}, {**db, 2: 0 * db[2]}\n",
    "return",
    "dW and db of layer 2 are 0.",
    lambda c: c.L >= 3,
)
bug("dW_and_db_swapped", PLAIN, R, "    return db, dW\n", "return", "Returned in the wrong order.")
bug(
    "times_learning_rate",
    PLAIN,
    R,
    ret("0.01 * dW[l]", "0.01 * db[l]"),
    "return",
    "Multiplied by the learning rate.",
    also=("mean", "dZ[L]"),
)
bug(
    "centralised",
    PLAIN,
    R,
    ret("dW[l] - dW[l].mean(axis=1, keepdims=True)", B_),
    "return",
    "Mean of every row is subtracted (gradient centralisation).",
    also=("dW",),
)
bug(
    "symmetrised",
    PLAIN,
    R,
    ret("(dW[l] + dW[l].T) / 2 if dW[l].shape[0] == dW[l].shape[1] else dW[l]", B_),
    "return",
    "Square dW are made symmetric.",
    lambda c: any(c.n[l] == c.n[l - 1] > 1 for l in range(1, c.L + 1)),
    also=("dW",),
)
