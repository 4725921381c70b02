"""Reverse-mode automatic differentiation on a tape, as lesson 09 builds it.

Read in this order: `tape` (variables, operations, `grad`), `operations` (what makes a Variable read
like an array, and more operations), `network` (the cost of a network written on the tape), `bug_zoo`
(what goes wrong in such an engine).
"""

from helpers.autograd.operations import concatenate
from helpers.autograd.tape import Variable, grad

__all__ = ["Variable", "concatenate", "grad"]
