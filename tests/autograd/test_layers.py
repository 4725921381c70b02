"""The layers of lesson 12: compared with loops, with nudges and with PyTorch; and the mistakes in them."""

import re

import numpy as np
import pytest

from helpers.autograd import Variable, grad, layer_zoo, layers
from helpers.gradient_check import check
from helpers.gradient_check.nudge import numerical_gradient

RNG = np.random.default_rng(0)
IMAGES = RNG.standard_normal((2, 6, 5, 3))
F, B = RNG.standard_normal((3, 3, 3, 4)), RNG.standard_normal(4)
Q, K, V = RNG.standard_normal((3, 2, 4, 6))


def torch_or_skip():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def by_loops(images, F, b):
    """Return the convolution, computed one number at a time."""
    size, n = F.shape[0], F.shape[3]
    m, h, w = images.shape[0], images.shape[1] - size + 1, images.shape[2] - size + 1
    result = np.zeros((m, h, w, n))
    for i, r, c, f in np.ndindex(result.shape):
        result[i, r, c, f] = (images[i, r : r + size, c : c + size] * F[..., f]).sum() + b[f]
    return result


def gradients_by_tape(cost):
    """Return a function from arrays to the gradients of a function of Variables."""

    def gradients(p):
        known = layers.variables(p)
        return dict(zip(p, grad(cost(known), [*known.values()]), strict=True))

    return gradients


def assert_right(cost, p):
    report = check(lambda p: cost(layers.variables(p)).item(), gradients_by_tape(cost), p, entries=10**6)
    assert report.right, report


def test_a_convolution_is_that_of_loops():
    found = layers.convolve(Variable(IMAGES), Variable(F), Variable(B))
    np.testing.assert_allclose(found.value, by_loops(IMAGES, F, B), rtol=1e-12, atol=1e-12)
    plain = layers.convolve(IMAGES, Variable(F), Variable(B))  # images without a record
    np.testing.assert_array_equal(plain.value, found.value)


@pytest.mark.parametrize("shape", [(2, 4, 2, 3), (2, 1, 2, 3), (3, 2, 3, 4), (3, 3, 1, 4), (3, 3, 3), ()])
def test_filters_of_another_shape_are_refused(shape):
    words = r"^F has shape .*, but for images of shape .* it must be \(size, size, 3, number of filters\)"
    with pytest.raises(ValueError, match=words):
        layers.convolve(Variable(IMAGES), Variable(np.zeros(shape)), Variable(B))


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda: layers.windows(IMAGES[0, :, :, 0], 3), r"^images has shape \(6, 5\), but it must be \(m, h, w, c\)"),
        (lambda: layers.convolve(IMAGES[0], Variable(F), 0), r"^images has shape \(6, 5, 3\), but it must be"),
        (lambda: layers.pool(Variable(IMAGES)), "^6 × 5 pixels cannot be divided into blocks of 2 × 2: choose another"),
        (lambda: layers.pool(Variable(IMAGES), 0), "^size is 0, but it must be at least 1"),
        (lambda: layers.pool(Variable(IMAGES[0])), r"^images has shape \(6, 5, 3\), but it must be \(m, h, w, c\)"),
        (lambda: layers.split(Variable(Q), 4), "^heads is 4, but it must be a divisor of the width, 6"),
        (lambda: layers.split(Variable(Q), 0), "^heads is 0, but it must be at least 1"),
    ],
)
def test_images_and_heads_that_do_not_fit_are_refused(use, words):
    with pytest.raises(ValueError, match=words):
        use()


def test_the_windows_of_an_array_and_of_a_variable():
    found = layers.windows(IMAGES, 3)
    assert found.shape == (2, 4, 3, 3, 3, 3)
    np.testing.assert_array_equal(found[1, 2, 0], IMAGES[1, 2:5, 0:3])
    np.testing.assert_array_equal(layers.windows(Variable(IMAGES), 3).value, found)
    with pytest.raises(ValueError, match=r"^size is 6, but the images have only 6 rows and 5 columns"):
        layers.windows(IMAGES, 6)


