"""Exercises for lesson 04, with their solutions, hints and feedback on wrong answers.

The learner writes the forward pass, the backward pass and the update step of a network with any number of layers, and
then trains the network with these functions.
"""

import numpy as np

from helpers.backprop.activations import identity, sigmoid, sigmoid_prime, softmax, tanh, tanh_prime
from helpers.backprop.network import initialize_parameters
from helpers.exercises.core import Exercise, Wrong


def step_back(W, dZ, Z_before):
    dA = W.T @ dZ  # carry the error back one layer
    return dA * sigmoid_prime(Z_before)  # carry it through the activation function


def _step_arguments(n=4, n_before=3, m=5):
    """Return random W (n, n_before) and dZ (n, m) for one layer, and Z (n_before, m) for the previous layer."""
    rng = np.random.default_rng(4)
    return rng.standard_normal((n, n_before)), rng.standard_normal((n, m)), rng.standard_normal((n_before, m))


def forward(X, W, b, g, g_out):
    L = len(W)
    Z, A = {}, {0: X.T}  # A[0]: (n[0], m)
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]  # (n[l], m)
        A[l] = g_out(Z[l]) if l == L else g(Z[l])  # (n[l], m)
    return Z, A


def backward(Y, W, Z, A, g_prime):
    L, m = len(W), Y.shape[1]
    dW, db = {}, {}
    dZ = (A[L] - Y) / m  # (n[L], m), includes the factor 1/m of the mean cost
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T  # (n[l], n[l-1])
        db[l] = dZ.sum(axis=1, keepdims=True)  # (n[l], 1)
        if l > 1:
            dZ = (W[l].T @ dZ) * g_prime(Z[l - 1])  # (n[l-1], m)
    return dW, db


def update(parameter, gradient, learning_rate):
    return parameter - learning_rate * gradient


