"""Backpropagation for fully connected networks, in code that closely follows the equations.

The modules are short and are best read in this order: `activations` defines the activation functions and
their derivatives, `losses` defines the losses and the gradients from which backpropagation starts,
`network` contains the forward and backward passes, and `optimizers` updates the parameters. A faster
implementation of the same equations is in `training.blocks`.
"""

from helpers.backprop.network import backward, forward, initialize_parameters

__all__ = ["backward", "forward", "initialize_parameters"]
