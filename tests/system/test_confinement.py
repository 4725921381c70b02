"""Each layer of protection holds on its own."""

import ctypes
import json
import os
import platform
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.system import confinement

ROOT = Path(__file__).resolve().parents[2]
ON_LINUX = sys.platform == "linux"
# Each exits with status 0 if the kernel has what a protection needs.
NAMESPACES = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x78000000) != 0)"
LANDLOCK = "import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1)"
TRIES = """
import json, os, socket, sys
sys.path.insert(0, {root!r})
from helpers.system import confinement
os.chdir({folder!r})

def tried(function):
    try:
        return f"done: {{function()}}"
    except BaseException as error:
        return f"{{type(error).__name__}}: {{error}}"

{before}
tries = dict(
    read=lambda: open("secret.txt").read(),
    read_allowed=lambda: open(os.path.abspath("allowed/text.txt")).read(),
    write_allowed=lambda: open(os.path.abspath("allowed/text.txt"), "r+"),
    climb=lambda: open("allowed/../secret.txt").read(),
    program=lambda: os.execv("/bin/true", ["true"]),
    network=lambda: socket.create_connection(("127.0.0.1", {port}), timeout=5),
    parent=lambda: os.kill({parent}, 0),
    unix=lambda: socket.socket(socket.AF_UNIX).connect({folder!r} + "/socket"),
    pair=lambda: socket.socketpair(),
    mode=lambda: os.chmod("secret.txt", 0o600),
    time=lambda: os.utime("secret.txt", (0, 0)),
    attribute=lambda: os.setxattr("secret.txt", "user.x", b"y"),
    fork=lambda: os.fork() or os._exit(0),
    priority=lambda: os.setpriority(os.PRIO_PROCESS, 0, 5),
    memory=lambda: len(bytearray(3 * 2**30)) if 'limits' in kept else 0,
)
if kept == [] or "files (kernel)" in kept:  # nothing else prevents these
    tries |= dict(
        write=lambda: open("new.txt", "w"),
        append=lambda: open("secret.txt", "a"),
        remove=lambda: os.remove("secret.txt"),
        rename=lambda: os.rename("secret.txt", "other.txt"),
        folder=lambda: os.mkdir("new"),
        link=lambda: os.symlink("secret.txt", "new"),
    )
print(json.dumps([kept, {{name: tried(one) for name, one in tries.items()}}]))
"""
KERNEL = """
confinement._hook = lambda *_: lambda *_: None
kept = confinement.confine([os.path.abspath("allowed")], 9, 2**31)
"""
HOOK = "sys.addaudithook(confinement._hook((os.path.abspath('allowed'),)))\nkept = []"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "text.txt").write_text("public")
    return tmp_path


@pytest.fixture
def tried(folder):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run(before):
            code = TRIES.format(
                root=str(ROOT), folder=str(folder), before=before, port=server.getsockname()[1], parent=os.getpid()
            )
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        yield run
    assert sorted(path.name for path in folder.iterdir()) == ["allowed", "secret.txt"]
    assert (folder / "secret.txt").read_text() == "secret"


def kernel_has(feature):
    return ON_LINUX and subprocess.run([sys.executable, "-c", feature]).returncode == 0


def test_the_kernel_holds_without_the_hook(tried):
    kept, said = tried(KERNEL)
    expected = {
        "no network": kernel_has(NAMESPACES),
        "limits": sys.platform != "win32",
        "files (kernel)": kernel_has(LANDLOCK),
        "system calls": ON_LINUX and platform.machine() == "x86_64",
        "audit hook": True,
    }
    assert kept == [name for name, there in expected.items() if there]
    if "files (kernel)" in kept:  # Linux with Landlock
        assert said["read_allowed"] == "done: public"
        for name in (
            "write_allowed",
            "write",
            "append",
            "read",
            "climb",
            "remove",
            "rename",
            "folder",
            "link",
            "program",
        ):
            assert said[name].startswith("PermissionError"), name
    if "system calls" in kept:
        for name in ("unix", "pair", "mode", "time", "attribute", "fork", "priority", "program", "parent"):
            assert said[name].startswith("PermissionError"), name
    if "no network" in kept:
        assert "Error" in said["network"] and "Error" in said["parent"]
    if ON_LINUX:
        assert said["memory"].startswith("MemoryError")


def test_the_hook_holds_without_the_kernel(tried):
    _, said = tried(HOOK)
    assert said["read_allowed"] == "done: public"
    for name in ("read_allowed", "memory", "priority"):  # Python does not audit the last one
        del said[name]
    assert all("not allowed here" in text for text in said.values()), said


def test_threads_still_start_under_the_filter_and_shared_memory_is_denied():
    code = f"""
import ctypes, sys, threading
sys.path.insert(0, {str(ROOT)!r})
from helpers.system import system_calls
system = ctypes.CDLL(None, use_errno=True)
held = system_calls.deny()
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
print(held, system.shmget(0, 4096, 0o1600), ctypes.get_errno(), system.syscall(41, 1, 1, 0))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    if sys.platform == "linux" and platform.machine() == "x86_64":
        assert sorted(done.stdout.split()) == sorted("thread True -1 1 -1".split())


def test_a_process_cannot_leave_its_group_outlive_its_parent_or_set_the_clock():
    code = f"""
import ctypes, sys
sys.path.insert(0, {str(ROOT)!r})
from helpers.system import system_calls
system = ctypes.CDLL(None, use_errno=True)
held, zeros = system_calls.deny(), ctypes.create_string_buffer(512)
def refused(*arguments):
    ctypes.set_errno(0)
    return system.syscall(*map(ctypes.c_long, arguments)) == -1 and ctypes.get_errno() == 1