def test_every_gradient_of_a_convolutional_network():
    def cost(p):
        A = layers.pool(layers.convolve(p["images"], p["F"], p["b"]).tanh())  # (2, 2, 2, 4), from images 6 × 6
        Z = A.reshape(2, -1) @ p["W"]
        return (Z.logsumexp(axis=1) - Z[np.arange(2), [0, 2]]).mean()

    images = np.random.default_rng(1).standard_normal((2, 6, 6, 3))
    assert_right(cost, {"images": images, "F": F / 5, "b": B, "W": RNG.standard_normal((16, 3))})


def test_the_backward_pass_of_a_convolution_is_a_convolution():
    """Of the gradient with a rim of zeros, by the filter rotated by 180°."""
    images = Variable(IMAGES)
    g = RNG.standard_normal((2, 4, 3, 4))
    found = grad(layers.convolve(images, Variable(F), Variable(B)), images, g)
    framed = np.pad(g, ((0, 0), (2, 2), (2, 2), (0, 0)))
    np.testing.assert_allclose(found, by_loops(framed, F[::-1, ::-1].swapaxes(2, 3), np.zeros(3)), atol=1e-12)


def test_pooling_takes_the_largest_of_each_block():
    images = IMAGES[:, :, :4]
    found = layers.pool(Variable(images)).value
    assert found.shape == (2, 3, 2, 3)
    assert found[1, 2, 0, 1] == images[1, 4:6, 0:2, 1].max()


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_normalization(axis):
    A = Variable(3 + 5 * RNG.standard_normal((7, 8, 9)))
    N = layers.normalize(A, axis).value
    np.testing.assert_allclose(N.mean(axis), 0, atol=1e-12)
    np.testing.assert_allclose(N.var(axis), 1, atol=1e-4)


def test_normalization_by_nudges_and_of_equal_entries():
    def cost(p):
        return (layers.normalize(p["A"], -1) * weights).sum()

    weights = RNG.standard_normal((3, 5))
    assert_right(cost, {"A": RNG.standard_normal((3, 5))})
    equal = Variable(np.ones((2, 3)))
    assert (layers.normalize(equal, 0).value == 0).all()
    assert np.isfinite(grad(layers.normalize(equal, 0).sum(), equal)).all()


def test_attention_worked_by_hand():
    """Scores 0 and ln 3 give the weights 1/4 and 3/4."""
    keys = np.array([[0.0], [np.log(3)]])
    mixed, weights = layers.attention(Variable([[1.0]]), Variable(keys), Variable([[4.0], [8.0]]))
    np.testing.assert_allclose(weights.value, [[0.25, 0.75]], rtol=1e-14)
    np.testing.assert_allclose(mixed.value, [[7.0]], rtol=1e-14)


def test_every_gradient_of_attention():
    mask, weights = layers.causal_mask(4), RNG.standard_normal((2, 4, 6))
    assert_right(
        lambda p: (layers.attention(p["Q"], p["K"], p["V"], mask)[0] * weights).sum(), {"Q": Q, "K": K, "V": V}
    )


def small_transformer(length=4):
    p = layers.initialize_parameters(vocabulary=5, length=length, width=4, random_state=0)
    tokens = np.random.default_rng(1).integers(0, 5, (3, length + 1))
    return p, tokens


def test_every_gradient_of_a_transformer():
    p, tokens = small_transformer()
    counts = np.array([[True] * 4, [True] * 3 + [False], [True] * 2 + [False] * 2])

    def cost(p):
        Z, y = layers.transformer(p, tokens[:, :-1])[0][counts], tokens[:, 1:][counts]
        return (Z.logsumexp(axis=1) - Z[np.arange(len(y)), y]).mean()

    assert_right(cost, p)


def test_a_place_sees_only_what_came_before():
    p, tokens = small_transformer()
    logits, weights = layers.transformer(layers.variables(p), tokens[:, :-1])
    changed = tokens[:, :-1].copy()
    changed[:, 3] = (changed[:, 3] + 1) % 5
    other = layers.transformer(layers.variables(p), changed)[0]
    np.testing.assert_array_equal(logits.value[:, :3], other.value[:, :3])
    assert np.abs(logits.value[:, 3] - other.value[:, 3]).max() > 1e-3
    assert weights.shape == (3, 2, 4, 4) and (np.triu(weights.value, 1) == 0).all()
    np.testing.assert_allclose(weights.value.sum(-1), 1, rtol=1e-14)


