"""Data-parallel training, in which each worker computes the gradient on its own shard of the examples.

The cost over all m examples is the mean of the shard costs, weighted by the shard sizes m_k. The gradient is
averaged in the same way: ∂J/∂θ = Σ (m_k / m) ∂J_k/∂θ. The examples are sent to the workers only once. In each
step, the workers receive the parameters and send back their gradients. To train in this way, pass a `Shards` object
to `NeuralNetwork.fit` instead of an array X.
"""

import tracemalloc
from concurrent.futures import CancelledError

import numpy as np

from helpers.cluster.workers import WorkerLostError, client_of
from helpers.system.arguments import as_places, as_range
from helpers.system.validation import (
    as_finite,
    as_matrix,
    as_numeric_array,
    brief,
    floating_type,
    positive_whole,
    whole_number,
)
from helpers.training.blocks import cost_and_gradients, functions_are_ours
from helpers.training.engine import pack, views
from helpers.training.inputs import check_task
from helpers.training.staircase import arrange, columns, cost_with_sorted_features
from helpers.training.streaming import HDF5Rows


class Shards:
    """Examples that are distributed among workers for full-batch training.

    A `Shards` object can be passed as X to `NeuralNetwork.fit`. The same shards give bit-identical results on
    any number of workers, because their gradients are always added in the same order. Splitting the examples
    into different shards changes only the rounding errors.

    Parameters
    ----------
    X : array-like of shape (m, n_features), or an `HDF5Rows`
        Input examples, one per row. If they are stored in a file, each worker opens the file and reads its
        own rows. If you change an array X in place, create new shards, because the old
        ones may still contain the previous numbers.
    sizes : int or sequence of int
        Number of shards (which are then made as equal in size as possible), or a sequence with the size of each
        shard. The sizes must add up to m, and some of them may be 0.
    workers : workers.Workers, optional
        Processes that compute the gradients. If there are more shards than workers, some workers hold several.
        By default, this process handles the shards one after another.

    Raises
    ------
    TypeError, ValueError
        If X is not a table of numbers, there are more shards than examples, the sizes do not add up to m, or
        `workers` has the wrong type.
    NoWorkersError
        If the workers are closed.
    """

    def __init__(self, X, sizes=2, workers=None):
        if not isinstance(X, HDF5Rows):
            X = as_numeric_array(X, "X")
            X = as_matrix(X, dtype=X.dtype if X.dtype in (np.float32, np.float64) else np.float64)
        client_of(workers)
        self.rows = X
        self.sizes, self.workers = as_shard_sizes(sizes, len(self.rows)), workers
        self.shape, self._dealt = self.rows.shape, (np.empty(0), [])

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, rows):
        """Read a slice of the rows in this process rather than on a worker, and return it."""
        as_range(rows, len(self))
        return self.rows[rows]

    blocks = HDF5Rows.blocks

    def with_dtype(self, dtype):
        """Return the same shards with their numbers converted to the floating-point type `dtype`."""
        dtype, in_file = floating_type(dtype), isinstance(self.rows, HDF5Rows)
        rows = self.rows.with_dtype(dtype) if in_file else as_finite(self.rows, "X", dtype)
        return Shards(rows, self.sizes, self.workers)

    def columns(self, chosen):
        """Return the same shards with only the features whose indices are in `chosen`."""
        chosen = as_places(chosen, self.shape[1], "chosen", "features")
        return Shards(columns(self.rows, chosen), self.sizes, self.workers)

    def check_functions(self):
        """Raise a ValueError if there are workers but the reader has replaced functions that they would call."""
        if self.workers is not None and not functions_are_ours():
            raise ValueError(
                "the workers have only the original functions, but some of these have been replaced in this process: "
                "leave out `workers`, or restore the functions, for example with use_our_code()"
            )

    def cost_and_gradients(self, Y, W, b, hidden_activation, output, out=None):
        """Compute the cost and its gradients in the same way as `blocks.cost_and_gradients`, but on the workers.

        Raises
        ------
        TypeError, ValueError
            See `blocks.cost_and_gradients` and `check_functions`.
        WorkerLostError
            If a worker is lost. The parameters are left unchanged.
        """
        if out is None:
            self.check_functions()
            check_task(self, Y, W, b, hidden_activation, output)
        n = (W[1].shape[1], *(len(b[l]) for l in sorted(b)))
        answers = self._ask(Y, pack(W, b), n, hidden_activation, output)
        cost, gradient = weighted_mean(answers, [size for size in self.sizes if size])
        dW, db = views(gradient, n)
        for mine, theirs in zip((dW, db), out or (), strict=False):
            for l in mine:
                theirs[l][:] = mine[l]
        return cost, *(out or (dW, db))

    def _ask(self, Y, *question):
        """Return a list of pairs (cost, gradient), one for each non-empty shard, in the order of the shards."""
        try:
            if self._dealt[0].dtype != Y.dtype or not np.array_equal(self._dealt[0], Y):
                self._dealt = Y.copy(), self._deal(Y)
            # Every worker starts before the first result is awaited.
            answers = [shard.cost_and_gradient(*question) for shard in self._dealt[1]]
            return answers if self.workers is None else [answer.result() for answer in answers]
        except (OSError, RuntimeError, ValueError, KeyError, CancelledError) as error:
            gone = type(error).__name__ == "CommClosedError" or isinstance(error, CancelledError)
            unknown = isinstance(error, KeyError) and "://" in str(error)  # the scheduler has forgotten this address
            if self.workers is None or not (gone or unknown or "Worker" in str(error) or "Actor" in str(error)):
                raise
            raise WorkerLostError(
                "a worker was lost, along with its examples. Progress so far is kept: distribute the examples again "
                "with Shards(X, …), then call resume to continue"
            ) from error

    def _deal(self, Y):
        """Create a `Shard` for each non-empty part of the examples, in this process or on a worker."""
        stops = np.cumsum(self.sizes)
        ranges = [(int(stop - size), int(stop)) for size, stop in zip(self.sizes, stops, strict=True) if size]
        in_file = isinstance(self.rows, HDF5Rows)
        parts = [(self.rows.part(i, j) if in_file else self.rows[i:j], Y[:, i:j]) for i, j in ranges]
        if self.workers is None:
            return [Shard(*part) for part in parts]
        client, addresses = self.workers.client, self.workers.wait()
        shards = []
        for k, part in enumerate(parts):
            at = [addresses[k % len(addresses)]]
            sent = client.scatter(part, workers=at, hash=False)
            shards.append(client.submit(Shard, *sent, actor=True, workers=at, pure=False))
        return [shard.result() for shard in shards]


