"""Figures of data and predictions: points with a decision boundary, images, weights and confusion matrices."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba

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

# Zero is transparent in all colour maps, so the images suit any background colour. Negative and positive values have
# different colours.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [(0, to_rgba(NEGATIVE)), (0.5, to_rgba(NEGATIVE, 0)), (0.5, to_rgba(POSITIVE, 0)), (1, to_rgba(POSITIVE))]
)
GREY = LinearSegmentedColormap.from_list("grey", [to_rgba(INK, 0), to_rgba(INK)])
MISTAKES = LinearSegmentedColormap.from_list("mistakes", [to_rgba(WRONG, 0), to_rgba(WRONG, 0.75)])


def points(X, y, ax=None):
    """Plot labelled points in the plane, with circles for label 0 and triangles for label 1.

    Parameters
    ----------
    X : ndarray of shape (m, 2)
        Coordinates of the points, one point per row.
    y : ndarray of shape (m,)
        Labels, 0 or 1.

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1.
    """
    X, y = np.asarray(X), _zeros_and_ones(y)
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    for label, (color, marker) in enumerate(zip(LABEL_COLORS, LABEL_MARKERS, strict=True)):
        x1, x2 = X[y == label].T
        ax.scatter(x1, x2, c=color, marker=marker, s=26, edgecolors=PAPER, linewidths=0.6, label=f"y = {label}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    head_legend(ax)
    return ax


def _zeros_and_ones(y):
    """Return the labels as an array, or raise a ValueError if one is neither 0 nor 1."""
    y = np.asarray(y)
    if (others := y[~np.isin(y, (0, 1))]).size:
        raise ValueError(f"y contains the label {others[0]}, but every label must be 0 or 1")
    return y


def boundary(predict_proba, X, y, ax=None, threshold=0.5, key=True):
    """Plot labelled points on top of the predicted probabilities, together with the decision boundary.

    Parameters
    ----------
    predict_proba : callable
        Function that takes an array of shape (k, 2) and returns the probabilities of label 1 as an array of shape (k,).
    X : ndarray of shape (m, 2)
        Coordinates of the points, one point per row.
    y : ndarray of shape (m,)
        Labels, 0 or 1.
    threshold : float
        Number between 0 and 1. The prediction is 1 if the probability exceeds this number.
    key : bool
        Whether to add a colour bar.

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1.
    """
    X, y = np.asarray(X), _zeros_and_ones(y)
    ax = new_axes(ax, figsize=(WIDTH, 4.2))
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    x1, x2 = np.linspace(low[0], high[0], 80), np.linspace(low[1], high[1], 80)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    P = predict_proba(grid.reshape(-1, 2)).reshape(80, 80)
    filled = ax.contourf(x1, x2, P, levels=np.linspace(0, 1, 11), colors=[color for color, _ in DIVERGING])
    if key:
        _key(ax, filled, "probability of y = 1", [0, 0.5, 1])
    if P.min() < threshold < P.max():
        ax.contour(x1, x2, P, levels=[threshold], colors=INK, linewidths=1.7)
    return points(X, y, ax)


def not_empty(pictures, name, what):
    """Return `pictures` as an array, or raise a ValueError if there is nothing to show."""
    pictures = np.asarray(pictures)
    if not len(pictures):
        raise ValueError(f"{name} contains no {what}: choose at least one")
    return pictures


def images(pixels, titles=None, ax=None, columns=8):
    """Show images in a grid, each with an optional title.

    Parameters
    ----------
    pixels : ndarray of shape (k, 784), (k, side, side) or (k, side, side, 3)
        Greyscale images have values from 0 (white) to 1 (black). Colour images must have
        the shape (k, side, side, 3) and contain uint8 values or values from 0 to 1.
    titles : list of k str, optional
        Title of each image.
    columns : int
        Number of images per row.

    Raises
    ------
    ValueError
        If there are no images, or the array has a different shape.
    """
    pictures = _pictures(pixels)
    k, side = pictures.shape[:2]
    if pictures.ndim == 4:
        pictures = np.concatenate([pictures, np.ones((k, side, side, 1))], axis=3)  # opaque
    columns = min(columns, k)
    rows = -(-k // columns)
    inches, gap = min(3.2, WIDTH / columns), max(1, side // 28)  # width of a column; pixels between images
    above = 2 * gap + round(0.22 * side / inches) if titles else gap  # pixels above an image: room for its title
    step = np.array([above + side + gap, side + 2 * gap])
    ax = new_axes(ax, figsize=(WIDTH, inches * rows * step[0] / step[1]))
    sheet = np.zeros((rows * step[0], columns * step[1], *pictures.shape[3:]))  # transparent between the images
    for i, picture in enumerate(pictures):
        top, left = np.array(divmod(i, columns)) * step + [above, gap]
        sheet[top : top + side, left : left + side] = picture
        if titles:
            ax.text(left + side / 2, top - 1.5 * gap, titles[i], ha="center", va="bottom", fontsize=SMALL)
    ax.imshow(sheet, cmap=GREY, vmin=0, vmax=1, interpolation="none")
    ax.axis("off")
    return ax


def _pictures(pixels):
    """Convert images to an array of shape (k, side, side) or (k, side, side, 3)."""
    pictures = not_empty(pixels, "pixels", "images")
    if pictures.ndim == 2 and pictures.shape[1] == 784:
        pictures = pictures.reshape(-1, 28, 28)
    shape, square = pictures.shape, 2 * pictures.shape[1:2]
    if len(shape) == 1 or shape[1:] not in (square, (*square, 3)):
        wanted = "(k, 784), (k, side, side) or (k, side, side, 3)"
        raise ValueError(f"pixels has the shape {shape}, but k images must have the shape {wanted}")
    return pictures / 255 if pictures.dtype == np.uint8 else pictures


def confusion_matrix(counts, ax=None):
    """Draw a confusion matrix in which only the mistakes are coloured.

    Parameters
    ----------
    counts : int ndarray of shape (K, K)
        The entry counts[k, j] is the number of examples of class k that are predicted to be in class j.
    """
    counts = np.asarray(counts)
    ax = new_axes(ax, figsize=(WIDTH, 4.6))
    right = np.eye(len(counts), dtype=bool)
    mistakes = np.where(right, 0, counts)
    ax.imshow(mistakes, cmap=MISTAKES, vmin=0, vmax=1.4 * mistakes.max() or 1, interpolation="none", aspect="auto")
    for k, j in np.argwhere(counts > 0):
        ax.text(j, k, counts[k, j], ha="center", va="center", fontsize=BODY, color=MUTED if k == j else INK)
    ticks = np.arange(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="predicted class", ylabel="true class")
    return ax


def weights(w, ax=None, shape=(28, 28)):
    """Show how training has changed the weights of one unit, as an image in 15 tints.

    Changes in purple favour label 0, changes in orange favour label 1, and changes close to 0 are left blank.

    Parameters
    ----------
    w : ndarray of shape (rows * columns,)
        Changes in the weights of the unit.
    shape : tuple of (int, int)
        Number of rows and number of columns in the image.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.9), layout="compressed")  # centres the image and its colour bar together
    most = np.abs(w).max() or 1
    tints = SIGNED.resampled(15)
    image = ax.imshow(np.reshape(w, shape), cmap=tints, vmin=-most, vmax=most, interpolation="none")
    _key(ax, image, "change in weight due to training")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(True)
    return ax


def _key(ax, colors, label, ticks=None):
    """Draw a narrow colour bar next to the axes."""
    bar = ax.figure.colorbar(colors, ax=ax, label=label, ticks=ticks, aspect=28, fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
