"""Exercises for lesson 02, on the slopes of activation functions, the cross-entropy cost and numerical safety."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def tanh_prime(Z):
    return 1 - np.tanh(Z) ** 2


def log_sigmoid(Z):
    return -np.logaddexp(0, -Z)


# Both forms give the same values, including -inf at -1000, where one form takes the logarithm of 0 and e¹⁰⁰⁰ overflows
# in the other.
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
        name="02.slope",
        prompt="What is the slope of the sigmoid at $z = 0$?",
        right=0.25,
        solution="s = 1 / 2\nanswer = s * (1 - s)",
        reason="Since σ(0) = ½, the slope is σ′(0) = ½ · (1 − ½) = ¼. This is as steep as σ ever gets.",
        hints=["First compute σ(0).", "Then substitute it into the formula for σ′, which needs only σ(0)."],
        wrong=[
            Wrong(0.5, "This is σ(0). The slope is σ(0) (1 − σ(0))."),
            Wrong(0, "The sigmoid is steepest at 0. Far from 0, it is flat."),
            Wrong(1, "1 is the slope of the identity function. The sigmoid is less steep everywhere."),
            Wrong(-0.25, "The sigmoid rises everywhere, so its slope is positive."),
            Wrong(0.3, "This is rounded too coarsely. You can get the exact value from σ(0) (1 − σ(0))."),
            Wrong(
                0.235,
                "This is σ′(½), but the question asks for the slope at z = 0. The argument of σ′ is z, not the "
                "activation a. What is σ(0)?",
            ),
            Wrong(2 / 9, "This would be the slope if σ(0) were 1/3 or 2/3. What is e⁰, and what is σ(0) then?"),
            Wrong(
                0.2311, "This is the mean slope between z = 0 and z = 1. The question asks for the slope at 0 itself."
            ),
            Wrong(0.125, "This is half the right value. The formula contains σ(0) once and 1 − σ(0) once."),
            Wrong(
                4,
                "This is the reciprocal of the right value. How steep can σ be if it rises by 1 over a width "
                "of about 10?",
            ),
            Wrong(
                0.75,
                "This is 1 − ¼, which you get if you use the slope of tanh, 1 − a², with a = σ(0). What is "
                "the formula for σ′?",
                r"tanh",
            ),
            Wrong(45, "That is an angle in degrees. The slope is the rise divided by the run."),
            Wrong(14.04, "That is the angle of the tangent in degrees. The slope is the rise divided by the run."),
            Wrong(
                float(np.log(2)),
                "That is −log ½, the cost if the network is undecided. The question asks for the slope of σ.",
            ),
        ],
    ),
    Exercise(
        name="02.cost",
        prompt=(
            "An example has the label $y = 1$, and the network computes the weighted input $z = 0$. What "
            "is the cost of this example? Give at least three digits, or an expression with `np.log`, the "
            "natural logarithm."
        ),
        right=float(np.log(2)),
        solution="a = 1 / 2\nanswer = -np.log(a)",
        reason="Here a = ½, so the cost is −log ½ = log 2 ≈ 0.693. This is what guessing costs.",
        hints=[
            ("First compute the network's output a at z = 0. Which of the two terms of the cost is left for y = 1?"),
            "The other term has the factor 1 − y, which is 0. What is left is −log a.",
        ],
        wrong=[
            Wrong(
                float(np.log1p(np.exp(-1))),
                "This is the cost at z = 1. In the question, z is 0 and the label is 1. What is the output a?",
            ),
            Wrong(-float(np.log(2)), "A cost is never negative. Check the minus sign in front of the sum."),
            Wrong(1.0, "This is the base-2 logarithm. The cost uses the natural logarithm, np.log."),
            Wrong(0.5, "This is the probability a. The cost is −log a."),
            Wrong(float(np.log10(2)), "This is the base-10 logarithm. The cost uses the natural logarithm, np.log."),
            Wrong(
                0,
                "The cost would be 0 only if the network were certain of the right answer. Here it is "
                "undecided, with a = ½.",
            ),
            Wrong(0.125, "This is the squared error ½ (a − y)². Here the cost is the cross-entropy."),
            Wrong(0.25, "This is the squared error (a − y)², or the slope of σ. Here the cost is the cross-entropy."),
            Wrong(-0.5, "This is a − y, the derivative of the cost. The question asks for the cost itself."),
            Wrong(0.3466, "The cross-entropy contains no factor of ½. Where does yours come from?"),
            Wrong(float(np.log(3)), "This is the cost for an output of 1/3. What is e⁰, and what is σ(0) then?"),
            Wrong(float(np.log(1.5)), "This is the cost for an output of 2/3. What is e⁰, and what is σ(0) then?"),
            Wrong(1.386, "You counted both terms, but for y = 1 one of them is 0. Which one?"),
            Wrong(float(np.exp(0.5)), "This is an exponential. The cost contains a logarithm."),
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
        name="02.q1",
        numbers=Numbers("02.q1", a=(0.99, 0.9, 0.95, 0.96, 0.97, 0.98, 0.999)).also(
            other=lambda a: round(1 - a, 3), loss=lambda a: f"{-np.log(1 - a):.2f}"
        ),
        prompt=(
            "A network is almost certain that the label is 1, with $a = <a>$, but the label is 0. What is "
            "the loss, to two decimal places?"
        ),
        right=4.605,
        solution="q1 = -np.log(1 - <a>)",
        reason="The loss is −log(1 − <a>) = −log <other> ≈ <loss>. Being confident but wrong is expensive.",
        wrong=[
            Wrong(lambda a: -np.log(a), "This would be the loss if the label were 1."),
            Wrong(lambda a: np.log(1 - a), "A loss is never negative."),
            Wrong(lambda a: a, "This is the output a. The loss is minus the logarithm of a probability."),
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
            "You raise the threshold from 0.5 to 0.9. What happens to the number of triangles (label 1) "
            'that are missed? "a" fewer are missed; "b" more are missed; "c" nothing changes.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="The classifier predicts 1 less often, so there are fewer false alarms but more misses.",
        wrong=[
            Wrong("a", "The classifier must now be more certain before it predicts 1, so it does so less often."),
            Wrong("c", "The probabilities stay the same, but the decisions change."),
        ],
    ),
    Exercise(
        name="02.q4",
        prompt=(
            'Why don\'t we use the squared error when the output is a probability? "a" it can be negative; '
            '"b" its slope nearly vanishes where the network is confident but wrong; "c" it has no '
            "derivative."
        ),
        right="b",
        solution='q4 = "b"',
        reason=(
            "The slope of the squared error contains σ′(z), which is almost 0 there. So the network learns "
            "most slowly from its worst mistakes."
        ),
        wrong=[
            Wrong("a", "A square is never negative."),
            Wrong("c", "It does have a derivative, (a − y) σ′(z). Consider its size."),
        ],
    ),
]
