"""Exercises of lesson 00: how exercises work, and the mathematics that the lessons take for granted."""

from helpers.exercises.core import Exercise, Wrong

EXERCISES = [
    Exercise(
        name="00.first",
        prompt="What is 2 × 2? (Try a wrong answer as well, for example 22.)",
        right=4,
        solution="answer = 2 * 2",
        reason="2 × 2 is 4, and you know how exercises work.",
        hints=["Multiply the two numbers.", "It is also 2 + 2."],
        wrong=[
            Wrong(22, "That is the text '2' twice; multiply the numbers."),
            Wrong(0, "That is 2 − 2; or 2 ^ 2, because ^ is not a power in Python. How is multiplication written?"),
            Wrong(1, "That is 2 / 2."),
            Wrong(44, "That is 22 twice; multiply 2 by 2."),
            Wrong(2, "That is one of the two factors."),
            Wrong(8, "That is 2 × 2 × 2, one factor too many."),
            Wrong(5, "Count again: two and two more."),
            Wrong(-4, "Is there a minus in the question?"),
        ],
    ),
    Exercise(
        name="00.partial",
        prompt="Let $f(x, y) = x^3 y$. What is $\\partial f / \\partial x$ at $x = 2$, $y = 5$?",
        right=60,
        solution="x, y = 2, 5\nanswer = 3 * x**2 * y",
        reason="With y held still, x³ y has the derivative 3x² y, which is 3 · 4 · 5.",
        hints=[
            "Treat y as a fixed number, and differentiate with respect to x.",
            "The derivative of x³ is 3x². What happens to a factor that does not depend on x?",
        ],
        wrong=[
            Wrong(8, "That is the derivative with respect to y; here x moves, and y holds still."),
            Wrong(40, "That is f itself."),
            Wrong(12, "The factor y is missing: it is a fixed number, and such a factor stays."),
            Wrong(20, "The exponent has to come down in front as a factor."),
            Wrong(68, "That adds the two partial derivatives; only the one with respect to x is wanted."),
            Wrong(96, "That multiplies by ∂f/∂y; the factor that stays is y itself."),
            Wrong(150, "x and y are swapped: x = 2 and y = 5."),
            Wrong(30, "x² is 4, not 2."),
        ],
    ),
    Exercise(
        name="00.uphill",
        prompt=(
            "At some point the gradient of a cost is $(2, -1)$. You take a step of length 0.1 in the direction "
            "$(0.6, 0.8)$. By how much does the cost change, approximately?"
        ),
        right=0.04,
        solution="answer = 0.1 * (2 * 0.6 + (-1) * 0.8)",
        reason="The dot product is 1.2 − 0.8 = 0.4 for each unit of length, and the step has the length 0.1.",
        hints=[
            "Multiply gradient and direction entry by entry and add up: the change for each unit of length.",
            "2 · 0.6 and −1 · 0.8 make 0.4 together. How long is the step?",
        ],
        wrong=[
            Wrong(0.4, "That is the change for each unit of length. How long is the step?"),
            Wrong(0.2, "The second entry of the gradient is negative: its part is subtracted."),
            Wrong(0.12, "That is the part of the first variable; the second changes as well."),
            Wrong(-0.08, "That is the part of the second variable; the first changes as well."),
            Wrong(-0.04, "Mind the sign: which of the two parts is larger?"),
            Wrong(0.22360679775, "That is the step along the gradient itself; this one goes another way."),
            Wrong(2, "The −1 is taken as 1, and the length of the step is missing."),
            Wrong(0.1, "The entries are added before they are multiplied; pair each with its own entry first."),
        ],
    ),
    Exercise(
        name="00.nudge",
        prompt=(
            "A cell runs `w = np.array([2.0, 5.0])`, then `f = lambda: w[0] + 10 * w[1]`, then `w[1] = 3.0`. "
            "What does `f()` return after that?"
        ),
        right=32,
        solution="answer = 2 + 10 * 3",
        reason="f looks w up when it is called, and by then w holds 2 and 3.",
        hints=[
            "When does a function look up a name that is not among its arguments?",
            "What is in `w` at the moment of the call? Put it into w[0] + 10 w[1].",
        ],
        wrong=[
            Wrong(52, "That is its value when the function was written; it looks w up when it is called."),
            Wrong(53, "Indices begin at 0: w[1] is the second entry, and that one has changed."),
            Wrong(5, "The factor 10 is missing."),
            Wrong(30, "The first term, w[0], is missing."),
            Wrong(36, "The product comes before the sum: only w[1] is multiplied by 10."),
            Wrong(50, "That is its value when the function was written, and without w[0]."),
            Wrong(23, "The 10 belongs to w[1], not to w[0]."),
        ],
    ),
    Exercise(
        name="00.product",
        prompt=(
            "Multiply with a pencil: $\\begin{pmatrix} 1 & 2 & 0 \\\\ 0 & 1 & 3 \\end{pmatrix} "
            "\\begin{pmatrix} 2 \\\\ 1 \\\\ 4 \\end{pmatrix}$. Answer with a list of two numbers."
        ),
        right=[4, 13],
        solution="answer = [1 * 2 + 2 * 1 + 0 * 4, 0 * 2 + 1 * 1 + 3 * 4]",
        reason="Each row of the matrix, times the column: 2 + 2 + 0 and 0 + 1 + 12.",
        hints=[
            "The first number belongs to the first row: multiply it with the column entry by entry, and add up.",
            "The first is 1 · 2 + 2 · 1 + 0 · 4. Do the same with the second row.",
        ],
        wrong=[
            Wrong([3, 4], "Those are the sums of the rows; the column has not been used."),
            Wrong([21, 28], "That adds before it multiplies: multiply entry by entry first."),
            Wrong([13, 4], "The rows are in the wrong order."),
            Wrong([4, 12], "In the second row, the product in the middle is missing."),
            Wrong([2, 13], "In the first row, the product in the middle is missing."),
            Wrong([8, 13], "In the first row, the last entry is 0, and so is its product."),
            Wrong([4, 15], "In the second row, the first entry is 0, and so is its product."),
        ],
    ),
    Exercise(
        name="00.shape",
        prompt=(
            "An array has the shape `(4, 1)`, another `(1, 3)`. What is the shape of their sum? "
            "Answer `(rows, columns)`."
        ),
        right=(4, 3),
        solution="answer = (4, 3)",
        reason="Each array is stretched where it has size 1: the first to 3 columns, the second to 4 rows.",
        hints=[
            "Write the shapes one below the other. In which places is there a 1?",
            "The first array is stretched to the columns of the second, and the second to the rows of the first.",
        ],
        wrong=[
            Wrong((3, 4), "Rows come first. Which of the two arrays has more than one row?"),
            Wrong((4, 1), "That is the first array, before it is stretched along the second."),
            Wrong((1, 3), "That is the second array, before it is stretched along the first."),
            Wrong((5, 4), "Sizes are not added: where one of them is 1, the other is taken."),
            Wrong((4, 4), "The columns come from the array that has more than one."),
            Wrong((1, 1), "A size of 1 gives way to the other one."),
        ],
    ),
    Exercise(
        name="00.q1",
        prompt=(
            "A matrix of shape `(2, 3)` is multiplied by one of shape `(3, 5)`. What is the shape of the product? "
            "Answer `(rows, columns)`."
        ),
        right=(2, 5),
        solution="q1 = (2, 5)",
        reason="The inner sizes, 3 and 3, agree and are gone; the outer ones remain.",
        wrong=[
            Wrong((3, 3), "Those are the inner sizes, which must agree; the outer ones remain."),
            Wrong((5, 2), "Rows come first, and they are those of the first matrix."),
            Wrong((2, 3), "That is the first matrix."),
            Wrong((3, 5), "That is the second matrix."),
        ],
    ),
    Exercise(
        name="00.q2",
        prompt=(
            "The data `X` holds 60 examples with 2 features each, one example in each row. What is the shape of `X.T`?"
        ),
        right=(2, 60),
        solution="q2 = (2, 60)",
        reason="Rows have become columns: each example is a column of 2 features.",
        wrong=[
            Wrong((60, 2), "That is X itself; X.T is its transpose."),
            Wrong((60, 1), "An example has 2 features, and there are 60 examples."),
            Wrong((1, 60), "An example has 2 features, so the transpose has 2 rows."),
        ],
    ),
    Exercise(
        name="00.q3",
        prompt=(
            'What does $dW$ mean in these lessons? "a" a small change of $W$; '
            '"b" the derivative of $W$ with respect to the cost; "c" the derivative of the cost with respect to $W$.'
        ),
        right="c",
        solution='q3 = "c"',
        reason="A lone d in front of a name always means: the derivative of the cost J with respect to it.",
        wrong=[
            Wrong("a", "The nudge that changes a weight is called ε here."),
            Wrong("b", "The other way round: the cost depends on W, and its derivative is asked for."),
        ],
    ),
    Exercise(
        name="00.q4",
        prompt=(
            "You know the gradient of the cost. In which direction does the cost fall most steeply? "
            '"a" along the gradient; "b" against the gradient; "c" at a right angle to it.'
        ),
        right="b",
        solution='q4 = "b"',
        reason="The dot product with the gradient is most negative for the opposite direction: the cosine is −1.",
        wrong=[
            Wrong("a", "There the cost rises most steeply."),
            Wrong("c", "There the dot product is 0: to begin with, the cost does not change at all."),
        ],
    ),
]
