"""Exercises for lesson 11, on Adam's steps, the gradient with respect to the inputs, and changes to a picture."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def input_gradient(Y, W, Z, A):
    L = len(W)
    dZ = (A[L] - Y) / Y.shape[1]  # (n[L], m)
    for l in range(L, 1, -1):
        dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])  # (n[l-1], m)
    return W[1].T @ dZ  # (n[0], m)


def _network(sizes, m, seed):
    rng = np.random.default_rng(seed)
    L = len(sizes) - 1
    W = {l: rng.standard_normal((sizes[l], sizes[l - 1])) for l in range(1, L + 1)}
    Z, A = {}, {0: rng.random((sizes[0], m))}
    for l in W:
        Z[l] = W[l] @ A[l - 1] + rng.standard_normal((sizes[l], 1))
        A[l] = sigmoid(Z[l])
    return rng.integers(0, 2, (sizes[-1], m)).astype(float), W, Z, A


def _networks():
    return [_network([5, 3, 1], 4, 11), _network([4, 3, 2, 2], 6, 12)]


def _back_with(slope=lambda Z, A: sigmoid_prime(Z), error=lambda A, Y: A - Y, last=lambda W, dZ, A: W[1].T @ dZ):
    """Return the solution with a different slope, output error or last step."""

    def broken(Y, W, Z, A):
        L = len(W)
        dZ = error(A[L], Y) / Y.shape[1]
        for l in range(L, 1, -1):
            dZ = (W[l].T @ dZ) * slope(Z[l - 1], A[l - 1])
        return last(W, dZ, A)

    return broken


def _two_layers_only(Y, W, Z, A):
    return W[1].T @ ((W[2].T @ ((A[2] - Y) / Y.shape[1])) * sigmoid_prime(Z[1]))


def best_change(x, dA0, epsilon):
    return np.clip(x - epsilon * np.sign(dA0), 0, 1) - x


def _pictures():
    x = np.array([0.0, 0.04, 0.5, 1.0, 0.97, 0.3])
    g = np.array([0.8, 0.3, -1.2, -0.5, -0.1, 2.0])
    return [(x, g, 0.1), (x[::-1].copy(), np.array([-0.7, 0.2, 0.4, -1e-4, 0.6, -0.3]), 0.25)]


def _stays_if_blocked(x, dA0, epsilon):
    change = -epsilon * np.sign(dA0)
    return np.where((x + change < 0) | (x + change > 1), 0, change)


EXERCISES = [
    Exercise(
        name="11.adam",
        numbers=Numbers("11.adam", start=(0.5, 1, 1.5), goal=(3.5, 4, 4.5, 5.5), rate=(0.02, 0.05)).also(
            way=lambda start, goal: goal - start
        ),
        prompt=(
            "A weight has to grow from <start> to <goal>, and Adam uses a learning rate of <rate>. From the first "
            "update on, its gradient is always −0.001. How many updates does the weight need to get there? (Neglect "
            "Adam's $\\varepsilon$.)"
        ),
        right=150,
        solution="answer = (<goal> - <start>) / <rate>",
        reason=(
            "The distance is <way>. While the gradient stays the same, every step is exactly <rate> long, whatever the "
            "size of the gradient."
        ),
        hints=[
            "What does Adam divide the mean gradient by, and what is left if the gradient never changes?",
            "How far is it from <start> to <goal>? Divide the distance by the length of a step.",
        ],
        wrong=[
            Wrong(
                lambda goal, rate: goal / rate,
                "That would be the number of steps from 0, but the weight starts at <start>.",
            ),
            Wrong(
                lambda start, rate: start / rate,
                "That is the number of steps from 0 to the start, but the weight has to get from there to <goal>.",
            ),
            Wrong(
                lambda start, goal, rate: (goal + start) / rate,
                "You added the two values, but the distance between them is their difference.",
            ),
            Wrong(
                lambda way, rate: way * rate,
                "You multiplied the distance by the length of a step, but the question is how many steps fit into it.",
            ),
            Wrong(
                lambda way, rate: way / (rate * 0.001),
                "That would be plain gradient descent, whose steps are proportional to the gradient. How long is "
                "each of Adam's steps if the gradient never changes?",
            ),
            Wrong(lambda way: way, "That is the distance. How many steps does it take to cover it?"),
            Wrong(
                lambda way, rate: -way / rate,
                "The number of updates cannot be negative. Subtract the start from the goal.",
            ),
            Wrong(
                lambda way, rate: way / rate - 1,
                "Your answer is one too small. Every step counts as an update, including the first.",
            ),
            Wrong(
                lambda way, rate: way / rate + 1,
                "Your answer is one too large. The start does not count as an update.",
            ),
        ],
    ),
    Exercise(
        name="11.input",
        prompt=(
            "**Write `input_gradient`** for a network with any number of layers, all of which use the sigmoid. "
            "It returns $dA^{[0]} = \\partial J / \\partial A^{[0]}$, where $J$ is the binary cross-entropy, "
            "averaged over the examples. `W`, `Z` and `A` are dictionaries, as in lesson 04. "
            "You may use `sigmoid_prime`."
        ),
        solution=input_gradient,
        parts=("dA0",),
        cases=_networks,
        m=[4, 6],
        reason=(
            "The error of the output layer is sent back through every layer as usual. "
            "The last step is the same as the others, but without a slope, because inputs have no activation function."
        ),
        hints=[
            "Begin with dZ of the output layer, as in `backward` in lesson 04, and go back layer by layer.",
            "To get from dZ of one layer to dZ of the layer before it, you need the transposed weights and a slope.",
            "Stop at dZ of layer 1. One more product, without a slope, leads to the inputs.",
        ],
        wrong=[
            Wrong(_back_with(last=lambda W, dZ, A: dZ), "That is dZ of layer 1. One more step leads to the inputs."),
            Wrong(
                _back_with(last=lambda W, dZ, A: dZ @ A[0].T),
                "That is the gradient with respect to the weights of layer 1, but you need the one for its inputs.",
            ),
            Wrong(
                _back_with(error=lambda A, Y: (A - Y) * Y.shape[1]),
                "That is the gradient of the summed loss, but the cost is a mean over the examples.",
            ),
            Wrong(
                _back_with(last=lambda W, dZ, A: (W[1].T @ dZ) * A[0] * (1 - A[0])),
                "You multiplied by a slope in the last step as well, but the inputs have no activation function.",
            ),
            Wrong(
                _back_with(slope=lambda Z, A: sigmoid_prime(A)),
                "You evaluated the slope at A, but the slope is a function of the weighted input Z.",
            ),
            Wrong(_back_with(slope=lambda Z, A: 1), "The slopes of the hidden layers are missing."),
            Wrong(
                _back_with(error=lambda A, Y: (A - Y) * A * (1 - A)),
                "The slope of the output has already cancelled in A − Y, so you must not apply it again.",
            ),
            Wrong(
                _back_with(error=lambda A, Y: Y - A),
                "All signs are reversed. Start from the prediction minus the target.",
            ),
            Wrong(
                _back_with(last=lambda W, dZ, A: (W[1].T @ dZ).T),
                "The values are right, but transposed. Each column should be an example.",
            ),
            Wrong(
                _back_with(last=lambda W, dZ, A: (W[1].T @ dZ).sum(axis=1, keepdims=True)),
                "You summed over the examples, but every picture has its own pixels.",
            ),
            Wrong(
                _two_layers_only,
                "This is right only for two layers. How do you reach layer 1 if there are more?",
            ),
        ],
    ),
    Exercise(
        name="11.sum",
        numbers=Numbers("11.sum", d=(0.03, 0.02, 0.04, 0.05), e=(0.2, 0.1, 0.3)).also(one=lambda d, e: d * e),
        prompt=(
            "A picture has 784 pixels, and $\\partial J/\\partial\\text{pixel}$ is <d> for some of them and "
            "−<d> for all the others. No pixel may change by more than <e>, and none is too close to 0 or 1 to change "
            "by that much. To first order, what is the largest amount by which the cost can fall?"
        ),
        right=4.704,
        solution="answer = 784 * <d> * <e>",
        also=[4.7],
        reason="Each pixel contributes only <one>, but all of them pull in the same direction.",
        hints=[
            "How much does the cost fall if a single pixel changes by <e> in the right direction?",
            "You may choose the sign of every change, so no two contributions have to cancel.",
        ],
        wrong=[
            Wrong(lambda one: one, "That is the contribution of a single pixel, but all of them may change."),
            Wrong(
                lambda one: 28 * one,
                "That is √784 times the contribution of one pixel, as if the signs were random or the length of the "
                "whole change were limited. But every pixel may change by the full amount, and you choose each sign.",
                r"sqrt|\*\*|random",
            ),
            Wrong(0, "The derivatives may cancel, but you choose the sign of each change so that nothing cancels."),
            Wrong(lambda one: -784 * one, "That is the change in the cost. The question asks by how much it falls."),
            Wrong(lambda d: 784 * d, "That is the sum of the absolute derivatives. How far may each pixel change?"),
            Wrong(lambda e: 784 * e, "That is the sum of the changes. How strongly does the cost depend on each?"),
            Wrong(lambda one, e: 784 * one * e, "You used the limit of <e> twice."),
            Wrong(
                lambda one: 392 * one, "You counted only half of the pixels. Those with the other sign help as well."
            ),
        ],
    ),
    Exercise(
        name="11.change",
        prompt=(
            "**Find the best change to a picture.** `x` holds the pixels of a picture, each between 0 and 1, and `dA0` "
            "holds $\\partial J/\\partial\\text{pixel}$, which is never exactly 0. No pixel may change by more than "
            "`epsilon`, and all of them must stay between 0 and 1. Return the *change* to the picture that lowers "
            "the cost the most, to first order."
        ),
        solution=best_change,
        parts=("change",),
        cases=_pictures,
        reason=(
            "Each pixel moves against its derivative, as far as allowed, whatever the size of the derivative. "
            "Where the paper is already white, or the ink already black, a pixel cannot go any further."
        ),
        hints=[
            "Look at a single pixel. In which direction should it move, and how far?",
            "np.sign gives the direction. Take the step first, and then keep the picture between 0 and 1.",
            "The change is the new picture minus the old one.",
        ],
        wrong=[
            Wrong(
                lambda x, dA0, epsilon: np.clip(x - epsilon * np.sign(dA0), 0, 1),
                "That is the new picture, but you should return the change.",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.maximum(x - epsilon * np.sign(dA0), 0) - x,
                "Some pixels become larger than 1. Between which two values must the picture stay?",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.minimum(x - epsilon * np.sign(dA0), 1) - x,
                "Some pixels become negative. Between which two values must the picture stay?",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.where(dA0 > 0, -x, 1 - x),
                "Your pixels move all the way to 0 or 1. How far may a pixel move?",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(x - epsilon, 0, 1) - x,
                "All your values decrease. Which pixels should have a larger value?",
                r"^(?![\s\S]*sign)",
            ),
            Wrong(
                lambda x, dA0, epsilon: -epsilon * dA0,
                "Your change is proportional to the derivative, but every pixel may change by the full epsilon. Which "
                "property of the derivative matters, and between which two values must the pixels stay?",
            ),
            Wrong(
                lambda x, dA0, epsilon: -epsilon * np.sign(dA0),
                "Some pixels leave the range from 0 to 1.",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(x + epsilon * np.sign(dA0), 0, 1) - x,
                "This change raises the cost. Move against the derivative.",
            ),
            Wrong(
                lambda x, dA0, epsilon: x - np.clip(x - epsilon * np.sign(dA0), 0, 1),
                "That is the old picture minus the new one, but the change is the new one minus the old one.",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(x - epsilon * dA0, 0, 1) - x,
                "That is a step of gradient descent. Here, every pixel may change by the full epsilon.",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(np.clip(-dA0, -epsilon, epsilon), -x, 1 - x),
                "You limited a step of gradient descent to epsilon, so a pixel with a small derivative changes by "
                "less. How far may it change?",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(x - epsilon * dA0 / np.linalg.norm(dA0), 0, 1) - x,
                "You limited the length of the change as a whole, but the limit applies to each pixel.",
            ),
            Wrong(
                lambda x, dA0, epsilon: np.clip(-epsilon * np.sign(dA0), 0, 1),
                "You kept the change between 0 and 1, but it is the picture that must stay in this range.",
            ),
            Wrong(
                _stays_if_blocked,
                "A pixel that would leave the range should go as far as it can instead of staying where it is.",
            ),
        ],
    ),
    Exercise(
        name="11.q1",
        numbers=Numbers("11.q1", n=(300, 100, 200, 400), m=(64, 32, 50, 128)),
        prompt=(
            "A 784 → <n> → 10 network reads <m> pictures at once. What is the shape of $dA^{[0]}$? "
            "Answer with a pair of numbers, `(rows, columns)`."
        ),
        right=(784, 64),
        solution="q1 = (784, <m>)",
        reason="It has the shape of A[0], with a row for each pixel and a column for each picture.",
        wrong=[
            Wrong(lambda m: (m, 784), "That shape is transposed. In A[0], each picture is a column."),
            Wrong((784, 1), "Every picture has its own derivatives, so there are <m> columns."),
            Wrong(lambda n, m: (n, m), "That is the shape of dA[1]."),
            Wrong(lambda n: (n, 784), "That is the shape of dW[1]."),
        ],
    ),
    Exercise(
        name="11.q2",
        prompt=(
            "A pixel shows white paper, and $\\partial J/\\partial\\text{pixel}$ is negative there. What does a little "
            'ink on this pixel do to the cost? "a" it raises the cost; "b" it lowers the cost; "c" nothing, '
            "because the input is 0 there."
        ),
        right="b",
        solution='q2 = "b"',
        reason="The derivative says how the cost changes when the value of the pixel increases, and ink increases it.",
        wrong=[
            Wrong("a", "A negative derivative means that the cost falls when the value of the pixel increases."),
            Wrong(
                "c",
                "An input of 0 makes the gradient of its weights 0, but not the derivative with respect to the input.",
            ),
        ],
    ),
    Exercise(
        name="11.q3",
        prompt=(
            "Every pixel changes by at most 0.15, with a random sign, and the network hardly ever changes its answer. "
            'Why? "a" the contributions of the pixels largely cancel; "b" nearly all of the changes are '
            'prevented, because the pixels must stay between 0 and 1; "c" the derivatives are 0.'
        ),
        right="a",
        solution='q3 = "a"',
        reason="A sum of n contributions grows only as √n if their signs are random, but as n if you choose them.",
        wrong=[
            Wrong(
                "b", "About as many changes are prevented when the signs are chosen, but then the answer does change."
            ),
            Wrong("c", "If the derivatives were 0, choosing the signs would not help either."),
        ],
    ),
    Exercise(
        name="11.q4",
        prompt=(
            "You multiply the cost, and thus all gradients, by 1000. What happens to Adam's steps? "
            '"a" they become 1000 times as long; "b" they stay almost the same; "c" they become 1000 times shorter.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="Adam divides the mean gradient by its typical size, so a common factor cancels.",
        wrong=[
            Wrong(
                "a", "That is what plain gradient descent does, but Adam divides by the typical size of the gradient."
            ),
            Wrong("c", "The division cancels the factor, but it does no more than that."),
        ],
    ),
]
