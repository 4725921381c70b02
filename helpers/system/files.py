"""Read a file once, write it completely or not at all, and explain in one sentence what went wrong."""

import errno
import os
import re
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.system.validation import brief

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

PATIENCE = 20  # seconds to wait for another program that is writing in the same folder
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.partial")

_MISSING = {errno.ENOENT, errno.ENOTDIR}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_IN_USE = {errno.EAGAIN, errno.EBUSY, errno.ETXTBSY, errno.EDEADLK}
_WINDOWS_IN_USE = {32, 33}  # winerror: a sharing or lock violation
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def as_path(path, name="path"):
    """`path` as a Path.

    Raises
    ------
    TypeError, ValueError
        If it is not a valid file name.
    """
    try:
        text = os.fspath(path)
    except TypeError:
        text = None
    if not isinstance(text, str):
        raise TypeError(f"{name} must be the name of a file, such as 'network.h5', not {brief(path)}")
    try:
        possible = b"\0" not in os.fsencode(text)
    except UnicodeError:  # a lone surrogate
        possible = False
    if not possible:
        raise ValueError(f"{name} is {brief(path)}, with a character that no file name can contain: remove it")
    return Path(text)


def in_words(error, path, doing="read"):
    """An OSError of the same class as `error`, whose message states the cause and the cure.

    Parameters
    ----------
    error : OSError
    path : path-like
    doing : {"read", "write"}
    """
    name, code = Path(path).name or str(path), error.errno
    reason = error.strerror or str(error)
    if code and len(reason) > 80:  # HDF5 messages can be very long
        reason = os.strerror(code)
    writing = doing == "write"
    if code in _IN_USE or getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        reason, cure = "it is in use by another program", "close it there and try again"
    elif code == errno.EISDIR:
        reason, cure = "it is a folder", "name a file in it"
    elif code in _MISSING:
        if not writing:
            return type(error)(f"{name} was not found: check its name and folder")
        cure = "create its folder first, or choose another location"
    elif code in _FORBIDDEN:
        cure = "choose a folder that you can write to" if writing else "ask its owner for permission, or make a copy"
    elif code in _FULL:
        cure = "free some space, or choose another location"
    elif code == errno.ENAMETOOLONG:
        cure = "choose a shorter name"
    else:
        cure = "choose another location" if writing else "check the file and the disk"
    return type(error)(f"cannot {doing} {name} ({reason}): {cure}")


def require_file(path):
    """Raise an OSError with a message from `in_words` unless `path` is an ordinary file."""
    try:
        _require_ordinary(os.stat(path))
    except OSError as error:
        raise in_words(error, path) from error


def open_file(path):
    """Open an ordinary file for reading bytes; a pipe or a device, which may never end, is rejected.

    Raises
    ------
    OSError
        The subclass that matches the cause, with a message that explains it: the file is missing, is a
        folder, is in use, or is not readable.
    """
    path, descriptor = as_path(path), None
    try:
        # non-blocking: opening a pipe would otherwise wait until another program writes to it
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if os.path.isdir(path):  # Windows would report missing permission instead
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        descriptor = os.open(path, flags)
        _require_ordinary(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
        raise in_words(error, path) from error


def read_bytes(path, at_most=2**32):
    """The content of an ordinary file, cut off after `at_most` bytes.

    Raises
    ------
    OSError
        See `open_file`.
    """
    with open_file(path) as file:
        try:
            return file.read(min(at_most, os.fstat(file.fileno()).st_size))
        except OSError as error:
            raise in_words(error, path) from error


def replace_atomically(path, fill):
    """Let `fill(file)` write a temporary file, then replace `path` with it in one step.

    Programs that write in the same folder take turns, from before `fill` is called until the file has
    been replaced, so a `fill` that reads `path` and adds to it loses nothing. Temporary files left
    behind by killed programs are removed. If `path` exists, its permissions are kept.

    Parameters
    ----------
    path : str or path-like
    fill : callable that receives a binary file open for writing

    Raises
    ------
    TypeError, ValueError
        If `path` is not a valid file name.
    OSError
        The subclass that matches the cause, with a message that explains it: no such folder, no
        permission, disk full and so on. The temporary file is removed and `path` is left unchanged.
    """
    path = Path(os.path.realpath(as_path(path)))
    try:
        mode = _mode_of_file(path)
        with _turn(path.parent) as alone:
            if alone:
                _remove_temporaries(path.parent)
            _fill_and_replace(path, mode, fill)
    except OSError as error:
        raise in_words(error, path, "write") from error


def _fill_and_replace(path, mode, fill):
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.partial")
    try:
        with open(temporary, "xb") as file:
            if mode is not None:
                os.chmod(temporary, mode)
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with suppress(OSError):  # it must not hide the error that says what went wrong
            temporary.unlink(missing_ok=True)


def _require_ordinary(status):
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not an ordinary file")


def _mode_of_file(path):
    """The permissions of the file to be replaced; None if there is no such file."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    _require_ordinary(status)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return stat.S_IMODE(status.st_mode)


@contextmanager
def _turn(folder):
    """Wait until no other program is writing in `folder`; yield whether that is certain.

    The lock is released when the process that holds it ends. On a file system without locks, nothing waits.
    """
    descriptor, end = None, time.monotonic() + PATIENCE
    try:
        while descriptor is None:
            try:
                descriptor = _lock(folder)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
            except OSError:
                break
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(folder):
    """A descriptor that locks a folder until it is closed; BlockingIOError if another program holds the lock."""
    if fcntl is None:  # use a file that vanishes when it is closed
        try:
            return os.open(folder / ".writing", os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
        except FileExistsError as error:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _remove_temporaries(folder):
    """Remove temporary files left behind by programs that were killed while writing."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if TEMPORARY.fullmatch(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)
