"""Backpropagation in plain NumPy: the code developed in the lessons, in the form that later lessons import.

One folder per subject, from the ground up; each imports only from folders above it in this list:

    system           general-purpose code: input checks, files, interrupts
    backprop         the subject: activations, losses, network, optimizers. Start here
    gradient_check   numerical gradients, and what a wrong gradient looks like
    training         `NeuralNetwork`, the fast form of `backprop`, saved networks
    autograd         a tape that derives the backward pass automatically
    cluster          several processes, on this machine or on others
    exercises        questions, solutions, and feedback on wrong answers
    datasets         digits, photographs, toy data, recorded training runs
    plotting         every figure
    widgets          every interactive figure
"""

from helpers.system.shadows import refuse_shadows

refuse_shadows()
