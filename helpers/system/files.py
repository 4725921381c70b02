"""Write a file wholly or not at all."""

import os
import secrets
from pathlib import Path


def replace_atomically(path, fill):
    """Let `fill(file)` write a temporary file, then put it in the place of `path` in one step.

    Raises
    ------
    OSError
        If it cannot be written: no such folder, no permission, disk full. The temporary file is
        removed and `path` is as before.
    """
    path = Path(os.path.realpath(path))
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        reason = error.strerror or error
        raise OSError(f"cannot write {path.name} ({reason}): choose another place or make room") from error
    finally:
        temporary.unlink(missing_ok=True)
