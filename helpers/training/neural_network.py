"""`NeuralNetwork`, the main user-facing class: options, `fit`, `predict`, `score`, `save` and `load`.

In its interface rows are examples, as in scikit-learn; internally columns are, as in the derivation.
"""

import copy
import warnings

import numpy as np

from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import initialize_parameters
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.arguments import true_or_false
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_classes, as_generator, as_targets
from helpers.training import blocks, storage
from helpers.training.engine import DivergedError, State, Training, differences, mark, pack, views
from helpers.training.inputs import OPTIONS, as_examples, as_held_out, as_rows, check_parameters, checked_options
from helpers.training.parallel import parallel_map


class NotFittedError(ValueError, AttributeError):
    """The network has no parameters yet, because neither `fit` nor `load` was called."""


class NeuralNetwork:
    """A fully connected network, trained by gradient descent or one of its variants.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units in layers 1 … L, for example [196, 1]. The number of inputs, n[0], is the number of
        features in X.
    hidden_activation : {"sigmoid", "tanh", "relu", "identity"}
        g of layers 1 … L−1.
    output : {"sigmoid", "softmax", "identity"}
        Last layer: "sigmoid" classifies into 0 and 1 (loss: binary cross-entropy), "softmax" into
        the classes 0 … n[L] − 1 (cross-entropy), and "identity" predicts a number (half the mean
        squared error).
    initialization : {"lecun", "glorot", "he", "small", "zero"}
        Scale of the initial weights, see `initialize_parameters`.
    optimizer : {"gradient_descent", "momentum", "adam"}
        How a step uses the gradient, see `optimizers`.
    learning_rate : float
        α, the size of a step.
    l2 : float
        λ: ½ λ Σ w² over all weights is added to the cost, and λ w to the gradient of each weight.
    iterations : int
        Number of updates of the parameters.
    epochs : int, optional
        Number of passes through the data, instead of `iterations`.
    batch_size : int, optional
        Number of examples per update, drawn in a new random order in each epoch. Default: all of them.
    shuffle_buffer : int, optional
        Number of neighbouring examples that are shuffled at a time, see `engine.batches`.
        Default: all for examples in memory, 8192 for examples in a file.
    patience : int, optional
        Stop after this many epochs without a new lowest cost on the held-out examples, and keep the
        parameters with the lowest cost.
    dtype : numpy.float64 or numpy.float32
        Type of all arithmetic.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the initial weights and of the order of the examples. A generator is copied, so
        calling `fit` again gives the same result.

    Attributes
    ----------
    W_, b_ : dicts of ndarrays
        Parameters of layers 1 … L, of shapes (n[l], n[l−1]) and (n[l], 1).
    cost_history_ : ndarray of shape (iterations done,)
        Cost before each update, on the examples of that update, including the `l2` term.
    held_out_cost_history_ : ndarray of shape (epochs done,)
        Cost after each epoch on the held-out examples, without the `l2` term; empty if there are none.
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
        countable = np.iterable(layer_sizes) and not isinstance(layer_sizes, (str, bytes, dict, set))
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
        """Train from new random weights.

        Stopping by hand (the stop button, Ctrl+C) keeps the progress made so far, with a warning;
        `resume` continues from there.

        Parameters
        ----------
        X : array-like of shape (m, n_features), or an `HDF5Rows` for data too large for memory
            Rows are examples. With `shards.Shards`, several processes share the work on the full batch.
        y : array-like of shape (m,), or (m, n[L]) with several output units
            Labels 0 and 1 for the output "sigmoid", 0 … n[L] − 1 for "softmax", numbers for "identity".
        held_out : (X, y), optional
            Other examples, used to measure the cost after each epoch but not for learning.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an option or the data is not as described; the network is left unchanged.
        DivergedError
            If the cost stops being finite. Parameters and history up to that point are kept.
        """
        options = checked_options(self)
        X, Y, sizes, held_out = self._examples(options, X, y, held_out)
        rng = copy.deepcopy(as_generator(options.random_state))
        theta = pack(*initialize_parameters(sizes, options.initialization, rng, options.dtype))
        memory = np.zeros((OPTIMIZERS[options.optimizer].slots, theta.size), theta.dtype)
        state = State(theta, memory, rng, mark(X, Y, sizes, held_out, options))
        self._train(options, state, sizes, X, Y, held_out)
        return self

    def resume(self, X, y, held_out=None):
        """Continue a training run that was stopped, or that has more `iterations` or `epochs` to do.

        With the same data and options, the result on the same machine is bit for bit that of an
        uninterrupted run, even after `save` and `load`. `learning_rate` and `patience` may change.

        Parameters and errors are those of `fit`; also

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        ValueError
            If training diverged or was saved without its state, or if the data, the held-out examples
            or an option differ from those of the original run.
        """
        self._require_fitted()
        options = checked_options(self)
        check_parameters(self.layer_sizes_, self.W_, self.b_)
        if self._state is None:
            raise ValueError("this network has no training run to resume: call fit")
        X, Y, sizes, held_out = self._examples(options, X, y, held_out)
        changed = differences(mark(X, Y, sizes, held_out, options), self._state.mark)
        if changed:
            verb = "is not the same as in" if len(changed) == 1 else "are not the same as in"
            raise ValueError(
                f"{', '.join(changed)} {verb} the original training run: undo the change, or call fit to start over"
            )
        self._train(options, copy.deepcopy(self._state), sizes, X, Y, held_out)
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
            If X does not have the form and number of features that `fit` was given, or the output is "identity".
        """
        self._require_fitted()
        if self.output == "identity":
            raise ValueError(f'the output "{self.output}" has no probabilities: call predict')
        return self._answer(X)

    def predict(self, X):
        """Label 0 or 1 (1 where its probability is above ½), the most likely class, or the value for "identity".

        Parameters, shapes and errors are those of `predict_proba`; for "softmax" the shape is (m,).
        """
        answer = self._answer(X)
        if self.output == "softmax":
            return answer.argmax(axis=1)
        return (answer > 0.5).astype(int) if self.output == "sigmoid" else answer

    def score(self, X, y):
        """Fraction of correct labels, or R² (1 is perfect, 0 is as good as the mean) for "identity".

        With several output units, all count equally: R² compares sums over all units.

        Parameters
        ----------
        X, y : as in `fit`

        Returns
        -------
        float

        Raises
        ------
        ValueError
            As in `predict`; for "identity" also if the targets of every unit are all equal, so that R² is undefined.
        """
        prediction = self.predict(X)
        if self.output == "softmax":
            return float(np.mean(prediction == as_classes(y, len(prediction), self.layer_sizes_[-1])))
        Y = as_targets(y, len(prediction), self.layer_sizes_[-1], self.output == "sigmoid")
        truth = Y.T.reshape(prediction.shape)
        if self.output == "sigmoid":
            return float(np.mean(prediction == truth))
        if not np.ptp(truth, axis=0).any():
            raise ValueError("all targets are equal, so R² is not defined: use data whose targets differ")
        total = np.sum((truth - truth.mean(axis=0)) ** 2)
        return float(1 - np.sum((truth - prediction) ** 2) / total)

    def save(self, path, resumable=True):
        """Write parameters, history, options and training state to an HDF5 file, completely or not at all.

        Parameters
        ----------
        path : str or path-like
        resumable : bool
            Whether to keep what `resume` needs, which makes the file two to four times as large.

        Raises
        ------
        NotFittedError
            Before `fit` or `load`.
        TypeError, ValueError
            If an option, a parameter or a history was changed to something `load` would reject.
        OSError
            If the file cannot be written. In all these cases an existing file is left unchanged.
        """
        self._require_fitted()
        histories = {"cost_history": self.cost_history_, "held_out_cost_history": self.held_out_cost_history_}
        state = self._state if true_or_false(resumable, "resumable") else None
        storage.write(path, vars(checked_options(self)), self.layer_sizes_, self.W_, self.b_, histories, state)

    @classmethod
    def load(cls, path):
        """Load a network written by `save`, bit for bit; nothing in the file is executed.

        Raises
        ------
        OSError
            If there is no such file, or it cannot be read; the message says why.
        ValueError
            If the file was not written by `save`, or is damaged.
        """
        options, sizes, W, b, histories, state = storage.read(path)
        network = cls(**options)
        network.layer_sizes_, network.W_, network.b_, network._state = sizes, W, b, state
        network.cost_history_ = histories["cost_history"]
        network.held_out_cost_history_ = histories["held_out_cost_history"]
        return network

    def __repr__(self):
        options = self._options()
        sizes = options.pop("layer_sizes")
        options["dtype"] = getattr(self.dtype, "__name__", self.dtype)
        options = ", ".join(f"{name}={value!r}" for name, value in options.items())
        return f"NeuralNetwork({list(sizes) if isinstance(sizes, tuple) else sizes!r}, {options})"

    def _options(self):
        return {name: getattr(self, name) for name in OPTIONS}

    def _examples(self, options, X, y, held_out):
        """Examples and layer sizes in the form of the equations; raises an error that says what is wrong."""
        X, Y = as_examples(options, X, y)
        return X, Y, (X.shape[1], *options.layer_sizes), as_held_out(options, held_out, X.shape[1])

    def _train(self, options, state, sizes, X, Y, held_out):
        """Train from `state` on; however training ends, keep a consistent result: the new one or the previous one."""
        stopped = diverged = False
        with (
            interrupts_wait() as let_interrupt,
            parallel_map(blocks.count_blocks(min(options.batch_size or len(X), len(X)))) as run,
        ):
            training = self._training(options, state, sizes, X, Y, held_out, run)
            try:
                for _ in training.updates():
                    let_interrupt()
            except KeyboardInterrupt:
                stopped = True
            except DivergedError:
                diverged = True
                raise
            finally:
                self._keep(options, state, sizes, resumable=not diverged)
        if stopped:
            done = len(state.costs)
            warnings.warn(f"stopped by hand after {done} iterations; progress so far is kept", stacklevel=3)
        self._warn_if_rising(options, training, Y)

    def _keep(self, options, state, sizes, resumable):
        """Adopt the result of training all at once; with patience, the best parameters found."""
        chosen = state.theta if options.patience is None or state.best is None else state.best
        W, b = views(chosen.copy(), sizes)
        vars(self).update(
            W_=W,
            b_=b,
            cost_history_=np.array(state.costs, float),
            held_out_cost_history_=np.array(state.held_out_costs, float),
            layer_sizes_=sizes,
            _state=state if resumable else None,
        )

    def _training(self, options, state, sizes, X, Y, held_out, run=map):
        functions = (options.hidden_activation, options.output)

        def cost_and_gradients(X, Y, W, b, out):
            return blocks.cost_and_gradients(X, Y, W, b, *functions, run, out)[0]

        def held_out_cost(W, b):
            return blocks.cost(*held_out, W, b, *functions)

        return Training(options, state, sizes, X, Y, cost_and_gradients, held_out_cost if held_out else None)

    def _warn_if_rising(self, options, training, Y):
        """Warn if the cost ended above its initial value; with mini-batches it varies, so only if it is far above."""
        first, last = self.cost_history_[:1], self.cost_history_[-1:]
        if not training.full:  # compare with the cost of answering z = 0, too: one small batch may cost nothing
            first = np.maximum(2 * first, 2 * OUTPUTS[options.output].loss(np.zeros_like(Y), Y))
            last = self.cost_history_[-training.epoch_length :].mean(keepdims=True)
        if len(self.cost_history_) > 1 and last > first:
            alpha = options.learning_rate
            warnings.warn(
                f"the cost rose from {self.cost_history_[0]:.4g} to {last[0]:.4g}: the learning rate "
                f"{alpha:g} is too large, try {alpha / 10:g}",
                stacklevel=4,
            )

    def _answer(self, X):
        """A[L] with rows as examples, computed in blocks; one output unit gives a 1-D array."""
        self._require_fitted()
        options = checked_options(self)
        check_parameters(self.layer_sizes_, self.W_, self.b_)
        X = as_rows(X, options.dtype)
        if X.shape[1] != self.layer_sizes_[0]:
            raise ValueError(f"X has {X.shape[1]} features, but the network was fitted on {self.layer_sizes_[0]}")
        A = blocks.answers(X, self.W_, self.b_, options.hidden_activation, options.output)  # (m, n[L])
        return A[:, 0] if A.shape[1] == 1 else A

    def _require_fitted(self):
        if not hasattr(self, "W_"):
            raise NotFittedError("this network has no parameters yet: call fit(X, y), or NeuralNetwork.load(path)")
        for name in ("b_", "layer_sizes_", "cost_history_", "held_out_cost_history_", "_state"):
            if not hasattr(self, name):
                raise NotFittedError(f"this network has lost its {name}: call fit(X, y), or NeuralNetwork.load(path)")
