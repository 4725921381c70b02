"""Functions that read and write files safely.

A file is written either completely or not at all. Errors from the operating system are re-raised with a
one-sentence message that explains what went wrong and what to do about it.
"""

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

PATIENCE = 20  # seconds to wait while another program writes to the same folder
MOMENT = 1  # seconds to wait while another program, such as a virus scanner, has a file open on Windows
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.partial")

_MISSING = {errno.ENOENT, errno.ENOTDIR}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_IN_USE = {errno.EAGAIN, errno.EBUSY, errno.ETXTBSY, errno.EDEADLK}
_WINDOWS_IN_USE = {32, 33}  # values of `winerror` for a sharing violation and a lock violation
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def as_path(path, name="path"):
    """Return `path` as a Path.

    Raises
    ------
    TypeError, ValueError
        If `path` is not a valid file name.
    """
    try:
        text = os.fspath(path)
    except TypeError:
        text = None
    if not isinstance(text, str):
        raise TypeError(f"{name} must be the name of a file, such as 'network.h5', not {brief(path)}")
    try:
        possible = b"\0" not in os.fsencode(text)
    except UnicodeError:  # the name contains a lone surrogate
        possible = False
    if not possible:
        raise ValueError(f"{name} is {brief(path)}, which contains a character not allowed in file names: remove it")
    return Path(text)


def in_words(error, path, doing="read"):
    """Return an error of the same class, with a message that explains the cause and suggests a remedy.

    Parameters
    ----------
    error : OSError
        Error raised by the operating system or by a library.
    path : path-like
        File that was being read or written.
    doing : {"read", "write"}
        What the program was doing with the file.
    """
    name, code = Path(path).name or str(path), error.errno
    reason = error.strerror or str(error)
    if code and len(reason) > 80:  # HDF5 messages can be very long
        reason = os.strerror(code)
    writing = doing == "write"
    if code in _IN_USE or getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        reason, cure = "it is in use by another program", "close it there and try again"
    elif code == errno.EISDIR:
        reason, cure = "it is a folder", "choose a file in it"
    elif code in _MISSING:
        if not writing:
            return type(error)(f"{name} was not found: check its name and folder")
        cure = "create its folder first, or choose another location"
    elif code in _FORBIDDEN:
        cure = "choose a folder that you can write to" if writing else "ask its owner for permission, or make a copy"
        if fcntl is None and not writing:  # Windows' error does not show whether the file is in use
            cure = f"close it in other programs, or {cure}"
    elif code in _FULL:
        cure = "free some space, or choose another location"
    elif code == errno.ENAMETOOLONG:
        cure = "choose a shorter name"
    else:
        cure = "choose another location" if writing else "check the file and the disk"
    return type(error)(f"cannot {doing} {name} ({reason}): {cure}")


def require_file(path):
    """Raise an OSError with a clear message unless `path` is an ordinary file."""
    try:
        _require_ordinary(os.stat(path))
    except OSError as error:
        raise in_words(error, path) from error


def open_file(path):
    """Open an ordinary file for reading in binary mode.

    Pipes and devices are rejected, because reading from them may never end.

    Raises
    ------
    OSError
        If the file is missing, is a folder, is in use by another program, or cannot be read. The class of
        the error matches the cause, and its message explains what to do.
    """
    path, descriptor = as_path(path), None
    try:
        # Without O_NONBLOCK, opening a pipe would wait until another program writes to it.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if os.path.isdir(path):  # on Windows, opening a folder would raise a PermissionError
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        descriptor = os.open(path, flags)
        _require_ordinary(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
        raise in_words(error, path) from error


def read_bytes(path, at_most=2**32):
    """Return the contents of an ordinary file, cut off after `at_most` bytes.

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
    """Replace a file atomically, so that it is either written completely or left unchanged.

    The function `fill` writes to a temporary file, which then replaces `path` in a single step. If `path`
    already exists, its permissions are kept.

    The folder is locked before `fill` is called, and other programs that replace files in it wait until the
    file has been replaced. A `fill` that reads `path` and adds to it therefore never loses what another
    program has written. Temporary files left behind by programs that were killed are removed.

    Parameters
    ----------
    path : str or path-like
        File to write.
    fill : callable
        Function that is called with a binary file open for writing.

    Raises
    ------
    TypeError, ValueError
        If `path` is not a valid file name.
    OSError
        If the file cannot be written, for example because the disk is full. The class of the error matches the cause,
        and its message explains what to do. The temporary file is removed, and `path` is left unchanged.
    """
    path = as_path(path)
    try:
        path = Path(os.path.realpath(path))
        mode = _mode_of_file(path)
        with _turn(path.parent) as alone:
            if alone:
                _remove_temporaries(path.parent)
            _fill_and_replace(path, mode, fill)
    except OSError as error:
        if error.errno is None:  # raised by `fill`, with a message about another file
            raise
        raise in_words(error, path, "write") from error


def _fill_and_replace(path, mode, fill):
    """Write a temporary file in the same folder, then rename it to `path`."""
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.partial")
    try:
        with open(temporary, "xb") as file:
            if mode is not None:
                os.chmod(temporary, mode)
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    finally:
        with suppress(OSError):  # an error here must not hide the one that explains what went wrong
            temporary.unlink(missing_ok=True)


def _replace(temporary, path):
    """Rename a file to `path`. On Windows, where this fails while `path` is open in another program, keep trying."""
    end = time.monotonic() + MOMENT
    while True:
        try:
            return os.replace(temporary, path)
        except PermissionError:
            if fcntl is not None:
                raise
            if time.monotonic() > end:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY)) from None
            time.sleep(0.01)


def _require_ordinary(status):
    """Raise an OSError if a file status describes a folder, a pipe or a device."""
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not an ordinary file")


def _mode_of_file(path):
    """Return the permissions of the file to be replaced, or None if it does not exist yet."""
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
    """Wait until no other program is writing to `folder`, and keep it locked during the ``with`` block.

    Where locks are unavailable, the function does not wait. The lock is released when the process ends, if not before.

    Yields
    ------
    bool
        Whether the folder is locked.
    """
    descriptor, denials, end = None, 0, time.monotonic() + PATIENCE
    try:
        while descriptor is None:
            try:
                descriptor = _lock(folder)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
            except PermissionError:  # Windows also raises this while another program's lock is being deleted
                denials += 1
                if fcntl is not None or denials > MOMENT / 0.01:
                    break
                time.sleep(0.01)
            except OSError:
                break
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(folder):
    """Return a file descriptor that keeps a folder locked until it is closed.

    Raises
    ------
    BlockingIOError
        If another program holds the lock.
    """
    if fcntl is None:  # lock with a file that is deleted when it is closed
        lock = folder / ".writing"
        try:
            return os.open(lock, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
        except FileExistsError as error:
            with suppress(OSError):
                if time.time() - os.stat(lock).st_mtime > 15 * PATIENCE:  # left behind, for example by a power failure
                    os.unlink(lock)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
    if not hasattr(fcntl, "flock"):  # in a web browser, where no other program can write
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
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
