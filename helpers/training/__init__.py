"""The class `NeuralNetwork`, and the code that trains it quickly, in parallel and on data too large for memory.

Read the modules in this order: `neural_network` contains the class, and `inputs` checks its arguments.
`engine` runs the training loop on the batches that `batching` draws. `blocks` and `updates` contain faster versions
of the equations in `backprop.network` and `backprop.optimizers`. `staircase` leaves out products with zeros,
`parallel` spreads the work over all cores, and `second_process` lets two processes share the work of a small batch.
`storage` saves and loads networks, and `streaming` reads examples from a file as they are needed.
"""

from helpers.training.engine import DivergedError
from helpers.training.neural_network import NeuralNetwork, NotFittedError
from helpers.training.streaming import HDF5Rows

__all__ = ["DivergedError", "HDF5Rows", "NeuralNetwork", "NotFittedError"]
