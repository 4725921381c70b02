"""Exercises of lesson 03: shapes, one unit, one layer, and two layers whole."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong


def layer_gradients(dZ, A_before):
    dW = dZ @ A_before.T  # (n, m) @ (m, n_before) = (n, n_before)
    db = dZ.sum(axis=1, keepdims=True)  # (n, 1)
    return dW, db


def _layer_case(n=3, n_before=4, m=5):
    rng = np.random.default_rng(3)
    return rng.standard_normal((n, m)), rng.standard_normal((n_before, m))


def _not_turned(dZ, A_before):
    return dZ @ A_before, dZ.sum(axis=1, keepdims=True)


def tanh_backward(Y, W, A0, Z1, A1, A2):
    dZ2 = (A2 - Y) / Y.shape[1]  # (1, m)
    dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)  # (1, n1), (1, 1)
    dZ1 = (W[2].T @ dZ2) * (1 - np.tanh(Z1) ** 2)  # (n1, m): tanh′ in place of σ′
    dW1, db1 = dZ1 @ A0.T, dZ1.sum(axis=1, keepdims=True)  # (n1, n0), (n1, 1)
    return {1: dW1, 2: dW2}, {1: db1, 2: db2}


def _backward_with(slope, output_error=lambda Y, A2: (A2 - Y) / Y.shape[1]):
    """The solution with another slope of the hidden layer, or another dZ2."""

    def broken(Y, W, A0, Z1, A1, A2):
        dZ2 = output_error(Y, A2)
        dZ1 = (W[2].T @ dZ2) * slope(W[2].T @ dZ2, Z1, A1)
        dW = {1: dZ1 @ A0.T, 2: dZ2 @ A1.T}
        return dW, {1: dZ1.sum(axis=1, keepdims=True), 2: dZ2.sum(axis=1, keepdims=True)}

    return broken


def _tanh_slope(dA1, Z1, A1):
    return 1 - np.tanh(Z1) ** 2


def _with_output_slope(Y, W, A0, Z1, A1, A2):
    return _backward_with(_tanh_slope, lambda Y, A2: (A2 - Y) * A2 * (1 - A2) / Y.shape[1])(Y, W, A0, Z1, A1, A2)


def _two_layers(units=3, m=6):
    rng = np.random.default_rng(5)
    W = {1: rng.standard_normal((units, 2)), 2: rng.standard_normal((1, units))}
    b = {1: rng.standard_normal((units, 1)), 2: rng.standard_normal((1, 1))}
    A0, Y = rng.standard_normal((2, m)), np.array([[0.0, 1, 1, 0, 1, 0]])[:, :m]
    Z1 = W[1] @ A0 + b[1]
    A1 = np.tanh(Z1)
    return Y, W, A0, Z1, A1, sigmoid(W[2] @ A1 + b[2])


EXERCISES = [
    Exercise(
        name="03.shape",
        prompt=(
            "A network 12 → 7 → 5 → 1 sees 40 examples. What is the shape of $dW^{[2]}$? "
            "Answer with a pair of numbers, `(rows, columns)`."
        ),
        right=(5, 7),
        solution="answer = (5, 7)",
        reason="dW[2] has the shape of W[2]: n[2] rows, n[1] columns.",
        hints=[
            "A gradient has the shape of what it belongs to: what is the shape of W[2]?",
            "W[l] has a row for each unit of layer l and a column for each unit of the layer before it.",
        ],
        wrong=[
            Wrong((7, 5), "Transposed: W[l] has as many rows as its layer has units."),
            Wrong((7, 12), "That is dW[1]."),
            Wrong((1, 5), "That is dW[3]."),
            Wrong((5, 40), "That is dZ[2]; the examples are summed up in dW."),
            Wrong((12, 7), "That is W[1], transposed. Which layer is asked for, and do its units stand in rows?"),
            Wrong((5, 1), "That is the shape of db[2]. What does a column of W[2] stand for?"),
            Wrong((5, 8), "The bias is no column of W: it has an array of its own."),
            Wrong((6, 7), "The bias is no row of W: it has an array of its own."),
            Wrong((7, 40), "That is A[1]; a gradient of weights sums over the examples."),
            Wrong((5, 12), "Layer 2 is fed by layer 1. How many units has that?"),
            Wrong((7, 1), "That is db[1]. Which layer is asked for?"),
            Wrong((40, 5), "That is dZ[2] transposed; the examples are summed up in dW."),
            Wrong((12, 40), "That is A[0]; which array has the shape of a gradient of weights?"),
            Wrong((196, 784), "Those are the sizes of the lesson's network; here they are 12 → 7 → 5 → 1."),
            Wrong(
                (5, 5),
                "W[2] need not be square: a row for each unit of layer 2, a column for each unit of layer 1.",
            ),
            Wrong(
                (7, 7),
                "W[2] need not be square: a row for each unit of layer 2, a column for each unit of layer 1.",
            ),
            Wrong((1, 7), "That would be one unit fed by layer 1; how many units has layer 2?"),
            Wrong((12, 5), "Layer 2 is fed by layer 1, not by the inputs; and its own units are the rows."),
        ],
    ),
    Exercise(
        name="03.biases",
        prompt="How many biases (single numbers) does that network have?",
        right=13,
        solution="answer = 7 + 5 + 1",
        reason="Each unit of layers 1, 2 and 3 has one: 7 + 5 + 1.",
        hints=["Which units compute a weighted input z? Each of them adds a bias.", "The 12 inputs compute nothing."],
        wrong=[
            Wrong(3, "There are three bias *vectors*, one for each layer, but each holds a number for every unit."),
            Wrong(25, "Inputs have no bias: they are data, not units that compute."),
            Wrong(12, "The output unit has a bias too."),
            Wrong(124, "Those are the weights: 7 × 12, 5 × 7 and 1 × 5."),
            Wrong(24, "The 12 inputs have no bias, and the output unit has one."),
            Wrong(137, "That is all parameters, weights and biases."),
            Wrong(520, "A bias is shared by all 40 examples; it does not come once for each."),
            Wrong(8, "Layer 2, with its 5 units, is missing."),
            Wrong(6, "Layer 1, with its 7 units, is missing."),
            Wrong(19, "A bias belongs to the unit that computes, not to the one that feeds it. Which layers compute?"),
            Wrong(40, "That is the number of examples; they share the biases."),
            Wrong(2, "Each layer has a vector of biases, the output layer too; and each unit has a bias of its own."),
            Wrong(4, "Inputs do not count as a layer, and each unit has a bias of its own."),
            Wrong(35, "35 is 7 × 5, the number of weights of W[2]; biases are added up. Which units have one?"),
            Wrong(14, "One too many: which units have a bias?"),
            Wrong(1, "One bias does not do for the whole network: which units have one each?"),
            Wrong(7, "That is layer 1 alone. Which other layers compute?"),
            Wrong(5, "That is layer 2 alone. Which other layers compute?"),
        ],
    ),
    Exercise(
        name="03.unit",
        prompt=(
            "One hidden unit feeds two units of the next layer, with weights 2 and 5. Their errors are "
            "$\\delta_1 = 0.8$ and "
            "$\\delta_2 = -0.5$, and the slope of the hidden unit is $g'(z) = 0.25$. What is the hidden unit's "
            "own error $\\delta$?"
        ),
        right=-0.225,
        solution="answer = (0.8 * 2 + -0.5 * 5) * 0.25",
        reason="The effects of both paths add up, 0.8 · 2 − 0.5 · 5 = −0.9, and pass through the slope 0.25.",
        hints=[
            "There are two paths from the unit to the cost. What does each contribute?",
            "A path contributes error times weight. Add both, then go through the activation.",
        ],
        wrong=[
            Wrong(-0.9, "That is ∂J/∂a; to reach z, multiply by the slope g′(z)."),
            Wrong(1.025, "The sign of the second error is lost: its path pulls the other way."),
            Wrong(0.75, "The weights have changed places: each error goes with the weight of its own path."),
            Wrong(0.4, "That is the first path alone; the unit feeds both."),
            Wrong(-0.625, "That is the second path alone; the unit feeds both."),
            Wrong(0.625, "That is the second path alone, with the wrong sign."),
            Wrong(0.075, "The weights take no part: each path contributes its error times its weight."),
            Wrong(0.225, "The size is right, the sign is not: the second path pulls harder than the first."),
            Wrong(0.3, "The errors 0.8 and −0.5 are added with their weights, 2 and 5, and then go through the slope."),
            Wrong(-3.6, "The slope multiplies: the error passes through it. Here it divides."),
            Wrong(-0.1125, "The effects of the two paths add up; there is no mean over paths."),
            Wrong(-0.16875, "0.25 is the slope g′(z) itself; there is nothing left to compute from it."),
            Wrong(-0.45, "That is twice as much as it should be. Where does a factor 2 come from?"),
            Wrong(1.825, "A path contributes its error times its weight; here they are added."),
            Wrong(0.975, "The slope belongs to both paths; here the first is left without one."),
            Wrong(-2.1, "The slope belongs to both paths; here the second is left without one."),
            Wrong(0.525, "The sum of the errors meets the sum of the weights; each error goes with its own weight."),
            Wrong(-1, "The two paths are multiplied with each other; their effects add up."),
            Wrong(1.75, "The errors take no part: each path contributes its error times its weight."),
        ],
    ),
    Exercise(
        name="03.layer",
        prompt=(
            "**One layer.** Write the gradients of a layer's parameters from its error: `dZ` is $dZ^{[l]}$ (with "
            "the mean "
            "in it), `A_before` is $A^{[l-1]}$. Return `dW` and `db`."
        ),
        solution=layer_gradients,
        parts=("dW", "db"),
        cases=lambda: [_layer_case(), _layer_case(2, 2, 3)],
        m=[5, 3],
        reason="dW sums δ aᵀ over the examples, which is a matrix product; db sums δ, and keeps its column shape.",
        hints=[
            "dW must have shape (n[l], n[l−1]). Which product of (n[l], m) and something with n[l−1] and m has that?",
            "Turn A_before. For db add up the columns of dZ, and keep the axis.",
        ],
        wrong=[
            Wrong(
                _not_turned,
                "In a product @ the inner sizes do not match: A_before must be transposed, to sum over the examples.",
            ),
            Wrong(
                lambda dZ, A_before: (A_before @ dZ.T, dZ.sum(axis=1, keepdims=True)),
                "dW is the transpose of what it should be: a row for each unit of this layer.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.sum(axis=1)),
                "db has lost an axis: it needs the shape of b, keepdims=True.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.sum(axis=0, keepdims=True)),
                "db is summed over the units; sum over the examples, axis=1.",
            ),
            Wrong(
                lambda dZ, A_before: tuple(gradient / dZ.shape[1] for gradient in layer_gradients(dZ, A_before)),
                "The mean is in dZ already; here it is taken a second time.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ), "db = dZ holds for one example; for several, sum over them."
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.mean(axis=1, keepdims=True)),
                "db is a mean where a sum is wanted: the mean is in dZ already. Where was it taken?",
            ),
            Wrong(
                lambda dZ, A_before: (dZ.sum(axis=1, keepdims=True), dZ @ A_before.T),
                "The two results are swapped. Which one is wanted first?",
            ),
        ],
    ),
    Exercise(
        name="03.backward",
        prompt=(
            "**Two layers, whole.** The hidden activation is now $\\tanh$ (its slope was an exercise of lesson "
            "02), the output "
            "a sigmoid with cross-entropy, as before. Return `dW` and `db`, dictionaries with the keys 1 and 2."
        ),
        solution=tanh_backward,
        parts=("dW", "db"),
        cases=lambda: [_two_layers(), _two_layers(4, 5)],
        m=[6, 5],
        reason="Only one factor knows the activation, g′(Z1). Everything else stays as it was.",
        hints=[
            (
                "Go through the function `backward` of this lesson. Which of its lines knows that the hidden units "
                "are sigmoids?"
            ),
            "One line: dZ1. In place of σ′(Z1) stands the slope of tanh, at Z1.",
            "The slope of tanh is 1 − tanh²(Z1). The result is `{1: dW1, 2: dW2}, {1: db1, 2: db2}`.",
        ],
        wrong=[
            Wrong(
                _backward_with(lambda dA1, Z1, A1: sigmoid_prime(Z1)),
                "Layer 2 is right. The slope in dZ1 is that of the sigmoid; these units are tanh.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1 - np.tanh(A1) ** 2),
                "Layer 2 is right. In dZ1 the slope is taken at A1; it is wanted at Z1.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1 - np.tanh(dA1) ** 2),
                "Layer 2 is right. In dZ1 the slope is taken at dA1; it is wanted at Z1.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1.0),
                "Layer 2 is right. On the way to dZ1 the factor of the activation is missing.",
            ),
            Wrong(
                _backward_with(_tanh_slope, lambda Y, A2: A2 - Y),
                "All gradients are 6 times too large, and there are 6 examples: the mean is missing in dZ2.",
            ),
            Wrong(
                _backward_with(_tanh_slope, lambda Y, A2: (Y - A2) / Y.shape[1]),
                "All gradients have the wrong sign: dZ2 is answer minus truth.",
            ),
            Wrong(
                _with_output_slope,
                "The output's slope has cancelled against cross-entropy; here it is multiplied in again. What is dZ2?",
            ),
        ],
    ),
    Exercise(
        name="03.q1",
        prompt="In a network 784 → 196 → 1 with 11272 examples, what is the shape of $dA^{[1]}$?",
        right=(196, 11272),
        solution="q1 = (196, 11272)",
        reason="It has the shape of A[1]: a row for each hidden unit, a column for each example.",
        wrong=[
            Wrong((11272, 196), "Transposed: inside the mathematics examples are columns."),
            Wrong((1, 11272), "That is dA[2]."),
            Wrong((784, 11272), "That is A[0]."),
        ],
    ),
    Exercise(
        name="03.q2",
        prompt="Three layers of width 10 lie between a unit and the cost. How many paths lead from it to the cost?",
        right=1000,
        solution="q2 = 10**3",
        reason="Each layer multiplies the number of paths by its width; backpropagation walks none of them twice.",
        wrong=[
            Wrong(30, "Paths multiply from layer to layer; they do not add."),
            Wrong(3, "That is the number of layers; at each of them the path can go through any unit."),
            Wrong(100, "That is two layers."),
        ],
    ),
    Exercise(
        name="03.q3",
        prompt=(
            'Why is $W$ transposed on the way back? "a" because NumPy wants it; '
            '"b" because the error of a unit sums over the units that it feeds, down a column of $W$; '
            '"c" because the derivative of a matrix is its transpose.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="Forward a unit collects along its row of W, backward it collects down its column.",
        wrong=[
            Wrong("a", "The double loop of the lesson knows no transposes and finds the same."),
            Wrong("c", "There is no such rule; follow the paths of one unit."),
        ],
    ),
    Exercise(
        name="03.q4",
        prompt=(
            'In which of these is the $1/m$ of the mean written in our code? "a" in $dZ^{[L]}$ only; '
            '"b" in every $dW$ and $db$; "c" in the update.'
        ),
        right="a",
        solution='q4 = "a"',
        reason="Once, where the cost begins; everything computed from dZ[L] inherits it.",
        wrong=[
            Wrong("b", "So do the two sources; here it is written once."),
            Wrong("c", "So does Nielsen's book; here the gradient has it already."),
        ],
    ),
]
