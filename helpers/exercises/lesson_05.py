"""Exercises of lesson 05: the check written by oneself, and a bug read from a report."""

import numpy as np

from helpers.backprop import network
from helpers.backprop.activations import sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.gradient_check import bug_zoo


def distance(p, q):
    return np.linalg.norm(p - q) / (np.linalg.norm(p) + np.linalg.norm(q))


def _distance_cases():
    p, q = np.array([[1.0, 2.0, -2.0], [0.5, 3.0, 1.0]]), np.array([[1.3, 2.6, -1.5], [0.2, 2.8, 1.9]])
    return [(p, q), (q[0], -p[0])]


def numerical(f, x, epsilon):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = epsilon
        gradient[i] = (f(x + step) - f(x - step)) / (2 * epsilon)
    return gradient


def _numerical_cases():
    rng = np.random.default_rng(7)
    return [(np.linalg.norm, rng.standard_normal((2, 3)), 1e-2), (np.linalg.norm, rng.standard_normal(4), 1e-3)]


def _numerical_with(difference):
    def broken(f, x, epsilon):
        gradient = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            step = np.zeros(x.shape)
            step[i] = epsilon
            gradient[i] = difference(f, x, step, epsilon)
        return gradient

    return broken


def _everything_nudged(f, x, epsilon):
    return np.full(x.shape, (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon))


def _nudged_by_a_share(f, x, epsilon):
    return _numerical_with(lambda f, x, step, e: (f(x + step * x) - f(x - step * x)) / (2 * e))(f, x, epsilon)


def _entry_alone(f, x, epsilon):
    slopes = [(f(np.array([v + epsilon])) - f(np.array([v - epsilon]))) / (2 * epsilon) for v in x.ravel()]
    return np.reshape(slopes, x.shape)


def _not_put_back(f, x, epsilon):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += epsilon
        above = f(x)
        x[i] -= 2 * epsilon
        gradient[i] = (above - f(x)) / (2 * epsilon)
    return gradient


def mended_backward(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])
    return dW, db


