"""Exercises for lesson 09, with their solutions, hints and feedback on wrong answers.

The learner adds up the gradients that arrive at a variable, writes the backward functions of two operations, adds a
new operation to the engine, and compares the cost of forward and reverse mode.
"""

import numpy as np

from helpers.autograd import Variable, grad
from helpers.backprop.activations import softmax
from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


def divide_backward(g, a, b):
    return g / b, (-g * a / b**2).sum(axis=1, keepdims=True)


def _divide_cases():
    rng = np.random.default_rng(9)
    return [
        (rng.standard_normal((k, m)), rng.standard_normal((k, m)), 1 + rng.random((k, 1))) for k, m in ((3, 4), (2, 5))
    ]


def softmax_backward(g, A):
    return A * (g - (g * A).sum(axis=0))


def _softmax_cases():
    rng = np.random.default_rng(10)
    return [(rng.standard_normal((k, m)), softmax(rng.standard_normal((k, m)))) for k, m in ((3, 4), (4, 2))]


def gradient_through_arctan(x):
    def arctan(a):
        return Variable(np.arctan(a.value), "arctan", [(a, lambda g: g / (1 + a.value**2))])

    v = Variable(x)
    return grad((v * arctan(v)).sum(), v)


def _by_hand(x):
    return np.arctan(x) + x / (1 + x**2)


def _slope_at_g(x):  # in this sum, g happens to equal x
    def arctan(a):
        return Variable(np.arctan(a.value), "arctan", [(a, lambda g: g / (1 + g**2))])

    v = Variable(x)
    return grad((v * arctan(v)).sum(), v)


