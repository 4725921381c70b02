"""Small synthetic data sets, generated from a seed: a line, and clouds of points in the plane.

All functions raise a TypeError or ValueError that names an invalid argument.
"""

import numpy as np

from helpers.system.arguments import check_room
from helpers.system.validation import as_generator, finite_number, not_negative, positive_number, positive_whole


def make_line(m=60, noise=0.5, random_state=1):
    """Points near a plane, for linear regression: y = 2 + 3 x₁ − 1.5 x₂ + noise.

    Parameters
    ----------
    m : int
        Number of examples.
    noise : float
        Standard deviation of the noise added to y.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2); x₁ has about twice the spread of x₂
    y : ndarray of shape (m,)
    """
    m, noise, rng = _checked(m, noise, random_state)
    X = rng.standard_normal((m, 2)) * [1.5, 0.8]
    return X, 2 + X @ [3, -1.5] + noise * rng.standard_normal(m)


def make_blobs(m=200, separation=2.0, random_state=0):
    """Two round clouds of points, one for each label, with half of the examples each.

    Parameters
    ----------
    m : int
        Number of examples.
    separation : float
        Distance between the two centres, in standard deviations of a cloud.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2)
    y : int ndarray of shape (m,), 0 or 1
    """
    m, _, rng = _checked(m, 0.0, random_state)
    y = np.arange(m) % 2
    X = rng.standard_normal((m, 2))
    X[:, 0] += finite_number(separation, "separation") * (y - 0.5)
    return X, y


def make_xor(m=200, noise=0.15, random_state=0):
    """Exclusive or: a cloud around each corner of a square, labelled 0 if its coordinates are equal, else 1.

    Parameters
    ----------
    m : int
        Number of examples, a quarter of them at each corner.
    noise : float
        Standard deviation of a cloud; the square has sides of length 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2), corners at (0, 0), (0, 1), (1, 0), (1, 1)
    y : int ndarray of shape (m,), 0 or 1
    """
    m, noise, rng = _checked(m, noise, random_state)
    corner = np.arange(m) % 4
    corners = np.column_stack([corner // 2, corner % 2])
    return corners + noise * rng.standard_normal((m, 2)), corners.sum(axis=1) % 2


def make_moons(m=200, noise=0.1, random_state=0):
    """Two interlocking half circles, the upper one labelled 0, the lower one 1.

    Parameters
    ----------
    m : int
        Number of examples, half of them for each label.
    noise : float
        Standard deviation of the noise added to both coordinates; the radius is 1.
    random_state : int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    X : ndarray of shape (m, 2), centred at (0, 0)
    y : int ndarray of shape (m,), 0 or 1
    """
    m, noise, rng = _checked(m, noise, random_state)
    y = np.arange(m) % 2
    angle = np.pi * (rng.random(m) - y)  # the lower half for label 1
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + np.outer(y - 0.5, [1, 0.5])
    return X + noise * rng.standard_normal((m, 2)), y


def make_circles(m=200, noise=0.1, random_state=0):
    """A circle of radius 1, labelled 0, around a circle of radius ½, labelled 1.

    Parameters, shapes and the meaning of `noise` are those of `make_moons`.
    """
    m, noise, rng = _checked(m, noise, random_state)
    y = np.arange(m) % 2
    angle = 2 * np.pi * rng.random(m)
    X = (1 - 0.5 * y[:, np.newaxis]) * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def make_spirals(m=200, noise=0.05, turns=1.0, random_state=0):
    """Two intertwined spirals; each is the other rotated by half a turn.

    Parameters, shapes and the meaning of `noise` are those of `make_moons`; the maximum radius is
    1, and `turns`, which must be above 0, is the number of turns of each spiral.
    """
    m, noise, rng = _checked(m, noise, random_state)
    y = np.arange(m) % 2
    radius = np.sqrt(rng.uniform(0.01, 1, m))  # uniform density over the disc
    angle = 2 * np.pi * positive_number(turns, "turns") * radius + np.pi * y
    X = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((m, 2)), y


def _checked(m, noise, random_state):
    check_room(2 * positive_whole(m, "m"), "m")
    return int(m), not_negative(noise, "noise"), as_generator(random_state)
