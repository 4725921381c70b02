"""Data for the lessons, all bundled except the cat images.

Read in this order: `mnist` (handwritten digits), `pictures` (colour images from HDF5), `toys` (synthetic
points), `recordings` (training runs that would take too long in a browser). `folder` says where the files
are and what their checksums must be.
"""

from helpers.datasets.folder import DATA, DataFileError
from helpers.datasets.mnist import load_digit_pair, load_mnist, verify_mnist
from helpers.datasets.pictures import Pictures, fetch_cats, load_cats, load_chelsea
from helpers.datasets.toys import make_blobs, make_circles, make_line, make_moons, make_spirals, make_xor

__all__ = [
    "DATA",
    "DataFileError",
    "Pictures",
    "fetch_cats",
    "load_cats",
    "load_chelsea",
    "load_digit_pair",
    "load_mnist",
    "make_blobs",
    "make_circles",
    "make_line",
    "make_moons",
    "make_spirals",
    "make_xor",
    "verify_mnist",
]
