"""What macOS has not, removed from this Python, as far as Python's own documentation says so.

Python imports a module of this name at its start, from the folder that PYTHONPATH names. Also removed are `/proc` and
`/dev/shm`, and all but 256 descriptors, the usual limit there. `select.epoll` stays: macOS has `kqueue` in its place,
which `selectors` takes, while the poll that would be taken here is of another kind.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import resource
import signal
import socket
import sys
import time
from types import ModuleType
from typing import Any

LACKING: dict[ModuleType, tuple[str, ...]] = {
    os: (
        *("sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam", "sched_getscheduler"),
        *("sched_setscheduler", "sched_rr_get_interval", "sched_param", "posix_fadvise", "posix_fallocate"),
        *("copy_file_range", "splice", "pipe2", "memfd_create", "fdatasync", "getrandom", "pidfd_open", "waitid"),
        *("eventfd", "eventfd_read", "eventfd_write", "timerfd_create", "timerfd_settime", "unshare", "setns"),
        *("getresuid", "getresgid", "setresuid", "setresgid", "getxattr", "setxattr", "listxattr", "removexattr"),
        *("O_PATH", "O_TMPFILE", "O_DIRECT", "O_NOATIME", "O_LARGEFILE", "RWF_NOWAIT", "RWF_HIPRI", "RWF_APPEND"),
    ),
    signal: ("sigtimedwait", "sigwaitinfo", "pidfd_send_signal", "SIGPWR", "SIGSTKFLT", "SIGRTMIN", "SIGRTMAX"),
    socket: (
        *("SOCK_CLOEXEC", "SOCK_NONBLOCK", "AF_PACKET", "AF_NETLINK", "SO_PEERCRED", "TCP_USER_TIMEOUT"),
        *("TCP_DEFER_ACCEPT", "TCP_QUICKACK", "TCP_CORK", "MSG_MORE", "MSG_CMSG_CLOEXEC"),
    ),
    mmap: ("MAP_POPULATE", "MAP_STACK", "MADV_DONTFORK", "MADV_HUGEPAGE", "MADV_REMOVE", "MADV_POPULATE_READ"),
    fcntl: ("F_SETPIPE_SZ", "F_GETPIPE_SZ", "F_ADD_SEALS", "F_OFD_SETLK", "F_NOTIFY"),
    resource: ("prlimit", "RUSAGE_THREAD"),
    time: ("CLOCK_BOOTTIME", "CLOCK_TAI", "pthread_getcpuclockid"),
}
_FOLDERS = ("/proc", "/dev/shm")
_DESCRIPTORS = 256


def _refuse(path: Any) -> None:
    name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
    if name.startswith(_FOLDERS):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir"):
        _refuse(arguments[0])


def _refusing(look: Any) -> Any:
    def refusing(path: Any, *rest: Any, **options: Any) -> Any:
        _refuse(path)
        return look(path, *rest, **options)

    return refusing


def _remove() -> None:
    for module, names in LACKING.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    os.supports_follow_symlinks.discard(os.stat)
    for name in ("stat", "lstat", "access", "readlink"):
        setattr(os, name, _refusing(getattr(os, name)))
    os.supports_follow_symlinks.add(os.stat)
    os.supports_dir_fd.add(os.stat)
    os.supports_fd.add(os.stat)
    sys.addaudithook(_audit)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))


if "pytest" not in sys.modules:
    _remove()
