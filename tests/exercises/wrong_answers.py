"""Wrong answers as people write them, with words that the verdict must say; and unusual right ones."""
# ruff: noqa: E501  # they stand as they were typed, a line in a string

ANSWERS = [
    # ^ is exclusive or in Python, not a power, so this is 0
    ("00.first", "answer = 2 ^ 2", "means the exclusive or of two integers, not a power"),
    # arithmetic slip: 2 times 2 is 4
    ("00.first", "answer = 5", "Count again: start with two"),
    # repeats the text '2' instead of multiplying numbers; gives the string '22'
    ("00.first", "answer = '2' * 2", "`*` repeats the text in quotes"),
    # Squares the difference instead of differentiating; the size of the error squared.
    ("01.error", "answer = 9", "This is the squared error, without the factor of ½."),
    # Subtracts the wrong way round: target minus prediction, so the sign is wrong.
    ("01.error", "answer = 5 - 2", "The sign is wrong in `5 - 2`"),
    # Gives the loss itself, not its derivative.
    ("01.error", "answer = 0.5 * (2 - 5) ** 2", "This is the loss itself."),
    # Error taken as y - z, so both signs are wrong.
    ("01.weights", "answer = [3, 6]", "The signs are wrong. They come from z − y"),
    # Divides by the 60 examples of the notebook, although there is only one example.
    (
        "01.weights",
        "dz = (2 - 5) / m\nanswer = [dz * 1, dz * 2]",
        "There is only one example here, so there is nothing to average over.",
    ),
    # Gives the error without multiplying by each input (that is db).
    ("01.weights", "answer = [-3, -3]", "You gave the value of db for both weights."),
    # A function instead of the number.
    (
        "02.loss",
        "def answer(y=0, z=2):\n    return np.log(1 + np.exp(z)) - y * z",
        "The answer is a function, but it should be a value.",
    ),
    # Gives the probability a, not the loss.
    ("02.loss", "answer = 0.881", "This is the probability a."),
    # Thinks that the term with y = 0 is the only one.
    ("02.loss", "answer = 0", "The loss would be 0 only if the network were certain"),
    # The mean has been thrown out along with the slope.
    (
        "02.gradients",
        "def mended_gradients(A0, Y, W, b):\n    A = sigmoid(W @ A0 + b)  # (1, m)\n    dZ = A - Y\n    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
        "The mean over the examples is missing.",
    ),
    # return got lost.
    (
        "02.gradients",
        "def mended_gradients(A0, Y, W, b):\n    A = sigmoid(W @ A0 + b)  # (1, m)\n    dZ = (A - Y) / Y.shape[1]\n    dW, db = dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
        "`mended_gradients` returns None, because its last line is",
    ),
    # A small constant keeps the logarithm finite, but gives -27.6 instead of -1000.
    (
        "02.safe",
        "def log_sigmoid(Z):\n    return np.log(sigmoid(Z) + 1e-12)",
        "A small number added inside the logarithm sets a lower limit",
    ),
    # Clips Z, so at -1000 the answer is -500.
    (
        "02.safe",
        "def log_sigmoid(Z):\n    return -np.logaddexp(0, -np.clip(Z, -500, 500))",
        "`np.clip` does not belong in",
    ),
    # Adds sigma and 1 - sigma instead of multiplying.
    (
        "02.steep",
        "answer = 0.8 + (1 - 0.8)",
        "1 is the sum of a and 1 − a.",
    ),
    # The function itself, never called.
    ("02.steep", "answer = sigmoid_prime", "The answer is a function, but it should be a value."),
    # Puts a into sigmoid_prime, which takes z.
    ("02.steep", "answer = sigmoid_prime(0.8)", "This is σ′(0.8),"),
    # The denominator of the quotient rule is not squared.
    (
        "02.tanh",
        "def tanh_prime(Z):\n    return 4 / (np.exp(Z) + np.exp(-Z))",
        "A square is missing from `return 4 / (np.exp(Z) + np.exp(-Z))`.",
    ),
    # Divides by the numerator squared instead of the denominator squared.
    (
        "02.tanh",
        "def tanh_prime(Z):\n    return ((np.exp(Z) + np.exp(-Z)) ** 2 - (np.exp(Z) - np.exp(-Z)) ** 2) / (np.exp(Z) - np.exp(-Z)) ** 2",
        "The sign is wrong in `np.exp(Z) - np.exp(-Z)`",
    ),
    # The slice cuts off the output layer.
    ("03.biases", "n = [12, 7, 5, 1]\nanswer = sum(n[1:-1])", "The index in `n[1:-1]` is off"),
    # Counts biases for the inputs too; inputs do not compute.
    ("03.biases", "answer = 12 + 7 + 5 + 1", "`12` should be left out"),
    # Only the hidden layers, and one each.
    ("03.biases", "answer = 2", "Every layer, including the output layer, has a bias vector,"),
    # Sums over the units instead of over the examples.
    (
        "03.layer",
        "def layer_gradients(dZ, A_before):\n    dW = dZ @ A_before.T\n    db = dZ.sum(axis=0, keepdims=True)\n    return dW, db",
        "For db, you summed over the units.",
    ),
    # The shape of db[2] / b[2].
    ("03.shape", "answer = (5, 1)", "This is the shape of db[2]."),
    # That is dW of layer 1; the inputs are layer 0.
    ("03.shape", "answer = (7, 12)", "This is the shape of dW[1]."),
    # The shape of Z[2] or A[2]; the examples are summed over in dW.
    ("03.shape", "answer = (5, 40)", "This is the shape of dZ[2]."),
    # Stops at the error of the hidden unit.
    ("03.weight", "answer = (0.8 * 2 - 0.5 * 5) * 0.6 * (1 - 0.6)", "This is the error of the hidden unit."),
    # Multiplies by the activation at the head of the weight, not by the input at its tail.
    ("03.weight", "answer = (0.8 * 2 - 0.5 * 5) * 0.24 * 0.6", "What is at the tail?"),
    # Takes the activation for the slope.
    ("03.weight", "answer = (0.8 * 2 - 0.5 * 5) * 0.6 * 3", "instead of its slope"),
    # Feeds on Z of the layer before, not on its activation (and Z gets a key 0).
    (
        "04.forward",
        "def forward(X, W, b, g, g_out):\n    Z, A = {0: X.T}, {0: X.T}\n    for l in range(1, len(W) + 1):\n        Z[l] = W[l] @ Z[l - 1] + b[l]\n        A[l] = g_out(Z[l]) if l == len(W) else g(Z[l])\n    return Z, A",
        "`Z` in `Z[l - 1]` is not the right quantity",
    ),
    # The bias is forgotten.
    (
        "04.forward",
        "def forward(X, W, b, g, g_out):\n    Z, A = {}, {0: X.T}\n    for l in range(1, len(W) + 1):\n        Z[l] = W[l] @ A[l - 1]\n        A[l] = g_out(Z[l]) if l == len(W) else g(Z[l])\n    return Z, A",
        "The bias is missing from Z.",
    ),
    # Nothing is returned.
    (
        "04.step",
        "def step_back(W, dZ, Z_before):\n    dA = W.T @ dZ\n    dZ_before = dA * sigmoid_prime(Z_before)",
        "`step_back` returns None, because its last line is",
    ),
    # Puts dA into the slope (as the tutorial writes it); the slope takes Z and multiplies dA.
    (
        "04.step",
        "def step_back(W, dZ, Z_before):\n    dA = W.T @ dZ\n    return sigmoid_prime(dA)",
        "You evaluated the slope at dA and did not use Z at all.",
    ),
    # The gradient of b is taken with the W that has already moved.
    (
        "04.train",
        "def train(X, Y, W, b, learning_rate, steps):\n    for _ in range(steps):\n        Z, A = forward(X, W, b, sigmoid, sigmoid)\n        W = {l: update(W[l], backward(Y, W, Z, A, sigmoid_prime)[0][l], learning_rate) for l in W}\n        b = {l: update(b[l], backward(Y, W, Z, A, sigmoid_prime)[1][l], learning_rate) for l in b}\n    return W, b",
        "is in the wrong place",
    ),
    # update takes an array, not the dictionary (and its result is dropped).
    (
        "04.train",
        "def train(X, Y, W, b, learning_rate, steps):\n    for _ in range(steps):\n        Z, A = forward(X, W, b, sigmoid, sigmoid)\n        dW, db = backward(Y, W, Z, A, sigmoid_prime)\n        update(W, dW, learning_rate)\n        update(b, db, learning_rate)\n    return W, b",
        "A whole dictionary is used where one of its arrays is needed in the line `",
    ),
    # Squares instead of lengths.
    ("05.error", "p, q = 2, 1\nanswer = (p - q) ** 2 / (p ** 2 + q ** 2)", "You used the squares of the lengths."),
    # A norm is never negative.
    ("05.error", "answer = -1 / 3", "A length is never negative, so a quotient of lengths"),
    # q's length is doubled as well: (2q - q) / (2q + 2q).
    ("05.error", "answer = 1 / 4", "The denominator is the length of 2q plus the length of q."),
    # return inside the loop: only the first entry is filled.
    (
        "05.numerical",
        "def numerical(f, x, epsilon):\n    gradient = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        old = x[i]\n        x[i] = old + epsilon\n        above = f(x)\n        x[i] = old - epsilon\n        below = f(x)\n        x[i] = old\n        gradient[i] = (above - below) / (2 * epsilon)\n        return gradient",
        "`return gradient` comes too early because",
    ),
    # Brackets missing: multiplies by epsilon.
    (
        "05.numerical",
        "def numerical(f, x, epsilon):\n    gradient = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        old = x[i]\n        x[i] = old + epsilon\n        above = f(x)\n        x[i] = old - epsilon\n        below = f(x)\n        x[i] = old\n        gradient[i] = (above - below) / 2 * epsilon\n    return gradient",
        "Python works from left to right: it divides first",
    ),
    # A formula in quotes; the number is asked.
    ("05.units", "answer = '2(h + k)'", "The answer is text, but it should be a number."),
    # Counts the passes for one unit only.
    ("05.units", "answer = 2", "That is the number of passes for a single unit,"),
    # Halves instead of doubling.
    ("05.units", "answer = 21", "Each unit needs two passes, not half a pass."),
    # Nudges the parameters after all.
    ("05.units", "answer = 2 * 25450", "That many passes are needed if the parameters are nudged."),
    # Takes the inputs for units.
    ("05.units", "n = [784, 32, 10]\nanswer = 2 * sum(n)", "You counted the inputs as units."),
    # Forgets the output units.
    ("05.units", "answer = 2 * 32", "The output units are missing."),
    # the worse of the two constant answers
    ("06.constant", "answer = 28 / 80", "That is the score for always answering 'cat'."),
    # each answer is right for its own class: recall, not the score
    ("06.constant", "answer = 1.0", "A constant answer is right only for the images of one class."),
    # divided by the number of training pictures
    ("06.constant", "answer = 52 / 209", "is not among the numbers in the question"),
    # forgot to square the 2 in front of the root
    ("06.enough", "p = 0.9\nanswer = 2 * p * (1 - p) / 0.02**2", "the 2 in front of the root is squared as well"),
    # one standard deviation
    ("06.enough", "answer = 0.9 * 0.1 / 0.02**2", "That would be right if 0.02 were one standard deviation"),
    # forgot to square the uncertainty
    ("06.enough", "answer = 4 * 0.9 * (1 - 0.9) / 0.02", "Square the 0.02 as well."),
    # stopped at the root
    ("06.enough", "answer = 2 * np.sqrt(0.9 * 0.1) / 0.02", "That is the square root of the number of images."),
    # in proportion instead of with the square root
    ("06.enough", "answer = 50 * 0.11 / 0.02", "shrinks with the square root of the number of images"),
    # a row instead of a column; with the column z it broadcasts to a square
    (
        "06.error",
        "def hidden_error(delta_after, W_after, z):\n    return (z > 0) * (delta_after.T @ W_after)",
        "`delta_after.T @ W_after` has its rows and columns the wrong way round",
    ),
    # the sign is -1 for negative z, the slope there is 0
    (
        "06.error",
        "def hidden_error(delta_after, W_after, z):\n    return np.sign(z) * (W_after.T @ delta_after)",
        "The sign function returns −1 where z < 0.",
    ),
    # divided by 256, so white is not 1
    (
        "06.flatten",
        "def flatten(pictures):\n    return pictures.reshape(len(pictures), -1) / 256",
        "The largest value that a pixel can have is 255, so divide by 255.",
    ),
    # integer division makes nearly everything 0
    (
        "06.flatten",
        "def flatten(pictures):\n    return pictures.reshape(len(pictures), -1) // 255",
        "The operator // discards the fractional part,",
    ),
    # worked in per cent, so the result is 100 times too large
    (
        "06.interval",
        "p = 80\nanswer = 2 * np.sqrt(p * (100 - p) / 200)",
        "`80` in the line `p = 80` is not among the numbers in the question",
    ),
    # gave the lower end of the interval
    ("06.interval", "answer = 0.8 - 2 * np.sqrt(0.8 * 0.2 / 200)", "That is the lower end of the interval."),
    # forgot the square root
    ("06.interval", "answer = 2 * 0.8 * 0.2 / 200", "The square root is missing."),
    # the rule of the forward pass: the weights change nothing
    ("07.back", "s = 1 / np.sqrt(400)\nanswer = s * np.sqrt(400) * 0.25", "That would be right on the way forward,"),
    # adds sizes as if all terms had the same sign
    ("07.back", "s = 1 / np.sqrt(400)\nanswer = s * 100 * 0.25", "You multiplied s by the number of terms."),
    # one slope too few: the last hidden layer was forgotten
    ("07.slopes", "answer = 4**9", "You counted only 9 layers."),
    # two slopes too many
    ("07.slopes", "answer = 4**12", "You counted 12 layers."),
    # adds the factors instead of multiplying
    (
        "07.slopes",
        "factor = 0\nfor layer in range(10):\n    factor += 4\nanswer = factor",
        "You added the factors for the layers, but they have to be multiplied.",
    ),
    # assumes that the variance is kept, which these weights do not do
    ("07.spread", "answer = 1", "That would be right if the weights were scaled to preserve sizes,"),
    # the standard deviation of the weights is left out
    ("07.spread", "answer = np.sqrt(400)", "20 is the square root of 400,"),
    # stops at the variance
    (
        "07.spread",
        "var_w, n = 0.1, 400\nanswer = n * var_w**2 * 1",
        "That is the mean square. The size is its square root.",
    ),
    # standardises the numbers first, which changes them
    (
        "07.start",
        "def start(N):\n    N = (N - N.mean()) / N.std()\n    return N * np.sqrt(2 / N.shape[1])",
        "`N = (N - N.mean()) / N.std()` makes the result wrong.",
    ),
    # transposes the weights
    (
        "07.start",
        "def start(N):\n    return N.T * np.sqrt(2 / N.shape[1])",
        "`N.T` is transposed but should not be",
    ),
    # multiplied by a root of the gradient instead of dividing
    ("08.adam", "answer = 0.01 * np.sqrt(0.0003)", "This is α times the square root of g."),
    # multiplied by β₁
    ("08.adam", "answer = 0.01 * 0.9", "Once u has been corrected, β₁ plays no part in the first step."),
    # m without its hat: m₁ = 0.1 g was not corrected
    (
        "08.adam",
        "answer = 0.01 * 0.1",
        "0.001 is the usual default for α, and it is also what you get if you forget to cor",
    ),
    # the logarithms of the probabilities
    (
        "08.byhand",
        "z = np.array([0, np.log(2), np.log(5)])\nanswer = z - np.log(np.exp(z).sum())",
        "An exponential is missing from `answer = z - np.log(np.exp(z).sum())`.",
    ),
    # the logits were divided by their sum without the exponential
    (
        "08.byhand",
        "z = np.array([0, np.log(2), np.log(5)])\nanswer = z / z.sum()",
        "Take the exponentials first, and then divide by their sum.",
    ),
    # the exponentials, not divided by their sum
    ("08.byhand", "answer = [1, 2, 5]", "Those are the exponentials, but probabilities must add up to 1."),
    # squared errors, not dZ
    (
        "08.error",
        "z = np.array([np.log(2), 0, 0])\na = np.exp(z) / np.exp(z).sum()\nanswer = (a - [0, 1, 0]) ** 2",
        "Those are the squared errors,",
    ),
    # e⁰ was taken for 0: all probability went to the first class
    ("08.error", "answer = [1.0, -1.0, 0.0]", "e⁰ is 1, not 0"),
    # the probabilities; the truth is not subtracted
    ("08.error", "answer = [0.5, 0.25, 0.25]", "Those are the probabilities a,"),
    # gives up at the first rise
    ("08.patience", "answer = 3", "After epoch 3 there are only two epochs without a new low."),
    # counts from 0
    (
        "08.patience",
        "costs = [0.50, 0.40, 0.35, 0.36, 0.37, 0.34, 0.38, 0.39, 0.40]\nanswer = np.argmin(costs)",
        "it counts from 0, but the epochs are counted from 1",
    ),
    # only the cost without the penalty
    ("08.penalty", "answer = 3 - 0.4 * 1", "You left out the penalty."),
    # the weight decays after the step instead of before it
    ("08.penalty", "w = 3 - 0.4 * 1\nanswer = w * (1 - 0.4 * 0.2)", "You multiplied by 1 − αλ after the step"),
    # ten classes are built in
    ("08.onehot", "def one_hot(labels, K):\n    return np.eye(10)[:, labels]", "`10` is a fixed number"),
    # the colon sets the class for all examples
    (
        "08.onehot",
        "def one_hot(labels, K):\n    Y = np.zeros((K, len(labels)))\n    Y[labels, :] = 1\n    return Y",
        "You set whole rows to 1,",
    ),
    # a and b are exchanged in the derivative by b
    (
        "09.divide",
        "def divide_backward(g, a, b):\n    return g / b, (-g * b / a**2).sum(axis=1, keepdims=True)",
        "You swapped a and b in the second result.",
    ),
    # broadcasting is not undone: the gradient of b has the shape of a
    (
        "09.divide",
        "def divide_backward(g, a, b):\n    return g / b, -g * a / b**2",
        "You did not undo the broadcasting.",
    ),
    # a bias for each input instead of for each unit
    (
        "09.passes",
        "answer = 784 * 30 + 784 + 30 * 10 + 30",
        "You counted one bias for each input and each hidden unit,",
    ),
    # that is reverse mode
    ("09.passes", "answer = 1", "That is the answer for reverse mode,"),
    # inputs of the network, not parameters
    ("09.passes", "answer = 784", "That is the number of inputs,"),
    # plus instead of minus
    (
        "09.softmax",
        "def softmax_backward(g, A):\n    return A * (g + (g * A).sum(axis=0))",
        "The sign of the second term is wrong.",
    ),
    # maximum instead of sum
    (
        "09.softmax",
        "def softmax_backward(g, A):\n    return A * (g - (g * A).max(axis=0))",
        "`(g * A).max` is not the right way to combine the entries",
    ),
    # the value of f, not its slope
    ("09.twice", "answer = 18", "18 is f itself, and it is also what three gradients of 6"),
    # the slope of x², not of 2 x²
    ("09.twice", "x = 3\nanswer = 2 * x", "at least one of the three gradients is missing"),
    # the second derivative: the slope 4x was not evaluated at x = 3
    ("09.twice", "answer = 4", "4 is only the coefficient:"),
    # as equal as can be, but the larger ones are not first
    ("10.deal", "def deal(m, K):\n    return np.diff(np.linspace(0, m, K + 1).astype(int))", "The sizes are right,"),
    # one shard too many is enlarged: < instead of <=
    (
        "10.deal",
        "def deal(m, K):\n    q, r = divmod(m, K)\n    return [q + 1 if k <= r else q for k in range(K)]",
        "One shard too many gets an extra example.",
    ),
    # multiplied instead of divided
    ("10.equal", "answer = 0.8 * 0.02", "You multiplied the two times."),
    # decimal point slipped: 0.02, not 0.2
    (
        "10.equal",
        "answer = 0.8 / 0.2",
        "`0.2` in the line `answer = 0.8 / 0.2` is not among the numbers in the question",
    ),
    # subtracted one worker as in the ring's K - 1
    ("10.equal", "answer = 0.8 / 0.02 - 1", "`- 1` should be left out"),
    # every worker computes as long as one alone
    ("10.patterns", "answer = [0.141, 0.139, 0.202]", "You did not share the computation."),
    # no latency anywhere
    (
        "10.patterns",
        "G = 4 * 250000 / 1e8\nanswer = [0.12 / 4 + 1.5 * G, 0.12 / 4 + 1.5 * G, 0.12 / 4 + 8 * G]",
        "You left out the latencies.",
    ),
    # the star sends one gradient and one copy of the parameters, as if there were a single worker
    ("10.patterns", "answer = [0.051, 0.049, 0.052]", "Your star is too fast."),
    # the way from 0 instead of the way from the start
    ("11.adam", "answer = 3.5 / 0.02", "That would be the number of steps from 0, but the weight starts at 0.5."),
    # multiplied instead of divided
    ("11.adam", "answer = (3.5 - 0.5) * 0.02", "You multiplied the distance by the length of a step,"),
    # one pixel
    ("11.sum", "answer = 0.03 * 0.2", "That is the contribution of a single pixel,"),
    # as many plus as minus
    ("11.sum", "answer = 392 * 0.03 * 0.2 - 392 * 0.03 * 0.2", "The sign is wrong in"),
    # stopped at the first layer
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    L = len(W)\n    dZ = (A[L] - Y) / Y.shape[1]\n"
        "    for l in range(L, 1, -1):\n        dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])\n    return dZ",
        "That is dZ of layer 1.",
    ),
    # a slope for the inputs, too
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    L = len(W)\n    dZ = (A[L] - Y) / Y.shape[1]\n"
        "    for l in range(L, 0, -1):\n        dZ = W[l].T @ dZ * A[l - 1] * (1 - A[l - 1])\n    return dZ",
        "You multiplied by a slope in the last step as well,",
    ),
    # one layer after the other, but for two layers only
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    dZ2 = (A[2] - Y) / Y.shape[1]\n"
        "    dZ1 = (W[2].T @ dZ2) * sigmoid_prime(Z[1])\n    return W[1].T @ dZ1",
        "This is right only for two layers.",
    ),
    # the picture, not its change
    (
        "11.change",
        "def best_change(x, dA0, epsilon):\n    return np.clip(x - epsilon * np.sign(dA0), 0, 1)",
        "That is the new picture,",
    ),
    # not kept between 0 and 1
    (
        "11.change",
        "def best_change(x, dA0, epsilon):\n    return -epsilon * np.sign(dA0)",
        "Some pixels leave the range from 0 to 1.",
    ),
    # A bias for each channel of each filter; there is one for each filter.
    ("12.weights", "answer = 16 * (9 * 8 + 8)", "a bias for every channel of each filter"),
    # One bias in all instead of one for each filter.
    ("12.weights", "answer = 16 * 9 * 8 + 1", "You counted a single bias"),
    # A filter of 3 x 3 has 9 places and not 3.
    ("12.weights", "answer = 3 * 8 * 16 + 16", "nine pixels, not three"),
    # The axes of 2 come first: pixels far apart are averaged.
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    return A.reshape(m, 2, h // 2, 2, w // 2, c).mean(axis=(1, 3))",
        "half a picture apart",
    ),
    # Only rows are averaged; the axis of 2 columns is still there.
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    return A.reshape(m, h // 2, 2, w // 2, 2, c).mean(axis=2)",
        "but not over its two columns",
    ),
    # Only the diagonal of each block is averaged.
    ("12.pool", "def mean_pool(A):\n    return (A[:, ::2, ::2] + A[:, 1::2, 1::2]) / 2", "only two of the four pixels"),
    # The blocks overlap: they should start at 2i and 2j.
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    out = np.zeros((m, h // 2, w // 2, c))\n    for i in range(h // 2):\n        for j in range(w // 2):\n            out[:, i, j] = A[:, i:i + 2, j:j + 2].mean(axis=(1, 2))\n    return out",
        "Your blocks overlap",
    ),
    # One mean over all pictures and channels, put in everywhere.
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    out = np.zeros((m, h // 2, w // 2, c))\n    for i in range(h // 2):\n        for j in range(w // 2):\n            out[:, i, j] = A[:, 2 * i:2 * i + 2, 2 * j:2 * j + 2].mean()\n    return out",
        "You took the mean over the pictures and the channels as well.",
    ),
    # The factor 1/4 is missing.
    (
        "12.back",
        "def mean_pool_backward(g):\n    return g.repeat(2, axis=1).repeat(2, axis=2)",
        "as it would after a sum",
    ),
    # tile repeats the whole picture; each entry belongs to its own block.
    (
        "12.back",
        "def mean_pool_backward(g):\n    return np.tile(g, (1, 2, 2, 1)) / 4",
        "You repeated the whole picture",
    ),
    # Only the rows are repeated, not the columns.
    ("12.back", "def mean_pool_backward(g):\n    return g.repeat(2, axis=1) / 4", "You repeated only the rows"),
    # h and w are those of g, so the result is only as large as g.
    (
        "12.back",
        "def mean_pool_backward(g):\n    m, h, w, c = g.shape\n    dA = np.zeros((m, h, w, c))\n    for i in range(h):\n        for j in range(w):\n            dA[:, i, j] = g[:, i // 2, j // 2] / 4\n    return dA",
        "Your result is only as large as g",
    ),
    # The shape (m, c) does not fit into (m, 2, 2, c): two axes of length 1 are missing.
    (
        "12.back",
        "def mean_pool_backward(g):\n    m, h, w, c = g.shape\n    dA = np.zeros((m, 2 * h, 2 * w, c))\n    for i in range(h):\n        for j in range(w):\n            dA[:, 2 * i:2 * i + 2, 2 * j:2 * j + 2] = g[:, i, j] / 4\n    return dA",
        "An array does not fit the part of another array",
    ),
    # One mean over everything; each token has its own.
    (
        "12.normalize",
        "def normalize(x):\n    return (x - x.mean()) / np.sqrt(x.var() + 1e-5)",
        "one mean over everything",
    ),
    # keepdims is missing.
    (
        "12.normalize",
        "def normalize(x):\n    return (x - x.mean(axis=-1)) / np.sqrt(x.var(axis=-1) + 1e-5)",
        "removes the axis that it runs along",
    ),
    # The small number is added to the root and not to the variance.
    (
        "12.normalize",
        "def normalize(x):\n    return (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + 1e-5)",
        "to the standard deviation, after taking the root",
    ),
    # The mean of the squares of x itself (RMS norm); the mean is not subtracted.
    (
        "12.normalize",
        "def normalize(x):\n    rms = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5)\n    return x / rms",
        "without subtracting anything",
    ),
    # Over the tokens too; each token should be normalised by itself.
    (
        "12.normalize",
        "def normalize(x):\n    return (x - x.mean(axis=(1, 2), keepdims=True)) / np.sqrt(x.var(axis=(1, 2), keepdims=True) + 1e-5)",
        "one mean for a whole sequence",
    ),
    # The scale 1/sqrt(d) is missing.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T\n    S[np.triu_indices(len(S), 1)] = -np.inf\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "The scale is missing",
    ),
    # The diagonal is hidden too: a token may look at itself.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S[np.triu_indices(len(S))] = -1e9\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "hides the token itself",
    ),
    # The future has score 0 and not minus infinity, so it still gets weight.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S = np.tril(S)\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "the exponential of 0 is 1",
    ),
    # The weights are transposed.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S[np.triu_indices(len(S), 1)] = -np.inf\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    W = E / E.sum(axis=1, keepdims=True)\n    return W.T @ V",
        "`W.T` is transposed but should not be",
    ),
    # The weights are not divided by their sum.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    n, d = Q.shape\n    out = np.zeros_like(V)\n    for t in range(n):\n        s = K[:t + 1] @ Q[t] / np.sqrt(d)\n        w = np.exp(s)\n        out[t] = w @ V[:t + 1]\n    return out",
        "did not divide the exponentials by their sum",
    ),
    # The mean; the derivatives add up.
    ("12.shared", "answer = (0.2 + 0.2 - 0.5) / 3", "You took the mean"),
    # The two equal ones are counted only once.
    ("12.shared", "answer = 0.2 - 0.5", "exactly once"),
    # A set holds 0.2 only once.
    ("12.shared", "answer = sum({0.2, 0.2, -0.5})", "keeps each value only once"),
    # The mean over the windows.
    ("12.filter", "def filter_gradient(rows, dZ):\n    return rows.T @ dZ / len(rows)", "len(rows)"),
    # The transpose.
    ("12.filter", "def filter_gradient(rows, dZ):\n    return dZ.T @ rows", "transposed"),
    # The product of the sums.
    (
        "12.filter",
        "def filter_gradient(rows, dZ):\n    return np.outer(rows.sum(axis=0), dZ.sum(axis=0))",
        "window by window",
    ),
    # Each window overwrites the one before.
    (
        "12.filter",
        "def filter_gradient(rows, dZ):\n    dF = np.zeros((rows.shape[1], dZ.shape[1]))\n    for row, error in zip(rows, dZ):\n        dF = np.outer(row, error)\n    return dF",
        "only the last window",
    ),
    # The gradient of the biases.
    (
        "12.filter",
        "def filter_gradient(rows, dZ):\n    return np.ones((rows.shape[1], 1)) * dZ.sum(axis=0)",
        "the gradient of the biases",
    ),
    # A size of 64 · 64 · 3 fits other pictures.
    (
        "06.flatten",
        "def flatten(pictures):\n    return pictures.reshape(len(pictures), 64 * 64 * 3) / 255",
        "`64 * 64 * 3` is a fixed number",
    ),
    # 100 times a uint8 overflows.
    (
        "06.flatten",
        "def flatten(pictures):\n    return (pictures * 100).reshape(len(pictures), -1) / 25500",
        "stored as 8-bit whole numbers, from 0 to 255",
    ),
    # Below the largest slope, so all of them.
    ("07.saturated", "def saturated(Z):\n    return np.mean(sigmoid_prime(Z) < 0.5)", "The number `0.5` is not right"),
    # The keys need not be 1, 2, ….
    (
        "07.sizes",
        "def gradient_sizes(dW):\n    return {l: np.sqrt(np.mean(dW[l] ** 2)) for l in range(1, len(dW) + 1)}",
        "A dictionary has no entry 1",
    ),
    # Python's max compares whole rows.
    (
        "08.softmax",
        "def safe_softmax(Z):\n    E = np.exp(Z - max(Z))\n    return E / E.sum(axis=0)",
        "Python's own `max` treats each row",
    ),
    # Large logits become equal.
    (
        "08.softmax",
        "def safe_softmax(Z):\n    E = np.exp(np.minimum(Z, 700))\n    return E / E.sum(axis=0)",
        "Capping makes different large logits equal",
    ),
    # One maximum for all columns.
    (
        "08.start",
        "def output_error(Z, Y):\n    E = np.exp(Z - Z.max())\n    return (E / E.sum(axis=0) - Y) / Y.shape[1]",
        "You subtracted the same maximum from all columns",
    ),
    # Two mistakes: the exponentials overflow, and the mean is missing.
    (
        "08.start",
        "def output_error(Z, Y):\n    E = np.exp(Z)\n    return E / E.sum(axis=0) - Y",
        "You forgot to take the mean",
    ),
    # Y is not permuted.
    (
        "08.epoch",
        "def one_epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):\n    for k in range(0, len(order), batch_size):\n        rows = order[k:k + batch_size]\n        dW, db = gradients(X[rows], Y[:, k:k + batch_size], W, b)\n        W = {l: W[l] - learning_rate * dW[l] for l in W}\n        b = {l: b[l] - learning_rate * db[l] for l in b}\n    return W, b",
        "contain different examples",
    ),
    # Always the first batch.
    (
        "08.epoch",
        "def one_epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):\n    for k in range(0, len(order), batch_size):\n        rows = order[:batch_size]\n        dW, db = gradients(X[rows], Y[:, rows], W, b)\n        W = {l: W[l] - learning_rate * dW[l] for l in W}\n        b = {l: b[l] - learning_rate * db[l] for l in b}\n    return W, b",
        "the first batch in every step",
    ),
    # Batches of equal size.
    (
        "08.epoch",
        "def one_epoch(X, Y, W, b, order, batch_size, learning_rate, gradients):\n    for rows in np.array_split(order, -(-len(order) // batch_size)):\n        dW, db = gradients(X[rows], Y[:, rows], W, b)\n        W = {l: W[l] - learning_rate * dW[l] for l in W}\n        b = {l: b[l] - learning_rate * db[l] for l in b}\n    return W, b",
        "as equal as possible",
    ),
    # The engine is not used.
    (
        "09.engine",
        "def gradient_through_arctan(x):\n    return np.arctan(x) + x / (1 + x ** 2)",
        "you derived the formula by hand",
    ),
    # The slope is taken at g.
    (
        "09.engine",
        "def gradient_through_arctan(x):\n    def arctan(a):\n        return Variable(np.arctan(a.value), 'arctan', [(a, lambda g: 1 / (1 + g ** 2))])\n    v = Variable(x)\n    return grad((v * arctan(v)).sum(), v)",
        "with the slope taken at the value of the operand",
    ),
    # The condition removes the empty shards.
    (
        "10.deal",
        "def deal(m, K):\n    return [s for s in (m // K + (i < m % K) for i in range(K)) if s]",
        "You left out the shards that get no examples",
    ),
    # The same, but also those with one example.
    (
        "10.deal",
        "def deal(m, K):\n    return [s for s in (m // K + (i < m % K) for i in range(K)) if s > 1]",
        "`s > 1`",
    ),
    # The remainder is the wrong way round.
    (
        "10.deal",
        "def deal(m, K):\n    return [m // K + (i < K % m) for i in range(K)]",
        "The two parts of `K % m` are in the wrong order",
    ),
    # A generator.
    ("10.deal", "def deal(m, K):\n    return (m // K + (i < m % K) for i in range(K))", "is a generator"),
    # The mean over all entries rather than over the examples.
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    L = len(W)\n    dZ = (A[L] - Y) / Y.size\n    for l in range(L, 1, -1):\n        dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])\n    return W[1].T @ dZ",
        "`Y.size` is not the right number",
    ),
    # A step of gradient descent, limited to epsilon.
    (
        "11.change",
        "def best_change(x, dA0, epsilon):\n    return np.clip(np.clip(x - dA0, 0, 1) - x, -epsilon, epsilon)",
        "You limited a step of gradient descent",
    ),
    # Limited to 0 alone.
    (
        "11.change",
        "def best_change(x, dA0, epsilon):\n    return np.maximum(x - epsilon * np.sign(dA0), 0) - x",
        "Some pixels become larger than 1",
    ),
    # The mean of the squares minus the square of the mean.
    (
        "12.normalize",
        "def normalize(x):\n    mu = x.mean(-1, keepdims=True)\n    v = (x ** 2).mean(-1, keepdims=True) - mu ** 2\n    return (x - mu) / np.sqrt(v + 1e-5)",
        "loses most of its digits",
    ),
    # The same with np.mean.
    (
        "12.normalize",
        "def normalize(x):\n    mu = x.mean(-1, keepdims=True)\n    v = np.mean(x ** 2, axis=-1, keepdims=True) - mu ** 2\n    return (x - mu) / np.sqrt(v + 1e-5)",
        "loses most of its digits",
    ),
    # The 10⁻⁵ is missing.
    (
        "12.normalize",
        "def normalize(x):\n    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)",
        "The 10⁻⁵ is missing",
    ),
    # A finite mask is not enough.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S = S - 10 * np.triu(np.ones(S.shape), 1)\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "`10` is not large enough",
    ),
    # 0 times infinity.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S = S - np.inf * np.triu(np.ones(S.shape), 1)\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "multiplies 0 by infinity",
    ),
    # √d for d = 4.
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / 2\n    S = np.where(np.tri(len(Q)) == 1, S, -np.inf)\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
        "which is √d only if d is 4",
    ),
    # Sizes that are not whole.
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    return A.reshape(m, h / 2, 2, w / 2, 2, c).mean(axis=(2, 4))",
        "such as the result of `/`",
    ),
    # Its own epsilon.
    (
        "01.slope",
        "def slope(f, w, epsilon):\n    e = 1e-5\n    return (f(w + e) - f(w - e)) / (2 * e)",
        "`epsilon` is never used",
    ),
    # Less than the difference overflows.
    (
        "06.flatten",
        "def flatten(pictures):\n    return (pictures - 128).reshape(len(pictures), -1) / 255 + 128 / 255",
        "stored as 8-bit whole numbers, from 0 to 255",
    ),
    # The slope of a clip, not that of ReLU.
    (
        "06.error",
        "def hidden_error(delta_after, W_after, z):\n    return (W_after.T @ delta_after) * np.clip(3 * z, 0, 1)",
        "`3` is not large enough",
    ),
    # The slope is taken at g, which happens to be x.
    (
        "09.engine",
        "def gradient_through_arctan(x):\n    def arctan(a):\n        return Variable(np.arctan(a.value), 'arctan', [(a, lambda g: g / (1 + g ** 2))])\n    v = Variable(x)\n    return grad((v * arctan(v)).sum(), v)",
        "only because g happens to equal x",
    ),
    # A product in place of the square.
    (
        "12.normalize",
        "def normalize(x):\n    mu = x.mean(-1, keepdims=True)\n    v = (x * x).mean(-1, keepdims=True) - mu * mu\n    return (x - mu) / np.sqrt(v + 1e-5)",
        "loses most of its digits",
    ),
    # The updates are swapped, in one line.
    (
        "04.train",
        "def train(X, Y, W, b, learning_rate, steps):\n    for _ in range(steps):\n        Z, A = forward(X, W, b, sigmoid, sigmoid)\n        dW, db = backward(Y, W, Z, A, sigmoid_prime)\n        W, b = {l: W[l] - learning_rate * db[l] for l in W}, {l: b[l] - learning_rate * dW[l] for l in b}\n    return W, b",
        "Look at the line `W, b =",
    ),
    # A condition that leaves out a layer.
    (
        "07.sizes",
        "def gradient_sizes(dW):\n    return {l: np.sqrt(np.mean(dW[l] ** 2)) for l in dW if l > 1}",
        "The condition `l > 1` is not correct",
    ),
]

