"""Figures for lesson 12: convolutions, filters and attention."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.plotting.images import GREY, SIGNED, not_empty
from helpers.plotting.style import (
    BODY,
    BOLD,
    FORWARD,
    FORWARD_SOFT,
    HAIRLINE,
    HEAD,
    INK,
    LIT,
    MUTED,
    PAPER,
    SMALL,
    THIN,
    WIDTH,
    arrow,
    bare,
    new_axes,
)


def convolution(picture, F, response, place=None, ax=None, titles=("picture", "filter", "response")):
    """Show a picture, a filter and its response side by side. The window at `place` is framed, and so is its response.

    A square picture and its response are drawn to the same scale, so each entry of the response is level with the
    centre of its window.

    Parameters
    ----------
    picture : ndarray of shape (h, w)
        Grey levels from 0 (white) to 1 (black).
    F : ndarray of shape (size, size)
        The filter. Orange is positive and purple is negative.
    response : ndarray of shape (h − size + 1, w − size + 1)
        Response of the filter to each window.
    place : pair of int, optional
        Row and column of the upper left corner of a window.
    titles : sequence of 3 str
        Titles of the three panels.
    """
    ax = new_axes(ax, figsize=(WIDTH, 3.0))
    bare(ax, (0, 1), (0, 1))
    scale = len(response) / len(picture)
    right = [0.64, 0.43 - 0.43 * scale, 0.36 * scale, 0.86 * scale]
    panels = [ax.inset_axes(box) for box in ([0, 0, 0.36, 0.86], [0.43, 0.24, 0.14, 0.38], right)]
    _show(panels[0], picture, titles[0], 1, GREY)
    for panel, numbers, title in zip(panels[1:], (F, response), titles[1:], strict=True):
        _show(panel, numbers, title)
    if place is not None:
        row, column = place
        _frame(panels[0], (column - 0.5, row - 0.5), F.shape[0])
        _frame(panels[2], (column - 0.5, row - 0.5), 1)
    for start in (0.375, 0.585):
        arrow(ax, (start, 0.43), (start + 0.04, 0.43), FORWARD, "-")
    return ax


def windows_as_rows(picture, F, lit=0, ax=None):
    """Show how a convolution becomes a matrix product: each window becomes a row, and the filter becomes a column.

    Parameters
    ----------
    picture : ndarray of shape (h, w)
        A small picture whose entries are whole numbers.
    F : ndarray of shape (size, size)
        A filter whose entries are whole numbers.
    lit : int
        Index of the window to highlight.
    """
    size, (h, w) = len(F), np.shape(picture)
    corners = [(i, j) for i in range(h - size + 1) for j in range(w - size + 1)]
    rows = np.array([picture[i : i + size, j : j + size].ravel() for i, j in corners])
    ax = new_axes(ax, figsize=(WIDTH, 3.2))
    i, j = corners[lit]
    middle = -len(rows) / 2
    inside = {(i + r, j + c) for r in range(size) for c in range(size)}
    of_row = {(lit, c) for c in range(size * size)}
    _table(ax, picture, 0, middle + h / 2, inside, "picture")
    _table(ax, rows, w + 2, 0, of_row, "each window is a row")
    at = w + 2 + size * size
    _table(ax, F.reshape(-1, 1), at + 1.6, middle + size * size / 2, {(r, 0) for r in range(size * size)}, "filter")
    _table(ax, rows @ F.reshape(-1, 1), at + 4.2, 0, {(lit, 0)}, "response")
    arrow(ax, (w + 0.3, middle), (w + 1.7, middle), FORWARD, "-")
    for x, sign in ((at + 0.8, "×"), (at + 3.4, "=")):
        ax.text(x, middle, sign, ha="center", va="center", fontsize=HEAD + 4)
    bare(ax, (-0.3, at + 5.5), (-len(rows) - 0.2, 1.3))
    ax.set_aspect("equal")
    return ax


def filters(F, titles=None, ax=None, columns=8):
    """Show filters in a grid. Orange is positive and purple is negative; all filters share one scale.

    Parameters
    ----------
    F : ndarray of shape (k, size, size)
    titles : list of k str, optional
    columns : int
        Number of filters per row.

    Raises
    ------
    ValueError
        If there are no filters.
    """
    F = not_empty(F, "F", "filters")
    columns, rows = min(columns, len(F)), -(-len(F) // min(columns, len(F)))
    ax = new_axes(ax, figsize=(WIDTH, (1.15 if titles else 1.0) * rows * WIDTH / max(columns, 4)))
    bare(ax, (0, columns), (-rows, 0))
    most = np.abs(F).max() or 1
    for n, f in enumerate(F):
        row, column = divmod(n, columns)
        panel = ax.inset_axes([column + 0.06, -row - 0.94, 0.88, 0.8 if titles else 0.88], transform=ax.transData)
        _show(panel, f / most, titles[n] if titles else None, 1)
    return ax


def attention_map(weights, tokens, ax=None, title=None):
    """Show attention weights as a table. Row t contains the weights that token t gives to all tokens.

    Parameters
    ----------
    weights : ndarray of shape (n, n)
        Weights from 0 to 1.
    tokens : sequence of n str
        Names of the rows and columns.
    title : str, optional
    """
    n = len(weights)
    ax = new_axes(ax, figsize=(WIDTH, 3.6))
    for (t, s), weight in np.ndenumerate(weights):
        ax.add_patch(Rectangle((s - 0.5, t - 0.5), 1, 1, facecolor=FORWARD, alpha=float(weight), linewidth=0))
        if n <= 7:
            ax.text(
                s, t, f"{weight:.2f}", ha="center", va="center", fontsize=SMALL, color=PAPER if weight > 0.6 else INK
            )
    ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), xticks=range(n), yticks=range(n))
    ax.set(xticklabels=tokens, yticklabels=tokens, aspect="equal", xlabel="looks at", ylabel="token")
    ax.tick_params(length=0, labelsize=BODY, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set(visible=True, color=HAIRLINE)
    if title:
        ax.set_title(title)
    return ax


def mixing(weights, tokens, values=None, ax=None):
    """Show how attention mixes the values of tokens.

    The values are at the bottom and the mixtures at the top. The thicker a line, the larger its weight.

    Parameters
    ----------
    weights : ndarray of shape (n, n)
        Row t contains the weights of mixture t.
    tokens : sequence of n str
        Names of the tokens.
    values : sequence of n float, optional
        Values of the tokens, if each is a single number.
    """
    n = len(weights)
    ends = [""] * n if values is None else [f" = {value:g}" for value in values]
    ax = new_axes(ax, figsize=(WIDTH, 2.6))
    for (t, s), weight in np.ndenumerate(np.asarray(weights)):
        if weight > 0:
            ax.plot([s, t], [0, 2], color=FORWARD, linewidth=0.3 + 7 * weight, alpha=0.35 + 0.65 * weight, zorder=1)
            spot = (t + 0.22 * (s - t), 2 - 0.22 * 2)
            box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
            ax.text(*spot, f"{weight:.2f}", ha="center", va="center", fontsize=SMALL, bbox=box)
    for x, (token, end) in enumerate(zip(tokens, ends, strict=True)):
        for y, words in ((0, f"value of {token}{end}"), (2, f"mixture for {token}")):
            box = {"facecolor": FORWARD_SOFT, "edgecolor": INK, "linewidth": THIN, "boxstyle": "round,pad=0.4"}
            ax.text(x, y, words, ha="center", va="center", fontsize=BODY, bbox=box)
    bare(ax, (-0.5, n - 0.5), (-0.35, 2.35))
    return ax


def _show(panel, numbers, title=None, most=None, colors=SIGNED):
    """Show numbers up to ±`most` as an image without ticks."""
    most = most or np.abs(numbers).max() or 1
    panel.imshow(numbers, cmap=colors, vmin=0 if colors is GREY else -most, vmax=most, interpolation="none")
    panel.set(xticks=[], yticks=[])
    for spine in panel.spines.values():
        spine.set(visible=True, color=HAIRLINE)
    if title:
        panel.set_title(title, fontsize=BODY, loc="center")


def _frame(panel, corner, side):
    look = {"fill": False, "edgecolor": FORWARD, "linewidth": BOLD}
    panel.add_patch(Rectangle(corner, side, side, clip_on=False, **look))


def _table(ax, numbers, left, top, lit, title):
    """Draw a table of whole numbers with its upper left corner at (left, top), and highlight some of its cells."""
    for (i, j), number in np.ndenumerate(numbers):
        face = LIT if (i, j) in lit else "none"
        corner = (left + j, top - i - 1)
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=face, edgecolor=HAIRLINE, linewidth=THIN))
        text = f"{number:d}".replace("-", "−")
        ax.text(left + j + 0.5, top - i - 0.5, text, ha="center", va="center", fontsize=SMALL)
    middle = left + np.shape(numbers)[1] / 2
    ax.text(middle, top + 0.35, title, ha="center", va="bottom", fontsize=SMALL, color=MUTED)
