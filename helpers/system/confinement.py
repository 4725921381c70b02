"""Give up rights of the running process before it executes untrusted code.

Which rights can be given up depends on the system, and `confine` returns a list of the protections that are in force.
From the strongest to the weakest, they are:

- *Linux kernel.* A filter (`system_calls`, on x86-64) blocks sockets, changes to permissions, timestamps and attributes
  of files, memory shared with other processes, signals, new processes and programs. Landlock (Linux 5.13 or later)
  prevents unlisted files from being opened, created, renamed or removed. From Linux 6.7, it also blocks TCP and, from
  6.12, abstract Unix sockets and signals to other processes. If the system permits namespaces, the process has no
  network and no access to other processes or their shared memory, and any process that it starts ends when it does.
- *Resource limits* (Linux and macOS) restrict processor time and, on Linux, memory, and prevent data from being written
  to files and new processes from being started (except by root).
- *Python.* An audit hook rejects every audited event that imports and computations do not need, and every import of a
  module that is not known to be harmless. Modules that call system functions directly, such as `ctypes`, are removed.
  This works on every system, but a determined attacker can get around it: NumPy can read and write any memory in its
  process, and Python does not audit everything. For example, a few versions do not audit `os.utime`.

On Linux, hostile code is therefore contained by the kernel, to the extent shown by the list that `confine` returns.
On macOS and Windows, it is contained only by Python. On all systems, the code can still use up its time and memory,
find out the names, sizes and timestamps of files, and return any data it likes. Only a virtual machine that contains
nothing of value protects against an attacker who knows of an unpublished vulnerability in the kernel.
"""

import contextlib
import ctypes
import os
import signal
import sys

from helpers.system import system_calls

try:
    import resource
except ImportError:  # Windows
    resource = None

