"""Data for the playground: synthetic points, digits, points drawn by the reader, and features computed from points."""

import re
from functools import cache

import numpy as np

from helpers.datasets.mnist import load_digit_pair
from helpers.datasets.toys import make_blobs, make_circles, make_moons, make_spirals, make_xor
from helpers.plotting.playground import bounds
from helpers.system.arguments import whole_between
from helpers.system.validation import brief, known_name, positive_number

M = 200  # number of training examples, which is also the number of test examples
MOST_POINTS = 300  # largest number of points that the reader can add
FAR = 1.5  # if pasted coordinates lie outside ±FAR, they are scaled to the range from −1 to 1

# Each feature maps coordinates of shape (m, 2) to one number per example. With the factor π, one period of the sine
# fits into the range from −1 to 1.
FEATURES = {
    "x1": lambda X: X[:, 0],
    "x2": lambda X: X[:, 1],
    "x1²": lambda X: X[:, 0] ** 2,
    "x2²": lambda X: X[:, 1] ** 2,
    "x1 x2": lambda X: X[:, 0] * X[:, 1],
    "sin πx1": lambda X: np.sin(np.pi * X[:, 0]),
    "sin πx2": lambda X: np.sin(np.pi * X[:, 1]),
}


@cache
def digits():
    """Return 400 images of 5s (label 0) and 8s (label 1), with their labels; the first 200 are for training."""
    X, y, X_test, y_test = load_digit_pair(5, 8, random_state=0)
    return np.vstack([X[:M], X_test[:M]]), np.concatenate([y[:M], y_test[:M]])


def _noisy_digits(m, noise, random_state):
    X, y = digits()
    return X + noise * np.random.default_rng(random_state).standard_normal(X.shape), y


def _blobs(m, noise, random_state):
    noise = max(noise, 1e-6)
    X, y = make_blobs(m, 2 / noise, random_state)
    return noise * X, y


def _xor(m, noise, random_state):
    X, y = make_xor(m, noise / 2, random_state)
    return 2 * X - 1, y


# Each function returns (X, y). Except for the digits, the coordinates lie approximately between −1 and 1.
DATA_SETS = {
    "moons": make_moons,
    "circles": make_circles,
    "XOR": _xor,
    "spirals": lambda m, noise, random_state: make_spirals(m, noise, random_state=random_state),
    "blobs": _blobs,
    "digits": _noisy_digits,
    "own points": lambda m, noise, random_state: (np.zeros((0, 2)), np.zeros(0, int)),
}


def as_points(points):
    """Convert the reader's own points to a tuple of tuples (x1, x2, label, since).

    A point is used for training from update `since` onwards.

    Parameters
    ----------
    points : sequence of tuple or str
        Tuples (x1, x2, label) or (x1, x2, label, since), or a table as text. The columns of a table are separated by
        commas, semicolons, tabs or spaces, and a first line without numbers is treated as a heading. Any two words or
        numbers can serve as labels. Coordinates that are too large are scaled to the range from −1 to 1.

    Raises
    ------
    TypeError, ValueError
        If the points have a different form. The message quotes the first invalid line or point.
    """
    rows = _pasted(points) if isinstance(points, str) else points
    try:
        rows = [tuple(row) for row in rows]
    except TypeError:
        raise TypeError(f"points is {brief(points)}, but it must be a list such as [(0.5, -0.2, 1)]") from None
    if len(rows) > MOST_POINTS:
        raise ValueError(
            f"points has {len(rows)} entries, but there must be at most {MOST_POINTS}: remove some of them"
        )
    return tuple(_point(row) for row in rows)


def _point(row):
    values = row if len(row) == 4 else (*row, 0)
    try:
        x1, x2, label, since = (float(value) for value in values)
        fits = abs(x1) <= 3 and abs(x2) <= 3 and label in (0, 1) and since >= 0 and since == int(since)
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise ValueError(
            f"one of the points is {brief(row)}, but it must be (x1, x2, label), with x1 and x2 from -3 to 3 and label "
            "0 or 1"
        )
    return round(x1, 3), round(x2, 3), int(label), int(since)


def _pasted(text):
    """Parse a pasted table.

    Coordinates are scaled if they are too large, and the two labels are converted to 0 and 1.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cells = [[cell for cell in re.split(r"\s*[,;\t]\s*|\s+", line) if cell] for line in lines]
    if cells and not any(_is_number(cell) for cell in cells[0]):
        lines, cells = lines[1:], cells[1:]  # skip the heading
    for line, row in zip(lines, cells, strict=True):
        if len(row) != 3 or not all(map(_is_number, row[:2])):
            raise ValueError(
                f"one pasted line is {brief(line)}, but each must contain two numbers and a label, as in 0.5, -0.2, 1"
            )
    if not cells:
        raise ValueError(
            "there are no points in the pasted text: enter two numbers and a label per line, as in 0.5, -0.2, 1"
        )
    cells = [(*x, f"{float(label):.12g}" if _is_number(label) else label) for *x, label in cells]  # "1.0" becomes "1"
    labels = sorted({row[2] for row in cells}, key=lambda label: (_is_number(label) and float(label), label))
    if len(labels) > 2:
        raise ValueError(
            f"the last column contains {brief(', '.join(labels))}, but there must be only two labels, such as 0 and 1"
        )
    labels = ["0", "1"] if labels == ["1"] else labels
    X = np.array([[float(cell) for cell in row[:2]] for row in cells])
    if np.abs(X).max() > FAR:
        low, high = X.min(axis=0), X.max(axis=0)
        X = (2 * X - low - high) / np.where(high > low, high - low, 1)
    return [(*x, labels.index(row[2])) for x, row in zip(X.tolist(), cells, strict=True)]


def _is_number(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def plane(X, side):
    """Return a grid of shape (side², 2) that covers the points X with a margin, row by row from the bottom."""
    low, high = bounds(X)
    x1, x2 = (np.linspace(low[i], high[i], side) for i in (0, 1))
    return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def one_each(value, name, layers):
    """Return a list with one value for each hidden layer, given a single value or a sequence of values."""
    if not isinstance(value, list | tuple):
        return [value] * layers
    if len(value) != layers:
        raise ValueError(
            f"{name} is {brief(value)}, but hidden_layers is {layers}: give one value for each hidden layer"
        )
    return value


def as_features(features):
    """Return the selected features as a tuple, in the order of `FEATURES`."""
    if isinstance(features, str) or not isinstance(features, list | tuple) or not features:
        raise ValueError(f"features is {brief(features)}, but it must be a list of names from {', '.join(FEATURES)}")
    chosen = [known_name(name, FEATURES, "a feature") for name in features]
    return tuple(name for name in FEATURES if name in chosen)


def as_rates(learning_rate, most):
    """Convert the learning rate to a dict that maps the number of an update to the rate used from that update onwards.

    A single number applies from update 0 onwards. Update numbers lie between 0 and `most`.

    Raises
    ------
    TypeError, ValueError
        If a rate is not a number greater than 0, or there is no rate for update 0.
    """
    if not isinstance(learning_rate, dict):
        return {0: positive_number(learning_rate, "learning_rate")}
    for start in learning_rate:
        whole_between(start, "an update in learning_rate", 0, most)
    if 0 not in learning_rate:
        raise ValueError(f"learning_rate is {brief(learning_rate)}, but it must contain a rate for update 0")
    return {start: positive_number(learning_rate[start], "learning_rate") for start in sorted(learning_rate)}
