"""Exercises for lesson 03, on shapes, single weights, single layers and two-layer networks."""

import numpy as np

from helpers.backprop.activations import sigmoid, sigmoid_prime
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def layer_gradients(dZ, A_before):
    dW = dZ @ A_before.T  # (n, m) @ (m, n_before) = (n, n_before)
    db = dZ.sum(axis=1, keepdims=True)  # (n, 1)
    return dW, db


def _layer_case(n=3, n_before=4, m=5):
    rng = np.random.default_rng(3)
    return rng.standard_normal((n, m)), rng.standard_normal((n_before, m))


def _not_transposed(dZ, A_before):
    return dZ @ A_before, dZ.sum(axis=1, keepdims=True)


def tanh_backward(Y, W, A0, Z1, A1, A2):
    dZ2 = (A2 - Y) / Y.shape[1]  # (n2, m)
    dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)  # (n2, n1), (n2, 1)
    dZ1 = (W[2].T @ dZ2) * (1 - np.tanh(Z1) ** 2)  # (n1, m), with tanh′ instead of σ′
    dW1, db1 = dZ1 @ A0.T, dZ1.sum(axis=1, keepdims=True)  # (n1, n0), (n1, 1)
    return {1: dW1, 2: dW2}, {1: db1, 2: db2}


def _backward_with(slope, output_error=lambda Y, A2: (A2 - Y) / Y.shape[1]):
    """Return the solution with a different slope for the hidden layer or a different dZ2."""

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


def _two_layers(units=3, m=6, outputs=2):
    rng = np.random.default_rng(5)
    W = {1: rng.standard_normal((units, 2)), 2: rng.standard_normal((outputs, units))}
    b = {1: rng.standard_normal((units, 1)), 2: rng.standard_normal((outputs, 1))}
    A0, Y = rng.standard_normal((2, m)), np.array([[0.0, 1, 1, 0, 1, 0], [1.0, 1, 0, 0, 0, 1]])[:outputs, :m]
    Z1 = W[1] @ A0 + b[1]
    A1 = np.tanh(Z1)
    return Y, W, A0, Z1, A1, sigmoid(W[2] @ A1 + b[2])


# The network of the first two exercises, with n0 inputs, and its number of examples.
_NETWORK = Numbers("03.network", n0=(12, 10), n1=(7, 8, 9), n2=(5, 4, 6), m=(40, 50)).also(
    biases=lambda n1, n2: n1 + n2 + 1, weights=lambda n0, n1, n2: n1 * n0 + n2 * n1 + n2, product=lambda n1, n2: n1 * n2
)

