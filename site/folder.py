"""The folder that a program of the site writes: replaced whole or left as it was, and never one that is not ours."""

import tempfile
from pathlib import Path
from shutil import copytree

MARK = ".made-by-the-lessons"
STAY = (".git", "CNAME")  # of a folder that is published as it is


def refuse_what_is_not_ours(out, keep=()):
    """Raise ValueError if `out` holds anything but what an earlier build left there, and what is to be kept.

    Parameters
    ----------
    out : Path
    keep : names in `out` that another program writes
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file; name a folder that is empty or not there yet")
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if there - {*keep, *STAY} and not (out / MARK).is_file():
        raise ValueError(f"{out} holds other files; name a folder that is empty or not there yet")


def replace(out, new, keep=()):
    """Put a copy of the folder `new` in the place of `out`; what is to be kept there is.

    Raises
    ------
    OSError
        If that is not possible, as on a full disk; `out` is as it was.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as beside:
        old, fresh = Path(beside) / "old", Path(beside) / "new"
        copytree(new, fresh)
        (fresh / MARK).write_text("What builds the site replaces this folder.\n", encoding="utf-8")
        kept = [name for name in (*keep, *STAY) if (out / name).exists()]
        if not out.exists():
            fresh.rename(out)
            return
        out.rename(old)
        try:
            for name in kept:
                (old / name).rename(fresh / name)
            fresh.rename(out)
        except BaseException:  # an interrupt too: what is left in `beside` is deleted
            for name in kept:
                if (fresh / name).exists():
                    (fresh / name).rename(old / name)
            old.rename(out)
            raise