class Shard:
    """Examples of one shard, stored in the process that computes their gradient.

    Parameters
    ----------
    X : ndarray of shape (m_k, n[0]), or an `HDF5Rows` of that shape
        Input examples, one per row.
    Y : ndarray of shape (n[L], m_k)
        Targets, one example per column.
    """

    def __init__(self, X, Y):
        self.X, self.Y, self.order = arrange(X, Y)

    def cost_and_gradient(self, theta, n, hidden_activation, output):
        """Return the mean cost over this shard (a float) and its gradient (an ndarray of shape (P,))."""
        gradient, (W, b) = np.empty_like(theta), views(theta, n)

        def compute(W, out):  # the arguments were checked before they were sent; passing `out` skips the checks
            return cost_and_gradients(self.X, self.Y, W, b, hidden_activation, output, map, out)[0]

        return cost_with_sorted_features(self.order, compute, W, views(gradient, n)), gradient


def weighted_mean(answers, sizes):
    """Compute the mean of the costs and gradients of all shards, weighted by m_k / m.

    They are always added in the order of the shards, so the results are bit-identical on any number of workers.

    Parameters
    ----------
    answers : sequence of tuples (cost, gradient)
        Cost of each shard (a float) and its gradient (an ndarray of shape (P,)).
    sizes : sequence of int
        Number of examples m_k in each shard. These numbers add up to m.

    Returns
    -------
    cost : float
    gradient : ndarray of shape (P,)
    """
    m = sum(sizes)
    cost, gradient = 0.0, np.zeros_like(answers[0][1])
    for (shard_cost, shard_gradient), size in zip(answers, sizes, strict=True):
        cost += size / m * shard_cost
        gradient += size / m * shard_gradient
    return cost, gradient


def as_shard_sizes(sizes, m):
    """Return the sizes of the shards as a tuple of ints that add up to m.

    Parameters
    ----------
    sizes : int or sequence of int
        Number of shards, or the size of each shard, as in `Shards`.
    m : int
        Number of examples.

    Raises
    ------
    TypeError, ValueError
        If there are more shards than examples, if a size is negative, or if the sizes do not add up to m.
    """
    if not np.iterable(sizes) or isinstance(sizes, (str, bytes, dict, set)):
        k = positive_whole(sizes, "sizes, the number of shards,")
        if k > m:
            raise ValueError(f"there are {k} shards but only {m} examples: use at most {m} shards")
        return tuple(np.diff(np.linspace(0, m, k + 1).astype(int)).tolist())
    sizes = tuple(whole_number(size, "the size of a shard", 0) for size in sizes)
    if sum(sizes) != m:
        raise ValueError(f"the sizes of the shards add up to {brief(sum(sizes))}, but there are {m} examples")
    return sizes


def gradient_and_peak_memory(X, Y, W, b):
    """Compute the cost and the gradients of a sigmoid network, and measure the peak memory used.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` of that shape
    Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays

    Returns
    -------
    result : tuple (cost, dW, db)
    peak : int
        Largest number of bytes that Python and NumPy had allocated for this computation at any time.

    Raises
    ------
    TypeError, ValueError
        See `blocks.cost_and_gradients`.
    """
    traced_already = tracemalloc.is_tracing()
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        return cost_and_gradients(X, Y, W, b), tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced_already:
            tracemalloc.stop()
