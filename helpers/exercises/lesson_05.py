"""Exercises for lesson 05, with their solutions, hints and feedback on wrong answers.

The learner writes a gradient check and then uses the report from such a check to find two bugs in a backward pass.
"""

import numpy as np

from helpers.backprop import network
from helpers.backprop.activations import sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers
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
    X, Y, W, b = bug_zoo.sample_task(bug_zoo.BUGS[0])  # three layers, six examples
    rng = np.random.default_rng(16)
    W2, b2 = network.initialize_parameters((3, 4, 2), random_state=rng)
    X2, Y2 = rng.standard_normal((4, 3)), rng.integers(0, 2, (2, 4)).astype(float)
    return [(Y, W, *network.forward(X, W, b)), (Y2, W2, *network.forward(X2, W2, b2))]


EXERCISES = [
    Exercise(
        name="05.units",
        numbers=Numbers("05.units", n=(784, 400, 625, 900), h=(32, 20, 25, 40), k=(10, 5, 8)).also(
            P=lambda n, h, k: h * (n + 1) + k * (h + 1)
        ),
        prompt=(
            "A <n> → <h> → <k> network has <P> parameters. How many *nudged* forward passes does it take to check its "
            "gradient with central differences, if its units are nudged instead of its parameters?"
        ),
        right=84,
        solution="answer = 2 * (<h> + <k>)",
        reason="<h> + <k> units have a z to nudge. Each takes two passes: one with ε added and one with ε subtracted.",
        hints=[
            "Which units have a z that can be nudged?",
            "Inputs have no z. Each of the other units is nudged up in one pass and down in another.",
        ],
        wrong=[
            Wrong(
                lambda h, k: h + k,
                "That is one pass per unit, but a central difference evaluates the cost on both sides.",
            ),
            Wrong(
                lambda P: 2 * P,
                "That many passes are needed if the parameters are nudged. Which single number do all the weights of a "
                "unit change?",
            ),
            Wrong(lambda P: P, "Here the units are nudged, not the parameters. How many units are there?"),
            Wrong(
                lambda h: 2 * h,
                "The output units are missing. Their weights and biases have to be checked as well.",
            ),
            Wrong(
                lambda k: 2 * k, "The hidden units are missing. Their weights and biases have to be checked as well."
            ),
            Wrong(
                lambda n, h, k: 2 * (n + h + k),
                "You counted the inputs as units. An input has no z, and no weights lead into it.",
            ),
            Wrong(
                lambda n, h, k: n + h + k,
                "You counted the inputs, which have no z. And on how many sides does a central difference evaluate the "
                "cost?",
            ),
            Wrong(
                lambda h, k: 2 * (h + k) + 1,
                "One pass at the unchanged parameters comes first, but it is not nudged. How many passes are?",
            ),
            Wrong(
                lambda h, k: h + k + 1,
                "One of these passes is not nudged. And would one-sided differences be accurate enough?",
            ),
            Wrong(2, "That is the number of passes for a single unit, but every unit has to be nudged separately."),
            Wrong(1, "Backpropagation needs only one forward pass, but this check has to nudge every unit."),
            Wrong(
                4, "Each layer has more than one unit, and each unit is nudged separately. How many units are there?"
            ),
            Wrong(
                lambda h, k: 2 * h * k,
                "You multiplied the numbers of units, but each unit is nudged on its own. How many are there in all?",
            ),
            Wrong(
                lambda h, k: 3 * (h + k),
                "Two passes per unit are enough. You do not need the cost at the unchanged parameters.",
            ),
            Wrong(
                lambda h, k: 4 * (h + k),
                "You may have counted backward passes as well, or counted each side twice. A nudge needs only forward "
                "passes.",
            ),
            Wrong(lambda h, k: (h + k) / 2, "Each unit needs two passes, not half a pass."),
        ],
    ),
    Exercise(
        name="05.error",
        prompt="Your gradient is exactly twice the numerical gradient, so $p = 2q$. What is the relative error?",
        right=1 / 3,
        solution="answer = abs(2 - 1) / (2 + 1)",
        reason="‖2q − q‖ / (‖2q‖ + ‖q‖) = 1 / 3, whatever q is.",
        hints=[
            "Substitute p = 2q into the formula. How long is 2q − q?",
            "‖q‖ appears in both the numerator and the denominator, so it cancels.",
        ],
        wrong=[
            Wrong(0.5, "Divide by the sum of the two lengths, not by the larger one."),
            Wrong(1, "Divide by the sum of the two lengths, not by the length of the numerical gradient alone."),
            Wrong(
                2,
                (
                    "That is the factor between the two gradients. To get the relative error, "
                    "divide the length of their difference by the sum of their lengths."
                ),
            ),
            Wrong(
                2 / 3,
                (
                    "Your answer is twice the correct one. Perhaps you used 2q instead of 2q − q in the numerator, or "
                    "the mean of the two lengths instead of their sum in the denominator. What belongs in each place?"
                ),
            ),
            Wrong(
                0,
                (
                    "The difference 2q − q is not 0, and neither is its length. If you used // for "
                    "the division, it rounded the result down to 0. How long is the difference?"
                ),
            ),
            Wrong(
                0.2,
                "You used the squares of the lengths. The relative error is computed from the lengths themselves.",
            ),
            Wrong(1 / 9, "You squared the result. The relative error is a quotient of lengths, not of their squares."),
            Wrong(3, "Your fraction is upside down. The length of the difference belongs in the numerator."),
            Wrong(1.5, "Put the denominator in parentheses, so that the sum is computed first."),
            Wrong(0.6, "How long is 2q − q compared with the sum of the lengths of 2q and q?"),
            Wrong(-1 / 3, "A length is never negative, so a quotient of lengths cannot be negative either."),
            Wrong(
                0.25, "The denominator is the length of 2q plus the length of q. If q has length 1, what is their sum?"
            ),
            Wrong(
                1e-7,
                "That is the threshold below which a relative error is harmless. The question asks for the error of "
                "this gradient.",
            ),
            Wrong(1e-5, "That is a value for ε. The question asks for the error of this gradient."),
        ],
    ),
    Exercise(
        name="05.distance",
        prompt=(
            "Write a function that computes this relative error for two arrays "
            "of the same shape that are not both 0. `np.linalg.norm(x)` returns the length $\\lVert "
            "x \\rVert$ of an array, treating all its entries as one long vector."
        ),
        solution=distance,
        parts=("error",),
        cases=_distance_cases,
        reason="The length of the difference over the sum of the two lengths is dimensionless and never exceeds 1.",
        hints=[
            "You need one length in the numerator and two in the denominator.",
            "The numerator is the length of p − q. The denominator is the length of p plus the length of q.",
        ],
        wrong=[
            Wrong(
                lambda p, q: np.abs(np.sum(p - q)) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "The numerator adds up the differences without squaring them, so positive and negative ones cancel. "
                "How do you compute a length?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q),
                "That is the length of the difference. You still have to divide it by the sum of the two lengths.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p + q),
                "The denominator is the sum of two lengths, not the length of a sum.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(q),
                "The denominator should be the sum of both lengths, but you used only the length of q.",
            ),
            Wrong(
                lambda p, q: np.abs(np.linalg.norm(p) - np.linalg.norm(q)) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "The numerator is the length of the difference, not the difference of the lengths. "
                    "Two arrays of the same length can point in entirely different directions."
                ),
            ),
            Wrong(
                lambda p, q: np.sum(p - q) / (np.sum(np.abs(p)) + np.sum(np.abs(q))),
                "Positive and negative differences cancel in a sum. Use the length, np.linalg.norm, instead.",
            ),
            Wrong(
                lambda p, q: (np.linalg.norm(p) - np.linalg.norm(q)) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "The numerator is the length of the difference, not the "
                    "difference of the lengths. What should you subtract first?"
                ),
            ),
            Wrong(
                lambda p, q: np.sum((p - q) ** 2) / (np.sum(p**2) + np.sum(q**2)),
                "You used the squares of the lengths. How do you get a length from a sum of squares?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / max(np.linalg.norm(p), np.linalg.norm(q)),
                "The denominator is the sum of the two lengths, not the larger one.",
            ),
            Wrong(
                lambda p, q: 2 * np.linalg.norm(p - q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "You divided by the mean of the two lengths instead of their sum.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p),
                "The denominator should be the sum of both lengths, but the length of q is missing.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / np.linalg.norm(p) + np.linalg.norm(q),
                "The denominator needs parentheses. Which operation does Python carry out first here?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p + q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "The numerator is the length of the difference, not the length of the sum.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q, 2) / (np.linalg.norm(p, 2) + np.linalg.norm(q, 2)),
                (
                    "With 2 as its second argument, norm returns something different "
                    "for a matrix: the largest factor by which the matrix can stretch "
                    "a vector. Which call treats all entries as one long vector?"
                ),
                r"norm",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q, 1) / (np.linalg.norm(p, 1) + np.linalg.norm(q, 1)),
                (
                    "With 1 as its second argument, norm takes absolute "
                    "values instead of squares. Which call returns the length?"
                ),
                r"norm",
            ),
            Wrong(
                lambda p, q: np.abs(p - q).max() / (np.abs(p).max() + np.abs(q).max()),
                "Those are the largest entries, not the lengths. Which function returns the length?",
            ),
            Wrong(
                lambda p, q: np.abs(p - q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "Your numerator is an array, but it should be the length "
                    "of that array. Which function returns the length?"
                ),
            ),
            Wrong(
                lambda p, q: np.mean(np.abs(p - q) / (np.abs(p) + np.abs(q) + 1e-12)),
                (
                    "You compared the arrays entry by entry and took the mean. "
                    "The relative error is computed from the lengths of whole arrays."
                ),
            ),
            Wrong(
                lambda p, q: bool(np.allclose(p, q)),
                "That only says whether the arrays agree. The relative error says how far apart they are.",
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p) - np.linalg.norm(q) / (np.linalg.norm(p) + np.linalg.norm(q)),
                (
                    "The numerator should be the length of the difference, and your expression "
                    "lacks parentheses. Which operation does Python carry out first here?"
                ),
            ),
            Wrong(
                lambda p, q: np.abs(p - q).sum() / (np.abs(p).sum() + np.abs(q).sum()),
                (
                    "You added up absolute values, but a length is the square "
                    "root of a sum of squares. Which function returns it?"
                ),
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p - q) / (np.linalg.norm(p) * np.linalg.norm(q)),
                "You multiplied the two lengths in the denominator. How does the formula combine them?",
            ),
            Wrong(
                lambda p, q: np.linalg.norm((p - q) / (np.linalg.norm(p) + np.linalg.norm(q))) ** 2,
                (
                    "That is the square of the relative error. Is a square root "
                    "missing, or did you square something that should not be squared?"
                ),
            ),
            Wrong(
                lambda p, q: np.linalg.norm(p) / (np.linalg.norm(p) + np.linalg.norm(q)),
                "Your numerator is the length of p alone. Which array's length belongs there?",
            ),
            Wrong(
                lambda p, q: 1 - np.sum(p * q) / (np.linalg.norm(p) * np.linalg.norm(q)),
                (
                    "That compares only the directions of the two arrays, so it cannot "
                    "detect a constant factor. How long is the difference of the two arrays?"
                ),
            ),
            Wrong(
                lambda p, q: np.abs(p - q) / (np.abs(p) + np.abs(q)),
                (
                    "You compared the arrays entry by entry, which gives an array, but the "
                    "answer should be a single number. How do you compute the length of an array?"
                ),
            ),
        ],
    ),
    Exercise(
        name="05.numerical",
        prompt=(
            "Write a function that computes a numerical gradient for an array of any shape. For each "
            "entry of `x`, take the central difference of `f`, which is a function of the whole array. "
            "`x` must be unchanged when your function returns."
        ),
        solution=numerical,
        parts=("gradient",),
        cases=_numerical_cases,
        reason=(
            "To estimate a partial derivative, nudge one entry in "
            "both directions while all the other entries stay fixed."
        ),
        hints=[
            "For each index i in np.ndindex(x.shape), nudge that entry alone in both directions.",
            (
                "Let step be an array with ε at index i and 0 everywhere else. "
                "Evaluating f(x + step) and f(x − step) then leaves x unchanged."
            ),
            "gradient[i] = (f(x + step) - f(x - step)) / …: how far apart are the two points?",
        ],
        wrong=[
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x)) / e),
                "You nudged in one direction only, which leaves an error proportional to ε.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x - step)) / e),
                "Your gradient is twice as large as it should be, because the two points are 2ε apart.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x - step) - f(x + step)) / (2 * e)),
                "The sign is wrong. Subtract the value at the lower point from the value at the upper point.",
            ),
            Wrong(
                _everything_nudged,
                "You nudged all entries at once. For a partial derivative, nudge one entry and keep the others fixed.",
            ),
            Wrong(
                _not_put_back,
                "The changes to `x[i]` in one iteration add up to -1 times `epsilon`, so it does not return to its "
                "original value. Look at the line `x[i] -= 2 * epsilon`. What should the changes add up to?",
            ),
            Wrong(
                lambda f, x, e: np.zeros(x.shape),
                (
                    "All entries are 0. Do you pass the nudged array to f, or do you nudge only a copy of it? And "
                    "do you store the slope in the array that you return?"
                ),
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x) - f(x - step)) / e),
                "You nudged in one direction only, which leaves an error proportional to ε.",
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: f(x + step) - f(x - step)),
                "That is only the change in f. What distance do you have to divide it by to get a slope?",
            ),
            Wrong(
                _nudged_by_a_share,
                (
                    "You nudged each entry by ε times its own value, but "
                    "you divided by 2ε. How far apart are the two points?"
                ),
            ),
            Wrong(_entry_alone, "You passed the nudged entry alone to f, but f is a function of the whole array."),
            Wrong(
                lambda f, x, e: (f(x + e) - f(x - e)) / (2 * e),
                (
                    "You nudged all entries at once, which gives only one "
                    "number. How do you get a separate slope for each entry?"
                ),
            ),
            Wrong(
                _numerical_with(lambda f, x, step, e: (f(x + step) - f(x)) / (2 * e)),
                "One of your two points is x itself, but you divided by 2ε. Where should the two points lie?",
            ),
        ],
    ),
    Exercise(
        name="05.bugs",
        prompt=(
            "**Find the bugs.** There are two of them. For a network with three layers and six examples, "
            "the gradient check reports the following about this function: *dW[3] is 0.167 × the numerical "
            "gradient, db[3] is right, and everything in layers 1 and 2 is wrong.* Fix the function."
        ),
        solution=mended_backward,
        broken=_backward_with_a_bug,
        parts=("dW", "db"),
        cases=_tasks,
        m=[6, 4],
        reason=(
            "The factor 1/6 arises because dW is averaged over the examples twice. "
            "The other bug is that sigmoid_prime is given dA instead of Z."
        ),
        hints=[
            "0.167 is 1/6, and there are six examples. What is done to dW[3] that is not done to db[3]?",
            (
                "The second bug does not affect layer 3, so it must be in the step from "
                "layer 3 to layer 2: either in the product with Wᵀ or in the slope."
            ),
            "Which array does sigmoid_prime expect: Z, A or dA?",
        ],
        wrong=[
            Wrong(
                _slope_mended,
                (
                    "You have found one of the bugs. dW is still 1/6 of "
                    "what it should be, because the mean is taken twice."
                ),
            ),
            Wrong(
                _mean_mended,
                (
                    "You have found one of the bugs, and layer 3 is now correct. In the "
                    "step from layer 3 to layer 2, however, the slope is still evaluated at dA."
                ),
            ),
            Wrong(
                bug_zoo.slope_of_the_output,
                "Layer 3 is now correct, but the slope is evaluated at A. sigmoid_prime expects Z.",
            ),
            Wrong(bug_zoo.forgotten_mean, "Now the mean is never taken. It should be taken exactly once, in dZ."),
            Wrong(
                _backward_with(lambda Z, dA: 1.0),
                (
                    "You removed the slope altogether. It is still needed, but it was "
                    "evaluated at the wrong array. At which array should it be evaluated?"
                ),
            ),
        ],
    ),
    Exercise(
        name="05.q1",
        prompt=(
            'A report says "dW[1] is 11272 × the numerical gradient", and there are 11272 examples. '
            'What is wrong? "a" the sign is wrong; "b" the mean is missing; "c" a transpose is missing.'
        ),
        right="b",
        solution='q1 = "b"',
        reason="A gradient that is summed over the examples instead of averaged is exactly m times too large.",
        wrong=[
            Wrong("a", "A wrong sign would give the factor −1."),
            Wrong(
                "c",
                (
                    "A missing transpose would change the shape or the individual "
                    "entries. It would not multiply everything by the same factor."
                ),
            ),
        ],
    ),
    Exercise(
        name="05.q2",
        prompt="In float64, the best size for a two-sided nudge is about $10^{-k}$. What is $k$?",
        right=5,
        solution="q2 = 5",
        reason="The truncation error ε² and the round-off error 10⁻¹⁶/ε are equal at ε = ∛10⁻¹⁶ ≈ 10⁻⁵.",
        wrong=[
            Wrong(
                8,
                "That is the best size for a one-sided nudge, whose truncation error shrinks only in proportion to ε.",
            ),
            Wrong(16, "With a nudge that small, w + ε hardly differs from w, and nothing but round-off error is left."),
            Wrong(1, "With a nudge that large, the curve bends noticeably between the two points."),
            Wrong(1e-5, "That is the size of the nudge. The question asks for k, its exponent without the minus sign."),
            Wrong(-5, "k is the exponent without its minus sign, because the size of the nudge is 10 to the power −k."),
        ],
    ),
    Exercise(
        name="05.q3",
        prompt=(
            "Plotted against the size of the nudge, the error of a two-sided nudge forms "
            "a V. Your nudge is small, but a thousand times as large as the one at the tip. You "
            "make it ten times smaller. By about what factor does its error shrink?"
        ),
        right=100,
        solution="q3 = 10**2",
        reason="The error of a two-sided nudge is proportional to ε².",
        wrong=[
            Wrong(10, "That would be true of a one-sided nudge."),
            Wrong(1000, "The error is proportional to ε², not to ε³."),
            Wrong(0.1, "The error does shrink, and by a larger factor than the nudge does."),
        ],
    ),
    Exercise(
        name="05.q4",
        prompt=(
            "The report says that layer 3 is right and that layers 1 and 2 are wrong. Where do you look "
            'first? "a" at layer 1; "b" at the step from $dZ^{[3]}$ to $dZ^{[2]}$; "c" at the cost.'
        ),
        right="b",
        solution='q4 = "b"',
        reason=(
            "Errors travel backwards. Of the two wrong layers, layer 2 is nearer "
            "to the output, and layer 1 may be wrong only because of it."
        ),
        wrong=[
            Wrong("a", "Layer 1 gets its error from layer 2, so fix layer 2 first."),
            Wrong("c", "A mistake in the cost would make layer 3 wrong too."),
        ],
    ),
]
