"""Data sets for the lessons. All of them come with the project, except for the cat images that `fetch_cats` downloads.

Read the modules in this order: `mnist` loads handwritten digits, `pictures` loads colour images, `toys`
generates points in the plane, `names` loads first names, and `recordings` loads the results of training runs that would
take too long in a browser. `folder` specifies where the files are and verifies their checksums.
"""

from helpers.datasets.folder import DATA, DataFileError
from helpers.datasets.mnist import load_digit_pair, load_mnist, verify_mnist
from helpers.datasets.names import load_names
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
    "load_names",
    "make_blobs",
    "make_circles",
    "make_line",
    "make_moons",
    "make_spirals",
    "make_xor",
    "verify_mnist",
]
