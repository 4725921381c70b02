"""Cut the pictures of data/chelsea.h5 from photographs distributed with scikit-image.

    pip install scikit-image==0.26.0
    python data/make_chelsea.py
    python -m helpers.datasets checksums

The file has the schema, names, shapes and label counts of the cat pictures that many courses use: 209 training
pictures (72 cats) and 50 test pictures (33 cats) of 64×64 pixels in three colours. The cats are patches of Chelsea
the cat; the rest are patches of other photographs. All photographs are CC0 or in the public domain. Training patches
come from the upper part of each photograph and test patches from the lower part, with a gap between them.
"""

from pathlib import Path

import h5py
import numpy as np
from skimage import data
from skimage.transform import resize

CATS = [data.chelsea]
OTHERS = [data.astronaut, data.coffee, data.rocket, data.hubble_deep_field, data.retina]
SIDE = 64
SETS = {"train": (209, 72, (0.0, 0.6)), "test": (50, 33, (0.62, 1.0))}  # pictures, cats, rows


def patch(photograph, rows, rng):
    """A square of random position and size within a range of rows (fractions of the height), as 64×64 pixels."""
    height, width, _ = photograph.shape
    low, high = int(rows[0] * height), int(rows[1] * height)
    size = int(rng.integers(SIDE, min(140, high - low)))
    top, left = rng.integers(low, high - size), rng.integers(0, width - size)
    square = photograph[top : top + size, left : left + size]
    return np.round(255 * resize(square / 255, (SIDE, SIDE), anti_aliasing=True)).astype(np.uint8)


def make(path):
    """Write the file; the pictures are the same in every run."""
    rng = np.random.default_rng(0)
    photographs = {0: [take() for take in OTHERS], 1: [take() for take in CATS]}
    with h5py.File(path, "w") as file:
        for name, (m, cats, rows) in SETS.items():
            y = rng.permutation(np.arange(m) < cats).astype(np.int64)
            x = [patch(photographs[t][rng.integers(len(photographs[t]))], rows, rng) for t in y]
            file.create_dataset(f"{name}_set_x", data=np.array(x), compression="gzip", compression_opts=9)
            file[f"{name}_set_y"] = y
        file["list_classes"] = np.array([b"non-cat", b"cat"])


if __name__ == "__main__":
    make(Path(__file__).with_name("chelsea.h5"))
