"""Solutions of function exercises against a witness: a nudge, a loop over single numbers, `helpers`.

`Exercise.key` runs the solution, so a fault in a solution would be taken for the truth, and right answers of readers
would be refused. Each witness here computes the same results in another way.
"""

import itertools
import math
import statistics
from fractions import Fraction

import numpy as np
import pytest

from helpers.backprop import activations, losses
from helpers.exercises.registry import EXERCISES
from helpers.exercises.values import conform
from helpers.gradient_check import numerical_gradient

FUNCTIONS = [exercise.name for exercise in EXERCISES.values() if exercise.cases]
KNOWN_SLOPES = {np.sin: math.cos, np.cos: lambda w: -math.sin(w), np.exp: math.exp, np.log: lambda w: 1 / w}


def nudged(cost, *arrays):
    """The gradient of `cost(*arrays)` by each of the arrays."""
    arrays = [np.array(array, dtype=float) for array in arrays]
    return tuple(numerical_gradient(lambda: cost(*arrays), array) for array in arrays)


def of_dictionaries(cost, W, b):
    """The same for a cost of two dictionaries."""
    layers = sorted(W)

    def flat(*arrays):
        return cost(dict(zip(layers, arrays, strict=False)), dict(zip(layers, arrays[len(layers) :], strict=False)))

    gradients = nudged(flat, *(W[l] for l in layers), *(b[l] for l in layers))
    return dict(zip(layers, gradients, strict=False)), dict(zip(layers, gradients[len(layers) :], strict=False))


def squared_error(A0, Y, W, b):
    return sum(0.5 * float((W @ A0[:, [i]] + b - Y[:, [i]]).item()) ** 2 for i in range(Y.shape[1])) / Y.shape[1]


def steps_down(gradient, W, b, rate, steps):
    for _ in range(steps):
        dW, db = gradient(W, b)
        W = {l: W[l] - rate * dW[l] for l in W} if isinstance(W, dict) else W - rate * dW
        b = {l: b[l] - rate * db[l] for l in b} if isinstance(b, dict) else b - rate * db
    return W, b


def logistic_cost(A0, Y, W, b):
    return losses.binary_cross_entropy(W @ A0 + b, Y)


def through(f, slope_of):
    """dZ by nudges: the slope of Σ dA · f(Z) by Z."""
    return lambda dA, Z: nudged(lambda z: float((dA * f(z)).sum()), Z)[0]


def before_output(A, kind):
    """The weighted input that an output came from; of softmax one of many."""
    return {"identity": A, "sigmoid": np.log(A / (1 - A)), "softmax": np.log(A)}[kind]


def backward_by_nudges(Y, W, Z, A, g):
    """Gradients of the cost whose dZ[L] is (A[L] − Y)/m, for hidden units with the activation g."""
    L, m = len(W), Y.shape[1]
    start = (A[L] - Y) / m  # a constant: what follows differentiates Σ start · Z[L]

    def cost(W, b):
        a = A[0]
        for l in range(1, L + 1):
            z = W[l] @ a + b[l]
            a = z if l == L else g(z)
        return float((start * a).sum())

    return of_dictionaries(cost, W, biases(W, Z, A))


def biases(W, Z, A):
    return {l: (Z[l] - W[l] @ A[l - 1])[:, [0]] for l in W}


def forward_one_by_one(X, W, b, g, g_out):
    L, m = len(W), len(X)
    A, Z = {0: np.array([[X[i, j] for i in range(m)] for j in range(X.shape[1])])}, {}
    for l in range(1, L + 1):
        Z[l] = np.array(
            [
                [sum(W[l][j, k] * A[l - 1][k, i] for k in range(len(A[l - 1]))) + b[l][j, 0] for i in range(m)]
                for j in range(len(W[l]))
            ]
        )
        A[l] = np.hstack([(g_out if l == L else g)(Z[l][:, [i]]) for i in range(m)])
    return Z, A


ACTIVATION_OF = {activations.sigmoid_prime: activations.sigmoid, activations.tanh_prime: np.tanh}


def epoch_by_nudges(X, Y, W, b, order, batch_size, rate, gradients):
    left = list(order)
    while left:
        batch, left = left[:batch_size], left[batch_size:]
        W, b = train_by_nudges(X[batch], Y[:, batch], W, b, rate, 1)
    return W, b


def train_by_nudges(X, Y, W, b, rate, steps):
    def gradient(W, b):
        def cost(W, b):
            a = X.T
            for l in sorted(W):
                z = W[l] @ a + b[l]
                a = activations.sigmoid(z)
            return losses.binary_cross_entropy(z, Y)

        return of_dictionaries(cost, W, b)

    return steps_down(gradient, W, b, rate, steps)