def train(X, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        Z, A = forward(X, W, b, sigmoid, sigmoid)
        dW, db = backward(Y, W, Z, A, sigmoid_prime)
        W = {l: update(W[l], dW[l], learning_rate) for l in W}
        b = {l: update(b[l], db[l], learning_rate) for l in b}
    return W, b


def _network(sizes=(3, 4, 2, 1), m=6):
    rng = np.random.default_rng(6)
    W, _ = initialize_parameters(sizes, random_state=rng)
    b = {l: 0.5 * rng.standard_normal((sizes[l], 1)) for l in W}
    return rng.standard_normal((m, sizes[0])), rng.integers(0, 2, (sizes[-1], m)).astype(float), W, b


def _shallow_and_deep():
    """Return 5 examples and the parameters for each of two networks, one with 1 layer and one with 4."""
    return _network((2, 1), m=5), _network((3, 4, 2, 3, 2), m=5)


def _forward_cases():
    X, _, W, b = _network()
    (X1, _, W1, b1), (X4, _, W4, b4) = _shallow_and_deep()
    others = [(X1, W1, b1, sigmoid, identity), (X4, W4, b4, tanh, softmax)]
    return [(X, W, b, tanh, sigmoid), (X, W, b, sigmoid, sigmoid), *others]


def _forward_with(weighted=lambda W, A, b: W @ A + b, inputs=lambda X: X.T, hidden=lambda g, Z, b: g(Z), last="g_out"):
    def broken(X, W, b, g, g_out):
        Z, A = {}, {0: inputs(X)}
        for l in range(1, len(W) + 1):
            Z[l] = weighted(W[l], A[l - 1], b[l])
            A[l] = {"g_out": g_out, "g": g}[last](Z[l]) if l == len(W) else hidden(g, Z[l], b[l]) + 0 * Z[l]
        return Z, A

    return broken


def _overwritten(X, W, b, g, g_out):
    _, A = forward(X, W, b, g, g_out)
    return {l: A[l] for l in W}, A


def _without_input(X, W, b, g, g_out):
    Z, A = forward(X, W, b, g, g_out)
    return Z, {l: A[l] for l in W}


def _backward_cases():
    X, Y, W, b = _network()
    (X1, Y1, W1, b1), (X4, Y4, W4, b4) = _shallow_and_deep()
    return [
        (Y, W, *forward(X, W, b, sigmoid, sigmoid), sigmoid_prime),
        (Y, W, *forward(X, W, b, tanh, sigmoid), tanh_prime),
        (Y1, W1, *forward(X1, W1, b1, sigmoid, identity), sigmoid_prime),
        (Y4, W4, *forward(X4, W4, b4, tanh, softmax), tanh_prime),
    ]


def _update_cases():
    rng = np.random.default_rng(7)
    return [
        (rng.standard_normal(shape), rng.standard_normal(shape), rate) for shape, rate in (((2, 3), 0.1), ((3, 1), 0.7))
    ]


def _backward_with(
    start=lambda Y, A: (A - Y) / Y.shape[1],
    product=lambda dZ, A: dZ @ A.T,
    bias=lambda dZ: dZ.sum(axis=1, keepdims=True),
    slope=lambda g_prime, dA, Z, A: g_prime(Z),
    until=0,
):
    """Return a copy of the solution with one of its steps replaced."""

    def broken(Y, W, Z, A, g_prime):
        dW, db, dZ = {}, {}, start(Y, A[len(W)])
        for l in range(len(W), until, -1):
            dW[l], db[l] = product(dZ, A[l - 1]), bias(dZ)
            if l > 1:
                dA = W[l].T @ dZ
                dZ = dA * slope(g_prime, dA, Z[l - 1], A[l - 1])
        return dW, db

    return broken


def _slope_before_the_product(Y, W, Z, A, g_prime):
    dW, db, dZ = {}, {}, (A[len(W)] - Y) / Y.shape[1]
    for l in range(len(W), 0, -1):
        dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
        dZ = W[l].T @ (dZ * g_prime(Z[l]))
    return dW, db


def _hidden_slope_at_the_output(Y, W, Z, A, g_prime):
    L, dW, db = len(W), {}, {}
    dA = (A[L] - Y) / (A[L] * (1 - A[L])) / Y.shape[1]
    for l in range(L, 0, -1):
        dZ = dA * g_prime(Z[l])
        dW[l], db[l] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
        dA = W[l].T @ dZ
    return dW, db


def _not_turned_back(Y, W, Z, A, g_prime):
    dZ = (A[3] - Y) / Y.shape[1]
    return {3: W[3] @ dZ}, {3: dZ}


def _train_with(sign=1, mean=True, stale=False, bias=True, slope=sigmoid_prime, hidden=sigmoid, twice=False):
    def broken(X, Y, W, b, learning_rate, steps):
        first, rate = (W, b), sign * (1 if mean else len(X)) * learning_rate / (len(X) if twice else 1)
        for _ in range(steps):
            at = first if stale else (W, b)
            dW, db = backward(Y, at[0], *forward(X, *at, hidden, sigmoid), slope)
            W = {l: W[l] - rate * dW[l] for l in W}
            b = {l: b[l] - rate * db[l] for l in b} if bias else b
        return W, b

    return broken


def _layer_by_layer(X, Y, W, b, learning_rate, steps):
    W, b = dict(W), dict(b)
    for l in [l for l in sorted(W) for _ in range(steps)]:
        dW, db = backward(Y, W, *forward(X, W, b, sigmoid, sigmoid), sigmoid_prime)
        W[l], b[l] = W[l] - learning_rate * dW[l], b[l] - learning_rate * db[l]
    return W, b


def _one_after_the_other(X, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        dW, _ = backward(Y, W, *forward(X, W, b, sigmoid, sigmoid), sigmoid_prime)
        W = {l: W[l] - learning_rate * dW[l] for l in W}
        _, db = backward(Y, W, *forward(X, W, b, sigmoid, sigmoid), sigmoid_prime)
        b = {l: b[l] - learning_rate * db[l] for l in b}
    return W, b


EXERCISES = [
    Exercise(
        name="04.parameters",
        prompt=("How many parameters, counting both weights and biases, does a 784 → 392 → 196 → 98 → 1 network have?"),
        right=784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
        solution="n = [784, 392, 196, 98, 1]\nanswer = sum(n[l] * n[l - 1] + n[l] for l in range(1, len(n)))",
        reason="Layer l contributes n[l] · n[l−1] weights and n[l] biases.",
        hints=[
            "How many entries do W[1] and b[1] have? Answer the same question for each of the other layers.",
            (
                "Layer 1 has 392 · 784 weights and 392 biases. Work out the "
                "same two numbers for all four layers and add everything up."
            ),
        ],
        wrong=[
            Wrong(784 * 392 + 392 * 196 + 196 * 98 + 98, "You counted only the weights. Every unit has a bias too."),
            Wrong(392 + 196 + 98 + 1, "You counted only the biases. The weights are missing."),
            Wrong(
                392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "Layer 1 is missing: you left out both its weights, which come from the 784 inputs, and its biases.",
            ),
            Wrong(
                392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "The weights that connect the 784 inputs to layer 1 are missing.",
            ),
            Wrong(
                784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98,
                "You left out the last layer, which has a single unit.",
            ),
            Wrong(
                784 + 392 + 196 + 98 + 1,
                (
                    "You added up the units. The number of weights in a layer is the product "
                    "of two neighbouring layer sizes. How many entries does W[1] have?"
                ),
            ),
            Wrong(
                404936,
                "Each unit that computes something has a bias, so layer l has n[l] biases, not n[l−1].",
            ),
            Wrong(404937, "You counted a bias for each of the 784 inputs, but inputs compute nothing and have none."),
            Wrong(
                99,
                (
                    "That is the number of parameters in the last layer alone. "
                    "Does your loop overwrite the sum instead of adding to it?"
                ),
            ),
            Wrong(307720, "That is the number of parameters in the first layer alone."),
            Wrong(
                784 * 392 * 196 * 98,
                (
                    "You multiplied all the layer sizes together. Instead, count "
                    "the parameters of each layer and add these numbers up."
                ),
            ),
            Wrong(403470, "You counted one bias per layer, but every unit has its own."),
            Wrong(404152, "Your answer is one too small: the output unit has a bias as well."),
            Wrong(154057, "That is the answer for the 784 → 196 → 1 network, but this network has four layers."),
            Wrong(
                784 * 392 + 392 * 392 + 392 * 196 + 196 * 196 + 196 * 98 + 98 * 98 + 98 + 1,
                "You counted n[l]² biases in each layer. A layer has only one bias per unit.",
            ),
            Wrong(806932, "You counted as many biases as weights, but each unit has only one bias."),
        ],
    ),
    Exercise(
        name="04.step",
        prompt=(
            "Write one step of the backward pass yourself: the step from $dZ^{[l]}$ "
            "to $dZ^{[l-1]}$ in a network of sigmoid units. `W` is $W^{[l]}$, `dZ` is "
            "$dZ^{[l]}$, and `Z_before` is $Z^{[l-1]}$. You can use `sigmoid_prime`."
        ),
        solution=step_back,
        parts=("dZ",),
        cases=lambda: [_step_arguments(), _step_arguments(2, 4, 6)],
        m=[5, 6],
        reason=(
            "dA = Wᵀ dZ carries the error back to the previous layer, and "
            "the factor ⊙ σ′(Z) carries it through the activation function."
        ),
        hints=[
            (
                "There are two steps. First go from dZ to dA of the previous "
                "layer, then go through that layer's activation function."
            ),
            (
                "The first step is a matrix product that turns n[l] rows "
                "into n[l−1]. The second step is an entry-by-entry product."
            ),
            "In the second step, multiply by the slope of the sigmoid at Z_before.",
        ],
        wrong=[
            Wrong(
                lambda W, dZ, Z: W.T @ (dZ * sigmoid_prime(W @ sigmoid(Z))),
                "You multiplied by the slope in layer l, but dZ already contains it. Which layer's slope is still "
                "missing?",
            ),
            Wrong(
                lambda W, dZ, Z: (np.linalg.pinv(W) @ dZ) * sigmoid_prime(Z),
                "You multiplied by a (pseudo-)inverse of W. Which matrix does the backward pass multiply by?",
            ),
            Wrong(lambda W, dZ, Z: W.T @ dZ, "That is dA. The factor σ′(Z) is still missing."),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * sigmoid(Z),
                "You multiplied by σ(Z), but the chain rule requires its derivative σ′(Z).",
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(sigmoid(Z)),
                "You evaluated σ′ at the output A. It has to be evaluated at Z.",
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(W.T @ dZ),
                "You evaluated σ′ at dA. It has to be evaluated at Z, the weighted input of that layer.",
            ),
            Wrong(
                lambda W, dZ, Z: W @ dZ,
                (
                    "The inner dimensions of the matrix product @ do not "
                    "match. Compare the two shapes: is a transpose missing?"
                ),
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * (Z > 0),
                (
                    "That is the slope of ReLU, but these are sigmoid units. "
                    "Which function gives you the slope of the sigmoid?"
                ),
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * (1 - np.tanh(Z) ** 2),
                (
                    "That is the slope of tanh, but these are sigmoid units. "
                    "Which function gives you the slope of the sigmoid?"
                ),
            ),
            Wrong(
                lambda W, dZ, Z: W.T @ dZ / 3,
                (
                    "This step does not involve a mean, because the mean has already been "
                    "taken in dZ. What should you multiply by instead of dividing?"
                ),
            ),
            Wrong(
                lambda W, dZ, Z: sigmoid_prime(W.T @ dZ),
                (
                    "You evaluated the slope at dA and did not use Z at all. At which "
                    "array should you evaluate σ′, and what should you multiply it by?"
                ),
            ),
        ],
    ),
    Exercise(
        name="04.forward",
        prompt=(
            "**Your own network, part 1.** Write `forward` for any number of layers. `X` has one "
            "row for each example. `W` and `b` are dictionaries with the keys 1 … L. `g` is the "
            "activation function of the hidden layers, and `g_out` is that of the last layer. "
            "Return two dictionaries: `Z` with the keys 1 … L, and `A` with the keys 0 … L."
        ),
        solution=forward,
        parts=("Z", "A"),
        cases=_forward_cases,
        m=[6, 6, 5, 5],
        reason="Each layer takes two lines of code, and you keep everything that the backward pass will need.",
        hints=[
            "Start with A[0] = X.T. Then run the same two lines for l = 1 … L, where L is len(W).",
            "Compute Z[l] from A[l − 1], and A[l] from Z[l]. Use g_out as the activation function only when l == L.",
        ],
        wrong=[
            Wrong(_forward_with(last="g"), "The last layer should use its own activation function, g_out."),
            Wrong(_forward_with(weighted=lambda W, A, b: W @ A), "The bias is missing from Z."),
            Wrong(
                _forward_with(hidden=lambda g, Z, b: g(b)),
                (
                    "You applied the hidden activation function to b alone. "
                    "Which array holds the whole weighted input, including b?"
                ),
            ),
            Wrong(
                _forward_with(hidden=lambda g, Z, b: Z),
                "The hidden layers have no activation function. Set A[l] = g(Z[l]).",
            ),
            Wrong(
                _overwritten,
                "Your Z contains the activations. Keep Z and A separate, because the backward pass needs both.",
            ),
            Wrong(_without_input, "A[0] is missing. The backward pass needs the input of layer 1."),
            Wrong(
                _forward_with(inputs=lambda X: X),
                (
                    "The inner dimensions of the matrix product @ do not match. The "
                    "examples are the rows of X, but they must be the columns of A[0]."
                ),
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g_out, g),
                "You swapped g and g_out. Which one should the last layer use?",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g_out, g_out),
                (
                    "You used g_out in every layer, but it is meant only for the last "
                    "layer. Which activation function should the hidden layers use?"
                ),
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, sigmoid, sigmoid),
                "Your code always calls sigmoid and ignores g and g_out. Where should you use these two arguments?",
                r"sigmoid",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g, identity),
                "The last layer has no activation function. Which of the arguments should you apply there?",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g, lambda Z: g_out(g(Z))),
                "In the last layer, you applied both activation functions. Which one should turn Z into A there?",
            ),
        ],
    ),
    Exercise(
        name="04.backward",
        prompt=(
            "**Part 2.** Write `backward` for any number of layers and any number of "
            "outputs, using the dictionaries from part 1. `g_prime` is the derivative "
            "of the hidden activation function, as a function of $Z$. At the output, "
            "start with $dZ^{[L]} = \\frac1m (A^{[L]} - Y)$. Return `dW` and `db`."
        ),
        solution=backward,
        parts=("dW", "db"),
        cases=_backward_cases,
        m=[6, 6, 5, 5],
        reason=(
            "A single loop runs from the last layer to the first. Each layer reuses the error of the layer after it."
        ),
        hints=[
            (
                "Start with dZ of the last layer. Then, for l = L … 1, compute "
                "both gradients of layer l and take one step back to layer l − 1."
            ),
            (
                "The step back is the same as in `step_back`, with g_prime "
                "instead of sigmoid_prime. You do not need it when l = 1."
            ),
            "for l in range(L, 0, -1): compute dW[l] and db[l] from dZ; if l > 1, set dZ = (W[l].T @ dZ) * …",
        ],
        wrong=[
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: g_prime(A)),
                (
                    "The last layer is correct, but the earlier ones are not. You "
                    "evaluated g_prime at A, but it has to be evaluated at Z."
                ),
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: g_prime(dA)),
                (
                    "The last layer is correct, but the earlier ones are not. You "
                    "evaluated g_prime at dA, but it has to be evaluated at Z."
                ),
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: 1.0),
                (
                    "The last layer is correct, but the earlier ones are not, "
                    "because the derivative of the activation function is missing."
                ),
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: sigmoid_prime(Z)),
                (
                    "Your function works for sigmoid units but not for tanh units. "
                    "Use g_prime, so that it works for any activation function."
                ),
            ),
            Wrong(
                _slope_before_the_product,
                "The last layer is correct, but the earlier ones are not. You multiplied dZ of layer l by the slope of "
                "layer l, but dZ already contains it. Which layer's slope is still missing after the product with W?",
            ),
            Wrong(
                _hidden_slope_at_the_output,
                (
                    "You multiplied ∂J/∂A of the output layer by the slope of the hidden layers. The output units "
                    "have their own activation function. What is dZ of the output layer?"
                ),
                "log|1 - A",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: A - Y),
                "All gradients are 6 times too large, and there are 6 examples. You forgot to take the mean in dZ.",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: (Y - A) / Y.shape[1]),
                "All gradients have the wrong sign. At the output, dZ is the prediction minus the target.",
            ),
            Wrong(
                _backward_with(bias=lambda dZ: dZ.sum(axis=1)),
                "db has lost an axis. It must have the same shape as b, so pass keepdims=True.",
            ),
            Wrong(
                _backward_with(product=lambda dZ, A: A @ dZ.T),
                "dW is transposed. dW[l] must have one row for each unit in layer l.",
            ),
            Wrong(
                _backward_with(until=1),
                "The gradients of layer 1 are missing. Does your loop stop one layer too early?",
            ),
            Wrong(
                _not_turned_back,
                (
                    "The inner dimensions of the matrix product @ do not "
                    "match. In the backward pass, W must be transposed."
                ),
                r"W\w*(\[\w+\])? @",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: (A - Y) / Y.shape[1] * A * (1 - A)),
                (
                    "You multiplied by the slope of the output activation, but that factor has already been cancelled "
                    "by the derivative of the cost. Which formula for dZ at the output does the exercise give?"
                ),
            ),
            Wrong(
                _backward_with(bias=lambda dZ: dZ.mean(axis=1, keepdims=True)),
                (
                    "You averaged dZ over the examples to get db, but dZ already "
                    "contains the factor 1/m. What should you do instead of averaging?"
                ),
            ),
        ],
    ),
    Exercise(
        name="04.update",
        prompt=(
            "**Part 3.** Write one step of gradient descent for a single array of "
            "parameters. Return a new array and leave the one you are given unchanged."
        ),
        solution=update,
        parts=("parameter",),
        cases=_update_cases,
        reason="You take a small step against the gradient: θ − α dθ.",
        hints=[
            "The rule is W ← W − α dW, and b is updated in the same way.",
            "`parameter - …` creates a new array, whereas `parameter -= …` changes the existing one.",
        ],
        wrong=[
            Wrong(
                lambda p, g, rate: p + rate * g,
                (
                    "Your step goes uphill. The gradient points in the direction "
                    "in which the cost rises, so you have to subtract it."
                ),
            ),
            Wrong(lambda p, g, rate: p - g, "The learning rate is missing. It determines how large the step is."),
            Wrong(lambda p, g, rate: -rate * g, "That is the step alone. You still have to add it to the parameter."),
            Wrong(
                lambda p, g, rate: p - rate * p,
                (
                    "You subtracted a multiple of the parameter itself, which "
                    "only shrinks it. Subtract a multiple of the gradient."
                ),
            ),
            Wrong(
                lambda p, g, rate: (1 - rate) * p - rate * g,
                (
                    "You also shrink the parameter, which amounts to a penalty "
                    "on large weights. What does a plain step subtract?"
                ),
            ),
        ],
    ),
    Exercise(
        name="04.train",
        prompt=(
            "**Train it yourself**, using your own functions. Take `steps` steps of gradient descent "
            "with sigmoid units in every layer, for any number of layers and any number of outputs. "
            "Return the new `W` and `b` as dictionaries, and leave the ones you are given unchanged."
        ),
        solution=train,
        parts=("W", "b"),
        cases=lambda: [(*_network((2, 3, 1)), 0.5, 4), (*_network((3, 2, 2, 2), m=5), 2.0, 1)],
        m=[6, 5],
        reason="Forward, backward, update: your own network has learned.",
        hints=[
            (
                "In each step, call forward(X, W, b, sigmoid, sigmoid), then "
                "backward(…, sigmoid_prime), and then update every layer."
            ),
            "W = {l: update(W[l], dW[l], learning_rate) for l in W} creates a new dictionary.",
        ],
        wrong=[
            Wrong(
                _layer_by_layer,
                "You update one layer after another and recompute the gradients in between. Which loop should be "
                "the outer one, and which layers should each step change?",
            ),
            Wrong(_train_with(sign=-1), "Your steps go uphill. Subtract the gradient."),
            Wrong(
                _train_with(stale=True),
                (
                    "Each step must compute the gradient at the current parameters. "
                    "You compute it at the initial parameters every time."
                ),
            ),
            Wrong(
                _train_with(bias=False),
                (
                    "W is updated correctly in the first step, but b never "
                    "changes. You have to update b with its own gradient."
                ),
            ),
            Wrong(
                _train_with(mean=False),
                "Your steps are 6 times too large, and there are 6 examples. Did you forget to take the mean?",
            ),
            Wrong(
                lambda X, Y, W, b, rate, steps: train(X, Y, W, b, rate, 1),
                (
                    "Your function takes only one step, whatever the value of steps. Does the "
                    "loop run more than once, and does each step start where the previous one ended?"
                ),
            ),
            Wrong(
                lambda X, Y, W, b, rate, steps: train(X, Y, W, b, 1, steps),
                "The learning rate is missing. It determines how large each step is. Where should you use it?",
            ),
            Wrong(
                _train_with(slope=sigmoid),
                (
                    "You passed the activation function to backward, "
                    "which expects its derivative. Which function is that?"
                ),
            ),
            Wrong(
                _train_with(hidden=tanh),
                "You used tanh in the hidden layers, but the exercise asks for sigmoid units in every layer.",
            ),
            Wrong(
                _train_with(twice=True),
                "You took the mean twice. backward already divides by the number of examples.",
            ),
            Wrong(
                _train_with(hidden=tanh, slope=tanh_prime),
                (
                    "You used tanh in the hidden layers, in both the forward and the "
                    "backward pass. Which activation function does the exercise ask for?"
                ),
            ),
            Wrong(
                _one_after_the_other,
                (
                    "You compute the gradient of b after W has already changed, but both gradients must "
                    "be computed at the same point. What should you compute before you update anything?"
                ),
            ),
        ],
    ),
    Exercise(
        name="04.q1",
        prompt=(
            "A network is created with `Network([196, 1])` and trained on images of 784 "
            "pixels. How many layers does it have, according to the convention used in these lessons?"
        ),
        right=2,
        solution="q1 = 2",
        reason=(
            "Every layer has weights. The two layers are 784 → 196 and 196 → 1, and the inputs do not count as a layer."
        ),
        wrong=[
            Wrong(3, "The inputs are data. They are not a layer, because they have no weights."),
            Wrong(1, "The output is a layer too, because it has weights and a bias."),
            Wrong(197, "That is the number of units."),
        ],
    ),
    Exercise(
        name="04.q2",
        prompt=(
            "Which values does the algorithm store during the forward pass for use in the backward "
            'pass? "a" $Z$ and $A$ of every layer; "b" only $A$ of the last layer; "c" the costs.'
        ),
        right="a",
        solution='q2 = "a"',
        reason="dW[l] is computed from A[l−1], and the derivative g′ is evaluated at Z[l−1].",
        wrong=[
            Wrong(
                "b",
                "The backward pass starts from that array, but look at what the formulas for the earlier layers need.",
            ),
            Wrong(
                "c", "The costs are only there for you to look at. No gradient is computed from the value of the cost."
            ),
        ],
    ),
    Exercise(
        name="04.q3",
        prompt=(
            "The small network classified 1791 of 1866 test images correctly. How "
            "many out of 100 does it get wrong, on average? Give your answer to one decimal place."
        ),
        right=4.02,
        solution="q3 = 100 * (1866 - 1791) / 1866",
        reason="It gets 75 of 1866 wrong, which is 4.0 out of 100.",
        wrong=[
            Wrong(95.98, "That is how many it gets right."),
            Wrong(75, "That is the total number of mistakes. How many would that be out of 100?"),
            Wrong(0.0402, "That is the fraction it gets wrong, but the question asks how many out of 100."),
        ],
    ),
    Exercise(
        name="04.q4",
        prompt=(
            "A class receives a list of layer sizes and inserts the number of inputs into "
            'that same list. What goes wrong? "a" nothing; "b" a second network created '
            'from the list has one layer too many; "c" the first network does not train.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="The caller's list has silently grown. Making a copy with tuple(layer_sizes) costs almost nothing.",
        wrong=[
            Wrong("a", "The list belongs to the caller, who may want to use it again."),
            Wrong("c", "The first network works perfectly well, which is why nobody notices the bug."),
        ],
    ),
]
