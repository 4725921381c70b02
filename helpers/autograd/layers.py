"""Layers of convolutional networks and transformers, built from operations on the tape, as derived in lesson 12.

None of them needs a backward function of its own. In a stack of images or tokens, the features lie along the last axis,
so the weights multiply from the right.
"""

import numpy as np

from helpers.autograd.tape import Variable
from helpers.system.validation import positive_whole


def windows(images, size):
    """Return all square windows of a given size in a stack of images.

    Parameters
    ----------
    images : ndarray or Variable of shape (m, h, w, c)
        Images with c channels.
    size : int
        Number of rows and columns in a window.

    Returns
    -------
    ndarray or Variable of shape (m, h − size + 1, w − size + 1, size, size, c)

    Raises
    ------
    ValueError
        If `images` does not have four axes, or if a window does not fit into an image.
    """
    _check_images(images, size)
    rows, columns = images.shape[1] - size + 1, images.shape[2] - size + 1
    if min(rows, columns) < 1:
        raise ValueError(
            f"size is {size}, but the images have only {images.shape[1]} rows and {images.shape[2]} columns"
        )
    i = np.arange(rows)[:, None] + np.arange(size)  # (rows, size)
    j = np.arange(columns)[:, None] + np.arange(size)  # (columns, size)
    return images[:, i[:, None, :, None], j[None, :, None, :]]


def _check_images(images, size=1):
    positive_whole(size, "size")
    if images.ndim != 4:
        raise ValueError(f"images has shape {images.shape}, but it must be (m, h, w, c)")


def convolve(images, F, b):
    """Compute the convolution of a stack of images with a set of filters.

    A single matrix product compares all windows of the images with all filters.

    Parameters
    ----------
    images : ndarray or Variable of shape (m, h, w, c)
        Images with c channels.
    F : Variable of shape (size, size, c, c′)
        The c′ filters.
    b : Variable of shape (c′,)
        Biases of the filters.

    Returns
    -------
    Variable of shape (m, h − size + 1, w − size + 1, c′)

    Raises
    ------
    ValueError
        If `images` or F has the wrong shape, or if a filter does not fit into an image.
    """
    _check_images(images)
    if F.ndim != 4 or F.shape[:3] != (F.shape[0], F.shape[0], images.shape[3]):
        words = f"for images of shape {images.shape} it must be (size, size, {images.shape[3]}, number of filters)"
        raise ValueError(f"F has shape {F.shape}, but {words}")
    V = windows(images, F.shape[0])
    rows = V.reshape(-1, F.size // F.shape[3])  # (m · h' · w', size · size · c)
    return (rows @ F.reshape(-1, F.shape[3]) + b).reshape(*V.shape[:3], F.shape[3])


def pool(images, size=2):
    """Return the largest entry in each block of `size` × `size` pixels, separately for each channel.

    Parameters
    ----------
    images : Variable of shape (m, h, w, c)
        Images. Both h and w must be multiples of `size`.
    size : int
        Number of rows and columns in a block.

    Returns
    -------
    Variable of shape (m, h / size, w / size, c)

    Raises
    ------
    ValueError
        If `images` does not have four axes, or if h or w is not a multiple of `size`.
    """
    _check_images(images, size)
    m, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError(f"{h} × {w} pixels cannot be divided into blocks of {size} × {size}: choose another size")
    return images.reshape(m, h // size, size, w // size, size, c).max(axis=(2, 4))


def normalize(A, axis):
    """Subtract the mean along an axis and divide by the standard deviation.

    The small number 1e-5 is added to the variance to avoid division by 0 if all entries along the axis are equal.
    Normalising over the examples is called batch normalisation, and normalising over the features of each example is
    called layer normalisation.

    Parameters
    ----------
    A : Variable of any shape
    axis : int
        Axis along which the result has mean 0 and, unless all entries are nearly equal, a variance close to 1.

    Returns
    -------
    Variable of the same shape as A
    """
    D = A - A.mean(axis, keepdims=True)
    return D / ((D * D).mean(axis, keepdims=True) + 1e-5).sqrt()


def causal_mask(n):
    """Return an array of shape (n, n) that is 0 where token t may look at token s (s ≤ t) and −∞ elsewhere."""
    return np.triu(np.full((n, n), -np.inf), 1)


def attention(Q, K, V, mask=0.0):
    """Return softmax(Q Kᵀ / √d + mask) V, a weighted mean of the values for each query, together with the weights.

    Parameters
    ----------
    Q, K : Variable of shape (…, n, d)
        Queries and keys of n tokens.
    V : Variable of shape (…, n, e)
        Values of the tokens.
    mask : ndarray of shape (n, n)
        Array to add to the scores. An entry of −∞ excludes a token.

    Returns
    -------
    mixed : Variable of shape (…, n, e)
    weights : Variable of shape (…, n, n)
        Row t contains the weights that token t assigns to the n tokens. They add up to 1.
    """
    weights = (Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1]) + mask).softmax(axis=-1)
    return weights @ V, weights


