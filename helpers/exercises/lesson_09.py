"""Exercises of lesson 09: what arrives at a variable, backward functions of new operations, and what a mode costs."""

import numpy as np

from helpers.backprop.activations import softmax
from helpers.exercises.core import Exercise, Wrong


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


EXERCISES = [
    Exercise(
        name="09.twice",
        prompt=(
            "On the tape stands $f = (x + x) \\cdot x$, at $x = 3$. Three gradients arrive at $x$. What is their sum?"
        ),
        right=12,
        solution="answer = (3 + 3) + 3 + 3",
        reason="From the product x + x = 6 directly, and its other factor 3 comes twice, once for each x in the sum.",
        hints=[
            "The product hands to each factor the gradient times the other factor.",
            "One of its factors is x itself; the other is x + x, which hands on what it gets, twice.",
        ],
        wrong=[
            Wrong(
                6, ("6 is what arrives from the product directly. What arrives through the sum x + x, and how often?")
            ),
            Wrong(
                9,
                (
                    "9 is one gradient of 3 short. What does the product hand to x directly, and how often does "
                    "the sum hand on what it gets?"
                ),
            ),
            Wrong(3, "3 is one of the three gradients that arrive, or how many there are. What are the other two?"),
            Wrong(18, "18 is f itself, or three gradients of 6 each. What does the product hand to its factor x + x?"),
            Wrong(4, "That is the coefficient: f = 2x² has the slope 4x. What is it at x = 3?"),
            Wrong(8, "What arrives at x + x is the other factor x = 3, and it is handed on twice."),
            Wrong(
                5, "The product hands to each factor the gradient times the other factor. What are the factors worth?"
            ),
            Wrong(
                36,
                (
                    "36 is three times what it should be, as with a power that is not lowered. Which three "
                    "gradients arrive?"
                ),
            ),
            Wrong(27, "Count what arrives: 6 from the product, and 3 for each x in the sum."),
            Wrong(15, "Three gradients arrive, not four: count the uses of x."),
            Wrong(
                7,
                (
                    "7 is not the slope of this f: its factor x + x is 6, and what arrives at that factor is 3. "
                    "What does the product hand to each factor?"
                ),
            ),
            Wrong(24, "Too much by a factor 2. Which gradients are counted twice, or which division leaves out a 2?"),
            Wrong(2, "That is the slope of x + x alone; it is one of two factors."),
        ],
    ),
    Exercise(
        name="09.divide",
        prompt=(
            "**A new operation.** $c = a / b$, entry by entry, where `a` has shape (k, m) and `b` is one column, "
            "(k, 1), that broadcasting stretches. From `g`, which is $\\partial J/\\partial c$, return "
            "$\\partial J/\\partial a$ and $\\partial J/\\partial b$, each with the shape of its array."
        ),
        solution=divide_backward,
        parts=("da", "db"),
        cases=_divide_cases,
        m=[4, 5],
        reason="The slopes are 1/b and −a/b², and each entry of b was used m times, so its gradient is a sum.",
        hints=[
            "For single numbers: how does a / b change with a, and how with b?",
            "∂(a/b)/∂b = −a / b². Multiplied by g it has shape (k, m).",
            "b was stretched along axis 1: sum over it, and keep the axis.",
        ],
        wrong=[
            Wrong(
                lambda g, a, b: (g / b, -g * a / b**2),
                "Broadcasting is not undone: b has one column, and its gradient is the sum over all that it became.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (g * a / b**2).sum(axis=1, keepdims=True)),
                "The sign: a larger b makes a / b smaller.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b).sum(axis=1, keepdims=True)),
                "The derivative of 1 / b is −1 / b², with a square.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**2).mean(axis=1, keepdims=True)),
                "A mean is taken where a sum is wanted: b was used m times, and each use counts in full.",
            ),
            Wrong(
                lambda g, a, b: (g * b, (g * a).sum(axis=1, keepdims=True)),
                "Those are the rules of the product a b; this is a quotient.",
            ),
            Wrong(
                lambda g, a, b: (g / b, -(g.sum(axis=1, keepdims=True)) * a.sum(axis=1, keepdims=True) / b**2),
                "The sum of products is not the product of the sums. What is computed first, for each entry?",
            ),
            Wrong(
                lambda g, a, b: (g / b, (g * np.log(b)).sum(axis=1, keepdims=True)),
                "The logarithm is an integral of 1/b; its derivative is asked for.",
                r"log",
            ),
            Wrong(
                lambda g, a, b: (1 / b * np.ones(a.shape), (-a / b**2).sum(axis=1, keepdims=True)),
                "g takes no part: the chain rule multiplies each slope by what arrives.",
            ),
            Wrong(
                lambda g, a, b: (g / b, -(a / b**2).sum(axis=1, keepdims=True)),
                "g takes no part in the second: the chain rule multiplies each slope by what arrives.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g / b**2).sum(axis=1, keepdims=True)),
                "a takes no part in the second: a/b² is the size of the slope.",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**2).sum(axis=0, keepdims=True)),
                "The sum runs over the rows; b has one column, so which axis was stretched?",
            ),
            Wrong(
                lambda g, a, b: ((-g * a / b**2).sum(axis=1, keepdims=True), g / b),
                "The two results are swapped. Which one is wanted first?",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * b / a**2).sum(axis=1, keepdims=True)),
                "a and b have changed places in the second. Which one stands below the line?",
            ),
            Wrong(
                lambda g, a, b: (g / b, (-g * a / b**3).sum(axis=1, keepdims=True)),
                "One power of b too many: what is the derivative of 1/b?",
            ),
        ],
    ),
    Exercise(
        name="09.softmax",
        prompt=(
            "**A Jacobian that nobody forms.** `A` is the softmax of some logits $Z$, each column adds up to 1, and "
            "`g` is $\\partial J/\\partial A$, of the same shape (K, m). Return $\\partial J/\\partial Z$. (Lesson 08: "
            "$\\partial a_k/\\partial z_j = a_k (\\delta_{kj} - a_j)$.)"
        ),
        solution=softmax_backward,
        parts=("dZ",),
        cases=_softmax_cases,
        m=[4, 2],
        reason="Σₖ gₖ aₖ (δₖⱼ − aⱼ) = aⱼ gⱼ − aⱼ Σₖ gₖ aₖ: one sum for each column, and no K × K table.",
        hints=[
            "dzⱼ is the sum over k of gₖ ∂aₖ/∂zⱼ. Multiply it out: δ picks one term.",
            "What is left is aⱼ gⱼ − aⱼ · (a sum over k that is the same for every j of a column).",
            "The sum is (g * A).sum(axis=0).",
        ],
        wrong=[
            Wrong(
                lambda g, A: g * A * (1 - A),
                "That is the rule of a sigmoid: every logit moves every probability, not its own alone.",
            ),
            Wrong(
                lambda g, A: A * (g - (g * A).sum()),
                "The sum runs over the classes of one column; examples do not mix.",
            ),
            Wrong(
                lambda g, A: A * (g - (g * A).sum(axis=1, keepdims=True)),
                "The sum runs over the classes, axis 0; you have summed over the examples.",
            ),
            Wrong(
                lambda g, A: A * (g - g.sum(axis=0)),
                "The sum lacks a factor: each gₖ counts as much as its aₖ, so it is the sum of g * A.",
            ),
            Wrong(lambda g, A: A * g, "The second term is missing: what one answer gains, the others lose."),
            Wrong(lambda g, A: A - g, "A − Y needs cross-entropy behind it; here any gradient g arrives."),
            Wrong(lambda g, A: g - A, "A − Y needs cross-entropy behind it; here any gradient g arrives."),
            Wrong(
                lambda g, A: (A - g) / A.shape[1], "A − Y needs cross-entropy behind it; here any gradient g arrives."
            ),
            Wrong(
                lambda g, A: (g - A) / A.shape[1], "A − Y needs cross-entropy behind it; here any gradient g arrives."
            ),
            Wrong(lambda g, A: -A * (g * A).sum(axis=0), "The first term is missing: the δ picks one, with j = k."),
            Wrong(
                lambda g, A: A * (g + (g * A).sum(axis=0)),
                "The sign of the second term: what one answer gains, the others lose.",
            ),
            Wrong(lambda g, A: g - (g * A).sum(axis=0), "A factor aⱼ stands before both terms. Where is yours?"),
            Wrong(
                lambda g, A: A * (g - (g * A).mean(axis=0)), "A mean where a sum is wanted: every class counts in full."
            ),
            Wrong(
                lambda g, A: g * (A - (A * A).sum(axis=0)), "g belongs inside the sum: each gₖ comes with its own aₖ."
            ),
            Wrong(lambda g, A: A * (1 - A), "g takes no part: the chain rule multiplies by what arrives."),
            Wrong(lambda g, A: A * (g - A), "The second term is a sum over k of gₖ aₖ, not a single a."),
            Wrong(
                lambda g, A: A * (g - g.mean(axis=0)),
                "The mean counts every class alike; here each counts as much as its probability. What weighs gₖ?",
            ),
            Wrong(
                lambda g, A: (np.diag(A[:, 0]) - np.outer(A[:, 0], A[:, 0])) @ g,
                "That is the Jacobian of the first example for all of them. How many columns has A?",
            ),
            Wrong(
                lambda g, A: (np.diag(A.mean(axis=1)) - np.outer(A.mean(axis=1), A.mean(axis=1))) @ g,
                "That is the Jacobian at the mean of the examples. How many Jacobians are there, and where?",
            ),
            Wrong(
                lambda g, A: A * g - A @ (A.T @ g),
                "A matrix product over the examples mixes them. Over what does the sum run, in each column?",
            ),
        ],
    ),
    Exercise(
        name="09.passes",
        prompt=(
            "A network 784 → 30 → 10 is to get the gradient of its cost by forward mode. How many passes does that "
            "take?"
        ),
        right=23860,
        solution="answer = 784 * 30 + 30 + 30 * 10 + 10",
        reason="One for each of the 23520 + 30 + 300 + 10 parameters; reverse mode needs one pass back.",
        hints=["One pass lets one parameter move.", "Weights and biases of both layers: 784 · 30 + 30 and so on."],
        wrong=[
            Wrong(23820, "Biases are parameters too."),
            Wrong(47720, "A nudge needs two passes for each parameter; a dual number carries the slope along in one."),
            Wrong(1, "That is reverse mode: one cost, one pass back."),
            Wrong(10, "The cost is a single number; what counts is how many parameters go in."),
            Wrong(23850, "The biases of the output layer are missing."),
            Wrong(23830, "The biases of the hidden layer are missing."),
            Wrong(2, "A pass for each layer is not enough: one pass lets one parameter move."),
            Wrong(4, "A pass for each array is not enough: one pass lets one number move."),
            Wrong(40, "Those are the biases alone; weights are parameters too."),
            Wrong(23520, "Those are the weights of the first layer alone."),
            Wrong(23550, "The output layer is missing."),
            Wrong(238600, "One pass carries the slopes of all results at once, and the cost is a single number."),
            Wrong(24644, "The inputs have no biases."),
            Wrong(23822, "One bias for each layer; each unit has one."),
            Wrong(24634, "A bias belongs to the unit that computes, not to the one that feeds it."),
            Wrong(7850, "The hidden layer is left out."),
            Wrong(785 * 30 * 31 * 10, "The layers' parameters add up; here they are multiplied."),
            Wrong(784 * 30 * 10, "The layers' parameters add up; here they are multiplied."),
            Wrong(784, "That is how many inputs; what moves are the parameters."),
            Wrong(824, "Those are the units; what moves are the parameters."),
            Wrong(23861, "One too many: the cost at the parameters themselves needs no pass of its own."),
        ],
    ),
    Exercise(
        name="09.q1",
        prompt=(
            "A bias of shape (30, 1) is added to a product of shape (30, 64). What shape has the gradient that is "
            "handed to the bias, before broadcasting is undone?"
        ),
        right=(30, 64),
        solution="q1 = (30, 64)",
        reason="Addition hands on g as it is, and g has the shape of the sum.",
        wrong=[
            Wrong((30, 1), "That is its shape afterwards, when the 64 columns have been summed up."),
            Wrong((64, 30), "Transposed: g has the shape of the result."),
            Wrong((1, 64), "That would be a sum over the units; addition sums nothing."),
        ],
    ),
    Exercise(
        name="09.q2",
        prompt=(
            'In which order do the nodes of a tape hand on their gradients? "a" as they were recorded; "b" in reverse '
            'order of recording; "c" in any order, for a sum does not depend on it.'
        ),
        right="b",
        solution='q2 = "b"',
        reason="What was computed from a node was recorded after it, so its gradient is complete when its turn comes.",
        wrong=[
            Wrong("a", "The first recorded nodes are the parameters, whose gradients come last."),
            Wrong("c", "The sum must be complete before it is handed on, or the parents get a part of it."),
        ],
    ),
    Exercise(
        name="09.q3",
        prompt=(
            "A simulation turns 2 numbers into 1000. You want all 2000 derivatives. How many passes does forward mode "
            "need?"
        ),
        right=2,
        solution="q3 = 2",
        reason="One for each number that goes in; each carries the tangents of all 1000 results.",
        wrong=[
            Wrong(1000, "That is reverse mode: one pass for each number that comes out."),
            Wrong(2000, "One pass gives the tangents of all results at once."),
            Wrong(1, "In one pass one input moves; there are two."),
            Wrong(4, "Those would be nudges to both sides."),
        ],
    ),
    Exercise(
        name="09.q4",
        prompt=(
            "In PyTorch you call `J.backward()` for one batch and then for another, without `zero_grad()`. What does "
            '`W.grad` hold? "a" the gradient of the second batch; "b" the sum of both gradients; "c" their mean.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="backward() adds to what is there: useful for a batch in parts, a bug where it is forgotten.",
        wrong=[
            Wrong("a", "It does not begin anew: that is what zero_grad() is for."),
            Wrong("c", "Nothing is divided; if you want the mean, the costs must carry it."),
        ],
    ),
]
