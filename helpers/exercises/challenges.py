"""The challenges of the interactive figures, by lesson and figure; each figure itself decides when one is met."""

CHALLENGES = {
    "01.line_and_valley": (
        "from a start with a cost above 4, arrive within 0.01 of the lowest cost in at most five steps."
    ),
    "02.threshold": "at separation 2.5, miss no triangle, and take as few circles for triangles as that allows.",
    "03.stepper": (
        "let two paths cancel: find inputs x for which dA[1] of the first hidden unit is below 0.005 in size, "
        "though both errors dZ[2] are above 0.1 (network 2, 2, 2)."
    ),
    "03.work": (
        "with 4 units in each layer, from how many layers on does keeping the errors save a million multiplications?"
    ),
    "03.ledger": (
        "for 100, 30, 20, 10 get every shape right at the first attempt. Press Enter after each; rows, columns."
    ),
    "04.your_network": "get above 0.95 on the test digits with three layers.",
    "05.nudge": "find the best step of the two-sided difference in float32.",
    "05.detective": "name five creatures from report and code.",
    "06.pictures": "find the mistake that the network is surest of.",
    "07.signals": "find the deepest ReLU network in which both signals keep at least a tenth of their size.",
    "08.race": "let plain gradient descent end with the lowest cost, while all three score at least 0.8.",
    "09.tape": "in x x + w x + b, with x other than 0, let the two shares that arrive at x cancel.",
    "10.step_time": (
        "with 64 workers and 1 Gbit/s, find the smallest step in which they compute at least half of the time."
    ),
    "11.playground": "from x₁ and x₂ alone, get 95% of the test spirals right with at most 8 hidden units.",
    "11.drawing": (
        "make a test digit count as another one, above 0.9, in at most 5 steps, and change no pixel by more than 0.25."
    ),
}
