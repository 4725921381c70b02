"""All figures of the lessons. Every function takes `ax=None`, draws into those axes or new ones, and returns them.

Read `style` first (colours and their meaning, type, line styles). The rest is by subject: `diagrams`
(networks and tables of shapes), `curves`, `images` (points, pictures, weights), `descent`, `stepper`,
`tape_graph`, `cluster` and `playground`. Animations are in `motion`.
What stands beside a line is in `names`, and how a figure reaches a page in `output`.
"""

from helpers.plotting import motion
from helpers.plotting.cluster import data_parallel, step_shares, sweep_points
from helpers.plotting.curves import (
    accuracy_and_cost,
    cost_curve,
    cost_surface,
    error_curves,
    line,
    race_curves,
    signals,
    work_curves,
)
from helpers.plotting.descent import line_and_valley
from helpers.plotting.diagrams import chain, network, shape_table, training_loop
from helpers.plotting.images import boundary, confusion_matrix, images, points, weights
from helpers.plotting.output import use_style
from helpers.plotting.stepper import stepper_frame
from helpers.plotting.style import BACKWARD, FORWARD, INK, STYLE, WIDTH
from helpers.plotting.tape_graph import graph

__all__ = [
    "BACKWARD",
    "FORWARD",
    "INK",
    "STYLE",
    "WIDTH",
    "accuracy_and_cost",
    "boundary",
    "chain",
    "confusion_matrix",
    "cost_curve",
    "cost_surface",
    "data_parallel",
    "error_curves",
    "graph",
    "images",
    "line",
    "line_and_valley",
    "motion",
    "network",
    "points",
    "race_curves",
    "shape_table",
    "signals",
    "step_shares",
    "stepper_frame",
    "sweep_points",
    "training_loop",
    "use_style",
    "weights",
    "work_curves",
]
