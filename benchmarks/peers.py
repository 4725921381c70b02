"""The libraries that mini-batch training is compared with. All of them are optional.

    pip install torch scikit-learn jax tinygrad        (tinygrad also needs the compiler clang)

Each function trains the same network, in the way that the library's own documentation does. It is a generator that
first yields when it is ready to start, then after each epoch, and then the accuracy on the test set after that epoch.
"""

import warnings

import numpy as np

HIDDEN, BATCH, ALPHA = 300, 128, 0.001


def scikit_learn(X, y, X_test, y_test):
    """Train scikit-learn's MLPClassifier with one warm-started fit per epoch."""
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (HIDDEN,), alpha=0, batch_size=BATCH, learning_rate_init=ALPHA, max_iter=1, warm_start=True, random_state=0
    )
    yield
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn warns that one iteration is not enough to converge
            network.fit(X, y)
        yield
        yield network.score(X_test, y_test)


def pytorch(X, y, X_test, y_test):
    """Train a PyTorch model on the CPU with the usual training loop."""
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(784, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10))
    optimizer, loss = torch.optim.Adam(model.parameters(), lr=ALPHA), torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    yield
    while True:
        for rows in torch.randperm(len(X)).split(BATCH):
            optimizer.zero_grad()
            loss(model(inputs[rows]), labels[rows]).backward()
            optimizer.step()
        yield
        with torch.no_grad():
            yield float((model(torch.from_numpy(X_test)).argmax(1).numpy() == y_test).mean())


def jax(X, y, X_test, y_test):
    """Train with JAX, whose compiler turns the whole step, including Adam, into one program."""
    import jax
    import jax.numpy as jnp

    def logits(p, X):
        return jax.nn.relu(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]

    def loss(p, X, y):
        return -jnp.mean(jax.nn.log_softmax(logits(p, X))[jnp.arange(len(y)), y])

    @jax.jit
    def step(p, m, v, t, X, y):
        g = jax.grad(loss)(p, X, y)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, v, g)

        def update(p, m, v):
            return p - ALPHA * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)

        return jax.tree.map(update, p, m, v), m, v

    rng = np.random.default_rng(0)
    p = {"W1": rng.standard_normal((784, HIDDEN)) * (2 / 784) ** 0.5, "b1": np.zeros(HIDDEN)}
    p |= {"W2": rng.standard_normal((HIDDEN, 10)) * (2 / HIDDEN) ** 0.5, "b2": np.zeros(10)}
    p = {name: jnp.asarray(array, jnp.float32) for name, array in p.items()}
    m = v = jax.tree.map(jnp.zeros_like, p)
    labels, t = y.astype(np.int32), 0
    yield
    while True:
        order = rng.permutation(len(X))
        for start in range(0, len(X), BATCH):
            rows, t = order[start : start + BATCH], t + 1
            p, m, v = step(p, m, v, np.float32(t), X[rows], labels[rows])
        jax.block_until_ready(p)
        yield
        yield float((logits(p, X_test).argmax(1) == y_test).mean())


def tinygrad(X, y, X_test, y_test):
    """Train with tinygrad. Its compiled step needs batches of equal size, so the last few examples are left out."""
    from tinygrad import Context, Tensor, TinyJit, nn

    Tensor.manual_seed(0)
    first, second = nn.Linear(784, HIDDEN), nn.Linear(HIDDEN, 10)
    optimizer = nn.optim.Adam([first.weight, first.bias, second.weight, second.bias], lr=ALPHA)

    def logits(X):
        return second(first(X).relu())

    @TinyJit
    def step(X, y):
        optimizer.zero_grad()
        loss = logits(X).sparse_categorical_crossentropy(y).backward()
        optimizer.step()
        return loss

    rng, labels, loss = np.random.default_rng(0), y.astype(np.int32), None
    logits(Tensor(X_test[:1])).realize()  # fails here if there is no compiler
    yield
    while True:
        order = rng.permutation(len(X))
        with Context(TRAINING=1):
            for rows in order[: len(X) // BATCH * BATCH].reshape(-1, BATCH):
                loss = step(Tensor(X[rows]).realize(), Tensor(labels[rows]).realize())
        loss.item()  # waits until the epoch is complete
        yield
        yield float((logits(Tensor(X_test)).argmax(1).numpy() == y_test).mean())


RIVALS = {"scikit-learn MLPClassifier": scikit_learn, "PyTorch": pytorch, "JAX": jax, "tinygrad": tinygrad}


def installed(*data):
    """Return a dict with a generator for each library that is installed, given the data (X, y, X_test, y_test)."""
    ready = {}
    for name, train in RIVALS.items():
        rival = train(*data)
        try:
            next(rival)
            ready[name] = rival
        except (ImportError, OSError, RuntimeError) as error:
            print(f"{name} is left out: {error}")
    return ready
