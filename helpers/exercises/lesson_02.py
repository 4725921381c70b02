"""Exercises of lesson 02: slopes of activations, the cost of an answer, safe numbers, and a bug to find."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong


def tanh_prime(Z):
    return 1 - np.tanh(Z) ** 2


def log_sigmoid(Z):
    return -np.logaddexp(0, -Z)


# Both forms have the same values, -inf at -1000 among them: there one takes log 0, in the other e¹⁰⁰⁰ overflows.
_INFINITE = (
    "At −1000 that is infinite: σ is rounded to 0, or e¹⁰⁰⁰ overflows. Simplify the logarithm on paper first, and let "
    "np.logaddexp add the exponentials."
)


def _overflowing_logarithm(Z):
    return -np.log(1 + np.exp(-Z))


def _weighted_inputs():
    return [(np.array([-1000.0, -40.0, -1.0, 0.0, 2.0, 40.0, 1000.0]),), (np.array([[-800.0, 3.0], [0.5, -2.0]]),)]


def mended_gradients(A0, Y, W, b):
    A = sigmoid(W @ A0 + b)  # (1, m)
    dZ = (A - Y) / Y.shape[1]  # (1, m): the slope of the sigmoid has cancelled
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)  # (1, n), (1, 1)


def _gradients_with_a_bug(A0, Y, W, b):
    A = sigmoid(W @ A0 + b)  # (1, m)
    dA = (A - Y) / Y.shape[1]  # (1, m)
    dZ = dA * A * (1 - A)  # (1, m)
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)  # (1, n), (1, 1)


def _classification(n=3, m=7):
    rng = np.random.default_rng(2)
    A0, Y = rng.standard_normal((n, m)), np.array([[0.0, 1, 1, 0, 1, 0, 1]])[:, :m]
    return A0, Y, rng.standard_normal((1, n)), np.array([[0.3]])


def _turned_sign(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return -dW, -db


def _forgotten_mean(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return dW * Y.shape[1], db * Y.shape[1]


def _error_of_z(A0, Y, W, b):
    dZ = (W @ A0 + b - Y) / Y.shape[1]
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)


def _decided(A0, Y, W, b):
    dZ = ((sigmoid(W @ A0 + b) > 0.5) - Y) / Y.shape[1]
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)


def _other_cost(A0, Y, W, b):
    Z = W @ A0 + b
    dZ = (sigmoid(Z) - Y) * (1 - np.tanh(Z) ** 2) / Y.shape[1]
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)


def _slope_by_the_answer(A0, Y, W, b):
    A = sigmoid(W @ A0 + b)
    dA = ((1 - Y) / (1 - A) - Y / A) / Y.shape[1]
    return dA @ A0.T, dA.sum(axis=1, keepdims=True)


def _bug_in_the_bias_only(A0, Y, W, b):
    return mended_gradients(A0, Y, W, b)[0], _gradients_with_a_bug(A0, Y, W, b)[1]


EXERCISES = [
    Exercise(
        name="02.slope",
        prompt="How steep is the sigmoid at $z = 0$?",
        right=0.25,
        solution="s = 1 / 2\nanswer = s * (1 - s)",
        reason="σ(0) = ½, so σ′(0) = ½ · (1 − ½) = ¼, the steepest slope that σ has.",
        hints=["First find σ(0).", "Then put it into the formula for σ′, which needs nothing but σ(0)."],
        wrong=[
            Wrong(0.5, "That is σ(0); the slope is σ(0) (1 − σ(0))."),
            Wrong(0, "σ is steepest at 0, not flat; it is flat far away from 0."),
            Wrong(1, "A slope of 1 is that of the identity; σ is flatter everywhere."),
            Wrong(-0.25, "σ rises everywhere, so its slope is positive."),
            Wrong(0.3, "Too coarse for a number that can be found exactly: σ(0) (1 − σ(0))."),
            Wrong(
                0.235, "That is σ′(½): the slope is wanted at z = 0, and σ′ takes z, not the answer a. What is σ(0)?"
            ),
            Wrong(0.125, "That is half of it: σ(0) stands in the formula once, and 1 − σ(0) once."),
            Wrong(4, "Upside down. How steep can σ be, if it rises by 1 over a width of about 10?"),
        ],
    ),
    Exercise(
        name="02.cost",
        prompt=(
            "An example has the label $y = 1$ and the network's weighted input is $z = 0$. What does it cost? "
            "Three digits are enough, or an expression with `np.log`, the natural logarithm."
        ),
        right=float(np.log(2)),
        solution="a = 1 / 2\nanswer = -np.log(a)",
        reason="a = ½, so the cost is −log ½ = log 2 ≈ 0.693, what guessing costs.",
        hints=[
            "First the answer a of the network at z = 0. Which of the two terms of the cost is left for y = 1?",
            "The other term carries the factor 1 − y, which is 0. What is left is −log a.",
        ],
        wrong=[
            Wrong(-float(np.log(2)), "A cost is never negative: mind the minus in front of the sum."),
            Wrong(1.0, "That is log₂ of 2; the cost uses the natural logarithm, np.log."),
            Wrong(0.5, "That is the probability a; the cost is −log a."),
            Wrong(float(np.log10(2)), "That is the logarithm to the base 10; the cost uses the natural one, np.log."),
            Wrong(0, "A cost of 0 would need a sure answer; here the network does not know, a = ½."),
            Wrong(0.125, "That is the squared error ½ (a − y)²; here the cost is cross-entropy."),
            Wrong(0.25, "That is the squared error (a − y)², or the slope of σ; here the cost is cross-entropy."),
            Wrong(-0.5, "That is a − y, the slope of the cost; the cost itself is asked for."),
            Wrong(0.3466, "There is no ½ in cross-entropy; where does yours come from?"),
            Wrong(1.386, "Both terms are counted, but for y = 1 one of them is 0. Which one?"),
            Wrong(float(np.exp(0.5)), "That is an exponential; the cost takes a logarithm."),
        ],
    ),
    Exercise(
        name="02.tanh",
        prompt=(
            "**Write this derivative.** Another activation is $\\tanh z = \\frac{e^z - e^{-z}}{e^z + e^{-z}}$. "
            "Differentiate it with the quotient rule, simplify as we did for $\\sigma$, and write the result as a "
            "function of $Z$. You may use `np.tanh`."
        ),
        solution=tanh_prime,
        parts=("slope",),
        cases=lambda: [(np.linspace(-3, 3, 7),), (np.array([[0.5, -0.2], [2.0, 0.1]]),)],
        reason="The quotient rule gives ((e^z + e^−z)² − (e^z − e^−z)²) / (e^z + e^−z)² = 1 − tanh² z.",
        hints=[
            "With s = e^z − e^−z and c = e^z + e^−z: the derivative of s is c, and that of c is s.",
            "The quotient rule gives (c · c − s · s) / c². Divide both terms by c², and find tanh in it.",
        ],
        wrong=[
            Wrong(lambda Z: np.tanh(Z) * (1 - np.tanh(Z)), "That is the rule of the sigmoid; tanh has one of its own."),
            Wrong(lambda Z: 1 - Z**2, "The square is of tanh z, not of z itself."),
            Wrong(lambda Z: 1 - np.tanh(Z), "Nearly: something in it must be squared."),
            Wrong(lambda Z: np.tanh(Z) ** 2 - 1, "The sign: tanh rises everywhere, so its slope is never negative."),
            Wrong(
                lambda Z: 1 - np.tanh(np.tanh(Z)) ** 2, "That is the slope at the output A = tanh z; it is wanted at z."
            ),
            Wrong(
                lambda Z: 1 + np.tan(Z) ** 2,
                "That is the slope of tan; tanh is made of exponentials. What does the quotient rule give for those?",
            ),
            Wrong(sigmoid_prime, "That is the slope of the sigmoid; tanh has one of its own."),
            Wrong(
                lambda Z: np.cosh(Z) / np.sinh(Z + 1e-300),
                "Numerator and denominator are each differentiated on their own; what does the quotient rule say?",
            ),
            Wrong(lambda Z: 1 - np.tanh(Z**2), "The square is of tanh z, not of z. What is taken first?"),
            Wrong(
                lambda Z: 1 - np.tanh(Z) @ np.tanh(Z) if Z.ndim == 1 else 1 - np.tanh(Z) @ np.tanh(Z).T,
                "@ is the matrix product; each entry is to be squared on its own. Which operator does that?",
                r"@|dot|matmul|inner",
            ),
            Wrong(
                lambda Z: (np.tanh(Z + 1e-5) - np.tanh(Z)) / 1e-5,
                (
                    "That is a nudge, right to a few digits only; derive the slope instead. What does the "
                    "quotient rule "
                    "give?"
                ),
            ),
            Wrong(
                lambda Z: 1 / np.cosh(Z),
                "Nearly: something in it must be squared. What stands below the line in the quotient rule?",
            ),
            Wrong(lambda Z: np.tanh(Z), "That is tanh itself; its slope is asked for."),
            Wrong(
                lambda Z: 1 - Z**2 / 2,
                ("That is the beginning of a series, close only where z is small. What does the quotient rule give?"),
            ),
        ],
    ),
    Exercise(
        name="02.safe",
        prompt=(
            "Write $\\log \\sigma(z)$ so that it is right from $z = -1000$ to $z = 1000$. "
            "(A network that is sure and wrong needs it.) `np.logaddexp(a, b)` is $\\log(e^a + e^b)$ without overflow."
        ),
        solution=log_sigmoid,
        parts=("log σ",),
        cases=_weighted_inputs,
        reason="log σ(z) = −log(1 + e⁻ᶻ) = −log(e⁰ + e⁻ᶻ), and logaddexp knows how to add exponentials safely.",
        hints=[
            "Put the formula of σ into the logarithm first: log(1/u) is −log u.",
            "1 is e⁰. So u = 1 + e⁻ᶻ is a sum of two exponentials.",
        ],
        wrong=[
            Wrong(lambda Z: np.log(sigmoid(Z)), _INFINITE),
            Wrong(_overflowing_logarithm, _INFINITE),
            Wrong(lambda Z: np.logaddexp(0, -Z), "The sign: a logarithm of a probability is never above 0."),
            Wrong(lambda Z: -np.logaddexp(0, Z), "That is log(1 − σ(z)): look at the sign of the exponent in σ."),
            Wrong(
                lambda Z: np.log(sigmoid(Z) + 1e-12),
                (
                    "A small number added inside the logarithm sets a floor: nothing lies below its log. What should "
                    "come out at −1000?"
                ),
                r"e-|0\.0|eps",
            ),
            Wrong(
                lambda Z: np.log(np.clip(sigmoid(Z), 1e-15, 1 - 1e-15)),
                "Clipping sets a floor: nothing lies below its log. What should come out at −1000?",
                r"clip|minimum|maximum|where",
            ),
            Wrong(
                lambda Z: 1 / np.log(1 + np.exp(-Z)),
                "The logarithm of 1/u is −log u, not 1/log u. What is it then for u = 1 + e⁻ᶻ?",
            ),
        ],
    ),
    Exercise(
        name="02.gradients",
        prompt=(
            "**Find the bug.** With these gradients, logistic regression with cross-entropy learns slowly where the "
            "network is sure and wrong, and the check fails. Fix the function. You may use `sigmoid`."
        ),
        solution=mended_gradients,
        broken=_gradients_with_a_bug,
        parts=("dW", "db"),
        cases=lambda: [_classification(), _classification(2, 4)],
        m=[7, 4],
        reason=(
            "With cross-entropy, dA/dZ has cancelled against a factor of ∂J/∂A: dZ = (A − Y)/m, and no slope any more."
        ),
        hints=[
            "Which cost has the derivative ∂J/∂A = A − Y? It is not cross-entropy.",
            "A − Y is ∂J/∂Z already: the two ugly factors have cancelled. Which factor is there twice, then?",
        ],
        wrong=[
            Wrong(_turned_sign, "The sign has changed: answer minus truth, A − Y."),
            Wrong(_forgotten_mean, "The mean over the examples has got lost: divide by the number of examples, once."),
            Wrong(_error_of_z, "The error compares the answer A = σ(Z) with the truth, not Z."),
            Wrong(_bug_in_the_bias_only, "dW is right now, db is not: both come from the same dZ."),
            Wrong(
                _decided,
                (
                    "The error compares the probability A with the truth, not the decision 0 or 1. Why would "
                    "a decision "
                    "have no slope?"
                ),
            ),
            Wrong(
                _other_cost,
                (
                    "A slope has come in that belongs to another cost. What is ∂J/∂Z for cross-entropy, once "
                    "everything "
                    "has cancelled?"
                ),
            ),
            Wrong(
                _slope_by_the_answer,
                "That is ∂J/∂A, the slope by the answer; it still has to go through the sigmoid. What is left of both?",
            ),
        ],
    ),
    Exercise(
        name="02.q1",
        prompt=(
            "A network is sure that the label is 1, with $a = 0.99$. The label is 0. What is the loss, to two decimals?"
        ),
        right=4.605,
        solution="q1 = -np.log(1 - 0.99)",
        reason="−log(1 − 0.99) = −log 0.01 ≈ 4.61: being sure and wrong is expensive.",
        wrong=[
            Wrong(0.01005, "That would be the loss for the label 1."),
            Wrong(-4.605, "A loss is never negative."),
            Wrong(0.99, "That is the answer; the loss is the logarithm of a probability."),
        ],
    ),
    Exercise(
        name="02.q2",
        prompt=(
            "For two examples the network gives the label 1 the probabilities 0.8 and 0.3. The true labels are 1 and "
            "0. What is the likelihood, the probability of both labels together?"
        ),
        right=0.56,
        solution="q2 = 0.8 * (1 - 0.3)",
        reason="The true labels get 0.8 and 1 − 0.3 = 0.7, and probabilities of independent examples multiply.",
        wrong=[
            Wrong(0.24, "The second label is 0. Which probability did the network give to that?"),
            Wrong(0.06, "Those are the probabilities of the wrong labels. What did the network give to the true ones?"),
            Wrong(1.5, "A probability is never above 1. How do those of independent examples combine?"),
            Wrong(0.75, "That is the mean. How do probabilities of independent examples combine?"),
            Wrong(0.58, "That is minus its logarithm; the product itself is asked for."),
            Wrong(0.29, "That is the cost of both, the mean of −log; the product itself is asked for."),
        ],
    ),
    Exercise(
        name="02.q3",
        prompt=(
            "You raise the threshold from 0.5 to 0.9. What happens to the triangles (label 1) that are missed? "
            '"a" fewer are missed; "b" more are missed; "c" nothing changes.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="It says 1 less often: fewer false alarms, more misses.",
        wrong=[
            Wrong("a", "It must be surer to say 1, so it says it less often."),
            Wrong("c", "The probabilities stay as they are, but the answers change."),
        ],
    ),
    Exercise(
        name="02.q4",
        prompt=(
            "Why not the squared error, when the answer is a probability? "
            '"a" it can be negative; "b" its slope nearly vanishes where the network is sure and wrong; '
            '"c" it has no derivative.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="Its slope contains σ′(z), which is almost 0 there: what is most wrong learns slowest.",
        wrong=[
            Wrong("a", "A square is never negative."),
            Wrong("c", "It has one, (a − y) σ′(z); look at its size."),
        ],
    ),
]
