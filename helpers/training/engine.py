"""The engine of `NeuralNetwork.fit`: batches, steps, held-out examples, and a state to resume from.

All parameters lie in one vector θ, of which W[l] and b[l] are views, and all gradients in another.
An optimizer's step is therefore one call, and the large arrays are allocated once per training run. Only
`State` changes from step to step: a copy of it is enough to resume as if nothing had happened.
"""

import copy
import json
import zlib
from dataclasses import dataclass, field

import numpy as np

from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.interrupts import progress

STREAM_BUFFER = 8192  # examples that are read and shuffled at a time if they come from a file
# Options that cannot change during a training run: its history would mix two costs, or its state would not fit.
FIXED = ("hidden_activation", "output", "optimizer", "l2")


class DivergedError(ArithmeticError):
    """The training diverged: its cost is no longer a finite number."""


@dataclass
class State:
    """Everything needed to resume a training run, bit for bit as if it had never been stopped."""

    theta: np.ndarray  # (P,), the entries of W[1], b[1], W[2], … in one vector
    memory: np.ndarray  # (slots, P), what the optimizer remembers
    generator: np.random.Generator | np.random.RandomState  # as it was when this epoch began
    mark: str  # identifies the examples and options, see `mark`
    costs: list = field(default_factory=list)  # before each update
    held_out_costs: list = field(default_factory=list)  # after each epoch
    best: np.ndarray | None = None  # θ of the lowest cost on held-out examples


def pack(W, b):
    """W[1], b[1], W[2], b[2], … as one vector of shape (P,), a copy."""
    return np.concatenate([p[l].ravel() for l in sorted(W) for p in (W, b)])


def views(theta, sizes):
    """W and b, dicts of views of the vector θ, for the sizes n[0], …, n[L]."""
    W, b, start = {}, {}, 0
    for l in range(1, len(sizes)):
        for p, shape in ((W, (sizes[l], sizes[l - 1])), (b, (sizes[l], 1))):
            stop = start + shape[0] * shape[1]
            p[l] = theta[start:stop].reshape(shape)
            start = stop
    return W, b


def fingerprint(X):
    """A short string that changes, with probability 1 − 2⁻³², if the shape or any entry of X changes.

    Rows stored in a file are read in full, which also checks their numbers.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` or `Shards` of that shape

    Raises
    ------
    TypeError, ValueError
        If a block of a file does not hold finite numbers.
    """
    size, checksum = 4096, 0
    for block in X.blocks(size) if hasattr(X, "blocks") else (X[i : i + size] for i in range(0, len(X), size)):
        checksum = zlib.crc32(np.ascontiguousarray(block), checksum)
    return f"{X.shape} {checksum:08x}"


def mark(X, Y, sizes, held_out, options):
    """Fingerprints by which a training run recognises its examples and options: JSON of names to short strings.

    Parameters
    ----------
    X, Y : the examples, of shapes (m, n[0]) and (n[L], m)
    sizes : tuple of int, n[0] … n[L]
    held_out : (X, Y) of the same form, or None
    options : namespace of checked options, of which those in `FIXED` count
    """
    texts = {name: str(getattr(options, name)) for name in FIXED} | {"dtype": np.dtype(options.dtype).name}
    texts |= {"layer_sizes": str(sizes[1:]), "X": fingerprint(X), "y": fingerprint(Y)}
    texts["held_out"] = " ".join(map(fingerprint, held_out or ()))
    batch_size = _batch_size(X, options)
    texts |= {"batch_size": str(batch_size), "shuffle_buffer": str(_shuffle_buffer(X, batch_size, options))}
    return json.dumps(texts)


def _batch_size(X, options):
    return min(options.batch_size or len(X), len(X))


