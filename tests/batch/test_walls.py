"""What walls are made of, where no worker process is needed to see it."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import Any

import pytest

from plansheet.batch import walls
from plansheet.batch.walls import Limits
from plansheet.batch.windows_job import KILL_ON_CLOSE, LIMITS, PROCESS_MEMORY, ExtendedLimits, Job


class Kernel:
    """Windows' kernel32, as far as a job object needs it: what it was told."""

    def __init__(self, *, refuses: str = "") -> None:
        self.told: dict[str, Any] = {}
        self.refuses = refuses

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            if name == "SetInformationJobObject":
                kind, limits = arguments[1], arguments[2]._obj
                flags = limits.BasicLimitInformation.LimitFlags
                self.told[name] = (kind, flags, limits.ProcessMemoryLimit, arguments[3])
            else:
                self.told[name] = arguments
            return 0 if name == self.refuses else 77

        self.__dict__[name] = call
        return call


def test_a_job_object_bounds_each_process_and_ends_them_with_their_parent() -> None:
    kernel = Kernel()
    job = Job(kernel, 512 << 20)
    kind, flags, memory, size = kernel.told["SetInformationJobObject"]
    assert (kind, memory, size) == (LIMITS, 512 << 20, ctypes.sizeof(ExtendedLimits))
    assert flags & PROCESS_MEMORY
    assert flags & KILL_ON_CLOSE
    job.take(4)
    assert [getattr(each, "value", each) for each in kernel.told["AssignProcessToJobObject"]] == [77, 4]
    job.close()
    assert "CloseHandle" in kernel.told


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64 bits")
def test_the_structures_are_as_large_as_windows_has_them() -> None:
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of the Windows headers: 144 bytes, with the process limit at 112."""
    assert ctypes.sizeof(ExtendedLimits) == 144
    assert ExtendedLimits.ProcessMemoryLimit.offset == 112


@pytest.mark.parametrize("call", ["SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_refusal_of_windows_is_an_error(call: str) -> None:
    with pytest.raises(OSError, match="Windows refused"):
        Job(Kernel(refuses=call), 1).take(4)


def test_limits_are_told_in_words() -> None:
    assert str(Limits(2048, 120)) == "120 seconds and 2,048 MB of memory"


def within(folder: Path) -> str:
    return os.path.join(os.path.realpath(folder), "")


@pytest.mark.parametrize(
    ("path", "inside"),
    [("a", True), ("deep/a", True), ("", True), ("../other", False), ("../folder2/a", False), ("deep/../../x", False)],
)
def test_only_what_is_in_the_folder_is_in_it(tmp_path: Path, path: str, inside: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert walls._is_in(str(folder / path), within(folder)) is inside


def test_a_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    try:
        (folder / "link").symlink_to(tmp_path / "target")
    except OSError:
        pytest.skip("no links here")
    assert not walls._is_in(str(folder / "link"), within(folder))


def test_the_table_of_systems_is_the_one_in_the_docs() -> None:
    page = Path(__file__).parents[2] / "docs" / "batch.md"
    for word in ("address space", "job object", "audit hook", "namespace"):
        assert word in (walls.__doc__ or "")
        assert re.search(re.escape(word), page.read_text(encoding="utf-8")), word
