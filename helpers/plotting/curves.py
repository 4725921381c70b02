"""Figures of the lessons. Every function takes `ax=None`, draws into it and returns the axes.

Colours are such that colour-blind readers can tell them apart; a marker or a line style always says
the same as the colour. In every network forward is blue and solid, backward is
red and dashed.
"""

import matplotlib.pyplot as plt
import numpy as np

FORWARD, BACKWARD = "#0072B2", "#C62828"
LABEL_COLORS, LABEL_MARKERS = ("#56B4E9", "#E69F00"), ("o", "^")
LINE_STYLES = ("-", "--", ":", "-.")
LINE_COLORS = (FORWARD, BACKWARD, "#009E73", "#CC79A7")
INK, PAPER = "#222222", "#FFFFFF"
LIT, FAINT = "#FFF3C4", "#757575"  # what is looked at now, and what is not
MOST_NODES = 5

STYLE = {
    "figure.figsize": (7, 4.2),
    "figure.dpi": 110,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 2,
}


def use_style():
    """Set fonts, sizes and an opaque background for the figures of this session."""
    plt.rcParams.update(STYLE)


def line(y, x=None, ax=None, label=None, style=0, **options):
    """One line; `style` 0 … 3 picks colour and line style together."""
    ax = new_axes(ax)
    x = np.arange(len(y)) if x is None else x
    ax.plot(x, y, label=label, color=LINE_COLORS[style % 4], linestyle=LINE_STYLES[style % 4], **options)
    if label:
        ax.legend()
    return ax


def cost_curve(costs, ax=None, label=None, style=0):
    """The cost over the iterations.

    Parameters
    ----------
    costs : array-like of shape (iterations,)
    label : str, optional, for the legend
    style : int, picks colour and line style
    """
    ax = line(costs, ax=ax, label=label, style=style)
    ax.set(xlabel="iteration", ylabel="cost J", title="Cost while learning")
    ax.set_ylim(bottom=0)
    return ax


def chain(nodes, forward, backward, ax=None):
    """A chain of quantities, an operation on each blue arrow and a derivative on each red one.

    Parameters
    ----------
    nodes : list of str, from the input to the cost
    forward : list of str, one less: what leads from each node to the next
    backward : list of str, as many: the derivative of each node with respect to the one before
    """
    ax = new_axes(ax, figsize=(2.3 * len(nodes), 2.3))
    for i, text in enumerate(nodes):
        ax.text(2 * i, 0, text, ha="center", va="center", fontsize=15, bbox=_box())
    for i, (above, below) in enumerate(zip(forward, backward, strict=True)):
        arrow(ax, (2 * i + 0.42, 0.22), (2 * i + 1.58, 0.22), FORWARD, "-")
        arrow(ax, (2 * i + 1.58, -0.22), (2 * i + 0.42, -0.22), BACKWARD, "--")
        ax.text(2 * i + 1, 0.42, above, ha="center", va="bottom", color=FORWARD, fontsize=13)
        ax.text(2 * i + 1, -0.42, below, ha="center", va="top", color=BACKWARD, fontsize=17)
    bare(ax, (-0.6, 2 * len(nodes) - 1.4), (-1.25, 1.0))
    return ax


def network(layer_sizes, ax=None, names=None, backward=True, numbers=None):
    """The units of a network in columns, arrows between all units of neighbouring layers.

    Parameters
    ----------
    layer_sizes : sequence of int, n[0] … n[L]; a layer of more than five units is abridged
    names : list of str, optional, the headline of each column
    backward : bool, whether to draw the red arrows of backpropagation too
    numbers : list of lists of str, optional, what to write into the units
    """
    columns = [_heights(n) for n in layer_sizes]
    top, gap = max(column[0] for column in columns), 2.8
    ax = new_axes(ax, figsize=(2.1 * len(layer_sizes), 1.5 * top + 1.5))
    for l in range(1, len(columns)):
        for y0 in columns[l - 1]:
            for y1 in columns[l]:
                start, stop = np.array([gap * (l - 1), y0]), np.array([gap * l, y1])
                along = 0.32 * (stop - start) / np.linalg.norm(stop - start)
                aside = 0.2 * np.array([-along[1], along[0]]) if backward else 0
                arrow(ax, start + along + aside, stop - along + aside, FORWARD, "-", 1.2)
                if backward:
                    arrow(ax, stop - along - aside, start + along - aside, BACKWARD, "--", 1.2)
    names = names or [f"layer {l}\n{n} unit{'s' * (n > 1)}" for l, n in enumerate(layer_sizes)]
    for l, (n, column) in enumerate(zip(layer_sizes, columns, strict=True)):
        for i, y in enumerate(column):
            ax.add_patch(plt.Circle((gap * l, y), 0.26, facecolor=PAPER, edgecolor=INK, linewidth=1.5, zorder=3))
            text = numbers[l][i] if numbers else ""
            ax.text(gap * l, y, text, ha="center", va="center", fontsize=10, zorder=4)
        if n > MOST_NODES:
            ax.text(gap * l, 0, "⋮", ha="center", va="center", fontsize=16, zorder=4)
        ax.text(gap * l, top + 0.45, names[l], ha="center", va="bottom", fontsize=11)
    bare(ax, (-0.9, gap * (len(columns) - 1) + 0.9), (-top - 0.4, top + 1.2))
    ax.set_aspect("equal")
    return ax


