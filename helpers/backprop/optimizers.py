"""Optimizers: what one step does with a gradient.

Each is a function ``step(theta, gradient, memory, t, learning_rate)`` on arrays of one shape. It
changes `theta` and `memory` in place and leaves `gradient` alone. `memory` holds what the optimizer
remembers from step to step, one array for each of its `slots`, all 0 before the first step. The
functions work element by element, so that θ may be one weight matrix or all parameters in a row.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


def gradient_descent(theta, gradient, memory, t, learning_rate):
    """θ ← θ − α g.

    Parameters
    ----------
    theta : ndarray of any shape
        Parameters θ; changed in place.
    gradient : ndarray of the shape of theta
        g = ∂J/∂θ.
    memory : ndarray of shape (0, …), unused
    t : int
        Number of this step, from 1; unused.
    learning_rate : float
        α, in units of θ²/J.
    """
    theta -= learning_rate * gradient


def momentum(theta, gradient, memory, t, learning_rate, beta=0.9):
    """v ← β v + g, then θ ← θ − α v: a step that remembers where it was going.

    Where g stays the same, v grows to g/(1 − β), ten times the gradient for β = 0.9; where g
    changes its sign from step to step, v stays small.

    Parameters
    ----------
    theta, gradient, t, learning_rate : as in `gradient_descent`
    memory : ndarray of shape (1, …), the velocity v; changed in place
    beta : float in [0, 1)
        Share of the velocity that is kept.

    Notes
    -----
    B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964, in the form
    that PyTorch's SGD uses: α multiplies v, not g.
    """
    (v,) = memory
    v *= beta
    v += gradient
    theta -= learning_rate * v


def adam(theta, gradient, memory, t, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """A step of size about α for every parameter, whatever the size of its gradient.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g² are running means of g and g². They begin at 0
    and are therefore too small at first; m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) make up for that.
    Then θ ← θ − α m̂/(√v̂ + ε).

    Parameters
    ----------
    theta, gradient, learning_rate : as in `gradient_descent`; α is in units of θ
    memory : ndarray of shape (2, …), m and v; changed in place
    t : int
        Number of this step, from 1.
    beta1, beta2 : float in [0, 1)
    epsilon : float, keeps the quotient finite where all gradients were 0

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
    """A step, and how many arrays of the shape of θ it remembers."""

    step: Callable
    slots: int


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0),
    "momentum": Optimizer(momentum, 1),
    "adam": Optimizer(adam, 2),
}
