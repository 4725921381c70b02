"""Exercises of lesson 10: the weighted mean, dealing examples, and what it costs to talk."""

import numpy as np

from helpers.exercises.core import Exercise, Wrong


def combine(gradients, sizes):
    total = sum(size * g for g, size in zip(gradients, sizes, strict=True))
    return total / sum(sizes)


def _shards():
    rng = np.random.default_rng(21)
    three = [rng.standard_normal((2, 3)) for _ in range(3)]
    two = [rng.standard_normal(4) for _ in range(2)]
    return [(three, [5, 1, 10]), (two, [3, 3]), ([two[0].copy(), np.zeros(4), two[1].copy()], [2, 0, 4])]


def _mean_of_means(gradients, sizes):
    return sum(gradients) / len(gradients)


def _sum_of_means(gradients, sizes):
    return sum(gradients)


def _never_divided(gradients, sizes):
    return sum(size * g for g, size in zip(gradients, sizes, strict=True))


def _means_over_all(gradients, sizes):
    return sum(gradients) / sum(sizes)


def _not_added(gradients, sizes):
    return [size * g / sum(sizes) for g, size in zip(gradients, sizes, strict=True)]


def _divided_by_sizes(gradients, sizes):
    return sum(g / size for g, size in zip(gradients, sizes, strict=True))


def _divided_by_shards(gradients, sizes):
    return _never_divided(gradients, sizes) / len(sizes)


def _weights_turned_round(gradients, sizes):
    return sum(g / max(size, 1) for g, size in zip(gradients, sizes, strict=True))


