"""Functions that generate small synthetic data sets for regression and classification.

All of them raise a TypeError or ValueError if an argument is invalid. The message names the argument.
"""

import numpy as np

from helpers.system.arguments import check_room
from helpers.system.validation import as_generator, finite_number, not_negative, positive_number, positive_whole


def make_line(m=60, noise=0.5, random_state=1):
    """Generate data for linear regression from y = 2 + 3 x₁ − 1.5 x₂ + noise.

    Parameters
    ----------
    m : int
        Number of examples.
    noise : float
        Standard deviation of the noise added to y.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
        Features. The standard deviation of x₁ is about twice that of x₂.
    y : ndarray of shape (m,)
        Targets.
    """
    m, noise, rng = _checked(m, noise, random_state)
    X = rng.standard_normal((m, 2)) * [1.5, 0.8]
    return X, 2 + X @ [3, -1.5] + noise * rng.standard_normal(m)


def make_blobs(m=200, separation=2.0, random_state=0):
    """Generate two round clouds of points, one for each label.

    Parameters
    ----------
    m : int
        Number of examples. Each cloud contains half of them.
    separation : float
        Distance between the two centres, as a multiple of the standard deviation of a cloud.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
    y : int ndarray of shape (m,), 0 or 1
    """
    m, _, rng = _checked(m, 0.0, random_state)
    separation = finite_number(separation, "separation")
    y = np.arange(m) % 2
    X = rng.standard_normal((m, 2))
    X[:, 0] += separation * (y - 0.5)
    return X, y


def make_xor(m=200, noise=0.15, random_state=0):
    """Generate data for the exclusive-or problem, with a cloud of points around each corner of a square.

    The corners are (0, 0), (0, 1), (1, 0) and (1, 1). The label of a cloud is 0 if the two coordinates of its
    corner are equal, and 1 otherwise.

    Parameters
    ----------
    m : int
        Number of examples. Each cloud contains a quarter of them.
    noise : float
        Standard deviation of each cloud. The sides of the square have length 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
    y : int ndarray of shape (m,), 0 or 1
    """
    m, noise, rng = _checked(m, noise, random_state)
    corner = np.arange(m) % 4
    corners = np.column_stack([corner // 2, corner % 2])
    return corners + noise * rng.standard_normal((m, 2)), corners.sum(axis=1) % 2


def make_moons(m=200, noise=0.1, random_state=0):
    """Generate two interlocking half circles, the upper one with label 0 and the lower one with label 1.

    Parameters
    ----------
    m : int
        Number of examples. Half of them have label 0, and half have label 1.
    noise : float
        Standard deviation of the noise added to both coordinates. The half circles have radius 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
        Points in the plane, centred at (0, 0).
    y : int ndarray of shape (m,), 0 or 1
    """
    m, noise, rng = _checked(m, noise, random_state)
    y = np.arange(m) % 2
    angle = np.pi * (rng.random(m) - y)  # the lower half for label 1
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + np.outer(y - 0.5, [1, 0.5])
    return X + noise * rng.standard_normal((m, 2)), y


def make_circles(m=200, noise=0.1, random_state=0):
    """Generate points near a circle of radius 1 (label 0) and near a circle of radius ½ inside it (label 1).

    The parameters and return values are the same as for `make_moons`.
    """
    m, noise, rng = _checked(m, noise, random_state)
    y = np.arange(m) % 2
    angle = 2 * np.pi * rng.random(m)
    X = (1 - 0.5 * y[:, np.newaxis]) * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def make_spirals(m=200, noise=0.05, turns=1.0, random_state=0):
    """Generate two intertwined spirals that differ only by a rotation of 180°.

    The parameter `turns` is the number of turns of each spiral and must be positive. The spirals have a
    maximum radius of 1. The other parameters and the return values are the same as for `make_moons`.
    """
    m, noise, rng = _checked(m, noise, random_state)
    turns = positive_number(turns, "turns")
    y = np.arange(m) % 2
    radius = np.sqrt(rng.uniform(0.01, 1, m))  # the square root makes the density uniform over the disc
    angle = 2 * np.pi * turns * radius + np.pi * y
    X = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def _checked(m, noise, random_state):
    check_room(2 * positive_whole(m, "m"), "m")
    return int(m), not_negative(noise, "noise"), as_generator(random_state)
