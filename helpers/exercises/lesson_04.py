"""Exercises of lesson 04: the reader's own forward, backward and update, and the loop that trains with them."""

import numpy as np

from helpers.backprop.activations import identity, sigmoid, sigmoid_prime, softmax, tanh, tanh_prime
from helpers.backprop.network import initialize_parameters
from helpers.exercises.core import Exercise, Wrong


def step_back(W, dZ, Z_before):
    dA = W.T @ dZ  # one layer back
    return dA * sigmoid_prime(Z_before)  # and through the activation


def _step_arguments(n=4, n_before=3, m=5):
    """Weights (n, n_before) of layer l, dZ (n, m) of that layer, Z (n_before, m) of the layer before."""
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
    dZ = (A[L] - Y) / m  # (n[L], m), the factor 1/m of the gradient
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
    """Networks of 1 and of 4 layers, with 5 examples."""
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
    """The solution with one step replaced."""

    def broken(Y, W, Z, A, g_prime):
        dW, db, dZ = {}, {}, start(Y, A[len(W)])
        for l in range(len(W), until, -1):
            dW[l], db[l] = product(dZ, A[l - 1]), bias(dZ)
            if l > 1:
                dA = W[l].T @ dZ
                dZ = dA * slope(g_prime, dA, Z[l - 1], A[l - 1])
        return dW, db

    return broken


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
        prompt="How many parameters, weights and biases together, does the network 784 → 392 → 196 → 98 → 1 have?",
        right=784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
        solution="n = [784, 392, 196, 98, 1]\nanswer = sum(n[l] * n[l - 1] + n[l] for l in range(1, len(n)))",
        reason="Each layer adds n[l] · n[l−1] weights and n[l] biases.",
        hints=[
            "How many entries has W[1], and how many b[1]? Then the same for each layer.",
            "Layer 1 has 392 · 784 weights and 392 biases. Add up four such pairs.",
        ],
        wrong=[
            Wrong(784 * 392 + 392 * 196 + 196 * 98 + 98, "Those are the weights; each unit has a bias too."),
            Wrong(392 + 196 + 98 + 1, "Those are the biases; the weights are missing."),
            Wrong(
                392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "Layer 1 is missing, its weights from the 784 inputs and its biases.",
            ),
            Wrong(
                392 + 392 * 196 + 196 + 196 * 98 + 98 + 98 + 1,
                "The weights from the 784 inputs into layer 1 are missing.",
            ),
            Wrong(784 * 392 + 392 + 392 * 196 + 196 + 196 * 98 + 98, "The last layer, with its one unit, is missing."),
            Wrong(
                784 + 392 + 196 + 98 + 1,
                "That adds up the units; weights are counted by products of neighbours. How many entries has W[1]?",
            ),
            Wrong(
                404936,
                "A bias belongs to the unit that computes, not to the one that feeds it: n[l] of them, not n[l−1].",
            ),
            Wrong(404937, "The 784 inputs have no bias: they compute nothing."),
            Wrong(99, "That is the last layer alone; is the sum overwritten in a loop?"),
            Wrong(307720, "That is the first layer alone."),
            Wrong(784 * 392 * 196 * 98, "The layers' weights add up; here all sizes are multiplied with each other."),
            Wrong(403470, "One bias for each layer; each unit has one."),
            Wrong(404152, "One is missing: the output unit has a bias as well."),
            Wrong(154057, "That is the network 784 → 196 → 1; here there are four layers."),
            Wrong(
                784 * 392 + 392 * 392 + 392 * 196 + 196 * 196 + 196 * 98 + 98 * 98 + 98 + 1,
                "A layer has one bias for each unit, not a square of them.",
            ),
            Wrong(806932, "There are not as many biases as weights: one for each unit."),
        ],
    ),
    Exercise(
        name="04.step",
        prompt=(
            "Write one step backward yourself: from $dZ^{[l]}$ to $dZ^{[l-1]}$, for sigmoid units. `W` is "
            "$W^{[l]}$, `dZ` is "
            "$dZ^{[l]}$, and `Z_before` is $Z^{[l-1]}$; `sigmoid_prime` is at hand."
        ),
        solution=step_back,
        parts=("dZ",),
        cases=lambda: [_step_arguments(), _step_arguments(2, 4, 6)],
        m=[5, 6],
        reason="dA = Wᵀ dZ brings the error one layer back, ⊙ σ′(Z) takes it through the activation.",
        hints=[
            "Two steps: across the connection, from dZ to dA of the layer before; then through its activation.",
            "The first is a matrix product that leads from 4 rows to 3. The second goes element by element.",
            "The second multiplies by the slope of the sigmoid at Z_before.",
        ],
        wrong=[
            Wrong(lambda W, dZ, Z: W.T @ dZ, "That is dA; the factor σ′(Z) is missing."),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * sigmoid(Z),
                "That multiplies by σ(Z), but the chain rule asks for its derivative σ′(Z).",
            ),
            Wrong(lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(sigmoid(Z)), "That is σ′ of the output A; σ′ wants Z."),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * sigmoid_prime(W.T @ dZ),
                "That is σ′(dA); σ′ wants Z, the weighted input of that layer.",
            ),
            Wrong(
                lambda W, dZ, Z: W @ dZ,
                "In a product @ the inner sizes do not match. Compare the shapes: is a transpose missing?",
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * (Z > 0),
                "That is the slope of ReLU; these are sigmoid units. Which function is at hand for their slope?",
            ),
            Wrong(
                lambda W, dZ, Z: (W.T @ dZ) * (1 - np.tanh(Z) ** 2),
                "That is the slope of tanh; these are sigmoid units. Which function is at hand for their slope?",
            ),
            Wrong(
                lambda W, dZ, Z: W.T @ dZ / 3,
                "There is no mean in this step: it is in dZ already. What is multiplied in its place?",
            ),
            Wrong(
                lambda W, dZ, Z: sigmoid_prime(W.T @ dZ),
                "The slope is taken of dA, and Z is not used. Which array does σ′ want, and what is multiplied by it?",
            ),
        ],
    ),
    Exercise(
        name="04.forward",
        prompt=(
            "**Your own network, part 1.** Write `forward` for any number of layers. `X` has a row for each "
            "example; `W` and `b` are dictionaries with the keys 1 … L; `g` is the activation of the hidden "
            "layers, `g_out` that of the last. Return the store, two dictionaries: `Z` with the keys 1 … L, `A` "
            "with 0 … L."
        ),
        solution=forward,
        parts=("Z", "A"),
        cases=_forward_cases,
        m=[6, 6, 5, 5],
        reason="Two lines a layer, and everything is kept that the way back will need.",
        hints=[
            "Begin with A[0] = X.T. Then the same two lines for l = 1 … L, where L is len(W).",
            "Z[l] comes from A[l − 1]; A[l] from Z[l]. Only for l == L is the activation g_out.",
        ],
        wrong=[
            Wrong(_forward_with(last="g"), "The last layer has an activation of its own, g_out."),
            Wrong(_forward_with(weighted=lambda W, A, b: W @ A), "The bias is missing in Z."),
            Wrong(
                _forward_with(hidden=lambda g, Z, b: g(b)),
                "The hidden activation is taken of b alone. Which array holds the whole weighted input, b included?",
            ),
            Wrong(_forward_with(hidden=lambda g, Z, b: Z), "The hidden layers lack their activation: A = g(Z)."),
            Wrong(_overwritten, "Z holds the activations: keep Z and A apart, the way back needs both."),
            Wrong(_without_input, "A[0] is missing: the way back needs the input of layer 1."),
            Wrong(
                _forward_with(inputs=lambda X: X),
                "In a product @ the inner sizes do not match: examples are rows in X, columns in A[0].",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g_out, g),
                "g and g_out are swapped. Which one belongs to the last layer?",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g_out, g_out),
                "Every layer gets g_out; that is for the last one. Which activation do the hidden layers have?",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, sigmoid, sigmoid),
                "sigmoid is written into the code, and g and g_out are ignored. Where do they belong?",
                r"sigmoid",
            ),
            Wrong(
                lambda X, W, b, g, g_out: forward(X, W, b, g, identity),
                "The last layer has no activation. Which of the arguments is it?",
            ),
        ],
    ),
    Exercise(
        name="04.backward",
        prompt=(
            "**Part 2.** Write `backward` for any number of layers and of outputs, with the dictionaries "
            "of part 1. `g_prime` is the slope of the hidden activation, as a "
            "function of $Z$; the output starts with $dZ^{[L]} = \\frac1m (A^{[L]} - Y)$. Return `dW` and `db`."
        ),
        solution=backward,
        parts=("dW", "db"),
        cases=_backward_cases,
        m=[6, 6, 5, 5],
        reason="One loop from the last layer to the first, each layer reusing the error of the one after it.",
        hints=[
            (
                "Start with dZ of the last layer. For l = L … 1: both gradients of layer l, then the step back to "
                "layer l − 1."
            ),
            "The step back is that of `step_back`, with g_prime in place of sigmoid_prime; it is not needed for l = 1.",
            "for l in range(L, 0, -1): dW[l] and db[l] from dZ; if l > 1, dZ = (W[l].T @ dZ) * …",
        ],
        wrong=[
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: g_prime(A)),
                "The last layer is right, the ones before are not: the slope is taken at A, and g_prime wants Z.",
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: g_prime(dA)),
                "The last layer is right, the ones before are not: the slope is taken at dA, and g_prime wants Z.",
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: 1.0),
                "The last layer is right, the ones before are not: the slope of the activation is missing.",
            ),
            Wrong(
                _backward_with(slope=lambda g_prime, dA, Z, A: sigmoid_prime(Z)),
                "Right for sigmoid units, wrong for tanh: the slope is to be g_prime, whatever it is.",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: A - Y),
                "All gradients are 6 times too large, and there are 6 examples: the mean is missing in dZ.",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: (Y - A) / Y.shape[1]),
                "All gradients have the wrong sign: dZ is answer minus truth.",
            ),
            Wrong(
                _backward_with(bias=lambda dZ: dZ.sum(axis=1)),
                "db has lost an axis: it needs the shape of b, keepdims=True.",
            ),
            Wrong(
                _backward_with(product=lambda dZ, A: A @ dZ.T),
                "dW is transposed: it needs a row for each unit of its own layer.",
            ),
            Wrong(_backward_with(until=1), "Layer 1 is missing: does the loop stop one layer too early?"),
            Wrong(
                _not_turned_back,
                "In a product @ the inner sizes do not match: on the way back W must be transposed.",
            ),
            Wrong(
                _backward_with(start=lambda Y, A: (A - Y) / Y.shape[1] * A * (1 - A)),
                (
                    "The output's slope has cancelled against the cost; here it is multiplied in again. What does the "
                    "prompt say that dZ is at the output?"
                ),
            ),
            Wrong(
                _backward_with(bias=lambda dZ: dZ.mean(axis=1, keepdims=True)),
                "The biases take a mean, but dZ has it already. What is wanted in its place?",
            ),
        ],
    ),
    Exercise(
        name="04.update",
        prompt=(
            "**Part 3.** Write one step of gradient descent for one array of parameters. Return the new array; "
            "the one that "
            "you are given stays as it is."
        ),
        solution=update,
        parts=("parameter",),
        cases=_update_cases,
        reason="Against the gradient, a small step: θ − α dθ.",
        hints=["W ← W − α dW, and the same for b.", "`parameter - …` makes a new array, `parameter -= …` does not."],
        wrong=[
            Wrong(
                lambda p, g, rate: p + rate * g,
                "That climbs: the gradient points to where the cost rises, so subtract it.",
            ),
            Wrong(lambda p, g, rate: p - g, "The learning rate is missing: it says how far the step goes."),
            Wrong(lambda p, g, rate: -rate * g, "That is the step alone; it is added to the parameter."),
            Wrong(lambda p, g, rate: p - rate * p, "That shrinks the parameter; the step goes along the gradient."),
            Wrong(
                lambda p, g, rate: (1 - rate) * p - rate * g,
                "The parameter shrinks as well: that is a penalty on large weights. What does a plain step subtract?",
            ),
        ],
    ),
    Exercise(
        name="04.train",
        prompt=(
            "**Train it yourself**, with your own functions. Take `steps` steps with sigmoid units "
            "everywhere, for any number of layers and of outputs, and return the new "
            "`W` and `b`, as dictionaries; the ones that you are given stay as they are."
        ),
        solution=train,
        parts=("W", "b"),
        cases=lambda: [(*_network((2, 3, 1)), 0.5, 4), (*_network((3, 2, 2, 2), m=5), 2.0, 1)],
        m=[6, 5],
        reason="Forward, backward, update: your own network has learned.",
        hints=[
            (
                "In each step: forward(X, W, b, sigmoid, sigmoid), then backward(…, sigmoid_prime), then an update "
                "of every layer."
            ),
            "W = {l: update(W[l], dW[l], learning_rate) for l in W} makes a new dictionary.",
        ],
        wrong=[
            Wrong(_train_with(sign=-1), "That climbs: subtract the gradient."),
            Wrong(
                _train_with(stale=True),
                "The gradient must be taken at the new parameters in every step; yours is always that of the first.",
            ),
            Wrong(_train_with(bias=False), "W is right to begin with, but b does not move: it has a gradient too."),
            Wrong(
                _train_with(mean=False),
                "The steps are 6 times too large, and there are 6 examples: is the mean missing?",
            ),
            Wrong(
                lambda X, Y, W, b, rate, steps: train(X, Y, W, b, rate, 1),
                (
                    "That is one step, whatever steps says. Does each step begin where the last one ended, "
                    "and does the "
                    "loop go round?"
                ),
            ),
            Wrong(
                lambda X, Y, W, b, rate, steps: train(X, Y, W, b, 1, steps),
                "The learning rate is missing: it says how far a step goes. Where does it belong?",
            ),
            Wrong(
                _train_with(slope=sigmoid),
                "backward is given the activation; it wants its slope. Which function is that?",
            ),
            Wrong(_train_with(hidden=tanh), "The hidden layers are tanh here; the prompt says sigmoid everywhere."),
            Wrong(_train_with(twice=True), "The mean is taken twice: backward has it already."),
            Wrong(
                _train_with(hidden=tanh, slope=tanh_prime),
                "The hidden layers are tanh here, forward and backward. Which activation does the prompt ask for?",
            ),
            Wrong(
                _one_after_the_other,
                (
                    "The gradient of b is taken after W has moved: both belong to one point. What must be "
                    "computed first?"
                ),
            ),
        ],
    ),
    Exercise(
        name="04.q1",
        prompt=(
            "A network is made with `Network([196, 1])` and trained on pictures of 784 pixels. How many layers does "
            "it have, as this series counts them?"
        ),
        right=2,
        solution="q1 = 2",
        reason="A layer has weights: 784 → 196 and 196 → 1. Inputs do not count.",
        wrong=[
            Wrong(3, "The inputs are data, not a layer with weights."),
            Wrong(1, "The output is a layer too: it has weights and a bias."),
            Wrong(197, "Those are the units."),
        ],
    ),
    Exercise(
        name="04.q2",
        prompt=(
            'Which arrays does the algorithm keep on the way forward for the way back? "a" $Z$ and $A$ of every layer; '
            '"b" only $A$ of the last layer; "c" the costs.'
        ),
        right="a",
        solution='q2 = "a"',
        reason="dW[l] needs A[l−1], and g′ needs Z[l−1].",
        wrong=[
            Wrong("b", "It starts the way back; but look at what the formulas of the layers before it need."),
            Wrong("c", "They are for looking at; no gradient is made from the cost itself."),
        ],
    ),
    Exercise(
        name="04.q3",
        prompt=(
            "The small network got 1791 of 1866 test pictures right. How many of 100 does it get wrong, on average? "
            "Give one decimal place."
        ),
        right=4.02,
        solution="q3 = 100 * (1866 - 1791) / 1866",
        reason="75 of 1866 are wrong: 4.0 of 100.",
        wrong=[
            Wrong(95.98, "That is how many are right."),
            Wrong(75, "That is the number of all mistakes; how many would it be out of 100?"),
            Wrong(0.0402, "That is a share; the question asks for a number out of 100."),
        ],
    ),
    Exercise(
        name="04.q4",
        prompt=(
            "A class inserts the number of inputs into the list of layer sizes that it was given. What goes wrong? "
            '"a" nothing; "b" a second network made from that list has a layer too many; "c" the first network '
            "does not train."
        ),
        right="b",
        solution='q4 = "b"',
        reason="The caller's list has grown, silently. A copy, tuple(layer_sizes), costs nothing.",
        wrong=[
            Wrong("a", "The list belongs to the caller, who may use it again."),
            Wrong("c", "The first works; that is why nobody notices."),
        ],
    ),
]
