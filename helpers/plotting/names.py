"""Labels that are written next to the lines they name rather than in a legend."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from helpers.plotting.style import SMALL


class LineNames(Artist):
    """Labels for the lines in an axes, each written at the right end of its line and in the same colour.

    The labels overlap neither each other nor the x axis. The lines are looked up whenever the figure is drawn, so lines
    that are added later are labelled as well.
    """

    def __init__(self, ax):
        super().__init__()
        self.axes = ax
        self.set_figure(ax.figure)
        self.set_zorder(5)

    def _texts(self, renderer):
        lines = [line for line in self.axes.lines if line.get_label()[0] != "_"]
        pixels = renderer.points_to_pixels(1)
        ends = [_end_of(line) for line in lines]
        distance = 1.45 * SMALL * pixels
        heights = apart([y for _, y in ends], distance, self.axes.bbox.y0 + distance / 2)
        return [
            Text(
                x + 7 * pixels, y, line.get_label(), va="center_baseline", color=line.get_color(), fontsize=SMALL,
                transform=IdentityTransform(), figure=self.figure,
            )
            for line, (x, _), y in zip(lines, ends, heights, strict=True)
        ]  # fmt: skip

    def draw(self, renderer):
        """Draw the labels."""
        for text in self._texts(renderer):
            text.draw(renderer)

    def get_tightbbox(self, renderer=None):
        """Return the bounding box of the labels, so that layout engines leave room for them."""
        renderer = renderer or self.figure.canvas.get_renderer()
        boxes = [text.get_window_extent(renderer) for text in self._texts(renderer)]
        return Bbox.union(boxes) if boxes else None


def _end_of(line):
    """Return the last point of a line in pixels, clipped to the area of its axes."""
    points = line.get_transform().transform(np.column_stack(line.get_data(orig=False)).astype(float))
    points, box = points[np.isfinite(points).all(axis=1)], line.axes.bbox
    x, y = points[-1] if len(points) else (box.x1, box.y0)
    return min(x, box.x1), float(np.clip(y, box.y0, box.y1))


def apart(wanted, distance, floor=-np.inf):
    """Move heights apart until no two of them are closer together than `distance`.

    The new heights are in the same order as the desired ones and as close to them as possible.

    Parameters
    ----------
    wanted : sequence of float
        Desired heights, in any order.
    distance : float
        Smallest distance allowed between two heights.
    floor : float
        Smallest height allowed.

    Returns
    -------
    ndarray of shape (len(wanted),)
    """
    order = np.argsort(wanted, kind="stable")
    groups = []  # each group of touching labels is stored as [sum of desired heights, count]
    for i in order:
        groups.append([wanted[i], 1])
        while len(groups) > 1 and _bottom(groups[-2], distance) + groups[-2][1] * distance > _bottom(
            groups[-1], distance
        ):
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    placed = [_bottom(group, distance) + n * distance for group in groups for n in range(group[1])]
    heights = np.empty(len(placed))
    heights[order] = np.maximum(placed, floor + distance * np.arange(len(placed)))
    return heights


def _bottom(group, distance):
    """Return the height of the lowest label in a group that is centred on the mean of its desired heights."""
    total, count = group
    return total / count - (count - 1) * distance / 2


def name_lines(ax):
    """Write the name of each labelled line at its right end."""
    if not any(isinstance(artist, LineNames) for artist in ax.artists):
        ax.add_artist(LineNames(ax)).set_clip_on(False)  # layout engines ignore clipped artists


def head_legend(ax, **options):
    """Draw a legend in a single row above the right end of the axes."""
    look = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.1, "ncols": 9}
    return ax.legend(**look, handletextpad=0.3, columnspacing=1.2, **options)
