"""Exercises for lesson 01, on computing derivatives by hand, numerical derivatives and the training loop."""

import numpy as np

from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def slope(f, w, epsilon):
    return (f(w + epsilon) - f(w - epsilon)) / (2 * epsilon)


def _one_sided(f, w, epsilon):
    return (f(w + epsilon) - f(w)) / epsilon


def _not_halved(f, w, epsilon):
    return (f(w + epsilon) - f(w - epsilon)) / epsilon


def _backwards(f, w, epsilon):
    return (f(w - epsilon) - f(w + epsilon)) / (2 * epsilon)


def _not_divided(f, w, epsilon):
    return f(w + epsilon) - f(w - epsilon)


def _slope_cases():
    return [(np.sin, 0.5, 1e-3), (np.exp, 1.0, 1e-2), (np.cos, 2.0, 1e-3), (np.log, 2.0, 1e-3)]


def mended_gradients(A0, Y, W, b):
    Z = W @ A0 + b  # (1, 2) @ (2, m) + (1, 1) = (1, m)
    dZ = (Z - Y) / Y.shape[1]  # (1, m); the mean is taken here
    return dZ @ A0.T, dZ.sum(axis=1, keepdims=True)  # (1, m) @ (m, 2) = (1, 2), and (1, 1)


def _gradients_with_a_bug(A0, Y, W, b):
    Z = W @ A0 + b  # (1, m)
    dZ = Z - Y  # (1, m)
    dW = dZ @ A0.T / Y.shape[1]  # (1, 2)
    db = dZ.sum(axis=1, keepdims=True)  # (1, 1)
    return dW, db


