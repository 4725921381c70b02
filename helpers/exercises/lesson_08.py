"""Exercises of lesson 08: softmax by hand and in code, where backpropagation starts, and two optimizers' steps."""

import numpy as np

from helpers.backprop.activations import softmax as _softmax
from helpers.exercises.core import Exercise, Wrong


def safe_softmax(Z):
    E = np.exp(Z - Z.max(axis=0))  # (K, m): the largest of each column becomes e⁰ = 1
    return E / E.sum(axis=0)


def _logits():
    rng = np.random.default_rng(14)
    return [(rng.standard_normal((4, 3)),), (np.array([[1000.0, -1000.0], [1001.0, -1001.0], [0.0, -999.0]]),)]


def one_hot(labels, K):
    Y = np.zeros((K, len(labels)))
    Y[labels, np.arange(len(labels))] = 1
    return Y


def output_error(Z, Y):
    E = np.exp(Z - Z.max(axis=0))  # (K, m)
    A = E / E.sum(axis=0)  # (K, m)
    return (A - Y) / Y.shape[1]  # (K, m)


def _error_case():
    Z = np.random.default_rng(15).standard_normal((3, 5))
    return [
        (Z, one_hot(np.array([0, 2, 1, 1, 0]), 3)),
        (np.array([[1000.0], [0.0], [1001.0], [-1000.0]]), one_hot(np.array([0]), 4)),
    ]


def momentum(theta, gradient, velocity, learning_rate, beta):
    velocity = beta * velocity + gradient
    return theta - learning_rate * velocity, velocity


def _momentum_cases():
    theta, gradient, velocity = np.array([1.0, -2.0]), np.array([0.5, 0.25]), np.array([2.0, -1.0])
    return [(theta, gradient, velocity, 0.1, 0.9), (theta, gradient, np.zeros(2), 0.2, 0.5)]


def _velocity_before(theta, gradient, velocity, learning_rate, beta):
    return theta - learning_rate * velocity, beta * velocity + gradient


def _averaged(theta, gradient, velocity, learning_rate, beta):
    velocity = beta * velocity + (1 - beta) * gradient
    return theta - learning_rate * velocity, velocity


def _nothing_kept(theta, gradient, velocity, learning_rate, beta):
    return theta - learning_rate * gradient, gradient


def _with_plus(theta, gradient, velocity, learning_rate, beta):
    velocity = beta * velocity + gradient
    return theta + learning_rate * velocity, velocity


