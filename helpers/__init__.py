"""Backpropagation in plain NumPy.

The package contains the code developed in the lessons, in the form that later lessons import. Each
subpackage covers one subject and imports only from the subpackages listed above it:

    system           input checks, file access, and other general-purpose code
    backprop         activations, losses, the network and the optimizers (start here)
    gradient_check   numerical gradients, and diagnosis of incorrect gradients
    training         the `NeuralNetwork` class, fast implementations of the equations, saved networks
    autograd         a tape that derives the backward pass automatically
    cluster          training in several processes, on one or more machines
    exercises        questions, solutions, and feedback on wrong answers
    datasets         handwritten digits, photographs, toy data, and recorded training runs
    plotting         static figures
    widgets          interactive figures
"""

from helpers.system.shadows import refuse_shadows

refuse_shadows()
