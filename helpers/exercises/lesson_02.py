"""Exercises for lesson 02, on the slopes of activation functions, the cross-entropy cost and numerical safety."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def tanh_prime(Z):
    return 1 - np.tanh(Z) ** 2


def log_sigmoid(Z):
    return -np.logaddexp(0, -Z)


# Both forms give the same values, including -inf at -1000, where one takes the logarithm of 0 and the other overflows
# when it computes e¹⁰⁰⁰.
_INFINITE = (
    "At −1000 the result is infinite, because σ is rounded to 0 or e¹⁰⁰⁰ overflows. Simplify the "
    "logarithm on paper first, and use np.logaddexp to add the exponentials."
)


def _overflowing_logarithm(Z):
    return -np.log(1 + np.exp(-Z))


def _weighted_inputs():
    return [(np.array([-1000.0, -40.0, -1.0, 0.0, 2.0, 40.0, 1000.0]),), (np.array([[-800.0, 3.0], [0.5, -2.0]]),)]


def mended_gradients(A0, Y, W, b):
    A = sigmoid(W @ A0 + b)  # (1, m)
    dZ = (A - Y) / Y.shape[1]  # (1, m); the slope of the sigmoid cancels
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
        name="02.steep",
        prompt="A unit with a sigmoid has the output $a = 0.8$. What is the slope of the sigmoid at that point?",
        right=0.16,
        solution="answer = 0.8 * (1 - 0.8)",
        reason="The slope is a (1 − a) = 0.8 · 0.2 = 0.16. The value of z is not needed.",
        hints=[
            "Which form of the derivative contains only the value a = σ(z)?",
            "In σ′(z) = σ(z) (1 − σ(z)), the value σ(z) is 0.8.",
        ],
        wrong=[
            Wrong(
                float(sigmoid_prime(0.8)),
                "This is σ′(0.8), but 0.8 is the value a, not z. What is the slope if you already know a = σ(z)?",
            ),
            Wrong(0.25, "This is the slope at z = 0, where a = ½. Here a = 0.8."),
            Wrong(0.2, "This is 1 − a, one of the two factors of the slope."),
            Wrong(0.8, "This is the value a itself. The slope is a (1 − a)."),
            Wrong(0.36, "This is 1 − a². What is the formula for the slope of the sigmoid?", r"\.36"),
            Wrong(0.64, "This is a². What is the second factor of the slope?"),
            Wrong(-0.16, "The sigmoid rises everywhere, so its slope is positive."),
            Wrong(1, "1 is the sum of a and 1 − a. How are the two combined in the slope?"),
            Wrong(float(np.log(4)), "This is z, the point where the sigmoid has the value 0.8. How steep is it there?"),
            Wrong(float(sigmoid(0.8)), "This is σ(0.8). The number 0.8 is already the value of the sigmoid."),
            Wrong(6.25, "This is the reciprocal of the right value. Is the sigmoid ever steeper than ¼?"),
            Wrong(1.44, "The sign in the second factor is wrong: it is 1 − a, not 1 + a."),
            Wrong(
                9.09, "That is the angle of the tangent in degrees. The slope is the rise divided by the run.", r"9\.0"
            ),
            Wrong(0.32, "This is twice the right value. The slope contains a once and 1 − a once."),
        ],
    ),
    Exercise(
        name="02.loss",
        prompt=(
            "A network computes the weighted input $z = 2$ for an example with the label 0. What is the loss? Give at "
            "least three digits, or an expression with `np.log` and `np.exp`."
        ),
        right=float(np.log1p(np.exp(2))),
        solution="a = 1 / (1 + np.exp(-2))\nanswer = -np.log(1 - a)",
        reason="The network gives the label 0 the probability 1 − σ(2) ≈ 0.119, and −log 0.119 ≈ 2.127 is log(1 + e²).",
        hints=[
            "First compute the output a = σ(2). Which of the two terms of the cost is left for y = 0?",
            "The term y log a is 0. What is left is −log(1 − a).",
        ],
        wrong=[
            Wrong(float(np.log1p(np.exp(-2))), "This would be the loss if the label were 1. Here it is 0."),
            Wrong(-float(np.log1p(np.exp(2))), "A loss is never negative. Check the minus sign in front of the sum."),
            Wrong(
                -float(np.log1p(np.exp(-2))), "This is log a. Which probability did the network give to the label 0?"
            ),
            Wrong(float(sigmoid(2)), "This is the probability a. The loss is minus the logarithm of a probability."),
            Wrong(float(sigmoid(-2)), "This is the probability of the label 0. The loss is minus its logarithm."),
            Wrong(
                2, "The loss comes close to z only if the answer is badly wrong. Which logarithm gives the exact loss?"
            ),
            Wrong(
                0,
                "The loss would be 0 only if the network were certain of the label 0. Here it gives the label 1 the "
                "higher probability.",
            ),
            Wrong(
                float(np.log1p(np.exp(2)) / np.log(2)),
                "This is the base-2 logarithm. The loss uses the natural logarithm, np.log.",
            ),
            Wrong(
                float(np.log10(1 + np.exp(2))),
                "This is the base-10 logarithm. The loss uses the natural logarithm, np.log.",
            ),
            Wrong(float(sigmoid(2) ** 2 / 2), "This is the squared error ½ (a − y)². Here the loss is cross-entropy."),
            Wrong(float(sigmoid(2) ** 2), "This is the squared error (a − y)². Here the loss is cross-entropy."),
            Wrong(
                float(np.log1p(np.exp(2)) / 2), "The cross-entropy contains no factor of ½. Where does yours come from?"
            ),
            Wrong(
                float(np.log1p(np.exp(2)) + np.log1p(np.exp(-2))),
                "You included both terms, but for y = 0 one of them is 0. Which one?",
            ),
            Wrong(float(np.log(2)), "This is the loss at z = 0, where a = ½. In the question, z is 2."),
            Wrong(float(-np.log(1 - sigmoid(0.8808))), "You applied the sigmoid twice. Its value at 2 is already a."),
        ],
    ),
    Exercise(
        name="02.tanh",
        prompt=(
            "**Write this derivative.** Another activation function is $\\tanh z = \\frac{e^z - e^{-z}}{e^z + "
            "e^{-z}}$. Differentiate it with the quotient rule, simplify the result as we did for "
            "$\\sigma$, and write it as a function of $Z$. You may use `np.tanh`."
        ),
        solution=tanh_prime,
        parts=("slope",),
        cases=lambda: [(np.linspace(-3, 3, 7),), (np.array([[0.5, -0.2], [2.0, 0.1]]),)],
        reason="The quotient rule gives ((e^z + e^−z)² − (e^z − e^−z)²) / (e^z + e^−z)² = 1 − tanh² z.",
        hints=[
            "Let s = e^z − e^−z and c = e^z + e^−z. The derivative of s is c, and the derivative of c is s.",
            ("The quotient rule gives (c · c − s · s) / c². Divide both terms by c² and look for tanh in the result."),
        ],
        wrong=[
            Wrong(
                lambda Z: np.tanh(Z) * (1 - np.tanh(Z)),
                "Your result is a(1 − a) with a = tanh z. That is the form of the sigmoid's derivative.",
            ),
            Wrong(lambda Z: 1 - Z**2, "You squared z itself. Square tanh z instead."),
            Wrong(lambda Z: 1 - np.tanh(Z), "This is nearly right, but something in it must be squared."),
            Wrong(
                lambda Z: np.tanh(Z) ** 2 - 1,
                "The sign is wrong. tanh rises everywhere, so its slope is never negative.",
            ),
            Wrong(
                lambda Z: 1 - np.tanh(np.tanh(Z)) ** 2,
                "This is the slope at the output A = tanh z. Compute it at z instead.",
            ),
            Wrong(
                lambda Z: 1 + np.tan(Z) ** 2,
                "This is the slope of tan, but tanh is made up of exponentials. What does the quotient rule give "
                "for those?",
            ),
            Wrong(
                lambda Z: 1 / (1 + Z**2),
                "This is the slope of the arctangent, but tanh is the hyperbolic tangent. What does the quotient rule "
                "give for the exponentials in tanh?",
            ),
            Wrong(sigmoid_prime, "This is the slope of the sigmoid. The derivative of tanh is different."),
            Wrong(
                lambda Z: np.cosh(Z) / np.sinh(Z + 1e-300),
                "You differentiated the numerator and the denominator separately. What does the quotient rule say?",
            ),
            Wrong(
                lambda Z: 1 - np.tanh(Z**2),
                "You squared z before taking tanh. Which of the two operations should come first?",
            ),
            Wrong(
                lambda Z: 1 - np.tanh(Z) @ np.tanh(Z) if Z.ndim == 1 else 1 - np.tanh(Z) @ np.tanh(Z).T,
                "The operator @ computes the matrix product, but each entry must be squared separately. Which "
                "operator does that?",
                r"@|dot|matmul|inner",
            ),
            Wrong(
                lambda Z: (np.tanh(Z + 1e-5) - np.tanh(Z)) / 1e-5,
                (
                    "This is a numerical derivative, which is accurate to only a few digits. What does the "
                    "quotient rule give instead?"
                ),
            ),
            Wrong(
                lambda Z: 1 / np.cosh(Z),
                "This is nearly right, but something in it must be squared. What is the denominator in the "
                "quotient rule?",
            ),
            Wrong(lambda Z: np.tanh(Z), "This is tanh itself. The question asks for its slope."),
            Wrong(
                lambda Z: 1 - Z**2 / 2,
                (
                    "These are the first terms of a power series, but not of the series of this derivative. "
                    "What does the quotient rule give?"
                ),
            ),
            Wrong(
                lambda Z: np.divide(np.cosh(Z), np.sinh(Z), out=np.full(Z.shape, np.inf), where=Z != 0),
                "You differentiated the numerator and the denominator separately. What does the quotient rule say?",
            ),
        ],
    ),
    Exercise(
        name="02.safe",
        prompt=(
            "Write $\\log \\sigma(z)$ in a form that is accurate from $z = -1000$ to $z = 1000$. (This "
            "matters when a network is confident but wrong.) `np.logaddexp(a, b)` computes $\\log(e^a + e^b)$ "
            "without overflow."
        ),
        solution=log_sigmoid,
        parts=("log σ",),
        cases=_weighted_inputs,
        reason="We have log σ(z) = −log(1 + e⁻ᶻ) = −log(e⁰ + e⁻ᶻ), and np.logaddexp adds exponentials safely.",
        hints=[
            "First substitute the formula for σ into the logarithm, then use log(1/u) = −log u.",
            "The number 1 is e⁰, so u = 1 + e⁻ᶻ is a sum of two exponentials.",
        ],
        wrong=[
            Wrong(lambda Z: np.log(sigmoid(Z)), _INFINITE),
            Wrong(_overflowing_logarithm, _INFINITE),
            Wrong(sigmoid, "That is σ(z) itself. Which function of σ(z) does the exercise ask for?"),
            Wrong(
                lambda Z: np.logaddexp(0, -Z), "The sign is wrong. The logarithm of a probability is never positive."
            ),
            Wrong(lambda Z: -np.logaddexp(0, Z), "This is log(1 − σ(z)). Check the sign of the exponent in σ."),
            Wrong(
                lambda Z: np.log(sigmoid(Z) + 1e-12),
                (
                    "A small number added inside the logarithm sets a lower limit on the result. What should the "
                    "result be at −1000?"
                ),
                r"e-|0\.0|eps",
            ),
            Wrong(
                lambda Z: np.log(np.clip(sigmoid(Z), 1e-15, 1 - 1e-15)),
                "Clipping sets a lower limit on the result. What should the result be at −1000?",
                r"clip|minimum|maximum|where",
            ),
            Wrong(
                lambda Z: 1 / np.log(1 + np.exp(-Z)),
                "The logarithm of 1/u is −log u, not 1/log u. What does this give for u = 1 + e⁻ᶻ?",
            ),
            Wrong(
                lambda Z: np.mean(np.logaddexp(0, -Z)),
                "That is a cost, the mean of −log σ(z), and therefore a single number. The exercise asks for log σ(z) "
                "itself, for each entry. Should you take a mean, and what is the sign of log σ(z)?",
            ),
            Wrong(
                lambda Z: np.logaddexp(0, Z),
                "That is −log(1 − σ(z)). Check both signs: the one in the exponent of σ, and the one from log(1/u) = "
                "−log u.",
            ),
            Wrong(
                lambda Z: np.minimum(Z, 0),
                "Those are the two straight lines that log σ(z) approaches far from 0. What does the exact formula "
                "give near z = 0?",
            ),
        ],
    ),
    Exercise(
        name="02.gradients",
        prompt=(
            "**Find the bug.** With these gradients, logistic regression with cross-entropy learns slowly "
            "when the network is confident but wrong, and the gradient check fails. Fix the function. You "
            "may use `sigmoid`."
        ),
        solution=mended_gradients,
        broken=_gradients_with_a_bug,
        parts=("dW", "db"),
        cases=lambda: [_classification(), _classification(2, 4)],
        m=[7, 4],
        reason=(
            "With cross-entropy, the factor ∂A/∂Z cancels with a factor of ∂J/∂A. What is left is dZ = "
            "(A − Y)/m, without the slope of the sigmoid."
        ),
        hints=[
            "Which cost has the derivative ∂J/∂A = A − Y? It is not the cross-entropy.",
            (
                "A − Y is already ∂J/∂Z, because two factors have cancelled. Which factor does this code apply "
                "once too often?"
            ),
        ],
        wrong=[
            Wrong(_turned_sign, "You changed the sign. The error is prediction minus target, A − Y."),
            Wrong(_forgotten_mean, "The mean over the examples is missing. Divide by the number of examples once."),
            Wrong(_error_of_z, "The error compares the target with the output A = σ(Z), not with Z."),
            Wrong(_bug_in_the_bias_only, "Now dW is right but db is not. Compute both from the same dZ."),
            Wrong(
                _decided,
                (
                    "The error compares the target with the probability A, not with the decision 0 or 1. Why does "
                    "a decision have no slope?"
                ),
            ),
            Wrong(
                _other_cost,
                (
                    "You multiplied by the slope of tanh, which plays no part here. What is ∂J/∂Z for cross-entropy "
                    "after everything has cancelled?"
                ),
            ),
            Wrong(
                _slope_by_the_answer,
                "This is ∂J/∂A, which must still be passed back through the sigmoid. What is left of the two "
                "factors after that?",
            ),
        ],
    ),
    Exercise(
        name="02.alarm",
        prompt=(
            "**A cost of your own.** Suppose that missing a triangle (label 1) counts ten times as much as a false "
            "alarm, so the loss is $-[\\,10\\, y \\log a + (1 - y) \\log(1 - a)\\,]$. What is "
            "$\\partial J/\\partial z$ for one example with $y = 1$ and $a = 0.8$, and what is it for one with $y = 0$ "
            "and $a = 0.8$? Answer with a list of two numbers."
        ),
        right=[-2, 0.8],
        solution="a = 0.8\nanswer = [10 * (a - 1), a]",
        reason=(
            "For y = 1 the two factors are −10/a and a (1 − a), and their product is 10 (a − 1) = −2. For y = 0 "
            "nothing has changed, and a − y is 0.8."
        ),
        hints=[
            "Only one of the two terms is left for each label. Differentiate it with respect to a, as in the lesson.",
            "For y = 1, the two factors are −10/a and a (1 − a). What is left of their product?",
        ],
        wrong=[
            Wrong([-0.2, 0.8], "The factor 10 is missing. A missed triangle now costs ten times as much."),
            Wrong([-2, 8], "The factor 10 belongs to the term for the label 1 only."),
            Wrong([-0.2, 8], "You multiplied the wrong term by 10. Which of them is left for the label 1?"),
            Wrong([-12.5, 5], "This is ∂J/∂a. It must still be passed back through the sigmoid."),
            Wrong([-1.25, 5], "This is ∂J/∂a without the factor 10. It must still be passed back through the sigmoid."),
            Wrong([2, -0.8], "The signs are wrong. Raising z lowers the loss of a triangle, so its slope is negative."),
            Wrong([2, 0.8], "The first sign is wrong. Does raising z raise or lower the loss of a triangle?"),
            Wrong([-2, -0.8], "The second sign is wrong. Does raising z raise or lower the loss of a circle?"),
            Wrong([-2, 0.2], "The first number is right. For y = 0, what is left of a (1 − a) / (1 − a)?"),
            Wrong([-8, 0.2], "For y = 1 the a cancels, and 1 − a is left. For y = 0 it is the other way round."),
            Wrong([-2, -0.2], "You used the label 1 for both. What is left of the loss if y = 0?"),
            Wrong([0.8, -2], "The two numbers are right, but they are in the wrong order."),
        ],
    ),
    Exercise(
        name="02.q1",
        numbers=Numbers("02.q1", k=(4, 5, 8, 10, 16, 20, 25, 40)).also(other=lambda k: 1 / k),
        prompt=("An example has the label 0. How large may $a$ be if its loss is to be at most $\\log <k>$?"),
        right=0.75,
        solution="q1 = 1 - 1 / <k>",
        reason=(
            "The loss −log(1 − a) is at most log <k> as long as 1 − a is at least 1/<k> = <other>, and so a must be at "
            "most <right>."
        ),
        wrong=[
            Wrong(
                lambda k: 1 / k, "This is the probability that must be left for the label 0. How large may a be then?"
            ),
            Wrong(lambda k: np.log(k), "This is the loss itself. Which probability of the label 0 has this loss?"),
            Wrong(lambda k: 1 - np.log(k), "Take the exponential of minus the loss before you subtract it from 1."),
            Wrong(lambda k: k, "A probability is never above 1. How large must 1 − a be at least?"),
        ],
    ),
    Exercise(
        name="02.q2",
        numbers=Numbers("02.q2", p=(0.8, 0.9, 0.6), q=(0.3, 0.2, 0.1)).also(
            other=lambda q: f"{1 - q:g}", loss=lambda p, q: -np.log(p * (1 - q))
        ),
        prompt=(
            "For two examples, the network assigns the probabilities <p> and <q> to the label 1. The true "
            "labels are 1 and 0. What is the likelihood, that is, the probability of both labels together?"
        ),
        right=0.56,
        solution="q2 = <p> * (1 - <q>)",
        reason=(
            "The network assigns <p> and 1 − <q> = <other> to the true labels, and the probabilities of "
            "independent examples multiply."
        ),
        wrong=[
            Wrong(lambda p, q: p * q, "The second label is 0. What probability did the network assign to that label?"),
            Wrong(
                lambda p, q: (1 - p) * q,
                "You used the probabilities of the wrong labels. What probabilities did the network assign to "
                "the true labels?",
            ),
            Wrong(
                lambda p, q: p + 1 - q,
                "A probability is never above 1. How do the probabilities of independent examples combine?",
            ),
            Wrong(
                lambda p, q: (p + 1 - q) / 2,
                "This is the mean. How do the probabilities of independent examples combine?",
            ),
            Wrong(
                lambda loss: round(loss, 2),
                "This is minus the logarithm of the likelihood. The question asks for the likelihood itself.",
            ),
            Wrong(
                lambda loss: round(loss / 2, 2),
                "This is the cost, the mean loss over the two examples. The question asks for the likelihood itself.",
            ),
        ],
    ),
    Exercise(
        name="02.q3",
        prompt=(
            "In Figure 6, the threshold rises from 0.5 to 0.9. What happens to the number of triangles "
            '(label 1) that are missed? "a" fewer are missed; "b" more are missed; "c" nothing changes.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="The classifier predicts 1 less often, so there are fewer false alarms but more misses.",
        wrong=[
            Wrong("a", "The classifier must now be more certain before it predicts 1, so it does so less often."),
            Wrong("c", "The probabilities stay the same, but the decisions change."),
        ],
    ),
]