def deal(m, K):
    sizes = np.full(K, m // K)
    sizes[: m % K] += 1  # the first ones take what is left
    return sizes


def _rest_to_the_last(m, K):
    sizes = np.full(K, m // K)
    sizes[-1] += m % K
    return sizes


def _rest_to_the_first(m, K):
    return _rest_to_the_last(m, K)[::-1]


def _ceil_until_gone(m, K):
    each = -(-m // K)
    return [max(min(each, m - k * each), 0) for k in range(K)]


def _rest_is_negative(m, K):
    each = -(-m // K)
    return [each] * (K - 1) + [m - (K - 1) * each]


def _all_of_m_each_time(m, K):
    return [round(m / (K - k)) for k in range(K)]


def _rounded_up(m, K):
    return np.full(K, -(-m // K))


EXERCISES = [
    Exercise(
        name="10.weighted",
        prompt=(
            "**Put the gradients together.** `gradients` is a list with the gradient of each shard's *mean* cost, "
            "arrays of one shape; `sizes` says how many examples each shard has. Return the gradient of the mean over "
            "all examples."
        ),
        solution=combine,
        parts=("gradient",),
        cases=_shards,
        reason="m_k times a mean is a sum; all sums together, divided by m once, are the mean of all.",
        hints=[
            "How do you get from the mean over a shard back to the sum over it?",
            "Add up size × gradient over the shards. By what must the total be divided?",
        ],
        wrong=[
            Wrong(_mean_of_means, "That is the plain mean: a shard of one example counts as much as one of ten."),
            Wrong(_sum_of_means, "The means are added up and nothing is divided."),
            Wrong(_never_divided, "That is the sum over all examples; divide it by their number."),
            Wrong(_divided_by_shards, "Divide by the number of examples, not by that of the shards."),
            Wrong(_means_over_all, "Each mean must be multiplied by its size before they are added."),
            Wrong(_not_added, "These are the parts: add them up, one array is wanted."),
            Wrong(_weights_turned_round, "A large shard must count more, not less."),
            Wrong(_divided_by_sizes, "A large shard must count more, not less; and a size may be 0."),
            Wrong(
                lambda gradients, sizes: gradients[-1] * sizes[-1] / sum(sizes),
                "That is the last shard alone. Is the sum overwritten in the loop?",
            ),
            Wrong(
                lambda gradients, sizes: gradients[0] * sizes[0] / sum(sizes),
                "That is the first shard alone. Does `return` come too early?",
            ),
            Wrong(
                lambda gradients, sizes: _mean_of_means(gradients, sizes) / sum(sizes),
                "Divided twice, by the shards and by the examples. What turns a mean into a sum?",
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes) / len(sizes),
                "Weighted rightly, but then divided by the number of shards once more.",
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes).sum(),
                "All entries are added up to one number; a gradient keeps its shape.",
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes[::-1]),
                "Sizes and gradients are paired in opposite order.",
            ),
            Wrong(
                lambda gradients, sizes: gradients[int(np.argmax(sizes))],
                "That is the largest shard alone. What do the others contribute?",
            ),
        ],
    ),
    Exercise(
        name="10.deal",
        prompt=(
            "**Deal the examples.** Write `deal`: the sizes of `K` shards of `m` examples, as equal as can be, the "
            "larger ones first, so that `deal(11, 4)` is 3, 3, 3, 2. Return a list or an array."
        ),
        solution=deal,
        parts=("sizes",),
        cases=lambda: [(11, 4), (12, 3), (3, 5), (10, 4)],
        reason="Everyone waits for the largest shard in every step, so no shard may be more than one example larger.",
        hints=[
            "m // K examples for everyone. How many are left over then?",
            "m % K are left: one more for each of the first m % K shards.",
        ],
        wrong=[
            Wrong(lambda m, K: np.full(K, m // K), "Some examples are dealt to nobody: what becomes of m % K?"),
            Wrong(_rest_to_the_last, "The last shard gets all that is left, and everyone waits for it."),
            Wrong(_rest_to_the_first, "The first shard gets all that is left, and everyone waits for it."),
            Wrong(lambda m, K: [m / K] * K, "Examples cannot be cut: use // and %."),
            Wrong(
                lambda m, K: np.diff(np.linspace(0, m, K + 1).astype(int)),
                "The right sizes; the larger ones are to come first.",
            ),
            Wrong(_all_of_m_each_time, "After each shard fewer examples are left: `m` must be lowered by its size."),
            Wrong(_rounded_up, "Rounded up everywhere, these are more examples than there are."),
            Wrong(lambda m, K: deal(m, K)[::-1], "The right sizes; the larger ones are to come first."),
            Wrong(
                _rest_is_negative,
                (
                    "Rounded up for all but the last, which gets what is left: too little, or even less than "
                    "nothing. How many get one more?"
                ),
            ),
            Wrong(
                _ceil_until_gone,
                "The first ones get too much and little is left for the last: no two should differ by more than one.",
            ),
            Wrong(lambda m, K: np.full(m, K), "m and K have changed places: there are K shards of about m/K examples."),
            Wrong(
                lambda m, K: [m // K + 1] * (m % K),
                "The shards that get no extra example are missing. How many are there?",
            ),
            Wrong(
                lambda m, K: [m // K + 1] * (m % K) + [m // K] * K,
                "Too many shards: of K, m % K get one more. How many are the rest?",
            ),
            Wrong(lambda m, K: m // K, "That is one number; a list of K sizes is asked for."),
            Wrong(
                lambda m, K: [round(m / K)] * K,
                "Rounded everywhere, the sizes do not add up to m. What becomes of the rest?",
            ),
            Wrong(
                lambda m, K: [m % K] * K,
                "That is the rest in every place; each shard gets m // K, and some get one more.",
            ),
            Wrong(
                lambda m, K: [m // K + (k <= m % K) for k in range(K)],
                "One shard too many gets an extra example: count from 0.",
            ),
            Wrong(
                lambda m, K: [m // K + (k < m // K) for k in range(K)],
                "That counts by another number than the rest of the division. How many shards get one more?",
            ),
            Wrong(lambda m, K: [m] * K, "Each shard gets all examples; together they should be m."),
        ],
    ),
    Exercise(
        name="10.bytes",
        prompt=(
            "A network 784 → 100 → 10 is trained in float32. How many bytes is the gradient that a worker sends in "
            "each step?"
        ),
        right=318040,
        solution="P = 784 * 100 + 100 + 100 * 10 + 10\nanswer = 4 * P",
        reason="A number for each weight and each bias, 79510 in all, of 4 bytes each; the examples do not matter.",
        hints=[
            "The gradient has a number for each parameter. How many weights and how many biases are there?",
            "A float32 has 32 bits. How many bytes is that?",
        ],
        wrong=[
            Wrong(79510, "That is how many numbers; each has 4 bytes."),
            Wrong(636080, "That would be float64, with 8 bytes each, or sending and receiving; what is asked for?"),
            Wrong(317600, "The biases are missing: 100 and 10 of them."),
            Wrong(2544320, "That is in bits; a byte has 8."),
            Wrong(79400, "That is how many weights: the biases are missing, and each number has 4 bytes."),
            Wrong(318.04, "That is in kB; bytes are asked for."),
            Wrong(313600, "That is the first layer's weights alone."),
            Wrong(4 * 894, "Those are the units; the gradient has a number for each parameter."),
            Wrong(4 * 784000, "The layers' parameters add up; here all sizes are multiplied."),
            Wrong(321136, "A bias belongs to the unit that computes, not to the one that feeds it."),
            Wrong(321176, "The inputs have no biases."),
            Wrong(4 * 32 * 79510, "Bits and bytes at once: a float32 has 32 bits, which are 4 bytes."),
            Wrong(95440, "That is a network with 30 hidden units; here there are 100."),
            Wrong(4, "That is one number; how many are there?"),
            Wrong(318044, "The cost is not part of the gradient."),
            Wrong(318000, "That is the biases left out in part, or a rounding: the biases are 100 and 10."),
            Wrong(317640, "The biases of the hidden layer are missing."),
            Wrong(2 * 79510, "That would be float16; a float32 has 4 bytes."),
            Wrong(79510 / 4, "Four bytes for each number: multiply."),
            Wrong(0.31804, "That is in MB; bytes are asked for."),
            Wrong(4 * 79510 * 60000, "The gradient has the size of the parameters, however many examples there are."),
            Wrong(4 * 11272 * 79510, "The gradient has the size of the parameters, however many examples there are."),
            Wrong(317608, "One bias for each layer; each unit has one."),
            Wrong(317604, "One bias for the whole network; each unit has one."),
        ],
    ),
    Exercise(
        name="10.equal",
        prompt=(
            "On one worker a step computes for 0.8 s. On several the work is shared evenly, and on top of it "
            "communicating takes 0.02 s, on however many. With how many workers does a step communicate as long as it "
            "computes?"
        ),
        right=40,
        solution="answer = 0.8 / 0.02",
        reason="0.8/K = 0.02 for K = 40: a step takes 0.04 s then, and 40 workers are 20 times as fast as one.",
        hints=["How long does each of K workers compute?", "Solve 0.8/K = 0.02 for K."],
        wrong=[
            Wrong(
                20,
                (
                    "With 20 a step still computes twice as long as it communicates. How long does each of K "
                    "workers compute?"
                ),
            ),
            Wrong(0.025, "Upside down: 0.8/K = 0.02."),
            Wrong(7, "Communicating takes 0.02 s on however many: it does not grow with K."),
            Wrong(0.016, "That is the product; solve 0.8/K = 0.02."),
            Wrong(80, "Then computing would take half as long as communicating."),
            Wrong(0.78, "That is a difference of times; how many workers make 0.8/K equal to 0.02?"),
            Wrong(
                0.82, "That is a time, of a step on one worker that communicates; the number of workers is asked for."
            ),
            Wrong(400, "A digit has slipped: 0.8 divided by 0.02."),
            Wrong(
                41,
                (
                    "With 41 a step computes a little shorter than it communicates. Which time is shared, and are"
                    " the 0.02 s part of it?"
                ),
            ),
            Wrong(0.02, "That is the time at which both are equal; how many workers are there then?"),
            Wrong(
                0.04, "That is how long a step takes then, or a slip of the decimal point; how many workers are there?"
            ),
            Wrong(1, "On one worker computing takes 40 times as long as communicating."),
            Wrong(0.5, "That is a share of the step; the number of workers is asked for."),
            Wrong(float(np.log2(40)), "The work is shared evenly, not halved again and again."),
            Wrong(
                39,
                (
                    "With 39 a step computes a little longer than it communicates. Is anything taken away from "
                    "the 0.8 s, or from the number of workers?"
                ),
            ),
            Wrong(4, "A digit has slipped: 0.8 divided by 0.02."),
            Wrong(float(np.sqrt(40)), "The communication does not grow with the workers here, so there is no square."),
        ],
    ),
    Exercise(
        name="10.q1",
        prompt=(
            "Two workers have 100 and 300 examples. The gradient of a weight is 4 in the mean over the first and 8 "
            "over the second. What is it in the mean over all 400?"
        ),
        right=7,
        solution="q1 = (100 * 4 + 300 * 8) / 400",
        reason="(100 · 4 + 300 · 8)/400 = 2800/400.",
        wrong=[
            Wrong(6, "That is the plain mean; the second worker has three times as many examples."),
            Wrong(12, "Means do not add up."),
            Wrong(2800, "That is the sum over all examples."),
            Wrong(700, "Divide the sum over all examples by their number, 400."),
            Wrong(5, "The weights are swapped: it is the second worker that has 300."),
        ],
    ),
    Exercise(
        name="10.q2",
        prompt=(
            "Of a sweep of 100 points 60 are done when one of the workers dies, in the middle of a point. How many "
            "points must be begun a second time?"
        ),
        right=1,
        solution="q2 = 1",
        reason="Only the one that it was working on; what is done is in the file.",
        wrong=[
            Wrong(0, "Its unfinished point is lost with it, and goes to another worker."),
            Wrong(100, "60 are in the file already."),
            Wrong(60, "What is done is in the file."),
            Wrong(40, "Most of these have not been begun yet."),
            Wrong(61, "What is done is in the file; only what was being worked on is lost."),
        ],
    ),
    Exercise(
        name="10.q3",
        prompt=(
            "The network stays the same and the batch is made ten times as large. The bytes that a worker sends in a "
            'step: "a" grow tenfold; "b" stay the same; "c" shrink to a tenth.'
        ),
        right="b",
        solution='q3 = "b"',
        reason="What is sent is the gradient, a number for each parameter, over however many examples it is a mean.",
        wrong=[
            Wrong("a", "The examples do not travel; the gradient does."),
            Wrong("c", "Per example, yes; but in a step as many as before."),
        ],
    ),
    Exercise(
        name="10.q4",
        prompt=(
            "A tenth of a step cannot be shared. How many times as fast does it get at most, on any number of workers?"
        ),
        right=10,
        solution="q4 = 1 / 0.1",
        reason="The tenth stays, so a step never takes less than a tenth: Amdahl's law.",
        wrong=[
            Wrong(0.9, "That is the part that can be shared."),
            Wrong(9, "What remains of a step is at least its tenth: 1 divided by that."),
            Wrong(float(1 / 0.9), "The part that stays is a tenth, not nine tenths."),
            Wrong(100, "That would leave a hundredth."),
            Wrong(float("inf"), "However many share the rest, the tenth stays."),
        ],
    ),
]
