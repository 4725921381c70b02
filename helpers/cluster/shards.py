"""Data-parallel training: each worker keeps a shard of the examples and returns the gradient of its mean cost.

The mean over all m examples is the mean of the shards' means, weighted by their sizes m_k, and so
is its gradient: ∂J/∂θ = Σ (m_k / m) ∂J_k/∂θ. Parameters travel out and gradients travel back; the
examples are sent once and stay there. `Shards` takes the place of X in `NeuralNetwork.fit`.
"""

import numpy as np

from helpers.cluster.workers import WorkerLostError, client_of
from helpers.system.arguments import as_places, as_range
from helpers.system.validation import as_matrix, brief, floating_type, positive_whole, real_array, whole_number
from helpers.training.blocks import cost_and_gradients
from helpers.training.engine import columns, pack, views
from helpers.training.inputs import check_task
from helpers.training.streaming import HDF5Rows


class Shards:
    """Examples distributed among workers; can be passed as X to `NeuralNetwork.fit`, full batch only.

    The result depends on the shards, not on the number of workers: the same shards give bit-identical
    results on any number of workers, because their gradients are always added in the same order. Different
    shards change only the last digits.

    Parameters
    ----------
    X : array-like of shape (m, n_features), or an `HDF5Rows`
        Rows are examples. Each worker opens a file by its path and streams its own rows.
    sizes : int or sequence of int
        Number of shards, as equal in size as possible; or the size of each, with sum m. A size may be 0.
    workers : workers.Workers, optional
        The processes that compute them; if there are more shards than workers, each worker gets several.
        Default: this process, one shard after another.

    Raises
    ------
    TypeError, ValueError
        If X is not such a table, there are more shards than examples, the sizes do not add up to m, or
        `workers` has the wrong type.
    NoWorkersError
        If the workers are closed.
    """

    def __init__(self, X, sizes=2, workers=None):
        if not isinstance(X, HDF5Rows):
            X = real_array(X, "X")
            X = as_matrix(X, dtype=X.dtype if X.dtype in (np.float32, np.float64) else np.float64)
        client_of(workers)
        self.rows = X
        self.sizes, self.workers = as_shard_sizes(sizes, len(self.rows)), workers
        self.shape, self._dealt = self.rows.shape, (None, [])

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, rows):
        """The rows of a slice, read in this process."""
        as_range(rows, len(self))
        return self.rows[rows]

    def blocks(self, size=4096):
        """All rows in order, as ndarrays of `size` rows, read in this process."""
        return (self[start : start + size] for start in range(0, len(self), positive_whole(size, "size")))

    def with_dtype(self, dtype):
        """The same shards as numbers of another floating-point type."""
        dtype, in_file = floating_type(dtype), isinstance(self.rows, HDF5Rows)
        return Shards(self.rows.with_dtype(dtype) if in_file else self.rows.astype(dtype), self.sizes, self.workers)

    def columns(self, chosen):
        """The same shards with only these features."""
        chosen = as_places(chosen, self.shape[1], "chosen", "features")
        return Shards(columns(self.rows, chosen), self.sizes, self.workers)

    def cost_and_gradients(self, Y, W, b, hidden_activation, output, out=None):
        """Like `blocks.cost_and_gradients`, but each shard is computed by the worker that holds it.

        Raises
        ------
        TypeError, ValueError
            See `blocks.cost_and_gradients`.
        WorkerLostError
            If a worker was lost; the parameters are left unchanged.
        """
        if out is None:
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
        """(cost, gradient) of each non-empty shard, in the order of the shards."""
        try:
            if self._dealt[0] is not Y:
                self._dealt = Y, self._deal(Y)
            answers = [
                shard.cost_and_gradient(*question) for shard in self._dealt[1]
            ]  # all start before any is awaited
            return answers if self.workers is None else [answer.result() for answer in answers]
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            closed = type(error).__name__ == "CommClosedError"
            unknown = isinstance(error, KeyError) and "://" in str(error)  # the scheduler has dropped its address
            if self.workers is None or not (closed or unknown or "Worker" in str(error) or "Actor" in str(error)):
                raise
            raise WorkerLostError(
                "a worker was lost, and its examples with it. Progress so far is kept: distribute the examples again, "
                "Shards(X, …), and continue with resume"
            ) from error

    def _deal(self, Y):
        """A `Shard` for each non-empty part, in this process or on its worker."""
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
    """One shard, in the process that computes it.

    Parameters
    ----------
    X : ndarray of shape (m_k, n[0]), or an `HDF5Rows` of that shape
    Y : ndarray of shape (n[L], m_k)
    """

    def __init__(self, X, Y):
        self.X, self.Y = X, Y

    def cost_and_gradient(self, theta, n, hidden_activation, output):
        """The mean cost of this shard and its gradient, as (float, ndarray of shape (P,))."""
        gradient = np.empty_like(theta)
        out = views(gradient, n)  # passing `out` skips the checks, which were made before the arguments were sent
        return cost_and_gradients(self.X, self.Y, *views(theta, n), hidden_activation, output, map, out)[0], gradient


def weighted_mean(answers, sizes):
    """Sums of the shards' costs and gradients with weights m_k / m, added in the order of the shards.

    Parameters
    ----------
    answers : sequence of (cost, gradient), float and ndarray of shape (P,)
    sizes : sequence of int, the m_k, with sum m

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
    """Sizes of the shards of m examples, as a tuple of ints with sum m.

    Parameters
    ----------
    sizes : int, or sequence of int, as in `Shards`
    m : int

    Raises
    ------
    TypeError, ValueError
        If there are more shards than examples, or sizes are negative or do not add up to m.
    """
    if not np.iterable(sizes) or isinstance(sizes, (str, bytes, dict)):
        k = positive_whole(sizes, "sizes, the number of shards,")
        if k > m:
            raise ValueError(f"{k} shards are more than the {m} examples: use at most {m} shards")
        return tuple(np.diff(np.linspace(0, m, k + 1).astype(int)).tolist())
    sizes = tuple(whole_number(size, "the size of a shard", 0) for size in sizes)
    if sum(sizes) != m:
        raise ValueError(f"the sizes of the shards add up to {brief(sum(sizes))}, but there are {m} examples")
    return sizes


def traced_gradient(X, Y, W, b):
    """Cost and gradient of a sigmoid network, and the peak memory that Python and NumPy used for it, in bytes.

    Parameters
    ----------
    X : `HDF5Rows`, or ndarray of shape (m, n[0])
    Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays

    Returns
    -------
    (cost, dW, db) : float and dicts of ndarrays
    peak : int

    Raises
    ------
    TypeError, ValueError
        See `blocks.cost_and_gradients`.
    """
    import tracemalloc  # imported here, because nothing else needs it

    tracemalloc.start()
    try:
        return cost_and_gradients(X, Y, W, b), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
