"""A fully connected network of any depth: the equations of backpropagation, and a class that trains with them.

`initialize_parameters`, `forward` and `backward` are the equations. Inside them columns are
examples, as in the derivation: A[0] = Xᵀ. `NeuralNetwork` is what a user holds: rows are examples.

W, b, Z, A, dW and db are dictionaries with the layer l = 1 … L as key, so that `W[2]` in the code is
W[2] in the text.
"""

import copy
import warnings

import numpy as np

from helpers import storage
from helpers.activations import ACTIVATIONS
from helpers.losses import OUTPUTS, one_hot
from helpers.optimizers import OPTIMIZERS
from helpers.parallel import parallel_map
from helpers.training import DivergedError, State, Training, mark, pack, views
from helpers.validation import (
    as_classes,
    as_generator,
    as_layer_sizes,
    as_matrix,
    as_targets,
    floating_type,
    known_name,
    not_negative,
    positive_number,
    positive_whole,
)

__all__ = [
    "DivergedError",
    "NeuralNetwork",
    "NotFittedError",
    "backward",
    "cost_and_gradients",
    "forward",
    "initialize_parameters",
]

# Standard deviation of the weights into a layer, from the sizes of the layer before it and its own.
INITIALIZATIONS = {
    "lecun": lambda n_in, n_out: 1 / np.sqrt(n_in),
    "glorot": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),
    "small": lambda n_in, n_out: 0.01,
    "zero": lambda n_in, n_out: 0.0,
}

# Examples worked on at once: few enough for Z and A to stay in the processor's cache.
BLOCK = 1536


class NotFittedError(ValueError, AttributeError):
    """A network was asked for an answer before `fit` or `load` gave it parameters."""


