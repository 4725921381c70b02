"""Command-line interface to the data sets.

``python -m helpers.datasets fetch cats`` downloads the cat images, and ``python -m helpers.datasets checksums``
rewrites the table of checksums.
"""

import sys

from helpers.datasets.folder import write_checksums
from helpers.datasets.pictures import fetch_cats

try:
    if sys.argv[1:] == ["fetch", "cats"]:
        print(f"the cat images are in {fetch_cats().name}/")
    elif sys.argv[1:] == ["checksums"]:
        write_checksums()
    else:
        sys.exit("usage: python -m helpers.datasets fetch cats\n       python -m helpers.datasets checksums")
except (OSError, ValueError) as error:
    sys.exit(str(error))
