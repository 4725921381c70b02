"""Figures for the lessons, drawn with matplotlib.

Every drawing function accepts an optional argument `ax`, the matplotlib axes to draw on. If it is omitted, the
function creates a new figure. In either case, it returns the axes.

Read `style` first. It defines the fonts, the line styles, and the colours and their meanings. The other modules are
organised by subject: `diagrams` (networks and tables of shapes), `passes` (the forward and backward passes), `paths`
(how a change reaches the cost), `basics` (the mathematics in lesson 00), `curves` (costs and other quantities plotted
as lines), `fitting` (lines, planes and likelihoods), `images` (data points, images and weights), `scores`, `descent`,
`depth` (deep networks from several random starts), `layers` (convolutions and attention), `transformer`,
`hidden_units`, `stepper`, `tape_graph`, `cluster` and `playground`. Animations are in `motion` and `descent`, labels
for lines are in `names`, and the conversion to SVG and PNG is in `output`. `theme` makes figures follow the JupyterLab
theme.
"""

from helpers.plotting import motion
from helpers.plotting.cluster import data_parallel, speed_ups, star_ring_tree, step_shares, sweep_points
from helpers.plotting.curves import (
    accuracy_and_cost,
    cost_curve,
    error_curves,
    line,
    race_curves,
    work_curves,
)
from helpers.plotting.depth import compared_costs, signals, starts
from helpers.plotting.descent import line_and_valley
from helpers.plotting.diagrams import chain, network, shape_table
from helpers.plotting.fitting import errors_of_line, fitted_lines, likelihood, plane, tangent
from helpers.plotting.hidden_units import hidden_plane, name_clouds, unit_lines
from helpers.plotting.images import boundary, confusion_matrix, images, points, weights
from helpers.plotting.layers import attention_map, convolution, filters, mixing, windows_as_rows
from helpers.plotting.output import use_style
from helpers.plotting.paths import fan_out, lit_column, lit_row, named_network, numbered_network, walked_paths
from helpers.plotting.scores import score_dots
from helpers.plotting.stepper import stepper_frame
from helpers.plotting.style import BACKWARD, FORWARD, INK, STYLE, WIDTH
from helpers.plotting.tape_graph import graph
from helpers.plotting.transformer import transformer

__all__ = [
    "BACKWARD",
    "FORWARD",
    "INK",
    "STYLE",
    "WIDTH",
    "accuracy_and_cost",
    "attention_map",
    "boundary",
    "chain",
    "compared_costs",
    "confusion_matrix",
    "convolution",
    "cost_curve",
    "data_parallel",
    "error_curves",
    "errors_of_line",
    "fan_out",
    "filters",
    "fitted_lines",
    "graph",
    "hidden_plane",
    "images",
    "likelihood",
    "line",
    "line_and_valley",
    "lit_column",
    "lit_row",
    "mixing",
    "motion",
    "name_clouds",
    "named_network",
    "network",
    "numbered_network",
    "plane",
    "points",
    "race_curves",
    "score_dots",
    "shape_table",
    "signals",
    "speed_ups",
    "star_ring_tree",
    "starts",
    "step_shares",
    "stepper_frame",
    "sweep_points",
    "tangent",
    "transformer",
    "unit_lines",
    "use_style",
    "walked_paths",
    "weights",
    "windows_as_rows",
    "work_curves",
]
