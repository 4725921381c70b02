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
    return [({l: 10.0**-l * rng.standard_normal(shape) for l, shape in ((1, (4, 6)), (2, (3, 4)), (3, (1, 3)))},)]


def saturated(Z):
    return np.mean(sigmoid_prime(Z) < 0.05)


def _weighted_inputs():
    near = np.array([-2.92, -2.86, 2.86, 2.92])  # on both sides of ±2.887, where the slope is 0.05
    return [(np.array([[-6.0, -3.2, -1.0, 0.0], [0.5, 2.0, 3.5, 8.0]]),), (np.array([[-2.8, 2.8, 9.0]]),), (near,)]


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
                "The slope is taken at the output; it is wanted at z.",
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