EXERCISES = [
    Exercise(
        name="03.shape",
        numbers=_NETWORK,
        prompt=(
            "A network with layer sizes <n0> → <n1> → <n2> → 1 is given <m> examples. What is the shape of "
            "$dW^{[2]}$? Answer with a pair of numbers, `(rows, columns)`."
        ),
        right=(5, 7),
        solution="answer = (<n2>, <n1>)",
        reason="dW[2] has the shape of W[2], which has n[2] rows and n[1] columns.",
        hints=[
            "A gradient has the same shape as its parameter. What is the shape of W[2]?",
            "W[l] has one row for each unit of layer l and one column for each unit of the layer before it.",
        ],
        wrong=[
            Wrong(lambda n1, n2: (n1, n2), "This shape is transposed. W[l] has as many rows as layer l has units."),
            Wrong(lambda n0, n1: (n1, n0), "This is the shape of dW[1]."),
            Wrong(lambda n2: (1, n2), "This is the shape of dW[3]."),
            Wrong(lambda n2, m: (n2, m), "This is the shape of dZ[2]. To get dW[2], you sum over the examples."),
            Wrong(
                lambda n0, n1: (n0, n1),
                "This is the shape of W[1], transposed. Which layer does the question ask about, and what do "
                "the rows of its weight matrix correspond to?",
            ),
            Wrong(lambda n2: (n2, 1), "This is the shape of db[2]. What does a column of W[2] correspond to?"),
            Wrong(lambda n1, n2: (n2, n1 + 1), "The bias is not a column of W. It has its own array."),
            Wrong(lambda n1, n2: (n2 + 1, n1), "The bias is not a row of W. It has its own array."),
            Wrong(
                lambda n1, m: (n1, m),
                "This is the shape of A[1]. To get the gradient of the weights, you sum over the examples.",
            ),
            Wrong(lambda n0, n2: (n2, n0), "Layer 2 gets its inputs from layer 1. How many units does layer 1 have?"),
            Wrong(lambda n1: (n1, 1), "This is the shape of db[1]. Which layer does the question ask about?"),
            Wrong(
                lambda n2, m: (m, n2),
                "This is the shape of dZ[2], transposed. To get dW[2], you sum over the examples.",
            ),
            Wrong(
                lambda n0, m: (n0, m),
                "This is the shape of A[0]. Which array has the same shape as the gradient of W[2]?",
            ),
            Wrong(
                (196, 784),
                "You used the layer sizes of the network in the lesson. Here they are <n0> → <n1> → <n2> → 1.",
            ),
            Wrong(
                lambda n2: (n2, n2),
                "W[2] need not be square. It has one row for each unit of layer 2 and one column for each unit "
                "of layer 1.",
            ),
            Wrong(
                lambda n1: (n1, n1),
                "W[2] need not be square. It has one row for each unit of layer 2 and one column for each unit "
                "of layer 1.",
            ),
            Wrong(
                lambda n1: (1, n1),
                "This would be right if layer 2 had only one unit. How many units does layer 2 have?",
            ),
            Wrong(
                lambda n0, n2: (n0, n2),
                "Layer 2 gets its inputs from layer 1, not from the inputs of the network, and the rows of W[2] "
                "correspond to the units of layer 2.",
            ),
            Wrong(
                lambda m, n0: (m, n0),
                "That is the shape of X, with one row for each example. What do the rows of W[2] correspond to?",
            ),
            Wrong(
                lambda n0, n1, n2: (n0, n1, n2, 1),
                "Those are the layer sizes, not the shape of an array. Which two of them give the shape of W[2]?",
            ),
            Wrong(
                lambda n1, n2: (n1, n2, 1),
                "Those are the layer sizes, not the shape of an array. Which two of them give the shape of W[2]?",
            ),
            Wrong(
                lambda n1, n2: n1 * n2,
                "That is the number of entries. The shape gives the number of rows and the number of columns.",
            ),
            Wrong(
                lambda n1, n2, m: (n2, n1, m),
                "The gradient has no axis for the examples. What happens to them in the product that gives dW[2]?",
            ),
            Wrong(lambda n2: n2, "That is only the number of rows. How many columns does W[2] have?"),
        ],
    ),
    Exercise(
        name="03.biases",
        numbers=_NETWORK,
        prompt="How many biases, counted as single numbers, does the network <n0> → <n1> → <n2> → 1 have?",
        right=13,
        solution="answer = <n1> + <n2> + 1",
        reason="Each unit of layers 1, 2 and 3 has one bias: <n1> + <n2> + 1 = <right>.",
        hints=[
            "Which units compute a weighted input z? Each of these adds a bias.",
            "The <n0> inputs do not compute anything, so they have no biases.",
        ],
        wrong=[
            Wrong(
                3,
                "There are three bias *vectors*, one per layer, but each contains one number for every unit of "
                "its layer.",
            ),
            Wrong(
                lambda n0, biases: n0 + biases,
                "The inputs have no biases. They are data, not units that compute something.",
            ),
            Wrong(lambda n1, n2: n1 + n2, "You left out the output unit. It has a bias too."),
            Wrong(lambda weights: weights, "This is the number of weights: <n1> × <n0>, <n2> × <n1> and 1 × <n2>."),
            Wrong(
                lambda n0, n1, n2: n0 + n1 + n2, "The <n0> inputs have no biases, but the output unit does have one."
            ),
            Wrong(
                lambda weights, biases: weights + biases,
                "This is the total number of parameters, which includes the weights.",
            ),
            Wrong(
                lambda biases, m: biases * m,
                "All <m> examples share the same biases. There is no separate bias for each example.",
            ),
            Wrong(lambda n1: n1 + 1, "You left out layer 2, which has <n2> units."),
            Wrong(lambda n2: n2 + 1, "You left out layer 1, which has <n1> units."),
            Wrong(
                lambda n0, n1: n0 + n1,
                "A bias belongs to the unit that computes a weighted input, not to the unit that feeds it. "
                "Which layers compute weighted inputs?",
            ),
            Wrong(lambda m: m, "This is the number of examples, which all share the same biases."),
            Wrong(2, "Every layer, including the output layer, has a bias vector, and each unit has its own bias."),
            Wrong(4, "The inputs do not count as a layer with biases, and each unit has its own bias."),
            Wrong(
                lambda product: product,
                "You multiplied two layer sizes. This gives the number of weights in W[2], <n1> × <n2> = <product>. "
                "Which units have a bias?",
            ),
            Wrong(lambda biases: biases + 1, "You counted one bias too many. Which units have a bias?"),
            Wrong(1, "The network has more than one bias. Which units have one?"),
            Wrong(lambda n1: n1, "This is the number of biases in layer 1 only. Which other layers compute something?"),
            Wrong(lambda n2: n2, "This is the number of biases in layer 2 only. Which other layers compute something?"),
            Wrong(
                197,
                "That is the number of biases in the digit network from the lesson. Which sizes are given here?",
            ),
        ],
    ),
    Exercise(
        name="03.weight",
        numbers=Numbers(
            "03.weight",
            lambda w1, w2, d1, d2: d1 * w1 < -d2 * w2,  # the second path contributes more
            w1=(2, 3),
            w2=(5, 6),
            d1=(0.8,),
            d2=(-0.5, -0.9),
            a=(0.6, 0.7),
            x=(3, 4),
        ).also(
            total=lambda w1, w2, d1, d2: round(d1 * w1 + d2 * w2, 6),
            size=lambda d2: -d2,
            g=lambda a: round(a * (1 - a), 6),
            error=lambda w1, w2, d1, d2, a: round((d1 * w1 + d2 * w2) * a * (1 - a), 6),
        ),
        prompt=(
            "A hidden unit with a sigmoid has the activation $a = <a>$. It feeds two output units, with weights <w1> "
            "and <w2>. Their errors are $\\delta_1 = <d1>$ and $\\delta_2 = <d2>$. One of the weights that lead *into* "
            "the hidden unit comes from the input $x = <x>$. What is the gradient of that weight?"
        ),
        right=-0.648,
        solution="da = <d1> * <w1> + <d2> * <w2>\ndz = da * <a> * (1 - <a>)\nanswer = dz * <x>",
        reason=(
            "The two paths add up to <d1> · <w1> − <size> · <w2> = <total>. Multiplied by the slope "
            "<a> · (1 − <a>) = <g>, this gives the error of the hidden unit, <error>. Multiplied by the input <x>, the "
            "error gives the gradient."
        ),
        hints=[
            (
                "Go back from the cost one step at a time. There are two paths to the hidden unit. What does each of "
                "them contribute to ∂J/∂a, and what is the slope at this unit?"
            ),
            (
                "Each path contributes its error times its weight. The slope of the sigmoid is a (1 − a). What is at "
                "the tail of the weight's arrow?"
            ),
        ],
        wrong=[
            Wrong(
                lambda error: error,
                "This is the error of the hidden unit. The gradient of a weight has one more factor. What is at the "
                "tail of its arrow?",
            ),
            Wrong(
                lambda total: total,
                "This is ∂J/∂a of the hidden unit. Which two steps lead from there to a weight into the unit?",
            ),
            Wrong(
                lambda total, x: total * x,
                "The slope is missing. To get from a to z in the hidden unit, multiply by the slope of the sigmoid.",
            ),
            Wrong(
                lambda total, a, x: total * a * x,
                "You multiplied by the activation of the hidden unit instead of its slope. What is the slope of the "
                "sigmoid, in terms of a?",
            ),
            Wrong(
                lambda total, a, x: total * (1 - a) * x,
                "The slope of the sigmoid has two factors, of which you used one.",
            ),
            Wrong(
                lambda error, a: error * a,
                "You multiplied the error of the hidden unit by its own activation, but that is at the head of the "
                "arrow. What is at the tail?",
            ),
            Wrong(
                lambda total, a, g, x: total * (1 - a**2) * x,
                "1 − a² is the slope of tanh. What is the slope of the sigmoid, in terms of a?",
            ),
            Wrong(
                lambda w1, w2, d1, d2, g, x: (d1 * w1 - d2 * w2) * g * x,
                "You lost the sign of the second error, which is negative.",
            ),
            Wrong(
                lambda w1, w2, d1, d2, g, x: (d1 * w2 + d2 * w1) * g * x,
                "You swapped the weights. Multiply each error by the weight of its own path.",
            ),
            Wrong(
                lambda w1, d1, g, x: d1 * w1 * g * x,
                "This is the contribution of the first path only. The hidden unit feeds both units.",
            ),
            Wrong(
                lambda w2, d2, g, x: d2 * w2 * g * x,
                "This is the contribution of the second path only. The hidden unit feeds both units.",
            ),
            Wrong(
                lambda d1, d2, g, x: (d1 + d2) * g * x,
                "You did not use the weights to the outputs. Each path contributes its error times its weight.",
            ),
            Wrong(
                lambda w1, w2, g, x: (w1 + w2) * g * x,
                "You did not use the errors. Each path contributes its error times its weight.",
            ),
            Wrong(
                lambda error, x: -error * x,
                "The size is right, but the sign is wrong. The contribution of the second path is larger than "
                "that of the first.",
            ),
            Wrong(
                lambda error, x: error / x,
                "You divided by the input. The gradient of a weight is the error at its head *times* the number at its "
                "tail.",
            ),
            Wrong(
                lambda error, x: error * x / 2,
                "You took the mean over the two paths. Add their contributions instead.",
            ),
            Wrong(
                lambda d1, w1, a, x: d1 * w1 * x,
                "You followed only the first path and left out the slope. What does the second path contribute?",
            ),
            Wrong(
                lambda d1, d2, x: (d1 + d2) * x,
                "First multiply each error by its weight, and add the products. Then multiply by the slope and by the "
                "input.",
            ),
            Wrong(
                lambda w1, w2, d1, d2, g, x: (d1 + d2) * (w1 + w2) * g * x,
                "You multiplied the sum of the errors by the sum of the weights. Multiply each error by its own "
                "weight.",
            ),
            Wrong(
                lambda w1, w2, d1, d2, g, x: d1 * w1 * d2 * w2 * g * x,
                "You multiplied the contributions of the two paths. Add them instead.",
            ),
        ],
    ),
    Exercise(
        name="03.layer",
        prompt=(
            "**One layer.** Write a function that computes the gradients of a layer's parameters from its "
            "error. `dZ` is $dZ^{[l]}$ (which already includes the mean), and `A_before` is $A^{[l-1]}$. "
            "Return `dW` and `db`."
        ),
        solution=layer_gradients,
        parts=("dW", "db"),
        cases=lambda: [_layer_case(), _layer_case(2, 2, 3)],
        m=[5, 3],
        reason=(
            "dW is the sum of δ aᵀ over the examples, which is a matrix product. db is the sum of δ over the "
            "examples and keeps the shape of a column."
        ),
        hints=[
            (
                "dW must have shape (n[l], n[l−1]). Which product of an (n[l], m) array and an array with "
                "axes of length n[l−1] and m has that shape?"
            ),
            "Transpose A_before. For db, add up the columns of dZ and keep the axis.",
        ],
        wrong=[
            Wrong(
                _not_transposed,
                "The inner dimensions of the matrix product @ do not match. Transpose A_before, so that the product "
                "sums over the examples.",
            ),
            Wrong(
                lambda dZ, A_before: (A_before @ dZ.T, dZ.sum(axis=1, keepdims=True)),
                "dW is transposed. It needs one row for each unit of this layer.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.sum(axis=1)),
                "db has lost an axis. It needs the same shape as b, so use keepdims=True.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.sum(axis=0, keepdims=True)),
                "For db, you summed over the units. Sum over the examples instead, with axis=1.",
            ),
            Wrong(
                lambda dZ, A_before: tuple(gradient / dZ.shape[1] for gradient in layer_gradients(dZ, A_before)),
                "dZ already includes the mean, but you took it a second time.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ),
                "db = dZ is right for a single example. For several examples, sum over them.",
            ),
            Wrong(
                lambda dZ, A_before: (dZ @ A_before.T, dZ.mean(axis=1, keepdims=True)),
                "You computed db as a mean, but it should be a sum, because dZ already includes the mean. Where was "
                "that mean taken?",
            ),
            Wrong(
                lambda dZ, A_before: (dZ.sum(axis=1, keepdims=True), dZ @ A_before.T),
                "The two results are swapped. Which one should come first?",
            ),
        ],
    ),
    Exercise(
        name="03.backward",
        prompt=(
            "**A whole two-layer network.** The hidden activation is now $\\tanh$, whose slope you found in "
            "lesson 02. The outputs are still sigmoids with cross-entropy. Write the backward pass as a "
            "separate function. Return `dW` and `db` as dictionaries with the keys 1 and 2."
        ),
        solution=tanh_backward,
        parts=("dW", "db"),
        cases=lambda: [_two_layers(), _two_layers(4, 5, 1)],
        m=[6, 5],
        reason="Only one factor, g′(Z1), depends on the activation function. Everything else is the same as before.",
        hints=[
            (
                "Look at the function `backward` in this lesson. Which of its lines depends on the hidden "
                "units being sigmoids?"
            ),
            "Only the line for dZ1 depends on it. Replace σ′(Z1) with the slope of tanh at Z1.",
            "The slope of tanh is 1 − tanh²(Z1). Return `{1: dW1, 2: dW2}, {1: db1, 2: db2}`.",
        ],
        wrong=[
            Wrong(
                _backward_with(lambda dA1, Z1, A1: sigmoid_prime(Z1)),
                "Layer 2 is correct. In dZ1, you used the slope of the sigmoid, but these units use tanh.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1 - np.tanh(A1) ** 2),
                "Layer 2 is correct. In dZ1, you computed the slope at A1. Compute it at Z1 instead.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1 - np.tanh(dA1) ** 2),
                "Layer 2 is correct. In dZ1, you computed the slope at dA1. Compute it at Z1 instead.",
            ),
            Wrong(
                _backward_with(lambda dA1, Z1, A1: 1.0),
                "Layer 2 is correct. In dZ1, the slope of the activation function is missing.",
            ),
            Wrong(
                _backward_with(_tanh_slope, lambda Y, A2: A2 - Y),
                "All gradients are 6 times too large, and there are 6 examples. The mean is missing from dZ2.",
            ),
            Wrong(
                _backward_with(_tanh_slope, lambda Y, A2: (Y - A2) / Y.shape[1]),
                "All gradients have the wrong sign. In dZ2, the error is the prediction minus the target.",
            ),
            Wrong(
                _with_output_slope,
                "You multiplied by the output's slope, but with cross-entropy, it has already cancelled out. "
                "What is dZ2?",
            ),
        ],
    ),
    Exercise(
        name="03.q1",
        prompt="In a network with layer sizes 784 → 196 → 1 and 11272 examples, what is the shape of $dA^{[1]}$?",
        right=(196, 11272),
        solution="q1 = (196, 11272)",
        reason="dA[1] has the shape of A[1], with one row for each hidden unit and one column for each example.",
        wrong=[
            Wrong((11272, 196), "This shape is transposed. In our equations, each example is a column."),
            Wrong((1, 11272), "This is the shape of dA[2]."),
            Wrong((784, 11272), "This is the shape of A[0]."),
        ],
    ),
    Exercise(
        name="03.q2",
        numbers=Numbers("03.q2", n=(10, 4, 5, 6, 7, 8, 9, 20)),
        prompt=(
            "Between a unit and the cost there are three layers of width <n>. How many paths lead from the "
            "unit to the cost?"
        ),
        right=1000,
        solution="q2 = <n>**3",
        reason=(
            "Each layer multiplies the number of paths by its width. Backpropagation avoids following the "
            "paths one by one."
        ),
        wrong=[
            Wrong(
                lambda n: 3 * n,
                "You added the widths of the layers. In each layer, the number of paths is multiplied by the width.",
            ),
            Wrong(3, "This is the number of layers. In each of them, the path can pass through any of the units."),
            Wrong(lambda n: n**2, "This would be right for two layers."),
        ],
    ),
    Exercise(
        name="03.q3",
        prompt=(
            'Why is $W$ transposed in the backward pass? "a" because NumPy requires it; "b" because the '
            'error of a unit is a sum over the units that it feeds, down a column of $W$; "c" because the '
            "derivative of a matrix is its transpose."
        ),
        right="b",
        solution='q3 = "b"',
        reason="In the forward pass, a unit sums along its row of W. In the backward pass, it sums down its column.",
        wrong=[
            Wrong("a", "The double loop in the lesson uses no transposes and gives the same result."),
            Wrong("c", "There is no such rule. Trace the paths through a single unit."),
        ],
    ),
    Exercise(
        name="03.q4",
        prompt=(
            'Where does the factor $1/m$ of the mean appear in our backward pass? "a" in the line for '
            '$dZ^{[2]}$ only; "b" in the lines for every $dW$ and $db$; "c" nowhere, as it is applied in the update.'
        ),
        right="a",
        solution='q4 = "a"',
        reason="It appears once, where the backward pass begins. Everything computed from dZ[2] inherits it.",
        wrong=[
            Wrong("b", "That would also work, but it takes more code. Where does the factor first come in?"),
            Wrong("c", "By then, the gradient already includes it. Where does the factor first come in?"),
        ],
    ),
    Exercise(
        name="03.q5",
        numbers=Numbers("03.q5", a=(100, 80, 60, 200), b=(50, 40, 20, 30)).also(connections=lambda a, b: a * b),
        prompt=(
            "In the middle of a deep network, a layer of <a> units feeds a layer of <b> units. For one "
            "example, how many multiplications by a weight or an activation does the backward pass need "
            "for the connections between them? Do not count the multiplications by slopes."
        ),
        right=10000,
        solution="q5 = 2 * <a> * <b>",
        reason=(
            "Each of the <connections> connections needs two products: one for its own gradient and one to pass "
            "the error back."
        ),
        wrong=[
            Wrong(
                lambda connections: connections,
                "This is one product per connection, as in the forward pass. What else must happen at a "
                "connection in the backward pass?",
            ),
            Wrong(lambda a, b: a + b, "You counted the units. How many connections are there from <a> units to <b>?"),
            Wrong(
                lambda a, b: 2 * (a + b), "You counted the units. How many connections are there from <a> units to <b>?"
            ),
            Wrong(
                lambda connections: connections // 2,
                "This is too small. How many connections are there from <a> units to <b>?",
            ),
            Wrong(
                lambda connections: 3 * connections,
                "You also counted the forward pass. The question asks only about the backward pass.",
            ),
        ],
    ),
]
