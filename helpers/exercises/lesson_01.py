"""Exercises of lesson 01: one derivative by hand, one by a nudge, and the loop that trains."""

import numpy as np

from helpers.exercises.core import Exercise, Wrong


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
    dZ = (Z - Y) / Y.shape[1]  # (1, m), the mean is taken here
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
        dZ = (W @ A0 + b - Y) / Y.shape[1]  # (1, m), anew in each step
        dW, db = dZ @ A0.T, dZ.sum(axis=1, keepdims=True)  # (1, 2), (1, 1)
        W, b = W - learning_rate * dW, b - learning_rate * db  # new arrays: the caller's stay as they were
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


EXERCISES = [
    Exercise(
        name="01.error",
        prompt=(
            "A prediction is $z = 2$, the target is $y = 5$. What is $\\partial J/\\partial z$ for this one example "
            "($m = 1$)?"
        ),
        right=-3,
        solution="z, y = 2, 5\nanswer = z - y",
        reason="∂/∂z of ½ (z − y)² is z − y = 2 − 5.",
        hints=[
            "The loss of one example is ½ (z − y)². Take its derivative with respect to z.",
            "The square brings down a factor 2, which the ½ cancels. What is left, with its sign?",
        ],
        wrong=[
            Wrong(3, "Look at the sign: the prediction lies below the target, so raising z must lower the cost."),
            Wrong(4.5, "That is the loss itself; its derivative is asked for."),
            Wrong(9, "That is the squared error, even without its ½; its derivative is asked for."),
            Wrong(-6, "The ½ in the cost is there to cancel this factor 2."),
            Wrong(7, "z and y are added; the error is their difference."),
            Wrong(
                6,
                (
                    "The sign is wrong, and the ½ in the cost cancels this factor 2. What is the derivative of ½ (z − "
                    "y)²?"
                ),
            ),
            Wrong(-1.5, "The ½ in the cost is cancelled by the 2 that the square brings down."),
            Wrong(1.5, "The ½ in the cost is cancelled by the 2 that the square brings down. And what sign has z − y?"),
            Wrong(-0.05, "There is one example here, so there is nothing to average over."),
            Wrong(-0.5, "What comes first: the subtraction, or the multiplication by ½?"),
            Wrong(2, "That is the prediction z; compare it with y."),
            Wrong(5, "That is the target y; compare z with it."),
        ],
    ),
    Exercise(
        name="01.weights",
        prompt=(
            "In the same example the inputs are $x = (1, 2)$. What are $dw_1$ and $dw_2$? Answer with a list of two "
            "numbers."
        ),
        right=[-3, -6],
        solution="dz, x = 2 - 5, (1, 2)\nanswer = [dz * x[0], dz * x[1]]",
        reason="∂J/∂w₁ = (z − y) x₁ = −3 · 1 and ∂J/∂w₂ = (z − y) x₂ = −3 · 2.",
        hints=[
            "The path from w₁ to the cost leads through z: multiply what stands on its two arrows.",
            "On the first arrow stands ∂z/∂w₁ = x₁, on the second the result of exercise 1.",
        ],
        wrong=[
            Wrong([3, 6], "The sign comes from z − y: mind which one is subtracted."),
            Wrong([-2, -1], "z − y multiplies the input; here it was added."),
            Wrong([1, 2], "That is ∂z/∂w alone; the chain rule multiplies it by ∂J/∂z."),
            Wrong([2, 4], "That is z times the input; the error z − y is wanted in place of z."),
            Wrong([-6, -12], "The ½ in the cost is there to cancel this factor 2."),
            Wrong([-3, -3], "That is db for both; each weight's input must take part."),
            Wrong([-1.5, -3], "The ½ in the cost is cancelled by the 2 that the square brings down."),
            Wrong([-6, -3], "Swapped: dw₁ belongs to x₁ = 1. Which input belongs to which weight?"),
            Wrong([-3, -12], "dw₂ takes the input x₂ once, not its square."),
            Wrong([-5, -10], "That is −y times the input; the error is z − y, with the prediction in it."),
            Wrong([5, 10], "That is y times the input; the error is z − y."),
            Wrong([4.5, 9], "That is the loss times the input; its derivative z − y is wanted in its place."),
            Wrong([7, 14], "z and y are added; the error is their difference."),
            Wrong([-3, -1.5], "The chain rule multiplies by the input; here it divides."),
            Wrong([-0.05, -0.1], "There is one example here, so there is nothing to average over."),
        ],
    ),
    Exercise(
        name="01.slope",
        prompt=(
            "Write the nudge yourself: the central difference of a function `f` of one number, at `w`. It will be "
            "tried on functions whose derivative is known, with rather large steps `epsilon`."
        ),
        solution=slope,
        parts=("slope",),
        cases=_slope_cases,
        reason="The errors of both sides cancel in the middle, so that what is left shrinks as ε².",
        hints=[
            "A slope is rise over run. Which two points lie ε to the left and ε to the right of w?",
            "The rise is f(w + ε) − f(w − ε). How far apart are these two points?",
        ],
        wrong=[
            Wrong(_one_sided, "That nudges to one side only; take the point at w − ε in place of the one at w."),
            Wrong(_not_halved, "The two points are 2ε apart, not ε."),
            Wrong(_backwards, "The sign: what lies above comes first, what lies below is subtracted."),
            Wrong(_not_divided, "That is the rise alone; divide by the run, the distance between both points."),
            Wrong(
                lambda f, w, epsilon: (f(w) - f(w - epsilon)) / epsilon,
                "That nudges to one side only; take the point at w + ε in place of the one at w.",
            ),
            Wrong(
                lambda f, w, epsilon: (f(w + epsilon) - f(w)) / (2 * epsilon),
                "One side is at w itself: the two points lie ε to the left and ε to the right of w.",
            ),
            Wrong(lambda f, w, epsilon: f(w), "That is the value of f; its slope is asked for."),
            Wrong(
                lambda f, w, epsilon: ((f(w) + epsilon) - (f(w) - epsilon)) / (2 * epsilon),
                "The value of f is nudged, which gives 1 for any f. Which of f and w must be nudged?",
                r"f\(w\)",
            ),
            Wrong(
                lambda f, w, epsilon: (f(w + epsilon) - 2 * f(w) + f(w - epsilon)) / epsilon**2,
                "That is the second derivative, how fast the slope changes. Which two values make the slope itself?",
            ),
        ],
    ),
    Exercise(
        name="01.gradients",
        prompt=(
            "**Find the bug.** These gradients of linear regression fail the check: one of the two is 6 times "
            "too large "
            "when there are 6 examples. Fix the function. (Where should the mean be taken, so that this can't happen?)"
        ),
        solution=mended_gradients,
        broken=_gradients_with_a_bug,
        parts=("dW", "db"),
        cases=lambda: [_line_data(), _line_data(4)],
        m=[6, 4],
        reason="With 1/m inside dZ, once, everything that is computed from dZ inherits it.",
        hints=[
            "Which of the two is a sum over the examples where it should be a mean?",
            "The division by m stands in the line of dW alone, so db does without. Put it into the line before.",
        ],
        wrong=[
            Wrong(_mean_twice, "Now the mean is taken twice in dW: once in dZ is enough."),
            Wrong(_no_mean, "Now neither is divided by the number of examples; the cost is a mean."),
            Wrong(_wrong_sign, "The sign has changed: dZ is answer minus truth, Z − Y."),
            Wrong(_flat_bias, "db needs the shape (1, 1) of b: keep keepdims=True."),
        ],
    ),
    Exercise(
        name="01.train",
        prompt=(
            "**Train it yourself.** Take `steps` steps of gradient descent from `W` and `b`, and return the new ones. "
            "You may call `gradients` of this lesson, or write its lines again. Do not change the arrays that you "
            "are given."
        ),
        solution=train,
        parts=("W", "b"),
        cases=lambda: [(*_line_data(), 0.1, 5), (*_line_data(4), 0.5, 2)],
        m=[6, 4],
        reason="Predict, take the gradient, step against it, again; and a new gradient for every step.",
        hints=[
            "The loop of the lesson: in each step a gradient at the present W and b, then one update of both.",
            "W = W - learning_rate * dW makes a new array; W -= … writes into the one that you were given.",
        ],
        wrong=[
            Wrong(_uphill, "That climbs: the gradient points to where the cost rises, so subtract it."),
            Wrong(_one_step, "That is one step; is `return` inside the loop?"),
            Wrong(_bias_left_alone, "b has not moved: it has a gradient too."),
            Wrong(_same_gradient_again, "The gradient must be taken anew in every step: it changes as W and b do."),
            Wrong(
                _train_in_place,
                "`train` changes its argument `W` in place, and the caller still needs it: make a new array.",
            ),
            Wrong(
                lambda A0, Y, W, b, rate, steps: mended_gradients(A0, Y, W, b),
                "Those are gradients; the new W and b are asked for. What does a step do with a gradient?",
            ),
            Wrong(_without_rate, "The learning rate is missing: it says how far a step goes. Where does it belong?"),
            Wrong(
                _one_after_the_other,
                "The gradient of b is taken after W has been updated: both belong to the same point.",
            ),
        ],
    ),
    Exercise(
        name="01.q1",
        prompt="For $W$ of shape (1, 2) and 60 examples, what is the shape of $dW$?",
        right=(1, 2),
        solution="q1 = (1, 2)",
        reason="A gradient has the shape of what it belongs to, however many examples there are.",
        wrong=[
            Wrong((1, 60), "That is dZ; dW sums over the examples."),
            Wrong((2, 1), "Transposed: dW is subtracted from W, so it must have its shape."),
            Wrong((60, 2), "That is X; dW sums over the examples."),
        ],
    ),
    Exercise(
        name="01.q2",
        prompt=(
            "A weight is $w = 2$, its slope is $dw = -4$, and the learning rate is $0.1$. What is $w$ after one step?"
        ),
        right=2.4,
        solution="q2 = 2 - 0.1 * -4",
        reason="w − α dw = 2 − 0.1 · (−4) = 2.4: the slope is negative, so w grows.",
        wrong=[
            Wrong(1.6, "The slope is negative: the cost falls as w grows. Which way does a step against it go?"),
            Wrong(6, "That is a step of the whole slope; what does the learning rate do to it?"),
            Wrong(0.4, "That is the step; where does it lead from w = 2?"),
            Wrong(-2, "That is w plus the whole slope. Which sign does the update have, and where does α stand?"),
            Wrong(-0.4, "That is α dw; it is subtracted from w = 2."),
        ],
    ),
    Exercise(
        name="01.q3",
        prompt=(
            'The cost rises in every step, and faster and faster. What do you try first? "a" a smaller learning rate; '
            '"b" a larger one; "c" more steps.'
        ),
        right="a",
        solution='q3 = "a"',
        reason="Each step jumps across the valley and lands higher than it began, on the other side.",
        wrong=[
            Wrong("b", "It overshoots already; a larger rate overshoots more."),
            Wrong("c", "Each step climbs, so more of them climb further."),
        ],
    ),
    Exercise(
        name="01.q4",
        prompt=(
            "You forgot the minus: your gradient is exactly the negative of the numerical one. What is the relative "
            "error?"
        ),
        right=1,
        solution="q4 = 1",
        reason="‖x − (−x)‖ = 2‖x‖, divided by ‖x‖ + ‖x‖, is 1: as wrong as can be.",
        wrong=[
            Wrong(2, "The difference has the length 2‖x‖; it is divided by the sum of both lengths."),
            Wrong(0, "0 means equal; the difference x − (−x) is not 0."),
            Wrong(-1, "Lengths are never negative, nor is their quotient."),
        ],
    ),
]
