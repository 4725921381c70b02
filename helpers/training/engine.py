"""The training loop behind `NeuralNetwork.fit`, with batches, held-out examples and early stopping.

All parameters are stored in one vector θ, and W[l] and b[l] are views of it. A second vector holds all
gradients. The optimizer can therefore go through them in strips that stay in the cache, whatever the sizes of
the layers, and the large arrays are allocated only once. Everything that changes during training is stored in
a `State`, which is all that is needed to resume.
"""

import copy
import json
import zlib
from dataclasses import dataclass, field

import numpy as np

from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.interrupts import progress
from helpers.training import batching, updates
from helpers.training.staircase import arrange, cost_with_sorted_features

# Number of parameters to update at a time. They stay in the cache, so a step takes 0.95 times as long as if all
# parameters were updated at once.
STRIP = 24_576
# Options that cannot change during a training run, because the costs or the state would no longer be comparable.
FIXED = ("hidden_activation", "output", "optimizer", "l2")


class DivergedError(ArithmeticError):
    """Raised when training diverges, that is, when the cost is no longer a finite number."""


@dataclass
class State:
    """The state of a training run: everything needed to resume it with bit-for-bit identical results."""

    theta: np.ndarray  # shape: (P,), the entries of W[1], b[1], W[2], … in one vector
    memory: np.ndarray  # shape: (slots, P), the internal state of the optimizer
    generator: np.random.Generator | np.random.RandomState  # in its state at the start of the current epoch
    mark: str  # identifies the examples and the options; see the function `mark`
    costs: list = field(default_factory=list)  # the cost before each update
    held_out_costs: list = field(default_factory=list)  # the cost on the held-out examples after each epoch
    best: np.ndarray | None = None  # the θ with the lowest cost on the held-out examples


def pack(W, b):
    """Copy the entries of W[1], b[1], W[2], b[2], … into one vector of shape (P,)."""
    return np.concatenate([p[l].ravel() for l in sorted(W) for p in (W, b)])


def views(theta, sizes):
    """Return W and b as dicts of views of the vector θ, for layers of sizes n[0], …, n[L]."""
    W, b, start = {}, {}, 0
    for l in range(1, len(sizes)):
        for p, shape in ((W, (sizes[l], sizes[l - 1])), (b, (sizes[l], 1))):
            stop = start + shape[0] * shape[1]
            p[l] = theta[start:stop].reshape(shape)
            start = stop
    return W, b


def fingerprint(X):
    """Return a short string that identifies the shape and the contents of X.

    If the shape or any entry changes, the string changes too, with probability 1 − 2⁻³². X can be an array,
    an `HDF5Rows` or a `Shards`. If it is stored in a file, all of its rows are read and checked.

    Raises
    ------
    TypeError, ValueError
        If the file contains anything other than finite numbers.
    """
    size, checksum = 4096, 0
    for start in range(0, len(X), size):
        checksum = zlib.crc32(np.ascontiguousarray(X[start : start + size]), checksum)
    return f"{X.shape} {checksum:08x}"


def mark(X, Y, sizes, held_out, options):
    """Return a JSON object with short strings that identify the examples and the options of a training run.

    Before a run is resumed, its stored mark is compared with a new one to find out whether anything has changed.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` or `Shards` of that shape
    Y : ndarray of shape (n[L], m)
    sizes : tuple of int
        Sizes of all layers, n[0], …, n[L].
    held_out : tuple (X, Y), or None
        Held-out examples in the same form.
    options : SimpleNamespace
        Checked options. Only `dtype`, those in `FIXED` and those that determine the batches are included.
    """
    texts = {name: str(getattr(options, name)) for name in FIXED} | {"dtype": np.dtype(options.dtype).name}
    texts |= {"layer_sizes": str(sizes[1:]), "X": fingerprint(X), "y": fingerprint(Y)}
    if OPTIMIZERS[options.optimizer].slots:  # a step function can use only memory that it wrote itself
        texts["optimizer"] += f" of {updates.step_of(options.optimizer).__module__}"
    texts["held_out"] = " ".join(map(fingerprint, held_out or ()))
    size = batching.batch_size(X, options)
    texts |= {"batch_size": str(size), "shuffle_buffer": str(batching.shuffle_buffer(X, size, options))}
    return json.dumps(texts)


