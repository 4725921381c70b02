"""Exercises for lesson 07, with their solutions, hints and feedback on wrong answers.

The learner finds out how the sizes of values and gradients change from layer to layer, and implements He's
initialisation, which keeps them stable.
"""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def start(N):
    n_in = N.shape[1]  # one row for each unit, one column for each input
    return N * np.sqrt(2 / n_in)


def _normal_numbers():
    rng = np.random.default_rng(12)
    return [(rng.standard_normal((3, 8)),), (rng.standard_normal((5, 2)),)]


def gradient_sizes(dW):
    return {l: np.sqrt(np.mean(dW[l] ** 2)) for l in dW}


def _three_gradients():
    rng = np.random.default_rng(13)
    three, four = ((4, 6), (3, 4), (1, 3)), ((5, 2), (4, 5), (6, 4), (2, 6))
    cases = ((three, 1), (four, 2))  # the keys need not start at 1
    return [({l: 10.0**-l * rng.standard_normal(n) for l, n in enumerate(sizes, k)},) for sizes, k in cases]


def saturated(Z):
    return np.mean(sigmoid_prime(Z) < 0.05)


def _weighted_inputs():
    # The slope of the sigmoid is 0.05 at ±2.887.
    near = np.array([[-2.92, -2.86, -1.0, -2.91], [-2.9, 2.92, 2.95, 1.2], [0.01, -4.0, 3.2, 0.02]])
    dense = np.linspace(-8, 6, 112).reshape(8, 14)  # distinguishes limits that differ by more than 0.13
    return [(np.array([[-6.0, -3.2, -1.0, 0.03, 0.2], [0.5, 2.0, 3.5, 4.6, 7.0]]),), (near,), (dense,)]


def _beyond(limit):
    return lambda Z: np.mean(np.abs(Z) > limit)


