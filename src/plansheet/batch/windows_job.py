"""Windows' walls around worker processes: a job object bounds the memory of each, and ends all with their parent."""

import ctypes
from ctypes import wintypes
from typing import Any

LIMITS = 9
"""JobObjectExtendedLimitInformation"""
PROCESS_MEMORY, KILL_ON_CLOSE, NO_DIALOG = 0x100, 0x2000, 0x400


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION"""

    _fields_ = (
        ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
        ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION"""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_ulonglong * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class Job:
    """A job object; it is there as long as this is, and whatever is in it ends with it."""

    def __init__(self, kernel: Any, memory: int) -> None:
        """``kernel``: kernel32; ``memory``: bytes for each process."""
        self._kernel = kernel
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        self._handle = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = PROCESS_MEMORY | KILL_ON_CLOSE | NO_DIALOG
        limits.ProcessMemoryLimit = memory
        if not kernel.SetInformationJobObject(self._handle, LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)):
            raise OSError("Windows refused the limits of a job object")

    def take(self, process: int) -> None:
        """Put a process in, by its handle."""
        if not self._kernel.AssignProcessToJobObject(self._handle, wintypes.HANDLE(process)):
            raise OSError("Windows refused to put a worker process into a job object")

    def close(self) -> None:
        """End what is in it."""
        self._kernel.CloseHandle(self._handle)