def training_loop(ax=None):
    """Predict, cost, gradient, update: the four steps of gradient descent, in a circle."""
    ax = new_axes(ax, figsize=(7, 3.6))
    steps = {
        "predict": (0, 1, "$\\hat{Y} = W X^T + b$"),
        "cost": (2.4, 0, "$J$ compares $\\hat{Y}$ with $Y$"),
        "gradient": (0, -1, "$dW,\\ db$ by the chain rule"),
        "update": (-2.4, 0, "$W \\leftarrow W - \\alpha\\, dW$\n$b \\leftarrow b - \\alpha\\, db$"),
    }
    centres = []
    for name, (x, y, detail) in steps.items():
        ax.text(x, y, f"{name}\n{detail}", ha="center", va="center", fontsize=12, bbox=_box())
        centres.append((x, y))
    forward = {0: ((0.95, 0.85), (2.0, 0.35)), 3: ((-2.0, 0.35), (-0.95, 0.85))}
    backward = {1: ((2.1, -0.35), (1.3, -0.72)), 2: ((-1.3, -0.72), (-2.1, -0.35))}
    for start, stop in forward.values():
        arrow(ax, start, stop, FORWARD, "-", 2)
    for start, stop in backward.values():
        arrow(ax, start, stop, BACKWARD, "--", 2)
    bare(ax, (-3.9, 3.9), (-1.5, 1.5))
    return ax


def cost_surface(J, w1, w2, path=None, ax=None, best=None):
    """Contours of a cost over two weights, and the way of gradient descent across it.

    Parameters
    ----------
    J : ndarray of shape (len(w2), len(w1)), the cost on the grid
    w1, w2 : ndarrays, the grid
    path : ndarray of shape (steps, 2), optional, (w1, w2) from the first step on; parts outside the
        grid are not drawn
    best : (w1, w2), optional, where the cost is least
    """
    ax = new_axes(ax, figsize=(5.8, 4.8))
    levels = J.min() + (J.max() - J.min()) * np.linspace(0, 1, 14) ** 2
    filled = ax.contourf(w1, w2, J, levels=levels, cmap="Greys", alpha=0.75)
    ax.figure.colorbar(filled, ax=ax, label="cost J", format="%.0f")
    if path is not None:
        ax.plot(*np.asarray(path).T, "o-", color=FORWARD, markersize=4, linewidth=1.3, label="gradient descent")
    if best is not None:
        ax.plot(*best, "*", color=BACKWARD, markersize=16, label="least squares")
    ax.set(xlim=(w1[0], w1[-1]), ylim=(w2[0], w2[-1]), xlabel="$w_1$", ylabel="$w_2$")
    if path is not None or best is not None:
        ax.legend(loc="lower right", frameon=True)
    return ax


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
    """Labelled points over the probability that a network gives, with the line where it decides.

    Parameters
    ----------
    predict_proba : callable, (k, 2) to (k,), the probability of label 1
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    threshold : float in (0, 1); from this probability on the answer is 1
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


def accuracy_and_cost(costs, train, test, ax=None):
    """The cost over the iterations, with the accuracy on the training and the test set as its title."""
    ax = cost_curve(costs, ax=ax)
    ax.set_title(f"accuracy: training {train:.3f}, test {test:.3f}")
    return ax


def images(pixels, titles=None, ax=None, columns=8):
    """Pictures side by side in rows, each with a title.

    Parameters
    ----------
    pixels : ndarray of shape (k, 784) or (k, side, side), 0 is paper and 1 is ink; or of shape
        (k, side, side, 3), colours as uint8 or from 0 to 1
    titles : list of k str, optional
    columns : int, pictures in a row
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
    """How often each class was taken for each other one; the right answers, on the diagonal, are not coloured.

    Parameters
    ----------
    counts : int ndarray of shape (K, K), counts[k, j] examples of class k got the answer j
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
    """The weights of one unit as a picture: blue speaks for label 0, red for label 1, white is neutral.

    Parameters
    ----------
    w : ndarray of 784 weights, or of as many as `shape` has pixels
    """
    ax = new_axes(ax, figsize=(5, 4.2))
    most = np.abs(w).max() or 1
    picture = ax.imshow(np.reshape(w, shape), cmap="RdBu_r", vmin=-most, vmax=most)
    ax.figure.colorbar(picture, ax=ax, label="weight added by training")
    ax.set(xticks=[], yticks=[])
    return ax


def signals(spread, gradient, ax=None):
    """What passes through a network: activations on the way forward, gradients on the way back, layer by layer.

    Parameters
    ----------
    spread : sequence of L floats, standard deviation of A[l] over the examples, for l = 1 … L
    gradient : sequence of L floats, length of dW[l]
    """
    ax = new_axes(ax)
    layers = np.arange(1, len(spread) + 1)
    least = 1e-16  # where there is nothing at all, a point at the bottom says so
    ax.plot(layers, np.fmax(spread, least), "o-", color=FORWARD, label="spread of A, forward →")
    ax.plot(layers, np.fmax(gradient, least), "^--", color=BACKWARD, label="length of dW, ← backward")
    ax.set(yscale="log", xlabel="layer", ylabel="size", title="What passes through the network")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def new_axes(ax, **figure):
    if ax is not None:
        return ax
    return plt.subplots(layout="constrained", **figure)[1]


def _box():
    return {"boxstyle": "round,pad=0.45", "facecolor": PAPER, "edgecolor": INK, "linewidth": 1.5}


def arrow(ax, start, stop, color, style, width=2):
    look = {"arrowstyle": "-|>", "color": color, "linestyle": style, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=stop, xytext=start, arrowprops=look)


def bare(ax, xlim, ylim):
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")


def _heights(n):
    """Vertical places of the units of a layer; of a large one, two at each end."""
    if n <= MOST_NODES:
        return np.linspace(1, -1, n) * 0.5 * (n - 1) if n > 1 else np.zeros(1)
    return np.array([1.7, 0.8, -0.8, -1.7])