EXERCISES = [
    Exercise(
        name="09.twice",
        numbers=Numbers("09.twice", x=(3, 5, 6, 7, 8, 9, 10, 12)).also(two=lambda x: 2 * x),
        prompt=(
            "The tape has recorded $f = (x + x) \\cdot x$ at $x = <x>$. "
            "Three gradients arrive at $x$. What is their sum?"
        ),
        right=12,
        solution="answer = (<x> + <x>) + <x> + <x>",
        reason=(
            "The product passes x + x = <two> directly to x. It also passes the other "
            "factor, <x>, to the sum x + x, which passes it on twice, once for each x."
        ),
        hints=[
            "Each factor receives the incoming gradient times the other factor.",
            (
                "One of the two factors is x itself. The other is the sum x "
                "+ x, which passes the gradient that it receives to x twice."
            ),
        ],
        wrong=[
            Wrong(
                lambda two: two,
                (
                    "<two> is too small, so at least one of the three gradients is missing. What does the product "
                    "pass directly to x, and what arrives through the sum x + x?"
                ),
            ),
            Wrong(
                lambda x: 3 * x,
                (
                    "Your answer is too small by <x>, so one of the gradients is missing. What does the "
                    "product pass directly to x, and how many times does the sum pass on what it receives?"
                ),
            ),
            Wrong(
                3,
                (
                    "3 is one of the gradients that arrive, and also the number "
                    "of gradients. What are the other two gradients?"
                ),
            ),
            Wrong(
                18,
                (
                    "18 is f itself, and it is also what three gradients of 6 would "
                    "add up to. What does the product pass to its factor x + x?"
                ),
            ),
            Wrong(
                lambda: 4,
                "4 is only the coefficient: the slope of f = 2x² is 4x. What is the slope at x = <x>?",
            ),
            Wrong(
                lambda two: two + 2,
                "The gradient that arrives at x + x is the other factor, x = <x>, and the sum passes it on twice.",
            ),
            Wrong(
                5,
                (
                    "Each factor receives the incoming gradient times the "
                    "other factor. What are the values of the two factors?"
                ),
            ),
            Wrong(
                36,
                (
                    "36 is three times the right answer. Perhaps you did not lower the power "
                    "of x when you took the derivative. Which three gradients arrive at x?"
                ),
            ),
            Wrong(
                lambda x: 3 * x**2,
                "That is the slope of x³, but f is 2x². Add up the gradients that arrive: <two> from the product, and "
                "<x> for each x in the sum.",
            ),
            Wrong(lambda x: 5 * x, "Only three gradients arrive, not four. Count how many times x is used."),
            Wrong(
                7,
                (
                    "7 is not the slope of f. The factor x + x is 6, and the gradient that "
                    "arrives at this factor is 3. What does the product pass to each of its factors?"
                ),
            ),
            Wrong(
                lambda x: 8 * x,
                (
                    "Your answer is twice the right one. Did you count some of the gradients "
                    "twice, or forget the 2 in the denominator of a central difference?"
                ),
            ),
            Wrong(
                lambda: 2,
                "2 is the slope of x + x alone, and also the product of the slopes of the two factors. The product "
                "rule does not multiply the two slopes: it multiplies each of them by something else.",
            ),
            Wrong(
                54,
                "54 is the product of 3, 3 and 6. What happens to gradients that arrive from different uses of x?",
            ),
        ],
    ),
    Exercise(
        name="09.divide",
        prompt=(
            "**A new operation.** $c = a / b$ is computed entry by entry. `a` has shape (k, m), "
            "and `b` is a single column of shape (k, 1), which is broadcast to the shape of "
            "`a`. From `g`, which is $\\partial J/\\partial c$, compute $\\partial J/\\partial "
            "a$ and $\\partial J/\\partial b$. Return both, each with the shape of the corresponding array."
        ),
        solution=divide_backward,
        parts=("da", "db"),
        cases=_divide_cases,
        m=[4, 5],
        reason="The slopes are 1/b and −a/b². Each entry of b is used m times, so its gradient is a sum of m terms.",
        hints=[
            "Think of single numbers first. How does a / b change with a, and how does it change with b?",
            "∂(a/b)/∂b = −a / b². After multiplying by g, you have an array of shape (k, m).",
            "b was broadcast along axis 1, so take the sum over that axis and keep the axis.",
        ],
        wrong=[
            Wrong(
                lambda g, a, b: (g / b, -g * a / b**2),
                (
                    "You did not undo the broadcasting. b has only one column, so its "
                    "gradient is the sum over all the columns that it was broadcast to."
                ),
            ),
            Wrong(
                lambda g, a, b: (g / b, (g * a / b**2).sum(axis=1, keepdims=True)),
                "The sign is wrong. Making b larger makes a / b smaller.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b).sum(axis=1, keepdims=True)),
                "The derivative of 1 / b is −1 / b², so b has to be squared.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**2).mean(axis=1, keepdims=True)),
                "You took a mean instead of a sum. b is used m times, and every use counts in full.",
            ),
            Wrong(
                lambda g, a, b: (g * b, (g * a).sum(axis=1, keepdims=True)),
                "Those are the rules for the product a b, but this is a quotient.",
            ),
            Wrong(
                lambda g, a, b: (g / b, -(g.sum(axis=1, keepdims=True)) * a.sum(axis=1, keepdims=True) / b**2),
                (
                    "The sum of the products is not the product of the sums. What "
                    "do you have to compute for each entry before you take the sum?"
                ),
            ),
            Wrong(
                lambda g, a, b: (g / b, (g * np.log(b)).sum(axis=1, keepdims=True)),
                "The logarithm is the antiderivative of 1/b, but you need the derivative of 1/b.",
                r"log",
            ),
            Wrong(
                lambda g, a, b: (1 / b * np.ones(a.shape), (-a / b**2).sum(axis=1, keepdims=True)),
                "You did not use g. The chain rule multiplies each slope by the gradient that arrives.",
            ),
            Wrong(
                lambda g, a, b: (g / b, -(a / b**2).sum(axis=1, keepdims=True)),
                (
                    "You did not use g in the second result. The chain rule "
                    "multiplies each slope by the gradient that arrives."
                ),
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g / b**2).sum(axis=1, keepdims=True)),
                "The second result does not depend on a. The slope is −a/b².",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**2).sum(axis=0, keepdims=True)),
                "You summed over the rows. b has one column, so along which axis was it broadcast?",
            ),
            Wrong(
                lambda g, a, b: ((-g * a / b**2).sum(axis=1, keepdims=True), g / b),
                "You swapped the two results. Which one should come first?",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * b / a**2).sum(axis=1, keepdims=True)),
                "You swapped a and b in the second result. Which one belongs in the denominator?",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**3).sum(axis=1, keepdims=True)),
                "The power of b is one too high. What is the derivative of 1/b?",
            ),
        ],
    ),
    Exercise(
        name="09.softmax",
        prompt=(
            "**A Jacobian that you never need to build.** `A` is the softmax of some logits "
            "$Z$, so each of its columns adds up to 1. `g` is $\\partial J/\\partial A$ and "
            "has the same shape, (K, m). Return $\\partial J/\\partial Z$. (From lesson 08: "
            "$\\partial a_k/\\partial z_j = a_k (\\delta_{kj} - a_j)$.)"
        ),
        solution=softmax_backward,
        parts=("dZ",),
        cases=_softmax_cases,
        m=[4, 2],
        reason=(
            "Σₖ gₖ aₖ (δₖⱼ − aⱼ) = aⱼ gⱼ − aⱼ Σₖ gₖ aₖ. You need only one sum for each column, and no K × K matrix."
        ),
        hints=[
            "dzⱼ is the sum over k of gₖ ∂aₖ/∂zⱼ. When you multiply this out, δ picks out a single term.",
            "What is left is aⱼ gⱼ − aⱼ · (a sum over k that is the same for every j in a column).",
            "You can compute the sum as (g * A).sum(axis=0).",
        ],
        wrong=[
            Wrong(
                lambda g, A: g * A * (1 - A),
                (
                    "That is the formula for sigmoid units. With softmax, each "
                    "logit affects all the probabilities, not just its own."
                ),
            ),
            Wrong(
                lambda g, A: A * (g - (g * A).sum()),
                "Sum over the classes in each column separately, because the examples do not affect each other.",
            ),
            Wrong(
                lambda g, A: A * (g - (g * A).sum(axis=1, keepdims=True)),
                "You summed over the examples. The sum should run over the classes, which lie along axis 0.",
            ),
            Wrong(
                lambda g, A: A * (g - g.sum(axis=0)),
                (
                    "A factor is missing from the sum. Each gₖ has to be "
                    "multiplied by its aₖ, so you need the sum of g * A."
                ),
            ),
            Wrong(lambda g, A: A * g, "The second term is missing. When one probability grows, the others shrink."),
            Wrong(
                lambda g, A: A - g,
                "The formula A − Y holds for softmax followed by cross-entropy, but here g can be any gradient.",
            ),
            Wrong(
                lambda g, A: g - A,
                "The formula A − Y holds for softmax followed by cross-entropy, but here g can be any gradient.",
            ),
            Wrong(
                lambda g, A: (A - g) / A.shape[1],
                "The formula A − Y holds for softmax followed by cross-entropy, but here g can be any gradient.",
            ),
            Wrong(
                lambda g, A: (g - A) / A.shape[1],
                "The formula A − Y holds for softmax followed by cross-entropy, but here g can be any gradient.",
            ),
            Wrong(
                lambda g, A: -A * (g * A).sum(axis=0),
                "The first term is missing. It is the term with j = k, which δ picks out.",
            ),
            Wrong(
                lambda g, A: A * (g + (g * A).sum(axis=0)),
                "The sign of the second term is wrong. When one probability grows, the others shrink.",
            ),
            Wrong(
                lambda g, A: g - (g * A).sum(axis=0), "Both terms should have a factor aⱼ. Where is it in your code?"
            ),
            Wrong(
                lambda g, A: A * (g - (g * A).mean(axis=0)),
                "You took a mean instead of a sum. Every class counts in full.",
            ),
            Wrong(
                lambda g, A: g * (A - (A * A).sum(axis=0)),
                "g belongs inside the sum, where each gₖ is multiplied by its own aₖ.",
            ),
            Wrong(
                lambda g, A: A * (1 - A), "You did not use g. The chain rule multiplies by the gradient that arrives."
            ),
            Wrong(lambda g, A: A * (g - A), "The second term should contain the sum of gₖ aₖ over k, not a single a."),
            Wrong(
                lambda g, A: A * (g - g.mean(axis=0)),
                (
                    "The mean gives all classes the same weight, but here each class counts "
                    "in proportion to its probability. What should you multiply each gₖ by?"
                ),
            ),
            Wrong(
                lambda g, A: (np.diag(A[:, 0]) - np.outer(A[:, 0], A[:, 0])) @ g,
                "You used the Jacobian of the first example for all the examples. How many columns does A have?",
            ),
            Wrong(
                lambda g, A: (np.diag(A.mean(axis=1)) - np.outer(A.mean(axis=1), A.mean(axis=1))) @ g,
                (
                    "You computed only one Jacobian, at the mean of the examples. How "
                    "many Jacobians are there, and where should each be evaluated?"
                ),
            ),
            Wrong(
                lambda g, A: A * g - A @ (A.T @ g),
                "Your matrix product mixes the examples. What should you sum over in each column?",
            ),
            Wrong(
                lambda g, A: A * (g * A).sum(axis=0),
                "That is the second term alone, without its sign. The first term, the one with j = k, is missing.",
            ),
        ],
    ),
    Exercise(
        name="09.engine",
        prompt=(
            "**Into the engine.** The engine has no arctan. Add it. Inside your function, define `arctan(a)`, which "
            'returns `Variable(value, "arctan", [(a, back)])`. Here `value` is the arctan of `a.value`, and `back` is '
            "a function that turns `g` into its contribution to the gradient of `a`. (The slope of $\\arctan z$ is "
            "$1/(1 + z^2)$, and NumPy has `np.arctan`.) Then let the engine do the rest: turn the array `x` into a "
            "`Variable`, and return the gradient of $\\sum x \\arctan(x)$ with respect to it."
        ),
        solution=gradient_through_arctan,
        parts=("dx",),
        cases=lambda: [(np.array([0.5, -1.0, 2.0]),), (np.array([3.0, 0.25, -0.75, 1.5]),)],
        reason=(
            "The engine added the direct path, arctan(x), to the one through your operation, x/(1 + x²). It did not "
            "have to know what arctan is."
        ),
        hints=[
            "Use the lesson's backward function for tanh as a model. It multiplies g by the slope at the value of the "
            "operand.",
            "You need only two more lines after the definition of arctan. One makes the Variable, and the other calls "
            "grad on the sum of the products.",
            "If your Variable is called v, the sum is (v * arctan(v)).sum().",
        ],
        wrong=[
            Wrong(
                _by_hand,
                "Your numbers are right, but you derived the formula by hand. Here, the engine should compute the "
                "gradient. How do you turn x into a Variable?",
                r"^(?![\s\S]*(Variable|\bgrad\b|backward))[\s\S]*arctan",
            ),
            Wrong(
                _slope_at_g,
                "Your numbers are right only because g happens to equal x here. At which value should the slope be "
                "taken?",
                r"1 \+ g\b|\bg \*\* 2 \+ 1|\bg \* g \+ 1",
            ),
            Wrong(
                lambda x: np.arctan(x),
                (
                    "No gradient comes back through your arctan. Does its result store the operand, "
                    "together with a function that carries the gradient back?"
                ),
            ),
            Wrong(
                lambda x: x / (1 + x**2),
                "Your result contains only the path through arctan, but x is also the other factor. Is that factor a "
                "Variable?",
            ),
            Wrong(
                lambda x: np.arctan(x) + 1 / (1 + x**2),
                "Your backward function should return g times the slope, with the slope taken at the value of the "
                "operand. Which of the two is missing?",
            ),
            Wrong(
                lambda x: np.arctan(x) + x / (1 + np.arctan(x) ** 2),
                "You took the slope at the result of arctan. Take it at the value of the operand.",
            ),
            Wrong(
                lambda x: np.arctan(x) + x * (1 + x**2),
                "You multiplied by 1 + z² instead of dividing by it.",
            ),
            Wrong(
                lambda x: 1 / (1 + x**2),
                "That is the gradient of the sum of arctan(x). The factor x is missing from the product.",
            ),
            Wrong(
                lambda x: x * np.arctan(x),
                "Those are the products themselves. Take their sum, and ask the engine for its gradient.",
            ),
            Wrong(
                lambda x: np.arctan(x) - x / (1 + x**2),
                "The sign of your backward function is wrong: arctan rises everywhere.",
            ),
            Wrong(
                lambda x: np.arctan(x) + x / (1 - x**2),
                "The sign in the denominator is wrong. What is the slope of arctan?",
            ),
            Wrong(
                lambda x: (np.arctan(x) + x / (1 + x**2)) / x.size,
                "You took a mean instead of a sum, so your result is too small by a constant factor.",
            ),
            Wrong(
                lambda x: np.arctan(x) + x / (1 + x),
                "The slope contains the square of z. Where is it in your backward function?",
            ),
            Wrong(
                lambda x: np.arctan(x) + x * (1 - np.tanh(x) ** 2),
                "That is the slope of tanh. What is the slope of arctan?",
                r"tanh",
            ),
        ],
    ),
    Exercise(
        name="09.passes",
        numbers=Numbers("09.passes", h=(30, 20, 25, 40, 50, 60, 80, 100)).also(
            weights=lambda h: 784 * h, more=lambda h: 10 * h, P=lambda h: 784 * h + h + h * 10 + 10
        ),
        prompt=(
            "You want to use forward mode to compute the gradient of the cost of a "
            "784 → <h> → 10 network. How many passes does that take?"
        ),
        right=23860,
        solution="answer = 784 * <h> + <h> + <h> * 10 + 10",
        reason=(
            "Forward mode takes one pass for each of the <weights> + <h> + <more> "
            "+ 10 parameters. Reverse mode needs only one backward pass."
        ),
        hints=[
            "Each pass gives you the derivative with respect to a single parameter.",
            "Count the weights and biases of both layers: 784 · <h> + <h>, and so on.",
        ],
        wrong=[
            Wrong(lambda h: 794 * h, "You left out the biases, but they are parameters too."),
            Wrong(
                lambda P: 2 * P,
                (
                    "A central difference needs two passes for each parameter, "
                    "but a dual number carries the slope along in a single pass."
                ),
            ),
            Wrong(lambda: 1, "That is the answer for reverse mode, where a single cost takes a single backward pass."),
            Wrong(
                lambda: 10, "The cost is a single number. What matters is the number of parameters that it depends on."
            ),
            Wrong(lambda P: P - 10, "The biases of the output layer are missing."),
            Wrong(lambda P, h: P - h, "The biases of the hidden layer are missing."),
            Wrong(
                lambda: 2, "One pass for each layer is not enough, because each pass covers only a single parameter."
            ),
            Wrong(lambda: 4, "One pass for each array is not enough, because each pass covers only a single number."),
            Wrong(lambda h: h + 10, "You counted only the biases, but the weights are parameters too."),
            Wrong(lambda weights: weights, "You counted only the weights of the first layer."),
            Wrong(lambda h: 785 * h, "The output layer is missing."),
            Wrong(
                lambda P: 10 * P,
                "One pass gives the slopes of all results at once, and the cost is only a single number anyway.",
            ),
            Wrong(lambda P: P + 784, "You counted biases for the inputs, but the inputs have none."),
            Wrong(lambda h: 794 * h + 2, "You counted one bias per layer, but every unit has its own."),
            Wrong(
                lambda P: P + 784 - 10,
                (
                    "You counted one bias for each input and each hidden unit, "
                    "but it is the hidden units and the outputs that have biases."
                ),
            ),
            Wrong(lambda: 7850, "You left out the hidden layer."),
            Wrong(
                lambda h: 785 * h * (h + 1) * 10,
                "You multiplied the parameter counts of the layers, but you have to add them.",
            ),
            Wrong(
                lambda h: (784 + h) * (h + 10),
                "Each factor of this product is the sum of two layer sizes. How many weights connect two layers?",
            ),
            Wrong(
                lambda h: 784 * h * 10,
                "You multiplied the sizes of all three layers. Which units does each of the two weight matrices "
                "connect, and how do you combine the counts for the two matrices?",
            ),
            Wrong(
                lambda: 784,
                "That is the number of inputs, but the derivatives are taken with respect to the parameters.",
            ),
            Wrong(
                lambda h: 794 + h,
                "That is the number of units, but the derivatives are taken with respect to the parameters.",
            ),
            Wrong(
                lambda P: P + 1,
                "Your answer is one too large. You do not need an extra pass to compute the cost itself.",
            ),
        ],
    ),
    Exercise(
        name="09.q1",
        numbers=Numbers("09.q1", n=(30, 20, 40, 50), m=(64, 32, 48, 100)),
        prompt=(
            "A bias of shape (<n>, 1) is added to a product of shape (<n>, <m>). What is the "
            "shape of the gradient that is passed to the bias before broadcasting is undone?"
        ),
        right=(30, 64),
        solution="q1 = (<n>, <m>)",
        reason="Addition passes g on unchanged, and g has the shape of the sum.",
        wrong=[
            Wrong(
                lambda n: (n, 1),
                "That is its shape after broadcasting has been undone by summing over the <m> columns.",
            ),
            Wrong(lambda n, m: (m, n), "That shape is transposed. g has the same shape as the result."),
            Wrong(lambda m: (1, m), "That would be a sum over the units, but addition does not sum over anything."),
        ],
    ),
    Exercise(
        name="09.q2",
        prompt=(
            'In which order do the nodes of a tape pass on their gradients? "a" in '
            'the order in which they were recorded; "b" in the reverse order; "c" '
            "in any order, because a sum does not depend on the order of its terms."
        ),
        right="b",
        solution='q2 = "b"',
        reason=(
            "Everything computed from a node was recorded after it, so the "
            "node's gradient is complete by the time its turn comes."
        ),
        wrong=[
            Wrong("a", "The parameters were recorded first, but gradients start at the output."),
            Wrong(
                "c",
                (
                    "The sum must be complete before a node passes it on. "
                    "Otherwise its parents receive only part of the gradient."
                ),
            ),
        ],
    ),
    Exercise(
        name="09.q3",
        numbers=Numbers("09.q3", r=(1000, 500, 2000, 3000), i=(2, 3, 4)).also(product=lambda r, i: r * i),
        prompt=(
            "A simulation computes <r> numbers from <i> inputs. You want "
            "all <product> derivatives. How many passes does forward mode need?"
        ),
        right=2,
        solution="q3 = <i>",
        reason="Forward mode takes one pass for each input, and each pass carries the tangents of all <r> results.",
        wrong=[
            Wrong(lambda r: r, "That is the answer for reverse mode, which takes one pass for each output."),
            Wrong(lambda product: product, "A single pass gives the tangents of all the results at once."),
            Wrong(1, "Each pass covers only one input, and there are two inputs."),
            Wrong(
                lambda i: 2 * i,
                "That would be the answer for central differences, which nudge each input in both directions.",
            ),
        ],
    ),
    Exercise(
        name="09.q4",
        prompt=(
            "In PyTorch, you call `J.backward()` for one batch and then for another, "
            'without calling `zero_grad()` in between. What does `W.grad` contain afterwards? "a" the '
            'gradient of the second batch; "b" the sum of both gradients; "c" their mean.'
        ),
        right="b",
        solution='q4 = "b"',
        reason=(
            "backward() adds to the gradient that is already there. That is useful "
            "if you process a batch in parts, but a bug if you forget about it."
        ),
        wrong=[
            Wrong("a", "backward() does not start from zero. Resetting the gradient is the job of zero_grad()."),
            Wrong(
                "c",
                "Nothing is divided. If you want the mean of the gradients, you have to take the mean of the costs.",
            ),
        ],
    ),
]
