"""A fully connected network of any depth: the equations of backpropagation, and a class that trains with them.

`initialize_parameters`, `forward` and `backward` are the equations. Inside them columns are
examples, as in the derivation: A[0] = Xᵀ. `NeuralNetwork` is what a user holds: rows are examples.

W, b, Z, A, dW and db are dictionaries with the layer l = 1 … L as key, so that `W[2]` in the code is
W[2] in the text.
"""

import copy
import os
import warnings

import numpy as np
from tqdm.auto import tqdm

from helpers import storage
from helpers.activations import ACTIVATIONS
from helpers.losses import OUTPUTS
from helpers.parallel import parallel_map
from helpers.validation import (
    as_generator,
    as_layer_sizes,
    as_matrix,
    as_targets,
    floating_type,
    known_name,
    positive_number,
    positive_whole,
)

# Standard deviation of the weights into a layer, from the sizes of the layer before it and its own.
INITIALIZATIONS = {
    "lecun": lambda n_in, n_out: 1 / np.sqrt(n_in),
    "glorot": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "small": lambda n_in, n_out: 0.01,
}

# Examples worked on at once: few enough for Z and A to stay in the processor's cache.
BLOCK = 1536


class NotFittedError(ValueError, AttributeError):
    """A network was asked for an answer before `fit` or `load` gave it parameters."""


class DivergedError(ArithmeticError):
    """Training ran away: the cost is no longer a finite number."""


def initialize_parameters(layer_sizes, initialization="lecun", random_state=0, dtype=np.float64):
    """Random weights and zero biases for layers 1 … L.

    W[l] ~ N(0, 1) · s with s = 1/√n[l−1] for "lecun", √(2/(n[l−1] + n[l])) for "glorot",
    √(2/n[l−1]) for "he" and 0.01 for "small".

    Parameters
    ----------
    layer_sizes : sequence of int
        n[0], n[1], …, n[L]: the number of features, then of units in each layer.
    initialization : {"lecun", "glorot", "he", "small"}
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Where the numbers come from. A generator is advanced; an int starts a new one.
    dtype : floating-point type of the result. The numbers are drawn in float64 and then rounded.

    Returns
    -------
    W : dict of ndarrays, W[l] of shape (n[l], n[l−1])
    b : dict of ndarrays, b[l] of shape (n[l], 1)

    Raises
    ------
    TypeError, ValueError
        If a size, the name or the random state is not one of those above.
    """
    n = as_layer_sizes(layer_sizes)
    scale = INITIALIZATIONS[known_name(initialization, INITIALIZATIONS, "initialization")]
    rng = as_generator(random_state)
    W, b = {}, {}
    for l in range(1, len(n)):
        W[l] = (rng.standard_normal((n[l], n[l - 1])) * scale(n[l - 1], n[l])).astype(dtype)  # (n[l], n[l-1])
        b[l] = np.zeros((n[l], 1), dtype)  # (n[l], 1)
    return W, b


def forward(X, W, b, hidden_activation="sigmoid", output="sigmoid"):
    """Forward propagation: Z[l] = W[l] A[l−1] + b[l] and A[l] = g(Z[l]) for l = 1 … L.

    Parameters
    ----------
    X : ndarray of shape (m, n[0])
        Rows are examples.
    W, b : dicts of ndarrays, as `initialize_parameters` returns them
    hidden_activation : name in `activations.ACTIVATIONS`, the g of layers 1 … L−1
    output : name in `losses.OUTPUTS`, the g of layer L

    Returns
    -------
    Z : dict of ndarrays, Z[l] of shape (n[l], m) for l = 1 … L
    A : dict of ndarrays, A[l] of shape (n[l], m) for l = 0 … L, with A[0] = X.T
    """
    L = len(W)
    Z, A = {}, {0: X.T}  # A[0]: (n[0], m)
    for l in range(1, L + 1):
        g = OUTPUTS[output].g if l == L else ACTIVATIONS[hidden_activation].g
        Z[l] = W[l] @ A[l - 1] + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
        A[l] = g(Z[l])  # (n[l], m)
    return Z, A