def differences(mark, other):
    """Return the names of the entries that differ between two marks, or all names if `other` is malformed."""
    mark = json.loads(mark)
    try:
        other = dict(json.loads(other))
    except (ValueError, TypeError):
        other = {}
    return [name for name, text in mark.items() if other.get(name) != text]


class Training:
    """A training run, which updates the parameters of a network step by step.

    Parameters
    ----------
    options : SimpleNamespace
        The return value of `inputs.checked_options`.
    state : State
        State from which to start. Every update modifies it.
    sizes : tuple of int
        Sizes of all layers, n[0], …, n[L].
    X, Y : arrays of shapes (m, n[0]) and (n[L], m)
    cost_and_gradients : callable
        Called as ``cost_and_gradients(X, Y, W, b, out)``. It returns the cost and writes the gradients into `out`.
    held_out_cost : callable, optional
        Called as ``held_out_cost(W, b)``. It returns the cost on the held-out examples.
    second : SecondProcess, optional
        Process that does half of the work for each mini-batch; see `second_process`.

    Raises
    ------
    ValueError
        If X is a `Shards` object but the batches are smaller than X, or if the reader has replaced
        functions that its workers would call.
    """

    def __init__(self, options, state, sizes, X, Y, cost_and_gradients, held_out_cost=None, second=None):
        self.options, self.state = options, state
        self.cost_and_gradients, self.held_out_cost = cost_and_gradients, held_out_cost
        self.step = updates.step_of(options.optimizer)
        self.W, self.b = views(state.theta, sizes)
        self.second = second
        self.gradient = second.shared.gradient if second else np.zeros_like(state.theta)
        self.dW, self.db = views(self.gradient, sizes)
        self.before = second.shared.before if second else np.empty_like(state.theta)
        self.before[:] = state.theta  # the parameters before the last update
        m = len(X)
        self.batch_size = batching.batch_size(X, options)
        self.full = self.batch_size == m
        if hasattr(X, "cost_and_gradients") and not self.full:
            raise ValueError("shards can be used only for full-batch training: leave out batch_size, or pass X itself")
        if hasattr(X, "check_functions"):
            X.check_functions()
        self.X, self.Y, self.order = arrange(X, Y) if self.full else (X, Y, None)
        self.shuffle_buffer = batching.shuffle_buffer(X, self.batch_size, options)
        self.epoch_length, self.n_updates = batching.count_updates(X, options)
        self.start, self.whole = len(state.costs), True  # `whole` is False while the optimizer changes the parameters

    def updates(self):
        """Run the updates, and yield after each one so that training can be stopped in a consistent state.

        Raises
        ------
        DivergedError
            If the cost is no longer finite. The parameters are then reset to the last values that gave a finite cost.
        """
        if self.held_out_cost and len(self.state.held_out_costs) < self.start // self.epoch_length:
            self._end_epoch(self.state.generator)  # the held-out examples could not be read after the last epoch
        bar = iter(progress(self.n_updates - self.start, "fit", "iteration"))
        while len(self.state.costs) < self.n_updates and not self._patience_is_over():
            # only shuffling advances the generator, and copying it may take longer than an update
            generator = self.state.generator if self.full else copy.deepcopy(self.state.generator)
            batches = iter(self._batches(generator, skip=len(self.state.costs) % self.epoch_length))
            batch = next(batches)
            while batch:
                next(bar)
                batch = self._update(*batch, batches)
                if len(self.state.costs) % self.epoch_length == 0:
                    self._end_epoch(generator)
                yield
                if len(self.state.costs) == self.n_updates:
                    break
        next(bar, None)  # after the last update, this closes the progress bar
        if not np.isfinite(self.state.theta).all():
            raise self._diverged()

    def _batches(self, generator, skip):
        if self.full:
            return [(self.X, self.Y)]
        place = self.second.shared.X if self.second else None
        return batching.batches(self.X, self.Y, self.batch_size, self.shuffle_buffer, generator, skip, place)

    def _update(self, X, Y, batches):
        """Compute the regularised cost and its gradient, let the optimizer take one step, and return the next batch."""
        state, l2 = self.state, self.options.l2
        if self.second:
            self.second.begin_step(Y)
        cost = self._cost_and_gradient(X, Y)
        for l, W in self.W.items() if l2 else ():
            cost += 0.5 * l2 * float(np.vdot(W, W))
            self.dW[l] += l2 * W
        if not np.isfinite(cost):
            raise self._diverged()
        state.costs.append(cost)
        return self._step(batches)

    def _step(self, batches):
        """Let the optimizer update θ, and return the next batch, or None after the last one.

        If a second process updates part of θ, the next batch is drawn while that process is still working.
        """
        state, t, alpha = self.state, len(self.state.costs), self.options.learning_rate
        n_mine = self.second.begin_update(t, alpha) if self.second else state.theta.size
        self.whole = False
        try:
            update_strips(self.step, (state.theta, self.gradient, state.memory, self.before), range(n_mine), t, alpha)
            self.whole = True
            return next(batches, None)
        finally:
            if self.second:
                self.second.end_update()

    def _cost_and_gradient(self, X, Y):
        """Return the cost at θ, and write its gradient to `self.gradient`."""
        return cost_with_sorted_features(
            self.order, lambda W, out: self.cost_and_gradients(X, Y, W, self.b, out), self.W, (self.dW, self.db)
        )

    def _end_epoch(self, generator):
        state = self.state
        state.generator = generator
        if self.held_out_cost:
            cost = self.held_out_cost(self.W, self.b)
            cost = np.inf if np.isnan(cost) else cost  # so that it is never the lowest cost
            if cost < min(state.held_out_costs, default=np.inf):
                state.best = state.theta.copy()
            state.held_out_costs.append(cost)

    def _patience_is_over(self):
        costs, patience = self.state.held_out_costs, self.options.patience
        return patience is not None and len(costs) > 0 and len(costs) - 1 - int(np.argmin(costs)) >= patience

    def _diverged(self):
        alpha, iteration = self.options.learning_rate, len(self.state.costs)
        self.state.theta[:] = self.before
        if iteration == 0:
            return DivergedError(
                "training cannot begin: the cost of the initial weights is not a finite number. Scale the features and "
                "the targets to the range −1 … 1, or reduce l2. The network keeps these weights"
            )
        best = self.options.patience is not None and self.state.best is not None
        kept = "with the lowest cost on the held-out examples" if best else "from the last iteration with a finite cost"
        return DivergedError(
            f"training diverged: at iteration {iteration} the cost is no longer a finite number. Try a smaller "
            f"learning rate, such as {alpha / 10:g} instead of {alpha:g}, or scale the features to the range "
            f"−1 … 1. The network keeps the parameters {kept}"
        )


def update_strips(step, arrays, which, t, alpha):
    """Let an optimizer update some parameters, a strip at a time, so that temporary arrays stay in the cache.

    Parameters
    ----------
    step : callable
        Update function of an optimizer; see `updates.step_of`.
    arrays : tuple (theta, gradient, memory, before)
        The parameters, their gradient, the optimizer's memory, and an array for the parameters before the update.
    which : range
        Indices of the parameters.
    t, alpha
        Number of the step, starting at 1, and the learning rate.
    """
    theta, gradient, memory, before = arrays
    with np.errstate(all="ignore"):  # an overflow is detected and reported at the next update
        for start in range(which.start, which.stop, STRIP):
            strip = slice(start, min(start + STRIP, which.stop))
            before[strip] = theta[strip]
            step(theta[strip], gradient[strip], memory[:, strip], t, alpha)
