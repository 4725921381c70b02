"""The text of each challenge set by an interactive figure. Each figure decides for itself when its challenge is met."""

CHALLENGES = {
    "01.line_and_valley": (
        "start where the cost is above 4, and get within 0.01 of the lowest cost in at most five steps."
    ),
    "02.threshold": (
        "at a separation of 2.5, miss no triangles, while mistaking as few circles as possible for triangles."
    ),
    "03.stepper": (
        "make two paths cancel. In the 2, 2, 2 network, find inputs x for which dA[1] of the first hidden unit is "
        "below 0.005 in absolute value, while both errors dZ[2] are above 0.1 in absolute value."
    ),
    "03.work": (
        "with 4 units in each layer, find the smallest number of layers for which keeping the errors saves a million "
        "multiplications."
    ),
    "03.ledger": (
        "for layers of 100, 30, 20 and 10 units, get every shape right at the first attempt. Type each shape as “rows, "
        "columns” and press Enter."
    ),
    "04.your_network": "get a score above 0.95 on the test digits with three layers.",
    "05.nudge": "find the best step size for the two-sided difference in float32.",
    "05.detective": "identify five bugs from their reports and their code.",
    "06.pictures": "find the wrong prediction that the network is most confident about.",
    "07.signals": (
        "find the deepest ReLU network in which, from every start, both signals keep at least a quarter of their size."
    ),
    "08.race": "make plain gradient descent reach the lowest final cost while all three methods score at least 0.8.",
    "09.tape": "in x x + w x + b, find an x other than 0 for which the two contributions to the gradient of x cancel.",
    "10.step_time": (
        "with 64 workers in a ring, find the smallest number of examples per step for which they spend at least half "
        "the time computing."
    ),
    "11.playground": (
        "using only x₁ and x₂, get 95% of the test points in the spirals right with at most 8 hidden units."
    ),
    "11.drawing": (
        "make the network classify a test digit as a different digit, with a probability above 0.9, in at most 5 steps "
        "and without changing any pixel by more than 0.25."
    ),
    "12.convolution": "with the edge filter, find the angle at which the mean response to the 7 is largest.",
    "12.attention": (
        "in “hannah”, with the causal mask and two strengths that add up to at most 13, make the second “a” give at "
        "least 0.9 of its attention to the first “a”, and the second “n” give at least 0.9 of its attention to the "
        "first “n”."
    ),
}
