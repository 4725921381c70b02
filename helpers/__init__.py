"""Backpropagation in plain NumPy: the code that the lessons derive, in the form that later lessons import.

Each folder stands only on those above it in this list:

    system           files, the stop button, checks of input: what every program needs
    backprop         the subject: activations, losses, network, optimizers. Begin here
    gradient_check   gradients by nudges, and what a wrong one looks like
    training         `NeuralNetwork`, the fast form of `backprop`, saved networks
    autograd         the tape that writes the backward pass itself
    cluster          several processes, here or on other machines
    exercises        questions, answers, and what a wrong answer is told
    datasets         digits, pictures, toy data, recorded trainings
    plotting         every figure
    widgets          every interactive figure
"""