NAMESPACES = 0x10000000 | 0x20000000 | 0x40000000 | 0x08000000  # CLONE_NEWUSER, …NEWPID, …NEWNET and …NEWIPC
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # system calls of Landlock, the same on every processor
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # number of file access rights in each version of Landlock
# Events that imports and computations raise; see the "audit events table" in Python's documentation.
HARMLESS = frozenset(
    "exec compile marshal.load marshal.loads os.listdir os.scandir object.__getattr__ sys._getframe "
    "sys._current_frames sys.settrace sys.setprofile sys.unraisablehook array.__new__ builtins.id builtins.input "
    "builtins.input/result time.sleep code.__new__".split()
)
# Events that attacks cause and honest code does not, except for libraries that are being imported or are drawing.
HOSTILE = ("os.", "socket.", "subprocess.", "shutil.", "pty.", "urllib.", "http.", "ftplib.", "smtplib.", "telnetlib.")
MILD = frozenset(
    ("os.putenv", "os.unsetenv", "os.add_dll_directory", "os.listxattr", "os.getxattr", "os.walk", "os.fwalk")
)
LIBRARIES = ("importlib", "matplotlib", "torch")  # parts of the names of their files
READING = "reading a file"
WRITES = ("writing to files", "os.mkdir", "os.chdir")  # honest code also causes these when it saves notes or figures
# Modules that access the operating system without raising events. If they have already been imported, they are removed.
DIRECT = frozenset(
    "ctypes _ctypes cffi _cffi_backend _posixsubprocess _posixshmem _multiprocessing zmq readline _xxsubinterpreters "
    "_interpreters _tkinter _testcapi _testinternalcapi _scproxy _dbm _gdbm _curses".split()
)
# Modules that may be imported. They only compute, or raise an event whenever they access the operating system.
ALLOWED = frozenset(
    "__future__ abc argparse array ast atexit base64 binascii bisect builtins bz2 calendar cmath codecs collections "
    "colorsys concurrent contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib dis email "
    "encodings enum errno fnmatch fractions functools gc genericpath getopt gettext graphlib hashlib heapq helpers "
    "hmac html importlib inspect io ipaddress itertools json keyword linecache locale logging lzma math nt ntpath "
    "numbers numpy opcode operator os pathlib pickle pickletools platform posix posixpath pprint queue random re "
    "reprlib secrets select selectors shutil signal socket stat statistics string stringprep struct subprocess "
    "symtable sys sysconfig tempfile textwrap threading time timeit token tokenize traceback types typing unicodedata "
    "unittest urllib uuid warnings weakref zipfile zipimport zlib zoneinfo "
    # internal parts of these modules
    "_abc _ast _bisect _blake2 _bz2 _codecs _collections _collections_abc _colorize _compat_pickle _compression "
    "_contextvars _csv _datetime _decimal _functools _hashlib _heapq _imp _io _json _locale _lzma _md5 _opcode "
    "_opcode_metadata _operator _pickle _py_abc _pydatetime _pydecimal _queue _random _sha1 _sha2 _sha256 _sha3 "
    "_sha512 _signal _socket _sre _stat _statistics _string _strptime _struct _suggestions _sysconfig _thread "
    "_threading_local _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _zoneinfo".split()
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(readable, seconds, memory, report=lambda event, by_library: None):
    """Give up all rights of this process that are not needed for computing. They cannot be regained.

    Call this function before any thread is started. If namespaces are available, it returns in a child process,
    and the calling process only waits for the child to end. To stop both, send SIGTERM to the calling process.

    Parameters
    ----------
    readable : list of str
        Files and folders that may still be read.
    seconds : int
        Processor time after which the process is killed.
    memory : int
        Address space in bytes.
    report : callable
        Called with the name of a rejected event and a flag that says whether a library seems to have caused it. Only
        events that an answer has no reason to cause are reported: access to files, the network and other processes.
        The code may catch the error, so this call may be the only sign of the attempt.

    Returns
    -------
    list of str
        Protections in force, from "no network", "limits", "files (kernel)", "system calls" and "audit hook".
    """
    present = [path for path in readable if os.path.exists(path)]
    readable = list(dict.fromkeys([*present, *map(os.path.realpath, present)]))
    kept = [
        name
        for name, give_up in (
            ("no network", _enter_namespaces),
            ("limits", lambda: _limit(seconds, memory)),
            ("files (kernel)", lambda: _restrict_files(readable)),
            ("system calls", system_calls.deny),
        )
        if give_up()
    ]
    _take_away(DIRECT)
    sys.addaudithook(_hook(tuple(readable), report))
    return [*kept, "audit hook"]


def _limit(seconds, memory):
    if resource is None:
        return False
    limits = {
        "RLIMIT_CPU": seconds,
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    for name, most in limits.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):  # not every system has every limit
            resource.setrlimit(getattr(resource, name), (most, most))
    return resource.getrlimit(resource.RLIMIT_CPU)[1] == seconds


def _enter_namespaces():
    """Continue in a child process that has no network and is the first process in a new namespace.

    The calling process waits for the child to end and kills it on SIGTERM. This does not depend on the child's process
    group or on anything else that the child could change.
    """
    if not sys.platform.startswith("linux"):
        return False
    system = ctypes.CDLL(None, use_errno=True)
    if system.unshare(NAMESPACES) != 0:
        return False
    child = 0

    def stop(*_):
        if child:
            os.kill(child, signal.SIGKILL)  # this also kills every process in its namespace

    signal.signal(signal.SIGTERM, stop)
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    system.prctl(system_calls.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return True


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Rule(ctypes.Structure):
    _pack_, _layout_ = 1, "ms"  # Python 3.14 and later need both
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _restrict_files(readable):
    """Use Landlock to deny access to all files except the readable ones and, if possible, to block TCP and signals."""
    if not sys.platform.startswith("linux"):
        return False
    system = ctypes.CDLL(None, use_errno=True)
    call = system.syscall
    call.restype = ctypes.c_long
    version = call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    everything = (1 << RIGHTS[min(version, 5)]) - 1
    rules = _Ruleset(everything, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    for path in readable:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = _Rule(READ_FILE | (READ_FOLDER if os.path.isdir(path) else 0), parent)
        call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0))
        os.close(parent)
    system.prctl(system_calls.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return done


def _take_away(names):
    """Remove modules, and remove all references to them, their functions and their classes from other modules."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if isinstance(value, type(sys)):
                origin = value.__name__
            elif isinstance(value, (type, type(len))):
                origin = value.__module__
            else:
                continue
            if str(origin).partition(".")[0] in names:
                module.__dict__[name] = None
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        del sys.modules[name]


def _teller(report, libraries=LIBRARIES, reading=READING, frame=sys._getframe):
    """Return a function that reports an event and says whether the code of a library caused it."""

    def tell(event):
        here, by_library = frame(2), False
        while here is not None:
            for part in libraries:
                by_library = by_library or part in here.f_code.co_filename
            here = here.f_back
        if not by_library or event != reading:  # libraries look for files in many places
            report(event, by_library)

    return tell


def _guard(readable, tell, writing=WRITING, reading=READING, kind=type, text=str, number=int, refused=PermissionError):
    """Return a function that refuses to open a file for writing, or to open any file that is not listed as readable."""
    folders = tuple(path + os.sep for path in readable)

    def guard(path, flags):
        if kind(flags) is number and flags & writing:
            tell("writing to files")
            raise refused(f"writing to files is not allowed here: {path!r:.80}")
        if kind(path) is number:
            return
        up = kind(path) is text and ".." in path.replace("\\", "/").split("/")
        if kind(path) is text and not up and (path in readable or path.startswith(folders)):
            return
        if kind(path) is not text or path[:1] != "<":  # Python looks for the source of "<answer>" in a file
            tell(reading)
        raise refused(f"reading this file is not allowed here: {path!r:.80}")

    return guard


def _importer(report, allowed=ALLOWED, kind=type, text=str, separator=os.sep, missing=ModuleNotFoundError):
    """Return a function that rejects imports of modules that are not allowed, even if they have an allowed name.

    It reports only the imports that an answer makes itself, because Python's own modules try to import many others.
    """
    own = _imported_by_no_file

    def import_(name, path):
        known = kind(name) is text and name.partition(".")[0] in allowed
        if known and path is not None:  # the file of a compiled module
            known = kind(path) is text and f"{separator}{name.replace('.', separator)}." in path
        if not known:
            said = f"importing {name if kind(name) is text else 'a module'}"
            if own():
                report(said, True)
            raise missing(f"{said} is not allowed here")

    return import_


def _imported_by_no_file(this=__file__, frame=sys._getframe):
    """Return whether the import being audited was made by code that is not in a file, such as an answer."""
    here = frame(1)
    while here is not None and (here.f_code.co_filename == this or "importlib" in here.f_code.co_filename):
        here = here.f_back
    return here is not None and here.f_code.co_filename[:1] == "<" and here.f_code.co_filename[:7] != "<frozen"


def _hook(readable, report=lambda event, by_library: None, refused=PermissionError):
    """Return an audit hook. It uses nothing that other code could replace, such as the functions in `builtins`."""
    tell, import_ = _teller(report), _importer(report)
    guard, harmless, hostile, mild = _guard(readable, tell), HARMLESS, HOSTILE, MILD

    def hook(event, arguments):
        if event == "import":
            import_(arguments[0], arguments[1])
            return
        if event in harmless or (event[:8] == "object._" and arguments[1] != "__code__"):
            return
        if event == "open":
            guard(arguments[0], arguments[2])
            return
        if event.startswith(hostile) and event not in mild:
            tell(event)
        raise refused(f"{event} is not allowed here")

    return hook
