"""Training: the class `NeuralNetwork` and the code that makes it fast.

Read in this order: `neural_network` (the class; `inputs` checks its arguments), `engine` (batches, steps,
and a state to resume from), `blocks` (the equations of `backprop.network` in their fast form), `parallel`
(all cores), `storage` (saving and loading), `streaming` (examples read from a file as needed).
"""

from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork, NotFittedError
from helpers.training.streaming import HDF5Rows

__all__ = ["DivergedError", "HDF5Rows", "NeuralNetwork", "NotFittedError"]
