"""Data that the front end of the playground draws, encoded as numbers and bytes."""

import numpy as np

from helpers.plotting.playground import bounds
from helpers.widgets.playground_data import DATA_SETS, FEATURES, plane

SIDE = 48  # width and height of a map in pixels
SHEET = 24  # number of test digits shown
MOST_DRAWN = 240  # largest number of points per curve


def scene(state):
    """Return the data that do not change while a `Playground` trains: the points, and images of the inputs.

    Returns
    -------
    dict
        "low" and "high" are the corners of the picture. "train" and "test" contain rows (x1, x2, label) as float32,
        with the reader's own points last, and "own" is the number of those points. "inputs" contains a map for each of
        the `FEATURES`. For digits, "sheet" contains the pixels of some test digits, "labels" contains their labels, and
        "inputs" contains the mean image. The maps are encoded by `levels`, and the pixels as bytes from 0 to 255.
    """
    if state.is_digits:
        sheet = np.clip(np.round(255 * state.X_test[:SHEET]), 0, 255).astype(np.uint8)
        mean = np.clip(np.round(255 * state.X.mean(axis=0)), 0, 255).astype(np.uint8)
        return {
            "digits": True,
            "sheet": sheet.tobytes(),
            "inputs": mean.tobytes(),
            "labels": state.y_test[:SHEET].tolist(),
        }
    low, high = bounds(state.X)
    X, train, test = (
        plane(state.X, SIDE),
        np.column_stack([state.X, state.y]),
        np.column_stack([state.X_test, state.y_test]),
    )
    return {
        "digits": False,
        "low": low.tolist(),
        "high": high.tolist(),
        "train": train.astype(np.float32).tobytes(),
        "test": test.astype(np.float32).tobytes(),
        "own": len(state.points),
        "inputs": levels([feature(X) for feature in FEATURES.values()]),
    }


def samples():
    """Return some points of each two-dimensional data set as a dict of flat lists x1, x2, label, x1, …."""
    found = {}
    for name, make in DATA_SETS.items():
        if name not in ("digits", "own points"):
            X, y = make(60, 0.05, random_state=1)
            found[name] = [
                number
                for (x1, x2), label in zip(X, y, strict=True)
                for number in (round(x1, 2), round(x2, 2), int(label))
            ]
    return found


def frame(state):
    """Return the data that change with every update: parameters, gradients, maps of the units, and curves.

    Returns
    -------
    dict
        "W", "b", "dW" and "db" are lists with one entry per layer. For digits, the weights of the first layer and their
        gradients are replaced by one norm per unit in "norms_in". "maps" contains the levels of each hidden unit and,
        except for digits, of the output. For digits, "answers" contains the predicted probabilities of an 8. "costs"
        contains the training costs followed by the test costs, and "norms" contains one row per layer. Both are
        float32. "every" is the number of updates between successive values.
    """
    W, b, dW, db = (list(p.values()) for p in (state.W, state.b, state.dW, state.db))
    picture = {"updates": state.updates, "sizes": list(state.sizes), "activations": state.activations[:]}
    if state.is_digits:
        picture["norms_in"] = [np.linalg.norm(p[0], axis=1).tolist() for p in (W, dW)]
        units = state.unit_pictures()
        maps = [levels([unit.ravel() for unit in layer], together=True) for layer in units]
        picture |= {"side": 28, "answers": state.predict_proba(state.X_test[:SHEET]).tolist()}
        W, dW = [np.zeros((0, 0)), *W[1:]], [np.zeros((0, 0)), *dW[1:]]
    else:
        A = state.forward(state.features_of(plane(state.X, SIDE)))[1]
        maps = [levels(A[l], together=True) for l in range(1, len(state.sizes) - 1)]
        maps.append(np.round(255 * A[len(state.sizes) - 1]).astype(np.uint8).tobytes())
        picture["side"] = SIDE
    for name, parts in {"W": W, "b": b, "dW": dW, "db": db}.items():
        picture[name] = [(part if name[0] == "d" else np.round(part, 5)).tolist() for part in parts]
    return picture | {"maps": b"".join(maps), "costs_now": state.costs[-1]} | curves(state)


def curves(state):
    """Return the costs and gradient norms, thinned to as many points as a plot can show.

    The last cost is always included.
    """
    every = -(-len(state.costs) // MOST_DRAWN)
    costs, norms = np.array([*state.costs[:-1:every], state.costs[-1]], np.float32), state.norms[::every]
    return {
        "every": every,
        "costs": costs.T.tobytes(),
        "norms": np.array(norms, np.float32).T.tobytes(),
    }


def levels(rows, together=False):
    """Encode numbers as bytes, with 0 in the middle of the range.

    The numbers are scaled by the largest absolute value in their row, or in the entire array if `together` is true.
    """
    rows = np.asarray(rows, float)
    most = np.abs(rows).max(axis=None if together else 1, keepdims=True, initial=1e-12)
    return np.round(127.5 + 127.5 * rows / most).astype(np.uint8).tobytes()
