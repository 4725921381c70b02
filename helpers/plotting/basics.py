"""Figures for lesson 00: a growing rectangle, the gradient, matrix products and broadcasting."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plotting.style import FAINT, FORWARD, INK, LIT, PAPER, arrow, bare, new_axes


def rectangle(x=4, y=3, dx=0.5, dy=0.4, ax=None):
    """Draw a rectangle and the area that it gains when both of its sides grow.

    The added area consists of two strips and a small corner, each labelled with its size.

    Parameters
    ----------
    x, y : float
        Lengths of the sides.
    dx, dy : float
        Amounts by which the sides grow.
    """
    ax = new_axes(ax, figsize=(_width(), 3.4))
    parts = (
        ((0, 0), x, y, PAPER, f"area $xy = {x * y:g}$"),
        ((x, 0), dx, y, LIT, ""),
        ((0, y), x, dy, LIT, f"$x\\, \\Delta y = {x * dy:g}$"),
        ((x, y), dx, dy, FAINT, ""),
    )
    for corner, width, height, color, text in parts:
        ax.add_patch(plt.Rectangle(corner, width, height, facecolor=color, edgecolor=INK, linewidth=1.2))
        ax.text(corner[0] + width / 2, corner[1] + height / 2, text, ha="center", va="center")
    ax.text(x + dx + 0.15, y / 2, f"$y\\, \\Delta x = {y * dx:g}$", va="center")
    ax.text(x + dx + 0.15, y + dy / 2, f"$\\Delta x\\, \\Delta y = {dx * dy:g}$", va="center")
    ax.text(x / 2, -0.12, f"$x = {x:g}$", ha="center", va="top")
    ax.text(-0.12, y / 2, f"$y = {y:g}$", ha="right", va="center")
    ax.text(x + dx / 2, -0.12, f"$\\Delta x = {dx:g}$", ha="center", va="top")
    ax.text(-0.12, y + dy / 2, f"$\\Delta y = {dy:g}$", ha="right", va="center")
    bare(ax, (-2.2, x + 3.4), (-0.5, y + dy + 0.15))
    ax.set_aspect("equal")
    return ax


def uphill(at=(4, 3), ax=None):
    """Draw the contour lines of the area x · y and show how fast the area grows in several directions.

    All arrows start at the same point and have length 1. Each one is labelled with its dot product with the gradient,
    which is the growth of the area per unit of length in that direction. The arrow in the direction of the gradient
    (y, x) is thicker than the others, and so is the contour line through the starting point.

    Parameters
    ----------
    at : tuple of (float, float)
        The point at which the arrows start.
    """
    ax = new_axes(ax, figsize=(_width(), 4.4))
    point, gradient = np.array(at, dtype=float), np.array([at[1], at[0]], dtype=float)
    x, y = (np.linspace(c - 1.6, c + 1.6, 60) for c in point)
    area = point[0] * point[1]
    levels = area + np.arange(-3, 10, 3)
    widths = np.where(levels == area, 2, 0.8)  # the contour line through the point is thicker
    lines = ax.contour(x, y, x * y[:, np.newaxis], levels=levels, colors=FAINT, linewidths=widths)
    places = [(point[0] + 1.3, c / (point[0] + 1.3)) for c in levels if c not in (area, area + 3)]
    places += [
        (c / (point[1] + 1.3), point[1] + 1.3) for c in (area, area + 3)
    ]  # keeps these labels away from the arrows
    ax.clabel(lines, fmt="area %g", fontsize="small", manual=places, inline_spacing=11)
    steepest = gradient / np.linalg.norm(gradient)
    along = np.array([steepest[1], -steepest[0]])  # perpendicular to the gradient
    for direction in (steepest, np.array([1.0, 0]), np.array([0, 1.0]), along, -steepest):
        look = (FORWARD, "-", 2.6) if direction is steepest else (INK, "-", 1.2)
        arrow(ax, point, point + direction, *look)
        rate = direction @ gradient
        text = f"{rate:+.0f}".replace("-", "−") if abs(rate) > 1e-9 else "0"
        beside = 0.85 * direction + 0.17 * np.array([direction[1], -direction[0]])
        ax.text(*(point + beside), text, color=look[0], ha="center", va="center")
    ax.plot(*point, "o", color=INK, markersize=5)
    ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
    return ax


def matrix_product(A, B, row, column, ax=None):
    """Draw a matrix product, and highlight the row and the column that determine one of its entries.

    Parameters
    ----------
    A : array-like of shape (n, k)
        Left factor.
    B : array-like of shape (k, p)
        Right factor.
    row, column : int
        Indices of the entry in the product, starting at 0.
    """
    A, B = np.asarray(A), np.asarray(B)
    lit = [np.zeros(M.shape, bool) for M in (A, B, A @ B)]
    lit[0][row], lit[1][:, column], lit[2][row, column] = True, True, True
    terms = " + ".join(f"{a:g} · {b:g}" for a, b in zip(A[row], B[:, column], strict=True))
    sheets = [(A, lit[0], ""), (B, lit[1], "@"), (A @ B, lit[2], "=")]
    ax, right = _row_of_sheets(sheets, ax)
    ax.text(right + 0.4, 0, f"{terms} = {(A @ B)[row, column]:g}", va="center")
    bare(ax, (-0.3, right + 0.7 + 0.115 * len(terms)), ax.get_ylim())
    return ax


def broadcasting(Z, b, ax=None):
    """Illustrate how NumPy adds a column vector to every column of a matrix.

    The repeated columns are drawn in a pale colour because NumPy never actually stores them.

    Parameters
    ----------
    Z : array-like of shape (n, m)
        The matrix.
    b : array-like of shape (n, 1)
        The column vector to add.
    """
    Z, b = np.asarray(Z), np.asarray(b)
    copies = np.broadcast_to(b, Z.shape)
    ghosts = np.arange(Z.shape[1]) > 0
    sheets = [
        (Z, np.zeros(Z.shape, bool), ""),
        (copies, ~ghosts & (Z == Z), "+"),
        (Z + b, np.zeros(Z.shape, bool), "="),
    ]
    ax, right = _row_of_sheets(sheets, ax, pale={1: ghosts})
    bare(ax, (-0.3, right + 0.3), ax.get_ylim())
    return ax


def _row_of_sheets(sheets, ax, pale=None):
    """Draw matrices side by side, and return the axes and the x coordinate of the right edge.

    Each element of `sheets` is a tuple of a matrix, a Boolean mask of the entries to highlight, and the operator to
    write before the matrix. The dict `pale` maps the position of a matrix to a Boolean mask of the columns to draw in a
    pale colour.
    """
    tallest = max(len(matrix) for matrix, _, _ in sheets)
    ax = new_axes(ax, figsize=(_width(), 0.5 * tallest + 0.3))
    left = 0.0
    for number, (matrix, lit, sign) in enumerate(sheets):
        if sign:
            ax.text(left + 0.5, 0, sign, ha="center", va="center", fontsize="large")
            left += 1
        for (i, j), value in np.ndenumerate(matrix):
            ghost = number in (pale or {}) and pale[number][j]
            color = LIT if lit[i, j] else PAPER
            corner = (left + j, len(matrix) / 2 - i - 1)
            look = {"edgecolor": FAINT if ghost else INK, "linestyle": ":" if ghost else "-"}
            ax.add_patch(plt.Rectangle(corner, 1, 1, facecolor=color, linewidth=1, **look))
            x, y = corner[0] + 0.5, corner[1] + 0.5
            ax.text(x, y, f"{value:g}", ha="center", va="center", color=FAINT if ghost else INK, zorder=4)
        left += matrix.shape[1]
    ax.set_ylim(-tallest / 2 - 0.15, tallest / 2 + 0.15)
    ax.set_aspect("equal")
    return ax, left


def _width():
    return plt.rcParams["figure.figsize"][0]