bad = ctypes.c_long(-1).value
calls = dict(setsid=(112,), setpgid=(109, 0, 0), deathsig=(157, 1, 0), deathsig64=(157, 1 | 1 << 32, 0),
             adjtimex=(159, 0), settimeofday=(164, 1, 0), clock_settime=(227, 99, 0), clock_adjtime=(305, 99, 0),
             reboot=(169, 0, 0, 0, 0), swapoff=(168, 0), sethostname=(170, 0, bad), kexec=(246, 0, 0, 0, 0))
print(held, *(name for name, call in calls.items() if not refused(*call)))
print(system.prctl(15, b"name", 0, 0, 0), system.prctl(2, zeros, 0, 0, 0))  # PR_SET_NAME, PR_GET_PDEATHSIG
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    if sys.platform == "linux" and platform.machine() == "x86_64":
        assert done.stdout.split("\n")[:2] == ["True", "0 0"]


ESCAPED = """
import ctypes, os, signal, sys, time
sys.path.insert(0, {root!r})
from helpers.system import confinement, system_calls
system = ctypes.CDLL(None)
system_calls.deny = lambda: False  # as on other processors
confinement._hook = lambda *_: lambda *_: None
kept = confinement.confine([], 99, 2**40)
system.setsid()
system.prctl(1, 0, 0, 0, 0)
system.prctl(36, 1, 0, 0, 0)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
os.write(1, kept[0].encode())
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces")
def test_stopping_the_waiting_process_ends_one_that_has_left_its_group():
    if not kernel_has(NAMESPACES):
        pytest.skip("this kernel has no namespaces for programs without rights")
    code = ESCAPED.format(root=str(ROOT))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert os.read(process.stdout.fileno(), 100) == b"no network"
            process.terminate()
            ended = select.select([process.stdout], [], [], 20)[0]  # when the last process that holds the pipe ends
            assert ended and process.stdout.read() == b""
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("name", "file", "allowed"),
    [
        ("math", None, True),
        ("numpy.f2py", None, True),
        ("math", "/lib/python3/lib-dynload/math.so", True),
        ("cffi", None, False),
        ("zmq.backend", None, False),
        ("_posixsubprocess", None, False),
        ("_interpreters", None, False),
        ("antigravity", None, False),
        ("helpers._ctypes", "/lib/python3/lib-dynload/_ctypes.so", False),
        (type("Name", (str,), {"partition": lambda *_: ("math",)})("cffi"), None, False),
    ],
)
def test_only_modules_that_are_known_to_be_harmless_are_imported(name, file, allowed):
    told = []
    import_ = confinement._importer(lambda *one: told.append(one))
    if allowed:
        import_(name, file)
        assert told == []
    else:
        with pytest.raises(ModuleNotFoundError, match="not allowed here"):
            import_(name, file)
        assert told == []  # this file is one, as that of a module of Python which imports others
        with pytest.raises(ModuleNotFoundError, match="not allowed here"):
            eval("import_(name, file)")
        assert len(told) == 1 and told[0][0].startswith("importing")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/home/lessons ../helpers/x.py", True),
        ("/home/lessons ../a..b/x.py", True),
        ("/home/lessons ../../secret", False),
        ("/home/lessons ../helpers/../../../secret", False),
        ("/home/lessons ../helpers\\..\\..\\secret", False),
        ("/home/secret", False),
    ],
)
def test_only_a_component_of_two_dots_leaves_a_folder(monkeypatch, path, allowed):
    monkeypatch.setattr(confinement.os, "sep", "/")
    guard = confinement._guard(("/home/lessons ..",), lambda event: None)
    if allowed:
        guard(path, os.O_RDONLY)
    else:
        with pytest.raises(PermissionError, match="reading this file is not allowed here"):
            guard(path, os.O_RDONLY)


def test_packed_structures_name_their_layout():
    """From Python 3.14 on, a packed structure that does not is warned about; in 3.19 that becomes an error."""
    assert confinement._Rule._layout_ == "ms"
    assert ctypes.sizeof(confinement._Rule) == 12  # as Linux defines it


def test_functions_of_modules_that_reach_the_system_are_taken_away():
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import subprocess
from helpers.system import confinement
confinement._take_away(confinement.DIRECT)
print(subprocess._fork_exec, "_posixsubprocess" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["None", "False"], done.stderr


def test_nothing_calls_the_system_directly_and_what_is_refused_is_reported(folder):
    code = f"""
import json, os, sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
from helpers.system import confinement
told = []
confinement._take_away(confinement.DIRECT)
sys.addaudithook(confinement._hook((sys.prefix, sys.base_prefix), lambda *one: told.append(one)))
library = compile("import os\\ntry: os.mkdir('new')\\nexcept OSError: pass", "/lib/matplotlib/x.py", "exec")
for text in ("import ctypes", "import _ctypes", "os.remove('x')", "open('x', 'w')", "open('/x')", "os.putenv('a', '')"):
    try:
        exec(text)
    except (OSError, ImportError):
        continue
    told.append(text)
exec(library)
modules = [m for m in sys.modules.values() if getattr(m, "ctypes", None) is not None]
print(json.dumps([told, len(modules)]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = [["importing ctypes", True], ["importing _ctypes", True], ["os.remove", False]]
    told += [["writing to files", False], ["reading a file", False], ["os.mkdir", True]]
    assert json.loads(done.stdout) == [told, 0]