def initialize_parameters(vocabulary, length, width, random_state=None):
    """Return random parameters for a transformer with one block, as arrays.

    Parameters
    ----------
    vocabulary : int
        Number of different tokens.
    length : int
        Maximum number of tokens in a sequence.
    width : int
        Number of features of each token, d.
    random_state : None, int or Generator
        Source of the random numbers. If it is None, every call returns different numbers.

    Returns
    -------
    dict of ndarray
        E contains the token vectors, with shape (vocabulary, d), and P the position vectors, with shape (length, d).
        Wq, Wk, Wv and Wo are the projection matrices of the attention layer, with shape (d, d). W1, b1, W2 and b2 are
        the parameters of a two-layer network with 4d hidden units, and b contains the biases of the logits, with shape
        (vocabulary,).
    """
    rng, d = np.random.default_rng(random_state), width
    shapes = {"Wq": (d, d), "Wk": (d, d), "Wv": (d, d), "Wo": (d, d), "W1": (d, 4 * d), "W2": (4 * d, d)}
    p = {name: rng.standard_normal(shape) / np.sqrt(shape[0]) for name, shape in shapes.items()}
    tables = {"E": 0.3 * rng.standard_normal((vocabulary, d)), "P": 0.3 * rng.standard_normal((length, d))}
    return tables | p | {"b1": np.zeros(4 * d), "b2": np.zeros(d), "b": np.zeros(vocabulary)}


def transformer(p, tokens, heads=2):
    """Compute the logits of the next token at every position in a stack of sequences.

    Parameters
    ----------
    p : dict of Variable
        See `initialize_parameters`. E is used twice: to represent the input tokens and to compute the logits.
    tokens : ndarray of int, of shape (m, n)
        Sequences of n tokens.
    heads : int
        Number of heads, which must be a divisor of the width.

    Returns
    -------
    logits : Variable of shape (m, n, vocabulary)
    weights : Variable of shape (m, heads, n, n)
        Attention weights, for use in figures.

    Raises
    ------
    ValueError
        If a token is not in the vocabulary, or if the width is not a multiple of `heads`.
    """
    _check_tokens(tokens, p["E"].shape[0])
    m, n = tokens.shape
    x = p["E"][tokens] + p["P"][:n]  # (m, n, d)
    h = normalize(x, -1)
    Q, K, V = (split(h @ p[name], heads) for name in ("Wq", "Wk", "Wv"))  # (m, heads, n, d / heads)
    mixed, weights = attention(Q, K, V, causal_mask(n))
    x = x + mixed.swapaxes(1, 2).reshape(m, n, -1) @ p["Wo"]
    x = x + (normalize(x, -1) @ p["W1"] + p["b1"]).relu() @ p["W2"] + p["b2"]
    return normalize(x, -1) @ p["E"].T + p["b"], weights


def _check_tokens(tokens, n):
    wrong = np.setdiff1d(tokens, np.arange(n))  # as an index, −1 would select the last token
    if wrong.size:
        raise ValueError(f"tokens contains {wrong[0]}, but it must consist of whole numbers from 0 to {n - 1}")


def split(x, heads):
    """Divide the features of each token among the heads: (m, n, d) becomes (m, heads, n, d / heads)."""
    m, n, d = x.shape
    if d % positive_whole(heads, "heads"):
        raise ValueError(f"heads is {heads}, but it must be a divisor of the width, {d}")
    return x.reshape(m, n, heads, d // heads).swapaxes(1, 2)


def variables(p):
    """Convert a dict of arrays to a dict of Variables with the same keys."""
    return {name: Variable(array, name) for name, array in p.items()}
