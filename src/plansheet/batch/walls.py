"""The walls around a worker process: memory, time, no network, no other program, no writing but to its own folder.

What each system gives:

============  ===============================  ==========================  ==========================
              Linux                            macOS                       Windows
============  ===============================  ==========================  ==========================
memory        RLIMIT_AS, of its address space  a watch on what is in use   a job object
time          the parent ends it; SIGALRM      the parent ends it; SIGALRM the parent ends it
network       a namespace without one, and     Python's own audit hooks    Python's own audit hooks
              Python's own audit hooks
parent gone   the pipe ends; SIGALRM           the pipe ends; SIGALRM      the job object ends it
============  ===============================  ==========================  ==========================

An audit hook sees what Python code does, not what a fault in compiled code could be made to do.
"""

import os
import sys
import threading
import time
from dataclasses import dataclass

NETWORK = ("socket.", "ssl.", "http.", "urllib.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "telnetlib.")
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
            "os.startfile", "os.kill", "pty.spawn", "webbrowser.open")  # fmt: skip
CHANGES = {
    **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown", "os.utime"), 1),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink", "shutil.move", "shutil.copyfile"), 2),
    **dict.fromkeys(("shutil.rmtree", "sqlite3.connect"), 1),
}
"""Events that change the disk, and how many paths each tells first."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
MEBIBYTE = 1 << 20
LEAST_MEGABYTES = 160
"""A worker takes some 110 before it has read a file."""
OUT_OF_MEMORY = 78
"""Exit code of a worker that ended itself at its limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    megabytes: int = 2048
    """Of memory, of 1,048,576 bytes each."""
    seconds: int = 120

    def __str__(self) -> str:
        return f"{self.seconds:,} seconds and {self.megabytes:,} MB of memory"


class BehindWalls(PermissionError):
    """What a worker may not do."""


def leave_the_network() -> bool:
    """On Linux, go into a namespace that has no network; call it before there are threads. Whether it succeeded."""
    if sys.platform != "linux":
        return False
    import ctypes  # of use here only

    libc = ctypes.CDLL(None, use_errno=True)
    # Root may do without a namespace of users; everybody else needs one, and some systems grant none.
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def put_up(limits: Limits, folder: str) -> None:
    """All walls that a process can put up around itself, for good; ``folder`` is where it may write."""
    sys.dont_write_bytecode = True
    _bound_memory(limits.megabytes * MEBIBYTE)
    within = os.path.join(os.path.realpath(folder), "")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            forbidden = isinstance(flags, int) and bool(flags & _WRITING) and not _is_in(path, within)
        elif event in CHANGES:  # both paths, where there are two: neither is to be outside
            forbidden = not all(_is_in(path, within) for path in arguments[: CHANGES[event]])
        else:
            forbidden = event.startswith(NETWORK) or event.startswith(PROGRAMS)
        if forbidden:
            raise BehindWalls(f"{event} is not allowed while a file is looked at")

    sys.addaudithook(hook)


def _is_in(path: object, folder: str) -> bool:
    if isinstance(path, int):  # a descriptor that is open already
        return True
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    return os.path.join(os.path.realpath(os.fsdecode(path)), "").startswith(folder)


def _bound_memory(most: int) -> None:
    if sys.platform == "win32":
        return  # the parent's job object does it
    import resource  # Windows has none

    if sys.platform == "darwin":  # its kernel takes the limit and does not hold it
        threading.Thread(target=_watch_memory, args=(most,), daemon=True).start()
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (least, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory is not to be left on the disk


def _watch_memory(most: int) -> None:
    while memory_at_most() <= most:
        time.sleep(0.05)
    os._exit(OUT_OF_MEMORY)


def memory_at_most() -> int:
    """Bytes that this process has had in use at one time; 0 where the system does not tell."""
    if sys.platform == "linux":  # where getrusage() begins with what the parent had in use
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            sizes = [line.split()[1] for line in status if line.startswith("VmHWM:")]
        return int(sizes[0]) * 1024 if sizes else 0
    elif sys.platform == "darwin":  # noqa: RET505 - mypy follows only such a chain for each system
        import resource  # Windows has none

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    else:
        return 0


def alarm(seconds: int) -> None:
    """The system ends this process after so many seconds, even where nobody is left to do it; 0 takes that back."""
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)
