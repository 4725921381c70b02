"""``python -m helpers.datasets fetch cats``: download the cat pictures."""

import sys

from helpers.datasets.pictures import fetch_cats

if sys.argv[1:] != ["fetch", "cats"]:
    sys.exit("usage: python -m helpers.datasets fetch cats")
try:
    print(f"the cat pictures are in {fetch_cats().name}/")
except OSError as error:
    sys.exit(str(error))
