"""A network that trains: the class that a user holds, and what makes it fast.

Read in this order: `neural_network` (the class; `inputs` checks its arguments), `engine` (batches,
steps, a state to resume from), `blocks` (the equations of `backprop.network` in their fast form),
`parallel` (all cores), `storage` (a network in a file), `streaming` (examples that stay in a file).
"""

from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork, NotFittedError
from helpers.training.streaming import HDF5Rows

__all__ = ["DivergedError", "HDF5Rows", "NeuralNetwork", "NotFittedError"]