def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid", m=None):
    """Backward propagation: the gradient of the cost with respect to every weight and bias.

    dZ[L] = ∂J/∂Z[L] comes from the loss, with its 1/m; then, for l = L … 1,
    dW[l] = dZ[l] A[l−1]ᵀ,  db[l] = Σ over examples of dZ[l],
    dA[l−1] = W[l]ᵀ dZ[l],  dZ[l−1] = dA[l−1] ⊙ g′(Z[l−1]).

    Parameters
    ----------
    Y : ndarray of shape (n[L], m)
        Targets. Columns are examples.
    W : dict of ndarrays, the weights that `forward` was given
    Z, A : dicts of ndarrays, what `forward` returned
    hidden_activation, output : str, as given to `forward`
    m : int, optional
        Number of examples of the mean, where these are one block of a larger set.

    Returns
    -------
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    L = len(W)
    g_prime = ACTIVATIONS[hidden_activation].g_prime
    dW, db = {}, {}
    dZ = OUTPUTS[output].loss_gradient(Z[L], Y, m)  # (n[L], m)
    for l in range(L, 0, -1):
        dW[l] = dZ @ A[l - 1].T  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
        db[l] = dZ.sum(axis=1, keepdims=True)  # (n[l], 1)
        if l > 1:
            dA = _product(W[l].T, dZ)  # (n[l-1], n[l]) @ (n[l], m) = (n[l-1], m)
            dZ = dA * g_prime(Z[l - 1])  # (n[l-1], m) * (n[l-1], m)
    return dW, db


def _product(P, Q):
    """P @ Q. With one column in P it is an outer product, ten times faster by broadcasting than by BLAS."""
    return P * Q if P.shape[1] == 1 else P @ Q


def cost_and_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", run=map):
    """Cost and gradients of all examples, worked out in blocks of examples that fit the cache.

    The cost is a sum over examples divided by m. So each block divides by the m of the whole set,
    and costs and gradients of the blocks simply add up; of backpropagation nothing is known here
    but `forward`, the loss and `backward`. Blocks are added in their order, so the result does not
    depend on how many are worked on at once.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]); Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays
    hidden_activation, output : str, as in `forward`
    run : callable like `map`, such as one from `parallel.parallel_map`

    Returns
    -------
    cost : float
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    m, L = len(X), len(W)
    edges = np.linspace(0, m, count_blocks(m) + 1).astype(int)

    def one_block(start, stop):
        with np.errstate(over="ignore", invalid="ignore"):  # `fit` looks at the cost and says it in words
            y = Y[:, start:stop]
            Z, A = forward(X[start:stop], W, b, hidden_activation, output)
            return OUTPUTS[output].loss(Z[L], y, m), *backward(y, W, Z, A, hidden_activation, output, m)

    blocks = iter(run(one_block, edges[:-1], edges[1:]))
    cost, dW, db = next(blocks)
    for block_cost, block_dW, block_db in blocks:
        cost += block_cost
        for l in range(1, L + 1):
            dW[l] += block_dW[l]
            db[l] += block_db[l]
    return cost, dW, db


