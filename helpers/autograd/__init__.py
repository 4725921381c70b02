"""Reverse-mode automatic differentiation with a tape, as built in lesson 09.

Read in this order: `tape` (variables, operations, `grad`), `operations` (what makes a Variable read
like an array, and more operations), `network` (the cost of a network, recorded on the tape), `bug_zoo`
(what can go wrong in an autograd engine).
"""

from helpers.autograd.operations import concatenate
from helpers.autograd.tape import Variable, grad

__all__ = ["Variable", "concatenate", "grad"]
