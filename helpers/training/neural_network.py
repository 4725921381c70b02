"""`NeuralNetwork`, the class that a user holds: options, `fit`, `predict`, `score`, `save` and `load`.

Rows are examples here, as in scikit-learn; inside, columns are, as in the derivation.
"""

import copy
import warnings

import numpy as np

from helpers.backprop.network import initialize_parameters
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.validation import as_classes, as_generator, as_layer_sizes, as_targets
from helpers.training import blocks, storage
from helpers.training.engine import DivergedError, State, Training, mark, pack, views
from helpers.training.inputs import as_examples, as_rows, check_options
from helpers.training.parallel import parallel_map


class NotFittedError(ValueError, AttributeError):
    """A network was asked for an answer before `fit` or `load` gave it parameters."""


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
        check_options(self)
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
        check_options(self)
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
            check_options(network)
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

    def _check_data(self, X, y, held_out):
        """Layer sizes and examples in the form that the mathematics uses, or the sentence that says what is wrong."""
        X, Y = as_examples(self, X, y)
        if held_out is not None:
            held_out = as_examples(self, *held_out)
            if held_out[0].shape[1] != X.shape[1]:
                raise ValueError(f"X has {X.shape[1]} features, but that of held_out has {held_out[0].shape[1]}")
        elif self.patience is not None:
            raise ValueError("patience needs examples to watch: pass held_out=(X, y) with some that X does not hold")
        return (X.shape[1], *as_layer_sizes(self.layer_sizes)), X, Y, held_out

    def _train(self, state, sizes, X, Y, held_out):
        """Train from `state` on, and keep what was reached however it ends."""
        diverged = False
        with parallel_map(blocks.count_blocks(min(self.batch_size or len(X), len(X)))) as run:
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
        functions = (self.hidden_activation, self.output)

        def cost_and_gradients(X, Y, W, b, out):
            return blocks.cost_and_gradients(X, Y, W, b, *functions, run, out)[0]

        def held_out_cost(W, b):
            return blocks.cost(*held_out, W, b, *functions)

        return Training(self, state, sizes, X, Y, cost_and_gradients, held_out_cost if held_out else None)

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
        X = as_rows(self, X)
        if X.shape[1] != self.layer_sizes_[0]:
            raise ValueError(f"X has {X.shape[1]} features, but the network was fitted on {self.layer_sizes_[0]}")
        A = blocks.answers(X, self.W_, self.b_, self.hidden_activation, self.output)  # (m, n[L])
        return A[:, 0] if A.shape[1] == 1 else A

    def _require_fitted(self):
        if not hasattr(self, "W_"):
            raise NotFittedError("this network has no parameters yet: call fit(X, y), or NeuralNetwork.load(path)")
