"""The `NeuralNetwork` class, which trains a network, makes predictions, and can be saved and loaded.

Its methods expect one example per row, as in scikit-learn. Internally, the equations use one example per
column, as in the derivation.
"""

import copy
import warnings

import numpy as np

from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import initialize_parameters
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.arguments import as_classes, true_or_false
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_generator, as_targets
from helpers.training import batching, blocks, storage
from helpers.training.engine import DivergedError, State, Training, differences, mark, pack, views
from helpers.training.inputs import OPTIONS, as_examples, as_held_out, as_rows, check_parameters, checked_options
from helpers.training.parallel import parallel_map
from helpers.training.second_process import LostProcessError, second_process

MEANING = ("layer_sizes", "hidden_activation", "output", "dtype")  # options that determine the meaning of W_ and b_


class NotFittedError(ValueError, AttributeError):
    """Raised when a network is used before it has parameters, that is, before `fit` or `load` has been called."""


class NeuralNetwork:
    """Fully connected neural network trained by gradient descent, momentum or Adam.

    Parameters
    ----------
    layer_sizes : sequence of int
        Number of units in each layer from 1 to L, for example [196, 1]. The number of inputs, n[0], is
        taken from the number of features in X.
    hidden_activation : {"sigmoid", "tanh", "relu", "identity"}
        Activation function g of layers 1 … L−1.
    output : {"sigmoid", "softmax", "identity"}
        Activation function of the last layer, which also determines the loss. "sigmoid" is for labels 0
        and 1, with the binary cross-entropy. "softmax" is for the classes 0 … n[L] − 1, with the
        cross-entropy. "identity" is for predicting numbers, with half the mean squared error.
    initialization : {"lecun", "glorot", "he", "small", "zero"}
        Scale of the random initial weights; see `initialize_parameters`.
    optimizer : {"gradient_descent", "momentum", "adam"}
        Rule that turns gradients into steps; see `optimizers`.
    learning_rate : float
        Learning rate α, by which the steps are scaled.
    l2 : float
        Strength λ of the L2 regularisation. It adds ½ λ Σ w², summed over all weights, to the cost, and
        λ w to the gradient with respect to each weight.
    iterations : int
        Number of times the parameters are updated.
    epochs : int, optional
        Number of passes through the data. If given, it is used instead of `iterations`.
    batch_size : int, optional
        Number of examples used for each update. The examples are shuffled before every epoch. By default,
        every update uses all examples.
    shuffle_buffer : int, optional
        Number of consecutive examples that are shuffled at a time; see `batching.batches`. By default, all
        examples are shuffled together if they are in memory, and 8192 at a time if they are in a file.
    patience : int, optional
        Number of epochs to wait for a new lowest cost on the held-out examples before training stops.
        The network then keeps the parameters with the lowest cost.
    dtype : numpy.float64 or numpy.float32
        Data type used in all computations.
    random_state : int, numpy.random.Generator or numpy.random.RandomState
        Source of the random initial weights and of the order of the examples. A generator is copied
        before it is used, so calling `fit` again gives the same result.

    Attributes
    ----------
    W_, b_ : dicts of ndarrays
        Weights and biases of layers 1 … L, of shapes (n[l], n[l−1]) and (n[l], 1).
    cost_history_ : ndarray of shape (n_iterations,)
        Cost before each update, computed on the examples used for that update and including the `l2` term.
    held_out_cost_history_ : ndarray of shape (n_epochs,)
        Cost on the held-out examples after each epoch, without the `l2` term. It is empty if there are
        no held-out examples.
    layer_sizes_ : tuple of int
        Sizes of all layers, n[0], n[1], …, n[L].

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
        """Train the network, starting from new random weights.

        If you interrupt training with the stop button or Ctrl+C, the progress made so far is kept and a
        warning is issued. You can call `resume` to continue.

        Parameters
        ----------
        X : array-like of shape (m, n_features), `HDF5Rows` or `Shards`
            Input examples, one per row. Use an `HDF5Rows` for data that does not fit into memory, or
            `Shards` to let several processes share the work on the full batch.
        y : array-like of shape (m,), or (m, n[L]) if there are several output units
            Targets. They must be 0 or 1 for the output "sigmoid", integers 0 … n[L] − 1 for "softmax", and
            numbers for "identity".
        held_out : tuple (X, y), optional
            Further examples, on which the cost is measured after each epoch. They are not used for learning.

        Returns
        -------
        self : NeuralNetwork
            The fitted network.

        Raises
        ------
        TypeError, ValueError
            If an option or the data is invalid. The network is then left unchanged. If a file changes during training,
            the progress up to that point is kept.
        OSError, WorkerLostError
            If a file cannot be read, or a worker is lost. The progress up to that point is kept.
        DivergedError
            If the cost is no longer finite. The history up to that point is kept, and the parameters are the last ones
            that gave a finite cost or, with `patience`, those with the lowest cost on the held-out examples.
        LostProcessError
            If another program ends the second process, which shares the work of training wide networks, during an
            update. The network is then left unchanged.
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
        """Continue training after an interruption, or after `iterations` or `epochs` has been increased.

        If the data and the options are unchanged, the result is bit for bit the same as that of an
        uninterrupted run on the same machine, even after `save` and `load`. You may change `learning_rate`
        and `patience` before you resume. The options `initialization` and `random_state` no longer have any
        effect, and neither do your own changes to `W_` and `b_`, which are lost. If the run already has as many
        iterations as requested, no update is made. For `X`, `y` and `held_out`, see `fit`.

        Raises
        ------
        NotFittedError
            If neither `fit` nor `load` has been called.
        ValueError
            If training diverged or the network was saved without its training state, or if the data, the held-out
            examples, the layer sizes, the functions, the optimizer, `l2`, `dtype` or the batches have changed since
            the original run.
        TypeError, DivergedError, LostProcessError
            See `fit`.
        """
        self._require_fitted()
        options = checked_options(self)
        check_parameters(self.layer_sizes_, self.W_, self.b_)
        if self._state is None:
            raise ValueError("this network has no training run to resume: call fit to start one")
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
        """Predict the probability of label 1, or of each class if the output is "softmax".

        Parameters
        ----------
        X : array-like of shape (m, n_features), or an `HDF5Rows`
            Input examples, one per row.

        Returns
        -------
        probabilities : ndarray of shape (m,), or (m, n[L]) if there are several output units
            Values between 0 and 1.

        Raises
        ------
        NotFittedError
            If neither `fit` nor `load` has been called.
        TypeError, ValueError
            If X is invalid or has a different number of features from the training data, if the output is "identity",
            or if the layer sizes, the functions or `dtype` have been changed since `fit`.
        """
        self._require_fitted()
        if self.output == "identity":
            raise ValueError(f'the output "{self.output}" does not give probabilities: call predict instead')
        return self._output(X)

    def predict(self, X):
        """Predict the label or the value of each example.

        For the output "sigmoid", the label is 1 if the predicted probability is above ½, and 0 otherwise.
        For "softmax", it is the most likely class, and the result has shape (m,). For "identity", the result
        contains the outputs themselves. In all other respects, the parameters, the shapes and the errors
        raised are the same as for `predict_proba`, which rejects "identity".
        """
        answer = self._output(X)
        if self.output == "softmax":
            return answer.argmax(axis=1)
        return (answer > 0.5).astype(int) if self.output == "sigmoid" else answer

    def score(self, X, y):
        """Return the fraction of labels predicted correctly, or R² if the output is "identity".

        R² is 1 for perfect predictions, and 0 for a network that always predicts the mean of the targets. If
        there are several output units, the sums of squares in R² run over all of them.

        Parameters
        ----------
        X, y
            Examples and their targets in the form that `fit` expects.

        Returns
        -------
        score : float

        Raises
        ------
        NotFittedError
            If neither `fit` nor `load` has been called.
        TypeError, ValueError
            If X or y is invalid, or if R² is undefined because each unit has the same target for all examples.
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
        """Save the parameters, the cost history, the options and the training state to an HDF5 file.

        The file is written completely or not at all. If an error occurs, an existing file is left unchanged.

        Parameters
        ----------
        path : str or path-like
            Name of the file.
        resumable : bool
            Whether to include the training state, which `resume` needs. It makes the file two to five times
            as large.

        Raises
        ------
        NotFittedError
            If neither `fit` nor `load` has been called.
        TypeError, ValueError
            If an option, a parameter or a history has been changed to a value that `load` would reject, or if the
            functions or `dtype` have been changed since `fit`.
        OSError
            If the file cannot be written, or if there is already a file of this name that is not a saved network.
        """
        self._require_fitted()
        histories = {"cost_history": self.cost_history_, "held_out_cost_history": self.held_out_cost_history_}
        state = self._state if true_or_false(resumable, "resumable") else None
        options = checked_options(self)
        self._check_unchanged(options, MEANING[1:])  # `write` checks the layer sizes
        storage.write(path, vars(options), self.layer_sizes_, self.W_, self.b_, histories, state)

    @classmethod
    def load(cls, path):
        """Load a network from a file written by `save`, without executing any code stored in the file.

        Parameters
        ----------
        path : str or path-like
            Name of the file.

        Returns
        -------
        network : NeuralNetwork
            A network with exactly the same parameters, history and options as the saved one.

        Raises
        ------
        OSError
            If the file does not exist or cannot be read. The message gives the reason.
        ValueError
            If the file was not written by `save` or is damaged.
        """
        options, sizes, W, b, histories, state = storage.read(path)
        network = cls(**options)
        network.layer_sizes_, network.W_, network.b_, network._state = sizes, W, b, state
        network._fitted = checked_options(network)
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
        """Check the arguments of `fit`, and return (X, Y, sizes, held_out) in the form used in the equations."""
        X, Y = as_examples(options, X, y)
        return X, Y, (X.shape[1], *options.layer_sizes), as_held_out(options, held_out, X.shape[1])

    def _train(self, options, state, sizes, X, Y, held_out):
        """Train the network, starting from `state`.

        However training ends, the network is left with a consistent result, either the new one or the previous one.
        """
        ended = None
        n_parallel = blocks.count_parallel_blocks(batching.batch_size(X, options), state.theta.size)
        with (
            interrupts_wait() as let_interrupt,
            parallel_map(n_parallel) as run,
            second_process(options, state, sizes, X) as second,
        ):
            training = self._training(options, state, sizes, X, Y, held_out, run, second)
            try:
                for _ in training.updates():
                    let_interrupt()
            except KeyboardInterrupt as error:
                ended = error
            except (DivergedError, LostProcessError) as error:
                ended = error
                raise
            finally:
                if training.whole and not isinstance(ended, LostProcessError):
                    self._keep(options, state, sizes, resumable=not isinstance(ended, DivergedError))
        if ended:
            done = len(state.costs)
            warnings.warn(f"training was interrupted after {done} iterations; progress so far is kept", stacklevel=3)
        self._warn_if_rising(options, training, Y)

    def _keep(self, options, state, sizes, resumable):
        """Update all attributes of this network at once with the result of training.

        If the option `patience` is set, the network keeps the parameters with the lowest cost on the held-out examples.
        """
        chosen = state.theta if options.patience is None or state.best is None else state.best
        W, b = views(chosen.copy(), sizes)
        vars(self).update(
            W_=W,
            b_=b,
            cost_history_=np.array(state.costs, float),
            held_out_cost_history_=np.array(state.held_out_costs, float),
            layer_sizes_=sizes,
            _fitted=options,
            _state=state if resumable else None,
        )

    def _training(self, options, state, sizes, X, Y, held_out, run, second=None):
        functions = (options.hidden_activation, options.output)
        run = second.map if second else run

        def cost_and_gradients(X, Y, W, b, out):
            return blocks.cost_and_gradients(X, Y, W, b, *functions, run, out)[0]

        def held_out_cost(W, b):
            return blocks.mean_cost(*held_out, W, b, *functions)

        return Training(options, state, sizes, X, Y, cost_and_gradients, held_out_cost if held_out else None, second)

    def _warn_if_rising(self, options, training, Y):
        """Warn if the cost at the end of this call is higher than at the start of both the call and the training run.

        With mini-batches, the cost fluctuates, so the warning is issued only if the cost is much higher.
        """
        costs = self.cost_history_[training.start :]
        if len(costs) < 2:
            return
        first, last = np.maximum(costs[:1], self.cost_history_[:1]), costs[-1:]
        if not training.full:  # also compare with the cost of z = 0, because the cost of one small batch may be 0
            first = np.maximum(2 * first, 2 * OUTPUTS[options.output].cost(np.zeros_like(Y), Y))
            last = costs[-training.epoch_length :].mean(keepdims=True)
        if last > first:
            alpha = options.learning_rate
            warnings.warn(
                f"the cost rose from {costs[0]:.4g} to {last[0]:.4g}: the learning rate "
                f"{alpha:g} is too large, so try {alpha / 10:g}",
                stacklevel=4,
            )

    def _output(self, X):
        """Return the output A[L] with one example per row, or a 1-D array if there is a single output unit."""
        self._require_fitted()
        options = checked_options(self)
        self._check_unchanged(options, MEANING)
        check_parameters(self.layer_sizes_, self.W_, self.b_)
        X = as_rows(X, options.dtype)
        if X.shape[1] != self.layer_sizes_[0]:
            raise ValueError(f"X has {X.shape[1]} features, but the network was fitted on {self.layer_sizes_[0]}")
        A = blocks.outputs(X, self.W_, self.b_, options.hidden_activation, options.output)  # (m, n[L])
        return A[:, 0] if A.shape[1] == 1 else A

    def _check_unchanged(self, options, names):
        changed = [name for name in names if getattr(options, name) != getattr(self._fitted, name)]
        if changed:
            verb = "is not the same as" if len(changed) == 1 else "are not the same as"
            raise ValueError(f"{', '.join(changed)} {verb} when the network was fitted: undo the change, or call fit")

    def _require_fitted(self):
        if not hasattr(self, "W_"):
            raise NotFittedError("this network has no parameters yet: call fit(X, y), or NeuralNetwork.load(path)")
        for name in ("b_", "layer_sizes_", "cost_history_", "held_out_cost_history_", "_state", "_fitted"):
            if not hasattr(self, name):
                raise NotFittedError(f"this network no longer has {name}: call fit(X, y), or NeuralNetwork.load(path)")
