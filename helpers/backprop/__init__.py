"""Backpropagation, the subject of the lessons: the equations and nothing else, short enough for one sitting.

Read in this order: `activations` (g and g′), `losses` (J and dZ[L]), `network` (initialise, forward,
backward), `optimizers` (how a step uses the gradient). `training.blocks` is the fast form of the same
equations.
"""

from helpers.backprop.network import backward, forward, initialize_parameters

__all__ = ["backward", "forward", "initialize_parameters"]