@pytest.mark.parametrize("wrong", [-1, 5, 0.5])
def test_tokens_outside_the_vocabulary_are_refused(wrong):
    p, tokens = small_transformer()
    tokens = tokens[:, :4]
    others = tokens.astype(type(wrong))
    others[1, 2] = wrong
    with pytest.raises(ValueError, match=f"^tokens contains {wrong}, but it must consist of whole numbers from 0 to 4"):
        layers.transformer(layers.variables(p), others)


def test_pytorch_has_our_numbers():
    torch = torch_or_skip()
    functional = torch.nn.functional
    images, F_torch = (torch.tensor(a, requires_grad=True) for a in (IMAGES, F))
    theirs = functional.conv2d(images.permute(0, 3, 1, 2), F_torch.permute(3, 2, 0, 1), torch.tensor(B))
    mine, filters = Variable(IMAGES), Variable(F)
    ours = layers.convolve(mine, filters, Variable(B))
    np.testing.assert_allclose(ours.value, theirs.permute(0, 2, 3, 1).detach().numpy(), atol=1e-12)
    for found, expected in zip(
        grad((ours**2).sum(), [mine, filters]), torch.autograd.grad((theirs**2).sum(), [images, F_torch]), strict=True
    ):
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12, atol=1e-12)
    tensors = [torch.tensor(a) for a in (Q, K, V)]
    theirs = functional.scaled_dot_product_attention(*tensors, is_causal=True).numpy()
    ours = layers.attention(*map(Variable, (Q, K, V)), layers.causal_mask(4))[0].value
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    theirs = functional.layer_norm(torch.tensor(Q), (6,)).numpy()
    np.testing.assert_allclose(layers.normalize(Variable(Q), -1).value, theirs, atol=1e-12)


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("bug", layer_zoo.BUGS, ids=lambda bug: bug.title)
def test_every_mistake_is_named(bug):
    assert bug.says in bug.examine(bug.broken)
    assert bug.source.startswith(f"def {bug.broken.__name__}(") and bug.seen.endswith(".")


def causal(Q, K, V):
    return layers.attention(Q, K, V, layers.causal_mask(len(Q)))[0]


@pytest.mark.parametrize(
    ("attention", "words"),
    [
        (causal, "^The head is correct.$"),
        (lambda Q, K, V: causal(Q * 2, K, V), "do not agree with the scores"),
        (lambda Q, K, V: causal(Q, K, V) * 0.5, "^The rows of the weights do not add up to 1.$"),
        (
            lambda Q, K, V: causal(np.eye(6)[:, 5:] * Q, K, V),
            "do not agree with the scores",
        ),  # only the last row is right
        (
            lambda Q, K, V: causal(Q, K, V * V),
            "^The weights are right, but the mixed values are not the weights times V.$",
        ),
        (lambda Q, K, V: layers.attention(Q, K, V, layers.causal_mask(6).T)[0], "the mask hides the wrong tokens.$"),
        (
            lambda Q, K, V: layers.attention(Q, K, V, layers.causal_mask(6)),
            "^The head must return the mixed values and",
        ),
        (
            lambda Q, K, V: causal(Q, K, V).value,
            "^The head must return the mixed values and nothing else, as a Variable",
        ),
    ],
)
def test_right_and_other_heads(attention, words):
    assert re.search(words, layer_zoo.examine_attention(attention))


def test_gradients_of_a_shared_matrix():
    def whole(E):
        return grad(layer_zoo.shared_cost(E), E)

    assert layer_zoo.examine_shared(whole) == "The gradient is correct."
    other = layer_zoo.examine_shared(lambda E: whole(E) - layer_zoo.one_use_only(E))
    assert other.startswith("The gradient counts only the use of E in the input")
    assert layer_zoo.examine_shared(lambda E: 2 * whole(E)) == "The gradient differs from the numerical gradient."
    for gradient in (lambda E: None, lambda E: whole(E).T, lambda E: whole(E).tolist(), lambda E: Variable(whole(E))):
        assert layer_zoo.examine_shared(gradient).endswith(
            "return the gradient and nothing else, as an array of shape (3, 4)."
        )
    E = np.random.default_rng(0).standard_normal((3, 4))
    nudged = numerical_gradient(lambda: layer_zoo.shared_cost(Variable(E)).item(), E)
    np.testing.assert_allclose(whole(Variable(E)), nudged, atol=1e-8)
