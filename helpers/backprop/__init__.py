"""The subject of the lessons, in one sitting: the equations and nothing else.

Read in this order: `activations` (g and g′), `losses` (J and dZ[L]), `network` (initialise, forward,
backward), `optimizers` (what a step does with the gradient). The fast form of the same equations is
`training.blocks`.
"""

from helpers.backprop.network import backward, forward, initialize_parameters

__all__ = ["backward", "forward", "initialize_parameters"]
