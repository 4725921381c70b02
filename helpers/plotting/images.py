"""Data and predictions: points with a decision boundary, images, weights and confusion matrices."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, Normalize, to_rgba

from helpers.plotting.names import head_legend
from helpers.plotting.style import (
    BODY,
    DIVERGING,
    INK,
    LABEL_COLORS,
    LABEL_MARKERS,
    MUTED,
    NEGATIVE,
    PAPER,
    POSITIVE,
    SMALL,
    WIDTH,
    WRONG,
    new_axes,
)

# Zero is transparent, so that the image suits a page of any colour: one colour below 0, another above.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [(0, to_rgba(NEGATIVE)), (0.5, to_rgba(NEGATIVE, 0)), (0.5, to_rgba(POSITIVE, 0)), (1, to_rgba(POSITIVE))]
)
MISTAKES = LinearSegmentedColormap.from_list("mistakes", [to_rgba(WRONG, 0), to_rgba(WRONG, 0.75)])


def points(X, y, ax=None):
    """Labelled points in the plane: circles for label 0, triangles for label 1.

    Parameters
    ----------
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    for label, (color, marker) in enumerate(zip(LABEL_COLORS, LABEL_MARKERS, strict=True)):
        chosen = np.asarray(y) == label
        ax.scatter(*X[chosen].T, c=color, marker=marker, s=26, edgecolors=PAPER, linewidths=0.6, label=f"y = {label}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    head_legend(ax)
    return ax


def boundary(predict_proba, X, y, ax=None, threshold=0.5):
    """Labelled points on top of the predicted probability, with the decision boundary.

    Parameters
    ----------
    predict_proba : callable, (k, 2) to (k,), the probability of label 1
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    threshold : float in (0, 1); the prediction is 1 at this probability and above
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    x1, x2 = np.linspace(low[0], high[0], 80), np.linspace(low[1], high[1], 80)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    P = predict_proba(grid.reshape(-1, 2)).reshape(80, 80)
    filled = ax.contourf(x1, x2, P, levels=np.linspace(0, 1, 11), colors=[color for color, _ in DIVERGING])
    _key(ax, filled, "probability of y = 1", [0, 0.5, 1])
    if P.min() < threshold < P.max():
        ax.contour(x1, x2, P, levels=[threshold], colors=INK, linewidths=1.7)
    return points(X, y, ax)


def images(pixels, titles=None, ax=None, columns=8):
    """Images in rows, each with an optional title.

    Parameters
    ----------
    pixels : ndarray of shape (k, 784) or (k, side, side), from 0 (paper) to 1 (ink); or of shape
        (k, side, side, 3), colours as uint8 or from 0 to 1
    titles : list of k str, optional
    columns : int, number of images per row
    """
    pictures = np.asarray(pixels)
    if pictures.ndim == 2:
        pictures = pictures.reshape(-1, 28, 28)
    if pictures.dtype == np.uint8:
        pictures = pictures / 255
    k, side, *_ = pictures.shape
    columns = min(columns, k)
    rows = -(-k // columns)
    ax = new_axes(ax, figsize=(WIDTH, min(3.2, WIDTH / columns) * rows * (1.18 if titles else 1)))
    gap = max(1, side // 28)
    step = np.array([side + (10 if titles else 2) * gap, side + 2 * gap])
    if pictures.ndim == 3:
        pictures = np.repeat(1.0 - np.clip(pictures, 0, 1)[..., np.newaxis], 3, axis=3)  # ink is black
    sheet = np.zeros((rows * step[0], columns * step[1], 4))  # transparent between the images
    for i, picture in enumerate(pictures):
        top, left = np.array(divmod(i, columns)) * step
        top, left = top + (9 if titles else 1) * gap, left + gap
        sheet[top : top + side, left : left + side] = np.dstack([picture, np.ones((side, side))])
        if titles:
            ax.text(left + side / 2, top - 1.5 * gap, titles[i], ha="center", va="bottom", fontsize=SMALL)
    ax.imshow(sheet, interpolation="none")
    ax.axis("off")
    return ax


def confusion_matrix(counts, ax=None):
    """A confusion matrix, with colour for mistakes only: the diagonal of correct predictions is left white.

    Parameters
    ----------
    counts : int ndarray of shape (K, K); counts[k, j] examples of class k were predicted as j
    """
    ax = new_axes(ax, figsize=(WIDTH, 4.6))
    right = np.eye(len(counts), dtype=bool)
    mistakes = np.where(right, 0, counts)
    ax.imshow(mistakes, cmap=MISTAKES, vmin=0, vmax=1.4 * mistakes.max() or 1, interpolation="none", aspect="auto")
    for k, j in np.argwhere(counts > 0):
        ax.text(j, k, counts[k, j], ha="center", va="center", fontsize=BODY, color=MUTED if k == j else INK)
    ticks = np.arange(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="answer", ylabel="true class")
    return ax


def weights(w, ax=None, shape=(28, 28)):
    """The weights of one unit as an image: purple favours label 0, orange label 1, and blank is neutral.

    Parameters
    ----------
    w : ndarray of shape (shape[0] · shape[1],)
    shape : (int, int), rows and columns of the image
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.9), layout="compressed")  # colour bar and image together, centred
    most = np.abs(w).max() or 1
    ax.imshow(np.reshape(w, shape), cmap=SIGNED, vmin=-most, vmax=most, interpolation="none")
    few = ListedColormap(SIGNED(np.linspace(0, 1, 15)))
    _key(ax, ScalarMappable(Normalize(-most, most), few), "weight added by training")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(True)
    return ax


def _key(ax, colors, label, ticks=None):
    """A slim colour bar beside the axes."""
    bar = ax.figure.colorbar(colors, ax=ax, label=label, ticks=ticks, aspect=28, fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