RIGHT = [
    ("00.first", "answer = 4.0"),
    ("00.first", "answer = 2 << 1"),
    ("01.error", "answer = -(5 - 2)"),
    ("01.error", "answer = float(np.float64(2) - np.float64(5))"),
    (
        "01.train",
        "def train(A0, Y, W, b, learning_rate, steps):\n    A = np.vstack([A0, np.ones((1, A0.shape[1]))])\n    theta = np.hstack([W, b])\n    for _ in range(steps):\n        theta = theta - learning_rate * (theta @ A - Y) @ A.T / A.shape[1]\n    return theta[:, :-1], theta[:, -1:]",
    ),
    (
        "01.train",
        "def train(A0, Y, W, b, learning_rate, steps):\n    m = Y.shape[1]\n    G, c = A0 @ A0.T / m, A0.mean(axis=1, keepdims=True).T\n    r, t = Y @ A0.T / m, Y.mean()\n    for _ in range(steps):\n        dW = W @ G + b * c - r\n        db = W @ c.T + b - t\n        W = W - learning_rate * dW\n        b = b - learning_rate * db\n    return W, b",
    ),
    ("01.weights", "answer = [(2 - 5) * x for x in (1, 2)]"),
    ("01.weights", "answer = list(map(lambda x: -3 * x, [1, 2]))"),
    ("02.loss", "answer = np.log(1 + np.exp(2))"),
    ("02.loss", "answer = np.logaddexp(0, 2) - 0 * 2"),
    (
        "02.gradients",
        "def mended_gradients(A0, Y, W, b):\n    A = sigmoid(W @ A0 + b)  # (1, m)\n    dA = (-Y / A + (1 - Y) / (1 - A)) / Y.shape[1]\n    dZ = dA * A * (1 - A)\n    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
    ),
    (
        "02.gradients",
        "def mended_gradients(A0, Y, W, b):\n    A = sigmoid(W @ A0 + b)  # (1, m)\n    dA = (A - Y) / (A * (1 - A)) / Y.shape[1]\n    dZ = dA * A * (1 - A)\n    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)",
    ),
    ("02.safe", "def log_sigmoid(Z):\n    return Z - np.logaddexp(0, Z)"),
    ("02.safe", "def log_sigmoid(Z):\n    return np.minimum(Z, 0) - np.log1p(np.exp(-np.abs(Z)))"),
    ("02.steep", "answer = sigmoid_prime(np.log(0.8 / 0.2))"),
    ("02.steep", "answer = 0.8 - 0.8 ** 2"),
    ("02.tanh", "def tanh_prime(Z):\n    return 1 / np.cosh(Z) ** 2"),
    ("02.tanh", "def tanh_prime(Z):\n    return 4 * sigmoid_prime(2 * Z)"),
    ("03.biases", "answer = sum([12, 7, 5, 1][1:])"),
    ("03.biases", "answer = 7 + 5 + 1"),
    ("03.layer", "def layer_gradients(dZ, A_before):\n    return np.inner(dZ, A_before), dZ.sum(1)[:, None]"),
    (
        "03.layer",
        "def layer_gradients(dZ, A_before):\n    extended = np.vstack([A_before, np.ones((1, A_before.shape[1]))])\n    both = dZ @ extended.T\n    return both[:, :-1], both[:, -1:]",
    ),
    ("03.shape", "answer = np.zeros((5, 7)).shape"),
    ("03.shape", "sizes = [12, 7, 5, 1]\nanswer = tuple(sizes[2:0:-1])"),
    ("03.weight", "answer = np.dot([0.8, -0.5], [2, 5]) * sigmoid_prime(np.log(0.6 / 0.4)) * 3"),
    ("03.weight", "W2, d = np.array([[2], [5]]), np.array([[0.8], [-0.5]])\nanswer = 3 * (W2.T @ d * 0.6 * 0.4)"),
    (
        "04.backward",
        "def backward(Y, W, Z, A, g_prime):\n    L = max(W)\n    dZ = {L: (A[L] - Y) / Y.shape[1]}\n    for l in range(L - 1, 0, -1):\n        dZ[l] = W[l + 1].T @ dZ[l + 1] * g_prime(Z[l])\n    return {l: dZ[l] @ A[l - 1].T for l in W}, {l: dZ[l].sum(axis=1, keepdims=True) for l in W}",
    ),
    (
        "04.backward",
        "def backward(Y, W, Z, A, g_prime):\n    m, L = Y.shape[1], len(W)\n    dW, db = {}, {}\n    delta = A[L] - Y\n    for l in reversed(range(1, L + 1)):\n        dW[l] = delta @ A[l - 1].T / m\n        db[l] = delta.mean(axis=1, keepdims=True)\n        if l != 1:\n            delta = g_prime(Z[l - 1]) * (W[l].T @ delta)\n    return dW, db",
    ),
    (
        "04.forward",
        "def forward(X, W, b, g, g_out):\n    L = max(W)\n    activation = {l: g for l in range(1, L)} | {L: g_out}\n    Z, A = {}, {0: np.transpose(X)}\n    for l in sorted(W):\n        Z[l] = np.dot(W[l], A[l - 1]) + b[l]\n        A[l] = activation[l](Z[l])\n    return Z, A",
    ),
    (
        "04.forward",
        "def forward(X, W, b, g, g_out):\n    L, Z, A = len(W), {}, {0: X.T}\n    for l in range(1, L):\n        Z[l] = W[l] @ A[l - 1] + b[l]\n        A[l] = g(Z[l])\n    Z[L] = W[L] @ A[L - 1] + b[L]\n    A[L] = g_out(Z[L])\n    return Z, A",
    ),
    ("04.step", "def step_back(W, dZ, Z_before):\n    return (dZ.T @ W).T * sigmoid_prime(Z_before)"),
    (
        "04.step",
        "def step_back(W, dZ, Z_before):\n    return np.einsum('kj,km,jm->jm', W, dZ, sigmoid_prime(Z_before))",
    ),
    (
        "04.train",
        "def train(X, Y, W, b, learning_rate, steps):\n    for _ in range(steps):\n        Z, A = forward(X, W, b, sigmoid, sigmoid)\n        dW, db = backward(Y, W, Z, A, sigmoid_prime)\n        W = {l: update(W[l], dW[l], learning_rate) for l in W}\n        b = {l: update(b[l], db[l], learning_rate) for l in b}\n    return W, b",
    ),
    (
        "04.train",
        "import copy\n\ndef train(X, Y, W, b, learning_rate, steps):\n    W, b = copy.deepcopy(W), copy.deepcopy(b)\n    for _ in range(steps):\n        Z, A = forward(X, W, b, sigmoid, sigmoid)\n        dW, db = backward(Y, W, Z, A, sigmoid_prime)\n        for l in W:\n            W[l] -= learning_rate * dW[l]\n            b[l] -= learning_rate * db[l]\n    return W, b",
    ),
    (
        "05.bugs",
        "def mended_backward(Y, W, Z, A):\n    L, m = len(W), Y.shape[1]\n    dW, db = {}, {}\n    dZ = (A[L] - Y) / m\n    for l in range(L, 0, -1):\n        dW[l] = dZ @ A[l - 1].T\n        db[l] = dZ.sum(axis=1, keepdims=True)\n        if l > 1:\n            dZ = (W[l].T @ dZ) * A[l - 1] * (1 - A[l - 1])\n    return dW, db",
    ),
    (
        "05.bugs",
        "def mended_backward(Y, W, Z, A):\n    L, m = len(W), Y.shape[1]\n    dW, db = {}, {}\n    dZ = A[L] - Y\n    for l in range(L, 0, -1):\n        dW[l] = dZ @ A[l - 1].T / m\n        db[l] = dZ.sum(axis=1, keepdims=True) / m\n        if l > 1:\n            dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])\n    return dW, db",
    ),
    ("05.error", "answer = (2 - 1) / (2 + 1)"),
    (
        "05.error",
        "q = np.array([3.0, -4.0])\np = 2 * q\nanswer = np.linalg.norm(p - q) / (np.linalg.norm(p) + np.linalg.norm(q))",
    ),
    (
        "05.numerical",
        "def numerical(f, x, epsilon):\n    gradient = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        above, below = x.copy(), x.copy()\n        above[i] += epsilon\n        below[i] -= epsilon\n        gradient[i] = (f(above) - f(below)) / (2 * epsilon)\n    return gradient",
    ),
    (
        "05.numerical",
        "def numerical(f, x, epsilon):\n    gradient = np.zeros_like(x)\n    for i in np.ndindex(x.shape):\n        old = x[i]\n        try:\n            x[i] = old + epsilon\n            above = f(x)\n            x[i] = old - epsilon\n            below = f(x)\n        finally:\n            x[i] = old\n        gradient[i] = (above - below) / (2 * epsilon)\n    return gradient",
    ),
    ("05.units", "answer = 32 + 10 + 32 + 10"),
    ("05.units", "answer = sum(2 * n for n in [784, 32, 10][1:])"),
    ("06.constant", "from fractions import Fraction\nanswer = Fraction(52, 80)"),
    ("06.constant", "answer = 1 - 28 / 80"),
    ("06.enough", "answer = (np.sqrt(0.9 * 0.1) / 0.01) ** 2"),
    ("06.enough", "n = 1\nwhile 2 * np.sqrt(0.9 * 0.1 / n) > 0.02 + 1e-12:\n    n += 1\nanswer = n"),
    (
        "06.error",
        "def hidden_error(delta_after, W_after, z):\n    return np.heaviside(z, 0.0) * np.dot(W_after.T, delta_after)",
    ),
    ("06.error", "def hidden_error(delta_after, W_after, z):\n    return (delta_after.T @ W_after).T * (z > 0)"),
    ("06.flatten", "def flatten(pictures):\n    return np.stack([picture.ravel() / 255 for picture in pictures])"),
    (
        "06.flatten",
        "def flatten(pictures):\n    m, h, w, c = pictures.shape\n    out = np.empty((m, h * w * c))\n    for i in range(m):\n        out[i] = pictures[i].flatten()\n    out /= 255\n    return out",
    ),
    ("06.interval", "import math\nanswer = 2 * math.sqrt(0.8 * 0.2 / 200)"),
    ("06.interval", "hits = np.repeat([1, 0], [160, 40])\nanswer = 2 * hits.std() / np.sqrt(hits.size)"),
    (
        "06.mean",
        "def mean_gradient(deltas, activations):\n    return np.hstack(deltas) @ np.hstack(activations).T / len(deltas)",
    ),
    (
        "06.mean",
        "def mean_gradient(deltas, activations):\n    D, A = np.array(deltas), np.array(activations)\n    return np.einsum('ijk,ilk->jl', D, A) / D.shape[0]",
    ),
    ("07.back", "answer = 1 / 8"),
    ("07.back", "answer = 0.25 * (100 / 400) ** 0.5"),
    ("07.slopes", "answer = 2**20"),
    ("07.slopes", "answer = 1 << 20"),
    ("07.spread", "import math\nanswer = math.hypot(*[0.1] * 400)"),
    ("07.spread", "answer = np.linalg.norm(np.full(400, 0.1))"),
    ("07.start", "def start(N):\n    return N / np.sqrt(N.shape[1] / 2)"),
    ("07.start", "def start(N):\n    units, inputs = N.shape\n    return (2 / inputs) ** 0.5 * N"),
    ("08.adam", "answer = 1e-2"),
    ("08.adam", "g = 0.0003\nm, v = 0.1 * g, 0.001 * g**2\nanswer = 0.01 * (m / 0.1) / (v / 0.001) ** 0.5"),
    ("08.byhand", "answer = np.array([1, 2, 5]) / 8"),
    ("08.byhand", "z = np.array([0, np.log(2), np.log(5)])\nanswer = softmax(z).tolist()"),
    ("08.error", "answer = [1 / 2, -3 / 4, 1 / 4]"),
    ("08.error", "answer = (np.array([2, 1, 1]) - np.array([0, 4, 0])) / 4"),
    ("08.patience", "answer = 9 - 3"),
    ("08.patience", "answer = 6.0"),
    ("08.penalty", "answer = 3 * (1 - 0.4 * 0.2) - 0.4 * 1"),
    ("08.penalty", "w, dW, l2, alpha = 3, 1, 0.2, 0.4\nw -= alpha * (dW + l2 * w)\nanswer = w"),
    ("08.onehot", "def one_hot(labels, K):\n    return (np.arange(K)[:, None] == np.asarray(labels)).astype(float)"),
    ("08.onehot", "def one_hot(labels, K):\n    return np.eye(K)[:, labels]"),
    ("08.start", "def output_error(Z, Y):\n    return (softmax(Z) - Y) / Y.sum()"),
    ("08.start", "def output_error(Z, Y):\n    m = Z.shape[-1]\n    return np.subtract(softmax(Z), Y) * (1 / m)"),
    (
        "09.divide",
        "def divide_backward(g, a, b):\n    c = a / b\n    return g / b, -np.sum(g * c, axis=1, keepdims=True) / b",
    ),
    ("09.divide", "def divide_backward(g, a, b):\n    return g / b, -np.einsum('km,km->k', g, a)[:, None] / b**2"),
    ("09.passes", "answer = 785 * 30 + 31 * 10"),
    ("09.passes", "n = [784, 30, 10]\nanswer = sum((a + 1) * b for a, b in zip(n, n[1:]))"),
    ("09.softmax", "def softmax_backward(g, A):\n    return A * g - A * np.sum(A * g, axis=0, keepdims=True)"),
    (
        "09.softmax",
        "def softmax_backward(g, A):\n    dZ = np.empty(A.shape)\n    for i, (a, gi) in enumerate(zip(A.T, g.T)):\n        dZ[:, i] = (np.diag(a) - np.outer(a, a)) @ gi\n    return dZ",
    ),
    ("09.twice", "answer = 3 + 3 + 6"),
    ("09.twice", "x = 3 + 1e-20j\nanswer = ((x + x) * x).imag / 1e-20"),
    ("10.patterns", "answer = np.array([51, 49, 112]) / 1000"),
    (
        "10.patterns",
        "def t(n, g):\n    return 0.12 / 4 + n * 1e-3 + g * 4 * 250000 / 1e8\n\nanswer = t(6, 1.5), t(4, 1.5), t(2, 8)",
    ),
    ("10.deal", "def deal(m, K):\n    return [len(part) for part in np.array_split(np.arange(m), K)]"),
    ("10.deal", "def deal(m, K):\n    return np.bincount(np.arange(m) % K, minlength=K)"),
    ("10.equal", "answer = 0.8 / 0.02"),
    ("11.adam", "answer = round(3 / 0.02)"),
    ("11.sum", "answer = sum(0.03 * 0.2 for pixel in range(784))"),
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    dA = (A[len(W)] - Y) / A[0].shape[1]\n    for l in sorted(W, reverse=True):\n"
        "        dZ = dA if l == len(W) else dA * A[l] * (1 - A[l])\n        dA = W[l].T @ dZ\n    return dA",
    ),
    (
        "11.change",
        "def best_change(x, dA0, epsilon):\n"
        "    return np.where(dA0 > 0, -np.minimum(epsilon, x), np.minimum(epsilon, 1 - x))",
    ),
    ("10.equal", "from itertools import count\nanswer = next(K for K in count(1) if 0.8 / K <= 0.02)"),
    ("10.weighted", "def combine(gradients, sizes):\n    return np.average(gradients, axis=0, weights=sizes)"),
    (
        "10.weighted",
        "def combine(gradients, sizes):\n    w = np.asarray(sizes) / np.sum(sizes)\n    return np.tensordot(w, np.asarray(gradients), axes=1)",
    ),
    ("12.back", "def mean_pool_backward(g):\n    return np.kron(g, np.full((1, 2, 2, 1), 0.25))"),
    (
        "12.back",
        "def mean_pool_backward(g):\n    m, h, w, c = g.shape\n    return np.broadcast_to(g[:, :, None, :, None] / 4, (m, h, 2, w, 2, c)).reshape(m, 2 * h, 2 * w, c)",
    ),
    (
        "12.pool",
        "def mean_pool(A):\n    return (A[:, ::2, ::2] + A[:, 1::2, ::2] + A[:, ::2, 1::2] + A[:, 1::2, 1::2]) / 4",
    ),
    (
        "12.pool",
        "def mean_pool(A):\n    m, h, w, c = A.shape\n    return np.einsum('mhiwjc->mhwc', A.reshape(m, h // 2, 2, w // 2, 2, c)) / 4",
    ),
    (
        "12.normalize",
        "def normalize(x):\n    out = np.empty(x.shape)\n    for i in range(x.shape[0]):\n        for t in range(x.shape[1]):\n            z = x[i, t] - x[i, t].mean()\n            out[i, t] = z / np.sqrt(z @ z / len(z) + 1e-5)\n    return out",
    ),
    (
        "12.normalize",
        "def normalize(x):\n    t = x.T\n    return ((t - t.mean(axis=0)) / np.sqrt(t.var(axis=0) + 1e-5)).T",
    ),
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    n, d = Q.shape\n    out = np.zeros(V.shape)\n    for t in range(n):\n        w = np.exp(K[:t + 1] @ Q[t] / np.sqrt(d))\n        out[t] = w @ V[:t + 1] / w.sum()\n    return out",
    ),
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = np.einsum('td,sd->ts', Q, K) * K.shape[1] ** -0.5\n    S = np.where(np.arange(len(Q))[:, None] >= np.arange(len(K)), S, -1e30)\n    S = S - np.logaddexp.reduce(S, axis=1, keepdims=True)\n    return np.exp(S) @ V",
    ),
    (
        "12.filter",
        "def filter_gradient(rows, dZ):\n    dF = 0\n    for row, error in zip(rows, dZ):\n        dF = dF + np.outer(row, error)\n    return dF",
    ),
    ("12.filter", "def filter_gradient(rows, dZ):\n    return np.einsum('nk,nc->kc', rows, dZ)"),
    ("12.filter", "def filter_gradient(rows, dZ):\n    return (dZ.T @ rows).T"),
    ("12.weights", "answer = np.prod([3, 3, 8, 16]) + 16"),
    ("12.shared", "answer = np.ones(3) @ [0.2, 0.2, -0.5]"),
    (
        "07.sizes",
        "def gradient_sizes(dW):\n    return {key: np.linalg.norm(a) / a.size ** 0.5 for key, a in dW.items()}",
    ),
    (
        "08.start",
        "def output_error(Z, Y):\n    A = np.exp(Z - np.logaddexp.reduce(Z, axis=0))\n    return (A - Y) / len(Y.T)",
    ),
    (
        "09.engine",
        "def gradient_through_arctan(x):\n    def arctan(a):\n        return Variable(np.arctan(a.value), 'arctan', [(a, lambda g: g / (1 + a.value ** 2))])\n    v = Variable(x)\n    return grad((v * arctan(v)).sum(), v)",
    ),
    (
        "11.input",
        "def input_gradient(Y, W, Z, A):\n    L = len(W)\n    dZ = (A[L] - Y) / Y.shape[1]\n    for l in range(L, 1, -1):\n        dZ = (W[l].T @ dZ) * sigmoid_prime(Z[l - 1])\n    return W[1].T @ dZ",
    ),
    (
        "12.normalize",
        "def normalize(x):\n    mu = x.mean(-1, keepdims=True)\n    v = ((x - mu) ** 2).mean(-1, keepdims=True)\n    return (x - mu) / np.sqrt(v + 1e-5)",
    ),
    (
        "12.attention",
        "def causal_attention(Q, K, V):\n    S = Q @ K.T / np.sqrt(Q.shape[1])\n    S = S - 1e9 * np.triu(np.ones(S.shape), 1)\n    E = np.exp(S - S.max(axis=1, keepdims=True))\n    return E / E.sum(axis=1, keepdims=True) @ V",
    ),
]