def _mean_twice(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return dW / Y.shape[1], db


def _no_mean(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return dW * Y.shape[1], db * Y.shape[1]


def _wrong_sign(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return -dW, -db


def _flat_bias(A0, Y, W, b):
    dW, db = mended_gradients(A0, Y, W, b)
    return dW, db[0, 0]


def _line_data(m=6):
    rng = np.random.default_rng(1)
    A0 = rng.standard_normal((2, m))
    return A0, np.array([[3.0, -1.5]]) @ A0 + 2, rng.standard_normal((1, 2)), rng.standard_normal((1, 1))


def train(A0, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        dZ = (W @ A0 + b - Y) / Y.shape[1]  # (1, m); recomputed in each step
        dW, db = dZ @ A0.T, dZ.sum(axis=1, keepdims=True)  # (1, 2), (1, 1)
        W, b = W - learning_rate * dW, b - learning_rate * db  # new arrays, so the caller's are unchanged
    return W, b


def _uphill(A0, Y, W, b, learning_rate, steps):
    return train(A0, Y, W, b, -learning_rate, steps)


def _one_step(A0, Y, W, b, learning_rate, steps):
    return train(A0, Y, W, b, learning_rate, 1)


def _bias_left_alone(A0, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        W = W - learning_rate * mended_gradients(A0, Y, W, b)[0]
    return W, b


def _same_gradient_again(A0, Y, W, b, learning_rate, steps):
    dW, db = mended_gradients(A0, Y, W, b)
    return W - steps * learning_rate * dW, b - steps * learning_rate * db


def _example_by_example(A0, Y, W, b, learning_rate, steps):
    for i in list(range(Y.shape[1])) * steps:
        W, b = train(A0[:, [i]], Y[:, [i]], W, b, learning_rate, 1)
    return W, b


def _without_rate(A0, Y, W, b, learning_rate, steps):
    return train(A0, Y, W, b, 1, steps)


def _one_after_the_other(A0, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        W = W - learning_rate * mended_gradients(A0, Y, W, b)[0]
        b = b - learning_rate * mended_gradients(A0, Y, W, b)[1]
    return W, b


def _train_in_place(A0, Y, W, b, learning_rate, steps):
    for _ in range(steps):
        dW, db = mended_gradients(A0, Y, W, b)
        W -= learning_rate * dW
        b -= learning_rate * db
    return W, b


# The example of the first two exercises. The prediction is below the target.
_EXAMPLE = Numbers("01.example", z=(2, 1, 3, 4), y=(5, 7, 9, 10), b=(2, 3, 4)).also(error=lambda z, y: z - y)

EXERCISES = [
    Exercise(
        name="01.error",
        numbers=_EXAMPLE,
        prompt=(
            "A prediction is $z = <z>$ and the target is $y = <y>$. What is $\\partial J/\\partial z$ for this "
            "one example ($m = 1$)?"
        ),
        right=-3,
        solution="z, y = <z>, <y>\nanswer = z - y",
        reason="The derivative of ½ (z − y)² with respect to z is z − y = <z> − <y> = <right>.",
        hints=[
            "The loss of one example is ½ (z − y)². Differentiate it with respect to z.",
            "Differentiating the square gives a factor of 2, which cancels the ½. What is left, including its sign?",
        ],
        wrong=[
            Wrong(
                lambda z, y: y - z,
                "The sign is wrong. The prediction is below the target, so raising z must lower the cost.",
            ),
            Wrong(lambda z, y: (z - y) ** 2 / 2, "This is the loss itself. The question asks for its derivative."),
            Wrong(
                lambda z, y: (z - y) ** 2,
                "This is the squared error, without the factor of ½. The question asks for its derivative.",
            ),
            Wrong(
                lambda z, y: 2 * (z - y),
                "The result is twice as large as it should be. The ½ in the cost is there to cancel the factor "
                "of 2 from the square.",
            ),
            Wrong(lambda z, y: z + y, "You added z and y. The error is their difference."),
            Wrong(
                lambda z, y: 2 * (y - z),
                (
                    "The sign is wrong, and the ½ in the cost should cancel the factor of 2. What is the derivative "
                    "of ½ (z − y)²?"
                ),
            ),
            Wrong(
                lambda z, y: (z - y) / 2,
                "Differentiating the square gives a factor of 2, which cancels the ½ in the cost.",
            ),
            Wrong(
                lambda z, y: (y - z) / 2,
                "Differentiating the square gives a factor of 2, which cancels the ½ in the cost. And what is the "
                "sign of z − y?",
            ),
            Wrong(-0.05, "There is only one example here, so there is nothing to average over."),
            Wrong(lambda z, y: z - y / 2, "Which operation comes first, the subtraction or the multiplication by ½?"),
            Wrong(lambda z: z, "This is the prediction z. Compare it with the target y."),
            Wrong(lambda y: y, "This is the target y. Compare the prediction z with it."),
        ],
    ),
    Exercise(
        name="01.weights",
        numbers=_EXAMPLE,
        prompt=(
            "In the same example, with $z = <z>$ and $y = <y>$, the inputs are $x = (1, <b>)$. What are $dw_1$ and "
            "$dw_2$? Answer with a list of two numbers."
        ),
        right=[-3, -6],
        solution="dz, x = <z> - <y>, (1, <b>)\nanswer = [dz * x[0], dz * x[1]]",
        reason="By the chain rule, ∂J/∂w₁ = (z − y) x₁ = <error> · 1 and ∂J/∂w₂ = (z − y) x₂ = <error> · <b>.",
        hints=[
            "The path from w₁ to the cost leads through z. Multiply the derivatives on its two arrows.",
            (
                "The derivative on the first arrow is ∂z/∂w₁ = x₁. The one on the second arrow is the result of "
                "exercise 1."
            ),
        ],
        wrong=[
            Wrong(
                lambda error, b: [-error, -error * b],
                "The signs are wrong. They come from z − y. Which of the two did you subtract from the other?",
            ),
            Wrong(
                lambda error, b: [error + 1, error + b], "You added z − y to the input. The chain rule multiplies them."
            ),
            Wrong(lambda b: [1, b], "This is ∂z/∂w alone. The chain rule multiplies it by ∂J/∂z."),
            Wrong(lambda z, b: [z, z * b], "You multiplied the inputs by z. Multiply them by the error z − y instead."),
            Wrong(
                lambda error, b: [2 * error, 2 * error * b],
                "The result is twice as large as it should be. The ½ in the cost is there to cancel the factor "
                "of 2 from the square.",
            ),
            Wrong(
                lambda error: [error, error],
                "You gave the value of db for both weights. Multiply it by each weight's own input.",
            ),
            Wrong(
                lambda error, b: [error / 2, error * b / 2],
                "Differentiating the square gives a factor of 2, which cancels the ½ in the cost.",
            ),
            Wrong(
                lambda error, b: [error * b, error], "The two numbers are swapped. Which input goes with which weight?"
            ),
            Wrong(lambda error, b: [error, error * b**2], "The gradient dw₂ contains the input x₂, not its square."),
            Wrong(
                lambda y, b: [-y, -y * b],
                "You multiplied the inputs by −y. The error is z − y, which includes the prediction.",
            ),
            Wrong(lambda y, b: [y, y * b], "You multiplied the inputs by y. The error is z − y."),
            Wrong(
                lambda error, b: [error**2 / 2, error**2 * b / 2],
                "You multiplied the inputs by the loss. Use its derivative z − y instead.",
            ),
            Wrong(
                lambda y, b: [1 - y, b - y],
                "You subtracted the target from the inputs. Subtract it from the prediction z instead.",
            ),
            Wrong(lambda z, y, b: [z + y, (z + y) * b], "You added z and y. The error is their difference."),
            Wrong(lambda error, b: [error, error / b], "You divided by the input. The chain rule multiplies by it."),
            Wrong([-0.05, -0.1], "There is only one example here, so there is nothing to average over."),
        ],
    ),
    Exercise(
        name="01.chain",
        prompt=(
            "**A chain of your own.** Let the prediction be $z = w^2 x$, and the loss $\\frac12 (z - y)^2$ as before. "
            "For one example, with $w = 3$, $x = 4$ and $y = 33$, what is $dw$?"
        ),
        right=72,
        solution="w, x, y = 3, 4, 33\nz = w**2 * x\nanswer = (z - y) * 2 * w * x",
        reason="The links are ∂J/∂z = z − y = 36 − 33 = 3 and ∂z/∂w = 2wx = 24, and the chain rule multiplies them.",
        hints=[
            "The last link is the same as in the lesson. The first is new: how does w² x change if w moves a little?",
            "The first link is ∂z/∂w = 2wx. Multiply it by the error z − y.",
        ],
        wrong=[
            Wrong(12, "You used x as the first link, as for a straight line. Differentiate w² x with respect to w."),
            Wrong(27, "You multiplied the error by w². Differentiate w² x with respect to w."),
            Wrong(108, "You multiplied the error by the prediction. Differentiate w² x with respect to w."),
            Wrong(24, "This is ∂z/∂w alone. The chain rule multiplies it by ∂J/∂z."),
            Wrong(3, "This is ∂J/∂z, the error. The chain rule multiplies it by ∂z/∂w."),
            Wrong(18, "The constant factor x is missing. It stays when you differentiate w² x."),
            Wrong(36, "When you differentiate w², the exponent 2 comes down as a factor. Is it in your first link?"),
            Wrong(144, "The ½ in the loss cancels the factor of 2 from the square of the error. Have you used it?"),
            Wrong(-72, "The sign is wrong. Which of z and y did you subtract from the other?"),
            Wrong(-504, "You used w x = 12 as the prediction. Here the prediction is w² x."),
            Wrong(4.5, "This is the loss itself. The question asks for its derivative with respect to w."),
            Wrong(216, "You multiplied by 2w² x. The exponent falls by 1 when you differentiate."),
        ],
    ),
    Exercise(
        name="01.slope",
        prompt=(
            "Compute the central difference of `f`, a function of one number, at the point `w`. Your function "
            "will be tested on functions whose derivatives are known, with fairly large steps `epsilon`."
        ),
        solution=slope,
        parts=("slope",),
        cases=_slope_cases,
        reason="The leading error terms of the two sides cancel, so the remaining error shrinks as ε².",
        hints=[
            "A slope is rise over run. Which two points lie a distance ε to the left and to the right of w?",
            "The rise is f(w + ε) − f(w − ε). How far apart are the two points?",
        ],
        wrong=[
            Wrong(_one_sided, "You nudged w to one side only. Use the point at w − ε instead of the one at w."),
            Wrong(_not_halved, "The two points are 2ε apart, but you divided by ε."),
            Wrong(_backwards, "The sign is wrong. Subtract the value at w − ε from the value at w + ε."),
            Wrong(
                _not_divided,
                "This is the rise alone. Divide it by the run, which is the distance between the two points.",
            ),
            Wrong(
                lambda f, w, epsilon: (f(w) - f(w - epsilon)) / epsilon,
                "You nudged w to one side only. Use the point at w + ε instead of the one at w.",
            ),
            Wrong(
                lambda f, w, epsilon: (f(w + epsilon) - f(w)) / (2 * epsilon),
                "One of your points is w itself. The two points should lie ε to the left and ε to the right of w.",
            ),
            Wrong(lambda f, w, epsilon: f(w), "You returned the value of f. The question asks for its slope."),
            Wrong(
                lambda f, w, epsilon: ((f(w) + epsilon) - (f(w) - epsilon)) / (2 * epsilon),
                "You nudged the value of f, which gives a slope of 1 for any f. Which should you nudge, f or w?",
                r"f\(w\)",
            ),
            Wrong(
                lambda f, w, epsilon: (f(w + epsilon) - 2 * f(w) + f(w - epsilon)) / epsilon**2,
                "This is the second derivative, which says how fast the slope changes. Which two values give "
                "the slope itself?",
            ),
        ],
    ),
    Exercise(
        name="01.gradients",
        prompt=(
            "**Find the bug.** These gradients of linear regression fail the gradient check: with 6 "
            "examples, one of the two is 6 times too large. Fix the function. (Where should the mean be "
            "taken so that this can't happen?)"
        ),
        solution=mended_gradients,
        broken=_gradients_with_a_bug,
        parts=("dW", "db"),
        cases=lambda: [_line_data(), _line_data(4)],
        m=[6, 4],
        reason="The factor 1/m is applied once, in dZ, and everything computed from dZ inherits it.",
        hints=[
            "Which of the two gradients is a sum over the examples when it should be a mean?",
            (
                "Only the line that computes dW divides by m, so db is not divided. Move the division "
                "up to the line that computes dZ."
            ),
        ],
        wrong=[
            Wrong(_mean_twice, "Now dW is divided by the number of examples twice. Once, in dZ, is enough."),
            Wrong(
                _no_mean, "Now neither gradient is divided by the number of examples, but the cost is a mean over them."
            ),
            Wrong(
                _wrong_sign, "The sign has changed. The error is prediction minus target, so dZ is computed from Z − Y."
            ),
            Wrong(
                _flat_bias,
                "The gradient db needs the same shape as b, which is (1, 1). Keep the argument keepdims=True.",
            ),
        ],
    ),
    Exercise(
        name="01.train",
        prompt=(
            "**Train it yourself.** Take `steps` steps of gradient descent, starting from `W` and `b`, and "
            "return the new values of both. You may call the function `gradients` from this lesson or "
            "write out its code again. Do not change the arrays that you are given."
        ),
        solution=train,
        parts=("W", "b"),
        cases=lambda: [(*_line_data(), 0.1, 5), (*_line_data(4), 0.5, 2)],
        m=[6, 4],
        reason="Each step makes a prediction, computes a new gradient and moves against it.",
        hints=[
            (
                "Use the loop from the lesson. Each step computes the gradient at the current W and b, then "
                "updates both."
            ),
            (
                "The line W = W - learning_rate * dW makes a new array, but W -= … writes into the array that "
                "you were given."
            ),
        ],
        wrong=[
            Wrong(
                _example_by_example,
                "You take a step after every single example. Over how many examples should you average the gradient in "
                "each step?",
            ),
            Wrong(
                _uphill,
                "Your steps go uphill. The gradient points in the direction in which the cost rises, so subtract it.",
            ),
            Wrong(
                _one_step,
                "You took only one step. How many passes should the loop make, and from which values should each "
                "start?",
            ),
            Wrong(_bias_left_alone, "You did not update b. It has a gradient too."),
            Wrong(_same_gradient_again, "Compute the gradient again in every step. It changes as W and b change."),
            Wrong(
                _train_in_place,
                "`train` changes its argument `W` in place, but the caller still needs the original. How can you leave "
                "it as it was?",
            ),
            Wrong(
                lambda A0, Y, W, b, rate, steps: mended_gradients(A0, Y, W, b),
                "You returned the gradients, but you should return the new W and b. What does a step do with a "
                "gradient?",
            ),
            Wrong(
                _without_rate,
                "The learning rate is missing. It determines how far each step goes. Where does it belong?",
            ),
            Wrong(
                _one_after_the_other,
                "You computed the gradient of b after updating W. Compute both gradients at the same point.",
            ),
        ],
    ),
    Exercise(
        name="01.q1",
        prompt="If $W$ has shape (1, 2) and there are 60 examples, what is the shape of $dW$?",
        right=(1, 2),
        solution="q1 = (1, 2)",
        reason="A gradient has the same shape as its parameter, however many examples there are.",
        wrong=[
            Wrong((1, 60), "This is the shape of dZ. To get dW, you sum over the examples."),
            Wrong((2, 1), "This shape is transposed. dW is subtracted from W, so it must have the shape of W."),
            Wrong((60, 2), "This is the shape of X. To get dW, you sum over the examples."),
        ],
    ),
    Exercise(
        name="01.q2",
        numbers=Numbers("01.q2", w=(2, 3, 5), dw=(-4, -6, -7, -8), rate=(0.1, 0.2)),
        prompt=(
            "A weight is $w = <w>$, its gradient is $dw = <dw>$, and the learning rate is $<rate>$. What is $w$ "
            "after one step?"
        ),
        right=2.4,
        solution="q2 = <w> - <rate> * <dw>",
        reason=(
            "The new weight is w − α dw = <w> − <rate> · (<dw>) = <right>. The gradient is negative, so w increases."
        ),
        wrong=[
            Wrong(
                lambda w, dw, rate: w + rate * dw,
                "The gradient is negative, so the cost falls as w increases. In which direction does a step "
                "against the gradient go?",
            ),
            Wrong(lambda w, dw: w - dw, "You subtracted the whole gradient. What does the learning rate do to it?"),
            Wrong(lambda dw, rate: -rate * dw, "This is the step itself. Where does it lead from w = <w>?"),
            Wrong(
                lambda w, dw: w + dw,
                "You added the whole gradient to w. What is the sign in the update, and where does α go?",
            ),
            Wrong(lambda dw, rate: rate * dw, "This is α dw. Subtract it from w = <w>."),
        ],
    ),
    Exercise(
        name="01.q3",
        prompt=(
            'The cost rises with every step, faster and faster. What do you try first? "a" a smaller '
            'learning rate; "b" a larger learning rate; "c" more steps.'
        ),
        right="a",
        solution='q3 = "a"',
        reason=("Each step jumps across the valley and lands higher on the other side, so the steps must get smaller."),
        wrong=[
            Wrong("b", "The steps already overshoot. A larger learning rate overshoots even more."),
            Wrong("c", "Each step raises the cost, so more steps raise it further."),
        ],
    ),
]
