"""What hidden units learn: their lines in the input plane, and the plane of their activations."""

import numpy as np

from helpers.plotting.images import points
from helpers.plotting.style import INK, LINE_COLORS, LINE_STYLES, PAPER, arrow, new_axes


def unit_lines(W, b, X, y, names=None, ax=None):
    """Labelled points and, for each unit of the first layer, the line where its z is 0, with an arrow to z > 0.

    Parameters
    ----------
    W : ndarray of shape (n, 2); b : ndarray of shape (n, 1), the weights and biases of n units
    X : ndarray of shape (m, 2); y : ndarray of shape (m,), 0 or 1
    names : list of n str, optional, labels of the arrows; by default a₁, a₂, …
    """
    ax = points(X, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(X[:, 0].min() - 0.2, X[:, 0].max() + 0.2), ylim=(X[:, 1].min() - 0.2, X[:, 1].max() + 0.2))
    ax.get_legend().remove()  # it would hide points
    centre = X.mean(axis=0)
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        _half_plane(
            ax, w, bias, centre, LINE_COLORS[k % 4], LINE_STYLES[k % 4], names[k] if names else f"$a_{k + 1}$", 0.23
        )
    return ax


def hidden_plane(A, y, W, b, names, ax=None):
    """The examples in the plane (a₁, a₂) of two hidden activations, and the line of each output unit.

    Parameters
    ----------
    A : ndarray of shape (2, m), the activations of the hidden layer
    y : ndarray of shape (m,), 0 or 1
    W : ndarray of shape (K, 2); b : ndarray of shape (K, 1), the weights and biases of K output units
    names : list of K str
    """
    ax = points(A.T, y, new_axes(ax, figsize=(5.2, 4.6)))
    ax.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1), xlabel="$a_1$", ylabel="$a_2$")
    ax.get_legend().remove()  # it would hide points
    for k, (w, bias) in enumerate(zip(W, np.ravel(b), strict=True)):
        look = LINE_COLORS[(k + 2) % 4], LINE_STYLES[(k + 2) % 4]  # not those of the hidden units
        _half_plane(ax, w, bias, np.array([0.5, 0.5]), *look, names[k], 0.0)
    return ax


def name_clouds(places, clouds, ax=None, near=0.2):
    """A name at the middle of each cloud of points; clouds that lie on top of each other share a text.

    Parameters
    ----------
    places : ndarray of shape (m, 2), where the points are
    clouds : dict of str to bool ndarray of shape (m,), which of the points belong to each cloud
    near : float, clouds whose middles are closer than this share a text
    """
    ax, texts = new_axes(ax, figsize=(5.2, 4.6)), []
    ax.update_datalim(places)  # texts alone set no limits
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
    """The line w · x + bias = 0, with an arrow, at its point nearest `near`, towards positive values.

    The name is written at the signed distance `beside` from the line, positive in the direction of the arrow.
    """
    normal = w / np.linalg.norm(w)
    foot = near - (w @ near + bias) / np.linalg.norm(w) * normal
    ax.axline(foot, foot + np.array([-normal[1], normal[0]]), color=color, linestyle=style)
    arrow(ax, foot, foot + 0.18 * normal, color, "-")
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}  # drawn in front of points
    ax.text(*(foot + beside * normal), name, ha="center", va="center", color=color, bbox=box)
