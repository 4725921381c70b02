"""Network for the playground, trained one batch at a time and independent of the widgets."""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import INITIALIZATIONS, initialize_parameters
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.arguments import number_between, whole_between
from helpers.system.interrupts import interrupts_wait
from helpers.system.validation import as_generator, known_name, positive_number, positive_whole
from helpers.training.engine import DivergedError, pack, views
from helpers.training.parallel import parallel_map
from helpers.widgets.playground_data import DATA_SETS, FEATURES, M, as_features, as_points, as_rates, one_each, plane

MOST_UPDATES = 20_000  # limit that stops a training run that the reader has forgotten about
MOST_LAYERS, MOST_WIDTH = 4, 8


class Playground:
    """A network with its data and training history.

    Parameters
    ----------
    data_set : str
        Key of `playground_data.DATA_SETS`.
    noise : float
        Standard deviation of the noise added to each coordinate or pixel, from 0 to 1.
    hidden_layers : int
        Number of hidden layers, from 0 to 4.
    width : int or sequence of int
        Number of units in each hidden layer, from 1 to 8. A sequence contains one number per layer.
    activation : str or sequence of str
        Name of the activation, as in `NeuralNetwork`. A sequence contains one name per hidden layer.
    initialization, optimizer : str
        Names as in `NeuralNetwork`.
    learning_rate : float or dict
        A dict such as {0: 0.03, 200: 0.01} maps update numbers to the rate used from that update onwards.
    batch_size : int
        Number of examples per update.
    l2 : float
        Factor λ of the penalty ½ λ Σ w², as in `NeuralNetwork`.
    random_state : int
        Seed for the initial weights and the order of the batches.
    features : sequence of str
        Features to compute from the coordinates and use as inputs, given as keys of `playground_data.FEATURES`.
    points : sequence of tuple
        Training points to add to the data set; see `playground_data.as_points`.

    Attributes
    ----------
    X, y, X_test, y_test : ndarray
        The examples, as coordinates or pixels rather than as features.
    W, b, dW, db : dict of ndarray
        Parameters, and the gradient used in the last update, including that of the penalty.
    updates : int
        Number of updates so far.
    costs : list of tuple
        Training and test costs before each update and after the last one: the mean cross-entropy, without the penalty.
        The test cost is NaN if all points are the reader's own.
    norms : list of list
        Norms ‖dW[l]‖ of all layers at each update.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.
    """

    def __init__(
        self,
        data_set="moons",
        noise=0.1,
        hidden_layers=2,
        width=6,
        activation="tanh",
        initialization="glorot",
        optimizer="adam",
        learning_rate=0.01,
        batch_size=20,
        l2=0.0,
        random_state=0,
        features=("x1", "x2"),
        points=(),
    ):
        self.rates = as_rates(learning_rate, MOST_UPDATES)
        self.optimizer = OPTIMIZERS[known_name(optimizer, OPTIMIZERS, "optimizer")]
        self.batch_size = min(positive_whole(batch_size, "batch_size"), M)
        self.noise, self.l2 = number_between(noise, "noise", 0, 1), number_between(l2, "l2", 0, 10)
        layers = whole_between(hidden_layers, "hidden_layers", 0, MOST_LAYERS)
        widths = [whole_between(n, "width", 1, MOST_WIDTH) for n in one_each(width, "width", layers)]
        self.activations = [
            known_name(g, ACTIVATIONS, "activation") for g in one_each(activation, "activation", layers)
        ]
        self._load(known_name(data_set, DATA_SETS, "data_set"), as_features(features), as_points(points))
        self._rng = as_generator(random_state)
        self.sizes = (self._inputs.shape[1], *widths, 1)
        initialization = known_name(initialization, INITIALIZATIONS, "initialization")
        theta = pack(*initialize_parameters(self.sizes, initialization, self._rng))
        self._keep(theta, np.zeros_like(theta), np.zeros((self.optimizer.slots, theta.size)))
        self.updates, self.norms, self._batches = 0, [], []
        self.costs = [self._cost(self._theta, 0)]

    def _load(self, data_set, features, points):
        self.data_set, self.is_digits, self.features = data_set, data_set == "digits", features
        if self.is_digits and (points or features != ("x1", "x2")):
            raise ValueError("data_set is 'digits', which has no coordinates: leave out points and features")
        if data_set == "own points" and sum(since == 0 for *_, since in points) < 1:
            raise ValueError("data_set is 'own points', but points contains none for update 0: add at least one")
        X, y = DATA_SETS[data_set](2 * M, self.noise, random_state=0)
        half = len(X) // 2
        self.X, self.y, self.X_test, self.y_test = X[:half], y[:half], X[half:], y[half:]
        self.points, self._since = (), np.zeros(half, int)
        self._inputs, self._test_inputs = self.features_of(self.X), self.features_of(self.X_test)
        self._add(points)

    def _add(self, points):
        X = np.array([point[:2] for point in points]).reshape(-1, 2)
        if points:
            self.X, self.y = np.vstack([self.X, X]), np.append(self.y, [label for _, _, label, _ in points])
            self._inputs = self.features_of(self.X)
            self._since = np.append(self._since, [since for *_, since in points])
            self.points += tuple(points)

    def add_point(self, x1, x2, label):
        """Add a training point, which is used from the next pass over the data onwards."""
        since = self.updates + bool(self._batches)
        points = as_points([*self.points, (x1, x2, label, since)])
        if self.is_digits:
            raise ValueError("data_set is 'digits', which has no coordinates: choose another data set to add points")
        with interrupts_wait():
            self._add(points[-1:])
            if self.updates == 0:
                self.costs = [self._cost(self._theta, 0)]

    def _keep(self, theta, gradient, memory):
        """Set the current parameters, the gradient of the last update, and the memory of the optimizer."""
        self._theta, self._memory = theta, memory
        self.W, self.b = views(theta, self.sizes)
        self.dW, self.db = views(gradient, self.sizes)

    @property
    def learning_rate(self):
        """Learning rate α of the next update; a value assigned to it is used from that update onwards."""
        return self.rates[max(start for start in self.rates if start <= self.updates)]

    @learning_rate.setter
    def learning_rate(self, value):
        value = positive_number(value, "learning_rate")
        before = {start: rate for start, rate in self.rates.items() if start < self.updates}
        changed = not before or list(before.values())[-1] != value
        self.rates = before | ({self.updates: value} if changed else {})

    def features_of(self, X):
        """Return the network's inputs, of shape (m, n[0]), for examples given as coordinates or pixels."""
        if self.is_digits or self.features == ("x1", "x2"):
            return X
        return np.column_stack([FEATURES[name](X) for name in self.features])

    def forward(self, inputs, W=None, b=None):
        """Return Z and A of all layers.

        This works like `backprop.network.forward`, except that each layer can have a different activation.
        """
        W, b = (self.W, self.b) if W is None else (W, b)
        Z, A = {}, {0: inputs.T}  # A[0]: (n[0], m)
        for l in range(1, len(W) + 1):
            Z[l] = W[l] @ A[l - 1] + b[l]  # (n[l], n[l-1]) @ (n[l-1], m) + (n[l], 1) = (n[l], m)
            A[l] = self._g(l).g(Z[l])  # (n[l], m)
        return Z, A

    def backward(self, Y, W, Z, A):
        """Return ∂J/∂W and ∂J/∂b of all layers.

        This works like `backprop.network.backward`, except that each layer can have a different activation.
        """
        dW, db = {}, {}
        dZ = OUTPUTS["sigmoid"].cost_gradient(Z[len(W)], Y)  # (1, m)
        for l in range(len(W), 0, -1):
            dW[l] = dZ @ A[l - 1].T  # (n[l], m) @ (m, n[l-1]) = (n[l], n[l-1])
            db[l] = dZ.sum(axis=1, keepdims=True)  # (n[l], 1)
            if l > 1:
                dZ = (W[l].T @ dZ) * self._g(l - 1).g_prime(Z[l - 1])  # (n[l-1], m) * (n[l-1], m)
        return dW, db

    def _g(self, l):
        return OUTPUTS["sigmoid"] if l > len(self.activations) else ACTIVATIONS[self.activations[l - 1]]

    def step(self):
        """Train on one batch with a forward pass, a backward pass and an optimizer step.

        If the step is interrupted or fails, the state does not change. A non-finite cost raises a DivergedError.
        """
        rows, W = self._next_batch(), self.W
        dW, db = self.backward(self.y[np.newaxis, rows].astype(float), W, *self.forward(self._inputs[rows]))
        gradient = pack({l: dW[l] + self.l2 * W[l] for l in dW}, db)
        theta, memory = self._theta.copy(), self._memory.copy()
        with np.errstate(over="ignore", invalid="ignore"):  # the check of the cost below detects these errors
            self.optimizer.step(theta, gradient, memory, self.updates + 1, self.learning_rate)
            cost = self._cost(theta, self.updates + 1)
        if not np.isfinite(cost[: 1 + (len(self.X_test) > 0)]).all():
            raise DivergedError(
                f"after {self.updates} updates, the cost is no longer a finite number: reset the network and try "
                f"a learning rate below {self.learning_rate:g}"
            )
        norms = [float(np.linalg.norm(part)) for part in views(gradient, self.sizes)[0].values()]
        with interrupts_wait():
            self._keep(theta, gradient, memory)
            self.updates += 1
            self.costs.append(cost)
            self.norms.append(norms)
            self._batches.pop(0)

    def run(self, updates):
        """Perform the given number of updates and return self."""
        with parallel_map(1):  # one BLAS thread is fastest for such small products
            for _ in range(updates):
                self.step()
        return self

    def predict_proba(self, X):
        """Return the probability of label 1 for each row of X, which contains coordinates or pixels."""
        return self.forward(self.features_of(X))[1][len(self.W)][0]

    def accuracy(self):
        """Return the training and test accuracies, each of which is NaN if there are no examples to compute it from."""
        pairs = (self.X, self.y), (self.X_test, self.y_test)
        return tuple(float(np.mean((self.predict_proba(X) > 0.5) == y)) if len(X) else np.nan for X, y in pairs)

    def unit_pictures(self, side=40):
        """Return a list of images for each hidden layer, with one image per unit.

        For points in the plane, an image shows the activation of the unit at each point. For digits, it shows the
        derivatives ∂z/∂x of the unit's pre-activation with respect to the pixels, averaged over fifty test images. In
        the first layer, these derivatives are the weights of the unit.
        """
        hidden = range(1, len(self.W))
        if not self.is_digits:
            A = self.forward(self.features_of(plane(self.X, side)))[1]
            return [[picture.reshape(side, side) for picture in A[l]] for l in hidden]
        Z, _ = self.forward(self.X_test[:50])
        slopes, pictures = self.W[1][np.newaxis], []  # (1, n[1], 784), the same for all images
        for l in hidden:
            pictures.append(list(slopes.mean(axis=0).reshape(-1, 28, 28)))
            g_prime = self._g(l).g_prime(Z[l]).T[:, :, np.newaxis]  # (m, n[l], 1)
            slopes = self.W[l + 1] @ (g_prime * slopes)  # (n[l+1], n[l]) @ (m, n[l], 784) = (m, n[l+1], 784)
        return pictures

    def _next_batch(self):
        """Return the rows of the next batch, after shuffling the examples again if all of them have been used."""
        with interrupts_wait():
            if not self._batches:
                order = self._rng.permutation(np.flatnonzero(self._since <= self.updates))
                self._batches = [order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size)]
        return self._batches[0]

    def _cost(self, theta, updates):
        """Return the training and test costs after a number of updates, based on the points used in those updates."""
        W, b = views(theta, self.sizes)
        there = self._since < max(updates, 1)
        inputs, y = self._inputs[there], self.y[there]
        Z = self.forward(np.vstack([inputs, self._test_inputs]), W, b)[0][len(W)]
        cost, test = OUTPUTS["sigmoid"].cost, Z[:, len(y) :]
        return cost(Z[:, : len(y)], y[np.newaxis]), cost(test, self.y_test[np.newaxis]) if test.size else np.nan
