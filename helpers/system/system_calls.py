"""Deny system calls that a computation does not need, using a filter in the Linux kernel (seccomp).

The filter applies to code in any language and cannot be removed. It covers what Landlock and namespaces do not: every
kind of socket; permissions, timestamps and attributes of files; memory and queues shared with other processes; signals;
the limits and priorities of other processes; new processes and programs; leaving the process group, which the caller
stops as a whole; the clock and other settings of the machine; and other ways into the kernel.
"""

import ctypes
import os
import struct
import sys

# The numbers of the system calls on x86-64, from Linux's arch/x86/entry/syscalls/syscall_64.tbl.
DENIED = {
    # socket, connect, accept, sendto, sendmsg, bind, listen, socketpair, accept4, sendmmsg
    "sockets": (41, 42, 43, 44, 46, 49, 50, 53, 288, 307),
    "permissions and owners": (90, 91, 92, 93, 94, 260, 268, 452),  # chmod, fchmod, chown, …, fchmodat2
    "times": (132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
    "attributes": (188, 189, 190, 197, 198, 199, 463, 466, 469),  # setxattr, …, removexattrat, file_setattr
    "shared memory and queues": (29, 30, 31, 64, 65, 66, 68, 69, 70, 71, 220, 240, 241),  # shmget, semget, msgget, mq_…
    "other processes": (62, 101, 129, 200, 234, 297, 310, 311, 312, 424, 434, 438, 448),  # kill, ptrace, pidfd_open, …
    "limits and priorities": (141, 142, 144, 160, 203, 251, 302, 314),  # setpriority, …, setrlimit, prlimit64, …
    "sessions": (109, 112),  # setpgid, setsid
    # adjtimex, settimeofday, clock_settime, clock_adjtime
    "the clock": (159, 164, 227, 305),
    # vhangup, acct, swapon, swapoff, reboot, sethostname, setdomainname, iopl, ioperm, quotactl, quotactl_fd
    "the machine": (153, 163, 167, 168, 169, 170, 171, 172, 173, 179, 443),
    # syslog, init_module, delete_module, kexec_load, finit_module, kexec_file_load
    "modules and kernels": (103, 175, 176, 246, 313, 320),
    "programs": (57, 58, 59, 322),  # fork, vfork, execve, execveat
    # pivot_root, chroot, mount, umount2, unshare, setns, open_tree, …, fsmount, mount_setattr, …
    "namespaces and mounts": (155, 161, 165, 166, 272, 308, 428, 429, 430, 431, 432, 433, 442, 467),
    "the kernel": (248, 249, 250, 298, 304, 321, 323, 425, 426, 427),  # keys, perf, handles, bpf, userfaultfd, io_uring
}
IOCTL, PRCTL, CLONE, CLONE3, CLONE_THREAD = 16, 157, 56, 435, 0x10000
X86_64, OTHER_NUMBERS = 0xC000003E, 0x40000000  # AUDIT_ARCH_X86_64, and the first number of the x32 ABI
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF instructions used in the filter
ALLOW, KILL, EPERM, ENOTTY, ENOSYS = 0x7FFF0000, 0x80000000, 0x50000 | 1, 0x50000 | 25, 0x50000 | 38
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in the data passed to the filter
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 1, 22, 38, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def deny():
    """Install the filter for this process, and return whether it is in force. It works only under Linux on x86-64."""
    if not sys.platform.startswith("linux") or os.uname().machine != "x86_64" or sys.maxsize < 2**32:
        return False
    code = b"".join(struct.pack("=HBBI", *one) for one in _program())
    program = _Program(len(code) // 8, code)
    control = ctypes.CDLL(None).prctl
    control(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return control(PR_SET_SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(program)) == 0


def _program():
    """Return the instructions as tuples (operation, jump if true, jump if false, operand).

    A jump is the number of instructions to skip.
    """
    program = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, X86_64), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    program += [(AT_LEAST, 0, 1, OTHER_NUMBERS), (RETURN, 0, 0, KILL)]
    for number in sorted(one for group in DENIED.values() for one in group):
        program += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    program += [(EQUAL, 0, 1, IOCTL), (RETURN, 0, 0, ENOTTY)]  # ioctl can also change the flags of files
    program += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ENOSYS)]  # the C library then falls back to clone
    # A process must not outlive the one that started it.
    program += [(EQUAL, 0, 4, PRCTL), (LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 0, 1, PR_SET_PDEATHSIG)]
    program += [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    program += [(EQUAL, 0, 3, CLONE), (LOAD, 0, 0, FIRST_ARGUMENT), (ANY_BIT, 1, 0, CLONE_THREAD)]
    return [*program, (RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
