"""Exercises of lesson 08: softmax by hand and in code, where backpropagation starts, and two optimizers' steps."""

import numpy as np

from helpers.backprop.activations import softmax as _softmax
from helpers.exercises.core import Exercise, Wrong


def safe_softmax(Z):
    E = np.exp(Z - Z.max(axis=0))  # (K, m): the largest of each column becomes e⁰ = 1
    return E / E.sum(axis=0)


def _logits():
    rng = np.random.default_rng(14)
    large = np.array([[1000.0, -1000.0], [1001.0, -1001.0], [-1000.0, -999.0]])
    return [(rng.standard_normal((4, 3)),), (large,), (large[:2] * [[1], [-1]],)]


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
    rng = np.random.default_rng(15)
    return [(*rng.standard_normal((3, n)), rate, beta) for n, rate, beta in ((2, 0.1, 0.9), (3, 0.3, 0.6))]


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
            Wrong([0, 2 / 7, 5 / 7], "e⁰ is 1, not 0: the first class takes part as well."),
            Wrong(
                [1 / 7, 2 / 7, 5 / 7],
                "These do not add up to 1: the 1 of e⁰ belongs in the sum as well. What is the sum of all three?",
            ),
            Wrong([1 / 3, 1 / 3, 1 / 3], "That would be for equal logits; these differ."),
            Wrong([0, 0, 1], "That is the decision for the likeliest class; softmax gives each a probability."),
            Wrong([1 / 3, 2 / 3, 5 / 3], "Divide by the sum of the exponentials, not by the number of classes."),
            Wrong([0.1, 0.2, 0.5], "Probabilities add up to 1, and these do not. What is 1 + 2 + 5?"),
            Wrong(
                [0, 0, 0],
                "Each lies between 0 and 1, and // would cut it off to 0. What is each exponential divided by?",
            ),
            Wrong(
                [0.125, 0.25, 0.5], "Probabilities add up to 1, and these do not. What is each exponential divided by?"
            ),
            Wrong([0, float(np.log(2)), float(np.log(5))], "Those are the logits; take their exponentials first."),
            Wrong(
                [float(v) for v in np.array([1, 4, 25]) / 30],
                "The exponentials are squared; where does that come from?",
            ),
            Wrong(
                [float(v) for v in np.exp([0, np.log10(2), np.log10(5)]) / np.exp([0, np.log10(2), np.log10(5)]).sum()],
                "log is the natural logarithm, not the one to the base 10.",
            ),
            Wrong([0.625, 0.25, 0.125], "In the wrong order: which logit is the largest?"),
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
            Wrong(
                lambda Z: Z / Z.sum(axis=0),
                "The exponentials are missing: logits may be negative, probabilities may not.",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.mean(axis=0)) / np.exp(Z - Z.mean(axis=0)).sum(axis=0),
                (
                    "Above the mean the exponent can still be large, and overflow. Which number keeps every "
                    "exponent at "
                    "0 or below?"
                ),
                r"mean",
            ),
            Wrong(
                lambda Z: np.exp(Z - 1000) / np.exp(Z - 1000).sum(axis=0),
                (
                    "A fixed 1000 saves large logits and loses small ones: all exponentials become 0. Which "
                    "number fits "
                    "each column?"
                ),
                r"1000",
            ),
            Wrong(
                lambda Z: np.exp(np.clip(Z, -500, 500)) / np.exp(np.clip(Z, -500, 500)).sum(axis=0),
                (
                    "Clipping makes different logits equal. What can be taken away from all of a column without "
                    "changing the quotient?"
                ),
                r"clip|minimum|maximum|where",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.min(axis=0)) / np.exp(Z - Z.min(axis=0)).sum(axis=0),
                (
                    "With the smallest taken away the others are still large, and overflow. Which number keeps every "
                    "exponent at 0 or below?"
                ),
                r"min",
            ),
            Wrong(lambda Z: Z.argmax(axis=0), "That is the likeliest class; a probability for each is asked for."),
            Wrong(
                lambda Z: 1 / (1 + np.exp(-Z)),
                "That is the sigmoid of each logit; softmax lets the classes of a column compete.",
            ),
            Wrong(
                lambda Z: np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)) + Z.max(axis=0),
                "That is the logarithm of the sum, one number for each column; the probabilities are asked for.",
            ),
            Wrong(
                lambda Z: Z - Z.max(axis=0) - np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)),
                "Those are the logarithms of the probabilities. What undoes a logarithm?",
            ),
            Wrong(lambda Z: _softmax(-Z), "The sign: the largest logit must get the largest probability."),
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
        cases=lambda: [(np.array([2, 0, 1, 2, 4, 1]), 5), (np.array([1, 1, 0]), 4)],
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
            Wrong(
                lambda labels, K: one_hot(labels, labels.max() + 1),
                "K rows are wanted, one for each class, even if the last class does not occur.",
            ),
            Wrong(lambda labels, K: 1 - one_hot(labels, K), "Zeros and ones are exchanged: a single 1 in each column."),
            Wrong(
                lambda labels, K: np.eye(K, len(labels)),
                "The labels take no part: column i has its 1 in row i. Which row should it be?",
            ),
            Wrong(
                lambda labels, K: np.isin(np.arange(K), labels)[:, np.newaxis] * np.ones(len(labels)),
                "Whole rows are 1; only one place in each column should be. Which index says which column?",
            ),
            Wrong(lambda labels, K: np.zeros((K, len(labels))), "All entries are 0; where does each column get its 1?"),
            Wrong(
                lambda labels, K: np.ones((K, len(labels))), "All entries are 1; each column should have a single one."
            ),
            Wrong(
                lambda labels, K: np.roll(one_hot(labels, K), -1, axis=0),
                "All are one row too high: labels begin at 0 here, not at 1.",
            ),
            Wrong(
                lambda labels, K: np.roll(one_hot(labels, K), 1, axis=0),
                "All are one row too low: labels begin at 0, as rows do.",
            ),
            Wrong(lambda labels, K: one_hot(labels, K) * labels, "The entry should be 1, not the label itself."),
            Wrong(lambda labels, K: one_hot(labels, K)[::-1], "The rows are upside down: row 0 belongs to class 0."),
            Wrong(
                lambda labels, K: one_hot(labels, K)[:, ::-1],
                "The columns are in reverse: column i belongs to example i.",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, K + 1),
                "One row too many: the labels go from 0 to K − 1. How many classes are that?",
            ),
            Wrong(
                lambda labels, K: (labels == np.arange(K)[:, np.newaxis]).all(axis=1),
                "One axis is lost: a row for each class and a column for each example are wanted.",
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
            Wrong(
                [-0.5, -0.75, -0.75], "y is 1 for the true class only; from the other probabilities 0 is subtracted."
            ),
            Wrong([0.5, 0.25, -0.75], "The true class is the second one: that is where y has its 1."),
            Wrong([0.25, 0.1875, 0.1875], "That is a (1 − a): the Jacobian is already in dZ = a − y."),
            Wrong([0.125, -0.140625, 0.046875], "No factor a (1 − a) is left: the Jacobian is already in dZ = a − y."),
            Wrong([1 / 6, -1 / 4, 1 / 12], "The mean is over the examples, here one, not over the classes."),
            Wrong([2, 0, 1], "The exponentials are not probabilities yet: divide by their sum first."),
            Wrong([2, 1, 1], "Those are the exponentials: divide by their sum, and subtract y."),
            Wrong(
                [0, -4, 0],
                "That is −y/a, the slope by the answer a; it still has to go through softmax. What is left then?",
            ),
            Wrong([1, -0.5, 0.5], "Divide by the sum of all exponentials, not by the largest."),
            Wrong([2 / 3, -2 / 3, 0], "Both logits 0 count, each with e⁰ = 1."),
            Wrong([0.25, 0.5625, 0.0625], "Those are the squared errors; dZ is a − y itself."),
            Wrong([0.25, -0.375, 0.125], "There is one example, so there is nothing to average over."),
            Wrong([0.5, 0.75, 0.25], "The sign of the true class's entry: a − y, with y = 1 there."),
            Wrong([-0.5, -0.75, 0.25], "The sign of the first entry: a − y, with y = 0 there."),
            Wrong([0, 1, 0], "That is y itself; dZ = a − y."),
            Wrong([0, -1, 0], "That is −y; the probabilities a are missing."),
            Wrong([0.5, 1.25, 0.25], "a and y are added; the error is their difference."),
            Wrong([float(np.log(2)), -1, 0], "That is z − y; the answer a = softmax(z) belongs in its place."),
            Wrong([1 / 3, -2 / 3, 1 / 3], "That would be for equal logits; these differ."),
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
            Wrong(
                lambda Z, Y: -np.sum(Y * np.log(_softmax(Z))) / Y.shape[1],
                "That is the cost; its derivative dZ is asked for.",
            ),
            Wrong(
                lambda Z, Y: -Y / _softmax(Z) / Y.shape[1],
                "That is the slope by the answers A; it still has to go through softmax. What is left of both?",
            ),
            Wrong(lambda Z, Y: _softmax(Z) / Y.shape[1], "That is the answer alone; the truth has to be subtracted."),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) * _softmax(Z) * (1 - _softmax(Z)) / Y.shape[1],
                "No slope is left: the Jacobian of softmax has cancelled.",
            ),
            Wrong(
                lambda Z, Y: (1 / (1 + np.exp(-Z)) - Y) / Y.shape[1],
                "That is the sigmoid of each logit; the classes of a column compete in softmax.",
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z.T).T - Y) / Y.shape[1],
                (
                    "softmax runs over the examples here; the classes of one example must add up to 1. Along "
                    "which axis "
                    "are they?"
                ),
            ),
            Wrong(
                lambda Z, Y: 2 * (_softmax(Z) - Y) / Y.shape[1],
                "A factor 2 is too much: there is no square in cross-entropy.",
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum(axis=0) - Y) / Y.shape[1],
                "Right for small logits, but e¹⁰⁰⁰ overflows: what must be taken away from each column first?",
            ),
            Wrong(
                lambda Z, Y: ((_softmax(Z) > 0.5) - Y) / Y.shape[1],
                "The error compares probabilities with the truth, not decisions.",
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - Y) / Y.shape[1],
                "softmax adds up over the examples here; the classes of one example must add up to 1. Along which axis "
                "are they?",
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum() - Y) / Y.shape[1],
                (
                    "softmax adds up over the whole array here; the answers of one example must add up to 1. "
                    "Which are those?"
                ),
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
            Wrong(lambda t, g, v, rate, beta: (t - rate * v, v), "The velocity is not updated: what does g do to it?"),
            Wrong(
                lambda t, g, v, rate, beta: (t - beta * v - rate * g, beta * v + rate * g),
                "The learning rate is inside the velocity; in the prompt's form it multiplies v in the step.",
            ),
            Wrong(
                lambda t, g, v, rate, beta: (t + beta * v - rate * g, beta * v - rate * g),
                "That is another form, with the step itself as velocity. Which two lines does the prompt give?",
            ),
            Wrong(
                lambda t, g, v, rate, beta: (t - rate * (beta * v + g), v),
                "The new velocity has to be returned; this is the old one.",
            ),
            Wrong(
                lambda t, g, v, rate, beta: (beta * v + g, t - rate * (beta * v + g)),
                "The two results are swapped. Which one is wanted first?",
            ),
            Wrong(lambda t, g, v, rate, beta: (t, beta * v + g), "theta is returned as it was: where is the step?"),
            Wrong(
                lambda t, g, v, rate, beta: (t - (beta * v + g), beta * v + g),
                "The learning rate is missing: it says how far the step goes.",
            ),
            Wrong(
                lambda t, g, v, rate, beta: (t - rate * (beta * v + g + beta * g), beta * v + g),
                "That looks ahead, as Nesterov does; the prompt's step takes v itself.",
            ),
            Wrong(
                lambda t, g, v, rate, beta: (t - rate * (beta * v - g), beta * v - g),
                (
                    "The gradient is subtracted in the velocity, and v again in the step: once is enough. "
                    "What does the "
                    "first line of the prompt say?"
                ),
            ),
            Wrong(
                lambda t, g, v, rate, beta: (t - rate * (g + beta * (beta * v + g)), beta * v + g),
                "That looks ahead, as Nesterov does: β v comes in twice. Which step do the prompt's lines take?",
            ),
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
            Wrong(
                0.001,
                (
                    "0.001 is the usual default of α, and also what is left if m is not corrected. Which α is "
                    "given, and what is m̂?"
                ),
            ),
            Wrong(
                float(0.01 * 0.1 / np.sqrt(0.001)), "That leaves out the corrections: m̂ = m/(1 − β₁), v̂ = v/(1 − β₂)."
            ),
            Wrong(0.01 / 0.0003, "The root in the denominator is missing: √v̂."),
            Wrong(0.01 * float(np.sqrt(0.0003)), "g is divided by √v̂; here the root of g multiplies."),
            Wrong(300, "That divides by ε alone; √v̂ stands below the line."),
            Wrong(0.0001, "α is squared; where does the second one come from?"),
            Wrong(
                0.1, ("0.1 is ten times α, or α after a division by 1 − β₁ too many. Which α is given, and what is m̂?")
            ),
            Wrong(1, "That is the quotient m̂/√v̂; the step is α times that."),
            Wrong(0.00003, "That is m, the running mean; what is divided by √v̂, and multiplied by α?"),
            Wrong(0.009, "β₁ takes no part in the first step once m is corrected."),
            Wrong(
                0.01 * 0.1 / float(np.sqrt(0.001)) * 0.0003,
                "That leaves out both corrections, and g cancels in the quotient.",
            ),
            Wrong(
                0.316,
                "Leave out neither correction: m̂ = m/(1 − β₁), v̂ = v/(1 − β₂). And the step is α times the quotient.",
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