def count_blocks(m):
    """Number of blocks in which `cost_and_gradients` works through m examples."""
    return -(-m // BLOCK)


class NeuralNetwork:
    """A fully connected network, trained by gradient descent.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units in layers 1 … L, for example [196, 1]. The number of inputs, n[0], comes from the
        data. The list is copied, never changed.
    hidden_activation : {"sigmoid", "tanh", "relu", "identity"}
        g of layers 1 … L−1.
    output : {"sigmoid", "identity"}
        Last layer: "sigmoid" classifies into 0 and 1 (loss: binary cross-entropy), "identity"
        predicts a number (loss: half the mean squared error).
    initialization : {"lecun", "glorot", "he", "small"}
        Scale of the first weights, see `initialize_parameters`.
    learning_rate : float
        α in W ← W − α dW.
    iterations : int
        Number of updates of the parameters.
    epochs : int, optional
        Number of passes through the data, instead of `iterations`.
    batch_size : int, optional
        Examples of one update, drawn in a new random order in each epoch. Default: all of them.
    dtype : numpy.float64 or numpy.float32
        Type of all arithmetic.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the first weights and of the order of batches. A generator is copied, so that a
        second `fit` does the same again.

    Attributes
    ----------
    W_, b_ : dicts of ndarrays
        Parameters of layers 1 … L, of shapes (n[l], n[l−1]) and (n[l], 1).
    cost_history_ : ndarray of shape (iterations done,)
        Cost before each update, on the examples of that update.
    layer_sizes_ : tuple of int
        n[0], n[1], …, n[L].

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> network = NeuralNetwork([3, 1], learning_rate=5).fit(X, [0, 1, 1, 0])
    >>> network.predict(X).tolist()
    [0, 1, 1, 0]
    """

    def __init__(
        self,
        layer_sizes,
        *,
        hidden_activation="sigmoid",
        output="sigmoid",
        initialization="lecun",
        learning_rate=0.1,
        iterations=1000,
        epochs=None,
        batch_size=None,
        dtype=np.float64,
        random_state=0,
    ):
        countable = np.iterable(layer_sizes) and not isinstance(layer_sizes, str)
        self.layer_sizes = tuple(layer_sizes) if countable else layer_sizes
        self.hidden_activation = hidden_activation
        self.output = output
        self.initialization = initialization
        self.learning_rate = learning_rate
        self.iterations = iterations
        self.epochs = epochs
        self.batch_size = batch_size
        self.dtype = dtype
        self.random_state = random_state

    def fit(self, X, y):
        """Find parameters by gradient descent, from new random weights each time.

        Stopping it by hand (the stop button, Ctrl+C) keeps what was reached, with a warning.

        Parameters
        ----------
        X : array-like of shape (m, n_features)
            Rows are examples.
        y : array-like of shape (m,), or (m, n[L]) with several output units
            Labels 0 and 1 for the output "sigmoid", numbers for "identity".

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an option or the data is not as described; the network stays as it was.
        DivergedError
            If the cost stops being finite. Parameters and history up to there are kept.
        """
        self._check_options()
        X = as_matrix(X, dtype=self.dtype)
        sizes = (X.shape[1], *as_layer_sizes(self.layer_sizes))
        Y = as_targets(y, len(X), sizes[-1], self.output == "sigmoid", self.dtype)
        rng = copy.deepcopy(as_generator(self.random_state))
        W, b = initialize_parameters(sizes, self.initialization, rng, self.dtype)

        costs, diverged = [], False
        state = (W, b), (W, b), 0  # parameters before the last update, after it, number of updates
        try:
            for cost, *updated in self._updates(X, Y, W, b, rng):
                costs.append(cost)
                state = state[1], updated, state[2] + 1  # in one step, so that a stop finds it whole
        except KeyboardInterrupt:
            warnings.warn(f"stopped by hand after {state[2]} iterations; what was reached is kept", stacklevel=2)
        except DivergedError:
            diverged = True
            raise
        finally:
            before, after, done = state
            self.layer_sizes_, self.cost_history_ = sizes, np.array(costs[:done])
            self.W_, self.b_ = before if diverged else after  # before: the last with a finite cost
        self._warn_if_rising()
        return self

    def predict_proba(self, X):
        """Probability of label 1.

        Parameters
        ----------
        X : array-like of shape (m, n_features)

        Returns
        -------
        ndarray of shape (m,), or (m, n[L]) with several output units; values in [0, 1]

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        TypeError, ValueError
            If X is not as `fit` saw it, or the output is not "sigmoid".
        """
        self._require_fitted()
        if self.output != "sigmoid":
            raise ValueError(f'the output "{self.output}" has no probabilities: call predict')
        return self._answer(X)

    def predict(self, X):
        """Label 0 or 1 (1 where its probability is above ½), or the number for the output "identity".

        Parameters, shapes and errors are those of `predict_proba`.
        """
        answer = self._answer(X)
        return (answer > 0.5).astype(int) if self.output == "sigmoid" else answer

    def score(self, X, y):
        """Share of correct labels, or R² (1 is perfect, 0 is as good as the mean) for "identity".

        Parameters
        ----------
        X : array-like of shape (m, n_features)
        y : array-like, as in `fit`

        Returns
        -------
        float
        """
        prediction = self.predict(X)
        Y = as_targets(y, len(prediction), self.layer_sizes_[-1], self.output == "sigmoid")
        truth = Y.T.reshape(prediction.shape)
        if self.output == "sigmoid":
            return float(np.mean(prediction == truth))
        total = np.sum((truth - truth.mean(axis=0)) ** 2)
        if not np.ptp(truth, axis=0).any():
            raise ValueError("all targets are equal, so R² is not defined: score on targets that differ")
        return float(1 - np.sum((truth - prediction) ** 2) / total)

    def save(self, path):
        """Write parameters, history and options to an HDF5 file, wholly or not at all.

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        OSError
            If the file cannot be written; what was there before is untouched.
        """
        self._require_fitted()
        storage.write(path, self._options(), self.layer_sizes_, self.W_, self.b_, self.cost_history_)

    @classmethod
    def load(cls, path):
        """A network as `save` wrote it, bit for bit; nothing in the file is executed.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not a file of `save`, or is damaged.
        """
        options, sizes, W, b, costs = storage.read(path)
        try:
            network = cls(**options)
            network._check_options()
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a saved network, its options do not fit: save it again") from error
        network.layer_sizes_, network.W_, network.b_, network.cost_history_ = sizes, W, b, costs
        return network

    def __repr__(self):
        options = self._options()
        sizes = options.pop("layer_sizes")
        options["dtype"] = getattr(self.dtype, "__name__", self.dtype)
        options = ", ".join(f"{name}={value!r}" for name, value in options.items())
        return f"NeuralNetwork({list(sizes) if isinstance(sizes, tuple) else sizes!r}, {options})"

    def _options(self):
        return {name: value for name, value in vars(self).items() if not name.endswith("_")}

    def _check_options(self):
        as_layer_sizes(self.layer_sizes)
        known_name(self.hidden_activation, ACTIVATIONS, "hidden_activation")
        known_name(self.output, OUTPUTS, "output")
        known_name(self.initialization, INITIALIZATIONS, "initialization")
        positive_number(self.learning_rate, "learning_rate")
        positive_whole(self.iterations, "iterations")
        for name in ("epochs", "batch_size"):
            if getattr(self, name) is not None:
                positive_whole(getattr(self, name), name)
        floating_type(self.dtype)

    def _updates(self, X, Y, W, b, rng):
        """Train: yield, for each iteration, the cost before the update and W and b after it."""
        m = len(X)
        batch_size = min(self.batch_size or m, m)
        n_updates = self.iterations if self.epochs is None else self.epochs * -(-m // batch_size)
        live = _live_features(X) if batch_size == m else slice(None)
        batches = _batches(X[:, live], Y, batch_size, rng)
        with parallel_map(count_blocks(batch_size)) as run:
            for i in _progress(n_updates):
                X_batch, Y_batch = next(batches)
                live_W = W | {1: W[1][:, live]}
                cost, dW, db = cost_and_gradients(X_batch, Y_batch, live_W, b, self.hidden_activation, self.output, run)
                if not np.isfinite(cost):
                    raise self._diverged(i)
                W, b = self._step(W, b, dW, db, live)
                yield cost, W, b
        if not all(np.isfinite(array).all() for array in (*W.values(), *b.values())):
            raise self._diverged(n_updates)

    def _step(self, W, b, dW, db, live):
        """Gradient descent into new arrays, W − α dW and b − α db; the old ones stay whole."""
        alpha = float(self.learning_rate)
        W, b = {l: W[l].copy() for l in W}, {l: b[l].copy() for l in b}
        with np.errstate(over="ignore", invalid="ignore"):
            for l in W:
                W[l][:, live if l == 1 else slice(None)] -= alpha * dW[l]
                b[l] -= alpha * db[l]
        return W, b

    def _diverged(self, iteration):
        alpha = float(self.learning_rate)
        return DivergedError(
            f"training diverged: at iteration {iteration} the cost is no longer a finite number. Try a smaller "
            f"learning rate, {alpha / 10:g} instead of {alpha:g}, or features scaled to "
            f"about −1 … 1. The parameters of the last finite cost are kept"
        )

    def _warn_if_rising(self):
        costs = self.cost_history_
        if self.batch_size is None and len(costs) > 1 and costs[-1] > costs[0]:
            warnings.warn(
                f"the cost rose from {costs[0]:.4g} to {costs[-1]:.4g}: the learning rate "
                f"{float(self.learning_rate):g} is too large, try {float(self.learning_rate) / 10:g}",
                stacklevel=3,
            )

    def _answer(self, X):
        """A[L] with rows as examples, worked out in blocks; one output unit gives a 1-D array."""
        self._require_fitted()
        X = as_matrix(X, dtype=self.dtype)
        if X.shape[1] != self.layer_sizes_[0]:
            raise ValueError(f"X has {X.shape[1]} features, but the network was fitted on {self.layer_sizes_[0]}")
        blocks = np.array_split(X, count_blocks(len(X)))
        L = len(self.W_)
        A = [forward(x, self.W_, self.b_, self.hidden_activation, self.output)[1][L].T for x in blocks]
        A = np.concatenate(A)  # (m, n[L])
        return A[:, 0] if A.shape[1] == 1 else A

    def _require_fitted(self):
        if not hasattr(self, "W_"):
            raise NotFittedError("this network has no parameters yet: call fit(X, y), or NeuralNetwork.load(path)")


def _progress(n_updates):
    """The iterations, with a progress bar from the second second on; set TQDM_DISABLE=1 to have none."""
    disable = os.environ.get("TQDM_DISABLE", "0") not in ("", "0")  # the notebook's bar does not look there itself
    return tqdm(range(n_updates), desc="fit", unit="iteration", delay=1, leave=False, disable=disable)


def _live_features(X):
    """Which columns of X to train with: a slice for all, or the indices of those that are ever not 0.

    A feature that is 0 in every example, such as a pixel at the rim of every digit, adds nothing to
    Z[1] and the gradient of its weights is 0. Leaving it out changes nothing but the time: on the
    digits 5 and 8 that is 187 of 784 pixels.
    """
    live = np.flatnonzero(X.any(axis=0))
    return live if len(live) < 0.9 * X.shape[1] else slice(None)


def _batches(X, Y, batch_size, rng):
    """Endless (X, Y) of `batch_size` examples: the whole set, or parts in a new random order in each epoch."""
    m = len(X)
    while batch_size == m:
        yield X, Y
    while True:
        order = rng.permutation(m)
        for start in range(0, m, batch_size):
            rows = order[start : start + batch_size]
            yield X[rows], Y[:, rows]
