"""Figures that show what hidden units learn, in the plane of the inputs and in the plane of the activations."""

import numpy as np

from helpers.plotting.images import points
from helpers.plotting.style import LINE_COLORS, LINE_STYLES, PAPER, SMALL, arrow, new_axes

BESIDE = 0.27  # distance of a name from its line, at the head of the arrow


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
        Labels for the arrows. By default, the arrows are labelled with the activations of layer 1.
    """
    ax = points(X, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(X[:, 0].min() - 0.2, X[:, 0].max() + 0.2), ylim=(X[:, 1].min() - 0.2, X[:, 1].max() + 0.2))
    ax.locator_params(nbins=5)
    ax.get_legend().remove()  # the legend would hide points
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        name = names[k] if names else f"$a^{{[1]}}_{k + 1}$"
        near = _clear_place(w, bias, X)
        _half_plane(ax, w, bias, near, LINE_COLORS[k % 4], LINE_STYLES[k % 4], name, BESIDE)
    return ax


def _clear_place(w, bias, X):
    """Find a place for an arrow on the line w · x + bias = 0, near the centre of the points but clear of them.

    The middle of the arrow is as far as possible from the nearest point.
    """
    normal, centre = w / np.linalg.norm(w), X.mean(axis=0)
    foot = centre - (w @ centre + bias) / np.linalg.norm(w) * normal
    along = foot + np.linspace(-0.6, 0.6, 49)[:, np.newaxis] * np.array([-normal[1], normal[0]])
    distances = np.linalg.norm(along[:, np.newaxis] + BESIDE / 2 * normal - X, axis=2)  # (49, m)
    return along[distances.min(axis=1).argmax()]


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
        Labels for the lines.
    """
    ax = points(A.T, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1), xlabel="$a^{[1]}_1$", ylabel="$a^{[1]}_2$")
    ax.get_legend().remove()  # the legend would hide points
    ax.collections[0].set_zorder(1.5)  # keeps circles visible among the triangles
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        look = LINE_COLORS[3], LINE_STYLES[(k + 2) % 4]  # differs from the hidden units and the triangles
        _half_plane(ax, w, bias, np.array([0.5, 0.5]), *look, names[k], 0.0)
    return ax


def name_clouds(places, clouds, ax=None, near=0.2):
    """Write a name next to each cluster of points, on its outer side. Clusters that lie close together share a label.

    Parameters
    ----------
    places : ndarray of shape (m, 2)
        Coordinates of all points.
    clouds : dict of str to bool ndarray of shape (m,)
        Maps the name of each cluster to a mask of the points that belong to it.
    near : float
        Distance between two centres below which the clusters share a label.
    """
    ax, centre, groups = new_axes(ax, figsize=(5.2, 4.6)), places.mean(axis=0), {}
    ax.update_datalim(places)  # matplotlib ignores texts when it chooses the axis limits
    ax.autoscale_view()
    for name, chosen in clouds.items():
        middle = places[chosen].mean(axis=0)
        same = (old for old, members in groups.items() if np.linalg.norm(middle - places[members].mean(axis=0)) < near)
        old = next(same, None)
        groups[name if old is None else f"{old}, {name}"] = chosen if old is None else groups.pop(old) | chosen
    for name, chosen in groups.items():
        right, above = places[chosen].mean(axis=0) > centre
        x, y = np.where([right, above], places[chosen].max(axis=0), places[chosen].min(axis=0))
        look = {"ha": "right" if right else "left", "va": "bottom" if above else "top", "fontsize": SMALL}
        ax.annotate(name, (x, y), (6 if right else -6, 4 if above else -4), textcoords="offset points", **look)
    return ax


def _half_plane(ax, w, bias, near, color, style, name, beside):
    """Draw the line w · x + bias = 0 and an arrow towards the side where the sum is positive.

    The arrow starts at the point on the line closest to `near`. The name is written at a signed distance
    `beside` from the line, which is positive in the direction of the arrow.
    """
    normal = w / np.linalg.norm(w)
    foot = near - (w @ near + bias) / np.linalg.norm(w) * normal
    ax.axline(foot, foot + np.array([-normal[1], normal[0]]), color=color, linestyle=style, zorder=0.9)  # below points
    arrow(ax, foot, foot + 0.18 * normal, color, "-")
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}  # keeps the name readable on top of points
    ax.text(*(foot + beside * normal), name, ha="center", va="center", color=color, bbox=box)
