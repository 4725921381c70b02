"""Files: read once and in full, written completely or not at all, with a clear message for every obstacle."""

import errno
import os
import re
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from helpers.system import files


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "saved.h5"
    path.write_bytes(b"old")
    return path


def save(path, content=b"new"):
    files.replace_atomically(path, lambda file: file.write(content))


def test_permissions_are_kept(saved):
    for mode in (0o600, 0o640, 0o644):
        saved.chmod(mode)
        save(saved)
        if os.name == "posix":
            assert stat.S_IMODE(saved.stat().st_mode) == mode


CAUSES = {
    errno.EACCES: (PermissionError, "cannot write saved.h5 (Permission denied): choose a folder that you can write to"),
    errno.EROFS: (OSError, "cannot write saved.h5 (Read-only file system): choose a folder that you can write to"),
    errno.ENOSPC: (
        OSError,
        "cannot write saved.h5 (No space left on device): free some space, or choose another location",
    ),
    errno.EBUSY: (OSError, "cannot write saved.h5 (it is in use by another program): close it there and try again"),
    errno.EIO: (OSError, "cannot write saved.h5 (Input/output error): choose another location"),
}


@pytest.mark.parametrize("code", CAUSES, ids=errno.errorcode.get)
@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_causes_are_told_apart_even_if_the_temporary_cannot_be_removed(saved, monkeypatch, code, where):
    def fail(*arguments, **options):
        raise OSError(code, os.strerror(code))

    def refuse(*arguments, **options):
        raise OSError(errno.ENOTEMPTY, "an error of the clean-up")

    monkeypatch.setattr(files.os, where, fail)
    monkeypatch.setattr(Path, "unlink", refuse)
    kind, sentence = CAUSES[code]
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        save(saved)
    assert saved.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.ENOENT, FileNotFoundError, "saved.h5 was not found: check its name and folder"),
        (errno.EACCES, PermissionError, "cannot read saved.h5 (Permission denied): ask its owner for permission"),
        (errno.EBUSY, OSError, "cannot read saved.h5 (it is in use by another program): close it there"),
        (errno.EIO, OSError, "cannot read saved.h5 (Input/output error): check the file and the disk"),
    ],
)
def test_causes_of_a_failed_reading_are_told_apart(saved, monkeypatch, code, kind, sentence):
    def fail(*arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, "open", fail)
    with pytest.raises(kind, match=f"^{re.escape(sentence)}"):
        files.read_bytes(saved)


def test_a_file_is_read_up_to_the_limit(saved):
    assert files.read_bytes(saved) == b"old"
    assert files.read_bytes(saved, 2) == b"ol"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes and devices among its files")
def test_pipes_and_devices_are_refused_at_once(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = "it is a device or a pipe, not an ordinary file"
    for use, place in (
        (files.read_bytes, pipe),
        (files.require_file, pipe),
        (save, pipe),
        (files.read_bytes, "/dev/zero"),
    ):
        with pytest.raises(OSError, match=words):
            use(place)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


KILLED = """
    import os, sys
    from helpers.system import files
    setattr(files.os, sys.argv[2], lambda *arguments: os._exit(9))
    files.replace_atomically(sys.argv[1], lambda file: file.write(b"new"))
"""


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_what_a_killed_program_leaves_behind_goes_with_the_next_save_in_the_folder(saved, where):
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(saved), where]
    assert subprocess.run(command, check=False).returncode == 9
    assert saved.read_bytes() == b"old"
    left = {path.name for path in saved.parent.iterdir()} - {"saved.h5"}
    assert len(left) == 1 and all(files.TEMPORARY.fullmatch(name) for name in left)
    saved.with_name(".mine.partial").write_text("not a temporary of ours")
    save(saved.with_name("other.h5"))
    assert {path.name for path in saved.parent.iterdir()} == {"saved.h5", "other.h5", ".mine.partial"}


def test_writers_in_one_folder_take_turns(tmp_path):
    path = tmp_path / "count.txt"
    path.write_text("0")

    def add_one(file):
        file.write(str(int(path.read_text()) + 1).encode())

    def work():
        for _ in range(5):
            files.replace_atomically(path, add_one)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "20"
    assert [path.name for path in tmp_path.iterdir()] == ["count.txt"]


