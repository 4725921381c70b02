"""Exercises of lesson 06: pictures as rows, an error through ReLU, and an honest score."""

import numpy as np

from helpers.exercises.core import Exercise, Wrong


def flatten(pictures):
    return pictures.reshape(len(pictures), -1) / 255


def _pictures():
    rng = np.random.default_rng(8)
    return [(rng.integers(0, 256, shape, dtype=np.uint8),) for shape in ((3, 2, 2, 3), (4, 2, 5, 3))]


def hidden_error(delta_after, W_after, z):
    return (z > 0) * (W_after.T @ delta_after)


def _error_case(after=2, units=5, seed=9):
    rng = np.random.default_rng(seed)
    z = np.array([[-2.0], [0.5], [0.0], [3.0], [-0.1]])[:units]
    return rng.standard_normal((after, 1)), rng.standard_normal((after, units)), z


def sum_of_errors(deltas, activations):
    return sum(delta @ a.T for delta, a in zip(deltas, activations, strict=True)) / len(deltas)


def _one_by_one(m, n, n_before):
    rng = np.random.default_rng(10)
    return rng.standard_normal((m, n, 1)), rng.standard_normal((m, n_before, 1))


EXERCISES = [
    Exercise(
        name="06.flat",
        prompt="How many inputs does a network for colour pictures of 64 × 64 pixels have?",
        right=12288,
        solution="answer = 64 * 64 * 3",
        reason="64 rows of 64 pixels, three numbers each.",
        hints=["How many pixels are there?", "Each pixel holds a number for red, green and blue."],
        wrong=[
            Wrong(4096, "That is the number of pixels; each holds three numbers."),
            Wrong(192, "A picture has 64 rows of 64 pixels, not one."),
            Wrong(209 * 12288, "That is the whole training set."),
            Wrong(64**3, "Three colours are a factor 3, not a third power."),
            Wrong(64 * 64 * 256, "256 is how many values a number can take; how many numbers has a pixel?"),
            Wrong(3, "That is how many numbers one pixel has."),
            Wrong(64, "That is one row of pixels of one colour."),
            Wrong(128, "Rows and columns multiply: how many pixels are there?"),
            Wrong(12289, "That counts a bias as well; it is no input."),
            Wrong(131, "The numbers multiply: rows, columns, colours."),
            Wrong(12228, "A digit has slipped: multiply once more."),
            Wrong(64 * 64 * 4, "Red, green and blue: how many numbers has a pixel?"),
        ],
    ),
    Exercise(
        name="06.flatten",
        prompt=(
            "Write the function that makes pictures ready for a network: from `pictures` of shape (m, height, "
            "width, 3), whole "
            "numbers from 0 to 255, to rows of numbers from 0 to 1. It will be tried on small pictures."
        ),
        solution=flatten,
        parts=("X",),
        cases=_pictures,
        m=[3, 4],
        reason="reshape(m, −1) keeps the numbers of each picture together in a row.",
        hints=[
            "How many rows must the result have? Let NumPy find the number of columns.",
            "reshape takes −1 for one size. And divide by the largest value that a pixel can have.",
        ],
        wrong=[
            Wrong(lambda p: p.reshape(len(p), -1) / 256, "The largest value that a pixel can have is 255."),
            Wrong(lambda p: p.reshape(len(p), -1), "The rows are right; the numbers still go from 0 to 255."),
            Wrong(
                lambda p: p.reshape(-1, len(p)).T / 255,
                (
                    "The shape is right, the pictures are scrambled: reshape(−1, m) deals the numbers out to m "
                    "columns like cards."
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1).T / 255,
                "That is A[0], with examples as columns; here rows are examples.",
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) // 255,
                "// divides whole numbers and throws the rest away: nearly all becomes 0.",
                r"//",
            ),
            Wrong(
                lambda p: (p.reshape(len(p), -1) / 255).astype(int),
                "The fractions are cut off to whole numbers: nearly all becomes 0. Which numbers lie between 0 and 1?",
                "int",
            ),
            Wrong(lambda p: p / 255, "Scaled, but not flat: each picture must become a row."),
            Wrong(
                lambda p: p.transpose(0, 3, 1, 2).reshape(len(p), -1) / 255,
                (
                    "The colours have been moved to the front: within a row the numbers stand in another order. What "
                    "does reshape alone do?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(-1) / 255,
                "All pictures stand in one long row; each must have a row of its own. Which number must stay as it is?",
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1, 3) / 255,
                "The colours are still an axis of their own. How many axes should the result have?",
            ),
            Wrong(
                lambda p: (p / 255).reshape(len(p), -1).mean(axis=0),
                "The pictures are averaged; each must have a row of its own.",
            ),
            Wrong(
                lambda p: p[..., 0].reshape(len(p), -1) / 255,
                "Only the red numbers are there. How many does a pixel have?",
            ),
            Wrong(
                lambda p: (p - p.mean()) / p.std(),
                "That centres and scales by the spread; here the numbers are to go from 0 to 1, in rows.",
            ),
            Wrong(
                lambda p: ((p - p.mean()) / p.std()).reshape(len(p), -1),
                (
                    "That centres and scales by the spread; here the numbers are to go from 0 to 1. What is "
                    "the largest "
                    "value a pixel can have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / p.max(),
                (
                    "That divides by the largest value there happens to be; another set of pictures would be scaled "
                    "differently. Which value can a pixel have at most?"
                ),
            ),
            Wrong(lambda p: p.reshape(len(p), -1) / 127.5 - 1, "Those go from −1 to 1; from 0 to 1 is asked for."),
            Wrong(
                lambda p: (p.reshape(len(p), -1) - p.min()) / (int(p.max()) - int(p.min())),
                (
                    "That scales by the range of these pictures; another set would be scaled differently. Which values "
                    "can a pixel have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(p.shape[0] * p.shape[1], -1) / 255,
                "A row holds one line of a picture; it should hold the whole picture.",
            ),
        ],
    ),
    Exercise(
        name="06.error",
        prompt=(
            "**Write this derivative**, in the notation of $\\delta$: the error $\\delta^{[l]}$ of a layer of "
            "ReLU units, for one "
            "example. `delta_after` is $\\delta^{[l+1]}$, `W_after` is $W^{[l+1]}$, `z` is $z^{[l]}$. At the "
            "kink take 0."
        ),
        solution=hidden_error,
        parts=("δ",),
        cases=lambda: [_error_case(), _error_case(3, 4, 10)],
        reason="Wᵀδ collects what comes back, and ReLU lets it through where z > 0.",
        hints=[
            "The same two steps as `step_back` in lesson 04; only the slope is another.",
            "The slope of ReLU is 1 where z > 0 and 0 elsewhere: `z > 0` is an array of just that.",
        ],
        wrong=[
            Wrong(lambda d, W, z: W.T @ d, "The slope of ReLU is missing: units with z ≤ 0 pass nothing back."),
            Wrong(lambda d, W, z: (z >= 0) * (W.T @ d), "At the kink, z = 0, the slope is to be 0."),
            Wrong(lambda d, W, z: np.maximum(0, z) * (W.T @ d), "That multiplies by ReLU itself; its slope is wanted."),
            Wrong(
                lambda d, W, z: np.maximum(0, W.T @ d),
                "ReLU's slope looks at z, not at what comes back: an error may be negative.",
            ),
            Wrong(
                lambda d, W, z: (z > 0) * (W @ d),
                "In a product @ the inner sizes do not match: on the way back W must be transposed.",
            ),
            Wrong(
                lambda d, W, z: np.where(z > 0, 1, 0.01) * (W.T @ d),
                "That is the slope of a leaky ReLU, 0.01 below 0. What is the slope of ReLU itself there?",
            ),
            Wrong(
                lambda d, W, z: np.heaviside(z, 0.5) * (W.T @ d),
                "At the kink, z = 0, the slope here is ½. Which one does the exercise ask for?",
            ),
            Wrong(
                lambda d, W, z: np.sign(z) * (W.T @ d),
                "The sign is −1 where z < 0. What is the slope of ReLU there?",
            ),
            Wrong(
                lambda d, W, z: (z < 0) * (W.T @ d),
                "The condition lets the error through where the unit is switched off. Where is that?",
            ),
            Wrong(
                lambda d, W, z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z))) * (W.T @ d),
                "That is the slope of the sigmoid; these are ReLU units. How steep is ReLU on each side of 0?",
            ),
            Wrong(
                lambda d, W, z: (1 - np.tanh(z) ** 2) * (W.T @ d),
                "That is the slope of tanh; these are ReLU units. How steep is ReLU on each side of 0?",
            ),
            Wrong(
                lambda d, W, z: z * (W.T @ d),
                "z itself is multiplied in. What is the slope of ReLU there?",
            ),
        ],
    ),
    Exercise(
        name="06.mean",
        prompt=(
            "**Prove it numerically:** from errors of single examples, without $1/m$, to the gradient of the "
            "mean. `deltas[i]` is "
            "$\\delta^{[l]}$ of example $i$, a column, `activations[i]` its $a^{[l-1]}$. Return $\\partial "
            "J/\\partial W^{[l]}$."
        ),
        solution=sum_of_errors,
        parts=("dW",),
        cases=lambda: [_one_by_one(4, 2, 3), _one_by_one(5, 3, 2)],
        m=[4, 5],
        reason="An outer product δ aᵀ for each example, and the mean of them all: (1/m) Δ Aᵀ.",
        hints=[
            "One example gives an outer product, δ aᵀ, of the shape of W.",
            "Add them up, and divide by how many there are.",
        ],
        wrong=[
            Wrong(
                lambda d, a: sum(x @ y.T for x, y in zip(d, a, strict=True)),
                "It is 4 times the right one, and there are 4 examples: J is a mean.",
            ),
            Wrong(
                lambda d, a: sum(d) @ sum(a).T / len(d),
                "That multiplies the sums; the product must be taken for each example first.",
            ),
            Wrong(
                lambda d, a: sum(y @ x.T for x, y in zip(d, a, strict=True)) / len(d),
                "Transposed: there is a row for each unit of layer l, so the column δ comes first.",
            ),
            Wrong(
                lambda d, a: sum(x * y for x, y in zip(d, a, strict=True)) / len(d),
                "Two arrays of different length do not fit element by element; an outer product is x @ y.T.",
            ),
            Wrong(
                lambda d, a: sum(d) / len(d) @ (sum(a) / len(d)).T,
                "That multiplies the means; the product must be taken for each example first.",
            ),
            Wrong(
                lambda d, a: np.array([x @ y.T for x, y in zip(d, a, strict=True)]),
                "Those are the gradients of the single examples, neither added up nor divided. How do they become one?",
            ),
            Wrong(lambda d, a: d[-1] @ a[-1].T, "That is the last example alone. Is the sum overwritten in the loop?"),
            Wrong(lambda d, a: d[0] @ a[0].T, "That is the first example alone. Does `return` come too early?"),
            Wrong(
                lambda d, a: d[-1] @ a[-1].T / len(d),
                "That is the last example alone. Is the sum overwritten in the loop?",
            ),
            Wrong(
                lambda d, a: sum(x @ y.T for x, y in zip(d, a, strict=True)) / len(d) ** 2, "The mean is taken twice."
            ),
            Wrong(
                lambda d, a: d[0] @ a[0].T / len(d), "That is the first example alone. Does `return` come too early?"
            ),
        ],
    ),
    Exercise(
        name="06.baseline",
        prompt=(
            'What does always answering "cat" score on the test set, where 33 of 50 pictures are cats? '
            "Answer with a share between 0 and 1."
        ),
        right=0.66,
        solution="answer = 33 / 50",
        reason="33 of the 50 test pictures are cats, so always answering 'cat' is right 33 times in 50.",
        hints=["When is the answer 'cat' right?", "As often as there is a cat: divide by how many pictures there are."],
        wrong=[
            Wrong(0.5, "Only if there were as many cats as others; count them."),
            Wrong(33, "As a share of the 50 pictures, please."),
            Wrong(0.34, "That is what always answering 'no cat' scores; the other answer does better."),
            Wrong(72 / 209, "That is the share of cats in the training set."),
            Wrong(1, "It is right only where the picture is a cat. How many are?"),
            Wrong(0.72, "That is the score of a network; what does always answering 'cat' get?"),
            Wrong(
                0,
                "It is right whenever there is a cat, and // would cut a share off to 0. How many of 50 are cats?",
            ),
            Wrong(33 / 17, "That compares cats with the others; a share is of all 50 pictures."),
            Wrong(17 / 33, "That compares the others with cats; a share is of all 50 pictures."),
            Wrong(
                137 / 209, "That is the share of pictures without a cat in the training set; the test set is asked for."
            ),
            Wrong(50 / 33, "Upside down: a share is at most 1."),
            Wrong(0.33, "33 is how many of 50, not of 100."),
        ],
    ),
    Exercise(
        name="06.interval",
        prompt=(
            "A network scores 0.80 on 200 test pictures. By how much, plus or minus, is that uncertain (two standard "
            "deviations)?"
        ),
        right=float(2 * np.sqrt(0.8 * 0.2 / 200)),
        also=(0.06, 0.057),  # the lesson gives two digits
        solution="answer = 2 * np.sqrt(0.8 * (1 - 0.8) / 200)",
        reason="2 √(0.8 · 0.2 / 200) ≈ 0.0566: four times the pictures, half the uncertainty of 50.",
        hints=[
            "The lesson's formula, with p = 0.8 and 200 in place of 50.",
            "√(p (1 − p) / n) is one standard deviation.",
        ],
        wrong=[
            Wrong(float(np.sqrt(0.8 * 0.2 / 200)), "That is one standard deviation; two are asked for."),
            Wrong(
                float(2 * np.sqrt(0.8 * 0.2 / 50)),
                (
                    "That is for 50 pictures, or for four standard deviations. How many pictures are there, and how "
                    "many deviations?"
                ),
            ),
            Wrong(float(2 * 0.8 * 0.2 / 200), "The square root is missing."),
            Wrong(float(2 * np.sqrt(0.8 * 0.2)), "Divide by the number of pictures under the root."),
            Wrong(2 * 0.4 / 200, "n belongs under the root as well."),
            Wrong(0.04, "Two standard deviations: the 2 stands before the root, not in it."),
            Wrong(0.8566, "That is the upper end; how far is it from 0.80?"),
            Wrong(0.7434, "That is the lower end; how far is it from 0.80?"),
            Wrong(2 / float(np.sqrt(200)), "p (1 − p) is missing under the root."),
            Wrong(1 / float(np.sqrt(200)), "That is for p = 0.5, the worst case; here p is 0.8."),
            Wrong(float(np.sqrt(0.8 - 0.8 / 200) * 2), "1 − p belongs in parentheses."),
            Wrong(2 * 0.16 / float(np.sqrt(200)), "p (1 − p) belongs under the root as well."),
            Wrong(float(2 * np.sqrt(0.8 / 200)), "The factor 1 − p is missing under the root."),
            Wrong(float(2 * np.sqrt(0.2 / 200)), "The factor p is missing under the root."),
            Wrong(0.0554, "That is 1.96 standard deviations; the lesson takes two."),
            Wrong(float(3 * np.sqrt(0.16 / 200)), "That is three standard deviations; two are asked for."),
            Wrong(0.00566, "The decimal point has slipped."),
        ],
    ),
    Exercise(
        name="06.q1",
        prompt="Training pictures come as an array of shape (209, 64, 64, 3). What shape has $A^{[0]}$?",
        right=(12288, 209),
        solution="q1 = (12288, 209)",
        reason="One column of 64 · 64 · 3 numbers for each picture.",
        wrong=[
            Wrong((209, 12288), "That is X; A[0] is its transpose."),
            Wrong((64, 64), "Each picture must become one column."),
            Wrong((4096, 209), "Each pixel holds three numbers."),
        ],
    ),
    Exercise(
        name="06.q2",
        prompt="What is the slope of ReLU at $z = -3$?",
        right=0,
        solution="q2 = 0",
        reason="Left of 0 ReLU is flat.",
        wrong=[
            Wrong(1, "That is the slope to the right of 0."),
            Wrong(-3, "That is z; left of 0 ReLU is flat."),
            Wrong(0.5, "Only at the kink could one argue; −3 is far from it."),
        ],
    ),
    Exercise(
        name="06.q3",
        prompt=(
            'A network scores 0.72 on 50 pictures, and always answering "cat" scores 0.66. What may you say? '
            '"a" it beats the baseline; "b" it might, but 50 pictures cannot tell; "c" it is worse than guessing.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="0.72 plus or minus 0.13 contains 0.66.",
        wrong=[
            Wrong("a", "The score is uncertain by 0.13, and the difference is 0.06."),
            Wrong("c", "0.72 lies above 0.66; the question is whether by chance."),
        ],
    ),
    Exercise(
        name="06.q4",
        prompt=(
            'Training score 1.00, test score 0.72. Which is a sound next step? "a" train longer; "b" get more '
            "pictures; "
            '"c" test on the training pictures.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="The gap says that it knows its pictures by heart; more pictures leave less room for that.",
        wrong=[
            Wrong("a", "It knows all training pictures already; longer training widens the gap."),
            Wrong("c", "Those it has seen; they say nothing about new ones."),
        ],
    ),
]
