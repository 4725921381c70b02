"""Exercises of lesson 00."""

from helpers.exercises.core import Exercise, Wrong

EXERCISES = [
    Exercise(
        name="00.first",
        prompt="What is 2 × 2? (Try 22 as well.)",
        right=4,
        solution="answer = 2 * 2",
        reason="2 × 2 is 4, and you know how exercises work.",
        hints=["Multiply the two numbers.", "It is also 2 + 2."],
        wrong=[
            Wrong(22, "That is the text '2' twice; multiply the numbers."),
            Wrong(0, "That is 2 − 2; or 2 ^ 2, for ^ is no power in Python. How is multiplication written?"),
            Wrong(1, "That is 2 / 2."),
            Wrong(44, "That is 22 twice; multiply 2 by 2."),
            Wrong(2, "That is one of the two factors."),
            Wrong(8, "That is 2 × 2 × 2, one factor too many."),
            Wrong(5, "Count again: two and two more."),
            Wrong(-4, "Is there a minus in the question?"),
        ],
    ),
    Exercise(
        name="00.q1",
        prompt="What is the shape of $W^{[2]}$ in a network 3 → 4 → 2 → 1? Answer `(rows, columns)`.",
        right=(2, 4),
        solution="q1 = (2, 4)",
        reason="A row for each of the 2 units of layer 2, a column for each of the 4 units before it.",
        wrong=[
            Wrong((4, 2), "Transposed: in these lessons the rows belong to the layer itself."),
            Wrong((4, 3), "That is W[1]; inputs do not count as a layer."),
            Wrong((1, 2), "That is W[3]."),
        ],
    ),
    Exercise(
        name="00.q2",
        prompt="The data `X` holds 60 examples with 2 features each. What is the shape of $A^{[0]}$?",
        right=(2, 60),
        solution="q2 = (2, 60)",
        reason="A[0] is the transpose of X: in the mathematics an example is a column.",
        wrong=[
            Wrong((60, 2), "That is X itself; A[0] is its transpose."),
            Wrong((60, 1), "An example has 2 features, so A[0] has 2 rows."),
            Wrong((1, 60), "An example has 2 features, so A[0] has 2 rows."),
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
]
