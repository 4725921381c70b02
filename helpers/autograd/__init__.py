"""Reverse-mode automatic differentiation with a tape, as developed in lesson 09.

The modules are best read in this order: `tape` defines the class `Variable` and the function `grad`, `rules` contains
functions used in backward passes, `operations` makes a Variable behave like an array and adds more operations,
`network` computes the cost of a network on the tape, and `bug_zoo` collects typical mistakes in automatic
differentiation. `layers` contains the convolutional and attention layers from lesson 12, and `layer_zoo` collects
typical mistakes in them.
"""

from helpers.autograd.operations import concatenate
from helpers.autograd.tape import Variable, grad

__all__ = ["Variable", "concatenate", "grad"]
