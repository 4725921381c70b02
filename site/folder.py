"""Functions that replace an output folder, either completely or not at all.

They refuse to replace a folder that contains anything other than an earlier build of the site.
"""

import os
import tempfile
from pathlib import Path
from shutil import copytree

# The folder that contains the lessons, the helpers and the data for the site, which is the project or a handout.
SOURCE = Path(os.environ.get("LESSONS_SOURCE") or Path(__file__).parent.parent).resolve()

MARK = ".made-by-the-lessons"
STAY = (".git", "CNAME")  # these are kept because a site can be published directly from the folder


def refuse_foreign_files(out, keep=()):
    """Raise a ValueError if `out` contains anything other than an earlier build and the names in `keep`.

    Parameters
    ----------
    out : Path
        Output folder, which does not have to exist.
    keep : sequence of str
        Names of files and folders in `out` that another program writes.
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file: choose a folder that is empty or does not exist yet")
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if there - {*keep, *STAY} and not (out / MARK).is_file():
        raise ValueError(f"{out} contains other files: choose a folder that is empty or does not exist yet")


def replace(out, new, keep=()):
    """Replace the folder `out` with a copy of `new`, except for the names in `keep`.

    Raises
    ------
    OSError
        If the folder cannot be replaced, for example because the disk is full. It is then left unchanged.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as beside:
        old, fresh = Path(beside) / "old", Path(beside) / "new"
        copytree(new, fresh)
        (fresh / MARK).write_text("Building the site replaces this folder.\n", encoding="utf-8")
        kept = [name for name in (*keep, *STAY) if (out / name).exists()]
        if not out.exists():
            fresh.rename(out)
            return
        out.rename(old)
        try:
            for name in kept:
                (old / name).rename(fresh / name)
            fresh.rename(out)
        except BaseException:  # includes interrupts, after which everything left in `beside` would be deleted
            for name in kept:
                if (fresh / name).exists():
                    (fresh / name).rename(old / name)
            old.rename(out)
            raise
