"""Exercises of the lessons: the right answer with its reason, and the usual wrong ones with a hint.

In a lesson: ``check("01.error", answer)``. It prints one or two sentences, never the solution, and
never fails whatever the answer is.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from helpers.activations import sigmoid, sigmoid_prime


class Exercise(NamedTuple):
    """What is right, why, and what to say to answers that are known to go wrong."""

    right: Any  # a number, an array, a shape, or for a function the value it must return
    reason: str
    wrong: list  # (answer, hint) pairs
    arguments: Callable | None = None  # of a function that the reader writes: makes its arguments


def _step_arguments():
    """Weights (4, 3) into layer l + 1, dZ (4, 5) of that layer, Z (3, 5) of layer l."""
    rng = np.random.default_rng(4)
    return rng.standard_normal((4, 3)), rng.standard_normal((4, 5)), rng.standard_normal((3, 5))


def _step(W, dZ, Z):
    return (W.T @ dZ) * sigmoid_prime(Z)


_W, _DZ, _Z = _step_arguments()
_DA = _W.T @ _DZ

EXERCISES = {
    "00.first": Exercise(
        4,
        "2 × 2 is 4, and you know how exercises work.",
        [(22, "That is the text '2' twice; multiply the numbers.")],
    ),
    "01.error": Exercise(
        -3,
        "∂/∂z of ½ (z − y)² is z − y = 2 − 5.",
        [
            (3, "Look at the sign: the prediction lies below the target, so raising z must lower the cost."),
            (4.5, "That is the loss itself; its derivative is asked for."),
            (9, "That is the squared error, even without its ½; its derivative is asked for."),
            (-6, "The ½ in the cost is there to cancel this factor 2."),
        ],
    ),
    "01.weights": Exercise(
        [-3, -6],
        "∂J/∂w₁ = (z − y) x₁ = −3 · 1 and ∂J/∂w₂ = (z − y) x₂ = −3 · 2.",
        [
            ([3, 6], "The sign comes from z − y: mind which one is subtracted."),
            ([-2, -1], "z − y multiplies the input; here it was added."),
            ([1, 2], "That is ∂z/∂w alone; the chain rule multiplies it by ∂J/∂z."),
            ([2, 4], "That is z times the input; the error z − y is wanted in place of z."),
            ([-6, -12], "The ½ in the cost is there to cancel this factor 2."),
            ([-3, -3], "That is db for both; each weight's input must take part."),
        ],
    ),
    "02.slope": Exercise(
        0.25,
        "σ(0) = ½, so σ′(0) = ½ · (1 − ½) = ¼, the steepest slope that σ has.",
        [
            (0.5, "That is σ(0); the slope is σ(0) (1 − σ(0))."),
            (0, "σ is steepest at 0, not flat; it is flat far away from 0."),
            (1, "A slope of 1 is that of the identity; σ is flatter everywhere."),
            (-0.25, "σ rises everywhere, so its slope is positive."),
        ],
    ),
    "02.cost": Exercise(
        np.log(2),
        "a = ½, so the cost is −log ½ = log 2 ≈ 0.693, what guessing costs.",
        [
            (-np.log(2), "A cost is never negative: mind the minus in front of the sum."),
            (1.0, "That is log₂ of 2; the cost uses the natural logarithm, np.log."),
            (0.5, "That is the probability a; the cost is −log a."),
            (np.log10(2), "That is the logarithm to the base 10; the cost uses the natural one, np.log."),
            (0, "A cost of 0 would need a sure answer; here the network does not know, a = ½."),
        ],
    ),
    "03.shape": Exercise(
        (5, 7),
        "dW[2] has the shape of W[2]: n[2] rows, n[1] columns.",
        [
            ((7, 5), "Transposed: W[l] has as many rows as its layer has units."),
            ((7, 12), "That is dW[1]."),
            ((1, 5), "That is dW[3]."),
            ((5, 40), "That is dZ[2]; the examples are summed up in dW."),
        ],
    ),
    "03.biases": Exercise(
        13,
        "Each unit of layers 1, 2 and 3 has one: 7 + 5 + 1.",
        [
            (3, "There are three bias *vectors*, one for each layer, but each holds a number for every unit."),
            (25, "Inputs have no bias: they are data, not units that compute."),
            (12, "The output unit has a bias too."),
            (124, "Those are the weights: 7 × 12, 5 × 7 and 1 × 5."),
        ],
    ),
    "04.parameters": Exercise(
        784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
        "Each layer adds n[l] · n[l−1] weights and n[l] biases.",
        [
            (784 * 392 + 392 * 196 + 196 * 98 + 98, "Those are the weights; each unit has a bias too."),
            (392 + 196 + 98 + 1, "Those are the biases; the weights are missing."),
            (
                392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "Layer 1 is missing, its weights from the 784 inputs and its biases.",
            ),
            (
                392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "The weights from the 784 inputs into layer 1 are missing.",
            ),
            (784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98, "The last layer, with its one unit, is missing."),
        ],
    ),
    "04.step": Exercise(
        _step(_W, _DZ, _Z),
        "dA = Wᵀ dZ brings the error one layer back, ⊙ σ′(Z) takes it through the activation.",
        [
            (_DA, "That is dA; the factor σ′(Z) is missing."),
            (
                _DA * sigmoid(_Z),
                "That multiplies by σ(Z), but the chain rule asks for its derivative σ′(Z).",
            ),
            (
                _DA * sigmoid_prime(sigmoid(_Z)),
                "That is σ′ of the output A; σ′ wants Z.",
            ),
            (
                _DA * sigmoid_prime(_DA),
                "That is σ′(dA); σ′ wants Z, the weighted input of that layer.",
            ),
        ],
        _step_arguments,
    ),
    "05.passes": Exercise(
        172062,
        "Two for each parameter: one with ε added, one with ε taken away.",
        [
            (86031, "That is one for each parameter; a central difference looks at both sides."),
            (172063, "The cost at the parameters themselves is not needed, and nothing else is."),
            (86032, "That would be the one-sided difference."),
        ],
    ),
    "05.error": Exercise(
        1 / 3,
        "‖2q − q‖ / (‖2q‖ + ‖q‖) = 1 / 3, whatever q is.",
        [
            (0.5, "Divide by the sum of both lengths, 2 + 1, not by the larger one."),
            (1, "Divide by the sum of both lengths, 2 + 1, not by the length of the numerical one alone."),
            (2, "That is the factor; the measure divides the length of the difference by the sum of both lengths."),
        ],
    ),
    "06.flat": Exercise(
        12288,
        "64 rows of 64 pixels, three numbers each.",
        [
            (4096, "That is the number of pixels; each holds three numbers."),
            (192, "A picture has 64 rows of 64 pixels, not one."),
            (209 * 12288, "That is the whole training set."),
        ],
    ),
    "06.baseline": Exercise(
        0.66,
        "33 of the 50 test pictures are cats, so always answering 'cat' is right 33 times in 50.",
        [
            (0.5, "Only if there were as many cats as others; count them."),
            (33, "As a share of the 50 pictures, please."),
            (0.34, "That is what always answering 'no cat' scores; the other answer does better."),
            (72 / 209, "That is the share of cats in the training set."),
        ],
    ),
    "07.slopes": Exercise(
        4**10,
        "Each of the 10 hidden layers multiplies the error by σ′(Z), at most ¼.",
        [
            (0.25**10, "That is the share that is left; by which factor does the error shrink?"),
            (40, "The factors of the layers multiply, they do not add up."),
            (4**11, "The output layer's own slope has cancelled with the cross-entropy, see lesson 02."),
            (4**9, "From dZ[11] to dZ[1] the error passes through 10 hidden activations; count them."),
            (2**10, "The slope of σ at 0 is ¼, not ½."),
        ],
    ),
    "07.he": Exercise(
        0.05,
        "√(2/n) with the n = 800 inputs: √(1/400) = 1/20.",
        [
            (0.0025, "That is the variance; the standard deviation is its root."),
            (0.01, "That is a variance, and with the units; He counts the inputs, and the deviation is the root."),
            (0.1, "He counts the inputs of the layer, the terms of the sum, not its units."),
            (1 / np.sqrt(800), "That is LeCun's; ReLU leaves half of the mean square, so the variance needs a 2."),
            (np.sqrt(2 / 1000), "That is Glorot's rule."),
        ],
    ),
    "08.cost": Exercise(
        np.log(10),
        "Each class gets 1/10, so the cost is −log(1/10) = log 10 ≈ 2.303.",
        [
            (-np.log(10), "A cost is never negative: mind the minus in front of the sum."),
            (np.log(2), "That is the cost of guessing between two classes."),
            (0.1, "That is the probability of each class; the cost is its −log."),
            (np.log2(10), "That is log₂ of 10; the cost uses the natural logarithm, np.log."),
            (1, "That is −log₁₀ of 1/10; the cost uses the natural logarithm, np.log."),
        ],
    ),
    "08.error": Exercise(
        [0.5, -0.75, 0.25],
        "a = (2, 1, 1)/4, and dZ = a − y with y = (0, 1, 0).",
        [
            ([0.5, 0.25, 0.25], "Those are the probabilities a; dZ = a − y."),
            ([-0.5, 0.75, -0.25], "Mind the sign: dZ is a − y, not y − a."),
            ([-0.5, 0.25, 0.25], "The true class is the second one: that is where y has its 1."),
            ([0.5, 0.25, -0.75], "The true class is the second one: that is where y has its 1."),
            ([0.25, 0.1875, 0.1875], "That is a (1 − a): the Jacobian is already in dZ = a − y."),
            ([0.125, -0.140625, 0.046875], "No factor a (1 − a) is left: the Jacobian is already in dZ = a − y."),
            ([1 / 6, -1 / 4, 1 / 12], "The mean is over the examples, here one, not over the classes."),
        ],
    ),
}


def check(name, answer):
    """Say whether `answer` is right, and if not, what went wrong.

    Parameters
    ----------
    name : a key of `EXERCISES`
    answer : a number, a shape, an array, or a function where one was asked for; None means "not done yet"
    """
    print(verdict(name, answer))


def verdict(name, answer):
    """The sentences that `check` prints; they begin with "Right", "Not yet" or "Not done yet"."""
    if name not in EXERCISES:
        return f"Not yet: there is no exercise {name!r}; the names are {', '.join(EXERCISES)}."
    exercise = EXERCISES[name]
    if answer is None:
        return "Not done yet: replace None by your answer and run the cell again."
    try:
        if exercise.arguments is not None:
            if not callable(answer):
                return "Not yet: this exercise wants a function; pass its name, without parentheses."
            answer = answer(*exercise.arguments())
            if answer is None:
                return "Not done yet: the function returns None; write its body and run the cell again."
        if isinstance(answer, str):
            return "Not yet: the answer is text; write it without quotes."
        if np.iscomplexobj(answer):
            return "Not yet: the answer has an imaginary part; a real one is wanted."
        value = np.asarray(answer, dtype=float)
    except (Exception, SystemExit) as error:  # whatever a reader's code can raise
        if "matmul" in str(error):
            return "Not yet: in a product @ the inner sizes do not match. Compare the shapes: is a transpose missing?"
        return f"Not yet: {type(error).__name__} came up ({error})."
    right = np.asarray(exercise.right, dtype=float)
    if value.squeeze().shape == right.shape:  # [4] for 4, and a row of weights for a list
        value = value.squeeze()
    whole = np.all(right == np.round(right))
    tolerance = 1e-9 if whole else 5e-3  # counts are exact, other numbers may be typed with three digits
    for wrong, hint in exercise.wrong:
        if value.shape == np.shape(wrong) and np.allclose(value, wrong, rtol=tolerance, atol=1e-6):
            return f"Not yet. {hint}"
    if value.shape != right.shape:
        wanted = ("a single number", f"{right.size} numbers in a row", f"an array of shape {right.shape}")[right.ndim]
        return f"Not yet: {wanted} is wanted, but the answer has shape {value.shape}."
    if not np.isfinite(value).all():
        return "Not yet: the answer holds NaN or an infinite value; look for a division by 0 or a log of 0."
    if np.allclose(value, right, rtol=tolerance, atol=1e-6):
        return f"Right. {exercise.reason}"
    return "Not yet: the value is not right. Go back to the formula above and put the numbers in one at a time."
