"""Choose the names of data/names.txt from two tables of the United States Census Bureau.

    pip download --no-deps names==0.3.0        (this package contains the tables; unpack it)
    python data/make_names.py FOLDER           (the folder with dist.female.first and dist.male.first)
    python -m helpers.datasets checksums

Each line of a table begins with a name and the percentage of people who bear it. The 3000 most frequent names of three
to nine letters are kept, each once, in lower case and in alphabetical order.
"""

import sys
from pathlib import Path

COUNT, SHORTEST, LONGEST = 3000, 3, 9


def make(folder, path):
    """Write the file."""
    share = {}
    for table in ("dist.female.first", "dist.male.first"):
        for line in (folder / table).read_text(encoding="ascii").splitlines():
            name, percent = line.split()[:2]
            share[name.lower()] = max(share.get(name.lower(), 0), float(percent))
    fitting = [name for name in share if SHORTEST <= len(name) <= LONGEST]
    chosen = sorted(sorted(fitting, key=lambda name: (-share[name], name))[:COUNT])
    path.write_text("\n".join(chosen) + "\n", encoding="ascii", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(__file__).with_name("names.txt"))