EXERCISES = [
    Exercise(
        name="08.byhand",
        prompt=(
            "Three classes have the logits $z = (0, \\log 2, \\log 5)$. What are their probabilities? Answer with a "
            "list."
        ),
        right=[0.125, 0.25, 0.625],
        solution="e = np.exp([0, np.log(2), np.log(5)])\nanswer = list(e / e.sum())",
        reason="The exponentials are 1, 2 and 5; divided by their sum, 8, they add up to 1.",
        hints=["What is e to the power 0, log 2 and log 5?", "Divide each of the three numbers by their sum."],
        wrong=[
            Wrong([1, 2, 5], "Those are the exponentials; probabilities add up to 1."),
            Wrong([0.2, 0.4, 1.0], "Divide by the sum of all, not by the largest."),
            Wrong(
                [0, float(np.log(2) / np.log(10)), float(np.log(5) / np.log(10))],
                "Take the exponentials first, then divide by their sum.",
            ),
            Wrong([0.5, 2 / 3, 5 / 6], "That is the sigmoid of each; softmax lets the classes compete."),
        ],
    ),
    Exercise(
        name="08.softmax",
        prompt=("Write softmax for `Z` of shape (K, m), a column for each example, so that logits of 1000 do no harm."),
        solution=safe_softmax,
        parts=("A",),
        cases=_logits,
        reason=(
            "Taking the largest logit away from all of a column changes nothing in the quotient, and nothing overflows."
        ),
        hints=[
            "Each column by itself: the exponentials, divided by their sum over axis 0.",
            "e^(z − c) / Σ e^(z − c) is the same for any c. Which c keeps every exponent at 0 or below?",
        ],
        wrong=[
            Wrong(
                lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0),
                "The right formula, but e¹⁰⁰⁰ overflows: take the largest logit of each column away first.",
            ),
            Wrong(
                lambda Z: _softmax(Z.T).T,
                "That sums along the rows, over the examples; the classes of one example must add up to 1.",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=0),
                (
                    "One maximum for all columns: where a column lies far below it, everything becomes 0/0. Take "
                    "each column's own."
                ),
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(),
                "The sum runs over all examples at once; each column must add up to 1.",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max(axis=0)), "The exponentials are safe; now divide by the sum of each column."
            ),
        ],
    ),
    Exercise(
        name="08.onehot",
        prompt=(
            "Write `one_hot`: from `labels` of shape (m,), whole numbers from 0 to K − 1, to $Y$ of shape (K, "
            "m), a single 1 in each "
            "column."
        ),
        solution=one_hot,
        parts=("Y",),
        cases=lambda: [(np.array([2, 0, 1, 2, 4]), 5), (np.array([1, 1, 0]), 2)],
        reason="Row = class, column = example, as everywhere inside the mathematics.",
        hints=[
            "Begin with zeros of shape (K, m). Which row of column i must become 1?",
            "Y[labels, np.arange(m)] names one entry of each column.",
        ],
        wrong=[
            Wrong(
                lambda labels, K: one_hot(labels, K).T, "Transposed: a column for each example, a row for each class."
            ),
            Wrong(
                lambda labels, K: one_hot(labels, labels.max() + 2),
                "K rows are wanted, one for each class, whether it occurs or not.",
            ),
            Wrong(
                lambda labels, K: labels[np.newaxis],
                "Those are the labels themselves; each must become a column with a single 1.",
            ),
            Wrong(
                lambda labels, K: (np.arange(K)[:, np.newaxis] <= labels).astype(float),
                "There is more than one 1 in some columns; only the row of the label itself gets one.",
            ),
        ],
    ),
    Exercise(
        name="08.error",
        prompt=(
            "The logits of one example are $z = (\\log 2, 0, 0)$ and its true class is 1, the second. What is "
            "$dZ$ of this one "
            "example ($m = 1$)? Give a list of three numbers."
        ),
        right=[0.5, -0.75, 0.25],
        solution="a = np.array([2, 1, 1]) / 4\nanswer = a - np.array([0, 1, 0])",
        reason="a = (2, 1, 1)/4, and dZ = a − y with y = (0, 1, 0).",
        hints=["First the three probabilities: the exponentials are 2, 1 and 1.", "Then answer minus truth, a − y."],
        wrong=[
            Wrong([0.5, 0.25, 0.25], "Those are the probabilities a; dZ = a − y."),
            Wrong([-0.5, 0.75, -0.25], "Mind the sign: dZ is a − y, not y − a."),
            Wrong([-0.5, 0.25, 0.25], "The true class is the second one: that is where y has its 1."),
            Wrong([0.5, 0.25, -0.75], "The true class is the second one: that is where y has its 1."),
            Wrong([0.25, 0.1875, 0.1875], "That is a (1 − a): the Jacobian is already in dZ = a − y."),
            Wrong([0.125, -0.140625, 0.046875], "No factor a (1 − a) is left: the Jacobian is already in dZ = a − y."),
            Wrong([1 / 6, -1 / 4, 1 / 12], "The mean is over the examples, here one, not over the classes."),
        ],
    ),
    Exercise(
        name="08.start",
        prompt=(
            "**Where backpropagation starts.** Write $dZ^{[L]}$ for softmax with cross-entropy, from the logits "
            "`Z` and the one-hot "
            "`Y`, both of shape (K, m). You may call your `safe_softmax`."
        ),
        solution=output_error,
        parts=("dZ",),
        cases=_error_case,
        m=[5, 1],
        reason="The Jacobian of softmax and −y/a cancel, as the two factors of lesson 02 did: (A − Y)/m.",
        hints=[
            "The result looks like that of lesson 02: answer minus truth.",
            "First A = softmax(Z). And the mean over the examples, once.",
        ],
        wrong=[
            Wrong(
                lambda Z, Y: _softmax(Z) - Y,
                "It is 5 times the right one, and there are 5 examples: the mean is missing.",
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) / Y.size,
                "Divide by the number of examples, not by the number of entries.",
            ),
            Wrong(lambda Z, Y: (Y - _softmax(Z)) / Y.shape[1], "The sign: answer minus truth."),
            Wrong(
                lambda Z, Y: (Z - Y) / Y.shape[1], "The error compares the answer A = softmax(Z) with the truth, not Z."
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) / Y.shape[0],
                "Divide by the number of examples, the columns, not by the number of classes.",
            ),
        ],
    ),
    Exercise(
        name="08.momentum",
        prompt=(
            "Write one step of gradient descent with momentum: $v \\leftarrow \\beta v + g$, then $\\theta "
            "\\leftarrow \\theta - \\alpha v$. "
            "Return the new $\\theta$ and the new $v$; leave the arrays that you are given as they are."
        ),
        solution=momentum,
        parts=("theta", "velocity"),
        cases=_momentum_cases,
        reason="The step follows the velocity, and the velocity forgets slowly.",
        hints=["Two lines, in the order of the prompt.", "The new velocity is used in the same step."],
        wrong=[
            Wrong(_velocity_before, "The step uses the old velocity; take the new one."),
            Wrong(_averaged, "That is the running mean, with (1 − β) in front of g; here g is added whole."),
            Wrong(_nothing_kept, "That is plain gradient descent: what is left of the old velocity, β v, is missing."),
            Wrong(_with_plus, "That climbs: subtract α v."),
        ],
    ),
    Exercise(
        name="08.adam",
        prompt=(
            "Adam takes its very first step, with $\\alpha = 0.01$. A weight has the gradient 0.0003. By how "
            "much does the weight "
            "move, without its sign? (Leave $\\varepsilon$ aside.)"
        ),
        right=0.01,
        solution=(
            "m, v = 0.1 * 0.0003, 0.001 * 0.0003**2  # β₁ = 0.9, β₂ = 0.999\nanswer = 0.01 * (m / 0.1) / np.sqrt(v / "
            "0.001)"
        ),
        reason="m̂ = g and √v̂ = |g|, so the quotient is 1 and the step is α, however small the gradient.",
        hints=[
            "In the first step m = (1 − β₁) g and v = (1 − β₂) g². What are m̂ and v̂ after the correction?",
            "m̂ is g and v̂ is g². What is g divided by the root of g²?",
        ],
        wrong=[
            Wrong(0.01 * 0.0003, "That is plain gradient descent; Adam divides by the root of v̂."),
            Wrong(0.0003, "That is the gradient itself."),
            Wrong(0.001, "That leaves out the correction of m: m̂ = m/(1 − β₁)."),
            Wrong(
                float(0.01 * 0.1 / np.sqrt(0.001)), "That leaves out the corrections: m̂ = m/(1 − β₁), v̂ = v/(1 − β₂)."
            ),
        ],
    ),
    Exercise(
        name="08.q1",
        prompt=(
            "A network with ten classes knows nothing and gives each the probability 0.1. What is its cost, to two "
            "digits?"
        ),
        right=float(np.log(10)),
        solution="q1 = -np.log(0.1)",
        reason="−log 0.1 = log 10 ≈ 2.30, what guessing among ten costs.",
        wrong=[
            Wrong(0.693, "That is log 2, for two classes."),
            Wrong(float(np.log2(10)), "That is log₂ of 10; the cost uses the natural logarithm, np.log."),
            Wrong(0.1, "That is the probability; the cost is minus its logarithm."),
            Wrong(1, "That is the logarithm to the base 10; the cost uses the natural one."),
        ],
    ),
    Exercise(
        name="08.q2",
        prompt="For K = 10 classes and a batch of 64 examples, what is the shape of $dZ^{[L]}$?",
        right=(10, 64),
        solution="q2 = (10, 64)",
        reason="That of Z[L]: a row for each class, a column for each example.",
        wrong=[
            Wrong((64, 10), "Transposed: inside the mathematics examples are columns."),
            Wrong((1, 64), "There are ten output units."),
            Wrong((10, 10), "That is the Jacobian of softmax for one example; it has cancelled."),
        ],
    ),
    Exercise(
        name="08.q3",
        prompt=(
            'On which examples do you decide when to stop training? "a" the training set; "b" examples held out '
            "from the training "
            'set; "c" the test set.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="The training cost keeps falling, and a test set that has been chosen by is no test any more.",
        wrong=[
            Wrong("a", "Its cost keeps falling while the network learns it by heart."),
            Wrong("c", "Then the test set has taken part in a choice, and its score is too good."),
        ],
    ),
    Exercise(
        name="08.q4",
        prompt=(
            "In a confusion matrix (row = truth, column = answer) the row of the digit 4 holds 970 in column 4 "
            "and 9 in column 9. "
            'What do the 9 mean? "a" nine pictures of a 9 were taken for a 4; "b" nine pictures of a 4 were '
            "taken for a 9."
        ),
        right="b",
        solution='q4 = "b"',
        reason="The row is the truth, a 4; the column is the answer, a 9.",
        wrong=[Wrong("a", "That would stand in the row of the 9, column 4.")],
    ),
    Exercise(
        name="08.q5",
        prompt="60000 pictures, batches of 100. How many updates is one epoch?",
        right=600,
        solution="q5 = 60000 // 100",
        reason="One update for each batch, and each picture once.",
        wrong=[
            Wrong(100, "That is the size of a batch."),
            Wrong(60000, "That would be batches of one."),
            Wrong(1, "That would be the full batch."),
        ],
    ),
]
