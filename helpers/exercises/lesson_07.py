"""Exercises of lesson 07: how sizes travel through depth, forward and backward, and what sets them right."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong


def start(N):
    n_in = N.shape[1]  # a row for each unit, a column for each input
    return N * np.sqrt(2 / n_in)


def _normal_numbers():
    rng = np.random.default_rng(12)
    return [(rng.standard_normal((3, 8)),), (rng.standard_normal((5, 2)),)]


def gradient_sizes(dW):
    return {l: np.sqrt(np.mean(dW[l] ** 2)) for l in dW}


def _three_gradients():
    rng = np.random.default_rng(13)
    three, four = ((4, 6), (3, 4), (1, 3)), ((5, 2), (4, 5), (6, 4), (2, 6))
    return [({l: 10.0**-l * rng.standard_normal(n) for l, n in enumerate(sizes, 1)},) for sizes in (three, four)]


def saturated(Z):
    return np.mean(sigmoid_prime(Z) < 0.05)


def _weighted_inputs():
    near = np.array([[-2.92, -2.86, -1.0, 2.8], [2.86, 2.92, 2.95, 1.2], [0.01, -4.0, 3.2, 0.02]])  # ±2.887: slope 0.05
    return [(np.array([[-6.0, -3.2, -1.0, 0.03, 0.2], [0.5, 2.0, 3.5, 4.6, 7.0]]),), (near,)]


EXERCISES = [
    Exercise(
        name="07.spread",
        prompt=(
            "A unit has 400 inputs, independent of each other, each with mean 0 and variance 1. Its weights are "
            "drawn with the "
            "standard deviation 0.1, its bias is 0. What is the standard deviation of $z$?"
        ),
        right=2,
        solution="variance = 400 * 0.1**2 * 1\nanswer = np.sqrt(variance)",
        reason="Var z = n · Var w · Var a = 400 · 0.01 · 1 = 4, and its root is 2.",
        hints=[
            "z is a sum of 400 products w a. The variances of independent terms add up.",
            "Var(w a) = Var w · Var a for independent w and a with mean 0. Var w is the square of 0.1.",
        ],
        wrong=[
            Wrong(4, "That is the variance; the standard deviation is its root."),
            Wrong(40, "The weights' variance is 0.1², not 0.1; and variances add up, deviations do not."),
            Wrong(0.1, "That is the spread of one weight; z sums up 400 terms."),
            Wrong(20, "The root of 400 is 20; each term has the weight's deviation 0.1 as a factor."),
            Wrong(float(np.sqrt(40)), "The weights' variance is 0.1², not 0.1."),
            Wrong(float(1 / np.sqrt(400)), "That is how LeCun would draw the weights; here their deviation is 0.1."),
            Wrong(
                1,
                (
                    "That holds if the weights are scaled to keep the variance; here they are drawn with 0.1. "
                    "What does "
                    "that give?"
                ),
            ),
            Wrong(0.2, "One root covers everything: the square of 0.1 is under it too."),
            Wrong(
                float(np.sqrt(400 * 1.01)),
                "In a product of independent factors the variances multiply; here they are added.",
            ),
            Wrong(0.5, "z is taken before the activation: its slope plays no part."),
            Wrong(401, "The terms are multiplied by the weights, whose deviation is 0.1."),
            Wrong(400, "That is the number of inputs; each term has the variance 0.1² · 1."),
            Wrong(float(np.sqrt(4.01)), "The bias is 0 and adds no variance."),
            Wrong(0.01, "That is the variance of one weight; z sums up 400 terms."),
            Wrong(float(np.sqrt(2)), "There is no ReLU here that would halve anything."),
            Wrong(0.005, "That is the deviation of a mean of 400 terms; z is their sum."),
        ],
    ),
    Exercise(
        name="07.he",
        prompt=(
            "A layer of ReLU units has 800 inputs and 200 units. Which standard deviation do its first weights get by "
            "He's rule?"
        ),
        right=0.05,
        solution="answer = np.sqrt(2 / 800)",
        reason="√(2/n) with the n = 800 inputs: √(1/400) = 1/20.",
        hints=[
            "He's rule gives the variance. Which of the two numbers, 800 or 200, is summed over in z?",
            "The variance is 2 divided by the number of inputs; the standard deviation is its root.",
        ],
        wrong=[
            Wrong(0.0025, "That is the variance; the standard deviation is its root."),
            Wrong(0.01, "That is a variance, and with the units; He counts the inputs, and the deviation is the root."),
            Wrong(0.1, "He counts the inputs of the layer, the terms of the sum, not its units."),
            Wrong(
                float(1 / np.sqrt(800)),
                "That is LeCun's; ReLU leaves half of the mean square, so the variance needs a 2.",
            ),
            Wrong(float(np.sqrt(2 / 1000)), "That is Glorot's rule."),
            Wrong(20, "Upside down: the inputs stand below the line."),
            Wrong(
                float(1 / np.sqrt(200)),
                (
                    "That is 1/√200, LeCun's rule with the units, or 2/√800, with only 800 under the root. What "
                    "belongs under it?"
                ),
            ),
            Wrong(
                float(4 / np.sqrt(800)), "That is the scale for sigmoids; He's rule, for ReLU, has a 2 under the root."
            ),
            Wrong(
                0,
                "With 0 all weights would be equal; // in place of / would cut it off to 0. What is the variance?",
            ),
            Wrong((2 / 800) ** 2, "The root of the variance is asked for; here it is squared."),
            Wrong(0.025, "The variance has a 2 above the line, not below it."),
            Wrong(0.00125, "That is LeCun's variance; He doubles it, and the standard deviation is its root."),
            Wrong(
                float(np.sqrt(2 / 160000)), "The weights are not counted: only the inputs, the terms of the sum in z."
            ),
            Wrong(
                float(np.sqrt(6 / 800)),
                "That is the edge of a uniform distribution with this variance; its standard deviation is asked for.",
            ),
            Wrong(float(np.sqrt(6 / 1000)), "That is Glorot's rule for a uniform distribution."),
        ],
    ),
    Exercise(
        name="07.start",
        prompt=(
            "**Write this start.** `N` holds numbers from N(0, 1), a row for each unit of the layer and a column "
            "for each of "
            "its inputs. Scale it to He's initialisation, for ReLU."
        ),
        solution=start,
        parts=("W",),
        cases=_normal_numbers,
        reason="ReLU throws away half of the mean square, so Var w = 2/n_in makes up for it; W has the root of that.",
        hints=[
            "The variance is to be 2 divided by the number of inputs. Which axis of N counts the inputs?",
            "A factor in front of N multiplies its standard deviation: take the root of the variance.",
        ],
        wrong=[
            Wrong(lambda N: N * 2 / N.shape[1], "That is the variance as a factor; multiply by its root."),
            Wrong(lambda N: N * np.sqrt(1 / N.shape[1]), "That is LeCun's; ReLU needs twice the variance."),
            Wrong(
                lambda N: N * np.sqrt(2 / N.shape[0]),
                "That counts the units; the sum in z runs over the inputs, the columns.",
            ),
            Wrong(lambda N: N * np.sqrt(2 / sum(N.shape)), "That is Glorot's compromise between both directions."),
            Wrong(lambda N: N * 0.01, "A fixed scale knows nothing of how many inputs are summed up."),
            Wrong(
                lambda N: N * 0.05,
                (
                    "That is the deviation of the exercise before, for 800 inputs; here the number of inputs must come "
                    "from N."
                ),
            ),
            Wrong(
                lambda N: N * 4 / np.sqrt(N.shape[1]),
                "That is the scale for sigmoids; ReLU needs another one. What does ReLU do to the mean square?",
            ),
            Wrong(
                lambda N: N * np.sqrt(2) / N.shape[1], "The root covers the whole fraction, the number of inputs too."
            ),
            Wrong(
                lambda N: N * np.sqrt(6 / N.shape[1]),
                (
                    "That is the edge of a uniform distribution; N holds normal numbers already. Which "
                    "deviation should "
                    "they get?"
                ),
            ),
            Wrong(
                lambda N: N * np.sqrt(2 / N.size),
                "That counts all weights; the sum in z runs over the inputs of one unit. How many are there?",
            ),
            Wrong(
                lambda N: N * np.sqrt(N.shape[1] / 2), "Upside down: the more inputs, the smaller each weight must be."
            ),
            Wrong(lambda N: np.sqrt(2 / N.shape[1]), "That is the factor alone; N has to be multiplied by it."),
            Wrong(
                lambda N: np.random.default_rng(0).standard_normal(N.shape) * np.sqrt(2 / N.shape[1]),
                "Those are new random numbers; N is to be scaled.",
            ),
            Wrong(
                lambda N: np.full(N.shape, np.sqrt(2 / N.shape[1])),
                "All weights are equal; N is to be scaled, and the units must differ.",
            ),
        ],
    ),
    Exercise(
        name="07.slopes",
        prompt=(
            "A sigmoid network has 10 hidden layers. By which factor at least does the error shrink on its way from "
            "$dZ^{[11]}$ to $dZ^{[1]}$, counting the slopes alone?"
        ),
        right=4**10,
        solution="answer = 4**10",
        reason="Each of the 10 hidden layers multiplies the error by σ′(Z), at most ¼.",
        hints=["How large is σ′ at most, and where?", "Ten factors, each at most that large, one after the other."],
        wrong=[
            Wrong(0.25**10, "That is the share that is left; by which factor does the error shrink?"),
            Wrong(40, "The factors of the layers multiply, they do not add up."),
            Wrong(4**11, "The output layer's own slope has cancelled with the cross-entropy, see lesson 02."),
            Wrong(4**9, "From dZ[11] to dZ[1] the error passes through 10 hidden activations; count them."),
            Wrong(2**10, "The slope of σ at 0 is ¼, not ½."),
            Wrong(4, "That is the factor of one layer; there are ten."),
            Wrong(2.5, "The layers' factors multiply, they do not add up; and each is at most ¼."),
            Wrong(
                10**4,
                (
                    "Base and exponent are swapped. Which number stands for a layer's slope, which for how many layers "
                    "there are?"
                ),
            ),
            Wrong(64, "That is for 3 hidden layers; here there are 10."),
            Wrong(10, "That is how many layers; each shrinks the error by a factor."),
            Wrong(1, "A slope of 1 is that of tanh at 0; what is the largest slope of σ?"),
            Wrong(float(np.exp(10)), "The factor of a layer is 1 over the largest slope, not e."),
            Wrong(float(10 * np.log(4)), "That is the logarithm of the factor."),
            Wrong(20.0**10, "0.05 is the slope of a saturated unit; at least means: at the largest slope."),
            Wrong(4**12, "Count again: from dZ[11] to dZ[1] the error passes through 10 hidden activations."),
            Wrong(0.25, "That is the slope of one layer; by which factor does the error shrink over ten?"),
        ],
    ),
    Exercise(
        name="07.sizes",
        prompt=(
            "**Measure it.** Write the size of the gradient in each layer: for every key of the dictionary `dW` "
            "the root of the "
            "mean of the squared entries. Return a dictionary with the same keys."
        ),
        solution=gradient_sizes,
        parts=("size",),
        cases=_three_gradients,
        reason="The mean makes layers of different sizes comparable, the root brings back the unit.",
        hints=[
            "For one array: square each entry, take the mean, then the root.",
            "{l: … for l in dW} makes the dictionary.",
        ],
        wrong=[
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) for l in dW},
                (
                    "That is the length, which grows with the number of entries: take the mean of the squares, not "
                    "their sum."
                ),
            ),
            Wrong(lambda dW: {l: np.mean(dW[l] ** 2) for l in dW}, "The root is missing."),
            Wrong(
                lambda dW: {l: np.mean(dW[l]) for l in dW},
                "Positive and negative entries cancel in a mean: square them first.",
            ),
            Wrong(
                lambda dW: {l: np.mean(np.abs(dW[l])) for l in dW},
                "That is the mean size; the root of the mean square is asked for.",
            ),
            Wrong(
                lambda dW: {l: np.std(dW[l]) for l in dW},
                "The standard deviation takes the mean away first; the mean of the squares is asked for as it is.",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / dW[l].size for l in dW},
                "The division belongs under the root: the mean is taken of the squares.",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / len(dW[l]) for l in dW},
                "len counts the rows; how many entries are there, and does the division belong under the root?",
                r"\blen\b",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l]) / np.sqrt(len(dW[l])) for l in dW},
                "len counts the rows only. How many entries are there?",
                r"\blen\b",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.abs(np.mean(dW[l]))) for l in dW},
                "The square is missing: it comes first, then the mean, then the root.",
            ),
            Wrong(
                lambda dW: {l: np.abs(np.mean(dW[l])) for l in dW},
                "Positive and negative entries cancel in a mean. What must be done to each entry first?",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l], 2) / np.sqrt(dW[l].size) for l in dW},
                (
                    "With a second argument 2, norm gives the largest stretch of a matrix. Which call takes "
                    "all entries "
                    "together?"
                ),
                r"norm",
            ),
            Wrong(
                lambda dW: {l: np.linalg.norm(dW[l], 2) for l in dW},
                "With a second argument 2, norm gives the largest stretch of a matrix; take the mean of the squares.",
                r"norm",
            ),
            Wrong(
                lambda dW: {l: np.mean(np.sqrt(np.abs(dW[l]))) ** 2 for l in dW},
                "Square, mean and root come in another order. Which is first?",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.sum(dW[l]) ** 2 / dW[l].size) for l in dW},
                "The sum is squared; each entry must be squared before the sum.",
            ),
            Wrong(
                lambda dW: {l: np.max(np.abs(dW[l])) for l in dW},
                "That is the largest entry; the root of the mean square is asked for.",
            ),
            Wrong(
                lambda dW: {l: np.median(np.abs(dW[l])) for l in dW},
                "That is the median; the root of the mean square is asked for.",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(dW[l] ** 2) for l in dW},
                "The mean is missing: one number for each layer is wanted.",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.mean(dW[l] ** 2, axis=0)) for l in dW},
                "One number for each layer is wanted: over which entries is the mean to be taken?",
            ),
            Wrong(
                lambda dW: {l: np.sqrt(np.mean(dW[l] ** 2, axis=1)) for l in dW},
                "One number for each layer is wanted: over which entries is the mean to be taken?",
            ),
            Wrong(
                lambda dW: [np.sqrt(np.mean(dW[l] ** 2)) for l in dW],
                "`size` is a list, but a dictionary with the layers as keys is wanted.",
            ),
        ],
    ),
    Exercise(
        name="07.saturated",
        prompt=(
            "Write the share of saturated units: of all entries of `Z`, how many have a slope $\\sigma'(z)$ "
            "below 0.05? Answer "
            "with a number between 0 and 1; `sigmoid_prime` is at hand."
        ),
        solution=saturated,
        parts=("share",),
        cases=_weighted_inputs,
        reason="A saturated unit hardly moves, whatever its weights do: nothing comes back through it.",
        hints=[
            "`sigmoid_prime(Z) < 0.05` is an array of True and False.",
            "The mean of such an array is the share of True.",
        ],
        wrong=[
            Wrong(lambda Z: np.mean(sigmoid_prime(Z) > 0.05), "That is the share of those that are not saturated."),
            Wrong(lambda Z: np.sum(sigmoid_prime(Z) < 0.05), "That is how many; the share is asked for."),
            Wrong(lambda Z: np.mean(sigmoid(Z) < 0.05), "That looks at σ(z), and misses the units that are near 1."),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(sigmoid(Z)) < 0.05),
                (
                    "None is found, as if the slope were taken at the output, or the mean before the comparison. "
                    "What is compared for each z on its own?"
                ),
            ),
            Wrong(
                lambda Z: np.sum(sigmoid_prime(Z) < 0.05) / len(Z),
                "len counts the rows only. How many entries does Z have?",
                r"\blen\b",
            ),
            Wrong(
                lambda Z: np.sum(sigmoid_prime(Z) < 0.05) / Z.shape[1],
                "That counts the columns only. How many entries does Z have?",
            ),
            Wrong(lambda Z: np.mean(Z < 0.05), "Z itself is compared; its slope σ′(z) is asked for."),
            Wrong(lambda Z: np.mean(np.abs(Z) < 0.05), "Z itself is compared; its slope σ′(z) is asked for."),
            Wrong(
                lambda Z: np.any(sigmoid_prime(Z) < 0.05), "That says whether there is one; how large is their share?"
            ),
            Wrong(
                lambda Z: np.mean((sigmoid(Z) < 0.05) | (sigmoid(Z) > 0.95)),
                (
                    "That looks at the output; where σ is 0.05 its slope is a little below 0.05. What is asked for is "
                    "the slope."
                ),
            ),
            Wrong(
                lambda Z: np.mean(sigmoid(Z) > 0.95),
                "That looks at the output, and misses the units near 0. What is asked for is the slope.",
            ),
            Wrong(
                lambda Z: np.mean(np.abs(Z) > 5),
                "The slope falls below 0.05 before z is 5 away from 0. Which function tells the slope?",
                r"\b5\b",
            ),
            Wrong(
                lambda Z: np.mean(np.abs(Z) > 3),
                "The slope falls below 0.05 a little before z is 3 away from 0. Which function tells the slope?",
                r"\b3\b",
            ),
            Wrong(lambda Z: np.mean(Z > 2.887), "Units with a large negative z are saturated too."),
            Wrong(lambda Z: np.mean(Z < -2.887), "Units with a large positive z are saturated too."),
            Wrong(lambda Z: np.mean(sigmoid_prime(Z)), "That is the mean slope; count the slopes below 0.05."),
            Wrong(
                lambda Z: sigmoid_prime(Z) < 0.05,
                "That is an array of True and False. What is the share of True in it?",
            ),
            Wrong(
                lambda Z: 100 * np.mean(sigmoid_prime(Z) < 0.05),
                "That is a percentage; a number between 0 and 1 is asked for.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.05, axis=0),
                "That is a share for each column; one number for all is asked for.",
            ),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.05, axis=1),
                "That is a share for each row; one number for all is asked for.",
            ),
            Wrong(
                lambda Z: np.mean(1 - np.tanh(Z) ** 2 < 0.05),
                "That is the slope of tanh; these are sigmoid units. Which function is at hand for their slope?",
            ),
            Wrong(lambda Z: np.mean(Z < 0), "That is the share of negative z. How steep is σ there?"),
            Wrong(
                lambda Z: np.mean(sigmoid_prime(Z) < 0.0125),
                ("The bound is a quarter of 0.05. What is compared with 0.05 itself: the slope, or its share of ¼?"),
            ),
        ],
    ),
    Exercise(
        name="07.q1",
        prompt=(
            "All weights and biases of a network with 5 hidden units start at 0. After 1000 steps, how many "
            "different rows has $W^{[1]}$?"
        ),
        right=1,
        solution="q1 = 1",
        reason="Equal units get equal gradients, and stay equal for ever.",
        wrong=[
            Wrong(5, "What would make two units differ, if they start equal and get the same gradient?"),
            Wrong(0, "There are rows; the question is how many different ones."),
            Wrong(2, "What would make any two units differ?"),
        ],
    ),
    Exercise(
        name="07.q2",
        prompt=(
            "Weights are drawn with the standard deviation $1/\\sqrt{n^{[l-1]}}$. By which factor does a layer "
            "without activation change the variance?"
        ),
        right=1,
        solution="q2 = 1",
        reason="n · Var w = n · 1/n = 1: that is what the scale is made for.",
        wrong=[
            Wrong(0.25, "That is the largest slope of the sigmoid; here there is no activation."),
            Wrong(2, "That is He's scale, made for ReLU."),
            Wrong(0.5, "That is what ReLU does to the mean square."),
        ],
    ),
    Exercise(
        name="07.q3",
        prompt=(
            'What does Glorot\'s initialisation balance? "a" the sizes going forward and those going backward; '
            '"b" weights and biases; "c" training and test.'
        ),
        right="a",
        solution='q3 = "a"',
        reason="Forward wants 1/n_in, backward 1/n_out; the mean of both sizes is a compromise.",
        wrong=[
            Wrong("b", "Biases start at 0; the scale is for the weights."),
            Wrong("c", "The start knows no data."),
        ],
    ),
    Exercise(
        name="07.q4",
        prompt=(
            "A deep network of sigmoids hardly learns at first, and its first layer's gradients are far smaller "
            "than its last "
            'layer\'s. What does not help? "a" ReLU with He\'s start; "b" a larger batch; "c" steps that adapt '
            "to the gradient's size."
        ),
        right="b",
        solution='q4 = "b"',
        reason="A larger batch makes the gradient less noisy, not larger.",
        wrong=[
            Wrong(
                "a", "That does help: ReLU's slope is 1 where it is switched on, and He's scale makes up for the rest."
            ),
            Wrong("c", "That does help: then a small gradient still makes a step."),
        ],
    ),
]