def softmax_by_hand(Z):
    """Column by column, shifted so far that the standard library can take the exponentials."""
    columns = []
    for column in Z.T:
        exponentials = [math.exp(max(z - max(column), -745)) if z - max(column) > -745 else 0.0 for z in column]
        columns.append([e / math.fsum(exponentials) for e in exponentials])
    return np.array(columns).T


def two_layers_by_nudges(Y, W, A0, Z1, A1, A2):
    b = {1: (Z1 - W[1] @ A0)[:, [0]], 2: (before_output(A2, "sigmoid") - W[2] @ A1)[:, [0]]}

    def cost(W, b):
        return losses.binary_cross_entropy(W[2] @ np.tanh(W[1] @ A0 + b[1]) + b[2], Y)

    return of_dictionaries(cost, W, b)


def relu_by_cases(delta_after, W_after, z):
    sums = [sum(W_after[k, j] * delta_after[k, 0] for k in range(len(W_after))) for j in range(len(z))]
    return np.array([[total if z[j, 0] > 0 else 0.0] for j, total in enumerate(sums)])


def flatten_by_loops(pictures):
    return np.array([[int(v) / 255 for row in picture for pixel in row for v in pixel] for picture in pictures])


def deal_out(m, K):
    """One example after another, to each shard in turn."""
    sizes = [0] * K
    for _, k in zip(range(m), itertools.cycle(range(K)), strict=False):
        sizes[k] += 1
    return sizes


def distance_by_sums(p, q):
    length = lambda x: math.sqrt(math.fsum(v * v for v in np.ravel(x)))  # noqa: E731
    return length(p - q) / (length(p) + length(q))


def combine_exactly(gradients, sizes):
    total = sum(sizes)
    entries = zip(*(np.ravel(g) for g in gradients), strict=True)
    weighted = [sum(Fraction(float(v)) * n for v, n in zip(entry, sizes, strict=True)) / total for entry in entries]
    return np.reshape(np.array(weighted, dtype=float), np.shape(gradients[0]))


def central(f, x, epsilon):
    """The central difference of a norm: its points written out."""
    flat, gradient = np.ravel(x).tolist(), []
    for i in range(len(flat)):
        above, below = ([*flat[:i], flat[i] + step, *flat[i + 1 :]] for step in (epsilon, -epsilon))
        gradient.append((math.hypot(*above) - math.hypot(*below)) / (2 * epsilon))
    return np.reshape(gradient, x.shape)


def mean_slope_below(Z):
    exact = [math.exp(-abs(z)) / (1 + math.exp(-abs(z))) ** 2 for z in np.ravel(Z)]
    return sum(slope < 0.05 for slope in exact) / len(exact)


def inputs_by_nudges(Y, W, Z, A):
    b, L = biases(W, Z, A), len(W)

    def cost(A0):
        return losses.binary_cross_entropy(forward_one_by_one(A0.T, W, b, activations.sigmoid, np.copy)[0][L], Y)

    return nudged(cost, A[0])[0]


def best_of_all_changes(x, dA0, epsilon):
    """For each pixel, the best of all the ends at which a change may stop."""
    best = []
    for pixel, slope in zip(x.tolist(), dA0.tolist(), strict=True):
        ends = [0.0, epsilon, -epsilon, -pixel, 1 - pixel]
        allowed = [end for end in ends if abs(end) <= epsilon and 0 <= pixel + end <= 1]
        best.append(min(allowed, key=lambda end: slope * end))
    return best


def doubled(shape):
    m, h, w, c = shape
    return m, 2 * h, 2 * w, c


