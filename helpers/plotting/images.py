"""Data and predictions: points with a decision boundary, pictures, weights and confusion matrices."""

import numpy as np

from helpers.plotting.style import INK, LABEL_COLORS, LABEL_MARKERS, new_axes


def points(X, y, ax=None):
    """Labelled points in the plane: circles for label 0, triangles for label 1.

    Parameters
    ----------
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    """
    ax = new_axes(ax, figsize=(5.8, 4.8))
    for label, (color, marker) in enumerate(zip(LABEL_COLORS, LABEL_MARKERS, strict=True)):
        chosen = np.asarray(y) == label
        ax.scatter(*X[chosen].T, c=color, marker=marker, s=28, edgecolors=INK, linewidths=0.5, label=f"y = {label}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="upper left", frameon=True)
    return ax


def boundary(predict_proba, X, y, ax=None, threshold=0.5):
    """Labelled points on top of the predicted probability, with the decision boundary.

    Parameters
    ----------
    predict_proba : callable, (k, 2) to (k,), the probability of label 1
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    threshold : float in (0, 1); the prediction is 1 at this probability and above
    """
    ax = new_axes(ax, figsize=(6.4, 4.8))
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    x1, x2 = np.linspace(low[0], high[0], 120), np.linspace(low[1], high[1], 120)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    P = predict_proba(grid.reshape(-1, 2)).reshape(120, 120)
    filled = ax.contourf(x1, x2, P, levels=np.linspace(0, 1, 11), cmap="cividis", alpha=0.6)
    ax.figure.colorbar(filled, ax=ax, label="probability of y = 1")
    if P.min() < threshold < P.max():
        ax.contour(x1, x2, P, levels=[threshold], colors=INK, linewidths=2)
    return points(X, y, ax)


def images(pixels, titles=None, ax=None, columns=8):
    """Pictures in rows, each with an optional title.

    Parameters
    ----------
    pixels : ndarray of shape (k, 784) or (k, side, side), where 0 is paper and 1 is ink; or of shape
        (k, side, side, 3), colours as uint8 or from 0 to 1
    titles : list of k str, optional
    columns : int, number of pictures per row
    """
    pictures = np.asarray(pixels)
    if pictures.ndim == 2:
        pictures = pictures.reshape(-1, 28, 28)
    if pictures.dtype == np.uint8:
        pictures = pictures / 255
    k, side, *_ = pictures.shape
    columns = min(columns, k)
    rows = -(-k // columns)
    ax = new_axes(ax, figsize=(1.25 * columns, 1.6 * rows if titles else 1.3 * rows))
    gap = max(1, side // 28)
    step = np.array([side + (10 if titles else 2) * gap, side + 2 * gap])
    paper = 0.0 if pictures.ndim == 3 else 1.0
    sheet = np.full((rows * step[0], columns * step[1], *pictures.shape[3:]), paper)
    for i, picture in enumerate(pictures):
        top, left = np.array(divmod(i, columns)) * step
        top, left = top + (9 if titles else 1) * gap, left + gap
        sheet[top : top + side, left : left + side] = picture
        if titles:
            ax.text(left + side / 2, top - 1.5 * gap, titles[i], ha="center", va="bottom", fontsize=10)
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1)
    ax.axis("off")
    return ax


def confusion_matrix(counts, ax=None):
    """A confusion matrix, with colour for mistakes only: the diagonal of correct predictions is left white.

    Parameters
    ----------
    counts : int ndarray of shape (K, K); counts[k, j] examples of class k were predicted as j
    """
    ax = new_axes(ax, figsize=(6.4, 5.6))
    right = np.eye(len(counts), dtype=bool)
    mistakes = np.where(right, 0, counts)
    ax.imshow(mistakes, cmap="Reds", vmax=1.4 * mistakes.max() or 1)
    for k, j in np.argwhere(counts > 0):
        ax.text(j, k, counts[k, j], ha="center", va="center", fontsize=10, color="#777777" if k == j else INK)
    ticks = np.arange(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="answer", ylabel="true class")
    return ax


def weights(w, ax=None, shape=(28, 28)):
    """The weights of one unit as a picture: blue favours label 0, red favours label 1, and white is neutral.

    Parameters
    ----------
    w : ndarray of shape (shape[0] · shape[1],)
    shape : (int, int), rows and columns of the picture
    """
    ax = new_axes(ax, figsize=(5, 4.2))
    most = np.abs(w).max() or 1
    picture = ax.imshow(np.reshape(w, shape), cmap="RdBu_r", vmin=-most, vmax=most)
    ax.figure.colorbar(picture, ax=ax, label="weight added by training")
    ax.set(xticks=[], yticks=[])
    return ax
