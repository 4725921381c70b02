"""Exercises for lesson 08, with their solutions, hints and feedback on wrong answers.

The learner implements softmax, one-hot encoding, the error at the output of a classifier and the mini-batch loop, and
works out a step of Adam, the outcome of early stopping, and a step with an L2 penalty.
"""

import numpy as np

from helpers.autograd.network import gradients
from helpers.backprop.activations import softmax as _softmax
from helpers.backprop.network import initialize_parameters
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def safe_softmax(Z):
    E = np.exp(Z - Z.max(axis=0))  # (K, m), the largest entry of each column is e⁰ = 1
    return E / E.sum(axis=0)


_LARGE = np.array([[1000.0, -1000.0], [1001.0, -1001.0], [-1000.0, -999.0]])
_ONE_MAXIMUM = (
    "You subtracted the same maximum from all columns. In a column whose logits all "
    "lie far below it, every quotient becomes 0/0, so use the maximum of each column."
)


def _logits():
    rng = np.random.default_rng(14)
    return [(rng.standard_normal((4, 3)),), (_LARGE.copy(),), (_LARGE[:2] * [[1], [-1]],)]


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
        (_LARGE.copy(), one_hot(np.array([0, 2]), 3)),
    ]


def one_epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        dW, db = gradients(X[rows], Y[:, rows], W, b)
        W = {l: W[l] - learning_rate * dW[l] for l in W}
        b = {l: b[l] - learning_rate * db[l] for l in b}
    return W, b


def _epoch_case(m, sizes, batch_size, learning_rate):
    rng = np.random.default_rng(17)
    X, Y = rng.standard_normal((m, sizes[0])), rng.integers(0, 2, (sizes[-1], m)).astype(float)
    W, _ = initialize_parameters(sizes, random_state=rng)
    b = {l: rng.standard_normal((sizes[l], 1)) for l in W}
    return X, Y, W, b, rng.permutation(m), batch_size, learning_rate, gradients


def _moved(p, dp, rate):
    return {l: p[l] - rate * dp[l] for l in p}


def _epoch_of(rows_of_batch, step=_moved, targets=None):
    """Return a faulty epoch function whose batches are given by `rows_of_batch(order, start, batch_size)`.

    If given, the function `targets`, which takes the same arguments, chooses the columns of Y.
    """

    def epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):
        for start in range(0, len(order), batch_size):
            rows = rows_of_batch(order, start, batch_size)
            columns = targets(order, start, batch_size) if targets else rows
            dW, db = gradients(X[rows], Y[:, columns], W, b)
            W, b = step(W, dW, learning_rate), step(b, db, learning_rate)
        return W, b

    return epoch


def _right_batch(order, start, batch_size):
    return order[start : start + batch_size]


def _all_from_the_start(X, Y, W, b, order, batch_size, learning_rate, gradients):
    new_W, new_b = W, b
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        dW, db = gradients(X[rows], Y[:, rows], W, b)
        new_W, new_b = _moved(new_W, dW, learning_rate), _moved(new_b, db, learning_rate)
    return new_W, new_b


def _last_batch_alone(X, Y, W, b, order, batch_size, learning_rate, gradients):
    rows = order[range(0, len(order), batch_size)[-1] :]
    dW, db = gradients(X[rows], Y[:, rows], W, b)
    return _moved(W, dW, learning_rate), _moved(b, db, learning_rate)


def _first_batches(count):
    """Return an epoch function that stops after the first `count(m, batch_size)` batches."""

    def epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):
        chosen = order[: count(len(order), batch_size) * batch_size]
        return one_epoch(X, Y, W, b, chosen, batch_size, learning_rate, gradients)

    return epoch


def _weights_alone(X, Y, W, b, order, batch_size, learning_rate, gradients):
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        W = _moved(W, gradients(X[rows], Y[:, rows], W, b)[0], learning_rate)
    return W, b