def means_of_blocks(A):
    m, h, w, c = A.shape
    result = np.zeros((m, h // 2, w // 2, c))
    for i, r, s, k in np.ndindex(result.shape):
        result[i, r, s, k] = math.fsum(A[i, 2 * r + p, 2 * s + q, k] for p in (0, 1) for q in (0, 1)) / 4
    return result


def standardized(x):
    result = np.zeros(x.shape)
    for i, t in np.ndindex(x.shape[:2]):
        mean = statistics.fmean(x[i, t])
        result[i, t] = [(v - mean) / math.sqrt(statistics.pvariance(x[i, t]) + 1e-5) for v in x[i, t]]
    return result


def head_by_loops(Q, K, V):
    rows = []
    for t, q in enumerate(Q):
        scores = [math.fsum(a * b for a, b in zip(q, k, strict=True)) / math.sqrt(len(q)) for k in K[: t + 1]]
        shares = [math.exp(score - max(scores)) for score in scores]
        rows.append(sum(share * v for share, v in zip(shares, V, strict=False)) / math.fsum(shares))
    return np.array(rows)


WITNESSES = {
    "01.slope": lambda f, w, epsilon: KNOWN_SLOPES[f](w),
    "01.gradients": lambda A0, Y, W, b: nudged(lambda W, b: squared_error(A0, Y, W, b), W, b),
    "01.train": lambda A0, Y, W, b, rate, steps: steps_down(
        lambda W, b: nudged(lambda W, b: squared_error(A0, Y, W, b), W, b), W, b, rate, steps
    ),
    "02.tanh": lambda Z: through(np.tanh, None)(np.ones(Z.shape), Z),
    "02.safe": lambda Z: np.vectorize(lambda z: min(z, 0) - math.log1p(math.exp(-abs(z))))(Z),
    "02.gradients": lambda A0, Y, W, b: nudged(lambda W, b: logistic_cost(A0, Y, W, b), W, b),
    "03.layer": lambda dZ, A: nudged(
        lambda W, b: float((dZ * (W @ A + b)).sum()), np.ones((len(dZ), len(A))), np.ones((len(dZ), 1))
    ),
    "03.backward": two_layers_by_nudges,
    "04.step": lambda W, dZ, Z: nudged(lambda z: float((dZ * (W @ activations.sigmoid(z))).sum()), Z)[0],
    "04.forward": forward_one_by_one,
    "04.backward": lambda Y, W, Z, A, g_prime: backward_by_nudges(Y, W, Z, A, ACTIVATION_OF[g_prime]),
    "04.update": lambda p, g, rate: np.reshape([a - rate * b for a, b in zip(p.flat, g.flat, strict=True)], p.shape),
    "04.train": train_by_nudges,
    "05.distance": distance_by_sums,
    "05.numerical": central,
    "05.bugs": lambda Y, W, Z, A: backward_by_nudges(Y, W, Z, A, activations.sigmoid),
    "06.flatten": flatten_by_loops,
    "06.error": relu_by_cases,
    "06.mean": lambda deltas, a: nudged(
        lambda W: float(np.mean([(d * (W @ x)).sum() for d, x in zip(deltas, a, strict=True)])),
        np.zeros((len(deltas[0]), len(a[0]))),
    )[0],
    "07.start": lambda N: np.array([[v * math.sqrt(2 / len(row)) for v in row] for row in N]),
    "07.sizes": lambda dW: {l: math.sqrt(math.fsum(v * v for v in np.ravel(dW[l])) / np.size(dW[l])) for l in dW},
    "07.saturated": mean_slope_below,
    "08.softmax": softmax_by_hand,
    "08.onehot": lambda labels, K: [[float(label == k) for label in labels] for k in range(K)],
    "08.start": lambda Z, Y: np.array([[(p - y) / Y.shape[1] for p, y in zip(*r, strict=True)]
                                       for r in zip(softmax_by_hand(Z), Y, strict=True)]),
    "08.epoch": epoch_by_nudges,
    "09.divide": lambda g, a, b: nudged(lambda a, b: float((g * (a / b)).sum()), a, b),
    "09.softmax": lambda g, A: nudged(lambda z: float((g * softmax_by_hand(z)).sum()), np.log(A))[0],
    "09.engine": lambda x: nudged(lambda x: math.fsum(v * math.atan(v) for v in np.ravel(x)), x)[0],
    "10.weighted": combine_exactly,
    "10.deal": deal_out,
    "11.input": inputs_by_nudges,
    "11.change": best_of_all_changes,
    "12.filter": lambda rows, dZ: nudged(lambda F: float((dZ * (rows @ F)).sum()),
                                         np.zeros((rows.shape[1], dZ.shape[1])))[0],
    "12.pool": means_of_blocks,
    "12.back": lambda g: nudged(lambda A: float((g * means_of_blocks(A)).sum()), np.zeros(doubled(g.shape)))[0],
    "12.normalize": standardized,
    "12.attention": head_by_loops,
}  # fmt: skip


def test_every_function_has_a_witness():
    assert sorted(WITNESSES) == sorted(FUNCTIONS)
    assert len(FUNCTIONS) == 38  # so that none is lost; a new exercise raises the number


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_solution_agrees_with_its_witness(name):
    exercise = EXERCISES[name]
    tolerance = {"01.slope": 2e-5}.get(name, 1e-7)  # a central difference with a large step against the true slope
    for arguments, right in zip(exercise.cases(), exercise.key.right, strict=True):
        expected = WITNESSES[name](*arguments)
        ours, theirs = (conform(result, right, exercise.parts) for result in (right, expected))
        assert ours.keys() == theirs.keys()
        for part, value in ours.items():
            assert value.shape == theirs[part].shape, part
            np.testing.assert_allclose(value, theirs[part], rtol=tolerance, atol=tolerance, err_msg=part)