def initialize_parameters(layer_sizes, initialization="lecun", random_state=0, dtype=np.float64):
    """Random weights and zero biases for layers 1 … L.

    W[l] ~ N(0, 1) · s with s = 1/√n[l−1] for "lecun", √(2/(n[l−1] + n[l])) for "glorot",
    √(2/n[l−1]) for "he", 0.01 for "small" and 0 for "zero" (with which no network learns).

    Parameters
    ----------
    layer_sizes : sequence of int
        n[0], n[1], …, n[L]: the number of features, then of units in each layer.
    initialization : {"lecun", "glorot", "he", "small", "zero"}
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


def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid", m=None, out=None):
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
    out : (dW, db), optional, dicts of arrays to write the result into

    Returns
    -------
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    L = len(W)
    g_prime = ACTIVATIONS[hidden_activation].g_prime
    dW, db = out or ({l: None for l in W}, {l: None for l in W})  # None: NumPy makes a new array
    dZ = OUTPUTS[output].loss_gradient(Z[L], Y, m)  # (n[L], m)
    for l in range(L, 0, -1):
        dW[l] = np.matmul(dZ, A[l - 1].T, out=dW[l])  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
        db[l] = np.sum(dZ, axis=1, keepdims=True, out=db[l])  # (n[l], 1)
        if l > 1:
            dA = _product(W[l].T, dZ)  # (n[l-1], n[l]) @ (n[l], m) = (n[l-1], m)
            dZ = dA * g_prime(Z[l - 1])  # (n[l-1], m) * (n[l-1], m)
    return dW, db


def _product(P, Q):
    """P @ Q. With one column in P it is an outer product, ten times faster by broadcasting than by BLAS."""
    return P * Q if P.shape[1] == 1 else P @ Q


def cost_and_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", run=map, out=None):
    """Cost and gradients of all examples, worked out in blocks of examples that fit the cache.

    The cost is a sum over examples divided by m. So each block divides by the m of the whole set,
    and costs and gradients of the blocks simply add up; of backpropagation nothing is known here
    but `forward`, the loss and `backward`. Blocks are added in their order, so the result does not
    depend on how many are worked on at once.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` or `Shards` of that shape; Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays
    hidden_activation, output : str, as in `forward`
    run : callable like `map`, such as one from `parallel.parallel_map`
    out : (dW, db), optional, dicts of arrays to write the gradients into

    Returns
    -------
    cost : float
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    if hasattr(X, "cost_and_gradients"):
        return X.cost_and_gradients(Y, W, b, hidden_activation, output, out)
    m, L = len(X), len(W)
    edges = np.linspace(0, m, count_blocks(m) + 1).astype(int)

    def one_block(start, stop):
        with np.errstate(over="ignore", invalid="ignore"):  # `fit` looks at the cost and says it in words
            y = Y[:, start:stop]
            Z, A = forward(X[start:stop], W, b, hidden_activation, output)
            place = out if start == 0 else None  # the first block's; the others are added to it
            return OUTPUTS[output].loss(Z[L], y, m), *backward(y, W, Z, A, hidden_activation, output, m, place)

    blocks = iter(run(one_block, edges[:-1], edges[1:]))
    cost, dW, db = next(blocks)
    for block_cost, block_dW, block_db in blocks:
        cost += block_cost
        for l in range(1, L + 1):
            dW[l] += block_dW[l]
            db[l] += block_db[l]
    return cost, dW, db


def count_blocks(m):
    """Number of blocks in which `cost_and_gradients` works through m examples; two from 512 on, for two cores."""
    return max(-(-m // BLOCK), 1 + (m >= 512))


class NeuralNetwork:
    """A fully connected network, trained by gradient descent or one of its relatives.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units in layers 1 … L, for example [196, 1]. The number of inputs, n[0], comes from the
        data. The list is copied, never changed.
    hidden_activation : {"sigmoid", "tanh", "relu", "identity"}
        g of layers 1 … L−1.
    output : {"sigmoid", "softmax", "identity"}
        Last layer: "sigmoid" classifies into 0 and 1 (loss: binary cross-entropy), "softmax" into
        the classes 0 … n[L] − 1 (cross-entropy), "identity" predicts a number (half the mean
        squared error).
    initialization : {"lecun", "glorot", "he", "small", "zero"}
        Scale of the first weights, see `initialize_parameters`.
    optimizer : {"gradient_descent", "momentum", "adam"}
        What a step does with the gradient, see `optimizers`.
    learning_rate : float
        α, the size of a step.
    l2 : float
        λ: ½ λ Σ w² over all weights is added to the cost, and λ w to the gradient of each.
    iterations : int
        Number of updates of the parameters.
    epochs : int, optional
        Number of passes through the data, instead of `iterations`.
    batch_size : int, optional
        Examples of one update, drawn in a new random order in each epoch. Default: all of them.
    shuffle_buffer : int, optional
        Number of neighbouring examples that are shuffled at a time, see `training.batches`.
        Default: all for examples in memory, 8192 for examples in a file.
    patience : int, optional
        Stop after so many epochs without a lower cost on the examples held out, and keep the
        parameters of the lowest.
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
        Cost before each update, on the examples of that update, with the term of `l2`.
    held_out_cost_history_ : ndarray of shape (epochs done,)
        Cost after each epoch on the examples held out, without the term of `l2`; empty without such.
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
        optimizer="gradient_descent",
        learning_rate=0.1,
        l2=0.0,
        iterations=1000,
        epochs=None,
        batch_size=None,
        shuffle_buffer=None,
        patience=None,
        dtype=np.float64,
        random_state=0,
    ):
        countable = np.iterable(layer_sizes) and not isinstance(layer_sizes, str)
        self.layer_sizes = tuple(layer_sizes) if countable else layer_sizes
        self.hidden_activation = hidden_activation
        self.output = output
        self.initialization = initialization
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.l2 = l2
        self.iterations = iterations
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle_buffer = shuffle_buffer
        self.patience = patience
        self.dtype = dtype
        self.random_state = random_state

    def fit(self, X, y, held_out=None):
        """Find parameters by gradient descent, from new random weights each time.

        Stopping it by hand (the stop button, Ctrl+C) keeps what was reached, with a warning;
        `resume` goes on from there.

        Parameters
        ----------
        X : array-like of shape (m, n_features), or an `HDF5Rows` for data too large for memory
            Rows are examples. `shards.Shards` lets several processes work on the full batch.
        y : array-like of shape (m,), or (m, n[L]) with several output units
            Labels 0 and 1 for the output "sigmoid", 0 … n[L] − 1 for "softmax", numbers for "identity".
        held_out : (X, y), optional
            Other examples, on which the cost is measured after each epoch; nothing is learned from them.

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
        sizes, X, Y, held_out = self._check_data(X, y, held_out)
        rng = copy.deepcopy(as_generator(self.random_state))
        theta = pack(*initialize_parameters(sizes, self.initialization, rng, self.dtype))
        memory = np.zeros((OPTIMIZERS[self.optimizer].slots, theta.size), theta.dtype)
        self._train(State(theta, memory, rng, mark(X, Y, self)), sizes, X, Y, held_out)
        return self

    def resume(self, X, y, held_out=None):
        """Go on with a training that was stopped, or that now has more `iterations` or `epochs` to do.

        With the same data and options the result is that of a training that was never stopped, bit
        for bit on the same machine, also after `save` and `load`.

        Parameters and errors are those of `fit`; also

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        ValueError
            If the training diverged, was saved without its state, or was on other data.
        """
        self._require_fitted()
        self._check_options()
        sizes, X, Y, held_out = self._check_data(X, y, held_out)
        if self._state is None:
            raise ValueError("this network has no training that could go on: call fit")
        state = copy.deepcopy(self._state)
        if (sizes, mark(X, Y, self)) != (self.layer_sizes_, state.mark):
            raise ValueError(
                "X, y, batch_size or shuffle_buffer are not those of the training that was stopped: "
                "pass the same, or call fit"
            )
        if (len(state.memory), state.theta.dtype) != (OPTIMIZERS[self.optimizer].slots, np.dtype(self.dtype)):
            raise ValueError("optimizer and dtype must be those of the training that was stopped, or call fit")
        self._train(state, sizes, X, Y, held_out)
        return self

    def predict_proba(self, X):
        """Probability of label 1, or of each class for the output "softmax".

        Parameters
        ----------
        X : array-like of shape (m, n_features), or an `HDF5Rows`

        Returns
        -------
        ndarray of shape (m,), or (m, n[L]) with several output units; values in [0, 1]

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        TypeError, ValueError
            If X is not as `fit` saw it, or the output is "identity".
        """
        self._require_fitted()
        if self.output == "identity":
            raise ValueError(f'the output "{self.output}" has no probabilities: call predict')
        return self._answer(X)

    def predict(self, X):
        """Label 0 or 1 (1 where its probability is above ½), the likeliest class, or the number for "identity".

        Parameters, shapes and errors are those of `predict_proba`; for "softmax" the shape is (m,).
        """
        answer = self._answer(X)
        if self.output == "softmax":
            return answer.argmax(axis=1)
        return (answer > 0.5).astype(int) if self.output == "sigmoid" else answer

    def score(self, X, y):
        """Share of correct labels, or R² (1 is perfect, 0 is as good as the mean) for "identity".

        Parameters
        ----------
        X, y : as in `fit`

        Returns
        -------
        float
        """
        prediction = self.predict(X)
        if self.output == "softmax":
            return float(np.mean(prediction == as_classes(y, len(prediction), self.layer_sizes_[-1])))
        Y = as_targets(y, len(prediction), self.layer_sizes_[-1], self.output == "sigmoid")
        truth = Y.T.reshape(prediction.shape)
        if self.output == "sigmoid":
            return float(np.mean(prediction == truth))
        total = np.sum((truth - truth.mean(axis=0)) ** 2)
        if not np.ptp(truth, axis=0).any():
            raise ValueError("all targets are equal, so R² is not defined: score on targets that differ")
        return float(1 - np.sum((truth - prediction) ** 2) / total)

    def save(self, path, resumable=True):
        """Write parameters, history, options and the state of the training to an HDF5 file, wholly or not at all.

        Parameters
        ----------
        path : str or path-like
        resumable : bool
            Whether to keep what `resume` needs, which makes the file two to four times as large.

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        OSError
            If the file cannot be written; what was there before is untouched.
        """
        self._require_fitted()
        histories = {"cost_history": self.cost_history_, "held_out_cost_history": self.held_out_cost_history_}
        state = self._state if resumable else None
        storage.write(path, self._options(), self.layer_sizes_, self.W_, self.b_, histories, state)

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
        options, sizes, W, b, histories, state = storage.read(path)
        try:
            network = cls(**options)
            network._check_options()
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a saved network, its options do not fit: save it again") from error
        network.layer_sizes_, network.W_, network.b_, network._state = sizes, W, b, state
        network.cost_history_ = histories["cost_history"]
        network.held_out_cost_history_ = histories.get("held_out_cost_history", np.empty(0))
        return network

    def __repr__(self):
        options = self._options()
        sizes = options.pop("layer_sizes")
        options["dtype"] = getattr(self.dtype, "__name__", self.dtype)
        options = ", ".join(f"{name}={value!r}" for name, value in options.items())
        return f"NeuralNetwork({list(sizes) if isinstance(sizes, tuple) else sizes!r}, {options})"

    def _options(self):
        return {name: value for name, value in vars(self).items() if not name.endswith("_") and name != "_state"}

    def _check_options(self):
        as_layer_sizes(self.layer_sizes)
        known_name(self.hidden_activation, ACTIVATIONS, "hidden_activation")
        known_name(self.output, OUTPUTS, "output")
        known_name(self.initialization, INITIALIZATIONS, "initialization")
        known_name(self.optimizer, OPTIMIZERS, "optimizer")
        positive_number(self.learning_rate, "learning_rate")
        not_negative(self.l2, "l2")
        positive_whole(self.iterations, "iterations")
        for name in ("epochs", "batch_size", "shuffle_buffer", "patience"):
            if getattr(self, name) is not None:
                positive_whole(getattr(self, name), name)
        floating_type(self.dtype)

    def _check_data(self, X, y, held_out):
        """Layer sizes and examples in the form that the mathematics uses, or the sentence that says what is wrong."""
        X, Y = self._examples(X, y)
        if held_out is not None:
            held_out = self._examples(*held_out)
            if held_out[0].shape[1] != X.shape[1]:
                raise ValueError(f"X has {X.shape[1]} features, but that of held_out has {held_out[0].shape[1]}")
        elif self.patience is not None:
            raise ValueError("patience needs examples to watch: pass held_out=(X, y) with some that X does not hold")
        return (X.shape[1], *as_layer_sizes(self.layer_sizes)), X, Y, held_out

    def _examples(self, X, y):
        """X of shape (m, n[0]) and Y of shape (n[L], m), every number finite."""
        X, n_units = self._rows(X), as_layer_sizes(self.layer_sizes)[-1]
        if hasattr(X, "blocks"):
            for _ in X.blocks():
                pass  # reading a block looks at its numbers
        if self.output == "softmax":
            return X, one_hot(as_classes(y, len(X), n_units), n_units, self.dtype)
        return X, as_targets(y, len(X), n_units, self.output == "sigmoid", self.dtype)

    def _rows(self, X):
        return X.with_dtype(self.dtype) if hasattr(X, "blocks") else as_matrix(X, dtype=self.dtype)

    def _train(self, state, sizes, X, Y, held_out):
        """Train from `state` on, and keep what was reached however it ends."""
        diverged = False
        with parallel_map(count_blocks(min(self.batch_size or len(X), len(X)))) as run:
            training = self._training(state, sizes, X, Y, held_out, run)
            try:
                training.run()
            except KeyboardInterrupt:
                done = len(state.costs)
                warnings.warn(f"stopped by hand after {done} iterations; what was reached is kept", stacklevel=3)
            except DivergedError:
                diverged = True
                raise
            finally:
                self.layer_sizes_, self._state = sizes, None if diverged else state
                self.cost_history_ = np.array(state.costs)
                self.held_out_cost_history_ = np.array(state.held_out_costs)
                chosen = state.theta if self.patience is None or state.best is None else state.best
                self.W_, self.b_ = views(chosen.copy(), sizes)
        self._warn_if_rising()

    def _training(self, state, sizes, X, Y, held_out, run=map):
        def cost(X, Y, W, b, out):
            return cost_and_gradients(X, Y, W, b, self.hidden_activation, self.output, run, out)[0]

        def held_out_cost(W, b):
            return self._cost(*held_out, W, b)

        return Training(self, state, sizes, X, Y, cost, held_out_cost if held_out else None)

    def _cost(self, X, Y, W, b):
        """The cost on all examples, without gradients."""
        cost, L, start = 0.0, len(W), 0
        for block in _blocks(X):
            Z, _ = forward(block, W, b, self.hidden_activation, self.output)
            cost += OUTPUTS[self.output].loss(Z[L], Y[:, start : start + len(block)], len(X))
            start += len(block)
        return cost

    def _warn_if_rising(self):
        costs = self.cost_history_
        if self.batch_size is None and len(costs) > 1 and costs[-1] > costs[0]:
            warnings.warn(
                f"the cost rose from {costs[0]:.4g} to {costs[-1]:.4g}: the learning rate "
                f"{float(self.learning_rate):g} is too large, try {float(self.learning_rate) / 10:g}",
                stacklevel=4,
            )

    def _answer(self, X):
        """A[L] with rows as examples, worked out in blocks; one output unit gives a 1-D array."""
        self._require_fitted()
        X = self._rows(X)
        if X.shape[1] != self.layer_sizes_[0]:
            raise ValueError(f"X has {X.shape[1]} features, but the network was fitted on {self.layer_sizes_[0]}")
        L = len(self.W_)
        A = [forward(x, self.W_, self.b_, self.hidden_activation, self.output)[1][L].T for x in _blocks(X)]
        A = np.concatenate(A)  # (m, n[L])
        return A[:, 0] if A.shape[1] == 1 else A

    def _require_fitted(self):
        if not hasattr(self, "W_"):
            raise NotFittedError("this network has no parameters yet: call fit(X, y), or NeuralNetwork.load(path)")


def _blocks(X):
    """The rows of X in order, a block at a time."""
    return X.blocks(BLOCK) if hasattr(X, "blocks") else np.array_split(X, count_blocks(len(X)))
