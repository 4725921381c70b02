"""Exercises for lesson 00, which show how exercises work and review the mathematics used in the other lessons."""

from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers

EXERCISES = [
    Exercise(
        name="00.first",
        prompt="What is 2 × 2? (Try a wrong answer as well, for example 22.)",
        right=4,
        solution="answer = 2 * 2",
        reason="2 × 2 is 4, and now you know how exercises work.",
        hints=["Multiply the two numbers.", "2 × 2 is the same as 2 + 2."],
        wrong=[
            Wrong(22, "22 is the digit 2 written twice. Multiply the two numbers instead."),
            Wrong(
                0,
                "You may have computed 2 − 2, or 2 ^ 2, which is not a power in Python. How is multiplication written?",
            ),
            Wrong(1, "You divided 2 by 2. Multiply them instead."),
            Wrong(44, "You doubled 22. Multiply 2 by 2 instead."),
            Wrong(2, "This is one of the two factors, not their product."),
            Wrong(6, "6 is 2 + 2 + 2. How many 2s do you add up in 2 × 2?"),
            Wrong(8, "You computed 2 × 2 × 2, which has one factor too many."),
            Wrong(5, "Count again: start with two and add two more."),
            Wrong(-4, "Your answer is negative. Is there a minus sign in the question?"),
        ],
    ),
    Exercise(
        name="00.partial",
        numbers=Numbers("00.partial", lambda x, y: x != y, x=(2, 4, 5, 6), y=(5, 3, 4, 7, 9)).also(
            square=lambda x: x**2
        ),
        prompt="Let $f(x, y) = x^3 y$. What is $\\partial f / \\partial x$ at $x = <x>$, $y = <y>$?",
        right=60,
        solution="x, y = <x>, <y>\nanswer = 3 * x**2 * y",
        reason=(
            "With y held fixed, the derivative of x³ y is 3x² y, which is 3 · <square> · <y> = <right> at this point."
        ),
        hints=[
            "Treat y as a constant and differentiate with respect to x.",
            "The derivative of x³ is 3x². What happens to a factor that does not depend on x?",
        ],
        wrong=[
            Wrong(lambda x: x**3, "You took the derivative with respect to y. Here x varies and y is held fixed."),
            Wrong(lambda x, y: x**3 * y, "This is the value of f itself, not its derivative."),
            Wrong(lambda x: 3 * x**2, "The factor y is missing. A constant factor stays when you differentiate."),
            Wrong(
                lambda x, y: x**2 * y,
                "When you differentiate x³, the exponent 3 comes down as a factor. That factor is missing here.",
            ),
            Wrong(
                lambda x, y: 3 * x**2 * y + x**3,
                "You added the two partial derivatives. The question asks only for the one with respect to x.",
            ),
            Wrong(lambda x: 3 * x**2 * x**3, "You multiplied by ∂f/∂y. The constant factor that stays is y itself."),
            Wrong(lambda x, y: 3 * y**2 * x, "You swapped x and y. Here x = <x> and y = <y>."),
            Wrong(lambda x, y: 3 * x * y, "At x = <x>, x² is <square>, not <x>."),
        ],
    ),
    Exercise(
        name="00.paths",
        prompt=(
            "At $x = 4$, $y = 3$, let $x$ grow three times as fast as $t$, and $y$ twice as fast. At what rate does "
            "the area $x y$ grow with $t$?"
        ),
        right=17,
        solution="answer = 3 * 3 + 4 * 2",
        reason=(
            "Through x the area grows at the rate 3 · 3 = 9, and through y at 4 · 2 = 8. The effects of the two paths "
            "add up."
        ),
        hints=[
            "Follow t along each path, first through x, then through y. Along a path, the rates multiply.",
            "Through x: the area grows y = 3 times as fast as x, and x grows three times as fast as t.",
        ],
        wrong=[
            Wrong(9, "This is the path through x alone. Which other path leads from t to the area?"),
            Wrong(8, "This is the path through y alone. Which other path leads from t to the area?"),
            Wrong(7, "You added the two partial derivatives. How fast do x and y themselves grow with t?"),
            Wrong(5, "You added the rates of x and y. How fast does the area grow with each of them?"),
            Wrong(18, "You combined each partial derivative with the rate of the other variable. What is ∂f/∂x?"),
            Wrong(
                72,
                "You multiplied the effects of the two paths. Along a path the rates multiply, but how do the two "
                "paths combine?",
            ),
            Wrong(6, "You multiplied the rates of x and y. Follow t along one path at a time."),
            Wrong(12, "This is the area itself. The question asks how fast it grows."),
            Wrong(35, "You added first and multiplied afterwards. Multiply along each path, then add the results."),
        ],
    ),
    Exercise(
        name="00.uphill",
        numbers=Numbers("00.uphill", a=(2, 3, 5, 6), b=(1, 2), s=(0.1, 0.2, 0.05)).also(
            p=lambda a: 0.6 * a, q=lambda b: 0.8 * b, d=lambda a, b: 0.6 * a - 0.8 * b
        ),
        prompt=(
            "At a certain point, the gradient of a cost is $(<a>, -<b>)$. You take a step of length <s> in the "
            "direction $(0.6, 0.8)$. By approximately how much does the cost change?"
        ),
        right=0.04,
        solution="answer = <s> * (<a> * 0.6 + (-<b>) * 0.8)",
        reason=(
            "The dot product is <p> − <q> = <d>. This is the change per unit of length, and the step has length <s>."
        ),
        hints=[
            (
                "Multiply the gradient and the direction entry by entry, and add the products. This gives the "
                "change per unit of length."
            ),
            "The products <a> · 0.6 and −<b> · 0.8 add up to <d>. How long is the step?",
        ],
        wrong=[
            Wrong(lambda d: d, "This is the change per unit of length. How long is the step?"),
            Wrong(
                lambda p, q, s: s * (p + q),
                "The second entry of the gradient is negative, so its contribution must be subtracted.",
            ),
            Wrong(
                lambda p, s: s * p,
                "This is the contribution of the first variable only. The second variable changes as well.",
            ),
            Wrong(
                lambda q, s: -s * q,
                "This is the contribution of the second variable only. The first variable changes as well.",
            ),
            Wrong(lambda d, s: -s * d, "The sign is wrong. Which of the two contributions is larger?"),
            Wrong(
                lambda a, b, s: s * (a**2 + b**2) ** 0.5,
                "This is the change for a step along the gradient itself. The step here goes in a different direction.",
            ),
            Wrong(
                lambda p, q: p + q, "You used <b> instead of −<b>, and you did not multiply by the length of the step."
            ),
            Wrong(
                0.1,
                "Either you added the entries of the gradient and left out the direction, or you swapped the entries "
                "of the direction. Which entry of the gradient is multiplied by which entry of the direction?",
            ),
        ],
    ),
    Exercise(
        name="00.copy",
        numbers=Numbers(
            "00.copy", lambda a, b, c, d: len({a, b, c, d}) == 4, a=(2, 3, 4), b=(5, 6, 8), c=(3, 2, 9), d=(7, 1, 6)
        ),
        prompt=(
            "A cell runs `w = np.array([<a>.0, <b>.0])`, then `v = w` and `u = w.copy()`, then "
            "`f = lambda: w[0] + 10 * w[1]`, then `v[1] = <c>.0` and `u[0] = <d>.0`. What does `f()` return after that?"
        ),
        right=32,
        solution="answer = <a> + 10 * <c>",
        reason=("v is a second name for the array w, so w[1] is now <c>. u is a second array, so w[0] is still <a>."),
        hints=[
            "There are two arrays here and three names. Which two names belong to the same array?",
            (
                "`v = w` adds a second name for the same array, whereas `w.copy()` makes a second array. What does the "
                "array w contain when `f` is called?"
            ),
        ],
        wrong=[
            Wrong(
                lambda a, b: a + 10 * b,
                "This was the value when the function was defined. One of the last two assignments has changed the "
                "array w.",
            ),
            Wrong(
                lambda b, d: d + 10 * b,
                "It is the other way round: v is only a second name for w, while u is a separate array.",
            ),
            Wrong(lambda c, d: d + 10 * c, "u is a copy, that is, a separate array. Changing it does not change w."),
            Wrong(
                lambda b, c: c + 10 * b,
                "Indices start at 0, so v[1] is the second entry. That is the one that has changed.",
            ),
            Wrong(lambda a, c: a + c, "You left out the factor 10."),
            Wrong(lambda c: 10 * c, "You left out the first term, w[0]."),
            Wrong(lambda a, c: (a + 10) * c, "Multiplication comes before addition, so only w[1] is multiplied by 10."),
            Wrong(lambda a, c: 10 * a + c, "The factor 10 multiplies w[1], not w[0]."),
        ],
    ),
    Exercise(
        name="00.product",
        numbers=Numbers("00.product", a=(2, 3), c=(3, 2), x=(2, 3, 5), y=(1, 2), z=(4, 6)).also(
            ay=lambda a, y: a * y, cz=lambda c, z: c * z, first=lambda x, ay: x + ay, second=lambda y, cz: y + cz
        ),
        prompt=(
            "Compute this product by hand: $\\begin{pmatrix} 1 & <a> & 0 \\\\ 0 & 1 & <c> \\end{pmatrix} "
            "\\begin{pmatrix} <x> \\\\ <y> \\\\ <z> \\end{pmatrix}$. Answer with a list of two numbers."
        ),
        right=[4, 13],
        solution="answer = [1 * <x> + <a> * <y> + 0 * <z>, 0 * <x> + 1 * <y> + <c> * <z>]",
        reason=(
            "Each row of the matrix is multiplied by the column, entry by entry, and the products are added: "
            "<x> + <ay> + 0 = <first> and 0 + <y> + <cz> = <second>."
        ),
        hints=[
            (
                "The first number comes from the first row. Multiply the row and the column entry by entry, "
                "and add the products."
            ),
            "The first number is 1 · <x> + <a> · <y> + 0 · <z>. Do the same with the second row.",
        ],
        wrong=[
            Wrong(
                lambda a, c, x, y: [(1 + a) * x, (1 + c) * y],
                "You added up each row first. Each entry of a row has its own factor in the column.",
            ),
            Wrong(lambda a, c: [1 + a, 1 + c], "These are the sums of the rows. You have not used the column."),
            Wrong(
                lambda a, c, x, y, z: [(1 + a) * (x + y + z), (1 + c) * (x + y + z)],
                "You added before multiplying. Multiply entry by entry first.",
            ),
            Wrong(lambda first, second: [second, first], "The two numbers are right, but they are in the wrong order."),
            Wrong(lambda first, cz: [first, cz], "In the second row, you left out the middle product."),
            Wrong(lambda x, second: [x, second], "In the first row, you left out the middle product."),
            Wrong(
                lambda first, second, z: [first + z, second],
                "The last entry of the first row is 0, so its product is 0 as well.",
            ),
            Wrong(
                lambda first, second, x: [first, x + second],
                "The first entry of the second row is 0, so its product is 0 as well.",
            ),
        ],
    ),
    Exercise(
        name="00.shape",
        numbers=Numbers("00.shape", a=(4, 5, 6, 7), b=(3, 2, 8, 9)),
        prompt=(
            "One array has shape `(<a>, 1)` and another has shape `(1, <b>)`. What is the shape of their sum? "
            "Answer `(rows, columns)`."
        ),
        right=(4, 3),
        solution="answer = (<a>, <b>)",
        reason=(
            "Each array is stretched along the axis where its size is 1. The first is stretched to <b> "
            "columns, the second to <a> rows."
        ),
        hints=[
            "Write the two shapes one below the other. Which of the sizes are 1?",
            (
                "The first array is stretched to as many columns as the second has, and the second to as many "
                "rows as the first has."
            ),
        ],
        wrong=[
            Wrong(
                lambda a, b: (b, a), "The number of rows comes first. Which of the two arrays has more than one row?"
            ),
            Wrong(lambda a: (a, 1), "This is the shape of the first array before it is stretched to match the second."),
            Wrong(lambda b: (1, b), "This is the shape of the second array before it is stretched to match the first."),
            Wrong(
                lambda a, b: (a + 1, b + 1),
                "Sizes are not added. Where one of them is 1, the result has the other size.",
            ),
            Wrong(lambda a: (a, a), "The number of columns comes from the array that has more than one column."),
            Wrong((1, 1), "Where one size is 1, the result has the other size."),
        ],
    ),
    Exercise(
        name="00.q1",
        numbers=Numbers("00.q1", a=(2, 4, 6), b=(3, 7, 8), c=(5, 9)),
        prompt=(
            "A matrix of shape `(<a>, <b>)` is multiplied by a matrix of shape `(<b>, <c>)`. What is the shape of "
            "the product? Answer `(rows, columns)`."
        ),
        right=(2, 5),
        solution="q1 = (<a>, <c>)",
        reason="The inner sizes, <b> and <b>, match and disappear. The outer sizes, <a> and <c>, remain.",
        wrong=[
            Wrong(
                lambda b: (b, b),
                "These are the inner sizes, which must match. The shape of the product consists of the outer sizes.",
            ),
            Wrong(lambda a, c: (c, a), "The number of rows comes first, and it is the same as in the first matrix."),
            Wrong(lambda a, b: (a, b), "This is the shape of the first matrix."),
            Wrong(lambda b, c: (b, c), "This is the shape of the second matrix."),
        ],
    ),
    Exercise(
        name="00.q2",
        numbers=Numbers("00.q2", n=(60, 20, 30, 40, 50, 70, 80, 90)),
        prompt=(
            "The array `X` holds <n> examples with 2 features each, one example per row. (Data often come this way; "
            "the lessons transpose them.) What is the shape of `X.T`?"
        ),
        right=(2, 60),
        solution="q2 = (2, <n>)",
        reason="The rows have become columns, so each example is now a column of 2 features.",
        wrong=[
            Wrong(lambda n: (n, 2), "This is the shape of X itself. X.T is its transpose."),
            Wrong(lambda n: (n, 1), "Each example has 2 features, and there are <n> examples."),
            Wrong(lambda n: (1, n), "Each example has 2 features, so the transpose has 2 rows."),
        ],
    ),
    Exercise(
        name="00.q3",
        prompt=(
            'What does $dW$ mean in these lessons? "a" a small change in $W$; '
            '"b" the derivative of $W$ with respect to the cost; "c" the derivative of the cost with respect to $W$.'
        ),
        right="c",
        solution='q3 = "c"',
        reason=(
            "In these lessons, d in front of a name always means the derivative of the cost J with respect "
            "to that quantity."
        ),
        wrong=[
            Wrong("a", "In these lessons, a small change in W would be written ΔW."),
            Wrong("b", "It is the other way round: the cost depends on W, so dW is the derivative of the cost."),
        ],
    ),
]
