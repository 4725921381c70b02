"""Interactive figures: a pure function computes, `plotting` draws, and a shell puts controls in front.

The functions that compute take plain values and can be called without any widget; the line of
code under each picture is such a call, and reproduces what is on the screen. There is one module
for each lesson or large widget, and `explorer` is the shell that most of them share.
"""

from helpers.widgets.drawing import (
    Drawing,
    centre,
    describe_reading,
    digits_to_start,
    draw_reading,
    move_drawing,
    read_drawing,
)
from helpers.widgets.explorer import Explorer
from helpers.widgets.ledger import LedgerGame, describe_ledger, draw_ledger, judge_shapes, shape_ledger
from helpers.widgets.lesson_01 import descend, describe_descent, draw_descent, learning_rate_explorer
from helpers.widgets.lesson_02 import classify, describe_classification, draw_classification, threshold_explorer
from helpers.widgets.lesson_04 import describe_training, draw_training, train, training_explorer
from helpers.widgets.lesson_05 import (
    Detective,
    describe_nudge,
    draw_nudge,
    investigate,
    nudge,
    nudge_explorer,
    nudged_slope,
    slope_of_weight,
)
from helpers.widgets.lesson_06 import describe_look, draw_look, look, picture_explorer
from helpers.widgets.lesson_07 import describe_signals, draw_signals, signals, signals_explorer
from helpers.widgets.lesson_08 import describe_race, draw_race, race, race_explorer
from helpers.widgets.lesson_09 import describe_walk, draw_walk, tape_explorer, walk
from helpers.widgets.lesson_10 import describe_step, draw_step, predict_step, step_explorer
from helpers.widgets.playground import Playground, PlaygroundExplorer, describe_play, draw_play, play
from helpers.widgets.stepper import (
    count_work,
    describe_frame,
    describe_work,
    draw_frame,
    draw_work,
    follow,
    stepper_explorer,
    work_explorer,
)

__all__ = [
    "Detective",
    "Drawing",
    "Explorer",
    "LedgerGame",
    "Playground",
    "PlaygroundExplorer",
    "centre",
    "classify",
    "count_work",
    "descend",
    "describe_classification",
    "describe_descent",
    "describe_frame",
    "describe_ledger",
    "describe_look",
    "describe_nudge",
    "describe_play",
    "describe_race",
    "describe_reading",
    "describe_signals",
    "describe_step",
    "describe_training",
    "describe_walk",
    "describe_work",
    "digits_to_start",
    "draw_classification",
    "draw_descent",
    "draw_frame",
    "draw_ledger",
    "draw_look",
    "draw_nudge",
    "draw_play",
    "draw_race",
    "draw_reading",
    "draw_signals",
    "draw_step",
    "draw_training",
    "draw_walk",
    "draw_work",
    "follow",
    "investigate",
    "judge_shapes",
    "learning_rate_explorer",
    "look",
    "move_drawing",
    "nudge",
    "nudge_explorer",
    "nudged_slope",
    "picture_explorer",
    "play",
    "predict_step",
    "race",
    "race_explorer",
    "read_drawing",
    "shape_ledger",
    "signals",
    "signals_explorer",
    "slope_of_weight",
    "step_explorer",
    "stepper_explorer",
    "tape_explorer",
    "threshold_explorer",
    "train",
    "training_explorer",
    "walk",
    "work_explorer",
]
