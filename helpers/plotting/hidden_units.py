"""Figures that show what hidden units learn, in the plane of the inputs and in the plane of the activations."""

import numpy as np

from helpers.plotting.images import points
from helpers.plotting.style import INK, LINE_COLORS, LINE_STYLES, PAPER, arrow, new_axes


def unit_lines(W, b, X, y, names=None, ax=None):
    """Draw labelled points and, for each unit of the first layer, the line on which its pre-activation z is 0.

    An arrow on each line points to the side where z is positive.

    Parameters
    ----------
    W : ndarray of shape (n, 2)
        Weights of the n units.
    b : ndarray of shape (n, 1)
        Biases of the n units.
    X : ndarray of shape (m, 2)
        Input examples, one per row.
    y : ndarray of shape (m,)
        Labels, 0 or 1.
    names : list of n str, optional
        Labels of the arrows. The default is a₁, a₂, ….
    """
    ax = points(X, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(X[:, 0].min() - 0.2, X[:, 0].max() + 0.2), ylim=(X[:, 1].min() - 0.2, X[:, 1].max() + 0.2))
    ax.get_legend().remove()  # the legend would hide points
    centre = X.mean(axis=0)
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        _half_plane(
            ax, w, bias, centre, LINE_COLORS[k % 4], LINE_STYLES[k % 4], names[k] if names else f"$a_{k + 1}$", 0.23
        )
    return ax


def hidden_plane(A, y, W, b, names, ax=None):
    """Draw the examples in the plane of two hidden activations, with the decision line of each output unit.

    Parameters
    ----------
    A : ndarray of shape (2, m)
        Activations of the hidden layer.
    y : ndarray of shape (m,)
        Labels, 0 or 1.
    W : ndarray of shape (K, 2)
        Weights of the K output units.
    b : ndarray of shape (K, 1)
        Biases of the K output units.
    names : list of K str
        Labels of the lines.
    """
    ax = points(A.T, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1), xlabel="$a_1$", ylabel="$a_2$")
    ax.get_legend().remove()  # the legend would hide points
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        look = LINE_COLORS[(k + 2) % 4], LINE_STYLES[(k + 2) % 4]  # differs from the colours of the hidden units
        _half_plane(ax, w, bias, np.array([0.5, 0.5]), *look, names[k], 0.0)
    return ax


def name_clouds(places, clouds, ax=None, near=0.2):
    """Write a name at the centre of each cluster of points. Clusters that lie close together share one label.

    Parameters
    ----------
    places : ndarray of shape (m, 2)
        Coordinates of all points.
    clouds : dict of str to bool ndarray of shape (m,)
        Maps the name of each cluster to a mask of the points that belong to it.
    near : float
        Distance between two centres below which the clusters share a label.
    """
    ax, texts = new_axes(ax, figsize=(5.2, 4.6)), []
    ax.update_datalim(places)  # matplotlib ignores texts when it chooses the axis limits
    ax.autoscale_view()
    for name, chosen in clouds.items():
        middle = places[chosen].mean(axis=0)
        for text in texts:
            if np.linalg.norm(middle - text.get_position()) < near:
                text.set_text(f"{text.get_text()}, {name}")
                break
        else:
            box = {"facecolor": PAPER, "edgecolor": INK, "boxstyle": "round,pad=0.2", "alpha": 0.85}
            texts.append(ax.text(*middle, name, ha="center", va="center", fontsize=9, bbox=box, zorder=5))
    return ax


def _half_plane(ax, w, bias, near, color, style, name, beside):
    """Draw the line w · x + bias = 0 and an arrow that points to the side of positive values.

    The arrow starts at the point of the line that is closest to `near`. The name is written at a signed distance
    `beside` from the line, which is positive in the direction of the arrow.
    """
    normal = w / np.linalg.norm(w)
    foot = near - (w @ near + bias) / np.linalg.norm(w) * normal
    ax.axline(foot, foot + np.array([-normal[1], normal[0]]), color=color, linestyle=style)
    arrow(ax, foot, foot + 0.18 * normal, color, "-")
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}  # keeps the name readable on top of points
    ax.text(*(foot + beside * normal), name, ha="center", va="center", color=color, bbox=box)
