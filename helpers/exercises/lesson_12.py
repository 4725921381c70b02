"""Exercises for lesson 12, on convolutions, normalisation, attention, shared weights and the Hessian."""

import numpy as np

from helpers.exercises.core import Exercise, Wrong


def filter_gradient(rows, dZ):
    return rows.T @ dZ


def _filter_cases():
    rng = np.random.default_rng(6)
    return [(rng.standard_normal((n, k)), rng.standard_normal((n, c))) for n, k, c in ((6, 4, 2), (5, 9, 3))]


def mean_pool(A):
    m, h, w, c = A.shape
    return A.reshape(m, h // 2, 2, w // 2, 2, c).mean(axis=(2, 4))


def _pool_cases():
    rng = np.random.default_rng(1)
    return [(rng.standard_normal((2, 4, 6, 3)),), (rng.standard_normal((3, 2, 4, 1)),)]


def _blocks(A):
    m, h, w, c = A.shape
    return A.reshape(m, h // 2, 2, w // 2, 2, c)


def _overlapping(A):
    right, down = np.roll(A, -1, axis=2), np.roll(A, -1, axis=1)
    means = (A + right + down + np.roll(right, -1, axis=1)) / 4
    return means[:, : A.shape[1] // 2, : A.shape[2] // 2]


def mean_pool_backward(g):
    return g.repeat(2, axis=1).repeat(2, axis=2) / 4


def _back_cases():
    rng = np.random.default_rng(2)
    return [(rng.standard_normal((2, 2, 3, 3)),), (rng.standard_normal((3, 1, 2, 1)),)]


def normalize(x):
    d = x - x.mean(axis=-1, keepdims=True)
    return d / np.sqrt((d**2).mean(axis=-1, keepdims=True) + 1e-5)


def _normalize_cases():
    rng = np.random.default_rng(3)
    near, far = rng.standard_normal((2, 3, 2, 4))
    return [(2 + 3 * rng.standard_normal((2, 4, 5)),), (near - 1,), (far + 1e6,)]


def _by_absolute_differences(x):
    d = x - x.mean(axis=-1, keepdims=True)
    return d / (np.abs(d).mean(axis=-1, keepdims=True) + 1e-5)


def causal_attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores = np.where(np.tri(len(Q)) == 1, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ V


def _attention_cases():
    rng = np.random.default_rng(4)
    return [  # with a scale of 10, the scores of later tokens must be far below the others
        (scale * rng.standard_normal((n, d)), scale * rng.standard_normal((n, d)), rng.standard_normal((n, e)))
        for n, d, e, scale in ((3, 4, 2, 1), (5, 2, 3, 1), (4, 3, 2, 10))
    ]


def _softmax(scores, axis=1):
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def _masked(Q, K, scale=None, ahead=False):
    scores = Q @ K.T / (np.sqrt(Q.shape[1]) if scale is None else scale)
    allowed = np.tri(len(Q)).T if ahead else np.tri(len(Q))
    return np.where(allowed == 1, scores, -np.inf)


def _stopping_early(Q, K, V):
    before = np.tri(len(Q), k=-1)
    scores = np.where(before == 1, Q @ K.T / np.sqrt(Q.shape[1]), -1e9)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True)) * before
    return weights @ V / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)


EXERCISES = [
    Exercise(
        name="12.weights",
        prompt=(
            "The pictures in a batch have 20 × 20 pixels and 8 channels. A convolutional layer has 16 filters of size "
            "3 × 3. How many weights and biases does it have?"
        ),
        right=1168,
        solution="answer = 16 * 3 * 3 * 8 + 16",
        reason="Each filter has 3 · 3 · 8 = 72 weights, one for every entry of a window, and one bias.",
        hints=[
            "A filter covers all channels of its window.",
            "One filter has 3 · 3 · 8 weights and one bias. There are 16 filters.",
        ],
        wrong=[
            Wrong(
                5184,
                "That is the number of responses for one picture, but all positions share the weights of a filter.",
            ),
            Wrong(400, "A 3 × 3 window has nine pixels, not three. How many numbers does it contain?"),
            Wrong(33, "You added the sizes. How many numbers does a window of 3 × 3 pixels with 8 channels contain?"),
            Wrong(1408, "You counted 16 biases for each filter, but each filter has only one."),
            Wrong(1153, "You counted a single bias, but each filter has one of its own."),
            Wrong(1280, "You counted a bias for every channel of each filter, but each filter adds only one."),
            Wrong(
                16593984,
                "That would be right for a dense layer from all pixels to all responses. A filter has weights for one "
                "window only.",
            ),
            Wrong(1152, "You left out the biases. How many filters are there?"),
            Wrong(160, "You left out the channels. How many numbers does a window of 3 × 3 pixels contain?"),
            Wrong(144, "A window of 3 × 3 pixels contains 8 numbers for each pixel, and each filter has a bias."),
            Wrong(88, "You counted all the biases, but the weights of only one filter. How many filters are there?"),
            Wrong(1160, "You counted a bias for each channel, but there is one for each filter."),
            Wrong(73, "That counts only one filter and its bias. How many filters are there?"),
            Wrong(
                51216,
                "That would be right for a dense layer from all pixels to 16 units. A filter has weights for one "
                "window only.",
            ),
            Wrong(1296, "You counted a bias for each filter and for each of its channels, but a filter adds only one."),
            Wrong(6336, "You counted a bias for each response. A filter has a single bias, which all positions share."),
        ],
    ),
    Exercise(
        name="12.filter",
        prompt=(
            "**The gradient of the filters.** `rows`, of shape (n, k), is the table of a convolution, as in Figure 2: "
            "each row contains the $k$ numbers of one window. `dZ`, of shape (n, c), holds $\\partial J/\\partial z$ "
            "for each of the $n$ windows and each of $c$ filters. Return $\\partial J/\\partial F$, of shape (k, c), "
            "with a column for each filter."
        ),
        solution=filter_gradient,
        parts=("dF",),
        cases=_filter_cases,
        reason=(
            "A weight is used once in every window. Each use contributes the number that the weight meets there times "
            "dZ of the window, and the product with the transposed table adds up these contributions."
        ),
        hints=[
            "The responses are Z = rows @ F. How did lesson 03 get from dZ to dW?",
            "A weight meets one number in each window. Multiply it by dZ of the window, and add up the products.",
            "The shapes leave little choice: which product of (n, k) and (n, c), one of them transposed, gives (k, c)?",
        ],
        wrong=[
            Wrong(
                lambda rows, dZ: rows.T @ dZ / len(rows),
                "You took the mean over the windows, but the contributions of all windows add up.",
            ),
            Wrong(
                lambda rows, dZ: dZ.T @ rows,
                "The values are right, but transposed. Which axis of the result belongs to the filters?",
            ),
            Wrong(
                lambda rows, dZ: np.outer(rows.sum(axis=0), dZ.sum(axis=0)),
                "You added up the windows and dZ separately. Multiply window by window, and then add up the products.",
            ),
            Wrong(
                lambda rows, dZ: np.tile(dZ.sum(axis=0), (rows.shape[1], 1)),
                "That is the gradient of the biases. Which number does a weight meet in each window?",
            ),
            Wrong(
                lambda rows, dZ: np.tile(rows.sum(axis=0)[:, np.newaxis], (1, dZ.shape[1])),
                "You added up the windows without dZ. How strongly does the cost depend on the response of each?",
            ),
            Wrong(
                lambda rows, dZ: np.outer(rows[-1], dZ[-1]),
                "That counts only the last window, as if the others had been overwritten. What do they add?",
            ),
            Wrong(
                lambda rows, dZ: np.outer(rows[0], dZ[0]),
                "That counts only the first window. What do the others add?",
            ),
            Wrong(
                lambda rows, dZ: -rows.T @ dZ,
                "All signs are reversed. Gradient descent subtracts the gradient, but here you should return it.",
            ),
        ],
    ),
    Exercise(
        name="12.pool",
        prompt=(
            "**Mean pooling.** `A` has shape (m, h, w, c), and h and w are even. Return the mean of each block of "
            "2 × 2 pixels, separately for each picture and each channel. The result has shape (m, h / 2, w / 2, c)."
        ),
        solution=mean_pool,
        parts=("A",),
        cases=_pool_cases,
        reason=(
            "The reshape gives the rows and columns of a block their own axes, 2 and 4. The mean is taken over both."
        ),
        hints=[
            "Reshape `A` so that the two rows and the two columns of a block have axes of their own.",
            "The shape is (m, h // 2, 2, w // 2, 2, c). Which axes run over the pixels inside a block?",
        ],
        wrong=[
            Wrong(
                lambda A: _blocks(A).mean(axis=(1, 3)),
                "You took the mean over the blocks. Which axes run over the pixels inside a block?",
            ),
            Wrong(
                lambda A: _blocks(A).mean(axis=2),
                "You took the mean over the two rows of a block, but not over its two columns. Which axis runs over "
                "these two columns?",
            ),
            Wrong(
                lambda A: _blocks(A).mean(axis=(2, 4, 5)),
                "You took the mean over the channels as well. Which axes run over the pixels inside a block?",
            ),
            Wrong(
                lambda A: _blocks(A).mean(axis=(0, 2, 4)),
                "You took the mean over the pictures as well. Which axes run over the pixels inside a block?",
            ),
            Wrong(
                lambda A: np.ones_like(A[:, ::2, ::2]) * _blocks(A).mean(axis=(0, 2, 4, 5))[..., np.newaxis],
                "You took the mean over the pictures and the channels as well. Which axes run over the pixels inside "
                "a block?",
            ),
            Wrong(
                lambda A: (A[:, ::2, ::2] + A[:, 1::2, 1::2]) / 2,
                "You used only two of the four pixels in each block, those on the diagonal. Which ones are missing?",
            ),
            Wrong(
                lambda A: A.reshape(len(A), A.shape[1] // 2, A.shape[2] // 2, 4, -1).mean(axis=3),
                "You took the mean of four pixels that are next to each other in memory, that is, along a row. In "
                "which rows and columns do the pixels of a block lie?",
            ),
            Wrong(_overlapping, "Your blocks overlap. In which row and column should each block start?"),
            Wrong(
                lambda A: A.reshape(len(A), A.shape[1] // 2, 2, A.shape[2] // 2, 2, -1).max(axis=(2, 4)),
                "That is the largest pixel of each block. This exercise asks for the mean.",
            ),
            Wrong(
                lambda A: A.reshape(len(A), A.shape[1] // 2, 2, A.shape[2] // 2, 2, -1).sum(axis=(2, 4)),
                "You took a sum instead of a mean. How many pixels does a block have?",
            ),
            Wrong(
                lambda A: A.reshape(len(A), 2, A.shape[1] // 2, 2, A.shape[2] // 2, -1).mean(axis=(1, 3)),
                "You took the mean of pixels that are half a picture apart. Which index should count the blocks, and "
                "which one should count the pixels inside a block?",
            ),
            Wrong(
                lambda A: A[:, ::2, ::2],
                "You kept only one pixel of each block. The other three count as well.",
            ),
            Wrong(
                lambda A: A.mean(axis=(1, 2)),
                "That is the mean of the whole picture. Where are the blocks?",
            ),
        ],
    ),
    Exercise(
        name="12.back",
        prompt=(
            "**The way back.** `g`, of shape (m, h / 2, w / 2, c), is the gradient of the cost with respect to the "
            "result of mean pooling. Return the gradient with respect to the pixels, of shape (m, h, w, c)."
        ),
        solution=mean_pool_backward,
        parts=("dA",),
        cases=_back_cases,
        reason=(
            "Each pixel contributes to one mean with a factor of 1/4, so it receives a quarter of the gradient of "
            "that mean."
        ),
        hints=[
            "By how much does the mean of a block change if one of its four pixels changes by 1?",
            "`g.repeat(2, axis=1)` repeats every row. Do the same with the columns.",
        ],
        wrong=[
            Wrong(
                lambda g: g.repeat(4, axis=1) / 4,
                "You made four rows from each row and left the columns as they were. How many rows and columns does a "
                "block have?",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=1) / 4,
                "You repeated only the rows. What should happen to the columns?",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=0).repeat(2, axis=1) / 4,
                "You repeated the pictures and the rows. Which two axes run over the rows and the columns?",
            ),
            Wrong(
                lambda g: np.kron(g, np.array([[0.25, 0.0], [0.0, 0.0]]).reshape(1, 2, 2, 1)),
                "Only one pixel of each block gets a gradient. All four contribute to the mean.",
            ),
            Wrong(
                lambda g: np.broadcast_to(g[:, :, None, :, None], (*g.shape[:2], 2, g.shape[2], 2, g.shape[3])) / 4,
                "The values are right, but the rows and the columns of a block still have axes of their own. How can "
                "you join two axes?",
            ),
            Wrong(
                lambda g: g[:, np.arange(g.shape[1]) // 2][:, :, np.arange(g.shape[2]) // 2] / 4,
                "Your result is only as large as g. How many rows and columns do the pictures have?",
            ),
            Wrong(lambda g: g / 4, "Your result is only as large as g. Which pixels share each of its entries?"),
            Wrong(
                lambda g: g.repeat(2, axis=1).repeat(2, axis=2) / g.size,
                "You divided by the number of entries of g. How many pixels does a block have?",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=1).repeat(2, axis=2) / (4 * g.sum(axis=(1, 2), keepdims=True)),
                "You divided by the sum of the gradients. By which constant do you divide to get the mean of a block?",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=1).repeat(2, axis=2),
                "Each pixel receives the whole gradient of its block, as it would after a sum. What does "
                "a mean divide by?",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=1).repeat(2, axis=2) / 2,
                "You divided by 2. How many pixels does a block have?",
            ),
            Wrong(
                lambda g: np.tile(g, (1, 2, 2, 1)) / 4,
                "You repeated the whole picture. Each *pixel* of g should become a block, so use `repeat`.",
            ),
            Wrong(
                lambda g: np.kron(g, np.array([[1.0, 0.0], [0.0, 0.0]]).reshape(1, 2, 2, 1)),
                "Only one pixel of each block gets a gradient. All four contribute to the mean.",
            ),
            Wrong(
                lambda g: g.repeat(2, axis=1).repeat(2, axis=2) * 4,
                "You multiplied by 4. If a single pixel changes, the mean changes by less than the pixel does.",
            ),
        ],
    ),
    Exercise(
        name="12.normalize",
        prompt=(
            "**Layer normalisation.** `x`, of shape (m, n, d), holds $m$ sequences of $n$ tokens with $d$ features. "
            "From the features of each token, subtract their mean, then divide by "
            "$\\sqrt{\\operatorname{var} + 10^{-5}}$, "
            "where var is the mean of the squared differences."
        ),
        solution=normalize,
        parts=("x",),
        cases=_normalize_cases,
        reason=(
            "The features of a token lie along the last axis. With `keepdims=True`, the shape of the means is "
            "compatible with that of x."
        ),
        hints=[
            "Along which axis do the features of one token lie?",
            "Compute the differences `x - x.mean(axis=-1, keepdims=True)` first, and then the mean of their squares.",
        ],
        wrong=[
            Wrong(
                lambda x: (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-5),
                "You added 10⁻⁵ to the standard deviation, after taking the root. Where does the formula add it?",
            ),
            Wrong(
                lambda x: (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True),
                "The 10⁻⁵ is missing. Is it added before or after the root is taken, and to which quantity?",
                r"^(?![\s\S]*\de-)",
            ),
            Wrong(
                _by_absolute_differences,
                "You divided by the mean absolute difference. How does the formula use the squares of the differences?",
                r"abs",
            ),
            Wrong(
                lambda x: (x - x.mean(-1, keepdims=True)) / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5),
                "You squared x itself. The variance is the mean of the squares of the *differences* from the mean.",
            ),
            Wrong(
                lambda x: (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), keepdims=True) + 1e-5),
                "You took one mean for a whole sequence. Each token has a mean of its own.",
            ),
            Wrong(
                lambda x: (x - x.min(-1, keepdims=True)) / (np.ptp(x, axis=-1, keepdims=True) + 1e-5),
                "You scaled each token to the range from 0 to 1. Which two quantities does the exercise use instead of "
                "the smallest and the largest feature?",
            ),
            Wrong(
                lambda x: (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5),
                "You took the mean over the sequences. That is batch normalisation. Which axis holds the features of a "
                "token?",
            ),
            Wrong(
                lambda x: (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5),
                "You took the mean over the tokens of a sequence. Which axis holds the features of a single token?",
            ),
            Wrong(
                lambda x: (x - x.mean()) / np.sqrt(x.var() + 1e-5),
                "You took one mean over everything. Each token has a mean of its own.",
            ),
            Wrong(
                lambda x: (x - x.mean(-1, keepdims=True)) / (x.var(-1, keepdims=True) + 1e-5),
                "You divided by the variance. Which function should you apply to it first?",
            ),
            Wrong(
                lambda x: x / np.sqrt(x.var(-1, keepdims=True) + 1e-5),
                "You did not subtract the mean. What should the mean of the result be?",
            ),
            Wrong(
                lambda x: x - x.mean(-1, keepdims=True),
                "You subtracted the mean but did not divide. How large should the entries of the result be?",
            ),
            Wrong(
                lambda x: x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5),
                "You divided x by the root of the mean of its squares, without subtracting anything. What should be "
                "subtracted, both here and in the variance?",
            ),
            Wrong(
                lambda x: (x - x.mean(-1, keepdims=True)) * np.sqrt(x.var(-1, keepdims=True) + 1e-5),
                "You multiplied by the root instead of dividing by it.",
            ),
        ],
    ),
    Exercise(
        name="12.attention",
        prompt=(
            "**A causal head.** `Q` and `K`, of shape (n, d), and `V`, of shape (n, e), are plain arrays. Return the "
            "mixtures, which have shape (n, e). The weights are the softmax of each row of $QK^T/\\sqrt d$, and token "
            "$t$ may look only at tokens $s \\le t$."
        ),
        solution=causal_attention,
        parts=("mixtures",),
        cases=_attention_cases,
        reason=(
            "The mask removes the later tokens before the softmax, so the remaining weights in each row add up to 1. "
            "(The exponentials of scores above 709 would overflow if the largest score of each row were not "
            "subtracted, as in lesson 08.)"
        ),
        hints=[
            (
                "Compute the scores first. Row t contains the scores for token t. Which entries of this row must not "
                "count?"
            ),
            "`np.tri(n)` is 1 on and below the diagonal. Where it is 0, replace the score with `-np.inf`.",
            "Then apply softmax to each row, along axis 1, and multiply the result by `V`.",
        ],
        wrong=[
            Wrong(
                lambda Q, K, V: _softmax(np.where(np.tri(len(Q), k=-1) == 1, Q @ K.T / np.sqrt(Q.shape[1]), -1e9)) @ V,
                "Your mask hides the token itself as well as the later ones. Which tokens does s ≤ t include?",
            ),
            Wrong(
                _stopping_early,
                "In your code, each token looks only at those before it, not at itself. Which tokens does s ≤ t "
                "include?",
            ),
            Wrong(
                lambda Q, K, V: np.exp(_masked(Q, K)) @ V,
                "You did not divide the exponentials by their sum. What should the weights of a row add up to?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(Q @ K.T / np.sqrt(Q.shape[1]) - np.triu(np.ones((len(Q), len(Q))), 1)) @ V,
                "You subtracted only 1 from the scores of the later tokens. Which score leads to a weight of 0?",
            ),
            Wrong(
                lambda Q, K, V: np.tri(len(Q)) * _softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V,
                "The mask comes after the softmax, so later tokens still contribute to the sum in the denominator. "
                "What do the weights of the first row add up to?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V,
                "There is no mask. Which tokens may the first token look at?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, 1.0)) @ V,
                "The scale is missing. What should the scores be divided by?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, 2.0)) @ V,
                "You divided by 2, which is √d only if d is 4. Which axis of `Q` has length d?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, 1.0)) @ V / np.sqrt(Q.shape[1]),
                "You divided by √d after the softmax, but the scores themselves should be divided by √d. Should "
                "the weights of a row still add up to 1?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, Q.shape[1])) @ V,
                "You divided by d. The typical size of a dot product with d random terms is only √d.",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K), 0) @ V,
                "You took the softmax over the wrong axis. Should the rows or the columns of the weights add up to 1?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, ahead=True)) @ V,
                "Your mask is the wrong way round, so each token looks only at itself and at later ones. Which half of "
                "the weights must be 0?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(K, Q)) @ V,
                "You swapped the queries and the keys. Which of the two should the rows come from?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(np.tri(len(Q)) * (Q @ K.T / np.sqrt(Q.shape[1]))) @ V,
                "You set the scores of later tokens to 0, but the exponential of 0 is 1. Which score "
                "leads to a weight of 0?",
            ),
            Wrong(
                lambda Q, K, V: _softmax(_masked(Q, K, np.sqrt(len(Q)))) @ V,
                "You divided by √n, the square root of the number of tokens. How many terms does a dot product have?",
            ),
        ],
    ),
    Exercise(
        name="12.shared",
        prompt=(
            "An entry of the matrix $E$ is used three times in a network: twice for the input letters and once for "
            "the logits. If each use had its own parameter, the three derivatives would be 0.2, 0.2 and −0.5. "
            "What is the derivative of the cost with respect to the entry?"
        ),
        right=-0.1,
        solution="answer = 0.2 + 0.2 - 0.5",
        reason="A change in the entry acts along all three paths at once, so the derivatives add up.",
        hints=["What does a tape do with a variable that is used several times?", "Add up all three derivatives."],
        wrong=[
            Wrong(0.5745, "That is the length of the vector of the three derivatives. How do separate paths combine?"),
            Wrong(0, "The three derivatives do not cancel completely. What is their sum?"),
            Wrong(-0.5, "That counts only the last use, as if the others had been overwritten. What do they add?"),
            Wrong(0.4, "That counts only the two uses for the input. The logits use the entry, too."),
            Wrong(
                -0.3,
                "You did not count each of the three derivatives exactly once. How often does each occur in your sum?",
            ),
            Wrong(0.9, "The third derivative is negative. What is the sum if you include its sign?"),
            Wrong(0.1, "The sign is wrong. Which part of the sum is larger, the positive or the negative one?"),
            Wrong(-0.1 / 3, "You took the mean, but each use counts in full."),
            Wrong(
                -0.02,
                "You multiplied the derivatives, as if they lay along a single path. Here, there are three separate "
                "paths.",
            ),
            Wrong(0.2, "That counts only one use. What do the other two contribute?"),
        ],
    ),
    Exercise(
        name="12.q1",
        prompt="A 5 × 5 filter slides over a picture of 28 × 28 pixels. How many rows does the response have?",
        right=24,
        solution="q1 = 28 - 5 + 1",
        reason="The first window starts in row 0 and the last one in row 23.",
        wrong=[
            Wrong(23, "Count both ends: the first window starts in row 0, the last one in row 23."),
            Wrong(28, "A window that starts in the last row would not fit into the picture."),
            Wrong(5, "That is the size of the filter. In how many places does it fit?"),
            Wrong(
                576, "That is the total number of windows. The question asks for the number of rows in the response."
            ),
            Wrong(33, "The response is smaller than the picture, because the windows have to lie inside it."),
        ],
    ),
    Exercise(
        name="12.q2",
        prompt=(
            "A causal head reads five tokens. How many of its 25 weights are greater than 0, if none of the scores is "
            "infinite before the mask is applied?"
        ),
        right=15,
        solution="q2 = 1 + 2 + 3 + 4 + 5",
        reason=(
            "Each token may look at itself and at all earlier ones, so the rows contain 1, 2, 3, 4 and 5 such weights."
        ),
        wrong=[
            Wrong(10, "A token may look at itself, too, so the diagonal counts."),
            Wrong(25, "That would be right for a head without a mask."),
            Wrong(5, "A token may look at all earlier tokens, not only at itself."),
            Wrong(20, "Only the weights above the diagonal are 0. How many are there?"),
        ],
    ),
    Exercise(
        name="12.q3",
        prompt=(
            "In a residual layer $A^{[l]} = A^{[l-1]} + g(W^{[l]} A^{[l-1]})$, all weights are 0. What arrives at "
            '$A^{[l-1]}$ in the backward pass? "a" nothing; "b" $dA^{[l]}$ unchanged; "c" twice $dA^{[l]}$.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="The path through W carries nothing, but the addition passes the error on unchanged.",
        wrong=[
            Wrong("a", "That would be right without the residual connection. What does the addition pass back?"),
            Wrong("c", "There are two paths, but the one through the weights multiplies the error by 0."),
        ],
    ),
    Exercise(
        name="12.q4",
        prompt=(
            "How do you get $Hv$, the product of the Hessian and a vector, without building $H$? "
            '"a" as the gradient of $\\nabla J \\cdot v$, with $v$ held constant; "b" as the dot product '
            '$\\nabla J \\cdot v$; "c" as the gradient of $J$ at the point $v$.'
        ),
        right="a",
        solution='q4 = "a"',
        reason="Entry i of this gradient is the sum over j of ∂²J/∂pᵢ∂pⱼ times vⱼ, which is entry i of H v.",
        wrong=[
            Wrong("b", "That is a single number, the slope along v. One more step is missing."),
            Wrong("c", "That is the gradient at another point. It contains no second derivatives."),
        ],
    ),
]