def _backward_with_a_bug(Y, W, Z, A):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T / m
        db[l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dZ = (W[l].T @ dZ) * sigmoid_prime(W[l].T @ dZ)
    return dW, db


def _backward_with(slope):
    def broken(Y, W, Z, A):
        dW, db, dZ = {}, {}, (A[len(W)] - Y) / Y.shape[1]
        for l in range(len(W), 0, -1):
            dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
            if l > 1:
                dZ = (W[l].T @ dZ) * slope(Z[l - 1], W[l].T @ dZ)
        return dW, db

    return broken


def _slope_mended(Y, W, Z, A):
    dW, db = mended_backward(Y, W, Z, A)
    return {l: dW[l] / Y.shape[1] for l in dW}, db


def _mean_mended(Y, W, Z, A):
    return bug_zoo.slope_of_the_error(Y, W, Z, A)


def _tasks():
    X, Y, W, b = bug_zoo.sample_task(bug_zoo.CREATURES[0])  # three layers, six examples
    rng = np.random.default_rng(16)
    W2, b2 = network.initialize_parameters((3, 4, 2), random_state=rng)
    X2, Y2 = rng.standard_normal((4, 3)), rng.integers(0, 2, (2, 4)).astype(float)
    return [(Y, W, *network.forward(X, W, b)), (Y2, W2, *network.forward(X2, W2, b2))]


EXERCISES = [
    Exercise(
        name="05.passes",
        prompt="A network has 86031 parameters. How many passes forward does a check by central differences need?",
        right=172062,
        solution="answer = 2 * 86031",
        reason="Two for each parameter: one with ε added, one with ε taken away.",
        hints=["How often is the cost worked out for one parameter?", "Once on each side of it."],
        wrong=[
            Wrong(86031, "That is one for each parameter; a central difference looks at both sides."),
            Wrong(172063, "The cost at the parameters themselves is not needed, and nothing else is."),
            Wrong(86032, "That would be the one-sided difference."),
            Wrong(2, "That is for a single parameter; every parameter is nudged on its own."),
            Wrong(1, "That is backpropagation, which needs one pass forward; a check nudges every parameter."),
            Wrong(4, "Each of the 86031 parameters is nudged on its own. How many are there, and how often?"),
            Wrong(86031**2, "Each parameter is nudged by itself, not together with each of the others."),
            Wrong(172046, "The biases are nudged too."),
            Wrong(
                258093,
                "Two passes for each parameter are enough: the middle, at the parameters themselves, is not needed.",
            ),
            Wrong(344124, "That counts the way back as well, or each side twice; a nudge needs passes forward only."),
            Wrong(43015.5, "Two passes for each parameter, not half a pass."),
        ],
    ),
    Exercise(
        name="05.error",
        prompt="Your gradient is exactly twice the numerical one, $p = 2q$. What is the relative error?",
        right=1 / 3,
        solution="answer = abs(2 - 1) / (2 + 1)",
        reason="‖2q − q‖ / (‖2q‖ + ‖q‖) = 1 / 3, whatever q is.",
        hints=["Put p = 2q into the formula; how long is 2q − q?", "‖q‖ stands above and below, and cancels."],
        wrong=[
            Wrong(0.5, "Divide by the sum of both lengths, not by the larger one."),
            Wrong(1, "Divide by the sum of both lengths, not by the length of the numerical one alone."),
            Wrong(
                2, "That is the factor; the measure divides the length of the difference by the sum of both lengths."
            ),
            Wrong(
                2 / 3,
                (
                    "Twice too large, as with 2q above the line in place of the difference 2q − q, or with the mean of "
                    "both lengths below it. What stands above, and what below?"
                ),
            ),
            Wrong(
                0,
                "The difference 2q − q is not 0, nor is its length; // in place of / would cut it off. How long is it?",
            ),
            Wrong(0.2, "Those are squared lengths; the measure takes the lengths themselves."),
            Wrong(1 / 9, "That is squared once too often; the measure takes the lengths themselves."),
            Wrong(3, "Upside down: the difference stands above the line."),
            Wrong(1.5, "What stands below the line belongs in parentheses: the sum is taken first."),
            Wrong(0.6, "What is the length of 2q − q, and what is that of 2q and q together?"),
            Wrong(-1 / 3, "A length is never negative, nor is the quotient of lengths."),
            Wrong(
                0.25, "Below the line stand the length of 2q and that of q. How long are they together, if q is 1 long?"
            ),
        ],
    ),
    Exercise(
        name="05.distance",
        prompt=(
            "Write that measure: the relative error of two arrays of the same shape. `np.linalg.norm(x)` is the length "
            "$\\lVert x \\rVert$ of an array, all its entries taken together."
        ),
        solution=distance,
        parts=("error",),
        cases=_distance_cases,
        reason="The length of the difference, against the sum of both lengths: no unit, and never above 1.",
        hints=[
            "One length above the line, two below it.",
            "Above: the length of p − q. Below: the sum of the lengths of p and q.",
        ],
        wrong=[
            Wrong(
                lambda p, q: np.linalg.norm(p - q), "That is the distance itself; divide by the sum of both lengths."
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p + q),
                "Below the line stands the sum of two lengths, not the length of the sum.",
            ),
            Wrong(lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(q), "Below the line both lengths are added."),
            Wrong(
                lambda p, q: np.abs(np.linalg.norm(p) - np.linalg.norm(q)) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "Above the line stands the length of the difference, not the difference of the lengths: two "
                    "arrays of one length can point anywhere."
                ),
            ),
            Wrong(
                lambda p, q: np.sum(p - q) / (np.sum(np.abs(p)) + np.sum(np.abs(q))),
                "A sum lets errors cancel; use the length, np.linalg.norm.",
            ),
            Wrong(
                lambda p, q: (np.linalg.norm(p) - np.linalg.norm(q)) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "Above the line stands the length of the difference, not the difference of the lengths. What is "
                    "subtracted first?"
                ),
            ),
            Wrong(
                lambda p, q: np.sum((p - q) ** 2) / (np.sum(p**2) + np.sum(q**2)),
                "Those are squared lengths. What is a length, compared with the sum of the squares?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / max(np.linalg.norm(p), np.linalg.norm(q)),
                "Below the line stands the sum of both lengths, not the larger one.",
            ),
            Wrong(
                lambda p, q: 2 * np.linalg.norm(p - q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "That divides by the mean of both lengths; their sum is wanted.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p),
                "Below the line both lengths are added; the second one is missing.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p) + np.linalg.norm(q),
                "What stands below the line belongs in parentheses. What is computed first here?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p + q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "Above the line stands the length of the difference, not of the sum.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q, 2) / (np.linalg.norm(p, 2) + np.linalg.norm(q, 2)),
                (
                    "With a second argument 2, norm gives something else for a matrix: its largest stretch. Which call "
                    "takes all entries together?"
                ),
                r"norm",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q, 1) / (np.linalg.norm(p, 1) + np.linalg.norm(q, 1)),
                "With a second argument 1, norm adds up sizes instead of squares. Which call gives the length?",
                r"norm",
            ),
            Wrong(
                lambda p, q: np.abs(p - q).max() / (np.abs(p).max() + np.abs(q).max()),
                "Those are the largest entries, not the lengths. Which function gives the length?",
            ),
            Wrong(
                lambda p, q: np.abs(p - q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "Above the line stands an array; its length is wanted. Which function gives that?",
            ),
            Wrong(
                lambda p, q: np.mean(np.abs(p - q) / (np.abs(p) + np.abs(q) + 1e-12)),
                "That compares entry by entry and takes a mean; the measure compares lengths of whole arrays.",
            ),
            Wrong(
                lambda p, q: bool(np.allclose(p, q)),
                "That says whether they agree; the measure says how far apart they are.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p) - np.linalg.norm(q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "Above the line stands the length of the difference; and what is computed first here?",
            ),
            Wrong(
                lambda p, q: np.abs(p - q).sum() / (np.abs(p).sum() + np.abs(q).sum()),
                "Those are sums of sizes; a length is the root of a sum of squares. Which function gives it?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / (np.linalg.norm(p) * np.linalg.norm(q)),
                "Below the line the two lengths are multiplied. How are they joined in the measure?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm((p - q) / (np.linalg.norm(p) + np.linalg.norm(q))) ** 2,
                "That is the square of the measure. Which root is missing, or which power is too much?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "Above the line stands the length of p alone. Of what is the length wanted there?",
            ),
            Wrong(
                lambda p, q: 1 - np.sum(p * q) / (np.linalg.norm(p) * np.linalg.norm(q)),
                "That compares directions and does not see a factor. How long is the difference of the two arrays?",
            ),
            Wrong(
                lambda p, q: np.abs(p - q) / (np.abs(p) + np.abs(q)),
                "That compares entry by entry and gives an array; a single number is wanted. What is a length?",
            ),
        ],
    ),
    Exercise(
        name="05.numerical",
        prompt=(
            "**Prove it numerically.** Write a numerical gradient for an array of any shape: for each entry of "
            "`x` the central "
            "difference of `f`, a function of the array. `x` must be as before when you are done."
        ),
        solution=numerical,
        parts=("gradient",),
        cases=_numerical_cases,
        reason="One entry at a time, to both sides, and everything else held still: a partial derivative.",
        hints=[
            "For each index i in np.ndindex(x.shape): nudge that entry alone, to both sides.",
            "A step that is ε at i and 0 elsewhere leaves x alone: f(x + step) and f(x − step).",
            "gradient[i] = (f(x + step) - f(x - step)) / …: how far apart are the two points?",
        ],
        wrong=[
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x)) / e),
                "That nudges to one side only; the error is then of the size of ε.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x - step)) / e),
                "It is 2 times the right one: the two points are 2ε apart.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x - step) - f(x + step)) / (2 * e)),
                "The sign: what lies above comes first, what lies below is subtracted.",
            ),
            Wrong(
                _everything_nudged,
                "All entries are nudged at once; a partial derivative nudges one and holds the others.",
            ),
            Wrong(
                _not_put_back,
                "`numerical` changes its argument `x` in place, and the caller still needs it: make a new array.",
            ),
            Wrong(
                lambda f, x, e: np.zeros(x.shape),
                (
                    "All entries are 0: nothing that f says has reached `gradient`. Is the array itself "
                    "nudged, or only "
                    "a copy of a number?"
                ),
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x) - f(x - step)) / e),
                "That nudges to one side only; the error is then of the size of ε.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: f(x + step) - f(x - step)),
                "That is the rise alone. Divided by which distance is it a slope?",
            ),
            Wrong(
                _nudged_by_a_share,
                "The nudge is ε times the entry, but the division is by 2ε. How far apart are the two points?",
            ),
            Wrong(_entry_alone, "f gets the nudged entry alone; it is a function of the whole array."),
            Wrong(
                lambda f, x, e: (f(x + e) - f(x - e)) / (2 * e),
                "All entries are nudged at once, which gives one number. Which entry belongs to which slope?",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x)) / (2 * e)),
                "One side is at x itself, but the division is by 2ε. Where do the two points lie?",
            ),
        ],
    ),
    Exercise(
        name="05.bugs",
        prompt=(
            "**Find the bugs**, for there are two. The check says of this function, on three layers and six "
            "examples: *dW[3] is "
            "0.167 × the numerical one, db[3] is right, all of layers 1 and 2 is wrong.* Fix it."
        ),
        solution=mended_backward,
        broken=_backward_with_a_bug,
        parts=("dW", "db"),
        cases=_tasks,
        m=[6, 4],
        reason="1/6 is the mean taken twice, in dW; and σ′ wants Z, where it was given dA.",
        hints=[
            "0.167 is 1/6, and there are six examples. What is done to dW[3] that is not done to db[3]?",
            (
                "The second bug does not touch layer 3, so it lies in the step from layer 3 to layer 2: in Wᵀ or in "
                "the slope."
            ),
            "What does sigmoid_prime want: Z, A or dA?",
        ],
        wrong=[
            Wrong(_slope_mended, "One is found. dW is still 1/6 of what it should be: the mean is taken twice."),
            Wrong(
                _mean_mended,
                "One is found. Layer 3 is right now; the slope in the step before it is still taken at dA.",
            ),
            Wrong(bug_zoo.slope_of_the_output, "Layer 3 is right now. The slope is taken at A; sigmoid_prime wants Z."),
            Wrong(bug_zoo.forgotten_mean, "Now there is no mean at all: it belongs into dZ, once."),
            Wrong(
                _backward_with(lambda Z, dA: 1.0),
                (
                    "The slope has gone altogether; it was taken at the wrong place, but it is wanted. At what must it "
                    "be taken?"
                ),
            ),
        ],
    ),
    Exercise(
        name="05.q1",
        prompt=(
            'A report says: "dW[1] is 11272 × the numerical one", and there are 11272 examples. What is wrong? "a" '
            'the sign; "b" the mean is missing; "c" a transpose.'
        ),
        right="b",
        solution='q1 = "b"',
        reason="A sum over the examples where the mean is wanted is exactly m times too large.",
        wrong=[
            Wrong("a", "A wrong sign gives the factor −1."),
            Wrong("c", "A transpose gives another shape, or other entries, not one factor."),
        ],
    ),
    Exercise(
        name="05.q2",
        prompt="In float64 the best two-sided nudge is near $10^{-k}$. What is $k$?",
        right=5,
        solution="q2 = 5",
        reason="Truncation ε² and round-off 10⁻¹⁶/ε are equal at ε = ∛10⁻¹⁶ ≈ 10⁻⁵.",
        wrong=[
            Wrong(8, "That is the best for one side, where truncation shrinks only as ε."),
            Wrong(16, "There round-off has eaten everything: w + ε and w hardly differ."),
            Wrong(1, "There the curve still bends between both points."),
            Wrong(-5, "k is the exponent without its sign: 10 to the minus k."),
        ],
    ),
    Exercise(
        name="05.q3",
        prompt=(
            "A two-sided nudge is made ten times smaller, far above the tip of the V. By which factor does its error "
            "shrink?"
        ),
        right=100,
        solution="q3 = 10**2",
        reason="The error of the two-sided nudge goes as ε².",
        wrong=[
            Wrong(10, "That is the one-sided nudge."),
            Wrong(1000, "The error goes as ε², not ε³."),
            Wrong(0.1, "It shrinks; and by more than the nudge does."),
        ],
    ),
    Exercise(
        name="05.q4",
        prompt=(
            'The report finds layer 3 right, layers 1 and 2 wrong. Where do you look first? "a" at layer 1; '
            '"b" at the step from $dZ^{[3]}$ to $dZ^{[2]}$; "c" at the cost.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="Errors travel backward: layer 2 is the wrong one nearest to the output, layer 1 may only inherit.",
        wrong=[
            Wrong("a", "Layer 1 gets its error from layer 2; fix that first."),
            Wrong("c", "A wrong start would spoil layer 3 too."),
        ],
    ),
]
