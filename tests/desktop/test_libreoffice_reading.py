"""What is read of LibreOffice: where it is, its Python, the extension."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.computers import not_windows, windows, with_environment
from plansheet.desktop.machine import Machine
from plansheet.desktop.reading import read_machine

OUR_EXTENSION = "All deployed user extensions:\n\nIdentifier: org.plansheet.functions\n  Version: 0.1.0\n  URL: x.oxt\n"
NO_EXTENSION = "All deployed user extensions:\n\nIdentifier: org.other\n  Version: 9\n  URL: plansheet-like.oxt\n"


def office(tmp_path: Path, run: Callable[..., Any], bridge: bytes | None = b"..libpython3.12.so..") -> Machine:
    program = tmp_path / "usr" / "lib" / "libreoffice" / "program"
    program.mkdir(parents=True, exist_ok=True)
    for name in ("soffice", "unopkg"):
        (program / name).touch()
    if bridge is not None:
        (program / "libpyuno.so").write_bytes(bridge)
    return read_machine(not_windows(tmp_path, run=run))


def lists(*answers: tuple[int, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    left = list(answers)

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert options["timeout"]
        code, text = left.pop(0)
        return subprocess.CompletedProcess(command, code, text, "")

    return run


@pytest.mark.parametrize(
    ("answers", "extension", "version"),
    [
        ([(0, OUR_EXTENSION)], True, "0.1.0"),
        ([(0, NO_EXTENSION), (0, OUR_EXTENSION)], True, "0.1.0"),
        ([(1, ""), (0, OUR_EXTENSION)], True, "0.1.0"),
        ([(0, NO_EXTENSION), (0, "<none>")], False, None),
        ([(1, ""), (1, OUR_EXTENSION)], None, None),
        ([(0, "Identifier: Plansheet"), (0, "")], True, None),
    ],
    ids=["for the user", "for all", "for root", "neither", "not listed", "without a version"],
)
def test_the_extension(
    tmp_path: Path, answers: list[tuple[int, str]], extension: bool | None, version: str | None
) -> None:
    found = office(tmp_path, lists(*answers)).libre_office
    assert found is not None
    assert (found.extension, found.extension_version) == (extension, version)
    assert (found.python, found.python_bridge) == ((3, 12), True)


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("unopkg", 30), PermissionError(13, "no")])
def test_a_libre_office_that_does_not_answer(tmp_path: Path, error: Exception) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        raise error

    found = office(tmp_path, run).libre_office
    assert found is not None
    assert found.extension is None


@pytest.mark.parametrize(
    ("bridge", "python", "has_bridge"),
    [
        (b"x\0libpython3.9.so.1.0\0", (3, 9), True),
        (b"x\0python311.dll\0", (3, 11), True),
        (b"/LibreOfficePython.framework/Versions/3.12/", (3, 12), True),
        (b"nothing known", None, True),
        (None, None, False),
    ],
)
def test_the_python_of_libre_office(
    tmp_path: Path, bridge: bytes | None, python: tuple[int, int] | None, has_bridge: bool
) -> None:
    found = office(tmp_path, lists((0, ""), (0, "")), bridge).libre_office
    assert found is not None
    assert (found.python, found.python_bridge) == (python, has_bridge)


def test_where_libre_office_is_found(tmp_path: Path) -> None:
    def program(*parts: str) -> Path:
        path = tmp_path.joinpath(*parts)
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    nowhere = not_windows(tmp_path)
    assert read_machine(nowhere).libre_office is None
    linux = program("opt", "libreoffice25.2", "program", "soffice")
    mac = program("Applications", "LibreOffice.app", "Contents", "MacOS", "soffice")
    pc = program("PF", "LibreOffice", "program", "soffice.exe")
    on_path = program("bin", "soffice")
    on_windows = with_environment(windows(tmp_path), PROGRAMFILES=str(tmp_path / "PF"))
    for sources, expected in (
        (nowhere, linux),
        (replace(nowhere, platform="darwin"), mac),
        (on_windows, pc),
        (replace(nowhere, which=lambda name: str(on_path)), on_path),
    ):
        found = read_machine(sources).libre_office
        assert found is not None
        assert found.program == expected
        assert found.extension is None, "there is no unopkg beside it to ask"