@pytest.mark.skipif(files.fcntl is None, reason="this system has no such lock")
def test_a_folder_that_another_program_holds_is_waited_for_and_then_named(saved, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    with files._turn(saved.parent) as alone:
        assert alone
        with pytest.raises(BlockingIOError, match=r"it is in use by another program\): close it there and try again"):
            save(saved)
    save(saved)


def test_where_there_are_no_locks_files_are_written_without_waiting(saved, monkeypatch):
    monkeypatch.setattr(files, "fcntl", object())  # as in a web browser
    with files._turn(saved.parent) as alone:
        assert not alone
        save(saved)


@pytest.mark.parametrize("fault", ["cannot read other.txt (Input/output error): check the file and the disk"])
def test_an_error_that_already_explains_another_file_is_not_reworded(saved, fault):
    def fill(file):
        raise OSError(fault)

    with pytest.raises(OSError, match=f"^{re.escape(fault)}$"):
        files.replace_atomically(saved, fill)
    assert saved.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that a process works in")
def test_a_current_folder_that_is_gone_is_told_in_words(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FileNotFoundError, match=r"^cannot write new\.h5 \(.+\): create its folder first"):
        save(Path("new.h5"))


# --- Windows -------------------------------------------------------------------------------------


@pytest.fixture
def on_windows(monkeypatch):
    """As if this Python ran on Windows, where a program cannot replace a file that another one has open."""
    monkeypatch.setattr(files, "fcntl", None)
    monkeypatch.setattr(files, "_lock", lambda folder: os.open(os.devnull, os.O_RDONLY))


def failing(times, function, error):
    """Return a function that raises `error` a number of times, and then calls `function`."""
    left = [error] * times

    def attempt(*arguments):
        if left:
            raise left.pop()
        return function(*arguments)

    return attempt


DENIED = PermissionError(errno.EACCES, "Access is denied")


def test_a_file_that_another_program_has_open_for_a_moment_is_waited_for(saved, on_windows, monkeypatch):
    monkeypatch.setattr(files.os, "replace", failing(3, os.replace, DENIED))
    save(saved)
    assert saved.read_bytes() == b"new"


def test_a_file_that_stays_open_in_another_program_is_said_to_be_in_use(saved, on_windows, monkeypatch):
    monkeypatch.setattr(files, "MOMENT", 0.05)
    monkeypatch.setattr(files.os, "replace", failing(10**4, os.replace, DENIED))
    with pytest.raises(OSError, match=r"^cannot write saved\.h5 \(it is in use by another program\): close it there"):
        save(saved)
    assert [path.name for path in saved.parent.iterdir()] == ["saved.h5"]
    assert saved.read_bytes() == b"old"


def test_a_file_that_cannot_be_opened_may_be_in_use(saved, on_windows, monkeypatch):
    monkeypatch.setattr(files.os, "open", failing(1, os.open, DENIED))
    with pytest.raises(PermissionError, match=r"cannot read saved\.h5 \(.+\): close it in other programs, or ask its"):
        files.read_bytes(saved)


@pytest.mark.parametrize(("denials", "locked"), [(3, True), (10**4, False)])
def test_a_lock_that_is_being_deleted_is_waited_for(saved, on_windows, monkeypatch, denials, locked):
    monkeypatch.setattr(files, "MOMENT", 0.1)
    monkeypatch.setattr(files, "_lock", failing(denials, files._lock, DENIED))
    with files._turn(saved.parent) as alone:
        assert alone == locked


@pytest.mark.parametrize(("age", "left_behind"), [(10, False), (1000, True)])
def test_a_lock_that_a_power_failure_left_behind_is_removed(tmp_path, monkeypatch, age, left_behind):
    lock = tmp_path / ".writing"
    lock.write_bytes(b"")
    os.utime(lock, (time.time() - age,) * 2)
    monkeypatch.setattr(files, "fcntl", None)
    monkeypatch.setattr(files.os, "O_TEMPORARY", 0, raising=False)
    with pytest.raises(BlockingIOError):
        files._lock(tmp_path)
    assert lock.exists() != left_behind