def _shuffle_buffer(X, batch_size, options):
    """Number of examples shuffled at a time: a multiple of the batch size, so that only the last batch is smaller."""
    m = len(X)
    buffer = min(options.shuffle_buffer or (m if isinstance(X, np.ndarray) else STREAM_BUFFER), m)
    return -(-buffer // batch_size) * batch_size


def differences(mark, other):
    """Names of the entries in which two marks differ, as a list of str; all names if `other` is malformed."""
    mark = json.loads(mark)
    try:
        other = dict(json.loads(other))
    except (ValueError, TypeError):
        other = {}
    return [name for name, text in mark.items() if other.get(name) != text]


def batches(X, Y, batch_size, shuffle_buffer, rng, skip=0):
    """The examples of one epoch in random order, as batches (X, Y) of `batch_size` examples.

    Examples are shuffled within groups of `shuffle_buffer` neighbours, and the order of the groups is
    shuffled too; with a single group this is a plain shuffle. At most one group and one batch are in
    memory. The last batch of each group may be smaller.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` of that shape
    Y : ndarray of shape (n[L], m)
    skip : int, number of initial batches that have already been used; they are not read

    Yields
    ------
    X, Y of shapes (k, n[0]) and (n[L], k), k ≤ batch_size; the next batch overwrites X
    """
    m = len(X)
    starts = np.arange(0, m, shuffle_buffer)
    if len(starts) > 1:
        rng.shuffle(starts)
    buffer = None
    for start in starts:
        order = rng.permutation(min(shuffle_buffer, m - start))
        n_batches = -(-len(order) // batch_size)
        if skip >= n_batches:
            skip -= n_batches
            continue
        group = X[start : start + len(order)]
        if buffer is None:
            buffer = np.empty((batch_size, X.shape[1]), group.dtype)
        for first in range(skip * batch_size, len(order), batch_size):
            rows = order[first : first + batch_size]
            np.take(group, rows, axis=0, out=buffer[: len(rows)], mode="clip")
            yield buffer[: len(rows)], Y[:, start + rows]
        skip = 0


class Training:
    """Updates of a network's parameters, starting from a `State`.

    Parameters
    ----------
    options : namespace of checked options, see `inputs.checked_options`
    state : State, modified by every update
    sizes : tuple of int, n[0] … n[L]
    X, Y : the examples, of shapes (m, n[0]) and (n[L], m)
    cost_and_gradients : callable (X, Y, W, b, out) that returns the cost and writes the gradients into `out`
    held_out_cost : callable (W, b) that returns the cost on held-out examples, or None if there are none

    Raises
    ------
    ValueError
        If X is distributed among workers and the batches are smaller than X.
    """

    def __init__(self, options, state, sizes, X, Y, cost_and_gradients, held_out_cost=None):
        self.options, self.state = options, state
        self.cost_and_gradients, self.held_out_cost = cost_and_gradients, held_out_cost
        self.step = OPTIMIZERS[options.optimizer].step
        self.W, self.b = views(state.theta, sizes)
        self.gradient = np.zeros_like(state.theta)
        self.dW, self.db = views(self.gradient, sizes)
        self.before = state.theta.copy()  # parameters before the last update
        m = len(X)
        self.batch_size = _batch_size(X, options)
        self.full = self.batch_size == m
        if hasattr(X, "cost_and_gradients") and not self.full:
            raise ValueError("shards are for full-batch training: leave batch_size out, or pass X itself")
        self.live = live_features(X) if self.full else None
        self.X, self.Y = X if self.live is None else columns(X, self.live), Y
        self.shuffle_buffer = _shuffle_buffer(X, self.batch_size, options)
        self.epoch_length = -(-m // self.batch_size)
        self.n_updates = options.iterations if options.epochs is None else options.epochs * self.epoch_length

    def updates(self):
        """Train: yield after each update, when the state is consistent and training can be stopped.

        Raises
        ------
        DivergedError
            If the cost stops being finite; θ is then reset to its value at the last finite cost.
        """
        done = len(self.state.costs)
        bar = iter(progress(self.n_updates - done, "fit", "iteration"))
        while len(self.state.costs) < self.n_updates and not self._patience_is_over():
            generator = copy.deepcopy(self.state.generator)
            for X, Y in self._batches(generator, skip=len(self.state.costs) % self.epoch_length):
                next(bar)
                self._update(X, Y)
                if len(self.state.costs) % self.epoch_length == 0:
                    self._end_epoch(generator)
                yield
                if len(self.state.costs) == self.n_updates:
                    break
        next(bar, None)  # so that the bar closes
        if not np.isfinite(self.state.theta).all():
            raise self._diverged()

    def _batches(self, generator, skip):
        if self.full:
            return [(self.X, self.Y)]
        return batches(self.X, self.Y, self.batch_size, self.shuffle_buffer, generator, skip)

    def _update(self, X, Y):
        """One update: gradient, regularisation, step."""
        state, l2 = self.state, self.options.l2
        cost = self._cost_and_gradient(X, Y)
        for l, W in self.W.items() if l2 else ():
            cost += 0.5 * l2 * float(np.vdot(W, W))
            self.dW[l] += l2 * W
        if not np.isfinite(cost):
            raise self._diverged()
        self.before[:] = state.theta
        with np.errstate(all="ignore"):  # checked, and reported, at the next update
            self.step(state.theta, self.gradient, state.memory, len(state.costs) + 1, self.options.learning_rate)
        state.costs.append(cost)

    def _cost_and_gradient(self, X, Y):
        """The cost at θ; its gradient is written to `self.gradient`, 0 for the weights of omitted features."""
        if self.live is None:
            return self.cost_and_gradients(X, Y, self.W, self.b, (self.dW, self.db))
        live_dW = np.empty((len(self.W[1]), len(self.live)), self.gradient.dtype)
        W, out = self.W | {1: self.W[1][:, self.live]}, (self.dW | {1: live_dW}, self.db)
        cost = self.cost_and_gradients(X, Y, W, self.b, out)
        self.dW[1][:] = 0
        self.dW[1][:, self.live] = live_dW
        return cost

    def _end_epoch(self, generator):
        state = self.state
        state.generator = copy.deepcopy(generator)
        if self.held_out_cost:
            cost = self.held_out_cost(self.W, self.b)
            if self.options.patience and cost < min(state.held_out_costs, default=np.inf):
                state.best = state.theta.copy()
            state.held_out_costs.append(cost)

    def _patience_is_over(self):
        costs, patience = self.state.held_out_costs, self.options.patience
        return patience is not None and len(costs) > 0 and len(costs) - 1 - int(np.argmin(costs)) >= patience

    def _diverged(self):
        alpha, iteration = self.options.learning_rate, len(self.state.costs)
        self.state.theta[:] = self.before
        return DivergedError(
            f"training diverged: at iteration {iteration} the cost is no longer a finite number. Try a smaller "
            f"learning rate, {alpha / 10:g} instead of {alpha:g}, or features scaled to "
            f"about −1 … 1. The parameters at the last finite cost are kept"
        )


def live_features(X, block=4096):
    """Indices of the columns of X that are not entirely 0, or None if nearly all columns qualify.

    A feature that is 0 in every example, such as a pixel at the edge of every digit, adds nothing to
    Z[1], and the gradient of its weights is 0. Leaving it out saves time and changes nothing else: for
    the digits 5 and 8 it removes 187 of 784 pixels.
    """
    live = np.zeros(X.shape[1], bool)
    for start in range(0, len(X), block):
        live |= X[start : start + block].any(axis=0)
    return np.flatnonzero(live) if live.sum() < 0.9 * len(live) else None


def columns(X, chosen):
    """X with only these columns, in memory or in a file."""
    return X[:, chosen] if isinstance(X, np.ndarray) else X.columns(chosen)
