"""Mini-batches: the number of examples in each, and the order in which the examples are used.

The training loop in `engine` asks for one epoch of batches at a time.
"""

import numpy as np

STREAM_BUFFER = 8192  # number of examples to read from a file and shuffle at a time


def batch_size(X, options):
    """Return the number of examples in a batch."""
    return min(options.batch_size or len(X), len(X))


def count_updates(X, options):
    """Return the number of updates in an epoch and in the whole training run."""
    epoch = -(-len(X) // batch_size(X, options))
    return epoch, options.iterations if options.epochs is None else options.epochs * epoch


def shuffle_buffer(X, size, options):
    """Return the number of examples to shuffle at a time.

    It is a multiple of the batch size, so that only one batch of an epoch can be smaller than the others.
    """
    m = len(X)
    buffer = min(options.shuffle_buffer or (m if isinstance(X, np.ndarray) else STREAM_BUFFER), m)
    return -(-buffer // size) * size


def batches(X, Y, batch_size, shuffle_buffer, rng, skip=0, place=None):
    """Yield the examples of one epoch in random order, in batches of `batch_size` examples.

    The examples are shuffled within groups of `shuffle_buffer` consecutive rows, and the groups themselves
    are visited in random order. If there is only one group, this is an ordinary shuffle. At most one group
    and one batch are in memory at a time. The last batch of a group may be smaller than the others.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` of that shape
    Y : ndarray of shape (n[L], m)
    batch_size, shuffle_buffer : int
    rng : numpy.random.Generator or numpy.random.RandomState
    skip : int
        Number of batches to skip at the start because they have already been used.
    place : ndarray of shape (batch_size, n[0]), optional
        Array in which to store the inputs of each batch.

    Yields
    ------
    X : ndarray of shape (k, n[0]) with k ≤ batch_size, which is overwritten by the next batch
    Y : ndarray of shape (n[L], k)
    """
    m = len(X)
    starts = np.arange(0, m, shuffle_buffer)
    if len(starts) > 1:
        rng.shuffle(starts)
    for start in starts:
        order = rng.permutation(min(shuffle_buffer, m - start))
        n_batches = -(-len(order) // batch_size)
        if skip >= n_batches:
            skip -= n_batches
            continue
        group = X[start : start + len(order)]
        if place is None:
            place = np.empty((batch_size, X.shape[1]), group.dtype)
        for first in range(skip * batch_size, len(order), batch_size):
            rows = order[first : first + batch_size]
            np.take(group, rows, axis=0, out=place[: len(rows)], mode="clip")
            yield place[: len(rows)], np.take(Y, start + rows, axis=1, mode="clip")
        skip, group = 0, None  # frees this group before the next one is read
