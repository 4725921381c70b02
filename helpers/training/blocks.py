"""The fast form of `backprop.network`: the same equations, a block of examples at a time.

Read `backprop.network` first. The cost is a mean over examples, so the gradient over all examples is the
mean of the gradients of the blocks, weighted by their sizes. A block is small enough for its Z and A to
stay in the processor's cache, and several blocks are processed at once. Tests compare both forms on
random networks.
"""

import numpy as np

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS
from helpers.backprop.network import forward
from helpers.system.arguments import check_function
from helpers.training.inputs import check_task

# Examples per block: few enough for Z and A to stay in the processor's cache.
BLOCK = 1536


def cost_and_gradients(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid", run=map, out=None):
    """Cost and gradients on all examples, computed block by block.

    With blocks of k₁, k₂, … examples out of m, J = Σ (kᵢ/m) Jᵢ, and likewise for every gradient. Blocks
    are added in order, so the result does not depend on how many are processed at once.

    Parameters
    ----------
    X : ndarray of shape (m, n[0]), or an `HDF5Rows` or `Shards` of that shape
    Y : ndarray of shape (n[L], m)
    W, b : dicts of ndarrays
    hidden_activation, output : str, as in `network.forward`
    run : callable like `map`, such as one from `parallel.parallel_map`
    out : (dW, db), optional, dicts of arrays to write the gradients into

    Returns
    -------
    cost : float
    dW, db : dicts of ndarrays with the shapes of W and b

    Raises
    ------
    TypeError, ValueError
        If a type or a shape differs from these, since NumPy might broadcast it to a wrong result. With `out`
        nothing is checked.
    """
    if out is None:  # with `out` this is one step of a training run, whose arguments were checked at its start
        check_task(X, Y, W, b, hidden_activation, output)
        check_function(run, "run", "function", "starts", "stops")
    _check_out(out)
    if hasattr(X, "cost_and_gradients"):
        return X.cost_and_gradients(Y, W, b, hidden_activation, output, out)
    m = len(X)
    edges = [int(edge) for edge in np.linspace(0, m, count_blocks(m) + 1)]

    def one_block(start, stop):
        share, y = (stop - start) / m, Y[:, start:stop]
        place = out if start == 0 else None  # the first block writes here; the others are added to it
        with np.errstate(all="ignore"):  # `fit` checks the cost and raises DivergedError
            Z, A = forward(X[start:stop], W, b, hidden_activation, output)
            block_cost = share * OUTPUTS[output].loss(Z[len(W)], y)
            return block_cost, *backward(y, W, Z, A, hidden_activation, output, share, place)

    blocks = iter(run(one_block, edges[:-1], edges[1:]))
    cost, dW, db = next(blocks)
    for block_cost, block_dW, block_db in blocks:
        cost += block_cost
        for l in W:
            dW[l] += block_dW[l]
            db[l] += block_db[l]
    return cost, dW, db


def backward(Y, W, Z, A, hidden_activation="sigmoid", output="sigmoid", share=1.0, out=None):
    """`network.backward` times `share`, written into the arrays of `out`.

    Multiplying dZ[L] by the share is enough, because every gradient is linear in dZ[L].

    Parameters
    ----------
    Y, W, Z, A, hidden_activation, output : as in `network.backward`
    share : float, k/m for a block of k out of m examples
    out : (dW, db), optional, dicts of arrays to write the gradients into

    Returns
    -------
    dW, db : dicts of ndarrays with the shapes of W and b
    """
    L = len(W)
    g_prime = ACTIVATIONS[hidden_activation].g_prime
    dW, db = out or ({l: None for l in W}, {l: None for l in W})  # None: NumPy makes a new array
    dZ = OUTPUTS[output].loss_gradient(Z[L], Y) * share  # (n[L], k)
    for l in range(L, 0, -1):
        dW[l] = np.matmul(dZ, A[l - 1].T, out=dW[l])  # (n[l], n[l-1])
        db[l] = np.sum(dZ, axis=1, keepdims=True, out=db[l])  # (n[l], 1)
        if l > 1:
            dZ = _product(W[l].T, dZ) * g_prime(Z[l - 1])  # (n[l-1], k)
    return dW, db


def cost(X, Y, W, b, hidden_activation="sigmoid", output="sigmoid"):
    """The cost on all examples, without gradients; arguments and errors are those of `cost_and_gradients`."""
    check_task(X, Y, W, b, hidden_activation, output)
    total, start = 0.0, 0
    for block in split(X):
        with np.errstate(all="ignore"):
            Z, _ = forward(block, W, b, hidden_activation, output)
            stop = start + len(block)
            total += len(block) / len(X) * OUTPUTS[output].loss(Z[len(W)], Y[:, start:stop])
        start = stop
    return total


def answers(X, W, b, hidden_activation="sigmoid", output="sigmoid"):
    """A[L] with rows as examples: an ndarray of shape (m, n[L])."""
    with np.errstate(all="ignore"):
        return np.concatenate([forward(block, W, b, hidden_activation, output)[1][len(W)].T for block in split(X)])


def _check_out(out):
    if out is None:
        return
    if not isinstance(out, (tuple, list)) or len(out) != 2 or not all(isinstance(p, dict) for p in out):
        raise TypeError("out must be a pair of dictionaries, (dW, db), with an array for each layer, or None")


def split(X):
    """The rows of X in order, a block at a time; X is an ndarray or an `HDF5Rows`."""
    return X.blocks(BLOCK) if hasattr(X, "blocks") else np.array_split(X, count_blocks(len(X)))


def count_blocks(m):
    """Number of blocks for m examples; at least two if m ≥ 512, so that two cores have work."""
    return max(-(-m // BLOCK), 1 + (m >= 512))


def _product(P, Q):
    """P @ Q. If P has one column this is an outer product, ten times faster by broadcasting than with BLAS."""
    return P * Q if P.shape[1] == 1 else P @ Q
