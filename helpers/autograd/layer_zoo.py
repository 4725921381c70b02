"""A collection of mistakes in the layers from lesson 12, with checks that find each mistake and name its cause.

Most of the mistakes are in the forward pass of attention. The gradient check cannot find them, because the tape
returns the correct gradient of the wrong function. `examine_attention` finds them by looking at the weights. The last
mistake is in the gradient of a matrix that is used twice, and the gradient check does find that one.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers.autograd.layers import causal_mask
from helpers.autograd.tape import Variable, grad
from helpers.backprop.activations import softmax
from helpers.gradient_check import check
from helpers.system.arguments import check_function


def mask_after_softmax(Q, K, V):
    weights = (Q @ K.T / np.sqrt(Q.shape[1])).softmax(axis=1)
    return weights * (causal_mask(len(Q)) == 0) @ V


def softmax_over_the_wrong_axis(Q, K, V):
    return (Q @ K.T / np.sqrt(Q.shape[1]) + causal_mask(len(Q))).softmax(axis=0) @ V


def scale_forgotten(Q, K, V):
    return (Q @ K.T + causal_mask(len(Q))).softmax(axis=1) @ V


def mask_forgotten(Q, K, V):
    return (Q @ K.T / np.sqrt(Q.shape[1])).softmax(axis=1) @ V


def examine_attention(attention):
    """Check a causal attention head and say what, if anything, is wrong with it.

    Parameters
    ----------
    attention : callable
        Function that takes Q, K and V (Variables of shape (n, d)) and returns the mixed values, also of shape (n, d).

    Returns
    -------
    str
        A sentence that says what is wrong, or "The head is correct."
    """
    check_function(attention, "attention", "Q", "K", "V")
    n = d = 6
    rng = np.random.default_rng(0)
    Q, K = (Variable(rng.standard_normal((n, d))) for _ in range(2))
    weights = attention(Q, K, Variable(np.eye(n)))  # if V is the identity matrix, the mixed values are the weights
    if not isinstance(weights, Variable) or weights.shape != (n, d):
        return "The head must return the mixed values and nothing else, as a Variable of shape (n, d)."
    A = weights.value
    of_token_2 = (weights[2] ** 2).sum() + 0 * K.sum()  # the last term makes sure that K is in the history
    leaks = np.abs(grad(of_token_2, K)[3:]).max() > 1e-12
    if not np.allclose(A.sum(axis=1), 1):
        return _wrong_sums(A, leaks)
    if leaks or np.abs(np.triu(A, 1)).max() > 0:
        return f"A token looks at later tokens: {'there is no mask' if A.all() else 'the mask hides the wrong tokens'}."
    scores, V = Q.value @ K.value.T, rng.standard_normal((n, d))
    if np.allclose(A, _causal_weights(scores)):
        return "The scores are √d times too large: they have not been divided by √d."
    if not np.allclose(A, _causal_weights(scores / np.sqrt(d))):
        return "The weights do not agree with the scores Q Kᵀ / √d."
    if not np.allclose(attention(Q, K, Variable(V)).value, A @ V):
        return "The weights are right, but the mixed values are not the weights times V."
    return "The head is correct."


def _causal_weights(scores):
    return softmax((scores + causal_mask(len(scores))).T).T  # `softmax` acts on each column


def _wrong_sums(A, leaks):
    """Explain why the rows of the weights do not add up to 1."""
    if np.allclose(A.sum(axis=0), 1):
        return "The columns of the weights add up to 1, but the rows do not: the softmax is over the wrong axis."
    if not leaks:
        return "The rows of the weights do not add up to 1."
    return (
        "The rows of the weights do not add up to 1, and the weights depend on the keys of later tokens: "
        "the mask comes after the softmax."
    )


def shared_cost(E):
    """Return the cost of predicting token t + 1 from token t, using the same matrix E for the input and the logits."""
    tokens = np.array([0, 2, 1, 2])
    Z = E[tokens[:-1]].tanh() @ E.T  # (3, 3)
    return (Z.logsumexp(axis=1) - Z[np.arange(3), tokens[1:]]).mean()


def one_use_only(E):
    """Return only the part of the gradient of `shared_cost` that comes from the use of E in the logits."""
    tokens, used = np.array([0, 2, 1, 2]), Variable(E.value)
    Z = E.value[tokens[:-1]]
    Z = Variable(np.tanh(Z)) @ used.T
    return grad((Z.logsumexp(axis=1) - Z[np.arange(3), tokens[1:]]).mean(), used)


def examine_shared(gradient):
    """Check a function that returns the gradient of `shared_cost` with respect to E. Say what, if anything, is wrong.

    Returns
    -------
    str
        A sentence that says what is wrong, or "The gradient is correct."
    """
    check_function(gradient, "gradient", "E")
    E = np.random.default_rng(0).standard_normal((3, 4))
    report = check(lambda p: shared_cost(Variable(p[0])).item(), lambda p: [gradient(Variable(p[0]))], [E])
    if report.right:
        return "The gradient is correct."
    E = Variable(E)
    found, through_logits, whole = gradient(E), one_use_only(E), grad(shared_cost(E), E)
    if not isinstance(found, np.ndarray) or found.shape != E.shape:
        return f"The function must return the gradient and nothing else, as an array of shape {E.shape}."
    for name, part in (("logits", through_logits), ("input", whole - through_logits)):
        if np.allclose(found, part):
            return f"The gradient counts only the use of E in the {name}: the gradients of both uses must be added."
    return "The gradient differs from the numerical gradient."


class LayerBug(NamedTuple):
    """An entry in the collection: a broken function and a description of its mistake."""

    title: str
    broken: Callable
    examine: Callable  # function that names the mistake
    seen: str  # its effect on training
    says: str  # part of the sentence that `examine` returns

    @property
    def source(self):
        """Source code of the broken function."""
        return inspect.getsource(self.broken)


BUGS = [
    LayerBug(
        "the mask comes after the softmax",
        mask_after_softmax,
        examine_attention,
        "Later tokens contribute to the sum in the denominator, so the training cost is too good to be true.",
        "the mask comes after the softmax",
    ),
    LayerBug(
        "softmax over the wrong axis",
        softmax_over_the_wrong_axis,
        examine_attention,
        "The mixtures for early tokens are far too small, and here, too, later tokens contribute to the sums.",
        "over the wrong axis",
    ),
    LayerBug(
        "the scale factor 1/√d is missing",
        scale_forgotten,
        examine_attention,
        "If d is large, nearly all the weight falls on one token, and the slopes of the softmax are close to 0.",
        "not been divided by √d",
    ),
    LayerBug(
        "no mask at all",
        mask_forgotten,
        examine_attention,
        "The network copies the answer from the next position. When it generates text, that position is still empty.",
        "there is no mask",
    ),
    LayerBug(
        "only one use of a shared matrix",
        one_use_only,
        examine_shared,
        "The network learns slightly less well, because the vectors are not trained to serve as input.",
        "the gradients of both uses must be added",
    ),
]
