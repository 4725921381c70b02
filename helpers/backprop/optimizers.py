"""Optimizers: how one step uses the gradient.

Each is a function ``step(theta, gradient, memory, t, learning_rate)`` of arrays of the same shape. It
updates `theta` and `memory` in place and leaves `gradient` unchanged. `memory` holds what the optimizer
carries from step to step: one array for each of its `slots`, all 0 before the first step. The functions
work elementwise, so θ may be a single weight matrix or all parameters in one vector.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


def gradient_descent(theta, gradient, memory, t, learning_rate):
    """θ ← θ − α g.

    Parameters
    ----------
    theta : ndarray of any shape
        Parameters θ; updated in place.
    gradient : ndarray of the same shape as theta
        g = ∂J/∂θ.
    memory : ndarray of shape (0, …), unused
    t : int
        Number of this step, starting at 1; unused.
    learning_rate : float
        α, in units of θ²/J.
    """
    theta -= learning_rate * gradient


def momentum(theta, gradient, memory, t, learning_rate, beta=0.9):
    """v ← β v + g, then θ ← θ − α v: a step that keeps part of its previous direction.

    While g stays the same, v grows towards g/(1 − β), ten times the gradient for β = 0.9; while g
    changes sign from step to step, v stays small.

    Parameters
    ----------
    theta, gradient, t, learning_rate : as in `gradient_descent`
    memory : ndarray of shape (1, …), the velocity v; updated in place
    beta : float in [0, 1)
        Fraction of the velocity that is kept.

    Notes
    -----
    B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964, in the form
    used by PyTorch's SGD: α multiplies v, not g.
    """
    (v,) = memory
    v *= beta
    v += gradient
    theta -= learning_rate * v


def adam(theta, gradient, memory, t, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """A step of size about α for every parameter, whatever the size of its gradient.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g² are running means of g and g². They start at 0
    and are therefore too small at first; m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) correct for this.
    Then θ ← θ − α m̂/(√v̂ + ε).

    Parameters
    ----------
    theta, gradient, learning_rate : as in `gradient_descent`; α is in units of θ
    memory : ndarray of shape (2, …), m and v; updated in place
    t : int
        Number of this step, starting at 1.
    beta1, beta2 : float in [0, 1)
        Fraction of each running mean that is kept.
    epsilon : float
        Keeps the quotient finite where every gradient so far has been 0.

    Notes
    -----
    D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015, algorithm 1.
    """
    m, v = memory
    m += (1 - beta1) * (gradient - m)
    v += (1 - beta2) * (gradient**2 - v)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


class Optimizer(NamedTuple):
    """An update step, and the number of arrays, each with the shape of θ, that it carries along."""

    step: Callable
    slots: int


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0),
    "momentum": Optimizer(momentum, 1),
    "adam": Optimizer(adam, 2),
}
