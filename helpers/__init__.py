"""Backpropagation in plain NumPy: the code that the lessons derive, in the form that later lessons import.

One folder per subject, from the ground up; each imports only from folders above it in this list:

    system           input checks, files, interrupts: what every program needs
    backprop         the subject: activations, losses, network, optimizers. Start here
    gradient_check   numerical gradients, and what a wrong gradient looks like
    training         `NeuralNetwork`, the fast form of `backprop`, saved networks
    autograd         a tape that writes the backward pass itself
    cluster          several processes, on this machine or on others
    exercises        questions, solutions, and replies to wrong answers
    datasets         digits, pictures, toy data, recorded trainings
    plotting         every figure
    widgets          every interactive figure
"""

from helpers.system.shadows import refuse_shadows

refuse_shadows()