EXERCISES = [
    Exercise(
        name="08.byhand",
        numbers=Numbers("08.byhand", lambda p, q: p + q != 9, p=(2, 3, 4), q=(5, 6, 7, 8)).also(
            total=lambda p, q: 1 + p + q
        ),
        prompt=(
            "Three classes have the logits $z = (0, \\log <p>, \\log "
            "<q>)$. What are their probabilities? Answer with a list."
        ),
        right=[0.125, 0.25, 0.625],
        solution="e = np.exp([0, np.log(<p>), np.log(<q>)])\nanswer = list(e / e.sum())",
        reason=(
            "The exponentials are 1, <p> and <q>. Dividing them by their sum, "
            "<total>, gives probabilities that add up to 1."
        ),
        hints=[
            "What are e to the power 0, e to the power log <p> and e to the power log <q>?",
            "Divide each of these three numbers by their sum.",
        ],
        wrong=[
            Wrong(lambda p, q: [1, p, q], "Those are the exponentials, but probabilities must add up to 1."),
            Wrong(
                lambda p, q: [1 / q, p / q, 1.0], "Divide by the sum of all the exponentials, not by the largest one."
            ),
            Wrong(
                lambda p, q: [0, np.log(p) / np.log(p * q), np.log(q) / np.log(p * q)],
                "Take the exponentials first, and then divide by their sum.",
            ),
            Wrong(
                lambda p, q: [0.5, p / (1 + p), q / (1 + q)],
                "You applied the sigmoid to each logit separately. With softmax, the classes compete with each other.",
            ),
            Wrong(
                lambda p, q: [0, p / (p + q), q / (p + q)],
                "e⁰ is 1, not 0, so the probability of the first class is not 0.",
            ),
            Wrong(
                lambda p, q: [1 / (p + q), p / (p + q), q / (p + q)],
                (
                    "These numbers do not add up to 1, because you left e⁰ = 1 "
                    "out of the sum. What is the sum of all three exponentials?"
                ),
            ),
            Wrong(lambda: [1 / 3, 1 / 3, 1 / 3], "That would be right if all logits were equal, but these differ."),
            Wrong(lambda: [0, 0, 1], "You picked the most likely class, but softmax gives every class a probability."),
            Wrong(
                lambda p, q: [1 / 3, p / 3, q / 3],
                "Divide by the sum of the exponentials, not by the number of classes.",
            ),
            Wrong(
                lambda p, q: [0.1, p / 10, q / 10],
                "Probabilities must add up to 1, but these do not. What is 1 + <p> + <q>?",
            ),
            Wrong(
                lambda: [0, 0, 0],
                (
                    "Every probability lies between 0 and 1. (If you used //, it rounded "
                    "your results down to 0.) What do you have to divide each exponential by?"
                ),
            ),
            Wrong(
                [0.125, 0.25, 0.5],
                "Probabilities add up to 1, but these add up to 7/8. Which of the three exponentials is too small?",
            ),
            Wrong(lambda p, q: [0, np.log(p), np.log(q)], "Those are the logits. Take their exponentials first."),
            Wrong(
                lambda p, q: list(np.array([1, p**2, q**2]) / (1 + p**2 + q**2)),
                "You squared the exponentials. Where does the square come from?",
            ),
            Wrong(
                lambda p, q: list(_softmax(np.array([[0, np.log10(p), np.log10(q)]]).T)[:, 0]),
                "In these lessons, log is the natural logarithm, not the logarithm to base 10.",
            ),
            Wrong(
                lambda p, q, total: [q / total, p / total, 1 / total],
                "Your probabilities are in the wrong order. Which logit is the largest?",
            ),
        ],
    ),
    Exercise(
        name="08.softmax",
        prompt=(
            "Write softmax for `Z` of shape (K, m), with one column for "
            "each example. It should also work for logits as large as 1000."
        ),
        solution=safe_softmax,
        parts=("A",),
        cases=_logits,
        reason=(
            "Subtracting the largest logit in a column from all the logits in that "
            "column does not change the quotient, and it prevents overflow."
        ),
        hints=[
            "Treat each column separately. Take the exponentials and divide them by their sum over axis 0.",
            (
                "e^(z − c) / Σ e^(z − c) has the same value for every "
                "c. Which c ensures that no exponent is larger than 0?"
            ),
        ],
        wrong=[
            Wrong(
                lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0),
                "The formula is right, but e¹⁰⁰⁰ overflows. Subtract the largest logit of each column first.",
            ),
            Wrong(
                lambda Z: _softmax(Z.T).T,
                (
                    "You summed along the rows, that is, over the examples. For each "
                    "example, the probabilities of the classes must add up to 1."
                ),
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=0),
                _ONE_MAXIMUM,
                r"^(?![\s\S]*max\([^)]*axis)",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(),
                "You summed over all examples at once, but each column must add up to 1 on its own.",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.max(axis=0)),
                "Your exponentials no longer overflow. Now divide them by the sum of their column.",
            ),
            Wrong(
                lambda Z: Z / Z.sum(axis=0),
                "The exponentials are missing. Logits may be negative, but probabilities may not.",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.mean(axis=0)) / np.exp(Z - Z.mean(axis=0)).sum(axis=0),
                (
                    "A logit can lie far above the mean, so its exponential can still overflow. "
                    "Which number should you subtract to ensure that no exponent is larger than 0?"
                ),
                r"mean",
            ),
            Wrong(
                lambda Z: np.exp(Z - 1000) / np.exp(Z - 1000).sum(axis=0),
                (
                    "Subtracting 1000 from every logit helps if the logits are large, but the exponentials "
                    "of small logits all become 0. Which number should you subtract from each column?"
                ),
                r"1000",
            ),
            Wrong(
                lambda Z: np.exp(np.clip(Z, -500, 500)) / np.exp(np.clip(Z, -500, 500)).sum(axis=0),
                (
                    "Clipping makes different logits equal. What can you "
                    "subtract from a whole column without changing the quotient?"
                ),
                r"clip|minimum|maximum|where",
            ),
            Wrong(
                lambda Z: np.exp(np.minimum(Z, 700)) / np.exp(np.minimum(Z, 700)).sum(axis=0),
                (
                    "Capping makes different large logits equal. What can you "
                    "subtract from a whole column without changing the quotient?"
                ),
                r"clip|minimum|where",
            ),
            Wrong(
                lambda Z: np.exp(Z - Z.min(axis=0)) / np.exp(Z - Z.min(axis=0)).sum(axis=0),
                (
                    "After you subtract the smallest logit, the other logits can "
                    "still be so large that their exponentials overflow. Which number "
                    "should you subtract to ensure that no exponent is larger than 0?"
                ),
                r"min",
            ),
            Wrong(
                lambda Z: Z.argmax(axis=0),
                "That is the most likely class, but the exercise asks for the probability of every class.",
            ),
            Wrong(
                lambda Z: 1.0 * (Z == Z.max(axis=0)),
                "You gave the most likely class the probability 1 and all others 0. What does softmax give the others?",
            ),
            Wrong(
                lambda Z: 1 / (1 + np.exp(-Z)),
                (
                    "You applied the sigmoid to each logit separately. With "
                    "softmax, the classes in a column compete with each other."
                ),
            ),
            Wrong(
                lambda Z: np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)) + Z.max(axis=0),
                (
                    "That is the logarithm of the sum, one number for each "
                    "column, but the exercise asks for the probabilities."
                ),
            ),
            Wrong(
                lambda Z: Z - Z.max(axis=0) - np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)),
                "Those are the logarithms of the probabilities. Which function undoes a logarithm?",
            ),
            Wrong(lambda Z: _softmax(-Z), "The sign is wrong. The largest logit must get the largest probability."),
        ],
    ),
    Exercise(
        name="08.onehot",
        prompt=(
            "Write `one_hot`. `labels` has the shape (m,) and holds whole numbers from "
            "0 to K − 1. Return $Y$ of shape (K, m), with a single 1 in each column."
        ),
        solution=one_hot,
        parts=("Y",),
        cases=lambda: [(np.array([2, 0, 1, 2, 4, 1]), 5), (np.array([1, 1, 0]), 4)],
        reason="Each row represents a class and each column an example, as in all the formulas of these lessons.",
        hints=[
            "Start with zeros of shape (K, m). In which row of column i should the 1 be?",
            "Y[labels, np.arange(m)] selects one entry in each column.",
        ],
        wrong=[
            Wrong(
                lambda labels, K: np.bincount(labels, minlength=K)[:, np.newaxis] * np.ones(len(labels)),
                "You added 1 to whole rows. Which index selects the column?",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, K).T,
                "Your array is transposed. It needs one row for each class and one column for each example.",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, labels.max() + 2),
                "The result must have K rows, one for each class, whether or not that class occurs in the labels.",
            ),
            Wrong(
                lambda labels, K: labels[np.newaxis],
                "Those are the labels themselves. Each label must become a column with a single 1.",
            ),
            Wrong(
                lambda labels, K: (np.arange(K)[:, np.newaxis] <= labels).astype(float),
                "Some columns contain more than one 1. In each column, only the row given by the label should be 1.",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, labels.max() + 1),
                (
                    "The result must have K rows, one for each class, "
                    "even if the last class does not occur in the labels."
                ),
            ),
            Wrong(
                lambda labels, K: 1 - one_hot(labels, K),
                "You swapped zeros and ones. Each column should have a single 1.",
            ),
            Wrong(
                lambda labels, K: np.eye(K, len(labels)),
                "You did not use the labels: column i has its 1 in row i. In which row should it be?",
            ),
            Wrong(
                lambda labels, K: np.isin(np.arange(K), labels)[:, np.newaxis] * np.ones(len(labels)),
                "You set whole rows to 1, but each column should have a single 1. Which index selects the column?",
            ),
            Wrong(lambda labels, K: np.zeros((K, len(labels))), "All entries are 0. Where does each column get its 1?"),
            Wrong(
                lambda labels, K: np.ones((K, len(labels))),
                "All entries are 1, but each column should have a single 1.",
            ),
            Wrong(
                lambda labels, K: np.roll(one_hot(labels, K), -1, axis=0),
                "You used label − 1 as the row. The labels start at 0 here, not at 1.",
            ),
            Wrong(
                lambda labels, K: np.roll(one_hot(labels, K), 1, axis=0),
                "Every 1 is one row too low. The labels start at 0, and so do the rows.",
            ),
            Wrong(lambda labels, K: one_hot(labels, K) * labels, "The entry should be 1, not the label itself."),
            Wrong(
                lambda labels, K: one_hot(labels, K)[::-1],
                "Your rows are in reverse order. Row 0 corresponds to class 0.",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, K)[:, ::-1],
                "Your columns are in reverse order. Column i corresponds to example i.",
            ),
            Wrong(
                lambda labels, K: one_hot(labels, K + 1),
                "You have one row too many. The labels run from 0 to K − 1. How many classes does that make?",
            ),
            Wrong(
                lambda labels, K: (labels == np.arange(K)[:, np.newaxis]).all(axis=1),
                "Your result has lost an axis. It needs one row for each class and one column for each example.",
            ),
            Wrong(
                lambda labels, K: np.isin(np.arange(K), labels).astype(float),
                "That is a single column for all the examples together. How many columns does Y have?",
            ),
            Wrong(
                lambda labels, K: (
                    1.0
                    * (np.arange(K)[:, np.newaxis] == np.arange(len(labels)))
                    * np.isin(np.arange(len(labels)), labels)
                ),
                "You used each label both for the row and for the column. Which of the two is determined by the index "
                "of the example?",
            ),
        ],
    ),
    Exercise(
        name="08.error",
        prompt=(
            "The logits of one example are $z = (\\log 2, 0, 0)$, and its true "
            "class is class 1 (the second class). What is $dZ$ for this "
            "single example ($m = 1$)? Answer with a list of three numbers."
        ),
        right=[0.5, -0.75, 0.25],
        solution="a = np.array([2, 1, 1]) / 4\nanswer = a - np.array([0, 1, 0])",
        reason="a = (2, 1, 1)/4, and dZ = a − y with y = (0, 1, 0).",
        hints=[
            "Compute the three probabilities first. The exponentials are 2, 1 and 1.",
            "Then subtract the target from the prediction: a − y.",
        ],
        wrong=[
            Wrong([0.5, 0.25, 0.25], "Those are the probabilities a, but dZ = a − y."),
            Wrong([-0.5, 0.75, -0.25], "The sign is wrong. dZ is a − y, not y − a."),
            Wrong([-0.5, 0.25, 0.25], "The true class is the second one, so y has its 1 in the second place."),
            Wrong([-0.5, -0.75, -0.75], "y is 1 for the true class only. For the other classes, you subtract 0."),
            Wrong([0.5, 0.25, -0.75], "The true class is the second one, so y has its 1 in the second place."),
            Wrong([0.25, 0.1875, 0.1875], "That is a (1 − a), but dZ = a − y already includes the Jacobian."),
            Wrong(
                [0.125, -0.140625, 0.046875],
                "You multiplied by a (1 − a), but dZ = a − y already includes the Jacobian.",
            ),
            Wrong(
                [1 / 6, -1 / 4, 1 / 12],
                "You divided by the number of classes. The mean is taken over the examples, and there is only one.",
            ),
            Wrong(
                [2, 0, 1],
                (
                    "You subtracted y from the exponentials, but they are "
                    "not probabilities yet. Divide them by their sum first."
                ),
            ),
            Wrong([2, 1, 1], "Those are the exponentials. Divide them by their sum, and then subtract y."),
            Wrong(
                [0, -4, 0],
                (
                    "That is −y/a, the derivative with respect to a, but you "
                    "still have to go back through softmax. What is left after that?"
                ),
            ),
            Wrong([1, -0.5, 0.5], "Divide by the sum of all the exponentials, not by the largest one."),
            Wrong([2 / 3, -2 / 3, 0], "Both of the zero logits contribute to the sum, because e⁰ = 1."),
            Wrong([0.25, 0.5625, 0.0625], "Those are the squared errors, but dZ is a − y itself."),
            Wrong([0.25, -0.375, 0.125], "There is only one example, so there is nothing to average over."),
            Wrong([0.5, 0.75, 0.25], "The second entry has the wrong sign. It is a − y, and y = 1 for the true class."),
            Wrong([-0.5, -0.75, 0.25], "The first entry has the wrong sign. It is a − y, and y = 0 for that class."),
            Wrong([0, 1, 0], "That is y itself, but dZ = a − y."),
            Wrong([0, -1, 0], "That is −y. The probabilities a are missing."),
            Wrong(
                [-0.125, 0.1875, -0.0625],
                "That is a row of the Jacobian, which takes you from a to z. Which derivative takes you from the cost "
                "to a?",
            ),
            Wrong([0.5, 1.25, 0.25], "You added a and y. Subtract y from a instead."),
            Wrong([float(np.log(2)), -1, 0], "That is z − y. Use the prediction a = softmax(z) instead of z."),
            Wrong([1 / 3, -2 / 3, 1 / 3], "That would be right if all logits were equal, but these differ."),
            Wrong([1, -1, 0], "e⁰ is 1, not 0, so the probabilities of the other classes are not 0."),
            Wrong(
                [0.4032, -0.7016, 0.2984],
                "In these lessons, log is the natural logarithm, not the logarithm to base 10.",
            ),
        ],
    ),
    Exercise(
        name="08.start",
        prompt=(
            "**Where backpropagation starts.** Compute $dZ^{[L]}$ for softmax "
            "with cross-entropy from the logits `Z` and the one-hot targets "
            "`Y`, both of shape (K, m). You may call your own `safe_softmax`."
        ),
        solution=output_error,
        parts=("dZ",),
        cases=_error_case,
        m=[5, 2],
        reason=(
            "The Jacobian of softmax and −y/a cancel, just as the two "
            "factors did in lesson 02. What is left is (A − Y)/m."
        ),
        hints=[
            "The result looks just like the one in lesson 02: the prediction minus the target.",
            "Compute A = softmax(Z) first. Remember to take the mean over the examples, but only once.",
        ],
        wrong=[
            Wrong(
                lambda Z, Y: _softmax(Z) - Y,
                (
                    "Your result is 5 times as large as it should be, and "
                    "there are 5 examples. You forgot to take the mean."
                ),
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=0) - Y) / Y.shape[1],
                _ONE_MAXIMUM,
                r"^(?![\s\S]*max\([^)]*axis)",
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) / Y.size,
                "Divide by the number of examples, not by the number of entries.",
            ),
            Wrong(
                lambda Z, Y: (Y - _softmax(Z)) / Y.shape[1],
                "The sign is wrong. It should be the prediction minus the target.",
            ),
            Wrong(
                lambda Z, Y: (Z - Y) / Y.shape[1],
                "You compared the logits Z with the targets. Use the predictions A = softmax(Z) instead of Z.",
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) / Y.shape[0],
                "Divide by the number of examples, which are the columns, not by the number of classes.",
            ),
            Wrong(
                lambda Z, Y: -np.sum(Y * np.log(_softmax(Z))) / Y.shape[1],
                "That is the cost, but the exercise asks for its derivative dZ.",
            ),
            Wrong(
                lambda Z, Y: -Y / _softmax(Z) / Y.shape[1],
                (
                    "That is the derivative with respect to the predictions A, but "
                    "you still have to go back through softmax. What is left after that?"
                ),
            ),
            Wrong(
                lambda Z, Y: _softmax(Z) / Y.shape[1],
                (
                    "Those are the predictions, divided by the number of "
                    "examples. You still have to subtract the targets."
                ),
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z) - Y) * _softmax(Z) * (1 - _softmax(Z)) / Y.shape[1],
                "You multiplied by A (1 − A), but the Jacobian of softmax has already cancelled out.",
            ),
            Wrong(
                lambda Z, Y: (1 / (1 + np.exp(-Z)) - Y) / Y.shape[1],
                (
                    "You applied the sigmoid to each logit separately. With "
                    "softmax, the classes in a column compete with each other."
                ),
            ),
            Wrong(
                lambda Z, Y: (_softmax(Z.T).T - Y) / Y.shape[1],
                (
                    "You applied softmax across the examples, but for each example, the probabilities "
                    "of the classes must add up to 1. Along which axis are the classes?"
                ),
            ),
            Wrong(
                lambda Z, Y: 2 * (_softmax(Z) - Y) / Y.shape[1],
                "There is an extra factor of 2, but cross-entropy contains no square.",
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum(axis=0) - Y) / Y.shape[1],
                (
                    "This works for small logits, but e¹⁰⁰⁰ overflows. "
                    "What do you have to subtract from each column first?"
                ),
            ),
            Wrong(
                lambda Z, Y: ((_softmax(Z) > 0.5) - Y) / Y.shape[1],
                "You subtracted the targets from yes-or-no decisions. Subtract them from the probabilities instead.",
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - Y) / Y.shape[1],
                (
                    "You summed over the examples in softmax, but for each example, the probabilities "
                    "of the classes must add up to 1. Along which axis are the classes?"
                ),
            ),
            Wrong(
                lambda Z, Y: (np.exp(Z) / np.exp(Z).sum() - Y) / Y.shape[1],
                (
                    "You summed over the whole array in softmax, but for each example, the "
                    "probabilities must add up to 1. Which entries belong to one example?"
                ),
            ),
        ],
    ),
    Exercise(
        name="08.epoch",
        prompt=(
            "**The mini-batch loop.** Train for one epoch: go through the examples in the given "
            "`order`, `batch_size` at a time, and take a step of gradient descent for each batch. `X` has one row "
            "for each example and `Y` one column. `W` and `b` are dictionaries with an array for each layer, and "
            "`gradients(X, Y, W, b)` returns `dW` and `db` of the same form, already averaged over the examples "
            "that you pass to it. Return the new `W` and `b` without changing the ones that you are given."
        ),
        solution=one_epoch,
        parts=("W", "b"),
        cases=lambda: [_epoch_case(7, (3, 2, 1), 3, 0.5), _epoch_case(6, (2, 3), 2, 1.0)],
        m=[7, 6],
        reason=(
            "The loop goes through `order` slice by slice, and each step starts from the "
            "parameters that the previous step produced."
        ),
        hints=[
            "Let `start` run from 0 to len(order) in steps of batch_size. Which entries of `order` form the batch?",
            "The slice of `order` selects rows of X and columns of Y. A slice may extend beyond the last entry.",
            "Inside the loop, assign the updated arrays to W and b, so that the next batch uses them.",
        ],
        wrong=[
            Wrong(
                _epoch_of(lambda order, start, size: np.arange(len(order))[start : start + size]),
                "You took the examples in the order in which they are stored. Use the entries of `order` instead.",
            ),
            Wrong(
                _all_from_the_start,
                (
                    "You computed every gradient at the initial parameters. Each batch "
                    "should use the parameters that the previous batch produced."
                ),
            ),
            Wrong(
                _first_batches(lambda m, size: 1),
                "You took only one step, with the first batch. Is the `return` inside the loop?",
            ),
            Wrong(
                _last_batch_alone,
                "Only your last step counts. Does every step start from the parameters that you were given?",
            ),
            Wrong(
                _first_batches(lambda m, size: m // size),
                "You left out the last batch, which is smaller than the others. Its examples count too.",
            ),
            Wrong(
                lambda X, Y, W, b, order, size, rate, gradients: tuple(
                    _moved(p, dp, rate) for p, dp in zip((W, b), gradients(X, Y, W, b), strict=True)
                ),
                "You took one step with all the examples. An epoch consists of one step for each batch.",
            ),
            Wrong(
                _epoch_of(_right_batch, lambda p, dp, rate: _moved(p, dp, -rate)),
                "Your steps go uphill. Subtract the gradient.",
            ),
            Wrong(
                _epoch_of(_right_batch, lambda p, dp, rate: _moved(p, dp, 1)),
                "The learning rate is missing from your steps.",
            ),
            Wrong(_weights_alone, "You did not update b. It has a gradient of its own."),
            Wrong(
                lambda X, Y, W, b, order, size, rate, gradients: one_epoch(X, Y, W, b, order, 1, rate, gradients),
                "You took a step after each example. A batch consists of `batch_size` examples.",
            ),
            Wrong(
                lambda X, Y, W, b, order, size, rate, gradients: one_epoch(X, Y, W, b, order, size, rate, gradients)[
                    ::-1
                ],
                "You swapped the two results. Which one should come first?",
            ),
            Wrong(
                _epoch_of(_right_batch, targets=lambda order, start, size: slice(start, start + size)),
                "Your batches of X and of Y contain different examples. Which columns of Y belong to the rows of X?",
            ),
            Wrong(
                _epoch_of(lambda order, start, size: order[:size]),
                "You used the first batch in every step. Where should each batch begin?",
            ),
            Wrong(
                _epoch_of(lambda order, start, size: np.array_split(order, -(-len(order) // size))[start // size]),
                "Your batch sizes are as equal as possible, but every batch except the last should have `batch_size` "
                "examples. Where does each of them begin?",
            ),
            Wrong(
                _epoch_of(lambda order, start, size: order[: start + size]),
                "Your batches keep growing, because each of them begins at 0. Where should a batch begin?",
            ),
            Wrong(
                _epoch_of(lambda order, start, size: order[start:]),
                "Each of your batches runs all the way to the end of `order`. Where should a batch end?",
            ),
            Wrong(
                _epoch_of(lambda order, start, size: order[start // size : start // size + size]),
                "Your batches overlap. By how many examples does the start have to move from batch to batch?",
            ),
        ],
    ),
    Exercise(
        name="08.adam",
        prompt=(
            "Adam takes its very first step, with $\\alpha = 0.01$. One of the weights has the gradient "
            "0.0003. How far does this weight move, ignoring the sign? (Neglect $\\varepsilon$.)"
        ),
        right=0.01,
        solution=(
            "u, s = 0.1 * 0.0003, 0.001 * 0.0003**2  # β₁ = 0.9, β₂ = 0.999\nanswer = 0.01 * (u / 0.1) / np.sqrt(s / "
            "0.001)"
        ),
        reason=(
            "Because û = g and √ŝ = |g|, their quotient is ±1, and "
            "the size of the step is α, however small the gradient is."
        ),
        hints=[
            "In the first step, u = (1 − β₁) g and s = (1 − β₂) g². What are û and ŝ after the correction?",
            "û is g, and ŝ is g². What do you get if you divide g by the square root of g²?",
        ],
        wrong=[
            Wrong(
                0.01 * 0.0003,
                "That is the step of plain gradient descent, but Adam also divides by the square root of ŝ.",
            ),
            Wrong(0.0003, "That is the gradient itself."),
            Wrong(
                0.001,
                (
                    "0.001 is the usual default for α, and it is also what you get if you "
                    "forget to correct u. What is α in this exercise, and what is û?"
                ),
            ),
            Wrong(
                float(0.01 * 0.1 / np.sqrt(0.001)),
                "You left out the corrections û = u/(1 − β₁) and ŝ = s/(1 − β₂).",
            ),
            Wrong(0.01 / 0.0003, "You divided by ŝ instead of its square root √ŝ."),
            Wrong(
                0.01 * float(np.sqrt(0.0003)),
                "This is α times the square root of g. Is g squared in s, and is û divided by √ŝ?",
            ),
            Wrong(300, "You divided by ε alone, but the denominator also contains √ŝ."),
            Wrong(0.0001, "You multiplied by α twice. Where does the second factor come from?"),
            Wrong(
                0.1,
                (
                    "0.1 is ten times α, and it is also what you get if you divide "
                    "α by 1 − β₁. What is α in this exercise, and what is û?"
                ),
            ),
            Wrong(1, "That is the quotient û/√ŝ. The step is α times this quotient."),
            Wrong(
                0.00003,
                "That is u, the running mean of the gradients. What do you have to divide by √ŝ and multiply by α?",
            ),
            Wrong(
                float(0.01 * 9 / np.sqrt(999)),
                "You gave the gradient the weights β₁ and β₂. Which weights do the old means get, and which do g and "
                "g² get?",
            ),
            Wrong(0.009, "Once u has been corrected, β₁ plays no part in the first step."),
            Wrong(
                0.01 * 0.1 / float(np.sqrt(0.001)) * 0.0003,
                "You left out both corrections, and you kept g, which cancels in the quotient.",
            ),
            Wrong(
                0.316,
                "Apply both corrections, û = u/(1 − β₁) and ŝ = s/(1 − β₂), and multiply the quotient by α.",
            ),
            Wrong(
                0.01 * 0.1 * 0.0003, "That is α u. What do you have to divide u by, and which corrections are needed?"
            ),
            Wrong(
                0.00744102,
                "You corrected the means as if this were the second step, but it is the very first one. What is "
                "t in this step?",
            ),
            Wrong(0, "A small gradient does not mean a small step here. What is the quotient û/√ŝ for any g?"),
        ],
    ),
    Exercise(
        name="08.patience",
        prompt=(
            "After epochs 1 to 9, the held-out costs are 0.50, 0.40, 0.35, 0.36, 0.37, 0.34, 0.38, 0.39 and 0.40. "
            "With a patience of 3, which epoch's parameters are kept?"
        ),
        right=6,
        solution=(
            "costs = [0.50, 0.40, 0.35, 0.36, 0.37, 0.34, 0.38, 0.39, 0.40]\nanswer = 1 + int(np.argmin(costs))  # "
            "epochs are counted from 1"
        ),
        reason=(
            "Epochs 4 and 5 do not reach a new low, but epoch 6 does. The three epochs after it do not, so "
            "training stops after epoch 9, and the parameters of epoch 6 are kept."
        ),
        hints=[
            "Go through the epochs one by one, and write down the lowest cost so far.",
            "After which epoch have there been three in a row without a new low? Which epoch was the best by then?",
        ],
        wrong=[
            Wrong(
                3,
                "After epoch 3 there are only two epochs without a new low. What happens in epoch 6, before the "
                "patience of 3 is used up?",
            ),
            Wrong(9, "That is the epoch after which training stops. Which epoch was the best up to then?"),
            Wrong(0.34, "That is the lowest cost. In which epoch was it reached?"),
            Wrong(5, "If you used `np.argmin`, note that it counts from 0, but the epochs are counted from 1."),
            Wrong(4, "That is the first epoch in which the cost rises. With a patience of 3, you wait longer."),
            Wrong(7, "The cost has risen again in epoch 7. Early stopping goes back to the best epoch."),
            Wrong(8, "The cost in epoch 8 is not the lowest. Early stopping goes back to the best epoch."),
            Wrong(1, "The cost is highest in epoch 1. Which epoch has the lowest cost before the patience is used up?"),
            Wrong(2, "The cost is lower in epoch 3. If you counted from 0, note that the first epoch is number 1."),
        ],
    ),
    Exercise(
        name="08.penalty",
        numbers=Numbers(
            "08.penalty",
            lambda w, dw, lam, rate: rate**2 * dw * lam > 0.012 * (w - rate * (dw + lam * w)),  # the order matters
            w=(3, 4, 5),
            dw=(1, 2),
            lam=(0.2, 0.3),
            rate=(0.4, 0.6),
        ).also(slope=lambda w, dw, lam: dw + lam * w),
        prompt=(
            "A weight is <w>, its $dW$ is <dw>, and $\\lambda = <lam>$. Where does one step of plain gradient descent "
            "on $J_\\lambda$ with $\\alpha = <rate>$ take it?"
        ),
        right=2.36,
        solution="slope = <dw> + <lam> * <w>  # dW + λ W\nanswer = <w> - <rate> * slope",
        reason=(
            "The gradient of the whole cost is dW + λ W = <dw> + <lam> · <w> = <slope>, and the step subtracts α times "
            "this."
        ),
        hints=[
            "What is the derivative of λ/2 · w² with respect to w?",
            "Add λ W to dW. Then take an ordinary step with this sum in place of dW.",
        ],
        wrong=[
            Wrong(
                lambda w, dw, rate: w - rate * dw,
                "You left out the penalty. What does it add to the gradient?",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw - lam * w),
                "The sign of the penalty is wrong. The penalty makes large weights smaller, not larger.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw + 2 * lam * w),
                "You counted the penalty twice. Its factor is λ/2, and the derivative of w² is 2w.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw + lam / 2 * w),
                "You halved the penalty's gradient. The derivative of w² is 2w, and the 2 cancels the ½ of λ/2.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw + lam / 2 * w**2),
                "You added the penalty itself to dW. What is its derivative with respect to w?",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw + lam * w**2),
                "The derivative of w² is 2w, not 2w². What does λ/2 · w² add to the gradient?",
            ),
            Wrong(
                lambda w, dw, lam, rate: (w - rate * dw) * (1 - rate * lam),
                "You multiplied by 1 − αλ after the step with dW. Both parts of the gradient must be computed at the "
                "old weight.",
            ),
            Wrong(
                lambda w, dw, lam: w - (dw + lam * w),
                "The learning rate is missing. It multiplies the whole gradient.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * dw - lam * w,
                "The learning rate multiplies the whole gradient, including the part from the penalty.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - dw - rate * lam * w,
                "The learning rate multiplies the whole gradient, including dW.",
            ),
            Wrong(
                lambda w, dw, lam, rate: w + rate * (dw + lam * w),
                "Your step goes uphill. Subtract α times the gradient.",
            ),
            Wrong(lambda w, dw, lam: dw + lam * w, "That is the gradient. Where does the step take the weight?"),
            Wrong(
                lambda w, dw, lam, rate: rate * (dw + lam * w),
                "That is the length of the step. Where does it take the weight?",
            ),
            Wrong(
                lambda w, dw, lam, rate: w - rate * (dw + lam),
                "You added λ alone. What is the derivative of λ/2 · w² with respect to w?",
            ),
            Wrong(
                lambda w, lam, rate: w * (1 - rate * lam),
                "That is what the penalty alone would do. What does dW add to the step?",
            ),
        ],
    ),
    Exercise(
        name="08.q1",
        prompt=(
            "A network with ten classes has not learned anything yet and assigns each "
            "class a probability of 0.1. What is its cost, to two decimal places?"
        ),
        right=float(np.log(10)),
        solution="q1 = -np.log(0.1)",
        reason="−log 0.1 = log 10 ≈ 2.30, which is the cost of guessing among ten classes.",
        wrong=[
            Wrong(0.693, "That is log 2, the answer for two classes."),
            Wrong(
                float(np.log2(10)),
                "That is the logarithm of 10 to base 2, but the cost uses the natural logarithm, np.log.",
            ),
            Wrong(0.1, "That is the probability. The cost is minus its logarithm."),
            Wrong(1, "You used the logarithm to base 10, but the cost uses the natural logarithm."),
        ],
    ),
    Exercise(
        name="08.q2",
        prompt="For K = 10 classes and a batch of 64 examples, what is the shape of $dZ^{[L]}$?",
        right=(10, 64),
        solution="q2 = (10, 64)",
        reason="It has the same shape as Z[L], with one row for each class and one column for each example.",
        wrong=[
            Wrong((64, 10), "That shape is transposed. In the formulas of these lessons, examples are columns."),
            Wrong((1, 64), "There are ten output units, so there must be ten rows."),
            Wrong(
                (10, 10),
                "That is the shape of the Jacobian of softmax for one example, but the Jacobian has cancelled out.",
            ),
        ],
    ),
    Exercise(
        name="08.q3",
        prompt=(
            'Which examples do you use to decide when to stop training? "a" the training '
            'set; "b" examples held out from the training set; "c" the test set.'
        ),
        right="b",
        solution='q3 = "b"',
        reason=(
            "The cost on the training set keeps falling, and once you have used "
            "the test set to make a choice, it is no longer an honest test."
        ),
        wrong=[
            Wrong("a", "The cost on the training set keeps falling while the network memorises its examples."),
            Wrong("c", "The test set would then have influenced a choice, so its score would be too optimistic."),
        ],
    ),
    Exercise(
        name="08.q4",
        prompt=(
            "In a confusion matrix, the row gives the true digit and the column gives the network's "
            "answer. The row for the digit 4 holds 970 in column 4 and 9 in column 9. What does the entry "
            '9 mean? "a" nine images of a 9 were taken for a 4; "b" nine images of a 4 were taken for a 9.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="The row gives the true digit, a 4, and the column gives the answer, a 9.",
        wrong=[Wrong("a", "That number would be in the row for the digit 9, in column 4.")],
    ),
]
