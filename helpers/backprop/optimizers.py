"""Optimizers, which use the gradient to update the parameters.

Every optimizer is a function ``step(theta, gradient, memory, t, learning_rate)``. It updates `theta` and
`memory` in place and does not modify `gradient`. The array `memory` stores whatever the optimizer needs to
remember between steps. It consists of `slots` arrays of the same shape as θ, which are filled with zeros
before the first step.

Since the updates are elementwise, θ can be a single weight matrix or one vector that contains all
parameters.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


def gradient_descent(theta, gradient, memory, t, learning_rate):
    """Take a step of gradient descent, θ ← θ − α g.

    Parameters
    ----------
    theta : ndarray of any shape
        Parameters θ, which are updated in place.
    gradient : ndarray of the same shape as theta
        Gradient g = ∂J/∂θ.
    memory : ndarray of shape (0, …)
        Not used.
    t : int
        Not used.
    learning_rate : float
        Learning rate α, in units of θ²/J.
    """
    theta -= learning_rate * gradient


def momentum(theta, gradient, memory, t, learning_rate, beta=0.9):
    """Take a step of gradient descent with momentum.

    The velocity is updated by v ← β v + g, and the parameters by θ ← θ − α v, so each step keeps part of the
    direction of the previous one. As long as g stays the same, v approaches g/(1 − β), which for β = 0.9 is
    ten times the gradient. If the sign of g alternates from step to step, v stays small.

    Parameters
    ----------
    theta, gradient, t, learning_rate
        See `gradient_descent`.
    memory : ndarray of shape (1, …)
        Velocity v, which is updated in place.
    beta : float in [0, 1)
        Fraction β of the velocity that is kept at each step.

    Notes
    -----
    The method is due to B. Polyak, "Some methods of speeding up the convergence of iteration methods",
    1964. As in PyTorch's SGD, the learning rate multiplies v instead of g.
    """
    (v,) = memory
    v *= beta
    v += gradient
    theta -= learning_rate * v


def adam(theta, gradient, memory, t, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Take a step of the Adam optimizer.

    A step moves each parameter by at most about α, however large its gradient is, as long as g² does not overflow.
    The only exceptions are the first few steps after a long period in which the gradient was 0 or much smaller. These
    steps can be several times as large.

    The running means of g and g² are updated by m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g². Because
    they start at 0, they are too small at first. Dividing by the factors in m̂ = m/(1 − β₁ᵗ) and
    v̂ = v/(1 − β₂ᵗ) corrects this bias. The parameters are then updated by θ ← θ − α m̂/(√v̂ + ε).

    Parameters
    ----------
    theta, gradient
        See `gradient_descent`.
    memory : ndarray of shape (2, …)
        Running means m and v, which are updated in place.
    t : int
        Number of the current step, starting at 1.
    learning_rate : float
        Learning rate α, in units of θ.
    beta1, beta2 : float in [0, 1)
        Fractions of the running means m and v, respectively, that are kept at each step.
    epsilon : float
        Small number ε that prevents division by zero if every gradient so far has been 0.

    Notes
    -----
    See algorithm 1 of D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.
    """
    m, v = memory
    m += (1 - beta1) * (gradient - m)
    v += (1 - beta2) * (gradient**2 - v)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


class Optimizer(NamedTuple):
    """The update function of an optimizer and the number of arrays in its memory."""

    step: Callable
    slots: int


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0),
    "momentum": Optimizer(momentum, 1),
    "adam": Optimizer(adam, 2),
}
