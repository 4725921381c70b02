"""Exercises for lesson 06, with their solutions, hints and feedback on wrong answers.

The learner turns images into the rows of a matrix, propagates an error back through ReLU units, and estimates the
uncertainty of a test score.
"""

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
    z = np.array([[-2.0], [0.01], [0.0], [3.0], [-0.1]])[:units]
    return rng.standard_normal((after, 1)), rng.standard_normal((after, units)), z


def mean_gradient(deltas, activations):
    return sum(delta @ a.T for delta, a in zip(deltas, activations, strict=True)) / len(deltas)


def _one_by_one(m, n, n_before):
    rng = np.random.default_rng(10)
    return rng.standard_normal((m, n, 1)), rng.standard_normal((m, n_before, 1))


def _each_stretched(pictures):
    rows = pictures.reshape(len(pictures), -1).astype(float)
    low, high = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    return (rows - low) / (high - low)


EXERCISES = [
    Exercise(
        name="06.flatten",
        prompt=(
            "Write a function that prepares images for a network. `pictures` has the shape "
            "(m, height, width, 3) and holds whole numbers from 0 to 255. Return one row per "
            "image, with numbers from 0 to 1. Your function will be tested on small images."
        ),
        solution=flatten,
        parts=("X",),
        cases=_pictures,
        m=[3, 4],
        reason="reshape(m, −1) keeps all the numbers of an image together in one row.",
        hints=[
            "How many rows must the result have? Let NumPy work out the number of columns.",
            (
                "You can pass −1 to reshape for one of the sizes. You also "
                "have to divide by the largest value that a pixel can have."
            ),
        ],
        wrong=[
            Wrong(
                lambda p: p[0].reshape(1, -1) / 255,
                "You used only the first image. Where do the other rows come from?",
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / 256,
                "The largest value that a pixel can have is 255, so divide by 255.",
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / np.linalg.norm(p.reshape(len(p), -1), axis=1, keepdims=True),
                "You divided each row by its length. What is the largest value that a pixel can have?",
            ),
            Wrong(lambda p: p.reshape(len(p), -1), "The rows are right, but the numbers still range from 0 to 255."),
            Wrong(
                lambda p: p.reshape(-1, len(p)).T / 255,
                (
                    "The shape is right, but the images are scrambled. "
                    "reshape(−1, m) deals the numbers out to m columns one by one, like cards."
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1).T / 255,
                "That is A[0], which has one column per example. This exercise asks for one row per example.",
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) // 255,
                "The operator // discards the fractional part, so nearly all the numbers become 0.",
                r"//",
            ),
            Wrong(
                lambda p: (p.reshape(len(p), -1) / 255).astype(int),
                (
                    "Converting to integers discards the fractional parts, so nearly "
                    "all the numbers become 0. Which type can hold numbers between 0 and 1?"
                ),
                "int",
            ),
            Wrong(
                lambda p: p / 255,
                "You scaled the numbers but did not flatten the images. Each image must become one row.",
            ),
            Wrong(
                lambda p: p.transpose(0, 3, 1, 2).reshape(len(p), -1) / 255,
                (
                    "You moved the colour axis to the front, so the numbers in each "
                    "row are in a different order. What does reshape do on its own?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(-1) / 255,
                (
                    "You put all images into one long row, but each image "
                    "needs its own row. Which size must stay the same?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1, 3) / 255,
                "The colours still have an axis of their own. How many axes should the result have?",
            ),
            Wrong(
                lambda p: (p / 255).reshape(len(p), -1).mean(axis=0),
                "You averaged the images, but each image needs its own row.",
            ),
            Wrong(
                lambda p: p[..., 0].reshape(len(p), -1) / 255,
                "You kept only the red values. How many values are stored for each pixel?",
            ),
            Wrong(
                lambda p: (p - p.mean()) / p.std(),
                (
                    "You subtracted the mean and divided by the standard deviation. "
                    "Here the numbers should range from 0 to 1, with one row per image."
                ),
            ),
            Wrong(
                lambda p: ((p - p.mean()) / p.std()).reshape(len(p), -1),
                (
                    "You subtracted the mean and divided by the standard deviation, but here the "
                    "numbers should range from 0 to 1. What is the largest value that a pixel can have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / p.max(),
                (
                    "You divided by the largest value in these images, so a different set of images "
                    "would be scaled differently. What is the largest value that any pixel can have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / p.reshape(len(p), -1).max(axis=1, keepdims=True),
                (
                    "You divided each image by its own largest value, so a dark image would become as bright "
                    "as the others. What is the largest value that any pixel can have?"
                ),
            ),
            Wrong(
                _each_stretched,
                (
                    "You rescaled each image by its own range of values, so the differences in brightness and contrast "
                    "between the images are lost. Which values can a pixel have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(len(p), -1) / 127.5 - 1,
                "Your numbers range from −1 to 1, but they should range from 0 to 1.",
            ),
            Wrong(
                lambda p: (p.reshape(len(p), -1) - p.min()) / (int(p.max()) - int(p.min())),
                (
                    "You scaled by the range of values in these images, so a different set "
                    "of images would be scaled differently. Which values can a pixel have?"
                ),
            ),
            Wrong(
                lambda p: p.reshape(p.shape[0] * p.shape[1], -1) / 255,
                "Each of your rows holds a single row of pixels, but it should hold a whole image.",
            ),
        ],
    ),
    Exercise(
        name="06.error",
        prompt=(
            "**Write this derivative**, using $\\delta$ for the errors. Compute the error $\\delta^{[l]}$ "
            "of a layer of ReLU units for a single example. `delta_after` is $\\delta^{[l+1]}$, `W_after` "
            "is $W^{[l+1]}$, and `z` is $z^{[l]}$. Take the slope at the kink to be 0."
        ),
        solution=hidden_error,
        parts=("δ",),
        cases=lambda: [_error_case(), _error_case(3, 4, 10)],
        reason="Wᵀδ collects the errors from the next layer, and ReLU lets them through where z > 0.",
        hints=[
            "Take the same two steps as in `step_back` from lesson 04. Only the slope is different.",
            (
                "The slope of ReLU is 1 where z > 0 and 0 everywhere "
                "else, which is exactly what the array `z > 0` holds."
            ),
        ],
        wrong=[
            Wrong(lambda d, W, z: W.T @ d, "The slope of ReLU is missing. Units with z ≤ 0 pass no error back."),
            Wrong(lambda d, W, z: (z >= 0) * (W.T @ d), "At the kink, where z = 0, the slope should be 0."),
            Wrong(
                lambda d, W, z: np.maximum(0, z) * (W.T @ d),
                "You multiplied by ReLU itself. Multiply by its slope instead.",
            ),
            Wrong(
                lambda d, W, z: np.clip(z, 0, 1) * (W.T @ d),
                "You multiplied by z, limited to the range from 0 to 1. The slope of ReLU is exactly 0 or 1.",
            ),
            Wrong(
                lambda d, W, z: np.maximum(0, W.T @ d),
                "The slope of ReLU depends on z, not on the error that comes back. An error can be negative.",
            ),
            Wrong(
                lambda d, W, z: (z > 0) * (W @ d),
                (
                    "The inner dimensions of the matrix product @ do not "
                    "match. In the backward pass, W must be transposed."
                ),
                r"W\w*(\[\w+\])? @",
            ),
            Wrong(
                lambda d, W, z: np.where(z > 0, 1, 0.01) * (W.T @ d),
                (
                    "That is the slope of a leaky ReLU, which is 0.01 for "
                    "negative z. What is the slope of an ordinary ReLU there?"
                ),
            ),
            Wrong(
                lambda d, W, z: np.heaviside(z, 0.5) * (W.T @ d),
                "You used a slope of ½ at the kink, where z = 0. Which slope does the exercise ask for?",
            ),
            Wrong(
                lambda d, W, z: np.sign(z) * (W.T @ d),
                "The sign function returns −1 where z < 0. What is the slope of ReLU there?",
            ),
            Wrong(
                lambda d, W, z: (z < 0) * (W.T @ d),
                (
                    "Your condition lets the error through where the unit is "
                    "switched off. For which values of z is the unit switched on?"
                ),
            ),
            Wrong(
                lambda d, W, z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z))) * (W.T @ d),
                (
                    "That is the slope of the sigmoid, but these are ReLU "
                    "units. What is the slope of ReLU on each side of 0?"
                ),
            ),
            Wrong(
                lambda d, W, z: (1 - np.tanh(z) ** 2) * (W.T @ d),
                "That is the slope of tanh, but these are ReLU units. What is the slope of ReLU on each side of 0?",
            ),
            Wrong(
                lambda d, W, z: z * (W.T @ d),
                "You multiplied by z itself. What is the slope of ReLU at z?",
            ),
        ],
    ),
    Exercise(
        name="06.mean",
        prompt=(
            "Start from the errors of single examples, which do not contain the factor $1/m$, and "
            "compute the gradient of the mean cost. "
            "`deltas[i]` is the column $\\delta^{[l]}$ of example $i$, and `activations[i]` "
            "is its column $a^{[l-1]}$. Return $\\partial J/\\partial W^{[l]}$."
        ),
        solution=mean_gradient,
        parts=("dW",),
        cases=lambda: [_one_by_one(4, 2, 3), _one_by_one(5, 3, 2)],
        m=[4, 5],
        reason=(
            "Each example contributes an outer product δ aᵀ, and "
            "the gradient is the mean of these products: (1/m) Δ Aᵀ."
        ),
        hints=[
            "One example contributes the outer product δ aᵀ, which has the same shape as W.",
            "Add up the outer products and divide by the number of examples.",
        ],
        wrong=[
            Wrong(
                lambda d, a: sum(x @ y.T for x, y in zip(d, a, strict=True)),
                (
                    "Your gradient is 4 times as large as it should be, "
                    "and there are 4 examples. Remember that J is a mean."
                ),
            ),
            Wrong(
                lambda d, a: sum(d) @ sum(a).T / len(d),
                (
                    "You multiplied the sum of the errors by the sum of the activations. "
                    "Compute the product for each example first, and then add the products."
                ),
            ),
            Wrong(
                lambda d, a: sum(y @ x.T for x, y in zip(d, a, strict=True)) / len(d),
                "Your gradient is transposed. It needs one row for each unit of layer l, so the column δ comes first.",
            ),
            Wrong(
                lambda d, a: sum(x * y for x, y in zip(d, a, strict=True)) / len(d),
                "Two arrays of different lengths cannot be multiplied entry by entry. The outer product is x @ y.T.",
            ),
            Wrong(
                lambda d, a: sum(d) / len(d) @ (sum(a) / len(d)).T,
                (
                    "You multiplied the mean of the errors by the mean of the activations. "
                    "Compute the product for each example first, and then average the products."
                ),
            ),
            Wrong(
                lambda d, a: np.array([x @ y.T for x, y in zip(d, a, strict=True)]),
                "Those are the gradients of the individual examples. How do you combine them into one gradient?",
            ),
            Wrong(
                lambda d, a: d[-1] @ a[-1].T,
                (
                    "That is the gradient of the last example alone. Does "
                    "your loop overwrite the sum instead of adding to it?"
                ),
            ),
            Wrong(
                lambda d, a: d[0] @ a[0].T,
                "That is the gradient of the first example alone. Does your function return too early?",
            ),
            Wrong(
                lambda d, a: d[-1] @ a[-1].T / len(d),
                (
                    "That is the gradient of the last example alone. Does "
                    "your loop overwrite the sum instead of adding to it?"
                ),
            ),
            Wrong(
                lambda d, a: sum(x @ y.T for x, y in zip(d, a, strict=True)) / len(d) ** 2,
                "You divided by the number of examples twice.",
            ),
            Wrong(
                lambda d, a: d[0] @ a[0].T / len(d),
                "That is the gradient of the first example alone. Does your function return too early?",
            ),
        ],
    ),
    Exercise(
        name="06.constant",
        prompt=(
            "28 of 80 test images show cats. What is the baseline, that is, the share of the images that "
            "the better of the two constant answers gets right? Give a number between 0 and 1."
        ),
        right=0.65,
        solution="answer = max(28, 80 - 28) / 80",
        reason="Always answering 'no cat' is right for 80 − 28 = 52 of the 80 images, and 52 / 80 = 0.65.",
        hints=[
            "How many images do you get right if you always answer 'cat', and how many if you always answer 'no cat'?",
            "Most of these images show no cat. Divide the number of those images by the total number of images.",
        ],
        wrong=[
            Wrong(0.35, "That is the score for always answering 'cat'. Which constant answer scores higher here?"),
            Wrong(0.5, "That would be right if exactly half of the images showed cats. How many of the 80 do?"),
            Wrong(52, "Divide by 80 to express your answer as a share of the images."),
            Wrong(28, "That is the number of cats. How many images does the better constant answer get right?"),
            Wrong(1, "A constant answer is right only for the images of one class. How many are there in each class?"),
            Wrong(
                0,
                (
                    "One of the two constant answers is right for every image without a cat. (If "
                    "you used //, it rounded your result down to 0.) How many of the 80 images show no cat?"
                ),
            ),
            Wrong(
                28 / 52,
                "You divided the number of cats by the number of images without cats. What should you divide by what?",
            ),
            Wrong(
                52 / 28,
                (
                    "You divided the number of images without cats by the number of "
                    "cats. Divide by the total number of images, 80, instead."
                ),
            ),
            Wrong(80 / 52, "Your fraction is upside down. A share cannot be larger than 1."),
            Wrong(0.52, "52 is the number of images without cats out of 80, not out of 100."),
            Wrong(0.66, "That is the baseline in the lesson. How many images and how many cats are there here?"),
            Wrong(
                28 / 108,
                "You added the 28 cat images to the 80 images, but the 80 already include them. How many images "
                "are there in total?",
            ),
            Wrong(
                80 / 108,
                "You added the 28 cat images to the 80 images, but the 80 already include them. How many images "
                "are there in total?",
            ),
        ],
    ),
    Exercise(
        name="06.interval",
        prompt=(
            "A network scores 0.80 on 200 test images. How large is the uncertainty "
            "of this score, taken as plus or minus two standard deviations?"
        ),
        right=float(2 * np.sqrt(0.8 * 0.2 / 200)),
        also=(0.06, 0.057),  # the lesson rounds to two digits
        solution="answer = 2 * np.sqrt(0.8 * (1 - 0.8) / 200)",
        reason=(
            "2 √(0.8 · 0.2 / 200) ≈ 0.0566. With four times as many "
            "images, the uncertainty is half as large as with 50."
        ),
        hints=[
            "Use the formula from the lesson with p = 0.8 and with 200 images instead of 50.",
            "√(p (1 − p) / n) is one standard deviation.",
        ],
        wrong=[
            Wrong(float(np.sqrt(0.8 * 0.2 / 200)), "That is one standard deviation, but the question asks for two."),
            Wrong(
                float(2 * np.sqrt(0.8 * 0.2 / 50)),
                (
                    "That would be right for 50 images, or for four standard deviations. How many "
                    "images are there, and how many standard deviations does the question ask for?"
                ),
                r"\b(50|4)\b|2 *\* *2",
            ),
            Wrong(float(2 * 0.8 * 0.2 / 200), "The square root is missing."),
            Wrong(
                float(2 * np.sqrt(0.8 * 0.2)), "You still have to divide by the number of images under the square root."
            ),
            Wrong(2 * 0.4 / 200, "The number of images, n, belongs under the square root as well."),
            Wrong(
                0.04, "The factor of 2 belongs in front of the square root, because you want two standard deviations."
            ),
            Wrong(0.8566, "That is the upper end of the interval. How far is it from 0.80?"),
            Wrong(0.7434, "That is the lower end of the interval. How far is it from 0.80?"),
            Wrong(2 / float(np.sqrt(200)), "The factor p (1 − p) is missing under the square root."),
            Wrong(1 / float(np.sqrt(200)), "That is the answer for the worst case, p = 0.5, but here p is 0.8."),
            Wrong(float(np.sqrt(0.8 - 0.8 / 200) * 2), "You need parentheses around 1 − p."),
            Wrong(2 * 0.16 / float(np.sqrt(200)), "The factor p (1 − p) belongs under the square root as well."),
            Wrong(float(2 * np.sqrt(0.8 / 200)), "The factor 1 − p is missing under the square root."),
            Wrong(float(2 * np.sqrt(0.2 / 200)), "The factor p is missing under the square root."),
            Wrong(
                0.13,
                "That belongs to a score of 0.72 on 50 images. What score and how many images does the question give?",
            ),
            Wrong(0.0554, "That is 1.96 standard deviations, but the lesson uses two."),
            Wrong(float(3 * np.sqrt(0.16 / 200)), "That is three standard deviations, but the question asks for two."),
            Wrong(0.00566, "You put the decimal point in the wrong place."),
        ],
    ),
    Exercise(
        name="06.enough",
        prompt=(
            "A network scores 0.90. On how many independent test images must it have been tested if the "
            "uncertainty of this score, taken as plus or minus two standard deviations, is 0.02?"
        ),
        right=900,
        also=(901,),  # 900 plus a rounding error, rounded up
        solution="answer = 4 * 0.9 * (1 - 0.9) / 0.02**2",
        reason=(
            "2 √(0.9 · 0.1 / n) = 0.02 gives n = 4 · 0.9 · 0.1 / 0.02² = 900. To halve "
            "this uncertainty, you would need four times as many images."
        ),
        hints=[
            "Set the formula for two standard deviations equal to 0.02. Which quantity in it is unknown?",
            "Square both sides of 2 √(p (1 − p) / n) = 0.02.",
            "4 p (1 − p) / n = 0.02²: how do you get n?",
        ],
        wrong=[
            Wrong(
                225, "That would be right if 0.02 were one standard deviation, but it is two. What happens to the 2?"
            ),
            Wrong(450, "When you square both sides, the 2 in front of the root is squared as well."),
            Wrong(30, "That is the square root of the number of images. What is left to do?"),
            Wrong(15, "A factor of 2 is missing, and you still have to square the result. How do you get n?"),
            Wrong(18, "Square the 0.02 as well."),
            Wrong(9, "When you square both sides, both the 2 and the 0.02 are squared."),
            Wrong(9000, "The factor 1 − p is missing."),
            Wrong(1000, "The factor p is missing."),
            Wrong(2500, "That would be enough for any score, as it covers the worst case, p = 0.5. Here p is 0.9."),
            Wrong(10000, "The factor p (1 − p) is missing."),
            Wrong(3600, "You took four standard deviations instead of two."),
            Wrong(864.36, "That is for 1.96 standard deviations, but the lesson uses two."),
            Wrong(
                1512.5, "You started from the lesson's 0.11, which belongs to a score of 0.82. What is the score here?"
            ),
            Wrong(
                275,
                "The uncertainty shrinks with the square root of the number of images. And does the lesson's 0.11 "
                "belong to this score?",
            ),
            Wrong(50, "That is the number of images in the lesson, where the uncertainty was 0.11."),
            Wrong(1 / 900, "Your fraction is upside down."),
        ],
    ),
    Exercise(
        name="06.q1",
        prompt=(
            "The training images are stored in an array of shape (209, 64, 64, 3). What is the shape of $A^{[0]}$?"
        ),
        right=(12288, 209),
        solution="q1 = (12288, 209)",
        reason="Each image becomes one column of 64 · 64 · 3 numbers.",
        wrong=[
            Wrong((209, 12288), "That is the shape of X, and A[0] is its transpose."),
            Wrong((64, 64), "Each image must become one column."),
            Wrong((4096, 209), "Each pixel is stored as three numbers."),
        ],
    ),
    Exercise(
        name="06.q2",
        prompt="What is the slope of ReLU at $z = -3$?",
        right=0,
        solution="q2 = 0",
        reason="ReLU is flat to the left of 0, so its slope is 0 there.",
        wrong=[
            Wrong(1, "That is the slope to the right of 0."),
            Wrong(-3, "That is z itself. ReLU is flat to the left of 0."),
            Wrong(0.5, "You could argue for a slope of ½ at the kink, but −3 is far away from it."),
        ],
    ),
    Exercise(
        name="06.q3",
        prompt=(
            'A network scores 0.72 on 500 independent images, and always answering "cat" scores 0.66. '
            'What can you conclude? "a" it might beat the baseline, but 500 images are too few to '
            'tell; "b" it probably beats the baseline; "c" it is worse than guessing.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="The uncertainty is 2 √(0.72 · 0.28 / 500) = 0.04, and 0.72 is 0.06 above the baseline.",
        wrong=[
            Wrong("a", "With 50 images the uncertainty was 0.13. How large is it with 500?"),
            Wrong("c", "0.72 is higher than 0.66. The question is whether that could be due to chance."),
        ],
    ),
    Exercise(
        name="06.q4",
        prompt=(
            "The training score is 1.00 and the test score is 0.72. What is a sensible next "
            'step? "a" train longer; "b" get more images, showing other cats; "c" test on the training images.'
        ),
        right="b",
        solution='q4 = "b"',
        reason=(
            "The gap shows that the network has memorised its training images. More images are harder to "
            "memorise, and with other cats, the colour of a single cat is no longer enough."
        ),
        wrong=[
            Wrong(
                "a",
                (
                    "The network already gets all the training images "
                    "right, and training longer would hardly narrow the gap."
                ),
            ),
            Wrong("c", "The network has already seen those images, so they say nothing about how it does on new ones."),
        ],
    ),
]
