"""Exercises for lesson 10, with their solutions, hints and feedback on wrong answers.

The learner combines the gradients of several workers, deals the examples out to them, and works out how long a step
takes when they communicate in a ring, a tree or a star.
"""

import numpy as np

from helpers.exercises.core import Exercise, Wrong
from helpers.exercises.variation import Numbers


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
    sizes[: m % K] += 1  # the first shards take the examples that are left over
    return sizes


def _rest_to_the_last(m, K):
    sizes = np.full(K, m // K)
    sizes[-1] += m % K
    return sizes


def _rest_to_the_first(m, K):
    return _rest_to_the_last(m, K)[::-1]


def _rest_to_each(m, K):
    sizes = np.full(K, m // K)
    sizes[: m % K] += m % K
    return sizes


def _filled_up(m, K):
    return [size for size in _ceil_until_gone(m, K) if size]


def _ceil_until_gone(m, K):
    each = -(-m // K)
    return [max(min(each, m - k * each), 0) for k in range(K)]


def _rest_is_negative(m, K):
    each = -(-m // K)
    return [each] * (K - 1) + [m - (K - 1) * each]


def _always_among_all(m, K):
    sizes = []
    for _ in range(K):
        sizes.append(m // K)
        m -= m // K
    return sizes


def _all_of_m_each_time(m, K):
    return [round(m / (K - k)) for k in range(K)]


def _rounded_up(m, K):
    return np.full(K, -(-m // K))


def _step_times(P, K, c, latency=0.001, whole=False, ways=2):
    """Return the seconds that a step takes in a ring, a tree and a star, or the results of a common mistake."""
    gradient, levels = 4 * P / 1e8, np.log2(K)
    pieces = [K - 1, levels] if whole else [(K - 1) / K] * 2
    messages, gradients = [K - 1, levels, 1], [*pieces, K]
    return [c / K + ways * (n * latency + g * gradient) for n, g in zip(messages, gradients, strict=True)]


EXERCISES = [
    Exercise(
        name="10.weighted",
        prompt=(
            "**Put the gradients together.** `gradients` is a list of arrays of the same shape. Each "
            "of them is the gradient of the *mean* cost over one shard. `sizes` gives the number of "
            "examples in each shard. Return the gradient of the mean cost over all examples."
        ),
        solution=combine,
        parts=("gradient",),
        cases=_shards,
        reason=(
            "Multiplying a shard's mean by its size m_k gives the sum over that shard. "
            "Adding up these sums and dividing by m once gives the mean over all examples."
        ),
        hints=[
            "How do you get from the mean over a shard back to the sum over it?",
            "Add up size × gradient over all shards. What do you have to divide the total by?",
        ],
        wrong=[
            Wrong(
                lambda gradients, sizes: np.sqrt(np.average(np.square(gradients), axis=0, weights=sizes)),
                "This is a root mean square, in which the signs of the gradients are lost. Which mean does the "
                "exercise ask for?",
            ),
            Wrong(
                _mean_of_means,
                "You took the plain mean, in which a shard with one example counts as much as a shard with ten.",
            ),
            Wrong(_sum_of_means, "You added up the means without weighting them and without dividing by anything."),
            Wrong(
                _never_divided,
                "That is the sum over all examples. You still have to divide it by the number of examples.",
            ),
            Wrong(_divided_by_shards, "Divide by the number of examples, not by the number of shards."),
            Wrong(_means_over_all, "You have to multiply each mean by the size of its shard before you add them up."),
            Wrong(
                _not_added,
                "Your result is a list with one array for each shard. Add these arrays up to get a single array.",
            ),
            Wrong(_weights_turned_round, "A large shard must count more than a small one, not less."),
            Wrong(
                _divided_by_sizes, "A large shard must count more than a small one, not less. Also, a size may be 0."
            ),
            Wrong(
                lambda gradients, sizes: gradients[-1] * sizes[-1] / sum(sizes),
                (
                    "That is the contribution of the last shard alone. Does "
                    "your loop overwrite the sum instead of adding to it?"
                ),
            ),
            Wrong(
                lambda gradients, sizes: gradients[0] * sizes[0] / sum(sizes),
                "That is the contribution of the first shard alone. Does `return` come too early?",
            ),
            Wrong(
                lambda gradients, sizes: _mean_of_means(gradients, sizes) / sum(sizes),
                (
                    "You divided twice, once by the number of shards and once by "
                    "the number of examples. What turns a mean into a sum?"
                ),
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes) / len(sizes),
                "The weights are right, but then you also divided by the number of shards.",
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes).sum(),
                "You added up all the entries to get a single number, but a gradient must keep its shape.",
            ),
            Wrong(
                lambda gradients, sizes: combine(gradients, sizes[::-1]),
                "You paired the gradients with the sizes in reverse order.",
            ),
            Wrong(
                lambda gradients, sizes: gradients[int(np.argmax(sizes))],
                "That is the gradient of the largest shard alone. What do the other shards contribute?",
            ),
        ],
    ),
    Exercise(
        name="10.deal",
        prompt=(
            "**Deal the examples.** Write `deal`, which returns the sizes of `K` shards that "
            "together hold `m` examples. The sizes should be as equal as possible, with the larger "
            "ones first. For example, `deal(11, 4)` is 3, 3, 3, 2. Return a list or an array."
        ),
        solution=deal,
        parts=("sizes",),
        cases=lambda: [(11, 4), (12, 3), (3, 5), (10, 4)],
        reason=(
            "In every step, all the workers wait for the one with the largest shard, "
            "so the sizes of any two shards should never differ by more than one."
        ),
        hints=[
            "Every shard gets m // K examples. How many examples are then left over?",
            "m % K examples are left over, so the first m % K shards get one more each.",
        ],
        wrong=[
            Wrong(
                _rest_to_each,
                "You gave each of the first shards all the examples that are left over. How many extra examples "
                "should each of them get?",
            ),
            Wrong(
                _filled_up,
                "Every shard is filled up before the next one gets any examples, so the last ones are too small or "
                "missing altogether. How many shards should get one more example than the others?",
            ),
            Wrong(
                lambda m, K: divmod(m, K),
                "These are the quotient and the remainder. How many shards get one more example than the quotient?",
            ),
            Wrong(
                lambda m, K: [size for size in deal(m, K) if size],
                "You left out the shards that get no examples. How many sizes should the result contain?",
            ),
            Wrong(
                lambda m, K: np.full(K, m // K),
                "Some examples are not dealt to any shard. What happens to the remaining m % K examples?",
            ),
            Wrong(
                _rest_to_the_last,
                "The last shard gets all the examples that are left over, so all the workers have to wait for it.",
            ),
            Wrong(
                _rest_to_the_first,
                "The first shard gets all the examples that are left over, so all the workers have to wait for it.",
            ),
            Wrong(lambda m, K: [m / K] * K, "An example cannot be split. Use // and % to get whole numbers."),
            Wrong(
                lambda m, K: np.diff(np.linspace(0, m, K + 1).astype(int)),
                "The sizes are right, but the larger ones should come first.",
            ),
            Wrong(
                _always_among_all,
                "Each time, you divide what is left among all K shards. How many shards are "
                "still waiting for their examples?",
            ),
            Wrong(
                _all_of_m_each_time,
                "After each shard, fewer examples are left, so you have to subtract the shard's size from `m`.",
            ),
            Wrong(_rounded_up, "You rounded every size up, so together the shards hold more examples than there are."),
            Wrong(lambda m, K: deal(m, K)[::-1], "The sizes are right, but the larger ones should come first."),
            Wrong(
                _rest_is_negative,
                (
                    "You rounded up the size of every shard but the last, which is left with too "
                    "few examples or even a negative number. How many shards should get one more?"
                ),
            ),
            Wrong(
                _ceil_until_gone,
                (
                    "The first shards get too many examples, and too few are left "
                    "for the last ones. No two sizes should differ by more than one."
                ),
            ),
            Wrong(lambda m, K: np.full(m, K), "You swapped m and K. There are K shards of about m/K examples each."),
            Wrong(
                lambda m, K: [m // K + 1] * (m % K),
                "The shards that do not get an extra example are missing. How many of them are there?",
            ),
            Wrong(
                lambda m, K: [m // K + 1] * (m % K) + [m // K] * K,
                "You have too many shards. Of the K shards, m % K get one more example. How many shards are left?",
            ),
            Wrong(lambda m, K: m // K, "That is a single number, but the result should be a list of K sizes."),
            Wrong(
                lambda m, K: [round(m / K)] * K,
                (
                    "You rounded m/K for every shard, so the sizes do not add "
                    "up to m. What happens to the examples that are left over?"
                ),
            ),
            Wrong(
                lambda m, K: [m % K] * K,
                (
                    "You gave every shard the remainder. Each shard should "
                    "get m // K examples, and some should get one more."
                ),
            ),
            Wrong(
                lambda m, K: [m // K + (k <= m % K) for k in range(K)],
                "One shard too many gets an extra example. Remember that counting starts at 0.",
            ),
            Wrong(
                lambda m, K: [m // K + (k < m // K) for k in range(K)],
                (
                    "The remainder of the division determines how many shards get an extra "
                    "example, but you used a different number. What is the remainder here?"
                ),
            ),
            Wrong(lambda m, K: [m] * K, "You gave every shard all the examples, but the sizes should add up to m."),
            Wrong(
                lambda m, K: np.linspace(0, m, K + 1).astype(int),
                "Those are the positions at which the shards begin and end. How do you get from them to the sizes?",
            ),
        ],
    ),
    Exercise(
        name="10.equal",
        numbers=Numbers(
            "10.equal",
            lambda c, t: round(c / t) in (12, 20, 24, 30, 40, 60, 80),
            c=(0.8, 0.6, 0.4, 1.2),
            t=(0.02, 0.01, 0.04, 0.05),
        ).also(
            K=lambda c, t: round(c / t),
            half=lambda K: K // 2,
            twice=lambda K: 2 * K,
            more=lambda K: K + 1,
            fewer=lambda K: K - 1,
            both=lambda t: 2 * t,
        ),
        prompt=(
            "On a single worker, the computation in one step takes <c> s. On several "
            "workers, this work is shared evenly, but communication takes an "
            "additional <t> s, regardless of the number of workers. With how many "
            "workers does a step spend as much time on communication as on computation?"
        ),
        right=40,
        solution="answer = <c> / <t>",
        reason="<c>/K = <t> for K = <K>. A step then takes <both> s, so <K> workers are <half> times as fast as one.",
        hints=["If K workers share the work, for how long does each of them compute?", "Solve <c>/K = <t> for K."],
        wrong=[
            Wrong(
                lambda half: half,
                (
                    "With <half> workers, a step still spends twice as much time on computation "
                    "as on communication. How long does each of K workers spend computing?"
                ),
            ),
            Wrong(lambda c, t: t / c, "Your fraction is upside down. Solve <c>/K = <t> for K."),
            Wrong(7, "Communication takes <t> s regardless of the number of workers, so it does not grow with K."),
            Wrong(lambda c, t: c * t, "You multiplied the two times. Solve <c>/K = <t> for K instead."),
            Wrong(
                lambda twice: twice, "With <twice> workers, computation would take only half as long as communication."
            ),
            Wrong(
                lambda c, t: c - t,
                "That is the difference between the two times. For how many workers is <c>/K equal to <t>?",
            ),
            Wrong(
                lambda c, t: c + t,
                (
                    "That is the time for a step in which one worker computes and "
                    "communicates, but the question asks for the number of workers."
                ),
            ),
            Wrong(lambda K: 10 * K, "Your answer is off by a power of ten. Check your division of <c> by <t>."),
            Wrong(
                lambda K: K + 1,
                (
                    "With <more> workers, a step spends a little less time on computation than on "
                    "communication. With how many workers are the two times equal?"
                ),
            ),
            Wrong(
                lambda t: t,
                (
                    "That is how long computation and communication each take "
                    "when they are equal. How many workers are there then?"
                ),
            ),
            Wrong(
                0.04,
                (
                    "0.04 s is how long the whole step takes when computation and communication are "
                    "equal. (A misplaced decimal point also gives 0.04.) How many workers are there then?"
                ),
            ),
            Wrong(lambda: 1, "On one worker, computation takes <K> times as long as communication."),
            Wrong(lambda: 0.5, "That is a fraction of the step, but the question asks for the number of workers."),
            Wrong(
                lambda K: np.log2(K), "The work is shared evenly among the workers. It is not halved again and again."
            ),
            Wrong(
                lambda K: K - 1,
                (
                    "With <fewer> workers, a step spends a little more time on computation than on "
                    "communication. Did you subtract something from the <c> s or from the number of workers?"
                ),
            ),
            Wrong(lambda K: K / 10, "Your answer is off by a power of ten. Check your division of <c> by <t>."),
            Wrong(
                lambda K: np.sqrt(K),
                (
                    "Here, the communication time does not grow with the "
                    "number of workers, so there is no square root to take."
                ),
            ),
        ],
    ),
    Exercise(
        name="10.patterns",
        numbers=Numbers("10.patterns", P=(250000, 500000, 750000), K=(4, 8), c=(0.12, 0.24)).also(
            t=lambda P: 4 * P / 1e8,
            share=lambda c, K: c / K,
            rounds=lambda K: 2 * (K - 1),
            levels=lambda K: 2 * (K.bit_length() - 1),
            each=lambda K: 2 * (K - 1) / K,
            copies=lambda K: 2 * K,
        ),
        prompt=(
            "**With a pencil.** A network has <P> parameters, in float32. A connection carries $10^8$ bytes a second, "
            "and every message has a latency of 1 ms. On its own, one worker computes for <c> s in each step. How "
            "many seconds does a step take on <K> workers in a ring, in a tree and in a star? Answer with a list, in "
            "this order."
        ),
        right=[0.051, 0.049, 0.112],
        solution=(
            "P, K, alone, latency = <P>, <K>, <c>, 0.001\n"
            "gradient = 4 * P / 1e8  # seconds\n"
            "ring = alone / K + 2 * (K - 1) * latency + 2 * (K - 1) / K * gradient\n"
            "tree = alone / K + 2 * np.log2(K) * latency + 2 * (K - 1) / K * gradient\n"
            "star = alone / K + 2 * latency + 2 * K * gradient\n"
            "answer = [ring, tree, star]"
        ),
        reason=(
            "Each worker computes for <share> s, and sending one gradient takes <t> s. On top of the computation, the "
            "ring takes <rounds> messages and <each> gradients, the tree <levels> messages and <each> gradients, and "
            "the star 2 messages and <copies> gradients. Compare each total with the <c> s that one worker takes alone."
        ),
        hints=[
            "How many bytes does the gradient have, and how long does it take to send them over one connection?",
            "Each worker computes for <c>/<K> s. How many messages follow one another in each pattern, and how many "
            "gradients pass through the busiest connection?",
            "Sending one gradient takes <t> s. In the ring, there are <rounds> messages and <each> gradients.",
        ],
        wrong=[
            Wrong(
                lambda P, K, c: _step_times(P, K, K * c),
                "You did not share the computation. How long does each of the <K> workers spend computing?",
            ),
            Wrong(
                lambda P, K, c: _step_times(P, K, c, latency=0),
                "You left out the latencies. How many messages follow one another in each pattern?",
            ),
            Wrong(
                lambda P, K, c: _step_times(P / 4, K, c),
                "You counted one byte for each parameter. How many bytes does a float32 have?",
            ),
            Wrong(
                lambda P, K, c: _step_times(8 * P, K, c),
                "You counted 32 bytes for each parameter, but a float32 has 32 bits. How many bytes is that?",
            ),
            Wrong(
                lambda P, K, c: _step_times(P, K, c, whole=True),
                "In the ring and the tree, you sent a whole gradient in every round. How large are the pieces?",
            ),
            Wrong(
                lambda P, K, c: _step_times(P, K, c, ways=1),
                "You stopped when the sums were complete. How do the other workers get them?",
            ),
            Wrong(
                lambda P, K, c: [*_step_times(P, K, c)[:2], c / K + 0.002 + 2 * 4 * P / 1e8],
                "Your star is too fast. How many gradients and copies of the parameters pass through the connection "
                "of the process in the middle?",
            ),
            Wrong(
                lambda P, K, c: [*_step_times(P, K, c)[:2], c / K + 0.002 + K * 4 * P / 1e8],
                "Your star counts only one direction. What does the process in the middle send before it receives "
                "the gradients?",
            ),
            Wrong(
                lambda P, K, c: [*_step_times(P, K, c)[:2], c / K + 2 * K * (0.001 + 4 * P / 1e8)],
                "In the star, a message can be sent while the previous one is still on its way. So how many latencies "
                "are there in each direction?",
            ),
            Wrong(
                lambda P, K, c: [_step_times(P, K, c)[i] for i in (0, 0, 2)],
                "You treated the tree like a ring. How many times can the number <K> be halved?",
            ),
            Wrong(
                lambda P, K, c: [_step_times(P, K, c)[i] for i in (2, 0, 1)],
                "Your times are right, but the question asks for the ring first, then the tree, and then the star.",
            ),
            Wrong(
                lambda P, K, c: _step_times(P, K, 0),
                "Those are the times for communication alone. How long does each worker spend computing?",
            ),
            Wrong(
                lambda P, K, c: [1000 * time for time in _step_times(P, K, c)],
                "Those are milliseconds, but the question asks for seconds.",
            ),
            Wrong(
                lambda P, K, c: [c / time for time in _step_times(P, K, c)],
                "Those are the speed-ups, but the question asks for the times of a step.",
            ),
        ],
    ),
    Exercise(
        name="10.q1",
        numbers=Numbers("10.q1", a=(4, 2, 6, 12), b=(8, 10, 14, 16)).also(total=lambda a, b: 100 * a + 300 * b),
        prompt=(
            "Two workers have 100 and 300 examples. Averaged over the examples of "
            "the first worker, the gradient of a weight is <a>. Averaged over those of "
            "the second worker, it is <b>. What is its average over all 400 examples?"
        ),
        right=7,
        solution="q1 = (100 * <a> + 300 * <b>) / 400",
        reason="The average is (100 · <a> + 300 · <b>)/400 = <total>/400.",
        wrong=[
            Wrong(
                lambda a, b: (a + b) / 2,
                "You took the plain mean, but the second worker has three times as many examples.",
            ),
            Wrong(
                lambda a, b: a + b, "You added the two means, but they have to be weighted by the numbers of examples."
            ),
            Wrong(lambda total: total, "That is the sum over all examples."),
            Wrong(lambda total: total / 4, "Divide the sum over all examples by the number of examples, 400."),
            Wrong(
                lambda a, b: (300 * a + 100 * b) / 400,
                "You swapped the weights. It is the second worker that has 300 examples.",
            ),
        ],
    ),
    Exercise(
        name="10.q2",
        prompt=(
            "A sweep of 100 points has finished 60 of them when one of the workers dies "
            "in the middle of a point. How many points have to be started a second time?"
        ),
        right=1,
        solution="q2 = 1",
        reason=(
            "Only the point that the worker was computing has to be "
            "started again. All the finished points are in the file."
        ),
        wrong=[
            Wrong(0, "The unfinished point is lost with its worker, and another worker has to start it again."),
            Wrong(100, "The 60 finished points are already in the file."),
            Wrong(60, "Those are the finished points, which are already in the file."),
            Wrong(40, "Most of these 40 points have not been started at all."),
            Wrong(
                61, "The finished points are already in the file. Only the point that the worker was computing is lost."
            ),
        ],
    ),
    Exercise(
        name="10.q3",
        prompt=(
            "The network stays the same, but the batch becomes ten times as large. "
            "What happens to the number of bytes that a worker sends in each step? "
            '"a" it grows tenfold; "b" it stays the same; "c" it shrinks to a tenth.'
        ),
        right="b",
        solution='q3 = "b"',
        reason=(
            "A worker sends the gradient, which has one number for each "
            "parameter, no matter how many examples it is averaged over."
        ),
        wrong=[
            Wrong("a", "The workers do not send the examples. They send the gradient."),
            Wrong("c", "The number of bytes per example shrinks, but the number of bytes per step stays the same."),
        ],
    ),
    Exercise(
        name="10.q4",
        prompt=(
            "One tenth of a step cannot be shared among workers. What factor does the "
            "speed-up approach as you use more and more workers?"
        ),
        right=10,
        solution="q4 = 1 / 0.1",
        reason=(
            "That tenth always remains, so a step never takes less "
            "than a tenth of its original time. This is Amdahl's law."
        ),
        wrong=[
            Wrong(0.9, "That is the part of the step that can be shared."),
            Wrong(9, "The step always takes at least one tenth of its original time. Divide 1 by that tenth."),
            Wrong(float(1 / 0.9), "The part that cannot be shared is one tenth of the step, not nine tenths."),
            Wrong(100, "That would be right if one hundredth of the step could not be shared."),
            Wrong(float("inf"), "However many workers share the rest, that tenth remains."),
        ],
    ),
    Exercise(
        name="10.q5",
        numbers=Numbers("10.q5", K=(8, 4, 16, 32, 64, 128, 256)).also(
            All=lambda K: "Eight" if K == 8 else str(K),
            all=lambda All: All.lower(),
            others=lambda K: "seven" if K == 8 else str(K - 1),
            once=lambda K: K - 1,
            levels=lambda K: K.bit_length() - 1,
        ),
        prompt=(
            "<All> workers form a ring. The pieces of the gradient are added up, and the sums are "
            "passed on to all the workers. In each round, every worker sends one message to its neighbour. "
            "How many rounds does a step take?"
        ),
        right=14,
        solution="q5 = 2 * (<K> - 1)",
        reason=(
            "A piece needs <once> rounds to visit the other <others> workers, and then "
            "its sum needs <once> more to reach all the workers: 2(K − 1) rounds for K = <K>."
        ),
        wrong=[
            Wrong(
                lambda once: once,
                "After <once> rounds, every piece is complete, but each sum is known to only one worker.",
            ),
            Wrong(
                lambda K: K,
                (
                    "A piece starts at one worker, so it has to visit only the <others> others. "
                    "And how many workers know the sum then?"
                ),
            ),
            Wrong(
                lambda K: 2 * K,
                "A piece starts at one worker, so it has to visit only the <others> others, not all <all>.",
            ),
            Wrong(
                lambda levels: 2 * levels,
                (
                    "That is the number of rounds in a tree, 2 log₂ <K>. "
                    "In a ring, a piece visits one worker after another."
                ),
            ),
            Wrong(
                lambda levels: levels,
                "That is log₂ <K>, the number of levels of a tree. In a ring, a piece visits one worker after another.",
            ),
            Wrong(
                lambda K, once: K * once,
                "That is how many messages the <all> workers send in total until every piece is complete.",
            ),
            Wrong(
                lambda K, once: 2 * K * once,
                "That is how many messages the <all> workers send in total. In each round, they all send at once.",
            ),
        ],
    ),
]