EXERCISES = [
    Exercise(
        name="07.spread",
        prompt=(
            "A unit has 400 inputs of size 1, which means that their root mean square is 1. Its weights are drawn "
            "independently, with mean 0 and standard deviation 0.1, and its bias is 0. What is the size of $z$ over "
            "many draws of the weights? (The mean of $z$ is 0, so the size of $z$ is also its standard deviation.)"
        ),
        right=2,
        solution="variance = 400 * 0.1**2 * 1\nanswer = np.sqrt(variance)",
        reason="The mean square of z is n · Var w · 1² = 400 · 0.01 = 4, and the square root of 4 is 2.",
        hints=[
            (
                "z is a sum of 400 products w a. The variance of a sum "
                "of independent terms is the sum of their variances."
            ),
            "For a fixed input a, Var(w a) = Var w · a², and the mean of a² is 1. Var w is the square of 0.1.",
        ],
        wrong=[
            Wrong(
                float(np.sqrt(2 / 400)),
                "That is the standard deviation of the weights under He's rule, but here it is 0.1.",
            ),
            Wrong(4, "That is the mean square. The size is its square root."),
            Wrong(40, "The variance of the weights is 0.1², not 0.1. Also, add variances, not standard deviations."),
            Wrong(0.1, "That is the standard deviation of a single weight, but z is a sum of 400 terms."),
            Wrong(
                20,
                (
                    "20 is the square root of 400, but every term also "
                    "contains a weight with a standard deviation of 0.1."
                ),
            ),
            Wrong(float(np.sqrt(40)), "The variance of the weights is 0.1², not 0.1."),
            Wrong(
                float(1 / np.sqrt(400)),
                (
                    "That is the standard deviation that the weights would have "
                    "under LeCun's rule, but here their standard deviation is 0.1."
                ),
            ),
            Wrong(
                1,
                (
                    "That would be right if the weights were scaled to preserve sizes, but here "
                    "they have a standard deviation of 0.1. What size does that give z?"
                ),
            ),
            Wrong(0.2, "The square root has to cover the whole product, including the square of 0.1."),
            Wrong(
                float(np.sqrt(400 * 1.01)),
                (
                    "You added the mean squares of a weight and an input, but each term of z is a "
                    "product of the two, so its mean square is the product of their mean squares."
                ),
            ),
            Wrong(
                0.5,
                (
                    "z is computed before the activation function is "
                    "applied, so the slope of that function plays no part."
                ),
            ),
            Wrong(401, "Every term contains a weight, and the weights have a standard deviation of 0.1."),
            Wrong(400, "That is the number of inputs. Each term has variance 0.1² · 1."),
            Wrong(float(np.sqrt(4.01)), "The bias is 0, so it adds no variance."),
            Wrong(0.01, "That is the variance of a single weight, but z is a sum of 400 terms."),
            Wrong(float(np.sqrt(2)), "There is no ReLU in this exercise, so nothing is halved."),
            Wrong(0.005, "That is the standard deviation of the mean of the 400 terms, but z is their sum."),
            Wrong(0, "That is the mean of z. The size of z over many draws is its standard deviation."),
        ],
    ),
    Exercise(
        name="07.back",
        prompt=(
            "A layer of 100 units has 400 inputs, which come from 400 sigmoid units. Its weights have LeCun's "
            "scale, and all slopes are about ¼. By what factor does the size of the error change on its way from "
            "$dZ^{[l]}$ to $dZ^{[l-1]}$?"
        ),
        right=0.125,
        solution="weights = np.sqrt(100) / np.sqrt(400)  # s √n[l], with s = 1/√n[l−1]\nanswer = weights * 0.25",
        reason=(
            "Each entry of Wᵀ dZ is a sum over the 100 units of the layer. With s = 1/√400, the weights "
            "multiply the size by √100/√400 = ½, and the slopes multiply it by ¼."
        ),
        hints=[
            "On the way back the weights are transposed. Over how many units does the sum in one entry of Wᵀ dZ run?",
            "Summing n independent terms multiplies the size by s √n. Here s is 1/√400, and n is not 400.",
            "After the multiplication by the weights, the error is multiplied by the slopes σ′(Z) of the 400 units.",
        ],
        wrong=[
            Wrong(
                0.5,
                "You either left out the slopes or turned the root upside down. The sum in one entry of Wᵀ dZ has "
                "100 terms, and s is 1/√400.",
            ),
            Wrong(
                0.25,
                "That would be right on the way forward, where z is a sum of 400 terms. How many terms does the sum "
                "have on the way back?",
            ),
            Wrong(
                0.0625,
                "The variance of a sum grows with the number of its terms, and the size with the square root of that "
                "number. A root is missing.",
            ),
            Wrong(8, "The error becomes smaller. You divided the old size by the new one."),
            Wrong(2, "Your fraction is upside down, and the slopes are missing. What does σ′ do to the error?"),
            Wrong(1, "Here, LeCun's scale preserves sizes only on the way forward. And what do the slopes do?"),
            Wrong(
                0.05 / 4,
                "That is the standard deviation of one weight, 1/√400, times the slope. The error of a unit in layer "
                "l − 1 is a sum over 100 such weights.",
            ),
            Wrong(0.05, "That is the standard deviation of one weight. How many terms does the sum have?"),
            Wrong(2.5, "LeCun's scale is missing. The weights have a standard deviation of 1/√400."),
            Wrong(10, "That is √100. What is the standard deviation of the weights, and what do the slopes do?"),
            Wrong(
                1.25,
                "You multiplied s by the number of terms. The sizes of independent terms do not add up, because the "
                "terms partly cancel. What grows in proportion to the number of terms?",
            ),
            Wrong(
                float(np.sqrt(2 / 400) * 10 / 4),
                "That is the factor with He's scale. With LeCun's, there is no factor of 2 under the root.",
            ),
            Wrong(
                float(np.sqrt(2 / 500) * 10 / 4),
                "That is the factor with Glorot's scale. LeCun's uses only the number of inputs, 400.",
            ),
            Wrong(0.03125, "You counted the slope twice. The error is multiplied by each slope only once."),
            Wrong(
                0.015625,
                "You squared the factor. That would be right for the mean square, but the question is about the size.",
            ),
            Wrong(0, "The error does not vanish in a single layer. (If you used //, the result was rounded to 0.)"),
        ],
    ),
    Exercise(
        name="07.start",
        prompt=(
            "**Write this initialisation.** `N` holds random numbers drawn from N(0, "
            "1), with one row for each unit of the layer and one column for each of "
            "its inputs. Scale `N` to get He's initialisation for ReLU units."
        ),
        solution=start,
        parts=("W",),
        cases=_normal_numbers,
        reason=(
            "ReLU discards half of the mean square, and a variance of 2/n_in makes up for "
            "that. To get this variance, the numbers in N are multiplied by its square root."
        ),
        hints=[
            "The variance should be 2 divided by the number of inputs. Which axis of N corresponds to the inputs?",
            (
                "Multiplying N by a factor multiplies its standard deviation "
                "by the same factor, so take the square root of the variance."
            ),
        ],
        wrong=[
            Wrong(
                lambda N: N * 2 / N.shape[1],
                "You multiplied N by the variance. Multiply it by the square root of the variance instead.",
            ),
            Wrong(lambda N: N * np.sqrt(1 / N.shape[1]), "That is LeCun's rule. ReLU needs twice the variance."),
            Wrong(
                lambda N: N * np.sqrt(2 / N.shape[0]),
                "You divided by the number of units. The sum for z runs over the inputs, which are the columns of N.",
            ),
            Wrong(
                lambda N: N * np.sqrt(2 / sum(N.shape)),
                "That is Glorot's rule, a compromise between the forward and the backward pass.",
            ),
            Wrong(
                lambda N: N * 0.01,
                "A fixed scale ignores how many inputs each unit has, but the variance must depend on that number.",
            ),
            Wrong(
                lambda N: N * 0.05,
                (
                    "That is the standard deviation from the previous exercise, where the layer "
                    "had 400 inputs. Here you have to get the number of inputs from N."
                ),
            ),
            Wrong(
                lambda N: N * 4 / np.sqrt(N.shape[1]),
                (
                    "That is the scale for sigmoid units, but ReLU needs a "
                    "different one. What does ReLU do to the mean square?"
                ),
            ),
            Wrong(
                lambda N: N * np.sqrt(2) / N.shape[1],
                "The square root has to cover the whole fraction, including the number of inputs.",
            ),
            Wrong(
                lambda N: N * np.sqrt(6 / N.shape[1]),
                (
                    "That is the bound of a uniform distribution, but the numbers in N "
                    "are normally distributed. What standard deviation should they have?"
                ),
            ),
            Wrong(
                lambda N: N * np.sqrt(2 / N.size),
                (
                    "You divided by the total number of weights, but the sum for z runs "
                    "over the inputs of a single unit. How many inputs does a unit have?"
                ),
            ),
            Wrong(
                lambda N: N * np.sqrt(N.shape[1] / 2),
                "Your fraction is upside down. The more inputs there are, the smaller each weight must be.",
            ),
            Wrong(
                lambda N: np.sqrt(2 / N.shape[1]),
                "That is only the scaling factor. You still have to multiply N by it.",
            ),
            Wrong(
                lambda N: np.random.default_rng(0).standard_normal(N.shape) * np.sqrt(2 / N.shape[1]),
                "You drew new random numbers. Scale the numbers in N instead.",
            ),
            Wrong(
                lambda N: np.full(N.shape, np.sqrt(2 / N.shape[1])),
                "You made all the weights equal, but the units have to differ. Scale the numbers in N instead.",
            ),
        ],
    ),
    Exercise(
        name="07.slopes",
        numbers=Numbers("07.slopes", L=(10, 5, 6, 7, 8, 9, 12)).also(
            ten=lambda L: "ten" if L == 10 else str(L),
            last=lambda L: L + 1,
            fewer=lambda L: L - 1,
            more=lambda L: L + 2,
        ),
        prompt=(
            "A sigmoid network has <L> hidden layers. How many times smaller, at the very "
            "least, does the error become on its way from $dZ^{[<last>]}$ to "
            "$dZ^{[1]}$ if you count only the slopes of the activation functions?"
        ),
        right=4**10,
        solution="answer = 4**<L>",
        reason="In each of the <L> hidden layers, the error is multiplied by σ′(Z), which is at most ¼.",
        hints=[
            "What is the largest value of σ′, and where does σ′ reach it?",
            "Each of the <ten> hidden layers contributes a factor that is at most that large. Multiply these factors.",
        ],
        wrong=[
            Wrong(
                lambda L: 0.25**L,
                "That is the fraction of the error that is left. By what factor does the error shrink?",
            ),
            Wrong(
                lambda L: 16**L,
                "You counted the slope of each layer twice, but the error is multiplied by each slope only once.",
            ),
            Wrong(lambda L: 4 * L, "You added the factors for the layers, but they have to be multiplied."),
            Wrong(
                lambda L: 4 ** (L + 1),
                (
                    "You counted <last> layers, but the slope of the output layer cancels "
                    "out in the derivative of the cross-entropy, as in lesson 02."
                ),
            ),
            Wrong(
                lambda L: 4 ** (L - 1),
                (
                    "You counted only <fewer> layers. On its way from dZ[<last>] to dZ[1], "
                    "the error passes through <L> hidden activation functions."
                ),
            ),
            Wrong(lambda L: 2**L, "The slope of σ at 0 is ¼, not ½.", r"^(?![\s\S]*(\b4\b|\.25\b))"),
            Wrong(lambda: 4, "That is the factor for a single layer, but there are <ten> hidden layers."),
            Wrong(
                lambda L: L / 4,
                (
                    "You added the slopes, but the factors for the layers "
                    "have to be multiplied, and each of them is at most ¼."
                ),
            ),
            Wrong(
                lambda L: L**4,
                (
                    "You swapped the base and the exponent. Which number comes from "
                    "the slope of a layer, and which one is the number of layers?"
                ),
            ),
            Wrong(lambda: 64, "That is the answer for 3 hidden layers, but this network has <L>."),
            Wrong(lambda L: L, "That is the number of layers. By what factor does each of them shrink the error?"),
            Wrong(lambda: 1, "1 is the largest slope of tanh. What is the largest slope of σ?"),
            Wrong(lambda L: np.exp(L), "The factor for each layer is not e but 1 divided by the largest slope."),
            Wrong(lambda L: L * np.log(4), "That is the logarithm of the factor."),
            Wrong(
                lambda L: 20.0**L,
                "A slope of 0.05 means that the unit is saturated. The error shrinks least where the slope is largest.",
            ),
            Wrong(
                lambda L: 4 ** (L + 2),
                (
                    "You counted <more> layers. On its way from dZ[<last>] to dZ[1], "
                    "the error passes through <L> hidden activation functions."
                ),
            ),
            Wrong(
                lambda: 0.25,
                "That is the slope of a single layer. By what factor does the error shrink over <ten> layers?",
            ),
            Wrong(
                32,
                "32 would be right if every layer shrank the error by a factor of √2. What is the largest slope of the "
                "sigmoid, and by what factor does it shrink the error?",
            ),
        ],
    ),
    Exercise(
        name="07.sizes",
        prompt=(
            "**Measure it.** Write a function that measures the size of the gradient "
            "in each layer. For every key of the dictionary `dW`, compute the root "
            "mean square of the entries. Return a dictionary with the same keys."
        ),
        solution=gradient_sizes,
        parts=("size",),
        cases=_three_gradients,
        reason=(
            "Taking the mean makes layers of different sizes comparable, "
            "and taking the square root restores the original scale."
        ),
        hints=[
            "For each array, square the entries, take their mean, and then take the square root.",
            "You can build the dictionary with {l: … for l in dW}.",
        ],
        wrong=[
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) for l in dW},
                (
                    "That is the norm of the array, which grows with the number "
                    "of entries. Use the mean of the squares instead of their sum."
                ),
            ),
            Wrong(lambda dW: {l: np.mean(dW[l] ** 2) for l in dW}, "The square root is missing."),
            Wrong(
                lambda dW: {l: np.mean(dW[l]) for l in dW},
                "Positive and negative entries cancel out in a mean, so square them first.",
            ),
            Wrong(
                lambda dW: {l: np.mean(np.abs(dW[l])) for l in dW},
                "That is the mean absolute value, but the exercise asks for the root mean square.",
            ),
            Wrong(
                lambda dW: {l: np.std(dW[l]) for l in dW},
                (
                    "For the standard deviation, the mean of the entries is subtracted first. "
                    "Take the mean of the squares without subtracting anything."
                ),
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / dW[l].size for l in dW},
                "The division belongs under the square root, because you need the mean of the squares.",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / len(dW[l]) for l in dW},
                (
                    "len returns only the number of rows. How many entries are "
                    "there, and does the division belong under the square root?"
                ),
                r"\blen\b",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / np.sqrt(len(dW[l])) for l in dW},
                "len returns only the number of rows. How many entries are there?",
                r"\blen\b",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.abs(np.mean(dW[l]))) for l in dW},
                "You forgot to square the entries. Square first, then take the mean, and then the square root.",
            ),
            Wrong(
                lambda dW: {l: np.abs(np.mean(dW[l])) for l in dW},
                "Positive and negative entries cancel out in a mean. What do you have to do to each entry first?",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l], 2) / np.sqrt(dW[l].size) for l in dW},
                (
                    "With 2 as its second argument, norm returns the largest factor by which a "
                    "matrix can stretch a vector. Which call treats all entries as one long vector?"
                ),
                r"norm",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l], 2) for l in dW},
                (
                    "With 2 as its second argument, norm returns the largest factor by which "
                    "a matrix can stretch a vector. Take the mean of the squares instead."
                ),
                r"norm",
            ),
            Wrong(
                lambda dW: {l: np.mean(np.sqrt(np.abs(dW[l]))) ** 2 for l in dW},
                "You have the square, the mean and the square root in the wrong order. Which of them comes first?",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.sum(dW[l]) ** 2 / dW[l].size) for l in dW},
                "You squared the sum. Square the entries before you add them up.",
            ),
            Wrong(
                lambda dW: {l: np.max(np.abs(dW[l])) for l in dW},
                "That is the largest absolute value, but the exercise asks for the root mean square.",
            ),
            Wrong(
                lambda dW: {l: np.median(np.abs(dW[l])) for l in dW},
                "That is the median absolute value, but the exercise asks for the root mean square.",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(dW[l] ** 2) for l in dW},
                "The mean is missing. The result should have a single number for each layer.",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.mean(dW[l] ** 2, axis=0)) for l in dW},
                "The result should have a single number for each layer. Over which entries should you take the mean?",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.mean(dW[l] ** 2, axis=1)) for l in dW},
                "The result should have a single number for each layer. Over which entries should you take the mean?",
            ),
            Wrong(
                lambda dW: [np.sqrt(np.mean(dW[l] ** 2)) for l in dW],
                "`size` is a list, but it should be a dictionary whose keys are the layers.",
            ),
        ],
    ),
    Exercise(
        name="07.saturated",
        prompt=(
            "Write a function that returns the fraction of saturated units, that is, "
            "the fraction of the entries of `Z` at which the slope $\\sigma'(z)$ is "
            "below 0.05. Return a number between 0 and 1. You can use `sigmoid_prime`."
        ),
        solution=saturated,
        parts=("share",),
        cases=_weighted_inputs,
        reason=(
            "The output of a saturated unit hardly changes with z, because the "
            "slope of σ is less than a fifth of its largest value, ¼."
        ),
        hints=[
            "`sigmoid_prime(Z) < 0.05` is an array of True and False values.",
            "The mean of such an array is the fraction of its entries that are True.",
        ],
        wrong=[
            Wrong(lambda Z: np.mean(sigmoid_prime(Z) > 0.05), "That is the fraction of units that are not saturated."),
            Wrong(
                lambda Z: np.sum(sigmoid_prime(Z) < 0.05),
                "That is the number of saturated units, but the exercise asks for a fraction.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid(Z) < 0.05),
                "You compared the output σ(z) with 0.05, which misses the units whose output is near 1.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(sigmoid(Z)) < 0.05),
                (
                    "Your function never finds a saturated unit. Perhaps you evaluated the slope at the output, "
                    "or took the mean before the comparison. What should you compare with 0.05 for each entry z?"
                ),
            ),
            Wrong(
                lambda Z: np.sum(sigmoid_prime(Z) < 0.05) / len(Z),
                "len returns only the number of rows. How many entries does Z have?",
                r"\blen\b",
            ),
            Wrong(
                lambda Z: np.sum(sigmoid_prime(Z) < 0.05) / Z.shape[1],
                "You divided only by the number of columns. How many entries does Z have?",
            ),
            Wrong(
                lambda Z: np.mean((sigmoid_prime(Z) < 0.05).any(axis=1)),
                "You counted the rows that contain a saturated unit. Count the individual entries of Z instead.",
                r"\bany\b",
            ),
            Wrong(lambda Z: np.mean(Z < 0.05), "You compared Z itself with 0.05. Compare the slope σ′(z) instead."),
            Wrong(
                lambda Z: np.mean(np.abs(Z) < 0.05),
                "You compared Z itself with 0.05. Compare the slope σ′(z) instead.",
            ),
            Wrong(
                lambda Z: np.any(sigmoid_prime(Z) < 0.05),
                "That says whether any unit is saturated. What fraction of the units are saturated?",
                r"\b(any|all|max|min)\b|\bin\b",
            ),
            Wrong(
                lambda Z: np.mean((sigmoid(Z) < 0.05) | (sigmoid(Z) > 0.95)),
                (
                    "You compared the output with 0.05 and 0.95. Where σ(z) is 0.05, however, "
                    "the slope is already a little below 0.05, so compare the slope itself."
                ),
            ),
            Wrong(
                lambda Z: np.mean(sigmoid(Z) > 0.95),
                (
                    "You looked at the output, which misses the saturated "
                    "units whose output is near 0. Compare the slope instead."
                ),
            ),
            Wrong(
                lambda Z: np.mean(np.abs(Z) > 5),
                "The slope falls below 0.05 well before |z| reaches 5. Which function returns the slope?",
                r"\b5\b",
            ),
            Wrong(
                lambda Z: np.mean(np.abs(Z) > 3),
                "The slope falls below 0.05 a little before |z| reaches 3. Which function returns the slope?",
                r"\b3\b",
            ),
            *(
                Wrong(
                    _beyond(limit),
                    "The slope is not 0.05 at the limit that you use for |z|. Which function returns the slope itself?",
                    r"abs\(Z\)",
                )
                for limit in (1, 1.5, 2, 2.5, 3.5, 4, 4.5, 6)
            ),
            Wrong(lambda Z: np.mean(Z > 2.887), "Units with a large negative z are saturated too."),
            Wrong(lambda Z: np.mean(Z < -2.887), "Units with a large positive z are saturated too."),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z)),
                "That is the mean of the slopes. Count how many of the slopes are below 0.05.",
            ),
            Wrong(
                lambda Z: sigmoid_prime(Z) < 0.05,
                "That is an array of True and False values. What fraction of its entries are True?",
            ),
            Wrong(
                lambda Z: 100 * np.mean(sigmoid_prime(Z) < 0.05),
                "That is a percentage, but the exercise asks for a number between 0 and 1.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.05, axis=0),
                "You computed a fraction for each column, but the exercise asks for a single number.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.05, axis=1),
                "You computed a fraction for each row, but the exercise asks for a single number.",
            ),
            Wrong(
                lambda Z: np.mean(1 - np.tanh(Z) ** 2 < 0.05),
                (
                    "That is the slope of tanh, but these are sigmoid units. "
                    "Which function gives you the slope of the sigmoid?"
                ),
            ),
            Wrong(
                lambda Z: np.mean(Z < 0),
                "That is the fraction of entries that are negative. What is the slope of σ there?",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.0125),
                (
                    "You compared the slope with a quarter of 0.05. Which number should be "
                    "below 0.05: the slope itself, or the slope divided by its largest value, ¼?"
                ),
            ),
        ],
    ),
    Exercise(
        name="07.q1",
        prompt=(
            "All weights and biases of a network with 5 hidden units start at 0. After "
            "1000 steps of training, how many different rows does $W^{[1]}$ have?"
        ),
        right=1,
        solution="q1 = 1",
        reason="Units that start out equal get equal gradients, so they stay equal forever.",
        wrong=[
            Wrong(5, "If two units start out equal and get the same gradient, what would ever make them differ?"),
            Wrong(0, "The matrix does have rows. The question is how many of them are different."),
            Wrong(2, "What would ever make any two of the units differ?"),
        ],
    ),
    Exercise(
        name="07.q2",
        prompt=(
            "Weights are drawn with standard deviation $1/\\sqrt{n^{[l-1]}}$. By "
            "what factor do they change the size of a signal on its way from $a$ to $z$?"
        ),
        right=1,
        solution="q2 = 1",
        reason="s √n = √n / √n = 1, which is the whole point of this scale.",
        wrong=[
            Wrong(
                0.25,
                "That is the largest slope of the sigmoid, but z comes before the activation function.",
            ),
            Wrong(2, "That is the factor in He's rule, which is meant for ReLU."),
            Wrong(0.5, "That is the factor by which ReLU changes the mean square."),
        ],
    ),
    Exercise(
        name="07.q3",
        prompt=(
            'What does Glorot\'s initialisation balance? "a" the sizes of '
            "the values in the forward pass and of the errors in the backward "
            'pass; "b" the weights and the biases; "c" training and testing.'
        ),
        right="a",
        solution='q3 = "a"',
        reason=(
            "The forward pass calls for a variance of 1/n_in and the backward "
            "pass for 1/n_out. Using the mean of n_in and n_out is a compromise."
        ),
        wrong=[
            Wrong("b", "The biases start at 0, so the scale matters only for the weights."),
            Wrong("c", "The initial weights are drawn before the network has seen any data."),
        ],
    ),
    Exercise(
        name="07.q4",
        prompt=(
            "A deep network of sigmoid units hardly learns at first, and the gradients of its first layer "
            'are far smaller than those of its last layer. Which of these does not help? "a" ReLU with '
            'He\'s initialisation; "b" more pictures in each step; "c" a larger learning rate in the layers with '
            "smaller gradients."
        ),
        right="b",
        solution='q4 = "b"',
        reason="The gradient is a mean over the pictures, so using more pictures makes it less noisy, but no larger.",
        wrong=[
            Wrong(
                "a",
                (
                    "That does help. ReLU has a slope of 1 wherever it is "
                    "switched on, and He's initialisation makes up for the units that are switched off."
                ),
            ),
            Wrong("c", "That does help, because even a small gradient then leads to a reasonably large step."),
        ],
    ),
]
